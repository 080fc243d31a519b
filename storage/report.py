"""Reading for people: the rows of some tables by column name, from a database nobody need have open for it.

Beside the flow: nothing a restart needs comes from here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from typing import Any

from storage.errors import StorageError, naming
from storage.location import parse_url
from storage.statements import TABLES

Record = dict[str, Any]


def read_records(url: str, tables: Sequence[str]) -> dict[str, list[Record]]:
    """Give table -> rows as column -> value, ordered by primary key. Raises StorageError."""
    path = parse_url(url)
    if path is None:
        raise StorageError("a database in memory cannot be read from outside")
    with naming(path), closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        return {name: _read(connection, name) for name in tables}


def _read(connection: sqlite3.Connection, name: str) -> list[Record]:
    table = TABLES[name]
    return [dict(zip(table.columns, row, strict=True)) for row in connection.execute(table.select)]
