"""A server without a world, for tests of the client: speaks the wire, answers from its table, does what a test tells it.

Every request is noted and answered with the table's fields, those of the request mirrored; ``answers`` replaces that for a
name. ``push``, ``bye``, ``drop`` and ``mute`` are what a server can do to its clients.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from miniqmt_sim.client import discovery
from miniqmt_sim.client.discovery import Discovery, Endpoint
from miniqmt_sim.wire.messages import BY_NAME, JsonObject, Kind, Request, Shape
from miniqmt_sim.wire.protocol import Heard, Hello, ServerProtocol, Terms

TOKEN = "trader-token"
OPERATOR_TOKEN = "operator-token"
EMPTY = {Kind.INT: 0, Kind.NUMBER: 0.0, Kind.TEXT: "", Kind.BOOL: True, Kind.LEVELS: [], Kind.STRINGS: []}
PATIENCE_S = 10.0

AnswerOf = Callable[[Request], Iterable[JsonObject]]


def eventually(condition: Callable[[], Any], what: str = "the condition") -> Any:
    """Wait until a condition holds; fail the test when it never does."""
    deadline = time.monotonic() + PATIENCE_S
    while not (value := condition()):
        assert time.monotonic() < deadline, f"{what} did not come true"
        time.sleep(0.002)
    return value


def row_of(message: str, **values: Any) -> JsonObject:
    """Make a row, or a push, with every field of the table: those given, the others empty."""
    entry = BY_NAME[message]
    return {field.name: values.get(field.name, EMPTY[field.kind]) for field in entry.answer or entry.fields}


class FakeServer:
    """Listens on loopback while its ``with`` block runs."""

    def __init__(self, heartbeat_ms: int = 60_000) -> None:
        self.heartbeat_ms = heartbeat_ms
        self.refuse: str | None = None
        """Answer every hello with this reason instead of a welcome."""
        self.silent = False
        """Read on, and say nothing any more, not even pong."""
        self.answers: dict[str, AnswerOf] = {}
        self.requests: list[Request] = []
        self.pings = 0
        self.waits = False
        """Tell clients that the clock waits for them."""
        self.heard: list[int] = []
        self._order_ids = itertools.count(1_048_577)
        self._peers: dict[_Peer, int] = {}
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self) -> FakeServer:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.drop()
        for thread in self._threads:
            thread.join(PATIENCE_S)
            assert not thread.is_alive()

    @property
    def addr(self) -> str:
        return f"127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(self.addr, TOKEN)

    @property
    def sessions(self) -> list[int]:
        """Sessions of the clients that are connected now."""
        return sorted(self._peers.values())

    def announce(self, userdata: Path) -> Path:
        """Write the discovery file, as a real server does."""
        discovery.write(userdata, Discovery(self.addr, None, TOKEN, OPERATOR_TOKEN, pid=1, server="fake"))
        return userdata

    def names(self) -> list[str]:
        return [request.name for request in self.requests]

    def wait_for_request(self, name: str) -> Request:
        return eventually(lambda: next((r for r in self.requests if r.name == name), None), f"a request {name}")

    def push(self, name: str, **fields: Any) -> None:
        """Push a message to every client."""
        self.send({"t": name, **row_of(name, **fields)})

    def send(self, message: JsonObject) -> None:
        for peer in list(self._peers):
            peer.send(message)

    def send_bytes(self, data: bytes) -> None:
        for peer in list(self._peers):
            peer.socket.sendall(data)

    def bye(self, reason: str) -> None:
        for peer in list(self._peers):
            peer.protocol.close(reason)
            peer.flush()
            peer.end()

    def drop(self) -> None:
        """Break every connection without a word."""
        for peer in list(self._peers):
            peer.end()

    def default_answer(self, request: Request) -> Iterable[JsonObject]:
        """Give the reply every request gets that no entry of ``answers`` covers."""
        message = BY_NAME[request.name]
        if message.shape is Shape.ROWS:
            return [{"rows": [], "more": False}]
        answer = row_of(request.name, **request.fields)
        if request.name == "order_stock":
            answer["order_id"] = next(self._order_ids)
        return [answer]

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            peer = _Peer(self, connection)
            thread = threading.Thread(target=peer.serve, daemon=True)
            self._threads.append(thread)
            thread.start()

    def joined(self, peer: _Peer, session_id: int) -> None:
        self._peers[peer] = session_id

    def left(self, peer: _Peer) -> None:
        self._peers.pop(peer, None)


class _Peer:
    def __init__(self, server: FakeServer, connection: socket.socket) -> None:
        self.server = server
        self.socket = connection
        self.protocol = ServerProtocol(Terms(TOKEN, OPERATOR_TOKEN, server.heartbeat_ms, "fake 1.0", server.waits))
        self._lock = threading.RLock()

    def serve(self) -> None:
        try:
            while data := self.socket.recv(65536):
                with self._lock:
                    self.server.pings += data.count(b'"ping"')
                    for event in self.protocol.receive(data):
                        self._take(event)
                    self.flush()
        except OSError:
            pass
        self.server.left(self)
        self.socket.close()

    def send(self, message: JsonObject) -> None:
        with self._lock:
            self.protocol.send(message)
            self.flush()

    def flush(self) -> None:
        data = self.protocol.outgoing()
        if not self.server.silent:
            self.socket.sendall(data)

    def end(self) -> None:
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)

    def _take(self, event: Hello | Request | Heard) -> None:
        if isinstance(event, Heard):
            self.server.heard.append(event.number)
        elif isinstance(event, Request):
            self.server.requests.append(event)
            answer = self.server.answers.get(event.name, self.server.default_answer)
            for reply in answer(event):
                self.protocol.send({"t": "reply", "seq": event.seq, **reply})
        elif self.server.refuse is not None:
            self.protocol.close(self.server.refuse)
        elif event.session_id in self.server.sessions and event.session_id:
            self.protocol.close(f"session {event.session_id} is in use")
        else:
            self.protocol.welcome()
            self.server.joined(self, event.session_id)
