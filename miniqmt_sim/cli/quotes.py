"""``ctl quotes``: a stream of quotes, one JSON object a line, for whoever has a source of them.

Comes in: lines like ``{"code": "600000.SH", "last": 10.45, "bids": [[10.44, 500]], "asks": [[10.46, 300]], "volume": 100}``,
named as the arguments of ``ctl quote``. What has arrived is sent at once and in one piece, and many are under way at a time, so
that the server commits them together. A line that is wrong or refused is named by its number, as soon as that is known, and
does not stop the stream; the exit code tells that there was one.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from typing import Any, BinaryIO, Final

from miniqmt_sim.cli import commands
from miniqmt_sim.client.transport import Transport
from miniqmt_sim.errors import CommandRefused, ConfigError
from miniqmt_sim.server.control import VERBS, fields_of

MAX_UNDER_WAY: Final = 2000
"""Quotes sent and not answered yet: one batch of the server at work, one being stored, and two for it to go on with."""
MAX_AT_ONCE: Final = 500
"""Quotes in one piece: as many as one batch of the server takes."""
MAX_LINE_BYTES: Final = 1024 * 1024
"""A source that sends more without a line's end has lost them."""
_QUOTE: Final = next(verb for verb in VERBS if verb.words == ("quote",))
_ALIASES: Final = {"bids": "bid", "asks": "ask"}


def arrivals(source: BinaryIO) -> Iterator[list[bytes]]:
    """Give the lines of a source as they arrive: all that are there, without waiting for more. Raises ConfigError."""
    rest, number = b"", 1
    while data := source.read1(65536):  # type: ignore[attr-defined]  # the standard input's type does not know it
        *lines, rest = (rest + data).split(b"\n")
        number += len(lines)
        yield lines
        if len(rest) > MAX_LINE_BYTES:
            raise ConfigError(f"line {number} has more than {MAX_LINE_BYTES} bytes: no quote is that long")
    if rest:
        yield [rest]


class Stream:
    """Quotes on their way to a server."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._under_way: deque[Future[Any]] = deque()
        self._lines = 0
        self.taken = 0
        """Quotes the server took."""
        self._refused = self._malformed = 0

    @property
    def wrong(self) -> int:
        """Lines that were no quotes, or that the server refused."""
        return self._refused + self._malformed

    def send(self, arrived: Iterable[list[bytes]]) -> None:
        """Send every line, and wait for the answers. Raises ConnectError."""
        for lines in arrived:
            for start in range(0, len(lines), MAX_AT_ONCE):
                self._send(lines[start : start + MAX_AT_ONCE])
        self.finish()

    def finish(self) -> None:
        """Wait for the answers to what was sent. Raises ConnectError."""
        self._wait(0)

    def _send(self, lines: list[bytes]) -> None:
        numbers, quotes = [], []
        for line in lines:
            self._lines += 1
            if line.strip():
                try:
                    quotes.append(fields_of(_QUOTE, _given(line)))
                    numbers.append(self._lines)
                except ConfigError as error:
                    self._malformed += 1
                    _complain(self._lines, error)
        self._wait(MAX_UNDER_WAY - len(quotes))
        self._under_way += self._transport.request_each(
            _QUOTE.message, quotes, lambda place, future: self._answered(numbers[place], future)
        )

    def _wait(self, left: int) -> None:
        """Wait until no more than so many quotes are under way."""
        while len(self._under_way) > left:
            future = self._under_way.popleft()
            error = future.exception()
            if error is not None and not isinstance(error, CommandRefused):
                raise error

    def _answered(self, number: int, future: Future[Any]) -> None:
        """Count an answer; in the thread that reads them."""
        error = future.exception()
        if error is None:
            self.taken += 1
        elif isinstance(error, CommandRefused):
            self._refused += 1
            _complain(number, error)


def _given(line: bytes) -> dict[str, Any]:
    try:
        given = json.loads(line)
    except ValueError as error:
        raise ConfigError(f"no JSON: {error}") from None
    except RecursionError:
        raise ConfigError("nested too deeply") from None
    if not isinstance(given, dict):
        raise ConfigError("no JSON object")
    for name, argument in _ALIASES.items():
        if name in given and argument in given:
            raise ConfigError(f"{name} and {argument} are the same, and both are given")
    return {_ALIASES.get(str(name), str(name)): value for name, value in given.items()}


def _complain(number: int, error: Exception) -> None:
    commands.complain(f"line {number}: {error}")
