"""Station 4, for connections of market data: what is known of the market, up to now and no further. The table is at the end.

Here is what the core knows: the quotes that hold, what is listed, the calendar, the past of the synthetic walk, and what was
kept of codes somebody subscribes to. What data files know is answered before it comes here, by ``server/feeds/archive``.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import Any, Final

from matching import calendar
from matching.codes import Board, Venue
from matching.instrument import Security
from miniqmt_sim.market.adjusting import DIVIDEND_TYPES, KINDS, Adjusting, ExDay
from miniqmt_sim.market.bars import DAY, MINUTES, PERIODS, TICK, Candle, days_joined, minutes_joined
from miniqmt_sim.market.synthetic import STEP_MS
from miniqmt_sim.market.walk import MINUTES_BACK, Past, Walk
from miniqmt_sim.sessions.context import Answer, Context
from miniqmt_sim.sessions.ticks import (
    bar_columns,
    columns_of,
    divid_row,
    ex_days,
    instrument_row,
    status_of,
    tick_fields,
    tick_row,
)
from miniqmt_sim.sessions.watch import MARKETS, WATCHED_PERIODS
from miniqmt_sim.wire.messages import JsonObject
from miniqmt_sim.world import World

PART: Final = 5000
"""Bars or ticks in one answer: a tick is some 300 bytes, so an answer stays under half of what a frame may hold."""
MAX_CALENDAR_DAYS: Final = 36_600
"""Days a calendar is asked for at once: a hundred years."""


def on_full_tick(context: Context, fields: JsonObject) -> Answer:
    """The quotes that hold now."""
    return [tick_row(context.world, security, context.now_ms) for security in _securities(context.world, fields["codes"])]


def on_instruments(context: Context, fields: JsonObject) -> Answer:
    """What is listed."""
    return [instrument_row(context.world, security) for security in _securities(context.world, fields["codes"])]


def _securities(world: World, names: Iterable[str]) -> list[Security]:
    """The securities of codes and markets, each once, in the order asked; what is not listed is left out."""
    listed = world.exchange.securities
    found: dict[str, Security] = {}
    for name in names:
        if name in MARKETS:
            found |= {each.code: each for each in _shown(world) if each.venue.name == name}
        elif name in listed:
            found[name] = listed[name]
    return list(found.values())


def _shown(world: World) -> Iterator[Security]:
    """What a market or a sector is made of; with a recording only its codes, for of others no price is known."""
    recorded = None if world.source is None else frozenset(world.source.codes)
    return (each for code, each in world.exchange.securities.items() if recorded is None or code in recorded)


# ---- sectors and the calendar ------------------------------------------------------------------------------------------


def on_sectors(context: Context, fields: JsonObject) -> Answer:
    """The sectors there are: the terminal's, and those that a file names."""
    return {"sectors": list(dict.fromkeys((*SECTORS, *context.world.sectors.names())))}


def on_sector(context: Context, fields: JsonObject) -> Answer:
    """The codes of a sector, those that are listed today."""
    world, name = context.world, fields["sector"]
    members = world.sectors.codes(name, world.exchange.day)
    belongs = (SECTORS | MARKET_SECTORS).get(name, _among(members))
    return {"codes": sorted(each.code for each in _shown(world) if belongs(each) and world.exchange.has_begun(each))}


def on_trading_days(context: Context, fields: JsonObject) -> Answer:
    """The trading days of a range."""
    exchange, holidays = context.world.exchange, context.world.config.holidays
    known = (min(holidays) if holidays else exchange.day) // 10000 * 10000 + 101
    first, last = max(_day(fields["first"]) or known, known), _day(fields["last"]) or exchange.day
    days = []
    start = calendar.midnight_ms(first)
    for number in range(min(MAX_CALENDAR_DAYS, (calendar.midnight_ms(last) - start) // calendar.MS_PER_DAY + 1)):
        day = calendar.day_of(start + number * calendar.MS_PER_DAY)
        if exchange.calendar.is_trading_day(day):
            days.append(day)
    return {"days": days, "day": exchange.day}


def _day(number: int) -> int:
    """A yyyymmdd that exists, 0 for one that does not."""
    try:
        calendar.date_of(number)
    except ValueError:
        return 0
    return number


def on_holidays(context: Context, fields: JsonObject) -> Answer:
    """Closed weekdays."""
    return {"days": list(context.world.config.holidays)}


# ---- the past ----------------------------------------------------------------------------------------------------------


def on_divid_factors(context: Context, fields: JsonObject) -> Answer:
    """What was paid per share on ex-days that have come."""
    return [divid_row(ex) for ex in _ex_days(context.world, fields["stock_code"])]


def _ex_days(world: World, stock_code: str) -> list[ExDay]:
    return ex_days(world, stock_code, world.market.ex_prices.get(stock_code, {}))


def on_history(context: Context, fields: JsonObject) -> Answer:
    """Bars or ticks up to now."""
    world, period = context.world, fields["period"]
    security = world.exchange.securities.get(fields["stock_code"])
    if period not in PERIODS or fields["dividend_type"] not in DIVIDEND_TYPES:
        return {"error": f"不支持的周期或除权方式: {period} {fields['dividend_type']}"}
    if security is None:
        return {"time": [], "more": False}
    walk = world.market.walk(security)
    if period == TICK:
        rows = context.watch.kept_ticks(security.code) if walk is None else _walked_ticks(world, security, walk, context.now_ms)
        found, more = part(rows, fields, lambda row: row["time"])
        return {**columns_of(found), "more": more}
    candles = _kept(context, security, period) if walk is None else _walked(context, security, walk, fields)
    found, more = part(candles, fields, lambda candle: candle.time_ms)
    adjusting = adjusting_of(fields["dividend_type"], _ex_days(world, security.code) if walk is None else [])
    return {**bar_columns(found, security.board, adjusting), "more": more}


def part(rows: Iterable[Any], fields: JsonObject, time_of: Callable[[Any], int]) -> tuple[list[Any], bool]:
    """The newest rows of those asked for, as many as an answer holds, and whether there are older ones."""
    end_ms, count = fields["end_ms"], fields["count"]
    found = [row for row in rows if fields["start_ms"] <= time_of(row) and (not end_ms or time_of(row) <= end_ms)]
    kept = min(len(found), PART, count if count >= 0 else PART)
    return found[len(found) - kept :], kept < len(found)


def adjusting_of(dividend_type: str, days: list[ExDay]) -> Adjusting | None:
    """The lines of a dividend type; None where nothing is adjusted."""
    return Adjusting(dividend_type, days) if dividend_type in KINDS and days else None


def _kept(context: Context, security: Security, period: str) -> list[Candle]:
    """Bars of a quoted code that were done while somebody watched, and the one that grows."""
    growing = context.watch.growing(security.code, period)
    return [*context.watch.kept_bars(security.code, period), *([growing] if growing else [])]


# ---- the past of the walk ----------------------------------------------------------------------------------------------


def _walked(context: Context, security: Security, walk: Walk, fields: JsonObject) -> list[Candle]:
    """Bars of the walk: complete ones, and the growing one while somebody watches it."""
    period, is_watched = fields["period"], context.watch.is_watched(security.code, fields["period"])
    within = _walked_minutes if period in MINUTES else _walked_days
    candles = within(context.world, security, walk, fields, context.now_ms)
    complete_ms = _complete_ms(context.world, security, period, context.now_ms)
    return [candle for candle in candles if candle.time_ms <= complete_ms or is_watched]


def _complete_ms(world: World, security: Security, period: str, now_ms: int) -> int:
    """The name of the newest bar that is complete."""
    if period in MINUTES:
        return now_ms
    today_ms = calendar.midnight_ms(world.exchange.day)
    over = now_ms >= world.market.past.hours(security.board, world.exchange.day).spans[-1][1]
    return today_ms if over else today_ms - 1


def _walked_days(world: World, security: Security, walk: Walk, fields: JsonObject, now_ms: int) -> list[Candle]:
    past, period = world.market.past, fields["period"]
    days = [day for day in past.bar_days(security.board, world.exchange.day) if day >= security.listed]
    if period == DAY and fields["count"] >= 0 and not fields["end_ms"]:
        days = days[-(fields["count"] + 1) :]  # one more, which is growing and may not be shown
    candles = list(past.days(walk, days, now_ms))
    return candles if period == DAY else list(days_joined(candles, period))


def _walked_minutes(world: World, security: Security, walk: Walk, fields: JsonObject, now_ms: int) -> list[Candle]:
    past, length, count = world.market.past, MINUTES[fields["period"]], fields["count"]
    left = (count + 1) * length if count >= 0 and not fields["end_ms"] else MINUTES_BACK
    found: list[Candle] = []
    for day in reversed(past.minute_days(security.board, world.exchange.day)):
        if day >= security.listed and len(found) < left:
            found[:0] = past.minutes(walk, day, now_ms, left - len(found))
    if length == 1:
        return found
    return list(minutes_joined(found, length, lambda day: past.hours(security.board, day)))


def _walked_ticks(world: World, security: Security, walk: Walk, now_ms: int) -> list[JsonObject]:
    """The quotes of today, the newest that an answer holds."""
    past, day = Past(world.exchange.rules, world.exchange.calendar), world.exchange.day
    steps = [
        step
        for first_ms, end_ms in past.hours(security.board, day).spans
        for first, last in [walk.steps(first_ms, min(end_ms, now_ms + 1))]
        for step in range(first, last + 1)
    ]
    rows = []
    for step in steps[-PART:]:
        moment_ms = walk.start_ms + step * STEP_MS
        quote, so_far = world.market.walked_quote(security, step), past.day(walk, day, moment_ms, security.pre_close_li)
        assert so_far is not None
        status = status_of(world, security, moment_ms)
        rows.append(tick_fields(security.board, moment_ms, so_far, quote.bids, quote.asks, status))
    return rows


# ---- subscriptions -----------------------------------------------------------------------------------------------------


def on_data_subscribe(context: Context, fields: JsonObject) -> Answer:
    """Tell of changes from now on."""
    period, names = fields["period"], fields["codes"]
    if period not in WATCHED_PERIODS:
        return _result(f"不支持订阅的周期: {period}")
    if not _securities(context.world, names) and not any(name in MARKETS for name in names):
        return _result(f"无此证券代码: {' '.join(names[:3])}")
    return _result(context.watch.add(context.session.connection, period, names, context.now_ms))


def on_data_unsubscribe(context: Context, fields: JsonObject) -> Answer:
    """Tell of them no longer."""
    done = context.watch.remove(context.session.connection, fields["period"], fields["codes"])
    return _result("" if done else "行情未订阅")


def _result(error_msg: str) -> JsonObject:
    return {"result": -1 if error_msg else 0, "error_msg": error_msg}


# ---- tables ------------------------------------------------------------------------------------------------------------


def _of(*boards: Board) -> Callable[[Security], bool]:
    return lambda security: security.board in boards


def _among(codes: Container[str]) -> Callable[[Security], bool]:
    return lambda security: security.code in codes


def _at(venue: Venue) -> Callable[[Security], bool]:
    return lambda security: security.venue is venue


def _etf(*venues: Venue) -> Callable[[Security], bool]:
    """Exchange-traded funds, by their prefixes. Source: exchange-rules §1."""
    return lambda security: security.venue in venues and security.code.startswith(ETF_PREFIXES[security.venue])


ETF_PREFIXES: Final = {Venue.SH: ("51", "52", "53", "55", "56", "58"), Venue.SZ: ("159",), Venue.BJ: ("-",)}
SECTORS: Final[dict[str, Callable[[Security], bool]]] = {
    "沪深A股": _of(Board.SH_MAIN, Board.STAR, Board.SZ_MAIN, Board.CHINEXT),
    "沪深京A股": _of(Board.SH_MAIN, Board.STAR, Board.SZ_MAIN, Board.CHINEXT),
    "上证A股": _of(Board.SH_MAIN, Board.STAR),
    "深证A股": _of(Board.SZ_MAIN, Board.CHINEXT),
    "科创板": _of(Board.STAR),
    "创业板": _of(Board.CHINEXT),
    "沪深基金": _of(Board.SH_FUND, Board.SZ_FUND),
    "沪市基金": _of(Board.SH_FUND),
    "深市基金": _of(Board.SZ_FUND),
    "沪深ETF": _etf(Venue.SH, Venue.SZ),
    "沪市ETF": _etf(Venue.SH),
    "深市ETF": _etf(Venue.SZ),
    "沪深转债": _of(Board.SH_BOND, Board.SZ_BOND),
    "上证转债": _of(Board.SH_BOND),
    "深证转债": _of(Board.SZ_BOND),
    "沪深指数": _of(Board.SH_INDEX, Board.SZ_INDEX),
    "沪市指数": _of(Board.SH_INDEX),
    "深市指数": _of(Board.SZ_INDEX),
}
"""The terminal's sectors whose securities are simulated; of Beijing's exchange none is."""
MARKET_SECTORS: Final = {venue.name: _at(venue) for venue in Venue}
"""A market is a sector as well that no list of sectors names."""

DATA_HANDLERS: Final[Mapping[str, Callable[[Context, JsonObject], Answer]]] = {
    "data_full_tick": on_full_tick,
    "data_instruments": on_instruments,
    "data_sectors": on_sectors,
    "data_sector": on_sector,
    "data_trading_days": on_trading_days,
    "data_holidays": on_holidays,
    "data_divid_factors": on_divid_factors,
    "data_history": on_history,
    "data_subscribe": on_data_subscribe,
    "data_unsubscribe": on_data_unsubscribe,
}
