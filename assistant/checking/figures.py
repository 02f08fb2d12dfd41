"""Finds the dates and the numbers of a statement that what it cites does not tell. Knows citations, numbers and times.

A date is told where a cited sentence has it, or one that lies within it, or where it is that of the report (its day,
its month, its year); days of the week, "yesterday" and "last year" are counted from the report's day, on both sides. A
day without a year is that day of any year; one with a year is told by the day where the report has no date and the year
is told. What cannot be counted ("two weeks later") has to stand there.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from assistant.common_words import common_words
from assistant.dates import PartialDate
from assistant.gazetteer import Gazetteer
from assistant.letters import NAME_TOKEN, fold
from assistant.mentions import find_mentions
from assistant.numbers import Number, find_numbers
from assistant.records import Citation, ProblemKind
from assistant.time_words import relative_phrases
from assistant.times import Dated, find_dates, relative_windows
from assistant.written_dates import Taken

__all__ = ["missing_figures"]

_ANY_DAY = PartialDate(
    2000, 12, 31
)  # where a report has no date, days without a year are of one year, the same for all
_YEARS = range(1900, 2101)
_WITH_ARTICLE = re.compile(
    r"(?:\b(?:the|an?|this|that|its|his|her|their)|['’]s?)\s+$", re.IGNORECASE
)  # the 2017 elections
_ARABIC_ARTICLE = "ال"
_DUAL = re.compile(r"[\u0621-\u064a]{2,}(?:ان|ين)(?!\w)")


@dataclass(frozen=True, slots=True)
class _Figures:
    """The dates and the numbers of a text; a number that is part of a date is none."""

    dates: list[Dated]
    numbers: list[Number]


def missing_figures(
    statement: str, language: str, cited: Sequence[Citation], gazetteer: Gazetteer | None = None
) -> Iterator[tuple[ProblemKind, str, bool]]:
    """The dates and numbers of the statement that are not told, as it writes them, and whether that is certain.

    That there are two is said in Arabic by a word's ending, which cannot be told from others.
    """
    stated = [_figures(statement, language, citation.report.published) for citation in cited]
    told = [_figures(c.quote, c.report.language, c.report.published) for c in cited]
    years = {citation.report.published.year for citation in cited}.union(*map(_years, told))
    dates = {(dated.start, dated.end) for own in stated for dated in own.dates}
    told_dates = {
        (dated.start, dated.end)
        for own, there, citation in zip(stated, told, cited, strict=True)
        for dated in own.dates
        if _is_told(dated, there, citation.report.published, years)
    }
    for start, end in sorted(dates - told_dates):
        yield ProblemKind.DATE, statement[start:end], True
    taken = Taken(statement)
    for start, end in dates:
        taken.take(start, end)
    for start, end in _uncounted(statement, language):
        if taken.is_free(start, end) and not any(_may_tell(c, statement[start:end], language) for c in cited):
            yield ProblemKind.DATE, statement[start:end], all(c.report.language == language for c in cited)
    names = {mention.start for mention in find_mentions(statement, language, gazetteer)}
    numbers = [number for there in told for number in there.numbers]
    for number in find_numbers(statement, language):
        year = _is_year(number, years) and not _counts(number, statement, language, names)
        if taken.is_free(number.start, number.end) and not year and not any(map(number.told_by, numbers)):
            dual = number.values == {2} and any(_DUAL.search(citation.quote) for citation in cited)
            yield ProblemKind.NUMBER, statement[number.start : number.end], not dual


def _figures(text: str, language: str, published: PartialDate) -> _Figures:
    dates = find_dates(text, language, published if published.precision != "unknown" else _ANY_DAY)
    numbers = find_numbers(text, language)
    apart = [number for number in numbers if not any(d.start < number.end and number.start < d.end for d in dates)]
    if published.precision == "day" and published.earliest is not None:
        for start, end, window in relative_windows(text, language, published.earliest):
            if window.since is not None and window.until is not None:
                dates.append(Dated(start, end, PartialDate.span(window.since, window.until)))
    return _Figures(dates, apart)


def _years(told: _Figures) -> set[int | None]:
    """The years that are written there, also as a number."""
    written: set[int | None] = {dated.date.year for dated in told.dates if dated.has_year}
    return written | {int(value) for number in told.numbers for value in number.values if value in _YEARS}


def _uncounted(text: str, language: str) -> Iterator[tuple[int, int]]:
    """Where a text speaks of a time that is counted from another one."""
    pattern = relative_phrases(language, "vague")
    if pattern is not None:
        yield from (match.span() for match in pattern.finditer(text))


def _may_tell(citation: Citation, uncounted: str, language: str) -> bool:
    """Whether a sentence has these words; in another language, any time that is counted from another one."""
    own = citation.report.language
    return any(_uncounted(citation.quote, own)) if own != language else _folded(uncounted) in _folded(citation.quote)


def _folded(text: str) -> str:
    return " ".join(map(fold, text.split()))


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


def _counts(number: Number, text: str, language: str, names: Container[int]) -> bool:
    """Whether what follows a number is something that it can count: "2017 fighters" are no year.

    In German that is a noun; elsewhere any word that tells something, but not what has an article of its own. A place
    or a group, which begins at one of `names`, is none: "2017 Rakka".
    """
    after = NAME_TOKEN.match(text, number.end + 1) if text[number.end : number.end + 1].isspace() else None
    if after is None or _WITH_ARTICLE.search(text[: number.start]) or after.group().startswith(_ARABIC_ARTICLE):
        return False
    word = after.group()
    return (
        after.start() not in names and word not in common_words(language) and (language != "de" or word != word.lower())
    )


def _is_year(number: Number, years: set[int | None]) -> bool:
    return any(value in _YEARS and value in years for value in number.values)
