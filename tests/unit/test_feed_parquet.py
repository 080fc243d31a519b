"""Parquet files: the same rows as CSV, in the types that pandas and xtdata write, and what is said of a wrong one."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from miniqmt_sim.errors import ConfigError
from miniqmt_sim.server.feeds import files
from miniqmt_sim.server.feeds.history import FAR_MS, History
from tests.kit.tapes import at, bar, tick, write_bars, write_ticks

pyarrow: Any = pytest.importorskip("pyarrow")
parquet: Any = pytest.importorskip("pyarrow.parquet")

CODE = "600000.SH"
BARS = {
    "time": [at("09:31"), at("09:32")],
    "open": [10.0, 10.1],
    "high": [10.2, 10.1],
    "low": [9.9, 10.0],
    "close": [10.1, 10.05],
    "volume": [3, 0],
    "amount": [3015.0, 0.0],
    "preClose": [10.0, 10.0],
    "suspendFlag": [0, 0],
}


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(files.ENV_CACHE, str(tmp_path / "cache"))


def write(path: Path, columns: dict[str, Any]) -> Path:
    parquet.write_table(pyarrow.table(columns), path)
    return path


def rows_of(path: Path, period: str = "1m", code: str = CODE) -> list[tuple[Any, ...]]:
    history = History.open(path)
    try:
        if period == "tick":
            return list(history.ticks(code, 0, FAR_MS, -1, FAR_MS))
        return list(history.bars(code, period, 0, FAR_MS, -1, FAR_MS))
    finally:
        history.close()


def test_bars_are_those_of_a_csv(tmp_path: Path) -> None:
    path = write(tmp_path / f"{CODE}.1m.parquet", BARS)
    lines = [bar("09:31", 10.0, 10.2, 9.9, 10.1, volume=3), bar("09:32", 10.1, 10.1, 10.0, 10.05, volume=0)]
    assert rows_of(path) == rows_of(write_bars(tmp_path / f"{CODE}.1m.csv", *lines))


def test_snapshots_hold_their_levels_as_lists_and_nothing_may_stand_for_none(tmp_path: Path) -> None:
    columns = {
        "time": [at("09:30"), at("09:31")], "lastPrice": [10.0, 10.0], "open": [10.0, 10.0], "high": [10.0, 10.0],
        "low": [10.0, 10.0], "lastClose": [10.0, 10.0], "amount": [5000.0, 5000.0], "volume": [5, 5], "pvolume": [500, 500],
        "askPrice": [[10.01, 10.02], None], "bidPrice": [[10.0, 9.99], []], "askVol": [[3, 4], None], "bidVol": [[7, 8], []],
    }  # fmt: skip
    path = write(tmp_path / f"{CODE}.tick.parquet", columns)
    csv = write_ticks(
        tmp_path / f"{CODE}.tick.csv",
        tick("09:30", 10.0, volume=5, asks="10.01:3 10.02:4", bids="10.00:7 9.99:8"),
        tick("09:31", 10.0, volume=5),
    )
    assert rows_of(path, "tick") == rows_of(csv, "tick")


@pytest.mark.parametrize(
    "times",
    [
        [datetime(2024, 1, 2, 9, 31), datetime(2024, 1, 2, 9, 32)],
        [datetime(2024, 1, 2, 1, 31, tzinfo=UTC), datetime(2024, 1, 2, 1, 32, tzinfo=UTC)],
        ["20240102093100", "20240102093200"],
        [float(at("09:31")), float(at("09:32"))],
    ],
)
def test_a_time_may_be_a_timestamp_a_text_or_a_number(tmp_path: Path, times: list[Any]) -> None:
    rows = rows_of(write(tmp_path / f"{CODE}.1m.parquet", {**BARS, "time": times}))
    assert [row[0] for row in rows] == [at("09:31"), at("09:32")]


def test_a_frame_of_pandas_may_have_its_time_as_index(tmp_path: Path) -> None:
    pandas: Any = pytest.importorskip("pandas")
    frame = pandas.DataFrame({name: values for name, values in BARS.items() if name != "time"}, index=BARS["time"])
    frame.to_parquet(tmp_path / f"{CODE}.1m.parquet")
    frame.to_csv(tmp_path / f"{CODE}.1m.csv")
    assert rows_of(tmp_path / f"{CODE}.1m.parquet") == rows_of(tmp_path / f"{CODE}.1m.csv")


def test_one_file_may_hold_many_codes(tmp_path: Path) -> None:
    codes = pyarrow.array([CODE, "000001.SZ"]).dictionary_encode()
    path = write(tmp_path / "all.1m.parquet", {"stock_code": codes, **BARS})
    assert [rows_of(path, code=code)[0][0] for code in (CODE, "000001.SZ")] == BARS["time"]


@pytest.mark.parametrize(
    ("column", "values", "complaint"),
    [
        ("close", [10.1, 10.005], "row 2: price 10.005 is not a multiple of the tick 0.01"),
        ("close", [10.1, float("inf")], "row 2: price inf is not a finite number"),
        ("close", [10.1, None], "row 2: open and close must lie between low and high"),
        ("close", [10.1, float("nan")], "row 2: open and close must lie between low and high"),
        ("close", [[10.1], [10.0]], "row 1: price [10.1] is not a number"),
        ("volume", [1.5001, 1.0], "row 1: volume 1.5001 is not a volume"),
        ("volume", ["many", "few"], "row 1: volume 'many' is not a number"),
        ("time", [at("09:31"), None], "row 2: time 'None' is neither epoch milliseconds nor yyyymmdd[HHMMSS]"),
        ("time", [at("09:31"), at("09:31")], "row 2: 600000.SH has a row of this time or a later one before"),
    ],
)
def test_a_bad_row_is_named_by_file_and_row(tmp_path: Path, column: str, values: list[Any], complaint: str) -> None:
    path = write(tmp_path / f"{CODE}.1m.parquet", {**BARS, column: values})
    with pytest.raises(ConfigError) as raised:
        History.open(path)
    assert str(raised.value).startswith(f"{path}: {complaint}")


def test_a_time_beyond_all_calendars_is_a_bad_file(tmp_path: Path) -> None:
    path = write(tmp_path / f"{CODE}.1m.parquet", {**BARS, "time": pyarrow.array([2**62, 2**62 + 1], pyarrow.timestamp("us"))})
    with pytest.raises(ConfigError, match=re.escape(f"{path}: date value out of range")):
        History.open(path)


def test_levels_that_are_no_list_are_a_bad_row(tmp_path: Path) -> None:
    levels = {name: [10.0] for name in ("askPrice", "bidPrice", "askVol", "bidVol")}
    path = write(tmp_path / f"{CODE}.tick.parquet", {"time": [at("09:30")], "lastPrice": [10.0], "volume": [1], **levels})
    with pytest.raises(ConfigError, match=r"row 1: 10.0 is not a list of levels like \[10.46, 10.47\]"):
        History.open(path)


def test_a_file_that_cannot_be_understood_is_named(tmp_path: Path) -> None:
    path = tmp_path / f"{CODE}.1m.parquet"
    whole = write(path, BARS).read_bytes()
    for content, complaint in (
        (b"", "is 0 bytes"),
        (b"no parquet at all", "magic bytes not found"),
        (whole[: len(whole) // 2], "magic bytes not found"),
        (whole[:4] + bytes(200) + whole[204:], re.escape(f"{path} cannot be read: ")),
    ):
        path.write_bytes(content)
        with pytest.raises(ConfigError, match=complaint):
            History.open(path)
    write(path, {name: values[:0] for name, values in BARS.items()})
    with pytest.raises(ConfigError, match="there are no rows"):
        History.open(path)
    write(path, {name: values for name, values in BARS.items() if name != "volume"})
    with pytest.raises(ConfigError, match=r"1m.parquet: row 1: bars need a column 'volume'"):
        History.open(path)
