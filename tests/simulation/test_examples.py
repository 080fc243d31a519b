"""The example strategies over the example data: the same orders every time, in one process and against a server's replay."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from miniqmt_sim.client import discovery
from miniqmt_sim.server.feeds import files
from miniqmt_sim.testing import SimServer
from miniqmt_sim.xtquant.xttrader import XtQuantTrader, XtQuantTraderCallback
from miniqmt_sim.xtquant.xttype import StockAccount, XtOrder

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
GOLDEN = ROOT / "tests" / "golden" / "examples.toml"
RECORDED: Mapping[str, Mapping[str, Any]] = tomllib.loads(GOLDEN.read_text(encoding="utf-8"))
SHOWN = (
    *("time", "stock_code", "order_type", "price_type", "price", "volume", "traded_volume", "traded_amount", "status"),
    "order_remark",
)


PATIENCE_S = 60.0
PROGRAMS = ("quickstart", "margin")
"""Examples that are no strategies for a recorded market."""
Played = dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]]
PROGRAM = """
import json, sys
from miniqmt_sim.backtest.run import run
for line in sys.stdin:
    strategy, data, end = json.loads(line)
    result = run(strategy, data, end=end, quiet=True)
    sys.stdout.write(json.dumps([result.orders, result.trades], ensure_ascii=False) + "\\n")
"""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Orders and trades of every example over its days, played by one process."""
    asked = [
        json.dumps([str(EXAMPLES / f"{name}.py"), str(EXAMPLES / "data" / recorded["data"]), recorded["end"]])
        for name, recorded in RECORDED.items()
    ]
    env = {**os.environ, files.ENV_CACHE: str(tmp_path_factory.mktemp("cache")), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], input="\n".join(asked), env=env, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(RECORDED, map(json.loads, done.stdout.splitlines()), strict=True))


def digest(orders: list[dict[str, Any]]) -> str:
    """SHA-256 of the list, row by row."""
    rows = [[order[name] for name in SHOWN] for order in orders]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


@pytest.mark.parametrize("name", RECORDED)
def test_an_example_places_the_orders_that_were_recorded(played: Played, name: str) -> None:
    orders, _ = played[name]
    found = {"orders": len(orders), "filled": sum(order["traded_volume"] > 0 for order in orders), "sha256": digest(orders)}
    assert found == {key: RECORDED[name][key] for key in found}, f"how to renew it stands in {GOLDEN}"


def test_every_example_is_recorded() -> None:
    assert {path.stem for path in EXAMPLES.glob("*.py")} == {*RECORDED, *PROGRAMS}


def test_a_replaying_server_gets_the_same_orders(
    played: Played, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over a socket, the clock of the replay waits for a strategy's answer to what it was told."""
    name, day = "rebalance", "2026-01-05"
    orders, trades = ([row for row in rows if row["time"].startswith(day)] for rows in played[name])
    monkeypatch.setenv(files.ENV_CACHE, str(tmp_path))
    account = {"id": "1000000365", "type": "STOCK", "cash_yuan": 1_000_000}
    options = {"feed": "replay", "data": str(EXAMPLES / "data" / "minutes"), "hours": "exchange", "accounts": [account]}
    with SimServer(**options, clock="replay", speed=0.0, grace_ms=100) as sim:
        env = {**os.environ, discovery.ENV_ADDR: sim.addr, discovery.ENV_TOKEN: sim.token, "PYTHONUNBUFFERED": "1"}
        command = [sys.executable, "-m", "miniqmt_sim", "run", "--userdata", sim.userdata, str(EXAMPLES / f"{name}.py")]
        seen = Seen(len(orders))
        onlooker = XtQuantTrader(sim.userdata, 1, seen)
        assert (onlooker.connect(), onlooker.subscribe(StockAccount("1000000365"))) == (0, 0)
        strategy = subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            assert strategy.stdout is not None
            assert "xtdata" in strategy.stdout.readline(), "it says when it watches"
            sim.ctl.clock.set("09:59:30")
            sim.ctl.clock.speed(60)
            assert seen.all.wait(PATIENCE_S), "asking the server now and then instead would hold its clock"
            sim.ctl.clock.set("15:00")
            told = [sim.ctl.orders("1000000365"), sim.ctl.trades("1000000365")]
        finally:
            strategy.kill()
            strategy.communicate()
            onlooker.stop()
    names = "stock_code price order_volume traded_volume"
    assert columns(told[0], names) == columns(orders, names.replace("order_", ""))
    assert columns(told[1], "stock_code traded_price traded_volume") == columns(trades, "stock_code price volume")


def columns(rows: list[dict[str, Any]], names: str) -> list[list[Any]]:
    """Some columns of rows."""
    return [[row[name] for name in names.split()] for row in rows]


class Seen(XtQuantTraderCallback):
    """Tells when it was told of so many orders."""

    def __init__(self, number: int) -> None:
        self.all = threading.Event()
        self._number = number
        self._orders: dict[int, None] = {}

    def on_stock_order(self, order: XtOrder) -> None:
        self._orders[order.order_id] = None
        if len(self._orders) == self._number:
            self.all.set()
