"""Who has not dealt yet with what it was told: those a replay's clock waits for.

Beside the dispatcher: in come how many answers and pushes each connection is told, and what clients say of how many they have
dealt with (``heard``); out goes whether somebody is awaited. Only who has said it once is ever waited for, and nobody for
longer than ``wait_s``: one that takes longer is named in the log, and waited for again when it has caught up.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sized

_log = logging.getLogger("miniqmt_sim.server")


class _Listener:
    """One connection."""

    __slots__ = ("behind_since_s", "given_up", "heard", "told")

    def __init__(self) -> None:
        self.told = 0
        self.heard: int | None = None
        """None: it never said how far it is."""
        self.behind_since_s = 0.0
        self.given_up = False


class Attention:
    """Every connection, by its number. With ``wait_s`` 0 nobody is waited for, and nothing is counted."""

    def __init__(self, wait_s: float) -> None:
        self._wait_s = wait_s
        self._listeners: dict[int, _Listener] = {}
        self._taking_part: dict[int, _Listener] = {}

    @property
    def is_paid(self) -> bool:
        """Does anybody say how far it is?"""
        return bool(self._taking_part)

    def open(self, connection: int) -> None:
        """A connection was let in; it was told nothing yet."""
        if self._wait_s:
            self._listeners[connection] = _Listener()

    def close(self, connection: int) -> None:
        """It is gone, or will go."""
        self._listeners.pop(connection, None)
        self._taking_part.pop(connection, None)

    def told(self, connection: int, number: int, now_s: float) -> None:
        """It is told so many things more."""
        listener = self._listeners.get(connection)
        if listener is not None:
            if listener.told == listener.heard:
                listener.behind_since_s = now_s
            listener.told += number

    def told_all(self, words: Mapping[int, Sized], now_s: float) -> None:
        """Each connection is told so many things more."""
        if self._wait_s:
            for connection, said in words.items():
                self.told(connection, len(said), now_s)

    def heard(self, connection: int, number: int) -> str:
        """It has dealt with so many; a sentence says why that cannot be."""
        listener = self._listeners.get(connection)
        if listener is None:
            return ""
        before = listener.heard or 0
        if not before <= number <= listener.told:
            return f"heard: number {number} is not between {before}, said before, and {listener.told}, told so far"
        listener.heard = number
        listener.given_up = listener.given_up and number < listener.told
        self._taking_part[connection] = listener
        return ""

    def is_awaited(self, now_s: float) -> bool:
        """Is somebody behind, and not for too long?"""
        behind = [self._is_behind(*each, now_s) for each in self._taking_part.items()]  # each is looked at
        return any(behind)

    def _is_behind(self, connection: int, listener: _Listener, now_s: float) -> bool:
        if listener.heard == listener.told or listener.given_up:
            return False
        if now_s - listener.behind_since_s < self._wait_s:
            return True
        listener.given_up = True
        _log.warning("connection=%d not waited for: its callbacks take more than %g s", connection, self._wait_s)
        return False
