"""The one writer, without sockets or disk: stamps, batches, commits before it sends, and stops when it cannot."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from miniqmt_sim.server.batch import Batch
from miniqmt_sim.server.clock import ManualClock, ReplayClock, SystemClock, make_clock, manual_start_ms
from miniqmt_sim.server.dispatcher import Dispatcher
from miniqmt_sim.server.journal import Circumstances, Journal
from miniqmt_sim.sessions.pushes import Refused
from miniqmt_sim.settings import load_settings
from miniqmt_sim.simulator import Outcome
from miniqmt_sim.wire.frames import FrameReader
from miniqmt_sim.wire.messages import Request, parse_object
from miniqmt_sim.wire.protocol import Event, Heard, Hello, Role
from storage import StorageError
from tests.kit.fake_simulator import FakeSimulator, happened

LIMITS = load_settings().limits


class Desk:
    """A dispatcher between a fake core, a ledger that can be slow or broken, and an outlet that remembers."""

    def __init__(self, clock: Any = None, hash_entries: int = 0, answers_first: bool = False, **limits: int) -> None:
        self.answers_first = answers_first
        self.simulator = FakeSimulator()
        self.clock = clock or ManualClock(1_000)
        self.events: list[tuple[Any, ...]] = []
        self.disk_is_free = asyncio.Event()
        self.disk_is_free.set()
        self.disk_fails = False
        given = Circumstances("test", "{}", hash_entries=hash_entries)
        journal = Journal(self.simulator, self.clock, given, {}, last_seq=0, keeps=True)  # type: ignore[arg-type]
        self.dispatcher = Dispatcher(self.simulator, self.clock, self, replace(LIMITS, **limits), journal)  # type: ignore[arg-type]

    # the ledger

    def commit(self, facts: dict[str, Any], stored: Callable[[BaseException | None], None]) -> None:
        self.commit_under_way = asyncio.create_task(self._store(facts, stored))

    async def _store(self, facts: dict[str, Any], stored: Callable[[BaseException | None], None]) -> None:
        await self.disk_is_free.wait()
        if self.disk_fails:
            stored(StorageError("disk full"))
            return
        self.events.append(("commit", {name: list(rows.values()) for name, rows in facts.items()}))
        stored(None)

    # the outlet

    def send(self, connection: int, frames: list[bytes]) -> None:
        messages = [parse_object(payload) for payload in FrameReader(1 << 20).feed(b"".join(frames))]
        self.events.append(("send", connection, messages))

    def welcome(self, connection: int) -> None:
        self.events.append(("welcome", connection))

    def end(self, connection: int, reason: str) -> None:
        self.events.append(("end", connection, reason))

    # what tests say

    def ask(self, connection: int, name: str, seq: int = 1, **fields: Any) -> None:
        self.say(connection, Request(name, seq, fields))

    def say(self, connection: int, *events: Event) -> None:
        self.dispatcher.submit(connection, events)
        self.dispatcher.serve()

    async def run_to_the_end(self) -> None:
        self.dispatcher.finish()
        await self.dispatcher.run(self)

    def commits(self) -> list[dict[str, Any]]:
        return [event[1] for event in self.events if event[0] == "commit"]

    def sent(self, connection: int) -> list[dict[str, Any]]:
        return [message for event in self.events if event[:2] == ("send", connection) for message in event[2]]


async def eventually(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0)


def hello(session_id: int = 1, role: Role = Role.TRADER) -> Hello:
    return Hello(role, session_id, "test")


# -- order ---------------------------------------------------------------------------------------------------------------


async def test_what_is_sent_was_committed_before() -> None:
    desk = Desk()
    desk.ask(1, "order_stock")
    await desk.run_to_the_end()
    assert [event[0] for event in desk.events] == ["commit", "send"]


async def test_a_query_commits_nothing() -> None:
    desk = Desk()
    desk.ask(1, "query_account_infos")
    await desk.run_to_the_end()
    assert [event[0] for event in desk.events] == ["send"]


async def test_commands_are_stamped_and_numbered() -> None:
    desk = Desk()
    desk.ask(1, "query_account_infos")
    desk.ask(2, "order_stock")
    await desk.run_to_the_end()
    stamps = [(command.now_ms, command.seq, command.connection) for command in desk.simulator.commands]
    assert stamps == [(1_000, 1, 1), (1_000, 2, 2)]


async def test_a_client_sees_the_reply_and_then_its_pushes() -> None:
    desk = Desk()
    desk.say(1, hello())
    desk.ask(1, "order_stock", seq=11)
    desk.ask(1, "order_stock", seq=12)
    await desk.run_to_the_end()
    seen = [(message["t"], message.get("seq", message["order_id"])) for message in desk.sent(1)]
    assert seen == [("reply", 11), ("push_stock_order", 1), ("reply", 12), ("push_stock_order", 2)]


async def test_who_asked_is_sent_to_last() -> None:
    desk = Desk()
    for connection in (1, 2, 3):
        desk.say(connection, hello(connection))
    await desk.run_to_the_end()
    desk.ask(2, "order_stock")
    await desk.run_to_the_end()
    assert [event[1] for event in desk.events if event[0] == "send"][-1] == 2


# -- batches -------------------------------------------------------------------------------------------------------------


async def test_a_batch_is_one_commit_in_which_the_last_row_of_a_key_wins() -> None:
    clock = ManualClock(1_000)
    desk = Desk(clock)
    for seq in range(3):
        desk.ask(1, "order_stock", seq)
    await desk.run_to_the_end()
    (facts,) = desk.commits()
    assert sorted(facts["counters"]) == [("journal_seq", 3), ("now_ms", 1_000)]
    assert [row[0] for row in facts["journal"]] == [1, 2, 3]


async def test_a_batch_has_a_greatest_size() -> None:
    desk = Desk(batch_commands=2)
    for seq in range(5):
        desk.ask(1, "order_stock", seq)
    await desk.run_to_the_end()
    assert [len(facts["journal"]) for facts in desk.commits()] == [2, 2, 1]


async def test_what_comes_during_a_commit_is_the_next_batch() -> None:
    desk = Desk()
    desk.disk_is_free.clear()
    desk.ask(1, "order_stock", 1)
    running = asyncio.create_task(desk.dispatcher.run(desk))
    await eventually(lambda: len(desk.simulator.commands) == 1)
    for seq in (2, 3, 4):
        desk.ask(1, "order_stock", seq)
    assert desk.events == [], "nothing is sent while the commit is under way"
    desk.disk_is_free.set()
    await eventually(lambda: len(desk.sent(1)) == 4)
    assert [len(facts["journal"]) for facts in desk.commits()] == [1, 3]
    desk.dispatcher.finish()
    await running


async def test_where_answers_come_first_a_slow_disk_holds_up_nobody() -> None:
    desk = Desk(answers_first=True, batch_commands=2, queue_commands=8)
    desk.disk_is_free.clear()
    running = asyncio.create_task(desk.dispatcher.run(desk))
    await asyncio.sleep(0)
    for seq in range(12):
        desk.ask(1, "order_stock", seq)
        await asyncio.sleep(0)
    assert len(desk.sent(1)) == 1 + 8, "what one commit holds and the next may"
    desk.disk_is_free.set()
    await eventually(lambda: len(desk.sent(1)) == 12)
    desk.dispatcher.finish()
    await running
    assert [len(facts["journal"]) for facts in desk.commits()] == [1, 8, 3]


async def test_what_was_accepted_before_the_end_is_done() -> None:
    desk = Desk(batch_commands=1)
    for seq in range(4):
        desk.ask(1, "order_stock", seq)
    await desk.run_to_the_end()
    assert [message["seq"] for message in desk.sent(1)] == [0, 1, 2, 3]


# -- the queue's bound ---------------------------------------------------------------------------------------------------


async def test_the_queue_has_a_bound_and_calls_back_in_turn() -> None:
    desk = Desk(queue_commands=2, batch_commands=1)
    called: list[str] = []
    desk.ask(1, "order_stock")
    assert not desk.dispatcher.full
    desk.ask(1, "order_stock")
    assert desk.dispatcher.full

    def first() -> None:
        called.append("first")
        desk.ask(1, "order_stock")

    desk.dispatcher.when_room(first)
    desk.dispatcher.when_room(lambda: called.append("second"))
    await desk.run_to_the_end()
    assert called == ["first", "second"]
    assert len(desk.simulator.commands) == 3


# -- sessions ------------------------------------------------------------------------------------------------------------


async def test_a_session_in_use_is_refused_until_its_connection_is_gone() -> None:
    desk = Desk()
    desk.say(1, hello(7))
    desk.say(2, hello(7))
    desk.dispatcher.submit_gone(1)
    desk.say(3, hello(7))
    await desk.run_to_the_end()
    assert [event for event in desk.events if event[0] in ("welcome", "end")] == [
        ("welcome", 1),
        ("end", 2, "session 7 is in use"),
        ("welcome", 3),
    ]


async def test_what_a_client_asked_before_it_left_is_done_in_its_session() -> None:
    desk = Desk()
    desk.say(1, hello())
    desk.ask(1, "order_stock")
    desk.dispatcher.submit_gone(1)
    await desk.run_to_the_end()
    assert len(desk.simulator.commands) == 1
    assert desk.sent(1)[1]["t"] == "push_stock_order", "the session was still open"


# -- the journal ---------------------------------------------------------------------------------------------------------


async def test_the_journal_tells_start_sessions_and_commands_under_numbers_of_their_own() -> None:
    desk = Desk()
    await desk.dispatcher.begin(happened(1_000), is_new=True, now_ms=1_000)
    desk.say(1, hello(7))
    desk.say(2, hello(0, Role.OPERATOR))
    desk.ask(1, "order_stock", stock_code="600000.SH")
    desk.ask(1, "query_account_infos")
    desk.dispatcher.submit_gone(1)
    await desk.run_to_the_end()
    rows = [row for facts in desk.commits() for row in facts.get("journal", [])]
    assert [(seq, connection, name, request_seq) for seq, _, connection, name, _, request_seq in rows] == [
        (1, 0, "start", 0),
        (2, 1, "hello", 0),
        (3, 1, "order_stock", 1),
        (5, 1, "gone", 0),
    ]
    order = '{"t":"order_stock","seq":1,"stock_code":"600000.SH"}'
    assert [row[4] for row in rows[1:]] == ['{"session_id":7,"role":"trader"}', order, "{}"]
    assert ("journal_seq", 5) in desk.commits()[-1]["counters"]


async def test_an_operator_who_only_looks_is_not_in_the_journal() -> None:
    desk = Desk()
    await desk.dispatcher.begin(happened(1_000), is_new=True, now_ms=1_000)
    for connection in (1, 2):
        desk.say(connection, hello(0, Role.OPERATOR))
    desk.ask(1, "query_account_infos")
    desk.ask(2, "ctl_cash_deposit")
    desk.dispatcher.submit_gone(1)
    await desk.run_to_the_end()
    rows = [row for facts in desk.commits() for row in facts.get("journal", [])]
    assert [(connection, name) for _, _, connection, name, *_ in rows] == [(0, "start"), (2, "hello"), (2, "ctl_cash_deposit")]


async def test_time_that_passes_while_somebody_only_looks_is_in_the_journal() -> None:
    wall = [1_000]
    desk = Desk(SystemClock(1_000, lambda: wall[0]))
    await desk.dispatcher.begin(happened(1_000), is_new=True, now_ms=1_000)
    desk.say(1, hello())
    desk.ask(1, "query_account_infos")
    slices(desk, 1_400)
    look = desk.simulator.next_due_ms

    def next_due_ms() -> int | None:
        due_ms = look()
        wall[0] = 1_500  # what was not due a moment ago is due now
        return due_ms

    desk.simulator.next_due_ms = next_due_ms  # type: ignore[method-assign]
    await desk.run_to_the_end()
    rows = [row for facts in desk.commits() for row in facts.get("journal", [])]
    assert [(now_ms, name) for _, now_ms, _, name, *_ in rows][1:] == [(1_500, "hello"), (1_500, "due")]


async def test_the_hash_is_written_down_after_so_many_entries_when_nobody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("miniqmt_sim.server.dispatcher._IDLE_S", 0.05)
    desk = Desk(hash_entries=3)
    running = asyncio.create_task(desk.dispatcher.run(desk))
    await turns()
    desk.ask(1, "order_stock", 1)
    desk.ask(1, "order_stock", 2)
    await asyncio.sleep(0.1)
    for seq in range(3, 6):
        desk.ask(1, "order_stock", seq)

    def entries() -> list[tuple[Any, ...]]:
        return [row[3:5] for facts in desk.commits() for row in facts.get("journal", [])]

    await eventually(lambda: len(entries()) == 6)
    assert [name for name, _ in entries()] == [*["order_stock"] * 5, "state"]
    assert entries()[-1][1] == f'{{"state":"{"0" * 64}"}}'
    desk.dispatcher.finish()
    await running


async def test_the_first_entry_of_a_day_is_preceded_by_the_world() -> None:
    desk = Desk()
    await desk.dispatcher.begin(happened(1_000), is_new=True, now_ms=1_000)
    desk.say(1, hello(7))
    await desk.run_to_the_end()
    desk.simulator.day = 20260106
    for seq in (1, 2):
        desk.ask(1, "order_stock", seq)
    await desk.run_to_the_end()
    bases = [row for facts in desk.commits() for row in facts.get("journal_bases", [])]
    assert [(seq, world) for seq, *_, world in bases] == [(0, ""), (2, "{}")]
    rows = [row for facts in desk.commits() for row in facts.get("journal", [])]
    assert [name for _, _, _, name, *_ in rows] == ["start", "hello", "hello", "order_stock", "order_stock"]


# -- time ----------------------------------------------------------------------------------------------------------------


def slices(desk: Desk, *due_ms: int) -> None:
    for number, due in enumerate(due_ms, start=1):
        push = {"t": "push_stock_order", "order_id": number}
        desk.simulator.due.append((due, Outcome([], [((1,), push)], at_ms=due)))


async def test_what_is_due_happens_before_a_command_each_slice_a_commit() -> None:
    desk = Desk()
    slices(desk, 900, 1_000, 1_001)
    desk.ask(1, "order_stock", seq=5)
    await desk.run_to_the_end()
    assert [message.get("seq", message["order_id"]) for message in desk.sent(1)] == [1, 2, 5]
    assert len(desk.commits()) == 3
    assert len(desk.simulator.due) == 1


async def test_a_jump_of_the_clock_passes_through_everything_and_then_answers() -> None:
    desk = Desk()
    slices(desk, 2_000, 3_000, 6_001)
    desk.ask(1, "query_account_infos", seq=1)
    desk.ask(1, "ctl_clock_advance", seq=2, duration_ms=5_000)
    desk.ask(1, "query_account_infos", seq=3)
    await desk.run_to_the_end()
    order = [message.get("seq") or -message["order_id"] for message in desk.sent(1)]
    assert order == [1, -1, -2, 2, 3]
    assert [command.now_ms for command in desk.simulator.commands] == [1_000, 6_000, 6_000]
    assert desk.clock.now_ms() == 6_000


async def test_the_loop_turns_while_the_clock_jumps() -> None:
    desk = Desk()
    slices(desk, *range(2_000, 2_050))
    desk.ask(1, "ctl_clock_advance", duration_ms=5_000)
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counter = asyncio.create_task(count())
    await desk.run_to_the_end()
    counter.cancel()
    assert turns >= 50


async def test_who_comes_while_the_clock_jumps_is_admitted_and_what_he_asks_waits() -> None:
    desk = Desk()
    slices(desk, *range(2_000, 2_050))
    desk.say(1, hello(1))
    desk.ask(1, "ctl_clock_advance", duration_ms=5_000)

    async def come() -> None:
        await eventually(lambda: len(desk.simulator.due) < 40)
        for connection in (2, 3):
            desk.say(connection, hello(connection), Request("order_stock", 9, {}))
        desk.dispatcher.submit_gone(3)
        desk.say(4, hello(3))
        desk.say(5, hello(5))
        desk.dispatcher.submit_gone(5)
        desk.say(6, hello(5))
        await eventually(lambda: ("welcome", 6) in desk.events)
        assert len(desk.simulator.due) > 30, "the jump is under way"
        assert desk.simulator.commands == []

    coming = asyncio.create_task(come())
    await desk.run_to_the_end()
    await coming
    assert [event for event in desk.events if event[0] in ("welcome", "end")] == [
        ("welcome", 1), ("welcome", 2), ("welcome", 3), ("end", 4, "session 3 is in use"), ("welcome", 5), ("welcome", 6),
    ]  # fmt: skip
    assert [(command.connection, command.now_ms) for command in desk.simulator.commands] == [(1, 6_000), (2, 6_000), (3, 6_000)]


async def test_a_jump_that_is_refused_changes_nothing() -> None:
    desk = Desk()
    desk.ask(1, "ctl_clock_advance", seq=4, duration_ms=-1)
    await desk.run_to_the_end()
    assert desk.sent(1) == [{"t": "reply", "seq": 4, "error": "time only goes forward"}]
    assert desk.clock.now_ms() == 1_000
    assert desk.commits() == []


async def test_what_is_due_happens_by_itself_under_the_systems_clock() -> None:
    desk = Desk(SystemClock(0))
    slices(desk, desk.clock.now_ms() + 20)
    running = asyncio.create_task(desk.dispatcher.run(desk))
    await eventually(lambda: bool(desk.sent(1)))
    desk.dispatcher.finish()
    await running


# -- a replay's clock waits ------------------------------------------------------------------------------------------------

FAST = 1e9
"""Simulated seconds a second: whatever is not waited for is over at once."""


class WaitingDesk(Desk):
    """Under a replay's clock that waits; connection 1 says how far it is, and is told something at 2,000 and at 3,000 ms."""

    def __init__(self, wait_s: float = 60.0) -> None:
        super().__init__(ReplayClock(1_000, 0.0, 0.0, wait_s))
        self.say(1, hello())
        self.running: asyncio.Task[None]

    async def begin(self) -> None:
        """Play up to the first thing that connection 1 is told."""
        self.running = asyncio.create_task(self.dispatcher.run(self))
        await eventually(lambda: ("welcome", 1) in self.events)
        self.hear(0)
        slices(self, 2_000, 3_000)
        self.clock.run_at(FAST)
        self.ask(9, "health")
        await eventually(lambda: bool(self.sent(1)))

    def hear(self, number: int) -> None:
        self.say(1, Heard(number))

    def told(self) -> list[int]:
        return [message["order_id"] for message in self.sent(1) if message["t"] == "push_stock_order"]

    async def finish(self) -> None:
        self.dispatcher.finish()
        await self.running


async def turns(number: int = 50) -> None:
    for _ in range(number):
        await asyncio.sleep(0)


async def test_the_next_thing_waits_until_the_last_was_dealt_with() -> None:
    desk = WaitingDesk()
    await desk.begin()
    await turns()
    assert (desk.told(), desk.clock.now_ms()) == ([1], 2_000)
    desk.hear(1)
    await eventually(lambda: desk.told() == [1, 2])
    assert desk.clock.now_ms() == 3_000
    await desk.finish()


async def test_what_is_asked_meanwhile_has_the_time_of_what_was_told() -> None:
    desk = WaitingDesk()
    await desk.begin()
    desk.ask(1, "order_stock", seq=7)
    desk.hear(1)
    await eventually(lambda: any(message.get("seq") == 7 for message in desk.sent(1)))
    assert desk.simulator.commands[-1].now_ms == 2_000
    await turns()
    assert len(desk.simulator.due) == 1, "the answer and its push have not been dealt with"
    desk.hear(3)
    await eventually(lambda: not desk.simulator.due)
    await desk.finish()


async def test_a_request_by_another_connection_is_taken_before_time_goes_on() -> None:
    desk = WaitingDesk()
    await desk.begin()
    desk.hear(1)
    desk.ask(2, "query_account_infos")
    await eventually(lambda: not desk.simulator.due)
    assert desk.simulator.commands[-1].now_ms == 2_000
    await desk.finish()


async def test_a_client_that_leaves_or_never_catches_up_is_not_waited_for() -> None:
    desk = WaitingDesk()
    await desk.begin()
    desk.dispatcher.submit_gone(1)
    await eventually(lambda: not desk.simulator.due)
    await desk.finish()
    desk = WaitingDesk(wait_s=0.05)
    await desk.begin()
    await eventually(lambda: not desk.simulator.due)
    await desk.finish()


async def test_a_jump_waits_for_nobody_and_goes_slice_by_slice() -> None:
    desk = WaitingDesk()
    await desk.begin()
    slices(desk, 4_000, 5_000)
    desk.ask(9, "ctl_clock_advance", seq=5, duration_ms=5_000)
    await eventually(lambda: any(message["seq"] == 5 for message in desk.sent(9)))
    stored = [row for facts in desk.commits() for row in facts.get("counters", ()) if row[0] == "now_ms"]
    assert [now_ms for _, now_ms in stored][-3:] == [3_000, 4_000, 5_000], "each slice is a commit of its own"
    assert [command.now_ms for command in desk.simulator.commands if command.request.name == "ctl_clock_advance"] == [7_000]
    await desk.finish()


async def test_who_has_heard_more_than_was_said_is_told_so() -> None:
    desk = WaitingDesk()
    await desk.begin()
    desk.hear(2)
    assert desk.events[-1] == ("end", 1, "heard: number 2 is not between 0, said before, and 1, told so far")
    desk.hear(1)
    await desk.finish()


async def test_under_a_manual_clock_nothing_happens_by_itself() -> None:
    desk = Desk()
    slices(desk, 1_001)
    running = asyncio.create_task(desk.dispatcher.run(desk))
    desk.ask(1, "query_account_infos")
    await eventually(lambda: bool(desk.sent(1)))
    desk.dispatcher.finish()
    await running
    assert len(desk.simulator.due) == 1


# -- failure -------------------------------------------------------------------------------------------------------------


async def test_a_commit_that_fails_ends_it_and_nothing_of_the_batch_is_sent() -> None:
    desk = Desk()
    desk.ask(1, "order_stock")
    desk.ask(2, "query_account_infos")
    desk.disk_fails = True
    with pytest.raises(StorageError, match="disk full"):
        await desk.run_to_the_end()
    assert desk.events == []


async def test_a_bug_in_the_core_ends_it_and_nothing_of_the_batch_is_sent() -> None:
    desk = Desk()
    desk.simulator.fails_at = "cancel_order_stock"
    desk.ask(1, "order_stock")
    desk.ask(1, "cancel_order_stock")
    with pytest.raises(AssertionError, match="a bug"):
        await desk.run_to_the_end()
    assert desk.events == []


# -- clocks --------------------------------------------------------------------------------------------------------------

NINE = 1_767_574_800_000
"""2026-01-05T09:00 China time."""
HOUR = 3_600_000


@pytest.mark.parametrize("wall_ms", [NINE - 9 * HOUR, NINE, NINE + 15 * HOUR - 1])
def test_a_manual_clock_begins_at_nine_of_the_walls_date(wall_ms: int) -> None:
    assert manual_start_ms(wall_ms) == NINE


def test_a_restored_clock_never_goes_back() -> None:
    assert make_clock("manual", NINE).now_ms() == NINE
    wall = [NINE]
    clock = SystemClock(NINE + HOUR, lambda: wall[0])
    assert clock.now_ms() == NINE + HOUR
    wall[0] += 5
    assert clock.now_ms() == NINE + HOUR + 5
    wall[0] -= HOUR
    assert clock.now_ms() == NINE + HOUR + 5, "the wall was set back"


def test_a_system_clock_that_was_moved_goes_on_from_there() -> None:
    wall = [NINE]
    clock = SystemClock(0, lambda: wall[0])
    clock.move_to(NINE + HOUR)
    wall[0] += 10
    assert clock.now_ms() == NINE + HOUR + 10
    assert clock.seconds_until(NINE + HOUR + 1_010) == 1.0
    clock.move_to(NINE)
    assert clock.now_ms() == NINE + HOUR + 10, "it is not moved back"


def test_a_manual_clock_stands_still_and_may_be_set_back() -> None:
    clock = ManualClock(NINE)
    assert clock.seconds_until(NINE + 1) is None
    clock.move_to(NINE - HOUR)
    assert clock.now_ms() == NINE - HOUR


async def test_a_refusal_is_logged_as_it_is_told_without_the_whole_account_number(caplog: pytest.LogCaptureFixture) -> None:
    batch = Batch()
    text = "限价买入 [SH600000] [COUNTER][260200][可用资金不足][fund_account=1000000365,money_type=0]"
    batch.add(Outcome([], [], refused=[Refused("1000000365", "order", 1048577, text)]))
    caplog.set_level("INFO", logger="miniqmt_sim.server")
    batch.log()
    (line,) = caplog.messages
    assert line == f"refused order=1048577 account=***0365 {text.replace('1000000365', '***0365')}"


async def test_a_refusal_is_one_line_of_the_log_whatever_a_client_said(caplog: pytest.LogCaptureFixture) -> None:
    batch = Batch()
    batch.add(Outcome([], [], refused=[Refused("A1", "order", 1048577, "[x\n2026-01-05 INFO\x1b[2J][无此证券代码]")]))
    caplog.set_level("INFO", logger="miniqmt_sim.server")
    batch.log()
    assert caplog.messages == ["refused order=1048577 account=***1 [x 2026-01-05 INFO [2J][无此证券代码]"]
