"""Fees: dated rows from config/rules/fees.toml, computed on an order's cumulative amount.

Each item is rounded to the fen half up at ``Tariff.on``; a fill is charged the difference to what the order paid before,
so that the minimum commission is taken once per order. Source: exchange-rules §9.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from matching import units
from matching.book import Side
from matching.codes import Board
from matching.rules import Dated, RuleError, read_rows


class Fees(NamedTuple):
    """Fees by kind, in li."""

    commission_li: int = 0
    stamp_duty_li: int = 0
    transfer_fee_li: int = 0
    other_fees_li: int = 0

    @property
    def total_li(self) -> int:
        """All kinds together."""
        return self.commission_li + self.stamp_duty_li + self.transfer_fee_li + self.other_fees_li

    def minus(self, before: Fees) -> Fees:
        """What is charged now, after ``before`` was charged already."""
        return Fees(*(now - earlier for now, earlier in zip(self, before, strict=True)))


ITEMS: Final = ("commission", "stamp_duty", "transfer_fee", "other_fees")
"""Kinds of fee, in the order of the fields of Fees."""


class FeeRule(NamedTuple):
    """One dated row: an item's rate for a side, as parts per billion of the amount, and its minimum per order."""

    item: str
    side: str
    rate_ppb: int
    minimum_li: int


class Tariff(NamedTuple):
    """The rows in force for one board, side and day, one for each item that is charged."""

    rows: tuple[tuple[int, FeeRule], ...]

    def on(self, amount_li: int) -> Fees:
        """Fees of an order that has traded so much; nothing traded costs nothing."""
        if not amount_li:
            return Fees()
        charged = [0] * len(ITEMS)
        for place, rule in self.rows:
            charged[place] = max(units.fen(amount_li, rule.rate_ppb), rule.minimum_li)
        return Fees(*charged)


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
        rows = []
        for place, item in enumerate(ITEMS):
            dated = self._rows[board].get(f"{item}/{side.name.lower()}")
            rule = dated.on(day) if dated else None
            if rule is not None:
                rows.append((place, rule))
        return Tariff(tuple(rows))


def _check(key: str, dated: Dated) -> None:
    item, _, side = key.partition("/")
    if item not in ITEMS or side not in ("buy", "sell"):
        raise RuleError(f"config/rules/fees.toml: {key!r} is not an item of {ITEMS} and a side buy or sell")
    if any(rule.rate_ppb < 0 or rule.minimum_li < 0 for rule in dated.rows):
        raise RuleError(f"config/rules/fees.toml: {key}: a rate or minimum is negative")
