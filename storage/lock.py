"""The exclusive lock: one server to a database, while a SQLite shell may still read it.

The lock is on a file of its own, beside the database: SQLite's own locks would keep readers out, and closing a second
descriptor of the database file would drop them. The system frees the lock when the process dies, however it dies, so that it
is never stale. The file itself stays: if one process removed it, two others could each hold a lock on a file of this name.
"""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import Final

from storage.errors import DatabaseLocked, StorageError

_HELD: Final = (errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK)
"""What the systems answer when another process holds the lock."""

_FAR: Final = 1 << 30
"""Offset in bytes behind any text the file can hold."""

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        # One byte far behind the text: on Windows a locked byte cannot be read, and the text is there to be read.
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

    def _unlock(descriptor: int) -> None:
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


class DatabaseLock:
    """A held lock on a database; free again after release() or the end of the process."""

    __slots__ = ("_descriptor",)

    def __init__(self, database: Path) -> None:
        """Take the lock. Raises DatabaseLocked, or StorageError when the lock file cannot be made."""
        path = database.with_name(database.name + ".lock")
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise StorageError(f"{database}: cannot make the lock file: {error}") from error
        try:
            _lock(descriptor)
            os.lseek(descriptor, 0, os.SEEK_SET)
            os.ftruncate(descriptor, 0)
            os.write(descriptor, f"{os.getpid()}\n".encode())
        except OSError as error:
            os.lseek(descriptor, 0, os.SEEK_SET)
            owner = os.read(descriptor, 20).decode("ascii", "replace").strip()
            os.close(descriptor)
            if error.errno in _HELD:
                raise DatabaseLocked(f"{database} is in use by another server (process {owner or 'unknown'})") from None
            raise StorageError(f"{database}: cannot lock {path.name}: {error}") from error
        self._descriptor = descriptor

    @property
    def is_lost(self) -> bool:
        """Has somebody removed the lock file? Another server could have its own by now."""
        return os.fstat(self._descriptor).st_nlink == 0

    def release(self) -> None:
        """Give the lock back."""
        # Said aloud, not left to the closing: a forked child may still have the descriptor, and Windows takes its time.
        _unlock(self._descriptor)
        os.close(self._descriptor)
