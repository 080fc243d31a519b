"""Station 1: moves bytes between sockets and ``wire.protocol``, and never reads them.

One ``Connection`` a peer, an ``asyncio.Protocol`` (streams cost three times as much); one ``Switchboard`` a server, which
numbers them, carries the dispatcher's words to them, and looks after all of them with a single timer.

Nobody waits for anybody: a peer that does not read is disconnected when its backlog passes the limit, one that asks
faster than the core answers is not read from until there is room, one that breaks the protocol is told why and closed.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from enum import Flag, auto
from typing import Final, cast

from miniqmt_sim.server.dispatcher import Dispatcher
from miniqmt_sim.settings import Limits
from miniqmt_sim.wire.protocol import ServerProtocol, State, Terms

_log = logging.getLogger("miniqmt_sim.server")

_HIGH_WATER_BYTES: Final = 1024 * 1024
"""Above this unsent backlog a peer's further requests are left unread: it should read its answers first."""
_LINGER_S: Final = 1.0
"""After bye a peer has so long to hang up by itself, so that the reason reaches it; then it is cut off."""
_LONGEST_SWEEP_S: Final = 1.0
_SILENT_HEARTBEATS: Final = 3


class Hold(Flag):
    """Why a connection is not being read from."""

    NOTHING = 0
    QUEUE = auto()
    BACKLOG = auto()
    STOPPING = auto()


class Connection(asyncio.Protocol):
    """One peer."""

    def __init__(self, switchboard: Switchboard, number: int) -> None:
        self._switchboard = switchboard
        self._number = number
        self._transport: asyncio.Transport = cast(asyncio.Transport, None)  # set before anything else can happen
        self._now_s = asyncio.get_running_loop().time
        self._hold = Hold.NOTHING
        self._held = b""
        self._backlog_bytes = 0
        self.protocol = ServerProtocol(switchboard.terms)
        self.since_s = self._now_s()
        """When it came or, once closed, when it was told bye."""
        self.heard_s = self.since_s
        """When the last byte came."""

    # -- called by the loop --------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin; nothing is said before the peer's hello, unless there is no place for it."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=_HIGH_WATER_BYTES)
        sock = transport.get_extra_info("socket")
        if sock is not None and sock.family != getattr(socket, "AF_UNIX", None):
            with contextlib.suppress(OSError):  # some systems refuse it for a peer that has gone already
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not self._switchboard.add(self._number, self):
            self.end("the server has no room for another connection")

    def data_received(self, data: bytes) -> None:
        """Take bytes in; what comes although reading is paused is put aside."""
        self.heard_s = self._now_s()
        if self._hold:
            self._held += data
        else:
            self._pump(data)

    def pause_writing(self) -> None:
        """The peer does not read its answers: take no more requests from it."""
        self._pause(Hold.BACKLOG)

    def resume_writing(self) -> None:
        """It has read them."""
        self._resume(Hold.BACKLOG)

    def connection_lost(self, exc: Exception | None) -> None:
        """The end, whoever wanted it."""
        self._switchboard.remove(self._number, self)

    # -- called by the switchboard -------------------------------------------------------------------------------------

    def send(self, frames: list[bytes]) -> None:
        """Send what the dispatcher says; a peer that leaves too much unread is cut off."""
        if self.protocol.state is not State.OPEN:
            return
        self._transport.write(frames[0] if len(frames) == 1 else b"".join(frames))
        backlog_bytes = self._transport.get_write_buffer_size()
        if backlog_bytes > self._switchboard.limits.backlog_bytes:
            self.cut_off(f"{backlog_bytes} bytes unread")

    def welcome(self) -> None:
        """Let the peer in."""
        if self.protocol.state is State.ADMISSION_AWAITED:
            self.protocol.welcome()
            self._flush()

    def end(self, reason: str) -> None:
        """Say bye and wait for the peer to hang up; the sweep sees to it if it does not."""
        if not self.protocol.closed:
            self.protocol.close(reason)
            self._say_bye(reason)

    def cut_off(self, reason: str) -> None:
        """End the connection at once, unsent bytes and all."""
        if not self._transport.is_closing():
            _log.warning("connection=%d session=%d cut off: %s", self._number, self.protocol.session_id, reason)
            self.abort()

    def abort(self) -> None:
        """The same without a word."""
        self._transport.abort()

    def stop_reading(self) -> None:
        """Take no more requests; of one that was told bye, only its hanging up is still awaited."""
        if not self.protocol.closed:
            self._pause(Hold.STOPPING)

    def is_silent(self, now_s: float, limit_s: float) -> bool:
        """Has there been no sign of life for too long? Of one that is not read from, reading its answers is a sign."""
        if self._hold:
            backlog_bytes = self._transport.get_write_buffer_size()
            if backlog_bytes < self._backlog_bytes or Hold.QUEUE in self._hold:
                self.heard_s = now_s
            self._backlog_bytes = backlog_bytes
        return now_s - self.heard_s > limit_s

    # -- bytes in ------------------------------------------------------------------------------------------------------

    def _pump(self, data: bytes) -> None:
        """Move bytes through the protocol to the dispatcher, as far as its queue has room."""
        dispatcher = self._switchboard.dispatcher
        if dispatcher.full:
            self._held = data
            self._await_room(dispatcher)
            return
        dispatcher.submit(self._number, self.protocol.receive(data))
        if dispatcher.full:
            self._await_room(dispatcher)
        dispatcher.serve()
        if self.protocol.closed:
            self._say_bye(self.protocol.fault)
        else:
            self._flush()

    def _await_room(self, dispatcher: Dispatcher) -> None:
        self._pause(Hold.QUEUE)
        dispatcher.when_room(self._room_again)

    def _room_again(self) -> None:
        self.heard_s = self._now_s()  # if it was silent, then because nobody listened
        self._resume(Hold.QUEUE)

    def _pause(self, why: Hold) -> None:
        if not self._hold and not self._transport.is_closing():
            self._transport.pause_reading()
        self._hold |= why

    def _resume(self, why: Hold) -> None:
        self._hold &= ~why
        if self._hold or self._transport.is_closing():
            return
        self._transport.resume_reading()
        held, self._held = self._held, b""
        self._pump(held)

    # -- bytes out -----------------------------------------------------------------------------------------------------

    def _flush(self) -> None:
        data = self.protocol.outgoing()
        if data:
            self._transport.write(data)

    def _say_bye(self, reason: str) -> None:
        """Send bye and the end of the stream, but go on reading: closing with bytes unread would destroy the bye."""
        if self._transport.is_closing():
            return
        data = self.protocol.outgoing()
        if not data:
            return  # said before; what the peer still sends is let drop
        if self._hold is not Hold.STOPPING:  # the end of them all is told once
            _log.info("connection=%d session=%d closed: %s", self._number, self.protocol.session_id, reason)
        self.since_s = self._now_s()
        self._transport.write(data)
        if self._transport.can_write_eof():
            with contextlib.suppress(OSError):  # the peer hung up first
                self._transport.write_eof()
        if self._hold:
            self._hold = Hold.NOTHING
            self._transport.resume_reading()


class Switchboard:
    """All connections of one server; the dispatcher's outlet."""

    def __init__(self, terms: Terms, limits: Limits, dispatcher: Dispatcher) -> None:
        self.terms = terms
        self.limits = limits
        self.dispatcher = dispatcher
        self._connections: dict[int, Connection] = {}
        self._last_number = 0
        self._sweep_s = min(_LONGEST_SWEEP_S, limits.heartbeat_ms / 2000, limits.handshake_ms / 2000)
        self._sweep_timer: asyncio.TimerHandle | None = None
        self._nobody_left = asyncio.Event()

    def accept(self) -> Connection:
        """Make the protocol of a new connection."""
        self._last_number += 1
        return Connection(self, self._last_number)

    def add(self, number: int, connection: Connection) -> bool:
        """Enter a connection; False: there is no room, and it is not one of the served."""
        self._connections[number] = connection
        return len(self._connections) <= self.limits.connections

    def remove(self, number: int, connection: Connection) -> None:
        """Forget a connection, and let the core know if it ever heard of it."""
        if self._connections.pop(number, None) is not None:
            self.dispatcher.submit_gone(number)
        if not self._connections:
            self._nobody_left.set()

    def __len__(self) -> int:
        return len(self._connections)

    # -- the dispatcher's outlet ---------------------------------------------------------------------------------------

    def send(self, connection: int, frames: list[bytes]) -> None:
        """Send frames to a connection that is still there."""
        peer = self._connections.get(connection)
        if peer is not None:
            peer.send(frames)

    def welcome(self, connection: int) -> None:
        """Let a connection in that is still there."""
        peer = self._connections.get(connection)
        if peer is not None:
            peer.welcome()

    def end(self, connection: int, reason: str) -> None:
        """Say bye to a connection that is still there."""
        peer = self._connections.get(connection)
        if peer is not None:
            peer.end(reason)

    # -- one timer for all ---------------------------------------------------------------------------------------------

    def start_sweeping(self) -> None:
        """Look after the connections from now on."""
        self._sweep_timer = asyncio.get_running_loop().call_later(self._sweep_s, self._sweep)

    def _sweep(self) -> None:
        now_s = asyncio.get_running_loop().time()
        silent_s = _SILENT_HEARTBEATS * self.limits.heartbeat_ms / 1000
        for connection in list(self._connections.values()):
            if connection.protocol.state is State.OPEN:
                if connection.is_silent(now_s, silent_s):
                    connection.cut_off("no sign of life")
            else:
                self._look_at_unopened(connection, now_s - connection.since_s)
        self.start_sweeping()

    def _look_at_unopened(self, connection: Connection, age_s: float) -> None:
        state = connection.protocol.state
        if state is State.HELLO_AWAITED and age_s > self.limits.handshake_ms / 1000:
            connection.end("no hello came in time")
        elif state is State.CLOSED and age_s > _LINGER_S:
            connection.cut_off("did not hang up after bye")

    # -- the end -------------------------------------------------------------------------------------------------------

    def stop_reading(self) -> None:
        """Take no more requests from anybody."""
        for connection in self._connections.values():
            connection.stop_reading()

    async def goodbye(self, reason: str) -> None:
        """Tell everybody, and give them time to hang up."""
        _log.info("bye to %d connections: %s", len(self._connections), reason)
        for connection in list(self._connections.values()):
            connection.end(reason)
        if self._connections:
            self._nobody_left.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._nobody_left.wait(), _LINGER_S)
        self.abort()

    def abort(self) -> None:
        """Cut everybody off and stop looking."""
        if self._sweep_timer is not None:
            self._sweep_timer.cancel()
        for connection in list(self._connections.values()):
            connection.abort()
