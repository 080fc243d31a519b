"""Behaviour profiles beyond what scenarios show: buffers and delayed queries."""

from __future__ import annotations

import pytest

from miniqmt_sim.behaviour import BEHAVIOURS, behaviour_of, cut
from miniqmt_sim.server.session_ids import SessionIds
from tests.kit.desk import Desk, make_config


def _desk(**behaviour: object) -> Desk:
    desk = Desk(make_config(behaviour=behaviour))
    desk.quote("600000.SH", 10.45, [(10.44, 500)], [(10.46, 1000)])
    return desk


@pytest.mark.parametrize(
    ("text", "most", "kept"),
    [("short", 23, "short"), ("x" * 30, 23, "x" * 23), ("策略" * 10, 23, "策略策略策略策"), ("策略", 0, "策略"), ("", 5, "")],
)
def test_a_text_is_cut_to_its_buffer_between_characters(text: str, most: int, kept: str) -> None:
    assert cut(text, most) == kept
    assert len(cut(text, most or 10_000).encode()) <= (most or 10_000)


def test_strategy_name_and_remark_are_kept_as_far_as_the_buffer_goes() -> None:
    for desk, length in ((_desk(profile="miniqmt", ack_ms=0), 23), (_desk(), 40)):
        reply = desk.order("A", 23, 100, "600000.SH", 10.46, strategy_name="s" * 40, order_remark="r" * 40)
        shown = desk.shown_order(reply["order_id"])
        assert (shown["strategy_name"], shown["order_remark"]) == ("s" * length, "r" * length)
        pushed = desk.take_pushes("A")
        assert all(push["order_remark"] == "r" * length for push in pushed if "order_remark" in push)


def test_a_reason_is_cut_in_the_order_and_longer_in_the_error() -> None:
    desk = _desk(profile="miniqmt", ack_ms=0)
    reply = desk.order("A", 24, 100, "600000.SH", 10.44)
    shown = desk.shown_order(reply["order_id"])
    (error,) = [push for push in desk.take_pushes("A") if push["t"] == "push_order_error"]
    assert len(shown["status_msg"].encode()) <= 23
    assert 100 < len(error["error_msg"].encode()) <= 127
    assert error["error_msg"].startswith(shown["status_msg"])


def test_queries_show_a_change_after_the_cache_was_refreshed() -> None:
    desk = _desk(query_cache_ms=50)
    account = {"account_type": 2, "account_id": "A"}
    session = desk.session("A")

    def cash() -> float:
        return float(desk.rows("query_stock_asset", session, **account)[0]["cash"])

    def held() -> int:
        return sum(row["volume"] for row in desk.rows("query_stock_positions", session, **account))

    before = cash()
    desk.buy("A", 100, "600000.SH", 10.46)
    assert (cash(), held()) == (before, 0), "the terminal has not heard of it yet"
    desk.now_ms += 49
    assert (cash(), held()) == (before, 0)
    desk.now_ms += 1
    assert (cash(), held()) == (before - 1051.01, 100)


def test_sold_out_rows_are_shown_or_not() -> None:
    for kept in (True, False):
        desk = _desk(sold_out_rows=kept)
        desk.ask("ctl_position_set", account_id="A", stock_code="600000.SH", volume=100)
        desk.sell("A", 100, "600000.SH", 10.44)
        assert [row["volume"] for row in desk.rows("ctl_positions", account_id="A")] == ([0] if kept else [])


def test_the_opening_price_may_mean_the_cost_as_in_the_older_document() -> None:
    for cost in (True, False):
        desk = _desk(open_price_is_cost=cost)
        desk.buy("A", 100, "600000.SH", 10.46)
        told = next(push for push in desk.take_pushes("A") if push["t"] == "push_stock_position")
        for row in (told, desk.position("A", "600000.SH")):
            assert (row["open_price"] == row["avg_price"] > 10.46) is cost
            assert (row["open_price"] == 10.46) is not cost


def test_a_profile_is_a_name_and_what_is_set_beside_it() -> None:
    assert behaviour_of({}) == BEHAVIOURS["standard"]
    assert behaviour_of({"profile": "miniqmt", "ack_ms": 7}) == BEHAVIOURS["miniqmt"]._replace(ack_ms=7)


def test_a_session_id_is_free_again_after_its_cooldown() -> None:
    ids = SessionIds(3.0)
    ids.take(1, 7)
    assert not ids.is_cooling(7, 100.0)
    ids.release(1, 100.0)
    assert ids.is_cooling(7, 102.9)
    assert not ids.is_cooling(8, 102.9)
    assert not ids.is_cooling(7, 103.0)
