"""Live quotes into a running server: ``ctl quotes --stdin`` beside what the lines alone cost.

    python -m benchmarks.quotes [--quotes N] [--codes N] [--rounds R] [--durability D]

The same lines, five levels a side, go through ``json.loads`` and nothing else; as frames through an echo on uvloop that parses
and dumps them; and through the command into a server in a process of its own, once while nobody has an order, once while an
order of an account rests in every code, far from the market. The time of the command is that of its process less that of one
with no input. Every quote must be taken, and the last one must stand.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import csv
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Final

import uvloop

from benchmarks.server import _pinned, _running
from benchmarks.wire import Frames, framed
from miniqmt_sim.cli.quotes import MAX_UNDER_WAY
from miniqmt_sim.client import discovery
from miniqmt_sim.client.discovery import Endpoint
from miniqmt_sim.client.transport import SocketTransport
from miniqmt_sim.testing.ctl import Control
from miniqmt_sim.xtquant.xttrader import XtQuantTrader
from miniqmt_sim.xtquant.xttype import StockAccount

INSTRUMENTS: Final = Path(__file__).parents[1] / "config" / "instruments.csv"
ACCOUNT: Final = "1000000365"


def quote_lines(number: int, codes: int, seed: int = 1) -> list[str]:
    """Quotes of so many stocks in turn, each within a per cent of its previous close."""
    with INSTRUMENTS.open(encoding="utf-8", newline="") as file:
        stocks = [row for row in csv.DictReader(file) if row["stock_code"][0] in "036" and not row["tags"]]
        stocks = [row for row in stocks if not row["board"].endswith("_INDEX")][:codes]
    luck = random.Random(seed)
    return [json.dumps(_quote(stocks[at % len(stocks)], luck)) for at in range(number)]


def _quote(row: dict[str, str], luck: random.Random) -> dict[str, Any]:
    middle = round(float(row["pre_close"]) * 100)
    last = middle + luck.randint(-max(middle // 100, 2), max(middle // 100, 2))
    volumes = [luck.randint(1, 500) * 100 for _ in range(10)]
    bids = [[(last - level) / 100, volumes[level]] for level in range(5)]
    asks = [[(last + 1 + level) / 100, volumes[5 + level]] for level in range(5)]
    return {"code": row["stock_code"], "last": last / 100, "bids": bids, "asks": asks, "volume": luck.randint(1, 50) * 100}


# -- contestants ---------------------------------------------------------------------------------------------------------


def loaded(lines: Sequence[str]) -> float:
    """Lines a second that are parsed and let drop."""
    began = time.perf_counter()
    for line in lines:
        json.loads(line)
    return len(lines) / (time.perf_counter() - began)


class _Asker(Frames):
    """Sends frames, so many at a time unanswered."""

    def __init__(self, frames: Sequence[bytes], done: asyncio.Future[None]) -> None:
        super().__init__()
        self._frames = frames
        self._sent = self._answered = 0
        self._done = done

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        super().connection_made(transport)
        self._send(MAX_UNDER_WAY)

    def take(self, payloads: list[bytes]) -> None:
        """Send as many as were answered."""
        self._answered += len(payloads)
        if self._answered == len(self._frames):
            self._done.set_result(None)
        else:
            self._send(len(payloads))

    def _send(self, number: int) -> None:
        self.transport.writelines(self._frames[self._sent : self._sent + number])
        self._sent = min(self._sent + number, len(self._frames))


def echoed(lines: Sequence[str]) -> float:
    """Lines a second that an echo answers."""
    frames = [framed(line) for line in lines]

    async def ask(addr: str) -> float:
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        host, _, port = addr.rpartition(":")
        began = time.perf_counter()
        transport, _ = await loop.create_connection(lambda: _Asker(frames, done), host, int(port))
        await done
        transport.close()
        return len(frames) / (time.perf_counter() - began)

    with _running(sys.executable, "-m", "benchmarks.wire", "echo") as (_, addr), asyncio.Runner(
        loop_factory=uvloop.new_event_loop
    ) as runner:
        return runner.run(ask(addr))


class Desk:
    """A server for quotes, and what a user does there."""

    def __init__(self, userdata: str) -> None:
        self.userdata = userdata
        info = discovery.read(userdata)
        self._operator = SocketTransport.connect(
            Endpoint(info.addr, info.operator_token), 0, lambda _push: None, lambda _reason: None
        )
        self.ctl = Control(self._operator)

    def stream(self, lines: Sequence[str]) -> float:
        """Seconds of ``ctl quotes`` over lines; each must be taken."""
        words = _pinned(1, sys.executable, "-m", "miniqmt_sim", "ctl", "--userdata", self.userdata, "quotes", "--stdin")
        began = time.perf_counter()
        done = subprocess.run(words, input="\n".join(lines), capture_output=True, text=True, check=True)
        seconds = time.perf_counter() - began
        assert done.stdout == f"{len(lines)} quotes taken\n", done.stdout
        if lines:
            last = json.loads(lines[-1])
            assert self.ctl.security(last["code"])["last_price"] == last["last"]
        return seconds

    def rest(self, lines: Sequence[str]) -> None:
        """Let an order rest far below the market in every code."""
        trader = XtQuantTrader(self.userdata, 1)
        assert trader.connect() == 0
        for code, line in {json.loads(line)["code"]: line for line in lines}.items():
            price = round(json.loads(line)["last"] * 0.95, 2)
            assert trader.order_stock(StockAccount(ACCOUNT), code, 23, 1000, 11, price) > 0
        assert {order["order_status"] for order in self.ctl.orders(ACCOUNT)} == {50}
        trader.stop()

    def close(self) -> None:
        """Leave."""
        self._operator.close()


@contextlib.contextmanager
def serving(durability: str) -> Iterator[Desk]:
    """A server in a process of its own, until the end of the block."""
    with tempfile.TemporaryDirectory(prefix="miniqmt-sim-bench-") as userdata:
        (Path(userdata) / "accounts.toml").write_text(f'[[account]]\nid = "{ACCOUNT}"\ncash_yuan = 1000000000\n', "utf-8")
        config = Path(userdata) / "bench.toml"
        config.write_text('[files]\naccounts = "accounts.toml"\n', "utf-8")
        words = [sys.executable, "-m", "miniqmt_sim", "serve", "--config", str(config), "--userdata", userdata]
        with _running(*words, "--listen", "127.0.0.1:0", "--feed", "none", "--durability", durability):
            desk = Desk(userdata)
            try:
                yield desk
            finally:
                desk.close()


def measure(lines: Sequence[str], rounds: int, durability: str) -> dict[str, list[float]]:
    """Quotes a second of every contestant, round by round."""
    found: dict[str, list[float]] = {}

    def note(name: str, contestant: Callable[[], float]) -> None:
        found.setdefault(name, []).append(contestant())

    for _ in range(rounds):
        note("json.loads", lambda: loaded(lines))
        note("echo", lambda: echoed(lines))
        with serving(durability) as desk:
            desk.stream(lines[:1000])
            start_s = min(desk.stream([]) for _ in range(3))
            note("no order", lambda: len(lines) / (desk.stream(lines) - start_s))  # noqa: B023
            desk.rest(lines)
            note("an order in every code", lambda: len(lines) / (desk.stream(lines) - start_s))  # noqa: B023
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quotes", type=int, default=30_000)
    parser.add_argument("--codes", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--durability", choices=("full", "normal", "off"), default="full")
    args = parser.parse_args()
    lines = quote_lines(args.quotes, args.codes)
    found = measure(lines, args.rounds, args.durability)
    bytes_each = sum(map(len, lines)) / len(lines)
    print(f"{args.quotes:,} quotes of {args.codes} codes, {bytes_each:.0f} bytes each, {args.rounds} rounds\n")
    print("| contestant | quotes a second | × json.loads (least–most) | × echo (least–most) |\n|---|---:|---:|---:|")
    for name, speeds in found.items():
        limits = [found[limit] for limit in ("json.loads", "echo")]
        ratios = [[speed / limit for speed, limit in zip(speeds, each, strict=True)] for each in limits]
        shown = [f"{median(each):.2f} ({min(each):.2f}–{max(each):.2f})" for each in ratios]
        print(f"| {name} | {median(speeds):,.0f} | {shown[0]} | {shown[1]} |")


if __name__ == "__main__":
    main()
