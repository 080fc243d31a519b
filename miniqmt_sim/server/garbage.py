"""When a process that only serves looks for garbage that reference counts do not find.

Beside the flow. What an order leaves behind stays until the day is over, a million objects on a large day; the collector
would go through all of them again and again, which took a sixth of the time of an order. So whatever a collection has seen once
is put aside. When a day begins yesterday's orders are gone and the world is small: then everything is looked through.
"""

from __future__ import annotations

import gc
from typing import Final

_YOUNG: Final = 50_000
"""Objects made and not yet dropped that begin a collection; each is seen by one."""


def begin() -> None:
    """Put aside what is there, and from now on whatever was seen once."""
    gc.set_threshold(_YOUNG)
    gc.callbacks.append(_put_aside)
    look_through()


def look_through() -> None:
    """Find what has become garbage since the day before; takes some tenths of a second."""
    gc.unfreeze()
    gc.collect()


def _put_aside(phase: str, _info: dict[str, int]) -> None:
    if phase == "stop":
        gc.freeze()
