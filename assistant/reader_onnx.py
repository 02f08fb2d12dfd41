"""The reader as an ONNX graph: the embedded backbone with the layers that training changed, and its head.

The matrices are 8-bit, with one scale a row, and are multiplied so (e5_onnx.py). What training did
not change comes from the embedded model's own file, so that the reader ships as its changed layers alone. Knows
weights; knows nothing of questions. training/export.py writes the file that is read here.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.e5 import Weights, build_folder
from assistant.e5_onnx import MODEL_FILE, Graph, Ranges
from assistant.errors import ModelError

__all__ = ["READER_FILE", "READER_SHA256", "build_reader", "quantise"]

READER_FILE = Path(__file__).parent / "data" / "reader.npz"
READER_SHA256 = "900fb69baceb121b553e98dad5f15314e1232efc17ab4ebbd3790dff1412f3a6"
"""Of that file."""

Matrix = tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]
"""Shape (outputs, inputs), and a scale for each output."""


def build_reader(cache: Path, file: Path, sha256: str) -> Path:
    """A folder with the graph, made on the first call (about 80 MB, 5 seconds).

    The graph takes `input_ids` and `attention_mask` (int64, shape (texts, tokens)) and gives `scores` (float32,
    shape (texts, tokens, 3)): a phrase starts here, ends here, and support (reader.py). A ModelError where the file
    is absent or is not the one with this hash.
    """
    name = f"reader-{sha256[:12]}"

    def save(weights: Weights, folder: Path) -> None:
        import onnx

        try:
            data = file.read_bytes()
        except OSError as error:
            raise ModelError(
                f"{file}: the reader's weights cannot be read ({error}). Install Lagebild again."
            ) from error
        digest = hashlib.sha256(data).hexdigest()
        if digest != sha256:
            raise ModelError(
                f"{file}: the reader's weights have the hash {digest[:12]}, not {sha256[:12]}. Install Lagebild again, "
                'or turn the reader off: LAGEBILD_READER=""'
            )
        with np.load(file) as changed:
            arrays = {name: changed[name] for name in changed.files}
        model = ReaderGraph(weights, Ranges.load(), arrays).model()
        onnx.save(model, str(folder / MODEL_FILE))

    return build_folder(cache, name, save)


def quantise(matrix: npt.NDArray[np.float32]) -> Matrix:
    """The nearest 8-bit matrix with one scale a row: symmetric, from -127 to 127."""
    scales = np.maximum(np.abs(matrix).max(axis=1), 1e-12) / 127
    return np.round(matrix / scales[:, None]).astype(np.int8), scales.astype(np.float32)


class ReaderGraph(Graph):
    """The encoder with other weights in its upper layers, and a head over its tokens."""

    def __init__(self, weights: Weights, ranges: Ranges, changed: dict[str, npt.NDArray[Any]]) -> None:
        plain = {name: value.astype(np.float32) for name, value in changed.items() if value.dtype == np.float16}
        super().__init__(replace(weights, plain=weights.plain | plain), ranges)
        self._changed = changed

    def model(self) -> Any:
        """The whole graph: scores of tokens."""
        head = self._constant("head", np.ascontiguousarray(self._changed["head.w"].T, dtype=np.float32))
        product = self._node("MatMul", [self._states(), head], "head product")
        self._node("Add", [product, self._constant("head bias", self._changed["head.b"].astype(np.float32))], "scores")
        return self._finish("lagebild-reader", {"scores": ["texts", "tokens", 3]})

    def _matrix(self, name: str) -> npt.NDArray[np.float32]:
        if f"{name}.int8" not in self._changed:
            return super()._matrix(name)
        values = self._changed[f"{name}.int8"] * self._changed[f"{name}.scales"][:, None]
        return np.asarray(values, dtype=np.float32).reshape(-1)
