"""Rows go in by the batch, whole or not at all, and come back in the order of their keys."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from storage import COLUMNS, Database, StorageError, WriteFailed
from storage.database import SYNCHRONOUS
from storage.loader import NOT_OF_THE_WORLD
from storage.schema import BORN_WITH, TABLES
from storage.statements import TABLES as STATEMENTS
from storage.writer import Batch

Row = tuple[Any, ...]
DAY = 20240102
WORLD = sorted(set(COLUMNS) - NOT_OF_THE_WORLD)


def row_of(table: str, number: int, **fields: object) -> Row:
    """Make up a row: every column tells its place and the number, so that no two columns are alike."""

    def value(place: int, name: str) -> object:
        cell = 1000 * number + place
        return fields.get(name, cell if TABLES[table].columns[name].type.python_type is int else f"{cell:09}")

    return tuple(value(place, name) for place, name in enumerate(COLUMNS[table]))


def keyed(table: str, *rows: Row) -> dict[Row, Row | None]:
    width = len(TABLES[table].primary_key.columns)
    return {row[:width]: row for row in rows}


def counter(name: str, value: int) -> Batch:
    return {"counters": {(name,): (name, value)}}


OPENED: list[Database] = []


@pytest.fixture(autouse=True)
async def closing_all() -> AsyncIterator[None]:
    """Close what a failing test left open: its thread would keep the whole run from ending."""
    yield
    while OPENED:
        await OPENED.pop().close()


async def opened(place: object = ":memory:", durability: str = "normal") -> Database:
    OPENED.append(await Database.open(str(place), durability))
    return OPENED[-1]


def shell(path: Path, sql: str) -> list[Row]:
    """Ask from outside, as anyone with a SQLite shell would."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


@pytest.mark.parametrize("table", WORLD)
async def test_rows_come_back_as_written_in_the_order_of_their_keys(table: str) -> None:
    database = await opened()
    rows = [row_of(table, number) for number in (3, 1, 12, 2)]
    await database.write({table: keyed(table, *rows)})
    world = await database.read()
    await database.close()
    assert world[table] == sorted(rows)
    assert not any(world[other] for other in WORLD if other != table)


async def test_a_restart_reads_the_world_and_nothing_else() -> None:
    database = await opened()
    await database.write({table: keyed(table, row_of(table, 1)) for table in COLUMNS})
    world = await database.read()
    await database.close()
    assert sorted(world) == WORLD
    assert all(world.values())


@pytest.mark.parametrize("table", COLUMNS)
async def test_a_row_of_a_known_key_replaces_the_old_one(table: str, tmp_path: Path) -> None:
    keys, indices = TABLES[table].primary_key.columns, [index for index in TABLES[table].indexes if index.info == BORN_WITH]
    born_with = {column.name for column in (*keys, *(column for index in indices for column in index.columns))}
    old, other = row_of(table, 1), row_of(table, 2)
    cells = zip(COLUMNS[table], old, row_of(table, 7), strict=True)
    new = tuple(before if name in born_with else after for name, before, after in cells)
    path = tmp_path / "a.sqlite"
    database = await opened(path)
    await database.write({table: keyed(table, old, other)})
    await database.write({table: keyed(table, new)})
    await database.close()
    found = shell(path, f"SELECT * FROM {table}")
    assert sorted(row for row in found if row[0] != "schema_version") == [new, other]


@pytest.mark.parametrize("table", COLUMNS)
async def test_none_deletes_the_row_of_that_key_only(table: str, tmp_path: Path) -> None:
    gone, stays, absent = (row_of(table, number) for number in (1, 2, 3))
    width = len(TABLES[table].primary_key.columns)
    path = tmp_path / "a.sqlite"
    database = await opened(path)
    await database.write({table: keyed(table, gone, stays)})
    await database.write({table: {gone[:width]: None, absent[:width]: None}})
    await database.close()
    assert [row for row in shell(path, f"SELECT * FROM {table}") if row[0] != "schema_version"] == [stays]


async def test_a_batch_may_write_and_delete_in_one_table() -> None:
    database = await opened()
    await database.write({"accounts": keyed("accounts", *(row_of("accounts", number) for number in (1, 2, 3)))})
    changed, added = row_of("accounts", 2, cash_li=5), row_of("accounts", 4)
    await database.write({"accounts": {row_of("accounts", 1)[:1]: None, **keyed("accounts", added, changed)}})
    world = await database.read()
    await database.close()
    assert world["accounts"] == [changed, row_of("accounts", 3), added]


@pytest.mark.parametrize("seed", range(5))
async def test_many_batches_leave_what_a_dictionary_would_hold(seed: int) -> None:
    choose = random.Random(seed)
    model: dict[Row, Row] = {}
    database = await opened()
    for _ in range(40):
        rows = [row_of("positions", choose.randrange(12), volume=choose.randrange(100)) for _ in range(choose.randrange(6))]
        batch = {key: choose.choice([row, None]) for key, row in keyed("positions", *rows).items()}
        for key, row in batch.items():
            model.pop(key, None)
            if row is not None:
                model[key] = row
        await database.write({"positions": batch})
    world = await database.read()
    await database.close()
    assert world["positions"] == sorted(model.values())


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63), 0])
async def test_integers_have_64_bits(number: int) -> None:
    database = await opened()
    await database.write(counter("next", number))
    world = await database.read()
    await database.close()
    assert world["counters"] == [("next", number)]


@pytest.mark.parametrize("text", ["", "买入", "it's; DROP TABLE orders --", "nul\0inside", "😀"])
async def test_texts_come_back_to_the_letter(text: str) -> None:
    database = await opened()
    row = row_of("orders", 1, order_remark=text)
    await database.write({"orders": keyed("orders", row)})
    world = await database.read()
    await database.close()
    assert world["orders"] == [row]


@pytest.mark.parametrize("table", ["orders", "trades"])
async def test_only_the_present_day_of_what_grows_is_read(table: str) -> None:
    days = {1: DAY, 2: DAY - 1, 3: DAY, 4: DAY + 1}
    rows = {number: row_of(table, number, day=day) for number, day in days.items()}
    database = await opened()
    await database.write({table: keyed(table, *rows.values())})
    assert (await database.read())[table] == list(rows.values()), "no day is known yet"
    await database.write(counter("day", DAY))
    world = await database.read()
    await database.close()
    assert world[table] == [rows[1], rows[3]]


@pytest.mark.parametrize(("table", "index"), [("orders", "orders_by_day"), ("trades", "trades_by_day")])
async def test_the_present_day_is_found_by_index(table: str, index: str, tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    await (await opened(path)).close()
    query = STATEMENTS[table].select_day
    assert query is not None
    plan = " ".join(row[3] for row in shell(path, f"EXPLAIN QUERY PLAN {query.replace('?', str(DAY))}"))
    assert f"SEARCH {table} USING INDEX {index} (day=?)" in plan


@pytest.mark.parametrize("table", sorted(NOT_OF_THE_WORLD | {"house_rests", "orders"}))
async def test_what_was_written_is_seen_from_a_shell_at_once(table: str, tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    row = row_of(table, 1)
    database = await opened(path)
    await database.write({table: keyed(table, row)})
    seen = shell(path, f"SELECT * FROM {table}")
    await database.close()
    assert row in seen


GOOD = row_of("positions", 1)
BAD_BATCHES: dict[str, Any] = {
    "a NULL": {"orders": keyed("orders", row_of("orders", 1), row_of("orders", 2, price_li=None))},
    "a fraction": {"orders": keyed("orders", row_of("orders", 1, price_li=10.5))},
    "a text for a number": {"orders": keyed("orders", row_of("orders", 1, volume="many"))},
    "an integer of 65 bits": {"orders": keyed("orders", row_of("orders", 1, volume=2**63))},
    "half a character": {"orders": keyed("orders", row_of("orders", 1, order_remark="\ud800"))},
    "too few columns": {"orders": {(1,): (1, DAY)}},
    "too many columns": {"orders": keyed("orders", (*row_of("orders", 1), 0))},
    "a key of the wrong width": {"settlements": {("1",): None}},
    "a row under another key": {"orders": {(5,): row_of("orders", 1)}},
    "an unknown table": {"dividends": {(1,): (1, 2)}},
}


@pytest.mark.parametrize("bad", BAD_BATCHES.values(), ids=BAD_BATCHES.keys())
async def test_a_batch_that_cannot_be_written_leaves_nothing_and_ends_the_database(bad: Batch, tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    database = await opened(path)
    await database.write(counter("committed", 1))
    with pytest.raises(WriteFailed):
        await database.write({"positions": keyed("positions", GOOD), **counter("committed", 2), **bad, "trades": {}})
    with pytest.raises(WriteFailed, match="an earlier batch"):
        await database.write(counter("committed", 3))
    await database.close()

    database = await opened(path)
    world = await database.read()
    await database.close()
    assert {table: rows for table, rows in world.items() if rows} == {"counters": [("committed", 1)]}


async def test_a_batch_already_handed_over_is_not_written_after_one_that_failed(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite"
    database = await opened(path)
    outcomes = await asyncio.gather(
        database.write(counter("first", 1)),
        database.write(BAD_BATCHES["a NULL"]),
        database.write(counter("third", 3)),
        return_exceptions=True,
    )
    await database.close()
    assert [type(outcome) for outcome in outcomes] == [type(None), WriteFailed, WriteFailed]
    assert shell(path, "SELECT name FROM counters") == [("first",)]


async def test_a_commit_that_another_writer_keeps_out_fails_and_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.database.BUSY_SECONDS", 0.01)
    path = tmp_path / "a.sqlite"
    database = await opened(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(WriteFailed, match="database is locked"):
            await database.write(counter("day", DAY))
    await database.close()
    assert shell(path, "SELECT * FROM counters") == []


class Hops:
    """Counts what is handed to the database thread."""

    def __init__(self, database: Database) -> None:
        self.count = 0
        self._queue: Any = database._connection._tx  # type: ignore[union-attr]  # it is open
        database._connection._tx = self  # type: ignore[union-attr, assignment]

    def put_nowait(self, item: Any) -> None:
        self.count += 1
        self._queue.put_nowait(item)


async def test_a_write_is_one_hop_and_one_transaction() -> None:
    database = await opened()
    statements: list[str] = []
    await database._in_thread(lambda: database._sqlite.set_trace_callback(statements.append))
    hops = Hops(database)
    await database.write({table: keyed(table, row_of(table, 1), row_of(table, 2)) for table in COLUMNS})
    assert hops.count == 1
    await database.write({"orders": {(1,): None}, "trades": {}})
    assert hops.count == 2
    await database.close()
    kinds = [statement.split()[0] for statement in statements]
    assert kinds == ["BEGIN", *["INSERT"] * len(COLUMNS), "COMMIT", "BEGIN", "DELETE", "COMMIT"]


async def test_reading_is_one_hop() -> None:
    database = await opened()
    hops = Hops(database)
    await database.read()
    assert hops.count == 1
    await database.close()


@pytest.mark.parametrize("batch", [{}, {"orders": {}, "trades": {}}])
async def test_an_empty_batch_does_not_wake_the_thread(batch: Batch) -> None:
    database = await opened()
    hops = Hops(database)
    await database.write(batch)
    assert hops.count == 0
    await database.close()


@pytest.mark.parametrize(("durability", "level"), [("full", 2), ("normal", 1), ("off", 0)])
async def test_durability_sets_how_long_a_commit_waits_for_the_disk(durability: str, level: int, tmp_path: Path) -> None:
    database = await opened(tmp_path / "a.sqlite", durability)
    found = await database._in_thread(
        lambda: [database._sqlite.execute(f"PRAGMA {name}").fetchone() for name in ("synchronous", "journal_mode")]
    )
    await database.write(counter("day", DAY))
    await database.close()
    assert found == [(level,), ("wal",)]
    assert shell(tmp_path / "a.sqlite", "SELECT * FROM counters") == [("day", DAY)]


async def test_a_long_log_is_brought_into_the_file_after_the_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.database.LOG_PAGES", 20)
    path, said = tmp_path / "a.sqlite", list[str]()
    database = await opened(path)
    await database.do(lambda connection: connection.set_trace_callback(said.append))
    for number in range(50):
        await database.write(counter("day", DAY + number))
    await database.do(lambda _: None)
    assert said.count("COMMIT") == 50
    assert said.count("PRAGMA wal_checkpoint(PASSIVE)") == 2
    assert said.index("PRAGMA wal_checkpoint(PASSIVE)") > said.index("COMMIT")
    with closing(sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)) as without_log:
        assert without_log.execute("SELECT * FROM counters").fetchall() == [("day", DAY + 39)]
    await database.close()


async def test_every_durability_is_tested_above_and_no_other_is_taken(tmp_path: Path) -> None:
    assert list(SYNCHRONOUS) == ["full", "normal", "off"]
    with pytest.raises(StorageError, match="full, normal, off, not 'FULL; DROP'"):
        await Database.open(str(tmp_path / "a.sqlite"), "FULL; DROP")
    assert list(tmp_path.iterdir()) == []


async def test_a_closed_database_says_so() -> None:
    database = await opened()
    await database.close()
    await database.close()
    with pytest.raises(StorageError, match="closed"):
        await database.write(counter("day", DAY))
    with pytest.raises(StorageError, match="closed"):
        await database.read()


@pytest.mark.parametrize("number", [1, 7, 8, 63, 64, 65, 200])
async def test_any_number_of_rows_is_written(number: int) -> None:
    database = await opened()
    rows = [row_of("orders", each) for each in range(1, number + 1)]
    await database.write({"orders": keyed("orders", *rows)})
    changed = [row_of("orders", each, status=56) for each in range(1, number + 1)]
    await database.write({"orders": keyed("orders", *changed)})
    world = await database.read()
    await database.close()
    assert world["orders"] == changed
