"""Station 5 for margin trading: the rules an order must pass beyond the exchange's, in the order of the refusal table.

Each check gives the figures of its refusal, or None. None of them looks at the number of an order type, only at its columns.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from matching import units
from matching.book import Side
from matching.codes import Venue
from matching.instrument import Security
from matching.rules import BoardRules
from miniqmt_sim.constants import CompactType, SubjectStatus
from miniqmt_sim.counter.order import Order
from miniqmt_sim.credit.standing import Standing
from miniqmt_sim.credit.terms import FinancedSale, Subject, is_fund
from miniqmt_sim.refusals import CreditRefusals

MAX_COMPACTS: Final = 5_000
"""Compacts that one account may have at a time, those repaid today among them: each check looks at all of them, and a query
answers with all. A strategy that opens twenty a day for a year without repaying one is below it."""

Figures = dict[str, Any] | None


class Question(NamedTuple):
    """An order, and all that is known when it is judged. ``needed_li`` is what it can cost at worst."""

    order: Order
    security: Security | None
    rules: BoardRules | None
    subject: Subject
    standing: Standing
    needed_li: int
    ratio_ppm: int
    compacts: int
    returnable: int
    lendable: int
    last_li: int

    @property
    def opens(self) -> CompactType | None:
        """The debt it makes."""
        return self.order.order_type.opens

    @property
    def repays(self) -> CompactType | None:
        """The debt it pays."""
        return self.order.order_type.repays


def check_called(asked: Question) -> Figures:
    """An account that was called makes no new debt until it is back at the line."""
    if asked.opens is None or not asked.standing.decided.due_day:
        return None
    return _ratio(asked.standing.maintenance_ppm, asked.standing.terms.line.restore_ppm)


def check_compacts(asked: Question) -> Figures:
    """There is room for another compact."""
    if asked.opens is None or asked.compacts < MAX_COMPACTS:
        return None
    return {"most": MAX_COMPACTS}


def _ratio(ratio_ppm: int, line_ppm: int) -> dict[str, str]:
    return {"ratio": _percent(ratio_ppm), "line": _percent(line_ppm)}


def _percent(ppm: int) -> str:
    """Parts per million as a percentage with two decimals, cut off."""
    return f"{ppm // 10_000}.{ppm % 10_000 // 100:02d}%"


def _is_plain(asked: Question) -> bool:
    return asked.opens is None and asked.repays is None


def _code(asked: Question) -> dict[str, Any]:
    return {"stock_code": asked.order.stock_code}


def check_collateral(asked: Question) -> Figures:
    """A plain purchase is one of collateral."""
    buys = _is_plain(asked) and asked.order.order_type.side is Side.BUY
    return _code(asked) if buys and asked.subject.assure_status is SubjectStatus.NO else None


def check_collateral_suspended(asked: Question) -> Figures:
    """What is suspended as collateral is not bought any more."""
    buys = _is_plain(asked) and asked.order.order_type.side is Side.BUY
    return _code(asked) if buys and asked.subject.assure_status is SubjectStatus.SUSPENDED else None


def _target(opens: CompactType, status: SubjectStatus) -> Callable[[Question], Figures]:
    def check(asked: Question) -> Figures:
        subject = asked.subject
        found = subject.fin_status if opens is CompactType.FINANCING else subject.slo_status
        return _code(asked) if asked.opens is opens and found is status else None

    return check


def check_slo_market_order(asked: Question) -> Figures:
    """SSE takes no market order to sell short. Source: SSE IS122."""
    price_type, security = asked.order.price_type, asked.security
    sse = security is not None and security.venue is Venue.SH and not asked.standing.terms.short.market_orders_sh
    return {"price_type": price_type.number} if asked.opens is CompactType.SHORT and price_type.market and sse else None


def check_slo_lot(asked: Question) -> Figures:
    """A short sale is whole lots: there is no remainder of a holding to ride along."""
    if asked.opens is not CompactType.SHORT or asked.rules is None:
        return None
    lot = asked.rules.lot
    whole = asked.order.volume % lot.sell_step == 0 and asked.order.volume >= lot.sell_min
    return None if whole else {"volume": asked.order.volume, "step": lot.sell_step}


def check_uptick(asked: Question) -> Figures:
    """A short sale is not below the last price, nor is a sale of what the account is short of. Source: 实施细则 art. 12."""
    if asked.security is None or asked.order.order_type.side is not Side.SELL or asked.order.order_type.at_counter:
        return None
    terms, code = asked.standing.terms.short, asked.order.stock_code
    is_short = any(compact.is_short and compact.stock_code == code for compact in asked.standing.compacts)
    exempt = not terms.uptick or (is_fund(asked.security.board) and not terms.uptick_funds) or asked.order.order_type.forced
    if exempt or not (asked.opens is CompactType.SHORT or is_short) or asked.order.price_li >= asked.last_li:
        return None
    return {"price": units.text_yuan(asked.order.price_li, 3), "limit": units.text_yuan(asked.last_li, 3)}


def check_financed_sale(asked: Question) -> Figures:
    """Shares whose financing is open are sold to repay it, where the broker insists. Source: 实施细则."""
    sells = _is_plain(asked) and asked.order.order_type.side is Side.SELL
    if not sells or asked.standing.terms.repay.financed_sale is not FinancedSale.REFUSE:
        return None
    code = asked.order.stock_code
    financed = any(not compact.is_short and compact.stock_code == code for compact in asked.standing.compacts)
    return _code(asked) if financed else None


def check_cash_debt(asked: Question) -> Figures:
    """There is cash to be repaid, of the source the order is for."""
    if asked.repays is not CompactType.FINANCING:
        return None
    source = asked.order.order_type.source
    owes = any(not compact.is_short and compact.source is source for compact in asked.standing.compacts)
    return None if owes else {"source": int(source)}


def check_share_debt(asked: Question) -> Figures:
    """There are shares of the code to be returned, of the source the order is for, and old enough."""
    if asked.repays is not CompactType.SHORT or asked.returnable > 0:
        return None
    return {"stock_code": asked.order.stock_code, "source": int(asked.order.order_type.source)}


def check_return_volume(asked: Question) -> Figures:
    """No more is returned than is owed; a purchase may be whole lots, the rest of which becomes surplus shares."""
    if asked.repays is not CompactType.SHORT:
        return None
    most = asked.returnable
    if asked.rules is not None and not asked.order.order_type.at_counter:
        lot = asked.rules.lot
        most = max(lot.buy_min, -(-most // lot.buy_step) * lot.buy_step)
    return {"volume": asked.order.volume, "most": most} if asked.order.volume > most else None


def check_lendable(asked: Question) -> Figures:
    """The broker has the shares."""
    if asked.opens is not CompactType.SHORT or asked.order.volume <= asked.lendable:
        return None
    return {"volume": asked.order.volume, "most": max(0, asked.lendable)}


def _quota(opens: CompactType) -> Callable[[Question], Figures]:
    def check(asked: Question) -> Figures:
        if asked.opens is not opens:
            return None
        return _short_of(asked.needed_li, asked.standing.enable_quota_li(opens, asked.order.order_type.source))

    return check


def _short_of(needed_li: int, available_li: int) -> Figures:
    if needed_li <= available_li:
        return None
    return {"needed": units.text_yuan(needed_li), "available": units.text_yuan(available_li)}


def check_concentration(asked: Question) -> Figures:
    """One security is not too much of the account, where a limit is set."""
    limit_ppm, order, standing = asked.standing.terms.line.concentration_ppm, asked.order, asked.standing
    buys = asked.opens is CompactType.FINANCING or (_is_plain(asked) and order.order_type.side is Side.BUY)
    if not limit_ppm or not buys:
        return None
    position = standing.account.positions.get(order.stock_code)
    held_li = position.volume * asked.last_li if position else 0
    value_li = held_li + order.price_li * order.volume
    assets_li = standing.assets_li + (asked.needed_li if asked.opens is not None else 0)
    ratio_ppm = value_li * units.PPM // max(assets_li, 1)
    return {**_code(asked), **_ratio(ratio_ppm, limit_ppm)} if ratio_ppm > limit_ppm else None


def check_margin(asked: Question) -> Figures:
    """The margin for a new debt is there."""
    if asked.opens is None:
        return None
    needed_li = units.ceil_div(asked.needed_li * asked.ratio_ppm, units.PPM)
    return _short_of(needed_li, asked.standing.available_margin_li)


FIN, SHORT, NO, SUSPENDED = CompactType.FINANCING, CompactType.SHORT, SubjectStatus.NO, SubjectStatus.SUSPENDED

CHECKS: Final[tuple[tuple[CreditRefusals, Callable[[Question], Figures]], ...]] = (
    (CreditRefusals.CALLED, check_called),
    (CreditRefusals.TOO_MANY_COMPACTS, check_compacts),
    (CreditRefusals.NOT_COLLATERAL, check_collateral),
    (CreditRefusals.COLLATERAL_SUSPENDED, check_collateral_suspended),
    (CreditRefusals.NOT_FIN_TARGET, _target(FIN, NO)),
    (CreditRefusals.FIN_SUSPENDED, _target(FIN, SUSPENDED)),
    (CreditRefusals.NOT_SLO_TARGET, _target(SHORT, NO)),
    (CreditRefusals.SLO_SUSPENDED, _target(SHORT, SUSPENDED)),
    (CreditRefusals.SLO_MARKET_ORDER, check_slo_market_order),
    (CreditRefusals.SLO_LOT, check_slo_lot),
    (CreditRefusals.UPTICK, check_uptick),
    (CreditRefusals.FINANCED_SALE, check_financed_sale),
    (CreditRefusals.NO_CASH_DEBT, check_cash_debt),
    (CreditRefusals.NO_SHARE_DEBT, check_share_debt),
    (CreditRefusals.RETURN_VOLUME, check_return_volume),
    (CreditRefusals.NO_LENDABLE, check_lendable),
    (CreditRefusals.FIN_QUOTA, _quota(FIN)),
    (CreditRefusals.SLO_QUOTA, _quota(SHORT)),
    (CreditRefusals.CONCENTRATION, check_concentration),
    (CreditRefusals.MARGIN, check_margin),
)
"""Every rule, in order of precedence."""
