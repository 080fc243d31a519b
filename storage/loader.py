"""The read side: everything a restart needs, as rows. Runs in the database thread, handed over by ``database``."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any, Final

from storage.statements import TABLES
from storage.table_sql import TableSql

Rows = dict[str, list[tuple[Any, ...]]]
Stream = dict[str, Iterable[tuple[Any, ...]]]
"""Rows of tables that keep past days are read from the file while they are gone through, which can be done once."""

NOT_OF_THE_WORLD: Final = frozenset({
    "meta", "cash_ledger", "settlements", "compact_history", "credit_events", "journal", "journal_bases", "configurations",
})  # fmt: skip
"""Written for people, reports and replays; the simulator never needs them back."""

_DAY_SQL: Final = "SELECT value FROM counters WHERE name = 'day'"


def load(connection: sqlite3.Connection) -> Rows:
    """Read the world: table -> rows as tuples in column order. Of orders and trades only the day's, when a day is known."""
    return {name: list(rows) for name, rows in stream(connection).items()}


def stream(connection: sqlite3.Connection) -> Stream:
    """Read the same, but the growing tables row by row, so that a day of a million orders is never there twice."""
    present = connection.execute(_DAY_SQL).fetchone()
    return {name: _read(connection, table, present) for name, table in TABLES.items() if name not in NOT_OF_THE_WORLD}


def _read(connection: sqlite3.Connection, table: TableSql, day: tuple[int] | None) -> Iterable[tuple[Any, ...]]:
    if table.select_day is None:
        return connection.execute(table.select).fetchall()
    return connection.execute(table.select_day, day) if day is not None else connection.execute(table.select)
