"""An answer as events, in the order in which its parts become final. For doors that stream.

Knows answers and turns; knows nothing of how events travel.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from typing import Any

from assistant.records import Answer
from assistant.turns import Turn

__all__ = ["Event", "events"]

Event = tuple[str, dict[str, Any]]
"""The name of an event, and plain data for JSON."""


def events(said: Iterable[str | Answer | Turn]) -> Generator[Event]:
    """What `ask_stream` of an assistant or of a conversation gives, as events.

    `draft` is a piece of what a language model writes and nobody has checked; it may be empty, while one is waited for.
    Then, checked and final: `citation`, each before the first `statement` that rests on it, and at the end `answer`, or
    `turn` in a conversation, with all of it.
    """
    for piece in said:
        if isinstance(piece, str):
            yield "draft", {"text": piece}
        elif isinstance(piece, Answer):
            answer = piece.to_dict()
            yield from _parts(answer)
            yield "answer", answer
        else:
            turn = piece.to_dict()
            yield from _parts(turn["answer"])
            yield "turn", turn


def _parts(answer: dict[str, Any]) -> Iterator[Event]:
    waiting = {citation["number"]: citation for citation in answer["citations"]}
    for statement in answer["statements"]:
        for number in statement["citations"]:
            if number in waiting:
                yield "citation", waiting.pop(number)
        yield "statement", statement
