"""What the exchange says happened, in order. The counter and the house read these; nobody else changes the book."""

from __future__ import annotations

from typing import Any, NamedTuple

from matching.book import BookOrder


class Priced(NamedTuple):
    """An order got its limit, or another one: a market order that became a limit order."""

    order: BookOrder


class Traded(NamedTuple):
    """One fill of two orders: at the resting order's price, or in an auction at the auction's."""

    taker: BookOrder
    maker: BookOrder
    price_li: int
    volume: int


class Rested(NamedTuple):
    """The rest of an order stands in the book, or dormant beside it."""

    order: BookOrder


class Cancelled(NamedTuple):
    """An order, or its rest, left the book or never entered it."""

    order: BookOrder
    volume: int


class Rejected(NamedTuple):
    """The exchange refused an order on arrival; ``reason`` and ``figures`` as in ``matching.checks``."""

    order: BookOrder
    reason: str
    figures: dict[str, Any]


class Halted(NamedTuple):
    """A security is halted until a moment."""

    code: str
    until_ms: int


Event = Priced | Traded | Rested | Cancelled | Rejected | Halted
