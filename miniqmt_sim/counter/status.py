"""The life of an order: which status may follow which.

An order is reported (50), filled in parts (55), and ends filled (56), cancelled (54, or 53 after a part), or refused (57).
One that is held for the next phase waits unreported (48, 49) before. 51 and 52 are a cancel on its way. A status that is
no key here is final. Source: the API document's 委托状态, miniqmt-behaviour §5.
"""

from __future__ import annotations

from typing import Final

from miniqmt_sim.constants import OrderStatus as S

_AFTER_REPORTED: Final = (S.REPORTED, S.PART_SUCC, S.SUCCEEDED, S.REPORTED_CANCEL, S.CANCELED, S.JUNK)
_AFTER_PART: Final = (S.PART_SUCC, S.SUCCEEDED, S.PARTSUCC_CANCEL, S.PART_CANCEL)

TRANSITIONS: Final[dict[S, tuple[S, ...]]] = {
    S.UNREPORTED: (S.WAIT_REPORTING, S.REPORTED, S.CANCELED, S.JUNK),
    S.WAIT_REPORTING: (S.REPORTED, S.CANCELED, S.JUNK),
    S.REPORTED: _AFTER_REPORTED,
    S.PART_SUCC: _AFTER_PART,
    S.REPORTED_CANCEL: (S.CANCELED, S.PARTSUCC_CANCEL, S.PART_CANCEL, S.SUCCEEDED),
    S.PARTSUCC_CANCEL: (S.PART_CANCEL, S.SUCCEEDED),
}


FOLLOWING: Final = tuple(TRANSITIONS.get(S(number), ()) if number in S.__members__.values() else () for number in range(256))
"""TRANSITIONS by number: a list is found faster than an enumeration is hashed."""


def is_final(status: S) -> bool:
    """No other status can follow."""
    return not FOLLOWING[status]


def pending_status(traded_volume: int) -> S:
    """Where an order stands while its cancel is on its way."""
    return S.PARTSUCC_CANCEL if traded_volume else S.REPORTED_CANCEL


def cancelled_status(traded_volume: int) -> S:
    """How a cancelled order ends."""
    return S.PART_CANCEL if traded_volume else S.CANCELED
