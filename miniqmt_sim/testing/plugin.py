"""A pytest plugin: ``pytest_plugins = ["miniqmt_sim.testing.plugin"]`` in a conftest gives the fixture ``sim_server``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from miniqmt_sim.testing.server import SimServer


@pytest.fixture
def sim_server() -> Iterator[SimServer]:
    """Give a server without a market of its own, whose clock stands still until the test moves it."""
    with SimServer(feed="none", clock="manual") as server:
        yield server
