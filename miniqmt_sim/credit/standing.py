"""Where a credit account stands at the last prices: everything the pure figures need, gathered from counter and book.

Beside station 5 and 7. Comes in: an account, its open compacts, its orders in flight, the day's terms. Goes out: a ``Standing``
whose properties are the figures of XtCreditDetail in li; docs/realism.md has each field's formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from matching.instrument import Security
from miniqmt_sim.constants import CashGroup, CompactType
from miniqmt_sim.counter.account import Account
from miniqmt_sim.credit import figures
from miniqmt_sim.credit.book import NO_QUOTA, CreditAccount, Surplus
from miniqmt_sim.credit.compact import Compact
from miniqmt_sim.credit.figures import Collateral, Financed, Shorted
from miniqmt_sim.credit.terms import DayTerms, Subject, is_fund

LI_PER_YUAN: Final = 1000


class InFlight(NamedTuple):
    """An open order of a credit account: what its rest can cost, the margin ratio where it opens a debt, what cash it froze."""

    order_id: int
    stock_code: str
    opens: CompactType | None
    repays: CompactType | None
    source: CashGroup
    volume: int
    amount_li: int
    ratio_ppm: int
    frozen_li: int


class Standing(NamedTuple):
    """One account at one moment."""

    account: Account
    terms: DayTerms
    decided: CreditAccount
    compacts: Sequence[Compact]
    in_flight: Sequence[InFlight]
    collateral: Sequence[Collateral]
    financed: Sequence[Financed]
    shorted: Sequence[Shorted]
    stock_value_li: int
    fund_value_li: int
    surplus_value_li: int
    other_fees_li: int

    # ---- assets --------------------------------------------------------------------------------------------------------

    @property
    def position_value_li(self) -> int:
        """The account's positions, without surplus shares."""
        return self.market_value_li - self.surplus_value_li

    @property
    def market_value_li(self) -> int:
        """Securities of every kind, surplus shares among them."""
        return self.stock_value_li + self.fund_value_li

    @property
    def assets_li(self) -> int:
        """Cash, proceeds of short sales included, and securities."""
        return self.account.cash_li + self.market_value_li

    # ---- debts ---------------------------------------------------------------------------------------------------------

    @property
    def principal_li(self) -> int:
        """Cash borrowed."""
        return sum(compact.left_li for compact in self.compacts if not compact.is_short)

    @property
    def fin_fee_li(self) -> int:
        """Interest on it."""
        return sum(compact.interest.owed_li for compact in self.compacts if not compact.is_short)

    @property
    def slo_value_li(self) -> int:
        """Shares borrowed, at their last price."""
        return sum(each.value_li for each in self.shorted)

    @property
    def slo_fee_li(self) -> int:
        """The fee for them."""
        return sum(compact.interest.owed_li for compact in self.compacts if compact.is_short)

    @property
    def fees_li(self) -> int:
        """Everything owed beside cash and shares."""
        return self.fin_fee_li + self.slo_fee_li + self.other_fees_li

    @property
    def debt_li(self) -> int:
        """Everything owed."""
        return self.principal_li + self.slo_value_li + self.fees_li

    @property
    def maintenance_ppm(self) -> int:
        """维持担保比例."""
        return figures.maintenance_ppm(self.assets_li, self.debt_li)

    @property
    def removable_li(self) -> int:
        """What may leave."""
        return figures.removable_li(self.assets_li, self.debt_li, self.terms.line.withdraw_ppm)

    # ---- margin --------------------------------------------------------------------------------------------------------

    @property
    def available_margin_li(self) -> int:
        """保证金可用余额. Cash frozen by purchases of collateral does not count; that frozen to return shares does."""
        frozen_li = self.account.frozen_li - self.frozen_proceeds_li
        in_flight = [(order.amount_li, order.ratio_ppm) for order in self.in_flight if order.opens is not None]
        held = figures.Holdings(
            self.account.cash_li - frozen_li, self.collateral, self.financed, self.shorted, self.fees_li, in_flight
        )
        return figures.available_margin_li(held)

    # ---- quotas --------------------------------------------------------------------------------------------------------

    def max_quota_li(self, opens: CompactType, source: CashGroup) -> int:
        """What the account may owe at most."""
        quota, decided = self.terms.quota, self.decided
        if opens is CompactType.SHORT:
            return _quota(decided.slo_quota_li, quota.slo_yuan)
        if source is CashGroup.SPECIAL:
            return _quota(decided.fin_special_quota_li, quota.fin_special_yuan)
        return _quota(decided.fin_quota_li, quota.fin_yuan)

    def frozen_quota_li(self, opens: CompactType, source: CashGroup) -> int:
        """What open orders keep of it. Short sales of both sources share one quota."""
        return sum(order.amount_li for order in self.in_flight if order.opens is opens and _same(opens, order.source, source))

    def used_quota_li(self, opens: CompactType, source: CashGroup) -> int:
        """What open compacts use of it: principal, or the proceeds of shares not returned."""
        kinds = [compact for compact in self.compacts if compact.compact_type is opens]
        return sum(compact.left_li for compact in kinds if _same(opens, compact.source, source))

    def enable_quota_li(self, opens: CompactType, source: CashGroup) -> int:
        """What is left of it."""
        used_li = self.used_quota_li(opens, source) + self.frozen_quota_li(opens, source)
        return max(0, self.max_quota_li(opens, source) - used_li)

    # ---- proceeds of short sales ---------------------------------------------------------------------------------------

    @property
    def proceeds_li(self) -> int:
        """What the sale of shares not returned brought."""
        return sum(compact.left_li for compact in self.compacts if compact.is_short)

    @property
    def net_proceeds_li(self) -> int:
        """The same after the fees of the sales, which were paid out of it."""
        return sum(compact.net_proceeds_li for compact in self.compacts if compact.is_short)

    @property
    def frozen_proceeds_li(self) -> int:
        """Cash frozen by open orders that return shares; proceeds are used first."""
        return sum(order.frozen_li for order in self.in_flight if order.repays is CompactType.SHORT)

    @property
    def surplus_proceeds_li(self) -> int:
        """What is left of the proceeds for further returns, as far as there is cash."""
        return max(0, min(self.net_proceeds_li - self.frozen_proceeds_li, self.account.free_li))


def _same(opens: CompactType, one: CashGroup, other: CashGroup) -> bool:
    return opens is CompactType.SHORT or one is other


def _quota(decided_li: int, yuan: int) -> int:
    return yuan * LI_PER_YUAN if decided_li == NO_QUOTA else decided_li


def gather(
    account: Account, terms: DayTerms, decided: CreditAccount, compacts: Sequence[Compact], in_flight: Sequence[InFlight],
    surpluses: Iterable[Surplus], securities: Mapping[str, Security], subjects: Mapping[str, Subject], other_fees_li: int,
) -> Standing:  # fmt: skip
    """Put an account's standing together; ``subjects`` has every code that it holds or owes."""
    held = {code: position.volume for code, position in account.positions.items() if position.volume}
    free, financed = dict(held), []
    for compact in compacts:
        if not compact.is_short:
            code = compact.stock_code
            volume = min(compact.financed_volume, free.get(code, 0))
            free[code] = free.get(code, 0) - volume
            value_li, haircut_ppm = volume * securities[code].last_li, subjects[code].haircut_ppm
            financed.append(Financed(value_li, compact.left_li, haircut_ppm, compact.ratio_ppm))
    surplus_li = 0
    for surplus in surpluses:
        surplus_li += surplus.volume * securities[surplus.stock_code].last_li
        held[surplus.stock_code] = held.get(surplus.stock_code, 0) + surplus.volume
        free[surplus.stock_code] = free.get(surplus.stock_code, 0) + surplus.volume
    collateral = [
        Collateral(volume * securities[code].last_li, subjects[code].haircut_ppm) for code, volume in free.items() if volume
    ]
    shorted = [
        Shorted(
            compact.left_li, compact.left_volume * securities[compact.stock_code].last_li,
            subjects[compact.stock_code].haircut_ppm, compact.ratio_ppm,
        )
        for compact in compacts
        if compact.is_short
    ]  # fmt: skip
    values = {code: volume * securities[code].last_li for code, volume in held.items()}
    funds_li = sum(value_li for code, value_li in values.items() if is_fund(securities[code].board))
    return Standing(
        account, terms, decided, compacts, in_flight, collateral, financed, shorted, sum(values.values()) - funds_li, funds_li,
        surplus_li, other_fees_li,
    )  # fmt: skip
