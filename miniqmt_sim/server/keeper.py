"""What an operator asks of the database as a whole: snapshots, a new beginning, and giving room back.

Beside the dispatcher, which lets nothing else happen meanwhile and swaps the world when the answer says so. A snapshot is one
file in ``snapshots`` of the userdata directory; copied there from another machine, it can be loaded as if saved here.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from matching import calendar
from miniqmt_sim.changes import Row
from miniqmt_sim.errors import CommandRefused, ConfigError
from miniqmt_sim.server.persistence import Persistence
from miniqmt_sim.server.recorded import Stage
from miniqmt_sim.server.wake import Awake, wake
from miniqmt_sim.settings import World
from miniqmt_sim.wire.messages import JsonObject, Request
from storage import StorageError, WriteFailed
from storage.snapshots import moment_of

DIRECTORY: Final = "snapshots"
SUFFIX: Final = ".sqlite"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)
"""A name is a file's on every system, and never leads out of the directory."""
MAX_SNAPSHOTS: Final = 1000
"""As many as a list answers at once; whoever wants more moves some away."""


class Kept(NamedTuple):
    """What was done: an answer, and the world to go on with when it is another one."""

    answer: JsonObject
    awake: Awake | None = None
    reason: str = ""
    """What sessions are told that end with their world."""


class Keeper:
    """Answers the requests of KEEPER_REQUESTS."""

    def __init__(
        self, persistence: Persistence, world: World, userdata: Path,
        set_stage: Callable[[], Stage | None] = lambda: None, changed: Callable[[Stage], None] = lambda _stage: None,
    ) -> None:  # fmt: skip
        """``set_stage`` opens the recorded market that a world plays, if it plays one; ``changed`` hears that one does."""
        self._persistence = persistence
        self._world = world
        self._set_stage = set_stage
        self._changed = changed
        self._directory = userdata / DIRECTORY

    async def answer(self, request: Request) -> Kept:
        """Do what is asked. Raises CommandRefused; or StorageError when what is stored can no longer be relied on."""
        try:
            return await _ANSWERS[request.name](self, request.fields)
        except WriteFailed:
            raise
        except (StorageError, ConfigError) as error:
            raise CommandRefused(str(error)) from None

    # -- snapshots -----------------------------------------------------------------------------------------------------

    async def _save(self, fields: JsonObject) -> Kept:
        target = self._path(fields["name"])
        names = {row["name"] for row in self._rows()}
        if fields["name"] not in names and len(names) >= MAX_SNAPSHOTS:
            raise CommandRefused(f"there are {MAX_SNAPSHOTS} snapshots in {self._directory} already")
        size_bytes = await self._persistence.save(target)
        return Kept({"name": fields["name"], "path": str(target), "size_bytes": size_bytes})

    async def _load(self, fields: JsonObject) -> Kept:
        name = fields["name"]
        source = self._path(name)
        if not source.is_file():
            raise CommandRefused(f"there is no snapshot {name!r} in {self._directory}")
        stage, awake = await self._persistence.load(source, self._wake)
        self._tell(stage)
        return Kept({"name": name, **_where(awake)}, awake, f"the world was replaced by snapshot {name}")

    async def _list(self, _fields: JsonObject) -> Kept:
        return Kept({"rows": self._rows(), "more": False})

    def _rows(self) -> list[dict[str, Any]]:
        paths = sorted(path for path in self._directory.glob(f"*{SUFFIX}") if _NAME.fullmatch(path.stem))
        return [_row(path) for path in paths[:MAX_SNAPSHOTS]]

    def _path(self, name: str) -> Path:
        if _NAME.fullmatch(name) is None:
            raise CommandRefused(f"{name!r} is no name for a snapshot: 1 to 64 letters, digits, - and _")
        return self._directory / f"{name}{SUFFIX}"

    # -- the whole -----------------------------------------------------------------------------------------------------

    async def _reset(self, _fields: JsonObject) -> Kept:
        stage, awake = await asyncio.to_thread(self._wake, {})
        await self._persistence.clear()
        self._tell(stage)
        return Kept(_where(awake), awake, "the world was reset")

    def _wake(self, rows: Mapping[str, Iterable[Row]]) -> tuple[Stage | None, Awake]:
        """Open a world; in a thread, because the data may have changed since the start and are read then."""
        stage = self._set_stage()
        return stage, wake(self._world, rows, stage.recording if stage is not None else None)

    def _tell(self, stage: Stage | None) -> None:
        if stage is not None:
            self._changed(stage)

    async def _vacuum(self, _fields: JsonObject) -> Kept:
        before, after, removed = await self._persistence.vacuum()
        return Kept({"rows_removed": removed, "bytes_before": before, "bytes_after": after})


_ANSWERS: Final[dict[str, Callable[[Keeper, JsonObject], Awaitable[Kept]]]] = {
    "ctl_snapshot_save": Keeper._save,
    "ctl_snapshot_load": Keeper._load,
    "ctl_snapshot_list": Keeper._list,
    "ctl_reset": Keeper._reset,
    "ctl_vacuum": Keeper._vacuum,
}
KEEPER_REQUESTS: Final = frozenset(_ANSWERS)
"""What the core never sees."""


def _row(path: Path) -> dict[str, Any]:
    moment_ms = moment_of(path)
    status = path.stat()
    shown = calendar.text_of(moment_ms) if moment_ms else ""
    saved = calendar.text_of(status.st_mtime_ns // 1_000_000)
    return {"name": path.stem, "now": shown, "size_bytes": status.st_size, "saved": saved}


def _where(awake: Awake) -> JsonObject:
    return {"now": calendar.text_of(awake.clock.now_ms()), "day": awake.simulator.day}
