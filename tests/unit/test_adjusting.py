"""Prices on both sides of an ex-day: the exchange's formula, and the quotient."""

from __future__ import annotations

import pytest

from miniqmt_sim.market.adjusting import KINDS, Adjusting, ExDay

CASH = ExDay(20240105, 0.5, 0.0, 0.0, 0.0, 0.0, 10.0 / 9.5)
"""Half a yuan a share: 10.00 becomes 9.50."""
SPLIT = ExDay(20240110, 0.0, 0.2, 0.8, 0.0, 0.0, 2.0)
"""Ten for ten: 9.60 becomes 4.80."""
RIGHTS = ExDay(20240115, 0.0, 0.0, 0.0, 0.5, 4.0, 5.0 / (7.0 / 1.5))
"""Five for ten at 4 yuan: 5.00 becomes (5 + 2) ÷ 1.5."""


@pytest.mark.parametrize(
    ("kind", "before", "between", "after"),
    [
        ("front", (10.0 - 0.5) / 2, 9.6 / 2, 4.8),
        ("back", 10.0, 9.6 + 0.5, 4.8 * 2 + 0.5),
        ("front_ratio", 10.0 / (10.0 / 9.5) / 2, 9.6 / 2, 4.8),
        ("back_ratio", 10.0, 9.6 * 10.0 / 9.5, 4.8 * 2 * 10.0 / 9.5),
    ],
)
def test_two_ex_days(kind: str, before: float, between: float, after: float) -> None:
    lines = Adjusting(kind, [CASH, SPLIT])
    found = [lines.line(day).at(price) for day, price in ((20240104, 10.0), (20240105, 9.6), (20240110, 4.8))]
    assert found == pytest.approx([before, between, after])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ex", [CASH, SPLIT, RIGHTS])
def test_a_price_that_only_went_ex_does_not_move(kind: str, ex: ExDay) -> None:
    close = {CASH: 10.0, SPLIT: 9.6, RIGHTS: 5.0}[ex]
    reference = (close - ex.cash) / ex.shares
    lines = Adjusting(kind, [ex])
    assert lines.line(ex.day - 1).at(close) == pytest.approx(lines.line(ex.day).at(reference))


def test_without_a_quotient_nothing_is_made_up() -> None:
    assert Adjusting("front_ratio", [CASH._replace(dr=0.0)]).line(20240101).at(10.0) == 10.0
