"""Everything on disk: the catalog (system of record), the vector index made from it, and the write lock."""

from __future__ import annotations

from assistant.store.backup import backup, restore
from assistant.store.catalog import Catalog
from assistant.store.conversations import Conversations, ConversationSummary
from assistant.store.export import export
from assistant.store.facets import Facets
from assistant.store.filtered import FEW
from assistant.store.forget import delete_conversations, forget
from assistant.store.frame import is_said, without_frame
from assistant.store.lock import writer_lock
from assistant.store.rows import CatalogCounts, FileRead, FileStamp, IndexedPassage, IndexedReport, Naming, Origin
from assistant.store.vectors import VectorIndex, VectorMatch
from assistant.store.verify import Verification, verify
from assistant.store.whereabouts import EMBEDDED, choose_place

__all__ = [
    "EMBEDDED",
    "FEW",
    "Catalog",
    "CatalogCounts",
    "ConversationSummary",
    "Conversations",
    "Facets",
    "FileRead",
    "FileStamp",
    "IndexedPassage",
    "IndexedReport",
    "Naming",
    "Origin",
    "VectorIndex",
    "VectorMatch",
    "Verification",
    "backup",
    "choose_place",
    "delete_conversations",
    "export",
    "forget",
    "is_said",
    "restore",
    "verify",
    "without_frame",
    "writer_lock",
]
