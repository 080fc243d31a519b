"""Station 9: joins ``storage`` to the core, and knows what a durability promises.

Facts come from the dispatcher, one commit a batch; rows go to the core at start. With ``full`` and ``normal`` an answer waits
for its commit; with ``off`` it does not, but the store is never more than two batches behind: the one that is being written,
and the one that is being filled. When a day begins, what has become too old is removed between the commits.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from matching import calendar
from miniqmt_sim.changes import Facts, Row
from miniqmt_sim.errors import StartError
from miniqmt_sim.server.ports import Stored
from miniqmt_sim.settings import Retention
from storage import Database, StorageError
from storage.retention import Cutoff, reclaim, size_of, trim
from storage.snapshots import clear, opened, save

T = TypeVar("T")

KEEP_ALL: Final = Retention(journal_days=0, history_days=0)
_DAY: Final = ("day",)
"""Key of the counter that changes when a day begins."""


class Persistence:
    """An open database in the service of one dispatcher."""

    __slots__ = ("_cutoff", "_database", "_retention", "_trimming", "answers_first", "at_new_day")

    def __init__(self, database: Database, durability: str, retention: Retention = KEEP_ALL) -> None:
        self._database = database
        self.answers_first = durability == "off"
        """May an answer leave before it is stored?"""
        self._retention = retention
        self._cutoff = Cutoff(0, 0)
        self._trimming: asyncio.Task[int] | None = None
        self.at_new_day: Callable[[], None] = lambda: None
        """Called when a day has begun: a good moment for what takes a while."""

    @classmethod
    async def open(cls, url: str, durability: str, retention: Retention = KEEP_ALL) -> Self:
        """Open or create the database. Raises StartError with storage's reason."""
        return cls(await _at_start(Database.open(url, durability)), durability, retention)

    @property
    def url(self) -> str:
        """The database's URL."""
        return self._database.url

    async def wake(self, function: Callable[[Mapping[str, Iterable[Row]]], T]) -> T:
        """Give what a restart needs to a function, in the database thread. Raises StartError, or what the function raises."""
        return await _at_start(self._database.wake(function))

    # -- batches -------------------------------------------------------------------------------------------------------

    def commit(self, facts: Facts, stored: Stored) -> None:
        """Begin to store the facts of one batch; ``stored`` is told how it went. Raises StorageError if one before was lost."""
        self._database.write_soon(facts, stored)
        day = facts.get("counters", {}).get(_DAY)
        if day is not None:
            self._begin_day(day[1])
            self.at_new_day()

    async def close(self) -> None:
        """Store what is under way, then close."""
        trimming, self._trimming = self._trimming, None
        if trimming is not None:
            trimming.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await trimming
        await self._database.close()

    # -- the whole -----------------------------------------------------------------------------------------------------

    async def save(self, target: Path) -> int:
        """Write everything into one file; gives its bytes. Raises StorageError."""
        return await self._database.do(partial(save, target=target))

    async def load(self, source: Path, function: Callable[[Mapping[str, Iterable[Row]]], T]) -> T:
        """Give the world of a snapshot to a function and, when that went well, make the database what the snapshot is.

        Raises StorageError, or what the function raises; then nothing has changed.
        """

        def work(connection: Any) -> T:
            with opened(source) as snapshot:
                result = function(snapshot.stream())
                snapshot.replace(connection)
            return result

        return await self._database.do(work)

    async def clear(self) -> None:
        """Forget everything. Raises StorageError."""
        await self._database.do(clear)

    async def vacuum(self) -> tuple[int, int, int]:
        """Remove what is too old and give room back; gives bytes before and after, and rows removed. Raises StorageError."""
        before = await self._database.do(size_of)
        removed = await self._trim()
        await self._database.do(reclaim)
        return before, await self._database.do(size_of), removed

    # -- what is too old -----------------------------------------------------------------------------------------------

    def _begin_day(self, day: int) -> None:
        """Remove what has become too old; a failure is raised by the commit after the next day has begun, or by one before."""
        journal_days, history_days = self._retention.journal_days, self._retention.history_days
        self._cutoff = Cutoff(
            history_day=calendar.plus_days(day, -history_days) if history_days else 0,
            journal_ms=calendar.midnight_ms(calendar.plus_days(day, -journal_days)) if journal_days else 0,
        )
        if self._trimming is not None and self._trimming.done():
            self._trimming.result()
            self._trimming = None
        if self._trimming is None and any(self._cutoff):
            self._trimming = asyncio.create_task(self._trim())

    async def _trim(self) -> int:
        """Remove it a little at a time, so that commits come in between."""
        removed = 0
        while step := await self._database.do(partial(trim, cutoff=self._cutoff)):
            removed += step
        return removed


async def _at_start(work: Coroutine[Any, Any, T]) -> T:
    try:
        return await work
    except StorageError as error:
        raise StartError(str(error)) from error
