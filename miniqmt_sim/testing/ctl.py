"""The operator's verbs as methods, from the table that also makes the command line.

``ctl.account_create("A", cash=1e6)``, ``ctl.account.create("A", cash=1e6)`` and ``ctl.account("create", "A", cash=1e6)``
say the same. Arguments are named as on the command line, answers are dicts, or lists of them.
"""

from __future__ import annotations

from typing import Any, Final

from miniqmt_sim.client.transport import Transport
from miniqmt_sim.errors import ConfigError
from miniqmt_sim.server.control import VERBS, Verb, answer_of, fields_of

ANSWER_WITHIN_S: Final = 24 * 3600.0
"""A jump of the clock by years may take long; a server that is gone is noticed by its silence, not by this."""


class Control:
    """Verbs that begin with the words so far; ``ctl`` itself has none so far."""

    __slots__ = ("_transport", "_words")

    def __init__(self, transport: Transport, words: tuple[str, ...] = ()) -> None:
        self._transport = transport
        self._words = words

    def __getattr__(self, name: str) -> Control:
        return self._narrowed(name.split("_")) or self._narrowed([name.replace("_", "-")]) or _no_verb(self._words, name)

    def __call__(self, *values: Any, **named: Any) -> Any:
        """Say it. Raises CommandRefused with the server's sentence, ConfigError for an argument that cannot be right."""
        rest = list(values)
        control = self
        while control._verb() is None:
            narrowed = control._narrowed([str(rest[0])]) if rest else None
            if narrowed is None:
                raise ConfigError(f"{' '.join(control._words)!r} is not a verb; there are {_verbs(control._words)}")
            control, rest = narrowed, rest[1:]
        verb = control._verb()
        assert verb is not None
        positions = [argument.name for argument in verb.arguments if not argument.option]
        if len(rest) > len(positions):
            raise ConfigError(f"{' '.join(verb.words)} takes {len(positions)} arguments: {', '.join(positions)}")
        fields = fields_of(verb, dict(zip(positions, rest, strict=False)) | named)
        return answer_of(verb, self._transport.call(verb.message, fields, timeout_s=ANSWER_WITHIN_S))

    def __dir__(self) -> list[str]:
        return [*(verb.name for verb in VERBS), *super().__dir__()]

    def _verb(self) -> Verb | None:
        return next((verb for verb in VERBS if verb.words == self._words), None)

    def _narrowed(self, more: list[str]) -> Control | None:
        words = (*self._words, *more)
        return Control(self._transport, words) if any(verb.words[: len(words)] == words for verb in VERBS) else None


def _verbs(words: tuple[str, ...]) -> str:
    return ", ".join(" ".join(verb.words) for verb in VERBS if verb.words[: len(words)] == words)


def _no_verb(words: tuple[str, ...], name: str) -> Control:
    raise AttributeError(f"no verb {' '.join((*words, name))!r}; there are {_verbs(words)}")
