"""Who a replay's clock waits for: those that say how far they are, until they have caught up, and nobody too long."""

from __future__ import annotations

import pytest

from miniqmt_sim.server.attention import Attention

WAIT_S = 10.0


@pytest.fixture
def attention() -> Attention:
    attention = Attention(WAIT_S)
    for connection in (1, 2):
        attention.open(connection)
        assert attention.heard(connection, 0) == ""
    return attention


def test_who_was_told_something_is_awaited_until_it_has_heard_it_all(attention: Attention) -> None:
    assert not attention.is_awaited(0.0)
    attention.told(1, 3, 0.0)
    assert attention.is_awaited(0.0)
    attention.heard(1, 2)
    assert attention.is_awaited(0.0)
    attention.heard(1, 3)
    assert not attention.is_awaited(0.0)


def test_the_slowest_decides(attention: Attention) -> None:
    attention.told(1, 1, 0.0)
    attention.told(2, 1, 0.0)
    attention.heard(1, 1)
    assert attention.is_awaited(0.0)
    attention.heard(2, 1)
    assert not attention.is_awaited(0.0)


def test_who_never_says_how_far_it_is_is_not_awaited() -> None:
    attention = Attention(WAIT_S)
    attention.open(1)
    attention.told(1, 1, 0.0)
    assert not attention.is_paid
    assert not attention.is_awaited(0.0)


def test_what_was_told_before_the_first_word_counts() -> None:
    attention = Attention(WAIT_S)
    attention.open(1)
    attention.told(1, 2, 0.0)
    attention.heard(1, 1)
    assert attention.is_paid
    assert attention.is_awaited(0.0)


def test_who_is_gone_is_not_awaited(attention: Attention) -> None:
    attention.told(1, 1, 0.0)
    attention.close(1)
    assert not attention.is_awaited(0.0)
    assert attention.heard(1, 1) == "", "its last words may come after its end"


def test_who_takes_too_long_is_given_up_until_it_has_caught_up(
    attention: Attention, caplog: pytest.LogCaptureFixture
) -> None:
    attention.told(1, 1, 5.0)
    attention.told(1, 1, 14.0)
    assert attention.is_awaited(14.9)
    assert not attention.is_awaited(15.0), "ten seconds after the first thing it has not dealt with"
    assert caplog.messages == ["connection=1 not waited for: its callbacks take more than 10 s"]
    attention.told(1, 1, 16.0)
    attention.heard(1, 2)
    assert not attention.is_awaited(16.0)
    attention.heard(1, 3)
    attention.told(1, 1, 17.0)
    assert attention.is_awaited(17.0)
    assert len(caplog.messages) == 1


def test_one_that_is_given_up_does_not_hide_another(attention: Attention) -> None:
    attention.told(1, 1, 0.0)
    attention.told(2, 1, 9.0)
    assert attention.is_awaited(12.0)
    attention.heard(2, 1)
    assert not attention.is_awaited(12.0)


@pytest.mark.parametrize(("number", "before"), [(5, 2), (1, 2), (-1, 0)])
def test_a_number_that_cannot_be_is_a_fault(attention: Attention, number: int, before: int) -> None:
    attention.told(1, 4, 0.0)
    attention.heard(1, before)
    fault = f"heard: number {number} is not between {before}, said before, and 4, told so far"
    assert attention.heard(1, number) == fault
    assert attention.is_awaited(0.0)


def test_a_server_that_waits_for_nobody_counts_nothing() -> None:
    attention = Attention(0.0)
    attention.open(1)
    attention.told(1, 1, 0.0)
    assert attention.heard(1, 7) == ""
    assert not attention.is_paid
