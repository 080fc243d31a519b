"""The in-memory twin of the socket transport: a Simulator in the same process, no socket, no thread, no wall clock.

``MemoryHost`` stands where the dispatcher stands on a server: it stamps commands with the time it was given, runs what is
due first, and hands replies and pushes to the connections they are for. ``MemoryTransport`` is one such connection.
Requests are checked against the message table exactly as those that arrive over a socket. Facts are dropped: nothing is stored.

A forked child has the world as it stood between two commands, and a connection of its own is needed there as over a socket.
"""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final, NamedTuple, Protocol

from miniqmt_sim.client.discovery import PathLike
from miniqmt_sim.client.forking import Told
from miniqmt_sim.client.transport import REQUEST_TIMEOUT_S, OnAnswer, OnClosed, OnPush, Posted, Transport
from miniqmt_sim.errors import CommandRefused, ConnectError, MessageError
from miniqmt_sim.wire.messages import JsonObject, QuotePush, Request, Said, request_of


class Command(NamedTuple):
    """What the simulator's ``step`` takes."""

    now_ms: int
    seq: int
    connection: int
    request: Request


class Outcome(Protocol):
    """What the simulator gives back, as far as clients see it."""

    @property
    def replies(self) -> Sequence[tuple[int, Said]]: ...
    @property
    def pushes(self) -> Sequence[tuple[Sequence[int], Said]]: ...
    @property
    def refused(self) -> Sequence[Any]: ...


class Steppable(Protocol):
    """What the twin needs of a started ``miniqmt_sim.simulator.Simulator``."""

    def open_session(self, connection: int, role: Any, session_id: int) -> str | None: ...
    def close_session(self, connection: int) -> None: ...
    def step(self, command: Any) -> Outcome: ...
    def catch_up(self, now_ms: int) -> Outcome | None: ...
    def clock_target(self, request: Request, now_ms: int) -> int: ...
    def forget_facts(self) -> None: ...


_MOVES_CLOCK: Final = frozenset(
    ("ctl_clock_set", "ctl_clock_advance", "ctl_clock_next_phase", "ctl_clock_next_day", "ctl_settle")
)


class Archive(Protocol):
    """What answers requests that data files can answer; None for those of the simulator."""

    def answer(self, request: Request, now_ms: int, simulator: Any) -> JsonObject | None: ...


class MemoryHost:
    """One simulator and everybody connected to it. The time stands still until ``advance_to`` or a clock request moves it."""

    def __init__(self, simulator: Steppable, now_ms: int, archive: Archive | None = None) -> None:
        self.now_ms = now_ms
        self._simulator = simulator
        self._archive = archive
        self._commands = itertools.count(1)
        self._connections = itertools.count(1)
        self._transports: dict[int, MemoryTransport] = {}
        self._lock: AbstractContextManager[Any] = threading.RLock()
        self._told = Told(self)

    def connect(
        self, path: PathLike, session_id: int, on_push: OnPush, on_closed: OnClosed, role: str = "trader", *,
        takes_views: bool = False,
    ) -> MemoryTransport:  # fmt: skip
        """Open a session, wherever the path leads. Raises ConnectError with the simulator's refusal.

        ``takes_views``: ``on_push`` is given what the core says as it is, a message or a ``View`` of one.
        """
        with self._lock:
            connection = next(self._connections)
            refusal = self._simulator.open_session(connection, role, session_id)
            if refusal is not None:
                raise ConnectError(f"the server refused: {refusal}")
            transport = MemoryTransport(self, connection, on_push, on_closed, takes_views)
            self._transports[connection] = transport
            return transport

    def advance_to(self, now_ms: int) -> None:
        """Move the time and do all that is due on the way."""
        with self._lock:
            self._catch_up(now_ms)
            self.now_ms = now_ms

    def drop(self, reason: str) -> None:
        """Disconnect everybody, as a server does that stops."""
        with self._lock:
            for connection in list(self._transports):
                self.disconnect(connection, reason)

    def disconnect(self, connection: int, reason: str) -> None:
        """Disconnect one client from the server's side."""
        with self._lock:
            transport = self.release(connection)
            if transport is not None:
                transport.lose(reason)

    def release(self, connection: int) -> MemoryTransport | None:
        """End a session without a word to its client; None when it has ended already."""
        with self._lock:
            transport = self._transports.pop(connection, None)
            if transport is not None:
                self._simulator.close_session(connection)
            return transport

    def take(self, connection: int, message: JsonObject) -> None:
        """Do what a client asks; its answer, and everybody's pushes, are delivered before this returns."""
        with self._lock:
            if connection not in self._transports:
                return
            request = request_of(message)
            try:
                now_ms = self._target_ms(request)
            except CommandRefused as refusal:
                self._hand(connection, {"t": "reply", "seq": request.seq, "error": str(refusal)})
                return
            self._catch_up(now_ms)
            self.now_ms = now_ms
            recorded = self._archive.answer(request, now_ms, self._simulator) if self._archive is not None else None
            if recorded is not None:
                self._hand(connection, {"t": "reply", "seq": request.seq, **recorded})
                return
            self._deliver(self._simulator.step(Command(now_ms, next(self._commands), connection, request)))

    def go_on(self, connection: int, tell: Callable[[list[Any]], object]) -> None:
        """Let time pass for one connection: here it does when it is moved, and not by itself."""
        return

    def before_fork(self) -> None:
        """Wait until nothing is under way: the child gets a world that is whole."""
        self._lock.__enter__()

    def after_fork_in_parent(self) -> None:
        """Go on."""
        self._lock.__exit__(None, None, None)

    def after_fork_in_child(self) -> None:
        """Let go of the parent's connections; their sessions stay in use. The lock's other users are not here."""
        self._lock = type(self._lock)()
        for transport in self._transports.values():
            transport.leave_to_parent()
        self._transports.clear()

    def _target_ms(self, request: Request) -> int:
        if request.name in _MOVES_CLOCK:
            return self._simulator.clock_target(request, self.now_ms)
        return self.now_ms

    def _catch_up(self, now_ms: int) -> None:
        while (outcome := self._simulator.catch_up(now_ms)) is not None:
            self._deliver(outcome)

    def _deliver(self, outcome: Outcome) -> None:
        self._simulator.forget_facts()
        self._hand_out(outcome)

    def _hand_out(self, outcome: Outcome) -> None:
        for connection, reply in outcome.replies:
            self._hand(connection, reply)
        for connections, push in outcome.pushes:
            self._push(connections, push)

    def _push(self, connections: Sequence[int], push: Said) -> None:
        rows = push if isinstance(push, QuotePush) and len(connections) > 1 else None
        for connection in connections:
            self._hand(connection, push if rows is None else rows.copy())  # rows belong to who is given them

    def _hand(self, connection: int, said: Said) -> None:
        transport = self._transports.get(connection)
        if transport is not None:
            transport.hear(said)


class MemoryTransport(Transport):
    """One client's connection to a MemoryHost; everything happens in the thread that asks."""

    def __init__(
        self, host: MemoryHost, connection: int, on_push: OnPush, on_closed: OnClosed, takes_views: bool = False
    ) -> None:
        super().__init__(on_push, on_closed)
        self._host = host
        self._connection = connection
        self._on_view: Callable[[Any], None] | None = on_push if takes_views else None
        self._posted: dict[int, OnAnswer] = {}
        """Who is told the answers of requests that are being asked, by their seq."""

    def post(
        self, name: str, fields: Mapping[str, Any], seq: int | None, done: OnAnswer, timeout_s: float = REQUEST_TIMEOUT_S
    ) -> None:
        """Ask; the answer comes before this returns, so that nobody need wait for it or see that it stays away."""
        if seq is None or not self.is_open:
            super().post(name, fields, seq, done, timeout_s)
        else:
            self._posted[seq] = done
            self._send({"t": name, "seq": seq, **fields})

    def close(self) -> None:
        """End the session; requests under way fail."""
        if self._host.release(self._connection) is not None:
            self._fail_all("this side closed the connection")

    def lose(self, reason: str) -> None:
        """The host ended the connection."""
        self._fail_all(reason)
        self._on_closed(reason)

    def _fail_all(self, reason: str) -> None:
        self._calls.fail_all(reason)
        while self._posted:
            self._posted.popitem()[1](None, ConnectError(reason))

    def hear(self, said: Said) -> None:
        """The host said something; a message that is an object may be shared with other connections."""
        try:
            if isinstance(said, dict):
                message = said.copy()
            elif self._on_view is not None and said.name != "reply":
                self._on_view(said)
                return
            else:
                message = said.message()
            if not (self._posted and self._is_of_posted(message)):
                self._hear(message)
        except ConnectError as error:  # who takes the pushes takes no more
            self._host.disconnect(self._connection, str(error))
        self._calls.wake()

    def go_on(self, tell: Callable[[list[Any]], object]) -> None:
        """Let time pass while that means nothing but telling this connection."""
        self._host.go_on(self._connection, tell)

    def _is_of_posted(self, message: JsonObject) -> bool:
        """Hand on the answer of what is being posted; False for what is something else, or one part of several."""
        seq: Any = message.get("seq")
        done = self._posted.pop(seq, None) if message.get("t") == "reply" else None
        if done is None:
            return False
        if "rows" in message:
            self._calls.open(seq, Posted(math.inf, done))
            return False
        if "error" in message:
            done(None, CommandRefused(str(message["error"])))
        else:
            done(message, None)
        return True

    def _send(self, *messages: JsonObject) -> None:
        try:
            for message in messages:
                self._host.take(self._connection, message)
        except MessageError as error:
            self._host.disconnect(self._connection, str(error))
