"""What an exchange does at each time of the day, as a table; which phase is on when stands in config/rules/sessions.toml.

Source: exchange-rules §2.1 (SSE 3.3.2, SZSE 3.3.2: hours for orders and cancels).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from matching.records import record


class Phase(StrEnum):
    """A stretch of the trading day."""

    CLOSED = "CLOSED"
    OPEN_CALL = "OPEN_CALL"
    OPEN_CALL_LOCKED = "OPEN_CALL_LOCKED"
    BREAK = "BREAK"
    BREAK_QUEUED = "BREAK_QUEUED"
    CONTINUOUS = "CONTINUOUS"
    HALT = "HALT"
    LUNCH = "LUNCH"
    CLOSE_CALL = "CLOSE_CALL"
    AFTER_HOURS_ENTRY = "AFTER_HOURS_ENTRY"
    AFTER_HOURS = "AFTER_HOURS"


class Call(StrEnum):
    """Which call auction a phase collects orders for."""

    NONE = ""
    OPEN = "open"
    RESUME = "resume"
    CLOSE = "close"


@record
class PhaseRule:
    """What happens to an order and a cancel.

    ``orders``: the host takes them; ``cancels`` likewise; ``matching``: at once; ``held``: a counter keeps orders back for
    the next phase; ``call``: orders wait for this auction; ``fixed``: fixed-price orders may be entered and cancelled;
    ``queued``: the host takes orders and treats them, one after the other, when the phase is over.
    """

    orders: bool
    cancels: bool
    matching: bool
    held: bool
    call: Call
    fixed: bool = False
    queued: bool = False


PHASE_RULES: Final = {
    Phase.CLOSED: PhaseRule(orders=False, cancels=False, matching=False, held=False, call=Call.NONE),
    Phase.OPEN_CALL: PhaseRule(orders=True, cancels=True, matching=False, held=False, call=Call.OPEN),
    Phase.OPEN_CALL_LOCKED: PhaseRule(orders=True, cancels=False, matching=False, held=False, call=Call.OPEN),
    Phase.BREAK: PhaseRule(orders=False, cancels=False, matching=False, held=True, call=Call.NONE),
    Phase.BREAK_QUEUED: PhaseRule(orders=True, cancels=True, matching=False, held=False, call=Call.NONE, queued=True),
    Phase.CONTINUOUS: PhaseRule(orders=True, cancels=True, matching=True, held=False, call=Call.NONE, fixed=True),
    Phase.HALT: PhaseRule(orders=True, cancels=True, matching=False, held=False, call=Call.RESUME, fixed=True),
    Phase.LUNCH: PhaseRule(orders=False, cancels=False, matching=False, held=True, call=Call.NONE),
    Phase.CLOSE_CALL: PhaseRule(orders=True, cancels=False, matching=False, held=False, call=Call.CLOSE, fixed=True),
    Phase.AFTER_HOURS_ENTRY: PhaseRule(orders=False, cancels=False, matching=False, held=False, call=Call.NONE, fixed=True),
    Phase.AFTER_HOURS: PhaseRule(orders=False, cancels=False, matching=False, held=False, call=Call.NONE, fixed=True),
}
