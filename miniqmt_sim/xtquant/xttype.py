"""What a strategy hands to the trader and gets from it: the account, and one class per kind of answer or push.

Arguments stand in the order of the vendor's constructors. Keyword-only ones are fields that the vendor's native objects
carry beyond its own Python classes; ``account_type`` is the account's real type, where those always say 2.
Objects are compared by identity, as the vendor's are.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any

from miniqmt_sim.xtquant import xtconstant
from miniqmt_sim.xtquant._native_structs import STRUCTS

__all__ = [
    "StockAccount", "XtAccountStatus", "XtAsset", "XtBankTransferResponse", "XtCancelError", "XtCancelOrderResponse",
    "XtCreditDeal", "XtCreditOrder", "XtOperateSmartTaskResponse", "XtOrder", "XtOrderError", "XtOrderResponse", "XtPosition",
    "XtSmartAlgoOrderResponse", "XtSmtAppointmentResponse", "XtTrade",
]  # fmt: skip
"""The vendor's."""

_XTCONST_ = xtconstant
"""The vendor's name for it, which programs import from here."""


class StockAccount:
    """An account to trade with: its number, and its type by name ('STOCK', 'CREDIT', 'HUGANGTONG' …)."""

    def __init__(self, account_id: str, account_type: str = "STOCK") -> None:
        if not isinstance(account_id, str):
            raise TypeError(f"an account number is a str, not {type(account_id).__name__}")
        if not isinstance(account_type, str):
            raise TypeError(f"an account type is a str such as 'STOCK', not {type(account_type).__name__}")
        name = account_type.upper()
        for number, known in xtconstant.ACCOUNT_TYPE_DICT.items():
            if known == name:
                self.account_type = number
                self.account_id = account_id
                return
        raise ValueError(f"{account_type!r} is no account type; known are {', '.join(xtconstant.ACCOUNT_TYPE_DICT.values())}")

    def __repr__(self) -> str:
        name = xtconstant.ACCOUNT_TYPE_DICT.get(self.account_type, self.account_type)
        return f"StockAccount({self.account_id!r}, {name!r})"


# -- what is queried and pushed ------------------------------------------------------------------------------------------


@dataclass(eq=False)
class XtAsset:
    """Money of an account, in yuan."""

    account_id: str
    cash: float
    frozen_cash: float
    market_value: float
    total_asset: float
    fetch_balance: float
    current_balance: float = field(default=0.0, kw_only=True)
    account_type: int = field(default=xtconstant.SECURITY_ACCOUNT, kw_only=True)


@dataclass(eq=False)
class XtOrder:
    """An order as it stands. ``price_type`` comes back in the broker's enumeration: 50 limit, 88 best five …"""

    account_id: str
    stock_code: str
    order_id: int
    order_sysid: str
    order_time: int
    order_type: int
    order_volume: int
    price_type: int
    price: float
    traded_volume: int
    traded_price: float
    order_status: int
    status_msg: str
    strategy_name: str
    order_remark: str
    direction: int
    offset_flag: int
    secu_account: str
    instrument_name: str
    account_type: int = field(default=xtconstant.SECURITY_ACCOUNT, kw_only=True)


@dataclass(eq=False)
class XtTrade:
    """One fill."""

    account_id: str
    stock_code: str
    order_type: int
    traded_id: str
    traded_time: int
    traded_price: float
    traded_volume: int
    traded_amount: float
    order_id: int
    order_sysid: str
    strategy_name: str
    order_remark: str
    direction: int
    offset_flag: int
    commission: float
    secu_account: str
    instrument_name: str
    account_type: int = field(default=xtconstant.SECURITY_ACCOUNT, kw_only=True)


@dataclass(eq=False)
class XtPosition:
    """What an account holds of one security. ``avg_price`` is the cost, ``open_price`` the average purchase price."""

    account_id: str
    stock_code: str
    volume: int
    can_use_volume: int
    open_price: float
    market_value: float
    frozen_volume: int
    on_road_volume: int
    yesterday_volume: int
    avg_price: float
    direction: int
    last_price: float
    profit_rate: float
    secu_account: str
    instrument_name: str
    float_profit: float = field(default=0.0, kw_only=True)
    position_profit: float = field(default=0.0, kw_only=True)
    open_date: str = field(default="", kw_only=True)
    account_type: int = field(default=xtconstant.SECURITY_ACCOUNT, kw_only=True)


@dataclass(eq=False)
class XtAccountStatus:
    """The state of an account's connection to its counter."""

    account_id: str
    account_type: int
    status: int


@dataclass(eq=False)
class XtAccountInfo:
    """One account of the server."""

    account_type: int
    account_id: str
    broker_type: int
    platform_id: int
    account_classification: int
    login_status: int
    broker_id: str = field(default="", kw_only=True)
    broker_name: str = field(default="", kw_only=True)
    product_id: int = field(default=0, kw_only=True)
    product_code: str = field(default="", kw_only=True)
    product_name: str = field(default="", kw_only=True)


# -- what answers an order or a cancel -----------------------------------------------------------------------------------


@dataclass(eq=False)
class XtOrderResponse:
    """Answer to ``order_stock_async``; ``order_id`` -1: no order was made, ``error_msg`` says why."""

    account_id: str
    order_id: int
    strategy_name: str
    order_remark: str
    error_msg: str
    seq: int
    account_type: int = field(default=xtconstant.SECURITY_ACCOUNT, kw_only=True)


@dataclass(eq=False)
class XtCancelOrderResponse:
    """Answer to an asynchronous cancel; ``cancel_result`` 0: sent to the exchange, -1: impossible."""

    account_id: str
    cancel_result: int
    order_id: int
    order_sysid: str
    seq: int
    error_msg: str
    account_type: int = field(default=xtconstant.SECURITY_ACCOUNT, kw_only=True)


@dataclass(eq=False)
class XtOrderError:
    """An order was refused by the counter or the exchange. ``seq`` is that of its request."""

    account_id: str
    order_id: int
    error_id: int | None = None
    error_msg: str | None = None
    strategy_name: str | None = None
    order_remark: str | None = None
    seq: int = field(default=0, kw_only=True)
    account_type: int = field(default=xtconstant.SECURITY_ACCOUNT, kw_only=True)


@dataclass(eq=False)
class XtCancelError:
    """A cancel was refused."""

    account_id: str
    order_id: int
    market: int
    order_sysid: str
    error_id: int | None = None
    error_msg: str | None = None
    account_type: int = field(default=xtconstant.SECURITY_ACCOUNT, kw_only=True)


@dataclass(eq=False)
class XtAppointmentResponse:
    """Answer to ``smt_appointment_async`` in the API document's form; ``order_sysid`` is '-1' on failure."""

    account_id: str
    order_sysid: str
    error_id: int
    error_msg: str
    seq: int


@dataclass(eq=False)
class XtSmtAppointmentResponse:
    """Answer to an appointment in the newer form."""

    seq: int
    success: bool
    msg: str
    apply_id: str


@dataclass(eq=False)
class XtBankTransferResponse:
    """Answer to a transfer from or to a bank, or between two counters."""

    seq: int
    success: bool
    msg: str


@dataclass(eq=False)
class BankInfo:
    """One of an account's banks."""

    success: bool
    error_msg: str
    money_type: str
    bank_no: str
    bank_account: str
    bank_name: str


@dataclass(eq=False)
class BankAmount:
    """The money at a bank, or why it is not told."""

    success: bool
    error_msg: str
    account_id: str
    bank_account: str
    money_type: str
    balance: float
    enable_balance: float


@dataclass(eq=False)
class BankTransferStream:
    """One bank transfer. ``transfer_direction`` '1': from the bank, '2': to it."""

    success: bool
    error_msg: str
    date: str
    time: str
    transfer_no: str
    transfer_direction: str
    bank_no: str
    bank_name: str
    bank_account: str
    money_type: str
    account_id: str
    balance: float
    remark: str
    transfer_status: str


@dataclass(eq=False)
class SecuAccount:
    """A shareholder account on one exchange."""

    main: bool
    market: str
    secu_account: str


@dataclass(eq=False)
class XtSmartAlgoOrderResponse:
    """Answer to an algorithmic order."""

    account_id: str
    task_id: int
    strategy_name: str
    order_remark: str
    error_msg: str
    seq: int


@dataclass(eq=False)
class XtOperateSmartTaskResponse:
    """Answer to an operation on an algorithmic order."""

    seq: int
    success: bool
    task_id: int
    operate_reason: str
    error_msg: str


# -- margin trading ------------------------------------------------------------------------------------------------------


@dataclass(eq=False, init=False)
class XtCreditOrder(XtOrder):
    """An order of a credit account in the vendor's older form."""

    contract_no: str
    stock_code1: str

    def __init__(
        self,
        account_id: str,
        stock_code: str,
        order_id: int,
        order_time: int,
        order_type: int,
        order_volume: int,
        price_type: int,
        price: float,
        traded_volume: int,
        traded_price: float,
        order_status: int,
        status_msg: str,
        order_remark: str,
        contract_no: str,
        stock_code1: str,
    ) -> None:
        super().__init__(
            account_id, stock_code, order_id, "", order_time, order_type, order_volume, price_type, price, traded_volume,
            traded_price, order_status, status_msg, "", order_remark, 0, 0, "", "", account_type=xtconstant.CREDIT_ACCOUNT,
        )  # fmt: skip
        self.contract_no = contract_no
        self.stock_code1 = stock_code1


@dataclass(eq=False)
class XtCreditDeal:
    """A fill of a credit account in the vendor's older form."""

    account_id: str
    stock_code: str
    traded_id: str
    traded_time: int
    traded_price: float
    traded_volume: int
    order_id: int
    contract_no: str
    stock_code1: str
    account_type: int = field(default=xtconstant.CREDIT_ACCOUNT, kw_only=True)


def _second_name(name: str) -> property:
    return property(attrgetter(name), lambda self, value: setattr(self, name, value), doc=f"The same as ``{name}``.")


@dataclass(eq=False)
class XtCreditDetail:
    """Money, debts and quotas of a credit account. ``m_dFinDebt`` and the others have a second name, ``fin_debt``."""

    account_type: int
    account_id: str
    m_nStatus: int = 0
    m_nUpdateTime: int = 0
    m_nCalcConfig: int = 0
    m_dFrozenCash: float = 0.0
    m_dBalance: float = 0.0
    m_dAvailable: float = 0.0
    m_dPositionProfit: float = 0.0
    m_dMarketValue: float = 0.0
    m_dFetchBalance: float = 0.0
    m_dStockValue: float = 0.0
    m_dFundValue: float = 0.0
    m_dTotalDebt: float = 0.0
    m_dEnableBailBalance: float = 0.0
    m_dPerAssurescaleValue: float = 0.0
    m_dAssureAsset: float = 0.0
    m_dFinDebt: float = 0.0
    m_dFinDealAvl: float = 0.0
    m_dFinFee: float = 0.0
    m_dSloDebt: float = 0.0
    m_dSloMarketValue: float = 0.0
    m_dSloFee: float = 0.0
    m_dOtherFare: float = 0.0
    m_dFinMaxQuota: float = 0.0
    m_dFinEnableQuota: float = 0.0
    m_dFinUsedQuota: float = 0.0
    m_dSloMaxQuota: float = 0.0
    m_dSloEnableQuota: float = 0.0
    m_dSloUsedQuota: float = 0.0
    m_dSloSellBalance: float = 0.0
    m_dUsedSloSellBalance: float = 0.0
    m_dSurplusSloSellBalance: float = 0.0


# -- new issues ----------------------------------------------------------------------------------------------------------


@dataclass(eq=False)
class NewPurchaseLimitInfo:
    """Shares that may be subscribed for on a board."""

    new_purchase_limit_key: str
    new_purchase_limit_value: int


@dataclass(eq=False)
class IPOData:
    """A new issue of today."""

    ipo_code: str
    ipo_name: str
    ipo_type: str
    max_purchase_num: int
    min_purchase_num: int
    purchase_date: str
    issue_price: float


@dataclass(eq=False)
class StkCompacts:
    """One debt of a credit account."""

    account_type: int
    account_id: str
    compact_type: int = 0
    cashgroup_prop: int = 0
    exchange_id: int = 0
    open_date: int = 0
    business_vol: int = 0
    real_compact_vol: int = 0
    ret_end_date: int = 0
    business_balance: float = 0.0
    businessFare: float = 0.0
    real_compact_balance: float = 0.0
    real_compact_fare: float = 0.0
    repaid_fare: float = 0.0
    repaid_balance: float = 0.0
    instrument_id: str = ""
    compact_id: str = ""
    position_str: str = ""


@dataclass(eq=False)
class CreditSubjects:
    """A security that may be bought on margin or sold short."""

    account_type: int
    account_id: str
    slo_status: int = 0
    fin_status: int = 0
    exchange_id: int = 0
    slo_ratio: float = 0.0
    fin_ratio: float = 0.0
    instrument_id: str = ""


@dataclass(eq=False)
class CreditSloCode:
    """How much of a security can be borrowed."""

    account_type: int
    account_id: str
    cashgroup_prop: int = 0
    exchange_id: int = 0
    enable_amount: int = 0
    instrument_id: str = ""


@dataclass(eq=False)
class CreditAssure:
    """What a security counts for as collateral."""

    account_type: int
    account_id: str
    assure_status: int = 0
    exchange_id: int = 0
    assure_ratio: float = 0.0
    instrument_id: str = ""


# -- the native names of fields ------------------------------------------------------------------------------------------

PositionStatistics: Any = STRUCTS["PositionStatistics"]
"""Figures of a futures position. Nothing here fills one: it is there for programs that name it."""


def _add_native_names(cls: Any) -> None:
    """Give each field the other names that the vendor's native object has for it: ``m_nOrderID`` for ``order_id``."""
    own = {name.name for name in fields(cls)}
    for attribute in STRUCTS[cls.__name__]._attributes:
        [name] = own.intersection(attribute.names)
        for other in attribute.names:
            if other != name:
                setattr(cls, other, _second_name(name))


for _cls in (
    XtAsset, XtOrder, XtTrade, XtPosition, XtAccountStatus, XtAccountInfo, XtOrderError, XtCancelError, NewPurchaseLimitInfo,
    IPOData, XtCreditDetail, StkCompacts, CreditSubjects, CreditSloCode, CreditAssure,
):  # fmt: skip
    _add_native_names(_cls)
