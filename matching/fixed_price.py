"""After-hours fixed-price trading: orders wait beside the book and trade at the day's close, in pure order of time.

A limit is only a condition: a buy below the close, or a sell above it, is invalid once the close is known. Source: SSE 3.7,
SZSE 3.5 (2026), STAR and ChiNext special trading rules; exchange-rules §2.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from matching.book import BookOrder, Side
from matching.continuous import reaches
from matching.events import Traded


class FixedPriceQueue:
    """The fixed-price orders of one security, in order of arrival."""

    __slots__ = ("_orders",)

    def __init__(self, orders: Iterable[BookOrder] = ()) -> None:
        self._orders = list(orders)

    def __iter__(self) -> Iterator[BookOrder]:
        return iter(list(self._orders))

    def __len__(self) -> int:
        return len(self._orders)

    def append(self, order: BookOrder) -> None:
        """An order arrives."""
        self._orders.append(order)

    def remove(self, order: BookOrder) -> None:
        """An order is cancelled."""
        self._orders.remove(order)

    def drop_invalid(self, close_li: int) -> list[BookOrder]:
        """Take out the orders whose limit the close does not meet."""
        invalid = [order for order in self._orders if not reaches(order, close_li)]
        self._orders = [order for order in self._orders if reaches(order, close_li)]
        return invalid

    def match(self, close_li: int) -> Iterator[Traded]:
        """Trade the first buy with the first sell, as long as there are both; the later one is the taker."""
        while True:
            buy, sell = (next((order for order in self._orders if order.side is side), None) for side in Side)
            if buy is None or sell is None:
                return
            volume = min(buy.volume, sell.volume)
            maker, taker = sorted((buy, sell), key=lambda order: order.queue_seq)
            for order in (maker, taker):
                self.take(order, volume)
            yield Traded(taker, maker, close_li, volume)

    def take(self, order: BookOrder, volume: int) -> None:
        """Lower an order in place; at nothing left it leaves."""
        order.volume -= volume
        if not order.volume:
            self._orders.remove(order)
