"""A strategy on the vendor's wheel in a few words: its account, what its callbacks heard, the order it places."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final

from miniqmt_sim.xtquant import xtconstant as xt
from tests.kit import vendor

xttrader = vendor.trader_module()
xttype = vendor.load("xttype")

CODE: Final = "600000.SH"
A: Final = xttype.StockAccount("1001")
Open = Callable[..., Any]
"""Opens a trader: ``open_trader(path, session=7, connects=0)``."""


class Ears(xttrader.XtQuantTraderCallback):  # type: ignore[misc,name-defined]
    """Notes every callback with what it was given."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Any]] = []


def _noting(name: str) -> Callable[..., None]:
    return lambda self, value=None: self.heard.append((name, value))


for _name in vendor.methods_of(vendor.class_of("xttrader", "XtQuantTraderCallback")):
    setattr(Ears, _name, _noting(_name))


def heard(trader: Any) -> list[tuple[str, Any]]:
    """What the callbacks were told since the last time, once everything on its way is here."""
    here = threading.Event()
    trader.query_account_infos_async(lambda _: here.set())  # answered after every push before it
    assert here.wait(10)
    rows, trader.callback.heard = trader.callback.heard, []
    return rows


def names(rows: list[tuple[str, Any]]) -> list[str]:
    return [name for name, _ in rows]


def order_fields(side: int = xt.STOCK_BUY, volume: Any = 100, price: Any = 10.0, code: str = CODE) -> tuple[Any, ...]:
    return A, code, side, volume, xt.FIX_PRICE, price, "name", "remark"
