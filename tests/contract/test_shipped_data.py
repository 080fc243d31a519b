"""The instruments, the accounts and the calendar that ship with the package are facts, in the form their readers expect."""

from __future__ import annotations

import csv
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest

from matching.calendar import date_of
from matching.codes import Board
from matching.instrument import parse_listing
from miniqmt_sim.announcements import ACTION_COLUMNS, parse_issue
from miniqmt_sim.settings import read_table

CONFIG: Final = Path(__file__).resolve().parents[2] / "config"
WEEKEND: Final = (5, 6)
TICK_LI: Final = dict.fromkeys(("SH_MAIN", "STAR", "SZ_MAIN", "CHINEXT", "SH_INDEX", "SZ_INDEX"), 10)
"""Funds and bonds: 1 li."""


def read_instruments() -> list[dict[str, str]]:
    with (CONFIG / "instruments.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_calendar(year: int) -> list[int]:
    days: list[int] = tomllib.loads((CONFIG / "calendar" / f"cn-{year}.toml").read_text(encoding="utf-8"))["days"]
    return days


def read_accounts() -> list[dict[str, Any]]:
    accounts: list[dict[str, Any]] = tomllib.loads((CONFIG / "accounts.toml").read_text(encoding="utf-8"))["account"]
    return accounts


INSTRUMENTS: Final = read_instruments()
CODES: Final = [row["stock_code"] for row in INSTRUMENTS]
YEARS: Final = sorted(int(path.stem.removeprefix("cn-")) for path in (CONFIG / "calendar").glob("*.toml"))


def test_no_code_stands_twice() -> None:
    assert sorted(set(CODES)) == sorted(CODES)


def test_every_board_has_instruments_and_there_are_at_least_forty() -> None:
    assert {row["board"] for row in INSTRUMENTS} == set(Board)
    assert len(INSTRUMENTS) >= 40


@pytest.mark.parametrize("row", INSTRUMENTS, ids=CODES)
def test_an_instrument_can_be_listed(row: dict[str, str]) -> None:
    pre_close_li = Decimal(row["pre_close"]) * 1000
    assert pre_close_li % TICK_LI.get(row["board"], 1) == 0
    listing = parse_listing(row["stock_code"], row["name"], int(pre_close_li), tuple(row["tags"].split()), row["board"])
    assert listing.name == row["name"].strip() != ""


def test_the_quick_start_program_finds_its_stock_where_it_expects_it() -> None:
    (row,) = (row for row in INSTRUMENTS if row["stock_code"] == "600000.SH")
    assert (row["name"], row["pre_close"]) == ("浦发银行", "10.45")


def test_the_accounts_hold_listed_securities_and_the_quick_start_program_has_its_own() -> None:
    accounts = read_accounts()
    assert accounts[0]["id"] == "1000000365"
    assert {account["type"] for account in accounts} == {"STOCK", "CREDIT"}
    assert {position["stock_code"] for account in accounts for position in account.get("position", [])} <= set(CODES)


def test_the_calendar_has_no_gap() -> None:
    newest = max(YEARS)
    assert newest >= 2026
    assert list(range(2005, newest + 1)) == YEARS


@pytest.mark.parametrize("year", YEARS)
def test_a_year_lists_weekdays_of_its_own_in_order(year: int) -> None:
    days = read_calendar(year)
    assert days == sorted(set(days))
    assert {day // 10000 for day in days} == {year}
    assert not [day for day in days if weekday(day) in WEEKEND]
    assert 15 <= len(days) <= 25, "the holidays of a year come to about eighteen weekdays"


@pytest.mark.parametrize("year", YEARS)
def test_new_year_labour_day_and_the_national_holiday_are_closed(year: int) -> None:
    days = read_calendar(year)
    for holiday in (101, 501, 1001, 1002, 1003):
        day = year * 10000 + holiday
        assert day in days or weekday(day) in WEEKEND


@pytest.mark.parametrize(
    ("day", "closed"),
    [
        (20150903, True),  # the parade of 2015
        (20200131, True),  # the spring festival that was made longer
        (20200203, False),  # the first trading day after it
        (20240209, True),  # new year's eve: a workday, and closed
        (20260220, True),
        (20260224, False),
        (20260928, False),
    ],
)
def test_days_that_are_remembered(day: int, closed: bool) -> None:
    assert (day in read_calendar(day // 10000)) is closed


def weekday(day: int) -> int:
    """Return 0 for Monday, 6 for Sunday."""
    return date_of(day).weekday()


def test_the_new_issues_can_run_their_course_on_trading_days_and_are_not_listed_yet() -> None:
    issues = [parse_issue(row) for row in read_table(CONFIG / "ipo.csv")]
    assert {issue.kind for issue in issues} == {"STOCK", "BOND"}
    closed = [day for year in YEARS for day in read_calendar(year)]
    for issue in issues:
        assert not {issue.subscribe_day, issue.listing_day} & set(closed)
        assert weekday(issue.subscribe_day) not in WEEKEND
        assert weekday(issue.listing_day) not in WEEKEND
        assert issue.listing.code.text not in CODES


def test_no_corporate_action_ships_and_its_columns_are_those_that_are_read() -> None:
    path = CONFIG / "corporate_actions.csv"
    assert read_table(path) == []
    assert path.read_text(encoding="utf-8").splitlines()[-1] == ",".join(ACTION_COLUMNS)
