"""Removes reports and conversations so that no byte of them is left in the data folder."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from assistant.errors import DataFolderError, IndexLockedError
from assistant.store.catalog import Catalog
from assistant.store.conversations import Conversations
from assistant.store.lock import files_lock, writer_lock
from assistant.store.vectors import VectorIndex

__all__ = ["FETCHED", "STAGE", "delete_conversations", "forget", "unfinished"]

STAGE = "reembed"
"""The folder, in the data folder, where reports are embedded anew (index/reembed.py)."""

FETCHED = "fetched"
"""The folder, in the data folder, where fetched pages and feeds are kept (index/web/collect.py)."""

_MARK = "forgetting"
# By a backup, a restoring or a fetch that was killed, or that found damage.
_LEFT = (".lagebild-*", "damaged-catalog.sqlite*", f"{FETCHED}/.*.warc.gz")


def unfinished(data: Path) -> list[Path]:
    """The marks of those who began to remove something from the data folder: each is there until they have finished."""
    return sorted(data.glob(f"{_MARK}*"))


def _mark(data: Path) -> Path:
    """Set a mark; none is another's, so that who has finished takes away no more than the marks that were there."""
    mark = data / f"{_MARK}-{secrets.token_hex(4)}"
    mark.touch(0o600)
    return mark


def forget(data: Path, report_ids: Iterable[str]) -> list[str]:
    """Remove these reports from every file of the data folder, and what conversations quote from them. From where they
    were read: a later ingest of the same files, or a fetch of the same addresses, brings them back.

    The rows go in one transaction. Then the full-text index is made compact, the file is written anew, its log
    is emptied, and the vectors are made again from what is left: minutes for some 100,000 sentences. What was stopped
    in between is finished by calling this again, with or without ids. What was fetched goes before all that: the
    archive of a page, and from that of a feed each record that holds one of these reports. What lies elsewhere, such as
    other files that the reports were read from, backups and exports, is left alone.
    """
    with Catalog(data / "catalog.sqlite") as catalog, writer_lock(data, "forgetting reports", wait=2):
        report_ids = list(report_ids)
        origins = catalog.origins_of(report_ids)
        marks = unfinished(data)
        if report_ids or marks:
            marks.append(_mark(data))
            _forget_files(data, origins)
            catalog.remove_reports(report_ids)
            shutil.rmtree(data / STAGE, ignore_errors=True)
            vectors = VectorIndex(data, catalog)
            vectors.retract()
            vectors.rebuild()
            vectors.close()
            catalog.scrub()
            _take_away(marks)
        return origins


def _forget_files(data: Path, origins: list[str]) -> None:
    """Remove what was fetched of these origins, while the catalog still knows them, and what others left behind."""
    try:
        with files_lock(data):
            if origins and (data / FETCHED).is_dir():
                from index.web import kept  # which reads what is in an archive

                kept.forget(data / FETCHED, origins)
            for left in chain.from_iterable(map(data.glob, _LEFT)):
                shutil.rmtree(left) if left.is_dir() else left.unlink()
    except OSError as error:
        raise DataFolderError(
            f"{error.filename or data}: it cannot be forgotten ({error.strerror}). Look at the permissions of the data "
            "folder and at the free space of its disk, then try again."
        ) from error


def delete_conversations(data: Path, conversation_ids: Iterable[str]) -> int:
    """Remove these conversations from every file of the data folder. How many there were.

    They are gone from every list at once. Then the file is written anew and its log is emptied, which takes about as
    long as copying it. Where another process is writing just then, an IndexLockedError says how to finish it.
    """
    with Conversations(data / "catalog.sqlite") as conversations:
        mark = _mark(data)
        count = conversations.remove(conversation_ids)
        try:
            with writer_lock(data, "deleting conversations", wait=2):
                conversations.scrub()
                _take_away([mark])
        except IndexLockedError as error:
            _mark(data)  # who had the lock may have taken away the first one, and have written the file before this
            raise IndexLockedError(
                f"{error} {count} conversations are deleted, but their bytes are still in the file; when the other "
                f"has finished, remove them: lagebild forget --data {data}"
            ) from error
        return count


def _take_away(marks: Iterable[Path]) -> None:
    for mark in marks:
        mark.unlink(missing_ok=True)
