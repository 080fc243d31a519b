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
	fee_li INTEGER NOT NULL, 
	repaid_fee_li INTEGER NOT NULL, 
	status INTEGER NOT NULL, 
	PRIMARY KEY (compact_id)
)
 STRICT;
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
INSERT INTO "counters" VALUES('ledger_id',16);
INSERT INTO "counters" VALUES('sum.external_li',1501330000);
INSERT INTO "counters" VALUES('sum.ordinary_given_li',1000000);
INSERT INTO "counters" VALUES('sum.bank_given_li',50000000);
INSERT INTO "counters" VALUES('shares.600000.SH',3600);
INSERT INTO "counters" VALUES('journal_seq',19);
INSERT INTO "counters" VALUES('seq',19);
INSERT INTO "counters" VALUES('order_id',9);
INSERT INTO "counters" VALUES('sysid.SH',8);
INSERT INTO "counters" VALUES('queue_seq',12);
INSERT INTO "counters" VALUES('sum.house_li',6246000);
INSERT INTO "counters" VALUES('trade_id',4);
INSERT INTO "counters" VALUES('sum.fees_li',16150);
INSERT INTO "counters" VALUES('sum.bank_sent_li',1000000);
INSERT INTO "counters" VALUES('bank_transfer_id',1);
INSERT INTO "counters" VALUES('settled_day',20261123);
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
CREATE TABLE journal_bases (seq INTEGER NOT NULL, now_ms INTEGER NOT NULL, server TEXT NOT NULL, config TEXT NOT NULL, state_hash TEXT NOT NULL, world TEXT NOT NULL, PRIMARY KEY (seq)) STRICT;
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
INSERT INTO "meta" VALUES('schema_version','2');
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
	PRIMARY KEY (order_id)
)
 STRICT;
INSERT INTO "orders" VALUES(1048577,20261123,'A',2,'600000.SH',23,11,10460,500,500,5230000,56,'','1','示例','first',1795397460000,1,1,3,0,5000,0,50,0);
INSERT INTO "orders" VALUES(1048578,20261123,'B',2,'600000.SH',23,11,10400,200,0,0,54,'','2','示例','first',1795397460000,1,2,4,0,0,0,0,0);
INSERT INTO "orders" VALUES(1048579,20261123,'A',2,'600000.SH',24,11,10400,200,200,2092000,56,'','3','示例','first',1795397460000,1,3,0,0,5000,1050,20,0);
INSERT INTO "orders" VALUES(1048580,20261123,'B',2,'600000.SH',23,11,10400,150,0,0,57,'限价买入 [SH600000] [COUNTER][-150904070][委托数量必须是每手股(张)数的倍数][p_entrust_amount=150.00,lot=100]','xt1048580','示例','first',1795397460000,1,5,0,0,0,0,0,0);
INSERT INTO "orders" VALUES(1048581,20261124,'A',2,'600000.SH',23,11,10360,500,300,3108000,55,'','4','示例','first',1795483860000,2,6,8,2072020,5000,0,30,0);
INSERT INTO "orders" VALUES(1048582,20261124,'B',2,'600000.SH',23,11,10300,300,0,0,50,'','5','示例','first',1795483860000,2,7,9,3095030,0,0,0,0);
INSERT INTO "orders" VALUES(1048583,20261124,'A',2,'600000.SH',24,11,10600,200,0,0,50,'','6','示例','first',1795483860000,2,8,10,0,0,0,0,0);
INSERT INTO "orders" VALUES(1048584,20261124,'B',2,'600000.SH',23,11,10340,400,0,0,50,'','7','示例','first',1795483860000,2,9,11,4141040,0,0,0,0);
INSERT INTO "orders" VALUES(1048585,20261124,'B',2,'600000.SH',23,11,10200,100,0,0,54,'','8','示例','first',1795483860000,2,10,12,0,0,0,0,0);
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
CREATE VIEW v_orders AS SELECT order_id, day, account_id, account_type, stock_code, order_type, price_type, price_li / 1000.0 AS price, volume, traded_volume, traded_amount_li / 1000.0 AS traded_amount, status, status_msg, order_sysid, strategy_name, order_remark, strftime('%Y-%m-%d %H:%M:%f', order_ms / 1000.0, 'unixepoch', '+8 hours') AS order_time, session_id, request_seq, queue_seq, frozen_li / 1000.0 AS frozen, commission_li / 1000.0 AS commission, stamp_duty_li / 1000.0 AS stamp_duty, transfer_fee_li / 1000.0 AS transfer_fee, other_fees_li / 1000.0 AS other_fees, ROUND(1.0 * traded_amount_li / NULLIF(traded_volume, 0) / 1000, 3) AS traded_price FROM orders;
CREATE VIEW v_trades AS SELECT trade_id, day, account_id, account_type, order_id, stock_code, order_type, price_li / 1000.0 AS price, volume, amount_li / 1000.0 AS amount, strftime('%Y-%m-%d %H:%M:%f', trade_ms / 1000.0, 'unixepoch', '+8 hours') AS trade_time, commission_li / 1000.0 AS commission, stamp_duty_li / 1000.0 AS stamp_duty, transfer_fee_li / 1000.0 AS transfer_fee, other_fees_li / 1000.0 AS other_fees, self_trade FROM trades;
CREATE VIEW v_compacts AS SELECT compact_id, account_id, compact_type, cashgroup_prop, stock_code, order_id, open_day, end_day, volume, repaid_volume, amount_li / 1000.0 AS amount, repaid_li / 1000.0 AS repaid, fee_li / 1000.0 AS fee, repaid_fee_li / 1000.0 AS repaid_fee, status FROM compacts;
CREATE VIEW v_cash_ledger AS SELECT ledger_id, account_id, day, strftime('%Y-%m-%d %H:%M:%f', ledger_ms / 1000.0, 'unixepoch', '+8 hours') AS ledger_time, reason, amount_li / 1000.0 AS amount, balance_li / 1000.0 AS balance, order_id, trade_id FROM cash_ledger;
CREATE VIEW v_settlements AS SELECT account_id, day, account_type, cash_li / 1000.0 AS cash, market_value_li / 1000.0 AS market_value, total_asset_li / 1000.0 AS total_asset, debt_li / 1000.0 AS debt FROM settlements;
CREATE VIEW v_banks AS SELECT account_id, bank_no, bank_account, bank_name, balance_li / 1000.0 AS balance FROM banks;
CREATE VIEW v_bank_transfers AS SELECT transfer_id, account_id, strftime('%Y-%m-%d %H:%M:%f', transfer_ms / 1000.0, 'unixepoch', '+8 hours') AS transfer_time, direction, bank_no, bank_account, bank_name, amount_li / 1000.0 AS amount FROM bank_transfers;
CREATE VIEW v_ordinary_funds AS SELECT account_id, cash_li / 1000.0 AS cash FROM ordinary_funds;
CREATE VIEW v_ordinary_positions AS SELECT account_id, stock_code, volume, cost_li / 1000.0 AS cost, bought_li / 1000.0 AS bought, bought_volume FROM ordinary_positions;
COMMIT;
