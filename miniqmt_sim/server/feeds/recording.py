"""A recorded market as a world is made of it: settings in, a replay and what the world must know of its codes out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, Self

from matching import calendar
from matching.codes import is_index
from miniqmt_sim.errors import ConfigError
from miniqmt_sim.server.clock import Pace
from miniqmt_sim.server.feeds import files
from miniqmt_sim.server.feeds.files import Reading
from miniqmt_sim.server.feeds.history import FAR_MS, History
from miniqmt_sim.server.feeds.replay import Replay, instruments, reference_yuan
from miniqmt_sim.server.feeds.trading_days import parse_day
from miniqmt_sim.settings import Settings, World, read_instruments, read_table

DAY_BEGINS_MS = calendar.parse_clock("08:30")
"""When the first day of a replay begins: the counter's morning."""


class Recording(NamedTuple):
    """The data opened and checked, the replay of it, and the world's settings with its codes and ex-days."""

    history: History
    replay: Replay
    world: World
    pace: Pace

    @classmethod
    def open(cls, settings: Settings, end_ms: int = FAR_MS, reading: Reading | None = None) -> Self:
        """Open the data that settings name; ``reading`` is told how far it is. Raises ConfigError for the first bad row."""
        chosen, path = settings.replay, Path(settings.replay.data)
        history = History.open(path, chosen.volume_unit, reading)
        start = parse_day(chosen.start, "start") if chosen.start else first_day(history)
        start_ms = calendar.midnight_ms(start) + DAY_BEGINS_MS
        if start_ms > end_ms:
            raise ConfigError(f"start {start} is after the end")
        if start > last_day(history):
            raise ConfigError(f"start {start} is after the last day of the data, {last_day(history)}")
        world = with_data(settings.world, history, path, start_ms)
        pace = Pace(start_ms, chosen.speed, chosen.grace_ms, chosen.wait_ms)
        return cls(history, Replay(history, start_ms, end_ms), world, pace)


def first_day(history: History) -> int:
    """The first day of which there is anything."""
    firsts = [history.span(code, period)[0] for code in history.codes() for period in history.periods(code)[:1]]
    return calendar.day_of(min(firsts))


def last_day(history: History) -> int:
    """The last day of which there is anything."""
    lasts = [history.span(code, period)[1] for code in history.codes() for period in history.periods(code)[:1]]
    return calendar.day_of(max(lasts))


def with_data(world: World, history: History, path: Path, start_ms: int) -> World:
    """The world's settings with the instruments, corporate actions and sectors of the data.

    What the settings say of a code wins, and what the data say of a sector.
    A new issue that the data know is listed already, and no issue any more.
    An index that was not recorded is not listed: a strategy shall not take a level that never moves for the market's.
    """
    beside = files.beside(path, files.INSTRUMENTS)
    own: list[dict[str, Any]] = [dict(row) for row in read_instruments(beside)] if beside is not None else []
    recorded = frozenset(history.codes())
    own = [row for row in own if row["stock_code"] in recorded]
    listed = {row["stock_code"] for row in own}
    theirs = [row for row in world.instruments if row["stock_code"] in recorded or not is_index(row["stock_code"])]
    own += [dict(row) for row in theirs if row["stock_code"] not in listed]
    known = [
        row | {"pre_close": reference_yuan(history, row["stock_code"], start_ms)} if row["stock_code"] in recorded else row
        for row in own
    ]
    actions = [dividend.action() for dividend in history.all_dividends() if dividend.stock_code in recorded]
    to_come = [action for action in actions if int(action["ex_day"]) > calendar.day_of(start_ms)]
    named = files.beside(path, files.SECTORS)
    sectors = read_table(named) if named is not None else []
    names = {row.get("sector") for row in sectors}
    return replace(
        world,
        instruments=[*known, *instruments(history, start_ms, known)],
        corporate_actions=[*world.corporate_actions, *to_come],
        ipo=[row for row in world.ipo if row["listed_code"] not in recorded],
        sectors=[*(row for row in world.sectors if row.get("sector") not in names), *sectors],
    )
