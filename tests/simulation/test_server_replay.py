"""A server that plays a recorded market: its clock's verbs, fills on the way, and a restart in the middle of a bar."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from queue import SimpleQueue

import pytest

from miniqmt_sim.errors import CommandRefused, ConfigError
from miniqmt_sim.server.feeds import files
from miniqmt_sim.testing import SimServer
from miniqmt_sim.xtquant.xttrader import XtQuantTrader, XtQuantTraderCallback
from miniqmt_sim.xtquant.xttype import StockAccount, XtOrder, XtOrderResponse
from tests.kit.tapes import bar, write_bars

CODE = "600000.SH"
ACCOUNT = StockAccount("A")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(files.ENV_CACHE, str(tmp_path / "cache"))
    lines = [bar(f"09:{number}", 10.0, 10.05, 9.95, 10.02, volume=40) for number in range(31, 60)]
    write_bars(tmp_path / "data" / f"{CODE}.1m.csv", *lines, bar("09:31", 10.1, day=20240103, pre=10.02))
    return tmp_path / "data"


def server(data: Path, **options: object) -> SimServer:
    return SimServer(**{"feed": "replay", "data": str(data), "clock": "manual", "hours": "exchange", "grace_ms": 0} | options)


def test_the_clock_goes_from_phase_to_phase_and_from_day_to_day(data: Path) -> None:
    with server(data) as sim:
        assert sim.ctl.clock.show()["now"] == "2024-01-02T08:30:00.000"
        assert sim.ctl.clock.next_phase()["phase"] == "OPEN_CALL"
        assert [sim.ctl.clock.next_phase()["now"][11:16] for _ in range(3)] == ["09:20", "09:25", "09:30"]
        sim.ctl.clock.set("10:00")
        assert sim.ctl.security(CODE)["last_price"] == 10.02
        assert sim.ctl.clock.next_day()["now"] == "2024-01-03T08:30:00.000"
        assert sim.ctl.security(CODE)["pre_close"] == 10.02
        with pytest.raises(CommandRefused, match="a manual clock has no speed"):
            sim.ctl.clock.speed(5)
        assert sim.ctl.check()["ok"]


def test_a_replay_clock_runs_by_itself_and_can_be_frozen(data: Path) -> None:
    with server(data, clock="replay", speed=0.0) as sim:
        assert sim.ctl.clock.set("09:35")["clock"] == "replay"
        assert sim.ctl.clock.show()["now"] == sim.ctl.clock.freeze()["now"] == "2024-01-02T09:35:00.000"
        sim.ctl.clock.speed(3600)
        while sim.ctl.clock.show()["now"] < "2024-01-02T09:45":
            pass
        frozen = sim.ctl.clock.freeze()["now"]
        assert sim.ctl.clock.show()["now"] == frozen
        sim.ctl.account.create("B", cash=1000)
        trader = XtQuantTrader(sim.userdata, 1)
        assert trader.connect() == 0
        trader.order_stock(StockAccount("B"), CODE, 23, 100, 11, 9.0)
        trader.stop()
        with pytest.raises(CommandRefused, match="time only moves forward"):
            sim.ctl.clock.set("09:31")


def test_a_killed_server_goes_on_in_the_middle_of_a_bar(data: Path, tmp_path: Path) -> None:
    worlds = []
    for killed in (False, True):
        userdata = tmp_path / f"userdata {killed}"
        with server(data, userdata=str(userdata), durability="normal") as sim:
            sim.ctl.account.create("A", cash=100_000)
            for clock in ("09:31", "09:31:30", "09:32:45", "09:35"):
                sim.ctl.clock.set(clock)
                trader = XtQuantTrader(sim.userdata, 1)
                assert trader.connect() == 0
                assert trader.order_stock(StockAccount("A"), CODE, 23, 300, 11, 10.0) > 0
                trader.stop()
                if killed:
                    sim.kill()
                    sim.restart()
            worlds.append((sim.ctl.trades("A"), sim.ctl.asset("A"), sim.ctl.security(CODE)))
            assert sim.ctl.check()["ok"]
    assert worlds[0] == worlds[1]
    assert worlds[0][0]


@pytest.mark.parametrize(
    "options", [{"feed": "replay"}, {"feed": "none", "clock": "replay"}, {"speed": -1.0}, {"feed": "replay", "data": "nowhere"}]
)
def test_a_replay_that_cannot_be_is_a_bad_setting(options: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        SimServer(**options).start()


class Answering(XtQuantTraderCallback):
    """Thinks for a fifth of a second about its first order, then orders again."""

    def __init__(self, in_a_thread: bool) -> None:
        self.in_a_thread = in_a_thread
        self.told = threading.Event()
        self.responses: SimpleQueue[XtOrderResponse] = SimpleQueue()
        self.trader: XtQuantTrader

    def on_stock_order(self, order: XtOrder) -> None:
        if order.order_remark == "first" and not self.told.is_set():
            self.told.set()
            if not self.in_a_thread:
                self.answer()

    def on_order_stock_async_response(self, response: XtOrderResponse) -> None:
        self.responses.put(response)

    def answer(self) -> None:
        time.sleep(0.2)
        self.trader.order_stock_async(ACCOUNT, CODE, 23, 100, 11, 9.0, "", "second")


@pytest.mark.parametrize(("in_a_thread", "grace_ms", "is_late"), [(False, 0, False), (True, 0, True), (True, 5_000, False)])
def test_what_a_callback_orders_has_the_time_of_what_it_was_told(
    data: Path, in_a_thread: bool, grace_ms: int, is_late: bool
) -> None:
    """What a thread of the strategy's own orders has it only within the grace: docs/backtest.md."""
    strategy = Answering(in_a_thread)
    with server(data, clock="replay", speed=0.0, grace_ms=grace_ms) as sim:
        sim.ctl.account.create("A", cash=100_000)
        sim.ctl.clock.set("09:40")
        strategy.trader = trader = XtQuantTrader(sim.userdata, 1, strategy)
        assert (trader.connect(), trader.subscribe(ACCOUNT)) == (0, 0)
        sim.ctl.clock.speed(600)
        trader.order_stock_async(ACCOUNT, CODE, 23, 100, 11, 9.0, "", "first")
        assert strategy.told.wait(10)
        if in_a_thread:
            strategy.answer()
        assert [strategy.responses.get(timeout=10).order_remark for _ in range(2)] == ["first", "second"]
        first, second = (order.order_time for order in trader.query_stock_orders(ACCOUNT))
        trader.stop()
    assert (second > first) is is_late
