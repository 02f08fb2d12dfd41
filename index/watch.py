"""Ingests a folder whenever something in it has changed."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

from watchfiles import DefaultFilter
from watchfiles import watch as changes

from assistant.errors import DataFolderError, IndexLockedError, LagebildError
from index.reading import IngestResult

__all__ = ["watch"]

_AGAIN = 5_000  # milliseconds after which an ingest that met another writer is tried again


def watch(
    folder: Path,
    data: Path,
    ingest: Callable[[list[Path]], IngestResult],
    tell: Callable[[IngestResult | LagebildError], None],
    stop: threading.Event | None = None,
) -> None:
    """Ingest `folder` now, and after every change in it, until `stop` is set or Ctrl-C is pressed.

    `ingest` brings it into the data folder, as `index.build.ingest` does. `tell` is given what came of each; an
    IndexLockedError where another process was writing, and then it is tried again. Raises what `ingest` raises for any
    other reason.
    """
    if not os.path.isdir(folder):  # noqa: PTH112 - Path.is_dir raises where a path is too long
        raise DataFolderError(f"{folder}: this is no folder. Name the folder that is to be watched.")
    folder, data = folder.resolve(), data.resolve()
    if folder == data:
        raise DataFolderError(f"{folder}: this is the data folder itself. Name the folder with the reports.")

    def again() -> bool:
        """Ingest, and tell. Whether it has to be done again."""
        try:
            tell(ingest([folder]))
        except IndexLockedError as error:
            tell(error)
            return True
        return False

    again()
    due = True  # once more, when it is watching: what came until then, after the first look, is told by no change
    # Without a change, it comes back after a while: for what is still due.
    for changed in changes(
        folder,
        watch_filter=_but_for(data, folder),
        stop_event=stop,
        rust_timeout=_AGAIN,
        yield_on_timeout=True,
        raise_interrupt=False,
    ):
        if changed or due:
            due = again()


def _but_for(data: Path, folder: Path) -> DefaultFilter:
    """Passes over what changes in a data folder that lies in the folder: each ingest writes there."""
    return DefaultFilter(ignore_paths=[f"{data}/"] if data.is_relative_to(folder) else None)
