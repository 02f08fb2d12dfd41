"""Everything on disk: the catalog (system of record), the vector index made from it, and the write lock."""

from __future__ import annotations

from assistant.store.catalog import Catalog
from assistant.store.lock import writer_lock
from assistant.store.rows import CatalogCounts, IndexedPassage, IndexedReport, Origin
from assistant.store.vectors import VectorIndex, VectorMatch

__all__ = [
    "Catalog",
    "CatalogCounts",
    "IndexedPassage",
    "IndexedReport",
    "Origin",
    "VectorIndex",
    "VectorMatch",
    "writer_lock",
]
