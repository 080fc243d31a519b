"""The house: a participant that stands in the book for everybody who is not a user.

Every quote becomes house orders in the same book, so users, each other's orders and the market meet under one rule,
price-time priority. On a new quote the house (a) lets the volume that traded reach resting orders, (b) brings its own
quantity at each level to what the quote shows, adding behind users and cancelling by the profile, and (c) never trades
with itself. What a user's aggressive order takes is gone until the next quote. The house is in a book only while a user's
order rests there or something of the quote has been taken. What three-second data cannot tell: docs/realism.md.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from matching.book import BUY, HOUSE, OTHER, SELL, BookOrder, Level, Side
from matching.events import Event, Traded
from matching.exchange import Exchange
from matching.instrument import PriceBand
from matching.phases import PhaseRule
from matching.units import share_of
from miniqmt_sim.changes import Changes, Row
from miniqmt_sim.market.quote import FillProfile, Levels, Quote


class _Rest:
    """A house order as a row of table house_rests.

    The last one that was taken out of a book stays there with no volume: that all is gone is to be known after a restart.
    """

    __slots__ = ("order",)

    def __init__(self, order: BookOrder) -> None:
        self.order = order

    def row(self) -> Row:
        order = self.order
        return (order.queue_seq, order.code, int(order.side), order.price_li, order.volume)


class House:
    """The house's orders in every book it stands in."""

    __slots__ = ("_changed", "_exchange", "_left", "_profile", "_rests", "_taken", "is_stored")

    def __init__(self, exchange: Exchange, profile: FillProfile, changes: Changes) -> None:
        self._exchange = exchange
        self._profile = profile
        self._changed = changes.table("house_rests")
        self._rests: dict[str, dict[int, BookOrder]] = {}
        self._taken: dict[str, BookOrder] = {}
        """The last order that was taken, of books in which none is left."""
        self.is_stored = True
        """Is what it does written down? A backtest without a database says no."""
        self._left: dict[str, dict[Side, int]] = {}
        """Of what traded at a bar's point, what users who buy and users who sell may still have."""

    def users_part(self, volume: int) -> int:
        """Of a traded volume, the part that users' orders may have together."""
        return share_of(volume, self._profile.participation_ppm)

    def is_in(self, code: str) -> bool:
        """Does the house stand in this book?"""
        return code in self._rests

    def codes(self) -> list[str]:
        """The books it stands in, in order of their codes."""
        return sorted(self._rests)

    def enter(self, code: str, quote: Quote, now_ms: int) -> list[Event]:
        """Stand in a book with the quote that holds."""
        self._rests.setdefault(code, {})
        events = [*self._stand(code, Side.BUY, quote.bids, now_ms), *self._stand(code, Side.SELL, quote.asks, now_ms)]
        return events + self._exchange.wake(code, now_ms)

    def follow(self, code: str, quote: Quote, now_ms: int) -> list[Event]:
        """Take a new quote to a book, and stand in it from now on; leave the book when no user's order is left there."""
        self._rests.setdefault(code, {})
        events: list[Event] = []
        if self._exchange.has_users(code):
            events += self._flow(code, quote, now_ms)
            events += self._reconcile(code, quote, now_ms)
            events += self._exchange.wake(code, now_ms)
        if not self._exchange.has_users(code):
            self.leave(code)
        return events

    def wait(self, code: str, quote: Quote, rule: PhaseRule, now_ms: int) -> list[Event]:
        """A quote in a break: stand with it when trading goes on, but for what would cross a user's order."""
        if not (rule.held or rule.queued):
            return []
        users = list(self._exchange.book(code).user_orders())
        bid_li = max((order.price_li for order in users if order.side is BUY), default=0)
        ask_li = min((order.price_li for order in users if order.side is SELL), default=sys.maxsize)
        bids = tuple(level for level in quote.bids if level[0] < ask_li)
        asks = tuple(level for level in quote.asks if level[0] > bid_li)
        return self.follow(code, Quote(quote.last_li, bids, asks), now_ms)

    def answer(self, code: str, side: Side, quote: Quote, now_ms: int) -> list[Event]:
        """An order arrives on a side while a bar is all that is known: stand against it, and only it, at the last price.

        Who waits there already and would take that price comes first, and is filled inside of the bar as well.
        """
        rests = self._rests.setdefault(code, {})
        if rests:
            for order in [order for order in rests.values() if order.side is side]:
                self._shrink(order, order.volume)
        band = self._exchange.band(self._exchange.securities[code])
        left = self.left_of(code, quote)
        if left[side] <= 0 or _is_locked(band, side, quote.last_li):
            return []
        waiting: list[Event] = []
        if self._exchange.book(code).sides[side].best is not None:
            waiting += self._reach(code, side, quote.last_li, left[side], now_ms, quote, left[side])
        if left[side] <= 0:
            return waiting
        return waiting + self._stand(code, OTHER[side], ((quote.last_li, left[side]),), now_ms)

    def left_of(self, code: str, quote: Quote) -> dict[Side, int]:
        """Of what traded at a bar's last point, what users who buy and users who sell may still have."""
        left = self._left.get(code)
        if left is None:
            part = self._whole_lots(code, self.users_part(quote.volume))
            left = self._left[code] = {BUY: part, SELL: part}
        return left

    def _whole_lots(self, code: str, volume: int) -> int:
        """What of a volume is whole lots: what trades on the exchanges does so in lots, whoever's part it is; no index does."""
        step = self._exchange.board_rules(self._exchange.securities[code]).lot.buy_step
        return volume - volume % step if step else 0

    def forget_left(self, code: str) -> None:
        """A new point of a bar, or the day, is there: what was left of the one before is gone."""
        self._left.pop(code, None)

    def open_day(self) -> None:
        """Nothing is left of yesterday's points."""
        self._left.clear()

    def restore_left(self, code: str, left: dict[Side, int]) -> None:
        """Take back what was left of a point."""
        self._left[code] = left

    def pass_by(self, code: str, quote: Quote, now_ms: int) -> list[Event]:
        """Let what traded reach the orders that rest in a book, without standing in it."""
        return self._flow(code, quote, now_ms) if self._exchange.has_users(code) else []

    def leave(self, code: str) -> None:
        """Take every house order out of a book, if there are any."""
        rests = self._rests.pop(code, None)
        if rests:
            self._exchange.withdraw(code, rests.values())
            if self.is_stored:
                self._changed.update(dict.fromkeys(rests))
        self._forget_taken(code)

    def note(self, order: BookOrder, volume: int) -> None:
        """An order traded: when it is the house's and stood in a queue, write down what is left of it."""
        if order.owner == HOUSE and order.queue_seq:
            self._record(order)
            left = self._left.get(order.code)
            if left is not None:
                left[OTHER[order.side]] -= volume

    # ---- (a) the volume that traded ------------------------------------------------------------------------------------

    def _flow(self, code: str, quote: Quote, now_ms: int) -> list[Event]:
        """Share the traded volume out over the prices it touched, and let each part reach both sides at its price."""
        touched, bar = quote.touched, quote if quote.from_bar else None
        band = self._exchange.band(self._exchange.securities[code])
        book = self._exchange.book(code)
        events: list[Event] = []
        for number, price_li in enumerate(touched):
            volume = quote.volume // len(touched) + (number < quote.volume % len(touched))
            for side, half in ((BUY, book.buys), (SELL, book.sells)):
                best = half.best
                if best is None or not volume or (best.price_li < price_li if side is BUY else best.price_li > price_li):
                    continue
                if bar is None or not _is_locked(band, side, price_li):
                    events += self._reach(code, side, price_li, volume, now_ms, bar)
        return events

    def _reach(
        self, code: str, side: Side, price_li: int, volume: int, now_ms: int, bar: Quote | None = None, allowed: int = 0
    ) -> list[Traded]:
        """A trade at a price used up everything better, and then the queue at it, in order; users get their share of it.

        Of a bar it is known that nothing traded outside of its prices: a better order is filled at the nearest of them.
        ``allowed``: what users may have; 0: their part of the volume.
        """
        if not allowed:
            allowed = self.users_part(volume)
        if bar is not None:
            allowed = min(self._whole_lots(code, allowed), self.left_of(code, bar)[side])
        trades: list[Traded] = []
        for level in self._exchange.book(code).sides[side].up_to(price_li):
            for order in self._line(level):
                taken = min(order.volume, volume if order.owner == HOUSE else min(volume, allowed))
                if taken and order.owner == HOUSE:
                    self._shrink(order, taken)
                elif taken:
                    allowed -= taken
                    fill_li = order.price_li
                    if bar is not None:
                        fill_li = min(max(fill_li, bar.low_li), bar.high_li)
                        self.left_of(code, bar)[side] -= taken
                    trades.append(self._exchange.fill_resting(order, taken, now_ms, fill_li))
                volume -= taken
                if not volume:
                    return trades
        return trades

    def _line(self, level: Level) -> list[BookOrder]:
        orders = list(level.orders())
        if self._profile.first_in_line:
            orders.sort(key=lambda order: order.owner == HOUSE)
        return orders

    # ---- (b) the levels of the quote -----------------------------------------------------------------------------------

    def _reconcile(self, code: str, quote: Quote, now_ms: int) -> list[Event]:
        """Cancel what the house has too much, anywhere, then add what is missing, best first."""
        book = self._exchange.book(code)
        missing: list[BookOrder] = []
        for side, half, levels in ((BUY, book.buys, quote.bids), (SELL, book.sells, quote.asks)):
            unshown = half.count()
            for price_li, target in levels:
                level = half.level(price_li)
                if level is None:
                    volume = target
                else:
                    volume = target - _houses(level)
                    unshown -= 1
                if volume > 0:
                    missing.append(BookOrder(0, HOUSE, code, side, price_li, volume))
                elif volume and level is not None:
                    self._lower(level, -volume)
            if unshown:
                for level in half.besides([price_li for price_li, _ in levels]):
                    if not level.users:
                        for order in half.drop(level):
                            self._record(order)
                    elif excess := _houses(level):
                        self._lower(level, excess)
        return self._add(code, missing, now_ms)

    def _lower(self, level: Level, excess: int) -> None:
        """Cancel what the house has too much at a level, ahead of and behind users as the profile says."""
        if not level.users:
            while excess:
                order = level.last()
                taken = order.volume if order.volume < excess else excess
                excess -= taken
                self._shrink(order, taken)
            return
        orders = list(level.orders())
        last_user = max((place for place, order in enumerate(orders) if order.owner != HOUSE), default=-1)
        ahead = [order for order in orders[: last_user + 1] if order.owner == HOUSE]
        behind = [order for order in orders[last_user + 1 :] if order.owner == HOUSE]
        from_ahead = min(self._ahead_part(ahead, behind, excess), sum(order.volume for order in ahead))
        left = self._shrink_all(reversed(behind), excess - from_ahead)
        self._shrink_all(reversed(ahead), from_ahead + left)

    def _ahead_part(self, ahead: Sequence[BookOrder], behind: Sequence[BookOrder], excess: int) -> int:
        """How much of a cancelled quantity stood ahead of users: first, last, or in proportion between."""
        front, back = sum(order.volume for order in ahead), sum(order.volume for order in behind)
        first, last = min(front, excess), max(0, excess - back)
        return last + share_of(first - last, self._profile.cancels_ahead_ppm)

    def _shrink_all(self, orders: Iterator[BookOrder], volume: int) -> int:
        for order in orders:
            if not volume:
                break
            taken = order.volume if order.volume < volume else volume
            self._shrink(order, taken)
            volume -= taken
        return volume

    def _stand(self, code: str, side: Side, levels: Levels, now_ms: int) -> list[Event]:
        """Add, behind everybody, what is missing at each level; where a user's order is in the way it is traded with."""
        missing: list[BookOrder] = []
        half = self._exchange.book(code).sides[side]
        for price_li, target in levels:
            level = half.level(price_li)
            has = _houses(level) if level is not None else 0
            if target > has:
                missing.append(BookOrder(0, HOUSE, code, side, price_li, target - has))
        return self._add(code, missing, now_ms)

    def _add(self, code: str, orders: Sequence[BookOrder], now_ms: int) -> list[Event]:
        """Let orders of the house stand in a book, each at a price of its own."""
        events = self._exchange.stand(code, orders, now_ms)
        rests = self._rests[code]
        for order in orders:
            if order.volume:
                if self._taken:
                    self._forget_taken(code)
                rests[order.queue_seq] = order
                if self.is_stored:
                    self._record(order)
        return events

    # ---- its own orders ------------------------------------------------------------------------------------------------

    def _shrink(self, order: BookOrder, volume: int) -> None:
        self._exchange.take_away(order, volume)
        self._record(order)

    def _record(self, order: BookOrder) -> None:
        queue_seq = order.queue_seq
        if order.volume:
            if self.is_stored and self._changed.get(queue_seq) is None:
                self._changed[queue_seq] = _Rest(order)
            return
        rests = self._rests.get(order.code)
        is_last = False
        if rests is not None and queue_seq in rests:
            del rests[queue_seq]
            is_last = not rests
        if is_last:
            self._taken[order.code] = order
        if self.is_stored:
            self._changed[queue_seq] = _Rest(order) if is_last else None

    def _forget_taken(self, code: str) -> None:
        taken = self._taken.pop(code, None)
        if taken is not None and self.is_stored:
            self._changed[taken.queue_seq] = None

    def restore(self, rows: Sequence[Row]) -> list[BookOrder]:
        """Take house orders back from storage; the exchange must still put them into their books."""
        orders = [BookOrder(0, HOUSE, code, Side(side), price_li, volume, seq) for seq, code, side, price_li, volume in rows]
        for order in orders:
            rests = self._rests.setdefault(order.code, {})
            if order.volume:
                rests[order.queue_seq] = order
            else:
                self._taken[order.code] = order
        return [order for order in orders if order.volume]

    def rows(self) -> list[Row]:
        """Rows of table house_rests."""
        standing = [order for rests in self._rests.values() for order in rests.values()]
        return sorted(_Rest(order).row() for order in (*standing, *self._taken.values()))

    def problems(self) -> Iterator[str]:
        """Name house orders that are not where they should be."""
        for code, rests in self._rests.items():
            standing: Mapping[Any, BookOrder] = {
                order.queue_seq: order for order in self._exchange.book(code).orders() if order.owner == HOUSE
            }
            if standing != rests:
                yield f"house in {code}: {len(rests)} orders noted, {len(standing)} in the book"


def _houses(level: Level) -> int:
    """What of a level is the house's."""
    if not level.users:
        return level.total
    return sum(order.volume for order in level.orders() if order.owner == HOUSE)


def _is_locked(band: PriceBand, side: Side, price_li: int) -> bool:
    """At the upper limit nobody sells to who comes last, at the lower limit nobody buys: bars do not show the queue."""
    return price_li == (band.high_li if side is Side.BUY else band.low_li)
