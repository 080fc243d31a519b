"""A sweep on another engine's executor: a local Dask cluster, whose workers are processes of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from miniqmt_sim.backtest import run, sweep
from miniqmt_sim.server.feeds import files
from tests.kit.tapes import bar, write_bars

distributed = pytest.importorskip("distributed", reason="an engine of the development extra; it has no wheel everywhere")

STRATEGY = """
from xtquant import xtconstant
from xtquant.xttrader import XtQuantTrader
from xtquant.xttype import StockAccount
import time
LOTS = 1
trader = XtQuantTrader("", 1)
trader.start()
assert trader.connect() == 0
account = StockAccount("1")
time.sleep(3660)
trader.order_stock(account, "600000.SH", xtconstant.STOCK_BUY, LOTS * 100, xtconstant.FIX_PRICE, 10.1)
trader.run_forever()
"""


@pytest.mark.filterwarnings("ignore")
def test_results_do_not_depend_on_the_executor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(files.ENV_CACHE, str(tmp_path / "tapes"))
    strategy, data = tmp_path / "strategy.py", tmp_path / "data"
    strategy.write_text(STRATEGY, encoding="utf-8")
    write_bars(data / "600000.SH.1m.csv", *(bar(f"09:{minute}", 10.0, volume=50) for minute in range(31, 40)))
    alone = [run(strategy, data, parameters={"LOTS": lots}, quiet=True).summary for lots in (1, 2)]
    with (
        distributed.LocalCluster(n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        points = sweep(strategy, {"LOTS": [1, 2]}, client.get_executor(), data=data)
    assert [point.result() for point in points] == alone
    assert [point.result()["trades"] for point in points] == [1, 1]
