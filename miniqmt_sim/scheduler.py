"""What happens by itself: things due at a time, in order of (due_ms, number). Part of the world, so it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sortedcontainers import SortedDict

from miniqmt_sim.changes import Changes, Counters, Row


class Due(NamedTuple):
    """One thing to come. ``kind`` says which routine runs, ``detail`` is for it."""

    scheduled_id: int
    due_ms: int
    kind: str
    detail: str

    def row(self) -> Row:
        """The row of table scheduled."""
        return tuple(self)


class Scheduler:
    """Things to come, earliest first; two at one moment in the order they were put in."""

    __slots__ = ("_changes", "_counters", "_things", "earliest_ms")

    def __init__(self, changes: Changes, counters: Counters) -> None:
        self._changes = changes
        self._counters = counters
        self._things: SortedDict[tuple[int, int], Due] = SortedDict()
        self.earliest_ms: int | None = None
        """When the next thing is due."""

    def put(self, due_ms: int, kind: str, detail: str = "") -> None:
        """Schedule a thing."""
        thing = Due(self._counters.next("scheduled_id"), due_ms, kind, detail)
        self._things[due_ms, thing.scheduled_id] = thing
        self._changes.put("scheduled", thing.scheduled_id, thing)
        self._look_ahead()

    def _look_ahead(self) -> None:
        self.earliest_ms = int(self._things.keys()[0][0]) if self._things else None

    def pop(self, now_ms: int) -> Due | None:
        """The earliest thing that is due by now, taken out."""
        if self.earliest_ms is None or self.earliest_ms > now_ms:
            return None
        thing: Due = self._things.popitem(0)[1]
        self._changes.put("scheduled", thing.scheduled_id, None)
        self._look_ahead()
        return thing

    def has(self, kind: str) -> bool:
        """Is a thing of this kind to come?"""
        return any(thing.kind == kind for thing in self._things.values())

    def drop(self, kind: str) -> None:
        """Take every thing of a kind out."""
        for key, thing in list(self._things.items()):
            if thing.kind == kind:
                del self._things[key]
                self._changes.put("scheduled", thing.scheduled_id, None)
        self._look_ahead()

    def restore(self, rows: Sequence[Row]) -> None:
        """Take the things to come back from storage."""
        for row in rows:
            thing = Due(*row)
            self._things[thing.due_ms, thing.scheduled_id] = thing
        self._look_ahead()

    def rows(self) -> list[Row]:
        """Rows of table scheduled."""
        return sorted(thing.row() for thing in self._things.values())
