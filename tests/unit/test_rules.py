"""Dated rules: what is in force on a day, and what the loader refuses."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from matching.codes import Board
from matching.instrument import PriceBand, Security, parse_listing, price_band
from matching.phases import Phase
from matching.rules import RuleError, Rules, phase_at
from miniqmt_sim.counter.fees import FeeSchedule
from tests.kit.desk import shipped_rules


@pytest.fixture(scope="module")
def rules() -> Rules:
    return Rules(shipped_rules() | {}, "exchange")


@pytest.mark.parametrize(
    ("code", "tags", "day", "reference", "low", "high"),
    [
        ("600000.SH", "", 20261123, 10.05, 9.05, 11.06),  # half up, both ways
        ("300750.SZ", "", 20261123, 7.77, 6.22, 9.32),
        ("300750.SZ", "", 20200821, 7.77, 6.99, 8.55),
        ("600000.SH", "st", 20260703, 4.75, 4.51, 4.99),
        ("600000.SH", "st", 20260706, 4.75, 4.28, 5.23),
        ("600000.SH", "", 20261123, 0.04, 0.03, 0.05),  # at least one tick
        ("600000.SH", "", 20261123, 0.01, 0.01, 0.02),  # never below one tick
        ("510300.SH", "", 20261123, 1.005, 0.905, 1.106),
        ("588000.SH", "limit20", 20261123, 1.000, 0.800, 1.200),
        ("688981.SH", "", 20190722, 10.00, 8.00, 12.00),
        ("113050.SH", "", 20220801, 100.0, 80.0, 120.0),
    ],
)
def test_daily_limits(rules: Rules, code: str, tags: str, day: int, reference: float, low: float, high: float) -> None:
    """The table of exchange-rules §4."""
    security = Security(parse_listing(code, "", round(reference * 1000), tuple(tags.split())))
    security.open_day(day)
    band = price_band(security, rules.on(security.board, day))
    assert band == PriceBand(round(low * 1000), round(high * 1000))


def test_bonds_had_no_limit_before_2022_08(rules: Rules) -> None:
    security = Security(parse_listing("113050.SH", "", 100_000))
    assert price_band(security, rules.on(security.board, 20220729)) == PriceBand(None, None)


@pytest.mark.parametrize(
    ("board", "day", "clock", "phase"),
    [
        (Board.SH_MAIN, 20261123, "09:14:59", Phase.CLOSED),
        (Board.SH_MAIN, 20261123, "09:15", Phase.OPEN_CALL),
        (Board.SH_MAIN, 20261123, "09:20", Phase.OPEN_CALL_LOCKED),
        (Board.SH_MAIN, 20261123, "09:25", Phase.BREAK),
        (Board.SH_MAIN, 20261123, "09:30", Phase.CONTINUOUS),
        (Board.SH_MAIN, 20261123, "11:30", Phase.LUNCH),
        (Board.SH_MAIN, 20261123, "14:57", Phase.CLOSE_CALL),
        (Board.SH_MAIN, 20180817, "14:57", Phase.CONTINUOUS),
        (Board.SH_MAIN, 20180820, "14:57", Phase.CLOSE_CALL),
        (Board.SH_FUND, 20260703, "14:58", Phase.CONTINUOUS),
        (Board.SH_FUND, 20260706, "14:58", Phase.CLOSE_CALL),
        (Board.SH_BOND, 20261123, "14:58", Phase.CONTINUOUS),
        (Board.SZ_BOND, 20261123, "14:58", Phase.CLOSE_CALL),
        (Board.SZ_MAIN, 20150105, "14:57", Phase.CLOSE_CALL),
    ],
)
def test_phases(rules: Rules, board: Board, day: int, clock: str, phase: Phase) -> None:
    hour, minute, second = (*map(int, clock.split(":")), 0)[:3]
    assert phase_at(rules.on(board, day).session, ((hour * 60 + minute) * 60 + second) * 1000) is phase


def test_lots_by_date(rules: Rules) -> None:
    assert rules.on(Board.CHINEXT, 20200821).lot.max_limit_volume == 1_000_000
    assert rules.on(Board.CHINEXT, 20200824).lot.max_limit_volume == 300_000


def _broken(stem: str, change: Any) -> dict[str, Any]:
    files = copy.deepcopy(shipped_rules())
    change(files[stem]["row"])
    return files


@pytest.mark.parametrize(
    ("stem", "change", "message"),
    [
        ("tick", lambda rows: rows[0].update(tick_fen=1), "tick.toml, row 1: unknown key 'tick_fen'"),
        ("tick", lambda rows: rows[0].pop("tick_li"), "tick.toml, row 1: tick_li is missing"),
        ("tick", lambda rows: rows[0].update(tick_li=0), "tick.toml, row 1: tick_li is not positive: 0"),
        ("lot", lambda rows: rows[0].update(buy_step=-100), "lot.toml, row 1: buy_step is not positive: -100"),
        ("lot", lambda rows: rows[0].update(max_limit_volume=-1), "row 1: max_limit_volume is negative: -1"),
        ("lot", lambda rows: rows[0].update(odd_sell="any"), "lot.toml, row 1: odd_sell must be one of tail, all"),
        ("tick", lambda rows: rows[0].update(tick_li="10"), "tick_li must be int"),
        ("tick", lambda rows: rows[0].update(tick_li=True), "tick_li must be int"),
        ("tick", lambda rows: rows[0].pop("source"), "source must say where"),
        ("tick", lambda rows: rows[0].update(boards=["MOON"]), "unknown board 'MOON'"),
        ("tick", lambda rows: rows[0].update(boards=[]), "boards must be a list"),
        ("tick", lambda rows: rows.append(dict(rows[0])), "a second row from 20150101"),
        ("tick", lambda rows: rows[0].update({"from": "2015-01-01"}), "from must be a day"),
        ("tick", lambda rows: rows[0].update({"from": 20160101}), "no row for SH_MAIN on 20150101"),
        ("tick", lambda rows: rows.pop(0), "no row for SH_MAIN on 20150101"),
        ("lot", lambda rows: rows[0].update(buy_min=1.5), "buy_min must be int"),
        ("sessions", lambda rows: rows[0].update(steps=[["09:30", "CONTINUOUS"]]), "must begin at 00:00"),
        ("sessions", lambda rows: rows[0].update(steps=[["00:00", "NAP"]]), "is not \\[time, phase\\]"),
        ("sessions", lambda rows: rows[0].update(steps=[["00:00", "CLOSED"], ["9:30", "CONTINUOUS"]]), "is not a time"),
        ("sessions", lambda rows: rows[0]["steps"].reverse(), "must begin at 00:00 and go forward"),
    ],
)
def test_a_broken_file_is_refused_with_its_place(stem: str, change: Any, message: str) -> None:
    with pytest.raises(RuleError, match=message):
        Rules(_broken(stem, change), "exchange")


def test_a_missing_file_is_refused() -> None:
    files = shipped_rules()
    del files["lot"]
    with pytest.raises(RuleError, match=r"lot\.toml is missing"):
        Rules(files, "exchange")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"item": "bribe"}, "is not an item"),
        ({"side": "both"}, "is not an item"),
        ({"rate_ppb": -1}, "negative"),
        ({"rate": 1}, "unknown key 'rate'"),
    ],
)
def test_a_broken_fee_is_refused(change: dict[str, Any], message: str) -> None:
    fees = copy.deepcopy(shipped_rules()["fees"])
    fees["row"][0].update(change)
    with pytest.raises(RuleError, match=message):
        FeeSchedule(fees)
