"""The book against a naive twin of lists and loops: the same trades, the same queues, whatever is done to both."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from matching import continuous
from matching.book import BookOrder, OrderBook, Side
from matching.events import Traded
from matching.price_types import PRICE_TYPES, PriceType, Rest


class Resting(NamedTuple):
    """An order in the twin: no shared state with the fast book."""

    order_id: int
    side: Side
    price: int
    volume: int


class Twin:
    """Orders in one list in order of arrival; everything else is a scan."""

    def __init__(self) -> None:
        self.orders: list[Resting] = []

    def submit(self, order: Resting, levels: int | None, rests: bool, all_or_none: bool) -> list[tuple[int, int, int, int]]:
        others = [other for other in self.orders if other.side != order.side and self._crosses(order, other)]
        best_first = sorted(others, key=lambda other: other.price if order.side is Side.BUY else -other.price)
        prices = list(dict.fromkeys(other.price for other in best_first))[:levels]
        reach = [other for other in best_first if other.price in prices]
        if all_or_none and sum(other.volume for other in reach) < order.volume:
            return []
        trades, left = [], order.volume
        for other in reach:
            volume = min(left, other.volume)
            if volume:
                trades.append((other.order_id, order.order_id, other.price, volume))
                left -= volume
                place = self.orders.index(other)
                self.orders[place] = other._replace(volume=other.volume - volume)
        self.orders = [other for other in self.orders if other.volume]
        if left and rests:
            self.orders.append(order._replace(volume=left))
        return trades

    @staticmethod
    def _crosses(order: Resting, other: Resting) -> bool:
        return order.price >= other.price if order.side is Side.BUY else order.price <= other.price

    def queue(self, side: Side, price: int) -> list[tuple[int, int]]:
        return [(order.order_id, order.volume) for order in self.orders if (order.side, order.price) == (side, price)]


def variants() -> list[PriceType]:
    """Price types of every shape: what sweeps only some levels never rests, or the book would be crossed."""
    row = PRICE_TYPES[11]
    return [
        PriceType(0, "", 0, row.limit, levels, rest, fill_or_kill, False, row.venues, "")
        for levels in (None, 1, 2, 5)
        for rest in (Rest.RESTS, Rest.CANCELLED)
        for fill_or_kill in (False, True)
        if levels is None or rest is Rest.CANCELLED
    ]


ACTIONS = st.lists(
    st.one_of(
        st.tuples(
            st.just("add"), st.sampled_from(Side), st.integers(95, 105), st.integers(1, 20), st.sampled_from(variants())
        ),
        st.tuples(st.just("plain"), st.sampled_from(Side), st.integers(95, 105), st.integers(1, 20)),
        st.tuples(st.just("cancel"), st.integers(0, 200)),
    ),
    max_size=120,
)


@settings(max_examples=300, deadline=None)
@given(ACTIONS)
def test_the_book_is_its_twin(actions: list[tuple[object, ...]]) -> None:
    book, twin = OrderBook(), Twin()
    live: dict[int, BookOrder] = {}
    for number, (what, *rest) in enumerate(actions, 1):
        if what == "cancel":
            ids = [order_id for order_id, order in live.items() if order.level is not None]
            if not ids:
                continue
            order_id = ids[rest[0] % len(ids)]  # type: ignore[operator]
            book.cancel(live[order_id])
            twin.orders = [order for order in twin.orders if order.order_id != order_id]
        else:
            side, price, volume, *kind = rest
            price_type = kind[0] if kind else PRICE_TYPES[11]
            order = live[number] = BookOrder(number, "A", "600000.SH", side, price, volume, number)  # type: ignore[arg-type]
            events = list(continuous.match(book, order, price_type))  # type: ignore[arg-type]
            trades = [(e.maker.order_id, e.taker.order_id, e.price_li, e.volume) for e in events if isinstance(e, Traded)]
            rests = price_type.rest is Rest.RESTS  # type: ignore[union-attr]
            expected = twin.submit(
                Resting(number, side, price, volume), price_type.levels, rests, price_type.all_or_none  # type: ignore
            )
            assert trades == expected
        assert list(book.check()) == []
        for half, side in zip(book.sides, Side, strict=True):
            queues = {level.price_li: [(order.order_id, order.volume) for order in level.orders()] for level in half.levels()}
            assert all(queue == twin.queue(side, price) for price, queue in queues.items())
            assert sum(map(len, queues.values())) == sum(order.side is side for order in twin.orders)


def test_a_queue_of_cancelled_orders_does_not_grow() -> None:
    book = OrderBook()
    head = BookOrder(1, "A", "600000.SH", Side.BUY, 100, 1, 1)
    book.sides[0].append(head)
    for number in range(2, 20_000):
        order = BookOrder(number, "A", "600000.SH", Side.BUY, 100, 1, number)
        book.sides[0].append(order)
        book.cancel(order)
    assert head.level is not None
    assert len(head.level.queue) < 100
    assert list(book.check()) == []
