"""Just enough of BSON to read what the vendor's ``xttrader`` hands to its native module in a few requests.

In come the bytes of one document, out goes a dictionary. Types that those requests never hold raise ValueError.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import Any, Final

_Read = Callable[[bytes, int], tuple[Any, int]]
"""From the bytes and the place of a value to the value and the place behind it."""


def decode(data: bytes) -> dict[str, Any]:
    """Read a document. Raises ValueError for what is none."""
    try:
        return _document(data, 0)[0]
    except (struct.error, IndexError, KeyError) as error:
        raise ValueError(f"no BSON document: {error!r}") from None


def _document(data: bytes, at: int) -> tuple[dict[str, Any], int]:
    end = at + _fixed("<i")(data, at)[0] - 1
    at += 4
    values = {}
    while at < end:
        kind = data[at]
        name, at = _name(data, at + 1)
        values[name], at = _READERS[kind](data, at)
    if at != end or data[end] != 0:
        raise ValueError("no BSON document: its length is wrong")
    return values, end + 1


def _array(data: bytes, at: int) -> tuple[list[Any], int]:
    values, at = _document(data, at)
    return list(values.values()), at


def _name(data: bytes, at: int) -> tuple[str, int]:
    end = data.index(0, at)
    return data[at:end].decode(), end + 1


def _text(data: bytes, at: int) -> tuple[str, int]:
    size, at = _fixed("<i")(data, at)
    return data[at : at + size - 1].decode(), at + size


def _fixed(layout: str) -> _Read:
    size = struct.calcsize(layout)
    return lambda data, at: (struct.unpack_from(layout, data, at)[0], at + size)


_READERS: Final[dict[int, _Read]] = {
    0x01: _fixed("<d"),
    0x02: _text,
    0x03: _document,
    0x04: _array,
    0x08: _fixed("<?"),
    0x0A: lambda _data, at: (None, at),
    0x10: _fixed("<i"),
    0x12: _fixed("<q"),
}


# -- the other way -----------------------------------------------------------------------------------------------------------


def encode(values: Mapping[str, Any]) -> bytes:
    """Write a document of texts, numbers, truths, nothings, lists and documents. Raises TypeError for anything else."""
    body = b"".join(_element(name, value) for name, value in values.items())
    return struct.pack("<i", len(body) + 5) + body + b"\0"


def _element(name: str, value: Any) -> bytes:
    kind, data = _written(value)
    return bytes([kind]) + name.encode() + b"\0" + data


def _written(value: Any) -> tuple[int, bytes]:
    """The kind of a value and its bytes."""
    if isinstance(value, Mapping):
        return 0x03, encode(value)
    if isinstance(value, list):
        return 0x04, encode({str(number): item for number, item in enumerate(value)})
    if isinstance(value, str):
        text = value.encode() + b"\0"
        return 0x02, struct.pack("<i", len(text)) + text
    if value is None:
        return 0x0A, b""
    for kind, (number, form) in _NUMBERS.items():
        if type(value) is number:
            return kind, struct.pack(form, value)
    raise TypeError(f"BSON knows no {type(value).__name__}")


_NUMBERS: Final[dict[int, tuple[type, str]]] = {0x01: (float, "<d"), 0x08: (bool, "<?"), 0x12: (int, "<q")}
