# coding: utf-8
"""集合竞价: buy in the opening auction above yesterday's close, sell in the closing auction of the day after."""
import time
from datetime import datetime

from xtquant import xtconstant, xtdata
from xtquant.xttrader import XtQuantTrader, XtQuantTraderCallback
from xtquant.xttype import StockAccount

CODE, VOLUME = "600000.SH", 2000

account = StockAccount("1000000365")
trader = XtQuantTrader(r"D:\QMT\userdata_mini", 104, XtQuantTraderCallback())


def buy():
    close = xtdata.get_instrument_detail(CODE)["PreClose"]
    price = round(close * 1.01, 2)
    trader.order_stock(account, CODE, xtconstant.STOCK_BUY, VOLUME, xtconstant.FIX_PRICE, price, "auction", "open")


def sell():
    position = trader.query_stock_position(account, CODE)
    if position and position.can_use_volume:
        price = round(xtdata.get_full_tick([CODE])[CODE]["lastPrice"] * 0.99, 2)
        volume = position.can_use_volume
        trader.order_stock(account, CODE, xtconstant.STOCK_SELL, volume, xtconstant.FIX_PRICE, price, "auction", "close")


def wait_until(clock):
    """Sleep until a time of this day; a time that has passed is not waited for."""
    now = datetime.now()
    target = datetime.strptime(clock, "%H:%M").replace(year=now.year, month=now.month, day=now.day)
    if target > now:
        time.sleep((target - now).total_seconds())


trader.start()
assert trader.connect() == 0 and trader.subscribe(account) == 0
while True:
    today = datetime.now().strftime("%Y%m%d")
    if today in xtdata.get_trading_calendar("SH", today, today):
        wait_until("09:16")
        buy()
        wait_until("14:58")
        sell()
    wait_until("23:59")
    time.sleep(120)
