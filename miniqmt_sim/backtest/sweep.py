"""A grid of parameters, each point a backtest of its own, on any ``concurrent.futures`` executor.

Comes in: a strategy's file, and the values to try for names that it sets at its top level, or for arguments of ``run``. Out
goes a ``Point`` for each combination, in the grid's order whatever finished first. Results do not depend on the executor: each
backtest is deterministic, and has a process to itself, because it changes what ``time`` and ``threading`` mean: the executor's
own where nothing else runs in it, else a child of it. With a folder the finished ones are kept, and a sweep that was broken
off goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final, NamedTuple

from miniqmt_sim.backtest.results import Record, Result
from miniqmt_sim.backtest.run import run
from miniqmt_sim.errors import ConfigError, MiniqmtSimError

MAX_POINTS: Final = 100_000
"""Combinations of one grid: a slip of the keyboard makes more."""
RUN_ARGUMENTS: Final = ("start", "end", "cash", "profile", "seed")
"""Names of a grid that are arguments of ``run`` and not the strategy's."""

Grid = Mapping[str, Sequence[Any]] | Sequence[Mapping[str, Any]]


class PointFailed(MiniqmtSimError):
    """A backtest of a sweep failed; the text names its parameters and the reason."""


class Point(NamedTuple):
    """One combination and what came of it: a result's summary, or why there is none."""

    parameters: Record
    summary: Record | None
    error: str = ""

    def result(self) -> Record:
        """The summary. Raises PointFailed with the parameters."""
        if self.summary is None:
            raise PointFailed(f"{_named(self.parameters)}: {self.error}")
        return self.summary


def sweep(
    strategy: str | os.PathLike[str],
    grid: Grid,
    executor: Executor | None = None,
    folder: str | os.PathLike[str] | None = None,
    **options: Any,
) -> list[Point]:
    """Run every point of a grid; the points in order.

    ``grid``: names to the values to try, or a list of combinations. ``executor``: any of ``concurrent.futures``, such as Dask's
    ``Client.get_executor()``; left out, a process for each core. ``folder``: where finished points are kept, and looked
    for. ``options`` go to ``run``; ``data`` must be a path that every worker can read.
    Raises ConfigError for a grid that is none; a point that fails is a ``Point`` with an error.
    """
    points = list(_combinations(grid))
    options = {**options, "data": os.fspath(options["data"])} if "data" in options else options
    job = _Job(os.fspath(strategy), options)
    kept = _Kept(Path(folder), job) if folder is not None else None
    if executor is not None:
        return _gathered(job, points, executor, kept)
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as own:
        return _gathered(job, points, own, kept)


def _gathered(job: _Job, points: Sequence[Record], executor: Executor, kept: _Kept | None) -> list[Point]:
    found: dict[int, Point] = {}
    waiting: dict[int, Future[Point]] = {}
    for number, parameters in enumerate(points):
        known = kept.load(parameters) if kept is not None else None
        if known is not None:
            found[number] = known
        else:
            waiting[number] = executor.submit(run_point, job, parameters)
    for number, future in waiting.items():
        point = found[number] = future.result()
        if kept is not None and point.summary is not None:
            kept.store(point)
    return [found[number] for number in range(len(points))]


class _Job(NamedTuple):
    """What all points of a sweep share."""

    strategy: str
    options: Record


def run_point(job: _Job, parameters: Record) -> Point:
    """Run one point, wherever this is; a failure is a value that names its parameters."""
    alone = threading.active_count() == 1 and threading.current_thread() is threading.main_thread()
    return run_here(job, parameters) if alone else _run_in_child(job, parameters)


def _run_in_child(job: _Job, parameters: Record) -> Point:
    """Run one point in a process of its own; what it needs and gives goes through its standard streams."""
    command = [sys.executable, "-c", "from miniqmt_sim.backtest.sweep import serve_child; serve_child()"]
    child = subprocess.run(command, input=pickle.dumps((tuple(job), parameters)), capture_output=True, check=False)
    if child.returncode:
        return Point(parameters, None, child.stderr.decode(errors="replace").strip() or f"exit code {child.returncode}")
    summary, error = pickle.loads(child.stdout)
    return Point(parameters, summary, error)


def serve_child() -> None:
    """The other end of ``_run_in_child``."""
    out = sys.stdout.buffer
    sys.stdout = sys.stderr
    job, parameters = pickle.loads(sys.stdin.buffer.read())
    point = run_here(_Job(*job), parameters)
    out.write(pickle.dumps((point.summary, point.error)))
    out.flush()


def run_here(job: _Job, parameters: Record) -> Point:
    """Run one point in this process."""
    own = {name: value for name, value in parameters.items() if name not in RUN_ARGUMENTS}
    options = {name: value for name, value in parameters.items() if name in RUN_ARGUMENTS}
    try:
        result: Result = run(job.strategy, **{**job.options, **options}, parameters=own, quiet=True)
    except MiniqmtSimError as error:
        return Point(parameters, None, str(error))
    return Point(parameters, result.summary)


def _combinations(grid: Grid) -> Iterator[Record]:
    if isinstance(grid, Mapping):
        size = 1
        for values in grid.values():
            size *= len(values)
        chosen: Iterator[Record] = (
            dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())
        )
    else:
        size, chosen = len(grid), (dict(parameters) for parameters in grid)
    if not 0 < size <= MAX_POINTS:
        raise ConfigError(f"sweep: a grid has between 1 and {MAX_POINTS} points, not {size}")
    return chosen


class _Kept:
    """Finished points as files of a folder, each named by all that decides about it."""

    def __init__(self, folder: Path, job: _Job) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        text = Path(job.strategy).read_bytes()
        self._common = [hashlib.sha256(text).hexdigest(), _data_facts(job.options.get("data")), job.options]

    def load(self, parameters: Record) -> Point | None:
        """A point that was finished before, unless strategy, data or options have changed since."""
        try:
            kept = json.loads(self._path(parameters).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return Point(parameters, kept["summary"])

    def store(self, point: Point) -> None:
        """Keep a finished point; a file is there whole or not at all."""
        path = self._path(point.parameters)
        beside = path.with_suffix(".writing")
        text = json.dumps({"parameters": point.parameters, "summary": point.summary}, default=str, ensure_ascii=False)
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)

    def _path(self, parameters: Record) -> Path:
        facts = json.dumps([*self._common, parameters], sort_keys=True, default=str)
        return self._folder / f"{hashlib.sha256(facts.encode()).hexdigest()[:32]}.json"


def _data_facts(data: Any) -> list[list[Any]]:
    """Names, sizes and times of the data's files: what is different when it has changed."""
    path = Path(str(data))
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    return [[str(file), file.stat().st_size, file.stat().st_mtime_ns] for file in files if file.is_file()]


def _named(parameters: Record) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in parameters.items()) or "no parameters"
