"""Credit accounts trade at random; an auditor who shares nothing with the counter agrees about every debt."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.kit.auditor import Tariff, exact
from tests.kit.credit_auditor import CreditAuditor, CreditBook
from tests.kit.desk import CONFIG, Desk, make_config

ACCOUNTS = ("A", "B")
BOARDS = {"600000.SH": "SH_MAIN", "300059.SZ": "CHINEXT"}
HAIRCUTS = {"600000.SH": Fraction(7, 10), "300059.SZ": Fraction(6, 10)}
LENDABLE = {"600000.SH": 3_000, "300059.SZ": 1_500}
QUOTAS = {48: Fraction(60_000), 49: Fraction(40_000)}
FIRST_DAY = 20261117
"""Three days before interest is taken."""
BASE = 10.0


class Room:
    """A desk, the auditor, and everything compared after every step."""

    def __init__(self) -> None:
        self.desk = Desk(make_config(accounts=[]), day=FIRST_DAY)
        tariff = Tariff(CONFIG / "rules" / "fees.toml")
        self.base = dict.fromkeys(BOARDS, BASE)
        self.auditor = CreditAuditor(tariff, BOARDS, HAIRCUTS, LENDABLE, FIRST_DAY)
        for code, volume in LENDABLE.items():
            self.desk.quote(code, BASE, [(BASE - 0.01, 5_000)], [(BASE, 5_000)], pre_close=BASE)
            self.desk.ask("ctl_credit_lendable", stock_code=code, ordinary=volume)
            self.auditor.last[code] = exact(BASE)
        for who in ACCOUNTS:
            self.desk.ask("ctl_account_create", account_id=who, account_type="CREDIT", cash=0)
            self.desk.ask("ctl_credit_quota", account_id=who, fin=float(QUOTAS[48]), slo=float(QUOTAS[49]))
            self.auditor.books[who] = CreditBook(QUOTAS)
            self.desk.session(who)
            self.deposit(who, 30_000)
            self.desk.ask("ctl_position_set", account_id=who, stock_code="600000.SH", volume=1_000, cost=10.0)
            self.auditor.books[who].held["600000.SH"] = 1_000
        self.desk.pushes.clear()
        self.check()

    def deposit(self, who: str, amount: float) -> None:
        self.desk.ask("ctl_cash_deposit", account_id=who, amount=amount)
        self.auditor.books[who].cash += exact(amount)

    def order(self, who: str, order_type: int, code: str, volume: float, price: float) -> int:
        verdict = self.auditor.verdict(who, order_type, code, volume, price)
        reply = self.desk.order(who, order_type, volume, code, price)
        order_id = int(reply["order_id"])
        if order_type not in (30, 32):
            self.auditor.placed(who, order_id, order_type, code, volume, price)
        self.hear()
        row = self.desk.shown_order(order_id)
        by_exchange = "[20009]" in row["status_msg"]
        refused = row["order_status"] == 57 and not by_exchange
        assert refused == (verdict is not None), f"{order_type} {volume} {code} at {price}: expected {verdict}, got {row}"
        assert verdict is None or f"[{verdict}]" in row["status_msg"], f"expected {verdict}, got {row['status_msg']}"
        if order_type in (30, 32) and verdict is None:
            self.auditor.at_counter(who, order_type, code, volume)
        self.check()
        return order_id

    def quote(self, code: str, ticks: int, size: int, buyers: bool) -> None:
        """A market whose best bid is the last price, or whose best ask is, or an empty one."""
        last = round(self.base[code] + ticks * 0.05, 2)
        bid, ask = (last, last + 0.01) if buyers else (last - 0.01, last)
        levels = [[(round(price, 2), size * 100)] if size else [] for price in (bid, ask)]
        reply = self.desk.quote(code, last, *levels)
        self.hear()
        if "error" not in reply:
            self.auditor.last[code] = exact(self.desk.ask("ctl_security", stock_code=code)["last_price"])
        self.check()

    def turn_day(self, code: str = "", free: Fraction = Fraction(0)) -> None:
        self.desk.ask("ctl_clock_advance", duration_ms=86_400_000)
        self.hear()
        self.auditor.turn_day(self.desk.ask("ctl_clock_show")["day"])
        if free:
            self.auditor.free_shares(code, free)
        for code in BOARDS:
            self.auditor.last[code] = exact(self.desk.ask("ctl_security", stock_code=code)["last_price"])
        self.check()

    def free_shares(self, code: str, each: float) -> None:
        """Transfer shares come overnight, and the price is divided."""
        tomorrow = datetime.strptime(str(self.auditor.day), "%Y%m%d") + timedelta(days=1)
        self.desk.ask("ctl_corporate_add", stock_code=code, ex_day=f"{tomorrow:%Y%m%d}", transfer=each)
        self.turn_day(code, exact(each))
        self.base[code] = self.desk.ask("ctl_security", stock_code=code)["pre_close"]

    def hear(self) -> None:
        """Give the auditor what was pushed."""
        heard, self.desk.pushes = self.desk.pushes, []
        for _, push in heard:
            who = push["account_id"]
            if push["t"] == "push_stock_order" and push["order_id"] in self.auditor.books[who].orders:
                self.auditor.books[who].orders[push["order_id"]].status = push["order_status"]
            elif push["t"] == "push_stock_trade":
                self.auditor.trade(who, push)

    def check(self) -> None:
        problems = []
        for who in ACCOUNTS:
            shown = self.desk.ask("ctl_credit_show", account_id=who)
            compacts, positions = (self.desk.rows(name, account_id=who) for name in ("ctl_credit_compacts", "ctl_positions"))
            problems += self.auditor.audit(who, shown, compacts, positions)
        for code in BOARDS:
            problems += self.auditor.audit_lendable(code, self.desk.ask("ctl_credit_lendable", stock_code=code))
        assert problems == [], "\n".join(problems)
        self.desk.check()


who_ = st.sampled_from(ACCOUNTS)
code_ = st.sampled_from(tuple(BOARDS))
lots_ = st.integers(1, 20)
ticks_ = st.integers(-4, 4)
PAIRS = ((28, 27), (28, 23), (31, 29), (24, 27))


class CreditTrading(RuleBasedStateMachine):
    """Hypothesis borrows, the auditor audits."""

    @initialize()
    def begin(self) -> None:
        self.room = Room()
        self.orders: list[tuple[str, int]] = []

    def _order(self, who: str, order_type: int, code: str, volume: float, ticks: int) -> None:
        price = round(float(self.room.auditor.last[code]) + ticks * 0.01, 2)
        self.orders.append((who, self.room.order(who, order_type, code, volume, price)))

    @rule(who=who_, order_type=st.sampled_from((23, 24, 27, 28, 29, 31)), code=code_, lots=lots_, ticks=ticks_)
    def order(self, who: str, order_type: int, code: str, lots: int, ticks: int) -> None:
        self._order(who, order_type, code, lots * 100, ticks)

    @rule(who=who_, other=who_, code=code_, lots=lots_, part=lots_, kind=st.sampled_from(PAIRS))
    def meet(self, who: str, other: str, code: str, lots: int, part: int, kind: tuple[int, int]) -> None:
        self._order(who, kind[0], code, lots * 100, 1)
        self._order(other, kind[1], code, part * 100, 1)

    @rule(who=who_, fen=st.integers(1, 3_000_000))
    def repay(self, who: str, fen: int) -> None:
        self.room.order(who, 32, "", fen / 100, 0)

    @rule(who=who_, code=code_, volume=st.integers(1, 1_200))
    def return_own(self, who: str, code: str, volume: int) -> None:
        self.room.order(who, 30, code, volume, 0)

    @rule(who=who_, code=code_)
    def cover(self, who: str, code: str) -> None:
        """Buy back exactly what is owed, in whole lots, a night later."""
        self.room.turn_day()
        owed = self.room.auditor.returnable(self.room.auditor.books[who], code)
        if owed > 0:
            self.room.quote(code, 1, 20, buyers=False)
            self._order(who, 29, code, -(-owed // 100) * 100, 2)

    @rule(who=who_, code=code_, part=st.integers(1, 3))
    def give_own(self, who: str, code: str, part: int) -> None:
        """Return a part of what is owed out of own shares, odd ones too."""
        book = self.room.auditor.books[who]
        volume = min(self.room.auditor.returnable(book, code), self.room.auditor.sellable(book, code)) // part
        if volume > 0:
            self.room.order(who, 30, code, volume, 0)

    @rule(which=st.integers(0, 7))
    def cancel(self, which: int) -> None:
        if self.orders:
            self.room.desk.cancel(*self.orders[-1 - which % len(self.orders)])
            self.room.hear()
            self.room.check()

    @rule(code=code_, ticks=ticks_, size=st.integers(0, 20), buyers=st.booleans())
    def quote(self, code: str, ticks: int, size: int, buyers: bool) -> None:
        self.room.quote(code, ticks, size, buyers)

    @rule(who=who_, code=code_, ticks=ticks_, size=lots_, lots=lots_, order_type=st.sampled_from((24, 28, 28, 31)))
    def sell_to_bidders(self, who: str, code: str, ticks: int, size: int, lots: int, order_type: int) -> None:
        self.room.quote(code, ticks, size, buyers=True)
        self._order(who, order_type, code, lots * 100, 0)

    @rule(who=who_, code=code_, ticks=ticks_, size=lots_, lots=lots_, order_type=st.sampled_from((23, 27)))
    def buy_from_sellers(self, who: str, code: str, ticks: int, size: int, lots: int, order_type: int) -> None:
        self.room.quote(code, ticks, size, buyers=False)
        self._order(who, order_type, code, lots * 100, 0)

    @rule()
    def turn_day(self) -> None:
        self.room.turn_day()

    @rule(code=code_, tenths=st.integers(1, 3))
    def free_shares(self, code: str, tenths: int) -> None:
        if self.room.base[code] > BASE / 2:  # a few ticks must not be a whole day's limit
            self.room.free_shares(code, tenths / 10)

    @rule()
    def crash(self) -> None:
        self.room.desk.crash()
        self.room.check()


def test_the_auditor_agrees_about_every_debt() -> None:
    phases = (Phase.explicit, Phase.generate, Phase.shrink)
    how: Any = settings(max_examples=40, stateful_step_count=50, deadline=None, derandomize=True, phases=phases, database=None)
    run_state_machine_as_test(CreditTrading, settings=how)
