"""Finds the names in a text that may be a place's, in any spelling or script, and the places that each may stand for.

Which of them is meant is for mentions.py to say. This module knows names and the gazetteer, and nothing of reports.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from anyascii import anyascii

from assistant.common_words import is_common, leading_words
from assistant.gazetteer import CHINESE, SHORTEST, Gazetteer, Place, name_form
from assistant.letters import ARABIC, ARTICLES, CYRILLIC, HAN, HANGUL, HEBREW, NAME_TOKEN, is_unspaced, may_be_name
from assistant.listed import ARABIC_PARTICLES, HEBREW_PARTICLES
from assistant.provinces import adjective_names, is_between, is_province_word
from assistant.sounds import sound

__all__ = ["ELIDED", "Span", "Toponym", "name_spans"]

_LONGEST = 4  # words in a name: "Deir ez-Zor", "Khan al Shaykh Said"
_LONGEST_RUN, _LONGEST_SPOKEN = 12, 7  # letters, where there are no words; of a Chinese name
COUNTRY_VOTE = 2.0  # against a town's 1

# "at Raqqa": these are words as well
_LONE_ARTICLES = ARTICLES - {"ad", "an", "as", "at", "ed", "er", "es", "et", "ад", "ан", "ар", "ас", "ат", "ед"}

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
_KOREAN_PARTICLES = {
    *("를", "을", "이", "가", "은", "는", "에", "의", "로", "와", "과", "도", "만"),
    *("에서", "으로", "까지", "부터", "에는", "에도", "에게", "이나"),
}
_WITHOUT_ARTICLE = {"ckb", "fa", "ku", "ps", "ur"}  # in Persian, al-Qaim is قائم
_WITH_ADJECTIVES = {"ru", "uk", "be", "und"}
_JOINED = re.compile(r"-| (?:[dl]['’ʼ])?")  # Idlib-Provinz, gouvernorat d'Idleb
_SUFFIXED = re.compile(r"(.+)['’ʼ][a-zçğışöü]{1,4}")  # Halep'te
_POSSESSIVE = re.compile(r"['’]s$|(?<=\w)['’]$")


@dataclass(frozen=True, slots=True, eq=False)
class Toponym:
    """What a name may stand for; not `exact` where the gazetteer has only names that sound like it.

    `ids` are those of the places: other spellings with the same ones are the same name. `votes` are by country; `told`
    is whether a word beside it says that it is a province's, if it may be.
    """

    places: tuple[Place, ...]
    exact: bool
    ids: tuple[int, ...]
    votes: Mapping[str, float]
    told: bool = False

    @property
    def has_province(self) -> bool:
        """Whether it may be a province's."""
        return any(place.is_province for place in self.places)

    def settled(self, place: Place) -> Place:
        """The place, or what has its name in its country: of a town and a province, the town, unless it is told."""
        own = [one for one in self.places if one.country == place.country and one.is_province == self.told]
        return place if place.is_country else next(iter(own), place)


@dataclass(frozen=True, slots=True)
class Span:
    """Where a text has a name."""

    start: int
    end: int
    name: Toponym

    @property
    def is_country(self) -> bool:
        """Whether it may be a country, and is spelled as one."""
        return self.name.exact and self.name.places[0].is_country  # countries come first


def name_spans(text: str, language: str, gazetteer: Gazetteer | None) -> list[Span]:
    """Names that the gazetteer has, the longest first where they overlap."""
    if gazetteer is None:
        return []
    tokens = [match.span() for match in NAME_TOKEN.finditer(text)]
    if language in {"fr", "it"}:
        tokens = [(start + _elided(text[start:end]), end) for start, end in tokens]
    words = [_word(text[start:end], language) for start, end in tokens]
    nouns = _nouns_of_adjectives(text, tokens) if language in _WITH_ADJECTIVES else {}
    for place in nouns:
        words[place] = replace(words[place], named=True, begins=True)
    all_names = not any(word.capital for word in words[1:])
    found: list[Span] = []
    at = 0
    while at < len(tokens):
        if is_unspaced(text[slice(*tokens[at])]):
            end, name = _unspaced_name(text, tokens, at, gazetteer)
            if name is not None:
                found.append(Span(tokens[at][0], tokens[end - 1][1], name))
            at = end
            continue
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
                name = _name(text[start:end], language, gazetteer, nouns.get(after - 1, ""))
                # What only sounds like a place is none with "has" before it or "how" behind it.
                bounded = (words[at].rare or words[at].article) and words[after - 1].rare
                meant = name.places and (not led or not name.places[0].is_town)
                if meant and (name.exact or bounded):
                    told = name.has_province and _is_told_a_province(text, tokens, at, after)
                    found.append(Span(start, end, replace(name, told=told)))
                    at = after
                    break
        else:
            at += 1
    return found


def _unspaced_name(
    text: str, tokens: Sequence[tuple[int, int]], at: int, gazetteer: Gazetteer
) -> tuple[int, Toponym | None]:
    """The longest name that begins with this letter of a script without spaces, and where it ends among the tokens.

    GeoNames has many a Chinese name as it is spoken alone ("ha er ke fu").
    """
    after = at + 1
    while after < min(at + _LONGEST_RUN, len(tokens)) and tokens[after][0] == tokens[after - 1][1]:
        after += 1
    start = tokens[at][0]
    known = gazetteer.beginning(name_form(text[start : tokens[min(at + 1, after - 1)][1]]))
    for end in range(after, at + 1, -1):
        spelled = text[start : tokens[end - 1][1]]
        form = name_form(spelled)
        places = gazetteer.candidates(form) if form in known else ()
        if not places and SHORTEST <= end - at <= _LONGEST_SPOKEN and HAN.match(spelled):
            places = tuple(p for p in gazetteer.candidates(_pinyin(spelled)) if p.country not in CHINESE)
        if places:
            return end, Toponym(places, True, tuple(place.id for place in places), _votes(places))
    return at + 1, None


def _pinyin(letters: str) -> str:
    """Chinese letters as they are spoken, one by one, as a name's form."""
    return name_form(" ".join(map(anyascii, letters)))


def _nouns_of_adjectives(text: str, tokens: Sequence[tuple[int, int]]) -> dict[int, str]:
    """Where a province is named by an adjective, "в идлибской провинции": the word behind it."""
    words = [text[start:end] for start, end in tokens]
    return {place: noun for place, noun in enumerate(words[1:]) if any(adjective_names(words[place], noun))}


def _is_told_a_province(text: str, tokens: Sequence[tuple[int, int]], at: int, after: int) -> bool:
    """Whether a word beside a name, tokens[at:after], says that it is a province's."""

    def says_it(place: int, at: int) -> bool:
        return is_province_word(text[slice(*tokens[place])]) and joined(at)

    def joined(place: int) -> bool:
        return _JOINED.fullmatch(text[tokens[place - 1][1] : tokens[place][0]]) is not None

    if after < len(tokens) and says_it(after, after):
        return True
    before = at - 1
    if before > 0 and joined(at) and is_between(text[slice(*tokens[before])]):
        before -= 1
    return before >= 0 and says_it(before, before + 1)


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
        rare=not is_common(word, language),
        named=named,
        capital=word != word.lower(),
        begins=named or word in _LONE_ARTICLES,
        article=folded in ARTICLES,
        leads=folded in leading_words(language),
        figure=word[0].isdigit(),
    )


@lru_cache(maxsize=50_000)
def _name(spelled: str, language: str, gazetteer: Gazetteer, noun: str = "") -> Toponym:
    """What a name may stand for; where it is the adjective of a province, `noun` is what is behind it."""
    forms = [*_forms(spelled, language), *map(name_form, adjective_names(spelled, noun))]
    found = _places(forms, gazetteer)
    article, hyphen, _ = spelled.partition("-")
    if not found and hyphen and article.casefold() in _LONE_ARTICLES and CYRILLIC.match(article):
        # Many places that are called in Arabic have no Cyrillic name there: Эль-Баб is al-Bab.
        found = _places(map(anyascii, forms), gazetteer)
    exact = bool(found)
    # Where no letter has a capital, any word may be a name, and too many sound like one; Arabic and Hebrew lack the
    # vowels that tell a sound. What many write is no rare spelling.
    if not exact and spelled.lower() != spelled.upper() and not gazetteer.is_word(spelled):
        found = gazetteer.alike(sound(name_form(spelled), language))
    return Toponym(found, exact, tuple(place.id for place in found), _votes(found))


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
    for script, without in _ADDED.items():
        if script.search(name):
            yield from without(name, form, language)
            return
    if language == "de" and form.endswith("s") and len(form) > 4:
        yield form[:-1]


def _arabic(name: str, form: str, language: str) -> Iterator[str]:
    if form[0] in ARABIC_PARTICLES and len(form) > 4:
        yield "ال" + form[2:] if form.startswith("لل") else form[1:]
        if form[1] in ARABIC_PARTICLES and len(form) > 5:
            yield form[2:]
    if language in _WITHOUT_ARTICLE and not form.startswith("ال"):
        yield f"ال{form}"


def _hebrew(name: str, form: str, language: str) -> Iterator[str]:
    for count in (1, 2):
        if len(form) - count >= SHORTEST and form[count - 1] in HEBREW_PARTICLES:
            yield form[count:]


def _korean(name: str, form: str, language: str) -> Iterator[str]:
    for count in (1, 2):
        if len(name) - count > 1 and name[-count:] in _KOREAN_PARTICLES:
            yield name_form(name[:-count])


def _cyrillic(name: str, form: str, language: str) -> Iterator[str]:
    for case in _CYRILLIC_CASES:
        stem = form.removesuffix(case)
        if stem != form and len(stem) >= 3:
            yield from (stem + ending for ending in _CYRILLIC_NOMINATIVES)
    yield form + "ь"


_ADDED = {ARABIC: _arabic, HEBREW: _hebrew, HANGUL: _korean, CYRILLIC: _cyrillic}
"""By script, the forms of a name without what a language adds to it."""


def _votes(name: Sequence[Place]) -> dict[str, float]:
    """A name's vote, divided among the countries of its places by the size of the largest in each."""
    sizes: dict[str, float] = {}
    for place in name:
        sizes[place.country] = max(sizes.get(place.country, 0.0), math.sqrt(place.population + 100))
    value = COUNTRY_VOTE if any(place.is_country for place in name) else 1.0
    return {country: value * size / sum(sizes.values()) for country, size in sizes.items()}
