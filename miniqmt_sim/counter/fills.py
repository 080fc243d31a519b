"""Station 7: what the exchange says of the counter's orders. Fills, fees, status; money and shares frozen and released.

The half of the counter that follows an order once it was taken; ``broker`` takes them. Whatever changes on the way is told to
the ``Listener`` at once and in order, so that a client sees 50 before 55 before 56.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from matching import units
from matching.book import BUY, HOUSE, Side
from matching.events import Cancelled, Event, Halted, Priced, Rejected, Rested, Traded
from matching.exchange import Exchange
from matching.liquidity import Liquidity
from miniqmt_sim.behaviour import Behaviour
from miniqmt_sim.changes import Changes, Counters
from miniqmt_sim.constants import OrderStatus
from miniqmt_sim.counter.account import Account, Position
from miniqmt_sim.counter.compliance import Compliance
from miniqmt_sim.counter.fees import Tariff
from miniqmt_sim.counter.holdings import Holdings, Listener
from miniqmt_sim.counter.order import Order, Trade
from miniqmt_sim.counter.order_types import Freezes
from miniqmt_sim.counter.status import FOLLOWING, cancelled_status
from miniqmt_sim.refusals import refusal_text

# Members of an enumeration by name of their own: on Python 3.11 looking one up in its class costs as much as a call.
CASH, SHARES = Freezes.CASH, Freezes.SHARES
PART_SUCC, SUCCEEDED = OrderStatus.PART_SUCC, OrderStatus.SUCCEEDED


class Fills(Holdings):
    """All open orders of the counter, and what becomes of them."""

    def __init__(
        self, exchange: Exchange, liquidity: Liquidity, listener: Listener, halted: Callable[[Halted], None],
        behaviour: Behaviour, compliance: Compliance, changes: Changes, counters: Counters,
    ) -> None:  # fmt: skip
        super().__init__(exchange, listener, changes, counters)
        self._liquidity = liquidity
        self._halted = halted
        self._behaviour = behaviour
        self._compliance = compliance
        self._orders_changed = changes.table("orders")
        self._trades_changed = changes.table("trades")
        self._open: dict[int, Order] = {}

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
        taker, maker, price_li, volume = event.taker, event.maker, event.price_li, event.volume
        taker_id, maker_id = taker.owner, maker.owner
        is_self_trade = taker_id == maker_id
        if taker_id == HOUSE or maker_id == HOUSE:
            self._balance_house(event)
        if taker_id != HOUSE:
            self._compliance.traded(taker_id, self.exchange.day, is_self_trade)
            self._fill(self._open[taker.order_id], price_li, volume, is_self_trade, now_ms)
        if maker_id != HOUSE:
            self._compliance.traded(maker_id, self.exchange.day, False)
            self._fill(self._open[maker.order_id], price_li, volume, is_self_trade, now_ms)

    def _settle_price(self, order: Order, event: Priced) -> None:
        """A market order got its limit: freeze what that can cost, no more, and tell the price it has now."""
        order.price_li = event.order.price_li
        if order.order_type.freezes is CASH:
            self._freeze_cash(self.accounts[order.account_id], order, self.cash_needed(order))
        self._note(order)
        self._listener.order_changed(order)

    def _settle_rest(self, order: Order, event: Rested) -> None:
        order.queue_seq = event.order.queue_seq
        self._orders_changed[order.order_id] = order

    def _settle_end(self, order: Order, event: Cancelled) -> None:
        self._end(order)

    def _settle_rejection(self, order: Order, event: Rejected) -> None:
        """The exchange refused what the counter had taken: release it, then refuse as the counter does."""
        account = self.accounts[order.account_id]
        position = self._release(account, order)
        order.status_msg = f"{operation(order)} {refusal_text(event.reason, figures_of(order, event.figures))}"
        self._move(order, OrderStatus.JUNK)
        self._listener.refused(order)
        self._listener.holdings_changed(account, position)

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
        total = tariff_of(order).on(order.traded_amount_li)
        fees, order.fees = total.minus(order.fees), total
        trade_id = self._counters.next("trade_id")
        trade = self._trades_changed[trade_id] = Trade(trade_id, order, price_li, volume, now_ms, fees, is_self_trade)
        account.trades.append(trade)
        margin = account.margin
        if margin is not None:
            margin.before_fill(account, trade, now_ms)
        position = self._book_fill(account, trade)
        if order.frozen_li:
            self._freeze_cash(account, order, self.cash_needed(order))
        if margin is not None:
            margin.after_fill(account, trade, now_ms)
        if order.traded_volume == order.volume:
            self._move(order, SUCCEEDED)
            del self._open[order.order_id]
            if margin is not None:
                margin.ended(order)
        else:
            self._move(order, PART_SUCC)
        self._listener.traded(trade)
        self._listener.holdings_changed(account, position)

    def _book_fill(self, account: Account, trade: Trade) -> Position | None:
        """Move shares and cash; cash moves in fen, and the fills of an order together as much as their sum says."""
        order, volume = trade.order, trade.volume
        order_type, stock_code = order.order_type, order.stock_code
        amount_li, fees_li = trade.price_li * volume, trade.fees.total_li
        position = self.position(account, stock_code) if order_type.moves_shares else account.positions.get(stock_code)
        paid_li = paid_by(trade)
        if order_type.side is BUY:
            if paid_li != amount_li:
                self._counters.add("sum.rounding_li", amount_li - paid_li)
            if position is not None and order_type.moves_shares:
                position.add(order.day, volume, amount_li, fees_li)
            self.ledger.post_trade(account, trade, -paid_li, fees_li)
            return position
        if paid_li != amount_li:
            self._counters.add("sum.rounding_li", paid_li - amount_li)
        if position is not None and order_type.moves_shares:
            assert order.security is not None
            position.remove(volume, amount_li, fees_li, self.exchange.resale_days(order.security))
        self.ledger.post_trade(account, trade, paid_li, fees_li)
        account.unsettled_li += paid_li - fees_li
        if account.available_li < -account.overdraft_li:  # a few shares may not bring their fees
            account.overdraft_li = -account.available_li
        return position

    def _end(self, order: Order) -> None:
        """An order left the market: release what it froze."""
        account = self.accounts[order.account_id]
        position = self._release(account, order)
        self._move(order, cancelled_status(order.traded_volume))
        self._listener.holdings_changed(account, position)

    def _release(self, account: Account, order: Order) -> Position | None:
        """Free what an order froze; the position it was to sell from, if any."""
        del self._open[order.order_id]
        position = None
        if order.order_type.freezes is SHARES:
            position = self.position(account, order.stock_code)
            position.frozen_volume -= order.volume - order.traded_volume
        if order.frozen_li:
            self._freeze_cash(account, order, 0)
        if account.margin is not None:
            account.margin.ended(order)
        return position

    # ---- freezing ------------------------------------------------------------------------------------------------------

    def _freeze_cash(self, account: Account, order: Order, needed_li: int) -> None:
        """Bring the freeze to what the rest of the order can still cost."""
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
        fees_li = tariff_of(order).total_on(whole_li)
        if not traded_li:
            return units.whole_fen(whole_li) + fees_li
        return units.whole_fen(whole_li) - units.whole_fen(traded_li) + fees_li - order.fees.total_li

    def _move(self, order: Order, status: OrderStatus) -> None:
        """Change the status of an order; an illegal change is a bug."""
        assert status in FOLLOWING[order.status], f"order {order.order_id}: {order.status} cannot become {status}"
        order.status = status
        self._orders_changed[order.order_id] = order
        self._listener.order_changed(order)

    def _note(self, order: Order) -> None:
        self._orders_changed[order.order_id] = order


_SETTLE: Mapping[type[Event], Callable[[Fills, Order, Any], None]] = {
    Priced: Fills._settle_price,
    Rested: Fills._settle_rest,
    Cancelled: Fills._settle_end,
    Rejected: Fills._settle_rejection,
}
"""What an event about one order does to it."""


def paid_by(trade: Trade) -> int:
    """What a fill moves in cash: its part of the order's amount in whole fen."""
    amount_li, traded_li = trade.price_li * trade.volume, trade.order.traded_amount_li
    if not amount_li % units.LI_PER_FEN and not traded_li % units.LI_PER_FEN:
        return amount_li
    return units.whole_fen(traded_li) - units.whole_fen(traded_li - amount_li)


def tariff_of(order: Order) -> Tariff:
    """What an order in a known security is charged."""
    tariff = order.tariff
    assert tariff is not None, "an order for an unknown security was not refused"
    return tariff


def operation(order: Order) -> str:
    """How counters name an order in front of their text, as in 限价买入 [SH600000]."""
    symbol, _, market = order.stock_code.partition(".")
    return f"{order.price_type.text}{order.order_type.text} [{market}{symbol}]"


def figures_of(order: Order, figures: dict[str, Any]) -> dict[str, Any]:
    """What the text of a refusal may name."""
    texts = {name.removesuffix("_li"): units.text_yuan(value, 3) for name, value in figures.items() if name.endswith("_li")}
    return {"volume": order.volume, "stock_code": order.stock_code, **figures, **texts}
