"""Where the states of the vector index are kept: each is a *generation*, and one of them is published.

This is the embedded kind. Chroma loses or hides vectors when a writer dies or when two processes share a path. So no
folder that is being read is ever written: a generation is a folder of its own, which is filled under a scratch name,
hashed, and only then named in `current.json`. It is checked against its hashes when it is opened.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import struct
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from assistant.store.catalog import Catalog
from assistant.store.chroma import Pair, connect, disconnect, opened

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

__all__ = ["FolderGenerations", "Generation", "Generations", "read_description", "write_description"]

_FORMAT = 4
_MADE_WITH = ("embedding_model", "background", "rules")  # what of the fingerprint decides over ids and vectors


@dataclass(frozen=True, slots=True)
class Generation:
    """What the description of the published state says.

    `name` is its folder, or the prefix of its collections; `change` the catalog's change that it stands at;
    `made_with` what the vectors were made with; `records` how many there are; `hashes` those of its files.
    """

    name: str
    change: int
    made_with: Mapping[str, str]
    records: int
    hashes: Mapping[str, str]

    def fits(self, catalog: Catalog) -> bool:
        """Whether the catalog's vectors are still made by the same model and rules."""
        return self.made_with == made_with(catalog)


class Generations(Protocol):
    """A place for generations."""

    def published(self) -> Generation | None:
        """The published one; None where there is none, or where its description cannot be read."""
        ...

    def intact(self, generation: Generation) -> bool:
        """Whether everything is there that was there when it was published."""
        ...

    def open(self, generation: Generation) -> tuple[ClientAPI, Pair]:
        """Its collections; a ChromaError where they are gone."""
        ...

    def make(self, base: Generation | None, source: Catalog) -> Generation:
        """Make the next one from `base` and what changed since, or from nothing, out of the catalog `source`."""
        ...

    def publish(self, generation: Generation) -> None:
        """Let this be the one that is opened from now on."""
        ...

    def retract(self) -> None:
        """Let none be published, so that the next one is made from nothing."""
        ...

    def sweep(self, keep: Generation) -> None:
        """Remove all others, and what a killed writer left."""
        ...


def made_with(catalog: Catalog) -> dict[str, str]:
    """The part of the catalog's fingerprint that decides over ids and vectors."""
    return {key: value for key, value in catalog.fingerprint().items() if key in _MADE_WITH}


class FolderGenerations:
    """Generations as folders below `root`, read by Chroma inside of this process."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._copy: tempfile.TemporaryDirectory[str] | None = None  # of what is open; gone with this object

    def published(self) -> Generation | None:
        """What `current.json` names."""
        return read_description(self._root / "current.json")

    def intact(self, generation: Generation) -> bool:
        """Compare its files with their hashes, and count the records."""
        folder = self._root / generation.name
        try:
            return _hashes(folder) == generation.hashes and _records(folder) == generation.records
        except (sqlite3.DatabaseError, FileNotFoundError):  # damaged, or swept away while it was read
            return False

    def open(self, generation: Generation) -> tuple[ClientAPI, Pair]:
        """Open its folder."""
        folder = self._root / generation.name
        if not os.access(folder, os.W_OK):  # Chroma cannot open what it cannot write
            self._copy = tempfile.TemporaryDirectory(prefix="lagebild-")
            folder = Path(shutil.copytree(folder, Path(self._copy.name) / "copy"))
            for path in (folder, *folder.rglob("*")):
                path.chmod(0o700 if path.is_dir() else 0o600)
        client = connect(folder)
        try:
            return client, Pair.open(client)
        except BaseException:
            disconnect(client)
            raise

    def make(self, base: Generation | None, source: Catalog) -> Generation:
        """Fill a scratch folder, or a copy of the base's, and give it its name."""
        self._root.mkdir(mode=0o700, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix="building-", dir=self._root))
        try:
            change = source.last_change()
            if base is not None:
                shutil.copytree(self._root / base.name, scratch, dirs_exist_ok=True)
            self._fill(scratch, source, None if base is None else source.changed_since(base.change))
            name = f"{change:012d}-{scratch.name[-8:]}"
            generation = Generation(name, change, made_with(source), _records(scratch), _hashes(scratch))
            scratch.rename(self._root / name)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        return generation

    @staticmethod
    def _fill(folder: Path, source: Catalog, changed: Sequence[str] | None) -> None:
        gone: list[str] = []
        with opened(folder) as client:
            pair = Pair.create(client)
            if changed is not None:
                gone = pair.holding(changed)
                pair.remove(gone)
            pair.add(source, source.report_ids() if changed is None else changed)
            pair.settle()
        if gone:  # deleted text stays in the file's free pages otherwise
            with closing(sqlite3.connect(folder / "chroma.sqlite3")) as connection:
                connection.execute("VACUUM")
        _blank_unused(folder)
        for path in folder.rglob("*"):
            path.chmod(0o700 if path.is_dir() else 0o600)

    def publish(self, generation: Generation) -> None:
        """Name it in `current.json`."""
        write_description(self._root / "current.json", generation)

    def retract(self) -> None:
        """Remove `current.json`."""
        (self._root / "current.json").unlink(missing_ok=True)

    def sweep(self, keep: Generation) -> None:
        """Remove the other folders. A reader that still has one open keeps it."""
        for path in self._root.iterdir():
            if path.is_dir() and path.name != keep.name:
                shutil.rmtree(path, ignore_errors=True)


def read_description(path: Path) -> Generation | None:
    """The generation that the file describes; None where it is absent, damaged or of another format."""
    try:
        stored = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:  # damaged: the catalog makes a new one
        return None
    match stored:
        case {
            "format": format_,
            "name": str(name),
            "change": int(change),
            "made_with": dict(made),
            "records": int(records),
            "hashes": dict(hashes),
        } if format_ == _FORMAT:
            return Generation(name, change, made, records, hashes)
    return None


def write_description(path: Path, generation: Generation) -> None:
    """Write it in one step: a reader finds the old one or the new one."""
    scratch = path.with_name(f"{path.name}.new")
    scratch.touch(0o600)
    with scratch.open("w", encoding="utf-8") as file:
        json.dump({"format": _FORMAT, **asdict(generation)}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(path)


def _blank_unused(folder: Path) -> None:
    """Overwrite what lies in the vector files behind the last vector.

    Chroma writes its buffers as they are in memory: behind the last vector stands what this process had there before,
    such as the text of a report that has been forgotten. `header.bin` says how many vectors there are, and how long
    each is (hnswlib's saveIndex: a 32-bit version, then 64-bit numbers).
    """
    for header in folder.rglob("header.bin"):
        _, _, count, size = struct.unpack_from("<4Q", header.read_bytes(), 4)
        for name, used in (("data_level0.bin", count * size), ("length.bin", count * 4)):
            path = header.with_name(name)
            rest = path.stat().st_size - used
            if rest > 0:
                with path.open("r+b") as file:
                    file.seek(used)
                    file.write(bytes(rest))


def _hashes(folder: Path) -> dict[str, str]:
    """The hash of each file but those that Chroma changes on opening.

    These are SQLite's, which `_records` looks at, and the vectors of a collection that has none or one, which
    has no metadata file yet.
    """
    found = {}
    for path in sorted(folder.rglob("*")):
        settled = path.parent == folder or (path.parent / "index_metadata.pickle").exists()
        if path.is_file() and settled and not path.name.startswith("chroma.sqlite3"):
            with path.open("rb") as file:
                found[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def _records(folder: Path) -> int:
    """How many records Chroma's SQLite file holds; a sqlite3.DatabaseError where it is absent or damaged."""
    with closing(sqlite3.connect(f"{(folder / 'chroma.sqlite3').absolute().as_uri()}?mode=ro", uri=True)) as connection:
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)
        return int(connection.execute("SELECT count(*) FROM embeddings").fetchone()[0])
