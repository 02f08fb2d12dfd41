"""The records: ids, and answers as plain data."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.dates import PartialDate
from assistant.errors import LagebildError, ReportError
from assistant.records import (
    Answer,
    Caveat,
    CaveatKind,
    Citation,
    Hit,
    Passage,
    Refusal,
    Report,
    ScoredSentence,
    Sentence,
    Statement,
)
from tests.helpers import hard_texts

dates = (
    st.dates().map(PartialDate.of)
    | st.dates().map(lambda day: PartialDate(day.year, day.month))
    | st.just(PartialDate())
)

_CONTENT = st.fixed_dictionaries(
    {
        "text": st.text(max_size=5),
        "title": st.text(max_size=5),
        "published": dates,
        "source": st.none() | st.text(min_size=1, max_size=3),
        "url": st.none() | st.text(min_size=1, max_size=3),
        "language": st.sampled_from(["de", "en", "und"]),
    }
)


@given(_CONTENT, _CONTENT)
def test_reports_share_an_id_exactly_when_they_share_their_content(
    one: dict[str, object], other: dict[str, object]
) -> None:
    first, second = Report.make(**one), Report.make(**other)  # type: ignore[arg-type]
    assert (first.id == second.id) == (first == second)
    assert Report.make(**one).id == first.id  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        *({"text": "other"}, {"title": "other"}, {"published": PartialDate(2017)}, {"source": "other"}),
        *({"url": "https://example.org/other"}, {"language": "de"}),
    ],
)
def test_any_change_of_content_changes_the_id(change: dict[str, object]) -> None:
    content: dict[str, object] = {
        "text": "text",
        "title": "title",
        "published": PartialDate(2017, 11),
        "source": "source",
        "url": "https://example.org/",
        "language": "en",
    }
    assert Report.make(**content).id != Report.make(**content | change).id  # type: ignore[arg-type]


def test_fields_do_not_run_into_each_other() -> None:
    one = Report.make("b\0c", title="a")
    other = Report.make("c", title="a\0b")
    assert one.id != other.id


def test_a_report_with_a_lone_surrogate_still_has_an_id() -> None:
    assert Report.make("\ud800", title="x").id


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    text = draw(hard_texts.filter(bool))
    report = Report.make(text, title=draw(st.text(max_size=5)), published=draw(dates))
    start = draw(st.integers(0, len(text) - 1))
    end = draw(st.integers(start + 1, len(text)))
    passage = Passage(f"{report.id}:p0", report.id, 0, len(text), 0, 0)
    hit = Hit(
        report,
        passage,
        (ScoredSentence(Sentence(report.id, 0, start, end), draw(st.floats(-1, 1))),),
        draw(st.floats(-1, 1)),
        {"dense": 0.25, "lexical": 0.0},
    )
    citation = Citation(1, report, start, end, passage)
    return Answer(
        question=draw(st.text(max_size=9)),
        language="en",
        summary="As of then.",
        statements=(Statement(citation.quote, (1,)),),
        citations=(citation,),
        as_of=report.published,
        refusal=draw(st.none() | st.sampled_from(Refusal)),
        caveats=(Caveat(CaveatKind.UNCONFIRMED, "[1]", (1,)),),
        hits=(hit,),
        provenance={"ms": "1"},
    )


@given(answers())
def test_an_answer_is_plain_data_for_json_and_its_quotes_are_slices(answer: Answer) -> None:
    data = json.loads(json.dumps(answer.to_dict()))
    assert data == answer.to_dict()
    report = answer.citations[0].report
    (citation,) = data["citations"]
    assert citation["quote"] == report.text[citation["start"] : citation["end"]]
    assert citation["page"] is None
    (hit,) = data["hits"]
    assert hit["text"] == report.text[hit["start"] : hit["end"]]
    assert data["as_of"] == str(report.published)
    assert data["statements"][0]["citations"] == [citation["number"]]


def test_a_citation_is_found_by_its_number_and_by_no_other() -> None:
    report = Report.make("One. Two.", title="x")
    passage = Passage("p", report.id, 0, 9, 0, 1)
    citations = (Citation(1, report, 0, 4, passage), Citation(2, report, 5, 9, passage))
    answer = Answer("q", "en", "s", citations=citations)
    assert answer.citation(2).quote == "Two."
    with pytest.raises(KeyError):
        answer.citation(3)


def test_the_best_sentence_of_a_hit_is_the_earlier_of_equals() -> None:
    report = Report.make("One. Two. Three.", title="x")
    scored = [
        ScoredSentence(Sentence(report.id, number, number * 5, number * 5 + 4), score)
        for number, score in enumerate([0.1, 0.5, 0.5])
    ]
    hit = Hit(report, Passage("p", report.id, 0, 16, 0, 2), tuple(scored), 0.5)
    assert hit.best.sentence.number == 1


def test_every_error_is_of_one_tree_and_a_report_error_names_its_file() -> None:
    from assistant import errors

    kinds = [kind for kind in map(vars(errors).get, errors.__all__) if isinstance(kind, type)]
    assert len(kinds) > 10
    assert all(issubclass(kind, LagebildError) for kind in kinds)
    error = ReportError("a.txt", "the file is empty")
    assert (str(error), error.origin, error.reason) == ("a.txt: the file is empty", "a.txt", "the file is empty")


@pytest.mark.parametrize("said", ["<b>", "0 x", "-1", "1" * 5_000, "١"])
def test_pages_that_are_no_numbers_are_none(said: str) -> None:
    assert Report.make("x" * 30, title="T", details={"page_starts": said}).page_starts == ()


@pytest.mark.parametrize(("start", "page"), [(0, 1), (9, 1), (10, 2), (11, 3), (25, 3)])
def test_a_citation_says_its_page(start: int, page: int) -> None:
    report = Report.make("x" * 30, title="T", details={"page_starts": "0 10 11"})
    passage = Passage("p", report.id, 0, 30, 0, 0)
    assert Citation(1, report, start, start + 1, passage).page == page
    assert Citation(1, replace(report, details={}), start, start + 1, passage).page is None
