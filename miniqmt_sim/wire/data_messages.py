"""Market data on the wire: rows under xtdata's own names, requests, and the push of a quote."""

from __future__ import annotations

from typing import Final

from miniqmt_sim.wire.fields import Field, Flow, Kind, Message, Shape, flag, integer, number, text


def numbers(name: str, doc: str) -> Field:
    return Field(name, Kind.NUMBERS, doc)


TICK: Final = (
    text("stock_code", "as in 600000.SH"),
    integer("time", "epoch milliseconds of the quote"),
    number("lastPrice", "last price"),
    number("open", "opening price, 0: none yet"),
    number("high", "highest of the day"),
    number("low", "lowest of the day"),
    number("lastClose", "the day's reference price"),
    number("amount", "traded today, yuan"),
    integer("volume", "traded today in 手: 100 shares, 10 张"),
    integer("pvolume", "the same in shares, 张"),
    integer("stockStatus", "3 continuous trading, 5 closed …"),
    integer("openInt", "10 + stockStatus, as stocks have no open interest"),
    integer("transactionNum", "0: a quote does not say how many trades"),
    number("lastSettlementPrice", "same as lastClose"),
    number("settlementPrice", "0"),
    number("pe", "0"),
    numbers("askPrice", "five levels, best first, 0: none"),
    numbers("bidPrice", "likewise"),
    numbers("askVol", "their volumes in 手"),
    numbers("bidVol", "likewise"),
    number("volRatio", "0"),
    number("speed1Min", "0"),
    number("speed5Min", "0"),
)
BAR: Final = (
    integer("time", "epoch milliseconds: midnight for a day and longer, else the end of the bar"),
    number("open", "first price"),
    number("high", "highest"),
    number("low", "lowest"),
    number("close", "last price"),
    integer("volume", "traded in the bar, 手"),
    number("amount", "traded in the bar, yuan"),
    number("settelementPrice", "0"),
    integer("openInterest", "0, or what the recorded data says"),
    number("preClose", "close of the bar before"),
    integer("suspendFlag", "1: no trading"),
)
COLUMNS: Final = (
    Field("time", Kind.COLUMN, "epoch milliseconds, ascending"),
    Field("…", Kind.COLUMN, "every other field of a bar (see `push_quote`) or a tick (see `data_full_tick`)"),
)
INSTRUMENT: Final = (
    text("stock_code", "as in 600000.SH"),
    text("InstrumentName", "name of the security"),
    text("board", "SH_MAIN, STAR, SZ_MAIN, CHINEXT, SH_FUND, SZ_FUND, SH_BOND, SZ_BOND, SH_INDEX, SZ_INDEX"),
    integer("OpenDate", "yyyymmdd of its listing, 0: long ago"),
    integer("TradingDay", "yyyymmdd"),
    number("PreClose", "the day's reference price"),
    number("UpStopPrice", "daily limit, 0: none"),
    number("DownStopPrice", "daily limit, 0: none"),
    number("PriceTick", "smallest step of the price"),
    integer("InstrumentStatus", "0, or 1: suspended today"),
    integer("FloatVolume", "shares that may be traded, 0: the instruments file does not say"),
    integer("TotalVolume", "all shares, 0: likewise"),
    flag("IsTrading", "false: not yet, suspended, or an index"),
    integer("MinLimitOrderVolume", "least volume of a limit order to buy"),
    integer("MaxLimitOrderVolume", "greatest"),
    integer("MinLimitSellOrderVolume", "least volume of a limit order to sell"),
    integer("MaxMarketOrderVolume", "greatest volume of a market order"),
)
DIVID: Final = (
    integer("time", "epoch milliseconds of the ex-day's midnight"),
    number("interest", "cash per share before tax, yuan"),
    number("stockBonus", "bonus shares (送) per share"),
    number("stockGift", "transfer shares (转) per share"),
    number("allotNum", "rights per share"),
    number("allotPrice", "their price"),
    number("gugai", "0"),
    number("dr", "close before ÷ reference price of the ex-day; 0 while the close before is not known"),
)
CODES: Final = Field("codes", Kind.STRINGS, "codes as in 600000.SH, or markets: SH, SZ")
PERIOD: Final = text("period", "tick, 1m, 5m, 15m, 30m, 1h, 1d, 1w, 1mon, 1q, 1hy or 1y")

DATA_MESSAGES: Final = (
    Message("data_full_tick", Flow.DATA, "The quotes that hold now, of what is listed.", (CODES,), TICK, Shape.ROWS),
    Message("data_instruments", Flow.DATA, "What is listed.", (CODES,), INSTRUMENT, Shape.ROWS),
    Message("data_sectors", Flow.DATA, "The sectors there are.", (), (Field("sectors", Kind.STRINGS, "their names"),)),
    Message(
        "data_sector",
        Flow.DATA,
        "The codes of a sector; none for one that does not exist.",
        (text("sector", "its name"),),
        (Field("codes", Kind.STRINGS, "as in 600000.SH"),),
    ),
    Message(
        "data_trading_days",
        Flow.DATA,
        "The trading days of a range, those to come included.",
        (integer("first", "yyyymmdd, 0: the first known", 0), integer("last", "yyyymmdd, 0: the present one", 0)),
        (Field("days", Kind.INTS, "yyyymmdd"), integer("day", "the present trading day")),
    ),
    Message("data_holidays", Flow.DATA, "Closed weekdays.", (), (Field("days", Kind.INTS, "yyyymmdd"),)),
    Message(
        "data_divid_factors",
        Flow.DATA,
        "What was paid per share on ex-days up to the present one.",
        (text("stock_code", "as in 600000.SH"),),
        DIVID,
        Shape.ROWS,
    ),
    Message(
        "data_history",
        Flow.DATA,
        "The newest bars or ticks of one code up to now, oldest first: what is complete, and the bar that is growing while "
        "anybody subscribes to it. The synthetic walk goes ex backwards, so there is nothing to adjust in it.",
        (
            text("stock_code", "as in 600000.SH"),
            PERIOD,
            integer("start_ms", "not before, epoch milliseconds", 0),
            integer("end_ms", "not after, 0: now", 0),
            integer("count", "at most so many, -1: all; a part holds 5000", -1),
            text("dividend_type", "none, front, back, front_ratio or back_ratio; for bars", "none"),
        ),
        (*COLUMNS, flag("more", "there are older ones; ask again for those before the first of these")),
    ),
    Message(
        "data_subscribe",
        Flow.DATA,
        "Receive a `push_quote` whenever one of these changes; of bars the one that is growing.",
        (CODES, PERIOD),
        (integer("result", "0, or -1"), text("error_msg", "why not", "")),
    ),
    Message(
        "data_unsubscribe",
        Flow.DATA,
        "Receive them no longer.",
        (CODES, PERIOD),
        (integer("result", "0, or -1: not subscribed"), text("error_msg", "why not", "")),
    ),
    Message(
        "push_quote",
        Flow.PUSH,
        "Quotes changed: their ticks, or with another period their growing bars: `stock_code` and the fields of a bar.",
        (PERIOD, Field("rows", Kind.ROWS, "as `data_full_tick` gives them, or: stock_code, " + ", ".join(f.name for f in BAR))),
        by_client=False,
    ),
    # -- operator ---------------------------------------------------------------------------------------------------------
)
