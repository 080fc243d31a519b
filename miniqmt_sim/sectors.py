"""Sectors that a file names, with the codes that belong to them: 沪深300, 银行, or a list of one's own.

Beside the sectors that are made of boards. Which codes belong to one, and when, is no state: it stands in no table and in no
state hash, and is read at every start. It does belong to the settings, whose fingerprint a result carries and a journal keeps.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from matching.codes import parse_code
from miniqmt_sim.announcements import day, only

MEMBERSHIP_COLUMNS: Final = ("sector", "stock_code", "from", "to")
"""What sectors.csv may say; ``from`` and ``to`` may be left out."""
MAX_NAME: Final = 64
"""Characters of a sector's name."""
ALWAYS: Final = 99991231
"""The last day there is."""


class Membership(NamedTuple):
    """A code belongs to a sector on the days from ``first`` to ``last`` (yyyymmdd), both included."""

    sector: str
    stock_code: str
    first: int
    last: int


def parse_membership(row: Mapping[str, Any]) -> Membership:
    """Read a row of sectors.csv: to whom a code belongs, from when and to when; a day that is left out is no bound."""
    only(row, MEMBERSHIP_COLUMNS)
    sector, code = str(row.get("sector", "")).strip(), parse_code(str(row.get("stock_code", "")))
    if not sector or len(sector) > MAX_NAME or not sector.isprintable():
        raise ValueError(f"sector: {sector!r} is not a name of 1 to {MAX_NAME} characters")
    if code is None:
        raise ValueError(f"stock_code: {row.get('stock_code')!r} is not a code like 600000.SH")
    first, last = (day(row, name) if row.get(name) else bound for name, bound in (("from", 0), ("to", ALWAYS)))
    if first > last:
        raise ValueError(f"from {first} is after to {last}")
    return Membership(sector, code.text, first, last)


class Sectors:
    """The sectors of a file, in the order in which it names them."""

    def __init__(self, memberships: Iterable[Membership]) -> None:
        self._by_name: dict[str, list[Membership]] = {}
        for each in memberships:
            self._by_name.setdefault(each.sector, []).append(each)

    def names(self) -> list[str]:
        """Their names."""
        return list(self._by_name)

    def codes(self, sector: str, today: int) -> frozenset[str]:
        """The codes that belong to one on a day; none for one that no row names."""
        return frozenset(each.stock_code for each in self._by_name.get(sector, ()) if each.first <= today <= each.last)
