"""The names of the SDK's trading side, where each stands and what it comes to: for the contract tests and docs/api-coverage.md.

``python -m tests.kit.sdk_surface docs`` writes that page: names from the vendor's wheel and the API document, states from our
code, and beside each call the tests that make it. It needs the development extra, because the wheel is read.
"""

from __future__ import annotations

import ast
import enum
import inspect
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from miniqmt_sim import constants
from miniqmt_sim.wire.messages import BY_NAME
from miniqmt_sim.xtquant import _views, xtconstant, xttrader, xttype
from miniqmt_sim.xtquant._later import LATER
from miniqmt_sim.xtquant._native_structs import STRUCTS
from tests.kit import vendor

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = "api-coverage.md"

ONLY_IN_THE_DOCUMENT: Final = ("query_smt_secu_info", "query_smt_secu_rate", "smt_appointment_async", "query_appointment_info")
"""Methods that the wheel has dropped."""
LATER_NAMES: Final = {name: reason for reason, names in LATER for name in names.split()}

ENUMS: Final[list[tuple[type[enum.IntEnum], str, dict[str, str]]]] = [
    # enum, prefix of the SDK's names, members that are named otherwise there
    (constants.Market, "", {"SH": "SH_MARKET", "SZ": "SZ_MARKET", "BJ": "MARKET_ENUM_BEIJING"}),
    (
        constants.AccountType,
        "",
        {member.name: f"{member.name}_ACCOUNT" for member in constants.AccountType} | {"STOCK": "SECURITY_ACCOUNT"},
    ),
    (
        constants.AccountStatus,
        "ACCOUNT_STATUS_",
        {
            "LOGGING_IN": "ACCOUNT_STATUSING",
            "DISABLED_BY_SYSTEM": "ACCOUNT_STATUS_DISABLEBYSYS",
            "DISABLED_BY_USER": "ACCOUNT_STATUS_DISABLEBYUSER",
        },
    ),
    (constants.OrderStatus, "ORDER_", {}),
    (constants.OffsetFlag, "OFFSET_FLAG_", {"FORCED_CLOSE": "OFFSET_FLAG_FORCECLOSE"}),
    (
        constants.FundTransfer,
        "FUNDS_TRANSFER_",
        {name: f"NODE_FUNDS_TRANSFER_{name.removeprefix('NODE_')}" for name in ("NODE_SH_TO_SZ", "NODE_SZ_TO_SH")},
    ),
    (constants.SecuTransfer, "SECU_TRANSFER_", {}),
    (constants.TransferType, "TRANS_TRANSFER_", {}),
    (constants.SubmittedOrderType, "", {}),
    (constants.SubmittedPriceType, "", {}),
]


def sdk_name(member: enum.IntEnum, prefix: str, renamed: dict[str, str]) -> str:
    """The name in xtconstant of a member of one of the enums."""
    return renamed.get(member.name, prefix + member.name)


# -- what becomes of a call ----------------------------------------------------------------------------------------------


def methods() -> list[str]:
    """Every method of the wheel's trader and of the API document, in the wheel's order."""
    names = [name for name in vendor.methods_of(vendor.class_of("xttrader", "XtQuantTrader")) if name != "__init__"]
    return [*names, *ONLY_IN_THE_DOCUMENT]


def state_of(method: str) -> str:
    """What a call comes to: works, is refused, or is not there and why."""
    if method in LATER_NAMES:
        return f"raises NotImplementedError: {LATER_NAMES[method]}"
    unknown = [message for message in messages_of(method) if message not in BY_NAME]
    return "refused: no permission" if unknown else "works"


@cache
def messages_of(method: str) -> tuple[str, ...]:
    """The messages a method asks with, as its code names them."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(getattr(xttrader.XtQuantTrader, method))))
    return tuple(dict.fromkeys(_messages(tree)))


def _messages(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="self")), args=[ast.Constant(value=str(message)), *_]):
                yield message
            case ast.Attribute(value=ast.Name(id="views"), attr=name) if isinstance(getattr(_views, name), _views.Query):
                yield getattr(_views, name).message


@cache
def tests_that_name() -> dict[str, list[str]]:
    """Names of attributes and texts to the contract tests of our SDK that have them."""
    found: dict[str, list[str]] = {}
    paths = (ROOT / "tests" / "contract").rglob("*.py")
    for path in sorted(path for path in paths if path.parent.name != "wheel" and not path.stem.startswith("__")):
        place = path.stem if path.parent.name == "contract" else f"conformance/{path.stem}"
        tree = ast.parse(path.read_text(encoding="utf-8"))
        attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        for name in attributes | texts:
            found.setdefault(name, []).append(place)
    return found


def tests_of(name: str) -> list[str]:
    """The contract tests that make a call, those of every driver first."""
    return sorted(tests_that_name().get(name, ()), key=lambda place: (not place.startswith("conformance/test"), place))


# -- what fills an object ------------------------------------------------------------------------------------------------


def callbacks() -> list[str]:
    """Every callback of the wheel, in its order."""
    return list(vendor.methods_of(vendor.class_of("xttrader", "XtQuantTraderCallback")))


def source_of_callback(name: str) -> str:
    """What calls a callback."""
    told = [push for push, row in _views.PUSHES.items() if row.callback == name]
    told += [f"answer to {message}" for message, row in _views.RESPONSES.items() if row.callback == name]
    told += {"on_disconnected": ["the connection was lost"], "on_connected": ["nothing, as at the vendor's"]}.get(name, [])
    return ", ".join(told) or "not yet"


def sources_of_class(cls: type) -> str:
    """The messages that fill a class."""
    queries = [row.message for row in vars(_views).values() if isinstance(row, _views.Query) and row.row is cls]
    pushes = [name for name, row in _views.PUSHES.items() if row.row is cls]
    responses = [name for name, row in _views.RESPONSES.items() if row.row is cls]
    return ", ".join(dict.fromkeys([*queries, *pushes, *responses])) or "nothing yet, or the strategy itself"


def classes() -> list[type]:
    """Every class of xttype, in its order."""
    known = (xttype.__name__, xttype.PositionStatistics.__module__)
    return [value for value in vars(xttype).values() if isinstance(value, type) and value.__module__ in known]


def fields_of(cls: type) -> list[tuple[str, str]]:
    """Fields of a class, each with its other name."""
    struct = STRUCTS.get(cls.__name__)
    names = [attribute.names for attribute in struct._attributes] if struct else []
    others = {name: " ".join(sorted(set(group) - {name})) for group in names for name in group}
    if is_dataclass(cls):
        own = [field.name for field in fields(cls)]
    else:
        own = [group[-1] for group in names] or ["account_id", "account_type"]
    return [(name, others.get(name, "")) for name in own]


def constant_values() -> dict[str, Any]:
    """Every public number and name of xtconstant."""
    return {
        name: value for name, value in vars(xtconstant).items() if not name.startswith("_") and isinstance(value, int | str)
    }


def use_of_constants() -> dict[str, str]:
    """Constants that the server knows to what they are there."""
    return {sdk_name(member, prefix, renamed): kind.__name__ for kind, prefix, renamed in ENUMS for member in kind}


# -- the page ------------------------------------------------------------------------------------------------------------

_INTRODUCTION: Final = """\
# API coverage

Generated from the SDK, the vendor's wheel (250807) and the contract tests by `make docs`. Do not edit.

The trading side: every method, callback, class, field and constant of the API document and of the wheel, one line each.
`conformance` runs once for every way to reach the simulator; the wheel's own deviations stand in
[vendor-wheel.md](vendor-wheel.md)."""


def page() -> str:
    """Write it."""
    return "\n".join((_INTRODUCTION, *_methods(), *_callbacks(), *_classes(), *_constants(), ""))


def _methods() -> Iterator[str]:
    yield "\n## Methods of XtQuantTrader\n\n| method | state | a test |\n|---|---|---|"
    for name in methods():
        tests = [] if name in LATER_NAMES else tests_of(name)
        yield f"| `{name}` | {state_of(name)} | {tests[0] if tests else ''} |"


def _callbacks() -> Iterator[str]:
    yield "\n## Callbacks\n\n| callback | called by | a test |\n|---|---|---|"
    for name in callbacks():
        yield f"| `{name}` | {source_of_callback(name)} | {next(iter(tests_of(name)), '')} |"


def _classes() -> Iterator[str]:
    for cls in classes():
        yield f"\n## {cls.__name__}\n\nFilled by: {sources_of_class(cls)}.\n\n| field | other name |\n|---|---|"
        yield from (f"| `{name}` | {f'`{other}`' if other else ''} |" for name, other in fields_of(cls))


def _constants() -> Iterator[str]:
    yield "\n## Constants\n\n| constant | value | the server knows it as |\n|---|---|---|"
    uses = use_of_constants()
    for name, value in constant_values().items():
        yield f"| `{name}` | {value!r} | {uses.get(name, '–')} |"


if __name__ == "__main__":
    (Path(sys.argv[1]) / PAGE).write_text(page(), encoding="utf-8", newline="\n")
