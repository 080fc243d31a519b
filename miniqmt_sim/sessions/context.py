"""What a handler is given: the world, who asks, and when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from miniqmt_sim.constants import AccountType
from miniqmt_sim.counter.account import Account
from miniqmt_sim.counter.order import Order
from miniqmt_sim.sessions.pushes import Pushes
from miniqmt_sim.sessions.registry import Registry, Session
from miniqmt_sim.sessions.screens import Screens, Shown
from miniqmt_sim.sessions.snapshots import TradeSnapshot, asset_snapshot, order_snapshot, position_snapshot
from miniqmt_sim.sessions.watch import Watch
from miniqmt_sim.wire.messages import JsonObject, View
from miniqmt_sim.world import World

Answer = JsonObject | list[JsonObject] | View
"""Fields of an answer, its rows, or the whole reply as a view."""


class Context:
    """The requests of one connection on their way through, one at a time: ``seq`` and ``now_ms`` are those of the present one.

    ``handlers``: what its role may ask.
    """

    __slots__ = ("handlers", "now_ms", "pushes", "registry", "screens", "seq", "session", "watch", "world")

    def __init__(
        self, world: World, registry: Registry, pushes: Pushes, screens: Screens, watch: Watch, session: Session,
        handlers: Mapping[str, Handler],
    ) -> None:  # fmt: skip
        self.world = world
        self.registry = registry
        self.pushes = pushes
        self.screens = screens
        self.watch = watch
        self.session = session
        self.handlers = handlers
        self.seq = self.now_ms = 0

    def account(self, fields: JsonObject) -> Account | None:
        """The account a request names, when number and type are those of one account."""
        account = self.world.broker.accounts.get(fields["account_id"])
        return account if account is not None and account.account_type == fields["account_type"] else None

    def asset(self, account: Account) -> JsonObject:
        """XtAsset of an account now."""
        return asset_snapshot(account, self.world.market_value_li(account, self.now_ms)).fields()

    def shown_asset(self, account: Account) -> JsonObject:
        """XtAsset as the terminal shows it."""
        return self._shown(account).asset if self.screens.is_delayed else self.asset(account)

    def shown_positions(self, account: Account, stock_code: str) -> list[JsonObject]:
        """XtPosition of every holding, or of one, as the terminal shows them."""
        rows = self._shown(account).positions if self.screens.is_delayed else self.positions(account, stock_code)
        return [row for row in rows if stock_code in ("", row["stock_code"])]

    def _shown(self, account: Account) -> Shown:
        def look_now() -> Shown:
            return Shown(self.asset(account), self.positions(account))

        return self.screens.look(account.account_id, self.now_ms, look_now)

    def orders(self, account: Account) -> list[JsonObject]:
        """XtOrder of every order of today."""
        return [self.order(order) for order in account.orders.values()]

    def order(self, order: Order) -> JsonObject:
        """XtOrder of one order."""
        return order_snapshot(order, self.world.behaviour.status_msg_bytes).fields()

    def trades(self, account: Account) -> list[JsonObject]:
        """XtTrade of every trade of today."""
        return [TradeSnapshot(trade).fields() for trade in account.trades]

    def positions(self, account: Account, only: str = "") -> list[JsonObject]:
        """XtPosition of every holding by code, or of one; what was sold out today where the behaviour still shows it."""
        codes = [only] if only in account.positions else sorted(account.positions) if not only else []
        if not self.world.behaviour.sold_out_rows:
            codes = [stock_code for stock_code in codes if account.positions[stock_code].volume]
        return [self.position(account, stock_code) for stock_code in codes]

    def position(self, account: Account, stock_code: str) -> JsonObject:
        """XtPosition of one holding now."""
        world = self.world
        security = world.exchange.securities[stock_code]
        world.market.last_li(security, self.now_ms)
        position, sellable = account.positions[stock_code], world.broker.sellable(account, security)
        return position_snapshot(account, position, security, sellable, world.behaviour.open_price_is_cost).fields()


Handler = Callable[[Context, JsonObject], Answer]


def account_type_name(number: Any) -> str:
    """How a text names an account type."""
    return AccountType(number).name if number in AccountType.__members__.values() else str(number)


def no_account(fields: JsonObject) -> str:
    """Why a request names no account."""
    if fields["account_type"] not in (AccountType.STOCK, AccountType.CREDIT):
        return f"账号类型暂不支持: {account_type_name(fields['account_type'])}"
    return f"账号不存在: {account_type_name(fields['account_type'])} {fields['account_id']}"
