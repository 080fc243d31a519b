"""Fills on tiny tapes, each worked out by hand in the line above it.

A bar is played as open, first extreme, second extreme, close, a quarter of its volume each. ``frictionless`` lets users have
all of what trades, ``standard`` half of it.
"""

from __future__ import annotations

import pytest

from tests.kit.tape_desk import CODE, TapeDesk
from tests.kit.tapes import bar, tick

TUESDAY, WEDNESDAY = 20240102, 20240103


# ---- bars: resting orders ----------------------------------------------------------------------------------------------


def test_touch_a_bar_that_only_reaches_the_price_fills_a_part() -> None:
    # 800 shares: the piece down to 9.95 and the piece up from it bring 100 each to the low, 200 of 300.
    desk = TapeDesk([bar("09:31", 10.0), bar("09:32", 10.0, 10.02, 9.95, 10.01, volume=8)])
    desk.go("09:31")
    order = desk.buy("A", 300, CODE, 9.95)
    desk.go("09:32")
    assert desk.fills(order) == [(100, 9.95), (100, 9.95)]


def test_trade_through_a_bar_that_goes_beyond_the_price_fills_at_it() -> None:
    # 4000 shares: the piece down to 9.90 ends below the order: 500 there; the piece up again begins there: 500 more.
    desk = TapeDesk([bar("09:31", 10.0), bar("09:32", 10.0, 10.0, 9.90, 10.0, volume=40)])
    desk.go("09:31")
    order = desk.buy("A", 800, CODE, 9.95)
    desk.go("09:32")
    assert desk.fills(order) == [(500, 9.95), (300, 9.95)]


def test_no_touch_nothing() -> None:
    desk = TapeDesk([bar("09:31", 10.0), bar("09:32", 10.0, 10.0, 9.96, 10.0)])
    desk.go("09:31")
    order = desk.buy("A", 100, CODE, 9.95)
    desk.go("09:32")
    assert (desk.fills(order), desk.status(order)) == ([], 50)


def test_gap_an_order_the_market_jumps_over_is_filled_where_it_lands() -> None:
    # The next bar opens at 9.80 below the order: nothing traded at 9.90, so it is filled at the open, a quarter of 400 there.
    desk = TapeDesk([bar("09:31", 10.0), bar("09:32", 9.80, 9.85, 9.80, 9.85, volume=4)])
    desk.go("09:31")
    order = desk.buy("A", 100, CODE, 9.90)
    desk.go("09:32")
    assert desk.fills(order) == [(100, 9.80)]
    assert desk.asset("A")["frozen_cash"] == 0.0


def test_participation_users_get_half_of_what_trades_under_standard() -> None:
    # A bar of 4000 shares through the price: the down piece brings 500, of which 250, in whole lots 200; the up piece the same.
    desk = TapeDesk([bar("09:31", 10.0), bar("09:32", 10.0, 10.0, 9.90, 10.0, volume=40)], fills="standard")
    desk.go("09:31")
    order = desk.buy("A", 1000, CODE, 9.95)
    desk.go("09:32")
    assert desk.fills(order) == [(200, 9.95), (200, 9.95)]


def test_path_the_low_comes_first_in_a_bar_that_closes_higher_and_last_in_one_that_closes_lower() -> None:
    up, down = bar("09:32", 10.0, 10.1, 9.9, 10.05, volume=40), bar("09:32", 10.0, 10.1, 9.9, 9.95, volume=40)
    for line, by_a_third in ((up, True), (down, False)):
        desk = TapeDesk([bar("09:31", 10.0), line])
        desk.go("09:31")
        order = desk.buy("A", 100, CODE, 9.92)
        desk.go("09:31:20")
        assert bool(desk.fills(order)) is by_a_third
        desk.go("09:32")
        assert desk.fills(order) == [(100, 9.92)]


# ---- bars: orders that arrive ------------------------------------------------------------------------------------------


def test_an_order_at_a_bars_end_meets_its_close_and_what_traded_there() -> None:
    # A quarter of 4000 traded on the way to the close: 1000 can be had at 10.02; the rest stays at its limit.
    desk = TapeDesk([bar("09:31", 10.0, 10.03, 10.0, 10.02, volume=40), bar("09:32", 10.02, volume=40)])
    desk.go("09:31")
    buy, sell = desk.buy("A", 1500, CODE, 10.05), desk.sell("A", 400, CODE, 10.0)
    # The seller meets the waiting buyer at the buyer's price, as anywhere.
    assert desk.fills(buy) == [(1000, 10.02), (400, 10.05)]
    assert desk.fills(sell) == [(400, 10.05)]
    desk.go("09:32")
    assert desk.fills(buy)[2:] == [(100, 10.02)]


def test_what_is_taken_at_a_point_is_gone_until_the_next_one() -> None:
    desk = TapeDesk([bar("09:31", 10.0, volume=8), bar("09:32", 10.0, volume=8)], fills="standard")
    desk.go("09:31")
    # 800 / 4 = 200 traded at the close, users may buy half of it, and sell half of it.
    first, second, sold = desk.buy("A", 100, CODE, 10.0), desk.buy("A", 100, CODE, 9.99), desk.sell("A", 200, CODE, 10.0)
    third = desk.buy("A", 100, CODE, 9.99, 42)
    assert [desk.fills(order) for order in (first, second, third)] == [[(100, 10.0)], [], []]
    assert desk.fills(sold) == [(100, 10.0)]


@pytest.mark.parametrize(("price_type", "price"), [(5, 0.0), (42, 0.0), (43, 0.0), (44, 0.0)])
def test_market_orders_trade_at_the_last_price(price_type: int, price: float) -> None:
    desk = TapeDesk([bar("09:31", 10.0, volume=40)])
    desk.go("09:31")
    assert desk.fills(desk.buy("A", 200, CODE, price or 10.2, price_type)) == [(200, 10.0)]


def test_a_minute_without_volume_fills_nobody() -> None:
    desk = TapeDesk([bar("09:31", 10.0, volume=0)])
    desk.go("09:31")
    assert desk.fills(desk.buy("A", 100, CODE, 10.2)) == []


# ---- limits, breaks, auctions, suspension, ex-days ---------------------------------------------------------------------


def test_limit_up_lock_nobody_buys_and_whoever_sells_can() -> None:
    locked = [bar("09:31", 11.0, volume=40), bar("09:32", 11.0, volume=40)]
    desk = TapeDesk([*locked, bar("09:33", 11.0, 11.0, 10.9, 10.9, volume=40)])
    desk.go("09:31")
    buy, sell = desk.buy("A", 100, CODE, 11.0), desk.sell("A", 300, CODE, 11.0)
    assert desk.fills(sell) == [(100, 11.0), (200, 11.0)]  # the buyer waits there and is served first
    later = desk.buy("A", 100, CODE, 11.0)
    desk.go("09:32")
    assert (desk.fills(buy), desk.fills(later)) == ([(100, 11.0)], [])
    desk.go("09:33")  # the lock opens: it trades through 11.00
    assert desk.fills(later) == [(100, 11.0)]


def test_limit_down_lock_nobody_sells_and_whoever_buys_can() -> None:
    desk = TapeDesk([bar("09:31", 9.0, volume=40), bar("09:32", 9.0, volume=40)])
    desk.go("09:31")
    sell = desk.sell("A", 100, CODE, 9.0)
    desk.go("09:32")
    assert desk.fills(sell) == []
    assert desk.fills(desk.buy("A", 200, CODE, 9.0)) == [(100, 9.0), (100, 9.0)]


def test_lunch_the_last_bar_of_the_morning_fills_and_lunch_does_not() -> None:
    lines = [bar("11:29", 10.0), bar("11:30", 10.0, 10.0, 9.9, 9.9, volume=40), bar("13:01", 9.9, volume=40)]
    desk = TapeDesk(lines)
    desk.go("11:29")
    order = desk.buy("A", 600, CODE, 9.9)
    desk.go("11:30")
    # It trades down to 9.90 twice, in the last two pieces of 1000: half of the first is at 9.90, all of the second.
    assert desk.fills(order) == [(500, 9.9), (100, 9.9)]
    desk.go("12:59")
    assert desk.asset("A")["frozen_cash"] == 0.0


def test_lunch_an_order_is_held_and_reaches_the_afternoon() -> None:
    desk = TapeDesk([bar("11:30", 10.0, volume=40), bar("13:01", 10.1, 10.1, 10.0, 10.0, volume=40)])
    desk.go("12:00")
    order = desk.buy("A", 100, CODE, 10.05)
    assert desk.status(order) == 49
    desk.go("13:01")
    assert desk.fills(order) == [(100, 10.05)]


def test_auction_an_order_before_the_open_gets_the_opening_price() -> None:
    desk = TapeDesk([bar("09:30", 10.08, volume=40, pre=10.0), bar("09:31", 10.1, volume=40)])
    desk.go("09:20")
    order, low = desk.buy("A", 500, CODE, 10.2), desk.buy("A", 100, CODE, 10.05)
    desk.go("09:30")
    assert (desk.fills(order), desk.fills(low)) == ([(500, 10.08)], [])


def test_auction_an_order_in_the_closing_call_gets_the_close() -> None:
    lines = [bar("14:57", 10.0), bar("14:58", 10.0, volume=0), bar("15:00", 10.02, volume=80)]
    desk = TapeDesk(lines)
    desk.go("14:58")
    order = desk.buy("A", 500, CODE, 10.1)
    desk.go("14:59")
    assert desk.fills(order) == []
    desk.go("15:00")
    assert desk.fills(order) == [(500, 10.02)]


def test_suspension_orders_are_refused_on_the_day_and_taken_on_the_next() -> None:
    desk = TapeDesk([bar("00:00", 10.0, volume=0, flag=1), bar("00:00", 10.0, day=WEDNESDAY)], period="1d")
    desk.go("09:31")
    assert desk.status(desk.buy("A", 100, CODE, 10.0)) == 57
    desk.go("09:31", WEDNESDAY)
    assert desk.fills(desk.buy("A", 100, CODE, 10.0)) == [(100, 10.0)]


def test_ex_day_shares_and_cash_arrive_and_the_reference_falls() -> None:
    lines = [bar("15:00", 10.0), bar("09:31", 7.07, day=WEDNESDAY, pre=7.07)]
    desk = TapeDesk(lines, dividends=f"{CODE},{WEDNESDAY},0.1,0.4")
    cash = desk.asset("A")["cash"]
    desk.go("09:00", WEDNESDAY)
    # 10,000 shares: 0.10 each and four for ten; (10.00 - 0.10) / 1.4 = 7.07.
    assert desk.asset("A")["cash"] == cash + 1000.0
    assert desk.position("A", CODE)["volume"] == 14_000
    assert desk.ask("ctl_security", stock_code=CODE)["pre_close"] == 7.07
    desk.go("09:31", WEDNESDAY)
    assert desk.ask("ctl_security", stock_code=CODE)["up_limit"] == 7.78


def test_the_reference_price_is_what_the_recording_says() -> None:
    desk = TapeDesk([bar("15:00", 10.0), bar("09:31", 9.5, day=WEDNESDAY, pre=9.5)])
    desk.go("09:00", WEDNESDAY)
    assert desk.ask("ctl_security", stock_code=CODE)["pre_close"] == 9.5


def test_the_close_of_a_day_is_the_recorded_one_whatever_was_traded_last() -> None:
    desk = TapeDesk([bar("14:56", 10.0), bar("15:00", 10.02)])
    desk.go("14:56")
    desk.buy("A", 100, CODE, 10.0)
    desk.go("16:00")
    assert desk.ask("ctl_security", stock_code=CODE)["last_price"] == 10.02


# ---- snapshots ---------------------------------------------------------------------------------------------------------


LEVELS = {"asks": "10.01:3 10.02:5", "bids": "10.00:4 9.99:6"}


def test_ticks_an_order_takes_the_levels_it_reaches() -> None:
    desk = TapeDesk([tick("09:30:03", 10.0, volume=1, **LEVELS)], period="tick")
    desk.go("09:30:03")
    assert desk.fills(desk.buy("A", 500, CODE, 10.02)) == [(300, 10.01), (200, 10.02)]


def test_ticks_touch_a_trade_at_the_price_serves_the_queue_before() -> None:
    # 400 stand before the order at 10.00; 500 trade there: 400 before it, 100 of it.
    lines = [tick("09:30:03", 10.0, volume=1, **LEVELS), tick("09:30:06", 10.0, volume=6, **LEVELS)]
    desk = TapeDesk(lines, period="tick", fills="standard")
    desk.go("09:30:03")
    order = desk.buy("A", 300, CODE, 10.0)
    desk.go("09:30:06")
    assert desk.fills(order) == [(100, 10.0)]


def test_ticks_trade_through_a_lower_trade_serves_the_order_at_its_price() -> None:
    lines = [tick("09:30:03", 10.0, volume=1, **LEVELS), tick("09:30:06", 9.98, volume=21, asks="9.99:1", bids="9.98:1")]
    desk = TapeDesk(lines, period="tick")
    desk.go("09:30:03")
    order = desk.buy("A", 300, CODE, 10.0)
    desk.go("09:30:06")
    assert desk.fills(order) == [(300, 10.0)]


def test_ticks_an_auctions_print_fills_the_orders_that_waited_at_its_price() -> None:
    lines = [
        tick("09:20:00", 10.0, volume=0, asks="10.10:5", bids="10.10:5"),
        tick("09:25:03", 10.1, volume=50, asks="10.11:5", bids="10.10:5"),
        tick("14:57:03", 10.2, volume=60, asks="10.21:5", bids="10.20:5"),
        tick("15:00:03", 10.3, volume=160, asks="10.31:5", bids="10.30:5"),
    ]
    desk = TapeDesk(lines, period="tick")
    desk.go("09:20:00")
    opening = desk.buy("A", 300, CODE, 10.5)
    desk.go("09:25:03")
    assert desk.fills(opening) == [(300, 10.1)]
    desk.go("14:58")
    closing = desk.buy("A", 200, CODE, 10.5)
    desk.go("15:00:03")
    assert desk.fills(closing) == [(200, 10.3)]


def test_ticks_what_traded_before_a_break_fills_whatever_was_bought_since_the_opening_auction() -> None:
    # Half of the 1000 that the opening auction traded is the user's part, 100 are taken; the 600 bought later are none of it.
    lines = [
        tick("09:20:00", 10.0, volume=0, asks="10.10:5", bids="10.10:5"),
        tick("09:25:03", 10.0, volume=10, asks="10.01:9", bids="10.00:5"),
        tick("09:31:00", 10.0, volume=20, asks="10.01:9", bids="10.00:5"),
        tick("11:29:57", 10.0, volume=60, asks="10.01:9", bids="10.00:5"),
        tick("11:30:03", 10.0, volume=100, asks="10.01:9", bids="10.00:5"),
    ]
    desk = TapeDesk(lines, period="tick", fills="standard")
    desk.go("09:20:00")
    opening, _low = desk.buy("A", 100, CODE, 10.2), desk.buy("A", 100, CODE, 9.8)
    desk.go("09:31:00")
    assert desk.fills(opening) == [(100, 10.0)]
    assert desk.fills(desk.buy("A", 600, CODE, 10.01)) == [(600, 10.01)]
    desk.go("11:29:58")
    waiting = desk.buy("A", 300, CODE, 10.0)
    desk.go("11:30:03")
    assert desk.fills(waiting) == [(300, 10.0)]


@pytest.mark.parametrize("far", ["sell", "buy"])
@pytest.mark.parametrize(("price", "price_type"), [(10.0, 11), (-1.0, 5)])
def test_an_accounts_own_far_order_is_no_market_for_the_price_cage(far: str, price: float, price_type: int) -> None:
    # In a bar without volume nobody stands against an order; 10.00 is the price of the market, whatever waits at a distance.
    desk = TapeDesk([bar("09:31", 10.0), bar("09:32", 10.0), bar("09:33", 10.0, volume=0), bar("09:34", 10.0, volume=0)])
    desk.go("09:31:30")
    place = desk.sell if far == "sell" else desk.buy
    place("A", 1000, CODE, 10.8 if far == "sell" else 9.2)
    desk.go("09:33:30")
    assert desk.status(place("A", 1000, CODE, price, price_type)) == 50


def test_market_orders_of_bars_know_one_price() -> None:
    # The users' part of a bar of 4000 shares, 1000, is bought; what waits at 9.20 and at 10.80 is no best price of the market.
    desk = TapeDesk([bar(f"09:{minute}", 10.0, volume=40) for minute in range(31, 40)], fills="frictionless")
    desk.go("09:31:30")
    desk.buy("A", 100, CODE, 9.2)
    desk.sell("A", 100, CODE, 10.8)
    desk.go("09:32")
    assert desk.fills(desk.buy("A", 1000, CODE, 10.0)) == [(1000, 10.0)]
    own, opposite, sweep = (desk.buy("A", 100, CODE, 10.9, price_type) for price_type in (45, 44, 42))
    assert [desk.shown_order(order)["price"] for order in (own, opposite)] == [10.0, 10.0]
    assert [desk.status(order) for order in (own, opposite, sweep)] == [50, 50, 54]
    assert [desk.fills(order) for order in (own, opposite, sweep)] == [[], [], []]


@pytest.mark.parametrize("period", ["1m", "tick"])
def test_the_close_is_the_recordings_whatever_was_traded_after_its_last_row_and_after_a_crash(period: str) -> None:
    row = bar("14:55", 10.0) if period == "1m" else tick("14:55:00", 10.0, volume=10, asks="10.05:9", bids="10.00:9")
    for crash in (False, True):
        desk = TapeDesk([row], period=period)
        desk.go("14:55:30")
        if period == "1m":
            desk.sell("A", 200, CODE, 10.05)
        assert desk.fills(desk.buy("A", 100 if period == "tick" else 1200, CODE, 10.05))[-1][1] == 10.05
        if crash:
            desk.crash()
        desk.go("16:30")
        assert desk.ask("ctl_security", stock_code=CODE)["last_price"] == 10.0


@pytest.mark.parametrize("cross", [False, True])
def test_after_a_break_nobody_stands_against_an_order_of_bars_either_after_a_crash(cross: bool) -> None:
    # What accounts trade among themselves is no row of the recording.
    for crash in (False, True):
        desk = TapeDesk([bar("11:30", 10.0), bar("13:05", 10.0)])
        desk.go("13:01")
        if cross:
            desk.sell("A", 100, CODE, 10.0)
            assert desk.fills(desk.buy("A", 100, CODE, 10.0))
        if crash:
            desk.crash()
        assert desk.fills(desk.buy("A", 100, CODE, 10.1)) == []


@pytest.mark.parametrize("rests", [None, 9.8, 10.3])
def test_ticks_after_the_opening_auction_an_order_meets_what_its_snapshot_shows(rests: float | None) -> None:
    # The auction trades 500 at 10.10: 300, then 200 of the 400 at 10.30, which go on waiting; 9.80 is too low for it.
    lines = [
        tick("09:20:00", 10.1, volume=0, asks="10.10:5", bids="10.10:5"),
        tick("09:25:03", 10.1, volume=5, asks="10.11:5", bids="10.10:5"),
        tick("09:30:03", 10.1, volume=6, asks="10.11:5", bids="10.10:5"),
    ]
    desk = TapeDesk(lines, period="tick")
    desk.go("09:20:00")
    filled = desk.buy("A", 300, CODE, 10.5)
    resting = desk.buy("A", 400, CODE, rests) if rests else 0
    desk.go("09:25:03")
    assert desk.fills(filled) == [(300, 10.1)]
    assert desk.fills(resting) == ([(200, 10.1)] if rests == 10.3 else [])
    desk.go("09:30:01")
    assert desk.fills(desk.buy("A", 200, CODE, 10.2)) == ([(200, 10.11)] if rests != 10.3 else [])


@pytest.mark.parametrize("said", ["", "10.20:5 10.21:5", "10.25:5 10.25:5"])
@pytest.mark.parametrize("clock", ["14:57:01", "14:58"])
def test_ticks_the_closing_auction_has_the_price_that_it_had(said: str, clock: str) -> None:
    # Neither the levels of before nor what a snapshot shows meanwhile is depth in it: 10.30 is what was traded at.
    lines = [tick("14:56:57", 10.2, volume=60, asks="10.21:5", bids="10.20:5")]
    if said:
        bids, asks = said.split()
        lines.append(tick("14:57:03", 10.2, volume=60, asks=asks, bids=bids))
    desk = TapeDesk([*lines, tick("15:00:03", 10.3, volume=160, asks="10.31:5", bids="10.30:5")], period="tick")
    desk.go("14:56:58")
    low = desk.buy("A", 100, CODE, 9.9)
    desk.go(clock)
    closing = desk.buy("A", 200, CODE, 10.5)
    desk.go("15:00:02")
    assert desk.fills(closing) == []
    desk.go("15:00:03")
    assert (desk.fills(closing), desk.fills(low)) == ([(200, 10.3)], [])


def test_ticks_a_day_is_counted_anew() -> None:
    lines = [tick("14:59:57", 10.0, volume=1000, **LEVELS), tick("09:30:00", 10.0, volume=1, day=WEDNESDAY, **LEVELS)]
    desk = TapeDesk(lines, period="tick")
    desk.go("09:29", WEDNESDAY)
    desk.go("09:30", WEDNESDAY)
    assert desk.ask("ctl_security", stock_code=CODE)["volume"] == 100


# ---- restarts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("period", ["1m", "tick"])
def test_a_crash_in_the_middle_changes_nothing(period: str) -> None:
    if period == "1m":
        lines = [bar(f"09:3{number}", 10.0, 10.05, 9.95, 10.02, volume=40) for number in range(1, 6)]
    else:
        lines = [tick(f"09:31:{3 * number:02d}", 10.0, volume=10 * number + 1, **LEVELS) for number in range(20)]
    _compare_with_crashes(lines, period, "09:31 09:31:30 09:31:45 09:32:30 09:33 09:36")


def test_a_crash_around_an_auction_or_a_break_changes_nothing() -> None:
    seconds = "09:20:00 09:24:57 09:25:03 09:30:03 09:30:06 11:29:57 11:30:03 13:00:03 14:56:57 14:57:03 15:00:03"
    lines = [tick(clock, 10.0, volume=10 * number, **LEVELS) for number, clock in enumerate(seconds.split())]
    _compare_with_crashes(
        lines, "tick", "09:20:01 09:25:04 09:27 09:30 09:30:04 11:30:01 11:31 13:00 13:00:03 14:57:01 14:58 15:00:01 15:00:04"
    )


def _compare_with_crashes(lines: list[str], period: str, clocks: str) -> None:
    """Trade at these times in a world that crashes after every order, and in one that never does."""
    worlds = []
    for crash in (False, True):
        desk = TapeDesk(lines, period=period, fills="standard")
        for number, clock in enumerate(clocks.split()):
            desk.go(clock)
            desk.buy("A", 300, CODE, 10.0 if number % 2 else 10.05)
            if crash:
                desk.crash()
                desk.check()
        rows = desk.simulator.rows()
        worlds.append([rows[table] for table in ("trades", "positions", "accounts", "day_figures", "house_rests")])
    assert worlds[0] == worlds[1]
