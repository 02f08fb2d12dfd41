"""Rows 3, 5 and 6: another writer, no room and no permission to write, a model that fails."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import Assistant
from assistant.embedding import Vectors, WordLengthEmbedder
from assistant.errors import IndexLockedError, ModelError
from assistant.store import verify
from index.build import ingest_reports
from tests.assistant.test_lock import hold
from tests.helpers import make_report, numbered_report
from tests.reliability.conftest import runs

REPORTS = 12


def fill(data: Path) -> Path:
    with Assistant(data, embedder=WordLengthEmbedder()) as assistant:
        assistant.ingest([numbered_report(number) for number in range(REPORTS)])
    return data


def test_row_03_a_second_process_is_refused_by_name_and_readers_go_on(tmp_path: Path) -> None:
    data = fill(tmp_path / "data")
    for _ in range(runs(1, 20)):
        with hold(data) as holder, Assistant(data, embedder=WordLengthEmbedder()) as assistant:
            with pytest.raises(IndexLockedError, match=f"process {holder.pid} .*counting sheep"):
                assistant.ingest([make_report("Something new.")])
            assert assistant.ask("Which convoy crossed the river?").citations
            holder.communicate("")


_NO_ROOM = """
import itertools, os, resource, subprocess, sys
from pathlib import Path
from assistant import Assistant
from assistant.embedding import WordLengthEmbedder
from assistant.errors import LagebildError
from assistant.store import verify
from tests.helpers import numbered_report

data, size = Path(sys.argv[1]), int(sys.argv[2])
limits = resource.getrlimit(resource.RLIMIT_FSIZE)
disk = data.parent if os.path.ismount(data.parent) else None  # one that is nearly full; otherwise files are limited
with Assistant(data, embedder=WordLengthEmbedder()) as assistant:
    before = {hit.report.id for hit in assistant.retrieve("convoy", 1000)}
    if not disk:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    for number in itertools.count(100):
        try:
            assistant.ingest([numbered_report(number)])
        except LagebildError as error:
            assert "the free space of its disk" in str(error), error
            assert "[Errno" not in str(error), error
            print("told:", error)
            break
    found = {hit.report.id for hit in assistant.retrieve("convoy", 1000)}
    assert before <= found, (len(before), len(found))
    assert assistant.ask("Which convoy crossed the river?").citations
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    if disk:
        subprocess.run(["mount", "-o", "remount,size=1g", disk], check=True)
    tried = [numbered_report(tried) for tried in range(100, number + 1)]
    assistant.ingest(tried)
    assert len({hit.report.id for hit in assistant.retrieve("convoy", 1000)}) == len(before) + len(tried)
assert verify(data).problems == ()
"""


def without_room(*command: str | Path, size: int) -> None:
    done = subprocess.run([*command, str(size)], capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, (size, done.stderr)
    print(f"{size} bytes: {done.stdout.strip()}")


def test_row_05_where_files_are_limited_it_says_so_and_answers_from_what_is_there(
    tmp_path: Path, chance: random.Random
) -> None:
    prepared = fill(tmp_path / "prepared")
    largest = max(path.stat().st_size for path in prepared.rglob("*") if path.is_file())
    for run in range(runs(1, 30)):
        data = Path(shutil.copytree(prepared, tmp_path / f"{run}"))
        without_room(sys.executable, "-c", _NO_ROOM, data, size=chance.randrange(1_000, largest + 200_000))
        shutil.rmtree(data)


_ON_A_SMALL_DISK = 'mount -t tmpfs -o size=$5 none $3 && cp -r $4 $3/data && exec $1 -c "$2" $3/data $5'


needs_mounts = pytest.mark.skipif(
    subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode != 0,
    reason="no disk can be mounted here",
)


@needs_mounts
def test_row_05_on_a_full_disk_it_says_so_and_answers_from_what_is_there(tmp_path: Path, chance: random.Random) -> None:
    prepared = fill(tmp_path / "prepared")
    full = sum(-(-path.stat().st_size // 4096) * 4096 for path in prepared.rglob("*") if path.is_file())
    disk = tmp_path / "disk"
    disk.mkdir()
    alone = ("unshare", "-rm", "sh", "-c", _ON_A_SMALL_DISK, "-", sys.executable, _NO_ROOM, disk, prepared)
    for _ in range(runs(1, 30)):
        without_room(*alone, size=full + chance.randrange(100_000, 1_500_000))


_READ_ONLY = """
import sys
from assistant import Assistant
from assistant.embedding import WordLengthEmbedder
from assistant.errors import DataFolderError
from tests.helpers import numbered_report

with Assistant(sys.argv[1], embedder=WordLengthEmbedder()) as assistant:
    assert len({hit.report.id for hit in assistant.retrieve("convoy", 100)}) == 12
    assert assistant.ask("Which convoy crossed the river?").citations
    talk = assistant.conversation()
    assert talk.ask("Which convoy crossed the river?").answer.citations
    assert talk.ask("who says so?").answer.citations
    assert not talk.kept
    print("not kept:", talk.not_kept)
    try:
        assistant.ingest([numbered_report(99)])
    except DataFolderError as error:
        print("told:", error)
    assert len({hit.report.id for hit in assistant.retrieve("convoy", 100)}) == 12
"""


def only_reading(data: Path, program: str) -> str:
    """What the program says of the data folder, all of which can only be read."""
    for path in (data, *data.rglob("*")):
        path.chmod(0o500 if path.is_dir() else 0o400)
    # Permissions bind root only once it has given up the right to pass over them.
    rights = "-dac_override,-dac_read_search"
    bound = ["setpriv", f"--bounding-set={rights}", f"--inh-caps={rights}"] if os.getuid() == 0 else []
    try:
        done = subprocess.run(
            [*bound, sys.executable, "-c", program, data], capture_output=True, text=True, check=False, timeout=120
        )
    finally:
        for path in (data, *data.rglob("*")):
            path.chmod(0o700)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_row_05_a_folder_that_can_only_be_read_is_answered_from(tmp_path: Path) -> None:
    told = only_reading(fill(tmp_path / "data"), _READ_ONLY)
    assert "told:" in told
    assert "not kept:" in told
    assert "cannot be written" in told


_NO_COPY = """
import resource, sys
from assistant import Assistant
from assistant.embedding import WordLengthEmbedder
from assistant.errors import DataFolderError
from assistant.language import detect_language

detect_language("It is read through a temporary file.")
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, resource.RLIM_INFINITY))
with Assistant(sys.argv[1], embedder=WordLengthEmbedder()) as assistant:
    try:
        assistant.ask("Which convoy crossed the river?")
    except DataFolderError as error:
        print("told:", error)
"""


def test_row_05_no_room_for_what_has_to_be_copied_of_a_folder_that_can_only_be_read_is_told(tmp_path: Path) -> None:
    told = only_reading(fill(tmp_path / "data"), _NO_COPY)
    assert told.startswith(f"told: {tmp_path / 'data' / 'vectors'}")
    assert told.endswith(": TMPDIR.\n")


_MORE = """
import sys
from assistant import Assistant
from assistant.embedding import WordLengthEmbedder
from tests.helpers import numbered_report

with Assistant(sys.argv[1], embedder=WordLengthEmbedder()) as assistant:
    assistant.ingest([numbered_report(number) for number in map(int, sys.argv[2:])])
    print("there", flush=True)
    sys.stdin.read()
"""

_FOLLOWED = """
import subprocess, sys
from assistant import Assistant
from assistant.embedding import WordLengthEmbedder

written, read, more = sys.argv[1:]

def count():
    assert assistant.status().counts.reports == (found := len(assistant.retrieve("convoy", 1000)))
    return found

with Assistant(read, embedder=WordLengthEmbedder()) as assistant:
    counts = [count()]
    for numbers in (["50"], [str(number) for number in range(100, 160)], ["70", "71"]):
        with subprocess.Popen(
            [sys.executable, "-c", more, written, *numbers], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as writer:
            writer.stdout.readline()
            counts.append(count())
        counts.append(count())
    print(counts)
"""

_READ_ONLY_MOUNT = 'mount --bind $3 $4 && mount -o remount,bind,ro $4 && exec $1 -c "$2" $3 $4 "$5"'


@needs_mounts
def test_row_05_what_is_written_elsewhere_is_found_where_the_folder_can_only_be_read(tmp_path: Path) -> None:
    data, sealed = fill(tmp_path / "data"), tmp_path / "sealed"
    sealed.mkdir()
    command = ("unshare", "-rm", "sh", "-c", _READ_ONLY_MOUNT, "-", sys.executable, _FOLLOWED, data, sealed, _MORE)
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    assert done.stdout == "[12, 13, 13, 73, 73, 75, 75]\n", done.stderr


def long_text(number: int) -> str:
    """So long that its report is embedded by itself, and unlike any other number's."""
    chance = random.Random(number)
    return " ".join("x" * chance.randrange(1, 12) for _ in range(6_000))


class Failing(WordLengthEmbedder):
    """Raises on the given calls, counted from 1; or gives a vector that is no number."""

    def __init__(self, failing: set[int], strange: set[int]) -> None:
        self.calls = 0
        self._failing, self._strange = failing, strange

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.calls += 1
        if self.calls in self._failing:
            raise RuntimeError("out of memory")
        vectors = super().embed_passages(texts)
        if self.calls in self._strange and len(vectors):  # a call without texts has no vector to spoil
            vectors[len(vectors) // 2, 0] = float("nan")
        return vectors


@given(st.sets(st.integers(1, 5), max_size=2), st.sets(st.integers(1, 5), max_size=1), st.integers(1, 5))
@settings(max_examples=runs(6, 500), deadline=None)
def test_row_06_an_embedding_that_fails_loses_skips_and_doubles_nothing(
    failing: set[int], strange: set[int], count: int
) -> None:
    embedder = Failing(failing, strange)
    reports = [make_report(f"{numbered_report(number).text} {long_text(number)}") for number in range(count)]
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "data"
        for _ in range(len(failing | strange) + 1):
            try:
                result = ingest_reports(reports, data, lambda: embedder)
                break
            except (RuntimeError, ModelError):
                pass
        assert len(result.added) + len(result.unchanged) == count
        found = verify(data)
        assert found.problems == ()
        assert found.counts.reports == count
