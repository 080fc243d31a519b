"""The example strategies over the example data: the same orders every time, in one process and against a server's replay."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import time
import tomllib
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from miniqmt_sim.backtest.results import shown
from miniqmt_sim.changes import TABLES
from miniqmt_sim.client import discovery
from miniqmt_sim.server.feeds import files
from miniqmt_sim.testing import SimServer

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
GOLDEN = ROOT / "tests" / "golden" / "examples.toml"
RECORDED: Mapping[str, Mapping[str, Any]] = tomllib.loads(GOLDEN.read_text(encoding="utf-8"))
SHOWN = (
    *("time", "stock_code", "order_type", "price_type", "price", "volume", "traded_volume", "traded_amount", "status"),
    "order_remark",
)

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


# -- over a socket -------------------------------------------------------------------------------------------------------

LIVE: Mapping[str, str] = {
    "etf_t0": "2026-01-07T16:00",
    "grid": "2026-01-07T16:00",
    "limit_up": "2026-01-07T16:00",
    "ma_cross": "2026-01-06T16:00",
    "margin_trend": "2026-01-08T16:00",
    "pairs": "2026-01-06T16:00",
    "rebalance": "2026-01-07T16:00",
    "spammer": "2026-01-05T16:00",
    "sweeper": "2026-01-05T16:00",
}
"""How far each is played to in a process of its own. auction_buyer is not: it sleeps until a time of day, which only a backtest
takes for the market's."""
PATIENCE_S = 120.0
LIVE_PROGRAM = """
import runpy, sys
from miniqmt_sim.client import hook
hook.install()
from xtquant import xtdata
from xtquant.xttrader import XtQuantTrader
def saying_so(wait):
    def told(*arguments):
        print("waits", flush=True)
        return wait(*arguments)
    return told
xtdata.run, XtQuantTrader.run_forever = saying_so(xtdata.run), saying_so(XtQuantTrader.run_forever)
runpy.run_path(sys.argv[1], run_name="__main__")
"""
"""What ``miniqmt-sim run`` does, but that it says when the strategy has begun and waits for the market."""
ACCOUNTS = [
    {"id": "1000000365", "type": "STOCK", "cash_yuan": 1_000_000},
    {"id": "1208970161", "type": "CREDIT", "cash_yuan": 1_000_000},
]


def test_every_example_but_one_is_played_to_over_a_socket() -> None:
    assert {*LIVE, "auction_buyer"} == {*RECORDED}


@pytest.mark.parametrize("name", LIVE)
def test_over_a_socket_it_does_the_same_at_the_same_times(
    played: Played, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A replay's clock, at any speed, waits for what a strategy does about what it was told: docs/backtest.md."""
    monkeypatch.setenv(files.ENV_CACHE, str(tmp_path / "cache"))
    options = {"data": str(EXAMPLES / "data" / RECORDED[name]["data"]), "database": str(tmp_path / "live.sqlite")}
    with SimServer(feed="replay", hours="exchange", clock="replay", speed=0.0, accounts=ACCOUNTS, **options) as sim:
        env = {**os.environ, discovery.ENV_ADDR: sim.addr, discovery.ENV_TOKEN: sim.token}
        command = [sys.executable, "-c", LIVE_PROGRAM, str(EXAMPLES / f"{name}.py")]
        with subprocess.Popen(command, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True) as strategy:
            assert strategy.stdout is not None
            assert "waits\n" in iter(strategy.stdout.readline, "")
            sim.ctl.clock.speed(1_000_000)
            deadline_s = time.monotonic() + PATIENCE_S
            while sim.ctl.clock.show()["now"] < LIVE[name]:
                assert time.monotonic() < deadline_s
                time.sleep(0.01)
            strategy.kill()
        assert sim.ctl.check()["ok"]
    told = [[row for row in stored(options["database"], table) if row["time"] < LIVE[name]] for table in ("orders", "trades")]
    assert told == [[row for row in rows if row["time"] < LIVE[name]] for rows in played[name]]
    assert told[0]


def stored(database: str, table: str) -> list[dict[str, Any]]:
    """Rows of a server's database, as a backtest gives them."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(f"SELECT {','.join(TABLES[table])} FROM {table} ORDER BY rowid").fetchall()
    return shown(rows, table)
