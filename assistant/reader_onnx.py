"""The reader as an ONNX graph: the embedded backbone with the layers that training changed, and its head.

What training did not change comes from the published model's own file, so that the reader ships as its changed layers
alone (layers.py). Knows weights; knows nothing of questions.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from assistant.e5 import Weights, build_folder
from assistant.e5_onnx import MODEL_FILE, Graph, Ranges
from assistant.layers import Layers, LayersFile, changed

__all__ = ["READER", "ReaderGraph", "build_reader"]

READER = LayersFile(
    Path(__file__).parent / "data" / "reader.npz",
    "900fb69baceb121b553e98dad5f15314e1232efc17ab4ebbd3790dff1412f3a6",
    "reader",
    ', or turn the reader off: LAGEBILD_READER=""',
)


def build_reader(cache: Path, file: LayersFile) -> Path:
    """A folder with the graph, made on the first call (about 80 MB, 5 seconds).

    The graph takes `input_ids` and `attention_mask` (int64, shape (texts, tokens)) and gives `scores` (float32,
    shape (texts, tokens, 3)): a phrase starts here, ends here, and support (reader.py). A ModelError where the file
    is absent or is not the one with its hash.
    """

    def save(weights: Weights, folder: Path) -> None:
        import onnx

        model = ReaderGraph(weights, Ranges.load(), file.read()).model()
        onnx.save(model, str(folder / MODEL_FILE))

    return build_folder(cache, f"reader-{file.short}", save)


class ReaderGraph(Graph):
    """The encoder with other weights in its upper layers, and a head over its tokens."""

    def __init__(self, weights: Weights, ranges: Ranges, layers: Layers) -> None:
        super().__init__(changed(weights, layers), ranges)
        self._head = layers["head.w"], layers["head.b"]

    def model(self) -> Any:
        """The whole graph: scores of tokens."""
        weight, bias = self._head
        head = self._constant("head", np.ascontiguousarray(weight.T, dtype=np.float32))
        product = self._node("MatMul", [self._states(), head], "head product")
        self._node("Add", [product, self._constant("head bias", bias.astype(np.float32))], "scores")
        return self._finish("lagebild-reader", {"scores": ["texts", "tokens", 3]})
