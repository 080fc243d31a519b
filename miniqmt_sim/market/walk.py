"""The past of the synthetic walk: its day so far, and its bars, computed when somebody asks.

Nobody stores the walk, because it can be computed, backwards as well: from the day the world began into the past it is the
same curve. A minute looks at bid and ask of every knot of the curve (four steps) and of its own ends, so that every price of
the minute lies within it. A day looks every 64 steps, so a daily bar may miss a tick or two of an extreme; volume and amount
are worked out by the same stretches of 64 steps, so that minutes add up to days and the volume of a day never shrinks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from matching import calendar
from matching.calendar import MS_PER_DAY, MS_PER_MINUTE, TradingCalendar
from matching.codes import Board
from matching.instrument import closing_price
from matching.rules import Rules
from miniqmt_sim.market.bars import Candle, Hours
from miniqmt_sim.market.synthetic import STEP_MS, STEPS_PER_MINUTE, SyntheticMarket

KNOT: Final = 4
"""Steps between the knots of the walk's fastest octave: between two of them it is a straight line."""
STRETCH: Final = 64
"""Steps a day is looked at in; what happens between two looks moves the price by a tick or two."""
DAYS_BACK: Final = 250
"""Trading days of daily bars at most: a year."""
STRETCHES_BACK: Final = 20_000
"""Stretches computed for one question at most, a quarter of a second: a year of exchange days, six weeks around the clock."""
MINUTES_BACK: Final = 2000
"""Minutes it computes at most, likewise: eight exchange days, a day and a half around the clock."""


class Walk(NamedTuple):
    """The curve of one security: it passes ``base_li`` at step 0, ``start_ms``."""

    synthetic: SyntheticMarket
    code: str
    board: Board
    base_li: int
    tick_li: int
    start_ms: int

    def steps(self, first_ms: int, end_ms: int) -> tuple[int, int]:
        """First and last of the steps that begin in a stretch of time."""
        return -((self.start_ms - first_ms) // STEP_MS), (end_ms - 1 - self.start_ms) // STEP_MS

    def bid_li(self, step: int) -> int:
        """The best bid of a step."""
        return self.synthetic.bid_li(self.code, self.base_li, self.tick_li, step)

    def last_li(self, step: int) -> int:
        """The last price of a step: its best bid or its best ask."""
        return self.synthetic.last_li(self.code, self.base_li, self.tick_li, step)


class _Gathered(NamedTuple):
    """What was seen of a number of steps: opening price, highest and lowest bid, volume, amount."""

    open_li: int
    high_li: int
    low_li: int
    volume: int
    amount_li: int

    def seen(self, bid_li: int) -> _Gathered:
        """Another bid."""
        return self._replace(high_li=max(self.high_li, bid_li), low_li=min(self.low_li, bid_li))


class _Known(NamedTuple):
    """As far as a day was gathered for good: up to the step ``until``, which is not in it."""

    day: int
    walk: Walk
    until: int
    gathered: _Gathered


class Past:
    """The past of every walked security. What it remembers makes it faster and changes no answer."""

    __slots__ = ("_calendar", "_days", "_hours", "_rules")

    def __init__(self, rules: Rules, trading_days: TradingCalendar) -> None:
        self._rules = rules
        self._calendar = trading_days
        self._hours: dict[tuple[Board, int], Hours] = {}
        self._days: dict[str, _Known] = {}

    def hours(self, board: Board, day: int) -> Hours:
        """The trading minutes of a day."""
        found = self._hours.get((board, day))
        if found is None:
            found = self._hours[board, day] = Hours(self._rules.on(board, day).session, day)
        return found

    # ---- days ----------------------------------------------------------------------------------------------------------

    def day(self, walk: Walk, day: int, now_ms: int, pre_close_li: int) -> Candle | None:
        """The bar of a day as far as it has come; None before its first step."""
        gathered, last = self._gather_day(walk, day, now_ms)
        if gathered is None:
            return None
        gathered = gathered.seen(walk.bid_li(last))
        return _candle(walk, calendar.midnight_ms(day), gathered, last, pre_close_li)

    def _gather_day(self, walk: Walk, day: int, now_ms: int) -> tuple[_Gathered | None, int]:
        """What was seen of a day, and its last step so far; what was seen of whole stretches is remembered."""
        gathered, begin, last = self._known(walk, day, now_ms), -MS_PER_DAY, 0
        if gathered is not None:
            begin = self._days[walk.code].until
        for first_ms, end_ms in self.hours(walk.board, day).spans:
            first, last_here = walk.steps(first_ms, min(end_ms, now_ms + 1))
            if first > last_here:
                break
            first, last = max(first, begin), last_here
            whole = (last_here + 1) // STRETCH * STRETCH
            if first < whole:
                gathered = _gather(walk, first, whole - 1, STRETCH, gathered)
                self._days[walk.code] = _Known(day, walk, whole, gathered)
            if max(first, whole) <= last_here:
                gathered = _gather(walk, max(first, whole), last_here, STRETCH, gathered)
        return gathered, last

    def _known(self, walk: Walk, day: int, now_ms: int) -> _Gathered | None:
        """What is remembered of a day, unless the walk or the time is another."""
        known = self._days.get(walk.code)
        if known is None or (known.day, known.walk) != (day, walk) or known.until > walk.steps(0, now_ms + 1)[1] + 1:
            return None
        return known.gathered

    def close_li(self, walk: Walk, day: int) -> int:
        """What a day closed at: the average of its last minute, as for any security that traded to the end."""
        _, last = walk.steps(0, self.hours(walk.board, day).spans[-1][1])
        steps = range(last - STEPS_PER_MINUTE + 1, last + 1)
        tape = [(step, walk.last_li(step), walk.synthetic.traded(walk.code, step)) for step in steps]
        average = closing_price([(step, price_li * volume, volume) for step, price_li, volume in tape if volume], walk.tick_li)
        return average or walk.last_li(last)

    def days(self, walk: Walk, days: Sequence[int], now_ms: int) -> Iterator[Candle]:
        """The bars of trading days in order, up to now. The day before the world began closed where the walk began."""
        began_day = self._calendar.first_on_or_after(calendar.day_of(walk.start_ms))
        before_li = 0
        for day, after in pairwise([*days, calendar.plus_days(days[-1], 1)] if days else []):
            candle = self.day(walk, day, now_ms, before_li)
            if candle is None:
                return
            if now_ms >= self.hours(walk.board, day).spans[-1][1]:
                candle = _closed(candle, walk.base_li if day < began_day <= after else self.close_li(walk, day))
            yield candle
            before_li = candle.close_li

    def days_back(self, day: int, count: int) -> list[int]:
        """So many trading days before a day, oldest first, and the day itself."""
        found = [day]
        while len(found) <= count:
            day = calendar.plus_days(day, -1)
            if self._calendar.is_trading_day(day):
                found.append(day)
        return found[::-1]

    # ---- minutes -------------------------------------------------------------------------------------------------------

    def minutes(self, walk: Walk, day: int, now_ms: int, most: int) -> list[Candle]:
        """The newest minutes of a day, at most so many; the last may still be growing."""
        names = [
            name_ms
            for first_ms, end_ms in self.hours(walk.board, day).spans
            for name_ms in range(first_ms + MS_PER_MINUTE, end_ms + 1, MS_PER_MINUTE)
            if name_ms - MS_PER_MINUTE <= now_ms
        ]
        found = []
        for name_ms in names[max(0, len(names) - most) :]:
            first, last = walk.steps(name_ms - MS_PER_MINUTE, min(name_ms, now_ms + 1))
            if first <= last:
                gathered = _gather(walk, first, last, KNOT, None).seen(walk.bid_li(last))
                found.append(_candle(walk, name_ms, gathered, last, walk.last_li(first - 1)))
        return found

    def minute_days(self, board: Board, day: int) -> list[int]:
        """The days whose minutes are computed, oldest first."""
        return self.days_back(day, max(1, MINUTES_BACK * MS_PER_MINUTE // self._trading_ms(board, day)))

    def bar_days(self, board: Board, day: int) -> list[int]:
        """The days whose daily bars are computed, oldest first."""
        return self.days_back(day, min(DAYS_BACK, STRETCHES_BACK * STRETCH * STEP_MS // self._trading_ms(board, day)))

    def _trading_ms(self, board: Board, day: int) -> int:
        return sum(end_ms - first_ms for first_ms, end_ms in self.hours(board, day).spans)


def _gather(walk: Walk, first: int, last: int, grid: int, before: _Gathered | None) -> _Gathered:
    """Look at the first of some steps and at every one of the grid, and add up what each stretch traded, at its first bid."""
    bid_li = walk.bid_li(first)
    high_li, low_li = (bid_li, bid_li) if before is None else (max(before.high_li, bid_li), min(before.low_li, bid_li))
    volume, amount_li = (before.volume, before.amount_li) if before is not None else (0, 0)
    for stretch in range(first // STRETCH, last // STRETCH + 1):
        price_li = walk.bid_li(stretch * STRETCH)
        for step in range(max(stretch * STRETCH, -(-first // grid) * grid), min((stretch + 1) * STRETCH, last + 1), grid):
            bid_li = price_li if step == stretch * STRETCH else walk.bid_li(step)
            high_li, low_li = max(high_li, bid_li), min(low_li, bid_li)
        steps = min(last + 1, (stretch + 1) * STRETCH) - max(first, stretch * STRETCH)
        traded = steps * walk.synthetic.step_volume(walk.code, stretch)
        volume, amount_li = volume + traded, amount_li + traded * price_li
    return _Gathered(before.open_li if before else walk.last_li(first), high_li, low_li, volume, amount_li)


def _candle(walk: Walk, name_ms: int, gathered: _Gathered, last: int, pre_close_li: int) -> Candle:
    return Candle(
        name_ms, gathered.open_li, gathered.high_li + walk.tick_li, gathered.low_li, walk.last_li(last), gathered.volume,
        gathered.amount_li, pre_close_li or gathered.open_li,
    )  # fmt: skip


def _closed(candle: Candle, close_li: int) -> Candle:
    """A day that is over, with its closing price."""
    high_li, low_li = max(candle.high_li, close_li), min(candle.low_li, close_li)
    return candle._replace(close_li=close_li, high_li=high_li, low_li=low_li)
