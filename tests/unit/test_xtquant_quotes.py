"""The connection to market data: what a subscription's callback is told, when, and what waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from miniqmt_sim.client import discovery
from miniqmt_sim.client.transport import Transport
from miniqmt_sim.errors import ConnectError
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


def refused(_line: Line) -> JsonObject:
    return {"result": -1, "error_msg": "too many"}


def subscribe(quotes: Quotes, callback: Callable[[Any], object], *first: int) -> int:
    rows = [(CODE, {"time": time}) for time in first]
    return quotes.subscribe("tick", [CODE], callback, in_lists=False, first=(lambda: rows) if first else None)


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


def test_the_past_comes_before_what_is_pushed_while_the_server_answers(quotes: Quotes) -> None:
    told: list[Any] = []
    Line.answers["data_subscribe"] = lambda line: line.push(2) or {"result": 0}
    assert subscribe(quotes, told.append, 1) == 1
    quotes.line.push(3)
    eventually(lambda: len(told) == 3)
    assert times(told) == [1, 2, 3]


def test_of_what_is_pushed_before_the_past_is_known_only_the_newer_is_told(quotes: Quotes) -> None:
    told: list[Any] = []

    def past() -> list[tuple[str, JsonObject]]:
        for time in (2, 3, 4):
            quotes.line.push(time)
        return [(CODE, {"time": 2}), (CODE, {"time": 3})]

    assert quotes.subscribe("tick", [CODE], told.append, in_lists=True, first=past) == 1
    quotes.line.push(3)
    eventually(lambda: len(told) == 3)
    assert [[row["time"] for row in datas[CODE]] for datas in told] == [[2, 3], [4], [3]]


def test_a_past_that_cannot_be_had_leaves_no_subscription(quotes: Quotes) -> None:
    told: list[Any] = []

    def broken() -> list[tuple[str, JsonObject]]:
        raise ValueError("no time")

    with pytest.raises(ValueError, match="no time"):
        quotes.subscribe("tick", [CODE], told.append, in_lists=False, first=broken)
    assert Line.asked == ["data_subscribe", "data_unsubscribe"]
    assert subscribe(quotes, told.append, 2) == 2
    eventually(lambda: len(told) == 1)
    assert times(told) == [2]


def test_a_refused_subscription_calls_nobody(quotes: Quotes) -> None:
    told: list[Any] = []
    others: list[Any] = []

    def refuse(line: Line) -> JsonObject:
        line.push(2)
        return refused(line)

    Line.answers["data_subscribe"] = refuse
    assert subscribe(quotes, told.append, 1) == -1
    del Line.answers["data_subscribe"]
    assert subscribe(quotes, others.append, 3) == 2
    quotes.line.push(4)
    eventually(lambda: len(others) == 2)
    assert (told, times(others), quotes._refused) == ([], [3, 4], set())


def test_a_subscription_that_cannot_be_asked_for_is_none(quotes: Quotes) -> None:
    told: list[Any] = []

    def broken(_line: Line) -> JsonObject:
        return {"error": "no such thing"}

    Line.answers["data_subscribe"] = broken
    with pytest.raises(_quotes.CommandRefused):
        subscribe(quotes, told.append, 1)
    del Line.answers["data_subscribe"]
    assert subscribe(quotes, told.append, 2) == 2
    assert Line.asked == ["data_subscribe", "data_unsubscribe", "data_subscribe"]
    quotes.line.push(3)
    eventually(lambda: len(told) == 2)
    assert times(told) == [2, 3]
    quotes.line.close()
    with pytest.raises(ConnectError):
        quotes.subscribe("1m", [CODE], told.append, in_lists=False)


def test_a_callback_may_subscribe(quotes: Quotes) -> None:
    told: list[Any] = []
    numbers: list[int] = []

    def nest(_datas: Any) -> None:
        if not numbers:
            numbers.append(subscribe(quotes, told.append, 7))

    subscribe(quotes, nest, 1)
    eventually(lambda: told)
    assert numbers == [2]


def test_without_a_server_the_error_says_what_leads_to_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (discovery.ENV_ADDR, discovery.ENV_TOKEN):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(discovery, "_remembered", [tmp_path])
    with pytest.raises(ConnectError, match=r"`miniqmt-sim run` and MINIQMT_SIM_ADDR lead to a server"):
        _quotes.connect_data(lambda _push: None, lambda _reason: None)
