"""Finds the passages that fit a question. Knows the store and an embedder; knows nothing of answers.

A passage's score is the mean of its own similarity to the question and that of its best sentence. Chroma
names the candidates by either, and both parts are then computed exactly from the catalog's vectors.
Measured on XQuAD (docs/decisions/0002): better than passages alone by 4 to 6 points of hit@1.
"""

from __future__ import annotations

from assistant.background import Background
from assistant.embedding import Embedder, Vectors
from assistant.language import detect_language
from assistant.records import Hit, Passage, Report, ScoredSentence
from assistant.store import Catalog, VectorIndex

__all__ = ["Retriever"]

_PASSAGE_CANDIDATES = 50
_SENTENCE_CANDIDATES = 100


class Retriever:
    """Retrieval over one open index."""

    def __init__(self, catalog: Catalog, vectors: VectorIndex, embedder: Embedder, background: Background) -> None:
        self._catalog = catalog
        self._vectors = vectors
        self._embedder = embedder
        self._background = background

    def retrieve(self, question: str, count: int) -> list[Hit]:
        """Up to `count` hits, best first. A question always has hits where there are reports: a score says how
        near a passage is, not that it answers."""
        embedded = self._embedder.embed_queries([question])
        vector = self._background.centre_queries(embedded, detect_language(question))[0]
        passages, vectors = self._catalog.passages(self._candidates(vector))
        reports = self._catalog.reports({passage.report_id for passage in passages})
        hits = [
            self._score(vector, passage, passage_vector, reports[passage.report_id])
            for passage, passage_vector in zip(passages, vectors, strict=True)
            if passage.report_id in reports
        ]
        return sorted(hits, key=lambda hit: (-hit.score, hit.passage.id))[:count]

    def _candidates(self, vector: Vectors) -> list[str]:
        by_passage = [match.id for match in self._vectors.near_passages(vector, _PASSAGE_CANDIDATES)]
        near = self._vectors.near_sentences(vector, _SENTENCE_CANDIDATES)
        keys = [(report_id, int(number)) for report_id, _, number in (match.id.rpartition(":") for match in near)]
        return list(dict.fromkeys(by_passage + self._catalog.passages_holding(keys)))

    def _score(self, question: Vectors, passage: Passage, vector: Vectors, report: Report) -> Hit:
        sentences, sentence_vectors = self._catalog.sentences_of(passage)
        similarities = sentence_vectors @ question
        own, best = float(vector @ question), float(similarities.max())
        scored = tuple(
            ScoredSentence(sentence, (own + float(similarity)) / 2)
            for sentence, similarity in zip(sentences, similarities, strict=True)
        )
        return Hit(report, passage, scored, (own + best) / 2, {"passage": own, "best_sentence": best})
