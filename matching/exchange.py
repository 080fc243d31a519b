"""Station 6: the exchange. One door for orders, cancels and quotes; behind it one book per security.

Comes in: ``BookOrder`` with its price type, or a cancel. Goes out: events in order. The exchange knows the trading day,
the phase and the rules in force; it does not know accounts, and to it the house is a participant like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from matching import calendar, continuous
from matching.book import HOUSE, BookOrder, OrderBook
from matching.calendar import TradingCalendar
from matching.checks import Rejection, Setting, Terms, first_rejection
from matching.codes import Board
from matching.events import Cancelled, Event, Traded
from matching.instrument import Listing, PriceBand, Security, price_band
from matching.phases import PHASE_RULES, Phase
from matching.price_types import PriceType
from matching.rules import Rules, phase_at


class Exchange:
    """SH and SZ under one roof: securities, books, the day and its rules."""

    def __init__(self, rules: Rules, trading_calendar: TradingCalendar) -> None:
        self.rules = rules
        self.calendar = trading_calendar
        self.day = 0
        self.securities: dict[str, Security] = {}
        self._books: dict[str, OrderBook] = {}
        self._bands: dict[str, PriceBand] = {}

    # ---- securities ----------------------------------------------------------------------------------------------------

    def list_security(self, listing: Listing) -> Security:
        """Admit a security to trading. A second listing of one code is a ValueError."""
        if listing.code.text in self.securities:
            raise ValueError(f"{listing.code.text} is listed twice")
        security = self.securities[listing.code.text] = Security(listing)
        return security

    def open_day(self, day: int) -> None:
        """Begin a trading day: books are empty, yesterday's last price is the reference."""
        assert not any(True for book in self._books.values() for _ in book.orders()), "orders outlived their day"
        self.day = day
        self._books.clear()
        self._bands.clear()
        for security in self.securities.values():
            security.pre_close_li = security.last_li

    def set_reference(self, security: Security, pre_close_li: int) -> None:
        """Change the day's reference price, and with it the limits."""
        security.pre_close_li = pre_close_li
        self._bands.pop(security.code, None)

    def band(self, security: Security) -> PriceBand:
        """The day's price limits of a security."""
        found = self._bands.get(security.code)
        if found is None:
            found = self._bands[security.code] = price_band(security, self.rules.on(security.board, self.day))
        return found

    def phase(self, security: Security, now_ms: int) -> Phase:
        """The phase a security is in; outside the trading day it is closed."""
        return self.board_phase(security.board, now_ms)

    def board_phase(self, board: Board, now_ms: int) -> Phase:
        """The phase a board is in; outside the trading day it is closed."""
        session = self.rules.on(board, self.day).session
        if len(session.steps) == 1:
            return session.steps[0].phase
        if calendar.day_of(now_ms) != self.day:
            return Phase.CLOSED
        return phase_at(session, calendar.time_of_day_ms(now_ms))

    def last_trading_ms(self, board: Board) -> int:
        """The last millisecond of the day in which a board matches continuously."""
        steps = self.rules.on(board, self.day).session.steps
        ends = [step.at_ms for step in steps[1:]] + [calendar.MS_PER_DAY]
        last = max(end for step, end in zip(steps, ends, strict=True) if PHASE_RULES[step.phase].matching)
        return calendar.midnight_ms(self.day) + last - 1

    # ---- orders --------------------------------------------------------------------------------------------------------

    def check(self, security: Security, terms: Terms, now_ms: int) -> Rejection | None:
        """The static checks, which the counter asks for before it freezes."""
        setting = Setting(security, self.rules.on(security.board, self.day), self.band(security), self.phase(security, now_ms))
        return first_rejection(terms, setting)

    def book(self, code: str) -> OrderBook:
        """The book of a security, made when it is first needed."""
        book = self._books.get(code)
        if book is None:
            book = self._books[code] = OrderBook()
        return book

    def submit(self, order: BookOrder, price_type: PriceType) -> list[Event]:
        """An order arrives in continuous trading. Its queue number must be higher than any before it."""
        events = list(continuous.match(self.book(order.code), order, price_type))
        for event in events:
            if type(event) is Traded:
                self.securities[order.code].last_li = event.price_li
        return events

    def may_cancel(self, security: Security, now_ms: int) -> bool:
        """Does the phase take cancels?"""
        return PHASE_RULES[self.phase(security, now_ms)].cancels

    def cancel(self, order: BookOrder) -> Cancelled:
        """Take a resting order out of its book."""
        return Cancelled(order, self.book(order.code).cancel(order))

    def take_away(self, order: BookOrder, volume: int) -> None:
        """Lower a resting house order in place: the market behind the house traded or cancelled that much."""
        assert order.owner == HOUSE, "only the house shrinks in place"
        self.book(order.code).sides[order.side].take(order, volume)

    def fill_resting(self, maker: BookOrder, volume: int) -> Traded:
        """The market behind the house traded with a resting order, at that order's price."""
        taker = BookOrder(0, HOUSE, maker.code, type(maker.side)(1 - maker.side), maker.price_li, 0)
        self.book(maker.code).sides[maker.side].take(maker, volume)
        self.securities[maker.code].last_li = maker.price_li
        return Traded(taker, maker, maker.price_li, volume)

    def restore(self, orders: Iterable[BookOrder]) -> None:
        """Put resting orders back, in the order of their queue numbers."""
        for order in sorted(orders, key=lambda order: order.queue_seq):
            self.book(order.code).sides[order.side].append(order)

    def problems(self) -> Iterator[str]:
        """Name what is inconsistent in any book."""
        for code, book in self._books.items():
            for problem in book.check():
                yield f"book {code}: {problem}"
