"""Where the database is: turns what the user wrote, a path or an SQLAlchemy URL, into a file (or memory)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from storage.errors import BadUrl, naming

MEMORY: Final = ":memory:"
_DRIVERS: Final = ("sqlite", "sqlite+aiosqlite")
_PLAIN: Final = "sqlite:///"
"""What a URL of a path and nothing else begins with."""


class Place:
    """A file as it was when it was opened. Systems that let an open file be removed do not tell who writes to it."""

    __slots__ = ("_identity", "_path")

    def __init__(self, path: Path) -> None:
        """Remember which file stands there. Raises OSError."""
        self._path = path
        self._identity = self._look()

    @property
    def is_there(self) -> bool:
        """Does the path still lead to that file?"""
        try:
            return self._look() == self._identity
        except OSError:
            return False

    def _look(self) -> tuple[int, int]:
        found = os.stat(self._path)
        return found.st_dev, found.st_ino


def parse_url(url: str) -> Path | None:
    """Give the absolute path of the database, links resolved; None for one in memory.

    Raises BadUrl. The text never repeats a URL, because that of a database server may hold a password.
    """
    database = _database_of(url) if "://" in url else url
    if database == MEMORY:
        return None
    if not database or "\0" in database or database.startswith("file:"):
        raise BadUrl(f"{database!r} is not the path of a database file")
    # Links are resolved so that two names of one file cannot be locked apart.
    with naming(database):
        return Path(database).resolve()


def url_of(path: Path | None) -> str:
    """Write a location as an SQLAlchemy URL."""
    return "sqlite://" if path is None else f"sqlite:///{path.as_posix()}"


def _database_of(url: str) -> str:
    if url.startswith(_PLAIN) and "?" not in url:
        return url.removeprefix(_PLAIN) or MEMORY
    # Reading what else a URL may say takes SQLAlchemy, and that takes 13 MB: only for whoever says it.
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):
        raise BadUrl("the database URL cannot be read; use sqlite:///path or a plain path") from None
    if parts.drivername not in _DRIVERS:
        raise BadUrl(f"databases of kind {parts.drivername!r} are not supported; use sqlite:///path or a plain path")
    if parts.host or parts.username or parts.port:
        raise BadUrl("a SQLite URL has three slashes before a relative path and four before an absolute one")
    if parts.query:
        raise BadUrl(f"a SQLite URL takes no options here, found {', '.join(sorted(parts.query))}")
    return parts.database or MEMORY
