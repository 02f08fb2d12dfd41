"""Dates as they are written: where they stand in a text, and what is told of year, month and day.

Names of months and days come from babel (CLDR), in the ways of several countries (تشرين الثاني and نوفمبر are both
November); what stands around them is in data/times.toml. A language without words in that file has its months, and
dates in figures. Knows nothing of reports, questions or today, nor of the calendar (written.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any, Literal

from assistant.terms import fold
from assistant.time_words import OPERATORS, ordinals, phrases
from assistant.written import Written

__all__ = ["EARLIEST", "LATEST", "Taken", "weekdays", "written_dates"]

_COUNTRIES = {"ar": ("ar_SY", "ar_DZ"), "de": ("de_AT",), "en": ("en_001",)}  # that have other names for the months
EARLIEST, LATEST = 1900, 2100
"""A number of four digits between them is taken for a year."""
_YEAR = re.compile(r"\D?(?:19|20)\d\d")
_ANOTHER = 40  # characters that another part of a time and what joins it take at most
_WEEKDAY = 30  # characters that the name of one and what follows it take at most
_CYRILLIC_ENDING = re.compile(r"(?:ий|ого|[аьйяуюы])$")


def written_dates(text: str, language: str, *, asked: bool = False) -> list[Written]:
    """The dates of a text in order, the longest way of reading each. In what is `asked`, more numbers are years."""
    found: list[Written] = []
    taken = Taken(text)
    ends: set[int] = set()
    starts = _starts(text, language)
    for begins, pattern in _patterns(language, asked=asked):
        for match in _matches(pattern, text, starts[begins]):
            if not taken.is_free(match.start(), match.end()):
                continue
            if "joins" in match.groupdict() and not _follows(text, match.start(), ends):
                continue
            if "dash" in match.groupdict() and match.start() not in ends:
                continue
            date = _read(match, language)
            if date is not None:
                found.append(date)
                taken.take(date.start, date.end)
                ends.add(date.end)
    return sorted(found, key=lambda date: date.start)


class Taken:
    """The places of a text that dates stand at: to ask for one takes no longer where there are many."""

    def __init__(self, text: str) -> None:
        self._places = bytearray(len(text))

    def take(self, start: int, end: int) -> None:
        """A date stands there."""
        self._places[start:end] = b"\1" * (end - start)

    def is_free(self, start: int, end: int) -> bool:
        """Whether no date stands anywhere in there."""
        return self._places.find(1, start, end) < 0


def _follows(text: str, at: int, ends: set[int]) -> bool:
    """Whether a date ends right before `at`, or a number that is a year if that is what it joins: "2014 and 2015"."""
    while at and text[at - 1].isspace():
        at -= 1
    return at in ends or _YEAR.fullmatch(text[max(at - 5, 0) : at]) is not None


def _matches(pattern: re.Pattern[str], text: str, starts: Iterable[int]) -> Iterator[re.Match[str]]:
    """As `pattern.finditer(text)`, of a pattern that matches nowhere but at these places."""
    end = 0
    for start in starts:
        match = pattern.match(text, start) if start >= end else None
        if match is not None:
            end = match.end()
            yield match


def _read(match: re.Match[str], language: str) -> Written | None:
    parts = match.groupdict()
    month = _month(parts.get("month"), language) if parts.get("month") else _number(parts.get("number"))
    year, day, last = (_number(parts.get(name)) for name in ("year", "day", "last"))
    weekday = None
    if "ordinal" in parts:
        day, last = (ordinals(language).get(fold(parts[name] or "")) for name in ("ordinal", "last_ordinal"))
        if last is None:
            weekday = _weekday_before(match.string, match.start(), language)
    if year is not None and not EARLIEST <= year <= LATEST:
        return None
    if (month is not None and not 1 <= month <= 12) or any(d is not None and not 1 <= d <= 31 for d in (day, last)):
        return None
    if day is None:
        day, last = last, None
    part = next((name for name in _PARTS if parts.get(name)), None)
    if part in _SHARES and _goes_with(match.string, match.start(part), language):
        part = None
    start = match.start("date") if "date" in parts else match.start()
    end = match.end() - match.group().endswith(".")  # the sentence's own, unless the month is shortened
    return Written(start, end, year, month, day, last, part, weekday)


_THIRDS = ("early", "middle", "late")  # of a month or of a year, as what follows
_SHARES = (
    *("half_1", "half_2", "quarter_1", "quarter_2", "quarter_3", "quarter_4"),
    *("week_1", "week_2", "week_3", "week_4", "week_last", "days_first", "days_last"),
)
_SEASONS = ("spring", "summer", "autumn", "winter")
_PARTS = (*_THIRDS, *_SHARES, *_SEASONS)


def _goes_with(text: str, at: int, language: str) -> bool:
    """Whether another part is told right before this one ("in the first and second week", "the end of the first week"):
    then what they are parts of is read, which is true of both."""
    pattern = _another_part(language)
    return pattern is not None and pattern.search(text, max(at - _ANOTHER, 0), at) is not None


@cache
def _another_part(language: str) -> re.Pattern[str] | None:
    heads = (_HEAD.match(phrase) for phrase in phrases(language, *_SHARES).split("|"))
    firsts = {head[0] for head in heads if head is not None and head[0] and not head[0].isdecimal()}
    if not firsts:
        return None
    first, joined = "|".join(sorted(firsts, key=len, reverse=True)), phrases(language, "to", "and", "or")
    article = rf"(?:(?:{phrases(language, 'article') or '(?!)'})\s+)?"
    beside = rf"(?:{first})\w*(?:\s+\w+)?\s*(?:(?<=و)|(?:{joined}|,|[-–—/])\s*){article}"
    around = rf"(?:{phrases(language, *_THIRDS)})\s+{article}"
    return re.compile(rf"(?<!\w)(?:{beside}|{around})\Z", re.IGNORECASE)


def _weekday_before(text: str, at: int, language: str) -> int | None:
    """The weekday that stands right before `at`; 0 is Monday."""
    near = weekdays(language).finditer(text, max(at - _WEEKDAY, 0), at)
    name = next((match.lastgroup or "" for match in near if not text[match.end() : at].strip()), "")
    return int(name.removeprefix("day")) if name.startswith("day") else None


def _number(digits: str | None) -> int | None:
    return int(digits) if digits else None


_Begins = Literal["number", "dash", "word"]
_RUN = re.compile(r"[^\W\d]{1,64}|\d{1,64}|[-–—](?=\s?\d{4})")  # what is longer comes apart: each is remembered
_HEAD = re.compile(r"\d|(?:\[[^\W\d]+\]|[^\W\d])*")  # of a phrase; a letter may be a set: "[أا]مس"


def _starts(text: str, language: str) -> dict[_Begins, list[int]]:
    """Where a date can begin, by what it begins with: to try each pattern there alone takes a quarter of the time."""
    starts: dict[_Begins, list[int]] = {"number": [], "dash": [], "word": []}
    for run in _RUN.finditer(text):
        for begins in _may_begin(run.group(), language):
            starts[begins].append(run.start())
    return starts


@lru_cache(maxsize=50_000)  # the words of reports repeat
def _may_begin(run: str, language: str) -> tuple[_Begins, ...]:
    """With what a date may begin that begins with this number, dash or word. Some months begin with a number (11월)."""
    if run in "-–—":
        return ("dash",)
    word: tuple[_Begins, ...] = ("word",) if _first_words(language).match(run) else ()
    return ("number", *word) if run.isdecimal() else word


@cache
def _first_words(language: str) -> re.Pattern[str]:
    """What the patterns that begin with a word begin with, up to the end of that word at most."""
    words = [*map(re.escape, _months(language)), *phrases(language, *_PARTS, *_AROUND, "ordinal").split("|")]
    heads = {found[0] for word in words if word and (found := _HEAD.match(word))}
    return re.compile("|".join(sorted(heads)) or "(?!)", re.IGNORECASE)


_AROUND = (*OPERATORS, "from", "to", "and")
# After a year, but not after a round number of four digits: that one may count what follows.
_NOT_ROUND = r"(?<!00)(?<!50)"


@cache
def _patterns(language: str, *, asked: bool = False) -> tuple[tuple[_Begins, re.Pattern[str]], ...]:
    """Ways to write a date, the most exact first, and what each begins with; what one has read is not read again by the
    next."""
    months = "|".join(sorted(map(re.escape, _months(language)), key=len, reverse=True)) or r"(?!)"
    # "ма" is what is left of "мая": any letters after it would make a month of a match, матч.
    inflected = r"(?:ого|ому|[её]м|ом|им|[аеиійоуьюя])?" if language in {"ru", "uk", "bg", "sr"} else ""
    month = rf"(?P<month>{months}){inflected}\.?(?!\w)(?:\s*/\s*(?:{months})(?!\w))?"
    article = phrases(language, "article") or r"(?!)"
    joined = rf"\s*(?:[-–—]|{phrases(language, 'to', 'and') or '(?!)'})\s*(?:(?:{article})\s+)?"
    day = rf"(?<!\d)(?:(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th|er|-?го)?{joined})?"
    one_day = r"(?P<{}>\d{{1,2}})(?:\.|st|nd|rd|th|er|-?го|-?е)?"
    of = r"(?:\s+(?:of|de|من(?:\s+شهر)?))?\s*"
    said_year = rf"(?:{phrases(language, 'the_year') or '(?!)'})\s+"
    the_year = rf"(?:{said_year})?"
    year = rf"(?:,?\s*(?:of\s+|de\s+|من\s+)?{the_year}(?P<year>\d{{4}})(?!\d))"
    thirds, shares = (
        "|".join(rf"(?P<{name}>{words})" for name in names if (words := phrases(language, name)))
        for names in (_THIRDS, _SHARES)
    )
    parts = "|".join(filter(None, (thirds, shares)))
    to_it = r"(?:[\s-]+|(?<=['’]))"
    part = rf"(?:{parts}){to_it}"
    seasons = "|".join(rf"(?P<{name}>{words})" for name in _SEASONS if (words := phrases(language, name)))
    around = phrases(language, *_AROUND)
    words, names = (phrases(language, kind) or r"(?!)" for kind in ("month_word", "month_name"))
    no_name = rf"(?!(?:{names})(?!\w))"
    # "At least 30 may have been killed" is no day in May.
    capital = rf"(?!(?-i:{words})(?!\w|\.?,?\s+(?:\d{{1,2}},?\s+)?\d{{4}}))"
    patterns = [
        r"(?<![\d.-])(?P<year>\d{4})-(?P<number>\d\d)(?:-(?P<day>\d\d))?(?![\d-])",
        r"(?<![\d./-])(?P<day>\d{1,2})(?P<sign>[./-])\s?(?P<number>\d{1,2})(?P=sign)\s?(?P<year>\d{4})(?![\d/-])",
        rf"{day}{one_day.format('last')}{of}{capital}{month}{year}?",
        rf"(?<!\w){capital}{month}\s+{one_day.format('day')}(?!\d){year}?",
        rf"(?<!\w)(?:{part})?{month}{year}" if parts else rf"(?<!\w){month}{year}",
    ]
    if named := phrases(language, "ordinal"):
        a_day = _not_after(language, "counted_too")
        range_ = rf"(?:{joined}(?P<last_ordinal>{named})(?!\w))?"
        patterns.insert(3, rf"(?<!\w){a_day}(?P<ordinal>{named})(?!\w){range_}{of}{month}{year}?")
    if seasons:
        patterns.append(rf"(?<!\w)(?:{seasons}){year}")
        if around:  # "été" is a participle as well
            patterns.append(rf"(?<!\w)(?:{around})\s+(?P<date>{seasons})(?!\w)")
    if parts:
        patterns.append(rf"(?<!\w)(?:{thirds}){to_it}(?:{capital}{month}|{the_year}(?P<year>\d{{4}})(?!\d))")
    if shares:
        year_of_it = rf"(?:(?P<sure>{said_year})|{_not_after(language, 'of')})(?P<year>\d{{4}})(?!\d)"
        no_count = rf"(?(sure)|{_after_year(language)})"
        patterns.append(rf"(?<!\w)(?:{shares}){to_it}(?:{capital}{no_name}{month}|{year_of_it}{no_count})")
    if around:
        alone = r"(?P<year>\d{4})(?![\d.,]?\d|\s*[%°])"
        certain = phrases(language, *OPERATORS, "from", but=("not_year", "maybe_year")) or r"(?!)"
        maybe = phrases(language, "maybe_year") or r"(?!)"
        ends = _after_year(language)
        joins = rf"(?P<joins>{phrases(language, 'to', 'and')})(?:\s+|(?<=و))"
        patterns += [
            rf"(?<!\w)(?:{certain})\s+(?P<date>{no_name}{month}|{the_year}{alone})",
            rf"(?<!\w)(?:{maybe})\s+(?P<date>{capital}{no_name}{month}|(?P<sure>{said_year})?{alone}(?(sure)|{ends}))",
            rf"(?<!\w){joins}(?P<date>{f'(?:{part})?' if parts else ''}{month}{year})",
            rf"(?<!\w){joins}(?P<date>{capital}{no_name}{month}|{the_year}{alone})",
            r"(?P<dash>[-–—])\s?(?P<date>(?P<year>(?:19|20)\d\d)(?![\d-]))",
            rf"(?<!\w)(?:{around})\s+(?P<date>{no_name}(?!(?:{words})(?!\w)){month})",
        ]
        if asked or language == "de":  # "2014 eroberte der IS Mossul"
            numbered = _not_after(language, "numbered")
            patterns.append(rf"(?<![\w.,:/№$€-]){numbered}(?=(?:19|20)\d\d){alone}(?!\w){_NOT_ROUND}{ends}")
    return tuple((_begins(pattern), re.compile(pattern, re.IGNORECASE)) for pattern in patterns)


def _begins(pattern: str) -> _Begins:
    if pattern.startswith(r"(?<!\w)"):
        return "word"
    return "dash" if pattern.startswith("(?P<dash>") else "number"


def _not_after(language: str, kind: str) -> str:
    """That none of these words stands before."""
    return "".join(rf"(?<!{word}\s)" for word in phrases(language, kind).split("|") if word)


def _after_year(language: str) -> str:
    """What follows a year: no noun, as it does in "a convoy of 2000 fighters"."""
    words = phrases(language, *_AROUND, "on", "year")
    ends = [r"\s*(?:[^\w\s-]|$|-\s?(?:19|20)\d\d(?!\d))", rf"\s+(?:{words})(?!\w)"]
    match language:
        case "ru" | "uk":  # a name, or a verb in the past
            ends.append(rf"{_NOT_ROUND}\s+(?-i:[А-ЯЁІЇЄҐ]\w|\w+л(?:а|о|и|ся|ась|ось|ися|ись)?(?!\w))")
        case "de":  # anything but a noun in the plural, or a unit
            few = rf"(?!(?:{phrases(language, 'counted')})(?!\w))"
            ends.append(rf"{_NOT_ROUND}\s+{few}(?-i:[a-zäöüß]|[A-ZÄÖÜ][\w-]*(?<!e)(?<!n)(?<!er)(?!\w))")
    return rf"(?:{'|'.join(f'(?={end})' for end in ends)})"


@cache
def _months(language: str) -> dict[str, int]:
    """The names of the months, folded to lower case, with their number."""
    names: dict[str, int] = {}
    for locale in _locales(language):
        for context in locale.months.values():
            for width in ("wide", "abbreviated"):
                for number, name in context[width].items():
                    stem = _stem(name.casefold().rstrip("."), language)
                    if len(stem) >= 2 and not stem.isdigit():
                        names.setdefault(stem, int(number))
                    if width == "wide" and len(stem) > 3:  # as people type it: اكتوبر, fevrier
                        names.setdefault(" ".join(map(fold, stem.split())), int(number))
    return names


def _month(name: str | None, language: str) -> int | None:
    return _months(language).get((name or "").casefold())


def _stem(name: str, language: str) -> str:
    return _CYRILLIC_ENDING.sub("", name) if language in {"ru", "uk", "bg", "sr"} else name


def _locales(language: str) -> list[Any]:
    from babel import Locale, UnknownLocaleError

    try:
        return [Locale.parse(name) for name in (language, *_COUNTRIES.get(language, ()))]
    except (UnknownLocaleError, ValueError):
        return []


_DAYS = ("before_yesterday", "yesterday", "today")


@cache
def weekdays(language: str) -> re.Pattern[str]:
    """The names of the days of the week, "the day before yesterday", "yesterday" and "today"."""
    by_day: dict[str, set[str]] = {}
    for locale in _locales(language):
        for number, name in locale.days["format"]["wide"].items():
            by_day.setdefault(f"day{number}", set()).add(_stem(name.casefold(), language))
    inflected = r"\w{0,2}" if language in {"ru", "uk", "bg", "sr"} else "s?" if language == "de" else ""
    parts = [
        rf"(?P<{day}>(?:{'|'.join(sorted(map(re.escape, names)))}){inflected})" for day, names in sorted(by_day.items())
    ]
    parts += [rf"(?P<{name}>{words})" for name in _DAYS if (words := phrases(language, name))]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts) or '(?!)'})(?!\w)", re.IGNORECASE)
