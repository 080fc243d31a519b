"""The whole server beside its limits: what the wire allows, what the disk allows, and what is left of both.

    python -m benchmarks.server [--rounds R] [--seconds S] [--connections N …] [--only throughput|latency|idle]

Throughput: a length-prefixed JSON echo on uvloop that parses and dumps, a bare batched insert of the same rows, and the server
with each durability, all in every round, the echo right before each of the others, so that a shared machine slows both alike.
The window is 2,048 orders outstanding over all connections. Server and load generator have a core each where there are two.
Latency: synchronous ``order_stock`` through the SDK at a fixed rate, measured from the moment it was due, so that a slow answer
delays none of those behind it unseen; beside it an echo asked through a reader thread and a Future, and a one-row commit.
Idle: memory of a thousand sessions that do nothing.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final

from benchmarks.restart import memory_mb
from benchmarks.wire import ORDER, framed
from miniqmt_sim.client import discovery
from miniqmt_sim.xtquant import xtconstant
from miniqmt_sim.xtquant.xttrader import XtQuantTrader
from miniqmt_sim.xtquant.xttype import StockAccount
from storage import COLUMNS
from storage.migrations import create

OUTSTANDING: Final = 2048
CONNECTIONS: Final = (1, 8, 64)
DURABILITIES: Final = ("full", "normal", "off")
BATCH_ROWS: Final = 500
COMMITS: Final = {"one-row commit, full": False, "one-row commit, full, 200 a second": True}
"""A disk that has had nothing to do for 5 ms takes twice as long as one that is kept busy, whoever asks it."""
_CALLS_A_SECOND: Final = 200
_IDLE: Final = 1000
_ACCOUNTS: Final = 64
_CASH_YUAN: Final = 10_000_000_000


# -- processes -----------------------------------------------------------------------------------------------------------


def _pinned(core: int, *words: str) -> list[str]:
    """A command on a core of its own, where the system can and has two."""
    if shutil.which("taskset") is None or (os.cpu_count() or 1) < 2:
        return list(words)
    return ["taskset", "-c", str(core), *words]


@contextlib.contextmanager
def _running(*words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process that says where it is ready, until the end of the block."""
    with subprocess.Popen(_pinned(0, *words), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("ready "), line
            yield process, line.split()[1].removeprefix("addr=")
        finally:
            process.terminate()


@contextlib.contextmanager
def _server(durability: str, *more: str) -> Iterator[tuple[subprocess.Popen[str], discovery.Discovery]]:
    with tempfile.TemporaryDirectory(prefix="miniqmt-sim-bench-") as userdata:
        accounts = Path(userdata) / "accounts.toml"
        tables = [f'[[account]]\nid = "{number:010}"\ncash_yuan = {_CASH_YUAN}\n' for number in range(1, _ACCOUNTS + 1)]
        accounts.write_text("\n".join(tables), "utf-8")
        config = Path(userdata) / "bench.toml"
        config.write_text("".join(more) + '[files]\naccounts = "accounts.toml"\n', "utf-8")
        words = [sys.executable, "-m", "miniqmt_sim", "serve", "--config", str(config), "--userdata", userdata]
        words += ["--listen", "127.0.0.1:0", "--feed", "none", "--durability", durability]
        with _running(*words) as (process, _):
            yield process, discovery.read(userdata)


def _load(addr: str, connections: int, seconds: float, token: str = "", subscribe: bool = False) -> float:
    words = [sys.executable, "-m", "benchmarks.wire", "load", addr, "--connections", str(connections)]
    words += ["--window", str(OUTSTANDING // connections), "--seconds", str(seconds)]
    words += ["--token", token] if token else []
    words += ["--subscribe"] if subscribe else []
    return float(subprocess.run(_pinned(1, *words), capture_output=True, text=True, check=True).stdout)


# -- throughput ----------------------------------------------------------------------------------------------------------


def throughput(rounds: int, seconds: float, connections: Sequence[int]) -> None:
    """Every contestant in every round; medians, and ratios to the echo right before each."""
    contestants: dict[str, Callable[[], float]] = {"bare insert, full": partial(bare_insert, seconds)}
    for durability, number in itertools.product(DURABILITIES, connections):
        contestants[f"server {durability}, {number} connections"] = partial(served, seconds, number, durability)
    contestants["server full, 8 connections, subscribed"] = partial(served, seconds, 8, "full", subscribe=True)
    contestants["server full, 8 connections, no journal"] = partial(served, seconds, 8, "full", "journal = false\n")
    figures: dict[str, list[tuple[float, float]]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, measure in contestants.items():
            figures[name].append((echoed(seconds), measure()))
    echoes = [echo for pairs in figures.values() for echo, _ in pairs]
    print(f"window: {OUTSTANDING} outstanding over all connections; {rounds} rounds of {seconds:g} s\n")
    print("| contestant | a second | × echo (least–most) |\n|---|---:|---:|")
    print(f"| echo, 8 connections | {median(echoes):,.0f} ({min(echoes):,.0f}–{max(echoes):,.0f}) | 1 |")
    for name, pairs in figures.items():
        ratios = [rate / echo for echo, rate in pairs]
        rate = median(rate for _, rate in pairs)
        print(f"| {name} | {rate:,.0f} | {median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f}) |")


def echoed(seconds: float) -> float:
    """Messages a second of the echo."""
    with _running(sys.executable, "-m", "benchmarks.wire", "echo") as (_, addr):
        return _load(addr, 8, seconds)


def served(seconds: float, connections: int, durability: str, *more: str, subscribe: bool = False) -> float:
    """Orders a second of a server."""
    with _server(durability, *more) as (_, info):
        return _load(info.addr, connections, seconds, info.token, subscribe)


def bare_insert(seconds: float) -> float:
    """Rows a second of orders inserted by the batch into our table with its indices."""
    with _store() as connection:
        places = ", ".join("?" * len(COLUMNS["orders"]))
        row = _row()
        count, began = 0, time.perf_counter()
        while (spent := time.perf_counter() - began) < seconds:
            connection.execute("BEGIN IMMEDIATE")
            rows = [(count + number, *row) for number in range(BATCH_ROWS)]
            connection.executemany(f"INSERT INTO orders VALUES ({places})", rows)
            connection.execute("COMMIT")
            count += BATCH_ROWS
        return count / spent


def _row() -> tuple[Any, ...]:
    texts = {"account_id": "0000000001", "stock_code": "600000.SH", "order_sysid": "123456", "strategy_name": "bench"}
    whole = {"status_msg": "", "order_remark": "r123456"} | texts
    return tuple(whole.get(name, 20260105) for name in COLUMNS["orders"][1:])


@contextlib.contextmanager
def _store() -> Iterator[sqlite3.Connection]:
    with tempfile.TemporaryDirectory(prefix="miniqmt-sim-bench-") as scratch:
        connection = sqlite3.connect(Path(scratch) / "a.sqlite", isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            create(connection)
            yield connection
        finally:
            connection.close()


# -- latency -------------------------------------------------------------------------------------------------------------


class FutureEcho:
    """An echo asked as the SDK asks: a reader thread, and a Future for each question."""

    def __init__(self, addr: str) -> None:
        host, _, port = addr.rpartition(":")
        self._socket = socket.create_connection((host, int(port)))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._waiting: dict[int, Future[Any]] = {}
        self._seq = 0
        threading.Thread(target=self._read, daemon=True).start()

    def ask(self) -> None:
        """Ask and wait for the answer."""
        self._seq += 1
        answer: Future[Any] = Future()
        self._waiting[self._seq] = answer
        self._socket.sendall(framed(ORDER % (self._seq, "0000000001", 9.5, self._seq)))
        answer.result()

    def _read(self) -> None:
        with self._socket.makefile("rb") as stream:
            while header := stream.read(4):
                message = json.loads(stream.read(int.from_bytes(header, "big")))
                self._waiting.pop(message["seq"]).set_result(message)


def paced(call: Callable[[], object], seconds: float) -> list[float]:
    """Milliseconds of each call, from the moment it was due."""
    spent = []
    began = time.perf_counter() + 0.01
    for number in range(int(seconds * _CALLS_A_SECOND)):
        due = began + number / _CALLS_A_SECOND
        time.sleep(max(0.0, due - time.perf_counter()))
        call()
        spent.append(1000 * (time.perf_counter() - due))
    return spent


def sdk_calls(durability: str, seconds: float) -> list[float]:
    """Synchronous order_stock through the SDK."""
    with _server(durability) as (_, info):
        os.environ[discovery.ENV_ADDR], os.environ[discovery.ENV_TOKEN] = info.addr, info.token
        trader = XtQuantTrader("benchmark", 1)
        trader.start()
        assert trader.connect() == 0
        account = StockAccount("0000000001")

        def order() -> None:
            made = trader.order_stock(account, "600000.SH", xtconstant.STOCK_BUY, 100, xtconstant.FIX_PRICE, 9.5, "bench", "r")
            assert made > 0

        for _ in range(50):
            order()
        spent = paced(order, seconds)
        trader.stop()
        return spent


def one_row_commits(seconds: float, is_paced: bool) -> list[float]:
    """Milliseconds of a commit of one order with synchronous FULL: one after the other, or at the pace of the calls."""
    with _store() as connection:
        places = ", ".join("?" * len(COLUMNS["orders"]))
        row, numbers = _row(), itertools.count()

        def commit() -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(f"INSERT INTO orders VALUES ({places})", (next(numbers), *row))
            connection.execute("COMMIT")

        if is_paced:
            return paced(commit, seconds)
        spent = []
        for _ in range(200):
            began = time.perf_counter()
            commit()
            spent.append(1000 * (time.perf_counter() - began))
        return spent


def latency(rounds: int, seconds: float) -> None:
    """Percentiles over all rounds, ratios of medians inside each."""
    calls: dict[str, list[list[float]]] = {}
    for _ in range(rounds):
        with _running(sys.executable, "-m", "benchmarks.wire", "echo") as (_, addr):
            echo = FutureEcho(addr)
            for _ in range(50):
                echo.ask()
            calls.setdefault("echo through a Future", []).append(paced(echo.ask, seconds))
        for name, is_paced in COMMITS.items():
            calls.setdefault(name, []).append(one_row_commits(seconds, is_paced))
        for durability in DURABILITIES:
            calls.setdefault(f"order_stock, {durability}", []).append(sdk_calls(durability, seconds))
    print(f"\n{_CALLS_A_SECOND} calls a second, {rounds} rounds of {seconds:g} s\n")
    print("| call | p50 ms | p99 ms | p99.9 ms |\n|---|---:|---:|---:|")
    for name, runs in calls.items():
        ordered = sorted(itertools.chain.from_iterable(runs))
        shown = [ordered[int(len(ordered) * share)] for share in (0.5, 0.99, 0.999)]
        print(f"| {name} | {shown[0]:.2f} | {shown[1]:.2f} | {shown[2]:.2f} |")
    middles = {name: [median(run) for run in runs] for name, runs in calls.items()}
    echoes = middles["echo through a Future"]
    off = median(mine / base for mine, base in zip(middles["order_stock, off"], echoes, strict=True))
    print(f"\np50 off / echo: {off:.2f} (target 1.3)")
    for name in COMMITS:
        sums = [base + 2 * commit for base, commit in zip(echoes, middles[name], strict=True)]
        full = median(mine / base for mine, base in zip(middles["order_stock, full"], sums, strict=True))
        print(f"p50 full / (echo + 2 × {name}): {full:.2f} (target 1.0)")


# -- idle sessions -------------------------------------------------------------------------------------------------------


def idle() -> None:
    """Memory that a thousand sessions add."""
    with _server("normal") as (process, info), contextlib.ExitStack() as stack:
        host, _, port = info.addr.rpartition(":")
        before = memory_mb(process.pid, "VmRSS")
        for number in range(1, _IDLE + 1):
            peer = stack.enter_context(socket.create_connection((host, int(port))))
            peer.sendall(framed(f'{{"t":"hello","protocol":1,"token":"{info.token}","session_id":{number},"client":"idle"}}'))
            assert b"welcome" in peer.recv(4096)
        after = memory_mb(process.pid, "VmRSS")
    print(f"\n{_IDLE} idle sessions: {after - before:.1f} MB over {before:.1f} MB (target 50)")


def main() -> None:
    """Run what was asked for and print tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--connections", type=int, nargs="+", default=CONNECTIONS, metavar="N")
    parser.add_argument("--only", choices=("throughput", "latency", "idle"))
    args = parser.parse_args()
    if args.only in (None, "throughput"):
        throughput(args.rounds, args.seconds, args.connections)
    if args.only in (None, "latency"):
        latency(args.rounds, args.seconds)
    if args.only in (None, "idle"):
        idle()


if __name__ == "__main__":
    main()
