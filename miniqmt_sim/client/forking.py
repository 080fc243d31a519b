"""What in-memory hosts do when their process forks: they hold still, so that the child gets worlds that are whole."""

from __future__ import annotations

import os
import weakref
from typing import Final, Protocol


class Host(Protocol):
    """What is told of a fork."""

    def before_fork(self) -> None: ...
    def after_fork_in_parent(self) -> None: ...
    def after_fork_in_child(self) -> None: ...


class Told:
    """Has a host told of every fork, as long as the host keeps it."""

    def __init__(self, host: Host) -> None:
        self.host = host
        _told.add(self)


_told: Final[weakref.WeakSet[Told]] = weakref.WeakSet()
_forking: Final[list[Host]] = []
"""Those that a fork under way waited for."""


def _before_fork() -> None:
    for told in list(_told):
        told.host.before_fork()
        _forking.append(told.host)


def _after_fork_in_parent() -> None:
    while _forking:
        _forking.pop().after_fork_in_parent()


def _after_fork_in_child() -> None:
    while _forking:
        _forking.pop().after_fork_in_child()


if hasattr(os, "register_at_fork"):  # Windows forks nothing
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork_in_parent, after_in_child=_after_fork_in_child)
