"""Stations 5 and 7: the counter's door. Orders in, fills back; money and shares frozen, captured, released.

``place`` answers with an order that is either reported, held, or refused; whatever changes on the way is told to a
``Listener`` at once and in order, so that a client sees 50 before 55 before 56. Refusals are values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from matching import units
from matching.book import BUY, HOUSE, Side
from matching.checks import Reason, Setting, Terms, worst_price
from matching.codes import Venue, is_repo, parse_code
from matching.events import Cancelled, Event, Halted, Priced, Rejected, Rested, Traded
from matching.exchange import Exchange
from matching.instrument import Security
from matching.price_types import Limit, PriceType
from matching.records import record
from miniqmt_sim.behaviour import Behaviour
from miniqmt_sim.changes import Changes, Counters
from miniqmt_sim.constants import FIRST_ORDER_ID, AccountStatus, OrderStatus
from miniqmt_sim.counter.account import Account
from miniqmt_sim.counter.compliance import Compliance
from miniqmt_sim.counter.fees import FeeSchedule, Tariff
from miniqmt_sim.counter.holdings import Holdings, Listener
from miniqmt_sim.counter.order import Order, Origin, Trade
from miniqmt_sim.counter.order_types import Freezes, OrderType
from miniqmt_sim.counter.status import cancelled_status, pending_status
from miniqmt_sim.refusals import Refusals, refusal_text


class Liquidity(Protocol):
    """The rest of the market, as far as the counter needs it."""

    def security(self, stock_code: str, hint_li: int) -> Security | None:
        """The security of a code, listed on the spot where the configuration allows it."""

    def last_li(self, security: Security, now_ms: int) -> int:
        """The last price at this moment."""

    def arrive(self, security: Security, side: Side | None, now_ms: int) -> list[Event]:
        """An order of this side is about to reach the book: let the market stand in it."""

    def traded(self, event: Traded, now_ms: int) -> None:
        """A trade happened: house orders shrank, the last price moved."""


@record
class PlaceRequest:
    """An order whose account and enumerations are known to exist."""

    stock_code: str
    order_type: OrderType
    price_type: PriceType
    price_li: int
    on_grid: bool
    volume: int
    origin: Origin


class CancelAnswer(NamedTuple):
    """``result`` 0 or -1; a text where the cancel failed, at once or at the exchange."""

    result: int
    order: Order | None
    text: str


# Members of an enumeration by name of their own: on Python 3.11 looking one up in its class costs as much as a call.
_LAST = Limit.LAST
_CASH, _SHARES = Freezes.CASH, Freezes.SHARES
_REPORTED, _PART_SUCC, _SUCCEEDED = OrderStatus.REPORTED, OrderStatus.PART_SUCC, OrderStatus.SUCCEEDED
_SYSID = {venue: f"sysid.{venue.name}" for venue in Venue}
_AT_WORK = (AccountStatus.OK, AccountStatus.CLOSED)
"""Accounts that take part: after the close it is the phase that refuses an order, not the account."""


def secu_account(account_id: str, venue: Venue) -> str:
    """Shareholder account of an account on an exchange."""
    return f"{'A' if venue is Venue.SH else '0'}{account_id[-9:].rjust(9, '0')}"


class Broker(Holdings):
    """All accounts of the counter and the way of their orders to the exchange and back."""

    def __init__(
        self, exchange: Exchange, fees: FeeSchedule, liquidity: Liquidity, listener: Listener,
        halted: Callable[[Halted], None], behaviour: Behaviour, compliance: Compliance, changes: Changes, counters: Counters,
    ) -> None:  # fmt: skip
        super().__init__(exchange, listener, changes, counters)
        self._fees = fees
        self._liquidity = liquidity
        self._halted = halted
        self._behaviour = behaviour
        self._compliance = compliance
        self._orders_changed = changes.table("orders")
        self._trades_changed = changes.table("trades")
        self._open: dict[int, Order] = {}
        self._by_sysid: dict[tuple[Venue, str], Order] = {}

    # ---- placing -------------------------------------------------------------------------------------------------------

    def place(self, account: Account, request: PlaceRequest, now_ms: int) -> Order:
        """Take an order. It comes back reported, filled, refused (57), or not reported yet: held (49) or on its way (48)."""
        if request.order_type.at_counter:
            return self._carry_out(account, request, now_ms)
        security = self._liquidity.security(request.stock_code, request.price_li if request.on_grid else 0)
        setting = self.exchange.setting(security, now_ms) if security is not None else None
        order = self._make(account, request, security, setting, now_ms)
        text = self._refusal(account, order, setting, request.on_grid)
        if text is not None:
            self._refuse(order, text)
            return order
        assert setting is not None, "an order for an unknown security was not refused"
        self._freeze(account, order)
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

    def _make(
        self, account: Account, request: PlaceRequest, security: Security | None, setting: Setting | None, now_ms: int
    ) -> Order:
        order_id = self._counters.next("order_id") + FIRST_ORDER_ID - 1
        order_type, price_type, price_li = request.order_type, request.price_type, request.price_li
        if security is not None and setting is not None:
            if price_type.limit is _LAST:
                price_li = self._liquidity.last_li(security, now_ms)
            price_li = worst_price(price_li, order_type.side, price_type, setting)
        order = Order(
            order_id, account.account_id, account.account_type, request.stock_code, order_type, price_type, price_li,
            request.volume, request.origin, self.exchange.day, now_ms,
        )  # fmt: skip
        self._belongs_to(order, security)
        account.orders[order_id] = order
        return order

    def _belongs_to(self, order: Order, security: Security | None) -> None:
        """Say which security an order is in, and with that what it is charged."""
        if security is not None:
            order.security = security
            order.tariff = self._fees.tariff(security.board, order.order_type.side, order.day)

    def _refusal(self, account: Account, order: Order, setting: Setting | None, on_grid: bool) -> str | None:
        """The text of the first reason that applies, in the order of the refusal table."""
        text = self.account_refusal(account, order.order_type, order.order_ms)
        if text is not None:
            return text
        if setting is None:
            return refusal_text(_why_unknown(order.stock_code), {"stock_code": order.stock_code})
        side = order.order_type.side
        holding = 0 if side is BUY else self._holding(account, order.stock_code)
        terms = Terms(side, order.price_type, order.price_li, on_grid, order.volume, holding)
        rejection = self.exchange.check(terms, setting)
        if rejection is not None:
            return refusal_text(rejection.reason, _figures(order, rejection.figures))
        text = account.margin.refusal(account, order, setting.security) if account.margin is not None else None
        return text or self._cash_refusal(account, order) or self._share_refusal(account, order, setting.security)

    def account_refusal(self, account: Account, order_type: OrderType, now_ms: int) -> str | None:
        """What speaks against an account's order, whatever it is for."""
        if account.status not in _AT_WORK:
            return refusal_text(Refusals.ACCOUNT_STATUS, {"account_id": account.account_id, "status": int(account.status)})
        if account.account_type not in order_type.accounts:
            return refusal_text(Refusals.ORDER_TYPE_ACCOUNT, {"order_type": order_type.number})
        reached = self._compliance.refuses(account.account_id, self.exchange.day, now_ms)
        return refusal_text(Refusals.TOO_FREQUENT, reached._asdict()) if reached is not None else None

    def last_li(self, stock_code: str, now_ms: int) -> int:
        """The last price of a listed security at this moment."""
        return self._liquidity.last_li(self.exchange.securities[stock_code], now_ms)

    def _cash_refusal(self, account: Account, order: Order) -> str | None:
        if order.order_type.freezes is not _CASH:
            return None
        needed_li = self.cash_needed(order)
        if account.margin is None and needed_li <= account.cash_li - account.frozen_li:
            return None
        available_li = account.available_li if order.order_type.repays is None else account.free_li
        return None if needed_li <= available_li else cash_refusal(account, needed_li, available_li)

    def _share_refusal(self, account: Account, order: Order, security: Security) -> str | None:
        if order.order_type.freezes is not _SHARES:
            return None
        return self.shares_refusal(account, order, security)

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
        order.status_msg = f"{_operation(order)} {text}"
        self._move(order, OrderStatus.JUNK)
        self._listener.refused(order)

    def _carry_out(self, account: Account, request: PlaceRequest, now_ms: int) -> Order:
        """Do at once what an order asks of the counter alone, while the counter is open."""
        order = self._make(account, request, None, None, now_ms)
        security = self.exchange.securities.get(order.stock_code)
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
        order = self._make(account, request, None, None, now_ms)
        if text is not None:
            self._refuse(order, text)
            return order
        venue = _venue(order.stock_code)
        order.order_sysid = str(self._counters.next(_SYSID[venue]))
        self._by_sysid[venue, order.order_sysid] = order
        self._compliance.ordered(order.account_id, self.exchange.day, now_ms)
        self._move(order, OrderStatus.REPORTED)
        return order

    def end_subscription(self, order: Order, status: OrderStatus, text: str) -> None:
        """The day of a subscription is over."""
        order.status_msg = text
        self._move(order, status)

    def report(self, order: Order, now_ms: int) -> None:
        """Send an accepted order to the exchange and book what comes back."""
        security = order.security
        assert security is not None, "an order for an unknown security was not refused"
        order.order_sysid = str(self._counters.next(_SYSID[security.venue]))
        self._by_sysid[security.venue, order.order_sysid] = order
        self._compliance.ordered(order.account_id, self.exchange.day, now_ms)
        self._move(order, _REPORTED)
        around = self._liquidity.arrive(security, order.order_type.side, now_ms)
        if around:
            self.settle(around, now_ms)
        order.book_order = order.in_book()
        events = self.exchange.submit(order.book_order, order.price_type, now_ms)
        if events:
            self.settle(events, now_ms)

    # ---- cancelling ----------------------------------------------------------------------------------------------------

    def find(self, account: Account, order_id: int, market: int, order_sysid: str) -> Order | None:
        """An account's order of today, by number or by the exchange's number."""
        if order_id:
            return account.orders.get(order_id)
        if market not in Venue.__members__.values():
            return None
        order = self._by_sysid.get((Venue(market), order_sysid))
        return order if order is not None and order.account_id == account.account_id else None

    def cancel(self, order: Order | None, now_ms: int) -> CancelAnswer:
        """Cancel an order: -1 when the counter knows it cannot be, 0 and a text when the exchange refuses."""
        if order is None:
            return CancelAnswer(-1, None, refusal_text(Refusals.CANCEL_UNKNOWN, {}))
        if not order.is_open:
            return CancelAnswer(-1, order, refusal_text(Refusals.CANCEL_FINAL, {}))
        if order.order_id not in self._open:
            return CancelAnswer(-1, order, refusal_text(Refusals.CANCEL_SUBSCRIPTION, {}))
        if order.book_order is None:
            self._end(order)
            return CancelAnswer(0, order, "")
        self._compliance.cancelled(order.account_id, self.exchange.day, now_ms)
        if self.exchange.may_cancel(order.book_order, order.price_type, now_ms):
            if self._behaviour.cancel_pending:
                self._move(order, pending_status(order.traded_volume))
            self.settle(self.exchange.cancel(order.book_order, now_ms), now_ms)
        else:
            return CancelAnswer(0, order, refusal_text(Refusals.CANCEL_PHASE, {}))
        return CancelAnswer(0, order, "")

    # ---- what the exchange says ----------------------------------------------------------------------------------------

    def settle(self, events: Iterable[Event], now_ms: int) -> None:
        """Book events in order: limits found, both sides of a trade, orders that rest, ended or were refused."""
        for event in events:
            if type(event) is Traded:
                self._settle_trade(event, now_ms)
            elif type(event) is Halted:
                self._halted(event)
            elif event.order.owner != HOUSE:
                _SETTLE[type(event)](self, self._open[event.order.order_id], event)

    def _settle_trade(self, event: Traded, now_ms: int) -> None:
        self._liquidity.traded(event, now_ms)
        taker, maker = event.taker, event.maker
        is_self_trade = taker.owner == maker.owner
        if taker.owner == HOUSE or maker.owner == HOUSE:
            self._balance_house(event)
        if taker.owner != HOUSE:
            self._compliance.traded(taker.owner, self.exchange.day, is_self_trade)
            self._fill(self._open[taker.order_id], event.price_li, event.volume, is_self_trade, now_ms)
        if maker.owner != HOUSE:
            self._compliance.traded(maker.owner, self.exchange.day, False)
            self._fill(self._open[maker.order_id], event.price_li, event.volume, is_self_trade, now_ms)

    def _settle_price(self, order: Order, event: Priced) -> None:
        """A market order got its limit: freeze what that can cost, no more, and tell the price it has now."""
        order.price_li = event.order.price_li
        self._freeze_cash(self.accounts[order.account_id], order)
        self._note(order)
        self._listener.order_changed(order)

    def _settle_rest(self, order: Order, event: Rested) -> None:
        order.queue_seq = event.order.queue_seq
        self._note(order)

    def _settle_end(self, order: Order, event: Cancelled) -> None:
        self._end(order)

    def _settle_rejection(self, order: Order, event: Rejected) -> None:
        """The exchange refused what the counter had taken: release it, then refuse as the counter does."""
        account = self._release(order)
        order.status_msg = f"{_operation(order)} {refusal_text(event.reason, _figures(order, event.figures))}"
        self._move(order, OrderStatus.JUNK)
        self._listener.refused(order)
        self._listener.holdings_changed(account, _frozen_code(order))

    def _balance_house(self, event: Traded) -> None:
        """What the accounts together paid and got, and which shares came to them, seen from the house."""
        houses = (event.taker.owner == HOUSE) - (event.maker.owner == HOUSE)
        if houses:
            house = event.taker if houses > 0 else event.maker
            sign = 1 if house.side is Side.SELL else -1
            self._counters.add("sum.house_li", sign * event.price_li * event.volume)
            self._counters.add(f"shares.{house.code}", sign * event.volume)

    def _fill(self, order: Order, price_li: int, volume: int, is_self_trade: bool, now_ms: int) -> None:
        account = self.accounts[order.account_id]
        order.traded_volume += volume
        order.traded_amount_li += price_li * volume
        total = _tariff(order).on(order.traded_amount_li)
        fees, order.fees = total.minus(order.fees), total
        trade = Trade(self._counters.next("trade_id"), order, price_li, volume, now_ms, fees, is_self_trade)
        account.trades.append(trade)
        self._trades_changed[trade.trade_id] = trade
        margin = account.margin
        if margin is not None:
            margin.before_fill(account, trade, now_ms)
        self._book_fill(account, trade)
        is_filled = order.traded_volume == order.volume
        if order.frozen_li:
            self._freeze_cash(account, order)
        if margin is not None:
            margin.after_fill(account, trade, now_ms)
        self._move(order, _SUCCEEDED if is_filled else _PART_SUCC)
        if is_filled:
            del self._open[order.order_id]
            if margin is not None:
                margin.ended(order)
        self._listener.traded(trade)
        self._listener.holdings_changed(account, order.stock_code)

    def _book_fill(self, account: Account, trade: Trade) -> None:
        """Move shares and cash; cash moves in fen, and the fills of an order together as much as their sum says."""
        order, amount_li, fees_li = trade.order, trade.amount_li, trade.fees.total_li
        position = self.position(account, order.stock_code) if order.order_type.moves_shares else None
        paid_li = paid_by(trade)
        if order.order_type.side is BUY:
            self._round_off(amount_li - paid_li)
            if position is not None:
                position.add(order.day, trade.volume, amount_li, fees_li)
            self.ledger.post_trade(account, trade, -paid_li, fees_li)
            return
        assert order.security is not None
        self._round_off(paid_li - amount_li)
        if position is not None:
            position.remove(trade.volume, amount_li, fees_li, self.exchange.resale_days(order.security))
        self.ledger.post_trade(account, trade, paid_li, fees_li)
        account.unsettled_li += paid_li - fees_li
        if account.available_li < -account.overdraft_li:  # a few shares may not bring their fees
            account.overdraft_li = -account.available_li

    def _round_off(self, difference_li: int) -> None:
        if difference_li:
            self._counters.add("sum.rounding_li", difference_li)

    def _end(self, order: Order) -> None:
        """An order left the market: release what it froze."""
        account = self._release(order)
        self._move(order, cancelled_status(order.traded_volume))
        self._listener.holdings_changed(account, _frozen_code(order))

    def _release(self, order: Order) -> Account:
        account = self.accounts[order.account_id]
        del self._open[order.order_id]
        if order.order_type.freezes is _SHARES:
            self.position(account, order.stock_code).frozen_volume -= order.left
        account.frozen_li -= order.frozen_li
        order.frozen_li = 0
        if account.margin is not None:
            account.margin.ended(order)
        self._accounts_changed[account.account_id] = account
        return account

    # ---- freezing ------------------------------------------------------------------------------------------------------

    def _freeze(self, account: Account, order: Order) -> None:
        if order.order_type.freezes is _SHARES:
            self.position(account, order.stock_code).frozen_volume += order.volume
        self._freeze_cash(account, order)
        self._listener.holdings_changed(account, _frozen_code(order))

    def _freeze_cash(self, account: Account, order: Order) -> None:
        """Bring the freeze to what the rest of the order can still cost."""
        needed_li = self.cash_needed(order) if order.order_type.freezes is _CASH else 0
        account.frozen_li += needed_li - order.frozen_li
        order.frozen_li = needed_li
        self._accounts_changed[account.account_id] = account

    def cash_needed(self, order: Order) -> int:
        """What the rest of a buy order can cost at worst: its limit times the volume left, and the fees not yet charged."""
        left = order.volume - order.traded_volume
        if not left:
            return 0
        traded_li = order.traded_amount_li
        whole_li = traded_li + order.price_li * left
        fees_li = _tariff(order).on(whole_li).total_li - order.fees.total_li
        return units.whole_fen(whole_li) - units.whole_fen(traded_li) + fees_li

    def _move(self, order: Order, status: OrderStatus) -> None:
        order.move(status)
        self._orders_changed[order.order_id] = order
        self._listener.order_changed(order)

    def _note(self, order: Order) -> None:
        self._orders_changed[order.order_id] = order

    # ---- the day --------------------------------------------------------------------------------------------------------

    def unreported(self, order_id: int) -> Order | None:
        """An order that has not been sent to the exchange, None when it has, or is no more."""
        order = self._open.get(order_id)
        return order if order is not None and order.is_unreported else None

    def open_orders(self) -> list[Order]:
        """All orders that can still change, oldest first."""
        return list(self._open.values())

    @property
    def has_open_orders(self) -> bool:
        """Does any order wait to be traded?"""
        return bool(self._open)

    def expire(self, now_ms: int) -> None:
        """End every open order at the day's close."""
        for order in self.open_orders():
            if order.book_order is None:
                self._end(order)
            else:
                self.settle(self.exchange.cancel(order.book_order, now_ms), now_ms)

    def turn_day(self) -> None:
        """Begin a trading day: forget yesterday's orders, then turn the holdings."""
        self._by_sysid.clear()
        super().turn_day()

    def restore_order(self, order: Order, subscription: bool = False) -> None:
        """Take an order of today back from storage."""
        self.accounts[order.account_id].orders[order.order_id] = order
        self._belongs_to(order, self.exchange.securities.get(order.stock_code))
        if order.order_sysid and order.order_sysid != f"xt{order.order_id}" and not order.order_type.at_counter:
            self._by_sysid[_venue(order.stock_code), order.order_sysid] = order
        if order.is_open and not subscription:
            self._open[order.order_id] = order
            margin = self.accounts[order.account_id].margin
            if margin is not None:
                margin.taken(order)


_SETTLE: Mapping[type[Event], Callable[[Broker, Order, Any], None]] = {
    Priced: Broker._settle_price,
    Rested: Broker._settle_rest,
    Cancelled: Broker._settle_end,
    Rejected: Broker._settle_rejection,
}
"""What an event about one order does to it."""


def paid_by(trade: Trade) -> int:
    """What a fill moves in cash: its part of the order's amount in whole fen."""
    traded_li = trade.order.traded_amount_li
    return units.whole_fen(traded_li) - units.whole_fen(traded_li - trade.amount_li)


def cash_refusal(account: Account, needed_li: int, available_li: int) -> str:
    """The text for too little cash."""
    figures = {
        "account_id": account.account_id,
        "needed": units.text_yuan(needed_li),
        "available": units.text_yuan(available_li),
    }
    return refusal_text(Refusals.CASH, figures)


def _why_unknown(stock_code: str) -> Refusals:
    """Pledged repo and the Beijing exchange exist, but not here."""
    code = parse_code(stock_code)
    exists = code is not None and (is_repo(code) or code.venue is Venue.BJ)
    return Refusals.CODE_NOT_SIMULATED if exists else Refusals.NO_SUCH_CODE


@lru_cache(maxsize=10_000)
def _venue(stock_code: str) -> Venue:
    """The exchange of a code that an order was taken for."""
    code = parse_code(stock_code)
    assert code is not None, f"an order for {stock_code} was not refused"
    return code.venue


def _tariff(order: Order) -> Tariff:
    tariff = order.tariff
    assert tariff is not None, "an order for an unknown security was not refused"
    return tariff


def _frozen_code(order: Order) -> str | None:
    """The position whose frozen shares an order changes; None when it freezes cash."""
    return order.stock_code if order.order_type.freezes is _SHARES else None


def _operation(order: Order) -> str:
    """How counters name an order in front of their text, as in 限价买入 [SH600000]."""
    symbol, _, market = order.stock_code.partition(".")
    return f"{order.price_type.text}{order.order_type.text} [{market}{symbol}]"


def _figures(order: Order, figures: dict[str, Any]) -> dict[str, Any]:
    texts = {name.removesuffix("_li"): units.text_yuan(value, 3) for name, value in figures.items() if name.endswith("_li")}
    return {"volume": order.volume, "stock_code": order.stock_code, **figures, **texts}
