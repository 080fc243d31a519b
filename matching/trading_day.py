"""The trading day of an exchange: what is listed, which rules hold, which phase a moment belongs to. No order is known here.

Beside ``exchange``, whose first half it is.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from matching import calendar
from matching.calendar import TradingCalendar
from matching.codes import Board
from matching.instrument import DatedTag, Listing, PriceBand, Security, price_band
from matching.phases import PHASE_RULES, Phase
from matching.rules import BoardRules, ListingRule, Rules, phase_at


class _Span:
    """A stretch of time in which a board is in one phase."""

    __slots__ = ("from_ms", "phase", "until_ms")

    def __init__(self, from_ms: int, until_ms: int, phase: Phase) -> None:
        self.from_ms = from_ms
        self.until_ms = until_ms
        self.phase = phase


class TradingDay:
    """SH and SZ under one roof: securities, and what the day's rules make of them."""

    def __init__(self, rules: Rules, trading_calendar: TradingCalendar) -> None:
        self.rules = rules
        self.calendar = trading_calendar
        self.securities: dict[str, Security] = {}
        self._bands: dict[str, PriceBand] = {}
        self._resale_days: dict[str, int] = {}
        self._spans: dict[Board, _Span] = {}
        self._matched: dict[tuple[Board, int], tuple[int, bool]] = {}
        """(board, time of day) -> the day it was asked for last, and whether orders are matched then; every bar asks."""
        self.day = 0
        """``set_day`` changes it."""

    def set_day(self, day: int) -> None:
        """Say which trading day it is."""
        self.day = day
        self._spans.clear()
        self.forget_rules()

    def forget_rules(self) -> None:
        """What the day's rules made of the securities must be found anew."""
        self._bands.clear()
        self._resale_days.clear()

    def forget_rules_of(self, security: Security) -> None:
        """The same of one security, of which something else is said now."""
        self._bands.pop(security.code, None)
        self._resale_days.pop(security.code, None)

    # ---- securities ----------------------------------------------------------------------------------------------------

    def list_security(self, listing: Listing) -> Security:
        """Admit a security to trading. A second listing of one code is a ValueError."""
        if listing.code.text in self.securities:
            raise ValueError(f"{listing.code.text} is listed twice")
        security = self.securities[listing.code.text] = Security(listing)
        security.open_day(self.day)
        return security

    def has_begun(self, security: Security) -> bool:
        """Does it trade yet? Not before its first day, nor before its board opened."""
        return security.first_day <= self.day

    def tradable(self, stock_code: str) -> Security | None:
        """The security of a code that can be traded; None for an index, and for what is not listed."""
        found = self.securities.get(stock_code)
        return found if found is not None and not found.is_index else None

    def open_day(self, day: int) -> None:
        """Begin a trading day: yesterday's close is the reference."""
        self.set_day(day)
        for security in self.securities.values():
            security.pre_close_li = security.last_li
            security.open_day(day)

    def begin_anew(self) -> None:
        """The day is another before anything was traded: forget its figures, and what its rules made of the securities."""
        self.forget_rules()
        for security in self.securities.values():
            security.open_day(self.day)

    def set_reference(self, security: Security, pre_close_li: int) -> None:
        """Change the day's reference price, and with it the limits."""
        security.pre_close_li = pre_close_li
        self.forget_rules_of(security)

    def set_tags(self, security: Security, tags: tuple[DatedTag, ...]) -> None:
        """Change what is said of a security, and with it the limits."""
        security.set_tags(tags, self.day)
        self.forget_rules_of(security)

    def board_rules(self, security: Security) -> BoardRules:
        """The rules in force for a security today."""
        return self.rules.on(security.board, self.day)

    def band(self, security: Security) -> PriceBand:
        """The day's price limits of a security."""
        found = self._bands.get(security.code)
        if found is None:
            rules, listing = self.board_rules(security), self._listing_rule(security)
            if listing is not rules.listing:
                rules = replace(rules, listing=listing)
            found = self._bands[security.code] = price_band(security, rules, self._trading_days(security))
        return found

    def resale_days(self, security: Security) -> int:
        """Trading days until what is bought today may be sold."""
        found = self._resale_days.get(security.code)
        if found is None:
            found = self._resale_days[security.code] = security.resale_days(self.board_rules(security))
        return found

    def _listing_rule(self, security: Security) -> ListingRule:
        """The rule of a security's first days: that of its first day. A reform gives no free days to those listed before."""
        return self.rules.on(security.board, security.listed).listing

    def _trading_days(self, security: Security) -> int | None:
        """Trading days since the listing, as long as a rule might ask for them."""
        most = self._listing_rule(security).free_days
        if not 0 < security.listed <= self.day:
            return None
        day = self.calendar.first_on_or_after(security.listed)
        for number in range(most + 1):
            if day > self.day:
                return None
            if day == self.day:
                return number
            day = self.calendar.next_after(day)
        return None

    # ---- time ----------------------------------------------------------------------------------------------------------

    def phase(self, security: Security, now_ms: int) -> Phase:
        """The phase a security is in; outside the trading day it is closed. A halt takes the place of continuous trading."""
        phase = self.board_phase(security.board, now_ms)
        if now_ms < security.figures.halted_until_ms and PHASE_RULES[phase].matching:
            return Phase.HALT
        return phase

    def board_phase(self, board: Board, now_ms: int) -> Phase:
        """The phase a board is in; outside the trading day it is closed."""
        span = self._spans.get(board)
        if span is None or not span.from_ms <= now_ms < span.until_ms:
            span = self._spans[board] = self._span(board, now_ms)
        return span.phase

    def _span(self, board: Board, now_ms: int) -> _Span:
        session = self.rules.on(board, self.day).session
        time_ms = calendar.time_of_day_ms(now_ms)
        midnight_ms = now_ms - time_ms
        if len(session.steps) == 1:
            return _Span(midnight_ms, midnight_ms + calendar.MS_PER_DAY, session.steps[0].phase)
        if calendar.day_of(now_ms) != self.day:
            return _Span(now_ms, now_ms + 1, Phase.CLOSED)
        from_ms = max((step.at_ms for step in session.steps if step.at_ms <= time_ms), default=0)
        until_ms = min((step.at_ms for step in session.steps if step.at_ms > time_ms), default=calendar.MS_PER_DAY)
        return _Span(midnight_ms + from_ms, midnight_ms + until_ms, phase_at(session, time_ms))

    def is_matched(self, board: Board, at_ms: int) -> bool:
        """Are orders on a board matched as they come, at a time of whatever trading day?"""
        number, time_ms = divmod(at_ms + calendar.UTC_OFFSET_MS, calendar.MS_PER_DAY)
        known = self._matched.get((board, time_ms))
        if known is None or known[0] != number:
            session = self.rules.on(board, calendar.day_of(at_ms)).session
            known = self._matched[board, time_ms] = (number, PHASE_RULES[phase_at(session, time_ms)].matching)
        return known[1]

    def phase_began_ms(self, board: Board, now_ms: int) -> int:
        """When the present phase of a board began."""
        self.board_phase(board, now_ms)
        return self._spans[board].from_ms

    def boundaries(self) -> list[int]:
        """Moments of the day at which orders are treated by themselves on some board, in order."""
        start_ms = calendar.midnight_ms(self.day)
        found: dict[int, None] = {}
        for board in Board:
            steps = self.rules.on(board, self.day).session.steps
            for before, after in pairwise(steps):
                if turns(before.phase, after.phase):
                    found[start_ms + after.at_ms] = None
        return sorted(found)

    def last_trading_ms(self, board: Board) -> int:
        """The last millisecond of the day in which a board's host takes orders."""
        steps = self.rules.on(board, self.day).session.steps
        ends = [step.at_ms for step in steps[1:]] + [calendar.MS_PER_DAY]
        last = max(end for step, end in zip(steps, ends, strict=True) if PHASE_RULES[step.phase].orders)
        return calendar.midnight_ms(self.day) + last - 1

    def next_phase_ms(self, board: Board, now_ms: int) -> int:
        """When the next phase of a board begins, today or on the next trading day."""
        day = self.day
        while True:
            start_ms = calendar.midnight_ms(day)
            steps = self.rules.on(board, day).session.steps
            found = [start_ms + step.at_ms for step in steps[1:] if start_ms + step.at_ms > now_ms]
            if found:
                return found[0]
            day = self.calendar.next_after(day)

    def next_orders_ms(self, board: Board, now_ms: int) -> int:
        """The first moment from now on, today, at which a board's host takes orders."""
        if PHASE_RULES[self.board_phase(board, now_ms)].orders:
            return now_ms
        start_ms = calendar.midnight_ms(self.day)
        steps = self.rules.on(board, self.day).session.steps
        return next(
            start_ms + step.at_ms for step in steps if start_ms + step.at_ms > now_ms and PHASE_RULES[step.phase].orders
        )


def turns(before: Phase, after: Phase) -> bool:
    """Does something happen between two phases: an auction ends, waiting orders enter, fixed-price trading begins?"""
    old, new = PHASE_RULES[before], PHASE_RULES[after]
    ends_call = bool(old.call) and old.call != new.call
    return ends_call or old.queued or (old.matching and bool(new.call)) or after in (Phase.AFTER_HOURS_ENTRY, Phase.AFTER_HOURS)
