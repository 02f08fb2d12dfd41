"""Which reports an answer may come from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.dates import PartialDate
from assistant.errors import QuestionError
from assistant.records import Report

__all__ = ["EVERYTHING", "MAX_VALUES", "Filter"]

MAX_VALUES = 50
"""How many values each list of a filter may have at a door that strangers reach: each place is looked up by itself."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which reports an answer may come from; an empty filter lets all of them in.

    `since` and `until` are days, both included, and compare the day of publication. A vague date ("2017-11") is
    let in where any of its days is; a report without a date is kept out by either. `languages` are ISO 639-1
    codes, `sources` are spelled as the reports spell them, `places` in any spelling or script: a report is let in that
    names one of them. `reports` are ids, and so are those that are kept out, `without`.
    """

    since: dt.date | None = None
    until: dt.date | None = None
    languages: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    reports: frozenset[str] | None = None
    without: frozenset[str] = frozenset()

    @classmethod
    def told(
        cls,
        since: str = "",
        until: str = "",
        languages: Iterable[str] = (),
        sources: Iterable[str] = (),
        places: Iterable[str] = (),
        reports: Iterable[str] | None = None,
    ) -> Filter:
        """A filter with its dates as text (days, months or years), both included.

        A QuestionError names a date that cannot be read.
        """
        first, last = cls._date(since, "from").earliest, cls._date(until, "until").latest
        ids = None if reports is None else frozenset(reports)
        return cls(first, last, frozenset(languages), frozenset(sources), frozenset(places), ids)

    @staticmethod
    def _date(text: str, name: str) -> PartialDate:
        if not text.strip():
            return PartialDate()
        try:
            return PartialDate.parse(text)
        except ValueError:
            raise QuestionError(f"{name}: {text!r} is no date. Write it as 2017, 2017-11 or 2017-11-09.") from None

    def admits(self, report: Report) -> bool:
        """Whether the report may be quoted, for all that it says of itself; `places` are for the retriever to find."""
        if report.id in self.without or (self.reports is not None and report.id not in self.reports):
            return False
        first, last = report.published.earliest, report.published.latest
        if self.since is not None and (last is None or last < self.since):
            return False
        if self.until is not None and (first is None or first > self.until):
            return False
        if self.languages and report.language not in self.languages:
            return False
        return not self.sources or report.source in self.sources


EVERYTHING = Filter()
