"""Station 8: the core's integers as the SDK's fields. Every function gives one row of the message table."""

from __future__ import annotations

from matching import units
from matching.codes import Venue, parse_code
from matching.instrument import Security
from miniqmt_sim.behaviour import cut
from miniqmt_sim.constants import DIRECTION_STOCK, ORDER_ERROR_ID, AccountType
from miniqmt_sim.counter.account import Account, Position
from miniqmt_sim.counter.broker import secu_account
from miniqmt_sim.counter.ipo import Issue
from miniqmt_sim.counter.order import Order, Trade
from miniqmt_sim.wire.messages import JsonObject

PLATFORM_ID = 1
BROKER_NAME = "miniqmt-sim"


def account_row(account: Account) -> JsonObject:
    """Type and number of an account, the first two fields of every row."""
    return {"account_type": int(account.account_type), "account_id": account.account_id}


def asset_row(account: Account, market_value_li: int) -> JsonObject:
    """XtAsset."""
    return {
        **account_row(account),
        "cash": units.yuan(account.available_li),
        "frozen_cash": units.yuan(account.frozen_li),
        "market_value": units.yuan(market_value_li),
        "total_asset": units.yuan(account.cash_li + market_value_li),
        "fetch_balance": units.yuan(account.withdrawable_li),
        "current_balance": units.yuan(account.cash_li),
    }


def order_row(order: Order, security: Security | None, status_msg_bytes: int = 0) -> JsonObject:
    """XtOrder. ``price_type`` is the broker's enumeration, ``direction`` 48 whatever the side."""
    return {
        "account_type": int(order.account_type),
        "account_id": order.account_id,
        "stock_code": order.stock_code,
        "order_id": order.order_id,
        "order_sysid": order.order_sysid,
        "order_time": order.order_ms // 1000,
        "order_type": order.order_type.number,
        "order_volume": order.volume,
        "price_type": order.price_type.returned,
        "price": units.yuan(order.price_li),
        "traded_volume": order.traded_volume,
        "traded_price": units.average_yuan(order.traded_amount_li, order.traded_volume),
        "order_status": int(order.status),
        "status_msg": cut(order.status_msg, status_msg_bytes),
        "strategy_name": order.origin.strategy_name,
        "order_remark": order.origin.order_remark,
        "direction": DIRECTION_STOCK,
        "offset_flag": int(order.order_type.offset_flag),
        "secu_account": secu_account(order.account_id, security.venue) if security else "",
        "instrument_name": security.name if security else "",
    }


def trade_row(trade: Trade, security: Security) -> JsonObject:
    """XtTrade. ``commission`` is everything charged on the fill."""
    order = trade.order
    return {
        "account_type": int(order.account_type),
        "account_id": order.account_id,
        "stock_code": order.stock_code,
        "order_type": order.order_type.number,
        "traded_id": f"{trade.trade_id:016d}",
        "traded_time": trade.trade_ms // 1000,
        "traded_price": units.yuan(trade.price_li),
        "traded_volume": trade.volume,
        "traded_amount": units.yuan(trade.amount_li),
        "order_id": order.order_id,
        "order_sysid": order.order_sysid,
        "strategy_name": order.origin.strategy_name,
        "order_remark": order.origin.order_remark,
        "direction": DIRECTION_STOCK,
        "offset_flag": int(order.order_type.offset_flag),
        "commission": units.yuan(trade.fees.total_li),
        "secu_account": secu_account(order.account_id, security.venue),
        "instrument_name": security.name,
    }


def position_row(account: Account, position: Position, security: Security, sellable: int) -> JsonObject:
    """XtPosition. ``open_price`` is what the purchases cost on average, ``avg_price`` what the holding cost, fees included."""
    value_li = position.volume * security.last_li
    cost_li = position.cost_li if position.volume else 0
    opened_li = units.half_up(position.bought_li * position.volume, position.bought_volume) if position.bought_volume else 0
    return {
        **account_row(account),
        "stock_code": position.stock_code,
        "volume": position.volume,
        "can_use_volume": sellable,
        "open_price": units.average_yuan(position.bought_li, position.bought_volume),
        "market_value": units.yuan(value_li),
        "frozen_volume": position.frozen_volume,
        "on_road_volume": position.today_volume,
        "yesterday_volume": position.yesterday_volume,
        "avg_price": units.average_yuan(cost_li, position.volume),
        "direction": DIRECTION_STOCK,
        "last_price": units.yuan(security.last_li),
        "profit_rate": units.ratio(value_li - cost_li, abs(cost_li)),
        "float_profit": units.yuan(value_li - cost_li),
        "position_profit": units.yuan(value_li - opened_li),
        "open_date": str(position.opened_day),
        "secu_account": secu_account(account.account_id, security.venue),
        "instrument_name": security.name,
    }


def account_info_row(account: Account) -> JsonObject:
    """XtAccountInfo."""
    return {
        **account_row(account),
        "broker_type": int(account.account_type),
        "platform_id": PLATFORM_ID,
        "account_classification": 0,
        "login_status": int(account.status),
        "broker_id": "",
        "broker_name": BROKER_NAME,
        "product_id": 0,
        "product_code": "",
        "product_name": "",
    }


def account_status_row(account: Account) -> JsonObject:
    """XtAccountStatus."""
    return {**account_row(account), "status": int(account.status)}


def order_error_row(order: Order, error_msg_bytes: int = 0) -> JsonObject:
    """XtOrderError."""
    return {
        "account_type": int(order.account_type),
        "account_id": order.account_id,
        "order_id": order.order_id,
        "error_id": ORDER_ERROR_ID,
        "error_msg": cut(order.status_msg, error_msg_bytes),
        "strategy_name": order.origin.strategy_name,
        "order_remark": order.origin.order_remark,
        "request_seq": order.origin.request_seq,
    }


def cancel_error_row(
    account_type: AccountType, account_id: str, order_id: int, order_sysid: str, market: int, text: str
) -> JsonObject:
    """XtCancelError; order_id and order_sysid are those of the response."""
    return {
        "account_type": int(account_type),
        "account_id": account_id,
        "order_id": order_id,
        "market": market,
        "order_sysid": order_sysid,
        "error_id": ORDER_ERROR_ID,
        "error_msg": text,
    }


def ipo_row(issue: Issue) -> JsonObject:
    """IPOData."""
    return {
        "ipo_code": issue.subscription_code,
        "ipo_name": issue.listing.name,
        "ipo_type": issue.kind,
        "max_purchase_num": issue.max_volume,
        "min_purchase_num": issue.min_volume,
        "purchase_date": str(issue.subscribe_day),
        "issue_price": units.yuan(issue.price_li),
    }


def market_of(stock_code: str) -> int:
    """The SDK's market number of a code; SH where it has none."""
    code = parse_code(stock_code)
    return int(code.venue if code else Venue.SH)
