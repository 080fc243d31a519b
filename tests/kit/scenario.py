"""Scenarios are text: one action a line, what is expected behind ``=>``.

A file holds scenarios, each under a ``== title``. A line is one of

    hours exchange | feed synthetic | fills strict | day 20261123 | auto_list      settings, before anything else
    instrument 688999.SH 新股 STAR 10.00 listed 20261123 tags nolimit,t0           a row of the instruments file
    rule cage STAR ticks 10                                   a value of a rule file, for every day
    account A 100000 600000.SH:1000@10.00                     an account, its cash, its shares at a cost
    behaviour miniqmt ack_ms=10               a profile, and what is set beside it
    status A DISABLED_BY_USER                 the account's status
    bank A balance 500 bank_pwd 123 account 6222001           a bank, by the operator
    ordinary A 500.00 600000.SH:100@10.00                     cash and shares at the ordinary counter, by the operator
    A bank in 500.00 password 123 at 1001/6222001 => done     a transfer: bank in, bank out; or refused and a part of the text
    A fund 510 500.00 | A shares 520 600000.SH 100 type 0     between the counters, likewise
    A bank 1001/6222A has 999500.00 | A ordinary 500.00 600000.SH:100@10.00    what is there
    A stream 1:500.00 2:20.00                                 its bank transfers: direction and amount
    compliance refuse | threshold second 5 | A meter orders 3 peak_second 4    the meter; A warned second:5
    at 09:31 | advance 3s | advance 5ms | settle | crash                    the clock; a crash is a restart from the store
    quote 600000.SH 10.45 bids 10.44x500 asks 10.46x300 10.47x1000 volume 500 pre_close 10.40
    a1: A buys 500 600000.SH at 10.47      => filled 500 at 10.464
    a2: A sells 100 600000.SH at latest    => refused 251005
    cancel a1 by A                         => cancelled | refused final
    a1                                     => part 300
    a3: B buys 500 000001.SZ at 0 type 47   => cancelled 300 at 11.50 limit 12.65 shown 88
    a4                                     => dormant         beside the book, outside the price cage
    tags 600000.SH suspended                                  what holds of a security from now on; - for nothing
    600000.SH phase HALT last 10.45 open 10.40 up_limit 11.50 down_limit 9.41
    600000.SH bids 10.44x500 asks -                           all that rests in the book, house and accounts
    600000.SH indicative 10.45x900 surplus -100               what an auction would give now; indicative none
    A cash 994762.95 frozen 0.00 fetch 994762.95
    A holds 600000.SH 500 sellable 0 frozen 0 open 10.464 cost 10.4741 last 10.47
    A fees 5.03 0.00 0.03                                     commission, stamp duty, transfer fee of its trades together
    action 600000.SH ex 20261124 cash 0.3 transfer 0.5 rights 0.3 price 6.00 subscribe A    a corporate action
    issue 732901.SH 603901.SH STOCK 12.50 max 16500 on 20261124 listed 20261203 wins 0.03    a row of the file of new issues
    issues 732901.SH 787901.SH                                what the SDK is told of today; - for none
    A quota KCB 5000 SH 5000 SZ 0                             what it may subscribe for
    A won 732901.SH 500 paid 0                                its part in a new issue; A won 732901.SH none
    A lots 600000.SH 1000@20261123 500@20261124               what was acquired when
    A ledger dividend 300.00                                  everything booked for a reason, on all days
    A sees order:50 order:56 trade:200@10.46 position:600000.SH asset
    credit A 100000 600000.SH:1000@10.00      a credit account
    term line concentration_ppm 300000 | subject 600000.SH fin_status suspended    terms and securities of margin trading
    a1: A finances 1000 600000.SH at 10.00 => filled 1000    finances, shorts, buys_back, returns, sells_to_repay, repays_cash;
    a1: A repays_cash 1000.50 any at 0        => filled      each also as in finances_special
    quota A fin 1000 fin_special 0 slo 500 | lendable 600000.SH ordinary 100 special 0    by the operator
    A appoints 1000 600000.SH for 14 days from 20261124 => done    or refused and a part of the text; from may be left out
    A gives_back 300 of the appointment => done                an early end
    A credit margin 100.00 debt 50.00 ratio 2.5 fee 0.20 surplus 600000.SH:60      what the operator sees of it
    A owes 48:48:600000.SH:10005.10:1000 49:49:600000.SH:10000.00:1000    open compacts: type, source, code, amount, shares left

After every line all invariants hold and the store equals the world; at the end a crash changes nothing.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from matching.calendar import day_of
from miniqmt_sim.changes import TABLES
from miniqmt_sim.wire.messages import JsonObject
from tests.kit.desk import MONDAY, Desk, make_config, shipped_credit, shipped_rules

QUEUE_SEQ: Final = TABLES["orders"].index("queue_seq")
SETTINGS: Final = ("hours", "feed", "fills", "day", "auto_list", "start", "hold", "after_hours", "compliance", "behaviour")
VERBS: Final = {
    "buys": 23, "sells": 24, "finances": 27, "shorts": 28, "buys_back": 29, "returns": 30, "sells_to_repay": 31,
    "repays_cash": 32, "finances_special": 40, "shorts_special": 41, "buys_back_special": 42, "returns_special": 43,
    "sells_to_repay_special": 44, "repays_cash_special": 45,
}  # fmt: skip
CREDIT_WORDS: Final = {
    "margin": "enable_bail_balance", "debt": "total_debt", "ratio": "per_assurescale_value", "fin_quota": "fin_enable_quota",
    "slo_quota": "slo_enable_quota", "proceeds": "slo_sell_balance", "kept": "surplus_slo_sell_balance",
    "fetch": "fetch_balance", "other": "other_fare",
}  # fmt: skip
FLAGS: Final = ("auto_list", "after_hours")
STATUS_WORDS: Final = {
    48: "unreported", 49: "held", 50: "resting", 53: "cancelled", 54: "cancelled", 55: "part", 56: "filled", 57: "refused",
}  # fmt: skip


class Scenario(NamedTuple):
    """One scenario of a file."""

    title: str
    where: str
    lines: tuple[tuple[int, str], ...]


def read_scenarios(folder: Path) -> list[Scenario]:
    """All scenarios of a folder's text files."""
    found = []
    for path in sorted(folder.glob("*.txt")):
        title, lines = "", []
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            text = line.partition("#")[0].strip()
            if text.startswith("=="):
                if title:
                    found.append(Scenario(title, path.name, tuple(lines)))
                title, lines = text[2:].strip(), []
            elif text:
                assert title, f"{path.name}:{number}: a line before the first scenario"
                lines.append((number, text))
        found.append(Scenario(title, path.name, tuple(lines)))
    return found


def play(scenario: Scenario) -> None:
    """Run a scenario; the failing line is in the message."""
    stage = Stage()
    for number, line in scenario.lines:
        try:
            stage.do(line)
        except AssertionError as error:
            pytest.fail(f"{scenario.where}:{number}: {line}\n    {error}", pytrace=False)
    stage.finish()


class Stage:
    """Where a scenario is played."""

    def __init__(self) -> None:
        self._settings: dict[str, Any] = {"day": MONDAY, "start": "09:31"}
        self._instruments: list[dict[str, str]] = []
        self._rules: dict[str, Any] = {}
        self._issues: list[dict[str, str]] = []
        self._credit: dict[str, Any] = {}
        self._desk: Desk | None = None
        self._orders: dict[str, int] = {}

    @property
    def desk(self) -> Desk:
        """The desk, opened when it is first needed."""
        if self._desk is None:
            settings = dict(self._settings)
            day, start = int(settings.pop("day")), settings.pop("start")
            config = make_config(accounts=[], **settings)
            new = {row["stock_code"] for row in self._instruments}
            rows = [row for row in config.instruments if row["stock_code"] not in new] + self._instruments
            config = config._replace(instruments=rows, rules=self._rules or config.rules, ipo=self._issues)
            config = config._replace(credit=self._credit or config.credit)
            self._desk = Desk(config, now=start, day=day)
        return self._desk

    def do(self, line: str) -> None:
        """One line."""
        action, _, expected = (part.strip() for part in line.partition("=>"))
        word = action.split()[0]
        if word in SETTINGS:
            assert self._desk is None, "a setting after the first action"
            self._settings[word] = _behaviour(action) if word == "behaviour" else word in FLAGS or action.split()[1]
            return
        for pattern, method in _LINES:
            match = re.fullmatch(pattern, action)
            if match:
                method(self, expected=expected, **match.groupdict())
                if method not in _BEFORE_THE_START:
                    self.desk.check()
                return
        raise AssertionError("nobody understands this line")

    def finish(self) -> None:
        """A crash at the end changes nothing."""
        before = self.desk.simulator.state_hash()
        self.desk.crash()
        assert self.desk.simulator.state_hash() == before, "a restart changed the world"
        self.desk.check()

    # ---- before the start ------------------------------------------------------------------------------------------------

    def instrument(self, code: str, title: str, board: str, price: str, listed: str, tags: str, expected: str) -> None:
        assert self._desk is None, "an instrument after the first action"
        self._instruments.append({
            "stock_code": code, "name": title, "board": board, "pre_close": price, "listed": listed or "",
            "tags": (tags or "").replace(",", " "), "_where": code,
        })  # fmt: skip

    def issue(
        self, code: str, listed_code: str, kind: str, price: str, most: str, day: str, listed: str, rate: str, expected: str
    ) -> None:
        assert self._desk is None, "an issue after the first action"
        self._issues.append({
            "subscription_code": code, "listed_code": listed_code, "name": "新股", "type": kind, "issue_price": price,
            "min": "10" if kind == "BOND" else "500", "max": most, "subscribe_day": day, "listing_day": listed,
            "winning_rate": rate,
        })  # fmt: skip

    def rule(self, file: str, board: str, key: str, value: str, expected: str) -> None:
        assert self._desk is None, "a rule after the first action"
        self._rules = self._rules or shipped_rules()
        rows = [row for row in self._rules[file]["row"] if board in row["boards"]]
        assert rows, f"{file}.toml says nothing of {board}"
        for row in rows:
            assert key in row, f"{file}.toml has no key {key}"
            row[key] = type(row[key])(value)

    def threshold(self, measure: str, messages: str, expected: str) -> None:
        assert self._desk is None, "a threshold after the first action"
        self._rules = self._rules or shipped_rules()
        for row in self._rules["compliance"]["row"]:
            if row["measure"] == measure:
                row["messages"] = int(messages)

    # ---- margin trading ----------------------------------------------------------------------------------------------------

    def term(self, table: str, key: str, value: str, expected: str) -> None:
        assert self._desk is None, "a term after the first action"
        self._credit = self._credit or copy.deepcopy(shipped_credit())
        for row in self._credit["terms"][table]:
            assert key in row, f"{table} has no key {key}"
            row[key] = value == "true" if isinstance(row[key], bool) else type(row[key])(value)

    def subject(self, code: str, key: str, value: str, expected: str) -> None:
        assert self._desk is None, "a security after the first action"
        self._credit = self._credit or copy.deepcopy(shipped_credit())
        (row,) = [row for row in self._credit["subjects"] if row["stock_code"] == code]
        assert key in row, f"subjects.csv has no column {key}"
        row[key] = value

    def credit_account(self, who: str, cash: str, shares: str, expected: str) -> None:
        self.account(who, cash, shares, expected, kind="CREDIT")

    def credit_quota(self, who: str, rest: str, expected: str) -> None:
        words = rest.split()
        fields = {word: float(figure) for word, figure in zip(words[::2], words[1::2], strict=True)}
        self._refusable(self.desk.ask("ctl_credit_quota", account_id=who, **fields), expected)

    def lendable(self, code: str, rest: str, expected: str) -> None:
        words = rest.split()
        fields = {word: int(figure) for word, figure in zip(words[::2], words[1::2], strict=True)}
        self._refusable(self.desk.ask("ctl_credit_lendable", stock_code=code, **fields), expected)

    def credit_transfer(self, who: str, way: str, volume: str, code: str, expected: str) -> None:
        fields = {"account_id": who, "direction": way, "stock_code": code, "volume": int(volume)}
        self._refusable(self.desk.ask("ctl_credit_transfer", **fields), expected)

    def appoint(self, who: str, volume: str, code: str, days: str, begin: str, rate: str, expected: str) -> None:
        reply = self.desk.transfer(
            who, "smt_appointment", stock_code=code, apt_days=int(days), apt_volume=int(volume), fare_ratio=float(rate or 0.08),
            sub_rare_ratio=0.04, fine_ratio=0.18, begin_date=begin or "",
        )  # fmt: skip
        self._transferred(reply, expected)

    def give_back(self, who: str, volume: str, expected: str) -> None:
        (row,) = self.desk.rows("ctl_credit_appointments", account_id=who)
        fields = {"compact_id": row["cashcompact_id"], "occur_amount": int(volume)}
        self._transferred(self.desk.transfer(who, "smt_compact_return", **fields), expected)

    def cancel_appointment(self, who: str, expected: str) -> None:
        (row,) = self.desk.rows("ctl_credit_appointments", account_id=who)
        self._transferred(self.desk.transfer(who, "smt_appointment_cancel", apply_id=row["apply_id"]), expected)

    def appointment(self, who: str, rest: str, expected: str) -> None:
        rows = self.desk.rows("ctl_credit_appointments", account_id=who)
        found = [
            f"{row['code']}:{row['compac_amount']:.0f}:{row['used_amount']:.0f}:{row['compact_status']}"
            f":{row['compact_interestx']:.2f}"
            for row in rows
        ]
        assert found == rest.replace("none", "").split(), f"it is {found}"

    def credit(self, who: str, rest: str, expected: str) -> None:
        row = self.desk.ask("ctl_credit_show", account_id=who)
        row["surplus"] = ",".join(row["surplus"]) or "-"
        row["fee"] = row["fin_fee"] + row["slo_fee"] + row["other_fare"]
        words = rest.split()
        for word, figure in zip(words[::2], words[1::2], strict=True):
            shown = row[CREDIT_WORDS.get(word, word)]
            wanted = figure if isinstance(shown, str) else pytest.approx(float(figure), abs=0.0051)
            assert shown == wanted, f"{word} is {shown}"

    def owes(self, who: str, rest: str, expected: str) -> None:
        rows = self.desk.rows("ctl_credit_compacts", account_id=who)
        found = [
            f"{row['compact_type']}:{row['cashgroup_prop']}:{row['instrument_id']}.{('SH', 'SZ')[row['exchange_id']]}"
            f":{row['real_compact_balance']:.2f}:{row['real_compact_vol']}"
            for row in rows
            if row["real_compact_balance"] or row["real_compact_vol"] or row["real_compact_fare"]
        ]
        assert found == rest.replace("nothing", "").split(), f"it is {found}"

    # ---- transfers and the meter -----------------------------------------------------------------------------------------

    def bank(self, who: str, rest: str, expected: str) -> None:
        words = dict(zip(rest.split()[::2], rest.split()[1::2], strict=True))
        names = {"account": "bank_account", "balance": "balance", "no": "bank_no"}
        fields: dict[str, Any] = {names.get(word, word): value for word, value in words.items()}
        if "balance" in fields:
            fields["balance"] = float(fields["balance"])
        self._refusable(self.desk.ask("ctl_bank_set", account_id=who, **fields), expected)

    def ordinary(self, who: str, cash: str, shares: str, expected: str) -> None:
        self._refusable(self.desk.ask("ctl_ordinary_cash", account_id=who, amount=float(cash)), expected)
        for code, volume, cost in re.findall(r"(\S+?):(\d+)@([\d.]+)", shares or ""):
            fields = {"account_id": who, "stock_code": code, "volume": int(volume), "cost": float(cost)}
            self._refusable(self.desk.ask("ctl_ordinary_position", **fields), expected)

    def bank_transfer(self, who: str, way: str, amount: str, password: str, bank: str, expected: str) -> None:
        number, _, account = (bank or f"1001/6222{who}").partition("/")
        secret = {"in": "bank_pwd", "out": "fund_pwd"}[way]
        fields = {"direction": {"in": 501, "out": 502}[way], "bank_no": number, "bank_account": account, secret: password or ""}
        self._transferred(self.desk.transfer(who, "bank_transfer", balance=float(amount), **fields), expected)

    def fund_transfer(self, who: str, direction: str, amount: str, expected: str) -> None:
        reply = self.desk.transfer(who, "fund_transfer", transfer_direction=int(direction), price=float(amount))
        self._transferred(reply, expected)

    def secu_transfer(self, who: str, direction: str, code: str, volume: str, type: str, expected: str) -> None:
        fields = {"transfer_direction": int(direction), "stock_code": code, "volume": int(volume)}
        reply = self.desk.transfer(who, "secu_transfer", **fields, transfer_type=int(type or 0))
        self._transferred(reply, expected)

    @staticmethod
    def _transferred(reply: JsonObject, expected: str) -> None:
        """``done``, or ``refused`` and a part of the text."""
        word, _, text = expected.partition(" ")
        assert word in ("done", "refused"), "say whether it is done or refused"
        assert reply["success"] is (word == "done"), f"answered {reply}"
        assert bool(reply["msg"]) is (word == "refused")
        assert text.strip() in reply["msg"], reply["msg"]

    def at_bank(self, who: str, bank: str, amount: str, expected: str) -> None:
        number, _, account = bank.partition("/")
        rows = self.desk.rows("ctl_bank_list", account_id=who)
        found = [row["balance"] for row in rows if (row["bank_no"], row["bank_account"]) == (number, account)]
        assert found == [float(amount)], f"it is {found}"

    def at_ordinary(self, who: str, cash: str, shares: str, expected: str) -> None:
        fund = self.desk.transfer(who, "query_com_fund")["rows"][0]
        rows = self.desk.transfer(who, "query_com_position")["rows"]
        wanted = re.findall(r"(\S+?):(\d+)@([\d.]+)", shares or "")
        assert fund["current_balance"] == fund["fetch_balance"] == float(cash), f"cash is {fund['current_balance']}"
        assert [row["stock_code1"] for row in rows] == [code for code, _, _ in wanted], f"shares are {rows}"
        for row, (_, volume, cost) in zip(rows, wanted, strict=True):
            assert (row["total_amt"], row["cost_price"]) == (int(volume), pytest.approx(float(cost), abs=1e-9)), f"it is {row}"

    def stream(self, who: str, rest: str, expected: str) -> None:
        rows = self.desk.transfer(who, "query_bank_transfer_stream")["rows"]
        shown = [f"{row['transfer_direction']}:{row['balance']:.2f}" for row in rows]
        assert shown == rest.split(), f"it is {shown}"

    def meter(self, who: str, rest: str, expected: str) -> None:
        row = self.desk.ask("ctl_compliance", account_id=who)
        for word, figure in zip(rest.split()[::2], rest.split()[1::2], strict=True):
            assert row[word] == pytest.approx(float(figure), abs=1e-9), f"{word} is {row[word]}"

    def warned(self, who: str, rest: str, expected: str) -> None:
        found = [f"{row.measure}:{row.messages}" for row in self.desk.warnings if row.account_id == who]
        self.desk.warnings = [row for row in self.desk.warnings if row.account_id != who]
        assert found == rest.replace("nothing", "").split(), f"warned {found}"

    # ---- actions ---------------------------------------------------------------------------------------------------------

    def account(self, who: str, cash: str, shares: str, expected: str, kind: str = "STOCK") -> None:
        self.desk.ask("ctl_account_create", account_id=who, cash=float(cash), account_type=kind)
        for code, volume, cost in re.findall(r"(\S+?):(\d+)@([\d.]+)", shares or ""):
            self.desk.ask("ctl_position_set", account_id=who, stock_code=code, volume=int(volume), cost=float(cost))

    def clock(self, when: str, expected: str) -> None:
        self._refusable(self.desk.ask("ctl_clock_set", time=when), expected)

    def advance(self, count: str, unit: str, expected: str) -> None:
        duration_ms = int(count) * {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}[unit]
        self.desk.ask("ctl_clock_advance", duration_ms=duration_ms)

    def status(self, who: str, status: str, expected: str) -> None:
        self._refusable(self.desk.ask("ctl_account_status", account_id=who, status=status), expected)

    def settle(self, expected: str) -> None:
        self.desk.ask("ctl_settle")

    def crash(self, expected: str) -> None:
        before = self.desk.simulator.state_hash()
        self.desk.crash()
        assert self.desk.simulator.state_hash() == before, "a restart changed the world"

    def quote(self, code: str, last: str, rest: str, expected: str) -> None:
        words = {"bids": [], "asks": [], "volume": 0, "pre_close": 0.0}  # type: dict[str, Any]
        name = ""
        for token in rest.split():
            if token in words:
                name = token
            elif name in ("bids", "asks"):
                price, volume = token.split("x")
                words[name].append((float(price), int(volume)))
            else:
                words[name] = int(token) if name == "volume" else float(token)
        self._refusable(self.desk.quote(code, float(last), **words), expected)

    def order(
        self, name: str, who: str, verb: str, volume: str, code: str, price: str, type: str, expected: str
    ) -> None:
        latest = price == "latest"
        number = int(type) if type else 5 if latest else 11
        self.desk.session(who)
        limit = -1.0 if latest else float(price)
        reply = self.desk.order(who, VERBS[verb], float(volume), code.replace("any", ""), limit, number)
        self._orders[name] = reply["order_id"]
        if expected.startswith("none"):
            assert reply["order_id"] == -1, f"an order was made: {reply}"
            assert expected.removeprefix("none").strip() in reply["error_msg"], reply["error_msg"]
        else:
            assert reply["order_id"] > 0, reply["error_msg"]
            self.state(name, expected)

    def cancel(self, name: str, who: str, expected: str) -> None:
        self.desk.session(who)
        mark = len(self.desk.pushes)
        reply = self.desk.cancel(who, self._orders[name])
        errors = [message for _, message in self.desk.pushes[mark:] if message["t"] == "push_cancel_error"]
        if expected.startswith("refused"):
            assert errors, f"it was not refused: {reply}"
            assert expected.removeprefix("refused").strip() in errors[0]["error_msg"], errors[0]["error_msg"]
            assert (errors[0]["order_id"], errors[0]["order_sysid"]) == (reply["order_id"], reply["order_sysid"])
        else:
            assert reply["cancel_result"] == 0, reply["error_msg"]
            self.state(name, expected)

    def state(self, name: str, expected: str) -> None:
        """``filled 500 at 10.464``, ``resting limit 10.40 shown 50``, ``held``, ``dormant``, ``refused 251005``."""
        assert name in self._orders, "nobody understands this line"
        row = self.desk.shown_order(self._orders[name])
        word, *details = expected.split()
        assert STATUS_WORDS[row["order_status"]] == word.replace("dormant", "resting"), f"it is {row}"
        if word in ("resting", "dormant"):
            stored = next(stored for stored in self.desk.simulator.rows()["orders"] if stored[0] == row["order_id"])
            assert word == ("resting" if stored[QUEUE_SEQ] else "dormant"), "its place is another"
        if word == "refused":
            assert all(detail in row["status_msg"] for detail in details), row["status_msg"]
            return
        if details and details[0].isdigit():
            assert row["traded_volume"] == int(details.pop(0)), f"filled {row['traded_volume']}"
        self._compare(row, {"at": "traded_price", "limit": "price", "shown": "price_type"}, " ".join(details))

    # ---- what is seen ----------------------------------------------------------------------------------------------------

    def asset(self, who: str, rest: str, expected: str) -> None:
        names = {
            "cash": "cash", "frozen": "frozen_cash", "fetch": "fetch_balance", "total": "total_asset", "value": "market_value",
        }  # fmt: skip
        self._compare(self.desk.asset(who), names, rest)

    def holding(self, who: str, code: str, volume: str, rest: str, expected: str) -> None:
        row = self.desk.position(who, code)
        assert row.get("volume", 0) == int(volume), f"holds {row.get('volume', 0)}"
        names = {
            "sellable": "can_use_volume", "frozen": "frozen_volume", "road": "on_road_volume", "yesterday": "yesterday_volume",
            "open": "open_price", "cost": "avg_price", "last": "last_price", "profit": "float_profit", "rate": "profit_rate",
            "since": "open_date",
        }  # fmt: skip
        self._compare(row, names, rest)

    def fees(self, who: str, commission: str, stamp: str, transfer: str, expected: str) -> None:
        trades = [row for row in self.desk.simulator.rows()["trades"] if row[2] == who]
        sums = [sum(row[column] for row in trades) / 1000 for column in (11, 12, 13)]
        assert sums == [float(commission), float(stamp), float(transfer)], f"fees are {sums}"

    def action(self, code: str, ex_day: str, rest: str, expected: str) -> None:
        words = rest.split()
        given = {{"price": "rights_price"}.get(name, name): value for name, value in zip(words[::2], words[1::2], strict=True)}
        texts = ("subscribe", "record_day")
        fields = {name: value if name in texts else float(value) for name, value in given.items()}
        self._refusable(self.desk.ask("ctl_corporate_add", stock_code=code, ex_day=ex_day, **fields), expected)

    def issues(self, rest: str, expected: str) -> None:
        connection = self.desk.session("A")
        shown = [row["ipo_code"] for row in self.desk.rows("query_ipo_data", connection)]
        assert (shown or ["-"]) == rest.split(), f"they are {shown}"

    def quota(self, who: str, rest: str, expected: str) -> None:
        rows = self.desk.rows("query_new_purchase_limit", self.desk.session(who), account_type=2, account_id=who)
        shown = " ".join(f"{row['new_purchase_limit_key']} {row['new_purchase_limit_value']}" for row in rows)
        assert shown == rest, f"it is {shown}"

    def won(self, who: str, code: str, rest: str, expected: str) -> None:
        rows = [row for row in self.desk.rows("ctl_ipo_list") if (row["account_id"], row["subscription_code"]) == (who, code)]
        shown = "".join(f"{row['won_volume']} paid {row['paid_volume']}" for row in rows) or "none"
        assert shown == rest, f"it is {shown}"

    def lots(self, who: str, code: str, rest: str, expected: str) -> None:
        rows = [row for row in self.desk.simulator.rows()["position_lots"] if row[:2] == (who, code)]
        shown = [f"{volume}@{opened_day}" for _, _, opened_day, volume, _ in rows]
        assert shown == rest.split(), f"lots are {' '.join(shown)}"

    def ledger(self, who: str, reason: str, amount: str, expected: str) -> None:
        rows = [row for row in self.desk.stored["cash_ledger"].values() if row[1] == who and row[4] == reason]
        booked = sum(row[5] for row in rows) / 1000
        assert booked == float(amount), f"it is {booked}"

    def sees(self, who: str, rest: str, expected: str) -> None:
        seen = [_push_word(message) for message in self.desk.take_pushes(who)]
        assert seen == rest.split(), f"saw {' '.join(seen)}"

    def tags(self, code: str, tags: str, expected: str) -> None:
        self._refusable(self.desk.ask("ctl_security", stock_code=code, tags=tags), expected)

    def security(self, code: str, rest: str, expected: str) -> None:
        row = self.desk.ask("ctl_security", stock_code=code)
        words = rest.split()
        assert len(words) % 2 == 0, "nobody understands this line"
        for word, value in zip(words[::2], words[1::2], strict=True):
            shown = row.get({"last": "last_price"}.get(word, word))
            assert shown is not None, f"there is no {word}"
            same = shown == value if isinstance(shown, str) else shown == pytest.approx(float(value), abs=1e-9)
            assert same, f"{word} is {shown}"

    def book(self, code: str, bids: str, asks: str, expected: str) -> None:
        row = self.desk.ask("ctl_book", stock_code=code)
        for name, levels in (("bids", bids), ("asks", asks)):
            wanted = [(float(price), int(volume)) for price, volume in re.findall(r"([\d.]+)x(\d+)", levels)]
            assert [tuple(level) for level in row[name]] == wanted, f"{name} are {row[name]}"

    def indicative(self, code: str, cross: str, expected: str) -> None:
        row = self.desk.ask("ctl_book", stock_code=code)
        shown = "none"
        if row["indicative_volume"]:
            shown = f"{row['indicative_price']:g}x{row['indicative_volume']} surplus {row['surplus']}"
        wanted = re.sub(r"([\d.]+)x", lambda found: f"{float(found[1]):g}x", cross)
        assert shown == wanted, f"it is {shown}"

    def day(self, day: str, expected: str) -> None:
        clock = self.desk.ask("ctl_clock_show")
        assert clock["day"] == int(day), f"the trading day is {clock['day']} at {day_of(self.desk.now_ms)}"

    @staticmethod
    def _compare(row: JsonObject, names: dict[str, str], rest: str) -> None:
        for word, figure in re.findall(r"(\w+) (-?[\d.]+)", rest):
            assert float(row[names[word]]) == pytest.approx(float(figure), abs=1e-9), f"{word} is {row[names[word]]}"

    @staticmethod
    def _refusable(reply: JsonObject, expected: str) -> None:
        if expected.startswith("refused"):
            assert expected.removeprefix("refused").strip() in reply.get("error", ""), f"answered {reply}"
        else:
            assert "error" not in reply, reply.get("error")


def _behaviour(action: str) -> dict[str, Any]:
    """``behaviour miniqmt ack_ms=10`` as the configuration has it."""
    _, profile, *changes = action.split()
    values = (change.partition("=") for change in changes)
    named = {name: value == "true" if value in ("true", "false") else int(value) for name, _, value in values}
    return {"profile": profile, **named}


def _push_word(message: JsonObject) -> str:
    kind = message["t"].removeprefix("push_").removeprefix("stock_")
    details: dict[str, Callable[[], str]] = {
        "order": lambda: f":{message['order_status']}",
        "trade": lambda: f":{message['traded_volume']}@{message['traded_price']:g}",
        "position": lambda: f":{message['volume']}",
    }
    return kind + details.get(kind, str)()


_LINES: Final[tuple[tuple[str, Callable[..., None]], ...]] = (
    (
        r"instrument (?P<code>\S+) (?P<title>\S+) (?P<board>\S+) (?P<price>[\d.]+)( listed (?P<listed>\d+))?"
        r"( tags (?P<tags>\S+))?",
        Stage.instrument,
    ),
    (r"rule (?P<file>\w+) (?P<board>\w+) (?P<key>\w+) (?P<value>\S+)", Stage.rule),
    (r"account (?P<who>\w+) (?P<cash>[\d.]+)(?P<shares>( \S+:\d+@[\d.]+)*)", Stage.account),
    (r"at (?P<when>\S+)", Stage.clock),
    (r"advance (?P<count>\d+)(?P<unit>ms|[smhd])", Stage.advance),
    (r"status (?P<who>\w+) (?P<status>\S+)", Stage.status),
    (r"settle", Stage.settle),
    (r"crash", Stage.crash),
    (r"quote (?P<code>\S+) (?P<last>[\d.]+)(?P<rest>.*)", Stage.quote),
    (
        r"(?P<name>\w+): (?P<who>\w+) (?P<verb>[a-z_]+) (?P<volume>-?[\d.]+|nan|inf) (?P<code>\S+) at (?P<price>\S+)"
        r"( type (?P<type>\d+))?",
        Stage.order,
    ),
    (r"cancel (?P<name>\w+) by (?P<who>\w+)", Stage.cancel),
    (r"(?P<who>\w+) (?P<rest>(cash|frozen|fetch|total|value) .*)", Stage.asset),
    (r"(?P<who>\w+) holds (?P<code>\S+) (?P<volume>\d+)(?P<rest>.*)", Stage.holding),
    (r"action (?P<code>\S+) ex (?P<ex_day>\d+)(?P<rest>.*)", Stage.action),
    (
        r"issue (?P<code>\S+) (?P<listed_code>\S+) (?P<kind>\w+) (?P<price>[\d.]+) max (?P<most>\d+) on (?P<day>\d+)"
        r" listed (?P<listed>\d+) wins (?P<rate>[\d.]+)",
        Stage.issue,
    ),
    (r"issues (?P<rest>.*)", Stage.issues),
    (r"(?P<who>\w+) quota (?P<rest>.*)", Stage.quota),
    (r"(?P<who>\w+) won (?P<code>\S+) (?P<rest>.*)", Stage.won),
    (r"(?P<who>\w+) lots (?P<code>\S+)(?P<rest>.*)", Stage.lots),
    (r"(?P<who>\w+) ledger (?P<reason>\w+) (?P<amount>-?[\d.]+)", Stage.ledger),
    (r"(?P<who>\w+) fees (?P<commission>[\d.]+) (?P<stamp>[\d.]+) (?P<transfer>[\d.]+)", Stage.fees),
    (r"(?P<who>\w+) sees (?P<rest>.*)", Stage.sees),
    (r"term (?P<table>\w+) (?P<key>\w+) (?P<value>\S+)", Stage.term),
    (r"subject (?P<code>\S+) (?P<key>\w+) (?P<value>\S+)", Stage.subject),
    (r"credit (?P<who>\w+) (?P<cash>[\d.]+)(?P<shares>( \S+:\d+@[\d.]+)*)", Stage.credit_account),
    (r"quota (?P<who>\w+) (?P<rest>.*)", Stage.credit_quota),
    (r"lendable (?P<code>\S+) (?P<rest>.*)", Stage.lendable),
    (r"(?P<who>\w+) moves (?P<way>in|out|surplus) (?P<volume>\d+) (?P<code>\S+)", Stage.credit_transfer),
    (
        r"(?P<who>\w+) appoints (?P<volume>\d+) (?P<code>\S+) for (?P<days>\d+) days( from (?P<begin>\d+))?"
        r"( at (?P<rate>[\d.]+))?",
        Stage.appoint,
    ),
    (r"(?P<who>\w+) gives_back (?P<volume>\d+) of the appointment", Stage.give_back),
    (r"(?P<who>\w+) cancels the appointment", Stage.cancel_appointment),
    (r"(?P<who>\w+) has appointed (?P<rest>.*)", Stage.appointment),
    (r"(?P<who>\w+) credit (?P<rest>.*)", Stage.credit),
    (r"(?P<who>\w+) owes (?P<rest>.*)", Stage.owes),
    (r"threshold (?P<measure>\w+) (?P<messages>\d+)", Stage.threshold),
    (r"bank (?P<who>\w+) (?P<rest>.*)", Stage.bank),
    (r"ordinary (?P<who>\w+) (?P<cash>[\d.]+)(?P<shares>( \S+:\d+@[\d.]+)*)", Stage.ordinary),
    (
        r"(?P<who>\w+) bank (?P<way>in|out) (?P<amount>\S+)( password (?P<password>\S+))?( at (?P<bank>\S+))?",
        Stage.bank_transfer,
    ),
    (r"(?P<who>\w+) fund (?P<direction>\d+) (?P<amount>\S+)", Stage.fund_transfer),
    (r"(?P<who>\w+) shares (?P<direction>\d+) (?P<code>\S+) (?P<volume>-?\d+)( type (?P<type>\d+))?", Stage.secu_transfer),
    (r"(?P<who>\w+) bank (?P<bank>\S+) has (?P<amount>[\d.]+)", Stage.at_bank),
    (r"(?P<who>\w+) ordinary (?P<cash>[\d.]+)(?P<shares>( \S+:\d+@[\d.]+)*)", Stage.at_ordinary),
    (r"(?P<who>\w+) stream(?P<rest>.*)", Stage.stream),
    (r"(?P<who>\w+) meter (?P<rest>.*)", Stage.meter),
    (r"(?P<who>\w+) warned (?P<rest>.*)", Stage.warned),
    (r"tags (?P<code>\S+\.\w\w) (?P<tags>\S.*)", Stage.tags),
    (r"(?P<code>\S+\.\w\w) bids (?P<bids>.*) asks (?P<asks>.*)", Stage.book),
    (r"(?P<code>\S+\.\w\w) indicative (?P<cross>.*)", Stage.indicative),
    (r"(?P<code>\S+\.\w\w) (?P<rest>\w+ \S.*)", Stage.security),
    (r"trading day (?P<day>\d+)", Stage.day),
    (r"(?P<name>\w+)", Stage.state),
)
_BEFORE_THE_START: Final = (Stage.instrument, Stage.rule, Stage.threshold, Stage.issue, Stage.term, Stage.subject)
