"""Indices: published and not traded. Rules, rows of data files, the day, what nobody can do with one."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest

from matching.codes import INDEX_BOARDS, Board
from matching.instrument import PriceBand, Security, parse_listing
from matching.phases import Phase
from matching.rules import RuleError, Rules, phase_at
from miniqmt_sim.blueprint import read_listing
from miniqmt_sim.cli import main
from miniqmt_sim.counter.fees import FeeSchedule
from miniqmt_sim.errors import ConfigError
from miniqmt_sim.market.market import Market
from miniqmt_sim.server.feeds import files
from miniqmt_sim.server.feeds.history import FAR_MS, History
from miniqmt_sim.server.feeds.make import make_data
from miniqmt_sim.server.feeds.recording import Recording
from miniqmt_sim.server.feeds.rows import Bar, Tick, bar_parser, tick_parser
from miniqmt_sim.settings import load_settings
from miniqmt_sim.simulator import Simulator
from tests.kit.desk import Desk, make_config, moment, shipped_rules
from tests.kit.tape_desk import TapeDesk
from tests.kit.tapes import DAY, at, bar, write_ticks

INDEX = "000300.SH"
BAR_COLUMNS = {name: at for at, name in enumerate(("time", "open", "high", "low", "close", "volume", "amount"))}


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(files.ENV_CACHE, str(tmp_path / "cache"))


# -- rules -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("board", INDEX_BOARDS)
@pytest.mark.parametrize("day", [20150105, 20261123])
def test_an_index_has_a_timetable_and_nothing_that_could_limit_it(board: Board, day: int) -> None:
    rules = Rules(shipped_rules(), "exchange").on(board, day)
    phases = {clock: phase_at(rules.session, clock * 60_000) for clock in (9 * 60 + 24, 565, 570, 690, 780, 899, 900)}
    assert list(phases.values()) == [
        Phase.CLOSED, Phase.BREAK, Phase.CONTINUOUS, Phase.LUNCH, Phase.CONTINUOUS, Phase.CONTINUOUS, Phase.CLOSED,
    ]  # fmt: skip
    assert (rules.market_orders.types, rules.halt.thresholds_ppm) == ((), ())


@pytest.mark.parametrize("stem", ["lot", "limit", "cycle", "market_orders", "cage", "auction", "listing", "halt"])
def test_a_rule_of_trading_for_an_index_is_refused(stem: str) -> None:
    rules = copy.deepcopy(shipped_rules())
    rules[stem]["row"][0]["boards"].append("SH_INDEX")
    with pytest.raises(RuleError, match="SH_INDEX is not traded"):
        Rules(rules, "exchange")


def test_an_index_needs_its_timetable() -> None:
    rules = copy.deepcopy(shipped_rules())
    for row in rules["sessions"]["row"]:
        row["boards"] = [board for board in row["boards"] if board != "SZ_INDEX"] or ["SH_INDEX"]
    with pytest.raises(RuleError, match=r"sessions\.toml: no row for SZ_INDEX"):
        Rules(rules, "exchange")


def test_no_fee_is_charged_for_an_index() -> None:
    rows = FeeSchedule(shipped_rules()["fees"])._rows
    assert [rows[board] for board in INDEX_BOARDS] == [{}, {}]


# -- rows of data files ----------------------------------------------------------------------------------------------------


def test_a_bar_keeps_three_decimals_and_numbers_as_large_as_a_market() -> None:
    parse = bar_parser(BAR_COLUMNS, 100, files.tick_li_of(Board.SH_INDEX))
    row = Bar(*parse(["20240102", "3397.5864", "3401.00009", "3386.3495", "3386.35", "613548200", "2.05e12"]))
    assert row[1:7] == (3_397_586, 3_401_000, 3_386_350, 3_386_350, 61_354_820_000, 2_050_000_000_000_000)


def test_what_a_bar_of_an_index_does_not_say_of_its_amount_is_not_made_up() -> None:
    parse = bar_parser(BAR_COLUMNS, 100, files.tick_li_of(Board.SZ_INDEX))
    assert Bar(*parse(["20240102", "9500", "9500", "9500", "9500", "1000", ""])).amount_li == 0
    assert Bar(*parse(["20240102", "9500", "9500", "9500", "9500", "0", "0"])).close_li == 9_500_000
    with pytest.raises(ValueError, match="negative"):
        parse(["20240102", "9500", "9500", "9500", "9500", "1000", "-1"])
    with pytest.raises(ValueError, match="between low and high"):
        parse(["20240102", "9500", "9500", "9500", "9501", "1000", "0"])


def test_a_snapshot_of_an_index_has_no_levels_whatever_its_columns_say() -> None:
    columns = {name: at for at, name in enumerate(("time", "lastPrice", "volume", "askPrice", "askVol"))}
    parse = tick_parser(columns, 100, files.tick_li_of(Board.SH_INDEX))
    tick = Tick.of(parse([at("09:31"), "3397.58641", "5", "[1, 0, 3]", "[4]"]))
    assert (tick.last_li, tick.volume, sum(tick.asks), sum(tick.ask_volumes)) == (3_397_586, 500, 0, 0)
    assert tick_parser({"time": 0, "lastPrice": 1, "volume": 2}, 100, 0)([at("09:31"), "3000", "1"])[1] == 3_000_000
    with pytest.raises(ValueError, match="askPrice1"):
        tick_parser({"time": 0, "lastPrice": 1, "volume": 2}, 100, 10)


def test_snapshots_without_a_volume_make_the_bars_of_an_index_and_none_of_a_stock(tmp_path: Path) -> None:
    levels = (("09:30:03", 3300.0), ("09:30:30", 3302.5), ("09:31:15", 3299.0))
    lines = [f"{at(clock)},{level},3300,0,0,3290,0,0,0,,,," for clock, level in levels]
    write_ticks(tmp_path / "000012.SH.tick.csv", *lines)
    write_ticks(tmp_path / "600000.SH.tick.csv", *(line.replace(",33", ",13").replace(",32", ",12") for line in lines))
    history = History.open(tmp_path)
    bars = history.bars("000012.SH", "1m", 0, FAR_MS, -1, at("10:00"))
    assert [(row.high_li, row.low_li, row.close_li, row.volume) for row in bars] == [
        (3_302_500, 3_300_000, 3_302_500, 0), (3_299_000, 3_299_000, 3_299_000, 0),
    ]  # fmt: skip
    (day,) = history.bars("000012.SH", "1d", 0, FAR_MS, -1, at("16:00"))
    assert day[1:5] == (3_300_000, 3_302_500, 3_299_000, 3_299_000)
    assert history.bars("600000.SH", "1m", 0, FAR_MS, -1, at("10:00")) == []


def test_made_data_may_hold_indices_and_the_securities_are_the_same_with_them(tmp_path: Path) -> None:
    make_data(tmp_path / "without", 2, [DAY], ["1m", "tick"], 1)
    made = make_data(tmp_path / "with", 2, [DAY], ["1m", "tick", "1d"], 1, indices=["399001.SZ", INDEX, INDEX])
    assert len(made) == 4 * 3
    for path in (tmp_path / "without").glob("*.SH.*.csv"):
        assert path.read_bytes() == (tmp_path / "with" / path.name).read_bytes()
    history = History.open(tmp_path / "with")
    (day,) = history.bars(INDEX, "1d", 0, FAR_MS, -1, at("16:00"))
    assert 3_600_000 < day.low_li <= day.close_li <= day.high_li < 4_400_000
    assert day.volume > 10**9
    assert day.amount_li > 10**13
    ticks = history.ticks("399001.SZ", 0, FAR_MS, -1, at("16:00"))
    assert {sum(tick.asks) + sum(tick.bid_volumes) for tick in ticks} == {0}
    with pytest.raises(ConfigError, match=r"'600000\.SH' is not the code of an index"):
        make_data(tmp_path / "wrong", 1, [DAY], ["1m"], 1, indices=["600000.SH"])


def test_the_command_names_the_indices_it_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["make-data", str(tmp_path / "data"), "--codes", "1", "--days", "2", "--periods", "1d", "--index", INDEX]
    assert main(command) == 0
    assert "wrote 2 files of 1 codes and 1 index to" in capsys.readouterr().out
    assert main([*command, "--index", "399006.SZ", "--index", "000010.SH"]) == 0
    assert "1 codes and 3 indices" in capsys.readouterr().out
    listed = Recording.open(load_settings({"feed": "replay", "data": str(tmp_path / "data")})).world.instruments
    names = {row["stock_code"]: row["name"] for row in listed}
    assert (names[INDEX], names["399006.SZ"], names["000010.SH"]) == ("沪深300", "创业板指", "000010")


# -- the day ---------------------------------------------------------------------------------------------------------------


def index_bars(*rows: tuple[str, float]) -> list[str]:
    """Lines of minutes with nothing traded."""
    return [bar(clock, level, volume=0, pre=3290.0) for clock, level in rows]


def test_a_recorded_index_is_quiet_and_its_day_follows_its_level() -> None:
    """It has no limits, as some days of stocks have none, and still no minute of it is played point by point."""
    others = {INDEX: index_bars(("09:31", 3300.0), ("09:32", 3310.0), ("09:33", 3295.0))}
    desk = TapeDesk([bar("09:31", 10.0), bar("09:32", 10.1), bar("09:33", 10.2)], others=others)
    world = desk.simulator._world
    security = world.exchange.securities[INDEX]
    assert security.is_index
    assert world.exchange.band(security) == PriceBand(None, None)
    assert INDEX not in world.market.playback.loud()
    desk.go("09:40")
    figures = security.figures
    assert (figures.open_li, figures.high_li, figures.low_li, security.last_li) == (3_300_000, 3_310_000, 3_295_000, 3_295_000)
    assert world.market.shown(security, desk.now_ms) == ((), ())
    before = desk.simulator._world.state_hash()
    desk.crash()
    again = desk.simulator._world
    assert again.state_hash() == before
    assert again.exchange.securities[INDEX].figures.low_li == 3_295_000
    assert again.market.shown(again.exchange.securities[INDEX], desk.now_ms) == ((), ())


def test_an_index_needs_no_room_in_the_books() -> None:
    desk = Desk(make_config(feed="synthetic", hours="exchange"), now="10:00")
    market: Market = desk.simulator._world.market
    index = desk.simulator._world.exchange.securities[INDEX]
    quote = market.current(index, desk.now_ms)
    assert quote is not None
    assert (quote.bids, quote.asks, quote.last_li % 10) == ((), (), 0)
    assert market.house.codes() == []


# -- what nobody can do with one -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "fields"),
    [
        ("ctl_position_set", {"account_id": "A", "stock_code": INDEX, "volume": 100}),
        ("ctl_ordinary_position", {"account_id": "A", "stock_code": INDEX, "volume": 100}),
        ("ctl_corporate_add", {"stock_code": INDEX, "ex_day": "20270104", "cash": 1.0}),
        ("ctl_book", {"stock_code": INDEX}),
        ("ctl_credit_lendable", {"stock_code": INDEX, "ordinary": 100}),
        ("ctl_quote", {"stock_code": INDEX, "last": 4000.0, "bids": [[3999.0, 100]]}),
        ("ctl_quote", {"stock_code": INDEX, "last": 0.0001}),
        ("ctl_quote", {"stock_code": INDEX, "last": float("nan")}),
        ("ctl_quote", {"stock_code": INDEX, "last": 1_000_001.0}),
        ("ctl_quote", {"stock_code": INDEX, "last": 4000.0, "volume": 10**12 + 1}),
    ],
)
def test_an_operators_command_that_wants_a_security_is_refused(message: str, fields: dict[str, object]) -> None:
    desk = Desk(make_config(), now="10:00")
    answer = desk.ask(message, **fields)
    assert "index" in answer["error"] or "volume" in answer["error"] or "number of yuan" in answer["error"], answer
    assert "lists it with a quote" not in answer["error"]


@pytest.mark.parametrize(
    "change",
    [
        {"accounts": [{"id": "A", "type": "STOCK", "position": [{"stock_code": INDEX, "volume": 100, "cost_yuan": 1.0}]}]},
        {"corporate_actions": [{"stock_code": INDEX, "ex_day": "20270104", "cash": "1"}]},
    ],
)
def test_a_configuration_that_makes_a_security_of_one_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match=r"which is an index|not a code of a stock"):
        Simulator(make_config(**change)).start(moment("09:00"), {})


# -- share capital ---------------------------------------------------------------------------------------------------------

ROW = {"stock_code": "600000.SH", "name": "浦发银行", "board": "", "pre_close": "10.45", "tags": ""}


def test_the_share_capital_is_read_and_may_be_left_out() -> None:
    listing = read_listing(ROW | {"total_shares": "29352178996", "float_shares": "29352178302.0"})
    security = Security(listing)
    assert (security.total_shares, security.float_shares) == (29_352_178_996, 29_352_178_302)
    assert read_listing(ROW)[-2:] == read_listing(ROW | {"total_shares": ""})[-2:] == (0, 0)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"total_shares": "1.5"}, "whole shares"),
        ({"float_shares": "-1"}, "whole shares"),
        ({"float_shares": "nan"}, "whole shares"),
        ({"total_shares": "1e13"}, "whole shares"),
        ({"total_shares": "many"}, "not a number"),
        ({"total_shares": "100", "float_shares": "101"}, "more than the 100"),
    ],
)
def test_a_share_capital_that_cannot_be_is_refused_with_its_place(change: dict[str, str], text: str) -> None:
    with pytest.raises(ConfigError, match=f"line 7: .*{text}"):
        read_listing(ROW | change | {"_where": "line 7"})


def test_an_index_is_listed_under_its_own_board_only() -> None:
    assert parse_listing(INDEX, "沪深300", 4_000_000, (), "SH_INDEX").board is Board.SH_INDEX
    with pytest.raises(ValueError, match="belongs to SH_INDEX, not 'SH_MAIN'"):
        parse_listing(INDEX, "沪深300", 4_000_000, (), "SH_MAIN")
