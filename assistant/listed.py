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
from assistant.letters import ARABIC, HANGUL, HEBREW, UNSPACED, fold, is_unspaced
from assistant.records import PLACE, Mention

__all__ = ["ARABIC_PARTICLES", "HEBREW_PARTICLES", "Extent", "countries_of", "extent_of", "find_listed", "name_pattern"]

ARABIC_PARTICLES = "وفبلك"
"""What Arabic writes to the beginning of a name."""
HEBREW_PARTICLES = "והבלמשכ"
"""The same in Hebrew, and its article."""
_WORD = re.compile(rf"[{UNSPACED}]|(?<![^\W{UNSPACED}])[^\W{UNSPACED}]{{1,64}}")
_FIRST_LETTERS = re.compile(rf"[{UNSPACED}]{{1,2}}|[^\W_{UNSPACED}]+")
_ARTICLE = re.compile("^[اأإآ]ل")
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
        start = word.start()
        pattern = _names_from(text[start : start + 2] if is_unspaced(word.group()) else word.group(), typed)
        match = pattern.match(text, start) if pattern is not None and start >= end else None
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
    beginnings = (beginning for key in sorted(_keys_of(word)) for beginning in _beginnings(key))
    named = tuple(name for head, own in beginnings for name in own if head.fullmatch(word))
    return _pattern(named, typed) if named else None


def _keys_of(word: str) -> set[str]:
    """What the names that a word may begin are found by: their first one or two letters. To Arabic and Hebrew names
    particles are written, and the article."""
    starts = [word]
    if ARABIC.match(word):
        starts += [word[count:] for count in (1, 2) if all(c in ARABIC_PARTICLES for c in word[:count])]
        starts += [start.removeprefix("ا").removeprefix("ل") for start in starts]
    elif HEBREW.match(word):
        starts += [word[count:] for count in (1, 2, 3) if all(c in HEBREW_PARTICLES for c in word[:count])]
    return {key for start in starts for key in (_key(start), _key(start[:1])) if key}


def _key(letters: str) -> str:
    return "".join(fold(letter)[:1] or letter.casefold()[:1] for letter in letters[:2])


@cache  # by key, as it takes its time
def _beginnings(key: str) -> list[tuple[re.Pattern[str], list[tuple[str, str]]]]:
    """The names of this key, by what they begin with."""
    by_head: dict[str, list[tuple[str, str]]] = {}
    for name, group in _data().names_by_key.get(key, ()):
        by_head.setdefault(_head(name), []).append((name, group))
    return [(re.compile(name_pattern(head), re.IGNORECASE), own) for head, own in by_head.items()]


def _head(name: str) -> str:
    """The first word of a name, or the beginning of one that may go on: in "Da'esh" the apostrophe may be missing."""
    found = _FIRST_LETTERS.search(name)
    if found is None:
        return name
    return found.group() + "*" * (name[found.end() : found.end() + 1] in ("'", "*") or is_unspaced(found.group()))


@cache
def _pattern(named: tuple[tuple[str, str], ...], typed: bool) -> re.Pattern[str]:
    """These names, the longest first, each a group of its own."""
    longest = sorted(named, key=lambda one: (-len(one[0]), one))
    shown = {name: f"(?P<{group}>{name_pattern(name, typed)})" for name, group in longest}
    whole = "|".join(one for name, one in shown.items() if not _goes_on(name)) or "(?!)"
    others = "|".join(one for name, one in shown.items() if _goes_on(name)) or "(?!)"
    return re.compile(rf"(?:{others})|(?:{whole})(?![^\W{UNSPACED}])")


def _goes_on(name: str) -> bool:
    """Whether letters may stand behind a name: the next word where none ends, or a Korean particle."""
    last = name.rstrip("*")[-1]
    return is_unspaced(last) or HANGUL.match(last) is not None


@dataclass(frozen=True, slots=True)
class _Data:
    """The names by key, each with the group that it is in a pattern; the entity of each of these; the name of
    each entity, the countries in which it is, and what lies in it."""

    names_by_key: Mapping[str, Sequence[tuple[str, str]]]
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
    by_key, entities = dict[str, list[tuple[str, str]]](), dict[str, str]()
    for number, (name, entity) in enumerate(sorted(spelled)):
        entities[f"g{number}"] = entity
        by_key.setdefault(_key(_ARTICLE.sub("", _head(name).rstrip("*"))), []).append((name, f"g{number}"))
    return _Data(by_key, entities, names, countries, extents)


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
    if HEBREW.search(name):
        return rf"[{HEBREW_PARTICLES}]{{0,3}}{shown}"
    capitals = bare == bare.upper() and not (typed and len(_FIRST_LETTERS.findall(name)[0]) >= _TYPED)
    return shown if capitals or bare != name else rf"(?i:{shown})"
