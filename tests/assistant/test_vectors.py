"""The vector index: whatever happens to its files, it says what the catalog holds."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from assistant import Assistant
from assistant.embedding import Vectors, WordLengthEmbedder
from assistant.errors import IndexLockedError
from assistant.filter import EVERYTHING
from assistant.records import Report
from assistant.store import Catalog, VectorIndex, writer_lock
from assistant.store.chroma import Pair, opened
from tests.helpers import CountingEmbedder, make_report, numbered_report, put

REPORTS = 12
VECTOR = WordLengthEmbedder().embed_queries(["the convoy went on"])[0]


def fill(data: Path, count: int, start: int = 0) -> None:
    """A data folder with numbered reports."""
    with Assistant(data, embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest([numbered_report(number) for number in range(start, start + count)])


def assert_complete(data: Path) -> None:
    """Everything in the catalog is found by vector, nothing else is, and the nearest is the right one."""
    with Catalog(data / "catalog.sqlite") as catalog:
        vectors = VectorIndex(data, catalog)
        try:
            assert_agrees(catalog, vectors)
        finally:
            vectors.close()


def assert_agrees(catalog: Catalog, vectors: VectorIndex) -> None:
    counts = catalog.counts()
    sentences, passages = set(), set()
    for report_id in catalog.report_ids():
        indexed = catalog.indexed(report_id)
        assert indexed is not None
        sentences |= {f"{s.report_id}:{s.number}" for s in indexed.sentences}
        passages |= {p.id for p in indexed.passages}
    near_sentences = vectors.near_sentences(VECTOR, counts.sentences + 10)
    near_passages = vectors.near_passages(VECTOR, counts.passages + 10)
    assert {match.id for match in near_sentences} == sentences
    assert {match.id for match in near_passages} == passages
    assert len(near_sentences) == len(sentences)
    assert [m.similarity for m in near_sentences] == sorted((m.similarity for m in near_sentences), reverse=True)
    if near_passages:
        (best,) = catalog.passages([near_passages[0].id])
        assert near_passages[0].similarity == pytest.approx(float(best.vector @ VECTOR), abs=1e-4)


def generation_of(data: Path) -> Path:
    name = json.loads((data / "vectors" / "current.json").read_text("utf-8"))["name"]
    return data / "vectors" / str(name)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("prepared") / "data"
    fill(data, REPORTS)
    return data


@pytest.fixture
def data(prepared: Path, tmp_path: Path) -> Path:
    """A copy that may be broken."""
    return Path(shutil.copytree(prepared, tmp_path / "data"))


# -- publishing


def test_ingesting_publishes_one_whole_generation_for_its_owner_alone(prepared: Path) -> None:
    current = json.loads((prepared / "vectors" / "current.json").read_text("utf-8"))
    assert [path.name for path in (prepared / "vectors").iterdir() if path.is_dir()] == [current["name"]]
    with Catalog(prepared / "catalog.sqlite") as catalog:
        assert current["change"] == catalog.last_change()
    for path in (prepared / "vectors").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
    assert_complete(prepared)


def test_opening_again_and_asking_publishes_nothing_new(data: Path) -> None:
    before = generation_of(data)
    assert_complete(data)
    assert_complete(data)
    assert generation_of(data) == before


_THE_SAME = """
import sys
from assistant import Assistant
from assistant.embedding import WordLengthEmbedder
from tests.helpers import numbered_report
with Assistant(sys.argv[1], embedder=WordLengthEmbedder()) as assistant:
    assert assistant.ingest([numbered_report(0)]).unchanged
print("chromadb" in sys.modules)
"""


def test_an_ingest_without_news_does_not_load_chroma(data: Path) -> None:
    done = subprocess.run([sys.executable, "-c", _THE_SAME, data], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_catching_up_embeds_nothing_again(tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    with Assistant(tmp_path, embedder=embedder) as assistant:
        assistant.ingest([numbered_report(number) for number in range(5)])
        assistant.retrieve("convoy")
        first = embedder.texts
        assistant.ingest([numbered_report(5)])
        added = embedder.texts - first
        assert added == 3  # two sentences and their passage
        shutil.rmtree(tmp_path / "vectors")
        before = embedder.texts
        assistant.close()
        assert len(assistant.retrieve("convoy", 50)) == 6
        assert embedder.texts - before == 1  # the question
    assert_complete(tmp_path)


def test_an_open_index_follows_every_change_of_the_catalog(data: Path) -> None:
    with Catalog(data / "catalog.sqlite") as catalog:
        vectors = VectorIndex(data, catalog)
        assert_agrees(catalog, vectors)
        put(catalog, make_report("A new one. It is short."), "new")
        assert_agrees(catalog, vectors)
        put(catalog, make_report("A changed one. It is longer than that."), "new")
        assert_agrees(catalog, vectors)
        catalog.remove_origin("new")
        assert_agrees(catalog, vectors)
        for origin in catalog.origins():
            catalog.remove_origin(origin)
        assert_agrees(catalog, vectors)
        assert vectors.near_sentences(VECTOR, 5) == []
        vectors.close()


def long_report(number: int) -> Report:
    """So long that it is embedded by itself, and unlike any other."""
    chance = random.Random(number)
    long = " ".join("x" * chance.randrange(1, 12) for _ in range(6_000))
    return make_report(f"{numbered_report(number).text} {long}", title=f"Convoy {number}")


_ENDLESS = """
import sys
from pathlib import Path
from assistant import Assistant
from assistant.embedding import WordLengthEmbedder
from index.build import ingest_reports
from tests.assistant.test_vectors import long_report
from tests.helpers import numbered_report

def reports():
    for number in range(100, 103):  # so long that each is a batch
        yield long_report(number)
    while True:  # what comes next lets wait
        sys.stdin.readline()
        yield numbered_report(999)

ingest_reports(reports(), Path(sys.argv[1]), WordLengthEmbedder)
"""


def test_a_running_assistant_sees_what_an_ingest_has_stored_that_is_not_done_yet(data: Path) -> None:
    with Assistant(data, embedder=WordLengthEmbedder()) as assistant:
        assert len(assistant.retrieve("convoy", 100)) == REPORTS
        with subprocess.Popen([sys.executable, "-c", _ENDLESS, data], stdin=subprocess.PIPE) as writer:
            try:
                deadline = time.monotonic() + 60
                while assistant.status().counts.reports < REPORTS + 3:
                    assert writer.poll() is None
                    assert time.monotonic() < deadline
                    time.sleep(0.02)
                new = frozenset(long_report(number).id for number in range(100, 103))
                with Catalog(data / "catalog.sqlite") as catalog, closing(VectorIndex(data, catalog)) as vectors:
                    near = {match.id for match in vectors.near_sentences(VECTOR, 10_000)}
                assert {f"{report_id}:0" for report_id in new} <= near
                assert assistant.retrieve("convoy", 5, replace(EVERYTHING, reports=new))
                with pytest.raises(IndexLockedError, match=f"process {writer.pid} .*ingesting reports"):
                    assistant.ingest([numbered_report(998)])
            finally:
                writer.kill()
    assert_complete(data)


_INGEST = """
import sys
from assistant import Assistant
from assistant.embedding import WordLengthEmbedder
from tests.helpers import numbered_report
first, last = int(sys.argv[2]), int(sys.argv[3])
for number in range(first, last):
    with Assistant(sys.argv[1], embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest([numbered_report(number)])
"""


def test_a_running_assistant_never_fails_and_sees_what_another_process_ingests(data: Path) -> None:
    with Assistant(data, embedder=WordLengthEmbedder()) as assistant:
        assert len(assistant.retrieve("convoy", 100)) == REPORTS
        writer = subprocess.Popen([sys.executable, "-c", _INGEST, data, "100", "108"])
        seen = [REPORTS]
        while writer.poll() is None:
            seen.append(len(assistant.retrieve("convoy", 100)))
        assert writer.returncode == 0
        assert len(assistant.retrieve("convoy", 100)) == REPORTS + 8
        assert seen == sorted(seen)
    assert_complete(data)


def test_threads_ask_while_one_ingests(data: Path) -> None:
    failures: list[BaseException] = []
    done = threading.Event()
    with Assistant(data, embedder=WordLengthEmbedder()) as assistant:

        def ask() -> None:
            try:
                while not done.is_set():
                    assert len(assistant.retrieve("convoy", 100)) >= REPORTS
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        try:
            for number in range(200, 206):
                assistant.ingest([numbered_report(number)])
        finally:
            done.set()
            for thread in threads:
                thread.join()
        assert failures == []
        assert len(assistant.retrieve("convoy", 100)) == REPORTS + 6


def test_what_another_has_stored_is_found_while_it_goes_on_writing(data: Path) -> None:
    with Catalog(data / "catalog.sqlite") as catalog, Catalog(data / "catalog.sqlite") as other:
        vectors = VectorIndex(data, catalog)
        before = len(vectors.near_passages(VECTOR, 100))
        published = generation_of(data)
        with writer_lock(data, "writing"):
            for number in range(1, 4):
                report = make_report(f"Something new, number {number}.", title=f"{number}")
                put(other, report, f"new {number}")
                assert len(vectors.near_passages(VECTOR, 100)) == before + number
                assert f"{report.id}:0" in {match.id for match in vectors.near_sentences(VECTOR, 100)}
            other.remove_origin("new 2")
            assert len(vectors.near_passages(VECTOR, 100)) == before + 2
            assert generation_of(data) == published
        assert_agrees(catalog, vectors)
        assert generation_of(data) != published
        vectors.close()


def test_without_any_state_and_with_a_writer_at_work_all_vectors_are_compared(data: Path) -> None:
    shutil.rmtree(data / "vectors")
    with Catalog(data / "catalog.sqlite") as catalog:
        vectors = VectorIndex(data, catalog)
        with writer_lock(data, "counting sheep"):
            assert_agrees(catalog, vectors)
            assert not (data / "vectors").exists()
        assert_agrees(catalog, vectors)
        assert generation_of(data).is_dir()
        vectors.close()


_FULL_DISK = """
import logging, resource, sys
from assistant import Assistant
from assistant.embedding import WordLengthEmbedder
from assistant.language import detect_language

detect_language("Its model is unpacked once.")
logging.basicConfig(format="%(levelname)s %(message)s", stream=sys.stdout)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
with Assistant(sys.argv[1], embedder=WordLengthEmbedder()) as assistant:
    for _ in range(3):
        print(len(assistant.retrieve("Did the convoy go on?", 5)), "hits")
"""


def test_an_index_that_cannot_be_written_is_told_once_and_all_is_found(data: Path) -> None:
    shutil.rmtree(data / "vectors")
    done = subprocess.run([sys.executable, "-c", _FULL_DISK, data], capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert [line for line in lines if line.endswith("hits")] == ["5 hits"] * 3
    (warning,) = [line for line in lines if line.startswith("WARNING")]
    assert "Questions are slower" in warning
    assert "What the catalog holds is safe" in warning
    assert_complete(data)


def test_the_nearest_are_found_where_vectors_lie_in_heaps(tmp_path: Path) -> None:
    """As sentences of one template do."""
    chance = np.random.default_rng(1)
    heaps = np.repeat(chance.standard_normal((100, 64)), 100, axis=0)
    vectors = chance.permutation(unit(unit(heaps) + chance.normal(scale=1 / 80, size=heaps.shape)))
    shares = []
    with opened(tmp_path) as client:
        pair = Pair.create(client)
        for at in range(0, len(vectors), 1_000):
            part = vectors[at : at + 1_000]
            pair.sentences.add(ids=[str(at + row) for row in range(len(part))], embeddings=part)
        for asked in unit(chance.standard_normal((20, 64))):
            nearest = set(map(str, np.argsort(-(vectors @ asked))[:50]))
            shares.append(len(nearest & {match.id for match in pair.near(asked, 0, 50)[1]}) / 50)
    assert np.mean(shares) > 0.98
    assert min(shares) > 0.9


def unit(vectors: npt.NDArray[np.float64]) -> Vectors:
    lengths: npt.NDArray[np.float64] = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / lengths).astype(np.float32)


def test_what_a_killed_writer_left_is_swept(data: Path) -> None:
    left = data / "vectors" / "building-left"
    left.mkdir()
    (left / "chroma.sqlite3").write_bytes(b"half a file")
    fill(data, 1, start=300)
    assert not left.exists()
    assert len([path for path in (data / "vectors").iterdir() if path.is_dir()]) == 1
    assert_complete(data)


def test_a_generation_is_copied_as_it_is_between_two_transactions(data: Path) -> None:
    before = generation_of(data)
    with closing(sqlite3.connect(before / "chroma.sqlite3")) as chroma:
        chroma.execute("BEGIN IMMEDIATE")
        chroma.execute("CREATE TABLE half_written (x)")
        assert (before / "chroma.sqlite3-journal").exists()
        with Assistant(data, embedder=WordLengthEmbedder()) as assistant:
            assistant.ingest([numbered_report(300)])
        chroma.rollback()
    assert generation_of(data) != before
    with closing(sqlite3.connect(generation_of(data) / "chroma.sqlite3")) as chroma:
        assert chroma.execute("SELECT count(*) FROM sqlite_master WHERE name = 'half_written'").fetchone() == (0,)
    assert_complete(data)


def test_a_journal_that_is_gone_before_it_could_be_copied_harms_nothing(data: Path) -> None:
    (generation_of(data) / "chroma.sqlite3-journal").symlink_to("gone")  # listed, and cannot be opened
    with Assistant(data, embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest([numbered_report(300)])
    assert_complete(data)


def test_replaced_text_is_in_no_file_of_the_data_folder(data: Path, tmp_path: Path) -> None:
    source = tmp_path / "report.txt"
    with Assistant(data, embedder=WordLengthEmbedder()) as assistant:
        source.write_text("Zanzibarbaria fell on Thursday. It was quiet there after that, people said.", "utf-8")
        assistant.ingest([source])
        assistant.ingest([numbered_report(number) for number in range(500, 540)])
        source.write_text("It held. They left.", "utf-8")
        assistant.ingest([source])
        assert assistant.status().counts.reports == REPORTS + 41
    assert_complete(data)
    for path in data.rglob("*"):
        if path.is_file():
            assert b"Zanzibarbaria fell" not in path.read_bytes(), path


# -- damage


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"\0")


def zero(path: Path) -> None:
    path.write_bytes(b"\0" * path.stat().st_size)


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content.rstrip(b"\0")) // 2] ^= 0xFF  # not in the unused end
    path.write_bytes(content)


def other_database(path: Path) -> None:
    path.unlink()
    sqlite3.connect(path).executescript("CREATE TABLE mine (x); INSERT INTO mine VALUES (1);").connection.close()


def lost_rows(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("DELETE FROM embeddings WHERE id IN (SELECT id FROM embeddings LIMIT 3)")
    connection.commit()
    connection.close()


_HNSW = ["index_metadata.pickle", "data_level0.bin", "header.bin", "length.bin"]
_DAMAGES = [Path.unlink, cut, empty, grow, flip]


@pytest.mark.parametrize(
    ("name", "damage"),
    [*product(_HNSW, [*_DAMAGES, zero]), *product(["link_lists.bin"], _DAMAGES)],  # it holds nothing but zeros
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_row_04_a_damaged_vector_file_is_noticed_and_made_again(
    data: Path, name: str, damage: Callable[[Path], None]
) -> None:
    before = generation_of(data)
    for path in before.rglob(name):
        damage(path)
    assert_complete(data)
    assert generation_of(data) != before


@pytest.mark.parametrize(
    "damage", [Path.unlink, cut, empty, zero, other_database, lost_rows], ids=lambda damage: damage.__name__
)
def test_row_04_a_damaged_database_of_the_index_is_noticed_and_made_again(
    data: Path, damage: Callable[[Path], None]
) -> None:
    before = generation_of(data)
    damage(before / "chroma.sqlite3")
    assert_complete(data)
    assert generation_of(data) != before


def test_a_file_too_many_or_a_missing_folder_is_noticed(data: Path) -> None:
    (generation_of(data) / "strange.bin").write_bytes(b"x")
    assert_complete(data)
    shutil.rmtree(generation_of(data))
    assert_complete(data)
    shutil.rmtree(data / "vectors")
    assert_complete(data)


def change(**fields: object) -> Callable[[str], str]:
    return lambda text: json.dumps(json.loads(text) | fields)


def without(field: str) -> Callable[[str], str]:
    return lambda text: json.dumps({k: v for k, v in json.loads(text).items() if k != field})


@pytest.mark.parametrize(
    "damage",
    {
        "empty": lambda text: "",
        "half": lambda text: text[: len(text) // 2],
        "no json": lambda text: "\0" * 40,
        "no object": lambda text: "[1]",
        "no fields": lambda text: "{}",
        "no name": without("name"),
        "no change": without("change"),
        "no hashes": without("hashes"),
        "name": change(name="000000000001-absent"),
        "name of another kind": change(name=5),
        "change of another kind": change(change="5"),
        "hashes of another kind": change(hashes=[]),
        "other hashes": change(hashes={}),
        "other format": change(format=999),
        "other model": change(made_with={"embedding_model": "another model"}),
        "no model": without("made_with"),
        "older": change(change=3),
    }.values(),
)
def test_a_broken_description_of_the_index_is_made_again(data: Path, damage: Callable[[str], str]) -> None:
    current = data / "vectors" / "current.json"
    current.write_text(damage(current.read_text("utf-8")), "utf-8")
    assert_complete(data)


def test_a_missing_description_or_one_in_another_encoding_is_made_again(data: Path) -> None:
    (data / "vectors" / "current.json").unlink()
    assert_complete(data)
    (data / "vectors" / "current.json").write_bytes(b"\xff\xfe\x00")
    assert_complete(data)


def test_damage_is_made_good_by_the_next_ingest_too(data: Path) -> None:
    cut(generation_of(data) / "chroma.sqlite3")
    fill(data, 1, start=400)
    assert_complete(data)
