"""Finds the phrases by which a question leans on the one before it, from data/followups.toml.

This module knows words; it knows nothing of conversations.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from assistant.data_files import data_file

__all__ = ["at_head", "is_whole", "languages", "within"]

_MARKS = re.compile(r"[\u064b-\u0655\u0640]")
_NO_WORD = re.compile(r"[^\w'\-]+")


def is_whole(kind: str, question: str, prefer: str) -> str | None:
    """The language in which the whole question is a phrase of this kind, whatever fillers stand around it; or None.

    Where it is one in several languages, `prefer` is meant if it is among them.
    """
    words = _words(question)
    found = [
        language
        for language, phrases in _phrases(kind).items()
        if any(tuple(own) in phrases for own in _without_fillers(words, language))
    ]
    return prefer if prefer in found else next(iter(found), None)


def at_head(kind: str, text: str, languages: Sequence[str]) -> tuple[str, int] | None:
    """The language of the longest phrase of this kind that the text begins with, and where it ends; or None.

    Of equally long ones that of the earlier language. A phrase that is written to the next word ends before it.
    """
    best: tuple[str, int] | None = None
    for language in languages:
        match = _pattern(kind, language).match(text, len(text) - len(text.lstrip()))
        if match is not None and (best is None or match.end() > best[1]):
            best = language, match.end()
    return best


def within(kind: str, text: str, language: str) -> Iterator[tuple[int, int]]:
    """Where phrases of this kind are in the text: start, end."""
    for match in _pattern(kind, language).finditer(text):
        yield match.span()


def languages() -> tuple[str, ...]:
    """The languages that the file has phrases of."""
    return tuple(data_file("followups")["lead"])


def _words(text: str) -> list[str]:
    plain = _MARKS.sub("", unicodedata.normalize("NFC", text)).casefold()
    return _NO_WORD.sub(" ", plain.replace("’", "'").replace("ʼ", "'")).split()


def _without_fillers(words: Sequence[str], language: str) -> Iterator[Sequence[str]]:
    """The words as they are, then without what stands around them, at each end as far as it goes."""
    fillers = _phrases("filler").get(language, frozenset())
    ways = [words]
    if (
        language == "ar" and words and len(words[0]) > 2 and words[0].startswith("و")
    ):  # "and" is written to the next word
        ways.append([words[0][1:], *words[1:]])
    for way in ways:
        yield way
        for filler in fillers:
            size = len(filler)
            if len(way) > size and tuple(way[:size]) == filler:
                ways.append(way[size:])
            if len(way) > size and tuple(way[-size:]) == filler:
                ways.append(way[:-size])
        if len(ways) > 32:  # a question made of fillers
            return


@cache
def _phrases(kind: str) -> Mapping[str, frozenset[tuple[str, ...]]]:
    return {
        language: frozenset(tuple(_words(phrase)) for phrase in phrases)
        for language, phrases in data_file("followups")[kind].items()
    }


@cache
def _pattern(kind: str, language: str) -> re.Pattern[str]:
    parts = []
    for phrase in sorted(data_file("followups")[kind].get(language, ()), key=lambda phrase: (-len(phrase), phrase)):
        bare = phrase.rstrip("*-") if phrase[-1] in "*-" else phrase
        end = {"*": r"[\w\u064b-\u0655]*", "-": r"(?=\w\w)"}.get(phrase[-1], "" if phrase[-1] in "'’" else r"(?!\w)")
        words = re.escape(bare).replace(r"\ ", r"\s+").replace("'", "['’ʼ]")
        parts.append(words + end)
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts) or '(?!)'})", re.IGNORECASE)
