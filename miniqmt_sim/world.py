"""The world: everything that is stored, wired together, and what it does by itself when its time comes.

Stations 5–7 as one object: the exchange, the market around it, the counter, the scheduler and the trading day. It is
built from plain mappings (``blueprint``), opened new or from stored rows, and after that changed only by
``sessions`` (what somebody asks) and by ``run`` (what is due).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from matching import calendar
from matching.calendar import TradingCalendar
from matching.codes import Board
from matching.events import Halted
from matching.exchange import Exchange, Hold
from matching.instrument import SUSPENDED, DatedTag
from matching.phases import PHASE_RULES
from matching.rules import ALWAYS, RuleError, Rules
from miniqmt_sim.announcements import parse_action, parse_issue
from miniqmt_sim.behaviour import behaviour_of
from miniqmt_sim.blueprint import FirstAccount, SimulatorConfig, read_listing, read_row
from miniqmt_sim.canonical import state_hash
from miniqmt_sim.changes import Changes, Counters, Row
from miniqmt_sim.constants import OrderStatus
from miniqmt_sim.counter.account import Account
from miniqmt_sim.counter.bank import Banks
from miniqmt_sim.counter.broker import Broker, PlaceRequest
from miniqmt_sim.counter.compliance import Compliance, Mode, Thresholds
from miniqmt_sim.counter.corporate import Corporate
from miniqmt_sim.counter.fees import FeeSchedule
from miniqmt_sim.counter.holdings import Listener
from miniqmt_sim.counter.ipo import Ipo, IpoRules, Issue
from miniqmt_sim.counter.ledger import Entry
from miniqmt_sim.counter.lots import DividendTax, Lots
from miniqmt_sim.counter.order import Order
from miniqmt_sim.counter.ordinary import OrdinaryCounter
from miniqmt_sim.counter.settlement import close_day, market_value_li
from miniqmt_sim.credit.book import CompactBook
from miniqmt_sim.credit.close_out import CloseOut
from miniqmt_sim.credit.daily import CreditDays
from miniqmt_sim.credit.desk import CreditDesk
from miniqmt_sim.credit.events import Events
from miniqmt_sim.credit.lending import Lending
from miniqmt_sim.credit.terms import Subjects, Terms, read_lendable
from miniqmt_sim.errors import ConfigError
from miniqmt_sim.market.market import Market
from miniqmt_sim.market.quote import FILL_PROFILES
from miniqmt_sim.market.recorded import Moment, Point, Source
from miniqmt_sim.market.synthetic import SyntheticMarket
from miniqmt_sim.restore import restore_world
from miniqmt_sim.scheduler import Due, Scheduler
from miniqmt_sim.sectors import Sectors, parse_membership

DAY_OPEN_MS: Final = calendar.parse_clock("08:30")
"""When a counter begins its day with ``hours = exchange``: before the first order of the opening auction."""
CLOSE_OUT_AGAIN_MS: Final = 30 * calendar.MS_PER_MINUTE
"""How long the broker waits for the market before it places what its close-out still lacks."""
DAY_CLOSE_MS: Final = calendar.parse_clock("16:00")
"""When it settles: after the last phase of any board."""
HAPPENED: Final = ("order_id", "settled_day", "bank_transfer_id", "counter_transfer_id", "apply_id")
"""Counters of what is bound to a time."""


class World:
    """All state that outlives a connection."""

    def __init__(self, config: SimulatorConfig, changes: Changes) -> None:
        """Build an empty world. Raises ConfigError for anything its author must correct."""
        self.config = config
        self.changes = changes
        self.counters = Counters(changes)
        self.scheduler = Scheduler(changes, self.counters)
        self.always = config.hours == ALWAYS
        self.behaviour = behaviour_of(config.behaviour)
        try:
            rules = Rules({stem: content for stem, content in config.rules.items() if stem != "fees"}, config.hours)
            self._fees = FeeSchedule(config.rules.get("fees", {}))
            thresholds = Thresholds(config.rules.get("compliance", {}))
            self._ipo_rules = IpoRules(config.rules.get("ipo", {}))
            self._dividend_tax = DividendTax(config.rules.get("dividend_tax", {}))
            self._credit_terms = Terms(config.credit.get("terms", {}))
            self._subjects = Subjects(config.credit.get("subjects", ()))
            self._lendable = read_lendable(config.credit.get("lendable", ()))
        except RuleError as error:
            raise ConfigError(str(error)) from None
        if config.hold not in list(Hold):
            raise ConfigError(f"hold: unknown value {config.hold!r}; there are {', '.join(Hold)}")
        hold = Hold(config.hold)
        if config.compliance not in list(Mode):
            raise ConfigError(f"compliance: unknown value {config.compliance!r}; there are {', '.join(Mode)}")
        self.compliance = Compliance(Mode(config.compliance), thresholds, changes)
        self.listings = [read_listing(row) for row in config.instruments]
        self._issues = [read_row(parse_issue, row) for row in config.ipo]
        self.sectors = Sectors(read_row(parse_membership, row) for row in config.sectors)
        self._announced = [read_row(parse_action, row) for row in config.corporate_actions]
        self._first_accounts = [FirstAccount.parse(table, number) for number, table in enumerate(config.accounts, 1)]
        trading_calendar = TradingCalendar(config.holidays, every_day=self.always)
        self.exchange = Exchange(rules, trading_calendar, self.counters.take_queue_seqs, hold)
        synthetic = SyntheticMarket(config.seed) if config.feed == "synthetic" else None
        profile = FILL_PROFILES.get(config.fills)
        if profile is None:
            raise ConfigError(f"fills: unknown profile {config.fills!r}; there are {', '.join(FILL_PROFILES)}")
        self.source: Source | None = None
        self.market = Market(self.exchange, synthetic, profile, config.auto_list, changes, self.counters)
        self.broker: Broker
        self.banks: Banks
        self.ordinary: OrdinaryCounter
        self.corporate: Corporate
        self.ipo: Ipo
        self.credit: CreditDesk
        self.credit_days: CreditDays
        self.close_out: CloseOut
        for issue, row in zip(self._issues, config.ipo, strict=True):
            self._check_issue(issue, str(row.get("_where", issue.subscription_code)))

    def connect(self, listener: Listener) -> None:
        """Give the counter somebody to tell."""
        self.broker = Broker(
            self.exchange, self._fees, self.market, listener, self._halted, self.behaviour, self.compliance,
            self.changes, self.counters,
        )  # fmt: skip

        self.lots = Lots(self._dividend_tax, self.changes)
        self.corporate = Corporate(self.broker, self.lots, self.market.rebase, self.changes)
        self.ipo = Ipo(
            self._issues, self._ipo_rules, self.config.seed, self.always, self.broker, self.market.list_security,
            self.changes, self.counters,
        )  # fmt: skip

        self.banks = Banks(self.broker, self.changes, self.counters)
        self.ordinary = OrdinaryCounter(self.broker, listener, self.changes, self.counters)
        self._open_credit()

    def _open_credit(self) -> None:
        """Let credit accounts trade on margin."""
        terms, book = self._credit_terms, CompactBook(self._lendable, self.changes, self.counters)
        lending = Lending(book, lambda: terms.on(self.exchange.day).lending, self.broker, self.changes, self.counters)
        events = Events(self.changes, self.counters)
        self.credit = CreditDesk(terms, self._subjects, book, lending, events, self.broker, self.counters)
        self.credit_days = CreditDays(self.credit, self.broker)
        self.close_out = CloseOut(self.credit, self.broker)
        self.broker.margin = self.credit

    def _check_issue(self, issue: Issue, where: str) -> None:
        """Refuse a new issue that cannot run its course. Raises ConfigError."""
        trading_days = self.exchange.calendar
        paid = trading_days.next_after(trading_days.next_after(issue.subscribe_day))
        if issue.listing_day <= paid:
            raise ConfigError(f"{where}: it is paid for on {paid} and cannot be listed on {issue.listing_day}")
        if self._ipo_rules.on(issue.listing.board, issue.subscribe_day) is None:
            raise ConfigError(f"{where}: there is no rule for subscriptions on {issue.listing.board} on {issue.subscribe_day}")
        others = [other for other in self._issues if other is not issue]
        taken = [code for other in others for code in (other.subscription_code, other.listing.code.text)]
        if issue.subscription_code in taken or issue.listing.code.text in taken:
            raise ConfigError(f"{where}: one of its codes stands there twice")

    def _halted(self, event: Halted) -> None:
        self.scheduler.put(event.until_ms, "resume", event.code)

    # ---- a new world ---------------------------------------------------------------------------------------------------

    def create(self, now_ms: int) -> None:
        """Open a new world: securities listed, accounts opened, the first day planned."""
        self._begin(now_ms)
        for listing in self.listings:
            try:
                self.market.list_security(listing)
            except ValueError as error:
                raise ConfigError(f"instruments: {error}") from None
        for issue in self._issues:
            if self.exchange.day < issue.listing_day and issue.listing.code.text in self.exchange.securities:
                raise ConfigError(f"ipo: {issue.listing.code.text} is listed already")
        for first in self._first_accounts:
            if first.account_id in self.broker.accounts:
                raise ConfigError(f"accounts: {first.account_id} stands there twice")
            account = self.broker.open_account(first.account_id, first.account_type)
            self.broker.move_cash(account, Entry.DEPOSIT, first.cash_li, now_ms)
            self.ordinary.set_cash(first.account_id, first.ordinary_li)
            for bank in first.banks:
                self.banks.put(bank)
            for stock_code, volume, cost_li in first.positions:
                security = self.exchange.tradable(stock_code)
                if security is None:
                    why = "an index" if stock_code in self.exchange.securities else "not listed"
                    raise ConfigError(f"accounts: {first.account_id} holds {stock_code}, which is {why}")
                self.broker.set_position(account, security, volume, volume, cost_li)

        self.announce()
        self._hear_openings()

    def announce(self) -> None:
        """Take what the file of corporate actions says and the world does not know yet."""
        for action in self._announced:
            problem = None if self.corporate.has(action.stock_code, action.ex_day) else self.corporate.add(action)
            if problem is not None:
                raise ConfigError(f"corporate_actions: {problem}")

    def _begin(self, now_ms: int) -> None:
        """Set the first trading day, and the moment the synthetic walk starts from."""
        day = self.exchange.calendar.first_on_or_after(calendar.day_of(now_ms))
        if not self.always and now_ms >= calendar.midnight_ms(day) + DAY_CLOSE_MS:
            day = self.exchange.calendar.next_after(day)
        self.counters["start_ms"] = self.counters["now_ms"] = now_ms
        self.exchange.set_day(day)
        self.counters["day"] = day
        self._plan_day(now_ms)

    @property
    def is_pristine(self) -> bool:
        """Has nothing happened yet that is bound to a time?"""
        return not any(self.counters[name] for name in HAPPENED)

    def rewind(self, now_ms: int) -> None:
        """Set a pristine world back to an earlier time."""
        assert self.is_pristine, "time only moves forward once something has happened"
        for kind in ("close", "open", "phase", "close_out"):
            self.scheduler.drop(kind)
        self._begin(now_ms)
        self.exchange.begin_anew()
        if self.source is not None:
            self.source.begin(now_ms)
            self.counters["feed_ms"] = now_ms
            self.market.playback.begin_anew(now_ms)
        self.market.begin_anew()
        self._hear_openings()
        self.broker.begin_anew(now_ms)

    # ---- the day -------------------------------------------------------------------------------------------------------

    def run(self, thing: Due) -> None:
        """Do what is due, at the time it was due."""
        _ROUTINES[thing.kind](self, thing)

    def plan(self, now_ms: int) -> None:
        """Schedule what the last step made necessary: the walk goes on where the house stands, the recording follows orders."""
        self.market.playback.follow_arrivals()
        if self.market.moves and self.market.walked() and not self.scheduler.has("feed"):
            self.scheduler.put(self.market.next_step_ms(now_ms), "feed")

    def place(self, account: Account, request: PlaceRequest, now_ms: int) -> Order:
        """Take an order: for a new issue while its code belongs to one, else for the market."""
        issue = self.ipo.pending(request.stock_code)
        if issue is None or (request.stock_code != issue.subscription_code and request.stock_code in self.exchange.securities):
            return self.broker.place(account, request, now_ms)
        return self.ipo.place(issue, account, request, now_ms)

    def send_later(self, order: Order, now_ms: int) -> None:
        """Schedule the report of an order the counter has only taken: held for the next phase, or on its way."""
        if order.status is OrderStatus.WAIT_REPORTING:
            security = self.exchange.securities[order.stock_code]
            self.scheduler.put(self.exchange.next_orders_ms(security.board, now_ms), "release", str(order.order_id))
        elif order.status is OrderStatus.UNREPORTED:
            self.scheduler.put(now_ms + self.behaviour.ack_ms, "release", str(order.order_id))

    def next_close_ms(self) -> int:
        """When the present trading day will be settled, or, after that, the next one."""
        day = self.exchange.day
        if self.counters["settled_day"] == day:
            day = self.exchange.calendar.next_after(day)
        return calendar.midnight_ms(day) + (calendar.MS_PER_DAY if self.always else DAY_CLOSE_MS)

    def next_open_ms(self) -> int:
        """When the trading day after the present one begins."""
        next_day = self.exchange.calendar.next_after(self.exchange.day)
        return calendar.midnight_ms(next_day) + (0 if self.always else DAY_OPEN_MS)

    def _plan_day(self, now_ms: int) -> None:
        """Schedule what the day brings by itself: its phases from now on, and its close."""
        if not self.always:
            for moment_ms in self.exchange.boundaries():
                if moment_ms > now_ms:
                    self.scheduler.put(moment_ms, "phase")
        self.scheduler.put(self.next_close_ms(), "close")

    def _close_day(self, thing: Due) -> None:
        self.scheduler.drop("feed")
        self.market.close(thing.due_ms)
        self.broker.expire(thing.due_ms)
        self.corporate.close_day(thing.due_ms)
        self.ipo.close_day(thing.due_ms)
        next_day = self.exchange.calendar.next_after(self.exchange.day)
        self.credit_days.close_day(next_day, thing.due_ms)
        close_day(self.broker, self.changes, thing.due_ms)
        self.broker.close_counter()
        self.counters["settled_day"] = self.exchange.day
        self.scheduler.put(self.next_open_ms(), "open", str(next_day))

    def _open_day(self, thing: Due) -> None:
        before = self.exchange.day
        self.broker.turn_day()
        self.exchange.open_day(int(thing.detail))
        self.counters["day"] = self.exchange.day
        self.market.open_day(keep_quotes=self.always)
        self.corporate.open_day(before, thing.due_ms)
        self.credit_days.open_day(before, self.corporate.going_ex(before), thing.due_ms)
        self.ipo.open_day(before, thing.due_ms)
        self._hear_openings()
        self.broker.open_counter()
        self._plan_day(thing.due_ms)
        for account in self.close_out.due():
            self._plan_close_out(account, thing.due_ms)

    def _plan_close_out(self, account: Account, now_ms: int) -> None:
        """Close an account out at the next moment of the day at which the exchange matches, if there is one."""
        day = self.exchange.day
        steps = self.exchange.rules.on(Board.SH_MAIN, day).session.steps
        for moment_ms in (now_ms, *(calendar.midnight_ms(day) + step.at_ms for step in steps)):
            if moment_ms >= now_ms and PHASE_RULES[self.exchange.board_phase(Board.SH_MAIN, moment_ms)].matching:
                self.scheduler.put(moment_ms, "close_out", account.account_id)
                return

    def _close_out(self, thing: Due) -> None:
        """Place the orders, and look again later whether they sufficed."""
        account = self.broker.accounts[thing.detail]
        if self.close_out.is_due(account):
            self.close_out.run(account, thing.due_ms)
            again_ms = thing.due_ms + CLOSE_OUT_AGAIN_MS
            if again_ms < self.next_close_ms():
                self._plan_close_out(account, again_ms)

    # ---- the recording -------------------------------------------------------------------------------------------------

    def _hear_openings(self) -> None:
        """What the recording says before a day opens: reference prices, and who is suspended."""
        for opening in self.source.openings(self.exchange.day) if self.source is not None else ():
            security = self.exchange.securities.get(opening.code)
            if security is None:
                continue
            if opening.pre_close_li and opening.pre_close_li != security.pre_close_li:
                self.exchange.set_reference(security, opening.pre_close_li)
                security.last_li = opening.pre_close_li
            if opening.suspended:
                today = DatedTag(SUSPENDED, self.exchange.day, self.exchange.day)
                self.exchange.set_tags(security, (*security.dated_tags, today))
            self.market.record_reference(security)
        self.market.playback.follow_anew(self.exchange.securities.values())

    def is_matched(self, stock_code: str, at_ms: int) -> bool:
        """Are orders in a code matched at a time, on whatever day it is?"""
        security = self.exchange.securities.get(stock_code)
        return security is not None and self.exchange.is_matched(security.board, at_ms)

    def play(self, moment: Moment) -> None:
        """Let a moment of the recording happen."""
        playback = self.market.playback
        playback.feed_ms = moment.now_ms
        if moment.points:
            self._play_points(moment.points)
        if moment.rows:
            playback.rows(moment.rows, self.exchange.securities, moment.now_ms, self.broker.settle)

    def pass_idle(self, now_ms: int) -> None:
        """Bring codes that are idle to a time."""
        passed = self.source.take_passed(now_ms) if self.source is not None else ()
        if passed:
            playback = self.market.playback
            playback.pass_by(passed, max(playback.feed_ms, *(row[0] for _, _, row in passed)))

    def look(self, now_ms: int) -> None:
        """Bring codes that are idle, and bars that are under way and that nobody follows, to a time: somebody looks."""
        self.pass_idle(now_ms)
        points = self.source.look(now_ms) if self.source is not None else ()
        if points:
            playback = self.market.playback
            playback.feed_ms = max(playback.feed_ms, points[-1].at_ms)
            self._play_points(points)

    def _play_points(self, points: Sequence[Point]) -> None:
        for point in points:
            security = self.exchange.securities.get(point.code)
            if security is not None and (events := self.market.playback.point(security, point)):
                self.broker.settle(events, point.at_ms)

    # ---- phases --------------------------------------------------------------------------------------------------------

    def _phase(self, thing: Due) -> None:
        """Auctions end, orders beside a book enter it, and who waits to trade at the close learns it."""
        self.market.fix_closes(thing.due_ms)
        for code in sorted(self.exchange.dormant()):
            self.broker.settle(self.market.arrive(self.exchange.securities[code], None, thing.due_ms), thing.due_ms)
        for code, events in self.exchange.turn_phase(thing.due_ms):
            self.broker.settle(events, thing.due_ms)
            self.market.record(self.exchange.securities[code], thing.due_ms)
        self.market.show_closes(thing.due_ms)
        for code in self.market.house.codes():
            if PHASE_RULES[self.exchange.phase(self.exchange.securities[code], thing.due_ms)].call:
                self.market.playback.stay_out(code)

    def _resume(self, thing: Due) -> None:
        security = self.exchange.securities[thing.detail]
        self.market.playback.stay_out(security.code)
        self.broker.settle(self.exchange.resume(security, thing.due_ms), thing.due_ms)
        self.market.record(security, thing.due_ms)

    def _feed(self, thing: Due) -> None:
        for code in self.market.walked():
            self.broker.settle(self.market.step(code, thing.due_ms), thing.due_ms)

    def _release(self, thing: Due) -> None:
        order = self.broker.unreported(int(thing.detail))
        if order is not None:
            self.broker.report(order, thing.due_ms)

    # ---- figures -------------------------------------------------------------------------------------------------------

    def market_value_li(self, account: Account, now_ms: int) -> int:
        """An account's positions at the prices of this moment."""
        securities = self.exchange.securities
        if self.market.moves:
            for stock_code in account.positions:
                self.market.last_li(securities[stock_code], now_ms)
        value_li = market_value_li(securities, account)
        return value_li if self.source is None else value_li + self._gained_li(self.source, account, now_ms)

    def _gained_li(self, source: Source, account: Account, now_ms: int) -> int:
        """What its positions have gained in bars that are under way and were not looked at."""
        gained_li = 0
        for stock_code, position in account.positions.items():
            price_li = source.price_li(stock_code, now_ms) if position.volume else 0
            if price_li:
                gained_li += position.volume * (price_li - self.exchange.securities[stock_code].last_li)
        return gained_li

    def phase_name(self, now_ms: int) -> str:
        """The phase of a main-board stock."""
        return str(self.exchange.board_phase(Board.SH_MAIN, now_ms))

    # ---- stored rows ---------------------------------------------------------------------------------------------------

    def restore(self, rows: Mapping[str, Iterable[Row]]) -> None:
        """Open a world from its stored rows: accounts, orders in their places in the books, and what is to come."""
        restore_world(self, rows)
        feed_ms = self.market.playback.feed_ms = self.counters["feed_ms"]
        if self.source is not None:
            for code, tick in self.source.resume(feed_ms, self.exchange.day) if feed_ms else ():
                self.market.playback.restore_tick(code, tick)
        self.market.playback.follow_anew(self.exchange.securities.values())

    def rows(self) -> dict[str, list[Row]]:
        """The whole world as rows, sorted by key."""
        accounts = sorted(self.broker.accounts.values(), key=lambda account: account.account_id)
        return {
            "counters": list(self.counters.items()),
            "accounts": [account.row() for account in accounts],
            "positions": sorted(position.row() for account in accounts for position in account.positions.values()),
            "orders": sorted(order.row() for account in accounts for order in account.orders.values()),
            "position_lots": self.lots.rows(),
            "corporate_actions": self.corporate.rows(),
            "ipo_subscriptions": self.ipo.rows(),
            "market_values": self.ipo.values.rows(),
            "trades": sorted(trade.row() for account in accounts for trade in account.trades),
            "instruments": self.market.instrument_rows(),
            "day_figures": self.market.figure_rows(),
            "house_rests": self.market.house.rows(),
            "scheduled": self.scheduler.rows(),
            **self.banks.rows(),
            **self.ordinary.rows(),
            **self.compliance.rows(),
            **self.credit.rows(),
        }

    @property
    def size(self) -> int:
        """How many orders and trades of today there are: what makes a world large."""
        return sum(len(account.orders) + len(account.trades) for account in self.broker.accounts.values())

    def state_hash(self) -> str:
        """SHA-256 of the world's canonical form."""
        return state_hash(self.rows())

    def problems(self, now_ms: int) -> Iterator[str]:
        """Name everything that does not hold."""
        yield from self.exchange.problems(now_ms)
        yield from self.market.problems()
        yield from self.broker.problems()
        yield from self.banks.problems()
        yield from self.ordinary.problems()
        yield from self.compliance.problems()
        yield from self.corporate.problems()
        yield from self.credit.problems()


_ROUTINES: Final[Mapping[str, Callable[[World, Due], None]]] = {
    "open": World._open_day,
    "phase": World._phase,
    "release": World._release,
    "feed": World._feed,
    "resume": World._resume,
    "close": World._close_day,
    "close_out": World._close_out,
}
"""What each kind of scheduled thing does."""
