"""The world in its canonical form: rows in order without what does not count, and the SHA-256 of them.

Two worlds with the same hash show everybody the same: batching, restarts and watchers do not change it. Bare quotes and the
time of the last look are no part of it; of a bank's passwords only whether there is one, so that a journal without them can
be played again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from miniqmt_sim.changes import TABLES, Row

UNHASHED_TABLES: Final = ("quotes",)
"""Bare quotes are no part of the state hash."""
UNHASHED_COUNTERS: Final = ("now_ms", "seq", "feed_ms")
"""How often somebody merely looked is no part of it either, nor how far a recorded market was written down."""
MASK: Final = "***"
"""Stands for a password wherever it is shown."""
SECRETS: Final = ("bank_pwd", "fund_pwd")
_SECRET_PLACES: Final = tuple(TABLES["banks"].index(name) for name in SECRETS)
_CHUNK_ROWS: Final = 1000
"""Rows serialized at a time: a day of a million orders is never one text."""


def state_hash(rows: Mapping[str, Iterable[Row]]) -> str:
    """SHA-256 of a world given as rows, wherever they were read from."""
    digest = hashlib.sha256()
    for table in sorted(rows.keys() - set(UNHASHED_TABLES)):
        digest.update(f"{table}\n".encode())
        kept = sorted(_counted(table, rows[table]))
        for start in range(0, len(kept), _CHUNK_ROWS):
            digest.update(json.dumps(kept[start : start + _CHUNK_ROWS], ensure_ascii=False, separators=(",", ":")).encode())
    return digest.hexdigest()


def without_secrets(rows: Mapping[str, Iterable[Row]]) -> dict[str, list[Row]]:
    """The same rows with a mask for every password."""
    return {table: [_masked(row) for row in given] if table == "banks" else list(given) for table, given in rows.items()}


def _counted(table: str, rows: Iterable[Row]) -> Iterator[Row]:
    """The rows of a table that count; a counter at 0 is as good as none."""
    if table == "counters":
        return (row for row in rows if row[0] not in UNHASHED_COUNTERS and row[1])
    return map(_masked, rows) if table == "banks" else iter(rows)


def _masked(row: Row) -> Row:
    """A row of table banks with a mask for each password it asks for."""
    return tuple(MASK if place in _SECRET_PLACES and value else value for place, value in enumerate(row))
