"""Reads expressions of time: the dates that a report tells of, and the window that a question asks about.

What is written is found by written_dates.py; the words that open and close a window, and what is counted from today,
are in data/times.toml; counts ("three days ago") are read by dateparser. This module knows words and the calendar; it
knows nothing of reports or scores.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

from assistant.calendar_names import weekdays
from assistant.dates import SOON, PartialDate, Window
from assistant.numbers import HAN_NUMBER, find_numbers, han_number
from assistant.time_words import OPERATORS, Operator, before, behind, between, goes_on, leads_to, near, relative_phrases
from assistant.written import Written
from assistant.written_dates import EARLIEST, LATEST, Taken, written_dates

__all__ = ["Dated", "find_dates", "find_windows", "relative_windows"]

_AGO = {  # the kinds of phrases that name a day, week, weekend, month or year, and how many of them ago it is
    "now": ("day", 0),
    "today": ("day", 0),
    "yesterday": ("day", 1),
    "before_yesterday": ("day", 2),
    "this_week": ("week", 0),
    "last_week": ("week", 1),
    "this_weekend": ("weekend", 0),
    "last_weekend": ("weekend", 1),
    "this_month": ("month", 0),
    "last_month": ("month", 1),
    "this_year": ("year", 0),
    "last_year": ("year", 1),
}
_LENGTHS = {  # the kinds of phrases that name a time up to today
    "past_day": dt.timedelta(days=1),
    "past_week": dt.timedelta(days=7),
    "past_fortnight": dt.timedelta(days=14),
    "past_month": dt.timedelta(days=31),
    "past_year": dt.timedelta(days=366),
}
_ONLY_ASKED = ("now", *_LENGTHS, "past")  # too vague for what a statement says
_HAN_NUMBER = re.compile(HAN_NUMBER)
# What says "ago", where a number and its unit are one word (time_words.JOINED).
_AGO_BEHIND = {"zh": "前", "ja": "前", "ko": " 전"}
_RECENT = dt.timedelta(days=7)  # a date without a year is in the past of its report, or at most this far ahead


@dataclass(frozen=True, slots=True)
class Dated:
    """A date that a text tells of, `text[start:end]`, and whether the year is written there."""

    start: int
    end: int
    date: PartialDate
    has_year: bool = True


# -- the dates of a report


def find_dates(text: str, language: str, published: PartialDate) -> list[Dated]:
    """The dates that a report tells of, in order.

    A date without a year is the one nearest to the report's own, and hardly after it; a weekday is the last one of
    that name, but for one that says which day a date is, and that as well as "yesterday" is read only where the
    report's own date is known to the day. A report of another age (0001-01-01 stands for an unknown date) dates
    nothing.
    """
    if published.year is not None and not EARLIEST <= published.year <= LATEST:
        published = PartialDate()
    found = [dated for written in written_dates(text, language) if (dated := _resolved(written, published)) is not None]
    if published.precision == "day" and published.earliest is not None:
        taken = Taken(text)
        for dated in found:
            taken.take(dated.start, dated.end)
        starts = {dated.start for dated in found}
        for match in weekdays(language).finditer(text):
            if taken.is_free(match.start(), match.end()) and leads_to(text, match.end(), language) not in starts:
                day = _relative_day(match.lastgroup or "", published.earliest)
                found.append(Dated(match.start(), match.end(), PartialDate.of(day)))
    return sorted(found, key=lambda dated: dated.start)


def _resolved(written: Written, published: PartialDate) -> Dated | None:
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
    if name in _AGO:
        return _ago(*_AGO[name], published)[0]
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


def _asked(text: str, language: str, today: dt.date) -> list[Written]:
    """The times of a question in order, as they are written or counted from today."""
    written = [
        # Without a year, it is that which decides on which weekday it falls.
        found if found.year is not None else _near(text, replace(found, weekday=None), language, today)
        for found in written_dates(text, language, asked=True)
    ]
    starts = {found.start for found in written}
    written += (day for day in _near_weekdays(text, language, today) if leads_to(text, day.end, language) not in starts)
    counted = [
        found
        for found in _counted(text, language, today, *_ONLY_ASKED)
        if not any(found.start < other.end and other.start < found.end for other in written)
        and not any(_is_of(text, found, other, language) for other in written)
    ]
    return sorted([*written, *counted], key=lambda found: found.start)


def _is_of(text: str, counted: Written, other: Written, language: str) -> bool:
    """Whether a time is part of another one and not counted from today: "the last two weeks of 2016"."""
    start = before(text, other.start, language, "in")
    return counted.end < other.start and not text[counted.end : other.start if start is None else start].strip()


def _near(text: str, written: Written, language: str, today: dt.date) -> Written:
    """A time without a year in the year that is told of it: "last winter", "this spring", "9 November last year"."""
    told = near(text, written.start, written.end, language)
    if told is None or not EARLIEST <= today.year <= LATEST:
        return written
    which, start, end = told
    if which == "this" and written.day is not None:
        return written  # "Кто это 9 мая сделал?"
    if which in {"this_year", "last_year"}:
        return replace(written, end=end, year=today.year - (which == "last_year"))
    spans = [span for year in range(today.year - 2, today.year + 1) if (span := written.days(year)) is not None]
    over = [span for span in spans if span[1] < today]
    if which == "last":
        span = max(over, default=None)
    else:
        span = min(spans, key=lambda one: max(one[0] - today, today - one[1], dt.timedelta(0)), default=None)
    if span is None:
        return written
    thirds = ((part, before(text, start, language, part)) for part in ("early", "middle", "late"))
    part, begins = next((found for found in thirds if found[1] is not None), (None, start))
    if part is not None and written.part is None:  # "the end of last March"
        return replace(written, start=begins or 0, end=end, year=span[0].year, part=part)
    return replace(written, start=start, end=end, year=span[0].year, counted=span)


def _near_weekdays(text: str, language: str, today: dt.date) -> Iterator[Written]:
    """The days that are told as "last Tuesday". "On Tuesday" may be that of a report."""
    for match in weekdays(language).finditer(text):
        told, name = near(text, match.start(), match.end(), language), match.lastgroup or ""
        if told is None or told[0] not in {"this", "last"} or not EARLIEST <= today.year <= LATEST:
            continue
        if name not in _AGO:
            day = _relative_day(name, today - dt.timedelta(days=told[0] == "last"))
            yield Written(told[1], told[2], day.year, counted=(day, day))


def _opened(text: str, first: Written, language: str) -> int | None:
    """Where the words begin that open a window which another time closes: "from 2014", "since 2014"."""
    starts = [before(text, first.start, language, kind) for kind in ("from", "since")]
    return min((start for start in starts if start is not None), default=None)


def _single(text: str, written: Written, language: str, today: dt.date) -> tuple[int, int, Window] | None:
    year = written.year if written.year is not None else _ANY_YEAR
    days = written.days(year)
    if days is None:
        return None
    first, last = days
    yearly = written.year is None
    operator, start, end = _told(text, written, language)
    # What was before or after a part of a day may have been on that day.
    part_of_day = before(text, written.start, language, "day_part") is not None
    one_day = dt.timedelta(days=not part_of_day and not written.sighted)
    soon = before(text, start, language, "soon") if operator in {"after", "before"} else None
    if operator == "before" and before(text, written.start, language, "eve") == start:
        soon = start
    since: dt.date | None
    until: dt.date | None
    match operator:
        case "since":
            since, until = first, None
        case "after":
            since, until = last + one_day, None if soon is None else last + SOON
        case "before":  # "before the end of 2017" is up to its last day, not to the first of its last third
            since, until = None if soon is None else first - SOON, last if written.part == "late" else first - one_day
        case "until":
            since, until = None, last
        case _:
            since, until = first, last
    if yearly and until is None:
        until = today  # from the last of these days on: "since November" goes on in January
    return start if soon is None else soon, end, Window(since, until, yearly=yearly)


def _told(text: str, written: Written, language: str) -> tuple[Operator, int, int]:
    """What the words around a time make of it, and where it begins and ends with them."""
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
    if operator == "in" and (told := behind(text, end, language)) is not None:
        operator, end = told
    if ranged is not None and written.last is not None:
        operator, start = "in", ranged  # "from 9 to 11 November" has both of its ends
    elif ranged is not None and operator == "in" and (lasting := goes_on(text, end, language)) is not None:
        operator, end = "since", lasting
    return operator, start, end


_ANY_YEAR = 2000  # a leap year, so that 29 February is a day of it


def _joined(first: Written, second: Written) -> Window | None:
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


def _counted(text: str, language: str, today: dt.date, *also: str) -> Iterator[Written]:
    """What a text counts from `today`, in the phrases of these kinds `also`."""
    pattern = relative_phrases(language, *also, "vague") if EARLIEST <= today.year <= LATEST else None
    if pattern is None:
        return
    for match in pattern.finditer(text):
        kind, phrase = match.lastgroup or "", match.group()
        days = _counted_days(kind, phrase, language, today)
        alone = phrase.partition(" ")[2]  # "объявил неделю назад": what stands where a number may is none
        if days is None and pattern.fullmatch(alone):
            phrase, days = alone, _counted_days(kind, alone, language, today)
        if days is not None:
            part = "now" if kind == "now" else None
            yield Written(match.end() - len(phrase), match.end(), days[0].year, part=part, counted=days)


def _counted_days(kind: str, phrase: str, language: str, today: dt.date) -> tuple[dt.date, dt.date] | None:
    if kind in _AGO:
        return _ago(*_AGO[kind], today)
    if kind in _LENGTHS:
        return today - _LENGTHS[kind], today
    if kind == "past":
        return _past(phrase, language, today)
    if kind == "relative" and (read := _read_count(phrase, language, today)) is not None:
        return _whole(*read)
    return None


def _past(phrase: str, language: str, today: dt.date) -> tuple[dt.date, dt.date] | None:
    """Of "the last three days": what "three days" is by itself, up to today."""
    if language in _AGO_BEHIND:
        counts = [
            phrase[start.start() :] + _AGO_BEHIND[language] for start in re.finditer(rf"\d+|{HAN_NUMBER}", phrase)
        ]
    else:  # the unit is not the last word everywhere: "دو هفته اخیر"
        counts = [" ".join(words) for words in combinations(phrase.split(), 2)]
    read = next(filter(None, (_read_count(count, language, today) for count in counts)), None)
    return (read[1], today) if read is not None and read[1] <= today else None


def _ago(unit: str, count: int, day: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last day of the unit that a day is in, or of the last one that was over by then, and so on."""
    first, last = _whole(unit, day)
    for _ in range(count):
        if last >= day:  # on a weekday, the weekend that has last begun is over
            first, last = _whole(unit, first - dt.timedelta(days=1))
        day = first
    return first, last


def _whole(unit: str, day: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last day of the week, month or year that a day is in, or of the weekend that has last begun;
    of other units, the day."""
    match unit:
        case "weekend":
            saturday = day - dt.timedelta(days=(day.weekday() - 5) % 7)
            return saturday, saturday + dt.timedelta(days=1)
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
    parser = DateDataParser(languages=[language], settings=settings)
    for reading in _in_digits(phrase, language):
        read = parser.get_date_data(reading)
        if read.date_obj is not None:
            return read.period, read.date_obj.date()
    return None


def _in_digits(phrase: str, language: str) -> Iterator[str]:
    """A phrase as it stands, then as the library may know it: with its number in digits, or with the one that it does
    not tell ("тиждень тому", قبل أسبوع)."""
    yield _HAN_NUMBER.sub(lambda number: str(han_number(number.group())), phrase)
    for number in reversed(find_numbers(phrase, language)):
        if number.values:
            yield f"{phrase[: number.start]}{min(number.values):.0f}{phrase[number.end :]}"
            return
    words = phrase.split()
    for at in range(len(words)):
        yield " ".join([*words[:at], "1", *words[at:]])
