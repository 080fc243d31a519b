# coding: utf-8
"""市价扫单: when the asks of five levels are thin against the bids, take them with a market order; leave the next day."""
from xtquant import xtconstant, xtdata
from xtquant.xttrader import XtQuantTrader, XtQuantTraderCallback
from xtquant.xttype import StockAccount

CODES, MOST = ["600000.SH", "000001.SZ"], 20000
SWEEP = {"SH": xtconstant.MARKET_SH_CONVERT_5_CANCEL, "SZ": xtconstant.MARKET_SZ_CONVERT_5_CANCEL}

account = StockAccount("1000000365")


class Log(XtQuantTraderCallback):
    def on_stock_trade(self, trade):
        print("took", trade.stock_code, trade.traded_volume, "at", trade.traded_price)

    def on_order_stock_async_response(self, response):
        if response.order_id < 0:
            print("not taken:", response.error_msg)


trader = XtQuantTrader(r"D:\QMT\userdata_mini", 107, Log())


def on_tick(datas):
    for code, ticks in datas.items():
        tick = ticks[-1]
        bids, asks = sum(tick["bidVol"]), sum(tick["askVol"])
        if not asks or bids < 2.5 * asks:
            continue
        position = trader.query_stock_position(account, code)
        room = MOST - (position.volume if position else 0)
        volume = min(tick["askVol"][0] * 100, room)
        if volume >= 100:
            protect = round(tick["askPrice"][0] + 0.03, 2)
            kind = SWEEP[code[-2:]]
            trader.order_stock_async(account, code, xtconstant.STOCK_BUY, volume, kind, protect, "sweeper", "thin asks")


trader.start()
assert trader.connect() == 0 and trader.subscribe(account) == 0
for code in CODES:
    xtdata.subscribe_quote(code, "tick", callback=on_tick)
xtdata.run()
