"""Event loops of asyncio that wait in simulated time: what a strategy's loop does while it has nothing to do (``names``).

A loop waits in its selector, for the next timer or for somebody to wake it. Here it passes the baton on meanwhile, so that
callbacks and other threads run and time passes up to that timer. Who wakes it (``call_soon_threadsafe``, what an executor's
thread gives) is heard as soon as the baton comes round. A loop that has sockets of its own holds the time for them first, for
as long as it would wait: what the network says has no simulated time.

Loops of other makes (uvloop, and the proactor that is Windows' usual one) really wait, by the real clock, and hold the time; so
do those of threads that take no part in the backtest, a notebook's for instance.
"""

from __future__ import annotations

import threading
import time
from asyncio import base_events, selector_events
from collections.abc import Callable
from functools import wraps
from selectors import BaseSelector
from typing import Any, Final
from weakref import WeakSet

from miniqmt_sim.backtest.baton import Baton, ms_of

Put = Callable[[Any, str, Any], None]
Select = Callable[..., list[Any]]

_real_s: Final = time.monotonic


def put_loops(put: Put, baton: Baton) -> None:
    """Let loops that are made from now on, by who takes part, wait in simulated time."""
    kind: Any = selector_events.BaseSelectorEventLoop
    began_ms, ours = baton.now_ms, WeakSet[Any]()

    def time_s(loop: Any) -> float:
        # Counted from the beginning: of the seconds since 1970 a float shows too few digits for a timer to be due in time.
        return (baton.now_ms - began_ms) / 1000 if loop in ours else _real_s()

    put(base_events.BaseEventLoop, "time", time_s)
    put(kind, "__init__", _with_selector(kind.__init__, baton, ours))
    put(kind, "_write_to_self", _stirring(kind._write_to_self, baton))


def _with_selector(real: Callable[..., None], baton: Baton, ours: WeakSet[Any]) -> Callable[..., None]:
    @wraps(real)
    def begin(self: Any, *args: Any, **how: Any) -> None:
        real(self, *args, **how)
        if baton.seat_of(threading.get_ident()) is not None:
            selector: Any = self._selector
            selector.select = _selecting(selector, selector.select, baton)
            ours.add(self)

    return begin


def _selecting(selector: BaseSelector, real: Select, baton: Baton) -> Select:
    def select(timeout: float | None = None) -> list[Any]:
        has_sockets = len(selector.get_map()) > 1  # beside what wakes it
        ready = real(timeout if has_sockets and timeout is not None else 0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        baton.wait(None if timeout is None else baton.now_ms + ms_of(timeout), lambda: real(0))
        return real(0)

    return select


def _stirring(real: Callable[[Any], None], baton: Baton) -> Callable[[Any], None]:
    @wraps(real)
    def write(self: Any) -> None:
        real(self)
        baton.stirs += 1

    return write
