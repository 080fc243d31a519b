"""Opening a file for the first time, or again after the program changed: tells whose it is, creates it, brings it up to date.

A database is ours when its header carries APPLICATION_ID and its table ``meta`` says a ``schema_version``. That is found out
without writing: a file that is another program's, or a newer version's of this one, stays as it is to the byte.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from storage.errors import ForeignDatabase, NewerSchema, StorageError
from storage.statements import CREATING, SCHEMA_VERSION
from storage.views import VIEWS

APPLICATION_ID: Final = int.from_bytes(b"MQSM", "big")
"""Stands in the header of every database of ours, where SQLite has a place for it."""

OLDEST_SQLITE: Final = (3, 37, 0)
"""The first with strict tables."""

_COMPACT_5: Final = (
    "compact_id TEXT NOT NULL, account_id TEXT NOT NULL, compact_type INTEGER NOT NULL, cashgroup_prop INTEGER NOT "
    "NULL, stock_code TEXT NOT NULL, order_id INTEGER NOT NULL, open_day INTEGER NOT NULL, end_day INTEGER NOT NULL, "
    "volume INTEGER NOT NULL, repaid_volume INTEGER NOT NULL, free_volume INTEGER NOT NULL, amount_li INTEGER NOT "
    "NULL, repaid_li INTEGER NOT NULL, trade_fees_li INTEGER NOT NULL, rate_ppm INTEGER NOT NULL, ratio_ppm INTEGER "
    "NOT NULL, basis_days INTEGER NOT NULL, fee_li INTEGER NOT NULL, fee_rest INTEGER NOT NULL, repaid_fee_li "
    "INTEGER NOT NULL, extensions INTEGER NOT NULL, overdue INTEGER NOT NULL, status INTEGER NOT NULL"
)
_COMPACT_OF_4: Final = (
    "compact_id, account_id, compact_type, cashgroup_prop, stock_code, order_id, open_day, end_day, volume, "
    "iif(compact_type = 49, repaid_volume, 0), iif(compact_type = 48, repaid_volume, 0), amount_li, repaid_li, "
    "trade_fees_li, rate_ppm, ratio_ppm, basis_days, fee_li, fee_rest, repaid_fee_li, extensions, overdue, status"
)
"""Columns of both tables of compacts as they were made for version 5, and what they held in version 4."""

MIGRATIONS: Final[Mapping[int, Sequence[str]]] = {
    2: (
        "ALTER TABLE journal ADD COLUMN request_seq INTEGER NOT NULL DEFAULT 0",
        "CREATE TABLE journal_bases (seq INTEGER NOT NULL, now_ms INTEGER NOT NULL, server TEXT NOT NULL, "
        "config TEXT NOT NULL, state_hash TEXT NOT NULL, world TEXT NOT NULL, PRIMARY KEY (seq)) STRICT",
        "CREATE TABLE configurations (fingerprint TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (fingerprint)) STRICT",
        "DROP INDEX orders_by_day",
        "DROP INDEX trades_by_day",
        "CREATE INDEX orders_by_day ON orders (day)",
        "CREATE INDEX orders_by_account ON orders (account_id, day)",
        "CREATE INDEX trades_by_day ON trades (day)",
        "CREATE INDEX trades_by_account ON trades (account_id, day)",
        "CREATE INDEX trades_by_order ON trades (order_id)",
    ),
    3: (
        "ALTER TABLE orders ADD COLUMN forced INTEGER NOT NULL DEFAULT 0",
        "DROP TABLE compacts",
        "CREATE TABLE compacts (compact_id TEXT NOT NULL, account_id TEXT NOT NULL, compact_type INTEGER NOT NULL, "
        "cashgroup_prop INTEGER NOT NULL, stock_code TEXT NOT NULL, order_id INTEGER NOT NULL, open_day INTEGER NOT "
        "NULL, end_day INTEGER NOT NULL, volume INTEGER NOT NULL, repaid_volume INTEGER NOT NULL, amount_li INTEGER "
        "NOT NULL, repaid_li INTEGER NOT NULL, trade_fees_li INTEGER NOT NULL, rate_ppm INTEGER NOT NULL, ratio_ppm "
        "INTEGER NOT NULL, basis_days INTEGER NOT NULL, fee_li INTEGER NOT NULL, fee_rest INTEGER NOT NULL, "
        "repaid_fee_li INTEGER NOT NULL, extensions INTEGER NOT NULL, overdue INTEGER NOT NULL, status INTEGER NOT "
        "NULL, PRIMARY KEY (compact_id)) STRICT",
        "CREATE TABLE compact_history (compact_id TEXT NOT NULL, account_id TEXT NOT NULL, compact_type INTEGER NOT "
        "NULL, cashgroup_prop INTEGER NOT NULL, stock_code TEXT NOT NULL, order_id INTEGER NOT NULL, open_day "
        "INTEGER NOT NULL, end_day INTEGER NOT NULL, volume INTEGER NOT NULL, repaid_volume INTEGER NOT NULL, "
        "amount_li INTEGER NOT NULL, repaid_li INTEGER NOT NULL, trade_fees_li INTEGER NOT NULL, rate_ppm INTEGER "
        "NOT NULL, ratio_ppm INTEGER NOT NULL, basis_days INTEGER NOT NULL, fee_li INTEGER NOT NULL, fee_rest "
        "INTEGER NOT NULL, repaid_fee_li INTEGER NOT NULL, extensions INTEGER NOT NULL, overdue INTEGER NOT NULL, "
        "status INTEGER NOT NULL, closed_day INTEGER NOT NULL, PRIMARY KEY (compact_id)) STRICT",
        "CREATE TABLE credit_accounts (account_id TEXT NOT NULL, fin_quota_li INTEGER NOT NULL, fin_special_quota_li "
        "INTEGER NOT NULL, slo_quota_li INTEGER NOT NULL, called_day INTEGER NOT NULL, due_day INTEGER NOT NULL, "
        "PRIMARY KEY (account_id)) STRICT",
        "CREATE TABLE credit_surplus (account_id TEXT NOT NULL, stock_code TEXT NOT NULL, volume INTEGER NOT NULL, "
        "today_volume INTEGER NOT NULL, cost_li INTEGER NOT NULL, PRIMARY KEY (account_id, stock_code)) STRICT",
        "CREATE TABLE credit_events (event_id INTEGER NOT NULL, account_id TEXT NOT NULL, day INTEGER NOT NULL, "
        "event_ms INTEGER NOT NULL, kind TEXT NOT NULL, ratio_ppm INTEGER NOT NULL, order_id INTEGER NOT NULL, "
        "detail TEXT NOT NULL, PRIMARY KEY (event_id)) STRICT",
        "CREATE TABLE lendable (stock_code TEXT NOT NULL, ordinary INTEGER NOT NULL, special INTEGER NOT NULL, "
        "PRIMARY KEY (stock_code)) STRICT",
        "CREATE TABLE appointments (apply_id TEXT NOT NULL, compact_id TEXT NOT NULL, account_id TEXT NOT NULL, "
        "stock_code TEXT NOT NULL, group_id TEXT NOT NULL, apply_mode TEXT NOT NULL, apply_ms INTEGER NOT NULL, "
        "volume INTEGER NOT NULL, returned_volume INTEGER NOT NULL, amount_li INTEGER NOT NULL, begin_day INTEGER "
        "NOT NULL, end_day INTEGER NOT NULL, rate_ppm INTEGER NOT NULL, early_ppm INTEGER NOT NULL, fine_ppm INTEGER "
        "NOT NULL, basis_days INTEGER NOT NULL, fee_li INTEGER NOT NULL, fee_rest INTEGER NOT NULL, repaid_fee_li "
        "INTEGER NOT NULL, fine_li INTEGER NOT NULL, fine_rest INTEGER NOT NULL, repaid_fine_li INTEGER NOT NULL, "
        "renewals INTEGER NOT NULL, status TEXT NOT NULL, PRIMARY KEY (apply_id)) STRICT",
    ),
    # An account's orders of a day are few of few: by_day finds them. Keeping this index took half the time of storing an order.
    4: ("DROP INDEX orders_by_account",),
    # Free shares of a financed compact stood in the column of shares returned. The world that the journal begins with lacks the
    # new column: another one begins.
    5: (
        "ALTER TABLE compacts RENAME TO compacts_4",
        f"CREATE TABLE compacts ({_COMPACT_5}, PRIMARY KEY (compact_id)) STRICT",
        f"INSERT INTO compacts SELECT {_COMPACT_OF_4} FROM compacts_4 ORDER BY rowid",
        "DROP TABLE compacts_4",
        "ALTER TABLE compact_history RENAME TO compact_history_4",
        f"CREATE TABLE compact_history ({_COMPACT_5}, closed_day INTEGER NOT NULL, PRIMARY KEY (compact_id)) STRICT",
        f"INSERT INTO compact_history SELECT {_COMPACT_OF_4}, closed_day FROM compact_history_4 ORDER BY rowid",
        "DROP TABLE compact_history_4",
        "UPDATE counters SET value = 0 WHERE name = 'journal_base'",
    ),
}
"""Version -> the statements that make it of the version before. A new database is made at the newest version at once.

The views are made anew with every one, so a migration says nothing of them. A change that adds a version stores a file of the
version before under tests/golden/schema.
"""

assert sorted(MIGRATIONS) == list(range(2, SCHEMA_VERSION + 1)), "one migration for every version after the first"

_VERSION_SQL: Final = "SELECT value FROM meta WHERE key = 'schema_version'"


def is_new(path: Path) -> bool:
    """Tell whether there is nothing yet. Raises StorageError for what is there and is no file."""
    if path.exists() and not path.is_file():
        raise StorageError(f"{path} is not a file")
    return not path.exists() or path.stat().st_size == 0


def refuse_foreign(path: Path) -> None:
    """Raise ForeignDatabase unless the file's header is that of a database of ours. Touches nothing, whoever has it open.

    The header in the file is enough, whatever waits in a write-ahead log: it carries the id from the moment the file exists.
    """
    # "immutable" keeps SQLite from locking and from making files. Reading the bytes without SQLite would be worse: closing that
    # descriptor would drop the locks of a connection that this very process may have to the file.
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
        # A process killed while it brought the log's pages home leaves a header that promises more pages than the file has;
        # the log still holds them, but is not read here. With this SQLite is content to look at what there is.
        connection.execute("PRAGMA writable_schema = ON")
        try:
            (found,) = connection.execute("PRAGMA application_id").fetchone()
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
                raise ForeignDatabase(f"{path} is not a SQLite database") from None
            raise
    if found != APPLICATION_ID:
        raise ForeignDatabase(f"{path} is a SQLite database of another program")


def prepare(path: Path) -> None:
    """Make the file a database of SCHEMA_VERSION. The caller holds its lock.

    Raises ForeignDatabase, NewerSchema, StorageError, sqlite3.Error or OSError; the first two leave the file as it was.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        needed = ".".join(map(str, OLDEST_SQLITE))
        raise StorageError(f"SQLite {sqlite3.sqlite_version} is too old; {needed} or newer is needed")
    if is_new(path):
        _refuse_orphaned_log(path)
        _create_file(path)
    refuse_foreign(path)
    _refuse_read_only(path)
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None)) as connection:
        refuse_unknown(path, schema_version(connection))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        if connection.execute("PRAGMA journal_mode = WAL").fetchone() != ("wal",):
            raise StorageError(f"{path}: the file system does not support SQLite's write-ahead log")
        migrate(connection, MIGRATIONS)


def create(connection: sqlite3.Connection) -> None:
    """Make the tables in an empty database, in one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    for statement in (*CREATING, *VIEWS.values()):
        connection.execute(statement)
    connection.execute("INSERT INTO meta VALUES ('schema_version', ?)", (str(SCHEMA_VERSION),))
    connection.execute("COMMIT")


def migrate(connection: sqlite3.Connection, migrations: Mapping[int, Sequence[str]]) -> None:
    """Run the migrations that the database has not seen, all in one transaction.

    When one fails, its error is raised and the transaction left open: closing the connection undoes it all.
    """
    connection.execute("BEGIN IMMEDIATE")
    seen = schema_version(connection) or 0
    to_come = sorted(number for number in migrations if number > seen)
    if to_come:
        _drop_views(connection)  # SQLite changes no table that a view of would no longer make sense
    for number in to_come:
        for statement in migrations[number]:
            connection.execute(statement)
        connection.execute("UPDATE meta SET value = ? WHERE key = 'schema_version'", (str(number),))
    if to_come:
        for statement in VIEWS.values():
            connection.execute(statement)
    connection.execute("COMMIT")


def _drop_views(connection: sqlite3.Connection) -> None:
    """Drop the views of tables, those of earlier versions too, and nobody else's."""
    ours = "SELECT name FROM sqlite_master WHERE type = 'view' AND name IN (SELECT 'v_' || tbl_name FROM sqlite_master)"
    for (name,) in connection.execute(ours).fetchall():
        connection.execute(f"DROP VIEW {name}")


def schema_version(connection: sqlite3.Connection) -> int | None:
    """Read the version of the tables; None when the database does not say it."""
    if connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'meta'").fetchone() is None:
        return None
    row = connection.execute(_VERSION_SQL).fetchone()
    return int(row[0]) if row is not None and str(row[0]).isdecimal() else None


def _create_file(path: Path) -> None:
    # Made under another name and moved in place: it is never seen half made, and its header is ours from the first moment.
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    with closing(sqlite3.connect(draft, isolation_level=None)) as connection:
        create(connection)
    os.replace(draft, path)


def _refuse_orphaned_log(path: Path) -> None:
    """The file is gone and its log is not: SQLite would apply the log to the new file that took its place."""
    log = path.with_name(path.name + "-wal")
    if log.exists() and log.stat().st_size:
        raise StorageError(f"{path} is missing, but its log {log.name} is there: put it back, or remove the log to begin anew")


def _refuse_read_only(path: Path) -> None:
    # SQLite would open such a file for reading without a word, leave a log beside it and fail at the first order.
    for place in (path, path.parent):
        if not os.access(place, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
            raise StorageError(f"{path}: {place.name} is read-only")


def refuse_unknown(path: Path, version: int | None) -> None:
    """Raise ForeignDatabase or NewerSchema for a version that this program does not know."""
    if version is None:
        raise ForeignDatabase(f"{path} does not say its schema version")
    if version > SCHEMA_VERSION:
        raise NewerSchema(f"{path} has schema version {version}; this program knows up to {SCHEMA_VERSION}")
