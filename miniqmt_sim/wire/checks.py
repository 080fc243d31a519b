"""Checks of what a client says, made from the table of messages.

Beside the flow; ``messages`` asks. What a kind of field holds is said once, as an expression. From these expressions
one function a message is made, because going through the fields one by one takes longer than parsing them; and one function a
kind, for finding out which field is at fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from miniqmt_sim.constants import MAX_INT64
from miniqmt_sim.errors import MessageError
from miniqmt_sim.wire.fields import MAX_LEVELS, MAX_TEXT, REQUIRED, Field, JsonObject, Kind, Message

_INT: Final = f"is int and {-MAX_INT64} <= v <= {MAX_INT64}"
_EXPRESSIONS: Final[Mapping[Kind, str]] = {
    Kind.INT: f"type({{}}) {_INT}",
    Kind.NUMBER: f"(type({{}}) is float or type(v) {_INT})",
    Kind.TEXT: f"type({{}}) is str and len(v) <= {MAX_TEXT} and (v.isascii() or not half_of_a_pair(v))",
    Kind.BOOL: "type({}) is bool",
    Kind.LEVELS: f"type({{}}) in sequences and len(v) <= {MAX_LEVELS} and all(map(is_level, v))",
    Kind.STRINGS: "type({}) is list and all(map(is_text, v))",
    Kind.INTS: "type({}) is list and all(map(is_int, v))",
}
"""What a client may say in a field: it stands in place of the braces, and is called ``v`` after that."""

Check = Callable[[Any], bool]
_known: Final[dict[str, Any]] = {
    "half_of_a_pair": re.compile("[\ud800-\udfff]").search,
    "sequences": (list, tuple),  # a default of the table may be a tuple
}
"""What the expressions use."""


def _made(parameter: str, expression: str) -> Check:
    """A function of one parameter that gives the value of an expression, which comes from the tables and nowhere else."""
    check: Check = eval(f"lambda {parameter}: {expression}", _known)
    return check


_CHECKS: Final[Mapping[Kind, Check]] = {kind: _made("v", text.format("v")) for kind, text in _EXPRESSIONS.items()}
_known.update(
    is_int=_CHECKS[Kind.INT],
    is_text=_CHECKS[Kind.TEXT],
    is_number=_CHECKS[Kind.NUMBER],
    is_level=_made("v", "type(v) is list and len(v) == 2 and is_number(v[0]) and is_int(v[1])"),
)


class Checker(NamedTuple):
    """What a message's fields must be."""

    number: int
    """How many there are."""
    defaults: JsonObject
    are_right: Check
    """Are so many values all the fields, each of its kind? Raises KeyError when one is missing."""
    fields: tuple[Field, ...]

    def fault(self, name: str, values: JsonObject) -> MessageError:
        """What is wrong with values that are not right: the first thing in the order of the table."""
        for field in self.fields:
            value = values.pop(field.name, field.default)
            if value is REQUIRED:
                return MessageError(f"{name}: field {field.name!r} is missing")
            if not _CHECKS[field.kind](value):
                return MessageError(f"{name}: field {field.name!r} must be {field.kind.value}")
        return MessageError(f"{name}: unknown field {next(iter(values))[:40]!r}")


def checker(message: Message) -> Checker:
    """Make a message's checker."""
    fields = message.fields
    each = [_EXPRESSIONS[field.kind].format(f"v := values[{field.name!r}]") for field in fields]
    defaults = {field.name: field.default for field in fields if field.default is not REQUIRED}
    return Checker(len(fields), defaults, _made("values", " and ".join(each) or "True"), fields)
