"""Puts what a reader makes of the best hits together with how they were found. Knows hits; knows nothing of models.

Figures behind the constants: docs/decisions/0017-reader.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from assistant.reader import Reader, Reading
from assistant.records import Hit

__all__ = ["READ", "read_hits"]

READ = 5  # hits that are read
_WEIGHT = 0.05  # what being sure that a sentence is the one that answers adds to its score
_MARKED = math.log(0.3)  # a phrase at least this likely is marked


def read_hits(reader: Reader, question: str, hits: Sequence[Hit]) -> list[Hit]:
    """The hits, best first again, with what reading adds to the scores of the first few and of their sentences.

    Those that were read say in `answers` how likely they answer the question, and mark phrases in their sentences.
    """
    best = hits[:READ]
    readings = reader.read(question, [(hit.text, _sentences(hit)) for hit in best])
    read = [_with_reading(hit, reading, _evidence(readings)) for hit, reading in zip(best, readings, strict=True)]
    return sorted([*read, *hits[READ:]], key=lambda hit: (-hit.score, hit.passage.id))


def _sentences(hit: Hit) -> list[tuple[int, int]]:
    start = hit.passage.start
    return [(scored.sentence.start - start, scored.sentence.end - start) for scored in hit.sentences]


def _evidence(readings: Sequence[Reading]) -> float:
    """The log of all odds together, with 1 for "nothing that was read answers": what makes probabilities of them."""
    odds = [0.0, *(likely for reading in readings for likely in reading.support)]
    return float(np.logaddexp.reduce(odds))


def _with_reading(hit: Hit, reading: Reading, evidence: float) -> Hit:
    sentences = []
    for scored, likely, found in zip(hit.sentences, reading.support, reading.phrases, strict=True):
        phrase = None
        if found is not None and found[1] >= _MARKED:
            (start, end), _ = found
            phrase = hit.passage.start + start, hit.passage.start + end
        sentences.append(replace(scored, score=scored.score + _WEIGHT * math.exp(likely - evidence), phrase=phrase))
    score = max(scored.score for scored in sentences)
    why = {**hit.why, "reading": score - hit.score}
    answers = None if reading.answers is None else _probability(reading.answers)
    return replace(hit, sentences=tuple(sentences), score=score, why=why, answers=answers)


def _probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(log_odds, -30.0)))
