"""The simulated broker of a backtest: where the strategy's calls go, and what makes time pass for the baton.

Comes in: requests of the SDK over its in-memory transport. Goes out: answers at once, pushes to the SDK's workers, and at the
close of every day the rows of what happened (``Collector``). An account is opened, with the given cash, when the strategy first
names it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, Final, Protocol

from miniqmt_sim.backtest.baton import Baton
from miniqmt_sim.changes import Facts
from miniqmt_sim.client.discovery import PathLike
from miniqmt_sim.client.memory import Archive, MemoryHost, MemoryTransport, Outcome
from miniqmt_sim.client.transport import OnClosed, OnPush
from miniqmt_sim.constants import AccountType
from miniqmt_sim.simulator import Command, Simulator
from miniqmt_sim.simulator import Outcome as Slice
from miniqmt_sim.wire.messages import BY_NAME, REQUIRED, JsonObject, Request, object_of

_log = logging.getLogger("miniqmt_sim.xtquant")

OPERATOR: Final = 0
"""Connection number of the backtest itself; the strategy's begin at 1."""


COLLECTED: Final = ("orders", "trades", "settlements", "cash_ledger", "corporate_actions")
"""The tables that a result is drawn from."""


class Collector(Protocol):
    """Who takes the rows of a day, and the refusals."""

    def day(self, facts: Facts) -> None:
        """A day was closed."""

    def refused(self, text: str) -> None:
        """An order or cancel was refused."""

    def marked(self, day: int, accounts: list[JsonObject]) -> None:
        """The last day was not closed; this is what the accounts are worth, and owe."""


class Host(MemoryHost):
    """One simulator, one strategy, one clock."""

    def __init__(
        self, simulator: Simulator, now_ms: int, end_ms: int, cash_yuan: float, collector: Collector, archive: Archive
    ) -> None:
        super().__init__(simulator, now_ms, archive)
        self._lock = nullcontext()  # only who has the baton is here, and may pass it on in the middle
        self._core = simulator
        self._end_ms = end_ms
        self._cash_yuan = cash_yuan
        self._collector = collector
        self._known: dict[str, None] = {}
        self._settled_day = 0
        self.baton: Baton | None = None
        """Who lets time pass, once somebody does."""
        self._held: Slice | None = None
        """A moment that has happened and is told by ``advance``, because more than one is told of it."""
        assert simulator.open_session(OPERATOR, "operator", 0) is None

    # ---- the strategy's side -------------------------------------------------------------------------------------------

    def connect_trader(self, path: PathLike, session_id: int, on_push: OnPush, on_closed: OnClosed) -> MemoryTransport:
        """Connect a trader of the SDK, whatever path it gives. Raises ConnectError."""
        return self.connect(path, session_id, on_push, on_closed, takes_views=True)

    def connect_data(self, on_push: OnPush, on_closed: OnClosed) -> MemoryTransport:
        """Connect the SDK for market data."""
        return self.connect("", 0, on_push, on_closed, "data", takes_views=True)

    def take(self, connection: int, message: JsonObject) -> None:
        """Do what the strategy asks; its answer is there when this returns, pushes wait for the workers."""
        if self.baton is not None:
            self.baton.stirs += 1
        account_id = message.get("account_id")
        if account_id is not None and account_id not in self._known:
            self._open_account(str(account_id), message.get("account_type"))
        super().take(connection, message)

    def _open_account(self, account_id: str, account_type: Any) -> None:
        self._known[account_id] = None
        kind = "CREDIT" if account_type == AccountType.CREDIT else "STOCK"
        opened = self.operate("ctl_account_create", account_id=account_id, account_type=kind, cash=self._cash_yuan)
        if "error" in opened:
            _log.warning("account %s cannot be opened: %s", account_id, opened["error"])

    def operate(self, name: str, **fields: Any) -> JsonObject:
        """Do an operator's command; its answer."""
        values = {field.name: field.default for field in BY_NAME[name].fields if field.default is not REQUIRED} | fields
        number = next(self._commands)
        outcome = self._core.step(Command(self.now_ms, number, OPERATOR, Request(name, number, values)))
        replies = [object_of(said) for to, said in outcome.replies if to == OPERATOR]
        self._deliver(outcome)
        return replies[-1]

    def _deliver(self, outcome: Outcome) -> None:
        """Hand out what was said; what was changed is collected once a day."""
        for refused in outcome.refused:
            self._collector.refused(refused.text)
        if outcome.replies or outcome.pushes:
            self._hand_out(outcome)

    # ---- the baton's side: Simulation ----------------------------------------------------------------------------------

    def advance(self, until_ms: int | None) -> bool:
        """Let the next thing happen, no later than a time; False when there is nothing more by then, and time is over."""
        limit_ms = self._end_ms if until_ms is None else min(until_ms, self._end_ms)
        outcome, self._held = self._held or self._core.catch_up(limit_ms), None
        if outcome is None:
            self.now_ms = max(self.now_ms, self._core.pass_idle(limit_ms))
            if until_ms is None or until_ms > self._end_ms:
                return False
            self.now_ms = max(self.now_ms, until_ms)
            return True
        if outcome.at_ms > self.now_ms:
            self.now_ms = outcome.at_ms
        self._deliver(outcome)
        if not outcome.is_recorded and self._core.settled_day != self._settled_day:
            self._settled_day = self._core.settled_day
            self._collector.day(self._core.take_facts(tables=COLLECTED))
        return True

    def go_on(self, connection: int, tell: Callable[[list[Any]], object]) -> None:
        """Let moments pass for as long as they mean nothing but telling one connection of quotes."""
        baton, core, to_one = self.baton, self._core, (connection,)
        if baton is None or self._held is not None:
            return
        limit_ms, stirs, stop = min(baton.idle_until_ms(), self._end_ms + 1), baton.stirs, baton.stop
        before_ms = core.begin_passing(limit_ms)
        while baton.stirs == stirs and not stop():
            try:
                pushes = core.pass_quietly(before_ms)
                outcome = core.pass_by(before_ms) if pushes is None else None
            except Exception as error:  # not of the callback that called this
                baton.failure = error
                return
            if pushes is None:
                if outcome is None:
                    return
                pushes, before_ms = outcome.pushes, core.begin_passing(limit_ms)
            for to, _ in pushes:
                if to != to_one:
                    self._held = outcome or Slice([], pushes, at_ms=core.passed_ms, is_recorded=True)
                    return
            if outcome is not None and (outcome.refused or not outcome.is_recorded):
                self._held = outcome
                return
            self.now_ms = core.passed_ms
            if pushes:
                tell([push for _, push in pushes])

    def finish(self) -> None:
        """The strategy is gone: what it has on a day that is not settled counts at the prices of this moment."""
        day = self._core.day
        self._core.pass_idle(self.now_ms)
        self._collector.day(self._core.take_facts(tables=COLLECTED))
        if self._core.settled_day != day:
            rows = [{**row, "debt": self._debt(row)} for row in self.operate("ctl_account_list")["rows"]]
            self._collector.marked(day, rows)

    def _debt(self, account: JsonObject) -> float:
        """What an account owes at the prices of this moment."""
        if account["account_type"] != AccountType.CREDIT:
            return 0.0
        debt: float = self.operate("ctl_credit_show", account_id=account["account_id"])["total_debt"]
        return debt
