"""Reads expressions of time: the dates that a report tells of, and the window that a question asks about.

Names of months and days come from babel (CLDR), in the ways of several countries (تشرين الثاني and نوفمبر are both
November); what stands around them is in data/times.toml, and so is what is counted from today; counts ("three days
ago") are read by dateparser. A language without words in that file has its months, and dates in figures. This module
knows words and the calendar; it knows nothing of reports or scores.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from assistant.dates import PartialDate, Window
from assistant.terms import fold
from assistant.time_words import OPERATORS, Operator, before, between, goes_on, phrases, relative_phrases

__all__ = ["Dated", "find_dates", "find_windows", "relative_windows"]

_COUNTRIES = {"ar": ("ar_SY", "ar_DZ"), "de": ("de_AT",), "en": ("en_001",)}  # that have other names for the months
_EARLIEST, _LATEST = 1900, 2100  # a number of four digits between them is taken for a year
_YEAR = re.compile(r"\D?(?:19|20)\d\d")
_RECENT = dt.timedelta(days=7)  # a date without a year is in the past of its report, or at most this far ahead
_CYRILLIC_ENDING = re.compile(r"(?:ий|ого|[аьйяуюы])$")


@dataclass(frozen=True, slots=True)
class Dated:
    """A date that a text tells of, `text[start:end]`, and whether the year is written there."""

    start: int
    end: int
    date: PartialDate
    has_year: bool = True


@dataclass(frozen=True, slots=True)
class _Found:
    """A date as it is written: without a year where none is told; `last` is the last day of a range."""

    start: int
    end: int
    year: int | None
    month: int | None = None
    day: int | None = None
    last: int | None = None
    part: str | None = None
    counted: tuple[dt.date, dt.date] | None = None  # the days, where they are counted from today

    def days(self, year: int) -> tuple[dt.date, dt.date] | None:
        """The first and the last day, in this year; None where the calendar has no such day."""
        if self.counted is not None:
            return self.counted
        if self.part in _SEASONS:
            first = _SEASONS[self.part]
            start, end = PartialDate(year, first), _month_after(year, first, 2)
        else:
            month = self.month or 12
            last = self.last or self.day or calendar.monthrange(year, month)[1]
            if last > calendar.monthrange(year, month)[1]:
                return None
            start, end = PartialDate(year, self.month, self.day), PartialDate(year, month, last)
        first_day, last_day = start.earliest, end.latest
        if first_day is None or last_day is None or last_day < first_day:
            return None
        return _part(self.part, first_day, last_day)


_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}  # by their first month


def _month_after(year: int, month: int, count: int) -> PartialDate:
    return PartialDate(year + (month + count - 1) // 12, (month + count - 1) % 12 + 1)


def _part(part: str | None, first: dt.date, last: dt.date) -> tuple[dt.date, dt.date]:
    """The early, middle or late third of a month or of a year."""
    third = (last - first + dt.timedelta(days=1)) / 3
    match part:
        case "early":
            return first, first + third - dt.timedelta(days=1)
        case "middle":
            return first + third, last - third
        case "late":
            return last - third + dt.timedelta(days=1), last
    return first, last


# -- the dates of a report


def find_dates(text: str, language: str, published: PartialDate) -> list[Dated]:
    """The dates that a report tells of, in order.

    A date without a year is the one nearest to the report's own, and hardly after it; a weekday is the last one of
    that name, and that as well as "yesterday" is read only where the report's own date is known to the day. A report
    of another age (0001-01-01 stands for an unknown date) dates nothing.
    """
    if published.year is not None and not _EARLIEST <= published.year <= _LATEST:
        published = PartialDate()
    found = [dated for written in _written(text, language) if (dated := _resolved(written, published)) is not None]
    if published.precision == "day" and published.earliest is not None:
        taken = _Taken(text)
        for dated in found:
            taken.take(dated.start, dated.end)
        for match in _days(language).finditer(text):
            if taken.is_free(match.start(), match.end()):
                day = _relative_day(match.lastgroup or "", published.earliest)
                found.append(Dated(match.start(), match.end(), PartialDate.of(day)))
    return sorted(found, key=lambda dated: dated.start)


def _resolved(written: _Found, published: PartialDate) -> Dated | None:
    year = written.year
    if year is None:
        latest = published.latest
        if latest is None:
            return None
        days = written.days(latest.year)
        year = latest.year if days is not None and days[0] <= latest + _RECENT else latest.year - 1
    days = written.days(year)
    if days is None:
        return None
    return Dated(written.start, written.end, PartialDate.span(*days), written.year is not None)


def _relative_day(name: str, published: dt.date) -> dt.date:
    if name == "today":
        return published
    if name == "yesterday":
        return published - dt.timedelta(days=1)
    return published - dt.timedelta(days=(published.weekday() - int(name.removeprefix("day"))) % 7)


# -- the window of a question


def find_windows(text: str, language: str, today: dt.date) -> list[tuple[int, int, Window]]:
    """The times that a question asks about: start, end, and the window, with the words that open or close it.

    "Since 2016" has no end, "on 9 November" is of any year, "last week" is counted from `today`.
    """
    written = _asked(text, language, today)
    found: list[tuple[int, int, Window]] = []
    at = 0
    while at < len(written):
        first = written[at]
        opened = _opened(text, first, language)
        if first.last is None and at + 1 < len(written):
            second = written[at + 1]
            if between(text[first.end : second.start], language, opened=opened is not None):
                window = _joined(first, second)
                if window is not None:
                    if opened is None:
                        opened = before(text, first.start, language, "in")
                    found.append((first.start if opened is None else opened, second.end, window))
                    at += 2
                    continue
        single = _single(text, first, language, today) if first.part != "now" else None
        if single is not None:
            found.append(single)
        at += 1
    return found


def _asked(text: str, language: str, today: dt.date) -> list[_Found]:
    """The times of a question in order, as they are written or counted from today."""
    written = _written(text, language, asked=True)
    counted = [
        found
        for found in _counted(text, language, today, *_ONLY_ASKED)
        if not any(found.start < other.end and other.start < found.end for other in written)
    ]
    return sorted([*written, *counted], key=lambda found: found.start)


def _opened(text: str, first: _Found, language: str) -> int | None:
    """Where the words begin that open a window which another time closes: "from 2014", "since 2014"."""
    starts = [before(text, first.start, language, kind) for kind in ("from", "since")]
    return min((start for start in starts if start is not None), default=None)


def _single(text: str, written: _Found, language: str, today: dt.date) -> tuple[int, int, Window] | None:
    year = written.year if written.year is not None else _ANY_YEAR
    days = written.days(year)
    if days is None:
        return None
    first, last = days
    yearly = written.year is None
    opened: dict[Operator, int] = {}
    for operator in OPERATORS:
        start = before(text, written.start, language, operator)
        if start is not None:
            opened[operator] = start
    # The longest words count: "до конца" (until), not "до" (before).
    operator = min(opened, key=lambda name: (opened[name], name == "in"), default="in")
    start = opened.get(operator, written.start)
    ranged = before(text, written.start, language, "from")
    end = written.end
    if ranged is not None and written.last is not None:
        operator, start = "in", ranged  # "from 9 to 11 November" has both of its ends
    elif ranged is not None and operator == "in" and (lasting := goes_on(text, end, language)) is not None:
        operator, end = "since", lasting
    one_day = dt.timedelta(days=1)
    since: dt.date | None
    until: dt.date | None
    match operator:
        case "since":
            since, until = first, None
        case "after":
            since, until = last + one_day, None
        case "before":  # "before the end of 2017" is up to its last day, not to the first of its last third
            since, until = None, last if written.part == "late" else first - one_day
        case "until":
            since, until = None, last
        case _:
            since, until = first, last
    if yearly and until is None:
        until = today  # from the last of these days on: "since November" goes on in January
    return start, end, Window(since, until, yearly=yearly)


_ANY_YEAR = 2000  # a leap year, so that 29 February is a day of it


def _joined(first: _Found, second: _Found) -> Window | None:
    """From the one to the other; "between March and May 2013" tells the year once, "November to March 2013" as well."""
    year = second.year or first.year or _ANY_YEAR
    start, end = first.days(first.year or year), second.days(year)
    if start is not None and end is not None and end[1] < start[0]:
        start = start if first.year else first.days(year - 1)
        end = end if second.year or not first.year else second.days(year + 1)
    if start is None or end is None or end[1] < start[0]:
        return None
    return Window(start[0], end[1], yearly=first.year is None and second.year is None)


def relative_windows(text: str, language: str, today: dt.date) -> Iterator[tuple[int, int, Window]]:
    """The times that a text counts from `today` ("last year"): start, end, and the window, which has both ends."""
    for found in _counted(text, language, today):
        if found.counted is not None:
            yield found.start, found.end, Window(*found.counted)


_ONLY_ASKED = ("now", "past_week", "past_month", "past_year", "past")  # too vague for what a statement says


def _counted(text: str, language: str, today: dt.date, *also: str) -> Iterator[_Found]:
    """What a text counts from `today`, in the phrases of these kinds `also`."""
    pattern = relative_phrases(language, *also, "vague")
    for match in pattern.finditer(text) if pattern is not None else ():
        kind = match.lastgroup or ""
        days = _counted_days(kind, match.group(), language, today)
        if days is not None:
            part = "now" if kind == "now" else None
            yield _Found(match.start(), match.end(), days[0].year, part=part, counted=days)


def _counted_days(kind: str, phrase: str, language: str, today: dt.date) -> tuple[dt.date, dt.date] | None:
    match kind.partition("_"):
        case "today" | "now", _, _:
            return today, today
        case "yesterday", _, _:
            return _whole("day", today - dt.timedelta(days=1))
        case "this", _, unit:
            return _whole(unit, today)
        case "last", _, unit:
            return _whole(unit, _whole(unit, today)[0] - dt.timedelta(days=1))
        case "past", "", _:  # "the last three days": what "three days" is by itself, up to today
            *words, unit = phrase.split()
            read = next(filter(None, (_read_count(f"{word} {unit}", language, today) for word in words)), None)
            return (read[1], today) if read is not None else None
        case "past", _, unit:
            return today - _LENGTHS[unit], today
        case "relative", _, _:
            read = _read_count(phrase, language, today)
            return _whole(*read) if read is not None else None
    return None


_LENGTHS = {"week": dt.timedelta(days=7), "month": dt.timedelta(days=31), "year": dt.timedelta(days=366)}


def _whole(unit: str, day: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last day of the week, month or year that a day is in; of other units, the day."""
    match unit:
        case "week":
            monday = day - dt.timedelta(days=day.weekday())
            return monday, monday + dt.timedelta(days=6)
        case "month":
            return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])
        case "year":
            return day.replace(month=1, day=1), day.replace(month=12, day=31)
    return day, day


def _read_count(phrase: str, language: str, today: dt.date) -> tuple[str, dt.date] | None:
    """What a library reads in "three days ago": the unit and the day."""
    from dateparser.date import DateDataParser

    settings = {"RELATIVE_BASE": dt.datetime.combine(today, dt.time()), "PREFER_DATES_FROM": "past"}
    read = DateDataParser(languages=[language], settings=settings).get_date_data(phrase)
    return (read.period, read.date_obj.date()) if read.date_obj is not None else None


# -- dates as they are written


def _written(text: str, language: str, *, asked: bool = False) -> list[_Found]:
    """The dates of a text in order, the longest way of reading each. In what is `asked`, more numbers are years."""
    found: list[_Found] = []
    taken = _Taken(text)
    ends: set[int] = set()
    starts = [match.start() for match in _starts(language).finditer(text)]
    for pattern in _patterns(language, asked=asked):
        for match in _matches(pattern, text, starts):
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


class _Taken:
    """The places of a text that dates stand at: to ask for one takes no longer where there are many."""

    def __init__(self, text: str) -> None:
        self._places = bytearray(len(text))

    def take(self, start: int, end: int) -> None:
        self._places[start:end] = b"\1" * (end - start)

    def is_free(self, start: int, end: int) -> bool:
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


def _read(match: re.Match[str], language: str) -> _Found | None:
    parts = match.groupdict()
    month = _month(parts.get("month"), language) if parts.get("month") else _number(parts.get("number"))
    year, day, last = (_number(parts.get(name)) for name in ("year", "day", "last"))
    if year is not None and not _EARLIEST <= year <= _LATEST:
        return None
    if (month is not None and not 1 <= month <= 12) or any(d is not None and not 1 <= d <= 31 for d in (day, last)):
        return None
    if day is None:
        day, last = last, None
    part = next((name for name in _PARTS if parts.get(name)), None)
    start = match.start("date") if "date" in parts else match.start()
    end = match.end() - match.group().endswith(".")  # the sentence's own, unless the month is shortened
    return _Found(start, end, year, month, day, last, part)


_PARTS = ("early", "middle", "late", "spring", "summer", "autumn", "winter")


def _number(digits: str | None) -> int | None:
    return int(digits) if digits else None


@cache
def _starts(language: str) -> re.Pattern[str]:
    """Where a date can begin: at a number, or at a word that one of the patterns begins with.

    To look for these once, by their first letters, and to try the patterns there alone takes half of the time.
    """
    words = [*map(re.escape, _months(language)), *phrases(language, *_PARTS, *_AROUND).split("|")]
    letters = "".join(sorted({letter for word in words if word for letter in _first_letters(word)}))
    word = rf"|(?<!\w)(?=[{letters}])(?={'|'.join(filter(None, words))})" if letters else ""
    return re.compile(rf"(?<!\d)(?=\d)|(?=[-–—]\s?\d{{4}}){word}", re.IGNORECASE)


def _first_letters(pattern: str) -> str:
    """The letters that a phrase begins with, which may be a set: "[أا]مس"."""
    return pattern[1 : pattern.index("]")] if pattern.startswith("[") else pattern[0]


_AROUND = (*OPERATORS, "from", "to", "and")
# After a year, but not after a round number of four digits: that one may count what follows.
_NOT_ROUND = r"(?<!00)(?<!50)"


@cache
def _patterns(language: str, *, asked: bool = False) -> tuple[re.Pattern[str], ...]:
    """Ways to write a date, the most exact first; what one has read is not read again by the next."""
    months = "|".join(sorted(map(re.escape, _months(language)), key=len, reverse=True)) or r"(?!)"
    # "ма" is what is left of "мая": any letters after it would make a month of a match, матч.
    inflected = r"(?:ого|ому|[её]м|ом|им|[аеиійоуьюя])?" if language in {"ru", "uk", "bg", "sr"} else ""
    month = rf"(?P<month>{months}){inflected}\.?(?!\w)(?:\s*/\s*(?:{months})(?!\w))?"
    article = phrases(language, "article") or r"(?!)"
    joined = rf"\s*(?:[-–—]|{phrases(language, 'to', 'and') or '(?!)'})\s*(?:(?:{article})\s+)?"
    day = rf"(?<!\d)(?:(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th|er|-?го)?{joined})?"
    one_day = r"(?P<{}>\d{{1,2}})(?:\.|st|nd|rd|th|er|-?го|-?е)?"
    of = r"(?:\s+(?:of|de|من))?\s*"
    said_year = rf"(?:{phrases(language, 'the_year') or '(?!)'})\s+"
    the_year = rf"(?:{said_year})?"
    year = rf"(?:,?\s*(?:of\s+|de\s+|من\s+)?{the_year}(?P<year>\d{{4}})(?!\d))"
    parts = "|".join(rf"(?P<{name}>{words})" for name in _PARTS[:3] if (words := phrases(language, name)))
    seasons = "|".join(rf"(?P<{name}>{words})" for name in _PARTS[3:] if (words := phrases(language, name)))
    around = phrases(language, *_AROUND)
    words, names = (phrases(language, kind) or r"(?!)" for kind in ("month_word", "month_name"))
    # "At least 30 may have been killed" is no day in May.
    capital = rf"(?!(?-i:{words})(?!\w|\.?,?\s+(?:\d{{1,2}},?\s+)?\d{{4}}))"
    patterns = [
        r"(?<![\d.-])(?P<year>\d{4})-(?P<number>\d\d)(?:-(?P<day>\d\d))?(?![\d-])",
        r"(?<![\d./-])(?P<day>\d{1,2})(?P<sign>[./-])\s?(?P<number>\d{1,2})(?P=sign)\s?(?P<year>\d{4})(?![\d/-])",
        rf"{day}{one_day.format('last')}{of}{capital}{month}{year}?",
        rf"(?<!\w){capital}{month}\s+{one_day.format('day')}(?!\d){year}?",
        rf"(?<!\w)(?:(?:{parts})[\s-]+)?{month}{year}" if parts else rf"(?<!\w){month}{year}",
    ]
    if seasons:
        patterns.append(rf"(?<!\w)(?:{seasons}){year}")
        if around:  # "été" is a participle as well
            patterns.append(rf"(?<!\w)(?:{around})\s+(?P<date>{seasons})(?!\w)")
    if parts:
        patterns.append(rf"(?<!\w)(?:{parts})[\s-]+(?:{capital}{month}|{the_year}(?P<year>\d{{4}})(?!\d))")
    if around:
        alone = r"(?P<year>\d{4})(?![\d.,]?\d|\s*[%°])"
        certain = phrases(language, *OPERATORS, "from", but=("not_year", "maybe_year")) or r"(?!)"
        maybe = phrases(language, "maybe_year") or r"(?!)"
        ends = _after_year(language)
        no_name = rf"(?!(?:{names})(?!\w))"
        patterns += [
            rf"(?<!\w)(?:{certain})\s+(?P<date>{no_name}{month}|{the_year}{alone})",
            rf"(?<!\w)(?:{maybe})\s+(?P<date>{capital}{no_name}{month}|(?P<sure>{said_year})?{alone}(?(sure)|{ends}))",
            rf"(?<!\w)(?P<joins>{phrases(language, 'to', 'and')})(?:\s+|(?<=و))"
            rf"(?P<date>{capital}{no_name}{month}|{the_year}{alone})",
            r"(?P<dash>[-–—])\s?(?P<date>(?P<year>(?:19|20)\d\d)(?![\d-]))",
            rf"(?<!\w)(?:{around})\s+(?P<date>{no_name}(?!(?:{words})(?!\w)){month})",
        ]
        if asked or language == "de":  # "2014 eroberte der IS Mossul"
            numbered = "".join(rf"(?<!{word}\s)" for word in phrases(language, "numbered").split("|") if word)
            patterns.append(rf"(?<![\w.,:/№$€-]){numbered}(?=(?:19|20)\d\d){alone}(?!\w){_NOT_ROUND}{ends}")
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in patterns)


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


@cache
def _days(language: str) -> re.Pattern[str]:
    """The names of the days of the week, "yesterday" and "today"."""
    by_day: dict[str, set[str]] = {}
    for locale in _locales(language):
        for number, name in locale.days["format"]["wide"].items():
            by_day.setdefault(f"day{number}", set()).add(_stem(name.casefold(), language))
    inflected = r"\w{0,2}" if language in {"ru", "uk", "bg", "sr"} else "s?" if language == "de" else ""
    parts = [
        rf"(?P<{day}>(?:{'|'.join(sorted(map(re.escape, names)))}){inflected})" for day, names in sorted(by_day.items())
    ]
    parts += [rf"(?P<{name}>{words})" for name in ("yesterday", "today") if (words := phrases(language, name))]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts) or '(?!)'})(?!\w)", re.IGNORECASE)
