"""The import hook: what ``import xtquant`` means, the simulator's SDK or the vendor's own wheel with our native module in it.

``own`` (the default): ``xtquant`` and each of its modules become ``miniqmt_sim.xtquant`` and its modules, the very same
objects. ``vendor``: ``xtquant`` stays the installed wheel, unmodified; only its two native modules, which exist for Windows
alone, are ours. The choice is made by ``install``'s argument, else by the environment's MINIQMT_SIM_SDK.

It stands before every other finder, so it wins over whatever is installed. ``import miniqmt_sim.hook`` installs it.
"""

from __future__ import annotations

import builtins
import importlib
import importlib.util
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from miniqmt_sim.errors import ConfigError

ALIAS: Final = "xtquant"
TARGET: Final = "miniqmt_sim.xtquant"
ENV_SDK: Final = "MINIQMT_SIM_SDK"
OWN: Final = "own"
VENDOR: Final = "vendor"
SDKS: Final = (OWN, VENDOR)
NATIVE: Final = (f"{ALIAS}.xtpythonclient", f"{ALIAS}.datacenter")
"""What the vendor's wheel cannot bring along but for Windows."""
VENDORS: Final = (
    "metatable", "qmttools", "xtbson", "xtconn", "xtdata_config", "xtdatacenter", "xtextend", "xtstocktype", "xttools",
    "xtutil", "xtview",
)  # fmt: skip
"""What the vendor's wheel has and our SDK has not."""


def install(sdk: str | None = None) -> None:
    """Make ``import xtquant`` mean an SDK from now on: ``own``, ``vendor``, or None for what the environment says.

    Modules of that name imported before are forgotten. Raises ConfigError when the vendor's wheel is meant and missing.
    """
    finder = _FINDERS[chosen(sdk)]
    if finder is _FINDERS[VENDOR]:
        _find_wheel()
    if finder not in sys.meta_path:
        uninstall()
        _forget_aliases()
        sys.meta_path.insert(0, finder)


def uninstall() -> None:
    """Undo ``install``; what was imported meanwhile stays with who imported it."""
    for finder in _FINDERS.values():
        if finder in sys.meta_path:
            sys.meta_path.remove(finder)
            _forget_aliases()


@contextmanager
def installed(sdk: str) -> Iterator[None]:
    """Make ``import xtquant`` mean an SDK for a while, and then what it meant before. Raises ConfigError as ``install``."""
    before = [finder for finder in sys.meta_path if finder in _FINDERS.values()]
    modules = {name: module for name, module in sys.modules.items() if _is_alias(name)}
    install(sdk)
    try:
        yield
    finally:
        uninstall()
        sys.meta_path[:0] = before
        sys.modules.update(modules)


def chosen(sdk: str | None = None) -> str:
    """Say which SDK is meant. Raises ConfigError for a name that is none."""
    name = sdk or os.environ.get(ENV_SDK) or OWN
    if name not in SDKS:
        raise ConfigError(f"there is no SDK {name!r}; {ENV_SDK} and --sdk know {' and '.join(SDKS)}")
    return name


# -- our SDK -------------------------------------------------------------------------------------------------------------


class _OwnFinder(MetaPathFinder):
    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        package, _, name = fullname.rpartition(".")
        if name in VENDORS and package in (ALIAS, TARGET):
            # `from xtquant import xtview` asks for it under the other name, and would swallow a ModuleNotFoundError.
            way = f"with `miniqmt-sim run --sdk {VENDOR}` or {ENV_SDK}={VENDOR} xtquant is the vendor's wheel, which has it"
            raise ImportError(f"{ALIAS}.{name} is no part of miniqmt-sim's own SDK; {way}", name=fullname)
        if not _is_alias(fullname) or importlib.util.find_spec(_target_of(fullname)) is None:
            return None
        return ModuleSpec(fullname, _AliasLoader())


class _AliasLoader(Loader):
    def exec_module(self, module: ModuleType) -> None:
        # The import system hands out what stands in sys.modules afterwards, so the module made for the alias is dropped
        # and the real one stays as it is, with its own name and spec.
        sys.modules[module.__name__] = importlib.import_module(_target_of(module.__name__))


# -- the vendor's wheel --------------------------------------------------------------------------------------------------


class _VendorFinder(MetaPathFinder):
    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if fullname in NATIVE:
            return ModuleSpec(fullname, _AliasLoader())
        return _quietly(_find_wheel()) if fullname == ALIAS else None


class _QuietLoader(SourceFileLoader):
    """Runs the wheel's ``__init__`` without its look for a newer edition, which can take ten seconds where there is no network.

    The file is run as it is. What it imports for that look fails as it does without a network, which the file expects.
    """

    def exec_module(self, module: ModuleType) -> None:
        module.__dict__["__builtins__"] = {**vars(builtins), "__import__": _import_offline}
        super().exec_module(module)
        module.__dict__["__builtins__"] = builtins


def _import_offline(name: str, *more: Any, **named: Any) -> ModuleType:
    return _STAND_INS.get(name) or builtins.__import__(name, *more, **named)


def _stand_in(name: str) -> ModuleType:
    """Make a module in which everything can be called and nothing works."""
    module = ModuleType(name)
    module.__dict__["__getattr__"] = lambda _attribute: _refuse
    return module


def _refuse(*_args: Any, **_kwargs: Any) -> Any:
    raise OSError("miniqmt-sim keeps xtquant from looking for updates while it is imported")


_STAND_INS: Final = {name: _stand_in(name) for name in ("requests", "pkg_resources")}


def _find_wheel() -> ModuleSpec:
    spec = PathFinder.find_spec(ALIAS)
    if spec is None or spec.origin is None or not Path(spec.origin).with_name("xttrader.py").is_file():
        raise ConfigError("the vendor's SDK is asked for and not installed; `pip install xtquant==250807.1.2` installs it")
    return spec


def _quietly(spec: ModuleSpec) -> ModuleSpec:
    if isinstance(spec.loader, SourceFileLoader):
        spec.loader = _QuietLoader(spec.loader.name, spec.loader.path)
    return spec


# -- both ----------------------------------------------------------------------------------------------------------------

_FINDERS: Final[dict[str, MetaPathFinder]] = {OWN: _OwnFinder(), VENDOR: _VendorFinder()}


def _forget_aliases() -> None:
    for name in [name for name in sys.modules if _is_alias(name)]:
        del sys.modules[name]


def _is_alias(name: str) -> bool:
    return name == ALIAS or name.startswith(ALIAS + ".")


def _target_of(name: str) -> str:
    return TARGET + name.removeprefix(ALIAS)
