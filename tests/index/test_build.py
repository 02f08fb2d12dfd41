"""The build: again changes nothing, a change replaces, one bad file stops nothing, a failure loses nothing."""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import Assistant
from assistant.embedding import Embedder, Vectors, WordLengthEmbedder
from assistant.errors import DataFolderError, IndexMismatchError, ReportError
from assistant.records import Report
from assistant.store import Catalog
from index.build import ingest, ingest_reports
from index.indexing import index_reports
from index.readers.draft import MAX_FILE_BYTES
from index.reading import Step
from index.sources import find_files
from tests.helpers import (
    EXAMPLES,
    LANGUAGES,
    CountingEmbedder,
    NamedEmbedder,
    hard_texts,
    make_indexed,
    make_report,
    numbered_report,
)
from tests.reliability.conftest import runs


def never() -> Embedder:
    pytest.fail("the model was asked for")


def write_reports(folder: Path, count: int = 3) -> Path:
    folder.mkdir(exist_ok=True)
    for number in range(count):
        (folder / f"2017-11-0{number + 1}-convoy.en.txt").write_text(numbered_report(number).text, "utf-8")
    return folder


def texts(data: Path) -> list[str]:
    with Catalog(data / "catalog.sqlite") as catalog:
        return sorted(report.text for report in catalog.reports().values())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_reports(tmp_path / "reports")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_reports_come_in_with_what_their_files_say(folder: Path, data: Path) -> None:
    result = ingest([folder], data, WordLengthEmbedder)
    assert len(result.added) == 3
    assert (result.replaced, result.unchanged, result.refused) == ([], [], [])
    with Catalog(data / "catalog.sqlite") as catalog:
        by_origin = catalog.origins()
        reports = catalog.reports().values()
    assert set(by_origin) == {str(path.resolve()) for path in folder.iterdir()} == set(result.added)
    assert {str(report.published) for report in reports} == {"2017-11-01", "2017-11-02", "2017-11-03"}
    assert {report.language for report in reports} == {"en"}


def test_again_asks_no_model_and_changes_nothing(folder: Path, data: Path) -> None:
    first = ingest([folder], data, WordLengthEmbedder)
    with Catalog(data / "catalog.sqlite") as catalog:
        change = catalog.last_change()
    current = (data / "vectors" / "current.json").read_bytes()
    again = ingest([folder], data, never)
    assert sorted(again.unchanged) == sorted(first.added)
    assert (again.added, again.replaced, again.refused) == ([], [], [])
    with Catalog(data / "catalog.sqlite") as catalog:
        assert catalog.last_change() == change
    assert (data / "vectors" / "current.json").read_bytes() == current


def test_a_changed_file_replaces_its_report_and_only_it(folder: Path, data: Path) -> None:
    ingest([folder], data, WordLengthEmbedder)
    changed = folder / "2017-11-02-convoy.en.txt"
    changed.write_text("The convoy never left. Nobody saw it.", "utf-8")
    embedder = CountingEmbedder()
    result = ingest([folder], data, lambda: embedder)
    assert result.replaced == [str(changed.resolve())]
    assert len(result.unchanged) == 2
    assert embedder.texts == 3  # two sentences and their passage
    found = texts(data)
    assert len(found) == 3
    assert "The convoy never left. Nobody saw it." in found
    assert numbered_report(1).text not in found


def test_a_change_of_the_head_alone_is_a_change(tmp_path: Path, data: Path) -> None:
    path = tmp_path / "report.md"
    for language in ("en", "de"):
        path.write_text(f"---\ntitle: T\nlanguage: {language}\npublished: 2017-11\n---\n\nDie Armee kam.\n", "utf-8")
        ingest([path], data, WordLengthEmbedder)
        with Catalog(data / "catalog.sqlite") as catalog:
            (report,) = catalog.reports().values()
            assert report.language == language


def test_the_same_text_at_two_places_is_one_report(folder: Path, data: Path) -> None:
    (folder / "copy").mkdir()
    original = folder / "2017-11-01-convoy.en.txt"
    (folder / "copy" / original.name).write_bytes(original.read_bytes())
    result = ingest([folder], data, WordLengthEmbedder)
    assert len(result.added) == 4
    assert len(texts(data)) == 3


def test_a_file_named_twice_is_read_once(folder: Path, data: Path) -> None:
    path = folder / "2017-11-01-convoy.en.txt"
    link = folder / "link.txt"
    link.symlink_to(path)
    result = ingest([path, folder, path, link], data, WordLengthEmbedder)
    assert len(result.added) == 3


def bad_files() -> dict[str, Callable[[Path], object]]:
    def large(path: Path) -> None:
        path.touch()
        os.truncate(path, MAX_FILE_BYTES + 1)

    return {
        "empty.txt": lambda path: path.touch(),
        "blank.md": lambda path: path.write_text(" \n\n\t\n"),
        "only-a-date.txt": lambda path: path.write_text(" date 2017-11 "),
        "noise.txt": lambda path: path.write_bytes(bytes(range(256)) * 40),
        "image.png": lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 50),
        "no-suffix": lambda path: path.write_text("A report without a suffix."),
        "head.md": lambda path: path.write_text("---\ntitle: [broken\n---\n\nText.\n"),
        "empty.html": lambda path: path.write_text("<html><body><script>1</script></body></html>"),
        "broken.json": lambda path: path.write_text('{"text": '),
        "list.json": lambda path: path.write_text("[1, 2, 3]"),
        "lines.jsonl": lambda path: path.write_text('not json\n{"title": "no text"}\n'),
        "large.txt": large,
        "pipe.txt": os.mkfifo,
        "dangling.txt": lambda path: path.symlink_to(path.parent / "absent"),
        "loop.txt": lambda path: path.symlink_to(path),
        "absent.txt": lambda path: None,
    }


@pytest.mark.parametrize("name", bad_files())
def test_one_bad_file_never_stops_the_batch(folder: Path, data: Path, tmp_path: Path, name: str) -> None:
    bad = tmp_path / name
    bad_files()[name](bad)
    good = sorted(folder.iterdir())
    result = ingest([good[0], bad, *good[1:]], data, WordLengthEmbedder)
    assert len(result.added) == 3
    assert result.refused
    for error in result.refused:
        assert isinstance(error, ReportError)
        assert name in error.origin
        assert error.reason.strip()
    assert len(texts(data)) == 3


def test_all_bad_files_at_once_are_each_listed(folder: Path, data: Path, tmp_path: Path) -> None:
    for name, make in bad_files().items():
        make(tmp_path / name)
    result = ingest([*(tmp_path / name for name in bad_files()), folder], data, WordLengthEmbedder)
    assert len(result.added) == 3
    assert {Path(error.origin.partition("#")[0]).name for error in result.refused} == bad_files().keys()


def test_a_good_record_beside_a_bad_one_comes_in(tmp_path: Path, data: Path) -> None:
    path = tmp_path / "reports.jsonl"
    record = {"title": "T", "text": "The army came. It left.", "published": "2017-11"}
    path.write_text(json.dumps(record) + "\nnot json\n" + json.dumps(record | {"text": "It came again."}) + "\n")
    result = ingest([path], data, WordLengthEmbedder)
    assert len(result.added) == 2
    assert len(result.refused) == 1
    assert texts(data) == ["It came again.", "The army came. It left."]


def test_a_missing_path_and_an_empty_folder_are_told_and_make_nothing(tmp_path: Path, data: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "image.png").write_bytes(b"x")
    missing = [tmp_path / "absent", tmp_path / "empty", Path("The army took the town. " * 300)]
    result = ingest(missing, data, never)
    assert [error.origin for error in result.refused] == [str(path) for path in missing]
    assert "File name too long" in result.refused[2].reason
    assert not data.exists()


def test_a_path_that_cannot_be_looked_for_keeps_no_other_from_coming_in(folder: Path, data: Path) -> None:
    result = ingest([Path("x" * 300), folder], data, WordLengthEmbedder)
    assert (len(result.added), len(result.refused)) == (3, 1)


def test_hidden_files_and_other_kinds_below_a_folder_are_passed_over(folder: Path) -> None:
    (folder / ".hidden.txt").write_text("x")
    (folder / ".git").mkdir()
    (folder / ".git" / "x.txt").write_text("x")
    (folder / "picture.png").write_bytes(b"x")
    (folder / "UPPER.TXT").write_text("x")
    files, problems = find_files([folder])
    assert [path.name for path in files if not path.name.startswith("2017")] == ["UPPER.TXT"]
    assert problems == []


def test_progress_is_told_before_each_file(folder: Path, data: Path) -> None:
    told: list[Step] = []
    ingest([folder], data, WordLengthEmbedder, told.append)
    sizes = [path.stat().st_size for path in sorted(folder.iterdir())]
    assert [step.path.name for step in told[:3]] == [f"2017-11-0{n + 1}-convoy.en.txt" for n in range(3)]
    assert [step.done for step in told[:3]] == [sum(sizes[:n]) for n in range(3)]
    assert {step.total for step in told} == {sum(sizes)}
    assert [step.reports for step in told] == [0, 0, 0, 3]


def test_progress_is_told_within_a_large_file_too(tmp_path: Path, data: Path) -> None:
    records = [json.dumps({"text": f"Report {n}. " + "x" * 30_000}) + "\n" for n in range(8)]
    (tmp_path / "many.jsonl").write_text("".join(records), "utf-8")
    told: list[Step] = []
    ingest([tmp_path / "many.jsonl"], data, WordLengthEmbedder, told.append)
    stored, done = [step.reports for step in told], [round(8 * step.done / step.total) for step in told]
    assert len(told) == 5
    assert stored == sorted(stored)
    assert done == sorted(done)
    assert (stored[0], stored[-1], done[0], done[-1]) == (0, 8, 0, 8)
    assert all(n <= m for n, m in zip(stored, done, strict=True))  # reading is ahead


def test_another_model_is_refused_and_changes_nothing(folder: Path, data: Path) -> None:
    ingest([folder], data, WordLengthEmbedder)
    (folder / "new.txt").write_text("Something new. It is here.")
    with pytest.raises(IndexMismatchError, match="word lengths") as caught:
        ingest([folder], data, lambda: NamedEmbedder("another model"))
    assert "another model" in str(caught.value)
    assert len(texts(data)) == 3


def test_a_data_folder_that_cannot_be_made_is_told(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataFolderError, match="file"):
        ingest([folder], tmp_path / "file" / "data", never)


# -- reports that are in memory


def test_reports_from_memory_come_in_once(data: Path) -> None:
    reports = [make_report(), make_report("Another one. It is short.")]
    assert len(ingest_reports(reports, data, WordLengthEmbedder).added) == 2
    again = ingest_reports(reports, data, never)
    assert len(again.unchanged) == 2
    assert len(texts(data)) == 2


@pytest.mark.parametrize("text", ["A lone surrogate \ud800 here.", "\udfff", "", " \n\u3000"])
def test_a_report_that_cannot_be_written_or_has_no_text_is_refused_and_the_rest_comes_in(data: Path, text: str) -> None:
    result = ingest_reports([make_report(text), make_report()], data, WordLengthEmbedder)
    assert len(result.added) == 1
    assert len(result.refused) == 1
    assert texts(data) == [make_report().text]


@pytest.mark.parametrize("text", ["NUL \0 inside. Then more.", "\u202eRTL override. End.", "x" * 100_000])
def test_odd_texts_from_memory_break_nothing(data: Path, text: str) -> None:
    with Assistant(data, embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest([make_report(text, title="odd"), make_report()])
        assert assistant.ask("Who took the town?").citations
        assert make_report().text in texts(data)


@given(st.sets(st.integers(1, 6), max_size=2), st.lists(st.booleans(), min_size=4, max_size=4))
@settings(max_examples=runs(8, 500), deadline=None)
def test_row_06_an_embedding_that_fails_loses_and_doubles_nothing(failing: set[int], long: list[bool]) -> None:
    class Failing(WordLengthEmbedder):
        calls = 0

        def embed_passages(self, texts: Sequence[str]) -> Vectors:
            self.calls += 1
            if self.calls in failing:
                raise RuntimeError("out of memory")
            return super().embed_passages(texts)

    embedder = Failing()
    with tempfile.TemporaryDirectory() as scratch:
        data, folder = Path(scratch) / "data", write_reports(Path(scratch) / "reports", 4)
        for path, is_long in zip(sorted(folder.iterdir()), long, strict=True):
            if is_long:  # long reports are embedded by themselves, short ones together
                path.write_text(path.read_text("utf-8") + "\n\n" + "x" * 41_000, "utf-8")
        attempts = 0
        while True:
            attempts += 1
            try:
                ingest([folder], data, lambda: embedder)
            except RuntimeError as error:
                assert "out of memory" in str(error)  # noqa: PT017
                assert attempts <= len(failing)
            else:
                break
        assert texts(data) == sorted(path.read_text("utf-8") for path in folder.iterdir())
        assert len(ingest([folder], data, never).unchanged) == 4
        with Assistant(data, embedder=WordLengthEmbedder()) as assistant:
            assert len({hit.report.id for hit in assistant.retrieve("convoy crossed the river", 500)}) == 4
            assert assistant.status().counts.sentences == 8 + 41 * sum(long)


@given(st.lists(st.tuples(hard_texts, st.sampled_from(LANGUAGES)), max_size=5))
@settings(max_examples=60, deadline=None)
def test_reports_embedded_together_are_as_if_embedded_alone(contents: list[tuple[str, str]]) -> None:
    reports = [make_report(text, language=language) for text, language in contents]
    together = index_reports(reports, WordLengthEmbedder())
    assert [indexed.report for indexed in together] == reports
    for indexed, report in zip(together, reports, strict=True):
        alone = make_indexed(report)
        assert (indexed.sentences, indexed.passages, indexed.terms) == (alone.sentences, alone.passages, alone.terms)
        assert len(indexed.sentence_vectors) == len(indexed.sentences)
        assert len(indexed.passage_vectors) == len(indexed.passages)
        assert (indexed.sentence_vectors == alone.sentence_vectors).all()
        assert (indexed.passage_vectors == alone.passage_vectors).all()


def test_the_same_report_is_always_split_and_embedded_alike() -> None:
    report: Report = numbered_report(7)
    one, other = index_reports([report], WordLengthEmbedder())[0], index_reports([report], WordLengthEmbedder())[0]
    assert (one.sentences, one.passages, one.terms) == (other.sentences, other.passages, other.terms)
    assert (one.sentence_vectors == other.sentence_vectors).all()


def test_the_examples_all_come_in(tmp_path: Path) -> None:
    result = ingest([EXAMPLES], tmp_path / "data", WordLengthEmbedder)
    assert len(result.added) == len(list(EXAMPLES.iterdir()))
    assert result.refused == []
    assert result.warnings == []


def test_a_record_that_is_gone_from_its_file_is_gone_from_the_index(tmp_path: Path) -> None:
    def lines(*texts: str) -> str:
        return "".join(json.dumps({"text": text, "title": text}) + "\n" for text in texts)

    inbox, data = tmp_path / "inbox", tmp_path / "data"
    inbox.mkdir()
    file, other = inbox / "a.jsonl", inbox / "a.jsonl.txt"
    file.write_text(lines("The first convoy.", "The second convoy.", "The third convoy."), "utf-8")
    other.write_text("A text beside it.", "utf-8")
    ingest([inbox], data, WordLengthEmbedder)
    file.write_text(lines("The first convoy.", "The third convoy."), "utf-8")
    result = ingest([inbox], data, WordLengthEmbedder)
    assert [origin.rpartition("#")[2] for origin in result.removed] == ["3"]
    with Catalog(data / "catalog.sqlite") as catalog:
        texts = {report.text for report in catalog.reports().values()}
    assert texts == {"The first convoy.", "The third convoy.", "A text beside it."}


def test_a_file_whose_name_begins_like_a_record_of_another_is_none(tmp_path: Path) -> None:
    inbox, data = tmp_path / "inbox", tmp_path / "data"
    inbox.mkdir()
    file, other, table = inbox / "a.jsonl", inbox / "a.jsonl#2.txt", inbox / "a.jsonl#b.csv"
    file.write_text('{"text": "The first convoy."}\n{"text": "The second convoy."}\n', "utf-8")
    other.write_text("A text beside it.", "utf-8")
    table.write_text("text\nA row beside it.\n", "utf-8")
    assert len(ingest([inbox], data, WordLengthEmbedder).added) == 4
    file.write_text('{"text": "The first convoy."}\n', "utf-8")
    result = ingest([file], data, WordLengthEmbedder)
    assert result.removed == [f"{file.resolve()}#2"]


def test_a_record_that_cannot_be_read_any_more_keeps_its_report(tmp_path: Path) -> None:
    file, data = tmp_path / "a.jsonl", tmp_path / "data"
    good = json.dumps({"text": "The first convoy."}) + "\n"
    file.write_text(good + json.dumps({"text": "The second convoy."}) + "\n", "utf-8")
    ingest([file], data, WordLengthEmbedder)
    for content in (good + "{broken\n", "{broken\n"):
        file.write_text(content, "utf-8")
        assert ingest([file], data, WordLengthEmbedder).removed == []
        with Catalog(data / "catalog.sqlite") as catalog:
            assert catalog.counts().reports == 2


def test_a_file_of_which_a_part_cannot_be_read_any_more_keeps_what_it_held(tmp_path: Path) -> None:
    def archive(table: bytes) -> None:
        with zipfile.ZipFile(file, "w") as packed:
            packed.writestr("a.csv", table)
            packed.writestr("b.txt", "A text beside it.")

    file, data = tmp_path / "a.zip", tmp_path / "data"
    archive(b"title,text\nFirst,The first convoy.\nSecond,The second convoy.\n")
    assert len(ingest([file], data, WordLengthEmbedder).added) == 3
    archive(b"title,text\nFirst,\0\0\0\n")
    result = ingest([file], data, WordLengthEmbedder)
    assert result.removed == []
    assert len(result.refused) == 1
    assert "2 records that it held before are kept" in " ".join(result.warnings)
    archive(b"title,text\nFirst,The first convoy.\n")
    assert len(ingest([file], data, WordLengthEmbedder).removed) == 1


def test_an_address_in_place_of_a_file_is_told_the_command_for_it() -> None:
    _, (file, address) = find_files([Path("no/such/file.txt"), Path("https://example.org/a")])
    assert "spelling" in file.reason
    assert "lagebild fetch" in address.reason
