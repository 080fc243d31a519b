"""Market data under the vendor's names, from the market the simulator plays: nothing in it is real, and nothing ahead of it.

What holds now, what is listed and the calendar come from the server; the past comes from its data files where it has some,
else from its synthetic walk. What is not simulated raises NotImplementedError with the reason. numpy and pandas are needed
only by the functions that return something of theirs. Where the vendor's document and the vendor's code differ
(``get_local_data``, ``get_instrument_type``, the end of ``get_trading_calendar``), this is as the code.

Dates and texts are China time wherever the program runs. There is no address to give: the environment, or the userdata
directory of the process's trader, leads to the server, and ``ip`` and ``port`` of a real terminal are ignored.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import Any, Final

from miniqmt_sim.wire.messages import JsonObject
from miniqmt_sim.xtquant import _frames, _market, _quotes
from miniqmt_sim.xtquant._details import detail, kinds
from miniqmt_sim.xtquant._faults import Faults
from miniqmt_sim.xtquant._market import OnData
from miniqmt_sim.xtquant._unsimulated import add_unsimulated, download_nothing

__all__ = [
    "add_sector", "create_sector", "create_sector_folder", "download_cb_data", "download_etf_info", "download_financial_data",
    "download_his_st_data", "download_history_contracts", "download_history_data", "download_index_weight",
    "download_sector_data", "get_cb_info", "get_divid_factors", "get_etf_info", "get_financial_data", "get_full_tick",
    "get_holidays", "get_index_weight", "get_instrument_detail", "get_instrument_type", "get_l2_order", "get_l2_quote",
    "get_l2_transaction", "get_local_data", "get_main_contract", "get_market_data", "get_period_list", "get_sector_list",
    "get_stock_list_in_sector", "get_tabular_data", "get_trading_calendar", "get_trading_dates", "remove_sector",
    "remove_stock_from_sector", "reset_sector", "run", "subscribe_quote", "subscribe_whole_quote", "unsubscribe_quote",
]  # fmt: skip
"""The vendor's: what is not among them (``get_market_data_ex``) wants its module's name."""

enable_hello = True
"""Greet on standard output when a connection is made."""
debug_mode = 0
data_dir: str | None = None
"""Where ``get_data_dir`` says that data lies; the server reads its own files whatever it says."""

_FINANCIAL_TABLES: Final = (
    "Balance", "Income", "CashFlow", "Capital", "Top10FlowHolder", "Top10Holder", "HolderNum", "PershareIndex",
)  # fmt: skip
_download_faults: Final = Faults()
_CHECK_S: Final = 3.0
"""How often ``run`` looks whether the connection is still there."""


# -- connection ------------------------------------------------------------------------------------------------------------


def connect(ip: str = "", port: Any = None, remember_if_success: bool = True) -> _quotes.Quotes:
    """Connect, or give the connection there is. Raises ConnectError when there is no server."""
    return get_client()


def reconnect(ip: str = "", port: Any = None, remember_if_success: bool = True) -> _quotes.Quotes:
    """Connect anew; subscriptions of the connection before are gone."""
    disconnect()
    return get_client()


def disconnect() -> None:
    """End the connection."""
    _quotes.drop()


def get_client() -> _quotes.Quotes:
    """Give the connection, made when there is none. Raises ConnectError."""
    client, is_new = _quotes.current()
    if is_new:
        hello(client)
    return client


def hello(client: _quotes.Quotes | None = None) -> None:
    """Greet, unless ``enable_hello`` is off."""
    server = (client or get_client()).server
    if enable_hello and server:  # a backtest has none
        sys.stdout.write(f"xtdata 已连接 {server}; 设置 xtdata.enable_hello = False 可不显示本行\n")


def get_data_dir() -> str:
    """Give ``data_dir`` where a program has set it, else the userdata directory of the server."""
    return data_dir if data_dir is not None else _quotes.userdata()


def _ask(name: str, **fields: Any) -> Any:
    return get_client().ask(name, **fields)


# -- subscriptions ---------------------------------------------------------------------------------------------------------


def subscribe_quote(
    stock_code: str,
    period: str = "1d",
    start_time: Any = "",
    end_time: Any = "",
    count: int = 0,
    callback: OnData | None = None,
) -> int:
    """Have ``callback`` called with {code: [tick or bar, …]}, the asked-for past first: the subscription's number, or -1."""
    return subscribe_quote2(stock_code, period, start_time, end_time, count, None, callback)


def subscribe_quote2(
    stock_code: str,
    period: str = "1d",
    start_time: Any = "",
    end_time: Any = "",
    count: int = 0,
    dividend_type: str | None = None,
    callback: OnData | None = None,
) -> int:
    """The same with the past adjusted; what is told from now on needs no adjusting."""
    return _market.subscribe(get_client(), stock_code, period, start_time, end_time, count, dividend_type, callback)


def subscribe_whole_quote(code_list: Sequence[str], callback: OnData | None = None) -> int:
    """Have ``callback`` called with {code: tick} for codes or markets, the present first: the number, or -1."""
    return _market.subscribe_whole(get_client(), code_list, callback)


def unsubscribe_quote(seq: int) -> None:
    """End a subscription; an unknown number is ignored."""
    get_client().unsubscribe(seq)


def run() -> None:
    """Wait until the connection ends. Raises Exception then, as the vendor's does."""
    client = get_client()
    while True:
        time.sleep(_CHECK_S)
        if not client.is_open:
            raise Exception("行情服务连接断开")


# -- quotes and the past -----------------------------------------------------------------------------------------------------


def get_full_tick(code_list: Sequence[str]) -> dict[str, JsonObject]:
    """Give {code: tick} of codes or markets; what is not listed is left out."""
    return _market.full_ticks(get_client(), code_list)


def get_market_data(
    field_list: Sequence[str] = (),
    stock_list: Sequence[str] = (),
    period: str = "1d",
    start_time: Any = "",
    end_time: Any = "",
    count: int = -1,
    dividend_type: str = "none",
    fill_data: bool = True,
) -> dict[str, Any]:
    """Give {field: frame of codes by times} for bars, {code: structured array} for ticks."""
    period = _market.period_of(period)
    found = _market.histories(get_client(), stock_list, period, start_time, end_time, count, dividend_type)
    if period == "tick":
        return {code: _frames.records(columns, field_list) for code, columns in found.items()}
    return _frames.frames_by_field(found, field_list, period, fill=fill_data)


def get_market_data_ex(
    field_list: Sequence[str] = (),
    stock_list: Sequence[str] = (),
    period: str = "1d",
    start_time: Any = "",
    end_time: Any = "",
    count: int = -1,
    dividend_type: str = "none",
    fill_data: bool = True,
) -> dict[str, Any]:
    """Give {code: frame of times by fields}."""
    period = _market.period_of(period)
    found = _market.histories(get_client(), stock_list, period, start_time, end_time, count, dividend_type)
    return _frames.frames(found, field_list, period)


def get_market_data3(
    field_list: Sequence[str] = (),
    stock_list: Sequence[str] = (),
    period: str = "1d",
    start_time: Any = "",
    end_time: Any = "",
    count: int = -1,
    dividend_type: str = "none",
    fill_data: bool = True,
    enable_read_from_server: bool = True,
) -> dict[str, Any]:
    """Give the same with rows named by moments, China's without a zone."""
    period = _market.period_of(period)
    found = _market.histories(get_client(), stock_list, period, start_time, end_time, count, dividend_type)
    return _frames.frames_by_moment(found, field_list, period)


def get_local_data(
    field_list: Sequence[str] = (),
    stock_list: Sequence[str] = (),
    period: str = "1d",
    start_time: Any = "",
    end_time: Any = "",
    count: int = -1,
    dividend_type: str = "none",
    fill_data: bool = True,
    data_dir: str | None = None,
) -> dict[str, Any]:
    """The same: the data lies with the server, and ``data_dir`` is ignored."""
    return get_market_data_ex(field_list, stock_list, period, start_time, end_time, count, dividend_type, fill_data)


def get_full_kline(
    field_list: Sequence[str] = (),
    stock_list: Sequence[str] = (),
    period: str = "1m",
    start_time: Any = "",
    end_time: Any = "",
    count: int = 1,
    dividend_type: str = "none",
    fill_data: bool = True,
) -> dict[str, Any]:
    """Give {field: frame of codes by times} as ``get_market_data``, of the present trading day only."""
    if _market.period_of(period) == "tick":
        raise NotImplementedError("xtdata.get_full_kline gives bars, not ticks")
    start_ms = max(_frames.moment_ms(start_time, is_end=False), get_market_last_trade_date("SH"))
    return get_market_data(field_list, stock_list, period, start_ms, end_time, count, dividend_type, fill_data)


def get_divid_factors(stock_code: str, start_time: Any = "", end_time: Any = "") -> Any:
    """Give a frame with a row an ex-day, named yyyymmdd, up to the present one."""
    pandas = _frames.library("pandas")
    return pandas.DataFrame(_market.ex_days(get_client(), stock_code, start_time, end_time)).T


def download_history_data(
    stock_code: str, period: str, start_time: Any = "", end_time: Any = "", incrementally: bool | None = None
) -> None:
    """Nothing to do: the server has what it has. Raises as the vendor's for a period there is not."""
    _market.period_of(period)
    get_client()


supply_history_data = download_history_data


def download_history_data2(
    stock_list: Sequence[str],
    period: str,
    start_time: Any = "",
    end_time: Any = "",
    callback: OnData | None = None,
    incrementally: bool | None = None,
) -> JsonObject:
    """Nothing to do either, but ``callback`` hears of every code that it is done; what it raises is logged."""
    download_history_data("", period)
    codes = [stock_list] if isinstance(stock_list, str) else list(stock_list)
    for finished, code in enumerate(codes, 1):
        _tell_progress(callback, {"finished": finished, "total": len(codes), "stockcode": code, "message": ""})
    return {}


def _tell_progress(callback: OnData | None, progress: JsonObject) -> None:
    if callback is not None:
        try:
            callback(progress)
        except Exception as error:  # the vendor's goes on as well
            _download_faults.note(error)


def download_sector_data() -> None:
    """Nothing to do: the sectors are the server's."""
    get_client()


def download_holiday_data(incrementally: bool = True) -> None:
    """Nothing to do: the holidays are the server's."""
    get_client()


# -- downloads of what is not simulated ----------------------------------------------------------------------------------------


def download_financial_data(
    stock_list: Sequence[str],
    table_list: Sequence[str] = (),
    start_time: Any = "",
    end_time: Any = "",
    incrementally: bool | None = None,
) -> None:
    """Nothing is downloaded, as a warning says: no financial statements are simulated."""
    get_client()
    download_nothing("download_financial_data")


def download_financial_data2(
    stock_list: Sequence[str],
    table_list: Sequence[str] = (),
    start_time: Any = "",
    end_time: Any = "",
    callback: OnData | None = None,
) -> None:
    """The same, and ``callback`` hears of every table of every code that it is done."""
    download_financial_data(stock_list)
    total = len(stock_list) * len(table_list or _FINANCIAL_TABLES)
    for finished in range(1, total + 1):
        _tell_progress(callback, {"total": total, "finished": finished})


def download_index_weight() -> None:
    """Nothing is downloaded, as a warning says: no index weights are simulated."""
    get_client()
    download_nothing("download_index_weight")


def download_history_contracts(incrementally: bool = True) -> None:
    """Nothing is downloaded, as a warning says: no futures and options are simulated."""
    get_client()
    download_nothing("download_history_contracts")


def download_cb_data() -> None:
    """Nothing is downloaded, as a warning says: no terms of convertible bonds are simulated."""
    get_client()
    download_nothing("download_cb_data")


def download_etf_info() -> None:
    """Nothing is downloaded, as a warning says: no creation and redemption of ETFs are simulated."""
    get_client()
    download_nothing("download_etf_info")


def download_his_st_data() -> None:
    """Nothing is downloaded, as a warning says: no history of ST is simulated."""
    get_client()
    download_nothing("download_his_st_data")


# -- what is listed ----------------------------------------------------------------------------------------------------------


def get_instrument_detail(stock_code: str, iscomplete: bool = False) -> JsonObject | None:
    """Give what is known of a security; None when it is not listed."""
    row = _market.instrument(get_client(), stock_code)
    return detail(row, complete=iscomplete) if row is not None else None


def get_instrument_detail_list(stock_list: Sequence[str], iscomplete: bool = False) -> dict[str, JsonObject | None]:
    """Give the same of many: {code: detail}."""
    found = _market.instruments(get_client(), stock_list)
    return {code: detail(row, complete=iscomplete) if row is not None else None for code, row in found.items()}


def get_instrument_type(stock_code: str, variety_list: Sequence[str] | None = None) -> dict[str, bool]:
    """Give the kinds a security is of, or of those named which it is; {} when it is not listed."""
    row = _market.instrument(get_client(), stock_code)
    known = kinds(row) if row is not None else {}
    if not variety_list:
        return {kind: True for kind, is_one in known.items() if is_one}
    return {kind: known[kind] for kind in variety_list if kind in known}


get_stock_type = get_instrument_type


def is_stock_type(stock: str, tag: str) -> bool:
    """Is a security of a kind?"""
    return get_instrument_type(stock, [tag]).get(tag, False)


def get_sector_list() -> list[str]:
    """Give the sectors whose securities are simulated."""
    return list(_ask("data_sectors")["sectors"])


def get_stock_list_in_sector(sector_name: str, real_timetag: Any = -1) -> list[str]:
    """Give the codes of a sector, those of today whatever ``real_timetag`` says."""
    return _market.sector(get_client(), sector_name)


def get_markets() -> dict[str, str]:
    """Give the markets that are simulated."""
    return dict(_market.MARKETS)


def get_period_list() -> list[dict[str, str]]:
    """Give the periods there are, as the vendor's code does: name and description."""
    return [{"name": name, "desc": text} for name, text in _market.PERIODS.items()]


# -- the calendar ------------------------------------------------------------------------------------------------------------


def get_trading_dates(market: str, start_time: Any = "", end_time: Any = "", count: int = -1) -> list[int]:
    """Give trading days up to the present one as epoch ms of their midnights; of them the last ``count``."""
    return _market.trading_dates(get_client(), market, start_time, end_time, count)


def get_market_last_trade_date(market: str) -> int:
    """Give the present trading day as epoch ms of its midnight; 0 of a market there is not."""
    return _market.last_trading_date(get_client(), market)


def get_trading_calendar(market: str, start_time: str = "", end_time: str = "") -> list[str]:
    """Give trading days as yyyymmdd, those to come included, up to the end of the last year whose holidays are known."""
    if market not in _market.MARKETS:
        raise Exception(f"只有沪深市场的交易日历: {market}")
    known = int(max(get_holidays(), default="0")[:4]) * 10000 + 1231
    if end_time and int(end_time) > known:
        raise Exception(f"end_time({end_time}) 超出已知的节假日({known})")
    days, _ = _market.trading_days(get_client(), start_time, end_time or str(known))
    return [str(day) for day in days]


def get_holidays() -> list[str]:
    """Give the closed weekdays as yyyymmdd."""
    return [str(day) for day in _ask("data_holidays")["days"]]


# -- times -------------------------------------------------------------------------------------------------------------------


def datetime_to_timetag(datetime: str, format: str = "%Y%m%d%H%M%S") -> float:
    """Turn a text in China time into epoch ms."""
    return float(_frames.parsed_ms(datetime, "%Y%m%d" if len(datetime) == 8 else format))


def timetag_to_datetime(timetag: float, format: str) -> str:
    """Turn epoch ms into a text in China time."""
    return _frames.text_of(timetag, format)


timetagToDateTime = t2d = timetag_to_datetime

gmd = get_market_data
gmd2 = get_market_data_ex
gmd3 = get_market_data3
gld = get_local_data
gsl = get_stock_list_in_sector

add_unsimulated(globals())
