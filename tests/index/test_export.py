"""Exporting: what `ingest` takes back is the same, to the last character."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.dates import PartialDate
from assistant.embedding import WordLengthEmbedder
from assistant.plain_data import report_from_export, report_to_export
from assistant.records import Report
from assistant.store import Catalog, export
from index.build import ingest, ingest_reports
from index.readers.draft import MAX_FILE_BYTES
from tests.helpers import EXAMPLES, LANGUAGES, hard_texts, make_report


def reports_in(data: Path) -> dict[str, Report]:
    with Catalog(data / "catalog.sqlite") as catalog:
        return catalog.reports()


def export_to(data: Path, file: Path) -> int:
    with file.open("w", encoding="utf-8") as stream:
        return export(data, stream)


plain = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
reports = st.builds(
    Report.make,
    hard_texts.filter(str.strip),
    title=plain,
    published=st.dates().map(PartialDate.of) | st.just(PartialDate()) | st.just(PartialDate(2017, 11)),
    source=st.none() | plain,
    url=st.none() | st.just("https://example.org/a?b=c#d"),
    language=st.sampled_from(LANGUAGES),
    details=st.dictionaries(plain, plain, max_size=2),
)


@given(reports)
@settings(max_examples=200, deadline=None)
def test_a_report_is_the_same_after_export(report: Report) -> None:
    assert report_from_export(json.loads(json.dumps(report_to_export(report)))) == report


@given(st.lists(reports, max_size=6))
@settings(max_examples=25, deadline=None)
def test_what_was_exported_is_taken_back_as_it_was(some: list[Report]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        one, other, file = Path(scratch) / "one", Path(scratch) / "other", Path(scratch) / "dateline 2011-01-01.jsonl"
        ingest_reports(some, one, WordLengthEmbedder)
        assert export_to(one, file) == len({report.id for report in some})
        result = ingest([file], other, WordLengthEmbedder)
        assert result.warnings == []
        assert [error.reason for error in result.refused] == (["the file is empty"] if not some else [])
        if some:
            assert reports_in(other) == reports_in(one)


def test_the_examples_come_back_with_their_ids_and_details(tmp_path: Path) -> None:
    ingest([EXAMPLES], tmp_path / "one", WordLengthEmbedder)
    export_to(tmp_path / "one", tmp_path / "all.jsonl")
    ingest([tmp_path / "all.jsonl"], tmp_path / "other", WordLengthEmbedder)
    assert reports_in(tmp_path / "other") == reports_in(tmp_path / "one")


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Another text. It is short."},
        {"published": "2017-11-10"},
        {"id": "0123456789abcdef"},
        {"details": {"author": 5}},
        {"details": None},
        {"language": None},
    ],
)
def test_a_record_that_was_edited_is_a_record_like_any_other(change: dict[str, object]) -> None:
    assert report_from_export(report_to_export(make_report()) | change) is None


def test_an_address_that_is_no_web_page_is_left_out_even_if_it_was_exported(tmp_path: Path) -> None:
    hostile = replace(make_report(), url="javascript:alert(1)")
    hostile = Report.make(
        hostile.text, title=hostile.title, published=hostile.published, url=hostile.url, language="en"
    )
    ingest_reports([hostile], tmp_path / "one", WordLengthEmbedder)
    export_to(tmp_path / "one", tmp_path / "all.jsonl")
    result = ingest([tmp_path / "all.jsonl"], tmp_path / "other", WordLengthEmbedder)
    assert "javascript" in result.warnings[0]
    (report,) = reports_in(tmp_path / "other").values()
    assert (report.url, report.text) == (None, hostile.text)


def test_a_file_of_lines_may_be_larger_than_a_report_and_a_line_may_not(tmp_path: Path) -> None:
    file, data = tmp_path / "large.jsonl", tmp_path / "data"
    with file.open("w", encoding="utf-8") as stream:
        stream.write("\n\n")
        for number in range(5):
            stream.write(json.dumps({"text": f"Report {number}.", "padding": "x" * (MAX_FILE_BYTES // 4)}) + "\n")
    assert file.stat().st_size > MAX_FILE_BYTES
    assert [o.rpartition("#")[2] for o in ingest([file], data, WordLengthEmbedder).added] == list("34567")
    with file.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps({"text": "x" * MAX_FILE_BYTES}) + "\n")
    (refused,) = ingest([file], data, WordLengthEmbedder).refused
    assert refused.origin.endswith("#8")
    assert "20 MB" in refused.reason
