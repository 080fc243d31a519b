"""Traders and processes: fork, spawn, an interpreter that ends without a word, and many traders in one."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from miniqmt_sim.client import discovery
from miniqmt_sim.testing import SimServer
from miniqmt_sim.xtquant.xttrader import XtQuantTrader
from miniqmt_sim.xtquant.xttype import StockAccount

ROOT = Path(__file__).resolve().parents[2]
CODE = "600000.SH"
TIMEOUT_S = 60

BEGIN = """
import logging, multiprocessing, os, sys
from miniqmt_sim.xtquant.xttrader import XtQuantTrader, XtQuantTraderCallback
from miniqmt_sim.xtquant.xttype import StockAccount

logging.getLogger("miniqmt_sim").setLevel(logging.ERROR)  # failures that are meant
account = StockAccount("1001")

class Callback(XtQuantTraderCallback):
    def on_disconnected(self):
        print("disconnected", os.getpid() == parent, flush=True)

def make(session):
    trader = XtQuantTrader(sys.argv[1], session, Callback())
    trader.start()
    assert trader.connect() == 0 and trader.subscribe(account) == 0
    return trader

def order(trader):
    return trader.order_stock(account, "600000.SH", 23, 100, 11, 9.5)
"""

FORK = """
parent = os.getpid()
trader = make(1)
assert order(trader) > 0
child = os.fork()
if not child:
    assert not trader.connected
    assert order(trader) == -1 and trader.query_stock_orders(account) is None
    assert trader.connect() == -1, "the session is the parent's"
    trader.stop()
    own = make(2)
    assert order(own) > 0
    sys.exit(0)
assert os.waitpid(child, 0)[1] == 0
assert trader.connected and order(trader) > 0
print(len(trader.query_stock_orders(account)), flush=True)
"""

MEMORY = """
import threading
from miniqmt_sim.client.memory import MemoryHost
from tests.kit.desk import moment, make_config
from miniqmt_sim.simulator import Simulator

parent = os.getpid()
simulator = Simulator(make_config(accounts=[{"id": "1001", "type": "STOCK", "cash_yuan": 10**7}]))
simulator.start(moment("09:31"), {})
host = MemoryHost(simulator, moment("09:31"))
XtQuantTrader.connector = staticmethod(host.connect)

busy, go_on, step = threading.Event(), threading.Event(), simulator.step
def slow_step(command):
    if command.request.name == "order_stock" and not busy.is_set():
        busy.set()
        assert not go_on.wait(0.3), "nobody else can go on"
    return step(command)
simulator.step = slow_step

trader = make(1)
ordering = threading.Thread(target=order, args=(trader,))
ordering.start()
assert busy.wait(10)
child = os.fork()
if not child:
    assert not trader.connected
    assert order(trader) == -1 and trader.query_stock_orders(account) is None
    assert trader.connect() == -1, "the session is the parent's"
    trader.stop()
    own = make(2)
    assert len(own.query_stock_orders(account)) == 1, "the order under way was taken before the fork"
    assert order(own) > 0 and not simulator.check()
    sys.exit(0)
ordering.join()
assert os.waitpid(child, 0)[1] == 0
assert trader.connected and order(trader) > 0
print(len(trader.query_stock_orders(account)), flush=True)
"""

POOL = """
def work(session):
    trader = make(session)
    numbers = [order(trader) for _ in range(5)]
    trader.stop()
    return numbers

if __name__ == "__main__":
    parent = os.getpid()
    mine = make(1)
    with multiprocessing.get_context(sys.argv[2]).Pool(2) as pool:
        numbers = sum(pool.map(work, [2, 3]), [])
        pool.close()
        pool.join()
    assert len(set(numbers)) == 10 and min(numbers) > 0
    assert order(mine) > 0
    print(len(mine.query_stock_orders(account)), flush=True)
"""

NOISY = """
parent = os.getpid()

class Noisy(XtQuantTraderCallback):
    def on_stock_order(self, order):
        print("order", order.order_id, order.order_status)
    def on_stock_asset(self, asset):
        print("asset", asset.cash)

trader = make(1)
trader.register_callback(Noisy())
for _ in range(200):
    trader.order_stock_async(account, "600000.SH", 23, 100, 11, 9.5)
order(trader)
"""


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (discovery.ENV_ADDR, discovery.ENV_TOKEN):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def sim() -> Iterator[SimServer]:
    with SimServer(feed="none", clock="manual", accounts=[{"id": "1001", "type": "STOCK", "cash_yuan": 10**7}]) as sim:
        sim.ctl.quote(CODE, last=10, pre_close=10)
        yield sim


def run(sim: SimServer, tmp_path: Path, body: str, *arguments: str) -> str:
    """Run a program; what it printed. It must end well and say nothing on stderr."""
    program = tmp_path / "strategy.py"
    program.write_text(BEGIN + body, encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MINIQMT_SIM")}
    quiet = ["-W", "error", "-W", "ignore::DeprecationWarning"]  # 3.12 warns of forking beside threads: that is the point
    done = subprocess.run(
        [sys.executable, *quiet, str(program), sim.userdata, *arguments],
        capture_output=True, text=True, timeout=TIMEOUT_S, env={**environment, "PYTHONPATH": str(ROOT)}, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows forks nothing")


@needs_fork
def test_a_fork_leaves_the_parents_connection_alone(sim: SimServer, tmp_path: Path) -> None:
    assert run(sim, tmp_path, FORK) == "3\n"


@needs_fork
def test_a_simulator_in_memory_is_forked_between_two_commands(sim: SimServer, tmp_path: Path) -> None:
    assert run(sim, tmp_path, MEMORY) == "2\n"


@pytest.mark.parametrize("way", [pytest.param("fork", marks=needs_fork), "spawn"])
def test_a_pool_of_processes_each_with_its_trader(sim: SimServer, tmp_path: Path, way: str) -> None:
    assert run(sim, tmp_path, POOL, way) == "11\n"


def test_an_interpreter_may_end_while_callbacks_print(sim: SimServer, tmp_path: Path) -> None:
    printed = run(sim, tmp_path, NOISY)
    assert printed.count("order") == 201, "what was told before the end is heard"


def test_many_traders_in_one_process(sim: SimServer) -> None:
    account = StockAccount("1001")
    before = set(threading.enumerate())
    traders = [XtQuantTrader(sim.userdata, session) for session in range(1, 21)]
    orders: dict[int, list[int]] = {}

    for trader in traders:
        trader.start()
        assert trader.connect() == 0

    def work(number: int) -> None:
        trader = traders[number]
        orders[number] = [trader.order_stock(account, CODE, 23, 100, 11, 9.5, "", str(number)) for _ in range(10)]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT_S)
    rows = traders[0].query_stock_orders(account)
    assert rows is not None
    assert {row.order_id: int(row.order_remark) for row in rows} == {
        order_id: number for number, numbers in orders.items() for order_id in numbers
    }
    for trader in traders:
        trader.stop()
    assert [thread for thread in threading.enumerate() if thread not in before] == []
