"""A security as the exchange lists it: what it is, and the prices it carries through the day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from matching.calendar import MS_PER_MINUTE, MS_PER_SECOND
from matching.codes import INDEX_BOARDS, Board, Code, board_of, is_repo, parse_code
from matching.records import record
from matching.rules import NORMAL, OPENED, BoardRules, LimitRule
from matching.units import PPM, half_up, round_to_tick

SUSPENDED: Final = "suspended"
NO_LIMIT: Final = "nolimit"
TAGS: Final = ("st", "limit20", "t0", SUSPENDED, NO_LIMIT)
"""What may be said of a security beyond its board; which of them a rule file has categories for is the rule's business."""


LAST_DAY: Final = 99991231


class DatedTag(NamedTuple):
    """A tag and the days it holds, both included; written ``st`` or ``st:20250430-20260512``, either end may be left out."""

    name: str
    first: int = 0
    last: int = LAST_DAY

    @classmethod
    def parse(cls, text: str) -> DatedTag:
        """Raises ValueError with a sentence."""
        name, _, days = text.partition(":")
        if name not in TAGS:
            raise ValueError(f"unknown tag {name!r}; there are {', '.join(TAGS)}")
        first, _, last = days.partition("-")
        if any(day and not (len(day) == 8 and day.isascii() and day.isdigit()) for day in (first, last)):
            raise ValueError(f"tag {text!r}: days are written yyyymmdd-yyyymmdd")
        found = cls(name, int(first or 0), int(last or LAST_DAY))
        if found.first > found.last:
            raise ValueError(f"tag {text!r}: its last day comes before its first")
        return found

    def __str__(self) -> str:
        if (self.first, self.last) == (0, LAST_DAY):
            return self.name
        return f"{self.name}:{self.first or ''}-{self.last if self.last != LAST_DAY else ''}"


class Listing(NamedTuple):
    """What the instruments file says of one security; ``listed`` is its first trading day, 0 for long ago.

    ``total_shares`` and ``float_shares`` are its share capital, 0 where the file does not say.
    """

    code: Code
    name: str
    board: Board
    pre_close_li: int
    tags: tuple[DatedTag, ...]
    listed: int = 0
    total_shares: int = 0
    float_shares: int = 0


class DayFigures:
    """What happened in a security today.

    ``tape`` holds the last minute before the last trade as (second in ms, amount in li, volume).
    """

    __slots__ = ("amount_li", "close_li", "halted_until_ms", "halts", "high_li", "low_li", "open_li", "tape", "volume")

    def __init__(self) -> None:
        self.open_li = 0
        self.high_li = 0
        self.low_li = 0
        self.close_li = 0
        self.volume = 0
        self.amount_li = 0
        self.halted_until_ms = 0
        self.halts: list[int] = []
        self.tape: list[tuple[int, int, int]] = []

    def trade(self, now_ms: int, price_li: int, volume: int) -> None:
        """Take a trade in. The first one opens the day."""
        self.sweep(now_ms, price_li, price_li, price_li * volume, volume)

    def sweep(self, now_ms: int, first_li: int, last_li: int, amount_li: int, volume: int) -> None:
        """Take in the trades of one order, whose prices went from the first to the last."""
        low_li, high_li = (first_li, last_li) if first_li < last_li else (last_li, first_li)
        if not self.open_li:
            self.open_li, self.low_li = first_li, low_li
        if low_li < self.low_li:
            self.low_li = low_li
        if high_li > self.high_li:
            self.high_li = high_li
        self.volume += volume
        self.amount_li += amount_li
        self.note_tape(now_ms, amount_li, volume)

    def publish(self, level_li: int, volume: int) -> None:
        """Take in a level of an index, whoever traded what: no trade was made at it. The first one opens the day."""
        if not self.open_li:
            self.open_li = self.low_li = level_li
        self.low_li = min(self.low_li, level_li)
        self.high_li = max(self.high_li, level_li)
        self.volume += volume

    def note_tape(self, now_ms: int, amount_li: int, volume: int) -> None:
        """Add to the tape of the last minute, second by second, so that it stays short however much trades."""
        second_ms, tape = now_ms - now_ms % MS_PER_SECOND, self.tape
        if tape and tape[-1][0] == second_ms:
            _, amount_before_li, before = tape[-1]
            tape[-1] = (second_ms, amount_before_li + amount_li, before + volume)
            return
        tape.append((second_ms, amount_li, volume))
        self.tape = [entry for entry in self.tape if entry[0] > second_ms - MS_PER_MINUTE]


def closing_price(tape: Sequence[tuple[int, int, int]], tick_li: int) -> int | None:
    """Average over the last minute before the last trade, weighted by volume, to the second; None without a trade.

    Source: SSE 4.1.3, SZSE 4.2.2, for a day whose closing auction gave no price, and for boards without one.
    """
    volume = sum(entry[2] for entry in tape)
    return round_to_tick(sum(entry[1] for entry in tape), volume, tick_li) if volume else None


class Security:
    """One listed security. ``pre_close_li`` is the day's reference price, ``last_li`` the last price, neither ever 0.

    ``first_day`` is that of its trading here, 0 for long ago; ``tags`` are the names of those ``dated_tags`` that hold today.
    ``has_depth``: does its book show the market, or accounts' orders and nothing else, beside a last price?
    ``is_index``: it is published and not traded.
    """

    __slots__ = (
        "board", "code", "dated_tags", "figures", "first_day", "float_shares", "has_depth", "is_index", "last_li", "listed",
        "name", "pre_close_li", "tags", "total_shares", "venue",
    )  # fmt: skip

    def __init__(self, listing: Listing) -> None:
        self.code = listing.code.text
        self.venue = listing.code.venue
        self.name = listing.name
        self.board = listing.board
        self.is_index = listing.board in INDEX_BOARDS
        self.dated_tags = listing.tags
        self.tags: tuple[str, ...] = ()
        self.listed = listing.listed
        self.total_shares = listing.total_shares
        self.float_shares = listing.float_shares
        self.first_day = max(listing.listed, OPENED.get(listing.board, 0))
        self.pre_close_li = listing.pre_close_li
        self.last_li = listing.pre_close_li
        self.figures = DayFigures()
        self.has_depth = True

    def open_day(self, day: int) -> None:
        """Begin a day: what happened before is over, and the tags of the day hold."""
        self.figures = DayFigures()
        self.set_tags(self.dated_tags, day)

    def set_tags(self, tags: tuple[DatedTag, ...], day: int) -> None:
        """Say something else of it from a day on."""
        self.dated_tags = tags
        self.tags = tuple(tag.name for tag in tags if tag.first <= day <= tag.last)

    def limit_rule(self, rules: BoardRules) -> LimitRule:
        """The daily limit of this security's category."""
        return next((rules.limits[tag] for tag in self.tags if tag in rules.limits), rules.limits[NORMAL])

    def resale_days(self, rules: BoardRules) -> int:
        """Trading days until what was bought may be sold."""
        return next((rules.cycles[tag] for tag in self.tags if tag in rules.cycles), rules.cycles[NORMAL]).resale_days


@record
class PriceBand:
    """Lowest and highest legal price of the day in li; None where the day has no limit."""

    low_li: int | None
    high_li: int | None


FREE: Final = PriceBand(None, None)


def price_band(security: Security, rules: BoardRules, trading_days: int | None = None) -> PriceBand:
    """The day's price limits. ``trading_days``: since the listing, 0 on its first day; None when that is long ago.

    Source: SSE 3.3.13, SZSE 3.3.13: half up to the tick, at least one tick from the reference; none on the first days.
    """
    listing, limit = rules.listing, security.limit_rule(rules)
    if NO_LIMIT in security.tags or (trading_days is not None and trading_days < listing.free_days):
        return FREE
    up_ppm, down_ppm = limit.up_ppm, limit.down_ppm
    if trading_days == 0 and listing.first_up_ppm:
        up_ppm, down_ppm = listing.first_up_ppm, listing.first_down_ppm
    if not up_ppm:
        return FREE
    return _around(security.pre_close_li, up_ppm, down_ppm, rules.tick.tick_li)


def _around(reference_li: int, up_ppm: int, down_ppm: int, tick_li: int) -> PriceBand:
    high = round_to_tick(reference_li * (PPM + up_ppm), PPM, tick_li)
    low = round_to_tick(reference_li * (PPM - down_ppm), PPM, tick_li)
    return PriceBand(max(min(low, reference_li - tick_li), tick_li), max(high, reference_li + tick_li))


def later_call_band(security: Security, rules: BoardRules) -> PriceBand:
    """Range of a resumption or closing auction on a day without limits. Source: exchange-rules §5, unverified for SSE."""
    ppm = rules.listing.later_ppm
    return _around(security.last_li, ppm, ppm, rules.tick.tick_li) if ppm else FREE


def opening_call_band(security: Security, rules: BoardRules) -> PriceBand:
    """Range of the opening auction on a day without limits. Source: exchange-rules §5."""
    reference, listing = security.pre_close_li, rules.listing
    low = half_up(reference * listing.open_low_ppm, PPM) if listing.open_low_ppm else None
    high = half_up(reference * listing.open_high_ppm, PPM) if listing.open_high_ppm else None
    return PriceBand(low, high)


def parse_listing(
    text: str, name: str, pre_close_li: int, tags: tuple[str, ...] = (), board: str = "", listed: int = 0
) -> Listing:
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
    return Listing(code, name, found, pre_close_li, tuple(DatedTag.parse(tag) for tag in tags), listed)
