"""What a counter asks of the market around its orders: which securities there are, at what price, who stands in the book."""

from __future__ import annotations

from matching.book import Side
from matching.events import Event, Traded
from matching.instrument import Security


class Liquidity:
    """The rest of the market, as far as the counter needs it."""

    def security(self, stock_code: str, hint_li: int) -> Security | None:
        """The security of a code, listed on the spot where the configuration allows it."""
        raise NotImplementedError

    def last_li(self, security: Security, now_ms: int) -> int:
        """The last price at this moment."""
        raise NotImplementedError

    def arrive(self, security: Security, side: Side | None, now_ms: int) -> list[Event]:
        """An order of this side is about to reach the book: let the market stand in it."""
        raise NotImplementedError

    def traded(self, event: Traded, now_ms: int) -> None:
        """A trade happened: house orders shrank, the last price moved."""
        raise NotImplementedError
