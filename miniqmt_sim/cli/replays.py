"""A replay's report as lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from miniqmt_sim import __version__
from miniqmt_sim.server.replay import MOST_SHOWN, Difference, Entry, Report

_CHINA: Final = timezone(timedelta(hours=8))


def lines_of(report: Report) -> Iterator[str]:
    """Write a report down."""
    yield f"{report.path}: {_count(report.entries, 'entry', 'entries')}, {_count(report.starts, 'start', 'starts')} of a server"
    if report.first is not None and report.last is not None:
        yield f"from {_time(report.first)} to {_time(report.last)}"
        yield f"recorded by {', '.join(report.servers)}, played by miniqmt-sim {__version__}"
    if report.same:
        yield f"the same to the end: state-hash {report.state_hash}"
        return
    if report.broken_at is not None:
        met = f"; it was still met at entry {_named(report.met_at)}" if report.met_at is not None else ""
        yield f"the recorded state-hash is not met at entry {_named(report.broken_at)}{met}"
    if report.cause is not None:
        yield f"the first difference was written by entry {_named(report.cause)}: {report.cause.body}"
    for difference in report.differences[:MOST_SHOWN]:
        yield "  " + _difference(difference)
    if len(report.differences) > MOST_SHOWN:
        yield f"  and {len(report.differences) - MOST_SHOWN} more rows"


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _time(entry: Entry) -> str:
    return datetime.fromtimestamp(entry.now_ms / 1000, _CHINA).strftime("%Y-%m-%d %H:%M:%S")


def _named(entry: Entry) -> str:
    return f"{entry.seq} ({entry.name}, {_time(entry)}, connection {entry.connection})"


def _difference(difference: Difference) -> str:
    row = f"{difference.table} {', '.join(map(str, difference.key))}"
    if difference.recorded is None:
        return f"{row}: only when played: {_values(difference.replayed)}"
    if difference.replayed is None:
        return f"{row}: only as recorded: {_values(difference.recorded)}"
    played = difference.replayed
    return f"{row}: " + "; ".join(
        f"{name} {value!r} recorded, {played[name]!r} played" for name, value in difference.recorded.items()
    )


def _values(row: dict[str, Any] | None) -> str:
    return ", ".join(f"{name} {value!r}" for name, value in (row or {}).items())
