"""What an operator's commands name: accounts, securities, sums of money. Each raises CommandRefused with a sentence."""

from __future__ import annotations

from typing import Any, Final

from matching import units
from matching.instrument import Security
from miniqmt_sim.constants import MAX_HOLDING_LI, MAX_INT64, MAX_VOLUME
from miniqmt_sim.counter.account import Account
from miniqmt_sim.errors import CommandRefused
from miniqmt_sim.sessions.context import Context
from miniqmt_sim.wire.messages import JsonObject
from miniqmt_sim.world import World

MAX_MONEY_LI: Final = 10**15
"""A million million yuan: sums of such amounts still fit the store's integers."""
MAX_PRICE_LI: Final = MAX_INT64 // MAX_VOLUME
"""9,223.372 yuan: the value of the most shares there can be still fits the store's integers. The dearest share cost 2,627."""

MAX_LEVEL_LI: Final = 10**9
"""A million points. The highest index stands at some twenty thousand."""


def account_of(context: Context, fields: JsonObject) -> Account:
    """The account an operator names. Raises CommandRefused."""
    account = context.world.broker.accounts.get(fields["account_id"])
    if account is None:
        raise CommandRefused(f"there is no account {fields['account_id']}")
    return account


def security_of(world: World, stock_code: str) -> Security:
    """The security an operator names, which can be traded. Raises CommandRefused."""
    security = listed_of(world, stock_code)
    if security.is_index:
        raise CommandRefused(f"{stock_code} is an index: it has quotes, and no orders, positions or corporate actions")
    return security


def listed_of(world: World, stock_code: str) -> Security:
    """The security or the index an operator names. Raises CommandRefused."""
    security = world.exchange.securities.get(stock_code)
    if security is None:
        raise CommandRefused(f"{stock_code} is not listed; list it with a quote")
    return security


def money_li(amount: Any, name: str) -> int:
    """A sum of money, which may be nothing. Raises CommandRefused."""
    try:
        amount_li = units.li_from_yuan(amount)
    except units.OffGridError as error:
        raise CommandRefused(f"{name}: {error}") from None
    if not 0 <= amount_li <= MAX_MONEY_LI or amount_li % units.LI_PER_FEN:
        raise CommandRefused(f"{name} {amount} is not a sum of money in yuan and fen")
    return amount_li


def positive_li(amount: Any) -> int:
    """A sum of money that is something. Raises CommandRefused."""
    amount_li = money_li(amount, "amount")
    if not amount_li:
        raise CommandRefused("amount must be positive")
    return amount_li


def check_volume(volume: int, *prices_li: int) -> None:
    """See whether there can be so many shares at these prices of one. Raises CommandRefused."""
    if not 0 <= volume <= MAX_VOLUME:
        raise CommandRefused(f"volume {volume} is not between 0 and {MAX_VOLUME}")
    if volume * max(prices_li) > MAX_HOLDING_LI:
        raise CommandRefused(f"{volume} shares are worth more than {MAX_HOLDING_LI // units.LI_PER_YUAN} yuan")


def price_li(price: Any, name: str) -> int:
    """A price. Raises CommandRefused."""
    try:
        found_li = units.li_from_yuan(price)
    except units.OffGridError as error:
        raise CommandRefused(f"{name}: {error}") from None
    if not 0 < found_li <= MAX_PRICE_LI:
        raise CommandRefused(f"{name} {price} is not a price")
    return found_li


def level_li(level: Any, name: str) -> int:
    """The level of an index, to the nearest 0.001 point: the exchanges publish four decimals. Raises CommandRefused."""
    try:
        found_li, _ = units.nearest_li(level)
    except units.OffGridError as error:
        raise CommandRefused(f"{name}: {error}") from None
    if not 0 < found_li <= MAX_LEVEL_LI:
        raise CommandRefused(f"{name} {level} is not the level of an index")
    return found_li
