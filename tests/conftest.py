"""What holds for every test: the code under test is what the sources say."""

from __future__ import annotations

import pytest

from miniqmt_sim.compiled import stale


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to test a compiled core that is older than its sources."""
    if names := stale():
        raise pytest.UsageError(f"changed after they were compiled: {', '.join(names)}; say make compile, or make pure")
