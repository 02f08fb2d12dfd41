"""How fast a system takes sentences in and answers questions, and how much memory it needs.

Each system runs in a process of its own, one after the other, so that its peak of memory is its own. Up to
`EMBEDDED` sentences every system embeds all texts in its own way, and the time counts. Above that, embedding would
take an hour: each distinct sentence is embedded once before, a longer text is the mean of its sentences, and what is
measured is the time of a question (its embedding included) and the memory.
"""

from __future__ import annotations

import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from assistant.assistant import Assistant
from assistant.bench.data import paragraphs, questions_about, recombined, sentences_of, without_number
from assistant.bench.peers import PEERS
from assistant.bench.quality import OURS
from assistant.e5_torch import build_torch_model
from assistant.embedding import Embedder, Vectors, load_embedder
from assistant.filter import EVERYTHING, Filter
from assistant.records import Report
from assistant.settings import Settings

__all__ = ["EMBEDDED", "Latency", "Piecewise", "Speed", "embedded_once", "latency", "measure", "peak_mb"]

EMBEDDED = 10_000
_DISTINCT = 8_000  # sentences that larger sizes are put together from
_QUESTIONS = 200
_ASIDE = 0.1  # how far a sentence with another number lies from the one without, where both have the length 1
_WARM_UP = 5
_DEPTH = 10
_FILTERS = {
    "one language": Filter(languages=frozenset({"de"})),
    "one outlet of twenty": Filter(sources=frozenset({"Outlet 7"})),
}


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds a question: the median, and what 95 of 100 questions stay under."""

    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Speed:
    """One system at one size.

    `sentences_per_second` is the ingest from text to searchable index, None where vectors were given;
    `seconds` is the ingest, with embedding or without. `read` is a question whose best hits the reader reads, None
    where there is none. `peak_mb` is the most memory that its process ever held (MiB).
    """

    system: str
    sentences: int
    reports: int
    seconds: float
    sentences_per_second: float | None
    question: Latency
    filtered: dict[str, Latency] = field(default_factory=dict)
    read: Latency | None = None
    peak_mb: float = 0.0


@dataclass(frozen=True, slots=True)
class _Job:
    system: str
    reports: list[Report]
    questions: list[str]
    vectors: dict[str, Vectors] | None
    settings: Settings


class Piecewise:
    """Questions by a model; of texts, those that are known, and texts of several known pieces as their mean.

    Pieces stand apart by blank lines. A piece with a number (`bench.data.numbered`) lies near to the one without,
    each at a place of its own. An unknown text goes to the model.
    """

    def __init__(self, embedder: Embedder, known: dict[str, Vectors]) -> None:
        self._embedder = embedder
        self._known = known
        self.identity = embedder.identity
        self.dimensions = embedder.dimensions

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Questions: shape (len(texts), dimensions)."""
        return self._embedder.embed_queries(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Texts: shape (len(texts), dimensions)."""
        rows = [self._mean(text) for text in texts]
        unknown = [place for place, row in enumerate(rows) if row is None]
        fresh = iter(self._embedder.embed_passages([texts[place] for place in unknown]))
        found = [next(fresh) if row is None else row for row in rows]
        return np.array(found, dtype=np.float32).reshape(len(rows), self.dimensions)

    def _mean(self, text: str) -> Vectors | None:
        pieces = [self._piece(piece) for piece in text.split("\n\n")]
        found = [piece for piece in pieces if piece is not None]
        if len(found) < len(pieces):
            return None
        total = np.sum(found, axis=0)
        return np.asarray(total / np.linalg.norm(total), dtype=np.float32)

    def _piece(self, piece: str) -> Vectors | None:
        of = without_number(piece)
        if piece in self._known or of is None or of[0] not in self._known:
            return self._known.get(piece)
        aside = np.random.default_rng(of[1]).standard_normal(self.dimensions)
        moved = self._known[of[0]] + _ASIDE * aside / np.linalg.norm(aside)
        return np.asarray(moved / np.linalg.norm(moved), dtype=np.float32)


def measure(
    folder: Path,
    sizes: Sequence[int],
    settings: Settings,
    systems: Sequence[str] = (OURS, *PEERS),
    questions: int = _QUESTIONS,
) -> Iterator[Speed]:
    """Every system at every size, over the data in `folder`; the settings name the engine and its cache."""
    build_torch_model(settings.cache)  # for the peers, before anything is timed
    asked = questions_about(folder, questions)
    for size in sizes:
        large = size > EMBEDDED
        reports = recombined(folder, size, _DISTINCT) if large else paragraphs(folder, size)
        vectors = embedded_once(reports, settings) if large else None
        for system in systems:
            job = _Job(system, reports, asked, vectors, settings)
            # A fresh interpreter, not a copy of this process with its memory.
            with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
                yield process.submit(_run, job).result()


def embedded_once(reports: Sequence[Report], settings: Settings) -> dict[str, Vectors]:
    """The vectors of the pieces of `recombined` reports, without their numbers; see `Piecewise`."""
    numbered = (without_number(piece) for report in reports for piece in report.text.split("\n\n"))
    pieces = list(dict.fromkeys(piece for piece, _ in filter(None, numbered)))
    return dict(zip(pieces, load_embedder(settings).embed_passages(pieces), strict=True))


def _run(job: _Job) -> Speed:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        run = _run_ours if job.system == OURS else _run_peer
        return replace(run(job, Path(name)), peak_mb=peak_mb())


def _run_ours(job: _Job, folder: Path) -> Speed:
    embedder = load_embedder(job.settings)
    if job.vectors is not None:
        embedder = Piecewise(embedder, job.vectors)
    embedder.embed_passages(["warm"])
    with Assistant(folder, settings=job.settings, embedder=embedder) as assistant:
        started = time.perf_counter()
        assistant.ingest(job.reports)
        seconds = time.perf_counter() - started

        def ask(among: Filter) -> Latency:
            return latency(lambda question: assistant.find(question, _DEPTH, among), job.questions)

        speed = _speed(job, seconds, ask(EVERYTHING))
        read = latency(assistant.retrieve, job.questions) if assistant.reader is not None else None
        return replace(speed, filtered={name: ask(among) for name, among in _FILTERS.items()}, read=read)


def _run_peer(job: _Job, folder: Path) -> Speed:
    model: Path | Embedder = build_torch_model(job.settings.cache)
    if job.vectors is not None:
        model = Piecewise(load_embedder(replace(job.settings, engine="torch")), job.vectors)
    peer = PEERS[job.system](model, folder)
    started = time.perf_counter()
    peer.add({report.id: report.text for report in job.reports})
    seconds = time.perf_counter() - started
    return _speed(job, seconds, latency(lambda question: peer.search(question, _DEPTH), job.questions))


def _speed(job: _Job, seconds: float, question: Latency) -> Speed:
    count = sum(len(sentences_of(report)) for report in job.reports)
    rate = count / seconds if job.vectors is None else None
    return Speed(job.system, count, len(job.reports), seconds, rate, question)


def latency(ask: Callable[[str], object], questions: Sequence[str]) -> Latency:
    """Ask one question after the other; the first few, which load what is loaded on first use, do not count."""
    for question in questions[:_WARM_UP]:
        ask(question)
    times = []
    for question in questions:
        started = time.perf_counter()
        ask(question)
        times.append((time.perf_counter() - started) * 1000)
    return Latency(statistics.median(times), statistics.quantiles(times, n=20, method="inclusive")[-1])


def peak_mb() -> float:
    """The most memory that this process has held, in MiB."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux: what getrusage says there may be the parent's, from before this process began
        line = next(line for line in status.read_text("ascii").splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024**2 if sys.platform == "darwin" else peak / 1024
