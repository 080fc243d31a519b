"""``ctl quotes``: a stream of quotes, one JSON object a line, for whoever has a source of them.

Comes in: lines like ``{"code": "600000.SH", "last": 10.45, "bids": [[10.44, 500]], "asks": [[10.46, 300]], "volume": 100}``,
named as the arguments of ``ctl quote``. Many are under way at a time, so that the server commits them together. A line that is
wrong or refused is named by its number and does not stop the stream; the exit code tells that there was one.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future
from typing import Any, Final

from miniqmt_sim.cli import commands
from miniqmt_sim.client.transport import Transport
from miniqmt_sim.errors import CommandRefused, ConfigError
from miniqmt_sim.server.control import VERBS, fields_of

MAX_UNDER_WAY: Final = 500
"""Quotes sent and not answered yet: as many as one batch of the server takes."""
_QUOTE: Final = next(verb for verb in VERBS if verb.words == ("quote",))
_ALIASES: Final = {"bids": "bid", "asks": "ask"}


def stream(lines: Iterable[str], transport: Transport) -> tuple[int, int]:
    """Send every line; give how many quotes were taken and how many lines were wrong. Raises ConnectError."""
    under_way: deque[tuple[int, Future[Any]]] = deque()
    taken = wrong = 0
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            fields = fields_of(_QUOTE, _given(line))
        except ConfigError as error:
            wrong += _complain(number, error)
            continue
        under_way.append((number, transport.request(_QUOTE.message, fields)))
        if len(under_way) >= MAX_UNDER_WAY:
            taken, wrong = _settle(under_way, taken, wrong)
    while under_way:
        taken, wrong = _settle(under_way, taken, wrong)
    return taken, wrong


def _given(line: str) -> dict[str, Any]:
    try:
        given = json.loads(line)
    except ValueError as error:
        raise ConfigError(f"no JSON: {error}") from None
    if not isinstance(given, dict):
        raise ConfigError("no JSON object")
    return {_ALIASES.get(str(name), str(name)): value for name, value in given.items()}


def _settle(under_way: deque[tuple[int, Future[Any]]], taken: int, wrong: int) -> tuple[int, int]:
    """Wait for the answer to the earliest quote."""
    number, future = under_way.popleft()
    try:
        future.result()
    except CommandRefused as error:
        return taken, wrong + _complain(number, error)
    return taken + 1, wrong


def _complain(number: int, error: Exception) -> int:
    commands.complain(f"line {number}: {error}")
    return 1
