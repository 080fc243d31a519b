"""The core's columns are the schema's, in the same order, and what a restart reads is what the core can restore."""

from __future__ import annotations

import pytest

from miniqmt_sim.changes import TABLES
from storage import COLUMNS


@pytest.mark.parametrize("table", TABLES)
def test_the_core_and_the_schema_agree(table: str) -> None:
    assert COLUMNS[table] == TABLES[table]
