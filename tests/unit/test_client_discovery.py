"""The discovery file and the environment: how a path becomes an address and a token."""

from __future__ import annotations

import json
import os
import socket
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from miniqmt_sim.client import discovery
from miniqmt_sim.client.discovery import Discovery, Endpoint
from miniqmt_sim.errors import ConnectError

INFO = Discovery("127.0.0.1:58610", "/run/sim.sock", "trader", "operator", pid=4711, server="miniqmt-sim 0.1")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in (discovery.ENV_ADDR, discovery.ENV_TOKEN, discovery.ENV_OPERATOR_TOKEN, discovery.ENV_USERDATA):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))


# -- the file ------------------------------------------------------------------------------------------------------------


def test_what_is_written_is_read(tmp_path: Path) -> None:
    file = discovery.write(tmp_path, INFO)
    assert file == tmp_path / "miniqmt-sim.json"
    assert discovery.read(tmp_path) == INFO


def test_the_file_holds_the_documented_keys(tmp_path: Path) -> None:
    content = json.loads(discovery.write(tmp_path, INFO).read_text())
    assert content == {
        "protocol": 1,
        "addr": "127.0.0.1:58610",
        "unix": "/run/sim.sock",
        "token": "trader",
        "operator_token": "operator",
        "pid": 4711,
        "server": "miniqmt-sim 0.1",
    }


if sys.platform != "win32":

    def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
        mask = os.umask(0)
        try:
            file = discovery.write(tmp_path, INFO)
        finally:
            os.umask(mask)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_writing_replaces_and_leaves_nothing_beside(tmp_path: Path) -> None:
    discovery.write(tmp_path, INFO)
    discovery.write(tmp_path, Discovery("127.0.0.1:1", None, "t", "o", 1, "s"))
    assert discovery.read(tmp_path).addr == "127.0.0.1:1"
    assert [path.name for path in tmp_path.iterdir()] == ["miniqmt-sim.json"]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    discovery.write(tmp_path, INFO)

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(discovery.os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        discovery.write(tmp_path, Discovery("127.0.0.1:1", None, "t", "o", 1, "s"))
    assert discovery.read(tmp_path) == INFO
    assert [path.name for path in tmp_path.iterdir()] == ["miniqmt-sim.json"]


def test_a_server_removes_its_own_file_only(tmp_path: Path) -> None:
    discovery.write(tmp_path, INFO)
    discovery.remove(tmp_path, pid=1)
    assert discovery.read(tmp_path) == INFO
    discovery.remove(tmp_path, pid=4711)
    assert list(tmp_path.iterdir()) == []
    discovery.remove(tmp_path, pid=4711)


def test_tokens_stay_out_of_the_text_form() -> None:
    shown = repr(INFO) + repr(Endpoint("a:1", "trader"))
    assert "trader" not in shown
    assert "operator'" not in shown


def _without(key: str) -> dict[str, Any]:
    values = {"protocol": 1, "addr": "a:1", "unix": None, "token": "t", "operator_token": "o", "pid": 1, "server": "s"}
    del values[key]
    return values


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty, cut short or not JSON"),
        (b'{"protocol": 1, "ad', "empty, cut short or not JSON"),
        (b"\xff\xfe\x00", "empty, cut short or not JSON"),
        (b"[" * 50_000, "empty, cut short or not JSON"),
        (b"[1, 2]", "holds no JSON object"),
        (b'{"protocol": 2}', "speaks protocol 2"),
        (b"{}", "speaks protocol None"),
        (b" " * (discovery.MAX_FILE_BYTES + 1), "larger than"),
        (json.dumps(_without("addr")).encode(), "'addr' must be of type str"),
        (json.dumps(_without("token")).encode(), "'token' must be of type str"),
        (json.dumps(_without("operator_token")).encode(), "'operator_token' must be of type str"),
        (json.dumps(_without("pid")).encode(), "'pid' must be of type int"),
        (json.dumps(_without("server")).encode(), "'server' must be of type str"),
        (json.dumps(_without("pid") | {"pid": "7"}).encode(), "'pid' must be of type int"),
        (json.dumps(_without("pid") | {"pid": True}).encode(), "'pid' must be of type int"),
        (json.dumps(_without("unix") | {"unix": 7}).encode(), "'unix' must be of type str"),
    ],
)
def test_a_file_that_is_not_right_is_a_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / "miniqmt-sim.json").write_bytes(content)
    with pytest.raises(ConnectError, match=sentence):
        discovery.read(tmp_path)


def test_a_missing_file_is_a_sentence_that_names_the_path() -> None:
    with pytest.raises(ConnectError, match=r"userdata_mini.*no miniqmt-sim\.json"):
        discovery.read("D:\\迅投极速交易终端\\userdata_mini")


@pytest.mark.parametrize("path", ["with\0nul", "\udcff"])
def test_a_path_no_file_can_have_is_a_sentence(path: str) -> None:
    with pytest.raises(ConnectError, match=r"no miniqmt-sim\.json|cannot be read"):
        discovery.read(path)


def test_a_path_that_is_a_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConnectError, match=r"cannot be read|no miniqmt-sim\.json"):
        discovery.read(tmp_path / "file")


# -- finding -------------------------------------------------------------------------------------------------------------


def test_the_path_finds_the_server(tmp_path: Path) -> None:
    discovery.write(tmp_path, INFO)
    assert discovery.find(tmp_path) == Endpoint("127.0.0.1:58610", "trader")
    assert discovery.find(str(tmp_path), operator=True) == Endpoint("127.0.0.1:58610", "operator")


def test_the_environment_overrides_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINIQMT_SIM_ADDR", "sim:7")
    monkeypatch.setenv("MINIQMT_SIM_TOKEN", "secret")
    monkeypatch.setenv("MINIQMT_SIM_OPERATOR_TOKEN", "op")
    assert discovery.find("C:\\nowhere") == Endpoint("sim:7", "secret")
    assert discovery.find("C:\\nowhere", operator=True) == Endpoint("sim:7", "op")


def test_an_address_without_a_token_takes_that_of_the_shared_userdata(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MINIQMT_SIM_ADDR", "sim:7")
    home = tmp_path / "home" / ".miniqmt-sim" / "userdata"
    home.mkdir(parents=True)
    discovery.write(home, INFO)
    assert discovery.find("C:\\nowhere") == Endpoint("sim:7", "trader")

    named = tmp_path / "named"
    named.mkdir()
    monkeypatch.setenv("MINIQMT_SIM_USERDATA", str(named))
    with pytest.raises(ConnectError, match="is named without MINIQMT_SIM_TOKEN"):
        discovery.find("C:\\nowhere")
    discovery.write(named, Discovery("x:1", None, "named-token", "o", 1, "s"))
    assert discovery.find("C:\\nowhere") == Endpoint("sim:7", "named-token")


def test_the_default_userdata_is_in_the_home_directory_unless_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert discovery.default_userdata() == tmp_path / "home" / ".miniqmt-sim" / "userdata"
    monkeypatch.setenv("MINIQMT_SIM_USERDATA", "/elsewhere")
    assert discovery.default_userdata() == Path("/elsewhere")


# -- addresses -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("addr", "parts"),
    [
        ("127.0.0.1:58610", ("127.0.0.1", 58610)),
        ("localhost:1", ("localhost", 1)),
        ("[::1]:65535", ("::1", 65535)),
        ("0.0.0.0:80", ("127.0.0.1", 80)),
        ("[::]:80", ("::1", 80)),
    ],
)
def test_addresses(addr: str, parts: tuple[str, int]) -> None:
    assert discovery.split_addr(addr) == parts


@pytest.mark.parametrize(
    "addr", ["", "host", "host:", ":80", "host:port", "host:0", "host:65536", "host:-1", "::1:80", "[::1]", "[]:80", "host:٣"]
)
def test_what_is_no_address_is_a_sentence(addr: str) -> None:
    with pytest.raises(ConnectError, match="is no address"):
        discovery.open_socket(addr, 1)


def test_nobody_there_is_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(ConnectError, match="nothing answers at"):
        discovery.open_socket(f"127.0.0.1:{port}", 1)


def test_a_socket_sends_at_once() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        discovery.open_socket(f"127.0.0.1:{listener.getsockname()[1]}", 1) as connection,
    ):
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


if hasattr(socket, "AF_UNIX"):

    def test_a_unix_socket_is_an_address(tmp_path: Path) -> None:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(tmp_path / "sim.sock"))
            listener.listen()
            with discovery.open_socket(f"unix:{tmp_path / 'sim.sock'}", 1) as connection:
                assert connection.family is socket.AF_UNIX
        with pytest.raises(ConnectError, match="nothing answers at 'unix:"):
            discovery.open_socket(f"unix:{tmp_path / 'none.sock'}", 1)


def test_a_system_without_unix_sockets_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "AF_UNIX", raising=False)
    with pytest.raises(ConnectError, match="no Unix sockets"):
        discovery.open_socket("unix:/tmp/x", 1)
