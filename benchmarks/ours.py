"""Our own matching behind the interface of ``benchmarks.peers``: the bare book, and the exchange a user's order meets."""

from __future__ import annotations

import tomllib
from itertools import count
from pathlib import Path
from typing import Any, Final

from benchmarks.peers import FieldsOfEvent, Trade
from benchmarks.streams import REFERENCE_LI
from matching.book import BookOrder, OrderBook, Side
from matching.calendar import TradingCalendar, midnight_ms, parse_clock
from matching.checks import Terms, counter_rejection, surely_passes
from matching.continuous import match
from matching.events import Traded
from matching.exchange import Exchange
from matching.instrument import parse_listing
from matching.price_types import PRICE_TYPES
from matching.rules import Rules

RULES: Final = Path(__file__).parents[1] / "config" / "rules"
LIMIT_ORDER: Final = PRICE_TYPES[11]
OWNER: Final = "A"
SIDES: Final = tuple(Side)
DAY: Final = 20261123


class BareBook:
    """matching.book and matching.continuous, and nothing around them."""

    def __init__(self, symbols: int) -> None:
        self._books = [OrderBook() for _ in range(symbols)]
        self._orders: dict[int, BookOrder] = {}

    def apply(self, event: FieldsOfEvent) -> Any:
        order_id, symbol, side, price_li, volume = event
        book = self._books[symbol]
        if not volume:
            return book.cancel(self._orders.pop(order_id))
        order = BookOrder(order_id, OWNER, "", SIDES[side], price_li, volume, order_id)
        events = match(book, order, LIMIT_ORDER)
        if order.volume < volume:
            forget_filled(self._orders, events)
        if order.volume:
            self._orders[order_id] = order
        return events

    def trades(self, event: FieldsOfEvent, answer: Any) -> list[Trade]:
        return trades_in(answer) if event[4] else []


class FullExchange:
    """The exchange on a trading day from 09:30 on, one event a millisecond.

    Every order passes what a user's order passes: the counter's checks before it freezes anything, then the exchange's on
    arrival; every cancel asks whether the phase takes it.
    """

    def __init__(self, symbols: int) -> None:
        rules = Rules({path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in RULES.glob("*.toml")}, "exchange")
        numbers = count(1)
        self._exchange = Exchange(rules, TradingCalendar(), lambda _: next(numbers))  # orders come one at a time
        listings = [parse_listing(f"{600000 + symbol}.SH", "", REFERENCE_LI) for symbol in range(symbols)]
        self._securities = [self._exchange.list_security(listing) for listing in listings]
        self._exchange.open_day(DAY)
        self._now_ms = midnight_ms(DAY) + parse_clock("09:30")
        self._orders: dict[int, BookOrder] = {}

    def apply(self, event: FieldsOfEvent) -> Any:
        order_id, symbol, side, price_li, volume = event
        exchange = self._exchange
        self._now_ms = now_ms = self._now_ms + 1
        if not volume:
            order = self._orders.pop(order_id)
            assert exchange.may_cancel(order, LIMIT_ORDER, now_ms)
            return exchange.cancel(order, now_ms)
        security = self._securities[symbol]
        setting = exchange.setting(security, now_ms)
        if not surely_passes(SIDES[side], LIMIT_ORDER, price_li, True, volume, setting):
            rejection = counter_rejection(Terms(SIDES[side], LIMIT_ORDER, price_li, True, volume, volume), setting)
            if rejection is not None:
                return [rejection]
        order = BookOrder(order_id, OWNER, security.code, SIDES[side], price_li, volume)
        events = exchange.submit(order, LIMIT_ORDER, now_ms)
        if order.volume < volume:
            forget_filled(self._orders, events)
        if order.volume:
            self._orders[order_id] = order
        return events

    def trades(self, event: FieldsOfEvent, answer: Any) -> list[Trade]:
        return trades_in(answer)


def forget_filled(orders: dict[int, BookOrder], events: list[Any]) -> None:
    """Drop the resting orders that were filled, as everybody does who keeps orders by id."""
    for event in events:
        if type(event) is Traded and not event.maker.volume:
            del orders[event.maker.order_id]


def trades_in(events: list[Any]) -> list[Trade]:
    """The trades among events of our exchange."""
    return [(e.maker.order_id, e.taker.order_id, e.price_li, e.volume) for e in events if type(e) is Traded]
