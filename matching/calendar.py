"""Days and hours of the exchanges, in integers: a day is yyyymmdd, a moment epoch milliseconds, both in China time.

China has had no daylight saving since 1991, so UTC+8 is a constant here and no time-zone database is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Final

MS_PER_SECOND: Final = 1000
MS_PER_MINUTE: Final = 60 * MS_PER_SECOND
MS_PER_HOUR: Final = 60 * MS_PER_MINUTE
MS_PER_DAY: Final = 24 * MS_PER_HOUR
UTC_OFFSET_MS: Final = 8 * MS_PER_HOUR
_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()


def day_of(now_ms: int) -> int:
    """The China calendar day of a moment."""
    moment = date.fromordinal((now_ms + UTC_OFFSET_MS) // MS_PER_DAY + _EPOCH_ORDINAL)
    return moment.year * 10000 + moment.month * 100 + moment.day


def midnight_ms(day: int) -> int:
    """The first moment of a day."""
    return (date_of(day).toordinal() - _EPOCH_ORDINAL) * MS_PER_DAY - UTC_OFFSET_MS


def time_of_day_ms(now_ms: int) -> int:
    """Milliseconds since midnight in China."""
    return (now_ms + UTC_OFFSET_MS) % MS_PER_DAY


def date_of(day: int) -> date:
    """A yyyymmdd as a date. Raises ValueError for a day that does not exist."""
    try:
        return date(day // 10000, day // 100 % 100, day % 100)
    except OverflowError:  # a year beyond the machine's integers is no other mistake than one beyond 9999
        raise ValueError(f"{day} is not a day") from None


def plus_days(day: int, days: int) -> int:
    """A day so many calendar days later."""
    moment = date.fromordinal(date_of(day).toordinal() + days)
    return moment.year * 10000 + moment.month * 100 + moment.day


def parse_clock(text: str) -> int:
    """``HH:MM`` or ``HH:MM:SS`` as milliseconds since midnight; 24:00 is the day's end. Raises ValueError."""
    parts = text.split(":")
    if len(parts) not in (2, 3) or not all(len(part) == 2 and part.isascii() and part.isdigit() for part in parts):
        raise ValueError(f"{text!r} is not a time of the form HH:MM or HH:MM:SS")
    hour, minute, second = (*map(int, parts), 0)[:3]
    if minute > 59 or second > 59 or hour > 24 or (hour == 24 and (minute or second)):
        raise ValueError(f"{text!r} is not a time of the day")
    return hour * MS_PER_HOUR + minute * MS_PER_MINUTE + second * MS_PER_SECOND


def text_of(now_ms: int) -> str:
    """A moment as ``YYYY-MM-DDTHH:MM:SS.mmm`` in China time."""
    days, time_ms = divmod(now_ms + UTC_OFFSET_MS, MS_PER_DAY)
    return f"{_date_text(days)}T{_clock_text(time_ms)}"


@lru_cache(maxsize=64)
def _date_text(days: int) -> str:
    """The date so many days after the epoch's."""
    return date.fromordinal(days + _EPOCH_ORDINAL).isoformat()


@lru_cache(maxsize=8192)
def _clock_text(time_ms: int) -> str:
    """A time of the day; what is recorded comes at the same times day after day."""
    seconds, ms = divmod(time_ms, MS_PER_SECOND)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{ms:03d}"


def parse_moment(text: str, today: int) -> int:
    """``YYYY-MM-DDTHH:MM[:SS]``, or a clock time of ``today``, as epoch milliseconds. Raises ValueError."""
    day_text, separator, clock_text = text.partition("T")
    if not separator:
        return midnight_ms(today) + parse_clock(text)
    try:
        moment = date.fromisoformat(day_text)
    except ValueError:
        raise ValueError(f"{text!r} is not a time of the form YYYY-MM-DDTHH:MM or HH:MM") from None
    return midnight_ms(moment.year * 10000 + moment.month * 100 + moment.day) + parse_clock(clock_text)


class TradingCalendar:
    """Which days are trading days: weekdays that are no holiday, or simply every day."""

    __slots__ = ("_closed", "_every_day")

    def __init__(self, closed: Iterable[int] = (), *, every_day: bool = False) -> None:
        self._closed = frozenset(closed)
        self._every_day = every_day

    def is_trading_day(self, day: int) -> bool:
        """Is the exchange open on this day at all?"""
        return self._every_day or (date_of(day).weekday() < 5 and day not in self._closed)

    def first_on_or_after(self, day: int) -> int:
        """The day itself when it is a trading day, else the next one."""
        while not self.is_trading_day(day):
            day = plus_days(day, 1)
        return day

    def next_after(self, day: int) -> int:
        """The next trading day."""
        return self.first_on_or_after(plus_days(day, 1))
