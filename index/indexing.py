"""A report to what the index holds of it: split, analysed, embedded. Knows texts and models; knows no files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assistant.analysis import analyse, analysed_by
from assistant.background import background_for, fingerprint
from assistant.embedding import Embedder
from assistant.errors import ModelError
from assistant.gazetteer import Gazetteer
from assistant.records import Mention, Passage, Report, Sentence
from assistant.sentences import split_sentences
from assistant.store import IndexedReport
from index.passages import MAX_PASSAGE, MIN_PASSAGE, group_passages

__all__ = ["BATCH_CHARACTERS", "Prepared", "embed", "index_reports", "made_with", "prepare"]

BATCH_CHARACTERS = 40_000
"""Characters of text that are embedded in one go: some 300 sentences, a few seconds."""

RULES = f"sentences 1, passages {MIN_PASSAGE}-{MAX_PASSAGE}"
"""Part of the fingerprint: an index made by other rules is not added to."""


def made_with(identity: str) -> dict[str, str]:
    """The fingerprint of an index that is made now, with the model of this identity."""
    return fingerprint(identity) | {"rules": RULES, "terms": analysed_by()}


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
