"""PRICE_TYPES against what the documents say, and the scenarios of market orders against PRICE_TYPES."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from matching.book import Side
from matching.checks import Setting, worst_price
from matching.codes import Board, Venue
from matching.instrument import FREE, PriceBand, Security, parse_listing
from matching.phases import Phase
from matching.price_types import PRICE_TYPES
from matching.rules import Rules
from miniqmt_sim.xtquant import xtconstant
from tests.kit.desk import MONDAY, shipped_rules

RULES = Rules(shipped_rules(), "exchange")
SH, SZ = Venue.SH, Venue.SZ


@pytest.mark.parametrize("number", [number for number, row in PRICE_TYPES.items() if not row.fixed])
def test_numbers_and_names_are_the_sdks(number: int) -> None:
    assert getattr(xtconstant, PRICE_TYPES[number].name) == number


@pytest.mark.parametrize(
    ("number", "returned"),
    [(5, 50), (11, 50), (42, 88), (43, 85), (44, 84), (45, 86), (46, 87), (47, 88), (48, 89)],
)
def test_numbers_that_come_back_are_the_brokers(number: int, returned: int) -> None:
    assert PRICE_TYPES[number].returned == returned


@pytest.mark.parametrize(
    ("number", "venues"),
    [
        (5, (SH, SZ)),
        (11, (SH, SZ)),
        (42, (SH,)),
        (43, (SH,)),
        (44, (SH, SZ)),
        (45, (SH, SZ)),
        (46, (SZ,)),
        (47, (SZ,)),
        (48, (SZ,)),
    ],
)
def test_venues(number: int, venues: tuple[Venue, ...]) -> None:
    assert PRICE_TYPES[number].venues == venues


@pytest.mark.parametrize(
    ("board", "day", "types"),
    [
        (Board.SH_MAIN, 20150105, (42, 43)),
        (Board.SH_MAIN, 20230407, (42, 43)),
        (Board.SH_MAIN, 20230410, (42, 43, 44, 45)),
        (Board.SH_FUND, 20230407, (42, 43)),
        (Board.SH_FUND, 20230410, (42, 43, 44, 45)),
        (Board.STAR, 20190722, (42, 43, 44, 45)),
        (Board.SZ_MAIN, 20150105, (44, 45, 46, 47, 48)),
        (Board.CHINEXT, MONDAY, (44, 45, 46, 47, 48)),
        (Board.SZ_FUND, MONDAY, (44, 45, 46, 47, 48)),
        (Board.SH_BOND, MONDAY, ()),
        (Board.SZ_BOND, MONDAY, ()),
    ],
)
def test_market_orders_of_a_board(board: Board, day: int, types: tuple[int, ...]) -> None:
    assert RULES.on(board, day).market_orders.types == types


def test_a_board_takes_only_what_its_exchange_knows() -> None:
    for board in Board:
        venue = SH if board in (Board.SH_MAIN, Board.STAR, Board.SH_FUND, Board.SH_BOND) else SZ
        for day in (20150105, 20190722, 20200824, 20230410, MONDAY):
            for number in RULES.on(board, day).market_orders.types:
                assert venue in PRICE_TYPES[number].venues
                assert PRICE_TYPES[number].market


# ---- the worst price of an order: its protective price, or the limit of the day ----------------------------------------------


TEN_PERCENT = PriceBand(9_000, 11_000)


def _worst(code: str, side: Side, number: int, price_li: int, band: PriceBand = TEN_PERCENT, day: int = MONDAY) -> int:
    security = Security(parse_listing(code, "", 10_000))
    setting = Setting(security, RULES.on(security.board, day), band, Phase.CONTINUOUS, False, None)
    return worst_price(price_li, side, PRICE_TYPES[number], setting)


@pytest.mark.parametrize(
    ("given", "buy", "sell"),
    [
        (10_020, 10_020, 10_020),
        (10_025, 10_020, 10_030),  # off the tick: the next better one
        (0, 11_000, 9_000),
        (-1_000, 11_000, 9_000),
        (99_000, 11_000, 99_000),  # a sell above the daily limit is left for the check that refuses it
        (1_000, 1_000, 9_000),
    ],
)
def test_the_protective_price_of_sse(given: int, buy: int, sell: int) -> None:
    for number in (42, 43, 44, 45):
        assert _worst("600000.SH", Side.BUY, number, given) == buy
        assert _worst("600000.SH", Side.SELL, number, given) == sell


@pytest.mark.parametrize("given", [0, -1_000, 10_020, 99_000])
def test_szse_and_sse_before_2023_have_the_daily_limit(given: int) -> None:
    for number in (44, 45, 46, 47, 48):
        assert _worst("000001.SZ", Side.BUY, number, given) == 11_000
        assert _worst("000001.SZ", Side.SELL, number, given) == 9_000
    for number in (42, 43):
        assert _worst("600000.SH", Side.BUY, number, given, day=20230407) == 11_000


def test_without_a_daily_limit_only_a_given_price_protects() -> None:
    assert _worst("688981.SH", Side.BUY, 42, 20_000, FREE) == 20_000
    assert _worst("688981.SH", Side.BUY, 42, -1_000, FREE) == 0
    assert _worst("688981.SH", Side.SELL, 42, 5_000, FREE) == 5_000
    assert _worst("688981.SH", Side.SELL, 42, 0, FREE) == 0


def test_a_limit_order_is_taken_at_its_word() -> None:
    for given in (10_025, 0, -1_000, 99_000):
        assert _worst("600000.SH", Side.BUY, 11, given) == given


# ---- the outcome grid --------------------------------------------------------------------------------------------------------

GRID = (Path(__file__).parents[1] / "scenarios" / "exchange_market_orders.txt").read_text(encoding="utf-8")
MARKET_TYPES = tuple(number for number, row in PRICE_TYPES.items() if row.market)
NOTHING, PART, FULL = "nothing", "part", "full"


def _outcomes(number: int, side: str) -> set[str]:
    found = set()
    for status, volume in re.findall(rf"{side} \d+ \S+ at \S+ type {number}\s+=> (\w+)(?: (\d+))?", GRID):
        if status in ("filled", "cancelled", "part", "resting"):
            found.add(FULL if status == "filled" else PART if int(volume or 0) else NOTHING)
    return found


@pytest.mark.parametrize("side", ["buys", "sells"])
@pytest.mark.parametrize("number", MARKET_TYPES)
def test_the_grid_is_complete(number: int, side: str) -> None:
    """No match, part and full for every market order and side; 45 never trades at once, 48 never in part."""
    possible = {45: {NOTHING}, 48: {NOTHING, FULL}}
    assert possible.get(number, {NOTHING, PART, FULL}) <= _outcomes(number, side)
