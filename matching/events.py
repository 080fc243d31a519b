"""What the exchange says happened, in order. The counter and the house read these; nobody else changes the book."""

from __future__ import annotations

from typing import NamedTuple

from matching.book import BookOrder


class Traded(NamedTuple):
    """One fill: an arriving order met one resting order, at the resting order's price."""

    taker: BookOrder
    maker: BookOrder
    price_li: int
    volume: int


class Rested(NamedTuple):
    """The rest of an order stands in the book."""

    order: BookOrder


class Cancelled(NamedTuple):
    """An order, or its rest, left the book or never entered it."""

    order: BookOrder
    volume: int


Event = Traded | Rested | Cancelled
