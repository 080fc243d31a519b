"""A server that is killed under load from several sessions, and what its clients must find again afterwards.

``play(seed)`` is one life: a server in a process of its own, four sessions and an operator that keep it busy, SIGKILL at a
random moment, perhaps another while it starts again, and then the comparison of what was acknowledged with what is there.
A failure is an AssertionError that says what was not found.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import multiprocessing
import random
import selectors
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final, NamedTuple

from miniqmt_sim.client import discovery
from miniqmt_sim.server.app import serve
from miniqmt_sim.server.replay import replay
from miniqmt_sim.settings import Settings, load_settings
from tests.kit.raw_client import RawClient

ACCOUNTS: Final = {"A": 2, "B": 2, "C": 2, "K": 3}
"""Traders' accounts and their types; K buys on margin."""
CODES: Final = {"600000.SH": 10.45, "000001.SZ": 11.2}
LONGEST_LOAD_S: Final = 0.25
HIGHEST_BID_LI: Final = 10_540
"""Of any quote the operator gives for 600000.SH."""
WINDOW: Final = 20
"""Requests that a session leaves unanswered at a time."""
PATIENCE_S: Final = 30.0
_BANK: Final = {"bank_no": "1001", "bank_account": "6222"}
_STORE_ONLY: Final = frozenset({
    "meta", "quotes", "cash_ledger", "settlements", "compact_history", "credit_events", "journal", "journal_bases",
    "configurations",
})  # fmt: skip
"""Tables that are no part of the state hash."""
_METHODS: Final = multiprocessing.get_all_start_methods()
_CONTEXT: Final = multiprocessing.get_context("forkserver" if "forkserver" in _METHODS else "spawn")
if _CONTEXT.get_start_method() == "forkserver":
    _CONTEXT.set_forkserver_preload(["tests.kit.crash"])  # importing a server takes longer than running one

Message = dict[str, Any]


class Process:
    """A server in a process of its own."""

    def __init__(self, userdata: Path, durability: str) -> None:
        self._pipe, theirs = _CONTEXT.Pipe(duplex=False)
        self._process = _CONTEXT.Process(target=_serve, args=(theirs, str(userdata), durability), daemon=True)
        self._process.start()
        theirs.close()
        self.userdata = userdata

    def wait(self) -> discovery.Discovery:
        """Wait until it is ready."""
        assert self._pipe.poll(PATIENCE_S), "the server did not start"
        try:
            line: str = self._pipe.recv()
        except EOFError:
            line = "it ended without a word"
        assert line.startswith("ready "), line
        return discovery.read(self.userdata)

    def kill(self) -> None:
        """SIGKILL, or what the system has like it."""
        self._process.kill()

    def end(self) -> None:
        """Wait for its end."""
        self._process.join(PATIENCE_S)
        assert self._process.exitcode is not None
        self._process.close()
        self._pipe.close()


def _serve(pipe: Connection, userdata: str, durability: str) -> None:
    logging.getLogger("miniqmt_sim.server").setLevel(logging.CRITICAL)
    try:
        sys.exit(serve(_settings(userdata, durability), pipe.send))
    except Exception as error:  # whatever it is, the test shall show it
        pipe.send(f"{type(error).__name__}: {error}")
        raise


def _settings(userdata: str, durability: str) -> Settings:
    options = {"userdata": userdata, "listen": "127.0.0.1:0", "feed": "none", "durability": durability}
    path = Path(userdata).parent / "accounts.toml"
    holdings = "".join(f'[[account.position]]\nstock_code = "{code}"\nvolume = 50000\ncost_yuan = 10.0\n' for code in CODES)
    bank = '[[account.bank]]\nbank_no = "1001"\nbank_account = "6222"\nbalance_yuan = 1000000\n'
    names = [(name, "CREDIT" if kind == 3 else "STOCK") for name, kind in ACCOUNTS.items()]
    tables = [f'[[account]]\nid = "{name}"\ntype = "{kind}"\ncash_yuan = 2000000\n{holdings}{bank}' for name, kind in names]
    seller = "".join(f'[[account.position]]\nstock_code = "{code}"\nvolume = 90000000\ncost_yuan = 10.0\n' for code in CODES)
    path.write_text("\n".join([*tables, f'[[account]]\nid = "Z"\n{seller}']), "utf-8")
    return load_settings({**options, "files.accounts": str(path)}, environ={})


# -- what clients say and hear -------------------------------------------------------------------------------------------


class Record:
    """What was asked, and what was acknowledged."""

    def __init__(self) -> None:
        self.asked: dict[str, Message] = {}
        """Orders by their remark, which no two share."""
        self.orders: dict[int, Message] = {}
        """Acknowledged orders by number."""
        self.cancelled: set[int] = set()
        self.seen: dict[int, Message] = {}
        """The last push of each order."""
        self.trades: dict[str, Message] = {}
        self.transfers: dict[str, list[int]] = {name: [0, 0] for name in ACCOUNTS}
        """Account -> transfers asked for, and acknowledged."""


class Trader:
    """One session that keeps a server busy with what it draws."""

    def __init__(self, addr: str, token: str, number: int, luck: random.Random, record: Record) -> None:
        self.client = RawClient(addr)
        self.client.hello(token, number)
        self._number = number
        self._luck = luck
        self._record = record
        self._open: dict[int, tuple[str, Message]] = {}
        self._seq = 0
        for name, kind in ACCOUNTS.items():
            self.client.ask("subscribe", 0, account_type=kind, account_id=name)

    def fill(self) -> None:
        """Ask until the window is full."""
        while len(self._open) < WINDOW:
            self._seq += 1
            name, fields = self._draw()
            self._open[self._seq] = name, fields
            self.client.say(name, self._seq, **fields)

    def _draw(self) -> tuple[str, Message]:
        luck, record = self._luck, self._record
        account = luck.choice(list(ACCOUNTS))
        who = {"account_type": ACCOUNTS[account], "account_id": account}
        action = luck.random()
        if action < 0.2 and record.orders:
            order_id = luck.choice(list(record.orders))
            owner = record.orders[order_id]
            return "cancel_order_stock", {name: owner[name] for name in who} | {"order_id": order_id}
        if action < 0.25:
            record.transfers[account][0] += 1
            return "bank_transfer", {**who, **_BANK, "direction": 501, "balance": 1.0}
        code = luck.choice(list(CODES))
        remark = f"{self._number}-{self._seq}"
        kind = luck.choice((27, 23, 24) if account == "K" else (23, 24))
        fields = {
            **who, "stock_code": code, "order_type": kind, "order_volume": 100 * luck.randint(1, 5), "price_type": 11,
            "price": round(CODES[code] * luck.uniform(0.98, 1.02), 2), "order_remark": remark,
        }  # fmt: skip
        record.asked[remark] = fields
        return "order_stock", fields

    def hear(self, message: Message) -> None:
        """Take down what the server said."""
        record = self._record
        if message["t"] == "reply":
            name, fields = self._open.pop(message["seq"])
            if name == "order_stock" and message["order_id"] > 0:
                record.orders[message["order_id"]] = fields
            elif name == "cancel_order_stock" and message["cancel_result"] == 0:
                record.cancelled.add(message["order_id"])
            elif name == "bank_transfer" and message["success"]:
                record.transfers[fields["account_id"]][1] += 1
        elif message["t"] == "push_stock_order":
            record.seen[message["order_id"]] = message
        elif message["t"] == "push_stock_trade":
            record.trades[message["traded_id"]] = message


def load(info: discovery.Discovery, luck: random.Random, record: Record, kill: threading.Timer) -> None:
    """Keep a server busy until it is gone."""
    with RawClient(info.addr) as operator:
        operator.hello(info.operator_token)
        for code, price in CODES.items():
            operator.ask("ctl_quote", 1, stock_code=code, last=price, bids=[[price - 0.1, 3000]], asks=[[price + 0.1, 3000]])
        traders = [Trader(info.addr, info.token, number, random.Random(luck.random()), record) for number in range(1, 5)]
        kill.start()
        with contextlib.suppress(ConnectionError, AssertionError), contextlib.ExitStack() as stack:
            for trader in traders:
                stack.enter_context(trader.client)
            _serve_all(traders, operator, luck)


def _serve_all(traders: list[Trader], operator: RawClient, luck: random.Random) -> None:
    """Ask and hear in turns; ends with the exception of a connection that is gone."""
    selector = selectors.DefaultSelector()
    for trader in traders:
        selector.register(trader.client.socket, selectors.EVENT_READ, trader)
        trader.fill()
    while True:
        for key, _ in selector.select(PATIENCE_S):
            for message in key.data.client.hear_all():
                key.data.hear(message)
            key.data.fill()
        if luck.random() < 0.02:
            code = luck.choice(list(CODES))
            price = round(CODES[code] * luck.uniform(0.99, 1.01), 2)
            operator.say("ctl_quote", 1, stock_code=code, last=price, bids=[[round(price - 0.02, 2), 500]], asks=[], volume=200)


# -- what is there afterwards --------------------------------------------------------------------------------------------


def rows_of(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Read the world with nothing but sqlite3: every table of it, of orders and trades the present day."""
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        connection.execute("BEGIN")
        (day,) = connection.execute("SELECT value FROM counters WHERE name = 'day'").fetchone()
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        days = {"orders": f" WHERE day = {day}", "trades": f" WHERE day = {day}"}
        kept = [name for name in names if name not in _STORE_ONLY]
        return {name: connection.execute(f"SELECT * FROM {name}{days.get(name, '')}").fetchall() for name in kept}


def hash_of(rows: Mapping[str, list[tuple[Any, ...]]]) -> str:
    """The state hash as docs/decisions describe it, written a second time."""
    digest = hashlib.sha256()
    uncounted = ("now_ms", "seq", "journal_seq", "journal_base")
    for table in sorted(rows):
        kept = sorted(rows[table])
        if table == "counters":
            kept = [row for row in kept if row[0] not in uncounted and row[1]]
        if table == "banks":
            kept = [(*row[:5], *("***" if password else "" for password in row[5:])) for row in kept]
        digest.update(f"{table}\n".encode())
        for start in range(0, len(kept), 1000):
            digest.update(json.dumps(kept[start : start + 1000], ensure_ascii=False, separators=(",", ":")).encode())
    return digest.hexdigest()


class Found(NamedTuple):
    """One life: how much was acknowledged before the end."""

    orders: int
    cancels: int
    trades: int
    transfers: int
    contracts: int
    kills: int


def play(seed: int) -> Found:
    """One life of a server; raises AssertionError for whatever is not as it was acknowledged."""
    luck = random.Random(seed)
    durability = luck.choice(("full", "normal"))
    record = Record()
    with tempfile.TemporaryDirectory(prefix="miniqmt-sim-kill-") as scratch:
        userdata = Path(scratch) / "u"
        userdata.mkdir()
        _live_and_die(userdata, durability, luck, record)
        kills = 1 + _die_at_start(userdata, durability, luck)
        server = Process(userdata, durability)
        try:
            contracts = _look(server.wait(), userdata / "miniqmt-sim.sqlite", record)
        finally:
            server.kill()
            server.end()
        report = replay(str(userdata / "miniqmt-sim.sqlite"))
        assert report.same, f"played again, it comes out otherwise: {report.broken_at} {report.differences[:3]}"
    transfers = sum(acknowledged for _, acknowledged in record.transfers.values())
    return Found(len(record.orders), len(record.cancelled), len(record.trades), transfers, contracts, kills)


def _live_and_die(userdata: Path, durability: str, luck: random.Random, record: Record) -> None:
    server = Process(userdata, durability)
    try:
        info = server.wait()
        kill = threading.Timer(luck.uniform(0.02, LONGEST_LOAD_S), server.kill)
        load(info, luck, record, kill)
        kill.join()
    finally:
        server.kill()
        server.end()


def _die_at_start(userdata: Path, durability: str, luck: random.Random) -> int:
    """Perhaps kill it again while it recovers."""
    if luck.random() < 0.5:
        return 0
    server = Process(userdata, durability)
    time.sleep(luck.uniform(0, 0.1))
    server.kill()
    server.end()
    return 1


def _look(info: discovery.Discovery, database: Path, record: Record) -> int:
    """Compare what was acknowledged with what queries answer, and what the core says with what the rows say."""
    with RawClient(info.addr) as operator, RawClient(info.addr) as trader:
        operator.hello(info.operator_token)
        assert trader.hello(info.token, 1)["t"] == "welcome", "the session's id is free again"
        check = operator.ask("ctl_check", 1)
        assert check["ok"], check["problems"]
        rows = rows_of(database)
        assert operator.ask("ctl_state_hash", 2)["state_hash"] == hash_of(rows), "the core holds what the rows say"
        _compare_orders(trader, record)
        _compare_trades(trader, record)
        _compare_transfers(database, record)
        contracts = _compare_contracts(database, record)
        _compare_queue(trader, rows)
        check = operator.ask("ctl_check", 3)
        assert check["ok"], check["problems"]
    return contracts


def _queried(trader: RawClient, name: str) -> Iterator[Message]:
    for account, kind in (ACCOUNTS | {"Z": 2}).items():
        yield from trader.ask_rows(name, account_type=kind, account_id=account)


def _compare_orders(trader: RawClient, record: Record) -> None:
    found = {row["order_id"]: row for row in _queried(trader, "query_stock_orders")}
    remarks = [row["order_remark"] for row in found.values()]
    assert len(set(remarks)) == len(remarks), "nothing is there twice"
    assert set(remarks) <= record.asked.keys(), "nothing is there that nobody asked for"
    for order_id, asked in record.orders.items():
        assert order_id in found, f"order {order_id} was acknowledged and is gone"
        row = found[order_id]
        for name in ("order_remark", "stock_code", "order_volume", "price", "account_id"):
            assert row[name] == asked[name], f"order {order_id}: {name}"
    for order_id in record.cancelled:
        assert found[order_id]["order_status"] in (53, 54), f"the cancel of {order_id} was acknowledged and is gone"
    for order_id, seen in record.seen.items():
        row = found[order_id]
        assert row["traded_volume"] >= seen["traded_volume"], f"order {order_id} was told to be filled further"
        if seen["order_status"] in (53, 54, 56, 57):
            same = [row[name] == seen[name] for name in ("order_status", "traded_volume", "status_msg", "order_sysid")]
            assert all(same), f"order {order_id} was told to be final"


def _compare_trades(trader: RawClient, record: Record) -> None:
    rows = list(_queried(trader, "query_stock_trades"))
    found = {row["traded_id"]: row for row in rows}
    assert len(found) == len(rows), "no trade is there twice"
    for traded_id, seen in record.trades.items():
        assert traded_id in found, f"trade {traded_id} was told and is gone"
        for name in ("order_id", "traded_price", "traded_volume", "commission"):
            assert found[traded_id][name] == seen[name], f"trade {traded_id}: {name}"


def _compare_transfers(database: Path, record: Record) -> None:
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        for account, (asked, acknowledged) in record.transfers.items():
            query = "SELECT count(*), coalesce(sum(amount_li), 0) FROM cash_ledger WHERE account_id = ? AND reason = 'bank_in'"
            count, amount_li = connection.execute(query, (account,)).fetchone()
            assert acknowledged <= count <= asked, f"{account}: {acknowledged} transfers acknowledged, {count} there"
            assert amount_li == 1000 * count


def _compare_contracts(database: Path, record: Record) -> int:
    """Every acknowledged fill of a margin purchase has its contract, once; gives how many there are."""
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        rows = connection.execute("SELECT order_id, sum(amount_li), count(*) FROM compacts GROUP BY order_id").fetchall()
    found = {order_id: amount_li for order_id, amount_li, count in rows if count == 1}
    assert len(found) == len(rows), "no contract is there twice"
    for trade in record.trades.values():
        if trade["order_type"] == 27:
            lent_li = found.get(trade["order_id"], 0)
            assert lent_li >= round(1000 * trade["traded_amount"]), f"the contract of order {trade['order_id']}"
    return len(rows)


def _compare_queue(trader: RawClient, rows: Mapping[str, list[tuple[Any, ...]]]) -> None:
    """Sell into everything that rests: buyers are filled in the order their rows tell, and numbers go on."""
    code = "600000.SH"
    resting = [row for row in rows["orders"] if row[4] == code and row[11] in (50, 55) and row[5] in (23, 27)]
    best_li = max([row[7] for row in resting], default=0)
    # As far down as the price cage lets one order go, whichever of its quotes the house stands with.
    floor_li = -(-max(best_li, HIGHEST_BID_LI) * 98 // 1000) * 10
    expected = [row[0] for row in sorted(resting, key=lambda row: (-row[7], row[19])) if row[7] >= floor_li]
    before = {row["traded_id"] for row in _queried(trader, "query_stock_trades")}
    fields = {"account_type": 2, "account_id": "Z", "stock_code": code, "order_type": 24, "price_type": 11}
    reply = trader.ask("order_stock", 9, **fields, order_volume=900_000, price=floor_li / 1000, order_remark="sweep")
    assert reply["order_id"] == max((row[0] for row in rows["orders"]), default=1048576) + 1, "numbers go on"
    after = [row for row in _queried(trader, "query_stock_trades") if row["traded_id"] not in before]
    after.sort(key=lambda row: int(row["traded_id"]))
    buyers = {row[0] for row in resting}  # the house, coming into the book with the sale, may meet sellers as well
    filled = [row["order_id"] for row in after if row["order_id"] in buyers]
    assert list(dict.fromkeys(filled)) == expected, (
        f"resting orders stand in their former order of priority: {expected[:20]}, filled {filled[:20]}"
    )
