"""Finds the dates and the numbers of a statement that what it cites does not tell. Knows citations, numbers and times.

A date is told where a cited sentence has it, or one that lies within it, or where it is that of the report (its day,
its month, its year); days of the week, "yesterday" and "last year" are counted from the report's day. A day without a
year is that day of any year; one with a year is told by the day where the report has no date and the year is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.checking.numbers import Number, find_numbers
from assistant.dates import PartialDate
from assistant.records import Citation, ProblemKind
from assistant.times import Dated, find_dates, relative_windows

__all__ = ["missing_figures"]

_ANY_DAY = PartialDate(
    2000, 12, 31
)  # where a report has no date, days without a year are of one year, the same for all
_YEARS = range(1900, 2101)
_DUAL = re.compile(r"[\u0621-\u064a]{2,}(?:ان|ين)(?!\w)")


@dataclass(frozen=True, slots=True)
class _Figures:
    """The dates and the numbers of a text; a number that is part of a date is none."""

    dates: list[Dated]
    numbers: list[Number]


def missing_figures(
    statement: str, language: str, cited: Sequence[Citation]
) -> Iterator[tuple[ProblemKind, str, bool]]:
    """The dates and numbers of the statement that are not told, as it writes them, and whether that is certain.

    That there are two is said in Arabic by a word's ending, which cannot be told from others.
    """
    asked = [_figures(statement, language, citation.report.published) for citation in cited]
    told = [_told(citation) for citation in cited]
    numbers = [number for there in told for number in there.numbers]
    years = {dated.date.year for there in told for dated in there.dates if dated.has_year}
    years |= {citation.report.published.year for citation in cited}
    years |= {int(value) for number in numbers for value in number.values if value in _YEARS}
    dates = {(dated.start, dated.end) for own in asked for dated in own.dates}
    for start, end in sorted(dates):
        if not any(
            _is_told(dated, there, citation.report.published, years)
            for own, there, citation in zip(asked, told, cited, strict=True)
            for dated in own.dates
            if (dated.start, dated.end) == (start, end)
        ):
            yield ProblemKind.DATE, statement[start:end], True
    for number in find_numbers(statement, language):
        part_of_date = any(start < number.end and number.start < end for start, end in dates)
        if not part_of_date and not any(number.told_by(other) for other in numbers) and not _is_year(number, years):
            dual = number.values == {2} and any(_DUAL.search(citation.quote) for citation in cited)
            yield ProblemKind.NUMBER, statement[number.start : number.end], not dual


def _figures(text: str, language: str, published: PartialDate) -> _Figures:
    dates = find_dates(text, language, published if published.precision != "unknown" else _ANY_DAY)
    numbers = find_numbers(text, language)
    apart = [number for number in numbers if not any(d.start < number.end and number.start < d.end for d in dates)]
    return _Figures(dates, apart)


def _told(citation: Citation) -> _Figures:
    """Those of a cited sentence, with what it counts from the report's day."""
    found = _figures(citation.quote, citation.report.language, citation.report.published)
    day = citation.report.published
    if day.precision == "day" and day.earliest is not None:
        for start, end, window in relative_windows(citation.quote, citation.report.language, day.earliest):
            if window.since is not None and window.until is not None:
                found.dates.append(Dated(start, end, PartialDate.span(window.since, window.until)))
    return found


def _is_told(dated: Dated, told: _Figures, published: PartialDate, years: set[int | None]) -> bool:
    date = dated.date
    if date.precision == "year" and any(date.year in number.values for number in told.numbers):
        return True
    if any(_within(other, date) for other in (*(one.date for one in told.dates), published)):
        return True
    undated = published.precision == "unknown" and date.year in years
    return any(
        _within(_of_any_year(other.date), _of_any_year(date))
        for other in told.dates
        if not dated.has_year or (undated and not other.has_year)
    )


def _of_any_year(date: PartialDate) -> PartialDate:
    """The same day or month of one year, a leap year; unknown where it is neither."""
    return PartialDate(2000, date.month, date.day) if date.precision in {"day", "month"} else PartialDate()


def _within(inner: PartialDate, outer: PartialDate) -> bool:
    """Whether the one date is the other, or a part of it: what is told exactly may be told roughly, not otherwise."""
    first, last = inner.earliest, inner.latest
    start, end = outer.earliest, outer.latest
    return (
        first is not None
        and last is not None
        and start is not None
        and end is not None
        and start <= first
        and last <= end
    )


def _is_year(number: Number, years: set[int | None]) -> bool:
    return any(value in _YEARS and value in years for value in number.values)
