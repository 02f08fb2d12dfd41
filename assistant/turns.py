"""The records of a conversation: what was asked, how it was understood, and what was answered.

They know answers and filters; they know nothing of how a question is understood, or where turns are kept.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from assistant.filter import EVERYTHING, Filter
from assistant.plain_data import report_to_dict
from assistant.records import Answer, Report

__all__ = [
    "ALONE",
    "MAX_NOTE",
    "SOMETHING",
    "Carried",
    "CarriedKind",
    "Feedback",
    "Lost",
    "Turn",
    "Understood",
    "Verdict",
    "Wish",
]

SOMETHING = r"[^\s\x00-\x20\x7f-\xa0]"
"""A pattern: a character that is to be seen."""

MAX_NOTE = 2_000
"""Characters of a note on an answer."""


class CarriedKind(StrEnum):
    """What a question can take over from the one before it."""

    PLACE = "place"
    GROUP = "group"
    TIME = "time"
    SUBJECT = "subject"  # all else that was asked about


class Wish(StrEnum):
    """What a question wants of the conversation."""

    ANSWER = "answer"
    SOURCES = "sources"  # who says what was answered
    CONFIRMATION = "confirmation"  # whether others say so too, or otherwise
    MORE = "more"  # what was not quoted yet


@dataclass(frozen=True, slots=True)
class Carried:
    """Something that a question takes over, in the words in which it was asked before: these name it, too."""

    kind: CarriedKind
    text: str


ALONE = (Carried(CarriedKind.SUBJECT, ""),)
"""What not to carry over, where a question is to stand alone."""


@dataclass(frozen=True, slots=True)
class Understood:
    """A question as the conversation makes it out.

    `question` stands alone: it is what the reports are asked. `topic` is what the conversation is about from here on,
    for the next question to lean on; it lacks "why" and the like. `carried` is what came from before.
    `language` is that of the follow-up, an ISO 639-1 code, where it is told by its words.
    """

    question: str
    topic: str
    wish: Wish = Wish.ANSWER
    carried: tuple[Carried, ...] = ()
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """A citation of a stored answer whose report is no longer in the collection.

    `report` describes it, without its text, and `quote` has the words that were quoted. Both are None where the report
    was forgotten: then nothing is kept of it.
    """

    number: int
    report: Report | None = None
    quote: str | None = None


class Verdict(StrEnum):
    """What somebody says of an answer after looking at its sources."""

    RIGHT = "right"
    WRONG = "wrong"
    WRONG_SOURCE = "wrong_source"  # what it says may hold, but not by what it cites


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody says of an answer, and why."""

    verdict: Verdict
    note: str = ""

    def to_dict(self) -> dict[str, str]:
        """Plain data for JSON, the same at every door."""
        return {"verdict": self.verdict.value, "note": self.note}


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation, and its answer.

    `number` counts from 1. `asked` is the moment, in UTC. `among` is what the question was limited to. `lost` are the
    citations that the answer had and has no more: the statements that rested on them are not in it. `feedback` is what
    somebody said of the answer since.
    """

    number: int
    question: str
    asked: dt.datetime
    understood: Understood
    answer: Answer
    among: Filter = EVERYTHING
    lost: tuple[Lost, ...] = ()
    feedback: Feedback | None = None

    @property
    def resolved(self) -> str | None:
        """The question as it was understood, where that is more than was asked; else None."""
        understood = self.understood
        if understood.wish is not Wish.ANSWER:
            return f"{self.question} {understood.question}"
        return understood.question if understood.question != self.question else None

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON, the same at every door."""
        return {
            "number": self.number,
            "question": self.question,
            "asked": self.asked.isoformat(),
            "resolved": self.resolved,
            "understood": {
                "question": self.understood.question,
                "wish": self.understood.wish.value,
                "carried": [{"kind": item.kind.value, "text": item.text} for item in self.understood.carried],
            },
            "answer": self.answer.to_dict(),
            "lost": [
                {
                    "number": lost.number,
                    "quote": lost.quote,
                    "report": report_to_dict(lost.report) if lost.report is not None else None,
                }
                for lost in self.lost
            ],
            "feedback": self.feedback.to_dict() if self.feedback is not None else None,
        }
