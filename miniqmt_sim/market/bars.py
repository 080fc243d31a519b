"""Bars: what traded in a stretch of time, and how longer ones are made of shorter ones.

Beside the flow: pure arithmetic on integers, used for the synthetic walk, for what a subscription gathers, and for recorded
files. A bar within a day is named by its end, as the vendor's are: 09:31 is the first minute of continuous trading, and the
opening auction stands at 09:30. The bars of a day count trading minutes, not the clock: an hour ends at 10:30, 11:30, 14:00
and 15:00. A day or more is named by midnight of its last day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple, TypeVar

from matching import calendar
from matching.calendar import MS_PER_MINUTE
from matching.phases import PHASE_RULES, Call
from matching.rules import SessionRule

Key = TypeVar("Key")

TICK: Final = "tick"
MINUTES: Final = {"1m": 1, "5m": 5, "15m": 15, "30m": 30, "1h": 60}
"""Trading minutes of the bars within a day."""
DAY: Final = "1d"
SPANS: Final[dict[str, Callable[[int], object]]] = {
    "1w": lambda day: calendar.date_of(day).isocalendar()[:2],
    "1mon": lambda day: day // 100,
    "1q": lambda day: (day // 10000, (day // 100 % 100 - 1) // 3),
    "1hy": lambda day: (day // 10000, (day // 100 % 100 - 1) // 6),
    "1y": lambda day: day // 10000,
}
"""What the days of one longer bar have in common."""
PERIODS: Final = (TICK, *MINUTES, DAY, *SPANS)


class Candle(NamedTuple):
    """One bar. Prices and amount in li, volume in shares (张 for bonds); ``time_ms`` names it."""

    time_ms: int
    open_li: int
    high_li: int
    low_li: int
    close_li: int
    volume: int
    amount_li: int
    pre_close_li: int
    suspended: int = 0
    """1: no trading; -1: it resumed."""

    def joined(self, later: Candle) -> Candle:
        """This bar and a later one as one, under the later one's name."""
        return Candle(
            later.time_ms, self.open_li, max(self.high_li, later.high_li), min(self.low_li, later.low_li), later.close_li,
            self.volume + later.volume, self.amount_li + later.amount_li, self.pre_close_li,
            min(self.suspended, later.suspended),
        )  # fmt: skip


class Hours:
    """The trading minutes of one day."""

    __slots__ = ("spans",)

    def __init__(self, session: SessionRule, day: int) -> None:
        """Find when prices are made: in continuous trading and in a closing auction."""
        midnight_ms = calendar.midnight_ms(day)
        ends_ms = [step.at_ms for step in session.steps[1:]] + [calendar.MS_PER_DAY]
        spans: list[tuple[int, int]] = []
        for step, end_ms in zip(session.steps, ends_ms, strict=True):
            rule = PHASE_RULES[step.phase]
            if rule.matching or rule.call is Call.CLOSE:
                first_ms = midnight_ms + step.at_ms
                if spans and spans[-1][1] == first_ms:
                    first_ms = spans.pop()[0]
                spans.append((first_ms, midnight_ms + end_ms))
        self.spans: Sequence[tuple[int, int]] = spans

    def bar_end_ms(self, moment_ms: int, minutes: int) -> int:
        """The name of the bar that a trade at this moment belongs to; after hours the last one, before them the first."""
        elapsed_ms = sum(max(0, min(moment_ms, end_ms) - first_ms) for first_ms, end_ms in self.spans)
        total_ms = sum(end_ms - first_ms for first_ms, end_ms in self.spans)
        length_ms = minutes * MS_PER_MINUTE
        return self._at(min((elapsed_ms // length_ms + 1) * length_ms, total_ms))

    def named_end_ms(self, name_ms: int, minutes: int) -> int:
        """The name of the longer bar that a bar of this name belongs to."""
        return self.bar_end_ms(name_ms - 1, minutes)

    def _at(self, elapsed_ms: int) -> int:
        """The moment at which so much trading time has passed."""
        for first_ms, end_ms in self.spans:
            if elapsed_ms <= end_ms - first_ms:
                return first_ms + elapsed_ms
            elapsed_ms -= end_ms - first_ms
        return self.spans[-1][1]


def minutes_joined(minutes: Iterable[Candle], length: int, hours_of: Callable[[int], Hours]) -> Iterator[Candle]:
    """Bars of ``length`` trading minutes out of shorter ones in order of time; the last may still be growing."""

    def name(candle: Candle) -> int:
        day = calendar.day_of(candle.time_ms - 1)
        return hours_of(day).named_end_ms(candle.time_ms, length)

    for name_ms, candle in _joined(minutes, name):
        yield candle._replace(time_ms=name_ms)


def days_joined(days: Iterable[Candle], period: str) -> Iterator[Candle]:
    """Weeks, months … out of days."""
    for _, candle in _joined(days, lambda candle: SPANS[period](calendar.day_of(candle.time_ms))):
        yield candle


def _joined(candles: Iterable[Candle], key_of: Callable[[Candle], Key]) -> Iterator[tuple[Key, Candle]]:
    """Runs of bars with the same key as one each."""
    whole: tuple[Key, Candle] | None = None
    for candle in candles:
        key = key_of(candle)
        if whole is not None and whole[0] == key:
            whole = (key, whole[1].joined(candle))
            continue
        if whole is not None:
            yield whole
        whole = (key, candle)
    if whole is not None:
        yield whole
