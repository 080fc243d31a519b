"""A client without manners: sends any bytes, reads when it likes, says only what a test tells it to."""

from __future__ import annotations

import socket
from typing import Any, Self

from miniqmt_sim.client.discovery import split_addr
from miniqmt_sim.wire.frames import MAX_ANSWER_BYTES, FrameReader, encode_frame
from miniqmt_sim.wire.messages import encode_message, parse_object

PATIENCE_S = 10.0


class RawClient:
    """A socket to a server, and the frames that came out of it."""

    def __init__(self, addr: str, *, receive_buffer: int | None = None) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.settimeout(PATIENCE_S)
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        try:
            self.socket.connect(split_addr(addr))
        except BaseException:
            self.socket.close()
            raise
        self._frames = FrameReader(MAX_ANSWER_BYTES)
        self._heard: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def say(self, name: str, seq: int = 0, **fields: Any) -> None:
        self.send(encode_frame(encode_message({"t": name, "seq": seq, **fields})))

    def hello(self, token: str, session_id: int = 1) -> dict[str, Any]:
        """Say hello and give what is answered."""
        self.say("hello", protocol=1, token=token, session_id=session_id)
        return self.hear()

    def hear(self) -> dict[str, Any]:
        """Give the next message; it must come."""
        while not self._heard:
            data = self.socket.recv(1 << 16)
            assert data, "the server closed the connection"
            self._heard.extend(parse_object(payload) for payload in self._frames.feed(data))
        return self._heard.pop(0)

    def ask(self, name: str, seq: int = 1, **fields: Any) -> dict[str, Any]:
        """Ask and give the reply; pushes that come before it are let drop."""
        self.say(name, seq, **fields)
        while (message := self.hear()).get("seq") != seq:
            pass
        return message

    def ask_rows(self, name: str, seq: int = 1, **fields: Any) -> list[dict[str, Any]]:
        """Ask for rows and give those of all parts."""
        part = self.ask(name, seq, **fields)
        rows: list[dict[str, Any]] = part["rows"]
        while part["more"]:
            while (part := self.hear()).get("seq") != seq:
                pass
            rows += part["rows"]
        return rows

    def hear_all(self) -> list[dict[str, Any]]:
        """Give what has come, and wait for something if nothing has. Raises ConnectionError at the end of the stream."""
        heard, self._heard = self._heard, []
        if heard:
            return heard
        data = self.socket.recv(1 << 16)
        if not data:
            raise ConnectionError("the server closed the connection")
        return [parse_object(payload) for payload in self._frames.feed(data)]

    def closed(self) -> bool:
        """Wait for the end of the stream; what still comes is let drop."""
        try:
            while self.socket.recv(1 << 16):
                pass
        except ConnectionError:
            pass
        return True
