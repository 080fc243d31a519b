"""From rows and pushes of the wire to the SDK's objects: which class each message fills, and which callback gets a push."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Final, Generic, NamedTuple, TypeVar

from miniqmt_sim.wire.messages import JsonObject
from miniqmt_sim.xtquant import xttype

NO_PERMISSION: Final = "该终端没有此项业务权限"
"""What a call is told that has no message: this terminal has no permission for it."""

T = TypeVar("T")


class Query(NamedTuple, Generic[T]):
    """A request and the class of the rows that answer it."""

    message: str
    row: type[T]


class Push(NamedTuple):
    """The callback that gets a push, and the class of what it gets."""

    callback: str
    row: type


class Response(NamedTuple):
    """The callback that gets the answer to an asynchronous order or cancel, its class, and what it says when there is none."""

    callback: str
    row: type
    failed: JsonObject


ACCOUNT_INFOS: Final = Query("query_account_infos", xttype.XtAccountInfo)
ACCOUNT_STATUS: Final = Query("query_account_status", xttype.XtAccountStatus)
ASSET: Final = Query("query_stock_asset", xttype.XtAsset)
ORDERS: Final = Query("query_stock_orders", xttype.XtOrder)
TRADES: Final = Query("query_stock_trades", xttype.XtTrade)
PURCHASE_LIMITS: Final = Query("query_new_purchase_limit", xttype.NewPurchaseLimitInfo)
IPO_DATA: Final = Query("query_ipo_data", xttype.IPOData)
POSITIONS: Final = Query("query_stock_positions", xttype.XtPosition)
BANK_INFO: Final = Query("query_bank_info", xttype.BankInfo)
BANK_AMOUNT: Final = Query("query_bank_amount", xttype.BankAmount)
BANK_TRANSFERS: Final = Query("query_bank_transfer_stream", xttype.BankTransferStream)
SECU_ACCOUNTS: Final = Query("query_secu_account", xttype.SecuAccount)

COM_FUND: Final = {
    # key of the dict: field of the row
    "success": "success", "error": "error_msg", "currentBalance": "current_balance", "enableBalance": "enable_balance",
    "fetchBalance": "fetch_balance", "interest": "interest", "assetBalance": "asset_balance", "fetchCash": "fetch_cash",
    "marketValue": "market_value", "debt": "debt",
}  # fmt: skip
COM_POSITION: Final = {
    "success": "success", "error": "error_msg", "stockAccount": "stock_account", "exchangeType": "exchange_type",
    "stockCode": "stock_code", "stockName": "stock_name", "totalAmt": "total_amt", "enableAmount": "enable_amount",
    "lastPrice": "last_price", "costPrice": "cost_price", "income": "income", "incomeRate": "income_rate",
    "marketValue": "market_value", "costBalance": "cost_balance", "bsOnTheWayVol": "bs_on_the_way_vol",
    "prEnableVol": "pr_enable_vol", "stockCode1": "stock_code1",
}  # fmt: skip

PUSHES: Final = {
    "push_account_status": Push("on_account_status", xttype.XtAccountStatus),
    "push_stock_asset": Push("on_stock_asset", xttype.XtAsset),
    "push_stock_order": Push("on_stock_order", xttype.XtOrder),
    "push_stock_trade": Push("on_stock_trade", xttype.XtTrade),
    "push_stock_position": Push("on_stock_position", xttype.XtPosition),
    "push_order_error": Push("on_order_error", xttype.XtOrderError),
    "push_cancel_error": Push("on_cancel_error", xttype.XtCancelError),
}

RESPONSES: Final = {
    "order_stock": Response("on_order_stock_async_response", xttype.XtOrderResponse, {"order_id": -1}),
    "cancel_order_stock": Response("on_cancel_order_stock_async_response", xttype.XtCancelOrderResponse, {"cancel_result": -1}),
    "bank_transfer": Response("on_bank_transfer_async_response", xttype.XtBankTransferResponse, {"success": False}),
    "ctp_internal_transfer": Response(
        "on_ctp_internal_transfer_async_response", xttype.XtBankTransferResponse, {"success": False}
    ),
    "smart_algo_order": Response("on_smart_algo_order_async_response", xttype.XtSmartAlgoOrderResponse, {"task_id": -1}),
    "operate_smart_algo_task": Response(
        "on_operate_smart_task_async_response", xttype.XtOperateSmartTaskResponse, {"success": False, "operate_reason": ""}
    ),
}


def fill(row: type[T], values: JsonObject) -> T:
    """Make an object from a row; fields that the row does not have keep their default."""
    return row(**{name: values[key] for name, key in _KEYS[row] if key in values})


def _keys_of(row: Any) -> tuple[tuple[str, str], ...]:
    return tuple((own.name, _RENAMED.get((row, own.name), own.name)) for own in fields(row))


_RENAMED: Final[dict[tuple[type, str], str]] = {(xttype.XtOrderError, "seq"): "request_seq"}
"""Attributes that the wire calls otherwise: in a push ``seq`` would number the message itself."""

_KEYS: Final[dict[type, tuple[tuple[str, str], ...]]] = {
    row: _keys_of(row)
    for row in {
        *(query.row for query in (ACCOUNT_INFOS, ACCOUNT_STATUS, ASSET, ORDERS, TRADES, POSITIONS, PURCHASE_LIMITS, IPO_DATA)),
        *(query.row for query in (BANK_INFO, BANK_AMOUNT, BANK_TRANSFERS, SECU_ACCOUNTS)),
        *(push.row for push in PUSHES.values()),
        *(response.row for response in RESPONSES.values()),
    }
}
