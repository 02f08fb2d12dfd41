"""Catalogs of every version that there was: opened, they are of the current one, and nothing is lost."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.analysis import analysed_by
from assistant.dates import PartialDate
from assistant.embedding import WordLengthEmbedder
from assistant.errors import DataFolderError, IndexLockedError
from assistant.records import Report
from assistant.store import Catalog, CatalogCounts, Conversations, writer_lock
from assistant.store.schema import SCHEMA_VERSION
from assistant.turns import Feedback, Verdict
from tests.helpers import FINGERPRINT, ROOT, make_indexed, make_report, put

CATALOGS = ROOT / "tests" / "data" / "catalogs"
VERSIONS = range(1, SCHEMA_VERSION + 1)
TOWN = Report.make(
    "The army took the town on Thursday. Residents fled across the river.",
    title="A town is taken",
    published=PartialDate(2017, 11, 9),
    source="Levant Desk",
    url="https://example.org/town",
    language="en",
)
CITY = Report.make(
    "دخلت القوات المدينة يوم الخميس. غادر السكان.", title="المدينة", published=PartialDate(2017, 11), language="ar"
)


def catalog_of(version: int, data: Path) -> Path:
    """A data folder with a catalog as the program of that version wrote it."""
    path = data / "catalog.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript((CATALOGS / f"{version}.sql").read_text("utf-8"))
    return path


def rows(path: Path, sql: str) -> Sequence[object]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def test_every_version_has_a_catalog_here() -> None:
    """One is missing: `python scripts/make_catalog_sql.py tests/data/catalogs/N.sql`."""
    assert {path.name for path in CATALOGS.iterdir()} == {f"{version}.sql" for version in VERSIONS}


@pytest.mark.parametrize("writing", [False, True], ids=["reading", "writing"])
@pytest.mark.parametrize("version", VERSIONS)
def test_what_an_older_catalog_holds_is_there_after_opening(tmp_path: Path, version: int, writing: bool) -> None:
    path = catalog_of(version, tmp_path)
    with Catalog(path, create=writing) as catalog:
        assert catalog.counts() == CatalogCounts(2, 2, 4)
        assert catalog.fingerprint().items() >= (FINGERPRINT.items() - {("terms", analysed_by())})
        assert catalog.origins().keys() == {"/reports/town.md", "/reports/city.txt"}
        assert catalog.last_change() == 2
        for report in (TOWN, CITY):
            found, expected = catalog.indexed(report.id), make_indexed(report)
            assert found is not None
            assert (found.report.text, found.report.published, found.report.url) == (
                report.text,
                report.published,
                report.url,
            )
            assert (found.sentences, found.passages) == (expected.sentences, expected.passages)
            words = [{term for term in own if term[0] == "w"} for own in found.terms]
            assert words == [{term for term in own if term[0] == "w"} for own in expected.terms]
            assert (found.sentence_vectors == expected.sentence_vectors).all()
            assert (found.passage_vectors == expected.passage_vectors).all()
        put(catalog, make_report("Something new. It is short."), "/reports/town.md")
        assert TOWN.id not in catalog.report_ids()
    assert rows(path, "PRAGMA integrity_check") == [("ok",)]
    assert rows(path, "PRAGMA foreign_key_check") == []


@pytest.mark.parametrize("version", VERSIONS)
def test_an_older_catalog_ends_up_as_a_new_one(tmp_path: Path, version: int) -> None:
    path = catalog_of(version, tmp_path)
    Catalog(path).close()
    (tmp_path / "new").mkdir()
    Catalog(tmp_path / "new" / "catalog.sqlite", create=True).close()
    schema = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'lexicon_%' ORDER BY type, name"
    assert rows(path, schema) == rows(tmp_path / "new" / "catalog.sqlite", schema)
    assert rows(path, "PRAGMA user_version") == [(SCHEMA_VERSION,)]


@pytest.mark.parametrize("version", VERSIONS)
def test_questions_are_answered_from_an_older_catalog_at_once(tmp_path: Path, version: int) -> None:
    catalog_of(version, tmp_path)
    with Assistant(tmp_path, embedder=WordLengthEmbedder()) as assistant:
        answer = assistant.ask("Who took the town?")
        assert {citation.report.id for citation in answer.citations} <= {TOWN.id, CITY.id}
        assert answer.citations
        assert assistant.status().made_with["terms"] == analysed_by()  # analysed anew, without embedding
        assert len(assistant.ingest([make_report("Something new. It is short.")]).added) == 1
        assert assistant.status().counts.reports == 3


@pytest.mark.parametrize("version", [version for version in VERSIONS if version >= 5])
def test_a_conversation_of_an_older_catalog_is_read_and_can_be_judged(tmp_path: Path, version: int) -> None:
    with Catalog(catalog_of(version, tmp_path)) as catalog, Conversations(catalog.path) as conversations:
        (turn,) = conversations.turns("0123456789ab", catalog.reports)
        (citation,) = turn.answer.citations
        assert (turn.question, citation.quote) == ("Who fled?", "Residents fled across the river.")
        said = Feedback(Verdict.RIGHT, "as the report has it")
        assert turn.feedback == (said if version >= 8 else None)
        conversations.judge("0123456789ab", 1, said)
        assert conversations.feedback("0123456789ab") == {1: said}


def test_while_another_writes_an_older_catalog_is_left_alone_and_the_writer_is_named(tmp_path: Path) -> None:
    path = catalog_of(1, tmp_path)
    with writer_lock(tmp_path, "counting sheep"), pytest.raises(IndexLockedError, match="counting sheep"):
        Catalog(path)
    assert rows(path, "PRAGMA user_version") == [(1,)]
    Catalog(path).close()
    assert rows(path, "PRAGMA user_version") == [(SCHEMA_VERSION,)]


def test_readers_that_open_an_older_catalog_at_once_all_get_it(tmp_path: Path) -> None:
    path = catalog_of(1, tmp_path)
    ready = threading.Barrier(4)

    def read(_: int) -> int:
        ready.wait()
        with Catalog(path) as catalog:
            return catalog.counts().reports

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(read, range(4))) == [2] * 4


def test_a_step_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = catalog_of(1, tmp_path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE reports ADD COLUMN details TEXT")  # somebody else's: the step meets it
    with pytest.raises(DataFolderError, match="details"):
        Catalog(path)
    assert rows(path, "PRAGMA user_version") == [(1,)]
    assert rows(path, "SELECT count(*) FROM reports") == [(2,)]
    with closing(sqlite3.connect(path, timeout=1)) as connection:  # nobody holds it
        connection.execute("UPDATE reports SET title = title")
