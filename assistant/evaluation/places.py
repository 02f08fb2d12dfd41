"""Finds what a question expects in the reports: the places that answer it. Knows reports and quotes, no answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.assistant import Assistant
from assistant.errors import EvaluationError
from assistant.evaluation.questions import Expected, Question
from assistant.records import Report

__all__ = ["ExpectedPlace", "find_places"]

_NAMED = 20  # mistakes that an error names


@dataclass(frozen=True, slots=True)
class ExpectedPlace:
    """What answers: in one of the reports (ids), the words of the pattern; all of a report where there is none."""

    reports: frozenset[str]
    words: re.Pattern[str] | None

    def has(self, report: Report, copies: Iterable[Report], start: int, end: int) -> bool:
        """Whether `report.text[start:end]` has some of what answers; a near-copy of the right report is right too."""
        if self.reports.isdisjoint([report.id, *(copy.id for copy in copies)]):
            return False
        if self.words is None:
            return True
        return any(found.start() < end and start < found.end() for found in self.words.finditer(report.text))


def find_places(assistant: Assistant, questions: Sequence[Question]) -> dict[str, tuple[ExpectedPlace, ...]]:
    """The places that answer each question, by its id.

    An EvaluationError names the quotes that are in no report, the reports that are not there, and the questions whose
    own limits keep out whatever answers them.
    """
    reports = {report.id: report for report in assistant.reports()}
    texts = {report_id: _plain(report.text) for report_id, report in reports.items()}
    named = _by_name(assistant, reports, questions)
    found: dict[str, tuple[ExpectedPlace, ...]] = {}
    wrong: list[str] = []
    for question in questions:
        places = []
        for expected in question.expected:
            ids = frozenset(named[expected.report]) if expected.report else frozenset(reports)
            having = frozenset(report_id for report_id in ids if _plain(expected.quote) in texts[report_id])
            places.append(ExpectedPlace(having, _words(expected.quote)))
            if not having:
                wrong.append(f"question {question.id}: {_missing(expected, ids, texts)}")
        answering = {report_id for place in places for report_id in place.reports}
        if answering and not any(question.among.admits(reports[report_id]) for report_id in answering):
            wrong.append(
                f"question {question.id}: its own limits (since, as_of, ...) keep out every report that answers it"
            )
        found[question.id] = tuple(places)
    if wrong:
        more = [f"and {len(wrong) - _NAMED} more"] if len(wrong) > _NAMED else []
        raise EvaluationError(
            f"What these questions expect is not in the reports of {assistant.settings.data}. Correct the questions, or"
            " ingest the reports.\n" + "\n".join(wrong[:_NAMED] + more)
        )
    return found


def _missing(expected: Expected, ids: frozenset[str], texts: Mapping[str, str]) -> str:
    if expected.report and not ids:
        return f"there is no report {expected.report!r}"
    elsewhere = sorted(report_id for report_id, text in texts.items() if _plain(expected.quote) in text)
    if expected.report and elsewhere:
        return f"{expected.quote!r} is not in {expected.report!r} (but in the report {elsewhere[0]})"
    return f"{expected.quote!r} is in no report"


def _by_name(assistant: Assistant, reports: Mapping[str, Report], asked: Iterable[Question]) -> dict[str, set[str]]:
    """The ids of the reports that go by each name: their id, or the end of the path that they came from."""
    names = {expected.report for question in asked for expected in question.expected if expected.report}
    found: dict[str, set[str]] = {name: {name} & reports.keys() for name in names}
    if all(found.values()):
        return found
    for report_id in reports:
        for end in _ends(assistant.catalog().origins_of([report_id])):
            if end in found:
                found[end].add(report_id)
    return found


def _ends(origins: Iterable[str]) -> Iterator[str]:
    """Every path that ends like these, from the whole to the name of the file."""
    for origin in origins:
        parts = origin.replace("\\", "/").split("/")
        yield origin
        yield from ("/".join(parts[first:]) for first in range(1, len(parts)))


def _plain(text: str) -> str:
    return " ".join(text.split())


def _words(quote: str) -> re.Pattern[str] | None:
    return re.compile(r"\s+".join(map(re.escape, quote.split()))) if quote else None
