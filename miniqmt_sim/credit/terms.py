"""The terms of margin trading, read from config/credit: what holds on a day, and what each security is for it.

Beside the flow: comes in as plain mappings when a world is built, is asked as ``terms.on(day)`` and ``subjects.on(code, day)``.
Code reads a record and never sees a date. What an author must correct is a RuleError that names its place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple

from matching import units
from matching.codes import Board, parse_code, traded_board_of
from matching.rules import FIRST_DAY, Dated, RuleError, read_dated
from miniqmt_sim.constants import CashGroup, CompactType, SubjectStatus


class RatioTerm(NamedTuple):
    """The exchanges' least margin ratios; ``lowers_open``: compacts that are open get a lower one too."""

    fin_ppm: int
    slo_ppm: int
    lowers_open: bool


class SloBase(StrEnum):
    """What the fee of a short position is a rate of."""

    SALE = "sale"
    MARKET = "market"


class RateTerm(NamedTuple):
    """Yearly rates of interest and fees."""

    fin_ppm: int
    fin_special_ppm: int
    slo_ppm: int
    slo_special_ppm: int
    overdue_ppm: int
    basis_days: int
    slo_base: SloBase
    collect_day: int

    def of(self, compact_type: CompactType, source: CashGroup) -> int:
        """The rate of a new compact."""
        return {
            (CompactType.FINANCING, CashGroup.ORDINARY): self.fin_ppm,
            (CompactType.FINANCING, CashGroup.SPECIAL): self.fin_special_ppm,
            (CompactType.SHORT, CashGroup.ORDINARY): self.slo_ppm,
            (CompactType.SHORT, CashGroup.SPECIAL): self.slo_special_ppm,
        }[compact_type, source]


class DurationTerm(NamedTuple):
    """How long a compact runs, and how often it may be extended by as much."""

    days: int
    extensions: int


class LineTerm(NamedTuple):
    """Lines of the maintenance ratio, and the concentration that is allowed."""

    warning_ppm: int
    call_ppm: int
    restore_ppm: int
    immediate_ppm: int
    grace_days: int
    withdraw_ppm: int
    concentration_ppm: int


class RepayOrder(StrEnum):
    """Which compact is repaid first."""

    OLDEST = "oldest"
    MATURITY = "maturity"
    OWN_CODE = "own_code"


class RepayParts(StrEnum):
    """What of a compact is repaid first."""

    INTEREST_FIRST = "interest_first"
    PRINCIPAL_FIRST = "principal_first"
    PROPORTIONAL = "proportional"


class FinancedSale(StrEnum):
    """What a plain sale of shares whose financing is open does."""

    REPAY = "repay"
    REFUSE = "refuse"
    FREE = "free"


class RepayTerm(NamedTuple):
    """How a repayment is spread."""

    order: RepayOrder
    parts: RepayParts
    financed_sale: FinancedSale


class ShortTerm(NamedTuple):
    """Rules of a short sale."""

    uptick: bool
    uptick_funds: bool
    market_orders_sh: bool
    return_days: int


class QuotaTerm(NamedTuple):
    """Quotas of an account for which no operator has set any."""

    fin_yuan: int
    fin_special_yuan: int
    slo_yuan: int


class LendingTerm(NamedTuple):
    """Bounds of an appointment of securities lending."""

    least_days: int
    most_days: int
    renewals: int
    most_volume: int
    basis_days: int


class DayTerms(NamedTuple):
    """Everything in force on a day."""

    ratio: RatioTerm
    rate: RateTerm
    term: DurationTerm
    line: LineTerm
    repay: RepayTerm
    short: ShortTerm
    quota: QuotaTerm
    lending: LendingTerm


_TABLES: Final[dict[str, type[Any]]] = {
    "ratio": RatioTerm,
    "rate": RateTerm,
    "term": DurationTerm,
    "line": LineTerm,
    "repay": RepayTerm,
    "short": ShortTerm,
    "quota": QuotaTerm,
    "lending": LendingTerm,
}


class Terms:
    """All rows of terms.toml."""

    __slots__ = ("_memory", "_tables")

    def __init__(self, content: Mapping[str, Any]) -> None:
        """Read the parsed file. Raises RuleError."""
        place = "config/credit/terms.toml"
        unknown = sorted(set(content) - set(_TABLES))
        if unknown:
            raise RuleError(f"{place}: unknown table {unknown[0]!r}; there are {', '.join(_TABLES)}")
        self._tables: dict[str, Dated] = {}
        for name, record in _TABLES.items():
            dated = read_dated(f"{place}, {name}", content.get(name, ()), record)
            if not dated.days or dated.days[0] > FIRST_DAY:
                raise RuleError(f"{place}: no {name} for {FIRST_DAY}")
            self._tables[name] = dated
        if any(row.basis_days < 1 for name in ("rate", "lending") for row in self._tables[name].rows):
            raise RuleError(f"{place}: basis_days must be at least 1")
        for line in self._tables["line"].rows:
            if not line.immediate_ppm <= line.call_ppm <= line.restore_ppm or line.restore_ppm <= units.PPM:
                raise RuleError(f"{place}, line: immediate, call and restore must rise, and restore be above 1_000_000 ppm")
        self._memory: dict[int, DayTerms] = {}

    def on(self, day: int) -> DayTerms:
        """What holds on a day."""
        found = self._memory.get(day)
        if found is None:
            found = self._memory[day] = DayTerms(*(self._tables[name].on(max(day, FIRST_DAY)) for name in _TABLES))
        return found

    def lowers_open(self, before: int, day: int) -> bool:
        """Did a row begin after the trading day before that lowers the ratio of open compacts too?"""
        ratios = self._tables["ratio"]
        return any(
            before < first <= day and row.lowers_open for first, row in zip(ratios.days, ratios.rows, strict=True)
        )


# ---- securities --------------------------------------------------------------------------------------------------------


class Subject(NamedTuple):
    """What one security is for margin trading; ratios of 0 are the exchange's minimum."""

    stock_code: str
    assure_ppm: int
    assure_status: SubjectStatus
    fin_ppm: int
    fin_status: SubjectStatus
    slo_ppm: int
    slo_status: SubjectStatus

    @property
    def haircut_ppm(self) -> int:
        """What its value counts as collateral. One whose status is suspended still counts; it cannot be bought any more."""
        return 0 if self.assure_status is SubjectStatus.NO else self.assure_ppm


class Lendable(NamedTuple):
    """What the broker can lend of one security, and what an appointment costs a year."""

    stock_code: str
    ordinary: int
    special: int
    least_days: int
    most_days: int
    fare_ppm: int
    early_ppm: int
    fine_ppm: int


_STATUS: Final = {status.name.lower(): status for status in SubjectStatus}
SUBJECT_COLUMNS: Final = (
    "stock_code", "from", "assure_ratio", "assure_status", "fin_ratio", "fin_status", "slo_ratio", "slo_status",
)  # fmt: skip
LENDABLE_COLUMNS: Final = (
    "stock_code", "ordinary", "special", "least_days", "most_days", "fare_rate", "early_rate", "fine_rate",
)  # fmt: skip


class Subjects:
    """All rows of subjects.csv, by code and day."""

    __slots__ = ("_dated",)

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Raises RuleError."""
        self._dated: dict[str, Dated] = {}
        for raw in rows:
            where = str(raw.get("_where", "subjects.csv"))
            _only(raw, SUBJECT_COLUMNS, where)
            subject = _subject(raw, where)
            dated = self._dated.setdefault(subject.stock_code, Dated([], []))
            day = _whole(raw, "from", where)
            if dated.days and dated.days[-1] >= day:
                raise RuleError(f"{where}: rows of {subject.stock_code} must stand in order of their days")
            dated.days.append(day)
            dated.rows.append(subject)

    def on(self, stock_code: str, day: int) -> Subject:
        """What a security is on a day: nothing, when no row says anything."""
        dated = self._dated.get(stock_code)
        return (dated.on(day) if dated else None) or _nothing(stock_code)

    def all(self, day: int) -> list[Subject]:
        """Every security of which something is said, by code."""
        return [self.on(stock_code, day) for stock_code in sorted(self._dated) if self._dated[stock_code].on(day)]


def _nothing(stock_code: str) -> Subject:
    no = SubjectStatus.NO
    return Subject(stock_code, 0, no, 0, no, 0, no)


def _subject(raw: Mapping[str, Any], where: str) -> Subject:
    assure_ppm = _ppm(raw, "assure_ratio", where)
    if assure_ppm > units.PPM:
        raise RuleError(f"{where}: assure_ratio must not be above 1")
    return Subject(
        _code(raw, where), assure_ppm, _status(raw, "assure_status", where), _ppm(raw, "fin_ratio", where),
        _status(raw, "fin_status", where), _ppm(raw, "slo_ratio", where), _status(raw, "slo_status", where),
    )  # fmt: skip


def read_lendable(rows: Sequence[Mapping[str, Any]]) -> dict[str, Lendable]:
    """Read the rows of lendable.csv by code. Raises RuleError."""
    found: dict[str, Lendable] = {}
    for raw in rows:
        where = str(raw.get("_where", "lendable.csv"))
        _only(raw, LENDABLE_COLUMNS, where)
        code = _code(raw, where)
        if code in found:
            raise RuleError(f"{where}: {code} stands there twice")
        volumes = (_whole(raw, name, where) for name in ("ordinary", "special", "least_days", "most_days"))
        found[code] = Lendable(code, *volumes, *(_ppm(raw, name, where) for name in ("fare_rate", "early_rate", "fine_rate")))
    return found


def is_fund(board: Board) -> bool:
    """Is it a board of funds?"""
    return board in (Board.SH_FUND, Board.SZ_FUND)


def _only(raw: Mapping[str, Any], names: Sequence[str], where: str) -> None:
    wrong = sorted(set(raw) - {"_where"} ^ set(names))
    if wrong:
        raise RuleError(f"{where}: column {wrong[0]!r}; there must be {', '.join(names)}")


def _code(raw: Mapping[str, Any], where: str) -> str:
    code = parse_code(str(raw["stock_code"]))
    if code is None or traded_board_of(code) is None:
        raise RuleError(f"{where}: {raw['stock_code']!r} is not a code of a stock, fund or bond like 600000.SH")
    return code.text


def _status(raw: Mapping[str, Any], name: str, where: str) -> SubjectStatus:
    status = _STATUS.get(str(raw[name]))
    if status is None:
        raise RuleError(f"{where}: {name}: {raw[name]!r} is not one of {', '.join(_STATUS)}")
    return status


def _ppm(raw: Mapping[str, Any], name: str, where: str) -> int:
    try:
        return units.ppm_of_text(str(raw[name]) or "0")
    except ValueError as error:
        raise RuleError(f"{where}: {name}: {error}") from None


def _whole(raw: Mapping[str, Any], name: str, where: str) -> int:
    text = str(raw[name])
    if not (text.isascii() and text.isdigit()):
        raise RuleError(f"{where}: {name}: {text!r} is not a whole number")
    return int(text)
