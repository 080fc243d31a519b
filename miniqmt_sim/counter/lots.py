"""Acquisition lots: when the shares of a position were bought, and which dividends on them await their tax.

An individual's dividend is taxed when the shares are sold, by how long they were held, first in first out. A lot is what an
account acquired of one security on one day. Lots are brought up to the position at each day's close, from the day's trades,
which is when the clearing house computes the tax as well; a trade itself costs nothing here. What came or went otherwise
(an operator, a transfer) is acquired that day, or leaves untaxed. Lots older than a year are alike for the tax and become one.

Source: 财税〔2012〕85号 (2013-01-01), 财税〔2015〕101号 (2015-09-08).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from matching import calendar, units
from matching.book import Side
from matching.codes import Board
from matching.rules import RuleError, read_rows
from miniqmt_sim.changes import Changes, Row
from miniqmt_sim.counter.account import Account, Position

MICRO_PER_LI: Final = 1000
"""Dividends per share are finer than li: they are counted in micro-yuan."""
MICRO_PER_FEN: Final = MICRO_PER_LI * units.LI_PER_FEN
MONTH: Final = 1
YEAR: Final = 12


class DividendTaxRule(NamedTuple):
    """One dated row: the rate for shares held up to a month, up to a year, and longer."""

    month_ppm: int
    year_ppm: int
    longer_ppm: int


class DividendTax:
    """All rows of dividend_tax.toml. The day of record of a dividend decides which one taxes it."""

    __slots__ = ("_rows",)

    def __init__(self, content: Mapping[str, Any]) -> None:
        """Read the parsed file. Raises RuleError."""
        self._rows = {board: rows.get("") for board, rows in _read(content).items()}

    def rate_ppm(self, board: Board, record_day: int, opened_day: int, sold_day: int) -> int:
        """The rate on a dividend of shares that were bought and sold on these days; 0 where the board has no rule."""
        dated = self._rows[board]
        rule = dated.on(record_day) if dated else None
        if rule is None:
            return 0
        if sold_day <= months_after(opened_day, MONTH):
            return int(rule.month_ppm)
        return int(rule.year_ppm if sold_day <= months_after(opened_day, YEAR) else rule.longer_ppm)


def _read(content: Mapping[str, Any]) -> dict[Board, dict[str, Any]]:
    tables: dict[Board, dict[str, Any]] = dict(read_rows("dividend_tax", content, DividendTaxRule, lambda rule: ""))
    for by_key in tables.values():
        for dated in by_key.values():
            if any(not 0 <= rate <= units.PPM for rule in dated.rows for rate in rule):
                raise RuleError("config/rules/dividend_tax.toml: a rate is not between 0 and 1_000_000 ppm")
    return tables


def months_after(day: int, months: int) -> int:
    """The same day some months later, or that month's last: who sells by then has held for no longer than that."""
    years, month = divmod(day // 100 % 100 - 1 + months, 12)
    first = (day // 10000 + years) * 10000 + (month + 1) * 100 + 1
    last = calendar.plus_days(calendar.plus_days(first, 31) // 100 * 100 + 1, -1)
    return min(first + day % 100 - 1, last)


class Lot:
    """Shares of one security that an account acquired on one day. ``untaxed``: day of record -> micro-yuan of dividends."""

    __slots__ = ("account_id", "opened_day", "stock_code", "untaxed", "volume")

    def __init__(self, account_id: str, stock_code: str, opened_day: int) -> None:
        self.account_id = account_id
        self.stock_code = stock_code
        self.opened_day = opened_day
        self.volume = 0
        self.untaxed: dict[int, int] = {}

    def take(self, volume: int) -> dict[int, int]:
        """Take shares out, with their part of the dividends, rounded down; the last shares take what is left."""
        parts = {day: micro * volume // self.volume for day, micro in self.untaxed.items()}
        for day, micro in parts.items():
            self.untaxed[day] -= micro
        self.volume -= volume
        return parts

    def row(self) -> Row:
        """The row of table position_lots."""
        untaxed = json.dumps(sorted(self.untaxed.items()))
        return (self.account_id, self.stock_code, self.opened_day, self.volume, untaxed)


class Lots:
    """The lots of every position, oldest first."""

    __slots__ = ("_changes", "_lots", "_tax")

    def __init__(self, tax: DividendTax, changes: Changes) -> None:
        self._tax = tax
        self._changes = changes
        self._lots: dict[str, dict[str, list[Lot]]] = {}

    def credit(self, position: Position, record_day: int, taxable_micro: int) -> None:
        """Remember a dividend per share on everything held, until the shares are sold."""
        missing = position.volume - self._volume(position.account_id, position.stock_code)
        if missing > 0:  # an operator gave them overnight
            self.acquire(position.account_id, position.stock_code, record_day, missing)
        for lot in self._of(position.account_id, position.stock_code):
            lot.untaxed[record_day] = lot.untaxed.get(record_day, 0) + taxable_micro * lot.volume
            self._put(lot)

    def acquire(self, account_id: str, stock_code: str, day: int, volume: int) -> None:
        """Shares were acquired on a day."""
        lots = self._of(account_id, stock_code)
        if not lots or lots[-1].opened_day != day:
            lots.append(Lot(account_id, stock_code, day))
        lots[-1].volume += volume
        self._put(lots[-1])

    def close_day(self, account: Account, day: int, boards: Mapping[str, Board]) -> dict[str, int]:
        """Bring an account's lots up to its positions; dividend tax in li by code, where sales brought any."""
        bought, sold = _traded(account)
        taxes = {}
        for stock_code in sorted({**self._lots.get(account.account_id, {}), **account.positions}):
            position = account.positions.get(stock_code)
            volume = position.volume if position else 0
            out = sold.get(stock_code, 0)
            other = volume - self._volume(account.account_id, stock_code) - bought.get(stock_code, 0) + out
            came_in = bought.get(stock_code, 0) + max(other, 0)
            if came_in:
                self.acquire(account.account_id, stock_code, day, came_in)
            tax_li = self._sell(account.account_id, stock_code, boards.get(stock_code), out, day) if out else 0
            if tax_li:
                taxes[stock_code] = tax_li
            if other < 0:
                self._take(account.account_id, stock_code, -other)
            self._merge(account.account_id, stock_code, boards.get(stock_code), day)
        return taxes

    def _sell(self, account_id: str, stock_code: str, board: Board | None, volume: int, day: int) -> int:
        """Tax on the shares that leave first, rounded once, half up to the fen."""
        due = 0
        for opened_day, parts in self._take(account_id, stock_code, volume):
            for record_day, micro in parts.items():
                due += micro * (self._tax.rate_ppm(board, record_day, opened_day, day) if board else 0)
        return units.half_up(due, units.PPM * MICRO_PER_FEN) * units.LI_PER_FEN

    def _take(self, account_id: str, stock_code: str, volume: int) -> list[tuple[int, dict[int, int]]]:
        """Take shares out, oldest first: (opened day, dividends) of each lot they came from."""
        taken, lots = [], self._of(account_id, stock_code)
        while volume:
            lot = lots[0]
            part = min(volume, lot.volume)
            taken.append((lot.opened_day, lot.take(part)))
            volume -= part
            self._put(lot)
            if not lot.volume:
                lots.pop(0)
        if not lots:
            del self._lots[account_id][stock_code]
        return taken

    def _merge(self, account_id: str, stock_code: str, board: Board | None, day: int) -> None:
        """Make one of all lots held for more than a year, and forget dividends that are free of tax by now."""
        lots = self._lots.get(account_id, {}).get(stock_code, [])
        while len(lots) > 1 and months_after(lots[1].opened_day, YEAR) < day:
            second = lots.pop(1)
            lots[0].volume += second.volume
            for record_day, micro in second.untaxed.items():
                lots[0].untaxed[record_day] = lots[0].untaxed.get(record_day, 0) + micro
            self._put(lots[0])
            self._changes.put("position_lots", _key(second), None)
        if lots and lots[0].untaxed and board and months_after(lots[0].opened_day, YEAR) < day:
            first = lots[0]
            untaxed = {
                record_day: micro
                for record_day, micro in first.untaxed.items()
                if self._tax.rate_ppm(board, record_day, first.opened_day, day)
            }
            if untaxed != first.untaxed:
                first.untaxed = untaxed
                self._put(first)

    def _of(self, account_id: str, stock_code: str) -> list[Lot]:
        return self._lots.setdefault(account_id, {}).setdefault(stock_code, [])

    def _volume(self, account_id: str, stock_code: str) -> int:
        return sum(lot.volume for lot in self._lots.get(account_id, {}).get(stock_code, ()))

    def _put(self, lot: Lot) -> None:
        self._changes.put("position_lots", _key(lot), lot if lot.volume else None)

    # ---- stored rows ---------------------------------------------------------------------------------------------------

    def restore(self, rows: Sequence[Row]) -> None:
        """Take lots back from storage."""
        for account_id, stock_code, opened_day, volume, untaxed in sorted(rows):
            lot = Lot(account_id, stock_code, opened_day)
            lot.volume = volume
            lot.untaxed = dict(json.loads(untaxed))
            self._of(account_id, stock_code).append(lot)

    def rows(self) -> list[Row]:
        """Rows of table position_lots."""
        return sorted(lot.row() for lot in self._all())

    def _all(self) -> Iterator[Lot]:
        for by_code in self._lots.values():
            for lots in by_code.values():
                yield from lots

    def problems(self) -> Iterator[str]:
        """Name what cannot be."""
        for lot in self._all():
            if lot.volume <= 0 or any(micro < 0 for micro in lot.untaxed.values()):
                yield f"account {lot.account_id}: a lot of {lot.stock_code} has {lot.volume} shares and {lot.untaxed}"


def _traded(account: Account) -> tuple[dict[str, int], dict[str, int]]:
    """What an account bought and sold today of its own, by code; borrowed shares come and go beside its positions."""
    bought: dict[str, int] = {}
    sold: dict[str, int] = {}
    for trade in account.trades:
        if not trade.order.order_type.moves_shares:
            continue
        sums = bought if trade.order.order_type.side is Side.BUY else sold
        sums[trade.order.stock_code] = sums.get(trade.order.stock_code, 0) + trade.volume
    return bought, sold


def _key(lot: Lot) -> tuple[str, str, int]:
    return (lot.account_id, lot.stock_code, lot.opened_day)
