"""Codes that nobody watches and that meet no order are brought to date when somebody looks, and a strategy cannot tell."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from matching.phases import Phase
from miniqmt_sim.backtest import Result, run
from miniqmt_sim.market.recorded import Flat
from miniqmt_sim.server.feeds.history import FAR_MS, History
from miniqmt_sim.server.feeds.make import make_data
from miniqmt_sim.server.feeds.replay import Replay
from miniqmt_sim.server.feeds.tape import BLOCK_ROWS, Rows
from miniqmt_sim.server.feeds.trading_days import first_days
from miniqmt_sim.sessions.ticks import STATUS
from tests.kit.tapes import at, tick, write_ticks
from tests.simulation.test_backtest_passing import HEAD, told

MORE = """
codes = sorted(codes)

def on_stock_asset(self, asset):
    say("asset", asset.cash, asset.market_value, asset.total_asset)

def on_stock_position(self, position):
    say("position", position.stock_code, position.volume, position.market_value, position.last_price)

Callback.on_stock_asset, Callback.on_stock_position = on_stock_asset, on_stock_position

def shown():
    for code, tick in sorted(xtdata.get_full_tick(codes).items()):
        say(code, tick["time"], tick["lastPrice"], tick["open"], tick["high"], tick["low"], tick["volume"], tick["bidVol"])

def owned():
    asset = trader.query_stock_asset(account)
    say(asset.cash, asset.market_value, asset.total_asset)
    for position in trader.query_stock_positions(account):
        say(position.stock_code, position.volume, position.market_value, position.last_price)
"""
STRATEGIES = {
    "asleep": """
trader.run_forever()
""",
    "polling": """
for number in range(600):
    time.sleep(41.7)
    code = codes[number % len(codes)]
    if number % 3 == 0:
        shown()
    if number % 5 == 0:
        buy(code, round(xtdata.get_full_tick([code])[code]["lastPrice"] - number % 7 / 100, 2), 200)
    if number % 9 == 0:
        owned()
""",
    "one of many": """
def act(code, row, total):
    other = codes[1 + total % (len(codes) - 1)]
    price = xtdata.get_full_tick([other])[other]["lastPrice"] if total % 29 == 0 else 0
    if total % 58 == 0:
        buy(other, round(price - 0.02, 2), 300)
    elif total % 29 == 0:
        sell(other, round(price + 0.02, 2))
    if total % 31 == 0:
        buy(code, price_of(row))
    if total % 300 == 0:
        owned()

xtdata.subscribe_quote(codes[0], PERIOD, callback=on_data)
trader.run_forever()
""",
    "come and go": """
numbers = []

def act(code, row, total):
    if total % 17 == 0:
        buy(code, round(price_of(row) - 0.01, 2))
    if total % 90 == 0:
        xtdata.unsubscribe_quote(numbers.pop(0))
        if total % 900 == 0:
            numbers.append(xtdata.subscribe_whole_quote(["SH"], callback=on_data))
        else:
            period = "5m" if total % 200 == 0 else PERIOD
            numbers.append(xtdata.subscribe_quote(codes[total // 90 % len(codes)], period, callback=on_data))

time.sleep(5000)
numbers.append(xtdata.subscribe_quote(codes[2], PERIOD, callback=on_data))
numbers.append(xtdata.subscribe_quote(codes[1], PERIOD, callback=on_data))
trader.run_forever()
""",
    "on margin": """
account = StockAccount("888", "CREDIT")
trader.subscribe(account)

def act(code, row, total):
    other = codes[1 + total // 40 % (len(codes) - 1)]
    if total % 40 == 0:
        price = xtdata.get_full_tick([other])[other]["lastPrice"]
        kind = [xtconstant.CREDIT_BUY, xtconstant.CREDIT_FIN_BUY, xtconstant.CREDIT_SLO_SELL][total // 40 % 3]
        trader.order_stock_async(account, other, kind, 300, xtconstant.FIX_PRICE, round(price + total % 3 / 100, 2))
    if total % 70 == 0:
        detail = trader.query_credit_detail(account)[0]
        say(detail.m_dAssureAsset, detail.m_dPerAssurescaleValue, detail.m_dMarketValue, detail.m_dEnableBailBalance)

xtdata.subscribe_quote(codes[0], PERIOD, callback=on_data)
trader.run_forever()
""",
    "an early end": """
time.sleep(9000)
buy(codes[0], xtdata.get_full_tick(codes[:1])[codes[0]]["lastPrice"])
time.sleep(1.5)
""",
}  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two days of three codes of snapshots, and of one of minutes."""
    folder = tmp_path_factory.mktemp("idle")
    make_data(folder, 4, first_days(20240102, 2), ["tick", "1m"], 1)
    min(folder.rglob("*.tick.csv")).unlink()
    return folder


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_strategy_cannot_tell(name: str, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "strategy.py"
    path.write_text(HEAD + MORE + STRATEGIES[name], encoding="utf-8")
    passed: list[Any] = []
    pass_over = Rows.pass_over

    def noting(rows: Rows, end_ms: int, column: int) -> list[Flat]:
        passed.append(end_ms)
        return pass_over(rows, end_ms, column)

    def play() -> Result:
        return run(path, data, quiet=True, parameters={"PERIOD": "tick"})

    monkeypatch.setattr(Rows, "pass_over", noting)
    late = play()
    number = len(passed)
    assert number
    monkeypatch.setattr(Replay, "pass_over", lambda *_: None)
    in_time = play()
    assert len(passed) == number, "nothing was left out"
    assert late.output.splitlines() == in_time.output.splitlines()
    assert told(late) == told(in_time)


def test_a_code_without_price_limits_halts_although_nobody_watches_it(tmp_path: Path) -> None:
    data, code = tmp_path / "data", "600000.SH"
    before = [tick(f"09:{minute}:00", 10.0, volume=minute) for minute in range(30, 40)]
    after = [tick(f"09:{minute}:00", 14.5, volume=minute).replace("14.5,14.5", "14.5,10.0", 1) for minute in range(40, 60)]
    write_ticks(data / f"{code}.tick.csv", *before, *after)
    (data / "instruments.csv").write_text(f"stock_code,name,board,pre_close,tags\n{code},x,,10.0,nolimit\n", encoding="utf-8")
    path = tmp_path / "strategy.py"
    path.write_text(HEAD + f"""
time.sleep({(at("09:45") - at("08:30")) // 1000})
say(xtdata.get_full_tick(codes)["{code}"]["stockStatus"])
""", encoding="utf-8")  # fmt: skip
    assert run(path, data, quiet=True).output.splitlines()[-1].endswith(f" {STATUS[Phase.HALT]}")


def test_passing_over_leaves_the_last_row_and_the_last_one_with_a_volume(tmp_path: Path) -> None:
    count = 2 * BLOCK_ROWS + 10
    clocks = [f"09:{30 + number // 60}:{number % 60:02d}" for number in range(count)]
    lines = [tick(clock, 10.0, volume=number if number < 700 else 0) for number, clock in enumerate(clocks)]
    write_ticks(tmp_path / "600000.SH.tick.csv", *lines)
    with closing(History.open(tmp_path)) as history:
        rows = history.stream("600000.SH", "tick", 0, FAR_MS)
        assert [numbers(row) for row in rows.take(3)] == [(0, 0), (1, 1), (2, 2)]
        assert [numbers(row) for row in rows.pass_over(at("09:30") + 2999, 7)] == []
        assert [numbers(row) for row in rows.pass_over(at("09:30") + 9999, 7)] == [(9, 9)]
        assert [numbers(row) for row in rows.pass_over(at("09:30") + 900_000, 7)] == [(699, 699), (900, 0)]
        assert numbers(rows.take(1)[0]) == (901, 0)
        assert [numbers(row) for row in rows.pass_over(FAR_MS, 7)] == [(count - 1, 0)]
        assert rows.take(1) == rows.pass_over(FAR_MS, 7) == []


def numbers(row: Flat) -> tuple[int, int]:
    """Seconds since the opening, and the volume in 手."""
    return (row[0] - at("09:30")) // 1000, row[7] // 100
