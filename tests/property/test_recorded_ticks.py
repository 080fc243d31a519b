"""Whatever snapshots and orders come, around auctions and breaks too: every invariant holds, no order is filled beyond its
limit or at a price that nobody saw, nor before an auction is over, and a crash changes nothing.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from miniqmt_sim.changes import TABLES
from miniqmt_sim.market.quote import FILL_PROFILES
from tests.kit.tape_desk import CODE, TapeDesk
from tests.kit.tapes import at

PRE: Final = 1000
"""The close of the day before, in fen."""
LIMIT: Final = 100
CLOCKS: Final = (
    "09:15:03", "09:20:00", "09:24:57", "09:25:03", "09:27:00", "09:30:00", "09:30:03", "09:30:06", "09:45:00", "11:29:57",
    "11:30:03", "13:00:00", "13:00:03", "13:30:00", "14:56:57", "14:57:03", "14:59:57", "15:00:03", "15:01:00",
)  # fmt: skip
CALLS: Final = (("09:15:00", "09:25:00"), ("14:57:00", "15:00:00"))
SAME: Final = ("trades", "positions", "accounts", "day_figures", "house_rests")
NUMBERED: Final = TABLES["orders"].index("request_seq")
"""Who comes back after a crash asks once more."""


def is_in_call(clock: str) -> bool:
    return any(first <= clock < end for first, end in CALLS)


class Snapshot(NamedTuple):
    """Last price in fen, what traded since the one before in 手, how far off the best levels are, volume of each in 手."""

    clock: str
    last: int
    traded: int
    spread: int
    depth: int

    def levels(self) -> tuple[list[int], list[int]]:
        """Asks and bids in fen, best first: an auction shows one price on both sides, a limit only one side."""
        if is_in_call(self.clock):
            return [self.last], [self.last]
        asks = [self.last + self.spread + number for number in range(5)]
        bids = [self.last - self.spread + 1 - number for number in range(5)]
        return [price for price in asks if price <= PRE + LIMIT], [price for price in bids if price >= PRE - LIMIT]


class MadeOrder(NamedTuple):
    """What an account does at a time."""

    clock: str
    is_buy: bool
    price: int
    lots: int
    cancels: bool
    price_type: int


@st.composite
def made_days(draw: st.DrawFn) -> list[Snapshot]:
    clocks = sorted(draw(st.sets(st.sampled_from(CLOCKS), min_size=4)))
    last = PRE
    day = []
    for clock in clocks:
        last = min(max(last + draw(st.integers(-12, 12)), PRE - LIMIT), PRE + LIMIT)
        traded, spread, depth = (draw(st.sampled_from(of)) for of in ((0, 0, 1, 3, 10, 100), (1, 2, 3), (1, 3, 20)))
        day.append(Snapshot(clock, last, 0 if is_in_call(clock) else traded, spread, depth))
    return day


MOMENTS: Final = (
    "09:16:00", "09:21:00", "09:25:01", "09:26:00", "09:29:59", "09:30:01", "09:30:04", "09:31:00", "11:29:58", "11:30:01",
    "12:00:00", "13:00:01", "13:31:00", "14:56:58", "14:57:01", "14:58:00", "15:00:01",
)  # fmt: skip
ORDERS = st.lists(
    st.builds(
        MadeOrder, st.sampled_from(MOMENTS), st.booleans(), st.integers(PRE - 25, PRE + 25), st.integers(1, 30), st.booleans(),
        st.sampled_from((11, 11, 11, 5, 42, 44)),
    ),
    max_size=8,
)  # fmt: skip


def lines_of(day: list[Snapshot]) -> list[str]:
    """The day as lines of a data file."""
    lines, volume, amount = [], 0, 0
    high = low = first = 0
    for each in day:
        volume += each.traded
        amount += each.traded * 100 * each.last
        if each.traded:
            first, high, low = first or each.last, max(high, each.last), min(low or each.last, each.last)
        asks, bids = each.levels()
        shown = [
            f'"[{", ".join(f"{value}" for value in values)}]"'
            for values in ([p / 100 for p in asks], [p / 100 for p in bids], [each.depth] * len(asks), [each.depth] * len(bids))
        ]
        prices = ",".join(f"{price / 100}" for price in (each.last, first, high, low, PRE))
        lines.append(",".join((f"{at(each.clock)},{prices},{amount / 100:.2f},{volume},{volume * 100}", *shown)))
    return lines


def played(lines: list[str], orders: list[MadeOrder], fills: str, crashes: bool) -> TapeDesk:
    """A day of snapshots and orders."""
    desk = TapeDesk(lines, period="tick", fills=fills)
    last = 0
    for order in sorted(orders):
        desk.go(order.clock)
        if order.cancels and last:
            desk.cancel("A", last)
        place = desk.buy if order.is_buy else desk.sell
        last = place("A", order.lots * 100, CODE, order.price / 100, price_type=order.price_type)
        if crashes:
            desk.crash()
    desk.go("15:31:00")
    return desk


@settings(max_examples=60, deadline=None)
@given(made_days(), ORDERS, st.booleans(), st.sampled_from(sorted(FILL_PROFILES)))
def test_every_fill_has_a_price_that_somebody_saw(
    day: list[Snapshot], orders: list[MadeOrder], is_buy: bool, fills: str
) -> None:
    desk = played(lines_of(day), [order._replace(is_buy=is_buy) for order in orders], fills, crashes=False)
    placed = {row["order_id"]: row for row in desk.rows("ctl_orders", account_id="A")}
    for trade in desk.rows("ctl_trades", account_id="A"):
        limit, price = (round(row * 100) for row in (placed[trade["order_id"]]["price"], trade["traded_price"]))
        assert price <= limit if is_buy else price >= limit
        before = [each for each in day if at(each.clock) <= trade["traded_time"] * 1000]
        assert before, "nothing was known yet"
        assert not any(at(first) <= trade["traded_time"] * 1000 < at(end) for first, end in CALLS), "an auction is not over"
        # What happens at the very time of a snapshot, as the end of a break, may come before it.
        assert any(price in (limit, each.last, *each.levels()[not is_buy]) for each in before[-2:])


@settings(max_examples=25, deadline=None)
@given(made_days(), ORDERS, st.sampled_from(sorted(FILL_PROFILES)))
def test_a_crash_after_every_order_changes_nothing(day: list[Snapshot], orders: list[MadeOrder], fills: str) -> None:
    worlds = [played(lines_of(day), orders, fills, crashes).simulator.rows() for crashes in (False, True)]
    assert [worlds[0][table] for table in SAME] == [worlds[1][table] for table in SAME]
    assert [row[:NUMBERED] for row in worlds[0]["orders"]] == [row[:NUMBERED] for row in worlds[1]["orders"]]
