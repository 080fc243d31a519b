"""Station 8 of margin trading: standings, compacts, securities and appointments as rows of the message table."""

from __future__ import annotations

from matching import calendar, units
from matching.instrument import Security
from miniqmt_sim.constants import CashGroup, CompactType
from miniqmt_sim.counter.account import Account
from miniqmt_sim.credit.compact import Compact
from miniqmt_sim.credit.desk import CreditDesk
from miniqmt_sim.credit.lending import Appointment
from miniqmt_sim.credit.standing import Standing
from miniqmt_sim.credit.terms import Lendable, Subject
from miniqmt_sim.sessions.views import account_row, market_of
from miniqmt_sim.wire.messages import JsonObject
from miniqmt_sim.world import World

FIN, SHORT = CompactType.FINANCING, CompactType.SHORT
ORDINARY = CashGroup.ORDINARY
BLANK = " "


def detail_row(standing: Standing, now_ms: int) -> JsonObject:
    """XtCreditDetail; docs/realism.md has the formula of every field."""
    account = standing.account
    return {
        **account_row(account),
        "status": int(account.status),
        "update_time": now_ms // 1000,
        "calc_config": 0,
        "frozen_cash": units.yuan(account.frozen_li),
        "balance": units.yuan(standing.assets_li),
        "available": units.yuan(account.available_li),
        "position_profit": units.yuan(_profit_li(standing)),
        "market_value": units.yuan(standing.market_value_li),
        "fetch_balance": units.yuan(account.withdrawable_li),
        "stock_value": units.yuan(standing.stock_value_li),
        "fund_value": units.yuan(standing.fund_value_li),
        "total_debt": units.yuan(standing.debt_li),
        "enable_bail_balance": units.yuan(standing.available_margin_li),
        "per_assurescale_value": units.ratio(standing.maintenance_ppm, units.PPM),
        "assure_asset": units.yuan(standing.assets_li - standing.debt_li),
        **_debts(standing),
        **_quotas(standing),
        **_proceeds(standing),
    }


def _profit_li(standing: Standing) -> int:
    positions = standing.account.positions.values()
    return standing.position_value_li - sum(position.cost_li for position in positions if position.volume)


def _debts(standing: Standing) -> JsonObject:
    return {
        "fin_debt": units.yuan(standing.principal_li + standing.fin_fee_li),
        "fin_deal_avl": units.yuan(standing.principal_li),
        "fin_fee": units.yuan(standing.fin_fee_li),
        "slo_debt": units.yuan(standing.slo_value_li + standing.slo_fee_li),
        "slo_market_value": units.yuan(standing.slo_value_li),
        "slo_fee": units.yuan(standing.slo_fee_li),
        "other_fare": units.yuan(standing.other_fees_li),
    }


def _quotas(standing: Standing) -> JsonObject:
    return {
        "fin_max_quota": units.yuan(standing.max_quota_li(FIN, ORDINARY)),
        "fin_enable_quota": units.yuan(standing.enable_quota_li(FIN, ORDINARY)),
        "fin_used_quota": units.yuan(standing.frozen_quota_li(FIN, ORDINARY)),
        "slo_max_quota": units.yuan(standing.max_quota_li(SHORT, ORDINARY)),
        "slo_enable_quota": units.yuan(standing.enable_quota_li(SHORT, ORDINARY)),
        "slo_used_quota": units.yuan(standing.frozen_quota_li(SHORT, ORDINARY)),
    }


def _proceeds(standing: Standing) -> JsonObject:
    left_li = standing.surplus_proceeds_li
    return {
        "slo_sell_balance": units.yuan(standing.proceeds_li),
        "used_slo_sell_balance": units.yuan(standing.proceeds_li - left_li),
        "surplus_slo_sell_balance": units.yuan(left_li),
    }


def state_row(desk: CreditDesk, account: Account, now_ms: int) -> JsonObject:
    """A credit account as the operator sees it."""
    desk.refresh(account, now_ms)
    standing = desk.standing(account)
    return {
        **detail_row(standing, now_ms),
        "fin_special_max_quota": units.yuan(standing.max_quota_li(FIN, CashGroup.SPECIAL)),
        "called_day": standing.decided.called_day,
        "due_day": standing.decided.due_day,
        "surplus": [f"{each.stock_code}:{each.volume}" for each in desk.book.surpluses(account.account_id)],
    }


def compact_row(account: Account, compact: Compact) -> JsonObject:
    """StkCompacts."""
    return {
        **account_row(account),
        "compact_type": int(compact.compact_type),
        "cashgroup_prop": int(compact.source),
        **_instrument(compact.stock_code),
        "open_date": compact.open_day,
        "business_vol": compact.volume,
        "real_compact_vol": compact.left_volume,
        "ret_end_date": compact.end_day,
        "business_balance": units.yuan(compact.amount_li),
        "business_fare": units.yuan(compact.interest.accrued_li),
        "real_compact_balance": units.yuan(compact.left_li),
        "real_compact_fare": units.yuan(compact.interest.owed_li),
        "repaid_fare": units.yuan(compact.interest.repaid_li),
        "repaid_balance": units.yuan(compact.repaid_li),
        "compact_id": compact.compact_id,
        "position_str": compact.compact_id,
    }


def _instrument(stock_code: str) -> JsonObject:
    return {"exchange_id": market_of(stock_code), "instrument_id": stock_code.partition(".")[0]}


def subject_row(account: Account, desk: CreditDesk, subject: Subject) -> JsonObject:
    """CreditSubjects."""
    return {
        **account_row(account),
        "slo_status": int(subject.slo_status),
        "fin_status": int(subject.fin_status),
        "slo_ratio": units.ratio(desk.ratio_ppm(SHORT, subject.stock_code), units.PPM),
        "fin_ratio": units.ratio(desk.ratio_ppm(FIN, subject.stock_code), units.PPM),
        **_instrument(subject.stock_code),
    }


def slo_code_row(account: Account, source: CashGroup, stock_code: str, volume: int) -> JsonObject:
    """CreditSloCode."""
    return {**account_row(account), "cashgroup_prop": int(source), "enable_amount": volume, **_instrument(stock_code)}


def assure_row(account: Account, subject: Subject) -> JsonObject:
    """CreditAssure."""
    return {
        **account_row(account),
        "assure_status": int(subject.assure_status),
        "assure_ratio": units.ratio(subject.haircut_ppm, units.PPM),
        **_instrument(subject.stock_code),
    }


def lendable_row(desk: CreditDesk, stock_code: str) -> JsonObject:
    """What the broker has for lending."""
    stock = desk.book.stock(stock_code)
    return {
        "stock_code": stock_code,
        "ordinary": stock.ordinary,
        "lent": desk.book.lent(CashGroup.ORDINARY, stock_code),
        "special": stock.special,
        "reserved": desk.lending.reserved_of_all(stock_code),
        "lent_special": desk.book.lent(CashGroup.SPECIAL, stock_code),
    }


# ---- securities lending ------------------------------------------------------------------------------------------------


def secu_info_row(world: World, offer: Lendable, offered: int) -> JsonObject:
    """What can be appointed, in the API document's form; the texts are those of its sample."""
    return {
        "stock_code": offer.stock_code,
        "stock_name": _name(world, offer.stock_code),
        "credit_type": "1",
        "trade_type": "0",
        "compact_term": offer.least_days,
        "max_term": offer.most_days,
        "lend_amount": offered,
        "remark": BLANK,
        "fare_way": "3",
        "fare_rate_new": units.ratio(offer.fare_ppm, units.PPM),
    }


def quoter_row(world: World, offer: Lendable, offered: int) -> JsonObject:
    """SmtQuoter."""
    day, rate = world.exchange.day, units.ratio(offer.fare_ppm, units.PPM)
    return {
        "success": True, "msg": "", "fin_type": "1", "stock_type": "0", "date": offer.most_days, "code": offer.stock_code,
        "code_name": _name(world, offer.stock_code), "exchange_type": offer.stock_code.partition(".")[2],
        "fsmp_occuped_rate": rate, "fine_rate": units.ratio(offer.fine_ppm, units.PPM),
        "fsmpreend_rate": units.ratio(offer.early_ppm, units.PPM), "used_rate": 0.0, "un_uused_rate": rate, "init_date": day,
        "end_date": calendar.plus_days(day, offer.most_days), "enable_slo_amount_t0": float(offered),
        "enable_slo_amount_t3": float(offered), "src_group_id": world.credit.lending.group_id, "apply_mode": "0",
        "low_date": offer.least_days,
    }  # fmt: skip


def smt_order_row(world: World, appointment: Appointment) -> JsonObject:
    """SmtOrder."""
    applied = calendar.text_of(appointment.apply_ms)
    rate, value = units.ratio(appointment.rate_ppm, units.PPM), units.yuan(appointment.amount_li)
    day, shares = calendar.day_of(appointment.apply_ms), float(appointment.volume)
    return {
        "success": True, "msg": "", "init_date": day, "curr_date": day, "curr_time": int(applied[11:19].replace(":", "")),
        "apply_id": appointment.apply_id, "src_group_id": appointment.group_id, "cashcompact_id": appointment.compact_id,
        "apply_mode": str(appointment.apply_mode), "fin_type": "1", "exchange_type": appointment.stock_code.partition(".")[2],
        "code": appointment.stock_code, "code_name": _name(world, appointment.stock_code), "date": appointment.days,
        "apply_rate": rate, "entrust_balance": value, "entrust_amount": shares, "business_balance": value,
        "business_amount": shares, "valid_date": appointment.begin_day, "date_clear": appointment.end_day,
        "entrust_no": appointment.apply_id, "apply_status": str(appointment.state), "used_rate": 0.0, "un_uused_rate": rate,
        "com_group_id": "",
    }  # fmt: skip


def smt_compact_row(world: World, appointment: Appointment) -> JsonObject:
    """SmtCompact."""
    lending, rate = world.credit.lending, units.ratio(appointment.rate_ppm, units.PPM)
    used = appointment.left - lending.unused(appointment)
    returned, value = appointment.returned_volume, appointment.value_of
    return {
        "success": True, "msg": "", "create_date": calendar.day_of(appointment.apply_ms),
        "cashcompact_id": appointment.compact_id, "ori_cashcompact_id": appointment.compact_id,
        "apply_id": appointment.apply_id, "src_group_id": appointment.group_id, "com_group_id": "", "fin_type": "1",
        "exchange_type": appointment.stock_code.partition(".")[2], "code": appointment.stock_code,
        "code_name": _name(world, appointment.stock_code), "date": appointment.days,
        "begin_compac_amount": float(appointment.volume), "begin_compac_balance": units.yuan(appointment.amount_li),
        "compac_amount": float(appointment.left), "compac_balance": units.yuan(appointment.left_li),
        "return_amount": float(returned), "return_balance": units.yuan(value(returned)), "real_buy_amount": 0.0,
        "fsmp_occuped_rate": rate, "compact_interest": units.yuan(appointment.fee.accrued_li),
        "compact_fine_interest": units.yuan(appointment.fine.accrued_li),
        "repaid_interest": units.yuan(appointment.fee.repaid_li),
        "repaid_fine_interest": units.yuan(appointment.fine.repaid_li),
        "fine_rate": units.ratio(appointment.fine_ppm, units.PPM),
        "preend_rate": units.ratio(appointment.early_ppm, units.PPM), "compact_type": "1",
        "postpone_times": appointment.renewals, "compact_status": str(appointment.state),
        "last_interest_date": world.exchange.day, "interest_end_date": appointment.end_day,
        "valid_date": appointment.begin_day, "date_clear": appointment.end_day, "used_amount": float(used),
        "used_balance": units.yuan(value(used)), "used_rate": 0.0, "un_uused_rate": rate,
        "src_group_name": appointment.group_id, "repaid_date": 0, "pre_occuped_interest": 0.0,
        "compact_interestx": units.yuan(appointment.owed_li), "en_postpone_amount": float(appointment.left),
        "postpone_status": "0", "apply_mode": str(appointment.apply_mode),
    }  # fmt: skip


def _name(world: World, stock_code: str) -> str:
    security: Security | None = world.exchange.securities.get(stock_code)
    return security.name if security is not None else ""

