"""What a question asks for, told from its words alone: its language, the places and groups that it names, the
time that it asks about.

This module knows questions; it knows nothing of the reports, of stores or of scores.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.anchors import Anchor, find_anchors
from assistant.common_words import common_words
from assistant.cues import asks_about_state, is_general
from assistant.dates import Window
from assistant.gazetteer import Gazetteer
from assistant.language import detect_language
from assistant.letters import JOINTS, NAME_TOKEN, is_unspaced
from assistant.mentions import Name, possible_names
from assistant.terms import question_terms
from assistant.time_words import is_today
from assistant.times import find_windows

__all__ = ["Query", "Time", "as_written", "understand"]


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
    (terms.py), and `telling` whether it says what is asked about: that is no function word, no part of a time, and
    nothing as general as "happened". `anchors` are the events that it dates something by; when they were, only reports
    can tell.
    """

    text: str
    language: str
    words: tuple[frozenset[str], ...]
    telling: tuple[bool, ...] = ()
    names: tuple[Name, ...] = ()
    times: tuple[Time, ...] = ()
    anchors: tuple[Anchor, ...] = ()

    @property
    def windows(self) -> tuple[Window, ...]:
        """The times that it asks about."""
        return tuple(time.window for time in self.times)

    @property
    def only_names(self) -> bool:
        """Whether it asks for whatever there is of a place or group, at a time perhaps, and for nothing else."""
        words = [word for word, tells in zip(NAME_TOKEN.finditer(self.text), self.telling, strict=True) if tells]
        return bool(words) and all(
            any(word.start() < name.end and name.start < word.end() for name in self.names) for word in words
        )

    @property
    def only_time(self) -> bool:
        """Whether it asks for whatever happened in a time, and for nothing else."""
        return bool(self.times) and not any(self.telling)


def understand(
    question: str,
    gazetteer: Gazetteer | None,
    today: dt.date,
    language: str | None = None,
    named: Callable[[frozenset[str]], frozenset[str]] = frozenset,
) -> Query:
    """Read a question. Without a gazetteer, it names no places; "last week" is counted from `today`.

    `language` is for whoever knows it: a few words tell it badly. `named` tells which of some entities reports name:
    of all that lies in a region, that alone stands for it.
    """
    text = unicodedata.normalize("NFC", question)
    language = language or detect_language(text)
    names = [replace(name, within=named(name.within)) for name in possible_names(text, language, gazetteer)]
    times = [Time(*time) for time in find_windows(text, language, today)]
    anchors, times = _events(find_anchors(text, language), times)
    state = asks_about_state(text)
    return Query(
        text,
        language,
        tuple(question_terms(text, language, [(name.start, name.end, name.told_by) for name in names])),
        tuple(_telling(text, language, times)),
        tuple(names),
        # Who holds a town today is who held it in the newest report.
        tuple(time for time in times if not (state and is_today(text[time.start : time.end], language))),
        tuple(anchors),
    )


def as_written(question: str) -> str:
    """A question as sentences are written, whoever typed it: models tell "who" from "Who" and "WHO".

    >>> as_written("WHO CONTROLS MOSUL?"), as_written("who controls Mosul?")
    ('Who controls mosul?', 'Who controls Mosul?')
    """
    plain = question.capitalize() if question == question.upper() else question
    return plain[:1].upper() + plain[1:]


def _events(anchors: Sequence[Anchor], times: Sequence[Time]) -> tuple[list[Anchor], list[Time]]:
    """The events that a question dates something by, and the times that are not theirs: "before the attack of
    12 November" is before that day, and not on it."""
    events, others = list[Anchor](), list(times)
    for anchor in anchors:
        own = [time for time in others if time.start < anchor.end and anchor.start < time.end]
        told = own[0].window if len(own) == 1 and anchor.start < own[0].start and own[0].end <= anchor.end else None
        if told is not None and told.since is not None and told.until is not None:
            events.append(replace(anchor, told=told))
            others.remove(own[0])
        elif not own:
            events.append(anchor)
    return events, others


def _telling(text: str, language: str, times: Sequence[Time]) -> Iterator[bool]:
    """For each word, in the order of `question_terms`."""
    common = common_words(language)
    for word in NAME_TOKEN.finditer(text):
        timed = any(word.start() < time.end and time.start < word.end() for time in times)
        parts = [
            part for part in JOINTS.split(word.group().casefold()) if len(part) > 1 or is_unspaced(part)
        ]  # s'est-il
        yield not timed and not all(part in common or is_general(part, language) for part in parts)
