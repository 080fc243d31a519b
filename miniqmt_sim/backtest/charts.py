"""The page of a result, with prices read from the data it was made of."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

from matching import calendar, units
from miniqmt_sim.backtest.report import report
from miniqmt_sim.backtest.results import Result
from miniqmt_sim.server.feeds.history import FAR_MS, History

MAX_MINUTE_BARS = 50_000
"""Up to here a price is drawn minute by minute, above it day by day: nobody sees more."""

Series = list[tuple[int, str, float]]


def write_report(
    result: Result, file: str | os.PathLike[str], title: str, data: str | os.PathLike[str], volume_unit: str = "lot"
) -> None:
    """Write a result as one HTML file. Raises ConfigError when the data cannot be read."""
    codes = sorted({trade["stock_code"] for trade in result.trades})
    start_ms = calendar.midnight_ms(result.summary["start"])
    end_ms = calendar.midnight_ms(result.summary["end"]) + calendar.MS_PER_DAY - 1
    with closing(History.open(Path(data), volume_unit)) as history:
        closes = {code: closes_of(history, code, start_ms, end_ms) for code in codes}
    Path(file).write_text(report(result, title, closes), encoding="utf-8")


def closes_of(history: History, code: str, start_ms: int, end_ms: int) -> Series:
    """A code's closes as (time in ms, time as text, yuan): by the minute while they are few, else by the day."""
    minutes = history.bars(code, "1m", start_ms, end_ms, MAX_MINUTE_BARS + 1, FAR_MS)
    bars = minutes if 0 < len(minutes) <= MAX_MINUTE_BARS else history.bars(code, "1d", start_ms, end_ms, -1, FAR_MS)
    ends_ms = 0 if bars is minutes else calendar.parse_clock("15:00")
    traded = [bar for bar in bars if bar.close_li]
    return [(bar.time_ms, calendar.text_of(bar.time_ms + ends_ms), units.yuan(bar.close_li)) for bar in traded]
