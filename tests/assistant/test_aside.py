"""A long ingest fills the vector index in another process; whatever becomes of that, no report is lost."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.embedding import Vectors, WordLengthEmbedder
from assistant.errors import DataFolderError
from assistant.records import Report
from assistant.store import verify
from index.indexing import BATCH_CHARACTERS
from tests.helpers import make_report

BATCHES = 7


def long(batch: int) -> Report:
    """A report that is a batch of its own."""
    lines = (f"Convoy {batch} of {line} lorries{' went' * (60 + line % 30)} to post {line}." for line in range(150))
    return make_report("\n\n".join(lines)[: BATCH_CHARACTERS + 1], title=f"Convoy {batch}")


def others() -> set[int]:
    """The processes that this one has started to fill an index."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            command, parent = (path.parent / "cmdline").read_bytes(), path.read_text().rpartition(")")[2].split()[1]
        except (FileNotFoundError, ProcessLookupError):  # it has ended since
            continue
        if int(parent) == os.getpid() and b"assistant.store.aside" in command:
            found.add(int(path.parent.name))
    return found


class Watching(WordLengthEmbedder):
    """Waits at the last batches until there is another process; then it may kill it."""

    def __init__(self, *, kill: bool = False) -> None:
        self.kill = kill
        self.batches = 0
        self.seen: set[int] = set()

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.batches += 1
        until = time.monotonic() + 30
        while self.batches == BATCHES and not self.seen and time.monotonic() < until:
            self.seen = others()
        for process in self.seen if self.kill else ():
            os.kill(process, signal.SIGKILL)
        return super().embed_passages(texts)


@pytest.fixture(scope="module")
def reports() -> list[Report]:
    return [long(batch) for batch in range(BATCHES)]


def test_a_long_ingest_fills_the_index_in_another_process(tmp_path: Path, reports: list[Report]) -> None:
    embedder = Watching()
    with Assistant(tmp_path, embedder=embedder) as assistant:
        assert len(assistant.ingest(reports).added) == BATCHES
    assert embedder.seen
    assert not others()
    found = verify(tmp_path)
    assert (found.problems, found.found) == ((), found.samples)
    (generation,) = (path for path in (tmp_path / "vectors").iterdir() if path.is_dir())
    assert all(path.stat().st_mode & 0o077 == 0 for path in (generation, *generation.rglob("*")))


def test_when_that_process_is_killed_it_is_told_and_the_next_command_makes_it_good(
    tmp_path: Path, reports: list[Report]
) -> None:
    with (
        Assistant(tmp_path, embedder=Watching(kill=True)) as assistant,
        pytest.raises(DataFolderError, match=r"ended with -9.* What the catalog holds is safe"),
    ):
        assistant.ingest(reports)
    with Assistant(tmp_path, embedder=WordLengthEmbedder()) as assistant:
        result = assistant.ingest([*reports, make_report()])
        assert len(result.unchanged) >= 5
        assert len(result.unchanged) + len(result.added) == BATCHES + 1
    assert verify(tmp_path).problems == ()
    assert [path.name for path in (tmp_path / "vectors").iterdir() if path.name.startswith("building")] == []
