"""A server that plays an index: a strategy over a socket reads it, and a restart goes on with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from miniqmt_sim.client import discovery
from miniqmt_sim.server.feeds import files
from miniqmt_sim.testing import SimServer
from miniqmt_sim.xtquant import xtdata
from miniqmt_sim.xtquant.xttrader import XtQuantTrader
from miniqmt_sim.xtquant.xttype import StockAccount
from tests.kit.fake_server import eventually
from tests.kit.tapes import DAY, at, bar, write_bars

CODE, INDEX, TICKED = "600000.SH", "000300.SH", "399001.SZ"
NEXT = 20240103


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(files.ENV_CACHE, str(tmp_path / "cache"))
    monkeypatch.setattr(xtdata, "enable_hello", False)
    xtdata.disconnect()
    yield
    xtdata.disconnect()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two mornings of a stock and of an index in minutes, and one of an index in snapshots without levels."""
    folder = tmp_path / "data"
    minutes = [f"09:{31 + number}" for number in range(10)]
    write_bars(folder / f"{CODE}.1m.csv", *(bar(clock, 10.0, volume=40, day=day) for day in (DAY, NEXT) for clock in minutes))
    rows = [
        f"{at(clock, day)},{level},{level + 2}.5,{level - 2},{level + 1}.1234,3000000,3.1e10,3379.5,0"
        for day, first in ((DAY, 3380), (NEXT, 3400)) for level, clock in enumerate(minutes, first)
    ]  # fmt: skip
    write_bars(folder / f"{INDEX}.1m.csv", *rows)
    levels = [(f"09:3{number}:30", 9500 + number) for number in range(1, 6)]
    ticks = [f"{at(clock)},{level}.4321,9500,{level + 1},9499,9480,0,{level - 9500}" for clock, level in levels]
    (folder / f"{TICKED}.tick.csv").write_text("\n".join(["time,lastPrice,open,high,low,lastClose,amount,volume", *ticks, ""]))
    return folder


def server(data: Path, **options: Any) -> SimServer:
    return SimServer(feed="replay", data=str(data), clock="manual", hours="exchange", grace_ms=0, **options)


def reach(sim: SimServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ``xtdata`` and traders of this process find a server."""
    xtdata.disconnect()
    monkeypatch.setenv(discovery.ENV_ADDR, sim.addr)
    monkeypatch.setenv(discovery.ENV_TOKEN, sim.token)


def test_a_strategy_over_a_socket_buys_when_the_index_is_strong(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    account, decided = StockAccount("A"), []
    with server(data) as sim:
        sim.ctl.account.create("A", cash=100_000)
        reach(sim, monkeypatch)
        trader = XtQuantTrader(sim.userdata, 1)
        trader.start()
        assert (trader.connect(), trader.subscribe(account)) == (0, 0)

        def on_bar(datas: dict[str, Any]) -> None:
            level = datas[INDEX][-1]["close"]
            average = xtdata.get_market_data_ex(["close"], [INDEX], "1d", count=5)[INDEX]["close"].mean()
            decided.append((level, bool(level > average)))
            if decided[-1][1] and len(decided) < 15:
                trader.order_stock_async(account, CODE, 23, 100, 11, 10.05, "filter", "")

        order_id = trader.order_stock(account, INDEX, 23, 100, 11, 3380.0)
        refused = trader.query_stock_order(account, order_id)
        assert refused is not None
        assert (refused.order_status, "无此证券代码" in refused.status_msg) == (57, True)
        assert xtdata.subscribe_quote(INDEX, "1m", callback=on_bar) > 0
        for clock in ("09:32", "2024-01-03T09:33", "09:40"):
            sim.ctl.clock.set(clock)
        eventually(lambda: len(decided) == 20)
        assert decided[:2] == [(3381.123, False), (3382.123, False)], "before there is a day to compare with"
        assert decided[10:12] == [(3401.123, True), (3402.123, True)]
        eventually(lambda: sim.ctl.asset("A")["cash"] < 100_000)
        trader.stop()
        assert [row["stock_code"] for row in sim.ctl.positions("A")] == [CODE]
        assert sim.ctl.check()["ok"]


def test_a_killed_server_goes_on_with_its_indices(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    for killed in (False, True):
        with server(data, userdata=str(tmp_path / f"userdata {killed}"), durability="normal") as sim:
            sim.ctl.clock.set("09:33:20")
            reach(sim, monkeypatch)
            before = xtdata.get_full_tick([INDEX, TICKED])
            if killed:
                sim.kill()
                sim.restart()
                reach(sim, monkeypatch)
            assert xtdata.get_full_tick([INDEX, TICKED]) == before
            sim.ctl.clock.set("09:36")
            seen.append((xtdata.get_full_tick([INDEX, TICKED]), sim.ctl.security(INDEX), sim.ctl.check()["ok"]))
    assert seen[0] == seen[1]
    assert seen[0][0][TICKED]["lastPrice"] == 9505.432
