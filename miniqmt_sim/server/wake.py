"""From stored rows to a core at work: at the start of a server, after a snapshot was loaded, in a replay.

Beside the flow: in come the settings of a world and what a database holds of it, out comes a simulator with the clock that goes
on where the world stopped, and what waking it changed, which must be stored before anybody is served.
"""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from typing import Final, NamedTuple

from miniqmt_sim.changes import Facts, Row
from miniqmt_sim.server.clock import Clock, make_clock
from miniqmt_sim.server.feeds.recording import Recording
from miniqmt_sim.settings import World
from miniqmt_sim.simulator import Simulator, SimulatorConfig

JOURNAL_SEQ: Final = "journal_seq"
"""Row of the counters table that keeps the number of the last journal row across restarts; the core does not know it."""
JOURNAL_BASE: Final = "journal_base"
"""Likewise the number of the entry from which on the journal has no gap, 0 while it has one."""
NOT_OF_THE_CORE: Final = (JOURNAL_SEQ, JOURNAL_BASE)
"""Rows of the counters table that are the shell's."""


class Awake(NamedTuple):
    """A core at work."""

    simulator: Simulator
    clock: Clock
    facts: Facts
    """What waking it changed."""
    shell: Mapping[str, int]
    """The counters NOT_OF_THE_CORE."""
    last_seq: int
    is_new: bool
    """There was nothing in the database."""
    now_ms: int
    """When it woke."""


def wake(world: World, rows: Mapping[str, Iterable[Row]], recording: Recording | None = None) -> Awake:
    """Open the world new, or from rows that may be read only once; with a recorded market it plays. Raises ConfigError."""
    counters: dict[str, int] = dict(rows.get("counters", ()))
    shell = {name: counters.pop(name, 0) for name in NOT_OF_THE_CORE}
    clock = make_clock(world.clock, counters.get("now_ms", 0), recording.pace if recording is not None else None)
    simulator = Simulator(core_config(world if recording is None else recording.world))
    if recording is not None:
        simulator.play(recording.replay)
    now_ms = clock.now_ms()
    with _without_collecting():
        facts = simulator.start(now_ms, {**rows, "counters": list(counters.items())})
    last_seq = max(shell[JOURNAL_SEQ], simulator.last_seq)
    return Awake(simulator, clock, facts, shell, last_seq, is_new=not counters, now_ms=now_ms)


def core_config(world: World) -> SimulatorConfig:
    """Hand the settings of a world to the core."""
    return SimulatorConfig(**{item.name: getattr(world, item.name) for item in fields(world)})


@contextmanager
def _without_collecting() -> Iterator[None]:
    """A million orders come to stay; looking for garbage among them again and again would take longer than making them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
