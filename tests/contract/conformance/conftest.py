"""Each test of this directory runs once for every driver: ``driver``, its ``terminal``, and desks at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from miniqmt_sim.client import discovery
from tests.contract.conformance.desk import CODE, CREDIT, A, B, Desk
from tests.contract.conformance.drivers import DRIVERS, Driver, Terminal

SHARES = [{"stock_code": CODE, "volume": 5000, "cost_yuan": 9.5}]
ACCOUNTS = [
    {"id": A, "type": "STOCK", "cash_yuan": 100_000, "position": SHARES},
    {"id": B, "type": "STOCK", "cash_yuan": 100_000, "position": SHARES},
    {"id": CREDIT, "type": "CREDIT", "cash_yuan": 100_000},
]
OpenDesk = Callable[..., Desk]


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (discovery.ENV_ADDR, discovery.ENV_TOKEN, discovery.ENV_OPERATOR_TOKEN):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(params=DRIVERS, ids=lambda kind: kind.name)
def driver(request: pytest.FixtureRequest) -> Iterator[Driver]:
    """One way to reach the simulator."""
    made: Driver = request.param()
    yield made
    made.close()


@contextmanager
def serving(driver: Driver, **options: Any) -> Iterator[Terminal]:
    """A terminal at 09:31 with one quoted security, checked at its end."""
    terminal = driver.terminal({"accounts": ACCOUNTS, **options})
    terminal.start()
    try:
        terminal.ctl.clock.set("2026-11-23T09:31")
        terminal.ctl.quote(CODE, last=10, pre_close=10)
        yield terminal
        assert terminal.ctl.check() == {"ok": True, "problems": []}
    finally:
        terminal.stop()


@pytest.fixture
def terminal(driver: Driver) -> Iterator[Terminal]:
    """A terminal that is always open."""
    with serving(driver) as terminal:
        yield terminal


@pytest.fixture
def day(driver: Driver) -> Iterator[Terminal]:
    """A terminal that keeps the exchanges' hours."""
    with serving(driver, hours="exchange") as terminal:
        yield terminal


@pytest.fixture
def open_desk(driver: Driver) -> Iterator[OpenDesk]:
    """Open sessions that end with the test."""
    desks: list[Desk] = []

    def open_(terminal: Terminal, session: int, account_id: str = A, *, subscribed: bool = True) -> Desk:
        desks.append(Desk(driver, terminal, session, account_id, subscribed=subscribed))
        return desks[-1]

    yield open_
    for desk in desks:
        desk.trader.stop()


@pytest.fixture
def a(terminal: Terminal, open_desk: OpenDesk) -> Desk:
    """A desk that trades for account 1001."""
    return open_desk(terminal, 11, A)


@pytest.fixture
def b(terminal: Terminal, open_desk: OpenDesk) -> Desk:
    """A desk that trades for account 1002."""
    return open_desk(terminal, 12, B)
