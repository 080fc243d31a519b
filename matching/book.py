"""One order book: exact price-time priority.

Each side maps prices to levels and keeps the prices sorted; a level is a queue in order of arrival with a running total.
An order that left stays in its queue as a mark (its ``level`` is another) until the queue is rewritten, so that a cancel costs
a look-up and a subtraction. The sorted prices are a plain list with the best one at its end: insertions and deletions happen
near the end, where a list is quickest. The level at the end is kept at hand, for every order asks for it.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from enum import IntEnum
from typing import Final


class Side(IntEnum):
    """Buy or sell."""

    BUY = 0
    SELL = 1


BUY: Final = Side.BUY
SELL: Final = Side.SELL
OTHER: Final = (SELL, BUY)
"""The side opposite to one: calling the enumeration costs ten times as much."""
MARKS_KEPT: Final = 32
"""So many orders leave a queue before it is looked at whether it is worth rewriting; keeps a cancel O(1) on average."""
HOUSE: Final = ""
"""Owner of the orders that stand for the rest of the market."""


class BookOrder:
    """An order as the exchange sees it; ``volume`` is what is left of it."""

    __slots__ = ("code", "level", "order_id", "owner", "price_li", "queue_seq", "side", "volume")

    def __init__(
        self, order_id: int, owner: str, code: str, side: Side, price_li: int, volume: int, queue_seq: int = 0
    ) -> None:
        self.order_id = order_id
        self.owner = owner
        self.code = code
        self.side = side
        self.price_li = price_li
        self.volume = volume
        self.queue_seq = queue_seq
        self.level: Level | None = None

    def __repr__(self) -> str:
        who = self.owner or "house"
        what = f"{self.side.name} {self.volume} {self.code} @ {self.price_li} li"
        return f"<{who} #{self.order_id} {what}, queue {self.queue_seq}>"


class Level:
    """The queue at one price. ``total`` is the live volume in it, ``users`` how many orders of accounts stand in it.

    ``marks``: how many that left are still in the queue; before ``front`` all did.
    """

    __slots__ = ("front", "marks", "price_li", "queue", "total", "users")

    def __init__(self, price_li: int) -> None:
        self.price_li = price_li
        self.queue: list[BookOrder] = []
        self.front = 0
        self.total = 0
        self.users = 0
        self.marks = 0

    def orders(self) -> Iterator[BookOrder]:
        """Live orders, first in line first."""
        return (order for order in self.queue if order.level is self)

    def first(self) -> BookOrder:
        """The live order first in line."""
        queue = self.queue
        while queue[self.front].level is not self:
            self.front += 1
        return queue[self.front]

    def last(self) -> BookOrder:
        """The live order last in line; marks behind it are dropped."""
        queue = self.queue
        while queue[-1].level is not self:
            queue.pop()
            self.marks -= 1
        return queue[-1]

    def tidy(self) -> None:
        """Rewrite the queue when most of it may be marks: its length is paid for by those who left."""
        if 2 * self.marks > len(self.queue):
            self.queue = [order for order in self.queue if order.level is self]
            self.front = self.marks = 0


class HalfBook:
    """One side of a book. ``best`` is the level that matches first, ``users`` how many orders of accounts stand in it."""

    __slots__ = ("_keys", "_levels", "_sign", "best", "users")

    def __init__(self, side: Side) -> None:
        self.best: Level | None = None
        self.users = 0
        self._levels: dict[int, Level] = {}
        self._keys: list[int] = []
        self._sign = 1 if side is BUY else -1

    def level(self, price_li: int) -> Level | None:
        """The level at a price."""
        return self._levels.get(price_li)

    def levels(self) -> Iterator[Level]:
        """All levels, best first. The book must not change meanwhile."""
        return (self._levels[key * self._sign] for key in reversed(self._keys))

    def up_to(self, price_li: int) -> list[Level]:
        """The levels from the best to a price, best first."""
        sign, levels, found = self._sign, self._levels, []
        for key in reversed(self._keys):
            if key < price_li * sign:
                break
            found.append(levels[key * sign])
        return found

    def besides(self, prices: Sequence[int]) -> list[Level]:
        """The levels at none of some prices; best first, as those are."""
        sign, levels, found = self._sign, self._levels, []
        others = [price_li * sign for price_li in reversed(prices)]
        for key in reversed(self._keys):
            while others and others[-1] > key:
                others.pop()
            if not others or others[-1] != key:
                found.append(levels[key * sign])
        return found

    def best_of_users(self) -> int | None:
        """The best price at which an order of an account stands."""
        return next((level.price_li for level in self.levels() if level.users), None) if self.users else None

    def count(self) -> int:
        """How many levels it has."""
        return len(self._keys)

    def append(self, order: BookOrder) -> None:
        """Put an order at the end of the queue at its price."""
        level = self._levels.get(order.price_li)
        if level is None:
            level = self._open(order.price_li)
        level.queue.append(order)
        level.total += order.volume
        order.level = level
        if order.owner != HOUSE:
            level.users += 1
            self.users += 1

    def take(self, order: BookOrder, volume: int) -> None:
        """Lower an order by a volume, in place; at nothing left it leaves the book."""
        level = order.level
        assert level is not None, f"{order} is in no book"
        left = order.volume - volume
        assert 0 <= left < order.volume, f"cannot take {volume} from {order}"
        order.volume = left
        level.total -= volume
        if left:
            return
        order.level = None
        if order.owner != HOUSE:
            level.users -= 1
            self.users -= 1
        if not level.total:
            self._close(level)
            return
        level.marks += 1
        if level.marks > MARKS_KEPT:
            level.tidy()

    def drop(self, level: Level) -> list[BookOrder]:
        """Take a whole level out of the book, in which no account's order stands; gives the orders that stood there."""
        assert not level.users, f"an account's order stands at {level.price_li}"
        orders = list(level.orders())
        for order in orders:
            order.volume = 0
            order.level = None
        level.total = 0
        self._close(level)
        return orders

    def clear(self) -> None:
        """Take everything out of a side in which no account's order stands."""
        assert not self.users, "an account's order stands there"
        for level in self._levels.values():
            for order in level.queue:
                if order.level is level:
                    order.volume = 0
                    order.level = None
        self._levels.clear()
        self._keys.clear()
        self.best = None

    def _open(self, price_li: int) -> Level:
        level = self._levels[price_li] = Level(price_li)
        key = price_li * self._sign
        insort(self._keys, key)
        if self._keys[-1] == key:
            self.best = level
        return level

    def _close(self, level: Level) -> None:
        del self._levels[level.price_li]
        del self._keys[bisect_left(self._keys, level.price_li * self._sign)]
        if self.best is level:
            self.best = self._levels[self._keys[-1] * self._sign] if self._keys else None

    def check(self) -> Iterator[str]:
        """Name what is inconsistent."""
        if sorted(key * self._sign for key in self._keys) != sorted(self._levels) or self._keys != sorted(self._keys):
            yield "sorted prices differ from the levels"
        if self.best is not next(self.levels(), None):
            yield "the level at hand is not the best"
        if self.users != sum(level.users for level in self._levels.values()):
            yield "the number of accounts' orders is wrong"
        for level in self._levels.values():
            live = list(level.orders())
            if not live:
                yield f"level {level.price_li}: no live order"
            if level.marks != len(level.queue) - len(live) or any(order.level is level for order in level.queue[: level.front]):
                yield f"level {level.price_li}: the marks are wrong"
            if level.total != sum(order.volume for order in live):
                yield f"level {level.price_li}: the total is wrong"
            if level.users != sum(order.owner != HOUSE for order in live):
                yield f"level {level.price_li}: the number of accounts' orders is wrong"
            if any(order.price_li != level.price_li or order.volume <= 0 for order in live):
                yield f"level {level.price_li}: an order does not belong there"
            if [order.queue_seq for order in live] != sorted(order.queue_seq for order in live):
                yield f"level {level.price_li}: the queue is out of order"


class OrderBook:
    """Both sides of one instrument; ``sides`` has them in the order of ``Side``."""

    __slots__ = ("buys", "sells", "sides")

    def __init__(self) -> None:
        self.buys = HalfBook(BUY)
        self.sells = HalfBook(SELL)
        self.sides = (self.buys, self.sells)

    def best_price(self, side: Side) -> int | None:
        """Best price of a side in li."""
        level = self.sides[side].best
        return level.price_li if level else None

    def cancel(self, order: BookOrder) -> int:
        """Take an order out; returns the volume that was left of it."""
        left = order.volume
        half = self.buys if order.side is BUY else self.sells
        half.take(order, left)
        return left

    @property
    def has_users(self) -> bool:
        """Does an account's order stand in it?"""
        return self.buys.users > 0 or self.sells.users > 0

    def orders(self) -> Iterator[BookOrder]:
        """All live orders, side by side, best and earliest first."""
        return (order for half in self.sides for level in half.levels() for order in level.orders())

    def user_orders(self) -> Iterator[BookOrder]:
        """Live orders that are not the house's."""
        return (order for order in self.orders() if order.owner != HOUSE)

    def check(self, *, may_cross: bool = False) -> Iterator[str]:
        """Name what is inconsistent; a crossed book is, outside auctions."""
        for half in self.sides:
            yield from half.check()
        bid, ask = self.best_price(BUY), self.best_price(SELL)
        if not may_cross and bid is not None and ask is not None and bid >= ask:
            yield f"crossed: bid {bid} li, ask {ask} li"
