"""Continuous trading: how one arriving order meets the book, driven by the columns of PRICE_TYPES.

Source: SSE 3.5.1 and 3.6, SZSE 3.5.1: price, then time; the trade price is the resting order's.
"""

from __future__ import annotations

from collections.abc import Iterator

from matching.book import BookOrder, HalfBook, OrderBook, Side
from matching.events import Cancelled, Event, Rested, Traded
from matching.price_types import PriceType, Rest


def match(book: OrderBook, order: BookOrder, price_type: PriceType) -> Iterator[Event]:
    """Match an order, then treat its rest as its price type says. The queue number is already on the order."""
    other = book.sides[1 - order.side]
    if price_type.all_or_none and _within_reach(other, order, price_type.levels) < order.volume:
        yield Cancelled(order, order.volume)
        return
    yield from _sweep(other, order, price_type.levels)
    if not order.volume:
        return
    if price_type.rest is Rest.RESTS:
        book.sides[order.side].append(order)
        yield Rested(order)
    else:
        yield Cancelled(order, order.volume)


def _sweep(other: HalfBook, order: BookOrder, levels: int | None) -> Iterator[Traded]:
    while order.volume and levels != 0:
        level = other.best()
        if level is None or not reaches(order, level.price_li):
            return
        price_li = level.price_li
        while order.volume and level.count:
            maker = other.first(level)
            volume = min(order.volume, maker.volume)
            other.take(maker, volume)
            order.volume -= volume
            yield Traded(order, maker, price_li, volume)
        if levels is not None:
            levels -= 1


def reaches(order: BookOrder, price_li: int) -> bool:
    """Would the order trade at this price of the other side?"""
    return order.price_li >= price_li if order.side is Side.BUY else order.price_li <= price_li


def _within_reach(other: HalfBook, order: BookOrder, levels: int | None) -> int:
    total = 0
    for number, level in enumerate(other.levels()):
        if number == levels or not reaches(order, level.price_li) or total >= order.volume:
            break
        total += level.total
    return total
