"""Makes ``statements`` from ``schema``: ``python -m storage.compiling`` writes it anew, and a test tells when it is old.

Beside the flow, and the only module that needs SQLAlchemy to know the tables: compiling them at every start would cost a server
15 MB, and twice the time until it is ready.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from sqlalchemy import Table, bindparam, delete, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.schema import CreateIndex, CreateTable, DDLElement
from sqlalchemy.sql import ClauseElement

from storage.schema import BORN_WITH, GROWING, SCHEMA_VERSION, TABLES
from storage.table_sql import TableSql

FILE: Final = Path(__file__).with_name("statements.py")
_DIALECT: Final = sqlite.dialect()
"""SQLite's, with question marks for values."""

_HEAD: Final = '''\
"""What the tables come to in SQLite's SQL. Made by ``python -m storage.compiling`` from ``schema``; do not edit."""

from typing import Final

from storage.table_sql import TableSql

SCHEMA_VERSION: Final = {version}
"""Version of the tables."""

CREATING: Final = (
{creating})
"""Make an empty database one of SCHEMA_VERSION, but for its row in ``meta``."""

TABLES: Final[dict[str, TableSql]] = {{
{tables}}}
"""Every table by name."""
'''


def source() -> str:
    """The text of the module."""
    elements: list[DDLElement] = [CreateTable(table) for table in TABLES.values()]
    indices = (index for table in TABLES.values() for index in table.indexes)
    elements += [CreateIndex(index) for index in sorted(indices, key=lambda index: str(index.name))]
    creating = [str(element.compile(dialect=_DIALECT)).strip() for element in elements]
    tables = (f"    {name!r}: TableSql(\n{_lines(compiled(table), 8)}    ),\n" for name, table in TABLES.items())
    return _HEAD.format(version=SCHEMA_VERSION, creating=_lines(creating, 4), tables="".join(tables))


def compiled(table: Table) -> TableSql:
    """Compile the statements of a table."""
    keys = table.primary_key.columns
    statement = insert(table)
    # Leaving alone what an index is made of spares the index.
    born_with = [index for index in table.indexes if index.info == BORN_WITH]
    fixed = {*keys.keys(), *(name for index in born_with for name in index.columns.keys())}  # noqa: SIM118 - no mappings
    changes = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in fixed}
    upsert = statement.on_conflict_do_update(index_elements=list(keys), set_=changes).compile(dialect=_DIALECT)
    assert getattr(upsert, "positiontup", None) == table.columns.keys(), "values are bound in column order"
    before, places, update = str(upsert).partition(f"({', '.join('?' * len(table.columns))})")
    assert places, "the statement takes its values by question marks"
    query = select(*table.columns).order_by(*keys)
    of_a_day = query.where(table.columns["day"] == bindparam("day")) if table.name in GROWING else None
    return TableSql(
        columns=tuple(table.columns.keys()),
        key_width=len(keys),
        insert=before,
        update=update,
        delete=_sql(delete(table).where(*(column == bindparam(column.name) for column in keys))),
        select=_sql(query),
        select_day=None if of_a_day is None else _sql(of_a_day),
    )


def _sql(statement: ClauseElement) -> str:
    """A statement on one line."""
    return " ".join(str(statement.compile(dialect=_DIALECT)).split())


def _lines(values: Iterable[object], indent: int) -> str:
    """Values as lines of source, one each."""
    return "".join(f"{' ' * indent}{value!r},\n" for value in values)


if __name__ == "__main__":
    FILE.write_text(source(), encoding="utf-8", newline="\n")
