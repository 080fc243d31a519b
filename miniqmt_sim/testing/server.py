"""``SimServer``: the server of ``miniqmt-sim serve``, in a thread of the test's own process."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from miniqmt_sim.client.discovery import Endpoint
from miniqmt_sim.client.transport import SocketTransport
from miniqmt_sim.errors import ConfigError
from miniqmt_sim.server.app import Server, ServerThread
from miniqmt_sim.settings import OPTIONS, Settings, load_settings
from miniqmt_sim.testing.ctl import Control

DEFAULTS: Final[Mapping[str, Any]] = {"listen": "127.0.0.1:0", "durability": "off"}
"""Where a test's server differs from ``serve``: any free port, and no waiting for the disk."""

_KEY_OF: Final = {**{key.rpartition(".")[2]: key for key in OPTIONS}, "fills": "fills.profile"}


class SimServer:
    """A server for the length of a ``with`` block.

    Options are those of ``serve`` (``feed``, ``seed``, ``hours``, ``clock``, ``database``, ``userdata``, ``durability``,
    ``listen``, ``config``), and every other key of server.toml by its last word (``fills``, ``auto_list``,
    ``heartbeat_ms`` …). ``accounts`` may be a file or a list of tables as in accounts.toml. Without ``userdata`` a temporary
    directory is used and removed; the environment's MINIQMT_SIM_LISTEN is not looked at.

    Raises ConfigError or StartError when it cannot start.
    """

    def __init__(self, **options: Any) -> None:
        self._options = {**DEFAULTS, **options}
        self._remove_userdata: Callable[[], object] = lambda: None
        self._thread: ServerThread | None = None
        self._server: Server | None = None
        self._operator: SocketTransport | None = None

    # -- life ----------------------------------------------------------------------------------------------------------

    def start(self) -> Self:
        """Start and wait until it is ready."""
        assert self._thread is None, "it is running"
        if not self._options.get("userdata"):
            self._options["userdata"] = tempfile.mkdtemp(prefix="miniqmt-sim-")
            # Removed with this object at the latest: a test may stop the server, look, and start it again.
            self._remove_userdata = weakref.finalize(self, shutil.rmtree, self._options["userdata"], ignore_errors=True)
        thread = ServerThread(_settings(self._options))
        self._server = thread.start()
        self._thread = thread
        return self

    def stop(self) -> None:
        """Stop gracefully; what was accepted is done, and clients are told. Raises what made the server fail."""
        self._end(ServerThread.stop)

    def kill(self) -> None:
        """Drop the server as if its process had been killed."""
        self._end(ServerThread.kill)

    def restart(self) -> None:
        """Start again on the same userdata and database; a running server is stopped gracefully first."""
        if self._thread is not None:
            self.stop()
        self.start()

    def _end(self, how: Callable[[ServerThread], None]) -> None:
        operator, self._operator = self._operator, None
        if operator is not None:
            operator.close()
        thread, self._thread = self._thread, None
        if thread is not None:
            how(thread)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            self.stop()
        finally:
            self._remove_userdata()

    # -- where it is ---------------------------------------------------------------------------------------------------

    @property
    def userdata(self) -> str:
        """The path for ``XtQuantTrader(path, session_id)``."""
        return str(self._running.userdata)

    @property
    def addr(self) -> str:
        """HOST:PORT."""
        return self._running.addr

    @property
    def token(self) -> str:
        """The trader's token."""
        return self._running.token

    @property
    def operator_token(self) -> str:
        """The operator's token."""
        return self._running.operator_token

    @property
    def database(self) -> str:
        """The database's URL."""
        return self._running.database

    @property
    def ctl(self) -> Control:
        """The operator's verbs."""
        if self._operator is None or not self._operator.is_open:
            endpoint = Endpoint(self.addr, self.operator_token)
            self._operator = SocketTransport.connect(endpoint, 0, lambda _push: None, lambda _reason: None)
        return Control(self._operator)

    @property
    def _running(self) -> Server:
        assert self._server is not None, "it was not started"
        return self._server


def _settings(options: Mapping[str, Any]) -> Settings:
    """Turn keyword options into settings. Raises ConfigError."""
    given = dict(options)
    config = given.pop("config", None)
    accounts = given.get("accounts")
    if isinstance(accounts, Sequence) and not isinstance(accounts, str):
        del given["accounts"]
    else:
        accounts = None
    unknown = given.keys() - _KEY_OF.keys()
    if unknown:
        raise ConfigError(f"SimServer has no option {min(unknown)!r}")
    keyed = {_KEY_OF[name]: str(value) if isinstance(value, Path) else value for name, value in given.items()}
    settings = load_settings(keyed, config, environ={})
    return settings if accounts is None else replace(settings, world=replace(settings.world, accounts=list(accounts)))
