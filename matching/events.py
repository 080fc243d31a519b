"""What the exchange says happened, in order. The counter and the house read these; nobody else changes the book."""

from __future__ import annotations

from typing import Any, final

from matching.book import BookOrder


class Priced:
    """An order got its limit, or another one: a market order that became a limit order."""

    __slots__ = ("order",)

    def __init__(self, order: BookOrder) -> None:
        self.order = order


@final
class Traded:
    """One fill of two orders: at the resting order's price, or in an auction at the auction's."""

    __slots__ = ("maker", "price_li", "taker", "volume")

    def __init__(self, taker: BookOrder, maker: BookOrder, price_li: int, volume: int) -> None:
        self.taker = taker
        self.maker = maker
        self.price_li = price_li
        self.volume = volume


class Rested:
    """The rest of an order stands in the book, or dormant beside it."""

    __slots__ = ("order",)

    def __init__(self, order: BookOrder) -> None:
        self.order = order


class Cancelled:
    """An order, or its rest, left the book or never entered it."""

    __slots__ = ("order", "volume")

    def __init__(self, order: BookOrder, volume: int) -> None:
        self.order = order
        self.volume = volume


class Rejected:
    """The exchange refused an order on arrival; ``reason`` and ``figures`` as in ``matching.checks``."""

    __slots__ = ("figures", "order", "reason")

    def __init__(self, order: BookOrder, reason: str, figures: dict[str, Any]) -> None:
        self.order = order
        self.reason = reason
        self.figures = figures


@final
class Halted:
    """A security is halted until a moment."""

    __slots__ = ("code", "until_ms")

    def __init__(self, code: str, until_ms: int) -> None:
        self.code = code
        self.until_ms = until_ms


Event = Priced | Traded | Rested | Cancelled | Rejected | Halted
