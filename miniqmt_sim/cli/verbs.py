"""``ctl``: the operator's verbs on the command line, from the table in ``server.control``."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from miniqmt_sim.cli import commands, quotes
from miniqmt_sim.cli.tables import as_json, as_table
from miniqmt_sim.errors import ConfigError
from miniqmt_sim.server.control import VERBS, Argument, Verb, answer_of, fields_of

if TYPE_CHECKING:
    Parts = argparse._SubParsersAction[argparse.ArgumentParser]

_ANSWER_WITHIN_S = 24 * 3600.0
"""A jump of the clock by years may take long; a server that is gone is noticed by its silence, not by this."""


def add_parser(parts: Parts, place: argparse.ArgumentParser) -> None:
    """Add ``ctl`` and its verbs; the common options may stand before the verb or after it."""
    common = argparse.ArgumentParser(add_help=False, parents=[place])
    common.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="for machines")
    ctl = parts.add_parser("ctl", parents=[common], help="operate a server: accounts, cash, shares, quotes, clock")
    groups: dict[tuple[str, ...], Parts] = {(): ctl.add_subparsers(title="verbs", metavar="VERB", required=True)}
    for verb in VERBS:
        *before, last = verb.words
        if (group := tuple(before)) not in groups:
            named = groups[()].add_parser(before[0], help=f"{before[0]} …")
            groups[group] = named.add_subparsers(title="verbs", metavar="VERB", required=True)
        leaf = groups[group].add_parser(last, parents=[common], help=verb.doc, description=verb.doc)
        for argument in verb.arguments:
            _add_argument(leaf, argument)
        leaf.set_defaults(run=_speak, verb=verb)
    quotes = groups[()].add_parser("quotes", parents=[common], help="take quotes from standard input, a JSON object a line")
    quotes.add_argument("--stdin", action="store_true", required=True, help="as JSON lines, until the end of the input")
    quotes.set_defaults(run=_stream)


def _stream(args: argparse.Namespace) -> int:
    if sys.stdin is None:
        raise ConfigError("quotes: the standard input is closed")
    transport = commands.operator(args)
    stream = quotes.Stream(transport)
    interrupted = False
    try:
        stream.send(quotes.arrivals(sys.stdin.buffer))
    except KeyboardInterrupt:  # the usual end of a stream that has none
        interrupted = True
        stream.finish()
    finally:
        transport.close()
    told = {"taken": stream.taken, "wrong": stream.wrong}
    commands.say(as_json(told) if getattr(args, "json", False) else f"{stream.taken} quotes taken")
    if interrupted:
        return commands.INTERRUPTED
    return 1 if stream.wrong else 0


def _add_argument(leaf: argparse.ArgumentParser, argument: Argument) -> None:
    if not argument.option:
        leaf.add_argument(argument.name, metavar=argument.metavar, help=argument.doc)
        return
    more: dict[str, Any] = {"choices": argument.choices} if argument.choices else {"metavar": argument.metavar}
    if argument.repeated:
        more["action"] = "append"
    leaf.add_argument(argument.flag, help=argument.doc, required=argument.required, **more)


def _speak(args: argparse.Namespace) -> int:
    verb: Verb = args.verb
    fields = fields_of(verb, {argument.name: getattr(args, argument.name) for argument in verb.arguments})
    transport = commands.operator(args)
    try:
        answer = answer_of(verb, transport.call(verb.message, fields, timeout_s=_ANSWER_WITHIN_S))
    finally:
        transport.close()
    commands.say(as_json(answer) if getattr(args, "json", False) else as_table(answer, verb.columns))
    return 0 if verb.rows or answer.get("ok", True) else 1
