"""``demo``: the main job from end to end, with the commands anybody would type.

A server on a fresh database with the synthetic market, the quick-start program of the API document run against it, every
invariant checked, the server stopped, and the rows that landed in the database. Without a fill and an answered cancel it
has shown nothing, and fails.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from miniqmt_sim.cli.commands import say
from miniqmt_sim.cli.tables import as_table
from miniqmt_sim.errors import ConnectError
from miniqmt_sim.server.report import read_for_people

_SEED: Final = "20260101"
_PROGRAM: Final = [sys.executable, "-m", "miniqmt_sim"]
_STOP_WITHIN_S: Final = 20.0
_SPARE_S: Final = 60.0
"""What the strategy may need beside the seconds it is meant to run, on a slow machine."""

if sys.platform == "win32":
    _END: Final = signal.CTRL_BREAK_EVENT
    _OF_ITS_OWN: Final[Mapping[str, Any]] = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
else:
    _END: Final = signal.SIGTERM
    _OF_ITS_OWN: Final[Mapping[str, Any]] = {}

SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    "orders": (
        "order_id", "order_time", "stock_code", "order_type", "price", "volume", "traded_volume", "traded_amount", "status",
        "status_msg", "order_sysid", "strategy_name", "order_remark",
    ),
    "trades": ("trade_id", "trade_time", "order_id", "stock_code", "order_type", "price", "volume", "amount", "commission"),
    "positions": ("account_id", "stock_code", "volume", "today_volume", "frozen_volume", "yesterday_volume", "cost"),
    "cash_ledger": ("ledger_id", "ledger_time", "account_id", "reason", "amount", "balance", "order_id", "trade_id"),
}  # fmt: skip
"""Table -> columns of it that are shown; money in yuan."""


def demo(seconds: float) -> int:
    """Show the main job; give the exit code. Raises ConnectError with a sentence when a part of it fails."""
    quickstart = find_quickstart()
    env = _environment()
    with tempfile.TemporaryDirectory(prefix="miniqmt-sim-demo-") as userdata:
        place = ("--userdata", userdata)
        with _server(userdata, env) as database:
            _step("run", *place, "--seconds", f"{seconds:g}", str(quickstart), env=env, limit_s=seconds + _SPARE_S)
            _step("ctl", *place, "check", env=env, limit_s=_SPARE_S)
        tables = read_for_people(database, (*SHOWN, "journal"))
    for table, columns in SHOWN.items():
        say(f"\ntable {table}")
        say(as_table(tables[table], columns))
    return _verdict(tables)


def find_quickstart() -> Path:
    """Give the quick-start program: a checkout's, else the installed package's."""
    package = Path(__file__).resolve().parent.parent
    for place in (package.parent / "examples", package / "examples"):
        if (place / "quickstart.py").is_file():
            return place / "quickstart.py"
    raise ConnectError("examples/quickstart.py is missing from this installation")


def _verdict(tables: Mapping[str, list[dict[str, Any]]]) -> int:
    """Judge what the run left behind: the cancel is in the journal when it was answered, whatever the answer was."""
    cancels = sum(row["name"] == "cancel_order_stock" for row in tables["journal"])
    fills = len(tables["trades"])
    if not fills:
        raise ConnectError("demo failed: no order was filled")
    if not cancels:
        raise ConnectError("demo failed: no cancel was answered")
    say(f"\ndemo passed: {len(tables['orders'])} orders, {fills} fills, {cancels} cancel(s) answered, every invariant holds")
    return 0


# -- the commands --------------------------------------------------------------------------------------------------------


def _environment() -> dict[str, str]:
    """Give an environment in which nothing points to another server."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MINIQMT_SIM_")}


def _step(*words: str, env: Mapping[str, str], limit_s: float) -> None:
    """Run a command, its output streaming through ours. Raises ConnectError when it fails."""
    say(f"\n$ miniqmt-sim {' '.join(words)}")
    try:
        code = subprocess.run([*_PROGRAM, *words], env=env, timeout=limit_s, check=False).returncode
    except subprocess.TimeoutExpired:
        raise ConnectError(f"demo failed: {words[0]} did not end within {limit_s:g} s") from None
    if code != 0:
        raise ConnectError(f"demo failed: {words[0]} ended with exit code {code}")


@contextmanager
def _server(userdata: str, env: Mapping[str, str]) -> Iterator[str]:
    """Run ``serve`` for the length of the block; gives the URL of its database. Its end must be as clean as its start."""
    options = ["--userdata", userdata, "--listen", "127.0.0.1:0", "--hours", "always", "--feed", "synthetic", "--seed", _SEED]
    say("$ miniqmt-sim serve " + " ".join(options))
    command = [*_PROGRAM, "serve", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env, **_OF_ITS_OWN) as process:
        try:
            yield _await_ready(process)
        finally:
            process.send_signal(_END)
            try:
                code = process.wait(_STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                raise ConnectError("demo failed: the server did not stop when asked") from None
    if code != 0:
        raise ConnectError(f"demo failed: the server ended with exit code {code}")


def _await_ready(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        say(line.rstrip())
        if line.startswith("ready "):
            return line.rstrip().rpartition(" database=")[2]
    raise ConnectError("demo failed: the server did not start")
