"""One backtest from start to end: a strategy file and a recorded market in, a ``Result`` out.

Everything happens in this process, with no socket, no database and no wall clock; the strategy's file runs unchanged under
``names.follow`` with ``xtquant`` meaning our SDK, whose transports are connected to the ``Host`` here. It ends when the
recording does, when the strategy does, or when ``stop`` says so; a day that is not over is marked at the prices of that moment.
"""

from __future__ import annotations

import ast
import contextlib
import gc
import io
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, Final, NamedTuple

from matching import calendar, units
from miniqmt_sim import __version__
from miniqmt_sim.backtest.baton import Baton, Over
from miniqmt_sim.backtest.host import Host
from miniqmt_sim.backtest.names import follow
from miniqmt_sim.backtest.results import ENDED, GAVE_UP, Collected, Result, result_of
from miniqmt_sim.client import hook
from miniqmt_sim.errors import ConfigError, MiniqmtSimError
from miniqmt_sim.server.feeds.archive import Archive
from miniqmt_sim.server.feeds.files import Reading
from miniqmt_sim.server.feeds.history import FAR_MS
from miniqmt_sim.server.feeds.recording import Recording, last_day
from miniqmt_sim.server.feeds.trading_days import parse_day
from miniqmt_sim.server.wake import core_config
from miniqmt_sim.settings import Settings, load_settings
from miniqmt_sim.simulator import Simulator
from miniqmt_sim.xtquant import _frames, _quotes, _session

CASH_YUAN: Final = 1_000_000.0
DAY_ENDS_MS: Final = calendar.parse_clock("16:00")
MAX_REASON: Final = 200
"""Characters of what a strategy said when it gave up."""
PROGRESS_EVERY_S: Final = 0.5
"""Real seconds between two progress reports."""
COLLECT_EVERY: Final = 10_000
"""Objects made and not yet dropped after which garbage is looked for: more than a stretch of the recording has."""


class StrategyFailed(MiniqmtSimError):
    """The strategy raised an exception; the text is its traceback."""


class Progress(NamedTuple):
    """How far a backtest is."""

    now_ms: int
    part: float
    """0 to 1."""
    elapsed_s: float
    days: float
    """Simulated days so far, nights and weekends included."""
    files: int = 0
    """Data files read so far, where that takes a while: before the first day, and ``part`` is of the reading then."""

    @property
    def line(self) -> str:
        """The progress as one line: date, part, speed, remaining time."""
        speed = self.days / self.elapsed_s if self.elapsed_s else 0.0
        left = self.elapsed_s / self.part - self.elapsed_s if self.part else 0.0
        remaining = f"{int(left // 60)}:{int(left % 60):02d} left"
        if self.files:
            return f"data files read: {self.files}  {self.part:6.1%}  {remaining}"
        return f"{calendar.text_of(self.now_ms)[:16]}  {self.part:6.1%}  {speed:.1f} days/s  {remaining}"


def run(
    strategy: str | os.PathLike[str],
    data: str | os.PathLike[str],
    start: str = "",
    end: str = "",
    cash: float = CASH_YUAN,
    profile: str = "standard",
    seed: int = 1,
    *,
    parameters: Mapping[str, Any] | None = None,
    args: Sequence[str] = (),
    volume_unit: str = "lot",
    clock: bool = True,
    options: Mapping[str, Any] | None = None,
    config: str | os.PathLike[str] | None = None,
    quiet: bool = False,
    progress: Callable[[Progress], object] | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Result:
    """Run a strategy file over recorded data and give what came of it.

    ``data``: a file or directory (docs/data.md). ``start``, ``end``: days as in 2026-01-05, both included; left out: all there
    is. ``cash``: yuan of every account, opened when the strategy first names it. ``profile``: of fills. ``parameters`` replace
    global names of the strategy's file that it sets itself at its top level. ``clock``: let ``time.time`` and ``datetime.now``
    tell the simulated time. ``options``: keys of server.toml that are to differ. ``quiet``: catch what the strategy prints.
    ``stop``: asked again and again; true ends at a clean point. Raises ConfigError for what its author must correct,
    StrategyFailed when the strategy raises, KeyboardInterrupt when it is stopped while data are read.
    """
    path = Path(strategy)
    if not path.is_file():
        raise ConfigError(f"there is no file {str(strategy)!r}")
    settings = _settings(os.fspath(data), start, profile, seed, volume_unit, options or {}, config)
    with contextlib.closing(_Run(settings, end, cash, _reading(progress, stop))) as one:
        return one.play(path, args, parameters or {}, clock, quiet, progress, stop)


def _settings(
    data: str, start: str, profile: str, seed: int, volume_unit: str, options: Mapping[str, Any],
    config: str | os.PathLike[str] | None,
) -> Settings:  # fmt: skip
    own = {
        "feed": "replay", "clock": "replay", "hours": "exchange", "data": data, "replay.start": start, "seed": seed,
        "fills.profile": profile, "replay.volume_unit": volume_unit,
    }  # fmt: skip
    settings = load_settings({**own, **options}, config, environ={})
    return replace(settings, world=replace(settings.world, accounts=[]))


def _check_cash(cash: float) -> None:
    """See whether an account may begin with it. Raises ConfigError."""
    try:
        cash_li = units.li_from_yuan(cash)
    except units.OffGridError as error:
        raise ConfigError(f"cash: {error}") from None
    if cash_li < 0 or cash_li % units.LI_PER_FEN:
        raise ConfigError(f"cash {cash} is not a sum of money in yuan and fen")


class _Run:
    """The simulated broker of one backtest, and what is collected of it. Raises ConfigError for what cannot be played."""

    def __init__(self, settings: Settings, end: str, cash: float, reading: Reading) -> None:
        _check_cash(cash)
        end_ms = calendar.midnight_ms(parse_day(end, "end")) + DAY_ENDS_MS if end else None
        self._recording = Recording.open(settings, end_ms or FAR_MS, reading)
        self._start_ms = self._recording.pace.start_ms
        self._end_ms = end_ms or calendar.midnight_ms(last_day(self._recording.history)) + DAY_ENDS_MS
        self._simulator = Simulator(core_config(self._recording.world))
        self._simulator.play(self._recording.replay, is_stored=False)
        self._simulator.start(self._start_ms, {})
        if self._simulator.day > calendar.day_of(self._end_ms):
            first, last = calendar.day_of(self._start_ms), calendar.day_of(self._end_ms)
            raise ConfigError(f"there is no trading day from {first} to {last}")
        self._collected = Collected()
        archive = Archive(self._recording.history)
        self.host = Host(self._simulator, self._start_ms, self._end_ms, cash, self._collected, archive)

    def close(self) -> None:
        """Let go of the data."""
        self._recording.history.close()

    def play(
        self, path: Path, args: Sequence[str], parameters: Mapping[str, Any], clock: bool, quiet: bool,
        progress: Callable[[Progress], object] | None, stop: Callable[[], bool],
    ) -> Result:  # fmt: skip
        """Run the strategy to its end, or the market's."""
        watch = _Watch(self.host, self._start_ms, self._end_ms, progress, stop) if progress is not None else stop
        baton = self.host.baton = Baton(self.host, watch)
        output = io.StringIO()
        baton.enter_main()
        _frames.preload()
        with _collecting_rarely(), _connected(self.host), follow(baton, clock=clock), _caught(output, quiet):
            try:
                reason = _run_file(path, args, parameters)
            except Over:
                reason = baton.reason
            finally:
                baton.finish(ENDED)
        if baton.failure is not None:
            raise baton.failure
        self.host.finish()
        return result_of(self._collected, self._facts(reason, baton.faults.times), output.getvalue())

    def _facts(self, reason: str, exceptions: Mapping[str, int]) -> dict[str, Any]:
        world = self._recording.world
        return {
            "miniqmt_sim": __version__,
            "start": calendar.day_of(self._start_ms),
            "end": self._simulator.day,
            "ended": reason,
            "profile": world.fills,
            "seed": world.seed,
            "fingerprint": world.fingerprint,
            "state_hash": self._simulator.state_hash(),
            "exceptions": dict(exceptions),
        }


def _reading(progress: Callable[[Progress], object] | None, stop: Callable[[], bool]) -> Reading:
    """Told of each data file before it is read: reports that now and then, and stops when that is asked for."""
    began_s = reported_s = time.perf_counter()

    def read(files: int, of: int) -> None:
        nonlocal reported_s
        now_s = time.perf_counter()
        if stop():
            raise KeyboardInterrupt
        if progress is not None and files and now_s - reported_s >= PROGRESS_EVERY_S:
            reported_s = now_s
            progress(Progress(0, files / of, now_s - began_s, 0.0, files))

    return read


class _Watch:
    """Asked once a slice whether to stop; reports the progress now and then."""

    def __init__(
        self, host: Host, start_ms: int, end_ms: int, progress: Callable[[Progress], object], stop: Callable[[], bool]
    ) -> None:
        self._host = host
        self._start_ms = start_ms
        self._length_ms = max(end_ms - start_ms, 1)
        self._progress = progress
        self._stop = stop
        self._began_s = self._reported_s = time.perf_counter()

    def __call__(self) -> bool:
        now_s = time.perf_counter()
        if now_s - self._reported_s >= PROGRESS_EVERY_S:
            self._reported_s = now_s
            passed_ms = self._host.now_ms - self._start_ms
            part, days = min(passed_ms / self._length_ms, 1.0), passed_ms / calendar.MS_PER_DAY
            self._progress(Progress(self._host.now_ms, part, now_s - self._began_s, days))
        return self._stop()


@contextlib.contextmanager
def _collecting_rarely() -> Iterator[None]:
    """Look for garbage that reference counts do not find less often, and only in what this run makes."""
    before = gc.get_threshold()
    gc.freeze()  # what was there before is no garbage of this run, and need not be searched for it again and again
    if 0 < before[0] < COLLECT_EVERY:
        gc.set_threshold(COLLECT_EVERY, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@contextlib.contextmanager
def _connected(host: Host) -> Iterator[None]:
    """Let every trader of the SDK connect to a host, whatever its path says, and ``xtquant`` be our SDK."""
    before = vars(_session.Session)["connector"]
    setattr(_session.Session, "connector", staticmethod(host.connect_trader))  # noqa: B010
    try:
        with hook.installed(hook.OWN), _quotes.connected_by(host.connect_data):
            yield
    finally:
        setattr(_session.Session, "connector", before)  # noqa: B010


@contextlib.contextmanager
def _caught(output: io.StringIO, quiet: bool) -> Iterator[None]:
    with contextlib.redirect_stdout(output) if quiet else contextlib.nullcontext():
        yield


def _run_file(path: Path, args: Sequence[str], parameters: Mapping[str, Any]) -> str:
    """Run a strategy's file as the main program; give how it ended. Raises StrategyFailed, or ConfigError."""
    code = _compiled(path, parameters)
    argv, where, main = sys.argv, sys.path[:], sys.modules.get("__main__")
    module = ModuleType("__main__")
    module.__file__ = str(path)
    sys.modules["__main__"] = module
    sys.argv = [str(path), *args]
    sys.path.insert(0, str(path.resolve().parent))
    try:
        exec(code, module.__dict__)
    except SystemExit as exit_:
        if exit_.code:
            return GAVE_UP + " ".join(str(exit_.code).split())[:MAX_REASON]
    except KeyboardInterrupt:
        pass
    except Exception as error:
        raise StrategyFailed(_traceback(error, path)) from error
    finally:
        sys.argv, sys.path[:] = argv, where
        if main is not None:
            sys.modules["__main__"] = main
    return ENDED


def _compiled(path: Path, parameters: Mapping[str, Any]) -> CodeType:
    """A strategy's file with other values for names it sets at its top level. Raises ConfigError for one that it does not."""
    try:
        tree = ast.parse(path.read_bytes(), str(path))  # bytes: they say themselves how they are encoded
    except (SyntaxError, ValueError) as error:
        raise ConfigError(f"{path}: {error}") from None
    left = dict(parameters)
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        for target in targets:
            if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(target, ast.Name) and target.id in left:
                node.value = ast.copy_location(_literal(target.id, left.pop(target.id)), node)
    if left:
        places = [node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign)]
        set_there = [each for node in places for each in (node.targets if isinstance(node, ast.Assign) else [node.target])]
        names = ", ".join(sorted({each.id for each in set_there if isinstance(each, ast.Name)})) or "none"
        raise ConfigError(f"{path} sets no {min(left)!r} at its top level that a parameter could replace; it sets {names}")
    return compile(ast.fix_missing_locations(tree), str(path), "exec")


def _literal(name: str, value: Any) -> ast.expr:
    """A parameter's value as Python writes it, numpy's as Python's own. Raises ConfigError for what cannot be written so."""
    text = repr(value.tolist() if hasattr(value, "tolist") else value)
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        raise ConfigError(f"parameter {name}: {text[:60]} cannot be one; numbers, texts, lists and the like can") from None
    return ast.parse(text, mode="eval").body


def _traceback(error: Exception, path: Path) -> str:
    """A traceback as Python shows it, without the frames that are ours."""
    frame = error.__traceback__
    while frame is not None and frame.tb_frame.f_code.co_filename != str(path):
        frame = frame.tb_next
    return "".join(traceback.format_exception(type(error), error, frame))
