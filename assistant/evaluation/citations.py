"""How well answers cite: citation recall and precision as ALCE defines them, by a judge that is named.

ALCE: Gao et al., "Enabling Large Language Models to Generate Text with Citations", EMNLP 2023, section 3. This module
knows answers and judges; it knows nothing of how either is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.records import Answer, Statement, Support

__all__ = ["CitationQuality", "Judge", "citation_quality"]


class Judge(Protocol):
    """Says whether a text supports a statement. `name` stands beside the figures: they mean nothing without it."""

    @property
    def name(self) -> str:
        """The judge's name."""
        ...

    def supports(self, text: str, statement: str) -> bool:
        """Whether the statement follows from the text."""
        ...


@dataclass(frozen=True, slots=True)
class CitationQuality:
    """Two figures from 0 to 1, higher is better; None where there was nothing to count. `judge` is who judged.

    `recall` is the share of statements that all that they cite supports together. `precision` is the share of citations
    that are of use: the statement is supported, and the citation supports it alone or the others do not without it.
    """

    judge: str
    recall: float | None
    precision: float | None
    statements: int
    citations: int


def citation_quality(answers: Iterable[Answer], judge: Judge) -> CitationQuality:
    """Recall and precision over the statements of all answers; what an answer itself marks as not supported is none."""
    stated = [
        (answer, statement)
        for answer in answers
        for statement in answer.statements
        if statement.support is not Support.NOT
    ]
    counts = [_counts(answer, statement, judge) for answer, statement in stated]
    citations = sum(len(statement.citations) for _, statement in stated)
    return CitationQuality(
        judge.name,
        sum(supported for supported, _ in counts) / len(stated) if stated else None,
        sum(of_use for _, of_use in counts) / citations if citations else None,
        len(stated),
        citations,
    )


def _counts(answer: Answer, statement: Statement, judge: Judge) -> tuple[int, int]:
    """Whether the statement is supported (1 or 0), and how many of its citations are of use."""
    quotes = [answer.citation(number).quote for number in statement.citations]
    if not quotes or not judge.supports(" ".join(quotes), statement.text):
        return 0, 0
    if len(quotes) == 1:
        return 1, 1
    return 1, sum(_is_of_use(place, quotes, statement.text, judge) for place in range(len(quotes)))


def _is_of_use(place: int, quotes: Sequence[str], statement: str, judge: Judge) -> bool:
    others = " ".join(quote for number, quote in enumerate(quotes) if number != place)
    return judge.supports(quotes[place], statement) or not judge.supports(others, statement)
