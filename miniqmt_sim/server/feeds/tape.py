"""A tape: the rows of one data file as integers, by code and in order of time, streamed and searched without being loaded.

Comes in: rows of any number of codes, each code's in order of time. Goes out: a file of blocks, and from it either all rows
of a code one block after the other, or the rows of a stretch of time. Every block holds up to ``BLOCK_ROWS`` rows of one
code, row by row as 64-bit integers; a directory at the end of the file says where each lies and what time it begins.
Memory does not grow with the length of a tape: a reader holds one block a code, a search a few.
"""

from __future__ import annotations

import json
import sys
import weakref
from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from struct import Struct
from typing import IO, Any, Final, NamedTuple

from miniqmt_sim.server import descriptors
from miniqmt_sim.server.feeds.rows import Flat

BLOCK_ROWS: Final = 512
"""Rows a block: large enough that reading one costs little a row, small enough that five thousand open codes fit in memory."""
CACHED_BLOCKS: Final = 256
"""Blocks a tape remembers for searches: some 10 MB of bars, 30 MB of ticks."""
FORMAT: Final = f"miniqmt-sim tape 2 {sys.byteorder}"
_DIRECTORY_AT: Final = 20
"""Bytes at the end of the file that say where the directory begins."""


class Block(NamedTuple):
    """Where a block lies, how many rows it has, and the time of its first and last."""

    offset: int
    rows: int
    first_ms: int
    last_ms: int


class TapeWriter:
    """Writes a tape; rows of a code must come in order of time."""

    def __init__(self, file: IO[bytes], width: int) -> None:
        self._file = file
        self._width = width
        self._open: dict[str, list[Flat]] = {}
        self._blocks: dict[str, list[Block]] = {}

    def add(self, code: str, row: Flat) -> None:
        """Add a row. Raises ValueError when its time is not after the one before."""
        rows = self._open.setdefault(code, [])
        if rows:
            before_ms = rows[-1][0]
        else:
            blocks = self._blocks.setdefault(code, [])
            before_ms = blocks[-1].last_ms if blocks else 0
        if row[0] <= before_ms:
            raise ValueError(f"{code} has a row of this time or a later one before; times must rise")
        rows.append(row)
        if len(rows) == BLOCK_ROWS:
            self._flush(code)

    def close(self) -> None:
        """Write what is open, and the directory."""
        for code in list(self._open):
            self._flush(code)
        at = self._file.tell()
        directory = {"format": FORMAT, "width": self._width, "codes": self._blocks}
        self._file.write(json.dumps(directory).encode() + f"{at:{_DIRECTORY_AT}d}".encode())
        self._file.flush()

    def _flush(self, code: str) -> None:
        rows = self._open.pop(code)
        if not rows:
            return
        self._blocks[code].append(Block(self._file.tell(), len(rows), rows[0][0], rows[-1][0]))
        self._file.write(array("q", chain.from_iterable(rows)).tobytes())


class Rows:
    """Rows of a code on their way, one block of them in memory: taken one after the other, or passed over."""

    __slots__ = ("_blocks", "_left", "_row", "_width")

    def __init__(self, blocks: Iterator[memoryview], width: int) -> None:
        self._blocks = blocks
        self._width = width
        self._row = Struct(f"{width}q")
        self._left = memoryview(b"")

    def __iter__(self) -> Iterator[Flat]:
        while rows := self.take(BLOCK_ROWS):
            yield from rows

    def take(self, count: int) -> list[Flat]:
        """Give the next rows, that many or all that are left."""
        found: list[Flat] = []
        while len(found) < count and self._is_any_left():
            end = (count - len(found)) * self._width
            found += self._row.iter_unpack(self._left[:end])
            self._left = self._left[end:]
        return found

    def pass_over(self, end_ms: int, column: int) -> list[Flat]:
        """Leave out all rows up to a time but the last one, and before it the last whose column is not 0."""
        filled: Flat = ()
        last: Flat = ()
        while self._is_any_left():
            end = bisect_right(self._left[:: self._width], end_ms) * self._width
            if not end:
                break
            passed, self._left = self._left[:end], self._left[end:]
            last = self._row.unpack(passed[-self._width :])
            places = range(end - self._width, -1, -self._width)
            place = next((place for place in places if passed[place + column]), -1)
            if place >= 0:
                filled = self._row.unpack(passed[place : place + self._width])
            if self._left:
                break
        return [row for row in (filled if filled != last else (), last) if row]

    def _is_any_left(self) -> bool:
        while not self._left:
            block = next(self._blocks, None)
            if block is None:
                return False
            self._left = block
        return True


class Tape:
    """A written tape. Raises ValueError for a file that is none, or of another version of this program."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._let_go = weakref.finalize(self, self._file.close)
        descriptors.note(self._file.fileno())
        directory = _directory(self._file)
        self._width: int = directory["width"]
        self._row = Struct(f"{self._width}q")
        self._blocks = {code: [Block(*block) for block in blocks] for code, blocks in directory["codes"].items()}
        self._firsts = {code: [block.first_ms for block in blocks] for code, blocks in self._blocks.items()}
        self._cache: OrderedDict[int, memoryview] = OrderedDict()

    @property
    def codes(self) -> list[str]:
        """The codes that have rows, in order."""
        return sorted(self._blocks)

    def close(self) -> None:
        """Let go of the file; a tape that is forgotten does so by itself."""
        self._let_go()

    def span(self, code: str) -> tuple[int, int]:
        """Give the times of a code's first and last row."""
        blocks = self._blocks[code]
        return blocks[0].first_ms, blocks[-1].last_ms

    def count(self, code: str) -> int:
        """Give how many rows a code has."""
        return sum(block.rows for block in self._blocks.get(code, ()))

    def stream(self, code: str, start_ms: int, end_ms: int) -> Rows:
        """Give the rows from a time to a time, both included."""
        return Rows(self.blocks(code, start_ms, end_ms), self._width)

    def blocks(self, code: str, start_ms: int, end_ms: int) -> Iterator[memoryview]:
        """Give the integers of the same rows, each block when it is needed."""
        for block in self._blocks.get(code, ()):
            if block.last_ms >= start_ms and block.first_ms <= end_ms:
                yield self._cut(self._read(block), start_ms, end_ms)

    def between(self, code: str, start_ms: int, end_ms: int, count: int = -1) -> list[Flat]:
        """Give the rows from a time to a time, both included; of them the last ``count``, -1 for all."""
        blocks = self._blocks.get(code)
        if not blocks or not count:
            return []
        found: list[Flat] = []
        for place in range(bisect_right(self._firsts[code], end_ms) - 1, -1, -1):
            if blocks[place].last_ms < start_ms or 0 < count <= len(found):
                break
            left = count - len(found) if count > 0 else BLOCK_ROWS
            found[:0] = self._row.iter_unpack(self._cut(self._remembered(blocks[place]), start_ms, end_ms, left))
        return found

    def _cut(self, values: memoryview, start_ms: int, end_ms: int, count: int = BLOCK_ROWS) -> memoryview:
        """Of a block the last rows, ``count`` at most, of a stretch of time."""
        times = values[:: self._width]
        last = bisect_right(times, end_ms)
        first = max(bisect_left(times, start_ms), last - count)
        return values[first * self._width : last * self._width]

    def _remembered(self, block: Block) -> memoryview:
        values = self._cache.get(block.offset)
        if values is None:
            values = self._cache[block.offset] = self._read(block)
            if len(self._cache) > CACHED_BLOCKS:
                self._cache.popitem(last=False)
        else:
            self._cache.move_to_end(block.offset)
        return values

    def _read(self, block: Block) -> memoryview:
        """The integers of a block."""
        self._file.seek(block.offset)
        return memoryview(self._file.read(block.rows * self._row.size)).cast("q")


def _directory(file: IO[bytes]) -> dict[str, Any]:
    try:
        file.seek(-_DIRECTORY_AT, 2)
        end = file.tell()
        at = int(file.read())
        file.seek(at)
        directory: dict[str, Any] = json.loads(file.read(end - at))
    except (OSError, ValueError):
        raise ValueError("not a tape, or one that was not written to its end") from None
    if directory.get("format") != FORMAT:
        raise ValueError(f"a tape of another form: {directory.get('format')!r}")
    return directory
