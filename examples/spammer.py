# coding: utf-8
"""频繁报撤: an order with every quote and a cancel with the next one, to see what a counter makes of it."""
from xtquant import xtconstant, xtdata
from xtquant.xttrader import XtQuantTrader, XtQuantTraderCallback
from xtquant.xttype import StockAccount

CODE, QUOTES = "600000.SH", 600

account = StockAccount("1000000365")


class Count(XtQuantTraderCallback):
    def __init__(self):
        self.last, self.orders, self.cancelled, self.refused = None, 0, 0, 0

    def on_order_stock_async_response(self, response):
        self.last, self.orders = response.order_id, self.orders + 1

    def on_stock_order(self, order):
        self.cancelled += order.order_status == xtconstant.ORDER_CANCELED

    def on_order_error(self, error):
        self.refused += 1

    def on_cancel_error(self, error):
        self.refused += 1


count = Count()
trader = XtQuantTrader(r"D:\QMT\userdata_mini", 109, count)


def on_tick(datas):
    if count.orders >= QUOTES:
        return
    tick = datas[CODE][-1]
    if count.last:
        trader.cancel_order_stock_async(account, count.last)
    price = tick["bidPrice"][4] or round(tick["lastPrice"] - 0.05, 2)
    trader.order_stock_async(account, CODE, xtconstant.STOCK_BUY, 100, xtconstant.FIX_PRICE, price, "spammer", "")


trader.start()
assert trader.connect() == 0 and trader.subscribe(account) == 0
xtdata.subscribe_quote(CODE, "tick", callback=on_tick)
xtdata.run()
