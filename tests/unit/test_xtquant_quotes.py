"""The connection to market data: what a subscription's callback is told, when, and what waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import pytest

from miniqmt_sim.client.transport import Transport
from miniqmt_sim.wire.messages import JsonObject
from miniqmt_sim.xtquant import _quotes
from tests.kit.fake_server import eventually

CODE = "600000.SH"


class Line(Transport):
    """A connection whose other end answers at once, as ``answers`` says."""

    asked: ClassVar[list[str]] = []
    answers: ClassVar[dict[str, Callable[[Line], JsonObject]]] = {}

    def push(self, time: int) -> None:
        self._on_push({"t": "push_quote", "period": "tick", "rows": [{"stock_code": CODE, "time": time}]})

    def close(self) -> None:
        self._calls.fail_all("closed")

    def _send(self, *messages: JsonObject) -> None:
        for message in messages:
            self.asked.append(message["t"])
            answer = self.answers.get(message["t"], lambda _line: {"result": 0})(self)
            self._hear({"t": "reply", "seq": message["seq"], **answer})
        self._calls.wake()


class Quotes(_quotes.Quotes):
    connector = staticmethod(Line)
    _transport: Line

    @property
    def line(self) -> Line:
        return self._transport


@pytest.fixture
def quotes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Quotes]:
    monkeypatch.setattr(Line, "asked", [])
    monkeypatch.setattr(Line, "answers", {})
    quotes = Quotes()
    yield quotes
    quotes.close()


def subscribe(quotes: Quotes, callback: Callable[[Any], object], *first: int) -> int:
    return quotes.subscribe("tick", [CODE], callback, in_lists=False, first=[(CODE, {"time": time}) for time in first])


def times(told: list[Any]) -> list[int]:
    return [datas[CODE]["time"] for datas in told]


def test_what_waits_for_a_slow_callback_is_bounded_in_the_worker_too(
    quotes: Quotes, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(_quotes, "PENDING", 100)
    told: list[Any] = []
    go_on = threading.Event()

    def slow(datas: Any) -> None:
        go_on.wait(10)
        told.append(datas)

    subscribe(quotes, slow)
    quotes.line.push(0)
    eventually(lambda: not quotes._pending)
    for time in range(1, 5001):
        quotes.line.push(time)
    assert quotes._worker.waiting <= 1
    assert "slower than the market" in caplog.text
    go_on.set()
    eventually(lambda: len(told) == 101)
    assert times(told) == [0, *range(4901, 5001)]


def test_many_threads_lose_nothing_and_keep_their_order(quotes: Quotes) -> None:
    told: list[Any] = []
    subscribe(quotes, told.append)
    threads = [
        threading.Thread(target=lambda base=base: [quotes.line.push(base + each) for each in range(2000)])
        for base in (0, 10_000, 20_000)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    eventually(lambda: len(told) == 6000)
    for base in (0, 10_000, 20_000):
        assert [time for time in times(told) if base <= time < base + 10_000] == list(range(base, base + 2000))


def test_a_callback_that_raises_does_not_hold_up_the_next(quotes: Quotes, caplog: pytest.LogCaptureFixture) -> None:
    told: list[Any] = []

    def fail(datas: Any) -> None:
        told.append(datas)
        raise ValueError

    subscribe(quotes, fail)
    for time in range(200):
        quotes.line.push(time)
    eventually(lambda: len(told) == 200)
    assert times(told) == list(range(200))
    assert quotes._worker.waiting <= 1
