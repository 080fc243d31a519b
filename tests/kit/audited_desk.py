"""A desk whose every step is audited: what was sent and what came back go to the auditor, and then everything is compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from miniqmt_sim.wire.messages import JsonObject
from tests.kit.auditor import Auditor, Product, exact
from tests.kit.desk import CONFIG, MONDAY, NINE_THIRTY_ONE, Desk, make_config
from tests.kit.elsewhere import BANK_DIRECTION, FUND_DIRECTION, SHARE_DIRECTION, Elsewhere

BY_TIME = ("12313", "1224", "5009", "20009")
"""Refusals that depend on the phase, which the auditor does not know."""
Levels = Sequence[tuple[float, int]]
HOLDINGS = ("push_stock_position", "push_stock_asset")


class AuditedDesk:
    """Accounts, each with a session of its own, trading in a few products."""

    def __init__(
        self, accounts: Sequence[str], products: Mapping[str, Product], *, now: str = NINE_THIRTY_ONE, day: int = MONDAY,
        **changes: Any,
    ) -> None:  # fmt: skip
        self.accounts = accounts
        self.desk = Desk(make_config(accounts=[], **changes), now=now, day=day)
        self.timed = self.desk.config.hours == "exchange"
        self.auditor = Auditor(CONFIG / "rules" / "fees.toml", products, day)
        for who in accounts:
            self.desk.ask("ctl_account_create", account_id=who, cash=0.0)
            self.auditor.pay_in(who, Fraction(0))
            self.desk.session(who)
        self.elsewhere = {who: Elsewhere(self.auditor, who) for who in accounts}
        self._known: dict[tuple[str, str], JsonObject] = {}
        self._who = {self.desk.session(who): who for who in accounts}
        self.auditor.turn_day(day, self._references())
        self.desk.pushes.clear()

    def _references(self) -> dict[str, Fraction]:
        rows = {code: self.desk.ask("ctl_security", stock_code=code) for code in self.auditor.products}
        return {code: exact(row["pre_close"]) for code, row in rows.items()}

    # ---- actions ---------------------------------------------------------------------------------------------------------

    def order(self, who: str, order_type: int, volume: float, code: str, price: float, price_type: int = 11) -> int:
        """Place an order; its number."""
        request = {
            "stock_code": code, "order_type": order_type, "order_volume": volume, "price_type": price_type, "price": price,
        }  # fmt: skip
        self._synchronize()
        verdict = self.auditor.verdict(who, request)
        reply = self.desk.order(who, order_type, volume, code, price, price_type)
        self.auditor.placed(who, request, reply, verdict)
        self._hear()
        self.auditor.judged(who, reply, verdict, BY_TIME if self.timed else ())
        self.check()
        return int(reply["order_id"])

    def cancel(self, who: str, order_id: int) -> None:
        """Cancel an order, one's own or not."""
        order = self.auditor.books[who].orders.get(order_id)
        if order is not None:
            order.may_end = order.is_open
        reply = self.desk.cancel(who, order_id)
        errors = self._hear()
        self.auditor.cancelled(who, order_id, reply, errors)
        self.check()

    def quote(self, code: str, last: float, bids: Levels, asks: Levels, volume: int) -> None:
        """Give the market of a security."""
        reply = self.desk.quote(code, last, bids, asks, volume)
        self._hear()
        if "error" not in reply:
            self.auditor.last[code] = exact(reply["last_price"] if self.timed else last)
        self.check()

    def deposit(self, who: str, amount: float) -> None:
        """Pay in."""
        assert "error" not in self.desk.ask("ctl_cash_deposit", account_id=who, amount=amount)
        self.auditor.pay_in(who, exact(amount))
        self._hear()
        self.check()

    def withdraw(self, who: str, amount: float) -> None:
        """Pay out, if it may leave."""
        may = exact(amount) <= self.auditor.withdrawable(who)
        reply = self.desk.ask("ctl_cash_withdraw", account_id=who, amount=amount)
        assert ("error" not in reply) == may, f"withdrawing {amount} of {self.auditor.withdrawable(who)}: {reply}"
        if may:
            self.auditor.pay_in(who, -exact(amount))
        self._hear()
        self.check()

    def bank(self, who: str, way: str, amount: float) -> None:
        """Bring money from the bank, or take it there, if it may go."""
        books = self.elsewhere[who]
        number = {"bank_no": "1001", "bank_account": f"6222{who}", "direction": BANK_DIRECTION[way]}
        if self._transfer(who, "bank_transfer", books.bank_verdict(way, exact(amount)), balance=amount, **number):
            books.move_bank(way, exact(amount))
        self._check_elsewhere()

    def counter_cash(self, who: str, way: str, amount: float) -> None:
        """Bring cash from the ordinary counter, or send it there, if it may go."""
        books = self.elsewhere[who]
        verdict = books.cash_verdict(way, exact(amount))
        if self._transfer(who, "fund_transfer", verdict, price=amount, transfer_direction=FUND_DIRECTION[way]):
            books.move_cash(way, exact(amount))
        self._check_elsewhere()

    def counter_shares(self, who: str, way: str, code: str, volume: int) -> None:
        """Bring shares from the ordinary counter, or send them there, if they may go."""
        books = self.elsewhere[who]
        fields = {"transfer_direction": SHARE_DIRECTION[way], "stock_code": code, "volume": volume, "transfer_type": 0}
        if self._transfer(who, "secu_transfer", books.share_verdict(way, code, volume), **fields):
            books.move_shares(way, code, volume)
        self._check_elsewhere()

    def _transfer(self, who: str, name: str, verdict: str | None, **fields: Any) -> bool:
        """Ask for a transfer; it is done exactly if nothing speaks against it."""
        self._synchronize()
        reply = self.desk.transfer(who, name, **fields)
        said = f"[{verdict}]" in reply["msg"] if verdict else not reply["msg"]
        assert said, f"{who} {name} {fields}: expected {verdict}, got {reply}"
        assert reply["success"] == (verdict is None), f"{reply} contradicts itself"
        self._hear()
        return verdict is None

    def set_position(self, who: str, code: str, volume: int, can_use: int, cost: float) -> None:
        """Give shares, if open sell orders allow it."""
        may = self.auditor.books[who].frozen_shares(code) <= can_use <= volume
        reply = self.desk.ask(
            "ctl_position_set", account_id=who, stock_code=code, volume=volume, can_use=can_use, cost=cost
        )
        assert ("error" not in reply) == may, f"{who} {code} {volume} of which {can_use}: {reply}"
        if may:
            self.auditor.set_position(who, code, volume, can_use, exact(cost))
        self._hear()
        self.check()

    def pass_time(self, name: str, **fields: Any) -> None:
        """Move the clock; days may turn on the way, and what is open ends with its day."""
        for book in self.auditor.books.values():
            for order in book.open_orders():
                order.may_end = True
        assert "error" not in self.desk.ask(name, **fields)
        self._hear(steps=2)
        self._synchronize()
        for book in self.auditor.books.values():
            for order in book.open_orders():
                order.may_end = False
        self.check()

    def crash(self) -> None:
        """Lose the process and come back."""
        self.desk.crash()
        self._hear()
        self._check_elsewhere()

    # ---- what comes back -------------------------------------------------------------------------------------------------

    def _hear(self, steps: int = 1) -> list[JsonObject]:
        """Give the auditor everything that was pushed; the cancels that were refused."""
        heard, self.desk.pushes = self.desk.pushes, []
        told: dict[tuple[str, str], int] = {}
        for connection, push in heard:
            who = self._who[connection]
            self.auditor.hear(who, push)
            if push["t"] in HOLDINGS:
                key = who, push.get("stock_code", "")
                told[key] = told.get(key, 0) + 1
                self._known[key] = push
        assert steps > 1 or all(count == 1 for count in told.values()), f"told more than once in a step: {told}"
        return [push for _, push in heard if push["t"] == "push_cancel_error"]

    def _synchronize(self) -> None:
        """Learn the day, and with a timetable also the last prices, which auctions and closes make."""
        day = self.desk.ask("ctl_clock_show")["day"]
        if day != self.auditor.day:
            self.auditor.turn_day(day, self._references())
            self._known.clear()
        if self.timed:
            for code in self.auditor.products:
                self.auditor.last[code] = exact(self.desk.ask("ctl_security", stock_code=code)["last_price"])

    # ---- the audit -------------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Compare everything that is shown with the auditor's books, and let the world check itself."""
        problems = list(self.auditor.complain())
        assets, positions = {}, {}
        for who in self.accounts:
            assets[who] = self.desk.asset(who)
            positions[who] = self.desk.rows("ctl_positions", account_id=who)
            orders, trades = (self.desk.rows(name, account_id=who) for name in ("ctl_orders", "ctl_trades"))
            problems += self.auditor.audit(who, assets[who], positions[who], orders, trades)
        problems += self.auditor.conserve(assets, positions)
        problems += [problem for key, push in self._known.items() for problem in self._audit_push(*key, push)]
        problems += self._audit_store()
        assert problems == [], "\n".join(problems)
        self.desk.check()

    def _check_elsewhere(self) -> None:
        """The same, and what everybody has elsewhere, which nothing else changes."""
        problems = [problem for who in self.accounts for problem in self._audit_elsewhere(who)]
        assert problems == [], "\n".join(problems)
        self.check()

    def _audit_elsewhere(self, who: str) -> Iterator[str]:
        bank = self.desk.rows("ctl_bank_list", account_id=who)[0]["balance"]
        fund, held = (self.desk.transfer(who, name)["rows"] for name in ("query_com_fund", "query_com_position"))
        return self.elsewhere[who].audit(bank, fund[0], held)

    def _audit_push(self, who: str, code: str, push: JsonObject) -> Iterator[str]:
        """Who only listens knows what who asks is told."""
        if code:
            held = self.auditor.books[who].holdings.get(code)
            mine = [held.volume if held else 0, self.auditor.sellable(who, code), self.auditor.books[who].frozen_shares(code)]
            told = [push[name] for name in ("volume", "can_use_volume", "frozen_volume")]
        else:
            mine = [self.auditor.available(who), self.auditor.frozen(who), self.auditor.withdrawable(who)]
            told = [exact(push[name]) for name in ("cash", "frozen_cash", "fetch_balance")]
        if told != mine:
            yield f"{who} was told last of {code or 'its cash'}: {told}, and has {mine}"

    def _audit_store(self) -> list[str]:
        """Fees by kind and the house's money as they are stored."""
        rows = self.desk.simulator.rows()
        counters = dict(rows["counters"])
        problems = []
        house = Fraction(counters.get("sum.house_li", 0), 1000)
        if house != self.auditor.to_house:
            problems.append(f"the house has {house}, and should have {self.auditor.to_house}")
        trades = (trade for trades in self.auditor.trades.values() for trade in trades)
        mine = sorted((order_id, volume, *fees.values()) for order_id, volume, fees in trades)
        theirs = sorted((row[4], row[8], *(Fraction(amount, 1000) for amount in row[11:15])) for row in rows["trades"])
        if mine != theirs:
            problems.append(f"fees are stored as {theirs}, and are {mine}")
        return problems
