"""A Future for the answer of a transport: what most tests of it want to look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any

from miniqmt_sim.client.transport import REQUEST_TIMEOUT_S, Answer, Transport


def ask(
    transport: Transport, name: str, fields: Mapping[str, Any], seq: int | None = None,
    done: Callable[[Future[Answer]], object] | None = None, timeout_s: float = REQUEST_TIMEOUT_S,
) -> Future[Answer]:  # fmt: skip
    """Post a request; ``done`` is given the Future when it is completed."""
    future: Future[Answer] = Future()
    if done is not None:
        future.add_done_callback(done)

    def told(answer: Answer | None, error: Exception | None) -> None:
        if error is not None:
            future.set_exception(error)
        else:
            assert answer is not None
            future.set_result(answer)

    transport.post(name, fields, seq, told, timeout_s)
    return future
