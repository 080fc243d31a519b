"""Moments that meet nobody's order pass in one go, and a strategy cannot tell: it sees and gets what it would one by one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from miniqmt_sim.backtest import Result, run
from miniqmt_sim.client.memory import MemoryHost
from miniqmt_sim.server.feeds.make import make_data
from miniqmt_sim.server.feeds.trading_days import first_days

HEAD = """
import queue, threading, time
from datetime import datetime
from xtquant import xtconstant, xtdata
from xtquant.xttrader import XtQuantTrader, XtQuantTraderCallback
from xtquant.xttype import StockAccount

PERIOD = "1m"
CODES = []

def say(*words):
    print(datetime.now().strftime("%d %H:%M:%S.%f"), threading.current_thread().name == "MainThread", *words)

class Callback(XtQuantTraderCallback):
    def on_stock_trade(self, trade):
        say("trade", trade.stock_code, trade.traded_volume, trade.traded_price)

    def on_stock_order(self, order):
        say("order", order.stock_code, order.order_status)

    def on_order_error(self, error):
        say("refused", error.order_id)

trader = XtQuantTrader("x", 1, Callback())
trader.start()
assert trader.connect() == 0
account = StockAccount("777")
assert trader.subscribe(account) == 0
codes = CODES or xtdata.get_stock_list_in_sector("沪深A股")
seen = dict.fromkeys(codes, 0)
total = 0

def price_of(row):
    return row["close"] if "close" in row else row["lastPrice"]

def buy(code, price, volume=100):
    return trader.order_stock_async(account, code, xtconstant.STOCK_BUY, volume, xtconstant.FIX_PRICE, price)

def sell(code, price, volume=100):
    return trader.order_stock_async(account, code, xtconstant.STOCK_SELL, volume, xtconstant.FIX_PRICE, price)

def on_data(datas):
    global total
    for code, rows in datas.items():
        for row in rows if isinstance(rows, list) else [rows]:
            total += 1
            seen[code] = seen.get(code, 0) + 1
            if total % 7 == 0:
                say(code, sorted(row.items(), key=lambda item: item[0]))
            act(code, row, total)

def subscribe():
    return [xtdata.subscribe_quote(code, PERIOD, callback=on_data) for code in codes]
"""
TAIL = """
numbers = subscribe()
trader.run_forever()
"""
STRATEGIES = {
    "nothing": """
def act(code, row, total):
    pass
""" + TAIL,
    "orders": """
def act(code, row, total):
    price = price_of(row)
    if total % 23 == 0:
        buy(code, round(price - 0.05, 2))
    elif total % 29 == 0:
        sell(code, round(price + 0.03, 2))
    elif total % 31 == 0:
        buy(code, round(price + 0.05, 2), 300)
""" + TAIL,
    "questions": """
def act(code, row, total):
    if total % 5 == 0:
        tick = xtdata.get_full_tick([code])[code]
        say(tick["time"], tick["lastPrice"], tick["high"], tick["low"], tick["volume"], tick["amount"])
    if total % 11 == 0:
        history = xtdata.get_client().history(code, PERIOD, count=3)
        say(history["time"])
    if total % 13 == 0:
        buy(code, price_of(row))
    if total % 17 == 0:
        asset = trader.query_stock_asset(account)
        say(asset.cash, asset.market_value, asset.total_asset)
""" + TAIL,
    "subscriptions": """
def act(code, row, total):
    if total % 37 == 0 and numbers:
        xtdata.unsubscribe_quote(numbers.pop())
    if len(numbers) > 6:
        return
    if total % 61 == 0:
        numbers.append(xtdata.subscribe_quote(codes[total % len(codes)], PERIOD, count=2, callback=on_data))
    if total % 83 == 0:
        numbers.append(xtdata.subscribe_quote(codes[total % len(codes)], "1d", callback=on_data))
    if total % 97 == 0:
        numbers.append(xtdata.subscribe_whole_quote(codes[:2], callback=on_data))
""" + TAIL,
    "sleepers": """
def act(code, row, total):
    if total % 19 == 0:
        time.sleep(total % 400)
        say("woke")
    if total % 43 == 0:
        threading.Thread(target=later, args=(code, price_of(row))).start()

def later(code, price):
    time.sleep(75.5)
    say("later", code, buy(code, price))
""" + TAIL,
    "errors": """
def act(code, row, total):
    if total % 9 == 0:
        raise ValueError(total)
    if total % 41 == 0:
        raise SystemExit
""" + TAIL,
    "handing over": """
tasks = queue.Queue()
event = threading.Event()

def act(code, row, total):
    row["mine"] = total
    if total % 15 == 0:
        tasks.put((code, price_of(row)))
    if total % 27 == 0:
        event.set()

def waiter():
    while True:
        event.wait()
        event.clear()
        say("event", sum(seen.values()))

threading.Thread(target=waiter, daemon=True).start()
numbers = subscribe()
while True:
    code, price = tasks.get()
    say("took", code, price, sum(seen.values()))
    buy(code, price)
""",
    "looking on": """
def act(code, row, total):
    pass

numbers = subscribe()
for _ in range(400):
    time.sleep(33.3)
    say(sum(seen.values()), xtdata.get_full_tick(codes[:1])[codes[0]]["lastPrice"])
""",
    "gone": """
def act(code, row, total):
    if total == 100:
        xtdata.disconnect()
        say("disconnected")
    if total == 300:
        trader.stop()

numbers = subscribe()
time.sleep(7200)
numbers = subscribe()
trader.run_forever()
""",
    "two connections": """
def act(code, row, total):
    if total % 50 == 0:
        time.sleep(130)
        say("woke", total)

def elsewhere(datas):
    say("elsewhere", list(datas))
    time.sleep(7)

numbers = subscribe()
time.sleep(3600)
from miniqmt_sim.xtquant import _quotes
other = _quotes.Quotes()
other.subscribe(PERIOD, codes[:1], elsewhere, in_lists=True)
time.sleep(7200)
xtdata.reconnect()
numbers = subscribe()
trader.run_forever()
""",
    "the whole market": """
def act(code, row, total):
    if total % 53 == 0:
        buy(code, price_of(row))

xtdata.subscribe_whole_quote(["SH", "SZ"], callback=on_data)
trader.run_forever()
""",
}  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("passing")
    make_data(folder / "1m", 4, first_days(20240102, 2), ["1m"], 1)
    make_data(folder / "tick", 2, first_days(20240102, 1), ["tick"], 1)
    return folder


def told(result: Result) -> tuple[Any, ...]:
    return result.output.splitlines(), result.orders, result.trades, result.summary


@pytest.mark.parametrize("period", ["1m", "tick"])
@pytest.mark.parametrize("name", STRATEGIES)
def test_a_strategy_cannot_tell(
    name: str, period: str, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "strategy.py"
    path.write_text(HEAD + STRATEGIES[name], encoding="utf-8")

    def play() -> Result:
        return run(path, data / period, quiet=True, parameters={"PERIOD": period})

    at_once = play()
    asked: list[int] = []

    def never(_host: MemoryHost, connection: int, _tell: Callable[[Any], object]) -> None:
        asked.append(connection)

    monkeypatch.setattr("miniqmt_sim.backtest.host.Host.go_on", never)
    one_by_one = play()
    assert asked
    assert len(at_once.output) > 1000
    assert at_once.output.splitlines() == one_by_one.output.splitlines()
    assert told(at_once) == told(one_by_one)
    assert "state_hash" in at_once.summary
