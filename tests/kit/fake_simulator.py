"""A simulator without a world, for tests of the shell: answers from the message table, and remembers what it was asked."""

from __future__ import annotations

from typing import Any

from miniqmt_sim.errors import CommandRefused
from miniqmt_sim.simulator import Command, Outcome
from miniqmt_sim.wire.messages import BY_NAME, Kind, Request, Shape

EMPTY = {Kind.INT: 0, Kind.NUMBER: 0.0, Kind.TEXT: "", Kind.BOOL: True, Kind.LEVELS: [], Kind.STRINGS: []}


class FakeSimulator:
    """The interface of ``Simulator``. A request that may change the world is pushed to every session as order number n."""

    def __init__(self) -> None:
        self.commands: list[Command] = []
        self.sessions: dict[int, int] = {}
        self.due: list[tuple[int, Outcome]] = []
        """(due_ms, what happens then), in order; one slice each."""
        self._facts: dict[str, dict[tuple[Any, ...], tuple[Any, ...] | None]] = {}
        self.fails_at: str | None = None
        """Name of a request that meets a bug."""

    def open_session(self, connection: int, role: str, session_id: int) -> str | None:
        if role == "trader" and session_id in self.sessions.values():
            return f"session {session_id} is in use"
        if role == "trader":
            self.sessions[connection] = session_id
        return None

    def close_session(self, connection: int) -> None:
        self.sessions.pop(connection, None)

    def step(self, command: Command) -> Outcome:
        request = command.request
        assert request.name != self.fails_at, "a bug"
        self.commands.append(command)
        message = BY_NAME[request.name]
        answer = {field.name: request.fields.get(field.name, EMPTY[field.kind]) for field in message.answer}
        body: dict[str, Any] = {"rows": [answer], "more": False} if message.shape is Shape.ROWS else answer
        replies = [(command.connection, {"t": "reply", "seq": request.seq, **body})]
        if not self.journaled(request):
            return Outcome(replies, [])
        push = {"t": "push_stock_order", "order_id": len(self.commands)}
        self._facts = happened(command.now_ms)
        return Outcome(replies, [(tuple(self.sessions), push)])

    def take_facts(self, quotes: bool = True) -> dict[str, dict[tuple[Any, ...], tuple[Any, ...] | None]]:
        facts, self._facts = self._facts, {}
        return facts

    def next_due_ms(self) -> int | None:
        return self.due[0][0] if self.due else None

    def changes_by(self, now_ms: int) -> bool:
        return bool(self.due) and self.due[0][0] <= now_ms

    def catch_up(self, now_ms: int) -> Outcome | None:
        if not self.due or self.due[0][0] > now_ms:
            return None
        due_ms, outcome = self.due.pop(0)
        self._facts = happened(due_ms)
        return outcome

    def clock_target(self, request: Request, now_ms: int) -> int:
        duration_ms = int(request.fields.get("duration_ms", 0))
        if duration_ms < 0:
            raise CommandRefused("time only goes forward")
        return now_ms + duration_ms

    def state_hash(self) -> str:
        return "0" * 64

    size = 0
    day = 0

    def shown_rows(self) -> dict[str, list[Any]]:
        return {}

    def shown_fields(self, request: Request) -> dict[str, Any]:
        return request.fields

    def journaled(self, request: Request) -> bool:
        return not request.name.startswith(("query_", "health", "ctl_clock"))


def happened(now_ms: int) -> dict[str, dict[tuple[Any, ...], tuple[Any, ...] | None]]:
    """Facts of something that happened at a time."""
    return {"counters": {("now_ms",): ("now_ms", now_ms)}}
