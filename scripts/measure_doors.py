"""Measure what a door costs: importing, opening a large index, a request over HTTP beside the same call in Python.

    python -m scripts.measure_doors DATA [--large FOLDER] [--sentences 100000] [--seconds 10]

DATA is a data folder that holds the sample reports. FOLDER keeps the large index, which is built once (some minutes)
with vectors that are made of the bytes of a text. The requests are made by wrk (apt-get install wrk). By the clock only
what is measured on an idle machine counts; the processor's time is told as well.
"""

from __future__ import annotations

import argparse
import re
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx
import numpy as np

from app import make_server
from assistant import Assistant, Report
from assistant.embedding import Vectors

QUESTION = "Who controls Abu Kamal?"
CLIENTS = 50
_IMPORTS = ("pass", "import assistant", "from assistant import Assistant", "from assistant import ConflictRetriever")
_PLACES = ("Abu Kamal", "al-Qaim", "Rawa", "Mayadin", "Deir ez-Zor", "Hajin", "Anah", "Husaybah")
_SENTENCES = 20  # of a report


class HashedEmbedder:
    """Vectors of the usual size that are made of a text's bytes: they mean nothing, and cost nothing."""

    identity = "hashed-384"
    dimensions = 384

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """One vector of length 1 a text, by a generator that its bytes seed."""
        rows = [np.random.default_rng(zlib.crc32(text.encode())).standard_normal(self.dimensions) for text in texts]
        vectors = np.array(rows, dtype=np.float32).reshape(-1, self.dimensions)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)

    embed_passages = embed_queries


def main() -> None:
    """Measure one after the other, and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--large", type=Path)
    parser.add_argument("--sentences", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=10)
    given = parser.parse_args()
    for code in _IMPORTS:
        print(f"{code}: {_told(timed(partial(child, code), 5))}", flush=True)
    if given.large is not None:
        opening(given.large, given.sentences)
    requests(given.data, given.seconds)


def child(code: str) -> None:
    """Run some Python in a process of its own."""
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603


def timed(what: Callable[[], object], times: int) -> list[tuple[float, float]]:
    """Seconds by the clock and of the processor, this one's and its children's, each time."""
    found = []
    for _ in range(times):
        started, used = time.perf_counter(), processor()
        what()
        found.append((time.perf_counter() - started, processor() - used))
    return found


def processor() -> float:
    """Seconds of the processor so far."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


def _told(found: Sequence[tuple[float, float]]) -> str:
    clock, used = (statistics.median(values) * 1000 for values in zip(*found, strict=True))
    return f"{clock:.1f} ms by the clock, {used:.1f} ms of the processor (median of {len(found)})"


def opening(folder: Path, sentences: int) -> None:
    """How long it takes until a large index is open, and until it has answered a first search."""
    if not (folder / "catalog.sqlite").exists():
        with Assistant(folder, embedder=HashedEmbedder()) as assistant:
            assistant.ingest(list(_reports(sentences)))
    found: dict[str, list[tuple[float, float]]] = {"open": [], "open and search": []}
    for _ in range(5):
        with Assistant(folder, embedder=HashedEmbedder()) as assistant:
            found["open"] += timed(assistant.catalog, 1)
        with Assistant(folder, embedder=HashedEmbedder()) as assistant:
            found["open and search"] += timed(lambda: assistant.retrieve(QUESTION), 1)
            held = assistant.status().counts.sentences
    for name, times in found.items():
        print(f"{name}, {held} sentences: {_told(times)}", flush=True)


def _reports(sentences: int) -> Iterator[Report]:
    for number in range(sentences // _SENTENCES):
        lines = (
            f"Convoy {number * _SENTENCES + n} reached {_PLACES[(number + n) % len(_PLACES)]} with {n + 2} trucks."
            for n in range(_SENTENCES)
        )
        yield Report.make(" ".join(lines), title=f"Report {number}", source=f"Desk {number % 20}", language="en")


def requests(data: Path, seconds: int) -> None:
    """A question and a search in Python, and over HTTP by one client and by many."""
    if shutil.which("wrk") is None:
        sys.exit("wrk is not installed: apt-get install wrk")
    with Assistant(data) as assistant, serving(assistant) as address:
        calls: dict[str, Callable[[str], object]] = {"ask": assistant.ask, "retrieve": assistant.retrieve}
        for path, call in calls.items():
            call(QUESTION)
            found = timed(partial(call, QUESTION), 100)
            print(f"{path} in Python: {_told(found)}", flush=True)
            for clients in (1, CLIENTS):
                print(f"{path} over REST, {clients} at once: {wrk(f'{address}/{path}', clients, seconds)}", flush=True)


@contextmanager
def serving(assistant: Assistant) -> Iterator[str]:
    """A running server of the chat; yields the address of REST."""
    server = make_server(assistant)
    with socket.create_server(("127.0.0.1", 0), backlog=2 * CLIENTS) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/api/v1"
        httpx.get(f"{address}/health", timeout=60, trust_env=False).raise_for_status()
        yield address
        server.should_exit = True
        thread.join()


def wrk(address: str, clients: int, seconds: int) -> str:
    """What wrk says: the median of the latency, how many requests a second, and whether any failed."""
    script = (
        'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\n'
        f'wrk.body = \'{{"question": "{QUESTION}"}}\'\n'
    )
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        command = [
            "wrk",
            "-t1",
            f"-c{clients}",
            f"-d{seconds}s",
            "--timeout",
            "30s",
            "--latency",
            "-s",
            file.name,
            address,
        ]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603
    (median,), (rate,) = re.findall(r"^\s+50%\s+(\S+)", said, re.MULTILINE), re.findall(r"Requests/sec:\s+(\S+)", said)
    failed = re.findall(r"Non-2xx or 3xx responses: \d+|Socket errors: .*", said)
    return f"{median} (median), {rate} a second, {'; '.join(failed) or 'none failed'}"


if __name__ == "__main__":
    main()
