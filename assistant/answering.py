"""What an answerer is: it makes an answer of a question and of what was found for it, and may show its draft meanwhile.

There are two, chosen by the settings: extractive.py quotes, generative.py lets a language model write and checks it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from assistant.embedding import Vectors
from assistant.records import Answer, Hit, Sentence, Settled

__all__ = ["Answerer", "Asked"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that the reports speak to, and the passages that were read for it, best first, at least one.

    `as_of` is the day that was asked for, None where none was. `today` is the day that the age of what is cited is
    counted to, None where the question asks about a time of its own. `vectors` are those of the hits' sentences.
    """

    question: str
    hits: tuple[Hit, ...]
    as_of: dt.date | None = None
    today: dt.date | None = None
    vectors: Mapping[Sentence, Vectors] = field(default_factory=dict)


class Answerer(Protocol):
    """Answers questions. Safe to share between threads."""

    def stream(self, asked: Asked) -> Iterator[str | Settled | Answer]:
        """Pieces of a draft that nobody has checked, if any, as they are written; of its statements those that are
        settled before the others, first to last; and at the end the answer, which begins with them."""
        ...
