"""What holds for every test: the code under test is what the sources say, and Ctrl+C is heard."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from miniqmt_sim.compiled import stale
from miniqmt_sim.server.feeds.files import ENV_CACHE


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to test a compiled core that is older than its sources; hear Ctrl+C where the shell has it ignored.

    Shells do so for what they start in the background.
    """
    if names := stale():
        raise pytest.UsageError(f"changed after they were compiled: {', '.join(names)}; say make compile, or make pure")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def tapes_of_their_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests read of data files is not kept among what the developer read."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(ENV_CACHE, str(tmp_path_factory.mktemp("tapes")))
        yield
