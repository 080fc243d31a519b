"""Station 7: forced close-out. The broker's own orders for an account that missed its call, or whose compacts are overdue.

Comes in: an account on the morning after, or later that day when the first orders did not suffice. Goes out: orders like any
other, whose ``offset_flag`` says that they are forced, with one row of credit_events each. Open orders of the client are ended
first, and own cash is taken. Then shares are sold to repay cash, the largest position first, and borrowed ones bought back.

Which positions go first is the broker's to say; this order is the simulator's. Source: exchange-rules §10.3 and §10.5.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from matching import units
from matching.codes import Venue
from matching.instrument import Security
from matching.price_types import PRICE_TYPES, PriceType
from miniqmt_sim.constants import CashGroup, CompactType
from miniqmt_sim.counter.account import Account, Position
from miniqmt_sim.counter.broker import Broker, PlaceRequest
from miniqmt_sim.counter.order import Origin
from miniqmt_sim.counter.order_types import ORDER_TYPES, OrderType, order_type_of
from miniqmt_sim.credit import figures
from miniqmt_sim.credit.compact import Compact
from miniqmt_sim.credit.desk import CreditDesk
from miniqmt_sim.credit.events import Kind
from miniqmt_sim.credit.standing import Standing

ORIGIN: Final = Origin(0, 0, "强制平仓", "")
"""No session asked for these orders."""
_LATEST: Final = 5
_SWEEPS: Final = {Venue.SH: 42, Venue.SZ: 47}
"""Best five, rest cancelled: what closes an account out where the board takes it; else the last price."""

FEES_LI: Final = 10_000
"""Kept for the least commission of a purchase: ten yuan."""


class CloseOut:
    """Closes accounts out."""

    __slots__ = ("_broker", "_desk")

    def __init__(self, desk: CreditDesk, broker: Broker) -> None:
        self._desk = desk
        self._broker = broker

    def due(self) -> list[Account]:
        """Accounts to be closed out today: those whose call ended unanswered, and those with overdue compacts."""
        return [account for account in self._desk.accounts() if self.is_due(account)]

    def is_due(self, account: Account) -> bool:
        """Is anything of this account to be closed out?"""
        due_day = self._desk.book.account(account.account_id).due_day
        missed = bool(due_day) and due_day < self._desk.day
        return missed or any(compact.overdue for compact in self._desk.book.open(account.account_id))

    def run(self, account: Account, now_ms: int) -> None:
        """Place the orders that are needed now."""
        self._desk.refresh(account, now_ms)
        standing = self._desk.standing(account)
        if not self._missing_li(account, standing) and not any(compact.overdue for compact in standing.compacts):
            return
        for order in list(account.orders.values()):
            if order.is_open:
                self._broker.cancel(order, now_ms)
        self._pay(account, now_ms)
        for side in (self._sales, self._purchases):
            standing = self._desk.standing(account)
            for request in list(side(account, standing, now_ms)):  # all are decided before the first changes anything
                self._place(account, request, standing.maintenance_ppm, now_ms)

    def _pay(self, account: Account, now_ms: int) -> None:
        """Take own cash first: for what is overdue, then for what is missing."""
        taken_li = 0
        for compact in self._desk.book.open(account.account_id, CompactType.FINANCING):
            if compact.overdue:
                taken_li += self._repay(account, compact.left_li + compact.interest.owed_li, now_ms, compact)
        standing = self._desk.standing(account)
        taken_li += self._repay(account, self._missing_li(account, standing), now_ms)
        if taken_li:
            detail = f"cash {units.text_yuan(taken_li)}"
            self._desk.events.note(account.account_id, Kind.CLOSE_OUT, standing.maintenance_ppm, now_ms, detail)

    def _repay(self, account: Account, amount_li: int, now_ms: int, designated: Compact | None = None) -> int:
        free_li = account.available_li // units.LI_PER_FEN * units.LI_PER_FEN
        amount_li = min(units.ceil_div(amount_li, units.LI_PER_FEN) * units.LI_PER_FEN, free_li)
        return self._desk.repay(account, None, "", amount_li, "", now_ms, designated=designated) if amount_li > 0 else 0

    def _place(self, account: Account, request: PlaceRequest, ratio_ppm: int, now_ms: int) -> None:
        order = self._broker.place(account, request, now_ms)
        detail = f"{request.order_type.text} {request.volume} {request.stock_code}"
        self._desk.events.note(account.account_id, Kind.CLOSE_OUT, ratio_ppm, now_ms, detail, order.order_id)

    # ---- how much ------------------------------------------------------------------------------------------------------

    def _missing_li(self, account: Account, standing: Standing) -> int:
        """What must be repaid to be back at the line; nothing while no call was missed."""
        due_day = standing.decided.due_day
        if not due_day or due_day >= self._desk.day:
            return 0
        return figures.missing_li(standing.assets_li, standing.debt_li, standing.terms.line.restore_ppm)

    def _sales(self, account: Account, standing: Standing, now_ms: int) -> Iterator[PlaceRequest]:
        """Sell to repay cash: what is missing, and what is overdue of either source."""
        owed = dict.fromkeys(CashGroup, 0)
        overdue = dict(owed)
        for compact in standing.compacts:
            if not compact.is_short:
                due_li = compact.left_li + compact.interest.owed_li
                owed[compact.source] += due_li
                overdue[compact.source] += due_li if compact.overdue else 0
        missing_li = self._missing_li(account, standing)
        sold: dict[str, int] = {}
        for source in CashGroup:
            part_li = min(owed[source], max(missing_li, overdue[source]))
            missing_li -= part_li
            yield from self._sell(account, _row(CompactType.FINANCING, source), part_li, sold, now_ms)

    def _sell(
        self, account: Account, row: OrderType, amount_li: int, sold: dict[str, int], now_ms: int
    ) -> Iterator[PlaceRequest]:
        securities = self._broker.exchange.securities

        def worth(position: Position) -> tuple[int, str]:
            return (-position.volume * securities[position.stock_code].last_li, position.stock_code)

        for position in sorted(account.positions.values(), key=worth):
            if amount_li <= 0:
                return
            security = securities[position.stock_code]
            sellable = self._broker.sellable(account, security) - sold.get(security.code, 0)
            volume = self._lots(security, amount_li, sellable)
            if volume:
                sold[security.code] = sold.get(security.code, 0) + volume
                amount_li -= volume * security.last_li
                yield self._request(security, row, volume, now_ms)

    def _lots(self, security: Security, amount_li: int, most: int) -> int:
        """Whole lots that bring an amount, or everything there is."""
        step = self._broker.exchange.board_rules(security).lot.sell_step
        volume = -(-amount_li // (security.last_li * step)) * step
        least = self._broker.exchange.board_rules(security).lot.sell_min
        return max(0, min(max(volume, least), most))

    def _purchases(self, account: Account, standing: Standing, now_ms: int) -> Iterator[PlaceRequest]:
        """Buy back borrowed shares that may be returned today, as far as cash reaches."""
        missing_li, cash_li = self._missing_li(account, standing), account.free_li
        for source in CashGroup:
            for code in dict.fromkeys(compact.stock_code for compact in standing.compacts if compact.is_short):
                security = self._broker.exchange.securities[code]
                compacts = self._desk.returnable(account.account_id, source, code)
                owed = sum(compact.left_volume for compact in compacts)
                overdue = sum(compact.left_volume for compact in compacts if compact.overdue)
                wanted = min(owed, max(overdue, -(-missing_li // security.last_li)))
                volume = self._affordable(security, wanted, cash_li, now_ms) if wanted > 0 else 0
                if volume:
                    missing_li -= volume * security.last_li
                    cash_li -= volume * self._worst_li(security, now_ms)
                    yield self._request(security, _row(CompactType.SHORT, source), volume, now_ms)

    def _affordable(self, security: Security, wanted: int, cash_li: int, now_ms: int) -> int:
        """Whole lots for so many shares, fewer when the cash does not reach for them at the worst price and its fees."""
        lot = self._broker.exchange.board_rules(security).lot
        volume = max(lot.buy_min, -(-wanted // lot.buy_step) * lot.buy_step)
        most = max(0, cash_li - FEES_LI) * 1000 // (1001 * self._worst_li(security, now_ms))
        if volume > most:
            volume = most // lot.buy_step * lot.buy_step
        return volume if volume >= lot.buy_min else 0

    def _worst_li(self, security: Security, now_ms: int) -> int:
        """The most a share can cost."""
        setting = self._broker.exchange.setting(security, now_ms)
        return setting.band.high_li or security.last_li

    def _request(self, security: Security, row: OrderType, volume: int, now_ms: int) -> PlaceRequest:
        return PlaceRequest(security.code, row, self._price_type(security, now_ms), 0, True, volume, ORIGIN)

    def _price_type(self, security: Security, now_ms: int) -> PriceType:
        setting, number = self._broker.exchange.setting(security, now_ms), _SWEEPS[security.venue]
        sweeps = number in setting.rules.market_orders.types and setting.band.high_li is not None
        return PRICE_TYPES[number if sweeps else _LATEST]


def _row(repays: CompactType, source: CashGroup) -> OrderType:
    """The forced order that repays a debt in the market."""
    numbers = (
        row.number for row in ORDER_TYPES.values() if row.repays is repays and row.source is source and not row.at_counter
    )
    return order_type_of(next(numbers), forced=True)
