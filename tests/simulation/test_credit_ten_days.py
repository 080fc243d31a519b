"""Ten trading days of one credit account, every figure of every day against a table that was worked out by hand.

2026-11-16 to 11-27, one financed share (300059.SZ, counts 60 % as collateral) and one borrowed (000001.SZ, 70 %), both margin
ratios 100 %, interest and fee 8.35 % on 360 days. Fees: commission 0.025 %, stamp duty 0.05 % on sales, transfer fee 0.001 %.

1  buys 10,000 at 10.00 on margin: 100,000 + 26.00 of fees are owed; sells 2,000 at 20.00 short: 40,000, 30.40 of it fees.
   Interest of the first day: 100,026 × 0.0835 ÷ 360 = 23.20, fee 40,000 × 0.0835 ÷ 360 = 9.28; each later day adds as much.
2  000001 pays 0.50 a share: 1,000.00 to the owner of the shares. 3, 4  300059 falls by 20 % a day, 000001 rises by 10 %.
5  a Friday, the 20th: interest so far is taken (92.80 and 37.11), then three days are added; 126.2 % at the close: the call,
   due on day 7. 6  repays 20,000.00: 69.60 of interest, 19,930.40 of principal. 7  132.4 % at the close: the call is missed.
8  300059 stands at 4.25. The broker takes the account's own 8,870.09, 37.16 of them interest. To be at 140 %,
   (1.4 × 123,189.06 − 167,469.60) ÷ 0.4 = 12,487.71 more must be repaid: it sells 3,000 shares for 12,750.00 less 11.51.
9  sells 18,000 at 4.20 to repay the 58,537.75 that are left; 17,004.79 stay. 10  buys the 2,000 back for 51,880.00 + 13.49 and
   pays the fee of 64.95.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from tests.kit.desk import Desk, make_config

X, Y = "300059.SZ", "000001.SZ"
FIRST_DAY = 20261116


class Day(NamedTuple):
    """Figures after the close of a day, in yuan; the ratio in parts per million."""

    cash: float
    available: float
    assets: float
    principal: float
    interest: float
    short_value: float
    short_fee: float
    debt: float
    margin: float
    ratio_ppm: int


TABLE = (
    Day(69969.60, 30000.00, 369969.60, 100026.00, 23.20, 40000.00, 9.28, 140058.48, 9885.12, 2641536),
    Day(68969.60, 29000.00, 308969.60, 100026.00, 46.40, 39000.00, 18.56, 139090.96, -33447.36, 2221349),
    Day(68969.60, 29000.00, 260969.60, 100026.00, 69.60, 42900.00, 27.83, 143023.43, -76179.83, 1824663),
    Day(68969.60, 29000.00, 222569.60, 100026.00, 92.80, 47180.00, 37.11, 147335.91, -112932.31, 1510626),
    Day(68839.69, 28870.09, 191839.69, 100026.00, 69.60, 51880.00, 27.83, 152003.43, -144869.74, 1262074),
    Day(48839.69, 8870.09, 171839.69, 80095.60, 18.58, 51880.00, 37.11, 132031.29, -128235.72, 1301507),
    Day(48839.69, 8870.09, 174839.69, 80095.60, 37.16, 51880.00, 46.39, 132059.15, -126143.30, 1323949),
    Day(39969.60, 0.00, 154719.60, 58524.18, 13.57, 51880.00, 55.67, 110473.42, -102111.30, 1400514),
    Day(56974.39, 17004.79, 94774.39, 0.00, 0.00, 51880.00, 64.95, 51944.95, -24170.56, 1824515),
    Day(5015.95, 5015.95, 42815.95, 0.00, 0.00, 0.00, 0.00, 0.00, 27695.95, 9999000000),
)


class Story:
    """The account's ten days."""

    def __init__(self) -> None:
        shares = [{"stock_code": X, "volume": 20_000, "cost_yuan": 10.0}]
        account = {"id": "C", "type": "CREDIT", "cash_yuan": 30_000, "position": shares}
        self.desk = Desk(make_config(hours="exchange", accounts=[account]), now="09:16", day=FIRST_DAY)
        self.desk.session("C")

    def quote(self, x: float, y: float, **first: float) -> None:
        for code, last in ((X, x), (Y, y)):
            step = 0.01
            self.desk.quote(code, last, [(last, 90_000)], [(round(last + step, 2), 90_000)], pre_close=first.get(code[:6], 0))

    def trade(self, order_type: int, volume: float, code: str, price: float) -> None:
        reply = self.desk.order("C", order_type, volume, code, price)
        order = self.desk.shown_order(reply["order_id"])
        assert order["order_status"] == 56, order["status_msg"]

    def at(self, clock: str) -> None:
        self.desk.ask("ctl_clock_set", time=clock)

    def close(self) -> Day:
        """Settle the day, crash, and look at what is left."""
        self.desk.ask("ctl_settle")
        self.desk.check()
        self.desk.crash()
        shown = self.desk.ask("ctl_credit_show", account_id="C")
        return Day(
            shown["balance"] - shown["market_value"], shown["available"], shown["balance"], shown["fin_deal_avl"],
            shown["fin_fee"], shown["slo_market_value"], shown["slo_fee"], shown["total_debt"], shown["enable_bail_balance"],
            round(shown["per_assurescale_value"] * 1_000_000),
        )  # fmt: skip

    def morning(self) -> None:
        """The next trading day at 09:16, before anything trades."""
        day = self.desk.simulator.next_due_ms()
        assert day is not None
        self.desk.ask("ctl_clock_advance", duration_ms=day - self.desk.now_ms)
        self.at("09:16")

    def events(self, kind: str) -> list[Any]:
        return [row for row in self.desk.stored.get("credit_events", {}).values() if row[4] == kind]


def first(story: Story) -> None:
    story.quote(10.00, 20.00, **{"300059": 10.0, "000001": 20.0})
    story.at("09:31")
    story.desk.quote(X, 10.00, [(9.99, 90_000)], [(10.00, 90_000)])
    story.trade(27, 10_000, X, 10.00)
    story.trade(28, 2_000, Y, 20.00)
    story.desk.ask("ctl_corporate_add", stock_code=Y, ex_day="2026-11-17", cash=0.5)


def moved(x: float, y: float) -> Any:
    def day(story: Story) -> None:
        story.quote(x, y)
        story.at("09:31")

    return day


def sixth(story: Story) -> None:
    moved(4.10, 25.94)(story)
    refused = story.desk.order("C", 27, 100, X, 4.10)
    assert "[维持担保比例低于追保线，只能了结负债]" in story.desk.shown_order(refused["order_id"])["status_msg"]
    story.trade(32, 20_000.00, "", 0)


def eighth(story: Story) -> None:
    moved(4.25, 25.94)(story)
    (order,) = story.desk.rows("ctl_orders", account_id="C")
    assert (order["order_type"], order["offset_flag"], order["order_volume"]) == (31, 50, 3_000)
    cash, sale = story.events("close_out")
    assert (cash[6], cash[7]) == (0, "cash 8870.09")
    assert (sale[6], sale[7]) == (order["order_id"], "强制卖券还款 3000 300059.SZ")


def ninth(story: Story) -> None:
    moved(4.20, 25.94)(story)
    story.trade(31, 18_000, X, 4.20)


def tenth(story: Story) -> None:
    story.quote(4.20, 25.94)
    story.at("09:31")
    story.desk.quote(Y, 25.94, [(25.93, 90_000)], [(25.94, 90_000)])
    story.trade(29, 2_000, Y, 25.94)


DAYS = (
    first, moved(8.00, 19.50), moved(6.40, 21.45), moved(5.12, 23.59), moved(4.10, 25.94), sixth, moved(4.20, 25.94), eighth,
    ninth, tenth,
)  # fmt: skip


def test_every_figure_of_every_day() -> None:
    story = Story()
    for number, (act, expected) in enumerate(zip(DAYS, TABLE, strict=True), 1):
        act(story)
        found = story.close()
        assert found == pytest.approx(expected, abs=0.0005), f"day {number}"
        story.morning()
    kinds = [row[4] for row in story.desk.stored["credit_events"].values()]
    assert kinds == ["interest_taken", "margin_call", "call_missed", "close_out", "close_out", "call_answered"]
    debts = [row[6] for row in story.desk.stored["settlements"].values()]
    assert debts == [round(day.debt * 1000) for day in TABLE]
    assert story.desk.rows("ctl_credit_compacts", account_id="C") == []
    assert [row[-2:] for row in story.desk.stored["compact_history"].values()] == [(50, 20261126), (50, 20261127)]
    assert story.desk.simulator.check() == []


def test_one_jump_of_the_clock_passes_through_the_same_days() -> None:
    def played(jump: bool) -> dict[str, Any]:
        story = Story()
        first(story)
        for _ in range(1 if jump else 10):
            story.desk.ask("ctl_clock_advance", duration_ms=(10 if jump else 1) * 86_400_000)
        shown = story.desk.ask("ctl_credit_show", account_id="C")
        return {key: value for key, value in shown.items() if key not in ("t", "seq")}

    assert played(jump=True) == played(jump=False)
