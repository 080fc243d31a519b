"""Clocks: the system's only goes forward, a manual one stands, a replay's has a pace, stops and waits."""

from __future__ import annotations

import pytest

from miniqmt_sim.server.clock import ManualClock, Pace, ReplayClock, SystemClock, make_clock


class Wall:
    def __init__(self) -> None:
        self.s = 100.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def wall() -> Wall:
    return Wall()


def test_a_replay_clock_runs_at_its_speed(wall: Wall) -> None:
    clock = ReplayClock(1_000_000, 60.0, 0.0, wall_s=wall)
    wall.s += 2
    assert clock.now_ms() == 1_120_000
    assert clock.seconds_until(1_180_000) == 1.0
    clock.run_at(1.0)
    wall.s += 2
    assert clock.now_ms() == 1_122_000


def test_a_frozen_one_stands_and_can_be_moved(wall: Wall) -> None:
    clock = ReplayClock(1_000_000, 60.0, 0.0, wall_s=wall)
    clock.run_at(0.0)
    wall.s += 5
    assert (clock.now_ms(), clock.seconds_until(2_000_000)) == (1_000_000, None)
    clock.move_to(2_000_000)
    clock.run_at(1.0)
    wall.s += 1
    assert clock.now_ms() == 2_001_000


def test_with_a_grace_it_waits_for_the_answer_to_what_it_told(wall: Wall) -> None:
    clock = ReplayClock(1_000_000, 1000.0, 0.5, wall_s=wall)
    wall.s += 1
    assert clock.hold(1_400_000, awaited=False)
    wall.s += 0.4
    assert clock.now_ms() == 1_400_000
    assert clock.hold(clock.now_ms(), awaited=True)
    wall.s += 0.5
    assert clock.now_ms() == 1_400_000
    assert clock.seconds_until(1_401_000) == pytest.approx(0.001)
    wall.s += 0.1
    assert clock.now_ms() == pytest.approx(1_500_000, abs=1)


def test_it_waits_for_who_is_awaited_until_it_is_released(wall: Wall) -> None:
    clock = ReplayClock(1_000_000, 1000.0, 0.0, 10.0, wall)
    assert not clock.hold(1_000_000, awaited=False)
    assert clock.hold(1_000_000, awaited=True)
    wall.s += 9
    assert clock.now_ms() == 1_000_000
    clock.release()
    wall.s += 0.5
    assert clock.now_ms() == 1_500_000
    clock.release()
    assert clock.now_ms() == 1_500_000


def test_it_waits_no_longer_than_it_should(wall: Wall) -> None:
    clock = ReplayClock(1_000_000, 1000.0, 0.0, 10.0, wall)
    clock.hold(1_000_000, awaited=True)
    wall.s += 11
    assert clock.now_ms() == 2_000_000
    clock.release()
    assert clock.now_ms() == 2_000_000


def test_the_grace_is_kept_when_everybody_is_done_before(wall: Wall) -> None:
    clock = ReplayClock(1_000_000, 1000.0, 0.5, 10.0, wall)
    clock.hold(1_000_000, awaited=True)
    wall.s += 0.2
    clock.release()
    wall.s += 0.4
    assert clock.now_ms() == pytest.approx(1_100_000, abs=1)


def test_without_one_nobody_is_waited_for(wall: Wall) -> None:
    assert not ReplayClock(1_000_000, 1.0, 0.0, wall_s=wall).hold(1_000_000, awaited=True)
    assert not ManualClock(1_000_000).hold(1_000_000, awaited=True)
    assert not SystemClock(0, lambda: 5).hold(5, awaited=True)


def test_a_new_world_begins_where_the_recording_does_and_a_stored_one_where_it_stopped() -> None:
    pace = Pace(1_000_000, 0.0, 0, 0)
    assert make_clock("replay", 0, pace).now_ms() == make_clock("manual", 0, pace).now_ms() == 1_000_000
    assert make_clock("replay", 2_000_000, pace).now_ms() == make_clock("manual", 2_000_000, pace).now_ms() == 2_000_000


def test_only_a_replay_clock_has_a_pace() -> None:
    for clock in (ManualClock(1_000_000), SystemClock(1_000_000, lambda: 0)):
        clock.run_at(100.0)
        assert clock.now_ms() == 1_000_000
