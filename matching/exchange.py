"""Station 6: the exchange. One door for orders and cancels; behind it one book per security.

Comes in: ``BookOrder`` with its price type, or a cancel, at a moment. Goes out: events in order. The exchange knows the
trading day, the phase and the rules in force; it does not know accounts, and to it the house is a participant like any
other, but for the checks, which the real market's orders have passed already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

from matching import auction, calendar
from matching.auction import Cross
from matching.book import BUY, HOUSE, OTHER, BookOrder, OrderBook, Side
from matching.calendar import TradingCalendar
from matching.checks import Gate, Kind, Setting, Terms, cage_bound, exchange_rejection, kind_of, surely_enters
from matching.codes import Board
from matching.continuous import Stop, match, reaches
from matching.events import Cancelled, Event, Halted, Rejected, Rested, Traded
from matching.fixed_price import FixedPriceQueue
from matching.instrument import SUSPENDED, Security, closing_price
from matching.phases import PHASE_RULES, Call, Phase
from matching.price_types import PRICE_TYPES, PriceType
from matching.rules import CageMode, Rules
from matching.trading_day import TradingDay, turns
from matching.units import PPM

LIMIT_ORDER = PRICE_TYPES[11]
DORMANT = CageMode.DORMANT


class _Lasting:
    """A setting that stays until then, if nothing happens to the security before. Time goes forward."""

    __slots__ = ("setting", "until_ms")

    def __init__(self, until_ms: int, setting: Setting) -> None:
        self.until_ms = until_ms
        self.setting = setting


class Hold(StrEnum):
    """Which orders a counter keeps back while the host takes none. Brokers differ (exchange-rules §2.4)."""

    NONE = "none"
    BREAKS = "breaks"
    DAY = "day"


class Exchange(TradingDay):
    """The day, its books, and what is kept beside them."""

    def __init__(
        self, rules: Rules, trading_calendar: TradingCalendar, take_queue_seqs: Callable[[int], int], hold: Hold = Hold.BREAKS
    ) -> None:
        """``take_queue_seqs`` gives the first of so many queue numbers that nobody has had."""
        super().__init__(rules, trading_calendar)
        self._hold = hold
        self._take_queue_seqs = take_queue_seqs
        self._books: dict[str, OrderBook] = {}
        self._dormant: dict[str, list[BookOrder]] = {}
        self._fixed: dict[str, FixedPriceQueue] = {}
        self._settings: dict[str, _Lasting] = {}
        self._gates: dict[Kind, dict[int, Gate]] = {}

    def forget_rules(self) -> None:
        """What the day's rules made of the securities must be found anew."""
        super().forget_rules()
        self._settings.clear()
        self._gates.clear()

    def forget_rules_of(self, security: Security) -> None:
        """The same of one security, of which something else is said now."""
        super().forget_rules_of(security)
        self._settings.pop(security.code, None)

    def open_day(self, day: int) -> None:
        """Begin a trading day: books are empty, yesterday's close is the reference."""
        assert not any(True for book in self._books.values() for _ in book.orders()), "orders outlived their day"
        assert not any(self._dormant.values()), "dormant orders outlived their day"
        assert not any(map(len, self._fixed.values())), "fixed-price orders outlived their day"
        super().open_day(day)
        self._books.clear()
        self._dormant.clear()
        self._fixed.clear()

    # ---- phases --------------------------------------------------------------------------------------------------------

    def turn_phase(self, at_ms: int) -> Iterator[tuple[str, list[Event]]]:
        """A moment of ``boundaries`` has come: end what ends there, code by code."""
        for code in sorted({**self._books, **self._dormant, **self._fixed}):
            if self.is_idle(code):
                continue
            security = self.securities[code]
            before, after = (self.board_phase(security.board, moment) for moment in (at_ms - 1, at_ms))
            trades = turns(before, after) and SUSPENDED not in security.tags
            events = self._turn(security, before, after, at_ms) if trades else []
            if events:
                yield code, events

    def _turn(self, security: Security, before: Phase, after: Phase, now_ms: int) -> list[Event]:
        call = PHASE_RULES[before].call
        events = self.uncross(security, call, now_ms) if call else self._wake_all(security.code, now_ms)
        fixed = self._fixed.get(security.code)
        if fixed is not None and after is Phase.AFTER_HOURS_ENTRY:
            events += self._drop_invalid(security, fixed)
        if fixed is not None and after is Phase.AFTER_HOURS:
            events += self._match_fixed(security, fixed, now_ms)
        return events

    def resume(self, security: Security, now_ms: int) -> list[Event]:
        """A temporary halt is over: one-price auction, at 14:57 too, before the closing auction. It may reach a threshold."""
        security.figures.halted_until_ms = 0
        events = self.uncross(security, Call.RESUME, now_ms)
        goes_on = PHASE_RULES[self.board_phase(security.board, now_ms)].matching
        return events + self._halt(security, now_ms) if events and goes_on else events

    # ---- orders --------------------------------------------------------------------------------------------------------

    def setting(self, security: Security, now_ms: int) -> Setting:
        """What an order in a security is checked against now."""
        found = self._settings.get(security.code)
        if found is not None and now_ms < found.until_ms:
            return found.setting
        phase = self.phase(security, now_ms)
        held = not PHASE_RULES[phase].orders and self._is_held(security.board, phase, now_ms)
        book = self._books.get(security.code)
        band = self.band(security)
        gates = self._gates.setdefault(kind_of(security, band, phase, held), {})
        setting = Setting(security, self.board_rules(security), band, phase, held, book, gates)
        if phase is not Phase.HALT:
            self._settings[security.code] = _Lasting(self._spans[security.board].until_ms, setting)
        return setting

    def _is_held(self, board: Board, phase: Phase, now_ms: int) -> bool:
        if self._hold is Hold.DAY:
            return now_ms <= self.last_trading_ms(board)
        return self._hold is Hold.BREAKS and PHASE_RULES[phase].held

    def book(self, code: str) -> OrderBook:
        """The book of a security, made when it is first needed."""
        book = self._books.get(code)
        if book is None:
            book = self._books[code] = OrderBook()
            self._settings.pop(code, None)
        return book

    def submit(self, order: BookOrder, price_type: PriceType, now_ms: int) -> list[Event]:
        """An order arrives. It gets its queue number here, unless it has one."""
        setting = self.setting(self.securities[order.code], now_ms)
        if order.owner != HOUSE and not surely_enters(order, price_type, setting):
            terms = Terms(order.side, price_type, order.price_li, True, order.volume)
            rejection = exchange_rejection(terms, setting)
            if rejection is not None:
                return [Rejected(order, *rejection)]
            caged = setting.rules.cage.mode is DORMANT and cage_bound(terms, setting) is not None
            if caged or setting.rule.queued:
                self._dormant.setdefault(order.code, []).append(order)
                return [Rested(order)]
        if price_type.fixed:
            return self._enter_fixed(setting.security, order, setting.phase, now_ms)
        events = self._enter(order, price_type, setting, now_ms)
        if order.code in self._dormant and order.owner != HOUSE:
            events += self.wake(order.code, now_ms)
        return events

    def _enter(self, order: BookOrder, price_type: PriceType, setting: Setting, now_ms: int) -> list[Event]:
        """Match at once, or wait for the auction."""
        if not order.queue_seq:
            order.queue_seq = self._take_queue_seqs(1)
        book, security = setting.book or self.book(order.code), setting.security
        if not setting.rule.matching:
            book.sides[order.side].append(order)
            return [Rested(order)]
        may_halt = setting.band.high_li is None
        only_li = 0 if security.has_depth else security.last_li
        events = match(book, order, price_type, self._halt_watch(security) if may_halt else None, only_li)
        if events:
            self._note_sweep(security, events, now_ms)
        if order.level is not None:
            events.append(Rested(order))
        if may_halt and any(type(event) is Traded for event in events):
            events += self._halt(security, now_ms)
        return events

    @staticmethod
    def _note_sweep(security: Security, events: Iterable[Event], now_ms: int) -> None:
        first_li = last_li = amount_li = volume = 0
        for event in events:
            if type(event) is Traded:
                last_li = event.price_li
                first_li = first_li or last_li
                volume += event.volume
                amount_li += last_li * event.volume
        if volume:
            security.last_li = last_li
            security.figures.sweep(now_ms, first_li, last_li, amount_li, volume)

    def _note(self, security: Security, trade: Traded, now_ms: int) -> None:
        security.last_li = trade.price_li
        security.figures.trade(now_ms, trade.price_li, trade.volume)

    def may_cancel(self, order: BookOrder, price_type: PriceType, now_ms: int) -> bool:
        """Does the phase take cancels?"""
        rule = self.setting(self.securities[order.code], now_ms).rule
        return rule.fixed if price_type.fixed else rule.cancels

    def cancel(self, order: BookOrder, now_ms: int) -> list[Event]:
        """Take an order out of its book, or out of those kept beside it."""
        if order.level is None:
            self._beside(order).remove(order)
            return [Cancelled(order, order.volume)]
        events: list[Event] = [Cancelled(order, self._books[order.code].cancel(order))]
        if order.code in self._dormant:
            events += self.wake(order.code, now_ms)
        return events

    def _beside(self, order: BookOrder) -> list[BookOrder] | FixedPriceQueue:
        """What keeps an order that is in no book."""
        dormant = self._dormant.get(order.code, [])
        return dormant if order in dormant else self._fixed[order.code]

    # ---- after-hours fixed price ---------------------------------------------------------------------------------------

    def _enter_fixed(self, security: Security, order: BookOrder, phase: Phase, now_ms: int) -> list[Event]:
        """Wait for the close; after it, trade at once, or be invalid."""
        order.queue_seq = self._take_queue_seqs(1)
        fixed = self._fixed.setdefault(order.code, FixedPriceQueue())
        fixed.append(order)
        events: list[Event] = [Rested(order)]
        if phase in (Phase.AFTER_HOURS_ENTRY, Phase.AFTER_HOURS):
            events += self._drop_invalid(security, fixed)
        if phase is Phase.AFTER_HOURS:
            events += self._match_fixed(security, fixed, now_ms)
        return events

    @staticmethod
    def _drop_invalid(security: Security, fixed: FixedPriceQueue) -> list[Event]:
        return [Cancelled(order, order.volume) for order in fixed.drop_invalid(security.figures.close_li)]

    def _match_fixed(self, security: Security, fixed: FixedPriceQueue, now_ms: int) -> list[Event]:
        events: list[Event] = list(fixed.match(security.figures.close_li))
        for event in events:
            if type(event) is Traded:
                self._note(security, event, now_ms)
        return events

    def fixed_orders(self, code: str) -> list[BookOrder]:
        """Fixed-price orders of a security, in order of arrival."""
        return list(self._fixed.get(code, ()))

    def fill_fixed(self, maker: BookOrder, volume: int, now_ms: int) -> Traded:
        """The market behind the house traded with a fixed-price order."""
        close_li = self.securities[maker.code].figures.close_li
        taker = BookOrder(0, HOUSE, maker.code, OTHER[maker.side], close_li, 0)
        self._fixed[maker.code].take(maker, volume)
        trade = Traded(taker, maker, close_li, volume)
        self._note(self.securities[maker.code], trade, now_ms)
        return trade

    # ---- auctions and halts --------------------------------------------------------------------------------------------

    def indicative(self, security: Security, now_ms: int) -> Cross | None:
        """What the auction would give if it ended now: price, volume, surplus. None outside auctions, or without a cross."""
        call = PHASE_RULES[self.phase(security, now_ms)].call
        return self._find_cross(security, call) if call else None

    def _find_cross(self, security: Security, call: Call) -> Cross | None:
        book, rules = self.book(security.code), self.board_rules(security)
        reference_li = security.pre_close_li if call is Call.OPEN else security.last_li
        bids, asks = (auction.depth(book, side) for side in Side)
        return auction.find_cross(bids, asks, rules.auction, reference_li, rules.tick.tick_li)

    def uncross(self, security: Security, call: Call, now_ms: int) -> list[Event]:
        """End an auction: trade what crosses at its price. What is left stays, in its place."""
        cross = self._find_cross(security, call)
        if cross is None:
            return []
        events: list[Event] = list(auction.uncross(self.book(security.code), cross))
        security.last_li = cross.price_li
        security.figures.trade(now_ms, cross.price_li, cross.volume)
        if call is Call.CLOSE:
            security.figures.close_li = cross.price_li
        return events

    def may_halt(self, security: Security) -> bool:
        """Can a price halt trading in a security today?"""
        return bool(self.board_rules(security).halt.thresholds_ppm) and self.band(security).high_li is None

    def _halt_watch(self, security: Security) -> Stop | None:
        """What stops an order at the trade that halts; the day's first trade is the opening price. None on other days."""
        if not self.may_halt(security):
            return None
        open_li = security.figures.open_li

        def stop(price_li: int) -> bool:
            nonlocal open_li
            open_li = open_li or price_li
            return self._threshold(security, open_li, price_li) is not None

        return stop

    def _threshold(self, security: Security, open_li: int, price_li: int) -> int | None:
        """The halt threshold that a trade price reaches for the first time, with the sign of its direction."""
        figures, rule = security.figures, self.board_rules(security).halt
        sign = 1 if price_li >= open_li else -1
        moved_ppm = abs(price_li - open_li) * PPM // open_li
        reached = [threshold * sign for threshold in rule.thresholds_ppm if moved_ppm >= threshold]
        return reached[-1] if reached and reached[-1] not in figures.halts else None

    def _halt(self, security: Security, now_ms: int) -> list[Event]:
        """Halt a security whose last trade, just now, reached a threshold; a far one uses up those before it."""
        if not self.may_halt(security):
            return []
        threshold = self._threshold(security, security.figures.open_li, security.last_li)
        if threshold is None:
            return []
        rule, figures = self.board_rules(security).halt, security.figures
        sign = 1 if threshold > 0 else -1
        figures.halts += [t * sign for t in rule.thresholds_ppm if t <= abs(threshold) and t * sign not in figures.halts]
        until_ms = now_ms + rule.minutes * calendar.MS_PER_MINUTE
        if len(self.board_rules(security).session.steps) > 1:
            until_ms = self.next_orders_ms(security.board, min(until_ms, calendar.midnight_ms(self.day) + rule.until))
        figures.halted_until_ms = max(until_ms, now_ms)
        self._settings.pop(security.code, None)
        return [Halted(security.code, figures.halted_until_ms)]

    # ---- orders kept beside the book (ChiNext's cage 2020-08-24 to 2023-04-07; SZSE 09:25 to 09:30 up to 2016-05-06) -----

    def dormant(self) -> Mapping[str, list[BookOrder]]:
        """Orders beside the book: outside the price cage until its base moves, or queued until continuous trading begins."""
        return self._dormant

    def has_users(self, code: str) -> bool:
        """Does an account's order stand in a book, or dormant beside it?"""
        return self.book(code).has_users or bool(self._dormant.get(code))

    def is_idle(self, code: str) -> bool:
        """Does nothing rest in a book, or beside it?"""
        book = self._books.get(code)
        rests = book is not None and (book.buys.best is not None or book.sells.best is not None)
        return not rests and code not in self._dormant and not self._fixed.get(code)

    def wake(self, code: str, now_ms: int) -> list[Event]:
        """Let in, earliest first, every dormant order that the cage no longer keeps out; each may move the base again.

        An account's order or cancel does it by itself; the house, which moves many orders at once, says when it is done.
        """
        events: list[Event] = []
        while code in self._dormant:
            setting = self.setting(self.securities[code], now_ms)
            rule = setting.rule
            if rule.queued or not rule.orders:
                break
            order = next((order for order in self._dormant[code] if not self._is_caged(order, setting)), None)
            if order is None:
                break
            events += self._let_in(order, setting, now_ms)
        return events

    def _wake_all(self, code: str, now_ms: int) -> list[Event]:
        """Every dormant order enters: continuous trading is over and they join the auction, or it begins and the queue ends."""
        events: list[Event] = []
        for order in list(self._dormant.get(code, ())):
            events += self._let_in(order, self.setting(self.securities[code], now_ms), now_ms)
        return events

    def _let_in(self, order: BookOrder, setting: Setting, now_ms: int) -> list[Event]:
        waiting = self._dormant[order.code]
        waiting.remove(order)
        if not waiting:
            del self._dormant[order.code]
        return self._enter(order, LIMIT_ORDER, setting, now_ms)

    @staticmethod
    def _is_caged(order: BookOrder, setting: Setting) -> bool:
        return cage_bound(Terms(order.side, LIMIT_ORDER, order.price_li, True, order.volume), setting) is not None

    # ---- the market behind the house ---------------------------------------------------------------------------------------

    def stand(self, code: str, orders: Sequence[BookOrder], now_ms: int) -> list[Event]:
        """Orders of the house arrive to rest. Like ``submit`` for each; where one reaches nobody there is nothing to tell."""
        book = self.book(code)
        events: list[Event] = []
        queue_seq = self._take_queue_seqs(len(orders)) if orders else 0
        for order in orders:
            order.queue_seq = queue_seq
            queue_seq += 1
            own, other = (book.buys, book.sells) if order.side is BUY else (book.sells, book.buys)
            best = other.best
            if best is not None and reaches(order, best.price_li):
                events += self.submit(order, LIMIT_ORDER, now_ms)
            else:
                own.append(order)
        return events

    def take_away(self, order: BookOrder, volume: int) -> None:
        """Lower a resting house order in place: the market behind the house traded or cancelled that much."""
        assert order.owner == HOUSE, "only the house shrinks in place"
        book = self._books[order.code]
        half = book.buys if order.side is BUY else book.sells
        half.take(order, volume)

    def withdraw(self, code: str, orders: Iterable[BookOrder]) -> None:
        """The house takes all of its orders out of a book."""
        book = self._books[code]
        for half in book.sides:
            if not half.users:
                half.clear()
        for order in orders:
            if order.volume:
                self.take_away(order, order.volume)

    def fill_resting(self, maker: BookOrder, volume: int, now_ms: int, price_li: int = 0) -> Traded:
        """The market behind the house traded with a resting order, at that order's price or at one better for it."""
        price_li = price_li or maker.price_li
        taker = BookOrder(0, HOUSE, maker.code, OTHER[maker.side], price_li, 0)
        self.book(maker.code).sides[maker.side].take(maker, volume)
        trade = Traded(taker, maker, price_li, volume)
        self._note(self.securities[maker.code], trade, now_ms)
        return trade

    def note_market(self, security: Security, last_li: int, volume: int, now_ms: int) -> list[Event]:
        """The market behind the house traded: the last price, and what volume at it. That may halt the security."""
        security.last_li = last_li
        if not volume:
            return []
        security.figures.trade(now_ms, last_li, volume)
        return self._halt(security, now_ms)

    def check_halt(self, security: Security, now_ms: int) -> list[Event]:
        """The last price was noted without a trade of ours: halt the security where that reaches a threshold."""
        return self._halt(security, now_ms) if security.figures.open_li else []

    def fix_close(self, security: Security) -> None:
        """Fix the closing price: the closing auction's, else the average of the last minute, else the last price."""
        average = closing_price(security.figures.tape, self.board_rules(security).tick.tick_li)
        security.figures.close_li = security.last_li = average or security.last_li

    # ---- restart and checks --------------------------------------------------------------------------------------------------

    def restore(self, orders: Iterable[tuple[BookOrder, PriceType]]) -> None:
        """Put resting orders back, in the order of their queue numbers; those without one are dormant."""
        for order, price_type in sorted(orders, key=lambda pair: (pair[0].queue_seq, pair[0].order_id)):
            if not order.queue_seq:
                self._dormant.setdefault(order.code, []).append(order)
            elif price_type.fixed:
                self._fixed.setdefault(order.code, FixedPriceQueue()).append(order)
            else:
                self.book(order.code).sides[order.side].append(order)

    def problems(self, now_ms: int) -> Iterator[str]:
        """Name what is inconsistent in any book; only an auction's may be crossed."""
        for code, book in self._books.items():
            security = self.securities[code]
            collects = PHASE_RULES[self.phase(security, now_ms)].call or now_ms < security.figures.halted_until_ms
            for problem in book.check(may_cross=bool(collects)):
                yield f"book {code}: {problem}"


