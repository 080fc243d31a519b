"""``backtest``: a strategy over recorded data, in this process; a line that moves, then figures and files."""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from miniqmt_sim.cli import commands
from miniqmt_sim.errors import ConfigError

if TYPE_CHECKING:
    from miniqmt_sim.backtest import Progress, Result

    Parts = argparse._SubParsersAction[argparse.ArgumentParser]


def add_parser(parts: Parts) -> None:
    """Add the command."""
    test = parts.add_parser("backtest", help="run a strategy over recorded data, in this process")
    test.add_argument("--data", required=True, metavar="PATH", help="file or directory of bars or snapshots; see docs/data.md")
    test.add_argument("--start", default="", metavar="DAY", help="first day, as in 2026-01-05; the data's when left out")
    test.add_argument("--end", default="", metavar="DAY", help="last day, included")
    test.add_argument("--cash", type=float, default=1_000_000.0, metavar="YUAN", help="of every account (1000000)")
    test.add_argument("--profile", default="standard", choices=("frictionless", "standard", "strict"), help="of fills")
    test.add_argument("--seed", type=int, default=1, metavar="N", help="of what looks random (1)")
    test.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a name at its top, another value")
    test.add_argument("--volume-unit", default="lot", choices=("lot", "share"), help="what volumes in the files count")
    test.add_argument("--config", metavar="FILE", help="a file like config/server.toml with what is to differ from it")
    test.add_argument("--wall-clock", action="store_true", help="let time.time and datetime.now tell the real time")
    test.add_argument("--report", metavar="FILE.html", help="write one page with charts")
    test.add_argument("--out", metavar="DIR", help="write summary.json and CSV files")
    test.add_argument("--json", action="store_true", help="print the summary for machines")
    test.add_argument("strategy", metavar="STRATEGY.py")
    test.add_argument("--args", default="", metavar="TEXT", help="arguments of the strategy, as a shell would write them")
    test.set_defaults(run=backtest)


def backtest(args: argparse.Namespace) -> int:
    """Run a backtest; 1 when the strategy failed or gave up."""
    from miniqmt_sim.backtest import StrategyFailed, run
    from miniqmt_sim.backtest.charts import write_report

    _check_places(args)
    parameters, words = dict(map(_pair, args.set)), _words(args.args)
    began = time.perf_counter()
    line = _Line()
    with _interruptible() as stopped:
        try:
            result = run(
                args.strategy, args.data, args.start, args.end, args.cash, args.profile, args.seed,
                parameters=parameters, args=words, volume_unit=args.volume_unit, clock=not args.wall_clock,
                config=args.config, progress=line.show, stop=stopped,
            )  # fmt: skip
        except StrategyFailed as error:
            line.clear()
            sys.stderr.write(str(error))
            return 1
    line.clear()
    elapsed_s = time.perf_counter() - began
    try:
        if args.out:
            result.write(args.out)
        if args.report:
            write_report(result, args.report, f"{Path(args.strategy).name}", args.data, args.volume_unit)
    except OSError as error:
        _say(result, args, elapsed_s)
        raise ConfigError(f"the results cannot be written: {error}") from None
    _say(result, args, elapsed_s)
    return 1 if result.gave_up else 0


def _check_places(args: argparse.Namespace) -> None:
    """See whether the results can be written where they are wanted, before they are made. Raises ConfigError."""
    for option, place in (("--out", args.out), ("--report", args.report and os.path.dirname(os.path.abspath(args.report)))):
        if place:
            try:
                os.makedirs(place, exist_ok=True)
            except OSError as error:
                raise ConfigError(f"{option}: {error.strerror}: {place!r}") from None
            if not os.access(place, os.W_OK):
                raise ConfigError(f"{option}: nothing can be written to {place!r}")
    if args.report and os.path.isdir(args.report):
        raise ConfigError(f"--report: {args.report!r} is a directory")


def _pair(text: str) -> tuple[str, Any]:
    """NAME=VALUE, the value as Python writes it, or a text."""
    import ast

    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise ConfigError(f"--set: {text!r} is not NAME=VALUE")
    try:
        return name, ast.literal_eval(value)
    except (ValueError, SyntaxError):
        return name, value
    except (TypeError, RecursionError, MemoryError) as error:
        raise ConfigError(f"--set: {name} cannot be read: {error or 'it is nested too deeply'}") from None


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise ConfigError(f"--args: {text!r} cannot be taken apart: {error}") from None


def _say(result: Result, args: argparse.Namespace, elapsed_s: float) -> None:
    if args.json:
        commands.say(result.summary_text.rstrip())
        return
    from miniqmt_sim.backtest.results import SHOWN

    summary = result.summary
    days = f"{summary['days']} trading day{'' if summary['days'] == 1 else 's'}" if summary["days"] else "no account was named"
    commands.say(f"{summary['start']} to {summary['end']}, {days} in {elapsed_s:.1f} s: {summary['ended']}")
    for key, words, form in SHOWN if summary["days"] else ():
        commands.say(f"  {words:<14} {form(summary[key])}")
    for reason, times in summary["refusals"].items():
        commands.say(f"  refused {times} × {reason}")
    for kind, times in summary["exceptions"].items():
        commands.say(f"  a callback raised {times} × {kind}")
    for name, value in (("report", args.report), ("files", args.out)):
        if value:
            commands.say(f"  {name:<14} {value}")


class _Line:
    """The progress, in one line that is written over; nothing where nobody watches."""

    def __init__(self) -> None:
        self._is_seen = sys.stderr.isatty()
        self._width = 0

    def show(self, progress: Progress) -> None:
        """Write it anew."""
        if self._is_seen:
            text = progress.line
            sys.stderr.write("\r" + text.ljust(self._width))
            sys.stderr.flush()
            self._width = len(text)

    def clear(self) -> None:
        """Leave a clean line."""
        if self._width:
            sys.stderr.write("\r" + " " * self._width + "\r")
            sys.stderr.flush()


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Let the first Ctrl+C stop at a clean point; a second one breaks off a strategy that never waits."""
    asked = False

    def ask(_number: int, _frame: object) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield lambda: asked
    finally:
        signal.signal(signal.SIGINT, before)
