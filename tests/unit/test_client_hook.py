"""The import hook: one module object under two names, whatever else is installed, and no trace after it is taken out."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import miniqmt_sim.xtquant
from miniqmt_sim.client import hook
from miniqmt_sim.xtquant import xtconstant, xttrader, xttype

ROOT = Path(__file__).resolve().parents[2]
OURS = ("", ".xttrader", ".xttype", ".xtconstant", ".xtdata")


@pytest.fixture
def _installed() -> Iterator[None]:
    hook.install()
    yield
    hook.uninstall()


@pytest.mark.usefixtures("_installed")
@pytest.mark.parametrize("name", OURS)
def test_every_module_is_the_very_same_object(name: str) -> None:
    module = importlib.import_module("xtquant" + name)
    assert module is importlib.import_module("miniqmt_sim.xtquant" + name)
    assert module.__name__ == "miniqmt_sim.xtquant" + name
    assert module.__spec__ is not None
    assert module.__spec__.name == "miniqmt_sim.xtquant" + name


@pytest.mark.usefixtures("_installed")
def test_every_form_of_import_gives_it() -> None:
    import xtquant
    import xtquant.xttrader as t
    from xtquant import xtconstant as c
    from xtquant.xttype import StockAccount

    assert xtquant is miniqmt_sim.xtquant
    assert t is xttrader
    assert c is xtconstant
    assert StockAccount is xttype.StockAccount


@pytest.mark.usefixtures("_installed")
def test_a_module_the_sdk_does_not_have_is_not_found() -> None:
    with pytest.raises(ModuleNotFoundError, match=r"xtquant\.xtdatacenter"):
        importlib.import_module("xtquant.xtdatacenter")


@pytest.mark.usefixtures("_installed")
def test_names_that_only_begin_alike_are_left_alone() -> None:
    with pytest.raises(ModuleNotFoundError, match="xtquantity"):
        importlib.import_module("xtquantity")


def test_it_wins_over_another_package_of_that_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "xtquant").mkdir()
    (tmp_path / "xtquant" / "__init__.py").write_text("")
    (tmp_path / "xtquant" / "xttrader.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name == "xtquant" or name.startswith("xtquant.")]:
        monkeypatch.delitem(sys.modules, name)
    before: ModuleType = importlib.import_module("xtquant.xttrader")
    assert before.__file__ == str(tmp_path / "xtquant" / "xttrader.py")
    hook.install()
    try:
        assert importlib.import_module("xtquant.xttrader") is xttrader
    finally:
        hook.uninstall()
    assert importlib.import_module("xtquant.xttrader").__file__ == before.__file__


def test_installing_twice_is_installing_once() -> None:
    before = list(sys.meta_path)
    hook.install()
    hook.install()
    assert len(sys.meta_path) == len(before) + 1
    hook.uninstall()
    assert sys.meta_path == before
    hook.uninstall()
    assert not any(name == "xtquant" or name.startswith("xtquant.") for name in sys.modules)


def test_one_line_installs_it() -> None:
    program = (
        "import miniqmt_sim.hook\n"
        "from xtquant.xttrader import XtQuantTrader, XtQuantTraderCallback\n"
        "from xtquant import xtconstant, xtdata\n"
        "print(XtQuantTrader.__module__, xtconstant.STOCK_BUY)\n"
    )
    command = [sys.executable, "-W", "error", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=ROOT, check=True)
    assert done.stdout == "miniqmt_sim.xtquant.xttrader 23\n"
    assert done.stderr == ""
