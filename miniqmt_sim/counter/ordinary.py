"""Beside station 7: the ordinary counter (普通柜台), the other half of every account.

What a strategy trades with lies at the fast counter; the rest of the account's cash and shares lies here, where nobody
trades. ``fund_transfer`` and ``secu_transfer`` move them between the two. Cash and shares of both together stay the same,
and what shares cost moves with them in proportion.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from matching import units
from matching.codes import Venue
from matching.instrument import Security
from miniqmt_sim.changes import Changes, Counters, Row
from miniqmt_sim.constants import AccountType, FundTransfer, SecuTransfer, TransferType
from miniqmt_sim.counter.account import Account, Position
from miniqmt_sim.counter.bank import is_amount, status_refusal
from miniqmt_sim.counter.broker import Broker, secu_account
from miniqmt_sim.counter.holdings import Listener
from miniqmt_sim.counter.ledger import Entry
from miniqmt_sim.refusals import TransferRefusals, refusal_text

SENT_LI: Final = "sum.ordinary_sent_li"
"""Counter: what ordinary counters have sent to fast ones, less what they got back."""
GIVEN_LI: Final = "sum.ordinary_given_li"
"""Counter: what was put into ordinary counters."""
SENT_SHARES: Final = "ordinary_sent."
GIVEN_SHARES: Final = "ordinary_given."
"""Counters, with a code: the same of shares."""


class Fund:
    """An account's cash at the ordinary counter."""

    __slots__ = ("account_id", "cash_li")

    def __init__(self, account_id: str, cash_li: int = 0) -> None:
        self.account_id = account_id
        self.cash_li = cash_li

    def row(self) -> Row:
        """The row of table ordinary_funds."""
        return (self.account_id, self.cash_li)


class Holding:
    """An account's shares of one security at the ordinary counter; cost and purchases as in ``Position``."""

    __slots__ = ("account_id", "bought_li", "bought_volume", "cost_li", "stock_code", "volume")

    def __init__(
        self, account_id: str, stock_code: str, volume: int = 0, cost_li: int = 0, bought_li: int = 0, bought_volume: int = 0
    ) -> None:
        self.account_id = account_id
        self.stock_code = stock_code
        self.volume = volume
        self.cost_li = cost_li
        self.bought_li = bought_li
        self.bought_volume = bought_volume

    def row(self) -> Row:
        """The row of table ordinary_positions."""
        return (self.account_id, self.stock_code, self.volume, self.cost_li, self.bought_li, self.bought_volume)


class OrdinaryCounter:
    """Cash and shares of all accounts at the ordinary counter."""

    def __init__(self, broker: Broker, listener: Listener, changes: Changes, counters: Counters) -> None:
        self._broker = broker
        self._listener = listener
        self._changes = changes
        self._counters = counters
        self._funds: dict[str, Fund] = {}
        self._holdings: dict[str, dict[str, Holding]] = {}

    def cash_li(self, account_id: str) -> int:
        """An account's cash here."""
        fund = self._funds.get(account_id)
        return fund.cash_li if fund else 0

    def holdings(self, account_id: str) -> list[Holding]:
        """An account's shares here, by code."""
        held = self._holdings.get(account_id, {})
        return [held[stock_code] for stock_code in sorted(held)]

    def market_value_li(self, account_id: str) -> int:
        """Those at their last prices."""
        securities = self._broker.exchange.securities
        return sum(held.volume * securities[held.stock_code].last_li for held in self.holdings(account_id))

    # ---- what the operator puts here -----------------------------------------------------------------------------------

    def set_cash(self, account_id: str, cash_li: int) -> None:
        """Put so much cash here, in place of what was."""
        self._counters.add(GIVEN_LI, cash_li - self.cash_li(account_id))
        self._move_cash(account_id, cash_li - self.cash_li(account_id))

    def set_holding(self, account_id: str, security: Security, volume: int, cost_li: int) -> None:
        """Put so many shares here, bought for ``cost_li``, in place of what was."""
        held = self._holding(account_id, security.code)
        self._counters.add(f"{GIVEN_SHARES}{security.code}", volume - held.volume)
        held.volume = held.bought_volume = volume
        held.cost_li = held.bought_li = cost_li
        self._put_holding(held)

    # ---- transfers -----------------------------------------------------------------------------------------------------

    def transfer_fund(self, account: Account, direction: int, amount_li: int, now_ms: int) -> str:
        """Move cash between the counters; a text says why not."""
        text = status_refusal(account) or self._fund_refusal(account, direction, amount_li)
        if text:
            return text
        incoming = direction == FundTransfer.NORMAL_TO_SPEED
        moved_li = amount_li if incoming else -amount_li
        self._counters.add(SENT_LI, moved_li)
        self._move_cash(account.account_id, -moved_li)
        self._counters.next("counter_transfer_id")
        self._broker.move_cash(account, Entry.COUNTER_IN if incoming else Entry.COUNTER_OUT, moved_li, now_ms)
        return ""

    def _fund_refusal(self, account: Account, direction: int, amount_li: int) -> str:
        if direction in (FundTransfer.NODE_SH_TO_SZ, FundTransfer.NODE_SZ_TO_SH):
            return refusal_text(TransferRefusals.TRANSFER_NODE, {"direction": direction})
        if direction not in list(FundTransfer):
            return refusal_text(TransferRefusals.TRANSFER_DIRECTION, {"direction": direction})
        if not is_amount(amount_li):
            return refusal_text(TransferRefusals.TRANSFER_AMOUNT, {})
        incoming = direction == FundTransfer.NORMAL_TO_SPEED
        has_li = self.cash_li(account.account_id) if incoming else account.withdrawable_li
        if amount_li <= has_li:
            return ""
        reason = TransferRefusals.ORDINARY_CASH if incoming else TransferRefusals.WITHDRAWABLE
        return refusal_text(reason, {"amount": units.text_yuan(amount_li), "available": units.text_yuan(has_li)})

    def transfer_shares(
        self, account: Account, direction: int, stock_code: str, security: Security | None, volume: int, transfer_type: int
    ) -> str:
        """Move shares between the counters; a text says why not. ``stock_code`` is what was asked for."""
        text = status_refusal(account) or _kind_refusal(account, direction, transfer_type)
        if text:
            return text
        if security is None:
            return refusal_text(TransferRefusals.TRANSFER_CODE, {"stock_code": stock_code})
        incoming, margin = direction == SecuTransfer.NORMAL_TO_SPEED, account.margin
        surplus = incoming and transfer_type == TransferType.CREDIT_SHARE
        if margin is not None and surplus and margin.surplus_volume(account, security.code):
            return margin.take_over(account, security.code, volume)
        text = self._share_refusal(account, direction, security, volume)
        if not text and margin is not None:
            text = margin.transfer_refusal(account, security, volume, incoming)
        if text:
            return text
        position = self._broker.position(account, security.code)
        held = self._holding(account.account_id, security.code)
        self._counters.next("counter_transfer_id")
        source, target = (held, position) if incoming else (position, held)
        if incoming:
            position.open(self._broker.exchange.day)
        _move_shares(source, target, volume)
        position.today_volume = min(position.today_volume, position.volume)
        self._counters.add(f"shares.{security.code}", volume if incoming else -volume)
        self._counters.add(f"{SENT_SHARES}{security.code}", volume if incoming else -volume)
        self._put_holding(held)
        self._listener.holdings_changed(account, position)
        return ""

    def _share_refusal(self, account: Account, direction: int, security: Security, volume: int) -> str:
        if volume <= 0:
            return refusal_text(TransferRefusals.TRANSFER_VOLUME, {"volume": volume})
        held = self._holdings.get(account.account_id, {}).get(security.code)
        incoming = direction == SecuTransfer.NORMAL_TO_SPEED
        has = (held.volume if held else 0) if incoming else self._broker.sellable(account, security)
        if volume <= has:
            return ""
        figures = {
            "symbol": security.code.partition(".")[0],
            "volume": volume,
            "available": has,
            "exchange_type": 1 if security.venue is Venue.SH else 2,
            "secu_account": secu_account(account.account_id, security.venue),
        }
        reason = TransferRefusals.ORDINARY_SHARES if incoming else TransferRefusals.TRANSFER_SHARES
        return refusal_text(reason, figures)

    # ---- changing ------------------------------------------------------------------------------------------------------

    def _move_cash(self, account_id: str, amount_li: int) -> None:
        fund = self._funds.setdefault(account_id, Fund(account_id))
        fund.cash_li += amount_li
        self._changes.put("ordinary_funds", account_id, fund)

    def _holding(self, account_id: str, stock_code: str) -> Holding:
        return self._holdings.get(account_id, {}).get(stock_code) or Holding(account_id, stock_code)

    def _put_holding(self, held: Holding) -> None:
        """Keep a holding; one that is used up goes."""
        of_account = self._holdings.setdefault(held.account_id, {})
        if held.volume:
            of_account[held.stock_code] = held
        else:
            of_account.pop(held.stock_code, None)
        self._changes.put("ordinary_positions", (held.account_id, held.stock_code), held if held.volume else None)

    # ---- stored rows ---------------------------------------------------------------------------------------------------

    def restore(self, funds: Sequence[Row], positions: Sequence[Row]) -> None:
        """Take cash and shares back from storage."""
        for row in funds:
            fund = Fund(*row)
            self._funds[fund.account_id] = fund
        for row in positions:
            held = Holding(*row)
            self._holdings.setdefault(held.account_id, {})[held.stock_code] = held

    def rows(self) -> dict[str, list[Row]]:
        """Rows of both tables, by key."""
        return {
            "ordinary_funds": sorted(fund.row() for fund in self._funds.values()),
            "ordinary_positions": sorted(held.row() for of_account in self._holdings.values() for held in of_account.values()),
        }

    def problems(self) -> Iterator[str]:
        """Name what does not add up: cash and shares of all ordinary counters, and what is below zero."""
        counters = self._counters
        has_li = sum(fund.cash_li for fund in self._funds.values())
        expected_li = counters[GIVEN_LI] - counters[SENT_LI]
        if has_li != expected_li:
            yield f"ordinary counters hold {has_li} li, were given less what they sent: {expected_li}"
        for fund in self._funds.values():
            if fund.cash_li < 0:
                yield f"account {fund.account_id} has {fund.cash_li} li at the ordinary counter"
        held: dict[str, int] = {}
        for of_account in self._holdings.values():
            for holding in of_account.values():
                held[holding.stock_code] = held.get(holding.stock_code, 0) + holding.volume
                if holding.volume <= 0:
                    yield f"account {holding.account_id}: {holding.volume} of {holding.stock_code} at the ordinary counter"
        for stock_code in self._broker.exchange.securities:
            has = held.get(stock_code, 0)
            expected = counters[f"{GIVEN_SHARES}{stock_code}"] - counters[f"{SENT_SHARES}{stock_code}"]
            if has != expected:
                yield f"{stock_code}: ordinary counters hold {has}, were given less what they sent: {expected}"


def _kind_refusal(account: Account, direction: int, transfer_type: int) -> str:
    """Why this kind of transfer is not possible for this account, whatever it holds."""
    if direction not in list(SecuTransfer):
        return refusal_text(TransferRefusals.TRANSFER_DIRECTION, {"direction": direction})
    if transfer_type not in list(TransferType):
        return refusal_text(TransferRefusals.TRANSFER_TYPE, {"transfer_type": transfer_type})
    if transfer_type == TransferType.SPECIAL_POSITIONS:
        return refusal_text(TransferRefusals.TRANSFER_SPECIAL, {})
    if transfer_type == TransferType.CREDIT_SHARE and account.account_type is not AccountType.CREDIT:
        return refusal_text(TransferRefusals.TRANSFER_CREDIT, {})
    return ""


def _move_shares(source: Position | Holding, target: Position | Holding, volume: int) -> None:
    """Move shares, and their part of what they cost and of what was bought, from one counter to the other."""
    for name in ("cost_li", "bought_li", "bought_volume"):
        part = units.half_up(getattr(source, name) * volume, source.volume)
        setattr(source, name, getattr(source, name) - part)
        setattr(target, name, getattr(target, name) + part)
    source.volume -= volume
    target.volume += volume
