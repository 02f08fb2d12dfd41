"""A report that is not public, by itself: four questions in English about a text in German."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assistant import Answer, Assistant
from assistant.embedding import Embedder
from assistant.records import CaveatKind
from tests.helpers import REAL_REPORT, needs_real_report

pytestmark = needs_real_report


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Assistant]:
    with Assistant(tmp_path_factory.mktemp("real") / "data", embedder=embedder) as assistant:
        assistant.ingest([REAL_REPORT])
        yield assistant


def scores(answer: Answer) -> str:
    """What a failure has to show: every sentence with its score."""
    found = [(s.score, hit.report.text[s.sentence.start :][:60]) for hit in answer.hits for s in hit.sentences]
    cited = "\n".join(citation.quote[:60] for citation in answer.citations)
    return "\n".join(f"{score:.3f} {text}" for score, text in sorted(found, reverse=True)) + f"\n-- cited:\n{cited}"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which village did Iraqi and Syrian units reach?", ["Suwayyah"]),
        ("Who gave an interview on Iraqi television?", ["wurde ein Soldat der syrischen Armee interviewt"]),
        ("Why is the United States watching critically?", ["Denn diese Operation bedroht"]),
        ("Why does the United States watch this critically?", ["Denn diese Operation bedroht"]),
        ("Who controls Abu Kamal?", ["letzte relevante Stadt"]),
    ],
)
def test_the_question_is_answered_with_its_sentence(assistant: Assistant, question: str, expected: list[str]) -> None:
    answer = assistant.ask(question)
    assert any(part in citation.quote for part in expected for citation in answer.citations), scores(answer)
    for citation in answer.citations:
        assert citation.quote.encode() in REAL_REPORT.read_bytes()
    assert str(answer.as_of) == "2017-11"
    assert "November 1" not in answer.summary


def test_what_the_report_calls_unconfirmed_is_shown_as_such(assistant: Assistant) -> None:
    answer = assistant.ask("Which village did Iraqi and Syrian units reach?")
    (number,) = [citation.number for citation in answer.citations if "Suwayyah" in citation.quote]
    (caveat,) = [c for c in answer.caveats if c.kind is CaveatKind.UNCONFIRMED and number in c.citations]
    assert "unbestätigten Angaben zufolge" in caveat.text
