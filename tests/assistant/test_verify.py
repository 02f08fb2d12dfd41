"""Verifying: what is whole is said to be, and every kind of damage is told, whichever file it is in."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.embedding import WordLengthEmbedder
from assistant.errors import CatalogDamagedError, DataFolderError, IndexLockedError
from assistant.store import Catalog, CatalogCounts, VectorIndex, verify, writer_lock
from assistant.store.chroma import Pair, opened
from assistant.store.generations import FolderGenerations
from tests.helpers import numbered_report

REPORTS = 30


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("prepared") / "data"
    with Assistant(data, embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest([numbered_report(number) for number in range(REPORTS)])
    return data


@pytest.fixture
def data(prepared: Path, tmp_path: Path) -> Path:
    """A copy that may be broken."""
    return Path(shutil.copytree(prepared, tmp_path / "data"))


def test_what_is_whole_is_said_to_be_and_nothing_is_changed(data: Path) -> None:
    before = {
        path: path.read_bytes() for path in data.rglob("*") if path.is_file() and "chroma.sqlite3" not in path.name
    }
    found = verify(data)
    assert found.problems == found.steps == ()
    assert found.counts == CatalogCounts(REPORTS, REPORTS, 2 * REPORTS)
    assert found.samples == found.found == REPORTS
    assert {path: path.read_bytes() for path in before} == before


def test_an_empty_index_is_whole(tmp_path: Path) -> None:
    Catalog(tmp_path / "catalog.sqlite", create=True).close()
    with Catalog(tmp_path / "catalog.sqlite") as catalog:
        vectors = VectorIndex(tmp_path, catalog)
        vectors.rebuild()
        vectors.close()
    assert verify(tmp_path).problems == ()


def changed(sql: str) -> Callable[[Path], None]:
    def change(data: Path) -> None:
        with closing(sqlite3.connect(data / "catalog.sqlite")) as connection, connection:
            connection.execute(sql)

    return change


ANY = "(SELECT min(id) FROM reports)"


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (changed(f"UPDATE reports SET text = replace(text, 'bridge', 'brigde') WHERE id = {ANY}"), "content is not"),
        (changed(f"UPDATE reports SET published = '2016' WHERE id = {ANY}"), "content is not"),
        (changed(f"UPDATE sentences SET end = end - 3 WHERE report_id = {ANY} AND number = 0"), "in no sentence"),
        (changed(f"UPDATE sentences SET number = 7 WHERE report_id = {ANY} AND number = 1"), "not in order"),
        (changed(f"DELETE FROM sentences WHERE report_id = {ANY} AND number = 1"), "in no sentence"),
        (changed("DELETE FROM lexicon WHERE rowid = 1"), "no terms"),
        (changed(f"UPDATE passages SET last = 0 WHERE report_id = {ANY}"), "passages do not hold"),
        (changed(f"UPDATE passages SET vector = x'{'00' * 44}0000c07f' WHERE report_id = {ANY}"), "length 1"),
        (changed(f"DELETE FROM reports WHERE id = {ANY}"), "belongs to a row of reports that is not there"),
        (changed("UPDATE lexicon_data SET block = x'00' WHERE id > 10"), "full-text index"),
    ],
    ids=["text", "date", "offset", "number", "sentence", "terms", "passage", "vector", "report", "full text"],
)  # fmt: skip
def test_damage_of_the_catalog_is_told(data: Path, damage: Callable[[Path], None], told: str) -> None:
    damage(data)
    found = verify(data)
    assert any(told in problem for problem in found.problems), found.problems
    assert found.steps[0].startswith("lagebild restore")


def test_a_catalog_that_cannot_be_read_is_an_error(data: Path) -> None:
    (data / "catalog.sqlite").write_bytes(b"This is a text file, and no database at all. " * 50)
    with pytest.raises(CatalogDamagedError):
        verify(data)
    with pytest.raises(DataFolderError, match="no index"):
        verify(data / "absent")


def published(data: Path) -> Path:
    generation = FolderGenerations(data / "vectors").published()
    assert generation is not None
    return data / "vectors" / generation.name


def test_vectors_that_are_missing_other_or_too_many_are_told_and_rebuilding_mends_them(data: Path) -> None:
    with Catalog(data / "catalog.sqlite") as catalog:
        vectors = VectorIndex(data, catalog)
        list(vectors.differences())
        pair = vectors._pair  # Chroma itself, to spoil it behind the index's back
        assert pair is not None
        ids = catalog.report_ids()
        for report_id in ids[:2]:
            pair.passages.delete(where={"report_id": report_id})
            pair.sentences.delete(where={"report_id": report_id})
        passages, sentences = pair.differences(catalog)
        assert re.fullmatch(r"2 of \d+ passages are missing in the vector index", passages)
        assert sentences.endswith("sentences are missing in the vector index")
        vectors.close()
        with writer_lock(data, "rebuilding"):
            vectors.rebuild()
        vectors.close()
    assert verify(data).problems == ()


def test_other_vectors_and_records_too_many_are_told(data: Path, tmp_path: Path) -> None:
    with Catalog(data / "catalog.sqlite") as catalog, opened(published(data)) as client:
        pair = Pair.open(client)
        known = pair.sentences.get(limit=1, include=["embeddings"])
        vector = WordLengthEmbedder().embed_queries(["aaaaaaaaaaa bbbbbbbbbbbb"])[0]
        pair.sentences.update(ids=known["ids"], embeddings=[vector])
        pair.sentences.add(ids=["strange:0"], embeddings=[vector])
        other, strange = pair.differences(catalog)
        assert re.fullmatch(r"1 of \d+ sentences have other vectors in the vector index than in the catalog", other)
        assert strange == "the vector index has 1 sentences that the catalog does not have"


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda data: shutil.rmtree(data / "vectors"), "no vector index"),
        (lambda data: (data / "vectors" / "current.json").write_text("{"), "no vector index"),
        (lambda data: next(published(data).rglob("data_level0.bin")).write_bytes(b"0" * 99), "missing or damaged"),
        (lambda data: (published(data) / "chroma.sqlite3").unlink(), "missing or damaged"),
        (changed("INSERT INTO changes VALUES (999, 'x')"), "stands at change"),
        (changed("UPDATE meta SET value = 'other' WHERE key = 'embedding_model'"), "another model"),
    ],
    ids=["gone", "description", "vectors", "database", "behind", "model"],
)
def test_a_vector_index_that_is_not_there_or_behind_is_told_and_left_alone(
    data: Path, damage: Callable[[Path], None], told: str
) -> None:
    damage(data)
    for _ in range(2):
        found = verify(data)
        assert any(told in problem for problem in found.problems), found.problems
        assert found.steps == ("lagebild rebuild",)


def test_nobody_writes_while_it_looks(data: Path) -> None:
    with writer_lock(data, "counting sheep"), pytest.raises(IndexLockedError, match="counting sheep"):
        verify(data)
