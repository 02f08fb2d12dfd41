"""Measures one ingest of all UCDP events and FA-KES articles: what is refused, rate, memory, and the same again. Linux.

python scripts/measure_events.py ../shared/eval            (with the embedded model: half an hour on two cores)
python scripts/measure_events.py ../shared/eval --cheap    (vectors out of a hash: what all but the embedding costs)

The rate is that of the whole against that of the embedding alone: after the ingest every tenth of its batches is
embedded again, while nothing else runs.
"""

from __future__ import annotations

import sys
import tempfile
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

import numpy as np

from assistant import Assistant, Settings
from assistant.bench.speed import peak_mb
from assistant.embedding import Embedder, Vectors, load_embedder
from assistant.store import verify

SAMPLE = 10  # every tenth batch
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
    """An embedder that asks another one, and keeps every tenth of the batches that it was given."""

    model: Embedder
    calls: int = 0
    texts: int = 0
    kept: list[list[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """As the model."""
        self.identity, self.dimensions = self.model.identity, self.model.dimensions

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """As the model does."""
        return self.model.embed_queries(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """As the model does."""
        if self.calls % SAMPLE == 0:
            self.kept.append(list(texts))
        self.calls += 1
        self.texts += len(texts)
        return self.model.embed_passages(texts)


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


def main(folder: Path, cheap: bool) -> None:
    """Ingest, ingest again, verify, and print what it took."""
    model = Sampling(Cheap() if cheap else load_embedder(Settings.from_environment()))
    model.model.embed_passages(["warm"])
    paths = [folder / name for name in FILES]
    with tempfile.TemporaryDirectory() as name:
        data = Path(name) / "data"
        began = Times()
        with Assistant(data, embedder=model) as assistant:
            result = assistant.ingest(paths)
        seconds, busy = began.passed()
        memory, of_a_child = peak_mb(), getrusage(RUSAGE_CHILDREN).ru_maxrss / 1024
        with Assistant(data, embedder=model) as assistant:
            counts = assistant.status().counts
        print(f"{len(result.added)} reports, {counts.sentences} sentences, {len(result.refused)} refused")
        for error in result.refused[:20]:
            print(f"  {error}")
        print(
            f"ingest {seconds:.0f} s, {busy:.0f} s of processor, peak {memory:.0f} MiB, a reader {of_a_child:.0f} MiB"
        )

        began = Times()
        with Assistant(data, embedder=model) as assistant:
            again = assistant.ingest(paths)
        clock, _ = began.passed()
        print(f"the same again {clock:.1f} s: {len(again.unchanged)} unchanged, {len(again.added)} added", flush=True)

        began = Times()
        for texts in model.kept:
            model.model.embed_passages(texts)
        clock, processor = (taken * model.calls / len(model.kept) for taken in began.passed())
        each = 1000 * (busy - processor) / counts.sentences
        print(f"embedding alone, of {model.texts} texts: {clock:.0f} s, {processor:.0f} s of processor")
        print(f"the whole has {clock / seconds:.0%} of its rate; all else takes {each:.2f} ms of processor a sentence")

        found = verify(data)
        problems = "; ".join(found.problems) or "nothing wrong"
        print(f"verify: {problems}, {found.found} of {found.samples} sentences found by themselves")


if __name__ == "__main__":
    main(Path(sys.argv[1]), "--cheap" in sys.argv)
