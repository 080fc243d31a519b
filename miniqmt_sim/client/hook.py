"""The import hook: ``xtquant`` and each of its modules become ``miniqmt_sim.xtquant`` and its modules, the very same objects.

It stands before every other finder, so it wins over an installed wheel of the vendor. ``import miniqmt_sim.hook`` installs it.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Final

ALIAS: Final = "xtquant"
TARGET: Final = "miniqmt_sim.xtquant"


class _Finder(MetaPathFinder):
    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if not _is_alias(fullname) or importlib.util.find_spec(_target_of(fullname)) is None:
            return None
        return ModuleSpec(fullname, _Loader())


class _Loader(Loader):
    def exec_module(self, module: ModuleType) -> None:
        # The import system hands out what stands in sys.modules afterwards, so the module made for the alias is dropped
        # and the real one stays as it is, with its own name and spec.
        sys.modules[module.__name__] = importlib.import_module(_target_of(module.__name__))


_finder: Final = _Finder()


def install() -> None:
    """Make ``import xtquant`` mean our modules, from now on; a wheel's modules imported before are forgotten."""
    if _finder not in sys.meta_path:
        _forget_aliases()
        sys.meta_path.insert(0, _finder)


def uninstall() -> None:
    """Undo ``install``; what was imported meanwhile stays with who imported it."""
    if _finder in sys.meta_path:
        sys.meta_path.remove(_finder)
        _forget_aliases()


def _forget_aliases() -> None:
    for name in [name for name in sys.modules if _is_alias(name)]:
        del sys.modules[name]


def _is_alias(name: str) -> bool:
    return name == ALIAS or name.startswith(ALIAS + ".")


def _target_of(name: str) -> str:
    return TARGET + name.removeprefix(ALIAS)
