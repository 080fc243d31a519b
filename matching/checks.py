"""Checks of an order, in their order of precedence; the first that applies refuses.

``COUNTER_CHECKS`` need no book: the counter runs them before it freezes anything, as real counters do. ``EXCHANGE_CHECKS``
are run by the exchange when the order arrives. Source: exchange-rules §13.3 (session, security, price, quantity), §3
(tick, lot, size), §4 (daily limits), §5 (price cage), §6 (market orders).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple

from matching.book import OrderBook, Side
from matching.codes import Venue
from matching.instrument import SUSPENDED, PriceBand, Security, later_call_band, opening_call_band
from matching.phases import PHASE_RULES, Call, Phase
from matching.price_types import Limit, PriceType
from matching.rules import BoardRules, CageMode
from matching.units import PPM, round_to_tick


class Reason(StrEnum):
    """Why an order is refused by a check; the text of each stands in the refusal table."""

    PHASE = "phase"
    SUSPENDED = "suspended"
    PRICE_TYPE_VENUE = "price_type_venue"
    PRICE_TYPE_BOARD = "price_type_board"
    PRICE_TYPE_PHASE = "price_type_phase"
    PRICE_TYPE_FREE_DAY = "price_type_free_day"
    PROTECTIVE_PRICE = "protective_price"
    TICK = "tick"
    PRICE_ABOVE_LIMIT = "price_above_limit"
    PRICE_BELOW_LIMIT = "price_below_limit"
    VOLUME_BOUNDS = "volume_bounds"
    LOT = "lot"
    EXCHANGE_PHASE = "exchange_phase"
    CALL_RANGE = "call_range"
    PRICE_CAGE = "price_cage"


class Terms(NamedTuple):
    """An order as the checks see it.

    ``price_li`` is the worst price it may trade at, 0 when there is none; ``on_grid``: a stated price is a whole number of
    li; ``holding``: shares a sell may come from.
    """

    side: Side
    price_type: PriceType
    price_li: int
    on_grid: bool
    volume: int
    holding: int


class Setting(NamedTuple):
    """What an order is checked against. ``held``: the counter keeps orders of this phase back for a later one of the day."""

    security: Security
    rules: BoardRules
    band: PriceBand
    phase: Phase
    held: bool
    book: OrderBook | None


class Rejection(NamedTuple):
    """A reason with the figures its text needs."""

    reason: Reason
    figures: dict[str, Any]


Figures = dict[str, Any] | None

# ---- the counter's ---------------------------------------------------------------------------------------------------------


def check_phase(terms: Terms, setting: Setting) -> Figures:
    """The phase takes orders, or they are held for the next."""
    return None if _may_enter(terms, setting) or (setting.held and not terms.price_type.fixed) else {}


def _may_enter(terms: Terms, setting: Setting) -> bool:
    rule = PHASE_RULES[setting.phase]
    if terms.price_type.fixed:
        return rule.fixed and any(step.phase is Phase.AFTER_HOURS for step in setting.rules.session.steps)
    return rule.orders


def check_suspended(_: Terms, setting: Setting) -> Figures:
    """The security is not suspended."""
    return {} if SUSPENDED in setting.security.tags else None


def check_price_type_venue(terms: Terms, setting: Setting) -> Figures:
    """The venue knows the price type."""
    return None if setting.security.venue in terms.price_type.venues else {"price_type": terms.price_type.number}


def check_price_type_board(terms: Terms, setting: Setting) -> Figures:
    """The board takes this market order on this day. Source: exchange-rules §6.1."""
    price_type = terms.price_type
    allowed = not price_type.market or price_type.number in setting.rules.market_orders.types
    return None if allowed else {"price_type": price_type.number}


def check_price_type_phase(terms: Terms, setting: Setting) -> Figures:
    """Market orders are for continuous trading. Source: SSE 3.3.5, SZSE 3.3.5."""
    allowed = not terms.price_type.market or setting.held or PHASE_RULES[setting.phase].matching
    return None if allowed else {"price_type": terms.price_type.number}


def check_price_type_free_day(terms: Terms, setting: Setting) -> Figures:
    """Market orders on a day without daily limit need a board that allows them. Source: SZSE 3.3.5."""
    free = setting.band.high_li is None
    forbidden = terms.price_type.market and free and not setting.rules.market_orders.without_limit
    return {"price_type": terms.price_type.number} if forbidden else None


def check_protective_price(terms: Terms, setting: Setting) -> Figures:
    """Without a daily limit to put in its place, a protective price must be given. Source: exchange-rules §6.2."""
    return {"price_type": terms.price_type.number} if terms.price_type.market and terms.price_li <= 0 else None


def check_tick(terms: Terms, setting: Setting) -> Figures:
    """A stated price is positive and a whole number of ticks. Source: SSE 3.3.11."""
    if terms.price_type.limit is not Limit.STATED:
        return None
    tick_li = setting.rules.tick.tick_li
    if terms.on_grid and terms.price_li > 0 and terms.price_li % tick_li == 0:
        return None
    return {"price_li": terms.price_li, "tick_li": tick_li}


def check_high(terms: Terms, setting: Setting) -> Figures:
    """The price is not above the daily limit. Source: SSE 3.3.13."""
    high = setting.band.high_li
    return None if high is None or terms.price_li <= high else {"price_li": terms.price_li, "limit_li": high}


def check_low(terms: Terms, setting: Setting) -> Figures:
    """The price is not below the daily limit."""
    low = setting.band.low_li
    return None if low is None or terms.price_li >= low else {"price_li": terms.price_li, "limit_li": low}


def check_volume_bounds(terms: Terms, setting: Setting) -> Figures:
    """The volume is neither too large nor, but for a remainder, too small. Source: SSE 3.3.8 and 3.3.9."""
    lot = setting.rules.lot
    lowest = lot.buy_min if terms.side is Side.BUY else lot.sell_min
    highest = lot.max_limit_volume
    if terms.price_type.market:
        highest = lot.max_market_volume
    elif terms.price_type.fixed:
        highest = lot.max_fixed_volume
    too_small = terms.volume < lowest and not _is_remainder(terms, setting)
    return {"low": lowest, "high": highest} if too_small or terms.volume > highest else None


def check_lot(terms: Terms, setting: Setting) -> Figures:
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


# ---- the exchange's --------------------------------------------------------------------------------------------------------


def check_exchange_phase(terms: Terms, setting: Setting) -> Figures:
    """The host takes orders now, market orders only while it matches. Source: SSE gateway 5009."""
    too_early = terms.price_type.market and not PHASE_RULES[setting.phase].matching
    return None if _may_enter(terms, setting) and not too_early else {}


def check_call_range(terms: Terms, setting: Setting) -> Figures:
    """A call auction on a day without daily limit has a range of its own. Source: exchange-rules §5."""
    call = PHASE_RULES[setting.phase].call
    if not call or setting.band.high_li is not None or terms.price_type.fixed:
        return None
    range_of = opening_call_band if call is Call.OPEN else later_call_band
    low, high = range_of(setting.security, setting.rules)
    outside = (low is not None and terms.price_li < low) or (high is not None and terms.price_li > high)
    return {"price_li": terms.price_li, "low_li": low or 0, "high_li": high or 0} if outside else None


def check_price_cage(terms: Terms, setting: Setting) -> Figures:
    """A limit order in continuous trading is not too aggressive. Source: SSE 3.3.14, SZSE 3.3.16."""
    bound = None if setting.rules.cage.mode is CageMode.DORMANT else cage_bound(terms, setting)
    return None if bound is None else {"price_li": terms.price_li, "limit_li": bound}


def cage_bound(terms: Terms, setting: Setting) -> int | None:
    """The bound of the price cage that an order oversteps; None when it is inside, or none applies."""
    cage = setting.rules.cage
    exempt = terms.price_type.market or terms.price_type.fixed
    if cage.mode is CageMode.NONE or exempt or not PHASE_RULES[setting.phase].matching:
        return None
    base, tick_li = cage_base(terms.side, setting), setting.rules.tick.tick_li
    if terms.side is Side.BUY:
        bound = max(round_to_tick(base * (PPM + cage.band_ppm), PPM, tick_li), base + cage.ticks * tick_li)
        return bound if terms.price_li > bound else None
    bound = min(round_to_tick(base * (PPM - cage.band_ppm), PPM, tick_li), base - cage.ticks * tick_li)
    return bound if terms.price_li < bound else None


def cage_base(side: Side, setting: Setting) -> int:
    """The base of the cage: the other side's best, else the own side's, else the last trade of the day, else the reference."""
    security, book = setting.security, setting.book
    bests = (book.best_price(Side(1 - side)), book.best_price(side)) if book is not None else ()
    found = next((best for best in bests if best is not None), None)
    if found is not None:
        return found
    return security.last_li if security.figures.volume else security.pre_close_li


Check = Callable[[Terms, Setting], Figures]

COUNTER_CHECKS: Final[tuple[tuple[Reason, Check], ...]] = (
    (Reason.PHASE, check_phase),
    (Reason.SUSPENDED, check_suspended),
    (Reason.PRICE_TYPE_VENUE, check_price_type_venue),
    (Reason.PRICE_TYPE_BOARD, check_price_type_board),
    (Reason.PRICE_TYPE_PHASE, check_price_type_phase),
    (Reason.PRICE_TYPE_FREE_DAY, check_price_type_free_day),
    (Reason.PROTECTIVE_PRICE, check_protective_price),
    (Reason.TICK, check_tick),
    (Reason.PRICE_ABOVE_LIMIT, check_high),
    (Reason.PRICE_BELOW_LIMIT, check_low),
    (Reason.VOLUME_BOUNDS, check_volume_bounds),
    (Reason.LOT, check_lot),
)

EXCHANGE_CHECKS: Final[tuple[tuple[Reason, Check], ...]] = (
    (Reason.EXCHANGE_PHASE, check_exchange_phase),
    (Reason.CALL_RANGE, check_call_range),
    (Reason.PRICE_CAGE, check_price_cage),
)


def first_rejection(checks: Sequence[tuple[Reason, Check]], terms: Terms, setting: Setting) -> Rejection | None:
    """Run checks in order; None when none applies."""
    for reason, check in checks:
        figures = check(terms, setting)
        if figures is not None:
            return Rejection(reason, figures)
    return None


def worst_price(price_li: int, side: Side, price_type: PriceType, setting: Setting) -> int:
    """The worst price an order may trade at: its limit, or a market order's protective price or the daily limit; 0: none.

    A protective price that is no whole number of ticks counts as the next better one; where it lies beyond the daily limit
    the limit counts. Source: exchange-rules §6.2 (OES: zero is allowed where there is a limit; SZSE does not look at it).
    """
    if not price_type.market:
        return price_li
    tick_li = setting.rules.tick.tick_li
    limit_li = (setting.band.high_li if side is Side.BUY else setting.band.low_li) or 0
    if price_li <= 0 or not setting.rules.market_orders.protective or setting.security.venue is not Venue.SH:
        return limit_li
    if side is Side.BUY:
        given = price_li // tick_li * tick_li
        return min(given, limit_li) if limit_li else given
    return max(-(-price_li // tick_li) * tick_li, limit_li)
