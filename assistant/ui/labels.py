"""The words of the page, in the languages that it speaks: one file each, data/labels.*.toml.

Answers are in more languages than the page is: for those, a file has the words around an answer. Plain text, not HTML.
What an answer says in Lagebild's own words is in prompts/wording.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from string import Template

from babel import Locale

__all__ = ["LANGUAGES", "count_text", "country_name", "direction", "label", "language_name", "negotiate"]

LANGUAGES = ("en", "de", "ar")
"""What the page can be shown in; the first is for everyone else."""

_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "fa", "he", "ps", "ur"})


def label(language: str, name: str, **values: str) -> str:
    """A word of the page in this language, or in English where that is not known. Plain text, not HTML."""
    return Template(_labels(language)[name]).substitute(values)


def count_text(count: int, language: str) -> str:
    """So many reports."""
    return label(language, "found_one" if count == 1 else "found", count=str(count))


def direction(language: str) -> str:
    """`rtl` or `ltr`."""
    return "rtl" if language in _RIGHT_TO_LEFT else "ltr"


def language_name(code: str, language: str) -> str:
    """What a language is called in another one; its code where that is not known."""
    return str(Locale.parse(language).languages.get(code, code))


def country_name(code: str, language: str) -> str:
    """What a country is called in a language, by its ISO 3166 code; the code where that is not known."""
    return str(Locale.parse(language).territories.get(code, code))


def negotiate(chosen: str | None, accepted: str) -> str:
    """The language to show the page in: what was chosen, or what the browser accepts first (Accept-Language)."""
    if chosen in LANGUAGES:
        return chosen
    wanted: list[tuple[float, str]] = []
    for part in "".join(accepted.split()).split(","):
        name, _, quality = part.partition(";q=")
        try:
            wanted.append((-float(quality or 1), name.split("-")[0].lower()))
        except ValueError:
            continue
    # A weight of 0 says: not this one.
    known = [name for weight, name in sorted(wanted, key=lambda one: one[0]) if weight and name in LANGUAGES]
    return known[0] if known else LANGUAGES[0]


@cache
def _labels(language: str) -> Mapping[str, str]:
    file = resources.files("assistant").joinpath("data", f"labels.{language}.toml")
    own = tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}
    return own if language == LANGUAGES[0] else {**_labels(LANGUAGES[0]), **own}
