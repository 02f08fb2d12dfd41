"""The check: does a statement rest on the sentences that it cites?"""

from __future__ import annotations

import pytest

from assistant.background import background_for
from assistant.checking import Checker, Claim
from assistant.embedding import Embedder
from assistant.gazetteer import GeoNames
from assistant.records import Citation, Passage, ProblemKind, Report, Support
from tests.helpers import make_report

SOURCE = "The Syrian army entered Abu Kamal on 9 November, and 70 fighters of the Islamic State were killed."


def cite(report: Report, quote: str | None = None) -> Citation:
    """The quote, or all of the report, cited; its passage is the whole report."""
    quote = report.text if quote is None else quote
    start = report.text.index(quote)
    return Citation(1, report, start, start + len(quote), Passage("p", report.id, 0, len(report.text), 0, 1))


@pytest.fixture(scope="module")
def checker(embedder: Embedder, gazetteer: GeoNames) -> Checker:
    return Checker(embedder, background_for(embedder.identity), gazetteer)


@pytest.mark.parametrize(
    "statement",
    [
        SOURCE,
        "Syrian troops moved into Abu Kamal.",
        "Siebzig Kämpfer des IS wurden in Abu Kamal getötet.",
    ],
)
def test_what_is_said_in_other_words_or_another_language_is_supported(checker: Checker, statement: str) -> None:
    (finding,) = checker.check([Claim(statement, [cite(make_report(SOURCE))])])
    assert (finding.support, finding.problems) == (Support.SUPPORTED, ())


@pytest.mark.parametrize(
    ("statement", "kind", "named"),
    [
        ("Wagner Group mercenaries and the Syrian army entered Abu Kamal.", ProblemKind.NAME, "Wagner"),
        ("The Syrian army entered Abu Kamal, and 80 fighters were killed.", ProblemKind.NUMBER, "80"),
        ("The Syrian army entered Abu Kamal, a “city without a soul”.", ProblemKind.QUOTE, "city without a soul"),
        ("The Syrian army entered Abu Kamal: https://evil.example/x", ProblemKind.ADDRESS, "https://evil.example/x"),
        ("The trees of the valley blossom in spring.", ProblemKind.MEANING, ""),
    ],
)
def test_what_is_invented_is_named(checker: Checker, statement: str, kind: ProblemKind, named: str) -> None:
    (finding,) = checker.check([Claim(statement, [cite(make_report(SOURCE))])], "Who holds Abu Kamal?")
    assert finding.support is Support.NOT
    assert any(problem.kind is kind and named in problem.text for problem in finding.problems)


def test_a_statement_that_cites_nothing_has_no_support(checker: Checker) -> None:
    first, second = checker.check([Claim(SOURCE, []), Claim(SOURCE, [cite(make_report(SOURCE))], unknown=["k9"])])
    assert (first.support, first.problems[0].kind) == (Support.NOT, ProblemKind.UNCITED)
    assert (second.support, second.problems[0].kind) == (Support.PARTLY, ProblemKind.UNKNOWN_KEY)
    assert checker.check([]) == []
