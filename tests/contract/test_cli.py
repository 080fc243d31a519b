"""The command line as outside tests and users know it: words, output, sentences and exit codes."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from miniqmt_sim import __version__
from miniqmt_sim.cli import main
from miniqmt_sim.cli.demo import find_quickstart
from miniqmt_sim.client import discovery
from miniqmt_sim.compiled import core
from miniqmt_sim.testing import SimServer

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = [sys.executable, "-m", "miniqmt_sim"]
ENDS_WITHIN_S = 30.0


@pytest.fixture(autouse=True)
def _no_overrides(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing points to a server of the machine the tests run on."""
    for name in (discovery.ENV_ADDR, discovery.ENV_TOKEN, discovery.ENV_OPERATOR_TOKEN, "MINIQMT_SIM_LISTEN"):
        monkeypatch.setenv(name, "")  # so that what a command sets is gone afterwards
        monkeypatch.delenv(name)
    monkeypatch.setenv(discovery.ENV_USERDATA, str(tmp_path / "default userdata"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.fixture(scope="module")
def sim() -> Iterator[SimServer]:
    with SimServer(feed="none", clock="manual") as server:
        yield server


class Said:
    """What a command said, and its exit code."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err

    @property
    def complaint(self) -> str:
        """The one sentence on stderr of a command that was refused."""
        assert self.out == ""
        (line,) = self.err.splitlines()
        return line


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Iterator[object]:
    """Run a command in this process."""

    def run(*words: str) -> Said:
        try:
            code = main(words)
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return run  # type: ignore[return-value]


def spawn(words: Sequence[str], **options: object) -> Said:
    """Run a command in a process of its own, to its end."""
    done = subprocess.run(
        [*PROGRAM, *words], capture_output=True, encoding="utf-8", timeout=ENDS_WITHIN_S, check=False, **options  # type: ignore[call-overload]
    )
    return Said(done.returncode, done.stdout, done.stderr)


# -- small commands ------------------------------------------------------------------------------------------------------


def test_version(cli) -> None:
    assert cli("version").out == f"miniqmt-sim {__version__} (core: {core()})\n"
    assert f'version = "{__version__}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_health_of_a_server_that_is_at_work(cli, sim: SimServer) -> None:
    said = cli("health", "--userdata", sim.userdata)
    assert said.code == 0
    assert said.out.startswith("ok now=")


def test_health_where_there_is_no_server(cli, tmp_path: Path) -> None:
    said = cli("health", "--userdata", str(tmp_path))
    assert said.code == 1
    assert "no server has announced itself" in said.complaint
    assert "`miniqmt-sim serve` starts one" in said.complaint


def test_health_of_a_server_that_was_killed(cli, tmp_path: Path) -> None:
    discovery.write(tmp_path, discovery.Discovery("127.0.0.1:1", None, "a", "b", 1, "test"))
    said = cli("health", "--userdata", str(tmp_path))
    assert said.code == 1
    assert "nothing answers at '127.0.0.1:1'" in said.complaint


WRONG_WORDS = [
    ([], "required: COMMAND"),
    (["fly"], "invalid choice: 'fly'"),
    (["serve", "--hours", "sometimes"], "invalid choice: 'sometimes'"),
    (["serve", "--seed", "many"], "invalid int value: 'many'"),
    (["serve", "--seed", "-1"], "seed: must be at least 0"),
    (["serve", "--listen", "here"], "listen: 'here' is not HOST:PORT"),
    (["serve", "--config", "nowhere.toml"], "nowhere.toml cannot be read"),
    (["serve", "--listen", "0.0.0.0:0"], "set MINIQMT_SIM_TOKEN to a secret of your own"),
    (["run"], "required: STRATEGY.py"),
    (["run", "--seconds", "soon", "x.py"], "invalid float value: 'soon'"),
    (["run", "--userdata", "a", "--addr", "b:1", "x.py"], "not allowed with argument"),
    (["ctl"], "required: VERB"),
    (["ctl", "account"], "required: VERB"),
    (["ctl", "account", "create"], "required: ID"),
    (["ctl", "account", "create", "A", "--type", "FUTURE"], "invalid choice: 'FUTURE'"),
    (["ctl", "account", "create", "A", "--cash", "much"], "cash: 'much' is not a number"),
    (["ctl", "quote", "600000.SH"], "required: --last"),
    (["ctl", "quote", "600000.SH", "--last", "10", "--bid", "10"], "bid: '10' is not a level like 10.49:1000"),
    (["ctl", "clock", "advance", "5 minutes"], "duration: '5 minutes' is not a duration like 90s, 5m, 2h, 1d"),
    (["ctl", "clock", "set", "noon"], "time: 'noon' is not a time like"),
    (["ctl", "position", "set", "A", "600000.SH", "1.5"], "volume: '1.5' is not a whole number"),
]


@pytest.mark.parametrize(("words", "complaint"), WRONG_WORDS)
def test_bad_arguments_are_a_sentence_and_exit_code_2(cli, words: list[str], complaint: str) -> None:
    said = cli(*words)
    assert said.code == 2
    assert complaint in said.err.splitlines()[-1]
    assert said.out == ""


def test_a_strategy_needs_no_arguments(cli) -> None:
    assert cli("run").err.endswith("required: STRATEGY.py\n")


# -- ctl -----------------------------------------------------------------------------------------------------------------


def ctl_json(cli, sim: SimServer, *words: str):
    said = cli("ctl", "--userdata", sim.userdata, "--json", *words)
    assert said.code == 0, said.err
    return json.loads(said.out)


def test_every_verb_in_the_words_of_the_contract(cli, sim: SimServer) -> None:
    def ctl(*words: str):
        return ctl_json(cli, sim, *words)

    assert ctl("account", "create", "CLI1", "--type", "STOCK", "--cash", "100000")["cash"] == 100_000
    assert ctl("cash", "deposit", "CLI1", "1000.5")["cash"] == 101_000.5
    assert ctl("cash", "withdraw", "CLI1", "1000")["cash"] == 100_000.5
    assert "CLI1" in [row["account_id"] for row in ctl("account", "list")]
    quote = ctl(
        "quote", "600000.SH", "--last", "10.5", "--bid", "10.49:100", "--bid", "10.48:200", "--ask", "10.51:300",
        "--volume", "1000", "--pre-close", "10.4",
    )  # fmt: skip
    assert (quote["last_price"], quote["pre_close"], quote["bids"], quote["asks"]) == (
        10.5,
        10.4,
        [[10.49, 100], [10.48, 200]],
        [[10.51, 300]],
    )
    position = ctl("position", "set", "CLI1", "600000.SH", "500", "--can-use", "300", "--cost", "9.9")
    assert (position["volume"], position["can_use_volume"]) == (500, 300)
    assert [row["volume"] for row in ctl("positions", "CLI1")] == [500]
    assert ctl("asset", "CLI1")["account_id"] == "CLI1"
    assert ctl("orders", "CLI1") == ctl("trades", "CLI1") == []
    now = ctl("clock", "show")["now_ms"]
    assert ctl("clock", "advance", "90s")["now_ms"] == now + 90_000
    assert ctl("clock", "set", "16:00")["now"][11:16] == "16:00"
    assert ctl("settle")["hours"] == "always"
    assert re.fullmatch("[0-9a-f]{64}", ctl("state-hash")["state_hash"])
    assert ctl("check") == {"ok": True, "problems": []}


def test_a_table_for_people_is_aligned_and_knows_wide_characters(cli, sim: SimServer) -> None:
    cli("ctl", "--userdata", sim.userdata, "account", "create", "CLI2", "--cash", "1234567.5")
    for code in ("600000.SH", "510300.SH"):
        cli("ctl", "--userdata", sim.userdata, "position", "set", "CLI2", code, "12345")
    said = cli("ctl", "positions", "CLI2", "--userdata", sim.userdata)
    header, *rows = said.out.splitlines()
    assert header.split()[:3] == ["stock_code", "instrument_name", "volume"]
    ends = {wide(line[: line.index("12345") + 5]) for line in rows}
    assert ends == {wide(header[: header.index("volume") + 6])}, "numbers end where their title ends"
    asset = cli("ctl", "asset", "CLI2", "--userdata", sim.userdata).out
    assert re.search(r"^cash +1,234,567\.5$", asset, re.MULTILINE)
    assert cli("ctl", "orders", "CLI2", "--userdata", sim.userdata).out == "(none)\n"


def wide(text: str) -> int:
    return sum(2 if ord(character) > 0x2E80 else 1 for character in text)


def test_an_operators_refusal_is_a_sentence_and_exit_code_2(cli, sim: SimServer) -> None:
    said = cli("ctl", "--userdata", sim.userdata, "asset", "nobody")
    assert said.code == 2
    assert "nobody" in said.complaint


def test_ctl_without_a_server_is_a_sentence_and_exit_code_1(cli) -> None:
    said = cli("ctl", "clock", "show")
    assert said.code == 1
    assert "`miniqmt-sim serve` starts one" in said.complaint


def test_a_check_that_finds_problems_exits_with_1(cli, sim: SimServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("miniqmt_sim.simulator.Simulator.check", lambda _: ["cash is missing"])
    monkeypatch.setattr("miniqmt_sim.world.World.problems", lambda *_: iter(["cash is missing"]))
    said = cli("ctl", "--userdata", sim.userdata, "check")
    assert said.code == 1
    assert "cash is missing" in said.out


def test_a_server_by_address_and_tokens_from_the_environment(cli, sim: SimServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(discovery.ENV_ADDR, "127.0.0.1:1")
    monkeypatch.setenv(discovery.ENV_OPERATOR_TOKEN, sim.operator_token)
    assert cli("ctl", "--addr", sim.addr, "clock", "show").code == 0
    monkeypatch.setenv(discovery.ENV_OPERATOR_TOKEN, "wrong")
    said = cli("ctl", "--addr", sim.addr, "clock", "show")
    assert said.code == 1
    assert "the token is not one of this server's" in said.complaint


def test_an_option_is_over_the_environment(cli, sim: SimServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(discovery.ENV_ADDR, "127.0.0.1:1")
    monkeypatch.setenv(discovery.ENV_OPERATOR_TOKEN, "wrong")
    assert cli("ctl", "--userdata", sim.userdata, "clock", "show").code == 0


# -- serve ---------------------------------------------------------------------------------------------------------------


@contextmanager
def served(*options: str, program: Sequence[str] = PROGRAM) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """Run ``serve`` on a free port; gives the process and what its ready line says."""
    command = [*program, "serve", "--listen", "127.0.0.1:0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8") as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            match = re.fullmatch(r"ready addr=(\S+) userdata=(.*) database=(.*)\n", line)
            assert match, (line, process.stderr and process.stderr.read())
            yield process, dict(zip(("addr", "userdata", "database"), match.groups(), strict=True))
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_says_ready_in_one_line_and_ends_on_a_signal(number: signal.Signals, tmp_path: Path) -> None:
    database = tmp_path / "world.sqlite"
    with served("--userdata", str(tmp_path), "--database", str(database), "--feed", "none") as (process, ready):
        assert ready["userdata"] == str(tmp_path)
        assert ready["database"].endswith("world.sqlite")
        assert discovery.read(tmp_path).addr == ready["addr"]
        process.send_signal(number)
        out, err = process.communicate(timeout=ENDS_WITHIN_S)
    assert (process.returncode, out) == (0, "")
    assert "hours=always" in err.splitlines()[0]
    assert database.exists()
    assert not (tmp_path / discovery.FILE_NAME).exists()


def test_a_second_signal_breaks_off_what_a_server_would_finish_first(cli, tmp_path: Path) -> None:
    place = ("--userdata", str(tmp_path))
    with served(*place, "--hours", "exchange", "--clock", "manual", "--feed", "none") as (process, _ready):
        began = json.loads(cli("ctl", *place, "--json", "clock", "show").out)["now_ms"]
        with at_work(["ctl", *place, "clock", "advance", "3650d"]) as jump:
            while process.poll() is None and not _settled(tmp_path):
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            process.send_signal(signal.SIGTERM)  # at once: one signal of two senders
            assert process.stderr is not None
            assert "asked once more, the server stops at once" in process.stderr.readline()
            process.send_signal(signal.SIGINT)
            assert process.wait(ENDS_WITHIN_S) == 1
            assert "stopped in the middle, as asked" in process.stderr.read()
            assert jump.wait(ENDS_WITHIN_S) == 1
    with served(*place, "--hours", "exchange", "--clock", "manual", "--feed", "none"):
        assert json.loads(cli("ctl", *place, "--json", "clock", "show").out)["now_ms"] > began, "it goes on from where it was"
        assert cli("ctl", *place, "check").code == 0


def _settled(userdata: Path) -> bool:
    """Has a day been settled, and stored?"""
    with closing(sqlite3.connect(userdata / "miniqmt-sim.sqlite")) as connection:
        return bool(connection.execute("SELECT 1 FROM settlements LIMIT 1").fetchall())


def test_serve_uses_the_shared_userdata_and_the_environments_address(cli) -> None:
    with served("--hours", "exchange", "--feed", "none", "--clock", "manual", "--durability", "off", "--seed", "7"):
        assert cli("health").code == 0
        assert json.loads(cli("ctl", "--json", "clock", "show").out)["hours"] == "exchange"


def test_a_second_serve_on_the_same_userdata_is_refused(sim: SimServer) -> None:
    said = spawn(["serve", "--userdata", sim.userdata, "--hours", "exchange"])
    assert said.code == 2
    assert f"already has a server at {sim.addr}" in said.complaint


FULL_DISK = """
import sqlite3, sys
from miniqmt_sim.cli import main
from storage.writer import Writer

write = Writer.write

def fail_at_deposits(writer, connection, batch):
    if any(row is not None and "ctl_cash_deposit" in row for rows in batch.values() for row in rows.values()):
        raise sqlite3.OperationalError("database or disk is full")
    write(writer, connection, batch)

Writer.write = fail_at_deposits
sys.exit(main(sys.argv[1:]))
"""


def test_a_server_whose_disk_is_full_ends_with_a_sentence_and_exit_code_1(cli, tmp_path: Path) -> None:
    with served("--userdata", str(tmp_path), "--feed", "none", program=[sys.executable, "-c", FULL_DISK]) as (process, _ready):
        said = cli("ctl", "--userdata", str(tmp_path), "cash", "deposit", "1000000365", "1")
        assert (said.code, said.out) == (1, ""), "it was not answered"
        _out, err = process.communicate(timeout=ENDS_WITHIN_S)
    assert process.returncode == 1
    assert "database or disk is full" in err
    assert "Traceback" not in err
    with served("--userdata", str(tmp_path), "--feed", "none"):
        assert json.loads(cli("ctl", "--userdata", str(tmp_path), "--json", "asset", "1000000365").out)["cash"] == 1_000_000
        assert cli("ctl", "--userdata", str(tmp_path), "check").code == 0


# -- Ctrl+C, and output that goes nowhere ---------------------------------------------------------------------------------


@contextmanager
def at_work(words: Sequence[str]) -> Iterator[subprocess.Popen[str]]:
    """A command whose input stays open."""
    pipe = subprocess.PIPE
    with subprocess.Popen([*PROGRAM, *words], stdin=pipe, stdout=pipe, stderr=pipe, encoding="utf-8") as process:
        try:
            yield process
        finally:
            process.kill()


def test_ctrl_c_ends_a_stream_of_quotes_and_says_how_many_were_taken(cli, sim: SimServer) -> None:
    with at_work(["ctl", "--userdata", sim.userdata, "quotes", "--stdin"]) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        for code in ("600000.SH", "600000.SH", "nowhere"):
            process.stdin.write(f'{{"code": "{code}", "last": 10.45}}\n')
        process.stdin.flush()
        assert process.stderr.readline() == "line 3: 'nowhere' is not a code like 600000.SH\n", "all were answered"
        process.send_signal(signal.SIGINT)
        assert process.wait(ENDS_WITHIN_S) == 130
        assert process.stdout is not None
        assert (process.stdout.read(), process.stderr.read()) == ("2 quotes taken\n", "")


def test_ctrl_c_in_a_strategy_is_shown_as_python_would(sim: SimServer, tmp_path: Path) -> None:
    path = strategy(tmp_path, "import threading\nprint('begun')\nthreading.Event().wait()\n")
    with at_work(["run", "--userdata", sim.userdata, path]) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(ENDS_WITHIN_S) == 130
        lines = process.stderr.read().splitlines()
    assert lines[-1] == "KeyboardInterrupt"
    assert "strategy.py" in lines[1]
    assert not any("runpy" in line for line in lines)


WITHOUT = [
    ("sys.stdin = None", ["quotes", "--stdin"], 2, "miniqmt-sim: quotes: the standard input is closed\n"),
    ("sys.stdout = None", ["account", "list"], 0, ""),
    ("sys.stderr = None", ["explain", "1"], 2, ""),
]


@pytest.mark.parametrize(("without", "words", "code", "complaint"), WITHOUT)
def test_a_stream_that_is_closed(sim: SimServer, without: str, words: list[str], code: int, complaint: str) -> None:
    words = ["ctl", "--userdata", sim.userdata, *words]
    program = f"import sys\nfrom miniqmt_sim.cli import main\n{without}\nsys.exit(main({words!r}))"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=False)
    assert (said.returncode, said.stdout, said.stderr) == (code, "", complaint)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
def test_an_output_that_is_full_is_a_sentence_and_exit_code_2() -> None:
    with Path("/dev/full").open("w") as full:
        said = subprocess.run([*PROGRAM, "version"], stdout=full, stderr=subprocess.PIPE, encoding="utf-8", check=False)
    complaint = f"miniqmt-sim: the standard output cannot be written: {os.strerror(errno.ENOSPC)}\n"
    assert (said.returncode, said.stderr) == (2, complaint)


# -- run -----------------------------------------------------------------------------------------------------------------


def strategy(directory: Path, text: str) -> str:
    path = directory / "strategy.py"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_run_gives_a_strategy_our_sdk_its_arguments_and_its_directory(sim: SimServer, tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("ANSWER = 42\n", encoding="utf-8")
    path = strategy(
        tmp_path,
        "import sys, helper, xtquant\n"
        "from xtquant.xttrader import XtQuantTrader\n"
        "assert __name__ == '__main__'\n"
        "print(sys.argv[1:], helper.ANSWER, xtquant.__name__)\n"
        "trader = XtQuantTrader('D:\\\\nowhere\\\\userdata_mini', 41)\n"
        "trader.start()\n"
        "print('connect', trader.connect())\n"
        "trader.stop()\n",
    )
    said = spawn(["run", "--userdata", sim.userdata, path, "--fast", "x"])
    assert said.code == 0, said.err
    assert said.out.splitlines() == ["['--fast', 'x'] 42 miniqmt_sim.xtquant", "connect 0"]


def test_run_gives_a_strategy_the_vendors_own_wheel(sim: SimServer) -> None:
    command = ["run", "--userdata", sim.userdata, "--sdk", "vendor", "--seconds", "1", str(find_quickstart())]
    said = spawn(command)
    assert said.code == 0, said.err
    answers = ("order using the fix price:", "cancel order:", "asset:", "order:", "last order:", "last position:")
    pushes = ("on_account_status", "on order callback:", "on asset callback")
    for text in (*answers, *pushes):  # two threads print, and a line of one may begin within a line of the other
        assert text in said.out
    assert "Traceback" not in said.err


def test_which_sdk_a_strategy_gets_can_be_said_in_the_environment(sim: SimServer, tmp_path: Path) -> None:
    path = strategy(tmp_path, "from xtquant.xttrader import XtQuantTrader\nprint(XtQuantTrader.__module__)\n")
    command, env = ["run", "--userdata", sim.userdata, path], {**os.environ, "MINIQMT_SIM_SDK": "vendor"}
    assert spawn(command, env=env).out == "xtquant.xttrader\n"
    assert spawn([*command[:3], "--sdk", "own", path], env=env).out == "miniqmt_sim.xtquant.xttrader\n"
    said = spawn(command, env={**env, "MINIQMT_SIM_SDK": "mine"})
    assert said.code == 2
    assert said.complaint == "miniqmt-sim: there is no SDK 'mine'; MINIQMT_SIM_SDK and --sdk know own and vendor"


PROCESSES = """
import multiprocessing, os, subprocess, sys
from xtquant.xttrader import XtQuantTrader

def work(session, queue):
    trader = XtQuantTrader("D:/nowhere/userdata_mini", session)
    trader.start()
    queue.put((trader.connect(), XtQuantTrader.__module__))
    trader.stop()

if __name__ == "__main__":
    for method in multiprocessing.get_all_start_methods():
        context = multiprocessing.get_context(method)
        queue = context.Queue()
        process = context.Process(target=work, args=(7, queue))
        process.start()
        print(queue.get(timeout=30))
        process.join()
    text = "import xtquant.xttrader as t, sys; print(t.XtQuantTrader.__module__, [p for p in sys.path if 'children' in p])"
    subprocess.run([sys.executable, "-c", text + "; import sitecustomize; print(sitecustomize.WHOSE)"], check=True)
"""


@pytest.mark.parametrize(("sdk", "module"), [("own", "miniqmt_sim.xtquant.xttrader"), ("vendor", "xtquant.xttrader")])
def test_processes_that_a_strategy_starts_have_its_sdk(sim: SimServer, tmp_path: Path, sdk: str, module: str) -> None:
    (tmp_path / "sitecustomize.py").write_text("WHOSE = 'the user'\n", encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(tmp_path)))}
    said = spawn(["run", "--userdata", sim.userdata, "--sdk", sdk, strategy(tmp_path, PROCESSES)], env=env)
    assert said.code == 0, said.err
    *methods, direct, users = said.out.splitlines()
    assert methods == [str((0, module))] * len(multiprocessing.get_all_start_methods())
    assert (direct, users) == (f"{module} []", "the user")
    assert said.err == ""


RUNS_OUT = "import threading, time\nprint('begin', flush=True)\ntry:\n    threading.Event().wait()\nexcept KeyboardInterrupt:\n"
TIME_LIMITS = [
    (RUNS_OUT + "    print('interrupted')\nprint('to its end')\n", "begin\ninterrupted\nto its end\n", 0),
    (RUNS_OUT + "    raise\n", "begin\n", 0),
    (RUNS_OUT + "    raise SystemExit(7)\n", "begin\n", 7),
    (RUNS_OUT + "    1 / 0\n", "begin\n", 1),
]


@pytest.mark.parametrize(("text", "out", "code"), TIME_LIMITS)
def test_after_its_seconds_a_strategy_is_interrupted(sim: SimServer, tmp_path: Path, text: str, out: str, code: int) -> None:
    said = spawn(["run", "--userdata", sim.userdata, "--seconds", "0.5", strategy(tmp_path, text)])
    assert (said.out, said.code) == (out, code)


def test_a_strategys_exception_is_shown_as_python_would(sim: SimServer, tmp_path: Path) -> None:
    said = spawn(["run", "--userdata", sim.userdata, strategy(tmp_path, "def f():\n    return 1 / 0\n\nf()\n")])
    assert said.code == 1
    assert said.err.splitlines()[-1] == "ZeroDivisionError: division by zero"
    assert "runpy" not in said.err
    assert said.err.splitlines()[0] == "Traceback (most recent call last):"
    said = spawn(["run", "--userdata", sim.userdata, strategy(tmp_path, "1 +\n")])
    assert said.code == 1
    assert said.err.splitlines()[-1].startswith("SyntaxError: ")


def test_what_a_strategy_gives_to_sys_exit_passes_through(sim: SimServer, tmp_path: Path) -> None:
    assert spawn(["run", "--userdata", sim.userdata, strategy(tmp_path, "import sys; sys.exit(5)")]).code == 5


def test_what_a_strategy_prints_is_seen_at_once(sim: SimServer, tmp_path: Path) -> None:
    strategy = tmp_path / "strategy.py"
    strategy.write_text("import time\nprint('begun', 1)\ntime.sleep(600)\n", encoding="utf-8")
    command = [*PROGRAM, "run", "--userdata", sim.userdata, str(strategy)]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8", env=env) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "begun 1\n"
        assert running.poll() is None
        running.kill()


def test_run_says_where_the_data_of_the_named_server_lie(sim: SimServer, tmp_path: Path) -> None:
    path = strategy(tmp_path, "from xtquant import xtdata\nprint(xtdata.get_data_dir())")
    said = spawn(["run", "--userdata", sim.userdata, path])
    assert (said.code, said.out.splitlines()) == (0, [sim.userdata]), said.err


def test_run_of_a_file_that_is_not_there(cli, sim: SimServer) -> None:
    said = cli("run", "--userdata", sim.userdata, "nowhere.py")
    assert (said.code, said.complaint) == (2, "miniqmt-sim: there is no file 'nowhere.py'")


def test_run_without_a_server(cli, tmp_path: Path) -> None:
    said = cli("run", strategy(tmp_path, "print('never')"))
    assert said.code == 1
    assert "`miniqmt-sim serve` starts one" in said.complaint
    said = cli("run", "--addr", "127.0.0.1:1", strategy(tmp_path, "print('never')"))
    assert said.code == 1
    assert "miniqmt-sim serve" in said.complaint


# -- demo ----------------------------------------------------------------------------------------------------------------


def test_the_demo_shows_the_main_job(tmp_path: Path) -> None:
    said = spawn(["demo", "--seconds", "2"], cwd=tmp_path)
    assert said.code == 0, said.err
    assert "on trade callback" in said.out
    for table in ("orders", "trades", "positions", "cash_ledger"):
        assert f"table {table}\n" in said.out
    assert said.out.splitlines()[-1].startswith("demo passed: 2 orders, 2 fills, 1 cancel(s) answered")
    assert list(tmp_path.iterdir()) == [], "nothing is left behind"


def test_the_demo_runs_the_programs_printed_in_the_document() -> None:
    assert find_quickstart() == ROOT / "examples" / "quickstart.py"


def test_a_strategy_that_is_not_there_is_a_bad_argument_whether_a_server_is_or_not(cli, tmp_path: Path) -> None:
    said = cli("run", "--userdata", str(tmp_path), "nowhere.py")
    assert said.code == 2
    assert "there is no file 'nowhere.py'" in said.err
