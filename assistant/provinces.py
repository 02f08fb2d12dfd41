"""The provinces of the world, and how a text says that a name is a province's.

From data/provinces.tsv.gz and provinces.toml. Names and codes are those of GeoNames and CLDR
(scripts/make_provinces.py). Knows nothing of other places.
"""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from assistant.data_files import data_file
from assistant.letters import fold

__all__ = ["Province", "adjective_names", "is_between", "is_province_word", "read_provinces"]

_MANY = 5  # countries
_WORD = re.compile(r"[^\s’']+['’]?")
_OBLAST = re.compile(r"(.+[сц])(?:кая|ька) область", re.IGNORECASE)
_ADJECTIVE = re.compile(r"(.+[сц])(ь?к)(?:ая|ой|ую|ою|ий|ого|ому|им|ом|а|ої|ій|у)")
_FEMININE = {"к": "кая", "ьк": "ька"}


@dataclass(frozen=True, slots=True)
class Province:
    """A division of a country: its number in GeoNames, what it is called here, ISO 3166 code of its country, GeoNames'
    code (SY.12) and ISO 3166-2 code (SY-ID), each empty where there is none, and its names in many languages."""

    id: int
    name: str
    country: str
    code: str
    iso: str
    names: tuple[str, ...]


@cache
def read_provinces() -> tuple[Province, ...]:
    """All of them, each with its names with and without the word for a province.

    What provinces of many countries are called, without such a word, is a name of none: North, Centre.
    """
    packed = resources.files("assistant").joinpath("data", "provinces.tsv.gz").read_bytes()
    lines = [line.split("\t") for line in gzip.decompress(packed).decode().splitlines()]
    named = {number: dict.fromkeys([*names.split("|"), *map(_bare, names.split("|"))]) for number, *_, names in lines}
    having: dict[str, set[str]] = defaultdict(set)
    for number, _, country, *_ in lines:
        for name in named[number]:
            having[fold(name)].add(country)
    plain = {fold(word) for word in data_file("provinces")["plain"]["words"]}
    return tuple(
        Province(
            int(number),
            called,
            country,
            code,
            iso,
            tuple(
                name
                for name in named[number]
                if _bare(name) != name or not (fold(name) in plain or len(having[fold(name)]) >= _MANY)
            ),
        )
        for number, called, country, code, iso, _ in lines
    )


@lru_cache(maxsize=50_000)  # the words of reports repeat
def is_province_word(word: str) -> bool:
    """Whether a name beside this word is a province's, if it may be."""
    return any(_words(kind).fullmatch(fold(word)) for kind in ("province", "around"))


def is_between(word: str) -> bool:
    """Whether it may stand between such a word and the name behind it: "Province of Idlib"."""
    return word.casefold() in data_file("provinces")["between"]["words"]


def adjective_names(adjective: str, noun: str) -> Iterator[str]:
    """What a province is called that a Russian or Ukrainian text names by an adjective, in any case.

    >>> list(adjective_names("Херсонской", "области")), list(adjective_names("идлибской", "провинции"))
    (['Херсонская область'], ['идлиб'])
    """
    found = _ADJECTIVE.fullmatch(adjective) if is_province_word(noun) else None
    if found and noun.casefold().startswith("област"):
        yield f"{found[1]}{_FEMININE[found[2]]} область"
    elif found:
        yield found[1].removesuffix("с")


def _bare(name: str) -> str:
    """The name without the word for a province and what is between them, but for one that is nothing without it."""
    words = _WORD.findall(name)
    province = _words("province")
    while len(words) > 1 and province.fullmatch(fold(words[-1].strip("()"))):
        words.pop()
    begins = 0
    while begins < len(words) - 1 and province.fullmatch(fold(words[begins])):
        begins += 1
    while 0 < begins < len(words) - 1 and is_between(words[begins].rstrip("'’")):
        begins += 1
    oblast = _OBLAST.fullmatch(name)
    if oblast:  # Херсонщина
        return f"{oblast[1][:-1]}щина"
    return " ".join(words[begins:])


@cache
def _words(kind: str) -> re.Pattern[str]:
    listed = {word for own in data_file("provinces")[kind].values() for word in own}
    return re.compile("|".join(re.escape(fold(word.rstrip("*"))) + r"\w*" * word.endswith("*") for word in listed))
