"""The connection's end and what comes after: told once, nothing under way hangs, and a new one sees everything once."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from tests.contract.conformance.conftest import OpenDesk, serving
from tests.contract.conformance.desk import BUY, CODE, FIX_PRICE, A, B, Desk, shown
from tests.contract.conformance.drivers import Driver, Terminal
from tests.kit.fake_server import PATIENCE_S, eventually


def seen_by(desk: Desk) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Orders and money, as queries show them."""
    orders = desk.trader.query_stock_orders(desk.account)
    return [shown(order) for order in orders], shown(desk.trader.query_stock_asset(desk.account))


def wait_for_the_end(desk: Desk) -> None:
    """Until the strategy was told."""
    eventually(lambda: "on_disconnected" in [name for name, _ in list(desk.ears.heard)])


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_a_restart_in_the_middle_then_reconnect_and_reconcile(driver: Driver, open_desk: OpenDesk, how: str) -> None:
    with serving(driver, durability="normal") as terminal:
        a, b = open_desk(terminal, 11, A), open_desk(terminal, 12, B)
        order_id = a.buy(300, 10.0)
        b.sell(100, 10.0)
        before = seen_by(a)
        a.take()
        getattr(terminal, how)()
        eventually(lambda: a.ears.heard and b.ears.heard)
        assert a.take() == ["disconnected"]
        assert a.trader.query_stock_orders(a.account) == driver.failed_rows
        assert a.trader.query_stock_asset(a.account) is None
        assert a.trader.order_stock(a.account, CODE, BUY, 100, FIX_PRICE, 10.0) == -1
        assert a.trader.cancel_order_stock(a.account, order_id) == -1
        assert a.trader.subscribe(a.account) == -1
        assert a.trader.connect() == -1, "nobody is there"
        terminal.start()
        assert a.trader.connect() == b.trader.connect() == 0
        assert a.trader.subscribe(a.account) == 0
        assert seen_by(a) == before
        a.take()
        assert b.sell(200, 9.95) > order_id
        assert a.take() == ["order 56", "trade 200@10", "position 5300", "asset 96994.97"]
        assert a.buy(100, 9.9) > order_id + 1, "numbers go on"


def test_what_is_under_way_is_answered_once_when_the_connection_ends(terminal: Terminal, a: Desk) -> None:
    """Each asynchronous call gets one answer, before or after the end, and the end is told once."""
    seqs = [a.trader.order_stock_async(a.account, CODE, BUY, 100, FIX_PRICE, 9.5) for _ in range(20)]
    rows: list[Any] = []
    for _ in range(20):
        a.trader.query_stock_orders_async(a.account, rows.append)
    terminal.restart()
    seqs.append(a.trader.order_stock_async(a.account, CODE, BUY, 100, FIX_PRICE, 9.5))
    eventually(lambda: a.answer("on_order_stock_async_response", seqs[-1]))
    words = a.take()
    assert (words.count("response"), words.count("disconnected"), len(rows)) == (21, 1, 20)
    assert len(set(seqs)) == 21


@pytest.mark.parametrize("same_object", [True, False])
def test_after_resubscribing_nothing_is_lost_and_nothing_comes_twice(
    terminal: Terminal, b: Desk, open_desk: OpenDesk, same_object: bool
) -> None:
    desk = open_desk(terminal, 11, A)
    for number in range(4):
        desk.buy(100, 9.9)
        terminal.restart()
        wait_for_the_end(desk)
        if not same_object:
            desk.trader.stop()
            desk = open_desk(terminal, 100 + number, A, subscribed=False)
        else:
            assert desk.trader.connect() == 0
        assert desk.trader.subscribe(desk.account) == 0
        assert desk.trader.subscribe(desk.account) == 0
        assert b.trader.connect() == 0
        desk.take()
        order_id = desk.buy(100, 10.0)
        b.sell(100, 10.0)
        pushed = [(name, value.order_id) for name, value in desk.rows() if name in ("on_stock_order", "on_stock_trade")]
        assert pushed == [("on_stock_order", order_id)] * 2 + [("on_stock_trade", order_id)]
    assert len(desk.trader.query_stock_orders(desk.account)) == 8


def test_each_lost_connection_is_told_and_stopping_is_none(terminal: Terminal, a: Desk) -> None:
    for _ in range(3):
        terminal.restart()
        eventually(lambda: a.ears.heard)
        assert a.take() == ["disconnected"]
        assert a.trader.connect() == 0
    a.trader.stop()
    assert a.ears.heard == []


def test_a_new_trader_made_inside_on_disconnected_trades(terminal: Terminal, a: Desk, open_desk: OpenDesk) -> None:
    """As vnpy_xt does it: another object, another session, from the callback's own thread."""
    made: list[Desk] = []
    back = threading.Event()

    def reconnect(_: Any) -> None:
        assert back.wait(PATIENCE_S)
        made.append(open_desk(terminal, 4711, A))

    a.ears.during["on_disconnected"] = reconnect
    terminal.restart()
    back.set()
    eventually(lambda: made)
    assert made[0].buy(100, 9.5) > 0
    assert made[0].take() == ["response", "order 50", "asset 99044.99"]
