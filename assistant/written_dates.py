"""Dates as they are written: where they stand in a text, and what is told of year, month and day.

How a date can be written, date_patterns.py has. Knows nothing of reports, questions or today, nor of the calendar
(written.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from assistant.calendar_names import feast_names, month_names, weekdays
from assistant.date_patterns import COUNTED, PARTS, SHARES, another_part, date_patterns, starts
from assistant.letters import fold
from assistant.numbers import find_numbers, han_number
from assistant.time_words import ordinals
from assistant.written import Written

__all__ = ["EARLIEST", "LATEST", "Taken", "matches", "written_dates"]

EARLIEST, LATEST = 1900, 2100
"""A number of four digits between them is taken for a year."""
_YEAR = re.compile(r"\D?(?:19|20)\d\d")
_DAYS = 366  # of a year
_CENTURY = 2000  # of a year in two digits
_ANOTHER = 40  # characters that another part of a time and what joins it take at most
_WEEKDAY = 30  # characters that the name of one and what follows it take at most


def written_dates(text: str, language: str, *, asked: bool = False) -> list[Written]:
    """The dates of a text in order, the longest way of reading each. In what is `asked`, more numbers are years."""
    found: list[Written] = []
    taken = Taken(text)
    ends: set[int] = set()
    at = starts(text, language)
    for begins, pattern in date_patterns(language, asked=asked):
        for match in matches(pattern, text, at[begins]):
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
    """The places of a text that something was found at: to ask for one takes no longer where there are many."""

    def __init__(self, text: str) -> None:
        self._places = bytearray(len(text))

    def take(self, start: int, end: int) -> None:
        """Something was found there."""
        self._places[start:end] = b"\1" * (end - start)

    def is_free(self, start: int, end: int) -> bool:
        """Whether nothing was found anywhere in there."""
        return self._places.find(1, start, end) < 0


def _follows(text: str, at: int, ends: set[int]) -> bool:
    """Whether a date ends right before `at`, or a number that is a year if that is what it joins: "2014 and 2015"."""
    while at and text[at - 1].isspace():
        at -= 1
    return at in ends or _YEAR.fullmatch(text[max(at - 5, 0) : at]) is not None


def matches(pattern: re.Pattern[str], text: str, places: Iterable[int]) -> Iterator[re.Match[str]]:
    """As `pattern.finditer(text)`, of a pattern that matches nowhere but at these places."""
    end = 0
    for start in places:
        match = pattern.match(text, start) if start >= end else None
        if match is not None:
            end = match.end()
            yield match


def _read(match: re.Match[str], language: str) -> Written | None:
    parts = match.groupdict()
    month = _month(parts, "month", language) or _number(parts, "number")
    if parts.get("month") and month is None:
        return None  # in capitals that Python folds to other letters: KASIM
    year, day, last, week = (_number(parts, name) for name in ("year", "day", "last", "week"))
    weekday = None
    if "ordinal" in parts:
        day, last = (ordinals(language).get(fold(parts[name] or "")) for name in ("ordinal", "last_ordinal"))
        if last is None:
            weekday = _weekday_before(match.string, match.start(), language)
    if year is not None and len(parts["year"]) == 2:
        year += _CENTURY
    if language == "en" and parts.get("sign") == "/" and month is not None and month > 12:
        month, last = last, month  # "7/27/2016"
    if not _may_be(year, month, day, last):
        return None
    if day is None:
        day, last = last, None
    to_month = _month(parts, "to_month", language) if day is None else None
    if year is not None and month is not None and to_month is not None and to_month < month and parts.get("to_year"):
        year += 1  # of months over the new year, it is the one that they end in
    if to_month == month:
        to_month = None  # the same one as others call it: تشرين الثاني/نوفمبر
    part = next((name for name in (*PARTS, *feast_names(language)) if parts.get(name)), None)
    count = _count(parts[part] or "", language) if part in COUNTED else None
    if part in COUNTED and count is None and not part.startswith("days"):
        return None  # "the first few weeks of 2017"
    if part in SHARES and _goes_with(match.string, match.start(part), language):
        part = None
    start = match.start("date") if "date" in parts else match.start()
    # A full stop is the sentence's own, unless the month is shortened, or in figures.
    end = match.end() - (match.group().endswith(".") and not parts.get("number"))
    return Written(start, end, year, month, day, last, to_month, week, part, count, weekday)


def _may_be(year: int | None, month: int | None, *days: int | None) -> bool:
    return (
        (year is None or EARLIEST <= year <= LATEST)
        and (month is None or 1 <= month <= 12)
        and all(day is None or 1 <= day <= 31 for day in days)
    )


def _month(parts: dict[str, str | None], name: str, language: str) -> int | None:
    return month_names(language).get((parts.get(name) or "").casefold())


def _number(parts: dict[str, str | None], name: str) -> int | None:
    digits = parts.get(name)
    if not digits:
        return None
    return int(digits) if digits.isdecimal() else han_number(digits)


def _count(phrase: str, language: str) -> int | None:
    """How many a phrase says that they are: 3 of "first three weeks of"; no more than a year has days."""
    values = [value for number in find_numbers(phrase, language) for value in number.values if value >= 1]
    return min(int(values[-1]), _DAYS) if values else None


def _goes_with(text: str, at: int, language: str) -> bool:
    """Whether another part is told right before this one ("in the first and second week", "the end of the first week"):
    then what they are parts of is read, which is true of both."""
    pattern = another_part(language)
    return pattern is not None and pattern.search(text, max(at - _ANOTHER, 0), at) is not None


def _weekday_before(text: str, at: int, language: str) -> int | None:
    """The weekday that stands right before `at`; 0 is Monday."""
    near = weekdays(language).finditer(text, max(at - _WEEKDAY, 0), at)
    name = next((match.lastgroup or "" for match in near if not text[match.end() : at].strip()), "")
    return int(name.removeprefix("day")) if name.startswith("day") else None
