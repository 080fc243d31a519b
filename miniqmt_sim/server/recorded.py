"""The recorded market that a journal was kept under: named in the journal's configuration, and found again for a replay.

Beside the journal, which says only how far the market was played. What it said stands in its files, so they are named by path
and by what is in them: a replay with other data would play another world.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

from miniqmt_sim.errors import ConfigError
from miniqmt_sim.server.digests import Digests, sha256_of
from miniqmt_sim.server.feeds import files
from miniqmt_sim.server.feeds.files import Reading
from miniqmt_sim.server.feeds.history import FAR_MS, History
from miniqmt_sim.server.feeds.recording import Recording
from miniqmt_sim.server.feeds.replay import Replay
from miniqmt_sim.settings import ReplaySettings, Settings, World

KEY: Final = "recorded"
"""Under it the market stands in the configuration's JSON."""
SAID_EVERY_S: Final = 5.0

_log = logging.getLogger("miniqmt_sim.server")


class Market(NamedTuple):
    """Where the data lie, how they are read, from when they are played, and the SHA-256 of them."""

    data: str
    volume_unit: str
    start_ms: int
    sha256: str

    @classmethod
    def of(cls, chosen: ReplaySettings, recording: Recording) -> Market:
        """The market of a server that plays one; reads every file that is new to it."""
        path = Path(chosen.data).absolute()
        with Digests() as digests:
            return cls(str(path), chosen.volume_unit, recording.pace.start_ms, digest_of(path, digests.of))

    def open(self, data: str | None = None) -> History:
        """Open the data, where they lay or where they lie now. Raises ConfigError when they are not there, or are others."""
        path = Path(data or self.data)
        if not path.exists():
            raise ConfigError(f"this journal needs the recorded market at {path}, which is not there: --data says where it is")
        if digest_of(path) != self.sha256:
            raise ConfigError(f"this journal needs the recorded market it was kept with; what lies at {path} is another")
        return History.open(path, self.volume_unit)

    def source(self, history: History) -> Replay:
        """What a simulator plays."""
        return Replay(history, self.start_ms, FAR_MS)


class Stage(NamedTuple):
    """A recorded market that is opened for a world, and all that the world is made of, as JSON."""

    recording: Recording
    config: str

    @classmethod
    def set(cls, settings: Settings) -> Self | None:
        """Open the market that settings name as the files are now; None when they name none. Raises ConfigError."""
        if settings.world.feed != "replay":
            return None
        recording = Recording.open(settings, reading=_reading())
        market = Market.of(settings.replay, recording) if settings.journal else None
        return cls(recording, configuration(recording.world, market))


def _reading() -> Reading:
    """Say now and then how many files are read, where that takes a while."""
    said_s = time.monotonic()

    def read(number: int, of: int) -> None:
        nonlocal said_s
        if number and time.monotonic() - said_s >= SAID_EVERY_S:
            said_s = time.monotonic()
            _log.info("reading data: %d of %d files", number, of)

    return read


def digest_of(path: Path, content_of: Callable[[Path], str] = sha256_of) -> str:
    """The SHA-256 of the names and contents of all files that a path of data means. Raises ConfigError for no data."""
    root = path if path.is_dir() else path.parent
    lying_beside = (files.beside(path, name) for name in files.LYING_BESIDE)
    found = [file.path for file in files.find(path)] + [file for file in lying_beside if file is not None]
    digest = hashlib.sha256()
    for file in sorted(found):
        digest.update(f"{file.relative_to(root).as_posix()} {content_of(file)}\n".encode())
    return digest.hexdigest()


def configuration(world: World, market: Market | None) -> str:
    """All that a world was made of, as JSON without passwords."""
    if market is None:
        return world.text
    return json.dumps({**json.loads(world.text), KEY: market._asdict()}, sort_keys=True, ensure_ascii=False)


def parts_of(configuration: str) -> tuple[dict[str, Any], Market | None]:
    """Such a text taken apart: the values of a core's configuration, and the market."""
    values: dict[str, Any] = json.loads(configuration)
    market = values.pop(KEY, None)
    return values, None if market is None else Market(**market)
