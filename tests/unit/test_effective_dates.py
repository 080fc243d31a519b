"""Rules by date: the same orders on the last trading day before a change and on the first one after it.

Each case is a script of the scenario kit (tests/kit/scenario.py); behind ``=>`` stands ``before | after``, one word where
both are the same. ``{day}`` is the day being played. Source of the dates: the ``from`` of config/rules/*.toml.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from matching.calendar import TradingCalendar, plus_days
from matching.rules import FIRST_DAY
from tests.kit.desk import shipped_holidays, shipped_rules
from tests.kit.scenario import Scenario, play

OF_THE_EXCHANGE = ("auction", "cage", "cycle", "fees", "halt", "limit", "listing", "lot", "market_orders", "sessions", "tick")
"""Files of config/rules whose every date must have a case here."""
CALENDAR = TradingCalendar(shipped_holidays())


class Change(NamedTuple):
    """What changed on a day, and a script that shows it."""

    day: int
    subject: str
    script: str

    @property
    def days(self) -> tuple[int, int]:
        """The last trading day before, and the first one since."""
        before = plus_days(self.day, -1)
        while not CALENDAR.is_trading_day(before):
            before = plus_days(before, -1)
        return before, CALENDAR.first_on_or_after(self.day)


CHANGES = [
    Change(20150801, "transfer fee on both exchanges, 0.002 % of the amount", """
        start 09:31
        account A 1000000 000001.SZ:9000@10.00 600000.SH:9000@10.00
        quote 000001.SZ 10.00 bids 10.00x90000 pre_close 10.00
        a1: A sells 5000 000001.SZ at 10.00         => filled
        A fees 12.50 50.00 0.00 | A fees 12.50 50.00 1.00
    """),
    Change(20160509, "SZSE takes no orders from 09:25 to 09:30; SSE never did", """
        start 09:26
        instrument 000001.SZ 平安银行 SZ_MAIN 10.00
        instrument 159915.SZ 创业板ETF SZ_FUND 2.000
        instrument 300001.SZ 特锐德 CHINEXT 10.00
        instrument 128009.SZ 歌尔转债 SZ_BOND 100.000
        instrument 600000.SH 浦发银行 SH_MAIN 10.00
        account A 1000000
        a1: A buys 100 000001.SZ at 10.00           => dormant | held
        a2: A buys 100 159915.SZ at 2.000           => dormant | held
        a3: A buys 100 300001.SZ at 10.00           => dormant | held
        a4: A buys 10 128009.SZ at 100.000          => dormant | held
        a5: A buys 100 600000.SH at 10.00           => held
        at 09:30
        a1                                          => resting
        a5                                          => resting
    """),
    Change(20180820, "SSE stocks get a closing call auction; SSE funds and SZSE do not change", """
        start 14:58
        instrument 600000.SH 浦发银行 SH_MAIN 10.00
        instrument 510300.SH 沪深300ETF SH_FUND 4.000
        instrument 000001.SZ 平安银行 SZ_MAIN 10.00
        account A 1000000
        account B 0 600000.SH:900@10.00 510300.SH:900@4.00 000001.SZ:900@10.00
        600000.SH phase CONTINUOUS | 600000.SH phase CLOSE_CALL
        b1: B sells 100 600000.SH at 10.00          => resting
        a1: A buys 200 600000.SH at 10.00           => part 100 | resting
        cancel a1 by A                              => cancelled 100 | refused 1214
        a2: A buys 100 600000.SH at -1 type 42      => cancelled | refused 1224
        b3: B sells 100 510300.SH at 4.000          => resting
        a3: A buys 100 510300.SH at 4.000           => filled
        b4: B sells 100 000001.SZ at 10.00          => resting
        a4: A buys 100 000001.SZ at 10.00           => resting
    """),
    Change(20190722, "STAR opens: 20 %, lots from 200, a cage that refuses, market orders with a protective price", """
        start 10:00
        after_hours
        instrument 688001.SH 华兴源创 STAR 10.00
        account A 1000000
        a1: A buys 201 688001.SH at 10.00           => refused 无此证券代码 | resting
        a2: A buys 200 688001.SH at 12.01           => refused 无此证券代码 | refused 涨停价格
        a3: A buys 200 688001.SH at 10.21           => refused 无此证券代码 | refused 超出有效申报价格范围
        a4: A buys 200 688001.SH at 9.99 type 42    => refused 无此证券代码 | cancelled
        a5: A buys 200 688001.SH at 10.00 type 45   => refused 无此证券代码 | resting limit 10.00
        a6: A buys 200 688001.SH at 10.00 type 49   => refused 无此证券代码 | resting
    """),
    Change(20190722, "STAR: five days without a limit, with halts", """
        start 10:00
        instrument 688001.SH 华兴源创 STAR 10.00 listed {day}
        account A 1000000
        account B 0 688001.SH:900@10.00
        b1: B sells 200 688001.SH at 10.00          => refused 无此证券代码 | resting
        a1: A buys 200 688001.SH at 10.00           => refused 无此证券代码 | filled
        b2: B sells 200 688001.SH at 13.00          => refused 无此证券代码 | resting
        a2: A buys 200 688001.SH at 13.00           => refused 无此证券代码 | filled
        688001.SH phase CONTINUOUS | 688001.SH phase HALT
    """),
    Change(20200824, "ChiNext: limit 20 %, ST included, and its funds", """
        start 10:00
        instrument 300750.SZ 宁德时代 CHINEXT 10.00
        instrument 300096.SZ ST易联众 CHINEXT 10.00 tags st
        instrument 159915.SZ 创业板ETF SZ_FUND 1.000 tags limit20
        account A 1000000 300750.SZ:900@10.00 300096.SZ:900@10.00 159915.SZ:900@1.000
        a1: A sells 100 300750.SZ at 11.01          => refused 涨停价格 | resting
        a2: A sells 100 300750.SZ at 12.01          => refused 涨停价格
        a3: A sells 100 300096.SZ at 10.51          => refused 涨停价格 | resting
        a4: A sells 100 159915.SZ at 1.101          => refused 涨停价格 | resting
    """),
    Change(20200824, "ChiNext: a price cage that keeps orders beside the book", """
        start 10:00
        instrument 300750.SZ 宁德时代 CHINEXT 10.00
        account A 1000000
        a1: A buys 100 300750.SZ at 10.21           => resting | dormant
        a2: A buys 100 300750.SZ at 10.20           => resting
    """),
    Change(20200824, "ChiNext: five days without a limit for new listings, with halts; before, 64 % to 144 %", """
        start 10:00
        instrument 300999.SZ 新股 CHINEXT 10.00 listed {day}
        account A 1000000
        account B 0 300999.SZ:900@10.00
        300999.SZ up_limit 14.40 down_limit 6.40 | 300999.SZ up_limit 0 down_limit 0
        b1: B sells 100 300999.SZ at 10.00          => resting
        a1: A buys 100 300999.SZ at 10.00           => filled
        b2: B sells 100 300999.SZ at 13.00          => resting
        a2: A buys 100 300999.SZ at 13.00           => filled
        300999.SZ phase CONTINUOUS | 300999.SZ phase HALT
    """),
    Change(20200824, "ChiNext: smaller orders at most", """
        start 10:00
        instrument 300750.SZ 宁德时代 CHINEXT 10.00
        account A 100000000
        a1: A buys 300100 300750.SZ at 10.00        => resting | refused 120156
        a2: A buys 150100 300750.SZ at 0 type 48    => cancelled | refused 120156
        a3: A buys 300000 300750.SZ at 10.00        => resting
    """),
    Change(20200824, "ChiNext: after-hours fixed price", """
        start 10:00
        after_hours
        instrument 300750.SZ 宁德时代 CHINEXT 10.00
        account A 1000000
        a1: A buys 100 300750.SZ at 10.00 type 49   => refused 12313 | resting
    """),
    Change(20220429, "transfer fee halved to 0.001 %", """
        start 09:31
        account A 1000000 600000.SH:9000@10.00
        quote 600000.SH 10.00 bids 10.00x90000 pre_close 10.00
        a1: A sells 5000 600000.SH at 10.00         => filled
        A fees 12.50 50.00 1.00 | A fees 12.50 50.00 0.50
    """),
    Change(20220801, "convertible bonds get a daily limit of 20 %", """
        start 10:00
        instrument 113042.SH 上银转债 SH_BOND 100.000
        instrument 123107.SZ 温氏转债 SZ_BOND 100.000
        account A 1000000
        a1: A buys 10 113042.SH at 120.001          => resting | refused 涨停价格
        a2: A buys 10 123107.SZ at 79.999           => resting | refused 跌停价格
        a3: A buys 10 113042.SH at 120.000          => resting
    """),
    Change(20220801, "convertible bonds: 56.70 to 157.30 on the first day", """
        start 10:00
        instrument 113999.SH 新债 SH_BOND 100.000 listed {day}
        account A 1000000
        a1: A buys 10 113999.SH at 157.301          => resting | refused 涨停价格
        a2: A buys 10 113999.SH at 157.300          => resting
        a3: A buys 10 113999.SH at 56.699           => resting | refused 跌停价格
    """),
    Change(20230410, "price cage on the main boards, with ten ticks; ChiNext refuses; STAR does not change", """
        start 10:00
        instrument 600000.SH 浦发银行 SH_MAIN 3.33
        instrument 000001.SZ 平安银行 SZ_MAIN 10.00
        instrument 300750.SZ 宁德时代 CHINEXT 3.33
        instrument 688981.SH 中芯国际 STAR 3.33
        account A 1000000 600000.SH:900@3.33
        a1: A buys 100 600000.SH at 3.44            => resting | refused 20009 valid_price=3.430
        a2: A sells 100 600000.SH at 3.22           => filled | refused 20009 valid_price=3.230
        a3: A buys 100 000001.SZ at 10.21           => resting | refused 20009 valid_price=10.200
        a4: A buys 100 300750.SZ at 3.43            => dormant | resting
        a5: A buys 100 300750.SZ at 3.66            => dormant | refused 20009
        a6: A buys 200 688981.SH at 3.41            => refused 20009 valid_price=3.400
    """),
    Change(20230410, "main-board listings: five days without a limit, with halts; before, 64 % to 144 % on the first", """
        start 10:00
        instrument 600999.SH 新股 SH_MAIN 10.00 listed {day}
        instrument 001999.SZ 新股 SZ_MAIN 10.00 listed {day}
        account A 1000000
        account B 0 600999.SH:900@10.00
        600999.SH up_limit 14.40 down_limit 6.40 | 600999.SH up_limit 0 down_limit 0
        001999.SZ up_limit 14.40 down_limit 6.40 | 001999.SZ up_limit 0 down_limit 0
        b1: B sells 100 600999.SH at 10.00          => resting
        a1: A buys 100 600999.SH at 10.00           => filled
        b2: B sells 100 600999.SH at 13.00          => resting
        a2: A buys 100 600999.SH at 13.00           => filled
        600999.SH phase CONTINUOUS | 600999.SH phase HALT
    """),
    Change(20230410, "SSE market orders: a protective price that counts, and types 44 and 45 for stocks and funds", """
        start 10:00
        account A 1000000
        quote 600000.SH 10.00 bids 9.99x500 asks 10.00x100 10.02x500 pre_close 10.00
        a1: A buys 300 600000.SH at 10.01 type 42   => filled 300 | cancelled 100
        a2: A buys 100 600000.SH at -1 type 44      => refused 11000551 | filled
        a3: A buys 100 600000.SH at -1 type 45      => refused 11000551 | resting
        a4: A buys 100 510300.SH at -1 type 45      => refused 11000551 | cancelled
    """),
    Change(20230828, "stamp duty halved to 0.05 %", """
        start 09:31
        account A 1000000 600000.SH:9000@10.00
        quote 600000.SH 10.00 bids 10.00x90000 pre_close 10.00
        a1: A sells 5000 600000.SH at 10.00         => filled
        A fees 12.50 50.00 0.50 | A fees 12.50 25.00 0.50
    """),
    Change(20260706, "ST shares of the main boards: limit 5 % becomes 10 %", """
        start 10:00
        instrument 600525.SH ST长园 SH_MAIN 4.75 tags st
        instrument 000007.SZ ST全新 SZ_MAIN 4.75 tags st
        account A 1000000 600525.SH:900@4.75
        a1: A sells 100 600525.SH at 5.00           => refused 涨停价格 up_price=4.990 | resting
        a2: A buys 100 000007.SZ at 4.50            => refused 跌停价格 down_price=4.510 | resting
        a3: A sells 100 600525.SH at 5.24           => refused 涨停价格
    """),
    Change(20260706, "SSE funds get a closing call auction; SSE bonds do not", """
        start 14:58
        instrument 510300.SH 沪深300ETF SH_FUND 4.000
        instrument 113042.SH 上银转债 SH_BOND 100.000
        account A 1000000
        account B 0 510300.SH:900@4.00 113042.SH:900@100
        b1: B sells 100 510300.SH at 4.000          => resting
        a1: A buys 200 510300.SH at 4.000           => part 100 | resting
        cancel a1 by A                              => cancelled 100 | refused 1214
        b2: B sells 100 113042.SH at 100.000        => resting
        a2: A buys 100 113042.SH at 100.000         => filled
    """),
    Change(20260706, "after-hours fixed price for all A shares and ETFs", """
        start 10:00
        after_hours
        account A 1000000
        a1: A buys 100 600000.SH at 10.45 type 49   => refused 12313 | resting
        a2: A buys 100 000001.SZ at 11.50 type 49   => refused 12313 | resting
        a3: A buys 100 510300.SH at 4.650 type 49   => refused 12313 | resting
        a4: A buys 100 159919.SZ at 4.800 type 49   => refused 12313 | resting
        a5: A buys 10 113042.SH at 120.000 type 49  => refused 12313
    """),
]  # fmt: skip


def _lines(change: Change, after: bool) -> Iterator[str]:
    """The script of one of the two days."""
    day = change.days[after]
    yield "hours exchange"
    yield f"day {day}"
    for line in change.script.format(day=day).strip().splitlines():
        action, arrow, expected = line.strip().partition("=>")
        chosen = (expected if arrow else action).split(" | ")
        yield f"{action}=> {chosen[-after].strip()}" if arrow else chosen[-after].strip()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: f"{change.day} {change.subject}")
def test_the_rule_of_the_day_holds(change: Change, after: bool) -> None:
    play(Scenario(change.subject, f"{change.days[after]}", tuple(enumerate(_lines(change, after), 1))))


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: f"{change.day} {change.subject}")
def test_the_two_days_differ(change: Change) -> None:
    choices = [line.rpartition("=>")[2].split(" | ") for line in change.script.splitlines() if " | " in line]
    assert choices, "the case shows no change"
    assert all(before.strip() != after.strip() for before, after in choices)
    assert change.days[0] < change.day <= change.days[1]


@pytest.mark.parametrize("stem", OF_THE_EXCHANGE)
def test_every_date_of_a_rule_file_has_a_case(stem: str) -> None:
    dates = {row["from"] for row in shipped_rules()[stem]["row"] if row["from"] > FIRST_DAY}
    assert dates <= {change.day for change in CHANGES}
