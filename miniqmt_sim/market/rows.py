"""What is written down of a security: rows that are made when they are stored, of what holds then.

Beside ``market``, which says when.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple

from matching.instrument import Security
from miniqmt_sim.changes import Row


class InstrumentRow(NamedTuple):
    """A row of table instruments."""

    security: Security
    base_li: int

    def row(self) -> Row:
        security = self.security
        return (
            security.code, security.name, str(security.board), security.pre_close_li, self.base_li,
            " ".join(map(str, security.dated_tags)),
            security.listed,
        )  # fmt: skip


class FigureRow(NamedTuple):
    """A row of table day_figures."""

    security: Security

    def row(self) -> Row:
        figures = self.security.figures
        return (
            self.security.code, figures.open_li, figures.high_li, figures.low_li, figures.close_li, figures.volume,
            figures.amount_li, figures.halted_until_ms, json.dumps(figures.halts), json.dumps(figures.tape),
        )  # fmt: skip


class QuoteRow(NamedTuple):
    """A row of table quotes; without levels it only keeps the last traded price."""

    levels_of: Callable[[str], tuple[str, str]]
    stock_code: str
    last_li: int
    quote_ms: int

    def row(self) -> Row:
        return (self.stock_code, self.last_li, *self.levels_of(self.stock_code), self.quote_ms)


def happened(security: Security) -> bool:
    """Did anything happen in a security today that must be remembered?"""
    return security.figures.open_li > 0 or security.figures.close_li > 0
