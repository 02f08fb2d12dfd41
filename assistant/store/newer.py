"""What the catalog has and the open generation lacks: in memory, so that it is found as soon as it is stored.

While reports are being ingested, the next generation is not published before all of them are in. Knows the catalog;
knows nothing of Chroma.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from assistant.embedding import Vectors
from assistant.store.catalog import Catalog
from assistant.store.rows import Kind

__all__ = ["Newer"]


class Newer:
    """The passages and sentences of the reports that came after a change of the catalog: 1.5 KB of memory each."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._after = self._seen = 0
        self._reports: dict[str, dict[Kind, tuple[list[str], Vectors]]] = {}
        self._joined: dict[Kind, tuple[list[str], Vectors]] = {}

    def follow(self, change: int) -> None:
        """Hold from now on what came after `change`; what is held already is not read again."""
        if change != self._after:
            self._after = self._seen = change
            self._reports, self._joined = {}, {}
        last = self._catalog.last_change()
        if last == self._seen:
            return
        changed = self._catalog.changed_since(self._seen)
        for report_id in changed:
            self._reports.pop(report_id, None)
        for embedded in self._catalog.embedded(changed):
            own = embedded.report.id
            self._reports[own] = {
                "passages": ([passage.id for passage in embedded.passages], embedded.passage_vectors),
                "sentences": ([f"{own}:{s.number}" for s in embedded.sentences], embedded.sentence_vectors),
            }
        self._seen, self._joined = last, {}

    def near(self, kind: Kind, vector: Vectors, count: int) -> list[tuple[str, float]]:
        """The ids of up to `count` of them near `vector`, nearest first, with their cosine similarity (-1 to 1)."""
        if kind not in self._joined:
            self._joined[kind] = _join(report[kind] for report in self._reports.values())
        ids, vectors = self._joined[kind]
        if not ids:
            return []
        similarities = vectors @ vector
        best = np.argsort(-similarities, kind="stable")[:count]
        return [(ids[place], float(similarities[place])) for place in best]


def _join(parts: Iterable[tuple[list[str], Vectors]]) -> tuple[list[str], Vectors]:
    held = [(ids, vectors) for ids, vectors in parts if ids]
    if not held:
        return [], np.zeros((0, 0), dtype=np.float32)
    return [record for ids, _ in held for record in ids], np.concatenate([vectors for _, vectors in held])
