"""What can go wrong with a database, drawn as a tree.

::

    StorageError              a path that cannot be used, a damaged file; the base of all below
    ├── BadUrl                a database URL that is not understood, or of a database that is not supported
    ├── ForeignDatabase       a file that is not ours: another program's database, or no database at all
    ├── NewerSchema           ours, written by a newer version of this program
    ├── DatabaseLocked        another server has it open
    └── WriteFailed           a batch was not committed; the Database takes no more of them

The first five are met while opening, before a byte of somebody else's file was changed. The last one ends a running server.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager


class StorageError(Exception):
    """The database cannot be used; the text names it and says why."""


class BadUrl(StorageError):
    """The database URL is not one this program can open."""


class ForeignDatabase(StorageError):
    """The file belongs to somebody else; it was not touched."""


class NewerSchema(StorageError):
    """The file was written by a newer version; it was not touched."""


class DatabaseLocked(StorageError):
    """Another server has the database open."""


class WriteFailed(StorageError):
    """A batch was rolled back; the Database is unusable from then on."""


@contextmanager
def naming(place: object) -> Iterator[None]:
    """Turn whatever SQLite or the file system refuses into a StorageError that names the place."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise StorageError(f"{place}: {error}") from error
