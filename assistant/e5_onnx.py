"""The embedded model as an ONNX graph that multiplies whole numbers of 8 bits: the fast engine.

A matrix has one scale for each of its outputs, what it is multiplied with has one for each token. The second matters:
some tokens have values a hundred times those of others, and with one scale for all of them little is left of the rest.
The vectors are those of the reference to a cosine of 0.9995 (docs/decisions/0008). The vocabulary stays in 4 bits.
The matrices are such that no processor's quick way of multiplying bytes overflows: one graph for all.
The layers are those of BERT: J. Devlin et al., NAACL 2019, figure 1 and section 3.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.e5 import Weights, build_folder

__all__ = ["MODEL_FILE", "Graph", "build_onnx_model", "to_bytes"]

MODEL_FILE = "model.onnx"

_CONTRIB = "com.microsoft"  # ONNX Runtime's own operators
_BLOCK = 32
_INT8_ACTIVATIONS = 4  # MatMulNBits' accuracy_level
_EXACT = frozenset({"l8.q", "l9.q", "l10.q", "l11.q"})
"""Where whole numbers cost most: what the last four layers' attention compares. Half of all that is lost otherwise."""

Nibbles = npt.NDArray[np.uint8]


def build_onnx_model(cache: Path) -> Path:
    """A folder with the graph, made on the first call (about 100 MB, 5 seconds).

    The graph takes `input_ids` and `attention_mask` (int64, shape (texts, tokens)) and gives `embedding` (float32,
    shape (texts, dimensions), rows of unit length): the mean over the tokens that the mask keeps, whose own vectors are
    `token states` (shape (texts, tokens, dimensions)).
    """
    return build_folder(cache, "multilingual-e5-small-bytes", _save)


def to_bytes(matrix: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """The matrix in whole numbers of one byte, and a scale for each of its rows, which are of an even length.

    x86 without VNNI adds two products of an unsigned and a signed byte in 16 bits, and clips what is more, silently. So
    two neighbours of one sign are 128 at most together: 255 x 128 fits. It costs half a bit, as a row's largest values
    seldom stand beside each other.
    """
    pairs = matrix.reshape(len(matrix), -1, 2)
    largest = np.maximum(np.maximum(pairs, 0).sum(axis=2), np.maximum(-pairs, 0).sum(axis=2)).max(axis=1)
    scale = np.maximum(largest, np.finfo(np.float32).tiny) / 127.49  # rounding may add one half twice
    return np.round(matrix / scale[:, None]).astype(np.int8), scale


def _save(weights: Weights, folder: Path) -> None:
    import onnx

    onnx.save(Graph(weights).model(), str(folder / MODEL_FILE))


class Graph:
    """The encoder, node after node; each method returns the name of what it computes."""

    exact = _EXACT

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def model(self) -> Any:
        """The whole graph: vectors of texts, and of their tokens."""
        states, hidden = self._states(), self._weights.header.hidden
        self._mean(states)
        self._node("Identity", [states], "token states")
        outputs: dict[str, list[str | int]] = {
            "embedding": ["texts", hidden],
            "token states": ["texts", "tokens", hidden],
        }
        return self._finish("multilingual-e5-small", outputs)

    def _states(self) -> str:
        """What the last layer gives: shape (texts, tokens, dimensions)."""
        self._constant("last axis", np.array([-1], np.int64))
        self._constant("1/127", np.array(1 / 127, np.float32))
        self._constant("128", np.array(128, np.uint8))
        states = self._embeddings()
        for layer in range(self._weights.header.layers):
            states = self._layer(states, f"l{layer}")
        return states

    def _finish(self, name: str, outputs: dict[str, list[str | int]]) -> Any:
        from onnx import TensorProto, helper

        tokens = ["texts", "tokens"]
        graph = helper.make_graph(
            self._nodes,
            name,
            [
                helper.make_tensor_value_info(given, TensorProto.INT64, tokens)
                for given in ("input_ids", "attention_mask")
            ],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, shape) for output, shape in outputs.items()],
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
        sizes = self._constant(f"{layer}.sizes", np.full(3, header.hidden, np.int64))
        self._node("Split", [self._dense(states, parts), sizes], *parts, axis=-1)
        attended = self._node(
            "MultiHeadAttention", [*parts, "", "mask"], f"{layer}.attended", contrib=True, num_heads=header.heads
        )
        states = self._add_and_normalize(self._dense(attended, [f"{layer}.ao"]), states, f"{layer}.aln")
        active = self._node("Gelu", [self._dense(states, [f"{layer}.fi"])], f"{layer}.active", contrib=True)
        return self._add_and_normalize(self._dense(active, [f"{layer}.fo"]), states, f"{layer}.oln")

    def _mean(self, states: str) -> None:
        mask = self._node("Cast", ["attention_mask"], "float mask", to=1)
        column = self._node("Unsqueeze", [mask, "last axis"], "mask column")
        kept = self._node("Mul", [states, column], "kept")
        total = self._node("ReduceSum", [kept, "number 1"], "sum", keepdims=0)
        self._node("LpNormalization", [total], "embedding", axis=-1, p=2)  # scaling makes the sum as good as the mean

    def _add_and_normalize(self, change: str, states: str, norm: str) -> str:
        # SkipLayerNormalization would be both in one node, and takes four times as long.
        total = self._node("Add", [change, states], f"{norm}.sum")
        constants = [self._plain(f"{norm}.w"), self._plain(f"{norm}.b")]
        epsilon = self._weights.header.epsilon
        return self._node("LayerNormalization", [total, *constants], f"{norm}.out", axis=-1, epsilon=epsilon)

    def _dense(self, states: str, names: list[str]) -> str:
        """One layer of weights and bias, or several that share their input side by side."""
        exact = any(name in self.exact for name in names)
        product = self._blockwise(states, names) if exact else self._whole(states, names)
        bias = np.concatenate([self._weights.plain[f"{one}.b"] for one in names])
        return self._node("Add", [product, self._constant(f"{names[0]}.b", bias)], f"{names[0]}.biased")

    def _whole(self, states: str, names: list[str]) -> str:
        """The product in whole numbers: each token's values are divided by the largest before, and multiplied after.

        So all values lie between -1 and 1, and their scale is known: a text's vector does not depend on its batch.
        """
        name = f"{names[0]}.dense"
        rows = sum(len(self._weights.plain[f"{one}.b"]) for one in names)
        whole, scale = to_bytes(np.concatenate([self._matrix(one) for one in names]).reshape(rows, -1))
        sizes = self._node("Abs", [states], f"{name}.sizes")
        largest = self._node("ReduceMax", [sizes, "last axis"], f"{name}.largest")
        relative = self._node("Div", [states, largest], f"{name}.relative")
        bytes_ = self._node("QuantizeLinear", [relative, "1/127", "128"], f"{name}.bytes")
        constants = [
            self._constant(f"{name}.w", whole.T),
            "1/127",
            self._constant(f"{name}.scale", scale),
            "128",
            self._constant(f"{name}.zero", np.zeros(rows, np.int8)),
        ]
        product = self._node("MatMulIntegerToFloat", [bytes_, *constants], f"{name}.product", contrib=True)
        return self._node("Mul", [product, largest], f"{name}.back")

    def _matrix(self, name: str) -> npt.NDArray[np.float32]:
        """A layer's weights, row by row, flat."""
        return self._weights.tensor(f"{name}.w")

    def _blockwise(self, states: str, names: list[str]) -> str:
        """The product with the file's own blocks of 4 bits, and states in 8 bits a block: three times slower."""
        name = f"{names[0]}.dense"
        rows = sum(len(self._weights.plain[f"{one}.b"]) for one in names)
        blocks = np.concatenate([self._weights.blocks[f"{one}.w"] for one in names])
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
