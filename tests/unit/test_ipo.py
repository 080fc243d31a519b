"""New issues: the lottery, and what a file of them may say."""

from __future__ import annotations

from typing import Any

import pytest

from matching.codes import Board
from miniqmt_sim.counter.ipo import IpoRule, IpoRules, won_units
from miniqmt_sim.errors import ConfigError
from tests.kit.desk import Desk, make_config, shipped_rules

ISSUE = {
    "subscription_code": "732901.SH", "listed_code": "603901.SH", "name": "示例", "type": "STOCK", "issue_price": "12.50",
    "min": "500", "max": "2000", "subscribe_day": "20261124", "listing_day": "20261203", "winning_rate": "0.5",
    "_where": "ipo.csv line 9",
}  # fmt: skip


def test_the_lottery_is_a_pure_function_of_seed_code_and_account() -> None:
    assert won_units(7, "732901.SH", "A", 1000, 300_000) == won_units(7, "732901.SH", "A", 1000, 300_000)
    others = [(8, "732901.SH", "A"), (7, "732902.SH", "A"), (7, "732901.SH", "B")]
    first = [won_units(7, "732901.SH", "A", units, 500_000) for units in range(40)]
    for other in others:
        assert [won_units(*other, units, 500_000) for units in range(40)] != first


def test_every_unit_wins_with_the_announced_chance() -> None:
    assert won_units(1, "732901.SH", "A", 10_000, 0) == 0
    assert won_units(1, "732901.SH", "A", 10_000, 1_000_000) == 10_000
    assert 2_800 < won_units(1, "732901.SH", "A", 10_000, 300_000) < 3_200


@pytest.mark.parametrize(
    ("board", "day", "value_yuan", "volume"),
    [
        (Board.SH_MAIN, 20230407, 9_999, 0),
        (Board.SH_MAIN, 20230407, 10_000, 1_000),
        (Board.SH_MAIN, 20230407, 19_999, 1_000),
        (Board.SH_MAIN, 20230410, 9_999, 0),
        (Board.SH_MAIN, 20230410, 10_000, 1_000),
        (Board.SH_MAIN, 20230410, 19_999, 1_500),
        (Board.SZ_MAIN, 20160104, 15_000, 1_500),
        (Board.STAR, 20190722, 25_000, 2_500),
        (Board.SH_BOND, 20261123, 1_000_000, 0),
    ],
)
def test_units_of_market_value(board: Board, day: int, value_yuan: int, volume: int) -> None:
    rule = IpoRules(shipped_rules()["ipo"]).on(board, day)
    assert rule is not None
    assert rule.quota(value_yuan * 1000) == volume


def test_before_the_first_row_there_is_no_rule() -> None:
    rules = IpoRules(shipped_rules()["ipo"])
    assert rules.on(Board.STAR, 20190721) is None
    assert rules.on(Board.SH_FUND, 20261123) is None
    assert isinstance(rules.on(Board.STAR, 20190722), IpoRule)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"subscription_code": "x"}, "subscription_code: 'x' is not a code"),
        ({"listed_code": "732901.SH"}, "listed_code: '732901.SH' is not a code of"),
        ({"listed_code": "001901.SZ"}, "both codes must belong to one exchange"),
        ({"type": "BOND"}, "type: 'BOND' is not what 603901.SH is"),
        ({"min": "3000"}, "min not above max"),
        ({"min": "0"}, "min not above max"),
        ({"max": "500.5"}, "max: '500.5' is not a whole number"),
        ({"max": "1e999"}, "max: '1e999' is not a number"),
        ({"subscribe_day": "99999999999999999999"}, "subscribe_day: '99999999999999999999' is not a day"),
        ({"winning_rate": "1.1"}, "winning_rate must be between 0 and 1"),
        ({"issue_price": "12.3456"}, "finer than 0.001"),
        ({"issue_price": "0"}, "must be positive"),
        ({"listing_day": "20261126"}, "it is paid for on 20261126 and cannot be listed on 20261126"),
        ({"colour": "red"}, "unknown column 'colour'"),
        ({"listed_code": "688901.SH", "subscribe_day": "20190102", "listing_day": "20190722"}, "there is no rule"),
    ],
)
def test_a_bad_row_is_named_by_its_line(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Desk(make_config(hours="exchange", ipo=[{**ISSUE, **changes}]))
    assert str(caught.value).startswith("ipo.csv line 9: ")
    assert complaint in str(caught.value)


def test_a_code_stands_for_one_issue_only() -> None:
    with pytest.raises(ConfigError, match="stands there twice"):
        Desk(make_config(ipo=[ISSUE, {**ISSUE, "subscription_code": "732902.SH"}]))


def test_what_is_listed_cannot_be_issued() -> None:
    with pytest.raises(ConfigError, match=r"600000\.SH is listed already"):
        Desk(make_config(ipo=[{**ISSUE, "listed_code": "600000.SH"}]))


def test_an_issue_that_somebody_subscribed_to_may_not_vanish() -> None:
    desk = Desk(make_config(ipo=[ISSUE]))
    desk.ask("ctl_position_set", account_id="A", stock_code="600000.SH", volume=10_000)
    desk.ask("ctl_clock_set", time="2026-11-24T10:00")
    assert desk.shown_order(desk.buy("A", 500, "732901.SH", 12.5))["order_status"] == 50
    desk.config = desk.config._replace(ipo=[])
    with pytest.raises(ConfigError, match=r"732901\.SH was subscribed to on 20261124"):
        desk.crash()


def test_a_default_is_counted() -> None:
    desk = Desk(make_config(ipo=[{**ISSUE, "winning_rate": "1"}], accounts=[{"id": "A", "type": "STOCK", "cash_yuan": 1}]))
    desk.ask("ctl_position_set", account_id="A", stock_code="600000.SH", volume=10_000)
    desk.ask("ctl_clock_set", time="2026-11-24T10:00")
    desk.buy("A", 500, "732901.SH", 12.5)
    desk.ask("ctl_clock_set", time="2026-11-28T10:00")
    assert dict(desk.simulator.rows()["counters"])["ipo_defaults.A"] == 1
    desk.check()


def test_an_accounts_market_values_are_kept_for_22_days() -> None:
    desk = Desk(make_config(hours="exchange"))
    desk.ask("ctl_clock_set", time="2027-02-01T10:00")
    days = [row[1] for row in desk.simulator.rows()["market_values"]]
    assert len(days) == 22
    assert days[-1] == 20270129
    desk.check()


def test_an_open_subscription_explains_itself() -> None:
    desk = Desk(make_config(ipo=[ISSUE]))
    desk.ask("ctl_position_set", account_id="A", stock_code="600000.SH", volume=10_000)
    desk.ask("ctl_clock_set", time="2026-11-24T10:00")
    order_id = desk.buy("A", 500, "732901.SH", 12.5)
    assert "a subscription" in desk.ask("ctl_explain", order_id=order_id)["lines"][-1]
