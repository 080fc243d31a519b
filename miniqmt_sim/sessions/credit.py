"""Station 4 of margin trading: its queries and securities lending as a trader asks for them, and the operator's verbs.

A query for an account that does not trade on margin gives an error with a text. An appointment that is refused is answered with
``success`` false and the text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from matching import calendar, units
from miniqmt_sim.constants import MAX_VOLUME, ORDER_ERROR_ID, CashGroup, SecuTransfer, SubjectStatus, TransferType
from miniqmt_sim.counter.account import Account
from miniqmt_sim.credit.book import NO_QUOTA, Stock
from miniqmt_sim.credit.compact import Compact
from miniqmt_sim.credit.lending import GROUP_ID, ApplyMode, Wish
from miniqmt_sim.errors import CommandRefused
from miniqmt_sim.refusals import LendingRefusals, refusal_text
from miniqmt_sim.sessions.arguments import account_of, money_li, positive_li, security_of
from miniqmt_sim.sessions.context import Answer, Context, no_account
from miniqmt_sim.sessions.credit_views import (
    assure_row,
    compact_row,
    detail_row,
    lendable_row,
    quoter_row,
    secu_info_row,
    slo_code_row,
    smt_compact_row,
    smt_order_row,
    state_row,
    subject_row,
)
from miniqmt_sim.wire.messages import JsonObject

NOT_CREDIT: Final = "非信用账号"
"""What a query of margin trading says of another account."""
NO_DAY: Final = -1
"""A day that could not be read: no appointment begins on it."""


# ---- a trader's queries ------------------------------------------------------------------------------------------------


def _asked(context: Context, fields: JsonObject) -> tuple[Account | None, JsonObject]:
    """The credit account of a request, or the error that answers it."""
    account = context.account(fields)
    if account is None:
        return None, {"error": no_account(fields)}
    if account.margin is None:
        return None, {"error": f"{NOT_CREDIT}: {account.account_id}"}
    return account, {}


def on_query_credit_detail(context: Context, fields: JsonObject) -> Answer:
    """The figures of an account."""
    account, error = _asked(context, fields)
    if account is None:
        return error
    context.world.credit.refresh(account, context.now_ms)
    return [detail_row(context.world.credit.standing(account), context.now_ms)]


def on_query_stk_compacts(context: Context, fields: JsonObject) -> Answer:
    """Its debts."""
    account, error = _asked(context, fields)
    return error if account is None else _compact_rows(context, account)


def _compact_rows(context: Context, account: Account) -> list[JsonObject]:
    return [compact_row(account, compact) for compact in context.world.credit.book.shown(account.account_id)]


def on_query_credit_subjects(context: Context, fields: JsonObject) -> Answer:
    """What may be bought on margin or sold short."""
    account, error = _asked(context, fields)
    if account is None:
        return error
    desk = context.world.credit
    return [
        subject_row(account, desk, subject)
        for subject in desk.subjects()
        if not subject.fin_status is subject.slo_status is SubjectStatus.NO
    ]


def on_query_credit_slo_code(context: Context, fields: JsonObject) -> Answer:
    """What can be borrowed: of the common stock, and of what the account has appointed."""
    account, error = _asked(context, fields)
    if account is None:
        return error
    desk, rows = context.world.credit, []
    for stock_code in desk.book.stock_codes():
        if desk.subject(stock_code).slo_status is SubjectStatus.NORMAL:
            volume = max(0, desk.lendable(account.account_id, CashGroup.ORDINARY, stock_code))
            rows.append(slo_code_row(account, CashGroup.ORDINARY, stock_code, volume))
        if desk.lending.reserved(account.account_id, stock_code):
            volume = max(0, desk.lendable(account.account_id, CashGroup.SPECIAL, stock_code))
            rows.append(slo_code_row(account, CashGroup.SPECIAL, stock_code, volume))
    return rows


def on_query_credit_assure(context: Context, fields: JsonObject) -> Answer:
    """What counts as collateral."""
    account, error = _asked(context, fields)
    if account is None:
        return error
    subjects = context.world.credit.subjects()
    return [assure_row(account, subject) for subject in subjects if subject.assure_status is not SubjectStatus.NO]


# ---- securities lending ------------------------------------------------------------------------------------------------


def on_query_smt_secu_info(context: Context, fields: JsonObject) -> Answer:
    """What can be appointed, in the API document's form."""
    account, error = _asked(context, fields)
    if account is None:
        return error
    return [secu_info_row(context.world, offer, offered) for offer, offered in context.world.credit.lending.offers()]


def on_query_smt_secu_rate(context: Context, fields: JsonObject) -> Answer:
    """The rates of an appointment."""
    account, error = _asked(context, fields)
    if account is None:
        return error
    offer = context.world.credit.book.lendable.get(fields["stock_code"])
    text = "" if offer else refusal_text(LendingRefusals.APPOINT_CODE, fields)
    if offer is not None and not 0 < fields["max_term"] <= offer.most_days:
        figures = {"days": fields["max_term"], "least": offer.least_days, "most": offer.most_days}
        text = refusal_text(LendingRefusals.APPOINT_DAYS, figures)
    rates = (offer.fare_ppm, offer.early_ppm, offer.fine_ppm) if offer is not None and not text else (0, 0, 0)
    named = zip(("fare_ratio", "sub_rare_ratio", "fine_ratio"), rates, strict=True)
    return {"success": not text, "error_msg": text, **{name: units.ratio(rate, units.PPM) for name, rate in named}}


def on_smt_query_quoter(context: Context, fields: JsonObject) -> Answer:
    """What can be appointed, in the wheel's form."""
    account, error = _asked(context, fields)
    if account is None:
        return error
    return [quoter_row(context.world, offer, offered) for offer, offered in context.world.credit.lending.offers()]


def on_smt_query_order(context: Context, fields: JsonObject) -> Answer:
    """Applications."""
    account, error = _asked(context, fields)
    if account is None:
        return error
    return [smt_order_row(context.world, each) for each in context.world.credit.lending.of(account.account_id)]


def on_smt_query_compact(context: Context, fields: JsonObject) -> Answer:
    """Appointments."""
    account, error = _asked(context, fields)
    return error if account is None else _appointment_rows(context, account)


def _appointment_rows(context: Context, account: Account) -> list[JsonObject]:
    return [smt_compact_row(context.world, each) for each in context.world.credit.lending.of(account.account_id)]


def on_smt_appointment(context: Context, fields: JsonObject) -> Answer:
    """Appoint shares in the API document's form."""
    wish = Wish(
        fields["stock_code"], fields["apt_days"], fields["apt_volume"], _rate_ppm(fields["fare_ratio"]),
        _rate_ppm(fields["sub_rare_ratio"]), _rate_ppm(fields["fine_ratio"]), _day(fields["begin_date"]), ApplyMode.APPOINTMENT,
    )  # fmt: skip
    return _appoint(context, fields, wish)


def on_smt_appointment_order(context: Context, fields: JsonObject) -> Answer:
    """Appoint shares at the offered terms."""
    wish = Wish(
        fields["order_code"], fields["date"], fields["amount"], _rate_ppm(fields["apply_rate"]), None, None, 0,
        ApplyMode.APPOINTMENT,
    )  # fmt: skip
    return _appoint(context, fields, wish)


def on_smt_negotiate_order(context: Context, fields: JsonObject) -> Answer:
    """Appoint shares of a group at negotiated rates; there is one group."""
    if fields["src_group_id"] != GROUP_ID:
        text = refusal_text(LendingRefusals.APPOINT_CODE, {"stock_code": fields["order_code"]})
        return _appointed(fields, text)
    early_ppm, fine_ppm = (_rate_ppm(fields[name]) if fields[name] else None for name in ("sub_fare_rate", "fine_rate"))
    wish = Wish(
        fields["order_code"], fields["date"], fields["amount"], _rate_ppm(fields["apply_rate"]), early_ppm, fine_ppm, 0,
        ApplyMode.NEGOTIATED,
    )  # fmt: skip
    return _appoint(context, fields, wish)


def _appoint(context: Context, fields: JsonObject, wish: Wish) -> Answer:
    account = context.account(fields)
    if account is None:
        return _appointed(fields, no_account(fields))
    appointment, text = context.world.credit.lending.appoint(account, wish, context.now_ms)
    return _appointed(fields, text, appointment.apply_id if appointment is not None else "")


def _appointed(fields: JsonObject, text: str, apply_id: str = "") -> JsonObject:
    """The answer, from which both documents' responses are filled."""
    return {
        "account_id": fields["account_id"],
        "success": not text,
        "msg": text,
        "apply_id": "" if text else apply_id,
        "order_sysid": "-1" if text else apply_id,
        "error_id": ORDER_ERROR_ID if text else 0,
        "error_msg": text,
    }


def _rate_ppm(rate: float) -> int:
    """A yearly rate; one that is none, or finer than a millionth, counts as -1, which is below every offer."""
    try:
        return units.millionths(rate)
    except units.OffGridError:
        return -1


def _day(text: str) -> int:
    """A day written yyyymmdd; 0 where there is none."""
    if not text:
        return 0
    try:
        day = int(text)
        calendar.date_of(day)
    except ValueError:
        return NO_DAY
    return day


def on_smt_appointment_cancel(context: Context, fields: JsonObject) -> Answer:
    """Take an appointment back before it begins."""
    account = context.account(fields)
    if account is None:
        return _appointed(fields, no_account(fields))
    text = context.world.credit.lending.cancel(account, fields["apply_id"])
    return _appointed(fields, text, fields["apply_id"])


def on_smt_compact_renewal(context: Context, fields: JsonObject) -> Answer:
    """Move an appointment's last day."""
    account = context.account(fields)
    if account is None:
        return _appointed(fields, no_account(fields))
    text = context.world.credit.lending.renew(
        account, fields["compact_id"], fields["defer_days"], fields["defer_num"], _rate_ppm(fields["apply_rate"])
    )
    return _appointed(fields, text, fields["compact_id"])


def on_smt_compact_return(context: Context, fields: JsonObject) -> Answer:
    """Give shares back before the last day."""
    account = context.account(fields)
    if account is None:
        return _appointed(fields, no_account(fields))
    text = context.world.credit.lending.give_back(account, fields["compact_id"], fields["occur_amount"], context.now_ms)
    return _appointed(fields, text, fields["compact_id"])


# ---- an operator's -----------------------------------------------------------------------------------------------------


def _credit_account(context: Context, fields: JsonObject) -> Account:
    account = account_of(context, fields)
    if account.margin is None:
        raise CommandRefused(f"account {account.account_id} is not a credit account")
    return account


def on_credit_show(context: Context, fields: JsonObject) -> Answer:
    """The figures of a credit account."""
    return state_row(context.world.credit, _credit_account(context, fields), context.now_ms)


def on_credit_compacts(context: Context, fields: JsonObject) -> Answer:
    """Its debts."""
    return _compact_rows(context, _credit_account(context, fields))


def on_credit_appointments(context: Context, fields: JsonObject) -> Answer:
    """Its appointments."""
    return _appointment_rows(context, _credit_account(context, fields))


def on_credit_quota(context: Context, fields: JsonObject) -> Answer:
    """Set its quotas; what is left out stays."""
    account = _credit_account(context, fields)
    quotas = {name: _quota_li(fields[name], name) for name in ("fin", "fin_special", "slo")}
    decided = context.world.credit.book.account(account.account_id)
    for name, quota_li in quotas.items():
        if quota_li is not None:
            setattr(decided, f"{name}_quota_li", quota_li)
    context.world.credit.book.put_account(decided)
    return state_row(context.world.credit, account, context.now_ms)


def _quota_li(amount: Any, name: str) -> int | None:
    return None if amount == NO_QUOTA else money_li(amount, name)


def on_credit_lendable(context: Context, fields: JsonObject) -> Answer:
    """What the broker has of a security for lending; set it where a figure is given."""
    security, desk = security_of(context.world, fields["stock_code"]), context.world.credit
    before = desk.book.stock(security.code)
    volumes = {name: getattr(before, name) if fields[name] == -1 else fields[name] for name in ("ordinary", "special")}
    if any(not 0 <= volume <= MAX_VOLUME for volume in volumes.values()):
        raise CommandRefused(f"volumes are between 0 and {MAX_VOLUME}")
    if volumes["special"] and security.code not in desk.book.lendable:
        raise CommandRefused(f"lendable.csv says no rates for appointments of {security.code}")
    after = Stock(security.code, **volumes)
    if after != before:
        desk.book.set_stock(after)
    return lendable_row(desk, security.code)


def on_credit_transfer(context: Context, fields: JsonObject) -> Answer:
    """Move collateral in or out, or take surplus shares over."""
    account, security = _credit_account(context, fields), security_of(context.world, fields["stock_code"])
    if fields["direction"] not in _DIRECTIONS:
        raise CommandRefused(f"direction must be one of {', '.join(_DIRECTIONS)}")
    direction, transfer_type = _DIRECTIONS[fields["direction"]]
    context.world.market.last_li(security, context.now_ms)
    if transfer_type is TransferType.CREDIT_SHARE:
        text = context.world.credit.take_over(account, security.code, fields["volume"])
    else:
        text = context.world.ordinary.transfer_shares(
            account, direction, security.code, security, fields["volume"], transfer_type
        )
    if text:
        raise CommandRefused(text)
    return state_row(context.world.credit, account, context.now_ms)


_DIRECTIONS: Final = {
    "in": (SecuTransfer.NORMAL_TO_SPEED, TransferType.SHARE),
    "out": (SecuTransfer.SPEED_TO_NORMAL, TransferType.SHARE),
    "surplus": (SecuTransfer.NORMAL_TO_SPEED, TransferType.CREDIT_SHARE),
}


def on_credit_repay(context: Context, fields: JsonObject) -> Answer:
    """Repay out of own cash: one compact, or in the order of the terms."""
    account, desk = _credit_account(context, fields), context.world.credit
    designated = _compact(context, account, fields["compact_id"]) if fields["compact_id"] else None
    if designated is not None and (designated.is_short or not designated.is_open):
        raise CommandRefused(f"compact {designated.compact_id} owes no cash")
    amount_li = positive_li(fields["amount"])
    if amount_li > account.available_li:
        raise CommandRefused(f"only {units.text_yuan(account.available_li)} yuan are the account's own and free")
    if not desk.repay(account, None, "", amount_li, "", context.now_ms, designated=designated):
        raise CommandRefused(f"account {account.account_id} owes no cash")
    return state_row(desk, account, context.now_ms)


def on_credit_extend(context: Context, fields: JsonObject) -> Answer:
    """Extend a compact."""
    account = _credit_account(context, fields)
    compact = _compact(context, account, fields["compact_id"])
    context.world.credit.refresh(account, context.now_ms)
    problem = context.world.credit_days.extend(account, compact, context.now_ms)
    if problem is not None:
        raise CommandRefused(f"compact {compact.compact_id}: {problem}")
    return compact_row(account, compact)


def _compact(context: Context, account: Account, compact_id: str) -> Compact:
    compact = context.world.credit.book.find(account.account_id, compact_id)
    if compact is None:
        raise CommandRefused(f"account {account.account_id} has no compact {compact_id}")
    return compact


Handler = Callable[[Context, JsonObject], Answer]

CREDIT_HANDLERS: Final[Mapping[str, Handler]] = {
    "query_credit_detail": on_query_credit_detail,
    "query_stk_compacts": on_query_stk_compacts,
    "query_credit_subjects": on_query_credit_subjects,
    "query_credit_slo_code": on_query_credit_slo_code,
    "query_credit_assure": on_query_credit_assure,
    "query_smt_secu_info": on_query_smt_secu_info,
    "query_smt_secu_rate": on_query_smt_secu_rate,
    "query_appointment_info": on_smt_query_compact,
    "smt_query_quoter": on_smt_query_quoter,
    "smt_query_order": on_smt_query_order,
    "smt_query_compact": on_smt_query_compact,
    "smt_appointment": on_smt_appointment,
    "smt_appointment_order": on_smt_appointment_order,
    "smt_negotiate_order": on_smt_negotiate_order,
    "smt_appointment_cancel": on_smt_appointment_cancel,
    "smt_compact_renewal": on_smt_compact_renewal,
    "smt_compact_return": on_smt_compact_return,
}

CREDIT_OPERATOR_HANDLERS: Final[Mapping[str, Handler]] = {
    "ctl_credit_show": on_credit_show,
    "ctl_credit_compacts": on_credit_compacts,
    "ctl_credit_appointments": on_credit_appointments,
    "ctl_credit_quota": on_credit_quota,
    "ctl_credit_lendable": on_credit_lendable,
    "ctl_credit_transfer": on_credit_transfer,
    "ctl_credit_repay": on_credit_repay,
    "ctl_credit_extend": on_credit_extend,
}
