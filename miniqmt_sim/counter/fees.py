"""Fees: dated rows from config/rules/fees.toml, computed on an order's cumulative amount.

Each item is rounded to the fen half up at ``Tariff.on``; a fill is charged the difference to what the order paid before,
so that the minimum commission is taken once per order. Source: exchange-rules §9.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import gcd
from typing import Any, Final, NamedTuple

from matching.book import Side
from matching.codes import Board
from matching.rules import Dated, RuleError, read_rows
from matching.units import LI_PER_FEN, PPB

_new: Any = tuple.__new__
"""Makes fees in a fifth of the time that their own constructor takes."""


class Fees(NamedTuple):
    """Fees by kind, in li."""

    commission_li: int = 0
    stamp_duty_li: int = 0
    transfer_fee_li: int = 0
    other_fees_li: int = 0

    @property
    def total_li(self) -> int:
        """All kinds together."""
        return sum(self)

    def minus(self, before: Fees) -> Fees:
        """What is charged now, after ``before`` was charged already."""
        if before is NO_FEES:
            return self
        commission_li, stamp_duty_li, transfer_fee_li, other_fees_li = self
        paid_commission_li, paid_stamp_li, paid_transfer_li, paid_others_li = before
        charged = (
            commission_li - paid_commission_li, stamp_duty_li - paid_stamp_li, transfer_fee_li - paid_transfer_li,
            other_fees_li - paid_others_li,
        )  # fmt: skip
        fees: Fees = _new(Fees, charged)
        return fees


NO_FEES: Final = Fees()
"""Nothing was charged."""


ITEMS: Final = ("commission", "stamp_duty", "transfer_fee", "other_fees")
"""Kinds of fee, in the order of the fields of Fees."""


class FeeRule(NamedTuple):
    """One dated row: an item's rate for a side, as parts per billion of the amount, and its minimum per order."""

    item: str
    side: str
    rate_ppb: int
    minimum_li: int


class Tariff:
    """The rows in force for one board, side and day, one for each item that is charged."""

    __slots__ = ("_rows",)

    def __init__(self, rules: Sequence[FeeRule | None]) -> None:
        """Take a rule, or None, for each of ITEMS."""
        self._rows = tuple((place, *_per_fen(rule.rate_ppb), rule.minimum_li) for place, rule in enumerate(rules) if rule)

    def on(self, amount_li: int) -> Fees:
        """Fees of an order that has traded so much; nothing traded costs nothing."""
        if not amount_li:
            return NO_FEES
        charged = [0, 0, 0, 0]
        for place, twice, half, whole, minimum_li in self._rows:
            fee_li = (amount_li * twice + half) // whole * LI_PER_FEN
            charged[place] = fee_li if fee_li > minimum_li else minimum_li
        fees: Fees = _new(Fees, charged)
        return fees

    def total_on(self, amount_li: int) -> int:
        """What they come to, in li."""
        if not amount_li:
            return 0
        total_li = 0
        for _, twice, half, whole, minimum_li in self._rows:
            fee_li = (amount_li * twice + half) // whole * LI_PER_FEN
            total_li += fee_li if fee_li > minimum_li else minimum_li
        return total_li


def _per_fen(rate_ppb: int) -> tuple[int, int, int]:
    """A rate as the numbers that round its part of an amount half up to the fen: (amount × twice + half) // whole."""
    common = gcd(rate_ppb, PPB)
    half = PPB // common * LI_PER_FEN
    return 2 * rate_ppb // common, half, 2 * half


class FeeSchedule:
    """All fee rows; answers for one board, side and day are remembered."""

    __slots__ = ("_memory", "_rows")

    def __init__(self, content: Mapping[str, Any]) -> None:
        """Read the parsed fees.toml. Raises RuleError."""
        self._rows = read_rows("fees", content, FeeRule, lambda rule: f"{rule.item}/{rule.side}")
        self._memory: dict[tuple[Board, Side, int], Tariff] = {}
        for by_key in self._rows.values():
            for key, dated in by_key.items():
                _check(key, dated)

    def tariff(self, board: Board, side: Side, day: int) -> Tariff:
        """What is charged on a side of a board on a day."""
        found = self._memory.get((board, side, day))
        if found is None:
            found = self._memory[board, side, day] = self._assemble(board, side, day)
        return found

    def _assemble(self, board: Board, side: Side, day: int) -> Tariff:
        found = [self._rows[board].get(f"{item}/{side.name.lower()}") for item in ITEMS]
        return Tariff([dated.on(day) if dated else None for dated in found])


def _check(key: str, dated: Dated) -> None:
    item, _, side = key.partition("/")
    if item not in ITEMS or side not in ("buy", "sell"):
        raise RuleError(f"config/rules/fees.toml: {key!r} is not an item of {ITEMS} and a side buy or sell")
