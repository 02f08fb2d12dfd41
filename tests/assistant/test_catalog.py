"""The catalog: what is put comes back, what is replaced is gone, and what is broken is told."""

from __future__ import annotations

import os
import resource
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.dates import PartialDate
from assistant.errors import (
    CatalogDamagedError,
    DataFolderError,
    IndexLockedError,
    IndexMismatchError,
    LagebildError,
)
from assistant.records import Report
from assistant.store import Catalog, CatalogCounts, IndexedReport, Origin
from assistant.terms import terms
from tests.helpers import FINGERPRINT, LANGUAGES, hard_texts, make_indexed, make_report, numbered_report, put


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog(tmp_path / "catalog.sqlite", create=True) as catalog:
        yield catalog


@pytest.fixture(scope="module")
def shared_catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    """One that grows over the examples of a property."""
    with Catalog(tmp_path_factory.mktemp("catalog") / "catalog.sqlite", create=True) as catalog:
        yield catalog


dates = st.one_of(
    st.just(PartialDate()),
    st.dates().map(PartialDate.of),
    st.dates().map(lambda date: PartialDate(date.year, date.month)),
    st.dates().map(lambda date: PartialDate(date.year)),
)
plain = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
reports = st.builds(
    Report.make,
    st.one_of(hard_texts, hard_texts.map(lambda text: text + "\0after NUL. ")),
    title=plain,
    published=dates,
    source=st.none() | plain,
    url=st.none() | plain,
    language=st.sampled_from(LANGUAGES),
    details=st.dictionaries(plain, plain, max_size=3),
)


def same(one: IndexedReport, other: IndexedReport) -> bool:
    return (
        (one.report, one.sentences, one.passages, one.terms)
        == (other.report, other.sentences, other.passages, other.terms)
        and np.array_equal(one.sentence_vectors.ravel(), other.sentence_vectors.ravel())
        and np.array_equal(one.passage_vectors.ravel(), other.passage_vectors.ravel())
    )


@given(report=reports)
@settings(max_examples=60, deadline=None)
def test_what_is_put_comes_back(shared_catalog: Catalog, report: Report) -> None:
    indexed = make_indexed(report)
    shared_catalog.put(indexed, Origin(f"o:{report.id}", "d"), FINGERPRINT)
    found = shared_catalog.indexed(report.id)
    assert found is not None
    assert same(found, indexed)
    assert shared_catalog.reports([report.id]) == {report.id: report}
    passages = shared_catalog.passages([passage.id for passage in indexed.passages])
    assert {p.passage.id: p.passage for p in passages} == {p.id: p for p in indexed.passages}
    for passage in passages:
        assert passage.sentences == indexed.sentences[passage.passage.first : passage.passage.last + 1]
        assert len(passage.keys) == len(passage.sentences) == len(passage.sentence_vectors)


@given(text=hard_texts, language=st.sampled_from(LANGUAGES))
@settings(max_examples=60, deadline=None)
def test_every_term_of_a_sentence_leads_back_to_it(shared_catalog: Catalog, text: str, language: str) -> None:
    report = make_report(text, language=language)
    indexed = make_indexed(report)
    shared_catalog.put(indexed, Origin(f"o:{report.id}", "d"), FINGERPRINT)
    for passage in shared_catalog.passages([passage.id for passage in indexed.passages]):
        for sentence, key in zip(passage.sentences, passage.keys, strict=True):
            wanted = terms(report.text[sentence.start : sentence.end], language)
            frequencies = shared_catalog.frequencies(wanted)
            for term in wanted:
                postings = shared_catalog.postings(term)
                assert key in postings
                assert len(postings) == frequencies[term]
            assert shared_catalog.passages_holding_keys([key]) == {passage.passage.id}
            assert shared_catalog.passages_holding([(report.id, sentence.number)]) == {passage.passage.id}


def test_a_name_with_half_a_character_is_refused_in_words(catalog: Catalog) -> None:
    for ask in (catalog.origins_of, catalog.reports_of, catalog.reports_from):
        with pytest.raises(LagebildError, match="there is half a character in this"):
            ask(["a\udcff"])


def test_a_term_that_no_sentence_has_is_no_error(catalog: Catalog) -> None:
    put(catalog, make_report(), "a")
    assert catalog.frequencies(["wenabsent"]) == {}
    assert len(catalog.postings("wenabsent")) == 0


def test_replacing_an_origin_removes_its_old_text_from_everywhere(catalog: Catalog) -> None:
    old, new = make_report("Zanzibar fell. It was quiet."), make_report("Samarkand held. It was loud.")
    put(catalog, old, "a", "1")
    put(catalog, new, "a", "2")
    assert catalog.report_ids() == [new.id]
    assert catalog.origins() == {"a": "2"}
    assert catalog.counts() == CatalogCounts(1, 1, 2)
    assert catalog.indexed(old.id) is None
    assert catalog.frequencies(["wenzanzibar", "wensamarkand"]) == {"wensamarkand": 1}
    assert len(catalog.postings("wenzanzibar")) == 0
    catalog.close()
    for file in catalog.path.parent.iterdir():
        assert b"Zanzibar" not in file.read_bytes()


def test_two_origins_share_one_report_and_it_goes_with_the_last(catalog: Catalog) -> None:
    report = make_report()
    put(catalog, report, "a")
    put(catalog, report, "b")
    assert catalog.counts().reports == 1
    assert catalog.remove_origin("a")
    assert catalog.report_ids() == [report.id]
    put(catalog, make_report("Another one."), "c")
    assert catalog.remove_origin("b")
    assert not catalog.remove_origin("b")
    assert report.id not in catalog.report_ids()
    assert catalog.counts().reports == 1


def test_replacing_one_of_two_origins_keeps_the_others_report(catalog: Catalog) -> None:
    shared, new = make_report(), make_report("Another one.")
    put(catalog, shared, "a")
    put(catalog, shared, "b")
    put(catalog, new, "a")
    assert set(catalog.report_ids()) == {shared.id, new.id}


def test_new_details_of_the_same_report_replace_the_old_ones(catalog: Catalog) -> None:
    report = make_report()
    put(catalog, replace(report, details={"author": "A. Smith"}), "a", "1")
    change = catalog.last_change()
    put(catalog, replace(report, details={"archive": "https://example.org/1"}), "a", "2")
    assert catalog.reports()[report.id].details == {"archive": "https://example.org/1"}
    assert catalog.last_change() == change  # nothing to search by


def test_changes_are_counted_and_say_which_reports_they_touched(catalog: Catalog) -> None:
    first, second = make_report("First."), make_report("Second.")
    assert catalog.last_change() == 0
    put(catalog, first, "a")
    after_first = catalog.last_change()
    assert after_first > 0
    put(catalog, first, "b")  # nothing new to index
    assert catalog.last_change() == after_first
    put(catalog, second, "c")
    catalog.remove_origin("c")
    assert catalog.changed_since(after_first) == [second.id]
    assert set(catalog.changed_since(0)) == {first.id, second.id}
    assert catalog.changed_since(catalog.last_change()) == []


def test_the_fingerprint_is_kept_and_a_different_one_is_named_with_it(catalog: Catalog) -> None:
    assert catalog.fingerprint() == {}
    catalog.require({"embedding_model": "anything"})  # an empty catalog takes any
    put(catalog, make_report(), "a")
    assert catalog.fingerprint() == FINGERPRINT
    catalog.require(FINGERPRINT)
    with pytest.raises(IndexMismatchError, match="word lengths") as caught:
        catalog.require({"embedding_model": "another model"})
    assert "another model" in str(caught.value)
    assert "lagebild rebuild --reembed" in str(caught.value)


def test_a_report_that_cannot_be_stored_leaves_nothing_behind(catalog: Catalog) -> None:
    put(catalog, make_report("First."), "a")
    good = make_indexed(make_report("Second. Third."))
    broken = replace(good, terms=good.terms[:1])
    with pytest.raises(ValueError, match="shorter"):
        catalog.put(broken, Origin("b", "d"), FINGERPRINT)
    assert catalog.counts() == CatalogCounts(1, 1, 1)
    assert catalog.origins().keys() == {"a"}
    assert catalog.last_change() == 1
    catalog.put(good, Origin("b", "d"), FINGERPRINT)
    assert catalog.counts().reports == 2


def test_more_ids_than_sqlite_takes_at_once_may_be_asked_for(catalog: Catalog) -> None:
    report = make_report()
    put(catalog, report, "a")
    many = [f"absent {number}" for number in range(40_000)]
    assert list(catalog.reports([*many, report.id])) == [report.id]
    assert [p.passage.report_id for p in catalog.passages([*many, f"{report.id}:p0"])] == [report.id]


def test_the_catalog_is_its_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with Catalog(tmp_path / "catalog.sqlite", create=True) as catalog:
            put(catalog, make_report(), "a")
            modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert set(modes.values()) == {0o600}, modes


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files are counted as Linux shows them")
def test_threads_that_have_ended_leave_no_file_open(catalog: Catalog) -> None:
    def ask() -> int:
        return catalog.last_change()

    def open_files() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    ask()
    before = open_files()
    for _ in range(20):
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    assert open_files() <= before + 3  # those of the last one


def test_threads_read_and_write_at_once(catalog: Catalog) -> None:
    ready = threading.Barrier(4)

    def write(start: int) -> None:
        ready.wait()
        for number in range(start, start + 10):
            put(catalog, numbered_report(number), f"o{number}")
            assert catalog.counts().reports >= 1
            assert len(catalog.reports()) >= 1

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, [0, 10, 20, 30]))
    assert catalog.counts().reports == 40
    assert catalog.last_change() == 40


# -- what is broken is told


def test_who_is_reading_when_it_closes_reads_to_the_end(catalog: Catalog) -> None:
    for number in range(50):
        put(catalog, numbered_report(number), str(number))
    reading, closed = threading.Event(), threading.Event()

    def read() -> int:
        passages = catalog.every("passages")
        next(passages)
        reading.set()
        assert closed.wait(60)
        return 1 + sum(1 for _ in passages)

    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(read)
        assert reading.wait(60)
        catalog.close()
        closed.set()
        assert found.result() == 50
    assert not catalog.path.with_name(f"{catalog.path.name}-wal").exists()  # the last one that closes takes it away


class Impatient(Catalog):
    """Waits for nobody."""

    _PATIENCE = 0.0


def test_who_meets_the_transaction_of_another_is_told_so_and_may_try_again(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite"
    with Impatient(path, create=True) as catalog, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(IndexLockedError, match="somebody else is writing"):
            put(catalog, make_report(), "one")
        with pytest.raises(IndexLockedError):
            list(catalog.damage())
        other.execute("ROLLBACK")
        put(catalog, make_report(), "one")
        assert list(catalog.damage()) == []


def test_a_missing_catalog_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(DataFolderError, match="lagebild ingest"):
        Catalog(tmp_path / "catalog.sqlite")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(DataFolderError, match="absent"):
        Catalog(tmp_path / "absent" / "catalog.sqlite")


def test_another_sqlite_file_is_not_taken_for_a_catalog_nor_changed(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()
    before = path.read_bytes()
    for create in (False, True):
        with pytest.raises(CatalogDamagedError, match="not a Lagebild catalog"):
            Catalog(path, create=create)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"This is a text file, and no database at all. " * 50, b"\0" * 8192, b"x"])
def test_a_file_that_is_no_database_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "catalog.sqlite"
    path.write_bytes(content)
    with pytest.raises(CatalogDamagedError, match=r"catalog\.sqlite"):
        Catalog(path)


def test_a_folder_in_place_of_the_catalog_is_told(tmp_path: Path) -> None:
    (tmp_path / "catalog.sqlite").mkdir()
    with pytest.raises(DataFolderError):
        Catalog(tmp_path / "catalog.sqlite")


def test_a_catalog_that_was_cut_off_is_told(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite"
    with Catalog(path, create=True) as catalog:
        for number in range(50):
            put(catalog, numbered_report(number), f"o{number}")
    os.truncate(path, path.stat().st_size // 2)

    def read() -> None:
        with Catalog(path) as catalog:
            for report_id in catalog.report_ids():
                catalog.indexed(report_id)

    with pytest.raises(CatalogDamagedError, match="damaged"):
        read()


def test_a_catalog_of_another_version_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite"
    with Catalog(path, create=True) as catalog:
        put(catalog, make_report(), "a")
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    for create in (False, True):
        with pytest.raises(IndexMismatchError, match="99"):
            Catalog(path, create=create)


_FULL_DISK = """
import resource, sys
from pathlib import Path
from assistant.errors import DataFolderError
from assistant.store import Catalog
from tests.helpers import make_report, numbered_report, put

path = Path(sys.argv[1])
with Catalog(path, create=True) as catalog:
    put(catalog, make_report(), "first")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 20_000, limits[1]))
    try:
        for number in range(10_000):
            put(catalog, numbered_report(number), f"o{number}")
    except DataFolderError as error:
        print("told:", error)
    kept = catalog.counts().reports
    assert kept == number + 1, (kept, number)
    assert make_report().id in catalog.report_ids()
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    put(catalog, make_report("Then there was space again."), "last")
    assert catalog.counts().reports == kept + 1
print("done")
"""


def test_a_full_disk_is_told_loses_nothing_and_is_got_over(tmp_path: Path) -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    done = subprocess.run(
        [sys.executable, "-c", _FULL_DISK, tmp_path / "catalog.sqlite"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "told:" in done.stdout
    assert "done" in done.stdout
