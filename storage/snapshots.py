"""A whole database as one file, and back. Runs in the database thread, handed over by ``database``.

A snapshot is a database like any other, without a log beside it: it can be copied, mailed, read with a SQLite shell, served.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from storage.errors import StorageError, naming
from storage.loader import Stream, stream
from storage.migrations import MIGRATIONS, migrate, refuse_foreign, refuse_unknown, schema_version
from storage.statements import TABLES


def save(connection: sqlite3.Connection, target: Path) -> int:
    """Write the database into a file, which is there whole or not at all; gives its bytes. Raises StorageError."""
    draft = target.with_name(target.name + ".new")
    with naming(target):
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)
        try:
            connection.execute("VACUUM INTO ?", (str(draft),))
            os.chmod(draft, 0o600)
            with draft.open("rb+") as file:
                os.fsync(file.fileno())
            os.replace(draft, target)
        finally:
            draft.unlink(missing_ok=True)
        return target.stat().st_size


class Opened:
    """A snapshot that can be loaded: checked, and brought up to date in a copy of its own."""

    __slots__ = ("_connection",)

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def stream(self) -> Stream:
        """Read its world, as a restart reads a database."""
        return stream(self._connection)

    def replace(self, target: sqlite3.Connection) -> None:
        """Make a database this one, in one transaction: whoever reads it sees the one or the other."""
        self._connection.backup(target)


@contextmanager
def opened(source: Path) -> Iterator[Opened]:
    """Open a snapshot. Raises StorageError, ForeignDatabase or NewerSchema; the file is only read."""
    with naming(source):
        if not source.is_file():
            raise StorageError(f"there is no file {source}")
        refuse_foreign(source)
        with TemporaryDirectory(prefix="miniqmt-sim-", dir=source.parent) as scratch:
            copy = Path(shutil.copyfile(source, Path(scratch) / source.name))
            with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
                refuse_unknown(source, schema_version(connection))
                (problem,) = connection.execute("PRAGMA quick_check(1)").fetchone()
                if problem != "ok":
                    raise StorageError(f"{source} is damaged: {problem}")
                migrate(connection, MIGRATIONS)
                yield Opened(connection)


def moment_of(source: Path) -> int:
    """When the world of a snapshot stands, in epoch milliseconds; 0 when it cannot be told."""
    try:
        with closing(sqlite3.connect(f"{source.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            row = connection.execute("SELECT value FROM counters WHERE name = 'now_ms'").fetchone()
    except sqlite3.Error:
        return 0
    return int(row[0]) if row else 0


def clear(connection: sqlite3.Connection) -> None:
    """Delete every row, in one transaction; what the database says about itself stays."""
    connection.execute("BEGIN IMMEDIATE")
    for name in TABLES:
        if name != "meta":
            connection.execute(f"DELETE FROM {name}")
    connection.execute("COMMIT")
