"""What a backtest gives back: rows of what happened, the figures drawn from them, and files of both.

Comes in: the rows of each day (``changes.TABLES``) as the core wrote them down. Goes out: ``Result``, with orders, trades and
settlements as dicts in yuan and China time, and a summary whose text is the same to the last byte for the same inputs.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, NamedTuple

from matching import calendar, units
from miniqmt_sim.backtest.wins import count_wins
from miniqmt_sim.changes import TABLES, Facts, Key, Row
from miniqmt_sim.constants import OrderStatus, SubmittedOrderType
from miniqmt_sim.counter.corporate import Action
from miniqmt_sim.counter.ledger import Entry

TRADING_DAYS: Final = 243
"""Trading days of a year, for what is annualised. Source: the exchanges' calendars of 2015 to 2025, 242 to 244 a year."""
FLOWS: Final = frozenset((Entry.DEPOSIT, Entry.WITHDRAW, Entry.BANK_IN, Entry.BANK_OUT, Entry.COUNTER_IN, Entry.COUNTER_OUT))
"""Money that came from or went to outside: no gain and no loss."""
_NAMED: Final[Mapping[str, Mapping[int, str]]] = {
    "status": {int(status): status.name for status in OrderStatus},
    "order_type": {int(order_type): order_type.name for order_type in SubmittedOrderType},
}
"""Columns that are shown as the names of their numbers."""
FEE_COLUMNS: Final = ("commission_li", "stamp_duty_li", "transfer_fee_li", "other_fees_li")
DIGITS: Final = 10
ENDED: Final = "the strategy ended"
GAVE_UP: Final = "the strategy gave up: "
"""Why a run ended when the strategy called ``sys.exit`` with a text or a number but 0, and what that was."""
_REASON: Final = re.compile(r"\[(-?\d+)\]\[([^\[\]]*)")
_NUMBERS: Final = re.compile(r"[-\d.]+")

Record = dict[str, Any]


class Collected:
    """Rows of all days, as the core wrote them down (columns in the order of TABLES); it is the host's Collector."""

    def __init__(self) -> None:
        self.orders: dict[Key, Row] = {}
        self.trades: list[Row] = []
        self.settlements: list[Row] = []
        self.flows: dict[int, int] = {}
        """Day -> li that came from outside."""
        self.actions: dict[Key, Action] = {}
        self.rights: list[tuple[str, int, int]] = []
        """(account, day, li) of what was paid for rights."""
        self.refusals: dict[str, int] = {}

    def day(self, facts: Facts) -> None:
        """Take the rows of a day."""
        self.orders.update(_rows(facts, "orders"))
        self.trades += [row for _, row in _rows(facts, "trades")]
        self.settlements += [row for _, row in _rows(facts, "settlements")]
        self.actions.update((key, Action(*row)) for key, row in _rows(facts, "corporate_actions"))
        for _, row in _rows(facts, "cash_ledger"):
            _, account_id, day, _, reason, amount_li, *_ = row
            if reason in FLOWS:
                self.flows[day] = self.flows.get(day, 0) + amount_li
            elif reason == Entry.RIGHTS:
                self.rights.append((account_id, day, -amount_li))

    def marked(self, day: int, accounts: list[Record]) -> None:
        """Take what accounts are worth, and owe, on a day that was not closed, as if it had been."""
        for row in accounts:
            worth = (units.li_from_yuan(row[name]) for name in ("current_balance", "market_value", "total_asset", "debt"))
            self.settlements.append((row["account_id"], day, row["account_type"], *worth))

    def refused(self, text: str) -> None:
        """Count a refusal by its reason."""
        reason = reason_of(text)
        self.refusals[reason] = self.refusals.get(reason, 0) + 1


def _rows(facts: Facts, table: str) -> list[tuple[Key, Row]]:
    """Keys and rows of a table in order; what is gone is left out."""
    return [(key, row) for key, row in sorted(facts.get(table, {}).items()) if row is not None]


def reason_of(text: str) -> str:
    """The code and the words of a refusal, without the figures of the one order."""
    found = _REASON.search(text)
    return f"{found[1]} {_NUMBERS.sub('', found[2]).strip()}" if found else text


class Result(NamedTuple):
    """A finished backtest. ``summary`` holds the figures; the rest are rows of dicts, money in yuan, times as texts."""

    summary: Record
    orders: list[Record]
    trades: list[Record]
    settlements: list[Record]
    curve: list[Record]
    """day, equity, drawdown, exposure: one row a trading day."""
    output: str = ""
    """What the strategy wrote, where it was caught."""

    @property
    def gave_up(self) -> bool:
        """Did the strategy end the run by ``sys.exit`` with a text, or a number but 0?"""
        return bool(self.summary["ended"].startswith(GAVE_UP))

    @property
    def summary_text(self) -> str:
        """The summary as it stands in summary.json."""
        return json.dumps(self.summary, ensure_ascii=False, indent=2, sort_keys=True) + "\n"

    def write(self, folder: str | Path) -> None:
        """Write summary.json, orders.csv, trades.csv, settlements.csv and curve.csv into a directory."""
        out = Path(folder)
        out.mkdir(parents=True, exist_ok=True)
        (out / "summary.json").write_text(self.summary_text, encoding="utf-8", newline="")
        for name in ("orders", "trades", "settlements", "curve"):
            (out / f"{name}.csv").write_text(_csv(getattr(self, name), COLUMNS[name]), encoding="utf-8", newline="")


COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "orders": (
        "order_id", "time", "account_id", "stock_code", "order_type", "price_type", "price", "volume", "traded_volume",
        "traded_amount", "status", "status_msg", "strategy_name", "order_remark",
    ),
    "trades": (
        "trade_id", "time", "account_id", "order_id", "stock_code", "order_type", "price", "volume", "amount", "commission",
        "stamp_duty", "transfer_fee", "other_fees",
    ),
    "settlements": ("day", "account_id", "cash", "market_value", "total_asset", "debt"),
    "curve": ("day", "equity", "drawdown", "exposure"),
}  # fmt: skip


def _csv(rows: Sequence[Record], columns: Sequence[str]) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


# -- from rows to a result -----------------------------------------------------------------------------------------------


def result_of(collected: Collected, facts: Record, output: str = "") -> Result:
    """Draw the figures from what was collected; ``facts`` are those only the runner knows, such as seed and hash."""
    orders, trades = list(collected.orders.values()), collected.trades
    curve = _curve(collected)
    summary = {
        **facts,
        **_money(curve, collected.flows),
        **_trading(orders, trades, curve),
        **_selling(collected),
        "refusals": dict(sorted(collected.refusals.items())),
    }
    return Result(
        _rounded(summary),
        shown(orders, "orders"),
        shown(trades, "trades"),
        shown(collected.settlements, "settlements"),
        [_rounded(row) for row in curve],
        output,
    )


def shown(rows: Sequence[Row], table: str) -> list[Record]:
    """Rows of a table in yuan, times and names. Column by column: there are ten thousands of rows."""
    names = COLUMNS[table]
    columns = [_shown_column(rows, table, name) for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _shown_column(rows: Sequence[Row], table: str, name: str) -> Iterable[Any]:
    if name == "time":
        return map(calendar.text_of, _column(rows, table, f"{table.removesuffix('s')}_ms"))
    if name in _NAMED:
        return map(_NAMED[name].__getitem__, _column(rows, table, name))
    return _column(rows, table, name) if name in TABLES[table] else map(units.yuan, _column(rows, table, f"{name}_li"))


def _column(rows: Sequence[Row], table: str, name: str) -> Iterator[Any]:
    """What stands in a column."""
    return map(itemgetter(TABLES[table].index(name)), rows)


def _rounded(value: Any) -> Any:
    """Floats to ten digits after the point, at any depth: what is the same prints the same."""
    if isinstance(value, float):
        return round(value, DIGITS) + 0.0
    if isinstance(value, dict):
        return {name: _rounded(item) for name, item in value.items()}
    return value


# -- figures -------------------------------------------------------------------------------------------------------------


def _curve(collected: Collected) -> list[Record]:
    """Equity, drawdown and exposure of all accounts together, day by day; money from outside is no gain."""
    days: dict[int, list[int]] = {}
    for _, day, _, _, value_li, total_li, debt_li in collected.settlements:
        sums = days.setdefault(day, [0, 0])
        sums[0] += total_li - debt_li
        sums[1] += value_li
    curve = []
    before = 0
    growth = peak = 1.0
    for day, (equity, value) in sorted(days.items()):
        base = before + collected.flows.get(day, 0)
        growth *= equity / base if base > 0 else 1.0
        peak = max(peak, growth)
        curve.append({
            "day": day, "equity": units.yuan(equity), "drawdown": growth / peak - 1.0, "growth": growth,
            "exposure": units.ratio(value, equity),
        })  # fmt: skip
        before = equity
    return curve


def _money(curve: Sequence[Record], flows: Mapping[int, int]) -> Record:
    gains = [after / before - 1.0 for before, after in pairwise([1.0, *(row["growth"] for row in curve)])]
    total = curve[-1]["growth"] - 1.0 if curve else 0.0
    mean = sum(gains) / len(gains) if gains else 0.0
    spread = math.sqrt(sum((gain - mean) ** 2 for gain in gains) / (len(gains) - 1)) if len(gains) > 1 else 0.0
    years = len(curve) / TRADING_DAYS
    return {
        "days": len(curve),
        "paid_in": units.yuan(sum(flows.values())),
        "final_equity": curve[-1]["equity"] if curve else 0.0,
        "return": total,
        "annual_return": (1.0 + total) ** (1.0 / years) - 1.0 if years and total > -1.0 else 0.0,
        "annual_volatility": spread * math.sqrt(TRADING_DAYS),
        "sharpe": mean / spread * math.sqrt(TRADING_DAYS) if spread > 1e-12 else 0.0,
        "max_drawdown": min((row["drawdown"] for row in curve), default=0.0),
        "mean_exposure": sum(row["exposure"] for row in curve) / len(curve) if curve else 0.0,
    }


def _trading(orders: Sequence[Row], trades: Sequence[Row], curve: Sequence[Record]) -> Record:
    statuses = _column(orders, "orders", "status")
    taken = [row for row, status in zip(orders, statuses, strict=True) if status != OrderStatus.JUNK]
    wanted, filled = sum(_column(taken, "orders", "volume")), sum(_column(taken, "orders", "traded_volume"))
    amount = units.yuan(sum(_column(trades, "trades", "amount_li")))
    equity = sum(row["equity"] for row in curve) / len(curve) if curve else 0.0
    return {
        "orders": len(orders),
        "orders_refused": len(orders) - len(taken),
        "trades": len(trades),
        "traded_amount": amount,
        "turnover": amount / equity if equity > 0 else 0.0,
        "fill_ratio": units.ratio(filled, wanted),
        "fees": {name.removesuffix("_li"): units.yuan(sum(_column(trades, "trades", name))) for name in FEE_COLUMNS},
    }


def _selling(collected: Collected) -> Record:
    wins, closed = count_wins(collected.trades, collected.actions.values(), collected.rights)
    return {"sells": closed, "win_rate": units.ratio(wins, closed)}


SHOWN: Final[Sequence[tuple[str, str, Callable[[Any], str]]]] = (
    ("return", "return", lambda value: f"{value:+.2%}"),
    ("annual_return", "annualised", lambda value: f"{value:+.2%}"),
    ("max_drawdown", "max drawdown", lambda value: f"{value:.2%}"),
    ("sharpe", "Sharpe", lambda value: f"{value:.2f}"),
    ("annual_volatility", "volatility", lambda value: f"{value:.2%}"),
    ("final_equity", "final equity", lambda value: f"{value:,.2f}"),
    ("turnover", "turnover", lambda value: f"{value:.2f}"),
    ("win_rate", "win rate", lambda value: f"{value:.1%}"),
    ("orders", "orders", str),
    ("trades", "trades", str),
    ("fill_ratio", "fill ratio", lambda value: f"{value:.1%}"),
    ("fees", "fees", lambda value: f"{sum(value.values()):,.2f}"),
)
"""What people are shown of a summary: key, words, form."""
