"""What callbacks raise: the first of a kind is logged with its traceback, the same again ever more seldom.

A mistake in a callback for quotes is made with every quote; told each time, it would hide everything else, itself included.
"""

from __future__ import annotations

import logging
import os
from types import TracebackType
from typing import Final

MAX_KINDS: Final = 1000
"""Kinds that are told apart, by the exception's type and the line of the strategy it comes from; all others are one more."""
_LIBRARIES: Final = (
    os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), ""),
    os.path.join(os.path.dirname(os.__file__), ""),
    "<frozen ",
)
"""How names of files begin that are no strategy's: ours, and Python's with what is installed there."""
_INSTALLED: Final = os.path.join(os.sep, "site-packages", "")

_log = logging.getLogger("miniqmt_sim.xtquant")


class Faults:
    """Those of one worker, or of one backtest."""

    def __init__(self) -> None:
        self.times: dict[str, int] = {}
        """Kind to how often it was raised, such as ``ValueError, strategy.py line 24``."""

    def note(self, error: BaseException) -> None:
        """Take note of what a callback raised, and log it if it is the first of its kind, the 10th, the 100th …"""
        kind = f"{type(error).__name__}, {_place(error.__traceback__)}"
        if kind not in self.times and len(self.times) >= MAX_KINDS:
            kind = "others"
        times = self.times[kind] = self.times.get(kind, 0) + 1
        if times == 1:
            _log.error("a callback raised an exception", exc_info=error)
        elif str(times).strip("0") == "1":
            _log.error("a callback raised %s for the %dth time: %s", kind, times, error)


def _place(trace: TracebackType | None) -> str:
    """The innermost line of the strategy; the innermost of all where there is none."""
    innermost = theirs = ""
    while trace is not None:
        path = trace.tb_frame.f_code.co_filename
        innermost = f"{os.path.basename(path)} line {trace.tb_lineno}"
        if is_strategys(path):
            theirs = innermost
        trace = trace.tb_next
    return theirs or innermost


def is_strategys(path: str) -> bool:
    """Is a file of code the strategy's, and neither ours nor a library's?"""
    return not path.startswith(_LIBRARIES) and _INSTALLED not in path
