"""Matching speed: our bare book and our full exchange beside the yardstick and books from PyPI, interleaved in one run.

    python -m benchmarks.matching [--events N] [--rounds R] [--symbols 1|100] [--seed S] [--profile ENGINE]

First every engine must make the same trades of the stream as the yardstick; only then does the clock start. In each round
every engine takes the whole stream twice: once as a whole, by CPU time, and once event by event, by wall clock. Ratios are
made inside a round, because a shared machine is faster in one round than in another; the report gives medians and spread.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import hashlib
import platform
import pstats
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from statistics import median
from typing import Any, Final, NamedTuple

from benchmarks.ours import BareBook, FullExchange
from benchmarks.peers import PEERS, YARDSTICK, SortedMap
from benchmarks.streams import Event, order_stream

BARE: Final = "bare book"
FULL: Final = "full exchange"
PEER: Final = "matching-engine"
GC_THRESHOLDS: Final = (50_000, 20, 50)
"""As the server sets them; what is loaded is frozen, as there."""
TARGETS: Final = ((BARE, PEER, 1.5), (BARE, YARDSTICK, 1.0), (FULL, BARE, 0.4))
"""One engine's operations in another's, and what the ratio shall be on one symbol."""

Make = Callable[[], Any]


class DisagreementError(Exception):
    """Two engines make different trades of one stream; the text shows the first difference."""


class Measure(NamedTuple):
    """One engine in one round: operations per CPU second, and percentiles of one operation in microseconds."""

    speed: float
    p50: float
    p99: float
    p999: float


Rounds = dict[str, list[Measure]]


def engines(symbols: int) -> dict[str, Make]:
    """Every engine by name, ours first; the missing ones among them."""
    return {name: partial(make, symbols) for name, make in {BARE: BareBook, FULL: FullExchange, **PEERS}.items()}


def installed(candidates: Mapping[str, Make]) -> tuple[dict[str, Make], dict[str, str]]:
    """The engines that can be made, and why the others cannot."""
    found, missing = {}, {}
    for name, make in candidates.items():
        try:
            make()
            found[name] = make
        except (ImportError, OSError, SyntaxError) as error:
            missing[name] = str(error)
    return found, missing


# ---- agreement -------------------------------------------------------------------------------------------------------------


def digest(name: str, make: Make, events: Sequence[Event]) -> str:
    """Hash an engine's trades, which must be the yardstick's. Raises DisagreementError."""
    symbols = 1 + max(event.symbol for event in events)
    engine, yardstick, sum_of_trades = make(), SortedMap(symbols), hashlib.sha256()
    tells_trades = hasattr(engine, "trades")
    for number, event in enumerate(events):
        expected = yardstick.apply(event)
        answer = engine.apply(event)
        trades = engine.trades(event, answer) if tells_trades else expected
        if trades != expected:
            raise DisagreementError(f"event {number}, {event}: {YARDSTICK} trades {expected}, {name} {trades}")
        for trade in trades:
            sum_of_trades.update(b"%d,%d,%d,%d\n" % tuple(trade))
    if not tells_trades and engine.standing() != yardstick.standing():
        raise DisagreementError(f"at the end {YARDSTICK} holds {yardstick.standing()}, {name} {engine.standing()}")
    return sum_of_trades.hexdigest()


# ---- measuring -------------------------------------------------------------------------------------------------------------


def measure(make: Make, events: Sequence[Event]) -> Measure:
    """Take the stream twice with fresh books."""
    return Measure(_speed(make, events), *_percentiles(make, events))


def _speed(make: Make, events: Sequence[Event]) -> float:
    apply = _fresh(make)
    start = time.process_time()
    for event in events:
        apply(event)
    return len(events) / (time.process_time() - start)


def _percentiles(make: Make, events: Sequence[Event]) -> tuple[float, float, float]:
    apply, clock = _fresh(make), time.perf_counter_ns
    times = []
    for event in events:
        start = clock()
        apply(event)
        times.append(clock() - start)
    times.sort()
    p50, p99, p999 = (times[len(times) * per_mille // 1000] / 1000 for per_mille in (500, 990, 999))
    return p50, p99, p999


def _fresh(make: Make) -> Callable[[Event], Any]:
    """An engine with empty books, behind it what is loaded frozen and the garbage of the last one gone."""
    gc.unfreeze()
    gc.collect()
    engine = make()
    gc.freeze()
    apply: Callable[[Event], Any] = engine.apply
    return apply


def interleave(makes: Mapping[str, Make], events: Sequence[Event], rounds: int) -> Rounds:
    """Measure every engine in every round, each round beginning with another one."""
    found: Rounds = {name: [] for name in makes}
    names = list(makes)
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            found[name].append(measure(makes[name], events))
        print(f"round {number + 1} of {rounds}", file=sys.stderr, flush=True)
    return found


# ---- the report ------------------------------------------------------------------------------------------------------------


def table(found: Rounds, yardstick: str = YARDSTICK) -> str:
    """One row an engine: speed, its ratio to the yardstick, percentiles."""
    lines = [
        f"| engine | operations per CPU second | × {yardstick} (least–most) | p50 µs | p99 µs | p99.9 µs |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, measures in found.items():
        middle = Measure(*map(median, zip(*measures, strict=True)))
        times = " | ".join(f"{value:.1f}" for value in middle[1:])
        lines.append(f"| {name} | {middle.speed:,.0f} | {_spread(_ratios(found, name, yardstick))} | {times} |")
    return "\n".join(lines)


def targets(found: Rounds, wanted: Sequence[tuple[str, str, float]] = TARGETS) -> str:
    """The ratios that matter, each beside its target."""
    lines = ["| ratio | median (least–most) | target |", "|---|---:|---:|"]
    for name, other, target in wanted:
        if other in found:
            lines.append(f"| {name} / {other} | {_spread(_ratios(found, name, other))} | {target} |")
    return "\n".join(lines)


def _ratios(found: Rounds, name: str, other: str) -> list[float]:
    return [ours.speed / theirs.speed for ours, theirs in zip(found[name], found[other], strict=True)]


def _spread(ratios: Sequence[float]) -> str:
    return f"{median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"


def profile(make: Make, events: Sequence[Event]) -> None:
    """Print the functions in which an engine spends its time, by their own time."""
    apply, profiler = _fresh(make), cProfile.Profile()
    profiler.enable()
    for event in events:
        apply(event)
    profiler.disable()
    pstats.Stats(profiler).strip_dirs().sort_stats("tottime").print_stats(20)


def command_line(description: str, module: str, events: int) -> argparse.ArgumentParser:
    """What both benchmarks of an order stream can be told."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{module}", description=description)
    parser.add_argument("--events", type=int, default=events, help="length of the stream")
    parser.add_argument("--rounds", type=int, default=5, help="how often every engine is measured")
    parser.add_argument("--symbols", type=int, default=1, help="securities in the stream")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--profile", metavar="ENGINE", help="profile one engine instead of measuring all")
    return parser


def headline(options: argparse.Namespace) -> str:
    """What is measured, and with which Python."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{options.events} events, {options.symbols} symbols, seed {options.seed}, {options.rounds} rounds, {python}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = command_line(__doc__.partition("\n")[0], "matching", 200_000).parse_args(arguments)
    gc.set_threshold(*GC_THRESHOLDS)
    events = order_stream(options.seed, options.events, options.symbols)
    makes, missing = installed(engines(options.symbols))
    if options.profile:
        profile(makes[options.profile], events)
        return
    print(headline(options))
    for name, reason in missing.items():
        print(f"missing: {name} ({reason})")
    digests = {name: digest(name, make, events) for name, make in makes.items()}
    assert len(set(digests.values())) == 1
    print(f"all {len(makes)} engines agree on the trades, digest {digests[YARDSTICK][:16]}\n")
    found = interleave(makes, events, options.rounds)
    print(table(found), targets(found), sep="\n\n")


if __name__ == "__main__":
    main()
