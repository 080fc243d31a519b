"""``make-data``: a small seeded market as data files, or one of any size to measure with."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

from miniqmt_sim.cli import commands
from miniqmt_sim.errors import ConfigError

if TYPE_CHECKING:
    Parts = argparse._SubParsersAction[argparse.ArgumentParser]

FIRST_DAY: Final = "2026-01-05"


def add_parsers(parts: Parts) -> None:
    """Add the command."""
    make = parts.add_parser("make-data", help="write a seeded market as data files")
    make.add_argument("out", metavar="DIR", help="where to; what lies there under the same names is replaced")
    make.add_argument("--codes", type=int, default=3, metavar="N", help="how many securities (3)")
    make.add_argument(
        "--index", action="append", default=[], metavar="CODE", help="an index as well, as in 000300.SH; as often as wanted"
    )
    make.add_argument("--days", type=int, default=5, metavar="N", help="how many trading days (5)")
    make.add_argument("--start", default=FIRST_DAY, metavar="DAY", help=f"the first of them ({FIRST_DAY})")
    make.add_argument("--periods", default="1m", metavar="LIST", help="some of tick,1m,5m,1d (1m)")
    make.add_argument("--seed", type=int, default=1, metavar="N", help="another seed, another market (1)")
    make.add_argument("--gzip", action="store_true", help="write .csv.gz")
    make.set_defaults(run=make_data)


def make_data(args: argparse.Namespace) -> int:
    """Write a made market."""
    from miniqmt_sim.server.feeds import make, trading_days

    if not 1 <= args.days <= make.MAX_DAYS:
        raise ConfigError(f"--days must be between 1 and {make.MAX_DAYS}, not {args.days}")
    days = trading_days.first_days(trading_days.parse_day(args.start, "--start"), args.days)
    try:
        files = make.make_data(Path(args.out), args.codes, days, args.periods.split(","), args.seed, args.gzip, args.index)
    except OSError as error:
        raise ConfigError(f"nothing can be written to {args.out!r}: {error.strerror or error}") from None
    number = len(dict.fromkeys(args.index))
    also = f" and {number} {'index' if number == 1 else 'indices'}" if number else ""
    commands.say(f"wrote {len(files)} files of {args.codes} codes{also} to {args.out}: {days[0]} to {days[-1]}")
    return 0
