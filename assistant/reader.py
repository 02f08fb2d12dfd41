"""Reads passages with a question in mind: which sentence answers, with which phrase, and whether any does.

A reader sees question and passage together, and so knows better than two vectors, at a higher price: it reads only
the best few hits. Knows hits and models; knows nothing of how hits are found or of how an answer is made of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache as once
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from assistant import e5
from assistant.e5_onnx import MODEL_FILE
from assistant.errors import ModelError
from assistant.onnx_session import batches, open_session, run_batches
from assistant.reader_onnx import READER, build_reader
from assistant.settings import EMBEDDED_READER, Settings

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder
    from tokenizers import Tokenizer

__all__ = ["CrossEncoderReader", "OnnxReader", "Reader", "Reading", "Span", "load_reader"]

Span = tuple[int, int]
"""Offsets into a text: start inclusive, end exclusive."""

_BOS, _EOS = 0, 2  # the embedded model's
_QUESTION = 48  # tokens of a question that are read, and of a passage at a time
_WINDOW = 256
_PHRASE = 30  # tokens that a phrase may have
_BATCH = 400  # tokens, padding included; 950 at once take a fifth longer

# What training/calibrate.py fits (docs/decisions/0017).
_SHIFT, _TEMPERATURE = 0.64, 1.72

Scores = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader makes of one passage.

    `support` has for each sentence the log odds that it answers, against "nothing here does": above 0 it is likelier
    than that. `answers` are the log odds that any does, shifted and scaled so that above 0 an answer should be there
    more often than not; None where the reader cannot tell. `phrases` has for each sentence the span of the text that
    answers best, with its log probability among the phrases of the passage (0 is certain); None where none is marked.
    """

    support: tuple[float, ...]
    phrases: tuple[tuple[Span, float] | None, ...]
    answers: float | None = None


class Reader(Protocol):
    """Anything that reads."""

    @property
    def identity(self) -> str:
        """The model's name; of the one that ships, with the hash of its weights."""
        ...

    def read(self, question: str, passages: Sequence[tuple[str, Sequence[Span]]]) -> list[Reading]:
        """One reading for each passage, which is a text with the spans of its sentences."""
        ...


@dataclass(frozen=True, slots=True)
class _Window:
    """A run of sentences of one passage as tokens; `offsets` are those of the passage's tokens in its text."""

    passage: int
    first: int
    ids: list[int]
    head: int
    sentences: list[Span]
    offsets: list[Span]


class OnnxReader:
    """The reader that ships, under ONNX Runtime. Safe to share between threads."""

    def __init__(self, folder: Path, tokenizer: Tokenizer, identity: str) -> None:
        """`folder` is what `build_reader` made, the tokenizer that of `e5.load_tokenizer`."""
        self._session = open_session(folder / MODEL_FILE)
        self._tokenizer = tokenizer
        self.identity = identity

    def read(self, question: str, passages: Sequence[tuple[str, Sequence[Span]]]) -> list[Reading]:
        """One reading for each passage; long ones are read in windows of whole sentences."""
        asked = self._tokenizer.encode(e5.QUERY_PREFIX + question, add_special_tokens=False).ids[:_QUESTION]
        windows = [
            window
            for place, (text, sentences) in enumerate(passages)
            for window in self._cut(asked, place, text, sentences)
        ]
        support: list[list[float]] = [[] for _ in passages]
        phrases: list[list[tuple[Span, float] | None]] = [[] for _ in passages]
        for window, scores in sorted(self._run(windows), key=lambda found: (found[0].passage, found[0].first)):
            told = scores[window.head : len(window.ids) - 1, :2]
            likely = _log_softmax(told) if len(told) else told  # empty: nothing that the vocabulary knows
            text, spans = passages[window.passage]
            for (start, end), sentence in zip(window.sentences, spans[window.first :], strict=False):
                if start >= end:  # nothing in it that the vocabulary knows
                    support[window.passage].append(_NEVER)
                    phrases[window.passage].append(None)
                    continue
                support[window.passage].append(float(scores[start:end, 2].mean()))
                shift = start - window.head
                first, last, score = _best_phrase(likely[shift : end - window.head])
                span = window.offsets[first + shift][0], window.offsets[last + shift][1]
                phrases[window.passage].append((_trim(text, _within(span, sentence)), score))
        return [Reading(tuple(s), tuple(p), _calibrated(s)) for s, p in zip(support, phrases, strict=True)]

    def _cut(self, asked: list[int], place: int, text: str, sentences: Sequence[Span]) -> Iterator[_Window]:
        head = [_BOS, *asked, _EOS, _EOS]
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        # A token may begin with the space before its word, so its last character says which sentence it is of.
        ends = np.array([end for _, end in encoding.offsets])
        bounds = [
            (int(np.searchsorted(ends, start, side="right")), int(np.searchsorted(ends, end, side="right")))
            for start, end in sentences
        ]
        first = 0
        while first < len(bounds):
            last = first
            while last + 1 < len(bounds) and bounds[last + 1][1] - bounds[first][0] <= _WINDOW:
                last += 1
            start = bounds[first][0]
            stop = min(bounds[last][1], start + _WINDOW)
            shift = len(head) - start
            yield _Window(
                place,
                first,
                [*head, *encoding.ids[start:stop], _EOS],
                len(head),
                [(a + shift, min(b, stop) + shift) for a, b in bounds[first : last + 1]],
                encoding.offsets[start:stop],
            )
            first = last + 1

    def _run(self, windows: Sequence[_Window]) -> Iterator[tuple[_Window, Scores]]:
        """Each window with its scores, shape (tokens, 3)."""
        places = batches([len(window.ids) for window in windows], _BATCH)
        for found in run_batches(self._scored, [[windows[place] for place in batch] for batch in places]):
            yield from found

    def _scored(self, batch: Sequence[_Window]) -> list[tuple[_Window, Scores]]:
        """As `_run`; the longest window is the last."""
        ids = np.ones((len(batch), len(batch[-1].ids)), dtype=np.int64)  # 1 is the padding token
        mask = np.zeros_like(ids)
        for row, window in enumerate(batch):
            ids[row, : len(window.ids)] = window.ids
            mask[row, : len(window.ids)] = 1
        scores = self._session.run(["scores"], {"input_ids": ids, "attention_mask": mask})[0]
        return list(zip(batch, scores, strict=True))


_NEVER = -30.0  # log odds


class CrossEncoderReader:
    """Any sentence-transformers cross-encoder that scores a pair of texts with one number: it marks no phrases.

    The number is taken to be log odds, which it is for those trained to tell what answers from what does not.
    """

    def __init__(self, model: CrossEncoder, identity: str) -> None:
        self._model = model
        self.identity = identity

    def read(self, question: str, passages: Sequence[tuple[str, Sequence[Span]]]) -> list[Reading]:
        """One reading for each passage; every sentence is scored by itself."""
        from torch.nn import Identity

        pairs = [(question, text[start:end]) for text, sentences in passages for start, end in sentences]
        scores = iter(
            self._model.predict(pairs, activation_fn=Identity(), show_progress_bar=False).tolist() if pairs else []
        )
        return [
            Reading(tuple(float(next(scores)) for _ in sentences), (None,) * len(sentences))
            for _, sentences in passages
        ]


def load_reader(settings: Settings) -> Reader | None:
    """The settings' reader: the embedded one, or a cross-encoder by folder or name; None where it is turned off."""
    if not settings.reader:
        return None
    if settings.reader == EMBEDDED_READER:
        return _embedded(settings.cache)
    from sentence_transformers import CrossEncoder

    try:
        model = CrossEncoder(settings.reader, device="cpu")
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelError(
            f"{settings.reader}: sentence-transformers cannot load this cross-encoder ({error}). Name a folder or a "
            f"model that it can load, {EMBEDDED_READER!r}, or nothing at all."
        ) from error
    if model.num_labels != 1:
        raise ModelError(
            f"{settings.reader}: this model gives {model.num_labels} numbers for a pair. Name one that gives one."
        )
    return CrossEncoderReader(model, settings.reader)


@once
def _embedded(cache: Path) -> OnnxReader:
    """The reader that ships; one for all of a process."""
    return OnnxReader(build_reader(cache, READER), e5.load_tokenizer(cache), f"lagebild-reader {READER.short}")


def _calibrated(support: Sequence[float]) -> float:
    """The log odds that some sentence of a passage answers."""
    return (float(np.logaddexp.reduce(support, initial=_NEVER)) - _SHIFT) / _TEMPERATURE


def _within(span: Span, sentence: Span) -> Span:
    """As far as it lies in the sentence: where one is cut without a space, its first token may begin before it."""
    return max(span[0], sentence[0]), min(span[1], sentence[1])


def _trim(text: str, span: Span) -> Span:
    """Without white space at its ends: a token may begin with the space before its word."""
    piece = text[slice(*span)]
    return span[0] + len(piece) - len(piece.lstrip()), span[1] - len(piece) + len(piece.rstrip())


def _log_softmax(scores: Scores) -> Scores:
    """Over the first axis."""
    shifted = scores - scores.max(axis=0)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=0)), dtype=np.float32)


def _best_phrase(likely: Scores) -> tuple[int, int, float]:
    """First and last token, both included, and the log probability; `likely` has the shape (tokens, 2)."""
    sums = likely[:, None, 0] + likely[None, :, 1]
    count = len(likely)
    apart = np.arange(count)[None, :] - np.arange(count)[:, None]
    sums = np.where((apart >= 0) & (apart < _PHRASE), sums, -np.inf)
    first, last = divmod(int(sums.argmax()), count)
    return first, last, float(sums[first, last])
