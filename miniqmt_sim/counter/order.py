"""Orders and trades as the counter keeps them for the day."""

from __future__ import annotations

from typing import Final

from matching.book import BookOrder
from matching.instrument import Security
from matching.price_types import PriceType
from miniqmt_sim.changes import Row
from miniqmt_sim.constants import AccountType, OrderStatus
from miniqmt_sim.counter.fees import NO_FEES, Fees, Tariff
from miniqmt_sim.counter.order_types import OrderType
from miniqmt_sim.counter.status import is_final

_UNREPORTED: Final = OrderStatus.UNREPORTED


class Origin:
    """Where an order came from: the session, its request, and the words the strategy gave it."""

    __slots__ = ("order_remark", "request_seq", "session_id", "strategy_name")

    def __init__(self, session_id: int, request_seq: int, strategy_name: str, order_remark: str) -> None:
        self.session_id = session_id
        self.request_seq = request_seq
        self.strategy_name = strategy_name
        self.order_remark = order_remark


class Order:
    """One order from acceptance to its end.

    ``book_order`` is its part in the book while it rests there. ``security`` and ``tariff`` are those of its code, None for a
    code the exchange does not know. ``head`` belongs to the views: what never changes of it, as they write it down.
    """

    __slots__ = (
        "account_id", "account_type", "book_order", "day", "fees", "frozen_li", "head", "order_id", "order_ms", "order_sysid",
        "order_type", "origin", "price_li", "price_type", "queue_seq", "security", "status", "status_msg", "stock_code",
        "tariff", "traded_amount_li", "traded_volume", "volume",
    )  # fmt: skip

    def __init__(
        self, order_id: int, account_id: str, account_type: AccountType, stock_code: str, order_type: OrderType,
        price_type: PriceType, price_li: int, volume: int, origin: Origin, day: int, order_ms: int,
    ) -> None:  # fmt: skip
        self.order_id = order_id
        self.account_id = account_id
        self.account_type = account_type
        self.stock_code = stock_code
        self.order_type = order_type
        self.price_type = price_type
        self.price_li = price_li
        self.volume = volume
        self.origin = origin
        self.day = day
        self.order_ms = order_ms
        self.security: Security | None = None
        self.tariff: Tariff | None = None
        self.order_sysid = self.status_msg = self.head = ""
        self.status = _UNREPORTED
        self.traded_volume = self.traded_amount_li = self.frozen_li = self.queue_seq = 0
        self.fees = NO_FEES
        self.book_order: BookOrder | None = None

    @property
    def left(self) -> int:
        """Volume not filled."""
        return self.volume - self.traded_volume

    @property
    def is_open(self) -> bool:
        """Can it still change?"""
        return not is_final(self.status)

    @property
    def is_unreported(self) -> bool:
        """Is it still with the counter?"""
        return self.status in (OrderStatus.UNREPORTED, OrderStatus.WAIT_REPORTING)

    def in_book(self) -> BookOrder:
        """Its part at the exchange: what is left of it, at its place in the queue."""
        side, left = self.order_type.side, self.volume - self.traded_volume
        return BookOrder(self.order_id, self.account_id, self.stock_code, side, self.price_li, left, self.queue_seq)

    def row(self) -> Row:
        """The row of table orders."""
        origin, fees = self.origin, self.fees
        return (
            self.order_id, self.day, self.account_id, int(self.account_type), self.stock_code, self.order_type.number,
            self.price_type.number, self.price_li, self.volume, self.traded_volume, self.traded_amount_li,
            int(self.status), self.status_msg, self.order_sysid, origin.strategy_name, origin.order_remark, self.order_ms,
            origin.session_id, origin.request_seq, self.queue_seq, self.frozen_li, *fees, int(self.order_type.forced),
        )  # fmt: skip


class Trade:
    """One fill of one order; ``fees`` is what this fill was charged; a self-trade had the same account on both sides."""

    __slots__ = ("fees", "is_self_trade", "order", "price_li", "trade_id", "trade_ms", "volume")

    def __init__(
        self, trade_id: int, order: Order, price_li: int, volume: int, trade_ms: int, fees: Fees, is_self_trade: bool = False,
    ) -> None:  # fmt: skip
        self.trade_id = trade_id
        self.order = order
        self.price_li = price_li
        self.volume = volume
        self.trade_ms = trade_ms
        self.fees = fees
        self.is_self_trade = is_self_trade

    @property
    def amount_li(self) -> int:
        """Price times volume."""
        return self.price_li * self.volume

    def row(self) -> Row:
        """The row of table trades."""
        order = self.order
        return (
            self.trade_id, order.day, order.account_id, int(order.account_type), order.order_id, order.stock_code,
            order.order_type.number, self.price_li, self.volume, self.amount_li, self.trade_ms, *self.fees,
            int(self.is_self_trade),
        )  # fmt: skip
