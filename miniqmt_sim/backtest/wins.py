"""The win rate: which sales brought more than what was sold had cost.

Comes in: rows of trades, and what companies gave their holders. A sale is measured against the average cost of the account's
own purchases in the run, fees included; shares and cash of an ex-day make it lower. What moves no shares of the account's own,
selling short and buying back, is neither a purchase nor a sale here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matching import units
from matching.book import Side
from miniqmt_sim.changes import Row
from miniqmt_sim.counter.corporate import Action, dividend_li
from miniqmt_sim.counter.order_types import ORDER_TYPES


class _Bought:
    """What an account holds of its purchases of one security, what that cost, and the day on which it was last looked at."""

    __slots__ = ("cost_li", "day", "volume")

    def __init__(self) -> None:
        self.volume = self.cost_li = self.day = 0

    def go_ex(self, action: Action, paid_li: Iterable[int]) -> None:
        """Take what an ex-day brought; ``paid_li`` are the sums that the account paid for rights since it was looked at."""
        rights = self.volume * action.rights_ppm // units.PPM
        rights_li = units.whole_fen(rights * action.rights_price_li)
        self.cost_li -= dividend_li(self.volume, action)
        self.volume += self.volume * action.free_ppm // units.PPM
        if rights and rights_li in paid_li:
            self.volume += rights
            self.cost_li += rights_li


def count_wins(
    trades: Sequence[Row], actions: Iterable[Action], rights: Sequence[tuple[str, int, int]]
) -> tuple[int, int]:
    """Of the trades that sold what had been bought, how many brought more than it had cost; and how many those were.

    Trades stand in the order in which they were made; ``rights`` are (account, day, li paid).
    """
    actions_of: dict[str, list[Action]] = {}
    for action in sorted(actions, key=lambda action: action.ex_day):
        actions_of.setdefault(action.stock_code, []).append(action)
    held: dict[tuple[str, str], _Bought] = {}
    wins = closed = 0
    for _, day, account_id, _, _, stock_code, number, _, volume, amount_li, _, *fees_li, _ in trades:
        order_type, paid_li = ORDER_TYPES[number], sum(fees_li)
        if not order_type.moves_shares:
            continue
        bought = held.setdefault((account_id, stock_code), _Bought())
        for action in actions_of.get(stock_code, ()):
            if bought.day < action.ex_day <= day:
                since = (li for holder, when, li in rights if holder == account_id and bought.day < when <= day)
                bought.go_ex(action, since)
        bought.day = day
        if order_type.side is Side.BUY:
            bought.volume += volume
            bought.cost_li += amount_li + paid_li
        elif bought.volume >= volume:
            sold_li = bought.cost_li * volume // bought.volume
            bought.volume -= volume
            bought.cost_li -= sold_li
            wins += amount_li - paid_li > sold_li
            closed += 1
    return wins, closed
