"""One row of a data file as integers: the columns of the vendor's ``xtdata``, checked, prices in li, volumes in shares.

Comes in: the header of a file, and its rows as texts (CSV) or values (Parquet). Goes out: a ``Bar`` or a ``Tick`` as a flat
tuple of integers. A row that cannot be right is a ValueError with a sentence; who reads the file adds its place.

The vendor counts volumes in 手, a hundred shares or ten bonds, and shows ``pvolume`` of a tick in shares; a file whose
volumes are in shares throughout is read with ``volume_unit="share"``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from matching import calendar
from matching.codes import Board
from matching.units import LI_PER_YUAN
from miniqmt_sim.market.recorded import LEVELS, Bar, Flat, Tick

__all__ = ["BAR_WIDTH", "LEVELS", "LOT", "TICK_WIDTH", "Bar", "Flat", "Tick"]

LOT: Final = {board: 10 if board in (Board.SH_BOND, Board.SZ_BOND) else 100 for board in Board}
"""What one 手 is: 100 shares or fund units, 10 convertible bonds. Source: exchange-rules §4, lots."""
VOLUME_UNITS: Final = ("lot", "share")
STOCK_BOARDS: Final = (Board.SH_MAIN, Board.STAR, Board.SZ_MAIN, Board.CHINEXT)
MAX_TIME_MS: Final = calendar.midnight_ms(90000101)
MAX_NUMBER: Final = 1e15
"""Yuan, lots, shares: far beyond any market, and small enough for 64 bits in li and in shares."""
MAX_AMOUNT_LI: Final = 2**62
MEMO_TEXTS: Final = 100_000
"""Different texts of prices remembered with what they mean; beyond it they are forgotten and learned anew."""


BAR_WIDTH: Final = len(Bar._fields)
TICK_WIDTH: Final = len(Tick._fields) - 4 + 4 * LEVELS
Parser = Callable[[Sequence[Any]], Flat]


# -- values --------------------------------------------------------------------------------------------------------------


def parse_time(value: Any) -> int:
    """Give epoch ms of what a file calls a time: epoch ms, yyyymmdd, yyyymmddHHMMSS, or an ISO text in China time."""
    text = str(value).strip()
    if text.endswith(".0"):
        text = text[:-2]
    try:
        time_ms = _digits_ms(text) if text.isascii() and text.isdigit() else _iso_ms(text)
    except ValueError:
        raise ValueError(f"time {text!r} is neither epoch milliseconds nor yyyymmdd[HHMMSS]") from None
    if not 0 < time_ms < MAX_TIME_MS:
        raise ValueError(f"time {text!r} is out of range")
    return time_ms


def _digits_ms(text: str) -> int:
    if len(text) == 8:
        return calendar.midnight_ms(int(text))
    if len(text) in (14, 17) and text[:2] in ("19", "20"):
        hour, minute, second, rest = int(text[8:10]), int(text[10:12]), int(text[12:14]), int(text[14:] or 0)
        clock_ms = calendar.parse_clock(f"{hour:02d}:{minute:02d}:{second:02d}")
        return calendar.midnight_ms(int(text[:8])) + clock_ms + rest
    return int(text)


def _iso_ms(text: str) -> int:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is not None:
        return round(moment.timestamp() * 1000)
    day = moment.year * 10000 + moment.month * 100 + moment.day
    clock_ms = (moment.hour * 3600 + moment.minute * 60 + moment.second) * 1000 + moment.microsecond // 1000
    return calendar.midnight_ms(day) + clock_ms


class Prices:
    """Texts of prices in yuan to li, remembered: a market repeats itself. A price between two ticks is a ValueError.

    A tick of 0: the levels of an index, which are published with four decimals, of which three are kept.
    """

    def __init__(self, tick_li: int) -> None:
        self._tick_li = tick_li
        self._known: dict[Any, int] = {}

    def __call__(self, value: Any) -> int:
        """Give the price in li; 0 and empty are 0."""
        try:
            known = self._known.get(value)
        except TypeError:  # a list, in a Parquet file
            raise ValueError(f"price {value!r} is not a number") from None
        if known is not None:
            return known
        price_li = self._parse(value)
        if len(self._known) >= MEMO_TEXTS:
            self._known.clear()
        self._known[value] = price_li
        return price_li

    def _parse(self, value: Any) -> int:
        yuan = number(value, "price")
        price_li = round(yuan * LI_PER_YUAN)
        if price_li < 0:
            raise ValueError(f"price {value} is negative")
        if not self._tick_li:
            return price_li
        if abs(yuan * LI_PER_YUAN - price_li) > 1e-3 or price_li % self._tick_li:
            step = f"{self._tick_li / LI_PER_YUAN:g}"
            raise ValueError(f"price {value} is not a multiple of the tick {step}; prices must be unadjusted")
        return price_li


def number(value: Any, name: str) -> float:
    """Give a finite number; nothing, as pandas writes it, is 0."""
    if value is None or value in ("", "nan", "NaN", "None") or value != value:
        return 0.0
    try:
        found = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name} {value!r} is not a number") from None
    except OverflowError:
        found = MAX_NUMBER
    if not math.isfinite(found):
        raise ValueError(f"{name} {value!r} is not a finite number")
    if abs(found) >= MAX_NUMBER:
        raise ValueError(f"{name} {str(value)[:30]} is too large")
    return found


def volume_of(value: Any, lot: int, name: str = "volume") -> int:
    """Give a volume in shares; one that is negative or no whole number of shares is a ValueError."""
    shares = number(value, name) * lot
    volume = round(shares)
    if volume < 0 or abs(shares - volume) > 1e-6 * max(1.0, shares):
        raise ValueError(f"{name} {value} is not a volume")
    return volume


# -- rows ----------------------------------------------------------------------------------------------------------------


def bar_parser(columns: Mapping[str, int], lot: int, tick_li: int) -> Parser:
    """Make what reads a row of bars. Raises ValueError for columns that are missing.

    Needed: time, open, high, low, close, volume. Used where they are there: amount, preClose, suspendFlag. A tick of 0 says
    that it is an index, whose level has nothing to do with its amount and volume.
    """
    _require(columns, ("time", "open", "high", "low", "close", "volume"), "bars")
    price = Prices(tick_li)
    time_at, open_at, high_at, low_at, close_at, volume_at = (columns[name] for name in _BAR_NEEDS)
    amount_at, pre_at, flag_at = (columns.get(name) for name in ("amount", "preClose", "suspendFlag"))

    def parse(row: Sequence[Any]) -> Flat:
        open_li, high_li, low_li, close_li = price(row[open_at]), price(row[high_at]), price(row[low_at]), price(row[close_at])
        volume = volume_of(row[volume_at], lot)
        amount_li = 0 if amount_at is None else round(number(row[amount_at], "amount") * LI_PER_YUAN)
        suspended = 0 if flag_at is None else int(number(row[flag_at], "suspendFlag"))
        pre_close_li = 0 if pre_at is None else price(row[pre_at])
        if suspended != 1 or close_li:
            check_prices(low_li, (open_li, close_li), high_li)
        if suspended == 1 and volume:
            raise ValueError(f"a volume of {volume} while the security is suspended")
        if tick_li:
            check_amount(amount_li, volume, low_li, high_li)
            amount_li = amount_li or close_li * volume
        elif amount_li < 0:
            raise ValueError("the amount is negative")
        if amount_li > MAX_AMOUNT_LI:
            raise ValueError("close times volume is too large")
        return (
            parse_time(row[time_at]), open_li, high_li, low_li, close_li, volume, amount_li, pre_close_li, suspended,
        )  # fmt: skip

    return parse


_BAR_NEEDS: Final = ("time", "open", "high", "low", "close", "volume")


def tick_parser(columns: Mapping[str, int], lot: int, tick_li: int) -> Parser:
    """Make what reads a row of snapshots. Raises ValueError for columns that are missing.

    Needed: time, lastPrice, volume (or pvolume, which wins), and askPrice, bidPrice, askVol, bidVol, each as a list, or
    as five columns askPrice1 … askPrice5. Used where they are there: open, high, low, lastClose, amount, stockStatus,
    transactionNum. A tick of 0 says that it is an index, which has no levels whatever its columns say.
    """
    _require(columns, ("time", "lastPrice"), "ticks")
    if "pvolume" not in columns:
        _require(columns, ("volume",), "ticks")
    price = Prices(tick_li)
    names = ("askPrice", "bidPrice", "askVol", "bidVol")
    levels = [_level_reader(columns, name) if tick_li else _no_levels for name in names]
    time_at, last_at = columns["time"], columns["lastPrice"]
    volume_at, unit = (columns["pvolume"], 1) if "pvolume" in columns else (columns["volume"], lot)
    prices_at = [columns.get(name) for name in ("open", "high", "low", "lastClose")]
    amount_at, status_at, number_at = (columns.get(name) for name in ("amount", "stockStatus", "transactionNum"))

    def parse(row: Sequence[Any]) -> Flat:
        last_li = price(row[last_at])
        day = [0 if at is None else price(row[at]) for at in prices_at]
        amount_li = 0 if amount_at is None else round(number(row[amount_at], "amount") * LI_PER_YUAN)
        asks, bids = ([price(value) for value in read(row)] for read in levels[:2])
        ask_volumes, bid_volumes = ([volume_of(value, lot, "level") for value in read(row)] for read in levels[2:])
        if not last_li and not day[3]:
            raise ValueError("neither lastPrice nor lastClose is a price")
        check_side("ask", asks, ask_volumes, 1)
        check_side("bid", bids, bid_volumes, -1)
        return (
            parse_time(row[time_at]), last_li or day[3], *day, amount_li, volume_of(row[volume_at], unit),
            0 if status_at is None else int(number(row[status_at], "stockStatus")),
            0 if number_at is None else int(number(row[number_at], "transactionNum")),
            *asks, *bids, *ask_volumes, *bid_volumes,
        )  # fmt: skip

    return parse


def _level_reader(columns: Mapping[str, int], name: str) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """Make what finds the five values of a column of levels, nothing being 0."""
    single = [columns.get(f"{name}{number}") for number in range(1, LEVELS + 1)]
    whole = columns.get(name)
    if whole is not None:
        return lambda row: _five(row[whole])
    _require(columns, (f"{name}1",), "ticks")
    return lambda row: [0 if at is None else row[at] for at in single]


def _no_levels(_row: Sequence[Any]) -> Sequence[Any]:
    return [0] * LEVELS


def _five(value: Any) -> Sequence[Any]:
    if value is None:
        return [0] * LEVELS
    if isinstance(value, str):
        text = value.strip()
        try:
            value = json.loads(text if text.startswith("[") else f"[{text}]") if text else []
        except (ValueError, RecursionError):
            raise ValueError(f"{text[:60]!r} is not a list of levels like [10.46, 10.47]") from None
    if not isinstance(value, list):
        raise ValueError(f"{value!r} is not a list of levels like [10.46, 10.47]")
    values = value[:LEVELS]
    return values + [0] * (LEVELS - len(values))


def _require(columns: Mapping[str, int], names: Sequence[str], what: str) -> None:
    missing = [name for name in names if name not in columns]
    if missing:
        raise ValueError(f"{what} need a column {missing[0]!r}; there are {', '.join(columns)}")


# -- what a row must satisfy ---------------------------------------------------------------------------------------------


def check_prices(low_li: int, inner: Sequence[int], high_li: int) -> None:
    """Refuse a bar whose prices contradict each other."""
    if low_li <= 0:
        raise ValueError("a price of a bar is 0")
    if not all(low_li <= price_li <= high_li for price_li in inner):
        raise ValueError("open and close must lie between low and high")


def check_amount(amount_li: int, volume: int, low_li: int, high_li: int) -> None:
    """Refuse volumes that are obviously counted in the other unit. Convertible bonds and rounding leave room."""
    if amount_li < 0:
        raise ValueError("the amount is negative")
    if amount_li and volume >= 1000 and not low_li * volume // 9 <= amount_li <= high_li * volume * 9:
        raise ValueError("amount and volume do not fit: is the volume unit right? 'lot' reads volumes in 手, 'share' in shares")


def check_side(name: str, prices: Sequence[int], volumes: Sequence[int], direction: int) -> None:
    """Refuse levels that are not in order, best first; what stands behind the last one is nothing."""
    before = 0
    for price_li, volume in zip(prices, volumes, strict=True):
        if not price_li or not volume:
            before = -1
        elif before < 0:
            raise ValueError(f"{name} levels have a gap")
        elif before and (price_li - before) * direction <= 0:
            raise ValueError(f"{name} levels are not in order, best first")
        else:
            before = price_li
