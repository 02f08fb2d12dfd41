"""Asks each question once, and measures what comes: the ranking, what is cited, whether it is declined, the time."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Sequence

from pydantic import BaseModel, ConfigDict

from assistant.assistant import Assistant
from assistant.evaluation.citations import Judge, citation_quality
from assistant.evaluation.places import ExpectedPlace, find_places
from assistant.evaluation.questions import Question
from assistant.evaluation.ranking import MEASURES, SHORT, values_of
from assistant.records import Answer

__all__ = ["DEPTH", "MEASURED", "Result", "ask_all"]

DEPTH = 20
"""Passages that a question is to retrieve (`Settings.hits`), so that ten reports are among them."""

_REPORT = tuple(f"report {SHORT.get(name, name)}" for name in MEASURES)
_SENTENCE = tuple(f"sentence {SHORT.get(name, name)}" for name in MEASURES)

MEASURED = {
    **dict.fromkeys(_REPORT, "the reports that were found, the expected among them"),
    **dict.fromkeys(_SENTENCE, "their sentences, the expected among them; where quotes are expected"),
    "cited": "something expected is cited",
    "dated": "the answer has the expected date",
    "answered": "answered, where something is expected",
    "declined": "declined, where the reports do not say",
    "decided right": "the one or the other, as expected",
    "citation recall": "of an answer's statements, those that all they cite supports together (ALCE), by the judge",
    "citation precision": "of its citations, those that are of use (ALCE), by the judge",
}
"""What is measured of each question, and what it is. Each value is from 0 to 1, higher is better."""


class Result(BaseModel):
    """What came of one question. `values` are those of `MEASURED` that it has a say in; `ms` is the time of the answer.

    `asked` tells its wording, limits and expectations from others', so that only the same is compared.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    question: str
    language: str
    kind: str
    asked: str
    values: dict[str, float]
    ms: float
    refusal: str | None
    as_of: str | None
    cited: tuple[str, ...]


def ask_all(assistant: Assistant, questions: Sequence[Question], judge: Judge) -> Iterator[Result]:
    """Ask every question, in order. An EvaluationError, before the first is asked, names what is in no report."""
    places = find_places(assistant, questions)
    assistant.warm()
    for question in questions:
        started = time.perf_counter()
        answer = assistant.ask(question.question, question.among, question.today)
        ms = (time.perf_counter() - started) * 1000
        yield Result(
            id=question.id,
            question=question.question,
            language=question.language,
            kind=question.kind,
            asked=_asked(question),
            values=_values(question, answer, places[question.id], judge),
            ms=round(ms, 2),
            refusal=answer.refusal.value if answer.refusal else None,
            as_of=str(answer.as_of) if answer.as_of else None,
            cited=tuple(citation.quote for citation in answer.citations),
        )


def _values(question: Question, answer: Answer, places: Sequence[ExpectedPlace], judge: Judge) -> dict[str, float]:
    values: dict[str, float] = {}
    if places:
        reports = {place.reports: ExpectedPlace(place.reports, None) for place in places}
        values |= _ranked(_REPORT, list(reports.values()), answer)
        if all(place.words is not None for place in places):
            values |= _ranked(_SENTENCE, places, answer)
        values["cited"] = float(_cites(answer, places))
        values["answered"] = values["decided right"] = float(answer.refusal is None)
    if question.refusal:
        values["declined"] = values["decided right"] = float(answer.refusal is not None)
    if question.expected_date:
        values["dated"] = float(str(answer.as_of) == question.expected_date)
    quality = citation_quality([answer], judge)
    if quality.recall is not None:
        values["citation recall"] = quality.recall
    if quality.precision is not None:
        values["citation precision"] = quality.precision
    return values


def _ranked(names: Sequence[str], places: Sequence[ExpectedPlace], answer: Answer) -> dict[str, float]:
    """The measures of a ranking, by these names: of reports, or of sentences where the places have words."""
    scores: dict[str, float] = {}
    for hit in answer.hits:
        for scored in hit.sentences:
            at = scored.sentence
            right = [n for n, place in enumerate(places) if place.has(hit.report, hit.copies, at.start, at.end)]
            other = hit.report.id if places[0].words is None else f"{hit.report.id}:{at.number}"
            for name in [f"expected {number}" for number in right] or [other]:
                scores[name] = max(scored.score, scores.get(name, scored.score))
    values = values_of([f"expected {number}" for number in range(len(places))], scores)
    return dict(zip(names, values.values(), strict=True))


def _cites(answer: Answer, places: Sequence[ExpectedPlace]) -> bool:
    spans = [(citation.report, citation.start, citation.end) for citation in answer.citations]
    spans += [(copy.report, copy.start, copy.end) for citation in answer.citations for copy in citation.copies]
    return any(place.has(report, (), start, end) for place in places for report, start, end in spans)


def _asked(question: Question) -> str:
    """A short hash of all that the question says, but its note."""
    line = json.dumps({**question.to_dict(), "note": ""}, sort_keys=True)
    return hashlib.sha256(line.encode()).hexdigest()[:16]
