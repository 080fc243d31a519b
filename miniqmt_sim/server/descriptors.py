"""File descriptors: many systems give a process 1,024 of them, and more as soon as it asks.

A server needs one for each connection, and every data file that is played keeps one open.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
from typing import Any, Final

STEP: Final = 1024
"""So many more are asked for at a time."""
_resource: Any = importlib.import_module("resource") if importlib.util.find_spec("resource") else None  # Windows has none
_free = 256
"""How many are to be free beyond those that are in use: a strategy opens files too."""


def keep_free(wanted: int) -> None:
    """See that so many are free, from now on and whatever is opened."""
    global _free
    _free = wanted
    note(0)


def note(descriptor: int) -> None:
    """A descriptor was given out, the lowest that was free: ask for more when too few are left behind it."""
    if _resource is None:
        return
    soft, hard = _resource.getrlimit(_resource.RLIMIT_NOFILE)
    wanted = descriptor + _free
    if 0 <= soft < wanted:
        wanted += STEP
        with contextlib.suppress(OSError, ValueError):
            _resource.setrlimit(_resource.RLIMIT_NOFILE, (wanted if hard < 0 else min(wanted, hard), hard))
