"""The tables of accounts.toml, and every way they can be wrong."""

from __future__ import annotations

from typing import Any

import pytest

from miniqmt_sim.blueprint import FirstAccount
from miniqmt_sim.constants import AccountType
from miniqmt_sim.errors import ConfigError

HELD = {"stock_code": "600000.SH", "volume": 100, "cost_yuan": 10.005}


def test_a_table_in_full() -> None:
    account = FirstAccount.parse({"id": "C1", "type": "CREDIT", "cash_yuan": 100.01, "position": [HELD]}, 1)
    assert (account.account_id, account.account_type, account.cash_li) == ("C1", AccountType.CREDIT, 100_010)
    assert account.positions == (("600000.SH", 100, 1_000_500),)


def test_what_is_left_out() -> None:
    account = FirstAccount.parse({"id": "A"}, 1)
    assert (account.account_type, account.cash_li, account.ordinary_li, account.positions) == (AccountType.STOCK, 0, 0, ())


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"id": 42}, "id must be 1 to 20 letters and digits"),
    ({"id": "A B"}, "id must be 1 to 20 letters and digits"),
    ({"colour": "red"}, "unknown key 'colour'"),
    ({"type": "FUTURE"}, "type must be STOCK or CREDIT"),
    ({"type": {}}, "type must be STOCK or CREDIT"),
    ({"type": []}, "type must be STOCK or CREDIT"),
    ({"cash_yuan": "much"}, "cash_yuan must be a number of yuan"),
    ({"cash_yuan": True}, "cash_yuan must be a number of yuan"),
    ({"cash_yuan": -1}, "cash_yuan must not be negative"),
    ({"cash_yuan": float("inf")}, "cash_yuan"),
    ({"ordinary_cash_yuan": 0.001}, "ordinary_cash_yuan"),
    ({"position": "600000.SH"}, r"position must be \[\[account.position\]\] tables"),
    ({"position": {"stock_code": "600000.SH"}}, r"position must be \[\[account.position\]\] tables"),
    ({"position": [5]}, r"position must be \[\[account.position\]\] tables"),
    ({"position": [{**HELD, "volume": 0}]}, "volume must be a positive integer"),
    ({"position": [{**HELD, "volume": 100.0}]}, "volume must be a positive integer"),
    ({"position": [{**HELD, "volume": 10**18}]}, "more than an account can hold"),
    ({"position": [{**HELD, "volume": 10**12, "cost_yuan": 5000}]}, "more than an account can hold"),
    ({"position": [{**HELD, "cost_yuan": None}]}, "cost_yuan must be a number of yuan"),
    ({"position": [{**HELD, "price": 1}]}, "unknown key 'price'"),
    ({"bank": {}}, "must be at most"),
]


@pytest.mark.parametrize(("changes", "complaint"), WRONG)
def test_a_wrong_table_is_named_by_its_number(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ConfigError, match=rf"^accounts, account 3.*{complaint}"):
        FirstAccount.parse({"id": "A", **changes}, 3)
