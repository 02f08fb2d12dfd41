"""Files to reports to sentences, passages and vectors, into the store. One transaction a report.

A file is known by the hash of its bytes: the same again costs a read and nothing more, a changed one replaces
its report. One bad file never stops the batch; each is listed with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from assistant.analysis import analyse, bring_up_to_date, is_up_to_date
from assistant.background import background_for, fingerprint
from assistant.embedding import Embedder
from assistant.errors import DataFolderError, ReportError
from assistant.gazetteer import Gazetteer
from assistant.language import detect_language
from assistant.records import Report
from assistant.store import Catalog, IndexedReport, Origin, VectorIndex, writer_lock
from assistant.terms import TERMS_VERSION
from index.passages import MAX_PASSAGE, MIN_PASSAGE, group_passages
from index.readers import SUFFIXES, Draft, FieldMap, is_readable, read, resolved
from index.sentences import split_sentences

__all__ = ["BATCH_CHARACTERS", "IngestResult", "find_files", "index_reports", "ingest", "ingest_reports", "made_with"]

BATCH_CHARACTERS = 40_000
"""Characters of text that are embedded in one go: some 300 sentences, a few seconds."""

RULES = f"sentences 1, passages {MIN_PASSAGE}-{MAX_PASSAGE}"
"""Part of the fingerprint: an index made by other rules is not added to."""


def made_with(identity: str) -> dict[str, str]:
    """The fingerprint of an index that is made now, with the model of this identity."""
    return fingerprint(identity) | {"rules": RULES, "terms": TERMS_VERSION}


@dataclass(slots=True)
class IngestResult:
    """What became of each report of a batch, by origin. `removed` are records that are gone from a file of several."""

    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    refused: list[ReportError] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


Progress = Callable[[Path, int, int], None]
"""Called before each file: the file, how many are done, how many there are."""


def find_files(paths: Iterable[Path]) -> tuple[list[Path], list[ReportError]]:
    """Files named, and readable files below folders named, each once, in order; and what cannot be read.

    Below a folder, hidden files and files of other kinds are passed over; a file that is named itself is kept,
    so that its reader says what is wrong with it.
    """
    files: dict[Path, None] = {}
    problems: list[ReportError] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(
                p
                for p in path.rglob("*")
                if is_readable(p.name)
                and p.is_file()
                and not any(part.startswith(".") for part in p.relative_to(path).parts)
            )
            if not inside:
                problems.append(
                    ReportError(
                        path, f"no report in this folder. It reads files ending in {', '.join(sorted(SUFFIXES))}."
                    )
                )
            files.update(dict.fromkeys(p.resolve() for p in inside))
        elif path.exists():
            files[path.resolve()] = None
        else:
            problems.append(ReportError(path, "there is no such file or folder. Look at the spelling of the path."))
    return list(files), problems


def ingest(
    paths: Iterable[Path],
    data: Path,
    embedder: Callable[[], Embedder],
    progress: Progress | None = None,
    fields: FieldMap | None = None,
    gazetteer: Callable[[], Gazetteer] | None = None,
) -> IngestResult:
    """Bring the reports in `paths` into the data folder; make the folder where it is absent.

    `embedder` is called on the first report that needs vectors, so that a batch without news loads no model, and
    `gazetteer` likewise; without one, no places are found. `fields` say what the columns of tables and the fields of
    JSON records are (readers/field_map.py).
    Raises IndexLockedError where another process is writing, IndexMismatchError where the index was made by
    another model or other rules.
    """
    files, problems = find_files(paths)
    result = IngestResult(refused=problems)
    if not files:
        return result
    with _writing(data, gazetteer) as catalog:
        batch, known, gone = _Batch(catalog, embedder, gazetteer, result), catalog.origins(), list[str]()
        for done, path in enumerate(files):
            if progress is not None:
                progress(path, done, len(files))
            there, nothing_read = set[str](), True
            for draft in read(path, fields):
                there.add(draft.origin)
                nothing_read = nothing_read and isinstance(draft, ReportError)
                if isinstance(draft, ReportError):
                    result.refused.append(draft)
                elif not batch.knows(origin := Origin(draft.origin, draft.digest)):
                    result.warnings += [f"{draft.origin}: {warning}" for warning in draft.warnings]
                    batch.add(_report_of(draft), origin)
            if not nothing_read:
                gone += _records_gone(resolved(path), there, known)
        batch.flush()
        result.removed += [origin for origin in gone if catalog.remove_origin(origin)]
    return result


def _records_gone(file: str, there: Collection[str], known: Iterable[str]) -> list[str]:
    """Origins of records that the file held before (`file#3`) and holds no more.

    A record that cannot be read is still there. A file of which nothing can be read has lost nothing: do not ask.
    """
    return [origin for origin in known if origin.startswith(f"{file}#") and origin not in there]


def ingest_reports(
    reports: Iterable[Report],
    data: Path,
    embedder: Callable[[], Embedder],
    gazetteer: Callable[[], Gazetteer] | None = None,
) -> IngestResult:
    """The same for reports that are in memory already; their origin is `memory:` and their id."""
    result = IngestResult()
    with _writing(data, gazetteer) as catalog:
        batch = _Batch(catalog, embedder, gazetteer, result)
        for report in reports:
            origin = Origin(f"memory:{report.id}", report.id)
            try:
                said = (report.title, report.text, report.source or "", report.url or "", *report.details.values())
                "".join((*said, *report.details)).encode()
            except UnicodeEncodeError as error:
                reason = f"it holds half a character ({error.reason}). Decode its bytes anew, or drop that character."
                result.refused.append(ReportError(origin.origin, reason))
                continue
            if not batch.knows(origin):
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
    ) -> None:
        self._catalog = catalog
        self._embedder = embedder
        self._gazetteer = gazetteer
        self._result = result
        self._stored = catalog.origins()
        self._seen = dict(self._stored)
        self._waiting: list[tuple[Report, Origin]] = []
        self._characters = 0

    def knows(self, origin: Origin) -> bool:
        """Whether the same bytes came from there before; then there is nothing to do, and the result says so."""
        known = self._seen.get(origin.origin) == origin.digest
        if known:
            self._result.unchanged.append(origin.origin)
        return known

    def add(self, report: Report, origin: Origin) -> None:
        """Take a report; it is stored at the latest by the next `flush`."""
        self._waiting.append((report, origin))
        self._seen[origin.origin] = origin.digest
        self._characters += len(report.text)
        if self._characters >= BATCH_CHARACTERS:
            self.flush()

    def flush(self) -> None:
        """Embed and store all that waits. Raises IndexMismatchError where the index was made by something else."""
        if not self._waiting:
            return
        model = self._embedder()
        made = made_with(model.identity)
        self._catalog.require(made)
        gazetteer = self._gazetteer() if self._gazetteer is not None else None
        reports = [report for report, _ in self._waiting]
        for indexed, (_, origin) in zip(index_reports(reports, model, gazetteer), self._waiting, strict=True):
            self._catalog.put(indexed, origin, made)
            outcome = self._result.replaced if origin.origin in self._stored else self._result.added
            outcome.append(origin.origin)
            self._stored[origin.origin] = origin.digest
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
