"""The tables: the truth after a restart, readable by anyone with a SQLite shell.

Everything else in this package is derived from them: ``compiling`` makes the SQL that creates, writes and reads, and it stands
in ``statements``. Rows travel as tuples in column order, key columns first.

Units stand in the names: ``_li`` is 1/1000 yuan, ``_ms`` epoch milliseconds, ``day`` and ``_day`` an integer yyyymmdd of China
time, volumes are shares (or pieces of a bond). Enumerations are the SDK's numbers. No column may be NULL: 0 and '' say "none".
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text

SCHEMA_VERSION: Final = 5
"""Version of the tables below; goes up with every change of them, together with one entry in ``migrations.MIGRATIONS``."""

_METADATA: Final = MetaData()
_TEXT: Final = Text()
_INTEGER: Final = BigInteger().with_variant(Integer(), "sqlite")
"""64 bits, as SQLite's INTEGER has, which is the only name of it that a strict table knows."""


def _text(name: str, meaning: str | None = None, key: bool = False) -> Column[str]:
    """A column of text; ``meaning`` is what docs/schema.md says of it."""
    return Column(name, _TEXT, primary_key=key, nullable=False, comment=meaning)


def _integer(name: str, meaning: str | None = None, key: bool = False) -> Column[int]:
    """A column of integers. A key comes with its row, the database never makes one up."""
    return Column(name, _INTEGER, primary_key=key, autoincrement=False, nullable=False, comment=meaning)


BORN_WITH: Final = {"born_with": True}
"""Of an index whose columns stay what they were when the row was first written, however often that is written again."""


def _table(name: str, meaning: str, *items: Column[Any] | Index) -> None:
    """A table and what a row of it is. Its types are strict, so that no float or text slips into a column of integers."""
    Table(name, _METADATA, *items, comment=meaning, sqlite_strict=True)


_table(
    "meta",
    "What the database says about itself: ``schema_version``, and what the server notes there.",
    _text("key", key=True),
    _text("value"),
)
_table(
    "counters",
    "Single numbers of the world: next ids, the trading day (``day``), the simulated time (``now_ms``).",
    _text("name", key=True),
    _integer("value"),
)
_table(
    "accounts",
    "Cash and state of one account.",
    _text("account_id", key=True),
    _integer("account_type"),
    _integer("status"),
    _integer("cash_li"),
    _integer("frozen_li"),
    _integer("unsettled_li"),
    _integer("overdraft_li", "how far dues taken whatever cash there is have brought it below zero"),
    _integer("opened_day"),
)
_table(
    "positions",
    "What one account holds of one security.",
    _text("account_id", key=True),
    _text("stock_code", "as in 600000.SH", key=True),
    _integer("volume"),
    _integer("today_volume"),
    _integer("frozen_volume"),
    _integer("yesterday_volume"),
    _integer("cost_li"),
    _integer("bought_li"),
    _integer("bought_volume"),
    _integer("opened_day"),
)
_table(
    "position_lots",
    "What an account acquired of one security on one day and still holds; dividend tax depends on it.",
    _text("account_id", key=True),
    _text("stock_code", key=True),
    _integer("opened_day", key=True),
    _integer("volume"),
    _text("untaxed", "JSON: [day of record, micro-yuan] of dividends on these shares that await their tax"),
)
_table(
    "corporate_actions",
    "What a company gives its holders on an ex-day, past or to come.",
    _text("stock_code", key=True),
    _integer("ex_day", key=True),
    _integer("record_day", "0: the trading day before the ex-day"),
    _integer("cash_micro", "micro-yuan per share, before tax"),
    _integer("bonus_ppm", "this and the next two: new shares per million held"),
    _integer("transfer_ppm"),
    _integer("rights_ppm"),
    _integer("rights_price_li"),
    _text("subscribe", "accounts that take up rights: all, - or ids"),
)
_table(
    "ipo_subscriptions",
    "An account's part in a new issue, from its order to the listing day.",
    _text("account_id", key=True),
    _text("subscription_code", key=True),
    _integer("order_id"),
    _integer("subscribe_day"),
    _integer("volume"),
    _integer("won_volume"),
    _integer("paid_volume"),
)
_table(
    "market_values",
    "What an account's shares of each exchange were worth at a close; the last 21 days, for subscription quotas.",
    _text("account_id", key=True),
    _integer("day", key=True),
    _integer("sh_li"),
    _integer("sz_li"),
)
_table(
    "orders",
    "One order, of any day; ``order_id`` is unique for good.",
    _integer("order_id", key=True),
    _integer("day"),
    _text("account_id"),
    _integer("account_type"),
    _text("stock_code"),
    _integer("order_type", "what it does to the account: 23 buy, 24 sell …"),
    _integer("price_type", "what it does to the book"),
    _integer("price_li"),
    _integer("volume"),
    _integer("traded_volume"),
    _integer("traded_amount_li"),
    _integer("status", "48 … 57"),
    _text("status_msg"),
    _text("order_sysid"),
    _text("strategy_name"),
    _text("order_remark"),
    _integer("order_ms"),
    _integer("session_id"),
    _integer("request_seq"),
    _integer("queue_seq", "its place in the book's time priority"),
    _integer("frozen_li"),
    _integer("commission_li", "this and the next three: paid so far"),
    _integer("stamp_duty_li"),
    _integer("transfer_fee_li"),
    _integer("other_fees_li"),
    _integer("forced", "1: the broker's own, to close the account out"),
    Index("orders_by_day", "day", info=BORN_WITH),
)
_table(
    "trades",
    "One fill of one order.",
    _integer("trade_id", "16 digits", key=True),
    _integer("day"),
    _text("account_id"),
    _integer("account_type"),
    _integer("order_id"),
    _text("stock_code"),
    _integer("order_type"),
    _integer("price_li"),
    _integer("volume"),
    _integer("amount_li"),
    _integer("trade_ms"),
    _integer("commission_li", "this and the next three: what this fill was charged"),
    _integer("stamp_duty_li"),
    _integer("transfer_fee_li"),
    _integer("other_fees_li"),
    _integer("self_trade", "1: the same account stood on both sides"),
    Index("trades_by_day", "day"),
    Index("trades_by_account", "account_id", "day"),
    Index("trades_by_order", "order_id"),
)


def _compact() -> list[Column[Any]]:
    """What a compact is, open or closed; a column belongs to one table, so they are made for each."""
    return [
        _text("compact_id", key=True),
        _text("account_id"),
        _integer("compact_type", "48 financing, 49 short"),
        _integer("cashgroup_prop", "48 ordinary positions, 49 special ones"),
        _text("stock_code"),
        _integer("order_id", "the order that opened it"),
        _integer("open_day"),
        _integer("end_day"),
        _integer("volume", "shares bought with it, or owed"),
        _integer("repaid_volume", "short: shares returned"),
        _integer("free_volume", "financing: bonus and transfer shares that came to those bought"),
        _integer("amount_li", "lent, fees included; short: what the sale brought"),
        _integer("repaid_li", "repaid; short: the part of amount that belongs to shares returned"),
        _integer("trade_fees_li", "fees of the opening trades"),
        _integer("rate_ppm", "interest a year"),
        _integer("ratio_ppm", "margin ratio in force when it was opened"),
        _integer("basis_days", "days of a year for interest"),
        _integer("fee_li", "interest accrued in whole li, and beside it …"),
        _integer("fee_rest", "… so many parts of ppm × basis_days of a li"),
        _integer("repaid_fee_li"),
        _integer("extensions"),
        _integer("overdue", "1: its term has ended"),
        _integer("status", "48 open, 49 partly repaid, 50 repaid, 54 overdue"),
    ]


_table(
    "compacts",
    "One debt of a credit account, in cash or in shares, until the day after it is repaid.",
    *_compact(),
)
_table(
    "compact_history",
    "A compact that was repaid, as it was then.",
    *_compact(),
    _integer("closed_day", "the day it was repaid"),
)
_table(
    "credit_accounts",
    "What the broker decided about a credit account.",
    _text("account_id", key=True),
    _integer("fin_quota_li", "this and the next two: -1 is what the terms say"),
    _integer("fin_special_quota_li"),
    _integer("slo_quota_li"),
    _integer("called_day", "day of the margin call, 0: none"),
    _integer("due_day", "day by whose close it must be answered, 0: none"),
)
_table(
    "credit_surplus",
    "Shares bought to be returned beyond what was owed.",
    _text("account_id", key=True),
    _text("stock_code", key=True),
    _integer("volume"),
    _integer("today_volume"),
    _integer("cost_li"),
)
_table(
    "credit_events",
    "What the broker did about a credit account: calls, close-out orders, compacts that fell due.",
    _integer("event_id", key=True),
    _text("account_id"),
    _integer("day"),
    _integer("event_ms"),
    _text("kind"),
    _integer("ratio_ppm", "maintenance ratio then"),
    _integer("order_id", "0: none"),
    _text("detail"),
)
_table(
    "lendable",
    "Shares the broker has for lending where an operator said so, lent ones included.",
    _text("stock_code", key=True),
    _integer("ordinary"),
    _integer("special"),
)
_table(
    "appointments",
    "Securities lending: special shares reserved for an account.",
    _text("apply_id", key=True),
    _text("compact_id"),
    _text("account_id"),
    _text("stock_code"),
    _text("group_id"),
    _text("apply_mode", "0 by the offer, 1 negotiated"),
    _integer("apply_ms"),
    _integer("volume"),
    _integer("returned_volume"),
    _integer("amount_li", "value of its shares when it was made; fees are rates of it"),
    _integer("begin_day"),
    _integer("end_day"),
    _integer("rate_ppm", "this and the next two: a year, of the fee, of ending early, of being late"),
    _integer("early_ppm"),
    _integer("fine_ppm"),
    _integer("basis_days"),
    _integer("fee_li", "fees in whole li, and beside it …"),
    _integer("fee_rest", "… so many parts of ppm × basis_days of a li; the fines likewise"),
    _integer("repaid_fee_li"),
    _integer("fine_li"),
    _integer("fine_rest"),
    _integer("repaid_fine_li"),
    _integer("renewals"),
    _text("status", "0 to come, 1 in force, 2 overdue, 3 ended, 4 cancelled"),
)
_table(
    "cash_ledger",
    "One movement of cash; ``balance_li`` is the account's cash after it.",
    _integer("ledger_id", key=True),
    _text("account_id"),
    _integer("day"),
    _integer("ledger_ms"),
    _text("reason"),
    _integer("amount_li", "positive: cash came in"),
    _integer("balance_li"),
    _integer("order_id", "0: not of an order"),
    _integer("trade_id", "0: not of a trade"),
    Index("cash_ledger_by_account", "account_id", "day"),
)
_table(
    "banks",
    "One bank account an account can transfer from and to. Its passwords are made up as all here is; '' asks for none.",
    _text("account_id", key=True),
    _text("bank_no", key=True),
    _text("bank_account", key=True),
    _text("bank_name"),
    _integer("balance_li"),
    _text("bank_pwd"),
    _text("fund_pwd"),
)
_table(
    "bank_transfers",
    "One transfer between a bank and an account, of late; the cash ledger keeps all of them.",
    _integer("transfer_id", key=True),
    _text("account_id"),
    _integer("transfer_ms"),
    _integer("direction", "501 from the bank, 502 to it"),
    _text("bank_no"),
    _text("bank_account"),
    _text("bank_name"),
    _integer("amount_li"),
)
_table(
    "ordinary_funds",
    "Cash of one account at the ordinary counter.",
    _text("account_id", key=True),
    _integer("cash_li"),
)
_table(
    "ordinary_positions",
    "What one account holds of one security at the ordinary counter.",
    _text("account_id", key=True),
    _text("stock_code", key=True),
    _integer("volume"),
    _integer("cost_li"),
    _integer("bought_li"),
    _integer("bought_volume"),
)
_table(
    "compliance",
    "What one account sent to the exchanges on the last day it sent anything.",
    _text("account_id", key=True),
    _integer("day"),
    _integer("orders"),
    _integer("cancels"),
    _integer("trades"),
    _integer("self_trades"),
    _integer("peak", "the most messages in any one second"),
    _integer("peak_ms"),
    _text("warned", "thresholds reached, space separated"),
)
_table(
    "compliance_window",
    "Messages of one account in one millisecond of the second before its last message.",
    _text("account_id", key=True),
    _integer("sent_ms", key=True),
    _integer("messages"),
)
_table(
    "settlements",
    "One account at the close of one day; a series of them is an equity curve.",
    _text("account_id", key=True),
    _integer("day", key=True),
    _integer("account_type"),
    _integer("cash_li"),
    _integer("market_value_li"),
    _integer("total_asset_li"),
    _integer("debt_li"),
)
_table(
    "instruments",
    "A listed security: its reference price today, and the price its synthetic walk began at.",
    _text("stock_code", key=True),
    _text("name"),
    _text("board"),
    _integer("pre_close_li"),
    _integer("base_li"),
    _text("tags", "space separated: st, limit20, t0, suspended, nolimit"),
    _integer("listed", "first trading day, 0: long ago"),
)
_table(
    "day_figures",
    "What happened today in a security that traded here.",
    _text("stock_code", key=True),
    _integer("open_li"),
    _integer("high_li"),
    _integer("low_li"),
    _integer("close_li", "0 until the day is closed"),
    _integer("volume"),
    _integer("amount_li"),
    _integer("halted_until_ms", "0: not halted"),
    _text("halts", "JSON: thresholds used up, in ppm, with the sign of their direction"),
    _text("tape", "JSON: [second in ms, amount_li, volume] of the last minute before the last trade"),
)
_table(
    "quotes",
    "The last quote of a security in use.",
    _text("stock_code", key=True),
    _integer("last_li"),
    _text("bids", "JSON, best level first"),
    _text("asks", "JSON, best level first"),
    _integer("quote_ms"),
)
_table(
    "house_rests",
    "An order of the house that rests in a book beside users' orders.",
    _integer("queue_seq", "its place in the book's time priority", key=True),
    _text("stock_code"),
    _integer("side"),
    _integer("price_li"),
    _integer("volume", "0: the last of its book, taken whole; nothing of the quote is left until the next one"),
)
_table(
    "scheduled",
    "Something that will happen by itself.",
    _integer("scheduled_id", key=True),
    _integer("due_ms"),
    _text("kind"),
    _text("detail"),
)
_table(
    "journal",
    "One thing that entered the core, as it was taken: a request, a session's beginning or end, a slice of time, a start.",
    _integer("seq", key=True),
    _integer("now_ms"),
    _integer("connection", "0: no session's"),
    _text("name", "a message of docs/protocol.md, or: hello, gone, due, played, state, start"),
    _text("body", "JSON; passwords are masked"),
    _integer("request_seq", "the number its client gave it"),
)
_table(
    "journal_bases",
    "The world at one point of the journal: from here its entries can be played again.",
    _integer("seq", "the last entry of the journal before it", key=True),
    _integer("now_ms"),
    _text("server", "name and version of the program"),
    _text("config", "fingerprint, as in table configurations"),
    _text("state_hash"),
    _text("world", "JSON: table to its rows; empty: a new world, made of the configuration"),
)
_table(
    "configurations",
    "A configuration that a journal was recorded under.",
    _text("fingerprint", "SHA-256 of it", key=True),
    _text("body", "JSON; passwords are masked"),
)

TABLES: Final = dict(_METADATA.tables)
"""Every table by name, in the order above."""

MEANINGS: Final = {name: table.comment or "" for name, table in TABLES.items()}
"""What a row of each table is, in a sentence or two."""

INDICES: Final = {
    name: sorted(f"({', '.join(index.columns.keys())})" for index in table.indexes)
    for name, table in TABLES.items()
    if table.indexes
}
"""Table -> the columns of each of its indices."""

GROWING: Final = frozenset({"orders", "trades"})
"""Kept for good, day after day; a restart needs the present day's only."""
