# coding: utf-8
"""调仓: at 10:00 of every trading day bring every stock to the same value, sales first."""
from xtquant import xtconstant, xtdata
from xtquant.xttrader import XtQuantTrader, XtQuantTraderCallback
from xtquant.xttype import StockAccount

CODES = ["600000.SH", "000001.SZ", "300750.SZ", "510300.SH"]
SHARE = 0.2  # of all money, each

account = StockAccount("1000000365")
trader = XtQuantTrader(r"D:\QMT\userdata_mini", 108, XtQuantTraderCallback())
done = set()


def on_quotes(datas):
    newest = max(tick["time"] for tick in datas.values())
    day, clock = xtdata.timetag_to_datetime(newest, "%Y%m%d %H%M").split()
    if clock >= "1000" and day not in done:
        done.add(day)
        rebalance()


def rebalance():
    total = trader.query_stock_asset(account).total_asset
    held = {position.stock_code: position for position in trader.query_stock_positions(account)}
    ticks = xtdata.get_full_tick(CODES)
    wishes = []
    for code in CODES:
        price = ticks[code]["lastPrice"]
        have = held[code].volume if code in held else 0
        wishes.append((int(total * SHARE / price / 100) * 100 - have, code, price))
    for change, code, price in sorted(wishes):  # sales first: their money can be used at once
        if change < 0:
            volume = min(-change, held[code].can_use_volume)
            place(xtconstant.STOCK_SELL, code, volume, price * 0.995)
        else:
            place(xtconstant.STOCK_BUY, code, change, price * 1.005)


def place(side, code, volume, price):
    digits = 3 if xtdata.get_instrument_type(code).get("etf") else 2
    if volume >= 100:
        trader.order_stock(account, code, side, volume, xtconstant.FIX_PRICE, round(price, digits), "rebalance", "")


trader.start()
assert trader.connect() == 0 and trader.subscribe(account) == 0
xtdata.subscribe_whole_quote(CODES, on_quotes)
xtdata.run()
