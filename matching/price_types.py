"""PRICE_TYPES: what a submitted price type does to the book. One row each; nothing else branches on the number.

Source: exchange-rules §6 (SSE and SZSE 3.3.4–3.3.6), returned numbers from the broker's enumeration.
"""

from __future__ import annotations

from enum import Enum
from typing import Final, NamedTuple

from matching.codes import Venue
from matching.phases import Phase


class Limit(Enum):
    """Where the limit of an order comes from."""

    STATED = "the order's own price"
    LAST = "the last price when the counter takes it"


class Rest(Enum):
    """What becomes of the part that did not match at once."""

    RESTS = "stays in the book at its limit"
    CANCELLED = "is cancelled"


class PriceType(NamedTuple):
    """One row: limit, how many levels it may sweep (None: all), the rest, all-or-none, venues, phases, number on return."""

    number: int
    name: str
    returned: int
    limit: Limit
    levels: int | None
    rest: Rest
    all_or_none: bool
    venues: tuple[Venue, ...]
    phases: tuple[Phase, ...]


_BOTH: Final = (Venue.SH, Venue.SZ)
_ANY_PHASE: Final = tuple(Phase)

PRICE_TYPES: Final = {
    row.number: row
    for row in (
        PriceType(5, "LATEST_PRICE", 50, Limit.LAST, None, Rest.RESTS, False, _BOTH, _ANY_PHASE),
        PriceType(11, "FIX_PRICE", 50, Limit.STATED, None, Rest.RESTS, False, _BOTH, _ANY_PHASE),
    )
}
