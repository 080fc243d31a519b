"""What commands changed: rows for storage, collected by table and key; and the counters all numbers come from.

Stateful objects know how to write themselves down (``row()``); whoever changes one puts it here, and when the changes of a
batch of commands are taken each is written once, however often it changed. What will never change is put as its row at once.
A key put as None is deleted. A key of one column is put bare, one of several as a tuple.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any, Final, Protocol

Key = tuple[Any, ...]
Row = tuple[Any, ...]
Facts = dict[str, dict[Key, Row | None]]

TABLES: Final[Mapping[str, tuple[str, ...]]] = {
    "counters": ("name", "value"),
    "accounts": ("account_id", "account_type", "status", "cash_li", "frozen_li", "unsettled_li", "overdraft_li", "opened_day"),
    "positions": (
        "account_id", "stock_code", "volume", "today_volume", "frozen_volume", "yesterday_volume", "cost_li", "bought_li",
        "bought_volume", "opened_day",
    ),
    "position_lots": ("account_id", "stock_code", "opened_day", "volume", "untaxed"),
    "corporate_actions": (
        "stock_code", "ex_day", "record_day", "cash_micro", "bonus_ppm", "transfer_ppm", "rights_ppm", "rights_price_li",
        "subscribe",
    ),
    "ipo_subscriptions": (
        "account_id", "subscription_code", "order_id", "subscribe_day", "volume", "won_volume", "paid_volume",
    ),
    "market_values": ("account_id", "day", "sh_li", "sz_li"),
    "orders": (
        "order_id", "day", "account_id", "account_type", "stock_code", "order_type", "price_type", "price_li", "volume",
        "traded_volume", "traded_amount_li", "status", "status_msg", "order_sysid", "strategy_name", "order_remark",
        "order_ms", "session_id", "request_seq", "queue_seq", "frozen_li", "commission_li", "stamp_duty_li",
        "transfer_fee_li", "other_fees_li", "forced",
    ),
    "trades": (
        "trade_id", "day", "account_id", "account_type", "order_id", "stock_code", "order_type", "price_li", "volume",
        "amount_li", "trade_ms", "commission_li", "stamp_duty_li", "transfer_fee_li", "other_fees_li", "self_trade",
    ),
    "cash_ledger": (
        "ledger_id", "account_id", "day", "ledger_ms", "reason", "amount_li", "balance_li", "order_id", "trade_id",
    ),
    "banks": ("account_id", "bank_no", "bank_account", "bank_name", "balance_li", "bank_pwd", "fund_pwd"),
    "bank_transfers": (
        "transfer_id", "account_id", "transfer_ms", "direction", "bank_no", "bank_account", "bank_name", "amount_li",
    ),
    "ordinary_funds": ("account_id", "cash_li"),
    "ordinary_positions": ("account_id", "stock_code", "volume", "cost_li", "bought_li", "bought_volume"),
    "compliance": (
        "account_id", "day", "orders", "cancels", "trades", "self_trades", "peak", "peak_ms", "warned",
    ),
    "compliance_window": ("account_id", "sent_ms", "messages"),
    "compacts": (
        "compact_id", "account_id", "compact_type", "cashgroup_prop", "stock_code", "order_id", "open_day", "end_day", "volume",
        "repaid_volume", "free_volume", "amount_li", "repaid_li", "trade_fees_li", "rate_ppm", "ratio_ppm", "basis_days",
        "fee_li", "fee_rest", "repaid_fee_li", "extensions", "overdue", "status",
    ),
    "compact_history": (
        "compact_id", "account_id", "compact_type", "cashgroup_prop", "stock_code", "order_id", "open_day", "end_day", "volume",
        "repaid_volume", "free_volume", "amount_li", "repaid_li", "trade_fees_li", "rate_ppm", "ratio_ppm", "basis_days",
        "fee_li", "fee_rest", "repaid_fee_li", "extensions", "overdue", "status", "closed_day",
    ),
    "credit_accounts": (
        "account_id", "fin_quota_li", "fin_special_quota_li", "slo_quota_li", "called_day", "due_day",
    ),
    "credit_surplus": ("account_id", "stock_code", "volume", "today_volume", "cost_li"),
    "credit_events": ("event_id", "account_id", "day", "event_ms", "kind", "ratio_ppm", "order_id", "detail"),
    "lendable": ("stock_code", "ordinary", "special"),
    "appointments": (
        "apply_id", "compact_id", "account_id", "stock_code", "group_id", "apply_mode", "apply_ms", "volume", "returned_volume",
        "amount_li", "begin_day", "end_day", "rate_ppm", "early_ppm", "fine_ppm", "basis_days", "fee_li", "fee_rest",
        "repaid_fee_li", "fine_li", "fine_rest", "repaid_fine_li", "renewals", "status",
    ),
    "settlements": ("account_id", "day", "account_type", "cash_li", "market_value_li", "total_asset_li", "debt_li"),
    "instruments": ("stock_code", "name", "board", "pre_close_li", "base_li", "tags", "listed"),
    "day_figures": (
        "stock_code", "open_li", "high_li", "low_li", "close_li", "volume", "amount_li", "halted_until_ms", "halts", "tape",
    ),
    "quotes": ("stock_code", "last_li", "bids", "asks", "quote_ms"),
    "house_rests": ("queue_seq", "stock_code", "side", "price_li", "volume"),
    "scheduled": ("scheduled_id", "due_ms", "kind", "detail"),
}  # fmt: skip
"""Columns of each table the core writes, in order; a test compares them with the schema."""


class Recorded(Protocol):
    """Something that can be written down as one row of its table."""

    def row(self) -> Row:
        """The row, columns in the order of TABLES."""
        ...


Pending = dict[Any, Recorded | Row | None]
"""What changed in one table: key -> the thing that knows its row, or the row; None when it is gone."""


class Changes:
    """Everything changed since the last ``take``.

    Rows are made when they are taken and not when something changes: a batch of commands writes an account down once,
    however many of its orders were filled in between.
    """

    __slots__ = ("_pending", "counted")

    def __init__(self) -> None:
        self._pending: dict[str, Pending] = {table: {} for table in TABLES}
        self.counted: dict[str, int] = {}
        """Counters that changed, by name; ``Counters`` notes them here."""

    def table(self, name: str) -> Pending:
        """The changes of one table, for whoever notes many; it stays the same object for good."""
        return self._pending[name]

    def put(self, table: str, key: str | int | Key, thing: Recorded | Row | None) -> None:
        """Note that a row changed, or with None that it is gone."""
        self._pending[table][key] = thing

    def __bool__(self) -> bool:
        """Did anything change?"""
        return bool(self.counted) or any(self._pending.values())

    def take(self, tables: Container[str] = TABLES) -> Facts:
        """Write everything down and start anew; tables without a change, or not asked for, are left out."""
        facts: Facts = {
            table: _written(things) for table, things in self._pending.items() if things and table in tables
        }
        if self.counted:
            facts["counters"] = {(name,): (name, value) for name, value in self.counted.items()}
        self.forget()
        return facts

    def forget(self) -> None:
        """Start anew without writing anything down: nobody stores this world."""
        for things in self._pending.values():
            if things:
                things.clear()
        self.counted.clear()


def _written(things: Pending) -> dict[Key, Row | None]:
    """The changes of one table as keys and rows."""
    rows: dict[Key, Row | None] = {}
    for key, thing in things.items():
        # What is a row already is a tuple and nothing more: things that make one may be named tuples.
        row = thing if thing is None or type(thing) is tuple else thing.row()  # type: ignore[union-attr]  # narrows no further
        rows[key if type(key) is tuple else (key,)] = row
    return rows


class Counters:
    """Named whole numbers of the world: next identifiers, the trading day, sums that must balance."""

    __slots__ = ("_counted", "_values")

    def __init__(self, changes: Changes) -> None:
        self._values: dict[str, int] = {}
        self._counted = changes.counted

    def __getitem__(self, name: str) -> int:
        return self._values.get(name, 0)

    def __setitem__(self, name: str, value: int) -> None:
        self._values[name] = self._counted[name] = value

    def add(self, name: str, amount: int) -> int:
        """Add to a counter; returns the new value."""
        value = self._values.get(name, 0) + amount
        self._values[name] = self._counted[name] = value
        return value

    def next(self, name: str) -> int:
        """The next number of a sequence that begins at 1."""
        value = self._values.get(name, 0) + 1
        self._values[name] = self._counted[name] = value
        return value

    def take_queue_seqs(self, count: int) -> int:
        """The first of the next places in the queues of the books."""
        return self.add("queue_seq", count) - count + 1

    def stamp(self, now_ms: int, seq: int) -> None:
        """Note the time and number of a command; the time never goes back."""
        values, counted = self._values, self._counted
        if now_ms > values.get("now_ms", 0):
            values["now_ms"] = counted["now_ms"] = now_ms
        values["seq"] = counted["seq"] = seq

    def restore(self, name: str, value: int) -> None:
        """Take a value back from storage."""
        self._values[name] = value

    def items(self) -> Iterator[tuple[str, int]]:
        """Names and values by name."""
        return iter(sorted(self._values.items()))
