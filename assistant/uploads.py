"""Takes files in that somebody sends: kept for the owner alone while they are read, and deleted then, whatever happens.

Knows files and the ingest; knows nothing of HTTP. A file of the same name takes the place of the one before.
"""

from __future__ import annotations

import logging
import os
import queue
import re
import shutil
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from filelock import FileLock

from assistant.assistant import Assistant
from assistant.errors import DataFolderError, LagebildError
from assistant.problems import UNFORESEEN
from assistant.store.lock import claimed, files_lock

__all__ = ["MAX_UPLOAD", "Uploads", "harmless"]

MAX_UPLOAD = 100_000_000
"""Bytes: what the readers take at most."""

FOLDER = "uploads"
"""In the data folder. What is in it at the start was left by a server that was killed, or is another's that runs."""

_log = logging.getLogger("lagebild.chat")
_MAX_NAME = 120  # bytes
_PLACE = re.compile(r"([1-9]\d*-)?[0-9a-f]{16}")  # earlier versions wrote a process before it


def harmless(name: str) -> str:
    """A file name made of one that a stranger gave: no path, nothing hidden, nothing invisible, not too long.

    >>> harmless("../../etc/passwd"), harmless("C:\\\\reports\\\\a.txt"), harmless(".htaccess"), harmless("")
    ('passwd', 'a.txt', 'htaccess', 'file')
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(c if c.isprintable() and c not in '#<>:"|?*' else "_" for c in last)
    stem, dot, suffix = kept.strip(" .").rpartition(".")
    if not dot:
        stem, suffix = suffix, ""
    ending = f".{suffix}"[:20] if suffix else ""
    room = _MAX_NAME - len(ending.encode())
    return (stem.encode()[:room].decode("utf-8", "ignore") or "file") + ending


class Uploads:
    """The uploads of one server. One file is read after the other."""

    def __init__(self, assistant: Assistant) -> None:
        """Deletes what a server that was killed has left."""
        self._assistant = assistant
        self._folder = assistant.settings.data / FOLDER
        self._turn = threading.Lock()
        self._claims: dict[Path, FileLock] = {}
        if self._folder.is_dir():
            with files_lock(self._folder.parent):
                self._tidy()

    def place(self) -> Path:
        """A new folder for one file, for the owner alone."""
        try:
            place = self._folder / os.urandom(8).hex()
            self._folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with files_lock(self._folder.parent):  # or another upload, or another server, would tidy up in between
                self._folder.mkdir(exist_ok=True, mode=0o700)
                place.mkdir(mode=0o700)
                if lock := claimed(place):
                    self._claims[place] = lock
        except OSError as error:
            raise DataFolderError(
                f"{self._folder}: no file can be put here ({error.strerror}). Look at the permissions of the data"
                " folder and at the free space of its disk."
            ) from error
        return place

    def take_in(self, file: Path) -> Iterator[dict[str, Any]]:
        """Ingest one file of a `place` and delete it; how far it is, and at the end what became of it.

        Goes on to the end though nobody listens. What failed is told, under `error`.
        """
        told: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()

        def work() -> None:
            try:
                with self._turn:
                    told.put(self._ingest(file, told))
            except LagebildError as error:
                told.put({"error": str(error)})
            except Exception:  # the edge: who sends is told that it is over, and nothing of what is inside
                _log.exception("an upload could not be taken in")
                told.put({"error": UNFORESEEN})
            finally:
                self.discard(file.parent)
                told.put(None)

        threading.Thread(target=work, name="upload", daemon=True).start()
        yield from iter(told.get, None)

    def discard(self, place: Path) -> None:
        """Delete a place with what is in it, and the folder of all with the last one."""
        shutil.rmtree(place, ignore_errors=True)
        if lock := self._claims.pop(place, None):
            lock.release()
        with suppress(OSError), files_lock(self._folder.parent):  # there may be others in it
            self._folder.rmdir()

    def _tidy(self) -> None:
        """Delete the places of servers that run no more, and the files outside of places, which bear any name: they are
        being read where another server that runs has a place, and are left over where none has."""
        alive = False
        there = list(self._folder.iterdir())
        for place in there:
            if not _PLACE.fullmatch(place.name) or not place.is_dir():
                continue
            lock = claimed(place)
            if lock is None:
                alive = True
            else:
                shutil.rmtree(place)
                lock.release()
        for file in there:
            if not alive and not file.is_dir():
                file.unlink(missing_ok=True)

    def _ingest(self, file: Path, told: queue.SimpleQueue[dict[str, Any] | None]) -> dict[str, Any]:
        # Where a report came from is known by the path of its file, so that has to be the same every time.
        known_as = self._folder / file.name
        file.replace(known_as)
        before = self._last_change()
        try:
            result = self._assistant.ingest(
                [known_as],
                progress=lambda step: told.put({"done": step.done, "total": step.total, "reports": step.reports}),
            )
        finally:
            known_as.unlink(missing_ok=True)
        catalog = self._assistant.catalog()
        changed = set(catalog.changed_since(before))
        # A report that was there already, from elsewhere, is no new one.
        new = {one for one in result.added if changed & set(catalog.reports_from([one]))}
        return {
            "added": len(new),
            "known": len(result.unchanged) + len(result.added) - len(new),
            "replaced": len(result.replaced),
            "removed": len(result.removed),
            "refused": [_relative(str(error), self._folder) for error in result.refused],
            "warnings": [_relative(warning, self._folder) for warning in result.warnings],
        }

    def _last_change(self) -> int:
        there = (self._assistant.settings.data / "catalog.sqlite").exists()
        return self._assistant.catalog().last_change() if there else 0


def _relative(message: str, folder: Path) -> str:
    """A message that names a file by its name: where it lay here means nothing to who sent it."""
    return message.replace(f"{folder.resolve()}/", "").replace(f"{folder}/", "")
