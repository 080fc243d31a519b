"""Station 4 for what the core does not know: requests for market data that data files can answer.

Comes in: a request of a connection of market data, and ``now_ms``. Goes out: its answer in the fields of the message table,
or None when the files have nothing of the code and the core must say what it knows. ``History`` sees to it that nothing is
given before it was complete; the bar that is growing is the core's, which saw its quotes, and not the file's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from matching import calendar, units
from matching.codes import Board, board_of, parse_code
from miniqmt_sim.market.adjusting import DIVIDEND_TYPES, Adjusting, ExDay
from miniqmt_sim.market.bars import DAY, MINUTES, PERIODS, TICK, Candle, days_joined, minutes_joined
from miniqmt_sim.market.quote import Levels
from miniqmt_sim.server.feeds.dividends import Dividend
from miniqmt_sim.server.feeds.history import BAR_PERIODS, FAR_MS, History
from miniqmt_sim.server.feeds.rows import Bar, Tick
from miniqmt_sim.sessions.market_data import PART, adjusting_of
from miniqmt_sim.sessions.ticks import bar_columns, columns_of, divid_row, tick_fields
from miniqmt_sim.simulator import Simulator
from miniqmt_sim.wire.messages import JsonObject, Request

DAYS_IN: Final = {"1w": 7, "1mon": 31, "1q": 92, "1hy": 184, "1y": 366}
"""Trading days that one longer bar holds at most."""


class Archive:
    """What the data files of a server answer; its simulator tells the rest: the trading hours, and the bars that grow."""

    def __init__(self, history: History) -> None:
        self._history = history

    def go_on_with(self, history: History) -> None:
        """Answer from files that were opened anew, and let go of those before."""
        self._history.close()
        self._history = history

    def close(self) -> None:
        """Let go of the files."""
        self._history.close()

    def answer(self, request: Request, now_ms: int, simulator: Simulator) -> JsonObject | None:
        """Answer a request as of now; None when it is not for the files."""
        code = request.fields.get("stock_code", "")
        if request.name not in ("data_history", "data_divid_factors") or self._history.finest(code) is None:
            return None
        if request.name == "data_divid_factors":
            return {"rows": [divid_row(ex) for ex in self._ex_days(code, now_ms)], "more": False}
        if request.fields["period"] not in PERIODS or request.fields["dividend_type"] not in DIVIDEND_TYPES:
            return None
        if request.fields["period"] == TICK:
            return self._ticks(request.fields, now_ms)
        return self._bars(request.fields, now_ms, simulator)

    # ---- ticks and bars ------------------------------------------------------------------------------------------------

    def _ticks(self, fields: JsonObject, now_ms: int) -> JsonObject:
        code = fields["stock_code"]
        start_ms, end_ms, wanted = _range(fields)
        found = self._history.ticks(code, start_ms, end_ms, wanted + 1, now_ms)
        rows = [_tick_row(code, row) for row in found[-wanted:]] if wanted else []
        return {**columns_of(rows), "more": len(found) > wanted}

    def _bars(self, fields: JsonObject, now_ms: int, simulator: Simulator) -> JsonObject:
        code, period = fields["stock_code"], fields["period"]
        start_ms, end_ms, wanted = _range(fields)
        candles = self._complete(code, period, (start_ms, end_ms), wanted + 1, now_ms, simulator)
        growing = simulator.growing_bar(code, period)
        newest_ms = max(start_ms, candles[-1].time_ms + 1 if candles else 0)
        if growing is not None and newest_ms <= growing.time_ms <= end_ms:
            candles.append(growing)
        found = candles[-wanted:] if wanted else []
        columns = bar_columns(found, _board(code), self._adjusting(code, fields["dividend_type"], now_ms))
        return {**columns, "more": len(candles) > wanted}

    def _complete(
        self, code: str, period: str, between: tuple[int, int], count: int, now_ms: int, simulator: Simulator
    ) -> list[Candle]:
        """Bars that are complete, the newest ``count`` or a few more; longer ones are made of shorter ones."""
        start_ms, end_ms = between
        if period in BAR_PERIODS:
            return [_candle(bar) for bar in self._history.bars(code, period, start_ms, end_ms, count, now_ms)]
        if period in MINUTES:
            shorter = self._history.bars(code, "5m", 0, FAR_MS, count * MINUTES[period] // 5 + MINUTES[period], now_ms)
            joined = minutes_joined(
                map(_candle, shorter), MINUTES[period], lambda day: simulator.hours(_board(code), day)
            )
            known_ms = now_ms
        else:
            days = self._history.bars(code, DAY, 0, FAR_MS, (count + 1) * DAYS_IN[period], now_ms)
            joined = days_joined(map(_candle, days), period)
            known_ms = FAR_MS
        return [candle for candle in joined if start_ms <= candle.time_ms <= min(end_ms, known_ms)]

    # ---- ex-days -------------------------------------------------------------------------------------------------------

    def _adjusting(self, code: str, dividend_type: str, now_ms: int) -> Adjusting | None:
        return adjusting_of(dividend_type, self._ex_days(code, now_ms))

    def _ex_days(self, code: str, now_ms: int) -> list[ExDay]:
        return [self._ex_day(dividend, now_ms) for dividend in self._history.dividends(code, now_ms)]

    def _ex_day(self, dividend: Dividend, now_ms: int) -> ExDay:
        ex = ExDay(
            dividend.ex_day, dividend.interest, dividend.stock_bonus, dividend.stock_gift, dividend.allot_num,
            dividend.allot_price, dividend.dr,
        )  # fmt: skip
        before = self._history.bars(dividend.stock_code, DAY, 0, dividend.time_ms - 1, 1, now_ms)
        if ex.dr or not before:
            return ex
        close = units.yuan(before[-1].close_li)
        return ex._replace(dr=close * ex.shares / (close - ex.cash) if close > ex.cash else 0.0)


def _range(fields: JsonObject) -> tuple[int, int, int]:
    """From when to when, and how many rows at most."""
    count = fields["count"]
    return fields["start_ms"], fields["end_ms"] or FAR_MS, PART if count < 0 else min(count, PART)


def _board(code: str) -> Board:
    parsed = parse_code(code)
    board = board_of(parsed) if parsed is not None else None
    assert board is not None, f"the files would not have been opened with {code}"
    return board


def _candle(bar: Bar) -> Candle:
    return Candle(
        bar.time_ms, bar.open_li, bar.high_li, bar.low_li, bar.close_li, bar.volume, bar.amount_li, bar.pre_close_li,
        bar.suspended,
    )  # fmt: skip


def _tick_row(code: str, row: Tick) -> JsonObject:
    """A recorded snapshot in the fields of a tick."""
    day = Candle(
        calendar.midnight_ms(calendar.day_of(row.time_ms)), row.open_li, row.high_li, row.low_li, row.last_li, row.volume,
        row.amount_li, row.last_close_li,
    )  # fmt: skip
    bids, asks = _levels(row.bids, row.bid_volumes), _levels(row.asks, row.ask_volumes)
    return {**tick_fields(_board(code), row.time_ms, day, bids, asks, row.stock_status), "transactionNum": row.transactions}


def _levels(prices_li: Sequence[int], volumes: Sequence[int]) -> Levels:
    return tuple((price_li, volume) for price_li, volume in zip(prices_li, volumes, strict=True) if price_li)
