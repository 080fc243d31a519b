"""Locks and queues that are waited for in simulated time: what a strategy finds for those of the standard library (``names``).

They stand beside the baton, which may be compiled, because they can be referred to weakly, as those of the library can.
"""

from __future__ import annotations

from collections import deque
from queue import Empty
from typing import Any

from miniqmt_sim.backtest.baton import Baton, ms_of


class Lock:
    """A lock that is waited for in simulated time; takes the place of ``threading.Lock`` while a backtest runs."""

    __slots__ = ("__weakref__", "_baton", "_held")

    def __init__(self, baton: Baton) -> None:
        self._baton = baton
        self._held = False

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Take it; False when it could not be had, in time."""
        if not self._held:
            self._held = True
            return True
        if not blocking:
            return False
        until_ms = None if timeout < 0 else self._baton.now_ms + ms_of(timeout)
        self._baton.wait(until_ms, self._is_free)
        if self._held:
            return False
        self._held = True
        return True

    def release(self) -> None:
        """Give it back. Raises RuntimeError when nobody has it."""
        if not self._held:
            raise RuntimeError("release unlocked lock")
        self._held = False
        self._baton.stirs += 1

    def locked(self) -> bool:
        """Is it taken?"""
        return self._held

    def _is_free(self) -> bool:
        return not self._held

    def _at_fork_reinit(self) -> None:
        self._held = False

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


class Tasks:
    """A queue that is waited for in simulated time; takes the place of ``queue.SimpleQueue``."""

    def __init__(self, baton: Baton) -> None:
        self._baton = baton
        self._items: deque[Any] = deque()

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        """Add an item; never waits."""
        self._items.append(item)
        self._baton.stirs += 1

    put_nowait = put

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        """Take the earliest item. Raises queue.Empty when there is none, in time."""
        if not self._items and block:
            until_ms = None if timeout is None else self._baton.now_ms + ms_of(timeout)
            self._baton.wait(until_ms, self._items.__len__)
        if not self._items:
            raise Empty
        return self._items.popleft()

    def get_nowait(self) -> Any:
        """Take the earliest item. Raises queue.Empty when there is none."""
        return self.get(block=False)

    def qsize(self) -> int:
        """How many wait."""
        return len(self._items)

    def empty(self) -> bool:
        """Does none wait?"""
        return not self._items
