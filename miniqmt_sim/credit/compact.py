"""A compact: what one opening order left an account owing, in cash or in shares, and the interest on it.

Station 7. A fill makes it or lets it grow, a repayment shrinks it, each close adds interest. Interest is kept as an exact
fraction and rounded to the fen only where it is shown or paid.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from matching import units
from miniqmt_sim.changes import Row
from miniqmt_sim.constants import CashGroup, CompactStatus, CompactType
from miniqmt_sim.credit.terms import RepayOrder, RepayParts

ID_DIGITS: Final = 10


class Accrual:
    """Interest of a base by rate and days. ``whole_li`` and ``rest`` ÷ (ppm × days of the year) of a li are its exact value."""

    __slots__ = ("basis_days", "repaid_li", "rest", "whole_li")

    def __init__(self, basis_days: int, whole_li: int = 0, rest: int = 0, repaid_li: int = 0) -> None:
        self.basis_days = basis_days
        self.whole_li = whole_li
        self.rest = rest
        self.repaid_li = repaid_li

    def add(self, base_li: int, rate_ppm: int, days: int) -> None:
        """Some days of interest. Simple: interest bears none itself."""
        whole_li, self.rest = divmod(self.rest + base_li * rate_ppm * days, self._parts)
        self.whole_li += whole_li

    @property
    def _parts(self) -> int:
        return units.PPM * self.basis_days

    @property
    def accrued_li(self) -> int:
        """All of it so far, rounded half up to the fen."""
        exact = self.whole_li * self._parts + self.rest
        return units.half_up(exact, self._parts * units.LI_PER_FEN) * units.LI_PER_FEN

    @property
    def owed_li(self) -> int:
        """What of it has not been paid."""
        return self.accrued_li - self.repaid_li

    def row(self) -> Row:
        """Four columns of a table."""
        return (self.basis_days, self.whole_li, self.rest, self.repaid_li)


class Compact:
    """One debt.

    Financing: ``amount_li`` was lent, fees of the purchase included, ``repaid_li`` of it came back, ``volume`` shares were
    bought, and ``free_volume`` have come to them since as bonus or transfer shares. Short: ``volume`` shares are owed,
    ``repaid_volume`` of them came back; ``amount_li`` is what the sale brought and ``repaid_li`` the part of it that belongs to
    shares returned.
    """

    __slots__ = (
        "account_id", "amount_li", "compact_id", "compact_type", "end_day", "extensions", "free_volume", "interest", "open_day",
        "order_id", "overdue", "rate_ppm", "ratio_ppm", "repaid_li", "repaid_volume", "source", "stock_code", "trade_fees_li",
        "volume",
    )  # fmt: skip

    def __init__(
        self, compact_id: str, account_id: str, compact_type: CompactType, source: CashGroup, stock_code: str, order_id: int,
        open_day: int, end_day: int, rate_ppm: int, ratio_ppm: int, interest: Accrual,
    ) -> None:  # fmt: skip
        self.compact_id = compact_id
        self.account_id = account_id
        self.compact_type = compact_type
        self.source = source
        self.stock_code = stock_code
        self.order_id = order_id
        self.open_day = open_day
        self.end_day = end_day
        self.rate_ppm = rate_ppm
        self.ratio_ppm = ratio_ppm
        self.interest = interest
        self.volume = 0
        self.free_volume = 0
        self.repaid_volume = 0
        self.amount_li = 0
        self.repaid_li = 0
        self.trade_fees_li = 0
        self.extensions = 0
        self.overdue = False

    @property
    def is_short(self) -> bool:
        """Are shares owed, not cash?"""
        return self.compact_type is CompactType.SHORT

    @property
    def left_li(self) -> int:
        """Financing: principal owed. Short: proceeds of the shares not returned."""
        return self.amount_li - self.repaid_li

    @property
    def left_volume(self) -> int:
        """Short: shares owed. Financing: shares bought that the principal owed still holds."""
        if self.is_short:
            return self.volume - self.repaid_volume
        return units.half_up(self.volume * self.left_li, self.amount_li)

    @property
    def financed_volume(self) -> int:
        """Shares that the principal owed still holds, the free ones among them: a bonus makes none of them collateral."""
        return 0 if self.is_short else units.half_up((self.volume + self.free_volume) * self.left_li, self.amount_li)

    @property
    def net_proceeds_li(self) -> int:
        """What the sale of the shares not returned brought after its fees: cash that only their return may use."""
        return self.left_li - units.half_up(self.trade_fees_li * self.left_volume, self.volume) if self.is_short else 0

    @property
    def is_open(self) -> bool:
        """Is anything of it owed?"""
        left = self.left_volume if self.is_short else self.left_li
        return bool(left or self.interest.owed_li)

    @property
    def status(self) -> CompactStatus:
        """Where it stands."""
        if not self.is_open:
            return CompactStatus.REPAID
        if self.overdue:
            return CompactStatus.OVERDUE
        return CompactStatus.PARTLY_REPAID if self.repaid_li or self.repaid_volume else CompactStatus.OPEN

    def grow(self, volume: int, amount_li: int, trade_fees_li: int) -> None:
        """A fill of the opening order. It bears one day's interest at once, which it keeps when it is repaid today."""
        self.volume += volume
        self.amount_li += amount_li
        self.trade_fees_li += trade_fees_li
        self.interest.add(amount_li, self.rate_ppm, 1)

    def accrue(self, base_li: int, overdue_ppm: int, days: int, late_days: int) -> None:
        """Interest of some days, and more of it for days after the one it is due on."""
        self.interest.add(base_li, self.rate_ppm, days)
        self.interest.add(base_li, self.rate_ppm + overdue_ppm, late_days)

    def receive_free(self, free_ppm: int) -> int:
        """The company gives shares for nothing: more are owed, or held by what is owed; how many."""
        whole = self.left_volume if self.is_short else self.volume + self.free_volume
        more = whole * free_ppm // units.PPM
        if self.is_short:
            self.volume += more
        else:
            self.free_volume += more
        return more

    def repay(self, amount_li: int, parts: RepayParts) -> Repayment:
        """Take cash into a financing compact, no more than is owed."""
        paid = split(amount_li, self.interest.owed_li, self.left_li, parts)
        self.interest.repaid_li += paid.interest_li
        self.repaid_li += paid.principal_li
        return paid

    def give_back(self, volume: int) -> int:
        """Take shares into a short compact; the fee that falls due with them."""
        left_volume, owed_li = self.left_volume, self.interest.owed_li
        assert 0 < volume <= left_volume, f"{volume} returned of {left_volume}"
        fee_li = owed_li if volume == left_volume else units.whole_fen(owed_li * volume // left_volume)
        self.repaid_li += self.left_li * volume // left_volume
        self.repaid_volume += volume
        self.interest.repaid_li += fee_li
        return fee_li

    def row(self) -> Row:
        """The row of table compacts."""
        return (
            self.compact_id, self.account_id, int(self.compact_type), int(self.source), self.stock_code, self.order_id,
            self.open_day, self.end_day, self.volume, self.repaid_volume, self.free_volume, self.amount_li, self.repaid_li,
            self.trade_fees_li, self.rate_ppm, self.ratio_ppm, *self.interest.row(), self.extensions, int(self.overdue),
            int(self.status),
        )  # fmt: skip

    @classmethod
    def restored(cls, row: Row) -> Compact:
        """A compact from its row."""
        (
            compact_id, account_id, compact_type, source, stock_code, order_id, open_day, end_day, volume, repaid_volume,
            free_volume, amount_li, repaid_li, trade_fees_li, rate_ppm, ratio_ppm, basis_days, whole_li, rest, repaid_fee_li,
            extensions, overdue, _,
        ) = row  # fmt: skip
        compact = cls(
            compact_id, account_id, CompactType(compact_type), CashGroup(source), stock_code, order_id, open_day, end_day,
            rate_ppm, ratio_ppm, Accrual(basis_days, whole_li, rest, repaid_fee_li),
        )  # fmt: skip
        compact.volume, compact.repaid_volume, compact.free_volume = volume, repaid_volume, free_volume
        compact.amount_li, compact.repaid_li, compact.trade_fees_li = amount_li, repaid_li, trade_fees_li
        compact.extensions, compact.overdue = extensions, bool(overdue)
        return compact

    def problems(self) -> Iterator[str]:
        """Name what cannot be."""
        if not 0 <= self.repaid_li <= self.amount_li or not 0 <= self.repaid_volume <= self.volume:
            repaid = f"{self.repaid_li} of {self.amount_li}, {self.repaid_volume} of {self.volume}"
            yield f"compact {self.compact_id}: repaid {repaid}"
        if self.is_short and not self.left_volume and self.left_li:
            yield f"compact {self.compact_id}: nothing is owed, and {self.left_li} li of proceeds are kept"
        if self.interest.owed_li < 0:
            yield f"compact {self.compact_id}: more interest was paid than accrued"


class Repayment(NamedTuple):
    """What a sum paid of one compact."""

    interest_li: int
    principal_li: int

    @property
    def total_li(self) -> int:
        """Both."""
        return self.interest_li + self.principal_li


def split(amount_li: int, interest_li: int, principal_li: int, parts: RepayParts) -> Repayment:
    """Spread a sum over interest and principal owed. Proportional (利随本清): principal takes the interest on it along."""
    amount_li = min(amount_li, interest_li + principal_li)
    if parts is RepayParts.INTEREST_FIRST:
        interest_part_li = min(amount_li, interest_li)
    elif parts is RepayParts.PRINCIPAL_FIRST:
        interest_part_li = amount_li - min(amount_li, principal_li)
    else:
        share_li = units.whole_fen(amount_li * interest_li // (interest_li + principal_li)) if amount_li else 0
        interest_part_li = max(min(share_li, interest_li), amount_li - principal_li)
    return Repayment(interest_part_li, amount_li - interest_part_li)


def in_order(compacts: Sequence[Compact], order: RepayOrder, stock_code: str) -> list[Compact]:
    """Compacts as they are repaid, ties by age."""

    def key(compact: Compact) -> tuple[int, str]:
        first = {
            RepayOrder.OLDEST: compact.open_day,
            RepayOrder.MATURITY: compact.end_day,
            RepayOrder.OWN_CODE: compact.stock_code != stock_code,
        }[order]
        return (int(first), compact.compact_id)

    return sorted(compacts, key=key)
