# coding: utf-8
"""打板: buy what comes near its daily limit, queue at the limit itself; sell the next day at the open."""
from xtquant import xtconstant, xtdata
from xtquant.xttrader import XtQuantTrader, XtQuantTraderCallback
from xtquant.xttype import StockAccount

NEAR, MONEY = 0.915, 100000  # of the limit: one per cent up is near enough for a quiet market

account = StockAccount("1000000365")


class Log(XtQuantTraderCallback):
    def on_stock_trade(self, trade):
        print(trade.stock_code, trade.order_remark, trade.traded_volume, trade.traded_price)


trader = XtQuantTrader(r"D:\QMT\userdata_mini", 103, Log())
limits, chased, sold = {}, set(), set()


def on_quotes(datas):
    for code, tick in datas.items():
        day = xtdata.timetag_to_datetime(tick["time"], "%Y%m%d")
        if (day, code) not in limits:
            limits[day, code] = xtdata.get_instrument_detail(code)["UpStopPrice"]
        if tick["openInt"] != 13:
            continue  # not in continuous trading
        sell_yesterdays(day, code, tick)
        chase(day, code, tick, limits[day, code])


def chase(day, code, tick, limit):
    if tick["lastPrice"] >= NEAR * limit and (day, code) not in chased:
        chased.add((day, code))
        price = min(limit, round(tick["lastPrice"] * 1.015, 2))  # within the price cage
        volume = int(MONEY / price / 200) * 200
        trader.order_stock(account, code, xtconstant.STOCK_BUY, volume, xtconstant.FIX_PRICE, price, "limit_up", "chase")


def sell_yesterdays(day, code, tick):
    if (day, code) in sold:
        return
    sold.add((day, code))
    position = trader.query_stock_position(account, code)
    if position and position.can_use_volume:
        price = tick["bidPrice"][-1] or tick["lastPrice"]
        volume = position.can_use_volume
        trader.order_stock(account, code, xtconstant.STOCK_SELL, volume, xtconstant.FIX_PRICE, price, "limit_up", "leave")


trader.start()
assert trader.connect() == 0 and trader.subscribe(account) == 0
xtdata.subscribe_whole_quote(xtdata.get_stock_list_in_sector("沪深A股"), on_quotes)
xtdata.run()
