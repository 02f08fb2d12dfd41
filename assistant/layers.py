"""Reads the layers that training changed: a file with these alone, for weights that have the rest.

Matrices are whole numbers of 8 bits with a scale for each row, vectors floats of 16. training/export.py writes such a
file. Knows weights; knows nothing of the engines that run them, nor of what they are for.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.e5 import Weights
from assistant.errors import ModelError

__all__ = ["Layers", "LayersFile", "changed", "quantise"]

Layers = dict[str, npt.NDArray[Any]]
"""By the names of `Weights`: `NAME.int8`, shape (outputs, inputs), with `NAME.scales`, or a vector."""


@dataclass(frozen=True, slots=True)
class LayersFile:
    """A file that ships, with its hash; `of` says whose weights these are, `instead` what one may do without them."""

    path: Path
    sha256: str
    of: str
    instead: str = ""

    @property
    def short(self) -> str:
        """The first twelve digits of the hash."""
        return self.sha256[:12]

    def read(self) -> Layers:
        """What is in it; a ModelError where it is absent or is not the file with this hash."""
        try:
            data = self.path.read_bytes()
        except OSError as error:
            raise ModelError(
                f"{self.path}: the {self.of}'s weights cannot be read ({error}). Install Lagebild again."
            ) from error
        digest = hashlib.sha256(data).hexdigest()
        if digest != self.sha256:
            raise ModelError(
                f"{self.path}: the {self.of}'s weights have the hash {digest[:12]}, not {self.short}. "
                f"Install Lagebild again{self.instead}."
            )
        with np.load(self.path) as stored:
            return {name: stored[name] for name in stored.files}


def changed(weights: Weights, layers: Layers) -> Weights:
    """The weights with these layers in place of their own; what else the file has is not for them."""
    plain = {name: value.astype(np.float32) for name, value in layers.items() if value.dtype == np.float16}
    for name in (name.removesuffix(".int8") for name in layers if name.endswith(".int8")):
        matrix = layers[f"{name}.int8"] * layers[f"{name}.scales"][:, None]
        plain[f"{name}.w"] = np.asarray(matrix, np.float32).reshape(-1)
    return replace(weights, plain=weights.plain | plain)


def quantise(matrix: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """The nearest 8-bit matrix with one scale a row: symmetric, from -127 to 127."""
    scales = np.maximum(np.abs(matrix).max(axis=1), 1e-12) / 127
    return np.round(matrix / scales[:, None]).astype(np.int8), scales.astype(np.float32)
