"""What accounts' shares were worth at each close, by exchange: the base of subscription quotas.

Source: exchange-rules §11: the average over the 20 trading days that end two days before the subscription.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from matching.codes import Board
from matching.instrument import Security
from miniqmt_sim.changes import Changes, Row
from miniqmt_sim.counter.account import Account

SH_BOARDS: Final = (Board.SH_MAIN, Board.STAR)
SZ_BOARDS: Final = (Board.SZ_MAIN, Board.CHINEXT)
AVERAGED_DAYS: Final = 20
KEPT_DAYS: Final = AVERAGED_DAYS + 2
"""The days averaged, the one before the subscription, which is not, and the present one after its close."""


class DayValue(NamedTuple):
    """One account at one close."""

    account_id: str
    day: int
    sh_li: int
    sz_li: int

    def row(self) -> Row:
        """The row of table market_values."""
        return tuple(self)


class MarketValues:
    """The last days of every account, oldest first."""

    __slots__ = ("_changes", "_days")

    def __init__(self, changes: Changes) -> None:
        self._changes = changes
        self._days: dict[str, list[DayValue]] = {}

    def average(self, account: Account, day: int, securities: Mapping[str, Security]) -> tuple[int, int]:
        """Average value in li on SH and SZ before a subscription on a day.

        A younger account has fewer days; while none is two days old, what it holds now counts, at the day's references.
        """
        days = [value for value in self._days.get(account.account_id, ()) if value.day < day][:-1][-AVERAGED_DAYS:]
        if not days:
            return _values(account, securities, lambda security: security.pre_close_li)
        return sum(value.sh_li for value in days) // len(days), sum(value.sz_li for value in days) // len(days)

    def record(self, account: Account, day: int, securities: Mapping[str, Security]) -> None:
        """Write down a close, and forget what is too old."""
        value = DayValue(account.account_id, day, *_values(account, securities, lambda security: security.last_li))
        days = self._days.setdefault(account.account_id, [])
        days.append(value)
        self._changes.put("market_values", (value.account_id, day), value)
        while len(days) > KEPT_DAYS:
            self._changes.put("market_values", (account.account_id, days.pop(0).day), None)

    def restore(self, rows: Sequence[Row]) -> None:
        """Take the days back from storage."""
        for row in sorted(rows):
            self._days.setdefault(row[0], []).append(DayValue(*row))

    def rows(self) -> list[Row]:
        """Rows of table market_values."""
        return sorted(value.row() for days in self._days.values() for value in days)


def _values(
    account: Account, securities: Mapping[str, Security], price_li: Callable[[Security], int]
) -> tuple[int, int]:
    sh_li = sz_li = 0
    for stock_code, position in account.positions.items():
        security = securities[stock_code]
        sh_li += position.volume * price_li(security) if security.board in SH_BOARDS else 0
        sz_li += position.volume * price_li(security) if security.board in SZ_BOARDS else 0
    return sh_li, sz_li
