"""What the counter asks of margin trading, which plugs in from outside: ``credit`` builds on the counter, not the reverse.

An account that trades on margin carries one of these; every other account carries None, and costs nothing more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from matching.instrument import Security
    from miniqmt_sim.counter.account import Account
    from miniqmt_sim.counter.order import Order, Trade


class Margin(Protocol):
    """Debts of an account, from the check of an order to its last fill."""

    def refusal(self, account: Account, order: Order, security: Security | None) -> str | None:
        """The text of the first rule of margin trading that an order breaks."""

    def taken(self, order: Order) -> None:
        """An order was accepted, or came back from storage."""

    def ended(self, order: Order) -> None:
        """It is open no more."""

    def before_fill(self, account: Account, trade: Trade, now_ms: int) -> None:
        """A fill is about to be booked: lend the cash or the shares it needs."""

    def after_fill(self, account: Account, trade: Trade, now_ms: int) -> None:
        """A fill is booked: note what is owed for it, or repay with what it brought."""

    def carry_out(self, account: Account, order: Order, now_ms: int) -> None:
        """Do what an order asks that no exchange ever sees."""

    def transfer_refusal(self, account: Account, security: Security, volume: int, incoming: bool) -> str:
        """Why collateral may not come or go; empty when it may."""

    def surplus_volume(self, account: Account, stock_code: str) -> int:
        """Shares of a code that were bought to be returned beyond what was owed."""

    def take_over(self, account: Account, stock_code: str, volume: int) -> str:
        """Take such shares into the position; a text says why not."""

    def removable_li(self, account: Account) -> int:
        """How much may leave the account with its maintenance ratio where it must be."""

    def debt_li(self, account: Account) -> int:
        """Everything owed, shares at their last price."""
