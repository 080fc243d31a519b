"""Codes of securities: six digits, a dot, a market; the prefix tells the board.

The market is part of the identity: 000001.SH is an index and 000001.SZ a bank. Source: exchange-rules §1.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Final, NamedTuple


class Venue(IntEnum):
    """An exchange, by the SDK's market number."""

    SH = 0
    SZ = 1
    BJ = 70


class Board(StrEnum):
    """What the rules are keyed by: a market segment or a class of product on one exchange."""

    SH_MAIN = "SH_MAIN"
    STAR = "STAR"
    SZ_MAIN = "SZ_MAIN"
    CHINEXT = "CHINEXT"
    SH_FUND = "SH_FUND"
    SZ_FUND = "SZ_FUND"
    SH_BOND = "SH_BOND"
    SZ_BOND = "SZ_BOND"
    SH_INDEX = "SH_INDEX"
    SZ_INDEX = "SZ_INDEX"


INDEX_BOARDS: Final = (Board.SH_INDEX, Board.SZ_INDEX)
"""What the exchanges publish and nobody trades: market data without orders."""


class Code(NamedTuple):
    """A parsed code; ``text`` is its full spelling."""

    text: str
    symbol: str
    venue: Venue


PREFIXES: Final[dict[tuple[Venue, str], Board]] = {
    **{(Venue.SH, prefix): Board.SH_MAIN for prefix in ("600", "601", "603", "605")},
    **{(Venue.SH, prefix): Board.STAR for prefix in ("688", "689")},
    **{(Venue.SH, prefix): Board.SH_FUND for prefix in ("50", "51", "52", "53", "55", "56", "58")},
    **{(Venue.SH, prefix): Board.SH_BOND for prefix in ("110", "111", "113", "118")},
    **{(Venue.SZ, prefix): Board.SZ_MAIN for prefix in ("000", "001", "002", "003")},
    **{(Venue.SZ, prefix): Board.CHINEXT for prefix in ("300", "301", "302")},
    **{(Venue.SZ, prefix): Board.SZ_FUND for prefix in ("15", "16", "18")},
    **{(Venue.SZ, prefix): Board.SZ_BOND for prefix in ("123", "127", "128")},
    (Venue.SH, "000"): Board.SH_INDEX,
    (Venue.SZ, "399"): Board.SZ_INDEX,
}
"""Source of those of indices: SSE guide 4 on code ranges (000: 上证指数系列、中证指数系列); SZSE's are by convention."""

REPO_PREFIXES: Final = {(Venue.SH, "204"), (Venue.SZ, "131")}
"""Exchange pledged repo: known, and not simulated."""


def parse_code(text: str) -> Code | None:
    """Parse ``600000.SH``; None when it has another form or another market."""
    symbol, dot, market = text.partition(".")
    if not dot or len(symbol) != 6 or not (symbol.isascii() and symbol.isdigit()) or market not in Venue.__members__:
        return None
    return Code(text, symbol, Venue[market])


def board_of(code: Code) -> Board | None:
    """The board a code's prefix belongs to, None for a prefix that is not simulated."""
    return PREFIXES.get((code.venue, code.symbol[:3])) or PREFIXES.get((code.venue, code.symbol[:2]))


def traded_board_of(code: Code) -> Board | None:
    """The same, None for an index as well."""
    board = board_of(code)
    return board if board not in INDEX_BOARDS else None


def is_index(text: str) -> bool:
    """Is it the code of an index?"""
    code = parse_code(text)
    return code is not None and board_of(code) in INDEX_BOARDS


def is_repo(code: Code) -> bool:
    """Is it a pledged repo?"""
    return (code.venue, code.symbol[:3]) in REPO_PREFIXES
