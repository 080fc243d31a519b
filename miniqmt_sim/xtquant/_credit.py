"""The trader's calls about margin trading and securities lending (约券), in the API document's form and in the newer wheel's.

Which of the two appointment responses ``on_smt_appointment_async_response`` gets is decided by the method that was called.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from miniqmt_sim.wire.messages import JsonObject
from miniqmt_sim.xtquant import _arguments as arguments
from miniqmt_sim.xtquant import _views as views
from miniqmt_sim.xtquant._session import RowsCallback, Session
from miniqmt_sim.xtquant.xttype import (
    CreditAssure,
    CreditSloCode,
    CreditSubjects,
    StkCompacts,
    StockAccount,
    XtCreditDetail,
)

NO_OPTIONS: Final[Mapping[str, Any]] = {}


class Credit(Session):
    """``XtQuantTrader``'s calls about debts and borrowed shares."""

    # -- margin trading --------------------------------------------------------------------------------------------------

    def query_credit_detail(self, account: StockAccount) -> list[XtCreditDetail] | None:
        """Give the figures of a credit account; one element."""
        return self._query(views.CREDIT_DETAIL, arguments.account_fields(account))

    def query_credit_detail_async(self, account: StockAccount, callback: RowsCallback) -> int:
        """The same, given to ``callback``."""
        return self._query_async(views.CREDIT_DETAIL, arguments.account_fields(account), callback)

    def query_stk_compacts(self, account: StockAccount) -> list[StkCompacts] | None:
        """Give its debts, oldest first: open ones, and those repaid today."""
        return self._query(views.COMPACTS, arguments.account_fields(account))

    def query_stk_compacts_async(self, account: StockAccount, callback: RowsCallback) -> int:
        """The same, given to ``callback``."""
        return self._query_async(views.COMPACTS, arguments.account_fields(account), callback)

    def query_credit_subjects(self, account: StockAccount) -> list[CreditSubjects] | None:
        """Give what may be bought on margin or sold short today."""
        return self._query(views.CREDIT_SUBJECTS, arguments.account_fields(account))

    def query_credit_subjects_async(self, account: StockAccount, callback: RowsCallback) -> int:
        """The same, given to ``callback``."""
        return self._query_async(views.CREDIT_SUBJECTS, arguments.account_fields(account), callback)

    def query_credit_slo_code(self, account: StockAccount) -> list[CreditSloCode] | None:
        """Give what can be borrowed now."""
        return self._query(views.CREDIT_SLO_CODES, arguments.account_fields(account))

    def query_credit_slo_code_async(self, account: StockAccount, callback: RowsCallback) -> int:
        """The same, given to ``callback``."""
        return self._query_async(views.CREDIT_SLO_CODES, arguments.account_fields(account), callback)

    def query_credit_assure(self, account: StockAccount) -> list[CreditAssure] | None:
        """Give what counts as collateral today."""
        return self._query(views.CREDIT_ASSURE, arguments.account_fields(account))

    def query_credit_assure_async(self, account: StockAccount, callback: RowsCallback) -> int:
        """The same, given to ``callback``."""
        return self._query_async(views.CREDIT_ASSURE, arguments.account_fields(account), callback)

    # -- securities lending, the API document's form ---------------------------------------------------------------------

    def query_smt_secu_info(self, account: StockAccount) -> dict[str, dict[str, Any]] | None:
        """Give what can be appointed, by code."""
        answer = self._ask("query_smt_secu_info", arguments.account_fields(account))
        return None if answer is None else {row["stock_code"]: _secu_info(row) for row in answer["rows"]}

    def query_smt_secu_rate(
        self, account: StockAccount, stock_code: str, max_term: int, fare_way: str, credit_type: str, trade_type: str
    ) -> dict[str, Any] | None:
        """Give the yearly rates of an appointment."""
        texts = {"stock_code": stock_code, "fare_way": fare_way, "credit_type": credit_type, "trade_type": trade_type}
        fields = {**arguments.account_fields(account), **arguments.texts(texts)}
        answer = self._ask("query_smt_secu_rate", fields | {"max_term": arguments.integer(max_term, "max_term")})
        return None if answer is None else {key: answer[name] for key, name in views.SMT_SECU_RATE.items()}

    def smt_appointment_async(
        self,
        account: StockAccount,
        stock_code: str,
        apt_days: int,
        apt_volume: int,
        fare_ratio: float,
        sub_rare_ratio: float,
        fine_ratio: float,
        begin_date: str,
    ) -> int:
        """Appoint shares: the request's seq; ``on_smt_appointment_async_response`` gets an XtAppointmentResponse."""
        fields = {
            **arguments.account_fields(account),
            "stock_code": arguments.text(stock_code, "stock_code"),
            "apt_days": arguments.integer(apt_days, "apt_days"),
            "apt_volume": arguments.integer(apt_volume, "apt_volume"),
            "fare_ratio": arguments.number(fare_ratio, "fare_ratio"),
            "sub_rare_ratio": arguments.number(sub_rare_ratio, "sub_rare_ratio"),
            "fine_ratio": arguments.number(fine_ratio, "fine_ratio"),
            "begin_date": arguments.text(begin_date, "begin_date"),
        }
        return self._post_order("smt_appointment", fields)

    def query_appointment_info(self, account: StockAccount) -> dict[str, dict[str, Any]] | None:
        """Give the account's appointments, by number of their compact."""
        answer = self._ask("query_appointment_info", arguments.account_fields(account))
        if answer is None:
            return None
        account_id = account.account_id
        return {row["cashcompact_id"]: _appointment_info(account_id, row) for row in answer["rows"]}

    # -- securities lending, the wheel's form ----------------------------------------------------------------------------

    def smt_query_quoter(self, account: StockAccount) -> list[dict[str, Any]] | None:
        """Give what can be appointed."""
        return self._smt_rows("smt_query_quoter", account)

    def smt_query_order(self, account: StockAccount) -> list[dict[str, Any]] | None:
        """Give the account's applications."""
        return self._smt_rows("smt_query_order", account)

    def smt_query_compact(self, account: StockAccount) -> list[dict[str, Any]] | None:
        """Give its appointments."""
        return self._smt_rows("smt_query_compact", account)

    def _smt_rows(self, message: str, account: StockAccount) -> list[dict[str, Any]] | None:
        answer = self._ask(message, arguments.account_fields(account))
        if answer is None:
            return self._failed_rows()
        return [{views.camel_key(name): value for name, value in row.items()} for row in answer["rows"]]

    def smt_negotiate_order_async(
        self,
        account: StockAccount,
        src_group_id: str,
        order_code: str,
        date: int,
        amount: int,
        apply_rate: float,
        dict_param: Mapping[str, Any] = NO_OPTIONS,
    ) -> int:
        """Appoint shares at negotiated rates: the request's seq; the response is an XtSmtAppointmentResponse.

        ``dict_param`` may hold ``subFareRate`` and ``fineRate``.
        """
        fields = _appointment_fields(account, order_code, date, amount, apply_rate)
        fields["src_group_id"] = arguments.text(src_group_id, "src_group_id")
        for key, name in (("subFareRate", "sub_fare_rate"), ("fineRate", "fine_rate")):
            if key in dict_param:
                fields[name] = arguments.number(dict_param[key], key)
        return self._post_order("smt_negotiate_order", fields)

    def smt_appointment_order_async(
        self, account: StockAccount, order_code: str, date: int, amount: int, apply_rate: float
    ) -> int:
        """Appoint shares at the offered terms: the request's seq; the response is an XtSmtAppointmentResponse."""
        return self._post_order("smt_appointment_order", _appointment_fields(account, order_code, date, amount, apply_rate))

    def smt_appointment_cancel_async(self, account: StockAccount, apply_id: str) -> int:
        """Take back an appointment that has not begun: likewise."""
        fields = {**arguments.account_fields(account), "apply_id": arguments.text(apply_id, "apply_id")}
        return self._post_order("smt_appointment_cancel", fields)

    def smt_compact_renewal_async(
        self, account: StockAccount, cash_compact_id: str, order_code: str, defer_days: int, defer_num: int, apply_rate: float
    ) -> int:
        """Move an appointment's last day: likewise."""
        fields = {
            **arguments.account_fields(account),
            "compact_id": arguments.text(cash_compact_id, "cash_compact_id"),
            "order_code": arguments.text(order_code, "order_code"),
            "defer_days": arguments.integer(defer_days, "defer_days"),
            "defer_num": arguments.integer(defer_num, "defer_num"),
            "apply_rate": arguments.number(apply_rate, "apply_rate"),
        }
        return self._post_order("smt_compact_renewal", fields)

    def smt_compact_return_async(
        self, account: StockAccount, src_group_id: str, cash_compact_id: str, order_code: str, occur_amount: int
    ) -> int:
        """Give shares of an appointment back before its last day: likewise."""
        fields = {
            **arguments.account_fields(account),
            "src_group_id": arguments.text(src_group_id, "src_group_id"),
            "compact_id": arguments.text(cash_compact_id, "cash_compact_id"),
            "order_code": arguments.text(order_code, "order_code"),
            "occur_amount": arguments.integer(occur_amount, "occur_amount"),
        }
        return self._post_order("smt_compact_return", fields)


def _appointment_fields(account: StockAccount, order_code: str, date: int, amount: int, apply_rate: float) -> JsonObject:
    return {
        **arguments.account_fields(account),
        "order_code": arguments.text(order_code, "order_code"),
        "date": arguments.integer(date, "date"),
        "amount": arguments.integer(amount, "amount"),
        "apply_rate": arguments.number(apply_rate, "apply_rate"),
    }


def _secu_info(row: JsonObject) -> dict[str, Any]:
    """One offer; the document spells ``fareWay`` in two ways, so both are there."""
    info = {views.camel_key(name): value for name, value in row.items() if name != "stock_code"}
    return {"success": True, "error": "", **info, "fareway": row["fare_way"]}


def _appointment_info(account_id: str, row: JsonObject) -> dict[str, Any]:
    """One appointment; the document spells ``positionStr`` in two ways, so both are there."""
    return {
        "success": True,
        "error": "",
        "fundAccount": account_id,
        "origCompactId": row["ori_cashcompact_id"],
        "exchangeType": row["exchange_type"],
        "stockCode": row["code"].partition(".")[0],
        "stockName": row["code_name"],
        "contractEndDate": row["date_clear"],
        "feeRatio": row["fsmp_occuped_rate"],
        "compactTerm": row["date"],
        "compactAmount": int(row["begin_compac_amount"]),
        "compactRepayDate": row["repaid_date"],
        "compactStatus": row["compact_status"],
        "positionStr": row["cashcompact_id"],
        "positionstr": row["cashcompact_id"],
    }
