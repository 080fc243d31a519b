"""A desk at the simulator: configuration from the shipped files, commands in one line, everything it said remembered."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from matching.calendar import midnight_ms, parse_clock
from miniqmt_sim.changes import TABLES
from miniqmt_sim.counter.compliance import Warned
from miniqmt_sim.credit.events import Event
from miniqmt_sim.market.recorded import Source
from miniqmt_sim.settings import read_credit
from miniqmt_sim.simulator import Command, Outcome, Simulator, SimulatorConfig
from miniqmt_sim.wire.messages import BY_NAME, REQUIRED, JsonObject, Request, object_of, parse_request

CONFIG = Path(__file__).parents[2] / "config"
MONDAY = 20261123
NINE_THIRTY_ONE = "09:31"


def moment(clock: str, day: int = MONDAY) -> int:
    """A time of a day as epoch milliseconds."""
    return midnight_ms(day) + parse_clock(clock)


def shipped_rules() -> dict[str, Any]:
    """config/rules, parsed."""
    return {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted((CONFIG / "rules").glob("*.toml"))}


def shipped_instruments() -> list[dict[str, str]]:
    """config/instruments.csv as rows."""
    with (CONFIG / "instruments.csv").open(encoding="utf-8", newline="") as file:
        return [{**row, "_where": f"instruments.csv line {number}"} for number, row in enumerate(csv.DictReader(file), 2)]


def shipped_credit() -> dict[str, Any]:
    """config/credit: terms, securities, what can be lent."""
    return read_credit(CONFIG / "credit")


def shipped_holidays() -> list[int]:
    """config/calendar, every file."""
    files = sorted((CONFIG / "calendar").glob("*.toml"))
    return [day for path in files for day in tomllib.loads(path.read_text("utf-8"))["days"]]


def make_config(**changes: Any) -> SimulatorConfig:
    """The shipped configuration without a feed and with one account, or as changed."""
    config = SimulatorConfig(
        hours="always",
        feed="none",
        clock="manual",
        seed=1,
        auto_list=False,
        fills="standard",
        rules=shipped_rules(),
        instruments=shipped_instruments(),
        accounts=[{"id": "A", "type": "STOCK", "cash_yuan": 1_000_000}],
        holidays=shipped_holidays(),
        credit=shipped_credit(),
    )
    return config._replace(**changes)


class Desk:
    """A simulator with one operator and any number of traders, each subscribed to the account it asks for first."""

    OPERATOR = 1

    def __init__(
        self, config: SimulatorConfig | None = None, *, now: str = NINE_THIRTY_ONE, day: int = MONDAY,
        source: Callable[[], Source] | None = None,
    ) -> None:  # fmt: skip
        self.config = config or make_config()
        self._source = source
        self.now_ms = moment(now, day)
        self.seq = 0
        self._client_seqs: dict[int, int] = {}
        self.stored: dict[str, dict[Any, Any]] = {}
        self.pushes: list[tuple[int, JsonObject]] = []
        self.warnings: list[Warned] = []
        self.events: list[Event] = []
        self._start({})
        self._sessions: dict[str, int] = {}
        self._open_sessions()

    def _start(self, rows: Mapping[str, Sequence[Any]]) -> None:
        self.simulator = Simulator(self.config)
        if self._source is not None:
            self.simulator.play(self._source())
        self._store(self.simulator.start(self.now_ms, rows))

    def _open_sessions(self) -> None:
        assert self.simulator.open_session(self.OPERATOR, "operator", 0) is None
        for name, connection in self._sessions.items():
            assert self.simulator.open_session(connection, "trader", connection) is None
            self.ask("subscribe", connection, account_type=self._type(name), account_id=name)

    def _type(self, account_id: str) -> int:
        return next((row[1] for row in self.simulator.rows()["accounts"] if row[0] == account_id), 2)

    def session(self, account_id: str) -> int:
        """The connection that trades for an account, subscribed to it."""
        if account_id not in self._sessions:
            connection = self._sessions[account_id] = 10 + len(self._sessions)
            assert self.simulator.open_session(connection, "trader", connection) is None
            self.ask("subscribe", connection, account_type=self._type(account_id), account_id=account_id)
            self.pushes.pop()  # the account's status, which follows every subscription
        return self._sessions[account_id]

    # ---- commands --------------------------------------------------------------------------------------------------------

    def ask(self, name: str, connection: int = OPERATOR, **fields: Any) -> JsonObject:
        """Send one request; the reply, its parts joined."""
        self.seq += 1
        client_seq = self._client_seqs[connection] = self._client_seqs.get(connection, 0) + 1
        values = {field.name: field.default for field in BY_NAME[name].fields if field.default is not REQUIRED} | fields
        request = Request(name, client_seq, values)
        if name in ("ctl_clock_set", "ctl_clock_advance", "ctl_settle"):
            self.now_ms = self.simulator.clock_target(request, self.now_ms)
        outcome = self.simulator.step(Command(self.now_ms, self.seq, connection, request))
        return self._take(outcome)

    def rows(self, name: str, connection: int = OPERATOR, **fields: Any) -> list[JsonObject]:
        """Send a request whose answer is rows."""
        return list(self.ask(name, connection, **fields)["rows"])

    def _take(self, outcome: Outcome) -> JsonObject:
        self._store(self.simulator.take_facts())
        self.warnings += outcome.warnings
        self.events += outcome.events
        for connections, message in outcome.pushes:
            self.pushes += [(connection, object_of(message)) for connection in connections]
        reply: JsonObject = {}
        rows: list[JsonObject] = []
        for _, said in outcome.replies:
            reply = message = object_of(said)
            rows += message.get("rows", ())
        return {**reply, "rows": rows} if "rows" in reply else reply

    def _store(self, facts: Mapping[str, Mapping[Any, Any]]) -> None:
        for table, changes in facts.items():
            stored = self.stored.setdefault(table, {})
            for key, row in changes.items():
                if row is None:
                    stored.pop(key, None)
                else:
                    stored[key] = row

    # ---- what traders do -------------------------------------------------------------------------------------------------

    def order(
        self, account_id: str, order_type: int, volume: float, stock_code: str, price: float, price_type: int = 11, **words: str
    ) -> JsonObject:
        """Place an order; the reply."""
        return self.ask(
            "order_stock", self.session(account_id), account_type=self._type(account_id), account_id=account_id,
            stock_code=stock_code, order_type=order_type, order_volume=volume, price_type=price_type, price=price, **words,
        )  # fmt: skip

    def buy(self, account_id: str, volume: float, stock_code: str, price: float, price_type: int = 11) -> int:
        """Place a buy order; its id."""
        return int(self.order(account_id, 23, volume, stock_code, price, price_type)["order_id"])

    def sell(self, account_id: str, volume: float, stock_code: str, price: float, price_type: int = 11) -> int:
        """Place a sell order; its id."""
        return int(self.order(account_id, 24, volume, stock_code, price, price_type)["order_id"])

    def cancel(self, account_id: str, order_id: int) -> JsonObject:
        """Cancel an order; the reply."""
        fields = {"account_type": self._type(account_id), "account_id": account_id, "order_id": order_id}
        return self.ask("cancel_order_stock", self.session(account_id), **fields)

    def transfer(self, account_id: str, name: str, **fields: Any) -> JsonObject:
        """Ask for a transfer, or for what is known of them, as a trader of the account."""
        return self.ask(name, self.session(account_id), account_type=self._type(account_id), account_id=account_id, **fields)

    def quote(
        self, stock_code: str, last: float, bids: Sequence[tuple[float, int]] = (), asks: Sequence[tuple[float, int]] = (),
        volume: int = 0, pre_close: float = 0,
    ) -> JsonObject:  # fmt: skip
        """Give the market of a security."""
        return self.ask(
            "ctl_quote", stock_code=stock_code, last=last, bids=[list(level) for level in bids],
            asks=[list(level) for level in asks], volume=volume, pre_close=pre_close,
        )  # fmt: skip

    # ---- what is seen ----------------------------------------------------------------------------------------------------

    def shown_order(self, order_id: int) -> JsonObject:
        """An order as a query shows it."""
        accounts = [row[0] for row in self.simulator.rows()["accounts"]]
        return next(
            row for account in accounts for row in self.rows("ctl_orders", account_id=account) if row["order_id"] == order_id
        )

    def asset(self, account_id: str) -> JsonObject:
        """An account's asset row."""
        return self.ask("ctl_asset", account_id=account_id)

    def position(self, account_id: str, stock_code: str) -> JsonObject:
        """One position row; empty when there is none."""
        rows = self.rows("ctl_positions", account_id=account_id)
        return next((row for row in rows if row["stock_code"] == stock_code), {})

    def take_pushes(self, account_id: str) -> list[JsonObject]:
        """What an account's session was pushed since the last time."""
        connection = self.session(account_id)
        taken = [message for to, message in self.pushes if to == connection]
        self.pushes = [(to, message) for to, message in self.pushes if to != connection]
        return taken

    # ---- crashes and checks ----------------------------------------------------------------------------------------------

    def stored_rows(self) -> dict[str, list[Any]]:
        """What a store would give back: rows by key."""
        rows = {table: [changes[key] for key in sorted(changes)] for table, changes in self.stored.items()}
        day = dict(rows["counters"])["day"]
        for table in ("orders", "trades"):
            rows[table] = [row for row in rows.get(table, []) if row[1] == day]
        return {**{table: [] for table in TABLES}, **rows}

    def crash(self) -> None:
        """Lose the process and come back from what was stored."""
        self._start(self.stored_rows())
        self._open_sessions()

    def check(self) -> None:
        """Every invariant holds, and what is stored is the world."""
        assert self.simulator.check() == []
        live, stored = self.simulator.rows(), self.stored_rows()
        for table, rows in live.items():
            kept = [row for row in stored.get(table, []) if table != "counters" or row[1]]
            assert kept == [row for row in rows if table != "counters" or row[1]], f"table {table} is not the world"


def parse(text: str) -> Request:
    """A request from its JSON."""
    return parse_request(text.encode())
