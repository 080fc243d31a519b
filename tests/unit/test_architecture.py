"""Who may import whom, and what the deterministic core may not touch: the walls of the project as tests.

The first half is the tables and the tests over the real source; the second half is the checkers and their own tests
on snippets, so that a checker which sees nothing cannot pass for clean code.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGES: Final = ("matching", "miniqmt_sim", "storage")

# --------------------------------------------------------------------------------------------------------------------
# The tables


class Layer(NamedTuple):
    """What one layer may import besides itself and the standard library; ``ours`` are dotted prefixes."""

    ours: tuple[str, ...] = ()
    third_party: tuple[str, ...] = ()


LEAVES: Final = ("miniqmt_sim.behaviour", "miniqmt_sim.constants", "miniqmt_sim.errors")
COUNTER: Final = ("matching", "miniqmt_sim.changes", "miniqmt_sim.refusals", *LEAVES)
CREDIT: Final = ("miniqmt_sim.counter", *COUNTER)
WORLD: Final = (
    *("miniqmt_sim.announcements", "miniqmt_sim.blueprint", "miniqmt_sim.canonical", "miniqmt_sim.restore"),
    "miniqmt_sim.sectors",
    *("miniqmt_sim.credit", "miniqmt_sim.market", "miniqmt_sim.scheduler", *CREDIT),
)
SESSIONS: Final = ("miniqmt_sim.world", "miniqmt_sim.wire.messages", *WORLD)
SIMULATOR: Final = ("miniqmt_sim.sessions", *SESSIONS)
SETTINGS: Final = ("miniqmt_sim.canonical", "miniqmt_sim.simulator", "miniqmt_sim.client.discovery", *LEAVES)
CLIENT: Final = ("miniqmt_sim", "miniqmt_sim.wire", "matching.units", "matching.codes", *LEAVES)
SDK: Final = ("miniqmt_sim.client", *CLIENT)
SERVER: Final = ("miniqmt_sim.settings", "miniqmt_sim.simulator", "miniqmt_sim.wire", "storage", *SIMULATOR, *SDK)
OUTERMOST: Final = (
    *("miniqmt_sim", "miniqmt_sim.backtest", "miniqmt_sim.client", "miniqmt_sim.compiled", "miniqmt_sim.server"),
    "miniqmt_sim.settings", *LEAVES,
)  # fmt: skip

LAYERS: Final[dict[str, Layer]] = {
    "matching": Layer(third_party=("sortedcontainers",)),
    "storage": Layer(third_party=("sqlalchemy", "aiosqlite")),
    "miniqmt_sim": Layer(),
    "miniqmt_sim.constants": Layer(),
    "miniqmt_sim.errors": Layer(),
    "miniqmt_sim.changes": Layer(),
    "miniqmt_sim.canonical": Layer(("miniqmt_sim.changes",)),
    "miniqmt_sim.behaviour": Layer(),
    "miniqmt_sim.refusals": Layer(("matching.checks", "miniqmt_sim.constants")),
    "miniqmt_sim.wire": Layer(("matching.codes", *LEAVES)),
    "miniqmt_sim.counter": Layer(COUNTER),
    "miniqmt_sim.market": Layer(COUNTER),
    "miniqmt_sim.credit": Layer(CREDIT),
    "miniqmt_sim.announcements": Layer(CREDIT),
    "miniqmt_sim.blueprint": Layer(CREDIT),
    "miniqmt_sim.sectors": Layer(("matching", "miniqmt_sim.announcements")),
    "miniqmt_sim.restore": Layer(("miniqmt_sim.world", *WORLD)),
    "miniqmt_sim.world": Layer(WORLD),
    "miniqmt_sim.sessions": Layer(SESSIONS),
    "miniqmt_sim.scheduler": Layer(("miniqmt_sim.changes",), third_party=("sortedcontainers",)),
    "miniqmt_sim.simulator": Layer(SIMULATOR),
    "miniqmt_sim.settings": Layer(SETTINGS),
    "miniqmt_sim.client": Layer(CLIENT),
    "miniqmt_sim.hook": Layer(("miniqmt_sim.client",)),
    "miniqmt_sim.xtquant": Layer(SDK),
    "miniqmt_sim.server": Layer(SERVER, third_party=("uvloop",)),
    "miniqmt_sim.backtest.loops": Layer(("miniqmt_sim.backtest",)),
    "miniqmt_sim.backtest": Layer(
        ("miniqmt_sim", "miniqmt_sim.backtest", "miniqmt_sim.backtest.loops",
         "miniqmt_sim.server.feeds", "miniqmt_sim.server.wake", "miniqmt_sim.client",
         "miniqmt_sim.xtquant", "miniqmt_sim.simulator", "miniqmt_sim.settings", "miniqmt_sim.wire.messages",
         "miniqmt_sim.changes", "miniqmt_sim.counter.corporate", "miniqmt_sim.counter.ledger",
         "miniqmt_sim.counter.order_types", "matching", *LEAVES),
    ),
    "miniqmt_sim.compiled": Layer(("matching",)),
    "miniqmt_sim.docs": Layer(("miniqmt_sim.refusals", "miniqmt_sim.wire", "storage", *LEAVES)),
    "miniqmt_sim.testing": Layer(OUTERMOST),
    "miniqmt_sim.testing.plugin": Layer(("miniqmt_sim.testing",), third_party=("pytest",)),
    "miniqmt_sim.cli": Layer(OUTERMOST),
    "miniqmt_sim.__main__": Layer(("miniqmt_sim.cli",)),
}
"""A module belongs to the longest name here that it starts with; ``miniqmt_sim`` itself is only the package's root."""

HOME_OF: Final[dict[str, tuple[str, ...]]] = {
    "asyncio": ("miniqmt_sim.server", "storage", "miniqmt_sim.backtest.loops"),
    "sqlite3": ("storage",),
}
"""Standard modules that only these layers may know."""

UNUSED_BY_SERVERS: Final = frozenset({
    "sqlalchemy", "greenlet", "numpy", "pandas", "pyarrow", "storage.schema",
    "miniqmt_sim.backtest", "miniqmt_sim.xtquant", "miniqmt_sim.testing",
})  # fmt: skip
"""Megabytes of every server, if one import at the top of a module were enough to bring them in."""

CORE: Final = (
    "matching",
    "miniqmt_sim.announcements",
    "miniqmt_sim.behaviour",
    "miniqmt_sim.canonical",
    "miniqmt_sim.changes",
    "miniqmt_sim.constants",
    "miniqmt_sim.counter",
    "miniqmt_sim.credit",
    "miniqmt_sim.market",
    "miniqmt_sim.refusals",
    "miniqmt_sim.scheduler",
    "miniqmt_sim.sectors",
    "miniqmt_sim.sessions",
    "miniqmt_sim.simulator",
    "miniqmt_sim.wire",
    "miniqmt_sim.blueprint",
    "miniqmt_sim.restore",
    "miniqmt_sim.world",
)
INTEGERS_ONLY: Final = ("matching", "miniqmt_sim.counter", "miniqmt_sim.credit")
CONVERSIONS: Final = ("matching.units",)
"""Where yuan become li and back: the one place with floats."""

IMPURE_MODULES: Final[dict[str, str]] = {
    **dict.fromkeys(("time", "sched"), "time comes in as now_ms"),
    **dict.fromkeys(("uuid", "secrets"), "ids come from counters in state"),
    **dict.fromkeys(("os", "pathlib", "io", "shutil", "tempfile", "glob", "sqlite3", "zoneinfo"), "the core opens no file"),
    **dict.fromkeys(("socket", "socketserver", "ssl", "select", "selectors", "http", "urllib"), "the core opens no socket"),
    **dict.fromkeys(("asyncio", "threading", "concurrent", "multiprocessing", "subprocess"), "the core is synchronous"),
    **dict.fromkeys(("signal", "platform"), "the core does not know where it runs"),
    **dict.fromkeys(("logging",), "the core emits events and does not log"),
    **dict.fromkeys(("importlib",), "imports stand at the top, where this test sees them"),
}
IMPURE_NAMES: Final[dict[str, str]] = {
    **dict.fromkeys(
        ("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today"),
        "time comes in as now_ms",
    ),
    **dict.fromkeys(("open", "input", "print"), "the core does no input or output"),
    **dict.fromkeys(("__import__",), "imports stand at the top, where this test sees them"),
}
SEEDED: Final = ("random", "random.Random")
LUCK: Final = "luck comes from a random.Random(seed) whose seed came in"
SET_METHODS: Final = ("union", "intersection", "difference", "symmetric_difference", "copy")
SET_TYPES: Final = ("set", "frozenset", "Set", "FrozenSet", "AbstractSet", "MutableSet")
ORDER_KEEPING: Final = ("list", "tuple", "iter", "enumerate", "zip", "map", "filter", "join", "extend", "fromkeys")
"""Calls whose result follows the order of what they are given."""
ORDER_FREE: Final = ("sorted", "set", "frozenset", "any", "all", "sum", "len")


# --------------------------------------------------------------------------------------------------------------------
# The tests over the source


def test_every_module_belongs_to_a_layer() -> None:
    strays = [source.name for source in SOURCES if source.layer is None]
    assert strays == [], f"put these into LAYERS: {strays}"


def test_imports_follow_the_table() -> None:
    assert_clean(import_findings, LAYERS)


def test_the_core_is_pure() -> None:
    assert_clean(impurity_findings, CORE)


def test_the_core_never_iterates_over_a_set() -> None:
    assert_clean(set_order_findings, CORE)


def test_matching_counter_and_credit_compute_in_integers() -> None:
    assert_clean(float_findings, INTEGERS_ONLY, spared=CONVERSIONS)


@pytest.mark.parametrize("layer", LAYERS)
def test_no_row_of_the_table_is_about_nothing(layer: str) -> None:
    assert any(source.layer == layer for source in SOURCES)


def test_a_server_loads_nothing_that_only_others_use() -> None:
    program = "import sys, miniqmt_sim.cli, miniqmt_sim.server.app; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert "storage.statements" in loaded
    assert not UNUSED_BY_SERVERS & {*loaded}


# --------------------------------------------------------------------------------------------------------------------
# The checkers: a Source in, findings out


class Source(NamedTuple):
    """One module, parsed."""

    name: str
    path: str
    tree: ast.Module
    layer: str | None
    is_package: bool = False


class Finding(NamedTuple):
    """One line that breaks a rule."""

    path: str
    line: int
    rule: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}"


Checker = Callable[[Source], Iterator[Finding]]


def layer_of(module: str) -> str | None:
    """Return the row of LAYERS that governs a module, or None when it is in no row."""
    owners = [layer for layer in LAYERS if layer == module or (layer != "miniqmt_sim" and module.startswith(layer + "."))]
    return max(owners, key=len, default=None)


def read_sources() -> list[Source]:
    """Parse every module of the three packages."""
    sources = []
    for path in sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        sources.append(Source(name, path.relative_to(ROOT).as_posix(), tree, layer_of(name), is_package))
    return sources


SOURCES: Final = read_sources()
MODULES: Final = frozenset(source.name for source in SOURCES)


def assert_clean(check: Checker, layers: Iterable[str], spared: tuple[str, ...] = ()) -> None:
    """Run a checker over the modules of some layers; a failure lists every place and its rule."""
    looked_at = tuple(layers)
    chosen = [source for source in SOURCES if source.layer in looked_at and source.name not in spared]
    findings = [str(finding) for source in chosen for finding in check(source)]
    assert findings == [], "\n" + "\n".join(findings)


class Import(NamedTuple):
    """One imported name: what was asked for, the name it binds here, and what that name stands for."""

    line: int
    dotted: str
    local: str
    meaning: str

    @property
    def top(self) -> str:
        return self.dotted.partition(".")[0]


def imported(source: Source) -> Iterator[Import]:
    """Yield every import, at any depth and under TYPE_CHECKING as well."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                yield Import(node.lineno, alias.name, alias.asname or top, alias.name if alias.asname else top)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                dotted = f"{absolute(source, node)}.{alias.name}"
                yield Import(node.lineno, dotted, alias.asname or alias.name, dotted)


def absolute(source: Source, node: ast.ImportFrom) -> str:
    """Return the module a ``from`` statement names, with its leading dots resolved."""
    if node.level == 0:
        return node.module or ""
    package = source.name.split(".")[: None if source.is_package else -1]
    kept = package[: len(package) - node.level + 1]
    return ".".join([*kept, *([node.module] if node.module else [])])


def import_findings(source: Source) -> Iterator[Finding]:
    """Find imports that the source's row of LAYERS does not grant."""
    layer = source.layer or ""
    grants = LAYERS[layer]
    for found in imported(source):
        if found.top in PACKAGES:
            module = module_named(found.dotted)
            if layer_of(module) != layer and not any(within(module, prefix) for prefix in grants.ours):
                yield Finding(source.path, found.line, f"{layer} may not import {module}")
        elif found.top in sys.stdlib_module_names:
            if layer not in HOME_OF.get(found.top, (layer,)):
                homes = " and ".join(HOME_OF[found.top])
                yield Finding(source.path, found.line, f"{layer} may not import {found.top}: only {homes} may")
        elif found.top not in grants.third_party:
            yield Finding(source.path, found.line, f"{layer} may not import {found.top}")


def module_named(dotted: str) -> str:
    """Return the module of ours that an import reaches: ``from a import b`` means a.b only where that is a module."""
    parent = dotted.rpartition(".")[0]
    return parent if parent in MODULES and dotted not in MODULES else dotted


def within(module: str, prefix: str) -> bool:
    """Tell whether a module is the one granted or lies below it; a grant of the root package grants its root only."""
    return module == prefix or (prefix != "miniqmt_sim" and module.startswith(prefix + "."))


def impurity_findings(source: Source) -> Iterator[Finding]:
    """Find clocks, files, sockets, threads, logging and randomness that nobody seeded."""
    names = {}
    for found in imported(source):
        names[found.local] = found.meaning
        if found.top in IMPURE_MODULES:
            yield Finding(source.path, found.line, f"{found.top} in the core: {IMPURE_MODULES[found.top]}")
        if found.top == "random" and found.dotted not in SEEDED:
            yield Finding(source.path, found.line, f"{found.dotted} in the core: {LUCK}")
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.expr):
            continue
        dotted = dotted_name(node, names)
        if dotted in IMPURE_NAMES:
            yield Finding(source.path, node.lineno, f"{dotted} in the core: {IMPURE_NAMES[dotted]}")
        if dotted.startswith("random.") and dotted not in SEEDED:
            yield Finding(source.path, node.lineno, f"{dotted} in the core: {LUCK}")
        if isinstance(node, ast.Call) and dotted_name(node.func, names) in SEEDED and not (node.args or node.keywords):
            yield Finding(source.path, node.lineno, f"a generator without a seed: {LUCK}")


def dotted_name(node: ast.AST, names: dict[str, str]) -> str:
    """Return what a name or chain of attributes means after the file's imports; empty when it is anything else."""
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        base = dotted_name(node.value, names)
        return f"{base}.{node.attr}" if base else ""
    return ""


def float_findings(source: Source) -> Iterator[Finding]:
    """Find float literals, true division and calls of float()."""
    for node in ast.walk(source.tree):
        match node:
            case ast.Constant(value=float() | complex()):
                yield Finding(source.path, node.lineno, f"float literal {node.value!r}: count in li, shares, ppm or ppb")
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
                yield Finding(source.path, node.lineno, "true division: use // with a stated rounding, or Fraction(a, b)")
            case ast.Call(func=ast.Name(id="float")):
                yield Finding(source.path, node.lineno, "float(): conversions live in matching.units")


def set_order_findings(source: Source) -> Iterator[Finding]:
    """Find places where the order of a set's elements could reach a result."""
    sets = KnownSets.of(source.tree)
    for node, given in order_sensitive(source.tree):
        if sets.holds(given):
            yield Finding(source.path, node.lineno, "iteration over a set: its order is chance; sort it, or keep a dict")


def order_sensitive(tree: ast.Module) -> Iterator[tuple[ast.expr | ast.stmt, ast.expr]]:
    """Yield (place, expression whose order matters there)."""
    harmless = {
        id(arg)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ORDER_FREE
        for arg in call.args
    }
    for node in ast.walk(tree):
        match node:
            case ast.For() | ast.YieldFrom():
                yield node, node.iter if isinstance(node, ast.For) else node.value
            case ast.ListComp() | ast.DictComp() | ast.GeneratorExp() if id(node) not in harmless:
                yield from ((node, part.iter) for part in node.generators)
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in ORDER_KEEPING:
                if id(node) not in harmless:
                    yield from ((node, arg) for arg in node.args)
            case ast.Call(func=ast.Attribute(value=value, attr="pop"), args=[]):
                yield node, value
            case ast.Starred():
                yield node, node.value
            case ast.Assign(targets=[ast.Tuple() | ast.List()]):
                yield node, node.value


class KnownSets(NamedTuple):
    """What one file tells of its sets: variables, attributes, and functions that return one."""

    variables: frozenset[str]
    attributes: frozenset[str]
    functions: frozenset[str]

    @classmethod
    def of(cls, tree: ast.Module) -> KnownSets:
        """Collect every name that is annotated as a set or assigned one."""
        known = cls(frozenset(), frozenset(), frozenset())
        while (grown := known.grown(tree)) != known:  # `a = set(); b = a` takes a second look
            known = grown
        return known

    def grown(self, tree: ast.Module) -> KnownSets:
        variables, attributes, functions = set(self.variables), set(self.attributes), set(self.functions)
        fields = {id(line) for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for line in node.body}
        for node in ast.walk(tree):
            match node:
                case ast.AnnAssign() if is_set_type(node.annotation):
                    add_target(node.target, variables, attributes, is_field=id(node) in fields)
                case ast.Assign() if self.holds(node.value):
                    for target in node.targets:
                        add_target(target, variables, attributes, is_field=id(node) in fields)
                case ast.NamedExpr() if self.holds(node.value):
                    variables.add(node.target.id)
                case ast.arg() if node.annotation is not None and is_set_type(node.annotation):
                    variables.add(node.arg)
                case ast.FunctionDef() if node.returns is not None and is_set_type(node.returns):
                    functions.add(node.name)
        return KnownSets(frozenset(variables), frozenset(attributes), frozenset(functions))

    def holds(self, node: ast.expr) -> bool:
        """Tell whether an expression is a set, as far as this file shows."""
        match node:
            case ast.Set() | ast.SetComp() | ast.Call(func=ast.Name(id="set" | "frozenset")):
                return True
            case ast.Call(func=ast.Attribute(value=value, attr=name)) if name in SET_METHODS:
                return self.holds(value)
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                return name in self.functions
            case ast.BinOp(op=ast.BitOr() | ast.BitAnd() | ast.Sub() | ast.BitXor()):
                return any(self.holds(side) or is_key_view(side) for side in (node.left, node.right))
            case ast.IfExp():
                return self.holds(node.body) or self.holds(node.orelse)
            case ast.Name():
                return node.id in self.variables
            case ast.Attribute():
                return node.attr in self.attributes
        return False


def is_set_type(annotation: ast.expr) -> bool:
    head = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    name = head.id if isinstance(head, ast.Name) else head.attr if isinstance(head, ast.Attribute) else ""
    if name in ("Final", "ClassVar") and isinstance(annotation, ast.Subscript):
        return is_set_type(annotation.slice)
    return name in SET_TYPES


def is_key_view(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("keys", "items")


def add_target(target: ast.expr, variables: set[str], attributes: set[str], *, is_field: bool) -> None:
    if isinstance(target, ast.Attribute):
        attributes.add(target.attr)
    elif isinstance(target, ast.Name):
        (attributes if is_field else variables).add(target.id)


# --------------------------------------------------------------------------------------------------------------------
# The checkers' own tests


def lines_found(check: Checker, code: str, module: str = "miniqmt_sim.counter.snippet") -> list[int]:
    """Run a checker over a snippet as if it stood in a module; return the lines it complains about."""
    source = Source(module, "snippet.py", ast.parse(textwrap.dedent(code)), layer_of(module))
    return sorted({finding.line for finding in check(source)})


@pytest.mark.parametrize(
    ("module", "code"),
    [
        ("matching.book", "import miniqmt_sim.constants"),
        ("matching.book", "from miniqmt_sim import constants"),
        ("matching.book", "import sqlalchemy"),
        ("matching.book", "def f():\n import uvloop"),
        ("storage.writer", "from matching.units import to_li"),
        ("miniqmt_sim.wire.messages", "from matching.units import to_li"),
        ("miniqmt_sim.wire.messages", "from matching import units"),
        ("miniqmt_sim.counter.risk", "from miniqmt_sim.credit import compacts"),
        ("miniqmt_sim.counter.risk", "from ..sessions import handlers"),
        ("miniqmt_sim.counter.risk", "from .. import server"),
        ("miniqmt_sim.sessions.views", "from miniqmt_sim.wire.frames import FrameBuffer"),
        ("miniqmt_sim.sessions.views", "import storage"),
        ("miniqmt_sim.simulator", "from miniqmt_sim.server import app"),
        ("miniqmt_sim.client.transport", "from miniqmt_sim.simulator import Simulator"),
        ("miniqmt_sim.xtquant.xttrader", "if TYPE_CHECKING:\n import miniqmt_sim.counter.broker"),
        ("miniqmt_sim.xtquant.xttrader", "import asyncio"),
        ("miniqmt_sim.cli", "import sqlite3"),
        ("miniqmt_sim.cli", "from storage import Database"),
        ("miniqmt_sim.settings", "from matching.rules import Rules"),
    ],
)
def test_a_forbidden_import_is_found(module: str, code: str) -> None:
    assert lines_found(import_findings, code, module) == [len(code.splitlines())]


@pytest.mark.parametrize(
    ("module", "code"),
    [
        ("matching.book", "from sortedcontainers import SortedDict\nfrom matching.units import to_li\nfrom . import events"),
        ("storage.writer", "import asyncio, sqlite3\nfrom sqlalchemy import Table"),
        ("miniqmt_sim.wire.messages", "from miniqmt_sim.constants import Market\nfrom matching import codes"),
        ("miniqmt_sim.credit.compacts", "from miniqmt_sim.counter.ledger import Ledger\nfrom ..errors import ConfigError"),
        ("miniqmt_sim.sessions.handlers", "from miniqmt_sim.wire import messages\nimport miniqmt_sim.wire.messages"),
        ("miniqmt_sim.server.app", "import asyncio, uvloop, time\nfrom storage import Database"),
        ("miniqmt_sim.xtquant.xttrader", "import threading\nfrom miniqmt_sim.client.transport import Transport"),
    ],
)
def test_an_allowed_import_is_not(module: str, code: str) -> None:
    assert lines_found(import_findings, code, module) == []


@pytest.mark.parametrize(
    "code",
    [
        "import time",
        "from time import monotonic",
        "import os.path",
        "import logging",
        "import threading as t",
        "from datetime import datetime; x = datetime.now()",
        "import datetime; x = datetime.datetime.utcnow()",
        "import datetime as d; f = d.date.today",
        "import random; x = random.randint(1, 6)",
        "import random as r; x = r.Random()",
        "from random import Random; x = Random()",
        "from random import shuffle",
        "from uuid import uuid4",
        "x = open('file')",
        "print('hello')",
        "from importlib import import_module",
    ],
)
def test_an_impurity_is_found(code: str) -> None:
    assert lines_found(impurity_findings, code) == [1]


@pytest.mark.parametrize(
    "code",
    [
        "import datetime; x = datetime.datetime.fromtimestamp(0, datetime.timezone.utc)",
        "from datetime import time; x = time(9, 30)",
        "import random; x = random.Random(7)",
        "from random import Random; x = Random(x=7)",
        "import random\ndef f(luck: random.Random) -> int: return luck.randint(1, 6)",
        "x = self.now(); y = book.open",
    ],
)
def test_a_pure_line_is_not(code: str) -> None:
    assert lines_found(impurity_findings, code) == []


@pytest.mark.parametrize("code", ["x = 0.1", "x = 1 / 3", "x /= 3", "x = float(y)", "def f(rate=1e-6): ..."])
def test_a_float_is_found(code: str) -> None:
    assert lines_found(float_findings, code) == [1]


@pytest.mark.parametrize("code", ["x = 1 // 3", "x = 10_000", "x: float = y", "x = '0.1'", "x = Fraction(1, 3)", "x //= 3"])
def test_an_integer_is_not(code: str) -> None:
    assert lines_found(float_findings, code) == []


@pytest.mark.parametrize(
    "code",
    [
        "for x in {1, 2}: ...",
        "for x in set(y): ...",
        "for x in frozenset(y) - z: ...",
        "for x in {z for z in y}: ...",
        "y = [x for x in {1, 2}]",
        "y = {x: 1 for x in a.keys() & b.keys()}",
        "y = list({1, 2})",
        "y = [*{1, 2}]",
        "y = ','.join({'a', 'b'})",
        "y, z = {1, 2}",
        "y = {1, 2}.pop()",
        "s = set(); t = s | u; y = [x for x in t]",
        "def f(s: set[int]) -> list[int]: return list(s)",
        "def f(s: AbstractSet[int]) -> None: yield from s",
        "s: Final[frozenset[int]] = g(); y = tuple(s)",
        "def f() -> set[int]: ...\nfor x in f(): ...",
        "class C:\n def __init__(self): self.dirty: set[int] = set()\n def f(self): return [x for x in self.dirty]",
        "class C(NamedTuple):\n codes: frozenset[str]\ndef f(c): return max(x for x in c.codes)",
    ],
)
def test_iteration_over_a_set_is_found(code: str) -> None:
    assert lines_found(set_order_findings, code) == [len(code.splitlines())]


@pytest.mark.parametrize(
    "code",
    [
        "for x in sorted({1, 2}): ...",
        "y = 3 in {1, 2}",
        "y = len({1, 2})",
        "y = {x + 1 for x in {1, 2}}",
        "y = any(x > 1 for x in {1, 2})",
        "y = sorted(x for x in {1, 2})",
        "for x in [1, 2]: ...",
        "for x in {1: 2}: ...",
        "y = [1].pop()",
        "y = list(range(a - b))",
        "for code in a.keys(): ...",
    ],
)
def test_an_order_free_use_of_a_set_is_not(code: str) -> None:
    assert lines_found(set_order_findings, code) == []
