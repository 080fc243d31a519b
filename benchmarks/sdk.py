"""What the SDK costs: an order over a socket beside the bare wire, the same in process, and pushes to a callback a second.

    python -m benchmarks.sdk [--rounds R] [--orders N] [--pushes N] [--durability full|normal|off] [--subscribed]

A server runs in a process of its own. In each round the same order is placed N times by each way in turn; it rests, and is
cancelled outside the clock. ``wire``: a blocking socket that sends a frame and reads frames until the answer is there.
``sdk``: ``order_stock``. ``in process``: ``order_stock`` with the simulator in this process. Ratios of medians are made
inside a round, because a shared machine is faster in one round than in another. ``--subscribed`` lets each way receive the
pushes of its orders as well, between its answers.

Pushes come from a process that does nothing but say a prepared stream of order pushes as fast as they are taken; the clock
runs from the first callback to the last, of a callback object whose methods do nothing.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import platform
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from itertools import count
from pathlib import Path
from statistics import median
from typing import Any, Final, NamedTuple

from miniqmt_sim.client import discovery
from miniqmt_sim.client.discovery import Endpoint, split_addr
from miniqmt_sim.client.memory import MemoryHost
from miniqmt_sim.client.transport import SocketTransport
from miniqmt_sim.settings import load_settings
from miniqmt_sim.simulator import Simulator, SimulatorConfig
from miniqmt_sim.wire.frames import MAX_ANSWER_BYTES, FrameReader, encode_frame
from miniqmt_sim.wire.messages import BY_NAME, Kind, encode_message, parse_object
from miniqmt_sim.xtquant.xttrader import XtQuantTrader, XtQuantTraderCallback
from miniqmt_sim.xtquant.xttype import StockAccount

ACCOUNT: Final = StockAccount("1001")
CODE: Final = "600000.SH"
ORDER: Final = (ACCOUNT, CODE, 23, 100, 11, 9.5, "benchmark", "order")
TARGETS: Final = (("sdk", "wire", "at most", 1.3), ("sdk", "in process", "at least", 5.0))
PUSHES_A_SECOND: Final = 20_000
WARM_UP: Final = 300
PATIENCE_S: Final = 60.0
SERVER: Final = (
    *(sys.executable, "-m", "miniqmt_sim", "serve", "--listen", "127.0.0.1:0"),
    *("--feed", "none", "--hours", "always", "--clock", "manual"),
)
CONFIG: Final = 'compliance = "off"\n[files]\naccounts = "accounts.toml"\n'
ACCOUNTS: Final = '[[account]]\nid = "1001"\ncash_yuan = 1_000_000_000\n'

Place = Callable[[], float]
"""Places one order and cancels it; gives the seconds of the placing."""
Rounds = dict[str, list[list[float]]]
"""Way to rounds to seconds, sorted."""


# ---- the ways --------------------------------------------------------------------------------------------------------------


@contextmanager
def serving(durability: str) -> Iterator[Path]:
    """A server in a process of its own; gives its userdata directory."""
    with tempfile.TemporaryDirectory(prefix="miniqmt-sim-benchmark-") as name:
        userdata = Path(name)
        config = write_config(userdata)
        command = [*SERVER, "--userdata", name, "--config", str(config), "--durability", durability]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
            try:
                assert process.stdout is not None
                assert process.stdout.readline().startswith("ready")
                found = discovery.read(userdata)
                operator = SocketTransport.connect(Endpoint(found.addr, found.operator_token), 0, _ignore, _ignore)
                operator.call("ctl_quote", QUOTE)
                operator.close()
                yield userdata
            finally:
                process.terminate()


QUOTE: Final = {"stock_code": CODE, "last": 10.0, "pre_close": 10.0}


def write_config(userdata: Path) -> Path:
    """One rich account, and nothing that counts how fast it orders."""
    (userdata / "accounts.toml").write_text(ACCOUNTS, encoding="utf-8")
    config = userdata / "benchmark.toml"
    config.write_text(CONFIG, encoding="utf-8")
    return config


def _ignore(_: Any) -> None:
    pass


class Wire:
    """The bare wire: a blocking socket, frames and JSON, and nothing else."""

    def __init__(self, userdata: Path, subscribed: bool) -> None:
        found = discovery.read(userdata)
        self._socket = socket.create_connection(split_addr(found.addr))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._frames = FrameReader(MAX_ANSWER_BYTES)
        self._heard: list[dict[str, Any]] = []
        self._seqs = count(1)
        self._account = {"account_type": ACCOUNT.account_type, "account_id": ACCOUNT.account_id}
        self._say({"t": "hello", "protocol": 1, "token": found.token, "session_id": 1})
        self._hear()
        if subscribed:
            self._ask("subscribe", self._account)

    def place(self) -> float:
        """Place and cancel."""
        _, code, order_type, volume, price_type, price, name, remark = ORDER
        start = time.perf_counter()
        order = {
            **self._account, "stock_code": code, "order_type": order_type, "order_volume": volume,
            "price_type": price_type, "price": price, "strategy_name": name, "order_remark": remark,
        }  # fmt: skip
        order_id = self._ask("order_stock", order)["order_id"]
        seconds = time.perf_counter() - start
        assert order_id > 0
        self._ask("cancel_order_stock", {**self._account, "order_id": order_id})
        return seconds

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def _ask(self, name: str, fields: dict[str, Any]) -> dict[str, Any]:
        seq = next(self._seqs)
        self._say({"t": name, "seq": seq, **fields})
        while (message := self._hear()).get("seq") != seq:
            pass
        return message

    def _say(self, message: dict[str, Any]) -> None:
        self._socket.sendall(encode_frame(encode_message(message)))

    def _hear(self) -> dict[str, Any]:
        while not self._heard:
            self._heard.extend(map(parse_object, self._frames.feed(self._socket.recv(1 << 16))))
        return self._heard.pop(0)


def placing(trader: XtQuantTrader, subscribed: bool) -> Place:
    """The SDK, connected."""
    trader.start()
    assert trader.connect() == 0
    if subscribed:
        assert trader.subscribe(ACCOUNT) == 0

    def place() -> float:
        start = time.perf_counter()
        order_id = trader.order_stock(*ORDER)
        seconds = time.perf_counter() - start
        assert order_id > 0
        trader.cancel_order_stock(ACCOUNT, order_id)
        return seconds

    return place


def in_process(userdata: Path) -> XtQuantTrader:
    """The SDK with a simulator of the same configuration in this process."""
    world = load_settings({"feed": "none", "clock": "manual"}, userdata / "benchmark.toml", environ={}).world
    simulator = Simulator(SimulatorConfig(**{item.name: getattr(world, item.name) for item in fields(world)}))
    now_ms = 1_795_397_460_000
    simulator.start(now_ms, {})
    host = MemoryHost(simulator, now_ms)
    host.connect("", 0, _ignore, _ignore, "operator").call("ctl_quote", QUOTE)
    kind = type("InProcess", (XtQuantTrader,), {"connector": staticmethod(host.connect)})
    trader: XtQuantTrader = kind(str(userdata), 3, XtQuantTraderCallback())
    return trader


# ---- measuring -------------------------------------------------------------------------------------------------------------


def measure(userdata: Path, options: argparse.Namespace) -> Rounds:
    """Every way in every round, each round beginning with another one."""
    subscribed = options.subscribed
    sdk, local = XtQuantTrader(userdata, 2, XtQuantTraderCallback()), in_process(userdata)
    wire = Wire(userdata, subscribed)
    ways: dict[str, Place] = {
        "wire": wire.place,
        "sdk": placing(sdk, subscribed),
        "in process": placing(local, subscribed),
    }
    for place in ways.values():
        for _ in range(WARM_UP):
            place()
    gc.collect()
    gc.freeze()
    found: Rounds = {name: [] for name in ways}
    names = list(ways)
    for number in range(options.rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            found[name].append(sorted(ways[name]() for _ in range(options.orders)))
    gc.unfreeze()
    wire.close()
    sdk.stop()
    local.stop()
    return found


class Flood(NamedTuple):
    """One flood of pushes: how many a second reached the callback."""

    pushes: int
    a_second: float


def flood(pushes: int) -> Flood:
    """Let a process say prepared pushes, and count those that reach a callback."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_say_pushes, args=(there, pushes), daemon=True)
    process.start()
    with tempfile.TemporaryDirectory(prefix="miniqmt-sim-benchmark-") as userdata:
        info = discovery.Discovery(here.recv(), None, "token", "operator", pid=1, server="flood")
        discovery.write(userdata, info)
        counter = _Counter(pushes)
        trader = XtQuantTrader(userdata, 1, counter)
        assert trader.connect() == 0
        here.send("go")
        assert counter.done.wait(PATIENCE_S)
        trader.stop()
    process.join(PATIENCE_S)
    here.close()
    there.close()
    return Flood(pushes, (pushes - 1) / (counter.last - counter.first))


class _Counter:
    """Does nothing with a push but count it."""

    def __init__(self, pushes: int) -> None:
        self.done = threading.Event()
        self.first = self.last = 0.0
        self._left = pushes

    def on_stock_order(self, order: Any) -> None:
        if not self.first:
            self.first = time.perf_counter()
        self._left -= 1
        if not self._left:
            self.last = time.perf_counter()
            self.done.set()


def _say_pushes(pipe: Any, pushes: int) -> None:
    """The other process: let one client in, wait for the word, say everything."""
    empty: dict[Kind, Any] = {Kind.INT: 1_048_577, Kind.NUMBER: 10.5, Kind.TEXT: "600000.SH"}
    push = {"t": "push_stock_order", **{field.name: empty[field.kind] for field in BY_NAME["push_stock_order"].fields}}
    data = encode_frame(encode_message(push)) * 100
    listener = socket.create_server(("127.0.0.1", 0))
    pipe.send(f"127.0.0.1:{listener.getsockname()[1]}")
    connection, _ = listener.accept()
    connection.recv(1 << 16)
    welcome = {"t": "welcome", "protocol": 1, "server": "flood", "role": "trader", "heartbeat_ms": 60_000}
    connection.sendall(encode_frame(encode_message(welcome)))
    pipe.recv()
    for _ in range(pushes // 100):
        connection.sendall(data)
    connection.recv(1)  # until the client hangs up


# ---- the report ------------------------------------------------------------------------------------------------------------


def table(found: Rounds) -> str:
    """One row a way: percentiles of one order in microseconds, medians over the rounds."""
    lines = ["| way | p50 µs | p99 µs |", "|---|---:|---:|"]
    for name, rounds in found.items():
        p50, p99 = (median(times[len(times) * per_cent // 100] for times in rounds) * 1e6 for per_cent in (50, 99))
        lines.append(f"| {name} | {p50:.0f} | {p99:.0f} |")
    return "\n".join(lines)


def targets(found: Rounds) -> str:
    """The ratios that matter, each beside its target."""
    lines = ["| ratio of p50 | median (least–most) | target |", "|---|---:|---:|"]
    for name, other, words, wanted in TARGETS:
        ratios = [median(ours) / median(theirs) for ours, theirs in zip(found[name], found[other], strict=True)]
        spread = f"{median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"
        lines.append(f"| {name} / {other} | {spread} | {words} {wanted} |")
    return "\n".join(lines)


def floods(found: Sequence[Flood]) -> str:
    """What was delivered."""
    speeds = [flood.a_second for flood in found]
    spread = f"{median(speeds):,.0f} ({min(speeds):,.0f}–{max(speeds):,.0f})"
    return f"pushes a second to a callback that does nothing: {spread}, target {PUSHES_A_SECOND:,}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sdk", description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--orders", type=int, default=1000, help="orders of each way in a round")
    parser.add_argument("--pushes", type=int, default=100_000, help="pushes of one flood, a multiple of 100")
    parser.add_argument("--durability", choices=("full", "normal", "off"), default="normal")
    parser.add_argument("--subscribed", action="store_true", help="every way receives the pushes of its orders")
    options = parser.parse_args(arguments)
    python = f"{platform.python_implementation()} {platform.python_version()}"
    print(f"{options.rounds} rounds of {options.orders} orders, durability {options.durability}, {python}\n")
    with serving(options.durability) as userdata:
        found = measure(userdata, options)
    print(table(found), targets(found), sep="\n\n")
    print(f"\n{floods([flood(options.pushes) for _ in range(3)])}")


if __name__ == "__main__":
    main()
