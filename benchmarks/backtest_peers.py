"""The same moving-average strategy in a plain loop and in other back-testers; run as a program, one engine a process.

    python benchmarks/backtest_peers.py ENGINE bars|ticks DATA

Reads the data, runs, and prints one line of JSON: rows, seconds of the run (without reading), peak memory, crossings of the
averages and their digest, orders filled. Only the standard library is needed beside the engine, so that it may live in an
environment of its own.
"""

from __future__ import annotations

import csv
import hashlib
import json
import resource
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

FAST, SLOW, VOLUME = 10, 60, 1000
CHINA = timezone(timedelta(hours=8))


class Average:
    """Two moving averages kept up to date; tells when the fast one crosses the slow one."""

    __slots__ = ("above", "fast", "rows", "slow", "window")

    def __init__(self) -> None:
        self.window: deque[float] = deque()
        self.fast = self.slow = 0.0
        self.above: bool | None = None
        self.rows = 0

    def crossed(self, price: float) -> int:
        """Take a price in: 1 crossed upwards, -1 downwards, 0 neither."""
        window = self.window
        self.rows += 1
        window.append(price)
        self.slow += price
        self.fast += price
        if len(window) > FAST:
            self.fast -= window[-FAST - 1]
        if len(window) <= SLOW:
            return 0
        self.slow -= window.popleft()
        above, before = self.fast * SLOW > self.slow * FAST, self.above
        self.above = above
        return 0 if before is None or above is before else 1 if above else -1


class Crossings:
    """What crossed at which row, as a number and a digest, so that engines can be compared."""

    def __init__(self) -> None:
        self.found: list[tuple[str, int, int]] = []

    def note(self, code: str, row: int, sign: int) -> None:
        self.found.append((code, row, sign))

    def told(self) -> dict[str, Any]:
        text = json.dumps(sorted(self.found))
        return {"crossings": len(self.found), "digest": hashlib.sha256(text.encode()).hexdigest()[:12]}


def read(data: Path, kind: str) -> dict[str, list[tuple[Any, ...]]]:
    """Rows by code: (ms, open, high, low, close, volume), or (ms, last, volume, ask, bid, ask volume, bid volume)."""
    found = {}
    for path in sorted(data.glob("*.1m.csv" if kind == "bars" else "*.tick.csv")):
        with path.open(newline="") as file:
            rows = csv.DictReader(file)
            found[path.name[:9]] = [_bar(row) if kind == "bars" else _tick(row) for row in rows]
    return found


def _bar(row: dict[str, str]) -> tuple[Any, ...]:
    return (int(row["time"]), *(float(row[name]) for name in ("open", "high", "low", "close", "volume")))


def _tick(row: dict[str, str]) -> tuple[Any, ...]:
    levels = [json.loads(row[name])[0] for name in ("askPrice", "bidPrice", "askVol", "bidVol")]
    return (int(row["time"]), float(row["lastPrice"]), float(row["volume"]), *levels)


def plain(rows: dict[str, list[tuple[Any, ...]]], kind: str, crossings: Crossings) -> Callable[[], int]:
    """Nothing but the averages, and a position that is filled at the price of the crossing."""
    merged = sorted((row[0], number, code, row) for number, code in enumerate(sorted(rows)) for row in rows[code])
    price_at = 4 if kind == "bars" else 1

    def run() -> int:
        averages, held, filled = {code: Average() for code in rows}, dict.fromkeys(rows, 0), 0
        for _, _, code, row in merged:
            sign = averages[code].crossed(row[price_at])
            if sign:
                crossings.note(code, averages[code].rows, sign)
                if (sign > 0) is not bool(held[code]):
                    held[code] = VOLUME if sign > 0 else 0
                    filled += 1
        return filled

    return run


def vnpy(rows: dict[str, list[tuple[Any, ...]]], kind: str, crossings: Crossings) -> Callable[[], int]:
    """vnpy's CTA engine, a code at a time, as it is made; the strategy is incremental."""
    from vnpy.trader.constant import Exchange, Interval
    from vnpy.trader.object import BarData, TickData
    from vnpy_ctastrategy import CtaTemplate
    from vnpy_ctastrategy.backtesting import BacktestingEngine, BacktestingMode

    class Strategy(CtaTemplate):
        author = "benchmark"

        def on_init(self) -> None:
            self.average = Average()

        def on_bar(self, bar: Any) -> None:
            self.look(bar.close_price)

        def on_tick(self, tick: Any) -> None:
            self.look(tick.last_price)

        def look(self, price: float) -> None:
            sign = self.average.crossed(price)
            if sign:
                crossings.note(self.vt_symbol[:6], self.average.rows, sign)
                if sign > 0 and not self.pos:
                    self.buy(price, VOLUME)
                elif sign < 0 and self.pos:
                    self.sell(price, VOLUME)

    engines = []
    for code, own in rows.items():
        engine = BacktestingEngine()
        engine.output = lambda _text: None
        engine.set_parameters(
            vt_symbol=f"{code[:6]}.SSE", interval=Interval.MINUTE, start=datetime(2000, 1, 1), end=datetime(2100, 1, 1),
            rate=0.0003, slippage=0.0, size=1, pricetick=0.001, capital=1_000_000,
            mode=BacktestingMode.BAR if kind == "bars" else BacktestingMode.TICK,
        )  # fmt: skip
        engine.add_strategy(Strategy, {})
        engine.history_data = [_vnpy_row(code, row, kind, Exchange.SSE, Interval.MINUTE, BarData, TickData) for row in own]
        engines.append(engine)

    def run() -> int:
        for engine in engines:
            engine.run_backtesting()
        return sum(engine.trade_count for engine in engines)

    return run


def _vnpy_row(code: str, row: tuple[Any, ...], kind: str, exchange: Any, interval: Any, bar: Any, tick: Any) -> Any:
    moment = datetime.fromtimestamp(row[0] / 1000, CHINA)
    if kind == "bars":
        return bar(
            "DB", code[:6], exchange, moment, interval, row[5], 0.0, 0.0, row[1], row[2], row[3], row[4],
        )  # fmt: skip
    found = tick("DB", code[:6], exchange, moment, last_price=row[1], volume=row[2])
    found.ask_price_1, found.bid_price_1, found.ask_volume_1, found.bid_volume_1 = row[3:7]
    return found


def backtrader(rows: dict[str, list[tuple[Any, ...]]], kind: str, crossings: Crossings) -> Callable[[], int]:
    """backtrader with a feed that reads the rows; limit orders at the close."""
    import backtrader as bt

    class Rows(bt.feeds.DataBase):
        params = (("rows", None),)

        def start(self) -> None:
            super().start()
            self.left = iter(self.p.rows)

        def _load(self) -> bool:
            row = next(self.left, None)
            if row is None:
                return False
            lines = self.lines
            lines.datetime[0] = bt.date2num(datetime.fromtimestamp(row[0] / 1000, UTC))
            prices = row[1:5] if kind == "bars" else (row[1],) * 4
            lines.open[0], lines.high[0], lines.low[0], lines.close[0] = prices
            lines.volume[0], lines.openinterest[0] = row[5] if kind == "bars" else row[2], 0
            return True

    class Strategy(bt.Strategy):
        def __init__(self) -> None:
            self.averages = {data._name: Average() for data in self.datas}
            self.seen = dict.fromkeys(self.averages, 0)
            self.filled = 0

        def notify_order(self, order: Any) -> None:
            self.filled += order.status == order.Completed

        def next(self) -> None:
            for data in self.datas:
                if len(data) == self.seen[data._name]:
                    continue
                self.seen[data._name] = len(data)
                sign = self.averages[data._name].crossed(data.close[0])
                if sign:
                    crossings.note(data._name, self.averages[data._name].rows, sign)
                    held = self.getposition(data).size
                    if sign > 0 and not held:
                        self.buy(data, VOLUME, price=data.close[0], exectype=bt.Order.Limit)
                    elif sign < 0 and held:
                        self.sell(data, VOLUME, price=data.close[0], exectype=bt.Order.Limit)

    cerebro = bt.Cerebro(stdstats=False)
    cerebro.broker.setcash(10_000_000)
    cerebro.addstrategy(Strategy)
    for code, own in rows.items():
        cerebro.adddata(Rows(rows=own, timeframe=bt.TimeFrame.Minutes), name=code)

    def run() -> int:
        return int(cerebro.run()[0].filled)

    return run


def rqalpha(rows: dict[str, list[tuple[Any, ...]]], kind: str, crossings: Crossings) -> Callable[[], int]:
    """rqalpha, fed from memory; limit orders at the close, which it matches at once."""
    import backtest_rqalpha

    averages = {code: Average() for code in rows}

    def looking(code: str, price: float) -> int:
        sign = averages[code].crossed(price)
        if sign:
            crossings.note(code, averages[code].rows, sign)
        return sign

    return backtest_rqalpha.engine(rows, kind, VOLUME, looking)


ENGINES = {"plain": plain, "vnpy": vnpy, "backtrader": backtrader, "rqalpha": rqalpha}


def main(name: str, kind: str, data: str) -> None:
    rows = read(Path(data), kind)
    crossings = Crossings()
    run = ENGINES[name](rows, kind, crossings)
    began = time.perf_counter()
    filled = run()
    seconds = time.perf_counter() - began
    if name == "vnpy":
        full = {code[:6]: code for code in rows}
        crossings.found = [(full[code], row, sign) for code, row, sign in crossings.found]
    told = {"rows": sum(map(len, rows.values())), "seconds": seconds, "filled": filled, **crossings.told()}
    told["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write("\n" + json.dumps(told) + "\n")


def lines_of(text: str) -> Iterator[str]:
    """The lines of an engine's output that are not empty; the last is the result."""
    return (line for line in text.splitlines() if line.strip())


if __name__ == "__main__":
    main(*sys.argv[1:4])
