"""Frames: a 4-byte big-endian length, then that many bytes of UTF-8 JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from miniqmt_sim.errors import FrameError

HEADER_BYTES: Final = 4
MAX_REQUEST_BYTES: Final = 64 * 1024
"""Largest payload a client may send: a request is well under 1 kB, a quote of ten levels under 2 kB."""
MAX_ANSWER_BYTES: Final = 4 * 1024 * 1024
"""Largest payload the server may send: a part of a long answer is cut far below it."""


def encode_frame(payload: bytes) -> bytes:
    """Prefix a payload with its length."""
    return len(payload).to_bytes(HEADER_BYTES, "big") + payload


class FrameReader:
    """Cuts a stream of bytes, however it arrives in pieces, into payloads."""

    __slots__ = ("_buffer", "_limit")

    def __init__(self, limit: int) -> None:
        self._buffer = bytearray()
        self._limit = limit

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Take bytes in, give complete payloads out.

        Raises FrameError when a header announces an empty payload or one over the limit; whatever came before is given first.
        """
        buffer = self._buffer
        buffer += data
        start = 0
        try:
            while len(buffer) - start >= HEADER_BYTES:
                length = int.from_bytes(buffer[start : start + HEADER_BYTES], "big")
                if length == 0 or length > self._limit:
                    raise FrameError(f"frame of {length} bytes; allowed are 1 to {self._limit}")
                end = start + HEADER_BYTES + length
                if len(buffer) < end:
                    break
                payload = bytes(buffer[start + HEADER_BYTES : end])
                start = end
                yield payload
        finally:
            del buffer[:start]

    @property
    def pending_bytes(self) -> int:
        """Bytes of an unfinished frame."""
        return len(self._buffer)
