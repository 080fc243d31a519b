"""The synthetic market: a random walk that is a pure function of (seed, code, step).

No state and no history: the price at a step is a sum of value noise over octaves, each twice as fast and 1/√2 as strong
as the one before, which is how a random walk looks at every scale. It begins at the previous close of the day the world
began and stays within about ±4 % of it, so it never meets a daily limit of its own accord. A step is three seconds.
"""

from __future__ import annotations

from typing import Final
from zlib import crc32

from matching.instrument import PriceBand
from matching.units import PPM
from miniqmt_sim.market.quote import Quote

STEP_MS: Final = 3000
STEPS_PER_MINUTE: Final = 60_000 // STEP_MS
LEVELS: Final = 5
_MASK: Final = (1 << 64) - 1
_OCTAVES: Final = tuple((16 - number, (8000 * 10_000) // round(10_000 * 2 ** (number / 2))) for number in range(15))
"""(log2 of the period in steps, amplitude in ppm), slowest first: sums to about 2.7 % at most."""
_STRETCHES: Final = 1 << 40
"""Tells the number of a stretch from the number of a step."""
MOST_CORNERS: Final = 100_000
"""Corners of the noise that are remembered, about 10 MB: neighbouring steps share most of theirs."""


def _mix(value: int) -> int:
    """Spread 64 bits: the splitmix64 finalizer."""
    value = (value + 0x9E3779B97F4A7C15) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


def _volume(luck: int) -> int:
    return 100 * (1 + (luck >> 7) % 400) if luck % 4 else 0


class SyntheticMarket:
    """The whole market of a seed."""

    __slots__ = ("_corners", "_keys", "_levels", "_seed")

    def __init__(self, seed: int) -> None:
        self._seed = _mix(seed & _MASK)
        self._keys: dict[str, int] = {}
        self._levels: dict[str, int] = {}
        self._corners: dict[int, int] = {}

    def quote(self, code: str, base_li: int, tick_li: int, band: PriceBand, step: int) -> Quote:
        """The snapshot of a step: five levels a side one tick apart, and the volume traded since the step before."""
        middle = self.bid_li(code, base_li, tick_li, step)
        luck = self._luck(code, step)
        bids = self._side(luck, middle, -tick_li, band)
        asks = self._side(luck >> 20, middle + tick_li, tick_li, band)
        best = (bids or asks)[0][0], (asks or bids)[0][0]
        last_li = best[luck >> 63]
        before_li = self.bid_li(code, base_li, tick_li, step - 1)
        return Quote(last_li, bids, asks, _volume(luck), min(last_li, before_li), max(last_li, before_li))

    def last_li(self, code: str, base_li: int, tick_li: int, step: int) -> int:
        """The last price of a step within the daily limits: the best bid or the best ask."""
        return self.bid_li(code, base_li, tick_li, step) + tick_li * (self._luck(code, step) >> 63)

    def traded(self, code: str, step: int) -> int:
        """The volume traded since the step before."""
        return _volume(self._luck(code, step))

    def step_volume(self, code: str, stretch: int) -> int:
        """What a step of a stretch of steps trades, when nobody looks at every single one: about as much as they do."""
        return 100 * (1 + _mix(self._key(code) ^ _mix(stretch ^ _STRETCHES)) % 300)

    def _luck(self, code: str, step: int) -> int:
        return _mix(self._key(code) ^ _mix(step))

    def bid_li(self, code: str, base_li: int, tick_li: int, step: int) -> int:
        """The best bid of a step; at step 0 it is the base price."""
        drift_ppm = self._noise(code, step) - self._level(code)
        return max(tick_li, (base_li * (PPM + drift_ppm) // PPM) // tick_li * tick_li)

    def _noise(self, code: str, step: int) -> int:
        key = self._key(code)
        total = 0
        for period, amplitude in _OCTAVES:
            place, part = step >> period, step & ((1 << period) - 1)
            left = self._corner(key ^ (period << 56) ^ (place & 0xFFFFFFFF), amplitude)
            right = self._corner(key ^ (period << 56) ^ ((place + 1) & 0xFFFFFFFF), amplitude)
            total += left + (((right - left) * part) >> period)
        return total

    def _level(self, code: str) -> int:
        """The noise of step 0, from which the walk's drift is counted."""
        found = self._levels.get(code)
        if found is None:
            found = self._levels[code] = self._noise(code, 0)
        return found

    def _corner(self, name: int, amplitude: int) -> int:
        """The noise of one octave at one of its corners; ``name`` tells code, octave and place."""
        found = self._corners.get(name)
        if found is None:
            if len(self._corners) >= MOST_CORNERS:
                self._corners.clear()
            found = self._corners[name] = _mix(name) % (2 * amplitude + 1) - amplitude
        return found

    def _side(self, luck: int, best_li: int, step_li: int, band: PriceBand) -> tuple[tuple[int, int], ...]:
        levels = []
        for number in range(LEVELS):
            price_li = best_li + number * step_li
            if price_li <= 0 or (band.low_li or 0) > price_li or price_li > (band.high_li or price_li):
                break
            levels.append((price_li, 100 * (3 + _mix(luck + number) % 200)))
        return tuple(levels)

    def _key(self, code: str) -> int:
        key = self._keys.get(code)
        if key is None:
            key = self._keys[code] = _mix(self._seed ^ crc32(code.encode()))
        return key
