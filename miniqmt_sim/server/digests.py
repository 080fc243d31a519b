"""The SHA-256 of data files, remembered in the cache of tapes as long as a file has its size and time of change.

A year of minutes of the whole market is 20 GB: read again at every start, that alone takes 20 seconds.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any, Final, Self

from miniqmt_sim.server.feeds.files import cache_dir

FILE_NAME: Final = "digests.json"
MAX_FILES: Final = 50_000
"""Remembered, some 150 bytes each: two periods of every code there is, and many that are gone."""


def sha256_of(file: Path) -> str:
    """Read a file and give its SHA-256 as hexadecimal digits."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class Digests:
    """Those that are remembered: a context manager that writes down, at its end, what is new."""

    def __init__(self) -> None:
        self._place = cache_dir() / FILE_NAME
        self._known: dict[str, Any] = {}
        self._is_changed = False

    def __enter__(self) -> Self:
        with contextlib.suppress(OSError, ValueError, RecursionError):  # then it is made anew
            known = json.loads(self._place.read_bytes())
            self._known = known if isinstance(known, dict) else {}
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_changed:
            with contextlib.suppress(OSError):  # the next start reads them again
                self._write()

    def of(self, file: Path) -> str:
        """A file's SHA-256, of the file as it was when it had this size and time of change."""
        status, name = file.stat(), str(file.resolve())
        now = [status.st_size, status.st_mtime_ns]
        known = self._known.get(name)
        if isinstance(known, list) and known[:2] == now and len(known) == 3 and isinstance(known[2], str):
            return known[2]
        digest = sha256_of(file)
        self._known.pop(name, None)
        self._known[name] = [*now, digest]
        self._is_changed = True
        return digest

    def _write(self) -> None:
        """Write the newest, beside their place and then there, whoever else does the same."""
        newest = dict(list(self._known.items())[-MAX_FILES:])
        with tempfile.NamedTemporaryFile("w", dir=self._place.parent, prefix="writing-", encoding="utf-8", delete=False) as out:
            try:
                json.dump(newest, out)
                out.close()
                os.replace(out.name, self._place)
            except BaseException:
                out.close()
                Path(out.name).unlink(missing_ok=True)
                raise
