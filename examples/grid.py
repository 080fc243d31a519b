# coding: utf-8
"""网格: from a first position on, buy a step below the last fill and sell a step above it."""
from xtquant import xtconstant, xtdata
from xtquant.xttrader import XtQuantTrader, XtQuantTraderCallback
from xtquant.xttype import StockAccount

CODE, LOT, STEP = "600000.SH", 1000, 0.04

account = StockAccount("1000000365")


class Grid(XtQuantTraderCallback):
    """After each fill the other order of the pair is cancelled, and a new pair stands around the fill."""

    center = None
    pair = []

    def on_stock_order(self, order):
        if order.order_status == xtconstant.ORDER_SUCCEEDED:
            self.center = order.price
            for other in self.pair:
                if other != order.order_id:
                    trader.cancel_order_stock_async(account, other)
            self.place_pair()

    def on_order_stock_async_response(self, response):
        self.pair.append(response.order_id)

    def on_order_error(self, error):
        print("refused:", error.order_remark, error.error_msg)

    def place_pair(self):
        self.pair = []
        place(xtconstant.STOCK_BUY, self.center - STEP, "below")
        place(xtconstant.STOCK_SELL, self.center + STEP, "above")


def place(side, price, remark):
    trader.order_stock_async(account, CODE, side, LOT, xtconstant.FIX_PRICE, round(price, 2), "grid", remark)


def on_tick(datas):
    """The first quote of a day: orders ended with the day before, so the pair is placed anew."""
    tick = datas[CODE][-1]
    day = xtdata.timetag_to_datetime(tick["time"], "%Y%m%d")
    if tick["openInt"] == 13 and day not in days:
        days.append(day)
        if grid.center is None:
            place(xtconstant.STOCK_BUY, tick["lastPrice"] + STEP, "first")
        else:
            grid.place_pair()


days = []
grid = Grid()
trader = XtQuantTrader(r"D:\QMT\userdata_mini", 102, grid)
trader.start()
assert trader.connect() == 0 and trader.subscribe(account) == 0
xtdata.subscribe_quote(CODE, "tick", callback=on_tick)
trader.run_forever()
