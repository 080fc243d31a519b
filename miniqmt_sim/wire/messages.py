"""The table of everything that may be said on a connection; docs/protocol.md is generated from it.

A message is one JSON object. ``t`` names it, ``seq`` joins a request with its answers; the other keys are its fields.
Requests are checked against this table before anything else sees them, so an ill-formed one cannot exist further in.
Prices and money are in yuan, volumes in shares (bonds: 张), times in epoch seconds unless a field says otherwise.
"""

from __future__ import annotations

import json
from enum import Enum
from typing import Any, Final, NamedTuple

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

# ---- operator rows -----------------------------------------------------------------------------------------------------

CLOCK: Final = (
    _text("now", "YYYY-MM-DDTHH:MM:SS.mmm, China time"),
    _int("now_ms", "epoch milliseconds"),
    _int("day", "trading day, yyyymmdd"),
    _text("phase", "phase of a main-board stock"),
    _text("hours", "always or exchange"),
    _text("clock", "system or manual"),
)
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


def encode_message(message: JsonObject) -> bytes:
    """Serialize a message to the payload of a frame."""
    return _encode(message).encode("utf-8", "surrogatepass")


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
