"""XtQuantTrader against a small server: its life, and what a calling thread sees of each call."""

from __future__ import annotations

import gc
import math
import os
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from miniqmt_sim.client.transport import REQUEST_TIMEOUT_S
from miniqmt_sim.xtquant import _worker, xtconstant, xttype
from miniqmt_sim.xtquant._later import LATER
from miniqmt_sim.xtquant.xttrader import XtQuantTrader
from miniqmt_sim.xtquant.xttype import StockAccount
from tests.kit.fake_server import TOKEN, FakeServer, eventually, row_of

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT = StockAccount("1000000365")
FIELDS = {"account_type": 2, "account_id": "1000000365"}


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MINIQMT_SIM_ADDR", "MINIQMT_SIM_TOKEN", "MINIQMT_SIM_USERDATA"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FakeServer]:
    with FakeServer() as server:
        server.announce(tmp_path)
        yield server


@pytest.fixture
def trader(server: FakeServer, tmp_path: Path) -> Iterator[XtQuantTrader]:
    trader = XtQuantTrader(str(tmp_path), 1)
    trader.start()
    assert trader.connect() == 0
    yield trader
    trader.stop()


def buy(trader: XtQuantTrader, volume: Any = 100, price: Any = 10.5, **more: Any) -> int:
    return trader.order_stock(ACCOUNT, "600000.SH", xtconstant.STOCK_BUY, volume, xtconstant.FIX_PRICE, price, **more)


# -- connecting ----------------------------------------------------------------------------------------------------------


def test_connect_is_0_and_stays_0(server: FakeServer, trader: XtQuantTrader) -> None:
    assert trader.connected
    assert trader.connect() == 0
    assert server.sessions == [1]


def test_without_a_server_connect_is_minus_1_at_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    trader = XtQuantTrader("D:\\迅投极速交易终端\\userdata_mini", 1)
    trader.start()
    begin = time.monotonic()
    assert trader.connect() == -1
    assert time.monotonic() - begin < 1
    assert "no server has announced itself" in caplog.text
    assert not trader.connected
    trader.stop()


def test_a_second_live_session_of_the_same_number_is_minus_1(
    trader: XtQuantTrader, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    second = XtQuantTrader(str(tmp_path), 1)
    second.start()
    assert second.connect() == -1
    assert "session 1 is in use" in caplog.text
    second.stop()


def test_the_environment_leads_a_windows_path_to_the_server(server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINIQMT_SIM_ADDR", server.addr)
    monkeypatch.setenv("MINIQMT_SIM_TOKEN", TOKEN)
    trader = XtQuantTrader("D:\\迅投极速交易终端 睿智融科版\\userdata_mini", 123456)
    assert trader.connect() == 0
    assert server.sessions == [123456]
    trader.stop()


def test_after_a_disconnect_connect_makes_a_fresh_connection(server: FakeServer, trader: XtQuantTrader) -> None:
    server.drop()
    eventually(lambda: not trader.connected)
    eventually(lambda: trader.connect() == 0)
    assert trader.connected
    assert trader.subscribe(ACCOUNT) == 0


def test_a_path_may_be_any_path(server: FakeServer, tmp_path: Path) -> None:
    trader = XtQuantTrader(tmp_path, session_id=2)
    assert trader.connect() == 0
    trader.stop()


@pytest.mark.parametrize("session", ["1", 1.5, None, 2**64])
def test_a_session_is_an_int(session: Any) -> None:
    with pytest.raises(TypeError, match="session"):
        XtQuantTrader("path", session)


# -- stopping ------------------------------------------------------------------------------------------------------------


def test_stop_ends_the_session_and_its_threads(server: FakeServer, tmp_path: Path) -> None:
    before = set(threading.enumerate())
    trader = XtQuantTrader(str(tmp_path), 5)
    trader.start()
    trader.connect()
    trader.query_stock_orders_async(ACCOUNT, lambda _: None)
    trader.stop()
    left = [thread for thread in threading.enumerate() if thread not in before and thread.name.startswith("miniqmt-sim")]
    assert left == []
    assert not trader.connected
    eventually(lambda: server.sessions == [])


def test_stop_may_come_before_start_and_more_than_once() -> None:
    trader = XtQuantTrader("nowhere", 1)
    trader.stop()
    trader.start()
    trader.stop()
    trader.stop()


def test_a_stopped_trader_can_begin_anew(trader: XtQuantTrader) -> None:
    trader.stop()
    assert trader.subscribe(ACCOUNT) == -1
    trader.start()
    eventually(lambda: trader.connect() == 0)
    assert trader.subscribe(ACCOUNT) == 0


def test_stop_ends_a_call_under_way(server: FakeServer, trader: XtQuantTrader) -> None:
    server.answers["query_stock_orders"] = lambda _: []
    results: list[Any] = []
    thread = threading.Thread(target=lambda: results.append(trader.query_stock_orders(ACCOUNT)))
    thread.start()
    server.wait_for_request("query_stock_orders")
    trader.stop()
    thread.join(5)
    assert results == [None]


@pytest.mark.skipif(os.name == "nt", reason="on Windows a thread that waits with a timeout hears Ctrl+C after it")
def test_ctrl_c_ends_a_call_under_way_and_the_connection_goes_on(server: FakeServer, trader: XtQuantTrader) -> None:
    server.answers["order_stock"] = lambda _: []

    def press() -> None:
        server.wait_for_request("order_stock")
        os.kill(os.getpid(), signal.SIGINT)  # as a terminal does: the thread that waits is interrupted, not this one

    thread = threading.Thread(target=press)
    thread.start()
    began_s = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        buy(trader)
    assert time.monotonic() - began_s < REQUEST_TIMEOUT_S / 2, "it was heard at the end of the call"
    thread.join(5)
    server.send({"t": "reply", "seq": server.requests[-1].seq, "order_id": 7})
    del server.answers["order_stock"]
    assert buy(trader) > 7
    assert trader.connected


def test_stop_ends_run_forever(trader: XtQuantTrader) -> None:
    thread = threading.Thread(target=trader.run_forever)
    thread.start()
    trader.stop()
    thread.join(5)
    assert not thread.is_alive()


def test_run_forever_returns_when_the_trader_is_stopped_already(trader: XtQuantTrader) -> None:
    trader.stop()
    trader.run_forever()
    trader.sleep(1000)


def test_ctrl_c_ends_run_forever_quietly(trader: XtQuantTrader, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: float) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(trader._stopped, "wait", interrupted)
    trader.run_forever()


def test_stop_does_not_wait_for_ever_for_a_callback(
    server: FakeServer, trader: XtQuantTrader, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(_worker, "STOP_TIMEOUT_S", 0.05)
    entered, release = threading.Event(), threading.Event()
    seen: list[int] = []

    class Callback:
        def on_stock_order(self, order: Any) -> None:
            seen.append(order.order_id)
            entered.set()
            release.wait(10)

    trader.register_callback(Callback())
    server.push("push_stock_order", order_id=1)
    server.push("push_stock_order", order_id=2)
    entered.wait(10)
    worker = trader._callback_worker._thread
    trader.stop()
    assert "a callback did not return" in caplog.text
    release.set()
    assert worker is not None
    worker.join(5)
    assert seen == [1]


def test_a_trader_that_is_started_again_and_again_keeps_nothing_of_before(tmp_path: Path) -> None:
    trader = XtQuantTrader(str(tmp_path), 5)
    for _ in range(10):
        trader.stop()
        trader.start()
    alive = [finalizer.peek() for finalizer in list(vars(weakref.finalize)["_registry"])]
    assert sum(each is not None and each[0] is trader for each in alive) == len(trader.workers)
    trader.stop()


def test_a_trader_that_is_forgotten_after_its_connection_was_lost_leaves_no_thread(server: FakeServer, tmp_path: Path) -> None:
    before = set(threading.enumerate())
    heard: list[Any] = []

    class Callback:
        def on_disconnected(self) -> None:
            heard.append("disconnected")

    for session in range(3):
        trader = XtQuantTrader(str(tmp_path), session, Callback())
        assert trader.connect() == 0
        trader.query_stock_orders_async(ACCOUNT, heard.append)
        eventually(lambda: heard)
        server.drop()
        eventually(lambda: len(heard) == 2)
        heard.clear()
    del trader
    gc.collect()
    eventually(lambda: not [thread for thread in threading.enumerate() if thread not in before and "sim" in thread.name])


def test_a_program_that_never_stops_its_trader_ends(server: FakeServer, tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from miniqmt_sim.xtquant.xttrader import XtQuantTrader, XtQuantTraderCallback\n"
        "from miniqmt_sim.xtquant.xttype import StockAccount\n"
        "trader = XtQuantTrader(sys.argv[1], 1, XtQuantTraderCallback())\n"
        "trader.start()\n"
        "print(trader.connect(), trader.subscribe(StockAccount('1')))\n"
        "trader.query_stock_orders_async(StockAccount('1'), print)\n"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MINIQMT_SIM")}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, str(tmp_path)],
        capture_output=True, text=True, timeout=30, cwd=ROOT, env=environment, check=True,
    )  # fmt: skip
    assert done.stdout.startswith("0 0\n")
    assert done.stderr == ""


# -- orders and cancels --------------------------------------------------------------------------------------------------


def test_an_order_carries_everything(server: FakeServer, trader: XtQuantTrader) -> None:
    assert buy(trader, strategy_name="s", order_remark="r") == 1_048_577
    assert server.requests[-1].fields == {
        **FIELDS,
        "stock_code": "600000.SH",
        "order_type": 23,
        "order_volume": 100,
        "price_type": 11,
        "price": 10.5,
        "strategy_name": "s",
        "order_remark": "r",
    }


def test_name_and_remark_may_be_left_out(server: FakeServer, trader: XtQuantTrader) -> None:
    buy(trader)
    assert (server.requests[-1].fields["strategy_name"], server.requests[-1].fields["order_remark"]) == ("", "")


def test_an_order_that_is_not_made_is_minus_1_with_a_reason(
    server: FakeServer, trader: XtQuantTrader, caplog: pytest.LogCaptureFixture
) -> None:
    server.answers["order_stock"] = lambda _: [row_of("order_stock", order_id=-1, error_id=-61, error_msg="no such account")]
    assert buy(trader) == -1
    assert "no such account" in caplog.text


@pytest.mark.parametrize(
    ("call", "fields"),
    [
        (lambda t: t.cancel_order_stock(ACCOUNT, 7), {"order_id": 7, "market": -1, "order_sysid": ""}),
        (lambda t: t.cancel_order_stock_sysid(ACCOUNT, 0, "12"), {"order_id": 0, "market": 0, "order_sysid": "12"}),
        (lambda t: t.cancel_order_stock_sysid(ACCOUNT, "SZ", "12"), {"order_id": 0, "market": 1, "order_sysid": "12"}),
        (lambda t: t.cancel_order_stock_sysid(ACCOUNT, "??", "12"), {"order_id": 0, "market": -1, "order_sysid": "12"}),
        (
            lambda t: t.cancel_order_stock_sysid(ACCOUNT, market=1, order_sysid="12"),
            {"order_id": 0, "market": 1, "order_sysid": "12"},
        ),
        (
            lambda t: t.cancel_order_stock_sysid(account=ACCOUNT, market=1, sysid="12"),
            {"order_id": 0, "market": 1, "order_sysid": "12"},
        ),
    ],
)
def test_cancels(server: FakeServer, trader: XtQuantTrader, call: Callable[[XtQuantTrader], int], fields: Any) -> None:
    assert call(trader) == 0
    assert server.requests[-1].fields == {**FIELDS, **fields}


def test_a_cancel_that_is_impossible_is_minus_1(server: FakeServer, trader: XtQuantTrader) -> None:
    server.answers["cancel_order_stock"] = lambda _: [row_of("cancel_order_stock", cancel_result=-1, error_msg="final")]
    assert trader.cancel_order_stock(ACCOUNT, 7) == -1


def test_an_argument_under_both_its_names_is_an_error(trader: XtQuantTrader) -> None:
    with pytest.raises(TypeError, match="'sysid' twice"):
        trader.cancel_order_stock_sysid(ACCOUNT, 0, sysid="1", order_sysid="1")  # type: ignore[call-arg]


def test_subscribing(server: FakeServer, trader: XtQuantTrader) -> None:
    assert trader.subscribe(ACCOUNT) == 0
    assert trader.unsubscribe(ACCOUNT) == 0
    assert server.names() == ["subscribe", "unsubscribe"]
    server.answers["subscribe"] = lambda _: [{"result": -1, "error_msg": "no such account"}]
    assert trader.subscribe(ACCOUNT) == -1


# -- what may be passed --------------------------------------------------------------------------------------------------


class Index:
    """An integer as numpy's are: no int, but with __index__."""

    def __init__(self, value: int) -> None:
        self.value = value

    def __index__(self) -> int:
        return self.value


class Float:
    """A float as numpy's float32 is: no float, but with __float__."""

    def __float__(self) -> float:
        return 10.25


@pytest.mark.parametrize(
    ("volume", "sent"), [(200, 200), (200.0, 200.0), (Index(300), 300), (-5, -5), (100.5, 100.5), (True, 1), (2**70, 2.0**70)]
)
def test_volumes_of_any_numeric_kind(server: FakeServer, trader: XtQuantTrader, volume: Any, sent: Any) -> None:
    assert buy(trader, volume) > 0
    assert server.requests[-1].fields["order_volume"] == sent


@pytest.mark.parametrize(
    ("price", "sent"), [(10, 10), (10.5, 10.5), (Float(), 10.25), (Decimal("10.50"), 10.5), (-1, -1), (math.inf, math.inf)]
)
def test_prices_of_any_numeric_kind(server: FakeServer, trader: XtQuantTrader, price: Any, sent: Any) -> None:
    assert buy(trader, price=price) > 0
    assert server.requests[-1].fields["price"] == sent


def test_nan_is_sent_as_it_is(server: FakeServer, trader: XtQuantTrader) -> None:
    assert buy(trader, price=math.nan) > 0
    assert math.isnan(server.requests[-1].fields["price"])


GOOD = (ACCOUNT, "600000.SH", 23, 100, 11, 10.5, "s", "r")


@pytest.mark.parametrize(
    ("position", "value", "sentence"),
    [
        (0, "1000000365", "account must be a StockAccount, not str"),
        (0, None, "account must be a StockAccount, not NoneType"),
        (1, 600000, "stock_code must be a str, not int"),
        (2, "23", "order_type must be an int, not str"),
        (2, 23.0, "order_type must be an int, not float"),
        (2, 2**64, "order_type does not fit into 64 bits"),
        (3, "100", "order_volume must be a number, not str"),
        (3, None, "order_volume must be a number, not NoneType"),
        (4, None, "price_type must be an int, not NoneType"),
        (5, "10.5", "price must be a number, not str"),
        (5, b"10.5", "price must be a number, not bytes"),
        (5, 1j, "price must be a number, not complex"),
        (5, [10.5], "price must be a number, not list"),
        (6, None, "strategy_name must be a str, not NoneType"),
        (7, 7, "order_remark must be a str, not int"),
    ],
)
@pytest.mark.parametrize("form", ["order_stock", "order_stock_async"])
def test_a_value_of_the_wrong_type_is_a_type_error(
    server: FakeServer, trader: XtQuantTrader, form: str, position: int, value: Any, sentence: str
) -> None:
    arguments = [*GOOD]
    arguments[position] = value
    with pytest.raises(TypeError, match=sentence):
        getattr(trader, form)(*arguments)
    assert server.requests == []
    assert trader.connected


def test_wrong_types_elsewhere(trader: XtQuantTrader) -> None:
    with pytest.raises(TypeError, match="order_id must be an int"):
        trader.cancel_order_stock(ACCOUNT, "7")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="order_id must be an int"):
        trader.query_stock_order(ACCOUNT, None)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="sysid must be a str"):
        trader.cancel_order_stock_sysid(ACCOUNT, 0, 12)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="market must be an int"):
        trader.cancel_order_stock_sysid(ACCOUNT, None, "12")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="account must be a StockAccount"):
        trader.subscribe(None)  # type: ignore[arg-type]


def test_long_texts_are_cut_and_broken_ones_mended(server: FakeServer, trader: XtQuantTrader) -> None:
    assert buy(trader, strategy_name="策" * 300, order_remark="a\udcffb") > 0
    assert server.requests[-1].fields["strategy_name"] == "策" * 256
    assert server.requests[-1].fields["order_remark"] == "a?b"


def test_whatever_has_the_two_attributes_is_an_account(server: FakeServer, trader: XtQuantTrader) -> None:
    class Account:
        account_id = "8009248627"
        account_type = Index(3)

    assert trader.subscribe(Account()) == 0  # type: ignore[arg-type]
    assert server.requests[-1].fields == {"account_type": 3, "account_id": "8009248627"}


# -- queries -------------------------------------------------------------------------------------------------------------

QUERIES: list[tuple[str, str, Callable[[XtQuantTrader], Any], type, bool]] = [
    ("infos", "query_account_infos", lambda t: t.query_account_infos(), xttype.XtAccountInfo, False),
    ("info", "query_account_infos", lambda t: t.query_account_info(), xttype.XtAccountInfo, False),
    ("status", "query_account_status", lambda t: t.query_account_status(), xttype.XtAccountStatus, False),
    ("asset", "query_stock_asset", lambda t: t.query_stock_asset(ACCOUNT), xttype.XtAsset, True),
    ("orders", "query_stock_orders", lambda t: t.query_stock_orders(ACCOUNT), xttype.XtOrder, False),
    ("trades", "query_stock_trades", lambda t: t.query_stock_trades(ACCOUNT), xttype.XtTrade, False),
    ("positions", "query_stock_positions", lambda t: t.query_stock_positions(ACCOUNT), xttype.XtPosition, False),
    ("position", "query_stock_positions", lambda t: t.query_stock_position(ACCOUNT, "600000.SH"), xttype.XtPosition, True),
]


@pytest.mark.parametrize(("name", "message", "call", "row", "single"), QUERIES, ids=[query[0] for query in QUERIES])
def test_a_query_gives_objects_or_nothing(
    server: FakeServer,
    trader: XtQuantTrader,
    name: str,
    message: str,
    call: Callable[[XtQuantTrader], Any],
    row: type,
    single: bool,
) -> None:
    assert call(trader) == (None if single else [])

    values = row_of(message, account_type=3, account_id="7")
    server.answers[message] = lambda _: [{"rows": [values, values], "more": False}]
    found = call(trader)
    objects = [found] if single else found
    assert [type(item) for item in objects] == [row] * (1 if single else 2)
    assert {key: getattr(objects[0], key) for key in values} == values

    server.answers[message] = lambda _: [{"error": "no such account"}]
    assert call(trader) is None

    server.drop()
    eventually(lambda: not trader.connected)
    assert call(trader) is None


def test_one_order_is_found_by_its_number(server: FakeServer, trader: XtQuantTrader) -> None:
    def orders(request: Any) -> list[Any]:
        asked = request.fields["order_id"]
        numbers = [asked] if asked else [5, 6]
        return [{"rows": [row_of("query_stock_orders", order_id=number) for number in numbers], "more": False}]

    server.answers["query_stock_orders"] = orders
    order = trader.query_stock_order(ACCOUNT, Index(6))  # type: ignore[arg-type]
    assert order is not None
    assert order.order_id == 6
    assert trader.query_stock_order(ACCOUNT, 0) is None


def test_no_code_is_no_position(server: FakeServer, trader: XtQuantTrader) -> None:
    server.answers["query_stock_positions"] = lambda _: [{"rows": [row_of("query_stock_positions")], "more": False}]
    assert trader.query_stock_position(ACCOUNT, "") is None


def test_only_cancelable_orders(server: FakeServer, trader: XtQuantTrader) -> None:
    trader.query_stock_orders(ACCOUNT, True)
    assert server.requests[-1].fields["cancelable_only"] is True
    trader.query_stock_orders(ACCOUNT, cancelable_only=False)
    assert server.requests[-1].fields["cancelable_only"] is False


def test_a_failed_query_logs_its_reason(server: FakeServer, trader: XtQuantTrader, caplog: pytest.LogCaptureFixture) -> None:
    server.answers["query_stock_asset"] = lambda _: [{"error": "no such account"}]
    trader.query_stock_asset(ACCOUNT)
    records = [record for record in caplog.records if record.name == "miniqmt_sim.xtquant"]
    assert [(record.levelname, record.getMessage()) for record in records] == [
        ("WARNING", "query_stock_asset failed: no such account")
    ]


# -- when nothing answers ------------------------------------------------------------------------------------------------


def test_a_call_without_an_answer_ends_after_the_timeout(server: FakeServer, trader: XtQuantTrader) -> None:
    for name in ("order_stock", "cancel_order_stock", "subscribe", "query_stock_orders"):
        server.answers[name] = lambda _: []
    trader.set_timeout(0.02)
    trader.set_timeout()
    trader.set_timeout(-1)
    assert buy(trader) == -1
    assert trader.cancel_order_stock(ACCOUNT, 1) == -1
    assert trader.subscribe(ACCOUNT) == -1
    assert trader.query_stock_orders(ACCOUNT) is None
    assert trader.connected


def test_the_default_timeout_is_ten_seconds() -> None:
    assert XtQuantTrader("nowhere", 1)._timeout_s == 10


def test_before_connecting_everything_fails_at_once(caplog: pytest.LogCaptureFixture) -> None:
    trader = XtQuantTrader("nowhere", 1)
    trader.start()
    assert buy(trader) == -1
    assert trader.cancel_order_stock(ACCOUNT, 1) == -1
    assert trader.subscribe(ACCOUNT) == -1
    assert trader.query_stock_asset(ACCOUNT) is None
    assert trader.query_account_infos() is None
    assert "order_stock failed: not connected" in caplog.text
    trader.stop()


def test_a_failed_query_can_be_made_to_look_empty_as_the_vendors_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINIQMT_SIM_FAILED_QUERIES", "empty")
    trader = XtQuantTrader("nowhere", 1)
    heard: list[Any] = []
    assert trader.query_stock_orders(ACCOUNT) == trader.query_account_infos() == trader.query_com_position(ACCOUNT) == []
    assert trader.query_new_purchase_limit(ACCOUNT) == trader.query_ipo_data() == {}
    assert trader.query_stock_asset(ACCOUNT) is None
    trader.query_stock_trades_async(ACCOUNT, heard.append)
    trader.query_stock_asset_async(ACCOUNT, heard.append)
    eventually(lambda: len(heard) == 2)
    assert heard == [[], None]
    trader.stop()


def test_every_later_method_says_what_it_waits_for() -> None:
    trader = XtQuantTrader("nowhere", 1)
    for reason, names in LATER:
        for name in names.split():
            with pytest.raises(NotImplementedError, match=f"{name}: {reason}"):
                getattr(trader, name)(ACCOUNT, anything=1)


def test_no_method_of_the_table_stands_written() -> None:
    later = {name for _, names in LATER for name in names.split()}
    written = [name for cls in XtQuantTrader.__mro__[1:] for name in vars(cls)]
    assert later & set(written) == set()
