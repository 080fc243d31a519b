"""The cash ledger: every movement of money is one row, and the balance is their sum."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from miniqmt_sim.changes import Changes, Counters, Row
from miniqmt_sim.counter.account import Account
from miniqmt_sim.counter.fees import ITEMS, Fees


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


class LedgerRow(NamedTuple):
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
        return tuple(self)


class Ledger:
    """Writes movements. Nothing else changes a balance."""

    __slots__ = ("_changes", "_counters")

    def __init__(self, changes: Changes, counters: Counters) -> None:
        self._changes = changes
        self._counters = counters

    def post(self, account: Account, reason: str, amount_li: int, now_ms: int, order_id: int = 0, trade_id: int = 0) -> None:
        """Move money into an account, or out with a negative amount."""
        if not amount_li:
            return
        account.cash_li += amount_li
        ledger_id = self._counters.next("ledger_id")
        day = self._counters["day"]
        entry = LedgerRow(ledger_id, account.account_id, day, now_ms, reason, amount_li, account.cash_li, order_id, trade_id)
        self._changes.put("cash_ledger", (ledger_id,), entry)
        self._changes.put("accounts", (account.account_id,), account)

    def post_fees(self, account: Account, fees: Fees, now_ms: int, order_id: int, trade_id: int) -> None:
        """Charge the fees of one fill, item by item."""
        for item, amount_li in zip(ITEMS, fees, strict=True):
            self.post(account, item, -amount_li, now_ms, order_id, trade_id)
        self._counters.add("sum.fees_li", fees.total_li)
