"""Stations 3 and 9: one bounded queue and one writer between the connections and the core.

In come the events of every connection, in the order they arrived. The dispatcher stamps each request with ``now_ms``
and ``seq``, lets the core take a batch of them, commits what the batch changed, and only then sends what it said.
What arrives while a commit is under way forms the next batch, so that the cost of a commit is shared under load
and a single client never waits for company; the core takes it meanwhile, and its commit begins when the one before is done.

Time passes here too: before a batch, and when the core has something due while nobody asks, the core catches up in
bounded slices, each committed and sent like a batch.

Whatever goes wrong here ends the server: of a batch that could not be committed nothing has been sent, and the state in
memory is ahead of the disk, so the only honest thing left is to start again from the disk.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

from miniqmt_sim.changes import Facts
from miniqmt_sim.counter.compliance import Warned
from miniqmt_sim.credit.events import Event
from miniqmt_sim.errors import CommandRefused
from miniqmt_sim.server.attention import Attention
from miniqmt_sim.server.clock import Clock
from miniqmt_sim.server.journal import Journal
from miniqmt_sim.server.keeper import KEEPER_REQUESTS, Keeper
from miniqmt_sim.server.wake import Awake
from miniqmt_sim.sessions.operator import CLOCK_MOVES, CLOCK_SPEEDS
from miniqmt_sim.sessions.pushes import Refused
from miniqmt_sim.settings import Limits
from miniqmt_sim.simulator import Command, Outcome, Simulator
from miniqmt_sim.wire.messages import JsonObject, Request
from miniqmt_sim.wire.protocol import Heard, Hello, Role, frame

_ALONE: Final = CLOCK_MOVES | KEEPER_REQUESTS
_LONGEST_SLEEP_S: Final = 5.0
"""The wall clock may be set, or the machine suspended, while the dispatcher sleeps: it looks again after this."""
_STORE_QUOTES_EVERY_S: Final = 1.0
"""Bare quotes of a recorded market are written at most so often, unless something else is written anyway."""

_log = logging.getLogger("miniqmt_sim.server")


def masked(account_id: str) -> str:
    """An account as logs show it: the last four of its characters at most, and never all."""
    return f"***{account_id[-min(4, len(account_id) - 1) :]}" if len(account_id) > 1 else "***"


class Outlet(Protocol):
    """What carries the dispatcher's words to the connections; a connection that is gone is ignored."""

    def send(self, connection: int, frames: list[bytes]) -> None:
        """Hand frames to a connection."""

    def welcome(self, connection: int) -> None:
        """Let a connection in."""

    def end(self, connection: int, reason: str) -> None:
        """Say bye to a connection and close it."""


class Ledger(Protocol):
    """Where facts go; returns when they may be answered for."""

    async def commit(self, facts: Facts) -> None:
        """Store the facts of one batch."""


class Archive(Protocol):
    """What answers requests that data files can answer; None for those of the core."""

    def answer(self, request: Request, now_ms: int, simulator: Simulator) -> JsonObject | None:
        """Answer as of now."""


class Batch:
    """What a run of commands changed and said, kept until it is committed."""

    __slots__ = ("commands", "events", "facts", "frames", "refused", "warnings")

    def __init__(self) -> None:
        self.commands = 0
        self.facts: Facts = {}
        self.frames: dict[int, list[bytes]] = {}
        self.warnings: list[Warned] = []
        self.refused: list[Refused] = []
        self.events: list[Event] = []

    def add(self, outcome: Outcome) -> None:
        """Take an outcome in: what is said keeps its order, a push is serialized once."""
        self.warnings += outcome.warnings
        self.refused += outcome.refused
        self.events += outcome.events
        for connection, message in outcome.replies:
            self.say(connection, frame(message))
        for connections, message in outcome.pushes:
            data = frame(message)
            for connection in connections:
                self.say(connection, data)

    def say(self, connection: int, data: bytes) -> None:
        """Keep bytes for a connection."""
        self.frames.setdefault(connection, []).append(data)

    def note(self, table: str, row: tuple[object, ...]) -> None:
        """Keep a row whose key is its first column."""
        self.facts.setdefault(table, {})[row[:1]] = row


class SessionIds:
    """Which session ids ended so recently that they are not free again, as a real terminal notices late."""

    __slots__ = ("_cooldown_s", "_ended", "_live")

    def __init__(self, cooldown_s: float) -> None:
        self._cooldown_s = cooldown_s
        self._live: dict[int, int] = {}
        self._ended: dict[int, float] = {}

    def take(self, connection: int, session_id: int) -> None:
        """A trader's connection was let in."""
        if self._cooldown_s:
            self._live[connection] = session_id

    def release(self, connection: int, now_s: float) -> None:
        """A connection is gone; ids that are free again are forgotten."""
        session_id = self._live.pop(connection, None)
        if session_id is not None:
            self._ended = {known: ended for known, ended in self._ended.items() if now_s - ended < self._cooldown_s}
            self._ended[session_id] = now_s

    def is_cooling(self, session_id: int, now_s: float) -> bool:
        """Did this id's connection end a moment ago?"""
        ended = self._ended.get(session_id)
        return ended is not None and now_s - ended < self._cooldown_s


class Dispatcher:
    """The one writer."""

    def __init__(
        self,
        simulator: Simulator,
        clock: Clock,
        ledger: Ledger,
        limits: Limits,
        journal: Journal,
        keeper: Keeper | None = None,
        cooldown_ms: int = 0,
        archive: Archive | None = None,
    ) -> None:
        self._simulator = simulator
        self._archive = archive
        self._clock = clock
        self._ledger = ledger
        self._limits = limits
        self._journal = journal
        self._keeper = keeper
        self._open_sessions: dict[int, Hello] = {}
        self._sessions = SessionIds(cooldown_ms / 1000)
        self._attention = Attention(clock.wait_s)
        self._reached_ms = clock.now_ms()
        """Everything has happened up to here."""
        # None stands for the end of a connection.
        self._queue: deque[tuple[int, Hello | Request | None]] = deque()
        self._waiting: deque[Callable[[], None]] = deque()
        self._wake = asyncio.Event()
        self._committing: asyncio.Task[None] | None = None
        """The one commit that may be under way, and the sending after it."""
        self._stopping = False
        self._quotes_stored_s = 0.0
        self._outlet: Outlet

    # -- the connections' side -----------------------------------------------------------------------------------------

    @property
    def full(self) -> bool:
        """Has the queue reached its bound? Whoever finds it so stops reading and leaves a ``when_room``."""
        return len(self._queue) >= self._limits.queue_commands

    def submit(self, connection: int, event: Hello | Request | Heard) -> None:
        """Take what a connection says."""
        if isinstance(event, Heard):
            fault = self._attention.heard(connection, event.number)
            if fault:
                self._outlet.end(connection, fault)
        else:
            self._queue.append((connection, event))
        self._wake.set()

    def submit_gone(self, connection: int) -> None:
        """Take note that a connection ended; in order, after what it asked before."""
        self._queue.append((connection, None))
        self._wake.set()

    def when_room(self, resume: Callable[[], None]) -> None:
        """Call back once there is room in the queue; in the order of asking."""
        self._waiting.append(resume)

    def finish(self) -> None:
        """Take what is queued to its end, then return from ``run``."""
        self._stopping = True
        self._wake.set()

    async def begin(self, facts: Facts, is_new: bool, now_ms: int, batch: Batch | None = None) -> None:
        """Commit what the core's start changed."""
        batch = batch or Batch()
        batch.facts = facts
        self._journal.start(is_new, now_ms, batch)
        await self._ledger.commit(batch.facts)

    # -- the loop ------------------------------------------------------------------------------------------------------

    async def run(self, outlet: Outlet) -> None:
        """Serve until ``finish``; whatever this raises ends the server."""
        self._outlet = outlet
        try:
            while self._queue or not self._stopping:
                if not self._queue:
                    await self._sleep()
                await self._catch_up(self._clock.now_ms())
                await self._run_batch()
                self._make_room()
                if self._queue:
                    await asyncio.sleep(0)  # a batch without a commit has awaited nothing, and the sockets need their turn
            await self._settle()
        finally:
            if self._committing is not None:
                self._committing.cancel()

    async def _release_clock(self) -> None:
        """Let a clock that stands still go on, unless somebody has not dealt yet with what it was told."""
        if self._clock.wait_s:
            await asyncio.sleep(0)  # what was asked before the last word may come by another connection
            if not self._queue and not self._attention.is_awaited(asyncio.get_running_loop().time()):
                self._clock.release()

    async def _sleep(self) -> None:
        """Wait for an event, for the end of a commit, or until something is due."""
        self._wake.clear()
        if self._committing is not None and self._committing.done():
            await self._settle()  # whatever it raises ends the server
        await self._release_clock()
        due_ms = self._simulator.next_due_ms()
        delay_s = None if due_ms is None else self._clock.seconds_until(due_ms)
        if delay_s is None:
            await self._wake.wait()
            return
        timer = asyncio.get_running_loop().call_later(min(delay_s, _LONGEST_SLEEP_S), self._wake.set)
        await self._wake.wait()
        timer.cancel()

    async def _catch_up(self, now_ms: int) -> None:
        """Let happen what is due, a slice at a time; the loop turns in between, so that heartbeats are answered."""
        while self._is_due(now_ms):
            batch = Batch()
            self._reached_ms = at_ms = self._slice(now_ms, batch)
            await self._close(batch)
            await asyncio.sleep(0)
            if batch.frames:
                await self._settle()  # nobody has been told before it is stored
                if self._clock.hold(at_ms, self._attention.is_paid):
                    return
        self._reached_ms = now_ms

    def _is_due(self, now_ms: int) -> bool:
        due_ms = self._simulator.next_due_ms()
        return due_ms is not None and due_ms <= now_ms

    def _slice(self, now_ms: int, batch: Batch) -> int:
        """Do one slice; the time it came to."""
        if self._simulator.changes_by(now_ms):
            self._journal.due(now_ms, batch)
        outcome = self._simulator.catch_up(now_ms)
        assert outcome is not None, "something was due"
        batch.add(outcome)
        return outcome.at_ms

    async def _run_batch(self) -> None:
        """Take up to a batch of events; one that moves the clock or concerns the whole database is a batch of its own."""
        batch = Batch()
        if self._queue and _stands_alone(self._queue[0][1]):
            connection, request = self._queue.popleft()
            assert isinstance(request, Request)
            await (self._move_clock if request.name in CLOCK_MOVES else self._keep)(connection, request, batch)
        else:
            await self._fill(batch)
        await self._close(batch)

    async def _fill(self, batch: Batch) -> None:
        """Take what there is and, as long as the commit before is under way, what comes."""
        left = self._limits.batch_commands
        while True:
            while left and self._queue and not _stands_alone(self._queue[0][1]):
                self._take(*self._queue.popleft(), batch)
                left -= 1
            if self._committing is None or self._committing.done():
                return
            self._make_room()
            if left and not self._queue:
                self._wake.clear()
                await self._wake.wait()
            else:
                await asyncio.wait((self._committing,))

    def _take(self, connection: int, event: Hello | Request | None, batch: Batch) -> None:
        if isinstance(event, Request):
            now_ms = self._now_ms()
            self._step(connection, event, now_ms, batch)
            self._clock.hold(now_ms, self._attention.is_paid)
        elif event is None:
            self._open_sessions.pop(connection, None)
            self._attention.close(connection)
            self._journal.gone(connection, batch)
            self._simulator.close_session(connection)
            self._sessions.release(connection, asyncio.get_running_loop().time())
        else:
            self._open(connection, event, batch)

    def _now_ms(self) -> int:
        """The time of a request: what will have happened by then has happened, where that matters to who asks."""
        now_ms = self._clock.now_ms()
        return self._reached_ms if self._clock.stands and self._is_due(now_ms) else now_ms

    def _open(self, connection: int, hello: Hello, batch: Batch) -> None:
        is_trader = hello.role is Role.TRADER
        if is_trader and self._sessions.is_cooling(hello.session_id, asyncio.get_running_loop().time()):
            self._outlet.end(connection, f"session {hello.session_id} was in use a moment ago")
            return
        refusal = self._simulator.open_session(connection, hello.role.value, hello.session_id)
        if refusal is not None:
            self._outlet.end(connection, refusal)
            return
        if is_trader:
            self._sessions.take(connection, hello.session_id)
        self._open_sessions[connection] = hello
        self._attention.open(connection)
        self._outlet.welcome(connection)
        self._journal.hello(connection, hello, batch)

    def _step(self, connection: int, request: Request, now_ms: int, batch: Batch) -> None:
        recorded = self._archive.answer(request, now_ms, self._simulator) if self._archive is not None else None
        if recorded is not None:
            batch.say(connection, frame({"t": "reply", "seq": request.seq, **recorded}))
            return
        if self._simulator.journaled(request):
            self._journal.request(connection, request, now_ms, batch)
        else:
            while self._is_due(now_ms):  # what only looks is not written down, but time has passed
                self._slice(now_ms, batch)
            self._journal.skip()
        batch.add(self._simulator.step(Command(now_ms, self._journal.seq, connection, request)))

    async def _move_clock(self, connection: int, request: Request, batch: Batch) -> None:
        """Pass through everything on the way to the time asked for, then answer."""
        try:
            target_ms = self._simulator.clock_target(request, self._clock.now_ms())
        except CommandRefused as refusal:
            batch.say(connection, frame({"t": "reply", "seq": request.seq, "error": str(refusal)}))
            return
        await self._catch_up(target_ms)
        if request.name in CLOCK_SPEEDS:
            self._clock.run_at(request.fields.get("speed", 0.0))
        self._clock.move_to(target_ms)
        self._reached_ms = target_ms
        self._step(connection, request, target_ms, batch)

    async def _keep(self, connection: int, request: Request, batch: Batch) -> None:
        """Do what concerns the database as a whole, then answer; sessions end with the world they belong to."""
        await self._settle()
        try:
            if self._keeper is None:
                raise CommandRefused(f"{request.name} needs a database")
            kept = await self._keeper.answer(request)
        except CommandRefused as refusal:
            batch.say(connection, frame({"t": "reply", "seq": request.seq, "error": str(refusal)}))
            return
        if kept.awake is not None:
            await self._change_world(kept.awake, kept.reason)
        batch.say(connection, frame({"t": "reply", "seq": request.seq, **kept.answer}))

    async def _change_world(self, awake: Awake, reason: str) -> None:
        """Go on with another world: traders are told and must come again, operators stay."""
        ended = {connection for connection, hello in self._open_sessions.items() if hello.role is not Role.OPERATOR}
        for connection in ended:
            self._outlet.end(connection, reason)
            self._sessions.release(connection, asyncio.get_running_loop().time())
            self._attention.close(connection)
            del self._open_sessions[connection]
        self._queue = deque(each for each in self._queue if each[0] not in ended)
        self._simulator, self._clock, self._reached_ms = awake.simulator, awake.clock, awake.now_ms
        self._journal = self._journal.of_another(awake)
        batch = Batch()
        for connection, hello in self._open_sessions.items():
            self._simulator.open_session(connection, hello.role.value, hello.session_id)
            self._journal.hello(connection, hello, batch)
        await self.begin(awake.facts, awake.is_new, awake.now_ms, batch)

    async def _close(self, batch: Batch) -> None:
        """Have committed what the batch changed, and sent what it said after that.

        Returns when the commit has begun. A batch that changed nothing may show what the one before changed: it is sent when
        that is stored. What only the recorded market said is stored once a second.
        """
        now_s = asyncio.get_running_loop().time()
        quotes = now_s - self._quotes_stored_s >= _STORE_QUOTES_EVERY_S
        if quotes:
            self._quotes_stored_s = now_s
        for table, rows in self._simulator.take_facts(quotes).items():
            batch.facts.setdefault(table, {}).update(rows)
        for connection, frames in batch.frames.items():
            self._attention.told(connection, len(frames), now_s)
        await self._settle()
        if not batch.facts:
            self._send(batch)
            return
        self._committing = asyncio.create_task(self._commit(batch))
        self._committing.add_done_callback(lambda _: self._wake.set())

    async def _settle(self) -> None:
        """Wait for the commit that is under way. Raises what made it fail."""
        committing, self._committing = self._committing, None
        if committing is not None:
            await committing

    async def _commit(self, batch: Batch) -> None:
        await self._ledger.commit(batch.facts)
        self._send(batch)

    def _send(self, batch: Batch) -> None:
        log_of(batch)
        # Whoever asked hears last: when the answer arrives, what it caused is already with the others.
        for connection in reversed(batch.frames):
            self._outlet.send(connection, batch.frames[connection])

    def _make_room(self) -> None:
        while self._waiting and not self.full:
            self._waiting.popleft()()


def log_of(batch: Batch) -> None:
    """Write down what a batch refused, warned of and did about credit; an account is named by its last digits only."""
    for refused in batch.refused:
        account = masked(refused.account_id)
        text = refused.text.replace(refused.account_id, account)
        _log.info("refused %s=%d account=%s %s", refused.what, refused.order_id, account, text)
    for warned in batch.warnings:
        _log.warning(
            "compliance account=%s day=%d measure=%s messages=%d threshold=%d",
            masked(warned.account_id), warned.day, warned.measure, warned.messages, warned.threshold,
        )  # fmt: skip
    for event in batch.events:
        _log.warning(
            "credit account=%s day=%d %s ratio=%.2f%% order=%d %s",
            masked(event.account_id), event.day, event.kind, event.ratio_ppm / 10_000, event.order_id, event.detail,
        )  # fmt: skip


def _stands_alone(event: Hello | Request | None) -> bool:
    return isinstance(event, Request) and event.name in _ALONE
