"""Every call of the wheel ends, once: without a connection, without that business, and when the connection drops."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from miniqmt_sim.xtquant import xtpythonclient
from miniqmt_sim.xtquant._native_calls import CALLS
from tests.contract.wheel.calls import ALGO, ASYNC, BROKEN, LIFE, PLUMBING, QUERIES, SYNC
from tests.contract.wheel.kit import A, Open, names
from tests.kit import vendor
from tests.kit.fake_server import FakeServer, eventually


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


@pytest.mark.parametrize("answer", [{}, {"rows": [{"order_volume": None}], "more": False}, {"rows": [7], "more": False}])
def test_an_answer_that_makes_no_sense_is_none(
    fake: FakeServer, lonely: Any, answer: Any, caplog: pytest.LogCaptureFixture
) -> None:
    fake.answers["query_stock_orders"] = lambda _request: [answer]
    assert lonely.query_stock_orders(A) == []
    assert "query_stock_orders failed" in caplog.text
    assert lonely.query_account_infos() == [], "and the connection goes on"


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
