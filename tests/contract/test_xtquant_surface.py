"""Our SDK against the vendor's wheel and the wire: every name, number, argument and field.

What the API document has and the wheel has not stands here as lists.
"""

from __future__ import annotations

import ast
import enum
import inspect
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from miniqmt_sim import constants
from miniqmt_sim.wire.messages import BY_NAME
from miniqmt_sim.xtquant import _views, xtconstant, xtdata, xttrader, xttype
from miniqmt_sim.xtquant._unsimulated import UNSIMULATED
from tests.kit import sdk_surface, vendor
from tests.kit.sdk_surface import ENUMS, LATER_NAMES, sdk_name

QUICKSTART = Path(__file__).resolve().parents[2] / "examples" / "quickstart.py"
VENDOR_CONSTANTS = vendor.load("xtconstant")
VENDOR_TYPES = vendor.load("xttype")

# -- xtconstant ----------------------------------------------------------------------------------------------------------

CONSTANTS_OF_THE_DOCUMENT = {"ACCOUNT_STATUSUSING": 2}
"""Those that the wheel has not."""

DOCUMENTED_CONSTANTS = """
SH_MARKET SZ_MARKET FUTURE_ACCOUNT SECURITY_ACCOUNT CREDIT_ACCOUNT FUTURE_OPTION_ACCOUNT STOCK_OPTION_ACCOUNT HUGANGTONG_ACCOUNT
SHENGANGTONG_ACCOUNT STOCK_BUY STOCK_SELL CREDIT_BUY CREDIT_SELL CREDIT_FIN_BUY CREDIT_SLO_SELL CREDIT_BUY_SECU_REPAY
CREDIT_DIRECT_SECU_REPAY CREDIT_SELL_SECU_REPAY CREDIT_DIRECT_CASH_REPAY CREDIT_FIN_BUY_SPECIAL CREDIT_SLO_SELL_SPECIAL
CREDIT_BUY_SECU_REPAY_SPECIAL CREDIT_DIRECT_SECU_REPAY_SPECIAL CREDIT_SELL_SECU_REPAY_SPECIAL CREDIT_DIRECT_CASH_REPAY_SPECIAL
LATEST_PRICE FIX_PRICE MARKET_SH_CONVERT_5_CANCEL MARKET_SH_CONVERT_5_LIMIT MARKET_PEER_PRICE_FIRST MARKET_MINE_PRICE_FIRST
MARKET_SZ_INSTBUSI_RESTCANCEL MARKET_SZ_CONVERT_5_CANCEL MARKET_SZ_FULL_OR_CANCEL ORDER_UNREPORTED ORDER_WAIT_REPORTING
ORDER_REPORTED ORDER_REPORTED_CANCEL ORDER_PARTSUCC_CANCEL ORDER_PART_CANCEL ORDER_CANCELED ORDER_PART_SUCC ORDER_SUCCEEDED
ORDER_JUNK ORDER_UNKNOWN ACCOUNT_STATUS_INVALID ACCOUNT_STATUS_OK ACCOUNT_STATUS_WAITING_LOGIN ACCOUNT_STATUSUSING
ACCOUNT_STATUS_FAIL ACCOUNT_STATUS_INITING ACCOUNT_STATUS_CORRECTING ACCOUNT_STATUS_CLOSED ACCOUNT_STATUS_ASSIS_FAIL
ACCOUNT_STATUS_DISABLEBYSYS ACCOUNT_STATUS_DISABLEBYUSER
"""


def public_values(module: Any) -> dict[str, Any]:
    kinds = int | str | dict | set
    return {name: value for name, value in vars(module).items() if not name.startswith("_") and isinstance(value, kinds)}


def test_every_constant_of_the_wheel_has_its_value_and_there_are_no_others() -> None:
    ours = {name: value for name, value in public_values(xtconstant).items() if name not in CONSTANTS_OF_THE_DOCUMENT}
    theirs = public_values(VENDOR_CONSTANTS)
    assert len(theirs) > 500
    assert ours == theirs


def test_the_names_under_which_the_wheels_modules_have_each_other_are_there() -> None:
    assert xttype._XTCONST_ is xttrader._XTCONST_ is xtconstant
    assert xttrader._XTTYPE_ is xttype


def test_the_constants_of_the_api_document_are_there() -> None:
    assert [name for name in DOCUMENTED_CONSTANTS.split() if not hasattr(xtconstant, name)] == []
    for name, value in CONSTANTS_OF_THE_DOCUMENT.items():
        assert getattr(xtconstant, name) == value


def test_the_side_of_every_operation_is_the_wheels() -> None:
    for operation in range(-10, 1400):
        assert xtconstant.getDirectionByOpType(operation) == VENDOR_CONSTANTS.getDirectionByOpType(operation), operation


@pytest.mark.parametrize(("kind", "prefix", "renamed"), ENUMS, ids=[row[0].__name__ for row in ENUMS])
def test_the_enums_have_the_sdks_numbers(kind: type[enum.IntEnum], prefix: str, renamed: dict[str, str]) -> None:
    for member in kind:
        assert getattr(xtconstant, sdk_name(member, prefix, renamed)) == member.value, member


UNNAMED: list[tuple[type[enum.IntEnum], dict[str, int]]] = [
    # enums whose numbers the SDK's documents leave out, with those of the broker's enumeration
    (constants.CompactType, {"FINANCING": 48, "SHORT": 49}),
    (constants.CashGroup, {"ORDINARY": 48, "SPECIAL": 49}),
    (constants.SubjectStatus, {"NORMAL": 48, "SUSPENDED": 49, "NO": 50}),
    (constants.CompactStatus, {"OPEN": 48, "PARTLY_REPAID": 49, "REPAID": 50, "OVERDUE": 54}),
]


@pytest.mark.parametrize(("kind", "numbers"), UNNAMED, ids=[row[0].__name__ for row in UNNAMED])
def test_the_enums_without_names_in_the_sdk_have_the_brokers_numbers(kind: type[enum.IntEnum], numbers: dict[str, int]) -> None:
    assert {member.name: member.value for member in kind} == numbers


def test_every_enum_of_the_constants_is_compared() -> None:
    enums = {value for value in vars(constants).values() if isinstance(value, type) and issubclass(value, enum.IntEnum)}
    assert enums - {enum.IntEnum} == {row[0] for row in (*ENUMS, *UNNAMED)}


def test_the_other_sdk_numbers_among_the_constants() -> None:
    assert constants.DIRECTION_STOCK == xtconstant.DIRECTION_FLAG_LONG


# -- xttype --------------------------------------------------------------------------------------------------------------

VENDOR_CLASSES = [name for name, value in vars(VENDOR_TYPES).items() if isinstance(value, type)]


@pytest.mark.parametrize("name", VENDOR_CLASSES)
def test_the_constructors_take_what_the_wheels_take_in_their_order(name: str) -> None:
    theirs = inspect.signature(getattr(VENDOR_TYPES, name).__init__).parameters.values()
    ours = inspect.signature(getattr(xttype, name).__init__).parameters.values()
    positional = [parameter for parameter in ours if parameter.kind is parameter.POSITIONAL_OR_KEYWORD]
    assert [(parameter.name, parameter.default) for parameter in positional] == [
        (parameter.name, parameter.default) for parameter in theirs
    ]
    assert all(parameter.default is not parameter.empty for parameter in ours if parameter.kind is parameter.KEYWORD_ONLY)


@pytest.mark.parametrize("name", [name for name in VENDOR_CLASSES if name != "StockAccount"])
def test_made_alike_the_objects_say_the_same(name: str) -> None:
    parameters = list(inspect.signature(getattr(VENDOR_TYPES, name).__init__).parameters)[1:]
    values = {parameter: f"<{parameter}>" for parameter in parameters}
    theirs, ours = getattr(VENDOR_TYPES, name)(**values), getattr(xttype, name)(**values)
    assert {key: getattr(ours, key) for key in vars(theirs)} == vars(theirs)


@pytest.mark.parametrize("name", sorted({*VENDOR_CONSTANTS.ACCOUNT_TYPE_DICT.values(), "stock", "Credit"}))
def test_accounts_have_the_wheels_types(name: str) -> None:
    ours, theirs = xttype.StockAccount("1", name), VENDOR_TYPES.StockAccount("1", name)
    assert vars(ours) == vars(theirs)


DOCUMENTED_FIELDS = {
    # fields that the API document names, in addition to those of the wheel's constructors
    "XtAsset": "account_type account_id cash frozen_cash market_value total_asset",
    "XtOrder": "account_type account_id stock_code order_id order_sysid order_time order_type order_volume price_type price "
    "traded_volume traded_price order_status status_msg strategy_name order_remark",
    "XtTrade": "account_type account_id stock_code order_type traded_id traded_time traded_price traded_volume traded_amount "
    "order_id order_sysid strategy_name order_remark",
    "XtPosition": "account_type account_id stock_code volume can_use_volume open_price market_value",
    "XtOrderResponse": "account_type account_id order_id strategy_name order_remark seq",
    "XtAppointmentResponse": "account_id order_sysid error_id error_msg seq",
    "XtCancelOrderResponse": "account_type account_id order_id order_sysid cancel_result seq",
    "XtOrderError": "account_type account_id order_id error_id error_msg strategy_name order_remark",
    "XtCancelError": "account_type account_id order_id market order_sysid error_id error_msg",
    "XtCreditDetail": "account_type account_id m_nStatus m_nUpdateTime m_nCalcConfig m_dFrozenCash m_dBalance m_dAvailable "
    "m_dPositionProfit m_dMarketValue m_dFetchBalance m_dStockValue m_dFundValue m_dTotalDebt m_dEnableBailBalance "
    "m_dPerAssurescaleValue m_dAssureAsset m_dFinDebt m_dFinDealAvl m_dFinFee m_dSloDebt m_dSloMarketValue m_dSloFee "
    "m_dOtherFare m_dFinMaxQuota m_dFinEnableQuota m_dFinUsedQuota m_dSloMaxQuota m_dSloEnableQuota m_dSloUsedQuota "
    "m_dSloSellBalance m_dUsedSloSellBalance m_dSurplusSloSellBalance",
    "StkCompacts": "account_type account_id compact_type cashgroup_prop exchange_id open_date business_vol real_compact_vol "
    "ret_end_date business_balance businessFare real_compact_balance real_compact_fare repaid_fare repaid_balance "
    "instrument_id compact_id position_str",
    "CreditSubjects": "account_type account_id slo_status fin_status exchange_id slo_ratio fin_ratio instrument_id",
    "CreditSloCode": "account_type account_id cashgroup_prop exchange_id enable_amount instrument_id",
    "CreditAssure": "account_type account_id assure_status exchange_id assure_ratio instrument_id",
    "XtAccountStatus": "account_type account_id status",
    "XtAccountInfo": "account_type account_id broker_type platform_id account_classification login_status",
}
NATIVE_FIELDS = {
    # fields that the wheel's native objects carry beyond both
    "XtAsset": "current_balance",
    "XtPosition": "float_profit open_date position_profit",
    "XtOrderError": "seq",
    "XtAccountInfo": "broker_id broker_name product_id product_code product_name",
    "XtCreditDetail": "status update_time calc_config frozen_cash balance available position_profit market_value fetch_balance "
    "stock_value fund_value total_debt enable_bail_balance per_assurescale_value assure_asset fin_debt fin_deal_avl fin_fee "
    "slo_debt slo_market_value slo_fee other_fare fin_max_quota fin_enable_quota fin_used_quota slo_max_quota slo_enable_quota "
    "slo_used_quota slo_sell_balance used_slo_sell_balance surplus_slo_sell_balance",
}


NATIVE_NAMES = {
    # every field's second name, as in m_nOrderID for order_id
    "XtAsset": "m_nAccountType=account_type m_strAccountID=account_id m_dCash=cash m_dFrozenCash=frozen_cash "
    "m_dMarketValue=market_value m_dTotalAsset=total_asset m_dFetchBalance=fetch_balance "
    "m_dCurrentBalance=current_balance",
    "XtOrder": "m_nAccountType=account_type m_strAccountID=account_id m_strStockCode=stock_code m_nOrderID=order_id "
    "m_nOrderTime=order_time m_nOrderType=order_type m_nOrderVolume=order_volume m_nPriceType=price_type "
    "m_dPrice=price m_nTradedVolume=traded_volume m_dTradedPrice=traded_price m_nOrderStatus=order_status "
    "m_strOrderSysID=order_sysid m_strStatusMsg=status_msg m_strStrategyName=strategy_name "
    "m_strOrderRemark=order_remark m_nDirection=direction m_nOffsetFlag=offset_flag",
    "XtTrade": "m_nAccountType=account_type m_strAccountID=account_id m_strStockCode=stock_code m_strTradedID=traded_id "
    "m_nTradedTime=traded_time m_dTradedPrice=traded_price m_nTradedVolume=traded_volume "
    "m_dTradedAmount=traded_amount m_nOrderID=order_id m_nOrderType=order_type m_strOrderSysID=order_sysid "
    "m_strStrategyName=strategy_name m_strOrderRemark=order_remark m_nDirection=direction "
    "m_nOffsetFlag=offset_flag m_dCommission=commission m_strSecuAccount=secu_account "
    "m_strInstrumentName=instrument_name",
    "XtPosition": "m_nAccountType=account_type m_strAccountID=account_id m_strStockCode=stock_code m_nVolume=volume "
    "m_nCanUseVolume=can_use_volume m_dOpenPrice=open_price m_dMarketValue=market_value "
    "m_nFrozenVolume=frozen_volume m_nOnRoadVolume=on_road_volume m_nYesterdayVolume=yesterday_volume "
    "m_dAvgPrice=avg_price m_nDirection=direction m_dFloatProfit=float_profit",
    "XtOrderError": "m_nAccountType=account_type m_strAccountID=account_id m_nOrderID=order_id m_nErrorID=error_id "
    "m_strErrorMsg=error_msg m_strStrategyName=strategy_name m_strOrderRemark=order_remark m_nSeq=seq",
    "XtCancelError": "m_nAccountType=account_type m_strAccountID=account_id m_nOrderID=order_id m_nErrorID=error_id "
    "m_nMarket=market m_strOrderSysID=order_sysid m_strErrorMsg=error_msg",
    "XtAccountInfo": "m_nAccountType=account_type m_strAccountID=account_id m_nBrokerType=broker_type "
    "m_nPlatformID=platform_id m_strBrokerID=broker_id m_strProductName=product_name m_nProductID=product_id "
    "m_strBrokerName=broker_name "
    "m_strProductCode=product_code m_nStatus=login_status",
    "XtAccountStatus": "m_nAccountType=account_type m_strAccountID=account_id m_nStatus=status",
    "XtCreditDetail": "m_nAccountType=account_type m_strAccountID=account_id m_nStatus=status m_nUpdateTime=update_time "
    "m_nCalcConfig=calc_config m_dFrozenCash=frozen_cash m_dBalance=balance m_dAvailable=available "
    "m_dPositionProfit=position_profit m_dMarketValue=market_value m_dFetchBalance=fetch_balance "
    "m_dStockValue=stock_value m_dFundValue=fund_value m_dTotalDebt=total_debt "
    "m_dEnableBailBalance=enable_bail_balance m_dPerAssurescaleValue=per_assurescale_value "
    "m_dAssureAsset=assure_asset m_dFinDebt=fin_debt m_dFinDealAvl=fin_deal_avl m_dFinFee=fin_fee "
    "m_dSloDebt=slo_debt m_dSloMarketValue=slo_market_value m_dSloFee=slo_fee m_dOtherFare=other_fare "
    "m_dFinMaxQuota=fin_max_quota m_dFinEnableQuota=fin_enable_quota m_dFinUsedQuota=fin_used_quota "
    "m_dSloMaxQuota=slo_max_quota m_dSloEnableQuota=slo_enable_quota m_dSloUsedQuota=slo_used_quota "
    "m_dSloSellBalance=slo_sell_balance m_dUsedSloSellBalance=used_slo_sell_balance "
    "m_dSurplusSloSellBalance=surplus_slo_sell_balance",
    "StkCompacts": "m_nAccountType=account_type m_strAccountID=account_id m_eCompactType=compact_type "
    "m_eCashgroupProp=cashgroup_prop m_nExchangeID=exchange_id m_nOpenDate=open_date m_nBusinessVol=business_vol "
    "m_nRealCompactVol=real_compact_vol m_nRetEndDate=ret_end_date m_dBusinessBalance=business_balance "
    "m_dBusinessFare=businessFare m_dRealCompactBalance=real_compact_balance m_dRealCompactFare=real_compact_fare "
    "m_dRepaidFare=repaid_fare m_dRepaidBalance=repaid_balance m_strInstrumentID=instrument_id "
    "m_strCompactId=compact_id m_strPositionStr=position_str",
    "CreditSubjects": "m_nAccountType=account_type m_strAccountID=account_id m_eSloStatus=slo_status m_eFinStatus=fin_status "
    "m_nExchangeID=exchange_id m_dSloRatio=slo_ratio m_dFinRatio=fin_ratio m_strInstrumentID=instrument_id",
    "CreditSloCode": "m_nAccountType=account_type m_strAccountID=account_id m_nExchangeID=exchange_id "
    "m_eCashgroupProp=cashgroup_prop m_nEnableAmount=enable_amount m_strInstrumentID=instrument_id",
    "CreditAssure": "m_nAccountType=account_type m_strAccountID=account_id m_nExchangeID=exchange_id "
    "m_eAssureStatus=assure_status m_dAssureRatio=assure_ratio m_strInstrumentID=instrument_id",
    "NewPurchaseLimitInfo": "m_strNewPurchaseLimitKey=new_purchase_limit_key m_nNewPurchaseLimitValue=new_purchase_limit_value",
    "IPOData": "m_strIPOCode=ipo_code m_strIPOName=ipo_name m_strIPOType=ipo_type m_nMaxPurchaseNum=max_purchase_num "
    "m_nMinPurchaseNum=min_purchase_num m_strPurchaseDate=purchase_date m_dIssuePrice=issue_price",
    "PositionStatistics": "m_strAccountID=account_id m_strExchangeID=exchange_id m_strExchangeName=exchange_name "
    "m_strProductID=product_id m_strInstrumentID=instrument_id m_strInstrumentName=instrument_name "
    "m_nDirection=direction m_nHedgeFlag=hedge_flag m_nPosition=position m_nYestodayPosition=yesterday_position "
    "m_nTodayPosition=today_position m_nCanCloseVol=can_close_vol m_dPositionCost=position_cost "
    "m_dAvgPrice=avg_price m_dPositionProfit=position_profit m_dFloatProfit=float_profit m_dOpenPrice=open_price "
    "m_dUsedMargin=used_margin m_dUsedCommission=used_commission m_dFrozenMargin=frozen_margin "
    "m_dFrozenCommission=frozen_commission m_dInstrumentValue=instrument_value m_nOpenTimes=open_times "
    "m_nOpenVolume=open_volume m_nCancelTimes=cancel_times m_dLastPrice=last_price m_dRiseRatio=rise_ratio "
    "m_strProductName=product_name m_dRoyalty=royalty m_strExpireDate=expire_date m_dAssestWeight=assest_weight "
    "m_dIncreaseBySettlement=increase_by_settlement m_dMarginRatio=margin_ratio "
    "m_dFloatProfitDivideByUsedMargin=float_profit_divide_by_used_margin "
    "m_dFloatProfitDivideByBalance=float_profit_divide_by_balance m_dTodayProfitLoss=today_profit_loss "
    "m_nYestodayInitPosition=yesterday_init_position m_dFrozenRoyalty=frozen_royalty "
    "m_dTodayCloseProfitLoss=today_close_profit_loss m_dCloseProfit=close_profit "
    "m_strFtProductName=ft_product_name m_dOpenCost=open_cost",
}


def attributes_of(name: str) -> set[str]:
    cls = getattr(xttype, name)
    return {own.name for own in fields(cls)} | {key for key, value in vars(cls).items() if isinstance(value, property)}


@pytest.mark.parametrize("name", DOCUMENTED_FIELDS)
def test_documented_and_native_fields_are_there(name: str) -> None:
    expected = {*DOCUMENTED_FIELDS[name].split(), *NATIVE_FIELDS.get(name, "").split()}
    assert expected - attributes_of(name) == set()


@pytest.mark.parametrize("name", NATIVE_NAMES)
def test_every_field_has_its_native_name_too(name: str) -> None:
    native = dict(pair.split("=") for pair in NATIVE_NAMES[name].split())
    cls = getattr(xttype, name)
    own = {field.name for field in fields(cls)} if hasattr(cls, "__dataclass_fields__") else set()
    assert {key for key in (*vars(cls), *own) if key.startswith("m_")} == set(native), "and no others"
    made = cls.__new__(cls)
    for number, (key, value) in enumerate(native.items()):
        given = str(number) if key.startswith("m_str") else number
        setattr(made, key, given)
        assert getattr(made, value) == getattr(made, key) == given


# -- the wire ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", [value for value in vars(_views).values() if isinstance(value, _views.Query)])
def test_the_rows_of_a_query_are_the_fields_of_its_object(query: _views.Query[Any]) -> None:
    assert {field.name for field in BY_NAME[query.message].answer} == {key for _, key in _views._KEYS[query.row]}
    assert [name for name, _ in _views._KEYS[query.row]] == [own.name for own in fields(query.row)]


@pytest.mark.parametrize("push", _views.PUSHES)
def test_a_push_has_the_fields_of_its_object(push: str) -> None:
    attributes = {own.name for own in fields(_views.PUSHES[push].row)}
    renamed = {"seq": "request_seq"} if push == "push_order_error" else {}
    assert {field.name for field in BY_NAME[push].fields} == {renamed.get(name, name) for name in attributes}


@pytest.mark.parametrize("message", [message for message in _views.RESPONSES if message in BY_NAME])
def test_an_answer_has_the_fields_of_its_response(message: str) -> None:
    attributes = {own.name for own in fields(_views.RESPONSES[message].row)}
    assert attributes - {"seq"} <= {field.name for field in BY_NAME[message].answer}


# -- xttrader ------------------------------------------------------------------------------------------------------------

VENDOR_TRADER = vendor.methods_of(vendor.class_of("xttrader", "XtQuantTrader"))
VENDOR_CALLBACK = vendor.methods_of(vendor.class_of("xttrader", "XtQuantTraderCallback"))
DOCUMENTED_METHODS = """
register_callback start connect stop run_forever set_relaxed_response_order_enabled subscribe unsubscribe order_stock
order_stock_async cancel_order_stock cancel_order_stock_sysid cancel_order_stock_async cancel_order_stock_sysid_async
query_stock_asset query_stock_orders query_stock_trades query_stock_positions query_credit_detail query_stk_compacts
query_credit_subjects query_credit_slo_code query_credit_assure query_new_purchase_limit query_ipo_data query_account_infos
query_smt_secu_info query_smt_secu_rate smt_appointment_async query_appointment_info query_stock_orders_async
"""


def signature_of(cls: type, name: str) -> tuple[tuple[str, ...], dict[str, object]]:
    parameters = inspect.signature(getattr(cls, name)).parameters
    return tuple(parameters), {key: value.default for key, value in parameters.items() if value.default is not value.empty}


@pytest.mark.parametrize("name", [name for name in VENDOR_TRADER if name not in LATER_NAMES])
def test_the_traders_methods_take_what_the_wheels_take(name: str) -> None:
    assert signature_of(xttrader.XtQuantTrader, name) == VENDOR_TRADER[name]


@pytest.mark.parametrize("name", VENDOR_CALLBACK)
def test_the_callbacks_take_what_the_wheels_take(name: str) -> None:
    assert signature_of(xttrader.XtQuantTraderCallback, name) == VENDOR_CALLBACK[name]


def test_every_method_of_the_wheel_and_of_the_document_exists() -> None:
    missing = [name for name in {*VENDOR_TRADER, *DOCUMENTED_METHODS.split()} if not hasattr(xttrader.XtQuantTrader, name)]
    assert missing == []


def test_the_later_methods_are_those_of_the_two_documents() -> None:
    assert set(LATER_NAMES) <= {*VENDOR_TRADER, *DOCUMENTED_METHODS.split()}


def test_every_call_comes_to_something_and_a_test_of_every_driver_makes_it() -> None:
    for name in sdk_surface.methods():
        if name not in LATER_NAMES:
            assert any(test.startswith("conformance/") for test in sdk_surface.tests_of(name)), name


def test_what_is_refused_is_what_needs_a_permission() -> None:
    refused = {name for name in sdk_surface.methods() if sdk_surface.state_of(name).startswith("refused")}
    assert refused == {
        "query_position_statistics", "ctp_transfer_option_to_future", "ctp_transfer_option_to_future_async",
        "ctp_transfer_future_to_option", "ctp_transfer_future_to_option_async", "get_smart_algo_param",
        "smart_algo_order_async", "query_smart_algo_task", "cancel_smart_algo_task_async", "sync_transaction_from_external",
    }  # fmt: skip


def test_the_page_of_the_surface_is_not_stale() -> None:
    page = QUICKSTART.parents[1] / "docs" / sdk_surface.PAGE
    assert page.read_text(encoding="utf-8") == sdk_surface.page(), "run: make docs"


# -- xtdata --------------------------------------------------------------------------------------------------------------

PLUMBING = {
    "try_except",
    "create_array",
    "subscribe_callback_wrapper",
    "subscribe_callback_wrapper_1820",
    "subscribe_callback_wrapper_convert",
}
VENDOR_DATA = {node.name: node for node in vendor.parse("xtdata").body if isinstance(node, ast.FunctionDef)}
DATA_NAMES = [name for name in VENDOR_DATA if not name.startswith("_") and name not in PLUMBING]
UNSIMULATED_NAMES = [name for _, names in UNSIMULATED for name in names.split()]


def defaults_of(function: ast.FunctionDef) -> list[tuple[str, object]]:
    """The arguments of a function of the wheel with their defaults."""
    names = [argument.arg for argument in function.args.args]
    values = [ast.literal_eval(default) for default in function.args.defaults]
    padded = [inspect.Parameter.empty] * (len(names) - len(values)) + values
    return list(zip(names, padded, strict=True))


def test_every_function_of_the_wheels_market_data_is_there() -> None:
    assert len(DATA_NAMES) > 100
    assert [name for name in DATA_NAMES if not callable(getattr(xtdata, name, None))] == []


@pytest.mark.parametrize("name", [name for name in DATA_NAMES if name not in UNSIMULATED_NAMES and name != "hello"])
def test_the_functions_of_market_data_take_what_the_wheels_take(name: str) -> None:
    parameters = inspect.signature(getattr(xtdata, name)).parameters.values()
    ours = [(each.name, list(each.default) if each.default == () else each.default) for each in parameters]
    assert ours == defaults_of(VENDOR_DATA[name])


@pytest.mark.parametrize("name", UNSIMULATED_NAMES)
def test_what_is_not_simulated_says_so_and_why(name: str) -> None:
    assert name in VENDOR_DATA
    with pytest.raises(NotImplementedError, match=rf"xtdata\.{name}: .+"):
        getattr(xtdata, name)("600000.SH", period="1d")


def everything_of(module: str) -> set[str]:
    """The names that a star import brings."""
    names: dict[str, object] = {}
    exec(f"from {module} import *", names)
    return set(names) - {"__builtins__"}


def test_a_star_import_brings_what_the_wheels_brings_and_overwrites_nothing_else() -> None:
    of_data = next(node.value for node in vendor.parse("xtdata").body if isinstance(node, ast.Assign))
    classes = {
        name: {node.name for node in vendor.parse(name).body if isinstance(node, ast.ClassDef)}
        for name in ("xttrader", "xttype")
    }
    assert everything_of("miniqmt_sim.xtquant.xtdata") == set(ast.literal_eval(of_data))
    assert everything_of("miniqmt_sim.xtquant.xttype") == classes["xttype"]
    assert everything_of("miniqmt_sim.xtquant.xttrader") == classes["xttrader"] | {"json"}
    constants = {name for name in vars(VENDOR_CONSTANTS) if not name.startswith("_")}
    assert everything_of("miniqmt_sim.xtquant.xtconstant") == constants | CONSTANTS_OF_THE_DOCUMENT.keys()


def test_what_market_data_never_had_is_no_attribute() -> None:
    assert not hasattr(xtdata, "get_weather")


# -- the quick-start program ---------------------------------------------------------------------------------------------


def test_the_quick_start_program_names_nothing_the_sdk_does_not_have() -> None:
    tree = ast.parse(QUICKSTART.read_text(encoding="utf-8"))
    calls = [node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)]
    used = {name for name in calls if name in VENDOR_TRADER}
    assert {"order_stock", "cancel_order_stock", "query_stock_positions", "run_forever"} <= used
    assert used & set(LATER_NAMES) == set()
    callback = next(node for node in tree.body if isinstance(node, ast.ClassDef))
    overridden = [node.name for node in callback.body if isinstance(node, ast.FunctionDef)]
    assert len(overridden) == 9
    assert all(hasattr(xttrader.XtQuantTraderCallback, name) for name in overridden)
