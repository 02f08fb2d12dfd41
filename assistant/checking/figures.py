"""Finds the dates and the numbers of a statement that what it cites does not tell. Knows citations, numbers and times.

A date is told where a cited sentence has it, or one that lies within it, or where it is that of the report (its day,
its month, its year); days without a year, days of the week and "yesterday" are those of the report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.checking.numbers import Number, find_numbers
from assistant.dates import PartialDate
from assistant.records import Citation, ProblemKind
from assistant.times import Dated, find_dates

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
    asked = [_figures(statement, language, _published(citation)) for citation in cited]
    told = [_figures(citation.quote, citation.report.language, _published(citation)) for citation in cited]
    dates = {(dated.start, dated.end) for own in asked for dated in own.dates}
    for start, end in sorted(dates):
        if not any(
            _is_told(dated.date, there, citation.report.published)
            for own, there, citation in zip(asked, told, cited, strict=True)
            for dated in own.dates
            if (dated.start, dated.end) == (start, end)
        ):
            yield ProblemKind.DATE, statement[start:end], True
    numbers = [number for there in told for number in there.numbers]
    years = {dated.date.year for there in told for dated in there.dates}
    years |= {citation.report.published.year for citation in cited}
    for number in find_numbers(statement, language):
        part_of_date = any(start < number.end and number.start < end for start, end in dates)
        if not part_of_date and not any(number.told_by(other) for other in numbers) and not _is_year(number, years):
            dual = number.values == {2} and any(_DUAL.search(citation.quote) for citation in cited)
            yield ProblemKind.NUMBER, statement[number.start : number.end], not dual


def _published(citation: Citation) -> PartialDate:
    published = citation.report.published
    return published if published.precision != "unknown" else _ANY_DAY


def _figures(text: str, language: str, published: PartialDate) -> _Figures:
    dates = find_dates(text, language, published)
    numbers = find_numbers(text, language)
    apart = [number for number in numbers if not any(d.start < number.end and number.start < d.end for d in dates)]
    return _Figures(dates, apart)


def _is_told(date: PartialDate, told: _Figures, published: PartialDate) -> bool:
    if date.precision == "year" and any(date.year in number.values for number in told.numbers):
        return True
    return any(_within(other, date) for other in (*(dated.date for dated in told.dates), published))


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
