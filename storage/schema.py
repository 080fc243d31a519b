"""The tables: the truth after a restart, readable by anyone with a SQLite shell.

Everything else in this package is derived from these classes: the SQL that creates, writes and reads. Rows travel as tuples in
the column order of the class, key columns first; nothing is ever loaded as an object of these classes.

Units stand in the names: ``_li`` is 1/1000 yuan, ``_ms`` epoch milliseconds, ``day`` and ``_day`` an integer yyyymmdd of China
time, volumes are shares (or pieces of a bond). Enumerations are the SDK's numbers. No column may be NULL: 0 and '' say "none".
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, Index, Integer, Text
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.schema import CreateIndex, CreateTable, DDLElement

SCHEMA_VERSION: Final = 5
"""Version of the tables below; goes up with every change of them, together with one entry in ``migrations.MIGRATIONS``."""


class Base(DeclarativeBase):
    """Common to all tables: 64-bit integers, and strict types, so that no float or text slips into a column of integers."""

    # SQLite's INTEGER holds 64 bits and is the only name of it that a strict table knows.
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy declares it, and not as a ClassVar
        int: BigInteger().with_variant(Integer(), "sqlite"),
        str: Text(),
    }
    __table_args__: Any = {"sqlite_strict": True}  # noqa: RUF012 - the same


def _key(comment: str | None = None) -> Mapped[Any]:
    """Declare a key column; keys come with the row, the database never makes one up."""
    return mapped_column(primary_key=True, autoincrement=False, comment=comment)


def _is(comment: str) -> Mapped[Any]:
    """Declare a column with the words that docs/schema.md has for it."""
    return mapped_column(comment=comment)


class Meta(Base):
    """What the database says about itself: ``schema_version``, and what the server notes there."""

    __tablename__ = "meta"
    key: Mapped[str] = _key()
    value: Mapped[str]


class Counter(Base):
    """Single numbers of the world: next ids, the trading day (``day``), the simulated time (``now_ms``)."""

    __tablename__ = "counters"
    name: Mapped[str] = _key()
    value: Mapped[int]


class Account(Base):
    """Cash and state of one account."""

    __tablename__ = "accounts"
    account_id: Mapped[str] = _key()
    account_type: Mapped[int]
    status: Mapped[int]
    cash_li: Mapped[int]
    frozen_li: Mapped[int]
    unsettled_li: Mapped[int]
    overdraft_li: Mapped[int] = _is("how far dues taken whatever cash there is have brought it below zero")
    opened_day: Mapped[int]


class Position(Base):
    """What one account holds of one security."""

    __tablename__ = "positions"
    account_id: Mapped[str] = _key()
    stock_code: Mapped[str] = _key("as in 600000.SH")
    volume: Mapped[int]
    today_volume: Mapped[int]
    frozen_volume: Mapped[int]
    yesterday_volume: Mapped[int]
    cost_li: Mapped[int]
    bought_li: Mapped[int]
    bought_volume: Mapped[int]
    opened_day: Mapped[int]


class PositionLot(Base):
    """What an account acquired of one security on one day and still holds; dividend tax depends on it."""

    __tablename__ = "position_lots"
    account_id: Mapped[str] = _key()
    stock_code: Mapped[str] = _key()
    opened_day: Mapped[int] = _key()
    volume: Mapped[int]
    untaxed: Mapped[str] = _is("JSON: [day of record, micro-yuan] of dividends on these shares that await their tax")


class CorporateAction(Base):
    """What a company gives its holders on an ex-day, past or to come."""

    __tablename__ = "corporate_actions"
    stock_code: Mapped[str] = _key()
    ex_day: Mapped[int] = _key()
    record_day: Mapped[int] = _is("0: the trading day before the ex-day")
    cash_micro: Mapped[int] = _is("micro-yuan per share, before tax")
    bonus_ppm: Mapped[int] = _is("this and the next two: new shares per million held")
    transfer_ppm: Mapped[int]
    rights_ppm: Mapped[int]
    rights_price_li: Mapped[int]
    subscribe: Mapped[str] = _is("accounts that take up rights: all, - or ids")


class IpoSubscription(Base):
    """An account's part in a new issue, from its order to the listing day."""

    __tablename__ = "ipo_subscriptions"
    account_id: Mapped[str] = _key()
    subscription_code: Mapped[str] = _key()
    order_id: Mapped[int]
    subscribe_day: Mapped[int]
    volume: Mapped[int]
    won_volume: Mapped[int]
    paid_volume: Mapped[int]


class MarketValue(Base):
    """What an account's shares of each exchange were worth at a close; the last 21 days, for subscription quotas."""

    __tablename__ = "market_values"
    account_id: Mapped[str] = _key()
    day: Mapped[int] = _key()
    sh_li: Mapped[int]
    sz_li: Mapped[int]


class Order(Base):
    """One order, of any day; ``order_id`` is unique for good."""

    __tablename__ = "orders"
    order_id: Mapped[int] = _key()
    day: Mapped[int]
    account_id: Mapped[str]
    account_type: Mapped[int]
    stock_code: Mapped[str]
    order_type: Mapped[int] = _is("what it does to the account: 23 buy, 24 sell …")
    price_type: Mapped[int] = _is("what it does to the book")
    price_li: Mapped[int]
    volume: Mapped[int]
    traded_volume: Mapped[int]
    traded_amount_li: Mapped[int]
    status: Mapped[int] = _is("48 … 57")
    status_msg: Mapped[str]
    order_sysid: Mapped[str]
    strategy_name: Mapped[str]
    order_remark: Mapped[str]
    order_ms: Mapped[int]
    session_id: Mapped[int]
    request_seq: Mapped[int]
    queue_seq: Mapped[int] = _is("its place in the book's time priority")
    frozen_li: Mapped[int]
    commission_li: Mapped[int] = _is("this and the next three: paid so far")
    stamp_duty_li: Mapped[int]
    transfer_fee_li: Mapped[int]
    other_fees_li: Mapped[int]
    forced: Mapped[int] = _is("1: the broker's own, to close the account out")


class Trade(Base):
    """One fill of one order."""

    __tablename__ = "trades"
    trade_id: Mapped[int] = _key("16 digits")
    day: Mapped[int]
    account_id: Mapped[str]
    account_type: Mapped[int]
    order_id: Mapped[int]
    stock_code: Mapped[str]
    order_type: Mapped[int]
    price_li: Mapped[int]
    volume: Mapped[int]
    amount_li: Mapped[int]
    trade_ms: Mapped[int]
    commission_li: Mapped[int] = _is("this and the next three: what this fill was charged")
    stamp_duty_li: Mapped[int]
    transfer_fee_li: Mapped[int]
    other_fees_li: Mapped[int]
    self_trade: Mapped[int] = _is("1: the same account stood on both sides")


class Compact(Base):
    """One debt of a credit account, in cash or in shares, until the day after it is repaid."""

    __tablename__ = "compacts"
    compact_id: Mapped[str] = _key()
    account_id: Mapped[str]
    compact_type: Mapped[int] = _is("48 financing, 49 short")
    cashgroup_prop: Mapped[int] = _is("48 ordinary positions, 49 special ones")
    stock_code: Mapped[str]
    order_id: Mapped[int] = _is("the order that opened it")
    open_day: Mapped[int]
    end_day: Mapped[int]
    volume: Mapped[int] = _is("shares bought with it, or owed")
    repaid_volume: Mapped[int] = _is("short: shares returned")
    free_volume: Mapped[int] = _is("financing: bonus and transfer shares that came to those bought")
    amount_li: Mapped[int] = _is("lent, fees included; short: what the sale brought")
    repaid_li: Mapped[int] = _is("repaid; short: the part of amount that belongs to shares returned")
    trade_fees_li: Mapped[int] = _is("fees of the opening trades")
    rate_ppm: Mapped[int] = _is("interest a year")
    ratio_ppm: Mapped[int] = _is("margin ratio in force when it was opened")
    basis_days: Mapped[int] = _is("days of a year for interest")
    fee_li: Mapped[int] = _is("interest accrued in whole li, and beside it …")
    fee_rest: Mapped[int] = _is("… so many parts of ppm × basis_days of a li")
    repaid_fee_li: Mapped[int]
    extensions: Mapped[int]
    overdue: Mapped[int] = _is("1: its term has ended")
    status: Mapped[int] = _is("48 open, 49 partly repaid, 50 repaid, 54 overdue")


class ClosedCompact(Base):
    """A compact that was repaid, as it was then."""

    __tablename__ = "compact_history"
    compact_id: Mapped[str] = _key()
    account_id: Mapped[str]
    compact_type: Mapped[int] = _is("48 financing, 49 short")
    cashgroup_prop: Mapped[int] = _is("48 ordinary positions, 49 special ones")
    stock_code: Mapped[str]
    order_id: Mapped[int] = _is("the order that opened it")
    open_day: Mapped[int]
    end_day: Mapped[int]
    volume: Mapped[int] = _is("shares bought with it, or owed")
    repaid_volume: Mapped[int] = _is("short: shares returned")
    free_volume: Mapped[int] = _is("financing: bonus and transfer shares that came to those bought")
    amount_li: Mapped[int] = _is("lent, fees included; short: what the sale brought")
    repaid_li: Mapped[int] = _is("repaid; short: the part of amount that belongs to shares returned")
    trade_fees_li: Mapped[int] = _is("fees of the opening trades")
    rate_ppm: Mapped[int] = _is("interest a year")
    ratio_ppm: Mapped[int] = _is("margin ratio in force when it was opened")
    basis_days: Mapped[int] = _is("days of a year for interest")
    fee_li: Mapped[int] = _is("interest accrued in whole li, and beside it …")
    fee_rest: Mapped[int] = _is("… so many parts of ppm × basis_days of a li")
    repaid_fee_li: Mapped[int]
    extensions: Mapped[int]
    overdue: Mapped[int] = _is("1: its term has ended")
    status: Mapped[int] = _is("48 open, 49 partly repaid, 50 repaid, 54 overdue")
    closed_day: Mapped[int] = _is("the day it was repaid")


class CreditAccount(Base):
    """What the broker decided about a credit account."""

    __tablename__ = "credit_accounts"
    account_id: Mapped[str] = _key()
    fin_quota_li: Mapped[int] = _is("this and the next two: -1 is what the terms say")
    fin_special_quota_li: Mapped[int]
    slo_quota_li: Mapped[int]
    called_day: Mapped[int] = _is("day of the margin call, 0: none")
    due_day: Mapped[int] = _is("day by whose close it must be answered, 0: none")


class CreditSurplus(Base):
    """Shares bought to be returned beyond what was owed."""

    __tablename__ = "credit_surplus"
    account_id: Mapped[str] = _key()
    stock_code: Mapped[str] = _key()
    volume: Mapped[int]
    today_volume: Mapped[int]
    cost_li: Mapped[int]


class CreditEvent(Base):
    """What the broker did about a credit account: calls, close-out orders, compacts that fell due."""

    __tablename__ = "credit_events"
    event_id: Mapped[int] = _key()
    account_id: Mapped[str]
    day: Mapped[int]
    event_ms: Mapped[int]
    kind: Mapped[str]
    ratio_ppm: Mapped[int] = _is("maintenance ratio then")
    order_id: Mapped[int] = _is("0: none")
    detail: Mapped[str]


class Lendable(Base):
    """Shares the broker has for lending where an operator said so, lent ones included."""

    __tablename__ = "lendable"
    stock_code: Mapped[str] = _key()
    ordinary: Mapped[int]
    special: Mapped[int]


class Appointment(Base):
    """Securities lending: special shares reserved for an account."""

    __tablename__ = "appointments"
    apply_id: Mapped[str] = _key()
    compact_id: Mapped[str]
    account_id: Mapped[str]
    stock_code: Mapped[str]
    group_id: Mapped[str]
    apply_mode: Mapped[str] = _is("0 by the offer, 1 negotiated")
    apply_ms: Mapped[int]
    volume: Mapped[int]
    returned_volume: Mapped[int]
    amount_li: Mapped[int] = _is("value of its shares when it was made; fees are rates of it")
    begin_day: Mapped[int]
    end_day: Mapped[int]
    rate_ppm: Mapped[int] = _is("this and the next two: a year, of the fee, of ending early, of being late")
    early_ppm: Mapped[int]
    fine_ppm: Mapped[int]
    basis_days: Mapped[int]
    fee_li: Mapped[int] = _is("fees in whole li, and beside it …")
    fee_rest: Mapped[int] = _is("… so many parts of ppm × basis_days of a li; the fines likewise")
    repaid_fee_li: Mapped[int]
    fine_li: Mapped[int]
    fine_rest: Mapped[int]
    repaid_fine_li: Mapped[int]
    renewals: Mapped[int]
    status: Mapped[str] = _is("0 to come, 1 in force, 2 overdue, 3 ended, 4 cancelled")


class CashEntry(Base):
    """One movement of cash; ``balance_li`` is the account's cash after it."""

    __tablename__ = "cash_ledger"
    ledger_id: Mapped[int] = _key()
    account_id: Mapped[str]
    day: Mapped[int]
    ledger_ms: Mapped[int]
    reason: Mapped[str]
    amount_li: Mapped[int] = _is("positive: cash came in")
    balance_li: Mapped[int]
    order_id: Mapped[int] = _is("0: not of an order")
    trade_id: Mapped[int] = _is("0: not of a trade")


class Bank(Base):
    """One bank account an account can transfer from and to. Its passwords are made up as all here is; '' asks for none."""

    __tablename__ = "banks"
    account_id: Mapped[str] = _key()
    bank_no: Mapped[str] = _key()
    bank_account: Mapped[str] = _key()
    bank_name: Mapped[str]
    balance_li: Mapped[int]
    bank_pwd: Mapped[str]
    fund_pwd: Mapped[str]


class BankTransfer(Base):
    """One transfer between a bank and an account, of late; the cash ledger keeps all of them."""

    __tablename__ = "bank_transfers"
    transfer_id: Mapped[int] = _key()
    account_id: Mapped[str]
    transfer_ms: Mapped[int]
    direction: Mapped[int] = _is("501 from the bank, 502 to it")
    bank_no: Mapped[str]
    bank_account: Mapped[str]
    bank_name: Mapped[str]
    amount_li: Mapped[int]


class OrdinaryFund(Base):
    """Cash of one account at the ordinary counter."""

    __tablename__ = "ordinary_funds"
    account_id: Mapped[str] = _key()
    cash_li: Mapped[int]


class OrdinaryPosition(Base):
    """What one account holds of one security at the ordinary counter."""

    __tablename__ = "ordinary_positions"
    account_id: Mapped[str] = _key()
    stock_code: Mapped[str] = _key()
    volume: Mapped[int]
    cost_li: Mapped[int]
    bought_li: Mapped[int]
    bought_volume: Mapped[int]


class Compliance(Base):
    """What one account sent to the exchanges on the last day it sent anything."""

    __tablename__ = "compliance"
    account_id: Mapped[str] = _key()
    day: Mapped[int]
    orders: Mapped[int]
    cancels: Mapped[int]
    trades: Mapped[int]
    self_trades: Mapped[int]
    peak: Mapped[int] = _is("the most messages in any one second")
    peak_ms: Mapped[int]
    warned: Mapped[str] = _is("thresholds reached, space separated")


class ComplianceWindow(Base):
    """Messages of one account in one millisecond of the second before its last message."""

    __tablename__ = "compliance_window"
    account_id: Mapped[str] = _key()
    sent_ms: Mapped[int] = _key()
    messages: Mapped[int]


class Settlement(Base):
    """One account at the close of one day; a series of them is an equity curve."""

    __tablename__ = "settlements"
    account_id: Mapped[str] = _key()
    day: Mapped[int] = _key()
    account_type: Mapped[int]
    cash_li: Mapped[int]
    market_value_li: Mapped[int]
    total_asset_li: Mapped[int]
    debt_li: Mapped[int]


class Instrument(Base):
    """A listed security: its reference price today, and the price its synthetic walk began at."""

    __tablename__ = "instruments"
    stock_code: Mapped[str] = _key()
    name: Mapped[str]
    board: Mapped[str]
    pre_close_li: Mapped[int]
    base_li: Mapped[int]
    tags: Mapped[str] = _is("space separated: st, limit20, t0, suspended, nolimit")
    listed: Mapped[int] = _is("first trading day, 0: long ago")


class DayFigures(Base):
    """What happened today in a security that traded here."""

    __tablename__ = "day_figures"
    stock_code: Mapped[str] = _key()
    open_li: Mapped[int]
    high_li: Mapped[int]
    low_li: Mapped[int]
    close_li: Mapped[int] = _is("0 until the day is closed")
    volume: Mapped[int]
    amount_li: Mapped[int]
    halted_until_ms: Mapped[int] = _is("0: not halted")
    halts: Mapped[str] = _is("JSON: thresholds used up, in ppm, with the sign of their direction")
    tape: Mapped[str] = _is("JSON: [second in ms, amount_li, volume] of the last minute before the last trade")


class Quote(Base):
    """The last quote of a security in use."""

    __tablename__ = "quotes"
    stock_code: Mapped[str] = _key()
    last_li: Mapped[int]
    bids: Mapped[str] = _is("JSON, best level first")
    asks: Mapped[str] = _is("JSON, best level first")
    quote_ms: Mapped[int]


class HouseRest(Base):
    """An order of the house that rests in a book beside users' orders."""

    __tablename__ = "house_rests"
    queue_seq: Mapped[int] = _key("its place in the book's time priority")
    stock_code: Mapped[str]
    side: Mapped[int]
    price_li: Mapped[int]
    volume: Mapped[int]


class Scheduled(Base):
    """Something that will happen by itself."""

    __tablename__ = "scheduled"
    scheduled_id: Mapped[int] = _key()
    due_ms: Mapped[int]
    kind: Mapped[str]
    detail: Mapped[str]


class JournalEntry(Base):
    """One thing that entered the core, as it was taken: a request, a session's beginning or end, a slice of time, a start."""

    __tablename__ = "journal"
    seq: Mapped[int] = _key()
    now_ms: Mapped[int]
    connection: Mapped[int] = _is("0: no session's")
    name: Mapped[str] = _is("a message of docs/protocol.md, or: hello, gone, due, played, state, start")
    body: Mapped[str] = _is("JSON; passwords are masked")
    request_seq: Mapped[int] = _is("the number its client gave it")


class JournalBase(Base):
    """The world at one point of the journal: from here its entries can be played again."""

    __tablename__ = "journal_bases"
    seq: Mapped[int] = _key("the last entry of the journal before it")
    now_ms: Mapped[int]
    server: Mapped[str] = _is("name and version of the program")
    config: Mapped[str] = _is("fingerprint, as in table configurations")
    state_hash: Mapped[str]
    world: Mapped[str] = _is("JSON: table to its rows; empty: a new world, made of the configuration")


class Configuration(Base):
    """A configuration that a journal was recorded under."""

    __tablename__ = "configurations"
    fingerprint: Mapped[str] = _key("SHA-256 of it")
    body: Mapped[str] = _is("JSON; passwords are masked")


Index("orders_by_day", Order.day)
Index("trades_by_day", Trade.day)
Index("trades_by_account", Trade.account_id, Trade.day)
Index("trades_by_order", Trade.order_id)
Index("cash_ledger_by_account", CashEntry.account_id, CashEntry.day)

TABLES: Final = dict(Base.metadata.tables)
"""Every table by name, in the order of the classes."""

MEANINGS: Final = {str(table.__tablename__): str(table.__doc__) for table in Base.__subclasses__()}
"""What a row of each table is, in a sentence or two."""

COLUMNS: Final[dict[str, tuple[str, ...]]] = {name: tuple(table.columns.keys()) for name, table in TABLES.items()}
"""Column names of every table, in the order rows have them."""

INDICES: Final = {
    name: sorted(f"({', '.join(index.columns.keys())})" for index in table.indexes)
    for name, table in TABLES.items()
    if table.indexes
}
"""Table -> the columns of each of its indices."""

DIALECT: Final = sqlite.dialect()
"""The SQL this package writes: SQLite's, with question marks for values."""


def creating_statements() -> list[str]:
    """Give the SQL that makes an empty database one of SCHEMA_VERSION, but for its row in ``meta``."""
    statements: list[DDLElement] = [CreateTable(table) for table in TABLES.values()]
    statements += [CreateIndex(index) for table in TABLES.values() for index in table.indexes]
    return [str(statement.compile(dialect=DIALECT)).strip() for statement in statements]
