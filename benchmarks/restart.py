"""How long a server needs to serve again after a day of so many orders, and how much memory it takes.

    python -m benchmarks.restart [--orders N …] [--past-days D] [--keep DIR]

Each size is a database made row by row (``benchmarks.days``), then a server process started on it: the time is from the
start of the process to its line ``ready``, the memory its peak by then. After that its invariants are checked.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.days import Size, make_day
from miniqmt_sim.client import discovery
from miniqmt_sim.client.discovery import Endpoint
from miniqmt_sim.client.transport import SocketTransport

_TRADES_PER_ORDER: Final = 0.3
_ACCOUNTS: Final = 500
_CHECK_WITHIN_S: Final = 300.0
_OPTIONS: Final = ("--listen", "127.0.0.1:0", "--hours", "exchange", "--feed", "none", "--clock", "manual")


class Restart(NamedTuple):
    """One size: seconds until ready, peak and present memory in MB, size of the file in MB."""

    seconds: float
    peak_mb: float
    kept_mb: float
    file_mb: float


def measure(orders: int, past_days: int, directory: Path) -> Restart:
    """Make a day and start a server on it."""
    userdata = directory / f"{orders}"
    database = userdata / "day.sqlite"
    if not database.exists():
        asyncio.run(make_day(database, Size(orders, int(orders * _TRADES_PER_ORDER) // 2 * 2, _ACCOUNTS, past_days)))
    file_mb = database.stat().st_size / 1e6
    words = [sys.executable, "-m", "miniqmt_sim", "serve", "--userdata", str(userdata), "--database", str(database), *_OPTIONS]
    began = time.perf_counter()
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            seconds = time.perf_counter() - began
            assert line.startswith("ready "), "the server did not start"
            peak_mb, kept_mb = (memory_mb(server.pid, name) for name in ("VmHWM", "VmRSS"))
            _check(userdata)
        finally:
            server.terminate()
    return Restart(seconds, peak_mb, kept_mb, file_mb)


def memory_mb(pid: int, name: str) -> float:
    """Resident memory of a process, at its peak (VmHWM) or now (VmRSS); Linux only."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))


def _check(userdata: Path) -> None:
    info = discovery.read(userdata)
    operator = SocketTransport.connect(Endpoint(info.addr, info.operator_token), 0, lambda _push: None, lambda _reason: None)
    answer = operator.call("ctl_check", {}, timeout_s=_CHECK_WITHIN_S)
    operator.close()
    assert answer["ok"], answer["problems"][:3]


def main() -> None:
    """Measure every size and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, nargs="+", default=[125_000, 250_000, 500_000, 1_000_000], metavar="N")
    parser.add_argument("--past-days", type=int, default=0, metavar="D", help="as many days of the same size before it")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="make the databases there, or use those that are there")
    args = parser.parse_args()
    print("| orders | trades | file MB | ready s | s per 100,000 | peak MB | MB per 100,000 | kept MB |")
    print("|---" * 8 + "|")
    with tempfile.TemporaryDirectory(prefix="miniqmt-sim-bench-") as scratch:
        for orders in args.orders:
            found = measure(orders, args.past_days, args.keep or Path(scratch))
            each = orders / 100_000
            print(
                f"| {orders:,} | {int(orders * _TRADES_PER_ORDER):,} | {found.file_mb:,.0f} | {found.seconds:.2f}"
                f" | {found.seconds / each:.2f} | {found.peak_mb:,.0f} | {found.peak_mb / each:.0f} | {found.kept_mb:,.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
