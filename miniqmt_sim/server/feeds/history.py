"""What was known of the market at a moment: bars, snapshots and dividends of the data files, by code and time.

Comes in: a question and ``now_ms``. Goes out: rows as integers (``rows.Bar``, ``rows.Tick``). No look-ahead is enforced
here and nowhere else has to be: a row is not given before the moment it was complete, whatever is asked.

A period that no file has is made of the finest one that is there (5m and 1d of 1m, everything of ticks). Convert to yuan and
手 at the edge: prices and amounts are in li, volumes in shares; ``lot(code)`` shares are one 手.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby, pairwise
from pathlib import Path
from typing import Final, Self

from matching import calendar
from matching.codes import board_of, is_index, parse_code
from miniqmt_sim.errors import ConfigError
from miniqmt_sim.server.feeds import files
from miniqmt_sim.server.feeds.dividends import Dividend, read_dividends
from miniqmt_sim.server.feeds.files import PERIODS, Reading
from miniqmt_sim.server.feeds.rows import BAR_WIDTH, LOT, TICK_WIDTH, Bar, Flat, Tick
from miniqmt_sim.server.feeds.tape import Rows, Tape

FAR_MS: Final = calendar.midnight_ms(90000101)
DAY_COMPLETE_MS: Final = calendar.parse_clock("15:00")
"""When the bar of a day is complete, and may be seen."""
OPEN_MS: Final = calendar.parse_clock("09:30")
LUNCH_MS: Final = calendar.parse_clock("11:30")
NOON_MS: Final = calendar.parse_clock("13:00")
CLOSE_MS: Final = calendar.parse_clock("15:00")
EARLY_MS: Final = 30 * calendar.MS_PER_MINUTE
"""How long before a bar something may come that belongs to it: an opening auction."""
LATE_MS: Final = NOON_MS - LUNCH_MS
"""How long after it: what is told in the lunch break, or after the close."""
LENGTH_MS: Final = {"1m": calendar.MS_PER_MINUTE, "5m": 5 * calendar.MS_PER_MINUTE, "1d": calendar.MS_PER_DAY}
BAR_PERIODS: Final = tuple(LENGTH_MS)


class History:
    """Random access to everything recorded, up to a moment."""

    def __init__(self, tapes: Mapping[str, Sequence[Tape]], dividends: Mapping[str, Sequence[Dividend]]) -> None:
        """Put tapes of each period together; open one with ``History.open``."""
        self._tapes: dict[str, dict[str, list[Tape]]] = {period: _by_code(period, tapes.get(period, ())) for period in PERIODS}
        self._all = [tape for one in tapes.values() for tape in one]
        self._dividends = dividends

    @classmethod
    def open(cls, path: str | Path, volume_unit: str = "lot", reading: Reading | None = None) -> Self:
        """Open the data of a file or directory; every row is checked before this returns. Raises ConfigError.

        ``reading`` is told how far it is, and may end it by what it raises.
        """
        root = Path(path)
        tapes: dict[str, list[Tape]] = {}
        try:
            for period, tape in files.open_tapes(files.find(root), volume_unit, reading):
                tapes.setdefault(period, []).append(tape)
        except OSError as error:
            if error.errno != errno.EMFILE:
                raise
            raise ConfigError(
                f"{root} has more files than this system lets a process open; one file may hold many codes"
            ) from None
        return cls(tapes, read_dividends(files.beside(root, files.DIVIDENDS)))

    def close(self) -> None:
        """Let go of the files."""
        for tape in self._all:
            tape.close()

    # ---- what there is -------------------------------------------------------------------------------------------------

    def codes(self) -> list[str]:
        """Every code there is anything of, in order."""
        return sorted({code for tapes in self._tapes.values() for code in tapes})

    def periods(self, code: str) -> tuple[str, ...]:
        """The periods the files have of a code, finest first: tick, 1m, 5m, 1d."""
        return tuple(period for period in PERIODS if code in self._tapes[period])

    def finest(self, code: str) -> str | None:
        """The finest period the files have of a code: the one a replay plays. None for an unknown code."""
        return next(iter(self.periods(code)), None)

    def span(self, code: str, period: str) -> tuple[int, int]:
        """The times of the first and last row of a code's period, to come included: for who plans a run, not for strategies."""
        tapes = self._tapes[period][code]
        return tapes[0].span(code)[0], tapes[-1].span(code)[1]

    def stream(self, code: str, period: str, start_ms: int, end_ms: int) -> Rows:
        """Rows of a code's own period as flat integers, both ends included, in bounded memory: for the replay."""
        blocks = (tape.blocks(code, start_ms, end_ms) for tape in self._tapes[period].get(code, ()))
        return Rows(chain.from_iterable(blocks), TICK_WIDTH if period == "tick" else BAR_WIDTH)

    @staticmethod
    def lot(code: str) -> int:
        """How many shares (张) one 手 of a code is."""
        parsed = parse_code(code)
        board = board_of(parsed) if parsed is not None else None
        return LOT[board] if board is not None else 100

    # ---- what was known ------------------------------------------------------------------------------------------------

    def bars(self, code: str, period: str, start_ms: int, end_ms: int, count: int, now_ms: int) -> list[Bar]:
        """Bars (1m, 5m, 1d) whose ``time_ms`` lies from start to end, both included, and that were complete by ``now_ms``.

        Of them the last ``count``, -1 for all. None known gives an empty list. In order of time.
        """
        end_ms = min(end_ms, last_complete_ms(period, now_ms))
        if code in self._tapes[period]:
            return [Bar(*row) for row in self._between(code, period, start_ms, end_ms, count)]
        source = self.finest(code)
        if source is None or PERIODS.index(source) > PERIODS.index(period):
            return []
        return _last(self._made(code, period, source, start_ms, end_ms, now_ms), count)

    def ticks(self, code: str, start_ms: int, end_ms: int, count: int, now_ms: int) -> list[Tick]:
        """Snapshots from start to end, both included, made by ``now_ms``; of them the last ``count``, -1 for all."""
        return [Tick.of(row) for row in self._between(code, "tick", start_ms, min(end_ms, now_ms), count)]

    def last_before(self, code: str, moment_ms: int) -> Flat | None:
        """The last row of a code's own period before a time, if there is one: for who plans a run."""
        period = self.finest(code)
        rows = self._between(code, period, 0, moment_ms - 1, 1) if period is not None else []
        return rows[0] if rows else None

    def flat_ticks(self, code: str, start_ms: int, end_ms: int) -> list[Flat]:
        """The last snapshot between two times as a flat row, if there is one: for a replay that goes on."""
        return self._between(code, "tick", start_ms, end_ms, 1)

    def dividends(self, code: str, now_ms: int) -> list[Dividend]:
        """Ex-days of a code that have come by ``now_ms``, in order of time."""
        return [dividend for dividend in self._dividends.get(code, ()) if dividend.time_ms <= now_ms]

    def all_dividends(self) -> list[Dividend]:
        """Every ex-day in the files, past and to come: for the counter that carries them out, not for strategies."""
        return [dividend for code in sorted(self._dividends) for dividend in self._dividends[code]]

    # ---- rows ----------------------------------------------------------------------------------------------------------

    def _between(self, code: str, period: str, start_ms: int, end_ms: int, count: int) -> list[Flat]:
        found: list[Flat] = []
        for tape in reversed(self._tapes[period].get(code, ())):
            left = count if count < 0 else count - len(found)
            if not left:
                break
            found[:0] = tape.between(code, start_ms, end_ms, left)
        return found

    def _made(self, code: str, period: str, source: str, start_ms: int, end_ms: int, now_ms: int) -> list[Bar]:
        """Bars of a period made of finer rows; a bar that is not complete yet is left out by its time."""
        from_ms = start_ms - LENGTH_MS[period] - EARLY_MS
        to_ms = min(end_ms + LENGTH_MS[period] + LATE_MS, now_ms)
        finer: Iterable[Bar]
        untraded = is_index(code)
        if source == "tick":
            day_ms = from_ms - calendar.time_of_day_ms(from_ms)
            before = self.ticks(code, day_ms, from_ms - 1, 1, now_ms)  # what had traded by then
            finer = bars_of_ticks(before + self.ticks(code, from_ms, to_ms, -1, now_ms), untraded)
        else:
            finer = self.bars(code, source, from_ms, to_ms, -1, now_ms)
        made = [joined(end, list(group), untraded) for end, group in groupby(finer, label_of(period))]
        return [bar for bar in made if start_ms <= bar.time_ms <= end_ms]


def _by_code(period: str, tapes: Sequence[Tape]) -> dict[str, list[Tape]]:
    """The tapes of each code in order of time. Raises ConfigError where two overlap."""
    found: dict[str, list[Tape]] = {}
    for tape in tapes:
        for code in tape.codes:
            found.setdefault(code, []).append(tape)
    for code, parts in found.items():
        parts.sort(key=lambda tape: tape.span(code))
        for before, after in pairwise(parts):
            if before.span(code)[1] >= after.span(code)[0]:
                day = calendar.day_of(after.span(code)[0])
                raise ConfigError(f"two files have {period} rows of {code} for the same time, from {day} on")
    return found


def last_complete_ms(period: str, now_ms: int) -> int:
    """The greatest ``time_ms`` a row may have to be known at a moment."""
    if period != "1d":
        return now_ms
    midnight_ms = now_ms - calendar.time_of_day_ms(now_ms)
    return midnight_ms if now_ms - midnight_ms >= DAY_COMPLETE_MS else midnight_ms - 1


# -- coarser bars --------------------------------------------------------------------------------------------------------


def label_of(period: str) -> Callable[[Bar], int]:
    """What time the bar of a period has that a finer bar belongs to."""
    length_ms = LENGTH_MS[period]
    if period == "1d":
        return lambda bar: bar.time_ms - calendar.time_of_day_ms(bar.time_ms)
    return lambda bar: -(-(bar.time_ms + _moved_ms(calendar.time_of_day_ms(bar.time_ms))) // length_ms) * length_ms


def _moved_ms(clock_ms: int) -> int:
    """How far a moment is from where it counts: an opening auction, or a bar at 09:30, in the first stretch.

    What is told in a break or after the close, a closing auction in a snapshot for instance, counts in the stretch before it.
    """
    if OPEN_MS < clock_ms <= LUNCH_MS or NOON_MS < clock_ms <= CLOSE_MS:
        return 0
    if clock_ms <= OPEN_MS:
        return OPEN_MS + 1 - clock_ms
    return (CLOSE_MS if clock_ms > CLOSE_MS else NOON_MS + 1 if clock_ms == NOON_MS else LUNCH_MS) - clock_ms


def joined(time_ms: int, bars: Sequence[Bar], untraded: bool = False) -> Bar:
    """One bar of several that follow each other. ``untraded``: their prices count whether anything traded or not."""
    traded = bars if untraded else [bar for bar in bars if bar.volume] or bars
    return Bar(
        time_ms, traded[0].open_li, max(bar.high_li for bar in traded), min(bar.low_li for bar in traded), traded[-1].close_li,
        sum(bar.volume for bar in bars), sum(bar.amount_li for bar in bars), bars[0].pre_close_li, bars[0].suspended,
    )  # fmt: skip


def bars_of_ticks(ticks: Sequence[Tick], untraded: bool = False) -> Iterator[Bar]:
    """Each snapshot in which something traded as a bar of its own: what traded since the one before, at its last price.

    ``untraded``: of an index each that has an opening price, whether anything traded or not.
    """
    day = volume = amount_li = 0
    for tick in ticks:
        today = calendar.day_of(tick.time_ms)
        if today != day:
            day, volume, amount_li = today, 0, 0
        traded = tick.volume - volume
        if traded > 0 or (untraded and tick.open_li):
            price_li, more_li = tick.last_li, tick.amount_li - amount_li
            if traded < 0 or (untraded and more_li < 0):
                traded = more_li = 0
            yield Bar(tick.time_ms, price_li, price_li, price_li, price_li, traded, more_li, tick.last_close_li, 0)
        volume, amount_li = max(volume, tick.volume), max(amount_li, tick.amount_li)


def _last(bars: list[Bar], count: int) -> list[Bar]:
    return bars if count < 0 else bars[len(bars) - min(count, len(bars)) :]


