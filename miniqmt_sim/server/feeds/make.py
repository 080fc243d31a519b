"""A small market of its own, as data files: bars and snapshots of a seeded walk, in the columns of the vendor's ``xtdata``.

Comes in: codes, days, periods and a seed. Goes out: a directory that a replay reads, the same to the last byte wherever and
whenever it is made. It is there to try things with and to measure with, not to be profitable against: prices wander, volumes
are high in the morning and evening, the first code goes ex-dividend on the third day.
"""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from random import Random
from typing import IO, Final, NamedTuple

from matching import calendar
from matching.calendar import MS_PER_MINUTE
from matching.codes import INDEX_BOARDS, Board, board_of, is_index, parse_code
from matching.units import LI_PER_YUAN, PPM
from miniqmt_sim.errors import ConfigError
from miniqmt_sim.server.feeds.files import DIVIDENDS, INSTRUMENTS, PERIODS, tick_li_of
from miniqmt_sim.server.feeds.rows import LEVELS, LOT

CODES: Final = ("600000.SH", "000001.SZ", "510300.SH", "300750.SZ", "688981.SH")
"""What a made market begins with; more follow by number, from 600001.SH on."""
_MORE_PREFIXES: Final = ("600", "601", "603", "605", "001", "002")
"""Of main boards; a thousand numbers begin with each."""
INDICES: Final = {
    "000001.SH": 3_412_560, "000300.SH": 4_015_780, "000016.SH": 2_718_340, "000905.SH": 6_233_910, "000852.SH": 6_587_450,
    "000688.SH": 1_022_680, "399001.SZ": 10_846_270, "399006.SZ": 2_236_150,
}  # fmt: skip
"""Where a made index begins, in thousandths of a point; others begin at ``INDEX_LI``."""
INDEX_LI: Final = 5_000_000
MAX_CODES: Final = 5000
MAX_DAYS: Final = 2500
"""Ten years of trading days."""
TICK_MS: Final = 3000
_FIRST_PRICES_LI: Final = dict(zip(CODES, (10_450, 11_200, 3_985, 252_000, 88_500), strict=True))
_OPEN_MS: Final = calendar.parse_clock("09:30")
_LUNCH_MS: Final = calendar.parse_clock("11:30")
_NOON_MS: Final = calendar.parse_clock("13:00")
_CLOSE_MS: Final = calendar.parse_clock("15:00")
_FINE: Final = 1000
"""The walk goes in thousandths of a li, so that steps below a tick are not lost."""
_ROOM_PPM: Final = 90_000
"""How far a day's prices stay from its reference, so that they meet no daily limit."""
_INDEX_TICK_LI: Final = 10
_INDEX_LOTS: Final = 5000
"""An index counts what its securities traded: so many times as much as one of them."""
_SHARE_LI: Final = 12_000
"""And what was paid for it: so much for a share."""
_DIVIDEND_DAY: Final = 2
_DIVIDEND_YUAN: Final = 0.05
BAR_HEADER: Final = "time,open,high,low,close,volume,amount,settelementPrice,openInterest,preClose,suspendFlag"
TICK_HEADER: Final = (
    "time,lastPrice,open,high,low,lastClose,amount,volume,pvolume,stockStatus,openInt,lastSettlementPrice,"
    "askPrice,bidPrice,askVol,bidVol,transactionNum"
)


class Code(NamedTuple):
    """A security of the made market, or an index."""

    text: str
    tick_li: int
    lot: int
    first_li: int
    is_index: bool

    def amount_li(self, price_li: int, volume: int) -> int:
        """What was paid for a volume in 手 at a price."""
        return (_SHARE_LI if self.is_index else price_li) * volume * self.lot


class MadeBar(NamedTuple):
    """A bar on its way to a file: prices and amount in li, volume in 手."""

    time_ms: int
    open_li: int
    high_li: int
    low_li: int
    close_li: int
    volume: int
    amount_li: int


def make_data(
    out: Path, count: int, days: Sequence[int], periods: Sequence[str], seed: int, packed: bool = False,
    indices: Sequence[str] = (),
) -> list[Path]:  # fmt: skip
    """Write a market of so many codes and trading days, and of indices; give the files.

    Raises ConfigError for what cannot be made.
    """
    if not 1 <= count <= MAX_CODES or not 1 <= len(days) <= MAX_DAYS:
        raise ConfigError(f"make-data: between 1 and {MAX_CODES} codes and between 1 and {MAX_DAYS} trading days")
    unknown = [period for period in periods if period not in PERIODS]
    if unknown or not periods:
        raise ConfigError(f"make-data: periods are some of {', '.join(PERIODS)}, not {', '.join(unknown) or 'none'}")
    no_index = [text for text in indices if not is_index(text)]
    if no_index:
        raise ConfigError(f"make-data: {no_index[0]!r} is not the code of an index like 000300.SH or 399001.SZ")
    out.mkdir(parents=True, exist_ok=True)
    codes = [*code_list(count), *(_code(text, 0) for text in dict.fromkeys(indices))]
    _write_beside(out, codes, days)
    suffix = ".csv.gz" if packed else ".csv"
    files = []
    for code in codes:
        for period in periods:
            files.append(out / f"{code.text}.{period}{suffix}")
            header = TICK_HEADER if period == "tick" else BAR_HEADER
            with _opened(files[-1]) as file:
                file.write(header + "\n")
                file.writelines(_LINES_OF[period](code, days, seed))
    return files


def code_list(count: int) -> list[Code]:
    """The first so many codes of a made market."""
    symbols = (f"{prefix}{number:03}" for prefix in _MORE_PREFIXES for number in range(1, 1000))
    more = (f"{symbol}.{'SH' if symbol[0] == '6' else 'SZ'}" for symbol in symbols)
    return [_code(text, number) for number, text in enumerate(islice(chain(CODES, more), count))]


def _code(text: str, number: int) -> Code:
    parsed = parse_code(text)
    board = board_of(parsed) if parsed is not None else None
    assert isinstance(board, Board), f"{text} is on no board"
    if board in INDEX_BOARDS:
        return Code(text, _INDEX_TICK_LI, LOT[board], INDICES.get(text, INDEX_LI), is_index=True)
    first_li = _FIRST_PRICES_LI.get(text, 5_000 + number * 37 % 60_000 * 10)
    return Code(text, tick_li_of(board), LOT[board], first_li, is_index=False)


def _write_beside(out: Path, codes: Sequence[Code], days: Sequence[int]) -> None:
    listing = [f"{code.text},{code.text[:6]},,{_yuan(code.first_li)},\n" for code in codes if not code.is_index]
    (out / INSTRUMENTS).write_text("stock_code,name,board,pre_close,tags\n" + "".join(listing), encoding="utf-8", newline="")
    header = "stock_code,time,interest,stockBonus,stockGift,allotNum,allotPrice,gugai,dr\n"
    row = f"{codes[0].text},{days[_DIVIDEND_DAY]},{_DIVIDEND_YUAN},0,0,0,0,0,0\n" if len(days) > _DIVIDEND_DAY else ""
    (out / DIVIDENDS).write_text(header + row, encoding="utf-8", newline="")


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    """Open a file to write; a packed one carries neither its name nor the time, so that it is the same every time."""
    with path.open("wb") as raw:
        if path.suffix != ".gz":
            with io.TextIOWrapper(raw, encoding="utf-8", newline="") as text:
                yield text
            return
        with (
            gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed,
            io.TextIOWrapper(packed, encoding="utf-8", newline="") as text,
        ):
            yield text


# -- the walk ------------------------------------------------------------------------------------------------------------


class _Walk:
    """One code's prices through its days. Integers only, so that it is the same on every machine."""

    def __init__(self, code: Code, seed: int) -> None:
        self._luck = Random(f"{seed} {code.text}")
        self._code = code
        self._fine = code.first_li * _FINE
        self.price_li = code.first_li
        self.pre_close_li = code.first_li

    def open_day(self, number: int) -> None:
        """Begin a day: the reference is the last price, less what is given."""
        gives = number == _DIVIDEND_DAY and self._code.text == CODES[0]
        self.pre_close_li = self.price_li - (round(_DIVIDEND_YUAN * LI_PER_YUAN) if gives else 0)
        self._fine = self.pre_close_li * _FINE
        self.step(8000)

    def step(self, size_ppm: int) -> int:
        """Move a little, on the tick and away from the limits: more or less a normal step of this size."""
        luck, tick = self._luck, self._code.tick_li * _FINE
        noise = luck.getrandbits(10) + luck.getrandbits(10) + luck.getrandbits(10) - 1535
        moved = self._fine + self._fine * size_ppm * noise // (512 * PPM)
        reference, room = self.pre_close_li * _FINE, self.pre_close_li * _FINE * _ROOM_PPM // PPM
        self._fine = min(max(moved, reference - room), reference + room)
        self.price_li = max((self._fine + tick // 2) // tick, 1) * self._code.tick_li
        return self.price_li

    def volume(self, scale: int) -> int:
        """A volume in 手, now and then none."""
        luck, scale = self._luck, scale * _INDEX_LOTS if self._code.is_index else scale
        return luck.getrandbits(8) * scale // 64 + luck.getrandbits(3) if luck.getrandbits(6) else 0

    def bits(self, count: int) -> int:
        """Some luck."""
        return self._luck.getrandbits(count)


def minute_bars(code: Code, days: Sequence[int], seed: int) -> Iterator[tuple[int, int, MadeBar]]:
    """(day, reference price, bar) minute by minute: the opening auction at 09:30, then each minute at its end."""
    walk = _Walk(code, seed)
    for number, day in enumerate(days):
        walk.open_day(number)
        midnight_ms = calendar.midnight_ms(day)
        for clock_ms in MINUTE_ENDS:
            yield day, walk.pre_close_li, _bar(walk, code, midnight_ms + clock_ms, clock_ms)


def _bar(walk: _Walk, code: Code, time_ms: int, clock_ms: int) -> MadeBar:
    if clock_ms == _OPEN_MS:
        prices = [walk.price_li]
    else:
        prices = [walk.step(250), walk.step(500), walk.step(500), walk.step(250)]
    near_edge = clock_ms < _OPEN_MS + 30 * MS_PER_MINUTE or clock_ms > _CLOSE_MS - 30 * MS_PER_MINUTE
    volume = walk.volume(120 if near_edge else 40)
    if not volume:
        prices = prices[:1] * 2
    amount_li = code.amount_li(sum(prices), volume) // (1 if code.is_index else len(prices))
    return MadeBar(time_ms, prices[0], max(prices), min(prices), prices[-1], volume, amount_li)


MINUTE_ENDS: Final = (
    *range(_OPEN_MS, _LUNCH_MS + 1, MS_PER_MINUTE),
    *range(_NOON_MS + MS_PER_MINUTE, _CLOSE_MS + 1, MS_PER_MINUTE),
)


# -- lines ---------------------------------------------------------------------------------------------------------------


def _minute_lines(code: Code, days: Sequence[int], seed: int) -> Iterator[str]:
    for _, pre_close_li, bar in minute_bars(code, days, seed):
        yield _bar_line(bar, pre_close_li)


def _five_minute_lines(code: Code, days: Sequence[int], seed: int) -> Iterator[str]:
    step = 5 * MS_PER_MINUTE
    group: list[MadeBar] = []
    for _, pre_close_li, bar in minute_bars(code, days, seed):
        group.append(bar)
        clock_ms = calendar.time_of_day_ms(bar.time_ms)
        if clock_ms % step == 0 and clock_ms != _OPEN_MS:
            yield _bar_line(_joined(bar.time_ms, group), pre_close_li)
            group = []


def _day_lines(code: Code, days: Sequence[int], seed: int) -> Iterator[str]:
    group: list[MadeBar] = []
    for day, pre_close_li, bar in minute_bars(code, days, seed):
        group.append(bar)
        if len(group) == len(MINUTE_ENDS):
            yield _bar_line(_joined(calendar.midnight_ms(day), group), pre_close_li)
            group = []


def _joined(time_ms: int, bars: Sequence[MadeBar]) -> MadeBar:
    high_li, low_li = max(bar.high_li for bar in bars), min(bar.low_li for bar in bars)
    volume, amount_li = sum(bar.volume for bar in bars), sum(bar.amount_li for bar in bars)
    return MadeBar(time_ms, bars[0].open_li, high_li, low_li, bars[-1].close_li, volume, amount_li)


def _bar_line(bar: MadeBar, pre_close_li: int) -> str:
    prices = ",".join(map(_yuan, (bar.open_li, bar.high_li, bar.low_li, bar.close_li)))
    return f"{bar.time_ms},{prices},{bar.volume},{_yuan(bar.amount_li)},0.0,0,{_yuan(pre_close_li)},0\n"


def _tick_lines(code: Code, days: Sequence[int], seed: int) -> Iterator[str]:
    walk = _Walk(code, seed)
    for number, day in enumerate(days):
        walk.open_day(number)
        midnight_ms = calendar.midnight_ms(day)
        yield from _day_of_ticks(code, walk, midnight_ms)


def _day_of_ticks(code: Code, walk: _Walk, midnight_ms: int) -> Iterator[str]:
    first_li = high_li = low_li = walk.price_li
    volume = amount_li = trades = 0
    for clock_ms in _TICK_TIMES:
        last_li = walk.price_li if clock_ms == _OPEN_MS else walk.step(90)
        high_li, low_li = max(high_li, last_li), min(low_li, last_li)
        traded = walk.volume(6)
        volume, amount_li, trades = volume + traded, amount_li + code.amount_li(last_li, traded), trades + traded // 3
        at_ask = walk.bits(1)
        asks = [last_li + (level + 1 - at_ask) * code.tick_li for level in range(LEVELS)]
        bids = [last_li - (level + at_ask) * code.tick_li for level in range(LEVELS)]
        volumes = [[1 + walk.bits(9) for _ in range(LEVELS)] for _ in range(2)]
        if code.is_index:
            asks = bids = volumes[0] = volumes[1] = [0] * LEVELS
        prices = ",".join(map(_yuan, (last_li, first_li, high_li, low_li, walk.pre_close_li, amount_li)))
        sides = ",".join((_prices(asks), _prices(bids), f'"{volumes[0]}"', f'"{volumes[1]}"'))
        yield f"{midnight_ms + clock_ms},{prices},{volume},{volume * code.lot},13,13,0.0,{sides},{trades}\n"


_TICK_TIMES: Final = (*range(_OPEN_MS, _LUNCH_MS + 1, TICK_MS), *range(_NOON_MS, _CLOSE_MS, TICK_MS))


def _prices(prices: Iterable[int]) -> str:
    return f'"[{", ".join(map(_yuan, prices))}]"'


def _yuan(li: int) -> str:
    whole, part = divmod(li, LI_PER_YUAN)
    return f"{whole}.{f'{part:03d}'.rstrip('0') or '0'}"


_LINES_OF: Final[dict[str, Callable[[Code, Sequence[int], int], Iterator[str]]]] = {
    "tick": _tick_lines, "1m": _minute_lines, "5m": _five_minute_lines, "1d": _day_lines,
}  # fmt: skip
