"""The words that stand around an expression of time, from data/times.toml. Knows nothing of the calendar."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import product
from typing import Literal

from assistant.data_files import data_file
from assistant.letters import fold

__all__ = [
    "JOINED",
    "OPERATORS",
    "Operator",
    "before",
    "behind",
    "between",
    "goes_on",
    "is_today",
    "leads_to",
    "month_forms",
    "near",
    "ordinals",
    "pattern_of",
    "phrases",
    "relative_phrases",
]

Operator = Literal["in", "since", "after", "before", "until"]

OPERATORS: tuple[Operator, ...] = ("in", "since", "after", "before", "until")
"""What a phrase makes of the time that follows it, as data/times.toml has them."""
_COUNTED = (
    *("last_week", "last_month", "last_year", "last_weekend", "this_week", "this_month", "this_year", "this_weekend"),
    *("relative", "yesterday", "today"),
)


_UNSPACED = frozenset({"zh", "ja"})  # languages that write no spaces between words
JOINED = _UNSPACED | {"ko"}
"""Languages that write no spaces between words, and one that writes what follows to the word."""
_FIGURES = "[0-9一二两兩三四五六七八九十]{1,4}"
_NEAR = 100  # characters that a phrase and its article take at most


@cache
def phrases(language: str, *kinds: str, but: tuple[str, ...] = ()) -> str:
    """A pattern of the phrases of these kinds `but` for those of others; empty where the language has none."""
    data = data_file("times").get(language, {})
    left_out = {form for kind in but for phrase in data.get(kind, ()) for form in _forms(phrase)}
    return _pattern({form for kind in kinds for phrase in data.get(kind, ()) for form in _forms(phrase)} - left_out)


def pattern_of(phrases: Iterable[str]) -> str:
    """The same of phrases that other lists have."""
    return _pattern({form for phrase in phrases for form in _forms(phrase)})


def _pattern(forms: Iterable[str]) -> str:
    # The longest first, so that the fullest is found.
    ordered = sorted(forms, key=lambda phrase: (-len(phrase), phrase))
    pattern = "|".join(re.escape(phrase).replace(r"\ ", r"\s+").replace(r"\*", r"\w*") for phrase in ordered)
    return pattern.translate(_TYPED)


def _forms(phrase: str) -> list[str]:
    """All that a phrase with alternatives stands for: "{first|1st} week"."""
    parts = [part.split("|") for part in re.split(r"[{}]", phrase)]
    return ["".join(form) for form in product(*parts)]


# As people type what the lists have.
_TYPED = str.maketrans({"'": "['’]", "أ": "[أا]", "إ": "[إا]", "آ": "[آا]", "ة": "[ةه]", "е": "[её]"})


@cache
def ordinals(language: str) -> dict[str, int]:
    """The words for the days of a month, folded, with their number."""
    return {fold(form): day for form, day in _numbered(language, "ordinal")}


def month_forms(language: str) -> dict[str, int]:
    """Further forms of the names of the months, in lower case, with their number."""
    return {form.casefold(): month for form, month in _numbered(language, "month")}


def _numbered(language: str, kind: str) -> Iterator[tuple[str, int]]:
    """The forms of a list that counts, with their numbers, from 1 on."""
    for number, forms in enumerate(data_file("times").get(language, {}).get(kind, ()), start=1):
        yield from ((form, number) for form in _forms(forms))


def before(text: str, at: int, language: str, kind: str) -> int | None:
    """Where the phrase of this kind begins that stands right before `at`; None where there is none."""
    pattern = _ending(language, kind)
    match = pattern.search(text, max(at - _NEAR, 0), at) if pattern is not None else None
    return match.start() if match is not None else None


def between(text: str, language: str, *, opened: bool) -> bool:
    """Whether a text is what stands between the two ends of a window ("to"), where it is `opened` also "and"."""
    words = phrases(language, "to", *(("and",) if opened else ()))
    year = phrases(language, "year") or "(?!)"
    joined = rf"(?:\s*(?:{year})\.?(?!\w))?\s*(?:{words}){_article(language)}\s*|\s*[-–—~〜～]\s*"
    return bool(words) and re.fullmatch(joined, text, re.IGNORECASE) is not None


def goes_on(text: str, at: int, language: str) -> int | None:
    """Where the words end that say right after `at`, at the end of a clause, that the time goes on from there ("von
    2016 an"); None where there are none."""
    words = phrases(language, "on")
    match = re.compile(rf"\s+(?:{words})(?!\s*\w)", re.IGNORECASE).match(text, at) if words else None
    return match.end() if match is not None else None


def behind(text: str, at: int, language: str) -> tuple[Operator, int] | None:
    """What the words make of a time that stand right after it, at `at`, where a language has them there
    ("2017'den önce", 2017年之后), and where they end; None where there are none."""
    match = _behind(language).match(text, at)
    if match is None:
        return None
    return next(operator for operator in OPERATORS if operator == match.lastgroup), match.end()


@cache
def _behind(language: str) -> re.Pattern[str]:
    found = ((name, phrases(language, f"{name}_behind")) for name in OPERATORS)
    words = "|".join(rf"(?P<{name}>{pattern})" for name, pattern in found if pattern)
    case = r"(?:['’]?\w{1,5})?\s+" if language == "tr" else r"\s*"  # "2017'den önce", "Kasım'dan beri"
    return re.compile(rf"{case}(?:{words})" if words else "(?!)", re.IGNORECASE)


def near(text: str, start: int, end: int, language: str) -> tuple[str, int, int] | None:
    """What says of the month, season or weekday `text[start:end]` which one it is ("last August", "August of last
    year"), and where all of it begins and ends; None where nothing does.

    "this" and "last" are the one that is near, "this_year" and "last_year" that of a year.
    """
    for kinds in (("last_year", "this_year"), ("last_after", "this_after")):
        after = _after(language, *kinds).match(text, end)
        if after is not None:
            return (after.lastgroup or "").removesuffix("_after"), start, after.end()
    found = ((kind, before(text, start, language, kind)) for kind in ("this", "last"))
    return next(((kind, begins, end) for kind, begins in found if begins is not None), None)


@cache
def _after(language: str, *kinds: str) -> re.Pattern[str]:
    """The phrases of these kinds, and what may stand before them: "of last year"."""
    of = phrases(language, "in", "article") or "(?!)"
    told = "|".join(rf"(?P<{kind}>{words})" for kind in kinds if (words := phrases(language, kind)))
    return re.compile(rf",?\s+(?:(?:{of})(?:\s+|(?<=['’])))*(?:{told or '(?!)'})(?!\w)", re.IGNORECASE)


def leads_to(text: str, at: int, language: str) -> int:
    """Where a date would begin that the weekday which ends at `at` belongs to: "Sunday, the 5th of March"."""
    match = _led(language).match(text, at)
    return match.end() if match is not None else at


def is_today(text: str, language: str) -> bool:
    """Whether an expression of time is no more than "today", or "until today"."""
    today, within = phrases(language, "today"), phrases(language, "in", "until")
    return bool(today) and re.fullmatch(rf"(?:(?:{within})\s+)?(?:{today})", text, re.IGNORECASE) is not None


@cache
def relative_phrases(language: str, *also: str) -> re.Pattern[str] | None:
    """What is counted from today ("last week"), with any word for a number, and the phrases of the other kinds `also`,
    which come first; None where the language has none. The group of a match is the kind of its phrase."""
    named = ("before_yesterday", *also, *_COUNTED)  # "the day before", which is vague, is how it begins
    kinds = "|".join(f"(?P<{kind}>{words})" for kind in named if (words := phrases(language, kind)))
    counts = kinds.replace("N", _FIGURES) if language in JOINED else re.sub(r"\bN\b", r"\\S{1,30}", kinds)
    begins = "" if language in _UNSPACED else r"(?<!\w)"
    ends = "" if language in JOINED else r"(?!\w)"
    return re.compile(rf"{begins}(?:{counts}){ends}", re.IGNORECASE) if kinds else None


@cache
def _led(language: str) -> re.Pattern[str]:
    words = phrases(language, "in", "article")
    return re.compile(rf"\s*[,(]?\s*(?:(?:{words})(?!\w)\s*)*" if words else r"\s*[,(]?\s*", re.IGNORECASE)


@cache
def _ending(language: str, kind: str) -> re.Pattern[str] | None:
    words = phrases(language, kind)
    begins = "" if language in _UNSPACED else r"(?<!\w)"
    return re.compile(rf"{begins}(?:{words}){_article(language)}\s*$", re.IGNORECASE) if words else None


def _article(language: str) -> str:
    words = phrases(language, "article", "day_part", "the_year")
    return rf"(?:\s*(?<!\w)(?:{words}))?" if words else ""
