"""The commands except ``ctl``: parsed arguments in, an exit code out."""

from __future__ import annotations

import argparse
import math
import os
import sys
from pathlib import Path
from typing import Final

from miniqmt_sim import __version__
from miniqmt_sim.client import discovery
from miniqmt_sim.client.discovery import Endpoint
from miniqmt_sim.client.transport import SocketTransport
from miniqmt_sim.compiled import core, stale
from miniqmt_sim.errors import CommandRefused, ConfigError, ConnectError
from miniqmt_sim.settings import OPTIONS, load_settings

INTERRUPTED: Final = 130
"""Exit code after Ctrl+C: 128 and the number of the signal, as shells have it."""
_LONGEST_RUN_S: Final = 10 * 365 * 86400.0


def serve(args: argparse.Namespace) -> int:
    """Run a server until a signal ends it."""
    options = {key: getattr(args, key) for key in OPTIONS if hasattr(args, key)}
    settings = load_settings(options, args.config)
    if settings.world.hours == "always":
        complain("hours=always: one continuous market around the clock; --hours exchange keeps the exchanges' own hours")
    from miniqmt_sim.server import app  # brings the database layer with it, which the other commands do not need

    return app.serve(settings, say)


def run(args: argparse.Namespace) -> int:
    """Run a strategy against a server."""
    from miniqmt_sim.cli import strategy

    seconds = None if args.seconds is None else _duration(args.seconds)
    existing_file(args.strategy)
    if getattr(args, "userdata", None) is not None:
        os.environ[discovery.ENV_USERDATA] = os.path.abspath(args.userdata)
    return strategy.run(args.strategy, args.args, endpoint(args), seconds, args.sdk)


def demo(args: argparse.Namespace) -> int:
    """Show the whole thing at work."""
    from miniqmt_sim.cli import demo

    return demo.demo(_duration(args.seconds))


def replay(args: argparse.Namespace) -> int:
    """Play a database's journal again; 1 when it comes out otherwise."""
    from miniqmt_sim.cli.replays import lines_of
    from miniqmt_sim.server.replay import replay

    report = replay(args.database, args.data)
    for line in lines_of(report):
        say(line)
    return 0 if report.same else 1


def health(args: argparse.Namespace) -> int:
    """Say whether a server is at work."""
    try:
        with_operator = operator(args)
        try:
            state = with_operator.call("health", {})
        finally:
            with_operator.close()
    except CommandRefused as error:
        raise ConnectError(str(error)) from None
    say(f"ok now={state['now']} phase={state['phase']} hours={state['hours']} clock={state['clock']}")
    return 0 if state["ok"] else 1


def version(_args: argparse.Namespace) -> int:
    """Say which version this is."""
    say(f"miniqmt-sim {__version__} (core: {core()})")
    if changed := stale():
        complain(f"changed after they were compiled: {', '.join(changed)}; say make compile, or make pure")
    return 0


# -- which server --------------------------------------------------------------------------------------------------------


def place_options() -> argparse.ArgumentParser:
    """Give the options that say which server is meant; left out, they leave no trace, so they may stand at two places."""
    place = argparse.ArgumentParser(add_help=False)
    which = place.add_mutually_exclusive_group()
    which.add_argument("--userdata", metavar="DIR", default=argparse.SUPPRESS, help="the server that announced itself there")
    which.add_argument("--addr", metavar="HOST:PORT", default=argparse.SUPPRESS, help="the server at this address")
    return place


def endpoint(args: argparse.Namespace, *, as_operator: bool = False) -> Endpoint:
    """Find the server meant: an option says it, else the environment, else the shared userdata. Raises ConnectError."""
    userdata, addr = getattr(args, "userdata", None), getattr(args, "addr", None)
    try:
        if userdata is not None:
            info = discovery.read(userdata)
            return Endpoint(info.addr, info.operator_token if as_operator else info.token)
        return discovery.find(discovery.default_userdata(), operator=as_operator, addr=addr)
    except ConnectError as error:
        raise ConnectError(f"{error}; `miniqmt-sim serve` starts one") from None


def operator(args: argparse.Namespace) -> SocketTransport:
    """Connect as the operator. Raises ConnectError."""
    return SocketTransport.connect(endpoint(args, as_operator=True), 0, lambda _push: None, lambda _reason: None)


# -- small things --------------------------------------------------------------------------------------------------------


def say(text: str) -> None:
    """Write a line at once, whatever reads it. Raises BrokenPipeError when nobody does any more, else ConfigError."""
    try:
        print(text, flush=True)  # knows what to do when there is no standard output
    except BrokenPipeError:
        raise
    except OSError as error:
        say_no_more()
        raise ConfigError(f"the standard output cannot be written: {error.strerror or error}") from None


def say_no_more() -> None:
    """Let what could not be written go, or the interpreter would try again at its end, and complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def complain(text: str) -> None:
    """Write a line to those who look for trouble."""
    if sys.stderr is not None:  # print would take the standard output instead
        print(text, file=sys.stderr, flush=True)


def existing_file(name: str) -> Path:
    """Give the path of a file that is there. Raises ConfigError."""
    path = Path(name)
    if not path.is_file():
        raise ConfigError(f"there is no file {name!r}")
    return path


def _duration(seconds: float) -> float:
    if not (math.isfinite(seconds) and 0 < seconds <= _LONGEST_RUN_S):
        raise ConfigError(f"--seconds must be more than 0, not {seconds:g}")
    return seconds
