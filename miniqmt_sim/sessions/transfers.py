"""Station 4: transfers between bank and account and between the two counters; a trader's requests and the operator's.

A transfer is answered with ``success`` and, when it was refused, the counter's text. What it changed is pushed as every
change of cash and shares is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from matching import calendar, units
from matching.codes import Venue
from matching.instrument import Security
from miniqmt_sim.canonical import MASK, SECRETS
from miniqmt_sim.counter.account import Account
from miniqmt_sim.counter.bank import (
    DEFAULT_BANK_NAME,
    MAX_BANK_TEXT,
    MAX_BANKS,
    SECURITIES_TO_BANK,
    BankAccount,
    BankRequest,
    BankTransfer,
    default_bank,
    is_password,
)
from miniqmt_sim.counter.broker import secu_account
from miniqmt_sim.counter.ordinary import Holding
from miniqmt_sim.errors import CommandRefused
from miniqmt_sim.refusals import TransferRefusals, refusal_text
from miniqmt_sim.sessions.arguments import account_of, check_volume, money_li, price_li, security_of
from miniqmt_sim.sessions.context import Answer, Context, no_account
from miniqmt_sim.wire.messages import JsonObject, Request
from miniqmt_sim.world import World

RMB: Final = "0"
"""Currency, as the broker enumeration writes it."""
WRONG_MASK: Final = "***?"
"""Stands for a password that was not the bank's."""
DONE: Final = "2"
"""``transfer_status`` of a transfer that was carried out. Source: the counters' convention, unverified."""
_EXCHANGE_TYPES: Final = {Venue.SH: "1", Venue.SZ: "2"}
"""Source: the counters' texts, exchange-rules §13.2."""


# ---- passwords ----------------------------------------------------------------------------------------------------------


def with_masks(world: World, request: Request) -> JsonObject:
    """A request's fields with a mask for each password.

    A right password is masked alike everywhere and a wrong one otherwise, so that a bank whose own are masked judges them
    as they were judged.
    """
    said = {name: value for name in SECRETS if (value := request.fields.get(name))}
    if not said:
        return request.fields
    mask = _mask_of_setting if request.name == "ctl_bank_set" else _mask_of_saying
    return request.fields | {name: mask(world, request.fields, name) for name in said}


def _mask_of_setting(_world: World, fields: JsonObject, name: str) -> str:
    text: str = fields[name]
    return text if text == "-" else MASK if len(text) <= MAX_BANK_TEXT else "*" * len(text)


def _mask_of_saying(world: World, fields: JsonObject, name: str) -> str:
    bank = world.banks.find(fields["account_id"], fields["bank_no"], fields["bank_account"])
    return MASK if bank is None or is_password(getattr(bank, name), fields[name]) else WRONG_MASK


# ---- a trader's requests -----------------------------------------------------------------------------------------------


def on_bank_transfer(context: Context, fields: JsonObject) -> Answer:
    """Money from the bank, or to it."""
    account = context.account(fields)
    if account is None:
        return _done(no_account(fields))
    request = BankRequest(
        fields["direction"], fields["bank_no"], fields["bank_account"], _amount_li(fields["balance"]),
        fields["bank_pwd"], fields["fund_pwd"],
    )  # fmt: skip
    return _done(context.world.banks.transfer(account, request, context.now_ms))


def on_fund_transfer(context: Context, fields: JsonObject) -> Answer:
    """Cash from one counter to the other."""
    account = context.account(fields)
    if account is None:
        return _done(no_account(fields))
    amount_li = _amount_li(fields["price"])
    return _done(context.world.ordinary.transfer_fund(account, fields["transfer_direction"], amount_li, context.now_ms))


def on_secu_transfer(context: Context, fields: JsonObject) -> Answer:
    """Shares from one counter to the other."""
    account = context.account(fields)
    if account is None:
        return _done(no_account(fields))
    stock_code = _plain_code(fields["stock_code"])
    text = context.world.ordinary.transfer_shares(
        account, fields["transfer_direction"], stock_code, context.world.exchange.tradable(stock_code),
        fields["volume"], fields["transfer_type"],
    )  # fmt: skip
    return _done(text)


def _done(text: str) -> JsonObject:
    return {"success": not text, "msg": text}


def _amount_li(yuan: float) -> int:
    """An amount in li; 0 for what is no amount."""
    try:
        return units.li_from_yuan(yuan)
    except units.OffGridError:
        return 0


def _plain_code(text: str) -> str:
    """SH600000, as the wheel's document writes a code here, is 600000.SH."""
    return f"{text[2:]}.{text[:2]}" if text[:2] in Venue.__members__ else text


def on_query_bank_info(context: Context, fields: JsonObject) -> Answer:
    """The banks of an account."""
    account = context.account(fields)
    if account is None:
        return {"error": no_account(fields)}
    return [
        {
            "success": True, "error_msg": "", "money_type": RMB, "bank_no": bank.bank_no, "bank_account": bank.bank_account,
            "bank_name": bank.bank_name,
        }
        for bank in context.world.banks.of(account.account_id)
    ]  # fmt: skip


def on_query_bank_amount(context: Context, fields: JsonObject) -> Answer:
    """The money at a bank; a refusal is a row too."""
    account = context.account(fields)
    if account is None:
        return {"error": no_account(fields)}
    bank = context.world.banks.find(account.account_id, fields["bank_no"], fields["bank_account"])
    text = _amount_refusal(bank, fields)
    balance_li = bank.balance_li if bank is not None and not text else 0
    return [
        {
            "success": not text,
            "error_msg": text,
            "account_id": account.account_id,
            "bank_account": fields["bank_account"],
            "money_type": RMB,
            "balance": units.yuan(balance_li),
            "enable_balance": units.yuan(balance_li),
        }
    ]


def _amount_refusal(bank: BankAccount | None, fields: JsonObject) -> str:
    if bank is None:
        return refusal_text(TransferRefusals.BANK_UNKNOWN, fields)
    return "" if is_password(bank.bank_pwd, fields["bank_pwd"]) else refusal_text(TransferRefusals.BANK_PASSWORD, {})


def on_query_bank_transfer_stream(context: Context, fields: JsonObject) -> Answer:
    """The bank transfers of some days, oldest first."""
    account = context.account(fields)
    if account is None:
        return {"error": no_account(fields)}
    first, last = fields["start_date"] or "0", fields["end_date"] or "99999999"
    if not (_is_number(first) and _is_number(last)):
        return {"error": f"日期格式错误: {fields['start_date']!r}, {fields['end_date']!r}"}
    return [
        transfer_row(transfer)
        for transfer in context.world.banks.stream(account.account_id)
        if int(first) <= calendar.day_of(transfer.transfer_ms) <= int(last)
        and fields["bank_no"] in ("", transfer.bank_no)
        and fields["bank_account"] in ("", transfer.bank_account)
    ]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def on_query_com_fund(context: Context, fields: JsonObject) -> Answer:
    """An account's cash at the ordinary counter; one row."""
    account = context.account(fields)
    return {"error": no_account(fields)} if account is None else [com_fund_row(context, account)]


def on_query_com_position(context: Context, fields: JsonObject) -> Answer:
    """An account's shares at the ordinary counter, by code."""
    account = context.account(fields)
    if account is None:
        return {"error": no_account(fields)}
    return [com_position_row(context, held) for held in context.world.ordinary.holdings(account.account_id)]


def on_query_secu_account(context: Context, fields: JsonObject) -> Answer:
    """The shareholder accounts of an account, one an exchange."""
    account = context.account(fields)
    if account is None:
        return {"error": no_account(fields)}
    return [
        {"main": True, "market": venue.name, "secu_account": secu_account(account.account_id, venue)}
        for venue in (Venue.SH, Venue.SZ)
    ]


# ---- an operator's -----------------------------------------------------------------------------------------------------


def on_bank_set(context: Context, fields: JsonObject) -> Answer:
    """Give an account a bank, or change one; what is left out stays, a new one has its defaults."""
    account, banks = account_of(context, fields), context.world.banks
    default = default_bank(account.account_id)
    bank_no, number = fields["bank_no"] or default.bank_no, fields["bank_account"] or default.bank_account
    before = banks.find(account.account_id, bank_no, number)
    if before is None and len(banks.of(account.account_id)) >= MAX_BANKS:
        raise CommandRefused(f"account {account.account_id} has {MAX_BANKS} banks already")
    known = before or BankAccount(account.account_id, bank_no, number, DEFAULT_BANK_NAME, default.balance_li)
    balance_li = known.balance_li if fields["balance"] == -1 else money_li(fields["balance"], "balance")
    texts = {name: _changed(getattr(known, name), fields[name]) for name in ("bank_name", "bank_pwd", "fund_pwd")}
    for text in (bank_no, number, *texts.values()):
        if len(text) > MAX_BANK_TEXT:
            raise CommandRefused(f"a text of {len(text)} characters is too long; {MAX_BANK_TEXT} are allowed")
    bank = BankAccount(account.account_id, bank_no, number, balance_li=balance_li, **texts)
    banks.add(bank)
    return bank_row(bank)


def _changed(before: str, text: str) -> str:
    """Empty leaves a text as it was, - empties it."""
    return before if not text else "" if text == "-" else text


def on_bank_list(context: Context, fields: JsonObject) -> Answer:
    """The banks of an account, with what they hold."""
    account = account_of(context, fields)
    return [bank_row(bank) for bank in context.world.banks.of(account.account_id)]


def on_ordinary_cash(context: Context, fields: JsonObject) -> Answer:
    """Set an account's cash at the ordinary counter."""
    account = account_of(context, fields)
    context.world.ordinary.set_cash(account.account_id, money_li(fields["amount"], "amount"))
    return com_fund_row(context, account)


def on_ordinary_position(context: Context, fields: JsonObject) -> Answer:
    """Set an account's shares of one security at the ordinary counter; the answer is its cash and value there."""
    account, security = account_of(context, fields), security_of(context.world, fields["stock_code"])
    volume = fields["volume"]
    last_li = context.world.market.last_li(security, context.now_ms)
    cost_li = last_li if fields["cost"] == -1 else price_li(fields["cost"], "cost")
    check_volume(volume, last_li, cost_li)
    context.world.ordinary.set_holding(account.account_id, security, volume, cost_li * volume)
    return com_fund_row(context, account)


# ---- rows --------------------------------------------------------------------------------------------------------------


def transfer_row(transfer: BankTransfer) -> JsonObject:
    """BankTransferStream. ``transfer_direction`` is 1 from the bank and 2 to it."""
    moment = calendar.text_of(transfer.transfer_ms)
    return {
        "success": True,
        "error_msg": "",
        "date": str(calendar.day_of(transfer.transfer_ms)),
        "time": moment[11:19],
        "transfer_no": str(transfer.transfer_id),
        "transfer_direction": "2" if transfer.direction == SECURITIES_TO_BANK else "1",
        "bank_no": transfer.bank_no,
        "bank_name": transfer.bank_name,
        "bank_account": transfer.bank_account,
        "money_type": RMB,
        "account_id": transfer.account_id,
        "balance": units.yuan(transfer.amount_li),
        "remark": "证券转银行" if transfer.direction == SECURITIES_TO_BANK else "银行转证券",
        "transfer_status": DONE,
    }


def com_fund_row(context: Context, account: Account) -> JsonObject:
    """ComFund: all the cash there is free, because nobody trades there."""
    ordinary = context.world.ordinary
    for held in ordinary.holdings(account.account_id):
        _refresh(context, held)
    cash, value = units.yuan(ordinary.cash_li(account.account_id)), ordinary.market_value_li(account.account_id)
    return {
        "success": True,
        "error_msg": "",
        "money_type": RMB,
        "current_balance": cash,
        "enable_balance": cash,
        "fetch_balance": cash,
        "interest": 0.0,
        "asset_balance": units.yuan(ordinary.cash_li(account.account_id) + value),
        "fetch_cash": cash,
        "market_value": units.yuan(value),
        "debt": 0.0,
    }


def com_position_row(context: Context, held: Holding) -> JsonObject:
    """ComPosition."""
    security = _refresh(context, held)
    value_li = held.volume * security.last_li
    return {
        "success": True,
        "error_msg": "",
        "stock_account": secu_account(held.account_id, security.venue),
        "exchange_type": _EXCHANGE_TYPES[security.venue],
        "stock_code": security.code.partition(".")[0],
        "stock_name": security.name,
        "total_amt": float(held.volume),
        "enable_amount": float(held.volume),
        "last_price": units.yuan(security.last_li),
        "cost_price": units.average_yuan(held.cost_li, held.volume),
        "income": units.yuan(value_li - held.cost_li),
        "income_rate": units.ratio(value_li - held.cost_li, held.cost_li),
        "market_value": units.yuan(value_li),
        "cost_balance": units.yuan(held.cost_li),
        "bs_on_the_way_vol": 0,
        "pr_enable_vol": held.volume,
        "stock_code1": security.code,
    }


def _refresh(context: Context, held: Holding) -> Security:
    """The security of a holding, its last price brought up to this moment."""
    security = context.world.exchange.securities[held.stock_code]
    context.world.market.last_li(security, context.now_ms)
    return security


def bank_row(bank: BankAccount) -> JsonObject:
    """A bank as the operator sees it; whether it asks for passwords, not which."""
    return {
        "account_id": bank.account_id,
        "bank_no": bank.bank_no,
        "bank_account": bank.bank_account,
        "bank_name": bank.bank_name,
        "balance": units.yuan(bank.balance_li),
        "has_bank_pwd": bool(bank.bank_pwd),
        "has_fund_pwd": bool(bank.fund_pwd),
    }


Handler = Callable[[Context, JsonObject], Answer]

TRANSFER_HANDLERS: Final[Mapping[str, Handler]] = {
    "bank_transfer": on_bank_transfer,
    "fund_transfer": on_fund_transfer,
    "secu_transfer": on_secu_transfer,
    "query_bank_info": on_query_bank_info,
    "query_bank_amount": on_query_bank_amount,
    "query_bank_transfer_stream": on_query_bank_transfer_stream,
    "query_com_fund": on_query_com_fund,
    "query_com_position": on_query_com_position,
    "query_secu_account": on_query_secu_account,
}

TRANSFER_OPERATOR_HANDLERS: Final[Mapping[str, Handler]] = {
    "ctl_bank_set": on_bank_set,
    "ctl_bank_list": on_bank_list,
    "ctl_ordinary_cash": on_ordinary_cash,
    "ctl_ordinary_position": on_ordinary_position,
}
