"""Accounts and their positions: the figures an order is checked against and a fill changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from matching.units import half_up
from miniqmt_sim.changes import Row
from miniqmt_sim.constants import AccountStatus, AccountType
from miniqmt_sim.counter.order import Order, Trade

if TYPE_CHECKING:
    from miniqmt_sim.counter.margin import Margin


class Position:
    """What an account holds of one security.

    ``today_volume`` was bought today; ``frozen_volume`` stands in open sell orders; ``cost_li`` is the money put in, fees
    included, less what sales brought back; ``bought_li`` and ``bought_volume`` add up the purchases since it was opened.
    """

    __slots__ = (
        "account_id", "bought_li", "bought_volume", "cost_li", "frozen_volume", "head", "opened_day", "stock_code",
        "today_volume", "volume", "yesterday_volume",
    )  # fmt: skip

    def __init__(self, account_id: str, stock_code: str, opened_day: int) -> None:
        self.account_id = account_id
        self.stock_code = stock_code
        self.opened_day = opened_day
        self.head = ""
        """What never changes of it, as the views write it down."""
        self.volume = 0
        self.today_volume = 0
        self.frozen_volume = 0
        self.yesterday_volume = 0
        self.cost_li = 0
        self.bought_li = 0
        self.bought_volume = 0

    def sellable(self, resale_days: int) -> int:
        """Volume a new sell order may use now."""
        locked = self.today_volume if resale_days else 0
        return self.volume - self.frozen_volume - locked

    def open(self, day: int) -> None:
        """Shares are coming: what was sold out is opened anew, and what it cost is over."""
        if not self.volume:
            self.opened_day = day
            self.cost_li = self.bought_li = self.bought_volume = 0

    def add(self, day: int, volume: int, amount_li: int, fees_li: int) -> None:
        """Book a purchase."""
        self.open(day)
        self.volume += volume
        self.today_volume += volume
        self.cost_li += amount_li + fees_li
        self.bought_li += amount_li
        self.bought_volume += volume

    def remove(self, volume: int, amount_li: int, fees_li: int, resale_days: int) -> None:
        """Book a sale of frozen shares; older shares leave first."""
        self.volume -= volume
        self.frozen_volume -= volume
        if not resale_days:
            self.today_volume = min(self.today_volume, self.volume)
        self.cost_li -= amount_li - fees_li

    def receive(self, day: int, volume: int, paid_li: int) -> None:
        """Book shares that came in otherwise than by a trade; they may be sold at once."""
        self.open(day)
        self.volume += volume
        self.yesterday_volume += volume
        self.cost_li += paid_li
        self.bought_li += paid_li
        self.bought_volume += volume

    def give(self, volume: int) -> None:
        """Book shares that went otherwise than by a trade, with their part of what was paid for all."""
        for name in ("cost_li", "bought_li", "bought_volume"):
            setattr(self, name, getattr(self, name) - half_up(getattr(self, name) * volume, self.volume))
        self.volume -= volume
        self.today_volume = min(self.today_volume, self.volume)

    def go_ex(self, cash_li: int) -> None:
        """Book a dividend: it lowers the cost, and the purchases count for what is held now."""
        if self.bought_volume:
            self.bought_li = half_up(self.bought_li * self.volume, self.bought_volume) - cash_li
            self.bought_volume = self.volume
        self.cost_li -= cash_li

    def turn_day(self) -> None:
        """Begin a trading day: what was bought may be sold."""
        self.today_volume = 0
        self.yesterday_volume = self.volume

    def row(self) -> Row:
        """The row of table positions."""
        return (
            self.account_id, self.stock_code, self.volume, self.today_volume, self.frozen_volume, self.yesterday_volume,
            self.cost_li, self.bought_li, self.bought_volume, self.opened_day,
        )  # fmt: skip

    def problems(self) -> Iterator[str]:
        """Name what cannot be."""
        if not 0 <= self.frozen_volume <= self.volume:
            yield f"{self.stock_code}: {self.frozen_volume} frozen of {self.volume}"
        if not 0 <= self.today_volume <= self.volume:
            yield f"{self.stock_code}: {self.today_volume} bought today of {self.volume}"


class Account:
    """One account.

    ``cash_li`` is the balance; ``frozen_li`` of it is kept for open orders; ``unsettled_li`` of it came from today's sales, and
    neither repaid a debt at once nor is it restricted; ``overdraft_li`` is how far dues that are taken whatever cash there is
    have brought it below zero. ``margin`` stands behind an account that trades on margin; ``restricted_li`` of its cash only
    returns shares sold short.
    """

    __slots__ = (
        "account_id", "account_type", "cash_li", "frozen_li", "margin", "opened_day", "orders", "overdraft_li", "positions",
        "restricted_li", "status", "trades", "unsettled_li",
    )  # fmt: skip

    def __init__(self, account_id: str, account_type: AccountType, opened_day: int) -> None:
        self.account_id = account_id
        self.account_type = account_type
        self.opened_day = opened_day
        self.status = AccountStatus.OK
        self.cash_li = 0
        self.frozen_li = 0
        self.unsettled_li = 0
        self.overdraft_li = 0
        self.restricted_li = 0
        self.margin: Margin | None = None
        self.positions: dict[str, Position] = {}
        self.orders: dict[int, Order] = {}
        self.trades: list[Trade] = []

    @property
    def free_li(self) -> int:
        """Cash that no order has frozen; returning shares may use all of it."""
        return self.cash_li - self.frozen_li

    @property
    def available_li(self) -> int:
        """Cash a new order may use."""
        free_li = self.cash_li - self.frozen_li
        if not self.restricted_li or free_li <= 0:
            return free_li
        return max(0, free_li - self.restricted_li)

    @property
    def withdrawable_li(self) -> int:
        """Cash that may leave today: not frozen, not from today's sales, and not what debts must be covered by."""
        left_li = self.cash_li - self.frozen_li - (self.unsettled_li if self.unsettled_li > 0 else 0)
        if self.margin is None:
            return left_li if left_li > 0 else 0
        left_li = self.available_li - max(0, self.unsettled_li)
        return min(left_li, self.margin.removable_li(self)) if left_li > 0 else 0

    def row(self) -> Row:
        """The row of table accounts."""
        return (
            self.account_id, int(self.account_type), int(self.status), self.cash_li, self.frozen_li, self.unsettled_li,
            self.overdraft_li, self.opened_day,
        )  # fmt: skip

    def problems(self) -> Iterator[str]:
        """Name what cannot be: freezes that are not the open orders', shares oversold, cash below zero."""
        frozen_li = sum(order.frozen_li for order in self.orders.values())
        if frozen_li != self.frozen_li:
            yield f"{self.frozen_li} li frozen, open orders hold {frozen_li}"
        if any(order.frozen_li and not order.is_open for order in self.orders.values()):
            yield "an ended order still freezes cash"
        if self.available_li < -self.overdraft_li:
            yield f"available cash is {self.available_li} li"
        for position in self.positions.values():
            yield from position.problems()
