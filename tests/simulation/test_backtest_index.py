"""A strategy that reads an index: as a filter for when to hold a stock, to the same end whatever way it looks at it."""

from __future__ import annotations

import hashlib
import json
import textwrap
from collections.abc import Sequence
from pathlib import Path

from miniqmt_sim.backtest import Result, run
from miniqmt_sim.server.feeds.make import make_data
from miniqmt_sim.server.feeds.trading_days import first_days
from tests.kit.tapes import at, bar, write_bars

INDEX = "000300.SH"
DAYS = first_days(20240102, 12)
LEVELS = [3400, 3410, 3420, 3430, 3440, 3450, 3380, 3350, 3340, 3400, 3480, 3500]
"""Above its average of three days, from the seventh day on below it, and above it again from the tenth."""
FILTER = textwrap.dedent("""
    from xtquant import xtconstant, xtdata
    from xtquant.xttrader import XtQuantTrader, XtQuantTraderCallback
    from xtquant.xttype import StockAccount

    STOCK, INDEX = "600000.SH", "000300.SH"
    trader = XtQuantTrader("here", 1, XtQuantTraderCallback())
    trader.start()
    trader.connect()
    account = StockAccount("777")
    trader.subscribe(account)
    decided = []

    def on_bar(datas):
        day = xtdata.timetag_to_datetime(datas[STOCK][-1]["time"], "%m%d")
        if day in decided:
            return
        decided.append(day)
        closes = xtdata.get_market_data_ex(["close"], [INDEX], "1d", count=3)[INDEX]["close"]
        level = xtdata.get_full_tick([INDEX])[INDEX]["lastPrice"]
        if len(closes) < 3:
            return
        strong = level > closes.mean()
        held = any(each.volume for each in trader.query_stock_positions(account))
        print(day, level, round(closes.mean(), 3), strong)
        if strong and not held:
            trader.order_stock(account, STOCK, xtconstant.STOCK_BUY, 1000, xtconstant.FIX_PRICE, 10.05, "filter", "")
        if held and not strong:
            trader.order_stock(account, STOCK, xtconstant.STOCK_SELL, 1000, xtconstant.FIX_PRICE, 9.95, "filter", "")

    assert trader.order_stock(account, INDEX, xtconstant.STOCK_BUY, 100, xtconstant.FIX_PRICE, 3400.0, "no", "") > 0
    xtdata.subscribe_quote(STOCK, "1m", callback=on_bar)
    trader.run_forever()
    """)


def write_market(folder: Path, suffix: str = "csv", levels: Sequence[int] = LEVELS) -> Path:
    """A stock in minutes, the index in minutes, its levels written with four decimals."""
    stock = [bar(f"09:{minute}", 10.0, volume=500, day=day) for day in DAYS for minute in range(31, 36)]
    write_bars(folder / f"600000.SH.1m.{suffix}", *stock)
    lines = [
        f"{at(f'09:{minute}', day)},{level}.1234,{level + 1}.1234,{level - 1}.1234,{level}.1234,300000000,2.1e12,,0"
        for day, level in zip(DAYS, levels, strict=True) for minute in range(31, 36)
    ]  # fmt: skip
    write_bars(folder / f"{INDEX}.1m.{suffix}", *lines)
    return folder


def play(tmp_path: Path, data: Path, text: str = FILTER) -> Result:
    path = tmp_path / "strategy.py"
    path.write_text(text, encoding="utf-8")
    return run(path, data, profile="frictionless", quiet=True)


def digest(result: Result) -> str:
    return hashlib.sha256(json.dumps([result.orders, result.trades, result.curve], default=str).encode()).hexdigest()


def test_an_index_tells_a_strategy_when_to_hold_a_stock(tmp_path: Path) -> None:
    result = play(tmp_path, write_market(tmp_path / "data"))
    lines = result.output.splitlines()
    assert lines[0] == "0105 3430.123 3410.123 True"
    assert [line.split()[-1] for line in lines] == ["True"] * 3 + ["False"] * 3 + ["True"] * 3
    assert [(row["time"][:16], row["order_type"]) for row in result.trades] == [
        ("2024-01-05T09:31", "STOCK_BUY"), ("2024-01-10T09:31", "STOCK_SELL"), ("2024-01-15T09:31", "STOCK_BUY"),
    ]  # fmt: skip
    assert (result.summary["orders"], result.summary["orders_refused"]) == (4, 1)
    assert result.summary["refusals"] == {"-990221020 无此证券代码": 1}


def test_it_comes_out_the_same_again_and_from_packed_files(tmp_path: Path) -> None:
    first = play(tmp_path, write_market(tmp_path / "data"))
    assert digest(play(tmp_path, tmp_path / "data")) == digest(first)
    assert digest(play(tmp_path, write_market(tmp_path / "packed", "csv.gz"))) == digest(first)


def test_what_is_to_come_of_an_index_changes_nothing_before_it(tmp_path: Path) -> None:
    """The trap: another last day of the index, and all that was printed and traded before it is the same."""
    told = []
    for later in (3500, 100):
        result = play(tmp_path, write_market(tmp_path / str(later), levels=[*LEVELS[:-1], later]))
        told.append((result.output.splitlines()[:-1], [row for row in result.trades if row["time"] < "2024-01-17"]))
    assert told[0] == told[1]


def test_a_stocks_trades_are_the_same_with_and_without_an_index_beside_it(tmp_path: Path) -> None:
    """Made data with and without indices; the strategy does not look at them."""
    trades = []
    text = FILTER.replace("closes = ", "closes = __import__('pandas').Series([1.0] * 3)  # ").replace(
        "level = ", "level = float(len(decided) % 3)  # "
    ).replace("assert trader.order_stock(account, INDEX", "assert trader.order_stock(account, '999999.SH'")
    for name, indices in (("without", ()), ("with", (INDEX, "399001.SZ", "000001.SH"))):
        make_data(tmp_path / name, 1, DAYS, ["1m"], 7, indices=indices)
        trades.append(digest(play(tmp_path, tmp_path / name, text)))
    assert trades[0] == trades[1]
