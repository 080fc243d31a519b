"""One market in three forms of file, CSV, packed CSV and Parquet: the same backtest, to the last bit."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from miniqmt_sim.backtest import run
from miniqmt_sim.server.feeds import files

pyarrow: Any = pytest.importorskip("pyarrow")
parquet: Any = pytest.importorskip("pyarrow.parquet")

MOST_LINES = 1500
"""Of each file."""
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def as_csv(content: bytes, path: Path) -> None:
    path.with_suffix(".csv").write_bytes(content)


def as_packed_csv(content: bytes, path: Path) -> None:
    path.with_suffix(".csv.gz").write_bytes(gzip.compress(content))


def as_parquet(content: bytes, path: Path) -> None:
    """In the types that xtdata has: integers, floats, lists."""
    header, *rows = csv.reader(content.decode().splitlines())
    columns = {name: [json.loads(row[at]) for row in rows] for at, name in enumerate(header)}
    parquet.write_table(pyarrow.table(columns), path.with_suffix(".parquet"))


Writer = Callable[[bytes, Path], None]
WRITERS: Mapping[str, Writer] = {"csv": as_csv, "csv.gz": as_packed_csv, "parquet": as_parquet}


@pytest.mark.parametrize(("strategy", "data", "end"), [("rebalance", "minutes", "2026-01-06"), ("sweeper", "ticks", "")])
def test_the_form_of_the_files_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, strategy: str, data: str, end: str
) -> None:
    monkeypatch.setenv(files.ENV_CACHE, str(tmp_path / "cache"))
    results = {}
    for suffix, write in WRITERS.items():
        folder = tmp_path / suffix
        folder.mkdir()
        for source in sorted((EXAMPLES / "data" / data).iterdir()):
            if source.name.endswith(".csv.gz"):
                content = b"".join(gzip.decompress(source.read_bytes()).splitlines(keepends=True)[:MOST_LINES])
                write(content, folder / source.name.removesuffix(".csv.gz").replace(".", "_"))
            else:
                (folder / source.name).write_bytes(source.read_bytes())
        assert {file.name.partition(".")[2] for file in folder.iterdir()} == {"csv", suffix}
        results[suffix] = run(EXAMPLES / f"{strategy}.py", folder, end=end, quiet=True)
    first = results["csv"]
    assert len(first.trades) > 3
    for result in results.values():
        assert (result.orders, result.trades) == (first.orders, first.trades)
        assert result.summary["state_hash"] == first.summary["state_hash"]
