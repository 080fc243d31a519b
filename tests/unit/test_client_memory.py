"""The in-memory twin: the same behaviour as over a socket, with a simulator in the same process and the time it is given."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, NamedTuple

import pytest

from miniqmt_sim.client.memory import Command, MemoryHost, MemoryTransport
from miniqmt_sim.errors import CommandRefused, ConnectError
from miniqmt_sim.wire.messages import JsonObject, Request
from tests.kit.asking import ask

ACCOUNT = {"account_type": 2, "account_id": "1000000365"}
ORDER = {**ACCOUNT, "stock_code": "600000.SH", "order_type": 23, "order_volume": 100, "price_type": 11, "price": 10.5}
NINE = 1_700_000_000_000


class Said(NamedTuple):
    replies: list[tuple[int, JsonObject]]
    pushes: list[tuple[tuple[int, ...], JsonObject]]


class SmallSimulator:
    """Answers with what a test prepared; pushes whatever is due, one slice at a time."""

    def __init__(self) -> None:
        self.commands: list[Command] = []
        self.sessions: dict[int, int] = {}
        self.due: list[tuple[int, JsonObject]] = []
        self.answer: Callable[[Command], list[JsonObject]] = lambda _: [{"result": 0}]
        self.pushes: list[JsonObject] = []

    def open_session(self, connection: int, role: str, session_id: int) -> str | None:
        if session_id in self.sessions.values():
            return f"session {session_id} is in use"
        self.sessions[connection] = session_id
        return None

    def close_session(self, connection: int) -> None:
        del self.sessions[connection]

    def step(self, command: Command) -> Said:
        self.commands.append(command)
        reply = {"t": "reply", "seq": command.request.seq}
        replies = [(command.connection, {**reply, **answer}) for answer in self.answer(command)]
        return Said(replies, [(tuple(self.sessions), push) for push in self.pushes])

    def catch_up(self, now_ms: int) -> Said | None:
        if not self.due or self.due[0][0] > now_ms:
            return None
        return Said([], [(tuple(self.sessions), self.due.pop(0)[1])])

    def forget_facts(self) -> None:
        pass

    def clock_target(self, request: Request, now_ms: int) -> int:
        if request.fields["duration_ms"] < 0:
            raise CommandRefused("time only goes forward")
        return now_ms + int(request.fields["duration_ms"])


class Client:
    def __init__(self, host: MemoryHost, session_id: int) -> None:
        self.heard: list[Any] = []
        self.closed: list[str] = []
        self.transport = host.connect("C:\\anywhere", session_id, self.heard.append, self.closed.append)

    def note(self, future: Future[Any]) -> None:
        self.heard.append(future.exception() or future.result())

    def tags(self) -> list[Any]:
        return [message.get("order_id", message.get("result")) for message in self.heard]


@pytest.fixture
def simulator() -> SmallSimulator:
    return SmallSimulator()


@pytest.fixture
def host(simulator: SmallSimulator) -> MemoryHost:
    return MemoryHost(simulator, NINE)


def test_a_request_is_answered_before_it_returns(simulator: SmallSimulator, host: MemoryHost) -> None:
    client = Client(host, 7)
    future = ask(client.transport, "subscribe", ACCOUNT)
    assert future.done()
    assert future.result()["result"] == 0
    assert simulator.sessions == {1: 7}
    (command,) = simulator.commands
    assert (command[:3], command.request[:3]) == ((NINE, 1, 1), ("subscribe", 1, ACCOUNT))


def test_requests_are_checked_and_completed_by_the_message_table(simulator: SmallSimulator, host: MemoryHost) -> None:
    client = Client(host, 7)
    client.transport.call("order_stock", ORDER)
    assert simulator.commands[0].request.fields == {**ORDER, "strategy_name": "", "order_remark": ""}


def test_an_ill_formed_request_ends_the_connection(simulator: SmallSimulator, host: MemoryHost) -> None:
    client = Client(host, 7)
    with pytest.raises(ConnectError, match="field 'account_type' must be integer"):
        client.transport.call("subscribe", {**ACCOUNT, "account_type": "2"})
    assert client.closed == ["subscribe: field 'account_type' must be integer (64 bit)"]
    assert not client.transport.is_open
    assert simulator.sessions == {}
    assert simulator.commands == []


def test_the_reply_comes_before_its_pushes_and_pushes_go_to_everybody(simulator: SmallSimulator, host: MemoryHost) -> None:
    one, two = Client(host, 1), Client(host, 2)
    simulator.answer = lambda _: [{"order_id": 5}]
    simulator.pushes = [{"t": "push_stock_order", "order_id": 6}, {"t": "push_stock_trade", "order_id": 7}]
    ask(one.transport, "order_stock", ORDER, done=one.note)
    assert one.tags() == [5, 6, 7]
    assert two.tags() == [6, 7]


def test_parts_are_joined_and_errors_are_refusals(simulator: SmallSimulator, host: MemoryHost) -> None:
    client = Client(host, 1)
    simulator.answer = lambda _: [{"rows": [{"order_id": 1}], "more": True}, {"rows": [{"order_id": 2}], "more": False}]
    assert [row["order_id"] for row in client.transport.call("query_stock_orders", ACCOUNT)["rows"]] == [1, 2]
    simulator.answer = lambda _: [{"error": "no such account"}]
    with pytest.raises(CommandRefused, match="no such account"):
        client.transport.call("query_stock_orders", ACCOUNT)


@pytest.mark.parametrize("seq", [None, 9])
def test_whoever_posts_is_told_once_whatever_the_answer_and_whoever_numbers(
    simulator: SmallSimulator, host: MemoryHost, seq: int | None
) -> None:
    client = Client(host, 1)
    simulator.answer = lambda _: [{"order_id": 5}]
    simulator.pushes = [{"t": "push_stock_order", "order_id": 6}]
    ask(client.transport, "order_stock", ORDER, seq, client.note)
    assert client.tags() == [5, 6]
    simulator.pushes = []
    simulator.answer = lambda _: [{"rows": [{"order_id": 1}], "more": True}, {"rows": [{"order_id": 2}], "more": False}]
    parts = ask(client.transport, "query_stock_orders", ACCOUNT, seq)
    assert [row["order_id"] for row in parts.result(0)["rows"]] == [1, 2]
    simulator.answer = lambda _: [{"error": "no such account"}]
    refused = ask(client.transport, "query_stock_orders", ACCOUNT, seq).exception(0)
    assert isinstance(refused, CommandRefused)
    assert str(refused) == "no such account"
    for fields in ({**ACCOUNT, "account_type": "2"}, ACCOUNT):  # the first ends the connection
        failed = ask(client.transport, "subscribe", fields, seq).exception(0)
        assert isinstance(failed, ConnectError)
        assert "field 'account_type' must be integer" in str(failed)
    assert len(client.closed) == 1


def test_moving_the_time_does_all_that_is_due_on_the_way(simulator: SmallSimulator, host: MemoryHost) -> None:
    client = Client(host, 1)
    simulator.due = [(NINE + minute, {"t": "push_stock_order", "order_id": minute}) for minute in (1, 2, 30)]
    host.advance_to(NINE + 2)
    assert client.tags() == [1, 2]
    assert host.now_ms == NINE + 2


def test_what_is_due_comes_before_the_next_command(simulator: SmallSimulator, host: MemoryHost) -> None:
    client = Client(host, 1)
    simulator.due = [(NINE, {"t": "push_stock_order", "order_id": 1})]
    ask(client.transport, "subscribe", ACCOUNT, done=client.note)
    assert client.tags() == [1, 0]


def test_a_clock_request_moves_the_time_first(simulator: SmallSimulator, host: MemoryHost) -> None:
    client = Client(host, 1)
    simulator.due = [(NINE + 50, {"t": "push_stock_order", "order_id": 1})]
    ask(client.transport, "ctl_clock_advance", {"duration_ms": 100}, done=client.note)
    assert client.tags() == [1, 0]
    assert host.now_ms == simulator.commands[0].now_ms == NINE + 100


def test_a_refused_clock_request_changes_nothing(simulator: SmallSimulator, host: MemoryHost) -> None:
    client = Client(host, 1)
    with pytest.raises(CommandRefused, match="time only goes forward"):
        client.transport.call("ctl_clock_advance", {"duration_ms": -1})
    assert host.now_ms == NINE
    assert simulator.commands == []


def test_a_session_in_use_is_refused_until_it_ends(host: MemoryHost) -> None:
    client = Client(host, 1)
    with pytest.raises(ConnectError, match="session 1 is in use"):
        Client(host, 1)
    client.transport.close()
    client.transport.close()
    assert client.closed == []
    Client(host, 1)


def test_after_the_end_requests_fail_at_once(simulator: SmallSimulator, host: MemoryHost) -> None:
    client = Client(host, 1)
    client.transport.close()
    with pytest.raises(ConnectError, match="this side closed"):
        client.transport.call("subscribe", ACCOUNT)
    assert simulator.commands == []


def test_a_host_that_drops_its_clients_tells_each_once(simulator: SmallSimulator, host: MemoryHost) -> None:
    clients = [Client(host, 1), Client(host, 2)]
    host.drop("the server stops")
    host.drop("the server stops")
    assert [client.closed for client in clients] == [["the server stops"]] * 2
    assert simulator.sessions == {}


def test_who_left_gets_no_pushes(simulator: SmallSimulator, host: MemoryHost) -> None:
    one, two = Client(host, 1), Client(host, 2)
    simulator.due = [(NINE, {"t": "push_stock_order", "order_id": 1})]
    two.transport.close()
    host.advance_to(NINE)
    assert (one.tags(), two.tags()) == ([1], [])


def test_clients_do_not_share_what_they_are_given(simulator: SmallSimulator, host: MemoryHost) -> None:
    one, two = Client(host, 1), Client(host, 2)
    simulator.due = [(NINE, {"t": "push_stock_order", "order_id": 1})]
    host.advance_to(NINE)
    one.heard[0]["order_id"] = 99
    assert two.tags() == [1]


def test_a_host_makes_a_trader_connect_without_a_socket(host: MemoryHost) -> None:
    from miniqmt_sim.xtquant.xttrader import XtQuantTrader
    from miniqmt_sim.xtquant.xttype import StockAccount

    trader = XtQuantTrader("C:\\anywhere", 9)
    trader.connector = host.connect  # type: ignore[misc]
    assert trader.connect() == 0
    assert isinstance(trader._transport, MemoryTransport)
    assert trader.subscribe(StockAccount("1000000365")) == 0
    trader.stop()
