"""What is dropped when it is old: rows of past days, and the journal. Runs in the database thread, handed over by ``database``.

A call removes a few rows and is quick, so that it can stand between two commits; ``reclaim`` gives the room back to the system.
"""

from __future__ import annotations

import sqlite3
from typing import Final, NamedTuple

HISTORY: Final = {
    "orders": "day",
    "trades": "day",
    "cash_ledger": "day",
    "settlements": "day",
    "compact_history": "closed_day",
    "credit_events": "day",
}
"""Tables that keep past days, with the column that tells the day; rows stand in the order of time."""
STEP_ROWS: Final = 2000
"""Rows of each table that one call looks at: some milliseconds."""


class Cutoff(NamedTuple):
    """What is too old; 0 keeps all."""

    history_day: int
    """Rows of days before this one go."""
    journal_ms: int
    """The journal goes up to the last base before this moment: from there it can still be played."""


def trim(connection: sqlite3.Connection, cutoff: Cutoff) -> int:
    """Remove some of what is too old, in one transaction; gives how many rows. 0: there is nothing more."""
    connection.execute("BEGIN IMMEDIATE")
    removed = 0
    if cutoff.history_day:
        for table, column in HISTORY.items():
            oldest = f"SELECT rowid AS number, {column} AS day FROM {table} ORDER BY rowid LIMIT {STEP_ROWS}"
            query = f"DELETE FROM {table} WHERE rowid IN (SELECT number FROM ({oldest}) WHERE day < ?)"
            removed += connection.execute(query, (cutoff.history_day,)).rowcount
    if cutoff.journal_ms:
        removed += _trim_journal(connection, cutoff.journal_ms)
    connection.execute("COMMIT")
    return removed


def _trim_journal(connection: sqlite3.Connection, before_ms: int) -> int:
    """Remove entries before the base that is kept, and bases once their entries are gone."""
    (kept,) = connection.execute("SELECT max(seq) FROM journal_bases WHERE now_ms <= ?", (before_ms,)).fetchone()
    if kept is None:
        return 0
    oldest = f"SELECT seq FROM journal WHERE seq <= ? ORDER BY seq LIMIT {STEP_ROWS}"
    removed = connection.execute(f"DELETE FROM journal WHERE seq IN ({oldest})", (kept,)).rowcount
    return removed or connection.execute("DELETE FROM journal_bases WHERE seq < ?", (kept,)).rowcount


def reclaim(connection: sqlite3.Connection) -> None:
    """Drop configurations that nothing refers to, and give free room back to the system. Takes seconds for each gigabyte."""
    used = "SELECT config FROM journal_bases UNION SELECT json_extract(body, '$.config') FROM journal WHERE name = 'start'"
    connection.execute(f"DELETE FROM configurations WHERE fingerprint NOT IN ({used})")
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def size_of(connection: sqlite3.Connection) -> int:
    """Bytes of the database, its log left aside."""
    (pages,), (page_bytes,) = (connection.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size"))
    return int(pages) * int(page_bytes)
