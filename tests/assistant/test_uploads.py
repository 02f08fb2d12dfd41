"""Files that are sent: named harmlessly, taken in, and deleted whatever happens."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import Assistant
from assistant.embedding import WordLengthEmbedder
from assistant.problems import UNFORESEEN
from assistant.store import writer_lock
from assistant.store.lock import claimed
from assistant.uploads import FOLDER, Uploads, harmless

TEXT = "The bridge near Quxburg fell on Monday. Nobody was hurt."


@pytest.fixture
def uploads(tmp_path: Path) -> Iterator[Uploads]:
    with Assistant(tmp_path / "data", embedder=WordLengthEmbedder()) as assistant:
        yield Uploads(assistant)


def sent(uploads: Uploads, name: str, content: str) -> dict[str, object]:
    file = uploads.place() / harmless(name)
    file.write_text(content, "utf-8")
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    return list(uploads.take_in(file))[-1]


def left(uploads: Uploads) -> list[Path]:
    return list(uploads._folder.rglob("*"))


PIECES = ("a", "/", "\\", ".", " ", "#", "\0", "\u2028", "\u202e", "ä" * 300)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=8).map("".join))
def test_a_name_is_one_part_of_a_path_whatever_it_was(name: str) -> None:
    made = harmless(name.encode("utf-8", "ignore").decode())
    assert made not in {"", ".", ".."}
    assert "/" not in made
    assert "\\" not in made
    assert not made.startswith(".")
    assert made.isprintable()
    assert len(made.encode()) <= 120


def test_what_became_of_a_file_is_told_and_nothing_of_it_stays(uploads: Uploads) -> None:
    assert sent(uploads, "../a.txt", TEXT) == {
        "added": 1, "known": 0, "replaced": 0, "removed": 0, "refused": [], "warnings": [],
    }  # fmt: skip
    assert sent(uploads, "a.txt", TEXT)["known"] == 1
    titled = f"---\ntitle: The bridge\n---\n{TEXT}"
    assert sent(uploads, "one.md", titled)["added"] == 1
    assert sent(uploads, "two.md", titled)["known"] == 1  # the same report in another file
    assert sent(uploads, "a.txt", TEXT + " It was mended.")["replaced"] == 1
    refused = sent(uploads, "c.exe", TEXT)["refused"]
    assert isinstance(refused, list)
    assert refused[0].startswith("c.exe: ")
    assert left(uploads) == []


def test_who_else_is_writing_is_named_and_the_file_is_gone(uploads: Uploads, tmp_path: Path) -> None:
    sent(uploads, "a.txt", TEXT)
    with writer_lock(tmp_path / "data", "counting sheep"):
        error = sent(uploads, "d.txt", "Something else happened on Tuesday.")["error"]
    assert f"process {os.getpid()}" in str(error)
    assert "counting sheep" in str(error)
    assert left(uploads) == []


def test_an_error_that_nobody_thought_of_is_told_and_logged(uploads: Uploads, caplog: pytest.LogCaptureFixture) -> None:
    (uploads._folder / "a.txt").mkdir(parents=True)  # in whose place no file can be put
    assert sent(uploads, "a.txt", TEXT) == {"error": UNFORESEEN}
    assert "IsADirectoryError" in caplog.text


def test_uploads_that_come_and_go_at_the_same_time_all_have_a_place(uploads: Uploads) -> None:
    def come_and_go(_: int) -> None:
        for _ in range(50):
            uploads.discard(uploads.place())

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(come_and_go, range(2)))
    assert not uploads._folder.exists()


OURS, THEIRS, EARLIER = "0123456789abcdef", "fedcba9876543210", "1-0123456789abcdef"  # process 1 runs always


def started_over(data: Path) -> list[str]:
    """What is in the folder of a server that starts over such places and files of any names."""
    for name in (OURS, THEIRS, EARLIER):
        (data / FOLDER / name).mkdir(parents=True, exist_ok=True)
        (data / FOLDER / name / "secret.txt").write_text(TEXT)
    for name in ("loose.txt", "20171109120000.pdf", "1 statement.pdf", "2017-11-09.txt", "0123456789abcdef.txt"):
        (data / FOLDER / name).write_text(TEXT)
    with Assistant(data, embedder=WordLengthEmbedder()) as assistant:
        Uploads(assistant)
    return sorted(path.name for path in (data / FOLDER).iterdir())


def test_what_a_killed_server_left_is_deleted_at_the_next_start(tmp_path: Path) -> None:
    assert started_over(tmp_path / "data") == []


def test_what_another_server_reads_that_is_running_stays(tmp_path: Path) -> None:
    (tmp_path / "data" / FOLDER / THEIRS).mkdir(parents=True)
    lock = claimed(tmp_path / "data" / FOLDER / THEIRS)
    assert lock is not None
    left = started_over(tmp_path / "data")
    lock.release()
    assert {THEIRS, "loose.txt", "2017-11-09.txt"} <= set(left)
    assert not {OURS, EARLIER} & set(left)
    assert started_over(tmp_path / "data") == []
