"""Station 5: the counter's door. Orders are checked, what they may need is frozen, and they go to the exchange.

``place`` answers with an order that is either reported, held, or refused; whatever changes on the way is told to a
``Listener`` at once and in order, so that a client sees 50 before 55 before 56. Refusals are values.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from matching import units
from matching.book import BUY
from matching.checks import Reason, Setting, Terms, counter_rejection, surely_passes, worst_price
from matching.codes import Venue, is_repo, parse_code
from matching.events import Halted
from matching.exchange import Exchange
from matching.instrument import Security
from matching.liquidity import Liquidity
from matching.price_types import Limit, PriceType
from miniqmt_sim.behaviour import Behaviour
from miniqmt_sim.changes import Changes, Counters
from miniqmt_sim.constants import FIRST_ORDER_ID, AccountStatus, OrderStatus
from miniqmt_sim.counter.account import Account
from miniqmt_sim.counter.compliance import Compliance
from miniqmt_sim.counter.fees import FeeSchedule
from miniqmt_sim.counter.fills import CASH, SHARES, Fills, figures_of, operation
from miniqmt_sim.counter.holdings import Listener
from miniqmt_sim.counter.order import Order, Origin
from miniqmt_sim.counter.order_types import OrderType
from miniqmt_sim.counter.status import pending_status
from miniqmt_sim.refusals import Refusals, refusal_text


class PlaceRequest:
    """An order whose account and enumerations are known to exist."""

    __slots__ = ("on_grid", "order_type", "origin", "price_li", "price_type", "stock_code", "volume")

    def __init__(
        self, stock_code: str, order_type: OrderType, price_type: PriceType, price_li: int, on_grid: bool, volume: int,
        origin: Origin,
    ) -> None:  # fmt: skip
        self.stock_code = stock_code
        self.order_type = order_type
        self.price_type = price_type
        self.price_li = price_li
        self.on_grid = on_grid
        self.volume = volume
        self.origin = origin


class CancelAnswer(NamedTuple):
    """``result`` 0 or -1; a text where the cancel failed, at once or at the exchange."""

    result: int
    text: str


CANCELLED = CancelAnswer(0, "")


# Members of an enumeration by name of their own: on Python 3.11 looking one up in its class costs as much as a call.
_LAST = Limit.LAST
_REPORTED = OrderStatus.REPORTED
_SIMULATED = (Venue.SH, Venue.SZ)
"""The exchanges that orders go to. Their numbers are their places."""
_SYSID = tuple(f"sysid.{venue.name}" for venue in _SIMULATED)
_AT_WORK = (AccountStatus.OK, AccountStatus.CLOSED)
"""Accounts that take part: after the close it is the phase that refuses an order, not the account."""


def secu_account(account_id: str, venue: Venue) -> str:
    """Shareholder account of an account on an exchange."""
    return f"{'A' if venue is Venue.SH else '0'}{account_id[-9:].rjust(9, '0')}"


class Broker(Fills):
    """All accounts of the counter and the way of their orders to the exchange and back."""

    def __init__(
        self, exchange: Exchange, fees: FeeSchedule, liquidity: Liquidity, listener: Listener,
        halted: Callable[[Halted], None], behaviour: Behaviour, compliance: Compliance, changes: Changes, counters: Counters,
    ) -> None:  # fmt: skip
        super().__init__(exchange, liquidity, listener, halted, behaviour, compliance, changes, counters)
        self._fees = fees
        self._by_sysid: tuple[dict[str, Order], ...] = tuple({} for _ in _SIMULATED)

    # ---- placing -------------------------------------------------------------------------------------------------------

    def place(self, account: Account, request: PlaceRequest, now_ms: int) -> Order:
        """Take an order. It comes back reported, filled, refused (57), or not reported yet: held (49) or on its way (48)."""
        if request.order_type.at_counter:
            return self._carry_out(account, request, now_ms)
        security = self._liquidity.security(request.stock_code, request.price_li if request.on_grid else 0)
        if security is None:
            return self._place_unknown(account, request, now_ms)
        order_type, price_type, price_li = request.order_type, request.price_type, request.price_li
        setting = self.exchange.setting(security, now_ms)
        if price_type.limit is _LAST:
            price_li = self._liquidity.last_li(security, now_ms)
        if price_type.market:
            price_li = worst_price(price_li, order_type.side, price_type, setting)
        order = self._make(account, request, price_li, now_ms)
        order.security = security
        order.tariff = self._fees.tariff(security.board, order_type.side, order.day)
        text = self._refusal(account, order, setting, request.on_grid)
        if text is None:
            text = self._freeze(account, order, security)
        if text is not None:
            self._refuse(order, text)
            return order
        self._open[order.order_id] = order
        if account.margin is not None:
            account.margin.taken(order)
        if setting.held:
            self._move(order, OrderStatus.WAIT_REPORTING)
        elif self._behaviour.ack_ms:
            self._note(order)
        else:
            self.report(order, now_ms)
        return order

    def _make(self, account: Account, request: PlaceRequest, price_li: int, now_ms: int) -> Order:
        order_id = self._counters.next("order_id") + FIRST_ORDER_ID - 1
        order = account.orders[order_id] = Order(
            order_id, account.account_id, account.account_type, request.stock_code, request.order_type, request.price_type,
            price_li, request.volume, request.origin, self.exchange.day, now_ms,
        )  # fmt: skip
        return order

    def _place_unknown(self, account: Account, request: PlaceRequest, now_ms: int) -> Order:
        """Refuse an order for a code that does not trade here."""
        order = self._make(account, request, request.price_li, now_ms)
        text = self.account_refusal(account, order.order_type, now_ms)
        self._refuse(order, text or refusal_text(_why_unknown(order.stock_code), {"stock_code": order.stock_code}))
        return order

    def _refusal(self, account: Account, order: Order, setting: Setting, on_grid: bool) -> str | None:
        """The text of the first reason that applies, in the order of the refusal table, but for too little cash or shares."""
        order_type, price_type, price_li, volume = order.order_type, order.price_type, order.price_li, order.volume
        text = self.account_refusal(account, order_type, order.order_ms)
        if text is not None:
            return text
        side = order_type.side
        if not surely_passes(side, price_type, price_li, on_grid, volume, setting):
            terms = Terms(side, price_type, price_li, on_grid, volume)
            if side is not BUY:
                terms.holding = self._holding(account, order.stock_code)
                terms.sellable = self.sellable(account, setting.security)
            rejection = counter_rejection(terms, setting)
            if rejection is not None:
                return refusal_text(rejection.reason, figures_of(order, rejection.figures))
        return account.margin.refusal(account, order, setting.security) if account.margin is not None else None

    def _freeze(self, account: Account, order: Order, security: Security) -> str | None:
        """Keep what the order may need from being used twice; a text where there is not enough."""
        freezes, position = order.order_type.freezes, None
        if freezes is CASH:
            needed_li = self.cash_needed(order)
            if needed_li > account.cash_li - account.frozen_li or account.margin is not None:
                available_li = account.available_li if order.order_type.repays is None else account.free_li
                if needed_li > available_li:
                    return cash_refusal(account, needed_li, available_li)
            self._freeze_cash(account, order, needed_li)
        elif freezes is SHARES:
            text = self.shares_refusal(account, order, security)
            if text is not None:
                return text
            position = self.position(account, order.stock_code)
            position.frozen_volume += order.volume
        self._listener.holdings_changed(account, position)
        return None

    def account_refusal(self, account: Account, order_type: OrderType, now_ms: int) -> str | None:
        """What speaks against an account's order, whatever it is for."""
        if account.status not in _AT_WORK:
            return refusal_text(Refusals.ACCOUNT_STATUS, {"account_id": account.account_id, "status": int(account.status)})
        if account.account_type not in order_type.accounts:
            return refusal_text(Refusals.ORDER_TYPE_ACCOUNT, {"order_type": order_type.number})
        if not self._compliance.may_refuse:
            return None
        reached = self._compliance.refuses(account.account_id, self.exchange.day, now_ms)
        return refusal_text(Refusals.TOO_FREQUENT, reached._asdict()) if reached is not None else None

    def last_li(self, stock_code: str, now_ms: int) -> int:
        """The last price of a listed security at this moment."""
        return self._liquidity.last_li(self.exchange.securities[stock_code], now_ms)

    def shares_refusal(self, account: Account, order: Order, security: Security) -> str | None:
        """The text for more shares than may be sold now."""
        sellable = self.sellable(account, security)
        if order.volume <= sellable:
            return None
        figures = {
            "symbol": order.stock_code.partition(".")[0],
            "volume": order.volume,
            "sellable": sellable,
            "exchange_type": 1 if security.venue is Venue.SH else 2,
            "secu_account": secu_account(account.account_id, security.venue),
        }
        return refusal_text(Refusals.SHARES, figures)

    def _refuse(self, order: Order, text: str) -> None:
        """Refuse as real counters do: reported first, then junk."""
        self._move(order, OrderStatus.REPORTED)
        order.order_sysid = f"xt{order.order_id}"
        order.status_msg = f"{operation(order)} {text}"
        self._move(order, OrderStatus.JUNK)
        self._listener.refused(order)

    def _carry_out(self, account: Account, request: PlaceRequest, now_ms: int) -> Order:
        """Do at once what an order asks of the counter alone, while the counter is open."""
        order = self._make(account, request, request.price_li, now_ms)
        security = self.exchange.tradable(order.stock_code)
        text = self.account_refusal(account, order.order_type, now_ms)
        if text is None and account.status is AccountStatus.CLOSED:
            text = refusal_text(Reason.PHASE, {})
        margin = account.margin
        if text is None and margin is not None:
            text = margin.refusal(account, order, security)
        if text is not None:
            self._refuse(order, text)
            return order
        assert margin is not None, "only margin trading has such orders"
        order.order_sysid = str(self._counters.next("sysid.counter"))
        self._move(order, OrderStatus.REPORTED)
        margin.carry_out(account, order, now_ms)
        self._move(order, OrderStatus.SUCCEEDED)
        return order

    def subscribe(self, account: Account, request: PlaceRequest, text: str | None, now_ms: int) -> Order:
        """Take an order for a new issue, which freezes nothing and no book ever sees; a text refuses it."""
        order = self._make(account, request, request.price_li, now_ms)
        if text is not None:
            self._refuse(order, text)
            return order
        venue = _venue(order.stock_code)
        order.order_sysid = str(self._counters.next(_SYSID[venue]))
        self._by_sysid[venue][order.order_sysid] = order
        self._compliance.ordered(order.account_id, self.exchange.day, now_ms)
        self._move(order, _REPORTED)
        return order

    def end_subscription(self, order: Order, status: OrderStatus, text: str) -> None:
        """The day of a subscription is over."""
        order.status_msg = text
        self._move(order, status)

    def report(self, order: Order, now_ms: int) -> None:
        """Send an accepted order to the exchange and book what comes back."""
        security = order.security
        assert security is not None, "an order for an unknown security was not refused"
        venue = security.venue
        order.order_sysid = str(self._counters.next(_SYSID[venue]))
        self._by_sysid[venue][order.order_sysid] = order
        self._compliance.ordered(order.account_id, self.exchange.day, now_ms)
        self._move(order, _REPORTED)
        around = self._liquidity.arrive(security, order.order_type.side, now_ms)
        if around:
            self.settle(around, now_ms)
        order.book_order = order.in_book()
        self.settle(self.exchange.submit(order.book_order, order.price_type, now_ms), now_ms)

    # ---- cancelling ----------------------------------------------------------------------------------------------------

    def find(self, account: Account, order_id: int, market: int, order_sysid: str) -> Order | None:
        """An account's order of today, by number or by the exchange's number."""
        if order_id:
            return account.orders.get(order_id)
        if market not in _SIMULATED:
            return None
        order = self._by_sysid[market].get(order_sysid)
        return order if order is not None and order.account_id == account.account_id else None

    def cancel(self, order: Order | None, now_ms: int) -> CancelAnswer:
        """Cancel an order: -1 when the counter knows it cannot be, 0 and a text when the exchange refuses."""
        if order is None:
            return CancelAnswer(-1, refusal_text(Refusals.CANCEL_UNKNOWN, {}))
        if order.order_id not in self._open:
            reason = Refusals.CANCEL_SUBSCRIPTION if order.is_open else Refusals.CANCEL_FINAL
            return CancelAnswer(-1, refusal_text(reason, {}))
        if order.book_order is None:
            self._end(order)
            return CANCELLED
        self._compliance.cancelled(order.account_id, self.exchange.day, now_ms)
        if not self.exchange.may_cancel(order.book_order, order.price_type, now_ms):
            return CancelAnswer(0, refusal_text(Refusals.CANCEL_PHASE, {}))
        if self._behaviour.cancel_pending:
            self._move(order, pending_status(order.traded_volume))
        self.settle(self.exchange.cancel(order.book_order, now_ms), now_ms)
        return CANCELLED

    # ---- the day --------------------------------------------------------------------------------------------------------

    def unreported(self, order_id: int) -> Order | None:
        """An order that has not been sent to the exchange, None when it has, or is no more."""
        order = self._open.get(order_id)
        return order if order is not None and order.is_unreported else None

    def open_orders(self) -> list[Order]:
        """All orders that can still change, oldest first."""
        return list(self._open.values())

    def expire(self, now_ms: int) -> None:
        """End every open order at the day's close."""
        for order in self.open_orders():
            if order.book_order is None:
                self._end(order)
            else:
                self.settle(self.exchange.cancel(order.book_order, now_ms), now_ms)

    def turn_day(self) -> None:
        """Begin a trading day: forget yesterday's orders, then turn the holdings."""
        for orders in self._by_sysid:
            orders.clear()
        super().turn_day()

    def restore_order(self, order: Order, subscription: bool = False) -> None:
        """Take an order of today back from storage."""
        self.accounts[order.account_id].orders[order.order_id] = order
        security = order.security = self.exchange.tradable(order.stock_code)
        if security is not None:
            order.tariff = self._fees.tariff(security.board, order.order_type.side, order.day)
        if order.order_sysid and order.order_sysid != f"xt{order.order_id}" and not order.order_type.at_counter:
            self._by_sysid[_venue(order.stock_code)][order.order_sysid] = order
        if order.is_open and not subscription:
            self._open[order.order_id] = order
            margin = self.accounts[order.account_id].margin
            if margin is not None:
                margin.taken(order)


def cash_refusal(account: Account, needed_li: int, available_li: int) -> str:
    """The text for too little cash."""
    figures = {
        "account_id": account.account_id,
        "needed": units.text_yuan(needed_li),
        "available": units.text_yuan(available_li),
    }
    return refusal_text(Refusals.CASH, figures)


def _why_unknown(stock_code: str) -> Refusals:
    """Pledged repo and the Beijing exchange exist, but not here; an index is no code that could be ordered anywhere."""
    code = parse_code(stock_code)
    exists = code is not None and (is_repo(code) or code.venue is Venue.BJ)
    return Refusals.CODE_NOT_SIMULATED if exists else Refusals.NO_SUCH_CODE


@lru_cache(maxsize=10_000)
def _venue(stock_code: str) -> Venue:
    """The exchange of a code that an order was taken for."""
    code = parse_code(stock_code)
    assert code is not None, f"an order for {stock_code} was not refused"
    return code.venue
