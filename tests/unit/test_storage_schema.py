"""The tables are the agreed ones: names, order of columns, keys, types, indices."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from storage import COLUMNS
from storage.compiling import FILE, source
from storage.migrations import create
from storage.schema import TABLES
from storage.views import VIEWS

AGREED = """
meta: key* value
counters: name* value
accounts: account_id* account_type status cash_li frozen_li unsettled_li overdraft_li opened_day
positions: account_id* stock_code* volume today_volume frozen_volume yesterday_volume cost_li bought_li bought_volume opened_day
position_lots: account_id* stock_code* opened_day* volume untaxed
corporate_actions: stock_code* ex_day* record_day cash_micro bonus_ppm transfer_ppm rights_ppm rights_price_li subscribe
ipo_subscriptions: account_id* subscription_code* order_id subscribe_day volume won_volume paid_volume
market_values: account_id* day* sh_li sz_li
orders: order_id* day account_id account_type stock_code order_type price_type price_li volume traded_volume traded_amount_li
        status status_msg order_sysid strategy_name order_remark order_ms session_id request_seq queue_seq frozen_li
        commission_li stamp_duty_li transfer_fee_li other_fees_li forced
trades: trade_id* day account_id account_type order_id stock_code order_type price_li volume amount_li trade_ms
        commission_li stamp_duty_li transfer_fee_li other_fees_li self_trade
compacts: compact_id* account_id compact_type cashgroup_prop stock_code order_id open_day end_day volume
        repaid_volume free_volume amount_li repaid_li trade_fees_li rate_ppm ratio_ppm basis_days fee_li fee_rest repaid_fee_li
        extensions overdue status
compact_history: compact_id* account_id compact_type cashgroup_prop stock_code order_id open_day end_day volume
        repaid_volume free_volume amount_li repaid_li trade_fees_li rate_ppm ratio_ppm basis_days fee_li fee_rest repaid_fee_li
        extensions overdue status closed_day
credit_accounts: account_id* fin_quota_li fin_special_quota_li slo_quota_li called_day due_day
credit_surplus: account_id* stock_code* volume today_volume cost_li
credit_events: event_id* account_id day event_ms kind ratio_ppm order_id detail
lendable: stock_code* ordinary special
appointments: apply_id* compact_id account_id stock_code group_id apply_mode apply_ms volume returned_volume amount_li begin_day
        end_day rate_ppm early_ppm fine_ppm basis_days fee_li fee_rest repaid_fee_li fine_li fine_rest repaid_fine_li renewals
        status
cash_ledger: ledger_id* account_id day ledger_ms reason amount_li balance_li order_id trade_id
banks: account_id* bank_no* bank_account* bank_name balance_li bank_pwd fund_pwd
bank_transfers: transfer_id* account_id transfer_ms direction bank_no bank_account bank_name amount_li
ordinary_funds: account_id* cash_li
ordinary_positions: account_id* stock_code* volume cost_li bought_li bought_volume
compliance: account_id* day orders cancels trades self_trades peak peak_ms warned
compliance_window: account_id* sent_ms* messages
settlements: account_id* day* account_type cash_li market_value_li total_asset_li debt_li
instruments: stock_code* name board pre_close_li base_li tags listed
day_figures: stock_code* open_li high_li low_li close_li volume amount_li halted_until_ms halts tape
quotes: stock_code* last_li bids asks quote_ms
house_rests: queue_seq* stock_code side price_li volume
scheduled: scheduled_id* due_ms kind detail
journal: seq* now_ms connection name body request_seq
journal_bases: seq* now_ms server config state_hash world
configurations: fingerprint* body
"""

TEXTS = {
    *("key", "account_id", "stock_code", "status_msg", "order_sysid", "strategy_name", "order_remark", "compact_id", "reason"),
    *("bank_no", "bank_account", "bank_name", "bank_pwd", "fund_pwd", "warned"),
    *("name", "board", "tags", "halts", "tape", "bids", "asks", "kind", "detail", "body"),
    *("untaxed", "subscribe", "subscription_code"),
    *("apply_id", "group_id", "apply_mode"),
    *("server", "config", "state_hash", "world", "fingerprint"),
}


def agreed() -> dict[str, list[str]]:
    tables: dict[str, list[str]] = {}
    for line in AGREED.strip().splitlines():
        name, colon, columns = line.rpartition(":")
        tables.setdefault(name if colon else list(tables)[-1], []).extend(columns.split())
    return tables


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        create(connection)
        yield connection


def test_the_statements_are_those_of_the_tables() -> None:
    assert FILE.read_text(encoding="utf-8") == source(), "run: python -m storage.compiling"


def test_columns_stand_in_the_agreed_order() -> None:
    assert {name: list(columns) for name, columns in COLUMNS.items()} == {
        name: [column.rstrip("*") for column in columns] for name, columns in agreed().items()
    }


@pytest.mark.parametrize("name", TABLES)
def test_a_created_table_is_the_declared_one(name: str, database: sqlite3.Connection) -> None:
    found = database.execute("SELECT name, type, \"notnull\", pk FROM pragma_table_info(?) ORDER BY cid", (name,)).fetchall()
    columns = agreed()[name]
    keys = [column for column in columns if column.endswith("*")]
    assert [row[0] for row in found] == [column.rstrip("*") for column in columns]
    assert [row[3] for row in found] == [*range(1, len(keys) + 1), *[0] * (len(columns) - len(keys))], "keys come first"
    assert all(row[2] == 1 for row in found), "no column may be NULL"
    for column, kind, _, _ in found:
        is_text = column in TEXTS or (name, column) in (("meta", "value"), ("appointments", "status"))
        assert kind == ("TEXT" if is_text else "INTEGER"), column


def test_there_are_just_the_agreed_indices(database: sqlite3.Connection) -> None:
    found = database.execute("SELECT tbl_name, name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall()
    info = "SELECT name FROM pragma_index_info(?)"
    assert sorted((table, *(name for (name,) in database.execute(info, (index,)))) for table, index in found) == [
        ("cash_ledger", "account_id", "day"),
        ("orders", "day"),
        ("trades", "account_id", "day"),
        ("trades", "day"),
        ("trades", "order_id"),
    ]


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_shows_every_column_in_units_of_people(name: str, database: sqlite3.Connection) -> None:
    shown = [row[0] for row in database.execute("SELECT name FROM pragma_table_info(?)", (name,))]
    columns = [column for column in COLUMNS[name.removeprefix("v_")] if column not in ("bank_pwd", "fund_pwd")]
    expected = [re.sub("_ms$", "_time", column.removesuffix("_li")) for column in columns]
    assert shown[: len(columns)] == expected


def test_views_show_yuan_and_times_of_china(database: sqlite3.Connection) -> None:
    row = {name: 0 if kind == "INTEGER" else "" for _, name, kind, *_ in database.execute("PRAGMA table_info(orders)")}
    row |= {"price_li": 10_450, "traded_amount_li": 2_091_000, "traded_volume": 200, "order_ms": 1_767_576_600_250}
    database.execute(f"INSERT INTO orders VALUES ({', '.join('?' * len(row))})", list(row.values()))
    shown = database.execute("SELECT price, traded_amount, traded_price, order_time FROM v_orders").fetchone()
    assert shown == (10.45, 2091.0, 10.455, "2026-01-05 09:30:00.250")


@pytest.mark.parametrize("wrong", [1.5, "twelve", None])
def test_a_column_of_integers_takes_nothing_else(database: sqlite3.Connection, wrong: object) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        database.execute("INSERT INTO counters VALUES ('day', ?)", (wrong,))
    assert database.execute("SELECT * FROM counters").fetchall() == []
