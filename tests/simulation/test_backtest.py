"""A strategy over a recorded market: what it sees, what comes out, that it comes out the same, and how it ends."""

from __future__ import annotations

import asyncio
import gc
import importlib
import json
import re
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from miniqmt_sim.backtest import PointFailed, Result, StrategyFailed, run, sweep
from miniqmt_sim.backtest.charts import write_report
from miniqmt_sim.cli import main
from miniqmt_sim.client import hook
from miniqmt_sim.errors import ConfigError
from miniqmt_sim.server.feeds.make import make_data
from miniqmt_sim.server.feeds.trading_days import first_days
from tests.kit.tapes import bar, write_bars

HEAD = """
import time
from datetime import datetime
from xtquant import xtconstant
from xtquant.xttrader import XtQuantTrader, XtQuantTraderCallback
from xtquant.xttype import StockAccount

class Callback(XtQuantTraderCallback):
    def on_stock_trade(self, trade):
        print(datetime.now().strftime("%m-%d %H:%M:%S"), trade.traded_volume, trade.traded_price)

    def on_order_error(self, error):
        print("refused", error.order_id)

trader = XtQuantTrader(r"D:\\\\QMT\\\\userdata_mini", 1, Callback())
trader.start()
assert trader.connect() == 0
account = StockAccount("777")
assert trader.subscribe(account) == 0

def until(clock):
    while datetime.now().strftime("%H:%M") < clock:
        time.sleep(30)

def order(side, volume, price):
    return trader.order_stock(account, "600000.SH", side, volume, xtconstant.FIX_PRICE, price, "test", "")

"""
BUY_AND_SELL = HEAD + textwrap.dedent("""
    LOTS = 5
    until("09:32")
    order(xtconstant.STOCK_BUY, LOTS * 100, 10.05)
    time.sleep(86400)
    until("09:33")
    order(xtconstant.STOCK_SELL, LOTS * 100, 10.0)
    order(xtconstant.STOCK_SELL, 100, 10.0)
    trader.run_forever()
    """)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    days = ((20240102, 10.0), (20240103, 10.1))
    lines = [bar(f"09:{minute}", price, volume=200, day=day) for day, price in days for minute in range(31, 40)]
    write_bars(folder / "600000.SH.1m.csv", *lines)
    return folder


@pytest.fixture
def strategy(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "strategy.py"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def play(path: Path, data: Path, **options: Any) -> Result:
    return run(path, data, **{"profile": "frictionless", "quiet": True} | options)


# ---- what comes out ----------------------------------------------------------------------------------------------------


def test_a_strategy_buys_and_sells_and_the_figures_say_so(strategy: Callable[[str], Path], data: Path) -> None:
    result = play(strategy(BUY_AND_SELL), data)
    assert result.output.splitlines() == ["01-02 09:32:00 500 10.0", "01-03 09:33:00 500 10.1", "refused 1048579"]
    summary = result.summary
    assert (summary["orders"], summary["orders_refused"], summary["trades"], summary["win_rate"]) == (3, 1, 2, 1.0)
    # 5 yuan of commission a trade; transfer fee 0.01 per mille of 5000 and 5050; stamp duty 0.5 per mille of 5050.
    assert summary["fees"] == {"commission": 10.0, "stamp_duty": 2.53, "transfer_fee": 0.1, "other_fees": 0.0}
    assert summary["final_equity"] == 1_000_000 + 50 - 12.63
    assert summary["return"] == round(37.37 / 1_000_000, 10)
    assert summary["fill_ratio"] == 1.0
    assert summary["ended"] == "the recording is over"
    assert sum(summary["refusals"].values()) == 1
    assert [row["day"] for row in result.curve] == [20240102, 20240103]
    assert [row["exposure"] > 0 for row in result.curve] == [True, False]
    assert [row["time"][:19] for row in result.trades] == ["2024-01-02T09:32:00", "2024-01-03T09:33:00"]


def test_what_is_owed_on_a_day_that_is_not_over_is_no_equity(strategy: Callable[[str], Path], data: Path) -> None:
    borrowing = HEAD.replace('StockAccount("777")', 'StockAccount("777", "CREDIT")')
    result = play(strategy(borrowing + 'until("09:32")\norder(xtconstant.CREDIT_FIN_BUY, 500, 10.05)\ntime.sleep(60)\n'), data)
    # 5000 for the shares, 5 of commission, 0.05 of transfer fee; a day's interest of 8.35 % on it.
    assert result.settlements[-1]["debt"] == 5005.05 + 1.16
    assert result.summary["final_equity"] == 999_993.79


def test_the_files_are_the_same_to_the_last_byte(strategy: Callable[[str], Path], data: Path, tmp_path: Path) -> None:
    path = strategy(BUY_AND_SELL)
    play(path, data).write(tmp_path / "here")
    command = [sys.executable, "-m", "miniqmt_sim", "backtest", "--data", str(data), "--profile", "frictionless", "--json"]
    told = subprocess.run(
        [*command, "--out", str(tmp_path / "there"), str(path)], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    here, there = ({file.name: file.read_bytes() for file in (tmp_path / name).iterdir()} for name in ("here", "there"))
    assert sorted(here) == ["curve.csv", "orders.csv", "settlements.csv", "summary.json", "trades.csv"]
    assert here == there
    assert told.partition("{")[2] == here["summary.json"].decode().partition("{")[2]


def test_the_page_needs_nothing_else(strategy: Callable[[str], Path], data: Path, tmp_path: Path) -> None:
    write_report(play(strategy(BUY_AND_SELL), data), tmp_path / "page.html", "two days", data)
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 4
    assert (page.count('class="buy"'), page.count('class="sell"')) == (1, 1)
    assert "prefers-color-scheme: dark" in page
    assert not any(word in page for word in ("http:", "https:", "<script", "src=", "@import", "url("))


# ---- what a strategy sees ----------------------------------------------------------------------------------------------


def test_its_clock_is_the_markets_and_threads_wait_in_it(strategy: Callable[[str], Path], data: Path) -> None:
    text = HEAD + textwrap.dedent("""
        import threading
        def beat():
            for _ in range(3):
                time.sleep(600)
                print("beat", time.strftime("%H:%M"))
        thread = threading.Thread(target=beat)
        thread.start()
        thread.join()
        print("end", datetime.now().isoformat(), trader.query_stock_asset(account).cash)
        """)
    result = play(strategy(text), data, cash=5000)
    assert result.output.splitlines() == ["beat 08:40", "beat 08:50", "beat 09:00", "end 2024-01-02T09:00:00 5000.0"]
    assert result.summary["ended"] == "the strategy ended"


@pytest.mark.parametrize(
    "made", ["multiprocessing.Pool(1)", "multiprocessing.pool.ThreadPool(1)", "concurrent.futures.ProcessPoolExecutor(1)"]
)
def test_a_pool_that_waits_in_pipes_is_refused_instead_of_waited_for(
    strategy: Callable[[str], Path], data: Path, made: str
) -> None:
    text = f"import concurrent.futures, multiprocessing.pool\nwith {made} as pool:\n    pool.map(abs, [1])\n"
    with pytest.raises(StrategyFailed, match="cannot wait for a "):
        play(strategy(text), data)


def test_a_pool_of_threads_runs_in_simulated_time(strategy: Callable[[str], Path], data: Path) -> None:
    text = HEAD + textwrap.dedent("""
        from concurrent.futures import ThreadPoolExecutor

        def wait(seconds):
            time.sleep(seconds)
            return time.strftime("%H:%M")
        with ThreadPoolExecutor(2) as pool:
            print(*pool.map(wait, [600, 1200]))
        """)
    assert play(strategy(text), data).output.splitlines() == ["08:40 08:50"]


def test_a_pool_whose_threads_wait_at_the_end_says_nothing_of_it(
    strategy: Callable[[str], Path], data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    text = HEAD + textwrap.dedent("""
        from concurrent.futures import ThreadPoolExecutor
        pool = ThreadPoolExecutor(1)
        print(pool.submit(int, "5").result())
        trader.run_forever()
        """)
    result = play(strategy(text), data)
    assert (result.output, result.summary["ended"], caplog.text) == ("5\n", "the recording is over", "")


LOOP = HEAD + textwrap.dedent("""
    import asyncio, socket, threading

    class Told(XtQuantTraderCallback):
        def on_stock_trade(self, trade):
            loop.call_soon_threadsafe(trades.put_nowait, trade.traded_volume)

    def say(*what):
        print(datetime.now().strftime("%d %H:%M:%S"), *what)

    def wait(seconds):
        time.sleep(seconds)
        return threading.current_thread() is threading.main_thread()

    async def main():
        global loop, trades
        loop, trades = asyncio.get_running_loop(), asyncio.Queue()
        trader.register_callback(Told())
        await asyncio.sleep(0.25)
        say(await asyncio.gather(asyncio.sleep(60, "slept"), asyncio.to_thread(wait, 30)))
        try:
            await asyncio.wait_for(trades.get(), 5)
        except TimeoutError:
            say("nothing")
        await asyncio.to_thread(until, "09:32")
        trader.order_stock(account, "600000.SH", 23, 100, xtconstant.LATEST_PRICE, -1, "", "")
        say("traded", await trades.get())
        one, other = socket.socketpair()
        with one, other:
            loop.add_reader(one, lambda: say("read", one.recv(9)))
            await asyncio.sleep(0.02)
            loop.call_later(0.01, other.send, b"x")
            await asyncio.sleep(0.02)
            loop.remove_reader(one)
        say("the loop's own time", round(loop.time()))
        await trades.get()

    asyncio.Runner(loop_factory=asyncio.SelectorEventLoop).run(main())
    """)


def test_a_loop_of_asyncio_waits_in_simulated_time(
    strategy: Callable[[str], Path], data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    result = play(strategy(LOOP), data)
    assert result.output.splitlines() == [
        "02 08:31:00 ['slept', False]", "02 08:31:05 nothing", "02 09:32:05 traded 100", "02 09:32:05 read b'x'",
        "02 09:32:05 the loop's own time 3725",
    ]  # fmt: skip
    assert (result.summary["ended"], caplog.text) == ("the recording is over", "")
    assert play(strategy(LOOP), data).summary["state_hash"] == result.summary["state_hash"]


def test_a_loop_beside_the_backtest_keeps_the_real_time(strategy: Callable[[str], Path], data: Path) -> None:
    times: list[float] = []
    is_over = threading.Event()

    async def beat() -> None:
        while not is_over.is_set():
            times.append(asyncio.get_running_loop().time())
            await asyncio.sleep(0.001)

    with ThreadPoolExecutor(1) as pool:
        beside = pool.submit(asyncio.run, beat())
        play(strategy(BUY_AND_SELL), data)
        is_over.set()
        beside.result()
    assert len(times) > 1
    assert times == sorted(times)
    assert times[-1] - times[0] < 60


def test_pandas_tells_the_markets_time_too(strategy: Callable[[str], Path], data: Path) -> None:
    text = HEAD + textwrap.dedent("""
        import pandas
        stamp = pandas.Timestamp
        print(stamp.now(), stamp.today(), stamp.now(tz="Asia/Tokyo"), stamp.utcnow(), stamp.now().unit)
        """)
    stamp = importlib.import_module("pandas").Timestamp
    before = [vars(stamp)[name] for name in ("now", "today", "utcnow")]
    assert play(strategy(text), data).output.split(" us")[0] == (
        "2024-01-02 08:30:00 2024-01-02 08:30:00 2024-01-02 09:30:00+09:00 2024-01-02 00:30:00+00:00"
    )
    assert [vars(stamp)[name] for name in ("now", "today", "utcnow")] == before


def test_a_strategy_that_tries_sees_nothing_of_what_is_to_come(strategy: Callable[[str], Path], tmp_path: Path) -> None:
    texts = []
    for later in (10.1, 9.3):
        folder = tmp_path / str(later)
        write_bars(folder / "600000.SH.1m.csv", bar("09:31", 10.0), bar("09:32", 10.0), bar("09:40", later))
        trap = HEAD + textwrap.dedent("""
            until("09:32")
            order(xtconstant.STOCK_BUY, 100, 9.5)
            from xtquant import xtdata
            past = xtdata.get_client().history
            for _ in range(7):
                time.sleep(59)
                print(time.time(), [vars(o)["order_status"] for o in trader.query_stock_orders(account)],
                      [vars(p) for p in trader.query_stock_positions(account)], vars(trader.query_stock_asset(account)),
                      xtdata.get_full_tick(["600000.SH"]), xtdata.get_instrument_detail("600000.SH"))
                for end in (0, 10**15, int(time.time() * 1000) + 3600_000):
                    print([past("600000.SH", period, 0, end) for period in ("tick", "1m", "5m", "1d")])
            """)
        texts.append(play(strategy(trap), folder).output)
    assert texts[0] == texts[1]
    assert texts[0].count("\n") == 28


def test_parameters_replace_names_at_the_top(strategy: Callable[[str], Path], data: Path) -> None:
    result = play(strategy(BUY_AND_SELL), data, parameters={"LOTS": 2})
    assert result.trades[0]["volume"] == 200
    with pytest.raises(ConfigError, match=r"sets no 'LOT' at its top level .*; it sets (.*, )?LOTS"):
        play(strategy(BUY_AND_SELL), data, parameters={"LOT": 2})
    with pytest.raises(ConfigError, match="parameter LOTS: <object object at"):
        play(strategy(BUY_AND_SELL), data, parameters={"LOTS": object()})


def test_numpys_numbers_are_parameters_too(strategy: Callable[[str], Path], data: Path) -> None:
    numpy = pytest.importorskip("numpy")
    path = strategy("X = Y = 0\nZ = 0\nprint(X, type(Z).__name__, Z)")
    assert play(path, data, parameters={"X": numpy.int64(5), "Z": numpy.arange(3) / 2}).output == "5 list [0.0, 0.5, 1.0]\n"


# ---- ends --------------------------------------------------------------------------------------------------------------


def test_a_strategy_that_raises_is_shown_without_our_frames(strategy: Callable[[str], Path], data: Path) -> None:
    with pytest.raises(StrategyFailed) as raised:
        play(strategy(HEAD + "until('09:35')\n1 / 0\n"), data)
    assert "ZeroDivisionError" in str(raised.value)
    assert "strategy.py" in str(raised.value)
    assert "miniqmt_sim" not in str(raised.value)


@pytest.mark.parametrize(
    ("code", "ended", "exit_code"),
    [
        ("", "the strategy ended", 0),
        ("0", "the strategy ended", 0),
        ("3", "the strategy gave up: 3", 1),
        ("'no\\n connection'", "the strategy gave up: no connection", 1),
    ],
)
def test_a_strategy_that_gives_up_says_why(
    strategy: Callable[[str], Path], data: Path, code: str, ended: str, exit_code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    path = strategy(f"import sys; sys.exit({code})")
    result = run(path, data, quiet=True)
    assert (result.summary["ended"], result.gave_up) == (ended, bool(exit_code))
    assert main(["backtest", "--data", str(data), str(path)]) == exit_code
    assert capsys.readouterr().out.splitlines()[0].endswith(f" s: {ended}")


def test_its_sdk_is_ours_whatever_the_environment_says(
    strategy: Callable[[str], Path], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(hook.ENV_SDK, hook.VENDOR)
    assert len(play(strategy(BUY_AND_SELL), data).trades) == 2


@pytest.mark.parametrize(
    ("head", "encoding"), [("", "utf-8"), ("", "utf-8-sig"), ("# -*- coding: gbk -*-\n", "gbk"), ("# coding: big5\r\n", "big5")]
)
def test_a_file_is_read_in_the_encoding_it_names(
    strategy: Callable[[str], Path], data: Path, head: str, encoding: str
) -> None:
    path = strategy("")
    path.write_bytes((head + "print('茅台')\n").encode(encoding))
    assert play(path, data).output == "茅台\n"


@pytest.mark.parametrize("content", [b"print('\xff')\n", b"# coding: none-such\n", b"x = \0", b"if"])
def test_a_file_that_python_cannot_read_is_named(strategy: Callable[[str], Path], data: Path, content: bytes) -> None:
    path = strategy("")
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=re.escape(f"{path}: ")):
        play(path, data)


@pytest.mark.parametrize("sdk", hook.SDKS)
def test_what_xtquant_means_here_it_means_afterwards(strategy: Callable[[str], Path], data: Path, sdk: str) -> None:
    hook.install(sdk)
    try:
        meant = importlib.import_module("xtquant.xtconstant")
        play(strategy(BUY_AND_SELL), data)
        assert importlib.import_module("xtquant.xtconstant") is meant
        assert importlib.import_module("xtquant.xttype").__name__.startswith(meant.__name__.removesuffix("xtconstant"))
    finally:
        hook.uninstall()


def test_what_callbacks_raise_is_told_once_and_counted(
    strategy: Callable[[str], Path], data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    path = strategy(HEAD.replace("print(datetime.now()", "1 / 0, print(datetime.now()") + textwrap.dedent("""
        until("09:32")
        for _ in range(3):
            order(xtconstant.STOCK_BUY, 100, 10.05)
        trader.run_forever()
        """))
    page = tmp_path / "page.html"
    assert main(["backtest", "--data", str(data), "--profile", "frictionless", "--report", str(page), str(path)]) == 0
    assert "\n  a callback raised 3 × ZeroDivisionError, strategy.py line 10\n" in capsys.readouterr().out
    assert "ZeroDivisionError, strategy.py line 10" in page.read_text(encoding="utf-8")
    assert caplog.messages == ["a callback raised an exception"]


def test_a_user_who_stops_it_gets_what_there_is(strategy: Callable[[str], Path], data: Path) -> None:
    asked = iter([*[False] * 40, *[True] * 9])
    result = play(strategy(BUY_AND_SELL), data, stop=lambda: next(asked))
    assert result.summary["ended"] == "stopped"
    assert result.summary["days"] == 1


def test_a_code_of_the_data_is_no_new_issue(strategy: Callable[[str], Path], tmp_path: Path) -> None:
    with (Path(__file__).parents[2] / "config" / "ipo.csv").open(encoding="utf-8") as file:
        (*_, line) = (line for line in file if ".SH,603" in line)
    code = line.split(",")[1]
    write_bars(tmp_path / "data" / f"{code}.1m.csv", bar("09:31", 10.0))
    asks = f"from xtquant import xtdata\nprint(xtdata.get_instrument_detail('{code}')['PreClose'])"
    assert play(strategy(asks), tmp_path / "data").output == "10.0\n"


def test_reading_many_files_is_told_and_can_be_stopped(
    strategy: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.import_module("miniqmt_sim.backtest.run"), "PROGRESS_EVERY_S", 0.0)
    for number in range(4):
        write_bars(tmp_path / "data" / f"60000{number}.SH.1m.csv", bar("09:31", 10.0))
    lines: list[str] = []
    play(strategy(HEAD + "trader.run_forever()"), tmp_path / "data", progress=lambda told: lines.append(told.line))
    assert [line[:26] for line in lines[:3]] == [f"data files read: {read}   {read * 25}.0%" for read in (1, 2, 3)]
    assert lines[3].startswith("2024-01-02")
    asked = iter([False, True])
    with pytest.raises(KeyboardInterrupt):
        play(strategy(HEAD), tmp_path / "data", stop=lambda: next(asked))


def test_figures_of_no_account_are_not_shown(
    strategy: Callable[[str], Path], data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = strategy("from xtquant import xtdata\nxtdata.run()")
    assert main(["backtest", "--data", str(data), str(path)]) == 0
    said = re.sub(r"[0-9.]+ s", "… s", capsys.readouterr().out)
    assert said == "20240102 to 20240103, no account was named in … s: the recording is over\n"


def test_days_bound_it(strategy: Callable[[str], Path], data: Path) -> None:
    assert play(strategy(BUY_AND_SELL), data, end="2024-01-02").summary["days"] == 1
    assert play(strategy(HEAD + "trader.run_forever()"), data, start="2024-01-03").summary["start"] == 20240103


@pytest.mark.parametrize(
    "words",
    [
        ["--data", "nowhere"],
        ["--data", "{data}", "--end", "x"],
        ["--data", "{data}", "--set", "=3"],
        ["--data", "{data}", "--start", "2025-01-01", "--end", "2024-01-01"],
    ],
)
def test_what_cannot_be_is_a_bad_argument(strategy: Callable[[str], Path], data: Path, words: list[str]) -> None:
    path = strategy(BUY_AND_SELL)
    assert main(["backtest", *(word.replace("{data}", str(data)) for word in words), str(path)]) == 2
    assert main(["backtest", "--data", str(data), "nothing.py"]) == 2


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--start", "2024-01-06"], "start 20240106 is after the last day of the data, 20240103"),
        (["--start", "2023-12-30", "--end", "2024-01-01"], "there is no trading day from 20231230 to 20240101"),
        (["--cash", "-5"], "cash -5.0 is not a sum of money in yuan and fen"),
        (["--cash", "0.001"], "cash 0.001 is not a sum of money in yuan and fen"),
        (["--args", "'"], "--args: \"'\" cannot be taken apart: No closing quotation"),
        (["--set", "X={[]:1}"], "--set: X cannot be read: unhashable type: 'list'"),
        (["--set", "it=1e999"], "parameter it: inf cannot be one; numbers, texts, lists and the like can"),
        (["--cash", "nan"], "cash: nan is not a number of yuan"),
        (["--report", "{here}"], "--report: '{here}' is a directory"),
        (["--report", "{here}/file/page.html"], "--report: File exists: '{here}/file'"),
        (["--out", "{here}/file"], "--out: File exists: '{here}/file'"),
    ],
)
def test_what_cannot_be_is_said_before_anything_runs(
    strategy: Callable[[str], Path], data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    words: list[str], complaint: str,
) -> None:  # fmt: skip
    (tmp_path / "file").touch()
    given = [word.replace("{here}", str(tmp_path)) for word in words]
    assert main(["backtest", "--data", str(data), *given, str(strategy("it = 1\nprint('it runs')"))]) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"miniqmt-sim: {complaint.replace('{here}', str(tmp_path))}\n")


def test_a_day_on_which_nothing_happens_has_figures_and_a_page_too(
    strategy: Callable[[str], Path], data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "new" / "page.html"
    words = ["--data", str(data), "--end", "2024-01-02", "--report", str(page)]
    assert main(["backtest", *words, str(strategy(HEAD + "trader.run_forever()"))]) == 0
    assert "20240102 to 20240102, 1 trading day in" in capsys.readouterr().out
    assert page.read_text(encoding="utf-8").count("<svg") == 3


def test_the_command_says_how_it_went(
    strategy: Callable[[str], Path], data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.html"
    words = ["--data", str(data), "--set", "LOTS=3", "--report", str(page), "--cash", "100000"]
    assert main(["backtest", *words, str(strategy(BUY_AND_SELL))]) == 0
    out = capsys.readouterr().out
    assert "20240102 to 20240103, 2 trading days" in out
    assert "refused 1 ×" in out
    assert page.is_file()
    assert main(["backtest", "--data", str(data), str(strategy("raise ValueError('mine')"))]) == 1
    assert "ValueError: mine" in capsys.readouterr().err


# ---- sweeps ------------------------------------------------------------------------------------------------------------

GRID = {"LOTS": [1, 4], "profile": ["frictionless", "strict"]}


def test_a_sweep_gives_each_point_in_order_and_goes_on_where_it_stopped(
    strategy: Callable[[str], Path], data: Path, tmp_path: Path
) -> None:
    path = strategy(BUY_AND_SELL)
    alone = [
        play(path, data, profile=profile, parameters={"LOTS": lots}).summary
        for lots in GRID["LOTS"]
        for profile in GRID["profile"]
    ]
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        first = sweep(path, GRID, pool, tmp_path / "kept", data=data)
        assert [point.result() for point in first] == alone
        assert first[1].parameters == {"LOTS": 1, "profile": "strict"}
        removed = sorted((tmp_path / "kept").glob("*.json"))[0]
        removed.unlink()
        assert sweep(path, GRID, pool, tmp_path / "kept", data=data) == first
    with ThreadPoolExecutor(2) as pool:  # each in a child of this process
        failed = sweep(path, [{"LOTS": "two"}, {"LOTS": 1, "profile": "strict"}], pool, data=data)
    assert failed[1].summary == alone[1]
    with pytest.raises(PointFailed, match=r"(?s)LOTS='two': .*TypeError"):
        failed[0].result()


def test_a_sweep_that_cannot_be_is_refused(strategy: Callable[[str], Path], data: Path) -> None:
    path = strategy(BUY_AND_SELL)
    with pytest.raises(ConfigError, match="points"):
        sweep(path, {"LOTS": []}, data=data)


def test_a_made_market_is_played_with_many_codes(strategy: Callable[[str], Path], tmp_path: Path) -> None:
    make_data(tmp_path / "made", 3, first_days(20240102, 3), ["1m"], 5)
    result = play(strategy(HEAD + "trader.run_forever()"), tmp_path / "made")
    assert json.loads(result.summary_text)["days"] == 3


def test_what_only_the_collector_can_free_is_freed_during_a_run(strategy: Callable[[str], Path], data: Path) -> None:
    before = gc.get_threshold()
    knots = HEAD + textwrap.dedent("""
        import weakref

        class Knot:
            def __init__(self):
                self.itself = self

        first = weakref.ref(Knot())
        for _ in range(20000):
            Knot()
        print(first() is None)
        """)
    assert play(strategy(knots), data).output == "True\n"
    assert gc.get_threshold() == before
