"""Every refusal of an order, a cancel or a transfer: its code and its text, in the form that counters use.

``[COUNTER][code][reason][figures]``: the code stands in the text, ``error_id`` is always -61. Texts and codes with a source
were seen in the wild (exchange-rules §13.2, §13.3); those marked "ours" follow their form. The order of the table is the
order of precedence: the first that applies is the one that is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple

from matching.checks import Reason


class Refusals(StrEnum):
    """Refusals beyond the static checks of ``matching.checks.Reason``."""

    ACCOUNT_STATUS = "account_status"
    ORDER_TYPE_ACCOUNT = "order_type_account"
    TOO_FREQUENT = "too_frequent"
    NO_SUCH_CODE = "no_such_code"
    CODE_NOT_SIMULATED = "code_not_simulated"
    IPO_SIDE = "ipo_side"
    IPO_PRICE = "ipo_price"
    IPO_LOT = "ipo_lot"
    IPO_RANGE = "ipo_range"
    IPO_QUOTA = "ipo_quota"
    CASH = "cash"
    SHARES = "shares"
    CANCEL_UNKNOWN = "cancel_unknown"
    CANCEL_FINAL = "cancel_final"
    CANCEL_SUBSCRIPTION = "cancel_subscription"
    CANCEL_PHASE = "cancel_phase"


class TransferRefusals(StrEnum):
    """Refusals of transfers: between bank and account, and between the ordinary counter and the fast one."""

    TRANSFER_ACCOUNT_STATUS = "transfer_account_status"
    TRANSFER_DIRECTION = "transfer_direction"
    TRANSFER_NODE = "transfer_node"
    TRANSFER_TYPE = "transfer_type"
    TRANSFER_SPECIAL = "transfer_special"
    TRANSFER_CREDIT = "transfer_credit"
    TRANSFER_CODE = "transfer_code"
    TRANSFER_COLLATERAL = "transfer_collateral"
    TRANSFER_LINE = "transfer_line"
    TRANSFER_FINANCED = "transfer_financed"
    TRANSFER_SURPLUS = "transfer_surplus"
    BANK_UNKNOWN = "bank_unknown"
    BANK_PASSWORD = "bank_password"
    FUND_PASSWORD = "fund_password"
    TRANSFER_AMOUNT = "transfer_amount"
    TRANSFER_VOLUME = "transfer_volume"
    BANK_BALANCE = "bank_balance"
    WITHDRAWABLE = "withdrawable"
    ORDINARY_CASH = "ordinary_cash"
    ORDINARY_SHARES = "ordinary_shares"
    TRANSFER_SHARES = "transfer_shares"


class CreditRefusals(StrEnum):
    """Refusals of orders by the rules of margin trading."""

    CALLED = "called"
    TOO_MANY_COMPACTS = "too_many_compacts"
    NOT_COLLATERAL = "not_collateral"
    COLLATERAL_SUSPENDED = "collateral_suspended"
    NOT_FIN_TARGET = "not_fin_target"
    FIN_SUSPENDED = "fin_suspended"
    NOT_SLO_TARGET = "not_slo_target"
    SLO_SUSPENDED = "slo_suspended"
    SLO_MARKET_ORDER = "slo_market_order"
    SLO_LOT = "slo_lot"
    UPTICK = "uptick"
    FINANCED_SALE = "financed_sale"
    NO_CASH_DEBT = "no_cash_debt"
    NO_SHARE_DEBT = "no_share_debt"
    RETURN_VOLUME = "return_volume"
    NO_LENDABLE = "no_lendable"
    FIN_QUOTA = "fin_quota"
    SLO_QUOTA = "slo_quota"
    CONCENTRATION = "concentration"
    MARGIN = "margin"


class LendingRefusals(StrEnum):
    """Refusals of securities lending (约券)."""

    APPOINT_ACCOUNT = "appoint_account"
    APPOINT_CODE = "appoint_code"
    APPOINT_DAYS = "appoint_days"
    APPOINT_VOLUME = "appoint_volume"
    APPOINT_BEGIN = "appoint_begin"
    APPOINT_RATE = "appoint_rate"
    APPOINT_STOCK = "appoint_stock"
    APPOINTMENT_UNKNOWN = "appointment_unknown"
    APPOINTMENT_BEGUN = "appointment_begun"
    APPOINT_RETURN = "appoint_return"
    APPOINT_RENEWALS = "appoint_renewals"
    TOO_MANY_APPOINTMENTS = "too_many_appointments"


class RefusalRow(NamedTuple):
    """One entry. ``figures`` is a format string over the named figures, empty when the text has none."""

    reason: str
    code: str
    text: str
    figures: str
    refused_by: str
    source: str


REFUSALS: Final[Mapping[str, RefusalRow]] = {
    row.reason: row
    for row in (
        RefusalRow(Refusals.ACCOUNT_STATUS, "120103", "资金账户状态异常", "fund_account={account_id},status={status}", "counter", "ours"),
        RefusalRow(Refusals.ORDER_TYPE_ACCOUNT, "11000309", "委托类型与账户类型不符", "order_type={order_type}", "counter", "XTP 11000309"),
        RefusalRow(
            Refusals.TOO_FREQUENT, "1238", "委托过于频繁", "measure={measure},limit_count={messages}", "counter", "OES 1238",
        ),
        RefusalRow(Refusals.NO_SUCH_CODE, "-990221020", "无此证券代码", "stock_code={stock_code}", "counter", "§13.2"),
        RefusalRow(Refusals.CODE_NOT_SIMULATED, "11000306", "该证券品种暂不支持", "stock_code={stock_code}", "counter", "XTP 11000306"),
        RefusalRow(Reason.PHASE, "12313", "当前时间不允许此类证券交易", "", "counter", "§13.2"),
        RefusalRow(Reason.SUSPENDED, "11010051", "证券停牌", "stock_code={stock_code}", "counter", "XTP 11010051"),
        RefusalRow(Reason.PRICE_TYPE_VENUE, "11010115", "该市场不支持此报价类型", "price_type={price_type}", "counter", "XTP 11010115"),
        RefusalRow(Reason.PRICE_TYPE_BOARD, "11000551", "该证券不支持此市价委托", "price_type={price_type}", "counter", "XTP 11000551"),
        RefusalRow(Reason.PRICE_TYPE_PHASE, "1224", "当前交易阶段不支持此报价类型", "price_type={price_type}", "counter", "OES 1224"),
        RefusalRow(Reason.PRICE_TYPE_FREE_DAY, "1249", "无涨跌幅限制证券不支持市价委托", "price_type={price_type}", "counter", "OES 1249"),
        RefusalRow(Reason.PROTECTIVE_PRICE, "1223", "市价委托须填写保护限价", "price_type={price_type}", "counter", "OES 1223"),
        RefusalRow(Reason.TICK, "1222", "委托价格不符合最小变动价位", "entrust_price={price},price_step={tick}", "counter", "OES 1222"),
        RefusalRow(
            Reason.PRICE_ABOVE_LIMIT, "-990265060", "委托价格超过涨停价格", "entrust_price={price},up_price={limit}", "counter", "§13.2"
        ),
        RefusalRow(
            Reason.PRICE_BELOW_LIMIT, "-990265060", "委托价格低于跌停价格", "entrust_price={price},down_price={limit}", "counter", "§13.2"
        ),
        RefusalRow(
            Reason.VOLUME_BOUNDS, "120156", "最高委托数量，最低委托数量合法性校验失败",
            "p_entrust_amount={volume:.2f},p_high_amount={high:.2f},p_low_amount={low:.2f}", "counter", "§13.2",
        ),
        RefusalRow(Reason.LOT, "-150904070", "委托数量必须是每手股(张)数的倍数", "p_entrust_amount={volume:.2f},lot={step}", "counter", "§13.2"),
        RefusalRow(Refusals.IPO_SIDE, "11000310", "新股申购代码只能买入", "stock_code={stock_code}", "counter", "XTP 11000310 (code)"),
        RefusalRow(
            Refusals.IPO_PRICE, "11010112", "申购价格必须为发行价", "entrust_price={price},issue_price={issue_price}", "counter",
            "XTP 11010112 (code)",
        ),
        RefusalRow(
            Refusals.IPO_LOT, "11010411", "申购数量必须是申购单位的整数倍", "p_entrust_amount={volume:.2f},lot={step}", "counter",
            "XTP 11010411 (code)",
        ),
        RefusalRow(
            Refusals.IPO_RANGE, "11010412", "申购数量超出上下限",
            "p_entrust_amount={volume:.2f},p_high_amount={high:.2f},p_low_amount={low:.2f}", "counter", "XTP 11010412 (code)",
        ),
        RefusalRow(
            Refusals.IPO_QUOTA, "11010413", "申购数量超出可申购额度", "p_entrust_amount={volume:.2f},quota={quota}", "counter",
            "XTP 11010413 (code)",
        ),
        RefusalRow(
            CreditRefusals.CALLED, "11010508", "维持担保比例低于追保线，只能了结负债", "ratio={ratio},line={line}", "counter",
            "XTP 11010508 (code)",
        ),
        RefusalRow(CreditRefusals.TOO_MANY_COMPACTS, "11010569", "合约数量已达上限", "limit={most}", "counter", "ours"),
        RefusalRow(CreditRefusals.NOT_COLLATERAL, "11010502", "该证券不是可充抵保证金证券", "stock_code={stock_code}", "counter", "ours"),
        RefusalRow(CreditRefusals.COLLATERAL_SUSPENDED, "11010503", "该证券已暂停充抵保证金", "stock_code={stock_code}", "counter", "ours"),
        RefusalRow(CreditRefusals.NOT_FIN_TARGET, "11010562", "该证券不是融资标的", "stock_code={stock_code}", "counter", "ours"),
        RefusalRow(CreditRefusals.FIN_SUSPENDED, "11010565", "该证券已暂停融资买入", "stock_code={stock_code}", "counter", "ours"),
        RefusalRow(
            CreditRefusals.NOT_SLO_TARGET, "11010563", "该证券不是融券标的", "stock_code={stock_code}", "counter", "XTP 11010563 (code)"
        ),
        RefusalRow(CreditRefusals.SLO_SUSPENDED, "11010566", "该证券已暂停融券卖出", "stock_code={stock_code}", "counter", "ours"),
        RefusalRow(
            CreditRefusals.SLO_MARKET_ORDER, "11010115", "融券卖出不支持市价订单", "price_type={price_type}", "counter",
            "SSE IS122 (text)",
        ),
        RefusalRow(CreditRefusals.SLO_LOT, "-150904070", "融券卖出数量必须是每手股(张)数的倍数", "p_entrust_amount={volume:.2f},lot={step}", "counter", "ours"),
        RefusalRow(
            CreditRefusals.UPTICK, "11010567", "融券卖出价格不得低于最近成交价", "entrust_price={price},last_price={limit}", "counter", "ours"
        ),
        RefusalRow(CreditRefusals.FINANCED_SALE, "11010568", "融资买入的证券请使用卖券还款", "stock_code={stock_code}", "counter", "ours"),
        RefusalRow(CreditRefusals.NO_CASH_DEBT, "11010550", "没有可归还的融资负债", "cashgroup_prop={source}", "counter", "ours"),
        RefusalRow(
            CreditRefusals.NO_SHARE_DEBT, "11010551", "没有可归还的融券负债", "stock_code={stock_code},cashgroup_prop={source}",
            "counter", "ours",
        ),
        RefusalRow(
            CreditRefusals.RETURN_VOLUME, "11010554", "还券数量超过应还数量", "p_entrust_amount={volume:.2f},debt={most}", "counter", "ours"
        ),
        RefusalRow(
            CreditRefusals.NO_LENDABLE, "11010561", "可融券数量不足", "p_entrust_amount={volume:.2f},enable_amount={most}", "counter",
            "XTP 11010561 (code)",
        ),
        RefusalRow(
            CreditRefusals.FIN_QUOTA, "11010564", "融资可用额度不足", "p_occur_balance={needed},enable_quota={available}", "counter",
            "XTP 11010564 (code)",
        ),
        RefusalRow(
            CreditRefusals.SLO_QUOTA, "11010564", "融券可用额度不足", "p_occur_balance={needed},enable_quota={available}", "counter",
            "XTP 11010564 (code)",
        ),
        RefusalRow(
            CreditRefusals.CONCENTRATION, "11010501", "持仓集中度超限", "stock_code={stock_code},ratio={ratio},limit={line}", "counter",
            "XTP 11010501 (code)",
        ),
        RefusalRow(
            CreditRefusals.MARGIN, "11010512", "保证金可用余额不足", "p_occur_balance={needed},enable_bail_balance={available}",
            "counter", "XTP 11010512 (code)",
        ),
        RefusalRow(
            Refusals.CASH, "260200", "可用资金不足",
            "fund_account={account_id},money_type=0,p_occur_balance={needed},v_enable_balance_t={available}", "counter", "§13.2",
        ),
        RefusalRow(
            Refusals.SHARES, "251005", "证券可用数量不足",
            "v_stock_code={symbol},v_occur_amount={volume:.2f},p_enable_amount={sellable:.2f},entrust_prop=0,entrust_type=0,"
            "exchange_type={exchange_type},stock_account={secu_account}", "counter", "§13.2",
        ),
        RefusalRow(Reason.EXCHANGE_PHASE, "5009", "平台状态暂不接受申报", "", "exchange", "SSE gateway 5009"),
        RefusalRow(Reason.EXCHANGE_SUSPENDED, "11010051", "证券停牌", "stock_code={stock_code}", "exchange", "XTP 11010051"),
        RefusalRow(
            Reason.CALL_RANGE, "20009", "超出集合竞价有效申报价格范围",
            "entrust_price={price},low_price={low},high_price={high}", "exchange", "SZSE 20009 (code)",
        ),
        RefusalRow(
            Reason.PRICE_CAGE, "20009", "超出有效申报价格范围", "entrust_price={price},valid_price={limit}", "exchange",
            "§13.2 (text), SZSE 20009 (code)",
        ),
        RefusalRow(Refusals.CANCEL_UNKNOWN, "11000305", "原委托不存在", "", "counter", "XTP 11000305"),
        RefusalRow(Refusals.CANCEL_FINAL, "251020", "委托单状态错误不能撤单, 该委托单可能已经成交或者已撤", "", "counter", "§13.2 (text)"),
        RefusalRow(Refusals.CANCEL_SUBSCRIPTION, "11000306", "新股申购委托不允许撤单", "", "counter", "XTP 11000306 (code)"),
        RefusalRow(Refusals.CANCEL_PHASE, "1214", "当前交易阶段不允许撤单", "", "exchange", "OES 1214"),
        RefusalRow(
            TransferRefusals.TRANSFER_ACCOUNT_STATUS, "120103", "资金账户状态异常",
            "fund_account={account_id},status={status}", "counter", "ours",
        ),
        RefusalRow(TransferRefusals.TRANSFER_DIRECTION, "130001", "划转方向不正确", "direction={direction}", "counter", "ours"),
        RefusalRow(
            TransferRefusals.TRANSFER_NODE, "130002", "柜台未区分沪深节点，无需节点资金划拨", "direction={direction}", "counter", "ours",
        ),
        RefusalRow(TransferRefusals.TRANSFER_TYPE, "130003", "划拨类型不正确", "transfer_type={transfer_type}", "counter", "ours"),
        RefusalRow(TransferRefusals.TRANSFER_SPECIAL, "130004", "账户没有专项头寸，不能划拨", "", "counter", "ours"),
        RefusalRow(TransferRefusals.TRANSFER_CREDIT, "130005", "非信用账户不能划拨信用股份", "", "counter", "ours"),
        RefusalRow(TransferRefusals.TRANSFER_CODE, "-990221020", "无此证券代码", "stock_code={stock_code}", "counter", "§13.2"),
        RefusalRow(
            TransferRefusals.BANK_UNKNOWN, "130101", "未找到该银行账户", "bank_no={bank_no},bank_account={bank_account}",
            "counter", "ours",
        ),
        RefusalRow(TransferRefusals.TRANSFER_COLLATERAL, "11010502", "该证券不是可充抵保证金证券", "stock_code={stock_code}", "counter", "ours"),
        RefusalRow(
            TransferRefusals.TRANSFER_LINE, "11010508", "划出后维持担保比例低于提取线",
            "p_occur_balance={amount},fetch_balance={available}", "counter", "XTP 11010508 (code)",
        ),
        RefusalRow(
            TransferRefusals.TRANSFER_FINANCED, "130111", "融资未了结的证券不能划出", "p_occur_amount={volume},p_enable_amount={available}",
            "counter", "ours",
        ),
        RefusalRow(TransferRefusals.TRANSFER_SURPLUS, "130110", "余券可划转数量不足", "v_occur_amount={volume},p_enable_amount={available}", "counter", "ours"),
        RefusalRow(LendingRefusals.APPOINT_ACCOUNT, "140001", "非信用账户不能约券", "", "counter", "ours"),
        RefusalRow(LendingRefusals.APPOINT_CODE, "140002", "该证券没有可约券源", "stock_code={stock_code}", "counter", "ours"),
        RefusalRow(LendingRefusals.APPOINT_DAYS, "140003", "约定期限超出范围", "days={days},low={least},high={most}", "counter", "ours"),
        RefusalRow(LendingRefusals.APPOINT_VOLUME, "140004", "约券数量不正确", "volume={volume},lot={lot}", "counter", "ours"),
        RefusalRow(LendingRefusals.APPOINT_BEGIN, "140005", "约定日期不正确", "begin_date={day}", "counter", "ours"),
        RefusalRow(LendingRefusals.APPOINT_RATE, "140006", "约券费率低于券源费率", "stock_code={stock_code}", "counter", "ours"),
        RefusalRow(LendingRefusals.APPOINT_STOCK, "140007", "可约券数量不足", "volume={volume},lend_amount={available}", "counter", "ours"),
        RefusalRow(LendingRefusals.APPOINTMENT_UNKNOWN, "140008", "未找到该约券合约", "number={number}", "counter", "ours"),
        RefusalRow(LendingRefusals.APPOINTMENT_BEGUN, "140009", "约券已生效，不能撤销", "number={number}", "counter", "ours"),
        RefusalRow(LendingRefusals.APPOINT_RETURN, "140010", "数量与合约可用数量不符", "volume={volume},enable_amount={available}", "counter", "ours"),
        RefusalRow(LendingRefusals.APPOINT_RENEWALS, "140011", "展期次数已达上限", "times={renewals}", "counter", "ours"),
        RefusalRow(LendingRefusals.TOO_MANY_APPOINTMENTS, "140012", "约券合约数量已达上限", "limit={most}", "counter", "ours"),
        RefusalRow(TransferRefusals.BANK_PASSWORD, "130102", "银行密码错误", "", "bank", "ours"),
        RefusalRow(TransferRefusals.FUND_PASSWORD, "130103", "资金密码错误", "", "counter", "ours"),
        RefusalRow(TransferRefusals.TRANSFER_AMOUNT, "130104", "划转金额必须大于零，且不能细于分", "", "counter", "ours"),
        RefusalRow(TransferRefusals.TRANSFER_VOLUME, "130105", "划转数量必须大于零", "p_occur_amount={volume}", "counter", "ours"),
        RefusalRow(
            TransferRefusals.BANK_BALANCE, "130106", "银行账户余额不足", "p_occur_balance={amount},bank_balance={available}",
            "bank", "ours",
        ),
        RefusalRow(
            TransferRefusals.WITHDRAWABLE, "130107", "可取资金不足", "p_occur_balance={amount},fetch_balance={available}",
            "counter", "ours",
        ),
        RefusalRow(
            TransferRefusals.ORDINARY_CASH, "130108", "普通柜台可用资金不足",
            "p_occur_balance={amount},enable_balance={available}", "counter", "ours",
        ),
        RefusalRow(
            TransferRefusals.ORDINARY_SHARES, "130109", "普通柜台证券可用数量不足",
            "v_stock_code={symbol},v_occur_amount={volume:.2f},p_enable_amount={available:.2f},exchange_type={exchange_type},"
            "stock_account={secu_account}", "counter", "ours",
        ),
        RefusalRow(
            TransferRefusals.TRANSFER_SHARES, "251005", "证券可用数量不足",
            "v_stock_code={symbol},v_occur_amount={volume:.2f},p_enable_amount={available:.2f},exchange_type={exchange_type},"
            "stock_account={secu_account}", "counter", "§13.2",
        ),
    )
}  # fmt: skip


def refusal_text(reason: str, figures: Mapping[str, Any]) -> str:
    """The counter's text for a refusal."""
    row = REFUSALS[reason]
    tail = f"[{row.figures.format_map(figures)}]" if row.figures else ""
    return f"[COUNTER][{row.code}][{row.text}]{tail}"
