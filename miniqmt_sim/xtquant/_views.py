"""From rows and pushes of the wire to the SDK's objects: which class each message fills, and which callback gets a push."""

from __future__ import annotations

import re
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
CREDIT_DETAIL: Final = Query("query_credit_detail", xttype.XtCreditDetail)
COMPACTS: Final = Query("query_stk_compacts", xttype.StkCompacts)
CREDIT_SUBJECTS: Final = Query("query_credit_subjects", xttype.CreditSubjects)
CREDIT_SLO_CODES: Final = Query("query_credit_slo_code", xttype.CreditSloCode)
CREDIT_ASSURE: Final = Query("query_credit_assure", xttype.CreditAssure)

SMT_SECU_RATE: Final = {
    # key of the dict: field of the row
    "success": "success", "error": "error_msg", "fareRatio": "fare_ratio", "subRareRatio": "sub_rare_ratio",
    "fineRatio": "fine_ratio",
}  # fmt: skip

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
    "smt_appointment": Response(
        "on_smt_appointment_async_response", xttype.XtAppointmentResponse, {"order_sysid": "-1", "error_id": -1}
    ),
    **{
        message: Response(
            "on_smt_appointment_async_response", xttype.XtSmtAppointmentResponse, {"success": False, "apply_id": ""}
        )
        for message in (
            *("smt_appointment_order", "smt_negotiate_order", "smt_appointment_cancel"),
            *("smt_compact_renewal", "smt_compact_return"),
        )
    },
    "operate_smart_algo_task": Response(
        "on_operate_smart_task_async_response", xttype.XtOperateSmartTaskResponse, {"success": False, "operate_reason": ""}
    ),
}


def fill(row: type[T], values: JsonObject) -> T:
    """Make an object from a row; fields that the row does not have keep their default."""
    return row(**{name: values[key] for name, key in _KEYS[row] if key in values})


def camel_key(name: str) -> str:
    """Spell a field of the wire as a key of the wheel's dicts: ``src_group_id`` is ``srcGroupId``; ``msg`` is ``error``."""
    first, *others = name.split("_")
    return "error" if name == "msg" else first + "".join(word.capitalize() for word in others)


def _keys_of(row: Any) -> tuple[tuple[str, str], ...]:
    return tuple((own.name, _RENAMED.get((row, own.name)) or _wire_name(own.name)) for own in fields(row))


def _wire_name(name: str) -> str:
    """``m_dFinDebt`` is ``fin_debt`` there."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name[3:]).lower() if name.startswith("m_") else name


_RENAMED: Final[dict[tuple[type, str], str]] = {
    (xttype.XtOrderError, "seq"): "request_seq",
    (xttype.StkCompacts, "businessFare"): "business_fare",
}
"""Attributes that the wire calls otherwise: in a push ``seq`` would number the message itself."""

_KEYS: Final[dict[type, tuple[tuple[str, str], ...]]] = {
    row: _keys_of(row)
    for row in {
        *(query.row for query in (ACCOUNT_INFOS, ACCOUNT_STATUS, ASSET, ORDERS, TRADES, POSITIONS, PURCHASE_LIMITS, IPO_DATA)),
        *(query.row for query in (BANK_INFO, BANK_AMOUNT, BANK_TRANSFERS, SECU_ACCOUNTS)),
        *(query.row for query in (CREDIT_DETAIL, COMPACTS, CREDIT_SUBJECTS, CREDIT_SLO_CODES, CREDIT_ASSURE)),
        *(push.row for push in PUSHES.values()),
        *(response.row for response in RESPONSES.values()),
    }
}
