"""Whole days with random traders, quotes, clock jumps and crashes; after every step everything adds up.

A failure prints its seed; the same seed plays the same day.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from tests.kit.desk import Desk, make_config

ACCOUNTS = ("A", "B", "C", "D")
CODES = {"600000.SH": 10.45, "518880.SH": 6.0, "688981.SH": 50.0}
SEEDS = range(3)


def _open(seed: int, feed: str, hours: str) -> Desk:
    accounts = [
        {
            "id": account,
            "type": "STOCK",
            "cash_yuan": 300_000,
            "position": [{"stock_code": code, "volume": 3000, "cost_yuan": price} for code, price in CODES.items()],
        }
        for account in ACCOUNTS
    ]
    desk = Desk(make_config(accounts=accounts, feed=feed, hours=hours, seed=seed), now="09:35")
    for code, price in CODES.items():
        if feed == "none":
            _quote(desk, random.Random(seed), code, price)
    return desk


def _quote(desk: Desk, luck: random.Random, code: str, price: float) -> None:
    tick = 0.001 if code.startswith("518") else 0.01
    middle = round(price * luck.uniform(0.97, 1.03) / tick)
    bids = [(round((middle - level) * tick, 3), 100 * luck.randint(1, 30)) for level in range(1, 6)]
    asks = [(round((middle + level) * tick, 3), 100 * luck.randint(1, 30)) for level in range(1, 6)]
    reply = desk.quote(code, round(middle * tick, 3), bids, asks, volume=100 * luck.randint(0, 50))
    assert "error" not in reply, reply


def _order(desk: Desk, luck: random.Random) -> None:
    code = luck.choice(list(CODES))
    tick = 0.001 if code.startswith("518") else 0.01
    price = round(round(CODES[code] * luck.uniform(0.96, 1.04) / tick) * tick, 3)
    place = luck.choice((desk.buy, desk.sell))
    place(luck.choice(ACCOUNTS), 100 * luck.randint(1, 30), code, price, luck.choice((5, 11, 11, 11)))


def _cancel(desk: Desk, luck: random.Random) -> None:
    account = luck.choice(ACCOUNTS)
    rows = desk.rows("ctl_orders", account_id=account)
    if rows:
        desk.cancel(account, luck.choice(rows[-8:])["order_id"])


def _play(desk: Desk, luck: random.Random, steps: int, look: Callable[[], object] | None = None) -> None:
    feed_none = desk.config.feed == "none"
    for _ in range(steps):
        action = luck.random()
        if action < 0.55:
            _order(desk, luck)
        elif action < 0.75:
            _cancel(desk, luck)
        elif action < 0.93 and feed_none:
            code = luck.choice(list(CODES))
            _quote(desk, luck, code, CODES[code])
        elif action < 0.985:
            desk.ask("ctl_clock_advance", duration_ms=luck.choice((1000, 3000, 60_000, 900_000)))
        else:
            desk.ask("ctl_settle")
        if look:
            look()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("feed", "hours"), [("none", "always"), ("synthetic", "exchange"), ("synthetic", "always")])
def test_everything_adds_up_after_every_step(seed: int, feed: str, hours: str) -> None:
    desk, luck = _open(seed, feed, hours), random.Random(seed)

    def look() -> None:
        desk.check()
        if luck.random() < 0.05:
            before = desk.simulator.state_hash()
            desk.crash()
            assert desk.simulator.state_hash() == before
            desk.check()

    _play(desk, luck, 150, look)
    assert any(row for row in desk.stored["trades"]), "a day without a trade proves nothing"


def _hash_of(seed: int, look: bool) -> str:
    desk = _open(seed, "synthetic", "always")
    watcher = 99
    assert desk.simulator.open_session(watcher, "trader", watcher) is None

    def watch() -> None:
        for account in ACCOUNTS:
            desk.rows("query_stock_positions", watcher, account_type=2, account_id=account)
            desk.asset(account)
        desk.ask("ctl_check")

    _play(desk, random.Random(seed), 120, watch if look else None)
    return desk.simulator.state_hash()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_seed_gives_the_same_world_whoever_watches(seed: int) -> None:
    assert _hash_of(seed, look=False) == _hash_of(seed, look=True)


def test_another_seed_gives_another_world() -> None:
    assert _hash_of(1, look=False) != _hash_of(2, look=False)


def test_a_jump_in_slices_is_the_same_jump() -> None:
    at_once, in_slices = _open(3, "synthetic", "exchange"), _open(3, "synthetic", "exchange")
    for desk in (at_once, in_slices):
        desk.buy("A", 500, "600000.SH", 10.20)
    target = at_once.now_ms + 3 * 86_400_000
    slices = 0
    while in_slices.simulator.catch_up(target) is not None:
        facts = in_slices.simulator.take_facts()
        assert len(facts.get("scheduled", {})) <= 2 * 64 + 2, "a slice is bounded"
        slices += 1
    assert slices > 10
    for desk in (at_once, in_slices):
        desk.ask("ctl_clock_set", time="2026-11-26T09:35")
    assert at_once.simulator.state_hash() == in_slices.simulator.state_hash()
