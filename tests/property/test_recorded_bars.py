"""Whatever bars and orders come: no fill outside of its bar, no more than the users' part, and looking changes nothing."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from miniqmt_sim.market.quote import FILL_PROFILES
from tests.kit.tape_desk import CODE, TapeDesk
from tests.kit.tapes import bar

FEN = st.integers(-40, 40)


class MadeBar(NamedTuple):
    """Prices in fen around 10 yuan; volume in 手."""

    prices: tuple[int, int, int, int]
    volume: int

    def line(self, number: int) -> str:
        first, high, low, last = (10 + fen / 100 for fen in self.prices)
        return bar(f"09:{31 + number}", *(round(price, 2) for price in (first, high, low, last)), volume=self.volume)


@st.composite
def made_bars(draw: st.DrawFn) -> MadeBar:
    first, last = draw(FEN), draw(FEN)
    high, low = max(first, last) + draw(st.integers(0, 10)), min(first, last) - draw(st.integers(0, 10))
    return MadeBar((first, high, low, last), draw(st.integers(0, 50)))


class MadeOrder(NamedTuple):
    """Bar after whose end, and seconds after it; price in fen around 10 yuan; lots."""

    bar: int
    second: int
    fen: int
    lots: int


ORDERS = st.lists(
    st.builds(MadeOrder, st.integers(0, 3), st.sampled_from((0, 10, 20, 40, 59)), FEN, st.integers(1, 60)), max_size=5
)


@settings(max_examples=25, deadline=None)
@given(st.lists(made_bars(), min_size=4, max_size=4), ORDERS, st.booleans(), st.sampled_from(sorted(FILL_PROFILES)))
def test_fills_stay_inside_the_bar_and_inside_the_users_part(
    bars: list[MadeBar], orders: list[MadeOrder], is_buy: bool, fills: str
) -> None:
    desk = TapeDesk([made.line(number) for number, made in enumerate(bars)], fills=fills)
    desk.go("09:31")
    place = desk.buy if is_buy else desk.sell
    for order in sorted(orders):
        desk.go(f"09:{31 + order.bar}:{order.second:02d}", check=False)
        place("A", min(order.lots, 20) * 100, CODE, round(10 + order.fen / 100, 2))
    desk.go("09:35")
    trades = desk.rows("ctl_trades", account_id="A")
    for trade in trades:
        minute = (trade["traded_time"] + 8 * 3600) % 86400 // 60 - (9 * 60 + 31)
        # At the very end of a bar it is that bar's close that is met; later the points of the next one.
        near = bars[max(minute, 0) : minute + 2]
        assert any(made.prices[2] <= round((trade["traded_price"] - 10) * 100) <= made.prices[1] for made in near), trade
    part = FILL_PROFILES[fills].participation_ppm / 1e6
    assert sum(trade["traded_volume"] for trade in trades) <= sum(made.volume * 100 * part + 8 for made in bars)


@settings(max_examples=12, deadline=None)
@given(st.lists(made_bars(), min_size=4, max_size=4), st.sets(st.integers(0, 179), max_size=6))
def test_looking_between_the_ends_of_bars_changes_nothing(bars: list[MadeBar], looks: set[int]) -> None:
    lines = [made.line(number) for number, made in enumerate(bars)]
    watched, unwatched = TapeDesk(lines), TapeDesk(lines)
    for second in sorted(looks):
        watched.go(f"09:{31 + second // 60}:{second % 60:02d}", check=False)
    for desk in (watched, unwatched):
        desk.go("09:34")
    seen, unseen = (desk.ask("ctl_book", stock_code=CODE) for desk in (watched, unwatched))
    assert seen | {"seq": 0} == unseen | {"seq": 0}
    assert watched.simulator.rows()["day_figures"] == unwatched.simulator.rows()["day_figures"]
    for desk in (watched, unwatched):
        desk.buy("A", 2000, CODE, 10.6)
    assert watched.rows("ctl_trades", account_id="A") == unwatched.rows("ctl_trades", account_id="A")
