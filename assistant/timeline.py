"""What the reports tell of a place or a group, in the order of time. Knows the catalog; knows nothing of questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assistant.dates import PartialDate, Window
from assistant.filter import EVERYTHING, Filter
from assistant.gazetteer import Gazetteer
from assistant.naming import Named, naming
from assistant.plain_data import report_to_dict
from assistant.records import Mention, Report
from assistant.sentences import split_sentences
from assistant.store import Catalog, is_said

__all__ = ["Told", "latest", "timeline"]


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of a report, `report.text[start:end]`, and the time that it is from.

    `date` is one that the sentence tells, or else the report's own; `told` is whether the sentence tells it.
    """

    date: PartialDate
    told: bool
    report: Report
    start: int
    end: int

    @property
    def quote(self) -> str:
        """The words, sliced from the report."""
        return self.report.text[self.start : self.end]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON, the same at every door."""
        return {
            "date": str(self.date),
            "told": self.told,
            "quote": self.quote,
            "start": self.start,
            "end": self.end,
            "report": report_to_dict(self.report),
        }


def timeline(
    catalog: Catalog, gazetteer: Gazetteer | None, name: str, window: Window, among: Filter = EVERYTHING
) -> list[Told]:
    """The sentences that name a place or a group, in any spelling or script, the earliest first.

    `window` is about the time that a sentence is from; one without any date is left out. A sentence that tells several
    dates is there once for each.
    """
    named = naming(catalog, gazetteer, name)
    reports = catalog.reports(named.reports)
    mentions, frames = catalog.mentions(reports), catalog.frames(reports.values())
    found = [
        told
        for report in reports.values()
        if among.admits(report)
        for told in _told(report, mentions.get(report.id, []), named)
        if is_said(told.quote, frames[report.id])
        if told.date.earliest is not None and told.date.latest is not None
        if window.overlaps(told.date.earliest, told.date.latest)
    ]
    return sorted(found, key=lambda told: (told.date.recency, told.report.id, told.start))


def _told(report: Report, mentions: list[Mention], named: Named) -> list[Told]:
    found = []
    for sentence in split_sentences(report.id, report.text, report.language):
        own = [mention for mention in mentions if sentence.start <= mention.start < sentence.end]
        if named.is_in(report.text[sentence.start : sentence.end], report.language, own):
            dates = list(dict.fromkeys(mention.date for mention in own if mention.date is not None))
            found += [
                Told(date, bool(dates), report, sentence.start, sentence.end) for date in dates or [report.published]
            ]
    return found


def latest(found: Sequence[Told], count: int) -> dict[str, Any]:
    """The last `count` sentences as plain data for JSON, and how many earlier ones are left out."""
    return {"sentences": [told.to_dict() for told in found[-count:]], "left_out": max(len(found) - count, 0)}
