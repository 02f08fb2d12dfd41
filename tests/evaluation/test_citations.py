"""Citation recall and precision, worked out by hand: a judge that looks whether each word is there."""

from __future__ import annotations

from assistant.evaluation.citations import citation_quality
from assistant.records import Answer, Citation, Passage, Report, Statement, Support


class Words:
    """A text supports a statement that has no other words."""

    name = "words"

    def supports(self, text: str, statement: str) -> bool:
        return set(statement.split()) <= set(text.split())


def answer(*statements: Statement) -> Answer:
    """Citation 1 quotes "a b", 2 "c d", 3 "a b c d"."""
    report = Report.make("a b\nc d\na b c d", title="T")
    passage = Passage("p", report.id, 0, len(report.text), 0, 2)
    spans = [(0, 3), (4, 7), (8, 15)]
    citations = tuple(Citation(n, report, start, end, passage) for n, (start, end) in enumerate(spans, start=1))
    return Answer("q", "en", "s", statements=statements, citations=citations)


def test_recall_counts_statements_and_precision_citations() -> None:
    found = citation_quality(
        [
            answer(Statement("a", (1,)), Statement("a d", (1, 2))),  # 2 of 2; each of the 3 citations is needed
            answer(Statement("a b", (1, 2)), Statement("e", (3,)), Statement("a", ())),  # 1 of 3; 1 of 3
        ],
        Words(),
    )
    assert (found.judge, found.statements, found.citations) == ("words", 5, 6)
    assert found.recall == 3 / 5
    assert found.precision == 4 / 6


def test_a_citation_that_supports_alone_is_of_use_beside_another_that_does() -> None:
    found = citation_quality([answer(Statement("a b", (1, 3)))], Words())
    assert (found.recall, found.precision) == (1.0, 1.0)


def test_what_is_shown_as_not_supported_does_not_count() -> None:
    found = citation_quality([answer(Statement("e", (1,), Support.NOT), Statement("a", (1,)))], Words())
    assert (found.recall, found.precision, found.statements) == (1.0, 1.0, 1)


def test_nothing_is_none_and_not_0() -> None:
    found = citation_quality([answer()], Words())
    assert (found.recall, found.precision) == (None, None)
    uncited = citation_quality([answer(Statement("a", ()))], Words())
    assert (uncited.recall, uncited.precision) == (0.0, None)
