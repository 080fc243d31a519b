"""The benchmark compares engines that make the same trades."""

from __future__ import annotations

import sqlite3
from argparse import Namespace
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from benchmarks import sdk
from benchmarks.days import Size, make_day
from benchmarks.matching import digest
from benchmarks.ours import BareBook, FullExchange
from benchmarks.peers import SortedMap
from benchmarks.step import Core, write_down
from benchmarks.streams import order_stream
from miniqmt_sim.testing import SimServer


@pytest.mark.parametrize("symbols", [1, 7])
@pytest.mark.parametrize("ours", [BareBook, FullExchange])
def test_our_engines_make_the_yardsticks_trades(ours: type, symbols: int) -> None:
    events = order_stream(5, 3000, symbols)
    expected = digest("sorted map", lambda: SortedMap(symbols), events)
    assert digest("ours", lambda: ours(symbols), events) == expected


def test_the_whole_core_makes_the_yardsticks_trades() -> None:
    events = order_stream(5, 500, 3)
    expected = digest("sorted map", lambda: SortedMap(3), events)
    assert digest("core", lambda: Core(3, batch=64, say=write_down), events) == expected


def test_a_stream_is_its_seeds() -> None:
    assert order_stream(5, 500) == order_stream(5, 500)
    assert order_stream(5, 500) != order_stream(6, 500)


def test_every_way_of_the_sdks_benchmark_places_its_orders() -> None:
    with sdk.serving("off") as userdata:
        found = sdk.measure(userdata, Namespace(rounds=2, orders=5, subscribed=True))
    assert {name: [len(times) for times in rounds] for name, rounds in found.items()} == {
        "wire": [5, 5],
        "sdk": [5, 5],
        "in process": [5, 5],
    }


def test_every_way_of_the_quotes_benchmark_takes_them_all() -> None:
    quotes: Any = pytest.importorskip("benchmarks.quotes", reason="uvloop is not for Windows", exc_type=ImportError)
    lines = quotes.quote_lines(60, 3)
    assert lines == quotes.quote_lines(60, 3)
    assert {name: len(speeds) for name, speeds in quotes.measure(lines, 1, "off").items()} == {
        "json.loads": 1,
        "echo": 1,
        "no order": 1,
        "an order in every code": 1,
    }


def test_a_flood_reaches_the_callback_whole() -> None:
    assert sdk.flood(300).pushes == 300


async def test_a_made_day_is_a_world_and_the_days_before_it_stay_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "day.sqlite"
    await make_day(path, Size(orders=300, trades=90, accounts=4, past_days=2))
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*), count(DISTINCT day) FROM orders").fetchone() == (900, 3)
    with SimServer(userdata=tmp_path, database=path, feed="none", clock="manual", hours="exchange") as sim:
        assert sim.ctl.check() == {"ok": True, "problems": []}
        assert sum(len(sim.ctl.orders(row["account_id"])) for row in sim.ctl.account.list()) == 300
        assert sum(len(sim.ctl.trades(row["account_id"])) for row in sim.ctl.account.list()) == 90
