"""The vendor's own wheel, unmodified, over a socket: a trading session, every call, and what a lost connection does to them.

What the wheel itself gets wrong stands in ``test_vendor_deviations``. Source: native-surface §4–§7.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from miniqmt_sim.client import discovery, transport
from miniqmt_sim.testing import SimServer
from miniqmt_sim.wire.messages import BY_NAME
from miniqmt_sim.xtquant import _views, xtpythonclient
from miniqmt_sim.xtquant import xtconstant as xt
from miniqmt_sim.xtquant._native_calls import CALLS, PUSHES
from miniqmt_sim.xtquant._native_fields import _sources_of
from tests.kit import vendor
from tests.kit.fake_server import FakeServer, eventually

xttrader = vendor.trader_module()
xttype = vendor.load("xttype")

CODE = "600000.SH"
A = xttype.StockAccount("1001")
SHARES = [{"stock_code": CODE, "volume": 5000, "cost_yuan": 9.5}]
ACCOUNTS = [{"id": "1001", "type": "STOCK", "cash_yuan": 100_000, "position": SHARES}]


class Ears(xttrader.XtQuantTraderCallback):  # type: ignore[misc,name-defined]
    """Notes every callback with what it was given."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Any]] = []


def _noting(name: str) -> Callable[..., None]:
    return lambda self, value=None: self.heard.append((name, value))


for _name in vendor.methods_of(vendor.class_of("xttrader", "XtQuantTraderCallback")):
    setattr(Ears, _name, _noting(_name))


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in (discovery.ENV_ADDR, discovery.ENV_TOKEN):
        monkeypatch.delenv(name, raising=False)
    with vendor.event_loop():
        yield


@pytest.fixture(scope="module")
def server() -> Iterator[SimServer]:
    with SimServer(feed="none", clock="manual", accounts=ACCOUNTS) as sim:
        sim.ctl.clock.set("2026-11-23T09:31")
        sim.ctl.quote(CODE, last=10, pre_close=10)
        yield sim


@pytest.fixture
def sim(server: SimServer) -> Iterator[SimServer]:
    yield server
    assert server.ctl.check() == {"ok": True, "problems": []}


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeServer]:
    with FakeServer() as server:
        server.announce(tmp_path)
        yield server


Open = Callable[..., Any]


@pytest.fixture
def open_trader() -> Iterator[Open]:
    """Open traders of the wheel that end with the test."""
    traders = []

    def open_(path: object, session: int = 7, connects: int = 0) -> Any:
        trader = vendor.make_trader(str(path), session, Ears())
        traders.append(trader)
        trader.start()
        assert trader.connect() == connects
        return trader

    yield open_
    for trader in traders:
        vendor.close(trader)


@pytest.fixture
def trader(sim: SimServer, open_trader: Open) -> Any:
    trader = open_trader(sim.userdata)
    assert trader.subscribe(A) == 0
    heard(trader)
    return trader


@pytest.fixture
def lonely(fake: FakeServer, tmp_path: Path, open_trader: Open) -> Any:
    """A trader at a server without a world."""
    return open_trader(tmp_path)


def heard(trader: Any) -> list[tuple[str, Any]]:
    """What the callbacks were told since the last time, once everything on its way is here."""
    here = threading.Event()
    trader.query_account_infos_async(lambda _: here.set())  # answered after every push before it
    assert here.wait(10)
    rows, trader.callback.heard = trader.callback.heard, []
    return rows


def names(rows: list[tuple[str, Any]]) -> list[str]:
    return [name for name, _ in rows]


def order_fields(side: int = xt.STOCK_BUY, volume: Any = 100, price: Any = 10.0, code: str = CODE) -> tuple[Any, ...]:
    return A, code, side, volume, xt.FIX_PRICE, price, "name", "remark"


# -- a trading session ---------------------------------------------------------------------------------------------------


def test_a_session_from_connecting_to_the_last_query(sim: SimServer, open_trader: Open) -> None:
    trader = open_trader(sim.userdata)
    assert trader.connected is True
    assert trader.connect() == 0, "it is connected already"
    assert trader.subscribe(A) == 0
    [(name, status)] = heard(trader)
    assert (name, status.account_id, status.account_type, status.status) == ("on_account_status", "1001", 2, 0)

    resting = trader.order_stock(*order_fields(xt.STOCK_SELL, price=10.5))
    seq = trader.order_stock_async(*order_fields(xt.STOCK_BUY, price=9.5))
    rows = heard(trader)
    placed = ["on_stock_order", "on_stock_position", "on_stock_asset"]
    assert names(rows) == [*placed, "on_order_stock_async_response", "on_stock_order", "on_stock_asset"]
    response, order = rows[3][1], rows[4][1]
    assert (response.seq, response.account_id, response.strategy_name, response.order_remark) == (seq, "1001", "name", "remark")
    assert (order.order_id, order.order_status, order.order_sysid != "") == (response.order_id, xt.ORDER_REPORTED, True)
    assert (order.account_type, order.m_nOrderID, order.m_strOrderRemark) == (2, order.order_id, "remark")

    sim.ctl.quote(CODE, last=10, ask=["10:1000"], pre_close=10)
    filled = trader.order_stock(*order_fields(price=10.0))
    rows = heard(trader)
    assert names(rows) == ["on_stock_order", "on_stock_order", "on_stock_trade", "on_stock_position", "on_stock_asset"]
    trade, position, asset = (value for _, value in rows[2:])
    assert (trade.order_id, trade.traded_volume, trade.traded_price, trade.traded_amount) == (filled, 100, 10.0, 1000.0)
    assert (position.stock_code, position.volume, position.can_use_volume, position.on_road_volume) == (CODE, 5100, 4900, 100)
    assert asset.total_asset == asset.cash + asset.frozen_cash + asset.market_value

    assert trader.cancel_order_stock(A, resting) == 0
    assert trader.cancel_order_stock_sysid(A, "SH", order.order_sysid) == 0
    cancelled = [value.order_status for name, value in heard(trader) if name == "on_stock_order"]
    assert cancelled == [xt.ORDER_CANCELED, xt.ORDER_CANCELED]
    sim.ctl.quote(CODE, last=10, pre_close=10)

    assert trader.query_stock_asset(A).frozen_cash == 0
    assert [row.order_id for row in trader.query_stock_orders(A)] == [resting, response.order_id, filled]
    assert trader.query_stock_orders(A, cancelable_only=True) == []
    assert trader.query_stock_order(A, filled).order_status == xt.ORDER_SUCCEEDED
    assert [row.traded_id for row in trader.query_stock_trades(A)] == [trade.traded_id]
    assert trader.query_stock_position(A, CODE).volume == 5100
    assert [row.stock_code for row in trader.query_stock_positions(A)] == [CODE]
    assert [row.account_id for row in trader.query_account_infos()] == ["1001"]
    assert [row.status for row in trader.query_account_status()] == [0]
    assert trader.unsubscribe(A) == 0


def test_a_refused_order_is_told_after_its_response_with_its_seq(trader: Any) -> None:
    seq = trader.order_stock_async(*order_fields(volume=100_000))
    rows = heard(trader)
    assert names(rows) == ["on_order_stock_async_response", "on_stock_order", "on_stock_order", "on_order_error"]
    response, junk, error = rows[0][1], rows[2][1], rows[3][1]
    assert (error.seq, error.order_id, error.error_id) == (seq, response.order_id, -61)
    assert "[260200][可用资金不足]" in error.error_msg
    assert (junk.order_status, junk.status_msg) == (xt.ORDER_JUNK, error.error_msg)
    assert (error.strategy_name, error.order_remark) == ("name", "remark")


def test_an_order_placed_synchronously_has_its_error_told_too(trader: Any) -> None:
    assert trader.order_stock(*order_fields(volume=100_000)) > 0
    assert names(heard(trader))[-1] == "on_order_error"


@pytest.mark.parametrize(("volume", "price"), [(0, 10.0), (-100, 10.0), (100.5, 10.0), (100, float("nan"))])
def test_an_order_that_is_none_is_minus_1_with_a_reason(trader: Any, volume: Any, price: float) -> None:
    assert trader.order_stock(*order_fields(volume=volume, price=price)) == -1
    trader.order_stock_async(*order_fields(volume=volume, price=price))
    [(name, response)] = heard(trader)
    assert (name, response.order_id, bool(response.error_msg)) == ("on_order_stock_async_response", -1, True)


def test_refused_cancels_are_told_after_their_response(trader: Any) -> None:
    order_id = trader.order_stock(*order_fields(price=9.5))
    assert trader.cancel_order_stock(A, order_id) == 0
    heard(trader)
    for _ in range(2):
        seq = trader.cancel_order_stock_async(A, order_id)
        rows = heard(trader)
        assert names(rows) == ["on_cancel_order_stock_async_response", "on_cancel_error"]
        (_, response), (_, error) = rows
        assert (response.seq, response.cancel_result, response.order_id) == (seq, -1, order_id)
        assert (error.order_id, error.order_sysid, error.market) == (order_id, response.order_sysid, xt.SH_MARKET)
        assert "[251020]" in error.error_msg
    assert trader.cancel_order_stock(A, 999) == -1
    assert names(heard(trader)) == ["on_cancel_error"]


@pytest.mark.parametrize("market", [xt.SH_MARKET, "SH"])
def test_cancels_by_the_counters_number_take_a_market_by_number_and_by_name(trader: Any, market: Any) -> None:
    order_id = trader.order_stock(*order_fields(price=9.5))
    sysid = trader.query_stock_order(A, order_id).order_sysid
    assert trader.cancel_order_stock_sysid(A, "XX", sysid) == -1
    assert trader.cancel_order_stock_sysid(A, xt.SZ_MARKET, sysid) == -1
    trader.cancel_order_stock_sysid_async(A, market, sysid)
    answers = [value.cancel_result for name, value in heard(trader) if name == "on_cancel_order_stock_async_response"]
    assert answers == [0]


def test_in_relaxed_mode_a_callback_may_query(sim: SimServer, open_trader: Open) -> None:
    trader = open_trader(sim.userdata)
    trader.set_relaxed_response_order_enabled(True)
    seen = []
    trader.callback.on_account_status = lambda _: seen.append(trader.query_stock_asset(A).account_id)
    assert trader.subscribe(A) == 0
    assert eventually(lambda: seen) == ["1001"]


def test_new_issues_banks_and_the_ordinary_counter(sim: SimServer, trader: Any) -> None:
    sim.ctl.ordinary.cash("1001", 500)
    assert trader.query_com_fund(A)["enableBalance"] == 500.0
    assert trader.fund_transfer(A, 510, 200.0) == (True, "")
    assert trader.query_com_fund(A) | {"fetchCash": 0, "fetchBalance": 0} == {
        "success": True, "error": "", "currentBalance": 300.0, "enableBalance": 300.0, "fetchBalance": 0, "interest": 0.0,
        "assetBalance": 300.0, "fetchCash": 0, "marketValue": 0.0, "debt": 0.0,
    }  # fmt: skip
    done, reason = trader.secu_transfer(A, 520, CODE, 100, 0)
    assert (done, bool(reason)) == (False, True)
    [bank] = trader.query_bank_info(A)
    assert trader.bank_transfer_in(A, bank.bank_no, bank.bank_account, 100) == (True, "")
    assert trader.bank_transfer_out(A, bank.bank_no, bank.bank_account, 10**9)[0] is False
    seq = trader.bank_transfer_in_async(A, bank.bank_no, bank.bank_account, 100)
    rows = [(value.seq, value.success, value.msg) for name, value in heard(trader) if name == "on_bank_transfer_async_response"]
    assert rows == [(seq, True, "")]
    [amount] = trader.query_bank_amount(A, bank.bank_no, bank.bank_account, "")
    assert (amount.success, amount.account_id) == (True, "1001")
    assert [row.balance for row in trader.query_bank_transfer_stream(A, "", "")] == [100.0, 100.0]
    assert {row.market for row in trader.query_secu_account(A)} == {"SH", "SZ"}
    assert trader.query_new_purchase_limit(A) == {"KCB": 5000, "SH": 5000, "SZ": 0}
    assert trader.query_ipo_data() == {}


# -- what the objects are ------------------------------------------------------------------------------------------------


def test_objects_have_both_names_refuse_others_and_have_no_dict(trader: Any) -> None:
    [position] = trader.query_stock_positions(A)
    assert (position.m_strStockCode, position.m_nVolume, position.m_dAvgPrice) == (
        position.stock_code, position.volume, position.avg_price
    )  # fmt: skip
    assert type(position).__module__ == "xtquant.xtpythonclient"
    with pytest.raises(AttributeError):
        position.weather = 1
    with pytest.raises(AttributeError):
        position.stock_code = "000001.SZ"
    with pytest.raises(TypeError):
        vars(position)


def test_requests_take_the_right_kind_only() -> None:
    request = xtpythonclient.OrderStockReq()  # type: ignore[attr-defined]
    for name, value in (("m_nOrderType", 23.0), ("m_nOrderType", "23"), ("m_strStockCode", 600000), ("m_dPrice", "10")):
        with pytest.raises(TypeError, match=name):
            setattr(request, name, value)
    request.m_dPrice = 10
    assert (request.price, type(request.price)) == (10.0, float)
    request.account_id = "1"
    assert request.m_strAccountID == "1"


def test_texts_travel_whole_and_the_servers_profile_cuts_them(fake: FakeServer, lonely: Any) -> None:
    name, remark = "策略" * 10, "备注" * 30
    assert lonely.order_stock(A, CODE, xt.STOCK_BUY, 100, xt.FIX_PRICE, 10.0, name, remark) > 0
    sent = fake.wait_for_request("order_stock").fields
    assert (sent["strategy_name"], sent["order_remark"]) == (name, remark)


# -- the tables against the wheel and the wire ---------------------------------------------------------------------------

KNOWN = [name for name, call in CALLS.items() if call.message in BY_NAME and name != "exportData"]
"""Calls with a request object; the export asks by a document of BSON and is told what became of a file."""


def test_what_the_wheel_binds_and_calls_is_there() -> None:
    text = vendor.path_of("xttrader").read_text(encoding="utf-8")
    words = {word.strip("(),") for word in text.replace("(", " ").replace(",", " ").split() if ".async_client." in word}
    asked = {word.rpartition(".")[2] for word in words}
    assert len(asked) > 90
    assert [name for name in asked if not hasattr(xtpythonclient.XtQuantAsyncClient, name)] == []
    made = {word.partition("(")[0].removeprefix("_XTQC_.") for word in text.split() if word.startswith("_XTQC_.")}
    assert len(made) > 35
    assert [name for name in made if not hasattr(xtpythonclient, name)] == []


ONLY_OURS = {"query_smt_secu_info", "query_smt_secu_rate", "smt_appointment", "query_appointment_info"}
"""Messages of calls that the API document has and the wheel has no more."""


def test_what_our_sdk_asks_the_native_module_asks_too() -> None:
    queries = {value.message for value in vars(_views).values() if isinstance(value, _views.Query)}
    asked = {call.message for call in CALLS.values()}
    assert len(queries) > 10
    assert {*queries, *_views.RESPONSES} - ONLY_OURS - asked == set()


@pytest.mark.parametrize("name", KNOWN)
def test_a_message_finds_all_its_fields_in_the_request_object(name: str) -> None:
    message = CALLS[name].message
    kinds = {"transfer": "TransferParam"}
    own = next(kind for kind in (kinds.get(name), name[0].upper() + name[1:] + "Req") if kind and hasattr(xtpythonclient, kind))
    found = {field for field, _ in _sources_of(message, own)}
    assert {field.name for field in BY_NAME[message].fields} - found == set()


NOT_NATIVE = {"account_classification"}
"""Fields of the wire that the native objects do not have."""


def distinct(message: str) -> dict[str, Any]:
    """Make a row with a different value in every field."""
    entry = BY_NAME[message]
    of_kind: dict[str, Callable[[int], Any]] = {"INT": lambda n: n, "NUMBER": float, "TEXT": str, "BOOL": lambda _: True}
    return {field.name: of_kind[field.kind.name](n) for n, field in enumerate(entry.answer or entry.fields, 100)}


@pytest.mark.parametrize("name", [name for name in KNOWN if BY_NAME[CALLS[name].message].shape.name == "ROWS"])
def test_every_field_of_a_row_arrives(name: str) -> None:
    row = distinct(CALLS[name].message)
    [made] = CALLS[name].payload({}, {"rows": [row]}, "")
    assert carried(made) >= {value for field, value in row.items() if field not in NOT_NATIVE}


@pytest.mark.parametrize("message", PUSHES)
def test_every_field_of_a_push_arrives(fake: FakeServer, lonely: Any, message: str) -> None:
    row = distinct(message)
    if message == "push_cancel_error":  # the wheel keeps one back until the response to its cancel has come
        assert lonely.cancel_order_stock(A, row["order_id"]) == 0
        lonely.async_client._bound[PUSHES[message][0]] = lonely.callback.on_cancel_error
    fake.push(message, **row)
    [(_, value)] = heard(lonely)
    if message != "push_account_status":
        assert carried(value) >= set(row.values())


def carried(made: Any) -> set[Any]:
    return {getattr(made, attribute.slot) for attribute in made._attributes}


def test_pushes_come_as_single_objects_in_the_order_they_were_said(fake: FakeServer, lonely: Any) -> None:
    for volume in range(1, 4):
        fake.push("push_stock_position", stock_code=CODE, volume=volume)
    fake.push("push_order_error", order_id=5, request_seq=0, error_msg="nothing of this session's")
    rows = heard(lonely)
    assert [getattr(value, "volume", None) for _, value in rows] == [1, 2, 3, None]
    assert (names(rows)[-1], rows[-1][1].seq) == ("on_order_error", 0)


# -- every method --------------------------------------------------------------------------------------------------------

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


def test_the_three_tables_hold_every_method_of_the_wheel() -> None:
    methods = set(vendor.methods_of(vendor.class_of("xttrader", "XtQuantTrader")))
    assert methods == {*SYNC, *ASYNC, *QUERIES} | LIFE | PLUMBING | BROKEN


def test_without_a_connection_every_call_ends_and_says_no(tmp_path: Path, open_trader: Open) -> None:
    trader = open_trader(tmp_path, connects=-1)
    assert trader.connected is False
    for name, (arguments, expected) in SYNC.items():
        given = getattr(trader, name)(*arguments)
        assert _without_reason(given) == _without_reason(expected), name
    check_async_answers(trader)
    assert trader.cbs == {}


def _without_reason(value: Any) -> Any:
    """Leave the reason out: a request this server does not know is told another one."""
    if isinstance(value, dict) and "error" in value:
        return {**value, "error": bool(value["error"])}
    return value[0] if isinstance(value, tuple) else value


def check_async_answers(trader: Any) -> None:
    """Every asynchronous call is answered once, with its seq, and says no."""
    trader.callback.heard.clear()
    given: list[Any] = []
    for name, (arguments, _) in QUERIES.items():
        getattr(trader, name)(*arguments, lambda rows, name=name: given.append((name, rows)))
    seqs = [getattr(trader, name)(*arguments) for name, (arguments, _, _) in ASYNC.items()]
    eventually(lambda: len(given) == len(QUERIES) and len(trader.callback.heard) >= len(ASYNC))
    assert given == [(name, rows) for name, (_, rows) in QUERIES.items()]
    answers = {value.seq: (name, value) for name, value in trader.callback.heard if hasattr(value, "seq")}
    for seq, (_, callback, field) in zip(seqs, ASYNC.values(), strict=True):
        name, value = answers[seq]
        assert (name, getattr(value, field) in (-1, False)) == (callback, True)
        assert getattr(value, "error_msg", "") or getattr(value, "msg", ""), name


def test_a_server_without_that_business_answers_no_and_says_so(
    fake: FakeServer, lonely: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xtpythonclient, "BY_NAME", {})
    assert lonely.query_credit_detail(A) == []
    assert lonely.ctp_transfer_option_to_future("1", "2", 1.0) == (False, xtpythonclient.NO_PERMISSION)
    lonely.smart_algo_order_async(*ALGO)
    eventually(lambda: lonely.callback.heard)
    [(_, response)] = lonely.callback.heard
    assert (response.account_id, response.task_id, response.order_remark) == ("1001", -1, "remark")
    assert response.error_msg == xtpythonclient.NO_PERMISSION
    assert f"query_credit_detail failed: {xtpythonclient.NO_PERMISSION}" in caplog.text
    assert fake.requests == []


# -- a lost connection ---------------------------------------------------------------------------------------------------


def test_every_call_under_way_is_answered_exactly_once_when_the_connection_drops(fake: FakeServer, lonely: Any) -> None:
    for message in {call.message for call in CALLS.values()} | {"secu_transfer"}:
        fake.answers[message] = lambda _request: ()
    told: list[int] = []
    for binder, callback in list(lonely.async_client._bound.items()):
        lonely.async_client._bound[binder] = _counting(told, callback)
    results: dict[str, Any] = {}
    threads = [threading.Thread(target=_call, args=(lonely, name, results)) for name in SYNC]
    for thread in threads:
        thread.start()
    for name, (arguments, _) in QUERIES.items():
        getattr(lonely, name)(*arguments, lambda _rows: None)
    for name, (arguments, _, _) in ASYNC.items():
        getattr(lonely, name)(*arguments)
    total = len(SYNC) + len(QUERIES) + len(ASYNC)
    eventually(lambda: len(told) + len(fake.requests) == total)
    fake.drop()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive(), thread
    eventually(lambda: "on_disconnected" in names(lonely.callback.heard))
    assert sorted(told) == list(range(1, total + 1))
    assert {name: _without_reason(value) for name, value in results.items()} == {
        name: _without_reason(expected) for name, (_, expected) in SYNC.items()
    }
    assert names(lonely.callback.heard).count("on_disconnected") == 1


def _counting(told: list[int], callback: Callable[..., Any]) -> Callable[..., Any]:
    def counted(*values: Any) -> None:
        if len(values) == 2:
            told.append(values[0])
        callback(*values)

    return counted


def _call(trader: Any, name: str, results: dict[str, Any]) -> None:
    results[name] = getattr(trader, name)(*SYNC[name][0])


def test_the_same_object_connects_again_and_no_push_is_doubled(sim: SimServer, trader: Any) -> None:
    sim.restart()
    eventually(lambda: "on_disconnected" in names(trader.callback.heard))
    assert trader.query_stock_orders(A) == []
    assert trader.connect() == 0
    assert trader.subscribe(A) == 0
    assert names(heard(trader)) == ["on_disconnected", "on_account_status"]
    order_id = trader.order_stock(*order_fields(price=9.5))
    assert names(heard(trader)) == ["on_stock_order", "on_stock_asset"]
    assert trader.cancel_order_stock(A, order_id) == 0


def test_a_new_trader_may_be_made_in_on_disconnected(fake: FakeServer, tmp_path: Path, open_trader: Open) -> None:
    """vnpy_xt does so, in the old trader's worker, and subscribes synchronously there."""
    old = open_trader(tmp_path, session=1)
    made: list[Any] = []

    def again() -> None:
        new = open_trader(tmp_path, session=2)
        made.append((new, new.subscribe(A)))

    old.callback.on_disconnected = again
    fake.drop()
    [(new, subscribed)] = eventually(lambda: list(made))
    assert (subscribed, new.connected) == (0, True)


def test_an_answer_that_stays_away_is_a_failure_after_the_timeout(
    fake: FakeServer, tmp_path: Path, open_trader: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "LOOK_UP_S", 0.02)
    lonely = open_trader(tmp_path)
    fake.answers["query_stock_asset"] = lambda _request: ()
    lonely.set_timeout(0)
    lonely.set_timeout(0.05)
    assert lonely.query_stock_asset(A) is None


def test_a_second_live_session_of_the_same_number_is_minus_1(sim: SimServer, trader: Any, open_trader: Open) -> None:
    other = open_trader(sim.userdata, connects=-1)
    assert other.subscribe(A) == -1
    assert open_trader(sim.userdata, session=8).subscribe(A) == 0


def test_stop_ends_a_call_under_way_and_tells_nothing_afterwards(fake: FakeServer, lonely: Any) -> None:
    fake.answers["query_stock_asset"] = lambda _request: ()
    results: dict[str, Any] = {}
    thread = threading.Thread(target=_call, args=(lonely, "query_stock_asset", results))
    thread.start()
    fake.wait_for_request("query_stock_asset")
    lonely.stop()
    thread.join(10)
    assert results == {"query_stock_asset": None}
    assert lonely.callback.heard == [], "whoever stops is not told that he is disconnected"
    assert lonely.connect() == -1, "start() comes first"
    lonely.start()
    assert lonely.connect() == 0
