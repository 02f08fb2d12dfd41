"""Rows 1 and 2: the machine stops, at random, while index files change, and at each step of a commit."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.embedding import WordLengthEmbedder
from assistant.store import Catalog, VectorIndex, verify, writer_lock
from tests.apart import FORKED
from tests.assistant.test_vectors import assert_complete
from tests.helpers import make_report, numbered_report, put
from tests.reliability.conftest import SOAK, runs

WRITTEN = 120
EVENTS = {"open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "sqlite3.connect"}


def many(data: Path, count: int) -> None:
    """Write reports, and say of each that it is stored."""
    acknowledged = os.open(data / "acknowledged", os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    with writer_lock(data, "writing"), Catalog(data / "catalog.sqlite", create=True) as catalog:
        vectors = VectorIndex(data, catalog)
        for number in range(count):
            put(catalog, numbered_report(number), f"o{number}")
            os.write(acknowledged, f"{number}\n".encode())
            if number % 15 == 14:
                vectors.catch_up()


def replace(data: Path, stop_at: int) -> None:
    """Replace one report, and stop at a step: a statement of SQL, or something done to a file."""
    done, armed = 0, False

    def step(_: str) -> None:
        nonlocal done
        done += 1
        if done == stop_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def audit(event: str, _: tuple[object, ...]) -> None:
        if armed and event in EVENTS:
            step(event)

    sys.addaudithook(audit)
    with writer_lock(data, "writing"), Catalog(data / "catalog.sqlite", create=True) as catalog:
        catalog._connection.set_trace_callback(step)
        armed = True
        put(catalog, make_report("The new text. It is short.", title="new"), "a", "2")
        vectors = VectorIndex(data, catalog)
        vectors.catch_up()
        armed = False
    (data / "steps").write_text(str(done))


def begin(task: Callable[[Path, int], None], data: Path, number: int) -> ForkServerProcess:
    """A process that does the task."""
    writer = FORKED.Process(target=task, args=(data, number), daemon=True)
    writer.start()
    return writer


def end(writer: ForkServerProcess) -> int | None:
    """How a process ends that is waited for."""
    writer.join()
    return writer.exitcode


def wait_for_change(data: Path, chance: random.Random, writer: ForkServerProcess) -> None:
    """Return in the middle of the making of some generation's files, or when nothing comes any more."""
    nth, seen = chance.randrange(1, 6), set[Path]()
    while writer.is_alive() and len(seen) < nth:
        with suppress(FileNotFoundError):  # what is looked at is being made and removed
            seen |= set((data / "vectors").glob("building-*/*/data_level0.bin"))
        writer.join(0.001)


@pytest.mark.parametrize("when", ["at random", "while files change"])
def test_row_01_a_killed_writer_loses_nothing_that_it_acknowledged(
    tmp_path: Path, chance: random.Random, when: str
) -> None:
    assert end(begin(many, tmp_path, 0)) == 0  # the first process of all waits for what is imported
    (tmp_path / "whole").mkdir()
    started = time.perf_counter()
    assert end(begin(many, tmp_path / "whole", WRITTEN)) == 0
    duration = time.perf_counter() - started
    for run in range(runs(4, 10)):
        data = tmp_path / f"run {run}"
        data.mkdir()
        writer = begin(many, data, WRITTEN)
        if when == "at random":
            writer.join(chance.uniform(0, duration))
        else:
            wait_for_change(data, chance, writer)
        writer.kill()
        ended = end(writer)
        log = data / "acknowledged"
        acknowledged = [int(number) for number in log.read_text().split()] if log.exists() else []
        print(f"run {run}: {ended}, {len(acknowledged)} acknowledged")
        if not acknowledged:  # it may have left no catalog, or an empty one
            continue
        started = time.perf_counter()
        with Assistant(data, embedder=WordLengthEmbedder()) as assistant:
            assert assistant.ask("Which convoy crossed the river near the old bridge?").citations
            assert time.perf_counter() - started < 10
            assert all(assistant.report(numbered_report(number).id) for number in acknowledged)
            assert_complete(data)  # by vector, too
            assistant.ingest([make_report("Then it went on. All was well.")])
        assert verify(data).problems == ()


_INGEST = """
import signal
import sys
import threading
from assistant import Assistant
from assistant.embedding import WordLengthEmbedder

pressed = threading.Event()

def interrupt(*_):
    pressed.set()
    raise KeyboardInterrupt

class Waiting(WordLengthEmbedder):
    # The last file waits for Ctrl-C, which so never comes too late.
    def embed_passages(self, texts):
        if any(text.startswith("Convoy 9 ") for text in texts):
            pressed.wait(60)
        return super().embed_passages(texts)

signal.signal(signal.SIGINT, interrupt)
with Assistant(sys.argv[1], embedder=Waiting()) as assistant:
    assistant.ingest([sys.argv[2]], progress=lambda step: print(step.reports, flush=True))
"""


def test_what_was_stored_before_ctrl_c_is_there_and_the_next_run_goes_on(tmp_path: Path) -> None:
    files, data, inbox = 12, tmp_path / "data", tmp_path / "inbox"
    inbox.mkdir()
    for file in range(files):
        lines = (f"Convoy {file} of {line} lorries{' went' * (60 + line % 30)} to post {line}." for line in range(110))
        (inbox / f"{file}.txt").write_text("\n\n".join(lines), "utf-8")
    with subprocess.Popen(
        [sys.executable, "-c", _INGEST, str(data), str(inbox)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        stored = next(int(line) for line in process.stdout if int(line) > 2)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "KeyboardInterrupt" in said
    assert verify(data).problems == ()  # the vector index was brought up to what was stored
    with Assistant(data, embedder=WordLengthEmbedder()) as assistant:
        result = assistant.ingest([inbox])
        assert stored <= len(result.unchanged) < files
        assert len(result.unchanged) + len(result.added) == files
    assert verify(data).problems == ()


@pytest.mark.parametrize("turn", range(runs(1, 5)), ids="turn{}".format)
def test_row_02_a_stop_at_any_step_leaves_the_old_or_the_new(tmp_path: Path, chance: random.Random, turn: int) -> None:
    old = make_report("The old text. It was here first.", title="old")
    prepared = tmp_path / "prepared"
    with Assistant(prepared, embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest([numbered_report(number) for number in range(3)])
    with Catalog(prepared / "catalog.sqlite") as catalog:
        put(catalog, old, "a", "1")
    with Assistant(prepared, embedder=WordLengthEmbedder()) as assistant:
        assistant.retrieve("convoy")
    whole = Path(shutil.copytree(prepared, tmp_path / "whole"))
    assert end(begin(replace, whole, 0)) == 0
    steps = int((whole / "steps").read_text())
    with Catalog(whole / "catalog.sqlite") as catalog:
        after = catalog.reports()
    before = {report_id: report for report_id, report in after.items() if report.title != "new"} | {old.id: old}
    early, late = 1, steps - 20  # before its commit and after it, whatever chance says
    chosen = range(1, steps + 1) if SOAK else sorted({early, late, *chance.sample(range(1, late), 4)})
    print(f"{steps} steps")
    states = set()
    for step in chosen:
        data = Path(shutil.copytree(prepared, tmp_path / f"{step} in turn {turn}"))
        assert end(begin(replace, data, step)) == -signal.SIGKILL
        with Assistant(data, embedder=WordLengthEmbedder()) as assistant:
            found = {hit.report.id: hit.report for hit in assistant.retrieve("text convoy", 100)}
            assert found in (before, after), step
            states.add("new" if found == after else "old")
        assert end(begin(replace, data, 0)) == 0
        with Catalog(data / "catalog.sqlite") as catalog:
            assert catalog.reports() == after
        assert verify(data).problems == ()
        shutil.rmtree(data)
    assert states == {"old", "new"}
