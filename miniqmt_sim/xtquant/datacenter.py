"""The vendor's native market data module, as far as importing its ``xtdata`` and ``xtdatacenter`` needs it.

Market data is not served this way yet: whatever asks for it raises NotImplementedError with that sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

_REASON: Final = "the market data of the vendor's xtquant is not served by miniqmt-sim"

_SETTERS: Final = """
set_allow_optmize_address set_config_dir set_data_home_dir set_future_realtime_mode set_index_mirror_enabled
set_kline_cutting_mode set_kline_mirror_enabled set_quote_time_version set_thousand_source_mode set_token
set_watch_market_list set_wholequote_market_list
"""
_FUNCTIONS: Final = """
fetch_auth_markets fetch_init_result fetch_server_list_status get_status listen log_init start_init_quote
"""


def rpc_init(_config_dir: str) -> int:
    """Accept the directory of the configuration: 0."""
    return 0


def get_local_server_port() -> int:
    """Give the port of a server of market data in this process: 0, there is none."""
    return 0


def register_create_nparray(_create: Callable[..., Any]) -> None:
    """Take what makes arrays; none are made."""


def shutdown() -> None:
    """End what was never begun."""


class IPythonApiClient:
    """A client of market data that is never connected, and says so as soon as it is asked."""

    def init(self) -> None:
        """Prepare; there is nothing to prepare."""

    def load_config(self, _file: str, _section: str) -> int:
        """Accept a configuration: 0."""
        return 0

    def set_config_addr(self, _addr: str) -> None:
        """Take an address; nothing is connected to it."""

    def registerCommonControlCallback(self, _name: str, _callback: Callable[..., Any]) -> None:
        """Take a callback; it is never called."""

    def connect(self) -> tuple[int, str]:
        """Pretend nothing and refuse nothing: ``xtconn`` would swallow the reason, ``is_connected`` tells it."""
        return 0, ""

    def is_connected(self) -> bool:
        """Say why not. Raises NotImplementedError."""
        raise NotImplementedError(_REASON)

    def shutdown(self) -> None:
        """End what was never begun."""


def _not_served(name: str) -> Callable[..., Any]:
    def function(*_args: Any, **_kwargs: Any) -> Any:
        raise NotImplementedError(f"{name}: {_REASON}")

    function.__name__ = function.__qualname__ = name
    function.__doc__ = "Not served. Raises NotImplementedError."
    return function


def _setter(name: str) -> Callable[..., None]:
    def function(*_args: Any) -> None:
        pass

    function.__name__ = function.__qualname__ = name
    function.__doc__ = "Take a setting for what is not served; older editions of the wheel set some when they are imported."
    return function


globals().update({name: _not_served(name) for name in _FUNCTIONS.split()})
globals().update({name: _setter(name) for name in _SETTERS.split()})
