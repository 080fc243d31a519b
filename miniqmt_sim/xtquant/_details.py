"""What ``get_instrument_detail`` and ``get_instrument_type`` say of a security, made of a row of ``data_instruments``.

The vendor's fields in the vendor's order. What a simulator cannot know (margin ratios, share capital where the instruments
file does not say it) is 0, as the vendor's is for securities without it.
"""

from __future__ import annotations

from typing import Final

from miniqmt_sim.wire.messages import JsonObject

NEVER: Final = "99999999"
"""``ExpireDate`` of what does not expire."""
LONG_AGO: Final = 19901219
"""``OpenDate`` where the instruments file has none, SSE's first day: a date, because strategies parse it."""
STOCKS: Final = ("SH_MAIN", "STAR", "SZ_MAIN", "CHINEXT")
FUNDS: Final = ("SH_FUND", "SZ_FUND")
BONDS: Final = ("SH_BOND", "SZ_BOND")
INDICES: Final = ("SH_INDEX", "SZ_INDEX")
ETF_PREFIXES: Final = ("51", "52", "53", "55", "56", "58", "159")


def detail(row: JsonObject, *, complete: bool) -> JsonObject:
    """A security's detail: the usual fields, or all that are known."""
    symbol, _, market = row["stock_code"].partition(".")
    usual = {
        "ExchangeID": market,
        "InstrumentID": symbol,
        "InstrumentName": row["InstrumentName"],
        "ProductID": "",
        "ProductName": "",
        "ProductType": -1,
        "ExchangeCode": symbol,
        "UniCode": symbol,
        "CreateDate": "0",
        "OpenDate": str(row["OpenDate"] or LONG_AGO),
        "ExpireDate": NEVER,
        "TradingDay": str(row["TradingDay"]),
        "PreClose": row["PreClose"],
        "SettlementPrice": row["PreClose"],
        "UpStopPrice": row["UpStopPrice"],
        "DownStopPrice": row["DownStopPrice"],
        "FloatVolume": float(row["FloatVolume"]),
        "TotalVolume": float(row["TotalVolume"]),
        "LongMarginRatio": 0.0,
        "ShortMarginRatio": 0.0,
        "PriceTick": row["PriceTick"],
        "VolumeMultiple": 1,
        "MainContract": 0,
        "LastVolume": 0,
        "InstrumentStatus": row["InstrumentStatus"],
        "IsTrading": row["IsTrading"],
        "IsRecent": False,
        "ProductTradeQuota": None,
        "ContractTradeQuota": None,
        "ProductOpenInterestQuota": None,
        "ContractOpenInterestQuota": None,
    }
    return usual | extended(row) if complete else usual


def extended(row: JsonObject) -> JsonObject:
    """What a complete detail has beyond that: volumes of one order."""
    return {
        "MaxMarketOrderVolume": row["MaxMarketOrderVolume"],
        "MinMarketOrderVolume": row["MinLimitOrderVolume"],
        "MaxLimitOrderVolume": row["MaxLimitOrderVolume"],
        "MinLimitOrderVolume": row["MinLimitOrderVolume"],
        "MaxMarketSellOrderVolume": row["MaxMarketOrderVolume"],
        "MinMarketSellOrderVolume": row["MinLimitSellOrderVolume"],
        "MaxLimitSellOrderVolume": row["MaxLimitOrderVolume"],
        "MinLimitSellOrderVolume": row["MinLimitSellOrderVolume"],
        "OptionType": -1,
    }


def kinds(row: JsonObject) -> dict[str, bool]:
    """Which kinds a security is of."""
    board, is_fund = row["board"], row["board"] in FUNDS
    return {
        "index": board in INDICES,
        "stock": board in STOCKS,
        "fund": is_fund,
        "etf": is_fund and row["stock_code"].startswith(ETF_PREFIXES),
        "bond": board in BONDS,
    }
