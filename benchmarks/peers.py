"""Books by others, and the yardstick, behind one small interface.

``apply`` takes one event of a stream and answers in the engine's own words; what it costs to make the engine's order out
of the event is part of what is measured, for every engine alike. ``trades`` translates the answer, outside the clock.
Peers are optional: their packages are imported when an engine is made, and ImportError means it is missing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Final, Protocol

from sortedcontainers import SortedDict

Trade = tuple[int, int, int, int]
"""Maker's order id, taker's order id, price in li, volume."""
Standing = list[list[int]]
"""What stands in the books at the end: for each symbol the volume to buy and to sell."""
FieldsOfEvent = tuple[int, int, int, int, int]


class Engine(Protocol):
    """A matching engine, made with empty books for so many symbols."""

    def apply(self, event: FieldsOfEvent) -> Any:
        """Take one event; the answer is the engine's own."""

    def trades(self, event: FieldsOfEvent, answer: Any) -> list[Trade]:
        """The trades in an answer."""


class SortedMapBook:
    """The yardstick: a sorted map of prices per side, a deque per price, cancelled orders skipped when they come first."""

    def __init__(self) -> None:
        self.sides = (SortedDict(), SortedDict())
        self._orders: dict[int, list[int]] = {}

    def add(self, order_id: int, side: int, price_li: int, volume: int) -> list[Trade]:
        trades = []
        sign = 1 if side else -1
        other = self.sides[1 - side]
        while volume and other:
            key, queue = other.peekitem(0)
            if key > -sign * price_li:
                break
            while volume and queue:
                maker = queue[0]
                taken = min(volume, maker[1])
                if taken:
                    maker[1] -= taken
                    volume -= taken
                    trades.append((maker[0], order_id, sign * -key, taken))
                if not maker[1]:
                    queue.popleft()
                    if taken:
                        del self._orders[maker[0]]
            if not queue:
                del other[key]
        if volume:
            order = self._orders[order_id] = [order_id, volume]
            own, key = self.sides[side], sign * price_li
            queue = own.get(key)
            if queue is None:
                queue = own[key] = deque()
            queue.append(order)
        return trades

    def cancel(self, order_id: int) -> None:
        self._orders.pop(order_id)[1] = 0


class SortedMap:
    """Yardstick books by symbol."""

    def __init__(self, symbols: int) -> None:
        self._books = [SortedMapBook() for _ in range(symbols)]

    def apply(self, event: FieldsOfEvent) -> list[Trade]:
        order_id, symbol, side, price_li, volume = event
        if volume:
            return self._books[symbol].add(order_id, side, price_li, volume)
        self._books[symbol].cancel(order_id)
        return []

    def trades(self, event: FieldsOfEvent, answer: list[Trade]) -> list[Trade]:
        return answer

    def standing(self) -> Standing:
        return [[_volume(levels) for levels in book.sides] for book in self._books]


def _volume(levels: SortedDict) -> int:
    return sum(order[1] for queue in levels.values() for order in queue)


class MatchingEngine:
    """PyPI matching-engine: pure Python, SortedList of prices, linked queues."""

    def __init__(self, symbols: int) -> None:
        from matching_engine.domain import CancelOrder, NewOrder, SelfTradePrevention, SequencedCommand, Side
        from matching_engine.engine import MatchingEngine as Market
        from matching_engine.events import Trade as Traded

        self._markets = [Market() for _ in range(symbols)]
        self._command, self._traded = SequencedCommand, Traded
        self._new, self._cancel = NewOrder, CancelOrder
        self._sides = (Side.BUY, Side.SELL)
        self._none = SelfTradePrevention.NONE
        self._seq = 0

    def apply(self, event: FieldsOfEvent) -> Any:
        order_id, symbol, side, price_li, volume = event
        self._seq += 1
        if volume:
            command = self._new(order_id, 1, self._sides[side], price_li, volume, stp=self._none)
        else:
            command = self._cancel(order_id, 1)
        return self._markets[symbol].process(self._command(self._seq, 0, command))

    def trades(self, event: FieldsOfEvent, answer: Any) -> list[Trade]:
        return [(e.maker_order_id, e.taker_order_id, e.price, e.qty) for e in answer if type(e) is self._traded]


class LightMatchingEngine:
    """PyPI lightmatchingengine: pure Python, the best price by a scan of all. It numbers orders itself, from 1."""

    def __init__(self, symbols: int) -> None:
        from lightmatchingengine.lightmatchingengine import LightMatchingEngine as Market

        self._market = Market()

    def apply(self, event: FieldsOfEvent) -> Any:
        order_id, symbol, side, price_li, volume = event
        if volume:
            return self._market.add_order(symbol, price_li, volume, side + 1)
        return self._market.cancel_order(order_id, symbol)

    def trades(self, event: FieldsOfEvent, answer: Any) -> list[Trade]:
        if not event[4]:
            return []
        order, fills = answer
        return [(f.order_id, order.order_id, f.trade_price, f.trade_qty) for f in fills if f.order_id != order.order_id]


class LimitOrderBook:
    """PyPI limit-order-book: C++ through ctypes. It tells no trades; only what stands in the end can be compared."""

    def __init__(self, symbols: int) -> None:
        from limit_order_book import LimitOrderBook as Market

        self._markets = [Market() for _ in range(symbols)]

    def apply(self, event: FieldsOfEvent) -> None:
        order_id, symbol, side, price_li, volume = event
        market = self._markets[symbol]
        if not volume:
            market.cancel(order_id)
        elif side:
            market.limit_sell(order_id, volume, price_li)
        else:
            market.limit_buy(order_id, volume, price_li)

    def standing(self) -> Standing:
        return [[market.volume_buy(), market.volume_sell()] for market in self._markets]


YARDSTICK: Final = "sorted map"
PEERS: Final[dict[str, Callable[[int], Any]]] = {
    YARDSTICK: SortedMap,
    "matching-engine": MatchingEngine,
    "lightmatchingengine": LightMatchingEngine,
    "limit-order-book (C++)": LimitOrderBook,
}
