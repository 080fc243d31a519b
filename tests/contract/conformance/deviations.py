"""What the vendor's wheel does otherwise by itself, whatever answers it: each row is looked at through every driver.

``observe`` gives a word for what happened; ``ours`` and ``wheels`` are the two words it may be. A call that is to hang and does
not come back within HANGS_AFTER_S "hangs"; any other has the patience of all tests. Then the driver untangles the trader, so
that it can be stopped.

Source: the wheel's own code, edition 250807.
"""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from tests.contract.conformance.desk import BUY, CODE, FIX_PRICE, Desk
from tests.kit.fake_server import PATIENCE_S

HANGS_AFTER_S: Final = 0.5
"""No call of these takes longer by itself: the trap of a synchronous call in a callback is set to a tenth of it."""


class Deviation(NamedTuple):
    """One row."""

    what: str
    observe: Callable[[Desk], str]
    ours: str
    wheels: str
    why: str = ""


def outcome(desk: Desk, call: Callable[[], Any], say: Callable[[Any], str] = repr) -> str:
    """What became of a call: what ``say`` makes of its result, the name of its exception, or "hangs"."""
    words: list[str] = []

    def run() -> None:
        try:
            words.append(say(call()))
        except Exception as error:  # whatever it is, its name is the result
            words.append(type(error).__name__)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(desk.hangs_after_s)
    if not words:
        desk.driver.untangle(desk.trader)
        thread.join(PATIENCE_S)
        return "hangs"
    return words[0]


def inside_a_callback(desk: Desk, call: Callable[[], Any]) -> str:
    """What became of a call made by ``on_stock_order``."""
    words: list[str] = []

    def during(_: Any) -> None:
        desk.ears.during.clear()
        words.append(outcome_here(call))

    desk.ears.during["on_stock_order"] = during
    desk.trader.order_stock_async(desk.account, CODE, BUY, 100, FIX_PRICE, 9.5, "", "")
    waiting = threading.Event()
    for _ in range(50):
        if words or waiting.wait(desk.hangs_after_s / 50):
            break
    if not words:
        desk.driver.untangle(desk.trader)
        return "hangs"
    return words[0]


def outcome_here(call: Callable[[], Any]) -> str:
    """The same in this thread, for a call that must be made by it."""
    try:
        return repr(call())
    except Exception as error:  # whatever it is, its name is the result
        return type(error).__name__


def _without_a_callback(desk: Desk) -> str:
    desk.trader.register_callback(None)
    return outcome(desk, lambda: order_async(desk), lambda seq: "a seq" if seq > 0 else repr(seq))


def order_async(desk: Desk) -> Any:
    return desk.trader.order_stock_async(desk.account, CODE, BUY, 100, FIX_PRICE, 9.5)


def _order_made(desk: Desk, volume: float) -> str:
    return outcome(desk, lambda: desk.trader.order_stock(desk.account, CODE, BUY, volume, FIX_PRICE, 10.0))


def _fresh(desk: Desk) -> Any:
    """A trader that was not started."""
    return desk.driver.make_trader(desk.terminal, 99)


def _lost(desk: Desk) -> Desk:
    """The desk, once its connection is gone."""
    desk.terminal.restart()
    desk.fence()
    return desk


def _stopped(desk: Desk) -> Any:
    desk.trader.stop()
    return desk.trader


def _relaxed(desk: Desk) -> Any:
    desk.trader.set_relaxed_response_order_enabled(True)
    return desk.trader


def _event_loop_of_a_constructing_thread(desk: Desk) -> str:
    words: list[str] = []

    def construct() -> None:
        trader = _fresh(desk)
        try:
            loop = asyncio.get_event_loop_policy().get_event_loop()
        except RuntimeError:
            words.append("none")
        else:
            asyncio.set_event_loop(None)
            loop.close()
            words.append("a new one")
        del trader

    thread = threading.Thread(target=construct)
    thread.start()
    thread.join(PATIENCE_S)
    return words[0]


def _account_made(desk: Desk, *arguments: Any) -> str:
    return outcome(desk, lambda: desk.driver.xttype.StockAccount(*arguments), lambda made: type(made).__name__)


def _type_in_response(desk: Desk) -> str:
    """``account_type`` of the answer to an order of an account that is no stock account."""
    credit = desk.account_of("1003", "CREDIT")
    seq = desk.trader.cancel_order_stock_async(credit, 1)
    desk.fence()
    return str(desk.answer("on_cancel_order_stock_async_response", seq).account_type)


DEVIATIONS: Final = (
    Deviation(
        "query_stock_orders without a connection",
        lambda desk: outcome(_lost(desk), lambda: desk.trader.query_stock_orders(desk.account)),
        "None",
        "[]",
        "an account that cannot be asked must not look like an empty one",
    ),
    Deviation(
        "query_new_purchase_limit without a connection",
        lambda desk: outcome(_lost(desk), lambda: desk.trader.query_new_purchase_limit(desk.account)),
        "None",
        "{}",
    ),
    Deviation(
        "query_ipo_data without a connection",
        lambda desk: outcome(_lost(desk), lambda: desk.trader.query_ipo_data()),
        "None",
        "{}",
    ),
    Deviation(
        "query_com_fund without a connection",
        lambda desk: outcome(_lost(desk), lambda: desk.trader.query_com_fund(desk.account)),
        "None",
        "IndexError",
        "the wheel takes the first row of none",
    ),
    Deviation(
        "query_com_position",
        lambda desk: outcome(desk, lambda: desk.trader.query_com_position(desk.account)),
        "[]",
        "NotImplementedError",
        "the wheel binds no callback for the answer and waits for ever; the native module it gets from us says so instead",
    ),
    Deviation(
        "query_stock_asset_async returns",
        lambda desk: outcome(
            desk, lambda: desk.trader.query_stock_asset_async(desk.account, bool), lambda seq: type(seq).__name__
        ),
        "int",
        "NoneType",
        "every other one returns its seq",
    ),
    Deviation(
        "a synchronous query inside a callback",
        lambda desk: inside_a_callback(desk, lambda: desk.trader.query_account_status()),
        "RuntimeError",
        "hangs",
        "the answer stands in the queue behind the callback; ours says so after a while",
    ),
    Deviation(
        "a synchronous cancel inside a callback in relaxed mode",
        lambda desk: inside_a_callback(desk, lambda: _relaxed(desk).cancel_order_stock(desk.account, 1)),
        "-1",
        "hangs",
        "the wheel's relaxed mode is for queries only",
    ),
    Deviation("stop before start", lambda desk: outcome(desk, lambda: _fresh(desk).stop()), "None", "AttributeError"),
    Deviation(
        "stop inside a callback",
        lambda desk: inside_a_callback(desk, lambda: desk.trader.stop()),
        "None",
        "RuntimeError",
        "the wheel's worker waits for itself",
    ),
    Deviation("run_forever after stop", lambda desk: outcome(desk, lambda: _stopped(desk).run_forever()), "None", "hangs"),
    Deviation(
        "sleep",
        lambda desk: outcome(desk, lambda: desk.trader.sleep(0.01)),
        "None",
        "hangs",
        "the wheel leaves it to an event loop that nobody runs",
    ),
    Deviation("order_stock_async without a callback object", _without_a_callback, "a seq", "AttributeError"),
    Deviation("an order of NaN shares", lambda desk: _order_made(desk, math.nan), "-1", "ValueError", "it calls int()"),
    Deviation("an order of 10**30 shares", lambda desk: _order_made(desk, 10**30), "-1", "TypeError", "native integers end"),
    Deviation("an order of infinitely many shares", lambda desk: _order_made(desk, math.inf), "-1", "OverflowError"),
    Deviation("connected after the connection was lost", lambda desk: repr(_lost(desk).trader.connected), "False", "True"),
    Deviation("StockAccount of a number", lambda desk: _account_made(desk, 1001), "TypeError", "str"),
    Deviation("StockAccount of an unknown type", lambda desk: _account_made(desk, "1001", "?"), "ValueError", "Exception"),
    Deviation("account_type in the answer to a credit account's cancel", _type_in_response, "3", "2"),
    Deviation("the event loop of a thread that made a trader", _event_loop_of_a_constructing_thread, "none", "a new one"),
    Deviation(
        "a cancel by the API document's argument name",
        lambda desk: outcome(
            desk, lambda: desk.trader.cancel_order_stock_sysid(account=desk.account, market=0, order_sysid="x")
        ),
        "-1",
        "TypeError",
        "the document says order_sysid, the wheel sysid; ours takes both",
    ),
)
