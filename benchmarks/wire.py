"""The two ends of a wire benchmark: an echo to compare with, and a load generator that treats it and a server alike.

``python -m benchmarks.wire echo`` serves; ``python -m benchmarks.wire load ADDR …`` asks and prints what it counted. Each is a
process of its own, so that each can be given a core of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import struct
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import uvloop

_LENGTH: Final = struct.Struct(">I")
_WARM_S: Final = 0.4
"""Load before the counting begins."""
ORDER: Final = (
    '{"t":"order_stock","seq":%d,"account_type":2,"account_id":"%s","stock_code":"600000.SH","order_type":23,"order_volume":100,'
    '"price_type":11,"price":%.2f,"strategy_name":"bench","order_remark":"r%d"}'
)
REPLY: Final = b'{"t":"reply"'
_PRICES: Final = 50
"""Levels the orders rest on, from 10.00 down; nobody sells there."""


def framed(text: str) -> bytes:
    """A frame of the protocol."""
    data = text.encode()
    return _LENGTH.pack(len(data)) + data


class Frames(asyncio.Protocol):
    """Cuts what comes into frames."""

    def __init__(self) -> None:
        self._rest = b""
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Take every whole frame."""
        data = self._rest + data if self._rest else data
        at, end = 0, len(data)
        payloads = []
        while end - at >= 4:
            (length,) = _LENGTH.unpack_from(data, at)
            if end - at - 4 < length:
                break
            payloads.append(data[at + 4 : at + 4 + length])
            at += 4 + length
        self._rest = data[at:]
        if payloads:
            self.take(payloads)

    def take(self, payloads: list[bytes]) -> None:
        """What to do with them."""
        raise NotImplementedError


class Echo(Frames):
    """Parses each message and serializes it again."""

    def take(self, payloads: list[bytes]) -> None:
        """Answer all that came at once."""
        answers = [framed(json.dumps(json.loads(payload), ensure_ascii=False, separators=(",", ":"))) for payload in payloads]
        self.transport.writelines(answers)


class Client(Frames):
    """One connection with a window of unanswered orders."""

    def __init__(self, number: int, window: int, hello: list[str]) -> None:
        super().__init__()
        self._account = f"{number:010}"
        self._seq = 0
        self._window = window
        self._greetings = len(hello)
        self._hello = hello
        self.answered = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet, or ask at once where nobody greets."""
        super().connection_made(transport)
        if self._hello:
            self.transport.write(framed(self._hello[0]))
        else:
            self._ask(self._window)

    def take(self, payloads: list[bytes]) -> None:
        """Count answers and ask as many again."""
        if self._greetings:
            self._greet(payloads)
            return
        answers = sum(payload.startswith(REPLY) for payload in payloads) if self._hello else len(payloads)
        self.answered += answers
        if answers:
            self._ask(answers)

    def _greet(self, payloads: list[bytes]) -> None:
        """One greeting after the other; what is pushed meanwhile is let drop."""
        if not any(payload.startswith((REPLY, b'{"t":"welcome"')) for payload in payloads):
            return
        self._greetings -= 1
        if self._greetings:
            self.transport.write(framed(self._hello[-self._greetings]))
        else:
            self._ask(self._window)

    def _ask(self, number: int) -> None:
        orders = []
        for _ in range(number):
            self._seq += 1
            orders.append(framed(ORDER % (self._seq, self._account, 10.0 - 0.01 * (self._seq % _PRICES), self._seq)))
        self.transport.writelines(orders)


async def load(addr: str, connections: int, window: int, seconds: float, token: str, subscribe: bool) -> float:
    """Answers in a second, once it runs evenly."""
    host, _, port = addr.rpartition(":")
    loop = asyncio.get_running_loop()
    clients: list[Client] = []
    for number in range(1, connections + 1):
        hello = _greetings(number, token, subscribe) if token else []
        _, client = await loop.create_connection(partial(Client, number, window, hello), host, int(port))
        clients.append(client)
    await asyncio.sleep(_WARM_S)
    before, began = sum(client.answered for client in clients), time.perf_counter()
    await asyncio.sleep(seconds)
    after, ended = sum(client.answered for client in clients), time.perf_counter()
    for client in clients:
        client.transport.abort()
    return (after - before) / (ended - began)


def _greetings(number: int, token: str, subscribe: bool) -> list[str]:
    hello = f'{{"t":"hello","protocol":1,"token":"{token}","session_id":{number},"client":"bench"}}'
    wish = f'{{"t":"subscribe","seq":0,"account_type":2,"account_id":"{number:010}"}}'
    return [hello, wish] if subscribe else [hello]


async def echo() -> None:
    """Serve until killed; say where."""
    server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    print(f"ready addr={host}:{port}", flush=True)
    await server.serve_forever()


def main() -> None:
    """Be one of the two."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("echo", "load"))
    parser.add_argument("addr", nargs="?", default="")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--window", type=int, default=256)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--token", default="")
    parser.add_argument("--subscribe", action="store_true")
    args = parser.parse_args()
    work: Callable[[], Any] = echo
    if args.part == "load":
        work = lambda: load(args.addr, args.connections, args.window, args.seconds, args.token, args.subscribe)  # noqa: E731
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        found = runner.run(work())
    if found is not None:
        print(found)


if __name__ == "__main__":
    sys.exit(main())
