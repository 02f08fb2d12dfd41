"""Reads the rows of ACLED's event files (Armed Conflict Location & Event Data), as its export tool writes them.

The meaning of the codes is that of the ACLED Codebook (https://acleddata.com/knowledge-base/codebook/).
"""

from __future__ import annotations

import datetime as dt
import re

from assistant.dates import PartialDate
from index.readers.dateline import month_number
from index.readers.draft import known
from index.readers.events import Event, Row, around, code, coordinates, count, day, place_name, when
from index.readers.fields import whole_year

__all__ = ["COLUMNS", "read_row"]

COLUMNS = frozenset(
    {
        *("event_id_cnty", "event_date", "time_precision", "event_type", "sub_event_type", "actor1", "actor2"),
        *("country", "admin1", "location", "latitude", "longitude", "geo_precision", "source", "notes", "fatalities"),
    }
)
"""A table with these columns is one of ACLED; further columns are read where they are there."""

_WHERE = {1: ("at", "exact"), 2: ("near", "part of a region"), 3: ("in the region of", "larger region")}
_DATES = {1: "day", 2: "week", 3: "month"}
_IN_WORDS = re.compile(r"(\d{1,2})[\s-]+([^\s-]+)[\s-]+(\d{4}|\d{2})")


def read_row(row: Row) -> Event:
    """The event of one row: its notes, word for word, and a sentence from the other columns."""
    preposition, place_precision = _WHERE[code(row, "geo_precision", _WHERE)]
    date, said_when = _date(row)
    place = place_name(row["location"], row.get("admin3", ""), row.get("admin2", ""), row["admin1"], row["country"])
    kind = row["event_type"] + (f" ({row['sub_event_type']})" if row["sub_event_type"] else "")
    actors = f"between {row['actor1']} and {row['actor2']}" if row["actor2"] else f"involving {row['actor1']}"
    what = f"{said_when}, ACLED records: {kind} {actors} {preposition} {place}"
    deaths = count(row, "fatalities")
    source = f" Source: {row['source']}." if row["source"] else ""
    return Event(
        key=row["event_id_cnty"],
        title=f"{kind}: {row['location']}, {date}",
        text="\n\n".join(filter(None, (row["notes"], f"{what}; reported fatalities: {deaths}.{source}"))),
        published=date,
        source="ACLED",
        details=coordinates(row)
        | known(
            event_type=row["event_type"],
            event_subtype=row["sub_event_type"],
            event_id=row["event_id_cnty"],
            date_precision=_DATES[count(row, "time_precision")],
            actor_a=row["actor1"],
            actor_a_with=row.get("assoc_actor_1"),
            actor_b=row["actor2"],
            actor_b_with=row.get("assoc_actor_2"),
            civilian_targeting=row.get("civilian_targeting"),
            place=row["location"],
            place_precision=place_precision,
            district=row.get("admin2"),
            province=row["admin1"],
            country=row["country"],
            original_source=row["source"],
            deaths_reported=str(deaths),
        ),
        warnings=_assumed(row),
    )


def _date(row: Row) -> tuple[PartialDate, str]:
    precision = code(row, "time_precision", _DATES)
    about = day(row, "event_date", (dt.date.fromisoformat, _in_words))
    if precision == 1:
        date = PartialDate.of(about)
        return date, when(date, exact=True)
    return around(about, "week" if precision == 2 else "month")


def _in_words(text: str) -> dt.date:
    """ "05 January 2023", "05-Jan-2023" or "05-Jan-23"."""
    match = _IN_WORDS.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return dt.date(whole_year(match[3])[0], month_number(match[2]) or 0, int(match[1]))


def _assumed(row: Row) -> tuple[str, ...]:
    """A warning where the date says its year with two digits."""
    text = row["event_date"].strip()
    match = _IN_WORDS.fullmatch(text)
    note = whole_year(match[3])[1] if match else None
    return (f"the date {text!r} is not ISO: {note}; write YYYY-MM-DD",) if note else ()
