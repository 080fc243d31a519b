"""A simulator in memory with ``xtdata`` connected to it: what a strategy asks, at a time the test chooses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from miniqmt_sim.client.memory import MemoryHost
from miniqmt_sim.server.feeds.archive import Archive
from miniqmt_sim.server.feeds.history import FAR_MS, History
from miniqmt_sim.server.feeds.replay import Replay
from miniqmt_sim.simulator import Simulator
from miniqmt_sim.testing.ctl import Control
from miniqmt_sim.xtquant import _quotes, xtdata
from tests.kit.desk import make_config


class DataDesk:
    """The market, its operator, and the time."""

    def __init__(self, now_ms: int, data: Path | None, *, play: bool = False, **options: Any) -> None:
        self.simulator = Simulator(make_config(**options))
        history = History.open(data) if data is not None else None
        if play and history is not None:
            self.simulator.play(Replay(history, now_ms, FAR_MS), is_stored=False)
        self.simulator.start(now_ms, {})
        archive = Archive(history) if history is not None else None
        self.host = MemoryHost(self.simulator, now_ms, archive)
        self.ctl = Control(self.host.connect("", 0, lambda _push: None, lambda _reason: None, "operator"))

    def at(self, now_ms: int) -> None:
        """Move the time."""
        self.host.advance_to(now_ms)

    def connect(self, on_push: Any, on_closed: Any) -> Any:
        """Connect for market data: a ``DataConnector``."""
        return self.host.connect("", 0, on_push, on_closed, "data")


@contextmanager
def data_desk(monkeypatch: pytest.MonkeyPatch, now_ms: int, data: Path | None = None, **options: Any) -> Iterator[DataDesk]:
    """Open a desk; until the end ``xtdata`` means it. ``play`` lets the data happen, else they are only known."""
    desk = DataDesk(now_ms, data, **options)
    monkeypatch.setattr(_quotes.Quotes, "connector", desk.connect)
    monkeypatch.setattr(xtdata, "enable_hello", False)
    xtdata.disconnect()
    try:
        yield desk
        assert desk.simulator.check() == []
    finally:
        xtdata.disconnect()
