"""The list of reports: what is searched, limited and sorted is what plain Python makes of the same reports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.dates import PartialDate
from assistant.filter import Filter
from assistant.records import Report
from assistant.store import Catalog
from assistant.store.listing import Column, Wanted, list_reports
from tests.helpers import make_report, put

DATES = ("2016", "2017-10", "2017-11-09", "2017-11", "2017-11-03/2017-11-12", None, "2018-01-01", "2017-12-31")
LANGUAGES = ("en", "de", "ar")
REPORTS = [
    make_report(
        (f"Der Fluss bei Abu Kamal, Nummer {number}.", f"Convoy {number} crossed the river. نهر الفرات")[number % 2],
        title=f"{'Öl' if number % 3 else 'البوكمال'} {number} $%_'\"",
        published=date,
        source=("ÄRZTE", "Levant Desk", None)[number % 3],
        language=language,
    )
    for number, (date, language) in enumerate(product(DATES, LANGUAGES))
]
ALL = 10_000


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    path: Path = tmp_path_factory.mktemp("listing") / "catalog.sqlite"
    with Catalog(path, create=True) as catalog:
        for report in REPORTS:
            put(catalog, report, f"/{report.id}")
        yield catalog


def ids(catalog: Catalog, wanted: Wanted) -> set[str]:
    listed = list_reports(catalog, wanted, ALL)
    assert len(listed.reports) == listed.count
    return {report.id for report in listed.reports}


@settings(deadline=None, max_examples=50)
@given(
    since=st.none() | st.dates(dt.date(2015, 12, 1), dt.date(2018, 2, 1)),
    until=st.none() | st.dates(dt.date(2015, 12, 1), dt.date(2018, 2, 1)),
    language=st.sampled_from(("", *LANGUAGES)),
)
def test_a_time_and_a_language_admit_what_a_filter_admits(
    catalog: Catalog, since: dt.date | None, until: dt.date | None, language: str
) -> None:
    among = Filter(since, until, frozenset({language} - {""}))
    expected = {report.id for report in REPORTS if among.admits(report)}
    assert ids(catalog, Wanted(since=since, until=until, language=language)) == expected


@pytest.mark.parametrize("ascending", [True, False])
@pytest.mark.parametrize("column", get_args(Column))
def test_pages_have_every_report_once_in_order(catalog: Catalog, column: Column, ascending: bool) -> None:
    pages = [list_reports(catalog, Wanted(column=column, ascending=ascending, page=page), 7) for page in range(4)]
    found = [report for page in pages for report in page.reports]
    assert len(found) == len({report.id for report in found}) == len(REPORTS) == pages[0].count
    keys: dict[Column, Callable[[Report], str]] = {
        "date": lambda report: str(report.published),
        "source": lambda report: (report.source or "").casefold(),
        "title": lambda report: report.title,
        "language": lambda report: report.language,
    }
    known = [r for r in found if r.published != PartialDate() and r.source is not None]
    shown = [keys[column](report) for report in known]
    if column != "source":  # SQLite sorts the letters of English without regard to case, and no others
        assert shown == sorted(shown, reverse=not ascending)
    assert list_reports(catalog, Wanted(page=99), 7).reports == ()
    unknown = "date" if column == "date" else "source"
    last = [r.published == PartialDate() if unknown == "date" else r.source is None for r in found]
    if column in ("date", "source"):
        assert last == sorted(last)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("convoy", lambda r: "Convoy" in r.text),
        ("CONV riv", lambda r: "Convoy" in r.text),
        ("fluss 4", lambda r: "Fluss" in r.text and (r.text.endswith(" 4.") or "4" in r.title)),
        ("öl", lambda r: "Öl" in r.title),
        ("ärzte", lambda r: r.source == "ÄRZTE"),
        ("الفرات", lambda r: "الفرات" in r.text),
        ("$%_'\"", lambda _: True),
        ("zzyzx", lambda _: False),
        ('" OR 1=1 --', lambda _: False),
        ("NEAR( *", lambda _: False),
    ],
)
def test_words_are_looked_for_in_title_source_and_text(catalog: Catalog, text: str, expected: object) -> None:
    assert callable(expected)
    assert ids(catalog, Wanted(text=text)) == {report.id for report in REPORTS if expected(report)}


@settings(deadline=None, max_examples=50)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_whatever_is_looked_for_is_no_error(catalog: Catalog, text: str) -> None:
    for wanted in (Wanted(text=text), Wanted(source=text), Wanted(language=text)):  # the others' limits hide no error
        assert ids(catalog, wanted) <= {report.id for report in REPORTS}


def test_neither_texts_nor_rows_are_read(catalog: Catalog) -> None:
    statements: list[str] = []
    catalog._connection.set_trace_callback(statements.append)
    for column in get_args(Column):
        list_reports(catalog, Wanted(source="desk", since=dt.date(2017, 1, 1), column=column), 7)
    catalog._connection.set_trace_callback(None)
    assert len(statements) >= len(get_args(Column))
    for sql in statements:
        assert "COVERING INDEX reports_listed" in str(catalog.rows(f"EXPLAIN QUERY PLAN {sql}")), sql


def test_reports_come_without_their_texts(catalog: Catalog) -> None:
    found: tuple[Report, ...] = list_reports(catalog, Wanted(), ALL).reports
    assert {report.text for report in found} == {""}
    assert {r.id: (r.title, r.published, r.source, r.language) for r in found} == {
        r.id: (r.title, r.published, r.source, r.language) for r in REPORTS
    }
