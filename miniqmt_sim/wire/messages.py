"""The table of everything that may be said on a connection; docs/protocol.md is generated from it.

A message is one JSON object. ``t`` names it, ``seq`` joins a request with its answers; the other keys are its fields.
Requests are checked against this table before anything else sees them, so an ill-formed one cannot exist further in.
Prices and money are in yuan, volumes in shares (bonds: 张), times in epoch seconds unless a field says otherwise.
"""

from __future__ import annotations

import json
from enum import Enum
from json.encoder import encode_basestring
from typing import Any, Final, NamedTuple, Protocol

from miniqmt_sim.constants import MAX_INT64
from miniqmt_sim.errors import MessageError

JsonObject = dict[str, Any]

MAX_TEXT: Final = 256
"""Characters of one text field: the vendor's longest buffer holds 128 bytes."""
MAX_LEVELS: Final = 10
"""Price levels on one side of a quote."""


class Kind(Enum):
    """What a field holds; the value is how the documentation says it."""

    INT = "integer (64 bit)"
    NUMBER = "number"
    TEXT = "text"
    BOOL = "true or false"
    LEVELS = "list of [price, volume]"
    STRINGS = "list of texts"
    INTS = "list of integers"
    NUMBERS = "list of numbers"
    COLUMN = "list: one value a bar or tick"
    ROWS = "list of rows"


class _Required:
    def __repr__(self) -> str:
        return "required"


REQUIRED: Final = _Required()


class Field(NamedTuple):
    """One key of a message. ``default`` REQUIRED: the key must be there."""

    name: str
    kind: Kind
    doc: str
    default: Any = REQUIRED


class Flow(Enum):
    """Who says it, and when."""

    HANDSHAKE = "handshake"
    CONTROL = "control"
    REQUEST = "request"
    DATA = "request for market data"
    OPERATOR = "operator request"
    REPLY = "reply"
    PUSH = "push"


class Shape(Enum):
    """What a reply carries beside ``t`` and ``seq``."""

    FIELDS = "the fields below"
    ROWS = "rows of the fields below, in parts: `rows`, and `more` is true while parts follow"


class Message(NamedTuple):
    """One entry: what is sent, and for a request what its answer holds."""

    name: str
    flow: Flow
    doc: str
    fields: tuple[Field, ...] = ()
    answer: tuple[Field, ...] = ()
    shape: Shape = Shape.FIELDS
    by_client: bool = True


def _int(name: str, doc: str, default: Any = REQUIRED) -> Field:
    return Field(name, Kind.INT, doc, default)


def _num(name: str, doc: str, default: Any = REQUIRED) -> Field:
    return Field(name, Kind.NUMBER, doc, default)


def _text(name: str, doc: str, default: Any = REQUIRED) -> Field:
    return Field(name, Kind.TEXT, doc, default)


def _bool(name: str, doc: str, default: Any = REQUIRED) -> Field:
    return Field(name, Kind.BOOL, doc, default)


def _levels(name: str, doc: str, default: Any = REQUIRED) -> Field:
    return Field(name, Kind.LEVELS, doc, default)


ACCOUNT: Final = (
    _int("account_type", "2 stock, 3 credit"),
    _text("account_id", "account number"),
)

# ---- rows: the SDK's objects, field by field --------------------------------------------------------------------------

ASSET: Final = (
    *ACCOUNT,
    _num("cash", "available cash"),
    _num("frozen_cash", "frozen by open orders"),
    _num("market_value", "positions at the last price"),
    _num("total_asset", "cash + frozen cash + market value"),
    _num("fetch_balance", "cash that may be withdrawn today (可取)"),
    _num("current_balance", "cash balance, frozen included"),
)
ORDER: Final = (
    *ACCOUNT,
    _text("stock_code", "as in 600000.SH"),
    _int("order_id", "unique for good"),
    _text("order_sysid", "the counter's number; empty until acknowledged, xt + order_id when refused"),
    _int("order_time", "epoch seconds"),
    _int("order_type", "23 buy, 24 sell …"),
    _int("order_volume", "volume asked for"),
    _int("price_type", "the broker's enumeration: 50 limit, 88 best five …"),
    _num("price", "limit price"),
    _int("traded_volume", "filled so far"),
    _num("traded_price", "average over the fills, 0 without"),
    _int("order_status", "48–57"),
    _text("status_msg", "reason of a refusal, else empty"),
    _text("strategy_name", "as given"),
    _text("order_remark", "as given"),
    _int("direction", "48 for stocks"),
    _int("offset_flag", "48 buy, 49 sell"),
    _text("secu_account", "shareholder account"),
    _text("instrument_name", "name of the security"),
)
TRADE: Final = (
    *ACCOUNT,
    _text("stock_code", "as in 600000.SH"),
    _int("order_type", "of its order"),
    _text("traded_id", "16 digits"),
    _int("traded_time", "epoch seconds"),
    _num("traded_price", "price of this fill"),
    _int("traded_volume", "volume of this fill"),
    _num("traded_amount", "price × volume"),
    _int("order_id", "its order"),
    _text("order_sysid", "its order"),
    _text("strategy_name", "of its order"),
    _text("order_remark", "of its order"),
    _int("direction", "48 for stocks"),
    _int("offset_flag", "48 buy, 49 sell"),
    _num("commission", "all fees charged on this fill"),
    _text("secu_account", "shareholder account"),
    _text("instrument_name", "name of the security"),
)
POSITION: Final = (
    *ACCOUNT,
    _text("stock_code", "as in 600000.SH"),
    _int("volume", "held"),
    _int("can_use_volume", "may be sold now"),
    _num("open_price", "average price of the purchases"),
    _num("market_value", "volume × last price"),
    _int("frozen_volume", "in open sell orders"),
    _int("on_road_volume", "bought today, not yet sellable"),
    _int("yesterday_volume", "held at the day's start"),
    _num("avg_price", "cost per share, fees in and gains of sales out"),
    _int("direction", "48 for stocks"),
    _num("last_price", "last price of the security"),
    _num("profit_rate", "float_profit ÷ cost, 0.01 is one per cent"),
    _num("float_profit", "market value − cost"),
    _num("position_profit", "the same by opening price"),
    _text("open_date", "yyyymmdd the position was opened"),
    _text("secu_account", "shareholder account"),
    _text("instrument_name", "name of the security"),
)
ACCOUNT_INFO: Final = (
    *ACCOUNT,
    _int("broker_type", "same as account_type"),
    _int("platform_id", "number of the counter"),
    _int("account_classification", "0"),
    _int("login_status", "account status"),
    _text("broker_id", "broker"),
    _text("broker_name", "broker"),
    _int("product_id", "0"),
    _text("product_code", "empty"),
    _text("product_name", "empty"),
)
ACCOUNT_STATUS: Final = (*ACCOUNT, _int("status", "account status"))

PURCHASE_LIMIT: Final = (
    _text("new_purchase_limit_key", "KCB, SH or SZ"),
    _int("new_purchase_limit_value", "shares that may be subscribed for"),
)
IPO_DATA: Final = (
    _text("ipo_code", "subscription code, as in 787001.SH"),
    _text("ipo_name", "name of the issue"),
    _text("ipo_type", "STOCK or BOND"),
    _int("max_purchase_num", "most that one account may subscribe for, shares or 张"),
    _int("min_purchase_num", "least"),
    _text("purchase_date", "yyyymmdd"),
    _num("issue_price", "the price of a subscription"),
)

# ---- operator rows -----------------------------------------------------------------------------------------------------

CLOCK: Final = (
    _text("now", "YYYY-MM-DDTHH:MM:SS.mmm, China time"),
    _int("now_ms", "epoch milliseconds"),
    _int("day", "trading day, yyyymmdd"),
    _text("phase", "phase of a main-board stock"),
    _text("hours", "always or exchange"),
    _text("clock", "system or manual"),
)
_WOKEN: Final = (_text("now", "YYYY-MM-DDTHH:MM:SS.mmm, China time"), _int("day", "trading day, yyyymmdd"))
QUOTE: Final = (
    _text("stock_code", "as in 600000.SH"),
    _text("name", "name of the security"),
    _num("last_price", "last price"),
    _num("pre_close", "previous close"),
    _levels("bids", "best first"),
    _levels("asks", "best first"),
)

SECURITY: Final = (
    _text("stock_code", "as in 600000.SH"),
    _text("name", "name of the security"),
    _text("board", "SH_MAIN, STAR, SZ_MAIN, CHINEXT, SH_FUND, SZ_FUND, SH_BOND, SZ_BOND"),
    _text("tags", "what holds today: st, limit20, t0, suspended, nolimit"),
    _text("phase", "its phase now"),
    _num("pre_close", "the day's reference price"),
    _num("up_limit", "daily limit, 0: none"),
    _num("down_limit", "daily limit, 0: none"),
    _num("last_price", "last price"),
    _num("open", "opening price, 0: none yet"),
    _num("high", "highest trade"),
    _num("low", "lowest trade"),
    _int("volume", "traded here today"),
)
BOOK: Final = (
    *SECURITY,
    _levels("bids", "what rests in the book: house and users, best first, ten levels"),
    _levels("asks", "likewise"),
    _int("users", "orders of accounts among them"),
    _num("indicative_price", "in a call auction: the price it would give now; 0: none"),
    _int("indicative_volume", "volume that would trade"),
    _int("surplus", "what would be left at that price: positive to buy, negative to sell"),
)

CORPORATE: Final = (
    _text("stock_code", "as in 600000.SH"),
    _text("name", "name of the security"),
    _int("ex_day", "yyyymmdd"),
    _int("record_day", "yyyymmdd; 0: the trading day before"),
    _num("cash", "yuan per share, before tax"),
    _num("bonus", "bonus shares (送) per share held"),
    _num("transfer", "transfer shares (转) per share held"),
    _num("rights", "shares that may be bought per share held"),
    _num("rights_price", "their price"),
    _text("subscribe", "who takes rights up: all, - or account ids"),
    _bool("done", "the ex-day has begun"),
)

BANK_INFO: Final = (
    _bool("success", "true"),
    _text("error_msg", "empty"),
    _text("money_type", "0: RMB"),
    _text("bank_no", "number of the bank"),
    _text("bank_account", "the account there"),
    _text("bank_name", "name of the bank"),
)
BANK_AMOUNT: Final = (
    _bool("success", "false: see error_msg"),
    _text("error_msg", "why not"),
    _text("account_id", "account number"),
    _text("bank_account", "the account at the bank"),
    _text("money_type", "0: RMB"),
    _num("balance", "money there"),
    _num("enable_balance", "of it to be transferred"),
)
BANK_TRANSFER_STREAM: Final = (
    _bool("success", "true"),
    _text("error_msg", "empty"),
    _text("date", "yyyymmdd"),
    _text("time", "HH:MM:SS"),
    _text("transfer_no", "number of the transfer"),
    _text("transfer_direction", "1 from the bank, 2 to it"),
    _text("bank_no", "number of the bank"),
    _text("bank_name", "name of the bank"),
    _text("bank_account", "the account there"),
    _text("money_type", "0: RMB"),
    _text("account_id", "account number"),
    _num("balance", "amount"),
    _text("remark", "the direction in words"),
    _text("transfer_status", "2: done"),
)
COM_FUND: Final = (
    _bool("success", "true"),
    _text("error_msg", "empty"),
    _text("money_type", "0: RMB"),
    _num("current_balance", "cash at the ordinary counter"),
    _num("enable_balance", "of it available"),
    _num("fetch_balance", "of it to be withdrawn"),
    _num("interest", "0"),
    _num("asset_balance", "cash and market value there"),
    _num("fetch_cash", "same as fetch_balance"),
    _num("market_value", "shares there at the last price"),
    _num("debt", "0"),
)
COM_POSITION: Final = (
    _bool("success", "true"),
    _text("error_msg", "empty"),
    _text("stock_account", "shareholder account"),
    _text("exchange_type", "1 SH, 2 SZ"),
    _text("stock_code", "six digits"),
    _text("stock_name", "name of the security"),
    _num("total_amt", "shares at the ordinary counter"),
    _num("enable_amount", "of them available"),
    _num("last_price", "last price"),
    _num("cost_price", "cost per share"),
    _num("income", "market value − cost"),
    _num("income_rate", "income ÷ cost, 0.01 is one per cent"),
    _num("market_value", "volume × last price"),
    _num("cost_balance", "cost of all"),
    _int("bs_on_the_way_vol", "0"),
    _int("pr_enable_vol", "same as enable_amount"),
    _text("stock_code1", "as in 600000.SH"),
)
SECU_ACCOUNT: Final = (
    _bool("main", "true"),
    _text("market", "SH or SZ"),
    _text("secu_account", "shareholder account"),
)
TRANSFERRED: Final = (_bool("success", "was it done"), _text("msg", "why not"))
BANK: Final = (
    _text("account_id", "account number"),
    _text("bank_no", "number of the bank"),
    _text("bank_account", "the account there"),
    _text("bank_name", "name of the bank"),
    _num("balance", "money there"),
    _bool("has_bank_pwd", "money in must say a password"),
    _bool("has_fund_pwd", "money out must say a password"),
)
COMPLIANCE: Final = (
    _text("account_id", "account number"),
    _int("day", "trading day, yyyymmdd"),
    _text("mode", "off, warn or refuse"),
    _int("orders", "sent to the exchanges today"),
    _int("cancels", "likewise"),
    _int("messages", "both together"),
    _int("last_second", "messages of the second that ends now"),
    _int("peak_second", "the most messages in any one second"),
    _text("peak_at", "when; empty: never"),
    _int("trades", "fills"),
    _int("self_trades", "fills with the account on both sides"),
    _num("cancel_ratio", "cancels ÷ orders, 0 without orders"),
    _num("order_trade_ratio", "messages ÷ fills, 0 without fills"),
    Field("thresholds", Kind.STRINGS, "in force today, as in second:300"),
    Field("reached", Kind.STRINGS, "those of them that were reached today"),
)

# ---- margin trading ------------------------------------------------------------------------------------------------------

CREDIT_DETAIL: Final = (
    *ACCOUNT,
    _int("status", "account status"),
    _int("update_time", "epoch seconds of these figures"),
    _int("calc_config", "0"),
    _num("frozen_cash", "frozen by open orders"),
    _num("balance", "cash and securities"),
    _num("available", "cash for anything: neither frozen nor proceeds of short sales"),
    _num("position_profit", "market value − cost of the positions"),
    _num("market_value", "securities, surplus shares among them"),
    _num("fetch_balance", "cash that may be withdrawn today"),
    _num("stock_value", "of it stocks and bonds"),
    _num("fund_value", "of it funds"),
    _num("total_debt", "everything owed, shares at their last price"),
    _num("enable_bail_balance", "available margin"),
    _num("per_assurescale_value", "maintenance ratio, 1.5 is 150 %; 9999 when nothing is owed"),
    _num("assure_asset", "balance − total debt"),
    _num("fin_debt", "cash owed, with interest"),
    _num("fin_deal_avl", "cash owed, without"),
    _num("fin_fee", "interest owed on it"),
    _num("slo_debt", "shares owed at their last price, with fees"),
    _num("slo_market_value", "the same without fees"),
    _num("slo_fee", "fees owed on them"),
    _num("other_fare", "fees and fines owed for appointments"),
    _num("fin_max_quota", "most that may be owed in cash"),
    _num("fin_enable_quota", "left of it"),
    _num("fin_used_quota", "kept by open orders"),
    _num("slo_max_quota", "most that may be sold short, by sale amount"),
    _num("slo_enable_quota", "left of it"),
    _num("slo_used_quota", "kept by open orders"),
    _num("slo_sell_balance", "proceeds of shares not returned"),
    _num("used_slo_sell_balance", "of it spent or kept by orders to return"),
    _num("surplus_slo_sell_balance", "of it left"),
)
COMPACT: Final = (
    *ACCOUNT,
    _int("compact_type", "48 financing, 49 short"),
    _int("cashgroup_prop", "48 ordinary positions, 49 special ones"),
    _int("exchange_id", "0 SH, 1 SZ"),
    _int("open_date", "yyyymmdd"),
    _int("business_vol", "shares bought, or sold short"),
    _int("real_compact_vol", "shares the debt left still holds, or owed"),
    _int("ret_end_date", "yyyymmdd, last day"),
    _num("business_balance", "lent, fees included; short: what the sale brought"),
    _num("business_fare", "interest and fees so far"),
    _num("real_compact_balance", "owed; short: proceeds of the shares not returned"),
    _num("real_compact_fare", "interest and fees owed"),
    _num("repaid_fare", "interest and fees paid"),
    _num("repaid_balance", "repaid; short: proceeds of shares returned"),
    _text("instrument_id", "six digits"),
    _text("compact_id", "its number"),
    _text("position_str", "the same"),
)
CREDIT_SUBJECT: Final = (
    *ACCOUNT,
    _int("slo_status", "48 normal, 49 suspended, 50 no target"),
    _int("fin_status", "likewise"),
    _int("exchange_id", "0 SH, 1 SZ"),
    _num("slo_ratio", "margin ratio of a short sale"),
    _num("fin_ratio", "margin ratio of a purchase"),
    _text("instrument_id", "six digits"),
)
CREDIT_SLO_CODE: Final = (
    *ACCOUNT,
    _int("cashgroup_prop", "48 ordinary positions, 49 those the account has appointed"),
    _int("exchange_id", "0 SH, 1 SZ"),
    _int("enable_amount", "shares that can be sold short now"),
    _text("instrument_id", "six digits"),
)
CREDIT_ASSURE: Final = (
    *ACCOUNT,
    _int("assure_status", "48 normal, 49 suspended, 50 no collateral"),
    _int("exchange_id", "0 SH, 1 SZ"),
    _num("assure_ratio", "part of its value that counts"),
    _text("instrument_id", "six digits"),
)
SMT_SECU_INFO: Final = (
    _text("stock_code", "as in 600000.SH"),
    _text("stock_name", "name of the security"),
    _text("credit_type", "1"),
    _text("trade_type", "0"),
    _int("compact_term", "shortest appointment, days"),
    _int("max_term", "longest"),
    _int("lend_amount", "shares that can be appointed now"),
    _text("remark", "one blank"),
    _text("fare_way", "3"),
    _num("fare_rate_new", "yearly rate"),
)
SMT_QUOTER: Final = (
    _bool("success", "true"),
    _text("msg", "empty"),
    _text("fin_type", "1: shares"),
    _text("stock_type", "0"),
    _int("date", "longest appointment, days"),
    _text("code", "as in 600000.SH"),
    _text("code_name", "name of the security"),
    _text("exchange_type", "SH or SZ"),
    _num("fsmp_occuped_rate", "yearly rate of an appointment"),
    _num("fine_rate", "yearly rate when it is late"),
    _num("fsmpreend_rate", "yearly rate of the days an early end cuts off"),
    _num("used_rate", "0: sold or not, the rate is the same"),
    _num("un_uused_rate", "same as fsmp_occuped_rate"),
    _int("init_date", "today"),
    _int("end_date", "last day of the longest appointment that begins today"),
    _num("enable_slo_amount_t0", "shares that can be appointed now"),
    _num("enable_slo_amount_t3", "the same"),
    _text("src_group_id", "who lends"),
    _text("apply_mode", "0"),
    _int("low_date", "shortest appointment, days"),
)
SMT_ORDER: Final = (
    _bool("success", "true"),
    _text("msg", "empty"),
    _int("init_date", "day of the application"),
    _int("curr_date", "the same"),
    _int("curr_time", "HHMMSS"),
    _text("apply_id", "number of the application"),
    _text("src_group_id", "who lends"),
    _text("cashcompact_id", "number of the compact"),
    _text("apply_mode", "0 by the offer, 1 negotiated"),
    _text("fin_type", "1: shares"),
    _text("exchange_type", "SH or SZ"),
    _text("code", "as in 600000.SH"),
    _text("code_name", "name of the security"),
    _int("date", "days"),
    _num("apply_rate", "yearly rate"),
    _num("entrust_balance", "value of the shares when it was made"),
    _num("entrust_amount", "shares"),
    _num("business_balance", "the same: it is granted whole"),
    _num("business_amount", "the same"),
    _int("valid_date", "first day"),
    _int("date_clear", "last day"),
    _text("entrust_no", "number of the application"),
    _text("apply_status", "0 to come, 1 in force, 2 overdue, 3 ended, 4 cancelled"),
    _num("used_rate", "0"),
    _num("un_uused_rate", "yearly rate"),
    _text("com_group_id", "empty"),
)
SMT_COMPACT: Final = (
    _bool("success", "true"),
    _text("msg", "empty"),
    _int("create_date", "day of the application"),
    _text("cashcompact_id", "number of the compact"),
    _text("ori_cashcompact_id", "the same: a renewal keeps it"),
    _text("apply_id", "number of the application"),
    _text("src_group_id", "who lends"),
    _text("com_group_id", "empty"),
    _text("fin_type", "1: shares"),
    _text("exchange_type", "SH or SZ"),
    _text("code", "as in 600000.SH"),
    _text("code_name", "name of the security"),
    _int("date", "days"),
    _num("begin_compac_amount", "shares at the beginning"),
    _num("begin_compac_balance", "their value then"),
    _num("compac_amount", "shares still reserved"),
    _num("compac_balance", "their value at the beginning"),
    _num("return_amount", "shares given back"),
    _num("return_balance", "their value at the beginning"),
    _num("real_buy_amount", "0"),
    _num("fsmp_occuped_rate", "yearly rate"),
    _num("compact_interest", "fee so far"),
    _num("compact_fine_interest", "fines so far"),
    _num("repaid_interest", "fee paid"),
    _num("repaid_fine_interest", "fines paid"),
    _num("fine_rate", "yearly rate when late"),
    _num("preend_rate", "yearly rate of the days an early end cuts off"),
    _text("compact_type", "1: shares"),
    _int("postpone_times", "renewals"),
    _text("compact_status", "as apply_status"),
    _int("last_interest_date", "today"),
    _int("interest_end_date", "last day"),
    _int("valid_date", "first day"),
    _int("date_clear", "last day"),
    _num("used_amount", "shares sold short"),
    _num("used_balance", "their value at the beginning"),
    _num("used_rate", "0"),
    _num("un_uused_rate", "yearly rate"),
    _text("src_group_name", "who lends"),
    _int("repaid_date", "0"),
    _num("pre_occuped_interest", "0"),
    _num("compact_interestx", "fee and fines owed"),
    _num("en_postpone_amount", "shares that may be renewed"),
    _text("postpone_status", "0"),
    _text("apply_mode", "0 by the offer, 1 negotiated"),
)
APPOINTED: Final = (
    _text("account_id", "account number"),
    _bool("success", "was it done"),
    _text("msg", "why not"),
    _text("apply_id", "number of the application, empty when it was not"),
    _text("order_sysid", "the same, -1 when it was not"),
    _int("error_id", "0, or -61"),
    _text("error_msg", "same as msg"),
)
CREDIT_STATE: Final = (
    *CREDIT_DETAIL,
    _num("fin_special_max_quota", "most that may be owed in cash of special positions"),
    _int("called_day", "day of the margin call, 0: none"),
    _int("due_day", "day by whose close it must be answered, 0: none"),
    Field("surplus", Kind.STRINGS, "surplus shares, as in 600000.SH:60"),
)
LENDABLE: Final = (
    _text("stock_code", "as in 600000.SH"),
    _int("ordinary", "shares for short sales of anybody, lent ones included"),
    _int("lent", "of them lent"),
    _int("special", "shares for appointments, reserved ones included"),
    _int("reserved", "of them reserved"),
    _int("lent_special", "of those sold short"),
)
# ---- market data: rows under xtdata's own names --------------------------------------------------------------------------


def _numbers(name: str, doc: str) -> Field:
    return Field(name, Kind.NUMBERS, doc)


TICK: Final = (
    _text("stock_code", "as in 600000.SH"),
    _int("time", "epoch milliseconds of the quote"),
    _num("lastPrice", "last price"),
    _num("open", "opening price, 0: none yet"),
    _num("high", "highest of the day"),
    _num("low", "lowest of the day"),
    _num("lastClose", "the day's reference price"),
    _num("amount", "traded today, yuan"),
    _int("volume", "traded today in 手: 100 shares, 10 张"),
    _int("pvolume", "the same in shares, 张"),
    _int("stockStatus", "3 continuous trading, 5 closed …"),
    _int("openInt", "10 + stockStatus, as stocks have no open interest"),
    _int("transactionNum", "0: a quote does not say how many trades"),
    _num("lastSettlementPrice", "same as lastClose"),
    _num("settlementPrice", "0"),
    _num("pe", "0"),
    _numbers("askPrice", "five levels, best first, 0: none"),
    _numbers("bidPrice", "likewise"),
    _numbers("askVol", "their volumes in 手"),
    _numbers("bidVol", "likewise"),
    _num("volRatio", "0"),
    _num("speed1Min", "0"),
    _num("speed5Min", "0"),
)
BAR: Final = (
    _int("time", "epoch milliseconds: midnight for a day and longer, else the end of the bar"),
    _num("open", "first price"),
    _num("high", "highest"),
    _num("low", "lowest"),
    _num("close", "last price"),
    _int("volume", "traded in the bar, 手"),
    _num("amount", "traded in the bar, yuan"),
    _num("settelementPrice", "0"),
    _int("openInterest", "0, or what the recorded data says"),
    _num("preClose", "close of the bar before"),
    _int("suspendFlag", "1: no trading"),
)
COLUMNS: Final = (
    Field("time", Kind.COLUMN, "epoch milliseconds, ascending"),
    Field("…", Kind.COLUMN, "every other field of a bar (see `push_quote`) or a tick (see `data_full_tick`)"),
)
INSTRUMENT: Final = (
    _text("stock_code", "as in 600000.SH"),
    _text("InstrumentName", "name of the security"),
    _text("board", "SH_MAIN, STAR, SZ_MAIN, CHINEXT, SH_FUND, SZ_FUND, SH_BOND, SZ_BOND"),
    _int("OpenDate", "yyyymmdd of its listing, 0: long ago"),
    _int("TradingDay", "yyyymmdd"),
    _num("PreClose", "the day's reference price"),
    _num("UpStopPrice", "daily limit, 0: none"),
    _num("DownStopPrice", "daily limit, 0: none"),
    _num("PriceTick", "smallest step of the price"),
    _int("InstrumentStatus", "0, or 1: suspended today"),
    _bool("IsTrading", "false: not yet, or suspended"),
    _int("MinLimitOrderVolume", "least volume of a limit order to buy"),
    _int("MaxLimitOrderVolume", "greatest"),
    _int("MinLimitSellOrderVolume", "least volume of a limit order to sell"),
    _int("MaxMarketOrderVolume", "greatest volume of a market order"),
)
DIVID: Final = (
    _int("time", "epoch milliseconds of the ex-day's midnight"),
    _num("interest", "cash per share before tax, yuan"),
    _num("stockBonus", "bonus shares (送) per share"),
    _num("stockGift", "transfer shares (转) per share"),
    _num("allotNum", "rights per share"),
    _num("allotPrice", "their price"),
    _num("gugai", "0"),
    _num("dr", "close before ÷ reference price of the ex-day; 0 while the close before is not known"),
)
CODES: Final = Field("codes", Kind.STRINGS, "codes as in 600000.SH, or markets: SH, SZ")
PERIOD: Final = _text("period", "tick, 1m, 5m, 15m, 30m, 1h, 1d, 1w, 1mon, 1q, 1hy or 1y")

# ---- the table ---------------------------------------------------------------------------------------------------------

MESSAGES: Final = (
    Message(
        "hello",
        Flow.HANDSHAKE,
        "First message of every connection. Answered by `welcome`, or by `bye` and the end of the connection.",
        (
            _int("protocol", "1"),
            _text("token", "trader or operator token; it decides what the connection may ask"),
            _int("session_id", "a trader's session; one live connection each. Ignored for an operator", 0),
            _text("client", "name and version of the client, for the log", ""),
            _text("purpose", "trade, or data: with a trader's token, for market data only, and without a session", "trade"),
        ),
        (
            _int("protocol", "1"),
            _text("server", "name and version"),
            _text("role", "trader, data or operator"),
            _int("heartbeat_ms", "send anything at least this often; silence for three times as long ends the connection"),
        ),
    ),
    Message("ping", Flow.CONTROL, "Sign of life; answered by `pong`."),
    Message("pong", Flow.CONTROL, "Answer to a `ping`.", by_client=False),
    Message(
        "bye",
        Flow.CONTROL,
        "The server ends the connection; nothing follows.",
        (_text("reason", "a sentence"),),
        by_client=False,
    ),
    Message(
        "subscribe",
        Flow.REQUEST,
        "Receive the pushes of an account.",
        ACCOUNT,
        (_int("result", "0, or -1"), _text("error_msg", "why not", "")),
    ),
    Message(
        "unsubscribe",
        Flow.REQUEST,
        "Receive them no longer.",
        ACCOUNT,
        (_int("result", "0, or -1"), _text("error_msg", "why not", "")),
    ),
    Message(
        "order_stock",
        Flow.REQUEST,
        "Place an order. What a counter or exchange judges comes later as status 57 and `push_order_error`.",
        (
            *ACCOUNT,
            _text("stock_code", "as in 600000.SH"),
            _int("order_type", "23 buy, 24 sell …"),
            _num("order_volume", "shares, 张"),
            _int("price_type", "5 latest, 11 fixed, 42–48 market"),
            _num("price", "limit price"),
            _text("strategy_name", "free text", ""),
            _text("order_remark", "free text", ""),
        ),
        (
            *ACCOUNT,
            _int("order_id", "positive, or -1: no order was made"),
            _text("strategy_name", "as given"),
            _text("order_remark", "as given"),
            _int("error_id", "0, or -61", 0),
            _text("error_msg", "why no order was made", ""),
        ),
    ),
    Message(
        "cancel_order_stock",
        Flow.REQUEST,
        "Cancel by `order_id`, or, when that is 0, by `market` and `order_sysid`.",
        (
            *ACCOUNT,
            _int("order_id", "0: by order_sysid", 0),
            _int("market", "0 SH, 1 SZ", -1),
            _text("order_sysid", "the counter's number", ""),
        ),
        (
            *ACCOUNT,
            _int("cancel_result", "0: sent to the exchange; -1: it cannot be cancelled"),
            _int("order_id", "of the order meant"),
            _text("order_sysid", "of the order meant"),
            _int("error_id", "0, or -61", 0),
            _text("error_msg", "why not", ""),
        ),
    ),
    Message("query_account_infos", Flow.REQUEST, "All accounts.", (), ACCOUNT_INFO, Shape.ROWS),
    Message("query_account_status", Flow.REQUEST, "Status of all accounts.", (), ACCOUNT_STATUS, Shape.ROWS),
    Message("query_stock_asset", Flow.REQUEST, "Cash and value; one row.", ACCOUNT, ASSET, Shape.ROWS),
    Message(
        "query_stock_orders",
        Flow.REQUEST,
        "Today's orders, oldest first.",
        (
            *ACCOUNT,
            _int("order_id", "only this one; 0: all", 0),
            _bool("cancelable_only", "only those that may be cancelled", False),
        ),
        ORDER,
        Shape.ROWS,
    ),
    Message("query_stock_trades", Flow.REQUEST, "Today's trades, oldest first.", ACCOUNT, TRADE, Shape.ROWS),
    Message(
        "query_stock_positions",
        Flow.REQUEST,
        "Positions by code.",
        (*ACCOUNT, _text("stock_code", "only this one; empty: all", "")),
        POSITION,
        Shape.ROWS,
    ),
    Message(
        "bank_transfer",
        Flow.REQUEST,
        "Move money between a bank and the account; out only what may be withdrawn.",
        (
            *ACCOUNT,
            _int("direction", "501 from the bank, 502 to it"),
            _text("bank_no", "number of the bank"),
            _text("bank_account", "the account there"),
            _num("balance", "amount"),
            _text("bank_pwd", "the bank's password, for money in", ""),
            _text("fund_pwd", "the account's password, for money out", ""),
        ),
        TRANSFERRED,
    ),
    Message(
        "fund_transfer",
        Flow.REQUEST,
        "Move cash between the ordinary counter and this, the fast one.",
        (
            *ACCOUNT,
            _int("transfer_direction", "510 from the ordinary counter, 511 to it; 512 and 513, between nodes, are refused"),
            _num("price", "amount"),
        ),
        TRANSFERRED,
    ),
    Message(
        "secu_transfer",
        Flow.REQUEST,
        "Move shares between the ordinary counter and this, the fast one; to it only what may be sold.",
        (
            *ACCOUNT,
            _int("transfer_direction", "520 from the ordinary counter, 521 to it"),
            _text("stock_code", "as in 600000.SH or SH600000"),
            _int("volume", "shares, 张"),
            _int("transfer_type", "0 shares, 1 special positions (refused), 2 shares of a credit account"),
        ),
        TRANSFERRED,
    ),
    Message("query_bank_info", Flow.REQUEST, "The banks of an account.", ACCOUNT, BANK_INFO, Shape.ROWS),
    Message(
        "query_bank_amount",
        Flow.REQUEST,
        "The money at a bank; one row.",
        (
            *ACCOUNT,
            _text("bank_no", "number of the bank"),
            _text("bank_account", "the account there"),
            _text("bank_pwd", "the bank's password", ""),
        ),
        BANK_AMOUNT,
        Shape.ROWS,
    ),
    Message(
        "query_bank_transfer_stream",
        Flow.REQUEST,
        "Bank transfers that were carried out, oldest first; the newest thousand are kept.",
        (
            *ACCOUNT,
            _text("start_date", "yyyymmdd; empty: from the first", ""),
            _text("end_date", "yyyymmdd; empty: to the last", ""),
            _text("bank_no", "only this bank; empty: all", ""),
            _text("bank_account", "only this account there; empty: all", ""),
        ),
        BANK_TRANSFER_STREAM,
        Shape.ROWS,
    ),
    Message("query_com_fund", Flow.REQUEST, "Cash at the ordinary counter; one row.", ACCOUNT, COM_FUND, Shape.ROWS),
    Message("query_com_position", Flow.REQUEST, "Shares at the ordinary counter.", ACCOUNT, COM_POSITION, Shape.ROWS),
    Message("query_secu_account", Flow.REQUEST, "Shareholder accounts.", ACCOUNT, SECU_ACCOUNT, Shape.ROWS),
    Message(
        "query_new_purchase_limit",
        Flow.REQUEST,
        "How many shares of new issues an account may subscribe for, by board; bonds need no quota.",
        ACCOUNT,
        PURCHASE_LIMIT,
        Shape.ROWS,
    ),
    Message("query_ipo_data", Flow.REQUEST, "New issues of today.", (), IPO_DATA, Shape.ROWS),
    Message("query_credit_detail", Flow.REQUEST, "Figures of a credit account; one row.", ACCOUNT, CREDIT_DETAIL, Shape.ROWS),
    Message(
        "query_stk_compacts",
        Flow.REQUEST,
        "Debts of a credit account, oldest first: open ones, and those repaid today.",
        ACCOUNT,
        COMPACT,
        Shape.ROWS,
    ),
    Message(
        "query_credit_subjects",
        Flow.REQUEST,
        "What may be bought on margin or sold short today, by code.",
        ACCOUNT,
        CREDIT_SUBJECT,
        Shape.ROWS,
    ),
    Message("query_credit_slo_code", Flow.REQUEST, "What can be borrowed now.", ACCOUNT, CREDIT_SLO_CODE, Shape.ROWS),
    Message("query_credit_assure", Flow.REQUEST, "What counts as collateral today.", ACCOUNT, CREDIT_ASSURE, Shape.ROWS),
    Message("query_smt_secu_info", Flow.REQUEST, "What can be appointed (约券).", ACCOUNT, SMT_SECU_INFO, Shape.ROWS),
    Message(
        "query_smt_secu_rate",
        Flow.REQUEST,
        "The yearly rates of an appointment.",
        (
            *ACCOUNT,
            _text("stock_code", "as in 600000.SH"),
            _int("max_term", "days"),
            _text("fare_way", "as in query_smt_secu_info"),
            _text("credit_type", "likewise"),
            _text("trade_type", "likewise"),
        ),
        (
            _bool("success", "false: see error"),
            _text("error_msg", "why not"),
            _num("fare_ratio", "of the appointment"),
            _num("sub_rare_ratio", "of the days an early end cuts off"),
            _num("fine_ratio", "when it is late"),
        ),
    ),
    Message(
        "query_appointment_info",
        Flow.REQUEST,
        "Appointments of a credit account; see smt_query_compact.",
        ACCOUNT,
        SMT_COMPACT,
        Shape.ROWS,
    ),
    Message("smt_query_quoter", Flow.REQUEST, "What can be appointed, in the newer form.", ACCOUNT, SMT_QUOTER, Shape.ROWS),
    Message("smt_query_order", Flow.REQUEST, "Applications for appointments.", ACCOUNT, SMT_ORDER, Shape.ROWS),
    Message("smt_query_compact", Flow.REQUEST, "Appointments.", ACCOUNT, SMT_COMPACT, Shape.ROWS),
    Message(
        "smt_appointment",
        Flow.REQUEST,
        "Appoint shares, in the API document's form.",
        (
            *ACCOUNT,
            _text("stock_code", "as in 600000.SH"),
            _int("apt_days", "days"),
            _int("apt_volume", "shares, a multiple of 100"),
            _num("fare_ratio", "yearly rate, at least the one offered"),
            _num("sub_rare_ratio", "of the days an early end cuts off, likewise"),
            _num("fine_ratio", "when late, likewise"),
            _text("begin_date", "yyyymmdd; empty: today", ""),
        ),
        APPOINTED,
    ),
    Message(
        "smt_appointment_order",
        Flow.REQUEST,
        "Appoint shares from today at the offered terms.",
        (
            *ACCOUNT,
            _text("order_code", "as in 600000.SH"),
            _int("date", "days"),
            _int("amount", "shares, a multiple of 100"),
            _num("apply_rate", "yearly rate, at least the one offered"),
        ),
        APPOINTED,
    ),
    Message(
        "smt_negotiate_order",
        Flow.REQUEST,
        "Appoint shares of a group from today at negotiated rates.",
        (
            *ACCOUNT,
            _text("src_group_id", "who lends"),
            _text("order_code", "as in 600000.SH"),
            _int("date", "days"),
            _int("amount", "shares, a multiple of 100"),
            _num("apply_rate", "yearly rate, at least the one offered"),
            _num("sub_fare_rate", "of the days an early end cuts off; 0: the one offered", 0),
            _num("fine_rate", "when late; 0: the one offered", 0),
        ),
        APPOINTED,
    ),
    Message(
        "smt_appointment_cancel",
        Flow.REQUEST,
        "Take back an appointment that has not begun.",
        (*ACCOUNT, _text("apply_id", "number of the application")),
        APPOINTED,
    ),
    Message(
        "smt_compact_renewal",
        Flow.REQUEST,
        "Move the last day of an appointment.",
        (
            *ACCOUNT,
            _text("compact_id", "number of the compact"),
            _text("order_code", "as in 600000.SH", ""),
            _int("defer_days", "days more"),
            _int("defer_num", "shares: all that are reserved"),
            _num("apply_rate", "yearly rate from now on, at least the one offered"),
        ),
        APPOINTED,
    ),
    Message(
        "smt_compact_return",
        Flow.REQUEST,
        "Give back shares of an appointment before its last day.",
        (
            *ACCOUNT,
            _text("src_group_id", "who lends", ""),
            _text("compact_id", "number of the compact"),
            _text("order_code", "as in 600000.SH", ""),
            _int("occur_amount", "shares, none of them sold short"),
        ),
        APPOINTED,
    ),
    Message("push_stock_order", Flow.PUSH, "An order changed.", ORDER, by_client=False),
    Message("push_stock_trade", Flow.PUSH, "A fill.", TRADE, by_client=False),
    Message("push_stock_position", Flow.PUSH, "A position changed.", POSITION, by_client=False),
    Message("push_stock_asset", Flow.PUSH, "Cash or value changed through an order or an operator.", ASSET, by_client=False),
    Message(
        "push_account_status",
        Flow.PUSH,
        "The account's status; also sent after a subscription.",
        ACCOUNT_STATUS,
        by_client=False,
    ),
    Message(
        "push_order_error",
        Flow.PUSH,
        "An order was refused; to the session that placed it, after its response.",
        (
            *ACCOUNT,
            _int("order_id", "the order"),
            _int("error_id", "-61"),
            _text("error_msg", "the counter's text"),
            _text("strategy_name", "of the order"),
            _text("order_remark", "of the order"),
            _int("request_seq", "seq of its request"),
        ),
        by_client=False,
    ),
    Message(
        "push_cancel_error",
        Flow.PUSH,
        "A cancel was refused; to the session that asked, after its response.",
        (
            *ACCOUNT,
            _int("order_id", "as in the response"),
            _int("market", "0 SH, 1 SZ"),
            _text("order_sysid", "as in the response"),
            _int("error_id", "-61"),
            _text("error_msg", "the counter's text"),
        ),
        by_client=False,
    ),
    # -- market data ------------------------------------------------------------------------------------------------------
    Message("data_full_tick", Flow.DATA, "The quotes that hold now, of what is listed.", (CODES,), TICK, Shape.ROWS),
    Message("data_instruments", Flow.DATA, "What is listed.", (CODES,), INSTRUMENT, Shape.ROWS),
    Message("data_sectors", Flow.DATA, "The sectors there are.", (), (Field("sectors", Kind.STRINGS, "their names"),)),
    Message(
        "data_sector",
        Flow.DATA,
        "The codes of a sector; none for one that does not exist.",
        (_text("sector", "its name"),),
        (Field("codes", Kind.STRINGS, "as in 600000.SH"),),
    ),
    Message(
        "data_trading_days",
        Flow.DATA,
        "The trading days of a range, those to come included.",
        (_int("first", "yyyymmdd, 0: the first known", 0), _int("last", "yyyymmdd, 0: the present one", 0)),
        (Field("days", Kind.INTS, "yyyymmdd"), _int("day", "the present trading day")),
    ),
    Message("data_holidays", Flow.DATA, "Closed weekdays.", (), (Field("days", Kind.INTS, "yyyymmdd"),)),
    Message(
        "data_divid_factors",
        Flow.DATA,
        "What was paid per share on ex-days up to the present one.",
        (_text("stock_code", "as in 600000.SH"),),
        DIVID,
        Shape.ROWS,
    ),
    Message(
        "data_history",
        Flow.DATA,
        "The newest bars or ticks of one code up to now, oldest first: what is complete, and the bar that is growing while "
        "anybody subscribes to it. The synthetic walk goes ex backwards, so there is nothing to adjust in it.",
        (
            _text("stock_code", "as in 600000.SH"),
            PERIOD,
            _int("start_ms", "not before, epoch milliseconds", 0),
            _int("end_ms", "not after, 0: now", 0),
            _int("count", "at most so many, -1: all; a part holds 5000", -1),
            _text("dividend_type", "none, front, back, front_ratio or back_ratio; for bars", "none"),
        ),
        (*COLUMNS, _bool("more", "there are older ones; ask again for those before the first of these")),
    ),
    Message(
        "data_subscribe",
        Flow.DATA,
        "Receive a `push_quote` whenever one of these changes; of bars the one that is growing.",
        (CODES, PERIOD),
        (_int("result", "0, or -1"), _text("error_msg", "why not", "")),
    ),
    Message(
        "data_unsubscribe",
        Flow.DATA,
        "Receive them no longer.",
        (CODES, PERIOD),
        (_int("result", "0, or -1: not subscribed"), _text("error_msg", "why not", "")),
    ),
    Message(
        "push_quote",
        Flow.PUSH,
        "Quotes changed: their ticks, or with another period their growing bars: `stock_code` and the fields of a bar.",
        (PERIOD, Field("rows", Kind.ROWS, "as `data_full_tick` gives them, or: stock_code, " + ", ".join(f.name for f in BAR))),
        by_client=False,
    ),
    # -- operator ---------------------------------------------------------------------------------------------------------
    Message("health", Flow.OPERATOR, "Is the server at work? Any role may ask.", (), (_bool("ok", "true"), *CLOCK)),
    Message(
        "ctl_account_create",
        Flow.OPERATOR,
        "Open an account.",
        (
            _text("account_id", "1 to 20 letters and digits"),
            _text("account_type", "STOCK or CREDIT", "STOCK"),
            _num("cash", "first deposit, yuan", 0),
        ),
        ASSET,
    ),
    Message(
        "ctl_account_status",
        Flow.OPERATOR,
        "Set an account's status; with another than OK its orders are refused. Subscribers are told.",
        (_text("account_id", "account"), _text("status", "as in OK, DISABLED_BY_USER, FAIL, or its number")),
        ACCOUNT_STATUS,
    ),
    Message("ctl_account_list", Flow.OPERATOR, "All accounts.", (), (*ASSET, _int("status", "account status")), Shape.ROWS),
    Message(
        "ctl_cash_deposit",
        Flow.OPERATOR,
        "Pay money in.",
        (_text("account_id", "account"), _num("amount", "yuan")),
        ASSET,
    ),
    Message(
        "ctl_cash_withdraw",
        Flow.OPERATOR,
        "Take money out, as far as it may be withdrawn.",
        (_text("account_id", "account"), _num("amount", "yuan")),
        ASSET,
    ),
    Message(
        "ctl_position_set",
        Flow.OPERATOR,
        "Give an account a position; what it held of the code before is replaced.",
        (
            _text("account_id", "account"),
            _text("stock_code", "as in 600000.SH"),
            _int("volume", "shares"),
            _int("can_use", "of them sellable today; -1: all", -1),
            _num("cost", "cost per share in yuan; -1: the last price", -1),
        ),
        POSITION,
    ),
    Message(
        "ctl_quote",
        Flow.OPERATOR,
        "Tell the market of one security; lists a code that is not listed yet.",
        (
            _text("stock_code", "as in 600000.SH"),
            _num("last", "last price"),
            _levels("bids", "in any order", ()),
            _levels("asks", "in any order", ()),
            _int("volume", "traded since the last quote", 0),
            _num("pre_close", "previous close; 0: unchanged, for a new code the last price", 0),
        ),
        QUOTE,
    ),
    Message(
        "ctl_security",
        Flow.OPERATOR,
        "A security's day; with tags, change what holds of it from now on.",
        (
            _text("stock_code", "as in 600000.SH"),
            _text("tags", "space separated: st limit20 t0 suspended nolimit; - for none; empty: unchanged", ""),
        ),
        SECURITY,
    ),
    Message(
        "ctl_corporate_add",
        Flow.OPERATOR,
        "Announce a corporate action; one for the same code and ex-day is replaced.",
        (
            _text("stock_code", "as in 600000.SH"),
            _text("ex_day", "YYYY-MM-DD or yyyymmdd, after the present trading day"),
            _text("record_day", "likewise; empty: the trading day before", ""),
            _num("cash", "yuan per share, before tax", 0),
            _num("bonus", "bonus shares (送) per share held", 0),
            _num("transfer", "transfer shares (转) per share held", 0),
            _num("rights", "shares that may be bought per share held", 0),
            _num("rights_price", "their price", 0),
            _text("subscribe", "who takes rights up: all, - for nobody, or account ids with spaces between", "all"),
        ),
        CORPORATE,
    ),
    Message("ctl_corporate_list", Flow.OPERATOR, "Corporate actions, past and to come, by ex-day.", (), CORPORATE, Shape.ROWS),
    Message(
        "ctl_bank_set",
        Flow.OPERATOR,
        "Give an account a bank, or change one.",
        (
            _text("account_id", "account"),
            _text("bank_no", "number of the bank; empty: 1001", ""),
            _text("bank_account", "the account there; empty: 6222 and the account's id", ""),
            _text("bank_name", "its name; empty: unchanged", ""),
            _num("balance", "money there; -1: unchanged, for a new one a million", -1),
            _text("bank_pwd", "what money in must say; empty: unchanged, - for none", ""),
            _text("fund_pwd", "what money out must say; likewise", ""),
        ),
        BANK,
    ),
    Message("ctl_bank_list", Flow.OPERATOR, "The banks of an account.", (_text("account_id", "account"),), BANK, Shape.ROWS),
    Message(
        "ctl_ordinary_cash",
        Flow.OPERATOR,
        "Set an account's cash at the ordinary counter.",
        (_text("account_id", "account"), _num("amount", "yuan")),
        COM_FUND,
    ),
    Message(
        "ctl_ordinary_position",
        Flow.OPERATOR,
        "Set an account's shares of one security at the ordinary counter.",
        (
            _text("account_id", "account"),
            _text("stock_code", "as in 600000.SH"),
            _int("volume", "shares"),
            _num("cost", "cost per share in yuan; -1: the last price", -1),
        ),
        COM_FUND,
    ),
    Message(
        "ctl_compliance",
        Flow.OPERATOR,
        "What an account sent to the exchanges today, against the thresholds of program trading.",
        (_text("account_id", "account"),),
        COMPLIANCE,
    ),
    Message("ctl_credit_show", Flow.OPERATOR, "Figures of a credit account.", (_text("account_id", "account"),), CREDIT_STATE),
    Message(
        "ctl_credit_compacts",
        Flow.OPERATOR,
        "Its debts: open ones, and those repaid today.",
        (_text("account_id", "account"),),
        COMPACT,
        Shape.ROWS,
    ),
    Message(
        "ctl_credit_appointments",
        Flow.OPERATOR,
        "Its appointments.",
        (_text("account_id", "account"),),
        SMT_COMPACT,
        Shape.ROWS,
    ),
    Message(
        "ctl_credit_quota",
        Flow.OPERATOR,
        "Set the quotas of a credit account.",
        (
            _text("account_id", "account"),
            _num("fin", "most that may be owed in cash; -1: unchanged", -1),
            _num("fin_special", "the same of special positions", -1),
            _num("slo", "most that may be sold short, by sale amount", -1),
        ),
        CREDIT_STATE,
    ),
    Message(
        "ctl_credit_lendable",
        Flow.OPERATOR,
        "What the broker has of a security for lending; with figures, set it.",
        (
            _text("stock_code", "as in 600000.SH"),
            _int("ordinary", "shares for short sales; -1: unchanged", -1),
            _int("special", "shares for appointments; -1: unchanged", -1),
        ),
        LENDABLE,
    ),
    Message(
        "ctl_credit_transfer",
        Flow.OPERATOR,
        "Move collateral between the ordinary counter and a credit account, or take surplus shares over.",
        (
            _text("account_id", "account"),
            _text("direction", "in, out or surplus"),
            _text("stock_code", "as in 600000.SH"),
            _int("volume", "shares"),
        ),
        CREDIT_STATE,
    ),
    Message(
        "ctl_credit_repay",
        Flow.OPERATOR,
        "Repay cash, of one compact or in the order of the terms.",
        (
            _text("account_id", "account"),
            _num("amount", "yuan, out of the account's own cash"),
            _text("compact_id", "which; empty: in their order", ""),
        ),
        CREDIT_STATE,
    ),
    Message(
        "ctl_credit_extend",
        Flow.OPERATOR,
        "Extend a compact by another term.",
        (_text("account_id", "account"), _text("compact_id", "which")),
        COMPACT,
    ),
    Message(
        "ctl_ipo_list",
        Flow.OPERATOR,
        "Who subscribed to which new issue, until it is listed or nothing was won.",
        (),
        (
            _text("account_id", "account"),
            _text("subscription_code", "as in 787001.SH"),
            _text("stock_code", "what it is listed as"),
            _text("name", "name of the issue"),
            _int("subscribe_day", "yyyymmdd"),
            _int("listing_day", "yyyymmdd"),
            _num("issue_price", "yuan"),
            _int("volume", "subscribed for"),
            _int("won_volume", "drawn a trading day later"),
            _int("paid_volume", "paid the day after that"),
        ),
        Shape.ROWS,
    ),
    Message(
        "ctl_book",
        Flow.OPERATOR,
        "What rests in a book, and in a call auction what it would give now.",
        (_text("stock_code", "as in 600000.SH"),),
        BOOK,
    ),
    Message(
        "ctl_explain",
        Flow.OPERATOR,
        "Why an order did, did not, or only partly fill.",
        (_int("order_id", "an order of today"),),
        (_int("order_id", "the order"), Field("lines", Kind.STRINGS, "sentences")),
    ),
    Message("ctl_clock_show", Flow.OPERATOR, "The simulated time.", (), CLOCK),
    Message(
        "ctl_clock_set",
        Flow.OPERATOR,
        "Move the clock forward; answered when every transition on the way is done.",
        (_text("time", "YYYY-MM-DDTHH:MM[:SS], or HH:MM[:SS] of the present day; China time"),),
        CLOCK,
    ),
    Message(
        "ctl_clock_advance",
        Flow.OPERATOR,
        "Move the clock forward by so much.",
        (_int("duration_ms", "milliseconds"),),
        CLOCK,
    ),
    Message(
        "ctl_snapshot_save",
        Flow.OPERATOR,
        "Save the whole database as one file that any server can load.",
        (_text("name", "letters, digits, - and _; an older one of this name is replaced"),),
        (_text("name", "its name"), _text("path", "the file"), _int("size_bytes", "its size")),
    ),
    Message(
        "ctl_snapshot_load",
        Flow.OPERATOR,
        "Replace the world by a snapshot; every trader's session ends, an operator's goes on.",
        (_text("name", "as it was saved, or of a file that was put into the same directory"),),
        (_text("name", "its name"), *_WOKEN),
    ),
    Message(
        "ctl_snapshot_list",
        Flow.OPERATOR,
        "Snapshots that can be loaded.",
        (),
        (
            _text("name", "its name"),
            _text("now", "the simulated time in it; empty: it cannot be read"),
            _int("size_bytes", "its size"),
            _text("saved", "when the file was written, China time"),
        ),
        Shape.ROWS,
    ),
    Message(
        "ctl_reset",
        Flow.OPERATOR,
        "Forget everything and begin anew from the configuration; every trader's session ends.",
        (),
        _WOKEN,
    ),
    Message(
        "ctl_vacuum",
        Flow.OPERATOR,
        "Remove what is older than the retention settings allow, and give room back to the system.",
        (),
        (
            _int("rows_removed", "rows that were too old"),
            _int("bytes_before", "size of the database"),
            _int("bytes_after", "and what it is now"),
        ),
    ),
    Message("ctl_clock_next_phase", Flow.OPERATOR, "Move the clock to the next phase of the main boards.", (), CLOCK),
    Message("ctl_clock_next_day", Flow.OPERATOR, "Move the clock to the opening of the next trading day.", (), CLOCK),
    Message(
        "ctl_clock_speed",
        Flow.OPERATOR,
        "Let a replay clock run so many times as fast as the wall clock.",
        (Field("speed", Kind.NUMBER, "simulated seconds a second; 0 stands still"),),
        CLOCK,
    ),
    Message("ctl_clock_freeze", Flow.OPERATOR, "Let a replay clock stand still until it is given a speed.", (), CLOCK),
    Message("ctl_settle", Flow.OPERATOR, "Close the present trading day and settle it now.", (), CLOCK),
    Message("ctl_orders", Flow.OPERATOR, "Today's orders of an account.", (_text("account_id", "account"),), ORDER, Shape.ROWS),
    Message("ctl_trades", Flow.OPERATOR, "Today's trades of an account.", (_text("account_id", "account"),), TRADE, Shape.ROWS),
    Message("ctl_positions", Flow.OPERATOR, "Its positions.", (_text("account_id", "account"),), POSITION, Shape.ROWS),
    Message("ctl_asset", Flow.OPERATOR, "Cash and value of an account.", (_text("account_id", "account"),), ASSET),
    Message("ctl_state_hash", Flow.OPERATOR, "SHA-256 of the world.", (), (_text("state_hash", "64 hexadecimal digits"),)),
    Message(
        "ctl_check",
        Flow.OPERATOR,
        "Run every invariant.",
        (),
        (_bool("ok", "no problem found"), Field("problems", Kind.STRINGS, "what is wrong")),
    ),
)

BY_NAME: Final[dict[str, Message]] = {message.name: message for message in MESSAGES}
_FROM_CLIENT: Final = {message.name: message for message in MESSAGES if message.by_client}


class Request(NamedTuple):
    """One message of a client, checked: every declared field is there and has its kind."""

    name: str
    seq: int
    fields: JsonObject
    payload: bytes = b""
    """The JSON it was, when it came over a wire."""


# The fast scanner: json.loads spends a third of its time on finding the encoding and trailing white space.
_decode = json.JSONDecoder().decode
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


class View(Protocol):
    """A message that is put into words when it leaves: figures of one moment, kept until somebody wants to read them."""

    def message(self) -> JsonObject:
        """The message as an object."""

    def text(self) -> str:
        """The same as JSON."""


Said = JsonObject | View
"""What the core says: most messages as objects, the frequent ones as views."""


def encode_message(said: Said) -> bytes:
    """Serialize a message to the payload of a frame."""
    return (_encode(said) if isinstance(said, dict) else said.text()).encode("utf-8", "surrogatepass")


def object_of(said: Said) -> JsonObject:
    """A message as an object; one that is none yet becomes one of its own."""
    return said if isinstance(said, dict) else said.message()


def object_text(fields: JsonObject) -> str:
    """An object as JSON."""
    return _encode(fields)


quoted: Final = encode_basestring
"""A text as JSON."""


def parse_object(payload: bytes) -> JsonObject:
    """Parse a payload to a JSON object. Raises MessageError."""
    try:
        value = _decode(payload.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise MessageError(f"not UTF-8 JSON: {error}") from None
    if not isinstance(value, dict):
        raise MessageError("not a JSON object")
    return value


def parse_request(payload: bytes) -> Request:
    """Parse what a client sent. Raises MessageError for whatever the table does not allow."""
    values = parse_object(payload)
    name = values.pop("t", None)
    checks = _CHECKS.get(name) if isinstance(name, str) else None
    if checks is None:
        raise MessageError(f"unknown message {str(name)[:40]!r}")
    seq = values.pop("seq", 0)
    if type(seq) is not int or not -MAX_INT64 <= seq <= MAX_INT64:
        raise MessageError(f"{name}: seq must be an integer")
    fields: JsonObject = {}
    take = values.pop
    for key, default, is_right, kind in checks:
        value = take(key, default)
        if value is REQUIRED:
            raise MessageError(f"{name}: field {key!r} is missing")
        if not is_right(value):
            raise MessageError(f"{name}: field {key!r} must be {kind}")
        fields[key] = value
    if values:
        raise MessageError(f"{name}: unknown field {next(iter(values))[:40]!r}")
    return Request(name, seq, fields, payload)


def _is_int(value: Any) -> bool:
    return type(value) is int and -MAX_INT64 <= value <= MAX_INT64


def _is_number(value: Any) -> bool:
    return type(value) is float or _is_int(value)


def _is_text(value: Any) -> bool:
    if type(value) is not str or len(value) > MAX_TEXT:
        return False
    return value.isascii() or not any("\ud800" <= char <= "\udfff" for char in value)


def _is_bool(value: Any) -> bool:
    return type(value) is bool


def _is_levels(value: Any) -> bool:
    return (
        isinstance(value, list | tuple)
        and len(value) <= MAX_LEVELS
        and all(map(_is_level, value))
    )


def _is_level(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and _is_number(value[0]) and _is_int(value[1])


def _is_strings(value: Any) -> bool:
    return isinstance(value, list) and all(_is_text(item) for item in value)


def _is_ints(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_int, value))


_KIND_CHECKS: Final = {
    Kind.INT: _is_int,
    Kind.NUMBER: _is_number,
    Kind.TEXT: _is_text,
    Kind.BOOL: _is_bool,
    Kind.LEVELS: _is_levels,
    Kind.STRINGS: _is_strings,
    Kind.INTS: _is_ints,
}

_CHECKS: Final = {
    name: tuple((field.name, field.default, _KIND_CHECKS[field.kind], field.kind.value) for field in message.fields)
    for name, message in _FROM_CLIENT.items()
}
"""The fields of what a client may say, ready for use: name, default, check, and what the check wants."""
