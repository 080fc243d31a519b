"""The quick way through the checks gives what asking every check in its order gives."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.book import BookOrder, OrderBook, Side
from matching.checks import (
    COUNTER_CHECKS,
    EXCHANGE_CHECKS,
    CheckRow,
    Rejection,
    Setting,
    Terms,
    cage_bound,
    counter_rejection,
    exchange_rejection,
    surely_enters,
)
from matching.instrument import FREE, Security, parse_listing, price_band
from matching.phases import PHASE_RULES, Phase
from matching.price_types import PRICE_TYPES
from matching.rules import Rules
from tests.kit.desk import shipped_rules

RULES = Rules(shipped_rules(), "exchange")
CODES = ("600000.SH", "688981.SH", "000001.SZ", "300750.SZ", "510300.SH", "159919.SZ", "113042.SH", "123107.SZ")
DAYS = (20160104, 20200824, 20220803, 20230410, 20261123)
PRICES = (
    -1_000, 0, 1, 4_000, 5_000, 8_000, 9_000, 9_790, 9_800, 9_899, 9_990, 10_000, 10_001, 10_010, 10_100, 10_200, 10_210,
    11_000, 11_010, 12_000, 12_010, 90_000, 90_010,
)  # fmt: skip
VOLUMES = (1, 7, 10, 15, 32, 99, 100, 132, 150, 200, 201, 232, 500, 50_001, 100_001, 150_100, 300_100, 1_000_000, 1_000_100)


def _one_by_one(checks: Sequence[CheckRow], terms: Terms, setting: Setting) -> Rejection | None:
    for reason, check in checks:
        figures = check(terms, setting)
        if figures is not None:
            return Rejection(reason, figures)
    return None


def _book(bid: int | None, ask: int | None) -> OrderBook:
    book = OrderBook()
    for side, price in ((Side.BUY, bid), (Side.SELL, ask)):
        if price is not None:
            book.sides[side].append(BookOrder(1 + side, "A", "", side, price, 100, 1 + side))
    return book


def _setting(
    code: str, day: int, tags: tuple[str, ...], free: bool, phase: Phase, held: bool, best: tuple[int | None, int | None] | None
) -> Setting:
    security = Security(parse_listing(code, "", 10_000, tags))
    security.open_day(day)
    rules = RULES.on(security.board, day)
    band = FREE if free else price_band(security, rules)
    return Setting(security, rules, band, phase, held, None if best is None else _book(*best))


SETTINGS = st.builds(
    _setting,
    st.sampled_from(CODES),
    st.sampled_from(DAYS),
    st.sampled_from(((), (), (), ("suspended",), ("nolimit",), ("st",))),
    st.booleans(),
    st.sampled_from((*Phase, *8 * (Phase.CONTINUOUS,))),
    st.booleans(),
    st.sampled_from((None, (None, None), (9_990, None), (None, 10_010), (9_800, 10_000), (9_990, 10_010))),
)
ORDERS = st.tuples(
    st.sampled_from(Side),
    st.sampled_from((*PRICE_TYPES, *5 * (11,))),
    st.sampled_from(PRICES),
    st.sampled_from((True, True, True, False)),
    st.sampled_from((*VOLUMES, *8 * (200,))),
    st.sampled_from((0, 32, 150, 232, 1_000)),
)


@settings(max_examples=150, deadline=None)
@given(SETTINGS, st.lists(ORDERS, min_size=10, max_size=60))
def test_the_quick_way_is_the_long_way(setting: Setting, orders: list[tuple[Side, int, int, bool, int, int]]) -> None:
    for side, number, price_li, on_grid, volume, holding in orders:
        terms = Terms(side, PRICE_TYPES[number], price_li, on_grid, volume, holding)
        assert counter_rejection(terms, setting) == _one_by_one(COUNTER_CHECKS, terms, setting)
        refused = exchange_rejection(terms, setting)
        assert refused == _one_by_one(EXCHANGE_CHECKS, terms, setting)
        order = BookOrder(9, "A", setting.security.code, side, price_li, volume)
        if surely_enters(order, terms.price_type, setting):
            assert refused is None, "it is let in without being asked"
            assert cage_bound(terms, setting) is None, "it would be kept beside the book"
            assert not PHASE_RULES[setting.phase].queued
