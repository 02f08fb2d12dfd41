"""Reads the rows of the UCDP Georeferenced Event Dataset (GED), of every release since 2013, and its candidate events.

The meaning of the codes is that of the UCDP GED Codebook (https://ucdp.uu.se/downloads/).
"""

from __future__ import annotations

import datetime as dt
import html
import re

from assistant.dates import PartialDate
from index.readers.draft import Unreadable, known
from index.readers.events import Event, Row, around, code, coordinates, count, day, people, place_name, when

__all__ = ["COLUMNS", "read_row"]

COLUMNS = frozenset(
    {
        *("id", "type_of_violence", "side_a", "side_b", "date_prec", "date_start", "date_end", "low", "best", "high"),
        *("where_coordinates", "where_prec", "country", "latitude", "longitude"),
        *("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown"),
    }
)
"""A table with these columns is one of UCDP events; further columns are read where they are there."""

_VIOLENCE = {1: "state-based conflict", 2: "non-state conflict", 3: "one-sided violence"}
# What the place stands for, in the sentence and in the details.
_WHERE = {
    1: ("at", "exact"),
    2: ("near", "within about 25 km"),
    3: ("at a place that is not known within", "district"),
    4: ("at a place that is not known within", "province"),
    5: ("in the area of", "line or area"),
    6: ("at a place that is not known within", "country"),
    7: ("in", "international waters or airspace"),
}
_DATES = {1: "day", 2: "2 to 6 days", 3: "week", 4: "month", 5: "more than a month"}
_SOURCE = re.compile(r'\s*"?(?P<office>[^,"]*),(?P<date>\d{4}-\d{2}-\d{2}),(?P<headline>.*?)"?\s*', re.DOTALL)


def read_row(row: Row) -> Event:
    """The event of one row. Unreadable where a number, a code or a date is none."""
    violence = _VIOLENCE[code(row, "type_of_violence", _VIOLENCE)]
    preposition, place_precision = _WHERE[code(row, "where_prec", _WHERE)]
    date, said_when = _date(row)
    place = place_name(row["where_coordinates"], row.get("adm_2", ""), row.get("adm_1", ""), row["country"])
    sides = (
        f"by {row['side_a']} against civilians"
        if violence == "one-sided violence"
        else f"between {row['side_a']} and {row['side_b']}"
    )
    what = f"{said_when}, an event of {violence} {sides} took place {preposition} {place}"
    # One sentence: who asks how many were killed there finds, and is shown, the place, the day and the number at once.
    text = "\n\n".join(filter(None, (f"{what}; {_deaths(row)}", _sources(row))))
    return Event(
        key=row["id"].removesuffix(".0"),
        title=f"{row['side_a']} - {row['side_b']}: {row['where_coordinates']}, {date}",
        text=text,
        published=date,
        source="UCDP GED",
        details=coordinates(row)
        | known(
            event_type=violence,
            event_id=row["id"].removesuffix(".0"),
            date_precision=_DATES[count(row, "date_prec")],
            event_clarity={"1": "clear", "2": "less clear"}.get(row.get("event_clarity", "").removesuffix(".0")),
            actor_a=row["side_a"],
            actor_b=row["side_b"],
            conflict=row.get("conflict_name"),
            place=row["where_coordinates"],
            place_description=row.get("where_description"),
            place_precision=place_precision,
            district=row.get("adm_2"),
            province=row.get("adm_1"),
            country=row["country"],
            original_source=row.get("source_original"),
        )
        | {f"deaths_{name}": str(count(row, name)) for name in ("low", "best", "high")}
        | {name: str(count(row, name)) for name in ("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown")},
    )


def _date(row: Row) -> tuple[PartialDate, str]:
    """The day, or the days, and the beginning of a sentence that says it. A range is never taken as a day."""
    precision = code(row, "date_prec", _DATES)
    first, last = (day(row, column, (_iso_day,)) for column in ("date_start", "date_end"))
    if last < first:
        raise Unreadable(f"date_end {last} is before date_start {first}")
    if precision > 1 and first == last:
        return around(first, "week" if precision <= 3 else "month" if precision == 4 else "year")
    date = PartialDate.span(first, last)
    return date, when(date, exact=precision == 1)


def _iso_day(text: str) -> dt.date:
    """A day that some releases write with a time of 00:00:00.000 behind it."""
    return dt.date.fromisoformat(text[:10])


def _deaths(row: Row) -> str:
    low, best, high = (count(row, name) for name in ("low", "best", "high"))
    said = (
        f"UCDP's best estimate is that {people(best)} {'was' if best == 1 else 'were'} killed (low {low}, high {high})"
    )
    sides = ((row["side_a"], "deaths_a"), (row["side_b"], "deaths_b"))
    parts = [f"{count(row, column)} of {name}" for name, column in sides if count(row, column)]
    civilians, unknown = count(row, "deaths_civilians"), count(row, "deaths_unknown")
    parts += [f"{civilians} civilian{'s' if civilians != 1 else ''}"] if civilians else []
    parts += [f"{unknown} of unknown status"] if unknown else []
    return f"{said}: {'; '.join(parts)}." if parts else f"{said}."


def _sources(row: Row) -> str:
    """A sentence for each source with its headline; the whole reference where it is not in that form."""
    reference = html.unescape(row.get("source_article", ""))
    found = [_SOURCE.fullmatch(part) for part in reference.split('";"')]
    if all(found):
        said = [_source(m["office"], m["date"], m["headline"]) for m in found if m]
    else:
        said = [f"Source: {' '.join(reference.split())}"] if reference.strip() else []
    return "\n".join(dict.fromkeys(said))


def _source(office: str, date: str, headline: str) -> str:
    headline = " ".join(headline.split())
    about = ", ".join(filter(None, (" ".join(office.split()), date)))
    return f"Source: {about}: “{headline}”." if headline else f"Source: {about}."
