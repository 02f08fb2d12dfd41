"""Finds the groups that a text names, by the names in data/groups.toml. Knows nothing of places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from assistant.data_files import data_file
from assistant.records import Mention
from assistant.terms import ARABIC

__all__ = ["ARABIC_PARTICLES", "countries_of", "find_groups", "name_pattern"]

ARABIC_PARTICLES = "وفبلك"
"""What Arabic writes to the beginning of a name."""
_WORD = re.compile(r"(?<!\w)\w{1,64}")
_FIRST_LETTERS = re.compile(r"[^\W_]+")
_ARABIC_VARIANTS = ("اأإآ", "يىی", "هة", "كک")
_ABOUT = frozenset({"name", "countries"})  # of a group, beside its names by language
_TYPED = 3  # letters from which an abbreviation in small ones is no other word: "sdf", but not "is"


def find_groups(text: str, *, typed: bool = False) -> Iterator[Mention]:
    """The groups that a text names, in order, with offsets into it.

    Where somebody `typed` it as a question, abbreviations are also found in small letters.
    """
    groups, end = _data(), 0
    for word in _WORD.finditer(text):
        pattern = _names_from(word.group(), typed)
        match = pattern.match(text, word.start()) if pattern is not None and word.start() >= end else None
        if match is not None:
            entity, end = groups.entities[match.lastgroup or ""], match.end()
            yield Mention(match.start(), end, entity, groups.names[entity])


def countries_of(entity: str) -> tuple[str, ...]:
    """Where a group is active, as ISO codes."""
    return _data().countries[entity]


@lru_cache(maxsize=50_000)  # the words of reports repeat
def _names_from(word: str, typed: bool) -> re.Pattern[str] | None:
    """The names that may begin with this word: to try all of them at each word would take ten times as long."""
    initial = _initial(word[0])
    if initial not in _data().names_by_initial:
        return None
    beginnings, names = _patterns(initial, typed)
    return names if beginnings.match(word) else None


@cache  # by letter: all of them take half a second to compile
def _patterns(initial: str, typed: bool) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Of the names with this first letter: what they begin with, and the names, each a group of its own."""
    named = _data().names_by_initial[initial]
    heads = (word for name, _ in named for word in _FIRST_LETTERS.findall(name)[:1])
    names = "|".join(f"(?P<{group}>{name_pattern(name, typed)})" for name, group in named)
    return re.compile("|".join(map(name_pattern, heads)), re.IGNORECASE), re.compile(rf"(?:{names})(?!\w)")


@cache
def _initial(letter: str) -> str:
    """Arabic names begin with any letter: particles and the article are written to them."""
    return "arabic" if ARABIC.match(letter) else letter.casefold()[:1]


@dataclass(frozen=True, slots=True)
class _Data:
    """The names by first letter, the longest first, each with the group that it is in a pattern; the entity of each of
    these; the name of each entity, and the countries in which it is active."""

    names_by_initial: Mapping[str, Sequence[tuple[str, str]]]
    entities: Mapping[str, str]
    names: Mapping[str, str]
    countries: Mapping[str, tuple[str, ...]]


@cache
def _data() -> _Data:
    names, countries, spelled = dict[str, str](), dict[str, tuple[str, ...]](), set[tuple[str, str]]()
    for group, listed in data_file("groups").items():
        entity = f"group:{group}"
        names[entity] = listed["name"]
        countries[entity] = tuple(listed.get("countries", ()))
        spelled |= {(name, entity) for key, own in listed.items() if key not in _ABOUT for name in own}
    by_initial, entities = dict[str, list[tuple[str, str]]](), dict[str, str]()
    for number, (name, entity) in enumerate(sorted(spelled, key=lambda pair: (-len(pair[0]), pair))):
        entities[f"g{number}"] = entity
        by_initial.setdefault(_initial(name[0]), []).append((name, f"g{number}"))
    return _Data(by_initial, entities, names, countries)


def name_pattern(name: str, typed: bool = False) -> str:
    """What finds a listed name, up to its end: with a `*` a word goes on, and to Arabic ones particles are written.

    A name of capitals alone is found in small letters where somebody `typed` them and there are three or more.
    """
    words = [re.escape(word.rstrip("*")) + (r"\w*" if word.endswith("*") else "") for word in name.split()]
    shown = r"\s+".join(words).replace("'", "['’ʼ]?").replace(r"\-", r"[-‐‑ ]")
    if ARABIC.search(name):
        for letters in _ARABIC_VARIANTS:
            shown = re.sub(f"[{letters}]", f"[{letters}]", shown)
        return rf"[{ARABIC_PARTICLES}]{{0,2}}(?:ال|ل)?{shown.removeprefix('[اأإآ]ل')}"
    capitals = name == name.upper() and not (typed and len(_FIRST_LETTERS.findall(name)[0]) >= _TYPED)
    return shown if capitals else rf"(?i:{shown})"
