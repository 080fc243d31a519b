"""Recorded rows become what happens in a security: the house follows them where an order rests, else they are only noted.

Comes in: whole bars, points of bars and snapshots (``recorded``), at their time. Goes out: events, as of any quote. A row that
meets nobody's order costs little more than storing it: the day's figures are brought up to date, and what quote it makes is
found out when somebody looks.

A volume that traded in an auction, or before a break that has begun meanwhile, reaches the orders that still rest at the price
it was traded at; nobody has to wait for the next phase to be filled by what the market did in the last one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from matching.book import Side
from matching.events import Event
from matching.exchange import Exchange
from matching.instrument import SUSPENDED, Security
from matching.phases import PHASE_RULES
from miniqmt_sim.market.bars import TICK
from miniqmt_sim.market.house import House
from miniqmt_sim.market.quote import Levels, Quote
from miniqmt_sim.market.recorded import LAST, Flat, News, Point, Source, path_of, piece_of, point_of, quote_of, traded_between


class Playback:
    """The recorded part of the market."""

    __slots__ = (
        "_arrived", "_bars", "_busy", "_dirty", "_exchange", "_followed", "_free", "_house", "_quotes", "_source", "_steady",
        "_ticks", "_unseen", "feed_ms", "fresh", "is_stored",
    )  # fmt: skip

    def __init__(self, exchange: Exchange, house: House, quotes: dict[str, Quote]) -> None:
        self._exchange = exchange
        self._house = house
        self._quotes = quotes
        self._source: Source | None = None
        self._arrived: dict[str, None] = {}
        """Codes in which an order arrived in this step."""
        self._busy: dict[str, None] = {}
        """Codes in whose books something may rest; in those of the others nothing does."""
        self._followed: dict[str, tuple[int, int]] = {}
        """Codes in which somebody waits: the highest price at which to buy, and the lowest at which to sell."""
        self._bars: dict[str, Flat] = {}
        self._ticks: dict[str, Flat] = {}
        self._unseen: dict[str, Flat] = {}
        """Of these codes the newest row has not been made a quote yet."""
        self._dirty: dict[str, Security] = {}
        self._free: dict[str, None] = {}
        self._steady: dict[str, None] = {}
        """Codes in which prices may halt trading today, as there are no limits, and those in which they may not, once asked."""
        self.fresh: dict[str, None] = {}
        """Codes of which a point was played since somebody asked; whole rows are news anyway."""
        self.feed_ms = 0
        """The time of the last moment that was played."""
        self.is_stored = True
        """Is anything of it written down?"""

    def knows(self, code: str) -> bool:
        """Has anything recorded been played of this code?"""
        return code in self._bars or code in self._ticks

    def is_of_bars(self, code: str) -> bool:
        """Is what is played of this code bars?"""
        return code in self._bars

    def row_ms(self, code: str) -> int | None:
        """When the newest row of a code was said; None before there was one."""
        row = self._ticks.get(code) or self._bars.get(code)
        return row[0] if row else None

    def open_day(self) -> None:
        """A day begins: snapshots count anew, and no point of yesterday can be traded at."""
        for code in list(self._unseen):
            self.seen(code)
        self._steady.clear()
        self._free.clear()
        self._house.open_day()
        self._ticks = dict.fromkeys(self._ticks, NO_TICK)

    def begin_anew(self, now_ms: int) -> None:
        """Nothing was played yet, and nothing will be before this."""
        for code in (*self._bars, *self._ticks):
            self._quotes.pop(code, None)
        rows = (self._bars, self._ticks, self._unseen, self._dirty, self.fresh)
        waits = (self._arrived, self._busy, self._followed)
        for known in (*rows, *waits, self._steady, self._free):
            known.clear()
        self._house.open_day()
        self.feed_ms = now_ms

    # ---- where orders rest ---------------------------------------------------------------------------------------------

    def bind(self, source: Source, is_stored: bool) -> None:
        """Take who hands the recording over, and whether anything is written down; said once, before anything is played."""
        self._source = source
        self.is_stored = self._house.is_stored = is_stored

    def note_arrival(self, code: str) -> None:
        """An order is about to reach a book, the house's or anybody's."""
        self._busy[code] = None
        if self._source is not None:
            self._arrived[code] = None
            self._source.attend(code)

    def follow_arrivals(self) -> None:
        """The step is over: of codes in which an order rests now, bars are played point by point."""
        if self._arrived:
            for code in self._arrived:
                self._follow(code)
            self._arrived.clear()

    def follow_anew(self, securities: Iterable[Security]) -> None:
        """A day begins, or a server: nobody waits any more where somebody did, or orders are there already."""
        source = self._source
        if source is None:
            return
        for security in securities:
            code = security.code
            security.has_depth = source.has_depth(code)
            is_free = self._may_halt(security)
            is_idle = self._exchange.is_idle(code)
            if not is_idle:
                self._busy[code] = None
            if not is_idle or is_free:
                source.attend(code)
            if not is_idle or is_free or code in self._followed:
                self._follow(code)

    def _follow(self, code: str) -> None:
        """Tell the recording at which prices orders wait in a code, in its book or beside it.

        Where a day has no limits every price may halt trading, and with it whatever comes after.
        """
        source, exchange = self._source, self._exchange
        if source is None:
            return
        bought_li, sold_li = 0, sys.maxsize
        if exchange.has_users(code):
            buys, sells = exchange.book(code).sides
            bought_li = buys.best_of_users() or bought_li
            sold_li = sells.best_of_users() or sold_li
        if code in exchange.dormant() or exchange.fixed_orders(code) or code in self._free:
            bought_li, sold_li = sys.maxsize, 0
        if bought_li or sold_li < sys.maxsize:
            self._followed[code] = (bought_li, sold_li)
            source.follow(code, bought_li, sold_li)
        elif self._followed.pop(code, None) is not None:
            source.leave(code)

    # ---- rows ----------------------------------------------------------------------------------------------------------

    def rows(
        self, rows: Sequence[News], securities: Mapping[str, Security], now_ms: int,
        settle: Callable[[list[Event], int], object],
    ) -> None:  # fmt: skip
        """Play the snapshots and the whole bars of a moment: there are thousands of them a second."""
        busy, steady = self._busy, self._steady
        for code, period, row in rows:
            security = securities.get(code)
            if security is None:
                continue
            if period == TICK:
                if events := self.tick(security, row, now_ms):
                    settle(events, now_ms)
                continue
            if code in busy:
                self._sweep(code)
            if self._note_bar(security, row) and code not in steady and (events := self._halted(security, now_ms)):
                settle(events, now_ms)

    def is_loud(self, code: str) -> bool:
        """May a row of this code meet somebody: something may rest in the book, or prices may halt trading?"""
        return code in self._busy or code in self._free

    def loud(self) -> dict[str, None]:
        """The codes that are; the others are quiet."""
        return {**self._busy, **self._free} if self._free else self._busy

    def pass_by(self, rows: Sequence[News], now_ms: int) -> None:
        """Play a moment of quiet rows, which meet nobody."""
        self.feed_ms = now_ms
        securities = self._exchange.securities
        for code, period, row in rows:
            security = securities.get(code)
            if security is None:
                continue
            if period == TICK:
                self._note_tick(security, row)
            else:
                self._note_bar(security, row)

    def _note_bar(self, security: Security, row: Flat) -> bool:
        """Bring a security to the end of a bar; False when nothing traded all day."""
        code = security.code
        self._bars[code] = self._unseen[code] = row
        _, open_li, high_li, low_li, close_li, volume, amount_li, _, _ = row
        if not close_li:
            return False
        security.last_li = close_li
        if volume or security.is_index:
            figures = security.figures
            if not figures.open_li:
                figures.open_li, figures.high_li, figures.low_li = open_li, high_li, low_li
            else:
                if high_li > figures.high_li:
                    figures.high_li = high_li
                if low_li < figures.low_li:
                    figures.low_li = low_li
            figures.volume += volume
            figures.amount_li += amount_li
        if self.is_stored:
            self._dirty[code] = security
        return True

    def _note_tick(self, security: Security, tick: Flat) -> None:
        """Bring a security to a snapshot."""
        code = security.code
        self._ticks[code] = self._unseen[code] = tick
        last_li, open_li, volume = tick[1], tick[2], tick[7]
        security.last_li = last_li
        if volume or (open_li and security.is_index):
            figures = security.figures
            figures.open_li, figures.high_li, figures.low_li = open_li or last_li, tick[3] or last_li, tick[4] or last_li
            figures.volume, figures.amount_li = volume, tick[6]
        if self.is_stored:
            self._dirty[code] = security

    def point(self, security: Security, point: Point) -> list[Event]:
        """Play a stretch of a bar."""
        now_ms, code, row, first, number = point
        price_li, low_li, high_li = piece_of(row, number)
        self._bars[code] = (now_ms,)
        waits = self._followed.get(code)
        events: list[Event] = []
        if price_li and waits is not None and (low_li <= waits[0] or high_li >= waits[1]):
            if first < number:
                _note_stretch(security, row, first, number - 1)
            self._unseen[code] = row
            self.seen(code, number)
            events = self._reach_with_bar(security, self._quotes[code], now_ms)
            if events or not self._exchange.has_users(code):
                self._follow(code)
            _note_stretch(security, row, number, number)
        else:
            self._unseen[code] = row
            if number < LAST:
                self.seen(code, number)
            if not price_li:
                return []
            if waits is not None:
                self._house.leave(code)
            elif code in self._busy:
                self._sweep(code)
            _note_stretch(security, row, first, number)
        self.fresh[code] = None
        if self.is_stored:
            self._dirty[code] = security
        if code not in self._steady:
            events += self._halted(security, now_ms)
        return events

    def _sweep(self, code: str) -> None:
        """A bar passed a book in which nobody waits: what the house offered at the price of the bar before is gone."""
        self._house.leave(code)
        if self._exchange.is_idle(code):
            del self._busy[code]

    def tick(self, security: Security, tick: Flat, now_ms: int) -> list[Event]:
        """Play a snapshot."""
        code = security.code
        before = self._ticks.get(code)
        self._ticks[code] = self._unseen[code] = tick  # before anybody meets it
        events: list[Event] = []
        if code in self._busy:
            if self._exchange.is_idle(code):
                self._house.leave(code)
                del self._busy[code]
            else:
                self._house.forget_left(code)  # of what an auction traded; of snapshots their levels say what there is
                quote = quote_of(tick, before or None, self._exchange.board_rules(security).tick.tick_li)
                events = self._reach(security, quote, now_ms)
        self._note_tick(security, tick)
        if code not in self._steady:
            events += self._halted(security, now_ms)
        return events

    def _halted(self, security: Security, now_ms: int) -> list[Event]:
        """Where a day has no limits, prices may halt trading, but not everywhere."""
        return self._exchange.check_halt(security, now_ms) if self._may_halt(security) else []

    def _may_halt(self, security: Security) -> bool:
        """May a price halt trading today?"""
        self.forget_limits(security.code)
        is_free = self._exchange.may_halt(security)
        (self._free if is_free else self._steady)[security.code] = None
        return is_free

    def forget_limits(self, code: str) -> None:
        """What is said of a security has changed."""
        self._steady.pop(code, None)
        self._free.pop(code, None)

    def _reach(self, security: Security, quote: Quote, now_ms: int) -> list[Event]:
        """Take a snapshot to the orders of a book."""
        if SUSPENDED in security.tags:
            return []
        code, house = security.code, self._house
        rule = PHASE_RULES[self._exchange.phase(security, now_ms)]
        if rule.matching:
            return house.follow(code, quote, now_ms)
        events = house.pass_by(code, _printed(quote), now_ms)
        if rule.call:
            self.stay_out(code)
            return events
        return events + house.wait(code, quote, rule, now_ms)

    def stay_out(self, code: str) -> None:
        """An auction is on: what a recorded one trades, and at what price, comes with the snapshot after it."""
        if code in self._ticks:
            self._house.leave(code)

    def _reach_with_bar(self, security: Security, quote: Quote, now_ms: int) -> list[Event]:
        """A bar has no levels: what the house still offered is gone, and what traded reaches who rests, whatever the hour."""
        if SUSPENDED in security.tags:
            return []
        self._house.leave(security.code)
        return self._house.pass_by(security.code, quote, now_ms) + self._exchange.wake(security.code, now_ms)

    # ---- what it makes -------------------------------------------------------------------------------------------------

    def seen(self, code: str, number: int = LAST) -> None:
        """Somebody looks: make the newest row a quote, of a bar one of its points."""
        row = self._unseen.pop(code, None)
        if row is None:
            return
        if self._ticks.get(code) is row:
            self._quotes[code] = quote_of(row, None, 1)._replace(volume=0)
        else:
            self._quotes[code] = point_of(row, number)
            self._house.forget_left(code)

    def answer(self, security: Security, side: Side, quote: Quote, now_ms: int) -> list[Event]:
        """An order arrives while orders are matched, where only bars are known: after a break nobody stands against it before
        something traded.
        """
        if self._bars[security.code][0] < self._exchange.phase_began_ms(security.board, now_ms):
            return []
        return self._house.answer(security.code, side, quote, now_ms)

    def shown_sides(self, code: str, quote: Quote) -> tuple[Levels, Levels]:
        """Bids and asks of a bar's last point: what may still be sold and bought at its price; nothing is a volume of 0."""
        left = self._house.left_of(code, quote)
        return ((quote.last_li, max(left[Side.SELL], 0)),), ((quote.last_li, max(left[Side.BUY], 0)),)

    # ---- stored --------------------------------------------------------------------------------------------------------

    def restore_bar(self, code: str, last_li: int, bid: int, ask: int, quote_ms: int) -> None:
        """Take the last point of a bar back from storage, with what was left of it."""
        self._bars[code] = (quote_ms,)
        self._quotes[code] = Quote(last_li, (), (), from_bar=True)
        self._house.restore_left(code, {Side.BUY: ask, Side.SELL: bid})

    def restore_tick(self, code: str, tick: Flat) -> None:
        """The last snapshot before a restart, which holds, and which the next one is compared with."""
        self._ticks[code] = self._unseen[code] = tick

    def take_dirty(self, record: Callable[[Security, int], None]) -> bool:
        """Write down what the market changed since the last time; did it change anything?"""
        dirty, self._dirty = self._dirty, {}
        for code, security in dirty.items():
            self.seen(code)
            record(security, self.feed_ms)
        return bool(dirty)


NO_TICK: Final[Flat] = ()
"""Nothing recorded yet today."""


def _note_stretch(security: Security, row: Flat, first: int, last: int) -> None:
    """Bring a security's day up to date with what a bar's points from ``first`` to ``last`` traded."""
    path = path_of(row)
    security.last_li = path[last]
    if row[5] or security.is_index:
        figures, prices = security.figures, path[max(first - 1, 0) : last + 1]
        volume, amount_li = traded_between(row, first, last)
        figures.open_li = figures.open_li or path[first]
        low_li = min(prices)
        figures.low_li = min(figures.low_li or low_li, low_li)
        figures.high_li = max(figures.high_li, *prices)
        figures.volume += volume
        figures.amount_li += amount_li


def _printed(quote: Quote) -> Quote:
    """What traded at the price it ended at, and at no other: an auction's."""
    return quote._replace(low_li=quote.last_li, high_li=quote.last_li, from_bar=True)
