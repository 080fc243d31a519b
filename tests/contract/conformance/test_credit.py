"""Margin trading and securities lending: the same debts, figures and appointments through every driver."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.conformance.conftest import OpenDesk
from tests.contract.conformance.desk import CODE, CREDIT, Desk, shown
from tests.contract.conformance.drivers import Terminal
from tests.kit.fake_server import eventually

FIN_BUY, SLO_SELL, CASH_REPAY, SLO_SELL_SPECIAL = 27, 28, 32, 41


@pytest.fixture
def c(terminal: Terminal, open_desk: OpenDesk) -> Desk:
    """A desk that trades for the credit account, with 100,000 yuan."""
    terminal.ctl.quote(CODE, last=10, bid=[(9.99, 90_000)], ask=[(10, 90_000)])
    desk = open_desk(terminal, 13, CREDIT, subscribed=False)
    desk.account = desk.account_of(CREDIT, "CREDIT")
    assert desk.trader.subscribe(desk.account) == 0
    desk.take()
    return desk


def only(rows: Any) -> Any:
    (row,) = rows
    return row


def test_a_debt_and_its_repayment(c: Desk) -> None:
    order_id = c.order(FIN_BUY, 1_000, 10.0)
    assert c.status(order_id) == 56
    compact = only(c.trader.query_stk_compacts(c.account))
    assert (compact.compact_type, compact.cashgroup_prop, compact.instrument_id) == (48, 48, "600000")
    assert (compact.business_balance, compact.businessFare, compact.real_compact_vol) == (10_005.10, 2.32, 1_000)
    c.order(CASH_REPAY, 1_000.5, 0.0)
    detail = only(c.trader.query_credit_detail(c.account))
    assert (detail.m_dFinDealAvl, detail.m_dFinFee, detail.m_dAvailable) == (9_006.92, 0.0, 98_999.5)
    assert detail.m_dPerAssurescaleValue == pytest.approx(108_999.5 / 9_006.92, abs=1e-5)
    assert (detail.fin_debt, detail.enable_bail_balance) == (detail.m_dFinDebt, detail.m_dEnableBailBalance)


def test_both_ways_of_asking_give_the_same(c: Desk) -> None:
    c.order(FIN_BUY, 100, 10.0)
    trader = c.trader
    for at_once, later in (
        (trader.query_credit_detail, trader.query_credit_detail_async),
        (trader.query_stk_compacts, trader.query_stk_compacts_async),
        (trader.query_credit_subjects, trader.query_credit_subjects_async),
        (trader.query_credit_slo_code, trader.query_credit_slo_code_async),
        (trader.query_credit_assure, trader.query_credit_assure_async),
    ):
        rows: list[Any] = []
        later(c.account, rows.append)
        eventually(lambda rows=rows: rows)
        assert [shown(row) for row in rows[0]] == [shown(row) for row in at_once(c.account)] != []


def test_what_can_be_borrowed_and_what_counts(c: Desk) -> None:
    c.terminal.ctl.quote(CODE, last=10, bid=[(10, 90_000)], ask=[(10.01, 90_000)])
    c.order(SLO_SELL, 400, 10.0)
    code = next(row for row in c.trader.query_credit_slo_code(c.account) if row.instrument_id == "600000")
    assert (code.cashgroup_prop, code.exchange_id, code.enable_amount) == (48, 0, 99_600)
    subject = next(row for row in c.trader.query_credit_subjects(c.account) if row.instrument_id == "600000")
    assert (subject.fin_status, subject.slo_status, subject.fin_ratio, subject.slo_ratio) == (48, 48, 1.0, 1.0)
    assure = next(row for row in c.trader.query_credit_assure(c.account) if row.instrument_id == "600000")
    assert (assure.assure_status, assure.assure_ratio) == (48, 0.7)


def responded(c: Desk, seq: int) -> Any:
    return eventually(lambda: c.answer("on_smt_appointment_async_response", seq))


def test_an_appointment_in_the_wheels_form(c: Desk) -> None:
    trader, account = c.trader, c.account
    quoter = next(row for row in trader.smt_query_quoter(account) if row["code"] == CODE)
    assert (quoter["fsmpOccupedRate"], quoter["enableSloAmountT0"], quoter["lowDate"]) == (0.08, 50_000.0, 7)
    seq = trader.smt_negotiate_order_async(account, quoter["srcGroupId"], CODE, 14, 500, 0.09, {"fineRate": 0.2})
    response = responded(c, seq)
    assert (response.success, response.msg) == (True, "")
    order, compact = only(trader.smt_query_order(account)), only(trader.smt_query_compact(account))
    assert (order["applyId"], order["applyRate"], len(order)) == (response.apply_id, 0.09, 26)
    assert (compact["cashcompactId"], compact["fineRate"], len(compact)) == (order["cashcompactId"], 0.2, 45)
    c.terminal.ctl.quote(CODE, last=10, bid=[(10, 90_000)], ask=[(10.01, 90_000)])
    assert c.status(c.order(SLO_SELL_SPECIAL, 100, 10.0)) == 56
    refused = responded(c, trader.smt_appointment_order_async(account, CODE, 14, 500, 0.01))
    assert (refused.success, "[约券费率低于券源费率]" in refused.msg) == (False, True)


@pytest.fixture
def number(c: Desk) -> str:
    """The compact of an appointment of 500 shares."""
    responded(c, c.trader.smt_appointment_order_async(c.account, CODE, 14, 500, 0.08))
    return str(only(c.trader.smt_query_compact(c.account))["cashcompactId"])


def test_an_appointment_is_renewed_and_given_back(c: Desk, number: str) -> None:
    assert responded(c, c.trader.smt_compact_renewal_async(c.account, number, CODE, 14, 500, 0.08)).success
    assert responded(c, c.trader.smt_compact_return_async(c.account, "1", number, CODE, 200)).success
    compact = only(c.trader.smt_query_compact(c.account))
    assert (compact["postponeTimes"], compact["date"], compact["returnAmount"]) == (1, 28, 200.0)


def test_an_appointment_in_force_cannot_be_cancelled(c: Desk, number: str) -> None:
    apply_id = number.removeprefix("C")
    if c.driver.wheel:  # it names a variable that it does not have
        with pytest.raises(NameError):
            c.trader.smt_appointment_cancel_async(c.account, apply_id)
        return
    assert "[约券已生效，不能撤销]" in responded(c, c.trader.smt_appointment_cancel_async(c.account, apply_id)).msg


def test_the_calls_that_only_the_document_has(c: Desk) -> None:
    if c.driver.wheel:
        dropped = ("query_smt_secu_info", "query_smt_secu_rate", "smt_appointment_async", "query_appointment_info")
        assert not any(hasattr(c.trader, name) for name in dropped)
        return
    info = c.trader.query_smt_secu_info(c.account)[CODE]
    assert (info["lendAmount"], info["fareWay"], info["fareway"]) == (50_000, "3", "3")
    rate = c.trader.query_smt_secu_rate(c.account, CODE, 14, info["fareWay"], info["creditType"], info["tradeType"])
    assert (rate["success"], rate["fareRatio"]) == (True, 0.08)
    response = responded(c, c.trader.smt_appointment_async(c.account, CODE, 14, 500, 0.08, 0.04, 0.18, ""))
    assert (response.error_id, response.error_msg) == (0, "")
    assert only(c.trader.query_appointment_info(c.account)) == f"C{response.order_sysid}"
