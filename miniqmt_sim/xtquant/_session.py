"""What carries the calls of ``xttrader``: a session's life, its threads, and a request's way out and back.

Threads, as in the vendor's: a reader (the transport's) that only sorts what arrives, and one worker that runs callbacks in
the order of arrival: pushes, answers to asynchronous orders and cancels, and answers to asynchronous queries. In relaxed mode
(``set_relaxed_response_order_enabled(True)``) the last go to a second worker.

A synchronous call from any other thread is answered straight from the reader. From inside a callback it works in relaxed mode
only: otherwise its answer stands in the queue behind that very callback. Where the vendor's hangs for ever then, ours raises
RuntimeError after CALLBACK_TRAP_S.

When the interpreter ends, the callbacks on their way are run. In a forked child it is there, without a connection;
the parent's goes on, and a trader with a session of its own works in either.
"""

from __future__ import annotations

import atexit
import contextlib
import itertools
import logging
import os
import threading
import weakref
from collections.abc import Callable
from typing import Any, ClassVar, Final, TypeVar

from miniqmt_sim.client.transport import REQUEST_TIMEOUT_S, Answer, Connector, OnAnswer, Transport, connect
from miniqmt_sim.errors import CommandRefused, ConnectError
from miniqmt_sim.wire.messages import BY_NAME, JsonObject, Said, name_of, object_of
from miniqmt_sim.xtquant import _arguments as arguments
from miniqmt_sim.xtquant import _views as views
from miniqmt_sim.xtquant._callback import method_of
from miniqmt_sim.xtquant._worker import Worker

CALLBACK_TRAP_S: Final = 3.0
"""After so long a synchronous call inside a callback gives up, when relaxed mode is off."""
ENV_FAILED_QUERIES: Final = "MINIQMT_SIM_FAILED_QUERIES"
"""Set to "empty", a query that failed gives an empty list or dict, as the vendor's; else None, which no account can give."""
MAX_WAITING: Final = 200_000
"""Callbacks that may wait for the one that runs: some 400 MB of pushes. A strategy further behind loses its connection."""
MAX_TIMEOUT_S: Final = 86_400.0
"""A day: longer waits mean for ever, and locks do not take every number."""
_INTERRUPT_S: Final = 0.5
"""How often a waiting main thread looks up, so that Ctrl+C works on every system."""

_log = logging.getLogger("miniqmt_sim.xtquant")

RowsCallback = Callable[[Any], object]
_T = TypeVar("_T")


class Session:
    """One session with the server that a userdata path means.

    Failures are values, as in the vendor's: -1 for orders, cancels and subscriptions, None for queries; the reason is
    logged as a warning of the logger ``miniqmt_sim.xtquant``. A query without a result gives []; MINIQMT_SIM_FAILED_QUERIES
    set to ``empty`` makes a failed one give that too, as the vendor's does.
    """

    connector: ClassVar[Connector] = staticmethod(connect)
    """How a trader gets its transport. A backtest puts in its in-memory twin."""

    @arguments.also_called(session_id="session")
    def __init__(self, path: str | os.PathLike[str], session: int, callback: object = None) -> None:
        self.callback = callback
        self._path = os.fspath(path)
        self._session = arguments.integer(session, "session")
        self._seqs = itertools.count(1)
        self._timeout_s = REQUEST_TIMEOUT_S
        self._relaxed = self._is_split = False
        self._empty_when_failed = os.environ.get(ENV_FAILED_QUERIES) == "empty"
        self._transport: Transport | None = None
        self._finalizers: list[weakref.finalize[..., Session]] = []
        self._make_threads_things(stopped=False)
        _sessions.add(self)

    # -- life ------------------------------------------------------------------------------------------------------------

    def register_callback(self, callback: object) -> None:
        """Name the object whose methods are called; those it does not have are left out."""
        self.callback = callback

    def start(self) -> None:
        """Prepare the threads; after ``stop``, begin anew."""
        with self._lock:
            if self._stopped.is_set():
                self._make_workers()
                self._stopped.clear()

    def connect(self) -> int:
        """Connect: 0, or -1 at once when there is no server or it refuses. A lost connection is not made again by itself."""
        with self._connecting:
            if self.connected:
                return 0
            self.start()
            try:
                transport = self.connector(self._path, self._session, self._on_push, self._on_closed)
            except ConnectError as error:
                _log.warning("session %s cannot connect: %s", self._session, error)
                return -1
            with self._lock:
                stopped = self._stopped.is_set()
                if not stopped:
                    self._transport = transport
        if stopped:
            transport.close()
            return -1
        transport.attend(self._afterwards)
        return 0

    @property
    def connected(self) -> bool:
        """Is there a live connection?"""
        transport = self._transport
        return transport is not None and transport.is_open

    def stop(self) -> None:
        """End the connection and, once the callbacks on their way have run, the threads. ``run_forever`` returns.

        May be called from anywhere and more than once. Called by a callback, it drops those behind it.
        """
        with self._lock:
            self._stopped.set()
            transport, self._transport = self._transport, None
            workers = self.workers
        if transport is not None:
            transport.close()
        for worker in workers:
            worker.stop()

    @property
    def workers(self) -> tuple[Worker, Worker]:
        """The threads that run callbacks."""
        return self._query_worker, self._callback_worker

    def run_forever(self) -> None:
        """Wait until ``stop`` is called or Ctrl+C is pressed."""
        with contextlib.suppress(KeyboardInterrupt):
            while not self._stopped.wait(_INTERRUPT_S):
                pass

    def sleep(self, time: float) -> None:
        """Wait so many seconds, or until ``stop``."""
        self._stopped.wait(time)

    def set_timeout(self, timeout: float = 0) -> None:
        """Set how many seconds an answer is awaited; 0 and less change nothing."""
        seconds = arguments.number(timeout, "timeout")
        if seconds > 0:
            self._timeout_s = min(float(seconds), MAX_TIMEOUT_S)

    def set_relaxed_response_order_enabled(self, enabled: bool) -> None:
        """Let answers to queries overtake the pushes before them, so that a callback may call synchronously."""
        self._is_split = self._is_split or bool(enabled)  # from now on, whatever comes: the second worker may be at work
        self._relaxed = bool(enabled)

    # -- synchronous -----------------------------------------------------------------------------------------------------

    def _ask(self, message: str, fields: JsonObject) -> Answer | None:
        """Ask and wait; None, with the reason logged, when there is no answer or an error."""
        try:
            return self._call(message, fields)
        except (ConnectError, CommandRefused) as error:
            _log.warning("%s failed: %s", message, error)
            return None

    def _call(self, message: str, fields: JsonObject) -> Answer:
        """Ask and wait. Raises ConnectError or CommandRefused when there is no answer or an error."""
        transport = self._transport_for(message)
        seq = next(self._seqs)
        if self._is_trapped():
            transport.post(message, fields, seq, _unheard, self._timeout_s)
            self._spring_trap(message)
        return transport.call(message, fields, seq, self._timeout_s)

    def _transfer(self, message: str, fields: JsonObject) -> tuple[bool, str]:
        """Ask for what answers with success and a reason."""
        try:
            answer = self._call(message, fields)
        except (ConnectError, CommandRefused) as error:
            answer = {"success": False, "msg": str(error)}
        if not answer["success"]:
            _log.warning("%s was refused: %s", message, answer["msg"])
        return answer["success"], answer["msg"]

    def _ask_number(self, message: str, fields: JsonObject, result: str) -> int:
        """Ask for what answers with a number that is -1 on failure."""
        answer = self._ask(message, fields)
        if answer is None:
            return -1
        number: int = answer[result]
        if number < 0:
            _log.warning("%s was refused: %s", message, answer.get("error_msg"))
        return number

    def _query(self, query: views.Query[_T], fields: JsonObject) -> list[_T] | None:
        answer = self._ask(query.message, fields)
        return self._failed_rows() if answer is None else _objects(query, answer)

    def _failed_rows(self) -> list[Any] | None:
        return [] if self._empty_when_failed else None

    def _transport_for(self, message: str) -> Transport:
        if message not in BY_NAME:
            raise CommandRefused(views.NO_PERMISSION)
        transport = self._transport
        if transport is None:
            raise ConnectError("not connected")
        return transport

    def _is_trapped(self) -> bool:
        """Would the vendor's client wait for ever here?"""
        return not self._relaxed and (self._callback_worker.is_current or self._query_worker.is_current)

    def _spring_trap(self, message: str) -> None:
        if self._stopped.wait(CALLBACK_TRAP_S):
            raise ConnectError("the trader was stopped")
        raise RuntimeError(
            f"{message}: a synchronous call inside a callback waits for an answer that is delivered after that callback, and "
            "with the vendor's xtquant it never returns. Call set_relaxed_response_order_enabled(True) first, or use the "
            "_async form, such as query_stock_orders_async. The request itself has been sent."
        )

    # -- asynchronous ----------------------------------------------------------------------------------------------------

    def _post(self, message: str, fields: JsonObject, done: OnAnswer, seq: int) -> int:
        """Ask; ``done`` is called in the order of arrival, once, whatever happens."""
        try:
            transport = self._transport_for(message)
        except (ConnectError, CommandRefused) as error:
            done(None, error)
        else:
            transport.post(message, fields, seq, done, self._timeout_s)
        return seq

    def _post_order(self, message: str, fields: JsonObject) -> int:
        seq = next(self._seqs)

        def done(answer: Answer | None, error: Exception | None) -> None:
            self._callback_worker.submit(self._tell_response, message, fields, seq, answer, error)

        return self._post(message, fields, done, seq)

    def _query_async(
        self, query: views.Query[Any], fields: JsonObject, callback: RowsCallback, shape: Callable[[Any], Any] | None = None
    ) -> int:
        """Ask; ``callback`` is given the rows, or what ``shape`` makes of them."""

        def done(answer: Answer | None, error: Exception | None) -> None:
            worker = self._query_worker if self._relaxed else self._callback_worker
            worker.submit(self._tell_rows, query, callback, shape, answer, error)

        return self._post(query.message, fields, done, next(self._seqs))

    # -- callbacks, on a worker ------------------------------------------------------------------------------------------

    def _tell_push(self, said: Said) -> None:
        push = views.PUSHES.get(name_of(said))
        method = method_of(self.callback, push.callback) if push is not None else None
        if push is not None and method is not None:
            method(views.fill(push.row, object_of(said)))

    def _tell_response(
        self, message: str, fields: JsonObject, seq: int, answer: Answer | None, error: Exception | None
    ) -> None:
        response = views.RESPONSES[message]
        method = method_of(self.callback, response.callback)
        if method is None:
            return
        values = answer if answer is not None else {**fields, **response.failed, "error_msg": str(error), "msg": str(error)}
        method(views.fill(response.row, {**values, "seq": seq}))

    def _tell_rows(
        self,
        query: views.Query[Any],
        callback: RowsCallback,
        shape: Callable[[Any], Any] | None,
        answer: Answer | None,
        error: Exception | None,
    ) -> None:
        if answer is None:
            _log.warning("%s failed: %s", query.message, error)
        if not callable(callback):  # a well-known wrapper hands in the number that subscribe() gave; the vendor's asks as well
            _log.warning("%s: its callback is %r and no function, so nobody hears the answer", query.message, callback)
            return
        rows = self._failed_rows() if answer is None else _objects(query, answer)
        callback(rows if shape is None else shape(rows))

    def _tell_disconnected(self) -> None:
        method = method_of(self.callback, "on_disconnected")
        if method is not None:
            method()

    # -- from the transport, on its thread -------------------------------------------------------------------------------

    def _on_push(self, said: Said) -> None:
        worker = self._callback_worker
        if worker.waiting >= MAX_WAITING:
            raise ConnectError(f"{MAX_WAITING} callbacks wait for the one that runs")
        worker.submit(self._tell_push, said)

    def _on_closed(self, reason: str) -> None:
        _log.warning("session %s lost its connection: %s", self._session, reason)
        self._callback_worker.submit(self._tell_disconnected)

    def _afterwards(self, task: Callable[[], object]) -> None:
        """Run a task when the callbacks that wait now have run, of whichever worker."""
        if self._is_split:
            self._callback_worker.submit(self._query_worker.submit, task)
        else:
            self._callback_worker.submit(task)

    def _make_threads_things(self, *, stopped: bool) -> None:
        """Make what threads share; also in a forked child, where the threads that held the locks are not."""
        self._connecting = threading.Lock()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        if stopped:
            self._stopped.set()
        self._make_workers()

    def in_forked_child(self) -> None:
        """Begin anew, without a connection; the parent's goes on without this process."""
        self._make_threads_things(stopped=self._stopped.is_set())

    def _make_workers(self) -> None:
        self._callback_worker = Worker(f"miniqmt-sim callbacks {self._session}")
        self._query_worker = Worker(f"miniqmt-sim queries {self._session}")
        for finalizer in self._finalizers:  # of workers before these, which were stopped, or are not in this process
            finalizer.detach()
        # For a trader that is forgotten, as clients do that make a new one after each disconnect.
        self._finalizers = [weakref.finalize(self, worker.abandon) for worker in self.workers]
        for finalizer in self._finalizers:
            finalizer.atexit = False


_sessions: Final[weakref.WeakSet[Session]] = weakref.WeakSet()


def _stop_all() -> None:
    """Before the interpreter ends: a callback that prints while it does can bring it down. What is under way is dropped."""
    for session in list(_sessions):
        for worker in session.workers:
            worker.stop()


def _after_fork() -> None:
    for session in list(_sessions):
        session.in_forked_child()


atexit.register(_stop_all)
if hasattr(os, "register_at_fork"):  # Windows forks nothing
    os.register_at_fork(after_in_child=_after_fork)


def _objects(query: views.Query[_T], answer: Answer) -> list[_T]:
    return [views.fill(query.row, row) for row in answer["rows"]]


def _unheard(_answer: Answer | None, _error: Exception | None) -> None:
    """What is done about an answer that nobody waits for."""


def first(rows: list[_T] | None) -> _T | None:
    """Give the first row, None when there is none."""
    return rows[0] if rows else None

