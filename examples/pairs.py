# coding: utf-8
"""配对: hold the cheaper of two banks, measured by the spread of their prices against its 60-minute mean."""
import numpy as np

from xtquant import xtconstant, xtdata
from xtquant.xttrader import XtQuantTrader, XtQuantTraderCallback
from xtquant.xttype import StockAccount

LEFT, RIGHT, WINDOW, MONEY = "600000.SH", "000001.SZ", 60, 100000

account = StockAccount("1000000365")
trader = XtQuantTrader(r"D:\QMT\userdata_mini", 106, XtQuantTraderCallback())
state = {"minute": 0}


def on_bar(datas):
    minute = datas[LEFT][-1]["time"]
    if minute == state["minute"]:
        return
    state["minute"] = minute
    closes = xtdata.get_market_data(["close"], [LEFT, RIGHT], "1m", count=WINDOW, dividend_type="front")["close"]
    spread = np.log(closes.loc[LEFT].to_numpy(float)) - np.log(closes.loc[RIGHT].to_numpy(float))
    if len(spread) < WINDOW or np.isnan(spread).any() or spread.std() == 0:
        return
    score = (spread[-1] - spread.mean()) / spread.std()
    if score < -1.5:
        switch(RIGHT, LEFT)
    elif score > 1.5:
        switch(LEFT, RIGHT)


def switch(leave, enter):
    if trader.query_stock_orders(account, cancelable_only=True):
        return
    volumes = {position.stock_code: position for position in trader.query_stock_positions(account)}
    ticks = xtdata.get_full_tick([leave, enter])
    old, new = volumes.get(leave), volumes.get(enter)
    if old and old.can_use_volume:
        price = round(ticks[leave]["lastPrice"] - 0.02, 2)
        trader.order_stock(account, leave, xtconstant.STOCK_SELL, old.can_use_volume, xtconstant.FIX_PRICE, price, "pairs", "leave")
    if not new or not new.volume:
        price = round(ticks[enter]["lastPrice"] + 0.02, 2)
        volume = int(MONEY / price / 100) * 100
        trader.order_stock(account, enter, xtconstant.STOCK_BUY, volume, xtconstant.FIX_PRICE, price, "pairs", "enter")


trader.start()
assert trader.connect() == 0 and trader.subscribe(account) == 0
for code in (LEFT, RIGHT):
    xtdata.subscribe_quote(code, "1m", callback=on_bar if code == LEFT else None)
xtdata.run()
