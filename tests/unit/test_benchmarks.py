"""The benchmark compares engines that make the same trades."""

from __future__ import annotations

from argparse import Namespace

import pytest

from benchmarks import sdk
from benchmarks.matching import digest
from benchmarks.ours import BareBook, FullExchange
from benchmarks.peers import SortedMap
from benchmarks.step import Core, write_down
from benchmarks.streams import order_stream


@pytest.mark.parametrize("symbols", [1, 7])
@pytest.mark.parametrize("ours", [BareBook, FullExchange])
def test_our_engines_make_the_yardsticks_trades(ours: type, symbols: int) -> None:
    events = order_stream(5, 3000, symbols)
    expected = digest("sorted map", lambda: SortedMap(symbols), events)
    assert digest("ours", lambda: ours(symbols), events) == expected


def test_the_whole_core_makes_the_yardsticks_trades() -> None:
    events = order_stream(5, 500, 3)
    expected = digest("sorted map", lambda: SortedMap(3), events)
    assert digest("core", lambda: Core(3, batch=64, say=write_down), events) == expected


def test_a_stream_is_its_seeds() -> None:
    assert order_stream(5, 500) == order_stream(5, 500)
    assert order_stream(5, 500) != order_stream(6, 500)


def test_every_way_of_the_sdks_benchmark_places_its_orders() -> None:
    with sdk.serving("off") as userdata:
        found = sdk.measure(userdata, Namespace(rounds=2, orders=5, subscribed=True))
    assert {name: [len(times) for times in rounds] for name, rounds in found.items()} == {
        "wire": [5, 5],
        "sdk": [5, 5],
        "in process": [5, 5],
    }


def test_a_flood_reaches_the_callback_whole() -> None:
    assert sdk.flood(300).pushes == 300
