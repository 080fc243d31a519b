"""A trading session through the vendor's wheel: orders, fills, cancels, queries, pushes, and a connection that is lost.

What the wheel itself gets wrong stands in ``test_deviations``. Source: native-surface §4–§7.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from miniqmt_sim.client import transport
from miniqmt_sim.testing import SimServer
from miniqmt_sim.xtquant import xtconstant as xt
from tests.contract.wheel.kit import CODE, A, Open, heard, names, order_fields
from tests.kit.fake_server import PATIENCE_S, FakeServer, eventually

# -- a trading session ---------------------------------------------------------------------------------------------------


def test_a_session_from_connecting_to_the_last_query(sim: SimServer, open_trader: Open) -> None:
    trader = open_trader(sim.userdata)
    assert trader.connected is True
    assert trader.connect() == 0, "it is connected already"
    assert trader.subscribe(A) == 0
    [(name, status)] = heard(trader)
    assert (name, status.account_id, status.account_type, status.status) == ("on_account_status", "1001", 2, 0)

    resting = trader.order_stock(*order_fields(xt.STOCK_SELL, price=10.5))
    seq = trader.order_stock_async(*order_fields(xt.STOCK_BUY, price=9.5))
    rows = heard(trader)
    placed = ["on_stock_order", "on_stock_position", "on_stock_asset"]
    assert names(rows) == [*placed, "on_order_stock_async_response", "on_stock_order", "on_stock_asset"]
    response, order = rows[3][1], rows[4][1]
    assert (response.seq, response.account_id, response.strategy_name, response.order_remark) == (seq, "1001", "name", "remark")
    assert (order.order_id, order.order_status, order.order_sysid != "") == (response.order_id, xt.ORDER_REPORTED, True)
    assert (order.account_type, order.m_nOrderID, order.m_strOrderRemark) == (2, order.order_id, "remark")

    sim.ctl.quote(CODE, last=10, ask=["10:1000"], pre_close=10)
    filled = trader.order_stock(*order_fields(price=10.0))
    rows = heard(trader)
    assert names(rows) == ["on_stock_order", "on_stock_order", "on_stock_trade", "on_stock_position", "on_stock_asset"]
    trade, position, asset = (value for _, value in rows[2:])
    assert (trade.order_id, trade.traded_volume, trade.traded_price, trade.traded_amount) == (filled, 100, 10.0, 1000.0)
    assert (position.stock_code, position.volume, position.can_use_volume, position.on_road_volume) == (CODE, 5100, 4900, 100)
    assert asset.total_asset == asset.cash + asset.frozen_cash + asset.market_value

    assert trader.cancel_order_stock(A, resting) == 0
    assert trader.cancel_order_stock_sysid(A, "SH", order.order_sysid) == 0
    cancelled = [value.order_status for name, value in heard(trader) if name == "on_stock_order"]
    assert cancelled == [xt.ORDER_CANCELED, xt.ORDER_CANCELED]
    sim.ctl.quote(CODE, last=10, pre_close=10)

    assert trader.query_stock_asset(A).frozen_cash == 0
    assert [row.order_id for row in trader.query_stock_orders(A)] == [resting, response.order_id, filled]
    assert trader.query_stock_orders(A, cancelable_only=True) == []
    assert trader.query_stock_order(A, filled).order_status == xt.ORDER_SUCCEEDED
    assert [row.traded_id for row in trader.query_stock_trades(A)] == [trade.traded_id]
    assert trader.query_stock_position(A, CODE).volume == 5100
    assert [row.stock_code for row in trader.query_stock_positions(A)] == [CODE]
    assert [row.account_id for row in trader.query_account_infos()] == ["1001"]
    assert [row.status for row in trader.query_account_status()] == [0]
    assert trader.unsubscribe(A) == 0


def test_a_refused_order_is_told_after_its_response_with_its_seq(trader: Any) -> None:
    seq = trader.order_stock_async(*order_fields(volume=100_000))
    rows = heard(trader)
    assert names(rows) == ["on_order_stock_async_response", "on_stock_order", "on_stock_order", "on_order_error"]
    response, junk, error = rows[0][1], rows[2][1], rows[3][1]
    assert (error.seq, error.order_id, error.error_id) == (seq, response.order_id, -61)
    assert "[260200][可用资金不足]" in error.error_msg
    assert (junk.order_status, junk.status_msg) == (xt.ORDER_JUNK, error.error_msg)
    assert (error.strategy_name, error.order_remark) == ("name", "remark")


def test_an_order_placed_synchronously_has_its_error_told_too(trader: Any) -> None:
    assert trader.order_stock(*order_fields(volume=100_000)) > 0
    assert names(heard(trader))[-1] == "on_order_error"


@pytest.mark.parametrize(("volume", "price"), [(0, 10.0), (-100, 10.0), (100.5, 10.0), (100, float("nan"))])
def test_an_order_that_is_none_is_minus_1_with_a_reason(trader: Any, volume: Any, price: float) -> None:
    assert trader.order_stock(*order_fields(volume=volume, price=price)) == -1
    trader.order_stock_async(*order_fields(volume=volume, price=price))
    [(name, response)] = heard(trader)
    assert (name, response.order_id, bool(response.error_msg)) == ("on_order_stock_async_response", -1, True)


def test_refused_cancels_are_told_after_their_response(trader: Any) -> None:
    order_id = trader.order_stock(*order_fields(price=9.5))
    assert trader.cancel_order_stock(A, order_id) == 0
    heard(trader)
    for _ in range(2):
        seq = trader.cancel_order_stock_async(A, order_id)
        rows = heard(trader)
        assert names(rows) == ["on_cancel_order_stock_async_response", "on_cancel_error"]
        (_, response), (_, error) = rows
        assert (response.seq, response.cancel_result, response.order_id) == (seq, -1, order_id)
        assert (error.order_id, error.order_sysid, error.market) == (order_id, response.order_sysid, xt.SH_MARKET)
        assert "[251020]" in error.error_msg
    assert trader.cancel_order_stock(A, 999) == -1
    assert names(heard(trader)) == ["on_cancel_error"]


@pytest.mark.parametrize("market", [xt.SH_MARKET, "SH"])
def test_cancels_by_the_counters_number_take_a_market_by_number_and_by_name(trader: Any, market: Any) -> None:
    order_id = trader.order_stock(*order_fields(price=9.5))
    sysid = trader.query_stock_order(A, order_id).order_sysid
    assert trader.cancel_order_stock_sysid(A, "XX", sysid) == -1
    assert trader.cancel_order_stock_sysid(A, xt.SZ_MARKET, sysid) == -1
    trader.cancel_order_stock_sysid_async(A, market, sysid)
    answers = [value.cancel_result for name, value in heard(trader) if name == "on_cancel_order_stock_async_response"]
    assert answers == [0]


def test_in_relaxed_mode_a_callback_may_query(sim: SimServer, open_trader: Open) -> None:
    trader = open_trader(sim.userdata)
    trader.set_relaxed_response_order_enabled(True)
    seen = []
    trader.callback.on_account_status = lambda _: seen.append(trader.query_stock_asset(A).account_id)
    assert trader.subscribe(A) == 0
    assert eventually(lambda: seen) == ["1001"]


def test_new_issues_banks_and_the_ordinary_counter(sim: SimServer, trader: Any) -> None:
    sim.ctl.ordinary.cash("1001", 500)
    assert trader.query_com_fund(A)["enableBalance"] == 500.0
    assert trader.fund_transfer(A, 510, 200.0) == (True, "")
    assert trader.query_com_fund(A) | {"fetchCash": 0, "fetchBalance": 0} == {
        "success": True, "error": "", "currentBalance": 300.0, "enableBalance": 300.0, "fetchBalance": 0, "interest": 0.0,
        "assetBalance": 300.0, "fetchCash": 0, "marketValue": 0.0, "debt": 0.0,
    }  # fmt: skip
    done, reason = trader.secu_transfer(A, 520, CODE, 100, 0)
    assert (done, bool(reason)) == (False, True)
    [bank] = trader.query_bank_info(A)
    assert trader.bank_transfer_in(A, bank.bank_no, bank.bank_account, 100) == (True, "")
    assert trader.bank_transfer_out(A, bank.bank_no, bank.bank_account, 10**9)[0] is False
    seq = trader.bank_transfer_in_async(A, bank.bank_no, bank.bank_account, 100)
    rows = [(value.seq, value.success, value.msg) for name, value in heard(trader) if name == "on_bank_transfer_async_response"]
    assert rows == [(seq, True, "")]
    [amount] = trader.query_bank_amount(A, bank.bank_no, bank.bank_account, "")
    assert (amount.success, amount.account_id) == (True, "1001")
    assert [row.balance for row in trader.query_bank_transfer_stream(A, "", "")] == [100.0, 100.0]
    assert {row.market for row in trader.query_secu_account(A)} == {"SH", "SZ"}
    assert trader.query_new_purchase_limit(A) == {"KCB": 5000, "SH": 5000, "SZ": 0}
    assert trader.query_ipo_data() == {}


# -- a lost connection ------------------------------------------------------------------------------------------------


def test_the_same_object_connects_again_and_no_push_is_doubled(sim: SimServer, trader: Any) -> None:
    sim.restart()
    eventually(lambda: "on_disconnected" in names(trader.callback.heard))
    assert trader.query_stock_orders(A) == []
    assert trader.connect() == 0
    assert trader.subscribe(A) == 0
    assert names(heard(trader)) == ["on_disconnected", "on_account_status"]
    order_id = trader.order_stock(*order_fields(price=9.5))
    assert names(heard(trader)) == ["on_stock_order", "on_stock_asset"]
    assert trader.cancel_order_stock(A, order_id) == 0


def test_a_new_trader_may_be_made_in_on_disconnected(fake: FakeServer, tmp_path: Path, open_trader: Open) -> None:
    """vnpy_xt does so, in the old trader's worker, and subscribes synchronously there."""
    old = open_trader(tmp_path, session=1)
    made: list[Any] = []

    def again() -> None:
        new = open_trader(tmp_path, session=2)
        made.append((new, new.subscribe(A)))

    old.callback.on_disconnected = again
    fake.drop()
    [(new, subscribed)] = eventually(lambda: list(made))
    assert (subscribed, new.connected) == (0, True)


def test_an_answer_that_stays_away_is_a_failure_after_the_timeout(
    fake: FakeServer, tmp_path: Path, open_trader: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "LOOK_UP_S", 0.02)
    lonely = open_trader(tmp_path)
    fake.answers["query_stock_asset"] = lambda _request: ()
    lonely.set_timeout(0)
    lonely.set_timeout(0.05)
    assert lonely.query_stock_asset(A) is None


def test_a_second_live_session_of_the_same_number_is_minus_1(sim: SimServer, trader: Any, open_trader: Open) -> None:
    other = open_trader(sim.userdata, connects=-1)
    assert other.subscribe(A) == -1
    assert open_trader(sim.userdata, session=8).subscribe(A) == 0


def test_stop_ends_a_call_under_way_and_tells_nothing_afterwards(fake: FakeServer, lonely: Any) -> None:
    fake.answers["query_stock_asset"] = lambda _request: ()
    given: list[Any] = []
    thread = threading.Thread(target=lambda: given.append(lonely.query_stock_asset(A)))
    thread.start()
    fake.wait_for_request("query_stock_asset")
    lonely.stop()
    thread.join(10)
    assert given == [None]
    assert lonely.callback.heard == [], "whoever stops is not told that he is disconnected"
    assert lonely.connect() == -1, "start() comes first"
    lonely.start()
    assert lonely.connect() == 0


PROGRAM = """
import os, sys, time
import miniqmt_sim.hook
from xtquant.xttrader import XtQuantTrader, XtQuantTraderCallback
class Callback(XtQuantTraderCallback):
    pushed = 0
    def on_stock_order(self, order):
        self.pushed += 1
trader = XtQuantTrader(sys.argv[1], 3, Callback())
trader.start()
print(trader.connect(), flush=True)
{wait}
"""


def run_program(userdata: Path, wait: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM.format(wait=wait), str(userdata)]
    env = {**os.environ, "MINIQMT_SIM_SDK": "vendor", "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)


def test_a_program_that_never_stops_its_trader_ends_while_pushes_come(fake: FakeServer, tmp_path: Path) -> None:
    program = run_program(tmp_path, "while trader.callback.pushed < 20: time.sleep(0.01)")
    deadline = time.monotonic() + PATIENCE_S
    with contextlib.suppress(OSError):  # when it has gone
        while program.poll() is None and time.monotonic() < deadline:
            fake.push("push_stock_order")
            time.sleep(0.001)
    if program.poll() is None:
        program.kill()
    out, err = program.communicate(timeout=PATIENCE_S)
    assert (program.returncode, out) == (0, "0\n"), err
    assert "Traceback" not in err, err


def test_a_program_that_is_interrupted_in_run_forever_ends(fake: FakeServer, tmp_path: Path) -> None:
    program = run_program(tmp_path, "trader.run_forever()")
    assert program.stdout is not None
    assert program.stdout.readline() == "0\n"
    program.send_signal(signal.SIGINT)
    _, err = program.communicate(timeout=PATIENCE_S)
    assert err.rstrip().endswith("KeyboardInterrupt")


FORK = """
from xtquant.xttype import StockAccount
account = StockAccount("1001")
child = os.fork()
if not child:
    for call in (trader.query_stock_asset, trader.query_stock_orders):
        try:
            call(account)
        except RuntimeError as error:
            print("Make a trader here" in str(error), flush=True)
    own = XtQuantTrader(sys.argv[1], 4, Callback())
    own.start()
    print(own.connect(), own.order_stock(account, "600000.SH", 23, 100, 11, 10.0) > 0, flush=True)
    own.stop()
    os._exit(0)
os.waitpid(child, 0)
print(trader.order_stock(account, "600000.SH", 23, 100, 11, 10.0) > 0, flush=True)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows forks nothing")
def test_a_forked_child_makes_a_trader_of_its_own(fake: FakeServer, tmp_path: Path) -> None:
    out, err = run_program(tmp_path, FORK).communicate(timeout=PATIENCE_S)
    assert out.split() == ["0", "True", "True", "0", "True", "True"], err


QUOTES = """
from xtquant import xtdata, xtdatacenter
xtdata.enable_hello = False
xtdatacenter.set_token('no matter')
xtdatacenter.init()
print(xtdatacenter.listen(port=58620))
xtdata.connect(port=58620)
print(xtdata.get_instrument_detail('600000.SH')['InstrumentID'], xtdata.get_full_tick(['600000.SH'])['600000.SH']['lastPrice'])
"""


def test_the_wheels_quote_server_in_ones_own_process_is_ours(sim: SimServer) -> None:
    out, err = run_program(Path(sim.userdata), QUOTES).communicate(timeout=PATIENCE_S)
    assert out.splitlines() == ["0", "('0.0.0.0', 58620)", "600000 10.0"], err
