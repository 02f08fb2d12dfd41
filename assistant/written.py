"""A date as it is written, and the days that it is in a year. Knows the calendar; knows nothing of texts."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

from assistant.dates import PartialDate
from assistant.feasts import FEAST, days_of, is_sighted

__all__ = ["Written"]


@dataclass(frozen=True, slots=True)
class Written:
    """A date as it is written: without a year where none is told; `last` is the last day of a range, `last_month` its
    last month, `week` one of the year as ISO 8601 counts them, `count` how many days, weeks or months a `part` has."""

    start: int
    end: int
    year: int | None
    month: int | None = None
    day: int | None = None
    last: int | None = None
    last_month: int | None = None
    week: int | None = None
    part: str | None = None
    count: int | None = None
    weekday: int | None = None  # that is told before a day in words, which may be the number of such days: 0 is Monday
    counted: tuple[dt.date, dt.date] | None = None  # the days, where they are counted from today

    @property
    def sighted(self) -> bool:
        """Whether its first and its last day may be the day before or after it."""
        return self.part is not None and self.part.startswith(FEAST) and is_sighted(self.part)

    def days(self, year: int) -> tuple[dt.date, dt.date] | None:
        """The first and the last day, in this year; None where the calendar has no such day."""
        if self.counted is not None:
            return self.counted
        if self.week is not None:
            return _week(year, self.week)
        if self.part is not None and self.part.startswith(FEAST):
            return days_of(self.part, year)
        if self.part == "decade":
            return dt.date(year, 1, 1), dt.date(year + 9, 12, 31)
        if self.part == "turn":
            return dt.date(year, 12, 15), dt.date(year + 1, 1, 15)
        if self.part in _SEASONS:
            first = _SEASONS[self.part]
            start, end = PartialDate(year, first), PartialDate(*_month_after(year, first, 2))
        elif self.month is not None and self.last_month is not None:
            begun = year - (self.last_month < self.month)  # "December/January 2018" begins the year before
            start, end = PartialDate(begun, self.month), PartialDate(year, self.last_month)
        else:
            month = self.month or 12
            last = self.last or self.day or calendar.monthrange(year, month)[1]
            if last > calendar.monthrange(year, month)[1]:
                return None
            start, end = PartialDate(year, self.month, self.day), PartialDate(year, month, last)
            if self.weekday is not None and (counted := _weekday(year, month, last, self.weekday)) is not None:
                return counted, counted
        first_day, last_day = start.earliest, end.latest
        if first_day is None or last_day is None or last_day < first_day:
            return None
        return _part(self.part, self.count, first_day, last_day)


_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}  # by their first month


def _weekday(year: int, month: int, number: int, weekday: int) -> dt.date | None:
    """The first, second ... such day of the month; None where the day of that number is one: then it is just told."""
    first, days = calendar.monthrange(year, month)
    day = (weekday - first) % 7 + 7 * number - 6
    return dt.date(year, month, day) if (day - number) % 7 and day <= days else None


def _week(year: int, number: int) -> tuple[dt.date, dt.date] | None:
    """The week of this number; None where the year has none."""
    try:
        return dt.date.fromisocalendar(year, number, 1), dt.date.fromisocalendar(year, number, 7)
    except ValueError:
        return None


def _month_after(year: int, month: int, count: int) -> tuple[int, int]:
    return year + (month + count - 1) // 12, (month + count - 1) % 12 + 1


def _part(part: str | None, count: int | None, first: dt.date, last: dt.date) -> tuple[dt.date, dt.date]:
    """The early, middle or late third of a month or of a year, one of its halves or quarters, a week or weekend of it,
    its days from the 20th on, or so many of its first or last days (ten where it is not told how many), weeks or
    months."""
    day = dt.timedelta(days=1)
    third = (last - first + day) / 3
    unit, _, number = (part or "").partition("_")
    match unit, number:
        case "early", _:
            return first, first + third - day
        case "middle", _:
            return first + third, last - third
        case "late", _:
            return last - third + day, last
        case "twenties", _:
            return first + 19 * day, last
        case (("days" | "weeks" | "months"), "first"):
            return first, min(_moved(first, unit, count or _FEW) - day, last)
        case (("days" | "weeks" | "months"), _):
            return max(_moved(last + day, unit, -(count or _FEW)), first), last
        case "weekend", _:
            return _weekend(number, first, last)
        case "week", "last":
            return last - 6 * day, last
        case "week", _:
            start = first + 7 * (int(number) - 1) * day
            return start, start + 6 * day
        case (("half" | "quarter"), _):
            return _share(int(number), 2 if unit == "half" else 4, first, last)
    return first, last


def _weekend(number: str, first: dt.date, last: dt.date) -> tuple[dt.date, dt.date]:
    """The weekend of this number, by its Saturday, or the last one that is wholly before the end."""
    if number == "last":
        saturday = last - dt.timedelta(days=(last.weekday() - 6) % 7 + 1)
    else:
        saturday = first + dt.timedelta(days=(5 - first.weekday()) % 7 + 7 * (int(number) - 1))
    return saturday, saturday + dt.timedelta(days=1)


_FEW = 10  # "the first days of March"


def _moved(day: dt.date, unit: str, count: int) -> dt.date:
    """So many days or weeks later; of the first day of a month also so many months."""
    if unit == "months":
        return dt.date(*_month_after(day.year, day.month, count), 1)
    return day + count * dt.timedelta(days=7 if unit == "weeks" else 1)


def _share(number: int, of: int, first: dt.date, last: dt.date) -> tuple[dt.date, dt.date]:
    """The first, second ... of so many parts: of a year by months, of a month by days."""
    if first.month == last.month:
        days = (last - first + dt.timedelta(days=1)) // of
        start = first + days * (number - 1)
        return start, last if number == of else start + days - dt.timedelta(days=1)
    months = 12 // of
    start = dt.date(first.year, months * (number - 1) + 1, 1)
    return start, dt.date(first.year, months * number, calendar.monthrange(first.year, months * number)[1])
