"""``ctl explain``: why an order waits, in the words of the moment."""

from __future__ import annotations

from typing import Any

from tests.kit.desk import Desk, make_config
from tests.kit.tape_desk import TapeDesk
from tests.kit.tapes import bar

CODE = "600000.SH"


def last_line(desk: Desk, order_id: int) -> str:
    lines: list[Any] = desk.ask("ctl_explain", order_id=order_id)["lines"]
    return str(lines[-1])


def test_an_order_on_its_way_is_not_held() -> None:
    desk = Desk(make_config(behaviour={"ack_ms": 50}))
    assert last_line(desk, desk.buy("A", 100, CODE, 10.0)) == "on its way to the exchange"


def test_a_resting_order_waits_for_what_it_needs_for_trading_and_for_the_end_of_a_suspension() -> None:
    desk = Desk(make_config(hours="exchange"), now="09:26")
    order = desk.buy("A", 100, CODE, 10.0)
    assert last_line(desk, order) == "held by the counter until the exchange takes orders at 09:30:00.000"
    desk.ask("ctl_clock_set", time="2026-11-23T09:30")
    assert last_line(desk, order) == "there is no ask"
    desk.quote(CODE, 10.3, [], [(10.31, 500)], volume=100)
    assert last_line(desk, order) == "the lowest trade of the day was 10.3"
    desk.ask("ctl_security", stock_code=CODE, tags="suspended")
    assert last_line(desk, order) == "nothing is matched: the security is suspended"
    desk.ask("ctl_security", stock_code=CODE, tags="-")
    desk.ask("ctl_clock_set", time="2026-11-23T11:30")
    assert last_line(desk, order) == "nothing is matched: the phase is LUNCH"
    desk.ask("ctl_clock_set", time="2026-11-23T14:57")
    assert last_line(desk, order) == "waits for the close auction; indicative price none: nothing crosses"
    desk.ask("ctl_clock_set", time="2026-11-23T15:10")
    assert last_line(desk, order) == "nothing is matched: the phase is AFTER_HOURS"


def test_where_bars_are_played_the_last_price_is_what_an_order_is_told_of() -> None:
    desk = TapeDesk([bar("09:31", 10.0), bar("09:32", 10.0, 10.02, 9.95, 10.01, volume=8), bar("09:33", 10.0)])
    desk.go("09:31")
    order = desk.buy("A", 100, CODE, 9.5)
    desk.go("09:32")
    lines: list[Any] = desk.ask("ctl_explain", order_id=order)["lines"]
    assert lines[-2:] == [
        "bars are played, which show no asks: the last price is 10.01", "the lowest trade of the day was 9.95",
    ]  # fmt: skip
