"""Stored rows back into a world: the other half of every ``row()``.

Accounts and positions, orders in their places in the books with what stood ahead of them, and what is still to come.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from matching.book import BookOrder
from matching.exchange import LIMIT_ORDER
from matching.instrument import parse_listing
from matching.price_types import PRICE_TYPES, PriceType
from miniqmt_sim.changes import Row
from miniqmt_sim.constants import AccountStatus, AccountType, OrderStatus
from miniqmt_sim.counter.account import Account, Position
from miniqmt_sim.counter.fees import Fees
from miniqmt_sim.counter.order import Order, Origin, Trade
from miniqmt_sim.counter.order_types import order_type_of
from miniqmt_sim.errors import ConfigError

if TYPE_CHECKING:
    from miniqmt_sim.world import World


READ_ONCE: Final = ("orders", "trades")
"""Tables of a day that may be too long to be held as rows: gone through once, as they come."""


def restore_world(world: World, stored: Mapping[str, Iterable[Row]]) -> None:
    """Open a world from its stored rows: accounts, orders in their places in the books, and what is to come."""
    rows = {name: list(table) for name, table in stored.items() if name not in READ_ONCE}
    for name, value in rows["counters"]:
        world.counters.restore(name, value)
    world.exchange.set_day(world.counters["day"])
    restore_securities(world, rows["instruments"])
    world.market.restore_figures(rows["day_figures"])
    world.market.restore_quotes(rows["quotes"])
    restore_accounts(world, rows)
    world.lots.restore(rows["position_lots"])
    world.corporate.restore(rows["corporate_actions"])
    world.announce()
    missing = world.ipo.restore(rows["ipo_subscriptions"])
    if missing is not None:
        raise ConfigError(f"ipo: {missing}")
    world.ipo.values.restore(rows["market_values"])
    world.banks.restore(rows["banks"], rows["bank_transfers"])
    world.ordinary.restore(rows["ordinary_funds"], rows["ordinary_positions"])
    world.compliance.restore(rows["compliance"], rows["compliance_window"])
    world.credit.restore(rows)
    resting = restore_orders(world, stored)
    houses = [(order, LIMIT_ORDER) for order in world.market.house.restore(rows["house_rests"])]
    world.exchange.restore([*resting, *houses])
    world.scheduler.restore(rows["scheduled"])


def restore_securities(world: World, rows: Sequence[Row]) -> None:
    listings = {listing.code.text: listing for listing in world.listings}
    for stock_code, name, board, pre_close_li, base_li, tags, listed in rows:
        known = listings.pop(stock_code, None)
        listing = parse_listing(stock_code, name, pre_close_li, tuple(tags.split()), board, listed)
        if known is not None:  # share capital is not stored: it changes nothing, and is what the file says now
            listing = listing._replace(total_shares=known.total_shares, float_shares=known.float_shares)
        world.market.restore_base(world.exchange.list_security(listing), base_li)
    for listing in listings.values():
        world.market.list_security(listing)


def restore_accounts(world: World, rows: Mapping[str, Sequence[Row]]) -> None:
    for account_id, account_type, status, cash_li, frozen_li, unsettled_li, overdraft_li, opened_day in rows["accounts"]:
        account = Account(account_id, AccountType(account_type), opened_day)
        account.status = AccountStatus(status)
        account.cash_li, account.frozen_li, account.unsettled_li = cash_li, frozen_li, unsettled_li
        account.overdraft_li = overdraft_li
        world.broker.accounts[account_id] = account
        world.broker.give_margin(account)
    for account_id, stock_code, *figures, opened_day in rows["positions"]:
        position = Position(account_id, stock_code, opened_day)
        (
            position.volume, position.today_volume, position.frozen_volume, position.yesterday_volume, position.cost_li,
            position.bought_li, position.bought_volume,
        ) = figures  # fmt: skip
        world.broker.accounts[account_id].positions[stock_code] = position


def restore_orders(world: World, rows: Mapping[str, Iterable[Row]]) -> list[tuple[BookOrder, PriceType]]:
    resting = []
    texts = _Texts()
    for row in rows["orders"]:
        order = _order(row, texts)
        subscription = world.ipo.is_subscription(order)
        world.broker.restore_order(order, subscription)
        if order.is_open and not order.is_unreported and not subscription:
            order.book_order = order.in_book()
            resting.append((order.book_order, order.price_type))
    for trade_id, _, account_id, _, order_id, _, _, price_li, volume, _, trade_ms, *fees, self_trade in rows["trades"]:
        account = world.broker.accounts[account_id]
        order = account.orders[order_id]
        account.trades.append(Trade(trade_id, order, price_li, volume, trade_ms, Fees(*fees), bool(self_trade)))
    return resting


class _Texts(dict[str, str]):
    """One copy of each text that many orders share; a day's rows bring one of their own with every order."""

    def __missing__(self, text: str) -> str:
        self[text] = text
        return text


def _order(row: Row, texts: _Texts) -> Order:
    """An order from its row."""
    (
        order_id, day, account_id, account_type, stock_code, order_type, price_type, price_li, volume, traded_volume,
        traded_amount_li, status, status_msg, order_sysid, strategy_name, order_remark, order_ms, session_id, request_seq,
        queue_seq, frozen_li, *fees, forced,
    ) = row  # fmt: skip
    origin = Origin(session_id, request_seq, texts[strategy_name], order_remark)
    order = Order(
        order_id, texts[account_id], _ACCOUNT_TYPES[account_type], texts[stock_code], order_type_of(order_type, bool(forced)),
        PRICE_TYPES[price_type], price_li, volume, origin, day, order_ms,
    )  # fmt: skip
    order.order_sysid = order_sysid
    order.status = _STATUSES[status]
    order.status_msg = status_msg
    order.traded_volume = traded_volume
    order.traded_amount_li = traded_amount_li
    order.frozen_li = frozen_li
    order.fees = Fees(*fees) if any(fees) else _NO_FEES
    order.queue_seq = queue_seq
    return order


_ACCOUNT_TYPES: Final = {int(each): each for each in AccountType}
_STATUSES: Final = {int(each): each for each in OrderStatus}
_NO_FEES: Final = Fees()
