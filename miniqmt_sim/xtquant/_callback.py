"""The base of a strategy's callbacks, and which of its methods are called at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from miniqmt_sim.xtquant.xttype import (
    XtAccountStatus,
    XtAsset,
    XtBankTransferResponse,
    XtCancelError,
    XtCancelOrderResponse,
    XtOrder,
    XtOrderError,
    XtOrderResponse,
    XtPosition,
    XtTrade,
)


class XtQuantTraderCallback:
    """Base of a strategy's callback class; what it does not override does nothing."""

    def on_connected(self) -> None:
        """Never called: the vendor's client has the name and does not use it."""

    def on_disconnected(self) -> None:
        """The connection was lost; ``connect`` makes a new one."""

    def on_account_status(self, status: XtAccountStatus) -> None:
        """An account's status changed."""

    def on_stock_asset(self, asset: XtAsset) -> None:
        """An account's money changed."""

    def on_stock_order(self, order: XtOrder) -> None:
        """An order changed."""

    def on_stock_trade(self, trade: XtTrade) -> None:
        """An order was filled, wholly or in part."""

    def on_stock_position(self, position: XtPosition) -> None:
        """A position changed."""

    def on_order_error(self, order_error: XtOrderError) -> None:
        """An order was refused."""

    def on_cancel_error(self, cancel_error: XtCancelError) -> None:
        """A cancel was refused."""

    def on_order_stock_async_response(self, response: XtOrderResponse) -> None:
        """Answer to ``order_stock_async``."""

    def on_cancel_order_stock_async_response(self, response: XtCancelOrderResponse) -> None:
        """Answer to ``cancel_order_stock_async`` and ``cancel_order_stock_sysid_async``."""

    def on_smt_appointment_async_response(self, response: Any) -> None:
        """Answer to an appointment of securities lending."""

    def on_bank_transfer_async_response(self, response: XtBankTransferResponse) -> None:
        """Answer to an asynchronous bank transfer."""

    def on_ctp_internal_transfer_async_response(self, response: Any) -> None:
        """Answer to an asynchronous transfer between a futures and an options account."""

    def on_smart_algo_order_async_response(self, response: Any) -> None:
        """Answer to ``smart_algo_order_async``."""

    def on_operate_smart_task_async_response(self, response: Any) -> None:
        """Answer to an operation on an algorithmic order."""


_NOTHING: Final = frozenset(value for value in vars(XtQuantTraderCallback).values() if callable(value))


def method_of(callback: object, name: str) -> Callable[..., object] | None:
    """The method of a callback object; None where it has none, or only the one that does nothing."""
    method = getattr(callback, name, None)
    return None if method is None or getattr(method, "__func__", None) in _NOTHING else method
