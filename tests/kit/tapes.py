"""Tiny data files, written as a test reads: one row a line."""

from __future__ import annotations

import gzip
from pathlib import Path

from matching.calendar import midnight_ms, parse_clock

DAY = 20240102
"""A Tuesday; the days after it are trading days up to Friday."""
BAR_COLUMNS = "time,open,high,low,close,volume,amount,preClose,suspendFlag"
TICK_COLUMNS = "time,lastPrice,open,high,low,lastClose,amount,volume,pvolume,askPrice,bidPrice,askVol,bidVol"


def at(clock: str, day: int = DAY) -> int:
    """A time of a day as epoch ms."""
    return midnight_ms(day) + parse_clock(clock)


def bar(clock: str, *prices: float, volume: float = 10, day: int = DAY, pre: float = 10.0, flag: int = 0) -> str:
    """A bar as a line: one price for all four, or open, high, low, close; volume in 手."""
    first, high, low, last = prices if len(prices) == 4 else prices * 4
    amount = volume * 100 * (first + last) / 2
    return f"{at(clock, day)},{first},{high},{low},{last},{volume},{amount:.2f},{pre},{flag}"


def tick(clock: str, last: float, *, volume: int, asks: str = "", bids: str = "", day: int = DAY, pre: float = 10.0) -> str:
    """A snapshot as a line: ``volume`` of the day so far in 手, levels like ``10.01:5 10.02:7`` in 手."""
    sides = [[level.split(":") for level in side.split()] for side in (asks, bids)]
    prices = [f'"[{", ".join(level[0] for level in side)}]"' for side in sides]
    volumes = [f'"[{", ".join(level[1] for level in side)}]"' for side in sides]
    head = f"{at(clock, day)},{last},{last},{last},{last},{pre},{volume * 100 * last:.2f},{volume},{volume * 100}"
    return ",".join((head, *prices, *volumes))


def write_bars(path: Path, *lines: str, header: str = BAR_COLUMNS) -> Path:
    """Write a file of bars; one that ends with .gz is packed."""
    return _write(path, header, lines)


def write_ticks(path: Path, *lines: str) -> Path:
    """Write a file of snapshots."""
    return _write(path, TICK_COLUMNS, lines)


def _write(path: Path, header: str, lines: tuple[str, ...]) -> Path:
    data = "\n".join((header, *lines, "")).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path
