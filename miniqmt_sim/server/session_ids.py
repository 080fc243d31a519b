"""Which session ids are not free again yet, although their connections have ended."""

from __future__ import annotations


class SessionIds:
    """Which session ids ended so recently that they are not free again, as a real terminal notices late."""

    __slots__ = ("_cooldown_s", "_ended", "_live")

    def __init__(self, cooldown_s: float) -> None:
        self._cooldown_s = cooldown_s
        self._live: dict[int, int] = {}
        self._ended: dict[int, float] = {}

    def take(self, connection: int, session_id: int) -> None:
        """A trader's connection was let in."""
        if self._cooldown_s:
            self._live[connection] = session_id

    def release(self, connection: int, now_s: float) -> None:
        """A connection is gone; ids that are free again are forgotten."""
        session_id = self._live.pop(connection, None)
        if session_id is not None:
            self._ended = {known: ended for known, ended in self._ended.items() if now_s - ended < self._cooldown_s}
            self._ended[session_id] = now_s

    def is_cooling(self, session_id: int, now_s: float) -> bool:
        """Did this id's connection end a moment ago?"""
        ended = self._ended.get(session_id)
        return ended is not None and now_s - ended < self._cooldown_s
