"""Behaviour profiles: how the terminal in front of the counter shows what happened. Nothing here changes what happens to
money and shares; only ``ack_ms`` changes when an order reaches the exchange.

``standard`` tells everything at once and in full; ``miniqmt`` shows what was observed on real terminals. Every difference
is one field, which server.toml's [behaviour] may set by itself. Source: miniqmt-behaviour §1, §5, §6, §7, native buffers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple


class Behaviour(NamedTuple):
    """One profile.

    ``text_bytes``: strategy name and remark are cut to so many UTF-8 bytes, 0: not; ``status_msg_bytes``: likewise the
    order's status_msg; ``error_msg_bytes``: the error's text. ``cancel_pending``: a cancel passes through 51 or 52.
    ``deals_last``: the trades of a step are told after its orders. ``ack_ms``: from a taken order to its report.
    ``query_cache_ms``: asset and position queries show changes so much later. ``reconnect_cooldown_ms``: a session id is
    free again so long after its connection ended. ``sold_out_rows``: a position sold out today is still shown.
    ``open_price_is_cost``: a position's open_price is its cost per share, as the API document of 2022 has it, not the average
    of its purchases.
    """

    text_bytes: int = 0
    status_msg_bytes: int = 0
    error_msg_bytes: int = 0
    cancel_pending: bool = False
    deals_last: bool = False
    ack_ms: int = 0
    query_cache_ms: int = 0
    reconnect_cooldown_ms: int = 0
    sold_out_rows: bool = True
    open_price_is_cost: bool = False


BEHAVIOURS: Final = {
    "standard": Behaviour(),
    "miniqmt": Behaviour(
        text_bytes=23,
        status_msg_bytes=23,
        error_msg_bytes=127,
        cancel_pending=True,
        deals_last=True,
        ack_ms=40,
        query_cache_ms=50,
        reconnect_cooldown_ms=3000,
        sold_out_rows=False,
    ),
}


def behaviour_of(values: Mapping[str, Any]) -> Behaviour:
    """A profile by its name under ``profile``, with the other values in place of its own."""
    changed = {name: value for name, value in values.items() if name != "profile"}
    return BEHAVIOURS[values.get("profile", "standard")]._replace(**changed)


def cut(text: str, most_bytes: int) -> str:
    """Cut a text to a buffer of UTF-8 bytes, never inside a character; 0: no limit."""
    if not most_bytes or len(text) * 4 <= most_bytes:
        return text
    return text.encode()[:most_bytes].decode(errors="ignore")
