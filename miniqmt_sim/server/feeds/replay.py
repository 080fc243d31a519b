"""A recorded market moment by moment: the rows of all codes sorted by time, a short stretch of each in memory.

Comes in: a ``History`` and the time to play. Goes out: ``recorded.Moment``, one for each time at which something is said. Of
each code the finest period that the files have is played. This is a ``recorded.Source``: the simulator asks it.

Rows are sorted a stretch at a time, so that a row costs no search for the next one. Bars that are played point by point are
few: the points of those codes stand in a heap beside it. Codes that are idle, of which only the last snapshot counts, take no
part in it: they are in another heap by the time of their next one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from heapq import heappop, heappush
from itertools import islice
from operator import itemgetter
from typing import Any, Final

from matching import calendar
from matching.units import LI_PER_YUAN
from miniqmt_sim.market.recorded import LAST, POINTS, Flat, Moment, News, Opening, Point, Source, path_of, piece_of, point_times
from miniqmt_sim.server.feeds.history import DAY_COMPLETE_MS, LENGTH_MS, OPEN_MS, History
from miniqmt_sim.server.feeds.tape import Rows

NEVER_MS: Final = 2**63 - 1
NEVER_LI: Final = 2**63 - 1
STRETCH_ROWS: Final = 256
"""Rows of all codes together that are sorted at a time: a few MB of snapshots."""
STRETCH_ROWS_EACH: Final = 16
"""Rows of each code at least, however many there are, so that going through all of them pays."""
VOLUME: Final = 7
"""Where the volume stands in the row of a snapshot."""
_time_of: Final = itemgetter(0)
_new: Any = tuple.__new__


class _Lane:
    """One code's rows on their way."""

    __slots__ = (
        "_points_ms", "_rows", "bought_li", "code", "delay_ms", "due", "due_ms", "idle_ms", "length_ms", "loaded", "number",
        "period", "point", "row", "sold_li",
    )  # fmt: skip

    def __init__(self, code: str, number: int, period: str, rows: Rows) -> None:
        self.code = code
        self.number = number
        self.period = period
        self.length_ms = LENGTH_MS.get(period, 0)
        self.delay_ms = DAY_COMPLETE_MS if period == "1d" else 0
        """How long after its time a row is complete."""
        self._rows = rows
        self.loaded: list[Flat] = []
        self.idle_ms = 0
        """The time of its next row while it is idle, else 0."""
        self.row: Flat = ()
        """The bar at hand, where it is known: the first that is not complete."""
        self.point = 0
        """Its first point that was not said."""
        self._points_ms: Sequence[int] = ()
        """When its points come, once somebody asked."""
        self.bought_li, self.sold_li = 0, NEVER_LI
        """The highest price at which somebody waits to buy, and the lowest at which somebody waits to sell."""
        self.due = POINTS
        """The point that is said by itself next, at ``due_ms``; POINTS: none before the end of the bar."""
        self.due_ms = 0

    def load(self, after_ms: int, count: int) -> Sequence[Flat]:
        """Forget the rows that are complete by a time; give the next ones, that many or all that are left."""
        del self.loaded[: self.complete(after_ms)]
        if len(self.loaded) < count:
            self.loaded += self._rows.take(count - len(self.loaded))
        return self.loaded

    def complete(self, now_ms: int) -> int:
        """How many of the rows that are loaded are complete by a time."""
        return bisect_right(self.loaded, now_ms - self.delay_ms, key=_time_of)

    def next_row(self, after_ms: int) -> Flat:
        """The first row that is complete after a time; () at the end."""
        place = self.complete(after_ms)
        if place == len(self.loaded):
            self.loaded += self._rows.take(1)
        return self.loaded[place] if place < len(self.loaded) else ()

    def pass_over(self, now_ms: int) -> list[Flat]:
        """Leave the snapshots up to a time behind; gives the last one, and the last in which something had traded, at least."""
        place = self.complete(now_ms)
        passed, self.loaded = self.loaded[:place], self.loaded[place:]
        return passed if self.loaded else passed + self._rows.pass_over(now_ms, VOLUME)

    def take_up(self, after_ms: int) -> bool:
        """Make the bar that is under way after a time the one at hand; False when there is none."""
        self.row, self.point, self._points_ms = self.next_row(after_ms), 0, ()
        return bool(self.row)

    def points_ms(self, is_matched: Callable[[str, int], bool]) -> Sequence[int]:
        """When the points of the bar at hand come."""
        if not self._points_ms:
            self._points_ms = self.times_of(self.row, is_matched)
        return self._points_ms

    def times_of(self, row: Flat, is_matched: Callable[[str, int], bool]) -> Sequence[int]:
        """When the points of a bar come."""
        start_ms, end_ms = self.start_ms(row), row[0] + self.delay_ms
        return point_times(start_ms if is_matched(self.code, start_ms) else end_ms, end_ms)

    def start_ms(self, row: Flat) -> int:
        """When the stretch of a bar begins."""
        return row[0] + OPEN_MS if self.period == "1d" else row[0] - self.length_ms

    def next_reaching(self, is_watched: bool) -> int:
        """The next point of the bar at hand that reaches who waits or watches; POINTS when there is none."""
        row = self.row
        if is_watched or row[3] <= self.bought_li or row[2] >= self.sold_li:
            for number in range(self.point, POINTS):
                _, low_li, high_li = piece_of(row, number)
                if is_watched or low_li <= self.bought_li or high_li >= self.sold_li:
                    return number
        return POINTS

    def take_points(self, at_ms: int, last: int) -> Point:
        """The points of the bar at hand up to one of them."""
        point: Point = _new(Point, (at_ms, self.code, self.row, self.point, last))
        self.point = last + 1
        return point


class Replay(Source):
    """Plays the data of a history between two times, both included."""

    def __init__(self, history: History, start_ms: int, end_ms: int, codes: Sequence[str] | None = None) -> None:
        self.history = history
        self.codes = [code for code in history.codes() if codes is None or code in codes]
        self.next_ms: int | None = None
        self._end_ms = end_ms
        self._is_matched: Callable[[str, int], bool] = lambda _code, _at_ms: True
        self._is_idle: Callable[[str], bool] | None = None
        self.begin(start_ms)

    def begin(self, start_ms: int) -> None:
        """Go on from a time as if nothing had been said before, and nobody followed."""
        self._lanes = [self._lane(number, code, start_ms) for number, code in enumerate(self.codes)]
        self._bars = [lane for lane in self._lanes if lane.length_ms]
        self._by_code = {lane.code: lane for lane in self._bars}
        self._of_ticks = {lane.code: lane for lane in self._lanes if not lane.length_ms}
        self._resting: dict[str, None] = {}
        self._watched: dict[str, None] = {}
        self._at_hand: dict[str, _Lane] = {}
        """Lanes that are followed, or whose bar at hand somebody looked at."""
        self._points: list[tuple[int, int]] = []
        """When lanes that are followed say something within their bars, and their numbers; some are not any more."""
        self._moments: list[tuple[int, list[News]]] = []
        """Rows by the time at which they are complete, latest first."""
        self._taken_ms = start_ms - 1
        """All rows up to here were said."""
        self._look_ms = 0
        """No point of a bar that nobody follows comes before this."""
        self._longest_ms = max((lane.length_ms for lane in self._bars), default=0)
        self._idle: list[tuple[int, int]] = []
        """When idle codes have their next snapshots, and the numbers of their lanes; some are not idle any more."""
        self._unsorted_ms = NEVER_MS
        """The first row of those codes that are idle no more since the stretch was sorted."""
        self._sort()

    def _lane(self, number: int, code: str, start_ms: int) -> _Lane:
        period = self.history.finest(code)
        assert period is not None, f"{code} has no data"
        from_ms = start_ms - DAY_COMPLETE_MS if period == "1d" else start_ms
        return _Lane(code, number, period, self.history.stream(code, period, from_ms, self._end_ms))

    def has_depth(self, code: str) -> bool:
        """Does it say what stands in a code's book? Bars do not."""
        return code not in self._by_code

    def bind(self, is_matched: Callable[[str, int], bool]) -> None:
        """Take what tells whether orders in a code are matched at a time of day."""
        self._is_matched = is_matched

    # ---- recorded.Source: what is said by itself -----------------------------------------------------------------------

    def take(self) -> Moment:
        """What it says at ``next_ms``."""
        now_ms = self.next_ms
        assert now_ms is not None, "the recording is over"
        if self._unsorted_ms <= now_ms:
            self._sort()
        if not (self._points or self._at_hand):
            rows = self._take_rows(now_ms)
            return Moment(now_ms, (), rows, rows)
        points: list[tuple[int, Point]] = []
        while self._points and self._points[0][0] == now_ms:
            lane = self._lanes[heappop(self._points)[1]]
            if self._says(lane, now_ms):
                points.append((lane.number, lane.take_points(now_ms, lane.due)))
                self._expect(lane)
        quiet: list[News] = []
        news: list[News] = []
        if self._moments and self._moments[-1][0] == now_ms:
            news = self._take_rows(now_ms)
            quiet = self._without_points(news, now_ms, points)
        if len(points) > 1:
            points.sort(key=_time_of)
        self._note_next()
        return Moment(now_ms, [point for _, point in points], quiet, news)

    def take_quiet(self, loud: Container[str]) -> list[News] | None:
        """The rows of ``next_ms``, unless somebody follows a bar, or one of them is of a loud code."""
        now_ms = self.next_ms
        if now_ms is None or self._points or self._at_hand:
            return None
        if self._unsorted_ms <= now_ms:
            self._sort()
        if loud:
            for code, _, _ in self._moments[-1][1]:
                if code in loud:
                    return None
        return self._take_rows(now_ms)

    def _take_rows(self, now_ms: int) -> list[News]:
        """The rows that are complete at a time."""
        rows = self._moments.pop()[1]
        self._taken_ms = now_ms
        if self._look_ms > now_ms:
            self._look_ms = now_ms + 1
        if not self._moments:
            self._sort()
        elif not self._points:
            self.next_ms = min(self._moments[-1][0], self._unsorted_ms)
        return rows

    def _without_points(self, news: Sequence[News], now_ms: int, points: list[tuple[int, Point]]) -> list[News]:
        """The rows of which no point was played or reaches anybody; what is left to play of the others goes to the points."""
        rows = []
        for each in news:
            lane = self._at_hand.get(each[0])
            if lane is None:
                rows.append(each)
                continue
            is_followed = self._is_followed(lane.code)
            while is_followed and (number := lane.next_reaching(lane.code in self._watched)) < POINTS:
                points.append((lane.number, lane.take_points(now_ms, number)))
            if not lane.point:
                rows.append(each)
            elif lane.point < POINTS:
                points.append((lane.number, lane.take_points(now_ms, LAST)))
            if not (is_followed and self._take_up(lane)):
                del self._at_hand[lane.code]
        return rows

    def _sort(self) -> None:
        """Sort the next stretch: up to the time up to which enough rows of every lane are loaded."""
        self._unsorted_ms = NEVER_MS
        if self._is_idle is not None:
            for lane in self._of_ticks.values():
                if not lane.idle_ms and self._is_idle(lane.code):
                    self._leave_aside(lane, self._taken_ms)
        said = [lane for lane in self._lanes if not lane.idle_ms]
        each = max(STRETCH_ROWS // max(len(said), 1), STRETCH_ROWS_EACH)
        lanes = [lane for lane in said if lane.load(self._taken_ms, each)]
        until_ms = min((lane.loaded[-1][0] + lane.delay_ms for lane in lanes if len(lane.loaded) >= each), default=NEVER_MS)
        if len(lanes) == 1:
            self._moments = _moments_of(lanes[0])
            self._note_next()
            return
        moments: defaultdict[int, list[News]] = defaultdict(list)
        for lane in lanes:
            code, period, delay_ms = lane.code, lane.period, lane.delay_ms
            for row in islice(lane.loaded, lane.complete(until_ms)):
                moments[row[0] + delay_ms].append((code, period, row))
        self._moments = sorted(moments.items(), reverse=True)
        self._note_next()

    def _note_next(self) -> None:
        """Find out when something is said next."""
        points = self._points
        next_ms = self._moments[-1][0] if self._moments else None
        if self._unsorted_ms < NEVER_MS and (next_ms is None or self._unsorted_ms < next_ms):
            next_ms = self._unsorted_ms
        while points and not self._says(self._lanes[points[0][1]], points[0][0]):
            heappop(points)
        if points and (next_ms is None or points[0][0] < next_ms):
            next_ms = points[0][0]
        self.next_ms = next_ms

    # ---- recorded.Source: codes that are idle --------------------------------------------------------------------------

    def pass_over(self, is_idle: Callable[[str], bool]) -> None:
        """Say nothing of the snapshots of idle codes, which nobody watches and which meet no order, until ``attend``."""
        self._is_idle = is_idle
        self._sort()

    def _leave_aside(self, lane: _Lane, after_ms: int) -> None:
        """A code is idle, and brought to date up to a time."""
        rows = lane.load(after_ms, 1)
        lane.idle_ms = rows[0][0] if rows else NEVER_MS
        if rows:
            heappush(self._idle, (lane.idle_ms, lane.number))

    def attend(self, code: str) -> None:
        """A code is idle no more: what it says after the time up to which it was brought to date is said."""
        lane = self._of_ticks.get(code)
        if lane is not None and lane.idle_ms:
            self._unsorted_ms = min(self._unsorted_ms, lane.idle_ms)
            lane.idle_ms = 0
            self._note_next()

    def take_passed(self, now_ms: int) -> list[News]:
        """Bring idle codes to date: those of their snapshots up to a time on which what is known of them depends."""
        passed: list[News] = []
        while self._idle and self._idle[0][0] <= now_ms:
            idle_ms, number = heappop(self._idle)
            lane = self._lanes[number]
            if lane.idle_ms == idle_ms:
                passed += [(lane.code, lane.period, row) for row in lane.pass_over(now_ms)]
                self._leave_aside(lane, now_ms)
        return passed

    # ---- recorded.Source: who follows ----------------------------------------------------------------------------------

    def follow(self, code: str, bought_li: int, sold_li: int) -> None:
        """Say at their time those points of a code's bars that reach somebody who waits at these prices."""
        lane = self._by_code.get(code)
        if lane is not None:
            lane.bought_li, lane.sold_li = bought_li, sold_li
            self._follow(lane, self._resting)
            self._note_next()

    def leave(self, code: str) -> None:
        """No order rests in a code any more."""
        if self._resting.pop(code, True) is None:
            lane = self._by_code[code]
            lane.bought_li, lane.sold_li = 0, NEVER_LI
            if code in self._watched and code in self._at_hand:
                self._expect(lane)
            self._note_next()

    def watch(self, codes: Iterable[str]) -> None:
        """Follow these codes as well, and no other that was watched before."""
        self._watched = {}
        for code in codes:
            if code in self._by_code:
                self._follow(self._by_code[code], self._watched)
        self._note_next()

    def _follow(self, lane: _Lane, why: dict[str, None]) -> None:
        why[lane.code] = None
        if lane.code in self._at_hand:
            self._expect(lane)
        else:
            self._take_up(lane)

    def _is_followed(self, code: str) -> bool:
        return code in self._resting or code in self._watched

    def _take_up(self, lane: _Lane) -> bool:
        """Take up the bar under way; False at the end."""
        if not lane.take_up(self._taken_ms):
            return False
        self._at_hand[lane.code] = lane
        if self._is_followed(lane.code):
            self._expect(lane)
        return True

    def _expect(self, lane: _Lane) -> None:
        """Put the next point of a lane that is followed and must be said on the heap."""
        due = lane.next_reaching(lane.code in self._watched)
        lane.due = POINTS
        if due < LAST:
            points_ms = lane.points_ms(self._is_matched)
            if points_ms[due] < points_ms[LAST]:
                lane.due, lane.due_ms = due, points_ms[due]
                heappush(self._points, (lane.due_ms, lane.number))

    def _says(self, lane: _Lane, now_ms: int) -> bool:
        """Is an entry of the heap still true?"""
        return lane.due < POINTS and lane.due_ms == now_ms and self._is_followed(lane.code)

    def look(self, now_ms: int) -> Sequence[Point]:
        """The points up to a time, of bars that are under way."""
        if now_ms < self._look_ms or (self._moments and now_ms <= self._moments[-1][0] - self._longest_ms):
            return ()
        found: list[tuple[int, int, Point]] = []
        next_ms = NEVER_MS
        for lane in self._bars:
            if lane.code not in self._at_hand:
                row = lane.next_row(self._taken_ms)
                if not row or lane.start_ms(row) >= now_ms:
                    next_ms = min(next_ms, lane.start_ms(row) + 1 if row else NEVER_MS)
                    continue
                self._take_up(lane)
            points_ms = lane.points_ms(self._is_matched)
            while lane.point < LAST and points_ms[lane.point] <= now_ms:
                point = lane.take_points(points_ms[lane.point], lane.point)
                found.append((point.at_ms, lane.number, point))
            next_ms = min(next_ms, points_ms[lane.point])
        self._look_ms = next_ms
        found.sort()
        return [point for _, _, point in found]

    def price_li(self, code: str, now_ms: int) -> int:
        """The price to which a look would bring a code; 0 where there is nothing to look at."""
        lane = self._by_code.get(code)
        if lane is None:
            return 0
        row, number = lane.row, lane.point
        if code not in self._at_hand:
            row, number = lane.next_row(self._taken_ms), 0
            if not row or lane.start_ms(row) >= now_ms:
                return 0
        points_ms = lane.times_of(row, self._is_matched)
        reached = bisect_right(points_ms, now_ms, hi=LAST)
        return path_of(row)[reached - 1] if reached > number else 0

    # ---- recorded.Source: days and restarts ----------------------------------------------------------------------------

    def openings(self, day: int) -> list[Opening]:
        """What is known of the day's securities before it opens, by each code's first row of the day."""
        first_ms = calendar.midnight_ms(day)
        found = []
        for lane in self._lanes:
            row = lane.next_row(self._taken_ms)
            if row and first_ms <= row[0] < first_ms + calendar.MS_PER_DAY:
                suspended = lane.period != "tick" and row[8] == 1
                found.append(Opening(lane.code, row[5 if lane.period == "tick" else 7], suspended))
        return found

    def resume(self, after_ms: int, day: int) -> list[tuple[str, Flat]]:
        """Go on after a time, as a restart does; gives the day's last snapshots before it."""
        watched = self._watched
        self.begin(after_ms + 1)
        self.look(after_ms)
        self.watch(watched)
        found = []
        for code in self.codes:
            if self.history.finest(code) == "tick":
                rows = self.history.flat_ticks(code, calendar.midnight_ms(day), after_ms)
                found += [(code, row) for row in rows[-1:]]
        return found


def _moments_of(lane: _Lane) -> list[tuple[int, list[News]]]:
    """All that a lane has loaded, latest first."""
    code, period, delay_ms = lane.code, lane.period, lane.delay_ms
    return [(row[0] + delay_ms, [(code, period, row)]) for row in reversed(lane.loaded)]


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
    row = next(iter(history.stream(code, period, midnight_ms, NEVER_MS)), None)
    if row is not None and row[5 if is_tick else 7]:
        return row[5 if is_tick else 7] / LI_PER_YUAN
    before = history.last_before(code, midnight_ms)
    if before is not None:
        return before[1 if is_tick else 4] / LI_PER_YUAN
    assert row is not None, f"{code} has no data"
    return (row[1] or row[4]) / LI_PER_YUAN
