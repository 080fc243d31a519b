"""Seeded streams of orders and cancels that any engine can be fed with.

Of a hundred events 55 add an order near a mid price that wanders, 35 cancel a live order picked at random, 10 are orders
that reach through the other side's best prices. Orders are limit orders whose rest stays in the book, the one kind every
engine knows. A cancel always finds its order alive: engines differ in what they do with one that does not, and that is
not what is measured. Order ids count the orders from 1.

Prices and volumes obey the rules of a Shanghai share at 50 yuan: whole ticks and lots, inside the daily limits and the
price cage, so that a complete exchange takes every order as a bare book does.
"""

from __future__ import annotations

from random import Random
from typing import Final, NamedTuple

from benchmarks.peers import SortedMap, Trade

REFERENCE_LI: Final = 50_000
TICK_LI: Final = 10
LOT: Final = 100
BUY: Final = 0
SELL: Final = 1

ADDS: Final = 0.55
CANCELS: Final = 0.35
WANDER_TICKS: Final = 300
"""The mid stays this close to the reference price; the daily limits are 500 ticks away."""
MEAN_DEPTH_TICKS: Final = 8
MOST_DEPTH_TICKS: Final = 60
REACH_TICKS: Final = 12
"""How far beyond the mid an aggressive order may go; the cage begins a hundred ticks from the best price."""
MID_MOVES: Final = 0.05


class Event(NamedTuple):
    """An order, or the cancel of one: then ``volume`` is 0 and the rest repeats the order."""

    order_id: int
    symbol: int
    side: int
    price_li: int
    volume: int


def order_stream(seed: int, events: int, symbols: int = 1) -> list[Event]:
    """So many events over so many symbols, 0 to ``symbols`` - 1; the same for the same arguments on every machine."""
    return _Market(Random(seed), symbols).events(events)


class _Market:
    """Order flow that knows which of its orders are alive."""

    def __init__(self, random: Random, symbols: int) -> None:
        self._random = random
        self._mids = [REFERENCE_LI // TICK_LI] * symbols
        self._book = SortedMap(symbols)
        self._orders: list[Event] = []
        self._left: dict[int, int] = {}
        self._live: list[int] = []
        self._places: dict[int, int] = {}

    def events(self, count: int) -> list[Event]:
        return [self._next() for _ in range(count)]

    def _next(self) -> Event:
        kind = self._random.random()
        if ADDS <= kind < ADDS + CANCELS and self._live:
            return self._cancel()
        return self._order(aggressive=kind >= ADDS + CANCELS)

    def _cancel(self) -> Event:
        order_id = self._live[int(self._random.random() * len(self._live))]
        event = self._orders[order_id - 1]._replace(volume=0)
        self._book.apply(event)
        self._bury(order_id)
        return event

    def _order(self, *, aggressive: bool) -> Event:
        random = self._random
        symbol = int(random.random() * len(self._mids))
        side = BUY if random.random() < 0.5 else SELL
        if aggressive:
            ahead = 1 + int(random.random() * REACH_TICKS)
            lots = 1 + int(random.random() * 36)
        else:
            ahead = -min(1 + int(random.expovariate(1 / MEAN_DEPTH_TICKS)), MOST_DEPTH_TICKS)
            lots = 1 + int(random.random() * 20)
        tick = self._mid(symbol) + (ahead if side == BUY else -ahead)
        event = Event(len(self._orders) + 1, symbol, side, tick * TICK_LI, lots * LOT)
        self._orders.append(event)
        self._submit(event)
        return event

    def _mid(self, symbol: int) -> int:
        """The mid of a symbol in ticks, after it has perhaps moved by one."""
        random = self._random
        if random.random() < MID_MOVES:
            moved = self._mids[symbol] + (1 if random.random() < 0.5 else -1)
            if abs(moved - REFERENCE_LI // TICK_LI) <= WANDER_TICKS:
                self._mids[symbol] = moved
        return self._mids[symbol]

    def _submit(self, event: Event) -> None:
        left = event.volume
        trades: list[Trade] = self._book.apply(event)
        for maker, _, _, volume in trades:
            left -= volume
            self._left[maker] -= volume
            if not self._left[maker]:
                self._bury(maker)
        if left:
            self._left[event.order_id] = left
            self._places[event.order_id] = len(self._live)
            self._live.append(event.order_id)

    def _bury(self, order_id: int) -> None:
        del self._left[order_id]
        place, last = self._places.pop(order_id), self._live.pop()
        if last != order_id:
            self._live[place] = last
            self._places[last] = place
