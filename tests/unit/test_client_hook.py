"""The import hook: one module object under two names, whatever else is installed, and no trace after it is taken out."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import miniqmt_sim.xtquant
from miniqmt_sim.client import discovery, hook
from miniqmt_sim.errors import ConfigError
from miniqmt_sim.xtquant import xtconstant, xttrader, xttype
from tests.kit import vendor

ROOT = Path(__file__).resolve().parents[2]
OURS = ("", ".xttrader", ".xttype", ".xtconstant", ".xtdata")


@pytest.fixture(autouse=True)
def _undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(hook.ENV_SDK, raising=False)


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
    with pytest.raises(ModuleNotFoundError, match=r"xtquant\.xtnothing"):
        importlib.import_module("xtquant.xtnothing")


@pytest.mark.usefixtures("_installed")
@pytest.mark.parametrize("name", hook.VENDORS)
def test_a_module_that_only_the_wheel_has_is_refused_with_the_way_to_it(name: str) -> None:
    assert any(vendor.path_of("xtdata").parent.glob(f"{name}*"))
    with pytest.raises(ImportError, match=rf"xtquant\.{name} is no part .*--sdk vendor"):
        exec(f"from xtquant import {name}")
    with pytest.raises(ImportError, match="--sdk vendor"):
        importlib.import_module(f"xtquant.{name}")


def test_every_module_of_the_wheel_is_ours_or_refused() -> None:
    wheel = vendor.path_of("xtdata").parent
    theirs = {path.stem for path in wheel.glob("*.py")} | {path.parent.name for path in wheel.glob("*/__init__.py")}
    ours = {path.stem for path in Path(xttrader.__file__).parent.glob("*.py")}
    assert theirs - ours == set(hook.VENDORS)


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


@pytest.mark.parametrize("before", [None, hook.OWN, hook.VENDOR])
def test_a_choice_for_a_while_leaves_what_was_chosen_before(before: str | None) -> None:
    finders = list(sys.meta_path)
    if before is not None:
        hook.install(before)
    chosen = [importlib.import_module("xtquant.xttype")] if before is not None else []
    with_hook = list(sys.meta_path)
    try:
        with hook.installed(hook.OWN):
            assert importlib.import_module("xtquant.xttype") is xttype
        assert sys.meta_path == with_hook
        assert [sys.modules[name] for name in sys.modules if name == "xtquant.xttype"] == chosen
    finally:
        hook.uninstall()
    assert sys.meta_path == finders


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


# -- the vendor's wheel --------------------------------------------------------------------------------------------------

SUBMODULES = """
metatable qmttools xtbson xtconn xtconstant xtdata xtdatacenter xtextend xtstocktype xttools xttrader xttype xtutil xtview
"""


def python(
    program: str, *, sdk: str | None = None, path: Path | None = None, userdata: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program in a fresh interpreter."""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(str(part) for part in (path, ROOT) if part)}
    if sdk is not None:
        env[hook.ENV_SDK] = sdk
    if userdata is not None:
        env[discovery.ENV_USERDATA] = str(userdata)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, env=env, check=False)


def test_the_environment_chooses_the_vendors_wheel_and_its_native_modules_are_ours() -> None:
    done = python(
        "import miniqmt_sim.hook, importlib, sys\n"
        f"for name in {SUBMODULES.split()!r}:\n"
        "    assert 'site-packages' in importlib.import_module('xtquant.' + name).__file__, name\n"
        "from xtquant.xttrader import XtQuantTrader\n"
        "import miniqmt_sim.xtquant.xtpythonclient as ours, miniqmt_sim.xtquant.datacenter as datacenter\n"
        "assert sys.modules['xtquant.xtpythonclient'] is ours\n"
        "assert sys.modules['xtquant.datacenter'] is datacenter\n"
        "print(XtQuantTrader.__module__)",
        sdk="vendor",
    )
    assert (done.stdout, done.returncode) == ("xtquant.xttrader\n", 0), done.stderr


def test_a_call_chooses_too_and_may_change_its_mind() -> None:
    done = python(
        "from miniqmt_sim import hook\n"
        "for sdk in ('vendor', 'own', None, 'vendor'):\n"
        "    hook.install(sdk)\n"
        "    from xtquant import xttrader\n"
        "    print(xttrader.__name__)\n"
    )
    assert done.stdout.split() == ["xtquant.xttrader", *["miniqmt_sim.xtquant.xttrader"] * 2, "xtquant.xttrader"], done.stderr


def test_the_wheels_own_quote_server_needs_ours(tmp_path: Path) -> None:
    program = (
        "from miniqmt_sim import hook; hook.install('vendor')\n"
        "from xtquant import xtdatacenter\n"
        "xtdatacenter.set_token('no matter')\n"
        "try:\n"
        "    xtdatacenter.init()\n"
        "except ConnectionError as error:\n"
        "    print(error)\n"
    )
    done = python(program, userdata=tmp_path)
    assert "no server has announced itself" in done.stdout, done.stderr


def test_importing_the_wheel_never_looks_for_updates(tmp_path: Path) -> None:
    """The wheel's own code would import these two and ask PyPI, for up to ten seconds."""
    for name in ("requests", "pkg_resources"):
        (tmp_path / f"{name}.py").write_text(f"print('{name} was imported')", encoding="utf-8")
    program = "{}import xtquant, builtins; print(xtquant.__version__, xtquant.__builtins__ is builtins)"
    assert "requests was imported" in python(program.format(""), path=tmp_path).stdout, "without the hook it does"
    done = python(program.format("import miniqmt_sim.hook; "), sdk="vendor", path=tmp_path)
    assert (done.stdout, done.stderr) == ("xtquant_250807 True\n", "")
    done = python("import miniqmt_sim.hook, xtquant, requests", sdk="vendor", path=tmp_path)
    assert done.stdout == "requests was imported\n", "to everybody else it is there"


@pytest.mark.parametrize("guard", ["try:\n    {}\nexcept:\n    pass", "{}\ntry:\n    requests.get('')\nexcept:\n    pass"])
def test_an_older_wheel_imports_what_it_wants_outside_its_guard(tmp_path: Path, guard: str) -> None:
    (tmp_path / "xtquant").mkdir()
    (tmp_path / "xtquant" / "xttrader.py").write_text("print('here')", encoding="utf-8")
    look = guard.format("import requests; from pkg_resources import get_distribution")
    (tmp_path / "xtquant" / "__init__.py").write_text(look, encoding="utf-8")
    done = python("import miniqmt_sim.hook, xtquant.xttrader", sdk="vendor", path=tmp_path)
    assert (done.stdout, done.stderr) == ("here\n", "")


def test_a_wheel_that_is_not_installed_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = list(sys.meta_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    (tmp_path / "xtquant").mkdir()
    (tmp_path / "xtquant" / "__init__.py").touch()
    with pytest.raises(ConfigError, match=r"not installed; `pip install xtquant==250807\.1\.2`"):
        hook.install("vendor")
    assert sys.meta_path == before


def test_an_sdk_that_there_is_not_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(hook.ENV_SDK, "mine")
    with pytest.raises(ConfigError, match="no SDK 'mine'; MINIQMT_SIM_SDK and --sdk know own and vendor"):
        hook.install()
