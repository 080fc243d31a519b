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
        ),
        (
            _int("protocol", "1"),
            _text("server", "name and version"),
            _text("role", "trader or operator"),
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
    message = _FROM_CLIENT.get(name) if isinstance(name, str) else None
    if message is None:
        raise MessageError(f"unknown message {str(name)[:40]!r}")
    seq = values.pop("seq", 0)
    if type(seq) is not int or not -MAX_INT64 <= seq <= MAX_INT64:
        raise MessageError(f"{name}: seq must be an integer")
    fields: JsonObject = {}
    for field in message.fields:
        value = values.pop(field.name, field.default)
        if value is REQUIRED:
            raise MessageError(f"{name}: field {field.name!r} is missing")
        if not _KIND_CHECKS[field.kind](value):
            raise MessageError(f"{name}: field {field.name!r} must be {field.kind.value}")
        fields[field.name] = value
    if values:
        raise MessageError(f"{name}: unknown field {next(iter(values))[:40]!r}")
    return Request(message.name, seq, fields)


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


_KIND_CHECKS: Final = {
    Kind.INT: _is_int,
    Kind.NUMBER: _is_number,
    Kind.TEXT: _is_text,
    Kind.BOOL: _is_bool,
    Kind.LEVELS: _is_levels,
    Kind.STRINGS: _is_strings,
}
