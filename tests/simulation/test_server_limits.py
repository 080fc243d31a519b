"""Every bound of the server is reached: it holds, and only the one who reached it notices."""

from __future__ import annotations

import time

import pytest

from miniqmt_sim.server.dispatcher import Dispatcher
from miniqmt_sim.testing import SimServer
from miniqmt_sim.wire.frames import encode_frame
from miniqmt_sim.wire.messages import encode_message
from tests.kit.fake_server import eventually
from tests.kit.raw_client import RawClient

ACCOUNT = {"account_type": 2, "account_id": "1000000365"}


def query(seq: int) -> bytes:
    return encode_frame(encode_message({"t": "query_stock_positions", "seq": seq, **ACCOUNT}))


def test_a_client_that_does_not_read_is_cut_off_and_others_do_not_wait() -> None:
    with SimServer(feed="none", backlog_bytes=2_000_000) as sim, RawClient(sim.addr) as good:
        good.hello(sim.token, session_id=1)
        with RawClient(sim.addr, receive_buffer=4096) as slow:
            slow.hello(sim.token, session_id=2)
            slow.ask("subscribe", **ACCOUNT)
            slow.send(b"".join(query(seq) for seq in range(1, 4001)))  # some 6 MB of answers, which it leaves unread
            slowest_s = 0.0
            while session_is_taken(sim, 2):
                begin = time.monotonic()
                assert good.ask("query_account_infos")["rows"]
                slowest_s = max(slowest_s, time.monotonic() - begin)
            assert slowest_s < 5.0
        assert sim.ctl.check()["ok"]


def session_is_taken(sim: SimServer, session_id: int) -> bool:
    with RawClient(sim.addr) as client:
        return client.hello(sim.token, session_id)["t"] == "bye"


def test_answers_are_all_there_for_a_client_that_reads_late() -> None:
    with SimServer(feed="none") as sim, RawClient(sim.addr, receive_buffer=4096) as client:
        client.hello(sim.token)
        client.send(b"".join(query(seq) for seq in range(1, 2001)))
        assert [client.hear()["seq"] for _ in range(2000)] == list(range(1, 2001))


def test_a_full_queue_holds_its_bound_and_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    longest = 0
    submit = Dispatcher.submit

    def watched(self: Dispatcher, *event: object) -> None:
        nonlocal longest
        submit(self, *event)  # type: ignore[arg-type]
        longest = max(longest, len(self._queue))

    monkeypatch.setattr(Dispatcher, "submit", watched)
    limits = {"queue_commands": 8, "batch_commands": 3}
    with SimServer(feed="none", **limits) as sim, RawClient(sim.addr) as one, RawClient(sim.addr) as two:
        for session_id, client in enumerate((one, two), start=1):
            client.hello(sim.token, session_id)
            client.send(b"".join(query(seq) for seq in range(1, 501)))
        for client in (one, two):
            assert [client.hear()["seq"] for _ in range(500)] == list(range(1, 501))
    assert longest == 8


def test_more_connections_than_there_is_room_for() -> None:
    with SimServer(feed="none", connections=2) as sim, RawClient(sim.addr) as one, RawClient(sim.addr) as two:
        assert one.hello(sim.token, 1)["t"] == "welcome"
        assert two.hello(sim.token, 2)["t"] == "welcome"
        with RawClient(sim.addr) as three:
            assert three.hear() == {"t": "bye", "reason": "the server has no room for another connection"}
            assert three.closed()
        two.socket.close()
        eventually(lambda: not session_is_taken(sim, 3), "room for another connection")
        assert one.ask("query_account_infos")["rows"]


def test_who_does_not_say_hello_is_sent_away() -> None:
    with SimServer(feed="none", handshake_ms=50) as sim, RawClient(sim.addr) as client:
        assert client.hear() == {"t": "bye", "reason": "no hello came in time"}
        assert client.closed()


def test_a_peer_without_a_sign_of_life_is_cut_off_and_one_that_pings_is_not() -> None:
    with SimServer(feed="none", heartbeat_ms=100) as sim, RawClient(sim.addr) as living, RawClient(sim.addr) as dead:
        assert living.hello(sim.token, 1)["heartbeat_ms"] == 100
        dead.hello(sim.token, 2)

        def dead_is_gone() -> bool:
            living.say("ping")
            assert living.hear() == {"t": "pong"}
            return not session_is_taken(sim, 2)

        eventually(dead_is_gone, "the end of the dead connection")
        assert dead.closed()


def test_who_does_not_hang_up_after_bye_is_cut_off() -> None:
    with SimServer(feed="none", handshake_ms=50) as sim, RawClient(sim.addr) as client:
        client.send(b"\x00\x00\x00\x00")
        assert client.hear()["t"] == "bye"

        def writing_fails() -> bool:
            try:
                client.send(b"x")
            except ConnectionError:
                return True
            return False

        eventually(writing_fails, "the end of the connection")
