"""The vendor's native module, in Python: under its name the vendor's own ``xttrader`` runs unmodified against a server.

``XtQuantAsyncClient`` is what that ``xttrader`` stands on. It binds a callback for each kind of answer and push, then asks
with numbered requests, and each number gets its callback exactly once: with the answer, or with what a native client says
when it has none (no connection, a connection that ended, an answer that stayed away, a request this server does not know).
Callbacks come from the transport's reader thread, in the order in which the server spoke; without a connection, from the
thread that asks. They only hand on to the vendor's workers.

The classes beside it are those of ``_native_structs``. Why there was no answer is logged as a warning of the logger
``miniqmt_sim.xtquant``, because most of the vendor's calls return only that there was none.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import logging
import os
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, ClassVar

from miniqmt_sim.client.transport import REQUEST_TIMEOUT_S, Answer, Connector, Transport, connect
from miniqmt_sim.errors import ConnectError
from miniqmt_sim.wire.messages import BY_NAME, JsonObject
from miniqmt_sim.xtquant import _arguments as arguments
from miniqmt_sim.xtquant._native_calls import BINDERS, CALLS, DISCONNECTED, PUSHES, Call
from miniqmt_sim.xtquant._native_fields import asked_by, fields_of, fill, message_of
from miniqmt_sim.xtquant._native_structs import STRUCTS
from miniqmt_sim.xtquant._views import NO_PERMISSION

_log = logging.getLogger("miniqmt_sim.xtquant")

Callback = Callable[..., object]


class UnheardError(RuntimeError):
    """The vendor's workers, which callbacks hand on to, are not there."""

    def __init__(self) -> None:
        super().__init__("the trader's workers are not there: start() was not called, or stop() was")


class XtQuantAsyncClient:
    """One session, as the vendor's ``XtQuantTrader`` uses it. ``path`` comes as the bytes of GB18030."""

    connector: ClassVar[Connector] = staticmethod(connect)
    """How it gets its transport."""

    def __init__(self, path: bytes | str, name: str, session: int) -> None:
        self._path = path.decode("gb18030") if isinstance(path, bytes) else path
        self._name = name
        self._session = arguments.integer(session, "session")
        self._seqs = itertools.count(1)
        self._timeout_s = REQUEST_TIMEOUT_S
        self._bound: dict[str, Callback] = {}
        self._untold: set[int] = set()
        self._connecting = threading.Lock()
        self._lock = threading.Lock()
        self._process = os.getpid()
        self._started = False
        self._transport: Transport | None = None

    # -- life ------------------------------------------------------------------------------------------------------------

    def init(self) -> None:
        """Prepare; there is nothing to prepare."""

    def start(self) -> None:
        """Begin; from now on ``connect`` may be called, and requests come from this process."""
        self._process = os.getpid()
        self._started = True

    def stop(self) -> None:
        """End the connection; requests under way are told before this returns, and nothing is told after it."""
        with self._lock:
            self._started = False
            transport, self._transport = self._transport, None
        if transport is not None:
            transport.close()

    def connect(self) -> int:
        """Connect: 0, also when connected already; -1 when there is no server, it refuses, or ``start`` was not called."""
        with self._connecting:
            if self._transport is not None and self._transport.is_open:
                return 0
            if not self._started:
                _log.warning("session %s cannot connect: start() was not called, or stop() was", self._session)
                return -1
            try:
                transport = self.connector(self._path, self._session, self._on_push, self._on_closed)
            except ConnectError as error:
                _log.warning("session %s cannot connect: %s", self._session, error)
                return -1
            return self._take_up(transport)

    def _take_up(self, transport: Transport) -> int:
        """Use a new connection, unless ``stop`` was called meanwhile."""
        with self._lock:
            if self._started:
                self._transport = transport
                return 0
        transport.close()
        return -1

    def nextSeq(self) -> int:
        """Give the next request's number."""
        return next(self._seqs)

    def setTimeout(self, timeout: float) -> None:
        """Set how many seconds an answer is awaited; 0 and less change nothing."""
        seconds = float(arguments.number(timeout, "timeout"))
        if seconds > 0:
            self._timeout_s = seconds

    # -- requests --------------------------------------------------------------------------------------------------------

    def _ask(self, call: Call, seq: int, request: Any) -> int:
        self._check_can_be_told(call)
        message, asked, transport = message_of(call.message, request), asked_by(request), self._transport
        try:
            if message not in BY_NAME:
                self._tell_failure(call, seq, message, asked, NO_PERMISSION)
            elif transport is None:
                self._tell_failure(call, seq, message, asked, "not connected")
            else:
                done = functools.partial(self._on_done, call, seq, message, asked)
                transport.post(message, fields_of(message, request), seq, done, self._timeout_s)
                if seq in self._untold:
                    raise UnheardError
        except UnheardError:
            if _is_awaited():  # who does not wait goes on, as at a real terminal
                raise
        return seq

    def _on_done(
        self, call: Call, seq: int, message: str, asked: JsonObject, answer: Answer | None, error: Exception | None
    ) -> None:
        try:
            self._tell_answer(call, seq, message, asked, answer, error)
        except UnheardError:
            self._untold.add(seq)

    def _tell_answer(
        self, call: Call, seq: int, message: str, asked: JsonObject, answer: Answer | None, error: Exception | None
    ) -> None:
        if answer is None:
            self._tell_failure(call, seq, message, asked, str(error))
            return
        try:
            payload = call.payload(asked, answer, "")
        except (KeyError, TypeError, ValueError) as fault:  # one that makes no sense
            self._tell_failure(call, seq, message, asked, str(fault))
        else:
            _warn_of_refusal(message, answer)
            self._tell(call.binder, seq, payload)

    def _tell_failure(self, call: Call, seq: int, message: str, asked: JsonObject, reason: str) -> None:
        _log.warning("%s failed: %s", message, reason)
        self._tell(call.binder, seq, call.payload(asked, None, reason))

    def _check_can_be_told(self, call: Call) -> None:
        """Raise, rather than let a caller wait for ever for what the vendor's code will not hand on."""
        if call.binder not in self._bound:
            raise NotImplementedError(
                f"{call.message}: this xtquant binds no callback for the answer ({call.binder}); at a real terminal the call "
                "waits for ever. The SDK of miniqmt-sim has it."
            )
        if self._process != os.getpid():
            raise RuntimeError(
                f"{call.message}: this trader's workers are threads of the process that started it, of which this is a fork. "
                "Make a trader here, with another session."
            )

    # -- callbacks -------------------------------------------------------------------------------------------------------

    def _tell(self, binder: str, *values: Any) -> None:
        callback = self._bound.get(binder)
        if callback is not None:
            try:
                callback(*values)
            except (AttributeError, RuntimeError):  # all that it does is to hand on to a worker, or to None
                raise UnheardError from None

    def _on_push(self, message: JsonObject) -> None:
        push = PUSHES.get(message["t"])
        if push is not None and self._started:
            binder, kind = push
            with contextlib.suppress(UnheardError):  # the interpreter ends
                self._tell(binder, fill(kind, message))

    def _on_closed(self, reason: str) -> None:
        _log.warning("session %s lost its connection: %s", self._session, reason)
        if self._started:
            with contextlib.suppress(UnheardError):
                self._tell(DISCONNECTED)


def _is_awaited() -> bool:
    """Does the vendor's code wait for the answer? Its synchronous calls all go through one function."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_name != "common_op_sync_with_seq":
        frame = frame.f_back
    return frame is not None


def _warn_of_refusal(message: str, answer: Answer) -> None:
    text = answer.get("error_msg") or answer.get("msg")
    if text:
        _log.warning("%s was refused: %s", message, text)


# -- the methods of the tables -------------------------------------------------------------------------------------------


def _binding(binder: str) -> Callable[[XtQuantAsyncClient, Callback], None]:
    def bind(self: XtQuantAsyncClient, callback: Callback) -> None:
        self._bound[binder] = callback  # the last one wins: the vendor binds some twice and means the second

    return bind


def _asking(call: Call) -> Callable[..., int]:
    def ask(self: XtQuantAsyncClient, seq: int, *request: Any) -> int:
        return self._ask(call, seq, request[0] if request else None)

    return ask


def _add_methods(cls: type) -> None:
    methods: dict[str, Callable[..., Any]] = {
        **{binder: _binding(binder) for binder in BINDERS},
        **{f"{name}WithSeq": _asking(call) for name, call in CALLS.items()},
    }
    for name, method in methods.items():
        method.__name__ = name
        method.__qualname__ = f"{cls.__name__}.{name}"
        setattr(cls, name, method)


_add_methods(XtQuantAsyncClient)
globals().update(STRUCTS)
