"""Views for people: money in yuan, times in words, of the tables somebody with a SQLite shell asks for.

Derived from the tables, so that no view lags behind one: ``_li`` becomes a column in yuan, ``_ms`` a time of China. They are
for reading; the program reads and writes the tables only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from storage.statements import TABLES

_SHOWN: Final = (
    "accounts", "positions", "orders", "trades", "compacts", "compact_history", "credit_events", "appointments",
    "cash_ledger", "settlements", "banks", "bank_transfers",
    "ordinary_funds", "ordinary_positions",
)  # fmt: skip
_HIDDEN: Final = ("bank_pwd", "fund_pwd")
_MORE: Final[Mapping[str, str]] = {
    "accounts": "(cash_li - frozen_li) / 1000.0 AS available",
    "positions": "ROUND(1.0 * cost_li / NULLIF(volume, 0) / 1000, 3) AS average_cost",
    "orders": "ROUND(1.0 * traded_amount_li / NULLIF(traded_volume, 0) / 1000, 3) AS traded_price",
}
"""What a table leaves to be worked out."""


def _shown(column: str) -> str:
    """The expression that shows a column to people."""
    if column.endswith("_li"):
        return f"{column} / 1000.0 AS {column.removesuffix('_li')}"
    if column.endswith("_ms"):
        name = column.removesuffix("_ms") + "_time"
        return f"strftime('%Y-%m-%d %H:%M:%f', {column} / 1000.0, 'unixepoch', '+8 hours') AS {name}"
    return column


def _statement(table: str) -> str:
    columns = [_shown(name) for name in TABLES[table].columns if name not in _HIDDEN]
    columns += [_MORE[table]] if table in _MORE else []
    return f"CREATE VIEW v_{table} AS SELECT {', '.join(columns)} FROM {table}"


VIEWS: Final[dict[str, str]] = {f"v_{name}": _statement(name) for name in _SHOWN}
"""Name -> the statement that makes it."""
