"""Corporate actions: reference prices, tax by holding period, and what a file of them may say."""

from __future__ import annotations

from typing import Any

import pytest

from matching.codes import Board
from matching.rules import RuleError
from miniqmt_sim.announcements import parse_action
from miniqmt_sim.counter.corporate import MAX_ACTIONS, Action, dividend_li, reference_li
from miniqmt_sim.counter.lots import DividendTax, months_after
from miniqmt_sim.errors import ConfigError
from tests.kit.desk import Desk, make_config, shipped_rules

CODE = "600000.SH"


def row(**changes: Any) -> dict[str, Any]:
    return {"stock_code": CODE, "ex_day": "20261124", "_where": "corporate_actions.csv line 7", **changes}


@pytest.mark.parametrize(
    ("close_li", "tick_li", "announced", "expected_li"),
    [
        (12_000, 10, {"cash": 0.3, "transfer": 0.5}, 7_800),  # exchange-rules §8
        (12_000, 10, {"cash": 0.3, "transfer": 0.5, "rights": 0.3, "rights_price": 6}, 7_500),  # exchange-rules §8
        (12_000, 10, {"cash": 0.3}, 11_700),
        (12_000, 10, {"bonus": 0.2, "transfer": 0.3}, 8_000),
        (10_450, 10, {"cash": 0.1234}, 10_330),  # 10.3266
        (10_450, 10, {"cash": 0.125}, 10_330),  # 10.325: half up
        (10_450, 10, {"cash": 0.125001}, 10_320),
        (4_350, 1, {"cash": 0.0125}, 4_338),  # a fund: 4.3375 to the tick of 0.001
        (1_000, 10, {"cash": 5}, 10),  # more than the share is worth: one tick is left
    ],
)
def test_the_reference_price_of_the_ex_day(close_li: int, tick_li: int, announced: dict[str, Any], expected_li: int) -> None:
    assert reference_li(close_li, parse_action(row(**announced)), tick_li) == expected_li


def test_cash_finer_than_li_per_share_is_rounded_once_to_the_fen() -> None:
    action = Action(CODE, 20261124, cash_micro=123_456)
    assert dividend_li(1, action) == 120
    assert dividend_li(1000, action) == 123_460
    assert dividend_li(100_000_000, action) == 12_345_600_000


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (20261123, 1, 20261223),
        (20261223, 1, 20270123),
        (20260131, 1, 20260228),
        (20240131, 1, 20240229),
        (20261031, 1, 20261130),
        (20240229, 12, 20250228),
        (20261231, 12, 20271231),
    ],
)
def test_months_end_on_the_same_day_or_the_months_last(day: int, months: int, expected: int) -> None:
    assert months_after(day, months) == expected


@pytest.mark.parametrize(
    ("board", "record_day", "opened_day", "sold_day", "rate_ppm"),
    [
        (Board.SH_MAIN, 20261123, 20261123, 20261223, 200_000),
        (Board.SH_MAIN, 20261123, 20261123, 20261224, 100_000),
        (Board.SH_MAIN, 20261123, 20261123, 20271123, 100_000),
        (Board.SH_MAIN, 20261123, 20261123, 20271124, 0),
        (Board.SZ_MAIN, 20150907, 20140101, 20261124, 50_000),
        (Board.SZ_MAIN, 20150908, 20140101, 20261124, 0),
        (Board.CHINEXT, 20121231, 20121231, 20121231, 0),  # before the rule
        (Board.SH_FUND, 20261123, 20261123, 20261124, 0),
    ],
)
def test_the_tax_goes_by_holding_period_and_day_of_record(
    board: Board, record_day: int, opened_day: int, sold_day: int, rate_ppm: int
) -> None:
    tax = DividendTax(shipped_rules()["dividend_tax"])
    assert tax.rate_ppm(board, record_day, opened_day, sold_day) == rate_ppm


def test_rights_are_paid_in_whole_fen() -> None:
    # 33 shares at 6.005 cost 198.165 yuan.
    desk = Desk(make_config(accounts=[{"id": "A", "type": "STOCK", "cash_yuan": 1000}]))
    desk.ask("ctl_position_set", account_id="A", stock_code="600000.SH", volume=110, can_use=110, cost=10.0)
    desk.ask("ctl_corporate_add", stock_code="600000.SH", ex_day="20261124", rights=0.3, rights_price=6.005, subscribe="A")
    desk.ask("ctl_clock_set", time="2026-11-24T09:31")
    assert desk.asset("A")["cash"] == 801.83
    assert desk.simulator.check() == []


def test_a_tax_rate_above_one_is_refused() -> None:
    content = shipped_rules()["dividend_tax"]
    content["row"][0]["month_ppm"] = 1_000_001
    with pytest.raises(RuleError, match="dividend_tax"):
        DividendTax(content)


def test_a_file_of_actions_is_taken_by_a_new_world_and_by_a_restarted_one() -> None:
    desk = Desk(make_config(hours="exchange", corporate_actions=[row(cash="0.3", transfer="0.5")]))
    assert [(action["stock_code"], action["cash"], action["done"]) for action in desk.rows("ctl_corporate_list")] == [
        (CODE, 0.3, False)
    ]
    desk.config = desk.config._replace(corporate_actions=[row(cash="9"), row(ex_day="2026-11-25", bonus="1")])
    desk.crash()
    desk.check()
    assert [(action["ex_day"], action["cash"], action["bonus"]) for action in desk.rows("ctl_corporate_list")] == [
        (20261124, 0.3, 0), (20261125, 0, 1),
    ]  # fmt: skip
    desk.ask("ctl_clock_set", time="2026-11-24T09:00")
    assert [action["done"] for action in desk.rows("ctl_corporate_list")] == [True, False]


def test_an_action_that_is_past_when_the_world_begins_does_nothing() -> None:
    desk = Desk(make_config(hours="exchange", corporate_actions=[row(ex_day="20261123", cash="0.3")]), now="09:31")
    desk.ask("ctl_position_set", account_id="A", stock_code=CODE, volume=1000)
    desk.ask("ctl_clock_set", time="2026-11-25T10:00")
    assert desk.asset("A")["cash"] == 1_000_000


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"cash": "much"}, "cash: 'much' is not a number"),
        ({"cash": "nan"}, "cash: 'nan' is not a number"),
        ({"cash": "inf"}, "cash: 'inf' is not a number"),
        ({"cash": "1", "colour": "red"}, "unknown column 'colour'"),
        ({"cash": "1", "stock_code": "204001.SH"}, "is not a code of a stock"),
        ({"cash": "1", "ex_day": "tomorrow"}, "ex_day: 'tomorrow' is not a day"),
        ({"cash": "1", "ex_day": "99999999999999999999"}, "ex_day: '99999999999999999999' is not a day"),
        ({"cash": "1", "ex_day": "2026-1201"}, "ex_day: '2026-1201' is not a day"),
        ({"rights": "0.3"}, "rights need both"),
        ({}, "neither cash nor shares nor rights"),
    ],
)
def test_a_bad_row_is_named_by_its_line(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Desk(make_config(corporate_actions=[row(**changes)]))
    assert str(caught.value).startswith("corporate_actions.csv line 7: ")
    assert complaint in str(caught.value)


def test_there_is_an_end_to_the_actions_a_world_keeps() -> None:
    days = [20270101 + number % 28 + number // 28 % 12 * 100 + number // 336 * 10000 for number in range(MAX_ACTIONS)]
    desk = Desk(make_config(corporate_actions=[row(ex_day=str(day), cash="1") for day in days]))
    reply = desk.ask("ctl_corporate_add", stock_code="600036.SH", ex_day="20261124", cash=1)
    assert reply["error"] == f"there are {MAX_ACTIONS} corporate actions already"
    assert desk.ask("ctl_corporate_add", stock_code=CODE, ex_day="20270101", cash=2)["cash"] == 2, "that replaces one"


def test_lots_older_than_a_year_become_one_and_forget_what_is_free_of_tax() -> None:
    desk = Desk(make_config(hours="exchange"), now="09:31")
    desk.ask("ctl_position_set", account_id="A", stock_code=CODE, volume=1000)
    desk.ask("ctl_corporate_add", stock_code=CODE, ex_day="20261125", cash=0.5)
    for day, volume in (("2026-11-24", 1100), ("2026-12-01", 1300)):
        desk.ask("ctl_clock_set", time=f"{day}T10:00")
        desk.ask("ctl_position_set", account_id="A", stock_code=CODE, volume=volume)
    desk.ask("ctl_clock_set", time="2026-12-02T10:00")
    lots = desk.simulator.rows()["position_lots"]
    assert [(row[2], row[3], row[4]) for row in lots] == [
        (20261123, 1000, "[[20261124, 500000000]]"), (20261124, 100, "[[20261124, 50000000]]"), (20261201, 200, "[]"),
    ]  # fmt: skip
    desk.ask("ctl_clock_set", time="2027-11-26T10:00")
    lots = desk.simulator.rows()["position_lots"]
    assert [row[2:] for row in lots] == [(20261123, 1100, "[]"), (20261201, 200, "[]")]
    desk.check()
