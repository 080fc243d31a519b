"""Stations 4–8 behind one call: ``step(command) -> Outcome``. Deterministic: no clock, no I/O, no luck of its own.

The daemon drives it from its dispatcher, tests and backtests call it directly. Each command carries the time it was
stamped with; what has become due by then happens first, in order. Whoever must not be kept waiting by a long jump of the
clock calls ``catch_up`` until it gives None, and gets the same outcomes in bounded slices.

What a batch of steps changed is taken as rows at its end, by ``take_facts``; whoever stores nothing says ``forget_facts``.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple

from matching.codes import Board
from miniqmt_sim.blueprint import SimulatorConfig
from miniqmt_sim.canonical import without_secrets
from miniqmt_sim.changes import TABLES, Changes, Facts, Row
from miniqmt_sim.counter.account import Account, Position
from miniqmt_sim.counter.compliance import Warned
from miniqmt_sim.credit.events import Event
from miniqmt_sim.errors import CommandRefused
from miniqmt_sim.market.bars import Candle, Hours
from miniqmt_sim.market.recorded import Moment, News, Source
from miniqmt_sim.sessions import operator
from miniqmt_sim.sessions.compliance import COMPLIANCE_HANDLERS
from miniqmt_sim.sessions.context import Answer, Context
from miniqmt_sim.sessions.credit import CREDIT_HANDLERS, CREDIT_OPERATOR_HANDLERS
from miniqmt_sim.sessions.handlers import TRADER_HANDLERS
from miniqmt_sim.sessions.market_data import DATA_HANDLERS
from miniqmt_sim.sessions.operator import OPERATOR_HANDLERS, on_health
from miniqmt_sim.sessions.pushes import Push, Pushes, Refused
from miniqmt_sim.sessions.registry import DATA, OPERATOR, TRADER, Registry
from miniqmt_sim.sessions.screens import Screens
from miniqmt_sim.sessions.snapshots import asset_snapshot, position_snapshot
from miniqmt_sim.sessions.transfers import TRANSFER_HANDLERS, TRANSFER_OPERATOR_HANDLERS, with_masks
from miniqmt_sim.sessions.watch import Watch
from miniqmt_sim.wire.messages import BY_NAME, JsonObject, Request, Said
from miniqmt_sim.world import World

__all__ = ["Command", "Outcome", "Simulator", "SimulatorConfig"]

SLICE_THINGS: Final = 64
"""Things due that one slice does at most: keeps its transaction small and its burst of pushes short."""
DAY_TURNS: Final = ("close", "open")
"""A turn of the day ends a slice: it touches every account."""
ROWS_PER_PART: Final = 1000
"""Rows in one part of a long answer: about 600 kB, well under the frame limit."""
READ_ONLY: Final = (
    "query_", "data_", "ctl_orders", "ctl_trades", "ctl_positions", "ctl_asset", "ctl_account_list", "ctl_corporate_list",
    "ctl_ipo_list", "smt_query_", "ctl_credit_show", "ctl_credit_compacts", "ctl_credit_appointments",
)
UNRECORDED: Final = (
    "subscribe", "unsubscribe", "health", "ctl_bank_list", "ctl_compliance",
    "ctl_clock_show", "ctl_book", "ctl_explain", "ctl_state_hash", "ctl_check",
    "ctl_snapshot_save", "ctl_snapshot_load", "ctl_snapshot_list", "ctl_reset", "ctl_vacuum",
)


class Command(NamedTuple):
    """A request with the time and number the dispatcher stamped on it."""

    now_ms: int
    seq: int
    connection: int
    request: Request


class Outcome:
    """What to send, in order, once what was changed is stored."""

    __slots__ = ("at_ms", "events", "is_recorded", "pushes", "refused", "replies", "warnings")

    def __init__(
        self, replies: list[tuple[int, Said]], pushes: list[Push], warnings: Sequence[Warned] = (),
        refused: Sequence[Refused] = (), events: Sequence[Event] = (), at_ms: int = 0, is_recorded: bool = False,
    ) -> None:  # fmt: skip
        self.replies = replies
        self.pushes = pushes
        self.warnings = warnings
        """What the shell should log: an account reached a threshold of program trading."""
        self.refused = refused
        """Likewise: orders and cancels that were refused, and why."""
        self.events = events
        """Likewise: what the broker did about credit accounts."""
        self.at_ms = at_ms
        """When it happened, for what happens by itself."""
        self.is_recorded = is_recorded
        """It is what the recorded market said, and nothing else was due."""


class Simulator:
    """The whole simulated broker."""

    def __init__(self, config: SimulatorConfig) -> None:
        """Build it from plain mappings. Raises ConfigError."""
        self._world = World(config, Changes())
        self._registry = Registry()
        self._pushes = Pushes(self._registry, self._world.behaviour)
        self._screens = Screens(self._world.behaviour.query_cache_ms)
        self._world.connect(self._pushes)
        self._watch = Watch(self._world)
        self._contexts: dict[int, Context] = {}
        self._source: Source | None = None
        self._loud: dict[str, None] = {}
        self.passed_ms = 0
        """The time of the last moment that passed by."""

    # ---- life ----------------------------------------------------------------------------------------------------------

    def play(self, source: Source, is_stored: bool = True) -> None:
        """Let a recorded market happen from now on; said before ``start``. ``is_stored``: is what it changes written down?"""
        self._source = self._world.source = source
        source.bind(self._world.is_matched)
        self._world.market.playback.bind(source, is_stored)
        self._world.broker.ledger.keeps_trades = is_stored

    def start(self, now_ms: int, rows: Mapping[str, Iterable[Row]]) -> Facts:
        """Open the world new, or from stored rows; what is returned must be stored before anybody is served."""
        if rows.get("counters"):
            self._world.restore(rows)
        else:
            self._world.create(now_ms)
        if self._source is not None and not self._world.market.playback.is_stored:  # else a restart goes on with every code
            self._source.pass_over(self._is_idle)
        self._pushes.take()
        return self.take_facts()

    @property
    def now_ms(self) -> int:
        """The latest simulated time known."""
        return self._world.counters["now_ms"]

    @property
    def settled_day(self) -> int:
        """The trading day that was settled last, 0 for none."""
        return self._world.counters["settled_day"]

    @property
    def last_seq(self) -> int:
        """The number of the last stored command; the dispatcher goes on from it."""
        return self._world.counters["seq"]

    def open_session(self, connection: int, role: str, session_id: int) -> str | None:
        """Admit a connection; a sentence says why not."""
        problem = self._registry.open(connection, role, session_id)
        session = self._registry.get(connection)
        if session is not None:
            self._contexts[connection] = Context(
                self._world, self._registry, self._pushes, self._screens, self._watch, session, _HANDLERS[role]
            )
        return problem

    def close_session(self, connection: int) -> None:
        """A connection is gone."""
        self._contexts.pop(connection, None)
        self._registry.close(connection)
        self._watch.close(connection)

    # ---- work ----------------------------------------------------------------------------------------------------------

    def step(self, command: Command) -> Outcome:
        """Do what is due, then the command."""
        now_ms, seq, connection, request = command
        world, due_ms = self._world, self.next_due_ms()
        before: list[Outcome] = []
        if due_ms is not None and due_ms <= now_ms:
            before += iter(partial(self.catch_up, now_ms), None)
        elif self._source is not None:
            world.look(now_ms)
        replies = self._command(now_ms, connection, request)
        if request.name in _JOURNALED:
            world.counters.stamp(now_ms, seq)
        outcome = self._outcome(replies, now_ms)
        return _joined([*before, outcome]) if before else outcome

    def take_facts(self, quotes: bool = True, tables: Container[str] = TABLES) -> Facts:
        """Rows of everything changed since the last time: table -> key -> row, None for one that is gone.

        ``quotes``: also when nothing changed but what the recorded market said; else that waits for something worth a commit.
        ``tables``: those that somebody wants; what changed in the others is forgotten.
        """
        world = self._world
        if self._source is not None and (quotes or world.changes):
            if world.market.playback.is_stored:
                self.bring_to_date()  # a restart goes on from there with every code
            if world.market.record_played():
                world.counters.stamp(world.counters["feed_ms"], self.last_seq)
        return world.changes.take(tables)

    def bring_to_date(self) -> int:
        """Bring every code of the recorded market to the time up to which it was played; gives that time, 0 without one."""
        feed_ms = self._world.market.playback.feed_ms
        self.look(feed_ms)
        return feed_ms

    def look(self, now_ms: int) -> None:
        """Bring every code of the recorded market to a time."""
        self._world.look(now_ms)

    def pass_idle(self, now_ms: int) -> int:
        """Bring those codes to a time that nobody is concerned with; gives up to when the recorded market was played."""
        self._world.pass_idle(now_ms)
        return self._world.market.playback.feed_ms

    def forget_facts(self) -> None:
        """Nobody stores what was changed."""
        self._world.changes.forget()

    def next_due_ms(self) -> int | None:
        """When something happens by itself, in the world or in the recorded market, or who watches must be told of the walk."""
        due_ms, watch_ms = self._changes_ms(), self._watch.due_ms
        return due_ms if watch_ms is None else watch_ms if due_ms is None else min(due_ms, watch_ms)

    def changes_by(self, now_ms: int) -> bool:
        """Does the world change by itself by then? What who watches is told changes nothing."""
        due_ms = self._changes_ms()
        return due_ms is not None and due_ms <= now_ms

    def _changes_ms(self) -> int | None:
        due_ms, market_ms = self._world.scheduler.earliest_ms, self._market_ms()
        return market_ms if due_ms is None else due_ms if market_ms is None else min(due_ms, market_ms)

    def _market_ms(self) -> int | None:
        """When the recorded market says something next, to those who watch it now."""
        if self._source is None:
            return None
        if self._watch.is_news_to_source:
            self._watch.tell_source(self._source)
        return self._source.next_ms

    def hours(self, board: Board, day: int) -> Hours:
        """The trading minutes of a board on a day."""
        return self._world.market.past.hours(board, day)

    def growing_bar(self, stock_code: str, period: str) -> Candle | None:
        """The bar of a code that is growing, while anybody subscribes to it: what no file knows."""
        return self._watch.growing(stock_code, period)

    def catch_up(self, now_ms: int) -> Outcome | None:
        """One bounded slice of what is due by now; None when nothing is.

        With a recorded market a slice is one time: the world's own things first, then what the market says.
        """
        done = due_ms = 0
        if self._source is not None:
            market_ms, earliest_ms = self._market_ms(), self._world.scheduler.earliest_ms
            if market_ms is not None and market_ms <= now_ms and (earliest_ms is None or earliest_ms > market_ms):
                return self._play(self._source.take())
            if earliest_ms is not None and earliest_ms <= now_ms:
                now_ms = earliest_ms
                self._world.look(now_ms - 1)
            else:
                self._world.look(now_ms)
        while done < SLICE_THINGS and (thing := self._world.scheduler.pop(now_ms)) is not None:
            self._world.run(thing)
            self._world.plan(thing.due_ms)
            done, due_ms = done + 1, thing.due_ms
            if thing.kind in DAY_TURNS:
                break
        if not done:
            return self._outcome([], now_ms) if self._watch.is_due(now_ms) else None
        self._world.counters.stamp(due_ms, self.last_seq)
        return self._outcome([], due_ms, at_ms=due_ms)

    def _is_idle(self, code: str) -> bool:
        """Is nobody concerned with what the recorded market says of a code, until somebody looks?"""
        security = self._world.exchange.securities.get(code)
        if security is not None and security.is_index:
            return False  # no volume tells which of its snapshots says what the day was so far
        return not (self._watch.is_code_watched(code) or self._world.market.playback.is_loud(code))

    def _play(self, moment: Moment) -> Outcome:
        self._world.play(moment)
        if not self._pushes.is_empty:
            self._world.pass_idle(moment.now_ms)  # holdings are told with what they are worth
            self._world.counters.stamp(moment.now_ms, self.last_seq)
            return self._outcome([], moment.now_ms, moment.news, moment.now_ms)
        return Outcome([], self._watch.pushes(moment.now_ms, moment.news), (), (), (), moment.now_ms, True)

    def begin_passing(self, limit_ms: int) -> int:
        """From now on moments are to pass by; gives before when: a limit, or when something else happens by itself."""
        self._market_ms()
        self._loud = self._world.market.playback.loud()
        due_ms = self._world.scheduler.earliest_ms
        return limit_ms if due_ms is None else min(limit_ms, due_ms)

    def pass_quietly(self, before_ms: int) -> list[Push] | None:
        """Let the next moment of the recorded market pass, if it is before a time and meets nobody; else None.

        Gives what who watches is told. It is for who plays many of them in a row, and says ``begin_passing`` after everything
        else.
        """
        source = self._source
        now_ms = source.next_ms if source is not None else None
        if source is None or now_ms is None or now_ms >= before_ms:
            return None
        rows = source.take_quiet(self._loud)
        if rows is None:
            return None
        self.passed_ms = now_ms
        self._world.market.playback.pass_by(rows, now_ms)
        return self._watch.pushes(now_ms, rows)

    def pass_by(self, before_ms: int) -> Outcome | None:
        """Let the next moment of the recorded market happen, if it is before a time and whomever it meets; else None."""
        source = self._source
        if source is None or source.next_ms is None or source.next_ms >= before_ms:
            return None
        self.passed_ms = source.next_ms
        return self._play(source.take())

    def clock_target(self, request: Request, now_ms: int) -> int:
        """Where a clock command moves the clock to. Raises CommandRefused."""
        return operator.clock_target(self._world, request, now_ms)

    def journaled(self, request: Request) -> bool:
        """May this request change the world?"""
        return request.name in _JOURNALED

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

    def shown_rows(self) -> dict[str, list[Row]]:
        """Everything another simulator needs to go on from here, without anybody's passwords."""
        return without_secrets({**self._world.rows(), "quotes": self._world.market.quote_rows()})

    def shown_fields(self, request: Request) -> JsonObject:
        """The fields of a request as a journal may show them: passwords masked, right and wrong ones told apart."""
        return with_masks(self._world, request)

    @property
    def size(self) -> int:
        """How many orders and trades of today there are: what makes a world large."""
        return self._world.size

    @property
    def day(self) -> int:
        """The trading day."""
        return self._world.counters["day"]

    # ---- one command ---------------------------------------------------------------------------------------------------

    def _command(self, now_ms: int, connection: int, request: Request) -> list[tuple[int, Said]]:
        context = self._contexts.get(connection)
        if context is None:
            return []
        world, name = self._world, request.name
        if name in _CLOCK_MOVES and now_ms < self.now_ms:
            world.rewind(now_ms)
            self._watch.begin_anew(now_ms)
            self._screens.begin_anew()
        handler = context.handlers.get(name)
        if handler is None:
            return [(connection, _reply(request.seq, {"error": f"a {context.session.role} may not ask {name}"}))]
        context.seq, context.now_ms = request.seq, now_ms
        try:
            answer = handler(context, request.fields)
        except CommandRefused as refusal:
            answer = {"error": str(refusal)}
        if world.market.moves or self._source is not None:
            world.plan(now_ms)
        return _replies(connection, request.seq, answer)

    def _outcome(
        self, replies: list[tuple[int, Said]], now_ms: int, news: Sequence[News] = (), at_ms: int = 0
    ) -> Outcome:
        pushes, positions, assets, refused = self._pushes.take()
        if assets:
            self._tell_holdings(pushes, positions, assets, now_ms)
        pushes += self._watch.pushes(now_ms, news)
        compliance, events = self._world.compliance, self._world.credit.events
        warnings = compliance.take_warnings() if compliance.warnings else ()
        return Outcome(replies, pushes, warnings, refused, events.take() if events.noted else (), at_ms, bool(news))

    def _tell_holdings(
        self, pushes: list[Push], positions: Mapping[Position, Account], assets: Iterable[Account], now_ms: int
    ) -> None:
        """Positions, then assets, of every subscribed account that changed in this step."""
        world, exchange, subscribers = self._world, self._world.exchange, self._registry.subscribers
        if self._screens.is_delayed:
            self._screens.note((account.account_id for account in assets), now_ms)
        open_price_is_cost = world.behaviour.open_price_is_cost
        for position, account in positions.items():
            to = subscribers.get(account.account_id)
            if to is not None and account.positions.get(position.stock_code) is position:
                security = exchange.securities[position.stock_code]
                sellable = position.sellable(exchange.resale_days(security))
                pushes.append((to, position_snapshot(account, position, security, sellable, open_price_is_cost)))
        for account in assets:
            to = subscribers.get(account.account_id)
            if to is not None:
                pushes.append((to, asset_snapshot(account, world.market_value_li(account, now_ms))))


_HANDLERS: Final = {
    TRADER: {**TRADER_HANDLERS, **TRANSFER_HANDLERS, **CREDIT_HANDLERS, "health": on_health},
    DATA: {**DATA_HANDLERS, "health": on_health},
    OPERATOR: {
        **OPERATOR_HANDLERS, **TRANSFER_OPERATOR_HANDLERS, **COMPLIANCE_HANDLERS, **CREDIT_OPERATOR_HANDLERS,
    },
}  # fmt: skip
_CLOCK_MOVES: Final = operator.CLOCK_MOVES
_JOURNALED: Final = frozenset(name for name in BY_NAME if not name.startswith(READ_ONLY) and name not in UNRECORDED)


def _joined(outcomes: list[Outcome]) -> Outcome:
    """Outcomes one after the other."""
    pushes = [push for outcome in outcomes for push in outcome.pushes]
    warnings = [warned for outcome in outcomes for warned in outcome.warnings]
    refused = [each for outcome in outcomes for each in outcome.refused]
    events = [event for outcome in outcomes for event in outcome.events]
    return Outcome(outcomes[-1].replies, pushes, warnings, refused, events)


def _reply(seq: int, fields: JsonObject) -> JsonObject:
    return {"t": "reply", "seq": seq, **fields}


def _replies(connection: int, seq: int, answer: Answer) -> list[tuple[int, Said]]:
    """The reply, or its parts."""
    if isinstance(answer, dict):
        return [(connection, _reply(seq, answer))]
    if not isinstance(answer, list):
        return [(connection, answer)]
    starts = range(0, max(len(answer), 1), ROWS_PER_PART)
    return [
        (connection, _reply(seq, {"rows": answer[start : start + ROWS_PER_PART], "more": start + ROWS_PER_PART < len(answer)}))
        for start in starts
    ]
