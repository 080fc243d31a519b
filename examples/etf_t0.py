# coding: utf-8
"""ETF 日内: keep a base position, and around the day's average sell high and buy back low, flat against the base by the close."""
from xtquant import xtconstant, xtdata
from xtquant.xttrader import XtQuantTrader, XtQuantTraderCallback
from xtquant.xttype import StockAccount

CODE, BASE, LOT, AWAY = "510300.SH", 20000, 5000, 0.003

account = StockAccount("1000000365")
trader = XtQuantTrader(r"D:\QMT\userdata_mini", 105, XtQuantTraderCallback())
state = {"minute": 0, "open": 0}


def on_bar(datas):
    bar = datas[CODE][-1]
    if bar["time"] == state["minute"]:
        return
    state["minute"] = bar["time"]
    tick = xtdata.get_full_tick([CODE])[CODE]
    if tick["pvolume"] == 0:
        return
    position = trader.query_stock_position(account, CODE)
    held = position.volume if position else 0
    usable = position.can_use_volume if position else 0
    price, average = tick["lastPrice"], tick["amount"] / tick["pvolume"]
    late = xtdata.timetag_to_datetime(bar["time"], "%H%M") >= "1450"
    if held < BASE and (late or price < average * (1 - AWAY) or not usable):
        order(xtconstant.STOCK_BUY, min(LOT, BASE - held), price + 0.002)
    elif not late and price > average * (1 + AWAY) and usable >= LOT and held > BASE - LOT:
        order(xtconstant.STOCK_SELL, LOT, price - 0.002)


def order(side, volume, price):
    open_orders = trader.query_stock_orders(account, cancelable_only=True)
    if not open_orders:
        trader.order_stock(account, CODE, side, volume, xtconstant.FIX_PRICE, round(price, 3), "etf_t0", "")


trader.start()
assert trader.connect() == 0 and trader.subscribe(account) == 0
xtdata.subscribe_quote(CODE, "1m", callback=on_bar)
xtdata.run()
