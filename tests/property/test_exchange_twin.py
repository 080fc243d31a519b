"""The exchange against a naive twin through whole days: auctions, breaks, every price type, cancels, the price cage and halts.

The twin is written from the rule texts (exchange-rules §2, §5, §6, §7) with lists, loops and fractions. It shares no code with
``matching``; what each price type does stands in it again, in its own words. After every action both must have said the same
events, and a third party that sees only the events keeps account of volumes, limits and priority.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.book import BookOrder, Side
from matching.calendar import TradingCalendar, midnight_ms, parse_clock
from matching.events import Cancelled, Event, Halted, Priced, Rejected, Rested, Traded
from matching.exchange import Exchange
from matching.instrument import Security, parse_listing
from matching.price_types import PRICE_TYPES
from matching.rules import Rules
from tests.kit.desk import MONDAY, shipped_rules

Said = tuple[Any, ...]
Action = tuple[Any, ...]
BUY, SELL = Side.BUY, Side.SELL
MINUTE = 60_000
RULES = Rules(shipped_rules(), "exchange")

MORNING = [("00:00", "closed"), ("09:15", "open call"), ("09:20", "locked call"), ("09:25", "break"), ("09:30", "trading")]
TO_LUNCH = [*MORNING, ("11:30", "break"), ("13:00", "trading")]
WITH_CALL = [*TO_LUNCH, ("14:57", "close call"), ("15:00", "closed")]
WITHOUT_CALL = [*TO_LUNCH, ("15:00", "closed")]
CLOCKS = (
    "09:15", "09:18", "09:20", "09:23", "09:25", "09:27", "09:30", "09:33", "09:39", "09:45", "09:55", "10:05", "10:20",
    "11:00", "11:28", "11:30", "12:00", "13:00", "13:09", "14:30", "14:50", "14:57", "14:59", "15:00", "15:01",
)  # fmt: skip


class Market(NamedTuple):
    """A security on a day, and what the rule texts say of it."""

    code: str
    day: int
    hours: list[tuple[str, str]]
    types: tuple[int, ...]
    tick: int = 10
    cage: str = ""
    cage_ticks: int = 0
    nearest: bool = False
    free: bool = False
    opening: tuple[int, int] = (0, 10**9)
    close: int = 10_000
    """Of the day before."""

    def __str__(self) -> str:
        return f"{self.code} on {self.day}"

    @property
    def peculiar(self) -> set[str]:
        """What must be heard on its days beyond the ordinary."""
        caged = {"refuses": {"price_cage"}, "keeps": {"kept"}}.get(self.cage, set())
        return caged | ({"halted", "call_range"} if self.free else set())


MARKETS = (
    Market("600000.SH", MONDAY, WITH_CALL, (11, 42, 43, 44, 45), cage="refuses", cage_ticks=10),
    Market("000001.SZ", MONDAY, WITH_CALL, (11, 44, 45, 46, 47, 48), cage="refuses", cage_ticks=10, nearest=True),
    Market("002415.SZ", MONDAY, WITH_CALL, (11, 47), cage="refuses", cage_ticks=10, nearest=True, close=3_330),
    Market("688981.SH", 20200102, WITH_CALL, (11, 42, 43, 44, 45), cage="refuses"),
    Market("300750.SZ", 20230406, WITH_CALL, (11, 44, 46, 48), cage="keeps", nearest=True),
    Market("510300.SH", 20260703, WITHOUT_CALL, (11, 42, 43, 44), tick=1),
    Market("688999.SH", MONDAY, WITH_CALL, (11, 42, 43, 45), cage="refuses", free=True, opening=(5_000, 90_000)),
    Market("301999.SZ", 20230406, WITH_CALL, (11,), cage="keeps", nearest=True, free=True, opening=(0, 90_000)),
)
REACHED = {"traded", "rested", "cancelled", "exchange_phase", "auction traded"}
"""What every market's days must have heard."""


# ---- the twin ------------------------------------------------------------------------------------------------------------


class Note(NamedTuple):
    """An order as the twin keeps it: immutable, replaced when it changes."""

    id: int
    side: Side
    price: int
    volume: int
    arrived: int = 0


class Twin:
    """One security's exchange: orders in one list in order of arrival, everything else is a scan."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.book: list[Note] = []
        self.kept: list[Note] = []
        self.last = market.close
        self.open = 0
        self.used: list[int] = []
        self.halt_ends = 0
        self.arrivals = itertools.count(1)

    # hours

    def phase(self, clock: int) -> str:
        name = [name for start, name in self.market.hours if parse_clock(start) <= clock][-1]
        return "halt" if name == "trading" and clock < self.halt_ends else name

    def may_cancel(self, clock: int) -> bool:
        return self.phase(clock) in ("open call", "trading", "halt")

    def turn(self, clock: int) -> list[Said]:
        """The phase before has just ended."""
        before = [name for start, name in self.market.hours if parse_clock(start) < clock][-1]
        now = [name for start, name in self.market.hours if parse_clock(start) <= clock][-1]
        if before == "locked call" and now == "break":
            return self.auction(self.market.close)
        if before == "close call":
            return self.auction(self.last)
        if now == "close call":
            kept, self.kept = self.kept, []
            return [said for note in kept for said in self.rest(note)]
        return []

    def resume(self, clock: int) -> list[Said]:
        self.halt_ends = 0
        said = self.auction(self.last)
        return said + self.halt(clock) if said and self.phase(clock) == "trading" else said

    # orders

    def submit(self, note: Note, kind: int, clock: int) -> list[Said]:
        phase = self.phase(clock)
        if phase in ("closed", "break") or (kind != 11 and phase != "trading"):
            return [("rejected", note.id, "exchange_phase")]
        if phase != "trading":
            inside = self.in_call_range(note.price, phase)
            return self.rest(note) if inside else [("rejected", note.id, "call_range")]
        if kind == 11 and self.market.cage and self.is_caged(note):
            if self.market.cage == "refuses":
                return [("rejected", note.id, "price_cage")]
            self.kept.append(note)
            return [("rested", note.id)]
        return self.trade(note, kind, clock) + self.wake(clock)

    def cancel(self, order_id: int, clock: int) -> list[Said]:
        note = next(note for note in self.book + self.kept if note.id == order_id)
        was_kept = note in self.kept
        self.book = [other for other in self.book if other.id != order_id]
        self.kept = [other for other in self.kept if other.id != order_id]
        return [("cancelled", order_id, note.volume), *([] if was_kept else self.wake(clock))]

    def wake(self, clock: int) -> list[Said]:
        said: list[Said] = []
        while True:
            free = self.phase(clock) != "trading"
            note = next((note for note in self.kept if free or not self.is_caged(note)), None)
            if note is None:
                return said
            self.kept.remove(note)
            said += self.rest(note) if free else self.trade(note, 11, clock)

    def rest(self, note: Note) -> list[Said]:
        self.book.append(note._replace(arrived=next(self.arrivals)) if not note.arrived else note)
        return [("rested", note.id)]

    # continuous trading

    def trade(self, note: Note, kind: int, clock: int) -> list[Said]:
        """What each price type does, from the texts of SSE 3.3.5 and SZSE 3.3.4."""
        note = note._replace(arrived=next(self.arrivals))
        own, other = self.best(note.side), self.best(Side(1 - note.side))
        if kind in (44, 45):
            takes = other if kind == 44 else own
            if takes is None or self.beyond(note.side, takes, note.price):
                return [("cancelled", note.id, note.volume)]
            said, left = self.sweep(note._replace(price=takes), 1_000, clock)
            said.insert(0, ("priced", note.id, takes))
            return said + (self.rest(left) if left.volume else []) + self.after(said, clock)
        if kind == 48 and sum(maker.volume for maker in self.reach(note)) < note.volume:
            return [("cancelled", note.id, note.volume)]
        said, left = self.sweep(note, 5 if kind in (42, 43, 47) else 1_000, clock)
        if left.volume and kind == 11:
            said += self.rest(left)
        elif left.volume and kind == 43:
            price = said[-1][3] if said else own
            if price is None or self.beyond(note.side, price, note.price):
                said.append(("cancelled", note.id, left.volume))
            else:
                said += [("priced", note.id, price), *self.rest(left._replace(price=price))]
        elif left.volume:
            said.append(("cancelled", note.id, left.volume))
        return said + self.after(said, clock)

    def after(self, said: list[Said], clock: int) -> list[Said]:
        return self.halt(clock) if any(item[0] == "traded" for item in said) else []

    def reach(self, note: Note) -> list[Note]:
        """The other side as far as a price reaches, best first, then earliest."""
        sign = 1 if note.side is BUY else -1
        makers = [maker for maker in self.book if maker.side is not note.side and sign * maker.price <= sign * note.price]
        return sorted(makers, key=lambda maker: (sign * maker.price, maker.arrived))

    def sweep(self, note: Note, levels: int, clock: int) -> tuple[list[Said], Note]:
        said: list[Said] = []
        seen: list[int] = []
        for maker in self.reach(note):
            if maker.price not in seen:
                seen.append(maker.price)
            if not note.volume or len(seen) > levels:
                break
            volume = min(note.volume, maker.volume)
            said.append(("traded", note.id, maker.id, maker.price, volume))
            self.take(maker.id, volume)
            note = note._replace(volume=note.volume - volume)
            self.last = maker.price
            self.open = self.open or maker.price
            if self.threshold():
                break
        return said, note

    def take(self, order_id: int, volume: int) -> None:
        lowered = [note._replace(volume=note.volume - volume) if note.id == order_id else note for note in self.book]
        self.book = [note for note in lowered if note.volume]

    def best(self, side: Side) -> int | None:
        prices = [note.price for note in self.book if note.side is side]
        return (max if side is BUY else min)(prices, default=None)

    @staticmethod
    def beyond(side: Side, price: int, worst: int) -> bool:
        return price > worst if side is BUY else price < worst

    # the price cage

    def is_caged(self, note: Note) -> bool:
        """Buys up to 102 % of the base, or ten ticks more where that is wider; sells likewise; rounded half up."""
        bid, ask = self.best(BUY), self.best(SELL)
        chain = (ask, bid) if note.side is BUY else (bid, ask)
        base = next((price for price in chain if price is not None), self.last if self.open else self.market.close)
        tick, ticks = self.market.tick, self.market.cage_ticks
        sign = 1 if note.side is BUY else -1
        bound = self.to_tick(base * Fraction(100 + 2 * sign, 100))
        bound = sign * max(sign * bound, sign * (base + sign * ticks * tick))
        return self.beyond(note.side, note.price, bound)

    def to_tick(self, price: Fraction) -> int:
        return int((price / self.market.tick + Fraction(1, 2)) // 1) * self.market.tick

    # halts and ranges of days without a daily limit

    def threshold(self) -> int:
        """30 or 60 with the sign of the way when the last trade reaches it for the first time, else 0."""
        if not self.market.free:
            return 0
        moved = Fraction(self.last - self.open, self.open) * 100
        way = 1 if moved >= 0 else -1
        reached = way * max((step for step in (30, 60) if abs(moved) >= step), default=0)
        return 0 if reached in self.used else reached

    def halt(self, clock: int) -> list[Said]:
        reached = self.threshold()
        if not reached:
            return []
        self.used += [reached] if abs(reached) == 30 else [reached, reached // 2]
        end = min(clock + 10 * MINUTE, parse_clock("14:57"))
        if parse_clock("11:30") <= end < parse_clock("13:00"):
            end = parse_clock("13:00")
        self.halt_ends = end
        return [("halted", end)]

    def in_call_range(self, price: int, phase: str) -> bool:
        if not self.market.free:
            return True
        low, high = self.market.opening
        if phase not in ("open call", "locked call"):
            low, high = (self.to_tick(self.last * Fraction(percent, 100)) for percent in (90, 110))
        return low <= price <= high

    # call auctions

    def auction(self, reference: int) -> list[Said]:
        """Every price tried: most volume, everything better filled, least surplus, then the exchange's own choice."""
        price = self.auction_price(reference)
        if price is None:
            return []
        said: list[Said] = []
        buys = sorted((n for n in self.book if n.side is BUY and n.price >= price), key=lambda n: (-n.price, n.arrived))
        sells = sorted((n for n in self.book if n.side is SELL and n.price <= price), key=lambda n: (n.price, n.arrived))
        while buys and sells:
            buy, sell = buys.pop(0), sells.pop(0)
            volume = min(buy.volume, sell.volume)
            earlier, later = (buy, sell) if buy.arrived < sell.arrived else (sell, buy)
            said.append(("traded", later.id, earlier.id, price, volume))
            for note, line in ((buy, buys), (sell, sells)):
                self.take(note.id, volume)
                if note.volume > volume:
                    line.insert(0, note._replace(volume=note.volume - volume))
        self.last = price
        self.open = self.open or price
        return said

    def auction_price(self, reference: int) -> int | None:
        bids = [(note.price, note.volume) for note in self.book if note.side is BUY]
        asks = [(note.price, note.volume) for note in self.book if note.side is SELL]
        prices = sorted({price for price, _ in bids + asks})
        tried = range(prices[0], prices[-1] + 1, self.market.tick) if prices and self.market.nearest else prices
        scored = []
        for price in tried:
            bought, sold = sum(v for p, v in bids if p >= price), sum(v for p, v in asks if p <= price)
            volume = min(bought, sold)
            better = max(sum(v for p, v in bids if p > price), sum(v for p, v in asks if p < price))
            if volume and better <= volume:
                scored.append((-volume, abs(bought - sold), price))
        best = [price for *score, price in scored if score == list(min(scored)[:2])]
        if not best:
            return None
        if self.market.nearest:
            return min(best, key=lambda price: (abs(price - reference), -price))
        return self.to_tick(Fraction(min(best) + max(best), 2))


# ---- the third party -----------------------------------------------------------------------------------------------------


class Auditor:
    """Sees orders and events only. Every volume is accounted for, no limit is broken, nobody is passed over."""

    def __init__(self) -> None:
        self.left: dict[int, int] = {}
        self.price: dict[int, int] = {}
        self.side: dict[int, Side] = {}
        self.place: dict[int, int] = {}
        self.places = itertools.count()

    def placed(self, note: Note) -> None:
        self.left[note.id], self.price[note.id], self.side[note.id] = note.volume, note.price, note.side

    def hear(self, said: list[Said], auction: bool) -> None:
        for what, *rest in said:
            if what == "traded":
                self.traded(*rest, auction=auction)
            elif what == "priced":
                self.price[rest[0]] = rest[1]
            elif what == "rested":
                self.place[rest[0]] = next(self.places)
            elif what == "cancelled":
                assert rest[1] == self.left[rest[0]], "a cancel gives back what was left"
                self.gone(rest[0])
            elif what == "rejected":
                self.gone(rest[0])

    def traded(self, taker: int, maker: int, price: int, volume: int, auction: bool) -> None:
        assert self.side[taker] is not self.side[maker]
        for order in (taker, maker):
            sign = 1 if self.side[order] is BUY else -1
            assert sign * price <= sign * self.price[order], f"order {order} trades beyond its limit"
            assert 0 < volume <= self.left[order], f"order {order} trades more than it has"
        assert maker in self.place, "the maker does not rest"
        for order in (maker, taker) if auction else (maker,):
            ahead = [other for other in self.place if self.side[other] is self.side[order] and self.is_before(other, order)]
            assert not ahead, f"orders {ahead} were passed over by {order}"
        for order in (taker, maker):
            self.left[order] -= volume
            if not self.left[order]:
                self.gone(order)

    def is_before(self, other: int, order: int) -> bool:
        sign = -1 if self.side[order] is BUY else 1
        return (sign * self.price[other], self.place[other]) < (sign * self.price[order], self.place[order])

    def gone(self, order: int) -> None:
        self.left[order] = 0
        self.place.pop(order, None)

    def is_crossed(self) -> bool:
        bids = [self.price[order] for order in self.place if self.side[order] is BUY]
        asks = [self.price[order] for order in self.place if self.side[order] is SELL]
        return bool(bids and asks) and max(bids) >= min(asks)


# ---- both through a day --------------------------------------------------------------------------------------------------


class Day:
    """An exchange and its twin, driven side by side."""

    def __init__(self, market: Market) -> None:
        self.market = market
        numbers = itertools.count(1)
        self.exchange = Exchange(RULES, TradingCalendar(), lambda count: min([next(numbers) for _ in range(count)]))
        self.exchange.set_day(market.day)
        listing = parse_listing(market.code, "", market.close, listed=market.day if market.free else 0)
        self.security: Security = self.exchange.list_security(listing)
        self.twin = Twin(market)
        self.auditor = Auditor()
        self.live: dict[int, BookOrder] = {}
        self.midnight = midnight_ms(market.day)
        self.clocks = iter(CLOCKS)
        self.clock = parse_clock("09:14")
        self.halt_ends = 0
        self.heard: set[str] = set()
        self.boundaries = [moment - self.midnight for moment in self.exchange.boundaries()]

    def listen(self, said: list[Said], auction: bool) -> None:
        """Remember what was heard, so that days on which nothing happens are noticed."""
        self.heard.update(f"auction {item[0]}" if auction else item[0] for item in said)
        self.heard.update(item[2] for item in said if item[0] == "rejected")
        self.heard.update(["kept"] if self.twin.kept else [])

    def agree(self, events: list[Event], expected: list[Said], auction: bool = False) -> None:
        said = [_said(event, self.midnight) for event in events]
        assert said == expected
        self.auditor.hear(said, auction)
        for order in self.exchange.dormant().get(self.market.code, ()):
            self.auditor.place.pop(order.order_id, None)
        self.listen(said, auction)
        self.halt_ends = next((item[1] for item in said if item[0] == "halted"), self.halt_ends)
        for order_id in [order_id for order_id in self.live if not self.auditor.left[order_id]]:
            del self.live[order_id]
        self.look()

    def look(self) -> None:
        """The book holds what the third party says, in its order, and is crossed only where it may be."""
        moment = self.midnight + self.clock
        assert list(self.exchange.problems(moment)) == []
        book = self.exchange.book(self.market.code)
        for half, side in zip(book.sides, Side, strict=True):
            queue = [order.order_id for level in half.levels() for order in level.orders()]
            standing = [order for order in self.auditor.place if self.auditor.side[order] is side]
            sign = -1 if side is BUY else 1
            assert queue == sorted(standing, key=lambda o: (sign * self.auditor.price[o], self.twin_place(o)))
            assert all(self.live[order].volume == self.auditor.left[order] for order in queue)
        if self.twin.phase(self.clock) == "trading":
            assert not self.auditor.is_crossed()

    def twin_place(self, order_id: int) -> int:
        return next(note.arrived for note in self.twin.book if note.id == order_id)

    def order(self, order_id: int, side: Side, price: int, volume: int, kind: int) -> None:
        note = Note(order_id, side, price, volume)
        self.auditor.placed(note)
        order = self.live[order_id] = BookOrder(order_id, "A", self.market.code, side, price, volume)
        expected = self.twin.submit(note, kind, self.clock)
        self.agree(self.exchange.submit(order, PRICE_TYPES[kind], self.midnight + self.clock), expected)

    def cancel(self, pick: int) -> None:
        if not self.live:
            return
        order = self.live[list(self.live)[pick % len(self.live)]]
        allowed = self.exchange.may_cancel(order, PRICE_TYPES[11], self.midnight + self.clock)
        assert allowed == self.twin.may_cancel(self.clock)
        if allowed:
            expected = self.twin.cancel(order.order_id, self.clock)
            self.agree(self.exchange.cancel(order, self.midnight + self.clock), expected)

    def advance(self) -> None:
        """To the next time of the list, through everything that happens by itself on the way."""
        target = parse_clock(next(self.clocks, "15:01"))
        while self.clock < target:
            due = [moment for moment in self.boundaries if self.clock < moment <= target]
            if self.halt_ends and self.clock < self.halt_ends <= target and self.halt_ends < min(due, default=target + 1):
                self._resume()
                continue
            self.clock = min(due, default=target)
            if due:
                turned = dict(self.exchange.turn_phase(self.midnight + self.clock))
                self.agree(turned.get(self.market.code, []), self.twin.turn(self.clock), auction=True)
                if self.halt_ends == self.clock:
                    self._resume()

    def _resume(self) -> None:
        self.clock, self.halt_ends = self.halt_ends, 0
        expected = self.twin.resume(self.clock)
        self.agree(self.exchange.resume(self.security, self.midnight + self.clock), expected, auction=True)


def _said(event: Event, midnight: int) -> Said:
    match event:
        case Traded(taker=taker, maker=maker, price_li=price, volume=volume):
            return ("traded", taker.order_id, maker.order_id, price, volume)
        case Priced(order=order):
            return ("priced", order.order_id, order.price_li)
        case Rested(order=order):
            return ("rested", order.order_id)
        case Cancelled(order=order, volume=volume):
            return ("cancelled", order.order_id, volume)
        case Rejected(order=order, reason=reason):
            return ("rejected", order.order_id, reason)
        case Halted(until_ms=until):
            return ("halted", until - midnight)
    raise AssertionError(event)


NEAR = tuple(range(-25, 26)) + 3 * tuple(range(-6, 7))
"""Steps from the previous close."""
FAR = (3_900, 4_000, 6_990, 7_000, 10_000, 10_010, 12_990, 13_000, 13_100, 15_990, 16_000, 16_100, 91_000)
"""Prices of days without a limit: around the thresholds of halts."""


def _prices(market: Market) -> tuple[int, ...]:
    return FAR if market.free else tuple(market.close + steps * market.tick for steps in NEAR)


def _actions(market: Market) -> st.SearchStrategy[list[Action]]:
    """A late or early start, then orders, cancels and steps of the clock."""
    price = st.sampled_from(_prices(market))
    limits, others = (
        [st.tuples(st.just("order"), st.just(side), price, st.integers(1, most), st.sampled_from(kinds)) for side in Side]
        for kinds, most in (((11,), 9), (market.types, 60))
    )
    cancel = st.tuples(st.just("cancel"), st.integers(0, 99))
    step = st.one_of(*limits, *[limit.map(tuple) for limit in limits], *others, cancel, st.just(("advance",)))
    start = st.sampled_from((0, 0, 1, 6, 6, 12, 17, 20, 20)).map(lambda steps: [("advance",)] * steps)
    return st.tuples(start, st.lists(step, min_size=25, max_size=80)).map(lambda parts: parts[0] + parts[1])


def _long_day(market: Market, luck: random.Random) -> Iterator[Action]:
    for _ in CLOCKS:
        for _ in range(luck.randint(5, 25)):
            if luck.random() < 0.2:
                yield ("cancel", luck.randint(0, 99))
            else:
                kind, volume = luck.choice((11, 11, *market.types)), luck.randint(1, 9) * luck.choice((1, 1, 1, 7))
                yield ("order", luck.choice(tuple(Side)), luck.choice(_prices(market)), volume, kind)
        yield ("advance",)


def _play(market: Market, actions: Iterable[Action]) -> set[str]:
    """Both through one day; what was heard."""
    day = Day(market)
    day.advance()
    for number, (what, *rest) in enumerate(actions, 1):
        if what == "order":
            side, price, volume, kind = rest
            day.order(number, side, price, 100 * volume, kind)
        elif what == "cancel":
            day.cancel(rest[0])
        else:
            day.advance()
    while day.clock < parse_clock("15:01"):
        day.advance()
    return day.heard


@pytest.mark.parametrize("market", MARKETS, ids=str)
def test_the_exchange_is_its_twin(market: Market) -> None:
    @settings(max_examples=40, deadline=None)
    @given(_actions(market))
    def play(actions: list[Action]) -> None:
        _play(market, actions)

    play()


@pytest.mark.parametrize("market", MARKETS, ids=str)
def test_the_exchange_is_its_twin_on_long_days(market: Market) -> None:
    heard = {word for seed in range(8) for word in _play(market, _long_day(market, random.Random(seed)))}
    missing = (REACHED | market.peculiar) - heard
    assert not missing, f"days without {missing} prove little"
