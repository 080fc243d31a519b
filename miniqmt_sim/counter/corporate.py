"""Station 7: corporate actions. On the ex-day, before anybody can trade, the price loses what the holders get.

An ``Action`` is what a company announced for one ex-day: cash, bonus and transfer shares, a rights issue. When that day opens,
the reference price is computed and every position that was held at the close before gets its cash and its shares; rights are
taken up at once by the accounts that were told to, as far as their cash reaches, and lapse otherwise. The tax on dividends
waits in the lots and is collected at the close of the day on which shares are sold.

Source: SSE 4.3.2, SZSE 4.4.2; exchange-rules §8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from matching import units
from matching.instrument import Security
from matching.units import PPM
from miniqmt_sim.changes import Changes, Row
from miniqmt_sim.counter.account import Account, Position
from miniqmt_sim.counter.broker import Broker
from miniqmt_sim.counter.ledger import Entry
from miniqmt_sim.counter.lots import MICRO_PER_FEN, MICRO_PER_LI, Lots

MAX_ACTIONS: Final = 20_000
"""Actions a world keeps: four years of every company listed."""
ALL_HOLDERS: Final = "all"
NO_HOLDER: Final = "-"


class Action(NamedTuple):
    """One company's action on one ex-day. ``subscribe`` names the accounts that take up rights: ``all``, ``-``, or their ids.

    ``cash_micro`` is micro-yuan per share before tax; ratios are parts per million of the shares held; ``record_day`` 0 is the
    trading day before the ex-day.
    """

    stock_code: str
    ex_day: int
    record_day: int = 0
    cash_micro: int = 0
    bonus_ppm: int = 0
    transfer_ppm: int = 0
    rights_ppm: int = 0
    rights_price_li: int = 0
    subscribe: str = ALL_HOLDERS

    @property
    def taxable_micro(self) -> int:
        """Income per share that is taxed as a dividend: cash, and bonus shares at their face value of one yuan."""
        return self.cash_micro + self.bonus_ppm

    @property
    def free_ppm(self) -> int:
        """Shares that cost nothing, per share held."""
        return self.bonus_ppm + self.transfer_ppm

    @property
    def named(self) -> list[str]:
        """The accounts that are named to take up rights."""
        return [word for word in self.subscribe.split() if word not in (ALL_HOLDERS, NO_HOLDER)]

    def is_subscribed_by(self, account_id: str) -> bool:
        """Does an account take up its rights?"""
        return self.subscribe == ALL_HOLDERS or account_id in self.subscribe.split()

    def row(self) -> Row:
        """The row of table corporate_actions."""
        return tuple(self)


def action_problem(action: Action) -> str | None:
    """Why an announcement makes no sense; None when it does."""
    shares = (action.bonus_ppm, action.transfer_ppm, action.rights_ppm)
    if min(action.cash_micro, action.rights_price_li, *shares) < 0:
        return "an amount or a ratio is negative"
    if not (action.cash_micro or any(shares)):
        return "it gives neither cash nor shares nor rights"
    if bool(action.rights_ppm) != bool(action.rights_price_li):
        return "rights need both a ratio and a price"
    if action.record_day >= action.ex_day:
        return f"the day of record {action.record_day} is not before the ex-day {action.ex_day}"
    return None


def reference_li(close_li: int, action: Action, tick_li: int) -> int:
    """The ex-day's reference price: [(close − cash) + rights price × rights] ÷ (1 + shares + rights), half up to the tick.

    At least one tick. Source: SSE 4.3.2, SZSE 4.4.2.
    """
    value = (close_li * MICRO_PER_LI - action.cash_micro) * PPM + action.rights_price_li * MICRO_PER_LI * action.rights_ppm
    shares_ppm = PPM + action.free_ppm + action.rights_ppm
    return max(units.round_to_tick(value, shares_ppm * MICRO_PER_LI, tick_li), tick_li)


def dividend_li(volume: int, action: Action) -> int:
    """The cash of a holding, rounded once, half up to the fen."""
    return units.half_up(volume * action.cash_micro, MICRO_PER_FEN) * units.LI_PER_FEN


class Corporate:
    """All actions, past and to come, and what they do on their day."""

    __slots__ = ("_actions", "_broker", "_changes", "_lots", "_rebase")

    def __init__(
        self, broker: Broker, lots: Lots, rebase: Callable[[Security, int, int], None], changes: Changes
    ) -> None:
        self._broker = broker
        self._lots = lots
        self._rebase = rebase
        self._changes = changes
        self._actions: dict[tuple[str, int], Action] = {}

    def add(self, action: Action) -> str | None:
        """Take an announcement; one for the same code and ex-day is replaced. A sentence says why not."""
        key = (action.stock_code, action.ex_day)
        if key not in self._actions and len(self._actions) >= MAX_ACTIONS:
            return f"there are {MAX_ACTIONS} corporate actions already"
        problem = action_problem(action)
        if problem is None:
            self._actions[key] = action
            self._changes.put("corporate_actions", key, action)
        return problem

    def has(self, stock_code: str, ex_day: int) -> bool:
        """Is there an action of this code on this day?"""
        return (stock_code, ex_day) in self._actions

    def actions(self) -> list[Action]:
        """All of them, by ex-day."""
        return sorted(self._actions.values(), key=lambda action: (action.ex_day, action.stock_code))

    # ---- the day -------------------------------------------------------------------------------------------------------

    def open_day(self, before: int, now_ms: int) -> None:
        """A day opens, ``before`` was the trading day before it: do what goes ex."""
        for action in self.going_ex(before):
            security = self._broker.exchange.securities[action.stock_code]
            self._go_ex(security, action, action.record_day or before, now_ms)

    def going_ex(self, before: int) -> list[Action]:
        """What goes ex on the present day; ``before`` was the trading day before it."""
        today, securities = self._broker.exchange.day, self._broker.exchange.securities
        return [action for action in self.actions() if before < action.ex_day <= today and action.stock_code in securities]

    def _go_ex(self, security: Security, action: Action, record_day: int, now_ms: int) -> None:
        exchange = self._broker.exchange
        tick_li = exchange.board_rules(security).tick.tick_li
        self._rebase(security, reference_li(security.pre_close_li, action, tick_li), now_ms)
        for account in self._broker.accounts.values():
            if security.code in account.positions:
                self._pay(account, self._broker.position(account, security.code), action, record_day, now_ms)

    def _pay(self, account: Account, position: Position, action: Action, record_day: int, now_ms: int) -> None:
        """Cash and shares of one holder. What is not a whole share is lost."""
        held = position.volume
        cash_li = dividend_li(held, action)
        if action.taxable_micro:
            self._lots.credit(position, record_day, action.taxable_micro)
        self._broker.move_cash(account, Entry.DIVIDEND, cash_li, now_ms)
        position.go_ex(cash_li)
        self._deliver(account, position, held * action.free_ppm // PPM, 0)
        if action.is_subscribed_by(account.account_id):
            self._take_up(account, position, held * action.rights_ppm // PPM, action.rights_price_li, now_ms)

    def _take_up(self, account: Account, position: Position, volume: int, price_li: int, now_ms: int) -> None:
        """Pay for the whole entitlement, or let it lapse."""
        cost_li = units.whole_fen(volume * price_li)
        if volume and cost_li <= account.available_li:
            self._broker.move_cash(account, Entry.RIGHTS, -cost_li, now_ms)
            self._deliver(account, position, volume, cost_li)

    def _deliver(self, account: Account, position: Position, volume: int, paid_li: int) -> None:
        if volume:
            self._broker.deliver(account, position.stock_code, volume, paid_li)
            self._lots.acquire(account.account_id, position.stock_code, self._broker.exchange.day, volume)

    def close_day(self, now_ms: int) -> None:
        """The day's sales are known: bring the lots up to the positions and collect the tax, whatever cash there is."""
        exchange = self._broker.exchange
        boards = {code: security.board for code, security in exchange.securities.items()}
        for account in self._broker.accounts.values():
            taxes = self._lots.close_day(account, exchange.day, boards)
            for tax_li in taxes.values():
                self._broker.charge(account, Entry.DIVIDEND_TAX, tax_li, now_ms)

    # ---- stored rows ---------------------------------------------------------------------------------------------------

    def restore(self, rows: Sequence[Row]) -> None:
        """Take actions back from storage."""
        for row in rows:
            action = Action(*row)
            self._actions[action.stock_code, action.ex_day] = action

    def rows(self) -> list[Row]:
        """Rows of table corporate_actions."""
        return sorted(action.row() for action in self._actions.values())

    def problems(self) -> Iterator[str]:
        """Name what cannot be."""
        for action in self._actions.values():
            problem = action_problem(action)
            if problem is not None:
                yield f"{action.stock_code} {action.ex_day}: {problem}"
        yield from self._lots.problems()
