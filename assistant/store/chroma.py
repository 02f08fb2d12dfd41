"""Two Chroma collections, passages and sentences: filled from the catalog, asked, and compared with it.

Knows Chroma; knows nothing of generations, files or locks (vectors.py, generations.py, servers.py).

Chroma answers which ids are near. Their scores are computed exactly, from the catalog's vectors, by the caller.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

import numpy as np

from assistant.embedding import Vectors
from assistant.store.catalog import Catalog
from assistant.store.equal import HEAD, next_standing, standing
from assistant.store.rows import EmbeddedReport, Kind, in_parts

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection

__all__ = ["SERVER_HNSW", "Pair", "VectorMatch", "connect", "connect_server", "disconnect", "opened"]

_BATCH = 4_000  # Chroma takes up to 5,461 records at once
_PATIENCE = 300  # seconds for an answer of a server: a large batch takes it a while
_SAME = 1e-3  # Chroma keeps unit vectors in float32, up to its own rounding
SERVER_HNSW: CreateHNSWConfiguration = {
    "space": "cosine",
    "max_neighbors": 32,
    "ef_construction": 100,
    # Sentences of one template lie in heaps, and a narrow search does not get from one heap to the next: of the 50
    # nearest of 34,000 passages on events, 200 finds 0.90 and 2,000 finds 0.997 (docs/decisions/0006).
    "ef_search": 2_000,
}
"""How a server is to make and search its graph of neighbours."""

# Chroma keeps the last records in a queue, up to this many. While all are there, it writes its vector files
# anew, with other bytes, whenever it opens them; so the queue is made as short as it can be.
_HNSW: CreateHNSWConfiguration = {**SERVER_HNSW, "sync_threshold": 2, "batch_size": 2}

# Chroma keeps its clients in a process-wide table, by path, and two threads that open and close one path at the same
# time break it.
_REGISTRY = Lock()


@dataclass(frozen=True, slots=True)
class VectorMatch:
    """A near vector. `similarity` is Chroma's cosine similarity: -1 to 1, higher is nearer."""

    id: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Pair:
    """The collections of one state of the index; their names begin with a prefix."""

    passages: Collection
    sentences: Collection

    @classmethod
    def create(cls, client: ClientAPI, prefix: str = "", hnsw: CreateHNSWConfiguration | None = None) -> Self:
        """Open the two collections, and make those that are absent; without `hnsw`, for files that are to be hashed."""
        passages, sentences = (
            client.get_or_create_collection(
                f"{prefix}{name}", embedding_function=None, configuration={"hnsw": hnsw or _HNSW}
            )
            for name in ("passages", "sentences")
        )
        return cls(passages, sentences)

    @classmethod
    def open(cls, client: ClientAPI, prefix: str = "") -> Self:
        """Open the two collections; Chroma's NotFoundError where one is absent."""
        passages, sentences = (
            client.get_collection(f"{prefix}{name}", embedding_function=None) for name in ("passages", "sentences")
        )
        return cls(passages, sentences)

    # -- filling

    def add(self, catalog: Catalog, report_ids: Iterable[str]) -> None:
        """Add what the catalog holds of these reports, but for what others stand for (equal.py); reports that it no
        longer has are passed over."""
        passages, sentences = _Batch(self.passages), _Batch(self.sentences)
        for passage_records, sentence_records in _held(catalog, report_ids):
            for record in passage_records:
                passages.add(*record)
            for record in sentence_records:
                sentences.add(*record)
        passages.flush()
        sentences.flush()

    def holding(self, report_ids: Sequence[str]) -> list[str]:
        """Those of the reports that have a record here."""
        found: dict[str, None] = {}
        for condition in _of_reports(report_ids):
            for collection in (self.passages, self.sentences):
                records = collection.get(where=condition, include=["metadatas"])
                found |= dict.fromkeys(str(about["report_id"]) for about in records["metadatas"] or ())
        return list(found)

    def remove(self, catalog: Catalog, report_ids: Sequence[str]) -> None:
        """Remove everything of these reports, which the catalog no longer has.

        Where one of their records stood for equal ones, the next of these takes its place.
        """
        self._remove(catalog, "passages", self.passages, report_ids)
        self._remove(catalog, "sentences", self.sentences, report_ids)

    def _remove(self, catalog: Catalog, kind: Kind, collection: Collection, report_ids: Sequence[str]) -> None:
        heads: set[str] = set()
        for condition in _of_reports(report_ids):
            gone = collection.get(where=condition, include=["metadatas"])["metadatas"] or ()
            heads |= {str(about["head"]) for about in gone}
            collection.delete(where=condition)
        batch = _Batch(collection)
        for record_id, report_id in next_standing(catalog, kind, map(bytes.fromhex, sorted(heads))):
            for embedded in catalog.embedded([report_id]):
                for record in _records(kind, embedded, {record_id}):
                    batch.add(*record)
        batch.flush()

    def settle(self) -> None:
        """Ask each collection once: only then does Chroma write what was added to its vector files."""
        for collection in (self.passages, self.sentences):
            some = collection.get(limit=1, include=["embeddings"])["embeddings"]
            if some is not None and len(some):
                collection.query(query_embeddings=some, n_results=1, include=[])

    # -- asking

    def near(self, vector: Vectors, passages: int, sentences: int) -> tuple[list[VectorMatch], list[VectorMatch]]:
        """Up to so many passages and sentences near `vector` (shape (dimensions,)), by their ids, nearest first.

        The id of a sentence is `report_id:number`. Both are looked for at the same time: a search keeps one core busy.
        """
        with ThreadPoolExecutor(1) as other:
            told = other.submit(_near, self.sentences, vector, sentences)
            return _near(self.passages, vector, passages), told.result()

    # -- comparing

    def count(self) -> int:
        """How many records there are."""
        return self.passages.count() + self.sentences.count()

    def finds_itself(self, samples: int) -> bool:
        """Whether some records of each collection, from all over it, are found by their own vectors."""
        for collection in (self.passages, self.sentences):
            count = collection.count()
            for offset in range(0, count, max(count // samples, 1)):
                vectors = collection.get(limit=1, offset=offset, include=["embeddings"])["embeddings"]
                if vectors is not None and len(vectors):
                    distances = collection.query(query_embeddings=vectors, n_results=1, include=["distances"])
                    nearest = (distances["distances"] or [[2.0]])[0]
                    if not nearest or nearest[0] > _SAME:
                        return False
        return True

    def differences(self, catalog: Catalog) -> Iterator[str]:
        """What is not as in the catalog, in words; every record is looked at."""
        passages, sentences = _Comparison(self.passages, "passages"), _Comparison(self.sentences, "sentences")
        for passage_records, sentence_records in _held(catalog, catalog.report_ids()):
            passages.add(passage_records)
            sentences.add(sentence_records)
        yield from passages.differences()
        yield from sentences.differences()


def _near(collection: Collection, vector: Vectors, count: int) -> list[VectorMatch]:
    if not count:
        return []
    result = collection.query(query_embeddings=[vector.tolist()], n_results=count, include=["distances"])
    distances = result["distances"]
    if distances is None:
        raise RuntimeError("Chroma answered without distances")
    return [VectorMatch(i, 1.0 - float(d)) for i, d in zip(result["ids"][0], distances[0], strict=True)]


class _Batch:
    """Collects records, and hands them to a collection in batches that Chroma takes."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._ids: list[str] = []
        self._vectors: list[Any] = []
        self._metadata: list[Any] = []
        self._documents: list[str] = []

    def add(self, record_id: str, vector: Vectors, metadata: _About, document: str | None) -> None:
        self._ids.append(record_id)
        self._vectors.append(vector)
        self._metadata.append(metadata)
        if document is not None:
            self._documents.append(document)
        if len(self._ids) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        if self._ids:
            self._collection.add(
                ids=self._ids, embeddings=self._vectors, metadatas=self._metadata, documents=self._documents or None
            )
        self._ids, self._vectors, self._metadata, self._documents = [], [], [], []


class _Comparison:
    """Compares records that should be in a collection with those that are, a batch at a time."""

    def __init__(self, collection: Collection, kind: str) -> None:
        self._collection = collection
        self._kind = kind
        self._ids: list[str] = []
        self._vectors: list[Vectors] = []
        self._expected = self._missing = self._other = 0

    def add(self, records: Iterable[_Record]) -> None:
        for record_id, vector, _, _ in records:
            self._ids.append(record_id)
            self._vectors.append(vector)
        if len(self._ids) >= _BATCH:
            self._compare()

    def _compare(self) -> None:
        for at in range(0, len(self._ids), _BATCH):
            ids, vectors = self._ids[at : at + _BATCH], self._vectors[at : at + _BATCH]
            got = self._collection.get(ids=ids, include=["embeddings"])
            embeddings = got["embeddings"]
            found = dict(zip(got["ids"], embeddings if embeddings is not None else (), strict=True))
            self._expected += len(ids)
            self._missing += len(ids) - len(found)
            self._other += sum(
                not np.allclose(vector, found[record], atol=_SAME)
                for record, vector in zip(ids, vectors, strict=True)
                if record in found
            )
        self._ids, self._vectors = [], []

    def differences(self) -> Iterator[str]:
        self._compare()
        strange = self._collection.count() - (self._expected - self._missing)
        of = f"of {self._expected} {self._kind}"
        if self._missing:
            yield f"{self._missing} {of} are missing in the vector index"
        if self._other:
            yield f"{self._other} {of} have other vectors in the vector index than in the catalog"
        if strange:
            yield f"the vector index has {strange} {self._kind} that the catalog does not have"


_About = dict[str, str | int]
_Record = tuple[str, Vectors, _About, str | None]


def _held(catalog: Catalog, report_ids: Iterable[str]) -> Iterator[tuple[list[_Record], list[_Record]]]:
    """Of each of these reports that the catalog holds, the passages and the sentences that stand for all equal ones."""
    for part in in_parts(report_ids):
        passages, sentences = standing(catalog, "passages", part), standing(catalog, "sentences", part)
        for embedded in catalog.embedded(part):
            yield list(_records("passages", embedded, passages)), list(_records("sentences", embedded, sentences))


def _records(kind: Kind, embedded: EmbeddedReport, wanted: Container[str]) -> Iterator[_Record]:
    """Passages with what a stranger to the catalog needs to show them, such as LlamaIndex's own ChromaVectorStore.

    Sentences without their text: Chroma would index every three letters of it, which takes more room than the vectors.
    """
    report = embedded.report
    if kind == "passages":
        about: _About = {
            "report_id": report.id,
            "title": report.title,
            "published": str(report.published),
            "source": report.source or "",
            "language": report.language,
        }
        for passage, vector in zip(embedded.passages, embedded.passage_vectors, strict=True):
            if passage.id in wanted:
                own: _About = {"start": passage.start, "end": passage.end, "head": _head(vector)}
                yield passage.id, vector, about | own, report.text[passage.start : passage.end]
    else:
        for sentence, vector in zip(embedded.sentences, embedded.sentence_vectors, strict=True):
            record_id = f"{sentence.report_id}:{sentence.number}"
            if record_id in wanted:
                yield record_id, vector, {"report_id": report.id, "head": _head(vector)}, None


def _head(vector: Vectors) -> str:
    return vector.astype("<f4").tobytes()[:HEAD].hex()


def _of_reports(report_ids: Sequence[str]) -> Iterator[Any]:
    for at in range(0, len(report_ids), _BATCH):
        yield {"report_id": {"$in": list(report_ids[at : at + _BATCH])}}


# -- clients


def connect(folder: Path) -> ClientAPI:
    """Chroma inside of this process, over its files in `folder`."""
    import chromadb
    from chromadb.config import Settings

    with _REGISTRY:
        return chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))


def connect_server(url: str) -> ClientAPI:
    """Chroma on a server; a ValueError where none answers."""
    import chromadb
    from chromadb.config import Settings

    parts = urlsplit(url)
    secure = parts.scheme == "https"
    with _REGISTRY:
        client = chromadb.HttpClient(
            parts.hostname or "",
            parts.port or (443 if secure else 80),
            ssl=secure,
            settings=Settings(anonymized_telemetry=False),
        )
    for session in _sessions(client):
        session.timeout = _PATIENCE  # it would wait for ever
    return client


def _sessions(client: ClientAPI) -> list[Any]:
    """The connections of a client to a server; one to files has none. Chroma does not show them."""
    servers = (client._server, client._admin_client._server)  # type: ignore[attr-defined]
    return [server._session for server in servers if hasattr(server, "_session")]


def disconnect(client: ClientAPI) -> None:
    """Let go of the client and its files."""
    for session in _sessions(client):  # Chroma leaves its connections open
        session.close()
    with _REGISTRY:
        client.close()  # type: ignore[attr-defined]  # every client has it; the type that the factory names does not


@contextmanager
def opened(folder: Path) -> Iterator[ClientAPI]:
    """`connect` for a block."""
    client = connect(folder)
    try:
        yield client
    finally:
        disconnect(client)
