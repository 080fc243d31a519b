"""The trader: a strategy's calls become requests, answers and pushes become return values and callbacks.

Threads, as in the vendor's: a reader (the transport's) that only sorts what arrives, and one worker that runs callbacks in
the order of arrival: pushes, answers to asynchronous orders and cancels, and answers to asynchronous queries. In relaxed mode
(``set_relaxed_response_order_enabled(True)``) the last go to a second worker.

A synchronous call from any other thread is answered straight from the reader. From inside a callback it works in relaxed mode
only: otherwise its answer stands in the queue behind that very callback. Where the vendor's hangs for ever then, ours raises
RuntimeError after CALLBACK_TRAP_S.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, ClassVar, Final, TypeVar

from miniqmt_sim.client.transport import REQUEST_TIMEOUT_S, Answer, Connector, Transport, connect
from miniqmt_sim.errors import CommandRefused, ConnectError
from miniqmt_sim.wire.messages import JsonObject
from miniqmt_sim.xtquant import _arguments as arguments
from miniqmt_sim.xtquant import _views as views
from miniqmt_sim.xtquant._later import add_later_methods
from miniqmt_sim.xtquant._worker import Worker
from miniqmt_sim.xtquant.xttype import (
    BankAmount,
    BankInfo,
    BankTransferStream,
    IPOData,
    SecuAccount,
    StockAccount,
    XtAccountInfo,
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

CALLBACK_TRAP_S: Final = 3.0
"""After so long a synchronous call inside a callback gives up, when relaxed mode is off."""
_INTERRUPT_S: Final = 0.5
"""How often a waiting main thread looks up, so that Ctrl+C works on every system."""

_BANK_IN: Final = 501
_BANK_OUT: Final = 502
"""``direction`` of a bank transfer."""

_log = logging.getLogger("miniqmt_sim.xtquant")

RowsCallback = Callable[[Any], object]
_T = TypeVar("_T")


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


class XtQuantTrader:
    """One session with the server that a userdata path means.

    Failures are values, as in the vendor's: -1 for orders, cancels and subscriptions, None for queries; the reason is
    logged as a warning of the logger ``miniqmt_sim.xtquant``. A query without a result gives [].
    """

    connector: ClassVar[Connector] = staticmethod(connect)
    """How a trader gets its transport. A backtest puts in its in-memory twin."""

    @arguments.also_called(session_id="session")
    def __init__(self, path: str | os.PathLike[str], session: int, callback: object = None) -> None:
        self.callback = callback
        self._path = os.fspath(path)
        self._session = arguments.integer(session, "session")
        self._seqs = itertools.count(1)
        self._timeout_s = REQUEST_TIMEOUT_S
        self._relaxed = False
        self._connecting = threading.Lock()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._transport: Transport | None = None
        self._make_workers()

    # -- life ------------------------------------------------------------------------------------------------------------

    def register_callback(self, callback: object) -> None:
        """Name the object whose methods are called; those it does not have are left out."""
        self.callback = callback

    def start(self) -> None:
        """Prepare the threads; after ``stop``, begin anew."""
        with self._lock:
            if self._stopped.is_set():
                self._make_workers()
                self._stopped.clear()

    def connect(self) -> int:
        """Connect: 0, or -1 at once when there is no server or it refuses. A lost connection is not made again by itself."""
        with self._connecting:
            if self.connected:
                return 0
            self.start()
            try:
                transport = self.connector(self._path, self._session, self._on_push, self._on_closed)
            except ConnectError as error:
                _log.warning("session %s cannot connect: %s", self._session, error)
                return -1
            with self._lock:
                stopped = self._stopped.is_set()
                if not stopped:
                    self._transport = transport
        if stopped:
            transport.close()
        return -1 if stopped else 0

    @property
    def connected(self) -> bool:
        """Is there a live connection?"""
        transport = self._transport
        return transport is not None and transport.is_open

    def stop(self) -> None:
        """End the connection and, once the callbacks on their way have run, the threads. ``run_forever`` returns.

        May be called from anywhere and more than once. Called by a callback, it drops those behind it.
        """
        with self._lock:
            self._stopped.set()
            transport, self._transport = self._transport, None
            workers = self._query_worker, self._callback_worker
        if transport is not None:
            transport.close()
        for worker in workers:
            worker.stop()

    def run_forever(self) -> None:
        """Wait until ``stop`` is called or Ctrl+C is pressed."""
        with contextlib.suppress(KeyboardInterrupt):
            while not self._stopped.wait(_INTERRUPT_S):
                pass

    def sleep(self, time: float) -> None:
        """Wait so many seconds, or until ``stop``."""
        self._stopped.wait(time)

    def set_timeout(self, timeout: float = 0) -> None:
        """Set how many seconds an answer is awaited; 0 and less change nothing."""
        seconds = arguments.number(timeout, "timeout")
        if seconds > 0:
            self._timeout_s = float(seconds)

    def set_relaxed_response_order_enabled(self, enabled: bool) -> None:
        """Let answers to queries overtake the pushes before them, so that a callback may call synchronously."""
        self._relaxed = bool(enabled)

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
        fields = _order_fields(account, stock_code, order_type, order_volume, price_type, price, strategy_name, order_remark)
        return self._ask_number("order_stock", fields, "order_id")

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
        fields = _order_fields(account, stock_code, order_type, order_volume, price_type, price, strategy_name, order_remark)
        return self._post_order("order_stock", fields)

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
        return _first(self._query(views.ASSET, arguments.account_fields(account)))

    def query_stock_asset_async(self, account: StockAccount, callback: RowsCallback) -> int:
        """The same, given to ``callback``."""
        _check_callable(callback)
        return self._query_async(views.ASSET, arguments.account_fields(account), lambda rows: callback(_first(rows)))

    def query_stock_order(self, account: StockAccount, order_id: int) -> XtOrder | None:
        """Give one of today's orders."""
        number = arguments.integer(order_id, "order_id")
        rows = self._query(views.ORDERS, arguments.account_fields(account) | {"order_id": number})
        return _first([order for order in rows or () if order.order_id == number])  # 0 asks the server for all of them

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
        return _first(rows) if code else None  # an empty code asks the server for all of them

    def query_stock_positions(self, account: StockAccount) -> list[XtPosition] | None:
        """Give all positions, by code."""
        return self._query(views.POSITIONS, arguments.account_fields(account))

    def query_stock_positions_async(self, account: StockAccount, callback: RowsCallback) -> int:
        """The same, given to ``callback``."""
        return self._query_async(views.POSITIONS, arguments.account_fields(account), callback)

    # -- transfers -------------------------------------------------------------------------------------------------------

    def bank_transfer_in(
        self, account: StockAccount, bank_no: str, bank_account: str, balance: float, bank_pwd: str = "", fund_pwd: str = ""
    ) -> tuple[bool, str]:
        """Move money from a bank into the account: (success, why not)."""
        fields = _bank_fields(account, _BANK_IN, bank_no, bank_account, balance, bank_pwd, fund_pwd)
        return self._transfer("bank_transfer", fields)

    def bank_transfer_in_async(
        self, account: StockAccount, bank_no: str, bank_account: str, balance: float, bank_pwd: str = "", fund_pwd: str = ""
    ) -> int:
        """The same: the request's seq; ``on_bank_transfer_async_response`` tells the result."""
        fields = _bank_fields(account, _BANK_IN, bank_no, bank_account, balance, bank_pwd, fund_pwd)
        return self._post_order("bank_transfer", fields)

    def bank_transfer_out(
        self, account: StockAccount, bank_no: str, bank_account: str, balance: float, bank_pwd: str = "", fund_pwd: str = ""
    ) -> tuple[bool, str]:
        """Move money from the account to a bank: (success, why not)."""
        fields = _bank_fields(account, _BANK_OUT, bank_no, bank_account, balance, bank_pwd, fund_pwd)
        return self._transfer("bank_transfer", fields)

    def bank_transfer_out_async(
        self, account: StockAccount, bank_no: str, bank_account: str, balance: float, bank_pwd: str = "", fund_pwd: str = ""
    ) -> int:
        """The same: the request's seq; ``on_bank_transfer_async_response`` tells the result."""
        fields = _bank_fields(account, _BANK_OUT, bank_no, bank_account, balance, bank_pwd, fund_pwd)
        return self._post_order("bank_transfer", fields)

    def query_bank_info(self, account: StockAccount) -> list[BankInfo] | None:
        """Give the account's banks."""
        return self._query(views.BANK_INFO, arguments.account_fields(account))

    def query_bank_amount(
        self, account: StockAccount, bank_no: str, bank_account: str, bank_pwd: str
    ) -> list[BankAmount] | None:
        """Give the money at a bank; one element."""
        fields = {"bank_no": bank_no, "bank_account": bank_account, "bank_pwd": bank_pwd}
        return self._query(views.BANK_AMOUNT, arguments.account_fields(account) | _texts(fields))

    def query_bank_transfer_stream(
        self, account: StockAccount, start_date: str, end_date: str, bank_no: str = "", bank_account: str = ""
    ) -> list[BankTransferStream] | None:
        """Give the bank transfers of some days, as in '20241125', oldest first."""
        fields = {"start_date": start_date, "end_date": end_date, "bank_no": bank_no, "bank_account": bank_account}
        return self._query(views.BANK_TRANSFERS, arguments.account_fields(account) | _texts(fields))

    def query_secu_account(self, account: StockAccount) -> list[SecuAccount] | None:
        """Give the account's shareholder accounts, one an exchange."""
        return self._query(views.SECU_ACCOUNTS, arguments.account_fields(account))

    def fund_transfer(self, account: StockAccount, transfer_direction: int, price: float) -> tuple[bool, str]:
        """Move cash between the ordinary counter and the fast one: (success, why not)."""
        fields = {
            **arguments.account_fields(account),
            "transfer_direction": arguments.integer(transfer_direction, "transfer_direction"),
            "price": arguments.number(price, "price"),
        }
        return self._transfer("fund_transfer", fields)

    def secu_transfer(
        self, account: StockAccount, transfer_direction: int, stock_code: str, volume: int, transfer_type: int
    ) -> tuple[bool, str]:
        """Move shares between the ordinary counter and the fast one: (success, why not)."""
        fields = {
            **arguments.account_fields(account),
            "transfer_direction": arguments.integer(transfer_direction, "transfer_direction"),
            "stock_code": arguments.text(stock_code, "stock_code"),
            "volume": arguments.integer(volume, "volume"),
            "transfer_type": arguments.integer(transfer_type, "transfer_type"),
        }
        return self._transfer("secu_transfer", fields)

    def query_com_fund(self, account: StockAccount) -> dict[str, Any] | None:
        """Give the account's cash at the ordinary counter."""
        answer = self._ask("query_com_fund", arguments.account_fields(account))
        return None if answer is None else _renamed(views.COM_FUND, answer["rows"][0])

    def query_com_position(self, account: StockAccount) -> list[dict[str, Any]] | None:
        """Give the account's shares at the ordinary counter."""
        answer = self._ask("query_com_position", arguments.account_fields(account))
        return None if answer is None else [_renamed(views.COM_POSITION, row) for row in answer["rows"]]

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

    # -- synchronous -----------------------------------------------------------------------------------------------------

    def _ask(self, message: str, fields: JsonObject) -> Answer | None:
        """Ask and wait; None, with the reason logged, when there is no answer or an error."""
        try:
            return self._call(message, fields)
        except (ConnectError, CommandRefused) as error:
            _log.warning("%s failed: %s", message, error)
            return None

    def _call(self, message: str, fields: JsonObject) -> Answer:
        """Ask and wait. Raises ConnectError or CommandRefused when there is no answer or an error."""
        transport = self._live_transport()
        seq = next(self._seqs)
        if self._is_trapped():
            transport.request(message, fields, seq, timeout_s=self._timeout_s)
            self._spring_trap(message)
        return transport.call(message, fields, seq, self._timeout_s)

    def _transfer(self, message: str, fields: JsonObject) -> tuple[bool, str]:
        """Ask for what answers with success and a reason."""
        try:
            answer = self._call(message, fields)
        except (ConnectError, CommandRefused) as error:
            answer = {"success": False, "msg": str(error)}
        if not answer["success"]:
            _log.warning("%s was refused: %s", message, answer["msg"])
        return answer["success"], answer["msg"]

    def _ask_number(self, message: str, fields: JsonObject, result: str) -> int:
        """Ask for what answers with a number that is -1 on failure."""
        answer = self._ask(message, fields)
        if answer is None:
            return -1
        number: int = answer[result]
        if number < 0:
            _log.warning("%s was refused: %s", message, answer.get("error_msg"))
        return number

    def _query(self, query: views.Query[_T], fields: JsonObject) -> list[_T] | None:
        answer = self._ask(query.message, fields)
        return None if answer is None else _objects(query, answer)

    def _live_transport(self) -> Transport:
        transport = self._transport
        if transport is None:
            raise ConnectError("not connected")
        return transport

    def _is_trapped(self) -> bool:
        """Would the vendor's client wait for ever here?"""
        return not self._relaxed and (self._callback_worker.is_current or self._query_worker.is_current)

    def _spring_trap(self, message: str) -> None:
        if self._stopped.wait(CALLBACK_TRAP_S):
            raise ConnectError("the trader was stopped")
        raise RuntimeError(
            f"{message}: a synchronous call inside a callback waits for an answer that is delivered after that callback, and "
            "with the vendor's xtquant it never returns. Call set_relaxed_response_order_enabled(True) first, or use the "
            "_async form, such as query_stock_orders_async. The request itself has been sent."
        )

    # -- asynchronous ----------------------------------------------------------------------------------------------------

    def _post(self, message: str, fields: JsonObject, done: Callable[[Future[Answer]], None], seq: int) -> int:
        """Ask; ``done`` is called in the order of arrival, once, whatever happens."""
        try:
            transport = self._live_transport()
        except ConnectError as error:
            failed: Future[Answer] = Future()
            failed.set_exception(error)
            done(failed)
        else:
            transport.request(message, fields, seq, done, self._timeout_s)
        return seq

    def _post_order(self, message: str, fields: JsonObject) -> int:
        seq = next(self._seqs)

        def done(future: Future[Answer]) -> None:
            self._callback_worker.submit(self._tell_response, message, fields, seq, future)

        return self._post(message, fields, done, seq)

    def _query_async(self, query: views.Query[Any], fields: JsonObject, callback: RowsCallback) -> int:
        _check_callable(callback)

        def done(future: Future[Answer]) -> None:
            worker = self._query_worker if self._relaxed else self._callback_worker
            worker.submit(_tell_rows, query, callback, future)

        return self._post(query.message, fields, done, next(self._seqs))

    # -- callbacks, on a worker ------------------------------------------------------------------------------------------

    def _tell(self, callback: str, row: type, values: JsonObject) -> None:
        method = getattr(self.callback, callback, None)
        if method is not None:
            method(views.fill(row, values))

    def _tell_push(self, message: JsonObject) -> None:
        push = views.PUSHES.get(message["t"])
        if push is not None:
            self._tell(push.callback, push.row, message)

    def _tell_response(self, message: str, fields: JsonObject, seq: int, future: Future[Answer]) -> None:
        response = views.RESPONSES[message]
        error = future.exception()
        values = future.result() if error is None else {**fields, **response.failed, "error_msg": str(error), "msg": str(error)}
        self._tell(response.callback, response.row, {**values, "seq": seq})

    def _tell_disconnected(self) -> None:
        method = getattr(self.callback, "on_disconnected", None)
        if method is not None:
            method()

    # -- from the transport, on its thread -------------------------------------------------------------------------------

    def _on_push(self, message: JsonObject) -> None:
        self._callback_worker.submit(self._tell_push, message)

    def _on_closed(self, reason: str) -> None:
        _log.warning("session %s lost its connection: %s", self._session, reason)
        self._callback_worker.submit(self._tell_disconnected)

    def _make_workers(self) -> None:
        self._callback_worker = Worker(f"miniqmt-sim callbacks {self._session}")
        self._query_worker = Worker(f"miniqmt-sim queries {self._session}")


add_later_methods(XtQuantTrader)


# -- fields of requests --------------------------------------------------------------------------------------------------


def _order_fields(
    account: StockAccount,
    stock_code: str,
    order_type: int,
    order_volume: float,
    price_type: int,
    price: float,
    strategy_name: str,
    order_remark: str,
) -> JsonObject:
    return {
        **arguments.account_fields(account),
        "stock_code": arguments.text(stock_code, "stock_code"),
        "order_type": arguments.integer(order_type, "order_type"),
        "order_volume": arguments.number(order_volume, "order_volume"),
        "price_type": arguments.integer(price_type, "price_type"),
        "price": arguments.number(price, "price"),
        "strategy_name": arguments.text(strategy_name, "strategy_name"),
        "order_remark": arguments.text(order_remark, "order_remark"),
    }


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


def _bank_fields(
    account: StockAccount, direction: int, bank_no: Any, bank_account: Any, balance: Any, bank_pwd: Any, fund_pwd: Any
) -> JsonObject:
    texts = {"bank_no": bank_no, "bank_account": bank_account, "bank_pwd": bank_pwd, "fund_pwd": fund_pwd}
    return {**arguments.account_fields(account), "direction": direction, "balance": float(balance), **_texts(texts)}


def _texts(values: dict[str, Any]) -> JsonObject:
    """Turn whatever stands for a text into one, as the vendor does here."""
    return {name: arguments.text(str(value), name) for name, value in values.items()}


# -- results of queries --------------------------------------------------------------------------------------------------


def _objects(query: views.Query[_T], answer: Answer) -> list[_T]:
    return [views.fill(query.row, row) for row in answer["rows"]]


def _tell_rows(query: views.Query[Any], callback: RowsCallback, future: Future[Answer]) -> None:
    error = future.exception()
    if error is not None:
        _log.warning("%s failed: %s", query.message, error)
    callback(None if error is not None else _objects(query, future.result()))


def _renamed(keys: dict[str, str], row: JsonObject) -> dict[str, Any]:
    return {key: row[name] for key, name in keys.items()}


def _ipo_fields(row: IPOData) -> dict[str, Any]:
    return {
        "name": row.ipo_name,
        "type": row.ipo_type,
        "maxPurchaseNum": row.max_purchase_num,
        "minPurchaseNum": row.min_purchase_num,
        "purchaseDate": row.purchase_date,
        "issuePrice": row.issue_price,
    }


def _first(rows: list[_T] | None) -> _T | None:
    return rows[0] if rows else None


def _check_callable(callback: RowsCallback) -> None:
    if not callable(callback):
        raise TypeError(f"callback must be a function, not {type(callback).__name__}")
