"""The cash ledger: every movement of money is one row, and the balance is their sum."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from matching.book import Side
from matching.records import record
from miniqmt_sim.changes import Changes, Counters, Row
from miniqmt_sim.counter.account import Account
from miniqmt_sim.counter.fees import ITEMS
from miniqmt_sim.counter.order import Trade


class Entry(StrEnum):
    """Why money moved; a fee's reason is the name of its item."""

    DEPOSIT = "deposit"
    WITHDRAW = "withdraw"
    BUY = "buy"
    SELL = "sell"
    BANK_IN = "bank_in"
    BANK_OUT = "bank_out"
    COUNTER_IN = "counter_in"
    COUNTER_OUT = "counter_out"
    DIVIDEND = "dividend"
    DIVIDEND_TAX = "dividend_tax"
    RIGHTS = "rights"
    IPO = "ipo"
    LOAN = "loan"
    LOAN_REPAID = "loan_repaid"
    INTEREST = "interest"
    SLO_FEE = "slo_fee"
    SLO_DIVIDEND = "slo_dividend"
    LENDING_FEE = "lending_fee"


@record
class LedgerRow:
    """One movement: positive came in, negative went out; ``balance_li`` is the balance after it."""

    ledger_id: int
    account_id: str
    day: int
    ledger_ms: int
    reason: str
    amount_li: int
    balance_li: int
    order_id: int
    trade_id: int

    def row(self) -> Row:
        """The row of table cash_ledger."""
        return (
            self.ledger_id, self.account_id, self.day, self.ledger_ms, self.reason, self.amount_li, self.balance_li,
            self.order_id, self.trade_id,
        )  # fmt: skip


class Ledger:
    """Writes movements. Nothing else changes a balance."""

    __slots__ = ("_accounts", "_counters", "_entries")

    def __init__(self, changes: Changes, counters: Counters) -> None:
        self._entries = changes.table("cash_ledger")
        self._accounts = changes.table("accounts")
        self._counters = counters

    def post(self, account: Account, reason: str, amount_li: int, now_ms: int, order_id: int = 0, trade_id: int = 0) -> None:
        """Move money into an account, or out with a negative amount."""
        if amount_li:
            self._post([(reason, amount_li)], account, now_ms, order_id, trade_id)

    def post_trade(self, account: Account, trade: Trade, amount_li: int, fees_li: int) -> None:
        """Book one fill: the amount, positive for a sale, then what it is charged, item by item and together ``fees_li``."""
        order = trade.order
        movements: list[tuple[str, int]] = [(_REASONS[order.order_type.side], amount_li)]
        if fees_li:
            movements += [(item, -fee_li) for item, fee_li in zip(ITEMS, trade.fees, strict=True) if fee_li]
            self._counters.add("sum.fees_li", fees_li)
        self._post(movements, account, trade.trade_ms, order.order_id, trade.trade_id)

    def _post(
        self, movements: list[tuple[str, int]], account: Account, now_ms: int, order_id: int, trade_id: int
    ) -> None:
        counters, entries, account_id, balance_li = self._counters, self._entries, account.account_id, account.cash_li
        day = counters["day"]
        ledger_id = counters.add("ledger_id", len(movements)) - len(movements)
        for reason, amount_li in movements:
            ledger_id += 1
            balance_li += amount_li
            entries[ledger_id,] = LedgerRow(
                ledger_id, account_id, day, now_ms, reason, amount_li, balance_li, order_id, trade_id
            )
        account.cash_li = balance_li
        self._accounts[account_id,] = account


_REASONS: Final = {Side.BUY: Entry.BUY, Side.SELL: Entry.SELL}
