"""A stored day of any size, made row by row: what a server finds when it is started again after a busy day.

The day is consistent: accounts trade with each other in pairs at one price and without fees, so that cash and shares are what
they were before, and every resting order froze what it can cost. Equal sizes give equal files.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from miniqmt_sim.constants import FIRST_ORDER_ID
from miniqmt_sim.server.wake import core_config
from miniqmt_sim.settings import load_settings
from miniqmt_sim.simulator import Simulator
from storage import Database

START_MS: Final = 1_795_397_460_000
"""2026-11-23 09:31 China time, a Monday."""
DAY: Final = 20261123
_BATCH_ORDERS: Final = 10_000
_CASH_YUAN: Final = 1_000_000_000
_FILLED, _CANCELLED, _RESTING = 56, 54, 50
_RESTING_SHARE: Final = 0.1

Row = tuple[Any, ...]
Facts = dict[str, dict[Row, Row | None]]


class Size(NamedTuple):
    """How much happened on the day, and on days before it."""

    orders: int
    trades: int
    accounts: int
    past_days: int = 0


async def make_day(path: Path, size: Size) -> None:
    """Make a database with a day in it."""
    accounts = [{"id": f"{number:010}", "cash_yuan": _CASH_YUAN} for number in range(1, size.accounts + 1)]
    config = core_config(load_settings({"clock": "manual", "feed": "none", "hours": "exchange"}, environ={}).world)
    simulator = Simulator(config._replace(accounts=accounts))
    database = await Database.open(str(path), "off")
    try:
        await database.write(simulator.start(START_MS, {}))
        day = _Day(size, simulator.rows())
        for past in range(size.past_days):
            for facts in day.batches(DAY - 1 - past):
                await database.write({name: facts[name] for name in ("orders", "trades", "cash_ledger")})
        for facts in day.batches(DAY):
            await database.write(facts)
        await database.write(day.rest())
    finally:
        await database.close()


class _Day:
    """Counts what it makes."""

    def __init__(self, size: Size, world: dict[str, list[Row]]) -> None:
        self._size = size
        self._accounts = {row[0]: row for row in world["accounts"]}
        self._ids = list(self._accounts)
        self._codes = [row[0] for row in world["instruments"] if row[2].upper().endswith("MAIN")]
        self._frozen_li = dict.fromkeys(self._ids, 0)
        self._orders = self._trades = 0
        self._luck = random.Random(1)

    def batches(self, day: int) -> Iterator[Facts]:
        """The rows of a day: pairs that traded first, then orders that were cancelled or rest."""
        for start in range(0, self._size.orders, _BATCH_ORDERS):
            facts: Facts = {"orders": {}, "trades": {}, "cash_ledger": {}}
            for number in range(start, min(start + _BATCH_ORDERS, self._size.orders)):
                self._add(facts, number, day)
            yield facts

    def _add(self, facts: Facts, number: int, day: int) -> None:
        traded = number < self._size.trades
        resting = not traded and self._luck.random() < _RESTING_SHARE and day == DAY
        account_id = self._ids[number // 2 % len(self._ids)]
        code = self._codes[number // 2 % len(self._codes)]
        price_li = 10_000 - 10 * self._luck.randrange(100) if not traded else 10_000
        status = _FILLED if traded else _RESTING if resting else _CANCELLED
        order_id = FIRST_ORDER_ID + self._orders
        self._orders += 1
        frozen_li = 100 * price_li if resting else 0
        self._frozen_li[account_id] += frozen_li
        kind = 24 if traded and number % 2 else 23
        done = 100 if traded else 0
        facts["orders"][order_id,] = (
            order_id, day, account_id, 2, code, kind, 11, price_li, 100, done, done * price_li, status, "",
            str(self._orders), "strategy", f"remark {number % 1000}", START_MS + number, 1, number, self._orders, frozen_li,
            0, 0, 0, 0, 0,
        )  # fmt: skip
        if traded:
            self._trades += 1
            trade_id, amount_li = self._trades, 100 * price_li
            facts["trades"][trade_id,] = (
                trade_id, day, account_id, 2, order_id, code, kind, price_li, 100, amount_li, START_MS + number, 0, 0, 0, 0, 0,
            )  # fmt: skip
            moved_li = amount_li if kind == 24 else -amount_li
            ledger_id, reason = len(self._ids) + trade_id, "sell" if kind == 24 else "buy"  # behind the first deposits
            entry = (ledger_id, account_id, day, START_MS + number, reason, moved_li, 0, order_id, trade_id)
            facts["cash_ledger"][ledger_id,] = entry

    def rest(self) -> Facts:
        """What the orders left in accounts and counters."""
        last = dict.fromkeys(("order_id", "queue_seq", "sysid.SH", "sysid.SZ"), self._orders)
        last |= {"trade_id": self._trades, "ledger_id": len(self._ids) + self._trades}
        accounts: dict[Row, Row | None] = {
            (account_id,): (*row[:4], self._frozen_li[account_id], *row[5:]) for account_id, row in self._accounts.items()
        }
        return {"counters": {(name,): (name, value) for name, value in last.items()}, "accounts": accounts}
