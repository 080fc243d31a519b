"""Stations 5 and 7 of margin trading: the counter's ``Margin``. Judges orders, lends for fills, repays with what they bring.

Cash lent comes into the account as a loan and leaves with the purchase, so that the ledger stays a sum; shares lent are counted
as given and leave with the sale. Whatever is owed for them stands in the book of compacts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from matching import calendar, units
from matching.book import Side
from matching.instrument import Security
from miniqmt_sim.changes import Counters, Row
from miniqmt_sim.constants import CashGroup, CompactType, SubjectStatus
from miniqmt_sim.counter.account import Account
from miniqmt_sim.counter.broker import Broker, cash_refusal
from miniqmt_sim.counter.fills import paid_by
from miniqmt_sim.counter.ledger import Entry
from miniqmt_sim.counter.order import Order, Trade
from miniqmt_sim.credit.book import CompactBook
from miniqmt_sim.credit.checks import CHECKS, Question
from miniqmt_sim.credit.compact import Compact, in_order
from miniqmt_sim.credit.events import Events
from miniqmt_sim.credit.lending import Lending
from miniqmt_sim.credit.standing import InFlight, Standing, gather
from miniqmt_sim.credit.terms import DayTerms, FinancedSale, Subject, Subjects, Terms
from miniqmt_sim.refusals import TransferRefusals, refusal_text

FIN, SHORT = CompactType.FINANCING, CompactType.SHORT
ANY_SOURCE: Final = None


class CreditDesk:
    """Margin trading of all accounts."""

    def __init__(
        self, terms: Terms, subjects: Subjects, book: CompactBook, lending: Lending, events: Events, broker: Broker,
        counters: Counters,
    ) -> None:  # fmt: skip
        self.book = book
        self.lending = lending
        self.events = events
        self._terms = terms
        self._subjects = subjects
        self._broker = broker
        self._counters = counters
        self._open: dict[str, dict[int, Order]] = {}
        lending.watch(lambda account_id, code: self._selling(CashGroup.SPECIAL, account_id, code))

    # ---- figures -------------------------------------------------------------------------------------------------------

    @property
    def day(self) -> int:
        """The trading day."""
        return self._broker.exchange.day

    def terms(self) -> DayTerms:
        """What holds today."""
        return self._terms.on(self.day)

    def lowers_open(self, before: int) -> bool:
        """Does a row of today lower the ratio of open compacts?"""
        return self._terms.lowers_open(before, self.day)

    def subject(self, stock_code: str) -> Subject:
        """What a security is today."""
        return self._subjects.on(stock_code, self.day)

    def subjects(self) -> list[Subject]:
        """Everything that is anything today."""
        return self._subjects.all(self.day)

    def accounts(self) -> list[Account]:
        """Accounts that trade on margin."""
        return [account for account in self._broker.accounts.values() if account.margin is not None]

    def standing(self, account: Account) -> Standing:
        """Where an account stands at the last prices."""
        account_id = account.account_id
        compacts, surpluses = self.book.open(account_id), self.book.surpluses(account_id)
        codes = dict.fromkeys(account.positions)
        codes.update(dict.fromkeys(compact.stock_code for compact in compacts))
        codes.update(dict.fromkeys(surplus.stock_code for surplus in surpluses))
        return gather(
            account, self.terms(), self.book.account(account_id), compacts, self._in_flight(account_id), surpluses,
            self._broker.exchange.securities, {code: self.subject(code) for code in codes},
            self.lending.owed_li(account_id),
        )  # fmt: skip

    def refresh(self, account: Account, now_ms: int) -> None:
        """Bring the last prices of everything an account holds and owes up to this moment."""
        codes = dict.fromkeys(account.positions)
        codes.update(dict.fromkeys(compact.stock_code for compact in self.book.open(account.account_id)))
        for code in codes:
            self._broker.last_li(code, now_ms)

    def debt_li(self, account: Account) -> int:
        """Everything owed."""
        return self.standing(account).debt_li

    def removable_li(self, account: Account) -> int:
        """What may leave the account."""
        return self.standing(account).removable_li

    def ratio_ppm(self, opens: CompactType, stock_code: str) -> int:
        """The margin ratio of a new debt: the exchange's minimum, or the security's own where it is higher."""
        least, subject = self.terms().ratio, self.subject(stock_code)
        if opens is FIN:
            return max(least.fin_ppm, subject.fin_ppm)
        return max(least.slo_ppm, subject.slo_ppm)

    def _in_flight(self, account_id: str) -> list[InFlight]:
        return [self._flight(order) for order in self._open.get(account_id, {}).values()]

    def _flight(self, order: Order) -> InFlight:
        row = order.order_type
        ratio_ppm = self.ratio_ppm(row.opens, order.stock_code) if row.opens is not None else 0
        amount_li = self._needed_li(order) if row.opens is not None else 0
        return InFlight(
            order.order_id, order.stock_code, row.opens, row.repays, row.source, order.left, amount_li, ratio_ppm,
            order.frozen_li,
        )  # fmt: skip

    def _needed_li(self, order: Order) -> int:
        """What the rest of an opening order makes the account owe: a purchase with its fees, a short sale its proceeds."""
        return self._broker.cash_needed(order) if order.order_type.opens is FIN else order.price_li * order.left

    # ---- what can be lent and returned -----------------------------------------------------------------------------------

    def lendable(self, account_id: str, source: CashGroup, stock_code: str) -> int:
        """Shares an account may sell short now: of the common stock, or of what it has reserved by appointment."""
        if source is CashGroup.ORDINARY:
            flying = sum(self._selling(source, owner, stock_code) for owner in self._open)
            return self.book.stock(stock_code).ordinary - self.book.lent(source, stock_code) - flying
        return self.lending.reserved(account_id, stock_code) - self.lending.used(account_id, stock_code)

    def _selling(self, source: CashGroup, account_id: str, stock_code: str) -> int:
        """Shares that an account's open orders would sell short."""
        orders = self._open.get(account_id, {}).values()
        kinds = ((order, order.order_type) for order in orders if order.stock_code == stock_code)
        return sum(order.left for order, kind in kinds if kind.opens is SHORT and kind.source is source)

    def returnable(self, account_id: str, source: CashGroup, stock_code: str) -> list[Compact]:
        """Short compacts whose shares may be returned today, in the order they are."""
        days = self.terms().short.return_days
        found = self.book.open(account_id, SHORT, source, stock_code)
        old = [compact for compact in found if compact.left_volume and (not days or compact.open_day < self.day)]
        return in_order(old, self.terms().repay.order, stock_code)

    def _returning(self, order: Order) -> int:
        """What open orders of the same kind will return."""
        kind = order.order_type
        others = self._open.get(order.account_id, {}).values()
        return sum(
            other.left
            for other in others
            if other.order_type.repays is SHORT
            and other.order_type.source is kind.source
            and other.stock_code == order.stock_code
        )

    # ---- judging -------------------------------------------------------------------------------------------------------

    def refusal(self, account: Account, order: Order, security: Security | None) -> str | None:
        """The text of the first rule an order breaks."""
        asked = self._question(account, order, security)
        for reason, check in CHECKS:
            figures = check(asked)
            if figures is not None:
                return refusal_text(reason, figures)
        return self._counter_refusal(account, order, security)

    def _question(self, account: Account, order: Order, security: Security | None) -> Question:
        row, code, account_id = order.order_type, order.stock_code, account.account_id
        self.refresh(account, order.order_ms)
        last_li = self._broker.last_li(code, order.order_ms) if security is not None else 0
        returnable = 0
        if row.repays is SHORT:
            owed = sum(compact.left_volume for compact in self.returnable(account_id, row.source, code))
            returnable = owed - self._returning(order)
        return Question(
            order, security, self._broker.exchange.board_rules(security) if security is not None else None,
            self.subject(code), self.standing(account), self._needed_li(order) if row.opens is not None else 0,
            self.ratio_ppm(row.opens, code) if row.opens is not None else 0, len(self.book.shown(account_id)), returnable,
            self.lendable(account_id, row.source, code) if row.opens is SHORT else 0, last_li,
        )  # fmt: skip

    def _counter_refusal(self, account: Account, order: Order, security: Security | None) -> str | None:
        """What an order that no exchange sees needs: own cash, or own shares."""
        if not order.order_type.at_counter:
            return None
        if order.order_type.in_yuan:
            enough = order.price_li <= account.available_li
            return None if enough else cash_refusal(account, order.price_li, account.available_li)
        assert security is not None, "shares of an unknown security are owed"
        return self._broker.shares_refusal(account, order, security)

    def taken(self, order: Order) -> None:
        """An order that makes or returns a debt is in flight."""
        if order.order_type.opens is not None or order.order_type.repays is not None:
            self._open.setdefault(order.account_id, {})[order.order_id] = order
            self.restrict(self._broker.accounts[order.account_id])

    def ended(self, order: Order) -> None:
        """It is no more."""
        if self._open.get(order.account_id, {}).pop(order.order_id, None) is not None:
            self.restrict(self._broker.accounts[order.account_id])

    def restrict(self, account: Account) -> None:
        """Keep the proceeds of short sales for returning the shares, beyond what orders to return them have frozen."""
        standing = self.standing(account)
        account.restricted_li = max(0, standing.net_proceeds_li - standing.frozen_proceeds_li)

    # ---- fills ---------------------------------------------------------------------------------------------------------

    def before_fill(self, account: Account, trade: Trade, now_ms: int) -> None:
        """Lend what the fill needs."""
        order = trade.order
        if order.order_type.opens is FIN:
            amount_li = paid_by(trade) + trade.fees.total_li
            self._broker.move_cash(account, Entry.LOAN, amount_li, now_ms, order.order_id, trade.trade_id)
            self.book.lend_cash(amount_li)
        elif order.order_type.opens is SHORT:
            self._counters.add(f"shares.{order.stock_code}", trade.volume)
            self.book.lend_shares(order.order_type.source, order.stock_code, trade.volume)

    def after_fill(self, account: Account, trade: Trade, now_ms: int) -> None:
        """Note the debt, or repay with what came in."""
        row = trade.order.order_type
        if row.opens is not None:
            self._grow(account, trade)
            if row.opens is SHORT:  # kept for the return of the shares, and so out of reach already
                account.unsettled_li -= paid_by(trade) - trade.fees.total_li
        elif row.repays is SHORT:
            self._return_bought(account, trade, now_ms)
        elif row.repays is FIN:
            self._repay_from_sale(account, trade, row.source, "", now_ms)
        elif row.side is Side.SELL and self.terms().repay.financed_sale is FinancedSale.REPAY:
            self._repay_from_sale(account, trade, ANY_SOURCE, trade.order.stock_code, now_ms)
        self.restrict(account)

    def _grow(self, account: Account, trade: Trade) -> None:
        order, row, terms = trade.order, trade.order.order_type, self.terms()
        assert row.opens is not None
        compact = self.book.of_order(
            account.account_id, order.order_id, row.opens, row.source, order.stock_code, self.day,
            calendar.plus_days(self.day, terms.term.days), self.ratio_ppm(row.opens, order.stock_code), terms,
        )  # fmt: skip
        fees_li = trade.fees.total_li
        compact.grow(trade.volume, paid_by(trade) + (fees_li if row.opens is FIN else 0), fees_li)
        self.book.put(compact)

    def _repay_from_sale(self, account: Account, trade: Trade, source: CashGroup | None, stock_code: str, now_ms: int) -> None:
        """Repay with the proceeds of a sale, as far as something is owed; the rest stays cash."""
        proceeds_li = paid_by(trade) - trade.fees.total_li
        account.unsettled_li -= self.repay(account, source, stock_code, proceeds_li, trade.order.stock_code, now_ms, trade)

    def repay(
        self, account: Account, source: CashGroup | None, only_code: str, amount_li: int, own_code: str, now_ms: int,
        trade: Trade | None = None, designated: Compact | None = None,
    ) -> int:  # fmt: skip
        """Repay financing compacts out of the account's cash in the order of the terms; what was taken."""
        terms = self.terms().repay
        compacts = in_order(self.book.open(account.account_id, FIN, source, only_code), terms.order, own_code)
        if designated is not None:
            compacts = [designated]
        taken_li = 0
        for compact in compacts:
            if taken_li >= amount_li:
                break
            taken_li += self._pay_into(account, compact, amount_li - taken_li, now_ms, trade)
        return taken_li

    def _pay_into(self, account: Account, compact: Compact, amount_li: int, now_ms: int, trade: Trade | None) -> int:
        paid = compact.repay(amount_li, self.terms().repay.parts)
        order_id, trade_id = (trade.order.order_id, trade.trade_id) if trade is not None else (0, 0)
        self._broker.move_cash(account, Entry.INTEREST, -paid.interest_li, now_ms, order_id, trade_id)
        self._broker.move_cash(account, Entry.LOAN_REPAID, -paid.principal_li, now_ms, order_id, trade_id)
        self.book.lend_cash(-paid.principal_li)
        self.book.put(compact)
        return paid.total_li

    def _return_bought(self, account: Account, trade: Trade, now_ms: int) -> None:
        """Shares that were bought go back; what is more than was owed is surplus."""
        order, left = trade.order, trade.volume
        for compact in self.returnable(account.account_id, order.order_type.source, order.stock_code):
            volume = min(left, compact.left_volume)
            if volume:
                self._give_back(account, compact, volume, now_ms)
                left -= volume
        self._counters.add(f"shares.{order.stock_code}", -trade.volume)
        if left:
            cost_li = (paid_by(trade) + trade.fees.total_li) * left // trade.volume
            self.book.add_surplus(account.account_id, order.stock_code, left, cost_li)

    def _give_back(self, account: Account, compact: Compact, volume: int, now_ms: int) -> None:
        kept_li = compact.net_proceeds_li
        fee_li = compact.give_back(volume)
        if compact.open_day == self.day:
            account.unsettled_li += kept_li - compact.net_proceeds_li
        self.book.lend_shares(compact.source, compact.stock_code, -volume)
        self.book.put(compact)
        self.restrict(account)
        if fee_li:
            self._broker.charge(account, Entry.SLO_FEE, fee_li, now_ms)

    def carry_out(self, account: Account, order: Order, now_ms: int) -> None:
        """Repay in cash, or return own shares, at once."""
        if order.order_type.in_yuan:
            taken_li = self.repay(account, order.order_type.source, "", order.price_li, order.stock_code, now_ms)
            order.traded_amount_li, order.traded_volume = taken_li, taken_li // units.LI_PER_YUAN
            return
        left = order.volume
        for compact in self.returnable(account.account_id, order.order_type.source, order.stock_code):
            volume = min(left, compact.left_volume)
            if volume:
                self._give_back(account, compact, volume, now_ms)
                left -= volume
        assert not left, "more shares were returned than are owed"
        order.traded_volume = order.volume
        self._broker.hand_back(account, order.stock_code, order.volume)

    # ---- transfers -----------------------------------------------------------------------------------------------------

    def transfer_refusal(self, account: Account, security: Security, volume: int, incoming: bool) -> str:
        """Only collateral comes in or leaves, and what leaves must leave the maintenance ratio above the line.

        Shares that an open financing holds are no collateral. Source: exchange-rules §10.2 and §10.5.
        """
        if incoming:
            is_collateral = self.subject(security.code).assure_status is not SubjectStatus.NO
            figures = {"stock_code": security.code}
            return "" if is_collateral else refusal_text(TransferRefusals.TRANSFER_COLLATERAL, figures)
        value_li, removable_li = volume * security.last_li, self.removable_li(account)
        if value_li > removable_li:
            amounts = {"amount": units.text_yuan(value_li), "available": units.text_yuan(removable_li)}
            return refusal_text(TransferRefusals.TRANSFER_LINE, amounts)
        compacts = self.book.open(account.account_id, FIN, stock_code=security.code)
        free = account.positions[security.code].volume - sum(compact.financed_volume for compact in compacts)
        volumes = {"volume": volume, "available": max(0, free)}
        return "" if volume <= free else refusal_text(TransferRefusals.TRANSFER_FINANCED, volumes)

    def surplus_volume(self, account: Account, stock_code: str) -> int:
        """An account's surplus shares of a code."""
        return self.book.surplus(account.account_id, stock_code).volume

    def take_over(self, account: Account, stock_code: str, volume: int) -> str:
        """Move surplus shares into the position, from the day after they were bought; a text says why not."""
        surplus = self.book.surplus(account.account_id, stock_code)
        available = surplus.volume - surplus.today_volume
        if not 0 < volume <= available:
            return refusal_text(TransferRefusals.TRANSFER_SURPLUS, {"volume": volume, "available": available})
        cost_li = self.book.take_surplus(account.account_id, stock_code, volume)
        self._broker.deliver(account, stock_code, volume, cost_li)
        return ""

    # ---- stored rows ---------------------------------------------------------------------------------------------------

    def restore(self, rows: Mapping[str, Sequence[Row]]) -> None:
        """Take everything back from storage."""
        self.book.restore(rows)
        self.lending.restore(rows["appointments"])
        for account in self.accounts():
            self.restrict(account)

    def rows(self) -> dict[str, list[Row]]:
        """Rows of all tables of margin trading."""
        return {**self.book.rows(), "appointments": self.lending.rows()}

    def problems(self) -> Iterator[str]:
        """Name what does not add up: debts, shares lent, orders in flight, proceeds that are kept."""
        yield from self.book.problems()
        yield from self.lending.problems()
        flying = {order.order_id for orders in self._open.values() for order in orders.values()}
        expected = {
            order.order_id
            for order in self._broker.open_orders()
            if order.order_type.opens is not None or order.order_type.repays is not None
        }
        if flying != expected:
            yield f"orders in flight are {sorted(flying)}, open are {sorted(expected)}"
        for account in self.accounts():
            standing = self.standing(account)
            kept_li = max(0, standing.net_proceeds_li - standing.frozen_proceeds_li)
            if account.restricted_li != kept_li:
                yield f"account {account.account_id}: {account.restricted_li} li are kept for returns, should be {kept_li}"
        yield from self._stock_problems()

    def _stock_problems(self) -> Iterator[str]:
        for stock_code in self.book.stock_codes():
            stock = self.book.stock(stock_code)
            lent = self.book.lent(CashGroup.ORDINARY, stock_code)
            reserved = self.lending.reserved_of_all(stock_code)
            if lent < 0 or reserved < 0 or self.book.lent(CashGroup.SPECIAL, stock_code) < 0:
                yield f"{stock_code}: {lent} lent, {reserved} reserved"
            if min(stock.ordinary, stock.special) < 0:
                yield f"{stock_code}: the broker has {stock.ordinary} and {stock.special} shares to lend"
