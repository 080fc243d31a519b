"""The table of everything that may be said on a connection; docs/protocol.md is generated from it.

A message is one JSON object. ``t`` names it, ``seq`` joins a request with its answers; the other keys are its fields.
Requests are checked against this table before anything else sees them, so an ill-formed one cannot exist further in.
Prices and money are in yuan, volumes in shares (bonds: 张), times in epoch seconds unless a field says otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from json.encoder import encode_basestring
from typing import Any, ClassVar, Final, NamedTuple, Protocol

from miniqmt_sim.constants import MAX_INT64
from miniqmt_sim.errors import MessageError
from miniqmt_sim.wire.checks import checker
from miniqmt_sim.wire.credit_messages import CREDIT_MESSAGES
from miniqmt_sim.wire.data_messages import DATA_MESSAGES, TICK
from miniqmt_sim.wire.fields import MAX_LEVELS, MAX_TEXT, REQUIRED, Field, Flow, JsonObject, Kind, Message, Shape
from miniqmt_sim.wire.frames import HEADER, MAX_ANSWER_BYTES
from miniqmt_sim.wire.operator_messages import OPERATOR_MESSAGES
from miniqmt_sim.wire.rows import TRADE
from miniqmt_sim.wire.trader_messages import PUSH_MESSAGES, TRADER_MESSAGES

__all__ = [
    "BY_NAME", "MAX_LEVELS", "MAX_TEXT", "MESSAGES", "REQUIRED", "TICK", "TRADE", "Field", "Flow", "JsonObject", "Kind",
    "Message", "QuotePush", "Request", "Rows", "Said", "Shape", "View", "copy_of", "encode_message", "frame", "name_of",
    "object_of", "object_text", "parse_object", "parse_request", "quoted", "request_of",
]  # fmt: skip

MESSAGES: Final = (*TRADER_MESSAGES, *CREDIT_MESSAGES, *PUSH_MESSAGES, *DATA_MESSAGES, *OPERATOR_MESSAGES)
"""Every message, in the order of the documentation."""

BY_NAME: Final[dict[str, Message]] = {message.name: message for message in MESSAGES}


class Request(NamedTuple):
    """One message of a client, checked: every declared field is there and has its kind."""

    name: str
    seq: int
    fields: JsonObject
    text: str = ""
    """The JSON it was, when it came over a wire."""


_new: Any = tuple.__new__
"""Makes a request in a fifth of the time that its own constructor takes, which is Python that ``NamedTuple`` writes."""

_decoder: Any = json.JSONDecoder()
_decode = _decoder.decode
_scan = _decoder.scan_once
"""What does the work of ``decode``, which takes as long again to look for white space."""
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


class View(Protocol):
    """A message that is put into words when it leaves: figures of one moment, kept until somebody wants to read them."""

    name: ClassVar[str]
    """What the table calls it; "reply" for an answer."""

    def message(self) -> JsonObject:
        """The message as an object."""

    def text(self) -> str:
        """The same as JSON."""


Said = JsonObject | View
"""What the core says: most messages as objects, the frequent ones as views."""


def encode_message(said: Said) -> bytes:
    """Serialize a message to the payload of a frame."""
    return (_encode(said) if isinstance(said, dict) else said.text()).encode("utf-8", "surrogatepass")


def frame(said: Said) -> bytes:
    """Serialize what the server says to the bytes that travel."""
    payload = encode_message(said)
    size = len(payload)
    assert size <= MAX_ANSWER_BYTES, f"a message of {size} bytes must go in parts: {payload[:80]!r}"
    return HEADER.pack(size) + payload


def object_of(said: Said) -> JsonObject:
    """A message as an object; one that is none yet becomes one of its own."""
    return said if isinstance(said, dict) else said.message()


def name_of(said: Said) -> str:
    """What the table calls a message, without putting it into words."""
    name: str = said["t"] if isinstance(said, dict) else said.name
    return name


def object_text(fields: JsonObject) -> str:
    """An object as JSON."""
    return _encode(fields)


quoted: Final = encode_basestring
"""A text as JSON."""


Rows = Sequence[tuple[str, JsonObject]]
"""Codes, and the fields of what is told of each."""


class QuotePush:
    """The push of ticks or bars of one period: codes beside their fields, joined when it goes over a wire.

    Who is in the same process takes the fields as they are: each is a dictionary of its own that nobody else has.
    """

    __slots__ = ("period", "rows")

    name: ClassVar[str] = "push_quote"

    def __init__(self, period: str, rows: Rows) -> None:
        self.period = period
        self.rows = rows

    def message(self) -> JsonObject:
        """The push."""
        rows = [{"stock_code": code, **fields} for code, fields in self.rows]
        return {"t": "push_quote", "period": self.period, "rows": rows}

    def text(self) -> str:
        """The push as JSON."""
        return object_text(self.message())

    def copy(self) -> QuotePush:
        """The same for somebody else."""
        return QuotePush(self.period, [(code, copy_of(fields)) for code, fields in self.rows])


def copy_of(fields: JsonObject) -> JsonObject:
    """The fields of a tick or bar for somebody else, who may change them."""
    return {name: value[:] if type(value) is list else value for name, value in fields.items()}


def parse_object(payload: bytes) -> JsonObject:
    """Parse a payload to a JSON object. Raises MessageError."""
    return _parsed(payload)[1]


def parse_request(payload: bytes) -> Request:
    """Parse what a client sent. Raises MessageError for whatever the table does not allow."""
    text, values = _parsed(payload)
    return _checked(values, text)


def request_of(message: JsonObject) -> Request:
    """What a client in the same process says, as if it had come over a wire. Raises MessageError."""
    try:
        return _checked(message.copy(), "")
    except MessageError:
        return parse_request(encode_message(message))  # a value may become what it must be by being written down


def _checked(values: JsonObject, text: str) -> Request:
    name = values.pop("t", None)
    checker = _CHECKERS.get(name) if type(name) is str else None
    if checker is None:
        raise MessageError(f"unknown message {str(name)[:40]!r}")
    seq = values.pop("seq", 0)
    if type(seq) is not int or not -MAX_INT64 <= seq <= MAX_INT64:
        raise MessageError(f"{name}: seq must be an integer")
    if len(values) < checker.number:
        values = {**checker.defaults, **values}
    try:
        if len(values) == checker.number and checker.are_right(values):
            request: Request = _new(Request, (name, seq, values, text))
            return request
    except KeyError:
        pass
    raise checker.fault(name, values)


def _parsed(payload: bytes) -> tuple[str, JsonObject]:
    """A payload as text and as an object."""
    try:
        text = payload.decode()
        try:
            value, end = _scan(text, 0)
        except StopIteration:
            end = -1
        if end != len(text):
            value = _decode(text)  # there is white space around it, or it is no JSON
    except (ValueError, RecursionError) as error:
        raise MessageError(f"not UTF-8 JSON: {error}") from None
    if type(value) is not dict:
        raise MessageError("not a JSON object")
    return text, value


_CHECKERS: Final = {message.name: checker(message) for message in MESSAGES if message.by_client}
