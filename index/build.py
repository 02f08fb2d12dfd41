"""Files to reports to sentences, passages and vectors, into the store. One transaction a report.

A file is known by the hash of its bytes: the same again costs a read and nothing more, a changed one replaces
its report. One bad file never stops the batch; each is listed with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from assistant.background import background_for, fingerprint
from assistant.embedding import Embedder
from assistant.errors import DataFolderError, ReportError
from assistant.language import detect_language
from assistant.records import Report
from assistant.store import Catalog, IndexedReport, Origin, VectorIndex, writer_lock
from assistant.terms import terms
from index.passages import MAX_PASSAGE, MIN_PASSAGE, group_passages
from index.readers import SUFFIXES, Draft, read
from index.sentences import split_sentences

__all__ = ["IngestResult", "find_files", "index_report", "ingest", "ingest_reports"]

RULES = f"sentences 1, passages {MIN_PASSAGE}-{MAX_PASSAGE}"
"""Part of the fingerprint: an index made by other rules is not added to."""


@dataclass(slots=True)
class IngestResult:
    """What became of each report of a batch, by origin."""

    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
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
                if p.suffix.lower() in SUFFIXES
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
    paths: Iterable[Path], data: Path, embedder: Callable[[], Embedder], progress: Progress | None = None
) -> IngestResult:
    """Bring the reports in `paths` into the data folder; make the folder where it is absent.

    `embedder` is called on the first report that needs vectors, so that a batch without news loads no model.
    Raises IndexLockedError where another process is writing, IndexMismatchError where the index was made by
    another model or other rules.
    """
    files, problems = find_files(paths)
    result = IngestResult(refused=problems)
    if not files:
        return result
    with _writing(data) as catalog:
        known = catalog.origins()
        for done, path in enumerate(files):
            if progress is not None:
                progress(path, done, len(files))
            for draft in read(path):
                if isinstance(draft, ReportError):
                    result.refused.append(draft)
                else:
                    _take(draft, catalog, known, embedder, result)
    return result


def ingest_reports(reports: Iterable[Report], data: Path, embedder: Callable[[], Embedder]) -> IngestResult:
    """The same for reports that are in memory already; their origin is `memory:` and their id."""
    result = IngestResult()
    with _writing(data) as catalog:
        known = catalog.origins()
        for report in reports:
            origin = Origin(f"memory:{report.id}", report.id)
            _store(report, origin, catalog, known, embedder, result)
    return result


@contextmanager
def _writing(data: Path) -> Iterator[Catalog]:
    """Hold the lock and the catalog; at the end, bring the vector index up to date with what was committed."""
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise DataFolderError(
            f"{data}: the data folder cannot be made ({error.strerror}). Name another one with --data."
        ) from error
    # A chat that has just seen the last ingest may hold the lock for a moment, to open what that one made.
    with writer_lock(data, "ingesting reports", wait=2), Catalog(data / "catalog.sqlite", create=True) as catalog:
        try:
            yield catalog
        finally:
            vectors = VectorIndex(data, catalog)
            vectors.catch_up()
            vectors.close()


def _take(
    draft: Draft, catalog: Catalog, known: dict[str, str], embedder: Callable[[], Embedder], result: IngestResult
) -> None:
    if known.get(draft.origin) == draft.digest:
        result.unchanged.append(draft.origin)
        return
    result.warnings += [f"{draft.origin}: {warning}" for warning in draft.warnings]
    report = Report.make(
        draft.text,
        title=draft.title,
        published=draft.published,
        source=draft.source,
        url=draft.url,
        language=draft.language or detect_language(draft.text),
    )
    _store(report, Origin(draft.origin, draft.digest), catalog, known, embedder, result)


def _store(
    report: Report,
    origin: Origin,
    catalog: Catalog,
    known: dict[str, str],
    embedder: Callable[[], Embedder],
    result: IngestResult,
) -> None:
    if known.get(origin.origin) == origin.digest:
        result.unchanged.append(origin.origin)
        return
    model = embedder()
    made_with = fingerprint(model.identity) | {"rules": RULES}
    catalog.require(made_with)
    catalog.put(index_report(report, model), origin, made_with)
    (result.replaced if origin.origin in known else result.added).append(origin.origin)
    known[origin.origin] = origin.digest


def index_report(report: Report, embedder: Embedder) -> IndexedReport:
    """Split a report and embed its sentences and passages."""
    sentences = split_sentences(report.id, report.text, report.language)
    passages = group_passages(report.text, sentences)
    spans = [(s.start, s.end) for s in sentences] + [(p.start, p.end) for p in passages]
    embedded = embedder.embed_passages([report.text[start:end] for start, end in spans])
    vectors = background_for(embedder.identity).centre_passages(embedded, report.language)
    found = [frozenset(terms(report.text[s.start : s.end], report.language)) for s in sentences]
    count = len(sentences)
    return IndexedReport(
        report, tuple(sentences), tuple(passages), vectors[:count], vectors[count:], terms=tuple(found)
    )
