"""Bank and counter transfers through the SDK, in the wheel's shapes: tuples, dicts, objects; and what a restart keeps."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from miniqmt_sim.errors import CommandRefused, ConfigError
from miniqmt_sim.testing import SimServer
from miniqmt_sim.xtquant import xtconstant
from miniqmt_sim.xtquant.xttrader import XtQuantTrader, XtQuantTraderCallback
from miniqmt_sim.xtquant.xttype import StockAccount, XtBankTransferResponse
from tests.kit import vendor

CODE = "600000.SH"
ACCOUNT = StockAccount("A1")
CREDIT = StockAccount("C1", "CREDIT")
NO_SUCH = StockAccount("Z9")
BANK = {"bank_no": "A", "bank_account": "0200205001003215076", "bank_name": "工行", "balance_yuan": 99, "bank_pwd": "abc123"}


def holding(volume: int) -> list[dict[str, object]]:
    return [{"stock_code": CODE, "volume": volume, "cost_yuan": 10}]


ACCOUNTS = [
    {"id": "A1", "cash_yuan": 1000, "ordinary_cash_yuan": 200, "position": holding(500)},
    {"id": "C1", "type": "CREDIT", "cash_yuan": 50, "position": holding(300)},
    {"id": "P1", "bank": [BANK]},
]


@pytest.fixture
def server() -> Iterator[SimServer]:
    with SimServer(feed="none", clock="manual", accounts=ACCOUNTS) as server:
        yield server


@contextlib.contextmanager
def trading(server: SimServer, callback: object = None, session: int = 1) -> Iterator[XtQuantTrader]:
    trader = XtQuantTrader(server.userdata, session, callback)
    assert trader.connect() == 0
    try:
        yield trader
    finally:
        trader.stop()


@pytest.fixture
def trader(server: SimServer) -> Iterator[XtQuantTrader]:
    with trading(server) as trader:
        yield trader


def cash(trader: XtQuantTrader, account: StockAccount = ACCOUNT) -> float:
    asset = trader.query_stock_asset(account)
    assert asset is not None
    return asset.cash


# -- the bank ------------------------------------------------------------------------------------------------------------


def test_money_in_and_out_of_the_bank_that_query_bank_info_names(trader: XtQuantTrader) -> None:
    (bank,) = trader.query_bank_info(ACCOUNT) or []
    assert (bank.success, bank.error_msg, bank.money_type) == (True, "", "0")
    assert trader.bank_transfer_in(ACCOUNT, bank.bank_no, bank.bank_account, 500.5) == (True, "")
    assert cash(trader) == 1500.5
    assert trader.bank_transfer_out(ACCOUNT, bank.bank_no, bank.bank_account, 1500) == (True, "")
    assert cash(trader) == 0.5
    (amount,) = trader.query_bank_amount(ACCOUNT, bank.bank_no, bank.bank_account, "") or []
    assert (amount.account_id, amount.bank_account) == ("A1", bank.bank_account)
    assert (amount.balance, amount.enable_balance) == (1_000_999.5, 1_000_999.5)


def test_a_refusal_is_false_and_a_text(trader: XtQuantTrader, caplog: pytest.LogCaptureFixture) -> None:
    done, text = trader.bank_transfer_out(ACCOUNT, "1001", "6222A1", 1000.01)
    assert (done, "可取资金不足" in text) == (False, True)
    assert f"bank_transfer was refused: {text}" in caplog.text
    assert trader.bank_transfer_in(ACCOUNT, "1001", "wrong", 1)[0] is False
    assert trader.bank_transfer_in(NO_SUCH, "1001", "6222Z9", 1) == (False, "账号不存在: STOCK Z9")
    assert cash(trader) == 1000


def test_the_example_of_the_wheels_document(trader: XtQuantTrader) -> None:
    account = StockAccount("P1")
    assert trader.bank_transfer_in(account, "A", "0200205001003215076", 10, bank_pwd="abc123") == (True, "")
    assert trader.bank_transfer_in(account, "A", "0200205001003215076", 10)[1] == "[COUNTER][130102][银行密码错误]"
    assert trader.bank_transfer_out(account, "A", "0200205001003215076", 10, fund_pwd="abc123") == (True, "")
    (amount,) = trader.query_bank_amount(account, "A", "0200205001003215076", "abc123") or []
    assert (amount.success, amount.balance) == (True, 99)
    (amount,) = trader.query_bank_amount(account, "A", "0200205001003215076", "wrong") or []
    assert (amount.success, amount.error_msg, amount.balance) == (False, "[COUNTER][130102][银行密码错误]", 0)


def test_numbers_as_texts_and_texts_as_numbers_are_taken_as_the_wheel_takes_them(trader: XtQuantTrader) -> None:
    loose: Any = trader
    assert loose.bank_transfer_in(ACCOUNT, 1001, "6222A1", "12.50") == (True, "")
    assert cash(trader) == 1012.5
    with pytest.raises(ValueError, match="could not convert"):
        loose.bank_transfer_in(ACCOUNT, 1001, "6222A1", "much")


class Waiting(XtQuantTraderCallback):
    def __init__(self) -> None:
        self.responses: list[XtBankTransferResponse] = []
        self.assets: list[float] = []
        self.arrived = threading.Event()

    def on_bank_transfer_async_response(self, response: XtBankTransferResponse) -> None:
        self.responses.append(response)
        self.arrived.set()

    def on_stock_asset(self, asset: Any) -> None:
        self.assets.append(asset.cash)

    def wait(self) -> XtBankTransferResponse:
        assert self.arrived.wait(10)
        self.arrived.clear()
        return self.responses[-1]


def test_the_asynchronous_transfers_answer_through_the_callback(server: SimServer) -> None:
    callback = Waiting()
    with trading(server, callback) as trader:
        assert trader.subscribe(ACCOUNT) == 0
        seq = trader.bank_transfer_in_async(ACCOUNT, "1001", "6222A1", 5)
        response = callback.wait()
        assert (response.seq, response.success, response.msg) == (seq, True, "")
        seq = trader.bank_transfer_out_async(ACCOUNT, "1001", "6222A1", 5000)
        response = callback.wait()
        assert (response.seq, response.success) == (seq, False)
        assert "可取资金不足" in response.msg
        trader.bank_transfer_out_async(ACCOUNT, "1001", "6222A1", 5)
        assert callback.wait().success
        assert cash(trader) == 1000
    assert callback.assets == [1005, 1000]


def test_without_a_connection_a_transfer_fails_at_once(caplog: pytest.LogCaptureFixture) -> None:
    callback = Waiting()
    trader = XtQuantTrader("nowhere", 1, callback)
    assert trader.bank_transfer_in(ACCOUNT, "1001", "6222A1", 5) == (False, "not connected")
    assert trader.fund_transfer(ACCOUNT, xtconstant.FUNDS_TRANSFER_NORMAL_TO_SPEED, 5) == (False, "not connected")
    assert trader.query_com_fund(ACCOUNT) is None
    assert trader.query_com_position(ACCOUNT) is None
    trader.bank_transfer_in_async(ACCOUNT, "1001", "6222A1", 5)
    response = callback.wait()
    assert (response.success, response.msg) == (False, "not connected")
    trader.stop()


def test_the_stream_by_day_and_bank(server: SimServer, trader: XtQuantTrader) -> None:
    server.ctl.bank.set("A1", bank_no="2002", account="888", name="二行", balance=50)
    trader.bank_transfer_in(ACCOUNT, "1001", "6222A1", 10)
    first = server.ctl.clock.show()["now"][:10].replace("-", "")
    server.ctl.settle()
    server.ctl.clock.advance("1h")
    trader.bank_transfer_out(ACCOUNT, "2002", "888", 4)
    second = server.ctl.clock.show()["now"][:10].replace("-", "")
    assert first < second
    rows = trader.query_bank_transfer_stream(ACCOUNT, first, second) or []
    assert [(row.date, row.transfer_direction, row.balance, row.bank_name) for row in rows] == [
        (first, "1", 10, "模拟银行"),
        (second, "2", 4, "二行"),
    ]
    assert [row.time for row in rows] == ["09:00:00", "01:00:00"]
    assert [row.balance for row in trader.query_bank_transfer_stream(ACCOUNT, first, first) or []] == [10]
    assert [row.balance for row in trader.query_bank_transfer_stream(ACCOUNT, second, "") or []] == [4]
    assert [row.balance for row in trader.query_bank_transfer_stream(ACCOUNT, "", "", "1001") or []] == [10]
    assert trader.query_bank_transfer_stream(ACCOUNT, "", "", "1001", "888") == []
    assert trader.query_bank_transfer_stream(ACCOUNT, "yesterday", "") is None
    assert trader.query_bank_transfer_stream(CREDIT, "", "") == []


# -- the two counters ----------------------------------------------------------------------------------------------------


def test_cash_and_shares_move_between_the_counters(trader: XtQuantTrader) -> None:
    assert trader.fund_transfer(ACCOUNT, xtconstant.FUNDS_TRANSFER_NORMAL_TO_SPEED, 150) == (True, "")
    assert trader.fund_transfer(ACCOUNT, xtconstant.FUNDS_TRANSFER_SPEED_TO_NORMAL, 1000) == (True, "")
    assert cash(trader) == 150
    direction = xtconstant.SECU_TRANSFER_SPEED_TO_NORMAL
    assert trader.secu_transfer(ACCOUNT, direction, CODE, 200, xtconstant.TRANS_TRANSFER_SHARE) == (True, "")
    fund = trader.query_com_fund(ACCOUNT)
    assert fund is not None
    value = fund["marketValue"]
    assert value > 0
    assert fund == {
        "success": True, "error": "", "currentBalance": 1050, "enableBalance": 1050, "fetchBalance": 1050, "interest": 0,
        "assetBalance": 1050 + value, "fetchCash": 1050, "marketValue": value, "debt": 0,
    }  # fmt: skip
    (held,) = trader.query_com_position(ACCOUNT) or []
    assert (held["stockCode"], held["stockCode1"], held["stockName"]) == ("600000", CODE, "浦发银行")
    assert (held["totalAmt"], held["enableAmount"], held["prEnableVol"], held["bsOnTheWayVol"]) == (200, 200, 200, 0)
    assert (held["costPrice"], held["costBalance"]) == (10, 2000)
    assert held["income"] == pytest.approx(value - 2000)
    assert held["incomeRate"] == pytest.approx((value - 2000) / 2000)
    position = trader.query_stock_position(ACCOUNT, CODE)
    assert position is not None
    assert (position.volume, position.can_use_volume) == (300, 300)


def test_the_dicts_have_the_wheels_keys(trader: XtQuantTrader) -> None:
    trader.secu_transfer(ACCOUNT, xtconstant.SECU_TRANSFER_SPEED_TO_NORMAL, CODE, 200, xtconstant.TRANS_TRANSFER_SHARE)
    source = vendor.path_of("xttrader").read_text(encoding="utf-8")
    for method, made in (
        ("query_com_fund", trader.query_com_fund(ACCOUNT)),
        ("query_com_position", (trader.query_com_position(ACCOUNT) or [None])[0]),
    ):
        assert made is not None
        body = source.partition(f"def {method}(")[2].partition("    def ")[0]
        keys = [line.strip().partition("'")[2].partition("'")[0] for line in body.splitlines() if line.strip().startswith("'")]
        assert list(made) == keys


def test_shares_of_a_credit_account(trader: XtQuantTrader) -> None:
    direction = xtconstant.SECU_TRANSFER_SPEED_TO_NORMAL
    assert trader.secu_transfer(CREDIT, direction, CODE, 100, xtconstant.TRANS_TRANSFER_CREDIT_SHARE) == (True, "")
    assert trader.secu_transfer(CREDIT, direction, CODE, 100, xtconstant.TRANS_TRANSFER_SHARE) == (True, "")
    done, text = trader.secu_transfer(CREDIT, direction, CODE, 100, xtconstant.TRANS_TRANSFER_SPECIAL_POSITIONS)
    assert (done, text) == (False, "[COUNTER][130004][账户没有专项头寸，不能划拨]")
    done, text = trader.secu_transfer(ACCOUNT, direction, CODE, 100, xtconstant.TRANS_TRANSFER_CREDIT_SHARE)
    assert (done, text) == (False, "[COUNTER][130005][非信用账户不能划拨信用股份]")


def test_shareholder_accounts(trader: XtQuantTrader) -> None:
    rows = trader.query_secu_account(ACCOUNT) or []
    assert [(row.main, row.market) for row in rows] == [(True, "SH"), (True, "SZ")]
    position = trader.query_stock_position(ACCOUNT, CODE)
    assert position is not None
    assert rows[0].secu_account == position.secu_account
    assert rows[1].secu_account != rows[0].secu_account


def test_an_unknown_account_has_nothing_to_show(trader: XtQuantTrader) -> None:
    assert trader.query_bank_info(NO_SUCH) is None
    assert trader.query_bank_amount(NO_SUCH, "1001", "6222Z9", "") is None
    assert trader.query_bank_transfer_stream(NO_SUCH, "", "") is None
    assert trader.query_secu_account(NO_SUCH) is None
    assert trader.query_com_fund(NO_SUCH) is None
    assert trader.query_com_position(NO_SUCH) is None
    for done, text in (
        trader.fund_transfer(NO_SUCH, xtconstant.FUNDS_TRANSFER_NORMAL_TO_SPEED, 1),
        trader.secu_transfer(NO_SUCH, xtconstant.SECU_TRANSFER_NORMAL_TO_SPEED, CODE, 1, 0),
    ):
        assert (done, text) == (False, "账号不存在: STOCK Z9")


# -- the operator --------------------------------------------------------------------------------------------------------


def test_a_bank_set_by_the_operator(server: SimServer, trader: XtQuantTrader) -> None:
    ctl = server.ctl
    bank = ctl.bank.set("A1", balance=70, bank_pwd="secret")
    assert bank == {
        "account_id": "A1", "bank_no": "1001", "bank_account": "6222A1", "bank_name": "模拟银行", "balance": 70,
        "has_bank_pwd": True, "has_fund_pwd": False,
    }  # fmt: skip
    assert trader.bank_transfer_in(ACCOUNT, "1001", "6222A1", 70)[0] is False
    assert trader.bank_transfer_in(ACCOUNT, "1001", "6222A1", 70, "secret") == (True, "")
    assert [row["balance"] for row in ctl.bank.list("A1")] == [0]
    for number in range(9):
        ctl.bank.set("A1", bank_no=f"B{number}", account="1")
    with pytest.raises(CommandRefused, match="has 10 banks already"):
        ctl.bank.set("A1", bank_no="B9", account="1")
    with pytest.raises(CommandRefused, match="is not a sum of money"):
        ctl.bank.set("A1", balance=0.001)
    with pytest.raises(CommandRefused, match="there is no account Z9"):
        ctl.bank.list("Z9")
    with pytest.raises(CommandRefused, match="too long"):
        ctl.bank.set("A1", name="x" * 65)
    assert ctl.check() == {"ok": True, "problems": []}


def test_an_ordinary_counter_filled_by_the_operator(server: SimServer, trader: XtQuantTrader) -> None:
    assert server.ctl.ordinary.cash("C1", 33.5)["current_balance"] == 33.5
    server.ctl.ordinary.position("C1", CODE, 400, cost=8)
    (held,) = trader.query_com_position(CREDIT) or []
    assert (held["totalAmt"], held["costPrice"]) == (400, 8)
    server.ctl.ordinary.position("C1", CODE, 0)
    assert trader.query_com_position(CREDIT) == []
    with pytest.raises(CommandRefused, match="is not listed"):
        server.ctl.ordinary.position("C1", "600001.SH", 100)
    with pytest.raises(CommandRefused, match="volume -1"):
        server.ctl.ordinary.position("C1", CODE, -1)
    assert server.ctl.check()["ok"]


WRONG_BANKS = [
    ([{"colour": "red"}], "unknown key 'colour'"),
    ([{"balance_yuan": -1}], "balance_yuan must be a sum of money in yuan and fen"),
    ([{"balance_yuan": 0.001}], "balance_yuan must be a sum of money in yuan and fen"),
    ([{"balance_yuan": "much"}], "balance_yuan must be a number of yuan"),
    ([{"bank_no": 1001}], "bank_no must be a text"),
    ([{"bank_account": ""}], "bank_no and bank_account must not be empty"),
    ([{"bank_name": "x" * 65}], "bank_name must be a text of at most 64 characters"),
    ([{}, {}], "a bank account stands there twice"),
    ([{"bank_no": str(number)} for number in range(11)], "at most 10"),
    ({"bank_no": "1"}, "must be at most 10 \\[\\[account.bank\\]\\] tables"),
    (["1001"], "must be a table"),
]


@pytest.mark.parametrize(("banks", "problem"), WRONG_BANKS)
def test_a_wrong_bank_in_accounts_toml_is_named(banks: object, problem: str) -> None:
    with pytest.raises(ConfigError, match=f"accounts, account 1.*{problem}"):
        SimServer(feed="none", accounts=[{"id": "A1", "bank": banks}]).start()


# -- restarts ------------------------------------------------------------------------------------------------------------


def test_a_killed_server_comes_back_with_banks_counters_and_meters() -> None:
    with SimServer(feed="none", clock="manual", accounts=ACCOUNTS, durability="normal") as server:
        with trading(server) as trader:
            trader.bank_transfer_in(ACCOUNT, "1001", "6222A1", 5)
            trader.fund_transfer(ACCOUNT, xtconstant.FUNDS_TRANSFER_NORMAL_TO_SPEED, 150)
            trader.secu_transfer(ACCOUNT, xtconstant.SECU_TRANSFER_SPEED_TO_NORMAL, CODE, 200, 0)
            trader.order_stock(ACCOUNT, CODE, xtconstant.STOCK_BUY, 100, xtconstant.FIX_PRICE, 10.0)
        before = server.ctl.state_hash(), server.ctl.compliance("A1"), server.ctl.bank.list("A1")
        assert before[1]["orders"] == 1
        server.kill()
        server.start()
        assert (server.ctl.state_hash(), server.ctl.compliance("A1"), server.ctl.bank.list("A1")) == before
        assert server.ctl.check()["ok"]
        with trading(server) as trader:
            assert [row.balance for row in trader.query_bank_transfer_stream(ACCOUNT, "", "") or []] == [5]
            assert [row["totalAmt"] for row in trader.query_com_position(ACCOUNT) or []] == [200]
            assert trader.secu_transfer(ACCOUNT, xtconstant.SECU_TRANSFER_NORMAL_TO_SPEED, CODE, 200, 0) == (True, "")
            assert trader.bank_transfer_in(ACCOUNT, "1001", "6222A1", 1) == (True, "")
            rows = trader.query_bank_transfer_stream(ACCOUNT, "", "") or []
            assert [row.transfer_no for row in rows] == ["1", "2"]


def test_the_journal_and_the_log_know_no_password(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    path = tmp_path / "sim.sqlite"
    with SimServer(feed="none", clock="manual", accounts=ACCOUNTS, database=str(path)) as server, trading(server) as trader:
        trader.bank_transfer_in(ACCOUNT, "1001", "6222A1", 5, "topsecret", "classified")
        trader.query_bank_amount(ACCOUNT, "1001", "6222A1", "topsecret")
    with contextlib.closing(sqlite3.connect(path)) as database:
        (body,) = database.execute("SELECT body FROM journal WHERE name = 'bank_transfer'").fetchone()
    assert '"bank_pwd":"***","fund_pwd":"***"' in body
    for data in (path.read_bytes(), caplog.text.encode()):
        assert b"topsecret" not in data
        assert b"classified" not in data


# -- the compliance meter ------------------------------------------------------------------------------------------------


def write_config(tmp_path: Path, mode: str) -> Path:
    rules = tmp_path / "rules"
    rules.mkdir()
    for path in (Path(__file__).parents[2] / "config" / "rules").glob("*.toml"):
        (rules / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    rows = '[[row]]\nmeasure = "second"\nfrom = 20150101\nmessages = 3\nsource = "a test"\n'
    (rules / "compliance.toml").write_text(rows, encoding="utf-8")
    config = tmp_path / "my.toml"
    config.write_text(f'compliance = "{mode}"\n[files]\nrules = "rules"\n', encoding="utf-8")
    return config


def test_a_warning_is_one_line_of_the_log_without_the_account(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "miniqmt_sim.server")
    accounts = [{"id": "1000000365", "cash_yuan": 100000}]
    config = write_config(tmp_path, "warn")
    with SimServer(feed="none", clock="manual", accounts=accounts, config=str(config)) as server, trading(server) as trader:
        for _ in range(6):
            assert trader.order_stock(StockAccount("1000000365"), CODE, 23, 100, 11, 10.0) > 0
        day = server.ctl.clock.show()["day"]
        figures = server.ctl.compliance("1000000365")
    lines = [record.getMessage() for record in caplog.records if record.getMessage().startswith("compliance")]
    assert lines == [f"compliance account=***0365 day={day} measure=second messages=3 threshold=3"]
    assert (figures["messages"], figures["peak_second"], figures["mode"]) == (6, 6, "warn")
    assert (figures["thresholds"], figures["reached"]) == (["second:3"], ["second"])
    assert figures["peak_at"].endswith("T09:00:00.000")
    assert "1000000365" not in caplog.text


def test_refuse_reaches_the_strategy_as_a_refused_order(tmp_path: Path) -> None:
    config = write_config(tmp_path, "refuse")
    with SimServer(feed="none", clock="manual", accounts=ACCOUNTS, config=str(config)) as server:
        server.ctl.cash.deposit("A1", 100000)
        with trading(server) as trader:
            ids = [trader.order_stock(ACCOUNT, CODE, 23, 100, 11, 10.0) for _ in range(3)]
            orders = [trader.query_stock_order(ACCOUNT, order_id) for order_id in ids]
        assert [order.order_status for order in orders if order] == [50, 50, 57]
        assert orders[2] is not None
        assert "[1238][委托过于频繁]" in orders[2].status_msg


WRONG_THRESHOLDS = [
    ('measure = "hour"\nfrom = 20150101\nmessages = 3\nsource = "x"', "measure must be one of second, day"),
    ('measure = "day"\nfrom = 20150101\nmessages = 0\nsource = "x"', "messages must be positive"),
    ('measure = "day"\nfrom = 20150101\nmessages = 3', "source must say where the rule is written"),
]


@pytest.mark.parametrize(("row", "problem"), WRONG_THRESHOLDS)
def test_a_wrong_threshold_is_named(tmp_path: Path, row: str, problem: str) -> None:
    config = write_config(tmp_path, "warn")
    (tmp_path / "rules" / "compliance.toml").write_text(f"[[row]]\n{row}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=f"config/rules/compliance.toml.*{problem}"):
        SimServer(feed="none", config=str(config)).start()


def test_an_unknown_mode_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="compliance: must be one of off, warn, refuse"):
        SimServer(feed="none", config=str(write_config(tmp_path, "shout"))).start()
