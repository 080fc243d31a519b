"""The compiled core is told apart from the sources, and from older ones."""

from __future__ import annotations

import os
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

from matching import book
from miniqmt_sim import compiled


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A checkout with one module that was compiled after it was written."""
    (tmp_path / "matching").mkdir()
    (tmp_path / "miniqmt_sim").mkdir()
    (tmp_path / "setup.py").touch()
    for name, time_s in (("matching/book.py", 100), (f"matching/book{EXTENSION_SUFFIXES[0]}", 50), ("matching/codes.py", 900)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (time_s, time_s))
    built = tmp_path / "miniqmt_sim" / f"core__mypyc{EXTENSION_SUFFIXES[0]}"
    built.touch()
    os.utime(built, (200, 200))
    return tmp_path


def test_what_was_compiled_last_is_in_order(tree: Path) -> None:
    assert compiled.stale(tree) == []


def test_a_source_changed_later_is_named_and_others_are_not(tree: Path) -> None:
    os.utime(tree / "matching" / "book.py", (300, 300))
    assert compiled.stale(tree) == [os.path.join("matching", "book.py")]


def test_an_installation_is_never_older_than_itself(tree: Path) -> None:
    os.utime(tree / "matching" / "book.py", (300, 300))
    (tree / "setup.py").unlink()
    assert compiled.stale(tree) == []


def test_the_core_in_use_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book, "__file__", str(Path(sys.prefix, "matching", "book.py")))
    assert compiled.core() == "pure Python"
    monkeypatch.setattr(book, "__file__", str(Path(sys.prefix, "matching", f"book{EXTENSION_SUFFIXES[0]}")))
    assert compiled.core() == "compiled"
