"""What a world is made of before it exists: the configuration as plain mappings, and its rows read into records.

Beside the flow: read once, when a world is built. Whatever an author must correct is a ConfigError that names its place.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple, TypeVar

from matching import units
from matching.instrument import Listing, parse_listing
from miniqmt_sim.constants import MAX_HOLDING_LI, MAX_VOLUME, AccountType
from miniqmt_sim.counter.bank import BankAccount, read_banks, read_fen
from miniqmt_sim.counter.compliance import Mode
from miniqmt_sim.errors import ConfigError

Record = TypeVar("Record")
Number = TypeVar("Number", int, float)


class SimulatorConfig(NamedTuple):
    """What the world is made of, as plain mappings: the core opens no file.

    ``rules``: file stem of config/rules to its parsed content; ``instruments``: rows of instruments.csv with their place
    under ``_where``; ``accounts``: the tables of accounts.toml; ``holidays``: closed weekdays as yyyymmdd.
    """

    hours: str
    feed: str
    clock: str
    seed: int
    auto_list: bool
    fills: str
    rules: Mapping[str, Any]
    instruments: Sequence[Mapping[str, Any]]
    accounts: Sequence[Mapping[str, Any]]
    holidays: Sequence[int]
    hold: str = "breaks"
    after_hours: bool = False
    compliance: str = Mode.WARN
    behaviour: Mapping[str, Any] = MappingProxyType({})
    corporate_actions: Sequence[Mapping[str, Any]] = ()
    ipo: Sequence[Mapping[str, Any]] = ()
    credit: Mapping[str, Any] = MappingProxyType({})
    sectors: Sequence[Mapping[str, Any]] = ()


class FirstAccount(NamedTuple):
    """An account of accounts.toml."""

    account_id: str
    account_type: AccountType
    cash_li: int
    positions: tuple[tuple[str, int, int], ...]
    ordinary_li: int
    banks: tuple[BankAccount, ...]

    @classmethod
    def parse(cls, table: Mapping[str, Any], number: int) -> FirstAccount:
        """Check one table. Raises ConfigError."""
        where = f"accounts, account {number}"
        _only(table, ("id", "type", "cash_yuan", "ordinary_cash_yuan", "position", "bank"), where)
        account_id = table.get("id")
        if not isinstance(account_id, str) or not is_account_id(account_id):
            raise ConfigError(f"{where}: id must be 1 to 20 letters and digits")
        kind = table.get("type", "STOCK")
        if not isinstance(kind, str) or kind not in OPENABLE:
            raise ConfigError(f"{where}: type must be STOCK or CREDIT")
        positions, given = [], table.get("position", [])
        if not isinstance(given, list) or not all(isinstance(position, dict) for position in given):
            raise ConfigError(f"{where}: position must be [[account.position]] tables")
        for position in given:
            _only(position, ("stock_code", "volume", "cost_yuan"), f"{where}, position")
            volume = position.get("volume")
            if type(volume) is not int or volume <= 0:
                raise ConfigError(f"{where}, position: volume must be a positive integer")
            cost_li = _li(position.get("cost_yuan"), f"{where}, position: cost_yuan")
            if volume > MAX_VOLUME or volume * cost_li > MAX_HOLDING_LI:
                raise ConfigError(f"{where}, position: {volume} shares are more than an account can hold")
            positions.append((str(position.get("stock_code")), volume, cost_li * volume))
        cash_li = _li(table.get("cash_yuan", 0), f"{where}: cash_yuan")
        ordinary_li = read_fen(table.get("ordinary_cash_yuan", 0), f"{where}: ordinary_cash_yuan")
        banks = read_banks(account_id, table.get("bank", []), where)
        return cls(account_id, OPENABLE[kind], cash_li, tuple(positions), ordinary_li, banks)


OPENABLE: Final = {"STOCK": AccountType.STOCK, "CREDIT": AccountType.CREDIT}
"""Kinds of account that can be opened, as they are written."""


def is_account_id(text: str) -> bool:
    """1 to 20 letters and digits."""
    return 1 <= len(text) <= 20 and text.isascii() and text.isalnum()


def _only(table: Mapping[str, Any], names: Sequence[str], where: str) -> None:
    unknown = sorted(set(table) - set(names))
    if unknown:
        raise ConfigError(f"{where}: unknown key {unknown[0]!r}")


def _li(value: Any, where: str) -> int:
    if type(value) not in (int, float):
        raise ConfigError(f"{where} must be a number of yuan")
    try:
        li = units.li_from_yuan(value)
    except units.OffGridError as error:
        raise ConfigError(f"{where}: {error}") from None
    if li < 0:
        raise ConfigError(f"{where} must not be negative")
    return li


def read_row(parse: Callable[[Mapping[str, Any]], Record], row: Mapping[str, Any]) -> Record:
    """Read a row of a file. Raises ConfigError with its place."""
    try:
        return parse(row)
    except ValueError as error:
        raise ConfigError(f"{row.get('_where', '')}: {error}") from None


def read_listing(row: Mapping[str, Any]) -> Listing:
    where = row.get("_where", "instruments")
    try:
        listed = _numeric(int, row, "listed", 0)
        pre_close_li = units.li_from_yuan(_numeric(float, row, "pre_close", 0.0))
        total_shares, float_shares = (_shares(row, name) for name in ("total_shares", "float_shares"))
        if 0 < total_shares < float_shares:
            raise ValueError(f"{float_shares} float_shares are more than the {total_shares} there are")
        listing = parse_listing(row["stock_code"], row["name"], pre_close_li, tuple(row["tags"].split()), row["board"], listed)
        return listing._replace(total_shares=total_shares, float_shares=float_shares)
    except ValueError as error:
        raise ConfigError(f"{where}: {error}") from None


def _numeric(kind: Callable[[Any], Number], row: Mapping[str, Any], name: str, empty: Number) -> Number:
    """A number of a row. Raises ValueError with a sentence."""
    try:
        return kind(row[name]) if row.get(name) else empty
    except ValueError:
        raise ValueError(f"{name} {row[name]!r} is not a number") from None


def _shares(row: Mapping[str, Any], name: str) -> int:
    """A part of the share capital, 0 where the row does not say. Raises ValueError with a sentence."""
    shares = _numeric(float, row, name, 0.0)
    if not 0 <= shares <= MAX_VOLUME or shares != int(shares):
        raise ValueError(f"{name} {row[name]!r} is not a number of whole shares up to {MAX_VOLUME}")
    return int(shares)
