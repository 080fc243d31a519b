"""Data files: which are read, in what form, and what is said of a row that cannot be right."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from miniqmt_sim.announcements import parse_action
from miniqmt_sim.errors import ConfigError
from miniqmt_sim.server.feeds import files
from miniqmt_sim.server.feeds.dividends import read_dividends
from miniqmt_sim.server.feeds.history import FAR_MS, History
from miniqmt_sim.server.feeds.rows import Bar
from miniqmt_sim.server.feeds.tape import BLOCK_ROWS, Tape
from tests.kit.tapes import BAR_COLUMNS, at, bar, tick, write_bars, write_ticks


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(files.ENV_CACHE, str(tmp_path / "cache"))


def bars_of(path: Path, code: str = "600000.SH", period: str = "1m", unit: str = "lot") -> list[Bar]:
    history = History.open(path, unit)
    found = history.bars(code, period, 0, FAR_MS, -1, FAR_MS)
    history.close()
    return found


def test_a_bar_is_read_in_li_and_shares(tmp_path: Path) -> None:
    path = write_bars(tmp_path / "600000.SH.1m.csv", bar("09:31", 10.0, 10.2, 9.9, 10.1, volume=3))
    assert bars_of(path) == [Bar(at("09:31"), 10000, 10200, 9900, 10100, 300, 3_015_000, 10000, 0)]


def test_a_bonds_lot_is_ten(tmp_path: Path) -> None:
    path = write_bars(tmp_path / "113050.SH.1m.csv", f"{at('09:31')},100,100,100,100,3,3000,100,0")
    assert bars_of(path, "113050.SH")[0].volume == 30


def test_volumes_in_shares_are_read_when_the_unit_says_so(tmp_path: Path) -> None:
    path = write_bars(tmp_path / "600000.SH.1m.csv", f"{at('09:31')},10,10,10,10,1234,12340,10,0")
    assert bars_of(path, unit="share")[0].volume == 1234


def test_volumes_in_the_wrong_unit_are_noticed_by_the_amount(tmp_path: Path) -> None:
    path = write_bars(tmp_path / "600000.SH.1m.csv", f"{at('09:31')},10,10,10,10,1234,12340,10,0")
    with pytest.raises(ConfigError, match=r"line 2: amount and volume do not fit"):
        History.open(path)


@pytest.mark.parametrize("name", ["600000.SH.1m.csv", "600000.SH_1m.csv.gz", "1m/600000.SH.csv"])
def test_the_name_says_code_and_period(tmp_path: Path, name: str) -> None:
    path = write_bars(tmp_path / name, bar("09:31", 10.0))
    assert len(bars_of(path)) == 1


def test_one_file_may_hold_many_codes(tmp_path: Path) -> None:
    lines = [f"{code},{bar(clock, 10.0)}" for clock in ("09:31", "09:32") for code in ("600000.SH", "000001.SZ")]
    path = write_bars(tmp_path / "all.1m.csv", *lines, header=f"stock_code,{BAR_COLUMNS}")
    assert [len(bars_of(path, code)) for code in ("600000.SH", "000001.SZ")] == [2, 2]


def test_the_index_that_pandas_writes_is_a_time(tmp_path: Path) -> None:
    header = ",open,high,low,close,volume,amount"
    path = write_bars(tmp_path / "600000.SH.1m.csv", "20240102093100,10,10,10,10,1,1000", header=header)
    assert bars_of(path)[0].time_ms == at("09:31")


def test_a_snapshot_is_read_with_its_levels(tmp_path: Path) -> None:
    line = tick("09:30", 10.0, volume=5, asks="10.01:3 10.02:4", bids="10.00:7")
    history = History.open(write_ticks(tmp_path / "600000.SH.tick.csv", line))
    (found,) = history.ticks("600000.SH", 0, FAR_MS, -1, FAR_MS)
    assert (found.last_li, found.volume) == (10000, 500)
    assert (found.asks[:3], found.ask_volumes[:3]) == ((10010, 10020, 0), (300, 400, 0))
    assert (found.bids[:2], found.bid_volumes[:2]) == ((10000, 0), (700, 0))


def test_levels_may_stand_in_columns_of_their_own(tmp_path: Path) -> None:
    header = "time,lastPrice,volume,askPrice1,askPrice2,bidPrice1,askVol1,askVol2,bidVol1"
    path = write_bars(tmp_path / "600000.SH.tick.csv", f"{at('09:30')},10,1,10.01,10.02,10,5,6,7", header=header)
    (found,) = History.open(path).ticks("600000.SH", 0, FAR_MS, -1, FAR_MS)
    assert (found.asks[:2], found.bid_volumes[0]) == ((10010, 10020), 700)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("x,10,10,10,10,1,1000,10,0", "time 'x' is neither"),
        (f"{at('09:31')},ten,10,10,10,1,1000,10,0", "price 'ten' is not a number"),
        (f"{at('09:31')},10.005,10.01,10,10,1,1000,10,0", "price 10.005 is not a multiple of the tick 0.01"),
        (f"{at('09:31')},10,9.9,9.8,9.9,1,1000,10,0", "open and close must lie between low and high"),
        (f"{at('09:31')},0,0,0,0,0,0,10,0", "a price of a bar is 0"),
        (f"{at('09:31')},10,10,10,10,-1,1000,10,0", "volume -1 is not a volume"),
        (f"{at('09:31')},10,10,10,10,1.5001,1000,10,0", "volume 1.5001 is not a volume"),
        (f"{at('09:31')},10,10,10,10,1,nan,inf,0", "price 'inf' is not a finite number"),
        (f"{at('09:31')},10,10,10,10,1,1000,10,1", "a volume of 100 while the security is suspended"),
        (f"{at('09:31')},10,10,10,10,1e30,0,10,0", "volume 1e30 is too large"),
        (f"{at('09:31')},10,10,10,10,99999999999999,0,10,0", "close times volume is too large"),
        (f"{at('09:31')},1e16,1e16,1e16,1e16,1,0,10,0", "price 1e16 is too large"),
        (f"{at('09:31')},10,10,10,10,1,1000,10,1e300", "suspendFlag 1e300 is too large"),
        (f"{at('09:31')},10,10,10,10,1,1000", "7 columns, the header has 9"),
        (bar("09:30", 10.0), "600000.SH has a row of this time or a later one before"),
    ],
)
def test_a_bad_row_is_named_by_file_and_line(tmp_path: Path, line: str, complaint: str) -> None:
    path = write_bars(tmp_path / "600000.SH.1m.csv", bar("09:30", 10.0), line)
    with pytest.raises(ConfigError) as raised:
        History.open(path)
    assert f"{path}: line 3: {complaint}" in str(raised.value)


def test_a_quotation_mark_that_is_never_closed_is_named_by_its_line(tmp_path: Path) -> None:
    path = write_bars(tmp_path / "600000.SH.1m.csv", bar("09:30", 10.0), '"1', bar("09:31", 10.0))
    with pytest.raises(ConfigError, match="line 3: unexpected end of data"):
        History.open(path)


@pytest.mark.parametrize(
    ("asks", "complaint"),
    [("10.02:1 10.01:1", "not in order"), ("10.01:1 0:0 10.02:1", "have a gap"), ("10.01:1 10.01:1", "not in order")],
)
def test_levels_out_of_order_are_a_bad_row(tmp_path: Path, asks: str, complaint: str) -> None:
    path = write_ticks(tmp_path / "600000.SH.tick.csv", tick("09:30", 10.0, volume=1, asks=asks))
    with pytest.raises(ConfigError, match=f"line 2: ask levels {complaint}|line 2: ask levels are {complaint}"):
        History.open(path)


@pytest.mark.parametrize(
    ("levels", "complaint"),
    [
        ("[1" + "0" * 400 + "]", "price 100000000000000000000000000000 is too large"),
        ("[" * 30_000, "'" + "[" * 60 + "' is not a list of levels"),
        ("[[1],[2]]", "price [1] is not a number"),
    ],
)
def test_levels_that_are_no_numbers_are_a_bad_row(tmp_path: Path, levels: str, complaint: str) -> None:
    header = "time,lastPrice,volume,askPrice,bidPrice,askVol,bidVol"
    path = tmp_path / "600000.SH.tick.csv"
    path.write_text(f"{header}\n{at('09:30')},10,1,{levels!r},[10],[1],[1]\n".replace("'", '"'), encoding="utf-8")
    with pytest.raises(ConfigError, match=f"line 2: {re.escape(complaint)}"):
        History.open(path)


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("600000.SH.csv", "time\n", "says one of tick, 1m, 5m, 1d"),
        ("prices.1m.csv", f"{BAR_COLUMNS}\n", "says which code it is"),
        ("600000.SH.1m.csv", "", "line 1 must name the columns"),
        ("600000.SH.1m.csv", f"{BAR_COLUMNS}\n", "there are no rows"),
        ("600000.SH.1m.csv", "time,open,high,low,close\n1,1,1,1,1\n", "bars need a column 'volume'"),
        ("600000.SH.1m.csv", "time,time\n1,1\n", "a column stands twice"),
        ("600000.SH.1m.csv.gz", "no gzip", "cannot be read"),
        ("204001.SH.1m.csv", f"{BAR_COLUMNS}\n{bar('09:31', 2.0)}\n", "'204001.SH' is not the code of a stock"),
    ],
)
def test_a_file_that_cannot_be_understood_is_named(tmp_path: Path, name: str, content: str, complaint: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        History.open(tmp_path / name)
    assert complaint in str(raised.value)
    assert name in str(raised.value)


def test_a_file_that_is_not_utf_8_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "600000.SH.1m.csv"
    path.write_bytes(f"{BAR_COLUMNS},名称\n{bar('09:31', 10.0)},浦发银行\n".encode("gbk"))
    with pytest.raises(ConfigError, match=r"600000\.SH\.1m\.csv cannot be read: it is not UTF-8"):
        History.open(path)


def test_no_data_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no data at"):
        History.open(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigError, match="holds no data"):
        History.open(tmp_path / "empty")


def test_parquet_without_pyarrow_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow.parquet", None)
    (tmp_path / "600000.SH.1m.parquet").write_bytes(b"PAR1")
    with pytest.raises(ConfigError, match="pip install pyarrow"):
        History.open(tmp_path)


def test_two_files_of_one_code_follow_each_other(tmp_path: Path) -> None:
    write_bars(tmp_path / "600000.SH.1m.2.csv", bar("09:31", 10.0, day=20240103))
    write_bars(tmp_path / "600000.SH.1m.1.csv", bar("09:31", 10.0), bar("09:32", 10.0))
    assert [row.time_ms for row in bars_of(tmp_path)] == [at("09:31"), at("09:32"), at("09:31", 20240103)]
    write_bars(tmp_path / "600000.SH.1m.3.csv", bar("09:32", 10.0))
    with pytest.raises(ConfigError, match=r"two files have 1m rows of 600000.SH for the same time"):
        History.open(tmp_path)


def test_a_tape_is_kept_until_its_file_changes(tmp_path: Path) -> None:
    path = write_bars(tmp_path / "600000.SH.1m.csv", bar("09:31", 10.0))
    assert len(bars_of(path)) == 1
    (kept,) = files.cache_dir().glob("*.tape")
    before = kept.read_bytes()
    kept.write_bytes(b"broken")
    assert len(bars_of(path)) == 1
    assert kept.read_bytes() == before
    write_bars(path, bar("09:31", 10.0), bar("09:32", 10.0))
    os.utime(path, ns=(1, 1))
    assert len(bars_of(path)) == 2


def test_the_cache_has_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_CACHE_BYTES", 1)
    for name in ("600000.SH.1m.csv", "600009.SH.1m.csv"):
        History.open(write_bars(tmp_path / name, bar("09:31", 10.0)))
    assert len(list(files.cache_dir().glob("*.tape"))) == 1
    both = History.open(tmp_path)  # what leaves the cache meanwhile can be read to the end
    assert [len(list(both.stream(code, "1m", 0, FAR_MS))) for code in both.codes()] == [1, 1]
    assert len(list(files.cache_dir().glob("*.tape"))) == 1


def test_rows_of_many_blocks_come_in_order_and_can_be_searched(tmp_path: Path) -> None:
    count = 2 * BLOCK_ROWS + 10
    lines = [f"{at('09:31') + number * 1000},10,10,10,10,{number},0,10,0" for number in range(count)]
    file = files.DataFile(write_bars(tmp_path / "600000.SH.1m.csv", *lines), "1m", "600000.SH")
    ((_, tape),) = files.open_tapes([file])
    assert isinstance(tape, Tape)
    assert [row[5] // 100 for row in tape.stream("600000.SH", 0, FAR_MS)] == list(range(count))
    for first, last, number in ((0, count, 3), (100, 700, -1), (511, 513, -1), (512, 512, 5), (600, 1030, 600), (5, 4, -1)):
        found = tape.between("600000.SH", at("09:31") + first * 1000, at("09:31") + last * 1000, number)
        expected = list(range(first, min(last + 1, count)))
        assert [row[5] // 100 for row in found] == (expected if number < 0 else expected[-number:])


def test_dividends_are_read_and_become_corporate_actions(tmp_path: Path) -> None:
    path = tmp_path / "dividends.csv"
    path.write_text(f"stock_code,time,interest,stockGift\n600000.SH,20240103,0.5,\n600000.SH,{at('00:00')},0,0.4\n", "utf-8")
    first, second = read_dividends(path)["600000.SH"]
    assert (first.ex_day, second.ex_day, first.action()["transfer"], second.action()["cash"]) == (20240102, 20240103, 0.4, 0.5)


def test_a_dividend_of_more_decimals_than_are_paid_is_rounded(tmp_path: Path) -> None:
    # After a buy-back a company pays what is left by the shares that are left, such as 0.4532613 a share.
    path = tmp_path / "dividends.csv"
    path.write_text("stock_code,time,interest,stockGift\n600000.SH,20240103,0.4532613,0.3333333\n", "utf-8")
    (dividend,) = read_dividends(path)["600000.SH"]
    assert dividend.interest == 0.4532613
    action = parse_action({name: value for name, value in dividend.action().items() if name != "_where"})
    assert (action.cash_micro, action.transfer_ppm) == (453_261, 333_333)


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ("600000.SH,20240103,x", "line 2: interest 'x' is not a number"),
        ("600000.SH,20240103,-1", "line 2: a dividend cannot be negative"),
        (",20240103,1", "line 2: stock_code and time are needed"),
        ("600000.SH,20240103,1\n600000.SH,2024-01-03,1", "600000.SH goes ex twice on 20240103"),
    ],
)
def test_a_bad_dividend_is_named(tmp_path: Path, rows: str, complaint: str) -> None:
    path = tmp_path / "dividends.csv"
    path.write_text(f"stock_code,time,interest\n{rows}\n", "utf-8")
    with pytest.raises(ConfigError) as raised:
        read_dividends(path)
    assert complaint in str(raised.value)
