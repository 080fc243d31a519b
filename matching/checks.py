"""Checks of an order, in their order of precedence; the first that applies refuses.

``COUNTER_CHECKS`` need no book: the counter runs them before it freezes anything, as real counters do. ``EXCHANGE_CHECKS``
are run by the exchange when the order arrives. Source: exchange-rules §13.3 (session, security, price, quantity), §3
(tick, lot, size), §4 (daily limits), §5 (price cage), §6 (market orders).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import Any, Final, NamedTuple

from matching.book import BUY, BookOrder, OrderBook, Side
from matching.codes import Board, Venue
from matching.instrument import SUSPENDED, PriceBand, Security, later_call_band, opening_call_band
from matching.phases import PHASE_RULES, Call, Phase, PhaseRule
from matching.price_types import Limit, PriceType
from matching.rules import BoardRules, CageMode, LotRule, OddSell
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
    EXCHANGE_SUSPENDED = "exchange_suspended"
    CALL_RANGE = "call_range"
    PRICE_CAGE = "price_cage"


class Terms:
    """An order as the checks see it.

    ``price_li`` is the worst price it may trade at, 0 when there is none; ``on_grid``: a stated price is a whole number of
    li; ``holding``: shares a sell may come from, and of them ``sellable`` today.
    """

    __slots__ = ("holding", "on_grid", "price_li", "price_type", "sellable", "side", "volume")

    def __init__(
        self, side: Side, price_type: PriceType, price_li: int, on_grid: bool, volume: int, holding: int = 0, sellable: int = 0,
    ) -> None:  # fmt: skip
        self.side = side
        self.price_type = price_type
        self.price_li = price_li
        self.on_grid = on_grid
        self.volume = volume
        self.holding = holding
        self.sellable = sellable


class Setting:
    """What an order is checked against. ``held``: the counter keeps orders of this phase back for a later one of the day.

    ``rule`` is the phase's; ``gates`` remembers, by number of the price type, which checks are left for its orders, and may
    be shared by settings of one ``kind_of``.
    """

    __slots__ = ("band", "book", "gates", "held", "phase", "rule", "rules", "security")

    def __init__(
        self, security: Security, rules: BoardRules, band: PriceBand, phase: Phase, held: bool, book: OrderBook | None,
        gates: dict[int, Gate] | None = None,
    ) -> None:  # fmt: skip
        self.security = security
        self.rules = rules
        self.band = band
        self.phase = phase
        self.held = held
        self.book = book
        self.rule: PhaseRule = PHASE_RULES[phase]
        self.gates: dict[int, Gate] = {} if gates is None else gates


Kind = tuple[Board, Phase, bool, bool, bool]


def kind_of(security: Security, band: PriceBand, phase: Phase, held: bool) -> Kind:
    """All that the standing checks look at on a day, beside the price type: where it is the same they come out alike."""
    return security.board, phase, held, band.high_li is None, SUSPENDED in security.tags


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
    if terms.price_type.fixed:
        return setting.rule.fixed and any(step.phase is Phase.AFTER_HOURS for step in setting.rules.session.steps)
    return setting.rule.orders


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
    allowed = not terms.price_type.market or setting.held or setting.rule.matching
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
    lowest = lot.buy_min if terms.side is BUY else lot.sell_min
    highest = _highest_volume(terms.price_type, lot)
    too_small = terms.volume < lowest and not _is_remainder(terms, setting)
    return {"low": lowest, "high": highest} if too_small or terms.volume > highest else None


def _highest_volume(price_type: PriceType, lot: LotRule) -> int:
    if price_type.market:
        return lot.max_market_volume
    return lot.max_fixed_volume if price_type.fixed else lot.max_limit_volume


def check_lot(terms: Terms, setting: Setting) -> Figures:
    """The volume is whole lots, or whole lots and the holding's remainder. Source: SSE 3.3.8."""
    lot = setting.rules.lot
    step = lot.buy_step if terms.side is BUY else lot.sell_step
    return None if terms.volume % step == 0 or _is_remainder(terms, setting) else {"step": step}


def _is_remainder(terms: Terms, setting: Setting) -> bool:
    """Does a sale take what is beyond whole lots in one piece, of all that is held or of all that may be sold today?"""
    return terms.side is not BUY and any(
        _takes_remainder(terms.volume, held, setting.rules.lot) for held in (terms.holding, terms.sellable)
    )


def _takes_remainder(volume: int, held: int, lot: LotRule) -> bool:
    if lot.odd_sell is OddSell.ALL:
        return held < lot.sell_min and volume == held
    return volume <= held and volume % lot.sell_step == held % lot.sell_step


# ---- the exchange's --------------------------------------------------------------------------------------------------------


def check_exchange_phase(terms: Terms, setting: Setting) -> Figures:
    """The host takes orders now, market orders only while it matches. Source: SSE gateway 5009."""
    too_early = terms.price_type.market and not setting.rule.matching
    return None if _may_enter(terms, setting) and not too_early else {}


def check_call_range(terms: Terms, setting: Setting) -> Figures:
    """A call auction on a day without daily limit has a range of its own. Source: exchange-rules §5."""
    if not _has_call_range(setting) or terms.price_type.fixed:
        return None
    range_of = opening_call_band if setting.rule.call is Call.OPEN else later_call_band
    band = range_of(setting.security, setting.rules)
    low, high = band.low_li, band.high_li
    outside = (low is not None and terms.price_li < low) or (high is not None and terms.price_li > high)
    return {"price_li": terms.price_li, "low_li": low or 0, "high_li": high or 0} if outside else None


def _has_call_range(setting: Setting) -> bool:
    return bool(setting.rule.call) and setting.band.high_li is None


def check_price_cage(terms: Terms, setting: Setting) -> Figures:
    """A limit order in continuous trading is not too aggressive. Source: SSE 3.3.14, SZSE 3.3.16."""
    bound = None if setting.rules.cage.mode is CageMode.DORMANT else cage_bound(terms, setting)
    return None if bound is None else {"price_li": terms.price_li, "limit_li": bound}


def cage_bound(terms: Terms, setting: Setting) -> int | None:
    """The bound of the price cage that an order oversteps; None when it is inside, or none applies."""
    if not _has_cage(terms.price_type, setting):
        return None
    cage = setting.rules.cage
    base, tick_li = cage_base(terms.side, setting), setting.rules.tick.tick_li
    if terms.side is BUY:
        bound = max(round_to_tick(base * (PPM + cage.band_ppm), PPM, tick_li), base + cage.ticks * tick_li)
        return bound if terms.price_li > bound else None
    bound = min(round_to_tick(base * (PPM - cage.band_ppm), PPM, tick_li), base - cage.ticks * tick_li)
    return bound if terms.price_li < bound else None


def _has_cage(price_type: PriceType, setting: Setting) -> bool:
    exempt = price_type.market or price_type.fixed
    return setting.rules.cage.mode is not CageMode.NONE and not exempt and setting.rule.matching


def cage_base(side: Side, setting: Setting) -> int:
    """The base of the cage: the other side's best, else the own side's, else the last trade of the day, else the reference."""
    security, book = setting.security, setting.book
    if book is not None and security.has_depth:
        buys, sells = book.buys.best, book.sells.best
        level = (sells or buys) if side is BUY else (buys or sells)
        if level is not None:
            return level.price_li
    return security.last_li if security.figures.volume else security.pre_close_li


Check = Callable[[Terms, Setting], Figures]
CheckRow = tuple[Reason, Check]

COUNTER_CHECKS: Final[tuple[CheckRow, ...]] = (
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

EXCHANGE_CHECKS: Final[tuple[CheckRow, ...]] = (
    (Reason.EXCHANGE_PHASE, check_exchange_phase),
    (Reason.EXCHANGE_SUSPENDED, check_suspended),
    (Reason.CALL_RANGE, check_call_range),
    (Reason.PRICE_CAGE, check_price_cage),
)


# ---- asking them -----------------------------------------------------------------------------------------------------------

STANDING_CHECKS: Final = frozenset(
    (
        check_phase,
        check_suspended,
        check_price_type_venue,
        check_price_type_board,
        check_price_type_phase,
        check_price_type_free_day,
        check_exchange_phase,
    )
)
"""Checks that of an order look at its price type only: one that passes in a setting passes every order of that type."""


def surely_passes(side: Side, price_type: PriceType, price_li: int, on_grid: bool, volume: int, setting: Setting) -> bool:
    """Is there nothing for the counter to ask, because an order is inside the bounds of the usual one?"""
    gate = setting.gates.get(price_type.number)
    if gate is None or gate.usual is None:
        return False
    usual, low_li, high_li = gate.usual, setting.band.low_li, setting.band.high_li
    if not on_grid or price_li < (low_li or usual.tick_li) or (high_li is not None and price_li > high_li):
        return False
    lowest, step = (usual.buy_min, usual.buy_step) if side is BUY else (usual.sell_min, usual.sell_step)
    return lowest <= volume <= usual.highest and not price_li % usual.tick_li and not volume % step


def counter_rejection(terms: Terms, setting: Setting) -> Rejection | None:
    """The first of the counter's checks that applies; None when none does."""
    gate = setting.gates.get(terms.price_type.number) or _make_gate(terms, setting)
    return _first_rejection(gate.counter, terms, setting)


def exchange_rejection(terms: Terms, setting: Setting) -> Rejection | None:
    """The first of the exchange's checks that applies; None when none does."""
    gate = setting.gates.get(terms.price_type.number) or _make_gate(terms, setting)
    return _first_rejection(gate.exchange, terms, setting)


def surely_enters(order: BookOrder, price_type: PriceType, setting: Setting) -> bool:
    """Is there nothing to ask, because it reaches no further beyond the base of the cage than every cage allows?"""
    gate = setting.gates.get(price_type.number)
    if gate is None or gate.reach_li is None or setting.book is None:
        return False
    base_li = cage_base(order.side, setting)
    if order.side is BUY:
        return order.price_li <= base_li + gate.reach_li
    return order.price_li >= base_li - gate.reach_li


class Usual:
    """Bounds of the usual order: inside them and the day's limits it passes all of the counter's checks that look at figures.

    A step is that of the volume, of a buy or a sale.
    """

    __slots__ = ("buy_min", "buy_step", "highest", "sell_min", "sell_step", "tick_li")

    def __init__(
        self, tick_li: int, buy_min: int, buy_step: int, sell_min: int, sell_step: int, highest: int
    ) -> None:
        self.tick_li = tick_li
        self.buy_min = buy_min
        self.buy_step = buy_step
        self.sell_min = sell_min
        self.sell_step = sell_step
        self.highest = highest


class Gate:
    """What is left to ask of orders of one price type in one setting.

    ``usual`` is None where a standing check refuses them all. ``reach_li``: so far beyond the base of the cage an order may
    reach and surely be let in; None where that is not all that counts.
    """

    __slots__ = ("counter", "exchange", "reach_li", "usual")

    def __init__(
        self, counter: tuple[CheckRow, ...], exchange: tuple[CheckRow, ...], usual: Usual | None, reach_li: int | None,
    ) -> None:  # fmt: skip
        self.counter = counter
        self.exchange = exchange
        self.usual = usual
        self.reach_li = reach_li


def _make_gate(terms: Terms, setting: Setting) -> Gate:
    counter, exchange = (tuple(_rows_left(checks, terms, setting)) for checks in (COUNTER_CHECKS, EXCHANGE_CHECKS))
    is_open = not any(check in STANDING_CHECKS for _, check in (*counter, *exchange))
    waits = setting.rule.queued or _has_call_range(setting)
    cage_li = setting.rules.cage.ticks * setting.rules.tick.tick_li if _has_cage(terms.price_type, setting) else sys.maxsize
    gate = Gate(
        counter,
        exchange,
        usual=_usual(terms.price_type, setting) if is_open else None,
        reach_li=cage_li if is_open and not waits else None,
    )
    setting.gates[terms.price_type.number] = gate
    return gate


def _usual(price_type: PriceType, setting: Setting) -> Usual:
    lot = setting.rules.lot
    highest = _highest_volume(price_type, lot)
    return Usual(setting.rules.tick.tick_li, lot.buy_min, lot.buy_step, lot.sell_min, lot.sell_step, highest)


def _rows_left(checks: Iterable[CheckRow], terms: Terms, setting: Setting) -> Iterator[CheckRow]:
    """In their order, without the standing checks that pass; nothing comes after one that refuses."""
    for reason, check in checks:
        refuses = check in STANDING_CHECKS and check(terms, setting) is not None
        if refuses or check not in STANDING_CHECKS:
            yield reason, check
        if refuses:
            return


def _first_rejection(checks: Iterable[CheckRow], terms: Terms, setting: Setting) -> Rejection | None:
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
    limit_li = (setting.band.high_li if side is BUY else setting.band.low_li) or 0
    if price_li <= 0 or not setting.rules.market_orders.protective or setting.security.venue is not Venue.SH:
        return limit_li
    if side is BUY:
        given = price_li // tick_li * tick_li
        return min(given, limit_li) if limit_li else given
    return max(-(-price_li // tick_li) * tick_li, limit_li)
