"""The table of the native module's classes: one line a class, each attribute with its native name and its plain one.

Requests are filled by the vendor's ``xttrader``; the others are what its callbacks and queries hand to strategies. Source:
the attribute names that the module of xtquant 250807 exposes. ``m_strCompactId`` and the like stand beside ``…ID`` because
that ``xttrader`` spells them so, which its own native module does not take.
"""

from __future__ import annotations

from typing import Final

from miniqmt_sim.xtquant._native_types import Struct, struct

_ACCOUNT: Final = "m_nAccountType=account_type m_strAccountID=account_id "
_PLAIN_ACCOUNT: Final = "account_type:i account_id:s "
_LONG_ACCOUNT: Final = "m_nAccountType m_strAccountID "

_REQUESTS: Final = {
    "SubscribeReq": _ACCOUNT + "m_nMetaType=meta_type",
    "UnsubscribeReq": _ACCOUNT,
    "OrderStockReq": _ACCOUNT
    + "m_strStockCode=stock_code m_nOrderType=order_type m_nOrderVolume=order_volume m_nPriceType=price_type m_dPrice=price "
    "m_strStrategyName=strategy_name m_strOrderRemark=order_remark m_strOrderRemarkNew=order_remark1 "
    "m_dOrderAmount=order_amount m_strStockCode1=stock_code1 m_strAccountID1=account_id1",
    "CancelOrderStockReq": _ACCOUNT
    + "m_nOrderID=order_id m_nMarket=market m_strOrderSysID=order_sysid m_strMarket=market1",
    "QueryAccountInfosReq": "",
    "QueryAccountStatusReq": "",
    "QueryStockAssetReq": _ACCOUNT,
    "QueryStockOrdersReq": _ACCOUNT + "m_nOrderID=order_id m_bCanCancel=can_cancel",
    "QueryStockTradesReq": _ACCOUNT,
    "QueryStockPositionsReq": _ACCOUNT + "m_strStockCode=stock_code m_strStockCode1=stock_code1",
    "QueryCreditDetailReq": _ACCOUNT + "m_nStartDate=start_date m_nEndDate=end_date",
    "QueryStkCompactsReq": _ACCOUNT,
    "QueryCreditSubjectsReq": _ACCOUNT,
    "QueryCreditSloCodeReq": _ACCOUNT,
    "QueryCreditAssureReq": _ACCOUNT,
    "QueryNewPurchaseLimitReq": _ACCOUNT,
    "QueryIPODataReq": "m_strIPOType=ipo_type",
    "TransferParam": _LONG_ACCOUNT
    + "m_nOrderType m_dPrice m_strStockCode m_nOrderVolume m_nCreditTransferType m_strStockCode1",
    "QueryComFundReq": _LONG_ACCOUNT,
    "QueryComPositionReq": _LONG_ACCOUNT,
    "SmtQueryQuoterReq": _ACCOUNT,
    "SmtQueryOrderReq": _ACCOUNT,
    "SmtQueryCompactReq": _ACCOUNT,
    "SmtNegotiateOrderReq": _LONG_ACCOUNT
    + "m_strSrcGroupID m_strOrderCode m_nDate m_nAmount m_dApplyRate m_dSubFareRate m_dFineRate",
    "SmtAppointmentOrderReq": _LONG_ACCOUNT + "m_strOrderCode m_nDate m_nAmount m_dApplyRate",
    "SmtAppointmentCancelReq": _LONG_ACCOUNT + "m_strApplyID=m_strApplyId",
    "SmtCompactRenewalReq": _LONG_ACCOUNT
    + "m_strCompactID=m_strCompactId m_strOrderCode m_nDeferDays m_nDeferNum m_dApplyRate",
    "SmtCompactReturnReq": _LONG_ACCOUNT
    + "m_strSrcGroupID=m_strSrcGroupId m_strCompactID=m_strCompactId m_strOrderCode m_nOccurAmount",
    "QueryPositionStatisticsReq": _LONG_ACCOUNT,
    "BankTransferReq": _PLAIN_ACCOUNT + "direction:i bank_account:s bank_no:s bank_pwd:s balance:f fund_pwd:s",
    "QueryBankInfoReq": _PLAIN_ACCOUNT,
    "QueryBankAmountReq": _PLAIN_ACCOUNT + "bank_no:s bank_account:s bank_pwd:s",
    "QueryBankTransferStreamReq": _PLAIN_ACCOUNT + "start_date:s end_date:s bank_no:s bank_account:s",
    "QuerySecuAccountReq": _PLAIN_ACCOUNT,
    "CtpInternalTransferReq": "opt_account_id:s ft_account_id:s direction:i balance:f",
    "OperateSmartAlgoTaskReq": "m_strAccountID m_nAccountType m_nTaskId m_nOperateType",
}

_SHOWN: Final = {
    # what is pushed and queried of orders and positions: its texts can be read and not set
    "XtAsset": _ACCOUNT
    + "m_dCash=cash m_dFrozenCash=frozen_cash m_dMarketValue=market_value m_dTotalAsset=total_asset "
    "m_dFetchBalance=fetch_balance m_dCurrentBalance=current_balance",
    "XtOrder": _ACCOUNT
    + "m_strStockCode=stock_code m_nOrderID=order_id m_nOrderTime=order_time m_nOrderType=order_type "
    "m_nOrderVolume=order_volume m_nPriceType=price_type m_dPrice=price m_nTradedVolume=traded_volume "
    "m_dTradedPrice=traded_price m_nOrderStatus=order_status m_strOrderSysID=order_sysid m_strStatusMsg=status_msg "
    "m_strStrategyName=strategy_name m_strOrderRemark=order_remark m_nDirection=direction m_nOffsetFlag=offset_flag "
    "secu_account:s instrument_name:s",
    "XtTrade": _ACCOUNT
    + "m_strStockCode=stock_code m_strTradedID=traded_id m_nTradedTime=traded_time m_dTradedPrice=traded_price "
    "m_nTradedVolume=traded_volume m_dTradedAmount=traded_amount m_nOrderID=order_id m_nOrderType=order_type "
    "m_strOrderSysID=order_sysid m_strStrategyName=strategy_name m_strOrderRemark=order_remark m_nDirection=direction "
    "m_nOffsetFlag=offset_flag m_dCommission=commission m_strSecuAccount=secu_account m_strInstrumentName=instrument_name",
    "XtPosition": _ACCOUNT
    + "m_strStockCode=stock_code m_nVolume=volume m_nCanUseVolume=can_use_volume m_dOpenPrice=open_price "
    "m_dMarketValue=market_value m_nFrozenVolume=frozen_volume m_nOnRoadVolume=on_road_volume "
    "m_nYesterdayVolume=yesterday_volume m_dAvgPrice=avg_price m_nDirection=direction m_dFloatProfit=float_profit "
    "last_price:f profit_rate:f secu_account:s instrument_name:s open_date:s position_profit:f",
    "XtOrderError": _ACCOUNT
    + "m_nOrderID=order_id m_nErrorID=error_id m_strErrorMsg=error_msg m_strStrategyName=strategy_name "
    "m_strOrderRemark=order_remark m_nSeq=seq",
    "XtCancelError": _ACCOUNT
    + "m_nOrderID=order_id m_nErrorID=error_id m_nMarket=market m_strOrderSysID=order_sysid m_strErrorMsg=error_msg",
    "OrderStockResp": _ACCOUNT
    + "m_nOrderID=order_id m_strStrategyName=strategy_name m_strOrderRemark=order_remark m_nErrorID=error_id "
    "m_strErrorMsg=error_msg",
    "CancelOrderStockResp": _ACCOUNT
    + "m_nCancelResult=cancel_result m_nOrderID=order_id m_strOrderSysID=order_sysid m_nErrorID=error_id "
    "m_strErrorMsg=error_msg",
    "SubscribeResp": _ACCOUNT + "m_nSubscribeResult=subscribe_result",
    "UnsubscribeResp": _ACCOUNT + "m_nUnsubscribeResult=unsubscribe_result",
}

_ANSWERS: Final = {
    "XtAccountInfo": _ACCOUNT
    + "m_nBrokerType=broker_type m_nPlatformID=platform_id m_strBrokerID=broker_id m_strProductName=product_name "
    "m_nProductID=product_id m_strBrokerName=broker_name m_strProductCode=product_code m_nStatus=login_status",
    "XtAccountStatus": _ACCOUNT + "m_nStatus=status",
    "XtCreditDetail": _ACCOUNT
    + "m_nStatus=status m_nUpdateTime=update_time m_nCalcConfig=calc_config m_dFrozenCash=frozen_cash m_dBalance=balance "
    "m_dAvailable=available m_dPositionProfit=position_profit m_dMarketValue=market_value m_dFetchBalance=fetch_balance "
    "m_dStockValue=stock_value m_dFundValue=fund_value m_dTotalDebt=total_debt m_dEnableBailBalance=enable_bail_balance "
    "m_dPerAssurescaleValue=per_assurescale_value m_dAssureAsset=assure_asset m_dFinDebt=fin_debt m_dFinDealAvl=fin_deal_avl "
    "m_dFinFee=fin_fee m_dSloDebt=slo_debt m_dSloMarketValue=slo_market_value m_dSloFee=slo_fee m_dOtherFare=other_fare "
    "m_dFinMaxQuota=fin_max_quota m_dFinEnableQuota=fin_enable_quota m_dFinUsedQuota=fin_used_quota "
    "m_dSloMaxQuota=slo_max_quota m_dSloEnableQuota=slo_enable_quota m_dSloUsedQuota=slo_used_quota "
    "m_dSloSellBalance=slo_sell_balance m_dUsedSloSellBalance=used_slo_sell_balance "
    "m_dSurplusSloSellBalance=surplus_slo_sell_balance",
    "StkCompacts": _ACCOUNT
    + "m_eCompactType=compact_type m_eCashgroupProp=cashgroup_prop m_nExchangeID=exchange_id m_nOpenDate=open_date "
    "m_nBusinessVol=business_vol m_nRealCompactVol=real_compact_vol m_nRetEndDate=ret_end_date "
    "m_dBusinessBalance=business_balance m_dBusinessFare=businessFare m_dRealCompactBalance=real_compact_balance "
    "m_dRealCompactFare=real_compact_fare m_dRepaidFare=repaid_fare m_dRepaidBalance=repaid_balance "
    "m_strInstrumentID=instrument_id m_strCompactId=compact_id m_strPositionStr=position_str",
    "CreditSubjects": _ACCOUNT
    + "m_eSloStatus=slo_status m_eFinStatus=fin_status m_nExchangeID=exchange_id m_dSloRatio=slo_ratio "
    "m_dFinRatio=fin_ratio m_strInstrumentID=instrument_id",
    "CreditSloCode": _ACCOUNT
    + "m_nExchangeID=exchange_id m_eCashgroupProp=cashgroup_prop m_nEnableAmount=enable_amount "
    "m_strInstrumentID=instrument_id",
    "CreditAssure": _ACCOUNT
    + "m_nExchangeID=exchange_id m_eAssureStatus=assure_status m_dAssureRatio=assure_ratio m_strInstrumentID=instrument_id",
    "NewPurchaseLimitInfo": "m_strNewPurchaseLimitKey=new_purchase_limit_key m_nNewPurchaseLimitValue=new_purchase_limit_value",
    "IPOData": "m_strIPOCode=ipo_code m_strIPOName=ipo_name m_strIPOType=ipo_type m_nMaxPurchaseNum=max_purchase_num "
    "m_nMinPurchaseNum=min_purchase_num m_strPurchaseDate=purchase_date m_dIssuePrice=issue_price",
    "TransferResp": "m_strAccountID m_bSuccess m_strMsg",
    "ComFund": "m_bSuccess m_strMsg m_strMoneyType m_dCurrentBalance m_dEnableBalance m_dFetchBalance m_dInterest "
    "m_dAssetBalance m_dFetchCash m_dMarketValue m_dDebt",
    "ComPosition": "m_bSuccess m_strMsg m_strAccountID m_strHandFlag m_strExchangeType m_strStockCode m_strStockName "
    "m_dTotalAmt m_dEnableAmount m_dLastPrice m_dCostPrice m_dIncome m_dIncomeRate m_dMarketValue m_dCostBalance "
    "m_nBsOnTheWayVol m_nPrEnableVol m_bIsutfInterface m_strStockCode1",
    "SmtQuoter": "m_bSuccess m_strMsg m_strFinType m_strStockType m_nDate m_strCode m_strCodeName m_strExchangeType "
    "m_dFsmpOccupedRate m_dFineRate m_dFsmpreendRate m_dUsedRate m_dUnUusedRate m_nInitDate m_nEndDate "
    "m_dEnableSloAmountT0 m_dEnableSloAmountT3 m_strSrcGroupID m_strApplyMode m_nLowDate",
    "SmtOrder": "m_bSuccess m_strMsg m_nInitDate m_nCurrDate m_nCurrTime m_strApplyID m_strSrcGroupID m_strCashcompactID "
    "m_strApplyMode m_strFinType m_strExchangeType m_strCode m_strCodeName m_nDate m_dApplyRate m_dEntrustBalance "
    "m_dEntrustAmount m_dBusinessBalance m_dBusinessAmount m_nValidDate m_nDateClear m_strEntrustNo m_strApplyStatus "
    "m_dUsedRate m_dUnUusedRate m_strComGroupID",
    "SmtCompact": "m_bSuccess m_strMsg m_nCreateDate m_strCashcompactID m_strOriCashcompactID m_strApplyID m_strSrcGroupID "
    "m_strComGroupID m_strFinType m_strExchangeType m_strCode m_strCodeName m_nDate m_dBeginCompacAmount "
    "m_dBeginCompacBalance m_dCompacAmount m_dCompacBalance m_dReturnAmount m_dReturnBalance m_dRealBuyAmount "
    "m_dFsmpOccupedRate m_dCompactInterest m_dCompactFineInterest m_dRepaidInterest m_dRepaidFineInterest m_dFineRate "
    "m_dPreendRate m_strCompactType m_nPostponeTimes m_strCompactStatus m_nLastInterestDate m_nInterestEndDate m_nValidDate "
    "m_nDateClear m_dUsedAmount m_dUsedBalance m_dUsedRate m_dUnUusedRate m_strSrcGroupName m_nRepaidDate "
    "m_dPreOccupedInterest m_dCompactInterestx m_dEnPostponeAmount m_strPostponeStatus m_strApplyMode",
    "SmtAppointmentResp": "m_bSuccess m_strMsg m_strApplyID",
    "PositionStatistics": "m_strAccountID=account_id m_strExchangeID=exchange_id m_strExchangeName=exchange_name "
    "m_strProductID=product_id m_strInstrumentID=instrument_id m_strInstrumentName=instrument_name m_nDirection=direction "
    "m_nHedgeFlag=hedge_flag m_nPosition=position m_nYestodayPosition=yesterday_position m_nTodayPosition=today_position "
    "m_nCanCloseVol=can_close_vol m_dPositionCost=position_cost m_dAvgPrice=avg_price m_dPositionProfit=position_profit "
    "m_dFloatProfit=float_profit m_dOpenPrice=open_price m_dUsedMargin=used_margin m_dUsedCommission=used_commission "
    "m_dFrozenMargin=frozen_margin m_dFrozenCommission=frozen_commission m_dInstrumentValue=instrument_value "
    "m_nOpenTimes=open_times m_nOpenVolume=open_volume m_nCancelTimes=cancel_times m_dLastPrice=last_price "
    "m_dRiseRatio=rise_ratio m_strProductName=product_name m_dRoyalty=royalty m_strExpireDate=expire_date "
    "m_dAssestWeight=assest_weight m_dIncreaseBySettlement=increase_by_settlement m_dMarginRatio=margin_ratio "
    "m_dFloatProfitDivideByUsedMargin=float_profit_divide_by_used_margin "
    "m_dFloatProfitDivideByBalance=float_profit_divide_by_balance m_dTodayProfitLoss=today_profit_loss "
    "m_nYestodayInitPosition=yesterday_init_position m_dFrozenRoyalty=frozen_royalty "
    "m_dTodayCloseProfitLoss=today_close_profit_loss m_dCloseProfit=close_profit m_strFtProductName=ft_product_name "
    "m_dOpenCost=open_cost",
    "BankTransferResp": "account_id:s success:b error_msg:s",
    "BankInfo": "success:b error_msg:s money_type:s bank_no:s bank_account:s bank_name:s",
    "BankAmount": "success:b error_msg:s account_id:s bank_account:s money_type:s balance:f enable_balance:f",
    "BankTransferStream": "success:b error_msg:s date:s time:s transfer_no:s transfer_direction:s bank_no:s bank_name:s "
    "bank_account:s money_type:s account_id:s balance:f remark:s transfer_status:s",
    "SecuAccount": "main:b market:s secu_account:s",
    "CtpInternalTransferResp": "opt_account_id:s ft_account_id:s success:b error_msg:s",
    "OperateSmartAlgoTaskResp": "success:b task_id:i reason:s error_msg:s",
}

STRUCTS: Final[dict[str, type[Struct]]] = {
    **{name: struct(name, line) for name, line in {**_REQUESTS, **_ANSWERS}.items()},
    **{name: struct(name, line, fixed_texts=True) for name, line in _SHOWN.items()},
}
"""Every class by its name."""
REQUESTS: Final = tuple(_REQUESTS)
