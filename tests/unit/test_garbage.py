"""The collector of a serving process sees everything once, and all of it when a day begins."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from miniqmt_sim.server import garbage


class Knot:
    """Something that only the collector can free."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    before = gc.get_threshold(), list(gc.callbacks)
    yield
    gc.set_threshold(*before[0])
    gc.callbacks[:] = before[1]
    gc.unfreeze()


def test_what_was_seen_once_is_looked_at_again_when_a_day_begins() -> None:
    garbage.begin()
    knot = Knot()
    seen = weakref.ref(knot)
    gc.collect(0)
    del knot
    gc.collect()
    assert seen() is not None, "it was put aside while it was in use"
    garbage.look_through()
    assert seen() is None


def test_what_becomes_garbage_before_it_is_seen_is_freed_by_the_first_look() -> None:
    garbage.begin()
    seen = weakref.ref(Knot())
    gc.collect(0)
    assert seen() is None


def test_nothing_is_gone_through_twice() -> None:
    garbage.begin()
    kept = [Knot() for _ in range(1000)]
    gc.collect(0)
    assert len(gc.get_objects()) < len(kept), "the rest was put aside"
