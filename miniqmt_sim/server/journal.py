"""The journal: everything that enters the core, in order, so that it can be played again (``replay``).

Beside the dispatcher, which tells it what happens before the core hears of it; rows go out with the facts of the same batch, so
that a journal never tells more or less than was committed. What only looks is left out.

An entry is a request with its stamp and its client's number, or one of these: ``start`` (of a server on its database),
``hello`` and ``gone`` of a session, ``due`` (one slice of what happens by itself), ``played`` (a recorded market, and whatever
else was due, up to a time; it stands for all slices since the entry before), ``state`` (the world's hash). Passwords are
masked, see ``sessions.transfers.with_masks``. A journal begins with a base: the world as rows, or the word that it is new. The
first entry of each trading day is preceded by one, because yesterday's orders are gone then and the world is small; so old
entries can go.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from hashlib import sha256
from typing import Final, Protocol

from miniqmt_sim.canonical import SECRETS
from miniqmt_sim.changes import Row
from miniqmt_sim.server.clock import Clock
from miniqmt_sim.server.wake import JOURNAL_BASE, Awake
from miniqmt_sim.simulator import Simulator
from miniqmt_sim.wire.messages import BY_NAME, Request, object_text
from miniqmt_sim.wire.protocol import Hello, Role

START: Final = "start"
HELLO: Final = "hello"
GONE: Final = "gone"
DUE: Final = "due"
PLAYED: Final = "played"
STATE: Final = "state"
NO_CONNECTION: Final = 0
MAX_HASHED: Final = 20_000
"""Orders and trades of a world whose hash is worth the while at a start: 0.2 s. A larger one is compared row by row instead."""
MAX_BASE: Final = 200_000
"""Likewise of a world that is written down as a base: 40 MB. After a gap in a larger one, the journal begins again next day."""

_WITH_SECRETS: Final = frozenset(
    name for name, message in BY_NAME.items() if any(field.name in SECRETS for field in message.fields)
)
"""Requests that are not written down as they came."""

_log = logging.getLogger("miniqmt_sim.server")


class Notes(Protocol):
    """What takes rows: the batch that is being made."""

    entries: list[Row]
    """The journal's, in order."""

    def note(self, table: str, row: Row) -> None:
        """Keep a row of another table, whose key is its first column."""


class Circumstances:
    """Under what a server runs: its name and version, its configuration and that one's fingerprint."""

    __slots__ = ("config", "fingerprint", "hash_entries", "plays", "server")

    def __init__(self, server: str, config: str, plays: bool = False, hash_entries: int = 0) -> None:
        """``plays``: a recorded market; ``hash_entries``: so many entries are worth a hash, 0: never."""
        self.server = server
        self.config = config
        self.fingerprint = sha256(config.encode()).hexdigest()
        self.plays = plays
        self.hash_entries = hash_entries


class Journal:
    """Numbers whatever enters the core, and writes it down unless it is switched off."""

    def __init__(
        self, simulator: Simulator, clock: Clock, circumstances: Circumstances, shell: Mapping[str, int], last_seq: int,
        keeps: bool,
    ) -> None:  # fmt: skip
        self._simulator = simulator
        self._clock = clock
        self._circumstances = circumstances
        self._keeps = keeps
        self._base_seq = shell.get(JOURNAL_BASE, 0)
        self._base_day = 0
        self._seq = last_seq
        self._plays = keeps and circumstances.plays
        self._reached_ms = 0
        """Up to here everything has happened."""
        self._covered_ms = 0
        """Up to here the entries say so."""
        self._unhashed = 0
        """Entries since the last hash."""
        self._told: dict[int, Hello] = {}
        """Connections whose hello is written down."""
        self._quiet: dict[int, Hello] = {}
        """Operators that have only looked so far; most of them never do anything else."""

    def of_another(self, awake: Awake) -> Journal:
        """The journal of a world that takes this one's place."""
        return Journal(awake.simulator, awake.clock, self._circumstances, awake.shell, awake.last_seq, self._keeps)

    # -- what the dispatcher tells -------------------------------------------------------------------------------------

    def start(self, is_new: bool, now_ms: int, notes: Notes) -> None:
        """A server woke the core: from nothing, or from its database."""
        if not self._keeps:
            if self._base_seq:  # what comes now is not written down: the journal cannot be played beyond here
                notes.note("counters", (JOURNAL_BASE, 0))
            return
        given = self._circumstances
        notes.note("configurations", (given.fingerprint, given.config))
        small = self._simulator.size <= MAX_HASHED
        state = self._simulator.state_hash() if small else ""
        if is_new:
            self._begin(state, "", notes)
        elif not self._base_seq:
            self._begin_with_world(notes)
        self._base_day = self._simulator.day
        self._reached_ms = self._covered_ms = now_ms
        told = object_text({"server": given.server, "config": given.fingerprint, "state": state})
        self._write(NO_CONNECTION, START, told, now_ms, notes)
        self._unhashed = 0

    def hello(self, connection: int, hello: Hello, now_ms: int, notes: Notes) -> None:
        """A session began; an operator's is written down with the first thing that it does, one for market data never."""
        if hello.role is Role.OPERATOR:
            self._quiet[connection] = hello
        elif hello.role is Role.TRADER:
            self._tell_hello(connection, hello, now_ms, notes)

    def gone(self, connection: int, now_ms: int, notes: Notes) -> None:
        """A session ended."""
        self._quiet.pop(connection, None)
        if self._told.pop(connection, None) is not None:
            self._record(connection, GONE, "{}", now_ms, notes)

    def due(self, now_ms: int, notes: Notes) -> None:
        """A slice of what is due is about to happen."""
        if not self._plays:
            self._record(NO_CONNECTION, DUE, "{}", now_ms, notes)

    def done(self, at_ms: int) -> None:
        """A slice has happened."""
        self._reached_ms = max(self._reached_ms, at_ms)

    def storing(self, notes: Notes) -> None:
        """What has happened so far is about to be stored: up to there a replay must play the recorded market."""
        if self._plays:
            self._tell_played(notes)
            if self._simulator.day != self._base_day:
                self._begin_day(self._reached_ms, notes)

    @property
    def is_hash_due(self) -> bool:
        """Is it time to write down the world's hash, as soon as nobody is kept waiting?"""
        entries = self._circumstances.hash_entries
        return 0 < entries <= self._unhashed and self._simulator.size <= MAX_HASHED

    def state(self, now_ms: int, notes: Notes) -> None:
        """Write down the world's hash."""
        if self._plays:
            self._tell_played(notes)
        self._record(NO_CONNECTION, STATE, object_text({"state": self._simulator.state_hash()}), now_ms, notes)
        self._unhashed = 0

    def request(self, connection: int, request: Request, now_ms: int, notes: Notes) -> int:
        """A request that may change the world is about to be done, under the number that this gives."""
        if self._keeps:
            if connection in self._quiet:
                self._tell_hello(connection, self._quiet.pop(connection), now_ms, notes)
            if self._simulator.day != self._base_day:
                self._begin_day(now_ms, notes)
            self._covered_ms = now_ms
            self._reached_ms = min(self._reached_ms, now_ms)  # a world in which nothing has happened can be set back
            self._unhashed += 1
            body = request.text if request.text and request.name not in _WITH_SECRETS else self._masked(request)
            notes.entries.append((self._seq + 1, now_ms, connection, request.name, body, request.seq))
        self._seq += 1
        return self._seq

    def skip(self) -> int:
        """Number what changes nothing."""
        self._seq += 1
        return self._seq

    def _masked(self, request: Request) -> str:
        """A request as JSON that may be shown; most are written down as they came."""
        return object_text({"t": request.name, "seq": request.seq, **self._simulator.shown_fields(request)})

    # -- writing -------------------------------------------------------------------------------------------------------

    def _tell_hello(self, connection: int, hello: Hello, now_ms: int, notes: Notes) -> None:
        self._record(connection, HELLO, _told(hello), now_ms, notes)
        self._told[connection] = hello

    def _record(self, connection: int, name: str, body: str, now_ms: int, notes: Notes) -> None:
        """Write an entry that is no request under the next number, and before the first one of a day the world it finds."""
        if not self._keeps:
            return
        if self._simulator.day != self._base_day:
            self._begin_day(now_ms, notes)
        self._write(connection, name, body, now_ms, notes)

    def _tell_played(self, notes: Notes) -> None:
        """Write down how far everything has been played, unless the last request tells it."""
        feed_ms = self._simulator.bring_to_date()
        at_ms = max(self._reached_ms, feed_ms)
        if at_ms > self._covered_ms:
            self._covered_ms = at_ms
            self._write(NO_CONNECTION, PLAYED, object_text({"feed_ms": feed_ms}), at_ms, notes)

    def _begin_day(self, now_ms: int, notes: Notes) -> None:
        if self._plays:
            self._tell_played(notes)
        self._begin_with_world(notes)
        for connection, hello in self._told.items():
            self._write(connection, HELLO, _told(hello), now_ms, notes)

    def _write(self, connection: int, name: str, body: str, now_ms: int, notes: Notes) -> None:
        self._seq += 1
        self._unhashed += 1
        notes.entries.append((self._seq, now_ms, connection, name, body, 0))

    def _begin_with_world(self, notes: Notes) -> None:
        self._base_day = self._simulator.day
        if self._simulator.size > MAX_BASE:
            if not self._base_seq:
                _log.warning("the journal begins again tomorrow: today has too many orders to begin with")
            return
        world = object_text(self._simulator.shown_rows())
        self._begin(self._simulator.state_hash(), world, notes)

    def _begin(self, state: str, world: str, notes: Notes) -> None:
        given = self._circumstances
        self._unhashed = 0
        notes.note("journal_bases", (self._seq, self._clock.now_ms(), given.server, given.fingerprint, state, world))
        if not self._base_seq:
            self._base_seq = self._seq + 1
            notes.note("counters", (JOURNAL_BASE, self._base_seq))


def _told(hello: Hello) -> str:
    return object_text({"session_id": hello.session_id, "role": hello.role.value})
