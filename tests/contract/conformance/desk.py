"""A strategy in a few words: a trader of any driver, everything its callbacks heard, and the calls that tests make."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Final

from tests.contract.conformance.drivers import Driver, Terminal
from tests.kit.fake_server import PATIENCE_S, eventually

CODE: Final = "600000.SH"
A, B, CREDIT = "1001", "1002", "1003"
"""Accounts of every terminal; the last is a credit account."""
BUY, SELL, FIX_PRICE = 23, 24, 11
WORDS: Final[dict[str, Callable[[Any], str]]] = {
    "on_disconnected": lambda _: "disconnected",
    "on_account_status": lambda row: f"status {row.status}",
    "on_stock_asset": lambda row: f"asset {row.cash:.2f}",
    "on_stock_order": lambda row: f"order {row.order_status}",
    "on_stock_trade": lambda row: f"trade {row.traded_volume}@{row.traded_price:g}",
    "on_stock_position": lambda row: f"position {row.volume}",
    "on_order_error": lambda row: "order_error",
    "on_cancel_error": lambda row: "cancel_error",
    "on_order_stock_async_response": lambda row: "response",
    "on_cancel_order_stock_async_response": lambda row: f"cancel_response {row.cancel_result}",
    "on_smt_appointment_async_response": lambda row: "smt_response",
    "on_bank_transfer_async_response": lambda row: f"bank_response {row.success}",
    "on_ctp_internal_transfer_async_response": lambda row: f"ctp_response {row.success}",
    "on_smart_algo_order_async_response": lambda row: "algo_response",
    "on_operate_smart_task_async_response": lambda row: f"task_response {row.success}",
}


class Ears:
    """A callback object that notes every call; ``during`` is run inside the callback of the name it stands under."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Any]] = []
        self.threads: set[int] = set()
        self.during: dict[str, Callable[[Any], Any]] = {}

    def note(self, name: str, value: Any = None) -> None:
        self.threads.add(threading.get_ident())
        self.heard.append((name, value))
        if name in self.during:
            self.during[name](value)


def _noting(name: str) -> Callable[..., None]:
    return lambda self, *values: self.note(name, *values)


for _name in WORDS:
    setattr(Ears, _name, _noting(_name))


def shown(row: Any) -> dict[str, Any]:
    """What a strategy sees of an object: its public attributes, as the vendor's samples print them."""
    values = {name: getattr(row, name) for name in dir(row) if not name.startswith("_")}
    return {name: value for name, value in values.items() if not callable(value)}


class Desk:
    """A session, what it heard, and the two or three calls that every test makes."""

    def __init__(
        self, driver: Driver, terminal: Terminal, session: int, account_id: str = A, *, subscribed: bool = True
    ) -> None:
        self.driver, self.terminal, self.session = driver, terminal, session
        self.ears = Ears()
        self.hangs_after_s = PATIENCE_S
        """How long a call may take before it is said to hang."""
        self.account = self.account_of(account_id)
        self.trader = driver.make_trader(terminal, session, self.ears)
        self.trader.start()
        assert self.trader.connect() == 0
        if subscribed:
            assert self.trader.subscribe(self.account) == 0
        self.take()

    def take(self) -> list[str]:
        """What was heard since the last time, once everything on its way is here."""
        return [WORDS[name](value) for name, value in self.rows()]

    def rows(self) -> list[tuple[str, Any]]:
        """The same with the objects."""
        self.fence()
        heard, self.ears.heard = self.ears.heard, []
        return heard

    def fence(self) -> None:
        """Wait until everything that was told is here: this query is answered after every push before it."""
        here = threading.Event()
        self.trader.query_account_infos_async(lambda _: here.set())
        assert here.wait(PATIENCE_S)

    def order(self, side: int, volume: float, price: float, code: str = CODE, price_type: int = FIX_PRICE) -> int:
        """Place an order asynchronously; its number, once it is known."""
        seq = self.trader.order_stock_async(self.account, code, side, volume, price_type, price, "name", "remark")
        return int(eventually(lambda: self.answer("on_order_stock_async_response", seq)).order_id)

    def cancel(self, order_id: int) -> Any:
        """Cancel asynchronously; the response."""
        seq = self.trader.cancel_order_stock_async(self.account, order_id)
        return eventually(lambda: self.answer("on_cancel_order_stock_async_response", seq))

    def answer(self, name: str, seq: int) -> Any:
        """The response of a callback to a request, None until it is here."""
        return next((value for heard, value in list(self.ears.heard) if heard == name and value.seq == seq), None)

    def buy(self, volume: float, price: float, **more: Any) -> int:
        return self.order(BUY, volume, price, **more)

    def sell(self, volume: float, price: float, **more: Any) -> int:
        return self.order(SELL, volume, price, **more)

    def status(self, order_id: int) -> int:
        """The status of an order as a query shows it."""
        order = self.trader.query_stock_order(self.account, order_id)
        assert order is not None
        return int(order.order_status)

    def account_of(self, account_id: str, kind: str = "STOCK") -> Any:
        """An account object of the driver's own."""
        return self.driver.xttype.StockAccount(account_id, kind)
