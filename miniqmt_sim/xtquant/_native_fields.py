"""How the native module's objects and the wire's messages become each other.

In comes a request object as the vendor's ``xttrader`` filled it, or a BSON document, out go the fields of a message; in comes
a row of an answer or a push, out goes a native object. Attributes and fields find each other by name, whatever their
spelling; what differs in more than spelling stands in the tables.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from miniqmt_sim.wire.messages import BY_NAME, JsonObject
from miniqmt_sim.xtquant import _arguments as arguments
from miniqmt_sim.xtquant import _bson
from miniqmt_sim.xtquant._native_structs import STRUCTS
from miniqmt_sim.xtquant._native_types import Attribute, Struct, plain

S = TypeVar("S", bound=Struct)

# -- from request objects to messages ------------------------------------------------------------------------------------

_SECU_TRANSFERS: Final = (520, 521)
"""Directions of ``transfer`` that move shares; the others move cash."""

_TRANSFER: Final[Any] = STRUCTS["TransferParam"]
_CANCEL: Final[Any] = STRUCTS["CancelOrderStockReq"]

_Sources = Mapping[str, tuple[str, ...]]

_SOURCES: Final[dict[str, _Sources]] = {
    # request class: field of the message, attributes that hold it, the first that says anything wins
    "OrderStockReq": {
        "account_id": ("m_strAccountID1", "m_strAccountID"),
        "stock_code": ("m_strStockCode1", "m_strStockCode"),
        "order_volume": ("m_dOrderAmount", "m_nOrderVolume"),  # the first keeps a fraction, so that it can be refused
        "order_remark": ("m_strOrderRemarkNew", "m_strOrderRemark"),
    },
    "QueryStockOrdersReq": {"cancelable_only": ("m_bCanCancel",)},
    "QueryStockPositionsReq": {"stock_code": ("m_strStockCode1", "m_strStockCode")},
    "TransferParam": {
        "transfer_direction": ("m_nOrderType",),
        "stock_code": ("m_strStockCode1", "m_strStockCode"),
        "volume": ("m_nOrderVolume",),
        "transfer_type": ("m_nCreditTransferType",),
    },
}


def message_of(message: str, request: Any) -> str:
    """Name the message a request really means: ``transfer`` stands for two of them."""
    return "secu_transfer" if isinstance(request, _TRANSFER) and request.m_nOrderType in _SECU_TRANSFERS else message


def asked_by(request: Any) -> JsonObject:
    """Give all that a request says, under its plain names: of an object, of a BSON document, or of anything else nothing."""
    if isinstance(request, Struct):
        return {attribute.names[-1]: getattr(request, attribute.slot) for attribute in request._attributes}
    return _bson.decode(request) if isinstance(request, bytes) else {}


def fields_of(message: str, request: Any) -> JsonObject:
    """Take the fields of a message from a request; those it does not say keep the message's default."""
    if not isinstance(request, Struct):
        said = {plain(name): value for name, value in asked_by(request).items()}
        return {field.name: said[plain(field.name)] for field in BY_NAME[message].fields if plain(field.name) in said}
    fields = {name: _first_said(request, sources) for name, sources in _sources_of(message, type(request).__name__)}
    if isinstance(request, _CANCEL):
        fields["market"] = _market_of(request)
    return fields


@functools.cache
def _sources_of(message: str, kind: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    own = _SOURCES.get(kind, {})
    by_name = {plain(name): name for attribute in STRUCTS[kind]._attributes for name in attribute.names}
    found = []
    for field in BY_NAME[message].fields:
        if field.name in own:
            found.append((field.name, own[field.name]))
        elif plain(field.name) in by_name:
            found.append((field.name, (by_name[plain(field.name)],)))
    return tuple(found)


def _first_said(request: Struct, sources: tuple[str, ...]) -> Any:
    values = [getattr(request, source) for source in sources]
    return next(filter(None, values), values[-1])


def _market_of(request: Any) -> int:
    """The market by its name where there is one, else by its number."""
    return arguments.market_number(request.m_strMarket or request.m_nMarket)


# -- from answers to objects ---------------------------------------------------------------------------------------------

_RENAMED: Final = {
    # class and attribute: how the wire calls it
    ("XtOrderError", "m_nSeq"): "request_seq",  # in a push ``seq`` would number the message itself
    ("ComPosition", "m_strAccountID"): "stock_account",
}
_ALSO: Final = {"msg": ("errormsg", "error"), "errormsg": ("msg", "error")}
"""Names of one and the same thing."""


def fill(kind: type[S], row: JsonObject) -> S:
    """Make an object from a row; attributes that it does not have keep their default."""
    made = kind()
    for slot, take, key in _keys_of(kind.__name__, tuple(row)):
        setattr(made, slot, take(row[key]))
    return made


@functools.lru_cache(maxsize=1024)
def _keys_of(kind: str, names: tuple[str, ...]) -> tuple[tuple[str, Callable[[Any], Any], str], ...]:
    by_name = {plain(name): name for name in names}
    pairs = ((attribute, _key_of(kind, attribute, by_name)) for attribute in STRUCTS[kind]._attributes)
    return tuple((attribute.slot, attribute.kind.take, key) for attribute, key in pairs if key is not None)


def _key_of(kind: str, attribute: Attribute, by_name: Mapping[str, str]) -> str | None:
    """Find the key of a row that holds an attribute: by the table, else by one of its names, else by one that means it."""
    renamed = _RENAMED.get((kind, attribute.names[0]), "")
    own = [plain(name) for name in attribute.names]
    others = [other for name in own for other in _ALSO.get(name, ())]
    return next((by_name[name] for name in (plain(renamed), *own, *others) if name in by_name), None)
