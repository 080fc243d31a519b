"""The two queries about new issues and a subscription through the SDK, against a real server."""

from __future__ import annotations

import queue
from typing import Any

import pytest

from miniqmt_sim.testing import SimServer
from miniqmt_sim.xtquant import xtconstant
from miniqmt_sim.xtquant.xttrader import XtQuantTrader
from miniqmt_sim.xtquant.xttype import IPOData, NewPurchaseLimitInfo, StockAccount

ACCOUNT = StockAccount("A")
ISSUES = """# of this test only
subscription_code,listed_code,name,type,issue_price,min,max,subscribe_day,listing_day,winning_rate
787901.SH,688901.SH,示例科技,STOCK,35.80,500,9500,20261125,20261204,1
754901.SH,113901.SH,示例转债,BOND,100,10,10000,20261125,20261215,0
732901.SH,603901.SH,示例股份,STOCK,12.50,500,16500,20261126,20261207,0
"""


@pytest.fixture
def server(tmp_path: Any) -> Any:
    (tmp_path / "ipo.csv").write_text(ISSUES, encoding="utf-8")
    (tmp_path / "my.toml").write_text('[files]\nipo = "ipo.csv"\n', encoding="utf-8")
    position = {"stock_code": "600000.SH", "volume": 3000, "cost_yuan": 10.0}
    account = {"id": "A", "type": "STOCK", "cash_yuan": 100_000, "position": [position]}
    with SimServer(config=tmp_path / "my.toml", feed="none", clock="manual", accounts=[account]) as sim:
        sim.ctl.clock.set("2026-11-25T10:00")
        yield sim


@pytest.fixture
def trader(server: SimServer, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name in ("MINIQMT_SIM_ADDR", "MINIQMT_SIM_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    trader = XtQuantTrader(str(server.userdata), 1)
    trader.start()
    assert trader.connect() == 0
    yield trader
    trader.stop()


def test_quotas_by_board(trader: XtQuantTrader) -> None:
    assert trader.query_new_purchase_limit(ACCOUNT) == {"KCB": 3000, "SH": 3000, "SZ": 0}
    assert trader.query_new_purchase_limit(StockAccount("nobody")) is None
    answers: queue.Queue[Any] = queue.Queue()
    trader.query_new_purchase_limit_async(ACCOUNT, answers.put)
    rows = answers.get(timeout=10)
    assert all(isinstance(row, NewPurchaseLimitInfo) for row in rows)
    assert [(row.m_strNewPurchaseLimitKey, row.m_nNewPurchaseLimitValue) for row in rows] == [
        ("KCB", 3000), ("SH", 3000), ("SZ", 0),
    ]  # fmt: skip


def test_the_issues_of_today(trader: XtQuantTrader) -> None:
    assert trader.query_ipo_data() == {
        "787901.SH": {
            "name": "示例科技", "type": "STOCK", "maxPurchaseNum": 9500, "minPurchaseNum": 500, "purchaseDate": "20261125",
            "issuePrice": 35.8,
        },
        "754901.SH": {
            "name": "示例转债", "type": "BOND", "maxPurchaseNum": 10000, "minPurchaseNum": 10, "purchaseDate": "20261125",
            "issuePrice": 100.0,
        },
    }  # fmt: skip
    answers: queue.Queue[Any] = queue.Queue()
    trader.query_ipo_data_async(answers.put)
    first = answers.get(timeout=10)[0]
    assert isinstance(first, IPOData)
    assert (first.ipo_code, first.m_strIPOCode, first.m_dIssuePrice) == ("787901.SH", "787901.SH", 35.8)


def test_subscribing_to_whatever_there_is_today(server: SimServer, trader: XtQuantTrader) -> None:
    limits = trader.query_new_purchase_limit(ACCOUNT)
    issues = trader.query_ipo_data()
    assert limits is not None
    assert issues is not None
    for code, issue in issues.items():
        most = min(limits["KCB"], issue["maxPurchaseNum"]) if issue["type"] == "STOCK" else issue["maxPurchaseNum"]
        assert trader.order_stock(ACCOUNT, code, xtconstant.STOCK_BUY, most, xtconstant.FIX_PRICE, issue["issuePrice"]) > 0
    orders = trader.query_stock_orders(ACCOUNT)
    assert orders is not None
    assert [order.order_status for order in orders] == [xtconstant.ORDER_REPORTED] * 2
    assert trader.cancel_order_stock(ACCOUNT, orders[0].order_id) == -1
    server.restart()
    assert [(row["subscription_code"], row["volume"]) for row in server.ctl.ipo.list()] == [
        ("754901.SH", 10000), ("787901.SH", 3000),
    ]  # fmt: skip
    server.ctl.clock.set("2026-12-04T10:00")
    (held,) = [row for row in server.ctl.positions("A") if row["stock_code"] == "688901.SH"]
    assert (held["volume"], held["avg_price"]) == (2793, pytest.approx(35.8))  # as far as 100,000 yuan reach
    assert server.ctl.check() == {"ok": True, "problems": []}
