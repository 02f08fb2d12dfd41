"""The embedded model as an ONNX graph that multiplies whole numbers of 8 bits: the fast engine.

A matrix has one scale for each of its outputs. What it is multiplied with has one for each channel, told beforehand by
how large its values get (`Ranges`), and in the feed-forward part one for each token as well: a few tokens have values
a hundred times those of others there, and with one scale for all of them little is left of the rest.
The vectors are those of the reference to a cosine of 0.9997 (docs/decisions/0008). The vocabulary stays in 4 bits.
The matrices are such that no processor's quick way of multiplying bytes overflows: one graph for all.
The layers are those of BERT: J. Devlin et al., NAACL 2019, figure 1 and section 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.e5 import Weights, build_folder

__all__ = ["MODEL_FILE", "RANGES_FILE", "Graph", "Ranges", "build_onnx_model", "to_bytes"]

MODEL_FILE = "model.onnx"
RANGES_FILE = Path(__file__).parent / "data" / "ranges.npz"
"""Written by scripts/measure_ranges.py."""

_CONTRIB = "com.microsoft"  # ONNX Runtime's own operators
_BLOCK = 32
_GELU_LEAST = 0.17  # Gelu is never below -0.17
_CHANNEL = 4.0  # times the size of the middle channel, up to which a token's largest value is made even beforehand

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Ranges:
    """How large the values of each channel get in each layer, of either sign: shape (layers, dimensions), above 0.

    `compared` are those that attention compares, `attended` those that it gives: what is larger in a text is cut to
    this. `widened` are those that the feed-forward part begins with; they only say which channels are large there.
    """

    compared: Floats
    attended: Floats
    widened: Floats

    @classmethod
    def load(cls, file: Path = RANGES_FILE) -> Ranges:
        """Those of a file, as float32."""
        with np.load(file) as stored:
            return cls(*(stored[name].astype(np.float32) for name in ("compared", "attended", "widened")))


def build_onnx_model(cache: Path) -> Path:
    """A folder with the graph, made on the first call (about 80 MB, 5 seconds).

    The graph takes `input_ids` and `attention_mask` (int64, shape (texts, tokens)) and gives `embedding` (float32,
    shape (texts, dimensions), rows of unit length): the mean over the tokens that the mask keeps, whose own vectors are
    `token states` (shape (texts, tokens, dimensions)).
    """
    return build_folder(cache, "multilingual-e5-small-bytes", _save)


def to_bytes(matrix: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
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

    onnx.save(Graph(weights, Ranges.load()).model(), str(folder / MODEL_FILE))


class Graph:
    """The encoder, node after node; each method returns the name of what it computes."""

    def __init__(self, weights: Weights, ranges: Ranges) -> None:
        self._weights = weights
        self._ranges = ranges
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
        self._constant("least", np.array(_GELU_LEAST, np.float32))
        states = self._embeddings()
        for layer in range(self._weights.header.layers):
            states = self._layer(states, layer)
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
        opsets = [helper.make_opsetid("", 23), helper.make_opsetid(_CONTRIB, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=11)

    def _embeddings(self) -> str:
        weights, hidden = self._weights, self._weights.header.hidden
        zero, one, two = (self._constant(f"number {n}", np.array([n], np.int64)) for n in (0, 1, 2))
        shape = self._node("Shape", ["input_ids"], "shape")
        length = self._node("Slice", [shape, one, two, zero], "length")
        self._mask(length)
        # Every text is of token type 0, so that its vector is part of every position's.
        positions = weights.tensor("emb.pos").reshape(-1, hidden) + weights.tensor("emb.type")[:hidden]
        used = self._node("Slice", [self._constant("positions", positions), zero, length, zero], "used positions")
        norm = [self._plain("emb.ln.w"), self._plain("emb.ln.b")]
        total = self._node("Add", [self._words(hidden), used], "embeddings")
        return self._node("LayerNormalization", [total, *norm], "states", axis=-1, epsilon=weights.header.epsilon)

    def _words(self, hidden: int) -> str:
        """The vectors of the tokens' words, unpacked from the file's own blocks.

        `GatherBlockQuantized` would be all of it in one node, and takes six times as long.
        """
        blocks = self._weights.blocks["emb.word"].reshape(-1, hidden // _BLOCK)
        packed = self._constant("emb.word", blocks["nibbles"].reshape(len(blocks), -1))
        scales = self._constant("emb.word scales", blocks["scale"][..., None].astype(np.float16))
        apart = self._constant("blocks apart", np.array([0, 0, hidden // _BLOCK, _BLOCK // 2], np.int64))
        pairs = self._node("Reshape", [self._node("Gather", [packed, "input_ids"], "word bytes"), apart], "pairs")
        low = self._node("BitwiseAnd", [pairs, self._constant("15", np.array([15], np.uint8))], "low halves")
        high = self._node(
            "BitShift", [pairs, self._constant("4", np.array([4], np.uint8))], "high halves", direction="RIGHT"
        )
        steps = self._node("Cast", [self._node("Concat", [low, high], "halves", axis=-1)], "steps", to=1)
        signed = self._node("Sub", [steps, self._constant("8", np.array(8, np.float32))], "signed steps")
        scale = self._node(
            "Cast", [self._node("Gather", [scales, "input_ids"], "word scales")], "scales of words", to=1
        )
        words = self._node("Mul", [signed, scale], "words in blocks")
        return self._node("Reshape", [words, self._constant("joined", np.array([0, 0, hidden], np.int64))], "words")

    def _mask(self, length: str) -> None:
        """What is added before attention's softmax: shape (texts, 1, tokens, tokens), 0 or next to nothing left."""
        kept = self._node("Cast", ["attention_mask"], "float mask", to=1)
        lack = self._node("Sub", [kept, self._constant("1", np.array(1, np.float32))], "lack")
        added = self._node("Mul", [lack, self._constant("10000", np.array(1e4, np.float32))], "added")
        wide = self._node("Unsqueeze", [added, self._constant("axes", np.array([1, 2], np.int64))], "wide")
        shape = self._node("Concat", ["number 1", "number 1", length, "number 1"], "mask shape", axis=0)
        self._node("Expand", [wide, shape], "mask")

    def _layer(self, states: str, number: int) -> str:
        layer, header = f"l{number}", self._weights.header
        compared, attended = self._ranges.compared[number], self._ranges.attended[number]
        parts = [f"{layer}.{part}" for part in "qkv"]
        even = self._node("Mul", [states, self._constant(f"{layer}.even", 1 / compared)], f"{layer}.compared")
        matrix, bias = self._dense(parts)
        # The values come out of attention divided by their range, since they go in so: no node has to divide them.
        given = np.concatenate([np.ones(2 * header.hidden, np.float32), attended])
        joint = self._product(even, f"{layer}.qkv", matrix * compared / given[:, None], bias / given)
        sizes = self._constant(f"{layer}.sizes", np.full(3, header.hidden, np.int64))
        self._node("Split", [joint, sizes], *parts, axis=-1)
        mixed = self._node(
            "Attention", [*parts, "mask"], f"{layer}.attended", q_num_heads=header.heads, kv_num_heads=header.heads
        )
        matrix, bias = self._dense([f"{layer}.ao"])
        change = self._product(mixed, f"{layer}.ao", matrix * attended, bias)
        states = self._add_and_normalize(change, states, f"{layer}.aln")
        return self._add_and_normalize(self._feed_forward(states, number), states, f"{layer}.oln")

    def _feed_forward(self, states: str, number: int) -> str:
        layer, range_ = f"l{number}", self._ranges.widened[number]
        shares = np.clip(range_ / np.median(range_), 1, _CHANNEL)
        even = self._node("Mul", [states, self._constant(f"{layer}.shares", 1 / shares)], f"{layer}.widened")
        sizes = self._node("Abs", [even], f"{layer}.widened sizes")
        largest = self._node("ReduceMax", [sizes, "last axis"], f"{layer}.widened largest")
        matrix, bias = self._dense([f"{layer}.fi"])
        wide = self._product_by_token(even, largest, f"{layer}.fi", matrix * shares, bias)
        active = self._node("Gelu", [wide], f"{layer}.active", contrib=True)
        above = self._node("ReduceMax", [active, "last axis"], f"{layer}.active above")
        largest = self._node("Max", [above, "least"], f"{layer}.active largest")
        return self._product_by_token(active, largest, f"{layer}.fo", *self._dense([f"{layer}.fo"]))

    def _mean(self, states: str) -> None:
        column = self._node("Unsqueeze", ["float mask", "last axis"], "mask column")
        kept = self._node("Mul", [states, column], "kept")
        total = self._node("ReduceSum", [kept, "number 1"], "sum", keepdims=0)
        self._node("LpNormalization", [total], "embedding", axis=-1, p=2)  # scaling makes the sum as good as the mean

    def _add_and_normalize(self, change: str, states: str, norm: str) -> str:
        # SkipLayerNormalization would be both in one node, and takes four times as long.
        total = self._node("Add", [change, states], f"{norm}.sum")
        constants = [self._plain(f"{norm}.w"), self._plain(f"{norm}.b")]
        epsilon = self._weights.header.epsilon
        return self._node("LayerNormalization", [total, *constants], f"{norm}.out", axis=-1, epsilon=epsilon)

    def _product_by_token(self, values: str, largest: str, name: str, matrix: Floats, bias: Floats) -> str:
        """The product where each token has a scale: it is divided by its largest value before, and multiplied after."""
        inverse = self._node("Reciprocal", [largest], f"{name}.inverse")  # dividing by it takes twice as long
        relative = self._node("Mul", [values, inverse], f"{name}.relative")
        back = self._node("Mul", [self._product(relative, name, matrix), largest], f"{name}.back")
        return self._node("Add", [back, self._constant(f"{name}.b", bias)], f"{name}.biased")

    def _product(self, relative: str, name: str, matrix: Floats, bias: Floats | None = None) -> str:
        """The product in whole numbers, of values between -1 and 1 with a matrix of shape (outputs, inputs).

        Their scale is known beforehand: a text's vector does not depend on its batch.
        """
        whole, scale = to_bytes(matrix)
        bytes_ = self._node("QuantizeLinear", [relative, "1/127", "128"], f"{name}.bytes")
        constants = [
            self._constant(f"{name}.w", whole.T),
            "1/127",
            self._constant(f"{name}.scale", scale),
            "128",
            self._constant(f"{name}.zero", np.zeros(len(matrix), np.int8)),
        ]
        if bias is not None:
            constants.append(self._constant(f"{name}.b", bias))
        return self._node("MatMulIntegerToFloat", [bytes_, *constants], f"{name}.product", contrib=True)

    def _dense(self, names: list[str]) -> tuple[Floats, Floats]:
        """A layer's weights, shape (outputs, inputs), and bias; or those of several that share their input."""
        bias = np.concatenate([self._weights.plain[f"{name}.b"] for name in names])
        return np.concatenate([self._weights.tensor(f"{name}.w") for name in names]).reshape(len(bias), -1), bias

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
