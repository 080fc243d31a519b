"""The past of the synthetic walk: it agrees with what was seen, with itself, and with nobody having looked."""

from __future__ import annotations

from itertools import pairwise

import pytest

from matching import calendar
from matching.calendar import TradingCalendar, midnight_ms, parse_clock
from matching.codes import Board
from matching.instrument import FREE
from matching.rules import Rules
from miniqmt_sim.market import synthetic
from miniqmt_sim.market.bars import Candle, days_joined, minutes_joined
from miniqmt_sim.market.synthetic import SyntheticMarket
from miniqmt_sim.market.walk import DAYS_BACK, Past, Walk
from tests.kit.desk import shipped_rules

RULES = shipped_rules()
DAY = 20260106
START_MS = midnight_ms(DAY) + parse_clock("10:01:07")
NOON_MS = midnight_ms(DAY) + parse_clock("13:17:30")
CODE = "600000.SH"
WALK = Walk(SyntheticMarket(7), CODE, Board.SH_MAIN, 10_460, 10, START_MS)


def past(hours: str = "exchange") -> Past:
    return Past(Rules(RULES, hours), TradingCalendar(every_day=hours == "always"))


def minutes(now_ms: int = NOON_MS, most: int = 10_000) -> list[Candle]:
    return past().minutes(WALK, DAY, now_ms, most)


def day(now_ms: int) -> Candle:
    found = past().day(WALK, DAY, now_ms, 10_460)
    assert found is not None
    return found


def test_a_minute_holds_every_price_that_was_seen_in_it() -> None:
    for minute in minutes()[:40]:
        first, last = WALK.steps(minute.time_ms - 60_000, minute.time_ms)
        seen = [WALK.synthetic.quote(CODE, 10_460, 10, FREE, step).last_li for step in range(first, last + 1)]
        assert minute.low_li <= min(seen) <= max(seen) <= minute.high_li
        assert (minute.open_li, minute.close_li) == (seen[0], seen[-1])


def test_minutes_add_up_to_the_day_so_far() -> None:
    so_far, parts = day(NOON_MS), minutes()
    assert (parts[0].open_li, parts[-1].close_li) == (so_far.open_li, so_far.close_li)
    assert sum(part.volume for part in parts) == so_far.volume
    assert sum(part.amount_li for part in parts) == so_far.amount_li
    assert max(part.high_li for part in parts) - so_far.high_li in range(30)


def test_minutes_are_named_by_their_ends_and_none_is_at_lunch() -> None:
    names = [calendar.text_of(minute.time_ms)[11:16] for minute in minutes()]
    assert (names[0], names[-1], len(names)) == ("09:31", "13:18", 120 + 18)
    assert names[119:121] == ["11:30", "13:01"]


def test_what_is_remembered_of_a_day_changes_no_answer() -> None:
    watched = past()
    for now_ms in range(NOON_MS - 600_000, NOON_MS, 3000):
        assert watched.day(WALK, DAY, now_ms, 10_460) == day(now_ms)
    early_ms = midnight_ms(DAY) + parse_clock("09:30:30")
    assert watched.day(WALK, DAY, early_ms, 10_460) == day(early_ms), "a clock that was set back"


def test_the_volume_of_a_day_never_shrinks() -> None:
    volumes = [day(now_ms).volume for now_ms in range(NOON_MS - 900_000, NOON_MS, 3000)]
    assert volumes == sorted(volumes)
    assert len(set(volumes)) == len(volumes)


def test_before_the_first_trade_there_is_no_day() -> None:
    assert past().day(WALK, DAY, midnight_ms(DAY) + parse_clock("09:29"), 10_460) is None
    assert minutes(midnight_ms(DAY) + parse_clock("09:29")) == []


def test_days_follow_each_other_and_the_one_before_the_world_closed_where_it_began() -> None:
    found = past()
    days = found.bar_days(Board.SH_MAIN, DAY)
    bars = list(found.days(WALK, days, NOON_MS))
    assert len(bars) == len(days) == DAYS_BACK + 1
    assert bars[-2].close_li == WALK.base_li
    assert all(later.pre_close_li == earlier.close_li for earlier, later in pairwise(bars))
    assert all(bar.low_li <= bar.close_li <= bar.high_li for bar in bars)


@pytest.mark.parametrize(("hours", "days"), [("exchange", DAYS_BACK), ("always", 44)])
def test_a_question_computes_a_bounded_number_of_days(hours: str, days: int) -> None:
    assert len(past(hours).bar_days(Board.SH_MAIN, DAY)) == days + 1


@pytest.mark.parametrize(("hours", "most"), [("exchange", 8 * 240), ("always", 1440)])
def test_a_question_computes_a_bounded_number_of_minutes(hours: str, most: int) -> None:
    days = past(hours).minute_days(Board.SH_MAIN, DAY)
    assert (len(days) - 1) * (1440 if hours == "always" else 240) == most


def test_what_the_walk_remembers_is_bounded_and_changes_no_quote(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synthetic, "MOST_CORNERS", 40)
    forgetful, other = SyntheticMarket(7), SyntheticMarket(7)
    quotes = [forgetful.quote(CODE, 10_460, 10, FREE, step) for step in range(0, 4000, 37)]
    monkeypatch.undo()
    assert quotes == [other.quote(CODE, 10_460, 10, FREE, step) for step in range(0, 4000, 37)]


def test_longer_bars_of_a_day_count_trading_minutes() -> None:
    close_ms = midnight_ms(DAY) + parse_clock("15:00")
    hours = list(minutes_joined(minutes(close_ms), 60, lambda day: past().hours(Board.SH_MAIN, day)))
    assert [calendar.text_of(hour.time_ms)[11:16] for hour in hours] == ["10:30", "11:30", "14:00", "15:00"]
    assert sum(hour.volume for hour in hours) == day(close_ms).volume


@pytest.mark.parametrize(
    ("period", "names"),
    [("1w", [20260102, 20260107]), ("1mon", [20251231, 20260107]), ("1q", [20251231, 20260107]), ("1y", [20251231, 20260107])],
)
def test_days_join_to_weeks_and_longer(period: str, names: list[int]) -> None:
    days = [20251230, 20251231, 20260102, 20260105, 20260107]
    bars = [Candle(midnight_ms(each), 10, 12, 9, 11, 100, 1000, 10) for each in days]
    joined = list(days_joined(bars, period))
    assert [calendar.day_of(bar.time_ms) for bar in joined] == names
    assert sum(bar.volume for bar in joined) == 500
