"""Looks whether a data folder holds what it should: the catalog by itself, and the vector index against it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from assistant.records import Report
from assistant.store.catalog import Catalog
from assistant.store.conversations import Conversations
from assistant.store.forget import unfinished
from assistant.store.lock import writer_lock
from assistant.store.rows import CatalogCounts, IndexedReport
from assistant.store.vectors import VectorIndex

__all__ = ["Verification", "verify"]

_RESTORE = "lagebild restore BACKUP --replace, or ingest the reports into a new data folder"
_DELETE = "lagebild conversations delete ID"
_FORGET = "lagebild forget"
_REBUILD = "lagebild rebuild"

_NEAREST = 10  # among so many, a vector asked for by itself is to be found, or one that is the same
_UNIT = 1e-3  # how far from 1 the length of a vector may be
_SAME = 1e-4  # cosines this near to 1 belong to the same vector


@dataclass(frozen=True, slots=True)
class Verification:
    """What was looked at, and what is wrong; nothing is, where `problems` is empty. `steps` mend it.

    `samples` counts the sentences that the vector index was asked for by their own vectors, `found` those that it
    found. An approximate index may miss one in a hundred.
    """

    counts: CatalogCounts
    samples: int
    found: int
    problems: tuple[str, ...]
    steps: tuple[str, ...]


def verify(data: Path, *, samples: int = 200, seed: int = 0) -> Verification:
    """Look at everything in the data folder, and mend nothing.

    Reads all reports and vectors, so it takes a minute for some 100,000 sentences. Holds the write lock meanwhile.
    `seed` chooses the samples. Raises DataFolderError (or one of its kind) where there is nothing that can be read.
    """
    with Catalog(data / "catalog.sqlite") as catalog, writer_lock(data, "verifying the index", wait=2):
        wrong = {_RESTORE: [*catalog.damage(), *_rows(catalog)]}
        with Conversations(catalog.path) as conversations:
            wrong[_DELETE] = list(conversations.problems(catalog.reports))
        stopped = "forgetting reports or deleting conversations was stopped in between"
        wrong[_FORGET] = [stopped] if unfinished(data) else []
        vectors = VectorIndex(data, catalog)
        try:
            wrong[_REBUILD] = list(vectors.differences())
            ids = catalog.report_ids()
            chance = np.random.default_rng(seed)
            chosen = [] if wrong[_REBUILD] else [ids[at] for at in chance.permutation(len(ids))[:samples]]
            hits = [hit for report_id in chosen for hit in _finds_itself(catalog, vectors, report_id, chance)]
        finally:
            vectors.close()
        if hits and sum(hits) < 0.99 * len(hits):
            missed = f"of {len(hits)} sentences, the vector index finds only {sum(hits)} by their own vectors"
            wrong[_REBUILD].append(missed)
        problems = tuple(chain.from_iterable(wrong.values()))
        steps = tuple(step for step, found in wrong.items() if found)
        return Verification(catalog.counts(), len(hits), sum(hits), problems, steps)


def _rows(catalog: Catalog) -> Iterator[str]:
    for report_id in catalog.report_ids():
        indexed = catalog.indexed(report_id)
        if indexed is not None:
            for problem in _wrong(indexed):
                yield f"report {report_id}: {problem}"


def _wrong(indexed: IndexedReport) -> Iterator[str]:
    report, sentences, passages = indexed.report, indexed.sentences, indexed.passages
    made = Report.make(
        report.text,
        title=report.title,
        published=report.published,
        source=report.source,
        url=report.url,
        language=report.language,
    )
    if made.id != report.id:
        yield "its content is not what its id was made of"
    edges = [0, *(edge for sentence in sentences for edge in (sentence.start, sentence.end)), len(report.text)]
    if edges != sorted(edges) or [s.number for s in sentences] != list(range(len(sentences))):
        yield "its sentences are not in order"
    elif any(report.text[start:end].strip() for start, end in zip(edges[::2], edges[1::2], strict=True)):
        yield "some of its text is in no sentence"
    elif [n for p in passages for n in range(p.first, p.last + 1)] != list(range(len(sentences))) or any(
        (p.start, p.end) != (sentences[p.first].start, sentences[p.last].end) for p in passages
    ):
        yield "its passages do not hold its sentences"
    if len(indexed.terms) != len(sentences):
        yield "some of its sentences have no terms"
    for vectors in (indexed.sentence_vectors, indexed.passage_vectors):
        lengths = np.linalg.norm(vectors, axis=1)
        if not np.all((np.abs(lengths - 1) < _UNIT) | (lengths == 0)):
            yield "a vector does not have the length 1"


def _finds_itself(
    catalog: Catalog, vectors: VectorIndex, report_id: str, chance: np.random.Generator
) -> Iterator[bool]:
    """Whether one sentence of the report is found by its own vector; nothing where it has none."""
    for embedded in catalog.embedded([report_id]):
        if embedded.sentences:
            number = int(chance.integers(len(embedded.sentences)))
            near = vectors.near_sentences(embedded.sentence_vectors[number], _NEAREST)
            yield any(match.id == f"{report_id}:{number}" or match.similarity > 1 - _SAME for match in near)
