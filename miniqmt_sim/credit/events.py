"""What the broker did about a credit account, one row each: calls, close-outs with their orders, compacts that fell due.

Beside station 7. Written for people and auditors (table credit_events, the server's log); the world never reads them back.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from miniqmt_sim.changes import Changes, Counters, Row


class Kind(StrEnum):
    """What happened."""

    WARNING = "warning"
    MARGIN_CALL = "margin_call"
    CALL_ANSWERED = "call_answered"
    CALL_MISSED = "call_missed"
    CLOSE_OUT = "close_out"
    OVERDUE = "overdue"
    EXTENDED = "extended"
    INTEREST_TAKEN = "interest_taken"


class Event(NamedTuple):
    """One of them. ``ratio_ppm`` is the maintenance ratio then; ``order_id`` 0: none."""

    event_id: int
    account_id: str
    day: int
    event_ms: int
    kind: str
    ratio_ppm: int
    order_id: int
    detail: str

    def row(self) -> Row:
        """The row of table credit_events."""
        return tuple(self)


class Events:
    """Writes them down."""

    __slots__ = ("_changes", "_counters", "noted")

    def __init__(self, changes: Changes, counters: Counters) -> None:
        self._changes = changes
        self._counters = counters
        self.noted: list[Event] = []
        """Those that nobody has taken yet."""

    def note(self, account_id: str, kind: Kind, ratio_ppm: int, now_ms: int, detail: str = "", order_id: int = 0) -> None:
        """Write one."""
        event_id, day = self._counters.next("credit_event_id"), self._counters["day"]
        event = Event(event_id, account_id, day, now_ms, str(kind), ratio_ppm, order_id, detail)
        self._changes.put("credit_events", event_id, event)
        self.noted.append(event)

    def take(self) -> list[Event]:
        """Those of the last step, for the log."""
        noted, self.noted = self.noted, []
        return noted
