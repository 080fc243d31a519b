"""The SDK's objects: how they are made, shown and compared."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from miniqmt_sim.xtquant import xttype
from miniqmt_sim.xtquant._worker import Worker
from miniqmt_sim.xtquant.xttype import StockAccount, XtAsset, XtCreditDetail, XtCreditOrder, XtOrder
from tests.kit.fake_server import eventually


def test_an_account_is_a_stock_account_unless_said_otherwise() -> None:
    assert StockAccount("1000000365").account_type == 2
    assert StockAccount("1000000365", "credit").account_type == 3
    assert StockAccount(account_id="1", account_type="HUGANGTONG").account_type == 7


def test_an_account_shows_itself() -> None:
    assert repr(StockAccount("1000000365")) == "StockAccount('1000000365', 'STOCK')"
    account = StockAccount("1")
    account.account_type = 99  # programs set it by hand
    assert repr(account) == "StockAccount('1', 99)"


def test_what_is_no_account_is_a_sentence() -> None:
    with pytest.raises(TypeError, match="an account number is a str, not int"):
        StockAccount(1000000365)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="an account type is a str"):
        StockAccount("1", 2)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"'BANANA' is no account type; known are FUTURE, STOCK, CREDIT"):
        StockAccount("1", "BANANA")


def test_objects_show_every_field() -> None:
    shown = repr(XtAsset("1", 100.0, 5.5, 20.0, 125.5, 90.0, current_balance=105.5))
    assert shown == (
        "XtAsset(account_id='1', cash=100.0, frozen_cash=5.5, market_value=20.0, total_asset=125.5, fetch_balance=90.0, "
        "current_balance=105.5, account_type=2)"
    )


def test_objects_are_compared_by_identity_and_can_be_kept_in_sets() -> None:
    one, two = (XtAsset("1", 0, 0, 0, 0, 0) for _ in range(2))
    assert one != two
    assert len({one, two, one}) == 2


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_objects_can_be_copied_and_pickled(duplicate: Any) -> None:
    asset = XtAsset("1", 100.0, 5.5, 20.0, 125.5, 90.0)
    assert vars(duplicate(asset)) == vars(asset)


def test_a_margin_detail_has_two_names_for_each_figure() -> None:
    detail = XtCreditDetail(3, "1", m_dFinDebt=5.0)
    assert detail.fin_debt == 5.0  # type: ignore[attr-defined]
    detail.per_assurescale_value = 2.5  # type: ignore[attr-defined]
    assert detail.m_dPerAssurescaleValue == 2.5


def test_a_margin_order_in_the_older_form_is_an_order() -> None:
    order = XtCreditOrder("1", "600000.SH", 5, 1_700_000_000, 27, 100, 50, 10.5, 0, 0.0, 50, "", "remark", "no", "")
    assert isinstance(order, XtOrder)
    assert (order.account_type, order.order_remark, order.contract_no, order.strategy_name) == (3, "remark", "no", "")
    assert repr(order).startswith("XtCreditOrder(account_id='1', stock_code='600000.SH', order_id=5")


def test_every_public_class_shows_itself_by_its_own_name() -> None:
    for name, value in vars(xttype).items():
        if isinstance(value, type) and value.__module__ == xttype.__name__:
            assert value.__repr__ is not object.__repr__, name


# -- the worker ----------------------------------------------------------------------------------------------------------


def test_a_worker_runs_tasks_in_order_and_begins_with_the_first() -> None:
    done: list[int] = []
    worker = Worker("test")
    assert worker._thread is None
    for number in range(100):
        worker.submit(done.append, number)
    eventually(lambda: len(done) == 100)
    assert done == list(range(100))
    worker.stop()


def test_a_stopped_worker_takes_nothing_more() -> None:
    done: list[int] = []
    worker = Worker("test")
    worker.submit(done.append, 1)
    worker.stop()
    worker.submit(done.append, 2)
    worker.stop()
    assert done == [1]


def test_a_worker_knows_its_own_thread() -> None:
    seen: list[bool] = []
    worker = Worker("test")
    assert not worker.is_current
    worker.submit(lambda: seen.append(worker.is_current))
    worker.stop()
    assert seen == [True]
