"""Search with a filter: against the filter's own meaning, and against going through everything by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.dates import PartialDate
from assistant.embedding import WordLengthEmbedder
from assistant.filter import Filter
from assistant.records import Report
from assistant.store import Catalog, Origin
from assistant.store.filtered import FilteredSearch, ReportTable
from index.indexing import index_reports
from tests.helpers import FINGERPRINT

DATES = ["unknown", "2016", "2017-11", "2017-11-09", "2018-01-31"]
LANGUAGES, SOURCES = ["en", "de", "ar"], [None, "SANA", "Reuters"]
DAYS = st.none() | st.sampled_from([dt.date(2016, 12, 31), dt.date(2017, 11, 9), dt.date(2017, 11, 30)])
REPORTS = [
    Report.make(
        f"{'far ' * number}home. It ran.",
        title=str(number),
        published=PartialDate.stored(date),
        source=source,
        language=language,
    )
    for number, (date, language, source) in enumerate((d, i, s) for d in DATES for i in LANGUAGES for s in SOURCES)
]
IDS = [report.id for report in REPORTS]
FILTERS = st.builds(
    Filter,
    since=DAYS,
    until=DAYS,
    languages=st.frozensets(st.sampled_from([*LANGUAGES, "fr"])),
    sources=st.frozensets(st.sampled_from(["SANA", "Reuters", "unheard of"])),
    reports=st.none() | st.frozensets(st.sampled_from([*IDS[:9], "none"])),
    without=st.frozensets(st.sampled_from([*IDS[:9], "none"])),
)


@given(FILTERS)
def test_a_row_is_admitted_where_the_filter_admits_its_report(among: Filter) -> None:
    assert ReportTable(REPORTS).admitted(among).tolist() == [among.admits(report) for report in REPORTS]


def put(catalog: Catalog, reports: list[Report]) -> None:
    for indexed in index_reports(reports, WordLengthEmbedder()):
        catalog.put(indexed, Origin(indexed.report.id, indexed.report.id), FINGERPRINT)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog(tmp_path / "catalog.sqlite", create=True) as made:
        put(made, REPORTS[:30])
        yield made


@pytest.mark.parametrize("few", [0, 2_000])
@pytest.mark.parametrize("count", [1, 5, 1000])
@pytest.mark.parametrize(
    "among", [Filter(languages=frozenset({"de"})), Filter(sources=frozenset({"SANA"})), Filter(reports=frozenset())]
)
def test_the_nearest_are_those_that_are_found_by_looking_at_each(
    catalog: Catalog, count: int, among: Filter, few: int
) -> None:
    vector = WordLengthEmbedder().embed_queries(["far far home"])[0]
    search = FilteredSearch(catalog, few)
    every = [catalog.indexed(report.id) for report in REPORTS[:30] if among.admits(report)]
    passages = sorted(float(i.passage_vectors[n] @ vector) for i in every if i for n in range(len(i.passages)))
    sentences = sorted(float(i.sentence_vectors[n] @ vector) for i in every if i for n in range(len(i.sentences)))
    for found, expected in (
        (search.near("passages", vector, count, among), passages),
        (search.near("sentences", vector, count, among), sentences),
    ):
        assert [score for _, score in found] == pytest.approx(expected[::-1][:count])
    admitted = {report.id for report in REPORTS[:30] if among.admits(report)}
    assert {found.rpartition(":")[0] for found, _ in search.near("sentences", vector, count, among)} <= admitted
    held = catalog.passages_holding_keys(search.sentence_keys(among).tolist())
    assert {passage.rpartition(":")[0] for passage in held} == admitted
    assert np.all(np.diff(search.sentence_keys(among)) > 0)


@pytest.mark.parametrize("few", [0, 2_000])
def test_what_is_added_or_removed_is_seen_by_the_next_question(catalog: Catalog, few: int) -> None:
    vector = WordLengthEmbedder().embed_queries(["far"])[0]
    search = FilteredSearch(catalog, few)
    late = Filter(reports=frozenset(IDS[30:]))
    assert search.near("sentences", vector, 9, late) == []
    put(catalog, [REPORTS[30]])
    assert {found.rpartition(":")[0] for found, _ in search.near("sentences", vector, 9, late)} == {IDS[30]}
    assert catalog.counts().reports == 31
    catalog.remove_origin(IDS[30])
    assert search.near("sentences", vector, 9, late) == []
    assert catalog.counts().reports == 30


@given(
    st.sampled_from([0, 5, 2_000]),
    st.lists(st.tuples(st.booleans(), st.sets(st.integers(0, 11), max_size=6)), max_size=6),
    FILTERS,
)
@settings(max_examples=30)
def test_what_is_renewed_is_as_if_it_were_read_anew(
    tmp_path_factory: pytest.TempPathFactory, few: int, changes: list[tuple[bool, set[int]]], among: Filter
) -> None:
    vector = WordLengthEmbedder().embed_queries(["far far home"])[0]
    with Catalog(tmp_path_factory.mktemp("renewed") / "catalog.sqlite", create=True) as catalog:
        put(catalog, REPORTS[:6])
        followed = FilteredSearch(catalog, few)
        for come, numbers in changes:
            if come:
                put(catalog, [REPORTS[number] for number in sorted(numbers)])
            else:
                for number in numbers:
                    catalog.remove_origin(IDS[number])
            anew = FilteredSearch(catalog)
            for one in (among, Filter(languages=frozenset(LANGUAGES))):
                assert dict(followed.near("passages", vector, 99, one)) == pytest.approx(
                    dict(anew.near("passages", vector, 99, one))
                )
                assert dict(followed.near("sentences", vector, 99, one)) == pytest.approx(
                    dict(anew.near("sentences", vector, 99, one))
                )
                assert followed.sentence_keys(one).tolist() == anew.sentence_keys(one).tolist()


def test_among_no_reports_nothing_is_found(tmp_path: Path) -> None:
    with Catalog(tmp_path / "catalog.sqlite", create=True) as empty:
        search, vector = FilteredSearch(empty), np.ones(8, dtype=np.float32)
        assert search.near("passages", vector, 5, Filter(languages=frozenset({"de"}))) == []
        assert search.near("sentences", vector, 5, Filter(without=frozenset({"none"}))) == []
