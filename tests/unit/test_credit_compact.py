"""A compact's arithmetic: interest as an exact fraction, how a sum is spread, which debt comes first, what a return costs."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miniqmt_sim.constants import CashGroup, CompactStatus, CompactType
from miniqmt_sim.credit.compact import Accrual, Compact, Repayment, in_order, split
from miniqmt_sim.credit.terms import RepayOrder, RepayParts

YUAN, FEN = 1000, 10


def compact(number: str = "1", kind: CompactType = CompactType.FINANCING, code: str = "600000.SH", **days: int) -> Compact:
    made = Compact(
        number, "A", kind, CashGroup.ORDINARY, code, 1, days.get("open_day", 20261123), days.get("end_day", 20270522), 83_500,
        1_000_000, Accrual(360),
    )  # fmt: skip
    made.grow(1_000, 10_005_100, 5_100)
    return made


amount_ = st.integers(0, 10**13)


@given(base=amount_, rate=st.integers(0, 400_000), spans=st.lists(st.integers(0, 40), max_size=20))
def test_interest_loses_nothing_however_many_days_it_is_added_in(base: int, rate: int, spans: list[int]) -> None:
    accrual = Accrual(360)
    for days in spans:
        accrual.add(base, rate, days)
    exact = Fraction(base * rate * sum(spans), 10**6 * 360)
    assert Fraction(accrual.whole_li) + Fraction(accrual.rest, 10**6 * 360) == exact
    assert abs(accrual.accrued_li - exact) <= 5
    assert accrual.accrued_li % FEN == 0
    assert accrual.rest < 10**6 * 360


@given(amount=amount_, interest=amount_, principal=amount_, parts=st.sampled_from(RepayParts))
def test_a_sum_is_spread_whole_and_never_further_than_what_is_owed(
    amount: int, interest: int, principal: int, parts: RepayParts
) -> None:
    amount, interest, principal = (value // FEN * FEN for value in (amount, interest, principal))
    paid = split(amount, interest, principal, parts)
    assert paid.total_li == min(amount, interest + principal)
    assert 0 <= paid.interest_li <= interest
    assert 0 <= paid.principal_li <= principal


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (RepayParts.INTEREST_FIRST, Repayment(100 * YUAN, 300 * YUAN)),
        (RepayParts.PRINCIPAL_FIRST, Repayment(0, 400 * YUAN)),
        (RepayParts.PROPORTIONAL, Repayment(36_360, 363_640)),  # 400 × 100 ÷ 1,100
    ],
)
def test_what_comes_first_is_the_terms_to_say(parts: RepayParts, expected: Repayment) -> None:
    assert split(400 * YUAN, 100 * YUAN, 1_000 * YUAN, parts) == expected


def test_which_debt_comes_first_is_the_terms_to_say() -> None:
    old = compact("1", open_day=20261101, end_day=20270801)
    due = compact("2", code="000001.SZ", open_day=20261102, end_day=20270701)
    young = compact("3", open_day=20261103, end_day=20270901)
    debts = [young, due, old]
    assert in_order(debts, RepayOrder.OLDEST, "") == [old, due, young]
    assert in_order(debts, RepayOrder.MATURITY, "") == [due, old, young]
    assert in_order(debts, RepayOrder.OWN_CODE, "000001.SZ") == [due, old, young]
    assert in_order(debts, RepayOrder.OWN_CODE, "600000.SH") == [old, young, due]


def test_a_financing_is_open_until_principal_and_interest_are_paid() -> None:
    debt = compact()
    assert (debt.status, debt.interest.owed_li) == (CompactStatus.OPEN, 2_320)
    debt.repay(10_005_100, RepayParts.PRINCIPAL_FIRST)
    assert (debt.status, debt.left_li, debt.left_volume) == (CompactStatus.PARTLY_REPAID, 0, 0)
    debt.repay(2_320, RepayParts.PRINCIPAL_FIRST)
    assert (debt.status, debt.is_open, list(debt.problems())) == (CompactStatus.REPAID, False, [])


def test_shares_go_back_with_their_part_of_proceeds_and_fee() -> None:
    debt = compact(kind=CompactType.SHORT)
    assert debt.net_proceeds_li == 10_000_000
    debt.accrue(debt.left_li, 0, 9, 0)
    assert debt.interest.owed_li == 23_210
    assert debt.give_back(250) == 5_800  # 5.8025 to the fen
    assert (debt.left_volume, debt.left_li, debt.net_proceeds_li) == (750, 7_503_825, 7_500_000)
    assert debt.give_back(750) == 17_410
    assert (debt.is_open, debt.net_proceeds_li, list(debt.problems())) == (False, 0, [])


def test_a_row_comes_back_as_it_was() -> None:
    debt = compact(kind=CompactType.SHORT)
    debt.give_back(10)
    debt.overdue, debt.extensions = True, 2
    assert Compact.restored(debt.row()).row() == debt.row()


def test_what_cannot_be_is_named() -> None:
    debt = compact()
    debt.repaid_li = debt.amount_li + 1
    debt.interest.repaid_li = debt.interest.accrued_li + 10
    assert len(list(debt.problems())) == 2
