"""The auditor's books of what an account has elsewhere: at its bank, and at the ordinary counter.

He works out himself which transfers must be refused and why, and what of a holding's cost goes with the shares that go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any, Final

from tests.kit.auditor import GRAIN, Auditor, Holding, exact, rounded

IN, OUT = "in", "out"
BANK_DIRECTION: Final = {IN: 501, OUT: 502}
FUND_DIRECTION: Final = {IN: 510, OUT: 511}
SHARE_DIRECTION: Final = {IN: 520, OUT: 521}
AMOUNT, BANK_SHORT, NOT_WITHDRAWABLE, ORDINARY_SHORT = "130104", "130106", "130107", "130108"
VOLUME, ORDINARY_SHARES_SHORT, SHARES_SHORT = "130105", "130109", "251005"
FIRST_BALANCE: Final = Fraction(1_000_000)
"""What the bank of an account that nobody gave one holds."""


class Elsewhere:
    """One account's money and shares outside the fast counter."""

    def __init__(self, auditor: Auditor, who: str) -> None:
        self._auditor = auditor
        self._who = who
        self.bank = FIRST_BALANCE
        self.cash = Fraction(0)
        self.holdings: dict[str, Holding] = {}

    # ---- verdicts --------------------------------------------------------------------------------------------------------

    def bank_verdict(self, way: str, amount: Fraction) -> str | None:
        """Why a bank transfer must be refused, as the code in its text."""
        return self._money_verdict(amount, *((self.bank, BANK_SHORT) if way == IN else self._free()))

    def cash_verdict(self, way: str, amount: Fraction) -> str | None:
        """Why cash cannot go from one counter to the other."""
        return self._money_verdict(amount, *((self.cash, ORDINARY_SHORT) if way == IN else self._free()))

    def _free(self) -> tuple[Fraction, str]:
        return self._auditor.withdrawable(self._who), NOT_WITHDRAWABLE

    @staticmethod
    def _money_verdict(amount: Fraction, has: Fraction, code: str) -> str | None:
        if amount <= 0 or amount % Fraction(1, 100):
            return AMOUNT
        return code if amount > has else None

    def share_verdict(self, way: str, code: str, volume: int) -> str | None:
        """Why shares cannot go."""
        if volume <= 0:
            return VOLUME
        held = self.holdings.get(code, Holding()).volume
        has, why = (held, ORDINARY_SHARES_SHORT) if way == IN else (self._auditor.sellable(self._who, code), SHARES_SHORT)
        return why if volume > has else None

    # ---- what happens ----------------------------------------------------------------------------------------------------

    def move_bank(self, way: str, amount: Fraction) -> None:
        """Money from the bank, or to it."""
        moved = amount if way == IN else -amount
        self.bank -= moved
        self._auditor.pay_in(self._who, moved)

    def move_cash(self, way: str, amount: Fraction) -> None:
        """Cash from the ordinary counter, or to it."""
        moved = amount if way == IN else -amount
        self.cash -= moved
        self._auditor.pay_in(self._who, moved)

    def move_shares(self, way: str, code: str, volume: int) -> None:
        """Shares from the ordinary counter, or to it, with their part of the cost."""
        there, here = self.holdings.setdefault(code, Holding()), self._auditor.books[self._who].holding(code)
        source, target = (there, here) if way == IN else (here, there)
        if not target.volume:
            target.cost, target.bought, target.bought_volume = Fraction(0), Fraction(0), 0
        part = Fraction(volume, source.volume)
        for name, grain in (("cost", GRAIN), ("bought", GRAIN), ("bought_volume", 1)):
            goes = _half_up(getattr(source, name) * part, grain)
            setattr(source, name, getattr(source, name) - goes)
            setattr(target, name, getattr(target, name) + goes)
        source.volume -= volume
        target.volume += volume
        here.today = min(here.today, here.volume)
        shares_in = self._auditor.shares_in
        shares_in[code] = shares_in.get(code, 0) + (volume if way == IN else -volume)
        self.holdings = {name: held for name, held in self.holdings.items() if held.volume}

    # ---- the audit -------------------------------------------------------------------------------------------------------

    def audit(self, bank: float, fund: Mapping[str, Any], positions: Iterable[Mapping[str, Any]]) -> Iterator[str]:
        """Name every figure shown that is not the auditor's."""
        if (exact(bank), exact(fund["enable_balance"])) != (self.bank, self.cash):
            yield f"{self._who} has {bank} at the bank and {fund['enable_balance']}, not {self.bank} and {self.cash}"
        shown = {row["stock_code1"]: (int(row["total_amt"]), exact(row["cost_balance"])) for row in positions}
        mine = {code: (held.volume, held.cost) for code, held in sorted(self.holdings.items())}
        if shown != mine:
            yield f"{self._who} holds {shown} at the ordinary counter, not {mine}"


def _half_up(value: Fraction, grain: Fraction | int) -> Any:
    """Half away from zero: a cost may be negative."""
    size = rounded(abs(value), Fraction(grain))
    whole = size if value >= 0 else -size
    return int(whole) if grain == 1 else whole
