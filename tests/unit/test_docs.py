"""The generated pages say what their tables say."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import pytest

from matching.checks import COUNTER_CHECKS, EXCHANGE_CHECKS, Reason
from miniqmt_sim import refusals
from miniqmt_sim.credit.checks import CHECKS
from miniqmt_sim.docs import PAGES, protocol_page, refusals_page
from miniqmt_sim.refusals import REFUSALS, CreditRefusals, Refusals
from miniqmt_sim.wire.messages import MESSAGES

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.mark.parametrize("name", PAGES)
def test_no_page_is_stale(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name](), "run: python -m miniqmt_sim.docs docs"


def test_every_message_and_field_is_in_the_protocol() -> None:
    page = protocol_page()
    for message in MESSAGES:
        section = page.partition(f"### `{message.name}`\n")[2].partition("\n### ")[0]
        assert message.doc in section
        for field in (*message.fields, *message.answer):
            assert f"| `{field.name}` | {field.kind.value} | {field.doc} |" in section


def test_every_refusal_is_on_its_page() -> None:
    assert all(f"`[{row.code}]` | {row.text} |" in refusals_page() for row in REFUSALS.values())


def test_every_reason_has_a_text() -> None:
    enums = [kind for kind in vars(refusals).values() if isinstance(kind, type) and issubclass(kind, StrEnum)]
    reasons = {reason for kind in enums for reason in kind if kind is not StrEnum}
    assert set(REFUSALS) == reasons
    assert reasons > {*Reason, *Refusals}


def test_the_rules_of_margin_trading_stand_in_the_order_in_which_they_are_checked() -> None:
    assert [reason for reason in REFUSALS if reason in {*CreditRefusals}] == [reason for reason, _ in CHECKS]


def test_the_table_stands_in_the_order_in_which_the_checks_run() -> None:
    order = [reason for reason in REFUSALS if reason in {*Reason}]
    assert order == [reason for reason, _ in (*COUNTER_CHECKS, *EXCHANGE_CHECKS)]
