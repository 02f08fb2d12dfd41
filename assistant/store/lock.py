"""One writer at a time: a lock file that says who holds it."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from assistant.errors import DataFolderError, IndexLockedError

__all__ = ["LOCK_FILE", "claimed", "files_lock", "writer_lock"]

LOCK_FILE = "writer.lock"
"""It stays in the data folder; whether it is locked is what counts."""


@contextmanager
def writer_lock(folder: Path, task: str, *, wait: float = 0) -> Iterator[None]:
    """Hold the data folder for writing; an IndexLockedError that names the holder where another has it for longer
    than `wait` seconds.

    The operating system lets go of the lock when its holder dies, however it dies. `task` is what the holder
    is doing, for the other one's message.
    """
    lock = FileLock(folder / LOCK_FILE, timeout=wait, mode=0o600)
    holder = folder / "writer.txt"
    try:
        lock.acquire()
    except Timeout as error:
        try:
            who = holder.read_text("utf-8")
        except FileNotFoundError:  # it is written just after the lock is taken, and removed just before it is let go
            who = ""
        who = who or "another process"
        raise IndexLockedError(
            f"{folder}: {who} is writing to this data folder. Wait until it has finished, then try again."
        ) from error
    except OSError as error:
        raise DataFolderError(
            f"{folder}: this data folder cannot be written to ({error.strerror}). "
            "Look at its permissions and at the free space of its disk, or name another one with --data."
        ) from error
    try:
        with suppress(OSError):  # the disk may be full; the lock holds without it
            holder.touch(0o600)
            holder.write_text(f"process {os.getpid()} on {socket.gethostname()} ({task})", "utf-8")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def files_lock(folder: Path) -> FileLock:
    """Held by whoever puts files of reports beside the catalog, as web archives and uploads are, and by whoever removes
    them there. It waits; raises OSError."""
    return FileLock(folder / "files.lock", mode=0o600)


def claimed(folder: Path) -> FileLock | None:
    """A folder is in use for as long as this lock is held, in whichever thread: it goes with its process, however that
    ends. None where another has it. Raises OSError."""
    lock = FileLock(folder / ".lock", timeout=0, mode=0o600, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        return None
    return lock
