"""The records: dates that are known in part, ids, and answers as plain data."""

from __future__ import annotations

import calendar
import datetime as dt
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import LagebildError, ReportError
from assistant.records import (
    Answer,
    Caveat,
    CaveatKind,
    Citation,
    Hit,
    PartialDate,
    Passage,
    Refusal,
    Report,
    ScoredSentence,
    Sentence,
    Statement,
)
from tests.helpers import hard_texts

days = st.dates().map(PartialDate.of)
months = st.dates().map(lambda date: PartialDate(date.year, date.month))
years = st.dates().map(lambda date: PartialDate(date.year))
spans = st.tuples(st.dates(), st.dates()).map(lambda days: PartialDate.span(min(days), max(days)))
known_dates = st.one_of(days, months, years, spans)
dates = st.one_of(known_dates, st.just(PartialDate()))


@given(known_dates)
def test_a_date_survives_being_written_and_read(date: PartialDate) -> None:
    assert PartialDate.parse(str(date)) == date
    assert PartialDate.parse(f" {date}\n") == date


@given(known_dates)
def test_the_precision_is_what_was_written(date: PartialDate) -> None:
    assert date.precision == {4: "year", 7: "month", 10: "day", 21: "span"}[len(str(date))]


@given(known_dates)
def test_earliest_and_latest_span_exactly_what_is_known(date: PartialDate) -> None:
    assert date.earliest is not None
    assert date.latest is not None
    days = (date.latest - date.earliest).days + 1
    assert date.year is not None
    month = calendar.monthrange(date.year, date.month or 1)[1]
    year = 366 if calendar.isleap(date.year) else 365
    assert days == {"day": 1, "month": month, "year": year}.get(date.precision, days)
    assert date.precision == "span" or date.earliest.year == date.latest.year == date.year


@given(st.dates(), st.dates())
def test_a_span_holds_its_days_and_no_others(one: dt.date, other: dt.date) -> None:
    first, last = min(one, other), max(one, other)
    span = PartialDate.span(first, last)
    assert (span.earliest, span.latest) == (first, last)
    assert span.precision == "day" if first == last else span.precision != "day"


def test_a_span_that_is_a_whole_month_or_year_is_that() -> None:
    assert str(PartialDate.span(dt.date(2016, 2, 1), dt.date(2016, 2, 29))) == "2016-02"
    assert str(PartialDate.span(dt.date(2016, 1, 1), dt.date(2016, 12, 31))) == "2016"
    assert str(PartialDate.span(dt.date(2016, 1, 1), dt.date(2016, 2, 29))) == "2016-01-01/2016-02-29"


def test_a_month_is_never_the_first_of_it() -> None:
    month = PartialDate.parse("2017-11")
    assert month.day is None
    assert month != PartialDate(2017, 11, 1)
    assert str(month) == "2017-11"
    assert (month.earliest, month.latest) == (dt.date(2017, 11, 1), dt.date(2017, 11, 30))


def test_nothing_known_is_written_as_unknown() -> None:
    nothing = PartialDate()
    assert (str(nothing), nothing.precision, nothing.earliest, nothing.latest) == ("unknown", "unknown", None, None)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "unknown",
            "heute",
            "17",
            "2017-1",
            "2017-11-9",
            "2017/11/09",
            "09.11.2017",
            "2017-11-09T10:00",
            "20171109",
        ),
        *(
            "2017-13",
            "2017-00",
            "2017-11-00",
            "2017-11-31",
            "2017-02-29",
            "0000",
            "0000-01",
            "2017-",
            "2017-11-",
            "-2017",
            "2017-11-09/2017-11-08",
            "2017-11-09/2017-11-31",
            "2017-11/2017-12",
            "2017-11-09/",
        ),
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        PartialDate.parse(text)


@pytest.mark.parametrize(
    "parts",
    [(None, 11, None), (None, None, 9), (2017, None, 9), (2017, 0, None), (2017, 11, 0), (2017, 2, 30), (0, 1, 1)],
)
def test_parts_that_make_no_date_are_refused(parts: tuple[int | None, int | None, int | None]) -> None:
    with pytest.raises(ValueError, match=r"."):
        PartialDate(*parts)


@pytest.mark.parametrize("parts", [(None, None, None), (2017, None, None), (2017, 11, None), (2017, 11, 9)])
def test_a_span_without_its_first_day_or_ending_before_it_is_refused(
    parts: tuple[int | None, int | None, int | None],
) -> None:
    with pytest.raises(ValueError, match="span"):
        PartialDate(*parts, until=dt.date(2017, 11, 9))


@given(dates, dates)
def test_what_was_wholly_over_before_something_else_is_less_recent(one: PartialDate, other: PartialDate) -> None:
    if one.latest is not None and other.earliest is not None and one.latest < other.earliest:
        assert one.recency < other.recency
    if one.precision == "unknown" and other.precision != "unknown":
        assert one.recency <= other.recency


@given(st.one_of(months, years), days)
def test_a_vague_date_does_not_claim_to_be_newer_than_a_later_day(vague: PartialDate, day: PartialDate) -> None:
    assert vague.earliest is not None
    assert day.earliest is not None
    if day.earliest > vague.earliest:
        assert day.recency > vague.recency


def test_recency_orders_dates_of_every_precision() -> None:
    texts = ["2016-12-31", "2017", "2017-11", "2017-11-09", "2017-11-19", "2017-12", "2017-12-22"]
    parsed = [PartialDate(), *map(PartialDate.parse, texts)]
    assert sorted(parsed, key=lambda date: date.recency) == parsed


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

    assert all(issubclass(getattr(errors, name), LagebildError) for name in errors.__all__)
    error = ReportError("a.txt", "the file is empty")
    assert (str(error), error.origin, error.reason) == ("a.txt: the file is empty", "a.txt", "the file is empty")


@pytest.mark.parametrize(("start", "page"), [(0, 1), (9, 1), (10, 2), (11, 3), (25, 3)])
def test_a_citation_says_its_page(start: int, page: int) -> None:
    report = Report.make("x" * 30, title="T", details={"page_starts": "0 10 11"})
    passage = Passage("p", report.id, 0, 30, 0, 0)
    assert Citation(1, report, start, start + 1, passage).page == page
    assert Citation(1, replace(report, details={}), start, start + 1, passage).page is None
