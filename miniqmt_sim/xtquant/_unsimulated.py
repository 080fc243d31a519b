"""The functions of the vendor's ``xtdata`` that nothing stands behind here: each raises NotImplementedError with the reason.

A made-up answer would be worse than none. A download has no answer: programs make them all as they begin, whatever they read
later, so that those of what is not simulated do nothing, and a warning says so once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Final

UNSIMULATED: Final = (
    # why not, functions
    (
        "level-2 data is not simulated",
        "get_l2_quote get_l2_order get_l2_transaction get_l2thousand_queue subscribe_l2thousand subscribe_l2thousand_queue "
        "get_transactioncount get_fullspeed_orderbook get_order_rank get_broker_queue_data get_hk_broker_dict",
    ),
    (
        "financial statements are not simulated",
        "get_financial_data get_financial_data_ori",
    ),
    (
        "futures and options are not simulated",
        "get_main_contract get_sec_main_contract get_option_detail_data get_option_list get_option_undl_data "
        "get_his_option_list get_his_option_list_batch get_trading_contract_list",
    ),
    ("index weights are not simulated", "get_index_weight"),
    ("ETF creation and redemption are not simulated", "get_etf_info"),
    (
        "terms of convertible bonds are not simulated",
        "get_cb_info bnd_get_amount_change bnd_get_call_info bnd_get_conversion_price bnd_get_put_info",
    ),
    ("the history of ST is not simulated", "get_his_st_data"),
    ("new issues are known to the trader: query_ipo_data", "get_ipo_info"),
    (
        "sectors cannot be changed",
        "create_sector create_sector_folder add_sector remove_sector remove_stock_from_sector reset_sector get_sector_info",
    ),
    (
        "formulas are not simulated",
        "bind_formula call_formula create_formula del_formula gen_factor_index generate_index_data get_formula_result "
        "get_formulas import_formula subscribe_formula unsubscribe_formula",
    ),
    (
        "trading periods are not simulated as a table; the exchange plays them",
        "get_trading_period get_kline_trading_period get_all_trading_periods get_all_kline_trading_periods",
    ),
    (
        "there are no quote servers to choose from",
        "fetch_quote_server_from_config get_authorized_market_list get_current_connect_sub_info get_all_sub_info "
        "get_quote_server_config get_quote_server_status get_wp_market_list reset_market_stock_list "
        "reset_market_trading_day_list show_quote_server_status watch_quote_server_status watch_xtquant_status",
    ),
    (
        "tables and files of the research edition are not simulated",
        "compute_coming_trading_calendar download_tabular_data get_field_list get_tabular_data get_tabular_formula "
        "push_custom_data read_feather write_feather get_market_data_ex_ori get_market_data_ori getDividFactors",
    ),
)


_log = logging.getLogger("miniqmt_sim.xtquant")
_warned: Final[set[str]] = set()


def download_nothing(name: str) -> None:
    """Say once that nothing is downloaded because it is not simulated."""
    if name not in _warned:
        _warned.add(name)
        _log.warning("%s: nothing is downloaded, it is not simulated", name)


def add_unsimulated(namespace: dict[str, Any]) -> None:
    """Put every function of the table into a module."""
    for reason, names in UNSIMULATED:
        namespace.update({name: _unsimulated(name, reason) for name in names.split()})


def _unsimulated(name: str, reason: str) -> Callable[..., Any]:
    def function(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"xtdata.{name}: {reason}")

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"Not simulated: {reason}."
    return function
