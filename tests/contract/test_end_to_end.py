"""The server and the SDK over real sockets: what strategies' callbacks see, in which order, for every way an order can go.

Sources: miniqmt-behaviour §5 (push sequences), §6 (fields on the way back), §7 (queries).
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from miniqmt_sim.client import discovery
from miniqmt_sim.testing import SimServer
from miniqmt_sim.xtquant import xtconstant as xt
from miniqmt_sim.xtquant.xttrader import XtQuantTrader, XtQuantTraderCallback
from miniqmt_sim.xtquant.xttype import StockAccount
from tests.kit.fake_server import PATIENCE_S, eventually

CODE = "600000.SH"
A, B = StockAccount("1001"), StockAccount("1002")
SHARES = [{"stock_code": CODE, "volume": 5000, "cost_yuan": 9.5}]
ACCOUNTS = [
    {"id": "1001", "type": "STOCK", "cash_yuan": 100_000, "position": SHARES},
    {"id": "1002", "type": "STOCK", "cash_yuan": 100_000, "position": SHARES},
    {"id": "1003", "type": "CREDIT", "cash_yuan": 100_000},
]
WORDS: dict[str, Callable[[Any], str]] = {
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
}


class Ears(XtQuantTraderCallback):
    """Notes every callback with its object."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Any]] = []


def _noting(name: str) -> Callable[..., None]:
    return lambda self, *values: self.heard.append((name, *values) if values else (name, None))


for _name in WORDS:
    setattr(Ears, _name, _noting(_name))


class Desk:
    """A session, what it heard, and the two or three calls that every test makes."""

    def __init__(self, userdata: str, session: int, account: StockAccount | None) -> None:
        self.ears = Ears()
        self.account = account or A
        self.trader = XtQuantTrader(userdata, session, self.ears)
        self.trader.start()
        assert self.trader.connect() == 0
        if account is not None:
            assert self.trader.subscribe(account) == 0
        self.take()

    def take(self) -> list[str]:
        """What was heard since the last time, once everything on its way is here."""
        return [WORDS[name](value) for name, value in self.rows()]

    def rows(self) -> list[tuple[str, Any]]:
        """The same with the objects."""
        if self.trader.connected:
            here = threading.Event()
            self.trader.query_account_infos_async(lambda _: here.set())  # answered after every push before it
            assert here.wait(PATIENCE_S)
        heard, self.ears.heard = self.ears.heard, []
        return heard

    def order(self, side: int, volume: float, price: float, code: str = CODE, price_type: int = xt.FIX_PRICE) -> int:
        """Place an order asynchronously; its number, once it is known."""
        seq = self.trader.order_stock_async(self.account, code, side, volume, price_type, price, "name", "remark")
        return int(eventually(lambda: self._answer("on_order_stock_async_response", seq)).order_id)

    def cancel(self, order_id: int) -> Any:
        """Cancel asynchronously; the response."""
        seq = self.trader.cancel_order_stock_async(self.account, order_id)
        return eventually(lambda: self._answer("on_cancel_order_stock_async_response", seq))

    def _answer(self, name: str, seq: int) -> Any:
        return next((value for heard, value in list(self.ears.heard) if heard == name and value.seq == seq), None)

    def buy(self, volume: float, price: float, **more: Any) -> int:
        return self.order(xt.STOCK_BUY, volume, price, **more)

    def sell(self, volume: float, price: float, **more: Any) -> int:
        return self.order(xt.STOCK_SELL, volume, price, **more)

    def status(self, order_id: int) -> int:
        order = self.trader.query_stock_order(self.account, order_id)
        assert order is not None
        return int(order.order_status)


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (discovery.ENV_ADDR, discovery.ENV_TOKEN, discovery.ENV_OPERATOR_TOKEN):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def open_desk() -> Iterator[Callable[..., Desk]]:
    """Open sessions that end with the test."""
    desks: list[Desk] = []

    def open_(sim: SimServer, session: int, account: StockAccount | None) -> Desk:
        desks.append(Desk(sim.userdata, session, account))
        return desks[-1]

    yield open_
    for desk in desks:
        desk.trader.stop()


def _serve(**options: Any) -> Iterator[SimServer]:
    with SimServer(**{"feed": "none", "clock": "manual", "accounts": ACCOUNTS, **options}) as sim:
        sim.ctl.clock.set("2026-11-23T09:31")
        sim.ctl.quote(CODE, last=10, pre_close=10)
        yield sim
        assert sim.ctl.check() == {"ok": True, "problems": []}


@pytest.fixture
def sim() -> Iterator[SimServer]:
    yield from _serve()


@pytest.fixture
def day() -> Iterator[SimServer]:
    yield from _serve(hours="exchange")


@pytest.fixture
def a(sim: SimServer, open_desk: Callable[..., Desk]) -> Desk:
    return open_desk(sim, 11, A)


@pytest.fixture
def b(sim: SimServer, open_desk: Callable[..., Desk]) -> Desk:
    return open_desk(sim, 12, B)


# -- the ways of an order ------------------------------------------------------------------------------------------------


def test_an_immediate_full_fill(a: Desk, b: Desk) -> None:
    b.sell(500, 10.0)
    assert b.take() == ["response", "order 50", "position 5000", "asset 100000.00"]
    a.buy(500, 10.0)
    assert a.take() == ["response", "order 50", "order 56", "trade 500@10", "position 5500", "asset 94994.95"]
    assert b.take() == ["order 56", "trade 500@10", "position 4500", "asset 104992.45"]


def test_several_fills(a: Desk, b: Desk) -> None:
    for volume, price in ((200, 10.0), (300, 10.01)):
        b.sell(volume, price)
    b.take()
    order_id = a.buy(500, 10.02)
    assert a.take() == [
        "response", "order 50", "order 55", "trade 200@10", "order 56", "trade 300@10.01", "position 5500", "asset 94991.95",
    ]  # fmt: skip
    order = a.trader.query_stock_order(A, order_id)
    assert order is not None
    assert (order.traded_volume, order.traded_price) == (500, pytest.approx(10.006))
    assert b.take() == [
        "order 56", "trade 200@10", "order 56", "trade 300@10.01", "position 4500", "asset 104990.45",
    ]  # fmt: skip


def test_resting_then_filled_in_parts(a: Desk, b: Desk) -> None:
    a.buy(300, 10.0)
    assert a.take() == ["response", "order 50", "asset 96994.97"]
    b.sell(100, 9.9)
    assert a.take() == ["order 55", "trade 100@10", "position 5100", "asset 96994.97"]
    b.sell(200, 10.0)
    assert a.take() == ["order 56", "trade 200@10", "position 5300", "asset 96994.97"]


def test_a_cancel(a: Desk) -> None:
    order_id = a.buy(300, 10.0)
    a.take()
    response = a.cancel(order_id)
    assert (response.cancel_result, response.order_id, response.order_sysid) == (0, order_id, "1")
    assert a.take() == ["cancel_response 0", "order 54", "asset 100000.00"]


def test_a_part_then_a_cancel(a: Desk, b: Desk) -> None:
    order_id = a.buy(300, 10.0)
    b.sell(100, 10.0)
    a.take()
    a.cancel(order_id)
    rows = a.rows()
    assert [WORDS[name](value) for name, value in rows] == ["cancel_response 0", "order 53", "asset 98994.99"]
    assert (rows[1][1].traded_volume, rows[1][1].traded_price) == (100, 10.0)


def test_a_refusal_by_the_counter(sim: SimServer, a: Desk, open_desk: Callable[..., Desk]) -> None:
    witness = open_desk(sim, 21, A)
    order_id = a.buy(100_000, 10.0)
    rows = a.rows()
    assert [WORDS[name](value) for name, value in rows] == ["response", "order 50", "order 57", "order_error"]
    response, _, junk, error = (value for _, value in rows)
    assert "[COUNTER][260200][可用资金不足]" in junk.status_msg
    assert junk.order_sysid == f"xt{order_id}"
    assert (error.order_id, error.error_id, error.error_msg) == (order_id, -61, junk.status_msg)
    assert (error.strategy_name, error.order_remark) == ("name", "remark")
    assert (error.seq, response.order_id) == (response.seq, order_id)
    assert witness.take() == ["order 50", "order 57"], "an error is for who ordered"


def test_a_refusal_by_the_exchange(sim: SimServer, a: Desk) -> None:
    sim.ctl.quote(CODE, last=10.0, ask=["10.00:500"], pre_close=10.0)
    order_id = a.buy(100, 10.21)
    rows = a.rows()
    words = [WORDS[name](value) for name, value in rows]
    assert words == ["response", "order 50", "order 57", "order_error", "asset 100000.00"]
    assert "[20009][超出有效申报价格范围]" in rows[2][1].status_msg
    assert rows[3][1].order_id == order_id
    assert a.trader.query_stock_asset(A).frozen_cash == 0  # type: ignore[union-attr]


def test_what_the_exchange_refused_is_final_by_its_number_too_even_after_a_restart(sim: SimServer, a: Desk) -> None:
    sim.ctl.quote(CODE, last=10.0, ask=["10.00:500"], pre_close=10.0)
    a.buy(100, 10.21)
    for _ in range(2):
        a.rows()
        assert a.trader.cancel_order_stock_sysid(A, xt.SH_MARKET, "1") == -1
        [(name, error)] = a.rows()
        assert (name, error.order_sysid) == ("on_cancel_error", "1")
        assert "[251020]" in error.error_msg
        sim.restart()
        assert a.trader.connect() == 0
        a.rows()


def test_an_order_in_a_closed_phase(day: SimServer, open_desk: Callable[..., Desk]) -> None:
    day.ctl.clock.set("15:31")
    desk = open_desk(day, 11, A)
    order_id = desk.buy(100, 10.0)
    rows = desk.rows()
    assert [WORDS[name](value) for name, value in rows] == ["response", "order 50", "order 57", "order_error"]
    assert "[12313][当前时间不允许此类证券交易]" in rows[3][1].error_msg
    assert desk.cancel(order_id).cancel_result == -1


def test_an_order_held_over_lunch(day: SimServer, open_desk: Callable[..., Desk]) -> None:
    day.ctl.clock.set("12:00")
    desk = open_desk(day, 11, A)
    order_id = desk.buy(100, 10.0)
    rows = desk.rows()
    assert [WORDS[name](value) for name, value in rows] == ["response", "order 49", "asset 98994.99"]
    assert rows[1][1].order_sysid == ""
    day.ctl.clock.set("13:00")
    assert desk.take() == ["order 50"]
    assert desk.trader.query_stock_order(A, order_id).order_sysid == "1"  # type: ignore[union-attr]


def test_the_end_of_the_day(day: SimServer, open_desk: Callable[..., Desk]) -> None:
    a, b = open_desk(day, 11, A), open_desk(day, 12, B)
    b.sell(100, 10.0)
    part, whole = a.buy(300, 10.0), a.sell(400, 10.9)
    a.take()
    day.ctl.settle()
    seen = [word for word in a.take() if not word.startswith("status")]
    assert seen == ["order 53", "order 54", "position 5100", "asset 98994.99"]
    assert (a.status(part), a.status(whole)) == (xt.ORDER_PART_CANCEL, xt.ORDER_CANCELED)
    assert a.trader.query_stock_position(A, CODE).can_use_volume == 5000  # type: ignore[union-attr]
    day.ctl.clock.set("2026-11-24T09:31")
    assert a.trader.query_stock_orders(A) == []
    assert a.trader.query_stock_trades(A) == []
    assert a.trader.query_stock_position(A, CODE).can_use_volume == 5100  # type: ignore[union-attr]
    assert a.cancel(whole).cancel_result == -1, "yesterday's order is unknown today"


# -- cancels that cannot be ----------------------------------------------------------------------------------------------


def _refused_cancel(desk: Desk, order_id: int, code: str) -> None:
    desk.take()
    response = desk.cancel(order_id)
    rows = desk.rows()
    assert [WORDS[name](value) for name, value in rows] == ["cancel_response -1", "cancel_error"]
    error = rows[1][1]
    assert (error.order_id, error.order_sysid) == (response.order_id, response.order_sysid) == (order_id, error.order_sysid)
    assert error.error_id == -61
    assert f"[COUNTER][{code}]" in error.error_msg


def test_a_cancel_of_what_is_final_unknown_or_anothers(a: Desk, b: Desk) -> None:
    filled, open_ = b.sell(100, 10.0), b.sell(100, 10.9)
    own = a.buy(100, 10.0)
    cancelled, refused = a.buy(100, 9.5), a.buy(150, 9.5)
    a.cancel(cancelled)
    for order_id in (own, cancelled, refused):
        _refused_cancel(a, order_id, "251020")
    for order_id in (999_999_999, -5, 0, filled, open_):
        _refused_cancel(a, order_id, "11000305")
    assert b.status(open_) == xt.ORDER_REPORTED


def test_a_cancel_by_the_counters_number(a: Desk, b: Desk) -> None:
    order_id, others = a.buy(100, 9.5), b.sell(100, 10.9)
    assert [value.order_sysid for name, value in (*a.rows(), *b.rows()) if name == "on_stock_order"] == ["1", "2"]
    assert a.trader.cancel_order_stock_sysid(A, xt.SH_MARKET, "2") == -1, "another's"
    assert a.trader.cancel_order_stock_sysid(A, xt.SZ_MARKET, "1") == -1, "on the other exchange"
    assert a.trader.cancel_order_stock_sysid(A, xt.SH_MARKET, "") == -1
    assert a.trader.cancel_order_stock_sysid(A, xt.SH_MARKET, "1") == 0
    assert a.trader.cancel_order_stock_sysid(A, xt.SH_MARKET, "1") == -1, "a second time"
    assert (a.status(order_id), b.status(others)) == (xt.ORDER_CANCELED, xt.ORDER_REPORTED)


def test_a_cancel_in_the_no_cancel_window(day: SimServer, open_desk: Callable[..., Desk]) -> None:
    day.ctl.clock.set("2026-11-24T09:16")
    desk = open_desk(day, 11, A)
    early, late = desk.buy(100, 10.0), desk.buy(100, 10.1)
    assert desk.cancel(early).cancel_result == 0
    desk.take()
    day.ctl.clock.set("09:21")
    response = desk.cancel(late)
    rows = desk.rows()
    assert [WORDS[name](value) for name, value in rows] == ["cancel_response 0", "cancel_error"], "sent, and refused there"
    assert "[1214][当前交易阶段不允许撤单]" in rows[1][1].error_msg
    assert (rows[1][1].order_id, rows[1][1].order_sysid) == (late, response.order_sysid)
    assert desk.status(late) == xt.ORDER_REPORTED
    day.ctl.clock.set("09:30")
    assert desk.cancel(late).cancel_result == 0
    assert (desk.status(early), desk.status(late)) == (xt.ORDER_CANCELED, xt.ORDER_CANCELED)


# -- fields --------------------------------------------------------------------------------------------------------------


def test_the_fields_of_an_order_and_its_trade(sim: SimServer, a: Desk, b: Desk) -> None:
    buy, sell = a.buy(100, 10.0), b.sell(100, 10.0)
    now_s = sim.ctl.clock.show()["now_ms"] // 1000
    for desk, order_id, order_type, offset, sysid in ((a, buy, 23, 48, "1"), (b, sell, 24, 49, "2")):
        [order] = desk.trader.query_stock_orders(desk.account) or []
        [trade] = desk.trader.query_stock_trades(desk.account) or []
        for row in (order, trade):
            assert (row.account_id, row.stock_code, row.order_id) == (desk.account.account_id, CODE, order_id)
            assert (row.order_type, row.direction, row.offset_flag, row.order_sysid) == (order_type, 48, offset, sysid)
            assert (row.strategy_name, row.order_remark) == ("name", "remark")
        assert (order.price_type, order.price, order.order_volume, order.order_time) == (50, 10.0, 100, now_s)
        assert (order.traded_volume, order.traded_price, order.status_msg) == (100, 10.0, "")
        assert (trade.traded_price, trade.traded_volume, trade.traded_amount, trade.traded_time) == (10.0, 100, 1000.0, now_s)
        assert len(trade.traded_id) == 16
        pushed = [value for name, value in desk.rows() if name in ("on_stock_order", "on_stock_trade")]
        assert vars(pushed[-2]) == vars(order), "the last push is what a query shows"
        assert vars(pushed[-1]) == vars(trade)


SHOWN = [
    (xt.LATEST_PRICE, CODE, 50, 10.0),
    (xt.MARKET_SH_CONVERT_5_CANCEL, CODE, 88, 11.0),
    (xt.MARKET_SH_CONVERT_5_LIMIT, CODE, 85, 10.0),
    (xt.MARKET_MINE_PRICE_FIRST, CODE, 86, 10.0),
    (xt.MARKET_PEER_PRICE_FIRST, CODE, 84, 11.0),
    (xt.MARKET_SZ_FULL_OR_CANCEL, "000001.SZ", 89, 11.0),
]


def test_the_price_types_and_prices_that_come_back(sim: SimServer, a: Desk) -> None:
    sim.ctl.quote("000001.SZ", last=10, pre_close=10)
    for price_type, code, shown, price in SHOWN:
        order_id = a.buy(100, -1, code=code, price_type=price_type)
        last = [value for name, value in a.rows() if name == "on_stock_order"][-1]
        assert (last.order_id, last.price_type, last.price) == (order_id, shown, price)
        assert vars(last) == vars(a.trader.query_stock_order(A, order_id)), "the last push is what a query shows"


# -- sessions ------------------------------------------------------------------------------------------------------------


def test_every_session_of_an_account_sees_each_push_once(
    sim: SimServer, a: Desk, b: Desk, open_desk: Callable[..., Desk]
) -> None:
    others = [open_desk(sim, session, A) for session in (21, 22, 23)]
    assert others[0].trader.subscribe(A) == 0, "a second time changes nothing"
    others[0].take()
    order_id = a.buy(300, 10.0)
    b.sell(200, 10.0)
    others[2].trader.cancel_order_stock(A, order_id)
    mine = [word for word in a.take() if word != "response"]
    assert mine == [
        "order 50", "asset 96994.97",
        "order 55", "trade 200@10", "position 5200", "asset 96994.97",
        "order 53", "asset 97994.98",
    ]  # fmt: skip
    assert [desk.take() for desk in others] == [mine] * 3


def test_after_unsubscribing_nothing_is_pushed_but_answers_and_errors(a: Desk) -> None:
    assert a.trader.unsubscribe(A) == 0
    assert a.trader.unsubscribe(A) == -1, "a second time"
    order_id = a.buy(100, 9.5)
    a.buy(150, 9.5)
    a.cancel(order_id)
    assert a.take() == ["response", "response", "order_error", "cancel_response 0"]
    assert a.trader.subscribe(A) == 0
    assert [word for word in a.take() if not word.startswith("status")] == []
    a.buy(100, 9.5)
    assert a.take() == ["response", "order 50", "asset 99044.99"]


def test_ordering_needs_no_subscription(sim: SimServer, open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(sim, 31, None)
    assert desk.buy(100, 9.5) > 0
    assert desk.take() == ["response"]


def test_wrong_account_types_and_unknown_accounts(a: Desk) -> None:
    trader = a.trader
    for number, kind in (("1001", "CREDIT"), ("1003", "STOCK"), ("4711", "STOCK"), ("1001", "HUGANGTONG")):
        account = StockAccount(number, kind)
        assert trader.subscribe(account) == trader.unsubscribe(account) == -1
        assert trader.order_stock(account, CODE, xt.STOCK_BUY, 100, xt.FIX_PRICE, 10.0) == -1
        assert trader.cancel_order_stock(account, 1048577) == -1
        assert trader.query_stock_asset(account) is None
        for query in (trader.query_stock_orders, trader.query_stock_trades, trader.query_stock_positions):
            assert query(account) is None
        assert a.take() == [], "nothing happened"
        seq = trader.order_stock_async(account, CODE, xt.STOCK_BUY, 100, xt.FIX_PRICE, 10.0)
        [(name, response)] = a.rows()
        assert (name, response.order_id, response.seq) == ("on_order_stock_async_response", -1, seq)
        assert response.error_msg


def test_two_sessions_trade_with_each_other(sim: SimServer, a: Desk, b: Desk) -> None:
    for number in range(30):
        price = round(10 + number % 7 / 100, 2)
        (a if number % 2 else b).buy(100 * (1 + number % 4), price)
        (b if number % 3 else a).sell(100 * (1 + number % 5), price)
    trades = {desk.account.account_id: desk.trader.query_stock_trades(desk.account) or [] for desk in (a, b)}
    bought, sold = (
        sum(row.traded_volume for rows in trades.values() for row in rows if row.order_type == side) for side in (23, 24)
    )
    assert bought == sold > 3000, "feed none: nobody else is there"
    assert sum(desk.trader.query_stock_position(desk.account, CODE).volume for desk in (a, b)) == 10_000  # type: ignore[union-attr]
    fees = sum(row.commission for rows in trades.values() for row in rows)
    cash = sum(row.cash + row.frozen_cash for row in (a.trader.query_stock_asset(A), b.trader.query_stock_asset(B)) if row)
    assert cash == pytest.approx(200_000 - fees, abs=1e-6)
    for desk in (a, b):
        told = [value for name, value in desk.rows() if name == "on_stock_trade"]
        assert [vars(row) for row in told] == [vars(row) for row in trades[desk.account.account_id]]


# -- restart -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [SimServer.stop, SimServer.kill])
def test_a_restart_in_the_middle_then_reconnect_and_reconcile(how: Callable[[SimServer], None]) -> None:
    with SimServer(feed="none", clock="manual", accounts=ACCOUNTS, durability="normal") as sim:
        sim.ctl.clock.set("2026-11-23T09:31")
        sim.ctl.quote(CODE, last=10, pre_close=10)
        a, b = Desk(sim.userdata, 11, A), Desk(sim.userdata, 12, B)
        order_id = a.buy(300, 10.0)
        b.sell(100, 10.0)
        before = [vars(row) for row in a.trader.query_stock_orders(A) or []], vars(a.trader.query_stock_asset(A))
        a.take()
        how(sim)
        eventually(lambda: a.ears.heard and b.ears.heard)
        assert a.take() == ["disconnected"]
        assert a.trader.query_stock_orders(A) is None
        assert a.trader.query_stock_asset(A) is None
        assert a.trader.order_stock(A, CODE, xt.STOCK_BUY, 100, xt.FIX_PRICE, 10.0) == -1
        assert a.trader.cancel_order_stock(A, order_id) == -1
        assert a.trader.connect() == -1, "there is no server"
        sim.restart()
        assert a.trader.connect() == b.trader.connect() == 0
        assert a.trader.subscribe(A) == 0
        assert ([vars(row) for row in a.trader.query_stock_orders(A) or []], vars(a.trader.query_stock_asset(A))) == before
        a.take()
        assert b.sell(200, 9.95) > order_id
        assert a.take() == ["order 56", "trade 200@10", "position 5300", "asset 96994.97"]
        assert a.buy(100, 9.9) > order_id + 1, "numbers go on"
        assert sim.ctl.check() == {"ok": True, "problems": []}
        for desk in (a, b):
            desk.trader.stop()


def test_a_query_on_a_connection_that_was_stopped(a: Desk) -> None:
    a.trader.stop()
    assert a.trader.query_stock_orders(A) is None
    assert a.trader.query_stock_asset(A) is None
    assert a.trader.subscribe(A) == -1


# -- what nobody should send ---------------------------------------------------------------------------------------------


def test_arguments_of_a_wrong_type(a: Desk) -> None:
    wrong: tuple[Any, ...] = ("100", None, b"100", [100], {})
    for value in wrong:
        with pytest.raises(TypeError, match="order_volume"):
            a.trader.order_stock(A, CODE, xt.STOCK_BUY, value, xt.FIX_PRICE, 10.0)
        with pytest.raises(TypeError, match="price"):
            a.trader.order_stock(A, CODE, xt.STOCK_BUY, 100, xt.FIX_PRICE, value)
    assert a.trader.connected
    assert a.take() == []


def test_numbers_that_make_no_order(a: Desk) -> None:
    volumes = (0, -100, 0.5, 100.5, math.nan, math.inf, 2**31, 10**30)
    prices = (math.nan, math.inf, -math.inf, 1e300)
    for volume, price in (*((volume, 10.0) for volume in volumes), *((100, price) for price in prices)):
        assert a.trader.order_stock(A, CODE, xt.STOCK_BUY, volume, xt.FIX_PRICE, price) == -1, (volume, price)
    assert a.trader.connected
    assert a.take() == []
    assert a.trader.query_stock_orders(A) == []


REFUSED_NUMBERS = [
    (True, 10.0, "120156"),
    (2**31 - 1, 10.0, "120156"),
    (150.0, 10.0, "-150904070"),
    (100, 0, "1222"),
    (100, -10.0, "1222"),
    (100, 10.005, "1222"),
    (100, 10.0000011, "1222"),
    (100, 11.01, "-990265060"),
    (100, 1e8, "-990265060"),
]


def test_numbers_that_the_counter_refuses(a: Desk) -> None:
    for volume, price, code in REFUSED_NUMBERS:
        assert a.buy(volume, price) > 0
        rows = a.rows()
        assert [WORDS[name](value) for name, value in rows] == ["response", "order 50", "order 57", "order_error"]
        assert f"[{code}]" in rows[3][1].error_msg, (volume, price)
    assert a.buy(100.0, 10.0000001) > 0, "noise of a double"
    assert a.take() == ["response", "order 50", "asset 98994.99"]
