"""Station 8: what happened, told to every subscriber of the account, in the order it happened.

Orders and trades are told as they are at that moment; positions and assets once at the end of the step, however often
they changed. A refusal goes to the session that placed the order only. An account nobody listens to costs a look-up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from miniqmt_sim.behaviour import Behaviour
from miniqmt_sim.counter.account import Account, Position
from miniqmt_sim.counter.holdings import Listener
from miniqmt_sim.counter.order import Order, Trade
from miniqmt_sim.sessions.registry import Registry
from miniqmt_sim.sessions.snapshots import OrderSnapshot, TradeSnapshot, order_snapshot
from miniqmt_sim.sessions.views import account_status_row, order_error_row
from miniqmt_sim.wire.messages import JsonObject, Said

Push = tuple[tuple[int, ...], Said]


class Refused(NamedTuple):
    """A refusal for the log: whose, of what, and the counter's text."""

    account_id: str
    what: str
    order_id: int
    text: str


class Pushes(Listener):
    """Collects the pushes of one step; it is the counter's Listener."""

    def __init__(self, registry: Registry, behaviour: Behaviour) -> None:
        self._registry = registry
        self._subscribers = registry.subscribers
        self._behaviour = behaviour
        self._status_msg_bytes = behaviour.status_msg_bytes
        self._pushes: list[Push] = []
        self._trades: list[Push] = []
        self._refused: list[Refused] = []
        self._positions: dict[Position, Account] = {}
        self._assets: dict[Account, None] = {}

    def order_changed(self, order: Order) -> None:
        """Tell of an order's new status or fill."""
        to = self._subscribers.get(order.account_id)
        if to is None:
            return
        if order.status_msg and self._status_msg_bytes:
            self._pushes.append((to, order_snapshot(order, self._status_msg_bytes)))
            return
        snapshot = OrderSnapshot(
            order, order.price_li, order.traded_volume, order.traded_amount_li, order.status, order.status_msg,
            order.order_sysid,
        )  # fmt: skip
        self._pushes.append((to, snapshot))

    def traded(self, trade: Trade) -> None:
        """Tell of a fill."""
        to = self._subscribers.get(trade.order.account_id)
        if to is not None:
            queue = self._trades if self._behaviour.deals_last else self._pushes
            queue.append((to, TradeSnapshot(trade)))

    def refused(self, order: Order) -> None:
        """Tell the session that placed it why an order is junk."""
        self._refused.append(Refused(order.account_id, "order", order.order_id, order.status_msg))
        connection = self._registry.connection_of(order.origin.session_id)
        if connection is not None:
            self.tell((connection,), "push_order_error", order_error_row(order, self._behaviour.error_msg_bytes))

    def holdings_changed(self, account: Account, position: Position | None) -> None:
        """Remember that cash, and perhaps a position, must be told at the end of the step."""
        self._assets[account] = None
        if position is not None:
            self._positions[position] = account

    def status_changed(self, account: Account) -> None:
        """Tell of an account's new status."""
        self.tell(self._subscribers.get(account.account_id, ()), "push_account_status", account_status_row(account))

    def cancel_refused(self, connection: int, row: JsonObject) -> None:
        """Tell the session that asked why a cancel failed."""
        self._refused.append(Refused(row["account_id"], "cancel", row["order_id"], row["error_msg"]))
        self.tell((connection,), "push_cancel_error", row)

    def tell(self, to: tuple[int, ...], name: str, row: JsonObject) -> None:
        """Add one push."""
        if to:
            self._pushes.append((to, {"t": name, **row}))

    @property
    def is_empty(self) -> bool:
        """Did nothing happen in this step that anybody is told, or that is logged?"""
        return not (self._pushes or self._trades or self._assets or self._refused)

    def take(self) -> tuple[list[Push], dict[Position, Account], dict[Account, None], Sequence[Refused]]:
        """What happened in this step: pushes in order, positions and accounts that changed, and refusals for the log."""
        pushes, positions, assets = self._pushes, self._positions, self._assets
        refused: Sequence[Refused] = ()
        self._pushes = []
        if self._trades:
            pushes += self._trades
            self._trades = []
        if assets:
            self._positions, self._assets = {}, {}
        if self._refused:
            refused, self._refused = self._refused, []
        return pushes, positions, assets, refused
