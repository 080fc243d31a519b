"""The write side: one batch of rows becomes one transaction. Runs in the database thread, handed over by ``database``.

Rows are tuples in column order and need no conversion. One statement takes many rows: this thread gives the interpreter up with
each statement, and beside a busy event loop it may wait long to get it back.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from itertools import chain
from typing import Any, Final

from storage.errors import WriteFailed
from storage.statements import TABLES

Row = tuple[Any, ...]
Batch = Mapping[str, Mapping[Row, Row | None]]
"""Table -> primary key -> the whole row, or None to delete it. A key stands once, so the order within a table cannot matter."""


ROWS_PER_STATEMENT: Final = (128, 32, 8, 7, 6, 5, 4, 3, 2, 1)
"""Rows that one statement takes, largest first; the widest table's 128 stay far below what SQLite takes as values."""


class Writer:
    """Writes batches until one fails; from then on it refuses, because what the caller believes was stored is not."""

    __slots__ = ("_upserts", "failure")

    def __init__(self) -> None:
        self._upserts: Final = {
            name: [(number, table.upsert(number)) for number in ROWS_PER_STATEMENT] for name, table in TABLES.items()
        }
        self.failure: str | None = None

    def commit(self, connection: sqlite3.Connection, batch: Batch) -> None:
        """Write a batch in one transaction. Raises WriteFailed when nothing of it was written."""
        # Looked at here in the thread too: a batch may already have been handed over while the one before it was failing.
        self.refuse_after_failure()
        try:
            connection.execute("BEGIN IMMEDIATE")
            self.write(connection, batch)
            connection.execute("COMMIT")
        except Exception as error:
            self.failure = f"{type(error).__name__}: {error}"
            # SQLite may have rolled back by itself (disk full, for one), and then has no transaction left to end.
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise WriteFailed(f"the batch was not written: {self.failure}") from error

    def write(self, connection: sqlite3.Connection, batch: Batch) -> None:
        """Write a batch in whatever transaction there is."""
        for name, rows in batch.items():
            self._write_table(connection, name, rows)

    def fail(self, failure: str) -> None:
        """Refuse from now on, because a batch went where nobody will look for it. Raises WriteFailed."""
        self.failure = failure
        raise WriteFailed(f"the batch was not stored: {failure}")

    def refuse_after_failure(self) -> None:
        """Raise WriteFailed if an earlier batch was lost."""
        if self.failure is not None:
            raise WriteFailed(f"an earlier batch was not written: {self.failure}")

    def _write_table(self, connection: sqlite3.Connection, name: str, rows: Mapping[Row, Row | None]) -> None:
        table = TABLES[name]
        kept = [row for row in rows.values() if row is not None]
        if len(kept) < len(rows):
            connection.executemany(table.delete, [key for key, row in rows.items() if row is None])
        if kept:
            width = table.key_width
            assert all(row is None or row[:width] == key for key, row in rows.items()), "a row stands under its own key"
            start = 0
            for number, statement in self._upserts[name]:
                while len(kept) - start >= number:
                    connection.execute(statement, [*chain.from_iterable(kept[start : start + number])])
                    start += number
