"""Writes the generated pages of docs/ from their tables: ``python -m miniqmt_sim.docs docs``.

Beside the flow. A client in any language can be written from that page, so it is never written by hand; a test fails when
it says something else than the table.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from miniqmt_sim.constants import PROTOCOL_VERSION
from miniqmt_sim.refusals import REFUSALS
from miniqmt_sim.wire.frames import HEADER_BYTES, MAX_ANSWER_BYTES, MAX_REQUEST_BYTES
from miniqmt_sim.wire.messages import MAX_LEVELS, MAX_TEXT, MESSAGES, REQUIRED, Field, Flow, Kind, Message
from storage.schema import INDICES, MEANINGS, SCHEMA_VERSION, TABLES
from storage.views import VIEWS

_INTRODUCTION: Final = f"""\
# Protocol {PROTOCOL_VERSION}

Generated from the message table (`miniqmt_sim/wire/messages.py`) by `python -m miniqmt_sim.docs docs`.
Do not edit.

## Finding the server
`miniqmt-sim.json` in the userdata directory (mode 0600) holds `addr` (HOST:PORT), `unix` (path of a Unix socket, or
null), `token` (trader), `operator_token`, `pid`, `server` and `protocol`.

## Frames
A connection carries frames in both directions: {HEADER_BYTES} bytes big-endian length, then that many bytes of UTF-8 JSON,
one object each. A client's frame holds 1 to {MAX_REQUEST_BYTES} bytes, a server's up to {MAX_ANSWER_BYTES}.

## Conversation
1. The client says `hello` within the handshake time. The server answers `welcome`, or `bye` and closes. Nothing else
   may be said before the `welcome` has come.
2. A request is `{{"t": NAME, "seq": N, …fields}}`; `seq` is the client's to choose. Its answer is
   `{{"t": "reply", "seq": N, …}}` with the fields listed under the request. Where rows are answered, one or more
   replies carry `rows` (a list) and `more` (true while parts follow). An operator's request that is refused is answered
   `{{"t": "reply", "seq": N, "error": SENTENCE}}`.
3. Pushes come without `seq`, after the answer to the request that caused them. Market data has connections of its own
   (`purpose` data in `hello`), so that a flood of quotes never delays an order or cuts its session off.
4. A client that has nothing to say says `ping` at least every `heartbeat_ms` and is answered `pong`. A side that has
   heard nothing for three times as long takes the connection for lost.
5. A frame that is not JSON, too long, unknown, with a missing, unknown or ill-typed field, or out of order is answered
   with `bye` and the reason, and ends the connection. After `bye` the client should hang up. A client that falls too
   far behind in reading is cut off without one.

Fields with a default may be left out. Texts hold up to {MAX_TEXT} characters, a side of a quote up to {MAX_LEVELS} levels.
Prices and money are in yuan, volumes in shares (bonds: 张), times in epoch seconds unless a field says otherwise.
"""

_SECTIONS: Final = (
    (Flow.HANDSHAKE, "Handshake"),
    (Flow.CONTROL, "Control"),
    (Flow.REQUEST, "Requests of a trader"),
    (Flow.DATA, "Requests for market data"),
    (Flow.PUSH, "Pushes"),
    (Flow.OPERATOR, "Requests of an operator"),
)


def protocol_page() -> str:
    """Write the page."""
    parts = [_INTRODUCTION]
    for flow, title in _SECTIONS:
        parts.append(f"## {title}\n")
        parts.extend("\n".join(_message(message)) for message in MESSAGES if message.flow is flow)
    return "\n".join(parts)


_REFUSALS_INTRODUCTION: Final = """\
# Refusals

Generated from the refusal table (`miniqmt_sim/refusals.py`) by `python -m miniqmt_sim.docs docs`. Do not edit.

An order that a counter or an exchange refuses has a positive id, is told as 50 and then 57, and then `on_order_error` comes to
the session that placed it, with `error_id` -61. `status_msg`, the error's text and the log say the same:
`限价买入 [SH600000] [COUNTER][code][reason][figures]`. A cancel that is refused is answered (-1 by the counter, 0 by the
exchange) and followed by `on_cancel_error`. The first row that applies is the one that is given.
A transfer or an appointment of shares (from `transfer_account_status` on) is answered with `success` false and the text
without the operation in front.

| # | reason | by | code | text | figures | source |
|---|---|---|---|---|---|---|"""


def _message(message: Message) -> Iterator[str]:
    yield f"### `{message.name}`"
    yield message.doc
    yield ""
    if message.fields:
        yield from _table(message.fields, with_default=message.by_client)
    if message.answer:
        yield f"Answer: {_ANSWERS.get(message.flow, message.shape.value)}."
        yield ""
        yield from _table(message.answer, with_default=False)
    elif message.flow in (Flow.REQUEST, Flow.DATA, Flow.OPERATOR):
        yield "Answer: no fields."
        yield ""


_ANSWERS: Final = {Flow.HANDSHAKE: "`welcome` with the fields below"}


def _table(fields: Iterable[Field], *, with_default: bool) -> Iterator[str]:
    yield "| field | holds | meaning |" + (" default |" if with_default else "")
    yield "|---|---|---|" + ("---|" if with_default else "")
    for field in fields:
        row = f"| `{field.name}` | {field.kind.value} | {field.doc} |"
        yield row + (f" {_default(field)} |" if with_default else "")
    yield ""


def _default(field: Field) -> str:
    if field.default is REQUIRED:
        return "–"
    if field.kind is Kind.LEVELS:
        return "[]"
    return f"`{str(field.default).lower()}`" if field.default != "" else "empty"


def refusals_page() -> str:
    """Write the page of refusals."""
    rows = (
        f"| {number} | {row.reason} | {row.refused_by} | `[{row.code}]` | {row.text} | {_code(row.figures)} | {row.source} |"
        for number, row in enumerate(REFUSALS.values(), 1)
    )
    return "\n".join((_REFUSALS_INTRODUCTION, *rows, ""))


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


_SCHEMA_INTRODUCTION: Final = f"""\
# Schema {SCHEMA_VERSION}

Generated from the tables (`storage/schema.py`) by `python -m miniqmt_sim.docs docs`. Do not edit.

One SQLite file holds the world; anybody may read it while the server runs (`sqlite3 miniqmt-sim.sqlite`), the server alone
writes. `_li` is 1/1000 yuan, `_ms` epoch milliseconds, `day` and `_day` yyyymmdd of China time, volumes are shares (bonds: 张).
Enumerations are the SDK's numbers. No column is NULL: 0 and '' say "none". Keys are in bold.

For people there are views with money in yuan and times in words: {", ".join(f"`{name}`" for name in VIEWS)}.
Of `orders` and `trades` the server keeps the present day in memory; past days stay in the file.
"""


def schema_page() -> str:
    """Write the page of tables."""
    return "\n".join([_SCHEMA_INTRODUCTION, *(line for name in TABLES for line in _schema_table(name))])


def _schema_table(name: str) -> Iterator[str]:
    yield f"## `{name}`"
    yield MEANINGS[name]
    yield ""
    yield "| column | type | meaning |"
    yield "|---|---|---|"
    for column in TABLES[name].columns:
        shown = f"**`{column.name}`**" if column.primary_key else f"`{column.name}`"
        yield f"| {shown} | {'text' if column.type.python_type is str else 'integer'} | {column.comment or ''} |"
    yield ""
    if name in INDICES:
        yield f"Indices: {'; '.join(INDICES[name])}."
        yield ""


PAGES: Final[dict[str, Callable[[], str]]] = {
    "protocol.md": protocol_page,
    "refusals.md": refusals_page,
    "schema.md": schema_page,
}
"""The generated pages, by their names in docs/."""


def main() -> None:
    """Write every page into the directory named on the command line."""
    for name, page in PAGES.items():
        (Path(sys.argv[1]) / name).write_text(page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
