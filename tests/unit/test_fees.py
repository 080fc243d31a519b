"""The tariff of an order: each item rounded half up to the fen, the minimum once."""

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.units import LI_PER_FEN, PPB
from miniqmt_sim.counter.fees import NO_FEES, FeeRule, Tariff


def tariff(rate_ppb: int, minimum_li: int = 0) -> Tariff:
    return Tariff([FeeRule("commission", "buy", rate_ppb, minimum_li), None, FeeRule("transfer_fee", "buy", 10_000, 0), None])


@pytest.mark.parametrize(
    ("amount_li", "transfer_fee_li"),
    [(10_500_000, 110), (10_490_000, 100), (1, 0), (499_999, 0), (500_000, 10)],  # 0.105 yuan is 0.11, 0.1049 is 0.10
)
def test_an_item_is_rounded_half_up_to_the_fen(amount_li: int, transfer_fee_li: int) -> None:
    assert tariff(250_000).on(amount_li).transfer_fee_li == transfer_fee_li


def test_the_minimum_counts_for_the_whole_order_and_nothing_traded_costs_nothing() -> None:
    assert tariff(250_000, 5_000).on(1_000_000).commission_li == 5_000
    assert tariff(250_000, 5_000).on(100_000_000).commission_li == 25_000
    assert tariff(250_000, 5_000).on(0) == NO_FEES
    assert tariff(250_000, 5_000).total_on(0) == 0


@given(st.integers(1, 10**15), st.integers(0, PPB), st.integers(0, 10**6).map(lambda fen: fen * LI_PER_FEN))
def test_every_rate_is_rounded_as_a_fraction_would_be(amount_li: int, rate_ppb: int, minimum_li: int) -> None:
    fees = tariff(rate_ppb, minimum_li).on(amount_li)
    exact = floor(Fraction(amount_li * rate_ppb, PPB * LI_PER_FEN) + Fraction(1, 2)) * LI_PER_FEN
    assert fees.commission_li == max(exact, minimum_li)
    assert tariff(rate_ppb, minimum_li).total_on(amount_li) == fees.total_li == sum(fees)
