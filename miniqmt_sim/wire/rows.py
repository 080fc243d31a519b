"""Rows of answers and pushes, field by field: the SDK's objects, and what an operator is shown."""

from __future__ import annotations

from typing import Final

from miniqmt_sim.wire.fields import Field, Kind, flag, integer, levels, number, text

ACCOUNT: Final = (
    integer("account_type", "2 stock, 3 credit"),
    text("account_id", "account number"),
)

# ---- rows: the SDK's objects, field by field --------------------------------------------------------------------------

ASSET: Final = (
    *ACCOUNT,
    number("cash", "available cash"),
    number("frozen_cash", "frozen by open orders"),
    number("market_value", "positions at the last price"),
    number("total_asset", "cash + frozen cash + market value"),
    number("fetch_balance", "cash that may be withdrawn today (可取)"),
    number("current_balance", "cash balance, frozen included"),
)
ORDER: Final = (
    *ACCOUNT,
    text("stock_code", "as in 600000.SH"),
    integer("order_id", "unique for good"),
    text("order_sysid", "the counter's number; empty until acknowledged, xt + order_id when refused"),
    integer("order_time", "epoch seconds"),
    integer("order_type", "23 buy, 24 sell …"),
    integer("order_volume", "volume asked for"),
    integer("price_type", "the broker's enumeration: 50 limit, 88 best five …"),
    number("price", "limit price"),
    integer("traded_volume", "filled so far"),
    number("traded_price", "average over the fills, 0 without"),
    integer("order_status", "48–57"),
    text("status_msg", "reason of a refusal, else empty"),
    text("strategy_name", "as given"),
    text("order_remark", "as given"),
    integer("direction", "48 for stocks"),
    integer("offset_flag", "48 buy, 49 sell"),
    text("secu_account", "shareholder account"),
    text("instrument_name", "name of the security"),
)
TRADE: Final = (
    *ACCOUNT,
    text("stock_code", "as in 600000.SH"),
    integer("order_type", "of its order"),
    text("traded_id", "16 digits"),
    integer("traded_time", "epoch seconds"),
    number("traded_price", "price of this fill"),
    integer("traded_volume", "volume of this fill"),
    number("traded_amount", "price × volume"),
    integer("order_id", "its order"),
    text("order_sysid", "its order"),
    text("strategy_name", "of its order"),
    text("order_remark", "of its order"),
    integer("direction", "48 for stocks"),
    integer("offset_flag", "48 buy, 49 sell"),
    number("commission", "all fees charged on this fill"),
    text("secu_account", "shareholder account"),
    text("instrument_name", "name of the security"),
)
POSITION: Final = (
    *ACCOUNT,
    text("stock_code", "as in 600000.SH"),
    integer("volume", "held"),
    integer("can_use_volume", "may be sold now"),
    number("open_price", "average price of the purchases"),
    number("market_value", "volume × last price"),
    integer("frozen_volume", "in open sell orders"),
    integer("on_road_volume", "bought today, not yet sellable"),
    integer("yesterday_volume", "held at the day's start"),
    number("avg_price", "cost per share, fees in and gains of sales out"),
    integer("direction", "48 for stocks"),
    number("last_price", "last price of the security"),
    number("profit_rate", "float_profit ÷ cost, 0.01 is one per cent"),
    number("float_profit", "market value − cost"),
    number("position_profit", "the same by opening price"),
    text("open_date", "yyyymmdd the position was opened"),
    text("secu_account", "shareholder account"),
    text("instrument_name", "name of the security"),
)
ACCOUNT_INFO: Final = (
    *ACCOUNT,
    integer("broker_type", "same as account_type"),
    integer("platform_id", "number of the counter"),
    integer("account_classification", "0"),
    integer("login_status", "account status"),
    text("broker_id", "broker"),
    text("broker_name", "broker"),
    integer("product_id", "0"),
    text("product_code", "empty"),
    text("product_name", "empty"),
)
ACCOUNT_STATUS: Final = (*ACCOUNT, integer("status", "account status"))

PURCHASE_LIMIT: Final = (
    text("new_purchase_limit_key", "KCB, SH or SZ"),
    integer("new_purchase_limit_value", "shares that may be subscribed for"),
)
IPO_DATA: Final = (
    text("ipo_code", "subscription code, as in 787001.SH"),
    text("ipo_name", "name of the issue"),
    text("ipo_type", "STOCK or BOND"),
    integer("max_purchase_num", "most that one account may subscribe for, shares or 张"),
    integer("min_purchase_num", "least"),
    text("purchase_date", "yyyymmdd"),
    number("issue_price", "the price of a subscription"),
)

# ---- operator rows -----------------------------------------------------------------------------------------------------

CLOCK: Final = (
    text("now", "YYYY-MM-DDTHH:MM:SS.mmm, China time"),
    integer("now_ms", "epoch milliseconds"),
    integer("day", "trading day, yyyymmdd"),
    text("phase", "phase of a main-board stock"),
    text("hours", "always or exchange"),
    text("clock", "system or manual"),
)
WOKEN: Final = (text("now", "YYYY-MM-DDTHH:MM:SS.mmm, China time"), integer("day", "trading day, yyyymmdd"))
QUOTE: Final = (
    text("stock_code", "as in 600000.SH"),
    text("name", "name of the security"),
    number("last_price", "last price"),
    number("pre_close", "previous close"),
    levels("bids", "best first"),
    levels("asks", "best first"),
)

SECURITY: Final = (
    text("stock_code", "as in 600000.SH"),
    text("name", "name of the security"),
    text("board", "SH_MAIN, STAR, SZ_MAIN, CHINEXT, SH_FUND, SZ_FUND, SH_BOND, SZ_BOND"),
    text("tags", "what holds today: st, limit20, t0, suspended, nolimit"),
    text("phase", "its phase now"),
    number("pre_close", "the day's reference price"),
    number("up_limit", "daily limit, 0: none"),
    number("down_limit", "daily limit, 0: none"),
    number("last_price", "last price"),
    number("open", "opening price, 0: none yet"),
    number("high", "highest trade"),
    number("low", "lowest trade"),
    integer("volume", "traded here today"),
)
BOOK: Final = (
    *SECURITY,
    levels("bids", "what rests in the book: house and users, best first, ten levels"),
    levels("asks", "likewise"),
    levels("quoted_bids", "what the newest quote shows; the house puts it into the book when an account's order comes"),
    levels("quoted_asks", "likewise"),
    integer("users", "orders of accounts in the book"),
    number("indicative_price", "in a call auction: the price it would give now; 0: none"),
    integer("indicative_volume", "volume that would trade"),
    integer("surplus", "what would be left at that price: positive to buy, negative to sell"),
)

CORPORATE: Final = (
    text("stock_code", "as in 600000.SH"),
    text("name", "name of the security"),
    integer("ex_day", "yyyymmdd"),
    integer("record_day", "yyyymmdd; 0: the trading day before"),
    number("cash", "yuan per share, before tax"),
    number("bonus", "bonus shares (送) per share held"),
    number("transfer", "transfer shares (转) per share held"),
    number("rights", "shares that may be bought per share held"),
    number("rights_price", "their price"),
    text("subscribe", "who takes rights up: all, - or account ids"),
    flag("done", "the ex-day has begun"),
)

BANK_INFO: Final = (
    flag("success", "true"),
    text("error_msg", "empty"),
    text("money_type", "0: RMB"),
    text("bank_no", "number of the bank"),
    text("bank_account", "the account there"),
    text("bank_name", "name of the bank"),
)
BANK_AMOUNT: Final = (
    flag("success", "false: see error_msg"),
    text("error_msg", "why not"),
    text("account_id", "account number"),
    text("bank_account", "the account at the bank"),
    text("money_type", "0: RMB"),
    number("balance", "money there"),
    number("enable_balance", "of it to be transferred"),
)
BANK_TRANSFER_STREAM: Final = (
    flag("success", "true"),
    text("error_msg", "empty"),
    text("date", "yyyymmdd"),
    text("time", "HH:MM:SS"),
    text("transfer_no", "number of the transfer"),
    text("transfer_direction", "1 from the bank, 2 to it"),
    text("bank_no", "number of the bank"),
    text("bank_name", "name of the bank"),
    text("bank_account", "the account there"),
    text("money_type", "0: RMB"),
    text("account_id", "account number"),
    number("balance", "amount"),
    text("remark", "the direction in words"),
    text("transfer_status", "2: done"),
)
COM_FUND: Final = (
    flag("success", "true"),
    text("error_msg", "empty"),
    text("money_type", "0: RMB"),
    number("current_balance", "cash at the ordinary counter"),
    number("enable_balance", "of it available"),
    number("fetch_balance", "of it to be withdrawn"),
    number("interest", "0"),
    number("asset_balance", "cash and market value there"),
    number("fetch_cash", "same as fetch_balance"),
    number("market_value", "shares there at the last price"),
    number("debt", "0"),
)
COM_POSITION: Final = (
    flag("success", "true"),
    text("error_msg", "empty"),
    text("stock_account", "shareholder account"),
    text("exchange_type", "1 SH, 2 SZ"),
    text("stock_code", "six digits"),
    text("stock_name", "name of the security"),
    number("total_amt", "shares at the ordinary counter"),
    number("enable_amount", "of them available"),
    number("last_price", "last price"),
    number("cost_price", "cost per share"),
    number("income", "market value − cost"),
    number("income_rate", "income ÷ cost, 0.01 is one per cent"),
    number("market_value", "volume × last price"),
    number("cost_balance", "cost of all"),
    integer("bs_on_the_way_vol", "0"),
    integer("pr_enable_vol", "same as enable_amount"),
    text("stock_code1", "as in 600000.SH"),
)
SECU_ACCOUNT: Final = (
    flag("main", "true"),
    text("market", "SH or SZ"),
    text("secu_account", "shareholder account"),
)
TRANSFERRED: Final = (flag("success", "was it done"), text("msg", "why not"))
BANK: Final = (
    text("account_id", "account number"),
    text("bank_no", "number of the bank"),
    text("bank_account", "the account there"),
    text("bank_name", "name of the bank"),
    number("balance", "money there"),
    flag("has_bank_pwd", "money in must say a password"),
    flag("has_fund_pwd", "money out must say a password"),
)
COMPLIANCE: Final = (
    text("account_id", "account number"),
    integer("day", "trading day, yyyymmdd"),
    text("mode", "off, warn or refuse"),
    integer("orders", "sent to the exchanges today"),
    integer("cancels", "likewise"),
    integer("messages", "both together"),
    integer("last_second", "messages of the second that ends now"),
    integer("peak_second", "the most messages in any one second"),
    text("peak_at", "when; empty: never"),
    integer("trades", "fills"),
    integer("self_trades", "fills with the account on both sides"),
    number("cancel_ratio", "cancels ÷ orders, 0 without orders"),
    number("order_trade_ratio", "messages ÷ fills, 0 without fills"),
    Field("thresholds", Kind.STRINGS, "in force today, as in second:300"),
    Field("reached", Kind.STRINGS, "those of them that were reached today"),
)
