"""A question taken apart: the places, groups and times in it, and the words that tell its subject.

This module knows words; it knows nothing of conversations or of reports.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from assistant.common_words import stop_words
from assistant.dates import Window
from assistant.followup_cues import at_head, within
from assistant.gazetteer import Gazetteer, name_form
from assistant.language import detect_language
from assistant.letters import ARABIC, CYRILLIC, NAME_TOKEN
from assistant.listed import extent_of
from assistant.mentions import Name
from assistant.query import Time, understand
from assistant.records import QuestionPart
from assistant.turns import CarriedKind

__all__ = [
    "NAMES",
    "Parts",
    "Phrase",
    "asks",
    "cut",
    "described",
    "is_functional",
    "language_of",
    "of_its_script",
    "preposition_of",
    "take_apart",
]

_SPACES = re.compile(r"\s{2,}")
_OF = frozenset({"", "of", "von", "de", "du", "d'", "d’", "de la", "de l'", "de l’"})
_ARTICLES = ("al-", "el-", "аль-", "эль-", "ال")  # written to a name


@dataclass(frozen=True, slots=True)
class Phrase:
    """A place, a group or a time in a question: `text[start:end]`. `head` is where its preposition begins, or `start`.

    `window` is for a time.
    """

    kind: CarriedKind
    start: int
    end: int
    head: int
    country: bool = False
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """A question with the places, groups and times in it, in order, the words that tell its subject, and all words that
    are in none of these phrases."""

    text: str
    language: str
    phrases: tuple[Phrase, ...]
    subject: tuple[str, ...]
    rest: tuple[str, ...]

    def of(self, *kinds: CarriedKind) -> tuple[Phrase, ...]:
        """Its phrases of these kinds."""
        return tuple(phrase for phrase in self.phrases if phrase.kind in kinds)

    def words(self, phrase: Phrase) -> str:
        """The phrase as it stands in the question."""
        return self.text[phrase.start : phrase.end]


NAMES = (CarriedKind.PLACE, CarriedKind.GROUP)


def take_apart(text: str, gazetteer: Gazetteer | None, today: dt.date, language: str | None = None) -> Parts:
    """Read a question; its language is told from it where none is given. "Last week" is counted from `today`."""
    query = understand(text, gazetteer, today, language)
    text, language = query.text, query.language
    phrases = [
        Phrase(CarriedKind.TIME, time.start, time.end, _head(text, time.start, language), window=time.window)
        for time in query.times
    ]
    leaning = [span for kind in ("there", "then") for span in within(kind, text, language)]
    taken = [*leaning, *((phrase.start, phrase.end) for phrase in phrases)]
    names = [name for name in query.names if _certain(name, text, gazetteer)]
    for name in names:  # a place in the name of a group ("Iraqi forces") is none of its own
        inside = any(
            o.start <= name.start and name.end <= o.end and o.end - o.start > name.end - name.start for o in names
        )
        if not inside and not any(name.start < end and at < name.end for at, end in taken):
            kind = CarriedKind.GROUP if name.entities[0].startswith("group:") else CarriedKind.PLACE
            start = name.start + preposition_of(text[name.start : name.end], language)
            country = kind is CarriedKind.PLACE and _is_country(text[start : name.end], gazetteer)
            phrases.append(Phrase(kind, start, name.end, _head(text, start, language), country))
    phrases = sorted(_with_facilities(text, language, phrases), key=lambda phrase: phrase.start)
    rest = [
        match.group()
        for match in NAME_TOKEN.finditer(text)
        if not any(match.start() < phrase.end and phrase.head < match.end() for phrase in phrases)
    ]
    subject = tuple(word for word in rest if not is_functional(word, language))
    return Parts(text, language, tuple(phrases), subject, tuple(rest))


def cut(text: str, start: int, end: int) -> str:
    """A question without `text[start:end]`."""
    return _SPACES.sub(" ", f"{text[:start].rstrip()}{text[end:]}").lstrip(" ,،;")


def described(
    question: str, times: Sequence[Time], gazetteer: Gazetteer | None, today: dt.date
) -> tuple[QuestionPart, ...]:
    """What a question was understood to ask about, in its order, with the question that each leaves behind.

    `times` are those that it was found to mean (`Found.query`): also by an event, whose names are then no parts.
    """
    read = take_apart(question, gazetteer, today)
    names = [p for p in read.of(*NAMES) if not any(p.start < time.end and time.start < p.end for time in times)]
    heads = [(time, _head(read.text, time.start, read.language)) for time in times]
    phrases = [*names, *(Phrase(CarriedKind.TIME, t.start, t.end, head, window=t.window) for t, head in heads)]
    return tuple(_part(read, phrase) for phrase in sorted(phrases, key=lambda phrase: phrase.start))


def _part(read: Parts, phrase: Phrase) -> QuestionPart:
    rest = cut(read.text, phrase.head, phrase.end)
    window = phrase.window if phrase.window is not None and not phrase.window.yearly else Window()
    without = rest if NAME_TOKEN.search(rest) else None
    return QuestionPart(phrase.kind.value, read.words(phrase), without, window.since, window.until)


def _with_facilities(text: str, language: str, phrases: Sequence[Phrase]) -> list[Phrase]:
    """The phrases, each place with the field, port or camp that it names: "the al-Omar oil field" is one place.

    So is one whose name is on no list, where it is told by its capital, or by its article in Arabic.
    """
    facilities = list(within("facility", text, language))  # some sound like a town somewhere
    found = [p for p in phrases if not any(at <= p.start and p.end <= end for at, end in facilities)]
    for at, end in facilities:
        beside = [p for p in found if p.kind is CarriedKind.PLACE and _joined(text, (at, end), (p.start, p.end))]
        spans = [(p.start, p.end) for p in beside] or _names_beside(text, at, end, language)
        if not spans or any(p not in beside and p.start < end and at < p.end for p in found):
            continue
        first, last = min(at, spans[0][0]), max(end, spans[0][1])
        article = [s for s, e in within("article", text[:first], language) if not text[e:first].strip()]
        first = article[-1] if article else first
        found = [p for p in found if p not in beside[:1]]
        found.append(Phrase(CarriedKind.PLACE, first, last, _head(text, first, language)))
    return found


def _joined(text: str, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two pieces of a text stand side by side, or with an "of" between them."""
    first, second = sorted((one, other))
    return first[1] <= second[0] and text[first[1] : second[0]].strip().casefold() in _OF


def _names_beside(text: str, at: int, end: int, language: str) -> list[tuple[int, int]]:
    """The name that stands before a facility in English, and after it elsewhere, in a list; or none."""
    words = [match.span() for match in NAME_TOKEN.finditer(text)]
    if language == "en":
        words = [word for word in words if word[1] <= at][-1:]
    else:
        words = [word for word in words if word[0] >= end][:1]
    return [
        (first, last)
        for first, last in words
        if _joined(text, (at, end), (first, last))
        and _is_named(text[first:last])
        and not is_functional(text[first:last], language)
    ]


def _is_named(word: str) -> bool:
    return word[:1] != word[:1].lower() or word.startswith(_ARTICLES)


def _certain(name: Name, text: str, gazetteer: Gazetteer | None) -> bool:
    """Whether a name is one without doubt: in small letters, much sounds like a place somewhere ("killed")."""
    word = text[name.start : name.end]
    listed = name.entities[0].startswith("group:") or extent_of(name.entities[0]) is not None
    if word != word.lower() or listed or name.within or ARABIC.search(word):
        return True
    return gazetteer is not None and bool(gazetteer.candidates(name_form(word)))


def _is_country(name: str, gazetteer: Gazetteer | None) -> bool:
    places = gazetteer.candidates(name_form(name)) if gazetteer is not None else ()
    return bool(places) and places[0].is_country


def preposition_of(name: str, language: str) -> int:
    """How many letters of a preposition that a name begins with ("Et à Raqqa") are none of the name."""
    found = at_head("preposition", name, [language]) or at_head("article", name, [language])
    return found[1] + len(name[found[1] :]) - len(name[found[1] :].lstrip()) if found and found[1] < len(name) else 0


def _head(text: str, start: int, language: str) -> int:
    """Where the preposition begins that stands before `start`; `start` where there is none."""
    before = text[:start].rstrip()
    for kind in ("article", "preposition"):
        ends = [s for s, e in within(kind, before, language) if e == len(before)]
        if ends:
            start = min(ends)
            before = text[:start].rstrip()
    return start


def is_functional(word: str, language: str) -> bool:
    """Whether a word has no subject of its own ("which", "were")."""
    return word.casefold() in _function_words(language) or len(word) == 1


@cache
def _function_words(language: str) -> frozenset[str]:
    words = stop_words(language)
    return words | {f"و{word}" for word in words} if language == "ar" else words  # "and" is written to the next word


def language_of(question: str, known: Sequence[str]) -> str:
    """The language of a question: few words tell it badly, so its question word counts more, and the one before."""
    told = detect_language(question)
    own = of_its_script(question, known)
    asking = [language for language in own if at_head("question", question, [language]) is not None]
    if asking:
        return told if told in asking else asking[0]
    return own[0] if own and len(NAME_TOKEN.findall(question)) <= 3 else told


def _script(language: str) -> str:
    return {"ar": "arabic", "ru": "cyrillic"}.get(language, "latin")


def _script_of(text: str) -> str:
    return "arabic" if ARABIC.search(text) else "cyrillic" if CYRILLIC.search(text) else "latin"


def of_its_script(question: str, known: Sequence[str]) -> list[str]:
    """Those of the languages that are written in the script of the question."""
    return [language for language in known if _script(language) == _script_of(question)]


def asks(text: str, language: str) -> bool:
    """Whether it begins with a question word, or with a preposition and a question word."""
    if at_head("question", text, [language]) is not None:
        return True
    before = at_head("preposition", text, [language])
    return before is not None and at_head("question", text[before[1] :], [language]) is not None
