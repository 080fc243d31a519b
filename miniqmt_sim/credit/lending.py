"""Securities lending (约券): appointments reserve the broker's special shares for an account, against a fee from their start.

Beside station 7. An appointment is refused with a text or reserves its shares at once; from its first day the account may sell
them short as special positions. It ends on its last day, or earlier against a fee for the days cut off; what is still sold
short then is overdue and is fined by the day until it is bought back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from matching import calendar, units
from miniqmt_sim.changes import Changes, Counters, Row
from miniqmt_sim.constants import CashGroup, CompactType
from miniqmt_sim.counter.account import Account
from miniqmt_sim.counter.bank import status_refusal
from miniqmt_sim.counter.broker import Broker
from miniqmt_sim.counter.ledger import Entry
from miniqmt_sim.credit.book import CompactBook
from miniqmt_sim.credit.compact import ID_DIGITS, Accrual
from miniqmt_sim.credit.terms import Lendable, LendingTerm
from miniqmt_sim.refusals import LendingRefusals, refusal_text

LOT: Final = 100
"""Shares are appointed in hundreds. Source: the API document's samples; unverified."""
MAX_APPOINTMENTS: Final = 1_000
"""Appointments that one account may have at a time: each sale of special shares and each close looks at all of them."""
RESERVED: Final = "credit.reserved."
"""Counter, with a code: shares reserved by appointments."""
GROUP_ID: Final = "1"
"""``srcGroupId``: the one group that lends here."""


class ApplyMode(StrEnum):
    """How an appointment was asked for."""

    APPOINTMENT = "0"
    NEGOTIATED = "1"


class State(StrEnum):
    """Where an appointment stands; the numbers are the simulator's own."""

    PENDING = "0"
    ACTIVE = "1"
    OVERDUE = "2"
    ENDED = "3"
    CANCELLED = "4"


LIVE: Final = (State.ACTIVE, State.OVERDUE)
RESERVING: Final = (State.PENDING, *LIVE)


class Wish(NamedTuple):
    """What is asked for. Rates of None are those offered; ``begin_day`` 0 is today."""

    stock_code: str
    days: int
    volume: int
    rate_ppm: int
    early_ppm: int | None
    fine_ppm: int | None
    begin_day: int
    mode: ApplyMode
    group_id: str = GROUP_ID


class Appointment:
    """One appointment. ``amount_li`` is the value of its shares when it was made; fee and fines are rates of the part left."""

    __slots__ = (
        "account_id", "amount_li", "apply_id", "apply_mode", "apply_ms", "begin_day", "compact_id", "early_ppm", "end_day",
        "fee", "fine", "fine_ppm", "group_id", "rate_ppm", "renewals", "returned_volume", "state", "stock_code", "volume",
    )  # fmt: skip

    def __init__(
        self, apply_id: str, compact_id: str, account_id: str, stock_code: str, group_id: str, apply_mode: ApplyMode,
        apply_ms: int, volume: int, amount_li: int, begin_day: int, end_day: int, rate_ppm: int, early_ppm: int, fine_ppm: int,
        fee: Accrual, fine: Accrual, state: State = State.PENDING,
    ) -> None:  # fmt: skip
        self.apply_id = apply_id
        self.compact_id = compact_id
        self.account_id = account_id
        self.stock_code = stock_code
        self.group_id = group_id
        self.apply_mode = apply_mode
        self.apply_ms = apply_ms
        self.volume = volume
        self.returned_volume = 0
        self.amount_li = amount_li
        self.begin_day = begin_day
        self.end_day = end_day
        self.rate_ppm = rate_ppm
        self.early_ppm = early_ppm
        self.fine_ppm = fine_ppm
        self.fee = fee
        self.fine = fine
        self.renewals = 0
        self.state = state

    @property
    def days(self) -> int:
        """Days from the first to the last, renewals included."""
        return _days_between(self.begin_day, self.end_day)

    @property
    def left(self) -> int:
        """Shares still reserved."""
        return self.volume - self.returned_volume if self.state in RESERVING else 0

    @property
    def left_li(self) -> int:
        """Their value when the appointment was made."""
        return self.value_of(self.left)

    @property
    def owed_li(self) -> int:
        """Fee and fines not paid."""
        return self.fee.owed_li + self.fine.owed_li

    def value_of(self, volume: int) -> int:
        """What so many of its shares were worth."""
        return units.half_up(self.amount_li * volume, self.volume)

    def begin(self) -> None:
        """Its first day, which is charged at once."""
        self.state = State.ACTIVE
        self.fee.add(self.left_li, self.rate_ppm, 1)

    def row(self) -> Row:
        """The row of table appointments."""
        return (
            self.apply_id, self.compact_id, self.account_id, self.stock_code, self.group_id, str(self.apply_mode),
            self.apply_ms, self.volume, self.returned_volume, self.amount_li, self.begin_day, self.end_day, self.rate_ppm,
            self.early_ppm, self.fine_ppm, *self.fee.row(), *self.fine.row()[1:], self.renewals, str(self.state),
        )  # fmt: skip

    @classmethod
    def restored(cls, row: Row) -> Appointment:
        """One from its row."""
        *before, volume, returned, amount_li, begin_day, end_day, rate_ppm, early_ppm, fine_ppm = row[:15]
        basis_days, fee_li, fee_rest, repaid_fee_li, fine_li, fine_rest, repaid_fine_li, renewals, state = row[15:]
        apply_id, compact_id, account_id, stock_code, group_id, mode, apply_ms = before
        fee = Accrual(basis_days, fee_li, fee_rest, repaid_fee_li)
        fine = Accrual(basis_days, fine_li, fine_rest, repaid_fine_li)
        appointment = cls(
            apply_id, compact_id, account_id, stock_code, group_id, ApplyMode(mode), apply_ms, volume, amount_li, begin_day,
            end_day, rate_ppm, early_ppm, fine_ppm, fee, fine, State(state),
        )  # fmt: skip
        appointment.returned_volume, appointment.renewals = returned, renewals
        return appointment


class Lending:
    """All appointments that are not over, and those that ended today."""

    group_id: Final = GROUP_ID

    def __init__(
        self, book: CompactBook, terms: Callable[[], LendingTerm], broker: Broker, changes: Changes, counters: Counters
    ) -> None:
        self._book = book
        self._terms = terms
        self._broker = broker
        self._changes = changes
        self._counters = counters
        self._appointments: dict[str, Appointment] = {}
        self._flying: Callable[[str, str], int] = lambda account_id, stock_code: 0

    def watch(self, flying: Callable[[str, str], int]) -> None:
        """Learn from whom to ask how many special shares of a code an account's open orders would sell."""
        self._flying = flying

    # ---- what there is -------------------------------------------------------------------------------------------------

    def of(self, account_id: str) -> list[Appointment]:
        """An account's appointments, oldest first."""
        return [appointment for appointment in self._appointments.values() if appointment.account_id == account_id]

    def reserved(self, account_id: str, stock_code: str) -> int:
        """Shares that an account's appointments let it sell."""
        mine = (each for each in self.of(account_id) if each.stock_code == stock_code and each.state in LIVE)
        return sum(appointment.left for appointment in mine)

    def reserved_of_all(self, stock_code: str) -> int:
        """Shares of a code that are reserved for anybody."""
        return self._counters[f"{RESERVED}{stock_code}"]

    def offered(self, stock_code: str) -> int:
        """Shares of a code that can still be appointed."""
        return max(0, self._book.stock(stock_code).special - self.reserved_of_all(stock_code))

    def offers(self) -> list[tuple[Lendable, int]]:
        """What the broker offers, with how many shares."""
        return [(offer, self.offered(code)) for code, offer in sorted(self._book.lendable.items())]

    def owed_li(self, account_id: str) -> int:
        """Fees and fines an account owes for its appointments."""
        return sum(appointment.owed_li for appointment in self.of(account_id))

    def used(self, account_id: str, stock_code: str) -> int:
        """Special shares of a code that an account has sold and not returned, or would sell by open orders."""
        compacts = self._book.open(account_id, CompactType.SHORT, CashGroup.SPECIAL, stock_code)
        return sum(compact.left_volume for compact in compacts) + self._flying(account_id, stock_code)

    def unused(self, appointment: Appointment) -> int:
        """Shares of an appointment that are not sold: what an account's others leave of its sales is this one's."""
        account_id, code = appointment.account_id, appointment.stock_code
        others = self.reserved(account_id, code) - (appointment.left if appointment.state in LIVE else 0)
        return appointment.left - min(appointment.left, max(0, self.used(account_id, code) - others))

    # ---- what is asked -------------------------------------------------------------------------------------------------

    def appoint(self, account: Account, wish: Wish, now_ms: int) -> tuple[Appointment | None, str]:
        """Reserve shares; a text says why not."""
        day, offer = self._broker.exchange.day, self._book.lendable.get(wish.stock_code)
        begin_day = wish.begin_day or day
        text = self._refusal(account, wish, offer, begin_day)
        if text or offer is None:
            return None, text
        number = f"{day}{self._counters.next('apply_id'):0{ID_DIGITS}d}"
        basis_days = self._terms().basis_days
        amount_li = wish.volume * self._broker.last_li(wish.stock_code, now_ms)
        appointment = Appointment(
            number, f"C{number}", account.account_id, wish.stock_code, wish.group_id, wish.mode, now_ms, wish.volume, amount_li,
            begin_day, calendar.plus_days(begin_day, wish.days), wish.rate_ppm,
            offer.early_ppm if wish.early_ppm is None else wish.early_ppm,
            offer.fine_ppm if wish.fine_ppm is None else wish.fine_ppm, Accrual(basis_days), Accrual(basis_days),
        )  # fmt: skip
        if begin_day == day:
            appointment.begin()
        self._appointments[appointment.apply_id] = appointment
        self._counters.add(f"{RESERVED}{wish.stock_code}", wish.volume)
        self._put(appointment)
        return appointment, ""

    def _refusal(self, account: Account, wish: Wish, offer: Lendable | None, begin_day: int) -> str:
        """Why there is no such appointment."""
        text = self._account_refusal(account)
        if text:
            return text
        if len(self.of(account.account_id)) >= MAX_APPOINTMENTS:
            return refusal_text(LendingRefusals.TOO_MANY_APPOINTMENTS, {"most": MAX_APPOINTMENTS})
        if offer is None:
            return refusal_text(LendingRefusals.APPOINT_CODE, {"stock_code": wish.stock_code})
        least, most = self._bounds(offer)
        if not least <= wish.days <= most:
            return refusal_text(LendingRefusals.APPOINT_DAYS, {"days": wish.days, "least": least, "most": most})
        if wish.volume <= 0 or wish.volume % LOT or wish.volume > self._terms().most_volume:
            return refusal_text(LendingRefusals.APPOINT_VOLUME, {"volume": wish.volume, "lot": LOT})
        if not self._is_beginning(begin_day):
            return refusal_text(LendingRefusals.APPOINT_BEGIN, {"day": begin_day})
        low = [(wish.rate_ppm, offer.fare_ppm), (wish.early_ppm, offer.early_ppm), (wish.fine_ppm, offer.fine_ppm)]
        if any(given is not None and given < asked for given, asked in low):
            return refusal_text(LendingRefusals.APPOINT_RATE, {"stock_code": wish.stock_code})
        available = self.offered(wish.stock_code)
        if wish.volume > available:
            return refusal_text(LendingRefusals.APPOINT_STOCK, {"volume": wish.volume, "available": available})
        return ""

    @staticmethod
    def _account_refusal(account: Account) -> str:
        if account.margin is None:
            return refusal_text(LendingRefusals.APPOINT_ACCOUNT, {})
        return status_refusal(account)

    def _bounds(self, offer: Lendable) -> tuple[int, int]:
        terms = self._terms()
        return max(terms.least_days, offer.least_days), min(terms.most_days, offer.most_days)

    def _is_beginning(self, day: int) -> bool:
        exchange = self._broker.exchange
        return exchange.day <= day <= calendar.plus_days(exchange.day, self._terms().most_days)

    def cancel(self, account: Account, apply_id: str) -> str:
        """Take an appointment back that has not begun; a text says why not."""
        appointment = self._appointments.get(apply_id)
        if appointment is None or appointment.account_id != account.account_id:
            return refusal_text(LendingRefusals.APPOINTMENT_UNKNOWN, {"number": apply_id})
        if appointment.state is not State.PENDING:
            return refusal_text(LendingRefusals.APPOINTMENT_BEGUN, {"number": apply_id})
        self._release(appointment, appointment.left, State.CANCELLED)
        return ""

    def give_back(self, account: Account, compact_id: str, volume: int, now_ms: int) -> str:
        """End an appointment, or a part of it, before its last day: fee and early fee are due at once. A text says why not."""
        appointment = self._live(account, compact_id)
        if appointment is None:
            return refusal_text(LendingRefusals.APPOINTMENT_UNKNOWN, {"number": compact_id})
        unused = self.unused(appointment)
        if not 0 < volume <= unused:
            return refusal_text(LendingRefusals.APPOINT_RETURN, {"volume": volume, "available": unused})
        days_left = max(0, _days_between(self._broker.exchange.day, appointment.end_day))
        self._return(appointment, volume, now_ms, days_left)
        return ""

    def renew(self, account: Account, compact_id: str, days: int, volume: int, rate_ppm: int) -> str:
        """Move the last day of a whole appointment; a text says why not."""
        appointment = self._live(account, compact_id)
        if appointment is None or appointment.state is not State.ACTIVE:
            return refusal_text(LendingRefusals.APPOINTMENT_UNKNOWN, {"number": compact_id})
        offer, terms = self._book.lendable[appointment.stock_code], self._terms()
        least, most = self._bounds(offer)
        if appointment.renewals >= terms.renewals:
            return refusal_text(LendingRefusals.APPOINT_RENEWALS, {"renewals": terms.renewals})
        if not least <= days <= most:
            return refusal_text(LendingRefusals.APPOINT_DAYS, {"days": days, "least": least, "most": most})
        if volume != appointment.left:
            return refusal_text(LendingRefusals.APPOINT_RETURN, {"volume": volume, "available": appointment.left})
        if rate_ppm < offer.fare_ppm:
            return refusal_text(LendingRefusals.APPOINT_RATE, {"stock_code": appointment.stock_code})
        appointment.end_day = calendar.plus_days(appointment.end_day, days)
        appointment.rate_ppm = rate_ppm
        appointment.renewals += 1
        self._put(appointment)
        return ""

    def _live(self, account: Account, compact_id: str) -> Appointment | None:
        mine = (each for each in self.of(account.account_id) if each.compact_id == compact_id and each.state in LIVE)
        return next(mine, None)

    # ---- the day -------------------------------------------------------------------------------------------------------

    def open_day(self, now_ms: int) -> None:
        """A day begins: what ended is forgotten, what is over gives back what is not sold, what was agreed begins."""
        day = self._broker.exchange.day
        for appointment in list(self._appointments.values()):
            if appointment.state not in RESERVING:
                del self._appointments[appointment.apply_id]
                self._changes.put("appointments", appointment.apply_id, None)
            elif appointment.state is State.PENDING and appointment.begin_day <= day:
                appointment.begin_day = day
                appointment.begin()
                self._put(appointment)
            elif appointment.state in LIVE and appointment.end_day <= day:
                self._finish(appointment, now_ms)

    def _finish(self, appointment: Appointment, now_ms: int) -> None:
        unused = self.unused(appointment)
        if unused:
            self._return(appointment, unused, now_ms)
        if appointment.left:
            appointment.state = State.OVERDUE
            self._put(appointment)

    def close_day(self, next_day: int) -> None:
        """Fees until the next trading day, or the last day; fines on what is overdue."""
        day = self._broker.exchange.day
        for appointment in self._appointments.values():
            if appointment.state is State.ACTIVE:
                first = day if appointment.begin_day < day else calendar.plus_days(day, 1)
                days = _days_between(first, min(next_day, appointment.end_day))
                appointment.fee.add(appointment.left_li, appointment.rate_ppm, max(0, days))
            elif appointment.state is State.OVERDUE:
                appointment.fine.add(appointment.left_li, appointment.fine_ppm, _days_between(day, next_day))
            self._put(appointment)

    def _return(self, appointment: Appointment, volume: int, now_ms: int, days_left: int = 0) -> None:
        """Give shares back and pay what falls due with them, and for the days that are cut off."""
        left, due_li = appointment.left, 0
        for accrual in (appointment.fee, appointment.fine):
            part_li = accrual.owed_li if volume == left else units.whole_fen(accrual.owed_li * volume // left)
            accrual.repaid_li += part_li
            due_li += part_li
        accrued_li = appointment.fee.accrued_li
        appointment.fee.add(appointment.value_of(volume), appointment.early_ppm, days_left)
        early_li = appointment.fee.accrued_li - accrued_li
        appointment.fee.repaid_li += early_li
        due_li += early_li
        self._release(appointment, volume, State.ENDED)
        if due_li:
            self._broker.charge(self._broker.accounts[appointment.account_id], Entry.LENDING_FEE, due_li, now_ms)

    def cover(self, account_id: str, stock_code: str) -> None:
        """Bonus shares on what was sold are owed too: reserve them."""
        missing = self.used(account_id, stock_code) - self.reserved(account_id, stock_code)
        if missing > 0:
            appointment = next(each for each in self.of(account_id) if each.stock_code == stock_code and each.state in LIVE)
            appointment.volume += missing
            self._counters.add(f"{RESERVED}{stock_code}", missing)
            self._put(appointment)

    def _release(self, appointment: Appointment, volume: int, end: State) -> None:
        self._counters.add(f"{RESERVED}{appointment.stock_code}", -volume)
        appointment.returned_volume += volume
        if appointment.returned_volume == appointment.volume:
            appointment.state = end
        self._put(appointment)

    def _put(self, appointment: Appointment) -> None:
        self._changes.put("appointments", appointment.apply_id, appointment)

    # ---- stored rows ---------------------------------------------------------------------------------------------------

    def restore(self, rows: Sequence[Row]) -> None:
        """Take appointments back from storage."""
        for row in rows:
            appointment = Appointment.restored(row)
            self._appointments[appointment.apply_id] = appointment

    def rows(self) -> list[Row]:
        """Rows of table appointments."""
        return sorted(appointment.row() for appointment in self._appointments.values())

    def problems(self) -> Iterator[str]:
        """Name what does not add up: shares reserved, and shares sold beyond what is reserved."""
        left: dict[str, int] = {}
        for appointment in self._appointments.values():
            left[appointment.stock_code] = left.get(appointment.stock_code, 0) + appointment.left
            account_id, code = appointment.account_id, appointment.stock_code
            if self.used(account_id, code) > self.reserved(account_id, code):
                yield f"account {account_id}: more special {code} is sold than reserved"
        for name, value in self._counters.items():
            if name.startswith(RESERVED) and value != left.get(name.removeprefix(RESERVED), 0):
                yield f"{name}: {value} shares are reserved, appointments have {left.get(name.removeprefix(RESERVED), 0)}"


def _days_between(first: int, last: int) -> int:
    return (calendar.date_of(last) - calendar.date_of(first)).days
