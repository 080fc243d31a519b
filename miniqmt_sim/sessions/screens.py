"""What the terminal shows of an account: asset and positions as of its last refresh, where a behaviour gives it a delay.

Real terminals refresh their cache some time after the counter's push; a query in between shows the state before. Volatile:
a restart shows everything as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from miniqmt_sim.wire.messages import JsonObject


class Shown(NamedTuple):
    """Asset and positions of an account at one moment."""

    asset: JsonObject
    positions: list[JsonObject]


class Screens:
    """The screens of all accounts that were looked at."""

    __slots__ = ("_changed_ms", "_delay_ms", "_shown")

    def __init__(self, delay_ms: int) -> None:
        self._delay_ms = delay_ms
        self._shown: dict[str, Shown] = {}
        self._changed_ms: dict[str, int] = {}

    @property
    def is_delayed(self) -> bool:
        """Is there anything to delay?"""
        return self._delay_ms > 0

    def note(self, account_ids: Iterable[str], now_ms: int) -> None:
        """Accounts changed now; their screens will show it after the delay."""
        if self._delay_ms:
            for account_id in account_ids:
                self._changed_ms.setdefault(account_id, now_ms)

    def begin_anew(self) -> None:
        """The time is another: every screen shows what is."""
        self._shown.clear()
        self._changed_ms.clear()

    def look(self, account_id: str, now_ms: int, look_now: Callable[[], Shown]) -> Shown:
        """What the screen shows: the present, unless a change has not come through yet."""
        changed_ms = self._changed_ms.get(account_id)
        shown = self._shown.get(account_id)
        if shown is None or changed_ms is None or now_ms >= changed_ms + self._delay_ms:
            shown = self._shown[account_id] = look_now()
            self._changed_ms.pop(account_id, None)
        return shown
