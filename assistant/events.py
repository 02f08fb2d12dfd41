"""An answer as events, in the order in which its parts become final. For doors that stream.

Knows answers and turns; knows nothing of how events travel.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from typing import Any

from assistant.plain_data import citation_to_dict, statement_to_dict
from assistant.records import Answer, Settled
from assistant.turns import Turn

__all__ = ["Event", "events"]

Event = tuple[str, dict[str, Any]]
"""The name of an event, and plain data for JSON."""


def events(said: Iterable[str | Settled | Answer | Turn]) -> Generator[Event]:
    """What `ask_stream` of an assistant or of a conversation gives, as events.

    `draft` is a piece of what a language model writes and nobody has checked; it may be empty, while one is waited for.
    Checked and final, each as soon as it is: `citation`, before the first `statement` that rests on it, and at the end
    `answer`, or `turn` in a conversation, with all of it.
    """
    sent, cited = 0, set[int]()
    for piece in said:
        match piece:
            case str():
                yield "draft", {"text": piece}
            case Settled():
                sent += 1
                cited |= {citation.number for citation in piece.citations}
                yield from (("citation", citation_to_dict(citation)) for citation in piece.citations)
                yield "statement", statement_to_dict(piece.statement)
            case Answer():
                answer = piece.to_dict()
                yield from _others(answer, sent, cited)
                yield "answer", answer
            case Turn():
                turn = piece.to_dict()
                yield from _others(turn["answer"], sent, cited)
                yield "turn", turn


def _others(answer: dict[str, Any], sent: int, cited: set[int]) -> Iterator[Event]:
    """What of an answer is final with the last of it: all but the first statements, and these citations."""
    waiting = {citation["number"]: citation for citation in answer["citations"] if citation["number"] not in cited}
    for statement in answer["statements"][sent:]:
        for number in statement["citations"]:
            if number in waiting:
                yield "citation", waiting.pop(number)
        yield "statement", statement
