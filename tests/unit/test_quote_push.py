"""What is told of ticks and bars: the quick way says what the other one says, and whoever is told owns what he is given."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.codes import Board
from miniqmt_sim.market.bars import Candle
from miniqmt_sim.sessions.ticks import LOT, bar_fields, recorded_bar, recorded_tick, status_of, tick_of
from miniqmt_sim.wire.messages import QuotePush, encode_message, name_of, parse_request, request_of
from miniqmt_sim.xtquant import xtdata
from miniqmt_sim.xtquant._callback import method_of
from miniqmt_sim.xtquant.xttrader import XtQuantTraderCallback
from tests.kit.data_desk import data_desk
from tests.kit.desk import Desk
from tests.kit.tapes import at, bar, tick, write_bars, write_ticks

CODES = ("600000.SH", "510050.SH", "110085.SH")


@st.composite
def snapshots(draw: st.DrawFn) -> tuple[int, ...]:
    """A snapshot: levels that may be missing or stand on both sides, a day that may not have begun."""
    last = draw(st.integers(900, 1100)) * 10
    whole = draw(st.booleans())
    counts = [5 if whole else draw(st.integers(0, 5)) for _ in range(2)]
    first_ask = last + draw(st.integers(0, 2)) * 10
    asks = [first_ask + 10 * number if number < counts[0] else 0 for number in range(5)]
    bids = [last - 10 * number if number < counts[1] else 0 for number in range(5)]
    least = [int(price > 0 and number % 5 < 4) for number, price in enumerate((*asks, *bids))]
    volumes = [draw(st.integers(low, 100_000)) if price else 0 for low, price in zip(least, (*asks, *bids), strict=True)]
    volume = draw(st.sampled_from((0, 1, 49, 50, 123_456)))
    day = (last, last + 50, last - 50) if volume else (0, 0, 0)
    return (at("09:40"), last, *day, 10_000, volume * last, volume, 0, 7, *asks, *bids, *volumes)


@settings(max_examples=60, deadline=None)
@given(snapshots(), st.sampled_from(CODES))
def test_a_recorded_tick_is_told_as_the_quote_it_makes(row: tuple[int, ...], code: str) -> None:
    desk = Desk()
    world = desk.simulator._world
    security = world.exchange.securities[code]
    now_ms = desk.now_ms
    row = (now_ms, *row[1:])
    world.market.playback.tick(security, row, now_ms)
    quick = recorded_tick(row, security.pre_close_li / 1000, LOT[security.board], status_of(world, security, now_ms))
    asks, bids = row[10:15], row[15:20]
    is_whole = bool(row[7] and all(row[10:30]) and bids[0] < asks[0])
    assert (quick is not None) is is_whole
    if quick is not None:
        told = tick_of(world, security, now_ms)
        assert list(quick.items()) == list(told.items())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 2 * 10**7), min_size=5, max_size=5), st.sampled_from((0, 49, 50, 5 * 10**10)))
def test_a_recorded_tick_of_an_index_is_told_as_the_level_it_makes(levels: list[int], volume: int) -> None:
    desk = Desk()
    world = desk.simulator._world
    index = world.exchange.securities["000300.SH"]
    row = (desk.now_ms, levels[0] or 1, *levels[1:], 2 * 10**15, volume, 0, 7, *[0] * 20)
    world.market.playback.tick(index, row, desk.now_ms)
    quick = recorded_tick(row, index.pre_close_li / 1000, 100, status_of(world, index, desk.now_ms), is_index=True)
    assert (quick is not None) is (levels[1] > 0)
    if quick is not None:
        assert list(quick.items()) == list(tick_of(world, index, desk.now_ms).items())


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**9), min_size=9, max_size=9), st.sampled_from(Board))
def test_a_recorded_bar_is_told_as_any_bar(row: list[int], board: Board) -> None:
    assert list(recorded_bar(tuple(row), LOT[board]).items()) == list(bar_fields(Candle(*row), board).items())


def test_a_push_says_the_same_as_an_object_and_as_text() -> None:
    push = QuotePush("1m", [("600000.SH", {"time": 1, "close": 10.5}), ("000001.SZ", {"time": 1, "close": 8.0})])
    rows = [{"stock_code": "600000.SH", "time": 1, "close": 10.5}, {"stock_code": "000001.SZ", "time": 1, "close": 8.0}]
    assert push.message() == json.loads(push.text()) == {"t": "push_quote", "period": "1m", "rows": rows}
    assert name_of(push) == name_of(push.message()) == "push_quote"


def test_a_copy_shares_nothing_that_can_be_changed() -> None:
    push = QuotePush("tick", [("600000.SH", {"time": 1, "askPrice": [1.0]})])
    copied = push.copy()
    copied.rows[0][1]["askPrice"].append(2.0)
    copied.rows[0][1]["time"] = 2
    assert push.rows == [("600000.SH", {"time": 1, "askPrice": [1.0]})]


@pytest.mark.parametrize("period", ["tick", "1m"])
def test_each_subscription_owns_what_it_is_told(period: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINIQMT_SIM_CACHE", str(tmp_path / "cache"))
    data = tmp_path / "data"
    sides = {"asks": " ".join(f"10.0{n}:5" for n in range(1, 6)), "bids": " ".join(f"9.9{n}:5" for n in range(9, 4, -1))}
    write_ticks(data / "600000.SH.tick.csv", *(tick(f"09:30:0{second}", 10.0, volume=second, **sides) for second in (3, 6)))
    write_bars(data / "000001.SZ.1m.csv", bar("09:31", 8.0), bar("09:32", 8.1))
    code = "600000.SH" if period == "tick" else "000001.SZ"
    told: list[dict[str, Any]] = []

    def spoil(datas: dict[str, list[dict[str, Any]]]) -> None:
        for row in datas[code]:
            told.append({name: list(value) if isinstance(value, list) else value for name, value in row.items()})
            for value in row.values():
                if isinstance(value, list):
                    value.clear()
            row.clear()

    with data_desk(monkeypatch, at("08:30"), data, play=True, hours="exchange") as desk:
        for _ in range(3):
            xtdata.subscribe_quote(code, period, callback=spoil)
        desk.at(at("09:33"))
        xtdata.disconnect()  # runs the callbacks on their way
    assert len(told) == 6
    assert told[0] == told[1] == told[2] != told[3] == told[4] == told[5]


def test_what_is_asked_in_the_same_process_is_checked_as_over_a_wire() -> None:
    message = {"t": "data_history", "seq": 3, "stock_code": "600000.SH", "period": "1m", "count": 5}
    request, over_wire = request_of(message), parse_request(encode_message(message))
    assert (request.name, request.seq, request.fields) == (over_wire.name, over_wire.seq, over_wire.fields)
    assert message == {"t": "data_history", "seq": 3, "stock_code": "600000.SH", "period": "1m", "count": 5}


def test_methods_of_the_base_class_and_missing_ones_need_not_be_called() -> None:
    class Own(XtQuantTraderCallback):
        def on_stock_order(self, order: Any) -> None:
            pass

    class Partial:
        def on_stock_trade(self, trade: Any) -> None:
            pass

    own, partial = Own(), Partial()
    assert method_of(own, "on_stock_order") == own.on_stock_order
    assert method_of(partial, "on_stock_trade") == partial.on_stock_trade
    without = ((own, "on_stock_trade"), (partial, "on_stock_order"), (None, "on_stock_order"))
    assert [method_of(each, name) for each, name in without] == [None] * 3
    own.on_stock_trade = lambda trade: None  # type: ignore[method-assign]
    assert method_of(own, "on_stock_trade") is own.on_stock_trade
