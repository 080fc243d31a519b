"""Frames: a 4-byte big-endian length, then that many bytes of UTF-8 JSON."""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import Final

from miniqmt_sim.errors import FrameError

HEADER_BYTES: Final = 4
MAX_REQUEST_BYTES: Final = 64 * 1024
"""Largest payload a client may send: a request is well under 1 kB, a quote of ten levels under 2 kB."""
MAX_ANSWER_BYTES: Final = 4 * 1024 * 1024
"""Largest payload the server may send: a part of a long answer is cut far below it."""

HEADER: Final = Struct(">I")


def encode_frame(payload: bytes) -> bytes:
    """Prefix a payload with its length."""
    return HEADER.pack(len(payload)) + payload


class FrameReader:
    """Cuts a stream of bytes, however it arrives in pieces, into payloads."""

    __slots__ = ("_limit", "_needed", "_rest")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._rest = bytearray()
        """What has not been given out yet."""
        self._needed = 0
        """So many bytes the rest must have before it is worth a look."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Take bytes in, give complete payloads out; one who stops early gets the others from the next ``feed``.

        Raises FrameError when a header announces an empty payload or one over the limit; whatever came before is given first.
        """
        if self._rest:
            self._rest += data
            if len(self._rest) < self._needed:
                return
            data = bytes(self._rest)
            self._rest.clear()
        start, size, limit, length_at = 0, len(data), self._limit, HEADER.unpack_from
        self._needed = 0
        try:
            while size - start >= HEADER_BYTES:
                (length,) = length_at(data, start)
                if length > limit or not length:
                    raise FrameError(f"frame of {length} bytes; allowed are 1 to {limit}")
                begin = start + HEADER_BYTES
                end = begin + length
                if end > size:
                    self._needed = end - start
                    break
                start = end
                yield data[begin:end]
        finally:
            if start < size:
                self._rest += data[start:]

    @property
    def pending_bytes(self) -> int:
        """Bytes of an unfinished frame."""
        return len(self._rest)
