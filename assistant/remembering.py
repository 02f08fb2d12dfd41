"""An embedder that does not embed again what it has just embedded. Knows texts; knows nothing of what they are for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import numpy as np

from assistant.embedding import Embedder, Vectors

__all__ = ["Remembering"]


class Remembering:
    """An embedder that asks another one, and remembers the vectors of the texts that came last.

    `room` is for how many passages and how many queries it has room, about 1.6 KB each; None is for all.
    """

    def __init__(self, embedder: Embedder, room: int | None = None) -> None:
        self._embedder = embedder
        self._room = room
        self._queries: dict[bytes, Vectors] = {}  # by a hash: a text may be of any length. What came last is last.
        self._passages: dict[bytes, Vectors] = {}
        self.identity = embedder.identity
        self.dimensions = embedder.dimensions

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Questions: shape (len(texts), dimensions)."""
        return self._remembered(self._queries, self._embedder.embed_queries, texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Sentences or passages: shape (len(texts), dimensions)."""
        return self._remembered(self._passages, self._embedder.embed_passages, texts)

    def _remembered(
        self, known: dict[bytes, Vectors], embed: Callable[[Sequence[str]], Vectors], texts: Sequence[str]
    ) -> Vectors:
        keys = [hashlib.blake2b(text.encode(), digest_size=16).digest() for text in texts]
        found = {key: known.pop(key) for key in dict.fromkeys(keys) if key in known}
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        found.update(zip(new, embed(list(new.values())), strict=True))
        known.update(found)
        for key in list(known)[: max(len(known) - self._room, 0)] if self._room is not None else ():
            del known[key]
        return np.stack([found[key] for key in keys]) if texts else embed([])
