"""Removes reports so that no byte of them is left in the data folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from assistant.store.catalog import Catalog
from assistant.store.lock import writer_lock
from assistant.store.vectors import VectorIndex

__all__ = ["STAGE", "UNFINISHED", "forget"]

STAGE = "reembed"
"""The folder, in the data folder, where reports are embedded anew (index/reembed.py)."""

UNFINISHED = "forgetting"
"""A file that is there, in the data folder, from the beginning of a `forget` to its end."""


def forget(data: Path, report_ids: Iterable[str]) -> list[str]:
    """Remove these reports from every file of the data folder. From where they were read: a later ingest of the same
    files brings them back.

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
