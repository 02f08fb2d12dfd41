"""Finds the groups and the regions that a text names, by the names in data/groups.toml and data/regions.toml.

Regions are those that are no province of one country: Donbas, Eastern Ghouta, the Sahel. Knows nothing of other places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from assistant.data_files import data_file
from assistant.gazetteer import Box
from assistant.records import PLACE, Mention
from assistant.terms import ARABIC

__all__ = ["ARABIC_PARTICLES", "Extent", "countries_of", "extent_of", "find_listed", "name_pattern"]

ARABIC_PARTICLES = "وفبلك"
"""What Arabic writes to the beginning of a name."""
_WORD = re.compile(r"(?<!\w)\w{1,64}")
_FIRST_LETTERS = re.compile(r"[^\W_]+")
_ARABIC_VARIANTS = ("اأإآ", "يىی", "هة", "كک")
_LISTS = {"groups": "group:", "regions": PLACE}  # the files, and what an entity of each begins with
_ABOUT = frozenset({"name", "countries", "parts", "boxes"})  # beside the names by language
_AS_IT_STANDS = "="
_TYPED = 3  # letters from which an abbreviation in small ones is no other word: "sdf", but not "is"


@dataclass(frozen=True, slots=True)
class Extent:
    """What lies in a region: `parts` are ISO codes of provinces (SY-RD) and countries (ML), each wholly in it; `boxes`
    are south, west, north and east in degrees."""

    parts: tuple[str, ...]
    boxes: tuple[Box, ...]


def find_listed(text: str, *, typed: bool = False) -> Iterator[Mention]:
    """The groups and regions that a text names, in order, with offsets into it.

    Where somebody `typed` it as a question, abbreviations are also found in small letters.
    """
    listed, end = _data(), 0
    for word in _WORD.finditer(text):
        pattern = _names_from(word.group(), typed)
        match = pattern.match(text, word.start()) if pattern is not None and word.start() >= end else None
        if match is not None:
            entity, end = listed.entities[match.lastgroup or ""], match.end()
            yield Mention(match.start(), end, entity, listed.names[entity])


def countries_of(entity: str) -> tuple[str, ...]:
    """Where a group is active, or a region lies, as ISO codes."""
    return _data().countries[entity]


def extent_of(entity: str) -> Extent | None:
    """What lies in a region; None for what is none."""
    return _data().extents.get(entity)


@lru_cache(maxsize=50_000)  # the words of reports repeat
def _names_from(word: str, typed: bool) -> re.Pattern[str] | None:
    """The names that may begin with this word: to try all of them at each word would take ten times as long."""
    beginnings = _beginnings(_initial(word[0]))
    named = tuple(name for head, own in beginnings for name in own if head.match(word))
    return _pattern(named, typed) if named else None


@cache  # by letter, as it takes its time
def _beginnings(initial: str) -> list[tuple[re.Pattern[str], list[tuple[str, str]]]]:
    """The names with this first letter, by what they begin with."""
    by_head: dict[str, list[tuple[str, str]]] = {}
    for name, group in _data().names_by_initial.get(initial, ()):
        head = _FIRST_LETTERS.search(name)
        by_head.setdefault(head.group() if head else name, []).append((name, group))
    return [(re.compile(name_pattern(head), re.IGNORECASE), own) for head, own in by_head.items()]


@cache
def _pattern(named: tuple[tuple[str, str], ...], typed: bool) -> re.Pattern[str]:
    """These names, the longest first, each a group of its own."""
    longest = sorted(named, key=lambda one: (-len(one[0]), one))
    names = "|".join(f"(?P<{group}>{name_pattern(name, typed)})" for name, group in longest)
    return re.compile(rf"(?:{names})(?!\w)")


@cache
def _initial(letter: str) -> str:
    """Arabic names begin with any letter: particles and the article are written to them."""
    return "arabic" if ARABIC.match(letter) else letter.casefold()[:1]


@dataclass(frozen=True, slots=True)
class _Data:
    """The names by first letter, each with the group that it is in a pattern; the entity of each of these; the name of
    each entity, the countries in which it is, and what lies in it."""

    names_by_initial: Mapping[str, Sequence[tuple[str, str]]]
    entities: Mapping[str, str]
    names: Mapping[str, str]
    countries: Mapping[str, tuple[str, ...]]
    extents: Mapping[str, Extent]


@cache
def _data() -> _Data:
    names, countries, extents = dict[str, str](), dict[str, tuple[str, ...]](), dict[str, Extent]()
    spelled = set[tuple[str, str]]()
    for file, prefix in _LISTS.items():
        for name, listed in data_file(file).items():
            entity = f"{prefix}{name}"
            names[entity] = listed["name"]
            countries[entity] = tuple(listed.get("countries", ()))
            if file == "regions":
                extents[entity] = Extent(tuple(listed.get("parts", ())), tuple(map(tuple, listed.get("boxes", ()))))
            spelled |= {(spelling, entity) for key, own in listed.items() if key not in _ABOUT for spelling in own}
    by_initial, entities = dict[str, list[tuple[str, str]]](), dict[str, str]()
    for number, (name, entity) in enumerate(sorted(spelled)):
        entities[f"g{number}"] = entity
        by_initial.setdefault(_initial(name.removeprefix(_AS_IT_STANDS)[0]), []).append((name, f"g{number}"))
    return _Data(by_initial, entities, names, countries, extents)


def name_pattern(name: str, typed: bool = False) -> str:
    """What finds a listed name, up to its end: with a `*` a word goes on, and to Arabic ones particles are written.

    A name of capitals alone is found in small letters where somebody `typed` them and there are three or more, one with
    a `=` before it only as it stands. An article in Arabic may be missing in the list, but not in the text alone.
    """
    bare = name.removeprefix(_AS_IT_STANDS)
    words = [re.escape(word.rstrip("*")) + (r"\w*" if word.endswith("*") else "") for word in bare.split()]
    shown = r"\s+".join(words).replace("'", "['’ʼ]?").replace(r"\-", r"[-‐‑ ]")
    if ARABIC.search(name):
        for letters in _ARABIC_VARIANTS:
            shown = re.sub(f"[{letters}]", f"[{letters}]", shown)
        without = shown.removeprefix("[اأإآ]ل")
        return rf"[{ARABIC_PARTICLES}]{{0,2}}(?:ال|ل){'?' if shown == without else ''}{without}"
    capitals = bare == bare.upper() and not (typed and len(_FIRST_LETTERS.findall(name)[0]) >= _TYPED)
    return shown if capitals or bare != name else rf"(?i:{shown})"
