"""Reads what files say about a report: date, address, language, title. Knows no file format.

The names that JSON records and front matter use for the same thing are listed here, once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import urlsplit

from assistant.dates import PartialDate
from index.readers.decoding import clean
from index.readers.draft import Unreadable, known

__all__ = [
    "Fields",
    "date_in_name",
    "first_string",
    "http_url",
    "language_code",
    "one_line",
    "parse_date",
    "read_fields",
    "split_name",
    "whole_year",
]

_TITLE = ("title", "article_title", "headline")
_PUBLISHED = ("published", "date", "published_at", "article_date")
_SOURCE = ("source", "outlet", "publisher")
_LANGUAGE = ("language", "lang")
_URL = ("url", "link")
_AUTHOR = ("author", "byline", "creator")
_ARCHIVE = ("archive_url", "archive_link", "archived")
_RETRIEVED = ("retrieved", "accessed")

# ISO 639-1, all of it.
_LANGUAGES = """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee
    el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is
    it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms
    mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk
    sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi
    yo za zh zu
"""
_FORMER_CODES = {"iw": "he", "in": "id", "ji": "yi"}  # withdrawn in 1989, still written by old Java programs

_TIME = r"\d{1,2}(?::\d{2}){0,2}(?:[.,]\d+)?\s*(?:[Zz]|[+-][\d:]{2,8})?"
_DATE_AND_TIME = re.compile(rf"(\d{{4}}-\d{{2}}-\d{{2}})(?:[Tt]|\s+){_TIME}")
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})(?:[/.](\d{1,2}))?")
_YEAR_LAST = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})")
_NAME_DATE = re.compile(r"(?<!\d)(?:19|20)\d{2}-\d{2}(?:-\d{2})?(?!\d)")
_HTTP = re.compile(r"https?://[^\s\x00-\x20\x7f<>\"]{1,2000}", re.IGNORECASE)
_KINDS = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "a mapping"}


@dataclass(frozen=True, slots=True)
class Fields:
    """What a record or front matter says about its report; None where it does not."""

    title: str | None
    published: PartialDate
    source: str | None
    url: str | None
    language: str | None
    warnings: tuple[str, ...]
    details: dict[str, str]
    """`author`, `archive_url`, `retrieved`, `published_from` (draft.py), each where it is known."""


def read_fields(values: Mapping[str, object], *, month_first: bool | None = None) -> Fields:
    """Take the known fields, under any of their names, and leave the others. Unreadable where one makes no sense.

    `month_first` is as in `parse_date`.
    """
    published, warnings = PartialDate(), []
    date = first_string(values, _PUBLISHED)
    if date is not None:
        published, warning = parse_date(date, month_first=month_first)
        warnings += [warning] if warning else []
    urls = []
    for stated in (first_string(values, _URL), first_string(values, _ARCHIVE)):
        urls.append(http_url(stated))
        if stated and stated.strip() and urls[-1] is None:
            warnings.append(f"the address {stated[:80]!r} is not an http or https URL and was left out")
    return Fields(
        title=one_line(first_string(values, _TITLE)),
        published=published,
        source=one_line(first_string(values, _SOURCE)),
        url=urls[0],
        language=language_code(first_string(values, _LANGUAGE)),
        warnings=tuple(warnings),
        details=known(
            author=one_line(first_string(values, _AUTHOR)),
            archive_url=urls[1],
            retrieved=one_line(first_string(values, _RETRIEVED)),
            published_from="metadata" if published.year is not None else None,
        ),
    )


def first_string(values: Mapping[str, object], names: tuple[str, ...]) -> str | None:
    """The first of the named values that is there, as it stands but for `clean`; Unreadable where it is no string."""
    for name in names:
        value = values.get(name)
        if isinstance(value, str):
            return clean(value)
        if value is not None:
            raise Unreadable(f"{name!r} must be a string, but it is {_KINDS.get(type(value), 'something else')}")
    return None


def parse_date(value: str, *, month_first: bool | None = None) -> tuple[PartialDate, str | None]:
    """A date, with a warning where some of it had to be left out or assumed.

    Read with certainty: YYYY, YYYY-MM, YYYY-MM-DD, a full ISO date and time (its date as written, whatever the
    time zone), YYYY/MM/DD; "" and "unknown" are the unknown date. D/M/Y and M/D/Y are read where only one of
    them can be meant, or as `month_first` says, and keep the year alone where it does not. Dots are read as D.M.Y, with
    a warning. A year of two digits is taken for 1969 to 2068, as POSIX does. Unreadable for anything else and for
    impossible dates.
    """
    value = value.strip()
    if value.lower() in ("", "unknown"):
        return PartialDate(), None
    iso = value
    if match := _DATE_AND_TIME.fullmatch(value):
        iso = match[1]
    elif match := _YEAR_FIRST.fullmatch(value):
        iso = "-".join(part.zfill(2) for part in match.groups() if part)
    try:
        if match := _YEAR_LAST.fullmatch(value):
            return _year_last(value, match, month_first)
        return PartialDate.parse(iso), None
    except ValueError as error:
        reason = f"the date {value[:40]!r} does not exist or cannot be read; write YYYY-MM-DD, YYYY-MM or YYYY"
        raise Unreadable(reason) from error


def _year_last(value: str, match: re.Match[str], month_first: bool | None) -> tuple[PartialDate, str | None]:
    """Read D/M/Y or M/D/Y. ValueError where no such day exists."""
    first, separator, second = int(match[1]), match[2], int(match[3])
    year, note = whole_year(match[4])
    notes, hint = [note] if note else [], ""
    if separator == "." and second <= 12:
        date = PartialDate(year, second, first)
        notes.append("it was read as day.month.year")
    elif first <= 12 and second <= 12 and first != second and month_first is None:
        date = PartialDate(year)
        notes.append("day and month cannot be told apart, so only the year was kept")
        hint = ', or, for a table or JSON, dates = "month first" or "day first" in a mapping'
    elif first > 12 or (second <= 12 and month_first is False):
        date = PartialDate(year, second, first)
    else:
        date = PartialDate(year, first, second)
    return date, f"the date {value!r} is not ISO: {'; '.join(notes)}; write YYYY-MM-DD{hint}" if notes else None


def whole_year(digits: str) -> tuple[int, str | None]:
    """A year, and what was assumed of it: one of two digits is taken for 1969 to 2068, as POSIX does."""
    year = int(digits)
    if len(digits) != 2:
        return year, None
    year += 2000 if year < 69 else 1900
    return year, f"the year was taken for {year}"


def http_url(value: str | None) -> str | None:
    """The address if it is http or https and names a host; else None, so that no page ever links to a script."""
    value = (value or "").strip()
    if not _HTTP.fullmatch(value):
        return None
    try:
        return value if urlsplit(value).hostname else None
    except ValueError:  # such as a broken IPv6 address
        return None


def language_code(value: str | None) -> str | None:
    """The ISO 639-1 code of a language tag: "de-AT" is "de". None where it is no such code."""
    primary = re.split(r"[-_]", (value or "").strip().lower(), maxsplit=1)[0]
    primary = _FORMER_CODES.get(primary, primary)
    return primary if primary in _LANGUAGES.split() else None


def one_line(value: str | None) -> str | None:
    """The words on one line; None where there are none."""
    return " ".join((value or "").split()) or None


def split_name(name: str) -> tuple[str, str | None]:
    """The title and the language that a file name tells: "abu-kamal.de.txt" is ("abu-kamal", "de")."""
    stem = PurePath(name).stem
    base, dot, tag = stem.rpartition(".")
    language = language_code(tag) if dot and base and len(tag) == 2 else None
    return (base if language else stem), language


def date_in_name(name: str) -> PartialDate:
    """The date YYYY-MM-DD or YYYY-MM in a file name; unknown where there is none or it does not exist."""
    match = _NAME_DATE.search(name)
    try:
        return PartialDate.parse(match[0]) if match else PartialDate()
    except ValueError:  # "2016-17" is a season, not a date
        return PartialDate()
