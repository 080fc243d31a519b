"""ORDER_TYPES: what a submitted order type does to the account. One row each; nothing else branches on the number.

Source: the API document's 委托类型; exchange-rules §10.5. The document's CREDIT_BUY and CREDIT_SELL are 23 and 24 as well: on a
credit account those trade collateral. A number of the SDK that has no row here is answered as an unknown value is.
"""

from __future__ import annotations

from enum import Enum
from typing import Final, NamedTuple

from matching.book import Side
from miniqmt_sim.constants import AccountType, CashGroup, CompactType, OffsetFlag


class Freezes(Enum):
    """What an open order keeps from being used twice."""

    CASH = "price × volume and fees"
    SHARES = "the volume"
    MARGIN = "price × volume at the security's margin ratio, and as much of a quota"
    NOTHING = "nothing: it is carried out at once"


class OrderType(NamedTuple):
    """One row: side, which accounts may use it, what it freezes, how texts name it, and which debt it makes or pays.

    ``moves_shares``: a fill changes the position. ``at_counter``: no exchange sees it. ``in_yuan``: its volume is an amount.
    ``forced``: the broker's own, and no client's.
    """

    number: int
    name: str
    side: Side
    accounts: tuple[AccountType, ...]
    freezes: Freezes
    offset_flag: OffsetFlag
    text: str
    opens: CompactType | None = None
    repays: CompactType | None = None
    source: CashGroup = CashGroup.ORDINARY
    moves_shares: bool = True
    at_counter: bool = False
    in_yuan: bool = False
    forced: bool = False


_CASH_ACCOUNTS: Final = (AccountType.STOCK, AccountType.CREDIT)
_CREDIT: Final = (AccountType.CREDIT,)
_FIN, _SHORT = CompactType.FINANCING, CompactType.SHORT
_BUY, _SELL = (Side.BUY, OffsetFlag.OPEN), (Side.SELL, OffsetFlag.CLOSE)


def _credit(
    number: int, name: str, way: tuple[Side, OffsetFlag], freezes: Freezes, text: str, *, opens: CompactType | None = None,
    repays: CompactType | None = None, moves_shares: bool = True, at_counter: bool = False, in_yuan: bool = False,
) -> tuple[OrderType, OrderType]:  # fmt: skip
    """A row for ordinary lendable positions, and its like for special ones, 13 numbers further on."""
    side, offset_flag = way
    row = OrderType(
        number, name, side, _CREDIT, freezes, offset_flag, text, opens, repays, CashGroup.ORDINARY, moves_shares, at_counter,
        in_yuan,
    )  # fmt: skip
    special = row._replace(number=number + 13, name=f"{name}_SPECIAL", text=f"专项{text}", source=CashGroup.SPECIAL)
    return row, special


ORDER_TYPES: Final = {
    row.number: row
    for row in (
        OrderType(23, "STOCK_BUY", Side.BUY, _CASH_ACCOUNTS, Freezes.CASH, OffsetFlag.OPEN, "买入"),
        OrderType(24, "STOCK_SELL", Side.SELL, _CASH_ACCOUNTS, Freezes.SHARES, OffsetFlag.CLOSE, "卖出"),
        *_credit(27, "CREDIT_FIN_BUY", _BUY, Freezes.MARGIN, "融资买入", opens=_FIN),
        *_credit(28, "CREDIT_SLO_SELL", _SELL, Freezes.MARGIN, "融券卖出", opens=_SHORT, moves_shares=False),
        *_credit(29, "CREDIT_BUY_SECU_REPAY", _BUY, Freezes.CASH, "买券还券", repays=_SHORT, moves_shares=False),
        *_credit(30, "CREDIT_DIRECT_SECU_REPAY", _SELL, Freezes.NOTHING, "直接还券", repays=_SHORT, at_counter=True),
        *_credit(31, "CREDIT_SELL_SECU_REPAY", _SELL, Freezes.SHARES, "卖券还款", repays=_FIN),
        *_credit(
            32, "CREDIT_DIRECT_CASH_REPAY", _BUY, Freezes.NOTHING, "直接还款", repays=_FIN, at_counter=True, in_yuan=True
        ),
    )
}  # fmt: skip

_FORCED: Final = {
    number: row._replace(offset_flag=OffsetFlag.FORCED_CLOSE, text=f"强制{row.text}", forced=True)
    for number, row in ORDER_TYPES.items()
    if row.repays is not None and not row.at_counter
}
"""The broker's own orders, by which it closes an account out."""


def order_type_of(number: int, forced: bool) -> OrderType:
    """The row of an order's number, a client's or the broker's."""
    return _FORCED[number] if forced else ORDER_TYPES[number]
