"""Turns text into vectors. Knows models; knows nothing of reports, stores or questions.

Queries and passages are embedded by separate calls, because e5 and its kind want different prefixes.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar, runtime_checkable

import numpy as np
import numpy.typing as npt

from assistant import e5
from assistant.e5_onnx import MODEL_FILE, build_onnx_model
from assistant.e5_torch import build_torch_model
from assistant.errors import ModelError
from assistant.onnx_session import batches, open_session, run_batches
from assistant.settings import EMBEDDED_MODEL, Settings

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

__all__ = [
    "EMBEDDED_IDENTITY",
    "Embedder",
    "OnnxEmbedder",
    "SentenceTransformerEmbedder",
    "TokenEmbedder",
    "TokenVectors",
    "Vectors",
    "WordLengthEmbedder",
    "expected_identity",
    "load_embedder",
]

Vectors = npt.NDArray[np.float32]
"""Rows of unit length, float32, so that a dot product is a cosine similarity (-1 to 1, higher is nearer)."""

EMBEDDED_IDENTITY = f"{EMBEDDED_MODEL} {e5.WEIGHTS_SHA256[:12]}"

_BATCH = 8  # texts; measured: batches of 32 are slower on two cores (padding, cache)
_BATCH_TOKENS = 384  # the same for the ONNX engine, padding included
_MAX_TOKENS = 512  # what the embedded model reads of a text

_Token = TypeVar("_Token")


@runtime_checkable
class Embedder(Protocol):
    """Anything that embeds.

    `identity` names the model with its weights and prefixes: an index remembers it, and refuses another.
    """

    @property
    def identity(self) -> str:
        """The model's name and the hash of its weights."""
        ...

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimensions)."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimensions)."""
        ...


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """A text's vector, and those of its tokens in their context: shape (tokens, dimensions), rows of unit length.

    `spans` are the tokens' offsets into the text, start inclusive, end exclusive.
    """

    vector: Vectors
    tokens: Vectors
    spans: tuple[tuple[int, int], ...]


@runtime_checkable
class TokenEmbedder(Protocol):
    """An embedder that can also tell the vectors of tokens."""

    def embed_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Texts as passages."""
        ...


class OnnxEmbedder:
    """The embedded model under ONNX Runtime. Safe to share between threads."""

    identity = EMBEDDED_IDENTITY
    dimensions = 384

    def __init__(self, folder: Path, tokenizer: Tokenizer) -> None:
        """`folder` is what `build_onnx_model` made, the tokenizer that of `e5.load_tokenizer`."""
        self._session = open_session(folder / MODEL_FILE)
        self._tokenizer = tokenizer

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Questions, with the prefix for questions: shape (len(texts), dimensions)."""
        return self._embed([e5.QUERY_PREFIX + text for text in texts])

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Sentences or passages, with their prefix: shape (len(texts), dimensions)."""
        return self._embed([e5.PASSAGE_PREFIX + text for text in texts])

    def embed_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Texts as passages, with their tokens; those of the prefix are left out."""
        distinct = list(dict.fromkeys(texts))
        encodings = self._tokenizer.encode_batch([e5.PASSAGE_PREFIX + text for text in distinct])
        found: dict[str, TokenVectors] = {}
        for rows, (vectors, states) in self._run(
            [_cut(encoding.ids) for encoding in encodings], ["embedding", "token states"]
        ):
            for place, row in enumerate(rows):
                found[distinct[row]] = _without_prefix(
                    vectors[place], states[place], _cut(encodings[row].offsets), len(e5.PASSAGE_PREFIX)
                )
        return [found[text] for text in texts]

    def _embed(self, texts: Sequence[str]) -> Vectors:
        distinct = {text: place for place, text in enumerate(dict.fromkeys(texts))}  # a passage may be one sentence
        tokens = [_cut(encoding.ids) for encoding in self._tokenizer.encode_batch(list(distinct))]
        vectors = np.zeros((len(distinct), self.dimensions), dtype=np.float32)
        for rows, (found,) in self._run(tokens, ["embedding"]):
            vectors[rows] = found
        return np.asarray(vectors[[distinct[text] for text in texts]])

    def _run(self, tokens: Sequence[Sequence[int]], outputs: list[str]) -> Iterator[tuple[list[int], list[Vectors]]]:
        """Batches: the places of their texts, and what the model gives for these."""

        def run(rows: list[int]) -> tuple[list[int], list[Vectors]]:
            longest = len(tokens[rows[-1]])
            ids = np.ones((len(rows), longest), dtype=np.int64)  # 1 is the padding token
            mask = np.zeros_like(ids)
            for place, row in enumerate(rows):
                ids[place, : len(tokens[row])] = tokens[row]
                mask[place, : len(tokens[row])] = 1
            return rows, self._session.run(outputs, {"input_ids": ids, "attention_mask": mask})

        yield from run_batches(run, batches([len(ids) for ids in tokens], _BATCH_TOKENS))


def _cut(tokens: list[_Token]) -> list[_Token]:
    """The tokens of a text as far as the model reads, and the one that ends them."""
    return tokens if len(tokens) <= _MAX_TOKENS else [*tokens[: _MAX_TOKENS - 1], tokens[-1]]


def _without_prefix(vector: Vectors, states: Vectors, offsets: Sequence[tuple[int, int]], skip: int) -> TokenVectors:
    """Of one text: without its prefix of `skip` characters, special tokens and padding."""
    kept = [place for place, (start, end) in enumerate(offsets) if end > skip and end > start]
    tokens = states[kept]
    norms = np.linalg.norm(tokens, axis=1, keepdims=True)
    spans = tuple((max(offsets[place][0] - skip, 0), offsets[place][1] - skip) for place in kept)
    return TokenVectors(vector, np.asarray(tokens / np.maximum(norms, 1e-12)), spans)


class SentenceTransformerEmbedder:
    """A sentence-transformers model, with its own prompts or with the given prefixes."""

    def __init__(
        self,
        model: SentenceTransformer,
        identity: str,
        *,
        query_prefix: str | None = None,
        passage_prefix: str | None = None,
    ) -> None:
        self._model = model
        self._identity = identity
        self._query_prefix = query_prefix
        self._passage_prefix = passage_prefix

    @property
    def identity(self) -> str:
        """The model's name and the hash of its weights."""
        return self._identity

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        size = self._model.get_embedding_dimension()
        if size is None:
            raise ModelError(f"{self._identity}: the model does not say how many dimensions its vectors have.")
        return size

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Questions, with the prefix for questions: shape (len(texts), dimensions)."""
        return self._encode(self._model.encode_query, texts, self._query_prefix)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Sentences or passages, with their prefix: shape (len(texts), dimensions)."""
        return self._encode(self._model.encode_document, texts, self._passage_prefix)

    def embed_tokens(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Texts as passages, with their tokens; those of the prefix are left out."""
        own = next((self._model.prompts[name] for name in ("document", "passage") if name in self._model.prompts), "")
        prompt = (own if self._passage_prefix is None else self._passage_prefix) or ""
        found = []
        for text in texts:
            encoded = self._model.encode(prompt + text, prompt="", output_value=None, show_progress_bar=False)
            vector = np.asarray(encoded["sentence_embedding"].float().cpu(), dtype=np.float32)
            states = np.asarray(encoded["token_embeddings"].float().cpu(), dtype=np.float32)
            offsets = self._model.tokenizer(prompt + text, truncation=True, return_offsets_mapping=True)[
                "offset_mapping"
            ]
            found.append(_without_prefix(vector / np.linalg.norm(vector), states, offsets, len(prompt)))
        return found

    def _encode(self, encode: Callable[..., object], texts: Sequence[str], prefix: str | None) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        vectors = encode(
            list(texts), prompt=prefix, batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32).reshape(len(texts), self.dimensions)


class WordLengthEmbedder:
    """A stand-in for tests and demonstrations, computable by hand: no model, no meaning.

    Dimension i counts the words of i + 1 letters (the last one: that many or more); the vector is then scaled
    to length 1. "who controls it" has words of 3, 8 and 2 letters, so dimensions 2, 7 and 1 are 1/√3 each.
    A text without words has the vector of one word of one letter.
    """

    identity = "word lengths"
    dimensions = 12

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Questions, with the prefix for questions: shape (len(texts), dimensions)."""
        return self.embed_passages(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Sentences or passages, with their prefix: shape (len(texts), dimensions)."""
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.split() or ["-"]:
                vectors[row, min(len(word), self.dimensions) - 1] += 1
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(norms, 1e-12), dtype=np.float32)


def expected_identity(settings: Settings) -> str | None:
    """The identity that the settings' model will have, where that can be told without loading it; else None."""
    return EMBEDDED_IDENTITY if settings.embedding_model == EMBEDDED_MODEL else None


def load_embedder(settings: Settings) -> Embedder:
    """Load the settings' model: the embedded one from its package, any other through sentence-transformers.

    The embedded one runs under ONNX Runtime, or with the engine "torch" as a sentence-transformers model: the same
    vectors, and so the same index. It never touches the network. Another name may be a local folder or a name on a
    model hub, which sentence-transformers then fetches. A model that cannot be loaded is a ModelError.
    """
    if settings.embedding_model == EMBEDDED_MODEL:
        if settings.engine == "torch":
            return _reference(settings)
        return OnnxEmbedder(build_onnx_model(settings.cache), e5.load_tokenizer(settings.cache))
    model = _load(settings.embedding_model, local=False)
    prefixes = (settings.query_prefix, settings.passage_prefix)
    marks = [f"{name}={prefix!r}" for name, prefix in zip(("query", "passage"), prefixes, strict=True) if prefix]
    identity = " ".join([settings.embedding_model, _weights_hash(model), *marks])
    return SentenceTransformerEmbedder(model, identity, query_prefix=prefixes[0], passage_prefix=prefixes[1])


def _reference(settings: Settings) -> Embedder:
    with _quiet_transformers():
        model = _load(str(build_torch_model(settings.cache)), local=True)
    return SentenceTransformerEmbedder(model, EMBEDDED_IDENTITY)


def _load(name: str, *, local: bool) -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(name, device="cpu", local_files_only=local)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        version = importlib.metadata.version("sentence-transformers")
        raise ModelError(
            f"{name}: sentence-transformers {version} cannot load this model ({error}). "
            f"Name a folder or a model that it can load, or leave the setting out for {EMBEDDED_MODEL}."
        ) from error


def _weights_hash(model: SentenceTransformer) -> str:
    import torch

    digest = hashlib.sha256()
    for name, value in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(value.detach().cpu().contiguous().view(-1).view(torch.uint8).numpy())
    return digest.hexdigest()[:12]


@contextmanager
def _quiet_transformers() -> Iterator[None]:
    """Loading 450 MB from a local disk needs no progress bar; the caller's own choice is put back after."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]
