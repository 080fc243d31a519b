"""What can grow on a credit account has a bound, and the bound is reached."""

from __future__ import annotations

import pytest

from miniqmt_sim.credit import checks, close_out, lending
from tests.kit.desk import Desk, make_config
from tests.kit.scenario import Stage

CODE = "600000.SH"


@pytest.fixture
def desk() -> Desk:
    desk = Desk(make_config(accounts=[{"id": "C", "type": "CREDIT", "cash_yuan": 1_000_000}]))
    desk.quote(CODE, 10.0, [(9.99, 90_000)], [(10.0, 90_000)], pre_close=10.0)
    return desk


def test_an_account_has_so_many_compacts_at_most(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "MAX_COMPACTS", 2)
    status = []
    for _ in range(3):
        reply = desk.order("C", 27, 100, CODE, 10.0)
        status.append(desk.shown_order(reply["order_id"])["order_status"])
    assert status == [56, 56, 57]
    assert "[合约数量已达上限][limit=2]" in desk.shown_order(reply["order_id"])["status_msg"]


def test_an_account_has_so_many_appointments_at_most(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lending, "MAX_APPOINTMENTS", 2)
    fields = {"order_code": CODE, "date": 7, "amount": 100, "apply_rate": 0.08}
    replies = [desk.transfer("C", "smt_appointment_order", **fields) for _ in range(3)]
    assert [reply["success"] for reply in replies] == [True, True, False]
    assert "[约券合约数量已达上限][limit=2]" in replies[-1]["msg"]


def test_a_close_out_places_so_many_orders_for_a_code_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(close_out, "MAX_PIECES", 1)
    stage = Stage()
    for line in CLOSE_OUT.strip().splitlines():
        stage.do(line.strip())
    rows = stage.desk.rows("ctl_orders", account_id="A")
    assert [(row["offset_flag"], row["order_volume"]) for row in rows] == [(50, 50_000), (50, 10_000)]
    assert [row["order_time"] - rows[0]["order_time"] for row in rows] == [0, 1_800]


CLOSE_OUT = """
    hours exchange
    term term days 1
    quote 688981.SH 10.00 asks 10.00x90000 pre_close 10.00
    credit A 0 600000.SH:100000@10.45
    f1: A finances 60000 688981.SH at 10.00 => filled 60000
    tags 600000.SH suspended
    at 2026-11-25T09:29
    quote 688981.SH 9.50 bids 9.50x90000
    at 2026-11-25T10:01
"""


def test_what_the_broker_does_is_told_to_the_log(desk: Desk) -> None:
    desk.order("C", 27, 90_000, CODE, 10.0)
    desk.ask("ctl_settle")
    desk.ask("ctl_settle")
    desk.quote(CODE, 0.1, pre_close=0.1)
    assert desk.events == []
    desk.ask("ctl_settle")
    (event,) = desk.events
    assert (event.kind, event.account_id) == ("margin_call", "C")
    assert event.detail.startswith("due 20261127, missing ")


def test_the_operator_is_told_what_an_order_did_that_no_exchange_saw(desk: Desk) -> None:
    desk.order("C", 27, 1_000, CODE, 10.0)
    reply = desk.order("C", 32, 100.5, "", 0)
    assert desk.ask("ctl_explain", order_id=reply["order_id"])["lines"] == [
        "09:31:00.000: CREDIT_DIRECT_CASH_REPAY of 100.50 yuan, which no exchange sees; status SUCCEEDED",
        "100.50 yuan were repaid",
    ]
    refused = desk.order("C", 30, 100, CODE, 0)
    (asked, why) = desk.ask("ctl_explain", order_id=refused["order_id"])["lines"]
    assert asked.endswith("CREDIT_DIRECT_SECU_REPAY of 100 600000.SH, which no exchange sees; status JUNK")
    assert why.startswith("refused by the counter: ")
