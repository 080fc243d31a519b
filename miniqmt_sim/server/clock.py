"""Where the simulated time comes from: the only reader of the wall clock.

The dispatcher stamps every command with ``now_ms``; the core never asks. Two clocks share one interface:
the system's, which an operator can push ahead of the wall, and a manual one, which moves only when told.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, Protocol

_HOUR_MS: Final = 3_600_000
_DAY_MS: Final = 24 * _HOUR_MS
_CHINA_OFFSET_MS: Final = 8 * _HOUR_MS
_MANUAL_START_MS: Final = 9 * _HOUR_MS
"""A new world under a manual clock begins at 09:00, before the opening auction."""


def wall_ms() -> int:
    """Read the wall clock in epoch milliseconds."""
    return time.time_ns() // 1_000_000


def manual_start_ms(now_ms: int) -> int:
    """Give 09:00 China time of the date of ``now_ms``."""
    day_start_ms = (now_ms + _CHINA_OFFSET_MS) // _DAY_MS * _DAY_MS - _CHINA_OFFSET_MS
    return day_start_ms + _MANUAL_START_MS


class Clock(Protocol):
    """What the dispatcher needs to know of time."""

    def now_ms(self) -> int:
        """Give the simulated time; never less than before unless moved."""

    def move_to(self, target_ms: int) -> None:
        """Go to a time at once."""

    def seconds_until(self, due_ms: int) -> float | None:
        """Give the real seconds until a simulated time is reached; None: it is not reached by waiting."""


class SystemClock:
    """The wall clock plus an offset that only grows, so that time never runs backwards, restarts included."""

    __slots__ = ("_last_ms", "_offset_ms", "_wall_ms")

    def __init__(self, not_before_ms: int, wall_ms: Callable[[], int] = wall_ms) -> None:
        self._wall_ms = wall_ms
        self._offset_ms = max(0, not_before_ms - wall_ms())
        self._last_ms = not_before_ms

    def now_ms(self) -> int:
        """Give the wall's time plus the offset, or the last time given when the wall was set back."""
        self._last_ms = max(self._last_ms, self._wall_ms() + self._offset_ms)
        return self._last_ms

    def move_to(self, target_ms: int) -> None:
        """Raise the offset so that it is ``target_ms`` now; a time already passed changes nothing."""
        self._offset_ms = max(self._offset_ms, target_ms - self._wall_ms())

    def seconds_until(self, due_ms: int) -> float | None:
        """Give the real seconds until ``due_ms``."""
        return max(0, due_ms - self.now_ms()) / 1000


class ManualClock:
    """Stands still until it is moved."""

    __slots__ = ("_now_ms",)

    def __init__(self, now_ms: int) -> None:
        self._now_ms = now_ms

    def now_ms(self) -> int:
        """Give the time it was moved to last."""
        return self._now_ms

    def move_to(self, target_ms: int) -> None:
        """Go there; back as well, because a world in which nothing has happened may be set to any time."""
        self._now_ms = target_ms

    def seconds_until(self, due_ms: int) -> float | None:
        """Nothing comes by waiting."""
        return None


def make_clock(kind: str, restored_ms: int) -> Clock:
    """Make the clock a setting names; ``restored_ms`` is where the stored world stopped, 0 for a new one."""
    if kind == "manual":
        return ManualClock(restored_ms or manual_start_ms(wall_ms()))
    return SystemClock(restored_ms)
