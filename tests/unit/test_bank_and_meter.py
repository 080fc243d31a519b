"""Banks, the ordinary counter and the compliance meter: what bounds them, and that their checks see what is wrong."""

from __future__ import annotations

import random
from typing import Any

import pytest

from miniqmt_sim.changes import TABLES, Changes
from miniqmt_sim.counter import bank, compliance
from miniqmt_sim.counter.compliance import Compliance, Mode, Thresholds
from miniqmt_sim.server.batch import masked
from tests.kit.desk import Desk, make_config, shipped_rules

CODE = "600000.SH"
STATUS = TABLES["orders"].index("status")


def bank_in(desk: Desk, amount: float) -> dict[str, Any]:
    fields = {"direction": 501, "bank_no": "1001", "bank_account": "6222A", "balance": amount}
    return desk.transfer("A", "bank_transfer", **fields)


def test_the_stream_keeps_the_newest_transfers_and_forgets_the_others_in_the_store_too() -> None:
    desk = Desk()
    for number in range(1, bank.STREAM_KEPT + 3):
        assert bank_in(desk, number)["success"]
    rows = desk.transfer("A", "query_bank_transfer_stream")["rows"]
    assert [rows[0]["balance"], rows[-1]["balance"], len(rows)] == [3, bank.STREAM_KEPT + 2, bank.STREAM_KEPT]
    assert len(desk.stored["bank_transfers"]) == bank.STREAM_KEPT
    desk.check()
    before = desk.simulator.state_hash()
    desk.crash()
    assert desk.simulator.state_hash() == before
    assert desk.transfer("A", "query_bank_transfer_stream")["rows"] == rows


def test_looking_at_a_default_bank_changes_nothing() -> None:
    desk = Desk()
    desk.session("A")
    before = desk.simulator.rows(), {table: dict(rows) for table, rows in desk.stored.items()}
    for name in ("query_bank_info", "query_bank_transfer_stream", "query_com_fund", "query_com_position", "query_secu_account"):
        assert "rows" in desk.transfer("A", name)
    assert desk.transfer("A", "query_bank_amount", bank_no="1001", bank_account="6222A")["rows"][0]["balance"] == 1_000_000
    desk.rows("ctl_bank_list", account_id="A")
    desk.ask("ctl_compliance", account_id="A")
    assert (desk.simulator.rows(), desk.stored) == before
    assert desk.simulator.rows()["banks"] == []


@pytest.mark.parametrize(
    ("table", "column", "problem"),
    [
        ("banks", 4, "banks hold 998999 li, were given less what they sent: 999000"),
        ("ordinary_funds", 1, "ordinary counters hold 4999 li, were given less what they sent: 5000"),
        ("ordinary_positions", 2, "600000.SH: ordinary counters hold 299, were given less what they sent: 300"),
        ("compliance", 6, "account A: compliance counts 1 in the last second, peak 0, 1 today"),
    ],
)
def test_what_does_not_add_up_is_named(table: str, column: int, problem: str) -> None:
    desk = Desk()
    desk.ask("ctl_bank_set", account_id="A", balance=1000)
    bank_in(desk, 1)
    desk.ask("ctl_ordinary_cash", account_id="A", amount=5)
    desk.ask("ctl_ordinary_position", account_id="A", stock_code=CODE, volume=300)
    desk.buy("A", 100, CODE, 10)
    desk.check()
    (key,) = desk.stored[table]
    row = list(desk.stored[table][key])
    row[column] -= 1
    desk.stored[table][key] = tuple(row)
    desk.crash()
    assert desk.simulator.check() == [problem]


def test_money_of_bank_ordinary_counter_and_account_is_constant_under_transfers() -> None:
    luck = random.Random(5)
    desk = Desk(make_config(accounts=[{"id": "A", "cash_yuan": 500, "ordinary_cash_yuan": 500}]))
    desk.ask("ctl_position_set", account_id="A", stock_code=CODE, volume=1000, cost=10.007)
    done = 0
    for _ in range(400):
        kind = luck.choice(("bank", "fund", "shares"))
        if kind == "bank":
            fields = {"direction": luck.choice((501, 502)), "bank_no": "1001", "bank_account": "6222A"}
            reply = desk.transfer("A", "bank_transfer", balance=luck.randrange(60_000) / 100, **fields)
        elif kind == "fund":
            direction, amount = luck.choice((510, 511)), luck.randrange(60_000) / 100
            reply = desk.transfer("A", "fund_transfer", transfer_direction=direction, price=amount)
        else:
            fields = {"transfer_direction": luck.choice((520, 521)), "stock_code": CODE, "transfer_type": 0}
            reply = desk.transfer("A", "secu_transfer", volume=luck.randrange(800), **fields)
        done += reply["success"]
        rows = desk.simulator.rows()
        at_bank = sum(row[4] for row in rows["banks"]) or 10**9
        assert rows["accounts"][0][3] + rows["ordinary_funds"][0][1] + at_bank == 10**9 + 1_000_000
        position = rows["positions"][0]
        held = rows["ordinary_positions"][0] if rows["ordinary_positions"] else ("A", CODE, 0, 0, 0, 0)
        assert position[2] + held[2] == 1000
        assert position[6] + held[3] == 10_007_000
    assert 100 < done < 400
    desk.check()


# -- the meter -----------------------------------------------------------------------------------------------------------


def meter(mode: Mode = Mode.WARN) -> Compliance:
    return Compliance(mode, Thresholds(shipped_rules()["compliance"]), Changes())


def test_the_published_thresholds_give_one_warning_each() -> None:
    meters = meter()
    warnings = []
    for number in range(20_001):
        meters.ordered("A", 20260105, number * 4)
        warnings += [(number + 1, *warned) for warned in meters.take_warnings()]
    assert warnings == [(20_000, "A", 20260105, "day", 20_000, 20_000)], "250 a second are not 300"
    for number in range(301):
        meters.cancelled("B", 20260105, 5_000_000 + number * 3)
    assert [tuple(warned) for warned in meters.take_warnings()] == [("B", 20260105, "second", 300, 300)]
    assert meters.thresholds(20231008) == ()


@pytest.mark.parametrize("seed", range(20))
def test_the_last_second_and_its_peak_are_those_of_a_plain_count(seed: int) -> None:
    luck = random.Random(seed)
    meters, sent, now_ms, peak = meter(), [], 10_000, 0
    for _ in range(500):
        now_ms += luck.choice((0, 0, 1, 7, 250, 999, 1000, 1001))
        meters.ordered("A", 20260105, now_ms)
        sent.append(now_ms)
        in_second = sum(now_ms - 1000 < moment <= now_ms for moment in sent)
        peak = max(peak, in_second)
        figures = meters.of("A", 20260105)
        assert (figures.last_second(now_ms), figures.peak) == (in_second, peak)


def test_the_window_never_holds_more_than_a_second() -> None:
    meters = meter()
    for now_ms in range(3 * compliance.WINDOW_MS):
        meters.ordered("A", 20260105, now_ms)
        meters.ordered("A", 20260105, now_ms)
    assert len(meters.rows()["compliance_window"]) == compliance.WINDOW_MS
    assert meters.of("A", 20260105).peak == 2 * compliance.WINDOW_MS
    meters.ordered("A", 20260106, 3 * compliance.WINDOW_MS)
    assert meters.rows()["compliance_window"] == [("A", 3000, 1)], "a new day begins with nothing"


def test_a_restart_in_the_middle_of_a_second_changes_nothing() -> None:
    """The same orders with and without restarts: the same are refused, and the figures are equal."""

    def run(crash_rate: float) -> tuple[list[int], list[Any], list[Any]]:
        rules = shipped_rules()
        for row in rules["compliance"]["row"]:
            row["messages"] = {"second": 4, "day": 1000}[row["measure"]]
        luck, desk = random.Random(9), Desk(make_config(compliance="refuse", rules=rules))
        for _ in range(60):
            desk.now_ms += luck.choice((0, 100, 300, 700))
            desk.buy("A", 100, CODE, 10)
            if luck.random() < crash_rate:
                desk.crash()
        desk.check()
        rows = desk.simulator.rows()
        return [row[STATUS] for row in rows["orders"]], rows["compliance"], rows["compliance_window"]

    with_restarts = run(0.3)
    assert with_restarts == run(0.0)
    assert {50, 57} == set(with_restarts[0])


@pytest.mark.parametrize(
    ("account_id", "shown"), [("1000000365", "***0365"), ("12345", "***2345"), ("1234", "***234"), ("1", "***")]
)
def test_an_account_is_never_logged_whole(account_id: str, shown: str) -> None:
    assert masked(account_id) == shown
