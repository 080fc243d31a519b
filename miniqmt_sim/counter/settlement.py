"""Station 7: the end of a trading day, in the order a counter does it: orders end, positions are marked, one row an account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from matching.instrument import Security
from miniqmt_sim.changes import Changes, Row
from miniqmt_sim.counter.account import Account
from miniqmt_sim.counter.broker import Broker


class Settlement(NamedTuple):
    """What an account was worth when a day closed."""

    account_id: str
    day: int
    account_type: int
    cash_li: int
    market_value_li: int
    total_asset_li: int
    debt_li: int

    def row(self) -> Row:
        """The row of table settlements."""
        return tuple(self)


def close_day(broker: Broker, changes: Changes, now_ms: int) -> None:
    """End the open orders and write every account's settlement row."""
    broker.expire(now_ms)
    day = broker.exchange.day
    for account in broker.accounts.values():
        value_li = market_value_li(broker.exchange.securities, account)
        debt_li = account.margin.debt_li(account) if account.margin is not None else 0
        row = Settlement(
            account.account_id, day, int(account.account_type), account.cash_li, value_li, account.cash_li + value_li, debt_li
        )
        changes.put("settlements", (account.account_id, day), row)


def market_value_li(securities: Mapping[str, Security], account: Account) -> int:
    """Positions at their last prices."""
    value_li = 0
    for stock_code, position in account.positions.items():
        value_li += position.volume * securities[stock_code].last_li
    return value_li
