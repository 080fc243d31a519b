"""Station 4: what an operator's command does. One function a message; the table at the end joins them.

A command that cannot be done raises CommandRefused with a sentence, before anything is changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, Final

from matching import calendar, units
from matching.book import OrderBook, Side
from matching.codes import Board, is_index
from matching.instrument import DatedTag, Security, parse_listing
from miniqmt_sim.announcements import parse_action
from miniqmt_sim.blueprint import OPENABLE, is_account_id
from miniqmt_sim.constants import MAX_VOLUME, AccountStatus
from miniqmt_sim.counter.corporate import Action
from miniqmt_sim.counter.ipo import Issue, Subscription
from miniqmt_sim.counter.ledger import Entry
from miniqmt_sim.counter.lots import MICRO_PER_LI
from miniqmt_sim.errors import CommandRefused
from miniqmt_sim.market.quote import Levels, Quote
from miniqmt_sim.sessions.arguments import account_of as _account
from miniqmt_sim.sessions.arguments import check_volume, level_li, listed_of
from miniqmt_sim.sessions.arguments import money_li as _money_li
from miniqmt_sim.sessions.arguments import positive_li as _positive_li
from miniqmt_sim.sessions.arguments import price_li as _price_li
from miniqmt_sim.sessions.arguments import security_of as _security
from miniqmt_sim.sessions.context import Answer, Context
from miniqmt_sim.sessions.explain import explain
from miniqmt_sim.sessions.views import account_status_row
from miniqmt_sim.wire.messages import MAX_LEVELS, JsonObject, Request
from miniqmt_sim.world import World

MAX_SPEED: Final = 1_000_000
"""A replay clock that runs faster than a core can follow only hides how far it is behind."""
MAX_JUMP_MS: Final = 3660 * calendar.MS_PER_DAY
"""A clock moves at most ten years at once: a typing error must not settle a million days."""


def on_health(context: Context, fields: JsonObject) -> Answer:
    """Alive, and what time it is here."""
    return {"ok": True, **clock_row(context)}


def on_account_create(context: Context, fields: JsonObject) -> Answer:
    """Open an account, with its first deposit."""
    account_id, kind, broker = fields["account_id"], fields["account_type"], context.world.broker
    if not is_account_id(account_id):
        raise CommandRefused(f"account id {account_id!r} must be 1 to 20 letters and digits")
    if kind not in OPENABLE:
        raise CommandRefused(f"account type {kind!r} is not STOCK or CREDIT")
    if account_id in broker.accounts:
        raise CommandRefused(f"account {account_id} exists already")
    cash_li = _money_li(fields["cash"], "cash")
    account = broker.open_account(account_id, OPENABLE[kind])
    broker.move_cash(account, Entry.DEPOSIT, cash_li, context.now_ms)
    return context.asset(account)


def on_account_list(context: Context, fields: JsonObject) -> Answer:
    """All accounts."""
    return [{**context.asset(account), "status": int(account.status)} for account in context.world.broker.accounts.values()]


def on_account_status(context: Context, fields: JsonObject) -> Answer:
    """Set an account's status and tell its subscribers."""
    account = _account(context, fields)
    context.world.broker.set_status(account, _status(fields["status"]))
    return account_status_row(account)


def _status(text: str) -> AccountStatus:
    found = [status for status in AccountStatus if text in (status.name, str(int(status)))]
    if not found:
        raise CommandRefused(f"unknown status {text!r}; there are {', '.join(status.name for status in AccountStatus)}")
    return found[0]


def on_cash_deposit(context: Context, fields: JsonObject) -> Answer:
    """Pay in."""
    account = _account(context, fields)
    context.world.broker.move_cash(account, Entry.DEPOSIT, _positive_li(fields["amount"]), context.now_ms)
    return context.asset(account)


def on_cash_withdraw(context: Context, fields: JsonObject) -> Answer:
    """Pay out what may leave."""
    account = _account(context, fields)
    amount_li = _positive_li(fields["amount"])
    if amount_li > account.withdrawable_li:
        raise CommandRefused(f"only {units.text_yuan(account.withdrawable_li)} yuan may be withdrawn from {account.account_id}")
    context.world.broker.move_cash(account, Entry.WITHDRAW, -amount_li, context.now_ms)
    return context.asset(account)


def on_position_set(context: Context, fields: JsonObject) -> Answer:
    """Give an account a position."""
    account = _account(context, fields)
    security = _security(context.world, fields["stock_code"])
    volume = fields["volume"]
    last_li = context.world.market.last_li(security, context.now_ms)
    cost_li = last_li if fields["cost"] == -1 else _price_li(fields["cost"], "cost")
    check_volume(volume, last_li, cost_li)
    can_use = volume if fields["can_use"] == -1 else fields["can_use"]
    if not 0 <= can_use <= volume:
        raise CommandRefused(f"can-use {can_use} is not between 0 and the volume {volume}")
    held = account.positions.get(security.code)
    if held and held.frozen_volume > can_use:
        raise CommandRefused(f"{held.frozen_volume} shares stand in open sell orders")
    context.world.broker.set_position(account, security, volume, can_use, cost_li * volume)
    return context.position(account, security.code)


def on_quote(context: Context, fields: JsonObject) -> Answer:
    """The market of one security, from the operator."""
    world = context.world
    listed = world.exchange.securities.get(fields["stock_code"])
    if listed.is_index if listed is not None else is_index(fields["stock_code"]):
        return _on_level(context, fields)
    last_li = _price_li(fields["last"], "last")
    bids, asks = _levels(fields["bids"], Side.BUY), _levels(fields["asks"], Side.SELL)
    if bids and asks and bids[0][0] >= asks[0][0]:
        raise CommandRefused("the best bid must be below the best ask")
    check_volume(fields["volume"], last_li)
    pre_close_li = _price_li(fields["pre_close"], "pre-close") if fields["pre_close"] else 0
    security = _quoted_security(world, fields["stock_code"], pre_close_li or last_li)
    tick_li = world.exchange.rules.on(security.board, world.exchange.day).tick.tick_li
    for price_li in (last_li, pre_close_li, *(level[0] for level in (*bids, *asks))):
        if price_li % tick_li:
            step = f"the tick {units.yuan(tick_li)} of {security.code}"
            raise CommandRefused(f"{units.yuan(price_li)} is not a multiple of {step}")
    return _take_quote(context, security, Quote(last_li, bids, asks, fields["volume"]), pre_close_li)


def _on_level(context: Context, fields: JsonObject) -> Answer:
    """The level of an index, from the operator."""
    if fields["bids"] or fields["asks"]:
        raise CommandRefused(f"{fields['stock_code']} is an index: nobody bids and asks for it")
    last_li = level_li(fields["last"], "last")
    pre_close_li = level_li(fields["pre_close"], "pre-close") if fields["pre_close"] else 0
    check_volume(fields["volume"], 0)
    security = _quoted_security(context.world, fields["stock_code"], pre_close_li or last_li)
    return _take_quote(context, security, Quote(last_li, (), (), fields["volume"]), pre_close_li)


def _take_quote(context: Context, security: Security, quote: Quote, pre_close_li: int) -> Answer:
    """Let a quote that was found good hold; it lists a code that is not listed yet."""
    world = context.world
    if security.code not in world.exchange.securities:
        security = world.market.list_security(
            parse_listing(security.code, security.name, pre_close_li or quote.last_li)
        )
    if pre_close_li:
        world.exchange.set_reference(security, pre_close_li)
        world.market.record_reference(security)
    world.broker.settle(world.market.quote(security, quote, context.now_ms), context.now_ms)
    return quote_row(context, security)


def on_security(context: Context, fields: JsonObject) -> Answer:
    """A security's day; new tags hold from now on."""
    world = context.world
    security = listed_of(world, fields["stock_code"])
    if fields["tags"]:
        try:
            tags = tuple(DatedTag.parse(tag) for tag in fields["tags"].split() if tag != "-")
        except ValueError as error:
            raise CommandRefused(str(error)) from None
        world.exchange.set_tags(security, tags)
        world.market.record_reference(security)
    return security_row(context, security)


def on_corporate_add(context: Context, fields: JsonObject) -> Answer:
    """Announce a corporate action."""
    world = context.world
    security = _security(world, fields["stock_code"])
    try:
        action = parse_action(fields)
    except ValueError as error:
        raise CommandRefused(str(error)) from None
    if action.ex_day <= world.exchange.day:
        raise CommandRefused(f"the ex-day must come after the present trading day {world.exchange.day}")
    last_li = world.market.last_li(security, context.now_ms)
    if action.cash_micro >= last_li * MICRO_PER_LI:
        raise CommandRefused(f"cash: a share at {units.yuan(last_li)} yuan cannot pay {fields['cash']}")
    for account_id in action.named:
        _account(context, {"account_id": account_id})
    problem = world.corporate.add(action)
    if problem is not None:
        raise CommandRefused(problem)
    return corporate_row(world, action)


def on_corporate_list(context: Context, fields: JsonObject) -> Answer:
    """Corporate actions, past and to come."""
    return [corporate_row(context.world, action) for action in context.world.corporate.actions()]


def on_ipo_list(context: Context, fields: JsonObject) -> Answer:
    """Who subscribed to which new issue."""
    return [subscription_row(issue, part) for issue, part in context.world.ipo.subscriptions()]


def on_book(context: Context, fields: JsonObject) -> Answer:
    """What rests in a book."""
    world = context.world
    security = _security(world, fields["stock_code"])
    book = world.exchange.book(security.code)
    cross = world.exchange.indicative(security, context.now_ms)
    return {
        **security_row(context, security),
        "bids": _shown_levels(book, Side.BUY),
        "asks": _shown_levels(book, Side.SELL),
        **{f"quoted_{side}": levels for side, levels in _quoted(context, security).items()},
        "users": sum(1 for _ in book.user_orders()),
        "indicative_price": units.yuan(cross.price_li) if cross else 0.0,
        "indicative_volume": cross.volume if cross else 0,
        "surplus": cross.surplus if cross else 0,
    }


def on_explain(context: Context, fields: JsonObject) -> Answer:
    """Why an order did, did not, or only partly fill."""
    order_id = fields["order_id"]
    accounts = context.world.broker.accounts.values()
    order = next((account.orders[order_id] for account in accounts if order_id in account.orders), None)
    if order is None:
        raise CommandRefused(f"there is no order {order_id} today")
    return {"order_id": order_id, "lines": explain(context.world, order, context.now_ms)}


def on_clock_show(context: Context, fields: JsonObject) -> Answer:
    """What time it is here."""
    return clock_row(context)


def on_clock_moved(context: Context, fields: JsonObject) -> Answer:
    """The clock was moved before this command was stamped; say where it stands, and remember it."""
    context.world.counters["now_ms"] = context.now_ms
    return clock_row(context)


def on_orders(context: Context, fields: JsonObject) -> Answer:
    """Today's orders."""
    return context.orders(_account(context, fields))


def on_trades(context: Context, fields: JsonObject) -> Answer:
    """Today's trades."""
    return context.trades(_account(context, fields))


def on_positions(context: Context, fields: JsonObject) -> Answer:
    """Positions."""
    return context.positions(_account(context, fields))


def on_asset(context: Context, fields: JsonObject) -> Answer:
    """Cash and value."""
    return context.asset(_account(context, fields))


def on_state_hash(context: Context, fields: JsonObject) -> Answer:
    """The world in 64 digits."""
    return {"state_hash": context.world.state_hash()}


def on_check(context: Context, fields: JsonObject) -> Answer:
    """Every invariant."""
    problems = list(context.world.problems(context.now_ms))
    return {"ok": not problems, "problems": problems}


# ---- the clock ---------------------------------------------------------------------------------------------------------


def clock_target(world: World, request: Request, now_ms: int) -> int:
    """Where a clock command moves the clock to. Raises CommandRefused; only a pristine manual world may go back."""
    target_ms = _TARGETS[request.name](world, request.fields, now_ms)
    if target_ms < now_ms and not (world.is_pristine and world.config.clock in ("manual", "replay")):
        raise CommandRefused(f"time only moves forward: it is {calendar.text_of(now_ms)} already")
    if target_ms - now_ms > MAX_JUMP_MS:
        raise CommandRefused(f"{calendar.text_of(target_ms)} is more than ten years ahead")
    return target_ms


def _set_target(world: World, fields: JsonObject, now_ms: int) -> int:
    try:
        target_ms = calendar.parse_moment(fields["time"], calendar.day_of(now_ms))
    except ValueError as error:
        raise CommandRefused(str(error)) from None
    if not 2015 <= calendar.day_of(target_ms) // 10000 <= 9000:
        raise CommandRefused(f"{fields['time']}: the rules begin in 2015")
    return target_ms


def _advance_target(world: World, fields: JsonObject, now_ms: int) -> int:
    duration_ms: int = fields["duration_ms"]
    if duration_ms <= 0:
        raise CommandRefused("the duration must be positive")
    return now_ms + duration_ms


def _settle_target(world: World, fields: JsonObject, now_ms: int) -> int:
    return max(world.next_close_ms(), now_ms)


def _next_phase_target(world: World, fields: JsonObject, now_ms: int) -> int:
    if world.always:
        raise CommandRefused("hours = always is one phase around the clock")
    return world.exchange.next_phase_ms(Board.SH_MAIN, now_ms)


def _next_day_target(world: World, fields: JsonObject, now_ms: int) -> int:
    return world.next_open_ms()


def _speed_target(world: World, fields: JsonObject, now_ms: int) -> int:
    """The clock stays where it is; only its pace changes."""
    speed = fields.get("speed", 0.0)
    if world.config.clock != "replay":
        raise CommandRefused(f"a {world.config.clock} clock has no speed; --clock replay has")
    if not 0 <= speed <= MAX_SPEED:
        raise CommandRefused(f"speed {speed:g} is not between 0 and {MAX_SPEED:g}")
    return now_ms


_TARGETS: Final[Mapping[str, Callable[[World, JsonObject, int], int]]] = {
    "ctl_clock_set": _set_target,
    "ctl_clock_advance": _advance_target,
    "ctl_clock_next_phase": _next_phase_target,
    "ctl_clock_next_day": _next_day_target,
    "ctl_clock_speed": _speed_target,
    "ctl_clock_freeze": _speed_target,
    "ctl_settle": _settle_target,
}


CLOCK_SPEEDS: Final = ("ctl_clock_speed", "ctl_clock_freeze")
"""Commands after which the shell's clock runs at another pace."""
CLOCK_MOVES: Final = frozenset(_TARGETS)
"""Commands that the shell carries out on its clock before the core answers them."""


def clock_row(context: Context) -> JsonObject:
    """Time, day and phase."""
    world = context.world
    return {
        "now": calendar.text_of(context.now_ms),
        "now_ms": context.now_ms,
        "day": world.exchange.day,
        "phase": world.phase_name(context.now_ms),
        "hours": world.config.hours,
        "clock": world.config.clock,
    }


def quote_row(context: Context, security: Security) -> JsonObject:
    """A quote screen's line."""
    levels = _quoted(context, security)
    return {
        "stock_code": security.code,
        "name": security.name,
        "last_price": units.yuan(security.last_li),
        "pre_close": units.yuan(security.pre_close_li),
        **levels,
    }


def _quoted(context: Context, security: Security) -> JsonObject:
    """The levels of the quote that holds."""
    sides = zip(("bids", "asks"), context.world.market.shown(security, context.now_ms), strict=True)
    return {side: [[units.yuan(price_li), volume] for price_li, volume in levels] for side, levels in sides}


def security_row(context: Context, security: Security) -> JsonObject:
    """A security's day."""
    world, figures = context.world, security.figures
    world.market.last_li(security, context.now_ms)
    band = world.exchange.band(security)
    return {
        "stock_code": security.code,
        "name": security.name,
        "board": str(security.board),
        "tags": " ".join(security.tags),
        "phase": str(world.exchange.phase(security, context.now_ms)),
        "pre_close": units.yuan(security.pre_close_li),
        "up_limit": units.yuan(band.high_li or 0),
        "down_limit": units.yuan(band.low_li or 0),
        "last_price": units.yuan(security.last_li),
        "open": units.yuan(figures.open_li),
        "high": units.yuan(figures.high_li),
        "low": units.yuan(figures.low_li),
        "volume": figures.volume,
    }


def corporate_row(world: World, action: Action) -> JsonObject:
    """One corporate action."""
    security = world.exchange.securities.get(action.stock_code)
    return {
        "stock_code": action.stock_code,
        "name": security.name if security else "",
        "ex_day": action.ex_day,
        "record_day": action.record_day,
        "cash": action.cash_micro / units.PPM,
        "bonus": action.bonus_ppm / units.PPM,
        "transfer": action.transfer_ppm / units.PPM,
        "rights": action.rights_ppm / units.PPM,
        "rights_price": units.yuan(action.rights_price_li),
        "subscribe": action.subscribe,
        "done": action.ex_day <= world.exchange.day,
    }


def subscription_row(issue: Issue, part: Subscription) -> JsonObject:
    """One account's part in a new issue."""
    return {
        "account_id": part.account_id,
        "subscription_code": part.subscription_code,
        "stock_code": issue.listing.code.text,
        "name": issue.listing.name,
        "subscribe_day": part.subscribe_day,
        "listing_day": issue.listing_day,
        "issue_price": units.yuan(issue.price_li),
        "volume": part.volume,
        "won_volume": part.won_volume,
        "paid_volume": part.paid_volume,
    }


def _shown_levels(book: OrderBook, side: Side) -> list[list[float | int]]:
    """The first levels of a book's side, in yuan."""
    levels = islice(book.sides[side].levels(), MAX_LEVELS)
    return [[units.yuan(level.price_li), level.total] for level in levels]


# ---- arguments ---------------------------------------------------------------------------------------------------------


def _quoted_security(world: World, stock_code: str, pre_close_li: int) -> Security:
    """The security, or what it will be once the quote has been found good."""
    found = world.exchange.securities.get(stock_code)
    if found is not None:
        return found
    try:
        return Security(parse_listing(stock_code, "", pre_close_li))
    except ValueError as error:
        raise CommandRefused(str(error)) from None


def _levels(levels: Any, side: Side) -> Levels:
    """Levels of one side, best first."""
    found = sorted(((_price_li(price, "level"), volume) for price, volume in levels), reverse=side is Side.BUY)
    if len(dict(found)) != len(found):
        raise CommandRefused(f"a price stands twice among the {'bids' if side is Side.BUY else 'asks'}")
    if any(not 0 < volume <= MAX_VOLUME for _, volume in found):
        raise CommandRefused("the volume of a level must be positive")
    return tuple(found)


OPERATOR_HANDLERS: Final[Mapping[str, Callable[[Context, JsonObject], Answer]]] = {
    "health": on_health,
    "ctl_account_create": on_account_create,
    "ctl_account_list": on_account_list,
    "ctl_account_status": on_account_status,
    "ctl_cash_deposit": on_cash_deposit,
    "ctl_cash_withdraw": on_cash_withdraw,
    "ctl_position_set": on_position_set,
    "ctl_quote": on_quote,
    "ctl_security": on_security,
    "ctl_corporate_add": on_corporate_add,
    "ctl_corporate_list": on_corporate_list,
    "ctl_ipo_list": on_ipo_list,
    "ctl_book": on_book,
    "ctl_explain": on_explain,
    "ctl_clock_show": on_clock_show,
    "ctl_clock_set": on_clock_moved,
    "ctl_clock_advance": on_clock_moved,
    "ctl_clock_next_phase": on_clock_moved,
    "ctl_clock_next_day": on_clock_moved,
    "ctl_clock_speed": on_clock_moved,
    "ctl_clock_freeze": on_clock_moved,
    "ctl_settle": on_clock_moved,
    "ctl_orders": on_orders,
    "ctl_trades": on_trades,
    "ctl_positions": on_positions,
    "ctl_asset": on_asset,
    "ctl_state_hash": on_state_hash,
    "ctl_check": on_check,
}
