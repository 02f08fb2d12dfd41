"""Writes the question that a follow-up means: the words of the one before, with the new ones in their place.

This module knows words; whether a question is a follow-up is for followups.py to say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.dates import PartialDate, Window
from assistant.followup_cues import at_head
from assistant.question_parts import Parts, Phrase
from assistant.turns import CarriedKind

__all__ = ["SENTENCE_END", "appended", "capitalised", "in_words_of", "listed", "put"]

SENTENCE_END = re.compile(r"[\s?!.؟…]*$")
"""What closes a question."""

_ARABIC_PARTICLES = "بلكف"


def put(text: str, old: Phrase | None, own: Parts, kind: CarriedKind, before: Parts) -> str:
    """The question before with the new phrases of this kind in it, in the place of the old one or at its end."""
    new = own.of(kind)
    start, end = new[0].start, new[-1].end
    bare, full = own.text[start:end], own.text[new[0].head : end]
    if kind is CarriedKind.TIME:
        bare = full = dated(bare, full, new, own, before)
    if old is None:
        plain = kind is CarriedKind.TIME or at_head("preposition", full, [own.language]) is not None
        return appended(text, full if plain else bare, own.language, brackets=not plain)
    with_head = kind is CarriedKind.TIME or (old.head < old.start and new[0].head < start)
    at = old.head if with_head else old.start
    put = full if with_head else with_particle(text[old.start : old.end], bare, before.language)
    return text[:at] + put + text[old.end :]


def dated(bare: str, full: str, new: Sequence[Phrase], own: Parts, before: Parts) -> str:
    """A time in words that the question before can have: its year, where the new one has none, and its language."""
    years = {
        day.year
        for phrase in before.of(CarriedKind.TIME)
        if phrase.window is not None and not phrase.window.yearly
        for day in (phrase.window.since, phrase.window.until)
        if day is not None
    }
    window = new[0].window
    yearly = window is not None and window.yearly
    if own.language != before.language and (exact := _exact(window, years)):
        return exact
    return f"{full or bare} {max(years)}" if yearly and years else full or bare


def in_words_of(language: str, before: Parts, phrase: Phrase) -> str:
    """The phrase of the question before, in words that a question in another language can have."""
    if phrase.window is not None and language != before.language and (exact := _exact(phrase.window, set())):
        return exact
    return before.text[phrase.head : phrase.end] if phrase.window is not None else before.words(phrase)


def _exact(window: Window | None, years: set[int]) -> str | None:
    """A day or a month in figures, which every language reads; None for what else there is."""
    if window is None or window.since is None or window.until is None or (window.yearly and not years):
        return None
    first, last = window.since, window.until
    if window.yearly:
        first, last = (day.replace(year=max(years), day=min(day.day, 28)) for day in (first, last))
        if (window.since.day, window.until.day) != (first.day, last.day):
            return str(PartialDate(first.year, first.month))
    span = PartialDate.span(first, last)
    return str(span) if span.precision in ("day", "month") else None


def with_particle(old: str, new: str, language: str) -> str:
    """In Arabic, "in" and "for" are written to a name: they stay when another name takes its place."""
    if language == "ar" and old[0] in _ARABIC_PARTICLES and old[1:3] == "ال" and not new.startswith(old[0]):
        return old[0] + new
    return "لل" + new[2:] if language == "ar" and old.startswith("لل") and new.startswith("ال") else new


def appended(text: str, addition: str, language: str, *, brackets: bool = True) -> str:
    """The question with something more before its question mark."""
    if not addition:
        return text
    end = SENTENCE_END.search(text)
    at = end.start() if end is not None else len(text)
    stop = text[at:].strip() or ("؟" if language == "ar" else "?")
    stop = f" {stop}" if text[at:].startswith((" ", "\u00a0")) else stop
    return f"{text[:at]} ({addition}){stop}" if brackets else f"{text[:at]} {addition}{stop}"


def listed(words: Sequence[str], language: str) -> str:
    """The words with the commas of the language."""
    return ("، " if language == "ar" else ", ").join(words)


def capitalised(text: str, like: str) -> str:
    """The text with a capital at its head, if the other one has it."""
    return text[:1].upper() + text[1:] if like[:1] != like[:1].lower() else text
