"""The vendor's native market data module, in Python: under its name the vendor's own ``xtdata`` runs unmodified.

``IPythonApiClient`` is what that ``xtdata`` stands on: it asks with plain values and BSON, and gets arrays, JSON and BSON
back, in the forms of the native client (``v2`` to ``v4`` of ``get_market_data3``). It asks over the same connection as our
``xtdata`` does. ``xtdatacenter`` is the vendor's way to start a quote server in one's own process; here that is the server of
miniqmt-sim, so that nothing is started and nothing listens.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

from miniqmt_sim.errors import ConnectError
from miniqmt_sim.xtquant import _bson, _frames, _market, _quotes
from miniqmt_sim.xtquant._details import detail, extended, kinds
from miniqmt_sim.xtquant._unsimulated import download_nothing

_SETTERS: Final = """
set_allow_optmize_address set_config_dir set_data_home_dir set_future_realtime_mode set_index_mirror_enabled
set_kline_cutting_mode set_kline_mirror_enabled set_quote_time_version set_thousand_source_mode set_token
set_watch_market_list set_wholequote_market_list
"""
_MARKETS: Final = ("SH", "SZ")
_METHODS: Final = """
callFormula createView custom_data_control get_cb_info get_financial_data get_ipo_info get_main_contract get_weight_in_index
read_local_data subscribeFormula subscribeFormulaSync unsubscribeFormula
"""
_DOWNLOADS: Final = "down_cb_data down_history_contracts down_index_weight"
_NOT_SIMULATED: Final = "it is not simulated"


def rpc_init(_config_dir: str) -> int:
    """Accept the directory of the configuration: 0."""
    return 0


def get_local_server_port() -> int:
    """Give the port of a server of market data in this process: 0, there is none."""
    return 0


def register_create_nparray(_create: Callable[..., Any]) -> None:
    """Take what makes arrays of native memory; numpy makes ours."""


def log_init() -> None:
    """Begin a log; there is none."""


def start_init_quote() -> None:
    """Look for the server. Raises ConnectionError when there is none."""
    client = IPythonApiClient()
    code, reason = client.connect()
    client.shutdown()
    if code < 0:
        raise ConnectionError(reason)


def get_status() -> dict[str, bool]:
    """Say how far ``start_init_quote`` is: done."""
    return {"init_done": True}


def fetch_auth_markets() -> dict[str, Any]:
    """Give the markets that there is data of."""
    return {"done": 1, "markets": list(_MARKETS)}


def fetch_init_result(keys: Sequence[str]) -> dict[str, bytes]:
    """Say what became of each market: nothing went wrong."""
    return {key: _bson.encode({"done": 1, "errorcode": 0, "resultcode": 0}) for key in keys}


def fetch_server_list_status() -> bytes:
    """Give the state of the quote servers that were tried: none were."""
    return _bson.encode({})


def listen(ip: str, first_port: int, _last_port: int) -> tuple[str, int]:
    """Give the address to connect to. Nothing listens there, and whoever connects finds the server without it."""
    return ip, first_port


def shutdown() -> None:
    """End what was never begun."""


class IPythonApiClient:
    """One connection for market data, as the vendor's ``xtconn`` and ``xtdata`` use it. The address is no matter, as there."""

    def __init__(self) -> None:
        self._quotes: _quotes.Quotes | None = None

    # -- life ------------------------------------------------------------------------------------------------------------

    def init(self) -> None:
        """Prepare; there is nothing to prepare."""

    def load_config(self, _file: str, _section: str) -> int:
        """Accept a configuration: 0."""
        return 0

    def set_config_addr(self, _addr: str) -> None:
        """Take an address; it names a real terminal's."""

    def registerCommonControlCallback(self, _name: str, _callback: Callable[..., Any]) -> None:
        """Take a callback for the state of quote servers; there are none."""

    def connect(self) -> tuple[int, str]:
        """Connect: (0, ''), or (-1, reason) when there is no server."""
        try:
            self._quotes = _quotes.Quotes()
        except ConnectError as error:
            return -1, str(error)
        return 0, ""

    def is_connected(self) -> bool:
        """Can it still be asked?"""
        return self._quotes is not None and self._quotes.is_open

    def shutdown(self) -> None:
        """End the connection."""
        quotes, self._quotes = self._quotes, None
        if quotes is not None:
            quotes.close()

    @property
    def _open(self) -> _quotes.Quotes:
        if self._quotes is None:
            raise ConnectError("not connected")
        return self._quotes

    def get_server_tag(self) -> bytes:
        """Give who is there, as BSON."""
        return _bson.encode({"server": self._open.server})

    def get_peer_addr(self) -> str:
        """Give where the server listens."""
        return _quotes.address()

    def get_data_dir(self) -> str:
        """Give the userdata directory that leads to the server."""
        return _quotes.userdata()

    get_app_dir = get_data_dir

    def commonControl(self, func: str, param: bytes) -> bytes:
        """Answer one of the calls that go by name. Raises NotImplementedError for one that nothing stands behind."""
        if func not in _CONTROLS:
            raise NotImplementedError(f"{func}: {_NOT_SIMULATED}")
        if func in _DOWNLOAD_CONTROLS:
            download_nothing(func)
        return _bson.encode(_CONTROLS[func])

    # -- subscriptions -----------------------------------------------------------------------------------------------------

    def subscribe_quote(self, meta: bytes, region: bytes, _param: bytes, callback: Callable[[Any], object] | None) -> int:
        """Subscribe to one code: the number, or -1."""
        what, past = _bson.decode(meta), _bson.decode(region)
        if "startTime" not in past:
            raise NotImplementedError(f"{what['period']}: {_NOT_SIMULATED}")
        return _market.subscribe(
            self._open, what["stockCode"], what["period"], past["startTime"], past["endTime"], past["count"],
            what["dividendtype"], callback,
        )  # fmt: skip

    def subscribe_whole_quote(self, code_list: Sequence[str], _param: bytes, callback: Callable[[Any], object] | None) -> int:
        """Subscribe to codes or markets: the number, or -1."""
        return _market.subscribe_whole(self._open, code_list, callback)

    def unsubscribe_quote(self, seq: int) -> None:
        """End a subscription."""
        self._open.unsubscribe(seq)

    # -- quotes and the past -------------------------------------------------------------------------------------------------

    def get_full_tick(self, code_list: Sequence[str]) -> str:
        """Give the ticks of codes or markets as JSON."""
        return json.dumps(_market.full_ticks(self._open, code_list))

    def get_market_data3(
        self,
        field_list: Sequence[str],
        stock_list: Sequence[str],
        period: str,
        start_time: Any,
        end_time: Any,
        count: int,
        dividend_type: str,
        fill_data: bool,
        version: str,
        *_where: Any,
    ) -> Any:
        """Give bars or ticks in the form of a version of the native client."""
        form = _FORMS.get((version, period == "tick"))
        if form is None:
            raise NotImplementedError(f"period {period!r}: {_NOT_SIMULATED}")
        name = _market.period_of(period)
        found = _market.histories(self._open, stock_list, name, start_time, end_time, count, dividend_type)
        return form(found, field_list, name, fill_data)

    def get_divid_factors(self, stock_code: str, start_time: Any = "", end_time: Any = "") -> dict[str, dict[str, float]]:
        """Give ex-days by yyyymmdd."""
        return _market.ex_days(self._open, stock_code, start_time, end_time)

    def supply_history_data(self, _stock_code: str, period: str, _start_time: Any, _end_time: Any) -> None:
        """Nothing to do: the server has what it has."""

    def supply_history_data2(
        self, stock_list: Sequence[str], _period: str, _start: Any, _end: Any, _param: bytes, on_progress: Callable[[Any], Any]
    ) -> int:
        """Say of every code that it is done: 0."""
        codes = list(stock_list) or [""]
        for finished, code in enumerate(codes, 1):
            on_progress({"finished": finished, "total": len(codes), "stockcode": code, "message": ""})
        return 0

    def down_all_sector_data(self) -> None:
        """Nothing to do: the sectors are the server's. Older editions of the wheel, and programs, ask for it."""

    def stop_supply_history_data2(self) -> None:
        """Nothing goes on."""

    # -- what is listed and when ---------------------------------------------------------------------------------------------

    def get_instrument_detail(self, stock_code: str) -> bytes:
        """Give a security's detail as BSON, nothing for one that is not listed."""
        row = _market.instrument(self._open, stock_code)
        return _bson.encode({**detail(row, complete=False), "ExtendInfo": extended(row)}) if row is not None else b""

    def get_stock_type(self, stock_code: str) -> dict[str, bool]:
        """Give which kinds a security is of."""
        row = _market.instrument(self._open, stock_code)
        return kinds(row) if row is not None else {}

    def is_stock_type(self, stock_code: str, tag: str) -> bool:
        """Is a security of a kind?"""
        return self.get_stock_type(stock_code).get(tag, False)

    def get_sector_list(self) -> list[str]:
        """Give the sectors."""
        return list(self._open.ask("data_sectors")["sectors"])

    def get_stock_list_in_sector(self, sector_name: str, _timetag: int) -> list[str]:
        """Give the codes of a sector, those of today."""
        return _market.sector(self._open, sector_name)

    def get_trading_dates_by_market(self, market: str, start_time: Any, end_time: Any, count: int) -> list[int]:
        """Give trading days up to the present one as epoch ms of their midnights."""
        return _market.trading_dates(self._open, market, start_time, end_time, count)

    def get_market_last_trade_date(self, market: str) -> int:
        """Give the present trading day as epoch ms of its midnight; 0 of a market there is not."""
        return _market.last_trading_date(self._open, market)

    def get_holidays(self) -> list[int]:
        """Give the closed weekdays as yyyymmdd."""
        return list(self._open.ask("data_holidays")["days"])


# -- forms of an answer ------------------------------------------------------------------------------------------------------

Found = dict[str, _market.Columns]


def _tables(found: Found, wanted: Sequence[str], period: str, fill: bool) -> Any:
    """v2 of bars: the codes and the names of the times, and a table a field."""
    names, tables = _frames.tables(found, wanted, period, fill=fill)
    return [list(found), names], tables


def _records(found: Found, wanted: Sequence[str], _period: str, _fill: bool) -> Any:
    """v2 and v3 of ticks: a structured array a code."""
    return {code: _frames.records(columns, wanted) for code, columns in found.items()}


def _bytes(found: Found, wanted: Sequence[str], period: str, _fill: bool) -> Any:
    """v4 of bars: for each code the names of its times, and each field's type and bytes."""
    numpy = _frames.library("numpy")
    fields = _frames.fields_of(wanted, _frames.BAR_DTYPES)

    def packed(columns: _market.Columns) -> list[tuple[str, str, bytes]]:
        types = [(name, _frames.BAR_DTYPES[name]) for name in fields]
        return [(name, dtype, numpy.array(columns.get(name, ()), dtype=dtype).tobytes()) for name, dtype in types]

    return [
        (code, _frames.names_of(columns.get("time", ()), period), packed(columns)) for code, columns in found.items()
    ]


_FORMS: Final[dict[tuple[str, bool], Callable[[Found, Sequence[str], str, bool], Any]]] = {
    ("v2", False): _tables,
    ("v2", True): _records,
    ("v3", True): _records,
    ("v4", False): _bytes,
}
"""(version, are they ticks) -> form."""
_DOWNLOAD_CONTROLS: Final = ("downloadhisstdata", "downloadmetadata")
"""Downloads of what is not simulated: histories of ST, and of what is no bar and no tick, such as baskets of ETFs."""
_CONTROLS: Final[dict[str, dict[str, Any]]] = {
    **{name: {} for name in _DOWNLOAD_CONTROLS},
    "getapiversion": {},
    "downloadholidaydata": {},
    "getperiodlist": {"result": [{"name": name, "desc": text} for name, text in _market.PERIODS.items()]},
}


def _without(name: str, reason: str) -> Callable[..., Any]:
    def function(*_args: Any, **_kwargs: Any) -> Any:
        raise NotImplementedError(f"{name}: {reason}")

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Not served: {reason}."
    return function


def _download(name: str) -> Callable[..., None]:
    def function(*_args: Any) -> None:
        download_nothing(name)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = "Nothing is downloaded, as a warning says."
    return function


def _setter(name: str) -> Callable[..., None]:
    def function(*_args: Any) -> None:
        pass

    function.__name__ = function.__qualname__ = name
    function.__doc__ = "Take a setting of what there is not; older editions of the wheel set some when they are imported."
    return function


globals().update({name: _setter(name) for name in _SETTERS.split()})
for _name in _DOWNLOADS.split():
    setattr(IPythonApiClient, _name, _download(_name))
for _name in _METHODS.split():
    setattr(IPythonApiClient, _name, _without(_name, _NOT_SIMULATED))
