"""A whole day at the exchange, from before the opening auction to settlement and into the next morning, by a seed.

Every board, every price type, synthetic and operator's quotes, a first day of trading, orders nobody takes. What a step touched
is checked after it from the rows it gave to the store; everything is checked now and then and whenever the phase has changed.
The same seed gives the same world on every run and Python: the hashes stand in tests/golden/exchange_days.toml.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from matching.codes import is_index
from matching.phases import Phase
from matching.price_types import PRICE_TYPES
from miniqmt_sim.changes import TABLES, Facts
from miniqmt_sim.constants import OrderStatus
from miniqmt_sim.counter.status import is_final
from tests.kit.desk import MONDAY, Desk, make_config, shipped_instruments

GOLDEN = Path(__file__).parents[1] / "golden" / "exchange_days.toml"
SEEDS = (1, 2)
ACCOUNTS = ("A", "B", "C", "D")
CODES = {
    "600000.SH": 100, "600525.SH": 100, "000001.SZ": 100, "688981.SH": 200, "300059.SZ": 100, "510300.SH": 100,
    "159919.SZ": 100, "113042.SH": 10, "123107.SZ": 10, "688999.SH": 200,
}  # fmt: skip
"""Stock code -> volume of one lot; the last one is listed on the day."""
TICKS = dict.fromkeys(("510300.SH", "159919.SZ", "113042.SH", "123107.SZ"), 0.001)
NEW = "688999.SH"
WALKED = ("688981.SH", "510300.SH", "123107.SZ")
QUOTED = tuple(code for code in CODES if code not in WALKED)
"""Codes whose market the operator gives; the others' is the synthetic one."""
TIMES = (
    "08:40", "09:15", "09:18", "09:20", "09:24", "09:25", "09:28", "09:30", "09:31", "09:45", "09:50", "10:05", "10:40",
    "11:20", "11:30", "12:30", "13:00", "13:20", "14:20", "14:50", "14:57", "14:59", "15:00", "15:02", "15:05", "15:20",
    "15:35",
)  # fmt: skip
STEPS = 26
"""Actions at each of the times, a few where the host is closed."""
EVERYTHING = 100
"""After so many steps the whole world is checked."""


class Row:
    """A stored row by its columns' names."""

    def __init__(self, table: str, row: tuple[Any, ...]) -> None:
        self.__dict__.update(zip(TABLES[table], row, strict=True))

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)


class WatchedDesk(Desk):
    """A desk that looks at what each step gave to the store, before it is stored."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.filled: dict[int, int] = {}
        self.touched: set[str] = set()
        super().__init__(*args, **kwargs)

    def _store(self, facts: Facts) -> None:
        before = self.stored.get("orders", {})
        old = {key: Row("orders", before[key]) for key in facts.get("orders", {}) if key in before}
        known = self.stored.get("trades", {})
        trades = [Row("trades", row) for key, row in facts.get("trades", {}).items() if row is not None and key not in known]
        super()._store(facts)
        for trade in trades:
            self._look_at_trade(trade)
        for order in self._rows("orders", facts):
            self._look_at_order(order, old.get((order.order_id,)))
        touched = {order.account_id for order in self._rows("orders", facts)}
        touched |= {account.account_id for account in self._rows("accounts", facts)}
        for account_id in touched:
            self._look_at_account(account_id)
        for figures in self._rows("day_figures", facts):
            if figures.volume:
                assert 0 < figures.low_li <= figures.open_li <= figures.high_li, figures.stock_code
            self.touched.add(figures.stock_code)

    def crash(self) -> None:
        """Lose the process; the clients come back and count their requests on as if they had not had to subscribe again."""
        seqs = dict(self._client_seqs)
        super().crash()
        self._client_seqs.update(seqs)

    def _rows(self, table: str, facts: Facts) -> Iterator[Any]:
        return (Row(table, row) for row in facts.get(table, {}).values() if row is not None)

    def _look_at_trade(self, trade: Any) -> None:
        self.filled[trade.order_id] = self.filled.get(trade.order_id, 0) + trade.volume
        assert trade.volume > 0
        assert trade.amount_li == trade.price_li * trade.volume

    def _look_at_order(self, order: Any, old: Any) -> None:
        status = OrderStatus(order.status)
        assert order.traded_volume == self.filled.get(order.order_id, 0), "its trades are its fills"
        assert (status is OrderStatus.SUCCEEDED) == (order.traded_volume == order.volume)
        buys = order.order_type == 23
        if order.traded_volume and order.price_li:
            average = order.traded_amount_li / order.traded_volume
            assert average <= order.price_li if buys else average >= order.price_li, "no fill is worse than the limit"
        if is_final(status):
            assert order.frozen_li == 0
        if old is not None:
            assert not is_final(OrderStatus(old.status)), f"order {order.order_id} changed after its end"
            assert (order.volume, order.day, order.account_id) == (old.volume, old.day, old.account_id)
            assert order.traded_volume >= old.traded_volume
        self.touched.add(order.stock_code)

    def _look_at_account(self, account_id: str) -> None:
        account = Row("accounts", self.stored["accounts"][account_id,])
        orders = [Row("orders", row) for row in self.stored.get("orders", {}).values() if row[2] == account_id]
        mine = [order for order in orders if not is_final(OrderStatus(order.status))]
        assert account.frozen_li == sum(order.frozen_li for order in mine)
        assert account.cash_li >= account.frozen_li, "available cash is not negative"
        frozen: dict[str, int] = {}
        for order in mine:
            if order.order_type == 24:
                frozen[order.stock_code] = frozen.get(order.stock_code, 0) + order.volume - order.traded_volume
        for row in self.stored["positions"].values():
            position = Row("positions", row)
            if position.account_id == account_id:
                assert position.frozen_volume == frozen.pop(position.stock_code, 0) <= position.volume
        assert not frozen, "shares are frozen that nobody has"

    def last_yuan(self, code: str) -> float:
        """The last price."""
        return Row("quotes", self.stored["quotes"][code,]).last_li / 1000 if (code,) in self.stored.get("quotes", {}) else 0.0


class Day:
    """One seed's day."""

    def __init__(self, seed: int, crashes: bool = False) -> None:
        self.luck = random.Random(seed)
        self.weather = random.Random(-seed) if crashes else None
        self.steps = 0
        self.seen: set[str] = set()
        self.phases: tuple[str, ...] = ()
        self.looked_ms = 0
        instruments = [*(row for row in shipped_instruments() if not is_index(row["stock_code"])), _listing()]
        closes = {row["stock_code"]: float(row["pre_close"]) for row in instruments}
        self.closes = {code: closes[code] for code in CODES}
        held = [{"stock_code": code, "volume": 4000, "cost_yuan": price} for code, price in self.closes.items()]
        accounts = [{"id": who, "type": "STOCK", "cash_yuan": 3_000_000, "position": held} for who in ACCOUNTS]
        config = make_config(
            accounts=accounts, instruments=instruments, hours="exchange", feed="synthetic", after_hours=True, seed=seed
        )
        self.desk = WatchedDesk(config, now="08:40", day=MONDAY)

    # ---- what happens ----------------------------------------------------------------------------------------------------

    def play(self) -> str:
        """The day, the settlement, the next opening; the world's hash."""
        for time in TIMES:
            self.to(time)
            for _ in range(STEPS if "09:15" <= time < "15:00" else STEPS // 4):
                self.act(self.luck.choices((self.order, self.cancel, self.quote, self.wait), (12, 4, 4, 2))[0])
                self.look_at_the_clock()
            self.run_up(time)
        self.act(lambda: self.desk.ask("ctl_settle"))
        self.to("2026-11-24T09:18")
        for _ in range(STEPS):
            self.act(self.order)
        self.to("2026-11-24T09:31")
        return self.desk.simulator.state_hash()

    def act(self, action: Callable[[], object]) -> None:
        """One step: do it, look at what it touched, and from time to time at everything."""
        self.desk.touched.clear()
        action()
        self.steps += 1
        for code in sorted(self.desk.touched):
            self.look_at_book(code)
        if self.steps % EVERYTHING == 0:
            self.desk.check()
        if self.weather and self.weather.random() < 0.03:
            before = self.desk.simulator.state_hash()
            self.desk.crash()
            assert self.desk.simulator.state_hash() == before

    def look_at_book(self, code: str) -> None:
        """Not crossed outside auctions and halts; what rests is what the orders and the house say."""
        book = self.desk.ask("ctl_book", stock_code=code)
        if book["phase"] in ("CONTINUOUS", "BREAK", "CLOSED") and book["bids"] and book["asks"]:
            assert book["bids"][0][0] < book["asks"][0][0], f"{code} is crossed"

    def look_at_the_clock(self) -> None:
        """When the phase of any security has changed, look at everything."""
        if self.looked_ms == self.desk.now_ms:
            return
        self.looked_ms = self.desk.now_ms
        phases = tuple(self.desk.ask("ctl_book", stock_code=code)["phase"] for code in CODES)
        if phases != self.phases:
            self.phases = phases
            self.seen.update(phases)
            self.desk.check()

    def to(self, time: str) -> None:
        """Move the clock."""
        self.act(lambda: self.desk.ask("ctl_clock_set", time=time))
        self.look_at_the_clock()

    # ---- actions ---------------------------------------------------------------------------------------------------------

    def order(self) -> None:
        """Somebody orders something; now and then what nobody takes."""
        luck = self.luck
        code, who = luck.choice(tuple(CODES)), luck.choice(ACCOUNTS)
        number = luck.choice((11,) * 8 + tuple(PRICE_TYPES))
        volume = CODES[code] * luck.randint(1, 6) + luck.choice((0,) * 12 + (1, 30))
        price = -1.0 if PRICE_TYPES[number].market and luck.random() < 0.5 else self.price(code, 12)
        self.desk.order(who, luck.choice((23, 24)), volume, code, price, number)

    def price(self, code: str, ticks: int) -> float:
        """A price so many ticks at most from the last one."""
        tick = TICKS.get(code, 0.01)
        last = self.desk.last_yuan(code) or self.closes[code]
        return round((round(last / tick) + self.luck.randint(-ticks, ticks)) * tick, 3)

    def cancel(self) -> None:
        """Somebody cancels one of his last orders."""
        who = self.luck.choice(ACCOUNTS)
        rows = self.desk.rows("ctl_orders", account_id=who)
        if rows:
            self.desk.cancel(who, self.luck.choice(rows[-12:])["order_id"])

    def quote(self) -> None:
        """The operator gives a market: five levels around a price near the last one."""
        luck, code = self.luck, self.luck.choice(QUOTED)
        tick = TICKS.get(code, 0.01)
        middle = round(self.price(code, 6) / tick)
        bids, asks = (
            [(round((middle + sign * level) * tick, 3), CODES[code] * luck.randint(1, 9)) for level in range(1, 6)]
            for sign in (-1, 1)
        )
        reply = self.desk.quote(code, round(middle * tick, 3), bids, asks, volume=CODES[code] * luck.randint(0, 20))
        assert "error" not in reply, reply

    def wait(self) -> None:
        """Time passes, within the phase."""
        self.desk.ask("ctl_clock_advance", duration_ms=self.luck.choice((500, 1000, 3000, 7000)))

    def run_up(self, time: str) -> None:
        """In the new listing somebody pays 35 % more than the day's first price, which halts it."""
        for factor in (1.0, 1.35, 1.35) if time == "09:45" else ():
            price = round((self.desk.ask("ctl_book", stock_code=NEW)["open"] or self.closes[NEW]) * factor, 2)
            self.act(lambda price=price: self.desk.quote(NEW, price, [], [(price, 9000)]))
            self.act(lambda price=price: self.desk.order("A", 23, 3000, NEW, round(price * 2, 2), 42))


def _listing() -> dict[str, str]:
    return {
        "stock_code": NEW, "name": "新股", "board": "STAR", "pre_close": "20.00", "tags": "", "listed": str(MONDAY),
        "_where": NEW,
    }  # fmt: skip


# ---- the tests ---------------------------------------------------------------------------------------------------------------


# ---- what a day was good for -------------------------------------------------------------------------------------------


def _orders(day: Day) -> list[Any]:
    return [Row("orders", row) for row in day.desk.stored["orders"].values()]


@pytest.fixture(scope="module")
def played() -> dict[int, tuple[Day, str]]:
    """Each seed's day, played to its end, and the world's hash."""
    days = {seed: Day(seed) for seed in SEEDS}
    return {seed: (day, day.play()) for seed, day in days.items()}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_world_is_the_one_that_was_recorded(played: dict[int, tuple[Day, str]], seed: int) -> None:
    recorded = tomllib.loads(GOLDEN.read_text(encoding="utf-8"))
    assert played[seed][1] == recorded[f"seed_{seed}"], f"how to renew it stands in {GOLDEN}"


def test_the_days_were_worth_it(played: dict[int, tuple[Day, str]]) -> None:
    """Every price type was taken, every ending and the refusals of every kind occurred, every phase was seen."""
    orders = [order for day, _ in played.values() for order in _orders(day)]
    assert {order.price_type for order in orders if order.status != OrderStatus.JUNK} == set(PRICE_TYPES)
    assert {order.price_type for order in orders if order.traded_volume} >= {5, 11, 42, 43, 44, 46, 47}
    assert {order.stock_code for order in orders if order.traded_volume} == set(CODES)
    assert {order.status for order in orders} >= {53, 54, 56, 57}
    for day, _ in played.values():
        assert day.seen == {*Phase} - {Phase.BREAK_QUEUED}, "all but what SZSE gave up in 2016"
    texts = "".join(order.status_msg for order in orders)
    missing = [code for code in ("20009", "-150904070", "11010115", "1224", "12313", "1223") if f"[{code}]" not in texts]
    assert not missing


def test_crashes_change_nothing(played: dict[int, tuple[Day, str]]) -> None:
    assert Day(SEEDS[0], crashes=True).play() == played[SEEDS[0]][1]


HEADER = """\
# State hashes at the end of the seeded days of tests/simulation/test_exchange_days.py, the same on every Python and system.
# A change of behaviour, of a stored column or of a rule in force on that day changes them. When that is meant, renew them:
#   python -m tests.simulation.test_exchange_days > tests/golden/exchange_days.toml"""

if __name__ == "__main__":
    print(HEADER)
    for number in SEEDS:
        print(f'seed_{number} = "{Day(number).play()}"')
