"""Bad input at the port: its author is told, its connection ends, and nobody else notices."""

from __future__ import annotations

import logging
import random
import socket
from collections.abc import Iterator

import pytest

from miniqmt_sim.client.discovery import split_addr
from miniqmt_sim.testing import SimServer
from miniqmt_sim.wire.frames import MAX_REQUEST_BYTES, encode_frame
from tests.kit.raw_client import RawClient

SEED = 20260101


@pytest.fixture(scope="module")
def sim() -> Iterator[SimServer]:
    with SimServer(feed="none", clock="manual") as server:
        yield server


@pytest.fixture
def bystander(sim: SimServer) -> Iterator[RawClient]:
    """A well-behaved client, which must be served after whatever a test did."""
    with RawClient(sim.addr) as client:
        assert client.hello(sim.token, session_id=99)["t"] == "welcome"
        yield client
        assert client.ask("query_account_infos")["rows"]
    assert sim.ctl.check() == {"ok": True, "problems": []}


BEFORE_HELLO = [
    (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "frame of 1195725856 bytes"),
    (b"\x00\x00\x00\x00", "frame of 0 bytes"),
    ((MAX_REQUEST_BYTES + 1).to_bytes(4, "big"), "allowed are 1 to 65536"),
    (encode_frame(b"not json"), "not UTF-8 JSON"),
    (encode_frame(b'{"t":"query_account_infos","seq":1}'), "cannot be said while hello is awaited"),
    (encode_frame(b'{"t":"hello","protocol":1,"token":"wrong"}'), "the token is not one of this server's"),
]


@pytest.mark.usefixtures("bystander")
@pytest.mark.parametrize(("data", "reason"), BEFORE_HELLO)
def test_before_the_handshake(sim: SimServer, data: bytes, reason: str) -> None:
    with RawClient(sim.addr) as client:
        client.send(data)
        bye = client.hear()
        assert bye["t"] == "bye"
        assert reason in bye["reason"]
        assert client.closed()


AFTER_HELLO = [
    (encode_frame(b"[]"), "not a JSON object"),
    (encode_frame(b'{"t":"fly","seq":1}'), "unknown message 'fly'"),
    (encode_frame(b'{"t":"query_stock_asset","seq":1,"account_type":2}'), "field 'account_id' is missing"),
    (encode_frame(b'{"t":"query_stock_asset","seq":1,"account_type":"2","account_id":"A"}'), "'account_type' must be integer"),
    (encode_frame(b'{"t":"ctl_check","seq":1}'), "ctl_check needs another token"),
    (encode_frame(b'{"t":"hello","protocol":1,"token":"x"}'), "hello cannot be said while the connection is open"),
]


@pytest.mark.usefixtures("bystander")
@pytest.mark.parametrize(("data", "reason"), AFTER_HELLO)
def test_after_the_handshake(sim: SimServer, data: bytes, reason: str) -> None:
    with RawClient(sim.addr) as client:
        assert client.hello(sim.token)["t"] == "welcome"
        client.send(data + encode_frame(b'{"t":"query_account_infos","seq":2}'))
        bye = client.hear()
        assert bye["t"] == "bye"
        assert reason in bye["reason"]
        assert client.closed()


def test_a_fault_is_logged_once_and_without_the_token(sim: SimServer, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO), RawClient(sim.addr) as client:
        client.hello(sim.token)
        client.send(encode_frame(b"{") * 50)
        assert client.hear()["t"] == "bye"
        assert client.closed()
    records = [record.getMessage() for record in caplog.records if "not UTF-8 JSON" in record.getMessage()]
    assert len(records) == 1
    assert sim.token not in caplog.text


def test_the_reason_arrives_although_more_is_on_the_way(sim: SimServer) -> None:
    with RawClient(sim.addr) as client:
        client.send(b"\xff" * 500_000)
        assert client.hear()["t"] == "bye"


@pytest.mark.usefixtures("bystander")
def test_ten_thousand_random_byte_strings(sim: SimServer) -> None:
    luck = random.Random(SEED)
    address = split_addr(sim.addr)
    for _ in range(10_000):
        with socket.create_connection(address) as client:
            client.sendall(luck.randbytes(luck.randrange(1, 200)))


@pytest.mark.usefixtures("bystander")
def test_random_frames_after_the_handshake(sim: SimServer) -> None:
    luck = random.Random(SEED)
    pieces = [b'{"t":"', b"order_stock", b"ping", b'","seq":', b"1", b"}", b"[", b'"account_id"', b":", b"NaN", b"\xff"]
    for session_id in range(300):
        with RawClient(sim.addr) as client:
            assert client.hello(sim.token, session_id=1000 + session_id)["t"] == "welcome"
            client.send(encode_frame(b"".join(luck.choices(pieces, k=luck.randrange(1, 12)))))
