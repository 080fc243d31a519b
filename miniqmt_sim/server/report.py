"""What landed in the database, in units people read: for the demo, and for anybody who wants to look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from miniqmt_sim.errors import ConnectError
from storage import StorageError
from storage.report import read_records

_LI_PER_YUAN: Final = 1000


def read_for_people(database: str, tables: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Give table -> rows by column; money in yuan, times in epoch seconds. Raises ConnectError if it cannot be read."""
    try:
        records = read_records(database, tables)
    except StorageError as error:
        raise ConnectError(str(error)) from error
    return {table: [dict(_readable(*item) for item in row.items()) for row in rows] for table, rows in records.items()}


def _readable(name: str, value: Any) -> tuple[str, Any]:
    """Turn a column counted in li into one in yuan, and one of milliseconds into one of epoch seconds."""
    if name.endswith("_li"):
        return name.removesuffix("_li"), value / _LI_PER_YUAN
    if name.endswith("_ms"):
        return name.removesuffix("_ms") + "_time", value // 1000
    return name, value
