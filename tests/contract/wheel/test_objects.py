"""The native module against the wheel and the wire: its classes, and that every field of every message finds its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from miniqmt_sim.wire.messages import BY_NAME
from miniqmt_sim.xtquant import _views, xtpythonclient
from miniqmt_sim.xtquant import xtconstant as xt
from miniqmt_sim.xtquant._native_calls import CALLS, PUSHES
from miniqmt_sim.xtquant._native_fields import _sources_of
from tests.contract.wheel.kit import CODE, A, heard, names
from tests.kit import vendor
from tests.kit.fake_server import FakeServer

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
