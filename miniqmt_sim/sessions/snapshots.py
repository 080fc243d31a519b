"""Station 8: orders, trades, positions and assets as they were at one moment, put into words when somebody reads them.

Most of what a busy counter says is one of these four. The core only notes the figures that change; the socket writes them
down as JSON without a detour over an object, and whoever is in the same process gets the object. Both say the same: a test
compares them. What never changes of an order is written once and kept as its ``head``.
"""

from __future__ import annotations

from typing import ClassVar

from matching import units
from matching.instrument import Security
from miniqmt_sim.behaviour import cut
from miniqmt_sim.constants import DIRECTION_STOCK, ORDER_ERROR_ID
from miniqmt_sim.counter.account import Account, Position
from miniqmt_sim.counter.broker import secu_account
from miniqmt_sim.counter.order import Order, Trade
from miniqmt_sim.wire.messages import JsonObject, object_text, quoted


class OrderSnapshot:
    """XtOrder. ``price_type`` is the broker's enumeration, ``direction`` 48 whatever the side."""

    name: ClassVar[str] = "push_stock_order"

    __slots__ = ("order", "order_sysid", "price_li", "status", "status_msg", "traded_amount_li", "traded_volume")

    def __init__(
        self, order: Order, price_li: int, traded_volume: int, traded_amount_li: int, status: int, status_msg: str,
        order_sysid: str,
    ) -> None:  # fmt: skip
        self.order = order
        self.price_li = price_li
        self.traded_volume = traded_volume
        self.traded_amount_li = traded_amount_li
        self.status = status
        self.status_msg = status_msg
        self.order_sysid = order_sysid

    def message(self) -> JsonObject:
        """The push."""
        return {"t": "push_stock_order", **self.fields()}

    def fields(self) -> JsonObject:
        """One row of the message table."""
        order = self.order
        return {
            **_constants(order),
            "order_sysid": self.order_sysid,
            "order_time": order.order_ms // 1000,
            "order_volume": order.volume,
            "price_type": order.price_type.returned,
            "price": units.yuan(self.price_li),
            "traded_volume": self.traded_volume,
            "traded_price": units.average_yuan(self.traded_amount_li, self.traded_volume),
            "order_status": int(self.status),
            "status_msg": self.status_msg,
        }

    def text(self) -> str:
        """The push as JSON."""
        order, volume = self.order, self.traded_volume
        return (
            f'{{"t":"push_stock_order",{order.head or _write_head(order)},"order_sysid":"{self.order_sysid}",'
            f'"order_time":{order.order_ms // 1000},"order_volume":{order.volume},"price_type":{order.price_type.returned},'
            f'"price":{units.yuan(self.price_li)!r},"traded_volume":{volume},'
            f'"traded_price":{units.average_yuan(self.traded_amount_li, volume)!r},"order_status":{int(self.status)},'
            f'"status_msg":{quoted(self.status_msg)}}}'
        )


def order_snapshot(order: Order, status_msg_bytes: int = 0) -> OrderSnapshot:
    """An order now; its text cut to a buffer."""
    text = order.status_msg and cut(order.status_msg, status_msg_bytes)
    return OrderSnapshot(
        order, order.price_li, order.traded_volume, order.traded_amount_li, order.status, text, order.order_sysid
    )


class TradeSnapshot:
    """XtTrade. ``commission`` is everything charged on the fill. A trade never changes."""

    name: ClassVar[str] = "push_stock_trade"

    __slots__ = ("trade",)

    def __init__(self, trade: Trade) -> None:
        self.trade = trade

    def message(self) -> JsonObject:
        """The push."""
        return {"t": "push_stock_trade", **self.fields()}

    def fields(self) -> JsonObject:
        """One row of the message table."""
        trade = self.trade
        return {
            **_constants(trade.order),
            "order_sysid": trade.order.order_sysid,
            "traded_id": f"{trade.trade_id:016d}",
            "traded_time": trade.trade_ms // 1000,
            "traded_price": units.yuan(trade.price_li),
            "traded_volume": trade.volume,
            "traded_amount": units.yuan(trade.amount_li),
            "commission": units.yuan(trade.fees.total_li),
        }

    def text(self) -> str:
        """The push as JSON."""
        trade = self.trade
        order = trade.order
        return (
            f'{{"t":"push_stock_trade",{order.head or _write_head(order)},"order_sysid":"{order.order_sysid}",'
            f'"traded_id":"{trade.trade_id:016d}","traded_time":{trade.trade_ms // 1000},'
            f'"traded_price":{units.yuan(trade.price_li)!r},"traded_volume":{trade.volume},'
            f'"traded_amount":{units.yuan(trade.amount_li)!r},"commission":{units.yuan(trade.fees.total_li)!r}}}'
        )


def _constants(order: Order) -> JsonObject:
    """What an order and its trades have in common and never changes."""
    security = order.security
    return {
        "account_type": int(order.account_type),
        "account_id": order.account_id,
        "stock_code": order.stock_code,
        "order_id": order.order_id,
        "order_type": order.order_type.number,
        "strategy_name": order.origin.strategy_name,
        "order_remark": order.origin.order_remark,
        "direction": DIRECTION_STOCK,
        "offset_flag": int(order.order_type.offset_flag),
        "secu_account": secu_account(order.account_id, security.venue) if security else "",
        "instrument_name": security.name if security else "",
    }


def _write_head(order: Order) -> str:
    order.head = object_text(_constants(order))[1:-1]
    return order.head


class PositionSnapshot:
    """XtPosition. ``open_price`` is what the purchases cost on average, ``avg_price`` what the holding cost, fees included."""

    name: ClassVar[str] = "push_stock_position"

    __slots__ = (
        "account", "bought_li", "bought_volume", "cost_li", "frozen_volume", "last_li", "opened_day", "position", "security",
        "sellable", "today_volume", "volume", "yesterday_volume",
    )  # fmt: skip

    def __init__(
        self, account: Account, position: Position, security: Security, sellable: int, last_li: int, volume: int,
        today_volume: int, frozen_volume: int, yesterday_volume: int, cost_li: int, bought_li: int, bought_volume: int,
        opened_day: int,
    ) -> None:  # fmt: skip
        self.account = account
        self.position = position
        self.security = security
        self.sellable = sellable
        self.last_li = last_li
        self.volume = volume
        self.today_volume = today_volume
        self.frozen_volume = frozen_volume
        self.yesterday_volume = yesterday_volume
        self.cost_li = cost_li
        self.bought_li = bought_li
        self.bought_volume = bought_volume
        self.opened_day = opened_day

    def message(self) -> JsonObject:
        """The push."""
        return {"t": "push_stock_position", **self.fields()}

    def fields(self) -> JsonObject:
        """One row of the message table."""
        value_li, cost_li, opened_li = self._values()
        return {
            **self._constants(),
            "volume": self.volume,
            "can_use_volume": self.sellable,
            "open_price": units.average_yuan(self.bought_li, self.bought_volume),
            "market_value": units.yuan(value_li),
            "frozen_volume": self.frozen_volume,
            "on_road_volume": self.today_volume,
            "yesterday_volume": self.yesterday_volume,
            "avg_price": units.average_yuan(cost_li, self.volume),
            "last_price": units.yuan(self.last_li),
            "profit_rate": units.ratio(value_li - cost_li, abs(cost_li)),
            "float_profit": units.yuan(value_li - cost_li),
            "position_profit": units.yuan(value_li - opened_li),
            "open_date": str(self.opened_day),
        }

    def text(self) -> str:
        """The push as JSON."""
        value_li, cost_li, opened_li = self._values()
        profit_li = value_li - cost_li
        return (
            f'{{"t":"push_stock_position",{self.position.head or self._write_head()},"volume":{self.volume},'
            f'"can_use_volume":{self.sellable},"open_price":{units.average_yuan(self.bought_li, self.bought_volume)!r},'
            f'"market_value":{units.yuan(value_li)!r},"frozen_volume":{self.frozen_volume},'
            f'"on_road_volume":{self.today_volume},"yesterday_volume":{self.yesterday_volume},'
            f'"avg_price":{units.average_yuan(cost_li, self.volume)!r},"last_price":{units.yuan(self.last_li)!r},'
            f'"profit_rate":{units.ratio(profit_li, abs(cost_li))!r},"float_profit":{units.yuan(profit_li)!r},'
            f'"position_profit":{units.yuan(value_li - opened_li)!r},"open_date":"{self.opened_day}"}}'
        )

    def _values(self) -> tuple[int, int, int]:
        """What the holding is worth, what it cost, and what its purchases cost, in li."""
        volume, bought_volume = self.volume, self.bought_volume
        opened_li = units.half_up(self.bought_li * volume, bought_volume) if bought_volume else 0
        return volume * self.last_li, self.cost_li if volume else 0, opened_li

    def _constants(self) -> JsonObject:
        account, security = self.account, self.security
        return {
            "account_type": int(account.account_type),
            "account_id": account.account_id,
            "stock_code": security.code,
            "direction": DIRECTION_STOCK,
            "secu_account": secu_account(account.account_id, security.venue),
            "instrument_name": security.name,
        }

    def _write_head(self) -> str:
        self.position.head = object_text(self._constants())[1:-1]
        return self.position.head


def position_snapshot(
    account: Account, position: Position, security: Security, sellable: int, open_price_is_cost: bool
) -> PositionSnapshot:
    """A position now; its opening price is the average of its purchases, or its cost per share as an older document says."""
    bought_li, bought_volume = position.bought_li, position.bought_volume
    if open_price_is_cost:
        bought_li, bought_volume = position.cost_li, position.volume
    return PositionSnapshot(
        account, position, security, sellable, security.last_li, position.volume, position.today_volume,
        position.frozen_volume, position.yesterday_volume, position.cost_li, bought_li, bought_volume, position.opened_day,
    )  # fmt: skip


class AssetSnapshot:
    """XtAsset."""

    name: ClassVar[str] = "push_stock_asset"

    __slots__ = ("account", "available_li", "cash_li", "frozen_li", "market_value_li", "withdrawable_li")

    def __init__(
        self, account: Account, cash_li: int, frozen_li: int, available_li: int, withdrawable_li: int, market_value_li: int,
    ) -> None:  # fmt: skip
        self.account = account
        self.cash_li = cash_li
        self.frozen_li = frozen_li
        self.available_li = available_li
        self.withdrawable_li = withdrawable_li
        self.market_value_li = market_value_li

    def message(self) -> JsonObject:
        """The push."""
        return {"t": "push_stock_asset", **self.fields()}

    def fields(self) -> JsonObject:
        """One row of the message table."""
        return {
            "account_type": int(self.account.account_type),
            "account_id": self.account.account_id,
            "cash": units.yuan(self.available_li),
            "frozen_cash": units.yuan(self.frozen_li),
            "market_value": units.yuan(self.market_value_li),
            "total_asset": units.yuan(self.cash_li + self.market_value_li),
            "fetch_balance": units.yuan(self.withdrawable_li),
            "current_balance": units.yuan(self.cash_li),
        }

    def text(self) -> str:
        """The push as JSON."""
        account, cash_li, value_li = self.account, self.cash_li, self.market_value_li
        return (
            f'{{"t":"push_stock_asset","account_type":{int(account.account_type)},"account_id":"{account.account_id}",'
            f'"cash":{units.yuan(self.available_li)!r},"frozen_cash":{units.yuan(self.frozen_li)!r},'
            f'"market_value":{units.yuan(value_li)!r},"total_asset":{units.yuan(cash_li + value_li)!r},'
            f'"fetch_balance":{units.yuan(self.withdrawable_li)!r},"current_balance":{units.yuan(cash_li)!r}}}'
        )


def asset_snapshot(account: Account, market_value_li: int) -> AssetSnapshot:
    """An account's cash now, and its positions' value."""
    cash_li, frozen_li = account.cash_li, account.frozen_li
    available_li = account.available_li if account.restricted_li else cash_li - frozen_li
    return AssetSnapshot(account, cash_li, frozen_li, available_li, account.withdrawable_li, market_value_li)


class OrderAnswer:
    """The answer to an order that the counter took, whatever became of it; it repeats the request's words."""

    name: ClassVar[str] = "reply"

    __slots__ = ("order_id", "request", "seq")

    def __init__(self, seq: int, request: JsonObject, order_id: int) -> None:
        self.seq = seq
        self.request = request
        self.order_id = order_id

    def message(self) -> JsonObject:
        """The reply."""
        return {"t": "reply", "seq": self.seq, **order_answer(self.request, self.order_id, "")}

    def text(self) -> str:
        """The reply as JSON."""
        request = self.request
        account_type: int = request["account_type"]
        account_id: str = request["account_id"]
        strategy_name: str = quoted(request["strategy_name"])
        order_remark: str = quoted(request["order_remark"])
        return (
            f'{{"t":"reply","seq":{self.seq},"account_type":{account_type},"account_id":"{account_id}",'
            f'"order_id":{self.order_id},"strategy_name":{strategy_name},"order_remark":{order_remark},'
            '"error_id":0,"error_msg":""}'
        )


class CancelAnswer:
    """The answer to a cancel that was sent to the exchange, or done at the counter."""

    name: ClassVar[str] = "reply"

    __slots__ = ("account", "order_id", "order_sysid", "seq")

    def __init__(self, seq: int, account: Account, order_id: int, order_sysid: str) -> None:
        self.seq = seq
        self.account = account
        self.order_id = order_id
        self.order_sysid = order_sysid

    def message(self) -> JsonObject:
        """The reply."""
        account = self.account
        answer = cancel_answer(account.account_type, account.account_id, 0, self.order_id, self.order_sysid, "")
        return {"t": "reply", "seq": self.seq, **answer}

    def text(self) -> str:
        """The reply as JSON."""
        account = self.account
        return (
            f'{{"t":"reply","seq":{self.seq},"account_type":{int(account.account_type)},"account_id":"{account.account_id}",'
            f'"cancel_result":0,"order_id":{self.order_id},"order_sysid":"{self.order_sysid}","error_id":0,"error_msg":""}}'
        )


def cancel_answer(
    account_type: int, account_id: str, result: int, order_id: int, order_sysid: str, text: str
) -> JsonObject:
    """Fields of the answer to a cancel; a text says why it cannot be."""
    return {
        "account_type": int(account_type),
        "account_id": account_id,
        "cancel_result": result,
        "order_id": order_id,
        "order_sysid": order_sysid,
        "error_id": ORDER_ERROR_ID if text else 0,
        "error_msg": text,
    }


def order_answer(request: JsonObject, order_id: int, text: str) -> JsonObject:
    """Fields of the answer to an order; a text says why there is none."""
    return {
        "account_type": request["account_type"],
        "account_id": request["account_id"],
        "order_id": order_id,
        "strategy_name": request["strategy_name"],
        "order_remark": request["order_remark"],
        "error_id": ORDER_ERROR_ID if text else 0,
        "error_msg": text,
    }
