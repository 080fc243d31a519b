"""``run``: a strategy as it is, in this process, with ``xtquant`` and its userdata path meaning a server of ours."""

from __future__ import annotations

import io
import os
import runpy
import signal
import sys
import threading
import traceback
from _thread import interrupt_main
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from miniqmt_sim.client import children, discovery, hook
from miniqmt_sim.client.discovery import Endpoint
from miniqmt_sim.errors import ConnectError

_REACHABLE_WITHIN_S: Final = 3.0


def run(name: str, args: Sequence[str], endpoint: Endpoint, seconds: float | None, sdk: str | None = None) -> int:
    """Run a strategy to its end, or interrupt it after so many seconds; give the exit code.

    ``sdk`` says what ``import xtquant`` means to it, see ``hook.install``. Raises ConnectError when nothing answers and
    ConfigError when that SDK is missing; what the strategy gives to sys.exit passes through.
    """
    path = Path(name)
    try:
        discovery.open_socket(endpoint.addr, _REACHABLE_WITHIN_S).close()
    except ConnectError as error:
        raise ConnectError(f"{error}; `miniqmt-sim serve` starts a server") from None
    # The path in the strategy names a directory of another machine; the environment overrides it.
    os.environ[discovery.ENV_ADDR] = endpoint.addr
    os.environ[discovery.ENV_TOKEN] = endpoint.token
    hook.install(sdk)
    _tell_children(hook.chosen(sdk))
    _say_line_by_line()
    sys.argv = [name, *args]
    sys.path.insert(0, str(path.resolve().parent))
    limit = _TimeLimit(seconds)
    try:
        limit.start()
        runpy.run_path(name, run_name="__main__")
    except KeyboardInterrupt as error:
        if not limit.reached:
            _show(error, path)
            raise
    except Exception as error:
        _show(error, path)
        return 1
    finally:
        limit.cancel()
    return 0


def _tell_children(sdk: str) -> None:
    """Let ``xtquant`` mean the same to the Python processes that the strategy starts."""
    os.environ[hook.ENV_SDK] = sdk
    paths = (os.path.dirname(children.__file__), os.environ.get("PYTHONPATH"))
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))


def _say_line_by_line() -> None:
    """Let a line that is printed be seen at once, and whole, whatever reads it; callbacks print beside the main program."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)


class _TimeLimit:
    """Interrupts the main thread once, as Ctrl+C would, so that ``run_forever`` ends and the strategy goes on to its end."""

    def __init__(self, seconds: float | None) -> None:
        self.reached = False
        self._timer = None if seconds is None else threading.Timer(seconds, self._interrupt)

    def start(self) -> None:
        """Begin to count."""
        if self._timer is not None:
            # A shell that starts programs in the background has them ignore Ctrl+C.
            signal.signal(signal.SIGINT, signal.default_int_handler)
            self._timer.daemon = True
            self._timer.start()

    def cancel(self) -> None:
        """Count no longer."""
        if self._timer is not None:
            self._timer.cancel()

    def _interrupt(self) -> None:
        self.reached = True
        if hasattr(signal, "pthread_kill"):  # wakes the main thread from a blocking call, too
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        else:
            interrupt_main()


def _show(error: BaseException, path: Path) -> None:
    """Show a strategy's exception as Python would, without the frames that are ours."""
    frame = error.__traceback__
    while frame is not None and Path(frame.tb_frame.f_code.co_filename) != path:
        frame = frame.tb_next
    traceback.print_exception(type(error), error, frame)
