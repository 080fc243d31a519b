"""Station 2, the server's side of one connection without I/O: bytes and messages in, events and bytes out.

Two inlets: ``receive`` takes the peer's bytes, ``send``, ``welcome`` and ``close`` take what the server says.
Two outlets: ``receive`` yields what the server must act on, ``outgoing`` gives the bytes to be sent.

What may be said when, and by whom, stands in two tables: ``_REACTIONS`` (state × flow of the message; an absent key is
the peer's fault) and ``_MAY_ASK`` (role × flow). Every fault ends in one place: ``bye`` with the reason, and nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import Enum, StrEnum
from hmac import compare_digest
from typing import Final, NamedTuple

from miniqmt_sim.constants import PROTOCOL_VERSION
from miniqmt_sim.errors import MessageError, PeerError
from miniqmt_sim.wire.frames import MAX_REQUEST_BYTES, FrameReader
from miniqmt_sim.wire.messages import BY_NAME, Flow, Request, Said, frame, parse_request


class State(Enum):
    """How far the conversation is; the value completes "cannot be said while …"."""

    HELLO_AWAITED = "hello is awaited"
    ADMISSION_AWAITED = "the answer to hello is awaited"
    OPEN = "the connection is open"
    CLOSED = "the connection is closed"


class Role(StrEnum):
    """What the token of a connection entitles it to."""

    TRADER = "trader"
    DATA = "data"
    OPERATOR = "operator"


class Hello(NamedTuple):
    """A peer with a valid token asks to be let in; answer with ``welcome`` or ``close``."""

    role: Role
    session_id: int
    client: str


class Heard(NamedTuple):
    """A peer has dealt with so many answers and pushes."""

    number: int


Event = Hello | Request | Heard


class Terms(NamedTuple):
    """What is the same for every connection of a server."""

    trader_token: str
    operator_token: str
    heartbeat_ms: int
    server: str
    waits: bool = False
    """Does the clock wait for clients that say ``heard``?"""


class ServerProtocol:
    """The conversation with one client."""

    __slots__ = ("_may_ask", "_outbox", "_reader", "_terms", "fault", "role", "session_id", "state")

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._reader = FrameReader(MAX_REQUEST_BYTES)
        self._outbox: list[bytes] = []
        self._may_ask: frozenset[str] = frozenset()
        """What is nothing but a request, now."""
        self.state = State.HELLO_AWAITED
        self.role = Role.TRADER
        self.session_id = 0
        self.fault = ""
        """How the peer broke the protocol; empty as long as it did not."""

    @property
    def closed(self) -> bool:
        """Has bye been said?"""
        return self.state is State.CLOSED

    # -- inlets --------------------------------------------------------------------------------------------------------

    def receive(self, data: bytes) -> Iterator[Event]:
        """Take bytes of the peer in, give what the server must act on out.

        The caller may stop early when it cannot take more; ``receive(b"")`` goes on where it stopped.
        """
        if self.closed:
            return
        if data == _PING and self.state is State.OPEN and not self._reader.pending_bytes:
            self._outbox.append(_PONG)  # most of what idle connections say: worth not being parsed
            return
        try:
            for payload in self._reader.feed(data):
                request = parse_request(payload)
                event = request if request.name in self._may_ask else self._react(request)
                if event is not None:
                    yield event
                if self.state is State.CLOSED:
                    return
        except PeerError as error:
            self.fault = str(error)
            self.close(self.fault)

    def welcome(self) -> None:
        """Let the peer in that said hello."""
        assert self.state is State.ADMISSION_AWAITED
        self.state = State.OPEN
        self._may_ask = _MAY_ASK[self.role]
        terms = self._terms
        self.send(
            {
                "t": "welcome",
                "protocol": PROTOCOL_VERSION,
                "server": terms.server,
                "role": self.role.value,
                "heartbeat_ms": terms.heartbeat_ms,
                "waits": terms.waits,
            }
        )

    def send(self, message: Said) -> None:
        """Say something; a closed connection says nothing more."""
        if not self.closed:
            self._outbox.append(frame(message))

    def close(self, reason: str) -> None:
        """Say bye with a reason; nothing follows in either direction."""
        self.send({"t": "bye", "reason": reason})
        self.state = State.CLOSED

    # -- outlet --------------------------------------------------------------------------------------------------------

    def outgoing(self) -> bytes:
        """Give the bytes to be sent, once."""
        data = b"".join(self._outbox)
        self._outbox.clear()
        return data

    # -- reactions -----------------------------------------------------------------------------------------------------

    def _react(self, request: Request) -> Event | None:
        reaction = _REACTIONS.get((self.state, BY_NAME[request.name].flow))
        if reaction is None:
            raise MessageError(f"{request.name} cannot be said while {self.state.value}")
        return reaction(self, request)

    def _on_hello(self, request: Request) -> Event:
        fields = request.fields
        if fields["protocol"] != PROTOCOL_VERSION:
            raise MessageError(f"this server speaks protocol {PROTOCOL_VERSION}, not {fields['protocol']}")
        self.role = self._role_of(fields["token"])
        if self.role is Role.TRADER:
            self.role = _role_for(fields["purpose"])
        self.session_id = fields["session_id"]
        self.state = State.ADMISSION_AWAITED
        return Hello(self.role, self.session_id, fields["client"])

    def _role_of(self, token: str) -> Role:
        given = token.encode()
        for role, expected in ((Role.TRADER, self._terms.trader_token), (Role.OPERATOR, self._terms.operator_token)):
            if compare_digest(given, expected.encode()):
                return role
        raise MessageError("the token is not one of this server's")

    def _on_control(self, request: Request) -> Event | None:
        if request.name == "heard":
            return Heard(request.fields["number"])
        self._outbox.append(_PONG)
        return None

    def _on_request(self, request: Request) -> None:
        """Refuse what this role may not ask; what it may is let through before this is looked up."""
        wanted = _NEEDED.get((self.role, BY_NAME[request.name].flow), f"another token than {_WHOSE[self.role]}")
        raise MessageError(f"{request.name} needs {wanted}")


def _role_for(purpose: str) -> Role:
    """What a trader's token is used for. Raises MessageError."""
    if purpose not in _PURPOSES:
        raise MessageError(f"unknown purpose {purpose[:40]!r}")
    return _PURPOSES[purpose]


_PURPOSES: Final = {"trade": Role.TRADER, "data": Role.DATA}


_PING: Final = frame({"t": "ping"})
_PONG: Final = frame({"t": "pong"})

_REACTIONS: Final[dict[tuple[State, Flow], Callable[[ServerProtocol, Request], Event | None]]] = {
    (State.HELLO_AWAITED, Flow.HANDSHAKE): ServerProtocol._on_hello,
    (State.OPEN, Flow.CONTROL): ServerProtocol._on_control,
    (State.OPEN, Flow.REQUEST): ServerProtocol._on_request,
    (State.OPEN, Flow.DATA): ServerProtocol._on_request,
    (State.OPEN, Flow.OPERATOR): ServerProtocol._on_request,
}

_WHOSE: Final = {Role.TRADER: "a trader's", Role.DATA: "a trader's", Role.OPERATOR: "an operator's"}
_NEEDED: Final = {
    (Role.TRADER, Flow.DATA): "a connection whose hello says purpose data",
    (Role.DATA, Flow.REQUEST): "a connection whose hello says purpose trade",
}

_FOR_EVERY_ROLE: Final = frozenset({"health"})

_MAY_ASK: Final[dict[Role, frozenset[str]]] = {
    role: _FOR_EVERY_ROLE | {name for name, message in BY_NAME.items() if message.flow is flow}
    for role, flow in ((Role.TRADER, Flow.REQUEST), (Role.DATA, Flow.DATA), (Role.OPERATOR, Flow.OPERATOR))
}
