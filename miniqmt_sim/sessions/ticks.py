"""Station 8, for market data: the core's integers as the fields of xtdata: ticks, bars, what is listed.

Prices and amounts in yuan, volumes in 手 (100 shares, 10 convertible bonds), times in epoch milliseconds. What a three-second
quote does not say is 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from typing import Any, Final, TypeVar

from matching import calendar, units
from matching.codes import Board
from matching.instrument import SUSPENDED, Security
from matching.phases import Phase
from miniqmt_sim.market.adjusting import Adjusting, ExDay
from miniqmt_sim.market.bars import Candle
from miniqmt_sim.market.quote import Levels
from miniqmt_sim.market.recorded import Flat
from miniqmt_sim.wire.messages import TICK, JsonObject
from miniqmt_sim.world import World

Number = TypeVar("Number", int, float)

LEVELS: Final = 5
LOT: Final = {board: 10 if board in (Board.SH_BOND, Board.SZ_BOND) else 100 for board in Board}
"""What one 手 is. Source: exchange-rules §4, lots."""
CLOSED_STATUS: Final = 5
SUSPENDED_STATUS: Final = 10
STATUS: Final = {
    Phase.CLOSED: CLOSED_STATUS,
    Phase.OPEN_CALL: 2,
    Phase.OPEN_CALL_LOCKED: 2,
    Phase.BREAK: 4,
    Phase.BREAK_QUEUED: 4,
    Phase.CONTINUOUS: 3,
    Phase.HALT: 7,
    Phase.LUNCH: 4,
    Phase.CLOSE_CALL: 8,
    Phase.AFTER_HOURS_ENTRY: 12,
    Phase.AFTER_HOURS: 12,
}
"""``stockStatus``. Source: qmt-enums, market state; which number belongs to a break is not observed."""
BEFORE_OPEN: Final = 1


def lots(volume: int, board: Board) -> int:
    """A volume in 手, half up."""
    return units.half_up(volume, LOT[board])


# ---- ticks -------------------------------------------------------------------------------------------------------------


def day_so_far(world: World, security: Security, now_ms: int) -> Candle:
    """The day's bar: of a walked security what the walk traded and what accounts did, else what quotes and accounts did."""
    figures, market = security.figures, world.market
    own = Candle(
        calendar.midnight_ms(world.exchange.day), figures.open_li, figures.high_li, figures.low_li, security.last_li,
        figures.volume, figures.amount_li, security.pre_close_li,
    )  # fmt: skip
    walk = market.walk(security)
    walked = market.past.day(walk, world.exchange.day, now_ms, security.pre_close_li) if walk is not None else None
    if walked is None:
        return own
    joined = walked.joined(own) if own.volume else walked
    high_li, low_li = max(joined.high_li, security.last_li), min(joined.low_li, security.last_li)
    return joined._replace(close_li=security.last_li, high_li=high_li, low_li=low_li)


def status_of(world: World, security: Security, now_ms: int) -> int:
    """``stockStatus`` at this moment."""
    if SUSPENDED in security.tags:
        return SUSPENDED_STATUS
    phase = world.exchange.phase(security, now_ms)
    if phase is Phase.CLOSED and now_ms < world.market.past.hours(security.board, world.exchange.day).spans[0][0]:
        return BEFORE_OPEN
    return STATUS[phase]


def tick_row(world: World, security: Security, now_ms: int) -> JsonObject:
    """A tick with its code: the quote that holds now, and the day so far."""
    return {"stock_code": security.code, **tick_of(world, security, now_ms)}


def tick_of(world: World, security: Security, now_ms: int) -> JsonObject:
    """A tick: the quote that holds now, and the day so far."""
    bids, asks = world.market.shown(security, now_ms)
    time_ms = world.market.quote_ms(security, now_ms)
    day, status = day_so_far(world, security, now_ms), status_of(world, security, now_ms)
    return tick_fields(security.board, time_ms, day, bids, asks, status)


def recorded_tick(tick: Flat, last_close: float, lot: int, status: int, is_index: bool = False) -> JsonObject | None:
    """The same of a recorded snapshot that was just played; None for one whose levels are not whole, or before a trade.

    ``last_close`` in yuan, ``lot`` what one 手 is: thousands of them are told a second. An index has no levels, and may stand
    somewhere before anything traded.
    """
    (
        time_ms, last_li, open_li, high_li, low_li, _, amount_li, volume, _, _,
        ask1, ask2, ask3, ask4, ask5, bid1, bid2, bid3, bid4, bid5,
        ask_volume1, ask_volume2, ask_volume3, ask_volume4, ask_volume5,
        bid_volume1, bid_volume2, bid_volume3, bid_volume4, bid_volume5,
    ) = tick  # fmt: skip
    if not (open_li and (is_index or (volume and ask5 and bid5 and ask_volume5 and bid_volume5 and bid1 < ask1))):
        return None
    yuan, half = units.LI_PER_YUAN, lot // 2
    fields = _TICK.copy()
    fields["time"] = time_ms
    fields["lastPrice"] = last_li / yuan
    fields["open"] = open_li / yuan
    fields["high"] = (high_li or last_li) / yuan
    fields["low"] = (low_li or last_li) / yuan
    fields["lastClose"] = fields["lastSettlementPrice"] = last_close
    fields["amount"] = amount_li / yuan
    fields["volume"] = (volume + half) // lot
    fields["pvolume"] = volume
    fields["stockStatus"] = status
    fields["openInt"] = 10 + status
    fields["askPrice"] = [ask1 / yuan, ask2 / yuan, ask3 / yuan, ask4 / yuan, ask5 / yuan]
    fields["bidPrice"] = [bid1 / yuan, bid2 / yuan, bid3 / yuan, bid4 / yuan, bid5 / yuan]
    fields["askVol"] = [
        (ask_volume1 + half) // lot, (ask_volume2 + half) // lot, (ask_volume3 + half) // lot,
        (ask_volume4 + half) // lot, (ask_volume5 + half) // lot,
    ]  # fmt: skip
    fields["bidVol"] = [
        (bid_volume1 + half) // lot, (bid_volume2 + half) // lot, (bid_volume3 + half) // lot,
        (bid_volume4 + half) // lot, (bid_volume5 + half) // lot,
    ]  # fmt: skip
    return fields


def tick_fields(board: Board, time_ms: int, day: Candle, bids: Levels, asks: Levels, status: int) -> JsonObject:
    """A tick's fields in the order in which the vendor gives them; ``day`` is the day so far, its close the last price."""
    last_close = units.yuan(day.pre_close_li)
    return {
        "time": time_ms,
        "lastPrice": units.yuan(day.close_li),
        "open": units.yuan(day.open_li),
        "high": units.yuan(day.high_li),
        "low": units.yuan(day.low_li),
        "lastClose": last_close,
        "amount": units.yuan(day.amount_li),
        "volume": lots(day.volume, board),
        "pvolume": day.volume,
        "stockStatus": status,
        "openInt": 10 + status,
        "transactionNum": 0,
        "lastSettlementPrice": last_close,
        "settlementPrice": 0.0,
        "pe": 0.0,
        "askPrice": _filled([units.yuan(price_li) for price_li, _ in asks[:LEVELS]], 0.0),
        "bidPrice": _filled([units.yuan(price_li) for price_li, _ in bids[:LEVELS]], 0.0),
        "askVol": _filled([lots(volume, board) for _, volume in asks[:LEVELS]], 0),
        "bidVol": _filled([lots(volume, board) for _, volume in bids[:LEVELS]], 0),
        "volRatio": 0.0,
        "speed1Min": 0.0,
        "speed5Min": 0.0,
    }


def _filled(values: list[Number], nothing: Number) -> list[Number]:
    """Five values, nothing where there is no level."""
    return values + [nothing] * (LEVELS - len(values))


_TICK: Final = tick_fields(Board.SH_MAIN, 0, Candle(0, 0, 0, 0, 0, 0, 0, 0), (), (), 0)
"""A tick's fields in their order: copying them and saying the others costs less than naming each."""


# ---- bars --------------------------------------------------------------------------------------------------------------


def bar_fields(candle: Candle, board: Board) -> JsonObject:
    """A bar."""
    return {name: column[0] for name, column in bar_columns([candle], board).items()}


def recorded_bar(row: Flat, lot: int) -> JsonObject:
    """The same of a recorded bar that is complete, ``lot`` what one 手 is: thousands of them are told a second."""
    time_ms, open_li, high_li, low_li, close_li, volume, amount_li, pre_close_li, suspended = row
    yuan = units.LI_PER_YUAN
    return {
        "time": time_ms,
        "open": open_li / yuan,
        "high": high_li / yuan,
        "low": low_li / yuan,
        "close": close_li / yuan,
        "volume": (volume + lot // 2) // lot,
        "amount": amount_li / yuan,
        "settelementPrice": 0.0,
        "openInterest": 0,
        "preClose": pre_close_li / yuan,
        "suspendFlag": suspended,
    }


def bar_columns(candles: Sequence[Candle], board: Board, adjusting: Adjusting | None = None) -> dict[str, list[Any]]:
    """Bars as columns, adjusted where somebody asked for it."""
    facts: Iterable[Sequence[int]] = zip(*candles, strict=True) if candles else repeat((), len(Candle._fields))
    times, opens, highs, lows, closes, volumes, amounts, pre_closes, suspended = facts
    lines = [adjusting.line(calendar.day_of(time_ms)) for time_ms in times] if adjusting else None

    def prices(of_li: Sequence[int]) -> list[float]:
        plain = [li / units.LI_PER_YUAN for li in of_li]
        return plain if lines is None else [line.at(price) for line, price in zip(lines, plain, strict=True)]

    return {
        "time": list(times),
        "open": prices(opens),
        "high": prices(highs),
        "low": prices(lows),
        "close": prices(closes),
        "volume": [lots(volume, board) for volume in volumes],
        "amount": [units.yuan(amount_li) for amount_li in amounts],
        "settelementPrice": [0.0] * len(candles),
        "openInterest": [0] * len(candles),
        "preClose": prices(pre_closes),
        "suspendFlag": list(suspended),
    }


def columns_of(rows: Sequence[JsonObject]) -> dict[str, list[Any]]:
    """Rows of one code as columns."""
    names = [field.name for field in TICK if field.name != "stock_code"]
    return {name: [row[name] for row in rows] for name in names}


# ---- what is listed ----------------------------------------------------------------------------------------------------


def instrument_row(world: World, security: Security) -> JsonObject:
    """What is listed, as far as the simulator knows."""
    exchange = world.exchange
    rules, band = exchange.board_rules(security), exchange.band(security)
    suspended = SUSPENDED in security.tags
    return {
        "stock_code": security.code,
        "InstrumentName": security.name,
        "board": str(security.board),
        "OpenDate": security.listed,
        "TradingDay": exchange.day,
        "PreClose": units.yuan(security.pre_close_li),
        "UpStopPrice": units.yuan(band.high_li or 0),
        "DownStopPrice": units.yuan(band.low_li or 0),
        "PriceTick": units.yuan(rules.tick.tick_li),
        "InstrumentStatus": int(suspended),
        "FloatVolume": security.float_shares,
        "TotalVolume": security.total_shares,
        "IsTrading": exchange.has_begun(security) and not suspended and not security.is_index,
        "MinLimitOrderVolume": rules.lot.buy_min,
        "MaxLimitOrderVolume": rules.lot.max_limit_volume,
        "MinLimitSellOrderVolume": rules.lot.sell_min,
        "MaxMarketOrderVolume": rules.lot.max_market_volume,
    }


def ex_days(world: World, stock_code: str, closes: Mapping[int, tuple[int, int]]) -> list[ExDay]:
    """The ex-days of a security up to the present day, oldest first; ``closes``: close before and reference by ex-day."""
    found = []
    for action in world.corporate.actions():
        if action.stock_code == stock_code and action.ex_day <= world.exchange.day:
            close_li, reference_li = closes.get(action.ex_day, (0, 0))
            found.append(
                ExDay(
                    action.ex_day, action.cash_micro / units.PPM, action.bonus_ppm / units.PPM,
                    action.transfer_ppm / units.PPM, action.rights_ppm / units.PPM, units.yuan(action.rights_price_li),
                    units.ratio(close_li, reference_li),
                )
            )  # fmt: skip
    return found


def divid_row(ex: ExDay) -> JsonObject:
    """What was paid on an ex-day."""
    return {
        "time": calendar.midnight_ms(ex.day),
        "interest": ex.interest,
        "stockBonus": ex.stock_bonus,
        "stockGift": ex.stock_gift,
        "allotNum": ex.allot_num,
        "allotPrice": ex.allot_price,
        "gugai": 0.0,
        "dr": ex.dr,
    }
