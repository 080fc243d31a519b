"""An auditor: somebody who sees what a client sees, keeps books of his own, and says where the counter's differ.

He knows the requests that were sent, the replies, and the pushes; of a fill he believes its order, price and volume, and
nothing else. Everything further — freezes, fees, cash, shares, costs, statuses, which orders must be refused and why — he
works out himself with exact fractions of a yuan. He shares no code with the counter or the exchange; config/rules/fees.toml,
which is law and no code, he reads for himself.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple

Row = Mapping[str, Any]
Fees = dict[str, Fraction]

FEN: Final = Fraction(1, 100)
GRAIN: Final = Fraction(1, 1000)
"""No tick is finer; a refused price that is, is shown without the excess."""
NOISE: Final = Fraction(1, 10**6)
KINDS: Final = ("commission", "stamp_duty", "transfer_fee", "other_fees")
BUY: Final = 23
LIMIT, LATEST = 11, 5
MARKET_TYPES: Final = {"SH": (42, 43, 44, 45), "SZ": (44, 45, 46, 47, 48)}
SHOWN_PRICE_TYPE: Final = {5: 50, 11: 50, 42: 88, 43: 85, 44: 84, 45: 86, 46: 87, 47: 88, 48: 89}
REPRICED: Final = (43, 44, 45)
"""Market orders that become limit orders at a price found in the book."""

HELD, REPORTED, PART_CANCEL, CANCELED, PART, FILLED, JUNK = 49, 50, 53, 54, 55, 56, 57
NEXT_STATUS: Final = {
    None: (HELD, REPORTED),
    HELD: (REPORTED, CANCELED, JUNK),
    REPORTED: (REPORTED, PART, FILLED, CANCELED, JUNK),
    PART: (PART, FILLED, PART_CANCEL),
}

CASH, SHARES, TICK, BEYOND_LIMIT, BOUNDS, LOT = "260200", "251005", "1222", "-990265060", "120156", "-150904070"
UNKNOWN_CODE, WRONG_VENUE, NO_MARKET_ORDERS = "-990221020", "11010115", "11000551"
CANCEL_UNKNOWN, CANCEL_FINAL = "11000305", "251020"
NO_ORDER: Final = "-1"
BY_EXCHANGE: Final = ("20009",)
"""The price cage depends on the book, which the auditor does not see."""


class Product(NamedTuple):
    """What the rule books say of one security: tick and limit in yuan and parts, lots, largest orders, days until resale."""

    board: str
    tick: Fraction
    limit: Fraction
    buy: tuple[int, int]
    sell: tuple[int, int]
    rest_at_once: bool
    largest: int
    largest_market: int
    resale_days: int


_CENT, _MILL, _TEN, _TWENTY = Fraction(1, 100), Fraction(1, 1000), Fraction(1, 10), Fraction(1, 5)
MAIN: Final = Product("SH_MAIN", _CENT, _TEN, (100, 100), (100, 100), False, 1_000_000, 1_000_000, 1)
SZ_MAIN: Final = MAIN._replace(board="SZ_MAIN")
CHINEXT: Final = Product("CHINEXT", _CENT, _TWENTY, (100, 100), (100, 100), False, 300_000, 150_000, 1)
STAR: Final = Product("STAR", _CENT, _TWENTY, (200, 1), (200, 1), True, 100_000, 50_000, 1)
GOLD_FUND: Final = Product("SH_FUND", _MILL, _TEN, (100, 100), (100, 100), False, 1_000_000, 1_000_000, 0)
BOND: Final = Product("SH_BOND", _MILL, _TWENTY, (10, 10), (10, 10), False, 1_000_000, 1_000_000, 0)


def exact(yuan: float) -> Fraction:
    """A number of yuan as it is printed: what was sent or shown, without binary noise."""
    return Fraction(repr(float(yuan)))


def rounded(value: Fraction, step: Fraction) -> Fraction:
    """Half up, as everywhere in settlement."""
    return math.floor(value / step + Fraction(1, 2)) * step


class Tariff:
    """The fee table, read by somebody else."""

    def __init__(self, path: Path) -> None:
        self._rows = tomllib.loads(path.read_text(encoding="utf-8"))["row"]

    def on(self, board: str, order_type: int, day: int, amount: Fraction) -> Fees:
        """What an order that traded so much has paid in all."""
        side = "buy" if order_type == BUY else "sell"
        fees = dict.fromkeys(KINDS, Fraction(0))
        for row in sorted(self._rows, key=lambda row: row["from"]):
            if amount and board in row["boards"] and row["side"] == side and row["from"] <= day:
                rate, least = Fraction(row["rate_ppb"], 10**9), Fraction(row["minimum_li"], 1000)
                fees[row["item"]] = max(rounded(amount * rate, FEN), least)
        return fees


class Order:
    """An order as its owner remembers it."""

    def __init__(self, order_id: int, request: Row, price: Fraction) -> None:
        self.order_id = order_id
        self.code: str = request["stock_code"]
        self.order_type: int = request["order_type"]
        self.price_type: int = request["price_type"]
        self.volume = int(request["order_volume"])
        self.price = price
        self.status: int | None = None
        self.text = ""
        self.traded = 0
        self.amount = Fraction(0)
        self.paid = dict.fromkeys(KINDS, Fraction(0))
        self.errors = 0
        self.may_end = False
        self.price_matters = True

    @property
    def left(self) -> int:
        return self.volume - self.traded

    @property
    def is_open(self) -> bool:
        return self.status in NEXT_STATUS

    def is_at(self, shown: float) -> bool:
        """Is this its price? What a market order that nobody takes might have cost does not matter."""
        return not self.price_matters or abs(exact(shown) - self.price) < GRAIN


class Holding:
    """Shares of one security: what they cost with fees and without, and how many came today."""

    def __init__(self) -> None:
        self.volume = self.today = self.yesterday = self.bought_volume = 0
        self.cost = self.bought = Fraction(0)


class Book:
    """The auditor's book of one account."""

    def __init__(self) -> None:
        self.cash = Fraction(0)
        self.proceeds = Fraction(0)
        self.holdings: dict[str, Holding] = {}
        self.orders: dict[int, Order] = {}

    def open_orders(self, code: str | None = None) -> list[Order]:
        return [order for order in self.orders.values() if order.is_open and code in (None, order.code)]

    def holding(self, code: str) -> Holding:
        return self.holdings.setdefault(code, Holding())

    def frozen_shares(self, code: str) -> int:
        return sum(order.left for order in self.open_orders(code) if order.order_type != BUY)


class Auditor:
    """Books of all accounts, and of the house, which is everybody else."""

    def __init__(self, fees: Path, products: Mapping[str, Product], day: int) -> None:
        self.tariff = Tariff(fees)
        self.products = products
        self.day = day
        self.books: dict[str, Book] = {}
        self.last: dict[str, Fraction] = {}
        self.reference: dict[str, Fraction] = {}
        self.paid_in = Fraction(0)
        self.fees = dict.fromkeys(KINDS, Fraction(0))
        self.to_house = Fraction(0)
        self.rounding = Fraction(0)
        self.shares_in: dict[str, int] = {}
        self.trades: dict[str, list[tuple[int, int, Fees]]] = {}
        self.complaints: list[str] = []
        self._seen_trades: set[str] = set()

    # ---- what the operator does ------------------------------------------------------------------------------------------

    def pay_in(self, who: str, amount: Fraction) -> None:
        """Cash came, or went with a negative amount."""
        self.books.setdefault(who, Book()).cash += amount
        self.paid_in += amount

    def withdrawable(self, who: str) -> Fraction:
        """Neither frozen nor from today's sales."""
        book = self.books[who]
        return max(Fraction(0), self.available(who) - max(Fraction(0), book.proceeds))

    def set_position(self, who: str, code: str, volume: int, can_use: int, cost: Fraction) -> None:
        """Shares from elsewhere replace a holding."""
        held = self.books[who].holding(code)
        self.shares_in[code] = self.shares_in.get(code, 0) + volume - held.volume
        held.volume = held.bought_volume = volume
        held.today, held.yesterday = volume - can_use, can_use
        held.cost = held.bought = cost * volume

    def turn_day(self, day: int, references: Mapping[str, Fraction]) -> None:
        """A new day: nothing is open any more, what was bought can be sold, what was sold can be withdrawn."""
        for who, book in self.books.items():
            self._expect(not book.open_orders(), f"{who} has open orders from yesterday: {[*book.orders]}")
            book.orders.clear()
            book.proceeds = Fraction(0)
            book.holdings = {code: held for code, held in book.holdings.items() if held.volume}
            for held in book.holdings.values():
                held.today, held.yesterday = 0, held.volume
        self.trades.clear()
        self.day = day
        self.reference |= references
        self.last |= references

    # ---- what a trader asks ----------------------------------------------------------------------------------------------

    def verdict(self, who: str, request: Row) -> str | None:
        """Why the counter must refuse an order, as the code in its text; NO_ORDER where there is none; None if it must not."""
        price, volume, price_type = request["price"], request["order_volume"], request["price_type"]
        if not math.isfinite(price) or abs(price) > 1e9 or not math.isfinite(volume):
            return NO_ORDER
        if volume != int(volume) or not 0 < volume < 2**31:
            return NO_ORDER
        product = self.products.get(request["stock_code"])
        if product is None:
            return UNKNOWN_CODE
        market = price_type not in (LIMIT, LATEST)
        if market and price_type not in MARKET_TYPES[request["stock_code"][-2:]]:
            return WRONG_VENUE
        if market and product.board.endswith("BOND"):
            return NO_MARKET_ORDERS
        return (
            self._price_verdict(product, request)
            or self._volume_verdict(who, product, request)
            or self._funds_verdict(who, product, request)
        )

    def _price_verdict(self, product: Product, request: Row) -> str | None:
        if request["price_type"] == LIMIT:
            ticks = exact(request["price"]) / product.tick
            if ticks <= 0 or abs(ticks - round(ticks)) * product.tick > NOISE:
                return TICK
        low, high = self.limits(request["stock_code"])
        return None if low <= self.worst_price(request) <= high else BEYOND_LIMIT

    def limits(self, code: str) -> tuple[Fraction, Fraction]:
        """The day's lowest and highest price."""
        product, reference = self.products[code], self.reference[code]
        low, high = (rounded(reference * (1 + sign * product.limit), product.tick) for sign in (-1, 1))
        return min(low, reference - product.tick), max(high, reference + product.tick)

    def worst_price(self, request: Row) -> Fraction:
        """The price an order may have to pay or to take at worst."""
        code, price = request["stock_code"], exact(request["price"])
        product = self.products[code]
        if request["price_type"] == LIMIT:
            near = round(price / product.tick) * product.tick
            return near if abs(near - price) <= NOISE else price
        if request["price_type"] == LATEST:
            return self.last[code]
        low, high = self.limits(code)
        buys = request["order_type"] == BUY
        if price <= 0 or code.endswith("SZ"):
            return high if buys else low
        ticks = price / product.tick
        return min(math.floor(ticks) * product.tick, high) if buys else max(math.ceil(ticks) * product.tick, low)

    def _volume_verdict(self, who: str, product: Product, request: Row) -> str | None:
        volume, buys = int(request["order_volume"]), request["order_type"] == BUY
        least, step = product.buy if buys else product.sell
        held = self.books[who].holdings.get(request["stock_code"], Holding())
        free = held.volume - self.books[who].frozen_shares(request["stock_code"])
        odd = False
        for rest in () if buys else (free, self.sellable(who, request["stock_code"])):
            if product.rest_at_once:
                odd = odd or volume == rest < least
            else:
                odd = odd or (volume <= rest and volume % step == rest % step)
        largest = product.largest if request["price_type"] in (LIMIT, LATEST) else product.largest_market
        if volume > largest or (volume < least and not odd):
            return BOUNDS
        return None if volume % step == 0 or odd else LOT

    def _funds_verdict(self, who: str, product: Product, request: Row) -> str | None:
        volume, code = int(request["order_volume"]), request["stock_code"]
        if request["order_type"] != BUY:
            return SHARES if volume > self.sellable(who, code) else None
        amount = self.worst_price(request) * volume
        needed = rounded(amount, FEN) + sum(self.tariff.on(product.board, BUY, self.day, amount).values())
        return CASH if needed > self.available(who) else None

    def placed(self, who: str, request: Row, reply: Row, verdict: str | None) -> None:
        """An order was answered; its pushes follow."""
        order_id = reply["order_id"]
        if verdict == NO_ORDER:
            self._expect(order_id == -1 and reply["error_msg"], f"this makes no order: {request}, but {reply}")
            return
        self._expect(order_id > 0, f"{request} was answered {reply}")
        known = request["stock_code"] in self.products
        price = self.worst_price(request) if known else exact(request["price"])
        order = self.books[who].orders[order_id] = Order(order_id, request, price)
        order.may_end = order.price_type not in (LIMIT, LATEST)
        order.price_matters = verdict is None or order.price_type == LIMIT

    def judged(self, who: str, reply: Row, verdict: str | None, also: Iterable[str] = ()) -> None:
        """The pushes of an order are heard: it was refused exactly if it had to be; ``also``: codes nobody can foresee."""
        order = self.books[who].orders.get(reply["order_id"])
        if order is None:
            return
        refused = order.status == JUNK
        codes = ((verdict,) if verdict else BY_EXCHANGE, also)
        said = any(f"[{code}]" in order.text for code in chain(*codes))
        self._expect(said if refused else verdict is None, f"{who} expected {verdict}: {vars(order)}")
        self._expect(order.errors == refused, f"{order.errors} errors were pushed for {vars(order)}")
        order.may_end = False

    def cancelled(self, who: str, order_id: int, reply: Row, errors: list[Row]) -> None:
        """A cancel was answered, and its pushes are heard."""
        order = self.books[who].orders.get(order_id)
        if order is not None and order.may_end:
            self._expect(reply["cancel_result"] == 0, f"a cancel of {vars(order)} was answered {reply}")
            self._expect(order.is_open == bool(errors), f"cancelled, and yet {vars(order)}")
        else:
            code = CANCEL_UNKNOWN if order is None else CANCEL_FINAL
            self._expect(reply["cancel_result"] == -1, f"a cancel of {order_id} was answered {reply}")
            self._expect(len(errors) == 1 and f"[{code}]" in errors[0]["error_msg"], f"{order_id} by {who}: {errors}")
        if order is not None:
            order.may_end = False

    # ---- what an account hears -------------------------------------------------------------------------------------------

    def hear(self, who: str, push: Row) -> None:
        """One push to an account's session."""
        listen = {"push_stock_order": self._order, "push_stock_trade": self._trade, "push_order_error": self._error}
        self._expect(push["account_id"] == who, f"{who} was told of {push}")
        listener = listen.get(push["t"])
        if listener is not None:
            order = self.books[who].orders.get(push["order_id"])
            if order is None:
                self.complaints.append(f"{who} heard of an order of nobody: {push}")
            else:
                listener(who, order, push)

    def _order(self, who: str, order: Order, push: Row) -> None:
        status = push["order_status"]
        self._expect(status in NEXT_STATUS.get(order.status, ()), f"{order.order_id}: {order.status} became {status}")
        if status in (CANCELED, PART_CANCEL):
            self._expect(order.may_end, f"{order.order_id} ended without a reason")
            self._expect((status == PART_CANCEL) == (order.traded > 0), f"{order.order_id} ended as {status}")
        if order.price_type in REPRICED:
            order.price = exact(push["price"])
        self._expect(order.is_at(push["price"]), f"{order.order_id} at {order.price} is shown at {push['price']}")
        order.status, order.text = status, push["status_msg"]

    def _trade(self, who: str, order: Order, push: Row) -> None:
        price, volume = exact(push["traded_price"]), push["traded_volume"]
        self._expect(push["traded_id"] not in self._seen_trades, f"trade {push['traded_id']} was told twice")
        self._seen_trades.add(push["traded_id"])
        buys = order.order_type == BUY
        self._expect(0 < volume <= order.left, f"{order.order_id} has {order.left} left and trades {volume}")
        self._expect(price <= order.price if buys else price >= order.price, f"{order.order_id} trades at {price}")
        self._expect(price % self.products[order.code].tick == 0, f"{price} is off the tick")
        fees = self._charge(order, price * volume)
        total = sum(fees.values())
        self._expect(exact(push["commission"]) == total, f"{push} should cost {float(total)}")
        self._expect(exact(push["traded_amount"]) == price * volume, f"the amount of {push} is wrong")
        order.traded += volume
        status = FILLED if not order.left else PART
        self._expect(order.status == status, f"{order.order_id} has {order.left} left at status {order.status}")
        self.trades.setdefault(who, []).append((order.order_id, volume, fees))
        self.last[order.code] = price
        (self._bought if buys else self._sold)(self.books[who], order.code, volume, price * volume, total)
        before = order.amount - price * volume
        parts = rounded(order.amount, FEN) - rounded(before, FEN) - price * volume
        self.books[who].cash += -parts if buys else parts
        self.books[who].proceeds += 0 if buys else parts
        self.rounding += -parts if buys else parts
        self._balance(order, price, volume)

    def _charge(self, order: Order, amount: Fraction) -> Fees:
        """What this fill costs: the fees of everything so far, less what was charged already."""
        order.amount += amount
        now = self.tariff.on(self.products[order.code].board, order.order_type, self.day, order.amount)
        fees = {kind: now[kind] - order.paid[kind] for kind in KINDS}
        order.paid = now
        for kind in KINDS:
            self.fees[kind] += fees[kind]
        return fees

    @staticmethod
    def _bought(book: Book, code: str, volume: int, amount: Fraction, fees: Fraction) -> None:
        book.cash -= amount + fees
        held = book.holding(code)
        if not held.volume:
            held.cost, held.bought, held.bought_volume = Fraction(0), Fraction(0), 0
        held.volume += volume
        held.today += volume
        held.cost += amount + fees
        held.bought += amount
        held.bought_volume += volume

    def _sold(self, book: Book, code: str, volume: int, amount: Fraction, fees: Fraction) -> None:
        book.cash += amount - fees
        book.proceeds += amount - fees
        held = book.holding(code)
        held.volume -= volume
        held.cost -= amount - fees
        if not self.products[code].resale_days:
            held.today = min(held.today, held.volume)

    def _balance(self, order: Order, price: Fraction, volume: int) -> None:
        """What is left when both sides of every trade are added up is the house's."""
        sign = 1 if order.order_type == BUY else -1
        self.to_house += sign * price * volume
        self.shares_in[order.code] = self.shares_in.get(order.code, 0) + sign * volume

    def _error(self, who: str, order: Order, push: Row) -> None:
        order.errors += 1
        self._expect(order.status == JUNK, f"an error came before the order was junk: {push}")
        self._expect(push["error_msg"] == order.text and push["error_id"] == -61, f"{push} is not {order.text!r}")

    # ---- what it comes to ------------------------------------------------------------------------------------------------

    def frozen(self, who: str) -> Fraction:
        """What the open buys can still cost at their limits, fees included."""
        total = Fraction(0)
        for order in self.books[who].open_orders():
            if order.order_type == BUY:
                rest = order.price * order.left
                fees = self.tariff.on(self.products[order.code].board, BUY, self.day, order.amount + rest)
                cash = rounded(order.amount + rest, FEN) - rounded(order.amount, FEN)
                total += cash + sum(fees.values()) - sum(order.paid.values())
        return total

    def available(self, who: str) -> Fraction:
        """Cash that is not frozen."""
        return self.books[who].cash - self.frozen(who)

    def sellable(self, who: str, code: str) -> int:
        """Shares that are neither frozen nor locked until tomorrow."""
        held = self.books[who].holdings.get(code, Holding())
        locked = held.today if self.products[code].resale_days else 0
        return held.volume - self.books[who].frozen_shares(code) - locked

    # ---- the audit -------------------------------------------------------------------------------------------------------

    def complain(self) -> Iterator[str]:
        """What was wrong with what was heard since the last time."""
        complaints, self.complaints = self.complaints, []
        yield from complaints

    def audit(self, who: str, asset: Row, positions: Iterable[Row], orders: list[Row], trades: list[Row]) -> Iterator[str]:
        """Name every figure shown of an account that is not the auditor's."""
        yield from self._audit_asset(who, asset)
        shown = {row["stock_code"]: row for row in positions}
        for code in {**shown, **self.books[who].holdings}:
            for problem in self._audit_position(who, code, shown.get(code)):
                yield f"{who} {code}: {problem}"
        yield from self._audit_orders(who, orders)
        mine = [(order_id, volume, float(sum(fees.values()))) for order_id, volume, fees in self.trades.get(who, ())]
        theirs = [(row["order_id"], row["traded_volume"], row["commission"]) for row in trades]
        yield from _differ(f"trades of {who}", theirs, mine)

    def _audit_asset(self, who: str, asset: Row) -> Iterator[str]:
        mine = {
            "cash": self.available(who),
            "frozen_cash": self.frozen(who),
            "fetch_balance": self.withdrawable(who),
            "current_balance": self.books[who].cash,
        }
        for name, value in mine.items():
            yield from _differ(f"{who} {name}", asset[name], float(value))
        yield from _differ(f"{who} total", exact(asset["total_asset"]), self.books[who].cash + exact(asset["market_value"]))

    def _audit_position(self, who: str, code: str, row: Row | None) -> Iterator[str]:
        held = self.books[who].holdings.get(code, Holding())
        if row is None:
            yield from _differ("volume of no row", held.volume, 0)
            return
        mine = {
            "volume": held.volume,
            "can_use_volume": self.sellable(who, code),
            "frozen_volume": self.books[who].frozen_shares(code),
            "on_road_volume": held.today,
            "yesterday_volume": held.yesterday,
        }
        for name, value in mine.items():
            yield from _differ(name, row[name], value)
        last = exact(row["last_price"])
        yield from _differ("last_price", last, self.last.get(code, last))
        yield from _differ("market_value", exact(row["market_value"]), held.volume * last)
        if held.volume:
            yield from _differ("avg_price", row["avg_price"], float(held.cost / held.volume))
            yield from _differ("open_price", row["open_price"], float(held.bought / held.bought_volume))
            yield from _differ("float_profit", row["float_profit"], float(held.volume * last - held.cost))

    def _audit_orders(self, who: str, rows: list[Row]) -> Iterator[str]:
        mine = self.books[who].orders
        yield from _differ(f"orders of {who}", [row["order_id"] for row in rows], [*mine])
        for row in rows:
            order = mine.get(row["order_id"])
            if order is None:
                continue
            expected = {
                "order_status": order.status,
                "status_msg": order.text,
                "order_volume": order.volume,
                "traded_volume": order.traded,
                "traded_price": float(order.amount / order.traded) if order.traded else 0.0,
                "price_type": SHOWN_PRICE_TYPE[order.price_type],
                "direction": 48,
                "offset_flag": 48 if order.order_type == BUY else 49,
            }
            for name, value in expected.items():
                yield from _differ(f"order {order.order_id} {name}", row[name], value)
            if not order.is_at(row["price"]):
                yield f"order {order.order_id} is shown at {row['price']}, and its price is {order.price}"

    def conserve(self, assets: Mapping[str, Row], positions: Mapping[str, Iterable[Row]]) -> Iterator[str]:
        """Over all accounts as shown: cash is what came in less fees and what went to the house; shares likewise."""
        cash = sum((exact(asset["current_balance"]) for asset in assets.values()), Fraction(0))
        yield from _differ("cash of all", cash, self.paid_in + self.rounding - sum(self.fees.values()) - self.to_house)
        held: dict[str, int] = {}
        for rows in positions.values():
            for row in rows:
                held[row["stock_code"]] = held.get(row["stock_code"], 0) + row["volume"]
        for code in {**held, **self.shares_in}:
            yield from _differ(f"{code} of all", held.get(code, 0), self.shares_in.get(code, 0))

    def _expect(self, holds: Any, complaint: str) -> None:
        if not holds:
            self.complaints.append(complaint)


def _differ(what: str, shown: Any, mine: Any) -> Iterator[str]:
    same = abs(shown - mine) <= 1e-9 * max(1.0, abs(mine)) if isinstance(mine, float) else shown == mine
    if not same:
        yield f"{what} is shown as {shown}, and is {mine}"
