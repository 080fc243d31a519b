"""The database as the server sees it: open, read, write, close. Station 9 of the flow waits here before an answer leaves.

One connection in one thread of its own (aiosqlite's). Whatever is asked of it is handed over once, as one function: a batch
that went over statement by statement would wait for the thread a dozen times, which costs ten times the work itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final, Self, TypeVar

import aiosqlite

from storage.errors import StorageError, naming
from storage.loader import Rows, Stream, load, stream
from storage.location import MEMORY, Place, parse_url, url_of
from storage.lock import DatabaseLock
from storage.migrations import create, is_new, prepare, refuse_foreign
from storage.writer import Batch, Writer

T = TypeVar("T")

SYNCHRONOUS: Final = {"full": "FULL", "normal": "NORMAL", "off": "OFF"}
"""Durability -> SQLite's name. Full survives a power cut, normal a killed process; off leaves it all to the system."""

CACHED_STATEMENTS: Final = 512
"""Statements that stay compiled: those of every table, for each number of rows."""

BUSY_SECONDS: Final = 5.0
"""How long a commit waits for somebody who writes with a SQLite shell before it fails."""

LOG_PAGES: Final = 1000
"""So long may the write-ahead log become before it is brought into the file: as with SQLite itself, but after the answer."""

ROWS_A_PAGE: Final = 16
"""Of the rows that make up most of a large batch, orders and the journal's, so many fit on a page of the log."""


class Database:
    """An open database, locked against other servers."""

    __slots__ = ("_connection", "_lock", "_log_pages", "_name", "_place", "_sqlite", "_writer", "path", "url")

    def __init__(self, path: Path | None, lock: DatabaseLock | None) -> None:
        self.path: Final = path
        self.url: Final = url_of(path)
        self._name: Final = str(path or MEMORY)
        self._lock = lock
        self._log_pages = 0
        """About so long is the log."""
        self._writer: Final = Writer()
        self._place: Place | None = None
        self._connection: aiosqlite.Connection | None = None
        self._sqlite: sqlite3.Connection

    @classmethod
    async def open(cls, url: str, durability: str) -> Self:
        """Open or create the database at an SQLAlchemy URL or a path.

        Raises BadUrl, ForeignDatabase, NewerSchema, DatabaseLocked, or a StorageError with the file system's complaint.
        """
        if durability not in SYNCHRONOUS:
            raise StorageError(f"durability must be one of {', '.join(SYNCHRONOUS)}, not {durability!r}")
        path = parse_url(url)
        # Preparing blocks the event loop for some milliseconds: nothing is served before it is done.
        database = cls(path, None if path is None else _lock_and_prepare(path))
        try:
            with naming(database._name):
                await database._connect(SYNCHRONOUS[durability])
        except BaseException:
            database._release()
            raise
        return database

    async def read(self) -> Rows:
        """Read everything a restart needs: table -> rows as tuples in column order, ordered by primary key."""
        with naming(self._name):
            return await self._in_thread(partial(load, self._sqlite))

    async def wake(self, function: Callable[[Stream], T]) -> T:
        """Give what ``read`` gives to a function, in the database thread; the growing tables' rows come one by one."""
        return await self.do(lambda connection: function(stream(connection)))

    async def write(self, batch: Batch) -> None:
        """Commit a batch: table -> primary key -> row, or None to delete it. One transaction, one hand-over.

        The batch must not change until this returns. Raises WriteFailed: nothing of it was written, and nothing will be from
        then on. A caller that is cancelled here cannot know whether its batch was written.
        """
        if not any(batch.values()):
            self._writer.refuse_after_failure()
            return
        written: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def done(error: BaseException | None) -> None:
            if written.done():  # who waited was cancelled
                return
            if error is None:
                written.set_result(None)
            else:
                written.set_exception(error)

        self.write_soon(batch, done)
        await written

    def write_soon(self, batch: Batch, done: Callable[[BaseException | None], None]) -> None:
        """Do the same without waiting: ``done`` is called in the running loop with None, or with what ``write`` would raise.

        A task that waits is woken a turn of the loop later than this calls. Raises WriteFailed when an earlier batch was lost.
        """
        self._writer.refuse_after_failure()
        if self._connection is None:
            raise StorageError(f"{self._name}: the database is closed")
        call_soon = asyncio.get_running_loop().call_soon_threadsafe

        def work() -> None:
            try:
                self._commit(batch)
            except BaseException as error:
                call_soon(done, error)
            else:
                call_soon(done, None)
                self._shorten_log(batch)

        self._connection._tx.put_nowait((None, work))

    def _commit(self, batch: Batch) -> None:
        """Write a batch, and make sure that it went into the file that the next start will read."""
        self._writer.commit(self._sqlite, batch)
        if self._place is not None and not self._place.is_there:
            self._writer.fail(f"{self._name} is not the file any more that was opened: somebody moved or removed it")
        if self._lock is not None and self._lock.is_lost:
            self._writer.fail(f"the lock file of {self._name} was removed: another server could be at work on it")

    def _shorten_log(self, batch: Batch) -> None:
        """Bring the log into the file when it has become long: some milliseconds that no answer to this batch waits for."""
        self._log_pages += len(batch) + sum(map(len, batch.values())) // ROWS_A_PAGE
        if self._log_pages >= LOG_PAGES:
            self._log_pages = 0
            with contextlib.suppress(sqlite3.Error):  # everything is in the log as well, and it is tried again
                self._sqlite.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    async def do(self, function: Callable[[sqlite3.Connection], T]) -> T:
        """Run a function of this package in the database thread; one that fails leaves no transaction open.

        Raises StorageError, or what the function raises.
        """

        def work() -> T:
            try:
                return function(self._sqlite)
            except BaseException:
                if self._sqlite.in_transaction:
                    self._sqlite.execute("ROLLBACK")
                raise

        with naming(self._name):
            return await self._in_thread(work)

    async def close(self) -> None:
        """Finish what was handed over, close and unlock. Closing again does nothing."""
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                with naming(self._name):
                    await connection.close()
            finally:
                self._release()

    async def _in_thread(self, function: Callable[[], T]) -> T:
        """Run a function in the database thread: the only hop there is."""
        if self._connection is None:
            raise StorageError(f"{self._name}: the database is closed")
        # aiosqlite's public methods are one SQL call and one hop each; they all end in this one, which runs any function.
        result: T = await self._connection._execute(function)  # type: ignore[no-untyped-call]
        return result

    async def _connect(self, synchronous: str) -> None:
        def connect() -> sqlite3.Connection:
            # Transactions are begun and ended in SQL; the module's own, implicit ones are switched off.
            self._sqlite = sqlite3.connect(
                self.path or MEMORY, timeout=BUSY_SECONDS, isolation_level=None, cached_statements=CACHED_STATEMENTS
            )
            if self.path is None:
                create(self._sqlite)
            self._sqlite.execute(f"PRAGMA synchronous = {synchronous}")
            self._sqlite.execute(f"PRAGMA wal_autocheckpoint = {4 * LOG_PAGES}")  # for what comes another way, or all at once
            self._place = None if self.path is None else Place(self.path)
            return self._sqlite

        connection = aiosqlite.Connection(connect, iter_chunk_size=64)
        await connection
        self._connection = connection

    def _release(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None


def _lock_and_prepare(path: Path) -> DatabaseLock:
    with naming(path):
        # Looked at before the lock is taken too, so that not even a lock file is left beside somebody else's database.
        if not is_new(path):
            refuse_foreign(path)
        path.parent.mkdir(parents=True, exist_ok=True)
    lock = DatabaseLock(path)
    try:
        with naming(path):
            prepare(path)
    except BaseException:
        lock.release()
        raise
    return lock
