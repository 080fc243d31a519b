"""Days as a user writes them, and the packaged calendar that says which of them are trading days."""

from __future__ import annotations

from pathlib import Path

from matching import calendar
from matching.calendar import TradingCalendar
from miniqmt_sim.errors import ConfigError
from miniqmt_sim.settings import config_dir, read_holidays


def parse_day(text: str, name: str) -> int:
    """Give the yyyymmdd of a day written 2026-01-05 or 20260105. Raises ConfigError."""
    digits = text.replace("-", "")
    try:
        day = int(digits) if len(digits) == 8 and digits.isascii() and digits.isdigit() else 0
        calendar.date_of(day)
    except ValueError:
        raise ConfigError(f"{name}: {text!r} is not a day like 2026-01-05") from None
    return day


def trading_calendar(directory: str = "") -> TradingCalendar:
    """Give the calendar of a directory of holidays; empty: the packaged one."""
    return TradingCalendar(read_holidays(Path(directory) if directory else config_dir() / "calendar"))


def first_days(start: int, count: int) -> list[int]:
    """Give the first so many trading days from a day on."""
    days = trading_calendar()
    found = [days.first_on_or_after(start)]
    while len(found) < count:
        found.append(days.next_after(found[-1]))
    return found
