"""Continuous trading: how one arriving order meets the book, driven by the columns of PRICE_TYPES.

Source: SSE 3.5.1 and 3.6, SZSE 3.5.1: price, then time; the trade price is the resting order's.
"""

from __future__ import annotations

from collections.abc import Callable

from matching.book import BUY, BookOrder, HalfBook, OrderBook, Side
from matching.events import Cancelled, Event, Priced, Traded
from matching.price_types import Limit, PriceType, Rest

Stop = Callable[[int], bool]
"""Asked after each trade with its price: must matching stop here?"""


def match(
    book: OrderBook, order: BookOrder, price_type: PriceType, stop: Stop | None = None, only_li: int = 0
) -> list[Event]:
    """Price an order, match it, then treat its rest as its price type says. Its queue number is already on it.

    That its rest stands in the book is no event yet: the order's ``level`` tells. ``only_li``: the one price of the market,
    where the book does not show it and holds accounts' orders, however far off; 0: the book shows it.
    """
    if order.side is BUY:
        own, other = book.buys, book.sells
        crosses = other.best is not None and order.price_li >= other.best.price_li
    else:
        own, other = book.sells, book.buys
        crosses = other.best is not None and order.price_li <= other.best.price_li
    if price_type.plain and not crosses:
        own.append(order)
        return []
    events: list[Event] = []
    if price_type.limit in _ARRIVING:
        best_li = _ARRIVING[price_type.limit](own, other, only_li)
        if not best_li or _is_worse(order.side, best_li, order.price_li):
            return [Cancelled(order, order.volume)]
        order.price_li = best_li
        events.append(Priced(order))
    elif only_li and price_type.market and not _is_worse(order.side, only_li, order.price_li):
        order.price_li = only_li
    if price_type.all_or_none and _within_reach(other, order, price_type.levels) < order.volume:
        return [*events, Cancelled(order, order.volume)]
    last_li = _sweep(other, order, price_type.levels, stop, events)
    if order.volume:
        _REST[price_type.rest](own, order, last_li or only_li or None, events)
    return events


def _own_best(own: HalfBook, other: HalfBook, only_li: int) -> int:
    return only_li or _best_li(own)


def _peer_best(own: HalfBook, other: HalfBook, only_li: int) -> int:
    best_li = _best_li(other)
    return only_li if best_li and only_li else best_li


def _best_li(half: HalfBook) -> int:
    """The best price of a side, 0 where nothing stands."""
    return half.best.price_li if half.best is not None else 0


_ARRIVING = {Limit.OWN_BEST: _own_best, Limit.PEER_BEST: _peer_best}
"""Limits that are found in the book on arrival; nothing there cancels the order."""


def _is_worse(side: Side, price_li: int, worst_li: int) -> bool:
    """Is a price beyond the worst one the order may get?"""
    return price_li > worst_li if side is BUY else price_li < worst_li


def _sweep(other: HalfBook, order: BookOrder, levels: int | None, stop: Stop | None, events: list[Event]) -> int | None:
    """Trade with so many levels of the other side (None: all) as far as the limit reaches; the last price, if any."""
    left, last_li = order.volume, None
    while left and levels != 0:
        level = other.best
        if level is None or not reaches(order, level.price_li):
            break
        last_li = level.price_li
        while left and level.total:
            maker = level.queue[level.front]
            if maker.level is not level:
                level.front += 1
                continue
            volume = maker.volume if maker.volume < left else left
            other.take(maker, volume)
            order.volume = left = left - volume
            events.append(Traded(order, maker, last_li, volume))
            if stop is not None and stop(last_li):
                return last_li
        if levels is not None:
            levels -= 1
    return last_li


def _rests(own: HalfBook, order: BookOrder, last_li: int | None, events: list[Event]) -> None:
    own.append(order)


def _cancelled(own: HalfBook, order: BookOrder, last_li: int | None, events: list[Event]) -> None:
    events.append(Cancelled(order, order.volume))


def _converts(own: HalfBook, order: BookOrder, last_li: int | None, events: list[Event]) -> None:
    """At its own last trade price; when it did not trade, at its own side's best; when there is none, it is cancelled."""
    if last_li is None and own.best is not None:
        last_li = own.best.price_li
    if last_li is None or _is_worse(order.side, last_li, order.price_li):
        events.append(Cancelled(order, order.volume))
        return
    order.price_li = last_li
    events.append(Priced(order))
    own.append(order)


_REST = {Rest.RESTS: _rests, Rest.CANCELLED: _cancelled, Rest.CONVERTS: _converts}


def reaches(order: BookOrder, price_li: int) -> bool:
    """Would the order trade at this price of the other side?"""
    return order.price_li >= price_li if order.side is BUY else order.price_li <= price_li


def _within_reach(other: HalfBook, order: BookOrder, levels: int | None) -> int:
    total = 0
    for number, level in enumerate(other.levels()):
        if number == levels or not reaches(order, level.price_li) or total >= order.volume:
            break
        total += level.total
    return total
