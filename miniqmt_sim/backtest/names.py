"""What a strategy's own code finds under the names of the standard library while a backtest runs: the simulated clock.

Put in: ``time.sleep``, everything of ``threading`` and ``queue`` that waits, and the loops of ``asyncio``; pools that wait in
pipes are refused.
Unless it is switched off, also ``time.time``, ``time.time_ns``, ``time.localtime`` and their like, ``datetime.now``,
``utcnow`` and ``date.today``, and those of pandas; local time is China's.
``time.perf_counter`` and ``time.process_time`` keep measuring the machine. Everything is as before when ``follow`` is left.

A module that took such a name before the backtest began keeps the real one: a strategy's own file never does.
"""

from __future__ import annotations

import datetime
import logging
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import process as process_pools
from concurrent.futures import thread as thread_pools
from contextlib import contextmanager
from functools import wraps
from multiprocessing import pool
from typing import Any, Final

from miniqmt_sim.backtest.baton import Baton, Gone, Strand, ms_of
from miniqmt_sim.backtest.locks import Lock, Tasks
from miniqmt_sim.backtest.loops import put_loops
from miniqmt_sim.xtquant import _quotes, _session, xtdata

CHINA: Final = datetime.timezone(datetime.timedelta(hours=8))
TZ_CHINA: Final = "CST-8"
NEVER_S: Final = 1e9
"""How often the SDK looks up while it waits, in simulated seconds: an event wakes it, and time need not stop for it."""
_POOLS_LOG: Final = logging.getLogger("concurrent.futures")
_REAL_DATETIME: Final = datetime.datetime
_REAL_DATE: Final = datetime.date


@contextmanager
def follow(baton: Baton, *, clock: bool) -> Iterator[None]:
    """Let this process wait in simulated time, and with ``clock`` tell it too, for the length of the block."""
    changed: list[tuple[Any, str, Any]] = []
    zone = os.environ.get("TZ")

    def put(owner: Any, name: str, value: Any) -> None:
        if hasattr(owner, name):
            changed.append((owner, name, vars(owner).get(name) or getattr(owner, name)))
            setattr(owner, name, value)

    _put_waiting(put, baton)
    if clock:
        _put_clock(put, baton)
        _set_zone(TZ_CHINA)
    try:
        yield
    finally:
        for owner, name, value in reversed(changed):
            setattr(owner, name, value)
        if clock:
            _set_zone(zone)


def _put_waiting(put: Callable[[Any, str, Any], None], baton: Baton) -> None:
    def new_lock() -> Lock:
        return Lock(baton)

    def new_tasks() -> Tasks:
        return Tasks(baton)

    def new_strand(_name: str) -> Strand:
        return Strand(baton)

    def sleep(seconds: float) -> None:
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        baton.wait(baton.now_ms + ms_of(seconds), None)

    def join(thread: threading.Thread, timeout: float | None = None) -> None:
        seat = baton.seat_of(thread.ident)
        if seat is not None:
            baton.wait(None if timeout is None else baton.now_ms + ms_of(timeout), lambda: seat.is_done)
            if not seat.is_done:
                return
        real_join(thread, timeout)

    real_join = threading.Thread.join
    put(time, "sleep", sleep)
    for name in ("Lock", "_allocate_lock"):
        put(threading, name, new_lock)
    put(threading, "RLock", vars(threading)["_PyRLock"])
    for name in ("_start_new_thread", "_start_joinable_thread"):  # the second from Python 3.13 on
        put(threading, name, _spawning(baton, getattr(threading, name, None)))
    put(threading.Thread, "join", join)
    put(threading, "excepthook", _without_the_end(threading.excepthook))
    put(thread_pools, "_global_shutdown_lock", Lock(baton))
    put(_POOLS_LOG, "filters", [*_POOLS_LOG.filters, _tells_of_no_end])
    put(queue, "SimpleQueue", new_tasks)
    for module in (_session, _quotes):
        put(module, "Worker", new_strand)
    put(_session, "_INTERRUPT_S", NEVER_S)
    put(xtdata, "_CHECK_S", NEVER_S)
    for owner, name in ((time, "monotonic"), (threading, "_time"), (queue, "time")):
        put(owner, name, lambda: baton.now_ms / 1000)
    put_loops(put, baton)
    for kind in (pool.Pool, process_pools.ProcessPoolExecutor):
        put(kind, "__init__", _without_processes(vars(kind)["__init__"], baton))


def _without_the_end(real: Callable[[Any], object]) -> Callable[[Any], object]:
    """What reports an exception of a thread, but for the one that ends it with the backtest."""

    def hook(args: Any) -> None:
        if not issubclass(args.exc_type, Gone):
            real(args)

    return hook


def _tells_of_no_end(record: logging.LogRecord) -> bool:
    """Likewise of what a pool logs of its threads."""
    return record.exc_info is None or not isinstance(record.exc_info[1], Gone)


def _without_processes(real: Callable[..., None], baton: Baton) -> Callable[..., None]:
    """A pool whose threads would wait in pipes, where no baton is passed on: who takes part is refused one.

    ``ThreadPool`` waits in them too.
    """

    @wraps(real)
    def begin(self: Any, *args: Any, **how: Any) -> None:
        if baton.seat_of(threading.get_ident()) is not None:
            self._state = pool.INIT  # looked at when it is deleted
            kind = type(self).__name__
            raise RuntimeError(f"a backtest cannot wait for a {kind}: a ThreadPoolExecutor runs in it, sweep() around it")
        real(self, *args, **how)

    return begin


def _spawning(baton: Baton, real: Any) -> Callable[..., Any]:
    def start(function: Callable[..., Any], args: tuple[Any, ...] = (), **how: Any) -> Any:
        return baton.spawn(real, function, args, **how)

    def start_joinable(function: Callable[..., Any], **how: Any) -> Any:
        return baton.spawn(lambda body, _args, **given: real(body, **given), function, (), **how)

    return start_joinable if getattr(real, "__name__", "") == "start_joinable_thread" else start


# -- telling the time ----------------------------------------------------------------------------------------------------


def _put_clock(put: Callable[[Any, str, Any], None], baton: Baton) -> None:
    """Let ``time`` and ``datetime`` tell the simulated time."""
    put(time, "time", lambda: baton.now_ms / 1000)
    put(time, "time_ns", lambda: baton.now_ms * 1_000_000)
    put(time, "monotonic_ns", lambda: baton.now_ms * 1_000_000)
    for name in ("localtime", "gmtime", "ctime"):
        put(time, name, _of_now(getattr(time, name), baton))
    put(time, "strftime", _formatting(time.strftime, time.localtime))
    put(datetime, "datetime", _datetime_of(baton))
    put(datetime, "date", _date_of(baton))
    if "pandas" in sys.modules:
        _put_timestamp(put, sys.modules["pandas"].Timestamp, baton)


def _of_now(real: Callable[..., Any], baton: Baton) -> Callable[..., Any]:
    def function(seconds: float | None = None) -> Any:
        return real(baton.now_ms / 1000 if seconds is None else seconds)

    return function


def _formatting(real: Callable[..., str], localtime: Callable[[], Any]) -> Callable[..., str]:
    def strftime(form: str, moment: Any = None) -> str:
        return real(form, localtime() if moment is None else moment)

    return strftime


def _put_timestamp(put: Callable[[Any, str, Any], None], timestamp: Any, baton: Baton) -> None:
    """Let pandas tell it as well."""

    def now(cls: Any, tz: Any = None) -> Any:
        moment = cls(_REAL_DATETIME.fromtimestamp(baton.now_ms / 1000, CHINA))
        return moment.tz_localize(None) if tz is None else moment.tz_convert(tz)

    for name in ("now", "today"):
        put(timestamp, name, classmethod(now))
    put(timestamp, "utcnow", classmethod(lambda cls: now(cls, "UTC")))


class _Kind(type):
    """Real dates and datetimes pass for ours: libraries go on making them."""

    real: type

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, cls.real)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, cls.real)


def _datetime_of(baton: Baton) -> type:
    """A datetime whose now is the simulated one."""

    def now(cls: Any, tz: datetime.tzinfo | None = None) -> Any:
        moment = _REAL_DATETIME.fromtimestamp(baton.now_ms / 1000, CHINA)
        here = moment.astimezone(tz) if tz is not None else moment.replace(tzinfo=None)
        return cls.combine(here.date(), here.timetz())

    def utcnow(cls: Any) -> Any:
        return now(cls, datetime.UTC).replace(tzinfo=None)

    methods = {"now": classmethod(now), "today": classmethod(lambda cls: now(cls)), "utcnow": classmethod(utcnow)}
    return _Kind("datetime", (_REAL_DATETIME,), {**methods, "real": _REAL_DATETIME, "__module__": "datetime"})


def _date_of(baton: Baton) -> type:
    """A date whose today is the simulated one."""

    def today(cls: Any) -> Any:
        moment = _REAL_DATETIME.fromtimestamp(baton.now_ms / 1000, CHINA)
        return cls(moment.year, moment.month, moment.day)

    return _Kind("date", (_REAL_DATE,), {"today": classmethod(today), "real": _REAL_DATE, "__module__": "datetime"})


def _set_zone(zone: str | None) -> None:
    """Let local time be that of a zone; a system that cannot leaves it as it is."""
    if zone is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = zone
    if hasattr(time, "tzset"):
        time.tzset()
