"""The process in which foreign parsers run: whatever becomes of it, the file gets an error and the next one is read."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.errors import ReportError
from index.readers import Draft, Limits, RawFile
from index.readers.isolation import _Worker, read_isolated

LIMITS = Limits(seconds=2, waiting=60, megabytes=600)
READER = "tests.index.misbehaving"


def obey(folder: Path, order: str) -> list[Draft | ReportError]:
    path = folder / "order.x"
    path.write_text(order, "utf-8")
    limits = replace(LIMITS, waiting=2) if order == "hang" else LIMITS
    return list(read_isolated(READER, RawFile.at(path), limits))


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        ("crash", "crashed (SIGSEGV)"),
        ("exit", "crashed (exit code 3)"),
        ("hang", "longer than 2 s"),
        ("compute", "more than 2 s of computing"),
        ("eat", "more than 600 MB of memory"),
        ("recurse", "RecursionError"),
        ("flood", "more than 64 MB"),
        ("write", "cannot be read: File too large"),
        ("raise", "ZeroDivisionError: by a parser"),
        ("refuse", "it is no report"),
    ],
)
def test_reader_that_fails_gives_an_error_and_the_next_file_is_read(tmp_path: Path, order: str, reason: str) -> None:
    *drafts, error = obey(tmp_path, order)
    assert drafts
    assert all(isinstance(draft, Draft) and draft.text == "First." for draft in drafts)
    assert isinstance(error, ReportError)
    assert error.origin == str((tmp_path / "order.x").resolve())
    assert reason in error.reason
    first, last = obey(tmp_path, "go on")
    assert isinstance(first, Draft)
    assert isinstance(last, Draft)
    assert (first.text, str(first.published), last.text) == ("First.", "2017-11", "Last.")
    assert not (tmp_path / "written").exists() or (tmp_path / "written").stat().st_size == 0


def test_what_a_parser_prints_goes_nowhere(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert len(obey(tmp_path, "print")) == 2
    assert capfd.readouterr() == ("", "")


def test_half_a_character_comes_through_as_it_is(tmp_path: Path) -> None:
    _, half, _ = obey(tmp_path, "surrogate")
    assert isinstance(half, Draft)
    assert half.text.endswith("\ud800")


def test_a_reader_that_is_left_in_the_middle_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "order.x"
    path.write_text("hang", "utf-8")
    reading = read_isolated(READER, RawFile.at(path), LIMITS)
    assert isinstance(next(reading), Draft)
    del reading
    assert len(obey(tmp_path, "go on")) == 2


def test_a_process_that_was_ended_while_it_waited_is_replaced(tmp_path: Path) -> None:
    assert len(obey(tmp_path, "go on")) == 2
    waiting = next(worker for worker in _Worker._idle if worker.limits == LIMITS)
    waiting._process.kill()
    waiting._process.wait()
    assert len(obey(tmp_path, "go on")) == 2


def test_nothing_runs_on_after_the_end_of_the_program(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text("<html><body><p>The army took the town on Thursday.</p></body></html>", "utf-8")
    program = (
        "from pathlib import Path; from index.readers import read; from index.readers.isolation import _Worker;"
        f"print(len(list(read(Path({str(path)!r}))))); print(_Worker._idle[0]._process.pid)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    count, process = result.stdout.split()
    assert count == "1"
    assert not Path(f"/proc/{process}").exists()


def test_a_program_without_a_guard_around_its_main_part_can_read(tmp_path: Path) -> None:
    """multiprocessing would run the program again in its child."""
    page = tmp_path / "a.html"
    page.write_text("<html><body><p>The army took the town on Thursday.</p></body></html>", "utf-8")
    program = tmp_path / "program.py"
    program.write_text(
        f"from pathlib import Path\nfrom index.readers import read\nprint(len(list(read(Path({str(page)!r})))))\n",
        "utf-8",
    )
    (tmp_path / "index.py").write_text("raise RuntimeError('a module of the same name as ours')", "utf-8")
    result = subprocess.run(
        [sys.executable, "-P", str(program)], capture_output=True, text=True, cwd=tmp_path, check=False, timeout=60
    )
    assert result.stdout.strip() == "1", result.stderr
