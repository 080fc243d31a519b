"""History ends at the simulated now, whatever is asked; coarser bars are made of finer rows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from matching.calendar import midnight_ms
from miniqmt_sim.cli import main
from miniqmt_sim.server.feeds import files, make
from miniqmt_sim.server.feeds.history import FAR_MS, History
from tests.kit.tapes import DAY, at, bar, tick, write_bars, write_ticks

CODE = "600000.SH"


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(files.ENV_CACHE, str(tmp_path / "cache"))


@pytest.fixture
def minutes(tmp_path: Path) -> History:
    """Ten minutes of two mornings, the price one fen higher each minute."""
    lines = [
        bar(f"09:{31 + number}", round(10 + number / 100, 2), volume=number + 1, day=day)
        for day in (DAY, 20240103)
        for number in range(10)
    ]
    return History.open(write_bars(tmp_path / f"{CODE}.1m.csv", *lines))


def closes(history: History, period: str, now: int, count: int = -1) -> list[int]:
    return [bar.close_li for bar in history.bars(CODE, period, 0, FAR_MS, count, now)]


def test_a_minute_is_seen_when_it_is_over(minutes: History) -> None:
    assert closes(minutes, "1m", at("09:31") - 1) == []
    assert closes(minutes, "1m", at("09:31")) == [10000]
    assert closes(minutes, "1m", at("09:32") + 59_999) == [10000, 10010]


def test_no_question_sees_past_now(minutes: History) -> None:
    now = at("09:35")
    for end in (now, now + 1, at("09:40"), FAR_MS):
        for count in (-1, 1, 100):
            assert all(bar.time_ms <= now for bar in minutes.bars(CODE, "1m", 0, end, count, now))
    assert minutes.bars(CODE, "1m", at("09:36"), FAR_MS, -1, now) == []
    assert minutes.dividends(CODE, now) == []


def test_count_gives_the_last_ones(minutes: History) -> None:
    assert closes(minutes, "1m", at("09:35"), 2) == [10030, 10040]
    assert closes(minutes, "1m", at("09:35"), 0) == []
    assert closes(minutes, "1m", FAR_MS, 12)[:3] == [10080, 10090, 10000]


def test_five_minutes_are_made_of_five_complete_ones(minutes: History) -> None:
    assert minutes.bars(CODE, "5m", 0, FAR_MS, -1, at("09:35") - 1) == []
    (made,) = minutes.bars(CODE, "5m", 0, FAR_MS, -1, at("09:36"))
    assert made[:6] == (at("09:35"), 10000, 10040, 10000, 10040, 1500)


def test_a_day_is_seen_at_its_close(minutes: History) -> None:
    assert closes(minutes, "1d", at("15:00") - 1) == []
    (made,) = minutes.bars(CODE, "1d", 0, FAR_MS, -1, at("15:00"))
    assert (made.time_ms, made.volume, made.close_li) == (midnight_ms(DAY), 5500, 10090)


def test_a_day_of_a_file_is_seen_at_its_close_though_its_time_is_midnight(tmp_path: Path) -> None:
    history = History.open(write_bars(tmp_path / f"{CODE}.1d.csv", bar("00:00", 10.0), bar("00:00", 11.0, day=20240103)))
    assert closes(history, "1d", at("14:59")) == []
    assert closes(history, "1d", at("09:30", 20240103)) == [10000]
    assert closes(history, "1m", FAR_MS) == []


def test_bars_are_made_of_snapshots(tmp_path: Path) -> None:
    lines = [tick("09:30:03", 10.0, volume=5), tick("09:30:06", 10.1, volume=5), tick("09:30:30", 10.2, volume=9)]
    history = History.open(write_ticks(tmp_path / f"{CODE}.tick.csv", *lines))
    assert [row.last_li for row in history.ticks(CODE, 0, FAR_MS, -1, at("09:30:29"))] == [10000, 10100]
    assert history.bars(CODE, "1m", 0, FAR_MS, -1, at("09:30:59")) == []
    (made,) = history.bars(CODE, "1m", 0, FAR_MS, -1, at("09:31"))
    assert made[:6] == (at("09:31"), 10000, 10200, 10000, 10200, 900)


def test_what_there_is_can_be_asked(minutes: History) -> None:
    assert (minutes.codes(), minutes.periods(CODE), minutes.finest(CODE)) == ([CODE], ("1m",), "1m")
    assert minutes.span(CODE, "1m") == (at("09:31"), at("09:40", 20240103))
    assert (minutes.finest("000001.SZ"), minutes.bars("000001.SZ", "1d", 0, FAR_MS, -1, FAR_MS)) == (None, [])
    assert (minutes.lot(CODE), minutes.lot("113050.SH")) == (100, 10)


def test_a_made_market_is_the_same_every_time_and_is_read(tmp_path: Path) -> None:
    words = ["--codes", "2", "--days", "3", "--periods", "tick,1m,5m,1d"]
    for name, more in (("a", []), ("b", []), ("c", ["--seed", "2"])):
        assert main(["make-data", str(tmp_path / name), *words, *more]) == 0
    first, again, other = ({file.name: file.read_bytes() for file in (tmp_path / name).iterdir()} for name in "abc")
    assert first == again
    assert first != other
    history = History.open(tmp_path / "a")
    assert history.codes() == ["000001.SZ", "600000.SH"]
    assert [dividend.interest for dividend in history.dividends("600000.SH", FAR_MS)] == [0.05]
    day = history.bars("600000.SH", "1d", 0, FAR_MS, -1, FAR_MS)
    of_minutes = History.open(tmp_path / "a" / "600000.SH.1m.csv").bars("600000.SH", "1d", 0, FAR_MS, -1, FAR_MS)
    assert [row[:7] for row in day] == [row[:7] for row in of_minutes]


TOLD = ("09:25:03", "09:30:00", "09:31:00", "11:30:00", "11:30:02", "13:00:00", "13:00:03", "14:57:00", "15:00:03", "15:00:09")


@pytest.mark.parametrize("code", ["600000.SH", "000300.SH"])
def test_snapshots_of_auctions_breaks_and_the_close_make_no_bars_of_their_own(code: str, tmp_path: Path) -> None:
    """There are bars from 09:31 to 11:30 and from 13:01 to 15:00; a snapshot of an auction comes seconds after its end."""
    lines = [tick(clock, 10 + number / 100, volume=number, asks="10.50:3") for number, clock in enumerate(TOLD, 1)]
    write_ticks(tmp_path / f"{code}.tick.csv", *lines)
    history = History.open(tmp_path)

    def made(period: str, start: str = "00:00", end: str = "23:59", now: str = "16:00") -> list[tuple[int, int, int]]:
        return [(row[0], row[4], row[5]) for row in history.bars(code, period, at(start), at(end), -1, at(now))]

    minutes = [
        ("09:31", 10_030, 300), ("11:30", 10_050, 200), ("13:01", 10_070, 200), ("14:57", 10_080, 100), ("15:00", 10_100, 200),
    ]  # fmt: skip
    whole = [(at(clock), close_li, volume) for clock, close_li, volume in minutes]
    assert made("1m") == whole
    assert [row[0] for row in made("5m")] == [at("09:35"), at("11:30"), at("13:05"), at("15:00")]
    for first, (time_ms, _, _) in enumerate(whole):
        clock = minutes[first][0]
        assert made("1m", start=clock) == whole[first:], "the first one asked for has its own volume and not the day's"
        assert made("1m", end=clock) == whole[: first + 1]
        assert made("1m", start=clock, end=clock) == [whole[first]]
        assert all(row[0] <= time_ms for row in made("1m", now=clock))
    assert made("1m", now="15:00:05")[-1] == (at("15:00"), 10_090, 100)
    assert made("1m", now="09:29") == []


def test_every_number_of_codes_that_is_offered_can_be_made() -> None:
    codes = [code.text for code in make.code_list(make.MAX_CODES)]
    assert len(set(codes)) == make.MAX_CODES
    assert codes[4:6] == ["688981.SH", "600001.SH"]
    assert codes[-1] == "001999.SZ"


@pytest.mark.parametrize(
    "words",
    [
        ["--codes", "0"], ["--days", "9999"], ["--periods", "2m"], ["--start", "2026-02-30"], ["--periods", ""],
        ["--index", "600000.SH"], ["--index", "000300"],
    ],
)
def test_a_market_that_cannot_be_made_is_a_bad_argument(tmp_path: Path, words: list[str]) -> None:
    assert main(["make-data", str(tmp_path), *words]) == 2


def test_a_place_that_cannot_be_written_to_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert main(["make-data", str(tmp_path / "file")]) == 2
    assert capsys.readouterr().err.startswith(f"miniqmt-sim: nothing can be written to '{tmp_path / 'file'}': ")


OPENS_MANY = """
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (60, int(sys.argv[2])))
from miniqmt_sim.errors import ConfigError
from miniqmt_sim.server.feeds.history import History
try:
    print(len(History.open(sys.argv[1]).codes()))
except ConfigError as error:
    print(error)
"""


@pytest.mark.skipif(os.name == "nt", reason="no such limit there")
@pytest.mark.parametrize(("hard", "said"), [(1000, "100\n"), (60, "more files than this system lets a process open")])
def test_a_market_of_many_files_asks_for_as_many_descriptors(tmp_path: Path, hard: int, said: str) -> None:
    for number in range(100):
        write_bars(tmp_path / f"{600000 + number}.SH.1m.csv", bar("09:31", 10.0))
    command = [sys.executable, "-c", OPENS_MANY, str(tmp_path), str(hard)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert said in done.stdout
