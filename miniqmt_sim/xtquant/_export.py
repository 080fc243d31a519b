"""The file that ``export_data`` writes: today's deals, one a line, under the names of XtTrade.

The vendor's document shows the first four columns (``account_Type`` with its capital) and the two forms of the answer; the
other columns, their order and the encoding (UTF-8) are ours, unverified.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from miniqmt_sim.wire.messages import TRADE, JsonObject

DEAL: Final = "deal"
"""The one ``data_type`` there is."""
_FIRST: Final = ("account_id", "account_type", "stock_code", "order_type")
_COLUMNS: Final = (*_FIRST, *(field.name for field in TRADE if field.name not in _FIRST))
_HEADINGS: Final = ("account_id", "account_Type", *_COLUMNS[2:])
_CHINA: Final = timezone(timedelta(hours=8))
_DIGITS: Final = len("yyyymmddHHMMSS")


def write_deals(rows: Iterable[JsonObject], path: str, start_time: Any, end_time: Any) -> dict[str, Any]:
    """Write rows of trades made between two moments, both included; a moment is digits from the year on, or None."""
    try:
        first, last = _moment(start_time, "0"), _moment(end_time, "9")
        with open(path, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_HEADINGS)
            writer.writerows([row[name] for name in _COLUMNS] for row in rows if first <= _digits(row["traded_time"]) <= last)
    except (OSError, ValueError) as error:
        return failed(str(error))
    return {"msg": "export success"}


def failed(text: str) -> dict[str, Any]:
    """Give the answer that says why not."""
    return {"error": {"errorMsg": text}}


def unsupported(data_type: str) -> dict[str, Any]:
    """Give the answer to what is no ``DEAL``."""
    return failed(f"unsupported data type: {data_type}")


def unknown(account_id: str, account_type: int) -> dict[str, Any]:
    """Give the answer when an account has no deals to be had."""
    return failed(f"can not find account info, accountID:{account_id} accountType:{account_type}")


def _moment(given: Any, filler: str) -> str:
    digits = re.sub(r"[-:/ T]", "", str(given or ""))
    if digits and not digits.isdecimal():
        raise ValueError(f"invalid time: {given}")
    return digits[:_DIGITS].ljust(_DIGITS, filler)


def _digits(epoch_s: int) -> str:
    return datetime.fromtimestamp(epoch_s, _CHINA).strftime("%Y%m%d%H%M%S")
