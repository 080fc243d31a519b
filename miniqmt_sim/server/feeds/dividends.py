"""Who gave what when: dividends.csv beside the data, in the columns of the vendor's ``get_divid_factors``.

Comes in: rows ``stock_code, time, interest, stockBonus, stockGift, allotNum, allotPrice, gugai, dr`` (all but the first two
may be missing), ``time`` the ex-day in any form a data file may use. Goes out: the same as records for ``xtdata``, and as
rows of corporate actions for the simulated counter, which then pays, adds shares and adjusts reference prices on the day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

from matching import calendar
from miniqmt_sim.errors import ConfigError
from miniqmt_sim.server.feeds.rows import number, parse_time
from miniqmt_sim.settings import read_table

COLUMNS: Final = ("stock_code", "time", "interest", "stockBonus", "stockGift", "allotNum", "allotPrice", "gugai", "dr")

DECIMALS: Final = 6
"""Of yuan and shares per share, as they are paid and handed out."""


class Dividend(NamedTuple):
    """One ex-day of one code: per share, in yuan and shares; ``dr`` is the vendor's factor, 0 where the file does not say."""

    stock_code: str
    time_ms: int
    interest: float
    stock_bonus: float
    stock_gift: float
    allot_num: float
    allot_price: float
    gugai: float
    dr: float

    @property
    def ex_day(self) -> int:
        """The first day without what is given, yyyymmdd."""
        return calendar.day_of(self.time_ms)

    def action(self) -> dict[str, Any]:
        """The same as a row of corporate_actions.csv, which takes six decimals; the vendor's have more after a buy-back."""
        return {
            "stock_code": self.stock_code,
            "ex_day": str(self.ex_day),
            "cash": round(self.interest, DECIMALS),
            "bonus": round(self.stock_bonus, DECIMALS),
            "transfer": round(self.stock_gift, DECIMALS),
            "rights": round(self.allot_num, DECIMALS),
            "rights_price": self.allot_price,
            "_where": f"dividend of {self.stock_code} on {self.ex_day}",
        }


def read_dividends(path: Path | None) -> dict[str, list[Dividend]]:
    """Read the file: code to its dividends in order of time. Raises ConfigError with the line of the first bad row."""
    found: dict[str, list[Dividend]] = {}
    for row in read_table(path) if path is not None else ():
        where = row.pop("_where")
        try:
            dividend = _dividend(row)
        except ValueError as error:
            raise ConfigError(f"{path}: {where.rpartition('csv ')[2]}: {error}") from None
        found.setdefault(dividend.stock_code, []).append(dividend)
    for dividends in found.values():
        dividends.sort(key=lambda dividend: dividend.time_ms)
        _check_days(dividends, str(path))
    return found


def _dividend(row: Mapping[str, str]) -> Dividend:
    unknown = [name for name in row if name not in COLUMNS]
    if unknown:
        raise ValueError(f"there is no column {unknown[0]!r}; there are {', '.join(COLUMNS)}")
    if not row.get("stock_code") or not row.get("time"):
        raise ValueError("stock_code and time are needed")
    values = [number(row.get(name), name) for name in COLUMNS[2:]]
    if min(values) < 0:
        raise ValueError("a dividend cannot be negative")
    return Dividend(row["stock_code"], parse_time(row["time"]), *values)


def _check_days(dividends: Sequence[Dividend], path: str) -> None:
    days = [dividend.ex_day for dividend in dividends]
    twice = [day for day, after in pairwise(days) if day == after]
    if twice:
        raise ConfigError(f"{path}: {dividends[0].stock_code} goes ex twice on {twice[0]}")
