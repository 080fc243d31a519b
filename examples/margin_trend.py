# coding: utf-8
"""融资: in an uptrend buy with borrowed money as far as the quota reaches, and sell to repay when the trend breaks."""
from xtquant import xtconstant, xtdata
from xtquant.xttrader import XtQuantTrader, XtQuantTraderCallback
from xtquant.xttype import StockAccount

CODE, DAYS, VOLUME = "600000.SH", 2, 5000

account = StockAccount("1208970161", "CREDIT")


class Log(XtQuantTraderCallback):
    def on_order_error(self, error):
        print("refused:", error.error_msg)


trader = XtQuantTrader(r"D:\QMT\userdata_mini", 110, Log())
done = set()


def on_quotes(datas):
    tick = datas[CODE]
    day, clock = xtdata.timetag_to_datetime(tick["time"], "%Y%m%d %H%M").split()
    if clock < "0945" or day in done:
        return
    done.add(day)
    closes = list(xtdata.get_market_data_ex(["close"], [CODE], "1d", count=DAYS, dividend_type="front")[CODE]["close"])
    if len(closes) < DAYS:
        return
    mean, price = sum(closes) / DAYS, tick["lastPrice"]
    detail = trader.query_credit_detail(account)[0]
    position = trader.query_stock_position(account, CODE)
    if price > mean and detail.m_dEnableBailBalance > price * VOLUME:
        order(xtconstant.CREDIT_FIN_BUY, VOLUME, price + 0.03, "borrow")
    elif price < mean and position and position.can_use_volume:
        order(xtconstant.CREDIT_SELL_SECU_REPAY, position.can_use_volume, price - 0.03, "repay")


def order(kind, volume, price, remark):
    trader.order_stock(account, CODE, kind, volume, xtconstant.FIX_PRICE, round(price, 2), "margin_trend", remark)


trader.start()
assert trader.connect() == 0 and trader.subscribe(account) == 0
xtdata.subscribe_whole_quote([CODE], on_quotes)
xtdata.run()
