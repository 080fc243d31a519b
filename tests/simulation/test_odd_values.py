"""Every request with values that are legal on the wire and odd in meaning: each is answered, and the world stays whole.

An exception would be the end of a server, for everybody on it.
"""

from __future__ import annotations

import random
from typing import Any

import pytest

from miniqmt_sim.errors import CommandRefused
from miniqmt_sim.wire.fields import Field, Flow, Kind
from miniqmt_sim.wire.messages import BY_NAME, REQUIRED
from tests.kit.desk import Desk, make_config

REQUESTS_A_SEED = 1_500
ROLES = {Flow.REQUEST: "trader", Flow.DATA: "data", Flow.OPERATOR: "operator"}
OF_THE_SHELL = ("ctl_clock", "ctl_settle", "ctl_snapshot", "ctl_reset", "ctl_vacuum")
"""What the server itself does, and tests of its own show."""

CODES = ("600000.SH", "000001.SZ", "113052.SH", "688981.SH", "510300.SH")
TEXTS = (
    "", "A", "C", "nobody", *CODES, "204001.SH", "999999.SH", "732901.SH", "600000", "STOCK", "CREDIT", "OK", "in", "out",
    "surplus", "all", "-", "20261124", "2026-11-25", "99999999999999999999", "20261124x", "20260230", "00000000", "10000101",
    "99991231", "2026_11_24", "+2026112", "10:30", "nan", "1e400", "-1", "0", "1", "1m", "5m", "1d", "1w", "tick", "none", "SH",
    "front_ratio", "st", "t0 st", "nolimit", "suspended", "x" * 256, "中" * 85, "\x00", " ", "1001",
)  # fmt: skip
INTEGERS = (
    0, 1, -1, 2, 3, 5, 11, 23, 24, 27, 28, 29, 30, 31, 32, 41, 42, 43, 44, 45, 46, 47, 48, 49, 99, 100, 150, 200, 501, 502, 510,
    511, 512, 520, 521, 10**6, 10**12, 2**31 - 1, 2**31, -(2**31), 2**53, 2**63 - 1, -(2**63) + 1, 1048577, 1048580, 20261124,
    19000101, 99991231, 1795397460000,
)  # fmt: skip
NUMBERS = (
    0, 0.0, -0.0, 1, -1, 0.001, 0.0005, 1e-9, 0.01, 9.41, 10.45, 10.46, 11.5, 11.51, 100, 200.5, 1e6, 1e12, 9.2e15, 1e18, 1e300,
    -1e300, 2**62, float("nan"), float("inf"),
)  # fmt: skip
CHOICES: dict[Kind, tuple[Any, ...]] = {
    Kind.TEXT: TEXTS, Kind.STRINGS: TEXTS, Kind.INT: INTEGERS, Kind.INTS: INTEGERS, Kind.NUMBER: NUMBERS,
    Kind.BOOL: (True, False),
}  # fmt: skip
SENSIBLE: dict[str, tuple[Any, ...]] = {
    "account_id": ("A", "C"), "code": CODES, "account_type": (2, 3), "price_type": (5, 11, 42, 47),
    "period": ("tick", "1m", "1d"),
}  # fmt: skip


def odd(rng: random.Random, field: Field) -> Any:
    """A value of a field's kind; where chance would seldom say something that makes sense, it is helped."""
    if field.kind is Kind.LEVELS:
        return [[rng.choice(NUMBERS), rng.choice(INTEGERS)] for _ in range(rng.randrange(3))]
    choices = CHOICES[field.kind]
    for part, sensible in SENSIBLE.items():
        if part in field.name and type(sensible[0]) is type(choices[0]) and rng.random() < 0.6:
            choices = sensible
    if field.kind in (Kind.STRINGS, Kind.INTS):
        return [rng.choice(choices) for _ in range(rng.randrange(5))]
    return rng.choice(choices)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("hours", ["always", "exchange"])
def test_whatever_is_asked_is_answered(hours: str, seed: int) -> None:
    rng = random.Random(f"{hours} {seed}")
    accounts = [{"id": "A", "cash_yuan": 1_000_000}, {"id": "C", "type": "CREDIT", "cash_yuan": 1_000_000}]
    desk = Desk(make_config(hours=hours, accounts=accounts, after_hours=True, auto_list=True))
    for account_id in ("A", "C"):
        desk.ask("ctl_position_set", account_id=account_id, stock_code="600000.SH", volume=10_000)
    connections = {Flow.OPERATOR: desk.OPERATOR, Flow.REQUEST: desk.session("A"), Flow.DATA: 2}
    assert desk.simulator.open_session(2, "data", 0) is None
    messages = [each for each in BY_NAME.values() if each.flow in ROLES and not each.name.startswith(OF_THE_SHELL)]
    for number in range(REQUESTS_A_SEED):
        if not number % 100:
            desk.quote("600000.SH", 10.45, [(10.44, 50_000)], [(10.46, 50_000)])
            desk.ask("ctl_clock_advance", duration_ms=rng.choice((1, 60_000, 3_600_000, 20_000_000)))
        message = rng.choice(messages)
        fields = {each.name: odd(rng, each) for each in message.fields if each.default is REQUIRED or rng.random() < 0.7}
        try:
            desk.ask(message.name, connections[message.flow], **fields)
        except CommandRefused:
            continue
        except Exception as error:
            pytest.fail(f"{message.name} {fields}: {error!r}")
    desk.check()
    before = desk.simulator.state_hash()
    desk.crash()
    assert desk.simulator.state_hash() == before
