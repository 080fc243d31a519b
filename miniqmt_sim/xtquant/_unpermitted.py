"""The trader's calls that a terminal without the permission refuses, and the export of deals, which needs none.

Their messages are not in the table of the wire, so they are refused with a text before anything is sent; an asynchronous
one has its seq and its callback nevertheless. No row, no task and no transfer is made up.
"""

from __future__ import annotations

import importlib
import os
from datetime import datetime
from typing import Any, Final

from miniqmt_sim.xtquant import _arguments as arguments
from miniqmt_sim.xtquant import _export
from miniqmt_sim.xtquant._session import Session
from miniqmt_sim.xtquant.xttype import StockAccount

_OPTION_TO_FUTURE: Final = 515
_FUTURE_TO_OPTION: Final = 516
"""``direction`` of a transfer between an options and a futures account."""
_STOP_TASK: Final = 3
"""``operate_type`` of an algorithmic order's end."""


class Unpermitted(Session):
    """``XtQuantTrader``'s calls about futures, algorithmic orders, and deals from elsewhere."""

    # -- futures and options ---------------------------------------------------------------------------------------------

    def query_position_statistics(self, account: StockAccount) -> list[Any] | None:
        """Give the statistics of futures positions. Refused."""
        self._refused("query_position_statistics", arguments.account_fields(account))
        return self._failed_rows()

    def ctp_transfer_option_to_future(self, opt_account_id: str, ft_account_id: str, balance: float) -> tuple[bool, str]:
        """Move money from an options to a futures account: (success, why not). Refused."""
        return self._transfer("ctp_internal_transfer", _ctp_fields(_OPTION_TO_FUTURE, opt_account_id, ft_account_id, balance))

    def ctp_transfer_option_to_future_async(self, opt_account_id: str, ft_account_id: str, balance: float) -> int:
        """The same: the request's seq; ``on_ctp_internal_transfer_async_response`` tells the result."""
        return self._post_order("ctp_internal_transfer", _ctp_fields(_OPTION_TO_FUTURE, opt_account_id, ft_account_id, balance))

    def ctp_transfer_future_to_option(self, opt_account_id: str, ft_account_id: str, balance: float) -> tuple[bool, str]:
        """Move money from a futures to an options account: (success, why not). Refused."""
        return self._transfer("ctp_internal_transfer", _ctp_fields(_FUTURE_TO_OPTION, opt_account_id, ft_account_id, balance))

    def ctp_transfer_future_to_option_async(self, opt_account_id: str, ft_account_id: str, balance: float) -> int:
        """The same: the request's seq; ``on_ctp_internal_transfer_async_response`` tells the result."""
        return self._post_order("ctp_internal_transfer", _ctp_fields(_FUTURE_TO_OPTION, opt_account_id, ft_account_id, balance))

    # -- algorithmic orders ----------------------------------------------------------------------------------------------

    def get_smart_algo_param(self, algo_name_list: list[str]) -> Any:
        """Give the parameters of algorithms. Refused: None, with the reason logged."""
        names = [arguments.text(name, "algo_name_list") for name in algo_name_list]
        self._refused("get_smart_algo_param", {"algo_names": names})

    def smart_algo_order_async(
        self,
        account: StockAccount,
        stock_code: str,
        order_type: int,
        order_volume: float,
        price_type: int,
        price: float,
        strategy_name: str,
        order_remark: str,
        algo_name: str,
        start_time: str,
        end_time: str,
        algo_param: dict[str, Any],
    ) -> int:
        """Place an algorithmic order: the request's seq; ``on_smart_algo_order_async_response`` tells the refusal.

        Times are "HH:MM:SS". Raises ValueError when they are not, or the end does not come after the start.
        """
        if _moment(start_time) >= _moment(end_time):
            raise ValueError("start_time must come before end_time")
        fields = {
            **arguments.order_fields(
                account, stock_code, order_type, order_volume, price_type, price, strategy_name, order_remark
            ),
            "algo_name": arguments.text(algo_name, "algo_name"),
            "start_time": start_time,
            "end_time": end_time,
        }
        return self._post_order("smart_algo_order", fields)

    def query_smart_algo_task(self, account: StockAccount) -> Any:
        """Give the algorithmic orders of today. Refused: None, with the reason logged."""
        self._refused("query_smart_algo_task", arguments.account_fields(account))

    def cancel_smart_algo_task_async(self, account: StockAccount, task_id: int) -> int:
        """Stop an algorithmic order: the request's seq; ``on_operate_smart_task_async_response`` tells the refusal."""
        number = arguments.integer(task_id, "task_id")
        fields = {**arguments.account_fields(account), "task_id": number, "operate_type": _STOP_TASK}
        return self._post_order("operate_smart_algo_task", fields)

    # -- deals out and in ------------------------------------------------------------------------------------------------

    def export_data(
        self,
        account: StockAccount,
        result_path: str,
        data_type: str,
        start_time: str | None = None,
        end_time: str | None = None,
        user_param: dict[str, Any] = {},  # noqa: B006  # the vendor's default; it is only read
    ) -> dict[str, Any]:
        """Write today's deals to a csv file: {'msg': …}, or {'error': {'errorMsg': …}} when it cannot be done.

        ``data_type`` is 'deal'; the times, as in '20261125' or '20261125093000', bound when the deals were made.
        """
        if data_type != _export.DEAL:
            return _export.unsupported(data_type)
        deals = self._ask("query_stock_trades", arguments.account_fields(account))
        if deals is None:
            return _export.unknown(account.account_id, account.account_type)
        return _export.write_deals(deals["rows"], result_path, start_time, end_time)

    def query_data(
        self,
        account: StockAccount,
        result_path: str,
        data_type: str,
        start_time: str | None = None,
        end_time: str | None = None,
        user_param: dict[str, Any] = {},  # noqa: B006  # the vendor's default; it is only read
    ) -> Any:
        """Give today's deals as a pandas DataFrame, read from a file that is gone afterwards, or the error of ``export_data``.

        Raises ModuleNotFoundError without pandas, before anything is written.
        """
        pandas = importlib.import_module("pandas")
        result = self.export_data(account, result_path, data_type, start_time, end_time, user_param)
        if "error" in result:
            return result
        data = pandas.read_csv(result_path)
        os.remove(result_path)
        return data

    def sync_transaction_from_external(
        self, operation: str, data_type: str, account: StockAccount, deal_list: list[dict[str, Any]]
    ) -> dict[str, Any]:
        """Enter deals made elsewhere. Refused: {'error': {'msg': …}}."""
        fields = {
            **arguments.account_fields(account),
            "operation": arguments.text(operation, "operation"),
            "data_type": arguments.text(data_type, "data_type"),
            "deals": len(deal_list),
        }
        return {"error": {"msg": f"[0-0: {self._refused('sync_transaction_from_external', fields)}], "}}

    def _refused(self, message: str, fields: dict[str, Any]) -> str:
        """Ask what is refused: the reason, which is logged."""
        return self._transfer(message, fields)[1]


def _ctp_fields(direction: int, opt_account_id: Any, ft_account_id: Any, balance: Any) -> dict[str, Any]:
    texts = arguments.texts({"opt_account_id": opt_account_id, "ft_account_id": ft_account_id})
    return {**texts, "direction": direction, "balance": arguments.number(balance, "balance")}


def _moment(time: str) -> datetime:
    try:
        return datetime.strptime(time, "%H:%M:%S")
    except ValueError:
        raise ValueError(f"{time!r} is no time of the form HH:MM:SS") from None
