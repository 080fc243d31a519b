"""Answers as text: JSON for machines, aligned columns for people."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from miniqmt_sim.constants import AccountStatus, AccountType, OrderStatus, SubmittedOrderType

_CHINA: Final = timezone(timedelta(hours=8))
_NAMES: Final[Mapping[str, Mapping[int, str]]] = {
    column: {int(member): member.name for enum in enums for member in enum}
    for column, enums in (
        ("account_type", (AccountType,)),
        ("order_type", (SubmittedOrderType,)),
        ("order_status", (OrderStatus,)),
        ("status", (AccountStatus, OrderStatus)),  # of an account or, in the database, of an order: no number is in both
    )
}
"""Columns whose numbers have names."""
_GAP: Final = "  "

Row = Mapping[str, Any]


def as_json(answer: Any) -> str:
    """Write an answer for machines: a list of rows, or one object."""
    return json.dumps(answer, ensure_ascii=False)


def as_table(answer: Row | Sequence[Row], columns: Sequence[str] = ()) -> str:
    """Write an answer for people: rows as columns, one object as names and values; ``columns`` empty: all there are."""
    if isinstance(answer, Mapping):
        return _lines([line for name in columns or answer for line in _named(name, answer[name])], ("", ""))
    if not answer:
        return "(none)"
    names = list(columns or answer[0])
    body = [[text_of(name, row[name]) for name in names] for row in answer]
    return _lines([names, *body], [answer[0][name] for name in names])


def _named(name: str, value: Any) -> list[list[str]]:
    """A value behind its name; sentences stand below each other."""
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return [[name if item is value[0] else "", item] for item in value]
    return [[name, text_of(name, value)]]


def text_of(name: str, value: Any) -> str:
    """Write one value as people read it."""
    if name.endswith("_time"):
        return datetime.fromtimestamp(value, _CHINA).strftime("%H:%M:%S")
    if value in _NAMES.get(name, ()):
        return f"{value} {_NAMES[name][value]}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.3f}".rstrip("0").rstrip(".")
    if isinstance(value, list):
        return " ".join(_item(item) for item in value) or "-"
    return str(value)


def _item(item: Any) -> str:
    return f"{text_of('', item[0])}:{item[1]}" if isinstance(item, list) else str(item)


def _lines(cells: Sequence[Sequence[str]], samples: Sequence[Any]) -> str:
    """Align columns: numbers to the right, the rest to the left; Chinese characters are two columns wide."""
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    to_right = [isinstance(sample, int | float) and not isinstance(sample, bool) for sample in samples]
    return "\n".join(
        _GAP.join(_padded(*cell) for cell in zip(row, widths, to_right, strict=True)).rstrip() for row in cells
    )


def _padded(text: str, width: int, to_right: bool) -> str:
    blank = " " * (width - _width(text))
    return blank + text if to_right else text + blank


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
