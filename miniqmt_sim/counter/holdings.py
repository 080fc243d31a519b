"""What the accounts hold: cash and shares, how they come and go beside orders, and the sums that must balance.

The half of the counter that knows no order's way; ``broker`` builds on it. Whatever changes is noted for storage and told
to a ``Listener`` at once.
"""

from __future__ import annotations

from collections.abc import Iterator

from matching.exchange import Exchange
from matching.instrument import Security
from miniqmt_sim.changes import Changes, Counters
from miniqmt_sim.constants import AccountStatus, AccountType
from miniqmt_sim.counter.account import Account, Position
from miniqmt_sim.counter.ledger import Entry, Ledger
from miniqmt_sim.counter.margin import Margin
from miniqmt_sim.counter.order import Order, Trade


class Listener:
    """Who is told of every change, as it happens."""

    def order_changed(self, order: Order) -> None:
        """An order has a new status or a new fill."""
        raise NotImplementedError

    def traded(self, trade: Trade) -> None:
        """A fill, after its order_changed."""
        raise NotImplementedError

    def refused(self, order: Order) -> None:
        """An order ended as junk; its text is in status_msg."""
        raise NotImplementedError

    def holdings_changed(self, account: Account, position: Position | None) -> None:
        """Cash, and perhaps a position, are different now."""
        raise NotImplementedError

    def status_changed(self, account: Account) -> None:
        """An account has another status."""
        raise NotImplementedError


class Holdings:
    """All accounts of the counter and what is in them."""

    def __init__(self, exchange: Exchange, listener: Listener, changes: Changes, counters: Counters) -> None:
        self.exchange = exchange
        self.accounts: dict[str, Account] = {}
        self.ledger = Ledger(changes, counters)
        self.margin: Margin | None = None
        self._listener = listener
        self._changes = changes
        self._accounts_changed = changes.table("accounts")
        self._positions_changed = changes.table("positions")
        self._counters = counters

    # ---- holdings ------------------------------------------------------------------------------------------------------

    def position(self, account: Account, stock_code: str) -> Position:
        """An account's position, made when it is first needed; noted as changed."""
        position = account.positions.get(stock_code)
        if position is None:
            position = account.positions[stock_code] = Position(account.account_id, stock_code, self.exchange.day)
        self._positions_changed[account.account_id, stock_code] = position
        return position

    def sellable(self, account: Account, security: Security) -> int:
        """Volume of a security that an account may sell now."""
        position = account.positions.get(security.code)
        return position.sellable(self.exchange.resale_days(security)) if position else 0

    def _holding(self, account: Account, stock_code: str) -> int:
        position = account.positions.get(stock_code)
        return position.volume - position.frozen_volume if position else 0

    # ---- accounts ------------------------------------------------------------------------------------------------------

    def open_account(self, account_id: str, account_type: AccountType) -> Account:
        """Open an account without anything in it."""
        assert account_id not in self.accounts
        account = self.accounts[account_id] = Account(account_id, account_type, self.exchange.day)
        self.give_margin(account)
        self._changes.put("accounts", account_id, account)
        return account

    def give_margin(self, account: Account) -> None:
        """Let an account that is for it trade on margin."""
        account.margin = self.margin if account.account_type is AccountType.CREDIT else None

    def begin_anew(self, now_ms: int) -> None:
        """The day is another before anything happened: accounts and positions were opened on it."""
        self.ledger.begin_anew(self.accounts.values(), now_ms)
        for account in self.accounts.values():
            account.opened_day = self.exchange.day
            self._changes.put("accounts", account.account_id, account)
            for stock_code in account.positions:
                self.position(account, stock_code).opened_day = self.exchange.day

    def set_status(self, account: Account, status: AccountStatus) -> None:
        """Change an account's status; nothing is told when it stays what it is."""
        if account.status is not status:
            account.status = status
            self._changes.put("accounts", account.account_id, account)
            self._listener.status_changed(account)

    def close_counter(self) -> None:
        """The day is settled: accounts at work show that the counter is closed."""
        for account in self.accounts.values():
            if account.status is AccountStatus.OK:
                self.set_status(account, AccountStatus.CLOSED)

    def open_counter(self) -> None:
        """A day begins: accounts that were closed with the last one are at work again."""
        for account in self.accounts.values():
            if account.status is AccountStatus.CLOSED:
                self.set_status(account, AccountStatus.OK)

    def move_cash(
        self, account: Account, reason: Entry, amount_li: int, now_ms: int, order_id: int = 0, trade_id: int = 0
    ) -> None:
        """Pay in, or out with a negative amount."""
        self.ledger.post(account, reason, amount_li, now_ms, order_id, trade_id)
        self._counters.add("sum.external_li", amount_li)
        self._listener.holdings_changed(account, None)

    def charge(self, account: Account, reason: Entry, amount_li: int, now_ms: int) -> None:
        """Take dues, whatever cash there is."""
        self.move_cash(account, reason, -amount_li, now_ms)
        account.overdraft_li = max(account.overdraft_li, -account.available_li)

    def deliver(self, account: Account, stock_code: str, volume: int, paid_li: int) -> None:
        """Hand over shares that were not bought in the market."""
        self._counters.add(f"shares.{stock_code}", volume)
        position = self.position(account, stock_code)
        position.receive(self.exchange.day, volume, paid_li)
        self._listener.holdings_changed(account, position)

    def hand_back(self, account: Account, stock_code: str, volume: int) -> None:
        """Take shares out of an account that were not sold in the market."""
        self._counters.add(f"shares.{stock_code}", -volume)
        position = self.position(account, stock_code)
        position.give(volume)
        self._listener.holdings_changed(account, position)

    def set_position(self, account: Account, security: Security, volume: int, sellable: int, cost_li: int) -> Position:
        """Replace a position by one bought elsewhere for ``cost_li``; open sell orders keep their shares frozen."""
        position = self.position(account, security.code)
        self._counters.add(f"shares.{security.code}", volume - position.volume)
        position.volume = position.bought_volume = volume
        position.today_volume = volume - sellable
        position.yesterday_volume = sellable
        position.cost_li = position.bought_li = cost_li
        self._listener.holdings_changed(account, position)
        return position

    def turn_day(self) -> None:
        """Begin a trading day: forget yesterday's orders, turn T+1, settle cash, drop what is sold out."""
        for account in self.accounts.values():
            account.orders.clear()
            account.trades.clear()
            overdraft_li = min(account.overdraft_li, max(0, -account.available_li))
            if account.unsettled_li or account.overdraft_li != overdraft_li:
                account.unsettled_li = 0
                account.overdraft_li = overdraft_li
                self._changes.put("accounts", account.account_id, account)
            for position in list(account.positions.values()):
                position.turn_day()
                key = (account.account_id, position.stock_code)
                if not position.volume:
                    del account.positions[position.stock_code]
                self._changes.put("positions", key, position if position.volume else None)

    def problems(self) -> Iterator[str]:
        """Name what does not add up, in each account and over all."""
        counters, accounts = self._counters, self.accounts.values()
        for account in accounts:
            yield from (f"account {account.account_id}: {problem}" for problem in account.problems())
        cash_li = sum(account.cash_li for account in accounts)
        expected_li = counters["sum.external_li"] + counters["sum.rounding_li"]
        expected_li -= counters["sum.fees_li"] + counters["sum.house_li"]
        if cash_li != expected_li:
            yield f"accounts hold {cash_li} li, deposits less fees and payments to the house are {expected_li}"
        held: dict[str, int] = {}
        for account in accounts:
            for position in account.positions.values():
                held[position.stock_code] = held.get(position.stock_code, 0) + position.volume
        for stock_code in self.exchange.securities:
            has, expected = held.get(stock_code, 0), counters[f"shares.{stock_code}"]
            if has != expected:
                yield f"{stock_code}: accounts hold {has}, were given and bought {expected}"
