"""Static checks of an order, in their order of precedence; the first that applies refuses.

The counter runs them before it freezes anything, as real counters do: they need no book. Source: exchange-rules §13.3
(session, security, price, quantity), §3 (tick, lot, size), §4 (daily limits).
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, Final, NamedTuple

from matching.book import Side
from matching.instrument import PriceBand, Security
from matching.phases import PHASE_RULES, Phase
from matching.price_types import PriceType, Rest
from matching.rules import BoardRules


class Reason(StrEnum):
    """Why an order is refused by a check; the text of each stands in the refusal table."""

    PHASE = "phase"
    PRICE_TYPE_VENUE = "price_type_venue"
    PRICE_TYPE_PHASE = "price_type_phase"
    TICK = "tick"
    PRICE_ABOVE_LIMIT = "price_above_limit"
    PRICE_BELOW_LIMIT = "price_below_limit"
    VOLUME_BOUNDS = "volume_bounds"
    LOT = "lot"


class Terms(NamedTuple):
    """An order as the checks see it.

    ``on_grid``: its price is a whole number of li; ``holding``: shares a sell may come from.
    """

    side: Side
    price_type: PriceType
    price_li: int
    on_grid: bool
    volume: int
    holding: int


class Setting(NamedTuple):
    """What an order is checked against."""

    security: Security
    rules: BoardRules
    band: PriceBand
    phase: Phase


class Rejection(NamedTuple):
    """A reason with the figures its text needs."""

    reason: Reason
    figures: dict[str, Any]


def check_phase(_: Terms, setting: Setting) -> dict[str, Any] | None:
    """The phase takes orders, or they are held for the next."""
    rule = PHASE_RULES[setting.phase]
    return None if rule.orders or rule.held else {}


def check_price_type_venue(terms: Terms, setting: Setting) -> dict[str, Any] | None:
    """The venue knows the price type."""
    return None if setting.security.venue in terms.price_type.venues else {"price_type": terms.price_type.number}


def check_price_type_phase(terms: Terms, setting: Setting) -> dict[str, Any] | None:
    """The price type may be used in this phase."""
    return None if setting.phase in terms.price_type.phases else {"price_type": terms.price_type.number}


def check_tick(terms: Terms, setting: Setting) -> dict[str, Any] | None:
    """The price is positive and a whole number of ticks. Source: SSE 3.3.11."""
    tick_li = setting.rules.tick.tick_li
    if terms.on_grid and terms.price_li > 0 and terms.price_li % tick_li == 0:
        return None
    return {"price_li": terms.price_li, "tick_li": tick_li}


def check_high(terms: Terms, setting: Setting) -> dict[str, Any] | None:
    """The price is not above the daily limit. Source: SSE 3.3.13."""
    high = setting.band.high_li
    return None if high is None or terms.price_li <= high else {"price_li": terms.price_li, "limit_li": high}


def check_low(terms: Terms, setting: Setting) -> dict[str, Any] | None:
    """The price is not below the daily limit."""
    low = setting.band.low_li
    return None if low is None or terms.price_li >= low else {"price_li": terms.price_li, "limit_li": low}


def check_volume_bounds(terms: Terms, setting: Setting) -> dict[str, Any] | None:
    """The volume is neither too large nor, but for a remainder, too small. Source: SSE 3.3.8 and 3.3.9."""
    lot = setting.rules.lot
    lowest = lot.buy_min if terms.side is Side.BUY else lot.sell_min
    highest = lot.max_limit_volume if terms.price_type.rest is Rest.RESTS else lot.max_market_volume
    too_small = terms.volume < lowest and not _is_remainder(terms, setting)
    return {"low": lowest, "high": highest} if too_small or terms.volume > highest else None


def check_lot(terms: Terms, setting: Setting) -> dict[str, Any] | None:
    """The volume is whole lots, or whole lots and the holding's remainder. Source: SSE 3.3.8."""
    lot = setting.rules.lot
    step = lot.buy_step if terms.side is Side.BUY else lot.sell_step
    return None if terms.volume % step == 0 or _is_remainder(terms, setting) else {"step": step}


def _is_remainder(terms: Terms, setting: Setting) -> bool:
    lot = setting.rules.lot
    if terms.side is Side.BUY or terms.volume > terms.holding:
        return False
    if lot.odd_sell == "all":
        return terms.holding < lot.sell_min and terms.volume == terms.holding
    return terms.volume % lot.sell_step == terms.holding % lot.sell_step


Check = Callable[[Terms, Setting], dict[str, Any] | None]

CHECKS: Final[tuple[tuple[Reason, Check], ...]] = (
    (Reason.PHASE, check_phase),
    (Reason.PRICE_TYPE_VENUE, check_price_type_venue),
    (Reason.PRICE_TYPE_PHASE, check_price_type_phase),
    (Reason.TICK, check_tick),
    (Reason.PRICE_ABOVE_LIMIT, check_high),
    (Reason.PRICE_BELOW_LIMIT, check_low),
    (Reason.VOLUME_BOUNDS, check_volume_bounds),
    (Reason.LOT, check_lot),
)


def first_rejection(terms: Terms, setting: Setting) -> Rejection | None:
    """Run the checks in order; None when none applies."""
    for reason, check in CHECKS:
        figures = check(terms, setting)
        if figures is not None:
            return Rejection(reason, figures)
    return None
