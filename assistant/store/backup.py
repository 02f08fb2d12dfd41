"""Writes the catalog into one file, and takes it back from there. The vector index is made from it again."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import chain, count
from pathlib import Path
from typing import IO

from assistant.errors import BackupError, CatalogDamagedError, DataFolderError
from assistant.store.catalog import Catalog
from assistant.store.lock import LOCK_FILE, files_lock, writer_lock
from assistant.store.rows import CatalogCounts
from assistant.store.vectors import VectorIndex

__all__ = ["backup", "restore"]

_CATALOG, _MANIFEST = "catalog.sqlite", "manifest.json"
_FORMAT = 1
_BLOCK = 1 << 20


def backup(data: Path, file: Path, *, replace: bool = False) -> CatalogCounts:
    """Write all reports of the data folder, with their vectors, into `file`, for its owner alone. What is in it.

    Others may ask and ingest meanwhile: the backup holds what was there when it began. A file that exists is a
    BackupError, unless it may be replaced; a catalog that is damaged is a CatalogDamagedError. `file` is a ZIP archive
    of the catalog, a SQLite file, and a manifest with its SHA-256.
    """
    if file.is_dir():
        raise BackupError(f"{file}: this is a folder. Name a file.")
    if file.exists() and not replace:
        raise BackupError(f"{file}: this file exists. Name another one, or replace it with --replace.")
    with (
        _explained(file, "written"),
        Catalog(data / "catalog.sqlite") as catalog,
        _kept_still(data, file),
        _scratch(file.parent) as scratch,
    ):
        catalog.copy_to(scratch / _CATALOG)
        with Catalog(scratch / _CATALOG) as copy:
            damage = next(copy.damage(), None)
            if damage is not None:
                raise CatalogDamagedError(f"{catalog.path}: {damage}. No backup was written; restore an earlier one.")
            counts = copy.counts()
        archive = scratch / "archive"
        with os.fdopen(os.open(archive, os.O_CREAT | os.O_RDWR, 0o600), "w+b") as stream:
            _write(stream, scratch / _CATALOG, counts)
            stream.flush()
            os.fsync(stream.fileno())
        archive.replace(file)
    return counts


def restore(file: Path, data: Path, *, replace: bool = False) -> CatalogCounts:
    """Let the data folder hold what `file` holds. What is in it.

    A folder that holds something is a DataFolderError, unless its reports may be replaced; nothing is changed before
    the backup has been read and checked as a whole. Whoever asks meanwhile gets the old reports or the new ones. The
    vector index is made from them again, without embedding.
    """
    present = sorted({path.name for path in data.iterdir()} - {LOCK_FILE}) if data.is_dir() else []
    if present and not replace:
        raise DataFolderError(
            f"{data}: this folder holds something ({', '.join(present[:3])}). Name an empty one with --data, "
            "or let the backup take the place of its reports with --replace."
        )
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise DataFolderError(f"{data}: the data folder cannot be made ({error.strerror}).") from error
    with _explained(file, "restored"), writer_lock(data, "restoring a backup", wait=2), _scratch(data) as scratch:
        _read(file, scratch / _CATALOG)
        _set_aside_if_damaged(data)
        with Catalog(scratch / _CATALOG, create=True) as saved, Catalog(data / _CATALOG, create=True) as catalog:
            damage = next(saved.damage(), None)
            if damage is not None:
                raise BackupError(f"{file}: {damage}. Take another backup.")
            saved.skip_to(catalog.last_change() + 1)
            vectors = VectorIndex(data, catalog)
            vectors.retract()
            catalog.overwrite_with(saved)
            vectors.rebuild()
            vectors.close()
            return catalog.counts()


def _kept_still(data: Path, file: Path) -> AbstractContextManager[object]:
    """While a backup is written into the data folder itself, nobody forgets in there: the scratch would be taken for
    one that was left behind."""
    return files_lock(data) if file.parent.resolve() == data.resolve() else nullcontext()


def _set_aside_if_damaged(data: Path) -> None:
    """Rename a catalog that cannot be used, so that another can take its place; one set aside earlier stays."""
    try:
        if (data / _CATALOG).exists():
            with Catalog(data / _CATALOG, create=True) as catalog:
                catalog.last_change()
    except CatalogDamagedError:
        names = (f"damaged-{_CATALOG}{number}" for number in chain([""], map(".{}".format, count(2))))
        aside = next(name for name in names if not any(data.glob(f"{name}*")))
        for end in ("", "-wal", "-shm"):
            present = data / f"{_CATALOG}{end}"
            if present.exists():
                present.replace(data / f"{aside}{end}")


def _write(stream: IO[bytes], catalog: Path, counts: CatalogCounts) -> None:
    with catalog.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    manifest = {"format": _FORMAT, "sha256": digest, "reports": counts.reports, "sentences": counts.sentences}
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(_MANIFEST, json.dumps(manifest, indent=1))
        archive.write(catalog, _CATALOG)


def _read(file: Path, target: Path) -> None:
    """Unpack the catalog and compare it with its hash."""
    digest = hashlib.sha256()
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = json.loads(archive.read(_MANIFEST))
            if manifest["format"] != _FORMAT:
                raise BackupError(f"{file}: a newer version of Lagebild made this backup. Restore it with that one.")
            expected = manifest["sha256"]
            descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with archive.open(_CATALOG) as packed, os.fdopen(descriptor, "wb") as unpacked:
                while block := packed.read(_BLOCK):
                    digest.update(block)
                    unpacked.write(block)
    except FileNotFoundError as error:
        raise BackupError(f"{file}: there is no such file. Look at the spelling of the path.") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, TypeError, RuntimeError) as error:
        raise BackupError(f"{file}: this is no backup, or it is damaged ({error}). Take another one.") from error
    if digest.hexdigest() != expected:
        raise BackupError(f"{file}: the backup is damaged: it does not have the hash that it had. Take another one.")


@contextmanager
def _explained(file: Path, done: str) -> Iterator[None]:
    """What the disk does not let be done with the backup, as a BackupError."""
    try:
        yield
    except OSError as error:
        raise BackupError(
            f"{file}: the backup cannot be {done}: {error.filename or 'the disk'} ({error.strerror or error}). "
            "Look at the permissions and at the free space."
        ) from error


@contextmanager
def _scratch(parent: Path) -> Iterator[Path]:
    """A folder for the owner alone, on the same disk as what it is for."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=".lagebild-", dir=parent))
    except OSError as error:
        raise BackupError(f"{parent}: this folder cannot be written to ({error.strerror}).") from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
