"""Filters: what a question may be answered from, by day, language and source."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Assistant, Filter, Report
from assistant.dates import PartialDate
from assistant.embedding import WordLengthEmbedder
from assistant.filter import EVERYTHING
from assistant.records import CaveatKind

DAYS = st.dates(dt.date(2015, 1, 1), dt.date(2019, 12, 31))
PUBLISHED = st.one_of(
    st.just(PartialDate()),
    DAYS.map(lambda day: PartialDate(day.year)),
    DAYS.map(lambda day: PartialDate(day.year, day.month)),
    DAYS.map(PartialDate.of),
)


def report(number: int, published: str, language: str = "en", source: str | None = "Desk") -> Report:
    date = PartialDate.parse(published) if published else PartialDate()
    text = f"The convoy number {number} reached the town."
    return Report.make(text, title=f"{number}", published=date, language=language, source=source)


REPORTS = (
    report(0, "2017-11-09"),
    report(1, "2017-11-20", "de"),
    report(2, "2017-11", source="Monitor"),
    report(3, "2017", source=None),
    report(4, "", "ar"),
    report(5, "2018-01-02", source="Monitor"),
)


@pytest.mark.parametrize(
    ("among", "admitted"),
    [
        (EVERYTHING, {0, 1, 2, 3, 4, 5}),
        (Filter(until=dt.date(2017, 11, 9)), {0, 2, 3}),
        (Filter(until=dt.date(2017, 10, 31)), {3}),
        (Filter(since=dt.date(2017, 11, 10)), {1, 2, 3, 5}),
        (Filter(since=dt.date(2017, 11, 10), until=dt.date(2017, 11, 30)), {1, 2, 3}),
        (Filter(languages=frozenset({"de", "ar"})), {1, 4}),
        (Filter(sources=frozenset({"Monitor"})), {2, 5}),
        (Filter(since=dt.date(2018, 1, 1), sources=frozenset({"Monitor"})), {5}),
        (Filter(languages=frozenset({"fr"})), set()),
        (Filter(reports=frozenset()), set()),
    ],
)
def test_the_store_and_the_record_admit_the_same_reports(tmp_path: Path, among: Filter, admitted: set[int]) -> None:
    assert {int(item.title) for item in REPORTS if among.admits(item)} == admitted
    with Assistant(tmp_path, embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest(REPORTS)
        hits = assistant.retrieve("Which convoy reached the town?", 100, among)
    assert {int(hit.report.title) for hit in hits} == admitted


@given(published=PUBLISHED, since=DAYS, until=DAYS)
def test_a_vague_date_is_let_in_exactly_where_one_of_its_days_is(
    published: PartialDate, since: dt.date, until: dt.date
) -> None:
    item = Report.make("Text.", title="t", published=published)
    first, last = published.earliest, published.latest
    within = first is not None and last is not None and max(first, since) <= min(last, until)
    if since <= until:
        assert Filter(since=since, until=until).admits(item) == within


def test_what_may_be_from_after_the_day_is_said_to_be_so(tmp_path: Path) -> None:
    with Assistant(tmp_path, embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest(REPORTS)
        answer = assistant.ask("Which convoy reached the town?", Filter(until=dt.date(2017, 11, 9)))
    told = {number for caveat in answer.caveats if caveat.kind is CaveatKind.MAYBE_LATER for number in caveat.citations}
    vague = {citation.number for citation in answer.citations if citation.report.published.precision != "day"}
    assert told == vague
    assert told


def test_as_of_a_day_the_samples_do_not_know_what_came_later(sample: Assistant) -> None:
    then = sample.ask("Who controls Abu Kamal?", Filter(until=dt.date(2017, 11, 10)))
    now = sample.ask("Who controls Abu Kamal?")
    assert then.as_of == PartialDate(2017, 11, 10)
    assert now.as_of is not None
    assert now.as_of.recency > then.as_of.recency
    assert all(str(c.report.published) <= "2017-11-10" for c in then.citations if c.report.published.day)
