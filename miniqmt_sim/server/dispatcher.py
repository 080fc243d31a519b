"""Station 3: one bounded queue and one writer between the connections and the core.

In come the events of every connection, in the order they arrived. The dispatcher stamps each request with ``now_ms``
and ``seq`` and lets the core take a batch of them; ``commits`` stores what the batch changed and then sends what it said.
What arrives while a commit is under way forms the next batch, so that the cost of a commit is shared under load
and a single client never waits for company; the core takes it meanwhile, and its commit begins when the one before is done.

There are two lanes. ``serve`` takes what is usual and is called by whoever has something for it: the connection that has read
a request, the database that has stored a batch. So a request is done, and its commit begun, before the loop turns once.
What must happen alone is done by ``run``, a task that sleeps otherwise: time that has passed, for which the core catches up in
bounded slices, each committed and sent like a batch; jumps of the clock; and what concerns the database as a whole. While it
is awake nothing else is served.

Whatever goes wrong here ends the server: of a batch that could not be committed nothing has been sent, and the state in
memory is ahead of the disk, so the only honest thing left is to start again from the disk.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from itertools import islice, repeat
from typing import Final

from miniqmt_sim.changes import Facts
from miniqmt_sim.errors import CommandRefused
from miniqmt_sim.server.attention import Attention
from miniqmt_sim.server.batch import Batch
from miniqmt_sim.server.clock import Clock
from miniqmt_sim.server.commits import Commits
from miniqmt_sim.server.journal import Journal
from miniqmt_sim.server.keeper import KEEPER_REQUESTS, Keeper
from miniqmt_sim.server.ports import Archive, Ledger, Outlet
from miniqmt_sim.server.session_ids import SessionIds
from miniqmt_sim.server.wake import Awake
from miniqmt_sim.sessions.operator import CLOCK_MOVES, CLOCK_SPEEDS
from miniqmt_sim.settings import Limits
from miniqmt_sim.simulator import Command, Simulator
from miniqmt_sim.wire.messages import Request, frame
from miniqmt_sim.wire.protocol import Event, Heard, Hello, Role

_ALONE: Final = CLOCK_MOVES | KEEPER_REQUESTS
_LONGEST_SLEEP_S: Final = 5.0
"""The wall clock may be set, or the machine suspended, while the dispatcher sleeps: it looks again after this."""

_IDLE_S: Final = 1.0
"""After so long without a request it is a good moment for what takes a while."""


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
        self._limits = limits
        self._journal = journal
        self._keeper = keeper
        self._open_sessions: dict[int, Hello] = {}
        self._sessions = SessionIds(cooldown_ms / 1000)
        self._attention = Attention(clock.wait_s)
        self._reached_ms = clock.now_ms()
        """Everything has happened up to here."""
        # None stands for the end of a connection.
        self._queue: deque[tuple[int, Event | None]] = deque()
        self._waiting: deque[Callable[[], None]] = deque()
        # What nobody waits for may be stored in larger pieces: a core that had to wait for the disk would gain nothing by that.
        self._most = max(limits.batch_commands, limits.queue_commands) if ledger.answers_first else limits.batch_commands
        """Commands that share a commit."""
        self._commits = Commits(ledger, self._attention, self._most, self._commit_ended)
        self._commits.of(simulator, journal)
        self._free = False
        """May ``serve`` do anything? Not while something is done that nothing else may happen beside."""
        self._wake = asyncio.Event()
        self._alarm_ms: int | None = None
        """When ``run`` wakes by itself."""
        self._stopping = False
        self._busy_s = 0.0
        """When somebody last asked for anything."""
        self._awaits_idle = False
        """Does ``run`` wake when nobody has asked for a while?"""
        self._loop = asyncio.get_running_loop()
        self._outlet: Outlet

    # -- the connections' side -----------------------------------------------------------------------------------------

    @property
    def full(self) -> bool:
        """Has the queue reached its bound? Whoever finds it so stops reading and leaves a ``when_room``."""
        return len(self._queue) >= self._limits.queue_commands

    def submit(self, connection: int, events: Iterable[Event]) -> None:
        """Queue what a connection asks, as far as there is room; ``serve`` acts on it."""
        room = max(0, self._limits.queue_commands - len(self._queue))
        self._queue.extend(zip(repeat(connection), islice(events, room), strict=False))

    def submit_gone(self, connection: int) -> None:
        """Take note that a connection ended; in order, after what it asked before."""
        self._queue.append((connection, None))
        self.serve()

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
        self._journal.start(is_new, now_ms, batch)
        await self._commits.store(batch.with_own(facts))

    # -- what is usual -------------------------------------------------------------------------------------------------

    def serve(self) -> None:
        """Do what is queued as far as it is usual, and have stored what there is to store."""
        if not self._free:
            return
        self._free = False
        try:
            self._free = self._serve()
        except Exception as error:
            self._commits.fail(error)

    def _commit_ended(self) -> None:
        if self._commits.failure is not None:
            self._free = False
            self._wake.set()
        else:
            self.serve()

    def _serve(self) -> bool:
        """The same; False when ``run`` must go on."""
        is_usual = True
        if self._queue:
            self._busy_s = self._loop.time()
            is_usual = not self._is_due(self._clock.now_ms()) and self._take()
        self._commits.pass_on()
        self._make_room()
        if is_usual and self._queue and self._commits.has_room:
            self._loop.call_soon(self.serve)  # the sockets have their turn between two batches
        due_ms = self._simulator.next_due_ms()
        is_earlier = due_ms is not None and (self._alarm_ms is None or due_ms < self._alarm_ms)
        is_new_wish = not self._awaits_idle and self._journal.is_hash_due
        if is_earlier or not is_usual or is_new_wish or self._clock.wait_s:
            self._wake.set()
        return is_usual

    def _take(self) -> bool:
        """Let the core take what is queued, as much as goes into the batch; False before something that stands alone."""
        queue, batch = self._queue, self._commits.open
        most = min(self._most, batch.commands + self._limits.batch_commands)
        now_ms, is_asked = self._now_ms(), False
        while queue and batch.commands < most:
            connection, event = queue.popleft()
            if isinstance(event, Request):
                if event.name in _ALONE:
                    queue.appendleft((connection, event))
                    break
                self._step(connection, event, now_ms, batch)
                is_asked = True
            else:
                self._take_word(connection, event, now_ms, batch)
            batch.commands += 1
        if is_asked:
            self._clock.hold(now_ms, self._attention.is_paid)
        return not queue or batch.commands >= most

    def _take_word(self, connection: int, event: Hello | Heard | None, now_ms: int, batch: Batch) -> None:
        """Take what is no request."""
        if isinstance(event, Heard):
            self._note_heard(connection, event.number)
        elif event is None:
            self._close_session(connection, now_ms, batch)
        else:
            self._open_session(connection, event, now_ms, batch)

    def _now_ms(self) -> int:
        """The time of a request: what will have happened by then has happened, where that matters to who asks."""
        now_ms = self._clock.now_ms()
        return self._reached_ms if self._clock.stands and self._is_due(now_ms) else now_ms

    def _note_heard(self, connection: int, number: int) -> None:
        fault = self._attention.heard(connection, number)
        if fault:
            self._outlet.end(connection, fault)

    def _open_session(self, connection: int, hello: Hello, now_ms: int, batch: Batch) -> None:
        is_trader = hello.role is Role.TRADER
        if is_trader and self._sessions.is_cooling(hello.session_id, self._loop.time()):
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
        self._journal.hello(connection, hello, now_ms, batch)

    def _close_session(self, connection: int, now_ms: int, batch: Batch) -> None:
        self._open_sessions.pop(connection, None)
        self._attention.close(connection)
        self._journal.gone(connection, now_ms, batch)
        self._simulator.close_session(connection)
        self._sessions.release(connection, self._loop.time())

    def _step(self, connection: int, request: Request, now_ms: int, batch: Batch) -> None:
        if self._archive is not None:
            recorded = self._archive.answer(request, now_ms, self._simulator)
            if recorded is not None:
                batch.say(connection, frame({"t": "reply", "seq": request.seq, **recorded}))
                return
        if self._simulator.journaled(request):
            seq = self._journal.request(connection, request, now_ms, batch)
        else:
            while self._is_due(now_ms):  # what only looks is not written down, but time has passed
                self._slice(now_ms, batch)
            seq = self._journal.skip()
        batch.add(self._simulator.step(Command(now_ms, seq, connection, request)))

    def _make_room(self) -> None:
        while self._waiting and not self.full:
            self._waiting.popleft()()

    # -- what happens alone --------------------------------------------------------------------------------------------

    async def run(self, outlet: Outlet) -> None:
        """Serve until ``finish``; whatever this raises ends the server."""
        self._outlet = outlet
        self._commits.begin(outlet)
        try:
            while self._queue or not self._stopping:
                await self._commits.settle()
                await self._alone()
                self._free = True
                self.serve()
                await self._sleep()
                self._free = False
            await self._commits.settle()
        finally:
            self._free = False
            self._commits.end()

    async def _sleep(self) -> None:
        """Wait until ``serve`` gives up, something is due, or the end."""
        while self._free and not self._stopping:
            self._wake.clear()
            await self._release_clock()
            due_ms = self._alarm_ms = self._simulator.next_due_ms()
            delay_s = None if due_ms is None else self._clock.seconds_until(due_ms)
            if delay_s == 0:
                return
            self._awaits_idle = self._journal.is_hash_due
            if self._awaits_idle and self._loop.time() - self._busy_s >= _IDLE_S:
                self._note_state()
            elif self._awaits_idle:
                delay_s = min(_IDLE_S, _IDLE_S if delay_s is None else delay_s)
            if delay_s is None:
                await self._wake.wait()
            else:
                timer = self._loop.call_later(min(delay_s, _LONGEST_SLEEP_S), self._wake.set)
                await self._wake.wait()
                timer.cancel()

    def _note_state(self) -> None:
        """Nobody is kept waiting: write down the world's hash."""
        self._awaits_idle = False
        batch = self._commits.open
        self._journal.state(self._clock.now_ms(), batch)
        batch.commands += 1
        self._commits.pass_on()

    async def _release_clock(self) -> None:
        """Let a clock that stands still go on, unless somebody has not dealt yet with what it was told."""
        if self._clock.wait_s:
            await asyncio.sleep(0)  # what was asked before the last word may come by another connection
            if not self._queue and not self._commits.open.commands and not self._attention.is_awaited(self._loop.time()):
                self._clock.release()

    async def _alone(self) -> None:
        """Let time pass, then do what is next in the queue: one request that stands alone, or a batch."""
        await self._catch_up(self._clock.now_ms())
        if self._queue:
            if not self._take() and not self._commits.open.commands:
                connection, request = self._queue.popleft()
                assert isinstance(request, Request)
                await (self._move_clock if request.name in CLOCK_MOVES else self._keep)(connection, request)
            await self._commits.close()
            self._make_room()

    async def _catch_up(self, now_ms: int, *, waits: bool = True) -> None:
        """Let happen what is due, a slice at a time; in between the loop turns and who comes is admitted.

        ``waits``: stop where the clock stands still for who was told something.
        """
        while self._is_due(now_ms):
            self._reached_ms = at_ms = self._slice(now_ms, self._commits.open)
            while self._archive is not None and self._is_due(at_ms):  # a moment of a recorded market is stored whole
                self._slice(now_ms, self._commits.open)
            is_told = bool(self._commits.open.frames)
            await self._commits.close()
            await asyncio.sleep(0)
            self._admit(now_ms)
            if is_told:
                await self._commits.settle()  # nobody has been told before it is stored
                if waits and self._clock.hold(at_ms, self._attention.is_paid):
                    return
        self._reached_ms = now_ms

    def _admit(self, now_ms: int) -> None:
        """Take from the queue who comes and who goes, but who goes after having asked: requests wait until time has passed."""
        if all(isinstance(event, Request) for _, event in self._queue):
            return
        events, asking = list(self._queue), dict[int, None]()
        self._queue.clear()
        batch = self._commits.open
        for connection, event in events:
            if isinstance(event, Request) or connection in asking:
                asking[connection] = None
                self._queue.append((connection, event))
            else:
                self._take_word(connection, event, now_ms, batch)
                batch.commands += 1

    def _is_due(self, now_ms: int) -> bool:
        due_ms = self._simulator.next_due_ms()
        return due_ms is not None and due_ms <= now_ms

    def _slice(self, now_ms: int, batch: Batch) -> int:
        """Do one slice; the time it came to."""
        if self._simulator.changes_by(now_ms):
            self._journal.due(now_ms, batch)
        outcome = self._simulator.catch_up(now_ms)
        assert outcome is not None, "something was due"
        self._journal.done(outcome.at_ms)
        batch.add(outcome)
        return outcome.at_ms

    async def _move_clock(self, connection: int, request: Request) -> None:
        """Pass through everything on the way to the time asked for, then answer."""
        try:
            target_ms = self._simulator.clock_target(request, self._now_ms())
        except CommandRefused as refusal:
            self._commits.open.say(connection, frame({"t": "reply", "seq": request.seq, "error": str(refusal)}))
            return
        await self._catch_up(target_ms, waits=False)
        if request.name in CLOCK_SPEEDS:
            self._clock.run_at(request.fields.get("speed", 0.0))
        self._clock.move_to(target_ms)
        self._reached_ms = target_ms
        self._step(connection, request, target_ms, self._commits.open)

    async def _keep(self, connection: int, request: Request) -> None:
        """Do what concerns the database as a whole, then answer; sessions end with the world they belong to."""
        try:
            if self._keeper is None:
                raise CommandRefused(f"{request.name} needs a database")
            kept = await self._keeper.answer(request)
        except CommandRefused as refusal:
            self._commits.open.say(connection, frame({"t": "reply", "seq": request.seq, "error": str(refusal)}))
            return
        if kept.awake is not None:
            await self._change_world(kept.awake, kept.reason)
        self._commits.open.say(connection, frame({"t": "reply", "seq": request.seq, **kept.answer}))

    async def _change_world(self, awake: Awake, reason: str) -> None:
        """Go on with another world: traders are told and must come again, operators stay."""
        ended = {connection for connection, hello in self._open_sessions.items() if hello.role is not Role.OPERATOR}
        for connection in ended:
            self._outlet.end(connection, reason)
            self._sessions.release(connection, self._loop.time())
            self._attention.close(connection)
            del self._open_sessions[connection]
        self._queue = deque(each for each in self._queue if each[0] not in ended)
        self._simulator, self._clock, self._reached_ms = awake.simulator, awake.clock, awake.now_ms
        self._journal = self._journal.of_another(awake)
        self._commits.of(self._simulator, self._journal)
        batch = Batch()
        for connection, hello in self._open_sessions.items():
            self._simulator.open_session(connection, hello.role.value, hello.session_id)
            self._journal.hello(connection, hello, awake.now_ms, batch)
        await self.begin(awake.facts, awake.is_new, awake.now_ms, batch)
