"""Available margin, maintenance ratio and what may leave: the worked examples of the rule, and its edges."""

from __future__ import annotations

import pytest

from miniqmt_sim.credit.figures import (
    WITHOUT_DEBT_PPM,
    Collateral,
    Financed,
    Holdings,
    Shorted,
    available_margin_li,
    maintenance_ppm,
    missing_li,
    removable_li,
)

YUAN = 1000
FULL, SEVENTY = 1_000_000, 700_000


def financed_worth(value: int) -> Holdings:
    """Example (a): cash 50,000, collateral 100,000 at 70 %, financed 60,000, ratio 100 %, interest 100."""
    return Holdings(
        cash_li=50_000 * YUAN,
        collateral=[Collateral(100_000 * YUAN, SEVENTY)],
        financed=[Financed(value * YUAN, 60_000 * YUAN, SEVENTY, FULL)],
        fees_li=100 * YUAN,
    )


@pytest.mark.parametrize(("value", "margin"), [(66_000, 64_100), (54_000, 53_900), (60_000, 59_900)])
def test_gains_count_at_the_haircut_and_losses_in_full(value: int, margin: int) -> None:
    assert available_margin_li(financed_worth(value)) == margin * YUAN


def test_a_short_position_that_lost() -> None:
    held = Holdings(300_000 * YUAN, shorted=[Shorted(100_000 * YUAN, 110_000 * YUAN, SEVENTY, FULL)])
    assert available_margin_li(held) == 80_000 * YUAN


def test_a_short_position_that_gained() -> None:
    held = Holdings(300_000 * YUAN, shorted=[Shorted(100_000 * YUAN, 90_000 * YUAN, SEVENTY, FULL)])
    assert available_margin_li(held) == (300_000 + 7_000 - 100_000 - 90_000) * YUAN


def test_orders_in_flight_use_margin_by_their_ratio() -> None:
    held = Holdings(100 * YUAN, in_flight=[(50 * YUAN, FULL), (40 * YUAN, 1_500_000)])
    assert available_margin_li(held) == -10 * YUAN


def test_the_figure_is_rounded_once() -> None:
    held = Holdings(0, collateral=[Collateral(1, 333_333)] * 3)
    assert available_margin_li(held) == 1


def test_the_maintenance_ratio_is_never_rounded_up_to_a_line() -> None:
    assert maintenance_ppm(1_300_000 - 1, 1_000_000) == 1_299_999
    assert maintenance_ppm(13 * 10**12 - 1, 10**13) == 1_299_999
    assert maintenance_ppm(5, 0) == WITHOUT_DEBT_PPM == maintenance_ppm(10**15, 1)


def test_what_may_leave_keeps_the_ratio_at_the_line() -> None:
    assert removable_li(400_000, 100_000, 3_000_000) == 100_000
    assert removable_li(299_999, 100_000, 3_000_000) == 0
    assert removable_li(400_000, 0, 3_000_000) == 400_000
    out = removable_li(1_000_000, 123_457, 3_000_000)
    assert maintenance_ppm(1_000_000 - out, 123_457) >= 3_000_000 > maintenance_ppm(1_000_000 - out - 1, 123_457)


def test_what_a_close_out_must_repay() -> None:
    assert missing_li(125_000, 100_000, 1_400_000) == 37_500  # (125 - 37.5) / (100 - 37.5) = 1.4
    assert missing_li(140_000, 100_000, 1_400_000) == 0
    assert missing_li(90_000, 100_000, 1_400_000) == 100_000  # nothing brings it there: all of it
