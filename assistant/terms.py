"""Turns text into terms for full-text search: the one analysis for the index and for questions.

Seven kinds of term, told apart by their first letter:

    w<language><word>    a word, folded (case, diacritics, Arabic letter variants and article)
    p<language><start>   its first five letters, which stand in for inflection
    g<language><letters> two letters side by side in Chinese or Japanese, three in Thai and the like: about a word
    n<digits>            a number, whatever its script
    s<skeleton>          the consonants of a name, transliterated, so that one name meets itself across scripts
                         and spellings: البوكمال, Al-Bukamal, Абу-Камаль and "Abu Kamal" all have the term sbkml
    v<sound>             how a name is spoken that has two consonants alone: Suheil and Soheil, Omar and Umar
    e<entity>            a place or group that is named (mentions.py), whatever the name: "Rawa" and راوة

Words carry the language, so that they match within it only: words that two languages share by accident ("war",
"die", "in") are what makes hybrid search fail across languages. Names and numbers match across all of them.
Measured in docs/decisions/0005. This module knows letters; it knows nothing of stores or scores.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache

from assistant.letters import JOINTS, NAME_TOKEN, fold, is_of_sounds, is_unspaced, may_be_name
from assistant.sounds import ARABIC_ARTICLE, MIN_SKELETON, joined, skeleton, sound, ways, without_article

__all__ = ["TERMS_VERSION", "question_terms", "terms"]

TERMS_VERSION = "22"
"""Raised whenever a text would get other terms: an index remembers by which it was made."""

_STEM = 5
_MIN_SOUND = 4  # three sounds are shared by too many names
_ARABIC_AND = re.compile(r"و(?=.{4})")


def terms(text: str, language: str, entities: Iterable[str] = ()) -> frozenset[str]:
    """The terms of a text that is indexed, and of the entities (`Mention.entity`) that it mentions."""
    tokens = list(NAME_TOKEN.finditer(unicodedata.normalize("NFC", text)))
    return frozenset(_entity_term(entity) for entity in entities).union(*_by_token(tokens, language, all_names=False))


def question_terms(
    text: str, language: str, names: Sequence[tuple[int, int, Collection[str]]] = ()
) -> list[frozenset[str]]:
    """The terms of a question, one set a word: each holds the ways in which a text can have that word.

    A question without a capital after its first word is taken to hold names anywhere. `names` are the places and
    groups that it may name, as start, end and entities (mentions.py): offsets into the text in NFC.
    """
    matches = list(NAME_TOKEN.finditer(unicodedata.normalize("NFC", text)))
    all_names = not any(match.group() != match.group().lower() for match in matches[1:])
    found = _by_token(matches, language, all_names=all_names)
    return [
        own.union(
            _entity_term(entity)
            for start, end, entities in names
            if match.start() < end and start < match.end()
            for entity in entities
        )
        for own, match in zip(found, matches, strict=True)
    ]


@lru_cache(maxsize=50_000)
def _entity_term(entity: str) -> str:
    return "e" + "".join(character for character in entity if character.isalnum())


def _by_token(tokens: Sequence[re.Match[str]], language: str, *, all_names: bool) -> list[frozenset[str]]:
    found: list[frozenset[str]] = []
    before: str | None = None  # the name just before this token
    runs = dict(_unspaced(tokens))
    for place, token in enumerate(tokens):
        run = runs.get(place)
        name, own = _read(token.group(), language, all_names) if run is None else (None, _run_term(run, language))
        if name is not None and before is not None:  # a name of two words belongs to both
            pair = _pair_terms(before, name, language)
            own |= pair
            found[-1] |= pair
        found.append(own)
        before = name
    return found


def _unspaced(tokens: Sequence[re.Match[str]]) -> Iterator[tuple[int, str]]:
    """The letters of scripts without spaces, by their places among the tokens: each with those that follow it, or at
    the end of a run, the last ones. Two or three letters are about a word."""
    first = 0
    while first < len(tokens):
        after = first
        while after < len(tokens) and is_unspaced(tokens[after].group()):
            if after > first and tokens[after].start() > tokens[after - 1].end():
                break
            after += 1
        for place in range(first, after):
            size = 3 if is_of_sounds(tokens[place].group()) else 2
            start = max(min(place, after - size), first)
            yield place, "".join(token.group() for token in tokens[start : min(start + size, after)])
        first = max(after, first + 1)


@lru_cache(maxsize=50_000)
def _run_term(letters: str, language: str) -> frozenset[str]:
    return frozenset({f"g{language}{fold(letters)}"})


@lru_cache(maxsize=50_000)
def _read(token: str, language: str, all_names: bool) -> tuple[str | None, frozenset[str]]:
    """The name that a token may be, and the terms that it has whatever stands beside it."""
    if not token.isalpha() and any(character.isdigit() for character in token):
        return None, frozenset({"n" + "".join(_digit(character) for character in token if character.isalnum())})
    name = token if all_names or may_be_name(token) else None
    return name, frozenset(_word_terms(token, language)).union(_skeleton_terms(token, language) if name else ())


def _word_terms(token: str, language: str) -> Iterator[str]:
    for part in JOINTS.split(fold(token)):
        for word in _arabic_forms(part):
            if len(word) >= 2:
                yield f"w{language}{word}"
                if len(word) >= _STEM:
                    yield f"p{language}{word[:_STEM]}"


def _arabic_forms(word: str) -> Iterator[str]:
    """A word without its article; and without a first letter that may be "and", or be its own."""
    match = ARABIC_ARTICLE.match(word)
    if match:
        yield word[match.end() :]
        return
    yield word
    if _ARABIC_AND.match(word):
        yield word[1:]


def _skeleton_terms(name: str, language: str) -> Iterator[str]:
    for form in {name, without_article(name), *JOINTS.split(name)}:
        for (way,), least in ways(language, form):
            found = skeleton(way, language)
            if len(found) >= least:
                yield "s" + found
            elif len(found) == MIN_SKELETON - 1 and len(spoken := sound(way, language)) >= _MIN_SOUND:
                yield "v" + spoken


@lru_cache(maxsize=50_000)
def _pair_terms(first: str, second: str, language: str) -> frozenset[str]:
    """Two names joined: "Abu Kamal", "Deir ez-Zor"."""
    found = (
        (joined(way, language), least) for way, least in ways(language, without_article(first), without_article(second))
    )
    return frozenset("s" + both for both, least in found if len(both) >= least)


def _digit(character: str) -> str:
    """A decimal digit of any script as ASCII; other characters as they are."""
    value = unicodedata.decimal(character, None)
    return str(value) if value is not None else character.casefold()
