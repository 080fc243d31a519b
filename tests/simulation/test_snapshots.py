"""Snapshots, reset and vacuum: one file is a world, loading is a clean break for clients, old rows go when they are told to."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from miniqmt_sim.errors import CommandRefused
from miniqmt_sim.server.keeper import MAX_SNAPSHOTS
from miniqmt_sim.server.replay import replay
from miniqmt_sim.testing import SimServer
from tests.kit.raw_client import RawClient

ACCOUNT = {"account_type": 2, "account_id": "1000000365"}
BUY = {"stock_code": "600000.SH", "order_type": 23, "order_volume": 100, "price_type": 11, "price": 10.0}
OPTIONS: dict[str, Any] = {"feed": "none", "clock": "manual", "hours": "exchange"}


@pytest.fixture
def sim(tmp_path: Path) -> Iterator[SimServer]:
    with SimServer(userdata=tmp_path / "u", **OPTIONS) as server:
        server.ctl.clock.set("2026-11-23T09:31")
        yield server


def buy(sim: SimServer, *prices: float) -> list[int]:
    with RawClient(sim.addr) as client:
        client.hello(sim.token, 1)
        requests = [ACCOUNT | BUY | {"price": price} for price in prices]
        return [client.ask("order_stock", seq, **request)["order_id"] for seq, request in enumerate(requests)]


def orders(sim: SimServer) -> list[tuple[int, int]]:
    return [(row["order_id"], row["order_status"]) for row in sim.ctl.orders("1000000365")]


def shell(sim: SimServer, sql: str) -> list[Any]:
    path = Path(sim.database.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


# -- save and load -------------------------------------------------------------------------------------------------------


def test_a_world_comes_back_as_it_was_saved(sim: SimServer) -> None:
    first = buy(sim, 10.0, 9.9)
    before = sim.ctl.state_hash(), orders(sim), sim.ctl.asset("1000000365"), sim.ctl.clock.show()
    saved = sim.ctl.snapshot.save("morning")
    assert Path(saved["path"]).stat().st_size == saved["size_bytes"]
    buy(sim, 9.8)
    sim.ctl.clock.advance("1d")
    assert sim.ctl.snapshot.load("morning") == {"name": "morning", "now": "2026-11-23T09:31:00.000", "day": 20261123}
    assert (sim.ctl.state_hash(), orders(sim), sim.ctl.asset("1000000365"), sim.ctl.clock.show()) == before
    assert sim.ctl.check()["ok"]
    assert buy(sim, 9.7) == [first[-1] + 1], "numbers go on from the snapshot's"
    after = sim.ctl.state_hash(), orders(sim)
    sim.kill()
    sim.restart()
    assert (sim.ctl.state_hash(), orders(sim)) == after, "the loaded world is the stored one"
    assert replay(sim.database).same


def test_traders_are_told_and_come_again_while_operators_go_on(sim: SimServer) -> None:
    sim.ctl.snapshot.save("a")
    with RawClient(sim.addr) as client, RawClient(sim.addr) as idle:
        for number, each in enumerate((client, idle), 1):
            each.hello(sim.token, number)
        client.ask("order_stock", 1, **ACCOUNT, **BUY)
        sim.ctl.snapshot.load("a")
        heard = [client.hear(), idle.hear()]
        assert heard == [{"t": "bye", "reason": "the world was replaced by snapshot a"}] * 2
        assert client.closed()
    with RawClient(sim.addr) as again:
        assert again.hello(sim.token, 1)["t"] == "welcome"
        assert again.ask("query_stock_orders", 1, **ACCOUNT)["rows"] == []
    sim.ctl.cash.deposit("1000000365", 1)
    assert sim.ctl.check()["ok"]


def test_another_machine_can_load_the_file(sim: SimServer, tmp_path: Path) -> None:
    buy(sim, 10.0)
    saved = sim.ctl.snapshot.save("mine")
    state = sim.ctl.state_hash()
    assert [path.name for path in Path(saved["path"]).parent.iterdir()] == ["mine.sqlite"], "one file, and nothing beside it"
    with SimServer(userdata=tmp_path / "v", **OPTIONS) as other:
        (tmp_path / "v" / "snapshots").mkdir()
        shutil.copy(saved["path"], tmp_path / "v" / "snapshots" / "theirs.sqlite")
        other.ctl.snapshot.load("theirs")
        assert other.ctl.state_hash() == state
    with SimServer(userdata=tmp_path / "w", database=saved["path"], **OPTIONS) as served:
        assert served.ctl.state_hash() == state, "it is a database like any other"


def test_a_snapshot_of_a_database_in_memory() -> None:
    with SimServer(database=":memory:", **OPTIONS) as sim:
        before = sim.ctl.state_hash()
        sim.ctl.snapshot.save("a")
        sim.ctl.cash.deposit("1000000365", 1)
        sim.ctl.snapshot.load("a")
        assert sim.ctl.state_hash() == before


def test_the_list_tells_name_time_and_size(sim: SimServer) -> None:
    assert sim.ctl.snapshot.list() == []
    for name in ("b", "a"):
        sim.ctl.snapshot.save(name)
    (sim_path := Path(sim.userdata) / "snapshots" / "torn.sqlite").write_bytes(b"no database")
    rows = sim.ctl.snapshot.list()
    assert [(row["name"], row["now"]) for row in rows] == [
        ("a", "2026-11-23T09:31:00.000"),
        ("b", "2026-11-23T09:31:00.000"),
        ("torn", ""),
    ]
    assert rows[2]["size_bytes"] == sim_path.stat().st_size


@pytest.mark.parametrize("name", ["", ".", "../other", "a/b", "x" * 65, "a b", "-a"])
def test_a_name_stays_in_its_directory(name: str, sim: SimServer) -> None:
    for verb in (sim.ctl.snapshot.save, sim.ctl.snapshot.load):
        with pytest.raises(CommandRefused, match="is no name for a snapshot"):
            verb(name)


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 5000])
def test_what_is_no_snapshot_is_refused_and_nothing_changes(content: bytes, sim: SimServer) -> None:
    buy(sim, 10.0)
    before = sim.ctl.state_hash()
    file = Path(sim.userdata) / "snapshots" / "bad.sqlite"
    file.parent.mkdir()
    file.write_bytes(content)
    with RawClient(sim.addr) as client:
        client.hello(sim.token, 1)
        for name in ("bad", "absent"):
            with pytest.raises(CommandRefused, match=name):
                sim.ctl.snapshot.load(name)
        assert client.ask("query_stock_orders", 1, **ACCOUNT)["rows"], "its session goes on"
    assert sim.ctl.state_hash() == before
    assert file.read_bytes() == content
    assert [path.name for path in file.parent.iterdir()] == ["bad.sqlite"]


def test_there_is_a_bound_to_their_number(sim: SimServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("miniqmt_sim.server.keeper.MAX_SNAPSHOTS", 2)
    assert MAX_SNAPSHOTS > 2
    for name in ("a", "b", "a"):
        sim.ctl.snapshot.save(name)
    with pytest.raises(CommandRefused, match="there are 2 snapshots"):
        sim.ctl.snapshot.save("c")


# -- reset ---------------------------------------------------------------------------------------------------------------


def test_a_reset_world_is_a_new_one(sim: SimServer, tmp_path: Path) -> None:
    with SimServer(userdata=tmp_path / "new", **OPTIONS) as new:
        fresh = new.ctl.state_hash()
    buy(sim, 10.0, 9.9)
    sim.ctl.clock.advance("1d")
    buy(sim, 9.8)
    with RawClient(sim.addr) as client:
        client.hello(sim.token, 9)
        answer = sim.ctl.reset()
        assert client.hear() == {"t": "bye", "reason": "the world was reset"}
    assert answer["now"].endswith("T09:00:00.000")
    sim.ctl.clock.set(answer["now"][:16])
    for table in ("orders", "settlements"):
        assert shell(sim, f"SELECT count(*) FROM {table}") == [(0,)]
    sim.restart()
    assert sim.ctl.state_hash() == fresh
    sim.ctl.clock.set("2026-11-26T09:31")
    assert buy(sim, 10.0) == [1048577]
    report = replay(sim.database)
    assert (report.same, report.starts) == (True, 2)


# -- retention and vacuum ------------------------------------------------------------------------------------------------


def days(sim: SimServer, number: int) -> None:
    for _ in range(number):
        buy(sim, 10.0, 9.9)
        sim.ctl.cash.deposit("1000000365", 1)
        sim.ctl.clock.advance("1d")


@pytest.mark.parametrize(
    ("history", "journal", "oldest"), [(0, 0, 20261123), (2, 2, 20261125), (1, 2, 20261126), (1, 0, 20261126), (0, 1, 20261123)]
)
def test_old_days_and_the_old_journal_go_when_a_day_begins(history: int, journal: int, oldest: int, tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text(f"[retention]\nhistory_days = {history}\njournal_days = {journal}\n", encoding="utf-8")
    with SimServer(userdata=tmp_path / "u", config=config, **OPTIONS) as sim:
        sim.ctl.clock.set("2026-11-23T09:31")
        days(sim, 4)
        vacuumed = sim.ctl.vacuum()
        (oldest_order,) = shell(sim, "SELECT min(day) FROM orders")[0]
        (oldest_entry,) = shell(sim, "SELECT min(seq) FROM journal")[0]
        assert (oldest_order, oldest_entry > 1) == (oldest, bool(journal))
        for table in ("cash_ledger", "settlements"):
            (count,) = shell(sim, f"SELECT count(*) FROM {table} WHERE day = 20261124")[0]
            assert (count == 0) == bool(history), table
        assert vacuumed["bytes_after"] <= vacuumed["bytes_before"]
        assert sim.ctl.check()["ok"]
        before = sim.ctl.state_hash()
        sim.restart()
        assert sim.ctl.state_hash() == before
        assert replay(sim.database).same, "what is left of the journal can be played"


def test_vacuum_gives_room_back(sim: SimServer) -> None:
    for _ in range(6):
        buy(sim, *[9.9] * 100)
    sim.ctl.reset()
    answer = sim.ctl.vacuum()
    assert answer["bytes_after"] < answer["bytes_before"]
    assert Path(sim.database.removeprefix("sqlite:///")).stat().st_size == answer["bytes_after"]
