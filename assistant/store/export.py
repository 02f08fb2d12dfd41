"""Writes all reports as JSON lines, which `ingest` takes back with the same ids."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.plain_data import report_to_export
from assistant.store.catalog import Catalog

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

__all__ = ["export"]


def export(data: Path, stream: SupportsWrite[str]) -> int:
    """Write every report of the data folder to `stream`, one JSON object a line. How many there are."""
    with Catalog(data / "catalog.sqlite") as catalog:
        report_ids = catalog.report_ids()
        for report_id in report_ids:
            for report in catalog.reports([report_id]).values():
                json.dump(report_to_export(report), stream, ensure_ascii=False)
                stream.write("\n")
        return len(report_ids)
