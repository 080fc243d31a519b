"""Station 9: the batch that is being filled and the one that is being stored; there is never a third.

Beside the dispatcher, which fills the open batch. A batch's facts go to the ledger in one piece, and what it said is sent when
they are stored; where answers need not wait, its words go out as soon as ``pass_on`` is called. A commit that fails is the end:
nothing is stored or sent any more, and ``failure`` says why.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from miniqmt_sim.changes import Facts
from miniqmt_sim.server.attention import Attention
from miniqmt_sim.server.batch import Batch
from miniqmt_sim.server.journal import Journal
from miniqmt_sim.server.ports import Ledger, Outlet
from miniqmt_sim.simulator import Simulator

_STORE_QUOTES_EVERY_S: Final = 1.0
"""Bare quotes of a recorded market are written at most so often, unless something else is written anyway."""


class Commits:
    """One commit at a time, and the sending after it."""

    def __init__(self, ledger: Ledger, attention: Attention, most: int, after: Callable[[], None]) -> None:
        """``most``: commands in a batch; ``after``: called when a batch was stored and sent, and when anything failed."""
        self.open = Batch()
        """What is being filled."""
        self.failure: BaseException | None = None
        self._ledger = ledger
        self._attention = attention
        self._most = most
        self._after = after
        self._storing: Batch | None = None
        self._later: asyncio.Handle | None = None
        """The commit that begins when the loop has turned."""
        self._disk = asyncio.Event()
        """Set when a batch was stored."""
        self._quotes_stored_s = 0.0
        self._loop = asyncio.get_running_loop()
        self._simulator: Simulator
        self._journal: Journal
        self._outlet: Outlet

    def of(self, simulator: Simulator, journal: Journal) -> None:
        """From now on it is this world that is stored."""
        self._simulator, self._journal = simulator, journal

    def begin(self, outlet: Outlet) -> None:
        """Say where words go."""
        self._outlet = outlet

    def end(self) -> None:
        """It is over: what is being stored is not sent any more."""
        self._storing = None

    @property
    def has_room(self) -> bool:
        """Does another command go into the open batch?"""
        return self.open.commands < self._most

    async def store(self, facts: Facts) -> None:
        """Store what a core's start changed, of which nothing is said. Raises what made it fail."""
        stored = self._loop.create_future()
        self._ledger.commit(facts, lambda error: stored.set_exception(error) if error else stored.set_result(None))
        await stored

    # -- at once -------------------------------------------------------------------------------------------------------

    def pass_on(self) -> None:
        """Have stored what the open batch changed and sent what it said, as soon as the disk is free."""
        if self._ledger.answers_first:
            self._say_at_once()
        if self._storing is not None or not self.open.commands:
            return
        if not self._ledger.answers_first or not self.has_room:
            self._store()
        elif self._later is None:
            self._later = self._loop.call_soon(self._store_later)  # when the answers are on their way

    def _store_later(self) -> None:
        self._later = None
        if self._storing is None and self.failure is None:
            try:
                self._store()
            except Exception as error:
                self.fail(error)

    def _store(self) -> None:
        """Begin a commit; what only the recorded market said waits for the next second, or an entry of the journal.

        No other commit is under way, because a batch that changed nothing, and is sent at once, may show what that one changed.
        """
        now_s = self._loop.time()
        quotes = bool(self.open.entries) or now_s - self._quotes_stored_s >= _STORE_QUOTES_EVERY_S
        if quotes:
            self._quotes_stored_s = now_s
        batch, self.open = self.open, Batch()
        self._attention.told_all(batch.frames, now_s)
        facts = self._simulator.take_facts(quotes)
        if facts:
            self._journal.storing(batch)
        facts = batch.with_own(facts)
        if facts:
            self._storing = batch
            self._ledger.commit(facts, self._stored)
        else:
            self._send(batch)

    def _stored(self, error: BaseException | None) -> None:
        """A batch is on the disk, or will never be."""
        batch, self._storing = self._storing, None
        if batch is None:
            return  # it is all over
        if error is None:
            try:
                self._send(batch)
            except Exception as fault:
                error = fault
        if error is not None:
            self.fail(error)
            return
        self._disk.set()
        self._after()

    def _say_at_once(self) -> None:
        self._attention.told_all(self.open.frames, self._loop.time())
        self._send(self.open)

    def _send(self, batch: Batch) -> None:
        batch.log()
        # Whoever asked hears last: when the answer arrives, what it caused is already with the others.
        for connection in reversed(batch.frames):
            self._outlet.send(connection, batch.frames[connection])
        batch.forget_words()

    def fail(self, error: BaseException) -> None:
        """Something went wrong, here or in the core: it is the end."""
        self.failure = self.failure or error
        self._disk.set()
        self._after()

    # -- by who can wait -----------------------------------------------------------------------------------------------

    async def settle(self) -> None:
        """Wait until everything is stored and sent. Raises what made it fail."""
        await self._disk_is_free()
        while self.open.commands:
            self._store()
            await self._disk_is_free()

    async def close(self) -> None:
        """End the open batch: its commit has begun when this returns. Raises what made one before fail."""
        await self._disk_is_free()
        if self._ledger.answers_first:
            self._say_at_once()
        self._store()

    async def _disk_is_free(self) -> None:
        """Wait for the commit under way. Raises what made one fail."""
        while self._storing is not None and self.failure is None:
            self._disk.clear()
            await self._disk.wait()
        if self.failure is not None:
            raise self.failure
