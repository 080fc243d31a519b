"""A desk whose market is a tiny tape: lines of a data file, and a clock that goes through them."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matching.codes import is_index
from miniqmt_sim.server.feeds.dividends import read_dividends
from miniqmt_sim.server.feeds.history import FAR_MS, History
from miniqmt_sim.server.feeds.replay import Replay, instruments
from tests.kit.desk import Desk, make_config, shipped_instruments
from tests.kit.tapes import DAY, at, write_bars, write_ticks

CODE = "600000.SH"


class TapeDesk(Desk):
    """Trades account A with a million yuan and 10,000 shares of each code, under the exchange's hours, from 08:30 on.

    ``others``: lines of bars by minute of further codes. ``listed``: the code's first trading day.
    """

    def __init__(
        self, lines: list[str], *, period: str = "1m", fills: str = "frictionless", code: str = CODE, dividends: str = "",
        others: Mapping[str, list[str]] | None = None, listed: int = 0,
    ) -> None:  # fmt: skip
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"{code}.{period}.csv"
            (write_ticks if period == "tick" else write_bars)(path, *lines)
            for other, bars in (others or {}).items():
                write_bars(path.parent / f"{other}.1m.csv", *bars)
            if dividends:
                (path.parent / "dividends.csv").write_text(f"stock_code,time,interest,stockGift\n{dividends}\n", "utf-8")
            self.history = History.open(path.parent)
            given = read_dividends(path.parent / "dividends.csv") if dividends else {}
        self.code = code
        codes = [code, *(others or {})]
        held = [each for each in codes if not is_index(each)]
        known = [row for row in shipped_instruments() if row["stock_code"] not in codes]
        new = {"listed": str(listed)} if listed else {}
        config = make_config(
            hours="exchange",
            fills=fills,
            instruments=[*known, *(row | new for row in instruments(self.history, at("08:30"), known))],
            accounts=[
                {
                    "id": "A", "type": "STOCK", "cash_yuan": 1_000_000,
                    "position": [{"stock_code": each, "volume": 10_000, "cost_yuan": 10.0} for each in held],
                }
            ],
            corporate_actions=[dividend.action() for one in given.values() for dividend in one],
        )  # fmt: skip
        super().__init__(config, now="08:30", day=DAY, source=lambda: Replay(self.history, at("08:30"), FAR_MS))

    def go(self, clock: str, day: int = DAY, *, check: bool = True) -> None:
        """Move the clock; whatever the tape says on the way happens, and every invariant holds after it."""
        text = f"{day // 10000}-{day // 100 % 100:02d}-{day % 100:02d}T{clock}"
        answer = self.ask("ctl_clock_set", time=text)
        assert "error" not in answer, answer
        if check:
            self.check()

    def happen(self, clock: str) -> bool:
        """Let the next thing happen, no later than a time, and store it, as a server does; False when there is none."""
        outcome = self.simulator.catch_up(at(clock))
        if outcome is None:
            return False
        self._take(outcome)
        self.now_ms = max(self.now_ms, outcome.at_ms)
        return True

    def fills(self, order_id: int) -> list[tuple[int, float]]:
        """(volume, price) of an order's fills today."""
        rows: list[Any] = self.rows("ctl_trades", account_id="A")
        return [(row["traded_volume"], row["traded_price"]) for row in rows if row["order_id"] == order_id]

    def status(self, order_id: int) -> int:
        """An order's status."""
        return int(self.shown_order(order_id)["order_status"])
