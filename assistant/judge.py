"""Asks a model of natural language inference whether one text follows from another.

Any sentence-transformers cross-encoder will do that tells "entailment" from other labels. Knows texts and models.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from assistant.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

__all__ = ["CrossEncoderJudge", "Judge", "load_judge"]


class Judge(Protocol):
    """Anything that judges."""

    @property
    def identity(self) -> str:
        """The model's name."""
        ...

    def follows(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """For each pair of texts the log odds that the second one follows from the first: above 0 it is likelier."""
        ...


class CrossEncoderJudge:
    """A sentence-transformers cross-encoder with a label "entailment", whatever its place and its case."""

    def __init__(self, model: CrossEncoder, identity: str) -> None:
        """A ModelError where the model has no such label."""
        named = (model.config.id2label if model.config is not None else None) or {}
        labels = [str(label).lower() for _, label in sorted(named.items())]
        follows = [place for place, label in enumerate(labels) if label.startswith("entail")]
        if len(follows) != 1 or len(labels) < 2:
            raise ModelError(
                f"{identity}: the model's labels are {labels}. Name one of natural language inference, with a label "
                '"entailment" and at least one other.'
            )
        self._model = model
        self._follows = follows[0]
        self.identity = identity

    def follows(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """As `Judge` says."""
        if not pairs:
            return []
        from torch.nn import Identity

        scores = np.asarray(
            self._model.predict(list(pairs), activation_fn=Identity(), show_progress_bar=False), dtype=np.float64
        )
        others = np.logaddexp.reduce(np.delete(scores, self._follows, axis=1), axis=1)
        return [float(odds) for odds in scores[:, self._follows] - others]


def load_judge(name: str) -> Judge | None:
    """The cross-encoder of this folder or name; None where the name is empty, a ModelError where it cannot be used."""
    if not name:
        return None
    from sentence_transformers import CrossEncoder

    try:
        model = CrossEncoder(name, device="cpu")
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelError(
            f"{name}: sentence-transformers cannot load this cross-encoder ({error}). Name a folder or a model that it "
            "can load, or nothing at all."
        ) from error
    return CrossEncoderJudge(model, name)
