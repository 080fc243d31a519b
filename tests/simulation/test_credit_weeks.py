"""Seeded weeks of credit accounts, with appointments, dividends, slumps, close-outs and crashes: everything adds up."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest

from tests.kit.desk import Desk, make_config

CODES = ("600000.SH", "300059.SZ")
ORDER_TYPES = (23, 24, 27, 27, 28, 28, 29, 30, 31, 32, 40, 41, 41, 41, 42, 42, 43, 43, 44, 45)
STEPS = 350


class Weeks:
    """Two credit accounts and a falling, jumping market."""

    def __init__(self, seed: int) -> None:
        self.luck = random.Random(seed)
        accounts = [{"id": who, "type": "CREDIT", "cash_yuan": 5_000} for who in "AB"]
        self.desk = Desk(make_config(hours="exchange", accounts=accounts), now="09:31", day=20261116)
        self.price = dict.fromkeys(CODES, 10.0)
        self.seen: Counter[Any] = Counter()
        for code in CODES:
            self.quote(code, first=True)
            for who in "AB":
                self.desk.ask("ctl_position_set", account_id=who, stock_code=code, volume=3_000, cost=10.0)

    def act(self) -> None:
        luck, who, code = self.luck, self.luck.choice("AB"), self.luck.choice(CODES)
        chance = luck.random()
        if chance < 0.60:
            self.order(who, code)
        elif chance < 0.75:
            self.quote(code)
        elif chance < 0.85:
            self.lending(who, code)
        elif chance < 0.88:
            self.desk.cancel(who, luck.choice([row[0] for row in self.desk.simulator.rows()["orders"]] or [0]))
        elif chance < 0.90:
            self.desk.crash()
        elif chance < 0.92:
            self.desk.ask("ctl_cash_deposit", account_id=who, amount=luck.randrange(1, 5_000))
        elif chance < 0.985:
            self.night(code)
        else:
            self.slump(who, code)
        self.desk.check()

    def order(self, who: str, code: str) -> None:
        kind = self.luck.choice(ORDER_TYPES)
        volume: float = self.luck.randrange(1, 30) * 100
        if kind in (32, 45):
            volume = self.luck.randrange(1, 3_000_000) / 100
        elif kind in (30, 43):
            volume = self.luck.randrange(1, 300)
        elif kind in (41, 42):
            volume = self.luck.randrange(1, 8) * 100
        price = round(self.price[code] + self.luck.choice((-0.01, 0, 0, 0, 0.01)), 2)
        reply = self.desk.order(who, kind, volume, code, price)
        self.seen[kind, self.desk.shown_order(reply["order_id"])["order_status"]] += 1

    def quote(self, code: str, first: bool = False) -> None:
        shown = self.desk.ask("ctl_security", stock_code=code)
        low, high = (10.0, 10.0) if first else (shown["down_limit"], shown["up_limit"])
        self.price[code] = round(min(max(self.price[code] * self.luck.uniform(0.92, 1.03), low), high), 2)
        bid = self.luck.random() < 0.5
        levels = [(self.price[code], self.luck.randrange(1, 300) * 100)]
        pre_close = {"pre_close": 10.0} if first else {}
        self.desk.quote(code, self.price[code], levels if bid else [], [] if bid else levels, **pre_close)

    def slump(self, who: str, code: str) -> None:
        """Borrow all that the margin allows, and then nobody buys for a week."""
        self.desk.quote(code, self.price[code], [], [(self.price[code], 90_000)])
        for volume in (6_000, 4_000, 2_000, 1_000, 500, 200, 100):
            self.desk.order(who, 27, volume, code, self.price[code])
        for _ in range(6):
            self.night(code)
            for each in CODES:
                self.price[each] = self.desk.ask("ctl_security", stock_code=each)["down_limit"]
                self.desk.quote(each, self.price[each])

    def lending(self, who: str, code: str) -> None:
        rows = self.desk.rows("ctl_credit_appointments", account_id=who)
        if not rows or self.luck.random() < 0.4:
            fields = {"order_code": code, "date": 7, "amount": self.luck.randrange(1, 20) * 100, "apply_rate": 0.08}
            reply = self.desk.transfer(who, "smt_appointment_order", **fields)
        elif self.luck.random() < 0.5:
            row = self.luck.choice(rows)
            fields = {"compact_id": row["cashcompact_id"], "occur_amount": self.luck.randrange(1, 2_000)}
            reply = self.desk.transfer(who, "smt_compact_return", **fields)
        else:
            row = self.luck.choice(rows)
            fields = {"compact_id": row["cashcompact_id"], "defer_days": 7, "defer_num": int(row["compac_amount"])}
            reply = self.desk.transfer(who, "smt_compact_renewal", apply_rate=0.08, **fields)
        self.seen["lending", reply["success"]] += 1

    def night(self, code: str) -> None:
        day = self.desk.ask("ctl_clock_show")["day"]
        if self.luck.random() < 0.3:
            self.desk.ask("ctl_corporate_add", stock_code=code, ex_day=str(day + 1), cash=0.1, bonus=0.05)
        self.desk.ask("ctl_settle")
        self.desk.check()
        due_ms = self.desk.simulator.next_due_ms()
        assert due_ms is not None
        self.desk.ask("ctl_clock_advance", duration_ms=due_ms - self.desk.now_ms)
        self.desk.ask("ctl_clock_set", time="09:16")
        for each in CODES:
            self.price[each] = self.desk.ask("ctl_security", stock_code=each)["pre_close"]
            self.quote(each)
        self.desk.ask("ctl_clock_set", time="09:31")


@pytest.fixture(scope="module")
def played() -> list[Weeks]:
    """Every seed's weeks; each step was checked."""
    weeks = [Weeks(seed) for seed in (5, 23)]
    for each in weeks:
        for _ in range(STEPS):
            each.act()
    return weeks


def test_everything_adds_up_after_every_step_and_a_restart_changes_nothing(played: list[Weeks]) -> None:
    for weeks in played:
        before = weeks.desk.simulator.state_hash()
        weeks.desk.crash()
        assert weeks.desk.simulator.state_hash() == before
        assert weeks.desk.simulator.check() == []


def test_the_weeks_were_worth_it(played: list[Weeks]) -> None:
    seen = sum((weeks.seen for weeks in played), Counter())
    taken = {kind for kind, status in seen if status in (50, 55, 56)}
    assert taken >= {*ORDER_TYPES}, f"never taken: {sorted({*ORDER_TYPES} - taken)}"
    assert min(seen["lending", True], seen["lending", False]) > 0
    events = Counter(event.kind for weeks in played for event in weeks.desk.events)
    assert events >= Counter(("margin_call", "call_missed", "close_out", "interest_taken")), events
    reasons = {row[4] for weeks in played for row in weeks.desk.stored["cash_ledger"].values()}
    assert reasons >= {"loan", "loan_repaid", "interest", "slo_fee", "slo_dividend", "lending_fee"}
    assert any(weeks.desk.stored.get("compact_history") for weeks in played)
