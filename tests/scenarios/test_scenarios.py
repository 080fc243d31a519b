"""Every scenario file of this folder, each scenario a test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.scenario import Scenario, play, read_scenarios

SCENARIOS = read_scenarios(Path(__file__).parent)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: f"{scenario.where}: {scenario.title}")
def test_scenario(scenario: Scenario) -> None:
    play(scenario)
