# coding: utf-8
"""均线交叉: hold what has its 5-minute average above its 20-minute average, sell it when it falls below."""
from xtquant import xtconstant, xtdata
from xtquant.xttrader import XtQuantTrader, XtQuantTraderCallback
from xtquant.xttype import StockAccount

CODES = ["600000.SH", "000001.SZ", "300750.SZ"]
FAST, SLOW, MONEY = 5, 20, 50000

account = StockAccount("1000000365")
trader = XtQuantTrader(r"D:\QMT\userdata_mini", 101, XtQuantTraderCallback())
seen = {}


def on_bar(datas):
    for code, bars in datas.items():
        if seen.get(code) == bars[-1]["time"]:
            continue  # the same minute, a little older
        seen[code] = bars[-1]["time"]
        look_at(code)


def look_at(code):
    bars = xtdata.get_market_data_ex(["close"], [code], "1m", count=SLOW + 1)[code]
    closes = list(bars["close"])[:-1]  # the last minute may still be growing
    if len(closes) < SLOW:
        return
    fast, slow = sum(closes[-FAST:]) / FAST, sum(closes) / SLOW
    if any(order.stock_code == code for order in trader.query_stock_orders(account, cancelable_only=True)):
        return
    position = trader.query_stock_position(account, code)
    held = position.volume if position else 0
    price = closes[-1]
    if fast > slow and not held:
        volume = int(MONEY / price / 200 + 1) * 200
        trader.order_stock(account, code, xtconstant.STOCK_BUY, volume, xtconstant.FIX_PRICE, price, "ma_cross", "up")
    elif fast < slow and held and position.can_use_volume == held:
        trader.order_stock(account, code, xtconstant.STOCK_SELL, held, xtconstant.FIX_PRICE, price, "ma_cross", "down")


trader.start()
assert trader.connect() == 0 and trader.subscribe(account) == 0
for code in CODES:
    xtdata.download_history_data(code, "1m")
    xtdata.subscribe_quote(code, "1m", callback=on_bar)
xtdata.run()
