"""Feasts by which people tell a time, from data/feasts.toml, and when they are. Knows nothing of texts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from assistant.data_files import data_file

__all__ = ["FEAST", "days_of", "is_sighted", "listed_feasts"]

FEAST = "feast_"
"""What the name of a feast begins with, where it is a part of a date."""
_DAY = dt.timedelta(days=1)
_HIJRI_YEARS = range(1343, 1501)  # of the Umm al-Qura calendar, as hijridate has them: 1924 to 2077


@cache
def listed_feasts() -> Mapping[str, Mapping[str, Any]]:
    """What the file says of each feast, by a name that a group of a pattern can have."""
    return {f"{FEAST}{feast.replace('-', '_')}": data for feast, data in data_file("feasts").items()}


def days_of(feast: str, year: int) -> tuple[dt.date, dt.date] | None:
    """The first and the last day of a feast of `listed_feasts` that begins in this year of our calendar, the first of
    two; None where none does, as far as it is known."""
    data = listed_feasts()[feast]
    if "hijri" in data:
        return next((days for days in _hijri(data["hijri"], year) if days[0].year == year), None)
    if "days" in data:
        first, _, last = data["days"].partition("/")
        return _day(year, first), _day(year, last or first)
    from dateutil.easter import EASTER_ORTHODOX, EASTER_WESTERN, easter

    orthodox = "orthodox_easter" in data
    sunday = easter(year, EASTER_ORTHODOX if orthodox else EASTER_WESTERN)
    begins, ends = data["orthodox_easter" if orthodox else "easter"]
    return sunday + begins * _DAY, sunday + ends * _DAY


def is_sighted(feast: str) -> bool:
    """Whether it depends on who sees the moon: its first and last day may be the day before or after it."""
    return "hijri" in listed_feasts()[feast]


def _hijri(told: str, year: int) -> Iterator[tuple[dt.date, dt.date]]:
    from hijridate import Gregorian, Hijri

    try:
        begun = Gregorian(year, 1, 1).to_hijri().year
    except (OverflowError, ValueError):  # beyond its tables
        return
    first, _, last = told.partition("/")
    for hijri_year in range(begun, begun + 3):
        if hijri_year in _HIJRI_YEARS:
            month, _, day = first.partition("-")
            start = Hijri(hijri_year, int(month), int(day or 1))
            end = Hijri(hijri_year, *map(int, last.split("-"))) if last else start
            days = start.month_length() - 1 if not day else 0
            yield start.to_gregorian() - _DAY, end.to_gregorian() + (days + 1) * _DAY


def _day(year: int, told: str) -> dt.date:
    month, day = map(int, told.split("-"))
    return dt.date(year, month, day)
