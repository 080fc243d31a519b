"""The read side: everything a restart needs, as rows. Runs in the database thread, handed over by ``database``."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, Table, bindparam, select

from storage.schema import DIALECT, TABLES

Rows = dict[str, list[tuple[Any, ...]]]
Stream = dict[str, Iterable[tuple[Any, ...]]]
"""Rows of the GROWING tables are read from the file while they are gone through, which can be done once."""

NOT_OF_THE_WORLD: Final = frozenset({
    "meta", "cash_ledger", "settlements", "compact_history", "credit_events", "journal", "journal_bases", "configurations",
})  # fmt: skip
"""Written for people, reports and replays; the simulator never needs them back."""

GROWING: Final = frozenset({"orders", "trades"})
"""Kept for good, day after day; a restart needs the present day's only."""

_DAY_SQL: Final = "SELECT value FROM counters WHERE name = 'day'"


class TableQuery(NamedTuple):
    """How one table is read, in the order of its primary key."""

    all_rows: str
    one_day: str | None
    """For GROWING tables: only the rows of the day bound to the one parameter."""


def load(connection: sqlite3.Connection) -> Rows:
    """Read the world: table -> rows as tuples in column order. Of orders and trades only the day's, when a day is known."""
    return {name: list(rows) for name, rows in stream(connection).items()}


def stream(connection: sqlite3.Connection) -> Stream:
    """Read the same, but the growing tables row by row, so that a day of a million orders is never there twice."""
    present = connection.execute(_DAY_SQL).fetchone()
    world = {name: compile_query(table) for name, table in TABLES.items() if name not in NOT_OF_THE_WORLD}
    return {name: _read_table(connection, query, present) for name, query in world.items()}


def compile_query(table: Table) -> TableQuery:
    """Compile the queries of a table."""
    query = select(*table.columns).order_by(*table.primary_key.columns)
    of_a_day = query.where(table.columns["day"] == bindparam("day")) if table.name in GROWING else None
    return TableQuery(_sql(query), None if of_a_day is None else _sql(of_a_day))


def _read_table(connection: sqlite3.Connection, query: TableQuery, day: tuple[int] | None) -> Iterable[tuple[Any, ...]]:
    if query.one_day is None:
        return connection.execute(query.all_rows).fetchall()
    return connection.execute(query.one_day, day) if day is not None else connection.execute(query.all_rows)


def _sql(query: Select[Any]) -> str:
    return str(query.compile(dialect=DIALECT))
