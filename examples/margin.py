# coding=utf-8
"""融资融券: borrow cash for one share and shares of another, look at the debts, repay. It runs unchanged at a real terminal.

    miniqmt-sim serve &
    miniqmt-sim run examples/margin.py
    miniqmt-sim ctl credit show 1208970161
"""
import queue
import sys

from xtquant import xtconstant
from xtquant.xttrader import XtQuantTrader, XtQuantTraderCallback
from xtquant.xttype import StockAccount

FINANCED = "600000.SH"
SHORTED = "000001.SZ"
VOLUME = 1000
SAFE_RATIO = 2.0  # no new debt below a maintenance ratio of 200 %
DONE = (xtconstant.ORDER_SUCCEEDED, xtconstant.ORDER_CANCELED, xtconstant.ORDER_PART_CANCEL, xtconstant.ORDER_JUNK)


class Callback(XtQuantTraderCallback):
    def __init__(self):
        self.ended = queue.Queue()

    def on_stock_order(self, order):
        if order.order_status in DONE:
            self.ended.put((order.order_id, order.order_status))

    def on_order_error(self, order_error):
        print("refused:", order_error.error_msg)


def figures(trader, account):
    detail = trader.query_credit_detail(account)[0]
    ratio = "%.2f%%" % (detail.m_dPerAssurescaleValue * 100) if detail.m_dTotalDebt else "-"
    print("可用保证金 %.2f  维持担保比例 %s  总负债 %.2f  可用资金 %.2f" % (
        detail.m_dEnableBailBalance, ratio, detail.m_dTotalDebt, detail.m_dAvailable))
    return detail


def place(trader, callback, account, code, order_type, volume, price_type=xtconstant.LATEST_PRICE, price=-1):
    """Place an order and wait for its end; its status, or None when it still rests."""
    order_id = trader.order_stock(account, code, order_type, volume, price_type, price, "margin", "example")
    if order_id < 0:
        return None
    while True:
        try:
            ended_id, status = callback.ended.get(timeout=10)
        except queue.Empty:
            trader.cancel_order_stock(account, order_id)
            return None
        if ended_id == order_id:
            return status


def main(path, account_id):
    callback = Callback()
    trader = XtQuantTrader(path, 20260101, callback)
    trader.start()
    account = StockAccount(account_id, "CREDIT")
    if trader.connect() != 0 or trader.subscribe(account) != 0:
        return "no connection"
    trader.set_relaxed_response_order_enabled(True)
    ratios = {subject.instrument_id: subject for subject in trader.query_credit_subjects(account)}
    lendable = {code.instrument_id: code.enable_amount for code in trader.query_credit_slo_code(account)}
    if figures(trader, account).m_dPerAssurescaleValue >= SAFE_RATIO:
        print("融资买入", FINANCED, "保证金比例", ratios[FINANCED[:6]].fin_ratio)
        place(trader, callback, account, FINANCED, xtconstant.CREDIT_FIN_BUY, VOLUME)
    if lendable.get(SHORTED[:6], 0) >= VOLUME:
        print("融券卖出", SHORTED, "保证金比例", ratios[SHORTED[:6]].slo_ratio)
        place(trader, callback, account, SHORTED, xtconstant.CREDIT_SLO_SELL, VOLUME)
    figures(trader, account)
    for compact in trader.query_stk_compacts(account):
        kind = "融资" if compact.compact_type == 48 else "融券"
        print("合约", compact.compact_id, kind, compact.instrument_id, compact.real_compact_balance, compact.real_compact_vol,
              "息费", compact.real_compact_fare, "到期", compact.ret_end_date)
    owed = figures(trader, account).m_dFinDebt
    if owed:
        # 直接还款: order_volume is the amount in yuan; the code does not matter
        place(trader, callback, account, FINANCED, xtconstant.CREDIT_DIRECT_CASH_REPAY, round(owed, 2), xtconstant.FIX_PRICE, 0)
    figures(trader, account)
    trader.stop()
    return None


if __name__ == "__main__":
    sys.exit(main(r"D:\迅投极速交易终端\userdata_mini", sys.argv[1] if len(sys.argv) > 1 else "1208970161"))
