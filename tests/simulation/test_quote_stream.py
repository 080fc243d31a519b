"""``ctl quotes --stdin``: what a source of live quotes may send, how soon a mistake is named, and how it ends."""

from __future__ import annotations

import io
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from miniqmt_sim.cli import commands, main, quotes
from miniqmt_sim.testing import SimServer
from tests.kit.fake_server import eventually

CODE = "600000.SH"
Stream = Callable[..., int]


@pytest.fixture
def sim() -> Iterator[SimServer]:
    with SimServer(feed="none") as sim:
        yield sim


@pytest.fixture
def stream(sim: SimServer, monkeypatch: pytest.MonkeyPatch) -> Stream:
    """Run the command over bytes; its exit code."""

    def run(data: bytes, *options: str) -> int:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        return main(["ctl", "--userdata", sim.userdata, *options, "quotes", "--stdin"])

    return run


def quote(last: float, **more: object) -> bytes:
    return json.dumps({"code": CODE, "last": last, **more}).encode()


def test_quotes_stream_in_as_lines(sim: SimServer, stream: Stream, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [quote(10 + fen / 100, asks=[[10.9, 100 + fen]]) for fen in range(50)] * 60
    lines[500:500] = [b"", b"{", b"[]", quote(10.001), b'{"code": "600000.SH"}', b'{"what": 1}', b"\xff"]
    assert stream(b"\n".join(lines)) == 1
    out, err = capsys.readouterr()
    assert out == "3000 quotes taken\n"
    assert sorted(line.partition(":")[0] for line in err.splitlines()) == [f"line {number}" for number in range(502, 508)]
    assert sim.ctl.security(CODE)["last_price"] == 10.49


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (b'{"code": "\\ud800", "last": 10.45}', "code: '\\ud800' holds half a character, which no message can"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"code": "600000.SH", "last": true}', "last: true is not a number"),
        (b'{"code": "600000.SH", "last": 10.45, "volume": false}', "volume: false is not a number"),
        (b'{"code": "600000.SH", "last": 10.45, "bids": [], "bid": []}', "bids and bid are the same, and both are given"),
        (b'{"code": "600000.SH", "last": 10.45, "bids": 5}', "bid: 5 is not a list of levels"),
        (b'{"code": "600000.SH", "last": 10.45, "bids": {"a": 1}}', "bid: {'a': 1} is not a list of levels"),
    ],
)
def test_a_line_that_is_no_quote_is_named_and_the_others_are_taken(
    stream: Stream, capsys: pytest.CaptureFixture[str], line: bytes, complaint: str
) -> None:
    assert stream(quote(10.1) + b"\n" + line + b"\n" + quote(10.2)) == 1
    assert capsys.readouterr() == ("2 quotes taken\n", f"line 2: {complaint}\n")


def test_line_ends_are_any_systems_and_the_last_may_be_missing(
    sim: SimServer, stream: Stream, capsys: pytest.CaptureFixture[str]
) -> None:
    assert stream(quote(10.1) + b"\r\n\r\n" + quote(10.2) + b"\n" + quote(10.3), "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"taken": 3, "wrong": 0}
    assert sim.ctl.security(CODE)["last_price"] == 10.3


def test_no_input_is_no_quote(stream: Stream, capsys: pytest.CaptureFixture[str]) -> None:
    assert stream(b"") == 0
    assert capsys.readouterr().out == "0 quotes taken\n"


def test_a_line_without_an_end_is_no_quote(
    stream: Stream, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quotes, "MAX_LINE_BYTES", 1000)
    assert stream(quote(10.1) + b"\n" + b"[" * 100_000) == 2
    assert capsys.readouterr().err == "miniqmt-sim: line 2 has more than 1000 bytes: no quote is that long\n"


class Live:
    """The command beside a source that is still there."""

    def __init__(self, sim: SimServer, monkeypatch: pytest.MonkeyPatch) -> None:
        self.complaints: list[str] = []
        self.code: int | None = None
        reading, self._writing = os.pipe()
        monkeypatch.setattr(commands, "complain", self.complaints.append)
        monkeypatch.setattr(sys, "stdin", os.fdopen(reading))
        self._thread = threading.Thread(target=self._run, args=(sim.userdata,))
        self._thread.start()

    def _run(self, userdata: str) -> None:
        self.code = main(["ctl", "--userdata", userdata, "quotes", "--stdin"])

    def say(self, data: bytes) -> None:
        os.write(self._writing, data)

    def end(self) -> int | None:
        os.close(self._writing)
        self._thread.join(30)
        sys.stdin.close()
        return self.code


def test_what_has_arrived_is_sent_and_a_mistake_named_before_more_comes(
    sim: SimServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = Live(sim, monkeypatch)
    live.say(quote(10.1) + b"\n" + quote(10.2)[:10])
    eventually(lambda: sim.ctl.security(CODE)["last_price"] == 10.1)
    live.say(quote(10.2)[10:] + b"\n" + quote(10.001) + b"\nnonsense\n")
    eventually(lambda: len(live.complaints) == 2)
    assert sorted(text.partition(":")[0] for text in live.complaints) == ["line 3", "line 4"]
    assert sim.ctl.security(CODE)["last_price"] == 10.2
    assert live.end() == 1


def test_a_server_that_ends_ends_the_stream(sim: SimServer, monkeypatch: pytest.MonkeyPatch) -> None:
    live = Live(sim, monkeypatch)
    live.say(quote(10.1) + b"\n")
    eventually(lambda: sim.ctl.security(CODE)["last_price"] == 10.1)
    sim.stop()
    live.say(quote(10.2) + b"\n")
    assert live.end() == 1
    assert live.complaints[-1].startswith("miniqmt-sim: ")
    sim.start()
