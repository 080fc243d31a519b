"""Station 7: forced close-out. The broker's own orders for an account that missed its call, or whose compacts are overdue.

Comes in: an account on the morning after, or later that day when the first orders did not suffice. Goes out: orders like any
other, whose ``offset_flag`` says that they are forced, with one row of credit_events each. Open orders of the client are ended
first, and own cash is taken. Then shares are sold to repay cash, the largest position first, and borrowed ones bought back.

Which positions go first is the broker's to say; this order is the simulator's. Source: exchange-rules §10.3 and §10.5.
"""

from __future__ import annotations

from typing import Final

from matching import units
from matching.book import BUY, SELL, Side
from matching.checks import Terms, counter_rejection, worst_price
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
MAX_PIECES: Final = 100
"""Orders for one code and source at a time, each as large as the exchange takes; the rest waits for the next look."""


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
        self._sell_off(account, now_ms)
        self._buy_back(account, now_ms)

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

    def _place(self, account: Account, security: Security, row: OrderType, volume: int, now_ms: int) -> int:
        """Place an order; how much of it was traded, or may still be."""
        ratio_ppm, price_type = self._desk.standing(account).maintenance_ppm, self._price_type(security, now_ms)
        request = PlaceRequest(security.code, row, price_type, 0, True, volume, ORIGIN)
        order = self._broker.place(account, request, now_ms)
        detail = f"{row.text} {volume} {security.code}"
        self._desk.events.note(account.account_id, Kind.CLOSE_OUT, ratio_ppm, now_ms, detail, order.order_id)
        return order.traded_volume + (order.left if order.is_open else 0)

    # ---- how much ------------------------------------------------------------------------------------------------------

    def _missing_li(self, account: Account, standing: Standing) -> int:
        """What must be repaid to be back at the line; nothing while no call was missed."""
        due_day = standing.decided.due_day
        if not due_day or due_day >= self._desk.day:
            return 0
        return figures.missing_li(standing.assets_li, standing.debt_li, standing.terms.line.restore_ppm)

    def _sell_off(self, account: Account, now_ms: int) -> None:
        """Sell to repay cash: what is missing, and what is overdue of either source."""
        standing = self._desk.standing(account)
        owed = dict.fromkeys(CashGroup, 0)
        overdue = dict(owed)
        for compact in standing.compacts:
            if not compact.is_short:
                due_li = compact.left_li + compact.interest.owed_li
                owed[compact.source] += due_li
                overdue[compact.source] += due_li if compact.overdue else 0
        missing_li = self._missing_li(account, standing)
        for source in CashGroup:
            part_li = min(owed[source], max(missing_li, overdue[source]))
            missing_li -= part_li
            self._raise(account, source, part_li, now_ms)

    def _raise(self, account: Account, source: CashGroup, amount_li: int, now_ms: int) -> None:
        """Sell the largest position first. What cannot be sold of one, and what nobody takes, the next has to bring."""
        securities = self._broker.exchange.securities

        def worth(position: Position) -> tuple[int, str]:
            return (-position.volume * securities[position.stock_code].last_li, position.stock_code)

        for position in sorted(account.positions.values(), key=worth):
            amount_li -= self._sell(account, position, source, amount_li, now_ms)

    def _sell(self, account: Account, position: Position, source: CashGroup, amount_li: int, now_ms: int) -> int:
        """Sell of one position in pieces of what one order may have, while they are taken whole; what they bring."""
        security, row = self._broker.exchange.securities[position.stock_code], _row(CompactType.FINANCING, source)
        last_li, brought_li = security.last_li, 0
        for _ in range(MAX_PIECES):
            left_li = amount_li - brought_li
            owes = self._desk.book.open(account.account_id, CompactType.FINANCING, source)
            volume = self._piece(account, position, -(-left_li // last_li), now_ms) if left_li > 0 and owes else 0
            kept = self._place(account, security, row, volume, now_ms) if volume else 0
            brought_li += kept * last_li
            if not volume or kept < volume:
                break
        return brought_li

    def _piece(self, account: Account, position: Position, wanted: int, now_ms: int) -> int:
        """Whole lots for so many shares, or all there are with the odd ones where they may go along; 0 if none may be sold."""
        security = self._broker.exchange.securities[position.stock_code]
        lot = self._broker.exchange.board_rules(security).lot
        sellable = self._broker.sellable(account, security)
        most = min(sellable, self._highest(security, now_ms))
        volume = min(max(lot.sell_min, -(-wanted // lot.sell_step) * lot.sell_step), most)
        holding = position.volume - position.frozen_volume
        pieces = (volume, volume // lot.sell_step * lot.sell_step)
        return next((piece for piece in pieces if self._may(security, SELL, piece, now_ms, holding, sellable)), 0)

    def _buy_back(self, account: Account, now_ms: int) -> None:
        """Buy back borrowed shares that may be returned today, as far as cash reaches."""
        standing = self._desk.standing(account)
        missing_li = self._missing_li(account, standing)
        for source in CashGroup:
            for code in dict.fromkeys(compact.stock_code for compact in standing.compacts if compact.is_short):
                compacts = self._desk.returnable(account.account_id, source, code)
                owed = sum(compact.left_volume for compact in compacts)
                overdue = sum(compact.left_volume for compact in compacts if compact.overdue)
                last_li = self._broker.exchange.securities[code].last_li
                wanted = min(owed, max(overdue, -(-missing_li // last_li)))
                missing_li -= self._buy(account, code, source, wanted, now_ms) * last_li

    def _buy(self, account: Account, code: str, source: CashGroup, wanted: int, now_ms: int) -> int:
        """Buy in pieces of what one order may have, while they are taken whole; how much that is."""
        security, row = self._broker.exchange.securities[code], _row(CompactType.SHORT, source)
        bought = 0
        for _ in range(MAX_PIECES):
            volume = self._affordable(security, wanted - bought, account.free_li, now_ms) if wanted > bought else 0
            kept = self._place(account, security, row, volume, now_ms) if volume else 0
            bought += kept
            if not volume or kept < volume:
                break
        return bought

    def _affordable(self, security: Security, wanted: int, cash_li: int, now_ms: int) -> int:
        """Whole lots for so many shares, fewer when the cash does not reach for them at the worst price and its fees."""
        lot = self._broker.exchange.board_rules(security).lot
        volume = max(lot.buy_min, -(-wanted // lot.buy_step) * lot.buy_step)
        most = max(0, cash_li - FEES_LI) * 1000 // (1001 * self._worst_li(security, now_ms))
        most = min(most, self._highest(security, now_ms))
        if volume > most:
            volume = most // lot.buy_step * lot.buy_step
        return volume if self._may(security, BUY, volume, now_ms) else 0

    # ---- what may be ordered -------------------------------------------------------------------------------------------

    def _worst_li(self, security: Security, now_ms: int) -> int:
        """The most a share can cost."""
        setting = self._broker.exchange.setting(security, now_ms)
        return setting.band.high_li or security.last_li

    def _highest(self, security: Security, now_ms: int) -> int:
        """The most that one order may have."""
        lot = self._broker.exchange.board_rules(security).lot
        return lot.max_market_volume if self._price_type(security, now_ms).market else lot.max_limit_volume

    def _may(
        self, security: Security, side: Side, volume: int, now_ms: int, holding: int = 0, sellable: int = 0
    ) -> bool:
        """Would the counter take such an order? Not for a suspended security, nor for odd shares that must stay."""
        price_type, setting = self._price_type(security, now_ms), self._broker.exchange.setting(security, now_ms)
        price_li = worst_price(security.last_li, side, price_type, setting)
        terms = Terms(side, price_type, price_li, True, volume, holding, sellable)
        return volume > 0 and counter_rejection(terms, setting) is None

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
