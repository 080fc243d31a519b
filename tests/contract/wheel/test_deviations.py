"""What the vendor's wheel itself gets wrong, whatever server it speaks to: a table, and an assertion for each of its rows.

The rows are those of docs/vendor-wheel.md; ``conformance.deviations`` holds wheel and SDK against each other where they differ.
Where a call of the wheel waits for ever, the test shows what it waits for and then does by hand what the wheel leaves undone,
so that no thread is left behind. Source: native-surface §7.
"""

from __future__ import annotations

import asyncio
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from miniqmt_sim.client import discovery
from tests.kit import vendor
from tests.kit.fake_server import FakeServer, eventually, row_of

xttrader = vendor.trader_module()
xttype = vendor.load("xttype")
DOCUMENT: Final = Path(__file__).resolve().parents[3] / "docs" / "vendor-wheel.md"
CODE = "600000.SH"
A = xttype.StockAccount("1001")
ORDER = (A, CODE, 23, 100, 11, 10.0, "name", "remark")


class Callback(xttrader.XtQuantTraderCallback):  # type: ignore[misc,name-defined]
    """Notes what is told; a test puts its own methods in."""

    def __init__(self) -> None:
        self.connects = 0
        self.told: list[tuple[str, Any]] = []

    def on_connected(self) -> None:
        self.connects += 1

    def on_order_error(self, order_error: Any) -> None:
        self.told.append(("order_error", order_error.error_msg))

    def on_cancel_error(self, cancel_error: Any) -> None:
        self.told.append(("cancel_error", cancel_error.error_msg))

    def on_order_stock_async_response(self, response: Any) -> None:
        self.told.append(("response", response.order_id))


class Desk:
    """A server without a world, and a trader of the wheel connected to it."""

    def __init__(self, server: FakeServer, userdata: Path) -> None:
        self.server = server
        self.userdata = userdata
        self.callback = Callback()
        self.trader = xttrader.XtQuantTrader(str(userdata), 1, self.callback)
        self.trader.start()
        assert self.trader.connect() == 0

    def in_a_callback(self, call: Callable[[], object]) -> list[object]:
        """Run a call inside a push's callback; what it gave, once it gave something."""
        given: list[object] = []

        def run(_push: Any) -> None:
            try:
                given.append(call())
            except RuntimeError as error:
                given.append(error)

        self.callback.on_stock_asset = run
        self.server.push("push_stock_asset", account_id="1001")
        return given

    def release(self) -> None:
        """Do by hand what stands in the worker's queue behind the callback that waits for it."""
        eventually(lambda: self.trader.executor._work_queue.qsize() > 0, "an answer behind the callback")
        self.trader.executor._work_queue.get().run()

    def settled(self) -> list[tuple[str, Any]]:
        """What was told so far, once everything on its way is here."""
        here = threading.Event()
        self.trader.query_account_infos_async(lambda _: here.set())
        assert here.wait(10)
        return self.callback.told


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    for name in (discovery.ENV_ADDR, discovery.ENV_TOKEN):
        monkeypatch.delenv(name, raising=False)
    with vendor.event_loop(), FakeServer() as server:
        desk = Desk(server, server.announce(tmp_path))
        yield desk
        vendor.close(desk.trader)


# -- what waits for ever -------------------------------------------------------------------------------------------------


def a_query_in_a_callback(desk: Desk) -> None:
    given = desk.in_a_callback(lambda: desk.trader.query_stock_orders(A))
    desk.server.wait_for_request("query_stock_orders")
    eventually(lambda: desk.trader.executor._work_queue.qsize() > 0, "the answer behind the callback")
    assert given == [], "the callback waits for what comes after it"
    desk.release()
    assert eventually(lambda: given) == [[]]
    desk.trader.set_relaxed_response_order_enabled(True)
    again = desk.in_a_callback(lambda: desk.trader.query_stock_orders(A))
    assert eventually(lambda: again) == [[]], "relaxed mode is the cure"


def an_order_in_a_callback(desk: Desk) -> None:
    desk.trader.set_relaxed_response_order_enabled(True)
    given = desk.in_a_callback(lambda: desk.trader.order_stock(*ORDER))
    desk.server.wait_for_request("order_stock")
    eventually(lambda: desk.trader.executor._work_queue.qsize() > 0, "the answer behind the callback")
    assert given == [], "relaxed mode does not help: answers to orders have no other worker"
    desk.release()
    assert eventually(lambda: given) == [1_048_577]


def sleep(desk: Desk) -> None:
    thread = threading.Thread(target=desk.trader.sleep, args=(0,))
    thread.start()
    eventually(lambda: desk.trader.loop._ready, "the sleep that nobody runs")
    assert not desk.trader.loop.is_running()
    assert thread.is_alive()
    desk.trader.loop.run_until_complete(asyncio.sleep(0.01))
    thread.join(10)
    assert not thread.is_alive(), "it ends as soon as somebody runs the loop"


def run_forever(desk: Desk) -> None:
    naps = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) == 5:
            raise KeyboardInterrupt

    desk.trader.stop()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "sleep", nap)
        with pytest.raises(KeyboardInterrupt):
            desk.trader.run_forever()
    assert naps == [2] * 5, "stop() does not end it, and Ctrl+C comes out of it"


def query_com_position(desk: Desk) -> None:
    assert "bindOnQueryComPositionRespCallback" not in desk.trader.async_client._bound
    with pytest.raises(NotImplementedError, match="at a real terminal the call waits for ever"):
        desk.trader.query_com_position(A)
    assert "query_com_position" not in desk.server.names()


# -- what raises ---------------------------------------------------------------------------------------------------------


def stop_in_a_callback(desk: Desk) -> None:
    given = desk.in_a_callback(desk.trader.stop)
    [error] = eventually(lambda: given)
    assert str(error) == "cannot join current thread"
    assert desk.trader.async_client.connect() == -1, "it was stopped nevertheless"


def stop_before_start(desk: Desk) -> None:
    early = xttrader.XtQuantTrader(str(desk.userdata), 2)
    with pytest.raises(AttributeError, match="shutdown"):
        early.stop()
    early.loop.close()


def a_call_before_start(desk: Desk) -> None:
    early = xttrader.XtQuantTrader(str(desk.userdata), 2)
    assert early.connect() == -1
    with pytest.raises(RuntimeError, match=r"start\(\) was not called"):
        early.query_stock_asset(A)
    assert early.query_stock_orders_async(A, print) > 0, "whoever does not wait is told nothing"
    early.loop.close()


def a_call_after_stop(desk: Desk) -> None:
    desk.trader.stop()
    with pytest.raises(RuntimeError, match=r"or stop\(\) was"):
        desk.trader.query_stock_asset(A)
    assert desk.trader.query_stock_orders_async(A, print) > 0, "whoever does not wait is told nothing"


def in_a_forked_child(desk: Desk) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "getpid", lambda: -1)
        with pytest.raises(RuntimeError, match="Make a trader here"):
            desk.trader.query_stock_asset(A)
    assert "query_stock_asset" not in desk.server.names()


def query_com_fund(desk: Desk) -> None:
    desk.server.answers["query_com_fund"] = lambda _request: [{"rows": [], "more": False}]
    with pytest.raises(IndexError):
        desk.trader.query_com_fund(A)
    desk.server.drop()
    eventually(lambda: not desk.trader.async_client._transport.is_open)
    with pytest.raises(IndexError):
        desk.trader.query_com_fund(A)


def smt_appointment_cancel_async(desk: Desk) -> None:
    with pytest.raises(NameError, match="applyId"):
        desk.trader.smt_appointment_cancel_async(A, "1")


def misspelt_requests(desk: Desk) -> None:
    told: list[Any] = []
    desk.callback.on_smt_appointment_async_response = told.append
    seqs = [
        desk.trader.smt_compact_renewal_async(A, "c", CODE, 7, 100, 0.1),
        desk.trader.smt_compact_return_async(A, "g", "c", CODE, 100),
    ]
    eventually(lambda: len(told) == 2)
    assert [response.seq for response in told] == seqs


def without_a_callback(desk: Desk) -> None:
    desk.trader.register_callback(None)
    with pytest.raises(AttributeError, match="on_order_stock_async_response"):
        desk.trader.order_stock_async(*ORDER)
    assert "order_stock" not in desk.server.names()
    assert desk.trader.order_stock(*ORDER) > 0


def a_volume_of_nan(desk: Desk) -> None:
    with pytest.raises(ValueError, match="NaN"):
        desk.trader.order_stock(A, CODE, 23, float("nan"), 11, 10.0)


def an_account_number_that_is_no_text(desk: Desk) -> None:
    assert isinstance(xttype.StockAccount(1001), str), "an error text in the place of an account"
    with pytest.raises(AttributeError):
        desk.trader.query_stock_asset(xttype.StockAccount(1001))


# -- what is told wrongly, late or never ---------------------------------------------------------------------------------


def made_in_another_thread(desk: Desk) -> None:
    made: list[Any] = []
    thread = threading.Thread(target=lambda: made.append(xttrader.XtQuantTrader(str(desk.userdata), 2)))
    thread.start()
    thread.join(10)
    [trader] = made
    with pytest.raises(AttributeError, match="oldloop"):
        trader.__del__()
    trader.oldloop = trader.loop
    trader.loop.close()


def on_connected(desk: Desk) -> None:
    desk.settled()
    assert desk.trader.connected is True
    assert desk.callback.connects == 0


def exceptions_in_callbacks(desk: Desk) -> None:
    ran = desk.in_a_callback(lambda: 1 / 0)
    assert desk.settled() == []
    assert ran == [], "no error, no word"


def a_failed_list_query(desk: Desk) -> None:
    desk.server.drop()
    eventually(lambda: not desk.trader.async_client._transport.is_open)
    assert desk.trader.query_stock_positions(A) == [], "as from an account without positions"
    assert desk.trader.connected is True, "and the trader believes it is connected"


def query_stock_asset_async(desk: Desk) -> None:
    given: list[Any] = []
    assert desk.trader.query_stock_asset_async(A, given.append) is None, "every other one gives its seq"
    assert eventually(lambda: given) == [None]


def query_stock_order_0(desk: Desk) -> None:
    rows = [row_of("query_stock_orders", order_id=number) for number in (5, 6)]
    desk.server.answers["query_stock_orders"] = lambda _request: [{"rows": rows, "more": False}]
    assert desk.trader.query_stock_order(A, 0).order_id == 5, "0 means all of them, and the first is taken"


def the_account_type_of_responses(desk: Desk) -> None:
    told: list[Any] = []
    desk.callback.on_order_stock_async_response = told.append
    desk.trader.order_stock_async(xttype.StockAccount("1001", "CREDIT"), *ORDER[1:])
    [response] = eventually(lambda: told)
    assert desk.server.wait_for_request("order_stock").fields["account_type"] == 3
    assert response.account_type == 2


def an_error_that_overtakes_its_response(desk: Desk) -> None:
    errors = iter(("first", None))

    def refuse(request: Any) -> list[Any]:
        if (text := next(errors)) is not None:
            desk.server.push("push_order_error", order_id=-1, request_seq=request.seq, error_msg=text)
        return [row_of("order_stock", account_id="1001", order_id=-1)]

    desk.server.answers["order_stock"] = refuse
    desk.trader.order_stock_async(*ORDER)
    assert desk.settled() == [("response", -1), ("order_error", "first")], "kept until the response is there"
    desk.trader.order_stock_async(*ORDER)
    told = desk.settled()[2:]
    assert told == [("response", -1), ("order_error", "first")], "and told once more for the next order of that number"


def a_cancel_error_without_a_response(desk: Desk) -> None:
    desk.server.push("push_cancel_error", order_id=5, order_sysid="9", error_msg="nobody asked")
    assert desk.settled() == []


ROWS: Final[dict[str, Callable[[Desk], None]]] = {
    "a synchronous query in a callback": a_query_in_a_callback,
    "a synchronous order, cancel or transfer in a callback": an_order_in_a_callback,
    "`sleep`": sleep,
    "`run_forever`": run_forever,
    "`query_com_position`": query_com_position,
    "`stop` in a callback": stop_in_a_callback,
    "`stop` before `start`": stop_before_start,
    "a call before `start`": a_call_before_start,
    "a call after `stop`": a_call_after_stop,
    "a trader in a forked child": in_a_forked_child,
    "`query_com_fund`": query_com_fund,
    "`smt_appointment_cancel_async`": smt_appointment_cancel_async,
    "`smt_compact_renewal_async`, `smt_compact_return_async`": misspelt_requests,
    "asynchronous calls without a registered callback": without_a_callback,
    "a volume of NaN": a_volume_of_nan,
    "`StockAccount(1001)`": an_account_number_that_is_no_text,
    "a trader made outside the main thread": made_in_another_thread,
    "`on_connected`": on_connected,
    "exceptions in callbacks": exceptions_in_callbacks,
    "list queries that fail": a_failed_list_query,
    "`query_stock_asset_async`": query_stock_asset_async,
    "`query_stock_order(account, 0)`": query_stock_order_0,
    "`account_type` of responses": the_account_type_of_responses,
    "an order error that overtakes its response": an_error_that_overtakes_its_response,
    "a cancel error without a cancel": a_cancel_error_without_a_response,
}


@pytest.mark.parametrize("row", ROWS)
def test_the_wheel_does_so(desk: Desk, row: str) -> None:
    ROWS[row](desk)


def test_the_document_has_the_same_rows() -> None:
    table = DOCUMENT.read_text(encoding="utf-8").partition("| call | what the wheel does | here |")[2]
    assert re.findall(r"^\| (.*?) \|", table, re.MULTILINE) == list(ROWS)
