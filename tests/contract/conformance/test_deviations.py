"""Each row of the table of deviations, through every driver: ours does what is documented, the wheel what it does."""

from __future__ import annotations

import pytest

from miniqmt_sim.xtquant import _session
from tests.contract.conformance.desk import Desk
from tests.contract.conformance.deviations import DEVIATIONS, HANGS_AFTER_S, Deviation


@pytest.mark.parametrize("row", DEVIATIONS, ids=lambda row: row.what)
def test_a_deviation(a: Desk, row: Deviation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_session, "CALLBACK_TRAP_S", HANGS_AFTER_S / 10)
    expected = row.wheels if a.driver.wheel else row.ours
    if expected == "hangs":
        a.hangs_after_s = HANGS_AFTER_S
    assert row.observe(a) == expected


def test_each_row_is_a_deviation() -> None:
    assert all(row.ours != row.wheels for row in DEVIATIONS)
    assert len({row.what for row in DEVIATIONS}) == len(DEVIATIONS)
