"""Finds the places and groups that a text names, in any spelling or script, and decides which place is meant.

A name may stand for many places. The one is chosen that fits the other names of the text: a place in a country that
the text speaks of, then the larger one. What fits nothing (the German "Essen", in a report on Syria, is food) is no
mention. Groups are in groups.py. This module knows names; it knows nothing of stores or scores.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from anyascii import anyascii

from assistant.common_words import common_words, leading_words, ordinary_words
from assistant.gazetteer import SHORTEST, Gazetteer, Place, name_form
from assistant.groups import ARABIC_PARTICLES, countries_of, find_groups
from assistant.records import Hit, Mention, Report
from assistant.terms import ARABIC, ARTICLES, CYRILLIC, NAME_TOKEN, may_be_name, sound

__all__ = [
    "ELIDED",
    "Spellings",
    "find_countries",
    "find_mentions",
    "names_in",
    "possible_entities",
]

_LONGEST = 4  # words in a name: "Deir ez-Zor", "Khan al Shaykh Said"
_COHERENT = 0.15  # share of a text's names that fit a country, from which the text speaks of that country
_FAMOUS = 1_000_000  # people: a city that is named without its country
_LONG = 7  # letters, from which a name that only one place in the world has is no accident
_SHARE_WEIGHT = 5.0  # against the logarithm of the population: a coherent village beats a city elsewhere
_COUNTRY_VOTE = 2.0  # against a town's 1
_COUNTRY_BONUS = 3.0  # "Georgia", "Jordan": the country, before a town of that name

# "at Raqqa": these are words as well
_LONE_ARTICLES = ARTICLES - {"ad", "an", "as", "at", "ed", "er", "es", "et", "ад", "ан", "ар", "ас", "ат", "ед"}

_ABBREVIATION = re.compile(r"[A-Z]{2,4}")
_CYRILLIC_CASES = (
    "ого",
    "ему",
    "ами",
    "ями",
    "ой",
    "ей",
    "ом",
    "ем",
    "ах",
    "ях",
    "ам",
    "ям",
    "ою",
    "ею",
    "ові",
    *"аяуюыиеоьйії",
)
_CYRILLIC_NOMINATIVES = ("", "а", "я", "ь", "ы", "и", "о", "е", "й", "ия")
ELIDED = re.compile(r"(?:[cdjlmnst]|qu)['’ʼ](?=\w)", re.IGNORECASE)
"""What French and Italian write to a name: d'Abou Kamal."""
_SUFFIXED = re.compile(r"(.+)['’ʼ][a-zçğışöü]{1,4}")  # Halep'te
_POSSESSIVE = re.compile(r"['’]s$|(?<=\w)['’]$")


@dataclass(frozen=True, slots=True, eq=False)
class _Name:
    """What a name may stand for; not `exact` where the gazetteer has only names that sound like it.

    `ids` are those of the places: other spellings with the same ones are the same name. `votes` are by country.
    """

    places: tuple[Place, ...]
    exact: bool
    ids: tuple[int, ...]
    votes: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class _Span:
    """Where a text has a name."""

    start: int
    end: int
    name: _Name


def find_mentions(text: str, language: str, gazetteer: Gazetteer | None) -> list[Mention]:
    """The mentions of a whole text in order, with offsets into it. Those of groups win where two overlap.

    Without a gazetteer, groups alone are found.
    """
    groups = list(find_groups(text))
    taken = [(group.start, group.end) for group in groups]
    spans = [
        span
        for span in _name_spans(text, language, gazetteer)
        if not any(span.start < end and start < span.end for start, end in taken)
    ]
    votes: dict[object, Mapping[str, float]] = {span.name.ids: span.name.votes for span in spans if span.name.exact}
    for group in groups:
        active = countries_of(group.entity)
        votes[group.entity] = dict.fromkeys(active, _COUNTRY_VOTE / max(len(active), 1))
    places = [
        Mention(span.start, span.end, place.entity, place.name)
        for span in spans
        if (place := _meant(span.name, text[span.start : span.end], votes)) is not None
    ]
    return sorted(groups + places, key=lambda mention: mention.start)


def possible_entities(text: str, language: str, gazetteer: Gazetteer | None) -> list[tuple[int, int, tuple[str, ...]]]:
    """The names of a question: start, end, and every entity that each may stand for, the likeliest first.

    Which of them is meant is for the reports to say: those that no report speaks of find nothing.
    """
    groups = [(group.start, group.end, (group.entity,)) for group in find_groups(text, typed=True)]
    spans = _name_spans(text, language, gazetteer)
    places = [(span.start, span.end, tuple(place.entity for place in span.name.places)) for span in spans]
    return sorted(groups + places)


def find_countries(text: str, language: str, gazetteer: Gazetteer | None) -> Iterator[tuple[int, int, str]]:
    """The names of countries in a text, those that a town has too among them: start, end, ISO code."""
    for span in _name_spans(text, language, gazetteer):
        if span.name.exact and span.name.places[0].is_country:  # countries come first
            yield span.start, span.end, span.name.places[0].country


@dataclass(frozen=True, slots=True)
class Spellings:
    """The ways in which reports spell something: one of the mentions for each, and a pattern that finds any of them."""

    mentions: Mapping[str, Mention]
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, mentions: Iterable[tuple[Report, Mention]]) -> Spellings:
        """Those of these mentions."""
        found = {report.text[mention.start : mention.end]: mention for report, mention in mentions}
        forms = "|".join(sorted(map(re.escape, found), key=len, reverse=True)) or "(?!)"
        return cls(found, re.compile(rf"(?<!\w)(?:{forms})(?!\w)"))


def names_in(
    hit: Hit, mentions: Iterable[Mention], spelled: Spellings, asked: Collection[str], gazetteer: Gazetteer | None
) -> tuple[Mention, ...]:
    """What a passage names of the entities `asked` for: of its report's `mentions` those within, or else what it spells
    as other reports do, or what may be one of them and was taken for nothing else.

    A short report on one town may have no other name by which to tell that town from its namesakes; another report has,
    or the question says which is meant.
    """
    start, end = hit.passage.start, hit.passage.end
    within = [mention for mention in mentions if start <= mention.start < end]
    named = tuple(mention for mention in within if mention.entity in asked)
    if named:
        return named
    found = spelled.pattern.finditer(hit.text)
    alike = tuple(replace(spelled.mentions[m.group()], start=start + m.start(), end=start + m.end()) for m in found)
    return alike or tuple(
        Mention(start + span.start, start + span.end, place.entity, place.name)
        for span in _name_spans(hit.text, hit.report.language, gazetteer)
        if span.name.exact and not any(m.start < start + span.end and start + span.start < m.end for m in within)
        for place in [place for place in span.name.places if place.entity in asked][:1]
    )


def _meant(name: _Name, spelled: str, votes: Mapping[object, Mapping[str, float]]) -> Place | None:
    """Of a name's places the one that fits the other names best; None where none does, and none is certain or famous.

    A name does not speak for itself: what counts is which share of the other names' votes its country has. A few
    capitals may be an abbreviation, as SANA the agency: no city is so famous.
    """
    others: dict[str, float] = {}
    for voter, own in votes.items():
        if voter != name.ids:
            for country, vote in own.items():
                others[country] = others.get(country, 0.0) + vote
    total = sum(others.values())
    shares = {place.country: others.get(place.country, 0.0) / total if total else 0.0 for place in name.places}
    best = max(name.places, key=lambda place: _fit(place, shares[place.country]))
    certain = not total and len(name_form(spelled)) >= _LONG and len(name.places) == 1
    famous = best.population >= _FAMOUS and not _ABBREVIATION.fullmatch(spelled)
    known = name.exact and (best.is_country or famous or certain)
    return best if known or shares[best.country] >= _COHERENT else None


def _votes(name: Sequence[Place]) -> dict[str, float]:
    """A name's vote, divided among the countries of its places by the size of the largest in each."""
    sizes: dict[str, float] = {}
    for place in name:
        sizes[place.country] = max(sizes.get(place.country, 0.0), math.sqrt(place.population + 100))
    value = _COUNTRY_VOTE if any(place.is_country for place in name) else 1.0
    return {country: value * size / sum(sizes.values()) for country, size in sizes.items()}


def _fit(place: Place, share: float) -> float:
    return math.log10(place.population + 10) + _SHARE_WEIGHT * share + _COUNTRY_BONUS * place.is_country


# -- places


def _name_spans(text: str, language: str, gazetteer: Gazetteer | None) -> list[_Span]:
    """Names that the gazetteer has, the longest first where they overlap."""
    if gazetteer is None:
        return []
    tokens = [match.span() for match in NAME_TOKEN.finditer(text)]
    if language in {"fr", "it"}:
        tokens = [(start + _elided(text[start:end]), end) for start, end in tokens]
    words = [_word(text[start:end], language) for start, end in tokens]
    all_names = not any(word.capital for word in words[1:])
    found: list[_Span] = []
    at = 0
    while at < len(tokens):
        furthest = at
        if (all_names or words[at].begins) and not words[at].figure:
            furthest = at + 1
            # How far a name that begins here can go: over single spaces, and not over figures.
            while (
                furthest < min(at + _LONGEST, len(tokens))
                and text[tokens[furthest - 1][1] : tokens[furthest][0]] == " "
                and not words[furthest].figure
            ):
                furthest += 1
        led = at and words[at - 1].leads and text[tokens[at - 1][1] : tokens[at][0]] == " "
        for after in range(furthest, at, -1):
            if (all_names or words[after - 1].named) and any(word.rare for word in words[at:after]):
                start, end = tokens[at][0], tokens[after - 1][1]
                name = _name(text[start:end], language, gazetteer)
                # What only sounds like a place is none with "has" before it or "how" behind it.
                bounded = (words[at].rare or words[at].article) and words[after - 1].rare
                meant = name.places and (not led or name.places[0].is_country)
                if meant and (name.exact or bounded):
                    found.append(_Span(start, end, name))
                    at = after
                    break
        else:
            at += 1
    return found


def _elided(token: str) -> int:
    elided = ELIDED.match(token)
    return elided.end() if elided else 0


@dataclass(frozen=True, slots=True)
class _Word:
    """What a word says of the name that it may be a part of.

    `named` is whether it may be a name, `capital` whether it has one in it, `begins` whether a name may begin with it,
    `leads` whether no town follows it.
    """

    rare: bool
    named: bool
    capital: bool
    begins: bool
    article: bool
    leads: bool
    figure: bool


@lru_cache(maxsize=50_000)  # the words of reports repeat
def _word(word: str, language: str) -> _Word:
    folded, named = word.casefold(), may_be_name(word)
    return _Word(
        rare=folded not in common_words(language) and folded not in ordinary_words(language),
        named=named,
        capital=word != word.lower(),
        begins=named or word in _LONE_ARTICLES,
        article=folded in ARTICLES,
        leads=folded in leading_words(language),
        figure=word[0].isdigit(),
    )


@lru_cache(maxsize=50_000)
def _name(spelled: str, language: str, gazetteer: Gazetteer) -> _Name:
    forms = list(_forms(spelled, language))
    found = _places(forms, gazetteer)
    article, hyphen, _ = spelled.partition("-")
    if not found and hyphen and article.casefold() in _LONE_ARTICLES and CYRILLIC.match(article):
        # Many places that are called in Arabic have no Cyrillic name there: Эль-Баб is al-Bab.
        found = _places(map(anyascii, forms), gazetteer)
    exact = bool(found)
    # Arabic is written without the vowels that tell a sound, and what many write is no rare spelling.
    if not exact and not ARABIC.search(spelled) and not gazetteer.is_word(spelled):
        found = gazetteer.alike(sound(name_form(spelled), language))
    return _Name(found, exact, tuple(place.id for place in found), _votes(found))


def _places(forms: Iterable[str], gazetteer: Gazetteer) -> tuple[Place, ...]:
    return tuple(dict.fromkeys(place for form in forms for place in gazetteer.candidates(form)))


def _forms(name: str, language: str) -> Iterator[str]:
    """The name as it stands, then without what a language adds to its beginning or end."""
    bare = _POSSESSIVE.sub("", name)
    form = name_form(bare)
    if len(form) < SHORTEST:
        return
    yield form
    suffixed = _SUFFIXED.fullmatch(name)
    if suffixed and len(name_form(suffixed[1])) >= SHORTEST:
        yield name_form(suffixed[1])
    if ARABIC.search(name):
        if form[0] in ARABIC_PARTICLES and len(form) > 4:
            yield "ال" + form[2:] if form.startswith("لل") else form[1:]
            if form[1] in ARABIC_PARTICLES and len(form) > 5:
                yield form[2:]
    elif CYRILLIC.search(name):
        for case in _CYRILLIC_CASES:
            stem = form.removesuffix(case)
            if stem != form and len(stem) >= 3:
                yield from (stem + ending for ending in _CYRILLIC_NOMINATIVES)
        yield from (form + ending for ending in ("ь",))
    elif language == "de" and form.endswith("s") and len(form) > 4:
        yield form[:-1]
