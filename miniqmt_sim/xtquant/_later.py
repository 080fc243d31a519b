"""The public methods of the wheel that nothing stands behind here: each raises NotImplementedError with the reason.

A made-up answer would be worse than none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

LATER: Final = (
    # why, methods
    (
        "it serves the vendor's native module, which this SDK does without",
        "common_op_sync_with_seq common_op_async_with_seq",
    ),
)


def add_later_methods(cls: type) -> None:
    """Give a class every method of the table."""
    for reason, names in LATER:
        for name in names.split():
            setattr(cls, name, _later(name, reason))


def _later(name: str, reason: str) -> Callable[..., Any]:
    def method(self: object, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"{name}: {reason}")

    method.__name__ = name
    method.__qualname__ = f"XtQuantTrader.{name}"
    method.__doc__ = f"Not here: {reason}."
    return method
