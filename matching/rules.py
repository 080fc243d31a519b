"""Rules of the day: dated rows from config/rules, asked for as ``rules.on(board, day)``.

A row says from which day it holds and where that is written; its other keys are one of the records below, unit in the
name. Code reads the record and never sees a date. A file that leaves a board without a row, gives two rows for one day,
or has a key nobody reads is refused when it is loaded, so that a rule cannot be missing at noon.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum, StrEnum
from typing import Any, Final, NamedTuple, NewType, get_type_hints

from matching.calendar import parse_clock
from matching.codes import INDEX_BOARDS, Board
from matching.phases import Phase
from matching.records import record

FIRST_DAY: Final = 20150101
"""The first day every board must have a rule for, or the day it opened."""
OPENED: Final = {Board.STAR: 20190722}
ALWAYS: Final = "always"


class RuleError(ValueError):
    """A rule file its author must correct; the text names file and row."""


@record
class TickRule:
    """Smallest step of a price."""

    tick_li: int


class OddSell(StrEnum):
    """How shares below a lot are sold."""

    TAIL = "tail"
    """A remainder rides along: main boards."""
    ALL = "all"
    """Only alone and whole: STAR."""


@record
class LotRule:
    """Volumes of one order."""

    buy_min: int
    buy_step: int
    sell_min: int
    sell_step: int
    odd_sell: OddSell
    max_limit_volume: int
    max_market_volume: int
    max_fixed_volume: int


class LimitRule(NamedTuple):
    """Daily price limit of a category of securities, as parts per million of the reference price; 0 means none."""

    category: str
    up_ppm: int
    down_ppm: int


class CycleRule(NamedTuple):
    """Days until what was bought may be sold again, by category."""

    category: str
    resale_days: int


ClockMs = NewType("ClockMs", int)
"""Milliseconds since midnight; written as HH:MM."""


class MarketOrderRule(NamedTuple):
    """Market orders of a board: price types, whether the price field protects, whether a day without limit allows them."""

    types: tuple[int, ...]
    protective: bool
    without_limit: bool


class CageMode(StrEnum):
    """What happens to an order outside the price cage."""

    NONE = "none"
    REJECT = "reject"
    DORMANT = "dormant"


@record
class CageRule:
    """The price cage around the base price: a band in ppm, and a least width in ticks (0: none)."""

    mode: CageMode
    band_ppm: int
    ticks: int


class Candidates(StrEnum):
    """Which prices a call auction may give."""

    ORDERS = "orders"
    TICKS = "ticks"


class Tie(StrEnum):
    """How a call auction picks among prices of equal volume and surplus."""

    MIDPOINT = "midpoint"
    NEAREST = "nearest"


class Equidistant(StrEnum):
    """Which of two prices equally near to the reference."""

    HIGHER = "higher"
    LOWER = "lower"


class AuctionRule(NamedTuple):
    """Tie-breaks of a call auction."""

    candidates: Candidates
    tie: Tie
    equidistant: Equidistant


class ListingRule(NamedTuple):
    """The first days of a security, and the auction ranges of days without a daily limit."""

    free_days: int
    first_up_ppm: int
    first_down_ppm: int
    open_high_ppm: int
    open_low_ppm: int
    later_ppm: int


class HaltRule(NamedTuple):
    """Temporary halts on days without a daily limit."""

    thresholds_ppm: tuple[int, ...]
    minutes: int
    until: ClockMs


class SessionStep(NamedTuple):
    """From this time of the day on, this phase."""

    at_ms: int
    phase: Phase


class SessionRule(NamedTuple):
    """Timetable of a trading day, in order of time; it begins at midnight."""

    steps: tuple[SessionStep, ...]


@record
class BoardRules:
    """Everything in force for a board on a day."""

    board: Board
    day: int
    tick: TickRule
    lot: LotRule
    limits: Mapping[str, LimitRule]
    cycles: Mapping[str, CycleRule]
    market_orders: MarketOrderRule
    cage: CageRule
    auction: AuctionRule
    listing: ListingRule
    halt: HaltRule
    session: SessionRule


class Dated(NamedTuple):
    """The rows of one key in order of their first day."""

    days: list[int]
    rows: list[Any]

    def on(self, day: int) -> Any:
        """The row in force on a day, None before the first."""
        place = bisect_right(self.days, day)
        return self.rows[place - 1] if place else None


_SUBJECTS: Final[dict[str, tuple[type[Any], str | None]]] = {
    "tick": (TickRule, None),
    "lot": (LotRule, None),
    "limit": (LimitRule, "category"),
    "cycle": (CycleRule, "category"),
    "market_orders": (MarketOrderRule, None),
    "cage": (CageRule, None),
    "auction": (AuctionRule, None),
    "listing": (ListingRule, None),
    "halt": (HaltRule, None),
    "sessions": (SessionRule, None),
}
"""File stem -> record, and the field that distinguishes rows of one board."""

_OF_INDICES: Final = ("tick", "sessions")
"""Subjects that have rows of indices; nothing else is decided about what nobody trades."""

_BOOKKEEPING: Final = frozenset({"boards", "from", "source"})
_DIVISORS: Final = frozenset({"tick_li", "buy_min", "buy_step", "sell_min", "sell_step", "unit"})
"""Values that may not be 0 either; none is negative."""
NORMAL: Final = "normal"


class Rules:
    """All rows, indexed by board; answers for one board and day are remembered."""

    __slots__ = ("_always", "_memory", "_tables")

    def __init__(self, files: Mapping[str, Any], hours: str) -> None:
        """Read the parsed files by stem. Raises RuleError."""
        missing = sorted(set(_SUBJECTS) - set(files))
        if missing:
            raise RuleError(f"config/rules/{missing[0]}.toml is missing")
        self._tables = {stem: _read_subject(stem, files[stem]) for stem in _SUBJECTS}
        self._always = SessionRule((SessionStep(0, Phase.CONTINUOUS),)) if hours == ALWAYS else None
        self._memory: dict[tuple[Board, int], BoardRules] = {}

    def on(self, board: Board, day: int) -> BoardRules:
        """The rules in force for a board on a day."""
        found = self._memory.get((board, day))
        if found is None:
            found = self._memory[board, day] = self._assemble(board, day)
        return found

    def _assemble(self, board: Board, day: int) -> BoardRules:
        def single(stem: str) -> Any:
            return self._tables[stem][board][NORMAL].on(max(day, _first_day(board)))

        if board in INDEX_BOARDS:
            return _of_index(board, day, single("tick"), self._always or single("sessions"))

        def by_category(stem: str) -> dict[str, Any]:
            rows = {key: dated.on(max(day, _first_day(board))) for key, dated in self._tables[stem][board].items()}
            return {key: row for key, row in rows.items() if row is not None}

        return BoardRules(
            board,
            day,
            single("tick"),
            single("lot"),
            by_category("limit"),
            by_category("cycle"),
            single("market_orders"),
            single("cage"),
            single("auction"),
            single("listing"),
            single("halt"),
            self._always or single("sessions"),
        )


def _of_index(board: Board, day: int, tick: TickRule, session: SessionRule) -> BoardRules:
    """What holds for an index: no daily limit, no halt, no volume that could be ordered."""
    return BoardRules(
        board,
        day,
        tick,
        LotRule(0, 0, 0, 0, OddSell.TAIL, 0, 0, 0),
        {NORMAL: LimitRule(NORMAL, 0, 0)},
        {NORMAL: CycleRule(NORMAL, 0)},
        MarketOrderRule((), protective=False, without_limit=False),
        CageRule(CageMode.NONE, 0, 0),
        AuctionRule(Candidates.ORDERS, Tie.MIDPOINT, Equidistant.HIGHER),
        ListingRule(0, 0, 0, 0, 0, 0),
        HaltRule((), 0, ClockMs(0)),
        session,
    )


def phase_at(session: SessionRule, time_of_day_ms: int) -> Phase:
    """The phase at a time of a trading day."""
    phase = Phase.CLOSED
    for step in session.steps:
        if step.at_ms > time_of_day_ms:
            break
        phase = step.phase
    return phase


def _first_day(board: Board) -> int:
    return OPENED.get(board, FIRST_DAY)


def _read_subject(stem: str, content: Mapping[str, Any]) -> dict[Board, dict[str, Dated]]:
    record, key = _SUBJECTS[stem]
    tables = read_rows(stem, content, record, lambda row: getattr(row, key) if key else NORMAL)
    for board, by_key in tables.items():
        if board in INDEX_BOARDS and stem not in _OF_INDICES:
            if by_key:
                raise RuleError(f"config/rules/{stem}.toml: {board} is not traded and has no such rule")
        elif NORMAL not in by_key or by_key[NORMAL].days[0] > _first_day(board):
            raise RuleError(f"config/rules/{stem}.toml: no row for {board} on {_first_day(board)}")
    return tables


def read_rows(
    stem: str, content: Mapping[str, Any], record: type[Any], key: Callable[[Any], str]
) -> dict[Board, dict[str, Dated]]:
    """Read the rows of one file into records, by board and key, each in order of its first day. Raises RuleError."""
    tables: dict[Board, dict[str, Dated]] = {board: {} for board in Board}
    unknown = sorted(set(content) - {"row"})
    if unknown:
        raise RuleError(f"config/rules/{stem}.toml: unknown table {unknown[0]!r}")
    for number, raw in enumerate(content.get("row", ()), 1):
        where = f"config/rules/{stem}.toml, row {number}"
        row = _read_record(record, raw, where)
        for board in _boards(raw, where):
            _insert(tables[board].setdefault(key(row), Dated([], [])), _day(raw, where), row, f"{where} ({board})")
    return tables


def read_dated(place: str, rows: Iterable[Mapping[str, Any]], record: type[Any]) -> Dated:
    """Read rows that hold everywhere, in order of their first day. ``place`` names file and table. Raises RuleError."""
    dated = Dated([], [])
    for number, raw in enumerate(rows, 1):
        where = f"{place}, row {number}"
        row = _read_record(record, raw, where)
        _insert(dated, _day(raw, where), row, where)
    return dated


def _insert(dated: Dated, day: int, row: Any, where: str) -> None:
    place = bisect_right(dated.days, day)
    if place and dated.days[place - 1] == day:
        raise RuleError(f"{where}: a second row from {day}")
    dated.days.insert(place, day)
    dated.rows.insert(place, row)


def _boards(raw: Mapping[str, Any], where: str) -> Iterable[Board]:
    names = raw.get("boards")
    if not isinstance(names, list) or not names:
        raise RuleError(f"{where}: boards must be a list of board names")
    for name in names:
        if name not in Board.__members__:
            raise RuleError(f"{where}: unknown board {name!r}")
    return [Board[name] for name in names]


def _day(raw: Mapping[str, Any], where: str) -> int:
    day = raw.get("from")
    if type(day) is not int or not 19900101 <= day <= 99991231:
        raise RuleError(f"{where}: from must be a day as yyyymmdd")
    return day


def _read_record(record: type[Any], raw: Mapping[str, Any], where: str) -> Any:
    hints = get_type_hints(record)
    if not isinstance(raw.get("source"), str) or not raw["source"]:
        raise RuleError(f"{where}: source must say where the rule is written")
    unknown = sorted(set(raw) - set(hints) - _BOOKKEEPING)
    if unknown:
        raise RuleError(f"{where}: unknown key {unknown[0]!r}")
    values = {}
    for name, kind in hints.items():
        if name not in raw:
            raise RuleError(f"{where}: {name} is missing")
        value = values[name] = _read_value(kind, raw[name], f"{where}: {name}")
        if type(value) is int and value < (name in _DIVISORS):
            raise RuleError(f"{where}: {name} is {'not positive' if name in _DIVISORS else 'negative'}: {value}")
    return record(**values)


def _read_value(kind: Any, value: Any, where: str) -> Any:
    if kind == tuple[SessionStep, ...]:
        return _read_steps(value, where)
    if kind == tuple[int, ...]:
        if not isinstance(value, list) or any(type(item) is not int for item in value):
            raise RuleError(f"{where} must be a list of integers")
        return tuple(value)
    if kind is ClockMs:
        return _read_clock(value, where)
    if isinstance(kind, type) and issubclass(kind, Enum):
        if value not in [member.value for member in kind]:
            raise RuleError(f"{where} must be one of {', '.join(member.value for member in kind)}")
        return kind(value)
    if type(value) is not kind:
        raise RuleError(f"{where} must be {kind.__name__}")
    return value


def _read_clock(value: Any, where: str) -> int:
    try:
        return parse_clock(value)
    except (ValueError, AttributeError) as error:
        raise RuleError(f"{where}: {error}") from None


def _read_steps(raw: Any, where: str) -> tuple[SessionStep, ...]:
    if not isinstance(raw, Sequence) or not raw:
        raise RuleError(f"{where} must be a list of [time, phase]")
    steps = []
    for item in raw:
        if not isinstance(item, list) or len(item) != 2 or item[1] not in Phase.__members__:
            raise RuleError(f"{where}: {item!r} is not [time, phase]")
        steps.append(SessionStep(_read_clock(item[0], where), Phase[item[1]]))
    times = [step.at_ms for step in steps]
    if times[0] != 0 or times != sorted(set(times)):
        raise RuleError(f"{where} must begin at 00:00 and go forward in time")
    return tuple(steps)
