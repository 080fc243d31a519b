"""The cash ledger: every movement of money is one row, and the balance is their sum."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from miniqmt_sim.changes import Changes, Counters
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


class Ledger:
    """Writes movements, one row of table cash_ledger each: positive came in, negative went out, and the balance after it.

    Nothing else changes a balance.
    """

    __slots__ = ("_accounts", "_counters", "_entries", "keeps_trades")

    def __init__(self, changes: Changes, counters: Counters) -> None:
        self._entries = changes.table("cash_ledger")
        self._accounts = changes.table("accounts")
        self._counters = counters
        self.keeps_trades = True
        """Are rows of trades written as well? A backtest reads what it wants to know of them from the trades themselves."""

    def post(self, account: Account, reason: str, amount_li: int, now_ms: int, order_id: int = 0, trade_id: int = 0) -> None:
        """Move money into an account, or out with a negative amount."""
        if not amount_li:
            return
        ledger_id = self._counters.next("ledger_id")
        account.cash_li += amount_li
        self._entries[ledger_id] = (
            ledger_id, account.account_id, self._counters["day"], now_ms, str(reason), amount_li, account.cash_li, order_id,
            trade_id,
        )  # fmt: skip
        self._accounts[account.account_id] = account

    def begin_anew(self, accounts: Iterable[Account], now_ms: int) -> None:
        """The day is another before anything happened: what each account holds came in now."""
        for ledger_id in range(1, self._counters["ledger_id"] + 1):
            self._entries[ledger_id] = None
        self._counters["ledger_id"] = 0
        for account in accounts:
            amount_li, account.cash_li = account.cash_li, 0
            self.post(account, Entry.DEPOSIT, amount_li, now_ms)

    def post_trade(self, account: Account, trade: Trade, amount_li: int, fees_li: int) -> None:
        """Book one fill: the amount, positive for a sale, then what it is charged, item by item and together ``fees_li``."""
        order, account_id, entries, counters = trade.order, account.account_id, self._entries, self._counters
        if not self.keeps_trades:
            if fees_li:
                counters.add("sum.fees_li", fees_li)
            counters.add("ledger_id", 1 + sum(1 for fee_li in trade.fees if fee_li))
            account.cash_li += amount_li - fees_li
            self._accounts[account_id] = account
            return
        movements = [(_REASONS[order.order_type.side], amount_li)]
        if fees_li:
            movements += [(item, -fee_li) for item, fee_li in zip(ITEMS, trade.fees, strict=True) if fee_li]
            counters.add("sum.fees_li", fees_li)
        day, order_id, trade_ms, trade_id = order.day, order.order_id, trade.trade_ms, trade.trade_id
        balance_li = account.cash_li
        ledger_id = counters.add("ledger_id", len(movements)) - len(movements)
        for reason, moved_li in movements:
            ledger_id += 1
            balance_li += moved_li
            entries[ledger_id] = (
                ledger_id, account_id, day, trade_ms, reason, moved_li, balance_li, order_id, trade_id,
            )  # fmt: skip
        account.cash_li = balance_li
        self._accounts[account_id] = account


_REASONS: Final = (str(Entry.BUY), str(Entry.SELL))
"""In the order of ``Side``."""
