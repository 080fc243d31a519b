"""Requests out, answers and pushes in: what a transport is, and the one over a socket (its in-memory twin: ``memory``).

Transports speak in terms of ``wire.messages`` and behave alike to their user:

* ``post`` returns at once. What is given as ``done`` is told the answer, the parts of a long one joined; or why there is
  none: CommandRefused with the server's reason, ConnectError when the connection ends or the answer stays away.
* ``done`` runs when the answer comes, ``on_push`` for every push: one after the other, in the order in which the server
  said it. Neither may block, and neither may wait for another answer. ``on_push`` may raise ConnectError: the connection
  then ends with that reason.
* ``on_closed`` runs exactly once when the connection ends by anything but ``close``, after the last of the above.

Any number of threads may call it. The socket transport has one thread of its own, which reads; the twin has none.
A connection belongs to the process that opened it: in a forked child it has ended, and the parent's goes on.
"""

from __future__ import annotations

import _thread
import contextlib
import itertools
import logging
import math
import os
import select
import socket
import threading
import time
import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from functools import partial
from typing import Any, Final, Protocol

from miniqmt_sim import __version__
from miniqmt_sim.client import discovery
from miniqmt_sim.client.discovery import ENV_ADDR, Endpoint, PathLike, find, open_socket
from miniqmt_sim.constants import PROTOCOL_VERSION
from miniqmt_sim.errors import CommandRefused, ConnectError, MessageError, PeerError
from miniqmt_sim.wire.frames import HEADER_BYTES, MAX_ANSWER_BYTES, MAX_REQUEST_BYTES, FrameReader, encode_frame
from miniqmt_sim.wire.messages import JsonObject, encode_message, parse_object

CONNECT_TIMEOUT_S: Final = 3.0
"""The vendor's client waits about as long for the answer to its connection request."""
REQUEST_TIMEOUT_S: Final = 10.0
SILENT_HEARTBEATS: Final = 3
"""So many heartbeats without a byte from the server mean that it is gone."""
LOOK_UP_S: Final = 1.0
"""So late at most is it noticed that an answer stayed away; the reader cannot be woken by who asks."""
RECEIVE_BYTES: Final = 64 * 1024
"""More at once would make the allocator ask the system for each."""
MAX_WELCOME_BYTES: Final = 64 * 1024
"""A first frame longer than this comes from something that is no server of ours."""
TRADE: Final = "trade"
DATA: Final = "data"
"""What a connection is for."""
CLIENT_NAME: Final = f"miniqmt-sim python client {__version__}"

Answer = JsonObject
OnDone = Callable[[Future[Answer]], None]
OnAnswer = Callable[[Answer | None, Exception | None], object]
"""Takes an answer, or else the reason why there is none."""
OnPush = Callable[[JsonObject], None]
OnClosed = Callable[[str], None]


class Connector(Protocol):
    """What makes a transport for a session. Raises ConnectError."""

    def __call__(self, path: PathLike, session_id: int, on_push: OnPush, on_closed: OnClosed) -> Transport: ...


_log = logging.getLogger(__name__)


class Transport(ABC):
    """One connection, however it is made."""

    def __init__(self, on_push: OnPush, on_closed: OnClosed) -> None:
        self._on_push = on_push
        self._on_closed = on_closed
        self._calls = _Calls()

    @property
    def is_open(self) -> bool:
        """Can requests still be answered?"""
        return self._calls.end_reason is None

    def request_each(
        self, name: str, each: Iterable[Mapping[str, Any]], done: Callable[[int, Future[Answer]], object]
    ) -> list[Future[Answer]]:
        """Ask the same with many fields in one breath; ``done`` is given the place of the fields, from 0, and the Future."""
        messages, futures = [], []
        deadline = time.monotonic() + REQUEST_TIMEOUT_S
        for number, fields in enumerate(each):
            promised = _Promised(deadline)
            promised.future.add_done_callback(partial(done, number))
            seq = self._calls.open(None, promised)
            if promised.is_open:
                messages.append({"t": name, "seq": seq, **fields})
            futures.append(promised.future)
        self._send(*messages)
        return futures

    def post(
        self, name: str, fields: Mapping[str, Any], seq: int | None, done: OnAnswer, timeout_s: float = REQUEST_TIMEOUT_S
    ) -> None:
        """Ask; ``done`` is told the answer, or what went wrong. Never raises for what the connection or the server does.

        ``seq`` must be new. Who numbers requests at all numbers every one of a connection.
        """
        posted = Posted(time.monotonic() + timeout_s, done)
        seq = self._calls.open(seq, posted)
        if posted.is_open:
            self._send({"t": name, "seq": seq, **fields})

    def call(
        self, name: str, fields: Mapping[str, Any], seq: int | None = None, timeout_s: float = REQUEST_TIMEOUT_S
    ) -> Answer:
        """Ask and wait. Raises CommandRefused or ConnectError; no answer in time is the latter."""
        awaited = _Awaited()
        seq = self._calls.open(seq, awaited)
        if awaited.is_open:
            self._send({"t": name, "seq": seq, **fields})
        if not awaited.wait(timeout_s):
            self._calls.forget(seq)
            raise ConnectError(f"{name}: no answer within {timeout_s:g} s")
        return awaited.answer()

    def attend(self, afterwards: Callable[[Callable[[], object]], object]) -> None:
        """Tell the server when everything it said has been dealt with, if its clock waits for that.

        ``afterwards(task)`` runs a task once what was heard so far has been dealt with, callbacks included.
        """
        return

    def go_on(self, tell: Callable[[list[Any]], object]) -> None:
        """Where nobody else makes time pass: let it, for as long as that means nothing but telling this connection.

        Who has dealt with everything says it, in the thread that did; ``tell`` is given the pushes of a moment instead of
        ``on_push``, and has dealt with them when it returns.
        """
        return

    def leave_to_parent(self) -> None:
        """In a forked child: let go of the connection without ending it. Locks may be held by threads that are not here."""
        self._calls = _Calls()
        self._calls.end_reason = "the connection belongs to the parent process; connect() in this one"

    @abstractmethod
    def close(self) -> None:
        """End the connection; requests under way fail. Any thread may do it, any number of times."""

    @abstractmethod
    def _send(self, *messages: JsonObject) -> None: ...

    def _hear(self, message: JsonObject) -> None:
        """Hand on a reply or a push."""
        name = message.get("t")
        if name == "reply":
            self._calls.answer(message)
        elif isinstance(name, str) and name.startswith("push_"):
            self._on_push(message)
        else:
            _log.warning("a message this client does not know was ignored: %.40r", name)


# -- requests under way --------------------------------------------------------------------------------------------------


class _Call(ABC):
    """One request under way; completed once, by whoever takes it out of the table."""

    __slots__ = ("deadline", "is_open", "rows")

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.is_open = True
        self.rows: list[Any] | None = None
        """The parts of a long answer so far."""

    @abstractmethod
    def complete(self, answer: Answer | None, error: Exception | None) -> None: ...


class _Promised(_Call):
    """Somebody holds a Future: ten times the cost of a function that is told."""

    __slots__ = ("future",)

    def __init__(self, deadline: float) -> None:
        super().__init__(deadline)
        self.future: Future[Answer] = Future()
        self.future.set_running_or_notify_cancel()  # from here on nobody can cancel it

    def complete(self, answer: Answer | None, error: Exception | None) -> None:
        """Tell the Future, and whoever it tells."""
        self.is_open = False
        if error is not None:
            self.future.set_exception(error)
        else:
            assert answer is not None
            self.future.set_result(answer)


class Posted(_Call):
    """Somebody is told."""

    __slots__ = ("_done",)

    def __init__(self, deadline: float, done: OnAnswer) -> None:
        super().__init__(deadline)
        self._done = done

    def complete(self, answer: Answer | None, error: Exception | None) -> None:
        """Tell him."""
        self.is_open = False
        self._done(answer, error)


class _Awaited(_Call):
    """A thread waits: a bare lock wakes it in a third of the time that a Future's condition takes."""

    __slots__ = ("_answer", "_error", "_lock")

    def __init__(self) -> None:
        super().__init__(math.inf)
        self._answer: Answer | None = None
        self._error: Exception | None = None
        self._lock = threading.Lock()
        self._lock.acquire()

    def complete(self, answer: Answer | None, error: Exception | None) -> None:
        """Keep what the thread will be given; ``wake`` wakes it."""
        self._answer, self._error, self.is_open = answer, error, False

    def wake(self) -> None:
        """Let the thread go on."""
        self._lock.release()

    def wait(self, timeout_s: float) -> bool:
        """Wait until there is an answer or a failure; False when there was none in time."""
        return not self.is_open or self._lock.acquire(timeout=timeout_s)

    def answer(self) -> Answer:
        """Give the answer. Raises CommandRefused or ConnectError."""
        if self._error is not None:
            raise self._error
        assert self._answer is not None
        return self._answer


class _Calls:
    """Requests under way by seq. Whoever takes a call out completes it, so each is completed once."""

    def __init__(self) -> None:
        self.end_reason: str | None = None
        """Why the connection ended; None while it lives."""
        self.next_deadline = math.inf
        """No call is due before this; the call it was noted for may be gone."""
        self._lock = _thread.allocate_lock()  # the system's own in a backtest too: who holds it does not wait for time to pass
        self._open: dict[int, _Call] = {}
        self._numbers = itertools.count(1)
        self._to_wake: list[_Awaited] = []

    def open(self, seq: int | None, call: _Call) -> int:
        """Begin a call; after the connection's end it fails at once."""
        if seq is None:
            seq = next(self._numbers)
        with self._lock:
            end_reason = self.end_reason
            if end_reason is None:
                assert seq not in self._open, f"seq {seq} is under way"
                self._open[seq] = call
                if call.deadline < self.next_deadline:
                    self.next_deadline = call.deadline
        if end_reason is not None:
            call.complete(None, ConnectError(end_reason))
        return seq

    def answer(self, reply: JsonObject) -> None:
        """Complete the call a reply belongs to, or keep its part."""
        seq: Any = reply.get("seq")
        with self._lock:
            call = self._open.get(seq)
            if call is None:
                _log.warning("an answer came that nobody waits for any more: seq=%.20r", seq)
                return
            if "rows" in reply and not _is_whole(call, reply):
                return
            del self._open[seq]
        if "error" in reply:
            self._complete(call, None, CommandRefused(str(reply["error"])))
        else:
            self._complete(call, reply, None)

    def _complete(self, call: _Call, answer: Answer | None, error: Exception | None) -> None:
        call.complete(answer, error)
        if isinstance(call, _Awaited):
            self._to_wake.append(call)

    def wake(self) -> None:
        """Wake the threads whose answers came: last of all, because a woken thread wants the interpreter for itself."""
        while self._to_wake:
            with contextlib.suppress(IndexError):  # another thread was faster
                self._to_wake.pop().wake()

    def forget(self, seq: int) -> None:
        """Drop a call nobody waits for any more."""
        with self._lock:
            self._open.pop(seq, None)

    def fail_overdue(self, now: float) -> None:
        """Fail every call whose deadline has passed."""
        if now < self.next_deadline:
            return
        with self._lock:
            overdue = [seq for seq, call in self._open.items() if call.deadline <= now]
            calls = [self._open.pop(seq) for seq in overdue]
            self.next_deadline = min((call.deadline for call in self._open.values()), default=math.inf)
        for call in calls:
            call.complete(None, ConnectError("no answer in time"))

    def fail_all(self, reason: str) -> None:
        """Fail every call, and those that come later."""
        with self._lock:
            self.end_reason = reason
            calls = list(self._open.values())
            self._open.clear()
        for call in calls:
            self._complete(call, None, ConnectError(reason))  # each its own: a raised exception gathers its traceback
        self.wake()


def _is_whole(call: _Call, reply: JsonObject) -> bool:
    """Join a part to those before it; is it the last one?"""
    if call.rows is not None:
        call.rows.extend(reply["rows"])
        reply["rows"] = call.rows
    elif reply.get("more"):
        call.rows = list(reply["rows"])
    return not reply.get("more")


# -- over a socket -------------------------------------------------------------------------------------------------------


class SocketTransport(Transport):
    """A connection to a server, made by ``connect``. Its thread ends with it and never keeps the interpreter alive."""

    def __init__(self, connection: socket.socket, welcome: JsonObject, on_push: OnPush, on_closed: OnClosed) -> None:
        super().__init__(on_push, on_closed)
        self.server = str(welcome.get("server", ""))
        self.role = str(welcome.get("role", ""))
        self._is_awaited = welcome.get("waits") is True
        self._afterwards: Callable[[Callable[[], object]], object] | None = None
        self._heard = 0
        self._telling = threading.Lock()
        self._socket = connection
        self._frames = FrameReader(MAX_ANSWER_BYTES)
        self._heartbeat_s = _heartbeat_s(welcome)
        self._silence_s = SILENT_HEARTBEATS * self._heartbeat_s
        self._closing = threading.Event()
        self._send_lock = threading.Lock()
        now = time.monotonic()
        self._last_sent = self._last_heard = self._ping_tried = now
        # The timeout bounds how long a sender can be held up by a server that reads no more; reading waits by a selector.
        connection.settimeout(self._silence_s)
        _open.add(self)
        self._reader = threading.Thread(target=self._run, name="miniqmt-sim reader", daemon=True)
        self._reader.start()

    @classmethod
    def connect(
        cls,
        endpoint: Endpoint,
        session_id: int,
        on_push: OnPush,
        on_closed: OnClosed,
        timeout_s: float = CONNECT_TIMEOUT_S,
        purpose: str = TRADE,
    ) -> SocketTransport:
        """Connect and be let in. Raises ConnectError: nobody there, refused, or no welcome in time."""
        connection = open_socket(endpoint.addr, timeout_s)
        try:
            connection.sendall(_frame(_hello(endpoint.token, session_id, purpose)))
            welcome = _await_welcome(connection, time.monotonic() + timeout_s)
            return cls(connection, welcome, on_push, on_closed)
        except BaseException as error:
            connection.close()
            if isinstance(error, OSError | PeerError):
                raise ConnectError(f"the handshake at {endpoint.addr!r} failed: {error}") from None
            raise

    def close(self) -> None:
        """End the connection and wait for the reader's end, unless the caller is the reader."""
        self._closing.set()
        self._shut_down()
        if threading.current_thread() is not self._reader:
            self._reader.join(timeout=CONNECT_TIMEOUT_S)

    def attend(self, afterwards: Callable[[Callable[[], object]], object]) -> None:
        """See ``Transport``."""
        if self._is_awaited:
            self._afterwards = afterwards
            self._tell_how_far()

    def leave_to_parent(self) -> None:
        """See ``Transport``."""
        super().leave_to_parent()
        self._send_lock = threading.Lock()
        self._closing = threading.Event()
        self._socket.close()

    def _send(self, *messages: JsonObject) -> None:
        data = b"".join(map(_frame, messages))
        with self._send_lock:
            self._send_locked(data)

    def _send_locked(self, data: bytes) -> None:
        try:
            self._socket.sendall(data)
            self._last_sent = time.monotonic()
        except OSError:
            self._shut_down()  # perhaps half a frame is out: nothing more may follow. The reader notices and ends it all

    def _shut_down(self) -> None:
        with contextlib.suppress(OSError):  # it may have ended already
            self._socket.shutdown(socket.SHUT_RDWR)

    # -- the reader's thread ---------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            reason = self._read()
        except (OSError, PeerError) as error:
            reason = f"the connection broke: {error}"
        except ConnectError as error:  # who takes the pushes takes no more
            reason = str(error)
        except Exception:
            _log.exception("the reader failed")
            reason = "the reader failed"
        self._shut_down()  # frees a sender that is held up, so that the lock can be had
        with self._send_lock:
            self._socket.close()
        by_us = self._closing.is_set()
        self._calls.fail_all("this side closed the connection" if by_us else reason)
        if not by_us:
            self._on_closed(reason)

    def _read(self) -> str:
        """Read until the end; give the reason of it."""
        calls, is_readable = self._calls, _waiter(self._socket, writing=False)
        is_writable = _waiter(self._socket, writing=True)
        while True:
            if is_readable(self._quiet_s()):
                end = self._take(self._socket.recv(RECEIVE_BYTES))
                if end is not None:
                    return end
            elif time.monotonic() >= self._last_heard + self._silence_s:
                return f"nothing was heard of the server for {self._silence_s:g} s"
            now = time.monotonic()
            calls.fail_overdue(now)
            if now >= self._next_ping():
                self._ping(is_writable, now)
            calls.wake()

    def _take(self, data: bytes) -> str | None:
        """Act on what arrived; give the reason when it was the end."""
        if not data:
            return "the server closed the connection"
        self._last_heard = time.monotonic()
        for payload in self._frames.feed(data):
            message = parse_object(payload)
            if message.get("t") == "bye":
                return str(message.get("reason"))
            if message.get("t") != "pong":
                self._hear(message)
                self._heard += 1
        if self._is_awaited:
            self._tell_how_far()
        return None

    def _tell_how_far(self) -> None:
        """Say that what was heard so far has been dealt with, as soon as it has."""
        if self._afterwards is not None:
            with self._telling:  # the reader and who begins to attend: numbers are told in their order
                self._afterwards(partial(self._send, {"t": "heard", "number": self._heard}))

    def _quiet_s(self) -> float:
        """How long nothing has to be done unless something arrives."""
        end_of_silence = self._last_heard + self._silence_s
        quiet_s = min(self._next_ping(), end_of_silence, self._calls.next_deadline) - time.monotonic()
        return min(max(0.0, quiet_s), LOOK_UP_S)

    def _next_ping(self) -> float:
        return max(self._last_sent, self._ping_tried) + self._heartbeat_s

    def _ping(self, is_writable: Callable[[float], Any], now: float) -> None:
        """Give a sign of life, but never wait to do so: a reader that waits to send can hold up a server that does too."""
        self._ping_tried = now
        if is_writable(0) and self._send_lock.acquire(blocking=False):
            try:
                self._send_locked(_frame({"t": "ping"}))
            finally:
                self._send_lock.release()


_open: Final[weakref.WeakSet[SocketTransport]] = weakref.WeakSet()
"""What a forked child must let go of."""


def _after_fork() -> None:
    for transport in list(_open):
        transport.leave_to_parent()


if hasattr(os, "register_at_fork"):  # Windows forks nothing
    os.register_at_fork(after_in_child=_after_fork)


def _waiter(connection: socket.socket, *, writing: bool) -> Callable[[float], Any]:
    """Make a function that waits so many seconds for a socket: poll() where there is one, because it takes any descriptor."""
    if hasattr(select, "poll"):
        poller = select.poll()
        poller.register(connection, select.POLLOUT if writing else select.POLLIN)
        return lambda timeout_s: poller.poll(math.ceil(timeout_s * 1000))
    return lambda timeout_s: any(select.select([] if writing else [connection], [connection] * writing, [], timeout_s))


def _frame(message: JsonObject) -> bytes:
    payload = encode_message(message)
    assert len(payload) <= MAX_REQUEST_BYTES, f"{message['t']}: a request of {len(payload)} bytes"
    return encode_frame(payload)


def _hello(token: str, session_id: int, purpose: str) -> JsonObject:
    hello = {"t": "hello", "protocol": PROTOCOL_VERSION, "token": token, "session_id": session_id, "client": CLIENT_NAME}
    return hello if purpose == TRADE else hello | {"purpose": purpose}


def _await_welcome(connection: socket.socket, deadline: float) -> JsonObject:
    length = int.from_bytes(_receive_exactly(connection, HEADER_BYTES, deadline), "big")
    if not 0 < length <= MAX_WELCOME_BYTES:
        raise MessageError(f"it began with a frame of {length} bytes")
    return _check_welcome(parse_object(_receive_exactly(connection, length, deadline)))


def _receive_exactly(connection: socket.socket, size: int, deadline: float) -> bytes:
    data = b""
    while len(data) < size:
        connection.settimeout(max(0.001, deadline - time.monotonic()))
        piece = connection.recv(size - len(data))
        if not piece:
            raise ConnectionError("the server closed the connection")
        data += piece
    return data


def _check_welcome(message: JsonObject) -> JsonObject:
    if message.get("t") == "bye":
        raise ConnectError(f"the server refused: {message.get('reason')}")
    if message.get("t") != "welcome":
        raise MessageError(f"it began with {str(message.get('t'))[:40]!r}")
    return message


def _heartbeat_s(welcome: JsonObject) -> float:
    heartbeat_ms = welcome.get("heartbeat_ms")
    if type(heartbeat_ms) is not int or heartbeat_ms <= 0:
        raise MessageError("the welcome names no heartbeat_ms")
    return heartbeat_ms / 1000


def endpoint_of(path: PathLike) -> Endpoint:
    """Find the server that a userdata path, or the environment, means. Raises ConnectError with what leads to one."""
    try:
        return find(path)
    except ConnectError as error:
        raise ConnectError(f"{error}; `miniqmt-sim run` and {ENV_ADDR} lead to a server whatever the path says") from None


def connect(path: PathLike, session_id: int, on_push: OnPush, on_closed: OnClosed) -> Transport:
    """Connect to the server that a userdata path, or the environment, means. Raises ConnectError."""
    transport = SocketTransport.connect(endpoint_of(path), session_id, on_push, on_closed)
    discovery.remember(path)
    return transport
