"""``SimServer``: what a user's own tests rely on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from miniqmt_sim.errors import CommandRefused, ConfigError
from miniqmt_sim.server.control import VERBS
from miniqmt_sim.testing import SimServer
from miniqmt_sim.wire.messages import BY_NAME, Flow

pytest_plugins = ["miniqmt_sim.testing.plugin"]

CODE = "600000.SH"


def test_the_fixture_is_a_server_whose_clock_stands_still(sim_server: SimServer) -> None:
    first = sim_server.ctl.clock.show()
    assert (first["clock"], first["now"][11:]) == ("manual", "09:00:00.000")
    assert sim_server.ctl.clock.show() == first


def test_the_same_verb_in_three_spellings(sim_server: SimServer) -> None:
    ctl = sim_server.ctl
    assert ctl.account_create("A", cash=1e6)["cash"] == 1_000_000
    assert ctl.account.create("B", cash="1000", type="STOCK")["cash"] == 1_000
    assert ctl.account("create", "C", cash=5)["cash"] == 5
    assert {"A", "B", "C"} <= {row["account_id"] for row in ctl.account_list()}


def test_every_verb_of_the_wire_is_a_verb_here() -> None:
    operators = {message.name for message in BY_NAME.values() if message.flow is Flow.OPERATOR}
    assert {verb.message for verb in VERBS} == operators - {"health"}
    for verb in VERBS:
        fields = [field.name for field in BY_NAME[verb.message].fields]
        assert [argument.field for argument in verb.arguments] == fields, verb.name
        answer = {field.name for field in BY_NAME[verb.message].answer}
        assert set(verb.columns) <= answer, verb.name


def test_a_market_made_by_the_operator(sim_server: SimServer) -> None:
    ctl = sim_server.ctl
    quote = ctl.quote(CODE, last=10.5, bid=["10.49:100", (10.48, 200)], ask=[[10.50, 300]], volume=500, pre_close=10.4)
    assert (quote["last_price"], quote["pre_close"]) == (10.5, 10.4)
    assert quote["bids"] == [[10.49, 100], [10.48, 200]]
    assert quote["asks"] == [[10.5, 300]]


def test_shares_and_cash(sim_server: SimServer) -> None:
    ctl = sim_server.ctl
    ctl.account_create("A")
    assert ctl.cash.deposit("A", 100)["cash"] == 100
    assert ctl.cash.withdraw("A", 40.5)["cash"] == 59.5
    position = ctl.position.set("A", CODE, 1000, can_use=600, cost=9.9)
    assert (position["volume"], position["can_use_volume"]) == (1000, 600)
    assert [row["stock_code"] for row in ctl.positions("A")] == [CODE]
    assert ctl.asset("A")["account_id"] == "A"
    assert ctl.orders("A") == ctl.trades("A") == []
    assert len(ctl.state_hash()["state_hash"]) == 64
    assert ctl.check() == {"ok": True, "problems": []}


def test_the_clock_moves_when_told(sim_server: SimServer) -> None:
    clock = sim_server.ctl.clock
    assert clock("advance", "5m")["now"][11:16] == "09:05"
    assert clock.advance("1h30m")["now"][11:16] == "10:35"
    assert clock.set("14:00")["now"][11:16] == "14:00"
    day = clock.show()["day"]
    assert clock.advance("1d")["day"] > day
    assert sim_server.ctl.settle()["day"] >= day


REFUSED: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("account_create", ("not an id!",), {}),
    ("cash_withdraw", ("1000000365", 1e12), {}),
    ("asset", ("nobody",), {}),
    ("position_set", ("1000000365", "nonsense", 100), {}),
    ("clock_set", ("2000-01-01T00:00",), {}),
    ("quote", ("600519.SH",), {"last": 9300}),
    ("quote", ("600519.SH",), {"last": 5000, "volume": 10**12}),
    ("position_set", ("1000000365", "600519.SH", 10**12), {}),
    ("position_set", ("1000000365", "600519.SH", 10**11), {"cost": 200}),
    ("ordinary_position", ("1000000365", "600519.SH", 10**12), {}),
]


@pytest.mark.parametrize(("verb", "values", "named"), REFUSED)
def test_a_refusal_is_an_exception_with_a_sentence(
    sim_server: SimServer, verb: str, values: tuple[Any, ...], named: dict[str, Any]
) -> None:
    sim_server.ctl.quote(CODE, last=10)  # something has happened: the clock may not go back any more
    with pytest.raises(CommandRefused, match=r"\w+ \w+"):
        getattr(sim_server.ctl, verb)(*values, **named)


WRONG: list[tuple[str, tuple[Any, ...], dict[str, Any], str]] = [
    ("asset", (), {}, "asset: ID is missing"),
    ("asset", ("A", "B"), {}, "asset takes 1 arguments: id"),
    ("asset", ("A",), {"colour": 1}, "asset has no argument 'colour'"),
    ("asset", ("A" * 300,), {}, "id: a text of 300 characters is too long"),
    ("clock", (), {}, "'clock' is not a verb; there are clock show, clock set, clock advance"),
    ("clock", ("stop",), {}, "'clock' is not a verb"),
    ("clock_advance", ("5 minutes",), {}, "duration: '5 minutes' is not a duration"),
    ("clock_advance", ("",), {}, "duration: '' is not a duration"),
    ("clock_set", ("noon",), {}, "time: 'noon' is not a time like"),
    ("quote", (CODE,), {}, "quote: P is missing"),
    ("quote", (CODE,), {"last": float("nan")}, "last: nan is not a finite number"),
    ("quote", (CODE,), {"last": "ten"}, "last: 'ten' is not a number"),
    ("quote", (CODE,), {"last": 10, "bid": ["10"]}, "bid: '10' is not a level like 10.49:1000"),
    ("quote", (CODE,), {"last": 10, "bid": [10]}, "bid: 10 is not a level"),
    ("quote", (CODE,), {"last": 10, "bid": ["10:1.5"]}, "bid: '1.5' is not a whole number"),
    ("quote", (CODE,), {"last": 10, "bid": ["10:1"] * 11}, "bid: 11 levels are too many"),
    ("quote", (CODE,), {"last": 10, "volume": 1.5}, "volume: 1.5 is not a whole number"),
    ("quote", (CODE,), {"last": 10, "volume": 2**70}, "is not a whole number of 64 bits"),
    ("account_create", ("A",), {"type": "FUTURE"}, "type: must be one of STOCK, CREDIT, not 'FUTURE'"),
]


@pytest.mark.parametrize(("verb", "values", "named", "complaint"), WRONG)
def test_a_wrong_argument_is_told_before_anything_is_sent(
    sim_server: SimServer, verb: str, values: tuple[Any, ...], named: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        getattr(sim_server.ctl, verb)(*values, **named)
    assert complaint in str(caught.value)
    assert sim_server.ctl.check()["ok"], "the operator's connection is as it was"


def test_a_verb_that_is_none(sim_server: SimServer) -> None:
    with pytest.raises(AttributeError, match="no verb 'fly'"):
        sim_server.ctl.fly("now")
    with pytest.raises(AttributeError, match="no verb 'clock fly'"):
        sim_server.ctl.clock.fly()


def test_an_option_that_is_none() -> None:
    with pytest.raises(ConfigError, match="SimServer has no option 'colour'"):
        SimServer(colour="red").start()
    with pytest.raises(ConfigError, match="feed: must be one of"):
        SimServer(feed="live").start()


def test_accounts_of_ones_own() -> None:
    with SimServer(feed="none", accounts=[{"id": "A", "type": "STOCK", "cash_yuan": 10}]) as sim:
        assert [(row["account_id"], row["cash"]) for row in sim.ctl.account_list()] == [("A", 10)]


def test_a_temporary_userdata_is_gone_afterwards_and_ones_own_stays(tmp_path: Path) -> None:
    with SimServer(feed="none") as sim:
        userdata = Path(sim.userdata)
        assert userdata.is_dir()
    assert not userdata.exists()
    with SimServer(feed="none", userdata=tmp_path / "mine") as sim:
        assert sim.database.endswith("mine/miniqmt-sim.sqlite")
    assert (tmp_path / "mine" / "miniqmt-sim.sqlite").exists()


def test_two_servers_side_by_side() -> None:
    with SimServer(feed="none", clock="manual") as one, SimServer(feed="none", clock="manual") as two:
        assert one.addr != two.addr
        one.ctl.cash.deposit("1000000365", 1)
        assert one.ctl.state_hash() != two.ctl.state_hash()


def test_operator_methods_work_again_after_a_restart() -> None:
    with SimServer(feed="none", clock="manual") as sim:
        before = sim.ctl.state_hash()
        sim.restart()
        assert sim.ctl.state_hash() == before


def test_a_configuration_file(tmp_path: Path) -> None:
    (tmp_path / "my.toml").write_text('feed = "none"\nhours = "exchange"\nclock = "manual"\n', encoding="utf-8")
    with SimServer(config=tmp_path / "my.toml") as sim:
        assert sim.ctl.clock.show()["hours"] == "exchange"
