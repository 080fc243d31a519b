"""The trader: a strategy's calls become requests, answers and pushes become return values and callbacks.

What carries them, and on which threads, is ``_session``'s. Transfers stand in ``_transfers``, and what this terminal has no
permission for in ``_unpermitted``.
"""

from __future__ import annotations

import json
from typing import Any

from miniqmt_sim.wire.messages import JsonObject
from miniqmt_sim.xtquant import _arguments as arguments
from miniqmt_sim.xtquant import _views as views
from miniqmt_sim.xtquant import xtconstant, xttype
from miniqmt_sim.xtquant._callback import XtQuantTraderCallback as XtQuantTraderCallback
from miniqmt_sim.xtquant._credit import Credit
from miniqmt_sim.xtquant._later import add_later_methods
from miniqmt_sim.xtquant._session import RowsCallback, first
from miniqmt_sim.xtquant._transfers import Transfers
from miniqmt_sim.xtquant._unpermitted import Unpermitted
from miniqmt_sim.xtquant.xttype import (
    IPOData,
    StockAccount,
    XtAccountInfo,
    XtAccountStatus,
    XtAsset,
    XtOrder,
    XtPosition,
    XtTrade,
)

__all__ = ["XtQuantTrader", "XtQuantTraderCallback", "json"]
"""The vendor's; programs use the ``json`` that comes with it. Its ``bson``, ``cp`` and ``title`` there are not."""

_XTCONST_, _XTTYPE_ = xtconstant, xttype
"""The vendor's names for them, which programs import from here."""


class XtQuantTrader(Transfers, Credit, Unpermitted):
    """One session with the server that a userdata path means.

    Failures are values, as in the vendor's: -1 for orders, cancels and subscriptions, None for queries; the reason is
    logged as a warning of the logger ``miniqmt_sim.xtquant``. A query without a result gives [].
    """

    # -- subscription ----------------------------------------------------------------------------------------------------

    def subscribe(self, account: StockAccount) -> int:
        """Receive the pushes of an account: 0, or -1."""
        return self._ask_number("subscribe", arguments.account_fields(account), "result")

    def unsubscribe(self, account: StockAccount) -> int:
        """Receive them no longer: 0, or -1."""
        return self._ask_number("unsubscribe", arguments.account_fields(account), "result")

    # -- orders ----------------------------------------------------------------------------------------------------------

    def order_stock(
        self,
        account: StockAccount,
        stock_code: str,
        order_type: int,
        order_volume: float,
        price_type: int,
        price: float,
        strategy_name: str = "",
        order_remark: str = "",
    ) -> int:
        """Place an order: its number, or -1 when none was made. A refusal by counter or exchange comes as a push."""
        order = (account, stock_code, order_type, order_volume, price_type, price, strategy_name, order_remark)
        return self._ask_number("order_stock", arguments.order_fields(*order), "order_id")

    def order_stock_async(
        self,
        account: StockAccount,
        stock_code: str,
        order_type: int,
        order_volume: float,
        price_type: int,
        price: float,
        strategy_name: str = "",
        order_remark: str = "",
    ) -> int:
        """Place an order: the request's seq; ``on_order_stock_async_response`` tells the order's number."""
        order = (account, stock_code, order_type, order_volume, price_type, price, strategy_name, order_remark)
        return self._post_order("order_stock", arguments.order_fields(*order))

    def cancel_order_stock(self, account: StockAccount, order_id: int) -> int:
        """Cancel by order number: 0 when the cancel was sent, else -1."""
        return self._ask_number("cancel_order_stock", _cancel_fields(account, order_id), "cancel_result")

    def cancel_order_stock_async(self, account: StockAccount, order_id: int) -> int:
        """Cancel by order number: the request's seq; ``on_cancel_order_stock_async_response`` tells the result."""
        return self._post_order("cancel_order_stock", _cancel_fields(account, order_id))

    @arguments.also_called(order_sysid="sysid")
    def cancel_order_stock_sysid(self, account: StockAccount, market: int | str, sysid: str) -> int:
        """Cancel by the counter's number: 0 when the cancel was sent, else -1."""
        return self._ask_number("cancel_order_stock", _sysid_fields(account, market, sysid), "cancel_result")

    @arguments.also_called(order_sysid="sysid")
    def cancel_order_stock_sysid_async(self, account: StockAccount, market: int | str, sysid: str) -> int:
        """Cancel by the counter's number: the request's seq; ``on_cancel_order_stock_async_response`` tells the result."""
        return self._post_order("cancel_order_stock", _sysid_fields(account, market, sysid))

    # -- queries ---------------------------------------------------------------------------------------------------------

    def query_account_infos(self) -> list[XtAccountInfo] | None:
        """Give all accounts."""
        return self._query(views.ACCOUNT_INFOS, {})

    query_account_info = query_account_infos

    def query_account_infos_async(self, callback: RowsCallback) -> int:
        """The same, given to ``callback``."""
        return self._query_async(views.ACCOUNT_INFOS, {}, callback)

    def query_account_status(self) -> list[XtAccountStatus] | None:
        """Give the status of all accounts."""
        return self._query(views.ACCOUNT_STATUS, {})

    def query_account_status_async(self, callback: RowsCallback) -> int:
        """The same, given to ``callback``."""
        return self._query_async(views.ACCOUNT_STATUS, {}, callback)

    def query_stock_asset(self, account: StockAccount) -> XtAsset | None:
        """Give an account's money."""
        return first(self._query(views.ASSET, arguments.account_fields(account)))

    def query_stock_asset_async(self, account: StockAccount, callback: RowsCallback) -> int:
        """The same, given to ``callback``."""
        return self._query_async(views.ASSET, arguments.account_fields(account), callback, first)

    def query_stock_order(self, account: StockAccount, order_id: int) -> XtOrder | None:
        """Give one of today's orders."""
        number = arguments.integer(order_id, "order_id")
        rows = self._query(views.ORDERS, arguments.account_fields(account) | {"order_id": number})
        return first([order for order in rows or () if order.order_id == number])  # 0 asks the server for all of them

    def query_stock_orders(self, account: StockAccount, cancelable_only: bool = False) -> list[XtOrder] | None:
        """Give today's orders, oldest first."""
        return self._query(views.ORDERS, _orders_fields(account, cancelable_only))

    def query_stock_orders_async(self, account: StockAccount, callback: RowsCallback, cancelable_only: bool = False) -> int:
        """The same, given to ``callback``."""
        return self._query_async(views.ORDERS, _orders_fields(account, cancelable_only), callback)

    def query_stock_trades(self, account: StockAccount) -> list[XtTrade] | None:
        """Give today's fills, oldest first."""
        return self._query(views.TRADES, arguments.account_fields(account))

    def query_stock_trades_async(self, account: StockAccount, callback: RowsCallback) -> int:
        """The same, given to ``callback``."""
        return self._query_async(views.TRADES, arguments.account_fields(account), callback)

    def query_stock_position(self, account: StockAccount, stock_code: str) -> XtPosition | None:
        """Give what the account holds of one security."""
        code = arguments.text(stock_code, "stock_code")
        rows = self._query(views.POSITIONS, arguments.account_fields(account) | {"stock_code": code})
        return first(rows) if code else None  # an empty code asks the server for all of them

    def query_stock_positions(self, account: StockAccount) -> list[XtPosition] | None:
        """Give all positions, by code."""
        return self._query(views.POSITIONS, arguments.account_fields(account))

    def query_stock_positions_async(self, account: StockAccount, callback: RowsCallback) -> int:
        """The same, given to ``callback``."""
        return self._query_async(views.POSITIONS, arguments.account_fields(account), callback)

    # -- new issues ------------------------------------------------------------------------------------------------------

    def query_new_purchase_limit(self, account: StockAccount) -> dict[str, int] | None:
        """Give the shares that may be subscribed for, by board: KCB, SH, SZ."""
        rows = self._query(views.PURCHASE_LIMITS, arguments.account_fields(account))
        return None if rows is None else {row.new_purchase_limit_key: row.new_purchase_limit_value for row in rows}

    def query_new_purchase_limit_async(self, account: StockAccount, callback: RowsCallback) -> int:
        """The same, as a list of NewPurchaseLimitInfo given to ``callback``."""
        return self._query_async(views.PURCHASE_LIMITS, arguments.account_fields(account), callback)

    def query_ipo_data(self) -> dict[str, dict[str, Any]] | None:
        """Give today's new issues by subscription code."""
        rows = self._query(views.IPO_DATA, {})
        return None if rows is None else {row.ipo_code: _ipo_fields(row) for row in rows}

    def query_ipo_data_async(self, callback: RowsCallback) -> int:
        """The same, as a list of IPOData given to ``callback``."""
        return self._query_async(views.IPO_DATA, {}, callback)


add_later_methods(XtQuantTrader)


# -- fields of requests --------------------------------------------------------------------------------------------------


def _cancel_fields(account: StockAccount, order_id: int) -> JsonObject:
    number = arguments.integer(order_id, "order_id")
    return {**arguments.account_fields(account), "order_id": number, "market": arguments.UNKNOWN_MARKET, "order_sysid": ""}


def _sysid_fields(account: StockAccount, market: int | str, sysid: str) -> JsonObject:
    return {
        **arguments.account_fields(account),
        "order_id": 0,
        "market": arguments.market_number(market),
        "order_sysid": arguments.text(sysid, "sysid"),
    }


def _orders_fields(account: StockAccount, cancelable_only: bool) -> JsonObject:
    return {**arguments.account_fields(account), "cancelable_only": bool(cancelable_only)}


def _ipo_fields(row: IPOData) -> dict[str, Any]:
    return {
        "name": row.ipo_name,
        "type": row.ipo_type,
        "maxPurchaseNum": row.max_purchase_num,
        "minPurchaseNum": row.min_purchase_num,
        "purchaseDate": row.purchase_date,
        "issuePrice": row.issue_price,
    }
