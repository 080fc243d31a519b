"""The wheel's own xtdata, unmodified, over our native module: the same answers as ours, call by call."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from miniqmt_sim.client import discovery
from miniqmt_sim.testing import SimServer

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """
import numpy, pandas
from miniqmt_sim import hook
from miniqmt_sim.xtquant import xtdata as ours
hook.install("vendor")
from xtquant import xtdata as theirs
assert "site-packages" in theirs.__file__
theirs.enable_hello = ours.enable_hello = False
CODE, BOTH, INDEX = "600000.SH", ["600000.SH", "000001.SZ"], "000300.SH"

def same(one, other):
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, pandas.DataFrame):
        return one.equals(other) and list(one.dtypes) == list(other.dtypes) and one.index.name == other.index.name
    if isinstance(one, numpy.ndarray):
        return one.dtype == other.dtype and one.tolist() == other.tolist()
    return one == other

CALLS = [
    ("get_full_tick", BOTH), ("get_full_tick", ["SZ"]),
    *[("get_market_data_ex", [], BOTH, period, "", "", 4) for period in ("tick", "1m", "5m", "1h", "1d", "1w", "1mon")],
    ("get_market_data_ex", ["close", "volume"], BOTH, "1d", "20231201", "20231231", -1, "front"),
    ("get_market_data_ex", ["askPrice", "lastPrice"], [CODE], "tick", "", "", 2),
    *[("get_market_data3", [], BOTH, period, "", "", 4) for period in ("1m", "1d", "1mon")],
    ("gmd3", ["volume", "close"], BOTH, "1d", "20231201", "20231231", -1, "front"),
    ("get_market_data3", ["close", "time"], ["601999.SH"], "1d"), ("t2d", 1700000000000, "%Y%m%d%H%M%S"),
    *[("get_market_data", [], BOTH, period, "", "", 3) for period in ("tick", "1m", "60m", "1d")],
    ("get_local_data", [], BOTH, "1d", "", "", 3), ("get_local_data", ["lastPrice"], BOTH, "tick", "", "", 3),
    ("get_divid_factors", CODE), ("get_instrument_detail", CODE), ("get_instrument_detail", CODE, True),
    ("get_instrument_detail", "601999.SH"), ("get_instrument_type", "510300.SH"),
    ("get_instrument_type", CODE, ["etf", "stock"]),
    ("get_sector_list",), ("get_stock_list_in_sector", "\\u6caa\\u6df1A\\u80a1"),
    ("get_trading_dates", "SH"), ("get_trading_dates", "SH", "20231220", "20231229", 3), ("get_market_last_trade_date", "SH"),
    ("get_market_last_trade_date", "XX"),
    ("get_trading_calendar", "SH", "20231220", "20240110"), ("get_holidays",), ("get_data_dir",),
    ("download_history_data", CODE, "1d"), ("is_stock_type", CODE, "stock"),
    ("get_full_tick", [INDEX]), ("get_instrument_detail", INDEX), ("get_instrument_type", INDEX), ("get_divid_factors", INDEX),
    ("is_stock_type", INDEX, "index"), ("get_stock_list_in_sector", "\\u6caa\\u6df1\\u6307\\u6570"),
    *[("get_market_data_ex", [], [INDEX, CODE], period, "", "", 4) for period in ("tick", "1m", "1d", "1mon")],
]
for name, *arguments in CALLS:
    mine, vendors = getattr(ours, name)(*arguments), getattr(theirs, name)(*arguments)
    assert same(vendors, mine), f"{name}{arguments}\\nthe wheel: {vendors}\\nours: {mine}"

heard = {"ours": [], "theirs": []}
progress = {"ours": [], "theirs": []}
numbers = {}
for name, module in (("ours", ours), ("theirs", theirs)):
    module.download_history_data2(BOTH, "1m", callback=progress[name].append)
    numbers[name] = module.subscribe_quote(CODE, "1m", count=2, callback=heard[name].append)
    module.subscribe_whole_quote(BOTH, heard[name].append)
    module.unsubscribe_quote(numbers[name])
assert same(progress["ours"], progress["theirs"])
for _ in range(1000):
    if len(heard["ours"]) == len(heard["theirs"]) == 2:
        break
    theirs._TIME_.sleep(0.01)
assert same(heard["ours"], heard["theirs"]) and len(heard["ours"][0][CODE]) == 2, heard
theirs.get_client().down_all_sector_data()
for name in ("financial_data", "financial_data2"):
    getattr(theirs, f"download_{name}")([CODE])
for name in ("index_weight", "history_contracts", "cb_data", "etf_info", "his_st_data"):
    getattr(theirs, f"download_{name}")()
for call in (lambda: theirs.get_financial_data([CODE]), lambda: theirs.get_market_data_ex([], [CODE], "l2quote")):
    try:
        call()
    except NotImplementedError as error:
        print(error)
theirs.disconnect()
ours.disconnect()
"""


def test_the_wheels_market_data_is_ours() -> None:
    with SimServer(hours="exchange", clock="manual", feed="synthetic", seed=5) as sim:
        sim.ctl.clock.set("2024-01-03T10:30")
        # The wheel tells times in the machine's own zone; a machine of its users is in China.
        where = {discovery.ENV_ADDR: sim.addr, discovery.ENV_TOKEN: sim.token, "TZ": "Asia/Shanghai", "PYTHONPATH": str(ROOT)}
        program, env = [sys.executable, "-c", PROGRAM], {**os.environ, **where}
        done = subprocess.run(program, capture_output=True, text=True, timeout=120, env=env, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["get_financial_data: it is not simulated", "period 'l2quote': it is not simulated"]
