"""Hits made by hand, and what an answer from them quotes."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.records import (
    Answer,
    Hit,
    Passage,
    Report,
    ScoredSentence,
    Sentence,
)
from tests.helpers import make_report


def hit_of(report: Report, scores: Sequence[float]) -> Hit:
    """A passage of one-line sentences with these scores."""
    scored, at = [], 0
    for number, (line, score) in enumerate(zip(report.text.split("\n"), scores, strict=True)):
        scored.append(ScoredSentence(Sentence(report.id, number, at, at + len(line)), score))
        at += len(line) + 1
    passage = Passage(f"{report.id}:p0", report.id, 0, len(report.text), 0, len(scored) - 1)
    return Hit(report, passage, tuple(scored), max(scores), {"dense": max(scores), "lexical": 0.0})


def quotes(answer: Answer) -> list[str]:
    return [citation.quote for citation in answer.citations]


def one(text: str, score: float, date: str | None = "2017-11-09", source: str | None = "S") -> Hit:
    return hit_of(make_report(text, published=date, source=source, title=text), [score])
