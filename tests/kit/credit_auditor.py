"""The auditor's colleague for credit accounts: debts, interest, margin, kept proceeds and lendable shares, in exact fractions.

Of a fill he believes its order, price and volume. What is owed for it, what a sale repays, what a return costs, which orders
must be refused and why, and every figure of XtCreditDetail he works out himself, from the rule book (exchange-rules §10) and
config/credit/terms.toml as shipped: 100 % margin, 8.35 % on 360 days, interest first, oldest first. No code of the core is his.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, Final

from tests.kit.auditor import FEN, KINDS, Row, Tariff, exact, rounded

RATE: Final = Fraction(835, 10_000) / 360
BUYS: Final = (23, 27, 29)
CASH_FROZEN: Final = (23, 29)
SHARES_FROZEN: Final = (24, 31)
OPENS: Final = {27: 48, 28: 49}
LOT: Final = 100
ACTIVE: Final = (50, 55)

UPTICK, NO_CASH_DEBT, NO_SHARE_DEBT, RETURN_VOLUME = "11010567", "11010550", "11010551", "11010554"
NO_LENDABLE, QUOTA, MARGIN, CASH, SHARES = "11010561", "11010564", "11010512", "260200", "251005"


class Debt:
    """One compact."""

    def __init__(self, kind: int, code: str, order_id: int, day: int) -> None:
        self.kind = kind
        self.code = code
        self.order_id = order_id
        self.day = day
        self.volume = self.returned = self.free = 0
        self.amount = self.repaid = self.fees = Fraction(0)
        self.interest = self.paid = Fraction(0)

    @property
    def left(self) -> Fraction:
        return self.amount - self.repaid

    @property
    def shares(self) -> int:
        if self.kind == 49:
            return self.volume - self.returned
        return math.floor(self.volume * self.left / self.amount + Fraction(1, 2))

    @property
    def holds(self) -> int:
        """Shares that are no collateral while this is owed: what was bought, and what came to it for nothing."""
        return math.floor((self.volume + self.free) * self.left / self.amount + Fraction(1, 2))

    @property
    def owed(self) -> Fraction:
        return rounded(self.interest, FEN) - self.paid

    @property
    def is_open(self) -> bool:
        return bool(self.owed or (self.shares if self.kind == 49 else self.left))

    @property
    def net_proceeds(self) -> Fraction:
        mill = Fraction(1, 1000)
        return self.left - rounded(self.fees * self.shares / self.volume, mill) if self.kind == 49 else Fraction(0)


class Order:
    """An order as its owner remembers it."""

    def __init__(self, order_type: int, code: str, volume: int, price: Fraction) -> None:
        self.order_type, self.code, self.volume, self.price = order_type, code, volume, price
        self.traded, self.amount = 0, Fraction(0)
        self.paid = dict.fromkeys(KINDS, Fraction(0))
        self.status, self.text = 0, ""

    @property
    def left(self) -> int:
        return self.volume - self.traded

    @property
    def is_open(self) -> bool:
        return self.status in ACTIVE


class CreditBook:
    """One account."""

    def __init__(self, quotas: Mapping[int, Fraction]) -> None:
        self.cash = self.sales = Fraction(0)
        self.held: dict[str, int] = {}
        self.today: dict[str, int] = {}
        self.debts: list[Debt] = []
        self.orders: dict[int, Order] = {}
        self.surplus: dict[str, int] = {}
        self.quotas = dict(quotas)

    def open(self, *types: int) -> list[Order]:
        return [order for order in self.orders.values() if order.is_open and order.order_type in types]

    def owing(self, kind: int, code: str = "") -> list[Debt]:
        return [debt for debt in self.debts if debt.kind == kind and code in ("", debt.code) and debt.is_open]


class CreditAuditor:
    """The books of all accounts; ``haircuts`` and ``lendable`` by code."""

    def __init__(
        self, fees: Tariff, boards: Mapping[str, str], haircuts: Mapping[str, Fraction], lendable: Mapping[str, int], day: int
    ) -> None:
        self.tariff = fees
        self.boards = boards
        self.haircuts = haircuts
        self.lendable = lendable
        self.day = day
        self.books: dict[str, CreditBook] = {}
        self.last: dict[str, Fraction] = {}

    # ---- money -------------------------------------------------------------------------------------------------------

    def cost_left(self, order: Order) -> Fraction:
        """What the rest of a purchase can cost, fees included."""
        rest = order.price * order.left
        fees = self.tariff.on(self.boards[order.code], 23, self.day, order.amount + rest)
        return rest + sum(fees.values()) - sum(order.paid.values()) if order.left else Fraction(0)

    def frozen(self, book: CreditBook, *types: int) -> Fraction:
        return sum((self.cost_left(order) for order in book.open(*types)), Fraction(0))

    def kept(self, book: CreditBook) -> Fraction:
        """Proceeds that are left for returning shares."""
        proceeds = sum((debt.net_proceeds for debt in book.owing(49)), Fraction(0))
        return max(Fraction(0), proceeds - self.frozen(book, 29))

    def free(self, book: CreditBook) -> Fraction:
        return book.cash - self.frozen(book, *CASH_FROZEN)

    def available(self, book: CreditBook) -> Fraction:
        free = self.free(book)
        return max(Fraction(0), free - self.kept(book)) if free > 0 else free

    # ---- debts and margin --------------------------------------------------------------------------------------------

    def interest(self, book: CreditBook) -> Fraction:
        return sum((debt.owed for debt in book.debts), Fraction(0))

    def principal(self, book: CreditBook) -> Fraction:
        return sum((debt.left for debt in book.owing(48)), Fraction(0))

    def short_value(self, book: CreditBook) -> Fraction:
        return sum((debt.shares * self.last[debt.code] for debt in book.owing(49)), Fraction(0))

    def debt(self, book: CreditBook) -> Fraction:
        return self.principal(book) + self.short_value(book) + self.interest(book)

    def assets(self, book: CreditBook) -> Fraction:
        volumes = [*book.held.items(), *book.surplus.items()]
        return book.cash + sum((volume * self.last[code] for code, volume in volumes), Fraction(0))

    def needed(self, order: Order) -> Fraction:
        """What the rest of an opening order makes the account owe."""
        return self.cost_left(order) if order.order_type == 27 else order.price * order.left

    def margin(self, book: CreditBook) -> Fraction:
        """保证金可用余额, art. 40."""
        free = {code: book.held.get(code, 0) for code in self.last}
        total = book.cash - self.frozen(book, 23) - self.interest(book)
        for debt in book.owing(48):
            volume = min(debt.holds, free[debt.code])
            free[debt.code] -= volume
            gain = volume * self.last[debt.code] - debt.left
            total += gain * (self.haircuts[debt.code] if gain >= 0 else 1) - debt.left
        for code, volume in free.items():
            total += (volume + book.surplus.get(code, 0)) * self.last[code] * self.haircuts[code]
        for debt in book.owing(49):
            value = debt.shares * self.last[debt.code]
            gain = debt.left - value
            total += gain * (self.haircuts[debt.code] if gain >= 0 else 1) - debt.left - value
        return total - sum((self.needed(order) for order in book.open(27, 28)), Fraction(0))

    def quota_left(self, book: CreditBook, order_type: int) -> Fraction:
        used = sum((debt.left for debt in book.owing(OPENS[order_type])), Fraction(0))
        flying = sum((self.needed(order) for order in book.open(order_type)), Fraction(0))
        return max(Fraction(0), book.quotas[OPENS[order_type]] - used - flying)

    def can_lend(self, code: str) -> int:
        lent = sum(debt.shares for book in self.books.values() for debt in book.owing(49, code))
        flying = sum(order.left for book in self.books.values() for order in book.open(28) if order.code == code)
        return self.lendable[code] - lent - flying

    def returnable(self, book: CreditBook, code: str) -> int:
        owed = sum(debt.shares for debt in book.owing(49, code) if debt.day < self.day)
        return owed - sum(order.left for order in book.open(29) if order.code == code)

    def sellable(self, book: CreditBook, code: str) -> int:
        frozen = sum(order.left for order in book.open(*SHARES_FROZEN) if order.code == code)
        return book.held.get(code, 0) - frozen - book.today.get(code, 0)

    # ---- verdicts ----------------------------------------------------------------------------------------------------

    def verdict(self, who: str, order_type: int, code: str, volume: float, price: float) -> str | None:
        """The code of the rule an order breaks first; None when it must be taken."""
        book = self.books[who]
        order = Order(order_type, code, int(volume), exact(price))
        if order_type in (24, 28, 31) and (order_type == 28 or book.owing(49, code)) and order.price < self.last[code]:
            return UPTICK
        verdicts = {27: self._opening, 28: self._opening, 29: self._returning, 30: self._returning, 31: self._repaying}
        return verdicts.get(order_type, self._repaying if order_type == 32 else self._plain)(book, order, volume)

    def _plain(self, book: CreditBook, order: Order, volume: float) -> str | None:
        if order.order_type in BUYS:
            return CASH if self.cost_left(order) > self.available(book) else None
        return SHARES if order.volume > self.sellable(book, order.code) else None

    def _opening(self, book: CreditBook, order: Order, volume: float) -> str | None:
        if order.order_type == 28 and order.volume > self.can_lend(order.code):
            return NO_LENDABLE
        needed = self.needed(order)
        if needed > self.quota_left(book, order.order_type):
            return QUOTA
        return MARGIN if needed > rounded(self.margin(book), Fraction(1, 1000)) else None

    def _returning(self, book: CreditBook, order: Order, volume: float) -> str | None:
        owed = self.returnable(book, order.code)
        if owed <= 0:
            return NO_SHARE_DEBT
        if order.order_type == 30:
            return RETURN_VOLUME if order.volume > owed else SHARES if order.volume > self.sellable(book, order.code) else None
        if order.volume > math.ceil(Fraction(owed, LOT)) * LOT:
            return RETURN_VOLUME
        return CASH if self.cost_left(order) > self.free(book) else None

    def _repaying(self, book: CreditBook, order: Order, volume: float) -> str | None:
        if not book.owing(48):
            return NO_CASH_DEBT
        if order.order_type == 31:
            return SHARES if order.volume > self.sellable(book, order.code) else None
        return CASH if exact(volume) > self.available(book) else None

    # ---- what happens ------------------------------------------------------------------------------------------------

    def placed(self, who: str, order_id: int, order_type: int, code: str, volume: float, price: float) -> None:
        self.books[who].orders[order_id] = Order(order_type, code, int(volume), exact(price))

    def at_counter(self, who: str, order_type: int, code: str, volume: float) -> None:
        """A repayment that no exchange saw was carried out."""
        book = self.books[who]
        if order_type == 32:
            self.repay(book, book.owing(48), exact(volume))
            return
        self._give_back(book, code, int(volume))
        book.held[code] -= int(volume)
        book.today[code] = min(book.today.get(code, 0), book.held[code])

    def trade(self, who: str, push: Row) -> None:
        """A fill was told."""
        book, order = self.books[who], self.books[who].orders[push["order_id"]]
        price, volume = exact(push["traded_price"]), push["traded_volume"]
        fees = self._charge(order, price * volume)
        assert exact(push["commission"]) == fees, f"{push} should cost {float(fees)}"
        order.traded += volume
        self.last[order.code] = price
        _FILLS[order.order_type](self, book, order, volume, price * volume, fees)

    def _charge(self, order: Order, amount: Fraction) -> Fraction:
        order.amount += amount
        side = 23 if order.order_type in BUYS else 24
        now = self.tariff.on(self.boards[order.code], side, self.day, order.amount)
        fees = sum(now.values()) - sum(order.paid.values())
        order.paid = now
        return Fraction(fees)

    def _bought(self, book: CreditBook, order: Order, volume: int, amount: Fraction, fees: Fraction) -> None:
        if order.order_type == 23:
            book.cash -= amount + fees
        else:
            self._owe(book, order, volume, amount + fees, fees)
        book.held[order.code] = book.held.get(order.code, 0) + volume
        book.today[order.code] = book.today.get(order.code, 0) + volume

    def _sold(self, book: CreditBook, order: Order, volume: int, amount: Fraction, fees: Fraction) -> None:
        book.cash += amount - fees
        book.sales += amount - fees
        book.held[order.code] -= volume
        debts = book.owing(48, order.code if order.order_type == 24 else "")
        book.sales -= self.repay(book, debts, amount - fees)

    def _shorted(self, book: CreditBook, order: Order, volume: int, amount: Fraction, fees: Fraction) -> None:
        book.cash += amount - fees
        self._owe(book, order, volume, amount, fees)

    def _bought_back(self, book: CreditBook, order: Order, volume: int, amount: Fraction, fees: Fraction) -> None:
        book.cash -= amount + fees
        more = self._give_back(book, order.code, volume)
        book.surplus[order.code] = book.surplus.get(order.code, 0) + more

    def _owe(self, book: CreditBook, order: Order, volume: int, amount: Fraction, fees: Fraction) -> None:
        order_id = next(order_id for order_id, known in book.orders.items() if known is order)
        debt = next((debt for debt in book.debts if debt.order_id == order_id), None)
        if debt is None:
            debt = Debt(OPENS[order.order_type], order.code, order_id, self.day)
            book.debts.append(debt)
        debt.volume += volume
        debt.amount += amount
        debt.fees += fees
        debt.interest += amount * RATE

    @staticmethod
    def repay(book: CreditBook, debts: list[Debt], amount: Fraction) -> Fraction:
        """Interest first, oldest first; what was taken."""
        before = book.cash
        for debt in debts:
            interest = min(debt.owed, max(amount, Fraction(0)))
            debt.paid += interest
            principal = min(debt.left, max(amount - interest, Fraction(0)))
            debt.repaid += principal
            amount -= interest + principal
            book.cash -= interest + principal
        return before - book.cash

    def _give_back(self, book: CreditBook, code: str, volume: int) -> int:
        """Return shares, the oldest debt first, each with its part of the fee; what is too much."""
        for debt in [debt for debt in book.owing(49, code) if debt.day < self.day]:
            part = min(volume, debt.shares)
            if part:
                share = Fraction(part, debt.shares)
                whole = part == debt.shares
                milled = Fraction(math.floor(debt.owed * share * 1000), 1000)
                fee = debt.owed if whole else rounded(milled, FEN)
                debt.repaid += Fraction(math.floor(debt.left * share * 1000), 1000)
                debt.returned += part
                debt.paid += fee
                book.cash -= fee
                volume -= part
        return volume

    def turn_day(self, day: int) -> None:
        """The next day, with nights of one day each: interest, its collection on the 20th, and nothing is open any more."""
        for book in self.books.values():
            if self.day % 100 == 20:
                for debt in book.debts:
                    part = min(debt.owed, math.floor(self.available(book) * 100) * FEN)
                    if part > 0:
                        debt.paid += part
                        book.cash -= part
            for debt in book.debts:
                if debt.is_open:
                    debt.interest += debt.left * RATE * (debt.day != self.day)
            book.debts = [debt for debt in book.debts if debt.is_open]
            book.orders.clear()
            book.today.clear()
            book.sales = Fraction(0)
        self.day = day

    def free_shares(self, code: str, each: Fraction) -> None:
        """A company gave so many shares for each: to holders, to those who lent theirs, and to what is financed."""
        for book in self.books.values():
            book.held[code] = book.held.get(code, 0) + math.floor(book.held.get(code, 0) * each)
            for debt in book.owing(49, code):
                debt.volume += math.floor(debt.shares * each)
            for debt in book.owing(48, code):
                debt.free += math.floor((debt.volume + debt.free) * each)

    # ---- the audit ---------------------------------------------------------------------------------------------------

    def audit(self, who: str, shown: Row, compacts: list[Row], positions: list[Row]) -> Iterator[str]:
        """Name every figure of an account that is not the auditor's."""
        book = self.books[who]
        debt, assets, available = self.debt(book), self.assets(book), self.available(book)
        settled = max(Fraction(0), available - max(Fraction(0), book.sales))
        removable = max(Fraction(0), assets - 3 * debt)
        mine = {
            "balance": assets,
            "available": available,
            "frozen_cash": self.frozen(book, *CASH_FROZEN),
            "total_debt": debt,
            "fin_deal_avl": self.principal(book),
            "slo_market_value": self.short_value(book),
            "enable_bail_balance": self.margin(book),
            "per_assurescale_value": min(assets / debt, Fraction(9999)) if debt else Fraction(9999),
            "fin_enable_quota": self.quota_left(book, 27),
            "slo_enable_quota": self.quota_left(book, 28),
            "fetch_balance": min(settled, removable) if debt else settled,
            "surplus_slo_sell_balance": max(Fraction(0), min(self.kept(book), self.free(book))),
            "slo_sell_balance": sum((each.left for each in book.owing(49)), Fraction(0)),
        }
        for name, value in mine.items():
            if abs(shown[name] - float(value)) > 0.00101:
                yield f"{who} {name} is shown as {shown[name]}, and is {float(value)}"
        theirs = [_compact(row) for row in compacts if row["real_compact_balance"] or row["real_compact_fare"]]
        own = [
            (each.kind, each.code[:6], float(each.left), each.shares, float(each.owed), float(each.paid))
            for each in book.debts
            if each.is_open
        ]
        if theirs != own:
            yield f"{who} is shown to owe {theirs}, and owes {own}"
        held = {row["stock_code"]: (row["volume"], row["can_use_volume"]) for row in positions if row["volume"]}
        counted = {code: (volume, self.sellable(book, code)) for code, volume in book.held.items() if volume}
        if held != counted:
            yield f"{who} is shown to hold {held}, and holds {counted}"

    def audit_lendable(self, code: str, shown: Row) -> Iterator[str]:
        """What is lent is what is owed."""
        lent = sum(debt.shares for book in self.books.values() for debt in book.owing(49, code))
        if (shown["lent"], shown["ordinary"]) != (lent, self.lendable[code]):
            yield f"{code}: shown {shown}, lent are {lent} of {self.lendable[code]}"


def _compact(row: Row) -> tuple[Any, ...]:
    names = ("compact_type", "instrument_id", "real_compact_balance", "real_compact_vol", "real_compact_fare", "repaid_fare")
    return tuple(row[name] for name in names)


_FILLS: Final = {
    23: CreditAuditor._bought,
    24: CreditAuditor._sold,
    27: CreditAuditor._bought,
    28: CreditAuditor._shorted,
    29: CreditAuditor._bought_back,
    31: CreditAuditor._sold,
}
