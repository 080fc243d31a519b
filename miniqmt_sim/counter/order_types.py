"""ORDER_TYPES: what a submitted order type does to the account. One row each; nothing else branches on the number.

Source: the API document's 委托类型. A number of the SDK that has no row here yet is answered as an unknown value is.
"""

from __future__ import annotations

from enum import Enum
from typing import Final, NamedTuple

from matching.book import Side
from miniqmt_sim.constants import AccountType, OffsetFlag


class Freezes(Enum):
    """What an open order keeps from being used twice."""

    CASH = "price × volume and fees"
    SHARES = "the volume"


class OrderType(NamedTuple):
    """One row: side, which accounts may use it, what it freezes, how texts name it."""

    number: int
    name: str
    side: Side
    accounts: tuple[AccountType, ...]
    freezes: Freezes
    offset_flag: OffsetFlag
    text: str


_CASH_ACCOUNTS: Final = (AccountType.STOCK, AccountType.CREDIT)

ORDER_TYPES: Final = {
    row.number: row
    for row in (
        OrderType(23, "STOCK_BUY", Side.BUY, _CASH_ACCOUNTS, Freezes.CASH, OffsetFlag.OPEN, "买入"),
        OrderType(24, "STOCK_SELL", Side.SELL, _CASH_ACCOUNTS, Freezes.SHARES, OffsetFlag.CLOSE, "卖出"),
    )
}
