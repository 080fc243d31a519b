"""The one place where floats meet integers: yuan outside, li (1/1000 yuan) inside.

Every tick of the mainland exchanges is a whole number of li. Rates are integer parts per billion (ppb) or per million (ppm).
"""

from __future__ import annotations

import math
from typing import Final

LI_PER_YUAN: Final = 1000
LI_PER_FEN: Final = 10
PPM: Final = 1_000_000
PPB: Final = 1_000_000_000
NOISE_YUAN: Final = 1e-6
"""Binary noise that is forgiven: 10.45 has no exact double, 10.450001 is another price."""
MAX_YUAN: Final = 1e12
"""Above this an amount is no amount: it would not fit the store's 64-bit integers with room to add."""


class OffGridError(ValueError):
    """A number of yuan that is not finite, not below MAX_YUAN, or finer than one li."""


def nearest_li(yuan: float) -> tuple[int, bool]:
    """Convert yuan to li; the flag tells whether the number was on the grid of whole li (up to noise).

    Raises OffGridError for a number that is not finite or not below MAX_YUAN.
    """
    if not -MAX_YUAN < yuan < MAX_YUAN:
        raise OffGridError(f"{yuan!r} is not a number of yuan")
    exact = yuan * LI_PER_YUAN
    li = round(exact)
    return li, li == exact or abs(exact - li) <= NOISE_YUAN * LI_PER_YUAN + abs(yuan) * 1e-12


def li_towards(yuan: float, up: bool) -> int:
    """The next whole li above or below a number of yuan that lies between two."""
    return math.ceil(yuan * LI_PER_YUAN) if up else math.floor(yuan * LI_PER_YUAN)


def li_from_yuan(yuan: float) -> int:
    """Convert yuan to li exactly. Raises OffGridError; nothing is rounded silently."""
    li, on_grid = nearest_li(yuan)
    if not on_grid:
        raise OffGridError(f"{yuan!r} yuan is finer than 0.001")
    return li


def millionths(value: float) -> int:
    """Convert a ratio to ppm, or yuan to micro-yuan, exactly. Raises OffGridError for what is finer, too large or no number."""
    if not (math.isfinite(value) and abs(value) < MAX_YUAN / PPM):
        raise OffGridError(f"{value!r} is not a number below {MAX_YUAN / PPM:g}")
    whole = round(value * PPM)
    if abs(value * PPM - whole) > NOISE_YUAN + abs(value) * NOISE_YUAN:
        raise OffGridError(f"{value!r} is finer than 0.000001")
    return whole


def ppm_of_text(text: str) -> int:
    """Convert a ratio written as ``0.65`` to ppm. Raises ValueError for what is negative, finer, too large or no number."""
    ppm = millionths(float(text))
    if ppm < 0:
        raise ValueError(f"{text} is negative")
    return ppm


def yuan(amount_li: int) -> float:
    """Convert li to yuan."""
    return amount_li / LI_PER_YUAN


def average_yuan(amount_li: int, volume: int) -> float:
    """Average price in yuan of an amount over a volume; 0 for no volume."""
    return amount_li / (volume * LI_PER_YUAN) if volume else 0.0


def ratio(part: int, whole: int) -> float:
    """A quotient for people; 0 where there is nothing to divide by."""
    return part / whole if whole else 0.0


def text_yuan(amount_li: int, digits: int = 2) -> str:
    """An amount as counters print it: yuan with two decimals, or three."""
    return f"{yuan(amount_li):.{digits}f}"


def half_up(numerator: int, denominator: int) -> int:
    """Round a quotient half away from zero; the denominator is positive."""
    if numerator < 0:
        return -((-2 * numerator + denominator) // (2 * denominator))
    return (2 * numerator + denominator) // (2 * denominator)


def ceil_div(numerator: int, denominator: int) -> int:
    """Round a quotient up; the denominator is positive."""
    return -(-numerator // denominator)


def share_of(amount: int, rate_ppm: int) -> int:
    """A part of an amount, rounded half up to the amount's own unit."""
    return half_up(amount * rate_ppm, PPM)


def whole_fen(amount_li: int) -> int:
    """An amount of money rounded half up to the fen, in li: cash moves in fen. Source: settlement in fen."""
    return half_up(amount_li, LI_PER_FEN) * LI_PER_FEN if amount_li % LI_PER_FEN else amount_li


def round_to_tick(numerator: int, denominator: int, tick_li: int) -> int:
    """A quotient of li rounded half up to the tick. Source: exchange-rules §4, 四舍五入 to the tick."""
    return half_up(numerator, denominator * tick_li) * tick_li
