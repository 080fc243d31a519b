"""The command line: words in, an exit code out.

0: done. 1: no server, a check that found problems, a strategy that failed. 2: something its author must correct, said in
one sentence. 130: interrupted by Ctrl+C, as a shell has it. What a command does stands in a module of its own and is loaded
when it is asked for, because starting a server takes far more code than asking one.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence
from typing import Final

from miniqmt_sim import __version__
from miniqmt_sim.cli import backtest, commands, data, verbs
from miniqmt_sim.client.hook import ENV_SDK, SDKS
from miniqmt_sim.errors import CommandRefused, ConfigError, ConnectError, StartError
from miniqmt_sim.settings import OPTIONS

PROGRAM: Final = "miniqmt-sim"


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; give the exit code. Raises SystemExit for arguments that cannot be understood."""
    _write_what_can_be_written()
    args = _parser().parse_args(argv)
    try:
        code: int = args.run(args)
    except (ConfigError, StartError, CommandRefused) as error:
        code = _complain(error, 2)
    except ConnectError as error:
        code = _complain(error, 1)
    except BrokenPipeError:  # the reader of our output has seen enough
        commands.say_no_more()
        code = 1
    except KeyboardInterrupt:
        code = commands.INTERRUPTED
    return code


def _complain(error: Exception, code: int) -> int:
    commands.complain(f"{PROGRAM}: {error}")
    return code


def _write_what_can_be_written() -> None:
    """A terminal that has no Chinese characters gets something in their place, not an exception."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _parser() -> argparse.ArgumentParser:
    about = "A simulated MiniQMT: xtquant strategies trade against it unchanged."
    parser = argparse.ArgumentParser(prog=PROGRAM, description=about)
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    parts = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    place = commands.place_options()

    serve = parts.add_parser("serve", help="run a server until Ctrl+C")
    serve.add_argument("--config", metavar="FILE", help="a file like config/server.toml with what is to differ from it")
    serve.add_argument("--userdata", metavar="DIR", help="where strategies find the server")
    serve.add_argument("--database", metavar="URL|PATH", help="where the world is stored")
    serve.add_argument("--listen", metavar="HOST:PORT", help="port 0: any free one")
    for name in ("hours", "feed", "durability", "clock"):
        serve.add_argument(f"--{name}", choices=OPTIONS[name].choices)
    serve.add_argument("--data", metavar="PATH", help="recorded market, with --feed replay")
    serve.add_argument("--start", dest="replay.start", metavar="DAY", help="its first day to play")
    serve.add_argument("--speed", dest="replay.speed", type=float, metavar="N", help="of --clock replay")
    serve.add_argument("--seed", type=int, metavar="N", help="of everything that looks random")
    serve.set_defaults(run=commands.serve)

    run = parts.add_parser("run", parents=[place], help="run a strategy against a server")
    run.add_argument("--seconds", type=float, metavar="N", help="interrupt it after so long, as Ctrl+C would")
    run.add_argument("--sdk", choices=SDKS, help=f"what xtquant means to it: ours, or the vendor's wheel ({ENV_SDK}, else own)")
    run.add_argument("strategy", metavar="STRATEGY.py")
    run.add_argument("args", nargs=argparse.REMAINDER, metavar="ARGS").required = False  # argparse would call them required
    run.set_defaults(run=commands.run)

    demo = parts.add_parser("demo", help="start a server, run the quick-start strategy, show what happened")
    demo.add_argument("--seconds", type=float, default=8.0, metavar="N", help="how long the strategy runs")
    demo.set_defaults(run=commands.demo)

    backtest.add_parser(parts)
    data.add_parsers(parts)

    replay = parts.add_parser("replay", help="play a database's journal again and say where it comes out otherwise")
    replay.add_argument("database", metavar="DATABASE", help="a server's, running or not, or a snapshot of it")
    replay.add_argument("--data", metavar="PATH", help="where the recorded market lies now that the server played")
    replay.set_defaults(run=commands.replay)

    health = parts.add_parser("health", parents=[place], help="exit 0 if a server is at work")
    health.set_defaults(run=commands.health)
    parts.add_parser("version", help="show the version").set_defaults(run=commands.version)
    verbs.add_parser(parts, place)
    return parser
