"""The vector index: two Chroma collections, made from the catalog and replaceable by it at any time.

Chroma loses or hides vectors when a writer dies or when two processes share a path. So no folder that is
being read is ever written: each state of the index is a *generation*, a folder of its own, which is filled
under a scratch name, hashed, and only then named in `current.json`. A generation is checked against its
hashes when it is opened, and against the catalog's last change; whatever is missing or damaged is made again
from the catalog, without embedding anything.

Chroma answers which ids are near. Their scores are computed exactly, from the catalog's vectors, by the
caller.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.embedding import Vectors
from assistant.errors import IndexLockedError
from assistant.records import EVERYTHING, Filter
from assistant.store.catalog import Catalog
from assistant.store.lock import writer_lock
from assistant.store.rows import IndexedReport

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection

__all__ = ["VectorIndex", "VectorMatch"]

_FORMAT = 3
_BATCH = 4_000  # Chroma takes up to 5,461 records at once
_HNSW: CreateHNSWConfiguration = {
    "space": "cosine",
    "ef_construction": 200,
    "ef_search": 200,
    "max_neighbors": 32,
    # Chroma keeps the last records in a queue, up to this many. While all are there, it writes its vector files
    # anew, with other bytes, whenever it opens them; so the queue is made as short as it can be.
    "sync_threshold": 2,
    "batch_size": 2,
}


# Chroma keeps its clients in a process-wide table, by path, and two threads that open and close one path at the same
# time break it.
_REGISTRY = threading.Lock()


@dataclass(frozen=True, slots=True)
class VectorMatch:
    """A near vector. `similarity` is Chroma's cosine similarity: -1 to 1, higher is nearer."""

    id: str
    similarity: float


@dataclass(frozen=True, slots=True)
class _Generation:
    """What `current.json` says: a folder, the catalog's change that it stands at, its files' hashes, and how many
    records its SQLite file holds."""

    name: str
    change: int
    hashes: dict[str, str]
    records: int


class VectorIndex:
    """The passages and sentences of one data folder, by vector."""

    def __init__(self, folder: Path, catalog: Catalog) -> None:
        self._root = folder / "vectors"
        self._data = folder
        self._catalog = catalog
        self._guard = threading.RLock()  # no thread asks a generation that another one closes
        self._generation: _Generation | None = None
        self._client: ClientAPI | None = None
        self._passages: Collection | None = None
        self._sentences: Collection | None = None

    # -- asking

    def near_passages(self, vector: Vectors, count: int, among: Filter = EVERYTHING) -> list[VectorMatch]:
        """The ids of up to `count` passages near `vector` (shape (dimensions,)), nearest first."""
        with self._guard:
            self.refresh()
            return _query(self._passages, vector, count, among)

    def near_sentences(self, vector: Vectors, count: int, among: Filter = EVERYTHING) -> list[VectorMatch]:
        """The same for sentences; an id is `report_id:number`."""
        with self._guard:
            self.refresh()
            return _query(self._sentences, vector, count, among)

    # -- keeping up with the catalog

    def refresh(self) -> None:
        """Open the newest generation that holds, and make one from the catalog where none does.

        While another process is writing, an older generation is good enough: what it names and the catalog
        no longer has is passed over by the caller.
        """
        last = self._catalog.last_change()
        self._open_published()
        if self._generation is not None and self._generation.change >= last:
            return
        try:
            with writer_lock(self._data, "bringing the vector index up to date"):
                self.catch_up()
        except IndexLockedError:
            if self._generation is None:
                raise

    def _open_published(self) -> None:
        """Open what `current.json` names, if it is another one and intact.

        A writer may publish the next generation, and sweep this one away, in the moment before it is opened.
        """
        from chromadb.errors import ChromaError

        stored = self._read_current()
        while stored is not None and stored != self._generation and self._intact(stored):
            try:
                self._open(stored)
            except ChromaError:
                self._close()
                newer = self._read_current()
                if newer == stored:
                    raise
                stored = newer

    def catch_up(self) -> None:
        """Publish a generation that stands at the catalog's last change. The caller holds the write lock."""
        last = self._catalog.last_change()
        base = self._read_current()
        if base is not None and not self._intact(base):
            base = None
        if base is not None and base.change == last:
            if base != self._generation:
                self._open(base)
            return
        self._root.mkdir(mode=0o700, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix="building-", dir=self._root))
        try:
            if base is None:
                self._fill(scratch, self._catalog.report_ids(), fresh=True)
            else:
                shutil.copytree(self._root / base.name, scratch, dirs_exist_ok=True)
                self._fill(scratch, self._catalog.changed_since(base.change), fresh=False)
            name = f"{last:012d}-{scratch.name[-8:]}"
            generation = _Generation(name, last, _hashes(scratch), _records(scratch))
            scratch.rename(self._root / generation.name)
            self._write_current(generation)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        self._open(generation)
        self._sweep(generation)

    def close(self) -> None:
        """Let go of the open generation."""
        with self._guard:
            self._close()

    def _close(self) -> None:
        if self._client is not None:
            _disconnect(self._client)
        self._client = self._passages = self._sentences = self._generation = None

    # -- generations

    def _fill(self, folder: Path, report_ids: Sequence[str], *, fresh: bool) -> None:
        with _chroma(folder) as client:
            passages = _collection(client, "passages")
            sentences = _collection(client, "sentences")
            if not fresh:
                for collection in (passages, sentences):
                    for at in range(0, len(report_ids), _BATCH):
                        batch = list(report_ids[at : at + _BATCH])
                        collection.delete(where={"report_id": {"$in": batch}})  # type: ignore[dict-item]
            passage_batch, sentence_batch = _Batch(passages), _Batch(sentences)
            for report_id in report_ids:
                indexed = self._catalog.indexed(report_id)
                if indexed is not None:
                    _add(indexed, passage_batch, sentence_batch)
            passage_batch.flush()
            sentence_batch.flush()
            _settle(passages)
            _settle(sentences)
        if not fresh:  # deleted text stays in the file's free pages otherwise
            with closing(sqlite3.connect(folder / "chroma.sqlite3")) as connection:
                connection.execute("VACUUM")
        for path in folder.rglob("*"):
            path.chmod(0o700 if path.is_dir() else 0o600)

    def _intact(self, generation: _Generation) -> bool:
        folder = self._root / generation.name
        try:
            return _hashes(folder) == generation.hashes and _records(folder) == generation.records
        except (sqlite3.DatabaseError, FileNotFoundError):  # damaged, or swept away while it was read
            return False

    def _open(self, generation: _Generation) -> None:
        self._close()
        self._client = _connect(self._root / generation.name)
        self._passages = self._client.get_collection("passages", embedding_function=None)
        self._sentences = self._client.get_collection("sentences", embedding_function=None)
        self._generation = generation

    def _read_current(self) -> _Generation | None:
        """The published generation; None where there is none, or where its description cannot be read."""
        try:
            stored = json.loads((self._root / "current.json").read_text("utf-8"))
        except FileNotFoundError:
            return None
        except ValueError:  # damaged: the catalog makes a new one
            return None
        match stored:
            case {
                "format": format_,
                "name": str(name),
                "change": int(change),
                "hashes": dict(hashes),
                "records": int(n),
            }:
                return _Generation(name, change, hashes, n) if format_ == _FORMAT else None
        return None

    def _write_current(self, generation: _Generation) -> None:
        content = {
            "format": _FORMAT,
            "name": generation.name,
            "change": generation.change,
            "hashes": generation.hashes,
            "records": generation.records,
        }
        scratch = self._root / "current.json.new"
        scratch.touch(0o600)
        with scratch.open("w", encoding="utf-8") as file:
            json.dump(content, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(self._root / "current.json")

    def _sweep(self, keep: _Generation) -> None:
        """Remove older generations and what a killed writer left. A reader that still has one open keeps it."""
        for path in self._root.iterdir():
            if path.is_dir() and path.name != keep.name:
                shutil.rmtree(path, ignore_errors=True)


class _Batch:
    """Collects records, and hands them to a collection in batches that Chroma takes."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._ids: list[str] = []
        self._vectors: list[Any] = []
        self._metadata: list[Any] = []
        self._documents: list[str] = []

    def add(self, record_id: str, vector: Vectors, metadata: dict[str, str | int], document: str) -> None:
        self._ids.append(record_id)
        self._vectors.append(vector)
        self._metadata.append(metadata)
        self._documents.append(document)
        if len(self._ids) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        if self._ids:
            self._collection.add(
                ids=self._ids, embeddings=self._vectors, metadatas=self._metadata, documents=self._documents
            )
        self._ids, self._vectors, self._metadata, self._documents = [], [], [], []


def _add(indexed: IndexedReport, passages: _Batch, sentences: _Batch) -> None:
    report = indexed.report
    about: dict[str, str | int] = {
        "report_id": report.id,
        "source": report.source or "",
        "published": str(report.published),
        "language": report.language,
    }
    # Chroma compares whole numbers only; a report without a date lies outside of every window.
    first, last = report.published.earliest, report.published.latest
    if first is not None and last is not None:
        about |= {"first_day": first.toordinal(), "last_day": last.toordinal()}
    for passage, vector in zip(indexed.passages, indexed.passage_vectors, strict=True):
        place: dict[str, str | int] = {"title": report.title, "start": passage.start, "end": passage.end}
        passages.add(passage.id, vector, about | place, report.text[passage.start : passage.end])
    for sentence, vector in zip(indexed.sentences, indexed.sentence_vectors, strict=True):
        place = {"start": sentence.start, "end": sentence.end}
        text = report.text[sentence.start : sentence.end]
        sentences.add(f"{sentence.report_id}:{sentence.number}", vector, about | place, text)


def _query(collection: Collection | None, vector: Vectors, count: int, among: Filter) -> list[VectorMatch]:
    if collection is None:
        raise RuntimeError("the vector index is closed")
    result = collection.query(
        query_embeddings=[vector.tolist()], n_results=count, where=_where(among), include=["distances"]
    )
    distances = result["distances"]
    if distances is None:
        raise RuntimeError("Chroma answered without distances")
    return [VectorMatch(i, 1.0 - float(d)) for i, d in zip(result["ids"][0], distances[0], strict=True)]


def _where(among: Filter) -> Any:
    """The filter as Chroma writes it; the same as `Filter.admits`."""
    conditions: list[dict[str, Any]] = []
    if among.since is not None:
        conditions.append({"last_day": {"$gte": among.since.toordinal()}})
    if among.until is not None:
        conditions.append({"first_day": {"$lte": among.until.toordinal()}})
    if among.languages:
        conditions.append({"language": {"$in": sorted(among.languages)}})
    if among.sources:
        conditions.append({"source": {"$in": sorted(among.sources)}})
    return {"$and": conditions} if len(conditions) > 1 else conditions[0] if conditions else None


def _collection(client: ClientAPI, name: str) -> Collection:
    return client.get_or_create_collection(name, embedding_function=None, configuration={"hnsw": _HNSW})


def _settle(collection: Collection) -> None:
    """Ask once: only then does Chroma write what was added to its vector files."""
    some = collection.get(limit=1, include=["embeddings"])["embeddings"]
    if some is not None and len(some):
        collection.query(query_embeddings=some, n_results=1, include=[])


def _connect(folder: Path) -> ClientAPI:
    import chromadb
    from chromadb.config import Settings

    with _REGISTRY:
        return chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))


def _disconnect(client: ClientAPI) -> None:
    with _REGISTRY:
        client.close()  # type: ignore[attr-defined]  # every client has it; the type that the factory names does not


@contextmanager
def _chroma(folder: Path) -> Iterator[ClientAPI]:
    client = _connect(folder)
    try:
        yield client
    finally:
        _disconnect(client)


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
