"""xtdata against the wheel's document: shapes, fields, types, times, and never a row from the future."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from matching.calendar import midnight_ms
from miniqmt_sim.server.feeds import files
from miniqmt_sim.sessions import market_data
from miniqmt_sim.xtquant import _frames, _unsimulated, xtdata
from tests.kit import vendor
from tests.kit.data_desk import DataDesk, data_desk
from tests.kit.fake_server import eventually
from tests.kit.tapes import DAY, at, bar, tick, write_bars, write_ticks

CODE, OTHER, TICKED, UNLISTED = "600000.SH", "000001.SZ", "600036.SH", "601999.SH"
NEXT = 20240103
LATER = 20240104


def documented(heading: str) -> list[str]:
    """The field names under a heading of the wheel's document."""
    text = (vendor.path_of("xtdata").parent / "doc" / "xtdata.md").read_text(encoding="utf-8")
    section = text.partition(f"#### {heading}")[2].partition("####")[0]
    return re.findall(r"^'(\w+)'", section, re.MULTILINE)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(files.ENV_CACHE, str(tmp_path / "cache"))


@pytest.fixture
def recorded_files(tmp_path: Path) -> Path:
    """Ten minutes of three mornings, the price a fen higher each minute; ex-dividend and ten for ten on the third."""
    data = tmp_path / "data"
    prices = {DAY: 10.0, NEXT: 10.1, LATER: 5.0}
    lines = [
        bar(f"09:{31 + number}", round(price + number / 100, 2), volume=number + 1, day=day)
        for day, price in prices.items()
        for number in range(10)
    ]
    write_bars(data / f"{CODE}.1m.csv", *lines)
    write_bars(data / f"{OTHER}.1m.csv", bar("09:31", 8.0), bar("09:33", 8.2))
    ticks = [tick(f"09:3{number}:03", round(40 + number / 100, 2), volume=number + 1, asks="40.50:3") for number in range(5)]
    write_ticks(data / f"{TICKED}.tick.csv", *ticks)
    (data / "dividends.csv").write_text(
        f"stock_code,time,interest,stockBonus,stockGift,allotNum,allotPrice\n{CODE},{LATER},0.19,0,1,0,0\n"
    )
    return data


@pytest.fixture
def recorded(recorded_files: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DataDesk]:
    """Those mornings, known when they are over; what happens meanwhile is up to the test."""
    with data_desk(monkeypatch, at("09:00"), recorded_files, hours="exchange") as desk:
        yield desk


def closes(period: str = "1m", code: str = CODE, **more: Any) -> list[float]:
    return list(xtdata.get_market_data_ex(["close"], [code], period, **more)[code]["close"])


# -- shapes ----------------------------------------------------------------------------------------------------------------


def test_a_frame_a_code_has_the_documents_fields_named_by_time(recorded: DataDesk) -> None:
    recorded.at(at("09:35", NEXT))
    frame = xtdata.get_market_data_ex([], [CODE], "1m", count=3)[CODE]
    assert list(frame.columns) == documented("1m / 5m / 1d - K线数据")
    assert list(frame.index) == ["20240103093300", "20240103093400", "20240103093500"]
    assert list(frame["time"]) == [at(f"09:3{n}", NEXT) for n in (3, 4, 5)]
    assert [str(frame[name].dtype) for name in ("time", "open", "volume", "amount", "suspendFlag")] == [
        "int64", "float64", "int64", "float64", "int32",
    ]  # fmt: skip
    assert list(frame["volume"]) == [3, 4, 5], "in 手"
    day = xtdata.get_market_data_ex(["close", "open"], [CODE], "1d")[CODE]
    assert (list(day.columns), list(day.index)) == (["close", "open"], ["20240102"])


def test_frames_of_the_same_times_are_each_their_own(recorded: DataDesk) -> None:
    recorded.at(at("15:01"))
    found = xtdata.get_market_data_ex(["close"], [CODE, OTHER, UNLISTED], "1d")
    found[CODE].index.name = "day"
    found[CODE].loc["20240102", "close"] = 1.0
    assert (list(found[OTHER].index), found[OTHER].index.name) == (["20240102"], None)
    assert list(found[OTHER]["close"]) == [8.2]
    assert list(found[UNLISTED].index) == []


def test_a_frame_a_field_has_a_row_a_code_and_a_column_a_time(recorded: DataDesk) -> None:
    recorded.at(at("09:34"))
    found = xtdata.get_market_data(["close", "volume"], [CODE, OTHER], "1m")
    assert list(found) == ["close", "volume"]
    close, volume = found["close"], found["volume"]
    assert list(close.index) == [CODE, OTHER]
    assert list(close.columns) == [f"20240102093{number}00" for number in (1, 2, 3, 4)]
    assert close.loc[OTHER].tolist() == [8.0, 8.0, 8.2, 8.2], "a gap has the close before it"
    assert volume.loc[OTHER].tolist() == [10, 0, 10, 0]
    assert str(volume.to_numpy().dtype) == "int64"
    bare = xtdata.get_market_data(["close"], [CODE, OTHER], "1m", fill_data=False)["close"]
    assert bare.loc[OTHER].isna().tolist() == [False, True, False, True]


def test_ticks_are_structured_arrays_or_frames(recorded: DataDesk) -> None:
    recorded.at(at("09:33"))
    array = xtdata.get_market_data([], [TICKED], "tick")[TICKED]
    assert set(documented("tick - 分笔数据")) <= set(array.dtype.names)
    assert array["lastPrice"].tolist() == [40.0, 40.01, 40.02]
    assert array["askPrice"][0] == [40.5, 0.0, 0.0, 0.0, 0.0]
    assert array["askVol"][0] == [3, 0, 0, 0, 0]
    frame = xtdata.get_market_data_ex(["askPrice1", "volume", "pvolume"], [TICKED], "tick", count=1)[TICKED]
    assert frame.loc["20240102093203"].tolist() == [40.5, 3.0, 300.0]


def test_rows_named_by_moments(recorded: DataDesk) -> None:
    recorded.at(at("09:35"))
    frame = xtdata.get_market_data3(["close"], [CODE], "1m", count=2)[CODE]
    assert [str(moment) for moment in frame.index] == ["2024-01-02 09:34:00", "2024-01-02 09:35:00"]
    assert (list(frame.columns), frame["close"].tolist()) == (["close"], [10.03, 10.04])
    assert len(xtdata.gmd3([], [UNLISTED], "1d")[UNLISTED]) == 0


def test_the_full_bars_are_those_of_the_present_day(recorded: DataDesk) -> None:
    recorded.at(at("09:33", NEXT))
    newest = xtdata.get_full_kline(["close"], [CODE, OTHER])["close"]
    assert (list(newest.columns), newest.loc[CODE].tolist()) == (["20240103093300"], [10.12])
    assert newest.loc[OTHER].isna().all(), "its last bar is of the day before"
    assert xtdata.get_full_kline(["close"], [CODE], count=-1)["close"].loc[CODE].tolist() == [10.1, 10.11, 10.12]
    with pytest.raises(NotImplementedError, match="not ticks"):
        xtdata.get_full_kline([], [CODE], "tick")


def test_local_data_is_as_the_vendors_code_gives_it(recorded: DataDesk) -> None:
    recorded.at(at("15:00"))
    ours = xtdata.get_local_data([], [CODE], "1d", data_dir="D:\\anywhere")
    assert ours[CODE].equals(xtdata.get_market_data_ex([], [CODE], "1d")[CODE])


def test_an_unknown_code_has_an_empty_frame(recorded: DataDesk) -> None:
    frame = xtdata.get_market_data_ex([], [UNLISTED], "1d")[UNLISTED]
    assert (len(frame), list(frame.columns)) == (0, documented("1m / 5m / 1d - K线数据"))


def test_a_code_without_data_is_a_row_without_numbers(recorded: DataDesk) -> None:
    recorded.at(at("09:33"))
    for codes in ([UNLISTED, CODE], [CODE, UNLISTED]):
        found = xtdata.get_market_data(["close", "volume"], codes, "1m")
        assert list(found["close"].index) == codes
        assert found["close"].loc[CODE].tolist() == [10.0, 10.01, 10.02]
        assert all(found[name].loc[UNLISTED].isna().all() for name in found)
    for empty in (
        xtdata.get_market_data(["close"], [UNLISTED], "1m"),
        xtdata.get_market_data(["close"], [UNLISTED], "1m", count=0),
        xtdata.get_market_data(["close"], [UNLISTED], "1m", start_time="20300101"),
    ):
        assert (empty["close"].shape, list(empty["close"].index)) == ((1, 0), [UNLISTED])
    assert xtdata.get_market_data(["close"], [CODE], "1m", count=0)["close"].shape == (1, 0)


@pytest.mark.parametrize("period", ["15m", "30m", "1h", "60m", "1w", "1mon", "1q", "1hy", "1y"])
def test_longer_bars_are_made_of_shorter_ones(recorded: DataDesk, period: str) -> None:
    recorded.at(at("15:00", NEXT))
    bars = xtdata.get_market_data_ex([], [CODE], period)[CODE]
    assert bars["volume"].sum() == 2 * 55
    assert bars["high"].iloc[-1] == 10.19


def test_pages_of_a_long_answer_join(recorded: DataDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded.at(at("15:00", NEXT))
    whole = closes()
    monkeypatch.setattr("miniqmt_sim.server.feeds.archive.PART", 7)
    assert closes() == whole
    assert closes(count=9) == whole[-9:]
    assert closes(count=0) == []
    monkeypatch.setattr("miniqmt_sim.sessions.market_data.PART", 7)
    assert len(closes(code=OTHER)) == 2


# -- times -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "count", "first", "last"),
    [
        ("20240103", "", -1, 10.1, 10.19),
        ("", "20240102", -1, 10.0, 10.09),
        ("20240102093300", "20240102093500", -1, 10.02, 10.04),
        (datetime(2024, 1, 2, 9, 33), at("09:35"), -1, 10.02, 10.04),
        ("20240102", "20240103", 3, 10.17, 10.19),
        ("", "20240102093500", 2, 10.03, 10.04),
    ],
)
def test_both_ends_belong_to_a_range(recorded: DataDesk, start: Any, end: Any, count: int, first: float, last: float) -> None:
    recorded.at(at("16:30", NEXT))
    found = closes(start_time=start, end_time=end, count=count)
    assert (found[0], found[-1]) == (first, last)


@pytest.mark.parametrize("text", ["2024-01-02", "202401", "20241301", "tomorrow", 1.5, True])
def test_what_is_no_time_is_refused(recorded: DataDesk, text: Any) -> None:
    with pytest.raises(ValueError, match="is not a time"):
        closes(start_time=text)


def test_texts_are_china_time() -> None:
    assert xtdata.t2d is xtdata.timetag_to_datetime
    assert xtdata.datetime_to_timetag("20240102") == midnight_ms(DAY)
    assert xtdata.timetag_to_datetime(at("09:31"), "%Y%m%d %H:%M") == "20240102 09:31"


# -- no look-ahead -----------------------------------------------------------------------------------------------------------


def test_nothing_comes_from_the_future_whatever_is_asked(recorded: DataDesk) -> None:
    """The trap: every way of asking, with ends far ahead, at every half minute of two mornings."""
    xtdata.subscribe_quote(CODE, "1m", callback=lambda _: None)
    for day in (DAY, NEXT, LATER):
        for half in range(24):
            now_ms = at("09:30", day) + half * 30_000
            recorded.at(now_ms)
            for period in ("tick", "1m", "5m", "15m", "1d", "1w", "1mon"):
                for end in ("", "20300101", now_ms + 60_000):
                    code = TICKED if period == "tick" else CODE
                    frame = xtdata.get_market_data_ex([], [code], period, end_time=end)[code]
                    complete_ms = now_ms if period in ("tick", "1m", "5m", "15m") else midnight_ms(day) - 1
                    assert all(time_ms <= complete_ms for time_ms in frame["time"])
            field = xtdata.get_market_data(["close"], [CODE, OTHER], "1m", "20240102", "20300101")["close"]
            assert all(name <= xtdata.timetag_to_datetime(now_ms, "%Y%m%d%H%M%S") for name in field.columns)
            assert [row for row in xtdata.get_divid_factors(CODE).index if row > str(day)] == []
            assert max(xtdata.get_trading_dates("SH")) <= midnight_ms(day)
            tick_ms = xtdata.get_full_tick([CODE])[CODE]["time"]
            assert tick_ms <= now_ms


def test_an_ex_day_to_come_adjusts_nothing_yet(recorded: DataDesk) -> None:
    recorded.at(at("16:00", NEXT))
    for kind in ("front", "back", "front_ratio", "back_ratio"):
        assert closes("1d", dividend_type=kind) == closes("1d")


# -- ex-days -----------------------------------------------------------------------------------------------------------------


def test_dividend_types(recorded: DataDesk) -> None:
    recorded.at(at("16:00", LATER))
    raw = closes("1d")
    assert raw == [10.09, 10.19, 5.09]
    assert closes("1d", dividend_type="front") == pytest.approx([(10.09 - 0.19) / 2, 5.0, 5.09])
    assert closes("1d", dividend_type="back") == pytest.approx([10.09, 10.19, 5.09 * 2 + 0.19])
    factors = xtdata.get_divid_factors(CODE)
    assert set(documented("除权数据")) <= set(factors.columns)
    assert list(factors.index) == ["20240104"]
    assert factors.loc["20240104", ["interest", "stockGift", "dr"]].tolist() == pytest.approx([0.19, 1, 10.19 / 5.0])
    assert closes("1d", dividend_type="front_ratio") == pytest.approx([10.09 / 2.038, 5.0, 5.09])
    assert closes("1d", dividend_type="back_ratio") == pytest.approx([10.09, 10.19, 5.09 * 2.038])
    with pytest.raises(ValueError, match="dividend type"):
        closes("1d", dividend_type="forward")


# -- what is listed ----------------------------------------------------------------------------------------------------------


def test_what_is_listed(recorded: DataDesk) -> None:
    detail = xtdata.get_instrument_detail(CODE)
    assert detail is not None
    assert (detail["ExchangeID"], detail["InstrumentID"], detail["InstrumentName"]) == ("SH", "600000", "浦发银行")
    assert detail["UpStopPrice"] == pytest.approx(round(detail["PreClose"] * 1.1, 2))
    assert [detail[name] for name in ("PriceTick", "VolumeMultiple", "IsTrading", "TradingDay")] == [0.01, 1, True, "20240102"]
    text = (vendor.path_of("xtdata").parent / "doc" / "xtdata.md").read_text(encoding="utf-8")
    section = text.partition("iscomplete为False时，返回以下字段")[2].partition("IsRecent - ")
    fields = re.findall(r"^ +([A-Z]\w+) - \w", section[0] + section[1] + "x", re.MULTILINE)
    assert {"PreClose", "IsRecent"} <= set(fields)
    assert set(fields) - set(detail) == set()
    assert datetime.strptime(detail["OpenDate"], "%Y%m%d").year == 1990, "listed longer ago than its file says"
    complete = xtdata.get_instrument_detail(CODE, True)
    assert complete is not None
    assert complete["MinLimitOrderVolume"] == 100
    assert xtdata.get_instrument_detail(UNLISTED) is None
    assert xtdata.get_instrument_detail_list([CODE, UNLISTED]) == {CODE: detail, UNLISTED: None}


def test_kinds_and_sectors(recorded: DataDesk) -> None:
    assert xtdata.get_instrument_type("510300.SH") == {"fund": True, "etf": True}
    assert xtdata.get_instrument_type(CODE, ["stock", "etf", "planet"]) == {"stock": True, "etf": False}
    assert xtdata.get_instrument_type(UNLISTED) == {}
    assert "沪深A股" in xtdata.get_sector_list()
    stocks, funds = xtdata.get_stock_list_in_sector("沪深A股"), xtdata.get_stock_list_in_sector("沪深ETF")
    assert (CODE in stocks, "510300.SH" in funds, set(stocks) & set(funds)) == (True, True, set())
    assert xtdata.get_stock_list_in_sector("沪深京A股") == stocks
    assert xtdata.get_stock_list_in_sector("月球板块") == []
    both = xtdata.get_full_tick(["SH", "SZ"])
    assert xtdata.get_stock_list_in_sector("SH") == sorted(code for code in both if code.endswith("SH"))
    assert "SH" not in xtdata.get_sector_list()
    assert list(xtdata.get_full_tick(["SH"])) == [code for code in both if code.endswith("SH")]


def test_the_calendar(recorded: DataDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert xtdata.get_trading_dates("SH", "20231228") == [midnight_ms(day) for day in (20231228, 20231229, DAY)]
    assert xtdata.get_trading_dates("SH", count=1) == [midnight_ms(DAY)]
    assert xtdata.get_trading_dates("IF") == []
    assert (xtdata.get_market_last_trade_date("SZ"), xtdata.get_market_last_trade_date("IF")) == (midnight_ms(DAY), 0)
    assert xtdata.get_trading_calendar("SH", "20231229", "20240104") == ["20231229", "20240102", "20240103", "20240104"]
    assert "20240101" in xtdata.get_holidays()
    with monkeypatch.context() as patch:
        patch.setattr(market_data, "MAX_CALENDAR_DAYS", 5)
        assert xtdata.get_trading_calendar("SH", "20231229", "20241231") == ["20231229", "20240102"]
    assert xtdata.get_trading_calendar("SZ", "20261225")[-1] == "20261231"
    with pytest.raises(Exception, match="超出"):
        xtdata.get_trading_calendar("SH", end_time="20301231")
    with pytest.raises(Exception, match="只有沪深"):
        xtdata.get_trading_calendar("IF")


# -- quotes and subscriptions --------------------------------------------------------------------------------------------------


def test_a_tick_has_the_vendors_fields_and_units(recorded: DataDesk) -> None:
    recorded.at(at("09:45"))
    recorded.ctl.quote(CODE, last=10.45, pre_close=10.0, bid=["10.44:500"], ask=["10.46:1250"], volume=76_050)
    found = xtdata.get_full_tick([CODE, UNLISTED])
    assert list(found) == [CODE]
    row = found[CODE]
    assert set(documented("tick - 分笔数据")) <= set(row)
    assert (row["time"], row["timetag"]) == (at("09:45"), "20240102 09:45:00")
    assert (row["lastPrice"], row["lastClose"], row["open"]) == (10.45, 10.0, 10.45)
    assert (row["volume"], row["pvolume"], row["amount"]) == (761, 76_050, 794_722.5)
    assert (row["askPrice"], row["askVol"]) == ([10.46, 0.0, 0.0, 0.0, 0.0], [13, 0, 0, 0, 0])
    assert (row["stockStatus"], row["openInt"]) == (3, 13)


@pytest.mark.parametrize(
    ("clock", "status"),
    [("09:00", 1), ("09:16", 2), ("09:27", 4), ("09:31", 3), ("12:00", 4), ("14:58", 8), ("15:10", 5)],
)
def test_the_state_of_the_market_follows_the_clock(recorded: DataDesk, clock: str, status: int) -> None:
    recorded.at(at(clock))
    row = xtdata.get_full_tick(["600519.SH"])["600519.SH"]
    assert (row["stockStatus"], row["openInt"]) == (status, 10 + status)


def test_a_subscription_begins_with_the_past_and_goes_on_with_each_change(recorded: DataDesk) -> None:
    recorded.at(at("09:35:10"))
    heard: list[Any] = []
    number = xtdata.subscribe_quote(CODE, "1m", count=2, callback=heard.append)
    assert number > 0
    recorded.ctl.quote(CODE, last=10.2, pre_close=10.0, volume=300)
    recorded.ctl.quote(CODE, last=10.1, volume=200)
    recorded.at(at("09:36:05"))
    recorded.ctl.quote(CODE, last=10.3, volume=100)
    eventually(lambda: len(heard) == 4)
    first, *bars = heard
    assert [row["close"] for row in first[CODE]] == [10.03, 10.04]
    names = ("time", "open", "high", "low", "close", "volume")
    seen = [tuple(row[name] for name in names) for told in bars for row in told[CODE]]
    assert seen == [
        (at("09:36"), 10.2, 10.2, 10.2, 10.2, 0),
        (at("09:36"), 10.2, 10.2, 10.1, 10.1, 2),
        (at("09:37"), 10.3, 10.3, 10.3, 10.3, 1),
    ]
    xtdata.unsubscribe_quote(number)
    recorded.ctl.quote(CODE, last=10.4, volume=100)
    xtdata.unsubscribe_quote(number)
    assert len(heard) == 4


# -- a recorded market that is played ------------------------------------------------------------------------------------------


@pytest.fixture
def played(recorded_files: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DataDesk]:
    """The same mornings, happening."""
    with data_desk(monkeypatch, at("09:00"), recorded_files, play=True, hours="exchange") as desk:
        yield desk


def test_a_bar_is_told_when_it_is_complete_and_longer_ones_as_they_grow(played: DataDesk) -> None:
    heard: dict[str, list[Any]] = {"1m": [], "5m": [], "1d": []}
    for period, told in heard.items():
        xtdata.subscribe_quote(CODE, period, callback=told.append)
    played.at(at("09:36:30"))
    eventually(lambda: len(heard["1d"]) == 6)
    bars = {period: [row for datas in told for row in datas[CODE]] for period, told in heard.items()}
    known = xtdata.get_market_data_ex([], [CODE], "1m")[CODE]
    for row, (_, expected) in zip(bars["1m"], known.iterrows(), strict=True):
        assert row == expected.to_dict()
    assert [(row["time"], row["open"], row["close"], row["volume"]) for row in bars["5m"]] == [
        *((at("09:35"), 10.0, round(10 + number / 100, 2), sum(range(number + 2))) for number in range(5)),
        (at("09:40"), 10.05, 10.05, 6),
    ]
    assert [(row["time"], row["high"], row["volume"]) for row in bars["1d"]][-1] == (midnight_ms(DAY), 10.05, 21)


def test_the_bar_of_the_opening_auction_is_one_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = write_bars(tmp_path / f"{CODE}.1m.csv", bar("09:30", 10.0, volume=7), bar("09:31", 10.1), bar("09:32", 10.2)).parent
    heard: dict[str, list[Any]] = {"1m": [], "5m": []}
    with data_desk(monkeypatch, at("09:00"), data, play=True, hours="exchange") as desk:
        for period, told in heard.items():
            xtdata.subscribe_quote(CODE, period, callback=told.append)
        desk.at(at("09:32"))
        eventually(lambda: len(heard["1m"]) == len(heard["5m"]) == 3)
        known = xtdata.get_market_data_ex([], [CODE], "1m")[CODE]
    assert [row["time"] for datas in heard["1m"] for row in datas[CODE]] == list(known["time"])
    assert known["volume"].tolist() == [7, 10, 10]
    assert [row["volume"] for datas in heard["5m"] for row in datas[CODE]] == [7, 17, 27]


def test_who_watches_ticks_sees_within_the_bars_and_the_same_bars(played: DataDesk) -> None:
    ticks: list[Any] = []
    bars: list[Any] = []
    xtdata.subscribe_quote(CODE, "1m", callback=bars.append)
    xtdata.subscribe_quote(CODE, "tick", callback=ticks.append)
    played.at(at("09:33"))
    eventually(lambda: len(bars) == 3 and len(ticks) >= 9)
    times = [row["time"] for datas in ticks for row in datas[CODE]]
    assert times == sorted(times)
    assert {at("09:30") + 1, at("09:30:20"), at("09:30:40"), at("09:31")} <= set(times)
    assert [row["volume"] for datas in bars for row in datas[CODE]] == [1, 2, 3]
    assert [row["close"] for datas in bars for row in datas[CODE]] == closes()


def test_a_recorded_snapshot_is_told_as_it_was_recorded(played: DataDesk) -> None:
    ticks: list[Any] = []
    minutes: list[Any] = []
    xtdata.subscribe_whole_quote([TICKED], ticks.append)
    xtdata.subscribe_quote(TICKED, "1m", callback=minutes.append)
    played.at(at("09:32:03"))
    eventually(lambda: len(ticks) == 4 and len(minutes) == 3)
    recorded = xtdata.get_market_data([], [TICKED], "tick")[TICKED]
    for datas, row in zip(ticks[1:], recorded, strict=True):
        told = datas[TICKED]
        for name in ("time", "lastPrice", "open", "high", "low", "volume", "pvolume", "amount", "askPrice", "askVol"):
            assert told[name] == row[name], name
    assert [row["time"] for datas in minutes for row in datas[TICKED]] == [at(clock) for clock in ("09:31", "09:32", "09:33")]


def test_the_bar_that_grows_is_the_last_row_while_it_is_subscribed(recorded: DataDesk) -> None:
    recorded.at(at("09:35:10"))
    assert closes(count=1) == [10.04]
    number = xtdata.subscribe_quote(CODE, "1m")
    recorded.ctl.quote(CODE, last=10.2, pre_close=10.0, volume=300)
    assert closes(count=2) == [10.04, 10.2]
    assert closes(end_time=at("09:35")) == [10.0, 10.01, 10.02, 10.03, 10.04]
    xtdata.unsubscribe_quote(number)
    assert closes(count=1) == [10.04]


def test_the_whole_market_begins_with_what_holds_and_one_push_tells_all_changes(recorded: DataDesk) -> None:
    recorded.at(at("09:45"))
    recorded.ctl.quote(CODE, last=10.45, pre_close=10.0)
    heard: list[Any] = []
    number = xtdata.subscribe_whole_quote(["SH", OTHER], heard.append)
    recorded.ctl.quote(OTHER, last=8.8, pre_close=8.8)
    recorded.ctl.quote("300750.SZ", last=300, pre_close=300)
    eventually(lambda: len(heard) == 2)
    assert heard[0][CODE]["lastPrice"] == 10.45
    assert OTHER in heard[0]
    assert [(code, row["lastPrice"]) for code, row in heard[1].items()] == [(OTHER, 8.8)]
    xtdata.unsubscribe_quote(number)


def test_a_subscription_without_a_callback_only_keeps_the_data(recorded: DataDesk) -> None:
    recorded.at(at("09:45"))
    other = "601398.SH"
    xtdata.subscribe_quote(other, "tick")
    for last in (7.36, 7.37):
        recorded.ctl.quote(other, last=last, pre_close=7.36)
    assert xtdata.get_market_data_ex([], [other], "tick")[other]["lastPrice"].tolist() == [7.36, 7.37]


def test_what_nobody_lists_and_what_nobody_plays_are_refused(recorded: DataDesk, caplog: pytest.LogCaptureFixture) -> None:
    assert xtdata.subscribe_quote(UNLISTED, "tick", callback=print) == -1
    assert xtdata.subscribe_quote(CODE, "1w", callback=print) == -1
    assert "无此证券代码: 601999.SH" in caplog.text
    with pytest.raises(NotImplementedError, match="period 'l2quote' is not simulated"):
        xtdata.subscribe_quote(CODE, "l2quote")


def test_a_callback_that_raises_disturbs_no_other(recorded: DataDesk, caplog: pytest.LogCaptureFixture) -> None:
    recorded.at(at("09:45"))
    heard: list[Any] = []

    def broken(_: Any) -> None:
        raise ZeroDivisionError

    xtdata.subscribe_quote(CODE, "tick", callback=broken)
    xtdata.subscribe_quote(CODE, "tick", callback=heard.append)
    recorded.ctl.quote(CODE, last=10.45, pre_close=10.0)
    eventually(lambda: len(heard) == 1)
    assert "ZeroDivisionError" in caplog.text


def test_downloads_have_nothing_to_do_and_say_when_it_is_done(recorded: DataDesk) -> None:
    heard: list[Any] = []
    assert xtdata.download_history_data(CODE, "1d") is None
    xtdata.download_history_data2([CODE, OTHER], "1m", callback=heard.append)
    assert heard == [
        {"finished": number, "total": 2, "stockcode": code, "message": ""} for number, code in enumerate([CODE, OTHER], 1)
    ]
    assert (xtdata.download_sector_data(), xtdata.download_holiday_data()) == (None, None)
    assert (xtdata.get_client().down_all_sector_data(), xtdata.get_client().is_connected()) == (None, True)


def test_downloads_of_what_is_not_simulated_do_nothing_and_say_so_once(
    recorded: DataDesk, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_unsimulated, "_warned", set())
    heard: list[Any] = []
    for _ in range(2):
        xtdata.download_financial_data([CODE], ["Balance"])
        xtdata.download_index_weight()
        xtdata.download_history_contracts()
        xtdata.download_cb_data()
        xtdata.download_etf_info()
        xtdata.download_his_st_data()
    xtdata.download_financial_data2([CODE, OTHER], ["Balance", "Income"], callback=heard.append)
    assert heard == [{"total": 4, "finished": number} for number in (1, 2, 3, 4)]
    xtdata.download_financial_data2([CODE], callback=heard.append)
    assert heard[-1] == {"total": 8, "finished": 8}
    assert [record.message.partition(":")[0] for record in caplog.records if "nothing is downloaded" in record.message] == [
        "download_financial_data", "download_index_weight", "download_history_contracts", "download_cb_data",
        "download_etf_info", "download_his_st_data",
    ]  # fmt: skip


def test_a_download_goes_on_whatever_its_callback_raises(recorded: DataDesk, caplog: pytest.LogCaptureFixture) -> None:
    heard: list[Any] = []

    def broken(progress: Any) -> None:
        heard.append(progress["finished"])
        raise ZeroDivisionError

    xtdata.download_history_data2([CODE, OTHER], "1m", callback=broken)
    assert heard == [1, 2]
    assert "ZeroDivisionError" in caplog.text


def test_one_text_is_no_list_of_codes(recorded: DataDesk) -> None:
    with pytest.raises(TypeError, match="must be a list of codes"):
        xtdata.get_market_data_ex([], CODE, "1d")
    with pytest.raises(TypeError, match="must be a list of codes"):
        xtdata.get_full_tick(CODE)


def test_one_text_is_no_list_of_fields(recorded: DataDesk) -> None:
    for call in (xtdata.get_market_data, xtdata.get_market_data_ex, xtdata.get_market_data3, xtdata.get_local_data):
        for period in ("1d", "tick"):
            with pytest.raises(TypeError, match="field_list must be a list of fields"):
                call("close", [CODE], period)


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("count", lambda: closes(count=5.0)),
        ("count", lambda: closes(count="2")),
        ("count", lambda: closes(count=10**30)),
        ("count", lambda: xtdata.subscribe_quote(CODE, "1m", count=1.5, callback=print)),
        ("count", lambda: xtdata.get_trading_dates("SH", count=2.0)),
        (r"stock_list\[1\]", lambda: xtdata.get_market_data_ex([], [CODE, float("nan")], "1d")),
        (r"stock_list\[0\]", lambda: xtdata.get_instrument_detail_list([600000])),
        (r"code_list\[0\]", lambda: xtdata.get_full_tick([600000])),
        (r"code_list\[0\]", lambda: xtdata.subscribe_whole_quote([None], callback=print)),
        ("stock_code", lambda: xtdata.subscribe_quote(600000, "tick", callback=print)),
        ("stock_code", lambda: xtdata.get_instrument_detail(None)),
        ("stock_code", lambda: xtdata.get_instrument_type(1)),
        ("stock_code", lambda: xtdata.get_divid_factors(1)),
        ("sector_name", lambda: xtdata.get_stock_list_in_sector(1)),
    ],
)
def test_a_value_of_the_wrong_type_is_named_and_nothing_is_sent(
    recorded: DataDesk, monkeypatch: pytest.MonkeyPatch, name: str, call: Any
) -> None:
    client = xtdata.get_client()
    sent: list[str] = []
    ask = client.ask
    monkeypatch.setattr(client, "ask", lambda name, **fields: sent.append(name) or ask(name, **fields))
    with pytest.raises(TypeError, match=name):
        call()
    assert (sent, client.is_open, xtdata.get_client() is client) == ([], True, True)


def test_numbers_and_texts_of_numpy_will_do(recorded: DataDesk) -> None:
    recorded.at(at("09:35"))
    numpy = importlib.import_module("numpy")
    assert closes(count=numpy.int64(2), code=numpy.str_(CODE)) == closes(count=2)
    assert closes(start_time=numpy.int64(at("09:34"))) == closes(count=2)
    assert xtdata.get_trading_dates("SH", count=numpy.int32(1)) == [midnight_ms(DAY)]
    assert xtdata.get_full_tick(numpy.array([CODE])).keys() == {CODE}
    with pytest.raises(ValueError, match="is not a time"):
        closes(end_time=10**30)


def test_a_subscription_succeeds_whatever_was_subscribed_before(recorded: DataDesk) -> None:
    assert xtdata.subscribe_whole_quote([CODE], callback=print) > 0
    assert xtdata.subscribe_whole_quote([CODE, UNLISTED], callback=print) > 0
    assert xtdata.subscribe_whole_quote([UNLISTED], callback=print) == -1


def test_without_the_library_only_what_returns_its_data_fails(recorded: DataDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(ImportError, match="pip install pandas"):
        xtdata.get_market_data_ex([], [CODE], "1d")
    with pytest.raises(ImportError, match="pip install numpy"):
        xtdata.get_market_data([], [CODE], "tick")
    assert xtdata.get_full_tick([CODE])
    assert _frames.library is not None
