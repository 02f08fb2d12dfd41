"""What the event files of UCDP and ACLED have in common: days and places in words, numbers, the report that it makes.

The words say only what the row says, and no more exactly: a range of days stays one, in words and as a date.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from assistant.dates import PartialDate, moved
from index.readers.draft import Unreadable, known

__all__ = ["Event", "Row", "around", "code", "coordinates", "count", "day", "people", "place_name", "when"]

Row = Mapping[str, str]
"""The values of a row by column, every one a string, "" where there is none."""

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November"),
    "December",
)


@dataclass(frozen=True, slots=True)
class Event:
    """One row as a report: `key` tells it from the other rows of its file."""

    key: str
    title: str
    text: str
    published: PartialDate
    source: str
    details: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def _number(row: Row, column: str) -> float:
    """A number of the row; Unreadable where it is none."""
    try:
        value = float(row[column])
    except ValueError as error:
        raise Unreadable(f"{column} is {row[column][:40]!r}, not a number") from error
    if not abs(value) < 1e9:  # also what is not a number
        raise Unreadable(f"{column} is {row[column][:40]!r}, not a number that can be meant")
    return value


def count(row: Row, column: str) -> int:
    """A whole number of the row, which may be written as 4.0; Unreadable where it is none."""
    value = _number(row, column)
    if value != int(value):
        raise Unreadable(f"{column} is {row[column][:40]!r}, not a whole number")
    return int(value)


def code(row: Row, column: str, meanings: Mapping[int, object]) -> int:
    """A code of the row; Unreadable where it is none of those that have a meaning."""
    value = count(row, column)
    if value not in meanings:
        raise Unreadable(f"{column} is {value}, which the codebook does not know")
    return value


def day(row: Row, column: str, forms: Iterable[Callable[[str], dt.date]] = (dt.date.fromisoformat,)) -> dt.date:
    """A day of the row, in one of the forms; Unreadable where it is in none."""
    text = row[column].strip()
    for form in forms:
        try:
            return form(text)
        except ValueError:
            continue
    raise Unreadable(f"{column} is {text[:40]!r}, not a day")


def when(date: PartialDate, exact: bool) -> str:
    """The beginning of a sentence. `exact`: it lasted from the first day to the last, not on some day in between."""
    first, last = date.earliest, date.latest
    if first is None or last is None:
        return "On a day that is not known"
    if first == last:
        return f"On {_written(first)}"
    if exact:
        return f"From {_written(first)} to {_written(last)}"
    if date.precision == "month":
        return f"On a day in {_MONTHS[first.month - 1]} {first.year}"
    if date.precision == "year":
        return f"On a day in {first.year}"
    return f"On a day between {_written(first)} and {_written(last)}"


def around(date: dt.date, known_to: Literal["week", "month", "year"]) -> tuple[PartialDate, str]:
    """What a single day means that stands for more: the date, and the beginning of a sentence.

    A day that stands for its week is taken as the six days before it, itself and the six days after it.
    """
    if known_to == "week":
        days = dt.timedelta(days=6)
        return PartialDate.span(moved(date, -days), moved(date, days)), f"Around {_written(date)} (known to the week)"
    vague = PartialDate(date.year, date.month if known_to == "month" else None)
    return vague, when(vague, exact=False)


def _written(date: dt.date) -> str:
    return f"{date.day} {_MONTHS[date.month - 1]} {date.year}"


def people(number_of: int) -> str:
    """1 person, 2 people."""
    return "1 person" if number_of == 1 else f"{number_of} people"


def place_name(*names: str) -> str:
    """Names from the smallest to the largest, each once: "Rami village, Ariha district, Syria"."""
    kept: list[str] = []
    for name in names:
        if name and not any(name.casefold() == other.casefold() for other in kept):
            kept.append(name)
    return ", ".join(kept)


def coordinates(row: Row) -> dict[str, str]:
    """`latitude` and `longitude` in degrees, both or none; Unreadable where they lie on no globe."""
    if not row["latitude"] or not row["longitude"]:
        return {}
    latitude, longitude = _number(row, "latitude"), _number(row, "longitude")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise Unreadable(f"the coordinates {row['latitude']}, {row['longitude']} lie on no globe")
    return known(latitude=f"{latitude:.6f}", longitude=f"{longitude:.6f}")
