"""Who hears what: several sessions of one account, subscribing and not, and accounts that are not there."""

from __future__ import annotations

import pytest

from tests.contract.conformance.conftest import OpenDesk
from tests.contract.conformance.desk import BUY, CODE, CREDIT, FIX_PRICE, A, Desk, shown
from tests.contract.conformance.drivers import Terminal

# -- sessions ------------------------------------------------------------------------------------------------------------


def test_every_session_of_an_account_sees_each_push_once(terminal: Terminal, a: Desk, b: Desk, open_desk: OpenDesk) -> None:
    others = [open_desk(terminal, session, A) for session in (21, 22, 23)]
    assert others[0].trader.subscribe(others[0].account) == 0, "a second time changes nothing"
    others[0].take()
    order_id = a.buy(300, 10.0)
    b.sell(200, 10.0)
    others[2].trader.cancel_order_stock(others[2].account, order_id)
    mine = [word for word in a.take() if word != "response"]
    assert mine == [
        "order 50", "asset 96994.97",
        "order 55", "trade 200@10", "position 5200", "asset 96994.97",
        "order 53", "asset 97994.98",
    ]  # fmt: skip
    assert [desk.take() for desk in others] == [mine] * 3


def test_after_unsubscribing_nothing_is_pushed_but_answers_and_errors(a: Desk) -> None:
    assert a.trader.unsubscribe(a.account) == 0
    assert a.trader.unsubscribe(a.account) == -1, "a second time"
    order_id = a.buy(100, 9.5)
    a.buy(150, 9.5)
    a.cancel(order_id)
    assert a.take() == ["response", "response", "order_error", "cancel_response 0"]
    assert a.trader.subscribe(a.account) == 0
    assert [word for word in a.take() if not word.startswith("status")] == []
    a.buy(100, 9.5)
    assert a.take() == ["response", "order 50", "asset 99044.99"]


def test_ordering_needs_no_subscription(terminal: Terminal, open_desk: OpenDesk) -> None:
    desk = open_desk(terminal, 31, A, subscribed=False)
    assert desk.buy(100, 9.5) > 0
    assert desk.take() == ["response"]


def test_wrong_account_types_and_unknown_accounts(a: Desk) -> None:
    trader = a.trader
    for account_id, kind in ((A, "CREDIT"), (CREDIT, "STOCK"), ("4711", "STOCK"), (A, "HUGANGTONG"), (A, "FUTURE")):
        account = a.account_of(account_id, kind)
        assert trader.subscribe(account) == trader.unsubscribe(account) == -1
        assert trader.order_stock(account, CODE, BUY, 100, FIX_PRICE, 10.0) == -1
        assert trader.cancel_order_stock(account, 1048577) == -1
        assert trader.query_stock_asset(account) is None
        for query in (trader.query_stock_orders, trader.query_stock_trades, trader.query_stock_positions):
            assert query(account) == a.driver.failed_rows
        assert a.take() == [], "nothing happened"
        seq = trader.order_stock_async(account, CODE, BUY, 100, FIX_PRICE, 10.0)
        [(name, response)] = a.rows()
        assert (name, response.order_id, response.seq) == ("on_order_stock_async_response", -1, seq)
        assert response.error_msg


def test_two_sessions_trade_with_each_other(terminal: Terminal, a: Desk, b: Desk) -> None:
    for number in range(30):
        price = round(10 + number % 7 / 100, 2)
        (a if number % 2 else b).buy(100 * (1 + number % 4), price)
        (b if number % 3 else a).sell(100 * (1 + number % 5), price)
    trades = {desk.account.account_id: desk.trader.query_stock_trades(desk.account) or [] for desk in (a, b)}
    bought, sold = (
        sum(row.traded_volume for rows in trades.values() for row in rows if row.order_type == side) for side in (23, 24)
    )
    assert bought == sold > 3000, "feed none: nobody else is there"
    assert sum(desk.trader.query_stock_position(desk.account, CODE).volume for desk in (a, b)) == 10_000
    fees = sum(row.commission for rows in trades.values() for row in rows)
    assets = [desk.trader.query_stock_asset(desk.account) for desk in (a, b)]
    cash = sum(asset.cash + asset.frozen_cash for asset in assets)
    assert cash == pytest.approx(200_000 - fees, abs=1e-6)
    for desk in (a, b):
        told = [value for name, value in desk.rows() if name == "on_stock_trade"]
        assert [shown(row) for row in told] == [shown(row) for row in trades[desk.account.account_id]]
