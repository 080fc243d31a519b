"""What the classes of the vendor's native module are made of: attributes with a kind, under one, two or three names.

``struct`` makes such a class from a line of the table in ``_native_structs``. Like the native ones, the objects take values
of the right kind only, refuse attributes they do not have, and have no ``__dict__``. Unlike them they hold texts of any
length: how much of a text a terminal keeps is the server's to decide, by its behaviour profile, for every way in alike.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, ClassVar, Final, NamedTuple

from miniqmt_sim.xtquant import _arguments as arguments

MODULE: Final = "xtquant.xtpythonclient"
"""Where the classes say they come from, as the native ones do."""


class Kind(NamedTuple):
    """What an attribute holds: how a caller's value is checked, how the wire's is taken, and what is there at first."""

    check: Callable[[Any, str], Any]
    take: Callable[[Any], Any]
    default: Any


def _check_text(value: Any, name: str) -> str:
    return arguments.text(value.decode("utf-8", "replace") if isinstance(value, bytes) else value, name)


def _check_float(value: Any, name: str) -> float:
    return float(arguments.number(value, name))


def _check_bool(value: Any, _name: str) -> bool:
    return bool(value)


KINDS: Final = {
    "i": Kind(arguments.integer, int, 0),
    "f": Kind(_check_float, float, 0.0),
    "s": Kind(_check_text, str, ""),
    "b": Kind(_check_bool, bool, False),
}
_PREFIXES: Final = (("m_str", "s"), ("m_n", "i"), ("m_e", "i"), ("m_d", "f"), ("m_b", "b"))
"""The native names tell the kind; the others say it behind a colon."""


class Attribute(NamedTuple):
    """One attribute: the place its value is kept in, the names it goes by, its kind."""

    slot: str
    names: tuple[str, ...]
    kind: Kind


class Struct:
    """Base of the classes that ``struct`` makes."""

    __slots__ = ()
    _attributes: ClassVar[tuple[Attribute, ...]] = ()

    def __init__(self) -> None:
        for slot, _, kind in self._attributes:
            setattr(self, slot, kind.default)


def struct(name: str, line: str, *, fixed_texts: bool = False) -> type[Struct]:
    """Make a class from a line such as ``m_nStatus=status last_price:f``; fixed texts can be read and not set."""
    attributes = tuple(_attribute(word) for word in line.split())
    body: dict[str, Any] = {
        "__slots__": tuple(attribute.slot for attribute in attributes),
        "__module__": MODULE,
        "__doc__": f"{name} of the native module.",
        "_attributes": attributes,
    }
    for attribute in attributes:
        settable = not (fixed_texts and attribute.kind is KINDS["s"])
        body |= {own: _property(attribute, own, settable=settable) for own in attribute.names}
    return type(name, (Struct,), body)


def _attribute(word: str) -> Attribute:
    names, _, letter = word.partition(":")
    first, *others = names.split("=")
    letter = letter or next(kind for prefix, kind in _PREFIXES if first.startswith(prefix))
    return Attribute(f"_{first}", (first, *others), KINDS[letter])


def _property(attribute: Attribute, name: str, *, settable: bool) -> property:
    slot, check = attribute.slot, attribute.kind.check

    def assign(self: Struct, value: Any) -> None:
        setattr(self, slot, check(value, name))

    return property(attrgetter(slot), assign if settable else None)


# -- from the wire -------------------------------------------------------------------------------------------------------


def plain(name: str) -> str:
    """Reduce a name to what all its spellings have in common: ``m_strApplyID``, ``apply_id`` and ``applyId`` to ``applyid``."""
    prefix = next((prefix for prefix, _ in _PREFIXES if name.startswith(prefix)), "")
    return name.removeprefix(prefix).replace("_", "").lower()
