"""Indices through xtdata: recorded, walked and quoted by the operator. What a timing filter reads, and never ahead of time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from matching.calendar import midnight_ms
from miniqmt_sim.errors import CommandRefused
from miniqmt_sim.server.feeds import files
from miniqmt_sim.server.feeds.recording import Recording
from miniqmt_sim.settings import load_settings, read_instruments
from miniqmt_sim.xtquant import xtdata
from tests.kit.data_desk import DataDesk, data_desk
from tests.kit.desk import shipped_instruments
from tests.kit.fake_server import eventually
from tests.kit.tapes import DAY, at, bar, write_bars

CODE, INDEX, COMPONENT, TICKED = "600000.SH", "000300.SH", "399001.SZ", "000001.SH"
NEXT, LATER = 20240103, 20240104
NOTHING = [0.0] * 5


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(files.ENV_CACHE, str(tmp_path / "cache"))


def minute(clock: str, level: str, day: int, volume: int = 2_000_000) -> str:
    """A minute of an index: everything at one level; volume in 手, ten yuan a share."""
    return f"{at(clock, day)},{level},{level},{level},{level},{volume},{volume * 1000},3380.1234,0"


@pytest.fixture
def recorded_files(tmp_path: Path) -> Path:
    """Ten minutes of three mornings of a stock, an index in minutes, one in days and one in snapshots."""
    data = tmp_path / "data"
    clocks = [f"09:{31 + number}" for number in range(10)]
    days = {DAY: 3390, NEXT: 3400, LATER: 3410}
    write_bars(data / f"{CODE}.1m.csv", *(bar(clock, 10.0, day=day) for day in days for clock in clocks))
    lines = [minute(clock, f"{level + at_}.5864", day) for day, level in days.items() for at_, clock in enumerate(clocks)]
    write_bars(data / f"{INDEX}.1m.csv", *lines)
    write_bars(
        data / f"{COMPONENT}.1d.csv",
        *(f"{midnight_ms(day)},9500,9600.12345,9400,{level * 2.8:.4f},613548200,2.05e12,9480,0" for day, level in days.items()),
    )
    ticks = data / f"{TICKED}.tick.csv"
    head = "time,lastPrice,open,high,low,lastClose,amount,volume,stockStatus\n"
    rows = [
        f"{at(f'09:3{number}:03', day)},{2960 + number}.4321,2960.5,2970,2960,2950.25,{number}e9,{number * 1000},3\n"
        for day in days for number in range(5)
    ]  # fmt: skip
    ticks.write_text(head + "".join(rows))
    (data / "instruments.csv").write_text(
        f"stock_code,name,board,pre_close,tags,listed,total_shares,float_shares\n"
        f"{INDEX},沪深300,SH_INDEX,3380.12,,20050408,,\n{CODE},浦发银行,SH_MAIN,10.00,,19991110,29352178996,29352178302\n"
    )
    return data


@pytest.fixture
def recorded(recorded_files: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DataDesk]:
    own = read_instruments(recorded_files / "instruments.csv")
    others = [row for row in shipped_instruments() if row["stock_code"] not in (INDEX, CODE)]
    options = {"hours": "exchange", "play": True, "instruments": [*own, *others]}
    with data_desk(monkeypatch, at("09:00"), recorded_files, **options) as desk:
        yield desk


def closes(code: str, period: str, **more: Any) -> list[float]:
    return list(xtdata.get_market_data_ex(["close"], [code], period, **more)[code]["close"])


# -- recorded --------------------------------------------------------------------------------------------------------------


def test_a_recorded_index_has_bars_of_every_period_and_levels_to_a_thousandth(recorded: DataDesk) -> None:
    recorded.at(at("09:36", NEXT))
    assert closes(INDEX, "1m", count=2) == [3404.586, 3405.586]
    assert closes(INDEX, "5m", count=1) == [3404.586]
    assert closes(INDEX, "1d") == [3399.586]
    assert closes(INDEX, "1d", dividend_type="front") == closes(INDEX, "1d", dividend_type="back_ratio") == [3399.586]
    frame = xtdata.get_local_data(["high", "volume", "amount"], [COMPONENT], "1d")[COMPONENT]
    assert frame.iloc[-1].tolist() == [9600.123, 613_548_200, 2.05e12]
    both = xtdata.get_market_data(["close"], [INDEX, CODE], "1m", count=1)["close"]
    assert both[f"{NEXT}093600"].tolist() == [3405.586, 10.0]
    assert xtdata.get_divid_factors(INDEX).empty
    xtdata.download_history_data(INDEX, "1d")


def test_a_recorded_index_is_shown_without_an_order_book(recorded: DataDesk) -> None:
    recorded.at(at("09:32"))
    found = xtdata.get_full_tick([INDEX, TICKED, COMPONENT])
    tick = found[INDEX]
    assert [tick[name] for name in ("askPrice", "bidPrice", "askVol", "bidVol")] == [NOTHING] * 4
    assert [tick[name] for name in ("open", "high", "low", "lastPrice", "lastClose")] == [
        3390.586, 3391.586, 3390.586, 3391.586, 3380.123,
    ]  # fmt: skip
    assert (tick["volume"], tick["amount"], tick["stockStatus"]) == (4_000_000, 4e9, 3)
    snapshot = found[TICKED]
    assert [snapshot[name] for name in ("lastPrice", "open", "high", "volume", "amount")] == [2961.432, 2960.5, 2970, 1000, 1e9]
    assert snapshot["askPrice"] == NOTHING
    assert found[COMPONENT]["lastPrice"] == 9500, "of its day it is known what it opened with"


def test_markets_sectors_and_kinds_tell_indices_from_stocks(recorded: DataDesk) -> None:
    assert list(xtdata.get_full_tick(["SZ"])) == [COMPONENT]
    assert set(xtdata.get_full_tick(["SH"])) == {CODE, INDEX, TICKED}
    sectors = {name: xtdata.get_stock_list_in_sector(name) for name in ("沪深指数", "沪市指数", "深市指数", "沪深A股", "SH")}
    assert sectors == {
        "沪深指数": [TICKED, INDEX, COMPONENT], "沪市指数": [TICKED, INDEX], "深市指数": [COMPONENT], "沪深A股": [CODE],
        "SH": [TICKED, INDEX, CODE],
    }  # fmt: skip
    assert set(sectors) - {"SH"} <= set(xtdata.get_sector_list())
    assert xtdata.get_instrument_type(INDEX) == {"index": True}
    assert xtdata.get_instrument_type(INDEX, ["stock", "index"]) == {"stock": False, "index": True}
    assert (xtdata.is_stock_type(INDEX, "index"), xtdata.is_stock_type(CODE, "index")) == (True, False)


def test_the_detail_of_an_index_and_of_a_share_capital(recorded: DataDesk) -> None:
    detail = xtdata.get_instrument_detail(INDEX, True)
    assert detail is not None
    assert [detail[name] for name in ("InstrumentName", "ExchangeID", "OpenDate", "PriceTick", "PreClose", "IsTrading")] == [
        "沪深300", "SH", "20050408", 0.01, 3380.123, False,
    ]  # fmt: skip
    assert {detail[name] for name in ("UpStopPrice", "DownStopPrice", "TotalVolume", "MaxLimitOrderVolume")} == {0}
    stock = xtdata.get_instrument_detail(CODE)
    assert stock is not None
    assert (stock["TotalVolume"], stock["FloatVolume"]) == (29352178996.0, 29352178302.0)
    assert isinstance(stock["TotalVolume"], float)
    ticked = xtdata.get_instrument_detail(TICKED)
    assert ticked is not None
    assert ticked["InstrumentName"] == "上证指数", "as the configuration has it"


def test_who_subscribes_is_told_of_an_index_alone_and_with_its_market(recorded: DataDesk) -> None:
    minutes: list[Any] = []
    whole: list[Any] = []
    ticks: list[Any] = []
    assert xtdata.subscribe_quote(INDEX, "1m", callback=minutes.append) > 0
    assert xtdata.subscribe_quote(TICKED, "tick", callback=ticks.append) > 0
    assert xtdata.subscribe_whole_quote(["SH", "SZ"], whole.append) > 0
    recorded.at(at("09:32:30"))
    eventually(lambda: len(minutes) >= 2 and any(TICKED in datas for datas in whole))
    assert [datas[INDEX][0]["close"] for datas in minutes] == [3390.586, 3391.586]
    assert [datas[TICKED][0]["lastPrice"] for datas in ticks] == [2960.432, 2961.432, 2962.432]
    told = {code for datas in whole for code in datas}
    assert told == {CODE, INDEX, TICKED, COMPONENT}
    assert {tuple(datas[INDEX]["askPrice"]) for datas in whole if INDEX in datas} == {tuple(NOTHING)}


def test_nothing_of_an_index_comes_from_the_future(recorded: DataDesk) -> None:
    """The trap of test_xtdata, for indices of every kind of file."""
    xtdata.subscribe_quote(INDEX, "1m", callback=lambda _: None)
    for day in (DAY, NEXT):
        for half in range(24):
            now_ms = at("09:30", day) + half * 30_000
            recorded.at(now_ms)
            for code, finest in ((INDEX, "1m"), (COMPONENT, "1d"), (TICKED, "tick")):
                for period in (finest, "5m", "1d", "1w", "1mon"):
                    for end in ("", "20300101", now_ms + 60_000):
                        frame = xtdata.get_market_data_ex([], [code], period, end_time=end)[code]
                        within = period in ("tick", "1m", "5m")
                        assert all(time_ms <= (now_ms if within else midnight_ms(day) - 1) for time_ms in frame["time"])
            ticks = xtdata.get_full_tick([INDEX, COMPONENT, TICKED])
            assert all(tick["time"] <= now_ms for tick in ticks.values())
            assert ticks[COMPONENT]["lastPrice"] in (9480, 9500), "of a day, no more than what it opened with"


def test_an_index_without_data_is_not_listed_in_a_recording(recorded_files: Path) -> None:
    """Nobody shall take a level that never moves for the market's; a stock without data stands at its listed price."""
    settings = load_settings({"data": str(recorded_files), "feed": "replay", "hours": "exchange"})
    listed = {row["stock_code"] for row in Recording.open(settings).world.instruments}
    assert {INDEX, COMPONENT, TICKED, "600036.SH"} <= listed
    assert not {"399006.SZ", "000905.SH"} & listed


# -- walked and quoted -----------------------------------------------------------------------------------------------------


def test_a_walked_index_has_a_past_and_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    with data_desk(monkeypatch, at("10:00", 20261124), None, feed="synthetic", hours="exchange", seed=3) as desk:
        days = closes(INDEX, "1d", count=60)
        assert len(days) == 60
        assert all(3600 < close < 4500 and round(close, 2) == close for close in days)
        told: list[Any] = []
        xtdata.subscribe_whole_quote(["SZ"], told.append)
        desk.at(at("10:00:03", 20261124))
        eventually(lambda: len(told) > 1)
        assert told[-1]["399006.SZ"]["bidPrice"] == NOTHING
        assert xtdata.get_full_tick([COMPONENT])[COMPONENT]["lastPrice"] > 9000
        ticks = xtdata.get_market_data_ex(["lastPrice", "bidPrice1"], [INDEX], "tick", count=100)[INDEX]
        assert set(ticks["bidPrice1"]) == {0.0}
        assert len(set(ticks["lastPrice"])) > 10
        desk.at(at("15:30", 20261124))
        assert closes(INDEX, "1d", count=1) == [xtdata.get_full_tick([INDEX])[INDEX]["lastPrice"]]


def test_an_operators_levels_grow_bars_without_a_volume(monkeypatch: pytest.MonkeyPatch) -> None:
    with data_desk(monkeypatch, at("10:00"), None, hours="exchange") as desk:
        told: list[Any] = []
        xtdata.subscribe_quote(INDEX, "1m", callback=told.append)
        for second, level in ((1, 3400.12345), (5, 3405.5), (61, 3390.0)):
            desk.at(at("10:00") + second * 1000)
            desk.ctl.quote(INDEX, last=level, pre_close=3380.0)
        eventually(lambda: len(told) == 3)
        bars = [datas[INDEX][0] for datas in told]
        assert [(each["high"], each["low"], each["close"], each["volume"]) for each in bars] == [
            (3400.123, 3400.123, 3400.123, 0), (3405.5, 3400.123, 3405.5, 0), (3390.0, 3390.0, 3390.0, 0),
        ]  # fmt: skip
        tick = xtdata.get_full_tick([INDEX])[INDEX]
        assert [tick[name] for name in ("open", "high", "low", "lastPrice", "lastClose", "amount")] == [
            3400.123, 3405.5, 3390.0, 3390.0, 3380.0, 0,
        ]  # fmt: skip
        with pytest.raises(CommandRefused, match="nobody bids and asks"):
            desk.ctl.quote(INDEX, last=3400.0, bid=[[3399.0, 100]])
        with pytest.raises(CommandRefused, match="is an index"):
            desk.ctl.position.set("A", INDEX, 100)
