"""Recorded markets as the core knows them: bars and snapshots as integers, moments, and who hands them over.

A ``Source`` (``server/feeds/replay``) knows what was recorded and gives it out moment by moment; ``Market`` lets it happen.

A bar says what traded in a stretch of time, not how. It is played as four trades' worth of market: the open when the stretch
begins, one extreme after a third of it, the other after two thirds, the close at its end; the low comes first when the
close is not below the open, else the high. Each has a quarter of the volume, the last one what is left over. Between two
of these points the price moved from one to the other, and no price outside of that is ever traded at.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Container, Iterable, Sequence
from typing import Any, Final, NamedTuple

from miniqmt_sim.market.quote import Levels, Quote

LEVELS: Final = 5
Flat = tuple[int, ...]
"""A bar or a snapshot as the flat columns of its tape, in the order of the fields below."""


News = tuple[str, str, Flat]
"""(code, period, row): a row that is complete."""


class Bar(NamedTuple):
    """A bar: what traded in the time that ends at ``time_ms`` (1m, 5m), or on the day that begins there (1d).

    Prices and amount in li, volume in shares (张 for bonds). ``suspended``: 1 the security was suspended, -1 it resumed.
    ``pre_close_li`` is the previous close after adjustment, 0 where the file does not say.
    """

    time_ms: int
    open_li: int
    high_li: int
    low_li: int
    close_li: int
    volume: int
    amount_li: int
    pre_close_li: int
    suspended: int


class Tick(NamedTuple):
    """A snapshot: the day so far, and five levels a side. Prices and amount in li, volumes in shares (张 for bonds).

    ``asks`` and ``bids`` are prices best first, ``ask_volumes`` and ``bid_volumes`` what stands there; 0 where nothing does.
    """

    time_ms: int
    last_li: int
    open_li: int
    high_li: int
    low_li: int
    last_close_li: int
    amount_li: int
    volume: int
    stock_status: int
    transactions: int
    asks: tuple[int, ...]
    bids: tuple[int, ...]
    ask_volumes: tuple[int, ...]
    bid_volumes: tuple[int, ...]

    @classmethod
    def of(cls, flat: Sequence[int]) -> Tick:
        """Make one from the columns of a tape."""
        asks, bids, ask_volumes, bid_volumes = (tuple(flat[at : at + LEVELS]) for at in range(10, 10 + 4 * LEVELS, LEVELS))
        return cls(
            flat[0], flat[1], flat[2], flat[3], flat[4], flat[5], flat[6], flat[7], flat[8], flat[9],
            asks, bids, ask_volumes, bid_volumes,
        )  # fmt: skip


class Opening(NamedTuple):
    """What is known of a security before its day opens: the reference price (0: not said), and whether it is suspended."""

    code: str
    pre_close_li: int
    suspended: bool


class Point(NamedTuple):
    """A stretch of a bar that is under way, played at ``at_ms``: its points from ``first`` to ``number``, 0 to 3.

    Who waits in the code is reached at ``number`` or nowhere in it.
    """

    at_ms: int
    code: str
    row: Flat
    first: int
    number: int


class Moment:
    """Everything the recorded market says at one time.

    ``points`` are parts of bars that are played point by point; ``rows`` are snapshots, and bars of which nothing was played
    yet. ``news`` are all the rows that are complete from now on and may be shown.
    """

    __slots__ = ("news", "now_ms", "points", "rows")

    def __init__(self, now_ms: int, points: Sequence[Point], rows: Sequence[News], news: Sequence[News]) -> None:
        self.now_ms = now_ms
        self.points = points
        self.rows = rows
        self.news = news


class Source:
    """Who hands over a recorded market, in order of time.

    A bar is said whole, at its end, unless somebody must see more: who watches what happens between the ends of bars is told
    every point at its time, and where orders rest those points that reach one of them, each in one with what came before it.
    It comes to the same. ``look`` brings all codes to date when somebody looks. A bar that begins while nothing is matched
    holds an auction, whose price nobody knows before it is over, and is played at its end, all points of it.
    """

    codes: list[str]
    """The codes of which anything is recorded."""
    next_ms: int | None
    """When the market says something next; None: the recording is over."""

    def has_depth(self, code: str) -> bool:
        """Does it say what stands in a code's book? Bars do not."""
        raise NotImplementedError

    def bind(self, is_matched: Callable[[str, int], bool]) -> None:
        """Take what tells whether orders in a code are matched at a time of day; said once, before anything is played."""
        raise NotImplementedError

    def follow(self, code: str, bought_li: int, sold_li: int) -> None:
        """Somebody waits in a code: buying up to a price, or selling from one on. It has been looked at up to now."""
        raise NotImplementedError

    def leave(self, code: str) -> None:
        """No order rests in a code any more."""
        raise NotImplementedError

    def watch(self, codes: Iterable[str]) -> None:
        """Say every point of these codes as well, and of no other that was watched before."""
        raise NotImplementedError

    def pass_over(self, is_idle: Callable[[str], bool]) -> None:
        """Say nothing of the snapshots of idle codes, which nobody watches and which meet no order, until ``attend``."""

    def attend(self, code: str) -> None:
        """A code is idle no more: what it says after the time up to which it was brought to date is said."""

    def take_passed(self, now_ms: int) -> Sequence[News]:
        """Bring idle codes to date: those of their snapshots up to a time on which what is known of them depends."""
        return ()

    def take(self) -> Moment:
        """What it says at ``next_ms``."""
        raise NotImplementedError

    def take_quiet(self, loud: Container[str]) -> Sequence[News] | None:
        """What it says at ``next_ms``, if that is whole rows and none of a loud code; else None, and nothing is taken."""
        raise NotImplementedError

    def look(self, now_ms: int) -> Sequence[Point]:
        """The points up to a time of bars that are under way, in order of time."""
        raise NotImplementedError

    def price_li(self, code: str, now_ms: int) -> int:
        """The price to which a look would bring a code; 0 where there is nothing to look at."""
        raise NotImplementedError

    def begin(self, start_ms: int) -> None:
        """Go on from a time as if nothing had been said before, and nobody followed."""
        raise NotImplementedError

    def openings(self, day: int) -> Sequence[Opening]:
        """What is known of the day's securities before it opens."""
        raise NotImplementedError

    def resume(self, after_ms: int, day: int) -> Sequence[tuple[str, Flat]]:
        """Go on after a time up to which all was looked at, as a restart does; gives the day's last snapshots before it."""
        raise NotImplementedError


# -- a bar as points -----------------------------------------------------------------------------------------------------

POINTS: Final = 4
LAST: Final = POINTS - 1
_new: Any = tuple.__new__
"""Makes a quote in a fifth of the time that its own constructor takes."""


def point_times(start_ms: int, end_ms: int) -> tuple[int, int, int, int]:
    """When the points of a bar come: the first just after the bar before it has ended, whose close holds at that moment."""
    third = (end_ms - start_ms) // 3
    return min(start_ms + 1, end_ms), start_ms + third, start_ms + 2 * third, end_ms


def path_of(bar: Flat) -> tuple[int, int, int, int]:
    """The prices its points come to."""
    _, open_li, high_li, low_li, close_li, *_ = bar
    return (open_li, low_li, high_li, close_li) if close_li >= open_li else (open_li, high_li, low_li, close_li)


def point_of(bar: Flat, number: int) -> Quote:
    """Point 0 to 3 of a bar: the price it comes to, and what traded on the way there."""
    part, paid_li = traded_between(bar, number, number)
    price_li, low_li, high_li = piece_of(bar, number)
    quote: Quote = _new(Quote, (price_li, (), (), part, low_li, high_li, paid_li, True))
    return quote


def piece_of(bar: Flat, number: int) -> tuple[int, int, int]:
    """The price a point comes to, and the lowest and the highest on the way there from the one before."""
    path = path_of(bar)
    price_li = before_li = path[number]
    if number:
        before_li = path[number - 1]
    return (price_li, price_li, before_li) if price_li < before_li else (price_li, before_li, price_li)


def traded_between(bar: Flat, first: int, last: int) -> tuple[int, int]:
    """Volume and amount of the points from ``first`` to ``last``."""
    volume, amount_li = bar[5], bar[6]
    part, paid_li = volume // POINTS, amount_li // POINTS
    if last == LAST:
        return volume - part * first, amount_li - paid_li * first
    return part * (last - first + 1), paid_li * (last - first + 1)


# -- a snapshot as a quote -----------------------------------------------------------------------------------------------


def quote_of(tick: Flat, before: Flat | None, tick_li: int) -> Quote:
    """A snapshot as a quote, with what traded since the one before it on the same day.

    The average price says that something traded at it or below, and something at it or above; a new high or low of the day
    was reached.
    """
    columns: tuple[Any, ...] = tick
    (
        _, _, _, _, _, _, _, _, _, _, ask1, ask2, ask3, ask4, ask5, bid1, bid2, bid3, bid4, bid5,
        asked1, asked2, asked3, asked4, asked5, bidden1, bidden2, bidden3, bidden4, bidden5,
    ) = columns  # fmt: skip
    asks: Levels = ((ask1, asked1), (ask2, asked2), (ask3, asked3), (ask4, asked4), (ask5, asked5))
    bids: Levels = ((bid1, bidden1), (bid2, bidden2), (bid3, bidden3), (bid4, bidden4), (bid5, bidden5))
    if not (ask5 and asked5):
        asks = _standing(asks)
    if not (bid5 and bidden5):
        bids = _standing(bids)
    if bids and asks and bids[0][0] >= asks[0][0]:
        bids = asks = ()  # a call auction's indicative price, which stands on both sides
    volume, amount_li, low_li, high_li = tick[7], tick[6], tick[1], tick[1]
    lowest_li, highest_li = (before[4], before[3]) if before is not None else (sys.maxsize, 0)
    if before is not None:
        volume, amount_li = volume - before[7], amount_li - before[6]
    if 0 < tick[4] < lowest_li:
        low_li = min(low_li, tick[4])
    if tick[3] > highest_li:
        high_li = max(high_li, tick[3])
    if volume <= 0:
        return Quote(tick[1], bids, asks)
    if amount_li > 0:
        low_li = min(low_li, amount_li // (volume * tick_li) * tick_li)
        high_li = max(high_li, -(-amount_li // (volume * tick_li)) * tick_li)
    return Quote(tick[1], bids, asks, volume, low_li, high_li, amount_li=max(amount_li, 0))


def _standing(levels: Levels) -> Levels:
    """The levels at which something stands."""
    return tuple([level for level in levels if level[0] and level[1]])
