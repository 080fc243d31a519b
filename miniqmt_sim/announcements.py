"""What companies announce, as files and operators write it: rows in yuan and ratios become the core's integers.

Comes in: a row of corporate_actions.csv or ipo.csv, or the arguments of ``ctl corporate add``. Goes out: an ``Action`` or an
``Issue``. Raises ValueError with a sentence for whatever its author must correct.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Final

from matching import calendar, units
from matching.codes import Board, parse_code, traded_board_of
from miniqmt_sim.counter.corporate import ALL_HOLDERS, Action, action_problem
from miniqmt_sim.counter.ipo import BOND, STOCK, Issue, listing_of

ACTION_COLUMNS: Final = (
    "stock_code", "ex_day", "record_day", "cash", "bonus", "transfer", "rights", "rights_price", "subscribe",
)  # fmt: skip
ISSUE_COLUMNS: Final = (
    "subscription_code", "listed_code", "name", "type", "issue_price", "min", "max", "subscribe_day", "listing_day",
    "winning_rate",
)  # fmt: skip
KIND_OF: Final = {
    **dict.fromkeys((Board.SH_MAIN, Board.STAR, Board.SZ_MAIN, Board.CHINEXT), STOCK),
    **dict.fromkeys((Board.SH_BOND, Board.SZ_BOND), BOND),
}
_DAY: Final = re.compile(r"\d{4}(-?)\d{2}\1\d{2}", re.ASCII)
MAX_ISSUE_VOLUME: Final = 10_000_000
"""An online cap is about a thousandth of the issue."""
MAX_CASH_YUAN: Final = 10_000
MAX_RATIO: Final = 100
"""No company ever gave more; a slip of the keyboard does."""


def parse_action(row: Mapping[str, Any]) -> Action:
    """Read one corporate action: yuan per share, ratios per share held. What is left out or empty is 0."""
    only(row, ACTION_COLUMNS)
    cash, ratios = _number(row, "cash"), [_number(row, name) for name in ("bonus", "transfer", "rights")]
    if cash > MAX_CASH_YUAN or max(ratios) > MAX_RATIO:
        raise ValueError(f"more than {MAX_CASH_YUAN} yuan or {MAX_RATIO} shares per share")
    bonus_ppm, transfer_ppm, rights_ppm = map(units.millionths, ratios)
    action = Action(
        stock_code(row, "stock_code"), day(row, "ex_day"), day(row, "record_day") if row.get("record_day") else 0,
        units.millionths(cash), bonus_ppm, transfer_ppm, rights_ppm, units.li_from_yuan(_number(row, "rights_price")),
        " ".join(str(row.get("subscribe") or ALL_HOLDERS).split()),
    )  # fmt: skip
    problem = action_problem(action)
    if problem is not None:
        raise ValueError(problem)
    return action


def parse_issue(row: Mapping[str, Any]) -> Issue:
    """Read one new issue."""
    only(row, ISSUE_COLUMNS)
    subscription = parse_code(str(row.get("subscription_code", "")))
    if subscription is None:
        raise ValueError(f"subscription_code: {row.get('subscription_code')!r} is not a code like 787001.SH")
    price_li, listing_day = units.li_from_yuan(_number(row, "issue_price")), day(row, "listing_day")
    listing = listing_of(stock_code(row, "listed_code"), str(row.get("name", "")), price_li, listing_day)
    issue = Issue(
        subscription.text, listing, str(row.get("type", "")), price_li, _whole(row, "min"), _whole(row, "max"),
        day(row, "subscribe_day"), units.millionths(_number(row, "winning_rate")),
    )  # fmt: skip
    if issue.kind != KIND_OF.get(listing.board):
        raise ValueError(f"type: {issue.kind!r} is not what {listing.code.text} is")
    if subscription.venue != listing.code.venue:
        raise ValueError("both codes must belong to one exchange")
    if not 0 < issue.min_volume <= issue.max_volume <= MAX_ISSUE_VOLUME:
        raise ValueError(f"min and max must be volumes up to {MAX_ISSUE_VOLUME}, min not above max")
    if not 0 <= issue.winning_ppm <= units.PPM:
        raise ValueError("winning_rate must be between 0 and 1")
    return issue


def stock_code(row: Mapping[str, Any], name: str) -> str:
    """Read the code of something that can be listed."""
    code = parse_code(str(row.get(name, "")))
    if code is None or traded_board_of(code) is None:
        raise ValueError(f"{name}: {row.get(name)!r} is not a code of a stock, fund or bond like 600000.SH")
    return code.text


def day(row: Mapping[str, Any], name: str) -> int:
    """Read a day written yyyymmdd or yyyy-mm-dd."""
    text = str(row.get(name, ""))
    try:
        found = int(text.replace("-", "")) if _DAY.fullmatch(text) else 0
        calendar.date_of(found)
    except ValueError:
        raise ValueError(f"{name}: {row.get(name)!r} is not a day like 20261123") from None
    return found


def _number(row: Mapping[str, Any], name: str) -> float:
    value = row.get(name) or 0
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"{name}: {value!r} is not a number")
    return number


def _whole(row: Mapping[str, Any], name: str) -> int:
    value = _number(row, name)
    if value != int(value):
        raise ValueError(f"{name}: {row[name]!r} is not a whole number")
    return int(value)


def only(row: Mapping[str, Any], names: tuple[str, ...]) -> None:
    """See that a row has no other columns. Raises ValueError."""
    unknown = sorted(set(row) - {*names, "_where"})
    if unknown:
        raise ValueError(f"unknown column {unknown[0]!r}; there are {', '.join(names)}")
