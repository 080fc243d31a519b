"""Whose file is it, is it free, how new is it: what opening a database finds out, and what it leaves alone."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from storage import (
    SCHEMA_VERSION,
    BadUrl,
    Database,
    DatabaseLocked,
    ForeignDatabase,
    NewerSchema,
    StorageError,
)
from storage.location import parse_url, url_of
from storage.lock import DatabaseLock
from storage.migrations import APPLICATION_ID, create, migrate, schema_version

DAY_ROW = {"counters": {("day",): ("day", 20240102)}}


OPENED: list[Database] = []


@pytest.fixture(autouse=True)
async def closing_all() -> AsyncIterator[None]:
    """Close what a failing test left open: its thread would keep the whole run from ending."""
    yield
    while OPENED:
        await OPENED.pop().close()


async def opened(place: object, durability: str = "normal") -> Database:
    OPENED.append(await Database.open(str(place), durability))
    return OPENED[-1]


async def make(path: Path) -> None:
    """Make a database of ours with one row."""
    database = await opened(path)
    await database.write(DAY_ROW)
    await database.close()


async def counters(path: Path) -> list[tuple[object, ...]]:
    database = await opened(path)
    world = await database.read()
    await database.close()
    return world["counters"]


def change(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# ---- where it is


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("data.sqlite", "data.sqlite"),
        ("sub/data.sqlite", "sub/data.sqlite"),
        ("sqlite:///data.sqlite", "data.sqlite"),
        ("sqlite+aiosqlite:///sub/data.sqlite", "sub/data.sqlite"),
        ("with space?#%20.sqlite", "with space?#%20.sqlite"),
    ],
)
def test_a_path_or_an_url_names_a_file(url: str, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert parse_url(url) == tmp_path.resolve() / path


def test_an_absolute_url_is_the_one_that_the_database_calls_its_own(tmp_path: Path) -> None:
    path = tmp_path.resolve() / "a.sqlite"
    assert parse_url(url_of(path)) == path
    assert parse_url(url_of(path).replace("sqlite:", "sqlite+aiosqlite:")) == path


@pytest.mark.parametrize("url", [":memory:", "sqlite://", "sqlite:///:memory:", "sqlite+aiosqlite://"])
async def test_a_database_in_memory_has_no_file(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    first, second = await opened(url, "full"), await opened(url, "off")
    await first.write(DAY_ROW)
    assert (await first.read())["counters"] == [("day", 20240102)]
    assert (await second.read())["counters"] == [], "each is a database of its own"
    assert (first.path, first.url) == (None, "sqlite://")
    await first.close()
    await second.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("postgresql://user:secret@host/db", "'postgresql' are not supported"),
        ("mysql+aiomysql://user:secret@host/db", "'mysql\\+aiomysql' are not supported"),
        ("sqlite+pysqlcipher:///a.sqlite", "not supported"),
        ("sqlite://data.sqlite", "three slashes"),
        ("sqlite:///a.sqlite?mode=ro", "takes no options here, found mode"),
        ("sqlite:///file:a.sqlite", "not the path"),
        ("file:a.sqlite", "not the path"),
        ("://", "cannot be read"),
        ("host://x:y:z@:port/secret", "cannot be read"),
        ("", "not the path"),
        ("a\0b", "not the path"),
    ],
)
async def test_any_other_url_is_refused_and_not_repeated(
    url: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadUrl, match=text) as refusal:
        await opened(url)
    assert "secret" not in str(refusal.value)
    assert list(tmp_path.iterdir()) == []


# ---- new and known files


async def test_a_new_database_is_made_with_its_folder_and_says_whose_it_is(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "a.sqlite"
    database = await opened(path)
    assert (database.path, database.url) == (path.resolve(), f"sqlite:///{path.resolve().as_posix()}")
    await database.close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        assert connection.execute("SELECT * FROM meta").fetchall() == [("schema_version", str(SCHEMA_VERSION))]
    assert sorted(contents(path.parent)) == ["a.sqlite", "a.sqlite.lock"], "a closed database leaves no log beside it"


async def test_a_second_opening_finds_what_the_first_one_wrote(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    await make(path)
    assert await counters(path) == [("day", 20240102)]
    assert await counters(path) == [("day", 20240102)]


async def test_an_empty_file_is_a_new_database(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    path.touch()
    await make(path)
    assert await counters(path) == [("day", 20240102)]


async def test_a_draft_that_a_killed_process_left_is_thrown_away(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    (tmp_path / "a.sqlite.new").write_bytes(b"half a database")
    (tmp_path / "a.sqlite.new-journal").write_bytes(b"and its journal")
    await make(path)
    assert sorted(contents(tmp_path)) == ["a.sqlite", "a.sqlite.lock"]


async def test_what_was_committed_is_in_a_copy_of_the_files_at_that_moment(tmp_path: Path) -> None:
    path, copy = tmp_path / "a.sqlite", tmp_path / "copy.sqlite"
    database = await opened(path)
    await database.write(DAY_ROW)
    shutil.copy(path, copy)
    shutil.copy(f"{path}-wal", f"{copy}-wal")
    await database.write({"counters": {("day",): ("day", 20240103)}})
    await database.close()
    assert await counters(copy) == [("day", 20240102)]


# ---- other people's files


def foreign(path: Path, kind: str) -> sqlite3.Connection | None:
    """Put a file that is not ours in place; a connection that is returned keeps a write-ahead log open beside it."""
    if kind in GARBAGE:
        path.write_bytes(GARBAGE[kind])
        return None
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in PROGRAMS[kind]:
        connection.execute(statement)
    if kind == "with a log":
        return connection
    connection.close()
    return None


GARBAGE = {
    "a text": b"account,cash\n1,100\n" * 20,
    "one byte": b"\n",
    "the beginning of a header": b"SQLite format 3\0",
    "zeros": bytes(8192),
}
PROGRAMS = {
    "a database": ("CREATE TABLE notes (text)", "INSERT INTO notes VALUES ('mine')"),
    "with a log": ("PRAGMA journal_mode = WAL", "CREATE TABLE notes (text)", "INSERT INTO notes VALUES ('mine')"),
    "with a table meta": ("CREATE TABLE meta (key, value)", "INSERT INTO meta VALUES ('schema_version', '1')"),
    "with another id": ("PRAGMA application_id = 1196444487", "CREATE TABLE meta (key, value)"),
    "without a table": ("PRAGMA user_version = 5",),
}


@pytest.mark.parametrize("kind", [*GARBAGE, *PROGRAMS])
async def test_a_foreign_file_is_refused_and_nothing_in_its_folder_changes(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "theirs.db"
    connection = foreign(path, kind)
    before = contents(tmp_path)
    with pytest.raises(ForeignDatabase, match=r"theirs\.db"):
        await opened(path)
    assert contents(tmp_path) == before
    if connection is not None:
        assert any(name.endswith("-wal") for name in before)
        connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE meta",
        "DELETE FROM meta",
        "UPDATE meta SET value = 'latest'",
        "UPDATE meta SET key = 'version'",
    ],
)
async def test_a_file_that_does_not_say_its_version_is_not_ours(statement: str, tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    await make(path)
    change(path, statement)
    before = contents(tmp_path)
    with pytest.raises(ForeignDatabase, match=r"a\.sqlite does not say"):
        await opened(path)
    assert contents(tmp_path)["a.sqlite"] == before["a.sqlite"]


NEWER = f"UPDATE meta SET value = '{SCHEMA_VERSION + 1}' WHERE key = 'schema_version'"


async def test_a_newer_schema_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    await make(path)
    change(path, NEWER, "CREATE TABLE dividends (day INTEGER)")
    before = path.read_bytes()
    with pytest.raises(NewerSchema, match=rf"a\.sqlite has schema version {SCHEMA_VERSION + 1}; .* up to {SCHEMA_VERSION}"):
        await opened(path)
    assert path.read_bytes() == before
    # The refusal gave the lock back: once the version is right again, the file can be opened.
    change(path, f"UPDATE meta SET value = '{SCHEMA_VERSION}' WHERE key = 'schema_version'")
    assert await counters(path) == [("day", 20240102)]


async def test_a_newer_schema_in_a_log_that_a_killed_program_left_is_refused_and_left_alone(tmp_path: Path) -> None:
    path, killed = tmp_path / "a.sqlite", tmp_path / "killed" / "a.sqlite"
    killed.parent.mkdir()
    await make(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(NEWER)
        for name in ("a.sqlite", "a.sqlite-wal"):
            shutil.copy(tmp_path / name, killed.parent / name)
    before = contents(killed.parent)
    assert before["a.sqlite-wal"]
    with pytest.raises(NewerSchema):
        await opened(killed)
    after = contents(killed.parent)
    assert {name: after[name] for name in before} == before


async def test_a_damaged_file_is_refused_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    await make(path)
    path.write_bytes(path.read_bytes()[:100] + b"\xff" * 50_000)
    with pytest.raises(StorageError, match=r"a\.sqlite: "):
        await opened(path)


# ---- what the file system refuses


async def test_a_folder_is_not_a_database(tmp_path: Path) -> None:
    folder = tmp_path / "a.sqlite"
    folder.mkdir()
    with pytest.raises(StorageError, match=r"a\.sqlite is not a file"):
        await opened(folder)
    assert contents_of_tree(tmp_path) == ["a.sqlite"]


async def test_a_path_through_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match=r"a\.sqlite: "):
        await opened(tmp_path / "file" / "a.sqlite")
    assert contents_of_tree(tmp_path) == ["file"]


def contents_of_tree(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.fixture
def ordinary_folder() -> Iterator[Path]:
    """A folder of an ordinary user, as whom the test runs: to the administrator nothing is read-only."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "data"
        folder.mkdir()
        is_root = hasattr(os, "geteuid") and os.geteuid() == 0
        if is_root:
            Path(name).chmod(0o755)
            os.chown(folder, 65534, 65534)
            os.seteuid(65534)
        try:
            yield folder
        finally:
            if is_root:
                os.seteuid(0)
            folder.chmod(0o755)


async def test_a_read_only_file_is_refused_when_it_is_opened(ordinary_folder: Path) -> None:
    path = ordinary_folder / "a.sqlite"
    await make(path)
    path.chmod(0o444)
    before = contents(ordinary_folder)
    with pytest.raises(StorageError, match=r"a\.sqlite: a\.sqlite is read-only"):
        await opened(path)
    assert contents(ordinary_folder) == before
    path.chmod(0o644)
    assert await counters(path) == [("day", 20240102)]


@pytest.mark.parametrize("missing", ["a.sqlite.lock", "a.sqlite", "nothing"])
async def test_a_read_only_folder_is_refused(ordinary_folder: Path, missing: str) -> None:
    path = ordinary_folder / "a.sqlite"
    await make(path)
    (ordinary_folder / missing).unlink(missing_ok=True)
    before = contents(ordinary_folder)
    ordinary_folder.chmod(0o555)
    with pytest.raises(StorageError, match=r"a\.sqlite: (cannot make the lock file|unable to open|data is read-only)"):
        await opened(path)
    assert contents(ordinary_folder) == before


async def test_an_sqlite_without_strict_tables_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.migrations.OLDEST_SQLITE", (99, 0, 0))
    with pytest.raises(StorageError, match=r"too old; 99\.0\.0 or newer"):
        await opened(tmp_path / "a.sqlite")


# ---- the lock


async def test_a_second_server_is_refused_while_a_shell_may_read(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    database = await opened(path)
    await database.write(DAY_ROW)
    with pytest.raises(DatabaseLocked, match=rf"a\.sqlite is in use by another server \(process {os.getpid()}\)"):
        await opened(path)
    (tmp_path / "same.sqlite").symlink_to(path)
    with pytest.raises(DatabaseLocked):
        await opened(tmp_path / "same.sqlite")
    with closing(sqlite3.connect(path)) as shell:
        assert shell.execute("SELECT * FROM counters").fetchall() == [("day", 20240102)]
    await database.close()
    assert await counters(path) == [("day", 20240102)]


SHELL = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
print(connection.execute("SELECT * FROM counters").fetchall())
connection.close()
"""


async def test_a_refused_opening_does_not_loosen_the_hold_of_the_one_that_is_open(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    database = await opened(path)
    await database.write(DAY_ROW)
    with pytest.raises(DatabaseLocked):
        await opened(path)
    # A process that found no lock on the file would take itself for the last one and remove the log when it closes.
    answer = subprocess.run([sys.executable, "-c", SHELL, str(path)], capture_output=True, text=True, check=True)
    assert answer.stdout == "[('day', 20240102)]\n"
    assert (tmp_path / "a.sqlite-wal").exists()
    await database.write({"counters": {("day",): ("day", 20240103)}})
    await database.close()
    assert await counters(path) == [("day", 20240103)]


SERVER = """
import asyncio, sys
from storage import Database

async def main():
    database = await Database.open(sys.argv[1], "normal")
    await database.write({"counters": {("day",): ("day", 20240102)}})
    print("committed", flush=True)
    await asyncio.sleep(3600)

asyncio.run(main())
"""


def test_a_released_lock_can_be_taken_again_and_leaves_nothing_open(tmp_path: Path) -> None:
    for _ in range(2):
        lock = DatabaseLock(tmp_path / "a.sqlite")
        descriptor = lock._descriptor
        lock.release()
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(descriptor)


async def test_a_server_killed_while_it_emptied_the_log_starts_again(tmp_path: Path) -> None:
    """The first page is home already, and says how many there are; the others are still in the log only."""
    await make(tmp_path / "x.db")
    torn = tmp_path / "torn.db"
    with closing(sqlite3.connect(tmp_path / "x.db", isolation_level=None)) as live:
        live.execute("PRAGMA wal_autocheckpoint = 0")
        live.executemany("INSERT INTO counters VALUES (?, ?)", [(f"number {number}", number) for number in range(5000)])
        for name in ("x.db", "x.db-wal"):
            shutil.copy(tmp_path / name, tmp_path / name.replace("x", "torn"))
        live.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with torn.open("r+b") as file:
        file.write((tmp_path / "x.db").read_bytes()[:4096])
    assert len(await counters(torn)) == 5001


async def test_a_killed_server_loses_nothing_it_committed_and_frees_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(path)], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        assert server.stdout.readline() == "committed\n"
        with pytest.raises(DatabaseLocked, match=f"process {server.pid}"):
            await opened(path)
    finally:
        server.kill()
        server.communicate()
    assert await counters(path) == [("day", 20240102)]


# ---- migrations


MIGRATIONS = {
    SCHEMA_VERSION + 2: ("INSERT INTO dividends VALUES (2)",),
    SCHEMA_VERSION + 1: ("CREATE TABLE dividends (day INTEGER NOT NULL) STRICT", "INSERT INTO dividends VALUES (1)"),
}


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as made:
        create(made)
        yield made


def test_migrations_run_in_order_and_once(connection: sqlite3.Connection) -> None:
    for _ in range(2):
        migrate(connection, MIGRATIONS)
        assert connection.execute("SELECT day FROM dividends").fetchall() == [(1,), (2,)]
        assert schema_version(connection) == SCHEMA_VERSION + 2


def test_only_the_missing_migrations_run(connection: sqlite3.Connection) -> None:
    migrate(connection, {SCHEMA_VERSION + 1: MIGRATIONS[SCHEMA_VERSION + 1]})
    migrate(connection, MIGRATIONS)
    assert connection.execute("SELECT day FROM dividends").fetchall() == [(1,), (2,)]


async def test_an_older_file_is_brought_up_to_date_when_it_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.sqlite"
    await make(path)
    monkeypatch.setattr("storage.migrations.SCHEMA_VERSION", SCHEMA_VERSION + 2)
    monkeypatch.setattr("storage.migrations.MIGRATIONS", MIGRATIONS)
    assert await counters(path) == [("day", 20240102)]
    with closing(sqlite3.connect(path)) as made:
        assert schema_version(made) == SCHEMA_VERSION + 2
        assert made.execute("SELECT day FROM dividends").fetchall() == [(1,), (2,)]


async def test_a_migration_that_fails_leaves_the_file_at_its_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.sqlite"
    await make(path)
    monkeypatch.setattr("storage.migrations.SCHEMA_VERSION", SCHEMA_VERSION + 2)
    failing = {**MIGRATIONS, SCHEMA_VERSION + 2: ("INSERT INTO nowhere VALUES (2)",)}
    monkeypatch.setattr("storage.migrations.MIGRATIONS", failing)
    with pytest.raises(StorageError, match="no such table: nowhere"):
        await opened(path)
    monkeypatch.undo()
    with closing(sqlite3.connect(path)) as made:
        assert schema_version(made) == SCHEMA_VERSION
    assert await counters(path) == [("day", 20240102)]
