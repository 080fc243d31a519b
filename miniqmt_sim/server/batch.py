"""What a run of commands changed and said, kept until it is committed; and what of it goes into the log.

Beside the dispatcher, which fills it, has its facts stored and then sends its words.
"""

from __future__ import annotations

import logging

from miniqmt_sim.changes import Facts, Row
from miniqmt_sim.counter.compliance import Warned
from miniqmt_sim.credit.events import Event
from miniqmt_sim.server.wake import JOURNAL_SEQ
from miniqmt_sim.sessions.pushes import Refused
from miniqmt_sim.simulator import Outcome
from miniqmt_sim.wire.messages import frame

_log = logging.getLogger("miniqmt_sim.server")


def masked(account_id: str) -> str:
    """An account as logs show it: the last four of its characters at most, and never all."""
    return f"***{account_id[-min(4, len(account_id) - 1) :]}" if len(account_id) > 1 else "***"


class Batch:
    """One transaction, and what may be said after it."""

    __slots__ = ("_noted", "commands", "entries", "events", "frames", "refused", "warnings")

    def __init__(self) -> None:
        self.commands = 0
        """How many are in it: what bounds it."""
        self.entries: list[Row] = []
        """Of the journal, in order."""
        self._noted: Facts = {}
        self.forget_words()

    def forget_words(self) -> None:
        """They were sent."""
        self.frames: dict[int, list[bytes]] = {}
        self.warnings: list[Warned] = []
        self.refused: list[Refused] = []
        self.events: list[Event] = []

    def add(self, outcome: Outcome) -> None:
        """Take an outcome in: what is said keeps its order, a push is serialized once."""
        if outcome.warnings:
            self.warnings += outcome.warnings
        if outcome.refused:
            self.refused += outcome.refused
        if outcome.events:
            self.events += outcome.events
        frames = self.frames
        for connection, message in outcome.replies:
            data = frame(message)
            if connection in frames:
                frames[connection].append(data)
            else:
                frames[connection] = [data]
        for connections, message in outcome.pushes:
            data = frame(message)
            for connection in connections:
                self.say(connection, data)

    def say(self, connection: int, data: bytes) -> None:
        """Keep bytes for a connection."""
        frames = self.frames.get(connection)
        if frames is None:
            self.frames[connection] = [data]
        else:
            frames.append(data)

    def note(self, table: str, row: Row) -> None:
        """Keep a row of the shell's own, whose key is its first column."""
        self._noted.setdefault(table, {})[row[:1]] = row

    def with_own(self, facts: Facts) -> Facts:
        """The core's facts and the shell's own."""
        for table, rows in self._noted.items():
            facts.setdefault(table, {}).update(rows)
        if self.entries:
            facts["journal"] = {entry[:1]: entry for entry in self.entries}
            # so that no restart uses the number again
            facts.setdefault("counters", {})[JOURNAL_SEQ,] = (JOURNAL_SEQ, self.entries[-1][0])
        return facts

    def log(self) -> None:
        """Write down what it refused, warned of and did about credit; an account is named by its last digits only."""
        for refused in self.refused:
            account = masked(refused.account_id)
            text = refused.text.replace(refused.account_id, account)
            if not text.isprintable():  # it holds what a client said: a line of the log stays one line
                text = "".join(character if character.isprintable() else " " for character in text)
            _log.info("refused %s=%d account=%s %s", refused.what, refused.order_id, account, text)
        for warned in self.warnings:
            _log.warning(
                "compliance account=%s day=%d measure=%s messages=%d threshold=%d",
                masked(warned.account_id), warned.day, warned.measure, warned.messages, warned.threshold,
            )  # fmt: skip
        for event in self.events:
            _log.warning(
                "credit account=%s day=%d %s ratio=%.2f%% order=%d %s",
                masked(event.account_id), event.day, event.kind, event.ratio_ppm / 10_000, event.order_id, event.detail,
            )  # fmt: skip
