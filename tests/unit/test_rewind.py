"""A world in which nothing has happened may be set back to any time: it then is what it would be had it begun there."""

from __future__ import annotations

from typing import Any

import pytest

from miniqmt_sim.errors import CommandRefused
from tests.kit.desk import Desk, make_config

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


def test_a_bank_transfer_has_a_time_and_there_is_no_way_back() -> None:
    desk = Desk(make_config(accounts=ACCOUNTS))
    answer = desk.ask(
        "bank_transfer", desk.session("A"), account_type=2, account_id="A", direction=501, bank_no="1001", bank_account="6222A",
        balance=100.0,
    )  # fmt: skip
    assert answer["success"], answer
    with pytest.raises(CommandRefused, match="time only moves forward"):
        desk.ask("ctl_clock_set", time="2026-03-02T09:31")
