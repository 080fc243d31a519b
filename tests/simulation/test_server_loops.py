"""The server on either event loop: uvloop where it exists, asyncio's own elsewhere."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator

import pytest

from miniqmt_sim.client import discovery
from miniqmt_sim.server import app
from miniqmt_sim.testing import SimServer
from miniqmt_sim.wire.frames import encode_frame
from tests.kit.raw_client import RawClient

ACCOUNT = {"account_type": 2, "account_id": "1000000365"}
BUY = {"stock_code": "600000.SH", "order_type": 23, "order_volume": 100, "price_type": 11, "price": 10}


@pytest.fixture(params=["the faster one", "asyncio's own"])
def sim(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimServer]:
    if request.param == "asyncio's own":
        monkeypatch.setitem(sys.modules, "uvloop", None)
        assert app.loop_factory() is asyncio.new_event_loop
    with SimServer(feed="none") as server:
        yield server


def test_requests_are_answered_and_pushes_arrive(sim: SimServer) -> None:
    with RawClient(sim.addr) as client:
        client.hello(sim.token)
        client.ask("subscribe", **ACCOUNT)
        client.say("order_stock", 2, **ACCOUNT, **BUY)
        seen = [client.hear() for _ in range(3)]
        assert [message["t"] for message in seen if message["t"] != "push_account_status"][:2] == ["reply", "push_stock_order"]


def test_a_fault_is_told_and_ends_the_connection(sim: SimServer) -> None:
    with RawClient(sim.addr) as client:
        client.hello(sim.token)
        client.send(encode_frame(b"{") + b"\xff" * 300_000)
        assert client.hear()["t"] == "bye"
        assert client.closed()
    assert sim.ctl.check()["ok"]


def test_peers_that_hang_up_at_any_moment_harm_nobody(sim: SimServer) -> None:
    for session_id in range(50):
        with RawClient(sim.addr) as client:
            client.say("hello", protocol=1, token=sim.token, session_id=session_id)
            client.send(encode_frame(b"{}") * (session_id % 2))
        discovery.open_socket(sim.addr, 5).close()
    assert sim.ctl.check()["ok"]


def test_everybody_is_told_of_the_end(sim: SimServer) -> None:
    with RawClient(sim.addr) as client:
        client.hello(sim.token)
        discovery.open_socket(sim.addr, 5).close()
        sim.stop()
        assert client.hear() == {"t": "bye", "reason": "the server is stopping"}
