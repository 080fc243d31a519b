"""Start, stop, restart and failure of a server: what it refuses, what it says, what it leaves behind."""

from __future__ import annotations

import logging
import socket
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from miniqmt_sim.client import discovery
from miniqmt_sim.client.discovery import Endpoint
from miniqmt_sim.client.transport import SocketTransport
from miniqmt_sim.errors import CommandRefused, ConfigError, ConnectError, StartError
from miniqmt_sim.server.app import SOCKET_NAME, _log_handlers
from miniqmt_sim.server.persistence import Persistence
from miniqmt_sim.settings import load_settings
from miniqmt_sim.testing import SimServer
from storage import StorageError
from tests.kit.raw_client import RawClient

ACCOUNT = {"account_type": 2, "account_id": "1000000365"}
BUY = {"stock_code": "600000.SH", "order_type": 23, "order_volume": 100, "price_type": 11, "price": 10.0}


# -- start ---------------------------------------------------------------------------------------------------------------


def test_the_server_announces_itself_for_its_user_only_and_takes_it_back() -> None:
    with SimServer(feed="none") as sim:
        info = discovery.read(sim.userdata)
        assert (info.addr, info.token, info.operator_token) == (sim.addr, sim.token, sim.operator_token)
        file = Path(sim.userdata) / discovery.FILE_NAME
        if hasattr(socket, "AF_UNIX"):
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
        sim.stop()
        assert not file.exists()


@pytest.mark.parametrize("where", ["127.0.0.1:0", "[::1]:0", "localhost:0"])
def test_it_listens_where_it_is_told(where: str) -> None:
    with SimServer(feed="none", listen=where) as sim, RawSocket(sim.addr) as connected:
        assert connected


class RawSocket:
    """A connection by whatever address family."""

    def __init__(self, addr: str) -> None:
        self._socket = discovery.open_socket(addr, 5)

    def __enter__(self) -> bool:
        return True

    def __exit__(self, *_: object) -> None:
        self._socket.close()


def test_it_listens_on_a_unix_socket_too() -> None:
    with SimServer(feed="none") as sim:
        unix = discovery.read(sim.userdata).unix
        assert unix == str(Path(sim.userdata) / SOCKET_NAME)
        assert stat.S_IMODE(Path(unix).stat().st_mode) == 0o600
        transport = SocketTransport.connect(Endpoint(f"unix:{unix}", sim.token), 5, lambda _: None, lambda _: None)
        assert transport.call("query_account_infos", {})["rows"]
        transport.close()
        sim.stop()
        assert not Path(unix).exists()


def test_a_path_too_long_for_a_unix_socket_is_no_failure(tmp_path: Path) -> None:
    with SimServer(feed="none", userdata=tmp_path / ("x" * 120)) as sim:
        assert discovery.read(sim.userdata).unix is None
        assert sim.ctl.check()["ok"]


def test_a_second_server_on_the_same_userdata_is_refused() -> None:
    with SimServer(feed="none") as sim:
        with pytest.raises(StartError, match=f"already has a server at {sim.addr}"):
            SimServer(userdata=sim.userdata, database=":memory:").start()
        assert sim.ctl.check()["ok"]
        assert discovery.read(sim.userdata).addr == sim.addr


def test_a_second_server_on_the_same_database_is_refused(tmp_path: Path) -> None:
    database = tmp_path / "world.sqlite"
    with SimServer(feed="none", database=database):
        with pytest.raises(StartError, match="in use by another server"):
            SimServer(userdata=tmp_path / "other", database=database).start()
        assert not (tmp_path / "other" / discovery.FILE_NAME).exists()


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with SimServer(feed="none") as sim, pytest.raises(StartError, match=f"cannot listen on {sim.addr}: the address is in use"):
        SimServer(userdata=tmp_path, listen=sim.addr).start()


@pytest.mark.parametrize("where", ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"])
def test_an_address_others_can_reach_needs_a_token(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(discovery.ENV_TOKEN, raising=False)
    with pytest.raises(StartError, match="set MINIQMT_SIM_TOKEN to a secret of your own"):
        SimServer(listen=where).start()


def test_the_environments_tokens_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(discovery.ENV_TOKEN, "secret one")
    monkeypatch.setenv(discovery.ENV_OPERATOR_TOKEN, "secret two")
    with SimServer(feed="none", listen="0.0.0.0:0") as sim:
        assert (sim.token, sim.operator_token) == ("secret one", "secret two")


def test_tokens_of_its_own_can_be_written_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (discovery.ENV_TOKEN, discovery.ENV_OPERATOR_TOKEN):
        monkeypatch.delenv(name, raising=False)
    with SimServer(feed="none") as sim:
        assert sim.token != sim.operator_token
        assert [len(bytes.fromhex(token)) for token in (sim.token, sim.operator_token)] == [24, 24]


def test_two_equal_tokens_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(discovery.ENV_TOKEN, "secret")
    monkeypatch.setenv(discovery.ENV_OPERATOR_TOKEN, "secret")
    with pytest.raises(StartError, match="must differ"):
        SimServer().start()


def test_a_database_that_is_somebody_elses_is_not_touched(tmp_path: Path) -> None:
    database = tmp_path / "notes.sqlite"
    database.write_bytes(b"my notes, and no database at all")
    with pytest.raises(StartError, match=r"notes\.sqlite"):
        SimServer(database=database).start()
    assert database.read_bytes() == b"my notes, and no database at all"


def test_a_wrong_account_table_is_refused_at_start() -> None:
    with pytest.raises(ConfigError, match="colour"):
        SimServer(accounts=[{"id": "A", "colour": "red"}]).start()


def test_nothing_is_left_of_a_start_that_failed(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        SimServer(userdata=tmp_path, accounts=[{"id": "not an id!"}]).start()
    threads = [thread.name for thread in threading.enumerate() if thread.name == "miniqmt-sim server"]
    assert threads == []
    with SimServer(userdata=tmp_path) as sim:
        assert sim.ctl.check()["ok"]


# -- stop ----------------------------------------------------------------------------------------------------------------


def test_a_graceful_stop_answers_what_was_accepted_and_says_bye() -> None:
    with SimServer(feed="none") as sim, RawClient(sim.addr) as client, RawClient(sim.addr) as other:
        client.hello(sim.token, 1)
        other.hello(sim.token, 2)
        client.say("order_stock", 5, **ACCOUNT, **BUY)
        assert client.hear()["seq"] == 5
        sim.stop()
        assert other.hear() == {"t": "bye", "reason": "the server is stopping"}
        assert client.hear() == {"t": "bye", "reason": "the server is stopping"}


def test_nobody_is_let_in_after_the_stop() -> None:
    with SimServer(feed="none") as sim:
        addr = sim.addr
        sim.stop()
        with pytest.raises(ConnectError, match="nothing answers"):
            discovery.open_socket(addr, 5)


# -- sessions ------------------------------------------------------------------------------------------------------------


def test_a_session_id_belongs_to_one_live_connection() -> None:
    with SimServer(feed="none") as sim, RawClient(sim.addr) as one:
        assert one.hello(sim.token, 7)["t"] == "welcome"
        with RawClient(sim.addr) as two:
            bye = two.hello(sim.token, 7)
            assert bye["t"] == "bye"
            assert "7 is in use" in bye["reason"]
        assert one.ask("query_account_infos")["rows"]
        one.socket.close()
        with RawClient(sim.addr) as three:
            assert three.hello(sim.token, 7)["t"] == "welcome"


# -- restart -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["restart", "kill"])
@pytest.mark.parametrize("durability", ["full", "normal", "off"])
def test_the_world_is_the_same_after_a_restart(end: str, durability: str) -> None:
    with SimServer(feed="none", clock="manual", durability=durability) as sim:
        sim.ctl.quote("600000.SH", last=10.45, bid=["10.44:500"], ask=["10.45:500"])
        with RawClient(sim.addr) as client:
            client.hello(sim.token)
            resting = client.ask("order_stock", 1, **ACCOUNT, **BUY)["order_id"]
            filled = client.ask("order_stock", 2, **ACCOUNT, **(BUY | {"price": 10.5}))["order_id"]
        before = sim.ctl.state_hash(), sim.ctl.orders("1000000365"), sim.ctl.asset("1000000365"), sim.ctl.clock.show()
        if end == "kill":
            sim.kill()
        sim.restart()
        assert (sim.ctl.state_hash(), sim.ctl.orders("1000000365"), sim.ctl.asset("1000000365"), sim.ctl.clock.show()) == before
        assert sim.ctl.check()["ok"]
        with RawClient(sim.addr) as client:
            client.hello(sim.token)
            assert client.ask("cancel_order_stock", 1, **ACCOUNT, order_id=resting)["cancel_result"] == 0
            assert client.ask("cancel_order_stock", 2, **ACCOUNT, order_id=filled)["cancel_result"] == -1
            assert client.ask("order_stock", 3, **ACCOUNT, **BUY)["order_id"] == filled + 1


def test_a_clock_that_is_set_back_leaves_the_ledger_of_a_world_that_began_there(tmp_path: Path) -> None:
    with SimServer(userdata=str(tmp_path), feed="none", clock="manual", hours="exchange") as sim:
        sim.ctl.cash.withdraw("1000000365", 1_000_000)
        sim.ctl.clock.set("2026-01-05T09:31")
    with closing(sqlite3.connect(tmp_path / "miniqmt-sim.sqlite")) as connection:
        rows = connection.execute("SELECT ledger_id, account_id, day, amount_li FROM cash_ledger").fetchall()
    assert rows == [(1, "1000000366", 20260105, 1_000_000_000), (2, "1208970161", 20260105, 1_000_000_000)]


# -- failure -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("durability", ["full", "off"])
def test_a_commit_that_fails_ends_the_server(durability: str, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = Persistence.commit

    def fail(self: Persistence, facts: Any, stored: Any) -> None:
        if "orders" in facts:
            raise StorageError("disk full")
        commit(self, facts, stored)

    with SimServer(feed="none", durability=durability) as sim:
        with RawClient(sim.addr) as client:
            client.hello(sim.token)
            monkeypatch.setattr(Persistence, "commit", fail)
            client.say("order_stock", 1, **ACCOUNT, **BUY)
            if durability == "off":
                assert client.hear()["order_id"] > 0, "the answer does not wait"
            assert client.closed(), "it ends without another answer"
        with pytest.raises(StorageError, match="disk full"):
            sim.stop()
        monkeypatch.undo()
        sim.restart()
        assert sim.ctl.orders("1000000365") == [], "nothing of the batch was kept"


def test_a_bug_in_the_core_ends_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    sim = SimServer(feed="none").start()
    with RawClient(sim.addr) as client:
        client.hello(sim.token)
        monkeypatch.setattr("miniqmt_sim.simulator.Simulator.step", lambda *_: 1 / 0)
        client.say("order_stock", 1, **ACCOUNT, **BUY)
        assert client.closed()
    with pytest.raises(ZeroDivisionError):
        sim.stop()


def test_an_operators_refusal_changes_nothing() -> None:
    with SimServer(feed="none", clock="manual") as sim:
        before = sim.ctl.state_hash()
        with pytest.raises(CommandRefused):
            sim.ctl.cash.withdraw("1000000365", 1e12)
        assert sim.ctl.state_hash() == before


# -- the log -------------------------------------------------------------------------------------------------------------


def test_a_log_file_has_a_bound(tmp_path: Path) -> None:
    settings = load_settings({"userdata": str(tmp_path), "log.file": "logs/a.log", "log.bytes": 4096, "log.files": 1})
    _, handler = _log_handlers(settings)
    for number in range(200):
        handler.emit(logging.LogRecord("test", logging.INFO, "", 0, "line %d " + "x" * 100, (number,), None))
    handler.close()
    assert sorted(path.name for path in (tmp_path / "logs").iterdir()) == ["a.log", "a.log.1"]
    assert all(path.stat().st_size <= 4096 for path in (tmp_path / "logs").iterdir())
    assert "line 199" in (tmp_path / "logs" / "a.log").read_text("utf-8")


def test_a_log_that_cannot_be_written_is_said_at_start(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file", encoding="utf-8")
    with pytest.raises(StartError, match="the log cannot be written"):
        _log_handlers(load_settings({"userdata": str(tmp_path), "log.file": "logs/a.log"}))
