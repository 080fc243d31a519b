"""Why an order did, did not, or only partly fill, in a few sentences.

Nothing is remembered for this: the order, its trades, the book it stands in and the day's figures say it all.
"""

from __future__ import annotations

from collections.abc import Iterator

from matching import calendar, units
from matching.book import HOUSE, BookOrder, OrderBook, Side
from matching.checks import Terms, cage_bound
from matching.instrument import SUSPENDED, Security
from matching.phases import PHASE_RULES
from matching.price_types import Limit, Rest
from miniqmt_sim.constants import OrderStatus
from miniqmt_sim.counter.order import Order
from miniqmt_sim.world import World


def explain(world: World, order: Order, now_ms: int) -> list[str]:
    """The sentences, first things first."""
    if order.order_type.at_counter:
        return [_asked(order), *_refused(order), *_carried_out(order)]
    return [_placed(order), *_refused(order), *_traded(world, order), *_open(world, order, now_ms), *_ended(world, order)]


def _asked(order: Order) -> str:
    what = f"{units.yuan(order.price_li):.2f} yuan" if order.order_type.in_yuan else f"{order.volume} {order.stock_code}"
    when = calendar.text_of(order.order_ms).partition("T")[2]
    return f"{when}: {order.order_type.name} of {what}, which no exchange sees; status {order.status.name}"


def _carried_out(order: Order) -> Iterator[str]:
    if order.order_type.in_yuan and order.traded_amount_li:
        yield f"{units.yuan(order.traded_amount_li):.2f} yuan were repaid"
    elif order.traded_volume:
        yield f"{order.traded_volume} shares were returned"


def _placed(order: Order) -> str:
    side = "buy" if order.order_type.side is Side.BUY else "sell"
    if order.order_type.opens is not None or order.order_type.repays is not None:
        side = order.order_type.name
    limit = f"at {units.yuan(order.price_li):g}" if order.price_li else "without a limit"
    when = calendar.text_of(order.order_ms).partition("T")[2]
    return f"{when}: {side} {order.volume} {order.stock_code} {limit} ({order.price_type.name}); status {order.status.name}"


def _refused(order: Order) -> Iterator[str]:
    if order.status is OrderStatus.JUNK:
        by_counter = order.order_sysid == f"xt{order.order_id}"
        yield f"refused by the {'counter' if by_counter else 'exchange'}: {order.status_msg}"


def _traded(world: World, order: Order) -> Iterator[str]:
    account = world.broker.accounts[order.account_id]
    for trade in account.trades:
        if trade.order is order:
            when = calendar.text_of(trade.trade_ms).partition("T")[2]
            kind = ", with this account on both sides" if trade.is_self_trade else ""
            yield f"{when}: filled {trade.volume} at {units.yuan(trade.price_li):g}{kind}"
    if order.traded_volume:
        average = units.average_yuan(order.traded_amount_li, order.traded_volume)
        yield f"{order.traded_volume} of {order.volume} filled at {average:g} on average"


def _open(world: World, order: Order, now_ms: int) -> Iterator[str]:
    if not order.is_open:
        return
    if world.ipo.is_subscription(order):
        yield "a subscription: it ends at the close, is drawn a trading day later and paid the day after that"
        return
    exchange, security = world.exchange, world.exchange.securities[order.stock_code]
    if order.status is OrderStatus.UNREPORTED:
        yield "on its way to the exchange"
        return
    if order.book_order is None:
        opens = calendar.text_of(exchange.next_orders_ms(security.board, now_ms)).partition("T")[2]
        yield f"held by the counter until the exchange takes orders at {opens}"
        return
    if order.price_type.fixed:
        yield "waits to trade at the day's close after hours, in order of time"
        return
    if order.book_order.level is None and PHASE_RULES[exchange.phase(security, now_ms)].queued:
        yield "taken by the exchange, which treats it when continuous trading begins"
        return
    if order.book_order.level is None:
        setting = exchange.setting(security, now_ms)
        side, price_li = order.order_type.side, order.price_li
        bound = cage_bound(Terms(side, order.price_type, price_li, True, order.left), setting)
        yield f"dormant: outside the price cage, whose bound is {units.yuan(bound or price_li):g} now"
        return
    ahead, ahead_house = _queue_ahead(order.book_order)
    yield (
        f"stands in the book at {units.yuan(order.price_li):g} with {ahead} ahead of it at this price, "
        f"{ahead_house} of them the market's, {ahead - ahead_house} other accounts'"
    )
    phase = exchange.phase(security, now_ms)
    rule = PHASE_RULES[phase]
    if SUSPENDED in security.tags:
        yield "nothing is matched: the security is suspended"
    elif rule.call:
        cross = exchange.indicative(security, now_ms)
        price = f"{units.yuan(cross.price_li):g}, {cross.volume} would trade" if cross else "none: nothing crosses"
        yield f"waits for the {rule.call} auction; indicative price {price}"
    elif not rule.matching:
        yield f"nothing is matched: the phase is {phase}"
    else:
        yield from _what_is_missing(order, security, exchange.book(order.stock_code))


def _queue_ahead(order: BookOrder) -> tuple[int, int]:
    """Volume before an order in its queue: all of it, and the house's."""
    assert order.level is not None
    ahead = house = 0
    for other in order.level.orders():
        if other is order:
            break
        ahead += other.volume
        house += other.volume if other.owner == HOUSE else 0
    return ahead, house


def _what_is_missing(order: Order, security: Security, book: OrderBook) -> Iterator[str]:
    """Why a resting order has not traded: where the other side is, and how near the market came."""
    side = order.order_type.side
    other, name = book.best_price(Side(1 - side)), "ask" if side is Side.BUY else "bid"
    if not security.has_depth:
        yield f"bars are played, which show no {name}s: the last price is {units.yuan(security.last_li):g}"
    elif other is None:
        yield f"there is no {name}"
    else:
        yield f"the best {name} is {units.yuan(other):g}, it needs {units.yuan(order.price_li):g}"
    figures = security.figures
    if figures.volume:
        nearest = figures.low_li if side is Side.BUY else figures.high_li
        word = "lowest" if side is Side.BUY else "highest"
        yield f"the {word} trade of the day was {units.yuan(nearest):g}"


def _ended(world: World, order: Order) -> Iterator[str]:
    if order.status not in (OrderStatus.CANCELED, OrderStatus.PART_CANCEL):
        return
    row = order.price_type
    if row.rest is Rest.CANCELLED:
        reach = f"the best {row.levels} levels" if row.levels else "the whole other side"
        yield f"{order.left} cancelled: {row.name} takes what {reach} held within its limit at that moment, and no more"
    elif row.limit is Limit.OWN_BEST or row.limit is Limit.PEER_BEST:
        yield f"{order.left} cancelled by its owner, at the day's end, or on arrival because there was no price to take over"
    else:
        yield f"{order.left} cancelled by its owner or at the day's end"
