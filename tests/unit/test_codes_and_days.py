"""Codes, days and hours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import calendar
from matching.calendar import TradingCalendar
from matching.codes import Board, Venue, board_of, is_index, is_repo, parse_code, traded_board_of

BOARDS = {
    "600000.SH": Board.SH_MAIN, "601857.SH": Board.SH_MAIN, "603288.SH": Board.SH_MAIN, "605001.SH": Board.SH_MAIN,
    "688981.SH": Board.STAR, "689009.SH": Board.STAR, "000001.SZ": Board.SZ_MAIN, "002594.SZ": Board.SZ_MAIN,
    "003816.SZ": Board.SZ_MAIN, "300750.SZ": Board.CHINEXT, "301269.SZ": Board.CHINEXT, "510300.SH": Board.SH_FUND,
    "588000.SH": Board.SH_FUND, "159915.SZ": Board.SZ_FUND, "113050.SH": Board.SH_BOND, "118000.SH": Board.SH_BOND,
    "123001.SZ": Board.SZ_BOND, "128136.SZ": Board.SZ_BOND, "000300.SH": Board.SH_INDEX, "000001.SH": Board.SH_INDEX,
    "000688.SH": Board.SH_INDEX, "399001.SZ": Board.SZ_INDEX, "399006.SZ": Board.SZ_INDEX,
}  # fmt: skip


@pytest.mark.parametrize(("text", "board"), BOARDS.items())
def test_the_prefix_tells_the_board(text: str, board: Board) -> None:
    code = parse_code(text)
    assert code is not None
    assert board_of(code) is board


@pytest.mark.parametrize(
    "text", ["600000", "600000.", ".SH", "60000.SH", "6000000.SH", "60000a.SH", "600000.sh", "600000.XX", "６00000.SH", ""]
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert parse_code(text) is None


@pytest.mark.parametrize("text", ["019547.SH", "900901.SH", "200002.SZ", "430047.BJ"])
def test_a_prefix_that_is_not_simulated_has_no_board(text: str) -> None:
    code = parse_code(text)
    assert code is not None
    assert board_of(code) is None


@pytest.mark.parametrize("text", BOARDS)
def test_an_index_has_a_board_and_is_not_traded(text: str) -> None:
    code = parse_code(text)
    assert code is not None
    assert is_index(text) is (text in ("000300.SH", "000001.SH", "000688.SH", "399001.SZ", "399006.SZ"))
    assert traded_board_of(code) is (None if is_index(text) else BOARDS[text])


def test_pledged_repo_is_known() -> None:
    for text, venue in (("204001.SH", Venue.SH), ("131810.SZ", Venue.SZ)):
        code = parse_code(text)
        assert code is not None
        assert (is_repo(code), code.venue) == (True, venue)


def test_a_day_begins_at_midnight_in_china() -> None:
    assert calendar.midnight_ms(20261122) == 1795276800000  # 2026-11-21T16:00Z
    assert calendar.day_of(1795276800000) == 20261122
    assert calendar.day_of(1795276799999) == 20261121


@given(st.integers(min_value=0, max_value=4_000_000_000_000))
def test_a_moment_survives_its_text(now_ms: int) -> None:
    now_ms -= now_ms % 1000
    text = calendar.text_of(now_ms).removesuffix(".000")
    assert calendar.parse_moment(text, 20000101) == now_ms


@pytest.mark.parametrize(
    "text", ["9:30", "24:01", "12:60", "1230", "12:30:61", "12:30:00:00", "", "2026-13-01T10:00", "noonT10:00"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a"):
        calendar.parse_moment(text, 20261122)


def test_weekends_and_holidays_are_skipped() -> None:
    days = TradingCalendar([20261001, 20261002, 20261005, 20261006, 20261007])
    assert days.next_after(20260930) == 20261008
    assert days.first_on_or_after(20261003) == 20261008
    assert days.next_after(20261008) == 20261009
    assert days.next_after(20261009) == 20261012


def test_a_calendar_of_every_day_has_no_holidays() -> None:
    days = TradingCalendar([20261001], every_day=True)
    assert days.next_after(20260930) == 20261001
    assert days.next_after(20261002) == 20261003


def test_a_month_and_a_year_end() -> None:
    assert calendar.plus_days(20261231, 1) == 20270101
    assert calendar.plus_days(20240228, 1) == 20240229


@pytest.mark.parametrize("day", [0, -1, 20260230, 99999999, 10**20, -(2**63) + 1])
def test_a_day_that_does_not_exist_is_a_value_error(day: int) -> None:
    with pytest.raises(ValueError, match=r"day|month|year"):
        calendar.date_of(day)
