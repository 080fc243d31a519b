"""From what a strategy passes to what travels: each value becomes the wire's kind, or a TypeError that names it.

The vendor's native module raises TypeError for a wrong type as well. Values of the right type are passed on whatever they
say: a price of NaN or a negative volume is for the server to refuse.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any, Final, ParamSpec, TypeVar

from miniqmt_sim.constants import MAX_INT64
from miniqmt_sim.wire.messages import MAX_TEXT, JsonObject
from miniqmt_sim.xtquant.xtconstant import MARKET_STR_TO_ENUM_MAPPING

UNKNOWN_MARKET: Final = -1

_P = ParamSpec("_P")
_R = TypeVar("_R")


def account_fields(account: Any) -> JsonObject:
    """Take an account apart; whatever has the two attributes of StockAccount will do."""
    account_id, account_type = getattr(account, "account_id", None), getattr(account, "account_type", None)
    if account_id is None or account_type is None:
        raise TypeError(f"account must be a StockAccount, not {type(account).__name__}")
    return {"account_type": integer(account_type, "account.account_type"), "account_id": text(account_id, "account.account_id")}


def text(value: Any, name: str) -> str:
    """Take a str, cut to what the wire carries; characters that are no Unicode become question marks."""
    if type(value) is str and value.isascii() and len(value) <= MAX_TEXT:
        return value
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    return value[:MAX_TEXT].encode("utf-8", "replace").decode()


def texts(values: dict[str, Any]) -> JsonObject:
    """Turn whatever stands for a text into one, as the vendor does here."""
    return {name: text(str(value), name) for name, value in values.items()}


def codes(values: Any, name: str) -> list[str]:
    """Take codes or markets: any iterable of str but one str."""
    if isinstance(values, str):
        raise TypeError(f"{name} must be a list of codes, not one text")
    return [text(value, f"{name}[{number}]") for number, value in enumerate(values)]


def integer(value: Any, name: str) -> int:
    """Take an int, numpy's included, of at most 64 bits."""
    if type(value) is int and -MAX_INT64 <= value <= MAX_INT64:
        return value
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be an int, not {type(value).__name__}") from None
    if not -MAX_INT64 <= number <= MAX_INT64:
        raise TypeError(f"{name} does not fit into 64 bits")
    return number


def number(value: Any, name: str) -> int | float:
    """Take an int or a float, or what converts to one without loss of meaning: numpy's numbers, Decimal; no text.

    A float of less than 64 bits means the decimal it is shown as: 1688.88 as a numpy.float32 is no 1688.8800048828125.
    """
    if type(value) is float or type(value) is int:
        return _small(value)
    if not isinstance(value, str | bytes | bytearray) and not getattr(value, "shape", ()):
        try:
            return _small(operator.index(value))
        except TypeError:
            pass
        try:
            return float(str(value)) if getattr(value, "nbytes", 8) < 8 else float(value)
        except (TypeError, ValueError, OverflowError):
            pass
    raise TypeError(f"{name} must be a number, not {type(value).__name__}")


def _small(value: int | float) -> int | float:
    """A number that fits into the wire's 64 bits; a greater int becomes a float, which the server refuses."""
    return value if type(value) is float or -MAX_INT64 <= value <= MAX_INT64 else float(value)


def market_number(value: Any) -> int:
    """Take a market as its number or its name; an unknown name becomes a number no server knows."""
    if isinstance(value, str):
        return MARKET_STR_TO_ENUM_MAPPING.get(value, UNKNOWN_MARKET)
    return integer(value, "market")


def order_fields(
    account: Any,
    stock_code: Any,
    order_type: Any,
    order_volume: Any,
    price_type: Any,
    price: Any,
    strategy_name: Any,
    order_remark: Any,
) -> JsonObject:
    """Take the arguments of an order."""
    return {
        **account_fields(account),
        "stock_code": text(stock_code, "stock_code"),
        "order_type": integer(order_type, "order_type"),
        "order_volume": number(order_volume, "order_volume"),
        "price_type": integer(price_type, "price_type"),
        "price": number(price, "price"),
        "strategy_name": text(strategy_name, "strategy_name"),
        "order_remark": text(order_remark, "order_remark"),
    }


def also_called(**aliases: str) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """Let keyword arguments go by the name of the other document: ``also_called(order_sysid="sysid")``."""

    def decorate(function: Callable[_P, _R]) -> Callable[_P, _R]:
        @functools.wraps(function)
        def call(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            for alias, name in aliases.items():
                if alias in kwargs:
                    if name in kwargs:
                        raise TypeError(f"{function.__name__}() got {name!r} twice: also as {alias!r}")
                    kwargs[name] = kwargs.pop(alias)
            return function(*args, **kwargs)

        return call

    return decorate
