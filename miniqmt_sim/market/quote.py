"""The quote model: what is known of the market in one security at one moment."""

from __future__ import annotations

from typing import NamedTuple

Levels = tuple[tuple[int, int], ...]
"""Price in li and volume, best first."""


class Quote(NamedTuple):
    """Last price, visible levels, and what traded since the quote before: a volume and the prices it touched.

    ``amount_li`` is what was paid, where that is known. ``from_bar``: there are no levels; who arrives meets the last price,
    and nobody trades at a price outside of low to high.
    """

    last_li: int
    bids: Levels
    asks: Levels
    volume: int = 0
    low_li: int = 0
    high_li: int = 0
    amount_li: int = 0
    from_bar: bool = False

    @property
    def touched(self) -> tuple[int, ...]:
        """The prices at which the volume is known to have traded, lowest first."""
        last_li, _, _, volume, low_li, high_li, _, _ = self
        if not volume:
            return ()
        low_li, high_li = low_li or last_li, high_li or last_li
        if not low_li <= last_li <= high_li:
            return tuple(sorted({low_li, last_li, high_li}))
        if low_li < last_li:
            return (low_li, last_li, high_li) if last_li < high_li else (low_li, last_li)
        return (last_li, high_li) if last_li < high_li else (last_li,)


class FillProfile(NamedTuple):
    """How much of the market a resting order gets.

    ``first_in_line``: users stand ahead of the house at their price. ``cancels_ahead_ppm``: of what the house takes back at a
    level, the part that stood ahead of users leaves first (1 000 000), in proportion, or last (0). ``participation_ppm``: of
    the volume traded at a price that reaches resting orders, the part they may have together.
    """

    name: str
    first_in_line: bool
    cancels_ahead_ppm: int
    participation_ppm: int


FILL_PROFILES = {
    profile.name: profile
    for profile in (
        FillProfile("frictionless", True, 1_000_000, 1_000_000),
        FillProfile("standard", False, 500_000, 500_000),
        FillProfile("strict", False, 0, 200_000),
    )
}
