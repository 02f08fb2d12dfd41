"""Backups: what was there comes back, wholly or not at all, and nothing is overwritten unasked."""

from __future__ import annotations

import json
import os
import resource
import shutil
import sqlite3
import threading
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.embedding import WordLengthEmbedder
from assistant.errors import BackupError, CatalogDamagedError, DataFolderError, LagebildError
from assistant.store import Catalog, backup, forget, restore, verify
from tests.assistant.test_migrations import catalog_of
from tests.helpers import numbered_report

REPORTS = 12


def fill(data: Path, numbers: range) -> None:
    with Assistant(data, embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest([numbered_report(number) for number in numbers])


def everything(data: Path) -> object:
    with Catalog(data / "catalog.sqlite") as catalog:
        return catalog.reports(), catalog.origins(), catalog.fingerprint()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("prepared") / "data"
    fill(data, range(REPORTS))
    return data


@pytest.fixture(scope="module")
def saved(prepared: Path) -> Path:
    file = prepared.parent / "saved.lagebild"
    assert backup(prepared, file).reports == REPORTS
    return file


def test_what_was_saved_comes_back_whole_for_its_owner_alone(prepared: Path, saved: Path, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        counts = restore(saved, tmp_path / "new")
        backup(tmp_path / "new", tmp_path / "again")
    finally:
        os.umask(before)
    assert counts.reports == REPORTS
    assert everything(tmp_path / "new") == everything(prepared)
    assert verify(tmp_path / "new").problems == ()
    for path in (tmp_path / "again", tmp_path / "new", *(tmp_path / "new").rglob("*")):
        assert path.stat().st_mode & 0o077 == 0, path
    assert {path.name for path in (tmp_path / "new").iterdir()} == {path.name for path in prepared.iterdir()}


def test_a_backup_holds_what_was_there_while_others_write(tmp_path: Path) -> None:
    data, done = tmp_path / "data", threading.Event()
    fill(data, range(3))

    def write() -> None:
        try:
            for number in range(100, 112):
                fill(data, range(number, number + 1))
        finally:
            done.set()

    writer = threading.Thread(target=write)
    writer.start()
    counts = []
    while not done.is_set():
        counts.append(backup(data, tmp_path / "file", replace=True).reports)
        restore(tmp_path / "file", tmp_path / f"restored {len(counts)}")
        assert verify(tmp_path / f"restored {len(counts)}").problems == ()
    writer.join()
    assert counts == sorted(counts)
    assert backup(data, tmp_path / "file", replace=True).reports == 15


def test_a_backup_into_the_data_folder_is_not_disturbed_by_forgetting(tmp_path: Path) -> None:
    data, done = tmp_path / "data", threading.Event()
    fill(data, range(REPORTS))
    secret = [numbered_report(number).id for number in range(3)]

    def forget_one_by_one() -> None:
        try:
            for report_id in secret:
                forget(data, [report_id])
        finally:
            done.set()

    forgetting = threading.Thread(target=forget_one_by_one)
    forgetting.start()
    while not done.wait(0.1):  # in which the other gets its turn
        backup(data, data / "saved.lagebild", replace=True)
    forgetting.join()
    with Catalog(data / "catalog.sqlite") as catalog:
        assert set(catalog.report_ids()).isdisjoint(secret)


def test_a_file_or_folder_that_holds_something_is_left_alone(prepared: Path, saved: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(BackupError, match="--replace"):
        backup(prepared, tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "mine").touch()
    with pytest.raises(BackupError, match="folder"):
        backup(tmp_path / "not looked at", tmp_path / "folder", replace=True)
    with pytest.raises(DataFolderError, match="--replace"):
        restore(saved, tmp_path / "folder")
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["mine"]


def test_a_full_disk_is_told(prepared: Path, saved: Path, tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, limits[1]))
    try:
        with pytest.raises(LagebildError, match="free space"):
            backup(prepared, tmp_path / "file")
        with pytest.raises(BackupError, match="free space"):
            restore(saved, tmp_path / "new")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [path.name for path in tmp_path.iterdir()] == ["new"]
    assert restore(saved, tmp_path / "new").reports == REPORTS


def test_an_open_assistant_gets_what_was_restored_at_once(saved: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    fill(data, range(500, 520))
    with Assistant(data, embedder=WordLengthEmbedder()) as assistant:
        assert len(assistant.retrieve("convoy", 100)) == 20
        restore(saved, data, replace=True)
        ids = {hit.report.id for hit in assistant.retrieve("convoy", 100)}
        assert ids == {numbered_report(number).id for number in range(REPORTS)}
        assistant.ingest([numbered_report(500)])
        assert len(assistant.retrieve("convoy", 100)) == REPORTS + 1
    assert verify(data).problems == ()


def test_a_damaged_catalog_is_no_obstacle_to_restoring(saved: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    fill(data, range(500, 503))
    (data / "catalog.sqlite").write_bytes(b"This is a text file, and no database at all. " * 500)
    with pytest.raises(CatalogDamagedError):
        backup(data, tmp_path / "file")
    assert not (tmp_path / "file").exists()
    assert restore(saved, data, replace=True).reports == REPORTS
    assert verify(data).problems == ()
    (data / "damaged-catalog.sqlite-wal").touch()
    (data / "catalog.sqlite").write_bytes(b"This is another text file, and no database either. " * 500)
    assert restore(saved, data, replace=True).reports == REPORTS
    assert (data / "damaged-catalog.sqlite").read_bytes().startswith(b"This is a text file")
    assert (data / "damaged-catalog.sqlite.2").read_bytes().startswith(b"This is another text file")
    forget(data, [numbered_report(0).id])
    assert list(data.glob("damaged-*")) == []


def test_nor_is_damage_to_the_table_that_says_what_changed_last(saved: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    fill(data, range(500, 503))
    with closing(sqlite3.connect(data / "catalog.sqlite")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'changes'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with (data / "catalog.sqlite").open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    assert restore(saved, data, replace=True).reports == REPORTS
    assert verify(data).problems == ()


def test_a_catalog_with_damage_inside_is_not_saved_over_an_earlier_backup(prepared: Path, tmp_path: Path) -> None:
    data = Path(shutil.copytree(prepared, tmp_path / "data"))
    backup(data, tmp_path / "file")
    before = (tmp_path / "file").read_bytes()
    content = bytearray((data / "catalog.sqlite").read_bytes())
    content[len(content) // 2 : len(content) // 2 + 20_000] = b"\xff" * 20_000
    (data / "catalog.sqlite").write_bytes(content)
    with pytest.raises(CatalogDamagedError, match="damaged"):
        backup(data, tmp_path / "file", replace=True)
    assert (tmp_path / "file").read_bytes() == before


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def other_hash(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        content, manifest = archive.read("catalog.sqlite"), json.loads(archive.read("manifest.json"))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("catalog.sqlite", content[:-4096] + bytes(4096))
        archive.writestr("manifest.json", json.dumps(manifest))


def newer(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", json.dumps({"format": 99}))


def without_hash(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        content = archive.read("catalog.sqlite")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("catalog.sqlite", content)
        archive.writestr("manifest.json", json.dumps({"format": 1}))


def with_password(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[6] |= 1  # the flags of the first member
    entry = content.index(b"PK\x01\x02")
    content[entry + 8] |= 1
    path.write_bytes(content)


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def empty_zip(path: Path) -> None:
    zipfile.ZipFile(path, "w").close()


def text(path: Path) -> None:
    path.write_text("nothing of the kind")


@pytest.mark.parametrize(
    "damage",
    [cut, flip, other_hash, newer, without_hash, with_password, a_folder, empty_zip, text, Path.unlink],
    ids=lambda damage: damage.__name__,
)
def test_a_damaged_backup_is_told_and_changes_nothing(
    prepared: Path, saved: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    file = Path(shutil.copy(saved, tmp_path / "file"))
    damage(file)
    data = Path(shutil.copytree(prepared, tmp_path / "data"))
    fill(data, range(700, 701))
    before = everything(data)
    with pytest.raises(BackupError, match="file"):
        restore(file, data, replace=True)
    assert everything(data) == before
    assert verify(data).problems == ()
    with pytest.raises(BackupError):
        restore(file, tmp_path / "new")
    restore(saved, tmp_path / "new")  # what the failure left there is no obstacle


def test_a_backup_of_an_older_version_is_brought_up_when_it_is_restored(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    path = catalog_of(1, tmp_path / "old")
    with Catalog(path) as catalog:
        expected = catalog.reports()
    (tmp_path / "old" / "catalog.sqlite").unlink()
    backup_of_version_1 = tmp_path / "file"
    content = catalog_of(1, tmp_path / "old").read_bytes()
    import hashlib

    with zipfile.ZipFile(backup_of_version_1, "w") as archive:
        manifest = {"format": 1, "sha256": hashlib.sha256(content).hexdigest(), "reports": 2, "sentences": 4}
        archive.writestr("manifest.json", json.dumps(manifest))
        archive.writestr("catalog.sqlite", content)
    assert restore(backup_of_version_1, tmp_path / "new").reports == 2
    with Catalog(tmp_path / "new" / "catalog.sqlite") as catalog:
        assert catalog.reports() == expected
