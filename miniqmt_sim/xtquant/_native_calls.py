"""The table of the native module's requests: which message each becomes, which callback is told, and what it is given.

In comes the answer to a message, or the reason why there is none; out goes what the vendor's callback expects. Without an
answer that is what a native client without a connection says: an empty list, -1, or an object that says no and why.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from miniqmt_sim.wire.messages import JsonObject
from miniqmt_sim.xtquant import _export
from miniqmt_sim.xtquant._native_fields import fill
from miniqmt_sim.xtquant._native_structs import STRUCTS
from miniqmt_sim.xtquant._native_types import Struct

Payload = Callable[[JsonObject, "JsonObject | None", str], Any]
"""From all that was asked, the answer (None: there is none) and the reason for that, to what the callback gets."""


class Call(NamedTuple):
    """One request: its message by default, the callback that is told, and what that is given."""

    message: str
    binder: str
    payload: Payload


# -- what callbacks are given --------------------------------------------------------------------------------------------


def _result(_asked: JsonObject, answer: JsonObject | None, _reason: str) -> int:
    return -1 if answer is None else int(answer["result"])


def _rows(name: str) -> Payload:
    kind = STRUCTS[name]

    def payload(_asked: JsonObject, answer: JsonObject | None, _reason: str) -> list[Struct]:
        return [] if answer is None else [fill(kind, row) for row in answer["rows"]]

    return payload


def _one(name: str, **failed: Any) -> Payload:
    """One object; without an answer it says so, and repeats what was asked."""
    kind = STRUCTS[name]

    def payload(asked: JsonObject, answer: JsonObject | None, reason: str) -> Struct:
        return fill(kind, {**asked, **failed, "error_msg": reason} if answer is None else {**asked, **answer})

    return payload


def _json(**failed: Any) -> Payload:
    """A text of JSON; there is never an answer, and without one it is a failure in the form of the vendor's examples."""

    def payload(asked: JsonObject, _answer: JsonObject | None, reason: str) -> str:
        return json.dumps(_said(failed, asked, reason), ensure_ascii=False)

    return payload


_REASON: Final = "{reason}"
_ASKED: Final = "{asked}"


def _said(value: Any, asked: JsonObject, reason: str, key: str = "") -> Any:
    """Put the reason, and what was asked, in their places."""
    if isinstance(value, dict):
        return {name: _said(inner, asked, reason, name) for name, inner in value.items()}
    if value == _ASKED:
        return asked.get(key, "")
    return value.replace(_REASON, reason) if isinstance(value, str) else value


def _exported(asked: JsonObject, answer: JsonObject | None, _reason: str) -> str:
    """The answer of ``export_data``, once the file is written."""
    if asked["dataType"] != _export.DEAL:
        result = _export.unsupported(asked["dataType"])
    elif answer is None:
        result = _export.unknown(asked["accountID"], asked["accountType"])
    else:
        result = _export.write_deals(answer["rows"], asked["resultPath"], asked["startTime"], asked["endTime"])
    return json.dumps(result, ensure_ascii=False)


# -- the table -----------------------------------------------------------------------------------------------------------

CALLS: Final[dict[str, Call]] = {
    # method without "WithSeq": message, binder, what its callback is given
    "subscribe": Call("subscribe", "bindOnSubscribeRespCallback", _result),
    "unsubscribe": Call("unsubscribe", "bindOnUnsubscribeRespCallback", _result),
    "orderStock": Call("order_stock", "bindOnOrderStockRespCallback", _one("OrderStockResp", order_id=-1)),
    "cancelOrderStock": Call(
        "cancel_order_stock", "bindOnCancelOrderStockRespCallback", _one("CancelOrderStockResp", cancel_result=-1)
    ),
    "queryAccountInfos": Call("query_account_infos", "bindOnQueryAccountInfosCallback", _rows("XtAccountInfo")),
    "queryAccountStatus": Call("query_account_status", "bindOnQueryAccountStatusCallback", _rows("XtAccountStatus")),
    "queryStockAsset": Call("query_stock_asset", "bindOnQueryStockAssetCallback", _rows("XtAsset")),
    "queryStockOrders": Call("query_stock_orders", "bindOnQueryStockOrdersCallback", _rows("XtOrder")),
    "queryStockTrades": Call("query_stock_trades", "bindOnQueryStockTradesCallback", _rows("XtTrade")),
    "queryStockPositions": Call("query_stock_positions", "bindOnQueryStockPositionsCallback", _rows("XtPosition")),
    "queryCreditDetail": Call("query_credit_detail", "bindOnQueryCreditDetailRespCallback", _rows("XtCreditDetail")),
    "queryStkCompacts": Call("query_stk_compacts", "bindOnQueryStkCompactsRespCallback", _rows("StkCompacts")),
    "queryCreditSubjects": Call("query_credit_subjects", "bindOnQueryCreditSubjectsRespCallback", _rows("CreditSubjects")),
    "queryCreditSloCode": Call("query_credit_slo_code", "bindOnQueryCreditSloCodeRespCallback", _rows("CreditSloCode")),
    "queryCreditAssure": Call("query_credit_assure", "bindOnQueryCreditAssureRespCallback", _rows("CreditAssure")),
    "queryNewPurchaseLimit": Call(
        "query_new_purchase_limit", "bindOnQueryNewPurchaseLimitCallback", _rows("NewPurchaseLimitInfo")
    ),
    "queryIPOData": Call("query_ipo_data", "bindOnQueryIPODataCallback", _rows("IPOData")),
    "transfer": Call("fund_transfer", "bindOnTransferRespCallback", _one("TransferResp", success=False)),
    "queryComFund": Call("query_com_fund", "bindOnQueryComFundRespCallback", _rows("ComFund")),
    "queryComPosition": Call("query_com_position", "bindOnQueryComPositionRespCallback", _rows("ComPosition")),
    "smtQueryQuoter": Call("smt_query_quoter", "bindOnSmtQueryQuoterRespCallback", _rows("SmtQuoter")),
    "smtQueryOrder": Call("smt_query_order", "bindOnSmtQueryOrderRespCallback", _rows("SmtOrder")),
    "smtQueryCompact": Call("smt_query_compact", "bindOnSmtQueryCompactRespCallback", _rows("SmtCompact")),
    **{
        method: Call(message, "bindOnSmtAppointmentRespCallback", _one("SmtAppointmentResp", success=False))
        for method, message in {
            "smtNegotiateOrder": "smt_negotiate_order",
            "smtAppointmentOrder": "smt_appointment_order",
            "smtAppointmentCancel": "smt_appointment_cancel",
            "smtCompactRenewal": "smt_compact_renewal",
            "smtCompactReturn": "smt_compact_return",
        }.items()
    },
    "queryPositionStatistics": Call(
        "query_position_statistics", "bindOnQueryPositionStatisticsRespCallback", _rows("PositionStatistics")
    ),
    "bankTransfer": Call("bank_transfer", "bindOnBankTransferRespCallback", _one("BankTransferResp", success=False)),
    "queryBankInfo": Call("query_bank_info", "bindOnQueryBankInfoRespCallback", _rows("BankInfo")),
    "queryBankAmount": Call("query_bank_amount", "bindOnQueryBankAmountRespCallback", _rows("BankAmount")),
    "queryBankTransferStream": Call(
        "query_bank_transfer_stream", "bindOnQueryBankTransferStreamRespCallback", _rows("BankTransferStream")
    ),
    "querySecuAccount": Call("query_secu_account", "bindOnQuerySecuAccountRespCallback", _rows("SecuAccount")),
    "ctpInternalTransfer": Call(
        "ctp_internal_transfer", "bindOnCtpInternalTransferRespCallback", _one("CtpInternalTransferResp", success=False)
    ),
    "operateSmartAlgoTask": Call(
        "operate_smart_algo_task", "bindOnOperateSmartAlgoTaskRespCallback", _one("OperateSmartAlgoTaskResp", success=False)
    ),
    "getSmartAlgoParam": Call("get_smart_algo_param", "bindOnGetSmartAlgoParamRespCallback", _json(datas={})),
    "smartOrderStock": Call(
        "smart_algo_order",
        "bindOnSmartOrderStockRespCallback",
        _json(
            error={
                "account_id": _ASKED,
                "task_id": -1,
                "strategy_name": _ASKED,
                "order_remark": _ASKED,
                "error_msg": _REASON,
            }
        ),
    ),
    "querySmartAlgoTask": Call("query_smart_algo_task", "bindOnQuerySmartAlgoTaskRespCallback", _json(datas=[])),
    "exportData": Call("query_stock_trades", "bindOnExportDataRespCallback", _exported),
    "syncTransactionFromExternal": Call(
        "sync_transaction_from_external",
        "bindOnSyncTransactionFromExternalRespCallback",
        _json(error={"msg": f"[0-0: {_REASON}], "}),
    ),
}

PUSHES: Final = {
    # message: binder, what its callback is given
    "push_account_status": ("bindOnUpdateAccountStatusCallback", STRUCTS["XtAccountStatus"]),
    "push_stock_asset": ("bindOnStockAssetCallback", STRUCTS["XtAsset"]),
    "push_stock_order": ("bindOnStockOrderCallback", STRUCTS["XtOrder"]),
    "push_stock_trade": ("bindOnStockTradeCallback", STRUCTS["XtTrade"]),
    "push_stock_position": ("bindOnStockPositionCallback", STRUCTS["XtPosition"]),
    "push_order_error": ("bindOnOrderErrorCallback", STRUCTS["XtOrderError"]),
    "push_cancel_error": ("bindOnCancelErrorCallback", STRUCTS["XtCancelError"]),
}

DISCONNECTED: Final = "bindOnDisconnectedCallback"
UNUSED_BINDERS: Final = (
    # native ones of what no request of ours leads to; older and newer wheels may bind them
    "bindOnCancelCommandRespCallback", "bindOnCreateCommandRespCallback", "bindOnProductNetValueCallback",
    "bindOnQueryCommandRespCallback", "bindOnQueryIPOLuckyInfoCallback", "bindOnQueryOrdersCallback",
    "bindOnQueryPositionsCallback", "bindOnQueryProductNetValuesCallback", "bindOnQueryTradesCallback",
    "bindOnSetCommandOrderParamRespCallback", "bindOnSubSwitchRespCallback",
)  # fmt: skip
_USED_BINDERS: Final = (*(call.binder for call in CALLS.values()), *(push[0] for push in PUSHES.values()), DISCONNECTED)
BINDERS: Final = tuple(dict.fromkeys((*_USED_BINDERS, *UNUSED_BINDERS)))
