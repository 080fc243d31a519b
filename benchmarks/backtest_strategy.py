"""The strategy of the back-test benchmark as a user writes it for xtquant: two moving averages, told bar by bar."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from backtest_peers import VOLUME, Average, Crossings
from xtquant import xtconstant, xtdata
from xtquant.xttrader import XtQuantTrader, XtQuantTraderCallback
from xtquant.xttype import StockAccount

PERIOD = "1m"

trader = XtQuantTrader(r"D:\QMT\userdata_mini", 1)
trader.register_callback(XtQuantTraderCallback())
trader.start()
assert trader.connect() == 0
account = StockAccount("1000000365")
codes = xtdata.get_stock_list_in_sector("沪深A股") + xtdata.get_stock_list_in_sector("沪深ETF")
averages = {code: Average() for code in codes}
held = dict.fromkeys(codes, False)
crossings = Crossings()


def on_data(datas):
    for code, rows in datas.items():
        for row in rows:
            price = row["close"] if PERIOD == "1m" else row["lastPrice"]
            sign = averages[code].crossed(price)
            if sign:
                crossings.note(code, averages[code].rows, sign)
                if sign > 0 and not held[code]:
                    held[code] = True
                    trader.order_stock_async(account, code, xtconstant.STOCK_BUY, VOLUME, xtconstant.FIX_PRICE, price)
                elif sign < 0 and held[code]:
                    held[code] = False
                    trader.order_stock_async(account, code, xtconstant.STOCK_SELL, VOLUME, xtconstant.FIX_PRICE, price)


for code in codes:
    xtdata.subscribe_quote(code, PERIOD, callback=on_data)
try:
    trader.run_forever()
finally:
    print(crossings.told())
