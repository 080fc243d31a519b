"""The dated terms of margin trading: the shipped files by their dates, and every way of writing a file wrong."""

from __future__ import annotations

from typing import Any

import pytest

from matching.codes import is_index
from matching.rules import RuleError
from miniqmt_sim.constants import CashGroup, CompactType, SubjectStatus
from miniqmt_sim.credit.terms import Subjects, Terms, read_lendable
from tests.kit.desk import shipped_credit, shipped_instruments

SHIPPED = shipped_credit()


@pytest.mark.parametrize(
    ("day", "fin", "slo"),
    [
        (20151120, 50, 50),
        (20151123, 100, 50),
        (20230908, 100, 50),
        (20230911, 80, 50),
        (20231030, 80, 80),
        (20240722, 80, 100),
        (20260116, 80, 100),
        (20260119, 100, 100),
    ],
)
def test_the_least_margin_ratios_by_date(day: int, fin: int, slo: int) -> None:
    ratio = Terms(SHIPPED["terms"]).on(day).ratio
    assert (ratio.fin_ppm, ratio.slo_ppm) == (fin * 10_000, slo * 10_000)


def test_only_the_row_of_2023_lowers_open_compacts() -> None:
    terms = Terms(SHIPPED["terms"])
    assert terms.lowers_open(20230908, 20230911)
    assert not terms.lowers_open(20230911, 20230912)
    assert not terms.lowers_open(20260116, 20260119)


def test_borrowed_shares_go_back_from_the_next_day_since_2015() -> None:
    terms = Terms(SHIPPED["terms"])
    assert (terms.on(20150731).short.return_days, terms.on(20150803).short.return_days) == (0, 1)


def test_the_rate_follows_type_and_source() -> None:
    rate = Terms(SHIPPED["terms"]).on(20261123).rate
    assert rate.of(CompactType.FINANCING, CashGroup.ORDINARY) == 83_500
    assert rate.of(CompactType.SHORT, CashGroup.SPECIAL) == 0


def changed(table: str, **values: Any) -> dict[str, Any]:
    """The shipped terms with other values in the first row of a table; None takes a key out."""
    rows = [dict(row) for row in SHIPPED["terms"][table]]
    rows[0] = {key: value for key, value in {**rows[0], **values}.items() if value is not None}
    return {**SHIPPED["terms"], table: rows}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({}, "no ratio for 20150101"),
        ({**SHIPPED["terms"], "spread": []}, "unknown table 'spread'"),
        (changed("ratio", **{"from": 20160101}), "no ratio for 20150101"),
        (changed("ratio", **{"from": 20151123}), "a second row from 20151123"),
        (changed("rate", slo_base="yesterday"), "must be one of sale, market"),
        (changed("rate", basis_days=0), "basis_days must be at least 1"),
        (changed("line", call_ppm=-1), "call_ppm is negative: -1"),
        (changed("line", restore_ppm=1_200_000), "immediate, call and restore must rise"),
        (changed("line", call_ppm=900_000, restore_ppm=1_000_000), "restore be above 1_000_000 ppm"),
        (changed("repay", parts=None), "parts is missing"),
        (changed("short", source=""), "source must say"),
    ],
)
def test_wrong_terms_are_refused(content: dict[str, Any], text: str) -> None:
    with pytest.raises(RuleError, match=text):
        Terms(content)


# ---- securities --------------------------------------------------------------------------------------------------------

ROW = {
    "stock_code": "600000.SH", "from": "20150101", "assure_ratio": "0.70", "assure_status": "normal", "fin_ratio": "",
    "fin_status": "normal", "slo_ratio": "1.5", "slo_status": "suspended",
}  # fmt: skip


def test_a_security_changes_by_date() -> None:
    subjects = Subjects([ROW, {**ROW, "from": "20260101", "assure_ratio": "0.65"}])
    assert subjects.on("600000.SH", 20251231).haircut_ppm == 700_000
    assert subjects.on("600000.SH", 20260101).haircut_ppm == 650_000
    assert subjects.on("600000.SH", 20260101).slo_status is SubjectStatus.SUSPENDED
    assert subjects.on("600000.SH", 20141231).fin_status is SubjectStatus.NO
    assert [subject.stock_code for subject in subjects.all(20260101)] == ["600000.SH"]


def test_what_nobody_listed_is_nothing() -> None:
    subject = Subjects([]).on("600000.SH", 20260101)
    assert (subject.haircut_ppm, subject.assure_status, subject.slo_status) == (0, SubjectStatus.NO, SubjectStatus.NO)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"assure_status": "maybe"}, "'maybe' is not one of normal, suspended, no"),
        ({"assure_ratio": "1.1"}, "must not be above 1"),
        ({"assure_ratio": "-0.1"}, "negative"),
        ({"fin_ratio": "much"}, "fin_ratio"),
        ({"stock_code": "900901.SH"}, "is not a code"),
        ({"more": "1"}, "column 'more'"),
        ({"from": "soon"}, "is not a whole number"),
    ],
)
def test_wrong_rows_are_refused(change: dict[str, str], text: str) -> None:
    with pytest.raises(RuleError, match=text):
        Subjects([{**ROW, **change}])


def test_rows_of_a_code_stand_in_order() -> None:
    with pytest.raises(RuleError, match="in order of their days"):
        Subjects([ROW, ROW])


def test_the_shipped_lists_know_every_security_and_nothing_else() -> None:
    listed = {row["stock_code"] for row in shipped_instruments() if not is_index(row["stock_code"])}
    subjects = Subjects(SHIPPED["subjects"]).all(20261123)
    assert {subject.stock_code for subject in subjects} == listed
    lendable = read_lendable(SHIPPED["lendable"])
    targets = {subject.stock_code for subject in subjects if subject.slo_status is SubjectStatus.NORMAL}
    assert set(lendable) == targets


def test_a_code_is_lent_once() -> None:
    with pytest.raises(RuleError, match="stands there twice"):
        read_lendable([*SHIPPED["lendable"], SHIPPED["lendable"][0]])
