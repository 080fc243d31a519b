"""The vendor's wheel beside ours: read, parsed, and its trader run, all under another name than its own."""

from __future__ import annotations

import ast
import asyncio
import importlib
import importlib.metadata
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty
from types import ModuleType
from typing import Any

import pytest

from miniqmt_sim.xtquant import xtpythonclient

ALIAS = "vendor_xtquant"
"""Imported under this name the package's own __init__, which looks for updates on the network, never runs."""
NAP_S = 2.0
"""The wheel's ``run_forever`` sleeps so long at a time."""


def path_of(module: str) -> Path:
    """Give the file of a module of the installed wheel."""
    return Path(str(importlib.metadata.distribution("xtquant").locate_file(f"xtquant/{module}.py")))


def load(module: str) -> ModuleType:
    """Import xtconstant or xttype of the wheel."""
    if ALIAS not in sys.modules:
        package = ModuleType(ALIAS)
        package.__path__ = [str(path_of("xtconstant").parent)]
        sys.modules[ALIAS] = package
    return importlib.import_module(f"{ALIAS}.{module}")


def parse(module: str) -> ast.Module:
    """Parse any module of the wheel."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the vendor writes between its quotes is not ours to mend
        return ast.parse(path_of(module).read_text(encoding="utf-8"))


def class_of(module: str, name: str) -> ast.ClassDef:
    """Find a class in a parsed module."""
    return next(node for node in parse(module).body if isinstance(node, ast.ClassDef) and node.name == name)


def methods_of(tree: ast.ClassDef) -> dict[str, tuple[tuple[str, ...], dict[str, object]]]:
    """Give the public methods of a class: name to (argument names, defaults)."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and (not node.name.startswith("_") or node.name == "__init__"):
            names = tuple(argument.arg for argument in node.args.args)
            values = [ast.literal_eval(default) for default in node.args.defaults]
            found[node.name] = (names, dict(zip(names[len(names) - len(values) :], values, strict=True)))
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = found[node.value.id]
    return found


# -- the wheel at work -----------------------------------------------------------------------------------------------------


def trader_module() -> ModuleType:
    """Import the wheel's xttrader, unmodified, with our native module in the place of its own."""
    load("xttype")
    sys.modules.setdefault(f"{ALIAS}.xtpythonclient", xtpythonclient)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # its bson37 uses what Python 3.12 wishes away
        return load("xttrader")


@contextmanager
def event_loop() -> Iterator[None]:
    """Give the thread the current loop that the wheel's trader looks for, and close it afterwards."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()


def make_trader(path: str, session: int, callback: object = None) -> Any:
    """Make a trader of the wheel; made outside the main thread, it gets what its ``__del__`` would miss there."""
    trader = trader_module().XtQuantTrader(path, session, callback)
    if not hasattr(trader, "oldloop"):
        trader.oldloop = trader.loop
    return trader


def close(trader: Any) -> None:
    """Stop a trader of the wheel and close the loop it leaves open."""
    if trader.executor is not None:
        trader.stop()
    trader.loop.close()


def run_what_waits(trader: Any) -> int:
    """Run what stands in the worker's queue, as the worker would if its callback did not wait for it; give how much it was."""
    ran = 0
    with suppress(Empty):
        while True:
            trader.executor._work_queue.get_nowait().run()
            ran += 1
    return ran


def end_naps() -> None:
    """End every ``run_forever``: whoever sleeps next, within its two seconds, leaves its thread."""
    left = threading.Event()

    def leave(_seconds: float) -> None:
        left.set()
        raise InterruptedError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "sleep", leave)
        assert left.wait(NAP_S * 2)
