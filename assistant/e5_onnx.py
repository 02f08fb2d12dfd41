"""The embedded model as an ONNX graph that keeps its 4-bit weights as they are: the fast engine.

ONNX Runtime multiplies the 4-bit blocks directly (`MatMulNBits`, with activations in 8 bits a block), so the file
has 76 MB in place of 450, loads in a second, and gives the vectors of the reference to a cosine of 0.9999
(docs/decisions/0008). The layers are those of BERT: J. Devlin et al., NAACL 2019, figure 1 and section 3.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.e5 import Weights, build_folder, make_tokenizer

__all__ = ["MODEL_FILE", "TOKENIZER_FILE", "build_onnx_model"]

MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"

_CONTRIB = "com.microsoft"  # ONNX Runtime's own operators
_BLOCK = 32
_INT8_ACTIVATIONS = 4  # MatMulNBits' accuracy_level

Nibbles = npt.NDArray[np.uint8]


def build_onnx_model(cache: Path) -> Path:
    """A folder with the graph and the tokenizer, made on the first call (about 95 MB, 5 seconds).

    The graph takes `input_ids` and `attention_mask` (int64, shape (texts, tokens)) and gives `embedding` (float32,
    shape (texts, dimensions), rows of unit length): the mean over the tokens that the mask keeps.
    """
    return build_folder(cache, "multilingual-e5-small-onnx", _save)


def _save(weights: Weights, folder: Path) -> None:
    import onnx

    make_tokenizer(weights).save(str(folder / TOKENIZER_FILE))
    onnx.save(_Graph(weights).model(), str(folder / MODEL_FILE))


class _Graph:
    """Adds node after node; each method returns the name of what it computes."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def model(self) -> Any:
        from onnx import TensorProto, helper

        header = self._weights.header
        states = self._embeddings()
        for layer in range(header.layers):
            states = self._layer(states, f"l{layer}")
        self._mean(states)
        tokens = ["texts", "tokens"]
        graph = helper.make_graph(
            self._nodes,
            "multilingual-e5-small",
            [
                helper.make_tensor_value_info(name, TensorProto.INT64, tokens)
                for name in ("input_ids", "attention_mask")
            ],
            [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["texts", header.hidden])],
            self._constants,
        )
        opsets = [helper.make_opsetid("", 21), helper.make_opsetid(_CONTRIB, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=10)

    def _embeddings(self) -> str:
        weights, hidden = self._weights, self._weights.header.hidden
        words = self._node(
            "GatherBlockQuantized",
            [self._packed("emb.word", hidden), "input_ids", *self._scales_and_zeros("emb.word", hidden)],
            "words",
            contrib=True,
            gather_axis=0,
            quantize_axis=1,
            block_size=_BLOCK,
        )
        # Every text is of token type 0, so that its vector is part of every position's.
        positions = weights.tensor("emb.pos").reshape(-1, hidden) + weights.tensor("emb.type")[:hidden]
        zero, one, two = (self._constant(f"number {n}", np.array([n], np.int64)) for n in (0, 1, 2))
        shape = self._node("Shape", ["input_ids"], "shape")
        length = self._node("Slice", [shape, one, two, zero], "length")
        used = self._node("Slice", [self._constant("positions", positions), zero, length, zero], "used positions")
        norm = [self._plain("emb.ln.w"), self._plain("emb.ln.b")]
        total = self._node("Add", [words, used], "embeddings")
        self._node("Cast", ["attention_mask"], "mask", to=6)  # int32
        return self._node("LayerNormalization", [total, *norm], "states", axis=-1, epsilon=weights.header.epsilon)

    def _layer(self, states: str, layer: str) -> str:
        header = self._weights.header
        parts = [f"{layer}.{part}" for part in "qkv"]
        bias = np.concatenate([self._weights.tensor(f"{part}.b") for part in parts])
        joined = self._node(
            "Add", [self._product(states, parts), self._constant(f"{layer}.qkv.b", bias)], f"{layer}.qkv+b"
        )
        sizes = self._constant(f"{layer}.sizes", np.full(3, header.hidden, np.int64))
        self._node("Split", [joined, sizes], *parts, axis=-1)
        attended = self._node(
            "MultiHeadAttention", [*parts, "", "mask"], f"{layer}.attended", contrib=True, num_heads=header.heads
        )
        states = self._add_and_normalize(
            self._product(attended, [f"{layer}.ao"]), states, f"{layer}.ao", f"{layer}.aln"
        )
        wide = self._product(states, [f"{layer}.fi"])
        active = self._node("BiasGelu", [wide, self._plain(f"{layer}.fi.b")], f"{layer}.active", contrib=True)
        return self._add_and_normalize(self._product(active, [f"{layer}.fo"]), states, f"{layer}.fo", f"{layer}.oln")

    def _mean(self, states: str) -> None:
        mask = self._node("Cast", ["attention_mask"], "float mask", to=1)
        column = self._node("Unsqueeze", [mask, self._constant("last axis", np.array([-1], np.int64))], "mask column")
        kept = self._node("Mul", [states, column], "kept")
        total = self._node("ReduceSum", [kept, "number 1"], "sum", keepdims=0)
        self._node("LpNormalization", [total], "embedding", axis=-1, p=2)  # scaling makes the sum as good as the mean

    def _add_and_normalize(self, product: str, states: str, dense: str, norm: str) -> str:
        constants = [self._plain(f"{norm}.w"), self._plain(f"{norm}.b"), self._plain(f"{dense}.b")]
        epsilon = self._weights.header.epsilon
        return self._node(
            "SkipLayerNormalization", [product, states, *constants], f"{norm}.out", contrib=True, epsilon=epsilon
        )

    def _product(self, states: str, names: list[str]) -> str:
        """The product with one 4-bit matrix, or with several that share their input, side by side."""
        biases = [len(self._weights.plain[f"{name}.b"]) for name in names]
        blocks = np.concatenate([self._weights.blocks[f"{name}.w"] for name in names])
        rows = sum(biases)
        name = f"{names[0]}.product"
        packed = self._constant(f"{name}.4bit", _pack(blocks["nibbles"]).reshape(rows, -1, _BLOCK // 2))
        scales = self._constant(f"{name}.scales", blocks["scale"].astype(np.float32))
        sizes = {"K": len(blocks) * _BLOCK // rows, "N": rows, "bits": 4, "block_size": _BLOCK}
        return self._node(
            "MatMulNBits", [states, packed, scales], name, contrib=True, accuracy_level=_INT8_ACTIVATIONS, **sizes
        )

    def _packed(self, name: str, width: int) -> str:
        from onnx import TensorProto, helper

        data = _pack(self._weights.blocks[name]["nibbles"])
        shape = [data.size * 2 // width, width]
        self._constants.append(helper.make_tensor(name, TensorProto.UINT4, shape, data.tobytes(), raw=True))
        return name

    def _scales_and_zeros(self, name: str, width: int) -> list[str]:
        from onnx import TensorProto, helper

        scales = self._weights.blocks[name]["scale"].astype(np.float32).reshape(-1, width // _BLOCK)
        eights = np.full(scales.size // 2, 0x88, np.uint8)  # a nibble of 8 means 0
        zeros = helper.make_tensor(f"{name}.zeros", TensorProto.UINT4, list(scales.shape), eights.tobytes(), raw=True)
        self._constants.append(zeros)
        return [self._constant(f"{name}.scales", scales), f"{name}.zeros"]

    def _plain(self, name: str) -> str:
        return self._constant(name, self._weights.plain[name])

    def _constant(self, name: str, values: npt.NDArray[Any]) -> str:
        from onnx import numpy_helper

        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _node(self, operator: str, inputs: list[str], *outputs: str, contrib: bool = False, **attributes: Any) -> str:
        from onnx import helper

        domain = _CONTRIB if contrib else ""
        self._nodes.append(helper.make_node(operator, inputs, list(outputs), domain=domain, **attributes))
        return outputs[0]


def _pack(nibbles: Nibbles) -> Nibbles:
    """The file has weights i and i + 16 of a block in one byte; ONNX wants neighbours there, the first one low."""
    values = np.concatenate([nibbles & 0x0F, nibbles >> 4], axis=1)
    return np.asarray(values[:, 0::2] | (values[:, 1::2] << 4), dtype=np.uint8)
