"""What a handler is given: the world, who asks, and when."""

from __future__ import annotations

from typing import Any, NamedTuple

from miniqmt_sim.constants import AccountType
from miniqmt_sim.counter.account import Account
from miniqmt_sim.sessions.pushes import Pushes
from miniqmt_sim.sessions.registry import Registry, Session
from miniqmt_sim.sessions.views import asset_row, order_row, position_row, trade_row
from miniqmt_sim.wire.messages import JsonObject
from miniqmt_sim.world import World

Answer = JsonObject | list[JsonObject]
"""Fields of an answer, or its rows."""


class Context(NamedTuple):
    """One request on its way through."""

    world: World
    registry: Registry
    pushes: Pushes
    session: Session
    seq: int
    now_ms: int

    def account(self, fields: JsonObject) -> Account | None:
        """The account a request names, when number and type are those of one account."""
        account = self.world.broker.accounts.get(fields["account_id"])
        return account if account is not None and account.account_type == fields["account_type"] else None

    def asset(self, account: Account) -> JsonObject:
        """XtAsset of an account now."""
        return asset_row(account, self.world.market_value_li(account, self.now_ms))

    def orders(self, account: Account) -> list[JsonObject]:
        """XtOrder of every order of today."""
        securities = self.world.exchange.securities
        return [order_row(order, securities.get(order.stock_code)) for order in account.orders.values()]

    def trades(self, account: Account) -> list[JsonObject]:
        """XtTrade of every trade of today."""
        securities = self.world.exchange.securities
        return [trade_row(trade, securities[trade.order.stock_code]) for trade in account.trades]

    def positions(self, account: Account) -> list[JsonObject]:
        """XtPosition of every holding, by code; what was sold out today is still shown."""
        return [self.position(account, stock_code) for stock_code in sorted(account.positions)]

    def position(self, account: Account, stock_code: str) -> JsonObject:
        """XtPosition of one holding now."""
        world = self.world
        security = world.exchange.securities[stock_code]
        world.market.last_li(security, self.now_ms)
        return position_row(account, account.positions[stock_code], security, world.broker.sellable(account, security))


def account_type_name(number: Any) -> str:
    """How a text names an account type."""
    return AccountType(number).name if number in AccountType.__members__.values() else str(number)
