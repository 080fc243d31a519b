"""Station 8: the core's integers as the SDK's fields. Every function gives one row of the message table.

Orders, trades, positions and assets, which are said most, stand in ``snapshots``."""

from __future__ import annotations

from matching import units
from matching.codes import Venue, parse_code
from miniqmt_sim.behaviour import cut
from miniqmt_sim.constants import ORDER_ERROR_ID, AccountType
from miniqmt_sim.counter.account import Account
from miniqmt_sim.counter.ipo import Issue
from miniqmt_sim.counter.order import Order
from miniqmt_sim.wire.messages import JsonObject

PLATFORM_ID = 1
BROKER_NAME = "miniqmt-sim"


def account_row(account: Account) -> JsonObject:
    """Type and number of an account, the first two fields of every row."""
    return {"account_type": int(account.account_type), "account_id": account.account_id}


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
