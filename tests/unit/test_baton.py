"""Threads of a strategy run one at a time and wait in simulated time, whatever they wait with."""

from __future__ import annotations

import datetime
import queue
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from matching.calendar import midnight_ms, parse_clock
from miniqmt_sim.backtest import baton as batons
from miniqmt_sim.backtest.baton import END_WITHIN_S, Baton, Over, ms_of
from miniqmt_sim.backtest.ending import SWALLOWED
from miniqmt_sim.backtest.names import follow
from miniqmt_sim.xtquant import _session
from miniqmt_sim.xtquant._worker import Worker

NINE = midnight_ms(20240102) + parse_clock("09:00")


class Hour:
    """An hour in which nothing happens but what is put into it."""

    def __init__(self) -> None:
        self.now_ms = NINE
        self.events: list[tuple[int, Callable[[], object]]] = []

    def advance(self, until_ms: int | None) -> bool:
        end_ms = NINE + 3_600_000
        if self.events and self.events[0][0] <= (end_ms if until_ms is None else until_ms):
            self.now_ms, event = self.events.pop(0)
            event()
            return True
        if until_ms is None or until_ms > end_ms:
            return False
        self.now_ms = until_ms
        return True


@pytest.fixture
def hour() -> Hour:
    return Hour()


def play(hour: Hour, strategy: Callable[[], object], stop: Callable[[], bool] = lambda: False) -> str:
    """Run a strategy in the hour; why it ended."""
    baton = Baton(hour, stop)
    baton.enter_main()
    with follow(baton, clock=True):
        try:
            strategy()
        except Over:
            return baton.reason
        finally:
            baton.finish("the strategy ended")
    return baton.reason


def seconds() -> float:
    return round(time.time() - NINE / 1000, 3)


def test_sleeping_takes_simulated_time_only(hour: Hour) -> None:
    began = time.perf_counter()
    told: list[object] = []

    def strategy() -> None:
        time.sleep(600)
        told.extend((seconds(), datetime.datetime.now(), time.strftime("%H:%M")))
        told.extend((datetime.date.today(), time.localtime().tm_min))
        time.sleep(0.0005)
        told.append(seconds())

    assert play(hour, strategy) == "the strategy ended"
    nine_ten = datetime.datetime(2024, 1, 2, 9, 10)
    assert told == [600.0, nine_ten, "09:10", nine_ten.date(), 10, 600.001]
    assert time.perf_counter() - began < 5


def test_everything_is_as_before_afterwards(hour: Hour) -> None:
    def names() -> list[object]:
        thread = (threading.Lock, threading.RLock, threading.Thread.join, threading.excepthook)
        return [time.sleep, time.time, datetime.datetime, queue.SimpleQueue, *thread]

    before = names()
    play(hour, lambda: time.sleep(1))
    assert names() == before
    assert abs(time.time() - datetime.datetime.now().timestamp()) < 60


def test_the_clock_can_stay_real_while_waiting_is_simulated(hour: Hour) -> None:
    baton = Baton(hour, lambda: False)
    baton.enter_main()
    with follow(baton, clock=False):
        began = time.time()
        time.sleep(1800)
        assert time.time() - began < 60
    assert hour.now_ms == NINE + 1_800_000
    baton.finish("")


def test_real_dates_pass_for_the_simulated_ones(hour: Hour) -> None:
    real = datetime.datetime(2024, 1, 2, 9, 0)

    def strategy() -> None:
        assert isinstance(real, datetime.datetime)
        assert isinstance(datetime.datetime.now(), datetime.datetime)
        assert datetime.datetime.now() - real == datetime.timedelta(0)
        assert datetime.datetime.now(datetime.UTC).hour == 1
        assert datetime.datetime.strptime("20240102", "%Y%m%d").date() == datetime.date.today()

    assert play(hour, strategy) == "the strategy ended"


def test_sleepers_wake_in_the_order_of_their_times(hour: Hour) -> None:
    log: list[tuple[str, float]] = []

    def sleeper(name: str, length: float) -> None:
        for _ in range(3):
            time.sleep(length)
            log.append((name, seconds()))

    def strategy() -> None:
        threads = [threading.Thread(target=sleeper, args=each) for each in (("a", 7), ("b", 5))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        log.append(("end", seconds()))

    play(hour, strategy)
    assert log == [("b", 5.0), ("a", 7.0), ("b", 10.0), ("a", 14.0), ("b", 15.0), ("a", 21.0), ("end", 21.0)]


def test_what_waits_is_woken_in_the_same_moment(hour: Hour) -> None:
    log: list[tuple[str, float]] = []
    event_at = NINE + 30_000

    def strategy() -> None:
        event, tasks, lock = threading.Event(), queue.Queue[str](), threading.Lock()
        hour.events.append((event_at, event.set))

        def waiter() -> None:
            event.wait()
            log.append(("event", seconds()))
            with lock:
                time.sleep(3)
            tasks.put("done")

        thread = threading.Thread(target=waiter)
        thread.start()
        assert not event.wait(10)
        log.append(("timeout", seconds()))
        event.wait()
        time.sleep(1)
        with lock:
            log.append(("lock", seconds()))
        log.append((tasks.get(), seconds()))
        with suppress(queue.Empty):
            tasks.get(timeout=5)
        log.append(("empty", seconds()))
        thread.join()

    play(hour, strategy)
    assert log == [("timeout", 10.0), ("event", 30.0), ("lock", 33.0), ("done", 33.0), ("empty", 38.0)]


def test_timers_pools_and_conditions_follow_as_well(hour: Hour) -> None:
    log: list[tuple[object, float]] = []

    def work(number: int) -> int:
        time.sleep(number)
        return number

    def strategy() -> None:
        timer = threading.Timer(5, lambda: log.append(("timer", seconds())))
        timer.start()
        with ThreadPoolExecutor(2) as pool:
            log.extend((found, seconds()) for found in pool.map(work, (4, 3, 2)))
        condition = threading.Condition()
        with condition:
            log.append((condition.wait_for(lambda: seconds() > 9, timeout=2), seconds()))

    play(hour, strategy)
    assert log == [(4, 4.0), (3, 4.0), ("timer", 5.0), (2, 5.0), (False, 7.0)]


def test_the_same_program_runs_the_same_way_every_time() -> None:
    def run() -> list[tuple[int, float]]:
        log: list[tuple[int, float]] = []
        hour = Hour()

        def worker(number: int) -> None:
            for step in range(20):
                time.sleep(1 + (number * 7 + step * 3) % 5)
                log.append((number, seconds()))

        def strategy() -> None:
            threads = [threading.Thread(target=worker, args=(number,)) for number in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        play(hour, strategy)
        return log

    first = run()
    assert len(first) == 160
    assert all(run() == first for _ in range(5))


def test_a_wait_for_nothing_ends_the_backtest(hour: Hour) -> None:
    assert play(hour, lambda: threading.Event().wait()) == "the recording is over"
    assert play(Hour(), lambda: time.sleep(7200)) == "the recording is over"


def test_the_end_takes_every_thread_along(hour: Hour) -> None:
    left: list[str] = []

    def worker() -> None:
        try:
            while True:
                time.sleep(60)
        finally:
            left.append("worker")

    def strategy() -> None:
        thread = threading.Thread(target=worker)
        thread.start()
        threads.append(thread)
        time.sleep(90_000)

    threads: list[threading.Thread] = []
    assert play(hour, strategy) == "the recording is over"
    threads[0].join(5)
    assert left == ["worker"]


def test_a_user_who_wants_an_end_gets_it_at_the_next_wait(hour: Hour) -> None:
    def strategy() -> None:
        while True:
            time.sleep(1)

    assert play(hour, strategy, stop=lambda: hour.now_ms >= NINE + 10_000) == "stopped"
    assert hour.now_ms == NINE + 10_000


@pytest.mark.parametrize(("length", "ms"), [(0, 0), (0.001, 1), (0.0001, 1), (1.0015, 1002), (2, 2000), (0.3, 300)])
def test_a_length_of_time_is_rounded_up_to_a_millisecond(length: float, ms: int) -> None:
    assert ms_of(length) == ms


swallowed: list[int] = []


def swallow_once() -> None:
    try:
        time.sleep(60)
    except BaseException:
        swallowed.append(1)


def swallow_for_ever() -> None:
    while True:
        try:
            time.sleep(60)
        except BaseException:
            swallowed.append(1)


def swallow_elsewhere() -> None:
    while True:
        swallow_once()


def swallow_twice() -> None:
    while True:
        try:
            try:
                time.sleep(60)
            except BaseException:
                raise ValueError from None
        except BaseException:
            swallowed.append(1)


def swallow_in_the_end() -> None:
    while True:
        try:
            time.sleep(60)
        finally:
            continue  # noqa: B012  # what it silences is what is tested


SWALLOWING = (swallow_for_ever, swallow_elsewhere, swallow_twice, swallow_in_the_end)


@pytest.mark.parametrize("strategy", SWALLOWING)
def test_a_loop_that_swallows_every_end_ends_all_the_same(hour: Hour, strategy: Callable[[], object]) -> None:
    before = sys.gettrace()
    assert play(hour, strategy) == "the recording is over"
    assert sys.gettrace() is before


@pytest.mark.parametrize("loop", SWALLOWING)
def test_a_thread_or_callback_that_swallows_every_end_ends_as_well(hour: Hour, loop: Callable[[], object]) -> None:
    before = threading.active_count()
    began = time.perf_counter()

    def strategy() -> None:
        threading.Thread(target=loop).start()
        _session.Worker("one").submit(loop)
        time.sleep(120)

    assert play(hour, strategy) == "the strategy ended"
    assert threading.active_count() == before
    assert time.perf_counter() - began < END_WITHIN_S


def test_who_clears_up_after_the_end_may_wait_for_each_of_his_securities(hour: Hour) -> None:
    cleared: list[int] = []

    def strategy() -> None:
        try:
            time.sleep(7200)
        finally:
            for number in range(SWALLOWED - 1):
                with suppress(BaseException):
                    time.sleep(1)
                cleared.append(number)

    assert play(hour, strategy) == "the recording is over"
    assert len(cleared) == SWALLOWED - 1


def test_a_strategy_is_told_that_no_thread_can_be_started_and_goes_on(hour: Hour, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_named: object) -> None:
        raise RuntimeError("can't start new thread")

    def strategy() -> None:
        with pytest.raises(RuntimeError, match="can't start"):
            threading.Thread(target=time.sleep, args=(1,)).start()
        time.sleep(60)

    for name in ("_start_new_thread", "_start_joinable_thread"):
        if hasattr(threading, name):
            monkeypatch.setattr(threading, name, refuse)
    assert play(hour, strategy) == "the strategy ended"
    assert hour.now_ms == NINE + 60_000


# ---- strands -----------------------------------------------------------------------------------------------------------


def told(hour: Hour, strategy: Callable[[Callable[[str], Worker]], object]) -> str:
    """Run a strategy that is given the SDK's way to make a worker."""
    return play(hour, lambda: strategy(_session.Worker))


def test_callbacks_of_all_strands_share_one_thread_as_long_as_none_waits(hour: Hour) -> None:
    log: list[tuple[str, int]] = []

    def strategy(new_worker: Callable[[str], Worker]) -> None:
        first, second = new_worker("first"), new_worker("second")

        def callback(name: str) -> None:
            log.append((name, threading.get_ident()))
            if name == "a":
                second.submit(callback, "c")
                first.submit(callback, "b")

        hour.events += [(NINE + 1000, lambda: first.submit(callback, "a")), (NINE + 2000, lambda: second.submit(callback, "d"))]
        time.sleep(60)

    told(hour, strategy)
    assert [name for name, _ in log] == ["a", "b", "c", "d"]
    assert len({ident for _, ident in log}) == 1
    assert threading.get_ident() not in {ident for _, ident in log}


def test_a_callback_that_waits_keeps_its_own_strand_and_no_other(hour: Hour) -> None:
    log: list[tuple[str, float]] = []

    def strategy(new_worker: Callable[[str], Worker]) -> None:
        slow, quick = new_worker("slow"), new_worker("quick")

        def sleep() -> None:
            time.sleep(10)
            log.append(("slept", seconds()))

        def note(name: str) -> None:
            log.append((name, seconds()))

        slow.submit(sleep)
        slow.submit(note, "after it")
        hour.events += [(NINE + each * 3000, lambda each=each: quick.submit(note, f"quick {each}")) for each in (1, 2, 4)]
        time.sleep(60)

    told(hour, strategy)
    assert log == [("quick 1", 3.0), ("quick 2", 6.0), ("slept", 10.0), ("after it", 10.0), ("quick 4", 12.0)]


def test_callbacks_can_wait_for_each_other(hour: Hour) -> None:
    log: list[str] = []

    def strategy(new_worker: Callable[[str], Worker]) -> None:
        workers = [new_worker(str(number)) for number in range(3)]
        events = [threading.Event() for _ in range(4)]

        def wait(number: int) -> None:
            events[number + 1].wait()
            log.append(str(number))
            events[number].set()

        for number, worker in enumerate(workers):
            worker.submit(wait, number)
        time.sleep(1)
        events[3].set()
        assert events[0].wait(1)

    assert told(hour, strategy) == "the strategy ended"
    assert log == ["2", "1", "0"]


def test_a_stopped_strand_finishes_what_it_has_and_takes_no_more(hour: Hour) -> None:
    log: list[tuple[str, float]] = []

    def strategy(new_worker: Callable[[str], Worker]) -> None:
        worker = new_worker("one")

        def work(name: str) -> None:
            time.sleep(2)
            log.append((name, seconds()))

        for name in ("a", "b", "c"):
            worker.submit(work, name)
        assert worker.waiting == 3
        worker.stop()
        worker.submit(work, "too late")
        log.append(("stopped", seconds()))
        time.sleep(10)

    told(hour, strategy)
    assert log == [("a", 2.0), ("b", 4.0), ("stopped", 5.0), ("c", 6.0)]


def test_a_callback_that_stops_its_strand_drops_those_behind_it(hour: Hour) -> None:
    log: list[str] = []

    def strategy(new_worker: Callable[[str], Worker]) -> None:
        worker = new_worker("one")

        def stop() -> None:
            assert worker.is_current
            worker.stop()
            log.append("stopped")

        worker.submit(stop)
        worker.submit(log.append, "dropped")
        assert not worker.is_current
        time.sleep(1)

    told(hour, strategy)
    assert log == ["stopped"]


def test_an_exception_of_a_callback_is_logged_and_the_next_one_runs(hour: Hour, caplog: pytest.LogCaptureFixture) -> None:
    log: list[str] = []

    def strategy(new_worker: Callable[[str], Worker]) -> None:
        worker = new_worker("one")
        worker.submit(exit)
        worker.submit(log.append, "next")
        time.sleep(1)

    told(hour, strategy)
    assert log == ["next"]
    assert [record.message for record in caplog.records] == ["a callback raised an exception"]


def test_the_end_takes_callbacks_along_and_leaves_no_thread(hour: Hour, caplog: pytest.LogCaptureFixture) -> None:
    before = threading.active_count()

    def strategy(new_worker: Callable[[str], Worker]) -> None:
        def sleep() -> None:
            assert threading.current_thread()
            time.sleep(90_000)

        for name in ("a", "b"):
            new_worker(name).submit(sleep)
        time.sleep(90_000)

    assert told(hour, strategy) == "the recording is over"
    assert threading.active_count() == before
    assert not caplog.records


def test_a_callback_that_swallows_the_end_is_the_last_one_and_no_time_passes_any_more(hour: Hour) -> None:
    log: list[str] = []

    def strategy(new_worker: Callable[[str], Worker]) -> None:
        def swallow() -> None:
            try:
                time.sleep(1800)
            except BaseException:
                log.append("swallowed")

        worker = new_worker("one")
        worker.submit(swallow)
        worker.submit(log.append, "behind it")
        hour.events.append((NINE + 60_000, lambda: log.append("after the end")))
        time.sleep(5)

    assert told(hour, strategy) == "the strategy ended"
    assert log == ["swallowed"]
    assert hour.now_ms == NINE + 5000


@pytest.mark.parametrize("who", ["main", "callback"])
def test_what_goes_wrong_in_the_simulation_ends_the_backtest_whoever_lets_time_pass(hour: Hour, who: str) -> None:
    def fail() -> None:
        raise AssertionError("the books do not balance")

    log: list[str] = []

    def strategy() -> None:
        if who == "callback":
            _session.Worker("one").submit(log.append, "told")
        hour.events += [(NINE + 1000, fail), (NINE + 2000, lambda: log.append("later"))]
        time.sleep(60)

    baton = Baton(hour, lambda: False)
    baton.enter_main()
    with follow(baton, clock=True):
        with pytest.raises(Over):
            strategy()
        baton.finish("")
    assert (baton.reason, str(baton.failure)) == ("the simulator failed", "the books do not balance")
    assert log == ["told"] * (who == "callback")


def test_callbacks_for_which_no_thread_can_be_started_end_the_backtest(hour: Hour, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(batons, "_new_thread", refuse)
    baton = Baton(hour, lambda: False)
    baton.enter_main()
    with follow(baton, clock=True):
        _session.Worker("one").submit(print)
        with pytest.raises(Over):
            time.sleep(60)
        baton.finish("")
    assert (baton.reason, str(baton.failure)) == ("the simulator failed", "can't start new thread")
