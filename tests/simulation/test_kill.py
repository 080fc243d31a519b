"""Kill -9 under load from several sessions: nothing that was acknowledged is lost, and nothing is there twice.

Twenty seeds here; ``make soak`` plays three hundred. A failure prints its seed.
"""

from __future__ import annotations

import pytest

from tests.kit.crash import play

SEEDS = range(20)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_acknowledged_is_lost(seed: int) -> None:
    found = play(seed)
    assert found.orders or found.kills, "a life in which nothing was said proves nothing"
