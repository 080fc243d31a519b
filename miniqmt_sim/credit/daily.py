"""Station 7: what a day does to credit accounts by itself, at its opening and at its close.

Opening: repaid compacts become history, ratios that a new rule lowers are lowered, dividends on borrowed shares are paid to
their owner, appointments begin and end. Close: interest up to the next trading day, its monthly collection, compacts that fall
due, and the lines of the maintenance ratio. Source: exchange-rules §10.3 and §10.4.
"""

from __future__ import annotations

from collections.abc import Sequence

from matching import calendar, units
from matching.units import PPM
from miniqmt_sim.counter.account import Account
from miniqmt_sim.counter.broker import Broker
from miniqmt_sim.counter.corporate import Action, dividend_li
from miniqmt_sim.counter.ledger import Entry
from miniqmt_sim.credit.compact import Compact
from miniqmt_sim.credit.desk import CreditDesk
from miniqmt_sim.credit.events import Kind
from miniqmt_sim.credit.standing import Standing
from miniqmt_sim.credit.terms import SloBase


class CreditDays:
    """The turns of the day."""

    __slots__ = ("_broker", "_desk")

    def __init__(self, desk: CreditDesk, broker: Broker) -> None:
        self._desk = desk
        self._broker = broker

    # ---- opening -------------------------------------------------------------------------------------------------------

    def open_day(self, before: int, actions: Sequence[Action], now_ms: int) -> None:
        """A day opens after the trading day ``before``; ``actions`` go ex on it, and prices have been rebased."""
        desk = self._desk
        desk.book.turn_day(before)
        if desk.lowers_open(before):
            self._lower_ratios()
        for action in actions:
            for account in desk.accounts():
                self._compensate(account, action, now_ms)
        desk.lending.open_day(now_ms)

    def _lower_ratios(self) -> None:
        for account in self._desk.accounts():
            for compact in self._desk.book.open(account.account_id):
                ratio_ppm = self._desk.ratio_ppm(compact.compact_type, compact.stock_code)
                if ratio_ppm < compact.ratio_ppm:
                    compact.ratio_ppm = ratio_ppm
                    self._desk.book.put(compact)

    def _compensate(self, account: Account, action: Action, now_ms: int) -> None:
        """What a company gives belongs to the owner of borrowed shares: gross cash is paid to him, new shares are owed.

        New shares of financed ones are financed as well, for their price has been divided among all.
        """
        book = self._desk.book
        compacts = book.open(account.account_id, stock_code=action.stock_code)
        due_li = dividend_li(sum(compact.left_volume for compact in compacts if compact.is_short), action)
        for compact in compacts:
            more = compact.receive_free(action.free_ppm)
            if more:
                book.put(compact)
                if compact.is_short:
                    book.lend_shares(compact.source, compact.stock_code, more)
        self._desk.lending.cover(account.account_id, action.stock_code)
        self._desk.restrict(account)
        if due_li:
            self._broker.charge(account, Entry.SLO_DIVIDEND, due_li, now_ms)

    # ---- close ---------------------------------------------------------------------------------------------------------

    def close_day(self, next_day: int, now_ms: int) -> None:
        """The day is over, the next one is known."""
        collects = _holds_day_of_month(self._desk.day, next_day, self._desk.terms().rate.collect_day)
        for account in self._desk.accounts() if collects else ():
            self._collect(account, now_ms)
        for account in self._desk.accounts():
            for compact in self._desk.book.open(account.account_id):
                self._accrue(compact, next_day)
        self._desk.lending.close_day(next_day)
        for account in self._desk.accounts():
            self._note_due(account, now_ms)
            self._judge(account, now_ms)

    def _accrue(self, compact: Compact, next_day: int) -> None:
        """Interest of the days until the next trading day; the first day was charged with the opening.

        The days after the due one bear more, also where it lies before a weekend.
        """
        day, rate = self._desk.day, self._desk.terms().rate
        days = days_between(day, next_day) - (compact.open_day == day)
        late_days = min(days, max(0, days_between(compact.end_day, next_day) - 1))
        base_li = compact.left_li
        if compact.is_short and rate.slo_base is SloBase.MARKET:
            base_li = compact.left_volume * self._broker.exchange.securities[compact.stock_code].last_li
        compact.accrue(base_li, rate.overdue_ppm, days - late_days, late_days)
        self._desk.book.put(compact)

    def _collect(self, account: Account, now_ms: int) -> None:
        """Take the interest up to this day from free cash, oldest first; what there is no cash for stays owed."""
        taken_li = 0
        for compact in self._desk.book.open(account.account_id):
            part_li = min(compact.interest.owed_li, account.available_li // units.LI_PER_FEN * units.LI_PER_FEN)
            if part_li > 0:
                compact.interest.repaid_li += part_li
                taken_li += part_li
                reason = Entry.SLO_FEE if compact.is_short else Entry.INTEREST
                self._broker.move_cash(account, reason, -part_li, now_ms)
                self._desk.book.put(compact)
        if taken_li:
            ratio_ppm = self._desk.standing(account).maintenance_ppm
            self._desk.events.note(
                account.account_id, Kind.INTEREST_TAKEN, ratio_ppm, now_ms, units.text_yuan(taken_li)
            )

    def _note_due(self, account: Account, now_ms: int) -> None:
        """Compacts whose term has ended are overdue from now on."""
        for compact in self._desk.book.open(account.account_id):
            if compact.end_day <= self._desk.day and not compact.overdue:
                compact.overdue = True
                self._desk.book.put(compact)
                ratio_ppm = self._desk.standing(account).maintenance_ppm
                self._desk.events.note(account.account_id, Kind.OVERDUE, ratio_ppm, now_ms, compact.compact_id)

    def _judge(self, account: Account, now_ms: int) -> None:
        """Hold the maintenance ratio at the close against its lines."""
        standing = self._desk.standing(account)
        line, decided, ratio_ppm = standing.terms.line, standing.decided, standing.maintenance_ppm
        if decided.due_day and ratio_ppm >= line.restore_ppm:
            self._decide(account, 0, 0)
            self._desk.events.note(account.account_id, Kind.CALL_ANSWERED, ratio_ppm, now_ms)
        elif decided.due_day:
            if ratio_ppm < line.immediate_ppm:
                self._decide(account, decided.called_day, min(decided.due_day, self._desk.day))
            if decided.due_day == self._desk.day:
                self._desk.events.note(account.account_id, Kind.CALL_MISSED, ratio_ppm, now_ms)
        elif ratio_ppm < line.call_ppm:
            self._call(account, standing, now_ms)
        elif ratio_ppm < line.warning_ppm:
            self._desk.events.note(account.account_id, Kind.WARNING, ratio_ppm, now_ms)

    def _call(self, account: Account, standing: Standing, now_ms: int) -> None:
        """Call the account; below the immediate line there is no grace."""
        line, due_day = standing.terms.line, self._desk.day
        if standing.maintenance_ppm >= line.immediate_ppm:
            for _ in range(line.grace_days):
                due_day = self._broker.exchange.calendar.next_after(due_day)
        self._decide(account, self._desk.day, due_day)
        detail = f"due {due_day}, missing {units.text_yuan(self.missing_li(standing))}"
        self._desk.events.note(account.account_id, Kind.MARGIN_CALL, standing.maintenance_ppm, now_ms, detail)

    def _decide(self, account: Account, called_day: int, due_day: int) -> None:
        decided = self._desk.book.account(account.account_id)
        decided.called_day, decided.due_day = called_day, due_day
        self._desk.book.put_account(decided)

    @staticmethod
    def missing_li(standing: Standing) -> int:
        """Cash or collateral that would bring an account back to the line: r·D − A."""
        needed_li = units.ceil_div(standing.debt_li * standing.terms.line.restore_ppm, PPM)
        return max(0, needed_li - standing.assets_li)

    # ---- what is asked -------------------------------------------------------------------------------------------------

    def extend(self, account: Account, compact: Compact, now_ms: int) -> str | None:
        """Extend a compact by another term; a sentence says why not. Source: exchange-rules §10.4."""
        terms, standing = self._desk.terms(), self._desk.standing(account)
        if not compact.is_open:
            return "it is repaid"
        if compact.overdue:
            return "it is overdue"
        if compact.extensions >= terms.term.extensions:
            return f"it was extended {compact.extensions} times already"
        if standing.maintenance_ppm < terms.line.warning_ppm:
            return "the maintenance ratio is below the warning line"
        compact.end_day = calendar.plus_days(compact.end_day, terms.term.days)
        compact.extensions += 1
        self._desk.book.put(compact)
        self._desk.events.note(account.account_id, Kind.EXTENDED, standing.maintenance_ppm, now_ms, compact.compact_id)
        return None


def days_between(first: int, last: int) -> int:
    """Calendar days from one day to another."""
    return (calendar.date_of(last) - calendar.date_of(first)).days


def _holds_day_of_month(first: int, end: int, day_of_month: int) -> bool:
    """Does that day of a month lie in the days from ``first`` up to, and without, ``end``?"""
    days = days_between(first, end)
    return any(calendar.plus_days(first, number) % 100 == day_of_month for number in range(days))
