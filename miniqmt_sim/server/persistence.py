"""Station 9: joins ``storage`` to the core, and knows what a durability promises.

Facts come from the dispatcher, one commit a batch; rows go to the core at start. With ``full`` and ``normal`` a commit
returns when the batch is stored; with ``off`` it returns once the batch before is, so that an answer need not wait but
the store is never more than one batch behind.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any, Self, TypeVar

from miniqmt_sim.changes import Facts, Row
from miniqmt_sim.errors import StartError
from storage import Database, StorageError

T = TypeVar("T")


class Persistence:
    """An open database in the service of one dispatcher."""

    __slots__ = ("_database", "_waits", "_write")

    def __init__(self, database: Database, durability: str) -> None:
        self._database = database
        self._waits = durability != "off"
        self._write: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, url: str, durability: str) -> Self:
        """Open or create the database. Raises StartError with storage's reason."""
        return cls(await _at_start(Database.open(url, durability)), durability)

    @property
    def url(self) -> str:
        """The database's URL."""
        return self._database.url

    async def wake(self, function: Callable[[Mapping[str, Iterable[Row]]], T]) -> T:
        """Give what a restart needs to a function, in the database thread. Raises StartError, or what the function raises."""
        return await _at_start(self._database.wake(function))

    async def commit(self, facts: Facts) -> None:
        """Store the facts of one batch. Raises StorageError when they, or those before, could not be stored."""
        if self._waits:
            await self._database.write(facts)
            return
        await self.settle()
        self._write = asyncio.create_task(self._database.write(facts))

    async def settle(self) -> None:
        """Wait until everything committed is stored. Raises StorageError."""
        write, self._write = self._write, None
        if write is not None:
            await write

    async def close(self) -> None:
        """Store what is under way, then close; a loss that nobody has heard of yet is raised."""
        try:
            await self.settle()
        finally:
            await self._database.close()


async def _at_start(work: Coroutine[Any, Any, T]) -> T:
    try:
        return await work
    except StorageError as error:
        raise StartError(str(error)) from error
