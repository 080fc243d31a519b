"""The numbers of the SDK as enums: one name per number, shared by wire, core and client.

Source: the API document's data dictionary; the broker enumeration for what comes back.
A contract test compares every member with ``miniqmt_sim.xtquant.xtconstant`` and the vendor's wheel.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final

PROTOCOL_VERSION: Final = 1
FIRST_ORDER_ID: Final = 1_048_577
"""The real terminal's first order id (0x100001)."""
MAX_INT32: Final = 2**31 - 1
MAX_INT64: Final = 2**63 - 1
MAX_VOLUME: Final = 10**12
"""Shares that one command may speak of."""
MAX_HOLDING_LI: Final = 10**16
"""Ten million million yuan: what hundreds of holdings of this worth come to still fits into 64 bits."""


class Market(IntEnum):
    """``market`` of the SDK."""

    SH = 0
    SZ = 1
    BJ = 70


class AccountType(IntEnum):
    """``account_type`` of the SDK; only STOCK and CREDIT can be simulated."""

    FUTURE = 1
    STOCK = 2
    CREDIT = 3
    FUTURE_OPTION = 5
    STOCK_OPTION = 6
    HUGANGTONG = 7
    INCOME_SWAP = 8
    NEW3BOARD = 10
    SHENGANGTONG = 11


class AccountStatus(IntEnum):
    """``status`` of XtAccountStatus and ``login_status`` of XtAccountInfo."""

    INVALID = -1
    OK = 0
    WAITING_LOGIN = 1
    LOGGING_IN = 2
    FAIL = 3
    INITING = 4
    CORRECTING = 5
    CLOSED = 6
    ASSIS_FAIL = 7
    DISABLED_BY_SYSTEM = 8
    DISABLED_BY_USER = 9


class OrderStatus(IntEnum):
    """``order_status`` of XtOrder."""

    UNREPORTED = 48
    WAIT_REPORTING = 49
    REPORTED = 50
    REPORTED_CANCEL = 51
    PARTSUCC_CANCEL = 52
    PART_CANCEL = 53
    CANCELED = 54
    PART_SUCC = 55
    SUCCEEDED = 56
    JUNK = 57
    UNKNOWN = 255


DIRECTION_STOCK: Final = 48
"""``direction`` of a stock order, buys and sells alike."""


class OffsetFlag(IntEnum):
    """``offset_flag``: tells the side of a stock order."""

    OPEN = 48
    CLOSE = 49
    FORCED_CLOSE = 50


class SubmittedOrderType(IntEnum):
    """``order_type`` numbers that a stock or credit account knows; what each does stands in ``counter.order_types``."""

    STOCK_BUY = 23
    STOCK_SELL = 24
    CREDIT_FIN_BUY = 27
    CREDIT_SLO_SELL = 28
    CREDIT_BUY_SECU_REPAY = 29
    CREDIT_DIRECT_SECU_REPAY = 30
    CREDIT_SELL_SECU_REPAY = 31
    CREDIT_DIRECT_CASH_REPAY = 32
    CREDIT_FIN_BUY_SPECIAL = 40
    CREDIT_SLO_SELL_SPECIAL = 41
    CREDIT_BUY_SECU_REPAY_SPECIAL = 42
    CREDIT_DIRECT_SECU_REPAY_SPECIAL = 43
    CREDIT_SELL_SECU_REPAY_SPECIAL = 44
    CREDIT_DIRECT_CASH_REPAY_SPECIAL = 45


class SubmittedPriceType(IntEnum):
    """``price_type`` numbers that a stock order may carry; what each does stands in ``matching.price_types``."""

    LATEST_PRICE = 5
    FIX_PRICE = 11
    MARKET_SH_CONVERT_5_CANCEL = 42
    MARKET_SH_CONVERT_5_LIMIT = 43
    MARKET_PEER_PRICE_FIRST = 44
    MARKET_MINE_PRICE_FIRST = 45
    MARKET_SZ_INSTBUSI_RESTCANCEL = 46
    MARKET_SZ_CONVERT_5_CANCEL = 47
    MARKET_SZ_FULL_OR_CANCEL = 48


class FundTransfer(IntEnum):
    """``transfer_direction`` of fund_transfer: ordinary counter to fast one, back, and between the nodes of the fast one."""

    NORMAL_TO_SPEED = 510
    SPEED_TO_NORMAL = 511
    NODE_SH_TO_SZ = 512
    NODE_SZ_TO_SH = 513


class SecuTransfer(IntEnum):
    """``transfer_direction`` of secu_transfer."""

    NORMAL_TO_SPEED = 520
    SPEED_TO_NORMAL = 521


class TransferType(IntEnum):
    """``transfer_type`` of secu_transfer."""

    SHARE = 0
    SPECIAL_POSITIONS = 1
    CREDIT_SHARE = 2


class CompactType(IntEnum):
    """``compact_type`` of StkCompacts."""

    FINANCING = 48
    SHORT = 49


class CashGroup(IntEnum):
    """``cashgroup_prop``: the kind of lendable position that a debt draws on."""

    ORDINARY = 48
    SPECIAL = 49


class SubjectStatus(IntEnum):
    """``assure_status``, ``fin_status`` and ``slo_status`` of a security."""

    NORMAL = 48
    SUSPENDED = 49
    NO = 50


class CompactStatus(IntEnum):
    """State of a compact, as the broker enumeration has it."""

    OPEN = 48
    PARTLY_REPAID = 49
    REPAID = 50
    OVERDUE = 54


ORDER_ERROR_ID: Final = -61
"""``error_id`` of on_order_error and on_cancel_error; the counter's own code stands in the text."""
