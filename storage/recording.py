"""The read side of a replay: a journal as it stands in a file, a world in memory beside it, and what differs between the two.

Beside the flow: no server comes here. All is one transaction of one connection, so that the file is read as it was at one
moment, whoever writes to it meanwhile.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

from storage.errors import StorageError, naming
from storage.loader import NOT_OF_THE_WORLD, Stream, stream
from storage.location import parse_url
from storage.migrations import create, refuse_foreign, refuse_unknown, schema_version
from storage.statements import SCHEMA_VERSION, TABLES
from storage.writer import Batch, Writer

MOST_DIFFERENCES: Final = 1000
"""Rows of one table that are told when they differ."""
_SINCE: Final[Mapping[str, str]] = {"orders": "day", "trades": "day", "settlements": "day", "cash_ledger": "ledger_id"}
"""Tables that hold more than the replay: by this column only what is not older than the replay is compared."""
_REPORTED: Final = ("cash_ledger", "settlements")
"""Not of the world, but of what it did."""


class Base(NamedTuple):
    """A row of table journal_bases."""

    seq: int
    now_ms: int
    server: str
    config: str
    state_hash: str
    world: str


class Entry(NamedTuple):
    """A row of table journal."""

    seq: int
    now_ms: int
    connection: int
    name: str
    body: str
    request_seq: int


class Difference(NamedTuple):
    """A row that is not the same in the file and in memory, as columns that differ; None: it is only in the other."""

    table: str
    key: tuple[Any, ...]
    recorded: dict[str, Any] | None
    replayed: dict[str, Any] | None


class Recording:
    """A database opened for a replay, and the world that is played beside it."""

    def __init__(self, url: str) -> None:
        """Open it. Raises StorageError, ForeignDatabase or NewerSchema; the file is only read."""
        path = parse_url(url)
        if path is None or not path.is_file():
            raise StorageError(f"there is no database {url}")
        self.path: Final = path
        self._writer = Writer()
        with naming(path):
            refuse_foreign(path)
            self._connection = sqlite3.connect("file::memory:", uri=True, isolation_level=None)
            try:
                self._attach(path)
            except BaseException:
                self._connection.close()
                raise

    def _attach(self, path: Path) -> None:
        version = _version(path)
        refuse_unknown(path, version)
        if version != SCHEMA_VERSION:
            raise StorageError(f"{path} has schema version {version}: a server that is started on it brings it up to date")
        create(self._connection)
        self._connection.execute("ATTACH ? AS recorded", (f"{path.as_uri()}?mode=ro",))
        self._connection.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    # -- the file ------------------------------------------------------------------------------------------------------

    def counter(self, name: str) -> int:
        """A counter of the file, 0 where there is none."""
        row = self._connection.execute("SELECT value FROM recorded.counters WHERE name = ?", (name,)).fetchone()
        return int(row[0]) if row else 0

    def bases(self) -> list[Base]:
        """What the journal can be played from, oldest first."""
        return [Base(*row) for row in self._connection.execute("SELECT * FROM recorded.journal_bases ORDER BY seq")]

    def entries(self, after_seq: int) -> Iterator[Entry]:
        """The entries after a number, in order."""
        query = f"SELECT {', '.join(Entry._fields)} FROM recorded.journal WHERE seq > ? ORDER BY seq"
        return map(Entry._make, self._connection.execute(query, (after_seq,)))

    def configuration(self, fingerprint: str) -> str:
        """A configuration by its fingerprint. Raises StorageError."""
        query = "SELECT body FROM recorded.configurations WHERE fingerprint = ?"
        row = self._connection.execute(query, (fingerprint,)).fetchone()
        if row is None:
            raise StorageError(f"{self.path} does not hold the configuration {fingerprint}")
        return str(row[0])

    # -- the world in memory -------------------------------------------------------------------------------------------

    def store(self, batch: Batch) -> None:
        """Take rows into the world in memory."""
        self._writer.write(self._connection, batch)

    def fill(self, rows: Mapping[str, Iterable[Sequence[Any]]]) -> None:
        """Make the world in memory one of these rows."""
        for name, given in rows.items():
            places = ", ".join("?" * len(TABLES[name].columns))
            self._connection.execute(f"DELETE FROM main.{name}")
            self._connection.executemany(f"INSERT INTO main.{name} VALUES ({places})", given)

    def stream(self) -> Stream:
        """Read the world in memory, as a restart reads a file."""
        return stream(self._connection)

    # -- the comparison ------------------------------------------------------------------------------------------------

    def differences(
        self, since: Mapping[str, int], ignored: Mapping[str, Sequence[str]], without: Sequence[str]
    ) -> list[Difference]:
        """Compare the file with the world in memory, row by row.

        ``since``: of ``day`` and ``ledger_id``, from where on, as far back as the file's history goes; ``ignored``: table ->
        columns that do not count, or none of them when it is empty and the table does not count at all; ``without``: counters
        that do not.
        """
        names = [name for name in TABLES if name not in NOT_OF_THE_WORLD or name in _REPORTED]
        found: list[Difference] = []
        for name in names:
            if ignored.get(name, [""]):
                found += self._compare(name, since, ignored.get(name, ()), without)
        return found

    def _oldest_day(self) -> int:
        """The first day that the file still knows: each day settled has a row for every account, until it is too old."""
        (day,) = self._connection.execute("SELECT min(day) FROM recorded.settlements").fetchone()
        return int(day) if day else self.counter("day")

    def _compare(
        self, table: str, since: Mapping[str, int], ignored: Sequence[str], without: Sequence[str]
    ) -> list[Difference]:
        columns = [name for name in TABLES[table].columns if name not in ignored]
        where, values = _condition(table, since, without, self._oldest_day())
        chosen = ", ".join(columns)
        only = []
        for places in (("recorded", "main"), ("main", "recorded")):
            query = " EXCEPT ".join(f"SELECT {chosen} FROM {place}.{table} WHERE {where}" for place in places)
            only.append(self._connection.execute(f"{query} LIMIT {MOST_DIFFERENCES}", (*values, *values)).fetchall())
        return differing(table, columns, *only)


def differing(
    table: str, columns: Sequence[str], recorded: Iterable[Sequence[Any]], replayed: Iterable[Sequence[Any]]
) -> list[Difference]:
    """Compare rows of one table, key columns first in each."""
    width = TABLES[table].key_width
    before, after = ({tuple(row[:width]): tuple(row) for row in rows} for rows in (recorded, replayed))
    keys = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
    return [_difference(table, columns, key, before.get(key), after.get(key)) for key in keys]


def _condition(table: str, since: Mapping[str, int], without: Sequence[str], oldest_day: int) -> tuple[str, list[Any]]:
    """Which rows of a table count; a counter at 0 is as good as none."""
    if table in _SINCE:
        return f"{_SINCE[table]} >= ? AND day >= ?", [since[_SINCE[table]], oldest_day]
    if table == "counters":
        return f"value <> 0 AND name NOT IN ({', '.join('?' * len(without))})", list(without)
    return "1", []


def _difference(
    table: str, columns: Sequence[str], key: tuple[Any, ...], recorded: tuple[Any, ...] | None, replayed: tuple[Any, ...] | None
) -> Difference:
    if recorded is None or replayed is None:
        shown = [None if row is None else dict(zip(columns, row, strict=True)) for row in (recorded, replayed)]
    else:
        differs = [place for place in range(len(columns)) if recorded[place] != replayed[place]]
        shown = [{columns[place]: row[place] for place in differs} for row in (recorded, replayed)]
    return Difference(table, key, shown[0], shown[1])


def _version(path: Path) -> int | None:
    connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    try:
        return schema_version(connection)
    finally:
        connection.close()
