"""Measures what many sentences cost: ingest, questions, verifying, memory and files, at growing sizes. Linux only.

python scripts/measure_size.py ../shared/eval 100000

The sentences are real ones made distinct by a number, and their vectors are the real one moved a little aside, so that
nothing but the questions is embedded (`assistant.bench`). Every step opens the folder anew, in a process of its own.
"""

from __future__ import annotations

import itertools
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from assistant import Assistant, Settings
from assistant.bench.data import questions_about, recombined
from assistant.bench.speed import Piecewise, embedded_once, latency, peak_mb
from assistant.embedding import Vectors, load_embedder
from assistant.records import Report
from assistant.store import verify

STEPS = (100_000, 300_000, 1_000_000)  # sentences
DISTINCT = 8_000
IN_A_REPORT = 5
DEPTH = 10


def ingest(data: Path, reports: list[Report], known: dict[str, Vectors]) -> str:
    """Add the reports."""
    began, processor = time.perf_counter(), time.process_time()
    with Assistant(data, embedder=Piecewise(load_embedder(Settings.from_environment()), known)) as assistant:
        assistant.ingest(reports)
    seconds, busy = time.perf_counter() - began, time.process_time() - processor
    rate = len(reports) * IN_A_REPORT / seconds
    return f"ingest {seconds:.0f} s ({busy:.0f} s of processor), {rate:.0f} sentences/s, peak {peak_mb():.0f} MiB"


def ask(data: Path, questions: list[str]) -> str:
    """Open the folder and ask."""
    with Assistant(data) as assistant:
        assistant.warm()
        began = time.perf_counter()
        assistant.retrieve(questions[0])
        opened = time.perf_counter() - began
        found = latency(lambda question: assistant.find(question, DEPTH), questions)
        read = latency(assistant.retrieve, questions)
    return (
        f"first question {opened:.1f} s, then {found.p50:.0f}/{found.p95:.0f} ms (p50/p95), "
        f"read {read.p50:.0f}/{read.p95:.0f} ms, peak {peak_mb():.0f} MiB"
    )


def check(data: Path) -> str:
    """Verify the folder."""
    began = time.perf_counter()
    found = verify(data)
    problems = "; ".join(found.problems) or "nothing wrong"
    itself = f"{found.found} of {found.samples} sentences found by themselves"
    return f"verify {time.perf_counter() - began:.0f} s, {problems}, {itself}, peak {peak_mb():.0f} MiB"


def apart(work: Callable[..., str], *arguments: object) -> str:
    """What the work says, from a process whose memory is its own."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        return process.submit(work, *arguments).result()


def main(folder: Path, most: int) -> None:
    """Print a paragraph for every size up to `most` sentences."""
    reports = recombined(folder, most, DISTINCT)
    known = embedded_once(reports[: DISTINCT * 4 // IN_A_REPORT], Settings.from_environment())
    questions = questions_about(folder, 100)
    steps = [size for size in STEPS if size < most] + [most]
    with tempfile.TemporaryDirectory() as name:
        data = Path(name)
        for before, size in itertools.pairwise([0, *steps]):
            print(f"{size} sentences")
            print(" ", apart(ingest, data, reports[before // IN_A_REPORT : size // IN_A_REPORT], known), flush=True)
            print(" ", apart(ask, data, questions), flush=True)
            print(" ", apart(check, data), flush=True)
            files = [path for path in data.rglob("*") if path.is_file()]
            catalog, vectors = (
                sum(file.stat().st_size for file in files if file.name.startswith("catalog") is of_catalog) / 2**20
                for of_catalog in (True, False)
            )
            print(f"  files: catalog {catalog:.0f} MiB, vectors {vectors:.0f} MiB", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
