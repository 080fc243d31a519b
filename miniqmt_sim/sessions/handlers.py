"""Station 4: what a trader's request does. One function a message; the table at the end joins them.

Only what is no business of a counter is answered here with -1 and a text: an unknown account or enumeration value, a
price that is no number, a volume that is no positive whole number. Everything else makes an order row.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from matching import units
from matching.book import Side
from matching.price_types import PRICE_TYPES
from miniqmt_sim.behaviour import cut
from miniqmt_sim.constants import MAX_INT32, OrderStatus
from miniqmt_sim.counter.account import Account
from miniqmt_sim.counter.broker import PlaceRequest
from miniqmt_sim.counter.order import Origin
from miniqmt_sim.counter.order_types import ORDER_TYPES, OrderType
from miniqmt_sim.counter.status import is_final
from miniqmt_sim.sessions.context import Answer, Context, Handler, no_account
from miniqmt_sim.sessions.snapshots import CancelAnswer, OrderAnswer, cancel_answer, order_answer
from miniqmt_sim.sessions.views import (
    account_info_row,
    account_status_row,
    cancel_error_row,
    ipo_row,
    market_of,
)
from miniqmt_sim.wire.messages import JsonObject

MAX_PRICE_YUAN: Final = 1_000_000_000.0
"""A price beyond it is no price; the dearest share is far below a hundred thousand yuan."""


def on_subscribe(context: Context, fields: JsonObject) -> Answer:
    """Begin the pushes of an account, its status first."""
    account = context.account(fields)
    if account is None:
        return {"result": -1, "error_msg": no_account(fields)}
    context.registry.subscribe(context.session, account.account_id)
    context.pushes.tell((context.session.connection,), "push_account_status", account_status_row(account))
    return {"result": 0, "error_msg": ""}


def on_unsubscribe(context: Context, fields: JsonObject) -> Answer:
    """End the pushes of an account."""
    account = context.account(fields)
    if account is None:
        return {"result": -1, "error_msg": no_account(fields)}
    done = context.registry.unsubscribe(context.session, account.account_id)
    return {"result": 0, "error_msg": ""} if done else {"result": -1, "error_msg": f"账号未订阅: {account.account_id}"}


def on_order_stock(context: Context, fields: JsonObject) -> Answer:
    """Place an order."""
    world, price, now_ms = context.world, fields["price"], context.now_ms
    if world.behaviour.text_bytes:
        fields = _cut(fields, world.behaviour.text_bytes)
    account = context.account(fields)
    text = no_account(fields) if account is None else _not_an_order(fields, world.config.after_hours)
    if account is None or text:
        return order_answer(fields, -1, text)
    order_type = ORDER_TYPES[fields["order_type"]]
    if order_type.in_yuan:
        return _order_in_yuan(context, account, order_type, fields)
    price_li, on_grid = units.nearest_li(price)
    if not on_grid:  # only a market order may say so: its protective price is never passed
        price_li = units.li_towards(price, up=order_type.side is Side.SELL)
    request = PlaceRequest(
        fields["stock_code"], order_type, PRICE_TYPES[fields["price_type"]], price_li, on_grid, int(fields["order_volume"]),
        _origin(context, fields),
    )  # fmt: skip
    order = world.place(account, request, now_ms)
    if not order.order_sysid:
        world.send_later(order, now_ms)
    return OrderAnswer(context.seq, fields, order.order_id)


def _order_in_yuan(context: Context, account: Account, order_type: OrderType, fields: JsonObject) -> Answer:
    """Place an order whose volume is an amount; its price says the amount, its volume the whole yuan of it."""
    amount_li = units.li_from_yuan(fields["order_volume"])
    request = PlaceRequest(
        fields["stock_code"], order_type, PRICE_TYPES[fields["price_type"]], amount_li, True, amount_li // units.LI_PER_YUAN,
        _origin(context, fields),
    )  # fmt: skip
    order = context.world.place(account, request, context.now_ms)
    return OrderAnswer(context.seq, fields, order.order_id)


def _cut(fields: JsonObject, most: int) -> JsonObject:
    """The fields with the two texts as far as the terminal keeps them, in its answers as well."""
    name, remark = cut(fields["strategy_name"], most), cut(fields["order_remark"], most)
    return {**fields, "strategy_name": name, "order_remark": remark}


def _origin(context: Context, fields: JsonObject) -> Origin:
    """Who asked, and the words it gave."""
    return Origin(context.session.session_id, context.seq, fields["strategy_name"], fields["order_remark"])


def _not_an_order(fields: JsonObject, after_hours: bool) -> str:
    """Why these fields make no order at all; empty when they do."""
    volume, price = fields["order_volume"], fields["price"]
    price_type = PRICE_TYPES.get(fields["price_type"])
    if fields["order_type"] not in ORDER_TYPES:
        return f"不支持的委托类型: {fields['order_type']}"
    if price_type is None or (price_type.fixed and not after_hours):
        return f"不支持的报价类型: {fields['price_type']}"
    if not -MAX_PRICE_YUAN <= price <= MAX_PRICE_YUAN:
        return f"委托价格无效: {price}"
    is_right = _is_amount(volume) if ORDER_TYPES[fields["order_type"]].in_yuan else 0 < volume <= MAX_INT32 and not volume % 1
    return "" if is_right else f"委托数量无效: {volume}"


def _is_amount(volume: float) -> bool:
    """Yuan and fen."""
    if not 0 < volume <= MAX_INT32:
        return False
    amount_li, on_grid = units.nearest_li(volume)
    return on_grid and amount_li > 0 and amount_li % units.LI_PER_FEN == 0


def on_cancel_order_stock(context: Context, fields: JsonObject) -> Answer:
    """Cancel an order; a refusal is answered and then pushed, with the same numbers."""
    account = context.account(fields)
    if account is None:
        asked = (fields["account_type"], fields["account_id"])
        return cancel_answer(*asked, -1, fields["order_id"], fields["order_sysid"], no_account(fields))
    broker = context.world.broker
    order = broker.find(account, fields["order_id"], fields["market"], fields["order_sysid"])
    answer = broker.cancel(order, context.now_ms)
    if order is not None and not answer.text:
        return CancelAnswer(context.seq, account, order.order_id, order.order_sysid)
    order_id, order_sysid = (order.order_id, order.order_sysid) if order else (fields["order_id"], fields["order_sysid"])
    market = market_of(order.stock_code) if order else max(fields["market"], 0)
    row = cancel_error_row(account.account_type, account.account_id, order_id, order_sysid, market, answer.text)
    context.pushes.cancel_refused(context.session.connection, row)
    text = answer.text if answer.result else ""
    return cancel_answer(account.account_type, account.account_id, answer.result, order_id, order_sysid, text)


def on_query_account_infos(context: Context, fields: JsonObject) -> Answer:
    """All accounts."""
    return [account_info_row(account) for account in context.world.broker.accounts.values()]


def on_query_account_status(context: Context, fields: JsonObject) -> Answer:
    """Status of all accounts."""
    return [account_status_row(account) for account in context.world.broker.accounts.values()]


def on_query_stock_asset(context: Context, fields: JsonObject) -> Answer:
    """Cash and value."""
    account = context.account(fields)
    return _failed(fields) if account is None else [context.shown_asset(account)]


def on_query_stock_orders(context: Context, fields: JsonObject) -> Answer:
    """Today's orders."""
    account = context.account(fields)
    if account is None:
        return _failed(fields)
    if fields["order_id"]:
        order = account.orders.get(fields["order_id"])
        return [context.order(order)] if order else []
    rows = context.orders(account)
    if fields["cancelable_only"]:
        rows = [row for row in rows if not is_final(OrderStatus(row["order_status"]))]
    return rows


def on_query_stock_trades(context: Context, fields: JsonObject) -> Answer:
    """Today's trades."""
    account = context.account(fields)
    return _failed(fields) if account is None else context.trades(account)


def on_query_stock_positions(context: Context, fields: JsonObject) -> Answer:
    """Positions."""
    account = context.account(fields)
    if account is None:
        return _failed(fields)
    return context.shown_positions(account, fields["stock_code"])


def on_query_new_purchase_limit(context: Context, fields: JsonObject) -> Answer:
    """Subscription quotas."""
    account = context.account(fields)
    if account is None:
        return _failed(fields)
    quotas = context.world.ipo.quotas(account)
    return [{"new_purchase_limit_key": key, "new_purchase_limit_value": volume} for key, volume in quotas.items()]


def on_query_ipo_data(context: Context, fields: JsonObject) -> Answer:
    """New issues of today."""
    return [ipo_row(issue) for issue in context.world.ipo.today()]


def _failed(fields: JsonObject) -> JsonObject:
    return {"error": no_account(fields)}


TRADER_HANDLERS: Final[Mapping[str, Handler]] = {
    "subscribe": on_subscribe,
    "unsubscribe": on_unsubscribe,
    "order_stock": on_order_stock,
    "cancel_order_stock": on_cancel_order_stock,
    "query_account_infos": on_query_account_infos,
    "query_account_status": on_query_account_status,
    "query_stock_asset": on_query_stock_asset,
    "query_stock_orders": on_query_stock_orders,
    "query_stock_trades": on_query_stock_trades,
    "query_stock_positions": on_query_stock_positions,
    "query_new_purchase_limit": on_query_new_purchase_limit,
    "query_ipo_data": on_query_ipo_data,
}
