"""Of many recorded codes only those are played point by point that somebody must see so; nobody can tell the difference."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miniqmt_sim.market.recorded import Moment, Point, point_times
from miniqmt_sim.server.feeds import replay
from miniqmt_sim.server.feeds.history import FAR_MS, LENGTH_MS, History
from miniqmt_sim.server.feeds.replay import NEVER_LI, Replay
from tests.kit.tape_desk import CODE, TapeDesk
from tests.kit.tapes import DAY, at, bar, tick, write_bars, write_ticks

OTHER = "600001.SH"
WEDNESDAY = 20240103


# ---- the replay --------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINIQMT_SIM_CACHE", str(tmp_path / "cache"))


def played(source: Replay, until_ms: int = FAR_MS, during: Callable[[Moment], object] = lambda _moment: None) -> list[Moment]:
    found = []
    while source.next_ms is not None and source.next_ms <= until_ms:
        found.append(source.take())
        during(found[-1])
    return found


def stretches(moment: Moment) -> list[tuple[int, int]]:
    return [(point.first, point.number) for point in moment.points]


@pytest.fixture
def history(tmp_path: Path) -> History:
    """A code of minutes, one of minutes with gaps, one of snapshots, one of days."""
    minutes = [bar(f"09:{minute}", 10.0, day=day) for day in (20240102, WEDNESDAY) for minute in range(31, 60)]
    write_bars(tmp_path / "600000.SH.1m.csv", *minutes)
    write_bars(tmp_path / "600001.SH.1m.csv", *minutes[3:9], *minutes[20:45:3])
    write_ticks(tmp_path / "600002.SH.tick.csv", *(tick(f"09:30:{second:02d}", 10.0, volume=second) for second in range(1, 60)))
    write_bars(tmp_path / "600003.SH.1d.csv", bar("00:00", 10.0), bar("00:00", 11.0, day=WEDNESDAY))
    return History.open(tmp_path)


@pytest.mark.parametrize("rows", [1, 2, 7, 4096])
def test_rows_of_all_codes_come_in_order_of_time_and_then_of_code(
    history: History, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "STRETCH_ROWS", rows)
    monkeypatch.setattr(replay, "STRETCH_ROWS_EACH", rows)
    moments = played(Replay(history, at("08:30"), FAR_MS))
    expected = sorted(
        (row[0] + (at("15:00") - at("00:00") if period == "1d" else 0), code, period, row)
        for code in history.codes()
        for period in history.periods(code)
        for row in history.stream(code, period, 0, FAR_MS)
    )
    assert [(moment.now_ms, *row) for moment in moments for row in moment.rows] == expected
    assert [moment.now_ms for moment in moments] == sorted({each[0] for each in expected})
    assert all(moment.news == moment.rows and not moment.points for moment in moments)


def test_a_code_that_is_followed_says_its_points_and_the_others_whole_bars(history: History) -> None:
    source = Replay(history, at("08:30"), FAR_MS)
    played(source, at("09:40"))
    assert [point.code for point in source.look(at("09:40"))] == ["600003.SH"]
    source.follow(CODE, 10_000, NEVER_LI)
    moments = played(source, at("09:42"))
    times = [*point_times(at("09:40"), at("09:41")), *point_times(at("09:41"), at("09:42"))]
    assert [point.at_ms for moment in moments for point in moment.points] == times
    assert [point.number for moment in moments for point in moment.points] == [0, 1, 2, 3] * 2
    assert [(row[0], row[2][0]) for moment in moments for row in moment.news] == [(CODE, at("09:41")), (CODE, at("09:42"))]
    assert not any(moment.rows for moment in moments)


def test_a_code_that_is_left_in_the_middle_of_a_bar_says_the_rest_at_its_end(history: History) -> None:
    source = Replay(history, at("08:30"), FAR_MS)
    played(source, at("09:40"))
    source.look(at("09:40"))
    source.follow(CODE, 10_000, NEVER_LI)
    played(source, at("09:40:20"), lambda moment: source.leave(CODE) if moment.points[0].number == 1 else None)
    (moment,) = played(source, at("09:41"))
    assert (moment.now_ms, stretches(moment), moment.rows) == (at("09:41"), [(2, 3)], [])
    (moment,) = played(source, at("09:42"))
    assert (moment.points, [row[0] for row in moment.rows]) == ([], [CODE])


def test_only_those_points_are_said_that_reach_who_waits_each_with_what_came_before_it(tmp_path: Path) -> None:
    lines = [bar("09:31", 10.0), bar("09:32", 10.0, 10.1, 9.9, 10.05), bar("09:33", 10.05), bar("09:34", 10.05)]
    source = Replay(History.open(write_bars(tmp_path / f"{CODE}.1m.csv", *lines)), at("08:30"), FAR_MS)
    played(source, at("09:31"))
    source.follow(CODE, 9_950, 10_200)
    low, high, end, quiet = played(source, at("09:33"))
    assert (low.now_ms, stretches(low)) == (at("09:31:20"), [(0, 1)])  # the low reaches who buys
    # On the way to the high it comes from the low, and so it reaches him again; the close does not.
    assert (high.now_ms, stretches(high)) == (at("09:31:40"), [(2, 2)])
    assert (end.now_ms, stretches(end), end.rows) == (at("09:32"), [(3, 3)], [])
    assert (quiet.now_ms, stretches(quiet), quiet.rows) == (at("09:33"), [], quiet.news)  # nobody: it is said whole


def test_what_an_auction_traded_is_said_point_by_point_as_far_as_it_reaches(tmp_path: Path) -> None:
    history = History.open(write_bars(tmp_path / f"{CODE}.1m.csv", bar("14:58", 10.0, 10.1, 9.9, 10.05)))
    source = Replay(history, at("08:30"), FAR_MS)
    source.bind(lambda _code, at_ms: at_ms < at("14:57"))
    source.follow(CODE, 9_950, 10_200)
    (moment,) = played(source)
    assert (moment.now_ms, stretches(moment)) == (at("14:58"), [(0, 1), (2, 2), (3, 3)])
    assert {point.at_ms for point in moment.points} == {at("14:58")}


def test_a_look_gives_what_is_under_way_once(history: History) -> None:
    source = Replay(history, at("08:30"), FAR_MS)
    played(source, at("09:40"))
    found = source.look(at("09:40:30"))
    assert [(point.code, point.number, point.at_ms) for point in found] == [
        ("600003.SH", 0, at("09:30") + 1), (CODE, 0, at("09:40") + 1), (CODE, 1, at("09:40:20")),
    ]  # fmt: skip
    assert source.price_li(CODE, at("09:40:30")) == 0
    assert source.price_li(CODE, at("09:40:40")) == 10_000
    assert not source.look(at("09:40:39"))
    assert [point.number for point in source.look(at("09:40:59"))] == [2]
    assert not source.look(at("09:40:59"))
    (moment,) = played(source, at("09:41"))
    assert [point.number for point in moment.points] == [3]


Act = tuple[int, str, int, int]
"""A second, what is done, the number of a code, and a price."""
KINDS = st.sampled_from(("follow", "leave", "look", "watch"))
PRICES = st.sampled_from((9_800, 9_900, 9_950, 10_000))
ACTS = st.lists(st.tuples(st.integers(0, 119), KINDS, st.integers(0, 1), PRICES), max_size=12)


@settings(max_examples=40, deadline=None)
@given(ACTS)
def test_however_it_is_looked_at_every_point_or_bar_is_said_once_and_in_order(history_of_two: History, acts: list[Act]) -> None:
    source = Replay(history_of_two, at("08:30"), FAR_MS)
    said: list[Point] = []
    whole: list[tuple[str, int]] = []

    def go(until_ms: int) -> None:
        for moment in played(source, until_ms):
            said.extend(moment.points)
            whole.extend((code, row[0]) for code, _, row in moment.rows)

    for second, act, code, price in sorted(acts):
        now_ms = at("09:32") + second * 1000
        go(now_ms)
        said.extend(source.look(now_ms))
        code_of = source.codes[code]
        if act == "follow":
            source.follow(code_of, price, price + 150)
        elif act == "leave":
            source.leave(code_of)
        elif act == "watch":
            source.watch(source.codes[: second % 3])
    go(FAR_MS)
    for code in source.codes:
        own = [point for point in said if point.code == code]
        assert [point.at_ms for point in own] == sorted(point.at_ms for point in own)
        bars = {row[0] for row in history_of_two.stream(code, "1m", 0, FAR_MS)}
        in_points = {point.row[0] for point in own}
        assert sorted([*in_points, *(time_ms for each, time_ms in whole if each == code)]) == sorted(bars)
        for time_ms in in_points:
            said_of_it = [number for point in own if point.row[0] == time_ms for number in range(point.first, point.number + 1)]
            assert said_of_it == [0, 1, 2, 3]
        times = {time_ms: point_times(time_ms - LENGTH_MS["1m"], time_ms) for time_ms in in_points}
        assert all(point.at_ms == times[point.row[0]][point.number] for point in own)


@pytest.fixture(scope="module")
def history_of_two(tmp_path_factory: pytest.TempPathFactory) -> History:
    folder = tmp_path_factory.mktemp("two")
    for code in (CODE, OTHER):
        write_bars(folder / f"{code}.1m.csv", *(bar(f"09:{minute}", 10.0, 10.1, 9.9, 10.0) for minute in range(31, 36)))
    return History.open(folder)


# ---- the market --------------------------------------------------------------------------------------------------------

RISING = [bar("09:31", 10.0), bar("09:32", 10.0, 10.5, 9.9, 10.4, volume=400), bar("09:33", 10.4)]


def test_a_code_without_orders_is_brought_to_date_when_somebody_looks() -> None:
    desk = TapeDesk([bar("09:31", 10.0), bar("09:32", 10.0), bar("09:33", 10.0)], others={OTHER: RISING})
    desk.go("09:31")
    desk.buy("A", 100, CODE, 9.5)  # rests
    for clock, price in (("09:31", 10.0), ("09:31:20", 9.9), ("09:31:40", 10.5), ("09:31:59", 10.5), ("09:32", 10.4)):
        desk.go(clock)
        assert desk.ask("ctl_security", stock_code=OTHER)["last_price"] == price, clock


def test_a_fill_within_a_bar_is_told_with_what_the_other_holdings_are_worth_at_that_moment() -> None:
    worth = []
    for clocks in (("09:32",), ("09:31:00", "09:31:10", "09:31:20", "09:31:30", "09:31:40", "09:32")):
        desk = TapeDesk([bar("09:31", 10.0), bar("09:32", 10.0, 10.0, 9.8, 9.9, volume=400)], others={OTHER: RISING})
        desk.go("09:31")
        desk.buy("A", 100, CODE, 9.85)
        desk.take_pushes("A")
        for clock in clocks:
            desk.go(clock)
        worth.append([push for push in desk.take_pushes("A") if push["t"] == "push_stock_asset"])
    assert worth[0] == worth[1]
    assert [round(push["market_value"]) for push in worth[0]] == [10_100 * 9.8 + 10_000 * 10.5]


def test_an_order_fills_alike_whether_others_rest_elsewhere_or_not() -> None:
    fills = []
    for elsewhere in (False, True):
        desk = TapeDesk([bar(f"09:{minute}", 10.0) for minute in range(31, 36)], others={OTHER: RISING})
        desk.go("09:31")
        if elsewhere:
            desk.buy("A", 100, CODE, 9.5)
        order = desk.buy("A", 300, OTHER, 9.95)
        desk.go("09:34")
        fills.append(desk.fills(order))
    assert fills[0] == fills[1] == [(300, 9.95)]


def test_a_bar_of_two_shares_shows_the_same_day_whether_an_order_rests_or_not() -> None:
    days = []
    for rests in (False, True):
        desk = TapeDesk([bar("09:31", 10.0), bar("09:32", 10.0, 10.5, 9.9, 10.4, volume=0.02)])
        assert desk.simulator.open_session(50, "data", 0) is None
        desk.go("09:31")
        if rests:
            desk.buy("A", 100, CODE, 9.9)
        desk.go("09:32")
        days.append(desk.rows("data_full_tick", 50, codes=[CODE]))
    assert days[0] == days[1]
    assert (days[0][0]["high"], days[0][0]["low"]) == (10.5, 9.9)


def test_a_sector_and_a_market_are_what_is_recorded_of_them() -> None:
    desk = TapeDesk([bar("09:31", 10.0)], others={OTHER: RISING})
    assert desk.simulator.open_session(50, "data", 0) is None
    desk.go("09:31")
    assert desk.ask("data_sector", 50, sector="沪深A股")["codes"] == [CODE, OTHER]
    assert [row["stock_code"] for row in desk.rows("data_full_tick", 50, codes=["SH", "SZ"])] == [CODE, OTHER]
    assert len(desk.rows("data_instruments", 50, codes=["600036.SH"])) == 1, "what is asked for by name is listed"


def test_what_is_due_follows_who_watches_at_once() -> None:
    minutes = [bar(f"09:{minute}", 10.0) for minute in range(31, 40)]
    desk = TapeDesk(minutes, others={OTHER: minutes})
    for connection in (50, 51):
        assert desk.simulator.open_session(connection, "data", 0) is None
    desk.go("09:31:05")
    assert desk.simulator.next_due_ms() == at("09:32")
    desk.ask("data_subscribe", 50, period="tick", codes=[CODE])
    assert desk.simulator.next_due_ms() == at("09:31:20")
    desk.ask("data_subscribe", 51, period="tick", codes=[OTHER])
    desk.ask("data_unsubscribe", 50, period="tick", codes=[CODE])
    desk.simulator.close_session(51)
    assert desk.simulator.next_due_ms() == at("09:32"), "nobody watches any more"
    assert desk.happen("09:32"), "what is said to be due happens"


def test_a_code_is_left_once_nobody_waits_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[str] = []
    monkeypatch.setattr(Replay, "leave", lambda _source, code: left.append(code))
    days = [bar(f"09:{minute}", 10.0, day=day) for day in (DAY, WEDNESDAY) for minute in (31, 32)]
    days.append(bar("09:33", 9.4, day=WEDNESDAY))
    desk = TapeDesk(days, others={OTHER: days})
    desk.go("09:31")
    desk.buy("A", 100, CODE, 9.5)  # expires
    desk.go("09:32", WEDNESDAY)
    assert left == [CODE]
    desk.cancel("A", desk.buy("A", 100, OTHER, 9.5))
    desk.go("09:33", WEDNESDAY)
    assert left == [CODE, OTHER]


def test_a_halt_of_a_day_without_limits_does_not_depend_on_who_looks() -> None:
    # Of the second bar 14.00 is 40 % above the open, which halts; 11.00 at its end would not.
    worlds = []
    for clocks in (("09:41",), ("09:38:20", "09:39:30", "09:41")):
        lines = [bar("09:35", 10.0), bar("09:40", 10.0, 14.0, 10.0, 11.0), bar("09:45", 11.0)]
        desk = TapeDesk(lines, period="5m", code="688001.SH", listed=DAY)
        desk.go("09:35")
        for clock in clocks:
            desk.go(clock)
        worlds.append((desk.ask("ctl_book", stock_code="688001.SH")["phase"], desk.simulator.state_hash()))
    assert worlds[0] == worlds[1]
    assert worlds[0][0] == "HALT"


def test_what_a_bar_offered_is_gone_with_the_next_bar() -> None:
    # The first order leaves 900 of what could be bought at 10.00; two bars later nothing trades there any more.
    desk = TapeDesk([bar("09:31", 10.0, volume=40), bar("09:32", 10.05, volume=40), bar("09:33", 10.1, volume=40)])
    desk.go("09:31")
    assert desk.fills(desk.buy("A", 100, CODE, 10.0)) == [(100, 10.0)]
    desk.go("09:33")
    assert desk.ask("ctl_book", stock_code=CODE)["asks"] == []
    assert desk.fills(desk.buy("A", 500, CODE, 10.1)) == [(500, 10.1)]


def test_a_crash_while_a_code_is_in_the_middle_of_a_bar_that_nobody_looked_at_changes_nothing() -> None:
    worlds = []
    for crash in (False, True):
        falling = [bar(f"09:3{number}", 10.0, 10.05, 9.95, 10.0, volume=40) for number in range(1, 6)]
        desk = TapeDesk(falling, fills="standard", others={OTHER: RISING})
        desk.go("09:31")
        order = desk.buy("A", 600, CODE, 9.96)
        while desk.happen("09:33:30"):
            if crash:
                desk.crash()
                desk.check()
        desk.go("09:35")
        rows = desk.simulator.rows()
        worlds.append([desk.fills(order), *(rows[table] for table in ("trades", "accounts", "day_figures", "house_rests"))])
    assert worlds[0] == worlds[1]
    assert worlds[0][0]
