"""What is found in a report's text beside its meaning: terms by sentence, the places, groups and dates that it names.

One analysis for the build and for bringing an older index up to date: it takes the text alone, so a change of its
rules needs no embedding. This module knows reports and the store; it knows nothing of models or questions.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.copies import signature
from assistant.data_files import digest
from assistant.gazetteer import Gazetteer
from assistant.mentions import find_mentions
from assistant.records import DATE, Mention, Report, Sentence
from assistant.store import Catalog
from assistant.terms import TERMS_VERSION, terms
from assistant.times import find_dates

__all__ = ["analyse", "analysed_by", "bring_up_to_date", "is_up_to_date"]


def analyse(
    report: Report, sentences: Sequence[Sentence], gazetteer: Gazetteer | None
) -> tuple[tuple[frozenset[str], ...], tuple[Mention, ...], bytes]:
    """The terms of each sentence; the mentions of the whole report; its signature, by which its near-copies are found
    (empty for the record of an event, which has none).

    Without a gazetteer, no places are found.
    """
    dates = find_dates(report.text, report.language, report.published)
    mentions = find_mentions(report.text, report.language, gazetteer)
    mentions += [Mention(dated.start, dated.end, f"{DATE}{dated.date}", str(dated.date)) for dated in dates]
    mentions.sort(key=lambda mention: (mention.start, mention.entity))
    found = tuple(
        terms(
            report.text[sentence.start : sentence.end],
            report.language,
            {m.entity for m in mentions if sentence.start <= m.start < sentence.end},
        )
        for sentence in sentences
    )
    # The records of events are written by one template: two events are alike, and yet are two.
    copied = b"" if "event_id" in report.details else signature(report.text)
    return found, tuple(mentions), copied


def analysed_by() -> str:
    """The rules and the lists of names that reports are analysed by: an index remembers which it was made with."""
    return f"{TERMS_VERSION} {digest('groups', 'regions', 'places')}"


def is_up_to_date(catalog: Catalog) -> bool:
    """Whether the reports were analysed by the rules and the lists of now."""
    return catalog.fingerprint().get("terms", analysed_by()) == analysed_by()


def bring_up_to_date(catalog: Catalog, gazetteer: Gazetteer | None) -> None:
    """Analyse all reports anew. The caller holds the write lock.

    Each report is one transaction, and the version is the last thing written: interrupted, it starts again.
    """
    for report_id in catalog.report_ids():
        indexed = catalog.indexed(report_id)
        if indexed is not None:
            catalog.put_analysis(report_id, *analyse(indexed.report, indexed.sentences, gazetteer))
    catalog.describe({"terms": analysed_by()})
