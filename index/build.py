"""Files to reports to sentences, passages and vectors, into the store. One transaction a report.

A file is known by its size and the time of its last change, and else by the hash of its bytes: the same again costs a
look or a read, a changed one replaces its report. One bad file never stops the batch; each is listed with its reason.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from assistant.analysis import analyse, bring_up_to_date, is_up_to_date
from assistant.background import background_for, fingerprint
from assistant.embedding import Embedder
from assistant.errors import DataFolderError, ModelError, ReportError
from assistant.gazetteer import Gazetteer
from assistant.language import detect_language
from assistant.records import Report
from assistant.sentences import split_sentences
from assistant.store import Catalog, FileRead, IndexedReport, Origin, VectorIndex, writer_lock
from assistant.terms import TERMS_VERSION
from index.passages import MAX_PASSAGE, MIN_PASSAGE, group_passages
from index.readers import Draft, FieldMap
from index.reading import IngestResult, Progress, Reading
from index.sources import Memory, find_files

__all__ = [
    "BATCH_CHARACTERS",
    "IngestResult",
    "index_reports",
    "ingest",
    "ingest_reports",
    "made_with",
    "plan",
]

BATCH_CHARACTERS = 40_000
"""Characters of text that are embedded in one go: some 300 sentences, a few seconds."""

RULES = f"sentences 1, passages {MIN_PASSAGE}-{MAX_PASSAGE}"
"""Part of the fingerprint: an index made by other rules is not added to."""


def made_with(identity: str) -> dict[str, str]:
    """The fingerprint of an index that is made now, with the model of this identity."""
    return fingerprint(identity) | {"rules": RULES, "terms": TERMS_VERSION}


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
        return result
    with _writing(data, gazetteer) as catalog:
        memory = Memory(catalog.origins(), catalog.files())
        batch = _Batch(catalog, embedder, gazetteer, result, memory)
        reading = Reading(files, memory, fields, result, progress)
        for item in reading.items():
            if isinstance(item, Draft):
                if batch.add(_report_of(item), Origin(item.origin, item.digest)):
                    reading.tell()
            else:
                batch.finish(item)
        batch.flush()
        result.vanished = memory.vanished(_sound_folders(paths, problems))
        if prune is not None and result.vanished and prune(result.vanished):
            result.removed += [origin for origin in result.vanished if catalog.remove_origin(origin)]
            result.vanished = []
        catalog.note_files(FileRead(path) for path in catalog.refused() if not os.path.lexists(path))
    return result


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
    return [path for path in paths if path.is_dir() and str(path) not in empty]


def ingest_reports(
    reports: Iterable[Report],
    data: Path,
    embedder: Callable[[], Embedder],
    gazetteer: Callable[[], Gazetteer] | None = None,
) -> IngestResult:
    """The same for reports that are in memory already; their origin is `memory:` and their id."""
    result = IngestResult()
    with _writing(data, gazetteer) as catalog:
        memory = Memory(catalog.origins(), [])
        batch = _Batch(catalog, embedder, gazetteer, result, memory)
        for report in reports:
            origin = Origin(f"memory:{report.id}", report.id)
            try:
                said = (report.title, report.text, report.source or "", report.url or "", *report.details.values())
                "".join((*said, *report.details)).encode()
            except UnicodeEncodeError as error:
                reason = f"it holds half a character ({error.reason}). Decode its bytes anew, or drop that character."
                result.refused.append(ReportError(origin.origin, reason))
                continue
            if memory.knows(origin):
                result.unchanged.append(origin.origin)
            else:
                batch.add(report, origin)
        batch.flush()
    return result


@contextmanager
def _writing(data: Path, gazetteer: Callable[[], Gazetteer] | None) -> Iterator[Catalog]:
    """Hold the lock and the catalog; at the end, bring the vector index up to date with what was committed."""
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
        try:
            yield catalog
        finally:
            vectors = VectorIndex(data, catalog)
            vectors.catch_up()
            vectors.close()


class _Batch:
    """Collects new reports, embeds the texts of many at once (less padding), and stores them one by one.

    A report counts as added only once it is stored.
    """

    def __init__(
        self,
        catalog: Catalog,
        embedder: Callable[[], Embedder],
        gazetteer: Callable[[], Gazetteer] | None,
        result: IngestResult,
        memory: Memory,
    ) -> None:
        self._catalog = catalog
        self._embedder = embedder
        self._gazetteer = gazetteer
        self._result = result
        self._memory = memory
        self._stored = set(catalog.origins())
        self._waiting: list[tuple[Report, Origin]] = []
        self._read: list[FileRead] = []
        self._characters = 0

    def add(self, report: Report, origin: Origin) -> bool:
        """Take a report; it is stored at the latest by the next `flush`. Whether it is stored already."""
        self._waiting.append((report, origin))
        self._memory.remember(origin)
        self._characters += len(report.text)
        if self._characters >= BATCH_CHARACTERS:
            self.flush()
        return not self._waiting

    def finish(self, file: FileRead) -> None:
        """Note what became of a file, as soon as all of its reports are stored."""
        self._read.append(file)

    def flush(self) -> None:
        """Embed and store all that waits. Raises IndexMismatchError where the index was made by something else."""
        if self._waiting:
            self._store()
        gone = [origin for file in self._read for origin in file.gone]
        self._result.removed += [origin for origin in gone if self._catalog.remove_origin(origin)]
        self._catalog.note_files(self._read)
        self._read = []

    def _store(self) -> None:
        model = self._embedder()
        made = made_with(model.identity)
        self._catalog.require(made)
        gazetteer = self._gazetteer() if self._gazetteer is not None else None
        reports = [report for report, _ in self._waiting]
        for indexed, (_, origin) in zip(index_reports(reports, model, gazetteer), self._waiting, strict=True):
            self._catalog.put(indexed, origin, made)
            outcome = self._result.replaced if origin.origin in self._stored else self._result.added
            outcome.append(origin.origin)
            self._stored.add(origin.origin)
        self._waiting, self._characters = [], 0


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


def index_reports(
    reports: Sequence[Report], embedder: Embedder, gazetteer: Gazetteer | None = None
) -> list[IndexedReport]:
    """Split reports into sentences and passages, find the names in them, and embed them all in one go."""
    sentences = [split_sentences(report.id, report.text, report.language) for report in reports]
    passages = [group_passages(report.text, own) for report, own in zip(reports, sentences, strict=True)]
    texts = [
        report.text[start:end]
        for report, own, grouped in zip(reports, sentences, passages, strict=True)
        for start, end in [(s.start, s.end) for s in own] + [(p.start, p.end) for p in grouped]
    ]
    embedded = embedder.embed_passages(texts)
    if not np.isfinite(embedded).all():
        raise ModelError(f"{embedder.identity}: the model made a vector of what is no number. Use another model.")
    background = background_for(embedder.identity)
    indexed, at = [], 0
    for report, own, grouped in zip(reports, sentences, passages, strict=True):
        middle, end = at + len(own), at + len(own) + len(grouped)
        vectors = background.centre_passages(embedded[at:end], report.language)
        halves = vectors[: middle - at], vectors[middle - at :]
        found, mentions, signature = analyse(report, own, gazetteer)
        indexed.append(IndexedReport(report, tuple(own), tuple(grouped), *halves, found, mentions, signature))
        at = end
    return indexed
