"""Market data over a socket: a connection of its own, beside the trader's, which watches and changes nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from matching.calendar import parse_moment
from miniqmt_sim.client import discovery
from miniqmt_sim.errors import ConnectError
from miniqmt_sim.server.feeds import files
from miniqmt_sim.sessions import watch
from miniqmt_sim.testing import SimServer
from miniqmt_sim.xtquant import _quotes, xtdata
from miniqmt_sim.xtquant.xttrader import XtQuantTrader
from tests.kit.fake_server import eventually
from tests.kit.raw_client import RawClient
from tests.kit.tapes import bar, write_bars

CODE = "600000.SH"
WALK = {"hours": "exchange", "clock": "manual", "feed": "synthetic", "seed": 3}


@pytest.fixture(autouse=True)
def _apart(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(xtdata, "enable_hello", False)
    for name in (discovery.ENV_ADDR, discovery.ENV_TOKEN):
        monkeypatch.delenv(name, raising=False)
    xtdata.disconnect()
    yield
    xtdata.disconnect()


@pytest.fixture
def sim(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimServer]:
    with SimServer(**WALK) as sim:
        monkeypatch.setenv(discovery.ENV_ADDR, sim.addr)
        monkeypatch.setenv(discovery.ENV_TOKEN, sim.token)
        sim.ctl.clock.set("2026-11-24T10:00")
        yield sim


def test_the_walk_is_told_with_every_step_and_after_a_jump_once(sim: SimServer) -> None:
    heard: list[Any] = []
    xtdata.subscribe_quote(CODE, "tick", callback=heard.append)
    for _ in range(3):
        sim.ctl.clock.advance("3s")
    sim.ctl.clock.advance("30m")
    eventually(lambda: len(heard) == 4)
    times = [row["time"] for told in heard for row in told[CODE]]
    first_ms = parse_moment("2026-11-24T10:00", 0)
    assert times == [first_ms + ms for ms in (3000, 6000, 9000, 1_809_000)]
    assert [row["lastPrice"] for row in heard[-1][CODE]] == [xtdata.get_full_tick([CODE])[CODE]["lastPrice"]]


def test_who_watches_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def day(*, watched: bool) -> str:
        with SimServer(**WALK, accounts=[{"id": "A", "type": "STOCK", "cash_yuan": 1e6}]) as sim:
            monkeypatch.setenv(discovery.ENV_ADDR, sim.addr)
            monkeypatch.setenv(discovery.ENV_TOKEN, sim.token)
            sim.ctl.clock.set("2026-11-24T09:00")
            if watched:
                xtdata.subscribe_whole_quote(["SH", "SZ"], lambda _: None)
                xtdata.subscribe_quote(CODE, "1m", callback=lambda _: None)
            for clock in ("09:20", "10:00", "10:00:30", "13:00", "14:59", "15:30"):
                sim.ctl.clock.set(clock)
                if watched:
                    xtdata.get_full_tick(["SH"])
                    xtdata.get_market_data_ex([], [CODE], "1d", count=3)
            sim.ctl.settle()
            xtdata.disconnect()
            found: str = sim.ctl.state_hash()["state_hash"]
            return found

    assert day(watched=True) == day(watched=False)


def test_the_past_of_the_walk_is_what_was_seen_of_it(sim: SimServer) -> None:
    seen = []
    for _ in range(20):
        sim.ctl.clock.advance("3s")
        seen.append(xtdata.get_full_tick([CODE])[CODE])
    ticks = xtdata.get_market_data([], [CODE], "tick", count=20)[CODE]
    for name in ("time", "lastPrice", "volume", "high", "low", "askVol"):
        assert ticks[name].tolist() == [tick[name] for tick in seen], name
    minute = xtdata.get_market_data_ex([], [CODE], "1m", count=1)[CODE].iloc[-1]
    assert minute["low"] <= min(tick["lastPrice"] for tick in seen[:-1])
    sim.ctl.settle()
    today = xtdata.get_market_data_ex([], [CODE], "1d", count=2)[CODE]
    assert list(today.index) == ["20261123", "20261124"]
    assert today["close"].iloc[-1] == xtdata.get_full_tick([CODE])[CODE]["lastPrice"]
    sim.ctl.clock.set("2026-11-25T09:31")
    assert today["close"].iloc[-1] == xtdata.get_full_tick([CODE])[CODE]["lastClose"]


@pytest.mark.parametrize("period", ["1m", "5m", "1h"])
def test_a_bar_of_the_walk_is_whole_whenever_it_is_subscribed(sim: SimServer, period: str) -> None:
    sim.ctl.clock.advance("3m31s")
    heard: list[Any] = []
    xtdata.subscribe_quote(CODE, period, callback=heard.append)
    for _ in range(2):
        sim.ctl.clock.advance("3s")
    eventually(lambda: len(heard) == 2)
    growing = xtdata.get_market_data_ex([], [CODE], period, count=1)[CODE].iloc[-1]
    told = heard[-1][CODE][-1]
    assert [told[name] for name in ("time", "open", "close", "volume")] == growing[["time", "open", "close", "volume"]].tolist()


@pytest.mark.parametrize("period", ["1d", "1m"])
def test_the_bar_that_grows_on_the_walk_is_there_once_it_is_subscribed(sim: SimServer, period: str) -> None:
    sim.ctl.clock.advance("3m31s")
    last_price = xtdata.get_full_tick([CODE])[CODE]["lastPrice"]
    assert xtdata.subscribe_quote(CODE, period, count=-1) > 0
    frame = xtdata.get_market_data_ex([], [CODE], period, count=1)[CODE]
    assert frame.index[-1].startswith("20261124")
    assert frame["close"].iloc[-1] == last_price
    heard: list[Any] = []
    xtdata.subscribe_quote(CODE, period, count=2, callback=heard.append)
    eventually(lambda: len(heard) == 1)
    assert [bar["time"] for bar in heard[0][CODE]][-1] == frame["time"].iloc[-1]


def test_a_server_that_plays_files_answers_from_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(files.ENV_CACHE, str(tmp_path / "cache"))
    lines = [bar(f"09:{31 + number}", round(10 + number / 100, 2), volume=number + 1) for number in range(10)]
    write_bars(tmp_path / "data" / f"{CODE}.1m.csv", *lines)
    options = {"feed": "replay", "data": str(tmp_path / "data"), "clock": "manual", "hours": "exchange"}
    heard: list[Any] = []
    with SimServer(**options) as sim:
        monkeypatch.setenv(discovery.ENV_ADDR, sim.addr)
        monkeypatch.setenv(discovery.ENV_TOKEN, sim.token)
        xtdata.subscribe_quote(CODE, "1m", callback=heard.append)
        sim.ctl.clock.set("2024-01-02T09:33:30")
        eventually(lambda: len(heard) == 3)
        known = xtdata.get_market_data_ex(["close", "volume"], [CODE], "1m")[CODE]
        assert known.to_numpy().tolist() == [[10.0, 1], [10.01, 2], [10.02, 3]]
        assert [row["close"] for datas in heard for row in datas[CODE]] == [10.0, 10.01, 10.02]
        assert xtdata.get_full_tick([CODE])[CODE]["volume"] == 8, "three bars, and two of the four points of the next one"


def test_a_slow_callback_misses_the_oldest_and_delays_nobody(
    sim: SimServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(_quotes, "PENDING", 3)
    heard: list[int] = []
    entered, free = threading.Event(), threading.Event()

    def slow(datas: Any) -> None:
        heard.append(datas[CODE][0]["time"])
        entered.set()
        free.wait(5)

    xtdata.subscribe_quote(CODE, "tick", callback=slow)
    sim.ctl.clock.advance("3s")
    assert entered.wait(5)
    for _ in range(9):
        sim.ctl.clock.advance("3s")
    now_ms = xtdata.get_full_tick([CODE])[CODE]["time"]  # its answer comes after the pushes
    free.set()
    eventually(lambda: heard[-1] == now_ms)
    assert heard[1:] == [now_ms - 6000, now_ms - 3000, now_ms]
    assert "slower than the market" in caplog.text


def test_the_traders_path_leads_to_its_server(tmp_path: Any) -> None:
    with SimServer(feed="none", clock="manual", userdata=tmp_path) as sim:
        trader = XtQuantTrader(sim.userdata, 1)
        assert trader.connect() == 0
        assert xtdata.get_full_tick([CODE])[CODE]["lastPrice"] > 0
        assert xtdata.get_data_dir() == sim.userdata
        assert xtdata.get_client().is_connected()
        trader.stop()


def test_when_the_server_is_gone_run_says_so_and_the_next_call_looks_for_it_again(
    sim: SimServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xtdata, "_CHECK_S", 0.01)
    client = xtdata.connect("127.0.0.1", 58610)
    assert xtdata.get_client() is client
    stop = threading.Timer(0.05, sim.stop)
    stop.start()
    with pytest.raises(Exception, match="行情服务连接断开"):
        xtdata.run()
    stop.join()
    with pytest.raises(ConnectError):
        xtdata.get_full_tick([CODE])
    sim.start()
    monkeypatch.setenv(discovery.ENV_ADDR, sim.addr)
    monkeypatch.setenv(discovery.ENV_TOKEN, sim.token)
    assert xtdata.reconnect() is not client
    assert CODE in xtdata.get_full_tick([CODE])


def test_a_world_that_is_begun_anew_ends_what_watched_the_old_one(sim: SimServer) -> None:
    client = xtdata.connect()
    sim.ctl.reset()
    eventually(lambda: not client.is_open)
    assert CODE in xtdata.get_full_tick([CODE])


def test_the_greeting_can_be_switched_off(
    sim: SimServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    xtdata.connect()
    assert capsys.readouterr().out == ""
    monkeypatch.setattr(xtdata, "enable_hello", True)
    xtdata.reconnect()
    xtdata.connect()
    assert capsys.readouterr().out.count("xtdata 已连接 miniqmt-sim") == 1


def test_one_connection_watches_so_much_and_no_more(sim: SimServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "MAX_WATCHED", 2)
    assert xtdata.subscribe_quote(CODE, "tick", callback=print) > 0
    assert xtdata.subscribe_whole_quote(["000001.SZ", "600036.SH"], print) == -1
    assert xtdata.subscribe_quote("000001.SZ", "tick", callback=print) > 0


def test_many_codes_are_asked_for_and_told_of_in_parts(sim: SimServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_quotes, "NAMES_PER_REQUEST", 3)
    monkeypatch.setattr(watch, "ROWS_PER_PUSH", 10)
    codes = xtdata.get_stock_list_in_sector("沪深A股")
    assert list(xtdata.get_full_tick(codes)) == codes
    heard: list[Any] = []
    xtdata.subscribe_whole_quote(codes, heard.append)
    sim.ctl.clock.advance("3s")
    eventually(lambda: sum(map(len, heard)) == 2 * len(codes))
    assert {len(told) for told in heard[1:-1]} == {10}


def test_so_many_ticks_and_bars_are_kept_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "KEPT", 2)
    with SimServer(feed="none", clock="manual") as sim:
        monkeypatch.setenv(discovery.ENV_ADDR, sim.addr)
        monkeypatch.setenv(discovery.ENV_TOKEN, sim.token)
        for period in ("tick", "1m"):
            xtdata.subscribe_quote(CODE, period)
        for fen in range(4):
            sim.ctl.quote(CODE, last=round(10 + fen / 100, 2), volume=100)
            sim.ctl.clock.advance("1m")
        ticks = xtdata.get_market_data([], [CODE], "tick")[CODE]
        assert ticks["lastPrice"].tolist() == [10.02, 10.03]
        bars = xtdata.get_market_data_ex(["close"], [CODE], "1m")[CODE]
        assert bars["close"].tolist() == [10.01, 10.02, 10.03], "two that are done, and the last one"


@pytest.mark.parametrize(
    ("purpose", "name", "fields", "reason"),
    [
        ("trade", "data_holidays", {}, "data_holidays needs a connection whose hello says purpose data"),
        ("data", "query_account_infos", {}, "query_account_infos needs a connection whose hello says purpose trade"),
        ("data", "ctl_check", {}, "ctl_check needs another token than a trader's"),
        ("chat", "ping", {}, "unknown purpose 'chat'"),
    ],
)
def test_a_connection_asks_what_it_is_there_for(
    sim: SimServer, purpose: str, name: str, fields: dict[str, Any], reason: str
) -> None:
    with RawClient(sim.addr) as client:
        client.say("hello", protocol=1, token=sim.token, session_id=1, purpose=purpose)
        answer = client.hear()
        if answer["t"] == "welcome":
            client.say(name, 1, **fields)
            answer = client.hear()
        assert answer == {"t": "bye", "reason": reason}


def test_connections_for_data_take_no_session(sim: SimServer) -> None:
    with RawClient(sim.addr) as first, RawClient(sim.addr) as second:
        for client in (first, second):
            client.say("hello", protocol=1, token=sim.token, session_id=1, purpose="data")
            assert client.hear()["role"] == "data"
