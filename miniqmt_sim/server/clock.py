"""Where the simulated time comes from: the only reader of the wall clock.

The dispatcher stamps every command with ``now_ms``; the core never asks. Three clocks share one interface:
the system's, which an operator can push ahead of the wall; a manual one, which moves only when told; and a replay's, which
begins where a recording begins and runs at the speed it is given, stands still, or waits for those who were told something.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, NamedTuple, Protocol

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

    @property
    def stands(self) -> bool:
        """Does it stand still for others at times? Then it is never later than what has happened."""

    @property
    def wait_s(self) -> float:
        """How many real seconds it waits at most for one who has not dealt with what it was told; 0: it does not."""

    def now_ms(self) -> int:
        """Give the simulated time; never less than before unless moved."""

    def move_to(self, target_ms: int) -> None:
        """Go to a time at once."""

    def seconds_until(self, due_ms: int) -> float | None:
        """Give the real seconds until a simulated time is reached; None: it is not reached by waiting."""

    def run_at(self, speed: float) -> None:
        """Run so many times as fast as the wall; a clock whose pace is not its own takes no notice."""

    def hold(self, at_ms: int, awaited: bool) -> bool:
        """Somebody was told what happened at a time, or asked: stand still there; False where time goes on.

        ``awaited``: may somebody be waited for? Then until ``release``, and ``wait_s`` at most; else for a moment.
        """

    def release(self) -> None:
        """Nobody is waited for any more."""


class SystemClock:
    """The wall clock plus an offset that only grows, so that time never runs backwards, restarts included."""

    __slots__ = ("_last_ms", "_offset_ms", "_wall_ms")
    stands: Final = False
    wait_s: Final = 0.0

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

    def run_at(self, speed: float) -> None:
        """The wall's pace stays."""

    def hold(self, at_ms: int, awaited: bool) -> bool:
        """The wall waits for nobody."""
        return False

    def release(self) -> None:
        """Nobody was waited for."""


class ManualClock:
    """Stands still until it is moved."""

    __slots__ = ("_now_ms",)
    stands: Final = False
    wait_s: Final = 0.0

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

    def run_at(self, speed: float) -> None:
        """It has no pace."""

    def hold(self, at_ms: int, awaited: bool) -> bool:
        """It moves as far as it is told."""
        return False

    def release(self) -> None:
        """Nobody was waited for."""


class ReplayClock:
    """Runs from a time on at a speed of its own; after a word said or heard it stands still.

    For ``grace_s`` in any case, and until ``release`` where somebody is waited for, ``wait_s`` at most: what a strategy answers
    to something is stamped with the time of what it answers to, however fast the replay, as in a backtest.
    """

    __slots__ = ("_grace_s", "_moved_ms", "_quiet_from", "_since", "_speed", "_wall_s", "stands", "wait_s")

    def __init__(
        self, now_ms: int, speed: float, grace_s: float, wait_s: float = 0.0, wall_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._moved_ms = now_ms
        self._speed = speed
        self._grace_s = grace_s
        self._wall_s = wall_s
        self.wait_s = wait_s
        self.stands = grace_s > 0 or wait_s > 0
        self._since = self._quiet_from = wall_s()

    def now_ms(self) -> int:
        """Give the time it was at, plus what passed since at its speed; the grace does not count."""
        passed_s = max(0.0, self._wall_s() - max(self._since, self._quiet_from))
        return self._moved_ms + int(passed_s * self._speed * 1000)

    def move_to(self, target_ms: int) -> None:
        """Go there, and on from there; back as well, as a manual clock."""
        self._moved_ms, self._since = target_ms, self._wall_s()

    def seconds_until(self, due_ms: int) -> float | None:
        """Give the real seconds until ``due_ms``; None while it stands still for good."""
        if not self._speed:
            return None
        still_s = max(0.0, self._quiet_from - self._wall_s())
        return still_s + max(0, due_ms - self.now_ms()) / 1000 / self._speed

    def run_at(self, speed: float) -> None:
        """Go on from here at another speed."""
        self.move_to(self.now_ms())
        self._speed = speed

    def hold(self, at_ms: int, awaited: bool) -> bool:
        """Stand still there for the grace, or until ``release``, if there is a reason to."""
        still_s = max(self._grace_s, self.wait_s) if awaited else self._grace_s
        if not still_s:
            return False
        self.move_to(at_ms)
        self._quiet_from = self._since + still_s
        return True

    def release(self) -> None:
        """Go on once the grace has passed."""
        self._quiet_from = min(self._quiet_from, max(self._since + self._grace_s, self._wall_s()))


class Pace(NamedTuple):
    """How a replay's clock runs: where from, how fast, and how long it stands still for those it talks to."""

    start_ms: int
    speed: float
    grace_ms: int
    wait_ms: int


def make_clock(kind: str, restored_ms: int, pace: Pace | None = None) -> Clock:
    """Make the clock a setting names; ``restored_ms`` is where the stored world stopped, 0 for a new one."""
    if kind == "replay":
        assert pace is not None, "a replay clock has a pace"
        return ReplayClock(max(restored_ms, pace.start_ms), pace.speed, pace.grace_ms / 1000, pace.wait_ms / 1000)
    if kind == "manual":
        return ManualClock(restored_ms or (pace.start_ms if pace is not None else manual_start_ms(wall_ms())))
    return SystemClock(restored_ms)
