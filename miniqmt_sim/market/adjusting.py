"""Prices adjusted for what companies paid (复权): the same price on both sides of an ex-day.

In come prices in yuan with their days, and the ex-days; out go prices as xtdata's dividend types give them. Each type is a
straight line per stretch between two ex-days, ``price × scale + shift``. ``front`` and ``back`` use the exchange's formula for
the reference price, the ``_ratio`` types the quotient of both prices at the ex-day. Volumes stay as they were traded.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

NONE: Final = "none"


class ExDay(NamedTuple):
    """What one share got on an ex-day, in yuan and shares; ``dr`` is close ÷ reference price, 0 where that is not known."""

    day: int
    interest: float
    stock_bonus: float
    stock_gift: float
    allot_num: float
    allot_price: float
    dr: float

    @property
    def shares(self) -> float:
        """What one share became."""
        return 1 + self.stock_bonus + self.stock_gift + self.allot_num

    @property
    def cash(self) -> float:
        """What it paid out, less what was paid in for rights."""
        return self.interest - self.allot_num * self.allot_price


class Line(NamedTuple):
    """A straight line."""

    scale: float
    shift: float

    def at(self, price: float) -> float:
        """The adjusted price."""
        return price * self.scale + self.shift


UNCHANGED: Final = Line(1.0, 0.0)


def _lowered(line: Line, ex: ExDay) -> Line:
    """What the line is before an ex-day that it must pass: the price goes ex first."""
    return Line(line.scale / ex.shares, line.shift - line.scale * ex.cash / ex.shares)


def _raised(line: Line, ex: ExDay) -> Line:
    """What the line is from an ex-day on: what the price lost is given back first."""
    return Line(line.scale * ex.shares, line.scale * ex.cash + line.shift)


def _lowered_by_ratio(line: Line, ex: ExDay) -> Line:
    return Line(line.scale / (ex.dr or 1.0), 0.0)


def _raised_by_ratio(line: Line, ex: ExDay) -> Line:
    return Line(line.scale * (ex.dr or 1.0), 0.0)


class _Kind(NamedTuple):
    """Whether the newest prices or the oldest stay as they are, and what one ex-day does to the line."""

    newest_stay: bool
    pass_day: Callable[[Line, ExDay], Line]


KINDS: Final = {
    "front": _Kind(True, _lowered),
    "back": _Kind(False, _raised),
    "front_ratio": _Kind(True, _lowered_by_ratio),
    "back_ratio": _Kind(False, _raised_by_ratio),
}
DIVIDEND_TYPES: Final = (NONE, *KINDS)


class Adjusting:
    """The lines of one security for one dividend type."""

    __slots__ = ("_days", "_lines")

    def __init__(self, kind: str, ex_days: Sequence[ExDay]) -> None:
        """``ex_days`` in order, none after the present day."""
        how = KINDS[kind]
        self._days = [ex.day for ex in ex_days]
        lines = [UNCHANGED]
        for ex in reversed(ex_days) if how.newest_stay else ex_days:
            lines.append(how.pass_day(lines[-1], ex))
        self._lines = lines[::-1] if how.newest_stay else lines

    def line(self, day: int) -> Line:
        """The line for the prices of a day."""
        return self._lines[bisect_right(self._days, day)]
