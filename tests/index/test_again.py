"""Ingesting again: what is known costs a look, what has vanished is kept unless asked, what was refused is retried."""

from __future__ import annotations

import json
import os
import shutil
import threading
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest
from watchfiles import Change

from assistant.embedding import Embedder, WordLengthEmbedder
from assistant.errors import DataFolderError, IndexLockedError, LagebildError
from assistant.store import Catalog, FileRead, writer_lock
from index.build import ingest, plan
from index.readers import FieldMap
from index.reading import IngestResult
from index.sources import Memory
from index.watch import _but_for, watch
from tests.helpers import CountingEmbedder, numbered_report

LONG_AGO = 1_500_000_000


def never() -> Embedder:
    pytest.fail("the model was asked for")


def write(path: Path, number: int, *, changed: int = LONG_AGO) -> Path:
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text(numbered_report(number).text, "utf-8")
    os.utime(path, (changed, changed))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in range(4):
        write(tmp_path / "reports" / f"{number}.txt", number)
    return tmp_path / "reports"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def names(origins: list[str]) -> list[str]:
    return [Path(origin).name for origin in origins]


def count(data: Path) -> int:
    with Catalog(data / "catalog.sqlite") as catalog:
        return catalog.counts().reports


# -- a look instead of a read


def test_a_file_that_looks_as_before_is_not_read(folder: Path, data: Path) -> None:
    ingest([folder], data, WordLengthEmbedder)
    before = {path: path.stat() for path in folder.iterdir()}
    for path, stat in before.items():  # other bytes, of the same size and time
        path.write_bytes(b"x" * stat.st_size)
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    result = ingest([folder], data, never)
    assert names(result.unchanged) == [f"{n}.txt" for n in range(4)]
    assert (result.added, result.replaced, result.refused) == ([], [], [])


@pytest.mark.parametrize("how", ["size", "time"])
def test_a_file_of_another_size_or_time_is_read(folder: Path, data: Path, how: str) -> None:
    ingest([folder], data, WordLengthEmbedder)
    path = folder / "2.txt"
    text = path.read_text("utf-8")
    path.write_text(text + "!" if how == "size" else text.replace("Convoy", "convoy"), "utf-8")
    later = LONG_AGO if how == "size" else LONG_AGO + 1
    os.utime(path, (later, later))
    assert names(ingest([folder], data, WordLengthEmbedder).replaced) == ["2.txt"]


def test_a_file_that_was_only_touched_is_read_once_more_and_then_known(folder: Path, data: Path) -> None:
    ingest([folder], data, WordLengthEmbedder)
    os.utime(folder / "1.txt", (LONG_AGO + 5, LONG_AGO + 5))
    assert len(ingest([folder], data, never).unchanged) == 4
    with Catalog(data / "catalog.sqlite") as catalog:
        assert {Path(file.path).name: file.mtime_ns for file in catalog.files()}["1.txt"] == (LONG_AGO + 5) * 10**9


def test_a_file_that_may_just_be_being_written_is_read_again(folder: Path, data: Path) -> None:
    path = folder / "new.txt"
    path.write_text("The army came. It left.", "utf-8")
    stat = path.stat()
    ingest([folder], data, WordLengthEmbedder)
    path.write_text("The army went. It left.", "utf-8")  # in the same tick of the clock
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert names(ingest([folder], data, WordLengthEmbedder).replaced) == ["new.txt"]


def test_a_file_of_records_is_known_as_a_whole_and_read_where_one_was_refused(tmp_path: Path, data: Path) -> None:
    file = tmp_path / "a#b.jsonl"
    lines = [json.dumps({"text": numbered_report(n).text}) for n in range(3)]
    file.write_text("\n".join(lines), "utf-8")
    os.utime(file, (LONG_AGO, LONG_AGO))
    ingest([file], data, WordLengthEmbedder)
    assert [o.rpartition("#")[2] for o in ingest([file], data, never).unchanged] == ["1", "2", "3"]
    file.write_text("\n".join([*lines, "{broken"]), "utf-8")
    os.utime(file, (LONG_AGO, LONG_AGO))
    for _ in range(2):
        again = ingest([file], data, never)
        assert (len(again.unchanged), len(again.refused)) == (3, 1)


def test_what_comes_after_the_place_where_a_file_breaks_off_is_kept(tmp_path: Path, data: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("text\nThe army came.\nIt left.\nIt came back.\n", "utf-8")
    ingest([file], data, WordLengthEmbedder)
    file.write_text('text\nThe army came.\n"It left.\nIt came back.\n', "utf-8")
    result = ingest([file], data, never)
    assert (names(result.unchanged), result.removed) == (["a.csv#2"], [])
    assert "line 3" in result.refused[0].reason
    assert count(data) == 3
    file.write_text("text\nThe army came.\n", "utf-8")
    assert names(ingest([file], data, never).removed) == ["a.csv#3", "a.csv#4"]


def test_what_older_readers_have_read_is_read_once_more(folder: Path, data: Path) -> None:
    ingest([folder], data, WordLengthEmbedder)
    with Catalog(data / "catalog.sqlite") as catalog:
        catalog.note_files(FileRead(file.path, replace(file, read_by="")) for file in catalog.files())
    (folder / "2.txt").write_bytes((folder / "2.txt").read_bytes().replace(b"Convoy", b"convoy"))
    os.utime(folder / "2.txt", (LONG_AGO, LONG_AGO))
    result = ingest([folder], data, WordLengthEmbedder)
    assert (names(result.replaced), len(result.unchanged)) == (["2.txt"], 3)
    assert len(ingest([folder], data, never).unchanged) == 4


@pytest.mark.parametrize("named", [None, FieldMap({"text": ("three",)})], ids=["", "and another is named"])
def test_a_table_is_read_again_when_the_mapping_beside_it_changes(
    tmp_path: Path, data: Path, named: FieldMap | None
) -> None:
    table, mapping = tmp_path / "a.csv", tmp_path / "a.csv.toml"
    table.write_text("one,two\nThe army came.,It left.\n", "utf-8")
    for column, outcome in (("one", "added"), ("two", "replaced")):
        mapping.write_text(f'text = "{column}"\n', "utf-8")
        later = LONG_AGO + (column == "two")
        for path in (table, mapping):
            os.utime(path, (LONG_AGO, later if path == mapping else LONG_AGO))
        assert len(getattr(ingest([table], data, WordLengthEmbedder, fields=named), outcome)) == 1
        assert len(ingest([table], data, never, fields=named).unchanged) == 1


def test_a_key_of_many_number_signs_takes_no_memory_for_each_of_them() -> None:
    origin = "/reports/a.rss#" + "#" * 20_000
    tracemalloc.start()
    memory = Memory({origin: "digest", "/reports/a.rss": "other"}, [])
    taken = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert taken < 1_000_000
    assert memory.gone_from("/reports/a.rss", {"/reports/a.rss"}) == [origin]


def test_many_known_files_cost_little_more_than_a_look(tmp_path: Path, data: Path) -> None:
    for number in range(300):
        write(tmp_path / "reports" / f"{number % 7}" / f"{number}.txt", number)
    embedder = CountingEmbedder()
    ingest([tmp_path / "reports"], data, lambda: embedder)
    embedded = embedder.texts
    assert len(ingest([tmp_path / "reports"], data, never).unchanged) == 300
    assert embedder.texts == embedded


# -- what has vanished


def test_what_has_vanished_is_told_and_kept_and_goes_when_asked(folder: Path, data: Path) -> None:
    ingest([folder], data, WordLengthEmbedder)
    (folder / "1.txt").unlink()
    (folder / "3.txt").rename(folder / "moved.txt")
    result = ingest([folder], data, WordLengthEmbedder)
    assert names(result.vanished) == ["1.txt", "3.txt"]
    assert result.removed == []
    assert count(data) == 5  # the moved one is another report: its title is the file's name
    asked: list[list[str]] = []

    def no(origins: list[str]) -> bool:
        asked.append(origins)
        return False

    kept = ingest([folder], data, never, prune=no)
    assert names(kept.vanished) == names(asked[0]) == ["1.txt", "3.txt"]
    pruned = ingest([folder], data, never, prune=lambda origins: True)
    assert (names(pruned.removed), pruned.vanished) == (["1.txt", "3.txt"], [])
    assert count(data) == 3
    write(folder / "1.txt", 1)  # back again, as it was
    assert names(ingest([folder], data, WordLengthEmbedder).added) == ["1.txt"]


def test_an_empty_source_empties_nothing(folder: Path, data: Path) -> None:
    ingest([folder], data, WordLengthEmbedder)
    shutil.rmtree(folder)
    for made in (False, True):
        if made:
            folder.mkdir()
        result = ingest([folder], data, never, prune=lambda origins: pytest.fail("it asked"))
        assert len(result.refused) == 1
        assert result.vanished == []
    write(folder / "other" / "new.txt", 9)
    (folder / "empty").mkdir()
    result = ingest([folder / "other", folder / "empty"], data, WordLengthEmbedder, prune=lambda origins: True)
    assert result.removed == []
    assert count(data) == 5


def test_what_is_elsewhere_or_cannot_be_seen_has_not_vanished(folder: Path, data: Path, tmp_path: Path) -> None:
    other = write(tmp_path / "reports beside" / "5.txt", 5)
    ingest([folder, other], data, WordLengthEmbedder)
    other.unlink()
    (folder / "2.txt").rename(folder / ".2.txt")
    (folder / "2.txt").symlink_to(folder / "2.txt")  # a loop: it is there, and cannot be read
    assert ingest([folder], data, WordLengthEmbedder).vanished == []


def test_a_record_with_a_key_longer_than_any_file_name_vanishes_with_its_file(folder: Path, data: Path) -> None:
    table = folder / "a.csv"
    table.write_text(f"id,text\n{'k' * 300},The army came.\n", "utf-8")
    fields = FieldMap({"text": ("text",)}, key="id")
    ingest([folder], data, WordLengthEmbedder, fields=fields)
    assert ingest([folder], data, never, fields=fields).vanished == []
    table.unlink()
    assert [Path(origin).name[:7] for origin in ingest([folder], data, never).vanished] == ["a.csv#k"]


def test_what_has_a_name_that_is_no_utf8_has_not_vanished(folder: Path, data: Path) -> None:
    deeper = Path(os.fsdecode(os.fsencode(folder) + b"/d\xe9p\xf4t"))
    try:
        deeper.mkdir()
    except OSError:
        pytest.skip("this file system takes no such name")
    files = [folder / os.fsdecode(name) for name in (b"caf\xe9.txt", b"\\xe9.txt")]
    files += [deeper / os.fsdecode(name) for name in (b"5.txt", b"\\xe9#\xff.txt")]
    for number, file in enumerate(files, start=5):
        write(file, number)
    assert len(ingest([folder], data, WordLengthEmbedder).added) == 8
    again = ingest([folder], data, never, prune=lambda origins: pytest.fail(f"it asked for {origins}"))
    assert (again.vanished, len(again.unchanged)) == ([], 8)
    for file in files:
        file.unlink()
    gone = ["\\xe9.txt", "caf\\xe9.txt", "5.txt", "\\xe9#\\xff.txt"]
    assert sorted(names(ingest([folder], data, never).vanished)) == sorted(gone)
    assert sorted(names(ingest([folder], data, never, prune=lambda origins: True).removed)) == sorted(gone)
    assert count(data) == 4


# -- trying without doing, and trying again


def test_a_dry_run_says_what_would_be_done_and_does_nothing(folder: Path, data: Path) -> None:
    assert len(plan([folder], data).added) == 4
    assert not data.exists()
    ingest([folder], data, WordLengthEmbedder)
    write(folder / "0.txt", 10)
    (folder / "1.txt").unlink()
    write(folder / "new.txt", 11)
    (folder / "empty.txt").touch()
    before = {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}
    with writer_lock(data, "counting sheep"):  # nobody is waited for
        planned = plan([folder], data)
    assert before == {path: path.read_bytes() for path in before}
    done = ingest([folder], data, WordLengthEmbedder)
    for outcome in ("added", "replaced", "unchanged", "removed", "vanished"):
        assert sorted(getattr(planned, outcome)) == sorted(getattr(done, outcome)), outcome
    assert [error.origin for error in planned.refused] == [error.origin for error in done.refused]
    assert (len(done.added), len(done.replaced), len(done.vanished), len(done.refused)) == (1, 1, 1, 1)


def test_what_was_refused_is_remembered_until_it_is_read(folder: Path, data: Path) -> None:
    for name in ("empty.txt", "other.txt"):
        (folder / name).touch()
    ingest([folder], data, WordLengthEmbedder)
    with Catalog(data / "catalog.sqlite") as catalog:
        refused = catalog.refused()
    assert names(list(refused)) == ["empty.txt", "other.txt"]
    assert all(error.reason for errors in refused.values() for error in errors)
    write(folder / "empty.txt", 7)
    (folder / "other.txt").unlink()
    result = ingest(map(Path, refused), data, WordLengthEmbedder)
    assert (names(result.added), [Path(e.origin).name for e in result.refused]) == (["empty.txt"], ["other.txt"])
    with Catalog(data / "catalog.sqlite") as catalog:
        assert catalog.refused() == {}


def test_what_was_refused_is_forgotten_when_none_of_it_is_there_any_more(folder: Path, data: Path) -> None:
    (folder / "empty.txt").touch()
    ingest([folder], data, WordLengthEmbedder)
    (folder / "empty.txt").unlink()
    assert names([error.origin for error in ingest([folder / "empty.txt"], data, never).refused]) == ["empty.txt"]
    with Catalog(data / "catalog.sqlite") as catalog:
        assert catalog.refused() == {}


def test_what_was_refused_is_found_again_by_a_name_that_is_no_utf8(folder: Path, data: Path) -> None:
    file = Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.txt"))
    try:
        file.touch()
    except OSError:
        pytest.skip("this file system takes no such name")
    ingest([folder], data, WordLengthEmbedder)
    write(file, 7)
    with Catalog(data / "catalog.sqlite") as catalog:
        refused = catalog.refused()
    assert names(list(refused)) == ["caf\\xe9.txt"]
    assert names(ingest(map(Path, refused), data, WordLengthEmbedder).added) == ["caf\\xe9.txt"]
    with Catalog(data / "catalog.sqlite") as catalog:
        assert catalog.refused() == {}


# -- watching


class Watcher:
    """Watches in a thread; hands out what came of each ingest."""

    def __init__(self, folder: Path, data: Path) -> None:
        self.stop = threading.Event()
        self.told: list[IngestResult | LagebildError] = []
        self._news = threading.Condition()
        self._thread = threading.Thread(
            target=watch,
            args=(folder, data, lambda paths: ingest(paths, data, WordLengthEmbedder), self._tell, self.stop),
        )

    def _tell(self, outcome: IngestResult | LagebildError) -> None:
        with self._news:
            self.told.append(outcome)
            self._news.notify_all()

    def until(self, seen: int) -> None:
        """Wait until so many reports came in."""
        with self._news:
            assert self._news.wait_for(
                lambda: sum(len(o.added) for o in self.told if isinstance(o, IngestResult)) >= seen, timeout=30
            )

    def until_refused(self) -> None:
        """Wait until it has met another writer."""
        with self._news:
            assert self._news.wait_for(lambda: isinstance(self.told[-1], IndexLockedError), timeout=30)

    def __enter__(self) -> Watcher:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self._thread.join(30)
        assert not self._thread.is_alive()


def test_a_watched_folder_comes_in_and_so_does_what_is_new_in_it(folder: Path, data: Path) -> None:
    with Watcher(folder, data) as watcher:
        watcher.until(4)
        write(folder / "deeper" / "5.txt", 5)
        watcher.until(5)
    assert count(data) == 5


def test_what_came_during_the_first_ingest_comes_in_although_nothing_changes_after_it(folder: Path, data: Path) -> None:
    added: list[str] = []
    stop = threading.Event()

    def arriving() -> Embedder:  # the model is asked for when the files have been listed
        write(folder / "5.txt", 5)
        return WordLengthEmbedder()

    def tell(outcome: IngestResult | LagebildError) -> None:
        assert isinstance(outcome, IngestResult)
        added.extend(names(outcome.added))
        if "5.txt" in added:
            stop.set()

    deadline = threading.Timer(30, stop.set)
    deadline.start()
    watch(folder, data, lambda paths: ingest(paths, data, arriving), tell, stop)
    deadline.cancel()
    assert added == ["0.txt", "1.txt", "2.txt", "3.txt", "5.txt"]


def test_what_came_while_another_wrote_comes_in_afterwards(folder: Path, data: Path) -> None:
    data.mkdir()
    with Watcher(folder, data) as watcher:
        watcher.until(4)
        with writer_lock(data, "counting sheep", wait=10):
            write(folder / "5.txt", 5)
            watcher.until_refused()
        watcher.until(5)


def test_what_an_ingest_writes_is_no_change(folder: Path) -> None:
    inside = _but_for(folder / "data", folder)
    assert not inside(Change.modified, str(folder / "data" / "catalog.sqlite"))
    assert inside(Change.added, str(folder / "data.txt"))
    assert _but_for(folder.parent, folder)(Change.added, str(folder / "0.txt"))  # as what is fetched does


def test_only_a_folder_of_reports_can_be_watched(folder: Path, data: Path) -> None:
    for other in ("0.txt", "x" * 300):
        with pytest.raises(DataFolderError, match="no folder"):
            watch(folder / other, data, lambda paths: plan(paths, data), lambda outcome: None)
    with pytest.raises(DataFolderError, match="data folder itself"):
        watch(folder, folder, lambda paths: plan(paths, data), lambda outcome: None)
