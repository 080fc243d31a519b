"""Speed of the whole core: ``Simulator.step`` with everything on, beside the bare core of matching-engine, in one run.

    python -m benchmarks.step [--events N] [--rounds R] [--symbols 1|100] [--seed S] [--profile ENGINE]

The order stream of ``benchmarks.matching``, spread over sixteen accounts; each has a session that is subscribed to it. Every
order is checked, freezes cash or shares, meets the exchange under the rules of the day, is charged its fees, and makes its
answer, its pushes and its rows. First the trades must be the yardstick's and every invariant must hold; only then does the
clock start.

* ``step``: rows are made as the server makes them under load, once for a batch of 64 commands.
* ``step, alone``: a batch of one.
* ``step to bytes``: and everything said is written down as the frames a socket sends, once a push however many listen.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from functools import partial
from itertools import count
from typing import Any, Final

from benchmarks.matching import (
    GC_THRESHOLDS,
    PEER,
    command_line,
    digest,
    headline,
    installed,
    interleave,
    profile,
    table,
    targets,
)
from benchmarks.ours import DAY
from benchmarks.peers import PEERS, FieldsOfEvent, Trade
from benchmarks.streams import REFERENCE_LI, order_stream
from matching.calendar import midnight_ms, parse_clock
from matching.units import LI_PER_YUAN, yuan
from miniqmt_sim.constants import FIRST_ORDER_ID
from miniqmt_sim.settings import config_dir, read_credit, read_rules
from miniqmt_sim.simulator import Command, Outcome, Simulator, SimulatorConfig
from miniqmt_sim.wire.messages import JsonObject, Request, frame, object_of

ACCOUNTS: Final = 16
BATCH: Final = 64
"""As many commands are in a batch when the server is busy; config/server.toml allows more."""
STEP: Final = "step"
TARGETS: Final = ((STEP, PEER, 0.5),)
MOST_SHARES: Final = 900_000_000
MOST_YUAN: Final = 900_000_000_000


def make_config(codes: Sequence[str]) -> SimulatorConfig:
    """The shipped rules, and accounts that never run out of money or shares."""
    holds = [{"stock_code": code, "volume": MOST_SHARES, "cost_yuan": 50} for code in codes]
    accounts = [{"id": f"A{number}", "cash_yuan": MOST_YUAN, "position": holds} for number in range(ACCOUNTS)]
    same = {"name": "benchmark", "pre_close": REFERENCE_LI / LI_PER_YUAN, "tags": "", "board": "", "listed": ""}
    return SimulatorConfig(
        hours="exchange", feed="none", clock="manual", seed=1, auto_list=False, fills="standard",
        rules=read_rules(config_dir() / "rules"), credit=read_credit(config_dir() / "credit"),
        instruments=[{"stock_code": code, **same} for code in codes], accounts=accounts, holidays=(),
    )  # fmt: skip


class Core:
    """A simulator on a trading day from 09:30 on, one event a millisecond; rows are made after every ``batch`` commands."""

    def __init__(self, symbols: int, batch: int, say: Callable[[Outcome], object] | None = None) -> None:
        self._codes = [f"{600000 + symbol}.SH" for symbol in range(symbols)]
        self._simulator = Simulator(make_config(self._codes))
        self._now_ms = midnight_ms(DAY) + parse_clock("09:30")
        self._batch = batch
        self._say = say
        self._seqs = count(1)
        self._simulator.start(self._now_ms, {})
        self._accounts = [{"account_type": 2, "account_id": f"A{number}"} for number in range(ACCOUNTS)]
        for number, account in enumerate(self._accounts):
            self._simulator.open_session(number, "trader", number)
            self._ask(number, "subscribe", account)

    def _ask(self, connection: int, name: str, fields: dict[str, Any]) -> Outcome:
        seq = next(self._seqs)
        outcome = self._simulator.step(Command(self._now_ms, seq, connection, Request(name, seq, fields)))
        if self._say is not None:
            self._say(outcome)
        if not seq % self._batch:
            self._simulator.take_facts()
        return outcome

    def apply(self, event: FieldsOfEvent) -> Outcome:
        order_id, symbol, side, price_li, volume = event
        self._now_ms += 1
        number = order_id % ACCOUNTS
        fields = dict(self._accounts[number])
        if not volume:
            fields |= {"order_id": FIRST_ORDER_ID + order_id - 1, "order_sysid": "", "market": -1}
            return self._ask(number, "cancel_order_stock", fields)
        fields |= {
            "stock_code": self._codes[symbol], "order_type": 24 if side else 23, "order_volume": volume, "price_type": 11,
            "price": yuan(price_li), "strategy_name": "benchmark", "order_remark": "",
        }  # fmt: skip
        return self._ask(number, "order_stock", fields)

    def trades(self, event: FieldsOfEvent, answer: Outcome) -> list[Trade]:
        """The trades of an outcome: the taker's fills tell price and volume, the makers' pushes who they are."""
        assert self._simulator.check() == [] or event.order_id % 1000, "an invariant does not hold"
        fills = [row for row in map(object_of, (push for _, push in answer.pushes)) if row["t"] == "push_stock_trade"]
        return [_trade(maker, taker) for taker, maker in zip(fills[::2], fills[1::2], strict=True)]


def _trade(maker: JsonObject, taker: JsonObject) -> Trade:
    numbers = [row["order_id"] - FIRST_ORDER_ID + 1 for row in (maker, taker)]
    return (*numbers, round(taker["traded_price"] * LI_PER_YUAN), taker["traded_volume"])


def write_down(outcome: Outcome) -> None:
    """Everything said, as frames."""
    for _, said in outcome.replies:
        frame(said)
    for _, said in outcome.pushes:
        frame(said)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = command_line(__doc__.partition("\n")[0], "step", 50_000).parse_args(arguments)
    gc.set_threshold(*GC_THRESHOLDS)
    events = order_stream(options.seed, options.events, options.symbols)
    ours = {STEP: partial(Core, batch=BATCH), "step, alone": partial(Core, batch=1)}
    ours["step to bytes"] = partial(Core, batch=BATCH, say=write_down)
    makes, missing = installed({name: partial(make, options.symbols) for name, make in {**ours, PEER: PEERS[PEER]}.items()})
    if options.profile:
        profile(makes[options.profile], events)
        return
    print(headline(options))
    for name, reason in missing.items():
        print(f"missing: {name} ({reason})")
    digests = {digest(name, make, events) for name, make in makes.items()}
    print(f"all {len(makes)} agree on the trades, digest {digests.pop()[:16]}\n")
    assert not digests
    found = interleave(makes, events, options.rounds)
    print(table(found, PEER if PEER in found else STEP), targets(found, TARGETS), sep="\n\n")


if __name__ == "__main__":
    main()
