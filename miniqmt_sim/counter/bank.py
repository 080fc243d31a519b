"""Beside station 7: the banks at the other end of an account's bank transfers.

Money that comes in leaves a bank account and enters the account's cash, with a ledger row; money that goes out takes the
way back, as far as it may be withdrawn. An account that was never given a bank has a default one, so that the calls work
at once; it is written down when it is first used. The sum of all banks is what was put there, less what came in.

A bank without passwords takes any. With them, money in needs the bank's (``bank_pwd``) and money out the account's
(``fund_pwd``). Source: the examples of the wheel's document.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from matching import units
from miniqmt_sim.changes import Changes, Counters, Row
from miniqmt_sim.constants import AccountStatus
from miniqmt_sim.counter.account import Account
from miniqmt_sim.counter.broker import Broker
from miniqmt_sim.counter.ledger import Entry
from miniqmt_sim.errors import ConfigError
from miniqmt_sim.refusals import TransferRefusals, refusal_text

BANK_TO_SECURITIES: Final = 501
SECURITIES_TO_BANK: Final = 502
"""``direction`` of a bank transfer, as the wheel submits it."""
DEFAULT_BANK_NO: Final = "1001"
DEFAULT_BANK_NAME: Final = "模拟银行"
DEFAULT_BALANCE_LI: Final = 10**9
"""A million yuan."""
MAX_BANKS: Final = 10
"""Bank accounts of one account; a real one has a few."""
MAX_BANK_TEXT: Final = 64
"""Characters of a bank's number, account and name: the vendor's buffers."""
STREAM_KEPT: Final = 1000
"""Transfers of one account that can be queried, the newest; the cash ledger keeps them all."""
SENT_LI: Final = "sum.bank_sent_li"
"""Counter: what all banks together have sent to accounts, less what they got back."""
GIVEN_LI: Final = "sum.bank_given_li"
"""Counter: what was put into all banks."""
_AT_WORK: Final = (AccountStatus.OK, AccountStatus.CLOSED)
"""Accounts that may move money: banks work after the counter's close too."""


class BankAccount:
    """One bank account bound to an account. Empty passwords: none is asked for."""

    __slots__ = ("account_id", "balance_li", "bank_account", "bank_name", "bank_no", "bank_pwd", "fund_pwd")

    def __init__(
        self, account_id: str, bank_no: str, bank_account: str, bank_name: str = DEFAULT_BANK_NAME,
        balance_li: int = 0, bank_pwd: str = "", fund_pwd: str = "",
    ) -> None:  # fmt: skip
        self.account_id = account_id
        self.bank_no = bank_no
        self.bank_account = bank_account
        self.bank_name = bank_name
        self.balance_li = balance_li
        self.bank_pwd = bank_pwd
        self.fund_pwd = fund_pwd

    @property
    def key(self) -> tuple[str, str, str]:
        """Its key in the store."""
        return (self.account_id, self.bank_no, self.bank_account)

    def row(self) -> Row:
        """The row of table banks."""
        return (*self.key, self.bank_name, self.balance_li, self.bank_pwd, self.fund_pwd)


class BankRequest(NamedTuple):
    """A transfer as it is asked for; ``amount_li`` 0 for what is no positive amount of yuan and fen."""

    direction: int
    bank_no: str
    bank_account: str
    amount_li: int
    bank_pwd: str
    fund_pwd: str


class BankTransfer(NamedTuple):
    """A transfer that was carried out."""

    transfer_id: int
    account_id: str
    transfer_ms: int
    direction: int
    bank_no: str
    bank_account: str
    bank_name: str
    amount_li: int

    def row(self) -> Row:
        """The row of table bank_transfers."""
        return tuple(self)


def default_bank(account_id: str) -> BankAccount:
    """The bank of an account that was never given one."""
    return BankAccount(account_id, DEFAULT_BANK_NO, f"6222{account_id}", balance_li=DEFAULT_BALANCE_LI)


class Banks:
    """All banks, and the transfers of late."""

    def __init__(self, broker: Broker, changes: Changes, counters: Counters) -> None:
        self._broker = broker
        self._changes = changes
        self._counters = counters
        self._banks: dict[str, dict[tuple[str, str, str], BankAccount]] = {}
        self._streams: dict[str, deque[BankTransfer]] = {}

    def of(self, account_id: str) -> list[BankAccount]:
        """An account's banks, in the order they were given."""
        given = self._banks.get(account_id)
        return list(given.values()) if given else [default_bank(account_id)]

    def find(self, account_id: str, bank_no: str, bank_account: str) -> BankAccount | None:
        """One of an account's banks."""
        return next((bank for bank in self.of(account_id) if bank.key == (account_id, bank_no, bank_account)), None)

    def stream(self, account_id: str) -> list[BankTransfer]:
        """An account's transfers, oldest first."""
        return list(self._streams.get(account_id, ()))

    # ---- changing ------------------------------------------------------------------------------------------------------

    def put(self, bank: BankAccount) -> None:
        """Give an account a bank, or put another in the place of one with the same numbers."""
        given = self._banks.setdefault(bank.account_id, {})
        before = given.get(bank.key)
        given[bank.key] = bank
        self._counters.add(GIVEN_LI, bank.balance_li - (before.balance_li if before else 0))
        self._changes.put("banks", bank.key, bank)

    def add(self, bank: BankAccount) -> None:
        """The same, beside the default bank where that is the only one so far."""
        self._write_default(bank.account_id)
        self.put(bank)

    def _write_default(self, account_id: str) -> None:
        if account_id not in self._banks:
            self.put(default_bank(account_id))

    def transfer(self, account: Account, request: BankRequest, now_ms: int) -> str:
        """Carry out a transfer; a text says why not."""
        bank = self.find(account.account_id, request.bank_no, request.bank_account)
        text = _refusal(account, bank, request)
        if text:
            return text
        self._write_default(account.account_id)
        bank = self._banks[account.account_id][account.account_id, request.bank_no, request.bank_account]
        incoming = request.direction == BANK_TO_SECURITIES
        amount_li = request.amount_li if incoming else -request.amount_li
        bank.balance_li -= amount_li
        self._counters.add(SENT_LI, amount_li)
        self._changes.put("banks", bank.key, bank)
        self._broker.move_cash(account, Entry.BANK_IN if incoming else Entry.BANK_OUT, amount_li, now_ms)
        self._record(bank, request, now_ms)
        return ""

    def _record(self, bank: BankAccount, request: BankRequest, now_ms: int) -> None:
        transfer_id = self._counters.next("bank_transfer_id")
        transfer = BankTransfer(
            transfer_id, bank.account_id, now_ms, request.direction, bank.bank_no, bank.bank_account, bank.bank_name,
            request.amount_li,
        )  # fmt: skip
        stream = self._streams.setdefault(bank.account_id, deque())
        stream.append(transfer)
        self._changes.put("bank_transfers", transfer_id, transfer)
        if len(stream) > STREAM_KEPT:
            self._changes.put("bank_transfers", stream.popleft().transfer_id, None)

    # ---- stored rows ---------------------------------------------------------------------------------------------------

    def restore(self, banks: Sequence[Row], transfers: Sequence[Row]) -> None:
        """Take banks and transfers back from storage."""
        for row in banks:
            bank = BankAccount(*row)
            self._banks.setdefault(bank.account_id, {})[bank.key] = bank
        for row in transfers:
            transfer = BankTransfer(*row)
            self._streams.setdefault(transfer.account_id, deque()).append(transfer)

    def rows(self) -> dict[str, list[Row]]:
        """Rows of both tables, by key."""
        banks = (bank.row() for given in self._banks.values() for bank in given.values())
        transfers = (transfer.row() for stream in self._streams.values() for transfer in stream)
        return {"banks": sorted(banks), "bank_transfers": sorted(transfers)}

    def problems(self) -> Iterator[str]:
        """Name what does not add up: money at banks, and a balance below zero."""
        banks = [bank for given in self._banks.values() for bank in given.values()]
        has_li = sum(bank.balance_li for bank in banks)
        expected_li = self._counters[GIVEN_LI] - self._counters[SENT_LI]
        if has_li != expected_li:
            yield f"banks hold {has_li} li, were given less what they sent: {expected_li}"
        for bank in banks:
            if bank.balance_li < 0:
                yield f"bank {bank.bank_no} of account {bank.account_id} holds {bank.balance_li} li"


def _refusal(account: Account, bank: BankAccount | None, request: BankRequest) -> str:
    """The text of the first reason that applies, in the order of the refusal table; empty when there is none."""
    text = status_refusal(account)
    if text:
        return text
    if request.direction not in (BANK_TO_SECURITIES, SECURITIES_TO_BANK):
        return refusal_text(TransferRefusals.TRANSFER_DIRECTION, {"direction": request.direction})
    if bank is None:
        figures = {"bank_no": request.bank_no, "bank_account": request.bank_account}
        return refusal_text(TransferRefusals.BANK_UNKNOWN, figures)
    incoming = request.direction == BANK_TO_SECURITIES
    if incoming and not is_password(bank.bank_pwd, request.bank_pwd):
        return refusal_text(TransferRefusals.BANK_PASSWORD, {})
    if not incoming and not is_password(bank.fund_pwd, request.fund_pwd):
        return refusal_text(TransferRefusals.FUND_PASSWORD, {})
    if not is_amount(request.amount_li):
        return refusal_text(TransferRefusals.TRANSFER_AMOUNT, {})
    has_li = bank.balance_li if incoming else account.withdrawable_li
    if request.amount_li <= has_li:
        return ""
    reason = TransferRefusals.BANK_BALANCE if incoming else TransferRefusals.WITHDRAWABLE
    return refusal_text(reason, {"amount": units.text_yuan(request.amount_li), "available": units.text_yuan(has_li)})


def status_refusal(account: Account) -> str:
    """Why an account may not move anything now; empty when it may."""
    if account.status in _AT_WORK:
        return ""
    figures = {"account_id": account.account_id, "status": int(account.status)}
    return refusal_text(TransferRefusals.TRANSFER_ACCOUNT_STATUS, figures)


def is_password(expected: str, given: str) -> bool:
    """Does a password open what asks for ``expected``? Nothing expected: any does."""
    return expected in ("", given)


def is_amount(amount_li: int) -> bool:
    """Is it something to transfer: positive, in yuan and fen?"""
    return amount_li > 0 and amount_li % units.LI_PER_FEN == 0


# ---- accounts.toml -----------------------------------------------------------------------------------------------------

_KEYS: Final = ("bank_no", "bank_account", "bank_name", "balance_yuan", "bank_pwd", "fund_pwd")


def read_banks(account_id: str, tables: Any, where: str) -> tuple[BankAccount, ...]:
    """Read the [[account.bank]] tables of an account. Raises ConfigError."""
    if not isinstance(tables, list) or len(tables) > MAX_BANKS:
        raise ConfigError(f"{where}, bank: must be at most {MAX_BANKS} [[account.bank]] tables")
    banks = tuple(_read_bank(account_id, table, f"{where}, bank") for table in tables)
    if len({bank.key for bank in banks}) < len(banks):
        raise ConfigError(f"{where}, bank: a bank account stands there twice")
    return banks


def _read_bank(account_id: str, table: Any, where: str) -> BankAccount:
    if not isinstance(table, Mapping):
        raise ConfigError(f"{where} must be a table")
    unknown = sorted(set(table) - set(_KEYS))
    if unknown:
        raise ConfigError(f"{where}: unknown key {unknown[0]!r}")
    default = default_bank(account_id)
    names = [name for name in _KEYS if name != "balance_yuan"]
    texts = {name: _read_text(table.get(name, getattr(default, name)), f"{where}: {name}") for name in names}
    if not (texts["bank_no"] and texts["bank_account"]):
        raise ConfigError(f"{where}: bank_no and bank_account must not be empty")
    balance_li = DEFAULT_BALANCE_LI
    if "balance_yuan" in table:
        balance_li = read_fen(table["balance_yuan"], f"{where}: balance_yuan")
    return BankAccount(account_id, balance_li=balance_li, **texts)


def _read_text(value: Any, where: str) -> str:
    if not isinstance(value, str) or len(value) > MAX_BANK_TEXT:
        raise ConfigError(f"{where} must be a text of at most {MAX_BANK_TEXT} characters")
    return value


def read_fen(value: Any, where: str) -> int:
    """Read a sum of money in yuan and fen. Raises ConfigError."""
    if type(value) not in (int, float):
        raise ConfigError(f"{where} must be a number of yuan")
    try:
        amount_li = units.li_from_yuan(value)
    except units.OffGridError as error:
        raise ConfigError(f"{where}: {error}") from None
    if amount_li < 0 or amount_li % units.LI_PER_FEN:
        raise ConfigError(f"{where} must be a sum of money in yuan and fen")
    return amount_li
