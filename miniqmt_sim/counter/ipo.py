"""Stations 5 and 7: new issues. Quota, subscription, lottery, payment, listing.

An order to buy under a subscription code never reaches a book: it is checked here, freezes nothing and cannot be cancelled.
T is the subscription day. At its close the first order of each account stands and later ones are void; at the close of T+1
every unit subscribed for is drawn, a pure function of seed, code, account and number; at the close of T+2 what was won is
paid, as far as cash reaches, and the rest counts as a default; on the listing day the shares are there and trade.

Source: exchange-rules §11; SSE and SZSE measures for online issues (上证发〔2023〕, 深证上〔2023〕); XTP refusals 11010411-413.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from matching import calendar
from matching.book import Side
from matching.checks import Reason
from matching.codes import Board
from matching.instrument import Listing, parse_listing
from matching.price_types import Limit
from matching.rules import ClockMs, read_rows
from matching.units import PPM, text_yuan
from miniqmt_sim.changes import Changes, Counters, Row
from miniqmt_sim.constants import OrderStatus
from miniqmt_sim.counter.account import Account
from miniqmt_sim.counter.broker import Broker, PlaceRequest
from miniqmt_sim.counter.ledger import Entry
from miniqmt_sim.counter.market_values import SH_BOARDS, MarketValues
from miniqmt_sim.counter.order import Order
from miniqmt_sim.refusals import Refusals, refusal_text

STOCK: Final = "STOCK"
BOND: Final = "BOND"
QUOTA_BOARDS: Final = {"KCB": Board.STAR, "SH": Board.SH_MAIN, "SZ": Board.SZ_MAIN}
"""Keys of the quota query, and a board whose rule counts for each. ChiNext has the main board's."""
VOID: Final = "重复申购，该委托无效"
"""What the status text of a second subscription says after the close."""


class IpoRule(NamedTuple):
    """One dated row: the unit of a subscription, the market value that gives the right to one, and the hours."""

    unit: int
    unit_value_li: int
    least_value_li: int
    morning_from: ClockMs
    morning_until: ClockMs
    afternoon_from: ClockMs
    afternoon_until: ClockMs

    def is_open(self, time_of_day_ms: int) -> bool:
        """May one subscribe at this time?"""
        morning = self.morning_from <= time_of_day_ms < self.morning_until
        return morning or self.afternoon_from <= time_of_day_ms < self.afternoon_until

    def quota(self, value_li: int) -> int:
        """Shares that an average market value gives a right to."""
        if value_li < self.least_value_li or not self.unit_value_li:
            return 0
        return value_li // self.unit_value_li * self.unit


class IpoRules:
    """All rows of ipo.toml."""

    __slots__ = ("_rows",)

    def __init__(self, content: Mapping[str, Any]) -> None:
        """Read the parsed file. Raises RuleError."""
        self._rows = {board: rows.get("") for board, rows in read_rows("ipo", content, IpoRule, lambda rule: "").items()}

    def on(self, board: Board, day: int) -> IpoRule | None:
        """The row in force for a board on a day; None where there is none."""
        dated = self._rows[board]
        found: IpoRule | None = dated.on(day) if dated else None
        return found


class Issue(NamedTuple):
    """One new issue as announced. ``winning_ppm``: chance of one unit; a day is yyyymmdd."""

    subscription_code: str
    listing: Listing
    kind: str
    price_li: int
    min_volume: int
    max_volume: int
    subscribe_day: int
    winning_ppm: int

    @property
    def listing_day(self) -> int:
        """Its first trading day."""
        return self.listing.listed


class Subscription:
    """An account's part in an issue."""

    __slots__ = ("account_id", "order_id", "paid_volume", "subscribe_day", "subscription_code", "volume", "won_volume")

    def __init__(self, account_id: str, subscription_code: str, order_id: int, subscribe_day: int, volume: int) -> None:
        self.account_id = account_id
        self.subscription_code = subscription_code
        self.order_id = order_id
        self.subscribe_day = subscribe_day
        self.volume = volume
        self.won_volume = 0
        self.paid_volume = 0

    def row(self) -> Row:
        """The row of table ipo_subscriptions."""
        return (
            self.account_id, self.subscription_code, self.order_id, self.subscribe_day, self.volume, self.won_volume,
            self.paid_volume,
        )  # fmt: skip


def won_units(seed: int, subscription_code: str, account_id: str, units: int, winning_ppm: int) -> int:
    """How many of an account's units the lottery draws."""
    return sum(_number(f"{seed}/{subscription_code}/{account_id}/{unit}") < winning_ppm for unit in range(units))


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) % PPM


class Ipo:
    """All issues, and who subscribed to them."""

    def __init__(
        self, issues: Sequence[Issue], rules: IpoRules, seed: int, always: bool, broker: Broker,
        list_security: Callable[[Listing], object], changes: Changes, counters: Counters,
    ) -> None:  # fmt: skip
        self.values = MarketValues(changes)
        self._issues = {issue.subscription_code: issue for issue in issues}
        self._listed = {issue.listing.code.text: issue for issue in issues}
        self._rules = rules
        self._seed = seed
        self._always = always
        self._broker = broker
        self._list_security = list_security
        self._changes = changes
        self._counters = counters
        self._subscriptions: dict[tuple[str, str], Subscription] = {}

    # ---- what is asked -------------------------------------------------------------------------------------------------

    def today(self) -> list[Issue]:
        """Issues that can be subscribed to today."""
        return [issue for issue in self._issues.values() if issue.subscribe_day == self._broker.exchange.day]

    def quotas(self, account: Account) -> dict[str, int]:
        """Shares an account may subscribe for, by key of the quota query."""
        return {key: self._quota(account, board) for key, board in QUOTA_BOARDS.items()}

    def _quota(self, account: Account, board: Board) -> int:
        day = self._broker.exchange.day
        rule = self._rules.on(board, day)
        values = self.values.average(account, day, self._broker.exchange.securities)
        return rule.quota(values[0] if board in SH_BOARDS else values[1]) if rule else 0

    def pending(self, stock_code: str) -> Issue | None:
        """The issue a code belongs to, as subscription code or as what will be listed, until it is listed."""
        issue = self._issues.get(stock_code) or self._listed.get(stock_code)
        return issue if issue is not None and self._broker.exchange.day < issue.listing_day else None

    def is_subscription(self, order: Order) -> bool:
        """Is this an order under a subscription code, taken on its day?"""
        issue = self._issues.get(order.stock_code)
        return issue is not None and issue.subscribe_day == order.day

    def subscriptions(self) -> list[tuple[Issue, Subscription]]:
        """Everybody's part in every issue, by account, until the issue is listed or nothing was won."""
        parts = sorted(self._subscriptions.values(), key=lambda part: (part.account_id, part.subscription_code))
        return [(self._issues[part.subscription_code], part) for part in parts]

    # ---- subscribing ---------------------------------------------------------------------------------------------------

    def place(self, issue: Issue, account: Account, request: PlaceRequest, now_ms: int) -> Order:
        """Take a subscription: accepted (50), or refused (57)."""
        order = self._broker.subscribe(account, request, self._refusal(issue, account, request, now_ms), now_ms)
        key = (account.account_id, issue.subscription_code)
        if order.status is OrderStatus.REPORTED and key not in self._subscriptions:
            part = Subscription(*key, order.order_id, issue.subscribe_day, order.volume)
            self._subscriptions[key] = part
            self._put(part)
        return order

    def _refusal(self, issue: Issue, account: Account, request: PlaceRequest, now_ms: int) -> str | None:
        """The text of the first reason that applies, in the order of the refusal table."""
        text = self._broker.account_refusal(account, request.order_type, now_ms)
        if text is not None:
            return text
        rule = self._rules.on(issue.listing.board, self._broker.exchange.day)
        if rule is None or not self._is_open(issue, request, rule, now_ms):
            return refusal_text(Reason.PHASE, {})
        figures = {
            "volume": request.volume, "price": text_yuan(request.price_li, 3), "issue_price": text_yuan(issue.price_li, 3),
            "stock_code": request.stock_code, "price_type": request.price_type.number, "step": rule.unit,
            "low": issue.min_volume, "high": issue.max_volume, "quota": 0,
        }  # fmt: skip
        if request.order_type.side is not Side.BUY:
            return refusal_text(Refusals.IPO_SIDE, figures)
        if request.price_type.limit is not Limit.STATED or request.price_type.market or request.price_type.fixed:
            return refusal_text(Reason.PRICE_TYPE_VENUE, figures)
        if not request.on_grid or request.price_li != issue.price_li:
            return refusal_text(Refusals.IPO_PRICE, figures)
        if request.volume % rule.unit:
            return refusal_text(Refusals.IPO_LOT, figures)
        if not issue.min_volume <= request.volume <= issue.max_volume:
            return refusal_text(Refusals.IPO_RANGE, figures)
        quota = self._quota(account, issue.listing.board)
        if issue.kind == STOCK and request.volume > quota:
            return refusal_text(Refusals.IPO_QUOTA, {**figures, "quota": quota})
        return None

    def _is_open(self, issue: Issue, request: PlaceRequest, rule: IpoRule, now_ms: int) -> bool:
        right_day = issue.subscribe_day == self._broker.exchange.day
        open_now = self._always or (
            rule.is_open(calendar.time_of_day_ms(now_ms)) and calendar.day_of(now_ms) == issue.subscribe_day
        )
        return right_day and open_now and request.stock_code == issue.subscription_code

    # ---- the days ------------------------------------------------------------------------------------------------------

    def open_day(self, before: int, now_ms: int) -> None:
        """A day opens, ``before`` was the trading day before it: list what begins to trade and hand the shares over."""
        today = self._broker.exchange.day
        for issue in self._issues.values():
            code = issue.listing.code.text
            if before < issue.listing_day <= today:
                if code not in self._broker.exchange.securities:
                    self._list_security(issue.listing._replace(listed=today))
                for part in [part for found, part in self.subscriptions() if found is issue]:
                    self._broker.deliver(
                        self._broker.accounts[part.account_id], code, part.paid_volume, part.paid_volume * issue.price_li
                    )
                    self._drop(part)

    def close_day(self, now_ms: int) -> None:
        """The day is over: end its subscriptions, draw those of the day before, collect those of two days before."""
        trading_days, today = self._broker.exchange.calendar, self._broker.exchange.day
        for issue, part in self.subscriptions():
            drawn = trading_days.next_after(issue.subscribe_day)
            if today == drawn:
                self._draw(issue, part)
            elif today == trading_days.next_after(drawn):
                self._collect(issue, part, now_ms)
        for account in self._broker.accounts.values():
            self._end_orders(account)
            self.values.record(account, today, self._broker.exchange.securities)

    def _end_orders(self, account: Account) -> None:
        for order in account.orders.values():
            if order.status is OrderStatus.REPORTED and self.is_subscription(order):
                stands = self._subscriptions[account.account_id, order.stock_code].order_id == order.order_id
                status, text = (OrderStatus.SUCCEEDED, "") if stands else (OrderStatus.CANCELED, VOID)
                self._broker.end_subscription(order, status, text)

    def _draw(self, issue: Issue, part: Subscription) -> None:
        rule = self._rules.on(issue.listing.board, issue.subscribe_day)
        assert rule is not None, "a subscription was taken without a rule"
        units = part.volume // rule.unit
        part.won_volume = rule.unit * won_units(
            self._seed, issue.subscription_code, part.account_id, units, issue.winning_ppm
        )
        self._put(part) if part.won_volume else self._drop(part)

    def _collect(self, issue: Issue, part: Subscription, now_ms: int) -> None:
        """Take the money of what was won, as far as there is any; what cannot be paid is a default."""
        account = self._broker.accounts[part.account_id]
        part.paid_volume = min(part.won_volume, max(account.available_li, 0) // issue.price_li)
        self._broker.move_cash(account, Entry.IPO, -part.paid_volume * issue.price_li, now_ms)
        if part.paid_volume < part.won_volume:
            self._counters.next(f"ipo_defaults.{account.account_id}")
        self._put(part) if part.paid_volume else self._drop(part)

    # ---- stored rows ---------------------------------------------------------------------------------------------------

    def _put(self, part: Subscription) -> None:
        self._changes.put("ipo_subscriptions", (part.account_id, part.subscription_code), part)

    def _drop(self, part: Subscription) -> None:
        del self._subscriptions[part.account_id, part.subscription_code]
        self._changes.put("ipo_subscriptions", (part.account_id, part.subscription_code), None)

    def restore(self, rows: Sequence[Row]) -> str | None:
        """Take subscriptions back from storage; a sentence says which issue is missing now."""
        for account_id, subscription_code, order_id, subscribe_day, volume, won_volume, paid_volume in rows:
            if subscription_code not in self._issues:
                return f"{subscription_code} was subscribed to on {subscribe_day} and stands there no longer"
            part = Subscription(account_id, subscription_code, order_id, subscribe_day, volume)
            part.won_volume, part.paid_volume = won_volume, paid_volume
            self._subscriptions[account_id, subscription_code] = part
        return None

    def rows(self) -> list[Row]:
        """Rows of table ipo_subscriptions."""
        return sorted(part.row() for part in self._subscriptions.values())


def listing_of(stock_code: str, name: str, price_li: int, listing_day: int) -> Listing:
    """What will be listed. Raises ValueError with a sentence."""
    return parse_listing(stock_code, name, price_li, listed=listing_day)
