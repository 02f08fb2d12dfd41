"""Finds the passages that fit a question. Knows the store and an embedder; knows nothing of answers.

Two legs. Dense: the centred similarity of a sentence or a passage to the question. Lexical: the words that it
shares with the question, each counting by how rare it is. A text's fit is the dense similarity plus
`LEXICAL_WEIGHT` times the lexical score, and a passage's score is the mean of its own fit and that of its best
sentence.

A report in another language than the question's shares few words with it, however well it answers. So shared words
may reorder the passages of one language, but not lift a language over another: of each language, the best score
stays what it is by meaning alone. The figures behind all three choices: docs/decisions/0002, 0003 and 0005.

Chroma and full-text search name the candidates; both parts are then computed exactly, from the catalog.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from assistant.background import Background
from assistant.embedding import Embedder, Vectors
from assistant.language import detect_language
from assistant.records import EVERYTHING, Filter, Hit, Report, ScoredSentence
from assistant.store import Catalog, IndexedPassage, VectorIndex
from assistant.terms import question_terms

__all__ = ["LEXICAL_WEIGHT", "Retriever"]

LEXICAL_WEIGHT = 0.1
_KIND_WEIGHTS = {"w": 1.0, "p": 0.5, "s": 0.8, "n": 1.0}  # by the first letter of a term (terms.py)
_RARE_ENOUGH = 0.05  # a term whose weight is below this says next to nothing, and has many postings

_PASSAGE_CANDIDATES = 50
_SENTENCE_CANDIDATES = 100
_LEXICAL_CANDIDATES = 50

Scores = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Lexical:
    """For each word of the question that occurs: the terms that can stand for it, with weight and postings."""

    words: list[list[tuple[float, npt.NDArray[np.int64]]]]

    def best(self, count: int) -> npt.NDArray[np.int64]:
        """The keys of up to `count` sentences that share the weightiest words."""
        postings = [posting for word in self.words for _, posting in word]
        if not postings:
            return np.zeros(0, dtype=np.int64)
        keys = np.unique(np.concatenate(postings))
        scores = self.by_word(keys).sum(axis=0)
        return keys[np.argsort(-scores, kind="stable")[:count]]

    def by_word(self, keys: npt.NDArray[np.int64]) -> Scores:
        """Shape (words, keys): of the terms that stand for one word, the weightiest that the sentence has counts."""
        scores = np.zeros((len(self.words), len(keys)), dtype=np.float32)
        for row, word in zip(scores, self.words, strict=True):
            for weight, posting in word:
                np.maximum(row, weight * _among(keys, posting), out=row)
        return scores


def _among(keys: npt.NDArray[np.int64], posting: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which of the keys are in the posting, which is ascending: numpy's own isin would sort it again."""
    if not len(posting):
        return np.zeros(len(keys), dtype=np.bool_)
    places = np.minimum(np.searchsorted(posting, keys), len(posting) - 1)
    return np.asarray(posting[places] == keys)


class Retriever:
    """Retrieval over one open index."""

    def __init__(self, catalog: Catalog, vectors: VectorIndex, embedder: Embedder, background: Background) -> None:
        self._catalog = catalog
        self._vectors = vectors
        self._embedder = embedder
        self._background = background

    def retrieve(self, question: str, count: int, among: Filter = EVERYTHING) -> list[Hit]:
        """Up to `count` hits from the reports that the filter admits, best first.

        A question always has hits where there are reports: a score says how near a passage is, not that it answers.
        """
        language = detect_language(question)
        vector = self._background.centre_queries(self._embedder.embed_queries([question]), language)[0]
        lexical = self._lexical(question_terms(question, language), among)
        passages = self._catalog.passages(self._candidates(vector, lexical, among))
        if not passages:
            return []
        reports = self._catalog.reports({passage.passage.report_id for passage in passages})
        shared = lexical.by_word(np.concatenate([passage.keys for passage in passages]))
        ends = np.cumsum([len(passage.keys) for passage in passages])[:-1]
        hits = [
            _score(vector, words, passage, reports[passage.passage.report_id])
            for words, passage in zip(np.split(shared, ends, axis=1), passages, strict=True)
            if passage.passage.report_id in reports and among.admits(reports[passage.passage.report_id])
        ]
        return sorted(_level(hits), key=lambda hit: (-hit.score, hit.passage.id))[:count]

    def _candidates(self, vector: Vectors, lexical: _Lexical, among: Filter) -> list[str]:
        by_passage = [match.id for match in self._vectors.near_passages(vector, _PASSAGE_CANDIDATES, among)]
        near = self._vectors.near_sentences(vector, _SENTENCE_CANDIDATES, among)
        sentences = [(report_id, int(number)) for report_id, _, number in (match.id.rpartition(":") for match in near)]
        by_sentence = self._catalog.passages_holding(sentences)
        by_terms = self._catalog.passages_holding_keys(lexical.best(_LEXICAL_CANDIDATES))
        return list(dict.fromkeys(by_passage + by_sentence + by_terms))

    def _lexical(self, question: list[frozenset[str]], among: Filter) -> _Lexical:
        total = self._catalog.counts().sentences
        postings = {term: self._catalog.postings(term) for term in self._rare_enough(question, total)}
        if among != EVERYTHING:
            admitted = self._catalog.sentence_keys(among)
            postings = {term: np.intersect1d(keys, admitted, assume_unique=True) for term, keys in postings.items()}
        words = []
        for word in question:
            known = sorted(term for term in word if term in postings)
            # The forms of one word are as rare as all of them together: a rare spelling says no more than a common one.
            forms = [postings[term] for term in known if term[0] != "p"]
            frequency = len(np.unique(np.concatenate(forms))) if forms else 0
            weighed = [
                (_weight(term, len(postings[term]) if term[0] == "p" else frequency, total), postings[term])
                for term in known
            ]
            words.append(weighed)
        return _Lexical(words)

    def _rare_enough(self, question: list[frozenset[str]], total: int) -> list[str]:
        """The terms that occur, without those so common that they say next to nothing and have many postings."""
        frequencies = self._catalog.frequencies(frozenset().union(*question))
        return [term for term, count in frequencies.items() if _weight(term, count, total) >= _RARE_ENOUGH]


def _weight(term: str, frequency: int, total: int) -> float:
    """How much a shared term says, 0 to 1: the square of its rarity (as in BM25's inverse document frequency)."""
    rarity = math.log(1 + (total - frequency + 0.5) / (frequency + 0.5)) / math.log(1 + total)
    return _KIND_WEIGHTS[term[0]] * rarity**2


def _score(question: Vectors, words: Scores, indexed: IndexedPassage, report: Report) -> Hit:
    """Score a passage; `words` are the lexical scores of its sentences by word of the question, 0 upwards."""
    shared = words.sum(axis=0)
    passage_shared = float(words.max(axis=1, initial=0.0).sum())
    own = float(indexed.vector @ question)
    passage_fit = own + LEXICAL_WEIGHT * passage_shared
    similarities = indexed.sentence_vectors @ question
    fits = similarities + LEXICAL_WEIGHT * shared
    best = int(np.argmax(fits))
    scored = tuple(
        ScoredSentence(sentence, (passage_fit + float(fit)) / 2)
        for sentence, fit in zip(indexed.sentences, fits, strict=True)
    )
    why = {
        "dense": (own + float(similarities[best])) / 2,
        "lexical": LEXICAL_WEIGHT * (passage_shared + float(shared[best])) / 2,
    }
    return Hit(report, indexed.passage, scored, scored[best].score, why)


def _level(hits: list[Hit]) -> list[Hit]:
    """Take from each language's scores what shared words added to its best one."""
    by_language: dict[str, list[Hit]] = {}
    for hit in hits:
        by_language.setdefault(hit.report.language, []).append(hit)
    levelled = []
    for group in by_language.values():
        gain = max(hit.score for hit in group) - max(hit.why["dense"] for hit in group)
        for hit in group:
            sentences = tuple(replace(scored, score=scored.score - gain) for scored in hit.sentences)
            why = {**hit.why, "lexical": hit.why["lexical"] - gain}
            levelled.append(replace(hit, sentences=sentences, score=hit.score - gain, why=why))
    return levelled
