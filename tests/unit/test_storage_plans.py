"""No query that is asked every day goes through the history: SQLite's own plans say so."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from storage.migrations import create
from storage.statements import TABLES

BY_PEOPLE = {
    "an account's orders of a day": "SELECT * FROM v_orders WHERE account_id = 'A' AND day = 20260105",
    "an account's trades of a day": "SELECT * FROM v_trades WHERE account_id = 'A' AND day = 20260105",
    "an account's trades of all days": "SELECT * FROM trades WHERE account_id = 'A'",
    "an order": "SELECT * FROM v_orders WHERE order_id = 1048577",
    "the fills of an order": "SELECT * FROM v_trades WHERE order_id = 1048577",
    "the orders of a day": "SELECT * FROM orders WHERE day = 20260105",
    "the cash of an account on a day": "SELECT * FROM v_cash_ledger WHERE account_id = 'A' AND day = 20260105",
    "the equity curve of an account": "SELECT day, total_asset FROM v_settlements WHERE account_id = 'A' ORDER BY day",
    "what a session did": "SELECT * FROM journal WHERE seq BETWEEN 100 AND 200",
}


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        create(connection)
        yield connection


def plan(database: sqlite3.Connection, query: str, *values: object) -> str:
    return "; ".join(row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {query}", values))


@pytest.mark.parametrize("table", sorted(name for name, table in TABLES.items() if table.select_day))
def test_a_restart_reads_the_present_day_in_order_and_nothing_else(table: str, database: sqlite3.Connection) -> None:
    query = TABLES[table].select_day
    assert query is not None
    assert plan(database, query, 20260105) == f"SEARCH {table} USING INDEX {table}_by_day (day=?)", "no scan and no sorting"


@pytest.mark.parametrize("question", BY_PEOPLE)
def test_what_people_ask_is_looked_up(question: str, database: sqlite3.Connection) -> None:
    found = plan(database, BY_PEOPLE[question])
    assert found.startswith("SEARCH")
    assert "SCAN" not in found
    assert "B-TREE" not in found
