"""Removes reports and conversations so that no byte of them is left in the data folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from assistant.errors import IndexLockedError
from assistant.store.catalog import Catalog
from assistant.store.conversations import Conversations
from assistant.store.lock import writer_lock
from assistant.store.vectors import VectorIndex

__all__ = ["STAGE", "UNFINISHED", "delete_conversations", "forget"]

STAGE = "reembed"
"""The folder, in the data folder, where reports are embedded anew (index/reembed.py)."""

UNFINISHED = "forgetting"
"""A file that is there, in the data folder, from the beginning of a `forget` to its end."""


def forget(data: Path, report_ids: Iterable[str]) -> list[str]:
    """Remove these reports from every file of the data folder, and what conversations quote from them. From where they
    were read: a later ingest of the same files brings them back.

    The rows go first, in one transaction. Then the full-text index is made compact, the file is written anew, its log
    is emptied, and the vectors are made again from what is left: minutes for some 100,000 sentences. What was stopped
    in between is finished by calling this again, with or without ids. What lies elsewhere, such as the files that the
    reports were read from, backups and exports, is left alone.
    """
    with Catalog(data / "catalog.sqlite") as catalog, writer_lock(data, "forgetting reports", wait=2):
        report_ids = list(report_ids)
        origins = catalog.origins_of(report_ids)
        marker = data / UNFINISHED
        if report_ids or marker.exists():
            marker.touch(0o600)
            catalog.remove_reports(report_ids)
            shutil.rmtree(data / STAGE, ignore_errors=True)
            vectors = VectorIndex(data, catalog)
            vectors.retract()
            vectors.rebuild()
            vectors.close()
            catalog.scrub()
            marker.unlink()
        return origins


def delete_conversations(data: Path, conversation_ids: Iterable[str]) -> int:
    """Remove these conversations from every file of the data folder. How many there were.

    They are gone from every list at once. Then the file is written anew and its log is emptied, which takes about as
    long as copying it. Where another process is writing just then, an IndexLockedError says how to finish it.
    """
    with Conversations(data / "catalog.sqlite") as conversations:
        marker = data / UNFINISHED
        marker.touch(0o600)
        count = conversations.remove(conversation_ids)
        try:
            with writer_lock(data, "deleting conversations", wait=2):
                conversations.scrub()
                marker.unlink()
        except IndexLockedError as error:
            raise IndexLockedError(
                f"{error} {count} conversations are deleted, but their bytes are still in the file; when the other "
                f"has finished, remove them: lagebild forget --data {data}"
            ) from error
        return count
