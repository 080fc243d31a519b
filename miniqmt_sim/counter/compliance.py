"""Beside station 5: the meter of program trading. It counts what each account sends to the exchanges, and warns.

Orders and cancels count when they leave for the exchange; what the counter itself refuses never does. Kept per account:
the day's orders, cancels, fills and self-trades, the most messages in any one second, and which thresholds were reached.
A threshold is reached once a day, and reaching it gives one ``Warned`` for the shell to log. Nothing is refused unless the
configuration says ``refuse``: then an order that would reach a threshold is.

The last second is kept exactly, as messages per millisecond, so that a restart in the middle of it changes nothing.
Source: exchange-rules §12.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple

from matching.codes import Board
from matching.rules import RuleError, read_rows
from miniqmt_sim.changes import Changes, Row
from miniqmt_sim.constants import MAX_INT64

WINDOW_MS: Final = 1000
"""A second: the milliseconds of which messages are counted together."""


class Mode(StrEnum):
    """What the meter does when a threshold is reached."""

    OFF = "off"
    WARN = "warn"
    REFUSE = "refuse"


class Measure(StrEnum):
    """What a threshold is about."""

    SECOND = "second"
    DAY = "day"


class Threshold(NamedTuple):
    """One dated row: so many messages, orders and cancels together, in any second or in a day."""

    measure: Measure
    messages: int


class Warned(NamedTuple):
    """An account reached a threshold; once a day each."""

    account_id: str
    day: int
    measure: str
    messages: int
    threshold: int


class Thresholds:
    """The rows of config/rules/compliance.toml. They are about accounts, so every board stands for all."""

    __slots__ = ("_memory", "_rows")

    def __init__(self, content: Mapping[str, Any]) -> None:
        """Read the parsed file. Raises RuleError."""
        rows = [{"boards": [Board.SH_MAIN.name], **row} for row in content.get("row", ())]
        self._rows = read_rows("compliance", {**content, "row": rows}, Threshold, lambda row: str(row.measure))[Board.SH_MAIN]
        for dated in self._rows.values():
            if any(row.messages <= 0 for row in dated.rows):
                raise RuleError("config/rules/compliance.toml: messages must be positive")
        self._memory: tuple[int, tuple[Threshold, ...]] = (0, ())

    def on(self, day: int) -> tuple[Threshold, ...]:
        """The thresholds in force on a day, in the order of ``Measure``."""
        if self._memory[0] != day:
            found = (self._rows[measure].on(day) for measure in Measure if measure in self._rows)
            self._memory = (day, tuple(row for row in found if row is not None))
        return self._memory[1]


class Meter:
    """The figures of one account on one day. A limit is a threshold it has not reached, MAX_INT64 where there is none.

    ``window`` has the moment of every message of the last second; ``at_once`` of them were sent at its last moment.
    """

    __slots__ = (
        "account_id", "at_once", "cancels", "day", "day_limit", "orders", "peak", "peak_ms", "second_limit", "self_trades",
        "trades", "warned", "window",
    )  # fmt: skip

    def __init__(
        self, account_id: str, day: int, orders: int = 0, cancels: int = 0, trades: int = 0, self_trades: int = 0,
        peak: int = 0, peak_ms: int = 0, warned: str = "",
    ) -> None:  # fmt: skip
        self.account_id = account_id
        self.day = day
        self.orders = orders
        self.cancels = cancels
        self.trades = trades
        self.self_trades = self_trades
        self.peak = peak
        self.peak_ms = peak_ms
        self.warned = warned
        self.window: deque[int] = deque()
        self.at_once = 0
        self.second_limit = self.day_limit = MAX_INT64

    @property
    def messages(self) -> int:
        """Orders and cancels together."""
        return self.orders + self.cancels

    def last_second(self, now_ms: int) -> int:
        """Messages of the second that ends now."""
        return sum(sent_ms > now_ms - WINDOW_MS for sent_ms in self.window)

    def count(self, measure: Measure, now_ms: int) -> int:
        """Messages of what a threshold is about."""
        return self.messages if measure is Measure.DAY else self.last_second(now_ms)

    def window_rows(self) -> list[Row]:
        """Rows of table compliance_window: how many messages in which millisecond."""
        return [(self.account_id, sent_ms, messages) for sent_ms, messages in sorted(Counter(self.window).items())]

    def row(self) -> Row:
        """The row of table compliance."""
        return (
            self.account_id, self.day, self.orders, self.cancels, self.trades, self.self_trades, self.peak, self.peak_ms,
            self.warned,
        )  # fmt: skip


class Compliance:
    """The meters of all accounts."""

    def __init__(self, mode: Mode, thresholds: Thresholds, changes: Changes) -> None:
        self.mode = mode
        self._thresholds = thresholds
        self._meters_changed = changes.table("compliance")
        self._window_changed = changes.table("compliance_window")
        self._is_off = mode is Mode.OFF
        self.may_refuse = mode is Mode.REFUSE
        """Is an order refused that would reach a threshold?"""
        self._meters: dict[str, Meter] = {}
        self.warnings: list[Warned] = []
        """Warnings that nobody has taken yet."""

    def of(self, account_id: str, day: int) -> Meter:
        """An account's figures of a day; all zero when nothing happened."""
        meter = self._meters.get(account_id)
        return meter if meter is not None and meter.day == day else Meter(account_id, day)

    def thresholds(self, day: int) -> tuple[Threshold, ...]:
        """What is in force on a day."""
        return self._thresholds.on(day)

    # ---- on the way of an order ----------------------------------------------------------------------------------------

    def refuses(self, account_id: str, day: int, now_ms: int) -> Threshold | None:
        """The threshold that one more message of an account would reach; asked where the configuration refuses that."""
        meter = self.of(account_id, day)
        return next((row for row in self._thresholds.on(day) if meter.count(row.measure, now_ms) + 1 >= row.messages), None)

    def ordered(self, account_id: str, day: int, now_ms: int) -> None:
        """An order left for the exchange."""
        if not self._is_off:
            meter = self._meters.get(account_id)
            if meter is None or meter.day != day:
                meter = self._open(account_id, day)
            meter.orders += 1
            self._sent(meter, now_ms)

    def cancelled(self, account_id: str, day: int, now_ms: int) -> None:
        """A cancel left for the exchange."""
        if not self._is_off:
            meter = self._open(account_id, day)
            meter.cancels += 1
            self._sent(meter, now_ms)

    def traded(self, account_id: str, day: int, is_self_trade: bool) -> None:
        """An order of an account was filled; of a self-trade one side is told that it was one."""
        if not self._is_off:
            meter = self._meters.get(account_id)
            if meter is None or meter.day != day:
                meter = self._open(account_id, day)
            meter.trades += 1
            meter.self_trades += is_self_trade
            self._meters_changed[account_id] = meter

    def _open(self, account_id: str, day: int) -> Meter:
        """The meter of the present day; yesterday's is forgotten."""
        meter = self._meters.get(account_id)
        if meter is None or meter.day != day:
            for sent_ms in meter.window if meter else ():
                self._window_changed[account_id, sent_ms] = None
            meter = self._meters[account_id] = Meter(account_id, day)
            self._set_limits(meter)
        return meter

    def _sent(self, meter: Meter, now_ms: int) -> None:
        window, account_id = meter.window, meter.account_id
        window.append(now_ms)
        while window[0] <= now_ms - WINDOW_MS:
            self._window_changed[account_id, window.popleft()] = None
        in_window = len(window)
        meter.at_once = meter.at_once + 1 if in_window > 1 and window[-2] == now_ms else 1
        self._window_changed[account_id, now_ms] = (account_id, now_ms, meter.at_once)
        if in_window > meter.peak:
            meter.peak, meter.peak_ms = in_window, now_ms
        self._meters_changed[account_id] = meter
        if in_window >= meter.second_limit or meter.orders + meter.cancels >= meter.day_limit:
            self._warn(meter)

    def _warn(self, meter: Meter) -> None:
        """Note each threshold that was reached now, and wait for it no more."""
        for row in self._thresholds.on(meter.day):
            reached = len(meter.window) if row.measure is Measure.SECOND else meter.messages
            if reached >= row.messages and row.measure not in meter.warned.split():
                meter.warned = f"{meter.warned} {row.measure}".strip()
                self.warnings.append(Warned(meter.account_id, meter.day, str(row.measure), reached, row.messages))
        self._set_limits(meter)

    def _set_limits(self, meter: Meter) -> None:
        """What the meter waits for: the thresholds in force that were not reached today."""
        warned = meter.warned.split()
        awaited = {row.measure: row.messages for row in self._thresholds.on(meter.day) if row.measure not in warned}
        meter.second_limit = awaited.get(Measure.SECOND, MAX_INT64)
        meter.day_limit = awaited.get(Measure.DAY, MAX_INT64)

    def take_warnings(self) -> list[Warned]:
        """Warnings since the last time."""
        warnings, self.warnings = self.warnings, []
        return warnings

    # ---- stored rows ---------------------------------------------------------------------------------------------------

    def restore(self, meters: Sequence[Row], window: Sequence[Row]) -> None:
        """Take the figures back from storage."""
        for row in meters:
            meter = Meter(*row)
            self._meters[meter.account_id] = meter
            self._set_limits(meter)
        for account_id, sent_ms, messages in window:
            meter = self._meters[account_id]
            meter.window.extend([sent_ms] * messages)
            meter.at_once = messages

    def rows(self) -> dict[str, list[Row]]:
        """Rows of both tables, by key."""
        return {
            "compliance": sorted(meter.row() for meter in self._meters.values()),
            "compliance_window": sorted(row for meter in self._meters.values() for row in meter.window_rows()),
        }

    def problems(self) -> Iterator[str]:
        """Name what does not add up: the last second, and its peak."""
        for meter in self._meters.values():
            window, in_window = meter.window, len(meter.window)
            if not in_window <= meter.peak <= meter.messages or (window and meter.at_once != window.count(window[-1])):
                counted = f"{in_window} in the last second, peak {meter.peak}, {meter.messages} today"
                yield f"account {meter.account_id}: compliance counts {counted}"
