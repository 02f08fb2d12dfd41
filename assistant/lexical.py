"""The lexical leg: which sentences share the words and names of a question, each counting by how rare it is.

Knows the catalog's postings; knows nothing of vectors, dates or hits. Measured: docs/decisions/0005 and 0015.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from assistant.store import Catalog

__all__ = ["NAMES", "Lexical", "Scores"]

Scores = npt.NDArray[np.float32]
Keys = npt.NDArray[np.int64]

NAMES = "e"
"""The kind of term that stands for a place or a group (terms.py)."""

_KIND_WEIGHTS = {"w": 1.0, "g": 0.5, "p": 0.5, "s": 0.8, "v": 0.6, "n": 1.0, "e": 1.0}  # by the first letter of a term
_RARE_ENOUGH = 0.05  # a term whose weight is below this says next to nothing, and has many postings
_BY_CHANCE = 3  # consonants: no more are those of other names as well (Nairobi, Nayrab)


@dataclass(frozen=True, slots=True)
class _Term:
    term: str
    weight: float
    keys: Keys  # the sentences that have it, ascending

    @property
    def kind(self) -> str:
        return self.term[0]

    @property
    def by_chance(self) -> bool:
        """Whether it is the consonants of a name that are too few to tell it from others, or no more than its sound."""
        return self.kind == "v" or (self.kind == "s" and len(self.term) - 1 <= _BY_CHANCE)


@dataclass(frozen=True, slots=True)
class Lexical:
    """For each word of the question that occurs: the terms that can stand for it, but for those that are too common.

    `common` is whether a word occurs so often that it says next to nothing, in all of its terms.
    """

    words: tuple[tuple[_Term, ...], ...]
    common: tuple[bool, ...]

    @classmethod
    def of(cls, catalog: Catalog, question: Sequence[frozenset[str]], admitted: Keys | None = None) -> Lexical:
        """Look up the words of a question (terms.py), one set of terms a word; if given, in the admitted sentences."""
        total = catalog.counts().sentences
        frequencies = catalog.frequencies(frozenset().union(*question))
        postings = {
            term: catalog.postings(term)
            for term, count in frequencies.items()
            if _weight(term, count, total) >= _RARE_ENOUGH
        }
        if admitted is not None:
            postings = {term: np.intersect1d(keys, admitted, assume_unique=True) for term, keys in postings.items()}
        words = []
        for word in question:
            known = sorted(term for term in word if term in postings)
            # The forms of one word are as rare as all of them together: a rare spelling says no more than a common one.
            forms = [postings[term] for term in known if term[0] != "p"]
            together = len(_union(forms))
            words.append(
                tuple(
                    _Term(
                        term,
                        _weight(term, len(postings[term]) if term[0] == "p" else together, total),
                        postings[term],
                    )
                    for term in known
                )
            )
        common = (
            not known and any(term in frequencies for term in word) for known, word in zip(words, question, strict=True)
        )
        return cls(tuple(words), tuple(common))

    def without(self, keys: Keys) -> Lexical:
        """The same as if these sentences were not there."""
        words = (
            tuple(replace(term, keys=np.setdiff1d(term.keys, keys, assume_unique=True)) for term in word)
            for word in self.words
        )
        return replace(self, words=tuple(words))

    def best(self, count: int) -> Keys:
        """The keys of up to `count` sentences that share the weightiest words."""
        keys = _union([term.keys for word in self.words for term in word])
        scores = np.zeros(len(keys), dtype=np.float32)
        for word in self.words:
            own = np.zeros_like(scores)  # as in by_word, which looks for few sentences in long postings
            for term in sorted(word, key=lambda term: term.weight):
                own[np.searchsorted(keys, term.keys)] = term.weight
            scores += own
        return keys[np.argsort(-scores, kind="stable")[:count]]

    def weights(self) -> Scores:
        """Shape (words,): the most that sharing a word can give.

        0 for one that is too common to say anything, and 1 for one that no sentence has, the rarest of all.
        """
        return np.array(
            [
                0.0 if common else max((t.weight for t in word if len(t.keys)), default=1.0)
                for word, common in zip(self.words, self.common, strict=True)
            ],
            dtype=np.float32,
        )

    def met(self) -> list[bool]:
        """For each word, whether any sentence has it, in any of its spellings, and not by chance."""
        return [
            common or any(len(term.keys) and not term.by_chance for term in word)
            for word, common in zip(self.words, self.common, strict=True)
        ]

    def by_word(self, keys: Keys, kinds: str = "") -> Scores:
        """Shape (words, keys): of the terms that stand for one word, the weightiest that the sentence has counts.

        0 upwards, higher is better. `kinds` names the kinds of term that count; all of them otherwise.
        """
        scores = np.zeros((len(self.words), len(keys)), dtype=np.float32)
        for row, word in zip(scores, self.words, strict=True):
            for term in word:
                if not kinds or term.kind in kinds:
                    np.maximum(row, term.weight * _among(keys, term.keys), out=row)
        return scores


def _weight(term: str, frequency: int, total: int) -> float:
    """How much a shared term says, 0 to 1: the square of its rarity (as in BM25's inverse document frequency)."""
    rarity = math.log(1 + (total - frequency + 0.5) / (frequency + 0.5)) / math.log(1 + total)
    return _KIND_WEIGHTS[term[0]] * rarity**2


def _union(postings: Sequence[Keys]) -> Keys:
    """All sentences of these postings, ascending. Sorted, they take a tenth of the time that numpy's unique takes."""
    keys = np.sort(np.concatenate([np.zeros(0, dtype=np.int64), *postings]))
    return np.asarray(keys[np.diff(keys, append=-1) != 0])


def _among(keys: Keys, posting: Keys) -> npt.NDArray[np.bool_]:
    """Which of the keys are in the posting, which is ascending: numpy's own isin would sort it again."""
    if not len(posting):
        return np.zeros(len(keys), dtype=np.bool_)
    places = np.minimum(np.searchsorted(posting, keys), len(posting) - 1)
    return np.asarray(posting[places] == keys)
