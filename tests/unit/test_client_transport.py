"""The socket transport against a small server: handshake, answers, pushes, ends and signs of life."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from miniqmt_sim.client import transport as module
from miniqmt_sim.client.discovery import Endpoint
from miniqmt_sim.client.transport import SocketTransport, connect
from miniqmt_sim.errors import CommandRefused, ConnectError
from miniqmt_sim.wire.frames import encode_frame
from miniqmt_sim.wire.messages import encode_message
from tests.kit.asking import ask
from tests.kit.fake_server import FakeServer, eventually

ACCOUNT = {"account_type": 2, "account_id": "1000000365"}


class Client:
    """A transport and all it was told, in order."""

    def __init__(self, endpoint: Endpoint, session_id: int = 1) -> None:
        self.heard: list[Any] = []
        self.closed: list[str] = []
        self.transport = SocketTransport.connect(endpoint, session_id, self.heard.append, self.closed.append)

    def note(self, future: Future[Any]) -> None:
        self.heard.append(future.exception() or future.result())

    def tags(self) -> list[Any]:
        return [message.get("order_id", message.get("rows")) for message in self.heard]


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer() as server:
        yield server


@pytest.fixture
def client(server: FakeServer) -> Iterator[Client]:
    client = Client(server.endpoint)
    yield client
    client.transport.close()


# -- handshake -----------------------------------------------------------------------------------------------------------


def test_a_welcome_tells_server_and_role(server: FakeServer, client: Client) -> None:
    assert (client.transport.server, client.transport.role) == ("fake 1.0", "trader")
    assert client.transport.is_open
    assert server.sessions == [1]


def test_an_operator_token_gives_the_operator_role(server: FakeServer) -> None:
    client = Client(Endpoint(server.addr, "operator-token"))
    assert client.transport.role == "operator"
    client.transport.close()


def test_a_refused_handshake_tells_the_reason(server: FakeServer, client: Client) -> None:
    with pytest.raises(ConnectError, match="the server refused: session 1 is in use"):
        Client(server.endpoint, session_id=1)
    with pytest.raises(ConnectError, match="the server refused: the token is not one of this server's"):
        Client(Endpoint(server.addr, "wrong"), session_id=2)


def test_nobody_there_is_a_connect_error(server: FakeServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(ConnectError, match="nothing answers"):
        Client(Endpoint(f"127.0.0.1:{port}", "t"))


@contextmanager
def stranger(greeting: bytes) -> Iterator[Endpoint]:
    """Something that listens and is no server of ours: it says its greeting and ends, or says nothing when that is empty."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet() -> None:
            connection, _ = listener.accept()
            with connection, suppress(OSError):  # who leaves with bytes unread resets the connection
                connection.recv(1000)
                if greeting:
                    connection.sendall(greeting)
                    connection.shutdown(socket.SHUT_WR)
                connection.recv(1000)

        thread = threading.Thread(target=greet)
        thread.start()
        yield Endpoint(f"127.0.0.1:{listener.getsockname()[1]}", "t")
        thread.join()


def welcome(**fields: Any) -> bytes:
    return encode_frame(encode_message({"t": "welcome", "protocol": 1, "server": "s", "role": "trader", **fields}))


@pytest.mark.parametrize(
    ("greeting", "reason"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "began with a frame of"),
        (encode_frame(b"not json"), "not UTF-8 JSON"),
        (encode_frame(b'{"t":"reply"}'), "began with 'reply'"),
        (welcome(), "names no heartbeat_ms"),
        (welcome(heartbeat_ms=0), "names no heartbeat_ms"),
        (welcome(heartbeat_ms=1.5), "names no heartbeat_ms"),
        (b"\0\0", "closed the connection"),
    ],
)
def test_a_stranger_is_a_connect_error(greeting: bytes, reason: str) -> None:
    with stranger(greeting) as endpoint, pytest.raises(ConnectError, match=reason):
        Client(endpoint)


def test_a_server_that_says_nothing_is_given_up() -> None:
    with stranger(b"") as endpoint, pytest.raises(ConnectError, match="timed out"):
        SocketTransport.connect(endpoint, 1, print, print, timeout_s=0.05)


def test_a_path_finds_its_server(server: FakeServer, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MINIQMT_SIM_ADDR", raising=False)
    transport = connect(server.announce(tmp_path), 5, print, print)
    assert server.sessions == [5]
    transport.close()


# -- answers -------------------------------------------------------------------------------------------------------------


def test_an_answer_completes_the_future(server: FakeServer, client: Client) -> None:
    future = ask(client.transport, "subscribe", ACCOUNT)
    assert future.result(5)["result"] == 0
    assert server.requests[0].fields == ACCOUNT


def test_a_call_waits_for_its_answer(client: Client) -> None:
    assert client.transport.call("subscribe", ACCOUNT)["result"] == 0


def test_requests_carry_the_number_given_or_the_next_one(server: FakeServer, client: Client) -> None:
    client.transport.call("subscribe", ACCOUNT)
    client.transport.call("subscribe", ACCOUNT)
    client.transport.call("subscribe", ACCOUNT, seq=77)
    assert [request.seq for request in server.requests] == [1, 2, 77]


def test_answers_find_their_request_in_whatever_order_they_come(server: FakeServer, client: Client) -> None:
    held: list[Any] = []

    def hold(request: Any) -> list[Any]:
        held.append(request)
        return []

    server.answers["subscribe"] = hold
    futures = [ask(client.transport, "subscribe", ACCOUNT) for _ in range(3)]
    eventually(lambda: len(held) == 3)
    for request in reversed(held):
        server.send({"t": "reply", "seq": request.seq, "result": request.seq * 10, "error_msg": ""})
    assert [future.result(5)["result"] for future in futures] == [10, 20, 30]


def test_parts_of_a_long_answer_are_joined(server: FakeServer, client: Client) -> None:
    server.answers["query_stock_orders"] = lambda _: [
        {"rows": [{"order_id": 1}, {"order_id": 2}], "more": True},
        {"rows": [], "more": True},
        {"rows": [{"order_id": 3}], "more": False},
    ]
    answer = client.transport.call("query_stock_orders", ACCOUNT)
    assert [row["order_id"] for row in answer["rows"]] == [1, 2, 3]


def test_an_error_reply_is_a_refusal(server: FakeServer, client: Client) -> None:
    server.answers["query_stock_asset"] = lambda _: [{"error": "no such account"}]
    with pytest.raises(CommandRefused, match="no such account"):
        client.transport.call("query_stock_asset", ACCOUNT)
    assert client.transport.is_open


def test_an_answer_that_stays_away_ends_the_call_and_comes_too_late_afterwards(server: FakeServer, client: Client) -> None:
    server.answers["subscribe"] = lambda _: []
    with pytest.raises(ConnectError, match=r"subscribe: no answer within 0\.01 s"):
        client.transport.call("subscribe", ACCOUNT, timeout_s=0.01)
    server.send({"t": "reply", "seq": 1, "result": 0})
    del server.answers["subscribe"]
    assert client.transport.call("subscribe", ACCOUNT)["result"] == 0


def test_many_threads_may_ask_at_once(server: FakeServer, client: Client) -> None:
    server.answers["cancel_order_stock"] = lambda request: [{"cancel_result": 0, "order_id": request.fields["order_id"]}]
    wrong: list[int] = []

    def ask(first: int) -> None:
        for order_id in range(first, first + 50):
            if client.transport.call("cancel_order_stock", {**ACCOUNT, "order_id": order_id})["order_id"] != order_id:
                wrong.append(order_id)

    threads = [threading.Thread(target=ask, args=(1000 * number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(server.requests) == 400
    assert len({request.seq for request in server.requests}) == 400


# -- order ---------------------------------------------------------------------------------------------------------------


def test_answers_and_pushes_are_handed_on_in_the_order_of_arrival(server: FakeServer, client: Client) -> None:
    server.answers["order_stock"] = lambda _: [{"order_id": 1}]
    order = {**ACCOUNT, "stock_code": "600000.SH", "order_type": 23, "order_volume": 100, "price_type": 11, "price": 10.5}
    server.push("push_stock_order", order_id=0)
    eventually(lambda: len(client.heard) == 1)
    ask(client.transport, "order_stock", order, done=client.note).result(5)
    for order_id in range(2, 200):
        server.push("push_stock_order", order_id=order_id)
    eventually(lambda: len(client.heard) == 200)
    assert client.tags() == list(range(200))


def test_what_comes_in_one_piece_keeps_its_order(server: FakeServer, client: Client) -> None:
    server.answers["order_stock"] = lambda _: []
    order = {**ACCOUNT, "stock_code": "600000.SH", "order_type": 23, "order_volume": 100, "price_type": 11, "price": 10.5}
    ask(client.transport, "order_stock", order, seq=9, done=client.note)
    server.wait_for_request("order_stock")
    messages = [
        {"t": "push_stock_order", "order_id": 1},
        {"t": "reply", "seq": 9, "order_id": 2},
        {"t": "push_stock_order", "order_id": 3},
        {"t": "push_stock_trade", "order_id": 4},
    ]
    server.send_bytes(b"".join(encode_frame(encode_message(message)) for message in messages))
    eventually(lambda: len(client.heard) == 4)
    assert client.tags() == [1, 2, 3, 4]


def test_what_is_not_known_is_ignored(server: FakeServer, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    server.send({"t": "weather", "rain": True})
    server.send({"t": "reply", "seq": 99, "result": 0})
    server.push("push_stock_order", order_id=1)
    eventually(lambda: client.heard)
    assert client.tags() == [1]
    assert "'weather'" in caplog.text


# -- the end -------------------------------------------------------------------------------------------------------------


def test_a_dropped_connection_fails_what_is_under_way_and_is_told_once(server: FakeServer, client: Client) -> None:
    server.answers["subscribe"] = lambda _: []
    futures = [ask(client.transport, "subscribe", ACCOUNT, done=client.note) for _ in range(3)]
    eventually(lambda: len(server.requests) == 3)
    server.drop()
    for future in futures:
        with pytest.raises(ConnectError, match="the server closed the connection"):
            future.result(5)
    eventually(lambda: client.closed)
    assert client.closed == ["the server closed the connection"]
    assert len(client.heard) == 3
    assert not client.transport.is_open


def test_requests_after_the_end_fail_at_once(server: FakeServer, client: Client) -> None:
    server.drop()
    eventually(lambda: client.closed)
    future = ask(client.transport, "subscribe", ACCOUNT, done=client.note)
    assert future.done()
    assert isinstance(client.heard[0], ConnectError)
    with pytest.raises(ConnectError):
        client.transport.call("subscribe", ACCOUNT)
    assert len(client.closed) == 1


def test_a_bye_gives_the_reason(server: FakeServer, client: Client) -> None:
    server.bye("the server stops")
    eventually(lambda: client.closed)
    assert client.closed == ["the server stops"]


def test_what_was_said_before_the_end_is_heard(server: FakeServer, client: Client) -> None:
    for order_id in range(50):
        server.push("push_stock_order", order_id=order_id)
    server.bye("the server stops")
    eventually(lambda: client.closed)
    assert client.tags() == list(range(50))


def test_closing_fails_what_is_under_way_and_is_no_loss(server: FakeServer, client: Client) -> None:
    server.answers["subscribe"] = lambda _: []
    future = ask(client.transport, "subscribe", ACCOUNT)
    client.transport.close()
    client.transport.close()
    with pytest.raises(ConnectError, match="this side closed the connection"):
        future.result(0)
    assert client.closed == []
    eventually(lambda: server.sessions == [])


def test_closing_may_be_done_by_the_reader(server: FakeServer) -> None:
    transport: SocketTransport
    transport = SocketTransport.connect(server.endpoint, 1, lambda _: transport.close(), print)
    server.push("push_stock_order")
    eventually(lambda: not transport.is_open)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (encode_frame(b"[]"), "not a JSON object"),
        (encode_frame(b"{"), "not UTF-8 JSON"),
        (b"\0\0\0\0", "frame of 0 bytes"),
        (b"\xff\xff\xff\xff", "frame of 4294967295 bytes"),
    ],
)
def test_a_server_that_breaks_the_protocol_is_left(server: FakeServer, client: Client, data: bytes, reason: str) -> None:
    server.send_bytes(data)
    eventually(lambda: client.closed)
    assert reason in client.closed[0]
    assert not client.transport.is_open


def test_the_reader_thread_ends_with_the_connection(server: FakeServer, client: Client) -> None:
    reader = next(thread for thread in threading.enumerate() if thread.name == "miniqmt-sim reader")
    assert reader.daemon
    server.drop()
    reader.join(5)
    assert not reader.is_alive()


# -- signs of life -------------------------------------------------------------------------------------------------------


def test_an_idle_client_pings() -> None:
    with FakeServer(heartbeat_ms=20) as server:
        client = Client(server.endpoint)
        eventually(lambda: server.pings >= 3)
        assert client.transport.is_open
        client.transport.close()


def test_a_client_that_only_listens_pings() -> None:
    with FakeServer(heartbeat_ms=20) as server:
        client = Client(server.endpoint)
        deadline = time.monotonic() + 5
        while server.pings < 3:
            assert time.monotonic() < deadline
            server.push("push_stock_order")
            time.sleep(0.001)
        client.transport.close()


def test_a_silent_server_is_lost_after_three_heartbeats() -> None:
    with FakeServer(heartbeat_ms=20) as server:
        client = Client(server.endpoint)
        server.silent = True
        begin = time.monotonic()
        eventually(lambda: client.closed)
        assert time.monotonic() - begin >= 0.04
        assert client.closed == ["nothing was heard of the server for 0.06 s"]


def test_a_server_that_pongs_but_does_not_answer_is_not_waited_for() -> None:
    with FakeServer(heartbeat_ms=20) as server:
        server.answers["subscribe"] = lambda _: []
        client = Client(server.endpoint)
        future = ask(client.transport, "subscribe", ACCOUNT, timeout_s=0.05)
        with pytest.raises(ConnectError, match="no answer in time"):
            future.result(5)
        assert client.transport.is_open
        client.transport.close()


def test_a_server_that_reads_no_more_holds_nobody_up() -> None:
    heartbeat_ms = 100
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        accepted: list[socket.socket] = []

        def accept() -> None:
            connection, _ = listener.accept()
            connection.recv(1000)
            connection.sendall(welcome(heartbeat_ms=heartbeat_ms))
            accepted.append(connection)

        thread = threading.Thread(target=accept)
        thread.start()
        client = Client(Endpoint(f"127.0.0.1:{listener.getsockname()[1]}", "t"))
        thread.join()

        def flood() -> None:
            while client.transport.is_open:
                ask(client.transport, "ctl_asset", {"account_id": "x" * 50_000})

        flooder = threading.Thread(target=flood)
        flooder.start()
        flooder.join(10)
        assert not flooder.is_alive()
        eventually(lambda: client.closed)
        accepted[0].close()


def test_a_request_of_more_than_the_limit_is_a_bug(client: Client) -> None:
    with pytest.raises(AssertionError, match="a request of"):
        ask(client.transport, "ctl_asset", {"account_id": "x" * module.MAX_REQUEST_BYTES})


# -- how far a client is -------------------------------------------------------------------------------------------------


def test_who_begins_to_attend_is_not_overtaken_by_what_arrives(server: FakeServer) -> None:
    server.waits = True
    told: list[int] = []
    overtaken = threading.Event()

    def afterwards(task: Any) -> None:
        number = task.args[0]["number"]
        if not number:
            server.push("push_stock_order")
            eventually(lambda: client.heard)
            overtaken.wait(0.1)
        told.append(number)
        overtaken.set()

    client = Client(server.endpoint)
    client.transport.attend(afterwards)
    eventually(lambda: len(told) == 2)
    assert told == [0, 1]
    client.transport.close()
