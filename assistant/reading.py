"""Puts what a reader makes of the best hits together with how they were found. Knows hits; knows nothing of models.

Figures behind the constants: docs/decisions/0017-reader.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from assistant.reader import Reader, Reading, Span
from assistant.records import Hit, ScoredSentence

__all__ = ["EXCERPT", "READ", "as_read", "excerpt", "read_hits"]

READ = 4  # hits that are read at most
EXCERPT = 600  # characters of a hit that are read at most, unless its best sentence alone has more
_FIRST = 2  # of them at once: as many as there are processors where they are few
_BEHIND = 0.1  # of the best score: what is further behind is not quoted either (choosing.py)
_WEIGHT = 0.05  # what being sure that a sentence is the one that answers adds to its score
_WITHIN = 1.0  # the same within a hit, where reading chooses the best sentence
_EVEN = math.log(2)  # of `_evidence`: something answers as likely as not
_MARKED = math.log(0.3)  # a phrase at least this likely is marked


def read_hits(reader: Reader, question: str, hits: Sequence[Hit]) -> list[Hit]:
    """The hits, best first again, with what reading adds to the scores of the first few and of their sentences.

    Those that were read say in `answers` how likely they answer the question, and mark phrases in their sentences.
    Where the first two are likelier to answer than not, of the others only what is near the best is read. Where one of
    them names what the question names, one that lacks it gains nothing: a reader knows no map, and no other names.
    """
    excerpts = [excerpt(hit) for hit in hits[:READ]]
    readings = reader.read(question, [as_read(part) for part in excerpts[:_FIRST]])
    if _evidence(readings) > _EVEN:
        near = sum(hit.score >= hits[0].score - _BEHIND for hit in hits[:READ])
        excerpts = excerpts[: max(near, _FIRST)]
    readings = [*readings, *reader.read(question, [as_read(part) for part in excerpts[_FIRST:]])]
    evidence = _evidence(readings)
    names = [hit.why.get("place", 0.0) for hit in hits[: len(readings)]]
    weights = [0.0 if name < 0 < max(names) else _WEIGHT for name in names]
    read = [_with_reading(*each, evidence) for each in zip(hits, excerpts, readings, weights, strict=False)]
    return sorted([*read, *hits[len(read) :]], key=lambda hit: (-hit.score, hit.passage.id))


def excerpt(hit: Hit) -> Hit:
    """The hit with no more of its sentences than are read: a run that grows from the best to the better beside it."""
    sentences = hit.sentences
    first = last = sentences.index(hit.best)
    while beside := [
        (sentences[new].score, start, end)
        for new, start, end in ((first - 1, first - 1, last), (last + 1, first, last + 1))
        if 0 <= new < len(sentences) and sentences[end].sentence.end - sentences[start].sentence.start <= EXCERPT
    ]:
        _, first, last = max(beside)
    return replace(hit, sentences=sentences[first : last + 1])


def as_read(part: Hit) -> tuple[str, list[Span]]:
    """The text from its first sentence to its last, with the spans of the sentences in it."""
    start, end = part.sentences[0].sentence.start, part.sentences[-1].sentence.end
    spans = [(scored.sentence.start - start, scored.sentence.end - start) for scored in part.sentences]
    return part.report.text[start:end], spans


def _evidence(readings: Sequence[Reading]) -> float:
    """The log of all odds together, with 1 for "nothing that was read answers": what makes probabilities of them."""
    odds = [0.0, *(likely for reading in readings for likely in reading.support)]
    return float(np.logaddexp.reduce(odds))


def _with_reading(hit: Hit, part: Hit, reading: Reading, weight: float, evidence: float) -> Hit:
    """The hit with what reading adds to its sentences, of which it says anew which is best.

    A hit gains what its sentences gain together, and its best sentence has the score of the hit.
    """
    start = part.sentences[0].sentence.start
    gains = [weight * math.exp(likely - evidence) for likely in reading.support]
    score = hit.score + sum(gains)
    own = _evidence([reading])
    fits = [
        one.score + _WITHIN * math.exp(likely - own)
        for one, likely in zip(part.sentences, reading.support, strict=True)
    ]
    chosen = fits.index(max(fits))
    below = math.nextafter(score, -math.inf)
    scores = [min(one.score + gain, below) for one, gain in zip(part.sentences, gains, strict=True)]
    scores[chosen] = score
    read = {
        one.sentence: replace(one, score=fit, phrase=_marked(found, start))
        for one, fit, found in zip(part.sentences, scores, reading.phrases, strict=True)
    }
    sentences: tuple[ScoredSentence, ...] = tuple(read.get(scored.sentence, scored) for scored in hit.sentences)
    why = {**hit.why, "reading": score - hit.score}
    answers = None if reading.answers is None else _probability(reading.answers)
    return replace(hit, sentences=sentences, score=score, why=why, answers=answers)


def _marked(found: tuple[Span, float] | None, start: int) -> Span | None:
    """A phrase that is likely enough to be marked, as a span of the report's text."""
    if found is None or found[1] < _MARKED:
        return None
    return start + found[0][0], start + found[0][1]


def _probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-max(log_odds, -30.0)))
