"""What was found for a question: the hits, and beside them what it takes to tell whether they answer it.

Pure data. It knows nothing of how hits are found, or of how they are judged (abstaining.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from assistant.embedding import Vectors
from assistant.query import Query
from assistant.records import Hit, Sentence

__all__ = ["Found", "Usual", "usual_fit"]


@dataclass(frozen=True, slots=True)
class Usual:
    """How the sentences of the collection fit a question, whatever they are about: the mean and the standard deviation
    of their similarities to it (centred, -1 to 1), and how many sentences there are."""

    mean: float
    spread: float
    sentences: int


@dataclass(frozen=True, slots=True)
class Found:
    """A question as it was understood, its centred vector, and the hits, best first.

    `vectors` are the centred ones of the hits' sentences. `usual` is None where there is nothing to compare with.
    `unknown_names` are the countries and large towns of the question that no report names in any spelling, as the
    question spells them. `admitted` is whether the limits of the question let any report through.
    """

    query: Query
    vector: Vectors
    hits: tuple[Hit, ...]
    vectors: Mapping[Sentence, Vectors] = field(default_factory=dict)
    usual: Usual | None = None
    unknown_names: tuple[str, ...] = ()
    admitted: bool = True


def usual_fit(question: Vectors, sample: Vectors, sentences: int) -> Usual | None:
    """What a question's similarities to a sample of the collection's sentences say of all of them.

    `question` has the shape (dimensions,), `sample` (n, dimensions). None with fewer than two.
    """
    if len(sample) < 2:
        return None
    similarities = sample @ question
    return Usual(float(np.mean(similarities)), max(float(np.std(similarities)), 1e-3), sentences)
