"""Takes out of a vector what it owes to its language alone, so that similarities mean the same in all of them.

Multilingual encoders place texts of one language near each other whatever they say, so that a German question
finds German sentences first, and any two German sentences look alike. Subtracting the mean vector of the
language (of questions and of sentences apart) and scaling to length 1 again removes most of it: J. Libovický et
al., "On the Language Neutrality of Pre-trained Multilingual Representations", Findings of EMNLP 2020. After it a
cosine of 0 means: no nearer than two texts of these languages are by chance. Measured: docs/decisions/0003.

The means of the embedded model ship with the package, for 69 languages (scripts/make_background.py makes them). This
module knows vectors and language codes; it knows nothing of texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

import numpy as np

from assistant.embedding import Vectors

__all__ = ["Background", "background_for", "fingerprint"]

_FILE = "data/background.npz"


@dataclass(frozen=True, slots=True)
class Background:
    """The mean vectors of a model by language, each of shape (dimensions,).

    `relevant` is the similarity (after centring, -1 to 1) from which a sentence can be taken to speak to a
    question; None where nobody has measured it, and then nothing is refused for its score.
    """

    name: str
    queries: Mapping[str, Vectors] = field(default_factory=dict)
    passages: Mapping[str, Vectors] = field(default_factory=dict)
    relevant: float | None = None

    def centre_queries(self, vectors: Vectors, language: str) -> Vectors:
        """Questions of one language, centred: shape (n, dimensions), rows of unit length."""
        return _centre(vectors, self.queries, language)

    def centre_passages(self, vectors: Vectors, language: str) -> Vectors:
        """Sentences or passages of one language, centred: shape (n, dimensions), rows of unit length."""
        return _centre(vectors, self.passages, language)


def background_for(identity: str) -> Background:
    """The means measured for the model of this identity (`Embedder.identity`); for a model other than the embedded
    one, none, which changes nothing."""
    stored = _stored()
    return stored if stored.name.endswith(f" of {identity}") else Background("none")


def fingerprint(identity: str) -> dict[str, str]:
    """What questions and the index must have in common: the model and its means."""
    return {"embedding_model": identity, "background": background_for(identity).name}


@cache
def _stored() -> Background:
    with resources.files("assistant").joinpath(_FILE).open("rb") as file:
        data = np.load(file)
        languages = [str(code) for code in data["languages"]]
        queries = dict(zip(languages, data["queries"].astype(np.float32), strict=True))
        passages = dict(zip(languages, data["passages"].astype(np.float32), strict=True))
        name = f"means of {len(languages)} languages of {data['identity']}"
        return Background(name, queries, passages, relevant=_RELEVANT)


def _centre(vectors: Vectors, means: Mapping[str, Vectors], language: str) -> Vectors:
    if not means:
        return vectors
    mean = means.get(language)
    if mean is None:  # a language without a mean of its own gets what all languages share
        mean = np.mean(list(means.values()), axis=0)
    centred = vectors - mean
    return np.asarray(centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-12), dtype=np.float32)


# Where questions that a collection answers part from questions on other subjects (docs/decisions/0004).
_RELEVANT = 0.25
