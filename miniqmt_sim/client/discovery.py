"""How a client finds its server: the file ``miniqmt-sim.json`` in the userdata directory, or the environment.

In comes the path a strategy was written with; out goes an address and a token. The server writes the file, so both
directions stand here. ``MINIQMT_SIM_ADDR`` and ``MINIQMT_SIM_TOKEN`` override the path, because the path in a
strategy usually names a directory of the Windows machine it was written on.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from miniqmt_sim.constants import PROTOCOL_VERSION
from miniqmt_sim.errors import ConnectError

FILE_NAME: Final = "miniqmt-sim.json"
ENV_ADDR: Final = "MINIQMT_SIM_ADDR"
ENV_TOKEN: Final = "MINIQMT_SIM_TOKEN"
ENV_OPERATOR_TOKEN: Final = "MINIQMT_SIM_OPERATOR_TOKEN"
ENV_USERDATA: Final = "MINIQMT_SIM_USERDATA"
MAX_FILE_BYTES: Final = 64 * 1024
"""A discovery file is under 1 kB; a larger one is somebody else's."""

PathLike = str | os.PathLike[str]


@dataclass(frozen=True, slots=True)
class Discovery:
    """What the file says. Tokens stay out of its text form, so that no log shows them."""

    addr: str
    unix: str | None
    token: str = field(repr=False)
    operator_token: str = field(repr=False)
    pid: int
    server: str
    protocol: int = PROTOCOL_VERSION


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to connect to, and the token that lets in."""

    addr: str
    token: str = field(repr=False)


def default_userdata() -> Path:
    """Give the userdata directory that ``serve``, ``run`` and ``ctl`` share."""
    named = os.environ.get(ENV_USERDATA)
    return Path(named) if named else Path.home() / ".miniqmt-sim" / "userdata"


_remembered: list[PathLike] = []


def remember(path: PathLike) -> None:
    """Note where a trader found its server: market data has no path of its own, and asks there too."""
    _remembered[:] = [path]


def remembered() -> PathLike:
    """Give the path that led this process's newest trader to its server; the shared one before there was any."""
    return _remembered[0] if _remembered else default_userdata()


def find(path: PathLike, *, operator: bool = False, addr: str | None = None) -> Endpoint:
    """Find the server that a path means, or the one that ``addr``, or else the environment, names instead.

    Raises ConnectError with a sentence when there is none.
    """
    env_token = ENV_OPERATOR_TOKEN if operator else ENV_TOKEN
    addr, token = addr or os.environ.get(ENV_ADDR), os.environ.get(env_token)
    if addr and token:
        return Endpoint(addr, token)
    if addr:
        try:
            found = read(default_userdata())
        except ConnectError as error:
            raise ConnectError(f"{addr} is named without {env_token}, and no token was found: {error}") from None
    else:
        found = read(path)
    return Endpoint(addr or found.addr, token or (found.operator_token if operator else found.token))


# -- the file ------------------------------------------------------------------------------------------------------------


def write(userdata: PathLike, info: Discovery) -> Path:
    """Write the file, readable by its owner only; a reader sees the old one or the new one, never a part."""
    directory = Path(userdata)
    handle, temporary = tempfile.mkstemp(prefix=f".{FILE_NAME}.", dir=directory)  # created with mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(info), file, ensure_ascii=False, indent=1)
        os.replace(temporary, directory / FILE_NAME)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    return directory / FILE_NAME


def remove(userdata: PathLike, pid: int) -> None:
    """Remove the file if it is still that process's; one that a newer server wrote stays."""
    with contextlib.suppress(ConnectError, OSError):
        if read(userdata).pid == pid:
            (Path(userdata) / FILE_NAME).unlink()


def read(userdata: PathLike) -> Discovery:
    """Read the file. Raises ConnectError with a sentence when it is missing, cut short or not ours."""
    file = Path(userdata) / FILE_NAME
    try:
        with open(file, "rb") as stream:
            content = stream.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        raise ConnectError(f"no server has announced itself in {str(userdata)!r}: there is no {FILE_NAME}") from None
    except (OSError, ValueError) as error:
        raise ConnectError(f"{str(file)!r} cannot be read: {error}") from None
    try:
        return _parse(content)
    except ValueError as error:
        raise ConnectError(f"{str(file)!r} is not a discovery file: {error}") from None


def _parse(content: bytes) -> Discovery:
    if len(content) > MAX_FILE_BYTES:
        raise ValueError(f"it is larger than {MAX_FILE_BYTES} bytes")
    try:
        values = json.loads(content)
    except (ValueError, RecursionError):
        raise ValueError("it is empty, cut short or not JSON") from None
    if not isinstance(values, dict):
        raise ValueError("it holds no JSON object")
    protocol = values.get("protocol")
    if protocol != PROTOCOL_VERSION:
        raise ValueError(f"its server speaks protocol {protocol!r}, this client {PROTOCOL_VERSION}")
    return Discovery(
        addr=_typed(values, "addr", str),
        unix=None if values.get("unix") is None else _typed(values, "unix", str),
        token=_typed(values, "token", str),
        operator_token=_typed(values, "operator_token", str),
        pid=_typed(values, "pid", int),
        server=_typed(values, "server", str),
    )


def _typed(values: Mapping[str, Any], name: str, kind: type) -> Any:
    value = values.get(name)
    if type(value) is not kind:
        raise ValueError(f"{name!r} must be of type {kind.__name__}")
    return value


# -- addresses -----------------------------------------------------------------------------------------------------------

_ADDRESS: Final = re.compile(r"(?:\[(?P<bracketed>[^\[\]]+)\]|(?P<plain>[^:\[\]]+)):(?P<port>[0-9]{1,5})")
_WILDCARDS: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}
"""A server that listens everywhere is reached on this machine by its loopback address."""


def open_socket(addr: str, timeout_s: float) -> socket.socket:
    """Connect to ``host:port``, ``[::1]:port`` or ``unix:/path``. Raises ConnectError with a sentence."""
    try:
        if addr.startswith("unix:"):
            return _open_unix(addr.removeprefix("unix:"), timeout_s)
        connection = socket.create_connection(split_addr(addr), timeout_s)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection
    except (OSError, UnicodeError) as error:
        raise ConnectError(f"nothing answers at {addr!r}: {error}") from None


def split_addr(addr: str) -> tuple[str, int]:
    """Split ``host:port`` or ``[::1]:port``. Raises ConnectError."""
    parts = _ADDRESS.fullmatch(addr)
    if parts is None or not 0 < int(parts["port"]) < 65536:
        raise ConnectError(f"{addr!r} is no address: expected are host:port, [::1]:port or unix:/path")
    host = parts["bracketed"] or parts["plain"]
    return _WILDCARDS.get(host, host), int(parts["port"])


def _open_unix(path: str, timeout_s: float) -> socket.socket:
    family = getattr(socket, "AF_UNIX", None)
    if family is None:
        raise OSError("this system has no Unix sockets")
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        connection.settimeout(timeout_s)
        connection.connect(path)
    except BaseException:
        connection.close()
        raise
    return connection
