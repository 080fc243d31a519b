"""What ``xtdata`` and the vendor's native module both ask of market data, over a connection that is handed in.

Arguments come as a strategy gives them, answers go out as plain values; what becomes of them is the callers' business.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any, Final

from miniqmt_sim.errors import CommandRefused, ConnectError
from miniqmt_sim.wire.messages import JsonObject, Rows
from miniqmt_sim.xtquant._arguments import codes, integer, text
from miniqmt_sim.xtquant._frames import moment_ms, text_of
from miniqmt_sim.xtquant._quotes import Quotes, without_code

PERIODS: Final = {
    "tick": "分笔", "1m": "1分钟线", "5m": "5分钟线", "15m": "15分钟线", "30m": "30分钟线", "1h": "1小时线", "1d": "日线",
    "1w": "周线", "1mon": "月线", "1q": "季度线", "1hy": "半年线", "1y": "年线",
}  # fmt: skip
MARKETS: Final = {"SH": "上交所", "SZ": "深交所"}
DIVIDEND_TYPES: Final = ("none", "front", "back", "front_ratio", "back_ratio")

_log = logging.getLogger("miniqmt_sim.xtquant")
_warned: Final[set[str]] = set()
"""Sectors that were asked for and are none."""

OnData = Callable[[Any], object]
Columns = dict[str, list[Any]]


def period_of(period: Any) -> str:
    """The period in its usual spelling. Raises NotImplementedError for one that is not simulated."""
    name = "1h" if period == "60m" else period
    if name not in PERIODS:
        raise NotImplementedError(f"period {period!r} is not simulated; there are {', '.join(PERIODS)}")
    return str(name)


def history(
    quotes: Quotes, stock_code: str, period: str, start_time: Any, end_time: Any, count: int, dividend_type: str | None
) -> Columns:
    """Bars or ticks of one code as columns. Raises ValueError for a time or a dividend type that is none, or TypeError."""
    stock_code, count = text(stock_code, "stock_code"), integer(count, "count")
    if (dividend_type or "none") not in DIVIDEND_TYPES:
        raise ValueError(f"there is no dividend type {dividend_type!r}; there are {', '.join(DIVIDEND_TYPES)}")
    start_ms, end_ms = moment_ms(start_time, is_end=False), moment_ms(end_time, is_end=True)
    return quotes.history(stock_code, period_of(period), start_ms, end_ms, count, dividend_type or "none")


def histories(
    quotes: Quotes, stock_list: Sequence[str], period: str, start_time: Any, end_time: Any, count: int, dividend_type: str
) -> dict[str, Columns]:
    """The same of many codes."""
    names = codes(stock_list, "stock_list")
    return {code: history(quotes, code, period, start_time, end_time, count, dividend_type) for code in names}


# -- subscriptions ---------------------------------------------------------------------------------------------------------


def subscribe(
    quotes: Quotes,
    stock_code: str,
    period: str,
    start_time: Any,
    end_time: Any,
    count: int,
    dividend_type: str | None,
    callback: OnData | None,
) -> int:
    """Have {code: [tick or bar, …]} delivered, the asked-for past first: the subscription's number, or -1."""
    period, stock_code, count = period_of(period), text(stock_code, "stock_code"), integer(count, "count")
    if callback is None or not count:
        return _subscribe(quotes, period, [stock_code], callback, in_lists=True)

    def first() -> Rows:
        columns = history(quotes, stock_code, period, start_time, end_time, count, dividend_type)
        return [(stock_code, dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True)]

    return _subscribe(quotes, period, [stock_code], callback, first, in_lists=True)


def subscribe_whole(quotes: Quotes, code_list: Sequence[str], callback: OnData | None) -> int:
    """Have {code: tick} of codes or markets delivered, the present first: the subscription's number, or -1."""
    names = codes(code_list, "code_list")
    return _subscribe(quotes, "tick", names, callback, lambda: list(_ticks_by_code(quotes, names).items()))


def _subscribe(
    quotes: Quotes,
    period: str,
    names: list[str],
    callback: OnData | None,
    first: Callable[[], Rows] | None = None,
    *,
    in_lists: bool = False,
) -> int:
    try:
        return quotes.subscribe(period, names, callback, in_lists=in_lists, first=first)
    except (CommandRefused, ConnectError) as error:
        _log.warning("subscribe failed: %s", error)
        return -1


def full_ticks(quotes: Quotes, code_list: Sequence[str]) -> dict[str, JsonObject]:
    """{code: tick} of codes or markets as they are now, with the time in both of the vendor's spellings."""
    found = _ticks_by_code(quotes, codes(code_list, "code_list"))
    return {code: {"timetag": _timetag(tick["time"]), **tick} for code, tick in found.items()}


def _ticks_by_code(quotes: Quotes, code_list: list[str]) -> dict[str, JsonObject]:
    return {row["stock_code"]: without_code(row) for row in quotes.rows("data_full_tick", code_list)}


def _timetag(time_ms: int) -> str:
    """As in 20231026 10:32:56.950; whole seconds go without the point."""
    text = text_of(time_ms, "%Y%m%d %H:%M:%S")
    return f"{text}.{time_ms % 1000:03d}" if time_ms % 1000 else text


# -- what is listed --------------------------------------------------------------------------------------------------------


def instrument(quotes: Quotes, stock_code: str) -> JsonObject | None:
    """The row of a security; None when it is not listed."""
    rows = quotes.rows("data_instruments", [text(stock_code, "stock_code")])
    return rows[0] if rows else None


def instruments(quotes: Quotes, stock_list: Sequence[str]) -> dict[str, JsonObject | None]:
    """The rows of many, by code."""
    names = codes(stock_list, "stock_list")
    found = {row["stock_code"]: row for row in quotes.rows("data_instruments", names)}
    return {code: found.get(code) for code in names}


def sector(quotes: Quotes, sector_name: str) -> list[str]:
    """The codes of a sector, those of today; one that nobody named has none, and a warning says so once."""
    name = text(sector_name, "sector_name")
    found = list(quotes.ask("data_sector", sector=name)["codes"])
    if not found and name not in _warned and name not in MARKETS and name not in quotes.ask("data_sectors")["sectors"]:
        _warned.add(name)
        _log.warning("there is no sector %.64r: get_sector_list says which there are, a file sectors.csv adds others", name)
    return found


# -- days ------------------------------------------------------------------------------------------------------------------


def ex_days(quotes: Quotes, stock_code: str, start_time: Any, end_time: Any) -> dict[str, JsonObject]:
    """Ex-days up to the present one, by yyyymmdd."""
    start_ms, end_ms = moment_ms(start_time, is_end=False), moment_ms(end_time, is_end=True)
    rows = quotes.ask("data_divid_factors", stock_code=text(stock_code, "stock_code"))["rows"]
    rows = [row for row in rows if start_ms <= row["time"] and (not end_ms or row["time"] <= end_ms)]
    return {text_of(row["time"], "%Y%m%d"): row for row in rows}


def trading_days(quotes: Quotes, start_time: Any, end_time: Any) -> tuple[list[int], int]:
    """Trading days as yyyymmdd, those to come included, and the present one, which is the end where none is given."""
    answer = quotes.ask("data_trading_days", first=_day(start_time), last=_day(end_time))
    return answer["days"], answer["day"]


def trading_dates(quotes: Quotes, market: str, start_time: Any, end_time: Any, count: int) -> list[int]:
    """Trading days up to the present one as epoch ms of their midnights, the last ``count``; none of a market there is not."""
    count = integer(count, "count")
    if market not in MARKETS:
        return []
    days, today = trading_days(quotes, start_time, end_time)
    known = [day for day in days if day <= today]
    kept = known if count < 0 else known[len(known) - min(count, len(known)) :]
    return [moment_ms(str(day), is_end=False) for day in kept]


def last_trading_date(quotes: Quotes, market: str) -> int:
    """The present trading day as epoch ms of its midnight; 0 of a market there is not."""
    return next(iter(trading_dates(quotes, market, "", "", 1)), 0)


def _day(value: Any) -> int:
    """A time a program gives as its day, 0 for none."""
    time_ms = moment_ms(value, is_end=False)
    return int(text_of(time_ms, "%Y%m%d")) if time_ms else 0
