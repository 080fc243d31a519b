"""The book of debts: every account's open compacts, its quotas, its surplus shares, and what the broker can still lend.

Station 7's memory. ``desk`` and ``daily`` change it, ``figures`` and the views are computed from it. It is stored as rows and
comes back from them; a compact that was repaid stays in sight until the day turns and then belongs to history.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from miniqmt_sim.changes import Changes, Counters, Row
from miniqmt_sim.constants import CashGroup, CompactType
from miniqmt_sim.credit.compact import ID_DIGITS, Accrual, Compact
from miniqmt_sim.credit.terms import DayTerms, Lendable

LENT_LI: Final = "credit.lent_li"
"""Counter: cash lent and not repaid."""
LENT: Final = {CashGroup.ORDINARY: "credit.lent.", CashGroup.SPECIAL: "credit.lent_special."}
"""Counters, with a code: shares lent and not returned, by source."""
NO_QUOTA: Final = -1
"""A quota that no operator has set: the terms say it."""


class Closed(NamedTuple):
    """A compact that was repaid, and when."""

    values: Row
    closed_day: int

    def row(self) -> Row:
        """The row of table compact_history."""
        return (*self.values, self.closed_day)


class CreditAccount:
    """What the broker decided about an account: quotas, and a margin call that waits for an answer until ``due_day``."""

    __slots__ = ("account_id", "called_day", "due_day", "fin_quota_li", "fin_special_quota_li", "slo_quota_li")

    def __init__(
        self, account_id: str, fin_quota_li: int = NO_QUOTA, fin_special_quota_li: int = NO_QUOTA, slo_quota_li: int = NO_QUOTA,
        called_day: int = 0, due_day: int = 0,
    ) -> None:  # fmt: skip
        self.account_id = account_id
        self.fin_quota_li = fin_quota_li
        self.fin_special_quota_li = fin_special_quota_li
        self.slo_quota_li = slo_quota_li
        self.called_day = called_day
        self.due_day = due_day

    def row(self) -> Row:
        """The row of table credit_accounts."""
        return (
            self.account_id, self.fin_quota_li, self.fin_special_quota_li, self.slo_quota_li, self.called_day, self.due_day,
        )  # fmt: skip


class Surplus:
    """Shares bought to be returned beyond what was owed (余券). Those of today may be taken over tomorrow."""

    __slots__ = ("account_id", "cost_li", "stock_code", "today_volume", "volume")

    def __init__(self, account_id: str, stock_code: str, volume: int = 0, today_volume: int = 0, cost_li: int = 0) -> None:
        self.account_id = account_id
        self.stock_code = stock_code
        self.volume = volume
        self.today_volume = today_volume
        self.cost_li = cost_li

    def row(self) -> Row:
        """The row of table credit_surplus."""
        return (self.account_id, self.stock_code, self.volume, self.today_volume, self.cost_li)


class Stock(NamedTuple):
    """What an operator lets the broker lend of a code, in place of the file."""

    stock_code: str
    ordinary: int
    special: int

    def row(self) -> Row:
        """The row of table lendable."""
        return tuple(self)


class CompactBook:
    """All debts."""

    def __init__(self, lendable: Mapping[str, Lendable], changes: Changes, counters: Counters) -> None:
        self.lendable = lendable
        self._changes = changes
        self._counters = counters
        self._compacts: dict[str, dict[str, Compact]] = {}
        self._by_order: dict[int, Compact] = {}
        self._accounts: dict[str, CreditAccount] = {}
        self._surplus: dict[tuple[str, str], Surplus] = {}
        self._stocks: dict[str, Stock] = {}

    # ---- compacts ------------------------------------------------------------------------------------------------------

    def shown(self, account_id: str) -> list[Compact]:
        """An account's compacts, oldest first: open ones, and those repaid today."""
        return list(self._compacts.get(account_id, {}).values())

    def open(
        self, account_id: str, compact_type: CompactType | None = None, source: CashGroup | None = None, stock_code: str = ""
    ) -> list[Compact]:
        """Its open compacts of a kind."""
        return [
            compact
            for compact in self._compacts.get(account_id, {}).values()
            if compact_type in (None, compact.compact_type)
            and source in (None, compact.source)
            and stock_code in ("", compact.stock_code)
            and compact.is_open
        ]

    def find(self, account_id: str, compact_id: str) -> Compact | None:
        """One of an account's compacts by its number."""
        return self._compacts.get(account_id, {}).get(compact_id)

    def of_order(
        self, account_id: str, order_id: int, compact_type: CompactType, source: CashGroup, stock_code: str, day: int,
        end_day: int, ratio_ppm: int, terms: DayTerms,
    ) -> Compact:  # fmt: skip
        """The compact of an opening order, made at its first fill."""
        compact = self._by_order.get(order_id)
        if compact is None:
            compact_id = f"{day}{self._counters.next('compact_id'):0{ID_DIGITS}d}"
            rate_ppm = terms.rate.of(compact_type, source)
            interest = Accrual(terms.rate.basis_days)
            compact = Compact(
                compact_id, account_id, compact_type, source, stock_code, order_id, day, end_day, rate_ppm, ratio_ppm, interest
            )
            self._keep(compact)
        return compact

    def _keep(self, compact: Compact) -> None:
        self._compacts.setdefault(compact.account_id, {})[compact.compact_id] = compact
        self._by_order[compact.order_id] = compact

    def put(self, compact: Compact) -> None:
        """Note that a compact changed."""
        self._changes.put("compacts", compact.compact_id, compact)

    def lend_cash(self, amount_li: int) -> None:
        """Cash was lent, or with a negative amount repaid."""
        self._counters.add(LENT_LI, amount_li)

    def lend_shares(self, source: CashGroup, stock_code: str, volume: int) -> None:
        """Shares were lent, or with a negative volume returned."""
        self._counters.add(f"{LENT[source]}{stock_code}", volume)

    def lent(self, source: CashGroup, stock_code: str) -> int:
        """Shares of a code that are lent now."""
        return self._counters[f"{LENT[source]}{stock_code}"]

    def turn_day(self, day: int) -> None:
        """A day begins: what was repaid belongs to history, and surplus shares may be taken over."""
        for compacts in self._compacts.values():
            for compact in [each for each in compacts.values() if not each.is_open]:
                del compacts[compact.compact_id]
                del self._by_order[compact.order_id]
                self._changes.put("compacts", compact.compact_id, None)
                self._changes.put("compact_history", compact.compact_id, Closed(compact.row(), day))
        for surplus in self._surplus.values():
            if surplus.today_volume:
                surplus.today_volume = 0
                self._put_surplus(surplus)

    # ---- accounts ------------------------------------------------------------------------------------------------------

    def account(self, account_id: str) -> CreditAccount:
        """What the broker decided about an account."""
        found = self._accounts.get(account_id)
        return found if found is not None else CreditAccount(account_id)

    def put_account(self, account: CreditAccount) -> None:
        """Keep what was decided."""
        self._accounts[account.account_id] = account
        self._changes.put("credit_accounts", account.account_id, account)

    # ---- surplus shares ------------------------------------------------------------------------------------------------

    def surplus(self, account_id: str, stock_code: str) -> Surplus:
        """An account's surplus shares of a code."""
        return self._surplus.get((account_id, stock_code)) or Surplus(account_id, stock_code)

    def surpluses(self, account_id: str) -> list[Surplus]:
        """Its surplus shares of every code."""
        return [surplus for (owner, _), surplus in self._surplus.items() if owner == account_id]

    def add_surplus(self, account_id: str, stock_code: str, volume: int, cost_li: int) -> None:
        """Shares were bought beyond what was owed."""
        surplus = self.surplus(account_id, stock_code)
        surplus.volume += volume
        surplus.today_volume += volume
        surplus.cost_li += cost_li
        self._put_surplus(surplus)

    def take_surplus(self, account_id: str, stock_code: str, volume: int) -> int:
        """Take surplus shares over; what they cost."""
        surplus = self.surplus(account_id, stock_code)
        cost_li = surplus.cost_li * volume // surplus.volume
        surplus.volume -= volume
        surplus.cost_li -= cost_li
        self._put_surplus(surplus)
        return cost_li

    def _put_surplus(self, surplus: Surplus) -> None:
        key = (surplus.account_id, surplus.stock_code)
        if surplus.volume:
            self._surplus[key] = surplus
        else:
            self._surplus.pop(key, None)
        self._changes.put("credit_surplus", key, surplus if surplus.volume else None)

    # ---- what can be lent ----------------------------------------------------------------------------------------------

    def stock(self, stock_code: str) -> Stock:
        """How many shares of a code the broker has for lending, lent ones included."""
        found = self._stocks.get(stock_code)
        if found is not None:
            return found
        offer = self.lendable.get(stock_code)
        return Stock(stock_code, offer.ordinary, offer.special) if offer else Stock(stock_code, 0, 0)

    def stock_codes(self) -> list[str]:
        """Every code the broker has ever had shares of."""
        return sorted({*self.lendable, *self._stocks})

    def set_stock(self, stock: Stock) -> None:
        """Let the broker have other shares for lending."""
        self._stocks[stock.stock_code] = stock
        self._changes.put("lendable", stock.stock_code, stock)

    # ---- stored rows ---------------------------------------------------------------------------------------------------

    def restore(self, rows: Mapping[str, Sequence[Row]]) -> None:
        """Take everything back from storage."""
        for row in rows["compacts"]:
            self._keep(Compact.restored(row))
        for row in rows["credit_accounts"]:
            self._accounts[row[0]] = CreditAccount(*row)
        for row in rows["credit_surplus"]:
            self._surplus[row[0], row[1]] = Surplus(*row)
        for row in rows["lendable"]:
            self._stocks[row[0]] = Stock(*row)

    def rows(self) -> dict[str, list[Row]]:
        """Rows of its tables, by key."""
        return {
            "compacts": sorted(compact.row() for compact in self._all()),
            "credit_accounts": sorted(account.row() for account in self._accounts.values()),
            "credit_surplus": sorted(surplus.row() for surplus in self._surplus.values()),
            "lendable": sorted(stock.row() for stock in self._stocks.values()),
        }

    def _all(self) -> Iterator[Compact]:
        for compacts in self._compacts.values():
            yield from compacts.values()

    def problems(self) -> Iterator[str]:
        """Name what does not add up: each compact, the cash lent, the shares lent."""
        principal_li = 0
        volumes: dict[str, int] = {}
        for compact in self._all():
            yield from compact.problems()
            if compact.is_short:
                name = f"{LENT[compact.source]}{compact.stock_code}"
                volumes[name] = volumes.get(name, 0) + compact.left_volume
            else:
                principal_li += compact.left_li
        if principal_li != self._counters[LENT_LI]:
            yield f"compacts owe {principal_li} li of principal, {self._counters[LENT_LI]} were lent"
        for name, value in self._counters.items():
            if name.startswith(tuple(LENT.values())) and value != volumes.get(name, 0):
                yield f"{name}: {value} shares are lent, compacts owe {volumes.get(name, 0)}"
        for surplus in self._surplus.values():
            if not 0 <= surplus.today_volume <= surplus.volume:
                yield f"{surplus.stock_code}: {surplus.today_volume} surplus shares of today of {surplus.volume}"
