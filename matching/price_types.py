"""PRICE_TYPES: what a submitted price type does to the book. One row each; nothing else branches on the number.

Which boards take a market order on which day, and whether it carries a protective price, are dated rows of
config/rules/market_orders.toml. Source: exchange-rules §6 (SSE IS122 and 3.3.5, SZSE 3.3.4–3.3.6), returned numbers from the
broker's enumeration.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from matching.codes import Venue


class Limit(StrEnum):
    """Where the limit of an order comes from."""

    STATED = "the order's own price"
    LAST = "the last price when the counter takes it"
    WORST = "the protective price, else the daily limit"
    OWN_BEST = "the best price of its own side when it arrives"
    PEER_BEST = "the best price of the other side when it arrives"


class Rest(StrEnum):
    """What becomes of the part that did not match at once."""

    RESTS = "stays in the book at its limit"
    CANCELLED = "is cancelled"
    CONVERTS = "stays in the book at the last price it traded at, else at its own side's best, else is cancelled"


class PriceType:
    """One row: limit, how many levels it may sweep (None: all), the rest, all-or-none, venues, number on return, its words.

    A ``market`` order is taken in continuous trading only, may be smaller at most, and is not subject to the price cage.
    A ``fixed`` one trades after hours at the close; the SDK's constants do not name it, the vendor's terminal submits it so.
    A ``plain`` one comes with its limit, takes what there is and rests: that is read off the other columns.
    """

    __slots__ = (
        "all_or_none", "fixed", "levels", "limit", "market", "name", "number", "plain", "rest", "returned", "text", "venues",
    )  # fmt: skip

    def __init__(
        self, number: int, name: str, returned: int, limit: Limit, levels: int | None, rest: Rest, all_or_none: bool,
        market: bool, venues: tuple[Venue, ...], text: str, fixed: bool = False,
    ) -> None:  # fmt: skip
        self.number = number
        self.name = name
        self.returned = returned
        self.limit = limit
        self.levels = levels
        self.rest = rest
        self.all_or_none = all_or_none
        self.market = market
        self.venues = venues
        self.text = text
        self.fixed = fixed
        self.plain = limit not in (Limit.OWN_BEST, Limit.PEER_BEST) and rest is Rest.RESTS and not all_or_none


_SH: Final = (Venue.SH,)
_SZ: Final = (Venue.SZ,)
_BOTH: Final = (Venue.SH, Venue.SZ)
_W, _O, _P = Limit.WORST, Limit.OWN_BEST, Limit.PEER_BEST
_RESTS, _CANCELLED, _CONVERTS = Rest.RESTS, Rest.CANCELLED, Rest.CONVERTS

PRICE_TYPES: Final = {
    row.number: row
    for row in (
        PriceType(5, "LATEST_PRICE", 50, Limit.LAST, None, _RESTS, False, False, _BOTH, "最新价"),
        PriceType(11, "FIX_PRICE", 50, Limit.STATED, None, _RESTS, False, False, _BOTH, "限价"),
        PriceType(42, "MARKET_SH_CONVERT_5_CANCEL", 88, _W, 5, _CANCELLED, False, True, _SH, "最优五档即时成交剩余撤销"),
        PriceType(43, "MARKET_SH_CONVERT_5_LIMIT", 85, _W, 5, _CONVERTS, False, True, _SH, "最优五档即时成交剩转限价"),
        PriceType(44, "MARKET_PEER_PRICE_FIRST", 84, _P, None, _RESTS, False, True, _BOTH, "对手方最优价格"),
        PriceType(45, "MARKET_MINE_PRICE_FIRST", 86, _O, None, _RESTS, False, True, _BOTH, "本方最优价格"),
        PriceType(46, "MARKET_SZ_INSTBUSI_RESTCANCEL", 87, _W, None, _CANCELLED, False, True, _SZ, "即时成交剩余撤销"),
        PriceType(47, "MARKET_SZ_CONVERT_5_CANCEL", 88, _W, 5, _CANCELLED, False, True, _SZ, "最优五档即时成交剩余撤销"),
        PriceType(48, "MARKET_SZ_FULL_OR_CANCEL", 89, _W, None, _CANCELLED, True, True, _SZ, "全额成交或撤销"),
        PriceType(49, "AFTER_HOURS_FIXED_PRICE", 50, Limit.STATED, None, _RESTS, False, False, _BOTH, "盘后定价", fixed=True),
    )
}
