"""The write lock: one at a time, told by name, and let go whatever happens to its holder."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.errors import IndexLockedError
from assistant.store import writer_lock

_HOLDER = """
import sys
from pathlib import Path
from assistant.store import writer_lock
with writer_lock(Path(sys.argv[1]), "counting sheep"):
    print("held", flush=True)
    sys.stdin.read()
"""


def hold(folder: Path) -> subprocess.Popen[str]:
    """A process that holds the lock until its input is closed."""
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_process_is_refused_with_the_holders_name(tmp_path: Path) -> None:
    with hold(tmp_path) as holder:
        with pytest.raises(IndexLockedError) as caught, writer_lock(tmp_path, "another task"):
            pytest.fail("the lock was given twice")
        message = str(caught.value)
        assert all(part in message for part in (str(holder.pid), socket.gethostname(), "counting sheep", str(tmp_path)))
        holder.communicate("")
    with writer_lock(tmp_path, "after it"):
        pass


def test_a_killed_holder_lets_go(tmp_path: Path) -> None:
    with hold(tmp_path) as holder:
        holder.kill()
    with writer_lock(tmp_path, "after it"):
        assert "after it" in (tmp_path / "writer.txt").read_text()
    assert not (tmp_path / "writer.txt").exists()


def test_the_lock_is_let_go_after_an_error_and_is_not_given_twice_in_one_process(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), writer_lock(tmp_path, "failing"):
        raise ZeroDivisionError
    with writer_lock(tmp_path, "first"):
        with pytest.raises(IndexLockedError, match="first"), writer_lock(tmp_path, "second"):
            pytest.fail("the lock was given twice")
        assert "first" in (tmp_path / "writer.txt").read_text()  # the one who was refused removed nothing


def test_two_folders_have_two_locks(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with writer_lock(tmp_path / "a", "x"), writer_lock(tmp_path / "b", "y"):
        pass


def test_its_files_are_for_the_owner_alone_in_an_open_folder_too(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with writer_lock(tmp_path, "x"):
        assert {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {
            "writer.lock": 0o600,
            "writer.txt": 0o600,
        }
