"""The call auction's price: the worked examples of exchange-rules §7.1, and a brute-force oracle."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.auction import Cross, find_cross
from matching.codes import Board
from matching.rules import AuctionRule, Candidates, Equidistant, Rules, Tie
from tests.kit.desk import shipped_rules

RULES = Rules(shipped_rules(), "exchange")
SSE = RULES.on(Board.SH_MAIN, 20261123).auction
SZSE = RULES.on(Board.SZ_MAIN, 20261123).auction


def li(text: str) -> list[tuple[int, int]]:
    """``10.06x500 10.04x700`` as prices in li and volumes."""
    return [(round(float(item.split("x")[0]) * 1000), int(item.split("x")[1])) for item in text.split()]


EXAMPLES = [
    ("maximum volume", "10.06x500 10.04x700 10.02x900", "10.00x400 10.02x600 10.05x800", 10.00, 10.04, 10.04, 1000),
    ("exact balance", "10.10x1000", "10.00x1000", 10.03, 10.05, 10.03, 1000),
    ("the reference outside", "10.10x1000", "10.00x1000", 10.20, 10.05, 10.10, 1000),
    ("least surplus", "10.05x600 10.02x300", "10.00x600 10.03x200", 9.90, 10.03, 10.03, 600),
    ("equal surplus, reference above", "10.08x500 10.05x300", "10.00x500 10.06x300", 10.10, 10.06, 10.06, 500),
    ("equal surplus, reference below", "10.08x500 10.05x300", "10.00x500 10.06x300", 9.90, 10.06, 10.05, 500),
]


@pytest.mark.parametrize(("name", "bids", "asks", "reference", "sse", "szse", "volume"), EXAMPLES)
def test_the_worked_examples(name: str, bids: str, asks: str, reference: float, sse: float, szse: float, volume: int) -> None:
    for rule, price in ((SSE, sse), (SZSE, szse)):
        cross = find_cross(li(bids), li(asks), rule, round(reference * 1000), 10)
        assert cross is not None
        assert (cross.price_li, cross.volume) == (round(price * 1000), volume)


def test_nothing_crosses() -> None:
    assert find_cross(li("10.00x100"), li("10.01x100"), SSE, 10_000, 10) is None
    assert find_cross([], li("10.01x100"), SZSE, 10_000, 10) is None


def test_the_surplus_tells_its_side() -> None:
    assert find_cross(li("10.00x500"), li("10.00x200"), SSE, 10_000, 10) == Cross(10_000, 200, 300)
    assert find_cross(li("10.00x200"), li("10.00x500"), SZSE, 10_000, 10) == Cross(10_000, 200, -300)


def test_of_two_prices_equally_near_the_setting_decides() -> None:
    rule = AuctionRule(Candidates.TICKS, Tie.NEAREST, Equidistant.HIGHER)
    bids, asks = li("10.08x500 10.05x300"), li("10.00x500 10.06x300")
    for equidistant, price in ((Equidistant.HIGHER, 10_060), (Equidistant.LOWER, 10_050)):
        cross = find_cross(bids, asks, rule._replace(equidistant=equidistant), 10_055, 10)
        assert cross is not None
        assert cross.price_li == price


DEPTH = st.lists(st.tuples(st.integers(95, 110), st.integers(1, 9)), max_size=6)


@settings(max_examples=400, deadline=None)
@given(DEPTH, DEPTH, st.integers(90, 115))
def test_every_tick_tried_by_hand_gives_the_same(
    bids: list[tuple[int, int]], asks: list[tuple[int, int]], reference: int
) -> None:
    """The rule text, tick by tick: most volume, nothing better unfilled, least surplus, then the tie-break."""
    scored = []
    for price in range(94, 112):
        bought, sold = (sum(v for p, v in bids if p >= price), sum(v for p, v in asks if p <= price))
        traded = min(bought, sold)
        complete = sum(v for p, v in bids if p > price) <= traded and sum(v for p, v in asks if p < price) <= traded
        if traded and complete:
            scored.append((-traded, abs(bought - sold), price))
    orders = [price for price, _ in (*bids, *asks)]
    for rule, candidates in ((SSE, [item for item in scored if item[2] in orders]), (SZSE, scored)):
        cross = find_cross(bids, asks, rule, reference, 1)
        if not candidates:
            assert cross is None
            continue
        best = [item[2] for item in candidates if item[:2] == min(candidates)[:2]]
        if rule is SSE:
            expected = (min(best) + max(best) + 1) // 2
        else:
            expected = min(best, key=lambda price: (abs(price - reference), -price))
        assert cross is not None
        assert (cross.price_li, cross.volume) == (expected, -min(candidates)[0])
