"""What the program knows of a table: its columns, and the SQL that writes and reads it."""

from __future__ import annotations

from typing import NamedTuple


class TableSql(NamedTuple):
    """One table. Rows are tuples in the order of the columns, key columns first; values are bound to question marks."""

    columns: tuple[str, ...]
    key_width: int
    insert: str
    """Takes whole rows: these words, the places of one row or of several, and ``update``."""
    update: str
    delete: str
    """Takes a key."""
    select: str
    """Gives all rows, in the order of their keys."""
    select_day: str | None
    """Of a table that keeps past days: gives the rows of the day that it takes."""

    def upsert(self, rows: int) -> str:
        """The statement that writes so many rows, whether they are there already or not."""
        one = f"({', '.join('?' * len(self.columns))})"
        return f"{self.insert}{', '.join([one] * rows)}{self.update}"
