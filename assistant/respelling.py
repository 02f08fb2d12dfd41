"""Writes a question as the reports write its names: where it says Karjatain, they say Al-Qaryatayn.

The embedded model knows few towns by another spelling; what it makes of one is noise. Knows questions and spellings;
knows nothing of stores or vectors. Measured: docs/decisions/0031.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from assistant.gazetteer import name_form
from assistant.query import Query

__all__ = ["respelled"]

_MOST = 3  # other ways to write one question: each is embedded

SpellingsByLanguage = Mapping[str, Counter[str]]
"""The spellings of one name with how often reports have them, by the language of the report."""


def respelled(query: Query, spellings: Sequence[SpellingsByLanguage]) -> list[str]:
    """The question, and then as the reports of each language write its names, those of the most mentions first.

    `spellings` has one entry for each of the question's names. A name that a language has not at all stays as it is,
    and one that some report spells alike but for case and marks is written as there: capitals do not matter.
    """
    alike = [
        _alike(query.text[name.start : name.end], sum(found.values(), Counter()))
        for name, found in zip(query.names, spellings, strict=True)
    ]
    mentions = Counter({language: own.total() for found in spellings for language, own in found.items()})
    own = _with_names(query, alike)
    ways = [own]
    for language, _ in mentions.most_common():
        names = [
            mine
            if not found.get(language) or _alike(mine, found[language]) in found[language]
            else found[language].most_common(1)[0][0]
            for mine, found in zip(alike, spellings, strict=True)
        ]
        ways.append(_with_names(query, names))
    return list(dict.fromkeys(ways))[: _MOST + 1]


def _alike(name: str, spellings: Counter[str]) -> str:
    """The most frequent spelling that is the name but for case and marks; the name itself where none is alike."""
    form = name_form(name)
    if name in spellings:
        return name
    return next((spelling for spelling, _ in spellings.most_common() if name_form(spelling) == form), name)


def _with_names(query: Query, names: Sequence[str]) -> str:
    """The question with other words for its names; without its capitals, where it has nothing else."""
    text = query.text
    plain = text.capitalize() if text == text.upper() and len(text.capitalize()) == len(text) else text
    for name, written in sorted(zip(query.names, names, strict=True), key=lambda pair: -pair[0].start):
        plain = plain[: name.start] + written + plain[name.end :]
    return plain
