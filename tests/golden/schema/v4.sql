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
INSERT INTO "accounts" VALUES('A',2,0,992940830,1742010,0,0,20261123);
INSERT INTO "accounts" VALUES('B',2,0,500000000,6066060,0,0,20261123);
INSERT INTO "accounts" VALUES('C',3,0,289477230,0,0,0,20261123);
CREATE TABLE appointments (
	apply_id TEXT NOT NULL, 
	compact_id TEXT NOT NULL, 
	account_id TEXT NOT NULL, 
	stock_code TEXT NOT NULL, 
	group_id TEXT NOT NULL, 
	apply_mode TEXT NOT NULL, 
	apply_ms INTEGER NOT NULL, 
	volume INTEGER NOT NULL, 
	returned_volume INTEGER NOT NULL, 
	amount_li INTEGER NOT NULL, 
	begin_day INTEGER NOT NULL, 
	end_day INTEGER NOT NULL, 
	rate_ppm INTEGER NOT NULL, 
	early_ppm INTEGER NOT NULL, 
	fine_ppm INTEGER NOT NULL, 
	basis_days INTEGER NOT NULL, 
	fee_li INTEGER NOT NULL, 
	fee_rest INTEGER NOT NULL, 
	repaid_fee_li INTEGER NOT NULL, 
	fine_li INTEGER NOT NULL, 
	fine_rest INTEGER NOT NULL, 
	repaid_fine_li INTEGER NOT NULL, 
	renewals INTEGER NOT NULL, 
	status TEXT NOT NULL, 
	PRIMARY KEY (apply_id)
)
 STRICT;
INSERT INTO "appointments" VALUES('202611230000000001','C202611230000000001','C','000001.SZ','1','0',1795397460000,1000,0,11500000,20261124,20261208,80000,40000,180000,360,2555,200000000,0,0,0,0,0,'1');
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
INSERT INTO "bank_transfers" VALUES(1,'A',1795397460000,501,'1001','6222A','模拟银行',1000000);
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
INSERT INTO "banks" VALUES('A','1001','6222A','模拟银行',49000000,'123','456');
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
INSERT INTO "cash_ledger" VALUES(1,'A',20261126,1795397460000,'deposit',1000000000,1000000000,0,0);
INSERT INTO "cash_ledger" VALUES(2,'B',20261126,1795397460000,'deposit',500000000,500000000,0,0);
INSERT INTO "cash_ledger" VALUES(3,'C',20261126,1795397460000,'deposit',300000000,300000000,0,0);
INSERT INTO "cash_ledger" VALUES(4,'A',20261123,1795397460000,'buy',-5230000,994770000,1048577,1);
INSERT INTO "cash_ledger" VALUES(5,'A',20261123,1795397460000,'commission',-5000,994765000,1048577,1);
INSERT INTO "cash_ledger" VALUES(6,'A',20261123,1795397460000,'transfer_fee',-50,994764950,1048577,1);
INSERT INTO "cash_ledger" VALUES(7,'A',20261123,1795397460000,'sell',2088000,996852950,1048579,2);
INSERT INTO "cash_ledger" VALUES(8,'A',20261123,1795397460000,'commission',-5000,996847950,1048579,2);
INSERT INTO "cash_ledger" VALUES(9,'A',20261123,1795397460000,'stamp_duty',-1040,996846910,1048579,2);
INSERT INTO "cash_ledger" VALUES(10,'A',20261123,1795397460000,'transfer_fee',-20,996846890,1048579,2);
INSERT INTO "cash_ledger" VALUES(11,'A',20261123,1795397460000,'bank_in',1000000,997846890,0,0);
INSERT INTO "cash_ledger" VALUES(12,'C',20261123,1795397460000,'loan',10465100,310465100,1048581,3);
INSERT INTO "cash_ledger" VALUES(13,'C',20261123,1795397460000,'buy',-10460000,300005100,1048581,3);
INSERT INTO "cash_ledger" VALUES(14,'C',20261123,1795397460000,'commission',-5000,300000100,1048581,3);
INSERT INTO "cash_ledger" VALUES(15,'C',20261123,1795397460000,'transfer_fee',-100,300000000,1048581,3);
INSERT INTO "cash_ledger" VALUES(16,'C',20261123,1795397460000,'loan',5235050,305235050,1048582,4);
INSERT INTO "cash_ledger" VALUES(17,'C',20261123,1795397460000,'buy',-5230000,300005050,1048582,4);
INSERT INTO "cash_ledger" VALUES(18,'C',20261123,1795397460000,'commission',-5000,300000050,1048582,4);
INSERT INTO "cash_ledger" VALUES(19,'C',20261123,1795397460000,'transfer_fee',-50,300000000,1048582,4);
INSERT INTO "cash_ledger" VALUES(20,'C',20261123,1795397460000,'loan',1051010,301051010,1048583,5);
INSERT INTO "cash_ledger" VALUES(21,'C',20261123,1795397460000,'buy',-1046000,300005010,1048583,5);
INSERT INTO "cash_ledger" VALUES(22,'C',20261123,1795397460000,'commission',-5000,300000010,1048583,5);
INSERT INTO "cash_ledger" VALUES(23,'C',20261123,1795397460000,'transfer_fee',-10,300000000,1048583,5);
INSERT INTO "cash_ledger" VALUES(24,'C',20261123,1795397460000,'sell',11500000,311500000,1048584,6);
INSERT INTO "cash_ledger" VALUES(25,'C',20261123,1795397460000,'commission',-5000,311495000,1048584,6);
INSERT INTO "cash_ledger" VALUES(26,'C',20261123,1795397460000,'stamp_duty',-5750,311489250,1048584,6);
INSERT INTO "cash_ledger" VALUES(27,'C',20261123,1795397460000,'transfer_fee',-120,311489130,1048584,6);
INSERT INTO "cash_ledger" VALUES(28,'C',20261123,1795397460000,'sell',3450000,314939130,1048585,7);
INSERT INTO "cash_ledger" VALUES(29,'C',20261123,1795397460000,'commission',-5000,314934130,1048585,7);
INSERT INTO "cash_ledger" VALUES(30,'C',20261123,1795397460000,'stamp_duty',-1730,314932400,1048585,7);
INSERT INTO "cash_ledger" VALUES(31,'C',20261123,1795397460000,'transfer_fee',-30,314932370,1048585,7);
INSERT INTO "cash_ledger" VALUES(32,'C',20261123,1795397460000,'sell',12900000,327832370,1048586,8);
INSERT INTO "cash_ledger" VALUES(33,'C',20261123,1795397460000,'commission',-5000,327827370,1048586,8);
INSERT INTO "cash_ledger" VALUES(34,'C',20261123,1795397460000,'stamp_duty',-6450,327820920,1048586,8);
INSERT INTO "cash_ledger" VALUES(35,'C',20261123,1795397460000,'transfer_fee',-130,327820790,1048586,8);
INSERT INTO "cash_ledger" VALUES(36,'C',20261123,1795397460000,'interest',-240,327820550,0,0);
INSERT INTO "cash_ledger" VALUES(37,'C',20261123,1795397460000,'loan_repaid',-1051010,326769540,0,0);
INSERT INTO "cash_ledger" VALUES(38,'A',20261124,1795480200000,'dividend',330000,998176890,0,0);
INSERT INTO "cash_ledger" VALUES(39,'C',20261124,1795480200000,'dividend',160000,326929540,0,0);
INSERT INTO "cash_ledger" VALUES(40,'A',20261124,1795483860000,'buy',-2613000,995563890,1048587,9);
INSERT INTO "cash_ledger" VALUES(41,'A',20261124,1795483860000,'commission',-5000,995558890,1048587,9);
INSERT INTO "cash_ledger" VALUES(42,'A',20261124,1795483860000,'transfer_fee',-30,995558860,1048587,9);
INSERT INTO "cash_ledger" VALUES(43,'C',20261124,1795483860000,'interest',-2430,326927110,0,0);
INSERT INTO "cash_ledger" VALUES(44,'C',20261124,1795483860000,'loan_repaid',-5297570,321629540,0,0);
INSERT INTO "cash_ledger" VALUES(45,'C',20261124,1795483860000,'interest',-1210,321628330,0,0);
INSERT INTO "cash_ledger" VALUES(46,'C',20261124,1795483860000,'loan_repaid',-5235050,316393280,0,0);
INSERT INTO "cash_ledger" VALUES(47,'C',20261124,1795483860000,'buy',-12000000,304393280,1048593,10);
INSERT INTO "cash_ledger" VALUES(48,'C',20261124,1795483860000,'commission',-5000,304388280,1048593,10);
INSERT INTO "cash_ledger" VALUES(49,'C',20261124,1795483860000,'transfer_fee',-120,304388160,1048593,10);
INSERT INTO "cash_ledger" VALUES(50,'C',20261124,1795483860000,'slo_fee',-2670,304385490,0,0);
INSERT INTO "cash_ledger" VALUES(51,'C',20261124,1795483860000,'slo_fee',-120,304385370,0,0);
INSERT INTO "cash_ledger" VALUES(52,'C',20261124,1795483860000,'buy',-14800000,289585370,1048594,11);
INSERT INTO "cash_ledger" VALUES(53,'C',20261124,1795483860000,'commission',-5000,289580370,1048594,11);
INSERT INTO "cash_ledger" VALUES(54,'C',20261124,1795483860000,'transfer_fee',-150,289580220,1048594,11);
INSERT INTO "cash_ledger" VALUES(55,'C',20261124,1795483860000,'slo_fee',-2990,289577230,0,0);
INSERT INTO "cash_ledger" VALUES(56,'A',20261125,1795570260000,'buy',-2613000,992945860,1048595,12);
INSERT INTO "cash_ledger" VALUES(57,'A',20261125,1795570260000,'commission',-5000,992940860,1048595,12);
INSERT INTO "cash_ledger" VALUES(58,'A',20261125,1795570260000,'transfer_fee',-30,992940830,1048595,12);
INSERT INTO "cash_ledger" VALUES(59,'C',20261125,1795570260000,'interest',-1200,289576030,0,0);
INSERT INTO "cash_ledger" VALUES(60,'C',20261125,1795570260000,'loan_repaid',-98800,289477230,0,0);
CREATE TABLE compact_history (
	compact_id TEXT NOT NULL, 
	account_id TEXT NOT NULL, 
	compact_type INTEGER NOT NULL, 
	cashgroup_prop INTEGER NOT NULL, 
	stock_code TEXT NOT NULL, 
	order_id INTEGER NOT NULL, 
	open_day INTEGER NOT NULL, 
	end_day INTEGER NOT NULL, 
	volume INTEGER NOT NULL, 
	repaid_volume INTEGER NOT NULL, 
	amount_li INTEGER NOT NULL, 
	repaid_li INTEGER NOT NULL, 
	trade_fees_li INTEGER NOT NULL, 
	rate_ppm INTEGER NOT NULL, 
	ratio_ppm INTEGER NOT NULL, 
	basis_days INTEGER NOT NULL, 
	fee_li INTEGER NOT NULL, 
	fee_rest INTEGER NOT NULL, 
	repaid_fee_li INTEGER NOT NULL, 
	extensions INTEGER NOT NULL, 
	overdue INTEGER NOT NULL, 
	status INTEGER NOT NULL, 
	closed_day INTEGER NOT NULL, 
	PRIMARY KEY (compact_id)
)
 STRICT;
INSERT INTO "compact_history" VALUES('202611230000000003','C',48,48,'600000.SH',1048583,20261123,20270522,100,0,1051010,1051010,5010,83500,1000000,360,243,279335000,240,0,0,50,20261123);
INSERT INTO "compact_history" VALUES('202611230000000002','C',48,48,'600000.SH',1048582,20261123,20270522,500,100,5235050,5235050,5050,83500,1000000,360,1214,86675000,1210,0,0,50,20261124);
INSERT INTO "compact_history" VALUES('202611230000000004','C',49,48,'000001.SZ',1048584,20261123,20270522,1150,1150,11500000,11500000,10870,83500,1000000,360,2667,130000000,2670,0,0,50,20261124);
INSERT INTO "compact_history" VALUES('202611230000000006','C',49,48,'600036.SH',1048586,20261123,20270522,345,345,12900000,12900000,11580,83500,1000000,360,2992,30000000,2990,0,0,50,20261124);
CREATE TABLE compacts (
	compact_id TEXT NOT NULL, 
	account_id TEXT NOT NULL, 
	compact_type INTEGER NOT NULL, 
	cashgroup_prop INTEGER NOT NULL, 
	stock_code TEXT NOT NULL, 
	order_id INTEGER NOT NULL, 
	open_day INTEGER NOT NULL, 
	end_day INTEGER NOT NULL, 
	volume INTEGER NOT NULL, 
	repaid_volume INTEGER NOT NULL, 
	amount_li INTEGER NOT NULL, 
	repaid_li INTEGER NOT NULL, 
	trade_fees_li INTEGER NOT NULL, 
	rate_ppm INTEGER NOT NULL, 
	ratio_ppm INTEGER NOT NULL, 
	basis_days INTEGER NOT NULL, 
	fee_li INTEGER NOT NULL, 
	fee_rest INTEGER NOT NULL, 
	repaid_fee_li INTEGER NOT NULL, 
	extensions INTEGER NOT NULL, 
	overdue INTEGER NOT NULL, 
	status INTEGER NOT NULL, 
	PRIMARY KEY (compact_id)
)
 STRICT;
INSERT INTO "compacts" VALUES('202611230000000001','C',48,48,'600000.SH',1048581,20261123,20270522,1000,200,10465100,5396370,5100,83500,1000000,360,3625,324605000,3630,0,0,49);
INSERT INTO "compacts" VALUES('202611230000000005','C',49,48,'000001.SZ',1048585,20261123,20270522,345,50,3450000,500000,6760,83500,1000000,360,1484,160000000,120,0,0,49);
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
INSERT INTO "compliance" VALUES('A',20261125,1,0,1,0,1,1795570260000,'');
INSERT INTO "compliance" VALUES('B',20261125,3,1,0,0,4,1795570260000,'');
INSERT INTO "compliance" VALUES('C',20261124,2,0,2,0,2,1795483860000,'');
CREATE TABLE compliance_window (
	account_id TEXT NOT NULL, 
	sent_ms INTEGER NOT NULL, 
	messages INTEGER NOT NULL, 
	PRIMARY KEY (account_id, sent_ms)
)
 STRICT;
INSERT INTO "compliance_window" VALUES('C',1795483860000,2);
INSERT INTO "compliance_window" VALUES('A',1795570260000,1);
INSERT INTO "compliance_window" VALUES('B',1795570260000,4);
CREATE TABLE configurations (
	fingerprint TEXT NOT NULL, 
	body TEXT NOT NULL, 
	PRIMARY KEY (fingerprint)
)
 STRICT;
INSERT INTO "configurations" VALUES('6215c00e4bd25399bbeeb18c3ce7eaed915e766dfdae29edabe3687682f6c98a','{}');
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
INSERT INTO "corporate_actions" VALUES('600000.SH',20261124,0,100000,200000,0,0,0,'all');
INSERT INTO "corporate_actions" VALUES('000001.SZ',20261124,0,0,150000,0,0,0,'all');
INSERT INTO "corporate_actions" VALUES('600036.SH',20261124,0,0,150000,0,0,0,'all');
CREATE TABLE counters (
	name TEXT NOT NULL, 
	value INTEGER NOT NULL, 
	PRIMARY KEY (name)
)
 STRICT;
INSERT INTO "counters" VALUES('start_ms',1795397460000);
INSERT INTO "counters" VALUES('now_ms',1795570260000);
INSERT INTO "counters" VALUES('day',20261125);
INSERT INTO "counters" VALUES('scheduled_id',21);
INSERT INTO "counters" VALUES('ledger_id',60);
INSERT INTO "counters" VALUES('sum.external_li',1806547870);
INSERT INTO "counters" VALUES('sum.ordinary_given_li',1000000);
INSERT INTO "counters" VALUES('shares.600000.SH',6480);
INSERT INTO "counters" VALUES('shares.688981.SH',3000);
INSERT INTO "counters" VALUES('journal_base',1);
INSERT INTO "counters" VALUES('journal_seq',102);
INSERT INTO "counters" VALUES('seq',99);
INSERT INTO "counters" VALUES('sum.bank_given_li',50000000);
INSERT INTO "counters" VALUES('ordinary_given.600000.SH',200);
INSERT INTO "counters" VALUES('order_id',22);
INSERT INTO "counters" VALUES('sysid.SH',18);
INSERT INTO "counters" VALUES('queue_seq',34);
INSERT INTO "counters" VALUES('sum.house_li',24054000);
INSERT INTO "counters" VALUES('trade_id',12);
INSERT INTO "counters" VALUES('sum.fees_li',75810);
INSERT INTO "counters" VALUES('sum.bank_sent_li',1000000);
INSERT INTO "counters" VALUES('bank_transfer_id',1);
INSERT INTO "counters" VALUES('credit.lent_li',5068730);
INSERT INTO "counters" VALUES('compact_id',6);
INSERT INTO "counters" VALUES('sysid.SZ',3);
INSERT INTO "counters" VALUES('shares.000001.SZ',0);
INSERT INTO "counters" VALUES('credit.lent.000001.SZ',295);
INSERT INTO "counters" VALUES('shares.600036.SH',0);
INSERT INTO "counters" VALUES('credit.lent.600036.SH',0);
INSERT INTO "counters" VALUES('apply_id',1);
INSERT INTO "counters" VALUES('credit.reserved.000001.SZ',1000);
INSERT INTO "counters" VALUES('settled_day',20261124);
CREATE TABLE credit_accounts (
	account_id TEXT NOT NULL, 
	fin_quota_li INTEGER NOT NULL, 
	fin_special_quota_li INTEGER NOT NULL, 
	slo_quota_li INTEGER NOT NULL, 
	called_day INTEGER NOT NULL, 
	due_day INTEGER NOT NULL, 
	PRIMARY KEY (account_id)
)
 STRICT;
INSERT INTO "credit_accounts" VALUES('C',500000000,-1,-1,0,0);
CREATE TABLE credit_events (
	event_id INTEGER NOT NULL, 
	account_id TEXT NOT NULL, 
	day INTEGER NOT NULL, 
	event_ms INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	ratio_ppm INTEGER NOT NULL, 
	order_id INTEGER NOT NULL, 
	detail TEXT NOT NULL, 
	PRIMARY KEY (event_id)
)
 STRICT;
CREATE TABLE credit_surplus (
	account_id TEXT NOT NULL, 
	stock_code TEXT NOT NULL, 
	volume INTEGER NOT NULL, 
	today_volume INTEGER NOT NULL, 
	cost_li INTEGER NOT NULL, 
	PRIMARY KEY (account_id, stock_code)
)
 STRICT;
INSERT INTO "credit_surplus" VALUES('C','600036.SH',55,0,2035708);
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
INSERT INTO "day_figures" VALUES('600000.SH',8710,8710,8710,0,300,2613000,0,'[]','[[1795570260000, 2613000, 300]]');
CREATE TABLE house_rests (
	queue_seq INTEGER NOT NULL, 
	stock_code TEXT NOT NULL, 
	side INTEGER NOT NULL, 
	price_li INTEGER NOT NULL, 
	volume INTEGER NOT NULL, 
	PRIMARY KEY (queue_seq)
)
 STRICT;
INSERT INTO "house_rests" VALUES(29,'600000.SH',0,8690,500);
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
INSERT INTO "instruments" VALUES('600000.SH','浦发银行','SH_MAIN',8710,8620,'',0);
INSERT INTO "instruments" VALUES('600009.SH','上海机场','SH_MAIN',32100,32100,'',0);
INSERT INTO "instruments" VALUES('600016.SH','民生银行','SH_MAIN',4050,4050,'',0);
INSERT INTO "instruments" VALUES('600019.SH','宝钢股份','SH_MAIN',7120,7120,'',0);
INSERT INTO "instruments" VALUES('600028.SH','中国石化','SH_MAIN',5780,5780,'',0);
INSERT INTO "instruments" VALUES('600030.SH','中信证券','SH_MAIN',27350,27350,'',0);
INSERT INTO "instruments" VALUES('600036.SH','招商银行','SH_MAIN',37000,37620,'',0);
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
INSERT INTO "instruments" VALUES('000001.SZ','平安银行','SZ_MAIN',10000,10020,'',0);
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
INSERT INTO "instruments" VALUES('518880.SH','黄金ETF','SH_FUND',8947,8947,'t0',0);
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
INSERT INTO "ipo_subscriptions" VALUES('A','787901.SH',1048592,20261124,500,0,0);
CREATE TABLE journal (
	seq INTEGER NOT NULL, 
	now_ms INTEGER NOT NULL, 
	connection INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	body TEXT NOT NULL, 
	request_seq INTEGER NOT NULL, 
	PRIMARY KEY (seq)
)
 STRICT;
INSERT INTO "journal" VALUES(1,1795654800000,0,'start','{"server":"miniqmt-sim 0.1.0","config":"6215c00e4bd25399bbeeb18c3ce7eaed915e766dfdae29edabe3687682f6c98a","state":"5da6120976b3233b1a43c39da770f80d1a5526a3e6473529c54ffa7ed2fd0f86"}',0);
INSERT INTO "journal" VALUES(2,1795397460000,1,'hello','{"session_id":0,"role":"operator"}',0);
INSERT INTO "journal" VALUES(3,1795397460000,1,'ctl_clock_set','{"t":"ctl_clock_set","seq":1,"time":"2026-11-23T09:31"}',1);
INSERT INTO "journal" VALUES(4,1795397460000,1,'hello','{"session_id":0,"role":"operator"}',0);
INSERT INTO "journal" VALUES(5,1795397460000,1,'ctl_bank_set','{"t":"ctl_bank_set","seq":2,"bank_no":"","bank_account":"","bank_name":"","balance":50000.0,"bank_pwd":"***","fund_pwd":"***","account_id":"A"}',2);
INSERT INTO "journal" VALUES(6,1795397460000,1,'ctl_ordinary_cash','{"t":"ctl_ordinary_cash","seq":3,"account_id":"B","amount":1000.0}',3);
INSERT INTO "journal" VALUES(7,1795397460000,1,'ctl_ordinary_position','{"t":"ctl_ordinary_position","seq":4,"account_id":"B","stock_code":"600000.SH","volume":200,"cost":10.0}',4);
INSERT INTO "journal" VALUES(8,1795397460000,1,'ctl_credit_quota','{"t":"ctl_credit_quota","seq":5,"account_id":"C","fin":500000.0}',5);
INSERT INTO "journal" VALUES(9,1795397460000,1,'ctl_credit_lendable','{"t":"ctl_credit_lendable","seq":6,"stock_code":"000001.SZ","ordinary":50000,"special":20000}',6);
INSERT INTO "journal" VALUES(10,1795397460000,1,'ctl_quote','{"t":"ctl_quote","seq":7,"stock_code":"600000.SH","last":10.45,"bids":[[10.44,500]],"asks":[[10.46,9000]]}',7);
INSERT INTO "journal" VALUES(11,1795397460000,1,'ctl_quote','{"t":"ctl_quote","seq":8,"stock_code":"000001.SZ","last":11.5,"bids":[[11.5,9000]],"asks":[[11.51,500]]}',8);
INSERT INTO "journal" VALUES(12,1795397460000,1,'ctl_quote','{"t":"ctl_quote","seq":9,"stock_code":"600036.SH","last":43.0,"bids":[[43.0,9000]],"asks":[[43.01,500]]}',9);
INSERT INTO "journal" VALUES(13,1795397460000,1,'ctl_corporate_add','{"t":"ctl_corporate_add","seq":10,"stock_code":"600000.SH","ex_day":"2026-11-24","cash":0.1,"bonus":0.2}',10);
INSERT INTO "journal" VALUES(14,1795397460000,1,'ctl_corporate_add','{"t":"ctl_corporate_add","seq":11,"stock_code":"000001.SZ","ex_day":"2026-11-24","bonus":0.15}',11);
INSERT INTO "journal" VALUES(15,1795397460000,1,'ctl_corporate_add','{"t":"ctl_corporate_add","seq":12,"stock_code":"600036.SH","ex_day":"2026-11-24","bonus":0.15}',12);
INSERT INTO "journal" VALUES(16,1795397460000,2,'hello','{"session_id":1,"role":"trader"}',0);
INSERT INTO "journal" VALUES(20,1795397460000,2,'order_stock','{"t":"order_stock","seq":4,"account_type":2,"account_id":"A","stock_code":"600000.SH","order_type":23,"order_volume":500,"price_type":11,"price":10.46,"strategy_name":"示例","order_remark":"first"}',4);
INSERT INTO "journal" VALUES(22,1795397460000,2,'order_stock','{"t":"order_stock","seq":6,"account_type":2,"account_id":"B","stock_code":"600000.SH","order_type":23,"order_volume":200,"price_type":11,"price":10.4,"strategy_name":"示例","order_remark":"first"}',6);
INSERT INTO "journal" VALUES(24,1795397460000,2,'order_stock','{"t":"order_stock","seq":8,"account_type":2,"account_id":"A","stock_code":"600000.SH","order_type":24,"order_volume":200,"price_type":11,"price":10.44,"strategy_name":"示例","order_remark":"first"}',8);
INSERT INTO "journal" VALUES(27,1795397460000,2,'bank_transfer','{"t":"bank_transfer","seq":11,"account_type":2,"account_id":"A","direction":501,"balance":1000.0,"bank_no":"1001","bank_account":"6222A","bank_pwd":"***","fund_pwd":""}',11);
INSERT INTO "journal" VALUES(28,1795397460000,2,'order_stock','{"t":"order_stock","seq":12,"account_type":2,"account_id":"B","stock_code":"600000.SH","order_type":23,"order_volume":150,"price_type":11,"price":10.4,"strategy_name":"示例","order_remark":"first"}',12);
INSERT INTO "journal" VALUES(30,1795397460000,2,'order_stock','{"t":"order_stock","seq":14,"account_type":3,"account_id":"C","stock_code":"600000.SH","order_type":27,"order_volume":1000,"price_type":11,"price":10.46,"strategy_name":"示例","order_remark":"first"}',14);
INSERT INTO "journal" VALUES(32,1795397460000,2,'order_stock','{"t":"order_stock","seq":16,"account_type":3,"account_id":"C","stock_code":"600000.SH","order_type":27,"order_volume":500,"price_type":11,"price":10.46,"strategy_name":"示例","order_remark":"first"}',16);
INSERT INTO "journal" VALUES(34,1795397460000,2,'order_stock','{"t":"order_stock","seq":18,"account_type":3,"account_id":"C","stock_code":"600000.SH","order_type":27,"order_volume":100,"price_type":11,"price":10.46,"strategy_name":"示例","order_remark":"first"}',18);
INSERT INTO "journal" VALUES(36,1795397460000,2,'order_stock','{"t":"order_stock","seq":20,"account_type":3,"account_id":"C","stock_code":"000001.SZ","order_type":28,"order_volume":1000,"price_type":11,"price":11.5,"strategy_name":"示例","order_remark":"first"}',20);
INSERT INTO "journal" VALUES(38,1795397460000,2,'order_stock','{"t":"order_stock","seq":22,"account_type":3,"account_id":"C","stock_code":"000001.SZ","order_type":28,"order_volume":300,"price_type":11,"price":11.5,"strategy_name":"示例","order_remark":"first"}',22);
INSERT INTO "journal" VALUES(40,1795397460000,2,'order_stock','{"t":"order_stock","seq":24,"account_type":3,"account_id":"C","stock_code":"600036.SH","order_type":28,"order_volume":300,"price_type":11,"price":43.0,"strategy_name":"示例","order_remark":"first"}',24);
INSERT INTO "journal" VALUES(43,1795397460000,1,'ctl_credit_repay','{"t":"ctl_credit_repay","seq":14,"account_id":"C","amount":1100.0,"compact_id":"202611230000000003"}',14);
INSERT INTO "journal" VALUES(44,1795397460000,2,'smt_appointment','{"t":"smt_appointment","seq":26,"account_type":3,"account_id":"C","stock_code":"000001.SZ","apt_days":14,"apt_volume":1000,"fare_ratio":0.08,"sub_rare_ratio":0.04,"fine_ratio":0.18,"begin_date":"20261124"}',26);
INSERT INTO "journal" VALUES(45,1795397460000,2,'gone','{}',0);
INSERT INTO "journal" VALUES(46,1795483860000,0,'due','{}',0);
INSERT INTO "journal" VALUES(47,1795483860000,0,'due','{}',0);
INSERT INTO "journal" VALUES(48,1795483860000,1,'hello','{"session_id":0,"role":"operator"}',0);
INSERT INTO "journal" VALUES(49,1795483860000,0,'due','{}',0);
INSERT INTO "journal" VALUES(50,1795483860000,1,'ctl_clock_set','{"t":"ctl_clock_set","seq":15,"time":"2026-11-24T09:31"}',15);
INSERT INTO "journal" VALUES(52,1795483860000,1,'ctl_quote','{"t":"ctl_quote","seq":17,"stock_code":"600000.SH","last":8.7,"bids":[[8.69,500]],"asks":[[8.71,300]]}',17);
INSERT INTO "journal" VALUES(53,1795483860000,1,'ctl_quote','{"t":"ctl_quote","seq":18,"stock_code":"000001.SZ","last":10.0,"bids":[[9.99,500]],"asks":[[10.0,9000]]}',18);
INSERT INTO "journal" VALUES(54,1795483860000,3,'hello','{"session_id":2,"role":"trader"}',0);
INSERT INTO "journal" VALUES(58,1795483860000,3,'order_stock','{"t":"order_stock","seq":4,"account_type":2,"account_id":"A","stock_code":"600000.SH","order_type":23,"order_volume":500,"price_type":11,"price":8.71,"strategy_name":"示例","order_remark":"first"}',4);
INSERT INTO "journal" VALUES(60,1795483860000,3,'order_stock','{"t":"order_stock","seq":6,"account_type":2,"account_id":"B","stock_code":"600000.SH","order_type":23,"order_volume":300,"price_type":11,"price":8.6,"strategy_name":"示例","order_remark":"first"}',6);
INSERT INTO "journal" VALUES(62,1795483860000,3,'order_stock','{"t":"order_stock","seq":8,"account_type":2,"account_id":"A","stock_code":"600000.SH","order_type":24,"order_volume":200,"price_type":11,"price":8.9,"strategy_name":"示例","order_remark":"first"}',8);
INSERT INTO "journal" VALUES(64,1795483860000,3,'order_stock','{"t":"order_stock","seq":10,"account_type":2,"account_id":"B","stock_code":"600000.SH","order_type":23,"order_volume":400,"price_type":11,"price":8.69,"strategy_name":"示例","order_remark":"first"}',10);
INSERT INTO "journal" VALUES(66,1795483860000,3,'order_stock','{"t":"order_stock","seq":12,"account_type":2,"account_id":"B","stock_code":"600000.SH","order_type":23,"order_volume":100,"price_type":11,"price":8.5,"strategy_name":"示例","order_remark":"first"}',12);
INSERT INTO "journal" VALUES(68,1795483860000,3,'cancel_order_stock','{"t":"cancel_order_stock","seq":14,"account_type":2,"account_id":"B","order_id":1048591,"market":-1,"order_sysid":""}',14);
INSERT INTO "journal" VALUES(69,1795483860000,3,'order_stock','{"t":"order_stock","seq":15,"account_type":2,"account_id":"A","stock_code":"787901.SH","order_type":23,"order_volume":500,"price_type":11,"price":35.8,"strategy_name":"示例","order_remark":"new"}',15);
INSERT INTO "journal" VALUES(71,1795483860000,1,'ctl_credit_repay','{"t":"ctl_credit_repay","seq":20,"account_id":"C","amount":5300.0,"compact_id":"202611230000000001"}',20);
INSERT INTO "journal" VALUES(72,1795483860000,1,'ctl_credit_repay','{"t":"ctl_credit_repay","seq":21,"account_id":"C","amount":6000.0,"compact_id":"202611230000000002"}',21);
INSERT INTO "journal" VALUES(73,1795483860000,3,'order_stock','{"t":"order_stock","seq":16,"account_type":3,"account_id":"C","stock_code":"000001.SZ","order_type":29,"order_volume":1200,"price_type":11,"price":10.0,"strategy_name":"示例","order_remark":"first"}',16);
INSERT INTO "journal" VALUES(75,1795483860000,1,'ctl_quote','{"t":"ctl_quote","seq":22,"stock_code":"600036.SH","last":37.0,"bids":[[36.99,500]],"asks":[[37.0,9000]]}',22);
INSERT INTO "journal" VALUES(76,1795483860000,3,'order_stock','{"t":"order_stock","seq":18,"account_type":3,"account_id":"C","stock_code":"600036.SH","order_type":29,"order_volume":400,"price_type":11,"price":37.0,"strategy_name":"示例","order_remark":"first"}',18);
INSERT INTO "journal" VALUES(79,1795483860000,3,'gone','{}',0);
INSERT INTO "journal" VALUES(80,1795570260000,0,'due','{}',0);
INSERT INTO "journal" VALUES(81,1795570260000,0,'due','{}',0);
INSERT INTO "journal" VALUES(82,1795570260000,1,'hello','{"session_id":0,"role":"operator"}',0);
INSERT INTO "journal" VALUES(83,1795570260000,0,'due','{}',0);
INSERT INTO "journal" VALUES(84,1795570260000,1,'ctl_clock_set','{"t":"ctl_clock_set","seq":24,"time":"2026-11-25T09:31"}',24);
INSERT INTO "journal" VALUES(85,1795570260000,4,'hello','{"session_id":3,"role":"trader"}',0);
INSERT INTO "journal" VALUES(89,1795570260000,1,'ctl_quote','{"t":"ctl_quote","seq":25,"stock_code":"600000.SH","last":8.7,"bids":[[8.69,500]],"asks":[[8.71,300]]}',25);
INSERT INTO "journal" VALUES(90,1795570260000,4,'order_stock','{"t":"order_stock","seq":4,"account_type":2,"account_id":"A","stock_code":"600000.SH","order_type":23,"order_volume":500,"price_type":11,"price":8.71,"strategy_name":"示例","order_remark":"first"}',4);
INSERT INTO "journal" VALUES(92,1795570260000,4,'order_stock','{"t":"order_stock","seq":6,"account_type":2,"account_id":"B","stock_code":"600000.SH","order_type":23,"order_volume":300,"price_type":11,"price":8.6,"strategy_name":"示例","order_remark":"first"}',6);
INSERT INTO "journal" VALUES(94,1795570260000,4,'order_stock','{"t":"order_stock","seq":8,"account_type":2,"account_id":"B","stock_code":"600000.SH","order_type":23,"order_volume":400,"price_type":11,"price":8.69,"strategy_name":"示例","order_remark":"first"}',8);
INSERT INTO "journal" VALUES(96,1795570260000,4,'order_stock','{"t":"order_stock","seq":10,"account_type":2,"account_id":"B","stock_code":"600000.SH","order_type":23,"order_volume":100,"price_type":11,"price":8.5,"strategy_name":"示例","order_remark":"first"}',10);
INSERT INTO "journal" VALUES(98,1795570260000,4,'cancel_order_stock','{"t":"cancel_order_stock","seq":12,"account_type":2,"account_id":"B","order_id":1048598,"market":-1,"order_sysid":""}',12);
INSERT INTO "journal" VALUES(99,1795570260000,1,'ctl_credit_repay','{"t":"ctl_credit_repay","seq":26,"account_id":"C","amount":100.0,"compact_id":"202611230000000001"}',26);
INSERT INTO "journal" VALUES(100,1795570260000,4,'gone','{}',0);
INSERT INTO "journal" VALUES(102,1795570260000,1,'gone','{}',0);
CREATE TABLE journal_bases (
	seq INTEGER NOT NULL, 
	now_ms INTEGER NOT NULL, 
	server TEXT NOT NULL, 
	config TEXT NOT NULL, 
	state_hash TEXT NOT NULL, 
	world TEXT NOT NULL, 
	PRIMARY KEY (seq)
)
 STRICT;
INSERT INTO "journal_bases" VALUES(81,1795483860000,'miniqmt-sim 0.1.0','6215c00e4bd25399bbeeb18c3ce7eaed915e766dfdae29edabe3687682f6c98a','48434a5358b41afeeae4254f680a2b49485dab7d46a8e5c0e68f3fca82bdf595','{"counters":[["apply_id",1],["bank_transfer_id",1],["compact_id",6],["credit.lent.000001.SZ",295],["credit.lent.600036.SH",0],["credit.lent_li",5167530],["credit.reserved.000001.SZ",1000],["day",20261125],["ledger_id",55],["now_ms",1795566600000],["order_id",18],["ordinary_given.600000.SH",200],["queue_seq",28],["scheduled_id",21],["seq",76],["settled_day",20261124],["shares.000001.SZ",0],["shares.600000.SH",6180],["shares.600036.SH",0],["shares.688981.SH",3000],["start_ms",1795397460000],["sum.bank_given_li",50000000],["sum.bank_sent_li",1000000],["sum.external_li",1806647870],["sum.fees_li",70780],["sum.house_li",21441000],["sum.ordinary_given_li",1000000],["sysid.SH",14],["sysid.SZ",3],["trade_id",11]],"accounts":[["A",2,0,995558860,0,0,0,20261123],["B",2,0,500000000,0,0,0,20261123],["C",3,0,289577230,0,0,0,20261123]],"positions":[["A","600000.SH",4260,0,0,4260,35441140,35499857,4260,20261123],["A","688981.SH",3000,0,0,3000,30000000,30000000,3000,20261123],["C","600000.SH",1920,0,0,1920,16591160,16576000,1920,20261123]],"orders":[],"position_lots":[["A","600000.SH",20261123,3300,"[[20261123, 990000000]]"],["A","600000.SH",20261124,960,"[]"],["A","688981.SH",20261123,3000,"[]"],["C","600000.SH",20261123,1600,"[[20261123, 480000000]]"],["C","600000.SH",20261124,320,"[]"]],"corporate_actions":[["000001.SZ",20261124,0,0,150000,0,0,0,"all"],["600000.SH",20261124,0,100000,200000,0,0,0,"all"],["600036.SH",20261124,0,0,150000,0,0,0,"all"]],"ipo_subscriptions":[["A","787901.SH",1048592,20261124,500,0,0]],"market_values":[["A",20261123,378678000,0],["A",20261124,381264600,0],["B",20261123,0,0],["B",20261124,0,0],["C",20261123,16736000,0],["C",20261124,16723200,0]],"trades":[],"instruments":[["000001.SZ","平安银行","SZ_MAIN",10000,10020,"",0],["000002.SZ","万科A","SZ_MAIN",6580,6580,"",0],["000063.SZ","中兴通讯","SZ_MAIN",33410,33410,"",0],["000100.SZ","TCL科技","SZ_MAIN",4470,4470,"",0],["000333.SZ","美的集团","SZ_MAIN",73250,73250,"",0],["000568.SZ","泸州老窖","SZ_MAIN",128900,128900,"",0],["000625.SZ","长安汽车","SZ_MAIN",12660,12660,"",0],["000651.SZ","格力电器","SZ_MAIN",40380,40380,"",0],["000725.SZ","京东方A","SZ_MAIN",4030,4030,"",0],["000858.SZ","五粮液","SZ_MAIN",119750,119750,"",0],["001979.SZ","招商蛇口","SZ_MAIN",9640,9640,"",0],["002142.SZ","宁波银行","SZ_MAIN",28120,28120,"",0],["002230.SZ","科大讯飞","SZ_MAIN",50430,50430,"",0],["002352.SZ","顺丰控股","SZ_MAIN",40170,40170,"",0],["002415.SZ","海康威视","SZ_MAIN",30860,30860,"",0],["002475.SZ","立讯精密","SZ_MAIN",55200,55200,"",0],["002594.SZ","比亚迪","SZ_MAIN",104350,104350,"",0],["002714.SZ","牧原股份","SZ_MAIN",50080,50080,"",0],["003816.SZ","中国广核","SZ_MAIN",3710,3710,"",0],["110085.SH","通22转债","SH_BOND",118420,118420,"",0],["113042.SH","上银转债","SH_BOND",120356,120356,"",0],["113052.SH","兴业转债","SH_BOND",118507,118507,"",0],["118031.SH","天23转债","SH_BOND",108930,108930,"",0],["118034.SH","晶能转债","SH_BOND",110285,110285,"",0],["123107.SZ","温氏转债","SZ_BOND",126480,126480,"",0],["127045.SZ","牧原转债","SZ_BOND",125613,125613,"",0],["127049.SZ","希望转2","SZ_BOND",115569,115569,"",0],["127073.SZ","天赐转债","SZ_BOND",121940,121940,"",0],["128136.SZ","立讯转债","SZ_BOND",127250,127250,"",0],["159901.SZ","深证100ETF","SZ_FUND",3506,3506,"",0],["159915.SZ","创业板ETF","SZ_FUND",3087,3087,"limit20",0],["159919.SZ","沪深300ETF","SZ_FUND",4812,4812,"",0],["159920.SZ","恒生ETF","SZ_FUND",1564,1564,"t0",0],["159934.SZ","黄金ETF","SZ_FUND",8931,8931,"t0",0],["159941.SZ","纳指ETF","SZ_FUND",1342,1342,"t0",0],["159949.SZ","创业板50ETF","SZ_FUND",1458,1458,"limit20",0],["159995.SZ","芯片ETF","SZ_FUND",1783,1783,"",0],["300015.SZ","爱尔眼科","CHINEXT",12470,12470,"",0],["300059.SZ","东方财富","CHINEXT",24180,24180,"",0],["300096.SZ","ST易联众","CHINEXT",7250,7250,"st",0],["300124.SZ","汇川技术","CHINEXT",70620,70620,"",0],["300274.SZ","阳光电源","CHINEXT",162400,162400,"",0],["300308.SZ","中际旭创","CHINEXT",452100,452100,"",0],["300498.SZ","温氏股份","CHINEXT",18340,18340,"",0],["300750.SZ","宁德时代","CHINEXT",381500,381500,"",0],["300760.SZ","迈瑞医疗","CHINEXT",211280,211280,"",0],["301269.SZ","华大九天","CHINEXT",108900,108900,"",0],["510050.SH","上证50ETF","SH_FUND",3142,3142,"",0],["510300.SH","沪深300ETF","SH_FUND",4651,4651,"",0],["510500.SH","中证500ETF","SH_FUND",7208,7208,"",0],["511010.SH","国债ETF","SH_FUND",140862,140862,"t0",0],["511260.SH","十年国债ETF","SH_FUND",134215,134215,"t0",0],["511880.SH","银华日利","SH_FUND",100486,100486,"t0",0],["511990.SH","华宝添益","SH_FUND",100003,100003,"t0",0],["512480.SH","半导体ETF","SH_FUND",1386,1386,"",0],["512880.SH","证券ETF","SH_FUND",1172,1172,"",0],["513050.SH","中概互联网ETF","SH_FUND",1538,1538,"t0",0],["513100.SH","纳指ETF","SH_FUND",1824,1824,"t0",0],["518880.SH","黄金ETF","SH_FUND",8947,8947,"t0",0],["588000.SH","科创50ETF","SH_FUND",1436,1436,"limit20",0],["588080.SH","科创板50ETF","SH_FUND",1402,1402,"limit20",0],["600000.SH","浦发银行","SH_MAIN",8710,8620,"",0],["600009.SH","上海机场","SH_MAIN",32100,32100,"",0],["600016.SH","民生银行","SH_MAIN",4050,4050,"",0],["600019.SH","宝钢股份","SH_MAIN",7120,7120,"",0],["600028.SH","中国石化","SH_MAIN",5780,5780,"",0],["600030.SH","中信证券","SH_MAIN",27350,27350,"",0],["600036.SH","招商银行","SH_MAIN",37000,37620,"",0],["600050.SH","中国联通","SH_MAIN",5420,5420,"",0],["600104.SH","上汽集团","SH_MAIN",16480,16480,"",0],["600276.SH","恒瑞医药","SH_MAIN",62900,62900,"",0],["600309.SH","万华化学","SH_MAIN",63550,63550,"",0],["600519.SH","贵州茅台","SH_MAIN",1456800,1456800,"",0],["600525.SH","ST长园","SH_MAIN",3620,3620,"st",0],["600585.SH","海螺水泥","SH_MAIN",23740,23740,"",0],["600887.SH","伊利股份","SH_MAIN",27680,27680,"",0],["600900.SH","长江电力","SH_MAIN",28050,28050,"",0],["601012.SH","隆基绿能","SH_MAIN",17860,17860,"",0],["601088.SH","中国神华","SH_MAIN",38920,38920,"",0],["601166.SH","兴业银行","SH_MAIN",20330,20330,"",0],["601288.SH","农业银行","SH_MAIN",6810,6810,"",0],["601318.SH","中国平安","SH_MAIN",56400,56400,"",0],["601398.SH","工商银行","SH_MAIN",7360,7360,"",0],["601668.SH","中国建筑","SH_MAIN",5480,5480,"",0],["601857.SH","中国石油","SH_MAIN",8930,8930,"",0],["601899.SH","紫金矿业","SH_MAIN",26570,26570,"",0],["601988.SH","中国银行","SH_MAIN",5390,5390,"",0],["603259.SH","药明康德","SH_MAIN",94200,94200,"",0],["603288.SH","海天味业","SH_MAIN",38750,38750,"",0],["605499.SH","东鹏饮料","SH_MAIN",288600,288600,"",0],["688008.SH","澜起科技","STAR",128400,128400,"",0],["688012.SH","中微公司","STAR",268850,268850,"",0],["688036.SH","传音控股","STAR",74300,74300,"",0],["688041.SH","海光信息","STAR",221600,221600,"",0],["688111.SH","金山办公","STAR",309150,309150,"",0],["688256.SH","寒武纪","STAR",1298000,1298000,"",0],["688981.SH","中芯国际","STAR",114720,114720,"",0],["689009.SH","九号公司","STAR",58360,58360,"",0]],"day_figures":[],"house_rests":[],"scheduled":[[17,1795569900000,"phase",""],[18,1795589820000,"phase",""],[19,1795590000000,"phase",""],[20,1795590300000,"phase",""],[21,1795593600000,"close",""]],"banks":[["A","1001","6222A","模拟银行",49000000,"***","***"]],"bank_transfers":[[1,"A",1795397460000,501,"1001","6222A","模拟银行",1000000]],"ordinary_funds":[["A",0],["B",1000000],["C",0]],"ordinary_positions":[["B","600000.SH",200,2000000,2000000,200]],"compliance":[["A",20261124,3,0,1,0,3,1795483860000,""],["B",20261124,3,1,0,0,4,1795483860000,""],["C",20261124,2,0,2,0,2,1795483860000,""]],"compliance_window":[["A",1795483860000,3],["B",1795483860000,4],["C",1795483860000,2]],"compacts":[["202611230000000001","C",48,48,"600000.SH",1048581,20261123,20270522,1000,200,10465100,5297570,5100,83500,1000000,360,3625,324605000,2430,0,0,49],["202611230000000005","C",49,48,"000001.SZ",1048585,20261123,20270522,345,50,3450000,500000,6760,83500,1000000,360,1484,160000000,120,0,0,49]],"credit_accounts":[["C",500000000,-1,-1,0,0]],"credit_surplus":[["C","600036.SH",55,0,2035708]],"lendable":[["000001.SZ",50000,20000]],"appointments":[["202611230000000001","C202611230000000001","C","000001.SZ","1","0",1795397460000,1000,0,11500000,20261124,20261208,80000,40000,180000,360,2555,200000000,0,0,0,0,0,"1"]],"quotes":[["000001.SZ",10000,"[]","[]",1795397457000],["000002.SZ",6580,"","",1795397457000],["000063.SZ",33410,"","",1795397457000],["000100.SZ",4470,"","",1795397457000],["000333.SZ",73250,"","",1795397457000],["000568.SZ",128900,"","",1795397457000],["000625.SZ",12660,"","",1795397457000],["000651.SZ",40380,"","",1795397457000],["000725.SZ",4030,"","",1795397457000],["000858.SZ",119750,"","",1795397457000],["001979.SZ",9640,"","",1795397457000],["002142.SZ",28120,"","",1795397457000],["002230.SZ",50430,"","",1795397457000],["002352.SZ",40170,"","",1795397457000],["002415.SZ",30860,"","",1795397457000],["002475.SZ",55200,"","",1795397457000],["002594.SZ",104350,"","",1795397457000],["002714.SZ",50080,"","",1795397457000],["003816.SZ",3710,"","",1795397457000],["110085.SH",118420,"","",1795397457000],["113042.SH",120356,"","",1795397457000],["113052.SH",118507,"","",1795397457000],["118031.SH",108930,"","",1795397457000],["118034.SH",110285,"","",1795397457000],["123107.SZ",126480,"","",1795397457000],["127045.SZ",125613,"","",1795397457000],["127049.SZ",115569,"","",1795397457000],["127073.SZ",121940,"","",1795397457000],["128136.SZ",127250,"","",1795397457000],["159901.SZ",3506,"","",1795397457000],["159915.SZ",3087,"","",1795397457000],["159919.SZ",4812,"","",1795397457000],["159920.SZ",1564,"","",1795397457000],["159934.SZ",8931,"","",1795397457000],["159941.SZ",1342,"","",1795397457000],["159949.SZ",1458,"","",1795397457000],["159995.SZ",1783,"","",1795397457000],["300015.SZ",12470,"","",1795397457000],["300059.SZ",24180,"","",1795397457000],["300096.SZ",7250,"","",1795397457000],["300124.SZ",70620,"","",1795397457000],["300274.SZ",162400,"","",1795397457000],["300308.SZ",452100,"","",1795397457000],["300498.SZ",18340,"","",1795397457000],["300750.SZ",381500,"","",1795397457000],["300760.SZ",211280,"","",1795397457000],["301269.SZ",108900,"","",1795397457000],["510050.SH",3142,"","",1795397457000],["510300.SH",4651,"","",1795397457000],["510500.SH",7208,"","",1795397457000],["511010.SH",140862,"","",1795397457000],["511260.SH",134215,"","",1795397457000],["511880.SH",100486,"","",1795397457000],["511990.SH",100003,"","",1795397457000],["512480.SH",1386,"","",1795397457000],["512880.SH",1172,"","",1795397457000],["513050.SH",1538,"","",1795397457000],["513100.SH",1824,"","",1795397457000],["518880.SH",8947,"","",1795397457000],["588000.SH",1436,"","",1795397457000],["588080.SH",1402,"","",1795397457000],["600000.SH",8710,"[]","[]",1795397457000],["600009.SH",32100,"","",1795397457000],["600016.SH",4050,"","",1795397457000],["600019.SH",7120,"","",1795397457000],["600028.SH",5780,"","",1795397457000],["600030.SH",27350,"","",1795397457000],["600036.SH",37000,"[]","[]",1795397457000],["600050.SH",5420,"","",1795397457000],["600104.SH",16480,"","",1795397457000],["600276.SH",62900,"","",1795397457000],["600309.SH",63550,"","",1795397457000],["600519.SH",1456800,"","",1795397457000],["600525.SH",3620,"","",1795397457000],["600585.SH",23740,"","",1795397457000],["600887.SH",27680,"","",1795397457000],["600900.SH",28050,"","",1795397457000],["601012.SH",17860,"","",1795397457000],["601088.SH",38920,"","",1795397457000],["601166.SH",20330,"","",1795397457000],["601288.SH",6810,"","",1795397457000],["601318.SH",56400,"","",1795397457000],["601398.SH",7360,"","",1795397457000],["601668.SH",5480,"","",1795397457000],["601857.SH",8930,"","",1795397457000],["601899.SH",26570,"","",1795397457000],["601988.SH",5390,"","",1795397457000],["603259.SH",94200,"","",1795397457000],["603288.SH",38750,"","",1795397457000],["605499.SH",288600,"","",1795397457000],["688008.SH",128400,"","",1795397457000],["688012.SH",268850,"","",1795397457000],["688036.SH",74300,"","",1795397457000],["688041.SH",221600,"","",1795397457000],["688111.SH",309150,"","",1795397457000],["688256.SH",1298000,"","",1795397457000],["688981.SH",114720,"","",1795397457000],["689009.SH",58360,"","",1795397457000]]}');
CREATE TABLE lendable (
	stock_code TEXT NOT NULL, 
	ordinary INTEGER NOT NULL, 
	special INTEGER NOT NULL, 
	PRIMARY KEY (stock_code)
)
 STRICT;
INSERT INTO "lendable" VALUES('000001.SZ',50000,20000);
CREATE TABLE market_values (
	account_id TEXT NOT NULL, 
	day INTEGER NOT NULL, 
	sh_li INTEGER NOT NULL, 
	sz_li INTEGER NOT NULL, 
	PRIMARY KEY (account_id, day)
)
 STRICT;
INSERT INTO "market_values" VALUES('A',20261123,378678000,0);
INSERT INTO "market_values" VALUES('B',20261123,0,0);
INSERT INTO "market_values" VALUES('C',20261123,16736000,0);
INSERT INTO "market_values" VALUES('A',20261124,381264600,0);
INSERT INTO "market_values" VALUES('B',20261124,0,0);
INSERT INTO "market_values" VALUES('C',20261124,16723200,0);
CREATE TABLE meta (
	"key" TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY ("key")
)
 STRICT;
INSERT INTO "meta" VALUES('schema_version','4');
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
	other_fees_li INTEGER NOT NULL, 
	forced INTEGER NOT NULL, 
	PRIMARY KEY (order_id)
)
 STRICT;
INSERT INTO "orders" VALUES(1048577,20261123,'A',2,'600000.SH',23,11,10460,500,500,5230000,56,'','1','示例','first',1795397460000,1,4,0,0,5000,0,50,0,0);
INSERT INTO "orders" VALUES(1048578,20261123,'B',2,'600000.SH',23,11,10400,200,0,0,54,'','2','示例','first',1795397460000,1,6,4,0,0,0,0,0,0);
INSERT INTO "orders" VALUES(1048579,20261123,'A',2,'600000.SH',24,11,10440,200,200,2088000,56,'','3','示例','first',1795397460000,1,8,0,0,5000,1040,20,0,0);
INSERT INTO "orders" VALUES(1048580,20261123,'B',2,'600000.SH',23,11,10400,150,0,0,57,'限价买入 [SH600000] [COUNTER][-150904070][委托数量必须是每手股(张)数的倍数][p_entrust_amount=150.00,lot=100]','xt1048580','示例','first',1795397460000,1,12,0,0,0,0,0,0,0);
INSERT INTO "orders" VALUES(1048581,20261123,'C',3,'600000.SH',27,11,10460,1000,1000,10460000,56,'','4','示例','first',1795397460000,1,14,0,0,5000,0,100,0,0);
INSERT INTO "orders" VALUES(1048582,20261123,'C',3,'600000.SH',27,11,10460,500,500,5230000,56,'','5','示例','first',1795397460000,1,16,0,0,5000,0,50,0,0);
INSERT INTO "orders" VALUES(1048583,20261123,'C',3,'600000.SH',27,11,10460,100,100,1046000,56,'','6','示例','first',1795397460000,1,18,0,0,5000,0,10,0,0);
INSERT INTO "orders" VALUES(1048584,20261123,'C',3,'000001.SZ',28,11,11500,1000,1000,11500000,56,'','1','示例','first',1795397460000,1,20,0,0,5000,5750,120,0,0);
INSERT INTO "orders" VALUES(1048585,20261123,'C',3,'000001.SZ',28,11,11500,300,300,3450000,56,'','2','示例','first',1795397460000,1,22,0,0,5000,1730,30,0,0);
INSERT INTO "orders" VALUES(1048586,20261123,'C',3,'600036.SH',28,11,43000,300,300,12900000,56,'','7','示例','first',1795397460000,1,24,0,0,5000,6450,130,0,0);
INSERT INTO "orders" VALUES(1048587,20261124,'A',2,'600000.SH',23,11,8710,500,300,2613000,53,'','8','示例','first',1795483860000,2,4,18,0,5000,0,30,0,0);
INSERT INTO "orders" VALUES(1048588,20261124,'B',2,'600000.SH',23,11,8600,300,0,0,54,'','9','示例','first',1795483860000,2,6,19,0,0,0,0,0,0);
INSERT INTO "orders" VALUES(1048589,20261124,'A',2,'600000.SH',24,11,8900,200,0,0,54,'','10','示例','first',1795483860000,2,8,20,0,0,0,0,0,0);
INSERT INTO "orders" VALUES(1048590,20261124,'B',2,'600000.SH',23,11,8690,400,0,0,54,'','11','示例','first',1795483860000,2,10,21,0,0,0,0,0,0);
INSERT INTO "orders" VALUES(1048591,20261124,'B',2,'600000.SH',23,11,8500,100,0,0,54,'','12','示例','first',1795483860000,2,12,22,0,0,0,0,0,0);
INSERT INTO "orders" VALUES(1048592,20261124,'A',2,'787901.SH',23,11,35800,500,0,0,56,'','13','示例','new',1795483860000,2,15,0,0,0,0,0,0,0);
INSERT INTO "orders" VALUES(1048593,20261124,'C',3,'000001.SZ',29,11,10000,1200,1200,12000000,56,'','3','示例','first',1795483860000,2,16,0,0,5000,0,120,0,0);
INSERT INTO "orders" VALUES(1048594,20261124,'C',3,'600036.SH',29,11,37000,400,400,14800000,56,'','14','示例','first',1795483860000,2,18,0,0,5000,0,150,0,0);
INSERT INTO "orders" VALUES(1048595,20261125,'A',2,'600000.SH',23,11,8710,500,300,2613000,55,'','15','示例','first',1795570260000,3,4,31,1742010,5000,0,30,0,0);
INSERT INTO "orders" VALUES(1048596,20261125,'B',2,'600000.SH',23,11,8600,300,0,0,50,'','16','示例','first',1795570260000,3,6,32,2585030,0,0,0,0,0);
INSERT INTO "orders" VALUES(1048597,20261125,'B',2,'600000.SH',23,11,8690,400,0,0,50,'','17','示例','first',1795570260000,3,8,33,3481030,0,0,0,0,0);
INSERT INTO "orders" VALUES(1048598,20261125,'B',2,'600000.SH',23,11,8500,100,0,0,54,'','18','示例','first',1795570260000,3,10,34,0,0,0,0,0,0);
CREATE TABLE ordinary_funds (
	account_id TEXT NOT NULL, 
	cash_li INTEGER NOT NULL, 
	PRIMARY KEY (account_id)
)
 STRICT;
INSERT INTO "ordinary_funds" VALUES('A',0);
INSERT INTO "ordinary_funds" VALUES('B',1000000);
INSERT INTO "ordinary_funds" VALUES('C',0);
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
INSERT INTO "ordinary_positions" VALUES('B','600000.SH',200,2000000,2000000,200);
CREATE TABLE position_lots (
	account_id TEXT NOT NULL, 
	stock_code TEXT NOT NULL, 
	opened_day INTEGER NOT NULL, 
	volume INTEGER NOT NULL, 
	untaxed TEXT NOT NULL, 
	PRIMARY KEY (account_id, stock_code, opened_day)
)
 STRICT;
INSERT INTO "position_lots" VALUES('A','600000.SH',20261123,3300,'[[20261123, 990000000]]');
INSERT INTO "position_lots" VALUES('A','688981.SH',20261123,3000,'[]');
INSERT INTO "position_lots" VALUES('C','600000.SH',20261123,1600,'[[20261123, 480000000]]');
INSERT INTO "position_lots" VALUES('A','600000.SH',20261124,960,'[]');
INSERT INTO "position_lots" VALUES('C','600000.SH',20261124,320,'[]');
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
INSERT INTO "positions" VALUES('A','600000.SH',4560,300,0,4260,38059170,38112857,4560,20261123);
INSERT INTO "positions" VALUES('A','688981.SH',3000,0,0,3000,30000000,30000000,3000,20261123);
INSERT INTO "positions" VALUES('C','600000.SH',1920,0,0,1920,16591160,16576000,1920,20261123);
CREATE TABLE quotes (
	stock_code TEXT NOT NULL, 
	last_li INTEGER NOT NULL, 
	bids TEXT NOT NULL, 
	asks TEXT NOT NULL, 
	quote_ms INTEGER NOT NULL, 
	PRIMARY KEY (stock_code)
)
 STRICT;
INSERT INTO "quotes" VALUES('600000.SH',8710,'[[8690, 500]]','[[8710, 300]]',1795570260000);
INSERT INTO "quotes" VALUES('000001.SZ',10000,'[[9990, 500]]','[[10000, 9000]]',1795507200000);
INSERT INTO "quotes" VALUES('600036.SH',37000,'[[36990, 500]]','[[37000, 9000]]',1795507200000);
INSERT INTO "quotes" VALUES('688981.SH',114720,'','',1795507200000);
CREATE TABLE scheduled (
	scheduled_id INTEGER NOT NULL, 
	due_ms INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	detail TEXT NOT NULL, 
	PRIMARY KEY (scheduled_id)
)
 STRICT;
INSERT INTO "scheduled" VALUES(18,1795589820000,'phase','');
INSERT INTO "scheduled" VALUES(19,1795590000000,'phase','');
INSERT INTO "scheduled" VALUES(20,1795590300000,'phase','');
INSERT INTO "scheduled" VALUES(21,1795593600000,'close','');
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
INSERT INTO "settlements" VALUES('A',20261123,2,997846890,378678000,1376524890,0);
INSERT INTO "settlements" VALUES('B',20261123,2,500000000,0,500000000,0);
INSERT INTO "settlements" VALUES('C',20261123,3,326769540,16736000,343505540,43560250);
INSERT INTO "settlements" VALUES('A',20261124,2,995558860,381264600,1376823460,0);
INSERT INTO "settlements" VALUES('B',20261124,2,500000000,0,500000000,0);
INSERT INTO "settlements" VALUES('C',20261124,3,289577230,16723200,306300430,8122650);
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
INSERT INTO "trades" VALUES(1,20261123,'A',2,1048577,'600000.SH',23,10460,500,5230000,1795397460000,5000,0,50,0,0);
INSERT INTO "trades" VALUES(2,20261123,'A',2,1048579,'600000.SH',24,10440,200,2088000,1795397460000,5000,1040,20,0,0);
INSERT INTO "trades" VALUES(3,20261123,'C',3,1048581,'600000.SH',27,10460,1000,10460000,1795397460000,5000,0,100,0,0);
INSERT INTO "trades" VALUES(4,20261123,'C',3,1048582,'600000.SH',27,10460,500,5230000,1795397460000,5000,0,50,0,0);
INSERT INTO "trades" VALUES(5,20261123,'C',3,1048583,'600000.SH',27,10460,100,1046000,1795397460000,5000,0,10,0,0);
INSERT INTO "trades" VALUES(6,20261123,'C',3,1048584,'000001.SZ',28,11500,1000,11500000,1795397460000,5000,5750,120,0,0);
INSERT INTO "trades" VALUES(7,20261123,'C',3,1048585,'000001.SZ',28,11500,300,3450000,1795397460000,5000,1730,30,0,0);
INSERT INTO "trades" VALUES(8,20261123,'C',3,1048586,'600036.SH',28,43000,300,12900000,1795397460000,5000,6450,130,0,0);
INSERT INTO "trades" VALUES(9,20261124,'A',2,1048587,'600000.SH',23,8710,300,2613000,1795483860000,5000,0,30,0,0);
INSERT INTO "trades" VALUES(10,20261124,'C',3,1048593,'000001.SZ',29,10000,1200,12000000,1795483860000,5000,0,120,0,0);
INSERT INTO "trades" VALUES(11,20261124,'C',3,1048594,'600036.SH',29,37000,400,14800000,1795483860000,5000,0,150,0,0);
INSERT INTO "trades" VALUES(12,20261125,'A',2,1048595,'600000.SH',23,8710,300,2613000,1795570260000,5000,0,30,0,0);
CREATE INDEX orders_by_day ON orders (day);
CREATE INDEX trades_by_day ON trades (day);
CREATE INDEX trades_by_order ON trades (order_id);
CREATE INDEX trades_by_account ON trades (account_id, day);
CREATE INDEX cash_ledger_by_account ON cash_ledger (account_id, day);
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
