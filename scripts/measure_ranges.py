"""Writes assistant/data/ranges.npz: how large the values inside of the embedded model and of the reader get.

Usage: python scripts/measure_ranges.py ../shared

Both run in floats over texts in fifteen languages (a twentieth of the news of NTREX, passages of what the reader is
trained on) and odd ones, the reader over questions with passages. Each channel's largest value in each layer, of both,
and a tenth more, is what the fast engine (assistant/e5_onnx.py) makes bytes of. Of the other texts that the project
measures itself with none takes part. With another reader, measure again, and raise `_LAYOUT` in assistant/e5.py, so
that no graph in a cache keeps the ranges of before.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from onnx import TensorProto, helper

from assistant import e5
from assistant.e5_onnx import RANGES_FILE, Graph, Ranges
from assistant.reader_onnx import READER, ReaderGraph
from assistant.settings import Settings
from training.examples import TYDI, read_squad

KINDS = ("compared", "attended", "widened")
MORE = 1.1
SQUADS = (*TYDI, "arcd-train", "heq_val")
EACH = 60  # passages of each
ODD = [
    "",
    "x" * 3_000,
    "0" * 2_000,
    "12 killed. " * 100,
    "https://example.org/2017/11/19/abu-kamal?id=1&lang=ar",
    "🚀🔥 !!! ??? ... --- ### @@@ 100% 3.14 1,000,000 №5 §7 €9",
    "\u202e\u200f\u0640\u0651 ﷺ ½ ™",
    "ABU KAMAL, NOVEMBER 2017: SITUATION REPORT",
    "叙利亚军队宣布占领阿布卡迈勒。居民说,城里仍有武装分子。",
    "ทหารเข้าเมืองแล้ว ชาวบ้านหนีไปทางเหนือ",
    "सेना ने शहर पर कब्ज़ा कर लिया। सैकड़ों लोग भाग गए।",
    "Quân đội đã chiếm thị trấn, người dân chạy về phía bắc.",
    "Ο στρατός κατέλαβε την πόλη.",
]


class _Floats:
    """A graph whose products are not rounded."""

    def _product(
        self: Any,
        relative: str,
        name: str,
        matrix: npt.NDArray[np.float32],
        bias: npt.NDArray[np.float32] | None = None,
    ) -> Any:
        product = self._node("MatMul", [relative, self._constant(f"{name}.w", matrix.T)], f"{name}.product")
        if bias is None:
            return product
        return self._node("Add", [product, self._constant(f"{name}.b", bias)], f"{name}.with bias")


class _Encoder(_Floats, Graph):
    pass


class _Reader(_Floats, ReaderGraph):
    pass


def main(shared: Path) -> None:
    """Write the file."""
    settings = Settings.from_environment()
    weights = e5.parse_weights(e5.weights_file().read_bytes())
    tokenizer = e5.load_tokenizer(settings.cache)
    shape = (weights.header.layers, weights.header.hidden)
    plain = Ranges(*(np.ones(shape, np.float32) for _ in KINDS))
    largest = {kind: np.zeros(shape, np.float32) for kind in KINDS}
    texts = [*ODD, *_texts(shared)]
    alone = [tokenizer.encode(prefix + text).ids for text in texts for prefix in (e5.QUERY_PREFIX, e5.PASSAGE_PREFIX)]
    pairs = [tokenizer.encode(e5.QUERY_PREFIX + question, text).ids for question, text in _questions(shared)]
    for graph, encoded in ((_Encoder(weights, plain), alone), (_Reader(weights, plain, READER.read()), pairs)):
        session = _session(graph.model(), shape[0])
        for ids in encoded:
            _look(session, np.array([ids[:512]], np.int64), largest)
    compared, attended, widened = ((largest[kind] * MORE).astype(np.float16) for kind in KINDS)
    np.savez_compressed(RANGES_FILE, compared=compared, attended=attended, widened=widened)


def _session(model: Any, layers: int) -> onnxruntime.InferenceSession:
    names = [f"l{layer}.{kind}" for layer in range(layers) for kind in KINDS]
    model.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in names)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # that constants are not used is meant
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def _look(
    session: onnxruntime.InferenceSession, ids: npt.NDArray[np.int64], largest: dict[str, npt.NDArray[np.float32]]
) -> None:
    names = [f"l{layer}.{kind}" for kind in KINDS for layer in range(len(largest[kind]))]
    found = session.run(names, {"input_ids": ids, "attention_mask": np.ones_like(ids)})
    for name, values in zip(names, found, strict=True):
        layer, kind = name[1:].split(".")
        row = largest[kind][int(layer)]
        np.maximum(row, np.abs(np.asarray(values)[0]).max(axis=0), out=row)


def _texts(shared: Path) -> Iterator[str]:
    for file in sorted((shared / "eval/ntrex").glob("*.txt")):
        yield from file.read_text("utf-8").splitlines()[::20]
    yield from (text for _, text in _questions(shared))


def _questions(shared: Path) -> Iterator[tuple[str, str]]:
    for name in SQUADS:
        paragraphs = [paragraph for _, paragraph in read_squad(shared / f"train/{name}.json")]
        some = paragraphs[:: max(len(paragraphs) // EACH, 1)][:EACH]
        yield from ((paragraph["qas"][0]["question"], paragraph["context"]) for paragraph in some)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
