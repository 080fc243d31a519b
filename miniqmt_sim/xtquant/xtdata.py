"""Market data under the vendor's names. Not yet: importing works, every call raises NotImplementedError."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

_FUNCTIONS: Final = """
add_sector bind_formula bnd_get_amount_change bnd_get_call_info bnd_get_conversion_price bnd_get_put_info call_formula
compute_coming_trading_calendar connect create_formula create_sector create_sector_folder datetime_to_timetag del_formula
disconnect download_cb_data download_etf_info download_financial_data download_financial_data2 download_his_st_data
download_history_contracts download_history_data download_history_data2 download_holiday_data download_index_weight
download_sector_data download_tabular_data fetch_quote_server_from_config gen_factor_index generate_index_data getDividFactors
get_all_kline_trading_periods get_all_sub_info get_all_trading_periods get_authorized_market_list get_broker_queue_data
get_cb_info get_client get_current_connect_sub_info get_data_dir get_divid_factors get_etf_info get_field_list
get_financial_data get_financial_data_ori get_formula_result get_formulas get_full_kline get_full_tick get_fullspeed_orderbook
get_his_option_list get_his_option_list_batch get_his_st_data get_hk_broker_dict get_holidays get_index_weight
get_instrument_detail get_instrument_detail_list get_instrument_type get_ipo_info get_kline_trading_period get_l2_order
get_l2_quote get_l2_transaction get_l2thousand_queue get_local_data get_main_contract get_market_data get_market_data_ex
get_market_data_ex_ori get_market_data_ori get_market_last_trade_date get_markets get_option_detail_data get_option_list
get_option_undl_data get_order_rank get_period_list get_quote_server_config get_quote_server_status get_sec_main_contract
get_sector_info get_sector_list get_stock_list_in_sector get_stock_type get_tabular_data get_tabular_formula
get_trading_calendar get_trading_contract_list get_trading_dates get_trading_period get_transactioncount get_wp_market_list
gld gmd gsl hello import_formula is_stock_type push_custom_data read_feather reconnect remove_sector remove_stock_from_sector
reset_market_stock_list reset_market_trading_day_list reset_sector run show_quote_server_status subscribe_formula
subscribe_l2thousand subscribe_l2thousand_queue subscribe_quote subscribe_quote2 subscribe_whole_quote supply_history_data
timetagToDateTime timetag_to_datetime unsubscribe_formula unsubscribe_quote watch_quote_server_status watch_xtquant_status
write_feather
"""

enable_hello = True  # programs switch the vendor's greeting off; there is none here


def _later(name: str) -> Callable[..., Any]:
    def function(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"xtdata.{name}: market data comes with a later version")

    function.__name__ = function.__qualname__ = name
    function.__doc__ = "Not yet: market data comes with a later version."
    return function


globals().update({name: _later(name) for name in _FUNCTIONS.split()})
