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
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from assistant.errors import DataFolderError
from assistant.store.catalog import Catalog
from assistant.store.chroma import Pair, connect, disconnect

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

__all__ = [
    "FolderGenerations",
    "Generation",
    "Generations",
    "Growth",
    "made_with",
    "read_description",
    "write_description",
]

_FORMAT = 7
_SQLITE = "chroma.sqlite3"  # Chroma's own file in a generation's folder
_STEP = 10_000  # pages of it, of 4 KB, that are copied at once
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

    def explained(self) -> AbstractContextManager[None]:
        """For a block that asks or fills them: what fails at this place, told to a person."""
        ...

    def grow(self, base: Generation | None, source: Catalog) -> AbstractContextManager[Growth]:
        """Make the next one from `base` and what changed since, or from nothing, out of the catalog `source`."""
        ...

    def publish(self, generation: Generation) -> None:
        """Let this be the one that is opened from now on."""
        ...

    def retract(self) -> None:
        """Let none be published, so that the next one is made from nothing."""
        ...

    def sweep(self, keep: Generation | None) -> None:
        """Remove all others, and what a killed writer left."""
        ...


class Growth:
    """A generation in the making: reports may be handed over as they are stored, and `finish` sees to all others."""

    def __init__(
        self, pair: Pair, base: Generation | None, source: Catalog, finish: Callable[[int, bool], Generation]
    ) -> None:
        """`finish` is told the change that it stands at, and whether anything of `base` was removed."""
        self._pair = pair
        self._base = base
        self._source = source
        self._finish = finish
        self._since = source.last_change() if base is None else base.change
        self._filled: set[str] = set()

    def add(self, report_ids: Iterable[str]) -> None:
        """Take over reports of the catalog that the base does not have."""
        new = [report_id for report_id in dict.fromkeys(report_ids) if report_id not in self._filled]
        self._pair.add(self._source, new)
        self._filled.update(new)

    def finish(self) -> Generation:
        """Bring it to the catalog's last change. It is whole then, and not yet published."""
        change = self._source.last_change()
        present = self._source.report_ids()
        changed = present if self._base is None else self._source.changed_since(self._base.change)
        held = self._filled.union(() if self._base is None else self._pair.holding(changed))
        # What went and came back may not be the first with its vectors any more (equal.py).
        again = self._source.changed_since(self._since, times=2)
        gone = sorted(held.difference(present) | held.intersection(again))
        self._pair.remove(self._source, gone)
        wanted = set(present) - held | set(present).intersection(gone)
        self._filled -= wanted
        self.add(report_id for report_id in changed if report_id in wanted)
        return self._finish(change, bool(gone))


def made_with(catalog: Catalog) -> dict[str, str]:
    """The part of the catalog's fingerprint that decides over ids and vectors."""
    return {key: value for key, value in catalog.fingerprint().items() if key in _MADE_WITH}


class FolderGenerations:
    """Generations as folders below `root`, read by Chroma inside of this process."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._copy: tempfile.TemporaryDirectory[str] | None = None  # of what is open; gone with this object

    def published(self) -> Generation | None:
        """What `current.json` names."""
        return read_description(self.root / "current.json")

    def intact(self, generation: Generation) -> bool:
        """Compare its files with their hashes, and count the records."""
        folder = self.root / generation.name
        try:
            return _hashes(folder) == generation.hashes and _records(folder) == generation.records
        except (sqlite3.DatabaseError, FileNotFoundError):  # damaged, or swept away while it was read
            return False

    def open(self, generation: Generation) -> tuple[ClientAPI, Pair]:
        """Open its folder."""
        folder = self.root / generation.name
        if not os.access(folder, os.W_OK):  # Chroma cannot open what it cannot write
            folder = self._copied(folder)
        client = connect(folder)
        try:
            return client, Pair.open(client)
        except BaseException:
            disconnect(client)
            raise

    def _copied(self, folder: Path) -> Path:
        try:
            self._copy = tempfile.TemporaryDirectory(prefix="lagebild-")
            _copy(folder, Path(self._copy.name))
        except FileNotFoundError:  # swept away meanwhile
            raise
        except (OSError, sqlite3.Error) as error:
            if not folder.exists():
                raise FileNotFoundError(folder) from error
            reason = getattr(error, "strerror", None) or error
            raise DataFolderError(
                f"{folder}: it cannot be written, and its copy cannot be either ({reason}). Look at the free "
                f"space of {tempfile.gettempdir()}, or name another folder for temporary files: TMPDIR."
            ) from error
        return Path(self._copy.name)

    def explained(self) -> AbstractContextManager[None]:
        """What may fail here is told by whoever knows the data folder."""
        return nullcontext()

    @contextmanager
    def grow(self, base: Generation | None, source: Catalog) -> Iterator[Growth]:
        """Fill a scratch folder, or a copy of the base's; at the end it is given its name."""
        self.root.mkdir(mode=0o700, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix="building-", dir=self.root))
        client: ClientAPI | None = None
        try:
            if base is not None:
                _copy(self.root / base.name, scratch)
            client = connect(scratch)
            pair = Pair.create(client)

            def finish(change: int, removed: bool) -> Generation:
                nonlocal client
                pair.settle()
                if client is not None:
                    disconnect(client)
                client = None
                _clean(scratch, removed)
                name = f"{change:012d}-{scratch.name[-8:]}"
                generation = Generation(name, change, made_with(source), _records(scratch), _hashes(scratch))
                scratch.rename(self.root / name)
                return generation

            yield Growth(pair, base, source, finish)
        finally:
            if client is not None:
                disconnect(client)
            shutil.rmtree(scratch, ignore_errors=True)

    def publish(self, generation: Generation) -> None:
        """Name it in `current.json`."""
        write_description(self.root / "current.json", generation)

    def retract(self) -> None:
        """Remove `current.json`."""
        (self.root / "current.json").unlink(missing_ok=True)

    def sweep(self, keep: Generation | None) -> None:
        """Remove the other folders. A reader that still has one open keeps it."""
        for path in self.root.iterdir() if self.root.is_dir() else ():
            if path.is_dir() and (keep is None or path.name != keep.name):
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


def _copy(folder: Path, target: Path) -> None:
    """Copy what is in the folder, not its modes. Stops at what cannot be copied: shutil.copytree tells of all files.

    Whoever opens a generation makes Chroma write to its SQLite file, which SQLite itself copies as it is between two
    transactions. It lets others in after each step.
    """
    target.mkdir(exist_ok=True)
    for path in folder.iterdir():
        if path.is_dir():
            _copy(path, target / path.name)
        elif path.name == _SQLITE:
            with closing(_opened(path)) as source, closing(sqlite3.connect(target / path.name)) as copy:
                copy.execute("PRAGMA synchronous = OFF")  # a copy that is lost with the machine is made again
                source.backup(copy, pages=_STEP)
        elif not path.name.startswith(_SQLITE):  # its journals are of a transaction under way
            shutil.copyfile(path, target / path.name)


def _clean(folder: Path, removed: bool) -> None:
    """Leave nothing in the files that is not in the index, and nothing that others may read."""
    if removed:  # deleted text stays in the file's free pages otherwise
        with closing(sqlite3.connect(folder / _SQLITE)) as connection:
            connection.execute("VACUUM")
    _blank_unused(folder)
    for path in folder.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)


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
        if path.is_file() and settled and not path.name.startswith(_SQLITE):
            with path.open("rb") as file:
                found[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def _records(folder: Path) -> int:
    """How many records Chroma's SQLite file holds; a sqlite3.DatabaseError where it is absent or damaged."""
    with closing(_opened(folder / _SQLITE)) as connection:
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError(verdict)
        return int(connection.execute("SELECT count(*) FROM embeddings").fetchone()[0])


def _opened(file: Path) -> sqlite3.Connection:
    """For reading; a sqlite3.DatabaseError where the file is absent."""
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
