"""A moving-average strategy over made bars or ticks: ours beside a plain loop, vnpy's CTA engine, backtrader and rqalpha.

    python -m benchmarks.backtest [--codes 10] [--rows 50000] [--ticks] [--rounds 3] [--peers PYTHON]

Every engine runs in a process of its own, one after the other, round by round, over the same files; data are read (ours are
on a tape already) and libraries imported before the clock starts. Before speeds are compared, the crossings that every engine
saw are. ``--peers`` is the interpreter of an environment with requirements-backtest.txt; what it lacks is said and left out.
"""

from __future__ import annotations

import argparse
import ast
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from miniqmt_sim.backtest import run
from miniqmt_sim.server.feeds.history import History
from miniqmt_sim.server.feeds.make import MINUTE_ENDS, make_data
from miniqmt_sim.server.feeds.trading_days import first_days
from miniqmt_sim.xtquant import _frames

HERE: Final = Path(__file__).parent
TICKS_A_DAY: Final = 4800
ENGINES: Final = ("ours", "plain", "vnpy", "backtrader", "rqalpha")


def ours(kind: str, data: str) -> None:
    """Run our backtest in this process, and print one line of JSON."""
    History.open(data).close()  # the tapes are made before the clock starts, as the others' data are read
    _frames.preload()
    options = {"parameters": {"PERIOD": "1m" if kind == "bars" else "tick"}, "cash": 10_000_000.0}
    began = time.perf_counter()
    result = run(HERE / "backtest_strategy.py", data, quiet=True, **options)
    seconds = time.perf_counter() - began
    told = ast.literal_eval(result.output.splitlines()[-1])
    filled = len({trade["order_id"] for trade in result.trades})
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = sum(tape.count(code) for tape in _tapes(data) for code in tape.codes)
    sys.stdout.write(json.dumps({"rows": rows, "seconds": seconds, "filled": filled, "peak_mb": peak, **told}) + "\n")


def _tapes(data: str) -> list[Any]:
    from miniqmt_sim.server.feeds import files

    return [tape for _, tape in files.open_tapes(files.find(Path(data)))]


def measure(name: str, kind: str, data: str, peers: str) -> dict[str, Any] | None:
    """Run one engine in a process; None, with the reason said, when it cannot run."""
    if name == "ours":
        command = [sys.executable, "-m", "benchmarks.backtest", "--ours", kind, data]
    else:
        command = [sys.executable if name == "plain" else peers, str(HERE / "backtest_peers.py"), name, kind, data]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{name} cannot run: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else done.returncode}")
        return None
    found: dict[str, Any] = json.loads([line for line in done.stdout.splitlines() if line.strip()][-1])
    return found


def report(results: dict[str, list[dict[str, Any]]], kind: str) -> None:
    """Print a table of medians, and ratios made inside each round."""
    print(f"| engine | {kind} per second | × ours (least–most) | peak MB | crossings | filled |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, rounds in results.items():
        speed = statistics.median(each["rows"] / each["seconds"] for each in rounds)
        ratios = [mine["seconds"] / each["seconds"] for mine, each in zip(results["ours"], rounds, strict=True)]
        last = rounds[-1]
        print(
            f"| {name} | {speed:,.0f} | {statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f}) "
            f"| {max(each['peak_mb'] for each in rounds):,.0f} | {last['crossings']} {last['digest']} | {last['filled']} |"
        )


def main(argv: Sequence[str] | None = None) -> int:
    """Make the data, run every engine in turn, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--codes", type=int, default=10)
    parser.add_argument("--rows", type=int, default=50_000, help="of each code")
    parser.add_argument("--ticks", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--ours", nargs=2, metavar=("KIND", "DATA"), help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    if args.ours:
        ours(*args.ours)
        return 0
    kind = "ticks" if args.ticks else "bars"
    days = first_days(20200102, -(-args.rows // (TICKS_A_DAY if args.ticks else len(MINUTE_ENDS))))
    with tempfile.TemporaryDirectory() as folder:
        make_data(Path(folder), args.codes, days, ["tick" if args.ticks else "1m"], 1)
        results: dict[str, list[dict[str, Any]]] = {name: [] for name in ENGINES}
        for _ in range(args.rounds):
            for name in list(results):
                found = measure(name, kind, folder, args.peers)
                if found is None:
                    del results[name]
                else:
                    results[name].append(found)
    report(results, kind)
    return 0


if __name__ == "__main__":
    sys.exit(main())
