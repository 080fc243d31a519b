"""rqalpha over rows in memory: the data source, and the mod that puts it in, for ``backtest_peers``.

rqalpha reads daily bars of a bundle that it downloads. Here its mod interface (``set_data_source``, ``set_event_source``) gives
it minutes or snapshots instead; the bar at 09:30, which its own calendar of minutes leaves out, is among them, so that all
engines see the same rows. Its matching, accounts, risk checks and fees are its own, at their defaults.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta, timezone
from types import ModuleType
from typing import Any

import numpy
import pandas
import rqalpha
from rqalpha.const import TRADING_CALENDAR_TYPE
from rqalpha.interface import AbstractDataSource, AbstractMod, ExchangeRate
from rqalpha.mod.rqalpha_mod_sys_simulation.simulation_event_source import SimulationEventSource
from rqalpha.model.instrument import Instrument
from rqalpha.model.tick import TickObject

CHINA = timezone(timedelta(hours=8))
EXCHANGES = {"SH": "XSHG", "SZ": "XSHE"}
FIELDS = ("datetime", "open", "high", "low", "close", "volume", "total_turnover", "limit_up", "limit_down")
BAR = numpy.dtype([(name, "<i8" if name == "datetime" else "<f8") for name in FIELDS])
Rows = dict[str, list[tuple[Any, ...]]]


def rq_code(code: str) -> str:
    """600000.SH as rqalpha writes it."""
    return f"{code[:6]}.{EXCHANGES[code[7:]]}"


def moment_of(row: tuple[Any, ...]) -> datetime:
    """When a row is complete: a time of China without a zone, as rqalpha's are."""
    return datetime.fromtimestamp(row[0] / 1000, CHINA).replace(tzinfo=None)


class Source(AbstractDataSource):
    """What rqalpha asks about rows of bars or snapshots, and about nothing else."""

    def __init__(self, rows: Rows, kind: str) -> None:
        self._instruments = {code: _instrument(code) for code in map(rq_code, rows)}
        self._bars: dict[str, dict[datetime, Any]] = {}
        self._days: dict[str, Any] = {}
        self._ticks: dict[date, list[Any]] = {}
        days = set()
        for code, own in rows.items():
            moments = [moment_of(row) for row in own]
            days.update(moment.date() for moment in moments)
            close_at = 4 if kind == "bars" else 1
            self._days[rq_code(code)] = _day_bars(moments, own, close_at)
            if kind == "bars":
                made = numpy.array([_minute(moment, row) for moment, row in zip(moments, own, strict=True)], dtype=BAR)
                self._bars[rq_code(code)] = dict(zip(moments, made, strict=True))
            else:
                for moment, row in zip(moments, own, strict=True):
                    tick = TickObject(self._instruments[rq_code(code)], _tick(moment, row))
                    self._ticks.setdefault(moment.date(), []).append(tick)
        for ticks in self._ticks.values():
            ticks.sort(key=lambda tick: (tick.datetime, tick.order_book_id))
        self.calendar = pandas.DatetimeIndex(sorted(pandas.Timestamp(day) for day in days))
        self.minutes = {moment.time() for bars in self._bars.values() for moment in bars}

    def get_instruments(self, id_or_syms: Iterable[str] | None = None, types: Any = None) -> list[Any]:
        if id_or_syms is not None:
            return [self._instruments[code] for code in id_or_syms if code in self._instruments]
        return [each for each in self._instruments.values() if types is None or each.type in types]

    def get_trading_calendars(self) -> dict[Any, Any]:
        return {TRADING_CALENDAR_TYPE.CN_STOCK: self.calendar}

    def available_data_range(self, frequency: str) -> tuple[date, date]:
        return self.calendar[0].date(), self.calendar[-1].date()

    def get_bar(self, instrument: Any, dt: datetime, frequency: str) -> Any:
        code = instrument.order_book_id
        if frequency == "1m":
            return self._bars[code].get(dt)
        days = self._days[code]
        at = _until(days, dt) - 1
        return days[at] if at >= 0 and days[at]["datetime"] // 1_000_000 == int(f"{dt:%Y%m%d}") else None

    def history_bars(
        self, instrument: Any, bar_count: int | None, frequency: str, fields: Any, dt: datetime, **_options: Any
    ) -> Any:
        days = self._days[instrument.order_book_id]
        found = days[: _until(days, dt)]
        found = found if bar_count is None else found[len(found) - min(bar_count, len(found)) :]
        return found if fields is None else found[fields]

    def get_open_auction_bar(self, instrument: Any, dt: datetime) -> dict[str, Any]:
        return dict.fromkeys(("datetime", "open", "limit_up", "limit_down", "volume", "total_turnover"), numpy.nan)

    def get_merge_ticks(self, codes: Sequence[str], trading_date: Any, last_dt: datetime | None = None) -> Iterator[Any]:
        return (tick for tick in self._ticks[trading_date.date()] if last_dt is None or tick.datetime > last_dt)

    def get_dividend(self, instrument: Any) -> None:
        return None

    def get_split(self, instrument: Any) -> None:
        return None

    def get_yield_curve(self, start_date: Any, end_date: Any, tenor: Any = None) -> None:
        return None

    def is_suspended(self, order_book_id: str, dates: Sequence[Any]) -> list[bool]:
        return [False] * len(dates)

    def is_st_stock(self, order_book_id: str, dates: Sequence[Any]) -> list[bool]:
        return [False] * len(dates)

    def get_share_transformation(self, order_book_id: str) -> None:
        return None

    def get_exchange_rate(self, trading_date: date, local: Any, settlement: Any = None) -> Any:
        return ExchangeRate(1.0, 1.0, 1.0, 1.0, 1.0, 1.0)


def _instrument(code: str) -> Any:
    return Instrument({
        "order_book_id": code, "symbol": code, "type": "CS", "exchange": code[7:], "listed_date": "2000-01-01",
        "de_listed_date": "0000-00-00", "round_lot": 100, "board_type": "MainBoard", "status": "Active",
        "special_type": "Normal", "market_tplus": 1, "trading_hours": "09:31-11:30,13:01-15:00",
    })  # fmt: skip


def _minute(moment: datetime, row: tuple[Any, ...]) -> tuple[Any, ...]:
    volume = row[5] * 100
    return (int(f"{moment:%Y%m%d%H%M%S}"), *row[1:5], volume, volume * row[4], row[4] * 1.2, row[4] * 0.8)


def _day_bars(moments: list[datetime], rows: list[tuple[Any, ...]], close_at: int) -> Any:
    """A bar of each day, of closes only: what accounts are marked at."""
    closes = {moment.date(): row[close_at] for moment, row in zip(moments, rows, strict=True)}
    days = [
        (int(f"{day:%Y%m%d}000000"), close, close, close, close, 1e9, 1e9, close * 1.2, close * 0.8)
        for day, close in closes.items()
    ]
    return numpy.array(days, dtype=BAR)


def _until(days: Any, dt: Any) -> int:
    return int(numpy.searchsorted(days["datetime"], int(f"{dt:%Y%m%d}000000"), side="right"))


def _tick(moment: datetime, row: tuple[Any, ...]) -> dict[str, Any]:
    last, volume, ask, bid, ask_volume, bid_volume = row[1:7]
    return {
        "datetime": moment, "open": last, "high": last, "low": last, "last": last, "prev_close": last,
        "volume": volume * 100, "total_turnover": volume * 100 * last, "limit_up": last * 1.2, "limit_down": last * 0.8,
        "asks": [ask] * 5, "bids": [bid] * 5, "ask_vols": [ask_volume * 100] * 5, "bid_vols": [bid_volume * 100] * 5,
    }  # fmt: skip


class Events(SimulationEventSource):
    """rqalpha's own events, at the minutes that the rows have."""

    def __init__(self, env: Any, source: Source) -> None:
        super().__init__(env)
        self._minutes = source.minutes

    def _get_stock_trading_minutes(self, trading_date: Any) -> set[datetime]:
        return {datetime.combine(trading_date, minute) for minute in self._minutes}


def made_mod(source: Source) -> str:
    """Put a mod in with which rqalpha reads a source; the name of its module."""

    class Mod(AbstractMod):
        def start_up(self, env: Any, mod_config: Any) -> None:
            env.set_data_source(source)
            env.set_event_source(Events(env, source))

        def tear_down(self, code: Any, exception: Any = None) -> None:
            pass

    module = ModuleType("benchmark_rows")
    vars(module)["load_mod"] = Mod
    sys.modules[module.__name__] = module
    return module.__name__


def engine(rows: Rows, kind: str, volume: int, looking: Callable[[str, float], int]) -> Callable[[], int]:
    """Make a run of rqalpha: ``looking(code, price)`` says 1 to buy, -1 to sell. It gives how many orders were filled."""
    source = Source(rows, kind)
    names = {rq_code(code): code for code in rows}
    held: dict[str, bool] = dict.fromkeys(names, False)
    filled: dict[int, None] = {}
    config = {
        "base": {
            "start_date": str(source.calendar[0].date()), "end_date": str(source.calendar[-1].date()),
            "frequency": "1m" if kind == "bars" else "tick", "accounts": {"stock": 10_000_000}, "rqdatac_uri": "disabled",
            "capital_gain_tax_rate": 0,
        },
        "extra": {"log_level": "error"},
        "mod": {
            "sys_progress": {"enabled": False},
            "sys_analyser": {"enabled": False},
            "benchmark_rows": {"enabled": True, "lib": made_mod(source), "priority": 200},
        },
    }  # fmt: skip

    def init(context: Any) -> None:
        rqalpha.api.update_universe(list(names))
        rqalpha.api.subscribe_event(rqalpha.api.EVENT.TRADE, lambda _, event: filled.__setitem__(event.order.order_id, None))

    def look(code: str, price: float) -> None:
        sign = looking(names[code], price)
        if sign and (sign > 0) is not held[code]:
            held[code] = sign > 0
            rqalpha.api.order_shares(code, sign * volume, price_or_style=rqalpha.api.LimitOrder(price))

    def handle_bar(context: Any, bars: Any) -> None:
        for code in names:
            look(code, bars[code].close)

    def handle_tick(context: Any, tick: Any) -> None:
        look(tick.order_book_id, tick.last)

    def run() -> int:
        told = {"init": init, "handle_bar": handle_bar} if kind == "bars" else {"init": init, "handle_tick": handle_tick}
        rqalpha.run_func(config=config, **told)
        return len(filled)

    return run
