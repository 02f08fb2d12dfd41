"""A report to what the index holds of it: split, analysed, embedded. Knows texts and models; knows no files."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.analysis import analyse
from assistant.background import background_for, fingerprint
from assistant.embedding import Embedder, Vectors
from assistant.errors import ModelError
from assistant.gazetteer import Gazetteer
from assistant.records import Mention, Passage, Report, Sentence
from assistant.sentences import split_sentences
from assistant.store import IndexedReport
from assistant.terms import TERMS_VERSION
from index.passages import MAX_PASSAGE, MIN_PASSAGE, group_passages

__all__ = ["BATCH_CHARACTERS", "Prepared", "Remembering", "embed", "index_reports", "made_with", "prepare"]

BATCH_CHARACTERS = 40_000
"""Characters of text that are embedded in one go: some 300 sentences, a few seconds."""

RULES = f"sentences 1, passages {MIN_PASSAGE}-{MAX_PASSAGE}"
"""Part of the fingerprint: an index made by other rules is not added to."""

_REMEMBERED = 20_000  # texts; 1.6 KB each, however long


def made_with(identity: str) -> dict[str, str]:
    """The fingerprint of an index that is made now, with the model of this identity."""
    return fingerprint(identity) | {"rules": RULES, "terms": TERMS_VERSION}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A report with everything but its vectors; the fields are those of an `IndexedReport`."""

    report: Report
    sentences: tuple[Sentence, ...]
    passages: tuple[Passage, ...]
    terms: tuple[frozenset[str], ...]
    mentions: tuple[Mention, ...]
    signature: bytes

    @property
    def texts(self) -> list[str]:
        """What is to be embedded: the sentences, then the passages."""
        spans = [(s.start, s.end) for s in self.sentences] + [(p.start, p.end) for p in self.passages]
        return [self.report.text[start:end] for start, end in spans]


def prepare(report: Report, gazetteer: Gazetteer | None = None) -> Prepared:
    """Split a report into sentences and passages, and find the names in it."""
    sentences = split_sentences(report.id, report.text, report.language)
    passages = group_passages(report.text, sentences)
    return Prepared(report, tuple(sentences), tuple(passages), *analyse(report, sentences, gazetteer))


def embed(reports: Sequence[Prepared], embedder: Embedder) -> list[IndexedReport]:
    """Embed the texts of all reports in one go: less padding."""
    embedded = embedder.embed_passages([text for prepared in reports for text in prepared.texts])
    if not np.isfinite(embedded).all():
        raise ModelError(f"{embedder.identity}: the model made a vector of what is no number. Use another model.")
    background = background_for(embedder.identity)
    indexed, at = [], 0
    for own in reports:
        middle, end = at + len(own.sentences), at + len(own.sentences) + len(own.passages)
        vectors = background.centre_passages(embedded[at:end], own.report.language)
        indexed.append(
            IndexedReport(
                own.report,
                own.sentences,
                own.passages,
                vectors[: middle - at],
                vectors[middle - at :],
                own.terms,
                own.mentions,
                own.signature,
            )
        )
        at = end
    return indexed


def index_reports(
    reports: Sequence[Report], embedder: Embedder, gazetteer: Gazetteer | None = None
) -> list[IndexedReport]:
    """Split reports into sentences and passages, find the names in them, and embed them all in one go."""
    return embed([prepare(report, gazetteer) for report in reports], embedder)


class Remembering:
    """An embedder that asks another one, and remembers the vectors of the texts that came last.

    Reports from forms, such as the records of events, have many sentences in common.
    """

    def __init__(self, embedder: Embedder, room: int = _REMEMBERED) -> None:
        self._embedder = embedder
        self._room = room
        self._known: dict[bytes, Vectors] = {}  # by a hash: a text may be of any length. What came last is last.
        self.identity = embedder.identity
        self.dimensions = embedder.dimensions

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Questions: shape (len(texts), dimensions)."""
        return self._embedder.embed_queries(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Sentences or passages: shape (len(texts), dimensions)."""
        keys = [hashlib.blake2b(text.encode(), digest_size=16).digest() for text in texts]
        found = {key: self._known.pop(key) for key in dict.fromkeys(keys) if key in self._known}
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        found.update(zip(new, self._embedder.embed_passages(list(new.values())), strict=True))
        self._known.update(found)
        for key in list(self._known)[: max(len(self._known) - self._room, 0)]:
            del self._known[key]
        return np.stack([found[key] for key in keys]) if texts else self._embedder.embed_passages([])
