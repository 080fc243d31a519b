"""What a strategy may pass, and what it should not have: every kind of number, text, account and code."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.contract.conformance.desk import BUY, CODE, FIX_PRICE, WORDS, Desk

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
