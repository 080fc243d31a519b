"""A recorded market moment by moment: the rows of all codes merged by time, one block of each in memory.

Comes in: a ``History`` and the time to play. Goes out: ``recorded.Moment``, one for each time at which something is said. Of
each code the finest period that the files have is played. This is a ``recorded.Source``: the simulator asks it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heapreplace
from typing import Any, Final

from matching import calendar
from matching.units import LI_PER_YUAN
from miniqmt_sim.market.quote import Quote
from miniqmt_sim.market.recorded import POINTS, Flat, Moment, News, Opening, point_of, point_times
from miniqmt_sim.server.feeds.history import DAY_COMPLETE_MS, LENGTH_MS, OPEN_MS, History

NEVER_MS: Final = 2**63 - 1


class _Lane:
    """One code's rows on their way. ``next_ms`` is when it says something next."""

    __slots__ = ("_length_ms", "_points_ms", "_rows", "code", "end_ms", "next_ms", "number", "period", "point", "row")

    def __init__(self, code: str, number: int, period: str, rows: Iterator[Flat]) -> None:
        self.code = code
        self.number = number
        self.period = period
        self.point = 0
        self.row: Flat = ()
        self.end_ms = self.next_ms = NEVER_MS
        self._length_ms = LENGTH_MS.get(period, 0)
        self._points_ms: tuple[int, ...] = ()
        self._rows = rows
        self.advance()

    def advance(self) -> None:
        """Take up the next row."""
        row = next(self._rows, None)
        self.point = 0
        if row is None:
            self.row, self.end_ms = (), NEVER_MS
        else:
            self.row = row
            self.end_ms = row[0] if self.period != "1d" else row[0] + DAY_COMPLETE_MS
        self.next_ms = self.end_ms

    def set_fine(self, fine: bool, is_matched: Callable[[str, int], bool]) -> None:
        """Say point by point what the bar at hand holds, or all of it at its end; one that was begun goes on as it began."""
        if self._length_ms and self.row and not self.point:
            if fine:
                start_ms = self.row[0] + OPEN_MS if self.period == "1d" else self.end_ms - self._length_ms
                if not is_matched(self.code, start_ms):
                    start_ms = self.end_ms
                self._points_ms = point_times(start_ms, self.end_ms)
                self.next_ms = self._points_ms[0]
            else:
                self.next_ms = self.end_ms

    def take_point(self) -> Quote:
        """The next point of the bar at hand."""
        quote = point_of(self.row, self.point)
        self.point += 1
        if self.point < POINTS:
            self.next_ms = self._points_ms[self.point]
        return quote


class Replay:
    """Plays the data of a history between two times, both included."""

    def __init__(self, history: History, start_ms: int, end_ms: int, codes: Sequence[str] | None = None) -> None:
        self.history = history
        self.codes = [code for code in history.codes() if codes is None or code in codes]
        self._end_ms = end_ms
        self._fine = False
        self._is_matched: Callable[[str, int], bool] = lambda _code, _at_ms: True
        self._lanes: list[_Lane] = []
        self._heap: list[tuple[int, int, _Lane]] = []
        self._begin(start_ms)

    def _begin(self, start_ms: int) -> None:
        lanes = []
        for number, code in enumerate(self.codes):
            period = self.history.finest(code)
            assert period is not None, f"{code} has no data"
            from_ms = start_ms - calendar.time_of_day_ms(start_ms) if period == "1d" else start_ms
            lanes.append(_Lane(code, number, period, self.history.stream(code, period, from_ms, self._end_ms)))
        for lane in lanes:
            while lane.end_ms < start_ms:
                lane.advance()
        self._lanes = lanes
        self._set_fine(False)

    def bind(self, is_matched: Callable[[str, int], bool]) -> None:
        """Take what tells whether orders in a code are matched at a time of day."""
        self._is_matched = is_matched

    # ---- recorded.Source -----------------------------------------------------------------------------------------------

    def next_ms(self, fine: bool) -> int | None:
        """When the market says something next; None: the recording is over."""
        if fine is not self._fine:
            self._set_fine(fine)
        return self._heap[0][0] if self._heap else None

    def _set_fine(self, fine: bool) -> None:
        self._fine = fine
        for lane in self._lanes:
            lane.set_fine(fine, self._is_matched)
        self._heap = [(lane.next_ms, lane.number, lane) for lane in self._lanes if lane.row]
        heapify(self._heap)

    def take(self, fine: bool) -> Moment:
        """What it says then."""
        now_ms = self.next_ms(fine)
        assert now_ms is not None, "the recording is over"
        bars: list[tuple[str, Flat]] = []
        points: list[tuple[str, Quote]] = []
        ticks: list[tuple[str, Flat]] = []
        news: list[News] = []
        heap = self._heap
        while heap and heap[0][0] == now_ms:
            _, number, lane = heap[0]
            code, row, period = lane.code, lane.row, lane.period
            if period == "tick":
                ticks.append((code, row))
            elif fine or lane.point:
                points.append((code, lane.take_point()))
                if lane.point < POINTS:
                    heapreplace(heap, (lane.next_ms, number, lane))
                    continue
            else:
                bars.append((code, row))
            news.append((code, period, row))
            lane.advance()
            if fine:
                lane.set_fine(True, self._is_matched)
            if lane.row:
                heapreplace(heap, (lane.next_ms, number, lane))
            else:
                heappop(heap)
        return Moment(now_ms, bars, points, ticks, news)

    def openings(self, day: int) -> list[Opening]:
        """What is known of the day's securities before it opens, by each code's first row of the day."""
        first_ms = calendar.midnight_ms(day)
        found = []
        for lane in self._lanes:
            if lane.row and first_ms <= lane.row[0] < first_ms + calendar.MS_PER_DAY:
                suspended = lane.period != "tick" and lane.row[8] == 1
                found.append(Opening(lane.code, lane.row[5 if lane.period == "tick" else 7], suspended))
        return found

    def resume(self, after_ms: int, day: int) -> list[tuple[str, Flat]]:
        """Go on after a time, as a restart does; gives the day's last snapshots before it."""
        self._begin(after_ms + 1)
        self._skip_points(after_ms)
        found = []
        for code in self.codes:
            if self.history.finest(code) == "tick":
                rows = self.history.flat_ticks(code, calendar.midnight_ms(day), after_ms)
                found += [(code, row) for row in rows[-1:]]
        return found

    def _skip_points(self, after_ms: int) -> None:
        """A bar under way was played point by point up to the restart; go on from there."""
        self._set_fine(True)
        for lane in self._lanes:
            while lane.row and lane.period != "tick" and lane.next_ms <= after_ms:
                lane.take_point()
        self._set_fine(True)


def instruments(history: History, start_ms: int, known: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of an instruments file for the codes of a history that are not known: named by their code, at their first price."""
    listed = {row["stock_code"] for row in known}
    return [
        {
            "stock_code": code, "name": code[:6], "board": "", "tags": "", "_where": f"data of {code}",
            "pre_close": reference_yuan(history, code, start_ms),
        }
        for code in history.codes() if code not in listed
    ]  # fmt: skip


def reference_yuan(history: History, code: str, start_ms: int) -> float:
    """The reference price of a code's first day in yuan.

    Its previous close where the rows say it, else the last price before that day, else the price it opens with.
    """
    period = history.finest(code)
    assert period is not None, f"{code} has no data"
    is_tick = period == "tick"
    midnight_ms = start_ms - calendar.time_of_day_ms(start_ms)
    row = next(history.stream(code, period, midnight_ms, NEVER_MS), None)
    if row is not None and row[5 if is_tick else 7]:
        return row[5 if is_tick else 7] / LI_PER_YUAN
    before = history.last_before(code, midnight_ms)
    if before is not None:
        return before[1 if is_tick else 4] / LI_PER_YUAN
    assert row is not None, f"{code} has no data"
    return (row[1] or row[4]) / LI_PER_YUAN
