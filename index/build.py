"""Files to reports to sentences, passages and vectors, into the store. One transaction a batch.

A file is known by its size and the time of its last change, and else by the hash of its bytes: the same again costs a
look or a read, a changed one replaces its report. One bad file never stops the batch; each is listed with its reason.
Reading, embedding, storing and filling the vector index overlap, a batch each, so memory does not grow with the files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from assistant.analysis import bring_up_to_date, is_up_to_date
from assistant.embedding import Embedder
from assistant.errors import DataFolderError, ReportError
from assistant.gazetteer import Gazetteer
from assistant.language import detect_language
from assistant.records import Report
from assistant.remembering import Remembering
from assistant.store import Catalog, FileRead, IndexedReport, Origin, VectorIndex, writer_lock
from index.indexing import BATCH_CHARACTERS, Prepared, embed, made_with, prepare
from index.pipeline import overlapping
from index.readers import Draft, FieldMap, printable, unwritable
from index.reading import IngestResult, Progress, Reading
from index.sources import Disk, Memory, find_files

__all__ = [
    "IngestResult",
    "Prune",
    "ingest",
    "ingest_reports",
    "plan",
]

_REMEMBERED = 20_000  # texts: reports from forms, such as the records of events, have many sentences in common
_UNFILLED = 1_000  # batches that may wait for the vector index: ids only


_Item = tuple[Report, Origin] | FileRead

Prune = Callable[[list[str]], bool]
"""Asked whether these origins, whose files have vanished, are to go."""


def ingest(
    paths: Iterable[Path],
    data: Path,
    embedder: Callable[[], Embedder],
    progress: Progress | None = None,
    fields: FieldMap | None = None,
    gazetteer: Callable[[], Gazetteer] | None = None,
    *,
    prune: Prune | None = None,
) -> IngestResult:
    """Bring the reports in `paths` into the data folder; make the folder where it is absent.

    `embedder` is called on the first report that needs vectors, so that a batch without news loads no model, and
    `gazetteer` likewise; without one, no places are found. `fields` say what the columns of tables and the fields of
    JSON records are (readers/field_map.py). Reports below a folder in `paths` whose file has vanished are kept, unless
    `prune` says otherwise.
    Raises IndexLockedError where another process is writing, IndexMismatchError where the index was made by
    another model or other rules.
    """
    paths = list(paths)
    files, problems = find_files(paths)
    result = IngestResult(refused=problems)
    if not files:
        if (data / "catalog.sqlite").exists():
            with Catalog(data / "catalog.sqlite") as catalog:
                _drop_refusals(catalog)
        return result
    with _writing(data, gazetteer) as (catalog, grow):
        memory = Memory(catalog.origins(), catalog.files())
        reading = Reading(files, memory, fields, result, progress)

        def items() -> Iterator[_Item]:
            for item in reading.items():
                if isinstance(item, Draft):
                    origin = Origin(item.origin, item.digest)
                    memory.remember(origin)
                    yield _report_of(item), origin
                else:
                    yield item

        with _stored(items(), catalog, embedder, gazetteer, result) as stored:
            for report_ids in stored:
                if report_ids:
                    grow(report_ids)
                    reading.tell()
        result.vanished = memory.vanished(_sound_folders(paths, problems))
        if prune is not None and result.vanished and prune(result.vanished):
            result.removed += [origin for origin in result.vanished if catalog.remove_origin(origin)]
            result.vanished = []
        _drop_refusals(catalog)
    return result


def _drop_refusals(catalog: Catalog) -> None:
    """Of files that are not there any more: there is nothing to be tried again."""
    disk = Disk()
    catalog.note_files(FileRead(path) for path in catalog.refused() if not disk.may_hold(path))


def plan(paths: Iterable[Path], data: Path, fields: FieldMap | None = None) -> IngestResult:
    """What `ingest` would do. Reads the files, and changes nothing."""
    paths = list(paths)
    files, problems = find_files(paths)
    result = IngestResult(refused=problems)
    memory = Memory({}, [])
    if (data / "catalog.sqlite").exists():
        with Catalog(data / "catalog.sqlite") as catalog:
            memory = Memory(catalog.origins(), catalog.files())
    for item in Reading(files, memory, fields, result, None).items():
        if isinstance(item, Draft):
            (result.replaced if memory.has(item.origin) else result.added).append(item.origin)
        else:
            result.removed += item.gone
    result.vanished = memory.vanished(_sound_folders(paths, problems))
    return result


def _sound_folders(paths: Iterable[Path], problems: Iterable[ReportError]) -> list[Path]:
    """Folders in which there is something: one that is empty has rather not been mounted."""
    empty = {problem.origin for problem in problems}
    return [path for path in paths if printable(str(path)) not in empty and path.is_dir()]


def ingest_reports(
    reports: Iterable[Report],
    data: Path,
    embedder: Callable[[], Embedder],
    gazetteer: Callable[[], Gazetteer] | None = None,
) -> IngestResult:
    """The same for reports that are in memory already; their origin is `memory:` and their id."""
    result = IngestResult()
    with _writing(data, gazetteer) as (catalog, grow):
        memory = Memory(catalog.origins(), [])

        def items() -> Iterator[_Item]:
            for report in reports:
                origin = Origin(f"memory:{report.id}", report.id)
                problem = unwritable(report)
                if problem is not None:
                    result.refused.append(ReportError(origin.origin, problem))
                elif memory.knows(origin):
                    result.unchanged.append(origin.origin)
                else:
                    memory.remember(origin)
                    yield report, origin

        with _stored(items(), catalog, embedder, gazetteer, result) as stored:
            for report_ids in stored:
                grow(report_ids)
    return result


@contextmanager
def _writing(
    data: Path, gazetteer: Callable[[], Gazetteer] | None
) -> Iterator[tuple[Catalog, Callable[[list[str]], None]]]:
    """Hold the lock; the catalog, and what takes stored reports over into the vector index.

    At the end, however it is, the vector index is published as it is in the catalog.
    """
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise DataFolderError(
            f"{data}: the data folder cannot be made ({error.strerror}). Name another one with --data."
        ) from error
    # A chat that has just seen the last ingest may hold the lock for a moment, to open what that one made.
    with writer_lock(data, "ingesting reports", wait=2), Catalog(data / "catalog.sqlite", create=True) as catalog:
        if not is_up_to_date(catalog):
            bring_up_to_date(catalog, gazetteer() if gazetteer is not None else None)
        with closing(VectorIndex(data, catalog)) as vectors, vectors.growing() as grow:
            yield catalog, grow


# -- the steps, each a thread of its own (pipeline.py); the vector index is filled in the caller's


def _stored(
    items: Iterator[_Item],
    catalog: Catalog,
    embedder: Callable[[], Embedder],
    gazetteer: Callable[[], Gazetteer] | None,
    result: IngestResult,
) -> AbstractContextManager[Iterator[list[str]]]:
    """Read, split, embed and store. After each batch that is stored, the ids of its reports."""
    return overlapping(
        _batches(items, gazetteer),
        (lambda batches: _embedded(batches, embedder, catalog), 1),
        (lambda embedded: _put(embedded, catalog, result), 1),
        (iter, _UNFILLED),
    )


@dataclass(slots=True)
class _Batch:
    """Reports that are embedded in one go (less padding), and what became of the files that end with them."""

    reports: list[tuple[Prepared, Origin]] = field(default_factory=list)
    files: list[FileRead] = field(default_factory=list)
    characters: int = 0


def _batches(items: Iterable[_Item], gazetteer: Callable[[], Gazetteer] | None) -> Iterator[_Batch]:
    """Reports, split and analysed, in batches."""
    batch = _Batch()
    for item in items:
        if isinstance(item, FileRead):
            batch.files.append(item)
            continue
        report, origin = item
        batch.reports.append((prepare(report, gazetteer() if gazetteer is not None else None), origin))
        batch.characters += len(report.text)
        if batch.characters >= BATCH_CHARACTERS:
            yield batch
            batch = _Batch()
    yield batch


def _embedded(
    batches: Iterable[_Batch], embedder: Callable[[], Embedder], catalog: Catalog
) -> Iterator[tuple[_Batch, list[IndexedReport], str]]:
    """The same with vectors, and the model's identity. An IndexMismatchError where something else made the index."""
    model: Remembering | None = None
    for batch in batches:
        if batch.reports and model is None:
            model = Remembering(embedder(), _REMEMBERED)
            catalog.require(made_with(model.identity))
        indexed = embed([report for report, _ in batch.reports], model) if model is not None else []
        yield batch, indexed, model.identity if model is not None else ""


def _put(
    embedded: Iterable[tuple[_Batch, list[IndexedReport], str]], catalog: Catalog, result: IngestResult
) -> Iterator[list[str]]:
    """Store the reports of a batch in one transaction: only then they count as added. Their ids.

    Then it is noted what became of the files that end with the batch.
    """
    there = set(catalog.origins())
    for batch, indexed, identity in embedded:
        origins = [origin for _, origin in batch.reports]
        if indexed:
            catalog.put_all(zip(indexed, origins, strict=True), made_with(identity))
        for origin in origins:
            (result.replaced if origin.origin in there else result.added).append(origin.origin)
            there.add(origin.origin)
        gone = [origin for file in batch.files for origin in file.gone]
        result.removed += [origin for origin in gone if catalog.remove_origin(origin)]
        catalog.note_files(batch.files)
        yield [own.report.id for own in indexed]


def _report_of(draft: Draft) -> Report:
    return Report.make(
        draft.text,
        title=draft.title,
        published=draft.published,
        source=draft.source,
        url=draft.url,
        language=draft.language or detect_language(draft.text),
        details=draft.details,
    )
