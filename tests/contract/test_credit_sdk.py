"""A credit account through the SDK: orders, queries of both kinds, securities lending in both documents' forms, a restart."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from miniqmt_sim.errors import CommandRefused
from miniqmt_sim.testing import SimServer
from miniqmt_sim.xtquant import xtconstant
from miniqmt_sim.xtquant.xttrader import XtQuantTrader, XtQuantTraderCallback
from miniqmt_sim.xtquant.xttype import StockAccount, XtAppointmentResponse, XtCreditDetail, XtSmtAppointmentResponse

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "margin.py"
CODE = "600000.SH"
CREDIT = StockAccount("C1", "CREDIT")
STOCK = StockAccount("A1")
ACCOUNTS: list[dict[str, Any]] = [{"id": "A1", "cash_yuan": 1000}, {"id": "C1", "type": "CREDIT", "cash_yuan": 200_000}]
BIDS, ASKS = [(9.99, 90_000)], [(10.0, 90_000)]


class Heard(XtQuantTraderCallback):
    """Remembers appointment responses and refusals."""

    def __init__(self) -> None:
        self.responses: list[Any] = []
        self.errors: list[str] = []
        self.came = threading.Semaphore(0)

    def on_smt_appointment_async_response(self, response: Any) -> None:
        self.responses.append(response)
        self.came.release()

    def on_order_error(self, order_error: Any) -> None:
        self.errors.append(order_error.error_msg)
        self.came.release()


class Table:
    """A server with a market of one share, a trader, and what the trader heard."""

    def __init__(self, server: SimServer) -> None:
        self.server = server
        self.heard = Heard()
        server.ctl.clock_set("2026-01-26T10:00")
        self.quote(9.99, 10.0)
        self.trader = XtQuantTrader(server.userdata, 1, self.heard)
        assert self.trader.connect() == 0
        assert self.trader.subscribe(CREDIT) == 0

    def quote(self, bid: float, ask: float, last: float = 10.0) -> None:
        self.server.ctl.quote(CODE, last=last, bid=[(bid, 90_000)], ask=[(ask, 90_000)], pre_close=10.0)

    def order(self, order_type: int, volume: float, price: float = 10.0, code: str = CODE) -> Any:
        order_id = self.trader.order_stock(CREDIT, code, order_type, volume, xtconstant.FIX_PRICE, price)
        assert order_id > 0
        return self.trader.query_stock_order(CREDIT, order_id)

    def detail(self) -> XtCreditDetail:
        (detail,) = self.trader.query_credit_detail(CREDIT) or []
        return detail

    def next_response(self) -> Any:
        assert self.heard.came.acquire(timeout=10), "no callback came"
        return self.heard.responses[-1]


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[Table]:
    for name in ("MINIQMT_SIM_ADDR", "MINIQMT_SIM_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    with SimServer(feed="none", clock="manual", accounts=ACCOUNTS) as server:
        table = Table(server)
        try:
            yield table
        finally:
            table.trader.stop()
            assert server.ctl.check() == {"ok": True, "problems": []}


def test_a_financed_purchase_moves_no_cash_and_leaves_a_debt(table: Table) -> None:
    order = table.order(xtconstant.CREDIT_FIN_BUY, 10_000)
    assert (order.order_status, order.order_type, order.offset_flag, order.account_type) == (56, 27, 48, 3)
    detail = table.detail()
    assert (detail.m_dBalance, detail.m_dAvailable, detail.m_dFrozenCash) == (300_000, 200_000, 0)
    assert (detail.m_dFinDealAvl, detail.m_dFinFee) == (100_026.0, 23.20)  # 26 of fees; 100026 × 8.35 % ÷ 360
    assert detail.fin_debt == detail.m_dTotalDebt == 100_049.20
    assert detail.m_dPerAssurescaleValue == pytest.approx(300_000 / 100_049.20, abs=1e-6)
    assert detail.m_dEnableBailBalance == pytest.approx(200_000 - 26 - 100_026 - 23.20)
    assert (detail.m_dFinMaxQuota, detail.m_dFinEnableQuota) == (5_000_000, 5_000_000 - 100_026)
    assert detail.m_dFetchBalance == 0  # 299.85 %
    (compact,) = table.trader.query_stk_compacts(CREDIT) or []
    assert (compact.compact_type, compact.cashgroup_prop, compact.exchange_id, compact.instrument_id) == (48, 48, 0, "600000")
    assert (compact.business_balance, compact.business_vol, compact.businessFare) == (100_026.0, 10_000, 23.20)
    assert (compact.open_date, compact.ret_end_date) == (20260126, 20260725)


def test_a_short_sale_keeps_its_proceeds_for_the_return(table: Table) -> None:
    table.quote(10.0, 10.01)
    order = table.order(xtconstant.CREDIT_SLO_SELL, 5_000)
    assert (order.order_status, order.offset_flag) == (56, 49)
    assert table.trader.query_stock_positions(CREDIT) == []
    detail = table.detail()
    assert (detail.m_dSloSellBalance, detail.m_dUsedSloSellBalance, detail.m_dSurplusSloSellBalance) == (50_000, 38.0, 49_962.0)
    assert (detail.m_dAvailable, detail.m_dBalance, detail.m_dSloMarketValue) == (200_000, 249_962.0, 50_000)
    ordinary = [row for row in table.trader.query_credit_slo_code(CREDIT) or [] if row.instrument_id == "600000"]
    assert [(row.cashgroup_prop, row.enable_amount) for row in ordinary] == [(48, 95_000)]
    assert table.order(xtconstant.CREDIT_BUY_SECU_REPAY, 100, 10.01).order_status == 57
    assert table.heard.came.acquire(timeout=10)
    assert "[11010551][没有可归还的融券负债]" in table.heard.errors[-1]
    table.server.ctl.clock_advance("1d")
    table.quote(10.0, 10.01)
    assert table.order(xtconstant.CREDIT_BUY_SECU_REPAY, 5_000, 10.01).order_status == 56
    assert table.detail().m_dTotalDebt == 0


def test_cash_is_repaid_in_yuan_and_fen_through_the_volume(table: Table) -> None:
    table.order(xtconstant.CREDIT_FIN_BUY, 10_000)
    order = table.order(xtconstant.CREDIT_DIRECT_CASH_REPAY, 1_000.50, 0.0, "")
    assert (order.order_status, order.order_volume, order.price, order.traded_volume) == (56, 1_000, 1_000.50, 1_000)
    assert order.traded_price * order.traded_volume == pytest.approx(1_000.50)
    (compact,) = table.trader.query_stk_compacts(CREDIT) or []
    assert (compact.repaid_fare, compact.repaid_balance) == (23.20, pytest.approx(977.30))
    assert table.detail().m_dAvailable == pytest.approx(198_999.50)
    for amount in (0, -1, 0.001, float("nan")):
        assert table.trader.order_stock(CREDIT, "", 32, amount, xtconstant.FIX_PRICE, 0) == -1


def test_the_asynchronous_queries_give_the_same_rows(table: Table) -> None:
    table.order(xtconstant.CREDIT_FIN_BUY, 1_000)
    for name in ("credit_detail", "stk_compacts", "credit_subjects", "credit_slo_code", "credit_assure"):
        came: list[Any] = []
        done = threading.Event()

        def callback(rows: Any, came: list[Any] = came, done: threading.Event = done) -> None:
            came.append(rows)
            done.set()

        assert getattr(table.trader, f"query_{name}_async")(CREDIT, callback) > 0
        assert done.wait(10)
        assert [vars(row) for row in came[0]] == [vars(row) for row in getattr(table.trader, f"query_{name}")(CREDIT)] != []


def test_securities_say_what_they_are_for(table: Table) -> None:
    subjects = {row.instrument_id: row for row in table.trader.query_credit_subjects(CREDIT) or []}
    assert (subjects["600000"].fin_status, subjects["600000"].slo_status, subjects["600000"].fin_ratio) == (48, 48, 1.0)
    assert "600525" not in subjects  # ST
    assure = {row.instrument_id: row for row in table.trader.query_credit_assure(CREDIT) or []}
    assert (assure["600000"].assure_status, assure["600000"].assure_ratio) == (48, 0.7)
    assert "600525" not in assure


def test_another_account_has_no_credit(table: Table) -> None:
    assert table.trader.query_credit_detail(STOCK) is None
    assert table.trader.query_stk_compacts(STOCK) is None
    order_id = table.trader.order_stock(STOCK, CODE, xtconstant.CREDIT_FIN_BUY, 100, xtconstant.FIX_PRICE, 10.0)
    order = table.trader.query_stock_order(STOCK, order_id)
    assert order is not None
    assert order.order_status == 57


# -- securities lending --------------------------------------------------------------------------------------------------


def test_an_appointment_in_the_documents_form(table: Table) -> None:
    info = (table.trader.query_smt_secu_info(CREDIT) or {})[CODE]
    assert info == {
        "success": True, "error": "", "stockName": "浦发银行", "creditType": "1", "tradeType": "0", "compactTerm": 7,
        "maxTerm": 182, "lendAmount": 50_000, "remark": " ", "fareWay": "3", "fareway": "3", "fareRateNew": 0.08,
    }  # fmt: skip
    rate = table.trader.query_smt_secu_rate(CREDIT, CODE, 14, info["fareWay"], info["creditType"], info["tradeType"])
    assert rate == {"success": True, "error": "", "fareRatio": 0.08, "subRareRatio": 0.04, "fineRatio": 0.18}
    seq = table.trader.smt_appointment_async(CREDIT, CODE, 14, 1_000, 0.08, 0.04, 0.18, "20260126")
    response = table.next_response()
    assert isinstance(response, XtAppointmentResponse)
    assert (response.account_id, response.seq, response.error_id, response.error_msg) == ("C1", seq, 0, "")
    ((number, appointment),) = (table.trader.query_appointment_info(CREDIT) or {}).items()
    assert (number, appointment["contractEndDate"]) == (f"C{response.order_sysid}", 20260209)
    assert (appointment["stockCode"], appointment["exchangeType"], appointment["compactAmount"]) == ("600000", "SH", 1_000)
    assert appointment["positionStr"] == appointment["positionstr"]
    table.quote(10.0, 10.01)
    assert table.order(xtconstant.CREDIT_SLO_SELL_SPECIAL, 1_100).order_status == 57
    assert table.order(xtconstant.CREDIT_SLO_SELL_SPECIAL, 1_000).order_status == 56
    (compact,) = table.trader.query_stk_compacts(CREDIT) or []
    assert (compact.compact_type, compact.cashgroup_prop) == (49, 49)
    assert table.detail().m_dOtherFare == 2.22  # 10,000 × 8 % ÷ 360, the first day


def test_a_refused_appointment_in_the_documents_form(table: Table) -> None:
    table.trader.smt_appointment_async(CREDIT, CODE, 14, 1_000, 0.07, 0.04, 0.18, "")
    response = table.next_response()
    assert isinstance(response, XtAppointmentResponse)
    assert (response.order_sysid, response.error_id) == ("-1", -61)
    assert "[约券费率低于券源费率]" in response.error_msg


Call = Callable[[XtQuantTrader, dict[str, Any]], int]


def test_an_appointment_in_the_wheels_form(table: Table) -> None:
    quoter = next(row for row in table.trader.smt_query_quoter(CREDIT) or [] if row["code"] == CODE)
    assert (quoter["success"], quoter["error"]) == (True, "")
    assert (quoter["fsmpOccupedRate"], quoter["enableSloAmountT0"]) == (0.08, 50_000)
    seq = table.trader.smt_negotiate_order_async(CREDIT, quoter["srcGroupId"], CODE, 30, 500, 0.09, {"fineRate": 0.2})
    response = table.next_response()
    assert isinstance(response, XtSmtAppointmentResponse)
    assert (response.seq, response.success, response.msg) == (seq, True, "")
    (order,) = table.trader.smt_query_order(CREDIT) or []
    (compact,) = table.trader.smt_query_compact(CREDIT) or []
    assert (order["applyId"], order["applyMode"], order["applyRate"]) == (response.apply_id, "1", 0.09)
    assert (compact["cashcompactId"], compact["fineRate"], compact["preendRate"]) == (order["cashcompactId"], 0.2, 0.04)
    steps: list[tuple[Call, bool]] = [
        (lambda trader, row: trader.smt_appointment_cancel_async(CREDIT, row["applyId"]), False),
        (lambda trader, row: trader.smt_compact_renewal_async(CREDIT, row["cashcompactId"], CODE, 30, 500, 0.09), True),
        (lambda trader, row: trader.smt_compact_return_async(CREDIT, "1", row["cashcompactId"], CODE, 200), True),
        (lambda trader, row: trader.smt_compact_return_async(CREDIT, "1", row["cashcompactId"], CODE, 400), False),
        (lambda trader, row: trader.smt_appointment_order_async(CREDIT, CODE, 7, 100, 0.08), True),
    ]
    for call, success in steps:
        call(table.trader, compact)
        assert table.next_response().success is success
    rows = table.trader.smt_query_compact(CREDIT) or []
    left = [(row["compacAmount"], row["postponeTimes"], row["dateClear"]) for row in rows]
    assert left == [(300, 1, 20260327), (100, 0, 20260202)]


def test_everything_comes_back_after_a_restart(table: Table) -> None:
    table.order(xtconstant.CREDIT_FIN_BUY, 1_000)
    table.quote(10.0, 10.01)
    table.order(xtconstant.CREDIT_SLO_SELL, 300)
    table.order(xtconstant.CREDIT_SLO_SELL, 300, 10.5)  # rests
    table.trader.smt_appointment_order_async(CREDIT, CODE, 7, 100, 0.08)
    table.next_response()
    before, detail = table.server.ctl.state_hash(), vars(table.detail())
    table.trader.stop()
    table.server.restart()
    assert table.server.ctl.state_hash() == before
    with contextlib.closing(_Closing(XtQuantTrader(table.server.userdata, 2))) as closing:
        assert closing.trader.connect() == 0
        (again,) = closing.trader.query_credit_detail(CREDIT) or []
        assert vars(again) == detail


class _Closing:
    def __init__(self, trader: XtQuantTrader) -> None:
        self.trader = trader

    def close(self) -> None:
        self.trader.stop()


# -- the operator --------------------------------------------------------------------------------------------------------


def test_the_operator_sets_quotas_and_what_can_be_lent(table: Table) -> None:
    ctl = table.server.ctl
    assert ctl.credit_quota("C1", fin=5_000)["fin_enable_quota"] == 5_000
    assert table.order(xtconstant.CREDIT_FIN_BUY, 1_000).order_status == 57
    ctl.credit_lendable(CODE, ordinary=200)
    table.quote(10.0, 10.01)
    assert table.order(xtconstant.CREDIT_SLO_SELL, 300).order_status == 57
    assert table.order(xtconstant.CREDIT_SLO_SELL, 200).order_status == 56
    assert ctl.credit_lendable(CODE) == {
        "stock_code": CODE, "ordinary": 200, "lent": 200, "special": 50_000, "reserved": 0, "lent_special": 0,
    }  # fmt: skip
    with pytest.raises(CommandRefused, match="not a credit account"):
        ctl.credit_show("A1")


def test_the_operator_repays_a_designated_compact_and_extends_another(table: Table) -> None:
    ctl = table.server.ctl
    with pytest.raises(CommandRefused, match="account C1 owes no cash"):
        ctl.credit_repay("C1", 500)
    for volume in (100, 200):
        table.order(xtconstant.CREDIT_FIN_BUY, volume)
    first, second = ctl.credit_compacts("C1")
    ctl.credit_repay("C1", 500, compact=second["compact_id"])
    assert [row["repaid_balance"] > 0 for row in ctl.credit_compacts("C1")] == [False, True]
    assert ctl.credit_extend("C1", first["compact_id"])["ret_end_date"] == 20270121
    with pytest.raises(CommandRefused, match="has no compact 4711"):
        ctl.credit_extend("C1", "4711")


def test_collateral_comes_in_and_leaves_only_above_the_line(table: Table) -> None:
    ctl = table.server.ctl
    ctl.ordinary_position("C1", CODE, 7_000)
    ctl.credit_transfer("C1", "in", CODE, 7_000)
    table.order(xtconstant.CREDIT_FIN_BUY, 10_000)
    with pytest.raises(CommandRefused, match="划出后维持担保比例低于提取线"):
        ctl.credit_transfer("C1", "out", CODE, 7_000)
    done, text = table.trader.secu_transfer(CREDIT, xtconstant.SECU_TRANSFER_SPEED_TO_NORMAL, CODE, 1_000, 0)
    assert (done, text) == (True, "")
    with pytest.raises(CommandRefused, match="yuan may be withdrawn"):
        ctl.cash_withdraw("C1", 190_000)
    ctl.cash_withdraw("C1", table.detail().m_dFetchBalance)
    assert table.detail().m_dPerAssurescaleValue == pytest.approx(3.0, abs=1e-3)


# -- the example ---------------------------------------------------------------------------------------------------------


def test_the_example_borrows_and_repays(table: Table) -> None:
    table.quote(9.99, 10.0)
    table.server.ctl.quote("000001.SZ", last=20.0, bid=[(20.0, 9_000)], pre_close=20.0)
    command = [sys.executable, "-m", "miniqmt_sim", "run", "--userdata", str(table.server.userdata), str(EXAMPLE), "C1"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60, check=True)
    assert "refused" not in done.stdout
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [line[1:4] for line in lines if line[0] == "合约"] == [
        ["202601260000000001", "融资", "600000"], ["202601260000000002", "融券", "000001"],
    ]  # fmt: skip
    (left,) = [row for row in table.server.ctl.credit_compacts("C1") if row["real_compact_balance"]]
    assert (left["compact_type"], left["real_compact_vol"]) == (49, 1_000)
