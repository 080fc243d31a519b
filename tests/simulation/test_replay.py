"""A journal is played again to the same world, by whatever restarts and kills it was interrupted; a difference is named."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from miniqmt_sim.cli import main
from miniqmt_sim.cli.replays import lines_of
from miniqmt_sim.errors import ConfigError
from miniqmt_sim.server.replay import Report, replay
from miniqmt_sim.testing import SimServer
from tests.kit.raw_client import RawClient

BANK = {"bank_no": "1001", "bank_account": "6222", "balance_yuan": 5000, "bank_pwd": "123", "fund_pwd": "456"}
ACCOUNTS: list[dict[str, Any]] = [
    {
        "id": name,
        "cash_yuan": 300_000,
        "position": [{"stock_code": "600000.SH", "volume": 5000, "cost_yuan": 10.0}],
        "bank": [BANK],
    }
    for name in "ABC"
]
CODES = {"600000.SH": 10.45, "000001.SZ": 11.2}


@pytest.fixture
def sim(tmp_path: Path) -> Iterator[SimServer]:
    with SimServer(userdata=tmp_path / "u", accounts=ACCOUNTS, clock="manual", feed="synthetic", hours="exchange") as server:
        server.ctl.clock.set("2026-11-23T09:31")
        yield server


def path_of(sim: SimServer) -> Path:
    return Path(sim.database.removeprefix("sqlite:///"))


def order(client: RawClient, seq: int, account: str, kind: int, code: str, price: float, volume: int = 100) -> int:
    reply = client.ask(
        "order_stock", seq, account_type=2, account_id=account, stock_code=code, order_type=kind, order_volume=volume,
        price_type=11, price=price,
    )  # fmt: skip
    return int(reply["order_id"])


def transfer(client: RawClient, seq: int, account: str, password: str) -> bool:
    fields = {"bank_no": "1001", "bank_account": "6222", "balance": 10.0, "bank_pwd": password}
    return bool(client.ask("bank_transfer", seq, account_type=2, account_id=account, direction=501, **fields)["success"])


def trade(sim: SimServer, luck: random.Random, steps: int) -> None:
    """What strategies do, from two sessions."""
    with RawClient(sim.addr) as one, RawClient(sim.addr) as two:
        one.hello(sim.token, luck.randint(1, 9))
        two.hello(sim.token, luck.randint(11, 19))
        mine: list[tuple[str, int]] = []
        for seq in range(1, steps + 1):
            client, account, code = luck.choice((one, two)), luck.choice("ABC"), luck.choice(list(CODES))
            action = luck.random()
            if action < 0.6:
                price = round(CODES[code] * luck.uniform(0.97, 1.03), 2)
                mine.append((account, order(client, seq, account, luck.choice((23, 24)), code, price)))
            elif action < 0.8 and mine:
                owner, number = luck.choice(mine)
                client.ask("cancel_order_stock", seq, account_type=2, account_id=owner, order_id=number)
            else:
                transfer(client, seq, account, luck.choice(("123", "no")))


def end_otherwise(sim: SimServer, luck: random.Random) -> None:
    """Let time pass, look, restart, kill."""
    action = luck.randrange(5)
    if action == 0:
        sim.kill()
        sim.restart()
    elif action == 1:
        sim.restart()
    elif action == 2:
        sim.ctl.clock.advance(luck.choice(("3s", "45m", "1d")))
    elif action == 3:
        sim.ctl.bank.set(luck.choice("ABC"), bank_no="1001", account="6222", bank_pwd=luck.choice(("123", "new", "-")))
    else:
        sim.ctl.settle()


@pytest.mark.parametrize("seed", range(2))
def test_what_is_played_again_is_what_happened(seed: int, sim: SimServer) -> None:
    luck = random.Random(seed)
    for _ in range(6):
        trade(sim, luck, 12)
        end_otherwise(sim, luck)
    state = sim.ctl.state_hash()["state_hash"]
    running = replay(sim.database)
    sim.kill()
    killed = replay(sim.database)
    assert (running.same, killed.same) == (True, True), list(lines_of(running))
    assert running.state_hash == killed.state_hash == state
    assert running.entries > 60


def test_a_journal_without_its_first_days_is_played_from_a_later_base(sim: SimServer) -> None:
    for _ in range(3):
        trade(sim, random.Random(1), 10)
        sim.ctl.clock.advance("1d")
    sim.stop()
    with closing(sqlite3.connect(path_of(sim))) as connection:
        (second,) = connection.execute("SELECT seq FROM journal_bases ORDER BY seq LIMIT 1 OFFSET 1").fetchone()
        connection.execute("DELETE FROM journal WHERE seq <= ?", (second,))
        connection.execute("DELETE FROM journal_bases WHERE seq < ?", (second,))
        connection.commit()
    report = replay(sim.database)
    assert report.same, list(lines_of(report))
    assert report.first is not None
    assert report.first.seq > second


def test_no_password_is_in_the_journal_or_in_what_it_begins_with(sim: SimServer) -> None:
    sim.ctl.bank.set("A", bank_no="1001", account="6222", bank_pwd="geheim")
    with RawClient(sim.addr) as client:
        client.hello(sim.token, 1)
        assert transfer(client, 1, "A", "geheim")
        assert not transfer(client, 2, "A", "falsch")
    sim.ctl.clock.advance("1d")
    sim.ctl.cash.deposit("A", 1)
    sim.stop()
    with closing(sqlite3.connect(path_of(sim))) as connection:
        tables = ("journal", "journal_bases", "configurations")
        texts = [str(row) for table in tables for row in connection.execute(f"SELECT * FROM {table}")]
    assert any("bank_pwd" in text for text in texts)
    assert not any(word in text for text in texts for word in ("geheim", "falsch", "'123'", '"123"', "456\\"))
    assert replay(sim.database).same


def test_the_days_told_are_those_played_where_the_clock_was_set_back_first(tmp_path: Path) -> None:
    with SimServer(userdata=tmp_path, clock="manual", hours="exchange") as sim:
        sim.ctl.clock.set("2015-11-23T09:31")
        sim.ctl.clock.set("2015-11-24T09:31")
    assert "from 2015-11-23 09:31:00 to 2015-11-24 09:31:00" in list(lines_of(replay(sim.database)))


# -- differences ---------------------------------------------------------------------------------------------------------


def changed(sim: SimServer, statement: str) -> Report:
    """Play a file again in which somebody changed something."""
    sim.stop()
    with closing(sqlite3.connect(path_of(sim))) as connection:
        connection.execute(statement)
        connection.commit()
    return replay(sim.database)


@pytest.fixture
def traded(sim: SimServer) -> SimServer:
    with RawClient(sim.addr) as client:
        client.hello(sim.token, 1)
        assert [order(client, seq, "A", 23, "600000.SH", 10.0) for seq in (1, 2, 3)] == [1048577, 1048578, 1048579]
    return sim


def test_the_first_row_that_differs_is_named_with_the_entry_that_wrote_it(traded: SimServer) -> None:
    report = changed(traded, "UPDATE orders SET volume = 900 WHERE order_id >= 1048578")
    assert not report.same
    assert report.cause is not None
    assert (report.cause.name, report.cause.request_seq) == ("order_stock", 2)
    text = "\n".join(lines_of(report))
    assert "orders 1048578: volume 900 recorded, 100 played" in text
    assert "the first difference was written by entry" in text


def test_an_entry_that_is_missing_is_noticed(traded: SimServer) -> None:
    report = changed(traded, "DELETE FROM journal WHERE request_seq = 3 AND name = 'order_stock'")
    assert any(each.key == (1048579,) and each.replayed is None for each in report.differences)


def test_a_hash_that_is_not_met_is_named(traded: SimServer) -> None:
    traded.restart()
    report = changed(traded, "UPDATE journal SET body = replace(body, '10.0', '9.9') WHERE request_seq = 2")
    assert report.broken_at is not None
    assert report.broken_at.name == "start"
    assert any("is not met at entry" in line for line in lines_of(report))


def test_the_command_says_it_and_gives_a_code(traded: SimServer, capsys: pytest.CaptureFixture[str]) -> None:
    database = str(path_of(traded))
    assert main(["replay", database]) == 0
    assert "the same to the end: state-hash " in capsys.readouterr().out
    changed(traded, "UPDATE orders SET volume = 900")
    assert main(["replay", database]) == 1
    assert "volume 900 recorded, 100 played" in capsys.readouterr().out
    assert main(["replay", database + "x"]) == 2
    assert "there is no database" in capsys.readouterr().err


def test_without_a_journal_there_is_nothing_to_play(tmp_path: Path) -> None:
    with SimServer(userdata=tmp_path, journal=False) as sim, pytest.raises(ConfigError, match="holds no journal"):
        replay(sim.database)


def test_a_gap_begins_the_journal_anew(tmp_path: Path) -> None:
    for journal in (True, False, True):
        with SimServer(userdata=tmp_path, journal=journal, clock="manual", feed="none") as sim:
            sim.ctl.cash.deposit("1000000365", 1)
            if not journal:
                with pytest.raises(ConfigError, match="holds no journal"):
                    replay(sim.database)
    report = replay(sim.database)
    assert report.same, list(lines_of(report))
    assert report.starts == 1
