"""What the months, the days of the week and feasts are called.

The names come from babel (CLDR), in the ways of several countries: تشرين الثاني and نوفمبر are both November. Knows
nothing of texts or of the calendar.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from assistant.feasts import listed_feasts
from assistant.letters import fold
from assistant.time_words import month_forms, pattern_of, phrases

__all__ = ["CYRILLIC", "feast_names", "month_names", "weekdays"]

CYRILLIC = frozenset({"ru", "uk", "bg", "sr"})
"""Languages whose names are found by their stems, in any case."""
_COUNTRIES = {"ar": ("ar_SY", "ar_DZ"), "de": ("de_AT",), "en": ("en_001",)}  # that have other names for the months
_CYRILLIC_ENDING = re.compile(r"(?:ий|ого|[аьйяуюы])$")
_DAYS = ("before_yesterday", "yesterday", "today")
_GERMAN_PARTS = "(?:s|abend|mittag|morgen|nacht|nachmittag|vormittag)?"  # of a day, in one word with its name


@cache
def month_names(language: str) -> dict[str, int]:
    """The names of the months, folded to lower case, with their number."""
    names: dict[str, int] = {}
    for locale in _locales(language):
        for context in locale.months.values():
            for width in ("wide", "abbreviated"):
                for number, name in context[width].items():
                    stem = _stem(name.casefold().rstrip("."), language)
                    if len(stem) >= 2 and not stem[0].isdigit():  # 11月 is written in figures
                        names.setdefault(stem, int(number))
                    if width == "wide" and len(stem) > 3:  # as people type it: اكتوبر, fevrier
                        names.setdefault(" ".join(map(fold, stem.split())), int(number))
    return names | month_forms(language)


@cache
def weekdays(language: str) -> re.Pattern[str]:
    """The names of the days of the week (the group "day0" is Monday), "the day before yesterday", "yesterday" and
    "today"."""
    by_day: dict[str, set[str]] = {}
    for locale in _locales(language):
        for number, name in locale.days["format"]["wide"].items():
            typed = re.escape(_stem(name.casefold(), language)).replace("ʼ", "['’ʼ]")
            by_day.setdefault(f"day{number}", set()).add(typed)
    goes_on = r"\w{0,2}" if language in CYRILLIC else _GERMAN_PARTS if language == "de" else ""
    parts = [rf"(?P<{day}>(?:{'|'.join(sorted(names))}){goes_on})" for day, names in sorted(by_day.items())]
    parts += [rf"(?P<{name}>{words})" for name in _DAYS if (words := phrases(language, name))]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts) or '(?!)'})(?!\w)", re.IGNORECASE)


@cache
def feast_names(language: str) -> dict[str, str]:
    """By feast (feasts.py): a pattern of what it is called."""
    listed = {feast: data.get(language) for feast, data in listed_feasts().items()}
    return {feast: pattern_of(names) for feast, names in listed.items() if names}


def _stem(name: str, language: str) -> str:
    return _CYRILLIC_ENDING.sub("", name) if language in CYRILLIC else name


def _locales(language: str) -> list[Any]:
    from babel import Locale, UnknownLocaleError

    try:
        return [Locale.parse(name) for name in (language, *_COUNTRIES.get(language, ()))]
    except (UnknownLocaleError, ValueError):
        return []
