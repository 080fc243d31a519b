"""Files of every earlier version, stored when that version was the newest, are brought up to date and lose nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from miniqmt_sim.server.replay import replay
from miniqmt_sim.testing import SimServer
from storage.migrations import MIGRATIONS, create, migrate, schema_version
from storage.schema import SCHEMA_VERSION, TABLES

STORED = Path(__file__).resolve().parents[1] / "golden" / "schema"
VERSIONS = range(1, SCHEMA_VERSION)


def file_of(version: int, path: Path) -> Path:
    """Make the stored file of a version a database."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.executescript((STORED / f"v{version}.sql").read_text("utf-8"))
    return path


@pytest.fixture
def newest() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        create(connection)
        yield connection


def shape(connection: sqlite3.Connection) -> dict[tuple[str, str], object]:
    """Tables with their columns, indices with theirs, views with their text."""
    things = connection.execute("SELECT type, name FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    info = {
        "table": "SELECT name, type, \"notnull\", pk FROM pragma_table_info(?)",
        "index": "SELECT name FROM pragma_index_info(?)",
        "view": "SELECT sql FROM sqlite_master WHERE name = ?",
    }
    return {(kind, name): connection.execute(info[kind], (name,)).fetchall() for kind, name in things}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_migrated_file_is_shaped_like_a_new_one(version: int, tmp_path: Path, newest: sqlite3.Connection) -> None:
    with closing(sqlite3.connect(file_of(version, tmp_path / "a.sqlite"), isolation_level=None)) as connection:
        assert schema_version(connection) == version
        migrate(connection, MIGRATIONS)
        assert schema_version(connection) == SCHEMA_VERSION
        assert shape(connection) == shape(newest)
        strict = connection.execute("SELECT name FROM pragma_table_list WHERE type = 'table' AND strict AND schema = 'main'")
        assert {name for (name,) in strict} == set(TABLES)


@pytest.mark.parametrize("version", VERSIONS)
def test_no_row_is_lost(version: int, tmp_path: Path) -> None:
    with closing(sqlite3.connect(file_of(version, tmp_path / "a.sqlite"), isolation_level=None)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        queries = {name: f"SELECT {kept_columns(connection, name)} FROM {name} ORDER BY 1, 2" for name in names}
        before = {name: connection.execute(query).fetchall() for name, query in queries.items()}
        migrate(connection, MIGRATIONS)
        for name in set(names) - {"meta"}:
            assert connection.execute(queries[name]).fetchall() == before[name], name
        assert sum(map(len, before.values())) > 50, "an empty file proves nothing"


def kept_columns(connection: sqlite3.Connection, table: str) -> str:
    """The columns of a table whose values no migration changes; of ``counters`` that is not where the journal begins."""
    if table == "counters":
        return "name, iif(name = 'journal_base', 0, value)"
    found = connection.execute("SELECT name FROM pragma_table_info(?)", (table,)).fetchall()
    return ", ".join(name for (name,) in found if name != "repaid_volume")


def test_free_shares_move_to_a_column_of_their_own(tmp_path: Path) -> None:
    with closing(sqlite3.connect(file_of(4, tmp_path / "a.sqlite"), isolation_level=None)) as connection:
        migrate(connection, MIGRATIONS)
        query = "SELECT compact_type, volume, repaid_volume, free_volume FROM {} ORDER BY compact_id"
        assert connection.execute(query.format("compacts")).fetchall() == [(48, 1000, 0, 200), (49, 345, 50, 0)]
        assert connection.execute(query.format("compact_history")).fetchall() == [
            (48, 500, 0, 100), (48, 100, 0, 0), (49, 1150, 1150, 0), (49, 345, 345, 0),
        ]  # fmt: skip


@pytest.mark.parametrize("version", VERSIONS)
def test_a_server_goes_on_from_it(version: int, tmp_path: Path) -> None:
    database = file_of(version, tmp_path / "a.sqlite")
    with SimServer(database=database, feed="none", clock="manual", hours="exchange") as sim:
        assert sim.ctl.check() == {"ok": True, "problems": []}
        assert [row["order_status"] for row in sim.ctl.orders("B")] == [50, 50, 54]
        before = sim.ctl.state_hash()
        sim.restart()
        assert sim.ctl.state_hash() == before
        sim.ctl.cash.deposit("A", 1)
        state_hash = sim.ctl.state_hash()["state_hash"]
    found = replay(str(database))
    assert (found.same, found.state_hash) == (True, state_hash), "what happened since can be played again"
