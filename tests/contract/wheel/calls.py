"""Every method of the wheel's trader, with arguments, and what it says when there is no answer."""

from __future__ import annotations

from typing import Any

from tests.contract.wheel.kit import CODE, A

Sync = tuple[tuple[Any, ...], Any]
WHY = "not connected"

SYNC: dict[str, Sync] = {
    # method: arguments, what it gives without a connection
    "subscribe": ((A,), -1),
    "unsubscribe": ((A,), -1),
    "order_stock": ((A, CODE, 23, 100, 11, 10.0), -1),
    "cancel_order_stock": ((A, 5), -1),
    "cancel_order_stock_sysid": ((A, 0, "5"), -1),
    "query_account_infos": ((), []),
    "query_account_info": ((), []),
    "query_account_status": ((), []),
    "query_stock_asset": ((A,), None),
    "query_stock_order": ((A, 5), None),
    "query_stock_orders": ((A,), []),
    "query_stock_trades": ((A,), []),
    "query_stock_position": ((A, CODE), None),
    "query_stock_positions": ((A,), []),
    "query_credit_detail": ((A,), []),
    "query_stk_compacts": ((A,), []),
    "query_credit_subjects": ((A,), []),
    "query_credit_slo_code": ((A,), []),
    "query_credit_assure": ((A,), []),
    "query_new_purchase_limit": ((A,), {}),
    "query_ipo_data": ((), {}),
    "fund_transfer": ((A, 510, 1.0), (False, WHY)),
    "secu_transfer": ((A, 520, CODE, 100, 0), (False, WHY)),
    "smt_query_quoter": ((A,), []),
    "smt_query_order": ((A,), []),
    "smt_query_compact": ((A,), []),
    "query_position_statistics": ((A,), []),
    "export_data": ((A, "deal.csv", "deal"), {"error": True}),
    "query_data": ((A, "deal.csv", "deal"), {"error": True}),
    "sync_transaction_from_external": (("ADD", "DEAL", A, [{"m_strTradeID": "1"}]), {"error": True}),
    "bank_transfer_in": ((A, "1", "2", 1.0), (False, WHY)),
    "bank_transfer_out": ((A, "1", "2", 1.0), (False, WHY)),
    "query_bank_info": ((A,), []),
    "query_bank_amount": ((A, "1", "2", ""), []),
    "query_bank_transfer_stream": ((A, "", ""), []),
    "query_secu_account": ((A,), []),
    "ctp_transfer_option_to_future": (("1", "2", 1.0), (False, WHY)),
    "ctp_transfer_future_to_option": (("1", "2", 1.0), (False, WHY)),
    "get_smart_algo_param": ((["VWAP"],), {}),
    "query_smart_algo_task": ((A,), []),
}
ALGO = (A, CODE, 23, 100, 11, 10.0, "name", "remark", "VWAP", "09:30:00", "10:00:00", {})
ASYNC: dict[str, tuple[tuple[Any, ...], str, str]] = {
    # method: arguments, callback, what of its answer says "no"
    "order_stock_async": ((A, CODE, 23, 100, 11, 10.0), "on_order_stock_async_response", "order_id"),
    "cancel_order_stock_async": ((A, 5), "on_cancel_order_stock_async_response", "cancel_result"),
    "cancel_order_stock_sysid_async": ((A, 0, "5"), "on_cancel_order_stock_async_response", "cancel_result"),
    "smt_negotiate_order_async": ((A, "g", CODE, 14, 100, 0.1), "on_smt_appointment_async_response", "success"),
    "smt_appointment_order_async": ((A, CODE, 14, 100, 0.1), "on_smt_appointment_async_response", "success"),
    "smt_compact_renewal_async": ((A, "c", CODE, 14, 100, 0.1), "on_smt_appointment_async_response", "success"),
    "smt_compact_return_async": ((A, "g", "c", CODE, 100), "on_smt_appointment_async_response", "success"),
    "bank_transfer_in_async": ((A, "1", "2", 1.0), "on_bank_transfer_async_response", "success"),
    "bank_transfer_out_async": ((A, "1", "2", 1.0), "on_bank_transfer_async_response", "success"),
    "ctp_transfer_option_to_future_async": (("1", "2", 1.0), "on_ctp_internal_transfer_async_response", "success"),
    "ctp_transfer_future_to_option_async": (("1", "2", 1.0), "on_ctp_internal_transfer_async_response", "success"),
    "smart_algo_order_async": (ALGO, "on_smart_algo_order_async_response", "task_id"),
    "cancel_smart_algo_task_async": ((A, 5), "on_operate_smart_task_async_response", "success"),
}
QUERIES: dict[str, tuple[tuple[Any, ...], Any]] = {
    # method: arguments before the callback, what that is given without a connection
    "query_account_infos_async": ((), []),
    "query_account_status_async": ((), []),
    "query_stock_asset_async": ((A,), None),
    "query_stock_orders_async": ((A,), []),
    "query_stock_trades_async": ((A,), []),
    "query_stock_positions_async": ((A,), []),
    "query_credit_detail_async": ((A,), []),
    "query_stk_compacts_async": ((A,), []),
    "query_credit_subjects_async": ((A,), []),
    "query_credit_slo_code_async": ((A,), []),
    "query_credit_assure_async": ((A,), []),
    "query_new_purchase_limit_async": ((A,), []),
    "query_ipo_data_async": ((), []),
}
LIFE = {"__init__", "start", "stop", "connect", "register_callback", "run_forever", "sleep", "set_timeout"}
PLUMBING = {"common_op_async_with_seq", "common_op_sync_with_seq", "set_relaxed_response_order_enabled"}
BROKEN = {"query_com_fund", "query_com_position", "smt_appointment_cancel_async"}
"""By the wheel, see ``test_vendor_deviations``."""
