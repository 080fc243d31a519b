"""One thread that runs callbacks in the order in which they were submitted.

The trader has one for pushes and answers and, in relaxed mode, a second one for the answers of queries.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, Final

from miniqmt_sim.xtquant._faults import Faults

STOP_TIMEOUT_S: Final = 5.0
"""How long ``stop`` waits for callbacks that were submitted before it."""

_log = logging.getLogger("miniqmt_sim.xtquant")
_Task = tuple[Callable[..., object], tuple[Any, ...]]


class Worker:
    """Its thread begins with the first task, keeps no interpreter alive, and survives whatever a callback raises."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stopped = False
        self._dropping = False
        self._faults = Faults()

    @property
    def is_current(self) -> bool:
        """Is this the worker's own thread?"""
        return threading.current_thread() is self._thread

    @property
    def waiting(self) -> int:
        """How many callbacks wait for the one that runs."""
        return self._tasks.qsize()

    def submit(self, task: Callable[..., object], *arguments: Any) -> None:
        """Run a callback after those submitted before; a stopped worker forgets it."""
        with self._lock:
            if self._stopped:
                return
            self._tasks.put((task, arguments))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Take no more tasks and finish those submitted; called by one of them, drop the others."""
        with self._lock:
            if not self._stopped:
                self._stopped = True
                self._tasks.put(None)
            thread = self._thread
        if self.is_current:
            self._dropping = True
        elif thread is not None:
            thread.join(STOP_TIMEOUT_S)
            if thread.is_alive():
                _log.warning("a callback did not return within %g s of stop(); those behind it are dropped", STOP_TIMEOUT_S)
                self._dropping = True

    def abandon(self) -> None:
        """Let the thread end once it has nothing to do: nobody is there any more who could stop it."""
        self._stopped = True
        self._tasks.put(None)

    def _run(self) -> None:
        while (item := self._tasks.get()) is not None and not self._dropping:
            task, arguments = item
            try:
                task(*arguments)
            except BaseException as error:  # sys.exit() in a callback as well: the vendor's worker survives it too
                self._faults.note(error)
            del item, task, arguments  # nothing of a finished task is kept alive while the next one is awaited
