"""What holds for every test: the code under test is what the sources say, and Ctrl+C is heard."""

from __future__ import annotations

import signal

import pytest

from miniqmt_sim.compiled import stale


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to test a compiled core that is older than its sources; hear Ctrl+C where the shell has it ignored.

    Shells do so for what they start in the background.
    """
    if names := stale():
        raise pytest.UsageError(f"changed after they were compiled: {', '.join(names)}; say make compile, or make pure")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
