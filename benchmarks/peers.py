"""Books by others, and the yardstick, behind one small interface.

``apply`` takes one event of a stream and answers in the engine's own words; what it costs to make the engine's order out
of the event is part of what is measured, for every engine alike. ``trades`` translates the answer, outside the clock.
Peers are optional: their packages are imported when an engine is made, and ImportError means it is missing.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from typing import Any, Final, Protocol

from sortedcontainers import SortedDict

Trade = tuple[int, int, int, int]
"""Maker's order id, taker's order id, price in li, volume."""
Standing = dict[tuple[int, int], int]
"""What stands in the books at the end: total volume by symbol and side, sides without volume left out."""
FieldsOfEvent = tuple[int, int, int, int, int]


class Engine(Protocol):
    """A matching engine with empty books."""

    def apply(self, event: FieldsOfEvent) -> Any:
        """Take one event; the answer is the engine's own."""

    def trades(self, event: FieldsOfEvent, answer: Any) -> list[Trade]:
        """The trades in an answer."""


class SortedMapBook:
    """The yardstick: a sorted map of prices per side, a deque per price, cancelled orders skipped when they come first."""

    def __init__(self) -> None:
        self._sides: dict[tuple[int, int], SortedDict] = {}
        self._orders: dict[int, list[int]] = {}

    def apply(self, event: FieldsOfEvent) -> list[Trade]:
        order_id, symbol, side, price_li, volume = event
        if not volume:
            self._orders.pop(order_id)[1] = 0
            return []
        trades = []
        sign = 1 if side else -1
        other = self._sides.get((symbol, 1 - side))
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
            own = self._sides.get((symbol, side))
            if own is None:
                own = self._sides[symbol, side] = SortedDict()
            queue = own.get(sign * price_li)
            if queue is None:
                queue = own[sign * price_li] = deque()
            queue.append(order)
        return trades

    def trades(self, event: FieldsOfEvent, answer: list[Trade]) -> list[Trade]:
        return answer

    def standing(self) -> Standing:
        volumes: Counter[tuple[int, int]] = Counter()
        for place, levels in self._sides.items():
            volumes[place] = sum(order[1] for queue in levels.values() for order in queue)
        return {place: volume for place, volume in volumes.items() if volume}


class MatchingEngine:
    """PyPI matching-engine: pure Python, SortedList of prices, linked queues."""

    def __init__(self) -> None:
        from matching_engine.domain import CancelOrder, NewOrder, SelfTradePrevention, SequencedCommand, Side
        from matching_engine.engine import MatchingEngine as Market
        from matching_engine.events import Trade as Traded

        self._market, self._command, self._traded = Market, SequencedCommand, Traded
        self._new, self._cancel = NewOrder, CancelOrder
        self._sides = (Side.BUY, Side.SELL)
        self._markets: dict[int, Any] = {}
        self._none = SelfTradePrevention.NONE
        self._seq = 0

    def apply(self, event: FieldsOfEvent) -> Any:
        order_id, symbol, side, price_li, volume = event
        market = self._markets.get(symbol)
        if market is None:
            market = self._markets[symbol] = self._market()
        self._seq += 1
        if volume:
            command = self._new(order_id, 1, self._sides[side], price_li, volume, stp=self._none)
        else:
            command = self._cancel(order_id, 1)
        return market.process(self._command(self._seq, 0, command))

    def trades(self, event: FieldsOfEvent, answer: Any) -> list[Trade]:
        return [(e.maker_order_id, e.taker_order_id, e.price, e.qty) for e in answer if type(e) is self._traded]


class LightMatchingEngine:
    """PyPI lightmatchingengine: pure Python, the best price by a scan of all. It numbers orders itself, from 1."""

    def __init__(self) -> None:
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

    def __init__(self) -> None:
        from limit_order_book import LimitOrderBook as Market

        self._market = Market
        self._markets: dict[int, Any] = {}

    def apply(self, event: FieldsOfEvent) -> None:
        order_id, symbol, side, price_li, volume = event
        market = self._markets.get(symbol)
        if market is None:
            market = self._markets[symbol] = self._market()
        if not volume:
            market.cancel(order_id)
        elif side:
            market.limit_sell(order_id, volume, price_li)
        else:
            market.limit_buy(order_id, volume, price_li)

    def standing(self) -> Standing:
        volumes = {}
        for symbol, market in self._markets.items():
            volumes[symbol, 0], volumes[symbol, 1] = market.volume_buy(), market.volume_sell()
        return {place: volume for place, volume in volumes.items() if volume}


YARDSTICK: Final = "sorted map"
PEERS: Final[dict[str, Callable[[], Any]]] = {
    YARDSTICK: SortedMapBook,
    "matching-engine": MatchingEngine,
    "lightmatchingengine": LightMatchingEngine,
    "limit-order-book (C++)": LimitOrderBook,
}
