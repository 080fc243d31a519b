"""``miniqmt-sim replay DATABASE``: plays a journal again through the core, and tells where it comes out otherwise.

Beside the flow. In comes a database that a server keeps or kept, out comes a report: the first entry after which the world is
not the one that was recorded, or that it is the same to the end. It is how a bug is attached to a report: the file holds the
configuration, the world it began with and everything that was said, and a replay of it needs nothing else.

The state hash is recorded with every start, with every base (the first entry of a day) and, when a server is idle, after some
thousands of entries. Where one differs, or the end does, the rows that differ are told, and which entry wrote the first of
them.
A journal that was kept beside a recorded market needs that market: see ``recorded``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, Self

from miniqmt_sim.canonical import SECRETS, UNHASHED_COUNTERS, UNHASHED_TABLES
from miniqmt_sim.changes import Facts
from miniqmt_sim.errors import ConfigError, MessageError
from miniqmt_sim.market.recorded import Source
from miniqmt_sim.server.feeds.history import History
from miniqmt_sim.server.journal import DUE, GONE, HELLO, PLAYED, START, STATE
from miniqmt_sim.server.recorded import Market, parts_of
from miniqmt_sim.server.wake import JOURNAL_BASE, NOT_OF_THE_CORE
from miniqmt_sim.simulator import Command, Simulator, SimulatorConfig
from miniqmt_sim.wire.messages import parse_request
from storage import COLUMNS, StorageError
from storage.recording import Base, Difference, Entry, Recording, differing

__all__ = ["MOST_SHOWN", "Difference", "Entry", "Report", "replay"]

_ENTRIES_PER_STORE: Final = 500
"""As on a server, rows are stored once for many entries."""
MOST_SHOWN: Final = 10
"""Differing rows that a report shows."""

Key = tuple[str, tuple[Any, ...]]
"""Table and primary key of a row."""


class Report(NamedTuple):
    """What a replay found."""

    path: str
    servers: Sequence[str]
    """Programs that recorded it."""
    first: Entry | None
    """The earliest by its time: a clock that was set back before anything happened began the world there."""
    last: Entry | None
    entries: int
    starts: int
    state_hash: str
    met_at: Entry | None
    """The last entry at which a recorded hash was met before one was not."""
    broken_at: Entry | None
    """The first entry at which a recorded hash was not met; the difference arose before."""
    differences: Sequence[Difference]
    cause: Entry | None
    """The entry that wrote the first of the differing rows."""

    @property
    def same(self) -> bool:
        """Is the world the recorded one?"""
        return self.broken_at is None and not self.differences


def replay(database: str, data: str | None = None) -> Report:
    """Play a database's journal. Raises ConfigError with a sentence when it cannot be played.

    ``data``: where the recorded market lies now that the server played, None: where it lay then.
    """
    try:
        with _Markets(data) as markets:
            with Recording(database) as recording:
                report = _Player(recording, markets).play()
                if not report.differences:
                    return report
            with Recording(database) as recording:  # once more, to see who wrote the rows that differ
                player = _Player(recording, markets, {(each.table, each.key) for each in report.differences})
                player.play()
                return player.named(report)
    except StorageError as error:
        raise ConfigError(str(error)) from error


class _Markets:
    """The recorded markets that a journal was kept beside, each opened once; a context manager that closes them."""

    def __init__(self, data: str | None) -> None:
        self._data = data
        self._opened: dict[str, History] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for history in self._opened.values():
            history.close()

    def source(self, market: Market) -> Source:
        """What a simulator plays. Raises ConfigError when the data are not there."""
        if market.sha256 not in self._opened:
            self._opened[market.sha256] = market.open(self._data)
        return market.source(self._opened[market.sha256])


class _Player:
    """One way through a journal."""

    def __init__(self, recording: Recording, markets: _Markets, watched: set[Key] | None = None) -> None:
        self._recording = recording
        self._markets = markets
        self._watched = watched or set()
        self._writers: dict[Key, Entry] = {}
        self._sessions: set[int] = set()
        self._simulator: Simulator | None = None
        self._bases: list[Base] = []
        self._entries = self._starts = 0
        self._met_at: Entry | None = None
        self._broken_at: Entry | None = None
        self._differences: list[Difference] = []

    def play(self) -> Report:
        """Play every entry, then compare what came out with the file."""
        gapless = self._recording.counter(JOURNAL_BASE)
        self._bases = [base for base in self._recording.bases() if gapless and base.seq + 1 >= gapless]
        if not self._bases:
            raise ConfigError(f"{self._recording.path} holds no journal that can be played; was it kept with journal = false?")
        base = self._bases[0]
        servers = list(dict.fromkeys(each.server for each in self._bases))
        since = self._begin(self._bases.pop(0))
        first: Entry | None = None
        entry: Entry | None = None
        for entry in self._recording.entries(base.seq):
            if first is None or entry.now_ms < first.now_ms:
                first = entry
            self._play(entry)
            if self._differences:
                break
        self._finish(since)
        state = self._simulator.state_hash() if self._simulator is not None else ""
        return Report(
            str(self._recording.path), servers, first, entry, self._entries, self._starts, state, self._met_at,
            self._broken_at, self._differences, None,
        )  # fmt: skip

    def named(self, report: Report) -> Report:
        """The report with the entry that wrote the first of the rows that differ."""
        return report._replace(cause=min(self._writers.values(), key=lambda entry: entry.seq, default=None))

    # -- entries -------------------------------------------------------------------------------------------------------

    def _begin(self, base: Base) -> dict[str, int]:
        """Stand where a base stands; gives from where on the file must agree."""
        if not base.world:
            return {"day": 0, "ledger_id": 0}
        rows = json.loads(base.world)
        self._recording.fill(rows)
        self._recording.store(self._wake(base.config, base.now_ms))
        counters = dict(rows["counters"])
        return {"day": counters["day"], "ledger_id": counters.get("ledger_id", 0) + 1}

    def _wake(self, config: str, now_ms: int) -> Facts:
        self._sessions.clear()
        values, market = parts_of(self._recording.configuration(config))
        self._simulator = Simulator(SimulatorConfig(**values))
        if market is not None:
            self._simulator.play(self._markets.source(market))
        return self._simulator.start(now_ms, self._recording.stream())

    def _play(self, entry: Entry) -> None:
        if self._bases and entry.seq > self._bases[0].seq:
            self._compare_with(self._bases.pop(0), entry)
        self._entries += 1
        if entry.name == START:
            self._start(entry)
            return
        assert self._simulator is not None, "a journal begins with a start or a base"
        if entry.name == STATE:
            self._meet(json.loads(entry.body)["state"], entry)
            return
        _PLAYS.get(entry.name, _request)(self._simulator, self._sessions, entry)
        if self._watched or not self._entries % _ENTRIES_PER_STORE:
            self._keep(self._simulator.take_facts(), entry)

    def _start(self, entry: Entry) -> None:
        body = json.loads(entry.body)
        self._starts += 1
        if self._simulator is not None:
            self._recording.store(self._simulator.take_facts())
        self._keep(self._wake(body["config"], entry.now_ms), entry)
        assert self._simulator is not None
        if body["state"]:
            self._meet(body["state"], entry)

    def _meet(self, recorded: str, entry: Entry) -> bool:
        """Is the world now the one whose hash was recorded?"""
        assert self._simulator is not None
        if recorded != self._simulator.state_hash():
            self._broken_at = self._broken_at or entry
        elif self._broken_at is None:
            self._met_at = entry
        return self._broken_at is None

    def _keep(self, facts: Facts, entry: Entry) -> None:
        self._recording.store(facts)
        if self._watched:
            written = ((table, key) for table, rows in facts.items() for key in rows)
            self._writers |= dict.fromkeys((key for key in written if key in self._watched), entry)

    # -- comparisons ---------------------------------------------------------------------------------------------------

    def _compare_with(self, base: Base, entry: Entry) -> None:
        """The world as it was recorded before an entry, and as it is now."""
        assert self._simulator is not None
        if not self._meet(base.state_hash, entry):
            recorded, replayed = json.loads(base.world), self._simulator.shown_rows()
            for table in sorted(recorded.keys() - set(UNHASHED_TABLES)):
                self._differences += differing(table, COLUMNS[table], *(_counted(rows[table]) for rows in (recorded, replayed)))

    def _finish(self, since: Mapping[str, int]) -> None:
        """Compare with the file, which is as it was after the last entry."""
        if not self._differences:
            if self._simulator is not None:
                self._recording.store(self._simulator.take_facts())
            ignored = {"banks": SECRETS, **dict.fromkeys(UNHASHED_TABLES, ())}
            self._differences = self._recording.differences(since, ignored, (*UNHASHED_COUNTERS, *NOT_OF_THE_CORE))


Plays = Callable[[Simulator, set[int], Entry], None]


def _hello(simulator: Simulator, sessions: set[int], entry: Entry) -> None:
    if entry.connection not in sessions:  # a day's base is followed by the sessions that were open then
        body = json.loads(entry.body)
        sessions.add(entry.connection)
        simulator.open_session(entry.connection, body["role"], body["session_id"])


def _gone(simulator: Simulator, sessions: set[int], entry: Entry) -> None:
    sessions.discard(entry.connection)
    simulator.close_session(entry.connection)


def _due(simulator: Simulator, _sessions: set[int], entry: Entry) -> None:
    simulator.catch_up(entry.now_ms)


def _played(simulator: Simulator, _sessions: set[int], entry: Entry) -> None:
    while (due_ms := simulator.next_due_ms()) is not None and due_ms <= entry.now_ms:
        simulator.catch_up(entry.now_ms)
    simulator.look(json.loads(entry.body)["feed_ms"])


def _request(simulator: Simulator, _sessions: set[int], entry: Entry) -> None:
    try:
        request = parse_request(entry.body.encode())
    except MessageError as error:
        raise ConfigError(f"entry {entry.seq} of the journal cannot be read: {error}") from None
    simulator.step(Command(entry.now_ms, entry.seq, entry.connection, request))


_PLAYS: Final[Mapping[str, Plays]] = {HELLO: _hello, GONE: _gone, DUE: _due, PLAYED: _played}
"""What each kind of entry does; everything else is a request."""


def _counted(rows: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    """Rows of a table that count; only counters begin with a name that does not."""
    return [row for row in rows if row[0] not in UNHASHED_COUNTERS]
