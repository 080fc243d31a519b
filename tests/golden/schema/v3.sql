PRAGMA application_id=1297175373;
BEGIN TRANSACTION;
CREATE TABLE accounts (
	account_id TEXT NOT NULL, 
	account_type INTEGER NOT NULL, 
	status INTEGER NOT NULL, 
	cash_li INTEGER NOT NULL, 
	frozen_li INTEGER NOT NULL, 
	unsettled_li INTEGER NOT NULL, 
	overdraft_li INTEGER NOT NULL, 
	opened_day INTEGER NOT NULL, 
	PRIMARY KEY (account_id)
)
 STRICT;
INSERT INTO "accounts" VALUES('A',2,0,995067850,2072020,0,0,20261123);
INSERT INTO "accounts" VALUES('B',2,0,500000000,7236070,0,0,20261123);
INSERT INTO "accounts" VALUES('C',2,0,50012340,0,0,0,20261124);
CREATE TABLE appointments (apply_id TEXT NOT NULL, compact_id TEXT NOT NULL, account_id TEXT NOT NULL, stock_code TEXT NOT NULL, group_id TEXT NOT NULL, apply_mode TEXT NOT NULL, apply_ms INTEGER NOT NULL, volume INTEGER NOT NULL, returned_volume INTEGER NOT NULL, amount_li INTEGER NOT NULL, begin_day INTEGER NOT NULL, end_day INTEGER NOT NULL, rate_ppm INTEGER NOT NULL, early_ppm INTEGER NOT NULL, fine_ppm INTEGER NOT NULL, basis_days INTEGER NOT NULL, fee_li INTEGER NOT NULL, fee_rest INTEGER NOT NULL, repaid_fee_li INTEGER NOT NULL, fine_li INTEGER NOT NULL, fine_rest INTEGER NOT NULL, repaid_fine_li INTEGER NOT NULL, renewals INTEGER NOT NULL, status TEXT NOT NULL, PRIMARY KEY (apply_id)) STRICT;
CREATE TABLE bank_transfers (
	transfer_id INTEGER NOT NULL, 
	account_id TEXT NOT NULL, 
	transfer_ms INTEGER NOT NULL, 
	direction INTEGER NOT NULL, 
	bank_no TEXT NOT NULL, 
	bank_account TEXT NOT NULL, 
	bank_name TEXT NOT NULL, 
	amount_li INTEGER NOT NULL, 
	PRIMARY KEY (transfer_id)
)
 STRICT;
INSERT INTO "bank_transfers" VALUES(1,'A',1795397460000,501,'1001','6222','工商银行',1000000);
CREATE TABLE banks (
	account_id TEXT NOT NULL, 
	bank_no TEXT NOT NULL, 
	bank_account TEXT NOT NULL, 
	bank_name TEXT NOT NULL, 
	balance_li INTEGER NOT NULL, 
	bank_pwd TEXT NOT NULL, 
	fund_pwd TEXT NOT NULL, 
	PRIMARY KEY (account_id, bank_no, bank_account)
)
 STRICT;
INSERT INTO "banks" VALUES('A','1001','6222','工商银行',49000000,'123','456');
CREATE TABLE cash_ledger (
	ledger_id INTEGER NOT NULL, 
	account_id TEXT NOT NULL, 
	day INTEGER NOT NULL, 
	ledger_ms INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	amount_li INTEGER NOT NULL, 
	balance_li INTEGER NOT NULL, 
	order_id INTEGER NOT NULL, 
	trade_id INTEGER NOT NULL, 
	PRIMARY KEY (ledger_id)
)
 STRICT;
INSERT INTO "cash_ledger" VALUES(1,'A',20261126,1795654800000,'deposit',1000000000,1000000000,0,0);
INSERT INTO "cash_ledger" VALUES(2,'B',20261126,1795654800000,'deposit',500000000,500000000,0,0);
INSERT INTO "cash_ledger" VALUES(3,'A',20261123,1795397460000,'buy',-3138000,996862000,1048577,1);
INSERT INTO "cash_ledger" VALUES(4,'A',20261123,1795397460000,'commission',-5000,996857000,1048577,1);
INSERT INTO "cash_ledger" VALUES(5,'A',20261123,1795397460000,'transfer_fee',-30,996856970,1048577,1);
INSERT INTO "cash_ledger" VALUES(6,'A',20261123,1795397460000,'sell',2092000,998948970,1048579,2);
INSERT INTO "cash_ledger" VALUES(7,'A',20261123,1795397460000,'commission',-5000,998943970,1048579,2);
INSERT INTO "cash_ledger" VALUES(8,'A',20261123,1795397460000,'stamp_duty',-1050,998942920,1048579,2);
INSERT INTO "cash_ledger" VALUES(9,'A',20261123,1795397460000,'transfer_fee',-20,998942900,1048579,2);
INSERT INTO "cash_ledger" VALUES(10,'A',20261123,1795397460000,'buy',-2092000,996850900,1048577,3);
INSERT INTO "cash_ledger" VALUES(11,'A',20261123,1795397460000,'transfer_fee',-20,996850880,1048577,3);
INSERT INTO "cash_ledger" VALUES(12,'A',20261123,1795397460000,'bank_in',1000000,997850880,0,0);
INSERT INTO "cash_ledger" VALUES(13,'A',20261124,1795480200000,'dividend',330000,998180880,0,0);
INSERT INTO "cash_ledger" VALUES(14,'A',20261124,1795483860000,'buy',-3108000,995072880,1048581,4);
INSERT INTO "cash_ledger" VALUES(15,'A',20261124,1795483860000,'commission',-5000,995067880,1048581,4);
INSERT INTO "cash_ledger" VALUES(16,'A',20261124,1795483860000,'transfer_fee',-30,995067850,1048581,4);
INSERT INTO "cash_ledger" VALUES(17,'C',20261124,1795483860000,'deposit',50000000,50000000,0,0);
INSERT INTO "cash_ledger" VALUES(18,'C',20261124,1795483860000,'deposit',12340,50012340,0,0);
CREATE TABLE compact_history (compact_id TEXT NOT NULL, account_id TEXT NOT NULL, compact_type INTEGER NOT NULL, cashgroup_prop INTEGER NOT NULL, stock_code TEXT NOT NULL, order_id INTEGER NOT NULL, open_day INTEGER NOT NULL, end_day INTEGER NOT NULL, volume INTEGER NOT NULL, repaid_volume INTEGER NOT NULL, amount_li INTEGER NOT NULL, repaid_li INTEGER NOT NULL, trade_fees_li INTEGER NOT NULL, rate_ppm INTEGER NOT NULL, ratio_ppm INTEGER NOT NULL, basis_days INTEGER NOT NULL, fee_li INTEGER NOT NULL, fee_rest INTEGER NOT NULL, repaid_fee_li INTEGER NOT NULL, extensions INTEGER NOT NULL, overdue INTEGER NOT NULL, status INTEGER NOT NULL, closed_day INTEGER NOT NULL, PRIMARY KEY (compact_id)) STRICT;
CREATE TABLE compacts (compact_id TEXT NOT NULL, account_id TEXT NOT NULL, compact_type INTEGER NOT NULL, cashgroup_prop INTEGER NOT NULL, stock_code TEXT NOT NULL, order_id INTEGER NOT NULL, open_day INTEGER NOT NULL, end_day INTEGER NOT NULL, volume INTEGER NOT NULL, repaid_volume INTEGER NOT NULL, amount_li INTEGER NOT NULL, repaid_li INTEGER NOT NULL, trade_fees_li INTEGER NOT NULL, rate_ppm INTEGER NOT NULL, ratio_ppm INTEGER NOT NULL, basis_days INTEGER NOT NULL, fee_li INTEGER NOT NULL, fee_rest INTEGER NOT NULL, repaid_fee_li INTEGER NOT NULL, extensions INTEGER NOT NULL, overdue INTEGER NOT NULL, status INTEGER NOT NULL, PRIMARY KEY (compact_id)) STRICT;
CREATE TABLE compliance (
	account_id TEXT NOT NULL, 
	day INTEGER NOT NULL, 
	orders INTEGER NOT NULL, 
	cancels INTEGER NOT NULL, 
	trades INTEGER NOT NULL, 
	self_trades INTEGER NOT NULL, 
	peak INTEGER NOT NULL, 
	peak_ms INTEGER NOT NULL, 
	warned TEXT NOT NULL, 
	PRIMARY KEY (account_id)
)
 STRICT;
INSERT INTO "compliance" VALUES('A',20261124,2,0,1,0,2,1795483860000,'');
INSERT INTO "compliance" VALUES('B',20261124,3,1,0,0,4,1795483860000,'');
CREATE TABLE compliance_window (
	account_id TEXT NOT NULL, 
	sent_ms INTEGER NOT NULL, 
	messages INTEGER NOT NULL, 
	PRIMARY KEY (account_id, sent_ms)
)
 STRICT;
INSERT INTO "compliance_window" VALUES('A',1795483860000,2);
INSERT INTO "compliance_window" VALUES('B',1795483860000,4);
CREATE TABLE configurations (fingerprint TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (fingerprint)) STRICT;
INSERT INTO "configurations" VALUES('511b66c0739770e4975970de7c7f7dc2304fe4fb44ef0ab633a7808d0291809f','{}');
CREATE TABLE corporate_actions (
	stock_code TEXT NOT NULL, 
	ex_day INTEGER NOT NULL, 
	record_day INTEGER NOT NULL, 
	cash_micro INTEGER NOT NULL, 
	bonus_ppm INTEGER NOT NULL, 
	transfer_ppm INTEGER NOT NULL, 
	rights_ppm INTEGER NOT NULL, 
	rights_price_li INTEGER NOT NULL, 
	subscribe TEXT NOT NULL, 
	PRIMARY KEY (stock_code, ex_day)
)
 STRICT;
INSERT INTO "corporate_actions" VALUES('600000.SH',20261124,0,100000,0,0,0,0,'all');
CREATE TABLE counters (
	name TEXT NOT NULL, 
	value INTEGER NOT NULL, 
	PRIMARY KEY (name)
)
 STRICT;
INSERT INTO "counters" VALUES('start_ms',1795397460000);
INSERT INTO "counters" VALUES('now_ms',1795483860000);
INSERT INTO "counters" VALUES('day',20261124);
INSERT INTO "counters" VALUES('scheduled_id',15);
INSERT INTO "counters" VALUES('ledger_id',18);
INSERT INTO "counters" VALUES('sum.external_li',1551342340);
INSERT INTO "counters" VALUES('sum.ordinary_given_li',1000000);
INSERT INTO "counters" VALUES('sum.bank_given_li',50000000);
INSERT INTO "counters" VALUES('shares.600000.SH',3900);
INSERT INTO "counters" VALUES('journal_seq',25);
INSERT INTO "counters" VALUES('seq',24);
INSERT INTO "counters" VALUES('order_id',9);
INSERT INTO "counters" VALUES('sysid.SH',8);
INSERT INTO "counters" VALUES('queue_seq',12);
INSERT INTO "counters" VALUES('sum.house_li',6246000);
INSERT INTO "counters" VALUES('trade_id',4);
INSERT INTO "counters" VALUES('sum.fees_li',16150);
INSERT INTO "counters" VALUES('sum.bank_sent_li',1000000);
INSERT INTO "counters" VALUES('bank_transfer_id',1);
INSERT INTO "counters" VALUES('settled_day',20261123);
INSERT INTO "counters" VALUES('journal_base',20);
CREATE TABLE credit_accounts (account_id TEXT NOT NULL, fin_quota_li INTEGER NOT NULL, fin_special_quota_li INTEGER NOT NULL, slo_quota_li INTEGER NOT NULL, called_day INTEGER NOT NULL, due_day INTEGER NOT NULL, PRIMARY KEY (account_id)) STRICT;
CREATE TABLE credit_events (event_id INTEGER NOT NULL, account_id TEXT NOT NULL, day INTEGER NOT NULL, event_ms INTEGER NOT NULL, kind TEXT NOT NULL, ratio_ppm INTEGER NOT NULL, order_id INTEGER NOT NULL, detail TEXT NOT NULL, PRIMARY KEY (event_id)) STRICT;
CREATE TABLE credit_surplus (account_id TEXT NOT NULL, stock_code TEXT NOT NULL, volume INTEGER NOT NULL, today_volume INTEGER NOT NULL, cost_li INTEGER NOT NULL, PRIMARY KEY (account_id, stock_code)) STRICT;
CREATE TABLE day_figures (
	stock_code TEXT NOT NULL, 
	open_li INTEGER NOT NULL, 
	high_li INTEGER NOT NULL, 
	low_li INTEGER NOT NULL, 
	close_li INTEGER NOT NULL, 
	volume INTEGER NOT NULL, 
	amount_li INTEGER NOT NULL, 
	halted_until_ms INTEGER NOT NULL, 
	halts TEXT NOT NULL, 
	tape TEXT NOT NULL, 
	PRIMARY KEY (stock_code)
)
 STRICT;
INSERT INTO "day_figures" VALUES('600000.SH',10360,10360,10360,0,300,3108000,0,'[]','[[1795483860000, 3108000, 300]]');
CREATE TABLE house_rests (
	queue_seq INTEGER NOT NULL, 
	stock_code TEXT NOT NULL, 
	side INTEGER NOT NULL, 
	price_li INTEGER NOT NULL, 
	volume INTEGER NOT NULL, 
	PRIMARY KEY (queue_seq)
)
 STRICT;
INSERT INTO "house_rests" VALUES(6,'600000.SH',0,10340,500);
CREATE TABLE instruments (
	stock_code TEXT NOT NULL, 
	name TEXT NOT NULL, 
	board TEXT NOT NULL, 
	pre_close_li INTEGER NOT NULL, 
	base_li INTEGER NOT NULL, 
	tags TEXT NOT NULL, 
	listed INTEGER NOT NULL, 
	PRIMARY KEY (stock_code)
)
 STRICT;
INSERT INTO "instruments" VALUES('600000.SH','浦发银行','SH_MAIN',10360,10350,'',0);
INSERT INTO "instruments" VALUES('000001.SZ','平安银行','SZ_MAIN',11520,11520,'',0);
INSERT INTO "instruments" VALUES('518880.SH','黄金ETF','SH_FUND',8947,8947,'t0',0);
INSERT INTO "instruments" VALUES('600009.SH','上海机场','SH_MAIN',32100,32100,'',0);
INSERT INTO "instruments" VALUES('600016.SH','民生银行','SH_MAIN',4050,4050,'',0);
INSERT INTO "instruments" VALUES('600019.SH','宝钢股份','SH_MAIN',7120,7120,'',0);
INSERT INTO "instruments" VALUES('600028.SH','中国石化','SH_MAIN',5780,5780,'',0);
INSERT INTO "instruments" VALUES('600030.SH','中信证券','SH_MAIN',27350,27350,'',0);
INSERT INTO "instruments" VALUES('600036.SH','招商银行','SH_MAIN',43260,43260,'',0);
INSERT INTO "instruments" VALUES('600050.SH','中国联通','SH_MAIN',5420,5420,'',0);
INSERT INTO "instruments" VALUES('600104.SH','上汽集团','SH_MAIN',16480,16480,'',0);
INSERT INTO "instruments" VALUES('600276.SH','恒瑞医药','SH_MAIN',62900,62900,'',0);
INSERT INTO "instruments" VALUES('600309.SH','万华化学','SH_MAIN',63550,63550,'',0);
INSERT INTO "instruments" VALUES('600519.SH','贵州茅台','SH_MAIN',1456800,1456800,'',0);
INSERT INTO "instruments" VALUES('600525.SH','ST长园','SH_MAIN',3620,3620,'st',0);
INSERT INTO "instruments" VALUES('600585.SH','海螺水泥','SH_MAIN',23740,23740,'',0);
INSERT INTO "instruments" VALUES('600887.SH','伊利股份','SH_MAIN',27680,27680,'',0);
INSERT INTO "instruments" VALUES('600900.SH','长江电力','SH_MAIN',28050,28050,'',0);
INSERT INTO "instruments" VALUES('601012.SH','隆基绿能','SH_MAIN',17860,17860,'',0);
INSERT INTO "instruments" VALUES('601088.SH','中国神华','SH_MAIN',38920,38920,'',0);
INSERT INTO "instruments" VALUES('601166.SH','兴业银行','SH_MAIN',20330,20330,'',0);
INSERT INTO "instruments" VALUES('601288.SH','农业银行','SH_MAIN',6810,6810,'',0);
INSERT INTO "instruments" VALUES('601318.SH','中国平安','SH_MAIN',56400,56400,'',0);
INSERT INTO "instruments" VALUES('601398.SH','工商银行','SH_MAIN',7360,7360,'',0);
INSERT INTO "instruments" VALUES('601668.SH','中国建筑','SH_MAIN',5480,5480,'',0);
INSERT INTO "instruments" VALUES('601857.SH','中国石油','SH_MAIN',8930,8930,'',0);
INSERT INTO "instruments" VALUES('601899.SH','紫金矿业','SH_MAIN',26570,26570,'',0);
INSERT INTO "instruments" VALUES('601988.SH','中国银行','SH_MAIN',5390,5390,'',0);
INSERT INTO "instruments" VALUES('603259.SH','药明康德','SH_MAIN',94200,94200,'',0);
INSERT INTO "instruments" VALUES('603288.SH','海天味业','SH_MAIN',38750,38750,'',0);
INSERT INTO "instruments" VALUES('605499.SH','东鹏饮料','SH_MAIN',288600,288600,'',0);
INSERT INTO "instruments" VALUES('688008.SH','澜起科技','STAR',128400,128400,'',0);
INSERT INTO "instruments" VALUES('688012.SH','中微公司','STAR',268850,268850,'',0);
INSERT INTO "instruments" VALUES('688036.SH','传音控股','STAR',74300,74300,'',0);
INSERT INTO "instruments" VALUES('688041.SH','海光信息','STAR',221600,221600,'',0);
INSERT INTO "instruments" VALUES('688111.SH','金山办公','STAR',309150,309150,'',0);
INSERT INTO "instruments" VALUES('688256.SH','寒武纪','STAR',1298000,1298000,'',0);
INSERT INTO "instruments" VALUES('688981.SH','中芯国际','STAR',114720,114720,'',0);
INSERT INTO "instruments" VALUES('689009.SH','九号公司','STAR',58360,58360,'',0);
INSERT INTO "instruments" VALUES('000002.SZ','万科A','SZ_MAIN',6580,6580,'',0);
INSERT INTO "instruments" VALUES('000063.SZ','中兴通讯','SZ_MAIN',33410,33410,'',0);
INSERT INTO "instruments" VALUES('000100.SZ','TCL科技','SZ_MAIN',4470,4470,'',0);
INSERT INTO "instruments" VALUES('000333.SZ','美的集团','SZ_MAIN',73250,73250,'',0);
INSERT INTO "instruments" VALUES('000568.SZ','泸州老窖','SZ_MAIN',128900,128900,'',0);
INSERT INTO "instruments" VALUES('000625.SZ','长安汽车','SZ_MAIN',12660,12660,'',0);
INSERT INTO "instruments" VALUES('000651.SZ','格力电器','SZ_MAIN',40380,40380,'',0);
INSERT INTO "instruments" VALUES('000725.SZ','京东方A','SZ_MAIN',4030,4030,'',0);
INSERT INTO "instruments" VALUES('000858.SZ','五粮液','SZ_MAIN',119750,119750,'',0);
INSERT INTO "instruments" VALUES('001979.SZ','招商蛇口','SZ_MAIN',9640,9640,'',0);
INSERT INTO "instruments" VALUES('002142.SZ','宁波银行','SZ_MAIN',28120,28120,'',0);
INSERT INTO "instruments" VALUES('002230.SZ','科大讯飞','SZ_MAIN',50430,50430,'',0);
INSERT INTO "instruments" VALUES('002352.SZ','顺丰控股','SZ_MAIN',40170,40170,'',0);
INSERT INTO "instruments" VALUES('002415.SZ','海康威视','SZ_MAIN',30860,30860,'',0);
INSERT INTO "instruments" VALUES('002475.SZ','立讯精密','SZ_MAIN',55200,55200,'',0);
INSERT INTO "instruments" VALUES('002594.SZ','比亚迪','SZ_MAIN',104350,104350,'',0);
INSERT INTO "instruments" VALUES('002714.SZ','牧原股份','SZ_MAIN',50080,50080,'',0);
INSERT INTO "instruments" VALUES('003816.SZ','中国广核','SZ_MAIN',3710,3710,'',0);
INSERT INTO "instruments" VALUES('300015.SZ','爱尔眼科','CHINEXT',12470,12470,'',0);
INSERT INTO "instruments" VALUES('300059.SZ','东方财富','CHINEXT',24180,24180,'',0);
INSERT INTO "instruments" VALUES('300096.SZ','ST易联众','CHINEXT',7250,7250,'st',0);
INSERT INTO "instruments" VALUES('300124.SZ','汇川技术','CHINEXT',70620,70620,'',0);
INSERT INTO "instruments" VALUES('300274.SZ','阳光电源','CHINEXT',162400,162400,'',0);
INSERT INTO "instruments" VALUES('300308.SZ','中际旭创','CHINEXT',452100,452100,'',0);
INSERT INTO "instruments" VALUES('300498.SZ','温氏股份','CHINEXT',18340,18340,'',0);
INSERT INTO "instruments" VALUES('300750.SZ','宁德时代','CHINEXT',381500,381500,'',0);
INSERT INTO "instruments" VALUES('300760.SZ','迈瑞医疗','CHINEXT',211280,211280,'',0);
INSERT INTO "instruments" VALUES('301269.SZ','华大九天','CHINEXT',108900,108900,'',0);
INSERT INTO "instruments" VALUES('510050.SH','上证50ETF','SH_FUND',3142,3142,'',0);
INSERT INTO "instruments" VALUES('510300.SH','沪深300ETF','SH_FUND',4651,4651,'',0);
INSERT INTO "instruments" VALUES('510500.SH','中证500ETF','SH_FUND',7208,7208,'',0);
INSERT INTO "instruments" VALUES('511010.SH','国债ETF','SH_FUND',140862,140862,'t0',0);
INSERT INTO "instruments" VALUES('511260.SH','十年国债ETF','SH_FUND',134215,134215,'t0',0);
INSERT INTO "instruments" VALUES('511880.SH','银华日利','SH_FUND',100486,100486,'t0',0);
INSERT INTO "instruments" VALUES('511990.SH','华宝添益','SH_FUND',100003,100003,'t0',0);
INSERT INTO "instruments" VALUES('512480.SH','半导体ETF','SH_FUND',1386,1386,'',0);
INSERT INTO "instruments" VALUES('512880.SH','证券ETF','SH_FUND',1172,1172,'',0);
INSERT INTO "instruments" VALUES('513050.SH','中概互联网ETF','SH_FUND',1538,1538,'t0',0);
INSERT INTO "instruments" VALUES('513100.SH','纳指ETF','SH_FUND',1824,1824,'t0',0);
INSERT INTO "instruments" VALUES('588000.SH','科创50ETF','SH_FUND',1436,1436,'limit20',0);
INSERT INTO "instruments" VALUES('588080.SH','科创板50ETF','SH_FUND',1402,1402,'limit20',0);
INSERT INTO "instruments" VALUES('159901.SZ','深证100ETF','SZ_FUND',3506,3506,'',0);
INSERT INTO "instruments" VALUES('159915.SZ','创业板ETF','SZ_FUND',3087,3087,'limit20',0);
INSERT INTO "instruments" VALUES('159919.SZ','沪深300ETF','SZ_FUND',4812,4812,'',0);
INSERT INTO "instruments" VALUES('159920.SZ','恒生ETF','SZ_FUND',1564,1564,'t0',0);
INSERT INTO "instruments" VALUES('159934.SZ','黄金ETF','SZ_FUND',8931,8931,'t0',0);
INSERT INTO "instruments" VALUES('159941.SZ','纳指ETF','SZ_FUND',1342,1342,'t0',0);
INSERT INTO "instruments" VALUES('159949.SZ','创业板50ETF','SZ_FUND',1458,1458,'limit20',0);
INSERT INTO "instruments" VALUES('159995.SZ','芯片ETF','SZ_FUND',1783,1783,'',0);
INSERT INTO "instruments" VALUES('110085.SH','通22转债','SH_BOND',118420,118420,'',0);
INSERT INTO "instruments" VALUES('113042.SH','上银转债','SH_BOND',120356,120356,'',0);
INSERT INTO "instruments" VALUES('113052.SH','兴业转债','SH_BOND',118507,118507,'',0);
INSERT INTO "instruments" VALUES('118031.SH','天23转债','SH_BOND',108930,108930,'',0);
INSERT INTO "instruments" VALUES('118034.SH','晶能转债','SH_BOND',110285,110285,'',0);
INSERT INTO "instruments" VALUES('123107.SZ','温氏转债','SZ_BOND',126480,126480,'',0);
INSERT INTO "instruments" VALUES('127045.SZ','牧原转债','SZ_BOND',125613,125613,'',0);
INSERT INTO "instruments" VALUES('127049.SZ','希望转2','SZ_BOND',115569,115569,'',0);
INSERT INTO "instruments" VALUES('127073.SZ','天赐转债','SZ_BOND',121940,121940,'',0);
INSERT INTO "instruments" VALUES('128136.SZ','立讯转债','SZ_BOND',127250,127250,'',0);
CREATE TABLE ipo_subscriptions (
	account_id TEXT NOT NULL, 
	subscription_code TEXT NOT NULL, 
	order_id INTEGER NOT NULL, 
	subscribe_day INTEGER NOT NULL, 
	volume INTEGER NOT NULL, 
	won_volume INTEGER NOT NULL, 
	paid_volume INTEGER NOT NULL, 
	PRIMARY KEY (account_id, subscription_code)
)
 STRICT;
CREATE TABLE journal (
	seq INTEGER NOT NULL, 
	now_ms INTEGER NOT NULL, 
	connection INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	body TEXT NOT NULL, request_seq INTEGER NOT NULL DEFAULT 0, 
	PRIMARY KEY (seq)
)
 STRICT;
INSERT INTO "journal" VALUES(1,1795654800000,0,'start','{"server":"miniqmt-sim 0.1.0","config":"102bbe4817af12c33960d9ef9346fda9b6d9bd91cd6ebae36cc75f72904e5626","state":"d977ef92785bceb62cf7bb09193a46cb2c40294cf5ec2f28a1008a313823c7bd"}',0);
INSERT INTO "journal" VALUES(2,1795397460000,1,'ctl_clock_set','{"time":"2026-11-23T09:31"}',0);
INSERT INTO "journal" VALUES(3,1795397460000,1,'ctl_quote','{"stock_code":"600000.SH","last":10.45,"bids":[[10.44,500]],"asks":[[10.46,300]],"volume":0,"pre_close":0}',0);
INSERT INTO "journal" VALUES(4,1795397460000,1,'ctl_corporate_add','{"stock_code":"600000.SH","ex_day":"2026-11-24","record_day":"","cash":0.1,"bonus":0,"transfer":0,"rights":0,"rights_price":0,"subscribe":"all"}',0);
INSERT INTO "journal" VALUES(5,1795397460000,2,'hello','{"session_id":1}',0);
INSERT INTO "journal" VALUES(6,1795397460000,2,'order_stock','{"account_type":2,"account_id":"A","stock_code":"600000.SH","order_type":23,"order_volume":500,"price_type":11,"price":10.46,"strategy_name":"示例","order_remark":"first"}',0);
INSERT INTO "journal" VALUES(7,1795397460000,2,'order_stock','{"account_type":2,"account_id":"B","stock_code":"600000.SH","order_type":23,"order_volume":200,"price_type":11,"price":10.4,"strategy_name":"示例","order_remark":"first"}',0);
INSERT INTO "journal" VALUES(8,1795397460000,2,'order_stock','{"account_type":2,"account_id":"A","stock_code":"600000.SH","order_type":24,"order_volume":200,"price_type":11,"price":10.4,"strategy_name":"示例","order_remark":"first"}',0);
INSERT INTO "journal" VALUES(9,1795397460000,2,'bank_transfer','{"account_type":2,"account_id":"A","direction":501,"bank_no":"1001","bank_account":"6222","balance":1000,"bank_pwd":"***","fund_pwd":""}',0);
INSERT INTO "journal" VALUES(10,1795397460000,2,'order_stock','{"account_type":2,"account_id":"B","stock_code":"600000.SH","order_type":23,"order_volume":150,"price_type":11,"price":10.4,"strategy_name":"示例","order_remark":"first"}',0);
INSERT INTO "journal" VALUES(11,1795483860000,1,'ctl_clock_set','{"time":"2026-11-24T09:31"}',0);
INSERT INTO "journal" VALUES(12,1795483860000,1,'ctl_quote','{"stock_code":"600000.SH","last":10.35,"bids":[[10.34,500]],"asks":[[10.36,300]],"volume":0,"pre_close":0}',0);
INSERT INTO "journal" VALUES(13,1795483860000,3,'hello','{"session_id":2}',0);
INSERT INTO "journal" VALUES(14,1795483860000,3,'order_stock','{"account_type":2,"account_id":"A","stock_code":"600000.SH","order_type":23,"order_volume":500,"price_type":11,"price":10.36,"strategy_name":"示例","order_remark":"first"}',0);
INSERT INTO "journal" VALUES(15,1795483860000,3,'order_stock','{"account_type":2,"account_id":"B","stock_code":"600000.SH","order_type":23,"order_volume":300,"price_type":11,"price":10.3,"strategy_name":"示例","order_remark":"first"}',0);
INSERT INTO "journal" VALUES(16,1795483860000,3,'order_stock','{"account_type":2,"account_id":"A","stock_code":"600000.SH","order_type":24,"order_volume":200,"price_type":11,"price":10.6,"strategy_name":"示例","order_remark":"first"}',0);
INSERT INTO "journal" VALUES(17,1795483860000,3,'order_stock','{"account_type":2,"account_id":"B","stock_code":"600000.SH","order_type":23,"order_volume":400,"price_type":11,"price":10.34,"strategy_name":"示例","order_remark":"first"}',0);
INSERT INTO "journal" VALUES(18,1795483860000,3,'order_stock','{"account_type":2,"account_id":"B","stock_code":"600000.SH","order_type":23,"order_volume":100,"price_type":11,"price":10.2,"strategy_name":"示例","order_remark":"first"}',0);
INSERT INTO "journal" VALUES(19,1795483860000,3,'cancel_order_stock','{"account_type":2,"account_id":"B","order_id":1048585,"market":-1,"order_sysid":""}',0);
INSERT INTO "journal" VALUES(20,1795483860000,0,'start','{"server":"miniqmt-sim 0.1.0","config":"511b66c0739770e4975970de7c7f7dc2304fe4fb44ef0ab633a7808d0291809f","state":"f790e0cd308899904d9d31cb72148de73eddd7fbb45fc358cf8b5fb3a66e32ce"}',0);
INSERT INTO "journal" VALUES(21,1795483860000,1,'hello','{"session_id":0,"role":"operator"}',0);
INSERT INTO "journal" VALUES(22,1795483860000,1,'ctl_account_create','{"t":"ctl_account_create","seq":1,"account_id":"C","cash":50000.0}',1);
INSERT INTO "journal" VALUES(23,1795483860000,1,'ctl_cash_deposit','{"t":"ctl_cash_deposit","seq":2,"account_id":"C","amount":12.34}',2);
INSERT INTO "journal" VALUES(24,1795483860000,1,'ctl_position_set','{"t":"ctl_position_set","seq":3,"account_id":"C","stock_code":"600000.SH","volume":300}',3);
INSERT INTO "journal" VALUES(25,1795483860000,1,'gone','{}',0);
CREATE TABLE journal_bases (seq INTEGER NOT NULL, now_ms INTEGER NOT NULL, server TEXT NOT NULL, config TEXT NOT NULL, state_hash TEXT NOT NULL, world TEXT NOT NULL, PRIMARY KEY (seq)) STRICT;
INSERT INTO "journal_bases" VALUES(19,1795483860000,'miniqmt-sim 0.1.0','511b66c0739770e4975970de7c7f7dc2304fe4fb44ef0ab633a7808d0291809f','f790e0cd308899904d9d31cb72148de73eddd7fbb45fc358cf8b5fb3a66e32ce','{"counters":[["bank_transfer_id",1],["day",20261124],["ledger_id",16],["now_ms",1795483860000],["order_id",9],["queue_seq",12],["scheduled_id",15],["seq",19],["settled_day",20261123],["shares.600000.SH",3600],["start_ms",1795397460000],["sum.bank_given_li",50000000],["sum.bank_sent_li",1000000],["sum.external_li",1501330000],["sum.fees_li",16150],["sum.house_li",6246000],["sum.ordinary_given_li",1000000],["sysid.SH",8],["trade_id",4]],"accounts":[["A",2,0,995067850,2072020,0,0,20261123],["B",2,0,500000000,7236070,0,0,20261123]],"positions":[["A","600000.SH",3600,300,200,3300,35932150,35994857,3600,20261123]],"orders":[[1048581,20261124,"A",2,"600000.SH",23,11,10360,500,300,3108000,55,"","4","示例","first",1795483860000,2,6,8,2072020,5000,0,30,0,0],[1048582,20261124,"B",2,"600000.SH",23,11,10300,300,0,0,50,"","5","示例","first",1795483860000,2,7,9,3095030,0,0,0,0,0],[1048583,20261124,"A",2,"600000.SH",24,11,10600,200,0,0,50,"","6","示例","first",1795483860000,2,8,10,0,0,0,0,0,0],[1048584,20261124,"B",2,"600000.SH",23,11,10340,400,0,0,50,"","7","示例","first",1795483860000,2,9,11,4141040,0,0,0,0,0],[1048585,20261124,"B",2,"600000.SH",23,11,10200,100,0,0,54,"","8","示例","first",1795483860000,2,10,12,0,0,0,0,0,0]],"position_lots":[["A","600000.SH",20261123,3300,"[[20261123, 330000000]]"]],"corporate_actions":[["600000.SH",20261124,0,100000,0,0,0,0,"all"]],"ipo_subscriptions":[],"market_values":[["A",20261123,34518000,0],["B",20261123,0,0]],"trades":[[4,20261124,"A",2,1048581,"600000.SH",23,10360,300,3108000,1795483860000,5000,0,30,0,0]],"instruments":[["000001.SZ","平安银行","SZ_MAIN",11520,11520,"",0],["000002.SZ","万科A","SZ_MAIN",6580,6580,"",0],["000063.SZ","中兴通讯","SZ_MAIN",33410,33410,"",0],["000100.SZ","TCL科技","SZ_MAIN",4470,4470,"",0],["000333.SZ","美的集团","SZ_MAIN",73250,73250,"",0],["000568.SZ","泸州老窖","SZ_MAIN",128900,128900,"",0],["000625.SZ","长安汽车","SZ_MAIN",12660,12660,"",0],["000651.SZ","格力电器","SZ_MAIN",40380,40380,"",0],["000725.SZ","京东方A","SZ_MAIN",4030,4030,"",0],["000858.SZ","五粮液","SZ_MAIN",119750,119750,"",0],["001979.SZ","招商蛇口","SZ_MAIN",9640,9640,"",0],["002142.SZ","宁波银行","SZ_MAIN",28120,28120,"",0],["002230.SZ","科大讯飞","SZ_MAIN",50430,50430,"",0],["002352.SZ","顺丰控股","SZ_MAIN",40170,40170,"",0],["002415.SZ","海康威视","SZ_MAIN",30860,30860,"",0],["002475.SZ","立讯精密","SZ_MAIN",55200,55200,"",0],["002594.SZ","比亚迪","SZ_MAIN",104350,104350,"",0],["002714.SZ","牧原股份","SZ_MAIN",50080,50080,"",0],["003816.SZ","中国广核","SZ_MAIN",3710,3710,"",0],["110085.SH","通22转债","SH_BOND",118420,118420,"",0],["113042.SH","上银转债","SH_BOND",120356,120356,"",0],["113052.SH","兴业转债","SH_BOND",118507,118507,"",0],["118031.SH","天23转债","SH_BOND",108930,108930,"",0],["118034.SH","晶能转债","SH_BOND",110285,110285,"",0],["123107.SZ","温氏转债","SZ_BOND",126480,126480,"",0],["127045.SZ","牧原转债","SZ_BOND",125613,125613,"",0],["127049.SZ","希望转2","SZ_BOND",115569,115569,"",0],["127073.SZ","天赐转债","SZ_BOND",121940,121940,"",0],["128136.SZ","立讯转债","SZ_BOND",127250,127250,"",0],["159901.SZ","深证100ETF","SZ_FUND",3506,3506,"",0],["159915.SZ","创业板ETF","SZ_FUND",3087,3087,"limit20",0],["159919.SZ","沪深300ETF","SZ_FUND",4812,4812,"",0],["159920.SZ","恒生ETF","SZ_FUND",1564,1564,"t0",0],["159934.SZ","黄金ETF","SZ_FUND",8931,8931,"t0",0],["159941.SZ","纳指ETF","SZ_FUND",1342,1342,"t0",0],["159949.SZ","创业板50ETF","SZ_FUND",1458,1458,"limit20",0],["159995.SZ","芯片ETF","SZ_FUND",1783,1783,"",0],["300015.SZ","爱尔眼科","CHINEXT",12470,12470,"",0],["300059.SZ","东方财富","CHINEXT",24180,24180,"",0],["300096.SZ","ST易联众","CHINEXT",7250,7250,"st",0],["300124.SZ","汇川技术","CHINEXT",70620,70620,"",0],["300274.SZ","阳光电源","CHINEXT",162400,162400,"",0],["300308.SZ","中际旭创","CHINEXT",452100,452100,"",0],["300498.SZ","温氏股份","CHINEXT",18340,18340,"",0],["300750.SZ","宁德时代","CHINEXT",381500,381500,"",0],["300760.SZ","迈瑞医疗","CHINEXT",211280,211280,"",0],["301269.SZ","华大九天","CHINEXT",108900,108900,"",0],["510050.SH","上证50ETF","SH_FUND",3142,3142,"",0],["510300.SH","沪深300ETF","SH_FUND",4651,4651,"",0],["510500.SH","中证500ETF","SH_FUND",7208,7208,"",0],["511010.SH","国债ETF","SH_FUND",140862,140862,"t0",0],["511260.SH","十年国债ETF","SH_FUND",134215,134215,"t0",0],["511880.SH","银华日利","SH_FUND",100486,100486,"t0",0],["511990.SH","华宝添益","SH_FUND",100003,100003,"t0",0],["512480.SH","半导体ETF","SH_FUND",1386,1386,"",0],["512880.SH","证券ETF","SH_FUND",1172,1172,"",0],["513050.SH","中概互联网ETF","SH_FUND",1538,1538,"t0",0],["513100.SH","纳指ETF","SH_FUND",1824,1824,"t0",0],["518880.SH","黄金ETF","SH_FUND",8947,8947,"t0",0],["588000.SH","科创50ETF","SH_FUND",1436,1436,"limit20",0],["588080.SH","科创板50ETF","SH_FUND",1402,1402,"limit20",0],["600000.SH","浦发银行","SH_MAIN",10360,10350,"",0],["600009.SH","上海机场","SH_MAIN",32100,32100,"",0],["600016.SH","民生银行","SH_MAIN",4050,4050,"",0],["600019.SH","宝钢股份","SH_MAIN",7120,7120,"",0],["600028.SH","中国石化","SH_MAIN",5780,5780,"",0],["600030.SH","中信证券","SH_MAIN",27350,27350,"",0],["600036.SH","招商银行","SH_MAIN",43260,43260,"",0],["600050.SH","中国联通","SH_MAIN",5420,5420,"",0],["600104.SH","上汽集团","SH_MAIN",16480,16480,"",0],["600276.SH","恒瑞医药","SH_MAIN",62900,62900,"",0],["600309.SH","万华化学","SH_MAIN",63550,63550,"",0],["600519.SH","贵州茅台","SH_MAIN",1456800,1456800,"",0],["600525.SH","ST长园","SH_MAIN",3620,3620,"st",0],["600585.SH","海螺水泥","SH_MAIN",23740,23740,"",0],["600887.SH","伊利股份","SH_MAIN",27680,27680,"",0],["600900.SH","长江电力","SH_MAIN",28050,28050,"",0],["601012.SH","隆基绿能","SH_MAIN",17860,17860,"",0],["601088.SH","中国神华","SH_MAIN",38920,38920,"",0],["601166.SH","兴业银行","SH_MAIN",20330,20330,"",0],["601288.SH","农业银行","SH_MAIN",6810,6810,"",0],["601318.SH","中国平安","SH_MAIN",56400,56400,"",0],["601398.SH","工商银行","SH_MAIN",7360,7360,"",0],["601668.SH","中国建筑","SH_MAIN",5480,5480,"",0],["601857.SH","中国石油","SH_MAIN",8930,8930,"",0],["601899.SH","紫金矿业","SH_MAIN",26570,26570,"",0],["601988.SH","中国银行","SH_MAIN",5390,5390,"",0],["603259.SH","药明康德","SH_MAIN",94200,94200,"",0],["603288.SH","海天味业","SH_MAIN",38750,38750,"",0],["605499.SH","东鹏饮料","SH_MAIN",288600,288600,"",0],["688008.SH","澜起科技","STAR",128400,128400,"",0],["688012.SH","中微公司","STAR",268850,268850,"",0],["688036.SH","传音控股","STAR",74300,74300,"",0],["688041.SH","海光信息","STAR",221600,221600,"",0],["688111.SH","金山办公","STAR",309150,309150,"",0],["688256.SH","寒武纪","STAR",1298000,1298000,"",0],["688981.SH","中芯国际","STAR",114720,114720,"",0],["689009.SH","九号公司","STAR",58360,58360,"",0]],"day_figures":[["600000.SH",10360,10360,10360,0,300,3108000,0,"[]","[[1795483860000, 3108000, 300]]"]],"house_rests":[[6,"600000.SH",0,10340,500]],"scheduled":[[12,1795503420000,"phase",""],[13,1795503600000,"phase",""],[14,1795503900000,"phase",""],[15,1795507200000,"close",""]],"banks":[["A","1001","6222","工商银行",49000000,"***","***"]],"bank_transfers":[[1,"A",1795397460000,501,"1001","6222","工商银行",1000000]],"ordinary_funds":[["A",0],["B",1000000]],"ordinary_positions":[],"compliance":[["A",20261124,2,0,1,0,2,1795483860000,""],["B",20261124,3,1,0,0,4,1795483860000,""]],"compliance_window":[["A",1795483860000,2],["B",1795483860000,4]],"compacts":[],"credit_accounts":[],"credit_surplus":[],"lendable":[],"appointments":[],"quotes":[["000001.SZ",11520,"","",1795420800000],["000002.SZ",6580,"","",1795397457000],["000063.SZ",33410,"","",1795397457000],["000100.SZ",4470,"","",1795397457000],["000333.SZ",73250,"","",1795397457000],["000568.SZ",128900,"","",1795397457000],["000625.SZ",12660,"","",1795397457000],["000651.SZ",40380,"","",1795397457000],["000725.SZ",4030,"","",1795397457000],["000858.SZ",119750,"","",1795397457000],["001979.SZ",9640,"","",1795397457000],["002142.SZ",28120,"","",1795397457000],["002230.SZ",50430,"","",1795397457000],["002352.SZ",40170,"","",1795397457000],["002415.SZ",30860,"","",1795397457000],["002475.SZ",55200,"","",1795397457000],["002594.SZ",104350,"","",1795397457000],["002714.SZ",50080,"","",1795397457000],["003816.SZ",3710,"","",1795397457000],["110085.SH",118420,"","",1795397457000],["113042.SH",120356,"","",1795397457000],["113052.SH",118507,"","",1795397457000],["118031.SH",108930,"","",1795397457000],["118034.SH",110285,"","",1795397457000],["123107.SZ",126480,"","",1795397457000],["127045.SZ",125613,"","",1795397457000],["127049.SZ",115569,"","",1795397457000],["127073.SZ",121940,"","",1795397457000],["128136.SZ",127250,"","",1795397457000],["159901.SZ",3506,"","",1795397457000],["159915.SZ",3087,"","",1795397457000],["159919.SZ",4812,"","",1795397457000],["159920.SZ",1564,"","",1795397457000],["159934.SZ",8931,"","",1795397457000],["159941.SZ",1342,"","",1795397457000],["159949.SZ",1458,"","",1795397457000],["159995.SZ",1783,"","",1795397457000],["300015.SZ",12470,"","",1795397457000],["300059.SZ",24180,"","",1795397457000],["300096.SZ",7250,"","",1795397457000],["300124.SZ",70620,"","",1795397457000],["300274.SZ",162400,"","",1795397457000],["300308.SZ",452100,"","",1795397457000],["300498.SZ",18340,"","",1795397457000],["300750.SZ",381500,"","",1795397457000],["300760.SZ",211280,"","",1795397457000],["301269.SZ",108900,"","",1795397457000],["510050.SH",3142,"","",1795397457000],["510300.SH",4651,"","",1795397457000],["510500.SH",7208,"","",1795397457000],["511010.SH",140862,"","",1795397457000],["511260.SH",134215,"","",1795397457000],["511880.SH",100486,"","",1795397457000],["511990.SH",100003,"","",1795397457000],["512480.SH",1386,"","",1795397457000],["512880.SH",1172,"","",1795397457000],["513050.SH",1538,"","",1795397457000],["513100.SH",1824,"","",1795397457000],["518880.SH",8947,"","",1795420800000],["588000.SH",1436,"","",1795397457000],["588080.SH",1402,"","",1795397457000],["600000.SH",10360,"[[10340, 500]]","[[10360, 300]]",1795483860000],["600009.SH",32100,"","",1795397457000],["600016.SH",4050,"","",1795397457000],["600019.SH",7120,"","",1795397457000],["600028.SH",5780,"","",1795397457000],["600030.SH",27350,"","",1795397457000],["600036.SH",43260,"","",1795397457000],["600050.SH",5420,"","",1795397457000],["600104.SH",16480,"","",1795397457000],["600276.SH",62900,"","",1795397457000],["600309.SH",63550,"","",1795397457000],["600519.SH",1456800,"","",1795397457000],["600525.SH",3620,"","",1795397457000],["600585.SH",23740,"","",1795397457000],["600887.SH",27680,"","",1795397457000],["600900.SH",28050,"","",1795397457000],["601012.SH",17860,"","",1795397457000],["601088.SH",38920,"","",1795397457000],["601166.SH",20330,"","",1795397457000],["601288.SH",6810,"","",1795397457000],["601318.SH",56400,"","",1795397457000],["601398.SH",7360,"","",1795397457000],["601668.SH",5480,"","",1795397457000],["601857.SH",8930,"","",1795397457000],["601899.SH",26570,"","",1795397457000],["601988.SH",5390,"","",1795397457000],["603259.SH",94200,"","",1795397457000],["603288.SH",38750,"","",1795397457000],["605499.SH",288600,"","",1795397457000],["688008.SH",128400,"","",1795397457000],["688012.SH",268850,"","",1795397457000],["688036.SH",74300,"","",1795397457000],["688041.SH",221600,"","",1795397457000],["688111.SH",309150,"","",1795397457000],["688256.SH",1298000,"","",1795397457000],["688981.SH",114720,"","",1795397457000],["689009.SH",58360,"","",1795397457000]]}');
CREATE TABLE lendable (stock_code TEXT NOT NULL, ordinary INTEGER NOT NULL, special INTEGER NOT NULL, PRIMARY KEY (stock_code)) STRICT;
CREATE TABLE market_values (
	account_id TEXT NOT NULL, 
	day INTEGER NOT NULL, 
	sh_li INTEGER NOT NULL, 
	sz_li INTEGER NOT NULL, 
	PRIMARY KEY (account_id, day)
)
 STRICT;
INSERT INTO "market_values" VALUES('A',20261123,34518000,0);
INSERT INTO "market_values" VALUES('B',20261123,0,0);
CREATE TABLE meta (
	"key" TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY ("key")
)
 STRICT;
INSERT INTO "meta" VALUES('schema_version','3');
CREATE TABLE orders (
	order_id INTEGER NOT NULL, 
	day INTEGER NOT NULL, 
	account_id TEXT NOT NULL, 
	account_type INTEGER NOT NULL, 
	stock_code TEXT NOT NULL, 
	order_type INTEGER NOT NULL, 
	price_type INTEGER NOT NULL, 
	price_li INTEGER NOT NULL, 
	volume INTEGER NOT NULL, 
	traded_volume INTEGER NOT NULL, 
	traded_amount_li INTEGER NOT NULL, 
	status INTEGER NOT NULL, 
	status_msg TEXT NOT NULL, 
	order_sysid TEXT NOT NULL, 
	strategy_name TEXT NOT NULL, 
	order_remark TEXT NOT NULL, 
	order_ms INTEGER NOT NULL, 
	session_id INTEGER NOT NULL, 
	request_seq INTEGER NOT NULL, 
	queue_seq INTEGER NOT NULL, 
	frozen_li INTEGER NOT NULL, 
	commission_li INTEGER NOT NULL, 
	stamp_duty_li INTEGER NOT NULL, 
	transfer_fee_li INTEGER NOT NULL, 
	other_fees_li INTEGER NOT NULL, forced INTEGER NOT NULL DEFAULT 0, 
	PRIMARY KEY (order_id)
)
 STRICT;
INSERT INTO "orders" VALUES(1048577,20261123,'A',2,'600000.SH',23,11,10460,500,500,5230000,56,'','1','示例','first',1795397460000,1,1,3,0,5000,0,50,0,0);
INSERT INTO "orders" VALUES(1048578,20261123,'B',2,'600000.SH',23,11,10400,200,0,0,54,'','2','示例','first',1795397460000,1,2,4,0,0,0,0,0,0);
INSERT INTO "orders" VALUES(1048579,20261123,'A',2,'600000.SH',24,11,10400,200,200,2092000,56,'','3','示例','first',1795397460000,1,3,0,0,5000,1050,20,0,0);
INSERT INTO "orders" VALUES(1048580,20261123,'B',2,'600000.SH',23,11,10400,150,0,0,57,'限价买入 [SH600000] [COUNTER][-150904070][委托数量必须是每手股(张)数的倍数][p_entrust_amount=150.00,lot=100]','xt1048580','示例','first',1795397460000,1,5,0,0,0,0,0,0,0);
INSERT INTO "orders" VALUES(1048581,20261124,'A',2,'600000.SH',23,11,10360,500,300,3108000,55,'','4','示例','first',1795483860000,2,6,8,2072020,5000,0,30,0,0);
INSERT INTO "orders" VALUES(1048582,20261124,'B',2,'600000.SH',23,11,10300,300,0,0,50,'','5','示例','first',1795483860000,2,7,9,3095030,0,0,0,0,0);
INSERT INTO "orders" VALUES(1048583,20261124,'A',2,'600000.SH',24,11,10600,200,0,0,50,'','6','示例','first',1795483860000,2,8,10,0,0,0,0,0,0);
INSERT INTO "orders" VALUES(1048584,20261124,'B',2,'600000.SH',23,11,10340,400,0,0,50,'','7','示例','first',1795483860000,2,9,11,4141040,0,0,0,0,0);
INSERT INTO "orders" VALUES(1048585,20261124,'B',2,'600000.SH',23,11,10200,100,0,0,54,'','8','示例','first',1795483860000,2,10,12,0,0,0,0,0,0);
CREATE TABLE ordinary_funds (
	account_id TEXT NOT NULL, 
	cash_li INTEGER NOT NULL, 
	PRIMARY KEY (account_id)
)
 STRICT;
INSERT INTO "ordinary_funds" VALUES('A',0);
INSERT INTO "ordinary_funds" VALUES('B',1000000);
CREATE TABLE ordinary_positions (
	account_id TEXT NOT NULL, 
	stock_code TEXT NOT NULL, 
	volume INTEGER NOT NULL, 
	cost_li INTEGER NOT NULL, 
	bought_li INTEGER NOT NULL, 
	bought_volume INTEGER NOT NULL, 
	PRIMARY KEY (account_id, stock_code)
)
 STRICT;
CREATE TABLE position_lots (
	account_id TEXT NOT NULL, 
	stock_code TEXT NOT NULL, 
	opened_day INTEGER NOT NULL, 
	volume INTEGER NOT NULL, 
	untaxed TEXT NOT NULL, 
	PRIMARY KEY (account_id, stock_code, opened_day)
)
 STRICT;
INSERT INTO "position_lots" VALUES('A','600000.SH',20261123,3300,'[[20261123, 330000000]]');
CREATE TABLE positions (
	account_id TEXT NOT NULL, 
	stock_code TEXT NOT NULL, 
	volume INTEGER NOT NULL, 
	today_volume INTEGER NOT NULL, 
	frozen_volume INTEGER NOT NULL, 
	yesterday_volume INTEGER NOT NULL, 
	cost_li INTEGER NOT NULL, 
	bought_li INTEGER NOT NULL, 
	bought_volume INTEGER NOT NULL, 
	opened_day INTEGER NOT NULL, 
	PRIMARY KEY (account_id, stock_code)
)
 STRICT;
INSERT INTO "positions" VALUES('A','600000.SH',3600,300,200,3300,35932150,35994857,3600,20261123);
INSERT INTO "positions" VALUES('C','600000.SH',300,0,0,300,3108000,3108000,300,20261124);
CREATE TABLE quotes (
	stock_code TEXT NOT NULL, 
	last_li INTEGER NOT NULL, 
	bids TEXT NOT NULL, 
	asks TEXT NOT NULL, 
	quote_ms INTEGER NOT NULL, 
	PRIMARY KEY (stock_code)
)
 STRICT;
INSERT INTO "quotes" VALUES('600000.SH',10360,'[[10340, 500]]','[[10360, 300]]',1795483860000);
INSERT INTO "quotes" VALUES('000001.SZ',11520,'','',1795420800000);
INSERT INTO "quotes" VALUES('518880.SH',8947,'','',1795420800000);
CREATE TABLE scheduled (
	scheduled_id INTEGER NOT NULL, 
	due_ms INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	detail TEXT NOT NULL, 
	PRIMARY KEY (scheduled_id)
)
 STRICT;
INSERT INTO "scheduled" VALUES(12,1795503420000,'phase','');
INSERT INTO "scheduled" VALUES(13,1795503600000,'phase','');
INSERT INTO "scheduled" VALUES(14,1795503900000,'phase','');
INSERT INTO "scheduled" VALUES(15,1795507200000,'close','');
CREATE TABLE settlements (
	account_id TEXT NOT NULL, 
	day INTEGER NOT NULL, 
	account_type INTEGER NOT NULL, 
	cash_li INTEGER NOT NULL, 
	market_value_li INTEGER NOT NULL, 
	total_asset_li INTEGER NOT NULL, 
	debt_li INTEGER NOT NULL, 
	PRIMARY KEY (account_id, day)
)
 STRICT;
INSERT INTO "settlements" VALUES('A',20261123,2,997850880,34518000,1032368880,0);
INSERT INTO "settlements" VALUES('B',20261123,2,500000000,0,500000000,0);
CREATE TABLE trades (
	trade_id INTEGER NOT NULL, 
	day INTEGER NOT NULL, 
	account_id TEXT NOT NULL, 
	account_type INTEGER NOT NULL, 
	order_id INTEGER NOT NULL, 
	stock_code TEXT NOT NULL, 
	order_type INTEGER NOT NULL, 
	price_li INTEGER NOT NULL, 
	volume INTEGER NOT NULL, 
	amount_li INTEGER NOT NULL, 
	trade_ms INTEGER NOT NULL, 
	commission_li INTEGER NOT NULL, 
	stamp_duty_li INTEGER NOT NULL, 
	transfer_fee_li INTEGER NOT NULL, 
	other_fees_li INTEGER NOT NULL, 
	self_trade INTEGER NOT NULL, 
	PRIMARY KEY (trade_id)
)
 STRICT;
INSERT INTO "trades" VALUES(1,20261123,'A',2,1048577,'600000.SH',23,10460,300,3138000,1795397460000,5000,0,30,0,0);
INSERT INTO "trades" VALUES(2,20261123,'A',2,1048579,'600000.SH',24,10460,200,2092000,1795397460000,5000,1050,20,0,1);
INSERT INTO "trades" VALUES(3,20261123,'A',2,1048577,'600000.SH',23,10460,200,2092000,1795397460000,0,0,20,0,1);
INSERT INTO "trades" VALUES(4,20261124,'A',2,1048581,'600000.SH',23,10360,300,3108000,1795483860000,5000,0,30,0,0);
CREATE INDEX cash_ledger_by_account ON cash_ledger (account_id, day);
CREATE INDEX orders_by_day ON orders (day);
CREATE INDEX orders_by_account ON orders (account_id, day);
CREATE INDEX trades_by_day ON trades (day);
CREATE INDEX trades_by_account ON trades (account_id, day);
CREATE INDEX trades_by_order ON trades (order_id);
CREATE VIEW v_accounts AS SELECT account_id, account_type, status, cash_li / 1000.0 AS cash, frozen_li / 1000.0 AS frozen, unsettled_li / 1000.0 AS unsettled, overdraft_li / 1000.0 AS overdraft, opened_day, (cash_li - frozen_li) / 1000.0 AS available FROM accounts;
CREATE VIEW v_positions AS SELECT account_id, stock_code, volume, today_volume, frozen_volume, yesterday_volume, cost_li / 1000.0 AS cost, bought_li / 1000.0 AS bought, bought_volume, opened_day, ROUND(1.0 * cost_li / NULLIF(volume, 0) / 1000, 3) AS average_cost FROM positions;
CREATE VIEW v_orders AS SELECT order_id, day, account_id, account_type, stock_code, order_type, price_type, price_li / 1000.0 AS price, volume, traded_volume, traded_amount_li / 1000.0 AS traded_amount, status, status_msg, order_sysid, strategy_name, order_remark, strftime('%Y-%m-%d %H:%M:%f', order_ms / 1000.0, 'unixepoch', '+8 hours') AS order_time, session_id, request_seq, queue_seq, frozen_li / 1000.0 AS frozen, commission_li / 1000.0 AS commission, stamp_duty_li / 1000.0 AS stamp_duty, transfer_fee_li / 1000.0 AS transfer_fee, other_fees_li / 1000.0 AS other_fees, forced, ROUND(1.0 * traded_amount_li / NULLIF(traded_volume, 0) / 1000, 3) AS traded_price FROM orders;
CREATE VIEW v_trades AS SELECT trade_id, day, account_id, account_type, order_id, stock_code, order_type, price_li / 1000.0 AS price, volume, amount_li / 1000.0 AS amount, strftime('%Y-%m-%d %H:%M:%f', trade_ms / 1000.0, 'unixepoch', '+8 hours') AS trade_time, commission_li / 1000.0 AS commission, stamp_duty_li / 1000.0 AS stamp_duty, transfer_fee_li / 1000.0 AS transfer_fee, other_fees_li / 1000.0 AS other_fees, self_trade FROM trades;
CREATE VIEW v_compacts AS SELECT compact_id, account_id, compact_type, cashgroup_prop, stock_code, order_id, open_day, end_day, volume, repaid_volume, amount_li / 1000.0 AS amount, repaid_li / 1000.0 AS repaid, trade_fees_li / 1000.0 AS trade_fees, rate_ppm, ratio_ppm, basis_days, fee_li / 1000.0 AS fee, fee_rest, repaid_fee_li / 1000.0 AS repaid_fee, extensions, overdue, status FROM compacts;
CREATE VIEW v_compact_history AS SELECT compact_id, account_id, compact_type, cashgroup_prop, stock_code, order_id, open_day, end_day, volume, repaid_volume, amount_li / 1000.0 AS amount, repaid_li / 1000.0 AS repaid, trade_fees_li / 1000.0 AS trade_fees, rate_ppm, ratio_ppm, basis_days, fee_li / 1000.0 AS fee, fee_rest, repaid_fee_li / 1000.0 AS repaid_fee, extensions, overdue, status, closed_day FROM compact_history;
CREATE VIEW v_credit_events AS SELECT event_id, account_id, day, strftime('%Y-%m-%d %H:%M:%f', event_ms / 1000.0, 'unixepoch', '+8 hours') AS event_time, kind, ratio_ppm, order_id, detail FROM credit_events;
CREATE VIEW v_appointments AS SELECT apply_id, compact_id, account_id, stock_code, group_id, apply_mode, strftime('%Y-%m-%d %H:%M:%f', apply_ms / 1000.0, 'unixepoch', '+8 hours') AS apply_time, volume, returned_volume, amount_li / 1000.0 AS amount, begin_day, end_day, rate_ppm, early_ppm, fine_ppm, basis_days, fee_li / 1000.0 AS fee, fee_rest, repaid_fee_li / 1000.0 AS repaid_fee, fine_li / 1000.0 AS fine, fine_rest, repaid_fine_li / 1000.0 AS repaid_fine, renewals, status FROM appointments;
CREATE VIEW v_cash_ledger AS SELECT ledger_id, account_id, day, strftime('%Y-%m-%d %H:%M:%f', ledger_ms / 1000.0, 'unixepoch', '+8 hours') AS ledger_time, reason, amount_li / 1000.0 AS amount, balance_li / 1000.0 AS balance, order_id, trade_id FROM cash_ledger;
CREATE VIEW v_settlements AS SELECT account_id, day, account_type, cash_li / 1000.0 AS cash, market_value_li / 1000.0 AS market_value, total_asset_li / 1000.0 AS total_asset, debt_li / 1000.0 AS debt FROM settlements;
CREATE VIEW v_banks AS SELECT account_id, bank_no, bank_account, bank_name, balance_li / 1000.0 AS balance FROM banks;
CREATE VIEW v_bank_transfers AS SELECT transfer_id, account_id, strftime('%Y-%m-%d %H:%M:%f', transfer_ms / 1000.0, 'unixepoch', '+8 hours') AS transfer_time, direction, bank_no, bank_account, bank_name, amount_li / 1000.0 AS amount FROM bank_transfers;
CREATE VIEW v_ordinary_funds AS SELECT account_id, cash_li / 1000.0 AS cash FROM ordinary_funds;
CREATE VIEW v_ordinary_positions AS SELECT account_id, stock_code, volume, cost_li / 1000.0 AS cost, bought_li / 1000.0 AS bought, bought_volume FROM ordinary_positions;
COMMIT;
