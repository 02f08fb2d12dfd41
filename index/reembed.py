"""Embeds everything again: for another model, or after the rules for sentences and passages have changed.

Reports are embedded into a catalog of its own, beside the one in use. It stays when the work is stopped, and is gone on
with the next time. Once it is complete, and its vector index made, the catalog in use takes it over in one
transaction; so until then, and at every moment, questions are answered from one or the other.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from assistant.embedding import Embedder
from assistant.gazetteer import Gazetteer
from assistant.records import Report
from assistant.store import Catalog, Origin, VectorIndex, writer_lock
from assistant.store.forget import STAGE
from index.indexing import BATCH_CHARACTERS, index_reports, made_with

__all__ = ["reembed"]


def reembed(
    data: Path,
    embedder: Embedder,
    progress: Callable[[int, int], None] | None = None,
    gazetteer: Gazetteer | None = None,
) -> int:
    """Split, analyse and embed every report of the data folder again. How many there are.

    Without a gazetteer, no places are found. `progress` is called with how many reports are done, and how many there
    are. Nobody can ingest meanwhile.
    """
    made = made_with(embedder.identity)
    with Catalog(data / "catalog.sqlite") as catalog, writer_lock(data, "embedding everything again", wait=2):
        wanted = catalog.report_ids()
        with _stage(data / STAGE, made) as staged:
            there = set(staged.report_ids())
            for report_id in there.difference(wanted):
                staged.remove_origin(report_id)
            done = len(there.intersection(wanted))
            for batch in _batches(catalog, [report_id for report_id in wanted if report_id not in there]):
                if progress is not None:
                    progress(done, len(wanted))
                for indexed in index_reports(batch, embedder, gazetteer):
                    staged.put(indexed, Origin(indexed.report.id, indexed.report.id), made)
                done += len(batch)
            vectors = VectorIndex(data, catalog)
            vectors.rebuild(staged)
            vectors.close()
        shutil.rmtree(data / STAGE)
        return len(wanted)


def _stage(folder: Path, made: dict[str, str]) -> Catalog:
    """What an earlier run left, if it embedded with the same model and rules; or an empty catalog."""
    if folder.exists():
        with Catalog(folder / "catalog.sqlite", create=True) as left:
            fits = left.fingerprint() in ({}, made)
        if not fits:
            shutil.rmtree(folder)
    folder.mkdir(mode=0o700, exist_ok=True)
    return Catalog(folder / "catalog.sqlite", create=True)


def _batches(catalog: Catalog, report_ids: Sequence[str]) -> Iterator[list[Report]]:
    batch: list[Report] = []
    for report_id in report_ids:
        batch += catalog.reports([report_id]).values()
        if sum(len(report.text) for report in batch) >= BATCH_CHARACTERS:
            yield batch
            batch = []
    if batch:
        yield batch
