"""What a strategy's callbacks see: every push once, in order, on one thread, and calls made from inside them."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from miniqmt_sim.wire.frames import encode_frame
from miniqmt_sim.wire.messages import BY_NAME, encode_message
from miniqmt_sim.xtquant import _session, xttype
from miniqmt_sim.xtquant.xttrader import XtQuantTrader, XtQuantTraderCallback
from miniqmt_sim.xtquant.xttype import StockAccount
from tests.kit.fake_server import FakeServer, eventually, row_of

ACCOUNT = StockAccount("1000000365")
ORDER = (ACCOUNT, "600000.SH", 23, 100, 11, 10.5, "s", "r")

PUSHES = {
    "push_account_status": ("on_account_status", xttype.XtAccountStatus),
    "push_stock_asset": ("on_stock_asset", xttype.XtAsset),
    "push_stock_order": ("on_stock_order", xttype.XtOrder),
    "push_stock_trade": ("on_stock_trade", xttype.XtTrade),
    "push_stock_position": ("on_stock_position", xttype.XtPosition),
    "push_order_error": ("on_order_error", xttype.XtOrderError),
    "push_cancel_error": ("on_cancel_error", xttype.XtCancelError),
}


class Recorder(XtQuantTraderCallback):
    """Notes every callback; ``during`` is run inside the callback of the name it stands under."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, Any]] = []
        self.threads: set[int] = set()
        self.during: dict[str, Callable[[Any], Any]] = {}

    def names(self) -> list[str]:
        return [name for name, _ in self.seen]

    def note(self, name: str, value: Any = None) -> None:
        self.threads.add(threading.get_ident())
        self.seen.append((name, value))
        if name in self.during:
            self.during[name](value)


def _noting(name: str) -> Callable[..., None]:
    return lambda self, *values: self.note(name, *values)


for _name in [name for name in vars(XtQuantTraderCallback) if name.startswith("on_")]:
    setattr(Recorder, _name, _noting(_name))


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeServer]:
    monkeypatch.delenv("MINIQMT_SIM_ADDR", raising=False)
    with FakeServer() as server:
        server.announce(tmp_path)
        yield server


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def trader(server: FakeServer, tmp_path: Path, recorder: Recorder) -> Iterator[XtQuantTrader]:
    trader = XtQuantTrader(str(tmp_path), 1, recorder)
    trader.start()
    assert trader.connect() == 0
    yield trader
    trader.stop()


def test_a_strategy_too_far_behind_loses_its_connection_and_nothing_it_was_told(
    server: FakeServer,
    trader: XtQuantTrader,
    recorder: Recorder,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(_session, "MAX_WAITING", 10)
    go_on = threading.Event()
    recorder.during["on_stock_order"] = lambda _: go_on.wait(10)
    with contextlib.suppress(OSError):  # it may hang up before the last is said
        for number in range(30):
            server.push("push_stock_order", order_id=number)
    eventually(lambda: not trader.connected)
    assert "10 callbacks wait for the one that runs" in caplog.text
    go_on.set()
    eventually(lambda: "on_disconnected" in recorder.names())
    assert [value.order_id for name, value in recorder.seen[:-1]] == list(range(11))
    assert recorder.names()[-1] == "on_disconnected"


# -- pushes --------------------------------------------------------------------------------------------------------------


def test_every_push_of_the_wire_has_a_callback() -> None:
    assert {name for name in BY_NAME if name.startswith("push_")} == {*PUSHES, "push_quote"}, "push_quote is for xtdata"


@pytest.mark.parametrize("push", PUSHES)
def test_a_push_arrives_as_its_object(server: FakeServer, trader: XtQuantTrader, recorder: Recorder, push: str) -> None:
    callback, row = PUSHES[push]
    server.push(push, account_type=3, account_id="7")
    eventually(lambda: recorder.seen)
    [(name, value)] = recorder.seen
    assert (name, type(value)) == (callback, row)
    assert (value.account_type, value.account_id) == (3, "7")


def test_an_order_error_carries_the_seq_of_its_request(server: FakeServer, trader: XtQuantTrader, recorder: Recorder) -> None:
    server.push("push_order_error", order_id=5, error_id=-61, error_msg="no cash", request_seq=42)
    eventually(lambda: recorder.seen)
    error = recorder.seen[0][1]
    assert (error.order_id, error.error_id, error.error_msg, error.seq) == (5, -61, "no cash", 42)


def test_pushes_arrive_once_and_in_order_on_one_thread_of_their_own(
    server: FakeServer, trader: XtQuantTrader, recorder: Recorder
) -> None:
    for number in range(300):
        server.push("push_stock_order" if number % 2 else "push_stock_trade", order_id=number)
    eventually(lambda: len(recorder.seen) == 300)
    assert [value.order_id for _, value in recorder.seen] == list(range(300))
    assert len(recorder.threads) == 1
    assert threading.get_ident() not in recorder.threads


def test_an_exception_in_a_callback_is_logged_and_the_next_one_runs(
    server: FakeServer, trader: XtQuantTrader, recorder: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    raised = iter([ValueError("a strategy's bug"), SystemExit(3)])

    def fail(_: Any) -> None:
        raise next(raised)

    recorder.during["on_stock_order"] = fail
    server.push("push_stock_order")
    server.push("push_stock_order")
    server.push("push_stock_trade")
    eventually(lambda: "on_stock_trade" in recorder.names())
    logged = [record for record in caplog.records if record.name == "miniqmt_sim.xtquant" and record.exc_info]
    assert [str(record.exc_info[1]) for record in logged if record.exc_info] == ["a strategy's bug", "3"]
    assert "Traceback" in caplog.text


def test_a_trader_without_a_callback_drops_pushes(
    server: FakeServer, trader: XtQuantTrader, caplog: pytest.LogCaptureFixture
) -> None:
    trader.register_callback(None)
    for push in PUSHES:
        server.push(push)
    asked: list[Any] = []
    trader.order_stock_async(*ORDER)
    trader.query_stock_orders_async(ACCOUNT, asked.append)
    eventually(lambda: asked)
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_callbacks_that_an_object_does_not_have_are_left_out(
    server: FakeServer, trader: XtQuantTrader, caplog: pytest.LogCaptureFixture
) -> None:
    class OnlyTrades:
        def __init__(self) -> None:
            self.trades: list[Any] = []

        def on_stock_trade(self, trade: Any) -> None:
            self.trades.append(trade)

    callback = OnlyTrades()
    trader.register_callback(callback)
    for push in PUSHES:
        server.push(push)
    eventually(lambda: callback.trades)
    server.drop()
    eventually(lambda: not trader.connected)
    trader.stop()
    assert [record for record in caplog.records if record.exc_info] == []


def test_the_base_class_does_nothing(server: FakeServer, trader: XtQuantTrader, caplog: pytest.LogCaptureFixture) -> None:
    trader.register_callback(XtQuantTraderCallback())
    for push in PUSHES:
        server.push(push)
    server.drop()
    eventually(lambda: not trader.connected)
    trader.stop()
    assert [record for record in caplog.records if record.exc_info] == []


def test_stop_lets_the_callbacks_on_their_way_finish(server: FakeServer, trader: XtQuantTrader, recorder: Recorder) -> None:
    entered, release = threading.Event(), threading.Event()

    def hold(_: Any) -> None:
        entered.set()
        release.wait(10)

    recorder.during["on_stock_asset"] = hold
    server.push("push_stock_asset")
    for order_id in range(5):
        server.push("push_stock_order", order_id=order_id)
    answered: list[Any] = []
    entered.wait(10)
    trader.query_stock_orders_async(ACCOUNT, answered.append)
    server.wait_for_request("query_stock_orders")
    assert trader.query_stock_orders(ACCOUNT) == []  # what came before this answer has arrived
    threading.Timer(0.05, release.set).start()
    trader.stop()
    assert recorder.names() == ["on_stock_asset"] + ["on_stock_order"] * 5
    assert answered == [[]]


# -- the end of a connection ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [FakeServer.drop, lambda server: server.bye("the server stops")])
def test_a_lost_connection_is_told_once(
    server: FakeServer, trader: XtQuantTrader, recorder: Recorder, end: Callable[[FakeServer], None]
) -> None:
    server.push("push_stock_order")
    eventually(lambda: recorder.seen)
    end(server)
    eventually(lambda: "on_disconnected" in recorder.names())
    trader.query_stock_orders(ACCOUNT)
    trader.order_stock_async(*ORDER)
    eventually(lambda: len(recorder.seen) == 3)
    assert recorder.names() == ["on_stock_order", "on_disconnected", "on_order_stock_async_response"]


def test_each_lost_connection_is_told(server: FakeServer, trader: XtQuantTrader, recorder: Recorder) -> None:
    for number in (1, 2):
        server.drop()
        eventually(lambda number=number: recorder.names() == ["on_disconnected"] * number)
        eventually(lambda: trader.connect() == 0)


def test_stopping_is_no_lost_connection(server: FakeServer, trader: XtQuantTrader, recorder: Recorder) -> None:
    trader.stop()
    eventually(lambda: server.sessions == [])
    assert recorder.seen == []


def test_connecting_anew_inside_on_disconnected(server: FakeServer, trader: XtQuantTrader, recorder: Recorder) -> None:
    results: list[int] = []

    def reconnect(_: Any) -> None:
        eventually(lambda: trader.connect() == 0)
        results.append(0)

    recorder.during["on_disconnected"] = reconnect
    server.drop()
    eventually(lambda: results)
    assert trader.subscribe(ACCOUNT) == 0


def test_a_new_trader_made_inside_on_disconnected_can_be_called_there(
    server: FakeServer, trader: XtQuantTrader, recorder: Recorder, tmp_path: Path
) -> None:
    made: list[XtQuantTrader] = []
    results: list[int] = []

    def replace(_: Any) -> None:
        new = XtQuantTrader(str(tmp_path), 2, recorder)
        made.append(new)
        new.start()
        results.extend([new.connect(), new.subscribe(ACCOUNT)])

    recorder.during["on_disconnected"] = replace
    server.drop()
    eventually(lambda: len(results) == 2)
    assert results == [0, 0]
    made[0].stop()


def test_stop_inside_a_callback_drops_those_behind_it(server: FakeServer, trader: XtQuantTrader, recorder: Recorder) -> None:
    gathered = threading.Event()

    def stop(_: Any) -> None:
        gathered.wait(10)
        trader.stop()

    recorder.during["on_stock_order"] = stop
    for order_id in range(3):
        server.push("push_stock_order", order_id=order_id)
    assert trader.query_stock_orders(ACCOUNT) == []  # all three have arrived
    worker = trader._callback_worker._thread
    assert worker is not None
    gathered.set()
    worker.join(5)
    assert not worker.is_alive()
    assert len(recorder.seen) == 1
    trader.run_forever()


# -- asynchronous calls --------------------------------------------------------------------------------------------------


def test_an_asynchronous_order_is_answered_before_its_error(
    server: FakeServer, trader: XtQuantTrader, recorder: Recorder
) -> None:
    server.answers["order_stock"] = lambda _: []
    seq = trader.order_stock_async(*ORDER)
    assert seq > 0
    request = server.wait_for_request("order_stock")
    assert request.seq == seq
    order = {"account_type": 2, "account_id": "1000000365", "order_id": 1_048_577}
    answer = {"t": "reply", "seq": seq, **row_of("order_stock", strategy_name="s", order_remark="r", **order)}
    pushes = [
        {"t": "push_stock_order", **row_of("push_stock_order", order_status=50, **order)},
        {"t": "push_stock_order", **row_of("push_stock_order", order_status=57, **order)},
        {"t": "push_order_error", **row_of("push_order_error", error_id=-61, request_seq=seq, **order)},
    ]
    server.send_bytes(b"".join(encode_frame(encode_message(message)) for message in [answer, *pushes]))
    eventually(lambda: len(recorder.seen) == 4)
    assert recorder.names() == ["on_order_stock_async_response", "on_stock_order", "on_stock_order", "on_order_error"]
    response = recorder.seen[0][1]
    assert type(response) is xttype.XtOrderResponse
    assert (response.order_id, response.seq, response.error_msg) == (1_048_577, seq, "")
    assert (response.strategy_name, response.order_remark) == ("s", "r")
    assert recorder.seen[3][1].seq == seq


def test_seqs_are_positive_and_grow(trader: XtQuantTrader) -> None:
    seqs = [trader.order_stock_async(*ORDER), trader.cancel_order_stock_async(ACCOUNT, 5), trader.order_stock_async(*ORDER)]
    assert seqs == sorted(set(seqs))
    assert seqs[0] > 0


@pytest.mark.parametrize(
    ("call", "order_id", "sysid"),
    [
        (lambda t: t.cancel_order_stock_async(ACCOUNT, 5), 5, ""),
        (lambda t: t.cancel_order_stock_sysid_async(ACCOUNT, 0, "12"), 0, "12"),
        (lambda t: t.cancel_order_stock_sysid_async(ACCOUNT, "SH", order_sysid="12"), 0, "12"),
    ],
)
def test_an_asynchronous_cancel_is_answered(
    trader: XtQuantTrader, recorder: Recorder, call: Callable[[XtQuantTrader], int], order_id: int, sysid: str
) -> None:
    seq = call(trader)
    eventually(lambda: recorder.seen)
    [(name, response)] = recorder.seen
    assert (name, type(response)) == ("on_cancel_order_stock_async_response", xttype.XtCancelOrderResponse)
    assert (response.cancel_result, response.order_id, response.order_sysid, response.seq) == (0, order_id, sysid, seq)


ASYNC_QUERIES: list[tuple[str, Callable[[XtQuantTrader, Callable[[Any], Any]], int], bool]] = [
    ("query_account_infos", lambda t, c: t.query_account_infos_async(c), False),
    ("query_account_status", lambda t, c: t.query_account_status_async(c), False),
    ("query_stock_asset", lambda t, c: t.query_stock_asset_async(ACCOUNT, c), True),
    ("query_stock_orders", lambda t, c: t.query_stock_orders_async(ACCOUNT, c), False),
    ("query_stock_trades", lambda t, c: t.query_stock_trades_async(ACCOUNT, c), False),
    ("query_stock_positions", lambda t, c: t.query_stock_positions_async(ACCOUNT, c), False),
]


@pytest.mark.parametrize(("message", "call", "single"), ASYNC_QUERIES, ids=[query[0] for query in ASYNC_QUERIES])
def test_an_asynchronous_query_gives_its_callback_what_the_synchronous_one_returns(
    server: FakeServer,
    trader: XtQuantTrader,
    message: str,
    call: Callable[[XtQuantTrader, Callable[[Any], Any]], int],
    single: bool,
) -> None:
    given: list[Any] = []
    assert call(trader, given.append) > 0
    values = row_of(message, account_type=3, account_id="7")
    eventually(lambda: len(given) == 1)
    server.answers[message] = lambda _: [{"rows": [values], "more": False}]
    call(trader, given.append)
    eventually(lambda: len(given) == 2)
    server.answers[message] = lambda _: [{"error": "no such account"}]
    call(trader, given.append)
    eventually(lambda: len(given) == 3)
    server.drop()
    eventually(lambda: not trader.connected)
    call(trader, given.append)
    eventually(lambda: len(given) == 4)
    assert given[0] == (None if single else [])
    found = given[1] if single else given[1][0]
    assert {key: getattr(found, key) for key in values} == values
    assert given[2:] == [None, None]


def test_an_asynchronous_answer_comes_in_its_place_among_the_pushes(
    server: FakeServer, trader: XtQuantTrader, recorder: Recorder
) -> None:
    server.answers["query_stock_orders"] = lambda _: []
    trader.query_stock_orders_async(ACCOUNT, lambda _: recorder.note("answer"), True)
    request = server.wait_for_request("query_stock_orders")
    messages = [
        {"t": "push_stock_asset", **row_of("push_stock_asset")},
        {"t": "reply", "seq": request.seq, "rows": [], "more": False},
        {"t": "push_stock_order", **row_of("push_stock_order")},
    ]
    server.send_bytes(b"".join(encode_frame(encode_message(message)) for message in messages))
    eventually(lambda: len(recorder.seen) == 3)
    assert recorder.names() == ["on_stock_asset", "answer", "on_stock_order"]
    assert len(recorder.threads) == 1


def test_each_asynchronous_call_is_answered_once_when_the_connection_drops(
    server: FakeServer, trader: XtQuantTrader, recorder: Recorder
) -> None:
    for name in ("order_stock", "cancel_order_stock", "query_stock_orders", "query_stock_asset"):
        server.answers[name] = lambda _: []
    given: list[Any] = []
    order_seq = trader.order_stock_async(*ORDER)
    cancel_seq = trader.cancel_order_stock_async(ACCOUNT, 77)
    trader.query_stock_orders_async(ACCOUNT, given.append)
    trader.query_stock_asset_async(ACCOUNT, given.append)
    eventually(lambda: len(server.requests) == 4)
    server.drop()
    eventually(lambda: "on_disconnected" in recorder.names())
    assert recorder.names() == ["on_order_stock_async_response", "on_cancel_order_stock_async_response", "on_disconnected"]
    assert given == [None, None]
    order, cancel = recorder.seen[0][1], recorder.seen[1][1]
    assert (order.order_id, order.seq, order.error_msg) == (-1, order_seq, "the server closed the connection")
    assert (order.account_id, order.order_remark) == ("1000000365", "r")
    assert (cancel.cancel_result, cancel.order_id, cancel.seq) == (-1, 77, cancel_seq)


def test_an_asynchronous_call_without_a_connection_is_answered_too() -> None:
    recorder = Recorder()
    trader = XtQuantTrader("nowhere", 1, recorder)
    trader.start()
    seq = trader.order_stock_async(*ORDER)
    eventually(lambda: recorder.seen)
    assert [(name, value.order_id, value.seq, value.error_msg) for name, value in recorder.seen] == [
        ("on_order_stock_async_response", -1, seq, "not connected")
    ]
    trader.stop()


def test_the_type_of_an_answer_is_the_accounts(trader: XtQuantTrader, recorder: Recorder) -> None:
    trader.order_stock_async(StockAccount("9", "CREDIT"), *ORDER[1:])
    eventually(lambda: recorder.seen)
    assert recorder.seen[0][1].account_type == 3


# -- synchronous calls inside callbacks ----------------------------------------------------------------------------------

SYNC_CALLS: list[Callable[[XtQuantTrader], Any]] = [
    lambda t: t.query_stock_orders(ACCOUNT),
    lambda t: t.query_stock_asset(ACCOUNT),
    lambda t: t.subscribe(ACCOUNT),
    lambda t: t.order_stock(*ORDER),
    lambda t: t.cancel_order_stock(ACCOUNT, 5),
]


@pytest.mark.parametrize("call", SYNC_CALLS)
def test_a_synchronous_call_inside_a_callback_is_told_the_cure(
    trader: XtQuantTrader,
    server: FakeServer,
    recorder: Recorder,
    call: Callable[[XtQuantTrader], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_session, "CALLBACK_TRAP_S", 0.02)
    errors: list[RuntimeError] = []

    def ask(_: Any) -> None:
        try:
            call(trader)
        except RuntimeError as error:
            errors.append(error)

    recorder.during["on_stock_order"] = ask
    server.push("push_stock_order")
    eventually(lambda: errors)
    assert "set_relaxed_response_order_enabled(True)" in str(errors[0])
    assert "query_stock_orders_async" in str(errors[0])
    assert len(server.requests) == 1  # it was sent, as the vendor's client sends it
    assert trader.query_stock_orders(ACCOUNT) == []  # and nothing is out of joint


def test_the_trap_is_a_few_seconds_long() -> None:
    assert 1 < _session.CALLBACK_TRAP_S < 10


def test_stop_frees_a_callback_from_the_trap(server: FakeServer, trader: XtQuantTrader, recorder: Recorder) -> None:
    results: list[Any] = []
    entered = threading.Event()

    def ask(_: Any) -> None:
        entered.set()
        results.append(trader.query_stock_orders(ACCOUNT))

    recorder.during["on_stock_order"] = ask
    server.push("push_stock_order")
    entered.wait(10)
    begin = time.monotonic()
    trader.stop()
    assert time.monotonic() - begin < _session.CALLBACK_TRAP_S
    assert results == [None]


@pytest.mark.parametrize("call", SYNC_CALLS)
def test_in_relaxed_mode_every_call_works_inside_a_callback(
    trader: XtQuantTrader, server: FakeServer, recorder: Recorder, call: Callable[[XtQuantTrader], Any]
) -> None:
    results: list[Any] = []
    trader.set_relaxed_response_order_enabled(True)
    recorder.during["on_stock_order"] = lambda _: results.append(call(trader))
    expected = call(trader)
    server.push("push_stock_order")
    eventually(lambda: results)
    assert type(results[0]) is type(expected)
    assert results[0] != -1


def test_in_relaxed_mode_an_answer_overtakes_a_callback_that_takes_long(
    server: FakeServer, trader: XtQuantTrader, recorder: Recorder
) -> None:
    trader.set_relaxed_response_order_enabled(True)
    answered, released = threading.Event(), []
    recorder.during["on_stock_order"] = lambda _: released.append(answered.wait(10))
    server.push("push_stock_order")
    eventually(lambda: recorder.seen)
    inside: list[Any] = []

    def on_answer(_: Any) -> None:
        inside.append(trader.query_stock_orders(ACCOUNT))
        answered.set()

    trader.query_stock_orders_async(ACCOUNT, on_answer)
    eventually(lambda: released)
    assert released == [True]
    assert inside == [[]]


def test_relaxed_mode_leaves_order_answers_among_the_pushes(
    server: FakeServer, trader: XtQuantTrader, recorder: Recorder
) -> None:
    trader.set_relaxed_response_order_enabled(True)
    trader.order_stock_async(*ORDER)
    server.push("push_stock_order")
    eventually(lambda: len(recorder.seen) == 2)
    assert len(recorder.threads) == 1


@pytest.fixture
def awaited(server: FakeServer, tmp_path: Path, recorder: Recorder) -> Iterator[XtQuantTrader]:
    """A trader of a server whose clock waits."""
    server.waits = True
    trader = XtQuantTrader(str(tmp_path), 2, recorder)
    assert trader.connect() == 0
    eventually(lambda: server.heard == [0])
    yield trader
    trader.stop()


def test_a_server_that_waits_hears_when_the_callbacks_have_run(
    server: FakeServer, awaited: XtQuantTrader, recorder: Recorder
) -> None:
    go_on = threading.Event()
    recorder.during["on_stock_order"] = lambda _: go_on.wait(10)
    server.push("push_stock_order")
    eventually(lambda: recorder.seen)
    assert awaited.query_stock_orders(ACCOUNT) == []
    assert server.heard == [0]
    go_on.set()
    eventually(lambda: server.heard[-1] == 2)


def test_in_relaxed_mode_the_callbacks_of_queries_have_run_as_well(
    server: FakeServer, awaited: XtQuantTrader, recorder: Recorder
) -> None:
    awaited.set_relaxed_response_order_enabled(True)
    go_on = threading.Event()
    awaited.query_stock_orders_async(ACCOUNT, lambda _: go_on.wait(10))
    server.wait_for_request("query_stock_orders")
    server.push("push_stock_order")
    eventually(lambda: recorder.seen)
    assert server.heard == [0]
    go_on.set()
    eventually(lambda: server.heard[-1] == 2)


def test_numbers_are_heard_in_their_order_when_relaxed_mode_ends(
    server: FakeServer, awaited: XtQuantTrader, recorder: Recorder
) -> None:
    awaited.set_relaxed_response_order_enabled(True)
    at_work, go_on = threading.Event(), threading.Event()
    awaited.query_stock_orders_async(ACCOUNT, lambda _: at_work.set() or go_on.wait(10))
    assert at_work.wait(10)
    awaited.set_relaxed_response_order_enabled(False)
    server.push("push_stock_order")
    eventually(lambda: recorder.seen)
    go_on.set()
    eventually(lambda: server.heard[-1] == 2)
    assert server.heard == [0, 1, 2]


def test_a_server_that_does_not_wait_hears_nothing(server: FakeServer, trader: XtQuantTrader, recorder: Recorder) -> None:
    server.push("push_stock_order")
    eventually(lambda: recorder.seen)
    assert trader.query_stock_orders(ACCOUNT) == []
    assert server.heard == []


def test_asynchronous_queries_work_inside_callbacks_of_either_mode(
    server: FakeServer, trader: XtQuantTrader, recorder: Recorder
) -> None:
    given: list[Any] = []
    recorder.during["on_stock_order"] = lambda _: trader.query_stock_orders_async(ACCOUNT, given.append)
    server.push("push_stock_order")
    eventually(lambda: len(given) == 1)
    trader.set_relaxed_response_order_enabled(True)
    server.push("push_stock_order")
    eventually(lambda: len(given) == 2)


@pytest.mark.parametrize("callback", [0, None, True])
def test_an_answer_whose_callback_is_no_function_is_heard_by_nobody(
    server: FakeServer, trader: XtQuantTrader, caplog: pytest.LogCaptureFixture, callback: Any
) -> None:
    given: list[Any] = []
    assert trader.query_stock_asset_async(ACCOUNT, callback) > 0
    assert trader.query_stock_orders_async(ACCOUNT, callback) > 0
    trader.query_stock_positions_async(ACCOUNT, given.append)
    eventually(lambda: bool(given))
    assert [record.levelname for record in caplog.records if "no function" in record.message] == ["WARNING"] * 2
    assert f"query_stock_asset: its callback is {callback} and no function" in caplog.text
    assert [record for record in caplog.records if record.exc_info] == []
