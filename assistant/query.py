"""What a question asks for, told from its words alone: its language, the places and groups that it names, the
time that it asks about.

This module knows questions; it knows nothing of the reports, of stores or of scores.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass

from assistant.anchors import Anchor, find_anchors
from assistant.dates import Window
from assistant.gazetteer import Gazetteer
from assistant.language import detect_language
from assistant.mentions import possible_entities
from assistant.records import PLACE
from assistant.terms import question_terms
from assistant.times import find_windows

__all__ = ["Name", "Query", "Time", "understand"]


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a question, `text[start:end]`, and the entities (`Mention.entity`) that it may stand for."""

    start: int
    end: int
    entities: tuple[str, ...]

    @property
    def is_place(self) -> bool:
        """Whether it may be a place's."""
        return any(entity.startswith(PLACE) for entity in self.entities)


@dataclass(frozen=True, slots=True)
class Time:
    """An expression of time in a question, `text[start:end]`, and the window that it means."""

    start: int
    end: int
    window: Window


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it was understood.

    `text` is the question in NFC; `words` has, for each of its words, the terms by which a text can have it
    (terms.py). `anchors` are the events that it dates something by; when they were, only reports can tell.
    """

    text: str
    language: str
    words: tuple[frozenset[str], ...]
    names: tuple[Name, ...] = ()
    times: tuple[Time, ...] = ()
    anchors: tuple[Anchor, ...] = ()

    @property
    def windows(self) -> tuple[Window, ...]:
        """The times that it asks about."""
        return tuple(time.window for time in self.times)


def understand(question: str, gazetteer: Gazetteer | None, today: dt.date, language: str | None = None) -> Query:
    """Read a question. Without a gazetteer, it names no places; "last week" is counted from `today`.

    `language` is for whoever knows it: a few words tell it badly.
    """
    text = unicodedata.normalize("NFC", question)
    language = language or detect_language(text)
    names = possible_entities(text, language, gazetteer)
    times = tuple(Time(*time) for time in find_windows(text, language, today))
    anchors = [
        anchor
        for anchor in find_anchors(text, language)
        if not any(time.start < anchor.end and anchor.start < time.end for time in times)
    ]
    return Query(
        text,
        language,
        tuple(question_terms(text, language, names)),
        tuple(Name(*name) for name in names),
        times,
        tuple(anchors),
    )
