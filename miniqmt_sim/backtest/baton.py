"""Threads that run one at a time and wait in simulated time: why a backtest with threads gives the same answer every time.

A strategy has several threads: its own, those for callbacks, perhaps more. Elsewhere the system decides who runs when. Here
one of them holds the baton and runs; it keeps it until it waits: for time to pass (``sleep``), for a lock, an event, a task.
Then the next who need wait no longer gets it, in the order in which they began to wait. Only when nobody is ready does time
pass, one slice of the simulation after the other, until somebody is: the thread that waits does that itself.

The SDK's callbacks wait in strands: each runs its own one after the other, and stands in the same order as a thread would.
But it has no thread: one runner runs them all, and lets time pass in between, so that no bar and no push costs a switch of
threads. A callback that waits keeps its runner; the other strands then get another one.

So the clock advances only when no callback is left to run and no call is open. Whatever blocks by other means (a socket, a
subprocess) holds the baton meanwhile, and simulated time stands still.
"""

from __future__ import annotations

import _thread
import logging
import math
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Final, Protocol

from miniqmt_sim.backtest.ending import SWALLOWED, innermost_outside, raise_between_lines
from miniqmt_sim.xtquant._faults import Faults
from miniqmt_sim.xtquant._worker import STOP_TIMEOUT_S

END_WITHIN_S: Final = 5.0
"""Real seconds a thread has to end with the backtest; one that does something else is left behind."""
OUTSIDE_S: Final = 0.001
"""Real seconds between two looks of a thread that takes no part in a backtest and waits beside it."""
NEVER_MS: Final = 2**63 - 1
_real_s: Final = time.monotonic
_real_sleep: Final = time.sleep
_new_lock: Final = _thread.allocate_lock
"""The system's own lock, whatever ``threading`` offers meanwhile."""
_new_thread = _thread.start_new_thread

_log = logging.getLogger("miniqmt_sim.xtquant")


class Over(BaseException):
    """The backtest is over: raised where the strategy's own thread waits, to take it out of whatever it does."""


class Gone(BaseException):
    """The same in every other thread, which ends by it without a word."""


class Simulation(Protocol):
    """What makes time pass."""

    @property
    def now_ms(self) -> int:
        """The simulated time."""

    def advance(self, until_ms: int | None) -> bool:
        """Let the next thing happen, no later than a time (None: whenever); False when there is nothing more by then."""


_Task = tuple[Callable[..., object], tuple[Any, ...]]


class _Waiter:
    """Who may wait, and for what: callbacks to run, until something is so, or until a time."""

    __slots__ = ("is_ready", "tasks", "until_ms")

    def __init__(self, tasks: deque[_Task]) -> None:
        self.tasks = tasks
        self.is_ready: Callable[[], object] | None = None
        self.until_ms: int | None = None


_NO_TASKS: Final[deque[_Task]] = deque(maxlen=0)
"""Threads have none."""


class _Seat(_Waiter):
    """A thread and what it waits for."""

    __slots__ = ("ends", "is_done", "is_main", "left", "strand", "turn")

    def __init__(self, is_main: bool = False) -> None:
        super().__init__(_NO_TASKS)
        self.turn = _new_lock()
        self.turn.acquire()
        self.left = _new_lock()
        self.left.acquire()
        self.is_main = is_main
        self.is_done = False
        self.strand: Strand | None = None
        """What a runner is to run, once it has the baton."""
        self.ends = 0
        """How often it was told that the backtest is over."""


def _at_once() -> bool:
    return True


class Baton:
    """Passes from thread to thread. ``stop`` says whether the user wants an end."""

    def __init__(self, simulation: Simulation, stop: Callable[[], bool]) -> None:
        self._simulation = simulation
        self.stop: Final = stop
        self._seats: dict[int, _Seat] = {}
        self._waiting: dict[_Waiter, None] = {}
        self._spawned: dict[_Seat, None] = {}
        self._runners: list[_Seat] = []
        """Those that have nothing to run, and wait for the baton."""
        self._outermost = 0
        self._tracer = sys.gettrace()
        self.is_over = False
        self.stirs = 0
        """How often something has happened that somebody may wait for."""
        self.reason = ""
        self.failure: Exception | None = None
        """What went wrong in the simulation itself; the backtest is over then, and its results are worth nothing."""
        self.faults: Final = Faults()
        """What callbacks raised."""

    @property
    def now_ms(self) -> int:
        """The simulated time."""
        return self._simulation.now_ms

    # ---- life ----------------------------------------------------------------------------------------------------------

    def enter_main(self) -> None:
        """The calling thread is the strategy's own, and has the baton; the calling function is going to call the strategy."""
        self._outermost = innermost_outside(__name__)
        self._seats[threading.get_ident()] = _Seat(is_main=True)

    def spawn(self, start: Callable[..., Any], function: Callable[..., Any], args: tuple[Any, ...], **how: Any) -> Any:
        """Start a thread that waits for its first turn; one started by a thread that takes no part takes none either.

        Raises RuntimeError when the system has no more threads to give.
        """
        if threading.get_ident() not in self._seats:
            return start(function, args, **how)
        seat = _Seat()
        self.stirs += 1
        seat.is_ready = _at_once
        self._waiting[seat] = self._spawned[seat] = None

        def body(*given: Any) -> None:
            seat.turn.acquire()
            self._seats[threading.get_ident()] = seat
            try:
                if not self.is_over:
                    function(*given)
            except Gone:
                pass
            finally:
                self._leave(seat)

        try:
            return start(body, args, **how)
        except BaseException:
            del self._waiting[seat], self._spawned[seat]
            raise

    def join(self, strand: Strand) -> None:
        """A strand has its first callback, and waits for its turn from now on."""
        self._waiting[strand] = None
        self.stirs += 1

    def _leave(self, seat: _Seat) -> None:
        seat.is_done = True
        self._seats.pop(threading.get_ident(), None)
        self._spawned.pop(seat)
        seat.left.release()
        if not self.is_over:
            self._drive(None)

    def seat_of(self, ident: int | None) -> _Seat | None:
        """The seat of a thread that takes part and has begun."""
        return self._seats.get(ident) if ident is not None else None

    def finish(self, reason: str) -> None:
        """Take every thread but the calling one out of what it waits for, and see them end."""
        self.is_over = True
        self.reason = self.reason or reason
        left = list(self._spawned)
        for seat in (*self._waiting, *self._runners):
            if isinstance(seat, _Seat):
                seat.turn.release()
        self._waiting.clear()
        self._runners.clear()
        for seat in left:
            seat.left.acquire(timeout=END_WITHIN_S)
        own = self._seats.get(threading.get_ident())
        if own is not None and own.ends > SWALLOWED:
            sys.settrace(self._tracer)

    # ---- waiting -------------------------------------------------------------------------------------------------------

    def wait(self, until_ms: int | None, is_ready: Callable[[], object] | None) -> None:
        """Wait until something is so, or until a time; None: for good. Raises Over or Gone when the backtest ends."""
        seat = self._seats.get(threading.get_ident())
        if seat is None:
            self._wait_outside(until_ms, is_ready)
            return
        if not self.is_over:
            self.stirs += 1
            seat.until_ms, seat.is_ready = until_ms, is_ready
            self._waiting[seat] = None
            self._drive(seat)
        if self.is_over:
            self._end_thread(seat)

    def _end_thread(self, seat: _Seat) -> None:
        """Raise Over or Gone here, and where that is swallowed again and again, elsewhere too."""
        end: type[BaseException] = Over if seat.is_main else Gone
        if seat.strand is not None:
            seat.strand.drop()
        seat.ends += 1
        if seat.ends > SWALLOWED:
            raise_between_lines(end, seat.ends - SWALLOWED, self._outermost)
        raise end

    def _wait_outside(self, until_ms: int | None, is_ready: Callable[[], object] | None) -> None:
        """A thread that takes no part, such as a notebook's, really waits."""
        end_s = _real_s() + (until_ms - self.now_ms) / 1000 if until_ms is not None else math.inf
        while not (is_ready is not None and is_ready()) and _real_s() < end_s:
            _real_sleep(min(OUTSIDE_S, max(end_s - _real_s(), 0.0)))

    def _drive(self, own: _Seat | None) -> None:
        """Let time pass until somebody is ready, and give the baton away unless it is this thread; then wait for it."""
        first = self._next()
        self._waiting.pop(first, None)
        if first is own:
            return
        self._seat_for(first).turn.release()
        if own is not None:
            own.turn.acquire()

    def _seat_for(self, first: _Waiter) -> _Seat:
        """The thread that goes on with somebody."""
        if isinstance(first, Strand):
            return self._runner_for(first)
        assert isinstance(first, _Seat)
        return first

    def _next(self) -> _Waiter:
        """Who goes on: the first of those who wait and need to no longer. Time passes until there is one."""
        waiting, simulation, stop = self._waiting, self._simulation, self.stop
        while True:
            until_ms = None
            for each in waiting:
                is_ready, end_ms = each.is_ready, each.until_ms
                if each.tasks or (is_ready is not None and is_ready()):
                    return each
                if end_ms is not None and (until_ms is None or end_ms < until_ms):
                    if end_ms <= simulation.now_ms:
                        return each
                    until_ms = end_ms
            if self.failure is not None:
                return self._end("the simulator failed")
            if stop():
                return self._end("stopped")
            try:
                goes_on = simulation.advance(until_ms)
            except Exception as error:  # whichever thread let time pass, it is not its fault
                self.failure = error
                return self._end("the simulator failed")
            if not goes_on:
                return self._end("the recording is over")

    def idle_until_ms(self) -> int:
        """Until when nobody is ready but the calling thread, as long as ``stirs`` stays what it is; 0: somebody is now."""
        until_ms = 0 if self.is_over else NEVER_MS
        for each in self._waiting:
            if each.tasks or (each.is_ready is not None and each.is_ready()):
                return 0
            if each.until_ms is not None and each.until_ms < until_ms:
                until_ms = each.until_ms
        return until_ms

    def _end(self, reason: str) -> _Seat:
        """The backtest is over: the strategy's own thread hears it first."""
        self.is_over, self.reason = True, reason
        seats = (each for each in (*self._seats.values(), *self._waiting) if isinstance(each, _Seat))
        return next(seat for seat in seats if seat.is_main)

    # ---- callbacks -----------------------------------------------------------------------------------------------------

    def _runner_for(self, strand: Strand) -> _Seat:
        """A runner that has nothing to run, to be given the baton and a strand."""
        if self._runners:
            runner = self._runners.pop()
        else:
            runner = _Seat()
            try:
                _new_thread(self._be_runner, (runner,))
            except RuntimeError as error:  # the system has no more threads to give
                self.failure = error
                main = self._end("the simulator failed")
                self._waiting.pop(main, None)
                return main
            self._spawned[runner] = None
        runner.strand = strand
        return runner

    def _be_runner(self, own: _Seat) -> None:
        """Run strands, and let time pass while none is ready; give the baton away when a thread is."""
        own.turn.acquire()
        self._seats[threading.get_ident()] = own
        try:
            while not self.is_over and own.strand is not None:
                own.strand.run()
                if self.is_over:  # and the callback that was told has swallowed it
                    break
                self._waiting[own.strand] = None
                first = self._next()
                self._waiting.pop(first, None)
                if isinstance(first, Strand):
                    own.strand = first
                else:
                    self._runners.append(own)
                    self._seat_for(first).turn.release()
                    own.turn.acquire()
        except Gone:
            pass
        finally:
            vars(threading)["_active"].pop(threading.get_ident(), None)  # what current_thread() made up for a callback
            self._leave(own)


class Strand(_Waiter):
    """Callbacks that run one after the other in the order of their submission; it takes the place of the SDK's ``Worker``.

    It has no thread of its own: while none of its callbacks waits it does not matter which one runs them.
    """

    __slots__ = ("_baton", "_dropping", "_has_begun", "_ident", "_stopped")

    def __init__(self, baton: Baton) -> None:
        super().__init__(deque())
        self._baton = baton
        self._ident: int | None = None
        self._has_begun = self._stopped = self._dropping = False

    @property
    def is_current(self) -> bool:
        """Is this the thread that runs it?"""
        return self._ident == threading.get_ident()

    @property
    def waiting(self) -> int:
        """How many callbacks wait for the one that runs."""
        return len(self.tasks)

    def submit(self, task: Callable[..., object], *arguments: Any) -> None:
        """Run a callback after those submitted before; a stopped strand forgets it."""
        if not self._stopped:
            self.tasks.append((task, arguments))
            self._baton.stirs += 1
            if not self._has_begun:
                self._has_begun = True
                self._baton.join(self)

    def stop(self) -> None:
        """Take no more callbacks and finish those submitted; called by one of them, drop the others."""
        self._stopped = True
        if self.is_current:
            self._dropping = True
        elif self._has_begun and not self._baton.is_over:
            self._baton.wait(self._baton.now_ms + ms_of(STOP_TIMEOUT_S), self._is_idle)
            if not self._is_idle():
                _log.warning("a callback did not return within %g s of stop(); those behind it are dropped", STOP_TIMEOUT_S)
                self._dropping = True

    def abandon(self) -> None:
        """Take no more callbacks: nobody is there any more who could stop it."""
        self._stopped = True

    def drop(self) -> None:
        """Take no more callbacks, and forget those that wait, even if the one that runs goes on."""
        self._stopped = self._dropping = True

    def _is_idle(self) -> bool:
        return self._ident is None and not self.tasks

    def run(self) -> None:
        """Run the callbacks that wait, whatever one raises."""
        tasks = self.tasks
        self._ident = threading.get_ident()
        while tasks and not self._dropping:
            task, arguments = tasks.popleft()
            try:
                task(*arguments)
            except Gone:
                raise
            except BaseException as error:  # sys.exit() in a callback as well: the vendor's worker survives it too
                self._baton.faults.note(error)
            del task, arguments  # nothing of a finished callback is kept alive
        self._ident = None
        if self._dropping:
            tasks.clear()


def ms_of(seconds: float) -> int:
    """A length of time as whole milliseconds, rounded up: who sleeps at all sleeps past a moment."""
    whole = int(seconds * 1000)
    return whole + 1 if seconds * 1000 - whole > 1e-6 else max(whole, 0)
