"""docs/protocol.md says what the message table says."""

from __future__ import annotations

from pathlib import Path

from miniqmt_sim.docs import protocol_page
from miniqmt_sim.wire.messages import MESSAGES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "protocol.md"


def test_the_protocol_page_is_not_stale() -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert written == protocol_page(), "run: python -m miniqmt_sim.docs docs/protocol.md"


def test_every_message_and_field_is_on_it() -> None:
    page = protocol_page()
    for message in MESSAGES:
        section = page.partition(f"### `{message.name}`\n")[2].partition("\n### ")[0]
        assert message.doc in section
        for field in (*message.fields, *message.answer):
            assert f"| `{field.name}` | {field.kind.value} | {field.doc} |" in section
