"""What an exchange does at each time of the day, as a table; which phase is on when stands in config/rules/sessions.toml.

Source: exchange-rules §2.1 (SSE 3.3.2, SZSE 3.3.2: hours for orders and cancels).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple


class Phase(StrEnum):
    """A stretch of the trading day."""

    CLOSED = "CLOSED"
    OPEN_CALL = "OPEN_CALL"
    OPEN_CALL_LOCKED = "OPEN_CALL_LOCKED"
    BREAK = "BREAK"
    CONTINUOUS = "CONTINUOUS"
    LUNCH = "LUNCH"
    CLOSE_CALL = "CLOSE_CALL"
    AFTER_HOURS_ENTRY = "AFTER_HOURS_ENTRY"
    AFTER_HOURS = "AFTER_HOURS"


class PhaseRule(NamedTuple):
    """What happens to an order and a cancel.

    ``orders``: the host takes them; ``cancels`` likewise; ``matching``: at once; ``held``: a counter keeps orders back.
    """

    orders: bool
    cancels: bool
    matching: bool
    held: bool


PHASE_RULES: Final = {
    Phase.CLOSED: PhaseRule(orders=False, cancels=False, matching=False, held=False),
    Phase.OPEN_CALL: PhaseRule(orders=False, cancels=False, matching=False, held=False),
    Phase.OPEN_CALL_LOCKED: PhaseRule(orders=False, cancels=False, matching=False, held=False),
    Phase.BREAK: PhaseRule(orders=False, cancels=False, matching=False, held=True),
    Phase.CONTINUOUS: PhaseRule(orders=True, cancels=True, matching=True, held=False),
    Phase.LUNCH: PhaseRule(orders=False, cancels=False, matching=False, held=True),
    Phase.CLOSE_CALL: PhaseRule(orders=False, cancels=False, matching=False, held=False),
    Phase.AFTER_HOURS_ENTRY: PhaseRule(orders=False, cancels=False, matching=False, held=False),
    Phase.AFTER_HOURS: PhaseRule(orders=False, cancels=False, matching=False, held=False),
}
