"""What the dispatcher needs of its neighbours: of the connections, of the store, and of recorded files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from miniqmt_sim.changes import Facts
from miniqmt_sim.simulator import Simulator
from miniqmt_sim.wire.messages import JsonObject, Request


class Outlet(Protocol):
    """What carries the dispatcher's words to the connections; a connection that is gone is ignored."""

    def send(self, connection: int, frames: list[bytes]) -> None:
        """Hand frames to a connection."""

    def welcome(self, connection: int) -> None:
        """Let a connection in."""

    def end(self, connection: int, reason: str) -> None:
        """Say bye to a connection and close it."""


Stored = Callable[[BaseException | None], None]
"""What is called in the loop's thread when a batch is stored, or with why it could not be."""


class Ledger(Protocol):
    """Where facts go."""

    @property
    def answers_first(self) -> bool:
        """May an answer leave before it is stored?"""

    def commit(self, facts: Facts, stored: Stored) -> None:
        """Begin to store the facts of one batch. May raise what an earlier one met."""


class Archive(Protocol):
    """What answers requests that data files can answer; None for those of the core."""

    def answer(self, request: Request, now_ms: int, simulator: Simulator) -> JsonObject | None:
        """Answer as of now."""
