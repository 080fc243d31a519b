"""A world in which nothing has happened may be set back to any time: it then is what it would be had it begun there."""

from __future__ import annotations

from typing import Any

import pytest

from miniqmt_sim.errors import CommandRefused
from tests.kit.desk import Desk, make_config, moment
from tests.kit.tape_desk import TapeDesk
from tests.kit.tapes import DAY, bar

ACCOUNTS = [
    {
        "id": "A", "type": "STOCK", "cash_yuan": 1_000_000,
        "position": [{"stock_code": "600000.SH", "volume": 1000, "cost_yuan": 10.0}],
    },
    {"id": "C", "type": "CREDIT", "cash_yuan": 500_000},
    {"id": "E", "type": "STOCK", "cash_yuan": 0},
]  # fmt: skip
EARLIER = 20260302


def begun(day: int, **options: Any) -> Desk:
    desk = Desk(make_config(accounts=ACCOUNTS, **options), day=day)
    desk.ask("ctl_clock_set", time="2026-03-02T09:31")
    return desk


def rows(desk: Desk, table: str) -> list[Any]:
    return [row for _, row in sorted(desk.stored.get(table, {}).items()) if row is not None]


@pytest.mark.parametrize("hours", ["always", "exchange"])
@pytest.mark.parametrize("feed", ["none", "synthetic"])
def test_every_row_is_that_of_a_world_that_began_there(hours: str, feed: str) -> None:
    rewound, fresh = begun(20261123, hours=hours, feed=feed), begun(EARLIER, hours=hours, feed=feed)
    for table in {*rewound.stored, *fresh.stored} - {"counters", "scheduled"}:
        assert rows(rewound, table) == rows(fresh, table), table
    assert [row[1:] for row in rows(rewound, "scheduled")] == [row[1:] for row in rows(fresh, "scheduled")]
    assert rewound.simulator.check() == []


def test_what_was_paid_in_and_out_before_becomes_the_first_deposit() -> None:
    desk = Desk(make_config(accounts=ACCOUNTS))
    desk.ask("ctl_cash_deposit", account_id="A", amount=500.5)
    desk.ask("ctl_cash_withdraw", account_id="C", amount=500_000.0)
    desk.ask("ctl_clock_set", time="2026-03-02T09:31")
    ledger = [row[:3] + row[4:7] for row in rows(desk, "cash_ledger")]
    assert ledger == [(1, "A", EARLIER, "deposit", 1_000_500_500, 1_000_500_500)]
    desk.ask("ctl_cash_deposit", account_id="E", amount=1.0)
    assert [row[0] for row in rows(desk, "cash_ledger")] == [1, 2]
    assert desk.simulator.check() == []


@pytest.mark.parametrize("clock", ["09:10", "09:34"])
@pytest.mark.parametrize("crash", [False, True])
def test_a_recorded_market_goes_on_as_if_it_had_begun_there(clock: str, crash: bool) -> None:
    # A first day, whose halts are known from what happened before.
    lines = [bar("09:35", 10.0), bar("09:40", 10.0, 14.0, 10.0, 13.0), bar("09:45", 13.0, 13.1, 12.9, 13.0), bar("09:50", 13.0)]
    worlds = []
    for first in (None, "09:46"):
        desk = TapeDesk(lines, period="5m", code="688001.SH", listed=DAY)
        for each in filter(None, (first, clock)):
            desk.go(each)
        if crash:
            desk.crash()
        for each in (clock, "09:38", "09:44", "09:47"):
            desk.go(each)
            shown = desk.ask("ctl_security", stock_code="688001.SH") | {"seq": 0}
            worlds.append((shown, desk.asset("A")["market_value"]))
    assert worlds[:4] == worlds[4:]
    assert worlds[2][0]["phase"] == "HALT"


def test_who_watches_and_who_looks_sees_what_is_and_not_what_was() -> None:
    desk = Desk(make_config(accounts=ACCOUNTS, feed="synthetic", behaviour={"profile": "miniqmt"}), day=20261123)
    assert desk.simulator.open_session(50, "data", 0) is None
    desk.ask("data_subscribe", 50, period="1m", codes=["600000.SH"])
    trader = desk.session("A")

    def cash() -> float:
        answer = desk.ask("query_stock_asset", trader, account_type=2, account_id="A")
        return float(answer["rows"][0]["cash"] if "rows" in answer else answer["cash"])

    assert cash() == 1_000_000
    desk.ask("ctl_cash_deposit", account_id="A", amount=500.0)
    desk.ask("ctl_clock_set", time="2026-03-02T10:00:00")
    assert cash() == 1_000_500
    desk.pushes.clear()
    desk.ask("ctl_clock_set", time="2026-03-02T10:00:10")
    told = [message for to, message in desk.pushes if to == 50]
    assert [row["time"] for message in told for row in message["rows"]][-1] == moment("10:01", EARLIER)


@pytest.mark.parametrize("what", ["cash", "shares"])
def test_a_transfer_between_counters_has_a_time_and_there_is_no_way_back(what: str) -> None:
    desk = Desk(make_config(accounts=ACCOUNTS))
    if what == "cash":
        answer = desk.transfer("A", "fund_transfer", transfer_direction=511, price=1000.0)
    else:
        fields = {"transfer_direction": 521, "stock_code": "600000.SH", "volume": 100, "transfer_type": 0}
        answer = desk.transfer("A", "secu_transfer", **fields)
    assert answer["success"], answer
    with pytest.raises(CommandRefused, match="time only moves forward"):
        desk.ask("ctl_clock_set", time="2026-03-02T09:31")


def test_a_bank_transfer_has_a_time_and_there_is_no_way_back() -> None:
    desk = Desk(make_config(accounts=ACCOUNTS))
    answer = desk.ask(
        "bank_transfer", desk.session("A"), account_type=2, account_id="A", direction=501, bank_no="1001", bank_account="6222A",
        balance=100.0,
    )  # fmt: skip
    assert answer["success"], answer
    with pytest.raises(CommandRefused, match="time only moves forward"):
        desk.ask("ctl_clock_set", time="2026-03-02T09:31")
