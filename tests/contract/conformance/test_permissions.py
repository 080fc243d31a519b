"""What a terminal without the permission is asked: each call is refused with a text, at once, and nothing is made up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from miniqmt_sim.xtquant._views import NO_PERMISSION
from tests.contract.conformance.desk import BUY, CODE, FIX_PRICE, A, Desk
from tests.kit.fake_server import eventually

ALGO = ("600000.SH", BUY, 100, FIX_PRICE, 10.0, "name", "remark", "VWAP", "09:31:00", "10:00:00")


def test_futures_positions(a: Desk) -> None:
    for account in (a.account, a.account_of(A, "FUTURE")):
        assert a.trader.query_position_statistics(account) == a.driver.failed_rows


def test_transfers_between_futures_and_options(a: Desk) -> None:
    trader = a.trader
    for at_once, later in (
        (trader.ctp_transfer_option_to_future, trader.ctp_transfer_option_to_future_async),
        (trader.ctp_transfer_future_to_option, trader.ctp_transfer_future_to_option_async),
    ):
        success, text = at_once("1", "2", 100)
        assert success is False
        assert NO_PERMISSION in text
        seq = later("1", "2", 100.5)
        response = eventually(lambda seq=seq: a.answer("on_ctp_internal_transfer_async_response", seq))
        assert (response.success, response.msg) == (False, text)
        assert a.take() == ["ctp_response False"], "once"


def test_an_algorithmic_order(a: Desk) -> None:
    seq = a.trader.smart_algo_order_async(a.account, *ALGO, {"m_nMaxPartRate": 10})
    response = eventually(lambda: a.answer("on_smart_algo_order_async_response", seq))
    assert (response.account_id, response.task_id, response.strategy_name, response.order_remark) == (A, -1, "name", "remark")
    assert NO_PERMISSION in response.error_msg
    seq = a.trader.cancel_smart_algo_task_async(a.account, 7)
    response = eventually(lambda: a.answer("on_operate_smart_task_async_response", seq))
    assert response.success is False
    assert NO_PERMISSION in response.error_msg
    assert a.take() == ["algo_response", "task_response False"]
    assert a.trader.query_stock_orders(a.account) == []


@pytest.mark.parametrize("times", [("10:00:00", "09:31:00"), ("10:00:00", "10:00:00"), ("ten", "10:00:00"), ("9:30", "10:00")])
def test_an_algorithmic_order_of_no_time(a: Desk, times: tuple[str, str]) -> None:
    with pytest.raises(Exception, match=r"."):
        a.trader.smart_algo_order_async(a.account, *ALGO[:-2], *times, {})


def test_algorithms_and_their_tasks(a: Desk) -> None:
    assert not a.trader.get_smart_algo_param(["VWAP"])
    assert not a.trader.query_smart_algo_task(a.account)


def test_deals_made_elsewhere(a: Desk) -> None:
    deals = [{"m_strExchangeID": "SH", "m_strInstrumentID": "600000", "m_dPrice": 10.0, "m_nVolume": 100}]
    answer = a.trader.sync_transaction_from_external("ADD", "DEAL", a.account, deals)
    assert NO_PERMISSION in answer["error"]["msg"]
    assert a.trader.query_stock_trades(a.account) == []


REFUSED: list[tuple[int, str]] = [
    (0, "STOCK"),  # FUTURE_OPEN_LONG
    (48, "STOCK"),  # STOCK_OPTION_BUY_OPEN
    (100, "STOCK"),  # OPTION_FUTURE_OPTION_EXERCISE
    (BUY, "FUTURE"),
    (BUY, "STOCK_OPTION"),
    (BUY, "HUGANGTONG"),
]


@pytest.mark.parametrize(("order_type", "kind"), REFUSED)
def test_orders_of_other_businesses(a: Desk, order_type: int, kind: str) -> None:
    account = a.account_of(A, kind)
    seq = a.trader.order_stock_async(account, CODE, order_type, 100, FIX_PRICE, 10.0)
    response = eventually(lambda: a.answer("on_order_stock_async_response", seq))
    assert response.order_id == -1
    assert "不支持" in response.error_msg
    assert a.trader.order_stock(account, CODE, order_type, 100, FIX_PRICE, 10.0) == -1
    assert a.take() == ["response"]


def ask_all(desk: Desk) -> list[Callable[[], Any]]:
    trader = desk.trader
    return [
        lambda: trader.query_position_statistics(desk.account),
        lambda: trader.ctp_transfer_option_to_future("1", "2", 1),
        lambda: trader.sync_transaction_from_external("ADD", "DEAL", desk.account, []),
    ]


def test_nothing_hangs_without_a_connection_either(a: Desk) -> None:
    a.terminal.restart()
    a.fence()
    statistics, transfer, sync = (ask() for ask in ask_all(a))
    assert statistics == a.driver.failed_rows
    assert transfer[0] is False
    assert "error" in sync
