"""The data files of a directory: which there are, of which code and period, and their rows as a checked tape.

A path is one file or a directory, which is searched to the bottom. The name says what a file holds: a period (``tick``,
``1m``, ``5m``, ``1d``) between dots, underscores or hyphens, or as the name of its directory, and a code where the file has
no column ``stock_code``: ``600000.SH.1m.csv``, ``1m/600000.SH.csv.gz``, ``2024_tick.parquet``. Beside them may lie
``dividends.csv`` and ``instruments.csv``.

A file is read once, whole, before anything runs: every row is checked, the first bad one is a ConfigError with file and line,
and the good ones go onto a tape in the cache (``MINIQMT_SIM_CACHE``, else ``~/.miniqmt-sim/tapes``), where the next run
finds them as long as the file has not changed.
"""

from __future__ import annotations

import contextlib
import csv
import errno
import gzip
import hashlib
import importlib
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

from matching.codes import INDEX_BOARDS, Board, board_of, parse_code
from miniqmt_sim.errors import ConfigError
from miniqmt_sim.server.feeds.rows import (
    BAR_WIDTH,
    LOT,
    STOCK_BOARDS,
    TICK_WIDTH,
    VOLUME_UNITS,
    Flat,
    Parser,
    bar_parser,
    tick_parser,
)
from miniqmt_sim.server.feeds.tape import FORMAT, Tape, TapeWriter
from miniqmt_sim.settings import NO_UTF8

PERIODS: Final = ("tick", "1m", "5m", "1d")
"""Finest first."""
DIVIDENDS: Final = "dividends.csv"
INSTRUMENTS: Final = "instruments.csv"
SECTORS: Final = "sectors.csv"
LYING_BESIDE: Final = (DIVIDENDS, INSTRUMENTS, SECTORS)
"""What is no file of rows."""
CODE_COLUMNS: Final = ("stock_code", "stockcode", "code")
INDEX_COLUMNS: Final = ("", "__index_level_0__")
"""What pandas calls an index without a name when it writes a frame, to CSV and to Parquet."""
ENV_CACHE: Final = "MINIQMT_SIM_CACHE"
MAX_CACHE_BYTES: Final = 20 * 1024**3
"""Tapes kept from run to run; the least recently used leave first. A year of one-minute bars of 5000 codes is some 20 GB."""
TIDY_EVERY_BYTES: Final = 1024**3
"""Written onto tapes between two looks at whether they still fit."""
_SUFFIXES: Final = (".csv", ".csv.gz", ".parquet")
_CODE: Final = re.compile(r"(?<![0-9])([0-9]{6})[._]?(SH|SZ|BJ)(?![A-Za-z])", re.IGNORECASE)
_PERIOD: Final = re.compile(rf"(?<![A-Za-z0-9])({'|'.join(PERIODS)})(?![A-Za-z0-9])", re.IGNORECASE)


Reading = Callable[[int, int], object]
"""Told before each file how many are read, of how many; what it raises ends the reading."""


class DataFile(NamedTuple):
    """A file of rows: its period, and the code of its name, empty where a column says it."""

    path: Path
    period: str
    code: str


def find(path: Path) -> list[DataFile]:
    """Give the data files of a path, in order of their names. Raises ConfigError when there is none or one is unclear."""
    if path.is_dir():
        found = [file for file in sorted(path.rglob("*")) if file.is_file() and file.name.endswith(_SUFFIXES)]
        found = [file for file in found if file.name not in LYING_BESIDE]
    elif path.is_file():
        found = [path]
    else:
        raise ConfigError(f"there is no data at {str(path)!r}")
    if not found:
        raise ConfigError(f"{path} holds no data: no file ends with {', '.join(_SUFFIXES)}")
    return [_data_file(file) for file in found]


def _data_file(path: Path) -> DataFile:
    period = _PERIOD.search(path.name) or _PERIOD.fullmatch(path.parent.name)
    if period is None:
        raise ConfigError(f"{path}: neither the name of the file nor that of its directory says one of {', '.join(PERIODS)}")
    code = _CODE.search(path.name)
    return DataFile(path, period[1].lower(), f"{code[1]}.{code[2].upper()}" if code else "")


def beside(path: Path, name: str) -> Path | None:
    """Give the file of this name in a data directory, if it is there."""
    found = (path if path.is_dir() else path.parent) / name
    return found if found.is_file() else None


# -- rows ----------------------------------------------------------------------------------------------------------------


class _Reader:
    """Rows of one file as (code, row), each code with a parser of its own, because lots and ticks differ by board."""

    def __init__(self, file: DataFile, header: Sequence[str], volume_unit: str) -> None:
        self._columns = {name.strip(): at for at, name in enumerate(header)}
        if len(self._columns) < len(header):
            raise ValueError("a column stands twice")
        index = next((name for name in INDEX_COLUMNS if name in self._columns), None)
        if "time" not in self._columns and index is not None:
            self._columns["time"] = self._columns[index]
        self._make = tick_parser if file.period == "tick" else bar_parser
        self._in_shares = volume_unit == "share"
        self._code_at = next((self._columns[name] for name in CODE_COLUMNS if name in self._columns), None)
        if self._code_at is None and not file.code:
            raise ValueError("neither the name of the file nor a column stock_code says which code it is")
        self._name_code = file.code
        self._parsers: dict[str, Parser] = {}

    def __call__(self, row: Sequence[Any]) -> tuple[str, Flat]:
        """Read a row. Raises ValueError."""
        code = self._name_code if self._code_at is None else str(row[self._code_at])
        parser = self._parsers.get(code)
        if parser is None:
            parser = self._parsers[code] = self._parser(code)
        return code, parser(row)

    def _parser(self, code: str) -> Parser:
        parsed = parse_code(code)
        board = board_of(parsed) if parsed is not None else None
        if board is None:
            raise ValueError(f"{code!r} is not the code of a stock, fund, bond or index like 600000.SH")
        return self._make(self._columns, 1 if self._in_shares else LOT[board], tick_li_of(board))


def tick_li_of(board: Board) -> int:
    """The step of prices in a file: 0.01 for stocks, 0.001 for funds and bonds, since before the rules begin; 0 for indices."""
    if board in INDEX_BOARDS:
        return 0
    return 10 if board in STOCK_BOARDS else 1


def read(file: DataFile, volume_unit: str) -> Iterator[tuple[int, str, Flat]]:
    """Give every row of a file as (place, code, integers); a place is what ``place`` puts into words.

    Raises ConfigError with file and place for the first row that is wrong.
    """
    lines = _parquet_rows(file.path) if _is_parquet(file) else _csv_lines(file.path)
    number = 0 if _is_parquet(file) else 1
    try:
        number, header = next(lines)
        reader = _Reader(file, [str(name) for name in header], volume_unit)
        width = len(header)
        for number, row in lines:
            if len(row) != width:
                raise ValueError(f"{len(row)} columns, the header has {width}")
            yield number, *reader(row)
    except StopIteration:
        raise ConfigError(f"{file.path}: line 1 must name the columns") from None
    except UnicodeError:
        raise ConfigError(f"{file.path} cannot be read: {NO_UTF8}") from None
    except (ValueError, OverflowError) as error:  # the latter of pyarrow, for a time that Python cannot hold
        raise ConfigError(f"{file.path}: {_place(file, number)}{error}") from None
    except csv.Error as error:  # in the row after the last that was given
        raise ConfigError(f"{file.path}: {_place(file, number + 1)}{error}") from None
    except (OSError, EOFError) as error:
        if isinstance(error, OSError) and error.errno == errno.EMFILE:  # no fault of this file
            raise
        raise ConfigError(f"{file.path} cannot be read: {error}") from None


def _is_parquet(file: DataFile) -> bool:
    return file.path.suffix == ".parquet"


def _place(file: DataFile, number: int) -> str:
    """Where something is wrong: the line of a text, the row of a table, counted from 1."""
    return f"line {number}: " if not _is_parquet(file) else f"row {number}: " if number else ""


def _csv_lines(path: Path) -> Iterator[tuple[int, Sequence[Any]]]:
    with _opened(path) as text:
        reader = csv.reader(text, strict=True)
        for row in reader:
            if row:
                yield reader.line_num, row


def _opened(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _parquet_rows(path: Path) -> Iterator[tuple[int, Sequence[Any]]]:
    """The names of the columns of a Parquet file as row 0, then its rows, a batch at a time."""
    try:
        parquet: Any = importlib.import_module("pyarrow.parquet")
    except ImportError:
        raise ConfigError(f"{path}: Parquet needs pyarrow: pip install pyarrow") from None
    with parquet.ParquetFile(path) as table:  # pyarrow's errors of a broken file are ValueErrors or OSErrors
        yield 0, table.schema_arrow.names
        rows = (row for batch in table.iter_batches() for row in zip(*map(_values, batch.columns), strict=True))
        yield from enumerate(rows, 1)


def _values(column: Any) -> list[Any]:
    values: list[Any] = column.to_pylist()
    return values


# -- tapes ---------------------------------------------------------------------------------------------------------------


def open_tapes(
    found: Sequence[DataFile], volume_unit: str = "lot", reading: Reading | None = None
) -> Iterator[tuple[str, Tape]]:
    """Give each file's period and tape, from the cache where it has one. Raises ConfigError for the first bad row."""
    if volume_unit not in VOLUME_UNITS:
        raise ConfigError(f"volume unit: must be one of {', '.join(VOLUME_UNITS)}, not {volume_unit!r}")
    cache, written = cache_dir(), 0
    for number, file in enumerate(found):
        if reading is not None:
            reading(number, len(found))
        cached = cache / f"{_key(file, volume_unit)}.tape"
        tape = _kept(cached)
        if tape is None:
            _write(cached, file, volume_unit)
            written += cached.stat().st_size
            tape = Tape(cached)
        yield file.period, tape
        if written > TIDY_EVERY_BYTES or (written and file is found[-1]):
            _tidy(cached)
            written = 0


def _kept(cached: Path) -> Tape | None:
    """The tape of an earlier run, which is used again now; None where there is none, or a broken one."""
    with contextlib.suppress(OSError, ValueError):
        tape = Tape(cached)
        cached.touch()
        return tape
    return None


def _write(cached: Path, file: DataFile, volume_unit: str) -> None:
    """Write a tape beside its place and move it there when it is whole, whoever else does the same."""
    with tempfile.NamedTemporaryFile(dir=cached.parent, prefix="writing-", delete=False) as out:
        try:
            _copy(read(file, volume_unit), TapeWriter(out, TICK_WIDTH if file.period == "tick" else BAR_WIDTH), file)
            out.close()
            os.replace(out.name, cached)
        except BaseException:
            out.close()
            Path(out.name).unlink(missing_ok=True)
            raise


def _copy(rows: Iterable[tuple[int, str, Flat]], writer: TapeWriter, file: DataFile) -> None:
    number = 0
    for number, code, row in rows:
        try:
            writer.add(code, row)
        except ValueError as error:
            raise ConfigError(f"{file.path}: {_place(file, number)}{error}") from None
    if not number:
        raise ConfigError(f"{file.path}: there are no rows")
    writer.close()


def cache_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """Give the directory of tapes, made where it is missing; a temporary one where the home cannot be written to."""
    chosen = Path(environ.get(ENV_CACHE) or Path.home() / ".miniqmt-sim" / "tapes")
    try:
        chosen.mkdir(parents=True, exist_ok=True)
    except OSError:
        chosen = Path(tempfile.gettempdir()) / f"miniqmt-sim-tapes-{os.getuid() if hasattr(os, 'getuid') else 0}"
        chosen.mkdir(exist_ok=True)
    return chosen


def _key(file: DataFile, volume_unit: str) -> str:
    stat = file.path.stat()
    facts = (FORMAT, str(file.path.resolve()), stat.st_size, stat.st_mtime_ns, file.period, file.code, volume_unit)
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:40]


def _tidy(newest: Path) -> None:
    """Remove the tapes used longest ago until the others fit; one that somebody reads lives on until he is done."""
    with contextlib.suppress(OSError):
        tapes = sorted(newest.parent.glob("*.tape"), key=lambda path: path.stat().st_mtime, reverse=True)
        total = 0
        for tape in tapes:
            total += tape.stat().st_size
            if total > MAX_CACHE_BYTES and tape != newest:
                tape.unlink()
