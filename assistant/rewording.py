"""Writes the question that a follow-up means: the words of the one before, with the new ones in their place.

This module knows words; whether a question is a follow-up is for followups.py to say.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Sequence

from assistant.dates import PartialDate, Window
from assistant.followup_cues import at_head
from assistant.question_parts import Parts, Phrase
from assistant.turns import CarriedKind

__all__ = ["SENTENCE_END", "appended", "capitalised", "in_words_of", "put"]

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
    window = new[0].window
    asked = [phrase.window for phrase in before.of(CarriedKind.TIME) if phrase.window is not None]
    year = _year(window, [other for other in asked if not other.yearly])
    if own.language != before.language and (exact := _exact(window, year)):
        return exact
    return f"{full or bare} {year}" if window is not None and window.yearly and year is not None else full or bare


def _year(window: Window | None, asked: Sequence[Window]) -> int | None:
    """The year that a time without one gets from those of the question before.

    It is the last in which it falls into them, and the first where they have no end; else the last that they tell.
    """
    told = {day.year for other in asked for day in (other.since, other.until) if day is not None}
    if window is None or not window.yearly or not told:
        return max(told, default=None)
    if not _is_closed(window):  # "since March" begins in the time asked about
        edge = window.since or window.until
        window = Window(edge, edge, yearly=True)
    within = [
        year
        for year in range(min(told) - 1, max(told) + 2)
        if (days := _in_year(window, year)) is not None and all(other.overlaps(*days) for other in asked)
    ]
    endless = all(other.until is None for other in asked)
    return (within[0] if endless else within[-1]) if within else max(told)


def _is_closed(window: Window) -> bool:
    """Whether it has two ends of its own: what runs up to today tells another year there."""
    since, until = window.since, window.until
    return since is not None and until is not None and not (window.yearly and until.year > since.year + 1)


def _in_year(window: Window, year: int) -> tuple[dt.date, dt.date] | None:
    """The days of a yearly time that begins in this year; of February, its last one is that of the year.

    None for what has no beginning, or no end but today, and where the calendar has no such day.
    """
    if window.since is None or window.until is None or not _is_closed(window):
        return None
    try:
        first = window.since.replace(year=year)
        year += window.until.year - window.since.year
        month_ends = window.until != window.since and (window.until + dt.timedelta(days=1)).day == 1
        day = calendar.monthrange(year, window.until.month)[1] if month_ends else window.until.day
        return first, window.until.replace(year=year, day=day)
    except ValueError:
        return None


def in_words_of(language: str, before: Parts, phrase: Phrase) -> str:
    """The phrase of the question before, in words that a question in another language can have."""
    if phrase.window is not None and language != before.language and (exact := _exact(phrase.window, None)):
        return exact
    return before.text[phrase.head : phrase.end] if phrase.window is not None else before.words(phrase)


def _exact(window: Window | None, year: int | None) -> str | None:
    """A day or a month in figures, which every language reads; None for what else there is."""
    if window is None or window.since is None or window.until is None:
        return None
    days: tuple[dt.date, dt.date] | None = window.since, window.until
    if window.yearly:
        days = _in_year(window, year) if year is not None else None
    span = PartialDate.span(*days) if days is not None else PartialDate()
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


def capitalised(text: str, like: str) -> str:
    """The text with a capital at its head, if the other one has it."""
    return text[:1].upper() + text[1:] if like[:1] != like[:1].lower() else text
