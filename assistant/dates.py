"""Dates that are known in part, and stretches of time. Knows the calendar, and nothing of texts."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

__all__ = ["ALWAYS", "SOON", "PartialDate", "Precision", "Window", "apart", "moved"]

Precision = Literal["day", "span", "month", "year", "unknown"]

_REDUCED_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_ISO_SPAN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}/[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A calendar date that is known to the day, to a span of days, to the month, to the year, or not at all.

    "2017-11" stays a month; nothing here turns it into the 1st. A span has its first day in `year`, `month` and
    `day`, and its last one in `until`: something happened in it, or lasted that long.

    >>> PartialDate.parse("2017-11").precision
    'month'
    >>> str(PartialDate.parse("2017-11-09")), str(PartialDate())
    ('2017-11-09', 'unknown')
    >>> PartialDate.parse("2017-11-28/2017-12-03").latest
    datetime.date(2017, 12, 3)
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    until: dt.date | None = None

    def __post_init__(self) -> None:
        if (self.month is not None and self.year is None) or (self.day is not None and self.month is None):
            raise ValueError(f"a date needs its larger parts: {self.year}-{self.month}-{self.day}")
        if self.year is not None:
            month, day = (1 if part is None else part for part in (self.month, self.day))
            first = dt.date(self.year, month, day)  # raises ValueError where no such day exists
            if self.until is not None and (self.day is None or self.until <= first):
                raise ValueError(f"a span needs a first day, and a last one after it: {first} to {self.until}")
        elif self.until is not None:
            raise ValueError(f"a span needs a first day: {self.until}")

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read `YYYY`, `YYYY-MM`, `YYYY-MM-DD`, or a span, `YYYY-MM-DD/YYYY-MM-DD`.

        Anything else, and a day that does not exist, is a ValueError.
        """
        if _ISO_SPAN.fullmatch(text.strip()):
            first, last = (dt.date.fromisoformat(day) for day in text.strip().split("/"))
            return cls.span(first, last)
        match = _REDUCED_ISO.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"not a date in the form YYYY, YYYY-MM or YYYY-MM-DD: {text!r}")
        year, month, day = (int(part) if part else None for part in match.groups())
        return cls(year, month, day)

    @classmethod
    def stored(cls, text: str) -> PartialDate:
        """Read what `str` writes, "unknown" included. Anything else is a ValueError."""
        return cls() if text == "unknown" else cls.parse(text)

    @classmethod
    def of(cls, date: dt.date) -> PartialDate:
        """The day itself, with day precision."""
        return cls(date.year, date.month, date.day)

    @classmethod
    def span(cls, first: dt.date, last: dt.date) -> PartialDate:
        """The days from `first` to `last`, both included: a day, a month or a year where they are just that.

        ValueError where the last day is before the first.
        """
        if first == last:
            return cls.of(first)
        for whole in (cls(first.year, first.month), cls(first.year)):
            if (whole.earliest, whole.latest) == (first, last):
                return whole
        return cls(first.year, first.month, first.day, last)

    @property
    def precision(self) -> Precision:
        """How much of the date is known."""
        if self.day is not None:
            return "day" if self.until is None else "span"
        if self.month is not None:
            return "month"
        return "year" if self.year is not None else "unknown"

    @property
    def earliest(self) -> dt.date | None:
        """The first day that it can be; None where nothing is known."""
        if self.year is None:
            return None
        return dt.date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> dt.date | None:
        """The last day that it can be; None where nothing is known."""
        if self.year is None or self.until is not None:
            return self.until
        month = self.month or 12
        return dt.date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    @property
    def recency(self) -> tuple[dt.date, dt.date]:
        """A sort key, larger is newer. A vague date counts as its earliest day: it cannot claim to be the newest."""
        return self.earliest or dt.date.min, self.latest or dt.date.min

    def __str__(self) -> str:
        if self.year is None:
            return "unknown"
        parts = [f"{self.year:04d}"] + [f"{part:02d}" for part in (self.month, self.day) if part is not None]
        return "-".join(parts) + (f"/{self.until}" if self.until is not None else "")


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time that a question asks about: days, both included; None where it is open.

    With `yearly` only month and day count, and the window is there in every year ("on 9 November").
    """

    since: dt.date | None = None
    until: dt.date | None = None
    yearly: bool = False

    def overlaps(self, first: dt.date, last: dt.date) -> bool:
        """Whether any day from `first` to `last` lies in the window."""
        if not self.yearly:
            return (self.until is None or first <= self.until) and (self.since is None or last >= self.since)
        start = (1, 1) if self.since is None else (self.since.month, self.since.day)
        end = (12, 31) if self.until is None else (self.until.month, self.until.day)
        if last - first >= dt.timedelta(days=365):
            return True
        days = (first + dt.timedelta(days=n) for n in range((last - first).days + 1))
        return any(
            start <= (day.month, day.day) <= end
            if start <= end
            else (day.month, day.day) >= start or (day.month, day.day) <= end
            for day in days
        )


SOON = dt.timedelta(days=10)
"""So far from a day is "within days" of it."""


def apart(one: PartialDate, other: PartialDate) -> dt.timedelta | None:
    """How far apart two dates may be at most; None where nothing is known of one."""
    days = [day for date in (one, other) for day in (date.earliest, date.latest) if day is not None]
    return max(days) - min(days) if len(days) == 4 else None


def moved(day: dt.date, by: dt.timedelta) -> dt.date:
    """A day so much later, or earlier, and no further than the calendar goes: some date what they know no date of with
    0001-01-01 or 9999-12-31."""
    ordinal = day.toordinal() + by.days
    return dt.date.fromordinal(min(max(ordinal, dt.date.min.toordinal()), dt.date.max.toordinal()))


ALWAYS = Window()
"""All of time."""
