"""The figures of a backtest, against examples that were computed by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest

from miniqmt_sim.backtest.results import Collected, result_of
from miniqmt_sim.changes import TABLES, Facts, Row
from miniqmt_sim.constants import OrderStatus
from miniqmt_sim.counter.ledger import Entry

CODE = "600000.SH"


class Book:
    """What a backtest collects, written a line at a time, in yuan."""

    def __init__(self) -> None:
        self.collected = Collected()
        self._numbers = 0

    def row(self, table: str, key: str, **values: Any) -> None:
        """A row of a table; what is not said is 0."""
        self._numbers += 1
        row: Row = tuple(values.get(name, self._numbers if name == key else 0) for name in TABLES[table])
        facts: Facts = {table: {(self._numbers,): row}}
        self.collected.day(facts)

    def deposit(self, day: int, yuan: float) -> None:
        self.row("cash_ledger", "ledger_id", account_id="A", day=day, reason=Entry.DEPOSIT, amount_li=li(yuan))

    def close(self, day: int, cash: float, value: float, debt: float = 0.0) -> None:
        self.row(
            "settlements", "", account_id="A", day=day, cash_li=li(cash), market_value_li=li(value),
            total_asset_li=li(cash + value), debt_li=li(debt),
        )  # fmt: skip

    def trade(self, day: int, order_type: int, volume: int, price: float, fees: float = 0.0) -> None:
        self.row(
            "trades", "trade_id", account_id="A", day=day, stock_code=CODE, order_type=order_type, volume=volume,
            price_li=li(price), amount_li=li(price) * volume, commission_li=li(fees), trade_ms=1,
        )  # fmt: skip

    def action(self, ex_day: int, **values: int) -> None:
        given = {"subscribe": "all", "stock_code": CODE, "ex_day": ex_day, **values}
        self.row("corporate_actions", "", **given)

    @property
    def summary(self) -> dict[str, Any]:
        return result_of(self.collected, {}).summary


def li(yuan: float) -> int:
    return round(yuan * 1000)


def test_return_drawdown_volatility_and_sharpe() -> None:
    """1000 becomes 1100, 990 and 1188: gains of 10 %, -10 % and 20 %."""
    book = Book()
    book.deposit(20260105, 1000)
    for day, cash, value in ((20260105, 1000, 100), (20260106, 0, 990), (20260107, 594, 594)):
        book.close(day, cash, value)
    summary = book.summary
    assert summary["days"] == 3
    assert (summary["paid_in"], summary["final_equity"]) == (1000.0, 1188.0)
    assert summary["return"] == pytest.approx(0.188)
    assert summary["annual_return"] == pytest.approx(1.188**81 - 1)
    assert summary["max_drawdown"] == pytest.approx(-0.1)
    spread = math.sqrt(((0.1 - 1 / 15) ** 2 + (-0.1 - 1 / 15) ** 2 + (0.2 - 1 / 15) ** 2) / 2)
    assert summary["annual_volatility"] == pytest.approx(spread * math.sqrt(243))
    assert summary["sharpe"] == pytest.approx(1 / 15 / spread * math.sqrt(243))
    assert summary["mean_exposure"] == pytest.approx((100 / 1100 + 1 + 0.5) / 3)


def test_money_from_outside_and_debts_are_no_gain() -> None:
    book = Book()
    book.deposit(20260105, 1000)
    book.close(20260105, 1000, 0)
    book.deposit(20260106, 500)
    book.close(20260106, 1500, 1000, debt=1000)
    summary = book.summary
    assert (summary["paid_in"], summary["final_equity"], summary["return"]) == (1500.0, 1500.0, 0.0)


def test_orders_fees_and_turnover() -> None:
    book = Book()
    book.deposit(20260105, 1000)
    book.close(20260105, 800, 200)
    book.trade(20260105, 23, 20, 10.0, fees=5.0)
    book.row("orders", "order_id", volume=30, traded_volume=20, status=OrderStatus.PART_CANCEL, order_type=23, order_ms=1)
    book.row("orders", "order_id", volume=100, status=OrderStatus.JUNK, order_type=23, order_ms=1)
    summary = book.summary
    assert (summary["orders"], summary["orders_refused"], summary["trades"]) == (2, 1, 1)
    assert summary["fill_ratio"] == pytest.approx(20 / 30)
    assert (summary["traded_amount"], summary["turnover"]) == (200.0, 0.2)
    assert summary["fees"] == {"commission": 5.0, "stamp_duty": 0.0, "transfer_fee": 0.0, "other_fees": 0.0}


def wins(book: Book) -> tuple[int, float]:
    return book.summary["sells"], book.summary["win_rate"]


def test_a_sale_wins_when_it_brings_more_than_the_average_cost_with_all_fees() -> None:
    book = Book()
    book.trade(20260105, 23, 100, 10.0, fees=5.0)
    book.trade(20260105, 23, 100, 12.0, fees=5.0)  # 2210 for 200: 11.05 each
    book.trade(20260106, 24, 100, 11.10, fees=6.0)  # 1104 for 1105
    book.trade(20260106, 24, 100, 11.12, fees=6.0)  # 1106 for 1105
    assert wins(book) == (2, 0.5)


def test_what_was_not_bought_in_the_run_is_no_sale() -> None:
    book = Book()
    book.trade(20260105, 24, 100, 10.0)
    assert wins(book) == (0, 0.0)


def test_shares_and_cash_of_an_ex_day_lower_the_cost() -> None:
    """10 派 3 转 5: 1000 for 12,000 become 1500 for 11,700, 7.80 each."""
    book = Book()
    book.action(20260106, cash_micro=300_000, transfer_ppm=500_000)
    book.trade(20260105, 23, 1000, 12.0)
    book.trade(20260106, 24, 700, 7.81)
    book.trade(20260107, 24, 800, 7.79)
    assert wins(book) == (2, 0.5)


def test_an_ex_day_before_the_purchase_changes_nothing() -> None:
    book = Book()
    book.action(20260105, cash_micro=300_000, transfer_ppm=500_000)
    book.trade(20260105, 23, 1000, 7.80)
    book.trade(20260106, 24, 1000, 7.79)
    assert wins(book) == (1, 0.0)


@pytest.mark.parametrize(("paid", "sold", "expected"), [(1800.0, 1300, (1, 1.0)), (0.0, 1000, (1, 0.0)), (0.0, 1300, (0, 0.0))])
def test_rights_count_where_they_were_paid_for(paid: float, sold: int, expected: tuple[int, float]) -> None:
    """10 配 3 at 6.00: 1000 for 12,000 become 1300 for 13,800, 10.62 each."""
    book = Book()
    book.action(20260106, rights_ppm=300_000, rights_price_li=6000)
    book.trade(20260105, 23, 1000, 12.0)
    if paid:
        book.row("cash_ledger", "ledger_id", account_id="A", day=20260106, reason=Entry.RIGHTS, amount_li=-li(paid))
    book.trade(20260107, 24, sold, 10.63)
    assert wins(book) == expected


def test_selling_short_and_buying_back_is_neither_purchase_nor_sale() -> None:
    book = Book()
    book.trade(20260105, 28, 1000, 12.0)
    book.trade(20260106, 29, 1000, 11.0)
    book.trade(20260107, 28, 1000, 10.0)
    book.trade(20260107, 27, 100, 10.0)
    book.trade(20260108, 31, 100, 11.0)
    assert wins(book) == (1, 1.0)
