"""What messages are made of: kinds of fields, who says a message, and what an entry of the table holds.

Beside the flow; the tables of the messages themselves stand in the modules beside this one.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Final, NamedTuple

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


def integer(name: str, doc: str, default: Any = REQUIRED) -> Field:
    return Field(name, Kind.INT, doc, default)


def number(name: str, doc: str, default: Any = REQUIRED) -> Field:
    return Field(name, Kind.NUMBER, doc, default)


def text(name: str, doc: str, default: Any = REQUIRED) -> Field:
    return Field(name, Kind.TEXT, doc, default)


def flag(name: str, doc: str, default: Any = REQUIRED) -> Field:
    return Field(name, Kind.BOOL, doc, default)


def levels(name: str, doc: str, default: Any = REQUIRED) -> Field:
    return Field(name, Kind.LEVELS, doc, default)
