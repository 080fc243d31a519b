"""Where floats meet integers: nothing is rounded silently, halves go up."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import units


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_every_li_survives_the_way_out_and_back(li: int) -> None:
    assert units.li_from_yuan(units.yuan(li)) == li


@pytest.mark.parametrize("noisy", [10.45, 10.450000001, 0.1 + 0.2, 1234567.891, 3 * 1.1])
def test_binary_noise_is_forgiven(noisy: float) -> None:
    assert units.nearest_li(noisy) == (round(noisy * 1000), True)


@pytest.mark.parametrize("fine", [10.4501, 0.0005, 10.45001])
def test_a_price_finer_than_a_li_is_off_the_grid(fine: float) -> None:
    assert units.nearest_li(fine)[1] is False
    with pytest.raises(units.OffGridError, match=r"finer than 0\.001"):
        units.li_from_yuan(fine)


@pytest.mark.parametrize("yuan", [math.nan, math.inf, -math.inf, 1e300])
def test_what_is_no_amount_is_refused(yuan: float) -> None:
    with pytest.raises(units.OffGridError, match="not a number of yuan"):
        units.nearest_li(yuan)


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [(5, 10, 1), (4, 10, 0), (15, 10, 2), (25, 10, 3), (-5, 10, -1), (-4, 10, 0), (-15, 10, -2), (0, 7, 0)],
)
def test_halves_go_away_from_zero(numerator: int, denominator: int, expected: int) -> None:
    assert units.half_up(numerator, denominator) == expected


@given(st.integers(min_value=-(10**15), max_value=10**15), st.integers(min_value=1, max_value=10**9))
def test_rounding_is_never_off_by_more_than_a_half(numerator: int, denominator: int) -> None:
    assert abs(2 * (units.half_up(numerator, denominator) * denominator - numerator)) <= denominator


def test_an_average_of_nothing_is_nothing() -> None:
    assert units.average_yuan(0, 0) == 0.0
    assert units.ratio(5, 0) == 0.0
