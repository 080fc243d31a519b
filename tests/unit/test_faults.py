"""What callbacks raise: told once in full, counted after that."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from miniqmt_sim.xtquant import _faults
from miniqmt_sim.xtquant._faults import Faults


def raised_by(function: Callable[[], Any]) -> BaseException:
    try:
        function()
    except Exception as error:
        return error
    raise AssertionError("it raises")


def divide() -> float:
    return 1 / int("0")


def test_the_same_again_is_told_ever_more_seldom(caplog: pytest.LogCaptureFixture) -> None:
    faults = Faults()
    for _ in range(250):
        faults.note(raised_by(divide))
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 3
    assert caplog.records[0].exc_info
    place = f"ZeroDivisionError, test_faults.py line {divide.__code__.co_firstlineno + 1}"
    assert caplog.messages == [
        "a callback raised an exception",
        f"a callback raised {place} for the 10th time: division by zero",
        f"a callback raised {place} for the 100th time: division by zero",
    ]
    assert faults.times == {place: 250}


def test_another_line_or_type_is_another_kind(caplog: pytest.LogCaptureFixture) -> None:
    faults = Faults()
    for function in (divide, lambda: 1 / int("0"), lambda: int("x"), divide):
        faults.note(raised_by(function))
    assert list(faults.times.values()) == [2, 1, 1]
    assert [bool(record.exc_info) for record in caplog.records] == [True] * 3


def test_the_place_is_the_strategys_line_and_not_the_librarys() -> None:
    faults = Faults()
    faults.note(raised_by(lambda: json.loads("{")))
    (kind,) = faults.times
    assert kind.startswith("JSONDecodeError, test_faults.py line ")


def test_a_strategy_that_lies_beside_a_library_is_no_part_of_it() -> None:
    ours, pythons = Path(_faults.__file__).parent.parent, Path(json.__file__).parent.parent
    for library in (ours, pythons):
        assert not _faults.is_strategys(str(library / "module.py"))
        assert _faults.is_strategys(f"{library}_strategies/mine.py")


def test_an_exception_that_was_never_raised_has_no_line() -> None:
    faults = Faults()
    faults.note(ValueError("made"))
    assert faults.times == {"ValueError, ": 1}


def test_kinds_have_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_faults, "MAX_KINDS", 2)
    faults = Faults()
    for name in ("A", "B", "C", "D", "A"):
        faults.note(type(name, (Exception,), {})())
    assert faults.times == {"A, ": 2, "B, ": 1, "others": 2}
