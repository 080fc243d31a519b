"""What a strategy may pass, and what it should not have: every kind of number, text, account and code."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy
import pytest

from tests.contract.conformance.conftest import OpenDesk, serving
from tests.contract.conformance.desk import BUY, CODE, FIX_PRICE, WORDS, A, Desk
from tests.contract.conformance.drivers import Driver, Terminal

# -- what nobody should send ---------------------------------------------------------------------------------------------


def test_arguments_of_a_wrong_type(a: Desk) -> None:
    wrong: tuple[Any, ...] = ("100", None, b"100", [100], {})
    names = (None, "m_dPrice") if a.driver.wheel else ("order_volume", "price")  # the wheel gives most volumes to int()
    for value in wrong:
        with pytest.raises(TypeError, match=names[0]):
            a.trader.order_stock(a.account, CODE, BUY, value, FIX_PRICE, 10.0)
        with pytest.raises(TypeError, match=names[1]):
            a.trader.order_stock(a.account, CODE, BUY, 100, FIX_PRICE, value)
    assert a.trader.connected
    assert a.take() == []


def test_numbers_that_make_no_order(a: Desk) -> None:
    volumes = (0, -100, 0.5, 100.5, 2**31)
    prices = (math.nan, math.inf, -math.inf, 1e300)
    for volume, price in (*((volume, 10.0) for volume in volumes), *((100, price) for price in prices)):
        assert a.trader.order_stock(a.account, CODE, BUY, volume, FIX_PRICE, price) == -1, (volume, price)
    assert a.trader.connected
    assert a.take() == []
    assert a.trader.query_stock_orders(a.account) == []


WHOLE = [200, 200.0, numpy.int64(200), numpy.int32(200), numpy.uint16(200), numpy.float64(200.0), numpy.float32(200.0)]
PRICES = [10, 10.0, numpy.float64(10.0), numpy.float32(10.0), numpy.int64(10), Decimal("10.00"), Fraction(10)]


def test_numbers_of_every_kind_make_the_same_order(a: Desk) -> None:
    for volume, price in (*((volume, 10.0) for volume in WHOLE), *((200, price) for price in PRICES)):
        order_id = a.buy(volume, price)
        order = a.trader.query_stock_order(a.account, order_id)
        assert (order.order_volume, order.price, order.order_status) == (200, 10.0, 50), (volume, price)
        assert (type(order.order_volume), type(order.price)) == (int, float)
        a.cancel(order_id)


def test_a_narrow_float_means_the_decimal_it_is_shown_as(terminal: Terminal, a: Desk) -> None:
    terminal.ctl.quote("600519.SH", last=1688.88, pre_close=1688.88)
    order_id = a.buy(100, numpy.float32(1688.88), code="600519.SH")
    order = a.trader.query_stock_order(a.account, order_id)
    assert "260200" in order.status_msg, "too dear, and on the tick"
    assert order.price == 1688.88


REFUSED_NUMBERS = [
    (True, 10.0, "120156"),
    (2**31 - 1, 10.0, "120156"),
    (150.0, 10.0, "-150904070"),
    (100, 0, "1222"),
    (100, -10.0, "1222"),
    (100, 10.005, "1222"),
    (100, 10.0000011, "1222"),
    (100, 11.01, "-990265060"),
    (100, 1e8, "-990265060"),
]


def test_numbers_that_the_counter_refuses(a: Desk) -> None:
    for volume, price, code in REFUSED_NUMBERS:
        assert a.buy(volume, price) > 0
        rows = a.rows()
        assert [WORDS[name](value) for name, value in rows] == ["response", "order 50", "order 57", "order_error"]
        assert f"[{code}]" in rows[3][1].error_msg, (volume, price)
    assert a.buy(100.0, 10.0000001) > 0, "noise of a double"
    assert a.take() == ["response", "order 50", "asset 98994.99"]


# -- texts ---------------------------------------------------------------------------------------------------------------

TEXTS = [
    # given, what a terminal with 23 bytes keeps of it
    ("网格策略", "网格策略"),
    ("a" * 24, "a" * 23),
    ("均线突破策略第一号", "均线突破策略第"),
    ("ab均线突破策略第一号", "ab均线突破策略第"),
    ("a均线突破策略第一号", "a均线突破策略第"),
    ("🚀" * 6, "🚀" * 5),
    ("", ""),
    ('tab\tquote"back\\slash\nline', 'tab\tquote"back\\slash\nli'),
]


@pytest.mark.parametrize("most", [0, 23])
def test_names_and_remarks(driver: Driver, open_desk: OpenDesk, most: int) -> None:
    """Whole in one profile, cut to the bytes of a native buffer in the other, and never inside a character."""
    with serving(driver, text_bytes=most) as terminal:
        desk = open_desk(terminal, 11, A)
        for given, short in TEXTS:
            seq = desk.trader.order_stock_async(desk.account, CODE, BUY, 100, FIX_PRICE, 9.5, given, given)
            kept = short if most else given
            rows = desk.rows()
            heard = [value for name, value in rows if name in ("on_order_stock_async_response", "on_stock_order")]
            assert [(row.strategy_name, row.order_remark) for row in heard] == [(kept, kept)] * 2, given
            assert heard[0].seq == seq
            shown = desk.trader.query_stock_order(desk.account, heard[0].order_id)
            assert (shown.strategy_name, shown.order_remark) == (kept, kept)


def test_codes_that_are_none(a: Desk) -> None:
    """A code that is not listed is an order refused by the counter, whatever it looks like."""
    for code in ("600001.SH", "SH600000", "600000", "600000.sh", "", "招商银行", "600000.SH ", "A" * 300):
        seq = a.trader.order_stock_async(a.account, code, BUY, 100, FIX_PRICE, 10.0)
        words = [WORDS[name](value) for name, value in a.rows()]
        assert words == ["response", "order 50", "order 57", "order_error"], (code, seq)
    assert a.trader.query_stock_position(a.account, "600001.SH") is None


def test_whatever_is_no_account_raises_and_nothing_is_sent(a: Desk) -> None:
    class Other:
        account_id = 1001

    for account in (None, A, 1001, Other(), {"account_id": A, "account_type": 2}):
        with pytest.raises((TypeError, AttributeError)):
            a.trader.order_stock(account, CODE, BUY, 100, FIX_PRICE, 10.0)
        with pytest.raises((TypeError, AttributeError)):
            a.trader.subscribe(account)
    assert a.take() == []
    assert a.trader.query_stock_orders(a.account) == []


def test_an_account_of_anothers_making_will_do(a: Desk) -> None:
    """Strategies subclass StockAccount, or change its type afterwards, as the API document's sample does."""
    account = a.account_of("1003")
    account.account_type = 3
    assert a.trader.subscribe(account) == 0
    own = type("MyAccount", (), {"account_id": A, "account_type": numpy.int64(2)})()
    assert a.trader.order_stock(own, CODE, BUY, 100, FIX_PRICE, 9.5) > 0
