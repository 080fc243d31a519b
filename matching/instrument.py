"""A security as the exchange lists it: what it is, and the prices it carries through the day."""

from __future__ import annotations

from typing import Final, NamedTuple

from matching.codes import Board, Code, board_of, is_repo, parse_code
from matching.rules import NORMAL, BoardRules, LimitRule
from matching.units import PPM, round_to_tick

TAGS: Final = ("st", "limit20", "t0")


class Listing(NamedTuple):
    """What the instruments file says of one security."""

    code: Code
    name: str
    board: Board
    pre_close_li: int
    tags: tuple[str, ...]


class Security:
    """One listed security. ``pre_close_li`` is the day's reference price, ``last_li`` the last price, neither ever 0."""

    __slots__ = ("board", "code", "last_li", "name", "pre_close_li", "tags", "venue")

    def __init__(self, listing: Listing) -> None:
        self.code = listing.code.text
        self.venue = listing.code.venue
        self.name = listing.name
        self.board = listing.board
        self.tags = listing.tags
        self.pre_close_li = listing.pre_close_li
        self.last_li = listing.pre_close_li

    def limit_rule(self, rules: BoardRules) -> LimitRule:
        """The daily limit of this security's category."""
        return next((rules.limits[tag] for tag in self.tags if tag in rules.limits), rules.limits[NORMAL])

    def resale_days(self, rules: BoardRules) -> int:
        """Trading days until what was bought may be sold."""
        return next((rules.cycles[tag] for tag in self.tags if tag in rules.cycles), rules.cycles[NORMAL]).resale_days


class PriceBand(NamedTuple):
    """Lowest and highest legal price of the day in li; None where the day has no limit."""

    low_li: int | None
    high_li: int | None


def price_band(security: Security, rules: BoardRules) -> PriceBand:
    """The day's price limits. Source: SSE 3.3.13, SZSE 3.3.13: half up to the tick, at least one tick from the reference."""
    rule, tick_li, reference = security.limit_rule(rules), rules.tick.tick_li, security.pre_close_li
    if not rule.up_ppm:
        return PriceBand(None, None)
    high = round_to_tick(reference * (PPM + rule.up_ppm), PPM, tick_li)
    low = round_to_tick(reference * (PPM - rule.down_ppm), PPM, tick_li)
    return PriceBand(max(min(low, reference - tick_li), tick_li), max(high, reference + tick_li))


def parse_listing(text: str, name: str, pre_close_li: int, tags: tuple[str, ...] = (), board: str = "") -> Listing:
    """Check what a file or an operator says of a security. Raises ValueError with a sentence."""
    code = parse_code(text)
    if code is None:
        raise ValueError(f"{text!r} is not a code like 600000.SH")
    found = board_of(code)
    if found is None:
        reason = "pledged repo is not simulated" if is_repo(code) else "no board has this prefix"
        raise ValueError(f"{text} cannot be listed: {reason}")
    if board and board != found:
        raise ValueError(f"{text} belongs to {found}, not {board!r}")
    if pre_close_li <= 0:
        raise ValueError(f"{text}: the previous close must be positive")
    unknown = [tag for tag in tags if tag not in TAGS]
    if unknown:
        raise ValueError(f"{text}: unknown tag {unknown[0]!r}")
    return Listing(code, name, found, pre_close_li, tags)
