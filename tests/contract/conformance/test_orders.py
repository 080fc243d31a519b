"""What strategies see of every way an order can go: which callbacks, in which order, with which fields.

Sources: miniqmt-behaviour §5 (push sequences), §6 (fields on the way back), §7 (queries).
"""

from __future__ import annotations

import pytest

from miniqmt_sim.xtquant import xtconstant as xt
from tests.contract.conformance.conftest import OpenDesk
from tests.contract.conformance.desk import CODE, WORDS, A, B, Desk, shown
from tests.contract.conformance.drivers import Terminal
from tests.kit.fake_server import eventually

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
    order = a.trader.query_stock_order(a.account, order_id)
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


def test_a_refusal_by_the_counter(terminal: Terminal, a: Desk, open_desk: OpenDesk) -> None:
    witness = open_desk(terminal, 21, A)
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


def test_a_refusal_by_the_exchange(terminal: Terminal, a: Desk) -> None:
    terminal.ctl.quote(CODE, last=10.0, ask=["10.00:500"], pre_close=10.0)
    order_id = a.buy(100, 10.21)
    rows = a.rows()
    words = [WORDS[name](value) for name, value in rows]
    assert words == ["response", "order 50", "order 57", "order_error", "asset 100000.00"]
    assert "[20009][超出有效申报价格范围]" in rows[2][1].status_msg
    assert rows[3][1].order_id == order_id
    assert a.trader.query_stock_asset(a.account).frozen_cash == 0


def test_what_the_exchange_refused_is_final_by_its_number_too_even_after_a_restart(terminal: Terminal, a: Desk) -> None:
    terminal.ctl.quote(CODE, last=10.0, ask=["10.00:500"], pre_close=10.0)
    a.buy(100, 10.21)
    for _ in range(2):
        a.rows()
        assert a.trader.cancel_order_stock_sysid(a.account, xt.SH_MARKET, "1") == -1
        [(name, error)] = a.rows()
        assert (name, error.order_sysid) == ("on_cancel_error", "1")
        assert "[251020]" in error.error_msg
        terminal.restart()
        assert a.trader.connect() == 0
        a.rows()


def test_an_order_in_a_closed_phase(day: Terminal, open_desk: OpenDesk) -> None:
    day.ctl.clock.set("15:31")
    desk = open_desk(day, 11, A)
    order_id = desk.buy(100, 10.0)
    rows = desk.rows()
    assert [WORDS[name](value) for name, value in rows] == ["response", "order 50", "order 57", "order_error"]
    assert "[12313][当前时间不允许此类证券交易]" in rows[3][1].error_msg
    assert desk.cancel(order_id).cancel_result == -1


def test_an_order_held_over_lunch(day: Terminal, open_desk: OpenDesk) -> None:
    day.ctl.clock.set("12:00")
    desk = open_desk(day, 11, A)
    order_id = desk.buy(100, 10.0)
    rows = desk.rows()
    assert [WORDS[name](value) for name, value in rows] == ["response", "order 49", "asset 98994.99"]
    assert rows[1][1].order_sysid == ""
    day.ctl.clock.set("13:00")
    assert desk.take() == ["order 50"]
    assert desk.trader.query_stock_order(desk.account, order_id).order_sysid == "1"


def test_the_end_of_the_day(day: Terminal, open_desk: OpenDesk) -> None:
    a, b = open_desk(day, 11, A), open_desk(day, 12, B)
    b.sell(100, 10.0)
    part, whole = a.buy(300, 10.0), a.sell(400, 10.9)
    a.take()
    day.ctl.settle()
    seen = [word for word in a.take() if not word.startswith("status")]
    assert seen == ["order 53", "order 54", "position 5100", "asset 98994.99"]
    assert (a.status(part), a.status(whole)) == (xt.ORDER_PART_CANCEL, xt.ORDER_CANCELED)
    assert a.trader.query_stock_position(a.account, CODE).can_use_volume == 5000
    day.ctl.clock.set("2026-11-24T09:31")
    assert a.trader.query_stock_orders(a.account) == []
    assert a.trader.query_stock_trades(a.account) == []
    assert a.trader.query_stock_position(a.account, CODE).can_use_volume == 5100
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
    assert a.trader.cancel_order_stock_sysid(a.account, xt.SH_MARKET, "2") == -1, "another's"
    assert a.trader.cancel_order_stock_sysid(a.account, xt.SZ_MARKET, "1") == -1, "on the other exchange"
    assert a.trader.cancel_order_stock_sysid(a.account, xt.SH_MARKET, "") == -1
    for market in (xt.MARKET_ENUM_BEIJING, 2, 3):
        assert a.trader.cancel_order_stock_sysid(a.account, market, "1") == -1, "nothing is traded there"
    assert a.trader.cancel_order_stock_sysid(a.account, xt.SH_MARKET, "1") == 0
    assert a.trader.cancel_order_stock_sysid(a.account, xt.SH_MARKET, "1") == -1, "a second time"
    assert (a.status(order_id), b.status(others)) == (xt.ORDER_CANCELED, xt.ORDER_REPORTED)


def test_an_asynchronous_cancel_by_the_counters_number(a: Desk) -> None:
    order_id = a.buy(100, 9.5)
    for market, result in ((xt.SH_MARKET, 0), ("SH", -1), (xt.SZ_MARKET, -1), ("Mars", -1)):
        seq = a.trader.cancel_order_stock_sysid_async(a.account, market, "1")
        response = eventually(lambda seq=seq: a.answer("on_cancel_order_stock_async_response", seq))
        assert (response.cancel_result, response.order_sysid, bool(response.error_msg)) == (result, "1", result == -1)
    assert a.status(order_id) == xt.ORDER_CANCELED


def test_a_cancel_in_the_no_cancel_window(day: Terminal, open_desk: OpenDesk) -> None:
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


def test_the_fields_of_an_order_and_its_trade(terminal: Terminal, a: Desk, b: Desk) -> None:
    buy, sell = a.buy(100, 10.0), b.sell(100, 10.0)
    now_s = terminal.ctl.clock.show()["now_ms"] // 1000
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
        assert shown(pushed[-2]) == shown(order), "the last push is what a query shows"
        assert shown(pushed[-1]) == shown(trade)


SHOWN = [
    (xt.LATEST_PRICE, CODE, 50, 10.0),
    (xt.MARKET_SH_CONVERT_5_CANCEL, CODE, 88, 11.0),
    (xt.MARKET_SH_CONVERT_5_LIMIT, CODE, 85, 10.0),
    (xt.MARKET_MINE_PRICE_FIRST, CODE, 86, 10.0),
    (xt.MARKET_PEER_PRICE_FIRST, CODE, 84, 11.0),
    (xt.MARKET_SZ_FULL_OR_CANCEL, "000001.SZ", 89, 11.0),
]


def test_the_price_types_and_prices_that_come_back(terminal: Terminal, a: Desk) -> None:
    terminal.ctl.quote("000001.SZ", last=10, pre_close=10)
    for price_type, code, shown_type, price in SHOWN:
        order_id = a.buy(100, -1, code=code, price_type=price_type)
        last = [value for name, value in a.rows() if name == "on_stock_order"][-1]
        assert (last.order_id, last.price_type, last.price) == (order_id, shown_type, price)
        assert shown(last) == shown(a.trader.query_stock_order(a.account, order_id)), "the last push is what a query shows"
