"""The table of everything that may be said on a connection; docs/protocol.md is generated from it.

A message is one JSON object. ``t`` names it, ``seq`` joins a request with its answers; the other keys are its fields.
Requests are checked against this table before anything else sees them, so an ill-formed one cannot exist further in.
Prices and money are in yuan, volumes in shares (bonds: 张), times in epoch seconds unless a field says otherwise.
"""

from __future__ import annotations

import json
from json.encoder import encode_basestring
from typing import Any, Final, NamedTuple, Protocol

from miniqmt_sim.constants import MAX_INT64
from miniqmt_sim.errors import MessageError
from miniqmt_sim.wire.credit_messages import CREDIT_MESSAGES
from miniqmt_sim.wire.data_messages import DATA_MESSAGES, TICK
from miniqmt_sim.wire.fields import MAX_LEVELS, MAX_TEXT, REQUIRED, Field, Flow, JsonObject, Kind, Message, Shape
from miniqmt_sim.wire.operator_messages import OPERATOR_MESSAGES
from miniqmt_sim.wire.rows import TRADE
from miniqmt_sim.wire.trader_messages import PUSH_MESSAGES, TRADER_MESSAGES

__all__ = [
    "BY_NAME", "MAX_LEVELS", "MAX_TEXT", "MESSAGES", "REQUIRED", "TICK", "TRADE", "Field", "Flow", "JsonObject", "Kind",
    "Message", "Request", "Said", "Shape", "View", "encode_message", "object_of", "object_text", "parse_object",
    "parse_request", "quoted",
]  # fmt: skip

MESSAGES: Final = (*TRADER_MESSAGES, *CREDIT_MESSAGES, *PUSH_MESSAGES, *DATA_MESSAGES, *OPERATOR_MESSAGES)
"""Every message, in the order of the documentation."""

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
