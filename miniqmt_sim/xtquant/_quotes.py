"""The connection to market data that ``xtdata`` and the vendor's native module share.

It is a connection of its own, so that a flood of quotes never delays an order. Answers come from the transport's reader
thread; callbacks run one after the other in one worker, in the order in which the server spoke: first what was asked for at
the subscription, then the pushes. A callback that is slower than the market falls behind by PENDING pushes at most; then the
oldest of them are dropped, and a warning says so.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import Any, ClassVar, Final, NamedTuple, Protocol

from miniqmt_sim.client import discovery
from miniqmt_sim.client.transport import DATA, Answer, OnClosed, OnPush, SocketTransport, Transport, endpoint_of
from miniqmt_sim.errors import CommandRefused, ConnectError
from miniqmt_sim.wire.messages import JsonObject, QuotePush, Rows, Said, copy_of
from miniqmt_sim.xtquant._worker import Worker

PENDING: Final = 10_000
"""Pushes that wait for a callback: eight hours of one code's ticks, or a minute of five hundred codes."""
NAMES_PER_REQUEST: Final = 4000
"""Codes in one request: 12 bytes each, so that it stays within a request's 64 kB."""

_log = logging.getLogger("miniqmt_sim.xtquant")

Datas = dict[str, Any]
"""What a callback is given: code -> tick, or code -> [tick or bar, …]. It belongs to the callback."""
Callback = Callable[[Datas], object]


class DataConnector(Protocol):
    """What makes a transport for market data. Raises ConnectError."""

    def __call__(self, on_push: OnPush, on_closed: OnClosed) -> Transport: ...


def connect_data(on_push: OnPush, on_closed: OnClosed) -> Transport:
    """Connect to the server that the environment, the newest trader's path, or the default userdata means."""
    return SocketTransport.connect(endpoint_of(discovery.remembered()), 0, on_push, on_closed, purpose=DATA)


class _Want:
    """A subscription with a callback. ``in_lists``: it is given lists; ``is_single``: of one code."""

    __slots__ = ("callback", "in_lists", "is_single", "number")

    def __init__(self, number: int, callback: Callback, in_lists: bool, is_single: bool) -> None:
        self.number = number
        self.callback = callback
        self.in_lists = in_lists
        self.is_single = is_single


class _Subscription(NamedTuple):
    """Who wants what: ``names`` are codes or markets."""

    period: str
    names: dict[str, None]


_Task = tuple[int, Callback, Datas]
"""The number of a subscription and what its callback is given; under minus the number the past, which may be empty."""
_number_of: Final = itemgetter(0)


class Quotes:
    """One connection, made by ``Quotes()``. Raises ConnectError when there is no server."""

    connector: ClassVar[DataConnector] = staticmethod(connect_data)
    """How it gets its transport. A backtest puts in its in-memory twin."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._subscriptions: dict[int, _Subscription] = {}
        self._by_name: dict[tuple[str, str], dict[int, _Want]] = {}
        """(period, code or market) -> the subscriptions with a callback that want it, by number."""
        self._routes: dict[str, dict[str, list[_Want]]] = {}
        """Period -> code -> who wants it, as far as it was found out since the last change."""
        self._pending: deque[_Task] = deque()
        self._dropped = 0
        self._is_delivery_due = False
        """Waits a delivery of ours for the worker? It will take all that is pending when it begins."""
        self._openings = 0
        """Subscriptions that the server has not answered yet; no callback begins until then: it may be refused."""
        self._refused: set[int] = set()
        """Those of which callbacks may be pending that are not to run."""
        self._past: dict[int, dict[str, tuple[Any, Any]]] = {}
        """Those of which pushes may be pending that the past they were told first has already: how new it is, by code."""
        self._worker = Worker("miniqmt-sim market data")
        self._transport = self.connector(self._on_push, self._on_closed)
        self._transport.attend(lambda task: self._put([(0, lambda _datas: task(), {})]))

    @property
    def is_open(self) -> bool:
        """Can it still be asked?"""
        return self._transport.is_open

    def is_connected(self) -> bool:
        """The same under the vendor's name."""
        return self.is_open

    def down_all_sector_data(self) -> None:
        """Nothing to do: the sectors are the server's. Programs ask the vendor's client for this one by itself."""

    @property
    def server(self) -> str:
        """Name and version of the server."""
        return str(getattr(self._transport, "server", ""))

    def close(self) -> None:
        """End the connection; callbacks that wait are run."""
        self._transport.close()
        self._worker.stop()

    # -- questions -------------------------------------------------------------------------------------------------------

    def ask(self, name: str, **fields: Any) -> Answer:
        """Ask and wait. Raises CommandRefused or ConnectError."""
        return self._transport.call(name, fields)

    def rows(self, name: str, names: Iterable[str]) -> list[JsonObject]:
        """Ask for rows of codes or markets, in as many requests as it takes."""
        found: list[JsonObject] = []
        for part in _parts(list(names)):
            found += self.ask(name, codes=part)["rows"]
        return found

    def history(
        self, stock_code: str, period: str, start_ms: int = 0, end_ms: int = 0, count: int = -1, dividend_type: str = "none"
    ) -> dict[str, list[Any]]:
        """Bars or ticks of one code as columns, oldest first, in as many requests as it takes."""
        parts: list[Answer] = []
        left = count
        while left:
            part = self.ask(
                "data_history", stock_code=stock_code, period=period, start_ms=start_ms, end_ms=end_ms, count=left,
                dividend_type=dividend_type,
            )  # fmt: skip
            parts.append(part)
            if not part["more"] or not part["time"]:
                break
            end_ms = part["time"][0] - 1
            left -= len(part["time"]) if left > 0 else 0
        parts.reverse()
        names = [name for name in parts[0] if type(parts[0][name]) is list] if parts else []
        return {name: [value for part in parts for value in part[name]] for name in names}

    # -- subscriptions ---------------------------------------------------------------------------------------------------

    def subscribe(
        self,
        period: str,
        names: Sequence[str],
        callback: Callback | None,
        *,
        in_lists: bool,
        first: Callable[[], Rows] | None = None,
    ) -> int:
        """Have a callback told from now on: the number of the subscription, or -1.

        ``first`` gives what it is told before all others. It is asked once the server has agreed, so that the bar which grows
        is among it, and what was pushed meanwhile is told only where it is newer. Nothing is told before. Raises
        CommandRefused or ConnectError, or what ``first`` raises; there is no subscription then.
        """
        subscription = _Subscription(period, dict.fromkeys(names))
        past: Datas = {}
        with self._lock:
            number = next(self._numbers)
            self._openings += 1
            self._subscriptions[number] = subscription
            if callback is not None:
                if first is not None:
                    self._put([(-number, callback, past)])
                is_single = len(names) == 1 and "." in names[0]
                for name in subscription.names:
                    self._by_name.setdefault((period, name), {})[number] = _Want(number, callback, in_lists, is_single)
            self._routes = {}
        is_taken = False
        try:
            # Of all, those that others want as well: whether the server takes them is no matter of what is subscribed already.
            if self._ask_for(period, list(subscription.names)):
                if first is not None and callback is not None:
                    rows = first()
                    self._past[number] = {code: _age(fields) for code, fields in rows}
                    for code, fields in rows:
                        _add(past, code, fields, in_lists)
                is_taken = True
        finally:
            self._open(number, is_taken)
        return number if is_taken else -1

    def _ask_for(self, period: str, names: list[str]) -> bool:
        """Ask the server to tell of codes or markets; False, with the reason logged, when it will not."""
        for part in _parts(names):
            answer = self.ask("data_subscribe", period=period, codes=part)
            if answer["result"] != 0:
                _log.warning("data_subscribe: %s", answer["error_msg"])
                return False
        return True

    def _open(self, number: int, is_taken: bool) -> None:
        """Let callbacks run again; those of a subscription that the server did not take do not."""
        if not is_taken:
            self._refused.add(number)
            with contextlib.suppress(CommandRefused, ConnectError):
                self.unsubscribe(number)
            self._put([(0, lambda _datas: self._refused.discard(number), {})])
        elif number in self._past:
            self._put([(0, lambda _datas: self._past.pop(number), {})])
        with self._lock:
            self._openings -= 1
        self._call_worker()

    def unsubscribe(self, number: int) -> None:
        """End a subscription; an unknown number is ignored, as the vendor's does."""
        with self._lock:
            gone = self._subscriptions.pop(number, None)
            if gone is not None:
                for name in gone.names:
                    self._by_name.get((gone.period, name), {}).pop(number, None)
            self._routes = {}
            left = [name for name in gone.names if not self._is_wanted(gone.period, name)] if gone is not None else []
        if gone is not None:
            for part in _parts(left):
                self.ask("data_unsubscribe", period=gone.period, codes=part)

    def _is_wanted(self, period: str, name: str) -> bool:
        return any(other.period == period and name in other.names for other in self._subscriptions.values())

    # -- what comes by itself ----------------------------------------------------------------------------------------------

    def _on_push(self, said: Said) -> None:
        """Sort a push by who wants what of it. In the reader's thread."""
        if isinstance(said, QuotePush):
            period, rows = said.period, said.rows
        elif isinstance(said, dict) and said.get("t") == "push_quote":
            period, rows = said["period"], [(row["stock_code"], without_code(row)) for row in said["rows"]]
        else:
            return
        self._put(self._sorted(period, rows))

    def _tell(self, pushes: Sequence[Said]) -> None:
        """Run the callbacks of pushes at once. In the worker's thread, when none waits."""
        tasks: list[_Task] = []
        for push in pushes:
            assert isinstance(push, QuotePush)
            tasks += self._sorted(push.period, push.rows)
        if len(tasks) == 1:
            tasks[0][1](tasks[0][2])
            return
        done = 0
        try:
            for _, callback, datas in tasks:
                done += 1
                callback(datas)
        except BaseException:
            self._pending.extendleft(reversed(tasks[done:]))
            self._call_worker()
            raise

    def _sorted(self, period: str, rows: Rows) -> list[_Task]:
        """Rows by who wants them, in order of the subscriptions."""
        routes = self._routes.get(period)
        if routes is None:
            routes = self._routes[period] = {}
        tasks: list[_Task] = []
        joined: dict[int, Datas] = {}
        for code, fields in rows:
            route = routes.get(code)
            if route is None:
                route = routes[code] = self._route(period, code)
            for want in route:
                if want.is_single:
                    tasks.append((want.number, want.callback, {code: [fields] if want.in_lists else fields}))
                elif want.number in joined:
                    _add(joined[want.number], code, fields, want.in_lists)
                else:
                    datas = joined[want.number] = {}
                    _add(datas, code, fields, want.in_lists)
                    tasks.append((want.number, want.callback, datas))
                if len(route) > 1:
                    fields = copy_of(fields)
        if len(tasks) > 1:
            tasks.sort(key=_number_of)
        return tasks

    def _route(self, period: str, code: str) -> list[_Want]:
        """The subscriptions that want a code, by itself or with its market, in order of their numbers."""
        with self._lock:
            found = {**self._by_name.get((period, code), {}), **self._by_name.get((period, code[-2:]), {})}
            return [want for _, want in sorted(found.items())]

    def _put(self, tasks: Iterable[_Task]) -> None:
        pending = self._pending
        pending.extend(tasks)
        if len(pending) > PENDING:
            self._drop_oldest()
        self._call_worker()

    def _call_worker(self) -> None:
        """See that what is pending now is delivered. Two threads may do so at once; then there are two deliveries."""
        if not self._is_delivery_due:
            self._is_delivery_due = True
            self._worker.submit(self._deliver)

    def _drop_oldest(self) -> None:
        while len(self._pending) > PENDING:
            with contextlib.suppress(IndexError):  # the worker was faster
                self._pending.popleft()
                self._note_dropped()

    def _deliver(self) -> None:
        """Run the callbacks that wait, oldest first, whatever one raises. In the worker's thread."""
        self._is_delivery_due = False
        self._run_pending()
        if not (self._pending or self._openings or self._refused):
            self._transport.go_on(self._tell)
            self._run_pending()

    def _run_pending(self) -> None:
        pending = self._pending
        while pending and not self._openings:  # in this order: what is put behind an opening is no longer taken
            try:
                number, callback, datas = pending.popleft()
            except IndexError:  # the oldest was dropped meanwhile
                return
            if number in self._refused or (number < 0 and not datas):
                continue
            if number in self._past:
                datas = _newer(datas, self._past[number])
                if not datas:
                    continue
            try:
                callback(datas)
            except BaseException:
                self._call_worker()
                raise

    def _note_dropped(self) -> None:
        if not self._dropped:
            _log.warning("callbacks of market data are slower than the market: the oldest pushes are dropped")
        self._dropped += 1

    def _on_closed(self, reason: str) -> None:
        _log.warning("the connection for market data ended: %s", reason)


def _add(datas: Datas, code: str, fields: JsonObject, in_lists: bool) -> None:
    if in_lists:
        datas.setdefault(code, []).append(fields)
    else:
        datas[code] = fields


def _age(fields: JsonObject) -> tuple[Any, Any]:
    """What tells an older tick or state of a bar from a newer one."""
    return fields["time"], fields.get("volume", 0)


def _newer(datas: Datas, past: dict[str, tuple[Any, Any]]) -> Datas:
    """What of a push is newer than the past."""
    found: Datas = {}
    for code, told in datas.items():
        rows = told if isinstance(told, list) else [told]
        kept = [fields for fields in rows if code not in past or _age(fields) > past[code]]
        if kept:
            found[code] = kept if isinstance(told, list) else kept[-1]
    return found


def without_code(row: JsonObject) -> JsonObject:
    """The fields of a row that also says whose they are."""
    return {name: value for name, value in row.items() if name != "stock_code"}


def _parts(names: list[str]) -> list[list[str]]:
    return [names[start : start + NAMES_PER_REQUEST] for start in range(0, len(names), NAMES_PER_REQUEST)]


_newest: Quotes | None = None
_newest_lock: Final = threading.Lock()


def current() -> tuple[Quotes, bool]:
    """The connection of this process, and whether it was made just now. Raises ConnectError."""
    global _newest
    with _newest_lock:
        is_new = _newest is None or not _newest.is_open
        if _newest is None or is_new:
            _newest = Quotes()
        return _newest, is_new


def drop() -> None:
    """End the connection of this process, if there is one."""
    global _newest
    with _newest_lock:
        gone, _newest = _newest, None
    if gone is not None:
        gone.close()


@contextmanager
def connected_by(connector: DataConnector) -> Iterator[None]:
    """Let market data come from elsewhere for a while: a backtest's in-memory host."""
    global _newest
    before = vars(Quotes)["connector"], _newest
    Quotes.connector, _newest = staticmethod(connector), None
    try:
        yield
    finally:
        Quotes.connector, _newest = before


def userdata() -> str:
    """The userdata directory of this machine that leads to the server; the path in a strategy is often another machine's."""
    if os.environ.get(discovery.ENV_ADDR):  # whatever a path leads to
        return os.fspath(discovery.default_userdata())
    path = discovery.remembered()
    return os.fspath(path if os.path.isdir(path) else discovery.default_userdata())


def address() -> str:
    """Where the server listens."""
    return discovery.find(discovery.remembered()).addr
