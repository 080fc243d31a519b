"""The figures of a credit account, as pure functions of what it holds and owes.

Beside station 5 and 7: ``book`` gathers the inputs, ``checks`` and the views ask. Everything is li and ppm; each figure is
rounded once, half up to the li.

Source: 融资融券交易实施细则 art. 40 (available margin) and art. 42 (maintenance ratio); exchange-rules §10.2 and §10.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from matching import units
from matching.units import PPM

WITHOUT_DEBT_PPM: Final = 9999 * PPM
"""The maintenance ratio of an account that owes nothing, and the most that is shown."""


class Collateral(NamedTuple):
    """Shares that no open financing holds: their value, and the part of it that counts."""

    value_li: int
    haircut_ppm: int


class Financed(NamedTuple):
    """Shares bought on margin: their value now, what is owed for them, and the ratio in force when they were bought."""

    value_li: int
    amount_li: int
    haircut_ppm: int
    ratio_ppm: int


class Shorted(NamedTuple):
    """Shares sold short and not returned: what they brought, what they cost now, and the ratio in force at the sale."""

    proceeds_li: int
    value_li: int
    haircut_ppm: int
    ratio_ppm: int


class Holdings(NamedTuple):
    """What an account holds and owes. ``cash_li`` includes the proceeds of short sales; ``in_flight`` is (amount, ratio)."""

    cash_li: int
    collateral: Sequence[Collateral] = ()
    financed: Sequence[Financed] = ()
    shorted: Sequence[Shorted] = ()
    fees_li: int = 0
    in_flight: Sequence[tuple[int, int]] = ()


def available_margin_li(held: Holdings) -> int:
    """保证金可用余额. Gains count at the security's haircut, losses in full. Source: art. 40; OES for orders in flight."""
    parts = sum(each.value_li * each.haircut_ppm for each in held.collateral)
    for bought in held.financed:
        parts += _floating(bought.value_li - bought.amount_li, bought.haircut_ppm) - bought.amount_li * bought.ratio_ppm
    for sold in held.shorted:
        parts += _floating(sold.proceeds_li - sold.value_li, sold.haircut_ppm) - sold.value_li * sold.ratio_ppm
        parts -= sold.proceeds_li * PPM
    parts -= sum(amount_li * ratio_ppm for amount_li, ratio_ppm in held.in_flight)
    return held.cash_li - held.fees_li + units.half_up(parts, PPM)


def _floating(gain_li: int, haircut_ppm: int) -> int:
    return gain_li * (haircut_ppm if gain_li >= 0 else PPM)


def maintenance_ppm(assets_li: int, debt_li: int) -> int:
    """维持担保比例: assets over debts, rounded down so that a line is never reached by rounding. Source: art. 42."""
    return min(assets_li * PPM // debt_li, WITHOUT_DEBT_PPM) if debt_li > 0 else WITHOUT_DEBT_PPM


def removable_li(assets_li: int, debt_li: int, line_ppm: int) -> int:
    """The most that may leave so that the maintenance ratio is still at the line; everything when nothing is owed."""
    return max(0, assets_li - units.ceil_div(debt_li * line_ppm, PPM)) if debt_li > 0 else max(0, assets_li)


def missing_li(assets_li: int, debt_li: int, target_ppm: int) -> int:
    """How much of the debt must be repaid out of the assets to bring the ratio up to a target; 0 when it is there.

    (A − x) ÷ (D − x) = r gives x = (r·D − A) ÷ (r − 1). Never more than the debt.
    """
    short = debt_li * target_ppm - assets_li * PPM
    return min(debt_li, units.ceil_div(short, target_ppm - PPM)) if short > 0 else 0

