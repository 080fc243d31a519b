"""Columns of the wire as numpy arrays and pandas frames, shaped as the vendor's ``xtdata`` shapes them.

Both libraries are loaded by the first call that returns something of them, and needed by nobody else. Times are China time,
wherever the program runs.
"""

from __future__ import annotations

import contextlib
import importlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, Final

Columns = Mapping[str, Sequence[Any]]

CHINA: Final = timezone(timedelta(hours=8))
CHINA_MS: Final = 8 * 3_600_000
END_OF_DAY_MS: Final = 86_400_000 - 1
REMEMBERED_TIMES: Final = 100_000
"""Times of which the text is kept: bars of thousands of codes have the same."""
MAX_MS: Final = 253_402_271_999_999
"""The end of the year 9999: what a datetime can say."""
BAR_DTYPES: Final = {
    "time": "<i8", "open": "<f8", "high": "<f8", "low": "<f8", "close": "<f8", "volume": "<i8", "amount": "<f8",
    "settelementPrice": "<f8", "openInterest": "<i4", "preClose": "<f8", "suspendFlag": "<i4",
}  # fmt: skip
"""Fields of a bar in the vendor's order."""
TICK_DTYPES: Final = {
    "time": "<i8", "lastPrice": "<f8", "open": "<f8", "high": "<f8", "low": "<f8", "lastClose": "<f8", "amount": "<f8",
    "volume": "<i8", "pvolume": "<i8", "stockStatus": "<i4", "openInt": "<i4", "transactionNum": "<i8",
    "lastSettlementPrice": "<f8", "settlementPrice": "<f8", "pe": "<f8", "askPrice": "O", "bidPrice": "O", "askVol": "O",
    "bidVol": "O", "volRatio": "<f8", "speed1Min": "<f8", "speed5Min": "<f8",
}  # fmt: skip
"""Fields of a tick; levels are lists."""
_LEVEL: Final = re.compile(r"(askPrice|bidPrice|askVol|bidVol)([1-5])")
FILLED_WITH_CLOSE: Final = ("open", "high", "low", "close", "preClose")
FILLED_WITH_ZERO: Final = ("volume", "amount")


def library(name: str) -> Any:
    """Load pandas or numpy. Raises ImportError that says who needs it."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ImportError(f"this function of xtdata returns something of {name}: pip install {name}") from error


def preload() -> None:
    """Load both where they are installed, before somebody exchanges the clock under them."""
    for name in ("numpy", "pandas"):
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


# -- times -----------------------------------------------------------------------------------------------------------------


def moment_ms(value: Any, *, is_end: bool) -> int:
    """A time a program gives as epoch ms, 0 for none: '', yyyymmdd, yyyymmddHHMMSS, a datetime, or epoch ms.

    A day as an end means its last moment; a datetime without a zone is China time. Raises ValueError.
    """
    if value is None or value == "":
        return 0
    if isinstance(value, datetime):
        return round((value if value.tzinfo else value.replace(tzinfo=CHINA)).timestamp() * 1000)
    text = str(value)
    if not isinstance(value, bool) and text.isascii() and text.isdigit():
        if len(text) == 8:
            start_ms = parsed_ms(text, "%Y%m%d")
            return start_ms + END_OF_DAY_MS if is_end else start_ms
        if len(text) == 14:
            return parsed_ms(text, "%Y%m%d%H%M%S")
        if not isinstance(value, str) and int(value) <= MAX_MS:
            return int(value)
    raise ValueError(f"{value!r} is not a time: expected are yyyymmdd, yyyymmddHHMMSS or a datetime")


def parsed_ms(text: str, form: str) -> int:
    """A text in China time as epoch ms. Raises ValueError."""
    try:
        return round(datetime.strptime(text, form).replace(tzinfo=CHINA).timestamp() * 1000)
    except ValueError:
        raise ValueError(f"{text!r} is not a time of the form {form}") from None


@lru_cache(REMEMBERED_TIMES)
def text_of(time_ms: float, form: str) -> str:
    """A moment as text in China time."""
    return datetime.fromtimestamp(time_ms / 1000, CHINA).strftime(form)


def names_of(times_ms: Sequence[int], period: str) -> list[str]:
    """How the vendor names bars and ticks: by day, or to the second."""
    form = "%Y%m%d" if period[1:] in ("d", "w", "mon", "q", "hy", "y") else "%Y%m%d%H%M%S"
    return [text_of(time_ms, form) for time_ms in times_ms]


# -- frames ----------------------------------------------------------------------------------------------------------------


def fields_of(wanted: Sequence[str], dtypes: Mapping[str, str]) -> list[str]:
    """The fields asked for, of those there are; all of them when none are named. ``askPrice1`` is a level of ``askPrice``.

    Raises TypeError for one text, as the vendor's does: its letters name no fields.
    """
    if isinstance(wanted, str):
        raise TypeError("field_list must be a list of fields, not one text")
    if not wanted:
        return list(dtypes)
    return [name for name in wanted if name in dtypes or ("askPrice" in dtypes and _LEVEL.fullmatch(name))]


def frames(found: Mapping[str, Columns], wanted: Sequence[str], period: str) -> dict[str, Any]:
    """Of each security a frame: a row a bar or tick, a column a field, named by time."""
    pandas, numpy = library("pandas"), library("numpy")
    dtypes = TICK_DTYPES if period == "tick" else BAR_DTYPES
    fields = fields_of(wanted, dtypes)
    times: Sequence[int] | None = None
    made = {}
    for code, columns in found.items():
        if times is None or columns.get("time", ()) != times:
            times = columns.get("time", ())
            index = pandas.Index(names_of(times, period))
        data = {name: _array(numpy, columns, name, dtypes) for name in fields}
        made[code] = pandas.DataFrame(data, index=index.copy())  # the same texts under a name of its own
    return made


def frames_by_moment(found: Mapping[str, Columns], wanted: Sequence[str], period: str) -> dict[str, Any]:
    """The same named by moments of China's clocks, without a zone."""
    pandas, numpy = library("pandas"), library("numpy")
    made = frames(found, wanted, period)
    for code, columns in found.items():
        times_ms = pandas.Series(_array(numpy, columns, "time", BAR_DTYPES), name="time")
        made[code].index = pandas.to_datetime((times_ms + CHINA_MS) * 1_000_000)
    return made


def _array(numpy: Any, columns: Columns, name: str, dtypes: Mapping[str, str]) -> Any:
    """A column with the vendor's type; a level on its own comes out of its list."""
    level = _LEVEL.fullmatch(name)
    if level is not None:
        dtype = "<f8" if level[1].endswith("Price") else "<i8"
        return numpy.array([levels[int(level[2]) - 1] for levels in columns.get(level[1], ())], dtype=dtype)
    values = columns.get(name, ())
    if dtypes[name] != "O":
        return numpy.array(values, dtype=dtypes[name])
    array = numpy.empty(len(values), dtype=object)
    for number, levels in enumerate(values):  # assigned one by one: numpy would take the lists apart
        array[number] = levels
    return array


def records(columns: Columns, wanted: Sequence[str]) -> Any:
    """Ticks of one security as a structured array, in order of time."""
    numpy = library("numpy")
    names = fields_of(wanted, TICK_DTYPES)
    arrays = {name: _array(numpy, columns, name, TICK_DTYPES) for name in names}
    made = numpy.empty(len(columns.get("time", ())), dtype=[(name, arrays[name].dtype) for name in names])
    for name in names:
        made[name] = arrays[name]
    return made


def frames_by_field(found: Mapping[str, Columns], wanted: Sequence[str], period: str, *, fill: bool) -> dict[str, Any]:
    """Bars of many securities: for each field a frame with a row a security and a column a time."""
    pandas = library("pandas")
    names, made = tables(found, wanted, period, fill=fill)
    return {name: pandas.DataFrame(table, index=list(found), columns=names) for name, table in made.items()}


def tables(
    found: Mapping[str, Columns], wanted: Sequence[str], period: str, *, fill: bool
) -> tuple[list[str], dict[str, Any]]:
    """The same as arrays: the names of the times, and for each field a row a security and a column a time."""
    numpy = library("numpy")
    # A code that is not listed, or of which no rows were asked for, has no columns at all.
    known = {code: columns for code, columns in found.items() if columns.get("time")}
    times = sorted({time_ms for columns in known.values() for time_ms in columns["time"]})
    place = {time_ms: number for number, time_ms in enumerate(times)}
    whole = all(len(columns["time"]) == len(times) for columns in known.values())
    result = {}
    for name in fields_of(wanted, BAR_DTYPES):
        values = numpy.full((len(found), len(times)), numpy.nan)
        for row, code in enumerate(found):
            columns = known.get(code)
            if columns is None:
                continue
            values[row, [place[time_ms] for time_ms in columns["time"]]] = columns[name]
            if fill and not whole:
                values[row] = _filled(values[row], name, times, columns, place)
        result[name] = values if numpy.isnan(values).any() else values.astype(BAR_DTYPES[name])
    return names_of(times, period), result


def _filled(values: Any, name: str, times: Sequence[int], columns: Columns, place: Mapping[int, int]) -> Any:
    """A row with its gaps filled from the bar before: prices with its close, volume and amount with nothing."""
    own = {place[time_ms]: number for number, time_ms in enumerate(columns["time"])}
    before: int | None = None
    for number in range(len(times)):
        before = own.get(number, before)
        if number not in own and before is not None:
            values[number] = _gap(name, times[number], columns, before)
    return values


def _gap(name: str, time_ms: int, columns: Columns, before: int) -> float:
    if name == "time":
        return time_ms
    if name in FILLED_WITH_ZERO:
        return 0.0
    source = "close" if name in FILLED_WITH_CLOSE else name
    return float(columns[source][before])
