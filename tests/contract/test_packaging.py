"""The wheel holds what an installed package needs to work from an empty directory, and nothing of the workshop."""

from __future__ import annotations

import email
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from email.message import Message
from pathlib import Path
from typing import Final

import pytest

import miniqmt_sim

ROOT: Final = Path(__file__).resolve().parents[2]
PROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PACKAGES: Final = ("matching", "miniqmt_sim", "storage")
SHIPPED_AS: Final = {"config": "miniqmt_sim/config", "examples": "miniqmt_sim/examples"}
IGNORED: Final = shutil.ignore_patterns("__pycache__", "*.pyc")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Build the wheel from a copy, so that neither leftovers of a build get in nor any are left behind."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for folder in (*PACKAGES, *SHIPPED_AS, "tests"):
        shutil.copytree(ROOT / folder, source / folder, ignore=IGNORED)
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, source)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    built = subprocess.run([*command, "--wheel-dir", out, source], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return zipfile.ZipFile(next(out.glob("*.whl")))


@pytest.fixture(scope="module")
def files(wheel: zipfile.ZipFile) -> set[str]:
    return {name for name in wheel.namelist() if ".dist-info/" not in name}


@pytest.fixture(scope="module")
def metadata(wheel: zipfile.ZipFile) -> Message:
    name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return email.message_from_bytes(wheel.read(name))


def tree(folder: str, pattern: str) -> list[Path]:
    """List what a folder of the checkout holds, relative to the folder."""
    return [path.relative_to(ROOT / folder) for path in (ROOT / folder).rglob(pattern) if "__pycache__" not in path.parts]


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_is_in(files: set[str], package: str) -> None:
    modules = {f"{package}/{path.as_posix()}" for path in tree(package, "*.py")}
    assert modules - files == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_is_marked_as_typed(files: set[str], package: str) -> None:
    assert f"{package}/py.typed" in files


@pytest.mark.parametrize(("folder", "pattern"), [("config", "*.toml"), ("config", "*.csv"), ("examples", "*.py")])
def test_data_and_programs_are_in(files: set[str], folder: str, pattern: str) -> None:
    shipped = {f"{SHIPPED_AS[folder]}/{path.as_posix()}" for path in tree(folder, pattern)}
    assert shipped
    assert shipped - files == set()


def test_nothing_else_is_in(files: set[str]) -> None:
    known = {f"{package}/{path.as_posix()}" for package in PACKAGES for path in tree(package, "*")}
    known |= {f"{target}/{path.as_posix()}" for folder, target in SHIPPED_AS.items() for path in tree(folder, "*")}
    assert files - known == set()


def test_the_command_is_installed(wheel: zipfile.ZipFile) -> None:
    name = next(name for name in wheel.namelist() if name.endswith(".dist-info/entry_points.txt"))
    assert "miniqmt-sim = miniqmt_sim.cli:main" in wheel.read(name).decode()


def test_the_version_is_the_same_everywhere(metadata: Message) -> None:
    assert metadata["Version"] == PROJECT["version"] == miniqmt_sim.__version__


def test_only_the_few_dependencies_are_required(metadata: Message) -> None:
    required = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]
    names = sorted(re.split(r"[\s<>=!;]", line)[0].lower() for line in required)
    assert names == ["aiosqlite", "sortedcontainers", "sqlalchemy", "tzdata", "uvloop"]


def test_the_licence_travels_along(wheel: zipfile.ZipFile, metadata: Message) -> None:
    assert metadata["License-Expression"] == "MIT"
    assert any(name.endswith("licenses/LICENSE") for name in wheel.namelist())
