"""The end of a thread that swallows every end: an exception raised between two lines of the strategy, outside of its ``try``.

Where a thread waits after the end of its backtest, an exception takes it out of whatever it does. A loop with a bare
``except`` around its wait takes that for one more mistake and waits again, for ever. Its own lines are traced then, and the
end is raised at one of them: first at the next one, which stands in the handler, then one line further on each time, until
it is one that no ``try`` encloses.
"""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any, Final

from miniqmt_sim.xtquant._faults import is_strategys

SWALLOWED: Final = 100
"""Ends that a thread may swallow one after the other: more than who clears up after each of his securities has use for."""


def innermost_outside(module: str) -> int:
    """The id of the innermost frame that is not of a module: whoever called it, for a compiled module has no frames."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__") == module:
        frame = frame.f_back
    return id(frame)


def raise_between_lines(end: type[BaseException], line: int, outermost: int) -> None:
    """Raise in this thread, at the ``line``-th line of the strategy that it comes to from here.

    Lines of functions under way count, those of functions called meanwhile do not; ``outermost`` is the id of the frame that
    called the strategy. What traced before no longer does.
    """
    left = line

    def trace(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal left
        if event == "line":
            left -= 1
            if left <= 0:
                raise end
        return trace

    frame: FrameType | None = sys._getframe(1)
    while frame is not None and id(frame) != outermost:
        if is_strategys(frame.f_code.co_filename):
            frame.f_trace = trace
        frame = frame.f_back
    sys.settrace(lambda *_: None)
