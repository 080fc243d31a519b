"""The server's side of a conversation, without a socket: what may be said when, and what every fault is answered."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from miniqmt_sim.errors import MessageError
from miniqmt_sim.wire.frames import MAX_REQUEST_BYTES, FrameReader, encode_frame
from miniqmt_sim.wire.messages import (
    BY_NAME,
    REQUIRED,
    Flow,
    Kind,
    Message,
    Request,
    encode_message,
    frame,
    parse_object,
    parse_request,
)
from miniqmt_sim.wire.protocol import Event, Heard, Hello, Role, ServerProtocol, State, Terms

TERMS = Terms("trader-token", "operator-token", 15_000, "test server")


def hello(token: str = "trader-token", **fields: Any) -> dict[str, Any]:
    return {"t": "hello", "protocol": 1, "token": token, "session_id": 7} | fields


class Conversation:
    """A protocol object and what it answered."""

    def __init__(self) -> None:
        self.protocol = ServerProtocol(TERMS)
        self._answers = FrameReader(1 << 20)

    def say(self, *messages: dict[str, Any]) -> list[Event]:
        return self.say_bytes(b"".join(encode_frame(encode_message(message)) for message in messages))

    def say_bytes(self, data: bytes) -> list[Event]:
        return list(self.protocol.receive(data))

    def answers(self) -> list[dict[str, Any]]:
        return [parse_object(payload) for payload in self._answers.feed(self.protocol.outgoing())]

    def bye(self) -> str:
        """The reason of the bye that must be the only answer."""
        answer = self.answers()
        assert [message["t"] for message in answer] == ["bye"]
        assert self.protocol.state is State.CLOSED
        assert self.protocol.fault == answer[0]["reason"]
        return str(answer[0]["reason"])


def opened(token: str = "trader-token") -> Conversation:
    conversation = Conversation()
    conversation.say(hello(token))
    conversation.protocol.welcome()
    conversation.answers()
    return conversation


# -- the handshake -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("token", "role"), [("trader-token", Role.TRADER), ("operator-token", Role.OPERATOR)])
def test_the_token_decides_the_role(token: str, role: Role) -> None:
    conversation = Conversation()
    assert conversation.say(hello(token, client="me")) == [Hello(role, 7, "me")]
    assert conversation.answers() == [], "nothing is said before the server has decided"
    conversation.protocol.welcome()
    welcome = {"t": "welcome", "protocol": 1, "server": "test server", "role": role.value, "heartbeat_ms": 15_000}
    assert conversation.answers() == [welcome | {"waits": False}]


def test_the_welcome_has_the_fields_the_table_says() -> None:
    conversation = Conversation()
    conversation.say(hello())
    conversation.protocol.welcome()
    assert set(conversation.answers()[0]) == {"t", *(field.name for field in BY_NAME["hello"].answer)}


def test_a_refused_hello_is_answered_with_the_reason() -> None:
    conversation = Conversation()
    conversation.say(hello())
    conversation.protocol.close("session 7 is in use")
    assert conversation.answers() == [{"t": "bye", "reason": "session 7 is in use"}]


FAULTS_OF_A_HELLO = [
    (hello("wrong"), "the token is not one of this server's"),
    (hello(""), "the token is not one of this server's"),
    (hello("trader-tokén"), "the token is not one of this server's"),
    (hello(protocol=2), "this server speaks protocol 1, not 2"),
    (hello(session_id="7"), "hello: field 'session_id' must be integer (64 bit)"),
    (hello(colour="red"), "hello: unknown field 'colour'"),
    ({"t": "hello", "protocol": 1}, "hello: field 'token' is missing"),
    ({"t": "ping"}, "ping cannot be said while hello is awaited"),
    ({"t": "query_account_infos", "seq": 1}, "query_account_infos cannot be said while hello is awaited"),
    ({"t": "ctl_check", "seq": 1}, "ctl_check cannot be said while hello is awaited"),
]


@pytest.mark.parametrize(("message", "reason"), FAULTS_OF_A_HELLO)
def test_a_wrong_beginning_ends_the_connection(message: dict[str, Any], reason: str) -> None:
    conversation = Conversation()
    assert conversation.say(message) == []
    assert conversation.bye() == reason


def test_nothing_may_be_said_between_hello_and_welcome() -> None:
    conversation = Conversation()
    assert conversation.say(hello(), {"t": "query_account_infos", "seq": 1}) == [Hello(Role.TRADER, 7, "")]
    assert conversation.bye() == "query_account_infos cannot be said while the answer to hello is awaited"


def test_no_second_hello() -> None:
    conversation = opened()
    assert conversation.say(hello()) == []
    assert conversation.bye() == "hello cannot be said while the connection is open"


# -- requests ------------------------------------------------------------------------------------------------------------


def test_a_request_comes_out_checked_and_with_its_defaults() -> None:
    (request,) = opened().say({"t": "query_stock_orders", "seq": 3, "account_type": 2, "account_id": "A"})
    fields = {"account_type": 2, "account_id": "A", "order_id": 0, "cancelable_only": False}
    assert request[:3] == ("query_stock_orders", 3, fields)


def test_however_the_bytes_are_cut_the_same_comes_out() -> None:
    data = b"".join(encode_frame(encode_message({"t": "query_account_infos", "seq": seq})) for seq in range(5))
    conversation = opened()
    events = [event for byte in data for event in conversation.say_bytes(bytes([byte]))]
    assert events == opened().say_bytes(data)
    assert len(events) == 5


def test_a_reader_that_stops_early_goes_on_where_it_stopped() -> None:
    conversation = opened()
    data = b"".join(encode_frame(encode_message({"t": "query_account_infos", "seq": seq})) for seq in range(3))
    for first in conversation.protocol.receive(data):
        assert isinstance(first, Request)
        assert first.seq == 0
        break
    assert [event.seq for event in conversation.say_bytes(b"") if isinstance(event, Request)] == [1, 2]


def test_ping_is_answered_with_pong_and_is_no_event() -> None:
    conversation = opened()
    assert conversation.say({"t": "ping"}) == []
    assert conversation.answers() == [{"t": "pong"}]


def test_who_has_heard_tells_how_much() -> None:
    assert opened().say({"t": "heard", "number": 3}) == [Heard(3)]


OPERATORS = [message.name for message in BY_NAME.values() if message.flow is Flow.OPERATOR and message.name != "health"]


@pytest.mark.parametrize("name", OPERATORS)
def test_an_operators_request_is_not_for_a_trader(name: str) -> None:
    conversation = opened()
    fields = {field.name: 1 for field in BY_NAME[name].fields if field.kind.name in ("INT", "NUMBER")}
    texts = {field.name: "x" for field in BY_NAME[name].fields if field.kind.name == "TEXT"}
    assert conversation.say({"t": name, "seq": 1} | fields | texts) == []
    assert conversation.bye() == f"{name} needs another token than a trader's"


def test_a_traders_request_is_not_for_an_operator() -> None:
    conversation = opened("operator-token")
    assert conversation.say({"t": "query_account_infos", "seq": 1}) == []
    assert conversation.bye() == "query_account_infos needs another token than an operator's"


@pytest.mark.parametrize("token", ["trader-token", "operator-token"])
def test_anybody_may_ask_for_health(token: str) -> None:
    assert [event[:3] for event in opened(token).say({"t": "health", "seq": 1})] == [("health", 1, {})]


SAMPLES: dict[Kind, tuple[list[Any], list[Any]]] = {
    Kind.INT: ([0, -1, 2**63 - 1, -(2**63) + 1], [2**63, -(2**63), 1.0, True, "1", None, [], {}]),
    Kind.NUMBER: ([0, 1.5, -2.0, float("inf"), 2**63 - 1], [2**63, False, "1.5", None, [1]]),
    Kind.TEXT: (["", "x" * 256, "备注" * 128, "\U0001f600"], ["x" * 257, "\ud800", "备注\udfff", 1, None, ["x"]]),
    Kind.BOOL: ([True, False], [0, 1, "true", None]),
    Kind.LEVELS: ([[], [[10.5, 100]], [[10, 1]] * 10], [[[10, 1]] * 11, [[10, 1, 1]], [[10]], [["9", 1]], [[9, 1.5]], {}, ""]),
    Kind.STRINGS: ([[], ["a", "b"]], [["a", 1], ["\ud800"], "a", {}, None]),
    Kind.INTS: ([[], [1, 2]], [[1, "2"], [1.0], [True], 1, None]),
}
"""What a field of each kind takes, and what it does not."""
CLIENTS = [message for message in BY_NAME.values() if message.by_client]


def payload_of(message: dict[str, Any]) -> bytes:
    return json.dumps(message).encode()


@pytest.mark.parametrize("message", CLIENTS, ids=lambda message: message.name)
def test_a_field_takes_what_its_kind_says_and_nothing_else(message: Message) -> None:
    right = {field.name: SAMPLES[field.kind][0][0] for field in message.fields}
    for field in message.fields:
        taken, refused = SAMPLES[field.kind]
        for value in taken:
            request = parse_request(payload_of({"t": message.name, "seq": 5, **right, field.name: value}))
            assert request[:3] == (message.name, 5, {**right, field.name: value})
        for value in refused:
            with pytest.raises(MessageError, match=f"field '{field.name}' must be {re.escape(field.kind.value)}"):
                parse_request(payload_of({"t": message.name, **right, field.name: value}))


@pytest.mark.parametrize("message", CLIENTS, ids=lambda message: message.name)
def test_what_is_left_out_is_its_default_or_missed_and_what_is_too_much_is_refused(message: Message) -> None:
    right = {field.name: SAMPLES[field.kind][0][-1] for field in message.fields}
    for field in message.fields:
        payload = payload_of({"t": message.name, **{name: value for name, value in right.items() if name != field.name}})
        if field.default is REQUIRED:
            with pytest.raises(MessageError, match=f"field '{field.name}' is missing"):
                parse_request(payload)
        else:
            assert parse_request(payload).fields == {**right, field.name: field.default}
    for more, complaint in ((right, "unknown field 'colour'"), ({}, r"unknown field 'colour'|is missing")):
        with pytest.raises(MessageError, match=complaint):
            parse_request(payload_of({"t": message.name, **more, "colour": "red"}))


@pytest.mark.parametrize("around", ["{}", " {}", "{}\n", "\r\n\t {}  "])
def test_white_space_around_a_message_is_none_of_it(around: str) -> None:
    assert parse_request(around.format('{"t":"ping"}').encode()).name == "ping"


# -- faults --------------------------------------------------------------------------------------------------------------

ORDER = {
    "t": "order_stock",
    "seq": 1,
    "account_type": 2,
    "account_id": "A",
    "stock_code": "600000.SH",
    "order_type": 23,
    "order_volume": 100,
    "price_type": 11,
    "price": 10.5,
}
FAULTS = [
    (encode_frame(b"\xff\xfe"), "not UTF-8 JSON"),
    (encode_frame(b"{"), "not UTF-8 JSON"),
    (encode_frame(b"[" * 60_000), "not UTF-8 JSON"),
    (encode_frame(b""" {"t":"ping"} x"""), "not UTF-8 JSON: Extra data"),
    (encode_frame(b"  "), "not UTF-8 JSON: Expecting value"),
    (encode_frame(b"[1]"), "not a JSON object"),
    (encode_frame(b'"ping"'), "not a JSON object"),
    (encode_frame(b"{}"), "unknown message 'None'"),
    (encode_frame(b'{"t":"nonsense"}'), "unknown message 'nonsense'"),
    (encode_frame(b'{"t":["ping"]}'), 'unknown message "['),
    (encode_frame(b'{"t":"pong"}'), "unknown message 'pong'"),
    (encode_frame(b'{"t":"ping","seq":1.5}'), "ping: seq must be an integer"),
    (encode_frame(b'{"t":"ping","seq":%d}' % 2**70), "ping: seq must be an integer"),
    (encode_frame(json.dumps(ORDER | {"price": "10.5"}).encode()), "order_stock: field 'price' must be number"),
    (encode_frame(json.dumps(ORDER | {"price_type": True}).encode()), "order_stock: field 'price_type' must be integer"),
    (encode_frame(json.dumps(ORDER | {"order_type": 2**64}).encode()), "order_stock: field 'order_type' must be integer"),
    (encode_frame(json.dumps(ORDER | {"account_id": "A" * 300}).encode()), "order_stock: field 'account_id' must be text"),
    (encode_frame(json.dumps(ORDER | {"order_remark": "\ud800"}).encode()), "order_stock: field 'order_remark' must be text"),
    (encode_frame(json.dumps(ORDER | {"price": None}).encode()), "order_stock: field 'price' must be number"),
    ((0).to_bytes(4, "big"), "frame of 0 bytes"),
    ((MAX_REQUEST_BYTES + 1).to_bytes(4, "big"), f"frame of {MAX_REQUEST_BYTES + 1} bytes"),
    (b"GET / HTTP/1.1\r\n\r\n", "frame of 1195725856 bytes"),
]


@pytest.mark.parametrize(("data", "reason"), FAULTS)
def test_every_fault_is_answered_with_its_reason(data: bytes, reason: str) -> None:
    conversation = opened()
    assert conversation.say_bytes(data) == []
    assert reason in conversation.bye()


def test_what_came_before_a_fault_counts_and_what_comes_after_does_not() -> None:
    conversation = opened()
    good = encode_frame(encode_message({"t": "query_account_infos", "seq": 1}))
    assert len(conversation.say_bytes(good + encode_frame(b"{") + good)) == 1
    conversation.bye()
    assert conversation.say_bytes(good) == []
    assert conversation.answers() == []


def test_after_bye_nothing_is_said() -> None:
    conversation = opened()
    conversation.protocol.close("the server is stopping")
    conversation.protocol.send({"t": "pong"})
    conversation.protocol.close("again")
    assert conversation.answers() == [{"t": "bye", "reason": "the server is stopping"}]


def test_an_answer_too_long_for_a_frame_is_a_bug() -> None:
    with pytest.raises(AssertionError, match="must go in parts"):
        frame({"t": "reply", "rows": ["x" * (5 * 1024 * 1024)]})
