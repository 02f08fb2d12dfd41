"""The reports as a library lists them: searched, limited, sorted, a page at a time. No text of a report is read.

Knows SQL and the full-text index; knows nothing of questions or of how a list looks.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from assistant.dates import PartialDate
from assistant.letters import fold
from assistant.records import Report
from assistant.store.database import Database
from assistant.terms import question_terms

__all__ = ["COLUMNS", "Column", "Listed", "Wanted", "list_reports"]

Column = Literal["date", "source", "title", "language"]
COLUMNS: tuple[Column, ...] = get_args(Column)
"""What a list can be sorted by."""

# An unknown date comes last in either direction, and so does a report without a source.
_ORDER = {
    "date": "published = 'unknown', published {0}, title, id",
    "source": "source IS NULL, source COLLATE NOCASE {0}, published DESC, id",
    "title": "title COLLATE NOCASE {0}, published DESC, id",
    "language": "language {0}, published DESC, id",
}
_MAX_WORDS = 12


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which reports to list, and how. `since` and `until` are as in `Filter`; `language` is a code, `source` a part of
    its name; `text` are words, each of which is in a sentence, the title or the source. `page` counts from 0."""

    text: str = ""
    language: str = ""
    source: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    column: Column = "date"
    ascending: bool = False
    page: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a list: reports without their texts and details, how many there are on all pages, and how many of each
    language there are in the whole collection."""

    reports: tuple[Report, ...]
    count: int
    languages: dict[str, int]


def list_reports(catalog: Database, wanted: Wanted, size: int) -> Listed:
    """A page of `size` reports; one beyond the last is empty."""
    counted = catalog.rows("SELECT language, count(*) FROM reports GROUP BY language ORDER BY 2 DESC, 1")
    languages = dict(counted)
    conditions, values = _limits(wanted)
    for word, match in _words(wanted.text, tuple(languages)):
        own = "instr(casefold(title), ?) OR instr(casefold(coalesce(source, '')), ?)"
        values += [word, word]
        if match:
            own += (
                " OR id IN (SELECT report_id FROM sentences WHERE key IN"
                " (SELECT rowid FROM lexicon WHERE lexicon MATCH ?))"
            )
            values.append(match)
        conditions.append(f"({own})")
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    order = _ORDER[wanted.column].format("ASC" if wanted.ascending else "DESC")
    # The index has all of these columns, so that no row, and with it no text, is read (schema.py).
    columns = "id, title, published, source, language"
    # `where` and `order` are made of the pieces here alone; what somebody wrote is in `values`.
    page = f"SELECT {columns} FROM reports {where} ORDER BY {order} LIMIT ? OFFSET ?"  # noqa: S608
    rows = catalog.rows(page, [*values, size, wanted.page * size])
    ((count,),) = catalog.rows(f"SELECT count(*) FROM reports {where}", values)  # noqa: S608
    return Listed(tuple(_report(*row) for row in rows), count, languages)


def _report(report_id: str, title: str, published: str, source: str | None, language: str) -> Report:
    return Report(report_id, title, "", PartialDate.stored(published), source, None, language)


def _limits(wanted: Wanted) -> tuple[list[str], list[object]]:
    conditions: list[str] = []
    values: list[object] = []
    if wanted.language:
        conditions.append("language = ?")
        values.append(wanted.language)
    if wanted.source:
        conditions.append("instr(casefold(coalesce(source, '')), ?)")
        values.append(wanted.source.casefold())
    if wanted.until is not None:  # "2017-11" is less than any of its days
        conditions.append("published <> 'unknown' AND substr(published, 1, 10) <= ?")
        values.append(str(wanted.until))
    if wanted.since is not None:  # and "2017-11-99" is more
        latest = "substr(published, instr(published, '/') + 1) || '-99'"
        conditions.append(f"published <> 'unknown' AND {latest} >= ?")
        values.append(str(wanted.since))
    return conditions, values


def _words(text: str, languages: Sequence[str]) -> list[tuple[str, str]]:
    """Each word as it may stand in a title, and what finds it in the full-text index: beginnings of words in all of
    the languages, names in any script, numbers."""
    found: list[tuple[str, str]] = []
    for word in text.split()[:_MAX_WORDS]:
        by_language = (question_terms(word, language) for language in languages)
        terms = sorted({term for own in by_language for part in own for term in part if term[0] in "wns"})
        # A word is found by its beginning, a name or a number as a whole.
        match = " OR ".join(f'"{term}"*' if term[0] == "w" else f'"{term}"' for term in terms if fold(term))
        found.append((word.casefold(), match))
    return found
