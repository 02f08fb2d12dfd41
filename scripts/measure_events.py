"""Measures one ingest of all UCDP events and FA-KES articles: what is refused, rate, memory, and the same again. Linux.

python scripts/measure_events.py ../shared/eval            (with the embedded model: 10 to 30 minutes on two cores)
python scripts/measure_events.py ../shared/eval --cheap    (vectors out of a hash: what all but the embedding costs)

The rate is that of the whole against that of the embedding alone. As a machine's speed changes within minutes by more
than what is to be shown, the ingest is halted every twenty seconds, with all of its processes: meanwhile every fourth
of the batches that it has embedded since is embedded again, alone. The clock of the ingest stands still for that time.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

import numpy as np

from assistant import Assistant, Settings
from assistant.bench.speed import peak_mb
from assistant.embedding import Embedder, Vectors, load_embedder
from assistant.store import verify
from index.reading import IngestResult

SAMPLE = 4  # every fourth batch
HALT = 20  # seconds between two halts
FILES = ("ucdp-ged/ucdp_syria.converted.csv.gz", "fa-kes/reports.jsonl")


class Cheap:
    """A vector at random for each text, always the same."""

    identity = "crc32"
    dimensions = 384

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimensions)."""
        return self.embed_passages(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimensions)."""
        made = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in zip(made, texts, strict=True):
            row[:] = np.random.default_rng(zlib.crc32(text.encode())).standard_normal(self.dimensions)
        made /= np.linalg.norm(made, axis=1, keepdims=True)
        return made


@dataclass
class Sampling:
    """An embedder that asks another one, and writes every fourth of the batches that it was given to a folder."""

    model: Embedder
    kept: Path
    calls: int = 0
    texts: int = 0

    def __post_init__(self) -> None:
        """As the model."""
        self.identity, self.dimensions = self.model.identity, self.model.dimensions

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """As the model does."""
        return self.model.embed_queries(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """As the model does."""
        made = self.model.embed_passages(texts)
        if self.calls % SAMPLE == 0:
            written = self.kept / "being written"
            written.write_text(json.dumps(list(texts)), "utf-8")
            written.rename(self.kept / f"{self.calls}.json")
        self.calls += 1
        self.texts += len(texts)
        return made


@dataclass(frozen=True)
class Times:
    """Since when: the clock, and the processor time of this process and of those that it started."""

    clock: float = field(default_factory=time.perf_counter)
    processor: float = field(default_factory=time.process_time)
    children: float = field(default_factory=lambda: sum(getrusage(RUSAGE_CHILDREN)[:2]))

    def passed(self) -> tuple[float, float]:
        """Seconds of the clock and of the processor since then. Children count when they have ended."""
        now = Times()
        return now.clock - self.clock, now.processor - self.processor + now.children - self.children


@dataclass(frozen=True)
class Ingested:
    """What the process that ingests tells of it."""

    result: IngestResult
    sentences: int
    calls: int
    texts: int
    clock: float
    processor: float
    memory: float
    memory_of_a_child: float


def load(cheap: bool) -> Embedder:
    """The model of the settings, or the cheap one; warm."""
    model = Cheap() if cheap else load_embedder(Settings.from_environment())
    model.embed_passages(["warm"])
    return model


def ingest(paths: list[Path], data: Path, kept: Path, cheap: bool, tell: Connection) -> None:
    """Ingest in this process, which may be halted at any moment."""
    model = Sampling(load(cheap), kept)
    tell.send(os.getpid())
    began = Times()
    with Assistant(data, embedder=model) as assistant:
        result = assistant.ingest(paths)
    clock, processor = began.passed()
    memory, of_a_child = peak_mb(), getrusage(RUSAGE_CHILDREN).ru_maxrss / 1024
    with Assistant(data, embedder=model) as assistant:
        sentences = assistant.status().counts.sentences
    tell.send(Ingested(result, sentences, model.calls, model.texts, clock, processor, memory, of_a_child))


def family(process: int) -> list[int]:
    """A process and all that descend from it."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it has ended meanwhile
            continue
        parents[int(folder.name)] = int(fields[1])
    found = [process]
    for member in found:
        found += [child for child, parent in parents.items() if parent == member]
    return found


@contextmanager
def halted(process: int) -> Iterator[None]:
    """Nothing of this process and its descendants runs within."""
    members = family(process)
    for member in members:
        os.kill(member, signal.SIGSTOP)
    try:
        yield
    finally:
        for member in members:
            os.kill(member, signal.SIGCONT)


def main(folder: Path, cheap: bool) -> None:
    """Ingest, ingest again, verify, and print what it took."""
    model = load(cheap)
    paths = [folder / name for name in FILES]
    with tempfile.TemporaryDirectory() as name:
        data, kept = Path(name) / "data", Path(name) / "kept"
        kept.mkdir()
        told, tell = multiprocessing.Pipe()
        process = multiprocessing.get_context("spawn").Process(target=ingest, args=(paths, data, kept, cheap, tell))
        process.start()
        tell.close()  # so that its end is noticed
        ingesting = told.recv()
        alone, batches, away = np.zeros(2), 0, 0.0
        while not told.poll(HALT):
            stopped = Times()
            with halted(ingesting):
                for batch in sorted(kept.glob("*.json")):
                    texts = json.loads(batch.read_text("utf-8"))
                    began = Times()
                    model.embed_passages(texts)
                    alone += began.passed()
                    batches += 1
                    batch.unlink()
                away += stopped.passed()[0]
        done = told.recv()
        process.join()
        seconds, busy = done.clock - away, done.processor
        print(f"{len(done.result.added)} reports, {done.sentences} sentences, {len(done.result.refused)} refused")
        for error in done.result.refused[:20]:
            print(f"  {error}")
        print(
            f"ingest {seconds:.0f} s, {busy:.0f} s of processor, peak {done.memory:.0f} MiB, "
            f"a reader {done.memory_of_a_child:.0f} MiB"
        )
        clock, processor = alone * done.calls / batches
        each = 1000 * (busy - processor) / done.sentences
        print(
            f"embedding alone, of {done.texts} texts: {clock:.0f} s, {processor:.0f} s of processor, in {batches} parts"
        )
        print(f"the whole has {clock / seconds:.0%} of its rate; all else takes {each:.2f} ms of processor a sentence")

        began = Times()
        with Assistant(data, embedder=model) as assistant:
            again = assistant.ingest(paths)
        clock, _ = began.passed()
        print(f"the same again {clock:.1f} s: {len(again.unchanged)} unchanged, {len(again.added)} added", flush=True)

        found = verify(data)
        problems = "; ".join(found.problems) or "nothing wrong"
        print(f"verify: {problems}, {found.found} of {found.samples} sentences found by themselves")


if __name__ == "__main__":
    main(Path(sys.argv[1]), "--cheap" in sys.argv)
