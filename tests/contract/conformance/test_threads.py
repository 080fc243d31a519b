"""Which thread a callback runs on, what may be called inside one, and how a trader ends."""

from __future__ import annotations

import math
import threading
import time
from typing import Any

import pytest

from tests.contract.conformance.conftest import OpenDesk
from tests.contract.conformance.desk import BUY, CODE, FIX_PRICE, A, Desk
from tests.contract.conformance.drivers import Terminal
from tests.kit.fake_server import PATIENCE_S, eventually


def inside(desk: Desk, callback: str, call: Any) -> list[Any]:
    """What a call gives inside a callback, once it is there."""
    given: list[Any] = []

    def during(_: Any) -> None:
        desk.ears.during.clear()
        given.append(call())

    desk.ears.during[callback] = during
    return given


def test_callbacks_come_on_one_thread_that_is_not_the_callers_in_the_order_of_arrival(a: Desk, b: Desk) -> None:
    order_ids = [a.trader.order_stock(a.account, CODE, BUY, 100, FIX_PRICE, 9.9) for _ in range(50)]
    b.sell(5000, 9.9)
    rows = a.rows()
    assert len(a.ears.threads) == 1
    assert threading.get_ident() not in a.ears.threads
    told = [(row.order_id, row.order_status) for name, row in rows if name == "on_stock_order"]
    assert told == [(order_id, status) for status in (50, 56) for order_id in order_ids]
    traded = [row.order_id for name, row in rows if name == "on_stock_trade"]
    assert traded == order_ids


def test_asynchronous_queries_work_inside_a_callback(a: Desk) -> None:
    answers: list[Any] = []

    def ask() -> None:
        a.trader.query_stock_orders_async(a.account, answers.append)
        a.trader.query_stock_trades_async(a.account, answers.append)
        a.trader.query_stock_positions_async(a.account, answers.append)
        a.trader.query_stock_asset_async(a.account, answers.append)

    inside(a, "on_stock_order", ask)
    a.buy(100, 9.5)
    eventually(lambda: len(answers) == 4)
    orders, trades, positions, asset = answers
    assert [len(orders), len(trades), len(positions)] == [1, 0, 1]
    assert asset.frozen_cash > 950


def test_asynchronous_orders_and_cancels_work_inside_a_callback(a: Desk) -> None:
    seqs = inside(a, "on_stock_asset", lambda: a.trader.order_stock_async(a.account, CODE, BUY, 100, FIX_PRICE, 9.4))
    first = a.buy(100, 9.5)
    response = eventually(lambda: seqs and a.answer("on_order_stock_async_response", seqs[0]))
    assert response.order_id > first
    more = inside(a, "on_stock_asset", lambda: a.trader.cancel_order_stock_async(a.account, response.order_id))
    a.cancel(first)
    answer = eventually(lambda: more and a.answer("on_cancel_order_stock_async_response", more[0]))
    assert answer.cancel_result == 0


def test_in_relaxed_mode_a_synchronous_query_works_inside_a_callback(a: Desk) -> None:
    a.trader.set_relaxed_response_order_enabled(True)
    given = inside(a, "on_stock_order", lambda: a.trader.query_stock_orders(a.account))
    a.buy(100, 9.5)
    [orders] = eventually(lambda: given)
    assert [order.order_status for order in orders] == [50]
    a.trader.set_relaxed_response_order_enabled(False)
    assert len(a.trader.query_stock_orders(a.account)) == 1


def test_relaxed_mode_may_be_set_before_start(terminal: Terminal, a: Desk) -> None:
    trader = a.driver.make_trader(terminal, 31)
    trader.set_relaxed_response_order_enabled(True)
    trader.start()
    assert trader.connect() == 0
    assert len(trader.query_account_infos()) == 3
    trader.stop()


def test_a_callback_that_takes_long_delays_the_next_and_no_call_of_other_threads(a: Desk) -> None:
    go_on = threading.Event()
    inside(a, "on_stock_order", lambda: go_on.wait(PATIENCE_S))
    a.trader.set_relaxed_response_order_enabled(True)
    a.trader.order_stock_async(a.account, CODE, BUY, 100, FIX_PRICE, 9.5)
    eventually(lambda: not a.ears.during)
    before = len(a.ears.heard)
    assert len(a.trader.query_stock_orders(a.account)) == 1
    assert len(a.ears.heard) == before
    go_on.set()
    a.trader.set_relaxed_response_order_enabled(False)  # the fence of what follows must not overtake what waits
    assert a.take()[-1].startswith("asset")


def test_an_exception_in_a_callback_harms_nobody(a: Desk) -> None:
    inside(a, "on_stock_order", lambda: 1 / 0)
    a.buy(100, 9.5)
    a.buy(100, 9.4)
    assert [word for word in a.take() if word.startswith("order")] == ["order 50", "order 50"]


def test_another_callback_object_may_be_registered_at_any_time(a: Desk) -> None:
    told: list[int] = []
    later = type("Later", (type(a.ears),), {"on_stock_order": lambda self, order: told.append(order.order_id)})()
    a.trader.register_callback(later)
    order_id = a.trader.order_stock(a.account, CODE, BUY, 100, FIX_PRICE, 9.5)
    a.fence()
    assert told == [order_id]
    assert a.ears.heard == []


def test_any_number_of_threads_may_call_at_once(a: Desk) -> None:
    order_ids: list[int] = []

    def work(number: int) -> None:
        for _ in range(10):
            order_ids.append(a.trader.order_stock(a.account, CODE, BUY, 100, FIX_PRICE, 9.0, "", str(number)))
            assert a.trader.query_stock_asset(a.account).cash < 100_000

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert len(set(order_ids)) == 80
    assert min(order_ids) > 0


@pytest.mark.parametrize("seconds", [0, -1, 5, 2.5, math.inf])
def test_a_timeout_may_be_set(a: Desk, seconds: float) -> None:
    a.trader.set_timeout(seconds)
    assert len(a.trader.query_account_infos()) == 3


def test_stop_ends_everything_and_comes_again(terminal: Terminal, open_desk: OpenDesk) -> None:
    before = set(threading.enumerate())
    desk = open_desk(terminal, 31, A)
    desk.buy(100, 9.5)
    for _ in range(2):
        desk.trader.stop()
    eventually(lambda: set(threading.enumerate()) <= before)
    heard = len(desk.ears.heard)
    terminal.ctl.quote(CODE, last=9.5, ask=["9.50:100"])
    time.sleep(0)
    assert len(desk.ears.heard) == heard, "nothing is told after stop"
    eventually(lambda: desk.driver.make_trader(terminal, 31).connected is False)
