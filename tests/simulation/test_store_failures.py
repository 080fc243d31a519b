"""Disk full, file gone, lock lost, a log cut short: the server stops, and no client holds an answer that the disk does not."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from miniqmt_sim.client import discovery
from miniqmt_sim.errors import ConnectError, StartError
from miniqmt_sim.testing import SimServer
from storage import WriteFailed
from tests.kit.crash import hash_of, rows_of
from tests.kit.raw_client import RawClient

ACCOUNT = {"account_type": 2, "account_id": "1000000365"}
BUY = {"stock_code": "600000.SH", "order_type": 23, "order_volume": 100, "price_type": 11, "price": 10.0}


def path_of(sim: SimServer) -> Path:
    return Path(sim.database.removeprefix("sqlite:///"))


def buy_until_it_stops(sim: SimServer, most: int = 5000) -> list[int]:
    """Buy one after the other; gives the orders that were acknowledged, none where it stops before by itself."""
    acknowledged: list[int] = []
    with contextlib.suppress(AssertionError, ConnectionError), RawClient(sim.addr) as client:
        client.hello(sim.token, 1)
        for seq in range(most):
            acknowledged.append(client.ask("order_stock", seq, **ACCOUNT, **BUY)["order_id"])
    assert len(acknowledged) < most, "the server went on"
    return acknowledged


def orders(sim: SimServer) -> list[int]:
    return [row["order_id"] for row in sim.ctl.orders("1000000365")]


def fill_the_disk(sim: SimServer) -> None:
    """Let the database grow by a few pages and no further, as a full disk would."""

    def limit(connection: sqlite3.Connection) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 8}")

    in_its_thread(sim, limit)


def hold_the_lock(sim: SimServer) -> None:
    """Write with a SQLite shell and do not finish; how long a commit waits is cut short."""
    in_its_thread(sim, lambda connection: connection.execute("PRAGMA busy_timeout = 100"))
    shell = sqlite3.connect(path_of(sim), isolation_level=None)
    SHELLS.append(shell)
    shell.execute("BEGIN IMMEDIATE")


def replace_the_file(sim: SimServer) -> None:
    path = path_of(sim)
    path.rename(path.with_name("moved.sqlite"))
    path.write_bytes(b"")


SHELLS: list[sqlite3.Connection] = []
FAULTS: dict[str, tuple[Callable[[SimServer], Any], str]] = {
    "disk full": (fill_the_disk, "database or disk is full"),
    "held by a shell": (hold_the_lock, "database is locked"),
    "file removed": (lambda sim: path_of(sim).unlink(), "somebody moved or removed it"),
    "file replaced": (replace_the_file, "somebody moved or removed it"),
    "lock file removed": (lambda sim: path_of(sim).with_name("miniqmt-sim.sqlite.lock").unlink(), "lock file"),
}


def in_its_thread(sim: SimServer, function: Callable[[sqlite3.Connection], object]) -> None:
    """Do something to the server's own connection, where it lives."""
    assert sim._thread is not None
    assert sim._server is not None
    database = sim._server.persistence._database
    asyncio.run_coroutine_threadsafe(database.do(function), sim._thread._loop).result()


@pytest.mark.parametrize("durability", ["full", "normal"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_batch_that_cannot_be_stored_ends_the_server_unanswered(fault: str, durability: str) -> None:
    break_it, text = FAULTS[fault]
    with SimServer(feed="none", durability=durability) as sim:
        with RawClient(sim.addr) as client:
            client.hello(sim.token, 9)
            before = [client.ask("order_stock", seq, **ACCOUNT, **BUY)["order_id"] for seq in range(3)]
        break_it(sim)
        acknowledged = before + buy_until_it_stops(sim)
        with pytest.raises(WriteFailed, match=text):
            sim.stop()
        while SHELLS:
            SHELLS.pop().close()
        if fault.startswith("file"):  # what was stored went with the file, and nothing is made up in its place
            with pytest.raises(StartError, match="is missing, but its log"):
                sim.restart()
            return
        sim.restart()
        assert orders(sim)[: len(acknowledged)] == acknowledged
        assert len(orders(sim)) <= len(acknowledged) + 1
        assert sim.ctl.check()["ok"]
        assert sim.ctl.state_hash()["state_hash"] == hash_of(rows_of(path_of(sim)))


def test_a_database_that_somebody_writes_to_is_refused_at_start(tmp_path: Path) -> None:
    with SimServer(userdata=tmp_path) as sim:
        path = path_of(sim)
    with closing(sqlite3.connect(path, isolation_level=None)) as shell:
        shell.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StartError, match="database is locked"):
            SimServer(userdata=tmp_path).start()
    with SimServer(userdata=tmp_path) as sim:
        assert sim.ctl.check()["ok"]


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.6, 0.9, 0.999])
def test_a_log_that_was_cut_short_gives_a_whole_earlier_world(kept: float, tmp_path: Path) -> None:
    """As a broken disk may leave it: the batches before the cut are there, whole, and the rest is not."""
    with SimServer(userdata=tmp_path / "u", feed="none", durability="normal") as sim:
        with RawClient(sim.addr) as client:
            client.hello(sim.token, 1)
            acknowledged = [client.ask("order_stock", seq, **ACCOUNT, **BUY)["order_id"] for seq in range(30)]
        path = path_of(sim)
        copies = {name: path.with_name(name).read_bytes() for name in (path.name, path.name + "-wal")}
    lost = tmp_path / "v"
    lost.mkdir()
    for name, data in copies.items():
        (lost / name).write_bytes(data[: int(len(data) * kept)] if name.endswith("-wal") else data)
    with SimServer(userdata=lost, feed="none", durability="normal") as sim:
        found = orders(sim)
        assert found == acknowledged[: len(found)]
        assert sim.ctl.check()["ok"]
        assert sim.ctl.state_hash()["state_hash"] == hash_of(rows_of(path_of(sim)))
        with RawClient(sim.addr) as client:
            client.hello(sim.token, 2)
            assert client.ask("order_stock", 1, **ACCOUNT, **BUY)["order_id"] == 1048577 + len(found)


@pytest.mark.parametrize("content", ["", '{"addr": "127.0.0.1:1", "tok', "[]"])
def test_a_half_written_discovery_file_is_nobodys_server_and_is_replaced(content: str, tmp_path: Path) -> None:
    (tmp_path / discovery.FILE_NAME).write_text(content, encoding="utf-8")
    with pytest.raises(ConnectError):
        discovery.read(tmp_path)
    with SimServer(userdata=tmp_path) as sim:
        assert discovery.read(tmp_path).addr == sim.addr
