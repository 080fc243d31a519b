"""The journal of a server that plays a recorded market, played again beside the same data."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from miniqmt_sim.cli import main
from miniqmt_sim.cli.replays import lines_of
from miniqmt_sim.errors import ConfigError
from miniqmt_sim.server.feeds import files
from miniqmt_sim.server.recorded import digest_of, parts_of
from miniqmt_sim.server.replay import replay
from miniqmt_sim.testing import SimServer
from tests.kit.fake_server import eventually
from tests.kit.raw_client import RawClient
from tests.kit.tapes import bar, tick, write_bars, write_ticks

DAYS = (20240102, 20240103)
CODES = ("600000.SH", "000001.SZ", "600036.SH")
ACCOUNT = {"account_type": 2, "account_id": "A"}


def clock(minute: int) -> str:
    return f"{9 + (30 + minute) // 60:02}:{(30 + minute) % 60:02}"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two days of three codes: bars of two, and of one snapshots."""
    monkeypatch.setenv(files.ENV_CACHE, str(tmp_path / "cache"))
    luck = random.Random(3)
    for code in CODES[:2]:
        lines = []
        for day in DAYS:
            for minute in range(1, 60):
                first, last = (round(10 + luck.uniform(-0.1, 0.1), 2) for _ in range(2))
                high, low = round(max(first, last) + 0.02, 2), round(min(first, last) - 0.02, 2)
                lines.append(bar(clock(minute), first, high, low, last, volume=40, day=day))
        write_bars(tmp_path / "data" / f"{code}.1m.csv", *lines)
    snapshots = [
        tick(f"{clock(minute)}:0{second}", 10.0, volume=minute * 20 + second, asks="10.01:5", bids="9.99:5", day=day)
        for day in DAYS
        for minute in range(60)
        for second in (0, 3, 6)
    ]
    write_ticks(tmp_path / "data" / f"{CODES[2]}.tick.csv", *snapshots)
    return tmp_path / "data"


@pytest.fixture
def sim(data: Path, tmp_path: Path) -> SimServer:
    accounts = [{"id": "A", "cash_yuan": 1_000_000, "position": [{"stock_code": CODES[0], "volume": 9000, "cost_yuan": 9.0}]}]
    return SimServer(
        userdata=tmp_path / "u", feed="replay", data=str(data), clock="manual", hours="exchange", accounts=accounts,
        durability="normal",
    )  # fmt: skip


def live(sim: SimServer, luck: random.Random, steps: int, session: int) -> None:
    """What a strategy does while the market is played: order, cancel, look, subscribe."""
    at_s = 0
    with RawClient(sim.addr) as client, RawClient(sim.addr) as looker:
        client.hello(sim.token, session)
        looker.hello(sim.token, session + 50)
        if luck.random() < 0.5:
            looker.ask("subscribe", 1, **ACCOUNT)
        for seq in range(1, steps + 1):
            at_s += luck.randrange(1, 150)
            hour, rest = divmod(9 * 3600 + 30 * 60 + at_s, 3600)
            sim.ctl.clock.set(f"{hour:02}:{rest // 60:02}:{rest % 60:02}")
            action = luck.random()
            if action < 0.5:
                side = luck.choice((23, 24))
                client.ask(
                    "order_stock", seq, **ACCOUNT, stock_code=luck.choice(CODES[:1] if side == 24 else CODES), order_type=side,
                    order_volume=100 * luck.randrange(1, 9), price_type=11, price=round(luck.uniform(9.9, 10.1), 2),
                )  # fmt: skip
            elif action < 0.6:
                rows = client.ask("query_stock_orders", seq, **ACCOUNT)["rows"]
                if rows:
                    client.ask("cancel_order_stock", seq + 1000, **ACCOUNT, order_id=luck.choice(rows)["order_id"])
            else:
                looker.ask("query_stock_asset", seq + 1, **ACCOUNT)
                sim.ctl.security(luck.choice(CODES))


@pytest.mark.parametrize("seed", range(3))
def test_a_recorded_market_is_played_again_with_its_journal(seed: int, sim: SimServer, data: Path) -> None:
    luck = random.Random(seed)
    with sim:
        for number, day in enumerate(DAYS):
            live(sim, luck, 12, session=1 + number)
            if luck.random() < 0.5:
                sim.kill()
            sim.restart()
            sim.ctl.clock.next_day()
            assert sim.ctl.check()["ok"], day
        state = sim.ctl.state_hash()["state_hash"]
        running = replay(sim.database)
        assert running.same, list(lines_of(running))
        assert running.state_hash == state
        sim.kill()
        killed = replay(sim.database)
        assert killed.same, list(lines_of(killed))
        assert killed.starts == 3
        with closing(sqlite3.connect(sim.database.removeprefix("sqlite:///"))) as connection:
            trades, played = (
                connection.execute(f"SELECT count(*) FROM {what}").fetchone()[0]
                for what in ("trades", "journal WHERE name = 'played'")
            )
        assert trades, "nothing was traded"
        assert 0 < played < 120, "what nobody heard of and nothing came of is not written down moment by moment"


def test_no_entry_of_the_journal_is_stored_without_the_market_that_it_speaks_of(data: Path) -> None:
    # Hashes are noted in idle moments while ten minutes pass a second: what the market said meanwhile goes with them.
    sim = SimServer(
        userdata=data.parent / "u", feed="replay", data=str(data), clock="replay", speed=0.0, hours="exchange",
        durability="normal", hash_entries=1,
    )  # fmt: skip
    with sim, closing(sqlite3.connect(sim.database.removeprefix("sqlite:///"))) as connection:
        sim.ctl.clock.set("09:31")
        sim.ctl.clock.speed(600)
        stored: set[tuple[int, int]] = set()

        def are_noted(wanted: int) -> bool:
            said = "(SELECT max(now_ms) FROM journal WHERE name = 'played')"
            stored.update(connection.execute(f"SELECT {said}, value FROM counters WHERE name = 'feed_ms'"))
            (hashes,) = connection.execute("SELECT count(*) FROM journal WHERE name = 'state'").fetchone()
            return bool(hashes >= wanted)

        for wanted in range(2, 14):
            sim.ctl.cash.deposit("1000000365", 1)
            eventually(partial(are_noted, wanted))
        sim.kill()
        sim.restart()
        found = replay(sim.database)
        assert found.same, list(lines_of(found))
    assert len(stored) > 2
    assert all(said_ms <= feed_ms for said_ms, feed_ms in stored), stored


def test_the_data_may_lie_elsewhere_but_must_be_the_same(
    sim: SimServer, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with sim:
        live(sim, random.Random(1), 6, session=1)
    moved = tmp_path / "moved"
    shutil.move(data, moved)
    with pytest.raises(ConfigError, match=r"needs the recorded market at .*/data, which is not there"):
        replay(sim.database)
    assert main(["replay", sim.database, "--data", str(moved)]) == 0
    assert "the same to the end" in capsys.readouterr().out
    changed = moved / f"{CODES[0]}.1m.csv"
    changed.write_text(changed.read_text().replace(",40,", ",41,", 1))
    with pytest.raises(ConfigError, match="is another"):
        replay(sim.database, str(moved))


@pytest.mark.parametrize("verb", ["reset", "load"])
def test_data_that_changed_are_those_of_the_world_that_begins_anew(verb: str, sim: SimServer, data: Path) -> None:
    with sim:
        live(sim, random.Random(4), 4, session=1)
        sim.ctl.snapshot.save("before")
        with (data / f"{CODES[0]}.1m.csv").open("a", encoding="utf-8") as file:
            file.write(bar("09:31", 10.0, day=20240104) + "\n")
        if verb == "reset":
            sim.ctl.reset()
        else:
            sim.ctl.snapshot.load("before")
        sim.ctl.clock.set("11:00")
        state = sim.ctl.state_hash()["state_hash"]
    with closing(sqlite3.connect(sim.database.removeprefix("sqlite:///"))) as connection:
        query = "SELECT body FROM journal WHERE name = 'start' ORDER BY seq DESC LIMIT 1"
        ((started,),) = connection.execute(query).fetchall()
        ((config,),) = connection.execute(
            "SELECT body FROM configurations WHERE fingerprint = ?", (json.loads(started)["config"],)
        ).fetchall()
    market = parts_of(config)[1]
    assert market is not None
    assert market.sha256 == digest_of(data)
    if verb == "reset":  # a snapshot's journal began with the data of before
        found = replay(sim.database)
        assert found.same, list(lines_of(found))
        assert found.state_hash == state


def test_an_order_that_was_changed_in_the_journal_comes_out_otherwise(sim: SimServer, data: Path) -> None:
    with sim:
        live(sim, random.Random(2), 8, session=1)
    with closing(sqlite3.connect(sim.database.removeprefix("sqlite:///"))) as connection:
        changed = """replace(body, '"order_volume":', '"order_volume":1')"""
        connection.execute(f"UPDATE journal SET body = {changed} WHERE name = 'order_stock'")
        connection.commit()
    report = replay(sim.database)
    assert not report.same
    assert any(each.table == "orders" for each in report.differences)
