"""The trader's transfers: between a bank and the account, and between the ordinary counter and the fast one."""

from __future__ import annotations

from typing import Any, Final

from miniqmt_sim.wire.messages import JsonObject
from miniqmt_sim.xtquant import _arguments as arguments
from miniqmt_sim.xtquant import _views as views
from miniqmt_sim.xtquant._session import Session
from miniqmt_sim.xtquant.xttype import BankAmount, BankInfo, BankTransferStream, SecuAccount, StockAccount

_BANK_IN: Final = 501
_BANK_OUT: Final = 502
"""``direction`` of a bank transfer."""


class Transfers(Session):
    """``XtQuantTrader``'s calls about money and shares on their way."""

    def bank_transfer_in(
        self, account: StockAccount, bank_no: str, bank_account: str, balance: float, bank_pwd: str = "", fund_pwd: str = ""
    ) -> tuple[bool, str]:
        """Move money from a bank into the account: (success, why not)."""
        fields = _bank_fields(account, _BANK_IN, bank_no, bank_account, balance, bank_pwd, fund_pwd)
        return self._transfer("bank_transfer", fields)

    def bank_transfer_in_async(
        self, account: StockAccount, bank_no: str, bank_account: str, balance: float, bank_pwd: str = "", fund_pwd: str = ""
    ) -> int:
        """The same: the request's seq; ``on_bank_transfer_async_response`` tells the result."""
        fields = _bank_fields(account, _BANK_IN, bank_no, bank_account, balance, bank_pwd, fund_pwd)
        return self._post_order("bank_transfer", fields)

    def bank_transfer_out(
        self, account: StockAccount, bank_no: str, bank_account: str, balance: float, bank_pwd: str = "", fund_pwd: str = ""
    ) -> tuple[bool, str]:
        """Move money from the account to a bank: (success, why not)."""
        fields = _bank_fields(account, _BANK_OUT, bank_no, bank_account, balance, bank_pwd, fund_pwd)
        return self._transfer("bank_transfer", fields)

    def bank_transfer_out_async(
        self, account: StockAccount, bank_no: str, bank_account: str, balance: float, bank_pwd: str = "", fund_pwd: str = ""
    ) -> int:
        """The same: the request's seq; ``on_bank_transfer_async_response`` tells the result."""
        fields = _bank_fields(account, _BANK_OUT, bank_no, bank_account, balance, bank_pwd, fund_pwd)
        return self._post_order("bank_transfer", fields)

    def query_bank_info(self, account: StockAccount) -> list[BankInfo] | None:
        """Give the account's banks."""
        return self._query(views.BANK_INFO, arguments.account_fields(account))

    def query_bank_amount(
        self, account: StockAccount, bank_no: str, bank_account: str, bank_pwd: str
    ) -> list[BankAmount] | None:
        """Give the money at a bank; one element."""
        fields = {"bank_no": bank_no, "bank_account": bank_account, "bank_pwd": bank_pwd}
        return self._query(views.BANK_AMOUNT, arguments.account_fields(account) | arguments.texts(fields))

    def query_bank_transfer_stream(
        self, account: StockAccount, start_date: str, end_date: str, bank_no: str = "", bank_account: str = ""
    ) -> list[BankTransferStream] | None:
        """Give the bank transfers of some days, as in '20241125', oldest first."""
        fields = {"start_date": start_date, "end_date": end_date, "bank_no": bank_no, "bank_account": bank_account}
        return self._query(views.BANK_TRANSFERS, arguments.account_fields(account) | arguments.texts(fields))

    def query_secu_account(self, account: StockAccount) -> list[SecuAccount] | None:
        """Give the account's shareholder accounts, one an exchange."""
        return self._query(views.SECU_ACCOUNTS, arguments.account_fields(account))

    def fund_transfer(self, account: StockAccount, transfer_direction: int, price: float) -> tuple[bool, str]:
        """Move cash between the ordinary counter and the fast one: (success, why not)."""
        fields = {
            **arguments.account_fields(account),
            "transfer_direction": arguments.integer(transfer_direction, "transfer_direction"),
            "price": arguments.number(price, "price"),
        }
        return self._transfer("fund_transfer", fields)

    def secu_transfer(
        self, account: StockAccount, transfer_direction: int, stock_code: str, volume: int, transfer_type: int
    ) -> tuple[bool, str]:
        """Move shares between the ordinary counter and the fast one: (success, why not)."""
        fields = {
            **arguments.account_fields(account),
            "transfer_direction": arguments.integer(transfer_direction, "transfer_direction"),
            "stock_code": arguments.text(stock_code, "stock_code"),
            "volume": arguments.integer(volume, "volume"),
            "transfer_type": arguments.integer(transfer_type, "transfer_type"),
        }
        return self._transfer("secu_transfer", fields)

    def query_com_fund(self, account: StockAccount) -> dict[str, Any] | None:
        """Give the account's cash at the ordinary counter."""
        answer = self._ask("query_com_fund", arguments.account_fields(account))
        return None if answer is None else _renamed(views.COM_FUND, answer["rows"][0])

    def query_com_position(self, account: StockAccount) -> list[dict[str, Any]] | None:
        """Give the account's shares at the ordinary counter."""
        answer = self._ask("query_com_position", arguments.account_fields(account))
        return self._failed_rows() if answer is None else [_renamed(views.COM_POSITION, row) for row in answer["rows"]]


def _bank_fields(
    account: StockAccount, direction: int, bank_no: Any, bank_account: Any, balance: Any, bank_pwd: Any, fund_pwd: Any
) -> JsonObject:
    texts = {"bank_no": bank_no, "bank_account": bank_account, "bank_pwd": bank_pwd, "fund_pwd": fund_pwd}
    return {**arguments.account_fields(account), "direction": direction, "balance": float(balance), **arguments.texts(texts)}


def _renamed(keys: dict[str, str], row: JsonObject) -> dict[str, Any]:
    return {key: row[name] for key, name in keys.items()}
