"""Servers, and traders of the wheel that end with the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from miniqmt_sim.client import discovery
from miniqmt_sim.testing import SimServer
from tests.contract.wheel.kit import CODE, A, Ears, Open, heard
from tests.kit import vendor
from tests.kit.fake_server import FakeServer

SHARES: Final = [{"stock_code": CODE, "volume": 5000, "cost_yuan": 9.5}]
ACCOUNTS: Final = [{"id": "1001", "type": "STOCK", "cash_yuan": 100_000, "position": SHARES}]


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
