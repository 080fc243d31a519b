"""Snapshots say as JSON what they say as an object, whatever stands in them."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from matching.instrument import Security, parse_listing
from matching.price_types import PRICE_TYPES
from miniqmt_sim.constants import AccountType, OrderStatus
from miniqmt_sim.counter.account import Account, Position
from miniqmt_sim.counter.fees import Fees
from miniqmt_sim.counter.order import Order, Origin, Trade
from miniqmt_sim.counter.order_types import ORDER_TYPES
from miniqmt_sim.sessions.snapshots import (
    CancelAnswer,
    OrderAnswer,
    TradeSnapshot,
    asset_snapshot,
    order_snapshot,
    position_snapshot,
)
from miniqmt_sim.wire.messages import View

WORDS = st.text(max_size=30).filter(lambda text: not any("\ud800" <= char <= "\udfff" for char in text))
MONEY = st.integers(0, 10**14)
VOLUME = st.integers(0, 10**9)
BANK = Security(parse_listing("600000.SH", "浦发\"银行\\", 10_450))


def make_order(price_li: int, volume: int, words: tuple[str, str, str], security: Security | None) -> Order:
    origin = Origin(7, 3, words[0], words[1])
    order = Order(
        1_048_577, "A1", AccountType.STOCK, "600000.SH", ORDER_TYPES[23], PRICE_TYPES[11], price_li, volume, origin, 20261123,
        1_795_000_000_123,
    )  # fmt: skip
    order.security, order.status_msg, order.order_sysid, order.status = security, words[2], "12", OrderStatus.PART_SUCC
    return order


def says_the_same(view: View) -> bool:
    return json.loads(view.text()) == view.message()


@given(MONEY, VOLUME, VOLUME, st.tuples(WORDS, WORDS, WORDS), st.sampled_from([BANK, None]))
def test_an_order_and_its_trade(
    price_li: int, volume: int, traded: int, words: tuple[str, str, str], security: Security | None
) -> None:
    order = make_order(price_li, volume + traded, words, security)
    order.traded_volume, order.traded_amount_li = traded, traded * price_li
    trade = Trade(17, order, price_li, traded, 1_795_000_000_456, Fees(5_000, 0, price_li % 977, 0))
    assert says_the_same(order_snapshot(order))
    assert says_the_same(TradeSnapshot(trade))


@given(MONEY, MONEY, MONEY, VOLUME, VOLUME)
def test_a_position_and_an_asset(cash_li: int, cost_li: int, bought_li: int, volume: int, bought: int) -> None:
    account, position = Account("A1", AccountType.CREDIT, 20261123), Position("A1", BANK.code, 20261123)
    account.cash_li, account.frozen_li, account.unsettled_li = cash_li, cash_li // 3, cash_li // 7
    position.volume, position.cost_li, position.bought_li, position.bought_volume = volume, -cost_li, bought_li, bought
    assert says_the_same(position_snapshot(account, position, BANK, volume // 2, open_price_is_cost=bool(volume % 2)))
    assert says_the_same(asset_snapshot(account, bought_li))


@given(WORDS, WORDS)
def test_an_answer(name: str, remark: str) -> None:
    asked = {"account_type": 2, "account_id": "A1", "strategy_name": name, "order_remark": remark, "price": 10.0}
    assert says_the_same(OrderAnswer(9, asked, 1_048_577))
    assert says_the_same(CancelAnswer(9, Account("A1", AccountType.STOCK, 20261123), 1_048_577, "12"))


def test_a_snapshot_keeps_what_was() -> None:
    order = make_order(10_450, 500, ("s", "r", ""), BANK)
    before = order_snapshot(order)
    order.status, order.traded_volume, order.traded_amount_li = OrderStatus.SUCCEEDED, 500, 500 * 10_440
    assert (before.message()["order_status"], before.message()["traded_volume"]) == (55, 0)
    assert order_snapshot(order).message()["traded_price"] == 10.44


def test_a_text_is_cut_to_the_buffer() -> None:
    order = make_order(10_450, 500, ("s", "r", "可用资金不足"), BANK)
    assert order_snapshot(order, 7).message()["status_msg"] == "可用"
