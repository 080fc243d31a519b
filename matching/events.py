"""What the exchange says happened, in order. The counter and the house read these; nobody else changes the book."""

from __future__ import annotations

from typing import Any, final

from matching.book import BookOrder
from matching.records import record


@record
class Priced:
    """An order got its limit, or another one: a market order that became a limit order."""

    order: BookOrder


@final
@record
class Traded:
    """One fill of two orders: at the resting order's price, or in an auction at the auction's."""

    taker: BookOrder
    maker: BookOrder
    price_li: int
    volume: int


@record
class Rested:
    """The rest of an order stands in the book, or dormant beside it."""

    order: BookOrder


@record
class Cancelled:
    """An order, or its rest, left the book or never entered it."""

    order: BookOrder
    volume: int


@record
class Rejected:
    """The exchange refused an order on arrival; ``reason`` and ``figures`` as in ``matching.checks``."""

    order: BookOrder
    reason: str
    figures: dict[str, Any]


@final
@record
class Halted:
    """A security is halted until a moment."""

    code: str
    until_ms: int


Event = Priced | Traded | Rested | Cancelled | Rejected | Halted
