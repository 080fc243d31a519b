"""The operator's verbs: words and arguments on one side, ``ctl_`` messages on the other.

One table serves both faces of operator control, the command line's ``ctl`` and the methods of ``testing.SimServer.ctl``,
so that a verb, its arguments and their names are the same in a shell and in a test. Arguments come as texts or as Python
values; what a message must hold, the wire's own table checks again.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from miniqmt_sim.constants import MAX_INT64
from miniqmt_sim.errors import ConfigError
from miniqmt_sim.wire.messages import BY_NAME, MAX_LEVELS, MAX_TEXT, JsonObject, Shape

_MS_OF: Final = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000}
_DURATION: Final = re.compile(r"(\d{1,6}d)?(\d{1,6}h)?(\d{1,6}m)?(\d{1,6}s)?", re.ASCII)
_TIME: Final = re.compile(r"(\d{4}-\d{2}-\d{2}T)?\d{2}:\d{2}(:\d{2})?", re.ASCII)


# -- what an argument may be ---------------------------------------------------------------------------------------------


def parse_duration(value: Any) -> int:
    """Give the milliseconds of a duration like 90s, 5m, 2h, 1d or 1h30m."""
    text = str(value)
    match = _DURATION.fullmatch(text)
    if not text or match is None:
        raise ValueError(f"{text!r} is not a duration like 90s, 5m, 2h, 1d or 1h30m")
    return sum(int(part[:-1]) * _MS_OF[part[-1]] for part in match.groups() if part)


def parse_time(value: Any) -> str:
    """Check the form of a time; whether there is such a time is the core's to say."""
    text = str(value)
    if _TIME.fullmatch(text) is None:
        raise ValueError(f"{text!r} is not a time like 2026-01-05T09:30, 2026-01-05T09:30:15 or 09:30")
    return text


def parse_number(value: Any) -> float:
    """Give a finite number; true and false are none."""
    if isinstance(value, bool):
        raise ValueError(f"{str(value).lower()} is not a number")
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{value!r} is not a number") from None
    if not math.isfinite(number):
        raise ValueError(f"{value!r} is not a finite number")
    return number


def parse_whole(value: Any) -> int:
    """Give an integer of 64 bits; 1e6 and 100.0 are integers too."""
    try:
        number = int(value) if isinstance(value, int | str) and not isinstance(value, bool) else parse_number(value)
    except ValueError:
        number = parse_number(value)
    if number != int(number) or not -MAX_INT64 <= number <= MAX_INT64:
        raise ValueError(f"{value!r} is not a whole number of 64 bits")
    return int(number)


def parse_text(value: Any) -> str:
    """Give a text that fits a message."""
    text = str(value)
    if len(text) > MAX_TEXT:
        raise ValueError(f"a text of {len(text)} characters is too long; {MAX_TEXT} are allowed")
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError(f"{text!r} holds half a character, which no message can")
    return text


def parse_level(value: Any) -> list[float | int]:
    """Give [price, volume] of a level written P:V or as a pair."""
    if isinstance(value, str):
        price, colon, volume = value.partition(":")
        if not colon:
            raise ValueError(f"{value!r} is not a level like 10.49:1000")
    else:
        try:
            price, volume = value
        except (TypeError, ValueError):
            raise ValueError(f"{value!r} is not a level like '10.49:1000' or (10.49, 1000)") from None
    return [parse_number(price), parse_whole(volume)]


# -- the table -----------------------------------------------------------------------------------------------------------


class Argument(NamedTuple):
    """One argument of a verb: a position on the command line, or an option when ``option`` is set."""

    name: str
    field: str
    parse: Callable[[Any], Any]
    doc: str
    option: bool = False
    required: bool = True
    repeated: bool = False
    metavar: str = ""
    choices: tuple[str, ...] = ()

    @property
    def flag(self) -> str:
        """The option as the command line writes it."""
        return "--" + self.name.replace("_", "-")


class Verb(NamedTuple):
    """One thing an operator can say. ``columns`` are those a table for people shows; empty: all."""

    words: tuple[str, ...]
    message: str
    arguments: tuple[Argument, ...] = ()
    columns: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The verb as a Python name."""
        return "_".join(self.words).replace("-", "_")

    @property
    def doc(self) -> str:
        """What it does."""
        return BY_NAME[self.message].doc

    @property
    def rows(self) -> bool:
        """Is the answer a list?"""
        return BY_NAME[self.message].shape is Shape.ROWS


def _option(name: str, field: str, parse: Callable[[Any], Any], doc: str, metavar: str, **more: Any) -> Argument:
    return Argument(name, field, parse, doc, option=True, metavar=metavar, **({"required": False} | more))


_ID: Final = Argument("id", "account_id", parse_text, "account", metavar="ID")
_CODE: Final = Argument("code", "stock_code", parse_text, "as in 600000.SH", metavar="CODE")
_NAME: Final = Argument("name", "name", parse_text, "letters, digits, - and _", metavar="NAME")
_YUAN: Final = Argument("yuan", "amount", parse_number, "amount in yuan", metavar="YUAN")

_ASSET_COLUMNS: Final = ("account_id", "cash", "frozen_cash", "market_value", "total_asset", "fetch_balance")
_ORDER_COLUMNS: Final = (
    "order_id", "order_time", "stock_code", "instrument_name", "order_type", "price", "order_volume",
    "traded_volume", "traded_price", "order_status", "status_msg",
)  # fmt: skip
_TRADE_COLUMNS: Final = (
    "traded_id", "traded_time", "stock_code", "instrument_name", "order_type", "traded_price", "traded_volume",
    "traded_amount", "commission", "order_id",
)  # fmt: skip
_POSITION_COLUMNS: Final = (
    "stock_code", "instrument_name", "volume", "can_use_volume", "frozen_volume", "avg_price", "last_price",
    "market_value", "float_profit",
)  # fmt: skip
_ORDINARY_COLUMNS: Final = ("current_balance", "market_value", "asset_balance")
_COMPACT_COLUMNS: Final = (
    "compact_id", "compact_type", "cashgroup_prop", "instrument_id", "open_date", "ret_end_date", "business_vol",
    "real_compact_vol", "business_balance", "real_compact_balance", "real_compact_fare",
)  # fmt: skip
_APPOINTMENT_COLUMNS: Final = (
    "cashcompact_id", "code", "code_name", "begin_compac_amount", "compac_amount", "used_amount", "valid_date", "date_clear",
    "fsmp_occuped_rate", "compact_interestx", "compact_status",
)  # fmt: skip
_CREDIT_COLUMNS: Final = (
    "account_id", "balance", "available", "total_debt", "enable_bail_balance", "per_assurescale_value", "fetch_balance",
)  # fmt: skip
_QUOTA_COLUMNS: Final = (
    "account_id", "fin_max_quota", "fin_enable_quota", "fin_special_max_quota", "slo_max_quota", "slo_enable_quota",
)  # fmt: skip
_CLOCK_COLUMNS: Final = ("now", "day", "phase", "hours", "clock")

VERBS: Final = (
    Verb(
        ("account", "create"),
        "ctl_account_create",
        (
            _ID,
            _option("type", "account_type", parse_text, "kind of account", "TYPE", choices=("STOCK", "CREDIT")),
            _option("cash", "cash", parse_number, "first deposit", "YUAN"),
        ),
        _ASSET_COLUMNS,
    ),
    Verb(
        ("account", "status"),
        "ctl_account_status",
        (_ID, Argument("status", "status", parse_text, "as in OK, DISABLED_BY_USER, FAIL, or its number", metavar="STATUS")),
    ),
    Verb(("account", "list"), "ctl_account_list", (), ("account_type", *_ASSET_COLUMNS, "status")),
    Verb(("cash", "deposit"), "ctl_cash_deposit", (_ID, _YUAN), _ASSET_COLUMNS),
    Verb(("cash", "withdraw"), "ctl_cash_withdraw", (_ID, _YUAN), _ASSET_COLUMNS),
    Verb(
        ("position", "set"),
        "ctl_position_set",
        (
            _ID,
            _CODE,
            Argument("volume", "volume", parse_whole, "shares held from now on", metavar="VOLUME"),
            _option("can_use", "can_use", parse_whole, "of them sellable today; all when left out", "N"),
            _option("cost", "cost", parse_number, "cost of one share; the last price when left out", "YUAN"),
        ),
        _POSITION_COLUMNS,
    ),
    Verb(
        ("quote",),
        "ctl_quote",
        (
            _CODE,
            _option("last", "last", parse_number, "last price", "P", required=True),
            _option("bid", "bids", parse_level, "a bid level, best first", "P:V", repeated=True),
            _option("ask", "asks", parse_level, "an ask level, best first", "P:V", repeated=True),
            _option("volume", "volume", parse_whole, "volume traded since the last quote", "V"),
            _option("pre_close", "pre_close", parse_number, "previous close", "P"),
        ),
    ),
    Verb(
        ("security",),
        "ctl_security",
        (
            _CODE,
            _option(
                "tags", "tags", parse_text,
                "of st limit20 t0 suspended nolimit what holds from now on, space separated, or on days, as in "
                "suspended:20261124-20261127; - for nothing", "TAGS",
            ),
        ),
    ),
    Verb(
        ("corporate", "add"),
        "ctl_corporate_add",
        (
            _CODE,
            _option("ex_day", "ex_day", parse_text, "first day without what is given, YYYY-MM-DD", "DAY", required=True),
            _option("record_day", "record_day", parse_text, "day of record; the trading day before when left out", "DAY"),
            _option("cash", "cash", parse_number, "per share, before tax", "YUAN"),
            _option("bonus", "bonus", parse_number, "bonus shares (送) per share held", "RATIO"),
            _option("transfer", "transfer", parse_number, "transfer shares (转) per share held", "RATIO"),
            _option("rights", "rights", parse_number, "shares that may be bought per share held", "RATIO"),
            _option("rights_price", "rights_price", parse_number, "their price", "P"),
            _option("subscribe", "subscribe", parse_text, "who takes rights up: all, - for nobody, or account ids", "WHO"),
        ),
    ),
    Verb(("corporate", "list"), "ctl_corporate_list"),
    Verb(
        ("bank", "set"),
        "ctl_bank_set",
        (
            _ID,
            _option("bank_no", "bank_no", parse_text, "number of the bank; 1001 when left out", "NO"),
            _option("account", "bank_account", parse_text, "the account there; 6222 and ID when left out", "NUMBER"),
            _option("name", "bank_name", parse_text, "its name", "NAME"),
            _option("balance", "balance", parse_number, "money there", "YUAN"),
            _option("bank_pwd", "bank_pwd", parse_text, "what bank_transfer_in must say; - for nothing", "PWD"),
            _option("fund_pwd", "fund_pwd", parse_text, "what bank_transfer_out must say; - for nothing", "PWD"),
        ),
    ),
    Verb(("bank", "list"), "ctl_bank_list", (_ID,)),
    Verb(("ordinary", "cash"), "ctl_ordinary_cash", (_ID, _YUAN), _ORDINARY_COLUMNS),
    Verb(
        ("ordinary", "position"),
        "ctl_ordinary_position",
        (
            _ID,
            _CODE,
            Argument("volume", "volume", parse_whole, "shares there from now on", metavar="VOLUME"),
            _option("cost", "cost", parse_number, "cost of one share; the last price when left out", "YUAN"),
        ),
        _ORDINARY_COLUMNS,
    ),
    Verb(("compliance",), "ctl_compliance", (_ID,)),
    Verb(("ipo", "list"), "ctl_ipo_list"),
    Verb(("credit", "show"), "ctl_credit_show", (_ID,)),
    Verb(("credit", "compacts"), "ctl_credit_compacts", (_ID,), _COMPACT_COLUMNS),
    Verb(("credit", "appointments"), "ctl_credit_appointments", (_ID,), _APPOINTMENT_COLUMNS),
    Verb(
        ("credit", "quota"),
        "ctl_credit_quota",
        (
            _ID,
            _option("fin", "fin", parse_number, "most that may be owed in cash", "YUAN"),
            _option("fin_special", "fin_special", parse_number, "the same of special positions", "YUAN"),
            _option("slo", "slo", parse_number, "most that may be sold short, by sale amount", "YUAN"),
        ),
        _QUOTA_COLUMNS,
    ),
    Verb(
        ("credit", "lendable"),
        "ctl_credit_lendable",
        (
            _CODE,
            _option("ordinary", "ordinary", parse_whole, "shares for short sales", "N"),
            _option("special", "special", parse_whole, "shares for appointments", "N"),
        ),
    ),
    Verb(
        ("credit", "transfer"),
        "ctl_credit_transfer",
        (
            _ID,
            Argument(
                "direction", "direction", parse_text, "in from the ordinary counter, out to it, or surplus shares taken over",
                metavar="in|out|surplus",
            ),
            _CODE,
            Argument("volume", "volume", parse_whole, "shares", metavar="VOLUME"),
        ),
        _CREDIT_COLUMNS,
    ),
    Verb(
        ("credit", "repay"),
        "ctl_credit_repay",
        (_ID, _YUAN, _option("compact", "compact_id", parse_text, "which; in their order when left out", "COMPACT")),
        _CREDIT_COLUMNS,
    ),
    Verb(
        ("credit", "extend"),
        "ctl_credit_extend",
        (_ID, Argument("compact", "compact_id", parse_text, "which", metavar="COMPACT")),
        _COMPACT_COLUMNS,
    ),
    Verb(("book",), "ctl_book", (_CODE,)),
    Verb(
        ("explain",),
        "ctl_explain",
        (Argument("order_id", "order_id", parse_whole, "an order of today", metavar="ORDER_ID"),),
    ),
    Verb(("clock", "show"), "ctl_clock_show", (), _CLOCK_COLUMNS),
    Verb(
        ("clock", "set"),
        "ctl_clock_set",
        (Argument("time", "time", parse_time, "YYYY-MM-DDTHH:MM[:SS], or HH:MM[:SS] of the present day", metavar="TIME"),),
        _CLOCK_COLUMNS,
    ),
    Verb(
        ("clock", "advance"),
        "ctl_clock_advance",
        (Argument("duration", "duration_ms", parse_duration, "like 90s, 5m, 2h, 1d, 1h30m", metavar="DURATION"),),
        _CLOCK_COLUMNS,
    ),
    Verb(("clock", "next-phase"), "ctl_clock_next_phase", (), _CLOCK_COLUMNS),
    Verb(("clock", "next-day"), "ctl_clock_next_day", (), _CLOCK_COLUMNS),
    Verb(
        ("clock", "speed"),
        "ctl_clock_speed",
        (Argument("speed", "speed", parse_number, "simulated seconds a second, of a replay clock", metavar="SPEED"),),
        _CLOCK_COLUMNS,
    ),
    Verb(("clock", "freeze"), "ctl_clock_freeze", (), _CLOCK_COLUMNS),
    Verb(("settle",), "ctl_settle", (), _CLOCK_COLUMNS),
    Verb(("snapshot", "save"), "ctl_snapshot_save", (_NAME,)),
    Verb(("snapshot", "load"), "ctl_snapshot_load", (_NAME,)),
    Verb(("snapshot", "list"), "ctl_snapshot_list"),
    Verb(("reset",), "ctl_reset"),
    Verb(("vacuum",), "ctl_vacuum"),
    Verb(("orders",), "ctl_orders", (_ID,), _ORDER_COLUMNS),
    Verb(("trades",), "ctl_trades", (_ID,), _TRADE_COLUMNS),
    Verb(("positions",), "ctl_positions", (_ID,), _POSITION_COLUMNS),
    Verb(("asset",), "ctl_asset", (_ID,), _ASSET_COLUMNS),
    Verb(("state-hash",), "ctl_state_hash"),
    Verb(("check",), "ctl_check"),
)


# -- arguments to fields -------------------------------------------------------------------------------------------------


def fields_of(verb: Verb, given: Mapping[str, Any]) -> JsonObject:
    """Turn arguments by name (None: not given) into the fields of the verb's message. Raises ConfigError with a sentence."""
    unknown = given.keys() - {argument.name for argument in verb.arguments}
    if unknown:
        raise ConfigError(f"{' '.join(verb.words)} has no argument {min(unknown)!r}")
    fields: JsonObject = {}
    for argument in verb.arguments:
        value = given.get(argument.name)
        if value is not None:
            fields[argument.field] = _parsed(argument, value)
        elif argument.required:
            raise ConfigError(f"{' '.join(verb.words)}: {argument.metavar} is missing")
    return fields


def _parsed(argument: Argument, value: Any) -> Any:
    if argument.choices and value not in argument.choices:
        raise ConfigError(f"{argument.name}: must be one of {', '.join(argument.choices)}, not {value!r}")
    if argument.repeated and not isinstance(value, list | tuple):
        raise ConfigError(f"{argument.name}: {value!r:.60} is not a list of levels")
    if argument.repeated and len(value) > MAX_LEVELS:
        raise ConfigError(f"{argument.name}: {len(value)} levels are too many; {MAX_LEVELS} are allowed")
    try:
        return [argument.parse(item) for item in value] if argument.repeated else argument.parse(value)
    except ValueError as error:
        raise ConfigError(f"{argument.name}: {error}") from None


def answer_of(verb: Verb, reply: JsonObject) -> Any:
    """Strip a reply to what was asked for: a list of rows, or one object."""
    return reply["rows"] if verb.rows else {key: value for key, value in reply.items() if key not in ("t", "seq")}
