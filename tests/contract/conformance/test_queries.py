"""Every query, synchronous and asynchronous: the same rows both ways, and an empty list where there is nothing."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.contract.conformance.desk import CODE, A, Desk, shown
from tests.contract.conformance.drivers import Terminal
from tests.kit.fake_server import eventually


def told(ask: Any, *arguments: Any) -> Any:
    """What an asynchronous query gives its callback."""
    rows: list[Any] = []
    ask(*arguments, rows.append)
    eventually(lambda: rows)
    return rows[0]


def as_dicts(rows: Any) -> Any:
    return [shown(row) for row in rows] if isinstance(rows, list) else shown(rows)


def test_both_ways_give_the_same(a: Desk, b: Desk) -> None:
    b.sell(100, 10.0)
    a.buy(100, 10.0)
    trader = a.trader
    for at_once, later in (
        (trader.query_stock_orders, trader.query_stock_orders_async),
        (trader.query_stock_trades, trader.query_stock_trades_async),
        (trader.query_stock_positions, trader.query_stock_positions_async),
        (trader.query_stock_asset, trader.query_stock_asset_async),
    ):
        rows = at_once(a.account)
        assert rows
        assert as_dicts(told(later, a.account)) == as_dicts(rows)


def test_nothing_is_an_empty_list(a: Desk) -> None:
    assert a.trader.query_stock_orders(a.account) == []
    assert a.trader.query_stock_trades(a.account) == []
    assert a.trader.query_stock_order(a.account, 4711) is None
    assert a.trader.query_stock_position(a.account, "000001.SZ") is None


def test_one_order_one_position_and_only_what_can_be_cancelled(a: Desk) -> None:
    cancelled, open_ = a.buy(100, 9.8), a.buy(100, 9.9)
    a.cancel(cancelled)
    assert [a.trader.query_stock_order(a.account, order_id).order_id for order_id in (cancelled, open_)] == [cancelled, open_]
    assert [order.order_id for order in a.trader.query_stock_orders(a.account, True)] == [open_]
    rows: list[Any] = []
    a.trader.query_stock_orders_async(a.account, rows.append, True)
    eventually(lambda: rows)
    assert [order.order_id for order in rows[0]] == [open_]
    assert a.trader.query_stock_position(a.account, CODE).volume == 5000


def test_accounts_and_their_status(a: Desk) -> None:
    for ask in (a.trader.query_account_infos, a.trader.query_account_info):
        assert [(info.account_id, info.account_type, info.broker_type, info.login_status) for info in ask()] == [
            ("1001", 2, 2, 0), ("1002", 2, 2, 0), ("1003", 3, 3, 0),
        ]  # fmt: skip
    assert [(row.account_id, row.account_type, row.status) for row in a.trader.query_account_status()] == [
        ("1001", 2, 0), ("1002", 2, 0), ("1003", 3, 0),
    ]  # fmt: skip
    assert as_dicts(told(a.trader.query_account_infos_async)) == as_dicts(a.trader.query_account_infos())
    assert as_dicts(told(a.trader.query_account_status_async)) == as_dicts(a.trader.query_account_status())


def test_new_issues(a: Desk) -> None:
    limits = a.trader.query_new_purchase_limit(a.account)
    assert set(limits) <= {"KCB", "SH", "SZ"}
    raw = told(a.trader.query_new_purchase_limit_async, a.account)
    assert {row.m_strNewPurchaseLimitKey: row.m_nNewPurchaseLimitValue for row in raw} == limits
    assert a.trader.query_ipo_data() == {}
    assert told(a.trader.query_ipo_data_async) == []


def test_money_at_the_bank_and_at_the_ordinary_counter(terminal: Terminal, a: Desk) -> None:
    [bank] = a.trader.query_bank_info(a.account)
    success, text = a.trader.bank_transfer_in(a.account, bank.bank_no, bank.bank_account, 1000)
    assert (success, text) == (True, "")
    seq = a.trader.bank_transfer_out_async(a.account, bank.bank_no, bank.bank_account, 10**9)
    response = eventually(lambda: a.answer("on_bank_transfer_async_response", seq))
    assert response.success is False
    assert "[130107][可取资金不足]" in response.msg
    seq = a.trader.bank_transfer_in_async(a.account, bank.bank_no, bank.bank_account, 500)
    assert eventually(lambda: a.answer("on_bank_transfer_async_response", seq)).success is True
    assert a.trader.bank_transfer_out(a.account, bank.bank_no, "?", 1)[0] is False
    [amount] = a.trader.query_bank_amount(a.account, bank.bank_no, bank.bank_account, "")
    assert (amount.success, amount.balance) == (True, 998_500)
    transfers = a.trader.query_bank_transfer_stream(a.account, "20260101", "20261231")
    assert [(row.transfer_direction, row.balance) for row in transfers] == [("1", 1000), ("1", 500)]
    terminal.ctl.ordinary.cash(A, 300)
    assert a.trader.fund_transfer(a.account, 510, 100) == (True, "")
    assert a.trader.query_com_fund(a.account)["currentBalance"] == 200
    assert a.trader.secu_transfer(a.account, 521, CODE, 100, 0) == (True, "")
    assert {row.market for row in a.trader.query_secu_account(a.account)} == {"SH", "SZ"}


def test_deals_in_a_file(a: Desk, b: Desk, tmp_path: Path) -> None:
    b.sell(300, 10.0)
    a.buy(300, 10.0)
    path = tmp_path / "成交 deal.csv"
    assert a.trader.export_data(a.account, str(path), "deal") == {"msg": "export success"}
    with path.open(encoding="utf-8", newline="") as file:
        [row] = csv.DictReader(file)
    assert list(row)[:4] == ["account_id", "account_Type", "stock_code", "order_type"]
    assert (row["account_id"], row["stock_code"], row["order_type"], row["traded_volume"]) == (A, CODE, "23", "300")
    assert a.trader.export_data(a.account, str(path), "deal", "20261123", "20261123") == {"msg": "export success"}
    assert path.read_text(encoding="utf-8").count("\n") == 2
    assert a.trader.export_data(a.account, str(path), "deal", "2026-11-24") == {"msg": "export success"}
    assert path.read_text(encoding="utf-8").count("\n") == 1, "only the headings"


def test_deals_as_a_table(a: Desk, b: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what stands for pandas: the file is read, and then removed."""
    monkeypatch.setitem(sys.modules, "pandas", SimpleNamespace(read_csv=lambda path: Path(path).read_text(encoding="utf-8")))
    b.sell(300, 10.0)
    a.buy(300, 10.0)
    assert a.trader.query_data(a.account, str(tmp_path / "deal.csv"), "deal").count("600000.SH") == 1
    assert a.trader.query_data(a.account, str(tmp_path / "deal.csv"), "weather")["error"]["errorMsg"]
    assert list(tmp_path.iterdir()) == []


def test_deals_that_cannot_be_written(a: Desk, tmp_path: Path) -> None:
    file = str(tmp_path / "deal.csv")
    whose = "can not find account info, accountID:4711 accountType:2"
    assert a.trader.export_data(a.account_of("4711"), file, "deal") == {"error": {"errorMsg": whose}}
    for arguments in ((str(tmp_path / "no" / "where.csv"), "deal"), (file, "weather"), (file, "deal", "yesterday")):
        assert "errorMsg" in a.trader.export_data(a.account, *arguments)["error"]
    assert list(tmp_path.iterdir()) == []
