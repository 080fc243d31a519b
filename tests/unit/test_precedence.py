"""The scenarios of refusal precedence name every check, and agree with the order of the table."""

from __future__ import annotations

from pathlib import Path

import pytest

from matching.checks import COUNTER_CHECKS, EXCHANGE_CHECKS
from miniqmt_sim.refusals import REFUSALS
from tests.kit.scenario import read_scenarios

FOLDER = Path(__file__).parents[1] / "scenarios"
PAIRS = [
    tuple(scenario.title.split(" before "))
    for scenario in read_scenarios(FOLDER)
    if scenario.where == "exchange_precedence.txt"
]


@pytest.mark.parametrize("pair", PAIRS, ids=" before ".join)
def test_a_pair_stands_in_the_order_of_the_table(pair: tuple[str, str]) -> None:
    order = list(REFUSALS)
    assert order.index(pair[0]) < order.index(pair[1])


def test_every_check_is_in_a_pair() -> None:
    named = {reason for pair in PAIRS for reason in pair}
    assert {reason for reason, _ in (*COUNTER_CHECKS, *EXCHANGE_CHECKS)} <= named
