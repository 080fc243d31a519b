"""An auditor who shares nothing with the counter but the pushes agrees with it after every step, to the cent."""

from __future__ import annotations

import math
import random
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.kit.audited_desk import AuditedDesk
from tests.kit.auditor import BOND, BUY, CHINEXT, GOLD_FUND, MAIN, STAR, SZ_MAIN, exact

ACCOUNTS = ("A", "B", "C")
PRODUCTS = {
    "600016.SH": MAIN, "000001.SZ": SZ_MAIN, "688981.SH": STAR, "300059.SZ": CHINEXT, "518880.SH": GOLD_FUND, "110085.SH": BOND,
}  # fmt: skip
CODES = tuple(PRODUCTS)
ODD_PRICES = (0.0, -1.0, math.nan, math.inf, 1e8, 1e12, 10.4567, 10.450001)
ODD_VOLUMES = (0, -100, 0.5, 100.5, math.nan, math.inf, 2**31 - 1, 2**31, 1, 50, 1_000_100)


MARKET = {"SH": (42, 43, 44, 45), "SZ": (44, 45, 46, 47, 48)}


class Trading:
    """Random actions near the prices of the day, so that orders meet; ``luck`` draws them."""

    def __init__(self, **changes: Any) -> None:
        self.desk = AuditedDesk(ACCOUNTS, PRODUCTS, **changes)
        self.orders: list[tuple[str, int]] = []
        for who, cash in zip(ACCOUNTS, (200_000.0, 3_000.0, 50_000.0), strict=True):
            self.desk.deposit(who, cash)

    def price(self, code: str, ticks: int) -> float:
        """A price so many ticks from the reference."""
        product = PRODUCTS[code]
        step = product.tick * (10 if product.tick * 1000 == 1 else 1)
        return float(self.desk.auditor.reference[code] + ticks * step)

    def order(self, who: str, side: int, code: str, ticks: int, volume: float, price_type: int) -> None:
        price = -1.0 if price_type == 5 else 0.0 if price_type != 11 and ticks % 2 else self.price(code, ticks)
        self.orders.append((who, self.desk.order(who, side, volume, code, price, price_type)))

    def last_fen(self, who: str, code: str, ticks: int, lots: int, short: bool) -> None:
        """Leave exactly what an order costs, or a fen less, and place it."""
        auditor, volume = self.desk.auditor, PRODUCTS[code].buy[0] * lots
        amount = exact(self.price(code, ticks)) * volume
        needed = amount + sum(auditor.tariff.on(PRODUCTS[code].board, BUY, auditor.day, amount).values())
        left = math.floor((auditor.available(who) - needed) * 100) + short
        if left > 0 and Fraction(left, 100) <= auditor.withdrawable(who):
            self.desk.withdraw(who, left / 100)
        elif left < 0:
            self.desk.deposit(who, -left / 100)
        self.desk.order(who, BUY, volume, code, self.price(code, ticks))

    def quote(self, code: str, ticks: int, size: int, volume: int) -> None:
        lot = PRODUCTS[code].buy[0]
        bids = [(self.price(code, ticks - level), lot * size * level) for level in (1, 2, 3) if size]
        asks = [(self.price(code, ticks + level), lot * size * level) for level in (1, 2, 3) if size]
        self.desk.quote(code, self.price(code, ticks), bids, asks, volume)

    def counter_cash(self, who: str, way: str, part: int) -> None:
        """So many parts of what may go, a fen more than all of it for 0."""
        books = self.desk.elsewhere[who]
        has = math.floor((books.cash if way == "in" else self.desk.auditor.withdrawable(who)) * 100)
        self.desk.counter_cash(who, way, (has // part if part else has + 1) / 100)

    def counter_shares(self, who: str, way: str, code: str, part: int) -> None:
        """The same of shares."""
        there = self.desk.elsewhere[who].holdings.get(code)
        has = (there.volume if there else 0) if way == "in" else self.desk.auditor.sellable(who, code)
        self.desk.counter_shares(who, way, code, has // part if part else has + 1)

    def shares(self, who: str, code: str, volume: int, locked: int, cost: float) -> None:
        self.desk.set_position(who, code, volume, volume - min(locked, volume), cost)


def price_type(code: str, number: int) -> int:
    """A price type for a number: mostly a limit, else the latest price, else a market order of the venue."""
    return (11, 11, 11, 5, *MARKET[code[-2:]])[number % 9 % 8]


def volume(code: str, number: int) -> int:
    """A volume for a number: mostly one that the board takes, else an odd one."""
    least = PRODUCTS[code].buy[0]
    return (10, 32, 37, 132, 232, 250, 1, *(least * lots for lots in range(1, 19)))[number % 25]


who_ = st.sampled_from(ACCOUNTS)
code_ = st.sampled_from(CODES)
side_ = st.sampled_from((23, 24))
ticks_ = st.integers(-3, 3)
way_ = st.sampled_from(("in", "out"))
number_ = st.integers(0, 1000)
type_ = st.sampled_from((11, 11, 5, 42, 43, 44, 45, 46, 47, 48))


class AuditedTrading(RuleBasedStateMachine):
    """Hypothesis trades, the auditor audits."""

    @initialize(market=st.booleans())
    def begin(self, market: bool) -> None:
        self.trading = Trading()
        for who in ACCOUNTS:
            for code in CODES[:5]:
                self.trading.shares(who, code, 432, 100, 11.0)
        if market:
            for code in CODES:
                self.trading.quote(code, 0, 3, 0)

    @rule(who=who_, side=side_, code=code_, ticks=ticks_, size=number_, kind=number_)
    def order(self, who: str, side: int, code: str, ticks: int, size: int, kind: int) -> None:
        self.trading.order(who, side, code, ticks, volume(code, size), price_type(code, kind))

    @rule(code=code_, who=who_, other=who_, ticks=ticks_, lots=st.integers(1, 4), part=st.integers(1, 4))
    def meet(self, code: str, who: str, other: str, ticks: int, lots: int, part: int) -> None:
        least = PRODUCTS[code].buy[0]
        self.trading.order(who, 24, code, ticks, least * lots, 11)
        self.trading.order(other, 23, code, ticks, least * part, 11)

    @rule(who=who_, code=code_, ticks=ticks_, lots=st.integers(1, 3), short=st.booleans())
    def buy_with_the_last_fen(self, who: str, code: str, ticks: int, lots: int, short: bool) -> None:
        self.trading.last_fen(who, code, ticks, lots, short)

    @rule(who=who_, code=code_)
    def sell_everything(self, who: str, code: str) -> None:
        if sellable := self.trading.desk.auditor.sellable(who, code):
            self.trading.order(who, 24, code, -2, sellable, 11)

    @rule(who=who_, side=side_, code=code_, price=st.sampled_from(ODD_PRICES), price_type=type_)
    def odd_price(self, who: str, side: int, code: str, price: float, price_type: int) -> None:
        self.trading.desk.order(who, side, 200, code, price, price_type)

    @rule(who=who_, side=side_, code=code_, volume=st.sampled_from(ODD_VOLUMES), price_type=type_)
    def odd_volume(self, who: str, side: int, code: str, volume: float, price_type: int) -> None:
        self.trading.order(who, side, code, 0, volume, price_type)

    @rule(who=who_, which=st.integers(0, 7))
    def cancel_any(self, who: str, which: int) -> None:
        if self.trading.orders:
            self.trading.desk.cancel(who, self.trading.orders[-1 - which % len(self.trading.orders)][1])

    @rule(which=st.integers(0, 7))
    def cancel_own(self, which: int) -> None:
        orders = [(who, order_id) for who, order_id in self.trading.orders if order_id > 0]
        if orders:
            self.trading.desk.cancel(*orders[-1 - which % len(orders)])

    @rule(code=code_, ticks=ticks_, size=st.integers(0, 6), volume=st.integers(0, 3000))
    def quote(self, code: str, ticks: int, size: int, volume: int) -> None:
        self.trading.quote(code, ticks, size, volume)

    @rule(who=who_, fen=st.integers(1, 2_000_000))
    def deposit(self, who: str, fen: int) -> None:
        self.trading.desk.deposit(who, fen / 100)

    @rule(who=who_, fen=st.integers(1, 3_000_000))
    def withdraw(self, who: str, fen: int) -> None:
        self.trading.desk.withdraw(who, fen / 100)

    @rule(who=who_, more=st.integers(0, 1))
    def withdraw_everything(self, who: str, more: int) -> None:
        fen = math.floor(self.trading.desk.auditor.withdrawable(who) * 100) + more  # odd lots of funds leave parts of a fen
        if fen:
            self.trading.desk.withdraw(who, fen / 100)

    @rule(who=who_, way=way_, fen=st.integers(-1, 300_000), exact=st.booleans())
    def bank(self, who: str, way: str, fen: int, exact: bool) -> None:
        self.trading.desk.bank(who, way, fen / 100 if exact else fen / 1000)

    @rule(who=who_, way=way_, part=st.sampled_from((1, 2, 3, 0)))
    def counter_cash(self, who: str, way: str, part: int) -> None:
        self.trading.counter_cash(who, way, part)

    @rule(who=who_, way=way_, code=code_, part=st.sampled_from((0, 1, 2, 3, 7)))
    def counter_shares(self, who: str, way: str, code: str, part: int) -> None:
        self.trading.counter_shares(who, way, code, part)

    @rule(who=who_, code=code_, volume=st.sampled_from((0, 1, 32, 232, 450, 1000)), locked=st.sampled_from((0, 0, 100, 1000)))
    def shares(self, who: str, code: str, volume: int, locked: int) -> None:
        self.trading.shares(who, code, volume, locked, 10.123)

    @rule(seconds=st.sampled_from((1, 90, 7200)))
    def advance(self, seconds: int) -> None:
        self.trading.desk.pass_time("ctl_clock_advance", duration_ms=seconds * 1000)

    @rule(days=st.integers(1, 4))
    def jump(self, days: int) -> None:
        self.trading.desk.pass_time("ctl_clock_advance", duration_ms=days * 86_400_000)

    @rule(twice=st.booleans())
    def settle(self, twice: bool) -> None:
        for _ in range(1 + twice):
            self.trading.desk.pass_time("ctl_settle")

    @rule()
    def crash(self) -> None:
        self.trading.desk.crash()


def test_the_auditor_agrees_whatever_happens() -> None:
    phases = (Phase.explicit, Phase.generate, Phase.shrink)
    how = settings(max_examples=60, stateful_step_count=40, deadline=None, derandomize=True, phases=phases, database=None)
    run_state_machine_as_test(AuditedTrading, settings=how)


def _act(trading: Trading, luck: random.Random) -> None:
    desk, who, code, ticks = trading.desk, luck.choice(ACCOUNTS), luck.choice(CODES), luck.randint(-3, 3)
    chance = luck.random()
    if chance < 0.55:
        side, kind = luck.choice((23, 24)), price_type(code, luck.randrange(99))
        trading.order(who, side, code, ticks, volume(code, luck.randrange(1000)), kind)
    elif chance < 0.60:
        sellable = desk.auditor.sellable(who, code)
        trading.order(who, 24, code, -1, sellable or 100, 11)
    elif chance < 0.72 and trading.orders:
        owner, order_id = luck.choice(trading.orders[-9:])
        desk.cancel(who if luck.random() < 0.2 else owner, order_id)
    elif chance < 0.87:
        trading.quote(code, ticks, luck.randint(0, 5), luck.randint(0, 2000))
    elif chance < 0.90:
        trading.shares(who, code, luck.choice((1, 32, 500, 1000)), luck.choice((0, 100)), 9.87)
    elif chance < 0.915:
        trading.counter_shares(who, luck.choice(("in", "out")), code, luck.choice((0, 1, 2, 3)))
        trading.counter_cash(who, luck.choice(("in", "out")), luck.choice((0, 1, 2, 3)))
    elif chance < 0.93:
        desk.bank(who, luck.choice(("in", "out")), luck.randint(1, 10**6) / 100)
        desk.deposit(who, luck.randint(1, 10**6) / 100)
        desk.withdraw(who, luck.randint(1, 10**6) / 100)
    elif chance < 0.95:
        trading.last_fen(who, code, ticks, luck.randint(1, 3), luck.random() < 0.5)
    elif chance < 0.98:
        desk.pass_time("ctl_clock_advance", duration_ms=luck.choice((1000, 60_000, 300_000, 900_000)))
    elif chance < 0.99:
        desk.crash()
    else:
        _sleep(trading)


def _sleep(trading: Trading) -> None:
    """Until the opening auction of the next trading day."""
    trading.desk.pass_time("ctl_settle")
    trading.desk.pass_time("ctl_settle")
    trading.desk.pass_time("ctl_clock_advance", duration_ms=(24 - 16 + 9) * 3_600_000 + 16 * 60_000)


@pytest.mark.parametrize("day", [20230825, 20261123])
@pytest.mark.parametrize("hours", ["always", "exchange"])
def test_the_auditor_agrees_over_many_days(hours: str, day: int) -> None:
    trading, luck = Trading(hours=hours, day=day, now="09:16"), random.Random(day)
    for who in ACCOUNTS:
        for code in CODES:
            trading.shares(who, code, 1232, 200, 10.5)
    for _ in range(700):
        _act(trading, luck)
    assert trading.desk.auditor.fees["stamp_duty"] > 0
    assert trading.desk.auditor.to_house != 0
    assert trading.desk.auditor.day > day
