"""Stations 4–8 behind one call: ``step(command) -> Outcome``. Deterministic: no clock, no I/O, no luck of its own.

The daemon drives it from its dispatcher, tests and backtests call it directly. Each command carries the time it was
stamped with; what has become due by then happens first, in order. Whoever must not be kept waiting by a long jump of the
clock calls ``catch_up`` until it gives None, and gets the same outcomes in bounded slices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from miniqmt_sim.blueprint import SimulatorConfig
from miniqmt_sim.changes import Changes, Facts, Row
from miniqmt_sim.counter.compliance import Warned
from miniqmt_sim.errors import CommandRefused
from miniqmt_sim.sessions import operator
from miniqmt_sim.sessions.compliance import COMPLIANCE_HANDLERS
from miniqmt_sim.sessions.context import Answer, Context
from miniqmt_sim.sessions.handlers import TRADER_HANDLERS
from miniqmt_sim.sessions.operator import OPERATOR_HANDLERS
from miniqmt_sim.sessions.pushes import Push, Pushes, Refused
from miniqmt_sim.sessions.registry import OPERATOR, Registry
from miniqmt_sim.sessions.screens import Screens
from miniqmt_sim.sessions.transfers import TRANSFER_HANDLERS, TRANSFER_OPERATOR_HANDLERS
from miniqmt_sim.sessions.views import asset_row, position_row
from miniqmt_sim.wire.messages import JsonObject, Request
from miniqmt_sim.world import World

__all__ = ["Command", "Outcome", "Simulator", "SimulatorConfig"]

SLICE_THINGS: Final = 64
"""Things due that one slice does at most: keeps its transaction small and its burst of pushes short."""
DAY_TURNS: Final = ("close", "open")
"""A turn of the day ends a slice: it touches every account."""
ROWS_PER_PART: Final = 1000
"""Rows in one part of a long answer: about 600 kB, well under the frame limit."""
READ_ONLY: Final = (
    "query_", "ctl_orders", "ctl_trades", "ctl_positions", "ctl_asset", "ctl_account_list", "ctl_corporate_list",
    "ctl_ipo_list",
)
UNRECORDED: Final = (
    "subscribe", "unsubscribe", "health", "ctl_bank_list", "ctl_compliance",
    "ctl_clock_show", "ctl_book", "ctl_explain", "ctl_state_hash", "ctl_check",
)


class Command(NamedTuple):
    """A request with the time and number the dispatcher stamped on it."""

    now_ms: int
    seq: int
    connection: int
    request: Request


class Outcome(NamedTuple):
    """What to send, in order, and what to store before it is sent."""

    replies: list[tuple[int, JsonObject]]
    pushes: list[Push]
    facts: Facts
    warnings: Sequence[Warned] = ()
    """What the shell should log: an account reached a threshold of program trading."""
    refused: Sequence[Refused] = ()
    """Likewise: orders and cancels that were refused, and why."""


class Simulator:
    """The whole simulated broker."""

    def __init__(self, config: SimulatorConfig) -> None:
        """Build it from plain mappings. Raises ConfigError."""
        self._world = World(config, Changes())
        self._registry = Registry()
        self._pushes = Pushes(self._registry, self._world.exchange, self._world.behaviour)
        self._screens = Screens(self._world.behaviour.query_cache_ms)
        self._world.connect(self._pushes)

    # ---- life ----------------------------------------------------------------------------------------------------------

    def start(self, now_ms: int, rows: Mapping[str, Sequence[Row]]) -> Facts:
        """Open the world new, or from stored rows; what is returned must be stored before anybody is served."""
        if rows.get("counters"):
            self._world.restore(rows)
        else:
            self._world.create(now_ms)
        self._pushes.take_holdings()
        return self._world.take_changes()

    @property
    def now_ms(self) -> int:
        """The latest simulated time known."""
        return self._world.counters["now_ms"]

    @property
    def last_seq(self) -> int:
        """The number of the last stored command; the dispatcher goes on from it."""
        return self._world.counters["seq"]

    def open_session(self, connection: int, role: str, session_id: int) -> str | None:
        """Admit a connection; a sentence says why not."""
        return self._registry.open(connection, role, session_id)

    def close_session(self, connection: int) -> None:
        """A connection is gone."""
        self._registry.close(connection)

    # ---- work ----------------------------------------------------------------------------------------------------------

    def step(self, command: Command) -> Outcome:
        """Do what is due, then the command."""
        before: list[Outcome] = []
        while (slice_ := self.catch_up(command.now_ms)) is not None:
            before.append(slice_)
        replies = self._command(command)
        outcome = self._outcome(replies, command.now_ms, command.seq, self.journaled(command.request))
        return _joined([*before, outcome]) if before else outcome

    def next_due_ms(self) -> int | None:
        """When something happens by itself."""
        return self._world.scheduler.next_due_ms()

    def catch_up(self, now_ms: int) -> Outcome | None:
        """One bounded slice of what is due by now; None when nothing is."""
        done = 0
        due_ms = 0
        while done < SLICE_THINGS and (thing := self._world.scheduler.pop(now_ms)) is not None:
            self._world.run(thing)
            self._world.plan(thing.due_ms)
            done, due_ms = done + 1, thing.due_ms
            if thing.kind in DAY_TURNS:
                break
        return self._outcome([], due_ms, self.last_seq, False) if done else None

    def clock_target(self, request: Request, now_ms: int) -> int:
        """Where a clock command moves the clock to. Raises CommandRefused."""
        return operator.clock_target(self._world, request, now_ms)

    def journaled(self, request: Request) -> bool:
        """May this request change the world?"""
        return not request.name.startswith(READ_ONLY) and request.name not in UNRECORDED

    # ---- inspection ----------------------------------------------------------------------------------------------------

    def state_hash(self) -> str:
        """SHA-256 of the world's canonical form."""
        return self._world.state_hash()

    def check(self) -> list[str]:
        """Everything that does not hold; empty when all is well."""
        return list(self._world.problems(self.now_ms))

    def rows(self) -> dict[str, list[Row]]:
        """The whole world as rows."""
        return self._world.rows()

    # ---- one command ---------------------------------------------------------------------------------------------------

    def _command(self, command: Command) -> list[tuple[int, JsonObject]]:
        session = self._registry.get(command.connection)
        if session is None:
            return []
        request, world = command.request, self._world
        if command.now_ms < self.now_ms and request.name in _CLOCK_MOVES:
            world.rewind(command.now_ms)
        context = Context(world, self._registry, self._pushes, self._screens, session, request.seq, command.now_ms)
        handler = _TRADER.get(request.name)
        if handler is None or session.role == OPERATOR:
            handler = _OPERATOR.get(request.name)
            if handler is None or (session.role != OPERATOR and request.name != "health"):
                return [(command.connection, _reply(request.seq, {"error": f"a {session.role} may not ask {request.name}"}))]
        try:
            answer = handler(context, request.fields)
        except CommandRefused as refusal:
            answer = {"error": str(refusal)}
        world.plan(command.now_ms)
        return [(command.connection, message) for message in _messages(request.seq, answer)]

    def _outcome(self, replies: list[tuple[int, JsonObject]], now_ms: int, seq: int, journaled: bool) -> Outcome:
        self._tell_holdings(now_ms)
        world = self._world
        if journaled or world.changes:
            world.counters["now_ms"] = max(now_ms, self.now_ms)
            world.counters["seq"] = seq
        warnings, refused = world.compliance.take_warnings(), self._pushes.take_refused()
        return Outcome(replies, self._pushes.take(), world.take_changes(), warnings, refused)

    def _tell_holdings(self, now_ms: int) -> None:
        """Positions, then assets, of every subscribed account that changed in this step."""
        self._screens.note(self._pushes.changed_accounts(), now_ms)
        positions, assets = self._pushes.take_holdings()
        world, accounts = self._world, self._world.broker.accounts
        for account_id, stock_code in positions:
            account, security = accounts[account_id], world.exchange.securities[stock_code]
            position = account.positions.get(stock_code)
            if position is not None:
                row = position_row(account, position, security, world.broker.sellable(account, security))
                self._pushes.tell(self._registry.subscribers(account_id), "push_stock_position", row)
        for account_id in assets:
            account = accounts[account_id]
            row = asset_row(account, world.market_value_li(account, now_ms))
            self._pushes.tell(self._registry.subscribers(account_id), "push_stock_asset", row)


_TRADER: Final = {**TRADER_HANDLERS, **TRANSFER_HANDLERS}
_OPERATOR: Final = {**OPERATOR_HANDLERS, **TRANSFER_OPERATOR_HANDLERS, **COMPLIANCE_HANDLERS}
_CLOCK_MOVES: Final = ("ctl_clock_set", "ctl_clock_advance", "ctl_settle")


def _joined(outcomes: list[Outcome]) -> Outcome:
    """Outcomes one after the other; later rows of a key win."""
    facts: Facts = {}
    for outcome in outcomes:
        for table, rows in outcome.facts.items():
            facts.setdefault(table, {}).update(rows)
    pushes = [push for outcome in outcomes for push in outcome.pushes]
    warnings = [warned for outcome in outcomes for warned in outcome.warnings]
    refused = [each for outcome in outcomes for each in outcome.refused]
    return Outcome(outcomes[-1].replies, pushes, facts, warnings, refused)


def _reply(seq: int, fields: JsonObject) -> JsonObject:
    return {"t": "reply", "seq": seq, **fields}


def _messages(seq: int, answer: Answer) -> list[JsonObject]:
    """The reply, or its parts."""
    if isinstance(answer, dict):
        return [_reply(seq, answer)]
    starts = range(0, max(len(answer), 1), ROWS_PER_PART)
    return [
        _reply(seq, {"rows": answer[start : start + ROWS_PER_PART], "more": start + ROWS_PER_PART < len(answer)})
        for start in starts
    ]
